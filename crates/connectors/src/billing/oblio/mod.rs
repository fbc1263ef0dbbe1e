//! Oblio: documents are made in one call with an idempotency key, and can be listed, so that a doubt is settled by list.
//!
//! Source: protocol note on Oblio. Nothing here repeats a create, but for the one answer that is certainly a no: a token
//! refused (401), after which the same request is sent once more with a new one.

use super::offers::{no_exchange, not_offered};
use super::prepare::{Unsendable, create_operation};
use super::rates_cache::RatesCache;
use super::{
    Ability, Baseline, BillingConfig, BillingProvider, Capabilities, CheckStep, Company, DocumentPage, DocumentQuery,
    EInvoiceStatus, EmailRequest, Evidence, Exchange, FindQuery, FromProforma, IssueRequest, Issued, PaymentRequest,
    PaymentStatus, Presence, ProviderKind, ReadBack, Series, Settling, StornoRequest, Target, VatRate, WireRecord,
};
use crate::call::{Operation, before_sending, create_limits, header, read_limits};
use crate::pace::{Budget, Lane, Limit, Rate, Told};
use crate::transport::{Header, HttpAnswer, HttpRequest, Limits, Transport};
use async_trait::async_trait;
use bytes::Bytes;
use chrono::NaiveDate;
use http::Method;
use punte_domain::{CollectKind, Failure, FailureKind, Phase, Reference};
use secrecy::{ExposeSecret, SecretString};
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::sync::Arc;
use std::time::Duration;
use url::form_urlencoded;

mod convert;
mod decisions;
mod listing;
mod token;
mod wire;

/// Documents 30 in 100 s, everything else 30 in 10 s.
const LIMIT: Limit = Limit {
    documents: Some(Rate { calls: 30, window: Duration::from_secs(100) }),
    rest: Rate { calls: 30, window: Duration::from_secs(10) },
};

pub struct Oblio {
    config: BillingConfig,
    root: String,
    transport: Arc<dyn Transport>,
    budget: Option<Arc<Budget>>,
    tokens: token::TokenKeeper,
    rates: RatesCache,
}

/// One call to the api, without its token.
struct Call {
    method: Method,
    path: String,
    body: Option<Bytes>,
    limits: Limits,
    lane: Lane,
}

impl Call {
    fn read(path: &str, query: &[(&str, &str)]) -> Call {
        let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(query).finish();
        let path = if query.is_empty() { path.to_owned() } else { format!("{path}?{query}") };
        Call { method: Method::GET, path, body: None, limits: read_limits(), lane: Lane::Rest }
    }
}

impl Oblio {
    pub fn new(config: BillingConfig, transport: Arc<dyn Transport>) -> Self {
        let root = config.base_url.trim_end_matches('/').to_owned();
        let budget = config.paced.then(|| config.budgets.of(&root, &config.account, LIMIT));
        Oblio { config, root, transport, budget, tokens: token::TokenKeeper::default(), rates: RatesCache::default() }
    }

    /// One request, in its turn. A limit that Oblio names is kept to by everyone who shares the account.
    async fn send(
        &self,
        operation: &Operation,
        request: HttpRequest,
        limits: Limits,
        lane: Lane,
    ) -> Result<HttpAnswer, Failure> {
        if let Some(budget) = &self.budget
            && let Err(left) = budget.turn(lane, self.config.urgency, self.config.reserve).await
        {
            let mut failure = operation.failure(FailureKind::RateLimited, Phase::Prepare);
            failure.retry_after_ms = Some(left.as_millis() as i64);
            return Err(failure);
        }
        let answer = self.transport.send(request, limits).await.map_err(|error| operation.broken(&error))?;
        if let (Some(budget), Some(told)) = (&self.budget, Told::of(&answer)) {
            budget.note(lane, told, self.config.reserve);
        }
        Ok(answer)
    }

    fn note_limit(&self, failure: &Failure) {
        if let (Some(budget), FailureKind::RateLimited, Some(ms)) = (&self.budget, failure.kind, failure.retry_after_ms)
        {
            budget.ban(Duration::from_millis(ms.unsigned_abs()));
        }
    }

    async fn ask_token(&self) -> Result<token::Fresh, Failure> {
        let operation = token::token_operation(&self.config.account);
        let body = form_urlencoded::Serializer::new(String::new())
            .append_pair("client_id", &self.config.account)
            .append_pair("client_secret", self.config.secret.expose_secret())
            .append_pair("grant_type", "client_credentials")
            .finish();
        let request = HttpRequest {
            method: Method::POST,
            url: format!("{}/api/authorize/token", self.root),
            headers: vec![
                header("accept", "application/json"),
                header("content-type", "application/x-www-form-urlencoded"),
            ],
            body: Some(body.into()),
        };
        let answer = self.send(&operation, request, read_limits(), Lane::Rest).await?;
        let token = decisions::read_token(&operation, &answer).inspect_err(|failure| self.note_limit(failure))?;
        let life = token.expires_in.and_then(|text| text.parse().ok()).map(Duration::from_secs);
        Ok(token::Fresh { token: SecretString::from(token.access_token), life })
    }

    async fn token(&self, refused: Option<&SecretString>) -> Result<SecretString, Failure> {
        self.tokens.token(refused, || self.ask_token()).await
    }

    /// A call with a token, renewed once if it is turned down. `record` takes what was sent and answered last.
    async fn exchange(&self, operation: &Operation, call: Call, record: &mut WireRecord) -> Result<Value, Failure> {
        let mut token = self.token(None).await.map_err(before_sending)?;
        for renewed in [false, true] {
            let mut headers = vec![
                header("accept", "application/json"),
                Header { name: "authorization", value: format!("Bearer {}", token.expose_secret()), secret: true },
            ];
            if call.body.is_some() {
                headers.push(header("content-type", "application/json"));
            }
            let url = format!("{}{}", self.root, call.path);
            let request = HttpRequest { method: call.method.clone(), url, headers, body: call.body.clone() };
            let secrets = [&self.config.secret, &token];
            *record = WireRecord::of_request(&request, &secrets);
            let answer = self.send(operation, request, call.limits, call.lane).await?;
            record.note_answer(&answer, &secrets);
            match decisions::read_answer(operation, &answer) {
                Err(failure) if failure.kind == FailureKind::CredentialRefused && !renewed => {
                    // a refused token is a well-formed no: nothing was made
                    token = self.token(Some(&token)).await.map_err(before_sending)?;
                }
                decided => return decided.inspect_err(|failure| self.note_limit(failure)),
            }
        }
        unreachable!("the second round returns")
    }

    async fn get(&self, operation: &Operation, path: &str, query: &[(&str, &str)]) -> Result<Value, Failure> {
        self.exchange(operation, Call::read(path, query), &mut WireRecord::default()).await
    }

    /// A nomenclature as a list. Rows that are not of its shape are left out.
    async fn list<T: DeserializeOwned>(
        &self,
        operation: &Operation,
        path: &str,
        company: Option<&str>,
    ) -> Result<Vec<T>, Failure> {
        let query: Vec<(&str, &str)> = company.iter().map(|cif| ("cif", *cif)).collect();
        rows(operation, self.get(operation, path, &query).await?)
    }

    async fn rates(&self, company: &str) -> Result<Arc<Vec<VatRate>>, Failure> {
        match self.rates.find(company) {
            Some(known) => Ok(known),
            None => Ok(self.rates.keep(company, self.list_vat_rates(company).await?)),
        }
    }

    /// The create's body. A rate that is not among the known ones may have been added since: they are read anew once.
    async fn body_of(&self, request: &IssueRequest) -> Result<Bytes, Failure> {
        let operation = create_operation(request);
        let known = self.rates.find(&request.company).is_some();
        let rates = self.rates(&request.company).await.map_err(before_sending)?;
        let body = match convert::invoice(request, &rates) {
            Err(Unsendable { kind: FailureKind::VatRateUnknown, .. }) if known => {
                let read = self.list_vat_rates(&request.company).await.map_err(before_sending)?;
                to_bytes(&convert::invoice(request, &self.rates.keep(&request.company, read)))
            }
            other => to_bytes(&other),
        };
        body.map_err(|problem| problem.failure(&operation))
    }

    async fn create(&self, request: &IssueRequest, record: &mut WireRecord) -> Result<Issued, Failure> {
        let operation = create_operation(request);
        let body = self.body_of(request).await?;
        let call = Call {
            method: Method::POST,
            path: "/api/docs/invoice".to_owned(),
            body: Some(body),
            limits: create_limits(self.config.create_limit),
            lane: Lane::Documents,
        };
        let data = self.exchange(&operation, call, record).await?;
        let unreadable = || {
            operation
                .failure(FailureKind::UnreadableAnswer, Phase::Unknown)
                .with_detail("a yes without series and number")
        };
        let created: wire::Created = serde_json::from_value(data).map_err(|_| unreadable())?;
        convert::issued(created).ok_or_else(unreadable)
    }
}

fn to_bytes(body: &Result<wire::Invoice<'_>, Unsendable>) -> Result<Bytes, Unsendable> {
    match body {
        Ok(invoice) => serde_json::to_vec(invoice)
            .map(Bytes::from)
            .map_err(|error| Unsendable::new(FailureKind::FieldInvalid, error.to_string())),
        Err(problem) => Err(problem.clone()),
    }
}

/// `data` as rows; nothing and null are none.
fn rows<T: DeserializeOwned>(operation: &Operation, data: Value) -> Result<Vec<T>, Failure> {
    match data {
        Value::Null => Ok(Vec::new()),
        Value::Array(items) => Ok(items.into_iter().filter_map(|item| serde_json::from_value(item).ok()).collect()),
        _ => Err(operation.failure(FailureKind::UnreadableAnswer, Phase::Unknown).with_detail("data is not a list")),
    }
}

#[async_trait]
impl BillingProvider for Oblio {
    fn kind(&self) -> ProviderKind {
        ProviderKind::Oblio
    }

    fn capabilities(&self) -> Capabilities {
        Capabilities {
            settling: Settling::ByList,
            one_writer_per_series: false,
            reads_back: vec!["total", "currency", "client", "cancelled", "reference"],
            abilities: Vec::new(),
        }
    }

    async fn check(&self, company: Option<&str>, series: Option<&str>) -> Vec<CheckStep> {
        let mut steps = super::Steps::default();
        match self.token(None).await {
            Ok(_) => {
                steps.good("address", self.root.clone());
                steps.good("credential", self.config.account.clone());
            }
            Err(failure) if failure.kind == FailureKind::CredentialRefused => {
                steps.good("address", self.root.clone());
                return steps.bad("credential", failure);
            }
            Err(failure) => return steps.bad("address", failure),
        }
        let companies = match self.list_companies().await {
            Ok(companies) => companies.unwrap_or_default(),
            Err(failure) => return steps.bad("company", failure),
        };
        let Some(company) = company else {
            steps.good("company", companies.len().to_string());
            return steps.done();
        };
        let digits = convert::cif_digits(company);
        let Some(known) = companies.iter().find(|known| convert::cif_digits(&known.cif) == digits) else {
            let failure =
                Operation::new("find company", company).failure(FailureKind::CompanyUnavailable, Phase::Refused);
            let offered: Vec<&str> = companies.iter().map(|known| known.cif.as_str()).collect();
            return steps.bad("company", failure.with_detail(offered.join(", ")));
        };
        steps.good("company", known.name.clone());
        steps.series(self, company, series).await;
        steps.vat_rates(self, company).await;
        steps.done()
    }

    async fn list_companies(&self) -> Result<Option<Vec<Company>>, Failure> {
        let operation = Operation::new("list companies", self.config.account.clone());
        let rows = self.list(&operation, "/api/nomenclature/companies", None).await?;
        Ok(Some(rows.into_iter().filter_map(convert::company).collect()))
    }

    async fn list_series(&self, company: &str) -> Result<Vec<Series>, Failure> {
        let operation = Operation::new("list series", format!("company {company}"));
        let rows = self.list(&operation, "/api/nomenclature/series", Some(company)).await?;
        Ok(rows.into_iter().filter_map(convert::series).collect())
    }

    async fn list_vat_rates(&self, company: &str) -> Result<Vec<VatRate>, Failure> {
        let operation = Operation::new("list VAT rates", format!("company {company}"));
        let rows = self.list(&operation, "/api/nomenclature/vat_rates", Some(company)).await?;
        Ok(rows.into_iter().filter_map(convert::vat_rate).collect())
    }

    async fn read_baseline(&self, _company: &str, _series: &str) -> Result<Baseline, Failure> {
        Ok(Baseline::default())
    }

    async fn issue_invoice(&self, request: &IssueRequest) -> Exchange<Issued> {
        let mut record = WireRecord::default();
        let outcome = self.create(request, &mut record).await;
        Exchange { outcome, record }
    }

    async fn find_by_reference(&self, query: &FindQuery) -> Result<Evidence, Failure> {
        self.look(query).await
    }

    async fn read_issued(
        &self,
        company: &str,
        document: &Issued,
        _issue_date: NaiveDate,
        reference: &Reference,
    ) -> Result<ReadBack, Failure> {
        self.read_document(company, document, reference).await
    }

    async fn list_warehouses(&self, company: &str) -> Result<Vec<String>, Failure> {
        Err(not_offered(Ability::Warehouses, company))
    }

    async fn list_languages(&self, company: &str) -> Result<Vec<String>, Failure> {
        Err(not_offered(Ability::Languages, company))
    }

    async fn list_units(&self, company: &str) -> Result<Vec<String>, Failure> {
        Err(not_offered(Ability::Units, company))
    }

    async fn issue_proforma(&self, request: &IssueRequest) -> Exchange<Issued> {
        no_exchange(Ability::Proforma, request.order_number.clone())
    }

    async fn issue_from_proforma(&self, request: &FromProforma) -> Exchange<Issued> {
        no_exchange(Ability::InvoiceFromProforma, request.order_number.clone())
    }

    async fn issue_storno(&self, request: &StornoRequest) -> Exchange<Issued> {
        no_exchange(Ability::Storno, request.order_number.clone())
    }

    async fn cancel(&self, target: &Target) -> Exchange<()> {
        no_exchange(Ability::Cancel, target.name())
    }

    async fn restore(&self, target: &Target) -> Exchange<()> {
        no_exchange(Ability::Restore, target.name())
    }

    async fn delete(&self, target: &Target, _idempotency_key: &str) -> Exchange<()> {
        no_exchange(Ability::Delete, target.name())
    }

    async fn record_payment(&self, target: &Target, _payment: &PaymentRequest) -> Exchange<()> {
        no_exchange(Ability::RecordPayment, target.name())
    }

    async fn delete_payment(&self, target: &Target, _kind: CollectKind) -> Exchange<()> {
        no_exchange(Ability::DeletePayment, target.name())
    }

    async fn read_payment(&self, target: &Target) -> Result<PaymentStatus, Failure> {
        Err(not_offered(Ability::PaymentStatus, target.name()))
    }

    async fn fetch_pdf(&self, target: &Target) -> Result<Bytes, Failure> {
        Err(not_offered(Ability::Pdf, target.name()))
    }

    async fn send_email(&self, target: &Target, _email: &EmailRequest) -> Exchange<()> {
        no_exchange(Ability::Email, target.name())
    }

    async fn find_document(&self, target: &Target) -> Result<Presence, Failure> {
        Err(not_offered(Ability::PaymentStatus, target.name()))
    }

    async fn list_documents(&self, query: &DocumentQuery) -> Result<DocumentPage, Failure> {
        Err(not_offered(Ability::ListDocuments, query.company.clone()))
    }

    async fn send_einvoice(&self, target: &Target) -> Exchange<EInvoiceStatus> {
        no_exchange(Ability::EInvoice, target.name())
    }

    async fn read_einvoice(&self, target: &Target) -> Result<EInvoiceStatus, Failure> {
        Err(not_offered(Ability::EInvoice, target.name()))
    }

    async fn fetch_einvoice_archive(&self, target: &Target) -> Result<Bytes, Failure> {
        Err(not_offered(Ability::EInvoice, target.name()))
    }
}

#[cfg(test)]
mod tests;

//! Oblio: documents are made in one call with an idempotency key, and can be listed, so that a doubt is settled by list.
//!
//! Source: protocol note on Oblio. Nothing here repeats a create, but for the one answer that is certainly a no: a token
//! refused (401), after which the same request is sent once more with a new one.

use super::offers::{no_exchange, not_offered};
use super::rates_cache::RatesCache;
use super::{
    Ability, Baseline, BillingConfig, BillingProvider, Capabilities, CheckStep, Company, DocumentKind, DocumentPage,
    DocumentQuery, EInvoiceStatus, EmailRequest, Evidence, Exchange, FindQuery, FromProforma, IssueRequest, Issued,
    NumberSeen, PaymentRequest, PaymentStatus, Presence, ProviderKind, ReadBack, Series, SeriesPage, SeriesQuery,
    Settling, StornoRequest, Target, Unsendable, VatRate, WireRecord,
};
use crate::call::{Operation, before_sending, header, read_limits};
use crate::mask::Mask;
use crate::pace::{Budget, Lane, Limit, Rate, Told};
use crate::transport::{Header, HttpAnswer, HttpRequest, Limits, Transport};
use async_trait::async_trait;
use bytes::Bytes;
use http::Method;
use punte_domain::{CollectKind, Failure, FailureKind, Phase};
use secrecy::{ExposeSecret, SecretString};
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::sync::Arc;
use std::time::Duration;
use url::form_urlencoded;

mod acts;
mod convert;
mod creates;
mod decisions;
mod listing;
mod reads;
mod token;
mod wire;

/// Documents 30 in 100 s, everything else 30 in 10 s.
const LIMIT: Limit = Limit {
    documents: Some(Rate { calls: 30, window: Duration::from_secs(100) }),
    rest: Rate { calls: 30, window: Duration::from_secs(10) },
};

/// Mails go out by the account's own settings, payments cannot be taken back, and units are free text.
const ABILITIES: &[Ability] = &[
    Ability::Proforma,
    Ability::InvoiceFromProforma,
    Ability::Storno,
    Ability::Cancel,
    Ability::Restore,
    Ability::Delete,
    Ability::RecordPayment,
    Ability::PaymentStatus,
    Ability::Pdf,
    Ability::ListDocuments,
    Ability::EInvoice,
    Ability::Warehouses,
    Ability::Languages,
];

const EINVOICE: &str = "/api/docs/einvoice";

/// The root of a kind's routes.
fn route(kind: DocumentKind) -> &'static str {
    match kind {
        DocumentKind::Invoice => "/api/docs/invoice",
        DocumentKind::Proforma => "/api/docs/proforma",
    }
}

/// Codes of the known answers, without the system's name before them.
pub fn literal_codes() -> impl Iterator<Item = &'static str> {
    decisions::codes()
}

pub struct Oblio {
    config: BillingConfig,
    root: String,
    transport: Arc<dyn Transport>,
    budget: Option<Arc<Budget>>,
    tokens: token::TokenKeeper,
    rates: RatesCache,
    /// The secret, and the tokens that were had for it.
    mask: Mask,
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
        let mask = Mask::new(&config.account, &config.secret);
        let (tokens, rates) = (token::TokenKeeper::default(), RatesCache::default());
        Oblio { config, root, transport, budget, tokens, rates, mask }
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
        let answer = self.transport.send_as(operation.name(), request, limits).await;
        let answer = answer.map_err(|error| self.mask.failure(operation.broken(&error)))?;
        if let (Some(budget), Some(told)) = (&self.budget, Told::of(&answer)) {
            budget.note(lane, told, self.config.reserve);
        }
        Ok(answer)
    }

    /// What became of an answer: every failure that is read out of one passes here. A limit that it tells of is kept to by
    /// everyone who shares the account, and what it quotes of the request is masked.
    fn heed<T>(&self, decided: Result<T, Failure>) -> Result<T, Failure> {
        decided.map_err(|failure| {
            if let (Some(budget), FailureKind::RateLimited, Some(ms)) =
                (&self.budget, failure.kind, failure.retry_after_ms)
            {
                budget.ban(Duration::from_millis(ms.unsigned_abs()));
            }
            self.mask.failure(failure)
        })
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
        let token = self.heed(decisions::read_token(&operation, &answer))?;
        let life = token.expires_in.and_then(|text| text.parse().ok()).map(Duration::from_secs);
        let token = SecretString::from(token.access_token);
        self.mask.learn(&token);
        Ok(token::Fresh { token, life })
    }

    async fn token(&self, refused: Option<&SecretString>) -> Result<SecretString, Failure> {
        self.tokens.token(refused, || self.ask_token()).await
    }

    /// A call with a token, renewed once if it is turned down. `record` takes what was sent and answered last.
    async fn exchange_bytes(
        &self,
        operation: &Operation,
        call: Call,
        record: &mut WireRecord,
    ) -> Result<HttpAnswer, Failure> {
        let mut token = self.token(None).await.map_err(before_sending)?;
        let answer = self.call(operation, &call, &token, record).await?;
        if !decisions::refuses_token(operation, &answer) {
            return Ok(answer);
        }
        // a refused token is a well-formed no: nothing was made
        token = self.token(Some(&token)).await.map_err(before_sending)?;
        self.call(operation, &call, &token, record).await
    }

    async fn call(
        &self,
        operation: &Operation,
        call: &Call,
        token: &SecretString,
        record: &mut WireRecord,
    ) -> Result<HttpAnswer, Failure> {
        let mut headers = vec![
            header("accept", "application/json"),
            Header { name: "authorization", value: format!("Bearer {}", token.expose_secret()), secret: true },
        ];
        if call.body.is_some() {
            headers.push(header("content-type", "application/json"));
        }
        let url = format!("{}{}", self.root, call.path);
        let request = HttpRequest { method: call.method.clone(), url, headers, body: call.body.clone() };
        *record = WireRecord::of_request(&request, &self.mask);
        let answer = self.send(operation, request, call.limits, call.lane).await?;
        record.note_answer(&answer, &self.mask);
        Ok(answer)
    }

    async fn exchange(&self, operation: &Operation, call: Call, record: &mut WireRecord) -> Result<Value, Failure> {
        let answer = self.exchange_bytes(operation, call, record).await?;
        self.heed(decisions::read_answer(operation, &answer))
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
        let items = items(operation, self.get(operation, path, &query).await?)?;
        Ok(items.into_iter().filter_map(|item| serde_json::from_value(item).ok()).collect())
    }
}

/// `data` as a list; nothing and null are an empty one.
fn items(operation: &Operation, data: Value) -> Result<Vec<Value>, Failure> {
    match data {
        Value::Null => Ok(Vec::new()),
        Value::Array(items) => Ok(items),
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
            abilities: ABILITIES.to_vec(),
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

    async fn read_baseline(&self, _company: &str, _series: &str, _kind: DocumentKind) -> Result<Baseline, Failure> {
        Ok(Baseline::default())
    }

    fn preview_create(
        &self,
        request: &IssueRequest,
        kind: DocumentKind,
        listed: Option<&[VatRate]>,
    ) -> Result<String, Unsendable> {
        self.shown(request, kind, listed)
    }

    async fn issue_invoice(&self, request: &IssueRequest) -> Exchange<Issued> {
        let mut record = WireRecord::default();
        let outcome = self.create(request, DocumentKind::Invoice, &mut record).await;
        record.ends(outcome)
    }

    async fn find_by_reference(&self, query: &FindQuery) -> Result<Evidence, Failure> {
        self.look(query).await
    }

    async fn read_issued(&self, target: &Target) -> Result<ReadBack, Failure> {
        self.read_document(target).await
    }

    async fn list_warehouses(&self, company: &str) -> Result<Vec<String>, Failure> {
        let operation = Operation::new("list warehouses", format!("company {company}"));
        let rows: Vec<wire::Management> = self.list(&operation, "/api/nomenclature/management", Some(company)).await?;
        let mut names: Vec<String> = rows.into_iter().filter_map(|row| row.management).collect();
        names.retain(|name| !name.is_empty());
        names.sort();
        names.dedup();
        Ok(names)
    }

    async fn list_languages(&self, company: &str) -> Result<Vec<String>, Failure> {
        let operation = Operation::new("list languages", format!("company {company}"));
        let rows: Vec<wire::Language> = self.list(&operation, "/api/nomenclature/languages", Some(company)).await?;
        Ok(rows.into_iter().filter_map(|row| row.code).filter(|code| !code.is_empty()).collect())
    }

    /// Free text there.
    async fn list_units(&self, company: &str) -> Result<Vec<String>, Failure> {
        Err(not_offered(Ability::Units, company))
    }

    async fn issue_proforma(&self, request: &IssueRequest) -> Exchange<Issued> {
        let mut record = WireRecord::default();
        let outcome = self.create(request, DocumentKind::Proforma, &mut record).await;
        record.ends(outcome)
    }

    async fn issue_from_proforma(&self, request: &FromProforma) -> Exchange<Issued> {
        let mut record = WireRecord::default();
        let outcome = self.convert(request, &mut record).await;
        record.ends(outcome)
    }

    async fn list_invoices_of(&self, _company: &str, _proforma: &Issued) -> Result<Option<Vec<Issued>>, Failure> {
        Ok(None)
    }

    async fn issue_storno(&self, request: &StornoRequest) -> Exchange<Issued> {
        let mut record = WireRecord::default();
        let outcome = self.reverse(request, &mut record).await;
        record.ends(outcome)
    }

    async fn cancel(&self, target: &Target) -> Exchange<()> {
        let mut record = WireRecord::default();
        let outcome = self.set_cancelled(target, true, &mut record).await;
        record.ends(outcome)
    }

    async fn restore(&self, target: &Target) -> Exchange<()> {
        let mut record = WireRecord::default();
        let outcome = self.set_cancelled(target, false, &mut record).await;
        record.ends(outcome)
    }

    async fn delete(&self, target: &Target, idempotency_key: &str) -> Exchange<()> {
        let mut record = WireRecord::default();
        let outcome = self.remove(target, idempotency_key, &mut record).await;
        record.ends(outcome)
    }

    async fn record_payment(&self, target: &Target, payment: &PaymentRequest) -> Exchange<()> {
        let mut record = WireRecord::default();
        let outcome = self.pay(target, payment, &mut record).await;
        record.ends(outcome)
    }

    async fn delete_payment(&self, target: &Target, _kind: CollectKind) -> Exchange<()> {
        no_exchange(Ability::DeletePayment, target.name())
    }

    async fn read_payment(&self, target: &Target) -> Result<PaymentStatus, Failure> {
        self.paid_of(target).await
    }

    async fn fetch_pdf(&self, target: &Target) -> Result<Bytes, Failure> {
        self.pdf_of(target).await
    }

    async fn send_email(&self, target: &Target, _email: &EmailRequest) -> Exchange<()> {
        no_exchange(Ability::Email, target.name())
    }

    async fn find_document(&self, target: &Target) -> Result<Presence, Failure> {
        self.presence(target).await
    }

    async fn list_documents(&self, query: &DocumentQuery) -> Result<DocumentPage, Failure> {
        self.documents(query).await
    }

    async fn read_series(&self, query: &SeriesQuery) -> Result<SeriesPage, Failure> {
        self.series_page(query).await
    }

    async fn read_number(
        &self,
        company: &str,
        _series: &str,
        _kind: DocumentKind,
        _number: u64,
    ) -> Result<NumberSeen, Failure> {
        Err(not_offered(Ability::ReadNumbers, company))
    }

    async fn send_einvoice(&self, target: &Target) -> Exchange<EInvoiceStatus> {
        let mut record = WireRecord::default();
        let outcome = self.to_spv(target, &mut record).await;
        record.ends(outcome)
    }

    async fn read_einvoice(&self, target: &Target) -> Result<EInvoiceStatus, Failure> {
        self.spv_of(target).await
    }

    async fn fetch_einvoice_archive(&self, target: &Target) -> Result<Bytes, Failure> {
        self.archive_of(target).await
    }
}

#[cfg(test)]
mod tests;

//! SmartBill: documents are made in one call without any idempotency, cannot be listed, and are found again only by
//! number, one by one, out of their PDF.
//!
//! Source: protocol note on SmartBill. Nothing here ever repeats a create.

use super::offers::{no_exchange, not_offered};
use super::prepare::{Unsendable, create_operation};
use super::rates_cache::RatesCache;
use super::{
    Ability, Baseline, BillingConfig, BillingProvider, Capabilities, CheckStep, Company, DocumentPage, DocumentQuery,
    EInvoiceStatus, EmailRequest, Evidence, Exchange, FindQuery, FromProforma, IssueRequest, Issued, PaymentRequest,
    PaymentStatus, Presence, ProviderKind, ReadBack, Series, Settling, Steps, StornoRequest, Target, VatRate,
    WireRecord,
};
use crate::call::{
    Operation, basic_authorization, before_sending, create_limits, header, large_read_limits, read_limits,
};
use crate::pace::{Budget, Lane, Limit, Rate, Told};
use crate::scalar::decimal_of;
use crate::transport::{HttpAnswer, HttpRequest, Limits, Transport};
use async_trait::async_trait;
use bytes::Bytes;
use chrono::NaiveDate;
use http::Method;
use punte_domain::{CollectKind, Failure, FailureKind, Phase, Reference};
use rust_decimal::Decimal;
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use url::form_urlencoded;

mod convert;
mod decisions;
mod gap;
mod pdf;
mod wire;

/// Everything together 30 in 10 s; more is a ban of ten minutes.
const LIMIT: Limit = Limit { documents: None, rest: Rate { calls: 30, window: Duration::from_secs(10) } };

pub struct SmartBill {
    config: BillingConfig,
    root: String,
    transport: Arc<dyn Transport>,
    budget: Option<Arc<Budget>>,
    rates: RatesCache,
    /// A PDF of this account has shown our reference: what is sent in `mentions` is printed.
    seen_printed: AtomicBool,
}

/// What came of asking for a PDF.
enum PdfRead {
    Text(String),
    /// SmartBill has none to give: a page of its front server, 502 for a number that does not exist.
    Absent,
    /// It came, or something came, and could not be read.
    Unreadable,
}

impl SmartBill {
    pub fn new(config: BillingConfig, transport: Arc<dyn Transport>) -> Self {
        let root = config.base_url.trim_end_matches('/').to_owned();
        let budget = config.paced.then(|| config.budgets.of(&root, &config.account, LIMIT));
        let (rates, seen_printed) = (RatesCache::default(), AtomicBool::new(false));
        SmartBill { config, root, transport, budget, rates, seen_printed }
    }

    fn request(
        &self,
        method: Method,
        path: &str,
        query: &[(&str, &str)],
        accept: &str,
        body: Option<Bytes>,
    ) -> HttpRequest {
        let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(query).finish();
        let query = if query.is_empty() { query } else { format!("?{query}") };
        let mut headers =
            vec![header("accept", accept), basic_authorization(&self.config.account, &self.config.secret)];
        if body.is_some() {
            headers.push(header("content-type", "application/json; charset=utf-8"));
        }
        HttpRequest { method, url: format!("{}{path}{query}", self.root), headers, body }
    }

    /// One request, in its turn. A ban is kept to by everyone who shares the account.
    async fn send(&self, operation: &Operation, request: HttpRequest, limits: Limits) -> Result<HttpAnswer, Failure> {
        if let Some(budget) = &self.budget
            && let Err(left) = budget.turn(Lane::Rest, self.config.urgency, self.config.reserve).await
        {
            let mut failure = operation.failure(FailureKind::RateLimited, Phase::Prepare);
            failure.retry_after_ms = Some(left.as_millis() as i64);
            return Err(failure);
        }
        let answer = self.transport.send(request, limits).await.map_err(|error| operation.broken(&error))?;
        if let (Some(budget), Some(told)) = (&self.budget, Told::of(&answer)) {
            budget.note(Lane::Rest, told, self.config.reserve);
        }
        Ok(answer)
    }

    fn decide(&self, operation: &Operation, answer: &HttpAnswer) -> Result<Value, Failure> {
        decisions::read_answer(operation, answer).inspect_err(|failure| {
            if let (Some(budget), FailureKind::RateLimited, Some(ms)) =
                (&self.budget, failure.kind, failure.retry_after_ms)
            {
                budget.ban(Duration::from_millis(ms.unsigned_abs()));
            }
        })
    }

    async fn get(&self, operation: &Operation, path: &str, query: &[(&str, &str)]) -> Result<Value, Failure> {
        let request = self.request(Method::GET, path, query, "application/json", None);
        let answer = self.send(operation, request, read_limits()).await?;
        self.decide(operation, &answer)
    }

    /// The invoice series of a company, those of another type left out.
    async fn find_series(&self, company: &str, series: &str) -> Result<Series, Failure> {
        let operation = Operation::new("read series", format!("series {series}"));
        let body = self.get(&operation, "/series", &[("cif", company), ("type", "f")]).await?;
        let listed: Vec<Series> = rows(&operation, &body, "list")?.into_iter().filter_map(convert::series).collect();
        let wanted = |one: &&Series| one.name == series && matches!(one.document_type.as_str(), "invoice" | "");
        listed.iter().find(wanted).cloned().ok_or_else(|| {
            let offered: Vec<&str> = listed.iter().map(|one| one.name.as_str()).collect();
            operation.failure(FailureKind::SeriesUnknown, Phase::Refused).with_detail(offered.join(", "))
        })
    }

    /// Gross total of a number, in the document's own currency, which is not told.
    async fn payment_status(&self, company: &str, series: &str, number: &str) -> Result<Option<Decimal>, Failure> {
        let operation = Operation::new("read payment status", format!("{series} {number}"));
        let query = [("cif", company), ("seriesname", series), ("number", number)];
        let body = self.get(&operation, "/invoice/paymentstatus", &query).await?;
        Ok(body.get("invoiceTotalAmount").and_then(decimal_of).map(|total| total.normalize()))
    }

    /// The text of a document. `Err` only for what concerns the connection, not the document.
    async fn read_pdf(&self, company: &str, series: &str, number: &str) -> Result<PdfRead, Failure> {
        let operation = Operation::new("read PDF", format!("{series} {number}"));
        let query = [("cif", company), ("seriesname", series), ("number", number)];
        // application/pdf would be answered 406
        let request = self.request(Method::GET, "/invoice/pdf", &query, "application/octet-stream", None);
        let answer = match self.send(&operation, request, large_read_limits(pdf::MAX_MEGABYTES)).await {
            Ok(answer) => answer,
            Err(failure) if failure.phase == Phase::Unknown => return Ok(PdfRead::Unreadable),
            Err(failure) => return Err(failure),
        };
        if pdf::is_pdf(&answer.body) {
            return Ok(pdf::read_text(answer.body).await.map_or(PdfRead::Unreadable, PdfRead::Text));
        }
        match self.decide(&operation, &answer) {
            Err(failure) if gap::is_connections(&failure) => Err(failure),
            Err(failure) if failure.kind == FailureKind::DocumentNotFound || answer.status == 502 => {
                Ok(PdfRead::Absent)
            }
            Ok(_) | Err(_) => Ok(PdfRead::Unreadable),
        }
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
        let sent = self.request(Method::POST, "/invoice/v2", &[], "application/json", Some(body));
        let secrets = [&self.config.secret];
        *record = WireRecord::of_request(&sent, &secrets);
        let answer = self.send(&operation, sent, create_limits(self.config.create_limit)).await?;
        record.note_answer(&answer, &secrets);
        let created: wire::Created = serde_json::from_slice(&answer.body).unwrap_or_default();
        let issued = convert::issued(created, &request.series);
        match (self.decide(&operation, &answer), issued) {
            (Ok(_), Some(issued)) => Ok(issued),
            (Ok(_), None) => Err(operation.unreadable(&answer, "a yes without a number")),
            // a number beside a refusal: something may exist under it, and only a look can tell
            (Err(mut failure), Some(issued)) => {
                failure.phase = Phase::Unknown;
                Err(failure.with_detail(format!("number {} beside the refusal", issued.number)))
            }
            (Err(failure), None) => Err(failure),
        }
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

/// The rows under a key; rows of another shape are left out, a missing list is no answer.
fn rows<T: DeserializeOwned>(operation: &Operation, body: &Value, key: &str) -> Result<Vec<T>, Failure> {
    match body.get(key) {
        Some(Value::Array(items)) => {
            Ok(items.iter().filter_map(|item| serde_json::from_value(item.clone()).ok()).collect())
        }
        _ => {
            let failure = operation.failure(FailureKind::UnreadableAnswer, Phase::Unknown);
            Err(failure.with_detail(format!("no {key} in it")))
        }
    }
}

#[async_trait]
impl BillingProvider for SmartBill {
    fn kind(&self) -> ProviderKind {
        ProviderKind::SmartBill
    }

    fn capabilities(&self) -> Capabilities {
        Capabilities {
            settling: Settling::ByGap,
            one_writer_per_series: true,
            reads_back: vec!["total", "reference"],
            abilities: Vec::new(),
        }
    }

    async fn check(&self, company: Option<&str>, series: Option<&str>) -> Vec<CheckStep> {
        let mut steps = Steps::default();
        // without a company any answer but "authentication failed" shows that the credential is good
        let operation = Operation::new("sign in", self.config.account.clone());
        let asked = self.get(&operation, "/tax", &[("cif", company.unwrap_or_default())]).await;
        let failure = asked.err().filter(|failure| !decisions::says_no_vat_payer(failure));
        match failure {
            Some(failure) if failure.kind == FailureKind::CredentialRefused => {
                steps.good("address", self.root.clone());
                return steps.bad("credential", failure);
            }
            Some(failure) if failure.phase != Phase::Refused || failure.kind == FailureKind::RateLimited => {
                return steps.bad("address", failure);
            }
            Some(failure) => {
                steps.good("address", self.root.clone());
                steps.good("credential", self.config.account.clone());
                if company.is_some() {
                    return steps.bad("company", failure);
                }
            }
            None => {
                steps.good("address", self.root.clone());
                steps.good("credential", self.config.account.clone());
            }
        }
        let Some(company) = company else { return steps.done() };
        steps.good("company", company.to_owned());
        steps.series(self, company, series).await;
        steps.vat_rates(self, company).await;
        steps.done()
    }

    async fn list_companies(&self) -> Result<Option<Vec<Company>>, Failure> {
        Ok(None)
    }

    async fn list_series(&self, company: &str) -> Result<Vec<Series>, Failure> {
        let operation = Operation::new("list series", format!("company {company}"));
        let body = self.get(&operation, "/series", &[("cif", company)]).await?;
        Ok(rows(&operation, &body, "list")?.into_iter().filter_map(convert::series).collect())
    }

    /// Empty for a company that is no VAT payer.
    async fn list_vat_rates(&self, company: &str) -> Result<Vec<VatRate>, Failure> {
        let operation = Operation::new("list VAT rates", format!("company {company}"));
        match self.get(&operation, "/tax", &[("cif", company)]).await {
            Ok(body) => Ok(rows(&operation, &body, "taxes")?.into_iter().filter_map(convert::vat_rate).collect()),
            Err(failure) if decisions::says_no_vat_payer(&failure) => Ok(Vec::new()),
            Err(failure) => Err(failure),
        }
    }

    async fn read_baseline(&self, company: &str, series: &str) -> Result<Baseline, Failure> {
        let found = self.find_series(company, series).await?;
        if found.next_number.is_none() {
            let operation = Operation::new("read series", format!("series {series}"));
            let failure = operation.failure(FailureKind::UnreadableAnswer, Phase::Unknown);
            return Err(failure.with_detail("no next number in it"));
        }
        Ok(Baseline { next_number: found.next_number })
    }

    async fn issue_invoice(&self, request: &IssueRequest) -> Exchange<Issued> {
        let mut record = WireRecord::default();
        let outcome = self.create(request, &mut record).await;
        Exchange { outcome, record }
    }

    async fn find_by_reference(&self, query: &FindQuery) -> Result<Evidence, Failure> {
        self.look(query).await
    }

    /// Total by status. Whether the reference is printed is read out of the PDF until it has been seen once.
    async fn read_issued(
        &self,
        company: &str,
        document: &Issued,
        _issue_date: NaiveDate,
        reference: &Reference,
    ) -> Result<ReadBack, Failure> {
        let total = self.payment_status(company, &document.series, &document.number).await?;
        let mut carries_reference = None;
        if !self.seen_printed.load(Ordering::Relaxed)
            && let PdfRead::Text(text) = self.read_pdf(company, &document.series, &document.number).await?
        {
            let printed = Reference::find_all(&text).contains(reference);
            self.seen_printed.store(printed, Ordering::Relaxed);
            carries_reference = Some(printed);
        }
        Ok(ReadBack { total, carries_reference, ..ReadBack::default() })
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

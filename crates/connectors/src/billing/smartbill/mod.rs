//! SmartBill: documents are made in one call without any idempotency, cannot be listed, and are found again only by
//! number, one by one, out of their PDF.
//!
//! Source: protocol note on SmartBill. Nothing here ever repeats a create.

use super::offers::{no_exchange, not_offered};
use super::rates_cache::RatesCache;
use super::{
    Ability, Baseline, BillingConfig, BillingProvider, Capabilities, CheckStep, Company, DocumentKind, DocumentPage,
    DocumentQuery, EInvoiceStatus, EmailRequest, Evidence, Exchange, FindQuery, FromProforma, IssueRequest, Issued,
    NumberSeen, PaymentRequest, PaymentStatus, Presence, ProviderKind, ReadBack, Series, SeriesPage, SeriesQuery,
    Settling, Steps, StornoRequest, Target, Unsendable, VatRate, WireRecord,
};
use crate::call::{Operation, basic_authorization, create_limits, header, read_limits};
use crate::mask::Mask;
use crate::pace::{Budget, Lane, Limit, Rate, Told};
use crate::transport::{HttpAnswer, HttpRequest, Limits, Transport};
use async_trait::async_trait;
use bytes::Bytes;
use http::Method;
use punte_domain::{CollectKind, Failure, FailureKind, Phase, Reference};
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use url::form_urlencoded;

mod acts;
mod convert;
mod convert_acts;
mod creates;
mod decisions;
mod gap;
mod reads;
mod series;
mod wire;

use reads::PdfRead;

/// Everything together 30 in 10 s; more is a ban of ten minutes.
const LIMIT: Limit = Limit { documents: None, rest: Rate { calls: 30, window: Duration::from_secs(10) } };

/// Through the API alone: e-Factura is a setting of the account, and nothing can be listed.
const ABILITIES: &[Ability] = &[
    Ability::Proforma,
    Ability::InvoiceFromProforma,
    Ability::Storno,
    Ability::Cancel,
    Ability::Restore,
    Ability::Delete,
    Ability::RecordPayment,
    Ability::DeletePayment,
    Ability::PaymentStatus,
    Ability::Pdf,
    Ability::Email,
    Ability::ReadNumbers,
    Ability::Warehouses,
    Ability::Units,
];

/// Codes of the known answers, without the system's name before them.
pub fn literal_codes() -> impl Iterator<Item = &'static str> {
    decisions::codes()
}

pub struct SmartBill {
    config: BillingConfig,
    root: String,
    transport: Arc<dyn Transport>,
    budget: Option<Arc<Budget>>,
    rates: RatesCache,
    /// A PDF of this account has shown our reference: what is sent in `mentions` is printed.
    seen_printed: AtomicBool,
    mask: Mask,
}

impl SmartBill {
    pub fn new(config: BillingConfig, transport: Arc<dyn Transport>) -> Self {
        let root = config.base_url.trim_end_matches('/').to_owned();
        let budget = config.paced.then(|| config.budgets.of(&root, &config.account, LIMIT));
        let (rates, seen_printed) = (RatesCache::default(), AtomicBool::new(false));
        let mask = Mask::new(&config.account, &config.secret);
        SmartBill { config, root, transport, budget, rates, seen_printed, mask }
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
        let answer = self.transport.send_as(operation.name(), request, limits).await;
        let answer = answer.map_err(|error| self.mask.failure(operation.broken(&error)))?;
        if let (Some(budget), Some(told)) = (&self.budget, Told::of(&answer)) {
            budget.note(Lane::Rest, told, self.config.reserve);
        }
        Ok(answer)
    }

    /// A request that changes something: sent once, on a connection of its own, both sides noted.
    async fn change(
        &self,
        operation: &Operation,
        request: HttpRequest,
        record: &mut WireRecord,
    ) -> Result<HttpAnswer, Failure> {
        *record = WireRecord::of_request(&request, &self.mask);
        let answer = self.send(operation, request, create_limits(self.config.create_limit)).await?;
        record.note_answer(&answer, &self.mask);
        Ok(answer)
    }

    /// What became of an answer: every failure that is read out of one passes here. A ban that it tells of is kept to by
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

    async fn get(&self, operation: &Operation, path: &str, query: &[(&str, &str)]) -> Result<Value, Failure> {
        let request = self.request(Method::GET, path, query, "application/json", None);
        let answer = self.send(operation, request, read_limits()).await?;
        self.heed(decisions::read_answer(operation, &answer))
    }

    /// A company's series by name and kind.
    async fn find_series(&self, company: &str, series: &str, kind: DocumentKind) -> Result<Series, Failure> {
        let operation = Operation::new("read series", format!("series {series}"));
        let body = self.get(&operation, "/series", &[("cif", company)]).await?;
        let listed: Vec<Series> = rows(&operation, &body, "list")?.into_iter().filter_map(convert::series).collect();
        let of_type = |word: &str| listed.iter().find(|one| one.name == series && one.document_type == word);
        let found = match kind {
            DocumentKind::Invoice => of_type("invoice").or_else(|| of_type("")),
            DocumentKind::Proforma => of_type("proforma"),
        };
        found.cloned().ok_or_else(|| {
            let offered: Vec<&str> = listed.iter().map(|one| one.name.as_str()).collect();
            operation.failure(FailureKind::SeriesUnknown, Phase::Refused).with_detail(offered.join(", "))
        })
    }
}

/// The root of a kind's routes.
fn route(kind: DocumentKind) -> &'static str {
    match kind {
        DocumentKind::Invoice => "/invoice",
        DocumentKind::Proforma => "/estimate",
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
            abilities: ABILITIES.to_vec(),
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

    async fn read_baseline(&self, company: &str, series: &str, kind: DocumentKind) -> Result<Baseline, Failure> {
        let found = self.find_series(company, series, kind).await?;
        if found.next_number.is_none() {
            let operation = Operation::new("read series", format!("series {series}"));
            let failure = operation.failure(FailureKind::UnreadableAnswer, Phase::Unknown);
            return Err(failure.with_detail("no next number in it"));
        }
        Ok(Baseline { next_number: found.next_number })
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

    /// Total by status. Whether the reference is printed is read out of the PDF until it has been seen once; of a proforma,
    /// which has no status, always.
    async fn read_issued(&self, target: &Target) -> Result<ReadBack, Failure> {
        let total = match target.kind {
            DocumentKind::Invoice => {
                let number = convert_acts::padded(&target.document);
                let status = self.payment_status(&target.company, &target.document.series, &number).await?;
                status.total.map(|total| total.normalize())
            }
            DocumentKind::Proforma => None,
        };
        let mut carries_reference = None;
        if target.kind == DocumentKind::Proforma || !self.seen_printed.load(Ordering::Relaxed) {
            match self.read_pdf(&target.company, target.kind, &target.document).await? {
                PdfRead::Text(text) => {
                    let printed = Reference::find_all(&text).contains(&target.reference);
                    self.seen_printed.store(printed, Ordering::Relaxed);
                    carries_reference = Some(printed);
                }
                PdfRead::Absent if target.kind == DocumentKind::Proforma => {
                    let operation = Operation::new("read document", target.name());
                    return Err(operation.failure(FailureKind::DocumentNotFound, Phase::Refused));
                }
                PdfRead::Absent | PdfRead::Unreadable => {}
            }
        }
        Ok(ReadBack { total, carries_reference, ..ReadBack::default() })
    }

    async fn list_warehouses(&self, company: &str) -> Result<Vec<String>, Failure> {
        self.names("list warehouses", "/company/warehouses", company).await
    }

    /// The documented ones are fixed and an unknown one is taken in silence, so there is nothing to list.
    async fn list_languages(&self, company: &str) -> Result<Vec<String>, Failure> {
        Err(not_offered(Ability::Languages, company))
    }

    async fn list_units(&self, company: &str) -> Result<Vec<String>, Failure> {
        self.names("list units", "/company/mu", company).await
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

    async fn list_invoices_of(&self, company: &str, proforma: &Issued) -> Result<Option<Vec<Issued>>, Failure> {
        self.invoices_of(company, proforma).await.map(Some)
    }

    async fn issue_storno(&self, request: &StornoRequest) -> Exchange<Issued> {
        let mut record = WireRecord::default();
        let outcome = self.reverse(request, &mut record).await;
        record.ends(outcome)
    }

    async fn cancel(&self, target: &Target) -> Exchange<()> {
        let mut record = WireRecord::default();
        let outcome = self.change_state("cancel document", (Method::PUT, "/cancel"), target, &mut record).await;
        record.ends(outcome)
    }

    async fn restore(&self, target: &Target) -> Exchange<()> {
        let mut record = WireRecord::default();
        let outcome = self.change_state("restore document", (Method::PUT, "/restore"), target, &mut record).await;
        record.ends(outcome)
    }

    async fn delete(&self, target: &Target, _idempotency_key: &str) -> Exchange<()> {
        let mut record = WireRecord::default();
        let outcome = self.change_state("delete document", (Method::DELETE, ""), target, &mut record).await;
        record.ends(outcome)
    }

    async fn record_payment(&self, target: &Target, payment: &PaymentRequest) -> Exchange<()> {
        let mut record = WireRecord::default();
        let outcome = self.pay(target, payment, &mut record).await;
        record.ends(outcome)
    }

    async fn delete_payment(&self, target: &Target, kind: CollectKind) -> Exchange<()> {
        let mut record = WireRecord::default();
        let outcome = self.unpay(target, kind, &mut record).await;
        record.ends(outcome)
    }

    async fn read_payment(&self, target: &Target) -> Result<PaymentStatus, Failure> {
        self.paid_of(target).await
    }

    async fn fetch_pdf(&self, target: &Target) -> Result<Bytes, Failure> {
        self.pdf_of(target).await
    }

    async fn send_email(&self, target: &Target, email: &EmailRequest) -> Exchange<()> {
        let mut record = WireRecord::default();
        let outcome = self.mail(target, email, &mut record).await;
        record.ends(outcome)
    }

    async fn find_document(&self, target: &Target) -> Result<Presence, Failure> {
        self.presence(target).await
    }

    async fn list_documents(&self, query: &DocumentQuery) -> Result<DocumentPage, Failure> {
        Err(not_offered(Ability::ListDocuments, query.company.clone()))
    }

    async fn read_series(&self, query: &SeriesQuery) -> Result<SeriesPage, Failure> {
        self.series_page(query).await
    }

    async fn read_number(
        &self,
        company: &str,
        series: &str,
        kind: DocumentKind,
        number: u64,
    ) -> Result<NumberSeen, Failure> {
        self.number_seen(company, series, kind, number).await
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

//! What is asked about documents that exist: payment status, PDF, whether one is there, the invoices of a proforma.

use super::{SmartBill, convert, convert_acts, decisions, gap, route, rows, wire};
use crate::billing::offers::is_invoice;
use crate::billing::pdf;
use crate::billing::{
    Ability, DocumentKind, Issued, ListedDocument, NumberSeen, PaymentStatus, Presence, ReferenceSeen, Target,
};
use crate::call::{Operation, large_read_limits, read_limits};
use crate::transport::HttpAnswer;
use bytes::Bytes;
use http::Method;
use punte_domain::{Failure, FailureKind, Phase, Reference};
use serde_json::Value;

/// What came of asking for a PDF.
pub(super) enum PdfRead {
    Text(String),
    /// SmartBill has none to give: a page of its front server, 502 for a number that does not exist.
    Absent,
    /// It came, or something came, and could not be read.
    Unreadable,
}

/// A reference of Punte's form identifies, whatever else of a print could be read.
fn names_any(text: &str) -> bool {
    !Reference::find_all(text).is_empty()
}

impl SmartBill {
    pub(super) async fn payment_status(
        &self,
        company: &str,
        series: &str,
        number: &str,
    ) -> Result<wire::PaymentStatus, Failure> {
        let operation = Operation::new("read payment status", format!("{series} {number}"));
        let query = [("cif", company), ("seriesname", series), ("number", number)];
        let body = self.get(&operation, "/invoice/paymentstatus", &query).await?;
        self.heed(serde_json::from_value(body).map_err(|error| {
            operation.failure(FailureKind::UnreadableAnswer, Phase::Unknown).with_detail(error.to_string())
        }))
    }

    pub(super) async fn paid_of(&self, target: &Target) -> Result<PaymentStatus, Failure> {
        is_invoice(Ability::PaymentStatus, target)?;
        let number = convert_acts::padded(&target.document);
        let read = self.payment_status(&target.company, &target.document.series, &number).await?;
        convert_acts::payment_status(read).ok_or_else(|| {
            let operation = Operation::new("read payment status", target.name());
            operation.failure(FailureKind::UnreadableAnswer, Phase::Unknown).with_detail("no amounts in it")
        })
    }

    async fn ask_pdf(
        &self,
        operation: &Operation,
        company: &str,
        kind: DocumentKind,
        document: &Issued,
    ) -> Result<HttpAnswer, Failure> {
        let number = convert_acts::padded(document);
        let query = [("cif", company), ("seriesname", &*document.series), ("number", &*number)];
        let path = format!("{}/pdf", route(kind));
        // application/pdf would be answered 406
        let request = self.request(Method::GET, &path, &query, "application/octet-stream", None);
        self.send(operation, request, large_read_limits(pdf::MAX_MEGABYTES)).await
    }

    /// The text of a document. `Err` only for what concerns the connection, not the document.
    pub(super) async fn read_pdf(
        &self,
        company: &str,
        kind: DocumentKind,
        document: &Issued,
    ) -> Result<PdfRead, Failure> {
        let operation = Operation::new("read PDF", format!("{} {}", document.series, document.number));
        let answer = match self.ask_pdf(&operation, company, kind, document).await {
            Ok(answer) => answer,
            Err(failure) if failure.phase == Phase::Unknown => return Ok(PdfRead::Unreadable),
            Err(failure) => return Err(failure),
        };
        if pdf::is_pdf(&answer.body) {
            return Ok(pdf::read_text(answer.body).await.map_or(PdfRead::Unreadable, PdfRead::Text));
        }
        match self.heed(decisions::read_answer(&operation, &answer)) {
            Err(failure) if gap::is_connections(&failure) => Err(failure),
            Err(failure) if failure.kind == FailureKind::DocumentNotFound || answer.status == 502 => {
                Ok(PdfRead::Absent)
            }
            Ok(_) | Err(_) => Ok(PdfRead::Unreadable),
        }
    }

    /// The PDF itself. A missing one of an invoice is the front server's 502, as any trouble of its own would be: the
    /// status tells them apart.
    pub(super) async fn pdf_of(&self, target: &Target) -> Result<Bytes, Failure> {
        let operation = Operation::new("fetch PDF", target.name());
        let answer = self.ask_pdf(&operation, &target.company, target.kind, &target.document).await?;
        if pdf::is_pdf(&answer.body) {
            return Ok(answer.body);
        }
        let told = self.heed(match decisions::read_answer(&operation, &answer) {
            Err(failure) => Err(failure),
            Ok(_) => Err(operation.unreadable(&answer, "not a PDF")),
        });
        if answer.status == 502 && target.kind == DocumentKind::Invoice {
            match self.paid_of(target).await {
                Err(told) if told.kind == FailureKind::DocumentNotFound => return Err(told),
                _ => {}
            }
        }
        told
    }

    /// Only the reference in the PDF names a document; a number alone may be another's by now.
    pub(super) async fn presence(&self, target: &Target) -> Result<Presence, Failure> {
        let number = convert_acts::padded(&target.document);
        match self.read_pdf(&target.company, target.kind, &target.document).await? {
            PdfRead::Text(text) => Ok(match convert::reference_in(&text, &number, &target.reference) {
                ReferenceSeen::Ours => Presence::Present { cancelled: None },
                // a storno may carry its original's mentions, and then proves nothing by them
                ReferenceSeen::Another(_) if convert::says_storno(&text) => Presence::CannotTell,
                ReferenceSeen::Another(_) => Presence::Absent,
                ReferenceSeen::None | ReferenceSeen::Unreadable => Presence::CannotTell,
            }),
            PdfRead::Unreadable => Ok(Presence::CannotTell),
            // a proforma's absence is told in words, an invoice's only by its status
            PdfRead::Absent if target.kind == DocumentKind::Proforma => Ok(Presence::Absent),
            PdfRead::Absent => match self.payment_status(&target.company, &target.document.series, &number).await {
                Err(failure) if failure.kind == FailureKind::DocumentNotFound => Ok(Presence::Absent),
                Err(failure) if gap::is_connections(&failure) => Err(failure),
                Ok(_) | Err(_) => Ok(Presence::CannotTell),
            },
        }
    }

    /// One number: its status tells that it is there and its total, its print whose it is. It is empty only when the status
    /// says so and nothing is printed; a proforma has no status, and its print tells.
    pub(super) async fn number_seen(
        &self,
        company: &str,
        series: &str,
        kind: DocumentKind,
        number: u64,
    ) -> Result<NumberSeen, Failure> {
        let number = convert::printed(number);
        let status = match kind {
            DocumentKind::Proforma => None,
            DocumentKind::Invoice => Some(self.payment_status(company, series, &number).await),
        };
        let (total, is_gone) = match status {
            None => (None, true),
            Some(Ok(status)) => (status.total.map(|total| total.normalize()), false),
            Some(Err(failure)) if gap::is_connections(&failure) => return Err(failure),
            Some(Err(failure)) => (None, failure.kind == FailureKind::DocumentNotFound),
        };
        let document = Issued { series: series.to_owned(), number, provider_id: None, link: None };
        let text = match self.read_pdf(company, kind, &document).await? {
            PdfRead::Text(text) if convert::names_number(&text, &document.number) || names_any(&text) => text,
            PdfRead::Absent if is_gone => return Ok(NumberSeen::Nothing),
            PdfRead::Text(_) | PdfRead::Absent | PdfRead::Unreadable => return Ok(NumberSeen::Unread { total }),
        };
        let is_storno = total.map(|total| total.is_sign_negative() && convert::says_storno(&text));
        Ok(NumberSeen::Document(Box::new(ListedDocument {
            document,
            issue_date: None,
            total,
            currency: String::new(),
            client: String::new(),
            cancelled: None,
            is_storno,
            references: Reference::find_all(&text),
            einvoice: None,
        })))
    }

    /// The invoices that were made from a proforma, as SmartBill names them.
    pub(super) async fn invoices_of(&self, company: &str, proforma: &Issued) -> Result<Vec<Issued>, Failure> {
        let number = convert_acts::padded(proforma);
        let operation = Operation::new("list invoices of proforma", format!("{} {number}", proforma.series));
        let query = [("cif", company), ("seriesname", &*proforma.series), ("number", &*number)];
        let request = self.request(Method::GET, "/estimate/invoices", &query, "application/json", None);
        let answer = self.send(&operation, request, read_limits()).await?;
        if decisions::says_not_invoiced(&answer) {
            return Ok(Vec::new());
        }
        let body = self.heed(decisions::read_answer(&operation, &answer))?;
        let made: Vec<wire::MadeInvoice> = rows(&operation, &body, "invoices")?;
        let issued = |one: wire::MadeInvoice| {
            let number = one.number.filter(|number| !number.is_empty())?;
            Some(Issued { series: one.series.unwrap_or_default(), number, provider_id: None, link: None })
        };
        Ok(made.into_iter().filter_map(issued).collect())
    }

    /// Names of what an account keeps, from routes that only the official plugins use.
    pub(super) async fn names(&self, name: &'static str, path: &str, company: &str) -> Result<Vec<String>, Failure> {
        let operation = Operation::new(name, format!("company {company}"));
        let request = self.request(Method::GET, path, &[("cif", company)], "application/json", None);
        let answer = self.send(&operation, request, read_limits()).await?;
        let body: Option<Value> = serde_json::from_slice(&answer.body).ok().filter(Value::is_array);
        let body = match body {
            Some(list) if answer.status == 200 => list,
            _ => self.heed(decisions::read_answer(&operation, &answer))?,
        };
        self.heed(convert_acts::names(&body).ok_or_else(|| operation.unreadable(&answer, "no list in it")))
    }
}

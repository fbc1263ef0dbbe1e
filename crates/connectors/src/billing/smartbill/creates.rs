//! Everything that gives a document a number: invoices, proformas, the invoice from a proforma, the storno. Each is sent
//! once; an answer that is neither a clear yes nor a clear no leaves the outcome unknown.

use super::{SmartBill, convert, convert_acts, decisions, wire};
use crate::billing::prepare::{self, Unsendable, create_operation};
use crate::billing::{DocumentKind, FromProforma, IssueRequest, Issued, StornoRequest, VatRate, WireRecord};
use crate::call::Operation;
use bytes::Bytes;
use http::Method;
use punte_domain::{Failure, Phase};

fn body_of<'r>(
    request: &'r IssueRequest,
    kind: DocumentKind,
    rates: &[VatRate],
) -> Result<wire::Invoice<'r>, Unsendable> {
    match kind {
        DocumentKind::Invoice => convert::invoice(request, rates),
        DocumentKind::Proforma => convert::estimate(request, rates),
    }
}

impl SmartBill {
    pub(super) async fn create(
        &self,
        request: &IssueRequest,
        kind: DocumentKind,
        record: &mut WireRecord,
    ) -> Result<Issued, Failure> {
        let operation = create_operation(request, kind);
        prepare::check_draft(request).map_err(|problem| problem.failure(&operation))?;
        let make = |rates: &[VatRate]| prepare::json_body(&body_of(request, kind, rates)?);
        let body = self.rates.body(self, &operation, &request.company, make).await?;
        self.make(&operation, self.create_path(kind), &request.series, body, record).await
    }

    pub(super) fn shown(
        &self,
        request: &IssueRequest,
        kind: DocumentKind,
        listed: Option<&[VatRate]>,
    ) -> Result<String, Unsendable> {
        prepare::check_draft(request)?;
        let rates = self.rates.to_show(&request.company, listed, &request.draft);
        prepare::shown_body(&body_of(request, kind, &rates)?)
    }

    pub(super) async fn convert(&self, request: &FromProforma, record: &mut WireRecord) -> Result<Issued, Failure> {
        let invoice = &request.invoice;
        let operation = Operation::new("create invoice from proforma", format!("order {}", invoice.order_number));
        prepare::check_draft(invoice).map_err(|problem| problem.failure(&operation))?;
        let number = convert_acts::padded(&request.proforma);
        // what is copied leaves no warehouse of ours
        let body = if request.repeats && invoice.draft.warehouse.is_empty() {
            let body = convert_acts::from_estimate(request, &number).and_then(|body| prepare::json_body(&body));
            body.map_err(|problem| problem.failure(&operation))?
        } else {
            let make = |rates: &[VatRate]| prepare::json_body(&convert_acts::after_estimate(request, &number, rates)?);
            self.rates.body(self, &operation, &invoice.company, make).await?
        };
        self.make(&operation, self.create_path(DocumentKind::Invoice), &invoice.series, body, record).await
    }

    /// The storno takes the next number of the original's own series.
    pub(super) async fn reverse(&self, request: &StornoRequest, record: &mut WireRecord) -> Result<Issued, Failure> {
        let number = convert_acts::padded(&request.original);
        let operation = Operation::new("create storno", format!("{} {number}", request.original.series));
        let body = prepare::json_body(&convert_acts::reverse(request, &number));
        let body = body.map_err(|problem| problem.failure(&operation))?;
        self.make(&operation, "/invoice/reverse", &request.original.series, body, record).await
    }

    fn create_path(&self, kind: DocumentKind) -> &'static str {
        match (kind, self.config.legacy_routes) {
            (DocumentKind::Invoice, false) => "/invoice/v2",
            (DocumentKind::Invoice, true) => "/invoice",
            (DocumentKind::Proforma, false) => "/estimate/v2",
            (DocumentKind::Proforma, true) => "/estimate",
        }
    }

    async fn make(
        &self,
        operation: &Operation,
        path: &str,
        series: &str,
        body: Bytes,
        record: &mut WireRecord,
    ) -> Result<Issued, Failure> {
        let request = self.request(Method::POST, path, &[], "application/json", Some(body));
        let answer = self.change(operation, request, record).await?;
        let created: wire::Created = serde_json::from_slice(&answer.body).unwrap_or_default();
        let issued = convert::issued(created, series);
        self.heed(match (decisions::read_answer(operation, &answer), issued) {
            (Ok(_), Some(issued)) => Ok(issued),
            (Ok(_), None) => Err(operation.unreadable(&answer, "a yes without a number")),
            // a number beside a refusal: something may exist under it, and only a look can tell
            (Err(mut failure), Some(issued)) => {
                failure.phase = Phase::Unknown;
                Err(failure.with_detail(format!("number {} beside the refusal", issued.number)))
            }
            (Err(failure), None) => Err(failure),
        })
    }
}

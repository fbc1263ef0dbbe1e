//! Everything that makes a document: invoices, proformas, the invoice from a proforma, the storno. All are one route with
//! an idempotency key and our reference in the mentions, so all are found again by list.

use super::{Call, Oblio, convert, wire};
use crate::billing::prepare::{self, Unsendable, create_operation};
use crate::billing::{DocumentKind, FromProforma, IssueRequest, Issued, StornoRequest, VatRate, WireRecord};
use crate::call::{Operation, create_limits};
use crate::pace::Lane;
use bytes::Bytes;
use http::Method;
use punte_domain::{Failure, FailureKind, Phase};

fn body_of<'r>(
    request: &'r IssueRequest,
    kind: DocumentKind,
    rates: &[VatRate],
) -> Result<wire::Invoice<'r>, Unsendable> {
    match kind {
        DocumentKind::Invoice => convert::invoice(request, rates),
        DocumentKind::Proforma => convert::proforma(request, rates),
    }
}

impl Oblio {
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
        self.make(&operation, kind, body, record).await
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
        let make = |rates: &[VatRate]| prepare::json_body(&convert::from_proforma(request, rates)?);
        let body = self.rates.body(self, &operation, &invoice.company, make).await?;
        self.make(&operation, DocumentKind::Invoice, body, record).await
    }

    pub(super) async fn reverse(&self, request: &StornoRequest, record: &mut WireRecord) -> Result<Issued, Failure> {
        let original = format!("{} {}", request.original.series, request.original.number);
        let operation = Operation::new("create storno", original);
        let body = prepare::json_body(&convert::storno(request));
        let body = body.map_err(|problem| problem.failure(&operation))?;
        self.make(&operation, DocumentKind::Invoice, body, record).await
    }

    async fn make(
        &self,
        operation: &Operation,
        kind: DocumentKind,
        body: Bytes,
        record: &mut WireRecord,
    ) -> Result<Issued, Failure> {
        let call = Call {
            method: Method::POST,
            path: super::route(kind).to_owned(),
            body: Some(body),
            limits: create_limits(self.config.create_limit),
            lane: Lane::Documents,
        };
        let data = self.exchange(operation, call, record).await?;
        let unreadable = || {
            operation
                .failure(FailureKind::UnreadableAnswer, Phase::Unknown)
                .with_detail("a yes without series and number")
        };
        let created: wire::Created = serde_json::from_value(data).map_err(|_| unreadable())?;
        convert::issued(created).ok_or_else(unreadable)
    }
}

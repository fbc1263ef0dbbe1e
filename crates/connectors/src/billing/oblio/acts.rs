//! What is done to a document that exists: cancel, restore, delete, collect, e-Factura. Each is sent once, with its
//! parameters in the body.

use super::{Call, Oblio, convert, wire};
use crate::billing::offers::is_invoice;
use crate::billing::prepare::{self, Unsendable};
use crate::billing::{Ability, EInvoiceStatus, PaymentRequest, Target, WireRecord};
use crate::call::{Operation, create_limits};
use crate::pace::Lane;
use bytes::Bytes;
use http::Method;
use punte_domain::{Failure, FailureKind, Phase};
use serde_json::Value;

impl Oblio {
    async fn act(
        &self,
        operation: &Operation,
        (method, path): (Method, String),
        body: Result<Bytes, Unsendable>,
        record: &mut WireRecord,
    ) -> Result<Value, Failure> {
        let body = body.map_err(|problem| problem.failure(operation))?;
        let limits = create_limits(self.config.create_limit);
        let call = Call { method, path, body: Some(body), limits, lane: Lane::Rest };
        self.exchange(operation, call, record).await
    }

    pub(super) async fn set_cancelled(
        &self,
        target: &Target,
        cancelled: bool,
        record: &mut WireRecord,
    ) -> Result<(), Failure> {
        let (name, action) = if cancelled { ("cancel document", "cancel") } else { ("restore document", "restore") };
        let operation = Operation::new(name, target.name());
        let path = format!("{}/{action}", super::route(target.kind));
        let body = prepare::json_body(&convert::named(target));
        self.act(&operation, (Method::PUT, path), body, record).await.map(|_| ())
    }

    /// The key belongs to the deletion, not to the document: a repeat of the same request does not delete the next one.
    pub(super) async fn remove(
        &self,
        target: &Target,
        idempotency_key: &str,
        record: &mut WireRecord,
    ) -> Result<(), Failure> {
        let operation = Operation::new("delete document", target.name());
        let body = wire::Delete { document: convert::named(target), delete_collect: 0, idempotency_key };
        let body = prepare::json_body(&body);
        self.act(&operation, (Method::DELETE, super::route(target.kind).to_owned()), body, record).await.map(|_| ())
    }

    pub(super) async fn pay(
        &self,
        target: &Target,
        payment: &PaymentRequest,
        record: &mut WireRecord,
    ) -> Result<(), Failure> {
        is_invoice(Ability::RecordPayment, target)?;
        let operation = Operation::new("record payment", target.name());
        let body = convert::collected(target, payment).and_then(|body| prepare::json_body(&body));
        let path = format!("{}/collect", super::route(target.kind));
        self.act(&operation, (Method::PUT, path), body, record).await.map(|_| ())
    }

    pub(super) async fn to_spv(&self, target: &Target, record: &mut WireRecord) -> Result<EInvoiceStatus, Failure> {
        is_invoice(Ability::EInvoice, target)?;
        let operation = Operation::new("send e-Factura", target.name());
        let body = prepare::json_body(&convert::named(target));
        let data = self.act(&operation, (Method::POST, super::EINVOICE.to_owned()), body, record).await?;
        convert::einvoice(data).ok_or_else(|| {
            operation.failure(FailureKind::UnreadableAnswer, Phase::Unknown).with_detail("a yes without a state")
        })
    }
}

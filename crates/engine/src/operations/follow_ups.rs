//! What follows an invoice by itself, because its flow's rules say so: e-Factura, the payment of an order that is paid later,
//! the mail to the client. Each is asked for once in a document's life, as a person would ask for it, and from there on is an
//! operation like any other: a mail whose outcome is not known is not sent again.

use super::OperationParams;
use super::ask::is_address;
use crate::error::{EngineError, Result};
use crate::workspace::{Change, Workspace};
use punte_connectors::billing::{EmailRequest, PaymentRequest};
use punte_domain::{CollectKind, FollowUps, OperationKind, OrderHead, OrderStatus, fiscal_date};
use punte_store::ledger::Document;
use std::time::Duration;

const BATCH: u32 = 100;
/// Until one operation on a document is over, the next waits.
const SOON: Duration = Duration::from_secs(3);
/// A connection without its credential waits for a person.
const LATER: Duration = Duration::from_secs(60);

/// What became of one thing that was to follow.
enum Asked {
    /// Written down, now or before.
    Done,
    /// It cannot be done, and waiting does not change that.
    Not(String),
    /// Something is in the way that passes.
    Wait(Duration),
    /// Nothing to do before the order changes.
    NotYet,
}

impl Workspace {
    /// Asks for what follows issued documents. Answers how long until something may be due.
    pub(crate) async fn follow_up_due(&self) -> Result<Duration> {
        let due = self.ledger.list_follow_ups_due(self.now_ms(), BATCH).await?;
        let is_any = !due.is_empty();
        for document in due {
            if self.stopping.is_cancelled() {
                return Ok(Duration::ZERO);
            }
            self.follow_up(&document).await?;
        }
        if is_any {
            self.changed(Change::Documents);
        }
        Ok(if is_any { SOON } else { self.deps.timing.idle })
    }

    async fn follow_up(&self, document: &Document) -> Result<()> {
        let mut left = document.follow_ups.clone().unwrap_or_default();
        let mut waits: Option<Duration> = None;
        // the mail last: one of which nobody can tell keeps everything after it waiting
        for kind in [OperationKind::SendEinvoice, OperationKind::RecordPayment, OperationKind::SendEmail] {
            let asked = match kind {
                OperationKind::SendEinvoice if left.einvoice => self.ask_once(document, kind, None).await?,
                OperationKind::RecordPayment => match left.collect {
                    Some(collect) => self.ask_payment(document, collect).await?,
                    None => continue,
                },
                OperationKind::SendEmail if left.email => self.ask_email(document).await?,
                _ => continue,
            };
            match asked {
                Asked::Done => {}
                Asked::Not(why) => {
                    self.ledger.record_not_followed(document.row, kind.as_str(), why, self.now_ms()).await?
                }
                Asked::Wait(least) => {
                    waits = Some(waits.map_or(least, |known| known.min(least)));
                    continue;
                }
                Asked::NotYet => continue,
            }
            match kind {
                OperationKind::SendEinvoice => left.einvoice = false,
                OperationKind::RecordPayment => {
                    left.collect = None;
                    left.receipt_series.clear();
                }
                _ => left.email = false,
            }
        }
        let due_ms = waits.map(|wait| self.now_ms() + wait.as_millis() as i64);
        let left = Some(left).filter(|left| *left != FollowUps::default());
        Ok(self.ledger.keep_follow_ups(document.row, left, due_ms).await?)
    }

    async fn ask_payment(&self, document: &Document, kind: CollectKind) -> Result<Asked> {
        let order = self.ledger.get_order_by_row(document.order_row).await?;
        let (Some(paid_ms), Some(draft)) = (paid_whole_ms(&order.head), &document.draft) else {
            return Ok(Asked::NotYet);
        };
        let payment = PaymentRequest {
            kind,
            value: draft.total(),
            // a shop's clock may be ahead
            date: fiscal_date(paid_ms).min(fiscal_date(self.now_ms())),
            document_number: order.head.number,
            receipt_series: document.follow_ups.as_ref().map(|one| one.receipt_series.clone()).unwrap_or_default(),
        };
        self.ask_once(document, OperationKind::RecordPayment, Some(OperationParams::Payment(payment))).await
    }

    async fn ask_email(&self, document: &Document) -> Result<Asked> {
        let to = document.draft.as_ref().map(|draft| draft.client.email.trim().to_owned()).unwrap_or_default();
        if !is_address(&to) {
            return Ok(Asked::Not("no_address".to_owned()));
        }
        let email = EmailRequest { to, cc: String::new(), subject: String::new(), body: String::new() };
        self.ask_once(document, OperationKind::SendEmail, Some(OperationParams::Email(email))).await
    }

    /// Writes the operation down under an id that a document has once of a kind.
    async fn ask_once(
        &self,
        document: &Document,
        kind: OperationKind,
        params: Option<OperationParams>,
    ) -> Result<Asked> {
        let id = format!("op_{}_{}", document.id, kind.as_str());
        if self.ledger.find_operation(&id).await?.is_some() {
            return Ok(Asked::Done);
        }
        let params = params.unwrap_or(OperationParams::None);
        match self.operate_as(id, &document.id, kind, params, "", "").await {
            Ok(_) => Ok(Asked::Done),
            Err(EngineError::NotNow("operation_open")) => Ok(Asked::Wait(SOON)),
            Err(EngineError::NotNow("credential_missing")) => Ok(Asked::Wait(LATER)),
            Err(EngineError::NotNow(why)) => Ok(Asked::Not(why.to_owned())),
            Err(EngineError::Invalid { field, detail }) => Ok(Asked::Not(format!("{field}: {detail}"))),
            Err(error) => Err(error),
        }
    }
}

/// When an order was paid, if it is and nothing of it was given back.
fn paid_whole_ms(head: &OrderHead) -> Option<i64> {
    let stands = matches!(head.status, OrderStatus::Paid | OrderStatus::Completed) && head.refunded_minor == 0;
    head.paid_ms.filter(|_| stands)
}

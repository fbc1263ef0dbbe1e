//! Settling an operation whose answer was lost: a look after the quiet time, and what follows from it.

use super::verdict::{OperationEvidence, Verdict, judge};
use super::{LOOKS, OperationBaseline, OperationParams, TRIES, document_currency, target_of};
use crate::connect::is_connections_fault;
use crate::error::Result;
use crate::settle::to_json;
use crate::workspace::{Workspace, lock};
use punte_connectors::billing::{EInvoiceState, PaymentStatus, Presence};
use punte_domain::{Currency, Failure, FailureKind, OperationSettling, Phase};
use punte_store::StoreError;
use punte_store::ledger::{Connection, Document, Effect, Operation};
use std::sync::Arc;
use std::time::Duration;

impl Workspace {
    /// One look at an operation in doubt, and what follows.
    pub(super) async fn settle_operation(
        self: &Arc<Self>,
        operation: Operation,
        document: &Document,
        connection: &Connection,
    ) -> Result<()> {
        let quiet = self.quiet_time(connection);
        let now = self.deps.clock.monotonic();
        let Some(watch) = lock(&self.operation_watches).get(&operation.row).copied() else { return Ok(()) };
        let decisive = now >= watch.since + quiet;
        let seen = match self.look_at_operation(&operation, document, connection).await {
            Ok(seen) => seen,
            Err(failure) => {
                self.look_at_operation_later(operation.row, quiet / 2, false);
                if is_connections_fault(&failure) {
                    self.note_trouble(connection, &failure).await?;
                }
                return Ok(());
            }
        };
        self.note_contact(connection).await?;
        self.ledger.record_operation_look(operation.row, to_json(&seen)?, self.now_ms()).await?;
        let params: OperationParams = serde_json::from_str(&operation.params).map_err(StoreError::Json)?;
        let currency = document_currency(document).unwrap_or(Currency::RON);
        let not_done = || {
            Failure::new(
                FailureKind::NeverDone,
                Phase::Refused,
                operation.kind.as_str(),
                format!("order {}", document.order_number),
            )
        };
        match judge(operation.kind, &params, &seen, decisive, currency) {
            Verdict::Done(mut effect) => {
                if let Effect::EInvoice { state, due_ms, .. } = &mut effect
                    && state == EInvoiceState::Processing.as_str()
                {
                    *due_ms = Some(self.now_ms() + self.deps.timing.einvoice_read.as_millis() as i64);
                }
                self.ledger.settle_operation(operation.row, Ok(effect), self.now_ms()).await?;
                self.note_wake.notify_one();
                self.einvoice_wake.notify_one();
            }
            Verdict::Repeat if operation.tries < TRIES => {
                lock(&self.operation_watches).remove(&operation.row);
                self.perform(operation, document, connection, true).await?;
            }
            // asked for again and again without an answer, and the provider does not tell: a person decides
            Verdict::Repeat if !is_told(&seen) => self.look_at_operation_later(operation.row, quiet, true),
            Verdict::NotDone | Verdict::Repeat => {
                self.ledger.settle_operation(operation.row, Err(not_done()), self.now_ms()).await?;
            }
            Verdict::Wait => {
                let left = (watch.since + quiet).saturating_sub(now);
                self.look_at_operation_later(operation.row, left, false);
            }
            Verdict::LookAgain => self.look_at_operation_later(operation.row, quiet / 2, true),
        }
        Ok(())
    }

    fn look_at_operation_later(&self, row: i64, after: Duration, told_nothing: bool) {
        let now = self.deps.clock.monotonic();
        if let Some(watch) = lock(&self.operation_watches).get_mut(&row) {
            watch.next_look = now + after;
            watch.incomplete += u32::from(told_nothing);
        }
    }

    async fn look_at_operation(
        &self,
        operation: &Operation,
        document: &Document,
        connection: &Connection,
    ) -> std::result::Result<OperationEvidence, Failure> {
        let provider = self.billing(connection).await?;
        let target = target_of(document)?;
        match operation.kind.settling() {
            OperationSettling::State | OperationSettling::Presence | OperationSettling::Nobody => {
                Ok(OperationEvidence::Presence(provider.find_document(&target).await?))
            }
            OperationSettling::PaidAmount => {
                let baseline: OperationBaseline = serde_json::from_str(&operation.baseline).unwrap_or_default();
                let PaymentStatus { paid, .. } = provider.read_payment(&target).await?;
                Ok(OperationEvidence::Paid { before: baseline.paid.unwrap_or_default(), now: paid })
            }
            OperationSettling::EinvoiceStatus => {
                Ok(OperationEvidence::EInvoice(provider.read_einvoice(&target).await?))
            }
        }
    }

    /// When an operation in doubt is looked at again, in milliseconds from now; `None` where nobody will.
    pub fn operation_look_in_ms(&self, operation_row: i64) -> Option<i64> {
        let watch = *lock(&self.operation_watches).get(&operation_row)?;
        if watch.incomplete >= LOOKS {
            return None;
        }
        Some(watch.next_look.saturating_sub(self.deps.clock.monotonic()).as_millis() as i64)
    }
}

/// Whether the provider told the state that a cancel or a restore changes.
fn is_told(seen: &OperationEvidence) -> bool {
    matches!(seen, OperationEvidence::Presence(Presence::Present { cancelled: Some(_) }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_repeat_that_nobody_answers_is_given_up_only_where_the_provider_tells_the_state() {
        let seen = |presence| OperationEvidence::Presence(presence);
        assert!(is_told(&seen(Presence::Present { cancelled: Some(false) })), "proven not done");
        for untold in [Presence::Present { cancelled: None }, Presence::CannotTell, Presence::Absent] {
            assert!(!is_told(&seen(untold)), "{untold:?}: it may have been done, so a person decides");
        }
    }
}

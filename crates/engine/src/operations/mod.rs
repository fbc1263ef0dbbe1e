//! What is done to issued documents: asked for by a person, written down, sent once, and settled by a read when its answer
//! was lost.

mod ask;
mod follow_ups;
mod settling;
mod verdict;

pub(crate) use ask::is_address;
pub use verdict::OperationEvidence;
use verdict::{einvoice, paid};

use crate::connect::{Gate, is_connections_fault};
use crate::error::Result;
use crate::outbox::{Lane, one_writer};
use crate::settle::{Watch, parse_date, to_json};
use crate::told;
use crate::workspace::{Change, Workspace, lock};
use punte_connectors::billing::{
    BillingProvider, DocumentKind, EmailRequest, Exchange, Issued, PaymentRequest, Presence, Target, WireRecord,
};
use punte_domain::{
    CollectKind, Currency, Failure, FailureKind, Next, OperationKind, OperationSettling, OperationState, Phase,
    Reference,
};
use punte_store::StoreError;
use punte_store::ledger::{Connection, Document, Effect, Operation, OperationOutcome};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use std::time::Duration;

/// Sends of one operation whose repeat is harmless, before a person is asked.
const TRIES: u32 = 4;
/// Looks after the quiet time that told nothing, before a person is asked.
const LOOKS: u32 = 5;

/// What an operation needs beside its document.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OperationParams {
    None,
    Payment(PaymentRequest),
    Email(EmailRequest),
}

impl OperationParams {
    /// One line for the timeline.
    pub fn about(&self) -> String {
        match self {
            OperationParams::None => String::new(),
            OperationParams::Payment(payment) => payment.value.normalize().to_string(),
            OperationParams::Email(email) => email.to.clone(),
        }
    }
}

/// What a settlement compares with.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
struct OperationBaseline {
    paid: Option<Decimal>,
}

/// Under which of the provider's routes a document is found.
pub(crate) fn kind_of(document: &Document) -> DocumentKind {
    if document.role == "proforma" { DocumentKind::Proforma } else { DocumentKind::Invoice }
}

/// A document as the provider knows it.
pub(crate) fn target_of(document: &Document) -> std::result::Result<Target, Failure> {
    let broken = |what: &str| {
        Failure::new(FailureKind::DocumentNotFound, Phase::Prepare, "name document", document.id.clone())
            .with_detail(what)
    };
    Ok(Target {
        company: document.company.clone(),
        kind: kind_of(document),
        document: Issued {
            series: document.series.clone(),
            number: document.number.clone().ok_or_else(|| broken("number"))?,
            provider_id: document.provider_id.clone(),
            link: document.link.clone(),
        },
        issue_date: document.issue_date.as_deref().and_then(parse_date).ok_or_else(|| broken("issue_date"))?,
        reference: Reference::parse(&document.reference).ok_or_else(|| broken("reference"))?,
    })
}

impl Workspace {
    pub(crate) async fn run_operations(self: &Arc<Self>) {
        loop {
            let next = match self.operate_due().await {
                Ok(next) => next,
                Err(error) => {
                    self.note_engine_error(&error, "operate");
                    Duration::from_secs(2)
                }
            };
            if !self.rest(&self.operate_wake, next).await {
                return;
            }
        }
    }

    /// Sends what waits and settles what is in doubt. Answers how long until something may be due.
    async fn operate_due(self: &Arc<Self>) -> Result<Duration> {
        if self.trouble().is_some() || self.is_quarantined() {
            return Ok(Duration::from_secs(2));
        }
        let connections = self.ledger.list_connections().await?;
        let mut next = self.follow_up_due().await?.min(self.deps.timing.idle);
        let by_ms = self.now_ms() + self.deps.timing.idle.as_millis() as i64;
        let waiting = self.ledger.list_operations_due(by_ms, self.list_closed().await?, 200).await?;
        let doubted = self.ledger.list_operations_to_settle(1000).await?;
        lock(&self.operation_watches).retain(|row, _| doubted.iter().any(|operation| operation.row == *row));
        // what is in doubt first: a lane may stand still for it
        for operation in doubted.into_iter().chain(waiting) {
            let document = self.ledger.get_document_by_row(operation.document_row).await?;
            let Some(connection) = connections.iter().find(|c| c.id == document.billing_id) else { continue };
            if let Some(left) = self.not_before(&operation, &document, connection) {
                next = next.min(left);
                continue;
            }
            let room = match self.may_call(connection, self.now_ms()) {
                Gate::Closed => {
                    next = next.min(self.opens_in(connection, self.now_ms()));
                    continue;
                }
                // one request shows whether it works again
                Gate::Probe => 1,
                Gate::Open => self.deps.timing.parallel,
            };
            // the end of each wakes this loop
            if lock(&self.operating).values().filter(|one| **one == connection.id).count() >= room {
                continue;
            }
            if !self.begin(&document) {
                next = next.min(Duration::from_millis(500));
                continue;
            }
            // asked with the lane taken, so that no create begins between the answer and the delete
            if operation.state == OperationState::Waiting && self.lane_is_needed(&operation, &document).await? {
                lock(&self.in_flight).remove(&document.row);
                next = next.min(Duration::from_millis(500));
                continue;
            }
            lock(&self.operating).insert(document.row, connection.id.clone());
            let (this, connection) = (self.clone(), connection.clone());
            self.spawn_about(told::of_document(&document), async move {
                let row = document.row;
                let done = match operation.state {
                    OperationState::InDoubt => this.settle_operation(operation, &document, &connection).await,
                    _ => this.perform(operation, &document, &connection, false).await,
                };
                if let Err(error) = done {
                    this.note_engine_error(&error, "operate");
                    tokio::time::sleep(Duration::from_secs(1)).await;
                }
                lock(&this.operating).remove(&row);
                lock(&this.in_flight).remove(&row);
                this.changed(Change::Documents);
                this.operate_wake.notify_one();
                this.outbox_wake.notify_one();
            });
        }
        Ok(next)
    }

    /// How long an operation must still wait: for its due time, or for the next look.
    fn not_before(&self, operation: &Operation, document: &Document, connection: &Connection) -> Option<Duration> {
        if operation.state == OperationState::InDoubt {
            if operation.kind.settling() == OperationSettling::Nobody {
                return Some(self.deps.timing.idle);
            }
            let now = self.deps.clock.monotonic();
            let quiet = self.quiet_time(connection);
            let watch = *lock(&self.operation_watches).entry(operation.row).or_insert_with(|| Watch {
                since: now,
                next_look: now + quiet / 6,
                incomplete: 0,
            });
            if watch.incomplete >= LOOKS {
                return Some(self.deps.timing.idle);
            }
            return watch.next_look.checked_sub(now).filter(|left| !left.is_zero());
        }
        let left_ms = operation.due_ms.unwrap_or(0) - self.now_ms();
        debug_assert_eq!(operation.document_row, document.row);
        (left_ms > 0).then(|| Duration::from_millis(left_ms as u64))
    }

    /// Whether a delete must wait: the counter of a series that has one writer moves with it.
    async fn lane_is_needed(&self, operation: &Operation, document: &Document) -> Result<bool> {
        if operation.kind != OperationKind::Delete || !one_writer(&document.provider) {
            return Ok(false);
        }
        let lane = Lane::of(document);
        let busy = lock(&self.in_flight).iter().any(|(row, other)| *row != document.row && other.is_with(&lane));
        Ok(busy || self.is_doubted(&lane).await?)
    }

    /// One operation from intent to outcome.
    #[tracing::instrument(target = "punte_trace", level = "trace", name = "operate", skip_all,
        fields(document = document.id, operation = operation.id, outcome))]
    async fn perform(
        self: &Arc<Self>,
        operation: Operation,
        document: &Document,
        connection: &Connection,
        repeat: bool,
    ) -> Result<()> {
        let (provider, target, baseline) = match self.prepare_operation(&operation, document, connection).await {
            Ok(ready) => ready,
            Err(failure) if is_connections_fault(&failure) => return self.note_trouble(connection, &failure).await,
            Err(failure) if repeat => {
                tracing::warn!(operation = %operation.id, kind = failure.kind.as_str(), "cannot be asked for again");
                return Ok(());
            }
            Err(failure) => return Ok(self.ledger.refuse_operation(operation.row, failure, self.now_ms()).await?),
        };
        let key = match operation.kind {
            OperationKind::Delete => {
                self.ledger.find_last_attempt(document.row).await?.map_or_else(String::new, |one| one.idempotency_key)
            }
            _ => String::new(),
        };
        if self.stopping.is_cancelled() {
            return Ok(());
        }
        let sent =
            self.ledger.record_operation_intent(operation.row, repeat, to_json(&baseline)?, key, self.now_ms()).await?;
        self.changed(Change::Documents);
        let params: OperationParams = serde_json::from_str(&sent.params).map_err(StoreError::Json)?;
        tracing::info!(operation = %sent.id, kind = sent.kind.as_str(), document = %document.id, "sending");
        let began = self.deps.clock.monotonic();
        let (outcome, record) =
            self.send_operation(&sent, &params, &baseline, &target, document, provider.as_ref()).await;
        let failure = outcome.as_ref().err().cloned();
        told::tell_answer(failure.as_ref(), self.deps.clock.monotonic().saturating_sub(began));
        let outcome = match outcome {
            Ok(effect) => OperationOutcome::Done(effect),
            Err(failure) => match failure.next() {
                Next::AskProvider => OperationOutcome::Unknown(failure),
                Next::RetryByItself => {
                    let due_ms = self.now_ms() + self.delay(sent.tries).as_millis() as i64;
                    OperationOutcome::Back { failure, due_ms }
                }
                // the right to change this one lacks: nothing is wrong with the connection
                Next::StopConnection if failure.kind == FailureKind::RightMissing => OperationOutcome::Refused(failure),
                Next::StopConnection => OperationOutcome::Back { failure, due_ms: self.now_ms() },
                Next::FixThenRetry | Next::NeedsPerson => OperationOutcome::Refused(failure),
            },
        };
        self.commit_operation(&sent, connection, outcome, to_json(&record)?).await?;
        match failure {
            Some(failure) if failure.kind != FailureKind::RightMissing && is_connections_fault(&failure) => {
                self.note_trouble(connection, &failure).await
            }
            _ => {
                // what was done is read back, as an issue is
                self.ledger.want_verification(document.row, self.now_ms()).await?;
                self.verify_wake.notify_one();
                self.note_wake.notify_one();
                self.einvoice_wake.notify_one();
                self.note_contact(connection).await
            }
        }
    }

    async fn prepare_operation(
        &self,
        operation: &Operation,
        document: &Document,
        connection: &Connection,
    ) -> std::result::Result<(Arc<dyn BillingProvider>, Target, OperationBaseline), Failure> {
        let provider = self.billing(connection).await?;
        let target = target_of(document)?;
        check_presence(operation.kind, &target, provider.find_document(&target).await.map_err(nothing_sent)?)?;
        let paid = match operation.kind.settling() {
            OperationSettling::PaidAmount => Some(provider.read_payment(&target).await.map_err(nothing_sent)?.paid),
            _ => None,
        };
        check_left(operation, document, &target, paid)?;
        Ok((provider, target, OperationBaseline { paid }))
    }

    async fn send_operation(
        &self,
        operation: &Operation,
        params: &OperationParams,
        baseline: &OperationBaseline,
        target: &Target,
        document: &Document,
        provider: &dyn BillingProvider,
    ) -> (std::result::Result<Effect, Failure>, WireRecord) {
        let currency = document_currency(document).unwrap_or(Currency::RON);
        let plain = |exchange: Exchange<()>, effect: Effect| (exchange.outcome.map(|()| effect), exchange.record);
        match (operation.kind, params) {
            (OperationKind::Cancel, _) => plain(provider.cancel(target).await, Effect::Cancelled),
            (OperationKind::Restore, _) => plain(provider.restore(target).await, Effect::Restored),
            (OperationKind::Delete, _) => {
                plain(provider.delete(target, &operation.idempotency_key).await, Effect::Deleted)
            }
            (OperationKind::RecordPayment, OperationParams::Payment(payment)) => {
                let after = baseline.paid.unwrap_or_default() + payment.value;
                plain(provider.record_payment(target, payment).await, paid(after, currency))
            }
            (OperationKind::DeletePayment, _) => {
                let exchange = provider.delete_payment(target, self.payment_kind(document).await).await;
                // others may remain: what is paid now is read, not concluded
                let left = match &exchange.outcome {
                    Ok(()) => provider.read_payment(target).await.map_or(Decimal::ZERO, |status| status.paid),
                    Err(_) => Decimal::ZERO,
                };
                plain(exchange, paid(left, currency))
            }
            (OperationKind::SendEmail, OperationParams::Email(email)) => {
                plain(provider.send_email(target, email).await, Effect::None)
            }
            (OperationKind::SendEinvoice, _) => {
                let exchange = provider.send_einvoice(target).await;
                let due_ms = self.now_ms() + self.deps.timing.einvoice_read.as_millis() as i64;
                (exchange.outcome.map(|status| einvoice(&status, Some(due_ms))), exchange.record)
            }
            (OperationKind::RecordPayment | OperationKind::SendEmail, _) => {
                let failure = Failure::new(
                    FailureKind::FieldMissing,
                    Phase::Prepare,
                    operation.kind.as_str(),
                    document.id.clone(),
                );
                (Err(failure), WireRecord::default())
            }
        }
    }

    /// How the payment that is to be deleted was recorded: by the newest operation, or with the invoice.
    async fn payment_kind(&self, document: &Document) -> CollectKind {
        let operations = self.ledger.list_operations(document.row).await.unwrap_or_default();
        let recorded = operations
            .iter()
            .filter(|one| one.kind == OperationKind::RecordPayment && one.state == OperationState::Done)
            .find_map(|one| match serde_json::from_str(&one.params) {
                Ok(OperationParams::Payment(payment)) => Some(payment.kind),
                _ => None,
            });
        let with_invoice = document.draft.as_ref().and_then(|draft| draft.payment.as_ref()).map(|one| one.kind);
        recorded.or(with_invoice).unwrap_or(CollectKind::Other)
    }

    /// Commits an outcome; one that can't be written is kept and tried again.
    async fn commit_operation(
        &self,
        operation: &Operation,
        connection: &Connection,
        outcome: OperationOutcome,
        record: String,
    ) -> Result<()> {
        loop {
            let written = self
                .ledger
                .record_operation_outcome(operation.row, outcome.clone(), record.clone(), self.now_ms())
                .await;
            match written {
                Ok(()) => {
                    self.note_storage(None);
                    let (workspace, kind) = (&self.ledger.info().id, operation.kind.as_str());
                    let word = self.deps.meters.operated(workspace, &connection.kind, kind, &outcome);
                    tracing::Span::current().record("outcome", word);
                    return Ok(());
                }
                Err(error) if self.note_storage(Some(&error)) => {
                    tokio::select! {
                        biased;
                        () = self.stopping.cancelled() => return Err(error.into()),
                        () = tokio::time::sleep(Duration::from_secs(1)) => {}
                    }
                }
                Err(error) => return Err(error.into()),
            }
        }
    }
}

/// A number may have been given again after somebody deleted ours by hand: nothing is done to a document that is not proven
/// to be this one, as far as the provider tells. A delete wants the proof whole.
fn check_presence(kind: OperationKind, target: &Target, seen: Presence) -> std::result::Result<(), Failure> {
    let refused = |detail: &str| {
        Err(Failure::new(FailureKind::DocumentNotFound, Phase::Refused, kind.as_str(), target.name())
            .with_detail(detail))
    };
    match seen {
        Presence::Absent => refused("absent"),
        Presence::CannotTell if kind == OperationKind::Delete => refused("cannot_tell"),
        Presence::Present { .. } | Presence::CannotTell => Ok(()),
    }
}

/// A read before the intent that failed: nothing of the operation has left.
pub(crate) fn nothing_sent(mut failure: Failure) -> Failure {
    if failure.phase == Phase::Unknown {
        failure.phase = Phase::NotSent;
    }
    failure
}

pub(crate) fn document_currency(document: &Document) -> Option<Currency> {
    document.draft.as_ref().map(|draft| draft.currency)
}

/// A payment that would bring more than the document says was recorded meanwhile: by somebody else, or by a part of the
/// ledger that is lost.
fn check_left(
    operation: &Operation,
    document: &Document,
    target: &Target,
    paid: Option<Decimal>,
) -> std::result::Result<(), Failure> {
    let params: Option<OperationParams> = serde_json::from_str(&operation.params).ok();
    let (OperationKind::RecordPayment, Some(OperationParams::Payment(payment)), Some(paid), Some(currency)) =
        (operation.kind, params, paid, document_currency(document))
    else {
        return Ok(());
    };
    match currency.to_minor(paid + payment.value) {
        Ok(after) if after <= document.total_minor => Ok(()),
        _ => Err(Failure::new(FailureKind::AlreadyPaid, Phase::Prepare, operation.kind.as_str(), target.name())
            .with_detail(paid.normalize().to_string())),
    }
}

#[cfg(test)]
mod tests;

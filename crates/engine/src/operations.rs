//! What is done to issued documents: asked for by a person, written down, sent once, and settled by a read when its answer
//! was lost.

use crate::connect::{Gate, is_connections_fault};
use crate::error::{EngineError, Result};
use crate::offers::{Act, Offer, offers};
use crate::outbox::{Lane, one_writer};
use crate::settle::{Watch, parse_date, to_json};
use crate::workspace::{Change, Workspace, lock};
use punte_connectors::billing::{
    BillingProvider, Capabilities, DocumentKind, EInvoiceState, EInvoiceStatus, EmailRequest, Exchange, Issued,
    PaymentRequest, PaymentStatus, Presence, Target, WireRecord,
};
use punte_domain::{
    CollectKind, Currency, Failure, FailureKind, Next, OperationKind, OperationSettling, OperationState, Phase,
    Reference, fiscal_date,
};
use punte_store::StoreError;
use punte_store::ledger::{Connection, Document, Effect, NewOperation, Operation, OperationOutcome};
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

/// What a read for a settlement saw.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OperationEvidence {
    Presence(Presence),
    Paid { before: Decimal, now: Decimal },
    EInvoice(EInvoiceStatus),
}

/// What follows from it.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Verdict {
    Done(Effect),
    NotDone,
    /// Not done, or the provider does not tell; it answers yes again, so the same may be asked again.
    Repeat,
    Wait,
    LookAgain,
}

/// The judgement on one look; `decisive`: the quiet time was over when it began.
fn judge(
    kind: OperationKind,
    params: &OperationParams,
    seen: &OperationEvidence,
    decisive: bool,
    currency: Currency,
) -> Verdict {
    let once_over = |verdict| if decisive { verdict } else { Verdict::Wait };
    match (kind, seen) {
        (OperationKind::Cancel | OperationKind::Restore, OperationEvidence::Presence(presence)) => {
            let wanted = kind == OperationKind::Cancel;
            let effect = if wanted { Effect::Cancelled } else { Effect::Restored };
            match presence {
                Presence::Present { cancelled: Some(cancelled) } if *cancelled == wanted => Verdict::Done(effect),
                Presence::Present { .. } => once_over(Verdict::Repeat),
                Presence::Absent => once_over(Verdict::NotDone),
                Presence::CannotTell => once_over(Verdict::Repeat),
            }
        }
        (OperationKind::Delete, OperationEvidence::Presence(presence)) => match presence {
            Presence::Absent => once_over(Verdict::Done(Effect::Deleted)),
            Presence::Present { .. } => once_over(Verdict::NotDone),
            Presence::CannotTell => once_over(Verdict::LookAgain),
        },
        (OperationKind::RecordPayment, OperationEvidence::Paid { before, now }) => {
            let value = match params {
                OperationParams::Payment(payment) => payment.value,
                OperationParams::None | OperationParams::Email(_) => Decimal::ZERO,
            };
            match now {
                now if *now >= before + value => Verdict::Done(paid(*now, currency)),
                now if now == before => once_over(Verdict::NotDone),
                // somebody else paid meanwhile: only a person can tell whose it is
                _ => once_over(Verdict::LookAgain),
            }
        }
        (OperationKind::DeletePayment, OperationEvidence::Paid { before, now }) => {
            if now < before {
                Verdict::Done(paid(*now, currency))
            } else {
                once_over(Verdict::NotDone)
            }
        }
        (OperationKind::SendEinvoice, OperationEvidence::EInvoice(status)) => match status.state {
            EInvoiceState::Processing | EInvoiceState::Accepted | EInvoiceState::Rejected => {
                Verdict::Done(einvoice(status, None))
            }
            EInvoiceState::NotSent | EInvoiceState::NotConfigured => once_over(Verdict::NotDone),
        },
        // nobody can tell whether an e-mail went out; and no other pair is ever read
        (_, OperationEvidence::Presence(_) | OperationEvidence::Paid { .. } | OperationEvidence::EInvoice(_)) => {
            Verdict::LookAgain
        }
    }
}

fn paid(amount: Decimal, currency: Currency) -> Effect {
    currency.to_minor(amount).map_or(Effect::None, |paid_minor| Effect::Paid { paid_minor })
}

fn einvoice(status: &EInvoiceStatus, due_ms: Option<i64>) -> Effect {
    Effect::EInvoice { state: status.state.as_str().to_owned(), words: status.words.clone(), due_ms }
}

/// A document as the provider knows it.
pub(crate) fn target_of(document: &Document) -> std::result::Result<Target, Failure> {
    let broken = |what: &str| {
        Failure::new(FailureKind::DocumentNotFound, Phase::Prepare, "name document", document.id.clone())
            .with_detail(what)
    };
    Ok(Target {
        company: document.company.clone(),
        kind: if document.role == "proforma" { DocumentKind::Proforma } else { DocumentKind::Invoice },
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
    /// What can be asked of a document at its provider now, and what cannot and why.
    pub async fn offers_of(&self, document: &Document) -> Result<Vec<Offer>> {
        let connection = self.ledger.get_connection(&document.billing_id).await?;
        let abilities = self.capabilities_of(&connection).await.map(|known| known.abilities);
        let operations = self.ledger.list_operations(document.row).await?;
        let siblings = self.ledger.list_documents_of_order(document.order_row).await?;
        let has_storno = siblings.iter().any(|one| one.reverses_row == Some(document.row));
        let is_open = operations.iter().any(|operation| operation.state.is_open());
        Ok(offers(document, abilities.as_deref(), has_storno, is_open))
    }

    /// What a connection's provider can do; `None` where its credential is missing.
    pub async fn capabilities_of(&self, connection: &Connection) -> Option<Capabilities> {
        self.billing(connection).await.ok().map(|provider| provider.capabilities())
    }

    /// Writes an operation down; it is sent as soon as its connection allows.
    pub async fn operate(
        &self,
        document_id: &str,
        kind: OperationKind,
        params: OperationParams,
        reason: &str,
        who: &str,
    ) -> Result<Operation> {
        let document = self.get_document(document_id).await?;
        self.check_offer(&document, Act::Operation(kind)).await?;
        let reason = reason.trim();
        if kind.needs_reason() && reason.is_empty() || reason.chars().count() > 500 {
            return Err(EngineError::Invalid { field: "reason", detail: "1 to 500 characters".into() });
        }
        self.check_params(&document, kind, &params)?;
        let new = NewOperation {
            id: self.deps.clock.new_id("op"),
            document_row: document.row,
            kind,
            params: to_json(&params)?,
            reason: reason.to_owned(),
            who: who.to_owned(),
            about: params.about(),
        };
        let operation = self.ledger.request_operation(new, self.now_ms()).await?;
        self.changed(Change::Documents);
        self.operate_wake.notify_one();
        Ok(operation)
    }

    pub(crate) async fn check_offer(&self, document: &Document, act: Act) -> Result<()> {
        match self.offers_of(document).await?.into_iter().find(|offer| offer.act == act) {
            Some(Offer { blocked: None, .. }) => Ok(()),
            Some(Offer { blocked: Some(why), .. }) => Err(EngineError::NotNow(why)),
            None => Err(EngineError::NotNow("not_offered")),
        }
    }

    fn check_params(&self, document: &Document, kind: OperationKind, params: &OperationParams) -> Result<()> {
        let invalid = |field, detail: String| Err(EngineError::Invalid { field, detail });
        match (kind, params) {
            (OperationKind::RecordPayment, OperationParams::Payment(payment)) => {
                let minor = document_currency(document).and_then(|currency| currency.to_minor(payment.value).ok());
                let left = document.total_minor - document.paid_minor.unwrap_or(0);
                match minor {
                    Some(minor) if minor > 0 && minor <= left => {}
                    _ => return invalid("payment.value", format!("{} of {left}", payment.value)),
                }
                if payment.document_number.trim().is_empty() || payment.document_number.chars().count() > 50 {
                    return invalid("payment.documentNumber", "1 to 50 characters".into());
                }
                if payment.date > fiscal_date(self.now_ms()) {
                    return invalid("payment.date", payment.date.to_string());
                }
                Ok(())
            }
            (OperationKind::SendEmail, OperationParams::Email(email)) => {
                let addresses = || email.to.split(',').chain(email.cc.split(',').filter(|one| !one.trim().is_empty()));
                match addresses().find(|one| !is_address(one.trim())) {
                    Some(wrong) => invalid("email.to", wrong.trim().to_owned()),
                    None if email.subject.chars().count() > 200 => {
                        invalid("email.subject", "at most 200 characters".into())
                    }
                    None if email.body.chars().count() > 10_000 => {
                        invalid("email.body", "at most 10000 characters".into())
                    }
                    None => Ok(()),
                }
            }
            (OperationKind::RecordPayment, _) => invalid("payment", "missing".into()),
            (OperationKind::SendEmail, _) => invalid("email", "missing".into()),
            (_, OperationParams::None) => Ok(()),
            (_, OperationParams::Payment(_) | OperationParams::Email(_)) => invalid("kind", kind.as_str().into()),
        }
    }

    /// A person takes note of an operation: withdraws what waits, or leaves what nobody can tell as "maybe".
    pub async fn close_operation(&self, id: &str, reason: &str, who: &str) -> Result<()> {
        let reason = crate::operator::required(reason)?;
        self.ledger.close_operation(id, reason, who, self.now_ms()).await?;
        self.changed(Change::Documents);
        Ok(())
    }

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
        if self.trouble().is_some() {
            return Ok(Duration::from_secs(2));
        }
        let connections = self.ledger.list_connections().await?;
        let mut next = Duration::from_secs(5);
        let waiting = self.ledger.list_operations_in(OperationState::Waiting, 200).await?;
        let doubted = self.ledger.list_operations_in(OperationState::InDoubt, 200).await?;
        lock(&self.operation_watches).retain(|row, _| doubted.iter().any(|operation| operation.row == *row));
        for operation in waiting.into_iter().chain(doubted) {
            let document = self.ledger.get_document_by_row(operation.document_row).await?;
            let Some(connection) = connections.iter().find(|c| c.id == document.billing_id) else { continue };
            if let Some(left) = self.not_before(&operation, &document, connection) {
                next = next.min(left);
                continue;
            }
            if self.may_call(connection, self.now_ms()) == Gate::Closed
                || self.lane_is_needed(&operation, &document).await?
                || !self.begin(&document)
            {
                next = next.min(Duration::from_millis(500));
                continue;
            }
            let (this, connection) = (self.clone(), connection.clone());
            self.tasks.spawn(async move {
                let row = document.row;
                let done = match operation.state {
                    OperationState::InDoubt => this.settle_operation(operation, &document, &connection).await,
                    _ => this.perform(operation, &document, &connection, false).await,
                };
                if let Err(error) = done {
                    this.note_engine_error(&error, "operate");
                }
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
                return Some(Duration::from_secs(5));
            }
            let now = self.deps.clock.monotonic();
            let quiet = self.quiet_time(connection);
            let watch = *lock(&self.operation_watches).entry(operation.row).or_insert_with(|| Watch {
                since: now,
                next_look: now + quiet / 6,
                incomplete: 0,
            });
            if watch.incomplete >= LOOKS {
                return Some(Duration::from_secs(5));
            }
            return watch.next_look.checked_sub(now).filter(|left| !left.is_zero());
        }
        let left_ms = operation.due_ms.unwrap_or(0) - self.now_ms();
        let longest_ms = 60 * 60 * 1000;
        debug_assert_eq!(operation.document_row, document.row);
        (left_ms > 0 && left_ms <= longest_ms).then(|| Duration::from_millis(left_ms as u64))
    }

    /// Whether a delete must wait: the counter of a series that has one writer moves with it.
    async fn lane_is_needed(&self, operation: &Operation, document: &Document) -> Result<bool> {
        if operation.kind != OperationKind::Delete || !one_writer(&document.provider) {
            return Ok(false);
        }
        let lane = Lane::of(document);
        Ok(lock(&self.in_flight).values().any(|other| *other == lane) || self.is_doubted(&lane).await?)
    }

    /// One operation from intent to outcome.
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
        let sent =
            self.ledger.record_operation_intent(operation.row, repeat, to_json(&baseline)?, key, self.now_ms()).await?;
        self.changed(Change::Documents);
        let params: OperationParams = serde_json::from_str(&sent.params).map_err(StoreError::Json)?;
        tracing::info!(operation = %sent.id, kind = sent.kind.as_str(), document = %document.id, "sending");
        let (outcome, record) =
            self.send_operation(&sent, &params, &baseline, &target, document, provider.as_ref()).await;
        let failure = outcome.as_ref().err().cloned();
        let outcome = match outcome {
            Ok(effect) => OperationOutcome::Done(effect),
            Err(failure) => match failure.next() {
                Next::AskProvider => OperationOutcome::Unknown(failure),
                Next::RetryByItself => {
                    let due_ms = self.now_ms() + self.delay(sent.tries).as_millis() as i64;
                    OperationOutcome::Back { failure, due_ms }
                }
                Next::StopConnection => OperationOutcome::Back { failure, due_ms: self.now_ms() },
                Next::FixThenRetry | Next::NeedsPerson => OperationOutcome::Refused(failure),
            },
        };
        self.commit_operation(&sent, outcome, to_json(&record)?).await?;
        match failure {
            Some(failure) if is_connections_fault(&failure) => self.note_trouble(connection, &failure).await,
            _ => {
                // what was done is read back, as an issue is
                self.ledger.want_verification(document.row, self.now_ms()).await?;
                self.verify_wake.notify_one();
                self.note_wake.notify_one();
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
        let paid = match operation.kind.settling() {
            OperationSettling::PaidAmount => Some(provider.read_payment(&target).await.map_err(nothing_sent)?.paid),
            _ => None,
        };
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
                let kind = document
                    .draft
                    .as_ref()
                    .and_then(|draft| draft.payment.as_ref())
                    .map_or(CollectKind::Other, |payment| payment.kind);
                plain(provider.delete_payment(target, kind).await, paid(Decimal::ZERO, currency))
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

    /// Commits an outcome; one that can't be written is kept and tried again.
    async fn commit_operation(&self, operation: &Operation, outcome: OperationOutcome, record: String) -> Result<()> {
        loop {
            let written = self
                .ledger
                .record_operation_outcome(operation.row, outcome.clone(), record.clone(), self.now_ms())
                .await;
            match written {
                Ok(()) => {
                    self.note_storage(None);
                    return Ok(());
                }
                Err(error) if self.note_storage(Some(&error)) => {
                    tokio::select! {
                        () = self.stopping.cancelled() => return Err(error.into()),
                        () = tokio::time::sleep(Duration::from_secs(1)) => {}
                    }
                }
                Err(error) => return Err(error.into()),
            }
        }
    }

    /// One look at an operation in doubt, and what follows.
    async fn settle_operation(
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
            Verdict::Done(effect) => {
                self.ledger.settle_operation(operation.row, Ok(effect), self.now_ms()).await?;
                self.note_wake.notify_one();
            }
            Verdict::Repeat if operation.tries < TRIES => {
                lock(&self.operation_watches).remove(&operation.row);
                self.perform(operation, document, connection, true).await?;
            }
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

/// A read before the intent that failed: nothing of the operation has left.
fn nothing_sent(mut failure: Failure) -> Failure {
    if failure.phase == Phase::Unknown {
        failure.phase = Phase::NotSent;
    }
    failure
}

pub(crate) fn document_currency(document: &Document) -> Option<Currency> {
    document.draft.as_ref().map(|draft| draft.currency)
}

fn is_address(text: &str) -> bool {
    match text.split_once('@') {
        Some((name, host)) => {
            !name.is_empty() && host.contains('.') && !host.contains('@') && !text.contains(char::is_whitespace)
        }
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rust_decimal::dec;

    fn payment() -> OperationParams {
        OperationParams::Payment(PaymentRequest {
            kind: CollectKind::BankTransfer,
            value: dec!(50),
            date: chrono::NaiveDate::default(),
            document_number: "OP 1".into(),
        })
    }

    fn seen(presence: Presence) -> OperationEvidence {
        OperationEvidence::Presence(presence)
    }

    fn verdict(kind: OperationKind, evidence: OperationEvidence, decisive: bool) -> Verdict {
        judge(kind, &payment(), &evidence, decisive, Currency::RON)
    }

    #[test]
    fn a_state_that_is_told_settles_a_cancel_and_one_that_is_not_is_asked_for_again() {
        let told = |cancelled| seen(Presence::Present { cancelled });
        assert_eq!(verdict(OperationKind::Cancel, told(Some(true)), false), Verdict::Done(Effect::Cancelled));
        assert_eq!(verdict(OperationKind::Restore, told(Some(false)), false), Verdict::Done(Effect::Restored));
        assert_eq!(verdict(OperationKind::Cancel, told(Some(false)), false), Verdict::Wait);
        for unsettled in [told(Some(false)), told(None), seen(Presence::CannotTell)] {
            assert_eq!(verdict(OperationKind::Cancel, unsettled, true), Verdict::Repeat);
        }
    }

    #[test]
    fn a_delete_is_never_repeated() {
        for presence in [Presence::Absent, Presence::Present { cancelled: None }, Presence::CannotTell] {
            assert_eq!(verdict(OperationKind::Delete, seen(presence), false), Verdict::Wait);
            assert_ne!(verdict(OperationKind::Delete, seen(presence), true), Verdict::Repeat);
        }
        assert_eq!(verdict(OperationKind::Delete, seen(Presence::Absent), true), Verdict::Done(Effect::Deleted));
        assert_eq!(verdict(OperationKind::Delete, seen(Presence::Present { cancelled: None }), true), Verdict::NotDone);
    }

    #[test]
    fn a_payment_is_settled_by_the_paid_amount_and_never_repeated() {
        let paid = |now| OperationEvidence::Paid { before: dec!(20), now };
        assert_eq!(
            verdict(OperationKind::RecordPayment, paid(dec!(70)), false),
            Verdict::Done(Effect::Paid { paid_minor: 7000 })
        );
        assert_eq!(verdict(OperationKind::RecordPayment, paid(dec!(20)), true), Verdict::NotDone);
        assert_eq!(verdict(OperationKind::RecordPayment, paid(dec!(30)), true), Verdict::LookAgain, "whose is it?");
        assert_eq!(verdict(OperationKind::DeletePayment, paid(dec!(20)), true), Verdict::NotDone);
        assert_eq!(
            verdict(OperationKind::DeletePayment, paid(dec!(0)), false),
            Verdict::Done(Effect::Paid { paid_minor: 0 })
        );
    }

    #[test]
    fn an_einvoice_is_settled_by_its_status() {
        let status = |state| OperationEvidence::EInvoice(EInvoiceStatus { state, words: String::new() });
        for state in [EInvoiceState::Processing, EInvoiceState::Accepted, EInvoiceState::Rejected] {
            assert!(matches!(verdict(OperationKind::SendEinvoice, status(state), false), Verdict::Done(_)));
        }
        assert_eq!(verdict(OperationKind::SendEinvoice, status(EInvoiceState::NotSent), false), Verdict::Wait);
        assert_eq!(verdict(OperationKind::SendEinvoice, status(EInvoiceState::NotSent), true), Verdict::NotDone);
    }

    #[test]
    fn addresses_are_checked_before_anything_is_sent() {
        for good in ["ana@example.com", "a.b+c@x.ro"] {
            assert!(is_address(good), "{good}");
        }
        for bad in ["", "ana", "ana@", "@x.ro", "ana@x", "ana x@y.ro", "a@b@c.ro"] {
            assert!(!is_address(bad), "{bad}");
        }
    }
}

//! What is in doubt: when to look, and what follows from what a look proves.

use crate::connect::{Gate, is_connections_fault};
use crate::error::{EngineError, Result};
use crate::judgement::{Circumstances, Verdict, judge};
use crate::operations::kind_of;
use crate::outbox::Lane;
use crate::told;
use crate::workspace::{Change, Workspace, lock};
use chrono::NaiveDate;
use punte_connectors::billing::{Baseline, DocumentKind, Evidence, FindQuery, Issued, Settling};
use punte_domain::planted::{Bug, is_planted};
use punte_domain::{DocumentState, Failure, FailureKind, Phase, Reference};
use punte_store::StoreError;
use punte_store::ledger::{Attempt, Connection, Document, Flow, NewLook};
use std::collections::hash_map::Entry;
use std::sync::Arc;
use std::time::Duration;

/// Wall clock and monotonic time that are further apart than this after a rest tell of a sleep.
const RESUMED_MS: i64 = 60 * 1000;

/// The watch on one document in doubt: monotonic instants, lost with the process on purpose (then the quiet time begins
/// anew).
#[derive(Debug, Clone, Copy)]
pub struct Watch {
    pub since: Duration,
    pub next_look: Duration,
    /// Looks after the quiet time that could not be completed.
    pub incomplete: u32,
}

impl Workspace {
    /// How long nothing may be concluded about a connection's creates.
    pub fn quiet_time(&self, connection: &Connection) -> Duration {
        if connection.is_sandbox { self.deps.timing.quiet_sandbox } else { self.deps.timing.quiet }
    }

    /// Begins (or begins anew) the quiet time of a document.
    pub(crate) fn watch(&self, document_row: i64, quiet: Duration) -> Watch {
        let now = self.deps.clock.monotonic();
        let watch = Watch { since: now, next_look: now + quiet / 6, incomplete: 0 };
        lock(&self.watches).insert(document_row, watch);
        self.settle_wake.notify_one();
        watch
    }

    /// Milliseconds until a document's quiet time is over; `None` where it is over or nobody counts.
    pub fn quiet_left_ms(&self, document_row: i64, quiet: Duration) -> Option<i64> {
        let watch = *lock(&self.watches).get(&document_row)?;
        let over = watch.since + quiet;
        let now = self.deps.clock.monotonic();
        (over > now).then(|| (over - now).as_millis() as i64)
    }

    pub(crate) async fn run_settle(self: &Arc<Self>) {
        loop {
            let next = match self.settle_due().await {
                Ok(next) => next,
                Err(error) => {
                    tracing::error!(%error, "settling");
                    Duration::from_secs(2)
                }
            };
            if !self.rest(&self.settle_wake, next).await {
                return;
            }
        }
    }

    /// A machine that slept may have sent its last bytes only now: every quiet time begins anew. A wall clock that was set
    /// looks the same, and costs no more than a wait. Answers whether it was so.
    pub(crate) fn note_resume(&self) -> bool {
        let now = (self.now_ms(), self.deps.clock.monotonic());
        let Some((wall_ms, monotonic)) = lock(&self.last_settling).replace(now) else { return false };
        let apart_ms = (now.0 - wall_ms) - now.1.saturating_sub(monotonic).as_millis() as i64;
        let is_resumed = apart_ms.abs() > RESUMED_MS;
        if is_resumed {
            tracing::info!(
                apart_ms,
                "the machine slept, or its clock was set: what is in doubt waits its quiet time anew"
            );
            lock(&self.watches).clear();
            lock(&self.operation_watches).clear();
            lock(&self.asked).forget_silence();
        }
        is_resumed
    }

    /// Starts every look that is due. Answers how long until the next one.
    async fn settle_due(self: &Arc<Self>) -> Result<Duration> {
        if self.note_resume() {
            self.try_again().await?;
        }
        let documents = self.ledger.list_in_doubt(1000).await?;
        lock(&self.watches).retain(|row, _| documents.iter().any(|document| document.row == *row));
        if documents.is_empty() {
            return Ok(self.deps.timing.idle);
        }
        let connections = self.ledger.list_connections().await?;
        let flows = self.ledger.list_flows().await?;
        let now = self.deps.clock.monotonic();
        let mut next = self.deps.timing.idle;
        for document in documents.into_iter().filter(|document| document.parked_reason.is_none()) {
            let Some(connection) = connections.iter().find(|c| c.id == document.billing_id) else { continue };
            let Some(flow) = flows.iter().find(|f| f.id == document.flow_id) else { continue };
            if self.may_call(connection, self.now_ms()) == Gate::Closed {
                next = next.min(self.opens_in(connection, self.now_ms()));
                continue;
            }
            let quiet = self.quiet_time(connection);
            let known = lock(&self.watches).get(&document.row).copied();
            let watch = known.unwrap_or_else(|| self.watch(document.row, quiet));
            if watch.next_look > now {
                next = next.min(watch.next_look - now);
                continue;
            }
            if !self.begin(&document) {
                continue;
            }
            let (this, connection, flow) = (self.clone(), connection.clone(), flow.clone());
            self.spawn_about(told::of_document(&document), async move {
                let row = document.row;
                if let Err(error) = this.settle_one(document, &connection, &flow, watch).await {
                    this.note_engine_error(&error, "settle");
                    this.look_later(row, Duration::from_secs(2));
                }
                lock(&this.in_flight).remove(&row);
                this.settle_wake.notify_one();
                this.outbox_wake.notify_one();
            });
        }
        Ok(next.max(Duration::from_millis(20)))
    }

    /// Takes a document for one task; false when another has it.
    pub(crate) fn begin(&self, document: &Document) -> bool {
        match lock(&self.in_flight).entry(document.row) {
            Entry::Occupied(_) => false,
            Entry::Vacant(free) => {
                free.insert(Lane::of(document));
                true
            }
        }
    }

    fn look_later(&self, document_row: i64, after: Duration) {
        let now = self.deps.clock.monotonic();
        if let Some(watch) = lock(&self.watches).get_mut(&document_row) {
            watch.next_look = now + after;
        }
    }

    #[tracing::instrument(target = "punte_trace", level = "trace", name = "settle", skip_all,
        fields(document = document.id, outcome))]
    async fn settle_one(
        self: &Arc<Self>,
        document: Document,
        connection: &Connection,
        flow: &Flow,
        watch: Watch,
    ) -> Result<()> {
        let quiet = self.quiet_time(connection);
        let attempt = self
            .ledger
            .find_last_attempt(document.row)
            .await?
            .ok_or_else(|| StoreError::NotFound(format!("attempt of {}", document.id)))?;
        let by_wall = self.now_ms() - attempt.started_ms >= quiet.as_millis() as i64;
        let decisive = self.deps.clock.monotonic() >= watch.since + quiet
            || is_planted(Bug::LooksAtOnce)
            || is_planted(Bug::WallClockQuiet) && by_wall;
        let circumstances = |settling| Circumstances {
            settling,
            decisive,
            // declared of the series that the flow writes in now, which need not be this one
            series_is_ours: flow.series_is_ours
                && (&flow.billing_id, &flow.company) == (&document.billing_id, &document.company)
                && match kind_of(&document) {
                    DocumentKind::Invoice => {
                        flow.series == document.series || flow.rules.names_series(&document.series)
                    }
                    DocumentKind::Proforma => flow.rules.proforma.series == document.series,
                },
            earlier_proofs: document.absent_proofs,
            incomplete: watch.incomplete,
            number_taken: taken_number(&attempt).is_some(),
        };
        let looked = self.look(&document, &attempt, connection).await;
        let (settling, evidence) = match looked {
            Ok(found) => found,
            Err(_) if is_planted(Bug::FailedLookProves) && decisive => {
                return self.repeat(document, &attempt, connection, quiet).await;
            }
            Err(failure) => return self.look_failed(&document, connection, failure, decisive, quiet).await,
        };
        self.note_contact(connection).await?;
        let verdict = match evidence.looked_at.iter().find(|one| one.total == Some(attempt.draft.total())) {
            Some(same) if is_planted(Bug::TotalIdentifies) => Verdict::Attach(same.document.clone()),
            _ => judge(&evidence, circumstances(settling)),
        };
        // a part of the ledger is missing: a look may find, and proves nothing else
        let is_open = self.is_quarantined() && !matches!(verdict, Verdict::Attach(_) | Verdict::Wait);
        let proves = matches!(verdict, Verdict::Repeat | Verdict::Absent) && !is_open;
        let look = NewLook { decisive, evidence: Some(to_json(&evidence)?), failure: None };
        self.ledger.record_look(document.row, look, proves, self.now_ms()).await?;
        self.changed(Change::Documents);
        if is_open {
            self.look_later(document.row, quiet / 2);
            return Ok(());
        }
        self.follow(document, attempt, connection, verdict, watch, quiet).await
    }

    async fn follow(
        self: &Arc<Self>,
        document: Document,
        attempt: Attempt,
        connection: &Connection,
        verdict: Verdict,
        watch: Watch,
        quiet: Duration,
    ) -> Result<()> {
        let now_ms = self.now_ms();
        tracing::debug!(verdict = verdict.name(), "looked for at the provider");
        match verdict {
            Verdict::Attach(issued) => {
                self.attach(&document, issued, "", "", now_ms).await?;
            }
            Verdict::Wait => {
                let over = watch.since + quiet;
                let left = over.saturating_sub(self.deps.clock.monotonic());
                self.look_later(document.row, left);
            }
            Verdict::LookAgain => {
                if let Some(watch) = lock(&self.watches).get_mut(&document.row) {
                    watch.incomplete += 1;
                }
                self.look_later(document.row, quiet / 2);
            }
            Verdict::Repeat => self.repeat(document, &attempt, connection, quiet).await?,
            Verdict::Absent => {
                let words = attempt.failure.as_ref().and_then(|failure| failure.provider_words.clone());
                // a storno made by hand before the baseline is not ours to find
                let reversed = attempt.failure.as_ref().is_some_and(|one| one.kind == FailureKind::AlreadyReversed);
                let mut failure = Failure::new(
                    if reversed { FailureKind::AlreadyReversed } else { FailureKind::NeverIssued },
                    Phase::Refused,
                    "create invoice",
                    format!("order {}", document.order_number),
                );
                failure.provider_words = words;
                self.ledger.settle_absent(document.row, failure, "", "", now_ms).await?;
            }
            Verdict::Park(reason) => self.ledger.park(document.row, reason, now_ms).await?,
        }
        self.changed(Change::Documents);
        Ok(())
    }

    /// Attaches a found document. One that already belongs to another record leaves this one with a person.
    pub(crate) async fn attach(
        &self,
        document: &Document,
        issued: Issued,
        who: &str,
        reason: &str,
        now_ms: i64,
    ) -> Result<()> {
        let settled = self
            .ledger
            .settle_found(
                document.row,
                issued.series,
                issued.number,
                issued.provider_id,
                issued.link,
                who,
                reason,
                now_ms,
            )
            .await;
        match settled {
            Ok(()) => {
                lock(&self.watches).remove(&document.row);
                self.verify_wake.notify_one();
                self.note_wake.notify_one();
                Ok(())
            }
            Err(StoreError::AlreadyLinked(_)) if who.is_empty() => {
                Ok(self.ledger.park(document.row, "number_taken", now_ms).await?)
            }
            Err(error) => Err(error.into()),
        }
    }

    /// A look that read nothing: kept, and tried again later.
    async fn look_failed(
        &self,
        document: &Document,
        connection: &Connection,
        failure: Failure,
        decisive: bool,
        quiet: Duration,
    ) -> Result<()> {
        if is_connections_fault(&failure) {
            self.note_trouble(connection, &failure).await?;
        }
        let look = NewLook { decisive, evidence: None, failure: Some(failure) };
        self.ledger.record_look(document.row, look, false, self.now_ms()).await?;
        self.look_later(document.row, quiet / 2);
        self.changed(Change::Documents);
        Ok(())
    }

    /// One read of the provider, with everything it needs from the ledger.
    async fn look(
        &self,
        document: &Document,
        attempt: &Attempt,
        connection: &Connection,
    ) -> std::result::Result<(Settling, Evidence), Failure> {
        let provider = self.billing(connection).await?;
        let unreadable = |detail: String| {
            Failure::new(FailureKind::LedgerUnwritable, Phase::Prepare, "read intent", document.id.clone())
                .with_detail(detail)
        };
        let baseline: Baseline =
            serde_json::from_str(&attempt.baseline).map_err(|error| unreadable(error.to_string()))?;
        let is_proforma = kind_of(document) == DocumentKind::Proforma;
        let mut struck = match &baseline.next_number {
            Some(from) => self
                .ledger
                .list_known_numbers(&document.provider, &document.company, &document.series, is_proforma, from)
                .await
                .map_err(|error| unreadable(error.to_string()))?,
            None => Vec::new(),
        };
        // the number that the provider named is a candidate, whoever held it before
        if let Some(taken) = taken_number(attempt) {
            struck.retain(|number| *number != taken);
        }
        let known_last = self.known_before(document, &baseline).await.map_err(|error| unreadable(error.to_string()))?;
        let first = self
            .ledger
            .first_doubted_date(document.row, &attempt.idempotency_key)
            .await
            .map_err(|error| unreadable(error.to_string()))?;
        let (from_proforma, proforma_reference) =
            self.proforma_sought(document).await.map_err(|error| unreadable(error.to_string()))?;
        let query = FindQuery {
            first_date: first.as_deref().and_then(parse_date),
            company: document.company.clone(),
            series: document.series.clone(),
            issue_date: parse_date(&attempt.issue_date).ok_or_else(|| unreadable(attempt.issue_date.clone()))?,
            reference: Reference::parse(&document.reference).ok_or_else(|| unreadable(document.reference.clone()))?,
            baseline,
            struck,
            total: attempt.draft.total(),
            kind: kind_of(document),
            reverses: self.original_of(document).await.map_err(|error| unreadable(error.to_string()))?,
            from_proforma,
            proforma_reference,
            known_last,
        };
        let evidence = provider.find_by_reference(&query).await?;
        Ok((provider.capabilities().settling, evidence))
    }

    /// What the ledger knows of the last number before a baseline.
    async fn known_before(&self, document: &Document, baseline: &Baseline) -> Result<Option<(String, Reference)>> {
        let last = baseline.next_number.as_deref().and_then(|text| text.trim().parse::<u64>().ok());
        let Some(last) = last.and_then(|next| next.checked_sub(1)) else { return Ok(None) };
        let is_proforma = kind_of(document) == DocumentKind::Proforma;
        let found = self
            .ledger
            .find_at_number(&document.provider, &document.company, &document.series, is_proforma, last)
            .await?;
        Ok(found.and_then(|(number, reference)| Some((number, Reference::parse(&reference)?))))
    }

    /// A look that a person asks for. It can find; it decides absence only when the quiet time is over.
    pub async fn look_now(self: &Arc<Self>, document_id: &str) -> Result<()> {
        let document = self.get_document(document_id).await?;
        if document.state != DocumentState::InDoubt {
            return Err(EngineError::NotNow("not_in_doubt"));
        }
        let connection = self.ledger.get_connection(&document.billing_id).await?;
        if !self.begin(&document) {
            return Err(EngineError::NotNow("busy"));
        }
        let outcome = self.look_for_person(&document, &connection).await;
        lock(&self.in_flight).remove(&document.row);
        self.changed(Change::Documents);
        outcome
    }

    async fn look_for_person(&self, document: &Document, connection: &Connection) -> Result<()> {
        let quiet = self.quiet_time(connection);
        let known = lock(&self.watches).get(&document.row).copied();
        let watch = known.unwrap_or_else(|| self.watch(document.row, quiet));
        let decisive = self.deps.clock.monotonic() >= watch.since + quiet;
        let attempt = self
            .ledger
            .find_last_attempt(document.row)
            .await?
            .ok_or_else(|| StoreError::NotFound(format!("attempt of {}", document.id)))?;
        match self.look(document, &attempt, connection).await {
            Ok((_, evidence)) => {
                let look = NewLook { decisive, evidence: Some(to_json(&evidence)?), failure: None };
                self.ledger.record_look(document.row, look, false, self.now_ms()).await?;
                if let [one] = evidence.ours().as_slice() {
                    self.attach(document, one.document.clone(), "", "", self.now_ms()).await?;
                }
                Ok(())
            }
            Err(failure) => self.look_failed(document, connection, failure, decisive, quiet).await,
        }
    }
}

/// The number of an answer that another record of ours holds.
fn taken_number(attempt: &Attempt) -> Option<String> {
    let failure = attempt.failure.as_ref().filter(|failure| failure.kind == FailureKind::NumberTaken)?;
    failure.detail.as_deref()?.split_whitespace().last().map(str::to_owned)
}

pub(crate) fn parse_date(text: &str) -> Option<NaiveDate> {
    NaiveDate::parse_from_str(text, "%Y-%m-%d").ok()
}

pub(crate) fn to_json<T: serde::Serialize>(value: &T) -> Result<String> {
    Ok(serde_json::to_string(value).map_err(StoreError::Json)?)
}

#[cfg(test)]
mod tests {
    use crate::reads::tests::desk_with;
    use crate::workspace::{Timing, lock};
    use punte_domain::{Failure, FailureKind, Phase};
    use std::sync::atomic::Ordering;
    use std::time::Duration;

    #[test]
    fn the_quiet_time_outlasts_a_create_that_a_crash_cut_off() {
        let timing = Timing::default();
        for (quiet, create) in [(timing.quiet, timing.create), (timing.quiet_sandbox, timing.create_sandbox)] {
            assert!(quiet > create, "{quiet:?} after a start, and the create may still take {create:?}");
        }
    }

    #[tokio::test]
    async fn the_quiet_time_begins_anew_when_the_machine_slept() {
        let desk = desk_with(true).await;
        let workspace = &desk.workspace;
        workspace.note_resume();
        workspace.watch(7, Duration::from_secs(1200));
        desk.clock.now_ms.fetch_add(30_000, Ordering::Relaxed);
        workspace.note_resume();
        assert!(lock(&workspace.watches).contains_key(&7), "half a minute is a rest");
        desk.clock.now_ms.fetch_add(3 * 60 * 60 * 1000, Ordering::Relaxed);
        workspace.note_resume();
        assert!(lock(&workspace.watches).is_empty(), "three hours are not");
    }

    #[tokio::test]
    async fn after_a_sleep_what_could_not_be_reached_is_open_again_and_whoever_answered_is_not_asked() {
        let desk = desk_with(true).await;
        let workspace = &desk.workspace;
        let now_ms = workspace.now_ms();
        for (id, kind, phase) in [
            ("con_shop", FailureKind::Unreachable, Phase::NotSent),
            ("con_bill", FailureKind::RateLimited, Phase::Refused),
        ] {
            let failure = Failure::new(kind, phase, "read", "x");
            workspace.ledger.stop_connection(id, failure, Some(now_ms + 60_000), (now_ms, now_ms)).await.unwrap();
        }
        let stopped = async || -> Vec<String> {
            let all = workspace.ledger.list_connections().await.unwrap();
            all.into_iter().filter(|one| one.stop.is_some()).map(|one| one.id).collect()
        };
        workspace.settle_due().await.unwrap();
        assert_eq!(stopped().await.len(), 2, "nothing happened");
        desk.clock.now_ms.fetch_add(3 * 60 * 60 * 1000, Ordering::Relaxed);
        workspace.settle_due().await.unwrap();
        assert_eq!(stopped().await, ["con_bill"]);
    }
}

//! A ledger of which a part was lost, or that worked on elsewhere: nothing is sent until every series has been read from its
//! last known document to now, and what stands there is attached to the records that are open.
//!
//! What is polled only later is looked up when its turn to be sent comes.

use crate::connect::{Gate, is_connections_fault};
use crate::error::{EngineError, Result};
use crate::mark::{Comparison, Keeper};
use crate::settle::parse_date;
use crate::workspace::{Change, Workspace, lock};
use chrono::Days;
use punte_connectors::billing::{DocumentKind, ListedDocument, SeriesPage, SeriesQuery};
use punte_domain::{Failure, FailureKind, IssueKey, Phase, Reference, fiscal_date};
use punte_store::StoreError;
use punte_store::ledger::{Connection, Document, FoundReference, Quarantine, Rekeyed, SeriesProgress, SeriesRead};
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, OnceLock};
use std::time::Duration;
use tokio::sync::Notify;

/// A series is read from so long before its last known document on.
const BEFORE: Days = Days::new(3);
/// The reach of a shop's sweep: so far back its orders are listed again.
const SHOP_REACH_MS: i64 = 35 * 24 * 60 * 60 * 1000;
/// Later generations of an order's document that are looked for.
const GENERATIONS: u32 = 8;
/// Between two reads of a series that could not be read whole: doubled from half the quiet time up to this.
const LONGEST_WAIT: Duration = Duration::from_secs(30 * 60);

/// What the owner knows of its right to send.
#[derive(Default)]
pub(crate) struct Owner {
    quarantine: Mutex<Option<Quarantine>>,
    /// Something was found at a provider that no record stands for yet.
    has_found: AtomicBool,
    /// When the series may be read: monotonic, from the start.
    began: OnceLock<Duration>,
    pub(crate) keeper: OnceLock<Arc<Keeper>>,
    wake: Notify,
    pub(crate) comparison: Comparison,
}

/// A quarantine as a person sees it.
#[derive(Debug, Clone)]
pub struct QuarantineStanding {
    pub reason: String,
    pub since_ms: i64,
    /// Until the quiet time is over, milliseconds: what the last owner sent may still take effect.
    pub quiet_left_ms: Option<i64>,
    pub series: Vec<SeriesRead>,
}

impl Workspace {
    /// Why nothing may be sent, while that lasts.
    pub fn quarantine(&self) -> Option<Quarantine> {
        lock(&self.owner.quarantine).clone()
    }

    pub(crate) fn is_quarantined(&self) -> bool {
        lock(&self.owner.quarantine).is_some()
    }

    /// When a part of the ledger was lost, where the order has been at the shop as it is since before that: what was answered to
    /// it there is not known here.
    pub async fn may_be_answered_before(&self, document: &Document) -> Result<Option<i64>> {
        let Some(since_ms) = self.ledger.find_last_quarantine().await? else { return Ok(None) };
        let order = self.ledger.get_order_by_row(document.order_row).await?;
        Ok(Some(since_ms).filter(|since_ms| order.head.modified_ms <= *since_ms))
    }

    pub(crate) async fn begin_quarantine(&self, machine: &str, reason: Option<&'static str>) -> Result<()> {
        let now_ms = self.now_ms();
        let quarantine = self.ledger.take_up(machine, reason, now_ms - SHOP_REACH_MS, now_ms).await?;
        *lock(&self.owner.quarantine) = quarantine;
        self.owner.has_found.store(self.ledger.has_found_references().await?, Ordering::Relaxed);
        // set once: a workspace is started once
        let _ = self.owner.began.set(self.deps.clock.monotonic());
        self.changed(Change::Workspace);
        Ok(())
    }

    /// What the quarantine waits for and how far it is; `None` where there is none.
    pub async fn quarantine_standing(&self) -> Result<Option<QuarantineStanding>> {
        let Some(quarantine) = self.quarantine() else { return Ok(None) };
        let series = self.ledger.find_series_reads(quarantine.row).await?;
        let connections = self.ledger.list_connections().await?;
        let is_needed = |connection: &&Connection| series.iter().any(|one| one.billing_id == connection.id);
        let now = self.deps.clock.monotonic();
        let over = connections.iter().filter(is_needed).map(|connection| self.readable_from(connection)).max();
        let left = over.and_then(|over| over.checked_sub(now)).filter(|left| !left.is_zero());
        Ok(Some(QuarantineStanding {
            reason: quarantine.reason,
            since_ms: quarantine.since_ms,
            quiet_left_ms: left.map(|left| left.as_millis() as i64),
            series,
        }))
    }

    /// What the last owner sent may take effect until the quiet time is over: a read before proves nothing.
    fn readable_from(&self, connection: &Connection) -> Duration {
        self.owner.began.get().copied().unwrap_or_default() + self.quiet_time(connection)
    }

    /// A named person lets everything be sent again, whatever could not be read.
    pub async fn lift_quarantine(&self, reason: &str, who: &str) -> Result<()> {
        let reason = crate::operator::required(reason)?;
        if !self.is_quarantined() {
            return Err(EngineError::NotNow("not_quarantined"));
        }
        self.attach_open().await?;
        self.end_quarantine(who, reason).await
    }

    async fn end_quarantine(&self, who: &str, words: &str) -> Result<()> {
        self.ledger.lift_quarantine(who, words, self.now_ms()).await?;
        *lock(&self.owner.quarantine) = None;
        tracing::warn!(who, "the quarantine is lifted: everything may be sent again");
        for wake in [&self.owner.wake, &self.outbox_wake, &self.settle_wake, &self.operate_wake, &self.note_wake] {
            wake.notify_one();
        }
        self.changed(Change::Workspace);
        self.changed(Change::Documents);
        Ok(())
    }

    pub(crate) async fn run_quarantine(self: &Arc<Self>) {
        let mut waits = BTreeMap::new();
        loop {
            let next = match self.read_lost(&mut waits).await {
                Ok(Some(next)) => next,
                Ok(None) => return,
                Err(error) => {
                    self.note_engine_error(&error, "read what was lost");
                    Duration::from_secs(2)
                }
            };
            if !self.rest(&self.owner.wake, next).await {
                return;
            }
        }
    }

    /// Reads on in every series that may be read now, a page each. Answers how long until the next page is due; `None` when
    /// the quarantine is over.
    async fn read_lost(&self, waits: &mut BTreeMap<i64, Duration>) -> Result<Option<Duration>> {
        let Some(quarantine) = self.quarantine() else { return Ok(None) };
        let made = fiscal_date(self.ledger.info().created_ms).to_string();
        let all = self.ledger.list_series_reads(quarantine.row, &made).await?;
        let connections = self.ledger.list_connections().await?;
        let mut next = Duration::from_secs(30);
        let mut is_whole = true;
        for read in all.iter().filter(|read| read.state != "whole") {
            is_whole = false;
            let connection = connections.iter().find(|connection| connection.id == read.billing_id);
            let Some(connection) = connection.filter(|_| read.state != "too_long") else { continue };
            let now = self.deps.clock.monotonic();
            let due = waits.get(&read.row).copied().unwrap_or_default().max(self.readable_from(connection));
            if due > now {
                next = next.min(due - now);
                continue;
            }
            if self.may_call(connection, self.now_ms()) == Gate::Closed {
                next = next.min(Duration::from_secs(1));
                continue;
            }
            let wait = self.read_page(read, connection).await?;
            waits.insert(read.row, self.deps.clock.monotonic() + wait);
            next = next.min(wait);
        }
        if !is_whole {
            return Ok(Some(next));
        }
        self.attach_open().await?;
        self.end_quarantine("", "").await?;
        Ok(None)
    }

    /// One page of one series. Answers how long until the next one.
    async fn read_page(&self, read: &SeriesRead, connection: &Connection) -> Result<Duration> {
        let is_again = read.state == "incomplete";
        let from = parse_date(&read.from_date).and_then(|date| date.checked_sub_days(BEFORE));
        let query = SeriesQuery {
            company: read.company.clone(),
            kind: if read.is_proforma { DocumentKind::Proforma } else { DocumentKind::Invoice },
            series: read.series.clone(),
            from: from.unwrap_or_default(),
            to: fiscal_date(self.now_ms()).checked_add_days(BEFORE).unwrap_or_default(),
            from_number: read.from_number,
            next: read.next,
        };
        let page = match self.billing(connection).await {
            Ok(provider) => provider.read_series(&query).await,
            Err(failure) => Err(failure),
        };
        let mut unreadable = if is_again { Vec::new() } else { read.unreadable.clone() };
        let progress = match page {
            Ok(SeriesPage { rows, unreadable: new, next, left_out }) => {
                self.note_contact(connection).await?;
                unreadable.extend(new);
                let state = match next {
                    _ if left_out > 0 => "too_long",
                    Some(_) => "reading",
                    None if unreadable.is_empty() => "whole",
                    None => "incomplete",
                };
                // once more from the first that could not be read
                let next = if state == "incomplete" { unreadable.iter().min().copied() } else { next };
                let count = rows.len() as u32;
                let found = rows.into_iter().flat_map(|row| found_of(read, &connection.kind, row)).collect();
                SeriesProgress { next, state, read: count, unreadable, failure: None, found }
            }
            Err(failure) => {
                if is_connections_fault(&failure) {
                    self.note_trouble(connection, &failure).await?;
                }
                let state = if read.state == "incomplete" { "incomplete" } else { "reading" };
                SeriesProgress {
                    next: read.next,
                    state,
                    read: 0,
                    unreadable: read.unreadable.clone(),
                    failure: Some(failure),
                    found: Vec::new(),
                }
            }
        };
        let goes_on = progress.failure.is_none() && matches!(progress.state, "reading" | "whole");
        let has_found = !progress.found.is_empty();
        self.ledger.record_series_read(read.row, progress, self.now_ms()).await?;
        if has_found {
            self.owner.has_found.store(true, Ordering::Relaxed);
        }
        self.changed(Change::Workspace);
        if goes_on {
            return Ok(Duration::ZERO);
        }
        let first = (self.quiet_time(connection) / 2).max(Duration::from_secs(1));
        Ok(first.saturating_mul(1 << read.tries.min(16)).min(LONGEST_WAIT))
    }

    /// Attaches every open record that was found.
    async fn attach_open(&self) -> Result<()> {
        let mut after = 0;
        loop {
            let open = self.ledger.list_open_after(after, 200).await?;
            let Some(last) = open.last() else { return Ok(()) };
            after = last.row;
            for document in &open {
                self.settle_as_found(document).await?;
            }
        }
    }

    /// Whether anything was found at the providers after a part of the ledger was lost.
    pub(crate) fn has_found(&self) -> bool {
        self.owner.has_found.load(Ordering::Relaxed)
    }

    /// Records that came to be open since: polled after the restore, and held or due.
    pub(crate) async fn attach_found(&self) -> Result<()> {
        if !self.has_found() || self.is_quarantined() {
            return Ok(());
        }
        for document in self.ledger.list_open_and_found(200).await? {
            if self.begin(&document) {
                let settled = self.settle_as_found(&document).await;
                lock(&self.in_flight).remove(&document.row);
                settled?;
            }
        }
        Ok(())
    }

    /// Whether an open document was found at its provider after a part of the ledger was lost: then it is settled here, and
    /// must not be sent. A later generation of it counts as well: it stands for the same order.
    pub(crate) async fn settle_as_found(&self, document: &Document) -> Result<bool> {
        if !self.has_found() {
            return Ok(false);
        }
        let key = self.issue_key(document).await?;
        let last = if document.role == "invoice" { key.generation + GENERATIONS } else { key.generation };
        let keys: BTreeMap<String, IssueKey> = (key.generation..=last)
            .map(|generation| IssueKey { generation, ..key.clone() })
            .map(|key| (self.ledger.info().seed.reference(&key).to_string(), key))
            .collect();
        let mut found = self.ledger.find_references(keys.keys().cloned().collect()).await?;
        found.retain(|one| one.is_proforma == (document.role == "proforma"));
        let is_misplaced = |one: &FoundReference| one.is_storno && document.reverses_row.is_none();
        let generation = |one: &FoundReference| keys.get(&one.reference).map_or(0, |key| key.generation);
        // the newest generation; of two under one reference the one that lives, then the first
        let best =
            found.iter().rev().max_by_key(|one| (!is_misplaced(one), generation(one), one.cancelled != Some(true)));
        let Some(best) = best else { return Ok(false) };
        let taken = |number: String| {
            let object = format!("order {}", document.order_number);
            Failure::new(FailureKind::NumberTaken, Phase::Unknown, "create invoice", object).with_detail(number)
        };
        if is_misplaced(best) {
            // only on a storno: the invoice itself was not seen
            let failure = taken(format!("{} {}", best.series, best.number));
            self.ledger.hold_found(document.row, failure, self.now_ms()).await?;
            self.changed(Change::Documents);
            return Ok(true);
        }
        let rekeyed = keys.get(&best.reference).filter(|found| found.generation != key.generation).map(|found| {
            Rekeyed { generation: found.generation, issue_key: found.to_string(), reference: best.reference.clone() }
        });
        let now_ms = self.now_ms();
        let today = fiscal_date(now_ms).to_string();
        match self.ledger.attach_found(document.row, best.clone(), rekeyed, &today, now_ms).await {
            Ok(()) => {
                tracing::info!(document = document.id, order = document.order_number, number = %best.number, "found at the provider after a part of the ledger was lost");
                lock(&self.watches).remove(&document.row);
                self.verify_wake.notify_one();
                self.note_wake.notify_one();
            }
            Err(StoreError::AlreadyLinked(number)) => {
                self.ledger.hold_found(document.row, taken(number), now_ms).await?;
            }
            Err(error) => return Err(error.into()),
        }
        self.changed(Change::Documents);
        Ok(true)
    }
}

/// A row of a provider's, once for each reference that it bears. What has no number yet is no document.
fn found_of(read: &SeriesRead, provider: &str, row: ListedDocument) -> Vec<FoundReference> {
    let ListedDocument { document, issue_date, cancelled, is_storno, references, .. } = row;
    let of = |reference: &Reference| FoundReference {
        reference: reference.to_string(),
        billing_id: read.billing_id.clone(),
        provider: provider.to_owned(),
        company: read.company.clone(),
        is_proforma: read.is_proforma,
        series: document.series.clone(),
        number: document.number.clone(),
        provider_id: document.provider_id.clone(),
        link: document.link.clone(),
        issue_date: issue_date.map(|date| date.to_string()),
        cancelled,
        is_storno: is_storno == Some(true),
    };
    references.iter().filter(|_| !document.number.is_empty()).map(of).collect()
}

#[cfg(test)]
mod tests;

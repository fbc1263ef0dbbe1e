//! A changed mapping tried on many orders in the background, against the published one. Nothing is sent or kept: the report
//! stands in memory until the next run of the same mapping.
//!
//! One run of a mapping at a time, over a bounded number of orders, with a bounded number of rows kept; between orders others
//! get their turn.

use super::edits::with_edits;
use super::flows::MappingFlows;
use super::samples::is_own;
use crate::decide::{ActiveMapping, context_of};
use crate::error::{EngineError, Result};
use crate::rules::RulesSample;
use crate::workspace::{Change, Workspace, lock};
use punte_domain::{Draft, DraftProblem, Facts, FieldChange, diff_drafts};
use punte_mapping::{Evaluation, Mapping};
use punte_store::ledger::{Document, ListQuery, OrderRow};
use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use tokio_util::sync::CancellationToken;

/// Orders of one run.
const MOST_ORDERS: u32 = 10_000;
/// Rows that are kept of one run, and differences of one row.
const MOST_ROWS: usize = 500;
const MOST_CHANGES: usize = 100;
/// Rows of the ledger that are gone through in search of a run's orders.
const MOST_SEARCHED: usize = 200_000;
const PAGE: u32 = 200;

/// Which orders a run takes.
#[derive(Debug, Clone)]
pub struct DryRunQuery {
    /// The newest so many, 1 to 10,000.
    pub last: u32,
    /// `all`, `held`, `issued`.
    pub only: String,
    /// And of those the ones that it finds; empty for all.
    pub search: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DryRunState {
    Running,
    Done,
    Cancelled,
    Failed,
}

impl DryRunState {
    pub fn as_str(self) -> &'static str {
        match self {
            DryRunState::Running => "running",
            DryRunState::Done => "done",
            DryRunState::Cancelled => "cancelled",
            DryRunState::Failed => "failed",
        }
    }
}

/// An order that differs, or that would be held.
#[derive(Debug, Clone)]
pub struct DryRunRow {
    pub order_id: String,
    pub number: String,
    pub customer: String,
    /// Whether the published version makes an invoice of it that may be sent, and whether the changed one does.
    pub issues_before: bool,
    pub issues_after: bool,
    pub changes: Vec<FieldChange>,
    /// What would hold it.
    pub problems: Vec<DraftProblem>,
    /// It has an invoice, which stays as it is.
    pub is_issued: bool,
}

/// How far a run is and what it found.
#[derive(Debug, Clone)]
pub struct DryRunReport {
    pub id: String,
    pub mapping_id: String,
    pub state: DryRunState,
    /// Why it failed.
    pub detail: String,
    pub total: u32,
    pub done: u32,
    pub issue: u32,
    pub hold: u32,
    /// Of `issue` and of `hold`: they have an invoice, which stays as it is.
    pub issue_issued: u32,
    pub hold_issued: u32,
    pub changed: u32,
    pub mended: u32,
    pub broken: u32,
    /// By the flows' rules no invoice at all: looked at, and not tried.
    pub left_out: u32,
    /// The same by reason, most first.
    pub not_taken: Vec<RulesSample>,
    pub started_ms: i64,
    pub finished_ms: Option<i64>,
    /// How often each field differs.
    pub fields: HashMap<String, u32>,
    /// Newest order first.
    pub rows: Vec<DryRunRow>,
    /// There would be more rows.
    pub truncated: bool,
}

/// A run that is under way or was last.
pub(crate) struct DryRun {
    report: DryRunReport,
    cancel: CancellationToken,
}

/// What a run compares.
struct Compared {
    published: Option<ActiveMapping>,
    changed: ActiveMapping,
    flows: MappingFlows,
}

impl Workspace {
    /// Begins a run; answers at once, and is followed by [`Workspace::dry_run`].
    ///
    /// # Errors
    /// [`EngineError::NotNow`] `dry_run_running` while one of this mapping is under way; [`EngineError::Invalid`] for a mapping
    /// that cannot be used or a query out of bounds.
    pub async fn start_dry_run(
        self: &Arc<Self>,
        mapping_id: &str,
        mapping: Mapping,
        query: DryRunQuery,
    ) -> Result<DryRunReport> {
        if query.last == 0 || query.last > MOST_ORDERS {
            return Err(EngineError::Invalid { field: "last", detail: format!("1 to {MOST_ORDERS}") });
        }
        if !["all", "held", "issued"].contains(&query.only.as_str()) {
            return Err(EngineError::Invalid { field: "only", detail: query.only });
        }
        let row = self.mapping_row(mapping_id).await?;
        let compiled = super::compiled(&mapping)?;
        let changed = ActiveMapping { id: row.id, version: row.version, document: mapping, compiled };
        let published = match row.version {
            0 => None,
            _ => Some(self.active_mapping(mapping_id).await?),
        };
        let flows = self.flows_of_mapping(mapping_id).await?;
        let (report, cancel) = self.register(mapping_id)?;
        let this = self.clone();
        let (id, compared) = (mapping_id.to_owned(), Compared { published, changed, flows });
        self.spawn(async move {
            let outcome = this.run_dry(&id, &compared, &query, &cancel).await;
            let now_ms = this.now_ms();
            this.note_dry_run(&id, |report| {
                report.finished_ms = Some(now_ms);
                report.state = match &outcome {
                    Ok(true) => DryRunState::Done,
                    Ok(false) => DryRunState::Cancelled,
                    Err(error) => {
                        report.detail = error.to_string();
                        DryRunState::Failed
                    }
                };
            });
            if let Err(error) = outcome {
                this.note_engine_error(&error, "dry run");
            }
        });
        Ok(report)
    }

    fn register(&self, mapping_id: &str) -> Result<(DryRunReport, CancellationToken)> {
        let report = DryRunReport {
            id: self.deps.clock.new_id("dry"),
            mapping_id: mapping_id.to_owned(),
            state: DryRunState::Running,
            detail: String::new(),
            total: 0,
            done: 0,
            issue: 0,
            hold: 0,
            issue_issued: 0,
            hold_issued: 0,
            changed: 0,
            mended: 0,
            broken: 0,
            left_out: 0,
            not_taken: Vec::new(),
            started_ms: self.now_ms(),
            finished_ms: None,
            fields: HashMap::new(),
            rows: Vec::new(),
            truncated: false,
        };
        let cancel = self.stopping.child_token();
        let mut runs = lock(&self.dry_runs);
        if runs.get(mapping_id).is_some_and(|run| run.report.state == DryRunState::Running) {
            return Err(EngineError::NotNow("dry_run_running"));
        }
        runs.insert(mapping_id.to_owned(), DryRun { report: report.clone(), cancel: cancel.clone() });
        drop(runs);
        self.changed(Change::DryRun);
        Ok((report, cancel))
    }

    /// The run of a mapping that is under way or was last.
    pub fn dry_run(&self, mapping_id: &str) -> Option<DryRunReport> {
        lock(&self.dry_runs).get(mapping_id).map(|run| run.report.clone())
    }

    /// Stops the run of a mapping after the order that it is at.
    pub fn cancel_dry_run(&self, mapping_id: &str) {
        if let Some(run) = lock(&self.dry_runs).get(mapping_id) {
            run.cancel.cancel();
        }
    }

    fn note_dry_run(&self, mapping_id: &str, note: impl FnOnce(&mut DryRunReport)) {
        if let Some(run) = lock(&self.dry_runs).get_mut(mapping_id) {
            note(&mut run.report);
        }
        self.changed(Change::DryRun);
    }

    /// Answers whether it came to its end.
    async fn run_dry(
        &self,
        mapping_id: &str,
        compared: &Compared,
        query: &DryRunQuery,
        cancel: &CancellationToken,
    ) -> Result<bool> {
        let Some(orders) = self.orders_of_run(compared, query, cancel).await? else { return Ok(false) };
        self.note_dry_run(mapping_id, |report| report.total = orders.len() as u32);
        for page in orders.chunks(PAGE as usize) {
            let mut rows = Vec::with_capacity(page.len());
            for row in page {
                rows.push(self.ledger.get_order_by_row(*row).await?);
            }
            let documents = self.ledger.documents_of(page.to_vec()).await?;
            for order in &rows {
                if cancel.is_cancelled() {
                    return Ok(false);
                }
                let found = self.try_both(compared, order, documents.get(&order.row)).await?;
                if let Some(run) = lock(&self.dry_runs).get_mut(mapping_id) {
                    run.report.take(found, &order.head.number);
                }
                // mapping takes the processor: others get their turn
                tokio::task::yield_now().await;
            }
            self.changed(Change::DryRun);
        }
        Ok(true)
    }

    /// Rows of the orders that a run takes, newest first; `None` where it was cancelled.
    async fn orders_of_run(
        &self,
        compared: &Compared,
        query: &DryRunQuery,
        cancel: &CancellationToken,
    ) -> Result<Option<Vec<i64>>> {
        let (wanted, is_all) = (query.last as usize, query.only == "all");
        if is_all && query.search.trim().is_empty() {
            return self.last_placed(&compared.flows, wanted, cancel).await;
        }
        let filter = if is_all { String::new() } else { query.only.clone() };
        let mut seen = HashSet::new();
        let mut orders = Vec::new();
        let mut after = None;
        for _ in 0..MOST_SEARCHED / PAGE as usize {
            if cancel.is_cancelled() {
                return Ok(None);
            }
            let (search, filter) = (query.search.clone(), filter.clone());
            let page = ListQuery { search, filter, after, limit: PAGE, ..ListQuery::default() };
            let (found, last, count) = if is_all {
                let page = self.ledger.page_orders(page).await?;
                let ours = page.iter().filter(|order| compared.flows.takes_from(&order.connection_id));
                (ours.map(|order| order.row).collect::<Vec<_>>(), page.last().map(|order| order.row), page.len())
            } else {
                let page = self.ledger.page_documents(page).await?;
                let ours = page.iter().filter(|one| is_own(one) && compared.flows.has(&one.flow_id));
                (ours.map(|one| one.order_row).collect(), page.last().map(|one| one.row), page.len())
            };
            orders.extend(found.into_iter().filter(|row| seen.insert(*row)));
            if orders.len() >= wanted || count < PAGE as usize {
                break;
            }
            after = last;
        }
        orders.truncate(wanted);
        Ok(Some(orders))
    }

    /// What both versions make of an order, or why no flow would invoice it.
    async fn try_both(
        &self,
        compared: &Compared,
        order: &OrderRow,
        document: Option<&Document>,
    ) -> Result<std::result::Result<DryRunRow, &'static str>> {
        let raw = self.raw_of(order).await?;
        let rules = match compared.flows.rules_for(order, &raw) {
            Ok(rules) => rules,
            Err(reason) => return Ok(Err(reason)),
        };
        let facts = Facts::of(&raw);
        let context = context_of(&order.head);
        let edits = document.filter(|document| document.state.draft_is_open()).and_then(|one| one.edits.as_ref());
        let edits = edits.map(|edits| edits.edits.as_slice()).unwrap_or_default();
        let made = |mapping: &ActiveMapping| {
            let ruled = |draft: &mut Draft| rules.apply(draft, &facts, &order.head.number);
            with_edits(mapping.compiled.evaluate(&raw, &context), edits, mapping, &raw, &context, (ruled, false))
        };
        let before = compared.published.as_ref().map(made);
        let after = made(&compared.changed);
        let (old, issues_before) = match &before {
            Some(before) => (before.draft.as_ref(), issues(before)),
            None => (None, false),
        };
        let mut changes = changes_between(old, after.draft.as_ref());
        changes.truncate(MOST_CHANGES);
        Ok(Ok(DryRunRow {
            order_id: order.id.clone(),
            number: order.head.number.clone(),
            customer: order.head.customer.clone(),
            issues_before,
            issues_after: issues(&after),
            changes,
            problems: after.problems,
            is_issued: document.is_some_and(|document| document.number.is_some()),
        }))
    }
}

fn issues(evaluation: &Evaluation) -> bool {
    evaluation.draft.is_some() && evaluation.problems.is_empty()
}

/// What differs where both made a draft: a draft against none is told by what becomes of the order.
fn changes_between(before: Option<&Draft>, after: Option<&Draft>) -> Vec<FieldChange> {
    match (before, after) {
        (Some(before), Some(after)) => diff_drafts(before, after),
        _ => Vec::new(),
    }
}

impl DryRunReport {
    /// Counts what came of one order, and keeps its row where it tells something.
    fn take(&mut self, found: std::result::Result<DryRunRow, &'static str>, number: &str) {
        self.done += 1;
        let row = match found {
            Ok(row) => row,
            Err(reason) => {
                self.left_out += 1;
                RulesSample::count(&mut self.not_taken, reason, number);
                self.not_taken.sort_by_key(|one| std::cmp::Reverse(one.count));
                return;
            }
        };
        let (outcome, of_issued) = match row.issues_after {
            true => (&mut self.issue, &mut self.issue_issued),
            false => (&mut self.hold, &mut self.hold_issued),
        };
        *outcome += 1;
        *of_issued += u32::from(row.is_issued);
        match (row.issues_before, row.issues_after) {
            (false, true) => self.mended += 1,
            (true, false) => self.broken += 1,
            (true, true) | (false, false) => {}
        }
        let differs = row.issues_before != row.issues_after || !row.changes.is_empty();
        self.changed += u32::from(differs);
        for change in &row.changes {
            *self.fields.entry(change.field.clone()).or_default() += 1;
        }
        if !differs && row.issues_after {
            return;
        }
        if self.rows.len() < MOST_ROWS {
            self.rows.push(row);
        } else {
            self.truncated = true;
        }
    }
}

//! The operator's lists: what is typed, made a typed filter; and any row of a list by its ordinal, with counts and totals.
//!
//! A list is gone through once in the background (see [`pass`]); the first pages do not wait for it.

mod dates;
pub mod export;
pub mod fields;
mod pass;
mod query;
#[cfg(test)]
mod tests;

pub use fields::{Choice, FieldKind, FieldSpec, Known, fields};
pub use query::{Parsed, QueryProblem, parse};

use crate::error::{EngineError, Result};
use crate::workspace::{Change, Workspace};
pub(crate) use pass::Passes;
use pass::{Pass, PassKey};
use punte_store::ledger::table::{ListName, Sorting, Totals, Walk, Way};
use std::sync::Arc;
use std::time::Duration;

/// Rows of one page at most.
pub const PAGE_AT_MOST: u32 = 500;
/// A page that is not found by then is asked for again.
const PATIENCE: Duration = Duration::from_millis(70);
/// Rows of the filter beyond the last known place that a page may be looked for, while a pass goes on.
const BEYOND: u64 = 20_000;
/// Different values of a column that are offered.
const MOST_VALUES: u32 = 200;

/// A list, what is searched in it, and its order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Query {
    pub list: ListName,
    /// Words and `field:value`.
    pub text: String,
    /// A column's id, and whether descending; `None`: newest first.
    pub sort: Option<(String, bool)>,
    /// Asked by who is not shown addresses of e-mail and personal codes: they are not searched for words, and a sort by them is
    /// the usual order.
    pub is_veiled: bool,
}

/// Rows of a list from an ordinal on.
#[derive(Debug, Clone, Default)]
pub struct Page {
    /// Of the ledger.
    pub rows: Vec<i64>,
    /// Not found in time: to be asked for again; what was found stands here.
    pub ready: bool,
}

/// What a query comes to.
#[derive(Debug, Clone, Default)]
pub struct Summary {
    pub count: u64,
    /// Count and totals are whole and of now.
    pub complete: bool,
    /// Rows looked at so far, of so many.
    pub scanned: u64,
    pub of_rows: u64,
    pub totals: Totals,
    pub problems: Vec<QueryProblem>,
}

impl Workspace {
    /// Rows of a query from an ordinal on, at most [`PAGE_AT_MOST`].
    ///
    /// # Errors
    /// [`EngineError::Invalid`] for a column that cannot be sorted by.
    pub async fn list_page(self: &Arc<Self>, query: &Query, from: u64, limit: u32) -> Result<Page> {
        let (key, _) = self.read_query(query).await?;
        let pass = self.pass_of(key).await?;
        let limit = u64::from(limit.clamp(1, PAGE_AT_MOST));
        if let Some(page) = pass.page_at_hand(from, limit) {
            return Ok(page);
        }
        let (ordinal, place, is_running) = pass.place_before(from);
        let Some((way, within)) = pass.way() else { return Ok(Page::default()) };
        if is_running && from - ordinal > BEYOND {
            return Ok(Page::default());
        }
        let key = pass.key();
        let walk = Walk {
            list: key.list,
            filter: key.filter.clone(),
            sorting: key.sorting,
            way,
            within,
            after: place,
            skip: from - ordinal,
            want: limit,
            keep: limit as usize,
            look: u64::MAX,
            time: is_running.then_some(PATIENCE),
            every: 0,
            sums: false,
        };
        let walked = self.ledger.walk(walk).await?;
        let ready = walked.ended || walked.rows.len() as u64 == limit;
        Ok(Page { rows: walked.rows, ready })
    }

    /// Count and totals of a query, as far as they are known, and what in it was not understood.
    ///
    /// # Errors
    /// [`EngineError::Invalid`] for a column that cannot be sorted by.
    pub async fn list_summary(self: &Arc<Self>, query: &Query) -> Result<Summary> {
        let (key, problems) = self.read_query(query).await?;
        let of_rows = self.count_rows(key.list).await?;
        let is_all = key.filter.is_empty();
        let pass = self.pass_of(key).await?;
        let mut summary = pass.summary(self.desk.revision());
        summary.of_rows = of_rows;
        summary.problems = problems;
        if is_all {
            // kept by trigger, so always of now
            summary.count = of_rows;
        }
        Ok(summary)
    }

    /// Every row of a query in its order, by steps: the next of them behind a cursor, which begins as the default.
    ///
    /// # Errors
    /// [`EngineError::Invalid`] for a column that cannot be sorted by.
    pub async fn next_rows(&self, cursor: &mut Cursor, limit: u32) -> Result<Vec<i64>> {
        let limit = limit.max(1) as usize;
        if cursor.is_over {
            return Ok(Vec::new());
        }
        if let Some(rows) = &mut cursor.gathered {
            let taken: Vec<i64> = rows.by_ref().take(limit).collect();
            cursor.is_over = taken.len() < limit;
            return Ok(taken);
        }
        let walk = Walk { want: limit as u64, keep: limit, ..cursor.walk.clone() };
        let walked = self.ledger.walk(walk).await?;
        cursor.walk.after = walked.last.or(cursor.walk.after.take());
        cursor.is_over = walked.ended;
        cursor.looked += walked.looked;
        Ok(walked.rows)
    }

    /// A cursor at the start of a query. What was not understood in its text is an error here: who acts on a filter must mean it.
    ///
    /// # Errors
    /// [`EngineError::Invalid`] for text that is not understood, or a column that cannot be sorted by.
    pub async fn open_query(&self, query: &Query) -> Result<Cursor> {
        let (key, problems) = self.read_query(query).await?;
        if let Some(problem) = problems.first() {
            return Err(EngineError::Invalid { field: "text", detail: format!("{}: {}", problem.code, problem.text) });
        }
        let way = self.ledger.choose_way(key.list, key.filter.clone(), key.sorting).await?;
        let (mut gathered, mut within) = (None, None);
        if let Way::Gather(clause) = way {
            let found = self.ledger.gather(key.list, key.filter.clone(), key.sorting, clause).await?;
            gathered = Some(found.rows.into_iter());
        } else if !key.filter.is_empty() {
            within = self.ledger.rows_within(key.list, key.filter.clone()).await?.map(Arc::new);
        }
        let walk = pass::walk_of(&key, Way::Walk, within);
        Ok(Cursor { walk, gathered, is_over: false, looked: 0 })
    }

    /// What the ledger has of the choices that searches name.
    pub async fn list_choices(&self, list: ListName) -> Result<Known> {
        let connections = self.ledger.list_connections().await?;
        let is_shop = |kind: &str| !matches!(kind, "smartbill" | "oblio");
        let connections = connections
            .into_iter()
            .filter(|connection| is_shop(&connection.kind) == (list == ListName::Orders))
            .map(|connection| Choice { value: connection.id, label: Some(connection.name) })
            .collect();
        Ok(Known {
            connections,
            currencies: self.ledger.distinct_values(list, "currency", MOST_VALUES).await?,
            reasons: self.ledger.distinct_values(list, "reason", MOST_VALUES).await?,
        })
    }

    /// What a field of a list may be.
    pub fn list_field_values(&self, list: ListName, field: &FieldSpec, known: &Known) -> Vec<Choice> {
        fields::choices(list, field.field, known)
    }

    async fn read_query(&self, query: &Query) -> Result<(PassKey, Vec<QueryProblem>)> {
        let sorting = match &query.sort {
            None => Sorting::NEWEST,
            Some((column, descending)) => {
                let column = query
                    .list
                    .sortable(column)
                    .ok_or_else(|| EngineError::Invalid { field: "sort", detail: column.chars().take(60).collect() })?;
                if query.is_veiled && column.is_veiled() {
                    // a view that was saved with it still opens
                    Sorting::NEWEST
                } else {
                    Sorting { column: Some(column), descending: *descending }
                }
            }
        };
        // what the ledger has is only asked for where the text may name it
        let known = if query.text.contains([':', '=', '<', '>']) {
            self.list_choices(query.list).await?
        } else {
            Known::default()
        };
        let parsed = parse(query.list, &query.text, &known, self.now_ms());
        let filter = if query.is_veiled { parsed.filter.veiled() } else { parsed.filter };
        Ok((PassKey { list: query.list, filter: Arc::new(filter), sorting }, parsed.problems))
    }

    async fn count_rows(&self, list: ListName) -> Result<u64> {
        let counts = self.ledger.read_counts().await?;
        Ok(match list {
            ListName::Orders => counts.get("orders").into(),
            ListName::Documents => punte_domain::DocumentState::ALL
                .iter()
                .map(|s| u64::from(counts.get(&format!("document:{}", s.as_str()))))
                .sum(),
        })
    }

    /// Notes that lists may show something else now.
    pub(crate) fn note_lists(&self, change: Change) {
        if matches!(change, Change::Documents | Change::Orders) {
            self.desk.raise_revision();
        }
    }

    /// The pass of a query, begun if there is none; what few rows are found by is found at once.
    async fn pass_of(self: &Arc<Self>, key: PassKey) -> Result<Arc<Pass>> {
        let now = self.deps.clock.monotonic();
        if let Some(pass) = self.desk.find(&key, now) {
            if pass.is_to_be_renewed(self.desk.revision(), now) {
                self.begin_pass(&pass);
            }
            return Ok(pass);
        }
        let way = self.ledger.choose_way(key.list, key.filter.clone(), key.sorting).await?;
        let pass = self.desk.add(key, way, now);
        if pass.begins() {
            self.run_first(&pass).await?;
        }
        Ok(pass)
    }
}

/// Where somebody is who goes through all rows of a query.
pub struct Cursor {
    walk: Walk,
    gathered: Option<std::vec::IntoIter<i64>>,
    is_over: bool,
    looked: u64,
}

impl Cursor {
    /// Rows looked at so far, those of other filters included; of few gathered ones none.
    pub fn looked(&self) -> u64 {
        self.looked
    }

    /// How many rows there are, where that is known before the end.
    pub fn count(&self) -> Option<u64> {
        self.gathered.as_ref().map(|rows| rows.len() as u64)
    }
}

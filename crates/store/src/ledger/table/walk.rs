//! Going along a list: from a place on, row by row, until enough was found or looked at.

use super::sql::{self, Bound, conditions, index_of, is_in_row_order};
use super::{Filter, ListName, Place, Sorting, Test, Totals, Way};
use crate::error::Result;
use crate::ledger::Ledger;
use rusqlite::types::Value as Sql;
use rusqlite::{CachedStatement, Connection as Sqlite, OptionalExtension, params_from_iter};
use std::cmp::Ordering;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Rows that are gathered and sorted here, each looked at in the table; more are walked along.
const GATHERED_AT_MOST: u32 = 2_000;
/// Rows between two looks at the clock.
const LOOK_AT_CLOCK: u64 = 64;

/// Rows that a search and the indexes of clauses found: a bit for each row of the list. What they say needs no look at a row.
#[derive(Debug, Default)]
pub struct RowSet {
    bits: Vec<u64>,
    /// Places of the clauses that it answers.
    clauses: Vec<usize>,
}

impl RowSet {
    fn insert(&mut self, row: i64) {
        let at = row.max(0) as usize;
        if self.bits.len() <= at / 64 {
            self.bits.resize(at / 64 + 1, 0);
        }
        self.bits[at / 64] |= 1 << (at % 64);
    }

    fn contains(&self, row: i64) -> bool {
        let at = row.max(0) as usize;
        self.bits.get(at / 64).is_some_and(|bits| bits & (1 << (at % 64)) != 0)
    }

    /// Its rows from an ordinal on, in the order in which rows came or the other way round.
    pub fn page(&self, from: u64, limit: usize, descending: bool) -> Vec<i64> {
        let (mut left, mut rows) = (from, Vec::new());
        let mut look = |at: usize, bits: u64| {
            let here = u64::from(bits.count_ones());
            if left >= here {
                left -= here;
                return rows.len() < limit;
            }
            let mut places: Vec<i64> =
                (0..64).filter(|bit| bits & (1 << bit) != 0).map(|bit| at as i64 * 64 + bit).collect();
            if descending {
                places.reverse();
            }
            rows.extend(places.into_iter().skip(left as usize).take(limit - rows.len()));
            left = 0;
            rows.len() < limit
        };
        let words = self.bits.iter().copied().enumerate();
        if descending {
            let _ = words.rev().all(|(at, bits)| look(at, bits));
        } else {
            let _ = words.into_iter().all(|(at, bits)| look(at, bits));
        }
        rows
    }

    /// What both hold.
    fn meet(mut self, other: RowSet) -> RowSet {
        self.bits.truncate(other.bits.len());
        self.bits.iter_mut().zip(&other.bits).for_each(|(mine, theirs)| *mine &= theirs);
        self.clauses.extend(other.clauses);
        self
    }

    /// Whether it answers all of a filter.
    pub fn is_whole(&self, filter: &Filter) -> bool {
        let is_answered =
            |(at, clause): (usize, &super::Clause)| sql::is_searched(clause) || self.clauses.contains(&at);
        filter.clauses.iter().enumerate().all(is_answered)
    }
}

/// Few rows of a filter, all of them, in the order of the sort.
#[derive(Debug, Default)]
pub struct Gathered {
    pub rows: Vec<i64>,
    pub totals: Totals,
}

/// A stretch of a list to go along.
#[derive(Debug, Clone)]
pub struct Walk {
    pub list: ListName,
    pub filter: Arc<Filter>,
    pub sorting: Sorting,
    /// Not [`Way::Gather`].
    pub way: Way,
    /// Wanted for a filter with a search that is not itself the way; makes any other filter quicker.
    pub within: Option<Arc<RowSet>>,
    /// Begins behind it; `None`: at the start.
    pub after: Option<Place>,
    /// Rows of the filter that are passed over first, then how many are wanted, and how many of these are answered.
    pub skip: u64,
    pub want: u64,
    pub keep: usize,
    /// Ends after looking at so many rows, or after so long.
    pub look: u64,
    pub time: Option<Duration>,
    /// Rows of the filter between two places that are kept; 0 keeps none.
    pub every: u64,
    pub sums: bool,
}

/// How a walk went.
#[derive(Debug, Default)]
pub struct Walked {
    pub rows: Vec<i64>,
    /// Rows of the filter, those passed over included, and rows looked at.
    pub matched: u64,
    pub looked: u64,
    pub totals: Totals,
    /// After so many rows of the filter, counted from the start of this walk, the list goes on behind this place.
    pub places: Vec<(u64, Place)>,
    /// The last row looked at.
    pub last: Option<Place>,
    /// The list ended.
    pub ended: bool,
}

impl Ledger {
    /// How the rows of a filter are best found in an order.
    pub async fn choose_way(&self, list: ListName, filter: Arc<Filter>, sorting: Sorting) -> Result<Way> {
        self.read(move |c| choose(c, list, &filter, sorting)).await
    }

    /// All rows of a filter that keeps few, by the way chosen for it.
    pub async fn gather(
        &self,
        list: ListName,
        filter: Arc<Filter>,
        sorting: Sorting,
        clause: Option<usize>,
    ) -> Result<Gathered> {
        self.read(move |c| gather(c, list, &filter, sorting, clause)).await
    }

    /// The rows that the search of a filter and the indexes of its clauses find together; `None` where it has neither.
    pub async fn rows_within(&self, list: ListName, filter: Arc<Filter>) -> Result<Option<RowSet>> {
        self.read(move |c| rows_within(c, list, &filter)).await
    }

    /// Goes along a list.
    pub async fn walk(&self, walk: Walk) -> Result<Walked> {
        self.read(move |c| Walker::new(c, &walk)?.go()).await
    }
}

fn choose(c: &Sqlite, list: ListName, filter: &Filter, sorting: Sorting) -> Result<Way> {
    let mut best: Option<(u32, Option<usize>)> = None;
    let mut consider = |count: u32, clause: Option<usize>| {
        if best.is_none_or(|(least, _)| count < least) {
            best = Some((count, clause));
        }
    };
    let table = list.as_str();
    let searches = sql::search(list, filter);
    if let Some(words) = &searches {
        let count: u32 = c
            .prepare_cached(&format!(
                "SELECT count(*) FROM (SELECT rowid FROM {table}_search WHERE {table}_search MATCH ?1 LIMIT ?2)"
            ))?
            .query_row((words, GATHERED_AT_MOST + 1), |row| row.get(0))?;
        consider(count, None);
    }
    for (at, clause) in filter.clauses.iter().enumerate() {
        let Some(index) = index_of(list, clause) else { continue };
        let mut bound = Bound::default();
        let condition = sql::condition(list, clause, &mut bound);
        let limit = bound.put(i64::from(GATHERED_AT_MOST) + 1);
        let count: u32 = c
            .prepare_cached(&format!(
                "SELECT count(*) FROM (SELECT row FROM {table} INDEXED BY {index} WHERE {condition} LIMIT {limit})"
            ))?
            .query_row(params_from_iter(bound.values), |row| row.get(0))?;
        consider(count, Some(at));
    }
    if let Some((count, clause)) = best
        && count <= GATHERED_AT_MOST
    {
        return Ok(Way::Gather(clause));
    }
    if sorting.column.is_some() {
        return Ok(Way::Walk);
    }
    if searches.is_some() {
        return Ok(Way::Search);
    }
    let in_order = |clause: &super::Clause| index_of(list, clause).is_some() && is_in_row_order(clause);
    Ok(filter.clauses.iter().position(in_order).map_or(Way::Walk, Way::Prefix))
}

fn rows_within(c: &Sqlite, list: ListName, filter: &Filter) -> Result<Option<RowSet>> {
    let table = list.as_str();
    let collect = |sql: &str, values: Vec<Sql>, clauses: Vec<usize>| -> Result<RowSet> {
        let mut query = c.prepare_cached(sql)?;
        let mut rows = query.query(params_from_iter(values))?;
        let mut found = RowSet { bits: Vec::new(), clauses };
        while let Some(row) = rows.next()? {
            found.insert(row.get(0)?);
        }
        Ok(found)
    };
    let mut within: Option<RowSet> = None;
    let mut add = |found: RowSet| {
        within = Some(match within.take() {
            Some(before) => before.meet(found),
            None => found,
        });
    };
    if let Some(words) = sql::search(list, filter) {
        let sql = format!("SELECT rowid FROM {table}_search WHERE {table}_search MATCH ?1");
        add(collect(&sql, vec![Sql::Text(words)], Vec::new())?);
    }
    for (at, clause) in filter.clauses.iter().enumerate() {
        let Some(index) = index_of(list, clause) else { continue };
        let mut bound = Bound::default();
        let condition = sql::condition(list, clause, &mut bound);
        let sql = format!("SELECT row FROM {table} INDEXED BY {index} WHERE {condition}");
        add(collect(&sql, bound.values, vec![at])?);
    }
    Ok(within)
}

fn gather(c: &Sqlite, list: ListName, filter: &Filter, sorting: Sorting, clause: Option<usize>) -> Result<Gathered> {
    let table = list.as_str();
    let searched = sql::search(list, filter);
    let rows: Vec<i64> = match clause {
        None => {
            let words = searched.clone().unwrap_or_default();
            let mut query =
                c.prepare_cached(&format!("SELECT rowid FROM {table}_search WHERE {table}_search MATCH ?1"))?;
            query.query_map([words], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?
        }
        Some(at) => {
            let clause = &filter.clauses[at];
            let index = index_of(list, clause).unwrap_or(list.rows_index());
            let mut bound = Bound::default();
            let condition = sql::condition(list, clause, &mut bound);
            let mut query =
                c.prepare_cached(&format!("SELECT row FROM {table} INDEXED BY {index} WHERE {condition}"))?;
            query.query_map(params_from_iter(bound.values), |row| row.get(0))?.collect::<rusqlite::Result<_>>()?
        }
    };
    let mut bound = Bound { values: vec![Sql::Null] };
    let mut parts = conditions(list, filter, &clause.into_iter().collect::<Vec<_>>(), &mut bound);
    // the search itself, where another index is the narrower one
    if let (Some(_), Some(words)) = (clause, searched) {
        let words = bound.put(words);
        parts.push(format!(
            "row IN (SELECT rowid FROM {table}_search WHERE {table}_search MATCH {words} AND rowid = ?1)"
        ));
    }
    let key = sorting.column.and_then(|column| column.key).map_or("NULL", |(key, _)| key);
    let mut parts = parts.into_iter();
    let first = parts.next().unwrap_or_else(|| "1".to_owned());
    let condition = parts.fold(first, |all, part| format!("{all} AND {part}"));
    let mut look =
        c.prepare_cached(&format!("SELECT {key}, currency, total_minor FROM {table} WHERE row = ?1 AND {condition}"))?;
    let (mut kept, mut totals): (Vec<Place>, Totals) = (Vec::new(), Totals::new());
    for row in rows {
        bound.values[0] = Sql::Integer(row);
        let read = |found: &rusqlite::Row<'_>| Ok((found.get(0)?, found.get(1)?, found.get(2)?));
        let found: Option<(Sql, String, i64)> =
            look.query_row(params_from_iter(bound.values.iter()), read).optional()?;
        if let Some((key, currency, minor)) = found {
            kept.push(Place { key, row });
            *totals.entry(currency).or_default() += minor;
        }
    }
    kept.sort_unstable_by(|a, b| compare(&a.key, &b.key).then(a.row.cmp(&b.row)));
    if sorting.descending {
        kept.reverse();
    }
    Ok(Gathered { rows: kept.into_iter().map(|place| place.row).collect(), totals })
}

/// As the ledger compares keys, which are all of one type in a column.
fn compare(a: &Sql, b: &Sql) -> Ordering {
    match (a, b) {
        (Sql::Integer(a), Sql::Integer(b)) => a.cmp(b),
        (Sql::Text(a), Sql::Text(b)) => a.as_bytes().cmp(b.as_bytes()),
        _ => Ordering::Equal,
    }
}

struct Walker<'c> {
    c: &'c Sqlite,
    walk: &'c Walk,
    /// Rows in order, one statement after the other.
    stretches: Vec<(String, Vec<Sql>)>,
    /// What a row must meet beside, with its currency and total; `None`: nothing is asked of a row itself.
    look: Option<(CachedStatement<'c>, Vec<Sql>)>,
    /// The rows come with currency and total.
    sums_come: bool,
    key: Option<&'static str>,
}

impl<'c> Walker<'c> {
    fn new(c: &'c Sqlite, walk: &'c Walk) -> Result<Self> {
        let (list, filter) = (walk.list, &walk.filter);
        let sorted = walk.sorting.column.and_then(|column| column.key);
        let mut base = Bound::default();
        // what the index itself bounds is asked of no row
        let mut except: Vec<usize> = Vec::new();
        let mut index = sorted.map_or(list.rows_index(), |(_, index)| index);
        let mut bounds: Vec<String> = Vec::new();
        if let Way::Prefix(at) = walk.way {
            let clause = &filter.clauses[at];
            index = index_of(list, clause).unwrap_or(index);
            bounds.push(sql::condition(list, clause, &mut base));
            except.push(at);
        }
        if let Some((key, _)) = sorted {
            for (at, clause) in filter.clauses.iter().enumerate() {
                let is_of_sort = list.column_of(clause.field).is_some_and(|(column, _)| column == key);
                if is_of_sort && !clause.negated && matches!(clause.test, Test::Between(..)) {
                    bounds.push(sql::condition(list, clause, &mut base));
                    except.push(at);
                }
            }
        }
        except.extend(walk.within.iter().flat_map(|within| within.clauses.iter().copied()));
        let mut bound = Bound { values: vec![Sql::Null] };
        let asked = conditions(list, filter, &except, &mut bound);
        let covers_sums = index == list.rows_index() || index == "documents_by_state" || index == "orders_by_decision";
        let sums_come = walk.sums && asked.is_empty() && covers_sums && walk.way != Way::Search;
        let table = list.as_str();
        let look = if asked.is_empty() && (!walk.sums || sums_come) {
            None
        } else {
            let asked = if asked.is_empty() { "1".to_owned() } else { asked.join(" AND ") };
            let sql = format!("SELECT currency, total_minor FROM {table} WHERE row = ?1 AND {asked}");
            Some((c.prepare_cached(&sql)?, bound.values))
        };
        let direction = if walk.sorting.descending { ("<", "DESC") } else { (">", "ASC") };
        let columns = if sums_come { "row, currency, total_minor" } else { "row" };
        let mut stretches = Vec::new();
        let mut stretch = |more: Vec<(String, Sql)>, order: String| {
            let mut bound = Bound { values: base.values.clone() };
            let mut wheres = bounds.clone();
            wheres.extend(more.into_iter().map(|(test, value)| format!("{test} {}", bound.put(value))));
            let wheres = if wheres.is_empty() { String::new() } else { format!("WHERE {}", wheres.join(" AND ")) };
            let sql = format!("SELECT {columns} FROM {table} INDEXED BY {index} {wheres} ORDER BY {order}");
            stretches.push((sql, bound.values));
        };
        let row_after = |place: &Place| (format!("row {}", direction.0), Sql::Integer(place.row));
        match (walk.way == Way::Search, sorted, &walk.after) {
            (true, _, after) => {
                let mut bound = Bound::default();
                let words = bound.put(sql::search(list, filter).unwrap_or_default());
                let behind = after
                    .as_ref()
                    .map_or(String::new(), |place| format!("AND rowid {} {}", direction.0, bound.put(place.row)));
                let sql = format!(
                    "SELECT rowid FROM {table}_search WHERE {table}_search MATCH {words} {behind} ORDER BY rowid {}",
                    direction.1
                );
                stretches.push((sql, bound.values));
            }
            (_, None, after) => {
                stretch(after.iter().map(row_after).collect(), format!("row {}", direction.1));
            }
            (_, Some((key, _)), None) => stretch(Vec::new(), format!("{key} {0}, row {0}", direction.1)),
            (_, Some((key, _)), Some(place)) => {
                let same = (format!("{key} ="), place.key.clone());
                stretch(vec![same, row_after(place)], format!("row {}", direction.1));
                let behind = (format!("{key} {}", direction.0), place.key.clone());
                stretch(vec![behind], format!("{key} {0}, row {0}", direction.1));
            }
        }
        Ok(Walker { c, walk, stretches, look, sums_come, key: sorted.map(|(key, _)| key) })
    }

    fn go(mut self) -> Result<Walked> {
        let mut walked = Walked::default();
        let started = Instant::now();
        let mut last_row = None;
        for (sql, values) in std::mem::take(&mut self.stretches) {
            let mut query = self.c.prepare_cached(&sql)?;
            let mut rows = query.query(params_from_iter(values))?;
            while let Some(found) = rows.next()? {
                let row: i64 = found.get(0)?;
                last_row = Some(row);
                walked.looked += 1;
                let is_of_search = self.walk.within.as_ref().is_none_or(|within| within.contains(row));
                let is_met = is_of_search
                    && if self.sums_come {
                        add(&mut walked.totals, found.get_ref(1)?.as_str().unwrap_or_default(), found.get(2)?);
                        true
                    } else {
                        self.is_met(row, &mut walked.totals)?
                    };
                if is_met {
                    walked.matched += 1;
                    if walked.matched > self.walk.skip && walked.rows.len() < self.walk.keep {
                        walked.rows.push(row);
                    }
                    if self.walk.every > 0 && walked.matched.is_multiple_of(self.walk.every) {
                        walked.places.push((walked.matched, self.place(row)?));
                    }
                }
                let is_late = walked.looked.is_multiple_of(LOOK_AT_CLOCK)
                    && self.walk.time.is_some_and(|time| started.elapsed() > time);
                if walked.matched >= self.walk.skip.saturating_add(self.walk.want)
                    || walked.looked >= self.walk.look
                    || is_late
                {
                    walked.last = Some(self.place(row)?);
                    return Ok(walked);
                }
            }
        }
        walked.ended = true;
        walked.last = last_row.map(|row| self.place(row)).transpose()?;
        Ok(walked)
    }

    fn is_met(&mut self, row: i64, totals: &mut Totals) -> Result<bool> {
        let Some((look, values)) = &mut self.look else { return Ok(true) };
        values[0] = Sql::Integer(row);
        let mut rows = look.query(params_from_iter(values.iter()))?;
        let Some(found) = rows.next()? else { return Ok(false) };
        if self.walk.sums {
            add(totals, found.get_ref(0)?.as_str().unwrap_or_default(), found.get(1)?);
        }
        Ok(true)
    }

    fn place(&self, row: i64) -> Result<Place> {
        let Some(key) = self.key else { return Ok(Place { key: Sql::Null, row }) };
        let mut query =
            self.c.prepare_cached(&format!("SELECT {key} FROM {} WHERE row = ?1", self.walk.list.as_str()))?;
        Ok(Place { key: query.query_row([row], |found| found.get(0))?, row })
    }
}

fn add(totals: &mut Totals, currency: &str, minor: i64) {
    match totals.get_mut(currency) {
        Some(total) => *total += minor,
        None => {
            totals.insert(currency.to_owned(), minor);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_of_a_set_are_reached_by_their_ordinals_both_ways() {
        let mut set = RowSet::default();
        let rows: Vec<i64> = (1..2_000).filter(|row| row % 7 == 3 || row % 64 == 0).collect();
        rows.iter().for_each(|row| set.insert(*row));
        let back: Vec<i64> = rows.iter().rev().copied().collect();
        for from in (0..rows.len() + 5).step_by(13) {
            let to = (from + 20).min(rows.len());
            let cut = |rows: &[i64]| rows[from.min(rows.len())..to.max(from.min(rows.len()))].to_vec();
            assert_eq!(set.page(from as u64, 20, false), cut(&rows), "from {from}");
            assert_eq!(set.page(from as u64, 20, true), cut(&back), "from {from} backwards");
        }
    }
}

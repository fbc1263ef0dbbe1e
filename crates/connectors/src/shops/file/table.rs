//! From a table's rows to its orders: rows of one order stand together, one row a line.
//!
//! An order of which a row could not be read is not taken at all: it would lack a line. Nor are rows of an order that came
//! before: an order that is taken twice, once with half its lines, is worse than one that is reported.

use super::json::OrderRead;
use super::order::{number_in, record};
use super::plan::{MAX_LINES, Plan};
use super::rows::{BadRow, Row, RowRead};
use super::{RejectedOrder, ShopKind, read_order};
use crate::shops::{Reason, ReasonCode};
use std::collections::{HashMap, VecDeque};
use std::hash::{BuildHasher, RandomState};

/// What is looked at before the first order, to tell how columns write numbers and dates.
const SAMPLE_ROWS: usize = 200;
const SAMPLE_BYTES: usize = 4 * 1024 * 1024;
/// What the rows of one order may hold together.
const MAX_ORDER: usize = 8 * 1024 * 1024;
/// Orders whose numbers are remembered, at 12 to 28 bytes each.
const MAX_ORDERS: usize = 5_000_000;

pub(super) type Rows = Box<dyn Iterator<Item = RowRead> + Send>;

/// Rows that have one number, as far as they are read.
struct Group {
    number: String,
    line: usize,
    rows: Vec<Row>,
    bytes: usize,
    /// Why it is not taken: line, field, reason.
    trouble: Option<(usize, String, Reason)>,
}

/// The orders of a table.
pub(super) struct TableOrders {
    plan: Plan,
    ahead: VecDeque<RowRead>,
    rows: Rows,
    group: Option<Group>,
    /// Hashes of numbers, each with the line on which its order starts. The hash is keyed anew each time, so that no file
    /// can be made to collide.
    seen: HashMap<u64, u32>,
    keys: RandomState,
    is_over: bool,
}

impl TableOrders {
    pub(super) fn new(mut plan: Plan, mut rows: Rows) -> Self {
        let mut ahead = VecDeque::new();
        let mut bytes = 0;
        while ahead.len() < SAMPLE_ROWS && bytes < SAMPLE_BYTES {
            let Some(read) = rows.next() else { break };
            bytes += read.as_ref().map_or(0, Row::bytes);
            ahead.push_back(read);
        }
        let sample: Vec<Row> = ahead.iter().filter_map(|read| read.as_ref().ok().cloned()).collect();
        plan.hear(&sample);
        let keys = RandomState::new();
        TableOrders { plan, ahead, rows, group: None, seen: HashMap::new(), keys, is_over: false }
    }

    /// Whether a row goes on with the order before it without repeating its number.
    fn continues(&self, row: &Row) -> bool {
        let is_line = self.plan.lines.iter().any(|line| line.values().any(|column| !row.cell(*column).is_empty()));
        self.group.is_some() && is_line && self.plan.order.values().all(|column| row.cell(*column).is_empty())
    }

    /// Puts a row to its order; the order before it, where it is another's.
    fn put(&mut self, row: Row, trouble: Option<(usize, String, Reason)>) -> Option<Group> {
        let number = number_in(&self.plan, &row);
        let is_same = match &self.group {
            Some(group) => group.number == number || (number.is_empty() && self.continues(&row)),
            None => false,
        };
        if !is_same {
            let group =
                Group { trouble: self.why_not(&number, row.line), number, line: row.line, rows: Vec::new(), bytes: 0 };
            let before = self.group.replace(group);
            self.put_into(row, trouble);
            return before;
        }
        self.put_into(row, trouble);
        None
    }

    fn put_into(&mut self, row: Row, trouble: Option<(usize, String, Reason)>) {
        let Some(group) = &mut self.group else { return };
        group.trouble = group.trouble.take().or(trouble);
        group.bytes += row.bytes();
        if group.rows.len() == MAX_LINES || group.bytes > MAX_ORDER {
            let reason = ReasonCode::TooManyRows.with("most", MAX_LINES);
            group.trouble = group.trouble.take().or(Some((row.line, "lines".to_owned(), reason)));
        }
        // of an order that is not taken, nothing more is kept
        if group.trouble.is_none() {
            group.rows.push(row);
        }
    }

    /// Why an order that starts here is not taken, whatever its rows say.
    fn why_not(&mut self, number: &str, line: usize) -> Option<(usize, String, Reason)> {
        let no = |reason: Reason| Some((line, "number".to_owned(), reason));
        if number.is_empty() {
            return no(ReasonCode::Blank.into());
        }
        let hash = self.keys.hash_one(number);
        if let Some(first) = self.seen.get(&hash) {
            return no(ReasonCode::RowsApart.with("line", first));
        }
        if self.seen.len() == MAX_ORDERS {
            return no(ReasonCode::TooManyOrders.with("most", MAX_ORDERS));
        }
        self.seen.insert(hash, u32::try_from(line).unwrap_or(u32::MAX));
        None
    }

    fn finish(&self, group: &Group) -> OrderRead {
        let order = Some(group.number.chars().take(60).collect::<String>()).filter(|number| !number.is_empty());
        let rejected = |line: usize, field: String, reason: Reason| {
            Err(RejectedOrder { line, order: order.clone(), field, reason })
        };
        if let Some((line, field, reason)) = &group.trouble {
            return rejected(*line, field.clone(), reason.clone());
        }
        match record(&self.plan, &group.rows).and_then(|record| read_order(ShopKind::Webhook, &record)) {
            Ok(order) => Ok((group.line, order)),
            Err(problem) => rejected(group.line, problem.field, problem.reason),
        }
    }

    /// A row that cannot be read: whose it is, is not taken.
    fn put_bad(&mut self, bad: BadRow) -> Option<Group> {
        let heading = bad.column.and_then(|column| self.plan.headings.get(column)).cloned().unwrap_or_default();
        let trouble = (bad.line, heading, bad.reason);
        match bad.row {
            Some(row) => self.put(row, Some(trouble)),
            None => {
                self.is_over = true;
                match &mut self.group {
                    Some(group) => {
                        group.trouble = group.trouble.take().or(Some(trouble));
                        None
                    }
                    None => {
                        let number = String::new();
                        Some(Group { number, line: bad.line, rows: Vec::new(), bytes: 0, trouble: Some(trouble) })
                    }
                }
            }
        }
    }
}

impl Iterator for TableOrders {
    type Item = OrderRead;

    fn next(&mut self) -> Option<OrderRead> {
        while !self.is_over {
            let ended = match self.ahead.pop_front().or_else(|| self.rows.next()) {
                None => {
                    self.is_over = true;
                    break;
                }
                Some(Ok(row)) => {
                    let width = row.width();
                    let trouble = (width > self.plan.headings.len()).then(|| {
                        let cells = ReasonCode::TooManyCells.with("cells", width);
                        let reason = cells.with("headings", self.plan.headings.len());
                        (row.line, String::new(), reason)
                    });
                    self.put(row, trouble)
                }
                Some(Err(bad)) => self.put_bad(bad),
            };
            if let Some(group) = ended {
                return Some(self.finish(&group));
            }
        }
        let last = self.group.take()?;
        Some(self.finish(&last))
    }
}

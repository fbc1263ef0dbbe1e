//! Lists of any length, sorted by any column and filtered by typed tests, without an offset.
//!
//! A list is walked along the index of its sort, from a place in it; a filter that keeps little is gathered by its own index and
//! sorted here instead. Whoever asks keeps places (an ordinal with the key and row that stand there), and reaches the rest from
//! them.

mod columns;
mod rows;
mod sql;
mod walk;

pub use columns::{Column, ListName};
pub use walk::{Gathered, RowSet, Walk, Walked};

use rusqlite::types::Value as Sql;

/// A list's order. The row decides between equal keys, in the same direction.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Sorting {
    /// `None`: as rows came.
    pub column: Option<&'static Column>,
    pub descending: bool,
}

impl Sorting {
    pub const NEWEST: Sorting = Sorting { column: None, descending: true };
}

/// Where in a list's order a row stands.
#[derive(Debug, Clone, PartialEq)]
pub struct Place {
    pub key: Sql,
    pub row: i64,
}

/// What a row must meet: every word, and every clause.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct Filter {
    /// Searched in the whole record.
    pub words: String,
    pub clauses: Vec<Clause>,
    /// See [`Filter::veiled`].
    pub is_veiled: bool,
}

impl Filter {
    /// The same for who is not shown addresses of e-mail and personal codes: words are not looked for in these, and an address is
    /// met as a whole or not at all. A tax id always is.
    pub fn veiled(mut self) -> Filter {
        self.is_veiled = true;
        for clause in self.clauses.iter_mut().filter(|clause| clause.field == Field::Email) {
            if let Test::Words(texts) = &clause.test {
                // as its column has it
                clause.test = Test::AnyOf(texts.iter().map(|text| text.to_ascii_lowercase()).collect());
            }
        }
        self
    }

    pub fn is_empty(&self) -> bool {
        self.words.is_empty() && self.clauses.is_empty()
    }

    /// Whether some of it is left to the search.
    pub fn searches(&self, list: ListName) -> bool {
        sql::search(list, self).is_some()
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Clause {
    pub field: Field,
    pub negated: bool,
    pub test: Test,
}

/// What a clause is about; not every list has every one of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Field {
    Order,
    Invoice,
    Series,
    Client,
    TaxId,
    Email,
    Total,
    Currency,
    /// Of a document, with `mismatched` and `changed`; of an order, its decision.
    State,
    Kind,
    Provider,
    Connection,
    Issued,
    Created,
    EInvoice,
    Reference,
    Failure,
    Reason,
    ShopStatus,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Test {
    /// One of these, as stored.
    AnyOf(Vec<String>),
    /// One of these numbers (without leading zeros), in a series where one is named.
    Numbers(Vec<(Option<String>, String)>),
    /// At least one of these texts: each of its words begins a word of the field.
    Words(Vec<String>),
    /// From the first on, and before the second: minor units, or UTC milliseconds.
    Between(Option<i64>, Option<i64>),
}

/// How the rows of a filter are best found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Way {
    /// Few: all of them by one index, sorted here. The clause by its place; `None` is the search.
    Gather(Option<usize>),
    /// Along the index of a clause whose rows stand in the wanted order.
    Prefix(usize),
    /// Along the search, newest first.
    Search,
    /// Along the index of the sort, looking at every row.
    Walk,
}

/// Sums by currency, in minor units.
pub type Totals = std::collections::BTreeMap<String, i64>;

/// A sort's or a filter's key, whatever it is written as (`#1042`, `1042`): as the ledger's own columns say it.
pub(super) fn number_key(text: &str) -> String {
    if !text.is_empty() && text.len() <= 20 && text.bytes().all(|byte| byte.is_ascii_digit()) {
        format!("{text:0>20}")
    } else {
        text.to_ascii_lowercase()
    }
}

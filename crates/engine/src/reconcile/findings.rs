//! What goes into a reconcile pass and what it finds.

use chrono::NaiveDate;
use punte_domain::DocumentState;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// A document of the ledger.
#[derive(Debug, Clone)]
pub struct Ours {
    pub row: i64,
    pub id: String,
    pub order_row: i64,
    pub reference: String,
    pub state: DocumentState,
    /// Made by the provider's storno call: it may bear no reference, or its original's.
    pub is_storno: bool,
    /// The reference of the document that this one reverses.
    pub reverses: Option<String>,
    pub series: String,
    pub number: Option<String>,
    pub provider_id: Option<String>,
    /// The day of issue; of one that is not issued, the day on which it was planned.
    pub day: Option<NaiveDate>,
    pub total: Decimal,
    pub currency: String,
    pub client: String,
    /// Issued so lately that the provider may not list it yet: its absence proves nothing.
    pub is_recent: bool,
}

/// An order that is paid and has no document yet.
#[derive(Debug, Clone)]
pub struct WaitingOrder {
    pub order_row: i64,
    pub order_id: String,
    pub day: NaiveDate,
    pub reason: String,
}

/// A document at the provider. `None` and empty are "not told".
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Theirs {
    pub series: String,
    pub number: String,
    pub provider_id: Option<String>,
    pub day: Option<NaiveDate>,
    pub total: Option<Decimal>,
    pub currency: String,
    pub client: String,
    pub cancelled: Option<bool>,
    pub is_storno: Option<bool>,
    pub references: Vec<String>,
    /// Whose it is could be read.
    pub is_read: bool,
}

/// What an absence proves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Coverage {
    /// Everything of the series from one day to another was listed: what is not in it, is not there.
    Listed { from: NaiveDate, to: NaiveDate },
    /// The numbers from one to another, both included, were looked at. Those in `empty` certainly bear no document; those
    /// below `given` were given out once.
    Numbers { looked: (u64, u64), empty: BTreeSet<u64>, given: u64 },
    /// The list was cut off: an absence proves nothing.
    Nothing,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FindingKind {
    Mismatched,
    /// The ledger knows that it should be there, and it is not issued yet: no alarm.
    Expected,
    MissingThere,
    UnknownHere,
    /// Bears the reference of a document that stands elsewhere.
    Duplicate,
    Gap,
    /// Two documents under one number.
    Repeat,
}

impl FindingKind {
    pub const ALL: [FindingKind; 7] = [
        FindingKind::Mismatched,
        FindingKind::Expected,
        FindingKind::MissingThere,
        FindingKind::UnknownHere,
        FindingKind::Duplicate,
        FindingKind::Gap,
        FindingKind::Repeat,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            FindingKind::Mismatched => "mismatched",
            FindingKind::Expected => "expected",
            FindingKind::MissingThere => "missing_there",
            FindingKind::UnknownHere => "unknown_here",
            FindingKind::Duplicate => "duplicate",
            FindingKind::Gap => "gap",
            FindingKind::Repeat => "repeat",
        }
    }

    pub fn parse(text: &str) -> Option<FindingKind> {
        FindingKind::ALL.into_iter().find(|kind| kind.as_str() == text)
    }
}

/// A field that the two sides have otherwise.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Difference {
    /// `total`, `currency`, `client`, `date`, `state`, `number`, `reference`.
    pub field: String,
    pub ours: String,
    pub theirs: String,
}

/// A document at the provider, as a finding shows it. Empty is "not told".
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seen {
    pub series: String,
    pub number: String,
    pub provider_id: String,
    pub date: String,
    pub total: String,
    pub currency: String,
    pub client: String,
    /// `cancelled`, `storno`, or empty.
    pub state: String,
    pub references: Vec<String>,
}

/// What a finding says beside its kind.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Facts {
    /// Expected: the record's state, or the order's reason. Missing there: `absent`, `number_given`. Unknown here:
    /// `elsewhere`, `another_punte`, `storno`, `not_linked`, `deleted_here`. Gap: `deleted_here`, `record_missing`,
    /// `unexplained`.
    pub why: String,
    /// `storno`, `link`, `look`, or empty.
    pub proposal: String,
    pub reference: String,
    /// Series and number of the document that our record is linked to.
    pub linked: String,
    /// Gap: the last missing number in a row.
    pub until: String,
    pub differs: Vec<Difference>,
    pub theirs: Vec<Seen>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    pub kind: FindingKind,
    /// What it is about: with the kind and the series it is the same finding in a later pass.
    pub subject: String,
    pub document_row: Option<i64>,
    pub order_row: Option<i64>,
    /// As printed.
    pub number: Option<String>,
    pub provider_id: Option<String>,
    pub day: Option<NaiveDate>,
    pub facts: Facts,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Classified {
    pub matched: u32,
    /// Could not be judged, for the provider did not tell enough.
    pub not_told: u32,
    pub findings: Vec<Finding>,
    /// Pairs of the period that agree in everything told: documents' rows.
    pub agreed: Vec<i64>,
}

//! What keeps a whole file from being read: named, with what to do about it.

use std::fmt;

/// Why a file is not read at all. What is wrong with single orders comes with them, as [`super::RejectedOrder`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FileTrouble {
    /// The system gave no bytes; its words.
    NotReadable(String),
    Empty,
    /// Neither JSON nor a table with headings; what it looks like.
    NotATable(String),
    /// Over a limit: what is, and the limit.
    TooLarge {
        what: String,
        limit: String,
    },
    /// A workbook whose inside contradicts itself, or is made to be unpacked without end.
    Damaged(String),
    /// Required fields that no column and no default gives.
    MissingColumn(Vec<String>),
    /// A column that was chosen and is not in the file, or is there twice: field, heading, why.
    BadColumn {
        field: String,
        heading: String,
        reason: String,
    },
    /// A default that cannot be: which, and why.
    BadDefault {
        name: String,
        reason: String,
    },
}

impl FileTrouble {
    /// A word that stays, to branch on.
    pub fn code(&self) -> &'static str {
        match self {
            FileTrouble::NotReadable(_) => "not_readable",
            FileTrouble::Empty => "empty",
            FileTrouble::NotATable(_) => "not_a_table",
            FileTrouble::TooLarge { .. } => "too_large",
            FileTrouble::Damaged(_) => "damaged",
            FileTrouble::MissingColumn(_) => "missing_column",
            FileTrouble::BadColumn { .. } => "bad_column",
            FileTrouble::BadDefault { .. } => "bad_default",
        }
    }
}

impl fmt::Display for FileTrouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            FileTrouble::NotReadable(error) => write!(f, "the file cannot be read: {error}"),
            FileTrouble::Empty => f.write_str("the file is empty: export it again"),
            FileTrouble::NotATable(why) => {
                write!(f, "{why}: export the orders as CSV, as XLSX, or as JSON")
            }
            FileTrouble::TooLarge { what, limit } => {
                write!(f, "{what} is over {limit}: export fewer orders at a time, or as CSV")
            }
            FileTrouble::Damaged(why) => write!(f, "the workbook is damaged ({why}): save it again, or as CSV"),
            FileTrouble::MissingColumn(fields) => {
                write!(f, "no column gives {}: choose one for each", fields.join(", "))
            }
            FileTrouble::BadColumn { field, heading, reason } => {
                write!(f, "{field}: the column \"{heading}\" {reason}: choose another")
            }
            FileTrouble::BadDefault { name, reason } => write!(f, "{name}: {reason}"),
        }
    }
}

impl std::error::Error for FileTrouble {}

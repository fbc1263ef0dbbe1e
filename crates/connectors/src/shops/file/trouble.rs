//! What keeps a whole file from being read.

use crate::shops::{Reason, ReasonCode};
use std::fmt;

/// Why a file is not read at all. What is wrong with single orders comes with them, as [`super::RejectedOrder`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileTrouble(pub Reason);

impl FileTrouble {
    /// A word that stays, to branch on.
    pub fn code(&self) -> &'static str {
        self.0.code.as_str()
    }

    /// Whether other columns or defaults would mend it.
    pub fn is_of_columns(&self) -> bool {
        use ReasonCode as R;
        matches!(self.0.code, R::ColumnMissing | R::UnknownField | R::NoSuchHeading | R::HeadingTwice | R::BadDefault)
    }
}

impl<R: Into<Reason>> From<R> for FileTrouble {
    fn from(reason: R) -> Self {
        FileTrouble(reason.into())
    }
}

impl fmt::Display for FileTrouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl std::error::Error for FileTrouble {}

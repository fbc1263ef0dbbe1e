//! The mapping editor's use cases: mappings and their versions, what one makes of an order before anybody relies on it, dry
//! runs over many orders, and one record's own edits.
//!
//! Nothing here sends anything. Publishing and a record's edits change what is decided from then on; whatever was sent stays as
//! it was sent.

mod dry_run;
mod edits;
mod fitting;
mod flows;
mod record;
mod samples;
mod trial;
mod versions;

pub(crate) use dry_run::DryRun;
pub use dry_run::{DryRunQuery, DryRunReport, DryRunRow, DryRunState};
pub(crate) use edits::with_edits;
pub use fitting::Fitting;
pub use record::{EditPreview, RecordFields};
pub use samples::{Sample, Which};
pub use trial::{Payload, Trial, TrialOrder};
pub use versions::{MappingStart, MappingState, Published};

use crate::error::{EngineError, Result};
use punte_mapping::{CompiledMapping, Mapping, RuleError};

/// A stored mapping, of either format.
pub(crate) fn parsed(text: &str) -> Result<Mapping> {
    Mapping::parse(text).map_err(|error| EngineError::Invalid { field: "mapping", detail: error.to_string() })
}

/// A mapping ready to run; refused by its first error.
pub(crate) fn compiled(mapping: &Mapping) -> Result<CompiledMapping> {
    punte_mapping::compile(mapping)
        .map_err(|errors| EngineError::Invalid { field: "mapping", detail: first_of(&errors) })
}

fn first_of(errors: &[RuleError]) -> String {
    let named = |error: &RuleError| match &error.block {
        Some(block) => format!("{block}.{error}"),
        None => error.to_string(),
    };
    errors.first().map_or_else(String::new, named)
}

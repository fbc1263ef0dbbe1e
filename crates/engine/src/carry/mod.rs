//! A workspace's set-up as one TOML file, for another company to start from: connections without their credentials, published
//! mappings, flows.
//!
//! An import adds and changes nothing that stands: what is here already is used, whatever is new comes in as it is in the file,
//! but for two things. No connection has a credential, and no flow is switched on: by an import alone nothing is ever issued.
//! It is looked at as a whole before anything is written, and written as a whole.

mod export;
mod file;
mod plan;
mod read;
mod same;
#[cfg(test)]
mod tests;
mod write;

pub use file::{Carried, CarriedConnection, CarriedFlow, CarriedHead, FORMAT};

use crate::error::{EngineError, Result};
use crate::workspace::{Change, Workspace};
use punte_store::StoreError;
use punte_store::ledger::NewSetup;

/// The largest file.
pub const MOST_BYTES: usize = 1024 * 1024;
/// Entries of one file.
pub const MOST_CONNECTIONS: usize = 200;
pub const MOST_MAPPINGS: usize = 200;
pub const MOST_FLOWS: usize = 1000;

macro_rules! codes {
    ($($(#[$doc:meta])* $variant:ident => $code:literal),+ $(,)?) => {
        /// Everything that can be wrong with a file.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum SetupCode { $($(#[$doc])* $variant),+ }

        impl SetupCode {
            pub const ALL: &'static [SetupCode] = &[$(SetupCode::$variant),+];

            /// Catalogue key.
            pub fn as_str(self) -> &'static str {
                match self { $(SetupCode::$variant => $code),+ }
            }
        }
    };
}

codes! {
    NotToml => "not_toml",
    /// No `[punte]` with `setup = 1`.
    NotASetup => "not_a_setup",
    TooNew => "too_new",
    UnknownField => "unknown_field",
    WrongValue => "wrong_value",
    MissingField => "missing_field",
    TooMany => "too_many",
    TooLong => "too_long",
    /// A field that would hold a secret, or a login in an address.
    SecretInside => "secret_inside",
    /// A name that nothing of the file has; of what is put in another's place, what does not stand in the file.
    NamesNothing => "names_nothing",
    MappingWrong => "mapping_wrong",
    ConditionWrong => "condition_wrong",
    AddressWrong => "address_wrong",
    TaxIdWrong => "tax_id_wrong",
    /// The same thing, or the same name, twice.
    Doubled => "doubled",
}

/// One thing that keeps a file from being taken in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SetupProblem {
    pub code: SetupCode,
    /// `flows[2].mapping`, counted from 1; `line 12` of what is no TOML.
    pub at: String,
    /// The name of the entry that it is in; empty where it has none.
    pub name: String,
    /// What stands there, or what is wrong with it.
    pub given: String,
}

/// What of the file is another here: pairs of what stands there and what takes its place.
#[derive(Debug, Clone, Default)]
pub struct Renames {
    pub companies: Vec<(String, String)>,
    pub series: Vec<(String, String)>,
    /// Stripe's accounts: whose orders come, and a part of what an invoice is known by.
    pub accounts: Vec<(String, String)>,
}

/// A connection or mapping of the file, as it is or would be here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlannedItem {
    pub name: String,
    pub kind: String,
    pub detail: String,
    /// It is not here yet.
    pub is_new: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlannedFlow {
    pub name: String,
    pub shop: String,
    pub billing: String,
    pub mapping: String,
    pub company: String,
    pub series: String,
    pub is_new: bool,
}

/// What a file would add. Nothing is added while it has problems.
#[derive(Debug, Clone, Default)]
pub struct SetupPlan {
    pub workspace: String,
    /// The file need not say it.
    pub made_at_ms: Option<i64>,
    pub version: String,
    /// Tax ids, series and Stripe's accounts as they stand in the file.
    pub companies: Vec<String>,
    pub series: Vec<String>,
    pub accounts: Vec<String>,
    pub connections: Vec<PlannedItem>,
    pub mappings: Vec<PlannedItem>,
    pub flows: Vec<PlannedFlow>,
    pub problems: Vec<SetupProblem>,
}

impl Workspace {
    /// The set-up as a file's text.
    pub async fn export_setup(&self, version: &str) -> Result<String> {
        self.write_setup(version).await
    }

    /// What a file would add, and everything wrong with it. Writes nothing.
    pub async fn preview_setup(&self, text: &str, renames: &Renames) -> Result<SetupPlan> {
        Ok(self.plan_setup(text, renames, "").await?.0)
    }

    /// Takes a file in, in one write. With problems nothing is written, and they are in the answer.
    ///
    /// # Errors
    /// [`EngineError::NotNow`] `setup_changed` where somebody changed the set-up meanwhile: nothing is written then.
    pub async fn import_setup(&self, text: &str, renames: &Renames, who: &str) -> Result<SetupPlan> {
        let seen = self.ledger.read_setup_state().await?;
        let (plan, new) = self.plan_setup(text, renames, who).await?;
        if !plan.problems.is_empty() {
            return Ok(plan);
        }
        self.add_setup(new, seen).await?;
        Ok(plan)
    }

    async fn add_setup(&self, new: NewSetup, seen: String) -> Result<()> {
        match self.ledger.add_setup(new, seen, self.now_ms()).await {
            Err(StoreError::Stale(_)) => return Err(EngineError::NotNow("setup_changed")),
            added => added?,
        }
        self.changed(Change::Connections);
        self.changed(Change::Mappings);
        Ok(())
    }
}

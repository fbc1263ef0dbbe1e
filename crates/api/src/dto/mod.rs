//! What crosses the border to a screen or a terminal, in the shapes that TypeScript sees.
//!
//! Instants are UTC milliseconds; amounts are minor units beside a currency code; states, kinds and reasons are codes whose
//! words live in the catalogues.

mod alerts;
mod app;
mod audit;
mod backfill;
mod backup;
mod bulk;
mod changes;
mod clients;
mod connections;
mod desk;
mod desktop;
mod draft_edits;
mod dry_run;
mod editor;
mod einvoices;
mod failures;
mod imports;
mod inbox;
mod log;
mod months;
mod operations;
mod people;
mod reconcile;
mod records;
mod rules;
mod schedule;
mod setup;
mod table;
mod vault;

pub use alerts::*;
pub use app::*;
pub use audit::*;
pub use backfill::*;
pub use backup::*;
pub use bulk::*;
pub use changes::*;
pub use clients::*;
pub use connections::*;
pub use desk::*;
pub use desktop::*;
pub use draft_edits::*;
pub use dry_run::*;
pub use editor::*;
pub use einvoices::*;
pub use failures::*;
pub use imports::*;
pub use inbox::*;
pub use log::*;
pub use months::*;
pub use operations::*;
pub use people::*;
pub use reconcile::*;
pub use records::*;
pub use rules::*;
pub use schedule::*;
pub use setup::*;
pub use table::*;
pub use vault::*;

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// An amount of money.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Amount {
    #[ts(type = "number")]
    pub minor: i64,
    pub currency: String,
}

/// An empty request or answer.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Nothing {}

/// Names one thing by its id.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct ById {
    pub id: String,
}

/// A failure as the screens judge it: severity, words and action follow from `kind`, `phase` and `next`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct FailureInfo {
    /// Code of the failure kind (`vat_rate_unknown`).
    pub kind: String,
    /// `prepare`, `not_sent`, `unknown`, `refused`, `mismatch`.
    pub phase: String,
    /// `retry_by_itself`, `fix_then_retry`, `ask_provider`, `needs_person`, `stop_connection`.
    pub next: String,
    /// Who spoke: `smartbill`, `oblio`, `woocommerce`; empty where nobody was asked.
    pub source: String,
    pub operation: String,
    pub object: String,
    /// The other side's own words, to be quoted and labelled.
    pub provider_words: Option<String>,
    /// Which of its known answers this is (`smartbill.vat_of_product`): its own explanation stands under it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub code: Option<String>,
    /// Facts: the field, the value, the rate.
    pub detail: Option<String>,
    #[ts(type = "number | null")]
    pub retry_at_ms: Option<i64>,
}

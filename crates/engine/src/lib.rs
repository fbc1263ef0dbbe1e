//! The use cases: take orders in, decide, map, issue, settle what is in doubt, verify, and serve the operator.
//!
//! Owns every decision about what happens next and when. Refuses Tauri, HTTP servers, wire formats and screen text: facts
//! and codes go out, words are the screens'.

#![allow(clippy::missing_errors_doc)]

mod again;
pub mod alerts;
pub mod audit;
pub mod backfill;
pub mod backup;
pub mod bulk;
mod candidates;
pub mod carry;
mod changes;
pub mod clients;
pub mod clock;
mod connect;
mod credentials;
mod decide;
pub mod desk;
mod doubled;
pub mod editor;
pub mod einvoices;
pub mod error;
pub mod imports;
pub mod inbox;
mod intake;
mod judgement;
mod mark;
pub mod metrics;
pub mod month;
mod notes;
mod offers;
pub mod operations;
mod operator;
mod outbox;
pub mod people;
mod quarantine;
mod reads;
pub mod reconcile;
mod rules;
pub mod schedule;
pub mod settle;
pub mod setup;
mod storno;
mod told;
mod verify;
pub mod workspace;

pub use clock::{Clock, SystemClock};
pub use connect::{Address, is_loopback};
pub use error::{EngineError, Result};
pub use offers::{Act, Kin, Offer, paid_at_issue};
pub use operations::{OperationEvidence, OperationParams};
pub use operator::{RetryReport, RetrySkip, safe_because};
pub use quarantine::QuarantineStanding;
pub use reads::{ConnectionLists, DocumentFile};
pub use rules::{RulesPreview, RulesSample};
pub use storno::ChangePlan;
pub use workspace::{Change, Deps, Timing, Workspace};

pub use punte_connectors as connectors;
pub use punte_mapping as mapping;
pub use punte_store as store;
pub use punte_vault as vault;

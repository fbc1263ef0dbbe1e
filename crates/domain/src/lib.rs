//! The words of Punte as types: money, VAT, tax ids, orders, drafts, what makes a document unique, its lifecycle and its
//! failures.
//!
//! Owns every rule that needs nothing but its inputs. Refuses I/O, async, the clock and randomness, so that each rule can
//! be tested over its whole domain and means the same in the engine, in a simulator run and on screen.

pub mod changes;
pub mod correction;
pub mod draft;
pub mod draft_edits;
pub mod erasure;
pub mod failure;
pub mod fingerprint;
pub mod fiscal;
pub mod identity;
pub mod lifecycle;
pub mod money;
pub mod operation;
pub mod order;
pub mod personal;
pub mod planted;
pub mod rules;
pub mod tax_id;
pub mod vat;
pub mod workdays;

pub use changes::{ChangeEvent, ChangeKind, ChangeState, Difference, OrderChange, Proposal, RefundMode, changes_since};
pub use draft::{Client, CollectKind, Draft, DraftProblem, Line, LineKind, Payment};
pub use draft_edits::{DraftEdit, FieldChange, anchored, apply_edits, diff_drafts};
pub use failure::{Failure, FailureKind, Next, Phase};
pub use fingerprint::fingerprint;
pub use fiscal::{fiscal_date, fiscal_day_start};
pub use identity::{IssueKey, Reference, Role, WorkspaceSeed};
pub use lifecycle::{DocumentEvent, DocumentState, IllegalTransition, Verification};
pub use money::{Currency, MoneyError};
pub use operation::{OperationEvent, OperationKind, OperationSettling, OperationState};
pub use order::{OrderHead, OrderStatus};
pub use rules::{Facts, FlowRules, FollowUps, Judged};

//! The outside world: billing providers and shops, each behind a trait, all over one transport.
//!
//! Owns wire formats and what an answer means. Refuses to decide what happens next: it returns facts and
//! [`punte_domain::Failure`]s; the engine schedules, stores and settles. No module here knows another provider's ways.

pub mod alerts;
pub mod billing;
mod call;
mod mask;
mod pace;
mod scalar;
#[cfg(test)]
mod scripted;
pub mod shops;
pub mod transport;

pub use pace::{BudgetStanding, Budgets, StoredBudget, Urgency};
pub use transport::{
    Header, HttpAnswer, HttpRequest, HttpTransport, HttpTransportConfig, Limits, Transport, TransportError,
};

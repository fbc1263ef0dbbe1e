//! The answer to what a provider cannot do: a failure before anything is sent, never a silent nothing.

use super::{Ability, DocumentKind, Exchange, Target, WireRecord};
use crate::call::Operation;
use punte_domain::{Failure, FailureKind, Phase};

pub(crate) fn not_offered(ability: Ability, object: impl Into<String>) -> Failure {
    Operation::new(ability.as_str(), object).failure(FailureKind::NotOffered, Phase::Prepare)
}

/// The same, for what would change the provider.
pub(crate) fn no_exchange<T>(ability: Ability, object: impl Into<String>) -> Exchange<T> {
    Exchange { outcome: Err(not_offered(ability, object)), record: WireRecord::default() }
}

/// Payments and e-Factura are of invoices alone.
pub(crate) fn is_invoice(ability: Ability, target: &Target) -> Result<(), Failure> {
    match target.kind {
        DocumentKind::Invoice => Ok(()),
        DocumentKind::Proforma => Err(not_offered(ability, target.name()).with_detail("proforma")),
    }
}

//! The account's VAT rates, kept for some minutes so that a create does not ask for them every time.

use super::VatRate;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::time::Instant;

const KEPT: Duration = Duration::from_secs(10 * 60);

type Known = (Instant, Arc<Vec<VatRate>>);

/// By company.
#[derive(Default)]
pub(crate) struct RatesCache(Mutex<HashMap<String, Known>>);

impl RatesCache {
    pub(crate) fn find(&self, company: &str) -> Option<Arc<Vec<VatRate>>> {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.get(company).filter(|(read, _)| read.elapsed() < KEPT).map(|(_, rates)| rates.clone())
    }

    pub(crate) fn keep(&self, company: &str, rates: Vec<VatRate>) -> Arc<Vec<VatRate>> {
        let rates = Arc::new(rates);
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.insert(company.to_owned(), (Instant::now(), rates.clone()));
        rates
    }
}

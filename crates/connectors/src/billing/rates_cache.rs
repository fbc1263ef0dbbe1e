//! The account's VAT rates, kept for some minutes so that a create does not ask for them every time.

use super::prepare::{Unsendable, assumed_rates};
use super::{BillingProvider, VatRate};
use crate::call::{Operation, before_sending};
use bytes::Bytes;
use punte_domain::{Draft, Failure, FailureKind};
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

    /// The rates that a body is shown with, without asking: those kept here, else those that the caller read once, else as the
    /// draft names them.
    pub(crate) fn to_show(&self, company: &str, listed: Option<&[VatRate]>, draft: &Draft) -> Vec<VatRate> {
        match (self.find(company), listed) {
            (Some(known), _) => known.to_vec(),
            (None, Some(listed)) => listed.to_vec(),
            (None, None) => assumed_rates(draft),
        }
    }

    /// A body made with the company's rates. A rate that is not among the known ones may have been added since: they are
    /// read anew once.
    pub(crate) async fn body(
        &self,
        provider: &dyn BillingProvider,
        operation: &Operation,
        company: &str,
        make: impl Fn(&[VatRate]) -> Result<Bytes, Unsendable> + Send + Sync,
    ) -> Result<Bytes, Failure> {
        let read = async || {
            let rates = provider.list_vat_rates(company).await.map_err(before_sending)?;
            Ok::<_, Failure>(self.keep(company, rates))
        };
        let body = match self.find(company) {
            None => make(&read().await?),
            Some(known) => match make(&known) {
                Err(Unsendable { kind: FailureKind::VatRateUnknown, .. }) => make(&read().await?),
                made => made,
            },
        };
        body.map_err(|problem| problem.failure(operation))
    }
}

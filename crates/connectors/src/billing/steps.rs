//! The steps of a live test that every provider has alike.

use super::{BillingProvider, CheckStep};
use crate::call::Operation;
use punte_domain::{Failure, FailureKind, Phase};

/// Steps so far; once one has failed, the rest is not tried.
#[derive(Default)]
pub(crate) struct Steps(Vec<CheckStep>);

impl Steps {
    pub(crate) fn good(&mut self, step: &'static str, found: String) {
        self.0.push(CheckStep { step, failure: None, found });
    }

    pub(crate) fn bad(mut self, step: &'static str, failure: Failure) -> Vec<CheckStep> {
        self.fail(step, failure);
        self.0
    }

    pub(crate) fn done(self) -> Vec<CheckStep> {
        self.0
    }

    fn fail(&mut self, step: &'static str, failure: Failure) {
        self.0.push(CheckStep { step, failure: Some(failure), found: String::new() });
    }

    fn failed(&self) -> bool {
        self.0.last().is_some_and(|step| step.failure.is_some())
    }

    /// The invoice series, or the wanted one with its next number.
    pub(crate) async fn series(&mut self, provider: &dyn BillingProvider, company: &str, wanted: Option<&str>) {
        if self.failed() {
            return;
        }
        let listed = match provider.list_series(company).await {
            Ok(listed) => listed,
            Err(failure) => return self.fail("series", failure),
        };
        let mut of_invoices = listed.iter().filter(|series| series.document_type == "invoice");
        match wanted {
            None => self.good("series", of_invoices.map(|series| series.name.as_str()).collect::<Vec<_>>().join(", ")),
            Some(wanted) => match of_invoices.find(|series| series.name == wanted) {
                Some(series) => {
                    let next = series.next_number.as_deref().unwrap_or("?");
                    self.good("series", format!("{wanted} {next}"));
                }
                None => {
                    let offered = listed.iter().map(|series| series.name.as_str()).collect::<Vec<_>>().join(", ");
                    let operation = Operation::new("find series", format!("series {wanted}"));
                    let failure = operation.failure(FailureKind::SeriesUnknown, Phase::Refused);
                    self.fail("series", failure.with_detail(offered));
                }
            },
        }
    }

    pub(crate) async fn vat_rates(&mut self, provider: &dyn BillingProvider, company: &str) {
        if self.failed() {
            return;
        }
        match provider.list_vat_rates(company).await {
            Ok(rates) => {
                let shown = rates.iter().map(|rate| format!("{} {} %", rate.name, rate.percent.normalize()));
                self.good("vat_rates", shown.collect::<Vec<_>>().join(", "));
            }
            Err(failure) => self.fail("vat_rates", failure),
        }
    }
}

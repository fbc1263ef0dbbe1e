//! The reconcile pass at the end of a world: it must show what no one could prevent, and what other people did.

use crate::clock::lock;
use crate::hands::{host_of, series_of};
use crate::world::{Life, World};
use chrono::Days;
use punte_engine::reconcile::{Finding, FindingKind};
use punte_sandbox::{Provider, account};

/// Passes over one series until it was looked at whole.
const MOST_PASSES: u32 = 20;

/// What the passes found, by provider.
pub struct Findings(Vec<(Provider, Finding)>);

impl Findings {
    pub async fn of(world: &World, life: &Life, broken: &mut Vec<String>) -> Findings {
        let mut all = Vec::new();
        let connections = life.workspace().ledger().list_connections().await.unwrap_or_default();
        let today = world.today();
        // a machine whose clock was set forward dated some of them ahead
        let around = Days::new(40);
        let period = (today.checked_sub_days(around).unwrap_or(today), today.checked_add_days(around).unwrap_or(today));
        for provider in [Provider::Oblio, Provider::SmartBill] {
            let kind = crate::run::provider_name(provider);
            let Some(connection) = connections.iter().find(|one| one.kind == kind) else { continue };
            for pass in 1..=MOST_PASSES {
                let series = series_of(provider);
                let report = life.workspace().reconcile(&connection.id, account::COMPANY, series, period, "ana").await;
                match report {
                    Ok(report) => {
                        if std::env::var_os("TRACE").is_some() {
                            eprintln!("{series}: complete {} {} {:#?}", report.complete, report.why, report.findings);
                        }
                        all.extend(report.findings.into_iter().map(|finding| (provider, finding)));
                        if report.complete || report.resume_at.is_none() {
                            break;
                        }
                    }
                    Err(error) => {
                        broken.push(format!("the pass over {series} failed: {error}"));
                        break;
                    }
                }
                if pass == MOST_PASSES {
                    broken.push(format!("the passes over {series} never came to an end"));
                }
            }
        }
        Findings(all)
    }

    pub fn names_number(&self, provider: Provider, number: &str, kinds: &[FindingKind]) -> bool {
        self.0.iter().any(|(at, finding)| {
            let is_it = finding.number.as_deref().is_some_and(|one| same_number(one, number));
            *at == provider && kinds.contains(&finding.kind) && is_it
        })
    }

    /// Whether a number is shown as what the provider has in the place of one of ours.
    pub fn names_as_theirs(&self, provider: Provider, number: &str) -> bool {
        let is_it = |theirs: &str| theirs.rsplit(' ').next().is_some_and(|one| same_number(one, number));
        self.0.iter().any(|(at, finding)| {
            *at == provider && finding.facts.differs.iter().any(|one| one.field == "number" && is_it(&one.theirs))
        })
    }

    pub fn names_document(&self, row: i64) -> bool {
        self.0.iter().any(|(_, finding)| finding.document_row == Some(row) && finding.kind != FindingKind::Expected)
    }
}

/// Numbers are compared as numbers.
pub fn same_number(one: &str, other: &str) -> bool {
    one.trim_start_matches('0') == other.trim_start_matches('0')
}

/// Whether somebody other than Punte made, or unmade, a number.
pub fn touched_by_hand(world: &World, provider: Provider, series: &str, number: &str) -> bool {
    let host = host_of(provider);
    let is_it = |one: &(&'static str, String, String)| one.0 == host && one.1 == series && same_number(&one.2, number);
    lock(&world.hands.made).iter().any(is_it) || lock(&world.hands.deleted).iter().any(is_it)
}

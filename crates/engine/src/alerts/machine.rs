//! When a cause is raised, and when it is over: pure, out of what stands and what was found now.
//!
//! A cause is raised once, when it has stood for as long as its rule asks. It is over when it has been gone for a calm; what comes
//! back within it was never gone, and each time that it ended within a day the calm is twice as long.

use super::settings::Rule;
use punte_store::ledger::{Alert, AlertStep};
use serde_json::Value;
use std::collections::{BTreeMap, HashMap, HashSet};

const MINUTE_MS: i64 = 60 * 1000;
/// How long a cause must be gone before it is over.
const CALM_MS: i64 = 5 * MINUTE_MS;
const LONGEST_CALM_MS: i64 = 60 * MINUTE_MS;
/// Ends within so long make the calm longer.
pub(super) const FLAPS_MS: i64 = 24 * 60 * MINUTE_MS;

/// Something that a rule found.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Finding {
    pub rule: Rule,
    pub cause: String,
    pub facts: Value,
    /// Enough to be raised; what is not only stays where it was.
    pub raises: bool,
    /// How long it must stand before it is raised.
    pub hold_ms: i64,
}

fn calm_ms(ended: u32) -> i64 {
    (CALM_MS << ended.min(8)).min(LONGEST_CALM_MS)
}

/// What becomes of each alert. `ended` says how often each cause ended within a day.
pub(super) fn steps(
    standing: &[Alert],
    findings: Vec<Finding>,
    ended: &BTreeMap<(String, String), u32>,
    now_ms: i64,
    mut new_id: impl FnMut() -> String,
) -> Vec<AlertStep> {
    let known: HashMap<(&str, &str), &Alert> =
        standing.iter().map(|one| ((one.rule.as_str(), one.cause.as_str()), one)).collect();
    let mut found = HashSet::new();
    let mut steps = Vec::new();
    for finding in findings {
        let Some(alert) = known.get(&(finding.rule.as_str(), finding.cause.as_str())) else {
            if finding.raises {
                steps.push(AlertStep::See {
                    id: new_id(),
                    rule: finding.rule.as_str().to_owned(),
                    cause: finding.cause,
                    facts: finding.facts,
                    raised: finding.hold_ms <= 0,
                });
            }
            continue;
        };
        found.insert(alert.row);
        if alert.raised_ms.is_none() {
            let stood_ms = now_ms - alert.seen_ms;
            // a clock that went back since says nothing of how long it stood
            if !finding.raises || stood_ms < 0 {
                steps.push(AlertStep::Forget(alert.row));
                continue;
            }
            if stood_ms >= finding.hold_ms {
                steps.push(AlertStep::Raise(alert.row));
            }
        } else if alert.clear_ms.is_some() {
            steps.push(AlertStep::Again(alert.row));
        }
        if alert.facts != finding.facts {
            steps.push(AlertStep::Facts(alert.row, finding.facts));
        }
    }
    for alert in standing.iter().filter(|one| !found.contains(&one.row)) {
        let key = (alert.rule.clone(), alert.cause.clone());
        match (alert.raised_ms, alert.clear_ms) {
            (None, _) => steps.push(AlertStep::Forget(alert.row)),
            (Some(_), None) => steps.push(AlertStep::Clear(alert.row)),
            (Some(_), Some(clear_ms)) => {
                let gone_ms = now_ms - clear_ms;
                if gone_ms < 0 || gone_ms >= calm_ms(ended.get(&key).copied().unwrap_or(0)) {
                    steps.push(AlertStep::Recover(alert.row));
                }
            }
        }
    }
    steps
}

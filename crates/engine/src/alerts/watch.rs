//! What each rule finds in the ledger now: a few rows out of an index, whatever its size.
//!
//! What is one cause: a failure group its fingerprint; what is in doubt the connection that it is in doubt at; a stopped
//! connection its provider's address, so that an outage is one however many connections and records run into it; a shop; the day by
//! which invoices must be in e-Factura; a series; a plan; the backup.

use super::machine::Finding;
use super::settings::{AlertSettings, Rule};
use super::usual::{LEARNED_MS, Usual};
use crate::connect::is_connections_fault;
use crate::error::Result;
use crate::workspace::Workspace;
use chrono::{Datelike, Days, NaiveDate};
use punte_connectors::shops::ShopKind;
use punte_domain::workdays::{einvoice_deadline, working_days_left};
use punte_domain::{FailureKind, fiscal_date, fiscal_day_start};
use punte_store::ledger::{Connection, Stop};
use serde_json::{Value, json};
use std::collections::{BTreeMap, HashMap, HashSet};

const MINUTE_MS: i64 = 60 * 1000;
const HOUR_MS: i64 = 60 * MINUTE_MS;
/// How often a shop's usual hours are learned anew.
const LEARN_EVERY_MS: i64 = 6 * HOUR_MS;
/// A silence must stand for so long: orders that came late may just be on their way in.
const SILENCE_HOLD_MS: i64 = 10 * MINUTE_MS;
/// The cause of what is told of the credential store.
const CREDENTIALS: &str = "credentials";
/// Whoever has just started Punte is still typing.
const CLOSED_MS: i64 = 10 * MINUTE_MS;
/// A limit that is over soon is no alarm.
const LIMITED_MS: i64 = HOUR_MS;
/// Working days after which what is late raises nothing any more: it was told, or is from before anybody watched.
const LATE_DAYS: i32 = 5;
/// How far back what is not in e-Factura is looked for.
const EINVOICE_DAYS: Days = Days::new(92);
/// A plan is nearly full from so many hundredths on.
const NEARLY: u64 = 90;

/// What is kept between two looks.
#[derive(Default)]
pub(super) struct Learned(HashMap<String, (i64, Option<Usual>)>);

/// What one look found.
#[derive(Default)]
pub(super) struct Looked {
    pub found: Vec<Finding>,
    /// Rules that could not look: what they raised stands, and the others go on.
    pub blind: Vec<Rule>,
}

fn finding(rule: Rule, cause: impl Into<String>, facts: Value) -> Finding {
    Finding { rule, cause: cause.into(), facts, raises: true, hold_ms: 0 }
}

impl Workspace {
    /// What the rules that are on find. While `is_early` (the program has just begun, or the machine woke) nothing is raised that
    /// work under way may settle.
    pub(super) async fn look_for_alerts(
        &self,
        settings: &AlertSettings,
        learned: &mut Learned,
        is_early: bool,
    ) -> Result<Looked> {
        let connections = self.ledger.list_connections().await?;
        let on = |rule: Rule| settings.rule(rule).on;
        let threshold = |rule: Rule| i64::from(settings.rule(rule).threshold);
        let mut looked = Looked::default();
        let stops = stops(&connections, threshold(Rule::ConnectionDown));
        looked.found.extend(stops.into_iter().filter(|one| on(one.rule)));
        if on(Rule::ConnectionReconnect) {
            looked.found.extend(self.closed_credentials(&connections));
        }
        for rule in Rule::ALL.iter().copied().filter(|rule| on(*rule)) {
            let least = threshold(rule);
            let found = match rule {
                Rule::FailureGroup => self.failure_groups(least).await,
                Rule::InDoubt => self.doubts(&connections, least, is_early).await,
                // both of them are stops
                Rule::ConnectionReconnect | Rule::ConnectionDown => continue,
                Rule::SilentShop => self.silent_shops(&connections, least, learned, is_early).await,
                Rule::EinvoiceDeadline => self.einvoice_days(least).await,
                Rule::SeriesGap => self.series_gaps(&connections).await,
                Rule::PlanQuota => self.full_plans(&connections, least).await,
                Rule::BackupOverdue => self.overdue_backup(least, is_early).map(|one| one.into_iter().collect()),
            };
            match found {
                Ok(found) => looked.found.extend(found),
                Err(error) => {
                    self.note_engine_error(&error, "look for alerts");
                    looked.blind.push(rule);
                }
            }
        }
        Ok(looked)
    }

    /// The credential store lets nobody read, and a connection wants to: nothing goes until somebody opens it.
    fn closed_credentials(&self, connections: &[Connection]) -> Option<Finding> {
        let failures = connections.iter().filter_map(|one| self.vault_wait(one));
        // one that is only slow to answer opens by itself
        let is_closed = failures
            .map(|failure| failure.kind)
            .any(|kind| matches!(kind, FailureKind::VaultLocked | FailureKind::VaultNotChosen));
        let found = finding(Rule::ConnectionReconnect, CREDENTIALS, json!({ "credentials": true }));
        is_closed.then_some(Finding { hold_ms: CLOSED_MS, ..found })
    }

    async fn failure_groups(&self, records: i64) -> Result<Vec<Finding>> {
        let causes = self.ledger.list_causes(self.now_ms(), i64::MAX).await?;
        // what is wrong with a connection is told once, as the connection's
        let own = causes.into_iter().filter(|cause| !is_connections_fault(&cause.failure));
        let group = |cause: punte_store::ledger::Cause| {
            let provider = cause.newest.as_ref().map(|one| one.provider.clone()).unwrap_or_default();
            Finding {
                raises: i64::from(cause.held) >= records && cause.snoozed_until_ms.is_none(),
                // how many there are is no news
                ..finding(
                    Rule::FailureGroup,
                    cause.fingerprint,
                    json!({ "failure": cause.failure.kind.as_str(), "provider": provider }),
                )
            }
        };
        Ok(own.filter(|cause| cause.held + cause.under_way > 0).map(group).collect())
    }

    async fn doubts(&self, connections: &[Connection], minutes: i64, is_early: bool) -> Result<Vec<Finding>> {
        let now_ms = self.now_ms();
        let old = self.ledger.sum_doubts_before(now_ms - minutes * MINUTE_MS).await?;
        // what is raised stands until nothing is in doubt there, old or new
        let all = self.ledger.sum_doubts_before(i64::MAX).await?;
        let raises: HashSet<&str> = old.iter().map(|one| one.billing_id.as_str()).collect();
        let of = |id: &str| connections.iter().find(|one| one.id == id);
        Ok(all
            .iter()
            .map(|sum| {
                let connection = of(&sum.billing_id);
                // nobody can be asked while it does not answer: that is told already
                let is_open = connection.is_none_or(|one| one.stop.is_none());
                let name = connection.map(|one| one.name.clone()).unwrap_or_default();
                Finding {
                    raises: raises.contains(sum.billing_id.as_str()) && is_open && !is_early,
                    ..finding(Rule::InDoubt, &sum.billing_id, json!({ "name": name, "minutes": minutes }))
                }
            })
            .collect())
    }

    async fn silent_shops(
        &self,
        connections: &[Connection],
        floor_minutes: i64,
        learned: &mut Learned,
        is_early: bool,
    ) -> Result<Vec<Finding>> {
        let now_ms = self.now_ms();
        let flows = self.ledger.list_flows().await?;
        let sells = |one: &&Connection| flows.iter().any(|flow| flow.enabled && flow.shop_id == one.id);
        let mut found = Vec::new();
        for shop in connections.iter().filter(sells) {
            if ShopKind::parse(&shop.kind).is_none() || shop.kind == "file" {
                continue;
            }
            let is_old = |at_ms: i64| !(0..LEARN_EVERY_MS).contains(&(now_ms - at_ms));
            if learned.0.get(&shop.id).is_none_or(|(at_ms, _)| is_old(*at_ms)) {
                let orders = self.ledger.count_orders_by_hour(&shop.id, now_ms - LEARNED_MS, now_ms).await?;
                learned.0.insert(shop.id.clone(), (now_ms, Usual::learn(&orders, now_ms)));
            }
            let Some((_, Some(usual))) = learned.0.get(&shop.id) else { continue };
            let Some(newest_ms) = self.ledger.find_newest_order_ms(&shop.id, now_ms + 1).await? else { continue };
            let (is_silent, is_time) = usual.is_silent(newest_ms, now_ms, floor_minutes * MINUTE_MS);
            if is_silent {
                found.push(Finding {
                    // a shop that does not answer is told as such
                    raises: is_time && shop.stop.is_none() && !is_early,
                    hold_ms: SILENCE_HOLD_MS,
                    ..finding(Rule::SilentShop, &shop.id, json!({ "name": shop.name, "newestMs": newest_ms }))
                });
            }
        }
        Ok(found)
    }

    async fn einvoice_days(&self, near: i64) -> Result<Vec<Finding>> {
        let today = fiscal_date(self.now_ms());
        let from = today.checked_sub_days(EINVOICE_DAYS).unwrap_or(today).to_string();
        let (telling, _) = self.einvoice_connections().await?;
        let mut days: BTreeMap<NaiveDate, (u32, String)> = BTreeMap::new();
        for provider in telling {
            for (day, count, first) in self.ledger.count_unsent_einvoices(&provider, &from).await? {
                let Ok(issued) = day.parse::<NaiveDate>() else { continue };
                let of_day = days.entry(einvoice_deadline(issued)).or_insert((0, first));
                of_day.0 += count;
            }
        }
        let day = |(deadline, (count, first)): (NaiveDate, (u32, String))| {
            let left = working_days_left(today, deadline);
            let facts = json!({ "deadline": deadline.to_string(), "first": first, "more": count.saturating_sub(1) });
            Finding {
                raises: i64::from(left) <= near && left >= -LATE_DAYS,
                ..finding(Rule::EinvoiceDeadline, deadline.to_string(), facts)
            }
        };
        Ok(days.into_iter().map(day).collect())
    }

    async fn series_gaps(&self, connections: &[Connection]) -> Result<Vec<Finding>> {
        let gaps = self.ledger.list_series_gaps().await?;
        Ok(gaps
            .into_iter()
            .map(|(billing_id, company, series, _, first)| {
                let name = connections.iter().find(|one| one.id == billing_id).map(|one| one.name.clone());
                let facts = json!({ "series": series, "number": first, "name": name.unwrap_or_default() });
                finding(Rule::SeriesGap, format!("{billing_id}:{company}:{series}"), facts)
            })
            .collect())
    }

    /// What the provider itself refuses for is certain; that a plan is nearly full can only be told where its size was set.
    async fn full_plans(&self, connections: &[Connection], plan: i64) -> Result<Vec<Finding>> {
        let today = fiscal_date(self.now_ms());
        let month_ms = fiscal_day_start(today.with_day(1).unwrap_or(today));
        let mut found = Vec::new();
        for connection in connections.iter().filter(|one| ShopKind::parse(&one.kind).is_none()) {
            let stop = connection.stop.as_ref();
            let is_full = stop.is_some_and(|stop| stop.failure.kind == FailureKind::PlanQuota);
            let plan = plan.unsigned_abs();
            let most = u32::try_from(plan).unwrap_or(u32::MAX);
            let issued = match most {
                0 => 0,
                most => self.ledger.count_issued_since(&connection.id, month_ms, most).await?,
            };
            let is_near = plan > 0 && u64::from(issued) * 100 >= plan * NEARLY;
            if is_full || is_near {
                let facts = json!({ "name": connection.name, "full": is_full, "plan": plan });
                found.push(finding(Rule::PlanQuota, &connection.id, facts));
            }
        }
        Ok(found)
    }

    fn overdue_backup(&self, hours: i64, is_early: bool) -> Result<Option<Finding>> {
        let (settings, newest_ms) = self.backup_place().newest_made().map_err(punte_store::StoreError::Io)?;
        if settings.every_hours == 0 {
            return Ok(None);
        }
        let last_ms = newest_ms.unwrap_or(self.ledger.info().created_ms);
        let late_ms = self.now_ms() - last_ms - (i64::from(settings.every_hours) + hours) * HOUR_MS;
        let facts = json!({ "lastMs": newest_ms });
        let raises = !is_early;
        Ok((late_ms >= 0).then(|| Finding { raises, ..finding(Rule::BackupOverdue, "backup", facts) }))
    }
}

fn is_closed(kind: FailureKind) -> bool {
    matches!(kind, FailureKind::VaultWaiting | FailureKind::VaultLocked | FailureKind::VaultNotChosen)
}

/// Connections over which nothing goes.
pub(super) fn stops(connections: &[Connection], minutes: i64) -> Vec<Finding> {
    let mut found = Vec::new();
    let mut down: BTreeMap<String, (Vec<String>, String, i64)> = BTreeMap::new();
    for connection in connections {
        let Some(Stop { failure, .. }) = &connection.stop else { continue };
        match failure.kind {
            FailureKind::CredentialMissing | FailureKind::CredentialRefused => {
                let facts = json!({ "name": connection.name, "provider": connection.kind });
                found.push(finding(Rule::ConnectionReconnect, &connection.id, facts));
            }
            FailureKind::PlanQuota => {}
            // told once, as the credential store's
            kind if is_closed(kind) => {}
            kind => {
                let place = format!("{}:{}", connection.kind, connection.address.trim().to_lowercase());
                let hold_ms = if kind == FailureKind::RateLimited {
                    LIMITED_MS.max(minutes * MINUTE_MS)
                } else {
                    minutes * MINUTE_MS
                };
                let one = down.entry(place).or_insert_with(|| (Vec::new(), connection.kind.clone(), hold_ms));
                one.0.push(connection.name.clone());
                one.2 = one.2.min(hold_ms);
            }
        }
    }
    found.extend(down.into_iter().map(|(place, (names, provider, hold_ms))| Finding {
        hold_ms,
        ..finding(Rule::ConnectionDown, place, json!({ "name": names.join(", "), "provider": provider }))
    }));
    found
}

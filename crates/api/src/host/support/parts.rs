//! The parts of the bundle beside the log: codes, numbers and names of ours. A text that somebody typed is in none of them; where it
//! matters whether there is one, that is told.

use crate::commands::Session;
use crate::dto::*;
use crate::error::ApiError;
use crate::host::Host;
use punte_engine::Workspace;
use punte_engine::store::ledger::{Flow, Shape};
use regex::Regex;
use serde::Serialize;
use serde_json::{Value, json};
use std::collections::{BTreeMap, HashMap};
use std::sync::LazyLock;

/// Programs in what a window says of itself, with their versions.
static ENGINE: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"\b(?:AppleWebKit|Chrome|Edg|Version)/[0-9.]{1,20}").expect("checked by its test"));

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct About {
    program: &'static str,
    made: String,
    system: &'static str,
    /// `debian 13`.
    distribution: String,
    processor: &'static str,
    /// What shows the window; empty at a terminal.
    webview: Vec<String>,
}

pub(super) fn about(webview: &str, now_ms: i64) -> About {
    About {
        program: env!("CARGO_PKG_VERSION"),
        made: chrono::DateTime::from_timestamp_millis(now_ms).map(|at| at.to_rfc3339()).unwrap_or_default(),
        system: std::env::consts::OS,
        distribution: distribution(&std::fs::read_to_string("/etc/os-release").unwrap_or_default()),
        processor: std::env::consts::ARCH,
        webview: ENGINE.find_iter(webview).take(4).map(|found| found.as_str().to_owned()).collect(),
    }
}

fn distribution(release: &str) -> String {
    let field = |name: &str| {
        let value = release.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix('='));
        let value = value.unwrap_or_default().trim_matches('"');
        value.chars().filter(|sign| sign.is_ascii_alphanumeric() || ".-_".contains(*sign)).take(40).collect::<String>()
    };
    format!("{} {}", field("ID"), field("VERSION_ID")).trim().to_owned()
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct LedgerPart {
    sqlite: &'static str,
    version: i64,
    known_version: usize,
    pages: i64,
    page_bytes: i64,
    log_bytes: u64,
    cache_bytes: u64,
    /// Rows of each; `1000000+` where they are more than are counted.
    tables: BTreeMap<String, Value>,
    indexes: Vec<String>,
    triggers: Vec<String>,
}

pub(super) async fn ledger(workspace: &Workspace) -> Result<LedgerPart, ApiError> {
    let Shape { sqlite, version, known, pages, page_bytes, tables, indexes, triggers } =
        workspace.ledger().read_shape().await?;
    let sizes = workspace.ledger().file_sizes();
    let rows = |rows: i64, has_more: bool| if has_more { format!("{rows}+").into() } else { rows.into() };
    Ok(LedgerPart {
        sqlite,
        version,
        known_version: known,
        pages,
        page_bytes,
        log_bytes: sizes.wal,
        cache_bytes: sizes.cache,
        tables: tables.into_iter().map(|table| (table.name, rows(table.rows, table.has_more))).collect(),
        indexes,
        triggers,
    })
}

/// Chosen, without what was typed.
fn flow(flow: &Flow) -> Value {
    let rules = &flow.rules;
    json!({
        "id": flow.id,
        "shop": flow.shop_id,
        "billing": flow.billing_id,
        "enabled": flow.enabled,
        "hasCondition": !flow.condition.is_empty(),
        "seriesIsOurs": flow.series_is_ours,
        "writeBack": flow.write_back,
        "fullRefund": flow.full_refund.as_str(),
        "partialRefund": flow.partial_refund.as_str(),
        "document": rules.document,
        "delayMinutes": rules.delay_minutes,
        "needsApproval": rules.approve_above.is_some(),
        "seriesRules": rules.series_rules.len(),
        "emailClient": rules.email_client,
        "sendEinvoice": rules.send_einvoice,
    })
}

fn sorted(counts: HashMap<String, i64>) -> Tally {
    counts.into_iter().collect()
}

impl Host {
    pub(super) async fn settings_part(&self, session: &Session, workspace: &Workspace) -> Result<Value, ApiError> {
        let (settings, running) = {
            let state = self.state.lock().await;
            (state.settings.clone(), state.running.len())
        };
        let people = self.people_list(session, Nothing {}).await?;
        let mut roles = Tally::new();
        for person in people.people.iter().filter(|person| person.active) {
            *roles.entry(person.role.clone()).or_default() += 1;
        }
        let vault = self.vault_status();
        let backup = self.backup_get(session, BackupRequest { workspace: None }).await?;
        let flows: Vec<Value> = workspace.ledger().list_flows().await?.iter().map(flow).collect();
        Ok(json!({
            "language": settings.language,
            "theme": settings.theme,
            "onClose": self.on_close(),
            "workspaces": {
                "known": settings.workspaces.len(),
                "enabled": settings.workspaces.iter().filter(|one| one.enabled).count(),
                "running": running,
            },
            "isSandbox": workspace.ledger().info().is_sandbox,
            "vault": { "kind": vault.kind.map(|kind| kind.as_str()), "state": vault.state.as_str() },
            "listener": {
                "enabled": settings.listener.enabled,
                "port": settings.listener.port,
                "hasPublicAddress": !settings.listener.public_address.is_empty(),
            },
            "privateHosts": settings.private_hosts.len(),
            "people": roles,
            "guards": people.guards,
            "retentionMonths": workspace.ledger().read_retention_months().await?,
            "backup": {
                "everyHours": backup.every_hours,
                "keep": backup.keep,
                "encrypt": backup.encrypt,
                "isDefaultFolder": backup.folder == backup.default_folder,
                "files": backup.files.len(),
            },
            "flows": flows,
        }))
    }

    pub(super) async fn connections_part(&self, session: &Session, workspace: &Workspace) -> Result<Value, ApiError> {
        let all = self.connections_list(session, Nothing {}).await?;
        let stopped = workspace.ledger().list_connections().await?;
        let told = |one: &ConnectionInfo| {
            let stop = stopped.iter().find(|known| known.id == one.id).and_then(|known| known.stop.as_ref());
            json!({
                "id": one.id,
                "kind": one.kind,
                "isSandbox": one.is_sandbox,
                "legacyRoutes": one.legacy_routes,
                "reserve": one.reserve,
                "hasWarehouse": !one.warehouse.is_empty(),
                "health": one.health,
                "failure": stop.map(|stop| json!({
                    "kind": stop.failure.kind.as_str(),
                    "phase": stop.failure.phase,
                    "count": stop.count,
                    "untilMs": stop.until_ms,
                })),
                "lastContactMs": one.last_contact_ms,
                "secretWorkedMs": one.secret_worked_ms,
                "today": one.today,
            })
        };
        Ok(json!({
            "shops": all.shops.iter().map(told).collect::<Vec<_>>(),
            "billing": all.billing.iter().map(told).collect::<Vec<_>>(),
        }))
    }

    pub(super) async fn counters_part(&self, session: &Session, workspace: &Workspace) -> Result<Value, ApiError> {
        let now_ms = workspace.clock_now_ms();
        let standing = workspace.ledger().read_standing(now_ms).await?;
        let jobs = self.schedule_list(session, Nothing {}).await?.jobs;
        let jobs = jobs.iter().map(|job| {
            json!({
                "kind": job.kind,
                "everyMs": job.every_ms,
                "lastMs": job.last_ms,
                "nextMs": job.next_ms,
                "running": job.running,
                "outcome": job.outcome,
                "counts": job.counts,
                "failure": job.failure.as_ref().map(|failure| &failure.kind),
            })
        });
        Ok(json!({
            "counts": sorted(standing.counts),
            "due": standing.due,
            "oldestDueMs": standing.oldest_due_ms,
            "operations": sorted(standing.operations),
            "failures": sorted(standing.failures),
            "alerts": sorted(standing.alerts),
            "ledgerTrouble": workspace.trouble().map(|failure| failure.kind.as_str()),
            "isQuarantined": workspace.quarantine().is_some(),
            "jobs": jobs.collect::<Vec<_>>(),
        }))
    }

    /// Names of companies, people, hosts and places that this machine knows, so that none of them is told by chance.
    pub(super) async fn known_names(&self, session: &Session, workspace: &Workspace) -> Result<Vec<String>, ApiError> {
        let mut names = vec![self.parts.operator.clone(), self.parts.home.display().to_string()];
        {
            let settings = &self.state.lock().await.settings;
            names.extend(settings.workspaces.iter().flat_map(|one| [one.name.clone(), one.folder.clone()]));
            names.extend(settings.private_hosts.iter().cloned());
            names.push(settings.listener.public_address.clone());
        }
        let ledger = workspace.ledger();
        for one in ledger.list_connections().await? {
            names.extend([one.name, one.account, one.address, one.warehouse]);
            names.extend(one.company);
        }
        for flow in ledger.list_flows().await? {
            names.extend([flow.name, flow.company]);
        }
        names.extend(self.people_list(session, Nothing {}).await?.people.into_iter().map(|person| person.name));
        Ok(names)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_a_window_and_a_system_only_programs_and_versions_are_told() {
        let agent = "Mozilla/5.0 (X11; Linux x86_64; ana's laptop) AppleWebKit/605.1.15 Version/17.5 Safari/605";
        assert_eq!(about(agent, 0).webview, ["AppleWebKit/605.1.15", "Version/17.5"]);
        assert!(about("ana@shop.ro", 0).webview.is_empty());
        assert_eq!(distribution("NAME=\"x\"\nID=debian\nVERSION_ID=\"13\"\nHOME_URL=\"https://x\"\n"), "debian 13");
        assert_eq!(distribution(""), "");
    }
}

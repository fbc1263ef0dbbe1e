//! The app as a whole: workspaces, preferences, the operator, the sandbox's switches, the overview.

use super::{Amount, FailureInfo};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct WorkspaceInfo {
    pub id: String,
    pub name: String,
    /// Wired to the simulators; nothing here is fiscal.
    pub is_sandbox: bool,
    pub folder: String,
    /// Runs whenever Punte does, on screen or not; changed from the next start on.
    #[serde(default = "yes")]
    pub enabled: bool,
}

fn yes() -> bool {
    true
}

#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct EnabledInput {
    pub id: String,
    pub enabled: bool,
}

/// Why a workspace could not be opened: shown instead of the screens.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct OpenProblem {
    pub workspace: WorkspaceInfo,
    /// `owned_by_other`, `ledger_newer`, `ledger_damaged`, `ledger_read_only`, `folder_missing`, `other`.
    pub code: String,
    /// Facts: the owner's process, the version found, the path.
    pub detail: String,
}

#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct AppInfo {
    pub version: String,
    /// `ro` or `en`; null follows what was named at the start, else the system.
    pub language: Option<String>,
    /// `ro` or `en`, where whoever started the program named one: of everybody who chose none.
    pub start_language: Option<String>,
    /// `light`, `dark` or `system`.
    pub theme: String,
    pub workspaces: Vec<WorkspaceInfo>,
    pub open: Option<WorkspaceInfo>,
    pub problem: Option<OpenProblem>,
    /// `os_keyring`, `file` or `session_memory`; null while nothing is chosen.
    pub vault: Option<String>,
    /// `ready`, `locked`, `waiting`, `not_chosen` or `refused`.
    pub vault_state: String,
    /// Why it is not the keyring or not open, in the system's words.
    pub vault_reason: Option<String>,
    pub operator: String,
    pub role: String,
    /// The process that owns the workspaces, where this window only asks it.
    pub attached_to: Option<u32>,
    /// Nothing is sent from the open workspace until this is over.
    pub quarantine: Option<QuarantineInfo>,
}

/// A part of the ledger is missing, or it worked on elsewhere: every series is read before anything is sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct QuarantineInfo {
    /// `behind`, `other_machine` or `not_remembered`.
    pub reason: String,
    #[ts(type = "number")]
    pub since_ms: i64,
    /// Reading begins then: what the last owner sent may still take effect.
    #[ts(type = "number | null")]
    pub reads_from_ms: Option<i64>,
    pub series: Vec<SeriesReadInfo>,
}

/// A series that is read at its provider from its last known document on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct SeriesReadInfo {
    /// The connection's name.
    pub connection: String,
    pub series: String,
    /// `reading`, `whole`, `incomplete` (read again later) or `too_long` (a person's matter).
    pub state: String,
    pub read: u32,
    /// References of Punte's among them.
    pub found: u32,
    /// Numbers that could not be read.
    pub unreadable: Vec<String>,
    pub failure: Option<FailureInfo>,
}

#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct LiftRequest {
    pub reason: String,
}

/// What a check of the whole ledger found.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct CheckReport {
    pub findings: Vec<CheckFinding>,
}

impl CheckReport {
    /// Of (check, verdict, detail).
    pub fn of<'f>(findings: impl Iterator<Item = (&'f str, &'f str, &'f str)>) -> CheckReport {
        let finding = |(check, verdict, detail): (&str, &str, &str)| CheckFinding {
            check: check.to_owned(),
            verdict: verdict.to_owned(),
            detail: detail.to_owned(),
        };
        CheckReport { findings: findings.map(finding).collect() }
    }

    pub fn is_good(&self) -> bool {
        self.findings.iter().all(|one| one.verdict != "wrong")
    }
}

#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct CheckFinding {
    /// `file`, `foreign_keys`, `counters`, `sending`, `numbers` or `search`.
    pub check: String,
    /// `good`, `wrong` or `skipped` (only with the workspace closed: `punte-cli check`).
    pub verdict: String,
    /// Facts, in SQLite's words or as ids.
    pub detail: String,
}

#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Preferences {
    pub language: Option<String>,
    pub theme: Option<String>,
}

#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct NewWorkspace {
    pub name: String,
}

/// One thing that needs a person, for the overview and the header's count.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct NeedsYou {
    /// `quarantine`, `failures`, `doubts`, `mismatched`, `changed`, `findings`, `connection`, `credential`, `vault`.
    pub what: String,
    pub count: u32,
    /// Connection id, or failure kind.
    pub subject: String,
}

#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct PeriodSum {
    pub count: u32,
    /// One entry a currency.
    pub totals: Vec<Amount>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Counts {
    pub held: u32,
    pub ready: u32,
    pub sending: u32,
    pub issued: u32,
    pub in_doubt: u32,
    pub mismatched: u32,
    /// Issued, and the order changed since in a way that waits for a decision.
    pub changed: u32,
    /// What reconcile passes found beside what is mismatched: one too many, gaps and repeats of a series.
    pub findings: u32,
    pub cancelled: u32,
    pub reversed: u32,
    pub dismissed: u32,
    pub orders: u32,
    pub orders_not_invoiced: u32,
    pub orders_waiting: u32,
}

#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct FailureCount {
    pub kind: String,
    pub count: u32,
}

#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Overview {
    pub counts: Counts,
    pub issued_today: PeriodSum,
    pub issued_this_month: PeriodSum,
    pub open_failures: Vec<FailureCount>,
    pub needs_you: Vec<NeedsYou>,
    pub connections: Vec<super::ConnectionInfo>,
    /// The engine cannot write: nothing is sent until this is over.
    pub ledger_trouble: Option<FailureInfo>,
}

/// A switch for trouble in the sandbox.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct SandboxFault {
    /// `smartbill`, `oblio`, `woocommerce`.
    pub provider: String,
    /// `timeout_after`, `timeout_before`, `refuse_vat`, `refuse_series`, `status_429`, `status_500`, `wrong_credential`.
    pub kind: String,
    /// How often; null until cleared.
    pub times: Option<u32>,
}

#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct SandboxInfo {
    pub faults: Vec<SandboxFault>,
    pub smartbill_documents: u32,
    pub oblio_documents: u32,
    pub orders: u32,
}

#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct SandboxOrders {
    pub count: u32,
}

/// What may be reached beside the public internet and this machine's sandboxes.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct NetworkInfo {
    /// Hosts of a private network, permitted by name.
    pub private_hosts: Vec<String>,
}

#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct NetworkHost {
    pub host: String,
}

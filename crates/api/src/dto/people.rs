//! Who may work in a workspace, who is signed in, and what needs a second person.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Who is at this client, in the workspace on screen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct SessionInfo {
    /// The workspace has people: whoever works here signs in.
    pub needed: bool,
    pub signed_in: bool,
    /// Whoever is signed in; without people, whoever sits at the machine.
    pub operator: String,
    /// `viewer`, `operator`, `admin`; empty while nobody is signed in.
    pub role: String,
    /// Minutes without a hand on it after which the window is locked; 0 never.
    pub lock_after_min: u32,
    /// Names to sign in with.
    pub people: Vec<String>,
}

#[derive(Clone, Deserialize, TS)]
pub struct SignInRequest {
    pub name: String,
    pub password: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct PersonInfo {
    pub id: String,
    pub name: String,
    /// `viewer`, `operator` or `admin`.
    pub role: String,
    pub active: bool,
    #[ts(type = "number")]
    pub created_ms: i64,
    /// When the password was set.
    #[ts(type = "number")]
    pub changed_ms: i64,
    #[ts(type = "number | null")]
    pub signed_in_ms: Option<i64>,
}

#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct People {
    pub people: Vec<PersonInfo>,
    pub guards: GuardsInfo,
}

/// What guards the workspace.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct GuardsInfo {
    pub lock_after_min: u32,
    /// A storno needs a second person.
    pub storno: bool,
    /// Deleting a document at its provider needs a second person.
    pub delete: bool,
    /// A bulk job of more records than this needs a second person.
    pub bulk_over: Option<u32>,
    /// Letting a flow take larger amounts, or hold fewer for approval, needs a second person.
    pub limits: bool,
}

/// A new person; the first one is an administrator.
#[derive(Clone, Deserialize, TS)]
pub struct NewPerson {
    pub name: String,
    pub role: String,
    pub password: String,
}

#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct PersonChange {
    pub id: String,
    pub name: String,
    pub role: String,
    pub active: bool,
}

#[derive(Clone, Deserialize, TS)]
pub struct PersonPassword {
    pub id: String,
    pub password: String,
}

/// One's own password, changed by whoever is signed in.
#[derive(Clone, Deserialize, TS)]
pub struct OwnPassword {
    pub old: String,
    pub new: String,
}

/// An act that waits, or waited, for a second person.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ApprovalInfo {
    pub id: String,
    pub command: String,
    /// A flat object of texts: what it is about.
    pub facts: std::collections::BTreeMap<String, String>,
    pub reason: String,
    pub asked_by: String,
    #[ts(type = "number")]
    pub asked_ms: i64,
    /// `waiting`, `approved`, `refused`, `withdrawn` or `failed`.
    pub state: String,
    pub decided_by: Option<String>,
    #[ts(type = "number | null")]
    pub decided_ms: Option<i64>,
    pub note: String,
    /// Of the error that an approved act was answered with: nothing was done. Empty otherwise.
    pub code: String,
    /// Whoever asks may decide it: another person than the one who asked, with the role that the act needs.
    pub may_decide: bool,
    /// Whoever asks may take it back.
    pub is_own: bool,
}

#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct Approvals {
    pub approvals: Vec<ApprovalInfo>,
}

#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct ApprovalDecision {
    pub id: String,
    pub approve: bool,
    pub note: String,
}

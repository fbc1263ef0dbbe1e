//! Who calls, through what, and what they may do.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// What an operator may do, each including the ones before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum AccessRole {
    /// Looks; changes nothing but its own views.
    Viewer,
    /// Works on records: retries, settles, reconciles.
    Operator,
    /// Sets up: connections, flows, mappings, people.
    Admin,
}

/// What a call came through.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum HostKind {
    Window,
    Terminal,
    Browser,
}

impl HostKind {
    pub fn as_str(self) -> &'static str {
        match self {
            HostKind::Window => "window",
            HostKind::Terminal => "terminal",
            HostKind::Browser => "browser",
        }
    }

    pub fn parse(text: &str) -> Option<HostKind> {
        [HostKind::Window, HostKind::Terminal, HostKind::Browser].into_iter().find(|one| one.as_str() == text)
    }
}

/// Who calls. Every call has one, whatever the host.
#[derive(Debug, Clone)]
pub struct Session {
    pub operator: String,
    pub role: AccessRole,
    pub host: HostKind,
    /// Tells one client of a host from the others: what signed in there is nobody elsewhere.
    pub client: String,
    /// The second person, where an act needed one.
    pub approved_by: Option<String>,
}

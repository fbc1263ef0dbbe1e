//! Every act is on record before it is done, and how it ended after it.

use super::super::Host;
use super::super::people::role_text;
use super::held::held_by;
use super::mask::{self, Masked};
use super::subject::{Subject, changed, made, reads_of, subject_of};
use crate::commands::{COMMANDS, CommandInfo, CommandKind, Session};
use crate::error::{ApiError, ErrorCode};
use punte_engine::Workspace;
use punte_engine::store::ledger::{AuditActor, NewAuditRow};
use serde_json::{Map, Value, json};
use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;

/// Reads that show a secret, or what tells a person whole, or take a file away.
const READS: &[&str] = &[
    "audit.export",
    "bulk.csv",
    "clients.find",
    "connections.hook",
    "documents.einvoice_archive",
    "documents.pdf",
    "doubts.candidate_pdf",
    "month.file",
    "record.order_version",
];
/// Reads that do so when asked to.
const READS_ASKED: &[&str] = &["audit.get", "inbox.get"];
/// Reads that no screen does again by itself: each is on record.
const READS_BY_HAND: &[&str] = &["clients.find"];
#[cfg(test)]
pub(crate) fn reads_on_record() -> impl Iterator<Item = &'static str> {
    READS.iter().chain(READS_ASKED).copied()
}

/// The same read or refusal, by the same person at the same place, is on record once in this time: a screen reads again
/// whenever something changed.
const AGAIN: Duration = Duration::from_secs(10 * 60);
const REMEMBERED: usize = 1000;

/// What was put on record lately, by who, where and what.
#[derive(Default)]
pub(in crate::host) struct Lately(Mutex<HashMap<String, Duration>>);

impl Lately {
    /// Whether this is the first in a while.
    fn is_new(&self, what: String, now: Duration) -> bool {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= REMEMBERED {
            known.retain(|_, at| now.saturating_sub(*at) < AGAIN);
            if known.len() >= REMEMBERED {
                known.clear();
            }
        }
        let before = known.get(&what).copied();
        if before.is_some_and(|at| now.saturating_sub(at) < AGAIN) {
            return false;
        }
        known.insert(what, now);
        true
    }
}

/// An act that is on record as asked for.
pub(in crate::host) struct Asked {
    command: String,
    payload: Value,
    subject: Option<Subject>,
    /// It changes something; otherwise it shows.
    is_act: bool,
    before: Value,
    /// Where it stands, unless the workspace is only made by it.
    place: Option<(Weak<Workspace>, i64)>,
}

impl Host {
    /// Answers a command, with what is to be on record of it written before and after.
    ///
    /// # Errors
    /// [`ErrorCode::NotOnRecord`]: it could not be written down, and was not done.
    pub(in crate::host) async fn carry_out(
        &self,
        session: &Session,
        command: &str,
        payload: Value,
    ) -> Result<Value, ApiError> {
        let subject = subject_of(command, &payload);
        let asked = self.put_asked(session, command, &payload).await?;
        let outcome = match self.ask_second(session, command, &payload).await {
            Ok(()) => crate::commands::dispatch(self, session, command, payload).await,
            Err(error) => Err(error),
        };
        match asked {
            Some(asked) => self.put_ended(session, asked, &outcome).await,
            None => self.put_refused(session, command, subject, &outcome).await,
        }
        outcome
    }

    async fn put_asked(&self, session: &Session, command: &str, payload: &Value) -> Result<Option<Asked>, ApiError> {
        let Some(info) = COMMANDS.iter().find(|info| info.name == command) else { return Ok(None) };
        if session.role < info.role || !self.is_to_record(session, info, payload) {
            return Ok(None);
        }
        let subject = subject_of(command, payload);
        let mut asked = Asked {
            command: command.to_owned(),
            payload: payload.clone(),
            subject,
            is_act: info.kind == CommandKind::Act,
            before: Value::Null,
            place: None,
        };
        if is_made_by(command) {
            return Ok(Some(asked));
        }
        let Some(workspace) = self.place_of(&asked).await else { return Ok(Some(asked)) };
        if asked.is_act
            && let (Some((_, id)), Some(reads)) = (&asked.subject, reads_of(command))
        {
            asked.before = self.snapshot(&workspace, session, reads, id).await;
        }
        let row = asked_row(session, &asked);
        let written = workspace.put_on_record(row).await.map_err(|error| {
            tracing::error!(command, %error, "not done, as it could not be put on record");
            ApiError::new(ErrorCode::NotOnRecord, ApiError::from(error).detail)
        })?;
        // held while it is done, it would keep a ledger open that the act may close
        asked.place = Some((Arc::downgrade(&workspace), written));
        Ok(Some(asked))
    }

    async fn put_ended(&self, session: &Session, mut asked: Asked, outcome: &Result<Value, ApiError>) {
        if asked.place.is_none() {
            // what made a workspace stands in the one that it made
            let Some(workspace) = self.place_of(&asked).await else {
                tracing::info!(command = asked.command, "done with no workspace to put it on record in");
                return;
            };
            if is_made_by(&asked.command) && outcome.is_ok() {
                asked.subject = Some(("workspace", workspace.ledger().info().id.clone()));
            }
            match workspace.put_on_record(asked_row(session, &asked)).await {
                Ok(written) => asked.place = Some((Arc::downgrade(&workspace), written)),
                Err(error) => tracing::error!(command = asked.command, %error, "done, and not on record"),
            }
        }
        let Some((workspace, asked_row)) = &asked.place else { return };
        let Some(workspace) = workspace.upgrade() else {
            tracing::error!(command = asked.command, "its workspace was closed: how it ended is not on record");
            return;
        };
        let subject = made(asked.subject.clone(), &asked.payload, outcome.as_ref().ok());
        let mut facts = Map::new();
        let mut personal = Map::new();
        if let Some(held) = outcome.as_ref().ok().and_then(|answer| held_by(&asked.command, answer)) {
            facts.insert("held".to_owned(), held);
        }
        if let (Ok(_), Some((_, id)), Some(reads)) = (outcome, &subject, reads_of(&asked.command))
            && asked.is_act
        {
            let after = self.snapshot(&workspace, session, reads, id).await;
            if let Some((was, is)) = changed(&asked.before, &after) {
                for (name, value) in [("before", was), ("after", is)] {
                    let masked = mask::mask(&asked.command, &format!("/{name}"), &value);
                    facts.insert(name.to_owned(), masked.facts);
                    personal.extend(masked.personal);
                }
            }
        }
        let row = NewAuditRow {
            actor: actor(session),
            act: asked.command.clone(),
            asked_row: Some(*asked_row),
            subject: subject.map(owned),
            outcome: if outcome.is_ok() { "done" } else { "refused" },
            code: outcome.as_ref().err().map(|error| error.code.to_text()).unwrap_or_default(),
            facts: Value::Object(facts),
            reason: String::new(),
            personal: (!personal.is_empty()).then(|| Value::Object(personal)),
        };
        if let Err(error) = workspace.put_on_record(row).await {
            tracing::error!(command = asked.command, %error, "how an act ended is not on record");
        }
    }

    /// A refusal of what nobody may do, whatever it is.
    async fn put_refused(
        &self,
        session: &Session,
        command: &str,
        subject: Option<Subject>,
        outcome: &Result<Value, ApiError>,
    ) {
        let Some(error) = outcome.as_ref().err().filter(|error| error.code == ErrorCode::Forbidden) else { return };
        let Ok(workspace) = self.workspace().await else { return };
        if !self.lately.is_new(format!("refused|{}", key_of(session, command, subject.as_ref())), self.now()) {
            return;
        }
        let row = NewAuditRow {
            actor: actor(session),
            act: command.to_owned(),
            subject: subject.map(owned),
            outcome: "refused",
            code: error.code.to_text(),
            facts: json!({}),
            ..NewAuditRow::default()
        };
        if let Err(error) = workspace.put_on_record(row).await {
            tracing::error!(command, %error, "a refusal is not on record");
        }
    }

    fn now(&self) -> Duration {
        self.parts.deps.clock.monotonic()
    }

    fn is_to_record(&self, session: &Session, info: &CommandInfo, payload: &Value) -> bool {
        match info.kind {
            CommandKind::Act => true,
            CommandKind::Quiet => false,
            CommandKind::Read => {
                let shows = READS.contains(&info.name)
                    || READS_ASKED.contains(&info.name) && payload["personal"].as_bool() == Some(true);
                shows
                    && (READS_BY_HAND.contains(&info.name)
                        || self.lately.is_new(look_of(session, info.name, payload), self.now()))
            }
        }
    }

    /// The workspace in whose log an act stands.
    async fn place_of(&self, asked: &Asked) -> Option<Arc<Workspace>> {
        if asked.command == "workspace.set_enabled" {
            let state = self.state.lock().await;
            if let Some(running) = asked.payload["id"].as_str().and_then(|id| state.running.get(id)) {
                return Some(running.workspace.clone());
            }
        }
        self.workspace().await.ok()
    }
}

/// The workspace that the act is about is there only after it, or is another one then.
fn is_made_by(command: &str) -> bool {
    matches!(command, "backup.restore" | "workspace.create" | "workspace.open_sandbox")
}

fn key_of(session: &Session, command: &str, subject: Option<&Subject>) -> String {
    let subject = subject.map_or("", |(_, id)| id.as_str());
    format!("{}|{}|{command}|{subject}", session.operator, session.host.as_str())
}

/// The same look: by the same person, at the same place, at the same thing in the same way.
fn look_of(session: &Session, command: &str, payload: &Value) -> String {
    let mut hasher = DefaultHasher::new();
    payload.to_string().hash(&mut hasher);
    format!("{}|{}|{command}|{:x}", session.operator, session.host.as_str(), hasher.finish())
}

fn owned((kind, id): Subject) -> (String, String) {
    (kind.to_owned(), id)
}

fn actor(session: &Session) -> AuditActor {
    AuditActor {
        who: session.operator.clone(),
        role: role_text(session.role).to_owned(),
        host: session.host.as_str().to_owned(),
    }
}

fn asked_row(session: &Session, asked: &Asked) -> NewAuditRow {
    let Masked { facts, mut personal } = mask::mask(&asked.command, "/request", &asked.payload);
    let mut facts = json!({ "request": facts });
    // the reason has a column of its own
    let reason = asked.payload["reason"].as_str().unwrap_or_default();
    if let Some(request) = facts["request"].as_object_mut() {
        request.remove("reason");
    }
    if let Some(second) = &session.approved_by {
        facts["approvedBy"] = json!(second);
    }
    let masked = mask::mask_reason(&asked.command, &asked.payload, reason);
    if masked == reason {
        personal.remove("/request/reason");
    }
    NewAuditRow {
        actor: actor(session),
        act: asked.command.clone(),
        asked_row: None,
        subject: asked.subject.clone().map(owned),
        outcome: "asked",
        code: String::new(),
        facts,
        reason: masked,
        personal: (!personal.is_empty()).then(|| Value::Object(personal)),
    }
}

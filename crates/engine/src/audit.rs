//! The audit log as the engine keeps it: who outside the ledger saw its head, and the daily anchor.
//!
//! An anchor is a line of text: the day, the workspace, and the newest row's number and hash. Whoever keeps one elsewhere can
//! tell later that nothing up to that row was changed. A file of the app's state holds one for each day.

use crate::error::{EngineError, Result};
use crate::mark::{recall_from_file, recall_from_vault};
use crate::workspace::{Change, Workspace};
use punte_domain::fiscal_date;
use punte_store::StoreError;
use punte_store::ledger::{AuditActor, AuditHead, AuditReport, LOST, NewAuditRow, Witness};
use punte_vault::Vault;
use serde_json::json;
use std::io::Write;
use std::path::{Path, PathBuf};

/// What someone can keep elsewhere of the audit log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Anchor {
    /// In Romania: `2026-11-27`.
    pub date: String,
    pub workspace: String,
    pub head: AuditHead,
}

impl Anchor {
    /// The line that is kept.
    pub fn line(&self) -> String {
        format!("{} {} {}", self.date, self.workspace, self.head)
    }

    fn parse(line: &str) -> Option<Anchor> {
        let mut parts = line.split_whitespace();
        let (date, workspace, head) = (parts.next()?, parts.next()?, parts.next()?);
        Some(Anchor { date: date.to_owned(), workspace: workspace.to_owned(), head: head.parse().ok()? })
    }
}

fn anchors_path(state: &Path, workspace_id: &str) -> PathBuf {
    state.join("anchors").join(format!("{workspace_id}.txt"))
}

/// Every anchor that the app's state holds of a workspace, oldest first. A line that is none is passed over.
pub fn read_anchors(state: &Path, workspace_id: &str) -> Vec<Anchor> {
    let text = std::fs::read_to_string(anchors_path(state, workspace_id)).unwrap_or_default();
    text.lines().filter_map(Anchor::parse).filter(|anchor| anchor.workspace == workspace_id).collect()
}

/// Adds the day's line, unless it stands there.
fn keep_anchor(state: &Path, anchor: &Anchor) -> std::io::Result<bool> {
    let path = anchors_path(state, &anchor.workspace);
    let known = read_anchors(state, &anchor.workspace);
    if anchor.head.sequence == 0 || known.last().is_some_and(|last| last.date == anchor.date) {
        return Ok(false);
    }
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)?;
    }
    let mut file = std::fs::OpenOptions::new().create(true).append(true).open(path)?;
    file.write_all(format!("{}\n", anchor.line()).as_bytes())?;
    file.sync_data()?;
    Ok(true)
}

/// Everybody on this machine who saw the log's head, for a ledger that this process does not own.
pub async fn witnesses(state: &Path, vault: &dyn Vault, workspace_id: &str) -> Vec<Witness> {
    let from_vault = recall_from_vault(vault, workspace_id).await.unwrap_or_else(|error| {
        tracing::warn!(%error, "the credential store does not tell the ledger's mark");
        None
    });
    let marks = [recall_from_file(state, workspace_id), from_vault];
    let marks = marks.into_iter().flatten().filter_map(|mark| mark.audit());
    with_anchors(marks.map(|head| Witness { from: "mark", head }).collect(), state, workspace_id)
}

fn with_anchors(mut all: Vec<Witness>, state: &Path, workspace_id: &str) -> Vec<Witness> {
    let anchors = read_anchors(state, workspace_id);
    all.extend(anchors.into_iter().map(|anchor| Witness { from: "anchor", head: anchor.head }));
    all
}

impl Workspace {
    /// Puts something on record, before it is done or after. Answers the row's number.
    ///
    /// # Errors
    /// The ledger cannot be written: what is not on record is not to be done.
    pub async fn put_on_record(&self, row: NewAuditRow) -> Result<i64> {
        let written = self.ledger.add_audit(row, self.now_ms()).await;
        self.note_storage(written.as_ref().err());
        let head = written?;
        self.changed(Change::Audit);
        Ok(head.sequence)
    }

    /// A part of the log that this machine has seen is gone: the log says so itself from here on.
    pub(crate) async fn note_lost_audit(&self, lost: &AuditHead) -> Result<()> {
        let kept = self.ledger.info().audit_sequence;
        tracing::warn!(kept, lost_to = lost.sequence, "a part of the audit log is gone");
        let row = NewAuditRow {
            actor: AuditActor { host: "engine".to_owned(), ..AuditActor::default() },
            act: LOST.to_owned(),
            outcome: "noted",
            facts: json!({ "kept": kept, "lost": lost.to_string() }),
            ..NewAuditRow::default()
        };
        self.ledger.add_audit(row, self.now_ms()).await?;
        Ok(())
    }

    /// Whether the audit log is whole, and holds what the mark, the anchors and a head given by hand saw of it.
    pub async fn verify_audit(&self, given: Option<&str>) -> Result<AuditReport> {
        let mut all: Vec<Witness> =
            self.remembered_audit().map(|head| Witness { from: "mark", head }).into_iter().collect();
        if let Some(given) = given {
            let head = given.parse().map_err(|_| EngineError::Invalid { field: "head", detail: given.to_owned() })?;
            all.push(Witness { from: "given", head });
        }
        let all = with_anchors(all, &self.deps.state, &self.ledger.info().id);
        Ok(self.ledger.verify_audit(all).await?)
    }

    /// The log's head as of now, to be kept elsewhere.
    pub async fn anchor(&self) -> Result<Anchor> {
        let head = self.ledger.read_audit_head().await?;
        Ok(Anchor { date: fiscal_date(self.now_ms()).to_string(), workspace: self.ledger.info().id.clone(), head })
    }

    pub fn list_anchors(&self) -> Vec<Anchor> {
        read_anchors(&self.deps.state, &self.ledger.info().id)
    }

    /// Keeps the day's anchor. Called often, writes once a day.
    pub(crate) async fn keep_daily_anchor(&self) -> Result<bool> {
        let anchor = self.anchor().await?;
        keep_anchor(&self.deps.state, &anchor).map_err(|error| EngineError::Store(StoreError::Io(error)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn anchor(date: &str, sequence: i64) -> Anchor {
        Anchor { date: date.into(), workspace: "ws_1".into(), head: AuditHead { sequence, hash: [0xA7; 32] } }
    }

    #[test]
    fn each_day_leaves_one_line_and_what_is_no_line_is_passed_over() {
        let state = std::env::temp_dir().join(format!("punte-anchors-{}", uuid::Uuid::now_v7().simple()));
        assert!(!keep_anchor(&state, &anchor("2026-11-26", 0)).unwrap(), "nothing to anchor yet");
        assert!(keep_anchor(&state, &anchor("2026-11-26", 3)).unwrap());
        assert!(!keep_anchor(&state, &anchor("2026-11-26", 9)).unwrap(), "the day has its line");
        assert!(keep_anchor(&state, &anchor("2026-11-27", 9)).unwrap());
        let path = anchors_path(&state, "ws_1");
        let text = std::fs::read_to_string(&path).unwrap();
        std::fs::write(&path, format!("{text}\nsomeone was here\n2026-11-28 ws_2 1:{}\n", "a7".repeat(32))).unwrap();
        assert_eq!(read_anchors(&state, "ws_1"), [anchor("2026-11-26", 3), anchor("2026-11-27", 9)]);
        std::fs::remove_dir_all(state).unwrap();
    }
}

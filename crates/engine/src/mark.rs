//! The mark: what this machine remembers of a ledger, outside the ledger's folder. A ledger that is behind it, or of another
//! machine, has lost a part, or another one has worked on with it.
//!
//! It stands twice: in a small file of the app's state, written with every intent, and in the credential store, written every
//! few seconds and at stop, which survives a restore of the whole state folder. The newer one counts.

mod late;

pub(crate) use late::Comparison;

use crate::error::Result;
use crate::workspace::{Workspace, lock};
use punte_domain::fiscal_date;
use punte_store::LedgerInfo;
use punte_store::ledger::AuditHead;
use punte_vault::{Vault, VaultError, VaultState};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::fs::{File, OpenOptions};
use std::io::{Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::sync::Notify;

/// Between two writes to the credential store, while intents are written.
const EVERY: Duration = Duration::from_secs(3);
/// The longest that the credential store is waited for at start and at stop.
const PATIENCE: Duration = Duration::from_secs(5);
const PATIENCE_AT_STOP: Duration = Duration::from_millis(500);
/// Bytes of the file, which is written over in one go.
const FILE_BYTES: usize = 512;

/// A high-water mark.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Mark {
    pub workspace: String,
    pub machine: String,
    pub epoch: i64,
    pub sequence: i64,
    /// `sequence:hash` of the newest row of the audit log; empty while there is none.
    pub audit_head: String,
    /// The run of the app that wrote it: a copy that is opened takes the same epoch again, and never the same run.
    #[serde(default)]
    pub run: String,
}

impl Mark {
    pub(crate) fn audit(&self) -> Option<AuditHead> {
        self.audit_head.parse().ok()
    }

    fn audit_sequence(&self) -> i64 {
        self.audit().map_or(0, |head| head.sequence)
    }
}

/// Why a ledger may not send anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Distrust {
    /// This machine has seen more of it than it holds.
    Behind,
    /// Its last owner was on another machine.
    OtherMachine,
    /// It had an owner, and nothing on this machine remembers it.
    NotRemembered,
}

impl Distrust {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Distrust::Behind => "behind",
            Distrust::OtherMachine => "other_machine",
            Distrust::NotRemembered => "not_remembered",
        }
    }
}

/// Compares a ledger as it was opened with what the machine remembers of it.
pub(crate) fn judge(info: &LedgerInfo, mark: Option<&Mark>, machine: &str) -> Option<Distrust> {
    let is_other = |one: &str| one != machine;
    match mark {
        Some(mark) if info.marked_epoch < mark.epoch || info.sequence < mark.sequence => Some(Distrust::Behind),
        Some(mark) if info.audit_sequence < mark.audit_sequence() => Some(Distrust::Behind),
        Some(mark) if is_other(&mark.machine) => Some(Distrust::OtherMachine),
        _ if info.machine.as_deref().is_some_and(is_other) => Some(Distrust::OtherMachine),
        // never had an owner that kept a mark: a new one, or one of an earlier version
        None if info.machine.is_some() => Some(Distrust::NotRemembered),
        None | Some(_) => None,
    }
}

/// A machine's id as it is kept: it tells machines apart for one workspace and says nothing else of them.
pub(crate) fn machine_of(raw: &str, workspace_id: &str) -> String {
    let digest = Sha256::digest(format!("{workspace_id}\0{}", raw.trim()).as_bytes());
    digest.iter().take(16).map(|byte| format!("{byte:02x}")).collect()
}

/// Writes the mark on.
pub(crate) struct Keeper {
    held: Mutex<Held>,
    /// Wakes the task that writes to the credential store, at stop.
    wake: Notify,
}

struct Held {
    mark: Mark,
    file: Option<File>,
    in_vault: Option<Mark>,
}

impl Keeper {
    fn new(mark: Mark, file: Option<File>) -> Self {
        Keeper { held: Mutex::new(Held { mark, file, in_vault: None }), wake: Notify::new() }
    }

    /// An intent was committed: the file knows before anything is sent.
    fn note(&self, sequence: i64) {
        let mut held = lock(&self.held);
        if sequence <= held.mark.sequence {
            return;
        }
        held.mark.sequence = sequence;
        held.keep();
    }

    /// A row of the audit log was committed.
    fn note_audit(&self, head: &AuditHead) {
        let mut held = lock(&self.held);
        if head.sequence > held.mark.audit_sequence() {
            held.mark.audit_head = head.to_string();
            held.keep();
        }
    }
}

impl Held {
    fn keep(&mut self) {
        if let Some(file) = &mut self.file
            && let Err(error) = write_mark(file, &self.mark)
        {
            tracing::error!(%error, "the mark of the ledger cannot be written: a restored one may not be told");
            self.file = None;
        }
    }
}

fn write_mark(file: &mut File, mark: &Mark) -> std::io::Result<()> {
    let line = format!("{:<width$}\n", serde_json::to_string(mark)?, width = FILE_BYTES - 1);
    file.seek(SeekFrom::Start(0))?;
    file.write_all(line.as_bytes())
}

fn open_file(path: &Path, mark: &Mark) -> std::io::Result<File> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)?;
    }
    let mut file = OpenOptions::new().create(true).truncate(false).write(true).open(path)?;
    write_mark(&mut file, mark)?;
    file.sync_data()?;
    Ok(file)
}

fn read_file(path: &Path) -> Option<Mark> {
    match std::fs::read(path) {
        Ok(bytes) => serde_json::from_slice(&bytes)
            .inspect_err(|error| tracing::warn!(%error, "the mark of the ledger cannot be read"))
            .ok(),
        Err(_) => None,
    }
}

fn newer(one: Option<Mark>, other: Option<Mark>) -> Option<Mark> {
    one.into_iter().chain(other).max_by_key(|mark| (mark.epoch, mark.sequence, mark.audit_sequence()))
}

fn path_of(state: &Path, workspace_id: &str) -> PathBuf {
    state.join("marks").join(format!("{workspace_id}.json"))
}

fn name_of(workspace_id: &str) -> String {
    format!("{workspace_id}/mark")
}

pub(crate) fn recall_from_file(state: &Path, workspace_id: &str) -> Option<Mark> {
    read_file(&path_of(state, workspace_id))
}

/// What the credential store remembers; what it holds there that is no mark is nothing.
///
/// # Errors
/// It refuses or is silent: what it remembers is not known, and is not to be written over.
pub(crate) async fn recall_from_vault(vault: &dyn Vault, workspace_id: &str) -> punte_vault::Result<Option<Mark>> {
    let asked = tokio::time::timeout(PATIENCE, vault.get(&name_of(workspace_id))).await;
    let Some(secret) = asked.map_err(|_| VaultError::Silent)?? else { return Ok(None) };
    Ok(serde_json::from_str(secret.expose_secret())
        .inspect_err(|error| tracing::warn!(%error, "the credential store's mark of the ledger cannot be read"))
        .ok())
}

impl Workspace {
    fn mark_path(&self) -> PathBuf {
        path_of(&self.deps.state, &self.ledger.info().id)
    }

    fn mark_name(&self) -> String {
        name_of(&self.ledger.info().id)
    }

    /// Before anything is sent: the ledger is compared with what this machine remembers of it, quarantined if need be, and
    /// remembered from here on.
    pub(crate) async fn take_up(&self) -> Result<()> {
        let info = self.ledger.info();
        let machine = machine_of(&self.deps.machine, &info.id);
        let known = newer(self.recall_first().await, recall_from_file(&self.deps.state, &info.id));
        let distrust = judge(info, known.as_ref(), &machine);
        if let Some(distrust) = distrust {
            tracing::warn!(
                reason = distrust.as_str(), epoch = info.marked_epoch, sequence = info.sequence, remembered = ?known,
                "the ledger is quarantined: nothing is sent until the providers were read"
            );
        }
        self.begin_quarantine(&machine, distrust.map(Distrust::as_str)).await?;
        let lost = known.as_ref().and_then(Mark::audit).filter(|seen| seen.sequence > info.audit_sequence);
        if let Some(lost) = &lost {
            self.note_lost_audit(lost).await?;
        }
        let has_audit = info.audit_sequence > 0 || lost.is_some();
        let mark = Mark {
            workspace: info.id.clone(),
            machine,
            epoch: info.epoch,
            sequence: info.sequence,
            audit_head: if has_audit { self.ledger.read_audit_head().await?.to_string() } else { String::new() },
            run: self.deps.clock.new_id("run"),
        };
        let file = open_file(&self.mark_path(), &mark)
            .inspect_err(|error| tracing::error!(%error, "the mark of the ledger cannot be kept in the state folder"));
        let keeper = Arc::new(Keeper::new(mark, file.ok()));
        let told = keeper.clone();
        self.ledger.keep_mark(move |sequence| told.note(sequence));
        let told = keeper.clone();
        self.ledger.keep_audit_head(move |head| told.note_audit(head));
        self.put_mark(&keeper, PATIENCE).await;
        // set once: a workspace is started once
        let _ = self.owner.keeper.set(keeper);
        Ok(())
    }

    /// What this process remembers of the audit log; `None` before it has taken the ledger up.
    pub(crate) fn remembered_audit(&self) -> Option<AuditHead> {
        lock(&self.owner.keeper.get()?.held).mark.audit()
    }

    pub(crate) async fn run_mark(self: &Arc<Self>) {
        let Some(keeper) = self.owner.keeper.get() else { return };
        let mut anchored = None;
        while self.rest(&keeper.wake, EVERY).await {
            if self.is_mark_open()
                && let Err(error) = self.go_on_with_vault().await
            {
                tracing::warn!(%error, "what the credential store remembers of the ledger cannot be compared");
            }
            self.put_mark(keeper, PATIENCE).await;
            let today = fiscal_date(self.now_ms());
            if anchored != Some(today) && self.remembered_audit().is_some_and(|head| head.sequence > 0) {
                if let Err(error) = self.keep_daily_anchor().await {
                    tracing::warn!(%error, "the day's anchor of the audit log cannot be kept");
                }
                anchored = Some(today);
            }
        }
    }

    /// The last word on this epoch, when nothing more is sent.
    pub(crate) async fn leave_mark(&self) {
        if let Some(keeper) = self.owner.keeper.get() {
            self.put_mark(keeper, PATIENCE_AT_STOP).await;
        }
    }

    /// Writes to the credential store what it does not hold yet. One that refuses is told once in a while: the file stands.
    async fn put_mark(&self, keeper: &Keeper, patience: Duration) {
        if self.is_mark_open() || self.deps.vault.state() != VaultState::Ready {
            return;
        }
        let opening = self.deps.vault.opening();
        let mark = {
            let held = lock(&keeper.held);
            if held.in_vault.as_ref() == Some(&held.mark) {
                return;
            }
            held.mark.clone()
        };
        let Ok(json) = serde_json::to_string(&mark) else { return };
        let name = self.mark_name();
        match tokio::time::timeout(patience, self.deps.vault.set(&name, SecretString::from(json))).await {
            // another store that was chosen meanwhile is compared first
            Ok(Ok(())) if self.deps.vault.opening() == opening => lock(&keeper.held).in_vault = Some(mark),
            Ok(Ok(())) => {}
            Ok(Err(error)) => tracing::warn!(%error, "the credential store does not take the ledger's mark"),
            Err(_) => {
                tracing::warn!("the credential store is silent: the ledger's mark stands in the state folder only")
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use punte_domain::WorkspaceSeed;

    fn ledger(marked_epoch: i64, sequence: i64, machine: Option<&str>) -> LedgerInfo {
        LedgerInfo {
            id: "ws_1".into(),
            name: "Atelier".into(),
            is_sandbox: false,
            seed: WorkspaceSeed([1; 32]),
            epoch: marked_epoch + 1,
            sequence,
            audit_sequence: 0,
            machine: machine.map(str::to_owned),
            marked_epoch,
            created_ms: 0,
        }
    }

    fn mark(epoch: i64, sequence: i64, machine: &str) -> Mark {
        Mark {
            workspace: "ws_1".into(),
            machine: machine.into(),
            epoch,
            sequence,
            audit_head: String::new(),
            run: String::new(),
        }
    }

    #[test]
    fn what_went_on_as_it_was_left_is_trusted() {
        assert_eq!(judge(&ledger(5, 90, Some("here")), Some(&mark(5, 90, "here")), "here"), None);
        let after_a_crash = ledger(5, 93, Some("here"));
        assert_eq!(judge(&after_a_crash, Some(&mark(5, 90, "here")), "here"), None, "the mark may lag behind");
        let opened_and_gone = ledger(6, 90, Some("here"));
        assert_eq!(
            judge(&opened_and_gone, Some(&mark(5, 90, "here")), "here"),
            None,
            "taken up, and died before the mark"
        );
    }

    #[test]
    fn a_new_ledger_and_one_of_an_earlier_version_are_trusted() {
        assert_eq!(judge(&ledger(0, 0, None), None, "here"), None);
    }

    #[test]
    fn a_copy_of_an_earlier_epoch_is_behind() {
        let copy = ledger(4, 90, Some("here"));
        assert_eq!(judge(&copy, Some(&mark(5, 90, "here")), "here"), Some(Distrust::Behind), "by the epoch alone");
        let of_an_earlier_version = ledger(0, 0, None);
        assert_eq!(judge(&of_an_earlier_version, Some(&mark(5, 90, "here")), "here"), Some(Distrust::Behind));
    }

    #[test]
    fn a_copy_of_the_same_epoch_is_behind_by_its_sequence() {
        let copy = ledger(5, 89, Some("here"));
        assert_eq!(judge(&copy, Some(&mark(5, 90, "here")), "here"), Some(Distrust::Behind));
    }

    fn head(sequence: i64) -> AuditHead {
        AuditHead { sequence, hash: [0xA7; 32] }
    }

    #[test]
    fn a_ledger_whose_audit_log_is_shorter_than_remembered_is_behind() {
        let remembered = Mark { audit_head: head(40).to_string(), ..mark(5, 90, "here") };
        let log_of = |audit_sequence| LedgerInfo { audit_sequence, ..ledger(5, 90, Some("here")) };
        assert_eq!(judge(&log_of(39), Some(&remembered), "here"), Some(Distrust::Behind));
        assert_eq!(judge(&log_of(40), Some(&remembered), "here"), None);
        assert_eq!(judge(&log_of(41), Some(&remembered), "here"), None, "the mark may lag behind");
        assert_eq!(judge(&log_of(0), Some(&mark(5, 90, "here")), "here"), None, "a mark of before there was a log");
    }

    #[test]
    fn the_newest_word_on_the_audit_log_counts_and_none_is_forgotten_for_an_older_one() {
        let with = |sequence| Mark { audit_head: head(sequence).to_string(), ..mark(5, 90, "here") };
        assert_eq!(newer(Some(with(7)), Some(with(9))), Some(with(9)));
        assert_eq!(newer(Some(with(9)), Some(with(7))), Some(with(9)));
        let keeper = Keeper::new(mark(5, 1, "here"), None);
        for sequence in [3, 8, 5] {
            keeper.note_audit(&head(sequence));
        }
        assert_eq!(lock(&keeper.held).mark.audit(), Some(head(8)), "acknowledged out of order, never back");
    }

    #[test]
    fn a_ledger_of_another_machine_is_not_trusted_even_when_it_is_ahead() {
        let worked_on_elsewhere = ledger(7, 120, Some("there"));
        let known = mark(5, 100, "here");
        assert_eq!(judge(&worked_on_elsewhere, Some(&known), "here"), Some(Distrust::OtherMachine));
        assert_eq!(judge(&worked_on_elsewhere, None, "here"), Some(Distrust::OtherMachine));
        let roamed = mark(7, 120, "there");
        assert_eq!(judge(&worked_on_elsewhere, Some(&roamed), "here"), Some(Distrust::OtherMachine));
    }

    #[test]
    fn a_ledger_that_had_an_owner_and_is_not_remembered_is_not_trusted() {
        assert_eq!(judge(&ledger(5, 90, Some("here")), None, "here"), Some(Distrust::NotRemembered));
    }

    #[test]
    fn the_file_holds_the_newest_mark_whole() {
        let folder = std::env::temp_dir().join(format!("punte-mark-{}", uuid::Uuid::now_v7().simple()));
        let path = folder.join("marks").join("ws_1.json");
        let mut first = mark(5, 1, "here");
        first.audit_head = head(i64::MAX).to_string();
        let keeper = Keeper::new(first.clone(), Some(open_file(&path, &first).unwrap()));
        assert_eq!(read_file(&path), Some(first));
        for sequence in [9, 12, 11] {
            keeper.note(sequence);
        }
        assert_eq!(read_file(&path).map(|mark| mark.sequence), Some(12), "acknowledged out of order, never back");
        assert_eq!(std::fs::metadata(&path).unwrap().len(), FILE_BYTES as u64);
        std::fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn a_machines_id_is_not_told() {
        assert_ne!(machine_of("abc\n", "ws_1"), machine_of("abc", "ws_2"));
        assert_eq!(machine_of("abc\n", "ws_1"), machine_of("abc", "ws_1"));
    }
}

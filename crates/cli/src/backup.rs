//! Backups at the terminal: made by the owner or, where nobody works, from outside; looked at; put back.
//!
//! A passphrase is typed unseen or given as a line of standard input; never an argument, which others can see.

use crate::commands::{Desk, DeskError};
use crate::compose::{Options, compose};
use crate::words::Words;
use crate::{passphrase, people};
use punte_api::dto::BackupInfo;
use punte_api::{ApiError, ErrorCode, HostKind};
use punte_engine::backup::{self, BackupError, Place, Target};
use punte_engine::{Clock, EngineError, SystemClock};
use punte_http::Attached;
use punte_store::ledger::BackupFacts;
use punte_vault::SHORTEST_PASSPHRASE;
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};
use std::io::IsTerminal;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Longest passphrase that is read.
const LOOK: Duration = Duration::from_millis(200);

/// What is asked of backups beside making one.
#[derive(Debug, Clone, clap::Subcommand)]
pub enum Act {
    /// Open a backup and say what it holds: exits 0 if it is whole, 1 if not. A passphrase is asked for where it is sealed.
    Verify { file: PathBuf },
}

/// How a backup is made.
#[derive(Debug, Clone, clap::Args)]
pub struct Make {
    #[command(subcommand)]
    pub act: Option<Act>,
    /// A file that is not there yet. Default: the workspace's folder of backups.
    #[arg(long, value_name = "FILE")]
    pub to: Option<PathBuf>,
    /// Seal it under a passphrase that is asked for, or read from standard input.
    #[arg(long)]
    pub encrypt: bool,
}

/// What is put back where.
#[derive(Debug, Clone, clap::Args)]
pub struct PutBack {
    pub file: PathBuf,
    /// A folder without a workspace: the same books, in another place.
    #[arg(long, value_name = "DIR", conflicts_with = "in_place", required_unless_present = "in_place")]
    pub into: Option<PathBuf>,
    /// In the place of the workspace's ledger, which is kept beside under another name.
    #[arg(long)]
    pub in_place: bool,
}

/// A backup that is there.
#[derive(Debug)]
pub struct Told {
    pub file: PathBuf,
    pub facts: Facts,
}

/// What is told of a backup, whoever made it.
#[derive(Debug, serde::Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Facts {
    pub workspace: String,
    pub name: String,
    pub epoch: i64,
    pub sequence: i64,
    pub audit_head: Option<String>,
    pub bytes: u64,
}

impl From<BackupFacts> for Facts {
    fn from(facts: BackupFacts) -> Facts {
        Facts {
            workspace: facts.workspace,
            name: facts.name,
            epoch: facts.epoch,
            sequence: facts.sequence,
            audit_head: facts.audit_head.map(|head| head.to_string()),
            bytes: facts.bytes,
        }
    }
}

fn failed(error: impl std::fmt::Display) -> DeskError {
    ApiError::new(ErrorCode::Internal, error.to_string()).into()
}

fn refused(error: BackupError) -> DeskError {
    ApiError::from(EngineError::from(error)).into()
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, BackupError> + Send + 'static,
) -> Result<T, DeskError> {
    tokio::task::spawn_blocking(work).await.map_err(failed)?.map_err(refused)
}

fn now_ms() -> i64 {
    SystemClock::default().now_ms()
}

/// The folder meant.
async fn folder_of(home: &Path, workspace: Option<&Path>) -> Result<PathBuf, DeskError> {
    if let Some(folder) = workspace {
        return Ok(folder.to_owned());
    }
    let composition = compose(Options { home: home.to_owned(), no_keyring: true, prepare_sandbox: None }).await?;
    let last = composition.host.last_folder().await;
    Ok(last.ok_or_else(|| ApiError::new(ErrorCode::NoWorkspace, "none was opened yet"))?.folder.into())
}

/// Makes a backup of a workspace, whether anybody works there or not.
///
/// # Errors
/// What kept it from being made; nothing is left of it then.
pub async fn make(
    home: PathBuf,
    workspace: Option<&Path>,
    operator: Option<&str>,
    wanted: &Make,
    words: &Words,
) -> Result<Told, DeskError> {
    let folder = folder_of(&home, workspace).await?;
    if let Some(to) = wanted.to.as_ref().filter(|to| to.exists()) {
        return Err(refused(BackupError::Occupied(to.display().to_string())));
    }
    let mut passphrase = if wanted.encrypt { Some(new_passphrase(words).await?) } else { None };
    let (id, ..) = punte_store::Ledger::peek(&folder).map_err(ApiError::from)?;
    let place = Place::of(&home, &id);
    let kept = blocking(move || place.settings().map_err(|error| BackupError::Unreadable(error.to_string()))).await?;
    if let Ok(attached) = Attached::to(&folder, HostKind::Terminal).await {
        let owner = people::signed_in(Desk::Attached(attached), operator, words).await?;
        return by_owner(&owner, &Place::of(&home, &id), wanted.to.as_deref(), passphrase).await;
    }
    if passphrase.is_none() && kept.encrypt && wanted.to.is_none() {
        // as it is set: never in the open because the credential store is silent
        let composition = compose(Options { home: home.clone(), no_keyring: false, prepare_sandbox: None }).await?;
        passphrase = composition.host.find_backup_passphrase(&id).await;
        if passphrase.is_none() {
            return Err(refused(BackupError::PassphraseMissing));
        }
    }
    let to = wanted.to.clone();
    let clock = SystemClock::default();
    let began_ms = now_ms();
    let (file, facts) = blocking(move || {
        let took = || clock.monotonic().as_millis() as u64;
        backup::back_up_closed(&home, &folder, to.as_deref(), passphrase.as_ref(), began_ms, took)
    })
    .await?;
    Ok(Told { file, facts: facts.into() })
}

/// Has the owner make one, waits for it, and copies it on where that is wanted.
async fn by_owner(
    owner: &Desk,
    place: &Place,
    to: Option<&Path>,
    passphrase: Option<SecretString>,
) -> Result<Told, DeskError> {
    let read = async || -> Result<BackupInfo, DeskError> {
        let info = owner.call("backup.get", Value::Null).await?;
        serde_json::from_value(info).map_err(failed)
    };
    let before: Vec<String> = read().await?.files.into_iter().map(|one| one.file).collect();
    let passphrase = passphrase.map(|passphrase| passphrase.expose_secret().to_owned());
    owner.call("backup.run", json!({ "passphrase": passphrase })).await?;
    let info = loop {
        let info = read().await?;
        if !info.running {
            break info;
        }
        tokio::time::sleep(LOOK).await;
    };
    let made = info.files.iter().find(|one| !before.contains(&one.file) && one.sequence.is_some());
    let Some(made) = made else {
        let failure = info.job.and_then(|job| job.failure);
        let detail = failure.as_ref().and_then(|failure| failure.detail.clone()).unwrap_or_default();
        return Err(ApiError { failure: failure.map(Box::new), ..ApiError::new(ErrorCode::Outside, detail) }.into());
    };
    let facts = Facts {
        workspace: info.workspace.clone(),
        name: String::new(),
        epoch: made.epoch.unwrap_or_default(),
        sequence: made.sequence.unwrap_or_default(),
        audit_head: made.audit_head.clone(),
        bytes: made.bytes,
    };
    let found = place.find(&made.file).ok().flatten();
    let file = found.unwrap_or_else(|| Path::new(&info.folder).join(&made.file));
    let Some(to) = to.map(Path::to_owned) else { return Ok(Told { file, facts }) };
    let copied = to.clone();
    blocking(move || backup::copy_out(&file, &copied)).await?;
    Ok(Told { file: to, facts })
}

/// Opens a backup and says what it holds.
///
/// # Errors
/// What is wrong with it.
pub async fn verify(home: PathBuf, workspace: Option<&Path>, file: PathBuf, words: &Words) -> Result<Told, DeskError> {
    let passphrase = passphrase_for(&file, words).await?;
    // in the workspace's own folder; on a computer that knows none, in the state folder
    let work = match &passphrase {
        Some(_) => folder_of(&home, workspace).await.ok().filter(|folder| folder.is_dir()).unwrap_or(home),
        None => home,
    };
    let looked = file.clone();
    let facts = blocking(move || backup::verify(&looked, passphrase.as_ref(), &work)).await?;
    Ok(Told { file, facts: facts.into() })
}

/// Puts a backup back. Answers what it holds, and where the ledger is that stood there before.
///
/// # Errors
/// What is wrong with the file or the place; everything is then as it was.
pub async fn restore(
    home: PathBuf,
    workspace: Option<&Path>,
    wanted: &PutBack,
    words: &Words,
) -> Result<backup::Restored, DeskError> {
    let folder = match &wanted.into {
        Some(into) => into.clone(),
        None => folder_of(&home, workspace).await?,
    };
    let passphrase = passphrase_for(&wanted.file, words).await?;
    let (file, in_place) = (wanted.file.clone(), wanted.in_place);
    let known = known_workspace(&home, &folder).await;
    let restored = blocking(move || {
        let target = if in_place {
            Target::InPlace { folder: &folder, workspace: known.as_deref() }
        } else {
            Target::New { folder: &folder }
        };
        backup::restore(&file, passphrase.as_ref(), target, now_ms())
    })
    .await?;
    Ok(restored)
}

/// The workspace that the settings know in a folder: for one whose ledger cannot say it any more.
async fn known_workspace(home: &Path, folder: &Path) -> Option<String> {
    let composition = compose(Options { home: home.to_owned(), no_keyring: true, prepare_sandbox: None }).await.ok()?;
    composition.host.find_workspace_in(folder).await
}

/// A passphrase where the file needs one.
async fn passphrase_for(file: &Path, words: &Words) -> Result<Option<SecretString>, DeskError> {
    if !backup::is_sealed(file) {
        return Ok(None);
    }
    Ok(Some(passphrase::read_secret("passphrase", words.say("backup.terminal.passphrase", &[])).await?))
}

/// A new passphrase: long enough, and typed twice where it cannot be seen.
async fn new_passphrase(words: &Words) -> Result<SecretString, DeskError> {
    let typed = passphrase::read_secret("passphrase", words.say("backup.terminal.newPassphrase", &[])).await?;
    if typed.expose_secret().chars().count() < SHORTEST_PASSPHRASE {
        return Err(ApiError::invalid("passphrase", "too_short").into());
    }
    if std::io::stdin().is_terminal() {
        let again = passphrase::read_secret("passphrase", words.say("backup.terminal.again", &[])).await?;
        if again.expose_secret() != typed.expose_secret() {
            return Err(ApiError::invalid("passphrase", "passphrases_differ").into());
        }
    }
    Ok(typed)
}

/// An error of backups in words, where there are any for it.
pub fn words_for(error: &DeskError, words: &Words) -> Option<String> {
    let DeskError::Api(error) = error else { return None };
    if let Some(failure) = &error.failure {
        let key = format!("failure.{}", failure.kind);
        let facts = [("detail", failure.detail.as_deref().unwrap_or_default())];
        let title = words.say(&format!("{key}.title"), &facts);
        return Some(format!("{title}. {} ({})", words.say(&format!("{key}.fix"), &facts), error.detail));
    }
    let (code, detail) = error.detail.split_once(':').unwrap_or((&error.detail, ""));
    let key = format!("backup.refused.{code}");
    let said = words.say(&key, &[]);
    let facts = if detail.is_empty() { String::new() } else { format!(" ({})", detail.trim()) };
    (error.field.is_some() && said != key).then(|| format!("{said}{facts}"))
}

/// Says in words what a backup holds.
pub fn tell(told: &Told, verb: &str, words: &Words, print: &dyn Fn(&str)) {
    let facts = &told.facts;
    print(&words.say(&format!("backup.terminal.{verb}"), &[("file", &told.file.display().to_string())]));
    let numbers = [
        ("epoch", facts.epoch.to_string()),
        ("sequence", facts.sequence.to_string()),
        ("kib", facts.bytes.div_ceil(1024).to_string()),
    ];
    print(&words.say("backup.terminal.holds", &numbers.each_ref().map(|(name, value)| (*name, value.as_str()))));
}

/// Makes or looks at a backup, and says so.
pub async fn run(
    home: PathBuf,
    workspace: Option<&Path>,
    operator: Option<&str>,
    wanted: Make,
    as_json: bool,
    words: &Words,
    print: &dyn Fn(&str),
) -> Result<(), DeskError> {
    let (told, verb) = match wanted.act.clone() {
        Some(Act::Verify { file }) => (verify(home, workspace, file, words).await?, "whole"),
        None => (make(home, workspace, operator, &wanted, words).await?, "made"),
    };
    if as_json {
        print(&json!({ "file": told.file, "backup": told.facts }).to_string());
    } else {
        tell(&told, verb, words, print);
    }
    Ok(())
}

/// Puts a backup back, and says where everything is.
pub async fn run_restore(
    home: PathBuf,
    workspace: Option<&Path>,
    wanted: PutBack,
    as_json: bool,
    words: &Words,
    print: &dyn Fn(&str),
) -> Result<(), DeskError> {
    let restored = restore(home, workspace, &wanted, words).await?;
    let folder = restored.folder.display().to_string();
    if as_json {
        let facts = Facts::from(restored.facts);
        print(&json!({ "folder": restored.folder, "aside": restored.aside, "backup": facts }).to_string());
        return Ok(());
    }
    print(&words.say("backup.terminal.restored", &[("folder", &folder)]));
    if let Some(aside) = &restored.aside {
        print(&words.say("backup.terminal.aside", &[("file", &aside.display().to_string())]));
    }
    print(&words.say("backup.terminal.next", &[]));
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::Language;

    #[test]
    fn a_wrong_passphrase_of_a_backup_is_told_without_a_word_of_another_language() {
        let words = Words::of(Language::Ro);
        let said = |error| words_for(&refused(error), &words).unwrap();
        assert_eq!(said(BackupError::PassphraseWrong), words.say("backup.refused.passphrase_wrong", &[]));
        let foreign = format!("{} (/copii/a.txt)", words.say("backup.refused.foreign", &[]));
        assert_eq!(said(BackupError::Foreign("/copii/a.txt".into())), foreign);
    }
}

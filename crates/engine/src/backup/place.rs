//! Where a workspace's backups lie on this machine, what is set about them, and what is known of each.

use super::files::put;
use super::sealed;
use crate::workspace::lock;
use chrono::DateTime;
use chrono_tz::Europe::Bucharest;
use punte_store::ledger::BackupFacts;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::io::{self, ErrorKind, Read};
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::time::UNIX_EPOCH;

/// Files that are listed of a folder.
const MOST_LISTED: usize = 500;
/// Characters of a workspace's name in a file's.
const SLUG: usize = 40;

/// Whoever changes what is kept has it: a look and a job may end at once.
static TURN: Mutex<()> = Mutex::new(());

/// What is set about a workspace's backups.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct BackupSettings {
    /// `None`: the app's own place.
    pub folder: Option<PathBuf>,
    /// 0: only on demand.
    pub every_hours: u32,
    /// Newest ones that stay.
    pub keep: u32,
    /// Sealed under the passphrase in the credential store.
    pub encrypt: bool,
    /// When that passphrase was set.
    pub passphrase_ms: Option<i64>,
}

impl Default for BackupSettings {
    fn default() -> Self {
        BackupSettings { folder: None, every_hours: 24, keep: 14, encrypt: false, passphrase_ms: None }
    }
}

/// What is known of a backup that was made here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Made {
    /// The file's name in its folder.
    pub file: String,
    pub bytes: u64,
    pub made_ms: i64,
    /// When it was last opened and found whole; `None` where it was not.
    pub verified_ms: Option<i64>,
    pub sealed: bool,
    pub epoch: i64,
    pub sequence: i64,
    #[serde(default)]
    pub audit_head: Option<String>,
    pub pages: u64,
    pub took_ms: u64,
}

impl Made {
    pub(super) fn of(facts: &BackupFacts, file: &str, bytes: u64, sealed: bool, now_ms: i64, took_ms: u64) -> Made {
        Made {
            file: file.to_owned(),
            bytes,
            made_ms: now_ms,
            verified_ms: Some(now_ms),
            sealed,
            epoch: facts.epoch,
            sequence: facts.sequence,
            audit_head: facts.audit_head.map(|head| head.to_string()),
            pages: facts.pages,
            took_ms,
        }
    }
}

/// A file in the folder of backups.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BackupEntry {
    pub file: String,
    pub bytes: u64,
    /// When it was made, or of one that somebody put there: when it was written.
    pub made_ms: i64,
    pub sealed: bool,
    pub verified_ms: Option<i64>,
    /// What was known when it was made here.
    pub made: Option<Made>,
}

#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
struct Kept {
    settings: BackupSettings,
    /// In the order in which they were made.
    made: Vec<Made>,
}

/// The backups of one workspace on this machine.
#[derive(Debug, Clone)]
pub struct Place {
    state: PathBuf,
    /// The workspace's id, as a name that stays in its folder.
    name: String,
}

impl Place {
    pub fn of(state: &Path, workspace_id: &str) -> Place {
        let is_plain = |one: char| one.is_ascii_alphanumeric() || matches!(one, '_' | '-');
        let is_name = !workspace_id.is_empty() && workspace_id.len() <= 64 && workspace_id.chars().all(is_plain);
        let name = if is_name {
            workspace_id.to_owned()
        } else {
            Sha256::digest(workspace_id.as_bytes()).iter().take(16).map(|byte| format!("{byte:02x}")).collect()
        };
        Place { state: state.join("backups"), name }
    }

    /// Where what is kept stands.
    pub(crate) fn state(&self) -> &Path {
        &self.state
    }

    fn path(&self) -> PathBuf {
        self.state.join(format!("{}.json", self.name))
    }

    /// Nothing is set where there is no file. One that cannot be read is no such word: it may say that backups are sealed.
    fn read(&self) -> io::Result<Kept> {
        let path = self.path();
        let named = |error: io::Error| io::Error::new(error.kind(), format!("{}: {error}", path.display()));
        match std::fs::read(&path) {
            Ok(bytes) => serde_json::from_slice(&bytes).map_err(|error| named(error.into())),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(Kept::default()),
            Err(error) => Err(named(error)),
        }
    }

    fn write(&self, kept: &Kept) -> io::Result<()> {
        std::fs::create_dir_all(&self.state)?;
        put(&self.path(), &serde_json::to_vec_pretty(kept)?)
    }

    /// Reads, changes and writes, with nobody else doing so in between.
    fn change<T>(&self, change: impl FnOnce(&mut Kept) -> T) -> io::Result<T> {
        let _turn = lock(&TURN);
        let mut kept = self.read()?;
        let done = change(&mut kept);
        self.write(&kept)?;
        Ok(done)
    }

    /// # Errors
    /// What is set cannot be read.
    pub fn settings(&self) -> io::Result<BackupSettings> {
        Ok(self.read()?.settings)
    }

    /// What is set, and when the newest backup that was made here was made.
    ///
    /// # Errors
    /// What is kept cannot be read.
    pub fn newest_made(&self) -> io::Result<(BackupSettings, Option<i64>)> {
        let kept = self.read()?;
        Ok((kept.settings, kept.made.iter().map(|one| one.made_ms).max()))
    }

    /// # Errors
    /// What was set before cannot be read, or what is set now not be written.
    pub fn set(&self, settings: BackupSettings) -> io::Result<()> {
        self.change(|kept| kept.settings = settings)
    }

    pub fn default_folder(&self) -> PathBuf {
        self.state.join(&self.name)
    }

    /// Where backups go, as it is set.
    pub fn folder(&self, settings: &BackupSettings) -> PathBuf {
        settings.folder.clone().unwrap_or_else(|| self.default_folder())
    }

    /// A name that no file in the folder has yet.
    pub(super) fn new_name(folder: &Path, workspace_name: &str, now_ms: i64, sealed: bool) -> PathBuf {
        let at = DateTime::from_timestamp_millis(now_ms).unwrap_or_default().with_timezone(&Bucharest);
        let stem = format!("punte-{}-{}", slug(workspace_name), at.format("%Y-%m-%d-%H%M%S"));
        let ending = if sealed { ".sqlite.sealed" } else { ".sqlite" };
        let later = (2..1000).map(|n| format!("{stem}-{n}{ending}"));
        let mut names = std::iter::once(format!("{stem}{ending}")).chain(later).map(|name| folder.join(name));
        names.find(|path| !path.exists()).unwrap_or_else(|| folder.join(format!("{stem}-last{ending}")))
    }

    /// Keeps what is known of a new one.
    pub(super) fn note(&self, made: Made) -> io::Result<()> {
        self.change(|kept| {
            kept.made.retain(|one| one.file != made.file);
            kept.made.push(made);
        })
    }

    /// Keeps what a later look said.
    pub fn note_look(&self, file: &str, verified_ms: Option<i64>) -> io::Result<()> {
        self.change(|kept| {
            if let Some(made) = kept.made.iter_mut().find(|made| made.file == file) {
                made.verified_ms = verified_ms;
            }
        })
    }

    /// Takes the oldest of those made here away, beyond the number to keep; what somebody else put there stays. Answers how
    /// many went.
    pub(super) fn prune(&self) -> io::Result<u32> {
        self.change(|kept| {
            let folder = self.folder(&kept.settings);
            kept.made.retain(|made| folder.join(&made.file).exists());
            // in the order in which they were made: a clock that went back does not make the newest the oldest
            let beyond = kept.made.len().saturating_sub(kept.settings.keep.max(1) as usize);
            let old: Vec<Made> = kept.made.drain(..beyond).collect();
            let mut gone = 0;
            for made in old {
                match std::fs::remove_file(folder.join(&made.file)) {
                    Ok(()) => {
                        let _ = std::fs::remove_file(checksum_path(&folder.join(&made.file)));
                        gone += 1;
                    }
                    Err(error) => {
                        tracing::warn!(%error, file = made.file, "an old backup cannot be removed");
                        kept.made.insert(0, made);
                    }
                }
            }
            gone
        })
    }

    /// What is set, and what lies in the folder, newest first.
    ///
    /// # Errors
    /// What is set cannot be read.
    pub fn look(&self) -> io::Result<(BackupSettings, Vec<BackupEntry>)> {
        let kept = self.read()?;
        let Ok(entries) = std::fs::read_dir(self.folder(&kept.settings)) else {
            return Ok((kept.settings, Vec::new()));
        };
        let mut found: Vec<BackupEntry> = entries
            .flatten()
            .filter_map(|entry| {
                let file = entry.file_name().into_string().ok().filter(|name| is_backup(name))?;
                let facts = entry.metadata().ok().filter(|facts| facts.is_file())?;
                let written = facts.modified().ok().and_then(|at| at.duration_since(UNIX_EPOCH).ok());
                let made = kept.made.iter().find(|made| made.file == file && made.bytes == facts.len()).cloned();
                Some(BackupEntry {
                    bytes: facts.len(),
                    made_ms: made.as_ref().map_or(written.map_or(0, |at| at.as_millis() as i64), |made| made.made_ms),
                    sealed: made.as_ref().map_or_else(|| is_sealed(&entry.path()), |made| made.sealed),
                    verified_ms: made.as_ref().and_then(|made| made.verified_ms),
                    made,
                    file,
                })
            })
            .collect();
        found.sort_by(|one, other| (other.made_ms, &other.file).cmp(&(one.made_ms, &one.file)));
        found.truncate(MOST_LISTED);
        Ok((kept.settings, found))
    }

    /// A file of the folder by its name.
    ///
    /// # Errors
    /// What is set cannot be read.
    pub fn find(&self, file: &str) -> io::Result<Option<PathBuf>> {
        let path = self.folder(&self.settings()?).join(file);
        let is_named = is_backup(file) && Path::new(file).file_name().is_some_and(|name| name == file);
        Ok((is_named && path.is_file()).then_some(path))
    }
}

fn is_backup(name: &str) -> bool {
    !name.contains(['/', '\\']) && (name.ends_with(".sqlite") || name.ends_with(".sqlite.sealed"))
}

/// Whether a file begins as a sealed one does.
pub fn is_sealed(path: &Path) -> bool {
    let mut begins = [0; 8];
    std::fs::File::open(path).and_then(|mut file| file.read_exact(&mut begins)).is_ok() && begins == *sealed::MAGIC
}

/// Beside a backup that is not sealed: its SHA-256, as `sha256sum --check` reads it.
pub(super) fn checksum_path(file: &Path) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(".sha256");
    name.into()
}

/// A name as a part of a file's name: letters without marks, digits, hyphens.
pub fn slug(name: &str) -> String {
    use unicode_normalization::UnicodeNormalization;
    let mut slug = String::new();
    for one in name.nfd().filter(|one| !unicode_normalization::char::is_combining_mark(*one)) {
        if one.is_ascii_alphanumeric() {
            slug.push(one.to_ascii_lowercase());
        } else if !slug.is_empty() && !slug.ends_with('-') {
            slug.push('-');
        }
        if slug.len() >= SLUG {
            break;
        }
    }
    let slug = slug.trim_end_matches('-');
    if slug.is_empty() { "workspace".to_owned() } else { slug.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place() -> (tempfile::TempDir, Place) {
        let state = tempfile::tempdir().unwrap();
        let place = Place::of(state.path(), "ws_1");
        std::fs::create_dir_all(place.default_folder()).unwrap();
        (state, place)
    }

    fn made(place: &Place, file: &str, made_ms: i64) -> Made {
        std::fs::write(place.default_folder().join(file), file).unwrap();
        Made {
            file: file.into(),
            bytes: file.len() as u64,
            made_ms,
            verified_ms: Some(made_ms),
            sealed: false,
            epoch: 1,
            sequence: 2,
            audit_head: None,
            pages: 3,
            took_ms: 4,
        }
    }

    #[test]
    fn a_file_is_named_by_workspace_and_day_and_never_twice() {
        let (_state, place) = place();
        let name =
            |sealed| Place::new_name(&place.default_folder(), "Atelier Cană & Țesături SRL", 1_795_795_080_000, sealed);
        let first = name(false);
        let stem = first.file_name().unwrap().to_str().unwrap().to_owned();
        assert!(stem.starts_with("punte-atelier-cana-tesaturi-srl-2026-11-2"), "{stem}");
        std::fs::write(&first, "x").unwrap();
        assert!(name(false).to_str().unwrap().ends_with("-2.sqlite"));
        assert!(name(true).to_str().unwrap().ends_with(".sqlite.sealed"));
        assert_eq!(slug("///"), "workspace");
    }

    #[test]
    fn an_id_that_is_no_name_leads_nowhere_else() {
        let state = Path::new("/state");
        assert!(Place::of(state, "ws_1").default_folder().ends_with("backups/ws_1"));
        for id in ["../../elsewhere", "", "a/b", "a\\b"] {
            let folder = Place::of(state, id).default_folder();
            assert_eq!(folder.parent(), Some(Path::new("/state/backups")), "{id}");
            assert!(!folder.to_str().unwrap().contains(".."));
        }
    }

    #[test]
    fn the_oldest_go_and_what_somebody_put_there_stays() {
        let (_state, place) = place();
        place.set(BackupSettings { keep: 2, ..BackupSettings::default() }).unwrap();
        for (at_ms, file) in [(5, "a.sqlite"), (7, "b.sqlite"), (6, "c.sqlite")] {
            place.note(made(&place, file, at_ms)).unwrap();
        }
        std::fs::write(checksum_path(&place.default_folder().join("a.sqlite")), "x").unwrap();
        std::fs::write(place.default_folder().join("carried-here.sqlite"), "x").unwrap();
        assert_eq!(place.prune().unwrap(), 1);
        let names: Vec<String> = place.look().unwrap().1.into_iter().map(|entry| entry.file).collect();
        assert_eq!(names, ["carried-here.sqlite", "b.sqlite", "c.sqlite"], "whatever the clock said");
        assert!(!checksum_path(&place.default_folder().join("a.sqlite")).exists());
        assert_eq!(place.settings().unwrap().keep, 2, "what is set stays");
        assert_eq!(place.prune().unwrap(), 0);
    }

    #[test]
    fn a_file_that_was_changed_since_is_no_longer_the_one_that_was_verified() {
        let (_state, place) = place();
        place.note(made(&place, "a.sqlite", 5)).unwrap();
        assert_eq!(place.look().unwrap().1[0].verified_ms, Some(5));
        place.note_look("a.sqlite", None).unwrap();
        assert_eq!(place.look().unwrap().1[0].verified_ms, None);
        place.note_look("a.sqlite", Some(9)).unwrap();
        std::fs::write(place.default_folder().join("a.sqlite"), "of another length").unwrap();
        assert_eq!((place.look().unwrap().1[0].verified_ms, place.look().unwrap().1[0].made.clone()), (None, None));
    }

    #[test]
    fn only_files_of_the_folder_are_found_by_name() {
        let (_state, place) = place();
        std::fs::write(place.default_folder().join("a.sqlite"), "x").unwrap();
        std::fs::write(place.state.join("b.sqlite"), "x").unwrap();
        assert!(place.find("a.sqlite").unwrap().is_some());
        for name in ["../b.sqlite", "b.sqlite", "", "a.txt", "/etc/passwd", "..\\b.sqlite"] {
            assert_eq!(place.find(name).unwrap(), None, "{name}");
        }
    }

    #[test]
    fn settings_that_cannot_be_read_are_no_defaults_and_are_not_written_over() {
        let (_state, place) = place();
        place.set(BackupSettings { encrypt: true, ..BackupSettings::default() }).unwrap();
        let cut = std::fs::read(place.path()).unwrap()[..20].to_vec();
        std::fs::write(place.path(), &cut).unwrap();
        let told = place.settings().unwrap_err().to_string();
        assert!(told.contains("ws_1.json"), "{told}");
        let file = made(&place, "a.sqlite", 5);
        let changes = [place.set(BackupSettings::default()), place.note(file), place.note_look("a.sqlite", None)];
        assert!(changes.iter().all(Result::is_err));
        assert!(place.prune().is_err() && place.look().is_err() && place.find("a.sqlite").is_err());
        assert_eq!(std::fs::read(place.path()).unwrap(), cut);
        std::fs::remove_file(place.path()).unwrap();
        assert_eq!(place.settings().unwrap(), BackupSettings::default());
    }

    #[test]
    fn what_several_keep_at_once_is_all_kept() {
        let (_state, place) = place();
        let files: Vec<Made> = (0..16).map(|n| made(&place, &format!("{n}.sqlite"), n)).collect();
        std::thread::scope(|scope| {
            for file in files {
                let place = place.clone();
                scope.spawn(move || place.note(file).unwrap());
            }
        });
        assert_eq!(place.read().unwrap().made.len(), 16);
    }
}

//! The log read back: the newest line first from a place on, or what came since. Never a whole file at once, and never more than a
//! bound of bytes: where that is reached, the answer says from where to go on.
//!
//! Lines that tell no workspace are about the machine, or are of another program's making; whoever asks says whether they are meant.

mod backwards;
mod forwards;
#[cfg(test)]
mod tests;

use crate::line::{Level, Line};
use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr;

/// Bytes that are read at a time.
const PIECE: usize = 64 * 1024;
/// A line that is longer is none of ours: it is passed in pieces.
const LONGEST_LINE: usize = 1024 * 1024;

/// A place in the log: a day's file, and bytes from its beginning.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Cursor {
    day: String,
    offset: u64,
}

impl fmt::Display for Cursor {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}:{}", self.day, self.offset)
    }
}

/// A text is no place in a log.
#[derive(Debug, Clone, thiserror::Error)]
#[error("no place in a log: {0}")]
pub struct BadCursor(String);

impl FromStr for Cursor {
    type Err = BadCursor;

    fn from_str(text: &str) -> Result<Cursor, BadCursor> {
        let bad = || BadCursor(text.chars().take(60).collect());
        let (day, offset) = text.split_once(':').ok_or_else(bad)?;
        let offset = offset.parse().map_err(|_| bad())?;
        if is_day(day) { Ok(Cursor { day: day.to_owned(), offset }) } else { Err(bad()) }
    }
}

/// Which lines are meant. All of what is named must fit.
#[derive(Debug, Clone, Default)]
pub struct Wanted {
    /// Lines of this workspace; of every one where none is named.
    pub workspace: Option<String>,
    /// Also lines that tell no workspace.
    pub machine: bool,
    /// At least so important. What is no event of the log passes: nobody knows how important it is.
    pub level: Option<Level>,
    pub connection: Option<String>,
    /// Ids of orders and documents: a line about any of them fits. None means every line.
    pub records: Vec<String>,
    /// What the line says somewhere, in any case.
    pub text: String,
    /// Not older than.
    pub from_ms: Option<i64>,
}

/// How much is read, and handed out, at once.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    pub lines: usize,
    /// Bytes of files that are gone through.
    pub bytes: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Limits { lines: 200, bytes: 64 * 1024 * 1024 }
    }
}

/// Some of the log, the newest line first.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Page {
    pub lines: Vec<Line>,
    /// Older lines are before it; nothing where there are none.
    pub older: Option<Cursor>,
    /// Newer lines are from here on. Nothing while there is no log.
    pub newer: Option<Cursor>,
    /// The bound of bytes was reached before so many lines were found, or more came since than are handed out.
    pub is_cut: bool,
    /// Bytes gone through.
    pub bytes: u64,
}

/// A day's file.
#[derive(Debug, Clone)]
struct DayFile {
    day: String,
    path: PathBuf,
}

fn is_day(text: &str) -> bool {
    text.len() == 10 && chrono::NaiveDate::parse_from_str(text, "%Y-%m-%d").is_ok()
}

/// The files of a folder, the oldest first. A folder that is not there yet has none.
fn list_files(folder: &Path) -> std::io::Result<Vec<DayFile>> {
    let entries = match std::fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(error),
    };
    let mut files = Vec::new();
    for entry in entries {
        let entry = entry?;
        let name = entry.file_name();
        let day = name.to_str().and_then(|name| name.strip_prefix("punte.")?.strip_suffix(".jsonl"));
        if let Some(day) = day.filter(|day| is_day(day)) {
            files.push(DayFile { day: day.to_owned(), path: entry.path() });
        }
    }
    files.sort_by(|one, other| one.day.cmp(&other.day));
    Ok(files)
}

/// The newest lines before a place, or the newest of all.
///
/// # Errors
/// A file or the folder cannot be read.
pub fn read_before(folder: &Path, wanted: &Wanted, before: Option<&Cursor>, limits: Limits) -> std::io::Result<Page> {
    backwards::read(&list_files(folder)?, &Filter::of(wanted), before, limits)
}

/// What came from a place on, as far as it is written to its end. The oldest of it, where there is more than is handed out.
///
/// # Errors
/// A file or the folder cannot be read.
pub fn read_since(folder: &Path, wanted: &Wanted, since: &Cursor, limits: Limits) -> std::io::Result<Page> {
    forwards::read(&list_files(folder)?, &Filter::of(wanted), since, limits)
}

/// What is meant, made ready to be compared.
struct Filter<'w> {
    wanted: &'w Wanted,
    text: String,
}

impl<'w> Filter<'w> {
    fn of(wanted: &'w Wanted) -> Filter<'w> {
        Filter { wanted, text: wanted.text.trim().to_lowercase() }
    }

    /// What fits of a line of a file, in its order.
    fn take(&self, bytes: &[u8], at: &Cursor) -> Vec<Line> {
        let text = String::from_utf8_lossy(bytes);
        let text = text.trim();
        if text.is_empty() || !self.may_fit(text) {
            return Vec::new();
        }
        Line::read(text, at).into_iter().filter(|line| self.fits(line)).collect()
    }

    /// A cheap look before a line is taken apart: most lines of a long log are about something else.
    fn may_fit(&self, text: &str) -> bool {
        let wanted = self.wanted;
        let has = |id: &String| text.contains(id.as_str());
        wanted.connection.as_ref().is_none_or(has)
            && (wanted.records.is_empty() || wanted.records.iter().any(has))
            && (wanted.machine || wanted.workspace.as_ref().is_none_or(has))
            && (self.text.is_empty() || self.is_escaped() || text.to_lowercase().contains(&self.text))
    }

    /// It stands otherwise in a line of JSON.
    fn is_escaped(&self) -> bool {
        self.text.contains(['"', '\\'])
    }

    fn fits(&self, line: &Line) -> bool {
        let wanted = self.wanted;
        let is_theirs = match (&line.workspace, &wanted.workspace) {
            (None, _) => wanted.machine,
            (Some(_), None) => true,
            (Some(one), Some(other)) => one == other,
        };
        let is_about = |id: &String| line.order.as_ref() == Some(id) || line.document.as_ref() == Some(id);
        is_theirs
            && wanted.level.is_none_or(|least| line.level.is_none_or(|level| level <= least))
            && (wanted.connection.is_none() || line.connection == wanted.connection)
            && (wanted.records.is_empty() || wanted.records.iter().any(is_about))
            && !self.is_too_old(line)
            && (self.text.is_empty() || self.says(line))
    }

    /// Of what was read, and not of what is masked in it.
    fn says(&self, line: &Line) -> bool {
        let has = |text: &str| text.to_lowercase().contains(&self.text);
        let ids = [&line.workspace, &line.connection, &line.order, &line.document];
        has(&line.message)
            || has(&line.target)
            || ids.into_iter().flatten().any(|id| has(id))
            || line
                .fields
                .iter()
                .any(|(name, value)| has(name) || value.as_str().map_or_else(|| has(&value.to_string()), has))
    }

    fn is_too_old(&self, line: &Line) -> bool {
        matches!((line.at_ms, self.wanted.from_ms), (Some(at_ms), Some(from_ms)) if at_ms < from_ms)
    }

    /// Whether no line of a day's file, nor of one before it, can fit: its day ended before.
    fn is_over_before(&self, day: &str) -> bool {
        let ends = chrono::NaiveDate::parse_from_str(day, "%Y-%m-%d").ok().and_then(|day| day.succ_opt());
        let ends_ms = ends.and_then(|day| day.and_hms_opt(0, 0, 0)).map(|at| at.and_utc().timestamp_millis());
        matches!((ends_ms, self.wanted.from_ms), (Some(ends_ms), Some(from_ms)) if ends_ms <= from_ms)
    }
}

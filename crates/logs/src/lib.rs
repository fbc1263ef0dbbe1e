//! The log: one JSON object a line, one file a day; secrets, e-mail addresses, telephone and personal numbers are masked
//! before a byte is written. It is read back by [`read`], and what leaves the machine goes through [`Stripper`] first.
//!
//! A safety net, not a licence: nothing hands a secret to the log in the first place.

mod line;
pub mod read;
mod redact;
mod strip;
pub mod traces;

pub use line::{Level, Line};
pub use redact::redact;
pub use strip::Stripper;

use std::io::Write;
use std::path::{Path, PathBuf};
use traces::Traces;
use tracing::Subscriber;
use tracing_appender::non_blocking::{NonBlocking, WorkerGuard};
use tracing_appender::rolling::{InitError, Rotation};
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::registry::LookupSpan;
use tracing_subscriber::{EnvFilter, Layer, Registry};

/// How much is kept, and how much is told.
#[derive(Debug, Clone)]
pub struct Options {
    /// Days kept; older files are removed.
    pub days: usize,
    /// `PUNTE_LOG` overrides it, in the syntax of `tracing-subscriber`'s `EnvFilter`.
    pub filter: &'static str,
}

impl Default for Options {
    fn default() -> Self {
        Options { days: 14, filter: "info,punte_engine=debug,punte_connectors=debug,hyper=warn,reqwest=warn" }
    }
}

/// Why there is no log.
#[derive(Debug, thiserror::Error)]
pub enum LogError {
    #[error("{folder}: {source}")]
    Folder { folder: PathBuf, source: std::io::Error },
    #[error(transparent)]
    File(#[from] InitError),
    #[error("a log is already being written")]
    Twice,
}

/// Holds the log open; dropped last, it flushes.
pub struct LogGuard {
    _worker: WorkerGuard,
}

/// Starts the log of this process in a folder and sends panics to it.
///
/// # Errors
/// When the folder or file can't be made, or a log already runs.
pub fn init(folder: &Path, options: Options) -> Result<LogGuard, LogError> {
    init_with(folder, options, None)
}

/// The same with traces beside the log.
///
/// # Errors
/// When the folder or file can't be made, or a log already runs.
pub fn init_with(folder: &Path, options: Options, traces: Option<&Traces>) -> Result<LogGuard, LogError> {
    std::fs::create_dir_all(folder).map_err(|source| LogError::Folder { folder: folder.to_owned(), source })?;
    let file = tracing_appender::rolling::Builder::new()
        .rotation(Rotation::DAILY)
        .filename_prefix("punte")
        .filename_suffix("jsonl")
        .max_log_files(options.days)
        .build(folder)?;
    let (writer, worker) = tracing_appender::non_blocking(file);
    let filter = EnvFilter::try_from_env("PUNTE_LOG").unwrap_or_else(|_| EnvFilter::new(options.filter));
    let set = match traces {
        // one filter for all that is there costs less than one for each
        None => tracing::subscriber::set_global_default(Registry::default().with(filter).with(lines(writer))),
        Some(traces) => {
            let both = Registry::default().with(lines(writer).with_filter(filter)).with(traces.layer());
            tracing::subscriber::set_global_default(both)
        }
    };
    set.map_err(|_| LogError::Twice)?;
    log_panics();
    Ok(LogGuard { _worker: worker })
}

/// Events as lines of JSON.
fn lines<S: Subscriber + for<'s> LookupSpan<'s>>(writer: NonBlocking) -> impl Layer<S> {
    tracing_subscriber::fmt::layer()
        .json()
        .flatten_event(true)
        // it stands in the list of spans
        .with_current_span(false)
        .with_writer(Masked(writer))
}

/// A panic ends its task, never a write: the ledger commits whole transactions or nothing. It must not go unseen.
fn log_panics() {
    let before = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        let place = panic.location().map(ToString::to_string).unwrap_or_default();
        let said = panic.payload_as_str().unwrap_or("(no message)");
        let thread = std::thread::current();
        let trace = std::backtrace::Backtrace::force_capture().to_string();
        tracing::error!(place, said, thread = thread.name().unwrap_or(""), trace, "panic");
        before(panic);
    }));
}

/// A writer that masks whole lines.
#[derive(Clone)]
struct Masked<W>(W);

impl<'w> MakeWriter<'w> for Masked<NonBlocking> {
    type Writer = Masked<NonBlocking>;

    fn make_writer(&'w self) -> Self::Writer {
        self.clone()
    }
}

impl<W: Write> Write for Masked<W> {
    fn write(&mut self, line: &[u8]) -> std::io::Result<usize> {
        // the formatter writes one event whole
        let text = String::from_utf8_lossy(line);
        self.0.write_all(redact::redact_line(&text).as_bytes())?;
        Ok(line.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.0.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_log_is_json_lines_without_secrets_and_hears_of_panics() {
        let folder = tempfile::tempdir().unwrap();
        let guard = init(folder.path(), Options::default()).unwrap();
        tracing::info!(
            order = "10401",
            header = "Authorization: Bearer abcdef123456",
            client = "ana@shop.ro",
            phone = "0740 123 456",
            "sending"
        );
        {
            let _workspace = tracing::error_span!("workspace", workspace = "ws_1").entered();
            tracing::warn!(document = "doc_1", "in doubt");
        }
        let panicked = std::thread::Builder::new().name("worker".into()).spawn(|| panic!("boom")).unwrap().join();
        assert!(panicked.is_err());
        assert!(matches!(init(folder.path(), Options::default()), Err(LogError::Twice)));
        drop(guard);
        let file = std::fs::read_dir(folder.path()).unwrap().next().unwrap().unwrap();
        let name = file.file_name().into_string().unwrap();
        assert!(name.starts_with("punte.20") && name.ends_with(".jsonl"), "{name}");
        let text = std::fs::read_to_string(file.path()).unwrap();
        let lines: Vec<serde_json::Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        assert_eq!(lines[0]["message"], "sending");
        assert_eq!(lines[0]["order"], "10401");
        for told in ["abcdef123456", "ana@shop.ro", "0740"] {
            assert!(!text.contains(told), "{text}");
        }
        assert_eq!(lines[0]["client"], "a•••@shop.ro");
        let panic = lines.iter().find(|line| line["message"] == "panic").unwrap();
        assert_eq!(panic["said"], "boom");
        assert_eq!(panic["thread"], "worker");
        assert!(panic["place"].as_str().unwrap().contains("lib.rs"));
        let wanted = read::Wanted { records: vec!["doc_1".into()], ..read::Wanted::default() };
        let page = read::read_before(folder.path(), &wanted, None, read::Limits::default()).unwrap();
        assert_eq!(page.lines.len(), 1, "the line about the document is found again");
        assert_eq!((page.lines[0].workspace.as_deref(), page.lines[0].level), (Some("ws_1"), Some(Level::Warn)));
    }

    #[test]
    fn a_folder_that_cannot_be_made_is_named() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let error = init(&file.path().join("logs"), Options::default()).err().unwrap();
        assert!(error.to_string().contains("logs"), "{error}");
    }
}

//! `punte-cli import`: a file of orders, sent in pieces to whoever owns the workspace, and followed to its end.

use crate::commands::{Desk, DeskError};
use crate::words::Words;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use punte_api::{ApiError, ErrorCode};
use punte_engine::desk::export::{Cell, csv_text, csv_writer};
use serde_json::{Value, json};
use std::fs::File;
use std::io::{IsTerminal, Read, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// As the api takes it at most.
const PIECE: usize = 1024 * 1024;
/// Rejected rows that are told on screen.
const SHOWN: usize = 20;
const BETWEEN_LOOKS: Duration = Duration::from_millis(200);

/// What is to be imported, and how.
pub struct Wanted {
    pub file: PathBuf,
    /// Id or name of a shop's connection, or the name of a shop whose files are the first.
    pub connection: Option<String>,
    /// A JSON file that says which column is which field.
    pub columns: Option<PathBuf>,
    /// Only say what would be taken.
    pub preview: bool,
    /// A CSV file for every rejected row.
    pub report: Option<PathBuf>,
}

/// An import at its end, or a preview.
pub struct Told {
    /// As the api answers it.
    pub answer: Value,
    /// The first rejected rows.
    pub rejected: Vec<Value>,
    is_preview: bool,
}

impl Told {
    /// The file was gone through to its end, whatever its rows were; or can be.
    pub fn is_good(&self) -> bool {
        if self.is_preview {
            is_empty(&self.answer["missing"]) && self.answer["reason"].is_null()
        } else {
            self.answer["state"] == "done"
        }
    }
}

/// Sends a file, has it taken in, and waits for its end. When `stop` comes first it is cancelled.
///
/// # Errors
/// As the api answers; a file that cannot be read or a report that cannot be written.
pub async fn run(
    desk: &Desk,
    wanted: &Wanted,
    words: &Words,
    stop: impl Future<Output = ()>,
) -> Result<Told, DeskError> {
    let mut file = File::open(&wanted.file).map_err(|error| unusable("file", &wanted.file, &error))?;
    let bytes = file.metadata().map_err(|error| unusable("file", &wanted.file, &error))?.len();
    let columns = wanted.columns.as_deref().map(read_columns).transpose()?;
    // before anything is sent: a report that cannot be written is said at once
    let report = wanted.report.as_deref().map(begin_report).transpose()?;
    let (connection, shop) = match &wanted.connection {
        Some(named) => shop_named(desk, named).await?,
        None if is_json(&wanted.file) => (only_shop(desk).await?, None),
        None => (None, None),
    };
    let name = wanted.file.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let begun = json!({ "fileName": name, "bytes": bytes, "connectionId": connection, "connectionName": shop });
    let begun = desk.call("imports.begin", begun).await?;
    let id = begun["id"].as_str().unwrap_or_default().to_owned();
    let mut progress = Progress::default();
    let work = async {
        send(desk, &id, &mut file, &wanted.file, bytes, words, &mut progress).await?;
        let choice = json!({ "id": id, "columns": columns });
        if wanted.preview {
            let preview = desk.call("imports.preview", choice).await?;
            desk.call("imports.cancel", json!({ "id": id })).await?;
            return Ok(preview);
        }
        if let Err(error) = desk.call("imports.start", choice.clone()).await {
            return Err(why_not(desk, choice, words).await.unwrap_or(error));
        }
        follow(desk, &id, words, &mut progress).await
    };
    let ended = tokio::select! {
        ended = work => Some(ended),
        () = stop => None,
    };
    progress.end();
    let answer = match ended {
        Some(Ok(answer)) => answer,
        Some(Err(error)) => {
            // what was sent of it is of no use any more; why it failed tells more than this would
            let _ = desk.call("imports.cancel", json!({ "id": id })).await;
            return Err(error);
        }
        None => desk.call("imports.cancel", json!({ "id": id })).await?,
    };
    let rejected = if wanted.preview && answer["looked"].is_number() {
        answer["rejected"].as_array().cloned().unwrap_or_default()
    } else {
        list_rejected(desk, &id, report, words).await?
    };
    Ok(Told { answer, rejected, is_preview: wanted.preview })
}

async fn send(
    desk: &Desk,
    id: &str,
    file: &mut File,
    path: &Path,
    bytes: u64,
    words: &Words,
    progress: &mut Progress,
) -> Result<(), DeskError> {
    let mut offset = 0;
    let mut piece = Vec::with_capacity(PIECE);
    while offset < bytes {
        piece.clear();
        let read = Read::by_ref(file).take(PIECE as u64).read_to_end(&mut piece);
        let read = read.map_err(|error| unusable("file", path, &error))?;
        if read == 0 {
            return Err(ApiError::invalid("file", format!("{}: shorter than it was", path.display())).into());
        }
        let request = json!({ "id": id, "offset": offset, "base64": STANDARD.encode(&piece) });
        desk.call("imports.append", request).await?;
        offset += read as u64;
        let percent = (offset * 100 / bytes).to_string();
        progress.say(&words.say("terminal.importSending", &[("percent", &percent)]));
    }
    Ok(())
}

async fn follow(desk: &Desk, id: &str, words: &Words, progress: &mut Progress) -> Result<Value, DeskError> {
    loop {
        let now = desk.call("imports.get", json!({ "id": id })).await?;
        if now["state"] != "running" {
            return Ok(now);
        }
        let percent = (now["progress"].as_u64().unwrap_or_default() / 10).to_string();
        let facts = [("percent", percent), ("read", count(&now, "read")), ("rejected", count(&now, "rejected"))];
        let facts: Vec<(&str, &str)> = facts.iter().map(|(name, value)| (*name, value.as_str())).collect();
        progress.say(&words.say("terminal.importReading", &facts));
        tokio::time::sleep(BETWEEN_LOOKS).await;
    }
}

/// Why a file is not taken at all, in words, where a look at it tells.
async fn why_not(desk: &Desk, choice: Value, words: &Words) -> Option<DeskError> {
    let preview = desk.call("imports.preview", choice).await.ok()?;
    let reason = preview.get("reason").filter(|reason| reason.is_object());
    let told = match reason {
        Some(reason) => why(reason, words),
        None if !is_empty(&preview["missing"]) => missing(&preview, words),
        None => return None,
    };
    Some(ApiError::invalid("file", told).into())
}

fn missing(preview: &Value, words: &Words) -> String {
    let fields: Vec<&str> = preview["missing"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    words.say("terminal.importMissing", &[("fields", &fields.join(", "))])
}

/// A reason in words.
fn why(reason: &Value, words: &Words) -> String {
    let facts = reason["facts"].as_object();
    let facts: Vec<(&str, &str)> =
        facts.into_iter().flatten().map(|(name, value)| (name.as_str(), value.as_str().unwrap_or_default())).collect();
    words.say(&format!("imports.reason.{}", text(reason, "code")), &facts)
}

/// The first rejected rows; every one goes into the report.
async fn list_rejected(
    desk: &Desk,
    id: &str,
    report: Option<csv::Writer<File>>,
    words: &Words,
) -> Result<Vec<Value>, DeskError> {
    let (mut shown, mut after, mut report) = (Vec::new(), 0, report);
    loop {
        let page = desk.call("imports.rejected", json!({ "id": id, "after": after })).await?;
        for row in page["rows"].as_array().into_iter().flatten() {
            after = row["row"].as_i64().unwrap_or_default();
            if let Some(report) = &mut report {
                let cell = |field: &str| match &row[field] {
                    reason @ Value::Object(_) => csv_text(&Cell::Text(why(reason, words))),
                    Value::String(text) => csv_text(&Cell::Text(text.clone())),
                    Value::Null => String::new(),
                    other => other.to_string(),
                };
                let written = report.write_record(["line", "order", "field", "reason"].map(cell));
                written.map_err(|error| ApiError::invalid("report", error.to_string()))?;
            }
            if shown.len() < SHOWN {
                shown.push(row.clone());
            }
        }
        let is_enough = report.is_none() && shown.len() >= SHOWN;
        if is_enough || page["hasMore"] != true {
            break;
        }
    }
    if let Some(mut report) = report {
        report.flush().map_err(|error| ApiError::invalid("report", error.to_string()))?;
    }
    Ok(shown)
}

fn begin_report(path: &Path) -> Result<csv::Writer<File>, ApiError> {
    let file = File::create(path).map_err(|error| unusable("report", path, &error))?;
    let headings = ["line", "order", "field", "reason"].map(str::to_owned);
    csv_writer(file, &headings).map_err(|error| ApiError::invalid("report", error))
}

fn read_columns(path: &Path) -> Result<Value, ApiError> {
    let text = std::fs::read_to_string(path).map_err(|error| unusable("columns", path, &error))?;
    serde_json::from_str(&text).map_err(|error| ApiError::invalid("columns", format!("{}: {error}", path.display())))
}

fn unusable(field: &'static str, path: &Path, error: &std::io::Error) -> ApiError {
    ApiError::invalid(field, format!("{}: {error}", path.display()))
}

/// Whether a file begins as JSON does: the only kind whose orders may be a shop's own.
fn is_json(path: &Path) -> bool {
    let mut start = Vec::new();
    let read = File::open(path).and_then(|file| file.take(4096).read_to_end(&mut start));
    let text = start.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&start);
    read.is_ok() && text.iter().find(|byte| !byte.is_ascii_whitespace()).is_some_and(|byte| b"[{".contains(byte))
}

/// The connection of an id or a name; or, where none has it, the name of another shop's.
async fn shop_named(desk: &Desk, named: &str) -> Result<(Option<String>, Option<String>), DeskError> {
    let connections = desk.call("connections.list", Value::Null).await?;
    let shops = connections["shops"].as_array().map(Vec::as_slice).unwrap_or_default();
    let by = |field: &str| shops.iter().find(|shop| text(shop, field).to_lowercase() == named.trim().to_lowercase());
    Ok(match by("id").or_else(|| by("name")) {
        Some(shop) => (Some(text(shop, "id")), None),
        None => (None, Some(named.to_owned())),
    })
}

/// The shop whose orders a JSON file without a connection has: the only one. None where there is none yet.
async fn only_shop(desk: &Desk) -> Result<Option<String>, DeskError> {
    let connections = desk.call("connections.list", Value::Null).await?;
    match connections["shops"].as_array().map(Vec::as_slice).unwrap_or_default() {
        [] => Ok(None),
        [one] => Ok(one["id"].as_str().map(str::to_owned)),
        several => {
            let named = several.iter().map(|shop| format!("{} ({})", text(shop, "id"), text(shop, "name")));
            let detail = format!("--connection: {}", named.collect::<Vec<_>>().join(", "));
            Err(ApiError::new(ErrorCode::InvalidInput, detail).into())
        }
    }
}

/// Says what came of it, line by line.
pub fn tell(told: &Told, wanted: &Wanted, words: &Words, print: &impl Fn(&str)) {
    for bad in &told.rejected {
        let order = bad["order"].as_str().map(|order| format!("#{order}")).unwrap_or_default();
        let (field, reason) = (text(bad, "field"), why(&bad["reason"], words));
        print(&format!("{}:{}: {order} {field}: {reason}", wanted.file.display(), bad["line"]));
    }
    let answer = &told.answer;
    if told.is_preview {
        return tell_preview(answer, words, print);
    }
    let rejected = answer["rejected"].as_u64().unwrap_or_default();
    match &wanted.report {
        Some(report) if rejected > 0 => {
            let facts = [("count", &*rejected.to_string()), ("file", &*report.display().to_string())];
            print(&words.say("terminal.importReport", &facts));
        }
        None if rejected > SHOWN as u64 => {
            let more = (rejected - SHOWN as u64).to_string();
            print(&words.say("terminal.importMore", &[("count", &more)]));
        }
        _ => {}
    }
    let facts = ["read", "new", "changed", "unchanged", "rejected"].map(|name| (name, count(answer, name)));
    let facts: Vec<(&str, &str)> = facts.iter().map(|(name, value)| (*name, value.as_str())).collect();
    print(&words.say("terminal.imported", &facts));
    if answer["older"].as_u64().is_some_and(|older| older > 0) {
        print(&words.say("terminal.importOlder", &[("count", &count(answer, "older"))]));
    }
    if answer["state"] == "cancelled" {
        print(&words.say("terminal.importCancelled", &[]));
    }
    if let Some(kind) = answer["failure"]["kind"].as_str() {
        for part in ["title", "cause", "fix"] {
            print(&words.say(&format!("failure.{kind}.{part}"), &[]));
        }
        match &answer["reason"] {
            Value::Null => print(&text(&answer["failure"], "detail")),
            reason => print(&why(reason, words)),
        }
    }
}

fn tell_preview(preview: &Value, words: &Words, print: &impl Fn(&str)) {
    for order in preview["orders"].as_array().into_iter().flatten() {
        let (number, customer, status) = (text(order, "number"), text(order, "customer"), text(order, "status"));
        let total = punte_domain::Currency::parse(&text(&order["total"], "currency"))
            .map(|currency| currency.from_minor(order["total"]["minor"].as_i64().unwrap_or_default()).to_string());
        print(&format!(
            "{:>7}  #{number}  {customer}  {status}  {} {}",
            order["line"],
            total.unwrap_or_default(),
            text(&order["total"], "currency")
        ));
    }
    if preview["reason"].is_object() {
        return print(&why(&preview["reason"], words));
    }
    if !is_empty(&preview["missing"]) {
        return print(&missing(preview, words));
    }
    // of more no more are told
    let rejected = match preview["rejected"].as_array().map_or(0, Vec::len) {
        50 => "50+".to_owned(),
        fewer => fewer.to_string(),
    };
    let facts = [("format", text(preview, "format")), ("looked", count(preview, "looked")), ("rejected", rejected)];
    let facts: Vec<(&str, &str)> = facts.iter().map(|(name, value)| (*name, value.as_str())).collect();
    print(&words.say("terminal.importLooked", &facts));
    if preview["doubled"].as_u64().is_some_and(|doubled| doubled > 0) {
        print(&words.say("terminal.importDoubled", &[("count", &count(preview, "doubled"))]));
    }
}

fn text(of: &Value, field: &str) -> String {
    of[field].as_str().unwrap_or_default().to_owned()
}

fn count(of: &Value, field: &str) -> String {
    of[field].as_u64().unwrap_or_default().to_string()
}

fn is_empty(list: &Value) -> bool {
    list.as_array().is_none_or(Vec::is_empty)
}

/// One line on the terminal that is written over; nothing where the errors go into a file.
#[derive(Default)]
struct Progress {
    said: usize,
}

impl Progress {
    fn say(&mut self, line: &str) {
        let mut err = std::io::stderr();
        if !err.is_terminal() {
            return;
        }
        // a terminal that is gone is no reason to stop
        let _ = write!(err, "\r{line:<width$}", width = self.said).and_then(|()| err.flush());
        self.said = line.chars().count();
    }

    fn end(&mut self) {
        if self.said > 0 {
            let _ = write!(std::io::stderr(), "\r{:<width$}\r", "", width = self.said);
            self.said = 0;
        }
    }
}

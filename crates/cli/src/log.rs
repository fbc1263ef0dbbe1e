//! The program's log at the terminal, and the bundle for whoever helps.

use crate::commands::{Desk, DeskError};
use crate::people;
use crate::personal::write_new;
use crate::signals::stop_signal;
use crate::words::Words;
use base64::Engine;
use punte_api::{ApiError, ErrorCode};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

/// Between looks for what came since.
const LOOK: Duration = Duration::from_secs(1);

/// Which lines are meant.
#[derive(Debug, Clone, clap::Args)]
pub struct Arguments {
    /// Go on with new lines until stopped.
    #[arg(long)]
    follow: bool,
    /// Lines about this connection, by its id or name.
    #[arg(long, value_name = "ID")]
    connection: Option<String>,
    /// Lines about this order, by its number, or this document, by its id.
    #[arg(long, value_name = "ORDER")]
    order: Option<String>,
    /// At least so important.
    #[arg(long, value_parser = ["error", "warn", "info", "debug", "trace"])]
    level: Option<String>,
    /// Lines that say this somewhere.
    #[arg(long, value_name = "WORDS")]
    text: Option<String>,
}

/// What the bundle takes along.
#[derive(Debug, Clone, clap::Args)]
pub struct Bundle {
    /// Write a zip for its owner alone: a file that is not there yet. Without it the parts are only shown.
    #[arg(long, value_name = "FILE")]
    to: Option<PathBuf>,
    /// Show the text of every part before anything is written.
    #[arg(long)]
    show: bool,
    /// Days of the log.
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u32).range(1..=14))]
    days: u32,
}

fn failed(error: impl std::fmt::Display) -> DeskError {
    ApiError::new(ErrorCode::Internal, error.to_string()).into()
}

/// Prints the newest lines of a workspace's log, the oldest of them first.
///
/// # Errors
/// The log cannot be read, or no connection has that name.
pub async fn show(
    home: PathBuf,
    workspace: Option<&Path>,
    operator: Option<&str>,
    wanted: &Arguments,
    as_json: bool,
    words: &Words,
    print: &dyn Fn(&str),
) -> Result<ExitCode, DeskError> {
    let desk = people::open(home, workspace, operator, words).await?;
    let shown = tail(&desk, wanted, as_json, words, print).await;
    desk.close().await;
    shown.map(|()| ExitCode::SUCCESS)
}

async fn tail(
    desk: &Desk,
    wanted: &Arguments,
    as_json: bool,
    words: &Words,
    print: &dyn Fn(&str),
) -> Result<(), DeskError> {
    let all = desk.call("connections.list", Value::Null).await?;
    let connections: Vec<&Value> =
        ["shops", "billing"].iter().flat_map(|side| all[*side].as_array().into_iter().flatten()).collect();
    let connection = match &wanted.connection {
        Some(named) => {
            let has_name = |one: &Value| one["name"].as_str().is_some_and(|name| name.eq_ignore_ascii_case(named));
            let is_it = |one: &&&Value| one["id"] == **named || has_name(one);
            let found = connections.iter().find(is_it).ok_or_else(|| ApiError::not_found(named))?;
            found["id"].as_str().unwrap_or_default()
        }
        None => "",
    };
    let mut request = json!({
        "level": wanted.level.as_deref().unwrap_or_default(),
        "connection": connection,
        "order": wanted.order.as_deref().unwrap_or_default(),
        "text": wanted.text.as_deref().unwrap_or_default(),
    });
    let tell = |page: &Value| {
        for line in page["lines"].as_array().into_iter().flatten().rev() {
            print(&if as_json { line.to_string() } else { told(line, &connections, words) });
        }
    };
    let mut page = desk.call("log.tail", request.clone()).await?;
    tell(&page);
    if page["lines"].as_array().is_none_or(Vec::is_empty) && !as_json && !wanted.follow {
        print(&words.say("log.terminal.nothing", &[]));
    }
    if !wanted.follow {
        return Ok(());
    }
    let stopped = stop_signal();
    tokio::pin!(stopped);
    loop {
        if page["isCut"] != true || page["newer"].is_null() {
            tokio::select! {
                () = &mut stopped => return Ok(()),
                () = tokio::time::sleep(LOOK) => {}
            }
        }
        // while there is no log yet, it is looked for from its beginning
        if !page["newer"].is_null() {
            request["after"] = page["newer"].clone();
        }
        page = desk.call("log.tail", request.clone()).await?;
        tell(&page);
    }
}

/// A line in one line: when, how important, what, about what, and all else that it says.
fn told(line: &Value, connections: &[&Value], words: &Words) -> String {
    let text = |name: &str| line[name].as_str().unwrap_or_default();
    let when = line["atMs"].as_i64().and_then(chrono::DateTime::from_timestamp_millis);
    let when =
        when.map(|at| at.with_timezone(&chrono_tz::Europe::Bucharest).format("%Y-%m-%d %H:%M:%S%.3f").to_string());
    let level = line["level"].as_str().unwrap_or("none");
    let mut about: Vec<String> = Vec::new();
    if let Some(id) = line["connection"].as_str() {
        let name = connections.iter().find(|one| one["id"] == id).and_then(|one| one["name"].as_str());
        about.push(name.unwrap_or(id).to_owned());
    }
    about.extend(line["order"].as_str().map(|order| format!("#{order}")));
    about.extend(line["document"].as_str().map(str::to_owned));
    about.extend((line["ofMachine"] == true).then(|| words.say("log.terminal.machine", &[])));
    for (name, value) in line["fields"].as_object().into_iter().flatten() {
        about.push(format!("{name}={}", value.as_str().map_or_else(|| value.to_string(), str::to_owned)));
    }
    let level = words.say(&format!("log.level.{level}"), &[]);
    format!("{:<23} {level:<13} {}  {}", when.unwrap_or_default(), text("message"), about.join(" "))
        .trim_end()
        .to_owned()
}

/// Shows the bundle for whoever helps, or writes it and says what is in it, or one after the other: what is written is what was shown.
///
/// # Errors
/// The file is there already, or cannot be written.
pub async fn save(
    home: PathBuf,
    workspace: Option<&Path>,
    operator: Option<&str>,
    bundle: &Bundle,
    as_json: bool,
    words: &Words,
    print: &dyn Fn(&str),
) -> Result<ExitCode, DeskError> {
    if let Some(to) = bundle.to.as_deref().filter(|to| to.exists()) {
        print(&words.say("support.terminal.exists", &[("file", &to.display().to_string())]));
        return Ok(ExitCode::FAILURE);
    }
    let desk = people::open(home, workspace, operator, words).await?;
    let made = make(&desk, bundle, as_json, words, print).await;
    desk.close().await;
    made.map(|()| ExitCode::SUCCESS)
}

async fn make(
    desk: &Desk,
    bundle: &Bundle,
    as_json: bool,
    words: &Words,
    print: &dyn Fn(&str),
) -> Result<(), DeskError> {
    let preview = desk.call("support.preview", json!({ "days": bundle.days, "webview": "" })).await?;
    let parts: Vec<&Value> = preview["parts"].as_array().into_iter().flatten().collect();
    let text = |part: &Value, field: &str| part[field].as_str().unwrap_or_default().to_owned();
    if bundle.show || bundle.to.is_none() {
        if as_json {
            print(&json!({ "parts": parts }).to_string());
        } else {
            let part = |part: &&Value| print(&format!("== {} ==\n{}", text(part, "name"), text(part, "text")));
            parts.iter().for_each(part);
        }
    }
    let Some(to) = &bundle.to else { return Ok(()) };
    let saved = desk.call("support.save", json!({ "id": preview["id"] })).await?;
    let bytes = base64::engine::general_purpose::STANDARD.decode(text(&saved, "base64")).map_err(failed)?;
    write_new(to, &bytes)?;
    let file = to.display().to_string();
    let names: Vec<String> = parts.iter().map(|part| text(part, "name")).collect();
    if as_json {
        print(&json!({ "file": file, "parts": names }).to_string());
    } else {
        print(&words.say("support.terminal.saved", &[("file", &file), ("parts", &names.join(", "))]));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::Language;

    #[test]
    fn a_line_is_told_in_one_line_with_names_for_ids() {
        let line = json!({
            "at": "2026-11-27:0", "atMs": 1_795_773_600_250_i64, "level": "warn", "target": "punte_engine",
            "message": "the connection rests", "connection": "con_1", "order": "1042", "document": null,
            "ofMachine": false, "fields": { "kind": "rate_limited", "count": 3 },
        });
        let connection = json!({ "id": "con_1", "name": "SmartBill" });
        let said = told(&line, &[&connection], &Words::of(Language::En));
        assert_eq!(
            said,
            "2026-11-27 12:00:00.250 warning       the connection rests  SmartBill #1042 kind=rate_limited count=3"
        );
        let other = json!({ "at": "2026-11-27:9", "atMs": null, "level": null, "message": "x", "ofMachine": true });
        assert!(told(&other, &[], &Words::of(Language::Ro)).contains("calculator"));
    }
}

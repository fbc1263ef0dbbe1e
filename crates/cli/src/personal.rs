//! Personal data at the terminal: what a retention period takes away, and one client found, taken away as a file, erased.

use crate::commands::{Desk, DeskError};
use crate::people;
use crate::words::Words;
use base64::Engine;
use punte_api::{ApiError, ErrorCode};
use punte_engine::EngineError;
use punte_engine::backup::BackupError;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

#[derive(Debug, Clone, clap::Args)]
pub struct Arguments {
    #[command(subcommand)]
    act: Act,
}

/// What is asked about personal data.
#[derive(Debug, Clone, clap::Subcommand)]
pub enum Act {
    /// What the next runs take away under a period; with --set, it is kept so from now on.
    Retention {
        /// 0 keeps everything, otherwise 12 to 240. Default: as it is set.
        #[arg(long, value_name = "N")]
        months: Option<u32>,
        #[arg(long, requires = "months")]
        set: bool,
    },
    /// What is kept of a client: by the whole e-mail, telephone number, company or personal code, or name. Exits 1 if nothing is.
    Find {
        query: String,
        /// Of several clients that fit, this one, by its key. May be repeated.
        #[arg(long, value_name = "KEY")]
        only: Vec<String>,
    },
    /// Write everything that is kept of a client into a JSON file that is not there yet. That it was taken is on record.
    Export {
        query: String,
        #[arg(long, value_name = "KEY")]
        only: Vec<String>,
        #[arg(long, value_name = "FILE")]
        to: PathBuf,
    },
    /// Erase a client as far as fiscal law leaves it. What was issued stays, and so do orders with open work; exits 1 if any do.
    Erase {
        query: String,
        #[arg(long, value_name = "KEY")]
        only: Vec<String>,
        /// Kept in the audit log: without the client's name.
        #[arg(long)]
        reason: String,
        /// It cannot be taken back.
        #[arg(long, required = true)]
        yes: bool,
    },
}

/// Places that hang on no order.
const LOOSE: [&str; 4] = ["deliveries", "rejects", "audit", "texts"];

fn failed(error: impl std::fmt::Display) -> DeskError {
    ApiError::new(ErrorCode::Internal, error.to_string()).into()
}

/// Does what is asked, and says what came of it.
///
/// # Errors
/// As the api answers; the file cannot be written.
pub async fn run(
    home: PathBuf,
    workspace: Option<&Path>,
    operator: Option<&str>,
    wanted: Arguments,
    as_json: bool,
    words: &Words,
) -> Result<ExitCode, DeskError> {
    let desk = people::open(home, workspace, operator, words).await?;
    let done = act(&desk, wanted.act, words).await;
    desk.close().await;
    let (answer, lines, is_good) = done?;
    let said = if as_json { answer.to_string() } else { lines.join("\n") };
    std::io::Write::write_all(&mut std::io::stdout(), format!("{said}\n").as_bytes()).map_err(failed)?;
    Ok(if is_good { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

type Told = (Value, Vec<String>, bool);

async fn act(desk: &Desk, act: Act, words: &Words) -> Result<Told, DeskError> {
    match act {
        Act::Retention { months, set } => {
            let months = match months {
                Some(months) => json!(months),
                None => desk.call("schedule.list", Value::Null).await?["retentionMonths"].clone(),
            };
            let preview = desk.call("retention.preview", json!({ "months": months })).await?;
            if set {
                desk.call("schedule.set_retention", json!({ "months": months })).await?;
            }
            let mut lines = told_shares(&preview, words);
            if set {
                let months = months.to_string();
                lines.push(words.say("terminal.personal.set", &[("months", &months)]));
            }
            Ok((preview, lines, true))
        }
        Act::Find { query, only } => {
            let found = desk.call("clients.find", json!({ "query": query, "only": only })).await?;
            let lines = told_clients(&found, words);
            let is_known = !list(&found, "clients").is_empty() || is_elsewhere(&found);
            Ok((found, lines, is_known))
        }
        Act::Export { query, only, to } => {
            // before it is on record that it was taken
            if to.exists() {
                return Err(occupied(&to));
            }
            let file = desk.call("clients.export", json!({ "query": query, "only": only })).await?;
            let base64 = file["base64"].as_str().unwrap_or_default();
            let bytes = base64::engine::general_purpose::STANDARD.decode(base64).map_err(failed)?;
            write_new(&to, &bytes)?;
            let shown = to.display().to_string();
            let told = json!({ "file": shown, "bytes": bytes.len() });
            Ok((told, vec![shown, words.say("personal.exported", &[])], true))
        }
        Act::Erase { query, only, reason, yes: _ } => {
            let asked = json!({ "query": query, "only": only, "reason": reason });
            let done = desk.call("clients.erase", asked).await?;
            let lines = told_erased(&done, words);
            let is_whole = list(&done, "left").is_empty();
            Ok((done, lines, is_whole))
        }
    }
}

fn occupied(file: &Path) -> DeskError {
    ApiError::from(EngineError::from(BackupError::Occupied(file.display().to_string()))).into()
}

/// Writes a file for its owner alone, over nothing that stands there; one that was not written whole is taken away.
pub(crate) fn write_new(file: &Path, bytes: &[u8]) -> Result<(), DeskError> {
    fill_new(file, |opened| std::io::Write::write_all(opened, bytes).and_then(|()| opened.sync_all()))
}

fn fill_new(file: &Path, fill: impl FnOnce(&mut std::fs::File) -> std::io::Result<()>) -> Result<(), DeskError> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut opened = options.open(file).map_err(|error| match error.kind() {
        std::io::ErrorKind::AlreadyExists => occupied(file),
        _ => failed(format!("{}: {error}", file.display())),
    })?;
    fill(&mut opened).map_err(|error| {
        drop(opened);
        let _ = std::fs::remove_file(file);
        failed(format!("{}: {error}", file.display()))
    })
}

fn list<'v>(value: &'v Value, field: &str) -> &'v [Value] {
    value[field].as_array().map(Vec::as_slice).unwrap_or_default()
}

fn text(value: &Value, field: &str) -> String {
    value[field].as_str().map_or_else(|| value[field].to_string(), str::to_owned)
}

fn told_shares(preview: &Value, words: &Words) -> Vec<String> {
    let shares: Vec<&Value> = list(preview, "shares").iter().filter(|share| share["count"] != 0).collect();
    if shares.is_empty() {
        return vec![words.say("personal.preview.nothing", &[])];
    }
    let line = |share: &&Value| {
        let at_least = if share["isLeast"] == true { "≥ " } else { "" };
        let kind = words.say(&format!("personal.preview.kind.{}", text(share, "kind")), &[]);
        format!("  {at_least}{} {kind}", share["count"])
    };
    [words.say("personal.preview.text", &[])].into_iter().chain(shares.iter().map(line)).collect()
}

fn told_clients(found: &Value, words: &Words) -> Vec<String> {
    let mut lines = Vec::new();
    for client in list(found, "clients") {
        let who = ["name", "email", "phone", "taxId"].map(|field| text(client, field));
        let who: Vec<String> = who.into_iter().filter(|part| !part.is_empty()).collect();
        let counts = ["orders", "documentCount", "deliveries"].map(|field| text(client, field));
        let counts = [("orders", counts[0].as_str()), ("documents", &counts[1]), ("deliveries", &counts[2])];
        lines.push(format!("{}  {}", text(client, "key"), who.join(" · ")));
        lines.push(format!("  {}", words.say("terminal.personal.counts", &counts)));
        for document in list(client, "documents") {
            let number = format!("{} {}", text(document, "series"), text(document, "number"));
            let until = document["keptUntil"].as_str();
            let until = until.map(|day| format!(": {} {day}", words.say("personal.until", &[])));
            lines.push(format!("  {number}{}", until.unwrap_or_default()));
        }
        lines.extend(open(list(client, "open"), words));
    }
    let is_elsewhere = is_elsewhere(found);
    if lines.is_empty() {
        let key = if is_elsewhere { "personal.someElsewhere" } else { "personal.nobody" };
        lines.push(words.say(key, &[]));
    }
    if is_elsewhere {
        lines.push(elsewhere(&found["loose"], "personal.elsewhere", &[], words));
    }
    if found["isCut"] == true {
        lines.push(words.say("personal.cut", &[]));
    }
    if found["waitingFiles"] != 0 {
        let count = text(found, "waitingFiles");
        lines.push(words.say("terminal.personal.waitingFiles", &[("count", &count)]));
    }
    lines
}

/// Whether something names them that hangs on none of their orders.
fn is_elsewhere(found: &Value) -> bool {
    LOOSE.iter().any(|field| found["loose"][field] != 0)
}

fn told_erased(done: &Value, words: &Words) -> Vec<String> {
    let (orders, documents) = (text(done, "orders"), text(done, "documents"));
    let own = [("orders", orders.as_str()), ("documents", &documents)];
    let mut lines = vec![elsewhere(&done["loose"], "personal.done", &own, words)];
    lines.extend(open(list(done, "left"), words));
    let file = if done["compacted"] == true { "personal.compacted" } else { "personal.notCompacted" };
    lines.push(words.say(file, &[]));
    lines
}

/// A text about what hangs on no order.
fn elsewhere(loose: &Value, key: &str, own: &[(&str, &str)], words: &Words) -> String {
    let counts = LOOSE.map(|field| (field, text(loose, field)));
    let mut facts: Vec<(&str, &str)> = counts.iter().map(|(field, count)| (*field, count.as_str())).collect();
    facts.extend(own);
    words.say(key, &facts)
}

fn open(orders: &[Value], words: &Words) -> Vec<String> {
    let line = |one: &Value| {
        let order = words.say("personal.order", &[("number", &text(one, "number"))]);
        format!("  {order}: {}", words.say(&format!("personal.why.{}", text(one, "why")), &[]))
    };
    orders.iter().map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compose::{Options, compose};
    use crate::words::Language;

    #[test]
    fn a_file_that_was_not_written_whole_is_no_hindrance_to_the_next() {
        let folder = tempfile::tempdir().unwrap();
        let to = folder.path().join("bundle.zip");
        let broken = fill_new(&to, |opened| {
            std::io::Write::write_all(opened, b"half")?;
            Err(std::io::Error::from(std::io::ErrorKind::StorageFull))
        });
        assert!(broken.is_err() && !to.exists());
        write_new(&to, b"whole").unwrap();
        assert_eq!(std::fs::read(&to).unwrap(), b"whole");
    }

    #[test]
    fn what_was_erased_and_what_was_left_is_said_in_both_languages() {
        let done = json!({
            "orders": 2, "documents": 1, "loose": { "deliveries": 3, "rejects": 0, "audit": 4, "texts": 0 },
            "left": [{ "orderId": "ord_2", "number": "10402", "why": "document", "documentId": "doc_2" }], "compacted": true,
        });
        let told = |language| told_erased(&done, &Words::of(language)).join("\n");
        let (en, ro) = (told(Language::En), told(Language::Ro));
        assert!(en.contains("orders: 2 · webhooks: 3") && en.contains("Order 10402: a document is held"), "{en}");
        assert!(ro.contains("comenzi: 2 · webhookuri: 3") && ro.contains("Comanda 10402"), "{ro}");
        assert!(!format!("{en}{ro}").contains("{{"), "{en} {ro}");
    }

    #[test]
    fn what_a_period_takes_away_is_counted_by_kind() {
        let words = Words::of(Language::En);
        let none = json!({ "shares": [{ "kind": "looks", "count": 0, "isLeast": false }] });
        assert_eq!(told_shares(&none, &words), ["Under this period nothing goes yet."]);
        let some = json!({ "shares": [{ "kind": "records", "count": 7, "isLeast": true }] });
        assert_eq!(told_shares(&some, &words)[1], "  ≥ 7 Requests and answers");
    }
    fn found() -> Value {
        let document = |number: &str, until: Value| json!({ "series": "FCT", "number": number, "keptUntil": until });
        json!({
            "clients": [{
                "key": "a1", "name": "Ana Pop", "email": "ana@example.com", "phone": "", "taxId": "", "orders": 2,
                "documentCount": 2, "deliveries": 0, "open": [],
                "documents": [document("0042", json!("2032-06-30")), document("0043", Value::Null)],
            }],
            "loose": { "deliveries": 0, "rejects": 0, "audit": 0, "texts": 0 }, "waitingFiles": 0, "isCut": false,
        })
    }

    #[test]
    fn what_is_kept_is_said_with_what_was_not_looked_into() {
        let told = |found: &Value, language| told_clients(found, &Words::of(language));
        let whole = told(&found(), Language::En);
        let lines = ["a1  Ana Pop · ana@example.com", "  orders: 2 · documents: 2 · webhooks: 0"];
        assert_eq!(whole[..2], lines);
        assert_eq!(
            whole[2..],
            ["  FCT 0042: Kept until 2032-06-30", "  FCT 0043"],
            "of one without a day none is said"
        );
        let mut more = found();
        more["isCut"] = true.into();
        more["waitingFiles"] = 3.into();
        more["loose"]["texts"] = 7.into();
        let [en, ro] = [Language::En, Language::Ro].map(|language| told(&more, language).join("\n"));
        assert!(
            en.contains("more than 5,000 orders") && en.contains("nobody looked into: 3.") && en.contains(": 7"),
            "{en}"
        );
        assert!(
            ro.contains("peste 5.000 de comenzi") && ro.contains("nu s-a căutat: 3.") && ro.contains(": 7"),
            "{ro}"
        );
        more["clients"] = json!([]);
        assert!(told(&more, Language::En)[0].starts_with("None of their orders is here"), "{more}");
    }

    #[tokio::test]
    async fn whoever_is_named_anywhere_is_found_and_their_file_is_written_over_nothing() {
        let home = tempfile::tempdir().unwrap();
        let options = Options { home: home.path().to_owned(), no_keyring: true, prepare_sandbox: None };
        let desk = Desk::Own(Box::new(compose(options).await.unwrap()));
        desk.call("workspace.create", json!({ "name": "Atelier" })).await.unwrap();
        let words = Words::of(Language::En);
        let find = || Act::Find { query: "ana@example.com".into(), only: Vec::new() };
        let (_, lines, is_good) = act(&desk, find(), &words).await.unwrap();
        assert_eq!((lines, is_good), (vec![words.say("personal.nobody", &[])], false));
        let view =
            json!({ "id": "", "list": "orders", "name": "ana@example.com", "text": "", "sort": null, "columns": [] });
        desk.call("views.save", view).await.unwrap();
        let (found, lines, is_good) = act(&desk, find(), &words).await.unwrap();
        assert!(is_good && list(&found, "clients").is_empty(), "{lines:?}");

        let to = home.path().join("ana.json");
        let export = || Act::Export { query: "ana@example.com".into(), only: Vec::new(), to: to.clone() };
        let (_, _, is_good) = act(&desk, export(), &words).await.unwrap();
        assert!(is_good && std::fs::read_to_string(&to).unwrap().contains("ana@example.com"));
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            assert_eq!(std::fs::metadata(&to).unwrap().permissions().mode() & 0o777, 0o600);
        }
        std::fs::write(&to, "another's").unwrap();
        let refused = act(&desk, export(), &words).await.unwrap_err();
        let log = desk.call("audit.list", json!({ "act": "clients.export" })).await.unwrap();
        assert_eq!(list(&log, "rows").len(), 1, "what was not written was not taken");
        let late = write_new(&to, b"{}").unwrap_err();
        for language in [Language::En, Language::Ro] {
            let told = [&refused, &late].map(|error| crate::backup::words_for(error, &Words::of(language)).unwrap());
            let said = Words::of(language).say("backup.refused.occupied", &[]);
            assert!(told.iter().all(|told| told.starts_with(&said) && told.contains("ana.json")), "{told:?}");
        }
        assert_eq!(std::fs::read_to_string(&to).unwrap(), "another's");
        desk.close().await;
    }
}

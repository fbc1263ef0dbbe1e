//! The audit log at the terminal: whether it is whole, lines to keep elsewhere, and the log as a file.

use crate::commands::{Desk, DeskError};
use crate::compose::Composition;
use crate::words::Words;
use base64::Engine;
use punte_api::dto::AuditReport;
use punte_api::{ApiError, ErrorCode};
use punte_engine::audit::Anchor;
use punte_store::ledger::{AuditHead, LOST, Witness};
use punte_store::{Ledger, StoreError};
use serde_json::json;
use std::path::{Path, PathBuf};

/// What is asked of the audit log.
#[derive(Debug, Clone, clap::Subcommand)]
pub enum Act {
    /// Read the whole log: exits 0 if it is whole, 1 if not, with the row named, 2 if it cannot be read.
    Verify {
        /// A head or an anchor line that was kept elsewhere.
        #[arg(long, value_name = "LINE")]
        head: Option<String>,
    },
    /// Print the line to keep elsewhere, after those that Punte kept.
    Anchor,
    /// Write the log into a file, or to the screen. That it was taken is on record.
    Export {
        #[arg(long, default_value = "jsonl", value_parser = ["csv", "jsonl"])]
        format: String,
        #[arg(long, value_name = "FILE")]
        to: Option<PathBuf>,
    },
}

fn failed(error: impl std::fmt::Display) -> DeskError {
    ApiError::new(ErrorCode::Internal, error.to_string()).into()
}

/// Reads the ledger where it lies, whether anybody works on it or not; nothing of it changes.
async fn on_disk<T: Send + 'static>(
    folder: PathBuf,
    read: impl FnOnce(&Path) -> Result<T, StoreError> + Send + 'static,
) -> Result<T, DeskError> {
    let read = tokio::task::spawn_blocking(move || read(&folder)).await.map_err(failed)?;
    Ok(read.map_err(ApiError::from)?)
}

/// The folder meant, the workspace's id, and everybody on this machine who saw the log's head.
async fn seen(composition: &Composition, workspace: Option<&Path>) -> Result<(PathBuf, Vec<Witness>), DeskError> {
    let folder = match workspace {
        Some(folder) => folder.to_owned(),
        None => {
            let last = composition.host.last_folder().await;
            last.ok_or_else(|| ApiError::new(ErrorCode::NoWorkspace, "none was opened yet"))?.folder.into()
        }
    };
    let (id, _) = on_disk(folder.clone(), Ledger::read_audit_head_in).await?;
    // before the log is read: whoever saw its head saw no more than is read then
    Ok((folder, composition.host.audit_witnesses(&id).await))
}

/// Whether a workspace's log is whole.
///
/// # Errors
/// It cannot be read, or `head` is no head.
pub async fn verify(
    composition: &Composition,
    workspace: Option<&Path>,
    head: Option<&str>,
) -> Result<AuditReport, DeskError> {
    let given = match head {
        Some(line) => {
            let head = line.split_whitespace().last().and_then(|head| head.parse::<AuditHead>().ok());
            Some(head.ok_or_else(|| ApiError::invalid("head", line))?)
        }
        None => None,
    };
    let (folder, mut witnesses) = seen(composition, workspace).await?;
    witnesses.extend(given.map(|head| Witness { from: "given", head }));
    Ok(on_disk(folder, |folder| Ledger::verify_audit_in(folder, witnesses)).await?.into())
}

/// The anchors of a workspace, the newest last.
pub async fn anchors(
    home: &Path,
    composition: &Composition,
    workspace: Option<&Path>,
) -> Result<Vec<String>, DeskError> {
    let (folder, _) = seen(composition, workspace).await?;
    let (workspace, head) = on_disk(folder, Ledger::read_audit_head_in).await?;
    let mut lines: Vec<String> = punte_engine::audit::read_anchors(home, &workspace).iter().map(Anchor::line).collect();
    let now_ms = punte_engine::Clock::now_ms(&punte_engine::SystemClock::default());
    let date = punte_domain::fiscal_date(now_ms).to_string();
    lines.push(Anchor { date, workspace, head }.line());
    Ok(lines)
}

/// The log as a file's bytes.
pub async fn export(desk: &Desk, format: &str) -> Result<Vec<u8>, DeskError> {
    let file = desk.call("audit.export", json!({ "format": format })).await?;
    let base64 = file["base64"].as_str().unwrap_or_default();
    base64::engine::general_purpose::STANDARD.decode(base64).map_err(failed)
}

/// Says in words what was found.
pub fn tell(report: &AuditReport, words: &Words, print: &dyn Fn(&str)) {
    match &report.broken {
        None => print(&words.say("activity.whole", &[("rows", &report.rows.to_string())])),
        Some(broken) => {
            let many = broken.fault == "removed" && broken.other.is_some_and(|last| last > broken.row);
            let fault = if many { "removedMany" } else { &broken.fault };
            let witness = broken.witness.as_deref().unwrap_or_default();
            let witness = words.say(&format!("activity.witness.{witness}"), &[]);
            let other = broken.other.unwrap_or_default().to_string();
            print(&words.say("activity.broken", &[]));
            let facts = [("row", broken.row.to_string()), ("other", other), ("witness", witness)];
            let facts = facts.each_ref().map(|(name, value)| (*name, value.as_str()));
            print(&words.say(&format!("activity.fault.{fault}"), &facts));
            if let Some(at_ms) = broken.at_ms {
                let when = instant(at_ms);
                let nameless = if broken.act == LOST { "activity.punte" } else { "activity.nobody" };
                let who = if broken.who.is_empty() { words.say(nameless, &[]) } else { broken.who.clone() };
                let act = words.say(&format!("activity.did.{}", broken.act), &[]);
                print(&words.say("activity.stands", &[("when", &when), ("who", &who), ("act", &act)]));
            }
            print(&words.say("activity.brokenText", &[]));
        }
    }
    let vouched = if report.witnessed_to > 0 { "activity.vouched" } else { "activity.vouchedNone" };
    print(&words.say(vouched, &[("row", &report.witnessed_to.to_string())]));
    for loss in &report.losses {
        let (from, to, row) = (loss.from.to_string(), loss.to.to_string(), loss.row.to_string());
        let when = instant(loss.at_ms);
        print(&words.say("activity.loss", &[("from", &from), ("to", &to), ("row", &row), ("when", &when)]));
    }
}

fn instant(ms: i64) -> String {
    chrono::DateTime::from_timestamp_millis(ms).map(|at| at.to_rfc3339()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compose::{Options, compose};
    use crate::words::Language;
    use punte_store::NewWorkspace;
    use punte_store::ledger::NewAuditRow;

    fn told(report: &AuditReport, language: Language) -> String {
        let lines = std::cell::RefCell::new(Vec::new());
        tell(report, &Words::of(language), &|line| lines.borrow_mut().push(line.to_owned()));
        lines.into_inner().join("\n")
    }

    #[tokio::test]
    async fn a_log_is_verified_beside_its_owner_against_anchors_and_a_head_that_was_kept() {
        let home = std::env::temp_dir().join(format!("punte-audit-{}", uuid::Uuid::now_v7().simple()));
        let folder = home.join("workspace");
        let seed = punte_domain::WorkspaceSeed([3; 32]);
        let new = NewWorkspace { id: "ws_1".into(), name: "Atelier".into(), is_sandbox: false, seed, now_ms: 1 };
        let owner = Ledger::create(&folder, &new).unwrap();
        let row = NewAuditRow { act: "flows.save".into(), outcome: "noted", ..NewAuditRow::default() };
        owner.add_audit(row.clone(), 1).await.unwrap();
        let head = owner.add_audit(row, 2).await.unwrap();
        let options = Options { home: home.clone(), no_keyring: true, prepare_sandbox: None };
        let composition = compose(options).await.unwrap();

        let report = verify(&composition, Some(&folder), None).await.unwrap();
        assert_eq!((report.broken.is_none(), report.rows), (true, 2));
        assert!(told(&report, Language::En).starts_with("The log is whole: 2 rows"));
        let lines = anchors(&home, &composition, Some(&folder)).await.unwrap();
        let line = lines.last().unwrap();
        assert!(line.ends_with(&head.to_string()), "{line}");
        let report = verify(&composition, Some(&folder), Some(line)).await.unwrap();
        assert_eq!((report.broken.is_none(), report.witnessed_to), (true, 2));
        let nonsense = verify(&composition, Some(&folder), Some("nonsense")).await;
        assert!(nonsense.is_err(), "{nonsense:?}");

        // yesterday there were three
        std::fs::create_dir_all(home.join("anchors")).unwrap();
        let seen = format!("2026-11-26 ws_1 3:{}\n", "a7".repeat(32));
        std::fs::write(home.join("anchors").join("ws_1.txt"), seen).unwrap();
        let report = verify(&composition, Some(&folder), None).await.unwrap();
        assert!(told(&report, Language::En).contains("Row 3 is missing."), "{report:?}");
        assert!(told(&report, Language::Ro).contains("Rândul 3 lipsește."), "{report:?}");
        assert!(verify(&composition, Some(&home.join("nowhere")), None).await.is_err());
        composition.shut_down().await;
        drop(owner);
        std::fs::remove_dir_all(home).unwrap();
    }
}

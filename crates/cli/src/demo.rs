//! The main job on the sandbox, in the terminal: every issuable order of the shop becomes an invoice at its provider.
//!
//! Succeeds only if the simulators' own count of documents agrees with the ledger's.

use crate::compose::{Composition, Options, compose};
use crate::words::Words;
use punte_api::{ApiError, HostKind};
use serde_json::{Value, json};
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

const PATIENCE: Duration = Duration::from_secs(55);

/// What the demo came to.
#[derive(Debug, Clone, serde::Serialize)]
pub struct Summary {
    pub issued: u32,
    pub held: u32,
    /// In doubt once, and settled without a second invoice.
    pub settled: u32,
    /// Documents at the providers beyond one for each record.
    pub duplicated: u32,
    pub in_doubt: u32,
    /// Due or being sent when the demo's patience ended.
    pub waiting: u32,
    pub not_invoiced: u32,
    pub mismatched: u32,
    /// Documents that the simulators hold.
    pub at_providers: u32,
}

impl Summary {
    /// Whether the simulators agree with the ledger, something was issued, and nothing was left open.
    pub fn agrees(&self) -> bool {
        let open = self.in_doubt + self.waiting + self.mismatched;
        self.issued > 0 && self.duplicated == 0 && self.at_providers == self.issued && open == 0
    }
}

/// Runs the demo in a folder (a temporary one by default) and prints as it goes.
pub async fn run(
    folder: Option<PathBuf>,
    words: &Words,
    as_json: bool,
    print: &dyn Fn(&str),
) -> Result<Summary, ApiError> {
    let temporary = match &folder {
        Some(_) => None,
        None => Some(
            tempfile::tempdir().map_err(|error| ApiError::new(punte_api::ErrorCode::Internal, error.to_string()))?,
        ),
    };
    let root = folder.unwrap_or_else(|| temporary.as_ref().map(|dir| dir.path().to_owned()).unwrap_or_default());
    let composition = compose(Options {
        home: root.clone(),
        no_keyring: true,
        prepare_sandbox: Some(std::sync::Arc::new(|sandbox| sandbox.arm_demo_faults())),
    })
    .await?;
    let workspace = root.join("sandbox");
    let session = composition.host.local_session(HostKind::Terminal);
    composition.host.create_sandbox(&workspace, &session).await?;
    if !as_json {
        print(&words.say("terminal.demo.start", &[]));
    }
    let summary = watch(&composition, &workspace, words, as_json, print).await;
    composition.shut_down().await;
    summary
}

async fn watch(
    composition: &Composition,
    workspace: &Path,
    words: &Words,
    as_json: bool,
    print: &dyn Fn(&str),
) -> Result<Summary, ApiError> {
    let session = composition.host.local_session(HostKind::Terminal);
    let call = async |command: &str, payload: Value| composition.host.call(&session, command, payload).await;
    let started = Instant::now();
    let mut quiet_rounds = 0;
    let mut told = String::new();
    while started.elapsed() < PATIENCE && quiet_rounds < 5 {
        tokio::time::sleep(Duration::from_millis(300)).await;
        let counts = call("counts.get", Value::Null).await?;
        let of = |name: &str| counts[name].as_u64().unwrap_or_default();
        let open = of("ready") + of("sending") + of("inDoubt");
        let unverified = unverified(&call).await?;
        quiet_rounds = if of("orders") > 0 && open == 0 && unverified == 0 { quiet_rounds + 1 } else { 0 };
        let line = words.say(
            "terminal.demo.progress",
            &[
                ("orders", &of("orders").to_string()),
                ("issued", &of("issued").to_string()),
                ("held", &of("held").to_string()),
                ("inDoubt", &of("inDoubt").to_string()),
                ("waiting", &(of("ready") + of("sending")).to_string()),
            ],
        );
        if !as_json && line != told {
            print(&line);
            told = line;
        }
    }
    let documents = call("documents.list", json!({ "search": "", "filter": "", "after": null, "limit": 500 })).await?;
    let rows = documents["rows"].as_array().cloned().unwrap_or_default();
    let settled = count_settled(&call, &rows, words, as_json, print).await?;
    let failures = call("failures.list", Value::Null).await?;
    let orders =
        call("orders.list", json!({ "search": "", "filter": "not_invoiced", "after": null, "limit": 500 })).await?;
    if !as_json {
        tell_issued(&rows, words, print);
        tell_failures(&failures, words, print);
        tell_not_invoiced(&orders, words, print);
    }
    let state = composition
        .sandboxes
        .lock()
        .ok()
        .and_then(|all| all.get(workspace).map(|served| served.sandbox.state()))
        .unwrap_or_default();
    let (at_providers, duplicated) = count_at_providers(&state);
    let in_state = |wanted: &str| rows.iter().filter(|row| row["state"] == wanted).count() as u32;
    let mismatched = rows.iter().filter(|row| row["verification"] == "mismatched").count() as u32;
    let summary = Summary {
        issued: in_state("issued"),
        held: in_state("held"),
        settled,
        duplicated,
        in_doubt: in_state("in_doubt"),
        waiting: in_state("ready") + in_state("sending"),
        not_invoiced: orders["rows"].as_array().map_or(0, Vec::len) as u32,
        mismatched,
        at_providers,
    };
    Ok(summary)
}

async fn unverified<F: AsyncFn(&str, Value) -> Result<Value, ApiError>>(call: &F) -> Result<usize, ApiError> {
    let issued =
        call("documents.list", json!({ "search": "", "filter": "issued", "after": null, "limit": 500 })).await?;
    Ok(issued["rows"].as_array().map_or(0, |rows| rows.iter().filter(|row| row["verification"] == "pending").count()))
}

/// Records whose outcome was unknown once and which are issued now.
async fn count_settled<F: AsyncFn(&str, Value) -> Result<Value, ApiError>>(
    call: &F,
    rows: &[Value],
    words: &Words,
    as_json: bool,
    print: &dyn Fn(&str),
) -> Result<u32, ApiError> {
    let mut settled = 0;
    for row in rows.iter().filter(|row| row["state"] == "issued") {
        let record = call("record.get", json!({ "documentId": row["id"], "orderId": null })).await?;
        let doubted =
            record["attempts"].as_array().is_some_and(|all| all.iter().any(|one| one["outcome"] == "unknown"));
        if doubted {
            settled += 1;
            if !as_json {
                let number = format!("{} {}", text(&row["series"]), text(&row["number"]));
                print(
                    &words.say("terminal.demo.settled", &[("order", text(&row["orderNumber"])), ("number", &number)]),
                );
            }
        }
    }
    Ok(settled)
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

fn amount(value: &Value) -> String {
    let minor = value["minor"].as_i64().unwrap_or_default();
    format!("{}.{:02} {}", minor / 100, (minor % 100).abs(), text(&value["currency"]))
}

fn tell_issued(rows: &[Value], words: &Words, print: &dyn Fn(&str)) {
    print("");
    print(&words.say("terminal.demo.issuedTitle", &[]));
    for row in rows.iter().rev().filter(|row| row["state"] == "issued") {
        print(&format!(
            "  #{:<6} {:<9} {:<10} {:>14}  {}",
            text(&row["orderNumber"]),
            text(&row["provider"]),
            format!("{} {}", text(&row["series"]), text(&row["number"])),
            amount(&row["total"]),
            text(&row["client"]),
        ));
    }
}

/// The failing ones, by cause: what happened, whether a retry is safe, and the fix.
pub fn tell_failures(failures: &Value, words: &Words, print: &dyn Fn(&str)) {
    let is_held = |group: &&Value| group["state"] == "open" || group["state"] == "snoozed";
    for group in failures["groups"].as_array().into_iter().flatten().filter(is_held) {
        let kind = text(&group["failure"]["kind"]);
        let facts = [("detail", text(&group["failure"]["detail"]))];
        print("");
        let title = words.say(&format!("failure.{kind}.title"), &facts);
        print(&format!("⚠ {title} ({})", group["count"].as_u64().unwrap_or_default()));
        print(&format!("  {}", words.say(&format!("failure.{kind}.cause"), &facts)));
        if let Some(said) = group["failure"]["providerWords"].as_str() {
            print(
                &words
                    .say("terminal.providerSays", &[("provider", text(&group["failure"]["source"])), ("words", said)]),
            );
        }
        if !facts[0].1.is_empty() {
            print(&format!("  {}", facts[0].1));
        }
        print(&format!("  → {}", words.say(&format!("failure.{kind}.fix"), &facts)));
        if let Some(safe) = group["safeBecause"].as_str() {
            print(&format!("  {}", words.say(&format!("safe.{safe}"), &[])));
        }
        for document in group["documents"].as_array().into_iter().flatten() {
            print(&format!(
                "    #{} {} {}",
                text(&document["orderNumber"]),
                text(&document["client"]),
                amount(&document["total"])
            ));
        }
    }
}

fn tell_not_invoiced(orders: &Value, words: &Words, print: &dyn Fn(&str)) {
    print("");
    print(&words.say("terminal.demo.notInvoicedTitle", &[]));
    for order in orders["rows"].as_array().into_iter().flatten() {
        let reason = words.say(&format!("reason.{}", text(&order["reason"])), &[]);
        print(&format!("  #{:<6} {reason}", text(&order["number"])));
    }
}

/// The simulators' own count: live documents, and those beyond one for each reference.
fn count_at_providers(state: &Value) -> (u32, u32) {
    let mut by_reference: HashMap<String, u32> = HashMap::new();
    let mut live = 0;
    for provider in ["smartbill", "oblio"] {
        for document in state[provider]["documents"].as_array().into_iter().flatten() {
            if document["cancelled"] == true {
                continue;
            }
            live += 1;
            let reference = punte_domain::Reference::find_all(text(&document["mentions"]))
                .first()
                .map_or_else(|| document.to_string(), ToString::to_string);
            *by_reference.entry(reference).or_default() += 1;
        }
    }
    (live, by_reference.values().map(|count| count - 1).sum())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_left_open_is_no_success() {
        let good = Summary {
            issued: 28,
            held: 5,
            settled: 2,
            duplicated: 0,
            in_doubt: 0,
            waiting: 0,
            not_invoiced: 4,
            mismatched: 0,
            at_providers: 28,
        };
        assert!(good.agrees());
        for bad in [
            Summary { waiting: 1, ..good.clone() },
            Summary { in_doubt: 1, ..good.clone() },
            Summary { mismatched: 1, ..good.clone() },
            Summary { duplicated: 1, ..good.clone() },
            Summary { at_providers: 29, ..good.clone() },
            Summary { issued: 0, at_providers: 0, ..good.clone() },
        ] {
            assert!(!bad.agrees(), "{bad:?}");
        }
    }

    #[test]
    fn two_live_documents_with_one_reference_are_a_duplicate() {
        let seed = punte_domain::WorkspaceSeed([1; 32]);
        let key = punte_domain::IssueKey {
            shop_identity: "a".into(),
            order_id: "1".into(),
            role: punte_domain::Role::Invoice,
            generation: 1,
        };
        let mentions = format!("Comanda #1 {}", seed.reference(&key));
        let one = json!({ "mentions": mentions, "cancelled": false });
        let gone = json!({ "mentions": mentions, "cancelled": true });
        assert_eq!(count_at_providers(&json!({ "oblio": { "documents": [one, gone] } })), (1, 0));
        assert_eq!(count_at_providers(&json!({ "oblio": { "documents": [one, one] } })), (2, 1));
        assert_eq!(
            count_at_providers(&json!({ "oblio": { "documents": [one] }, "smartbill": { "documents": [one] } })),
            (2, 1),
            "the other provider counts as well"
        );
    }
}

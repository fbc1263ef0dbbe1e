//! What is on record of commands, over a host with a workspace of its own.

mod looks;

use crate::commands::{AccessRole, HostKind, Session};
use crate::error::{ApiError, ErrorCode};
use crate::host::Host;
use crate::host::parts_of_tests::{memory_vault, parts};
use punte_engine::vault::Vault;
use serde_json::{Value, json};
use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::Arc;
use tempfile::TempDir;

struct Office {
    host: Arc<Host>,
    home: TempDir,
}

fn host(home: &TempDir) -> Arc<Host> {
    host_with(home, |vault| vault)
}

/// One that asks the vault through something else.
fn host_with(home: &TempDir, through: impl FnOnce(Arc<dyn Vault>) -> Arc<dyn Vault>) -> Arc<Host> {
    let mut parts = parts(home.path(), memory_vault(home.path()));
    parts.deps.vault = through(parts.deps.vault);
    Host::new(parts).unwrap()
}

impl Office {
    async fn new() -> Office {
        let home = tempfile::tempdir().unwrap();
        let office = Office { host: host(&home), home };
        office.call("workspace.create", json!({ "name": "Atelier" })).await.unwrap();
        office
    }

    fn session(&self, role: AccessRole) -> Session {
        Session { role, ..self.host.local_session(HostKind::Terminal) }
    }

    async fn call_as(&self, role: AccessRole, command: &str, payload: Value) -> Result<Value, ApiError> {
        self.host.call(&self.session(role), command, payload).await
    }

    async fn call(&self, command: &str, payload: Value) -> Result<Value, ApiError> {
        self.call_as(AccessRole::Admin, command, payload).await
    }

    async fn entries(&self, filter: Value) -> Vec<Value> {
        self.call("audit.list", filter).await.unwrap()["rows"].as_array().unwrap().clone()
    }

    /// The newest entry of an act.
    async fn last(&self, act: &str) -> Value {
        self.entries(json!({ "act": act })).await.first().cloned().unwrap_or_else(|| panic!("{act} is not on record"))
    }

    async fn folder(&self) -> PathBuf {
        let app = self.call("app.get", json!({})).await.unwrap();
        PathBuf::from(app["open"]["folder"].as_str().unwrap())
    }

    /// An order of Ion Pop's, from a file; its id.
    async fn take_in_an_order(&self) -> Value {
        let files = self.connect("file", "Files").await;
        let table = "number,date,status,total,currency,customer.name,customer.address,customer.city,customer.country,line.name,line.quantity,line.unit_price,line.vat_rate\n\
        A-1,2026-11-20,paid,12.10,RON,Ion Pop,Str. 1,Cluj,RO,Cana,1,12.10,21\n";
        let begin = json!({ "fileName": "a.csv", "bytes": table.len(), "connectionId": files });
        let id = self.call("imports.begin", begin).await.unwrap()["id"].clone();
        let encoded = base64::Engine::encode(&base64::engine::general_purpose::STANDARD, table);
        self.call("imports.append", json!({ "id": id, "offset": 0, "base64": encoded })).await.unwrap();
        self.call("imports.start", json!({ "id": id, "columns": null })).await.unwrap();
        let page = json!({ "search": "", "filter": "", "after": null, "limit": 10 });
        let mut order = Value::Null;
        for _ in 0..300 {
            order = self.call("orders.list", page.clone()).await.unwrap()["rows"][0]["id"].clone();
            if order.is_string() {
                break;
            }
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
        assert!(order.is_string(), "{:?}", self.call("imports.get", json!({ "id": id })).await);
        order
    }

    async fn connect(&self, kind: &str, name: &str) -> String {
        let (address, secret) = if kind == "file" { ("", "") } else { ("https://app.example.ro", "a-s3cret-of-app") };
        let made = json!({
            "id": null, "kind": kind, "name": name, "address": address, "account": "app", "secret": secret, "company": null, "series": null,
        });
        self.call("connections.save", made).await.unwrap()["id"].as_str().unwrap().to_owned()
    }
}

#[tokio::test]
async fn what_makes_a_workspace_is_the_first_that_stands_in_its_log() {
    let office = Office::new().await;
    let all = office.entries(json!({})).await;
    assert_eq!(all.len(), 1, "{all:?}");
    let made = &all[0];
    assert_eq!((made["row"].as_i64(), made["endRow"].as_i64()), (Some(1), Some(2)), "asked for, and ended");
    assert_eq!((made["act"].as_str(), made["outcome"].as_str()), (Some("workspace.create"), Some("done")));
    assert_eq!(
        (made["who"].as_str(), made["role"].as_str(), made["host"].as_str()),
        (Some("ana"), Some("admin"), Some("terminal"))
    );
    let name = office.call("app.get", json!({})).await.unwrap()["open"]["name"].clone();
    assert_eq!((&made["subject"]["kind"], &made["subject"]["label"]), (&json!("workspace"), &name));
    let alone = office.call("audit.get", json!({ "row": 1, "personal": false })).await.unwrap();
    assert_eq!(alone["entry"]["subject"], made["subject"], "by itself, too");
    office.host.shut_down().await;
}

#[tokio::test]
async fn an_act_is_on_record_with_its_subject_and_what_it_changed() {
    let office = Office::new().await;
    let id = office.connect("file", "Files").await;
    let made = office.last("connections.save").await;
    assert_eq!(made["subject"], json!({ "kind": "connection", "id": id, "label": "Files" }), "the id is in the answer");
    assert_eq!(
        made["changes"].as_array().unwrap().iter().find(|one| one["field"] == "name").unwrap()["after"],
        "Files"
    );
    let was = office.host.workspace().await.unwrap().ledger().read_retention_months().await.unwrap();
    office.call("schedule.set_retention", json!({ "months": 36 })).await.unwrap();
    let kept = office.last("schedule.set_retention").await;
    assert_eq!(kept["changes"], json!([{ "field": "months", "before": was, "after": 36 }]));
    assert_eq!(kept["request"], json!({ "months": 36 }));
    office.call("listener.set", json!({ "enabled": false, "port": 8123, "publicAddress": "" })).await.unwrap();
    let listener = office.last("listener.set").await;
    assert_eq!(
        listener["changes"].as_array().unwrap().iter().find(|one| one["field"] == "port").unwrap()["after"],
        8123
    );
    office.host.shut_down().await;
}

#[tokio::test]
async fn a_set_up_that_came_in_is_on_record_by_what_it_added_and_not_by_its_text() {
    let (office, other) = (Office::new().await, Office::new().await);
    office.connect("webhook", "Magazin").await;
    let file = office.call("setup.export", json!({})).await.unwrap();
    assert_eq!(file["fileName"], "punte-atelier.setup.toml");
    let input = json!({ "content": file["content"], "companies": [], "series": [] });
    for role in [AccessRole::Viewer, AccessRole::Operator] {
        for command in ["setup.export", "setup.preview", "setup.import"] {
            let refused = other.call_as(role, command, input.clone()).await.unwrap_err();
            assert_eq!(refused.code, ErrorCode::Forbidden, "{command}");
        }
    }
    let plan = other.call("setup.preview", input.clone()).await.unwrap();
    let done = other.call("setup.import", input).await.unwrap();
    assert_eq!(done, plan, "what was shown is what was done");
    assert_eq!((&done["connections"][0]["fate"], &done["mappings"][0]["fate"]), (&json!("new"), &json!("kept")));
    let entry = other.last("setup.import").await;
    assert_eq!((&entry["subject"]["kind"], &entry["outcome"]), (&json!("setup"), &json!("done")));
    let added = changes(&entry);
    assert_eq!(added.len(), 1, "{entry}");
    let (field, names) = added.iter().next().unwrap();
    assert!(field.starts_with("connection con_"), "{field}");
    assert_eq!(*names, (Value::Null, json!("Magazin")));
    assert!(!entry.to_string().contains("[[connections]]"), "{entry}");

    let broken = json!({ "content": "[punte]\nsetup = 1\nx = 1\ny = 1\n", "companies": [], "series": [] });
    let refused = other.call("setup.import", broken).await.unwrap_err();
    assert_eq!((refused.code, refused.field.as_deref()), (ErrorCode::InvalidInput, Some("content")));
    assert_eq!(refused.detail, "punte.x: unknown_field; punte.y: unknown_field");
    office.host.shut_down().await;
    other.host.shut_down().await;
}

/// What differs of an act's entry, by field.
fn changes(entry: &Value) -> HashMap<String, (Value, Value)> {
    let changes = entry["changes"].as_array().unwrap().iter();
    changes
        .map(|one| (one["field"].as_str().unwrap().to_owned(), (one["before"].clone(), one["after"].clone())))
        .collect()
}

#[tokio::test]
async fn what_is_set_up_or_decided_is_on_record_as_it_was_and_as_it_is() {
    let office = Office::new().await;
    let shop = office.connect("woocommerce", "Magazin").await;
    let before_and_after = async |command: &str, payload: Value, field: &str| {
        office.call(command, payload).await.unwrap_or_else(|error| panic!("{command}: {error}"));
        let entry = office.last(command).await;
        changes(&entry).remove(field).unwrap_or_else(|| panic!("{command}: nothing of {field}: {entry}"))
    };
    let (was, is) = before_and_after("connections.renew_hook", json!({ "id": shop }), "webhook").await;
    assert!(was != is && was.as_str().unwrap().len() < 20, "{was} and {is}: that it is another, not where to knock");
    let given = json!({ "id": shop, "secret": "a-long-hook-s3cret" });
    assert_eq!(
        before_and_after("connections.set_hook_secret", given, "hasHookSecret").await,
        (json!(false), json!(true))
    );
    let host = json!({ "host": "shop.intern" });
    assert_eq!(
        before_and_after("network.permit", host.clone(), "permitted").await,
        (json!([]), json!(["shop.intern"]))
    );
    assert_eq!(before_and_after("network.forbid", host, "permitted").await.1, json!([]));
    let backup = json!({ "folder": null, "everyHours": 24, "keep": 9, "encrypt": false, "passphrase": null });
    assert_eq!(before_and_after("backup.set", backup, "keep").await.1, json!(9));
    let mapping = office.call("mappings.list", json!({})).await.unwrap()["mappings"][0]["id"].clone();
    let kept = office.call("mappings.get", json!({ "id": mapping })).await.unwrap();
    let mut document = kept["published"].clone();
    document["name"] = json!("Altul");
    let draft = json!({ "mappingId": mapping, "document": document, "baseVersion": kept["version"] });
    office.call("mappings.save_draft", draft).await.unwrap();
    let discarded = before_and_after("mappings.discard_draft", json!({ "id": mapping }), "hasDraft").await;
    assert_eq!(discarded, (json!(true), json!(false)));
    office.host.shut_down().await;
}

#[tokio::test]
async fn what_is_kept_with_a_record_is_on_record_and_what_was_written_stands_aside() {
    let office = Office::new().await;
    let order = office.take_in_an_order().await;
    for owner in ["ana", "ion"] {
        office.call("record.assign", json!({ "orderId": order, "owner": owner })).await.unwrap();
    }
    assert_eq!(changes(&office.last("record.assign").await)["owner"], (json!("ana"), json!("ion")));
    office.call("record.tag", json!({ "orderId": order, "tags": ["urgent"] })).await.unwrap();
    assert_eq!(changes(&office.last("record.tag").await)["tags"], (json!([]), json!(["urgent"])));
    office.call("notes.save", json!({ "orderId": order, "id": null, "text": "sunați-l pe Ion" })).await.unwrap();
    let desk = office.call("record.desk", json!({ "id": order })).await.unwrap();
    let note = desk["notes"][0]["id"].as_str().unwrap().to_owned();
    office.call("notes.save", json!({ "orderId": order, "id": note, "text": "Ion a sunat" })).await.unwrap();
    let entry = office.last("notes.save").await;
    let field = format!("note {note}");
    assert_eq!(changes(&entry)[&field], (json!("•••"), json!("•••")), "what was written stands aside");
    let aside = office.call("audit.get", json!({ "row": entry["row"], "personal": true })).await.unwrap();
    let texts = aside["personal"].to_string();
    assert!(texts.contains("sunați-l pe Ion") && texts.contains("Ion a sunat"), "{aside}");
    office.call("notes.delete", json!({ "id": note })).await.unwrap();
    assert_eq!(changes(&office.last("notes.delete").await)["deleted"], (json!(false), json!(true)));
    office.host.shut_down().await;
}

#[tokio::test]
async fn what_is_refused_is_on_record_with_why_and_by_whom() {
    let office = Office::new().await;
    let wrong = office.call("schedule.set_retention", json!({ "months": 3 })).await.unwrap_err();
    assert_eq!(wrong.code, ErrorCode::InvalidInput);
    let told = office.last("schedule.set_retention").await;
    assert_eq!((told["outcome"].as_str(), told["code"].as_str()), (Some("refused"), Some("invalid_input")));
    assert_eq!(told["changes"], json!([]));
    for _ in 0..3 {
        let forbidden = office.call_as(AccessRole::Viewer, "audit.verify", json!({})).await.unwrap_err();
        assert_eq!(forbidden.code, ErrorCode::Forbidden);
    }
    let told = office.entries(json!({ "outcome": "refused", "act": "audit.verify" })).await;
    assert_eq!(told.len(), 1, "the same again within minutes is not written again: {told:?}");
    assert_eq!((told[0]["role"].as_str(), told[0]["code"].as_str()), (Some("viewer"), Some("forbidden")));
    assert_eq!(told[0]["endRow"], Value::Null, "nothing was asked for that was not refused at once");
    office.host.shut_down().await;
}

#[tokio::test]
async fn looking_is_not_on_record_but_for_what_shows_a_secret_or_tells_a_person() {
    let office = Office::new().await;
    let id = office.connect("webhook", "App").await;
    let before = office.entries(json!({})).await.len();
    for command in ["connections.list", "overview.get", "schedule.list"] {
        office.call(command, json!({})).await.unwrap();
    }
    office.call("app.set_preferences", json!({ "language": "en", "theme": null })).await.unwrap();
    assert_eq!(office.entries(json!({})).await.len(), before);
    for _ in 0..3 {
        office.call("connections.hook", json!({ "id": id })).await.unwrap();
    }
    let looked = office.entries(json!({ "act": "connections.hook" })).await;
    assert_eq!(looked.len(), 1, "a screen that reads again is not on record each time");
    assert_eq!(looked[0]["outcome"], "done");
    office.call("audit.export", json!({ "format": "csv" })).await.unwrap();
    assert_eq!(office.last("audit.export").await["outcome"], "done");
    office.host.shut_down().await;
}

#[tokio::test]
async fn no_secret_is_anywhere_in_the_ledger() {
    const SECRET: &str = "9f8e7d6c5b4a-very-s3cret";
    let office = Office::new().await;
    let id = office.connect("webhook", "App").await;
    office.call("connections.set_hook_secret", json!({ "id": id, "secret": SECRET })).await.unwrap();
    let person = json!({ "name": "Bogdan", "role": "admin", "password": SECRET });
    office.call("people.add", person).await.unwrap();
    let wrong = json!({ "name": "Bogdan", "password": format!("{SECRET}x") });
    assert!(office.call("session.sign_in", wrong).await.is_err());
    let refused = json!({ "id": "con_none", "secret": SECRET });
    assert!(office.call("connections.set_secret", refused).await.is_err());
    let acts: Vec<String> =
        office.entries(json!({})).await.iter().map(|one| one["act"].as_str().unwrap().to_owned()).collect();
    for act in ["connections.set_hook_secret", "people.add", "session.sign_in", "connections.set_secret"] {
        assert!(acts.iter().any(|one| one == act), "{act} is not on record: {acts:?}");
    }
    let folder = office.folder().await;
    office.host.shut_down().await;
    for entry in std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap()) {
        let bytes = std::fs::read(entry.path()).unwrap_or_default();
        let holds = bytes.windows(SECRET.len()).any(|window| window == SECRET.as_bytes());
        assert!(!holds, "{} holds the secret", entry.path().display());
    }
}

#[tokio::test]
async fn somebodys_acts_are_found_with_their_sign_ins() {
    let office = Office::new().await;
    let person = json!({ "name": "Bogdan", "role": "admin", "password": "a long passphrase" });
    office.call("people.add", person).await.unwrap();
    office.connect("file", "Files").await;
    office.call("session.lock", json!({})).await.unwrap();
    office.call("session.sign_in", json!({ "name": "bogdan", "password": "not his" })).await.unwrap_err();
    office.call("session.sign_in", json!({ "name": "Bogdan", "password": "a long passphrase" })).await.unwrap();
    let of_bogdan: Vec<(String, String)> = office
        .entries(json!({ "who": "Bogdan" }))
        .await
        .iter()
        .map(|one| (one["act"].as_str().unwrap().to_owned(), one["outcome"].as_str().unwrap().to_owned()))
        .collect();
    let told = |act: &str, outcome: &str| (act.to_owned(), outcome.to_owned());
    assert_eq!(
        of_bogdan,
        [
            told("session.sign_in", "done"),
            told("session.sign_in", "refused"),
            told("session.lock", "done"),
            told("connections.save", "done"),
        ],
        "and not what another did to them"
    );
    assert_ne!(office.last("session.sign_in").await["who"], "Bogdan", "who signs in is nobody yet");
    office.host.shut_down().await;
}

#[tokio::test]
async fn what_tells_a_person_is_shown_only_when_asked_for_and_that_is_on_record() {
    let office = Office::new().await;
    // of an order that is not there: refused, and on record all the same
    let note = json!({ "orderId": "ord_1", "id": null, "text": "Ion Popescu called" });
    assert!(office.call("notes.save", note).await.is_err());
    let told = office.last("notes.save").await;
    assert_eq!((told["request"]["text"].as_str(), told["hasPersonal"].as_bool()), (Some("•••"), Some(true)));
    let row = told["row"].clone();
    let masked = office.call("audit.get", json!({ "row": row })).await.unwrap();
    assert_eq!(masked["personal"], Value::Null);
    assert!(office.entries(json!({ "act": "audit.get" })).await.is_empty());
    let whole = office.call("audit.get", json!({ "row": row, "personal": true })).await.unwrap();
    assert_eq!(whole["personal"], json!([{ "path": "/request/text", "value": "Ion Popescu called" }]));
    assert_eq!(office.last("audit.get").await["outcome"], "done");
    office.host.shut_down().await;
}

#[tokio::test]
async fn nothing_is_done_that_cannot_be_put_on_record() {
    let office = Office::new().await;
    let workspace = office.host.workspace().await.unwrap();
    let months = workspace.ledger().read_retention_months().await.unwrap();
    // another owner took over: no write of this one is committed any more
    let raw = rusqlite::Connection::open(office.folder().await.join("ledger.sqlite")).unwrap();
    raw.execute_batch("UPDATE workspace SET epoch = epoch + 1").unwrap();
    let refused = office.call("schedule.set_retention", json!({ "months": 36 })).await.unwrap_err();
    assert_eq!(refused.code, ErrorCode::NotOnRecord);
    assert_eq!(workspace.ledger().read_retention_months().await.unwrap(), months, "nothing was done");
    office.host.shut_down().await;
}

#[tokio::test]
async fn the_log_is_whole_exported_and_anchored_and_goes_on_after_a_restart() {
    let office = Office::new().await;
    office.call("schedule.set_retention", json!({ "months": 24 })).await.unwrap();
    let report = office.call("audit.verify", json!({})).await.unwrap();
    assert_eq!((report["broken"].clone(), report["rows"].as_i64()), (Value::Null, Some(4)), "{report}");
    assert_eq!(report["witnessedTo"], 4, "the mark vouches for the newest row");
    let line = office.call("audit.anchor", json!({})).await.unwrap()["line"].as_str().unwrap().to_owned();
    assert!(line.ends_with(report["head"].as_str().unwrap()), "{line}");
    let against = office.call("audit.verify", json!({ "head": line })).await.unwrap();
    assert_eq!((against["broken"].clone(), against["witnesses"].as_i64()), (Value::Null, Some(2)));
    let mut other = line.clone();
    let last = if other.pop() == Some('0') { '1' } else { '0' };
    other.push(last);
    let broken = office.call("audit.verify", json!({ "head": other })).await.unwrap();
    assert_eq!((broken["broken"]["fault"].as_str(), broken["broken"]["row"].as_i64()), (Some("rewritten"), Some(4)));
    assert_eq!(
        office.call("audit.verify", json!({ "head": "nonsense" })).await.unwrap_err().code,
        ErrorCode::InvalidInput
    );
    let file = office.call("audit.export", json!({ "format": "jsonl", "outcome": "done" })).await.unwrap();
    assert_eq!(file["mediaType"], "application/jsonl");
    assert!(office.call("audit.export", json!({ "format": "pdf" })).await.is_err());
    office.host.shut_down().await;

    let next = Office { host: host(&office.home), home: office.home };
    next.host.open_last().await.unwrap();
    let report = next.call("audit.verify", json!({ "head": line })).await.unwrap();
    assert_eq!((report["broken"].clone(), report["losses"].as_array().unwrap().len()), (Value::Null, 0), "{report}");
    next.host.shut_down().await;
}

#[tokio::test]
async fn a_tail_that_is_cut_off_is_found_at_work_and_noted_for_good_at_the_next_start() {
    let office = Office::new().await;
    office.call("schedule.set_retention", json!({ "months": 36 })).await.unwrap();
    office.call("schedule.set_retention", json!({ "months": 48 })).await.unwrap();
    let raw = rusqlite::Connection::open(office.folder().await.join("ledger.sqlite")).unwrap();
    raw.execute_batch(
        "PRAGMA foreign_keys = OFF; DROP TRIGGER audit_is_not_deleted;
         DELETE FROM audit_personal WHERE audit_row > 2; DELETE FROM audit WHERE row > 2;",
    )
    .unwrap();
    let broken = office.call("audit.verify", json!({})).await.unwrap()["broken"].clone();
    assert_eq!(
        (broken["fault"].as_str(), broken["row"].as_i64(), broken["other"].as_i64()),
        (Some("removed"), Some(3), Some(6))
    );
    drop(raw);
    office.host.shut_down().await;

    let next = Office { host: host(&office.home), home: office.home };
    next.host.open_last().await.unwrap();
    // with no provider to read it is lifted at once
    let raw = rusqlite::Connection::open(next.folder().await.join("ledger.sqlite")).unwrap();
    let reason: String = raw.query_row("SELECT reason FROM quarantines", [], |row| row.get(0)).unwrap();
    assert_eq!(reason, "behind");
    let noted = next.last("ledger.behind").await;
    assert_eq!(
        (noted["row"].as_i64(), noted["host"].as_str(), noted["outcome"].as_str()),
        (Some(3), Some("engine"), Some("noted"))
    );
    let report = next.call("audit.verify", json!({})).await.unwrap();
    assert_eq!(report["broken"], Value::Null, "{report}");
    assert_eq!((report["losses"][0]["from"].as_i64(), report["losses"][0]["to"].as_i64()), (Some(3), Some(6)));
    next.host.shut_down().await;
}

#[tokio::test]
async fn an_erasure_is_on_record_without_whom_it_was_about() {
    let office = Office::new().await;
    let asked = json!({ "query": "Ana.Popescu@example.com", "reason": "asked by Ana.Popescu@example.com in writing" });
    let nobody = office.call("clients.erase", asked).await.unwrap_err();
    assert_eq!(nobody.code, ErrorCode::NotFound);
    office.call("clients.find", json!({ "query": "Ana Maria Popescu" })).await.unwrap();
    let erased = office.last("clients.erase").await;
    assert_eq!(
        (erased["request"]["query"].as_str(), erased["reason"].as_str()),
        (Some("•••"), Some("asked by ••• in writing"))
    );
    assert_eq!(office.last("clients.find").await["request"]["query"], "•••");
    let told = office.call("audit.get", json!({ "row": erased["row"], "personal": true })).await.unwrap();
    assert!(!office.entries(json!({})).await.iter().any(|one| one.to_string().contains("Popescu")), "{told}");
    office.host.shut_down().await;
}

//! What a viewer is shown: no e-mail address, telephone number or personal code of a client, in any answer of any command, nor in a
//! file that comes of one.

use crate::roles::PASSWORD;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use punte_api::{AccessRole, COMMANDS, CommandKind, HostKind, Session};
use punte_cli::compose::{Composition, Options, compose};
use punte_tests::until;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

const CODE: &str = "2910217220013";
const TYPED: &str = "scrie la ion.pop@client.ro sau sună la 0740 123 456, CNP 2910217220013";
/// Papers as the provider gave them; what stands on them cannot be taken out.
const PAPERS: [&str; 3] = ["documents.einvoice_archive", "documents.pdf", "doubts.candidate_pdf"];
/// These show clients: as an operator they must tell what a viewer is not told, or nothing was tested.
const TELLING: [&str; 12] = [
    "approvals.list",
    "drafts.fields",
    "drafts.preview",
    "export.start",
    "imports.rejected",
    "mappings.sample",
    "mappings.try",
    "orders.list",
    "record.desk",
    "record.get",
    "record.order_version",
    "table.orders",
];

/// A sandbox that was worked on, with what stands in it.
struct Shop {
    composition: Composition,
    viewer: Session,
    operator: Session,
    orders: Vec<Value>,
    documents: Vec<Value>,
    mappings: Vec<Value>,
    connections: Value,
    import: Value,
    bulk: Value,
    _home: tempfile::TempDir,
}

impl Shop {
    async fn new() -> Shop {
        let home = tempfile::tempdir().unwrap();
        let options = Options { home: home.path().to_owned(), no_keyring: true, prepare_sandbox: None };
        let composition = compose(options).await.unwrap();
        let [operator, viewer] =
            ["operator's", "viewer's"].map(|client| composition.host.session_of(HostKind::Window, client));
        let mut shop = Shop {
            composition,
            viewer,
            operator,
            orders: Vec::new(),
            documents: Vec::new(),
            mappings: Vec::new(),
            connections: Value::Null,
            import: Value::Null,
            bulk: Value::Null,
            _home: home,
        };
        shop.ask("workspace.open_sandbox", json!({})).await;
        until("the shop is issued", Duration::from_secs(90), async || {
            let counts = shop.ask("counts.get", json!({})).await;
            let is_done =
                counts["issued"].as_u64() > Some(5) && counts["held"].as_u64() > Some(1) && counts["ready"] == 0;
            if is_done { Ok(()) } else { Err(counts) }
        })
        .await;
        let page = json!({ "search": "", "filter": "", "after": null, "limit": 500 });
        shop.orders = shop.ask("orders.list", page.clone()).await["rows"].as_array().unwrap().clone();
        shop.documents = shop.ask("documents.list", page).await["rows"].as_array().unwrap().clone();
        shop.mappings = shop.ask("mappings.list", json!({})).await["mappings"].as_array().unwrap().clone();
        shop.connections = shop.ask("connections.list", json!({})).await;
        shop.write().await;
        for (name, role) in [("admin", "admin"), ("second", "operator"), ("viewer", "viewer")] {
            shop.ask("people.add", json!({ "name": name, "role": role, "password": PASSWORD })).await;
        }
        let person = json!({ "name": "viewer", "password": PASSWORD });
        shop.call(&shop.viewer, "session.sign_in", person).await.unwrap();
        let guards = json!({ "lockAfterMin": 0, "storno": true, "delete": false, "bulkOver": null, "limits": false });
        shop.ask("people.set_guards", guards).await;
        let storno = json!({ "id": shop.of_state("issued")["id"], "reason": TYPED });
        shop.call(&shop.operator, "documents.storno", storno).await.unwrap_err();
        shop
    }

    /// What somebody wrote about a client wherever they may.
    async fn write(&mut self) {
        for order in &self.orders {
            let note = json!({ "orderId": order["id"], "id": null, "text": TYPED });
            self.ask("notes.save", note).await;
        }
        let held = self.of_state("held")["id"].clone();
        let edits =
            json!([{ "field": "document.mentions", "value": TYPED }, { "field": "client.tax_id", "value": CODE }]);
        let edits = json!({ "documentId": held, "edits": edits, "reason": TYPED, "revision": 0 });
        self.ask("drafts.save", edits).await;
        let ids: Vec<&Value> = self.documents.iter().map(|one| &one["id"]).collect();
        let plan = json!({ "kind": "dismiss", "selection": { "ids": ids, "except": [] } });
        let job = self.ask("bulk.plan", plan).await["id"].clone();
        until("the plan", Duration::from_secs(20), async || {
            let now = self.ask("bulk.get", json!({ "id": job })).await;
            if now["state"] == "planned" { Ok(()) } else { Err(now) }
        })
        .await;
        self.bulk = job;
        let table = format!(
            "number,date,status,total,currency,customer.name,customer.address,customer.city,customer.email,customer.phone,customer.tax_id,line.name,line.quantity,\
             line.unit_price,line.vat_rate\n\
             A-1,2026-11-20,paid,12.10,RON,Ion Pop,Str. 1,Cluj,ion.pop@client.ro,0740123456,{CODE},Cană,1,10.00,21\n\
             A-2,{TYPED:?},paid,ion.pop@client.ro,RON,Ion Pop,Str. 1,Cluj,ion.pop@client.ro,0740123456,{CODE},Cană,1,0740123456,21\n"
        );
        let begin =
            json!({ "fileName": "ion.csv", "bytes": table.len(), "connectionId": null, "connectionName": "Tabel" });
        let id = self.ask("imports.begin", begin).await["id"].clone();
        self.ask("imports.append", json!({ "id": id, "offset": 0, "base64": STANDARD.encode(&table) })).await;
        self.ask("imports.start", json!({ "id": id, "columns": null })).await;
        until("the import", Duration::from_secs(20), async || {
            let now = self.ask("imports.get", json!({ "id": id })).await;
            if now["state"] == "running" { Err(now) } else { Ok(()) }
        })
        .await;
        self.import = id;
        let found = self.ask("orders.list", json!({ "search": "A-1", "filter": "", "after": null, "limit": 10 })).await;
        self.orders.extend(found["rows"].as_array().unwrap().iter().cloned());
    }

    fn of_state(&self, state: &str) -> &Value {
        self.documents.iter().find(|one| one["state"] == state).unwrap_or_else(|| panic!("none is {state}"))
    }

    async fn call(&self, session: &Session, command: &str, payload: Value) -> Result<Value, Value> {
        let answer = self.composition.host.call(session, command, payload).await;
        answer.map_err(|error| serde_json::to_value(error).unwrap())
    }

    async fn ask(&self, command: &str, payload: Value) -> Value {
        let answer = self.call(&self.operator, command, payload).await;
        answer.unwrap_or_else(|error| panic!("{command}: {error}"))
    }

    /// What must not be told: every address, number and code of the orders as they came, and what was typed.
    async fn secrets(&self) -> BTreeSet<String> {
        let typed = ["ion.pop@client.ro", "0740 123 456", "0740123456", CODE].map(str::to_owned);
        let mut found = BTreeSet::from(typed);
        for order in &self.orders {
            let version = json!({ "orderId": order["id"], "version": 1 });
            let raw = self.ask("record.order_version", version).await["json"].as_str().unwrap().to_owned();
            let raw: Value = serde_json::from_str(&raw).unwrap();
            for part in ["billing", "shipping", "customer"] {
                let fields = ["email", "phone"].iter().filter_map(|field| raw[part][*field].as_str());
                found.extend(fields.filter(|text| text.len() > 5).map(str::to_owned));
            }
        }
        found
    }

    /// What each command that a viewer may ask is asked with.
    async fn payloads(&self) -> BTreeMap<&'static str, Vec<Value>> {
        let page = json!({ "search": "", "filter": "", "after": null, "limit": 500 });
        let query = |list: &str| json!({ "list": list, "text": "", "sort": null });
        let rows = |list: &str| vec![json!({ "query": query(list), "from": 0, "limit": 500 })];
        let lists = || vec![json!({ "list": "orders" }), json!({ "list": "documents" })];
        let by_id = |of: &[Value]| of.iter().map(|one| json!({ "id": one["id"] })).collect::<Vec<_>>();
        let (orders, documents, mappings) = (&self.orders, &self.documents, &self.mappings);
        let connections: Vec<Value> = self.connections["billing"].as_array().unwrap().clone();
        let mapping = self.ask("mappings.get", json!({ "id": mappings[0]["id"] })).await;
        let published = mapping["published"].clone();
        let own = spelled(&published);
        let of_mapping = |more: Value| merged(json!({ "mappingId": mappings[0]["id"] }), &more);
        let tried = |document: &Value, order: &Value| {
            of_mapping(json!({ "document": document, "orderId": order["id"], "json": null, "flowId": null }))
        };
        let month = json!({ "connectionId": connections[0]["id"], "company": connections[0]["company"],
            "month": chrono::Utc::now().format("%Y-%m").to_string() });
        let failures = self.ask("failures.list", json!({})).await["groups"].as_array().unwrap().clone();
        let flow = &self.connections["flows"][0];
        let view = json!({ "id": "", "list": "orders", "name": "ale mele", "text": "ana@shop.ro", "sort": null, "columns": [] });
        let columns: Vec<Value> =
            ["order", "customer", "taxId", "email"].iter().map(|id| json!({ "id": id, "heading": id })).collect();
        BTreeMap::from([
            ("backup.get", vec![json!({ "workspace": null })]),
            ("bulk.csv", vec![json!({ "id": self.bulk, "words": { "why.held_again": TYPED } })]),
            ("bulk.get", vec![json!({ "id": self.bulk })]),
            ("bulk.report", vec![json!({ "id": self.bulk, "state": "", "after": null, "limit": 500 })]),
            ("connections.lists", connections.iter().map(|one| json!({ "id": one["id"], "refresh": false })).collect()),
            ("documents.list", vec![page.clone()]),
            ("drafts.fields", by_id(documents)),
            ("drafts.preview", documents.iter().map(|one| json!({ "documentId": one["id"], "edits": [] })).collect()),
            ("dry_run.get", by_id(mappings)),
            ("einvoices.list", vec![json!({ "state": "", "after": null, "limit": 100 })]),
            (
                "export.start",
                vec![json!({ "query": query("orders"), "ids": null, "except": [], "format": "csv",
                "columns": columns, "words": {} })],
            ),
            (
                "failures.records",
                failures.iter().map(|one| json!({ "key": one["key"], "after": null, "limit": 100 })).collect(),
            ),
            (
                "flows.preview_rules",
                vec![json!({ "shopId": flow["shopId"], "rules": flow["rules"], "condition": flow["condition"] })],
            ),
            ("imports.get", vec![json!({ "id": self.import })]),
            ("imports.rejected", vec![json!({ "id": self.import, "after": 0 })]),
            ("inbox.list", vec![json!({})]),
            ("layout.get", lists()),
            ("mappings.diff", vec![json!({ "before": published, "after": own })]),
            ("mappings.get", by_id(mappings)),
            ("mappings.history", by_id(mappings)),
            ("mappings.read_text", Vec::new()),
            (
                "mappings.sample",
                orders
                    .iter()
                    .map(|one| {
                        of_mapping(json!({ "which": "order", "value": one["id"], "from": null, "document": null }))
                    })
                    .collect(),
            ),
            ("mappings.samples", vec![json!({ "search": "", "onlyHeld": false })]),
            ("mappings.try", orders.iter().flat_map(|one| [tried(&published, one), tried(&own, one)]).collect()),
            ("mappings.version", vec![of_mapping(json!({ "version": 1 }))]),
            ("mappings.write_text", vec![published.clone()]),
            ("month.file", vec![merged(month.clone(), &json!({ "format": "xlsx", "words": {} }))]),
            ("month.report", vec![month]),
            ("orders.list", vec![page]),
            ("overview.trend", vec![json!({ "days": 30 })]),
            (
                "reconcile.findings",
                vec![json!({ "kinds": [], "state": "", "runId": null, "after": null, "limit": 100 })],
            ),
            ("record.desk", by_id(orders)),
            ("record.get", orders.iter().map(|one| json!({ "orderId": one["id"], "documentId": null })).collect()),
            ("record.order_version", orders.iter().map(|one| json!({ "orderId": one["id"], "version": 1 })).collect()),
            ("table.documents", rows("documents")),
            ("table.orders", rows("orders")),
            ("table.summary", vec![query("orders"), query("documents")]),
            ("table.vocabulary", lists()),
            ("views.list", lists()),
            ("views.save", vec![view]),
        ])
    }
}

fn merged(mut one: Value, more: &Value) -> Value {
    one.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    one
}

/// A mapping that spells out what is masked in another field, in a way that no pattern knows.
fn spelled(published: &Value) -> Value {
    let mut own = published.clone();
    let rules = own["client"].as_array_mut().unwrap();
    let name = rules.iter_mut().find(|rule| rule["target"] == "name").unwrap();
    name["expression"] = json!("\"9\" + digits(order.billing.phone)");
    own
}

/// Everything that an answer says, with what stands in a file.
fn said(command: &str, answer: &Value) -> String {
    let mut text = answer.to_string();
    if let Some(bytes) = answer["base64"].as_str() {
        text.push_str(&String::from_utf8_lossy(&STANDARD.decode(bytes).unwrap()));
    }
    if command == "views.save" {
        text.clear();
    }
    text
}

#[tokio::test]
async fn no_answer_tells_a_viewer_how_to_reach_a_client() {
    let shop = Shop::new().await;
    let secrets = shop.secrets().await;
    assert!(secrets.len() > 40, "{secrets:?}");
    let payloads = shop.payloads().await;
    let mut silent: BTreeSet<&str> = TELLING.into();
    for info in COMMANDS.iter().filter(|info| info.role == AccessRole::Viewer) {
        if PAPERS.contains(&info.name) || info.kind != CommandKind::Read && !payloads.contains_key(info.name) {
            continue;
        }
        if matches!(info.name, "workspace.open") {
            continue;
        }
        for payload in payloads.get(info.name).cloned().unwrap_or_else(|| vec![json!({})]) {
            let answer = shop.call(&shop.viewer, info.name, payload.clone()).await;
            let is_asked_wrong = answer.as_ref().is_err_and(|error| error["code"] == "invalid_input");
            assert!(!is_asked_wrong, "{}: how a viewer asks it belongs here: {answer:?}", info.name);
            let answer = answer.unwrap_or_else(|error| error);
            let text = said(info.name, &answer) + exported(&shop, &shop.viewer, info.name).await.as_str();
            if let Some(told) = secrets.iter().find(|secret| text.contains(secret.as_str())) {
                panic!("{} tells {told} of {payload}: {text}", info.name);
            }
            if silent.contains(info.name) {
                let whole = shop.call(&shop.operator, info.name, payload).await.unwrap_or_default();
                let text = said(info.name, &whole) + exported(&shop, &shop.operator, info.name).await.as_str();
                if secrets.iter().any(|secret| text.contains(secret.as_str())) {
                    silent.remove(info.name);
                }
            }
        }
    }
    assert!(silent.is_empty(), "these told nobody anything, so nothing was tested: {silent:?}");

    // what a viewer's own rules would spell out is not there to be spelled out
    let own = payloads["mappings.try"][1].clone();
    let trial = shop.call(&shop.viewer, "mappings.try", own.clone()).await.unwrap();
    let whole = shop.call(&shop.operator, "mappings.try", own).await.unwrap();
    let name_of = |trial: &Value| trial["draft"]["clientName"].as_str().unwrap_or_default().to_owned();
    assert!(secrets.contains(&name_of(&whole)[1..]), "{whole}");
    assert_eq!(name_of(&trial), "9", "{trial}");
    let mut rules = payloads["flows.preview_rules"][0].clone();
    rules["condition"] = json!("starts_with(order.billing.email, \"a\")");
    let refused = shop.call(&shop.viewer, "flows.preview_rules", rules).await.unwrap_err();
    assert_eq!(refused["code"], "forbidden");

    nothing_is_found_by_what_is_masked(&shop).await;

    // and what is a viewer's own comes back as it was written
    let views = shop.call(&shop.viewer, "views.list", json!({ "list": "orders" })).await.unwrap();
    assert_eq!(views["views"][0]["text"], "ana@shop.ro");
    shop.composition.shut_down().await;
}

/// Whoever is shown no address and no code cannot spell them out by searching either, wherever they search.
async fn nothing_is_found_by_what_is_masked(shop: &Shop) {
    let count = |answer: &Value| {
        let found = answer["rows"].as_array().or(answer["orders"].as_array()).map(Vec::len);
        found.unwrap_or_else(|| answer["count"].as_u64().unwrap() as usize)
    };
    let typed = |text: &str, sort: Value| json!({ "list": "orders", "text": text, "sort": sort });
    let rows = |text: &str, sort: Value| json!({ "query": typed(text, sort), "from": 0, "limit": 500 });
    let searches = |text: &str| {
        [
            ("orders.list", json!({ "search": text, "filter": "", "after": null, "limit": 10 })),
            ("table.orders", rows(text, Value::Null)),
            ("table.summary", typed(text, Value::Null)),
            ("mappings.samples", json!({ "search": text, "onlyHeld": false })),
        ]
    };
    for begun in [&CODE[..5], CODE, "ion.pop@cl", "client.ro"] {
        for (command, payload) in searches(begun) {
            let whole = shop.call(&shop.operator, command, payload.clone()).await.unwrap();
            let veiled = shop.call(&shop.viewer, command, payload).await.unwrap();
            assert!(count(&whole) > 0, "{command} finds nothing by {begun}: {whole}");
            assert_eq!(count(&veiled), 0, "{command} finds by {begun}: {veiled}");
        }
    }
    let sample = |value: &str| json!({ "mappingId": shop.mappings[0]["id"], "which": "number", "value": value, "from": null, "document": null });
    let found = shop.call(&shop.operator, "mappings.sample", sample(CODE)).await.unwrap();
    let veiled = shop.call(&shop.viewer, "mappings.sample", sample(CODE)).await.unwrap();
    assert!(found["sample"].is_object() && veiled["sample"].is_null(), "{veiled}");
    // a whole address is met, a part of one is not; and a view that sorts by it opens
    for (text, wanted) in [("email:ion.pop@client.ro", 1), ("email:ion", 0)] {
        let veiled = shop.call(&shop.viewer, "table.orders", rows(text, Value::Null)).await.unwrap();
        assert_eq!(count(&veiled), wanted, "{text}: {veiled}");
    }
    let usual = shop.call(&shop.viewer, "table.orders", rows("", Value::Null)).await.unwrap();
    for column in ["email", "taxId"] {
        let sort = json!({ "column": column, "descending": false });
        let sorted = shop.call(&shop.viewer, "table.orders", rows("", sort)).await.unwrap();
        assert_eq!(sorted, usual, "{column}");
    }
    for (session, offered) in [(&shop.operator, 2), (&shop.viewer, 0)] {
        let vocabulary = shop.call(session, "table.vocabulary", json!({ "list": "orders" })).await.unwrap();
        let columns = vocabulary["columns"].as_array().unwrap().iter();
        let is_sorted = |one: &&Value| one["sortable"] == true && (one["id"] == "email" || one["id"] == "taxId");
        assert_eq!(columns.filter(is_sorted).count(), offered, "{vocabulary}");
    }
}

/// What stands in the file that an export left.
async fn exported(shop: &Shop, session: &Session, command: &str) -> String {
    if command != "export.start" {
        return String::new();
    }
    let path = until("the export", Duration::from_secs(20), async || {
        let run = shop.call(session, "export.get", json!({})).await.unwrap()["run"].clone();
        if run["state"] == "done" { Ok(run["path"].as_str().unwrap().to_owned()) } else { Err(run) }
    })
    .await;
    std::fs::read_to_string(path).unwrap()
}

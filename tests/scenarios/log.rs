//! The program's log, read back, and what leaves the machine of it: what a line is about is found again, and the bundle tells nobody.

use crate::World;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use punte_tests::{Buyer, order, run, until};
use serde_json::{Value, json};
use std::io::Write;
use std::time::Duration;

fn all() -> Value {
    json!({ "level": "", "connection": "", "order": "", "text": "", "before": null, "after": null })
}

fn with(name: &str, value: impl Into<Value>) -> Value {
    let mut request = all();
    request[name] = value.into();
    request
}

fn lines(page: &Value) -> Vec<&Value> {
    page["lines"].as_array().unwrap().iter().collect()
}

impl World {
    /// Writes a line into today's log, as another process of the program would.
    fn write_line(&self, line: &Value) {
        let day = chrono::Utc::now().format("%Y-%m-%d");
        let path = self.home.path().join("logs").join(format!("punte.{day}.jsonl"));
        let mut file = std::fs::OpenOptions::new().append(true).open(path).unwrap();
        file.write_all(format!("{line}\n").as_bytes()).unwrap();
    }

    async fn said(&self, request: Value, message: &str) -> Value {
        until(message, Duration::from_secs(20), async || {
            let page = self.desk.call("log.tail", request.clone()).await;
            let found = lines(&page).into_iter().find(|line| line["message"] == message).cloned();
            found.ok_or(page)
        })
        .await
    }
}

#[tokio::test]
async fn what_a_line_is_about_is_found_by_record_order_connection_level_and_words() {
    let world = World::new().await;
    world.sandbox.control.order(order(41001, Buyer::Person)).await;
    let document = world.desk.wait_for(41001, "issued").await;
    let id = document["id"].as_str().unwrap();
    let sent = world.said(with("order", "41001"), "answered with yes").await;
    assert_eq!((&sent["document"], &sent["order"]), (&json!(id), &json!("41001")), "{sent}");
    assert_eq!((&sent["level"], &sent["ofMachine"]), (&json!("info"), &json!(false)));
    let connection = sent["connection"].as_str().unwrap();
    assert!(connection.starts_with("con_"), "an id, and no name: {connection}");

    let record = json!({ "orderId": null, "documentId": id, "before": null });
    let page = world.desk.call("log.record", record).await;
    let messages: Vec<&str> = lines(&page).iter().map(|line| line["message"].as_str().unwrap()).collect();
    assert!(messages.contains(&"sending") && messages.contains(&"answered with yes"), "{messages:?}");
    assert!(lines(&page).iter().all(|line| line["order"] == "41001" || line["document"] == id), "{page}");

    for request in [with("order", id), with("connection", connection), with("text", "ANSWERED with YES")] {
        let page = world.desk.call("log.tail", request.clone()).await;
        assert!(lines(&page).iter().any(|line| line["document"] == id), "{request}: {page}");
    }
    let page = world.desk.call("log.tail", with("level", "error")).await;
    assert!(lines(&page).iter().all(|line| line["level"] == "error"), "{page}");

    // what comes after a look, and only that
    let newer = world.desk.call("log.tail", all()).await["newer"].clone();
    world.write_line(&json!({ "timestamp": chrono::Utc::now().to_rfc3339(), "level": "WARN", "message": "of another",
        "target": "punte", "workspace": "ws_of_somebody_else" }));
    world.write_line(&json!({ "timestamp": chrono::Utc::now().to_rfc3339(), "level": "WARN", "message": "of this one",
        "target": "punte", "note": "sunați la 0740 123 456" }));
    let after = with("after", newer);
    let fresh = world.said(after.clone(), "of this one").await;
    assert_eq!((&fresh["ofMachine"], &fresh["fields"]["note"]), (&json!(true), &json!("sunați la •••")));
    let page = world.desk.call("log.tail", after).await;
    assert!(lines(&page).iter().all(|line| line["message"] != "of another"), "another workspace's are not shown");

    for (name, value) in [("level", "loud"), ("before", "../../x"), ("after", "2026")] {
        let refused = world.desk.try_call("log.tail", with(name, value)).await.unwrap_err();
        assert_eq!((&refused["code"], &refused["field"]), (&json!("invalid_input"), &json!(name)), "{refused}");
    }
}

#[tokio::test]
async fn of_an_order_that_cannot_be_read_the_log_tells_why_and_not_what_stood_there() {
    let world = World::new().await;
    let mut bad = order(1042, Buyer::Person);
    // what the shop wrote is a fact of the reason, of an instant as of a currency
    bad["currency"] = "Ana Popescu".into();
    world.sandbox.control.order(bad).await;
    let said = world.said(with("order", "1042"), "an order of the shop cannot be read").await;
    assert_eq!(said["fields"]["reason"], "unknown_currency", "{said}");
    let page = world.desk.call("log.tail", with("text", "Popescu")).await;
    assert!(lines(&page).is_empty(), "{page}");

    // and what leaves tells not even which order it was
    let preview = world.desk.call("support.preview", json!({ "days": 2, "webview": "" })).await;
    let log = preview["parts"].as_array().unwrap().last().unwrap()["text"].as_str().unwrap();
    assert!(log.contains("an order of the shop cannot be read") && log.contains(r#""order":"•••""#), "{log}");
    assert!(!log.contains("1042"), "{log}");
}

#[tokio::test]
async fn at_the_terminal_a_bundle_is_shown_before_it_is_written_for_its_owner_alone() {
    let world = World::new().await;
    let (home, workspace) = (world.home.path().to_owned(), world.folder.to_str().unwrap().to_owned());
    let to = home.join("bundle.zip");
    let file = to.to_str().unwrap();
    let ask = async |more: &[&str]| {
        let all = [&["support", "--lang", "en", "--workspace", &workspace], more].concat();
        run("punte-cli", &home, &all).await
    };
    let shown = ask(&[]).await;
    let is_whole = shown.stdout.contains("== about.json ==\n{") && shown.stdout.contains("== log.jsonl ==");
    assert!(is_whole, "{shown:?}");
    assert!(!to.exists(), "looked at, and nothing is written");
    let quiet = ask(&["--to", file]).await;
    assert!(quiet.stdout.contains("is written") && !quiet.stdout.contains("=="), "{}", quiet.stdout);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(std::fs::metadata(&to).unwrap().permissions().mode() & 0o777, 0o600);
    }
    std::fs::remove_file(&to).unwrap();
    let both = ask(&["--to", file, "--show"]).await;
    let (parts, written) = (both.stdout.find("== log.jsonl ==").unwrap(), both.stdout.find("is written").unwrap());
    assert!(parts < written && to.exists(), "{}", both.stdout);
}

const PERSONAL: [&str; 9] = [
    "Zamfira",
    "Unicescu",
    "zamfira.unica",
    "example.com",
    "0755 123 987",
    "0755123987",
    "2980101123455",
    "Ana Secretara",
    "Zamfirei",
];

/// What a bundle tells of what nobody else may know.
fn told(parts: &[Value], known: &[String]) -> Vec<String> {
    let mut found = Vec::new();
    for part in parts {
        let text = part["text"].as_str().unwrap().to_lowercase();
        let stands = known.iter().filter(|one| text.contains(&one.to_lowercase()));
        found.extend(stands.map(|one| format!("{one} in {}", part["name"])));
    }
    found
}

#[tokio::test]
async fn a_support_bundle_is_what_was_shown_and_tells_no_client_no_company_and_no_secret() {
    let world = World::new().await;
    let mut buyer = order(41002, Buyer::Person);
    buyer["billing"]["first_name"] = "Zamfira".into();
    buyer["billing"]["last_name"] = "Unicescu".into();
    buyer["billing"]["email"] = "zamfira.unica@example.com".into();
    buyer["billing"]["phone"] = "0755 123 987".into();
    let meta = json!({ "key": "_billing_cnp", "value": "2980101123455" });
    buyer["meta_data"].as_array_mut().unwrap().push(meta);
    world.sandbox.control.order(buyer).await;
    let document = world.desk.wait_for(41002, "issued").await;
    world.sandbox.control.order(order(41003, Buyer::Company)).await;
    world.desk.wait_for(41003, "issued").await;
    let connections = world.desk.call("connections.list", Value::Null).await;
    let mut shop = connections["shops"][0].clone();
    shop["name"] = "Atelierul Zamfirei".into();
    shop["secret"] = "".into();
    world.desk.call("connections.save", shop).await;
    let record = world.desk.call("record.get", json!({ "orderId": null, "documentId": document["id"] })).await;
    let note = json!({ "orderId": record["order"]["id"], "id": null, "text": "Ana Secretara a sunat" });
    world.desk.call("notes.save", note).await;
    // whatever a library or a provider might say of them
    let words = "no client Zamfira Unicescu (zamfira.unica@example.com, 0755 123 987, CNP 2980101123455)";
    for target in ["punte_engine", "hyper::client"] {
        world.write_line(&json!({ "timestamp": chrono::Utc::now().to_rfc3339(), "level": "ERROR", "target": target,
            "message": if target == "hyper::client" { words } else { "the ledger cannot be written" },
            "error": format!("database is locked: {words}"), "who": { "Zamfira": ["Unicescu"] },
            "path": world.folder.display().to_string(), "phone": 40755123987_u64 }));
    }
    std::fs::OpenOptions::new()
        .append(true)
        .open(std::fs::read_dir(world.home.path().join("logs")).unwrap().next().unwrap().unwrap().path())
        .unwrap()
        .write_all(format!("panicked at {words}\n").as_bytes())
        .unwrap();

    let mut known: Vec<String> = PERSONAL.iter().map(|one| (*one).to_owned()).collect();
    for kind in ["woocommerce", "smartbill", "oblio"] {
        let place = &world.sandbox.ports[kind];
        let secret = ["token", "secret", "username", "email", "key", "company", "url"];
        known.extend(secret.iter().filter_map(|name| place[*name].as_str().map(str::to_owned)));
    }
    known.extend([world.folder.display().to_string(), world.home.path().display().to_string(), "Atelier".to_owned()]);
    let page = json!({ "search": "", "filter": "", "after": null, "limit": 100 });
    for row in world.desk.call("documents.list", page).await["rows"].as_array().unwrap() {
        known.extend(row["client"].as_str().map(str::to_owned));
        known.extend(row["taxId"].as_str().map(str::to_owned));
    }
    known.retain(|one| one.chars().count() > 4);

    let request = json!({ "days": 2, "webview": "Zamfira AppleWebKit/605.1.15" });
    let preview = world.desk.call("support.preview", request).await;
    let parts = preview["parts"].as_array().unwrap();
    let names: Vec<&str> = parts.iter().map(|part| part["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["about.json", "settings.json", "connections.json", "ledger.json", "counters.json", "log.jsonl"]);
    assert_eq!(told(parts, &known), Vec::<String>::new());
    // and it tells what helps
    let part = |name: &str| parts.iter().find(|part| part["name"] == name).unwrap()["text"].as_str().unwrap();
    let ledger: Value = serde_json::from_str(part("ledger.json")).unwrap();
    assert!(ledger["version"].as_i64().unwrap() > 0 && ledger["tables"]["documents"] == 2, "{ledger}");
    let counters: Value = serde_json::from_str(part("counters.json")).unwrap();
    assert_eq!(counters["counts"]["document:issued"], 2, "{counters}");
    let about: Value = serde_json::from_str(part("about.json")).unwrap();
    assert_eq!(about["webview"], json!(["AppleWebKit/605.1.15"]));
    assert!(part("connections.json").contains("\"health\": \"healthy\""), "{}", part("connections.json"));
    let log = part("log.jsonl");
    assert!(log.contains("database is locked: no client •••"), "{log}");
    assert!(log.contains(document["id"].as_str().unwrap()) && log.contains("answered with yes"), "{log}");
    assert!(parts.last().unwrap()["masked"].as_u64().unwrap() > 5);

    let saved = world.desk.call("support.save", json!({ "id": preview["id"] })).await;
    assert!(saved["name"].as_str().unwrap().ends_with(".zip"), "{}", saved["name"]);
    let bytes = STANDARD.decode(saved["base64"].as_str().unwrap()).unwrap();
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(bytes)).unwrap();
    assert_eq!(archive.len(), parts.len());
    for part in parts {
        let file = archive.by_name(part["name"].as_str().unwrap()).unwrap();
        assert_eq!(std::io::read_to_string(file).unwrap(), part["text"], "exactly what was shown");
    }
    let again = world.desk.try_call("support.save", json!({ "id": preview["id"] })).await.unwrap_err();
    assert_eq!(again["code"], "not_now", "what was saved is not kept");
}

//! Alerts through the commands, over a host with a workspace of its own.

use crate::commands::{AccessRole, HostKind, Session};
use crate::error::{ApiError, ErrorCode};
use crate::host::Host;
use crate::host::parts_of_tests::{memory_vault, parts};
use serde_json::{Value, json};
use std::sync::Arc;
use tempfile::TempDir;

struct Office {
    host: Arc<Host>,
    _home: TempDir,
}

impl Office {
    async fn new() -> Office {
        let home = tempfile::tempdir().unwrap();
        let parts = parts(home.path(), memory_vault(home.path()));
        let office = Office { host: Host::new(parts).unwrap(), _home: home };
        office.call("workspace.create", json!({ "name": "Atelier" })).await.unwrap();
        office
    }

    async fn call_as(&self, role: AccessRole, command: &str, payload: Value) -> Result<Value, ApiError> {
        let session = Session { role, ..self.host.local_session(HostKind::Terminal) };
        self.host.call(&session, command, payload).await
    }

    async fn call(&self, command: &str, payload: Value) -> Result<Value, ApiError> {
        self.call_as(AccessRole::Admin, command, payload).await
    }

    async fn alerts(&self) -> Value {
        self.call("alerts.get", json!({})).await.unwrap()
    }
}

fn hook(id: Value) -> Value {
    json!({ "id": id, "kind": "webhook", "name": "on call", "enabled": true, "url": "https://alerts.example/punte" })
}

#[tokio::test]
async fn a_new_workspace_has_every_rule_on_and_the_desktop() {
    let alerts = Office::new().await.alerts().await;
    assert_eq!(alerts["rules"].as_array().unwrap().len(), 9);
    assert!(alerts["rules"].as_array().unwrap().iter().all(|rule| rule["on"] == true && rule["channels"].is_null()));
    assert_eq!((&alerts["channels"][0]["kind"], &alerts["channels"][0]["enabled"]), (&json!("desktop"), &json!(true)));
    assert_eq!(alerts["open"], json!([]));
}

#[tokio::test]
async fn what_is_set_is_kept_on_record_and_a_viewer_only_looks() {
    let office = Office::new().await;
    let mut alerts = office.alerts().await;
    alerts["rules"][0]["threshold"] = json!(5);
    alerts["quiet"]["on"] = json!(true);
    let refused = office.call_as(AccessRole::Operator, "alerts.set", alerts.clone()).await.unwrap_err();
    assert_eq!(refused.code, ErrorCode::Forbidden);
    let set = office.call("alerts.set", alerts).await.unwrap();
    assert_eq!((&set["rules"][0]["threshold"], &set["quiet"]["on"]), (&json!(5), &json!(true)));
    assert!(office.call_as(AccessRole::Viewer, "alerts.get", json!({})).await.is_ok());
    let log = office.call("audit.list", json!({ "act": "alerts.set" })).await.unwrap();
    assert!(log["rows"][0].to_string().contains("failure_group"), "{}", log["rows"][0]);
    let mut wrong = office.alerts().await;
    wrong["rules"][0]["threshold"] = json!(0);
    assert_eq!(office.call("alerts.set", wrong).await.unwrap_err().code, ErrorCode::InvalidInput);
}

#[tokio::test]
async fn a_webhook_is_given_a_secret_that_is_shown_once_and_stands_nowhere_else() {
    let office = Office::new().await;
    let saved = office.call("alerts.set_channel", hook(Value::Null)).await.unwrap();
    let secret = saved["secret"].as_str().unwrap().to_owned();
    assert!(secret.starts_with("whsec_"));
    let again = office.call("alerts.set_channel", hook(saved["id"].clone())).await.unwrap();
    assert_eq!(again, json!({ "id": saved["id"], "secret": null }));
    let alerts = office.alerts().await;
    let log = office.call("audit.list", json!({})).await.unwrap();
    assert_eq!(alerts["channels"][1]["hasSecret"], true);
    assert!(!format!("{alerts}{log}").contains(&secret));
    let mut gone = hook(saved["id"].clone());
    gone["remove"] = json!(true);
    office.call("alerts.set_channel", gone).await.unwrap();
    assert_eq!(office.alerts().await["channels"].as_array().unwrap().len(), 1);
    let desktop = json!({ "id": "desktop", "kind": "desktop", "name": "", "enabled": false, "remove": true });
    assert_eq!(office.call("alerts.set_channel", desktop).await.unwrap_err().code, ErrorCode::NotNow);
}

#[tokio::test]
async fn a_test_of_the_desktop_is_what_the_window_shows_next_and_only_once() {
    let office = Office::new().await;
    let ask = async |after: Value| office.call("alerts.desktop", json!({ "after": after })).await.unwrap();
    let now = ask(Value::Null).await;
    assert_eq!(now["rows"], json!([]), "what was before the window began is not shown");
    let sent = office.call("alerts.test", json!({ "id": "desktop" })).await.unwrap();
    assert_eq!(sent["state"], "sent");
    let next = ask(now["last"].clone()).await;
    assert_eq!(next["rows"][0]["kind"], "test");
    assert!(next["rows"][0]["subject"].as_str().unwrap().contains("Atelier"));
    assert_eq!(ask(next["last"].clone()).await["rows"], json!([]));
    let listed = office.call_as(AccessRole::Viewer, "alerts.list", json!({})).await.unwrap();
    assert_eq!(listed["rows"][0]["sends"][0]["channelId"], "desktop");
}

#[tokio::test]
async fn a_test_that_is_not_taken_says_why_and_is_not_tried_again() {
    let office = Office::new().await;
    let mail = json!({ "host": "127.0.0.1", "port": 9, "security": "plain", "user": "", "from": "punte@firma.ro", "to": ["ana@firma.ro"] });
    let new = json!({ "id": null, "kind": "mail", "name": "Ana", "enabled": true, "mail": mail });
    let saved = office.call("alerts.set_channel", new).await.unwrap();
    let sent = office.call("alerts.test", json!({ "id": saved["id"] })).await.unwrap();
    assert_eq!((&sent["state"], &sent["nextMs"]), (&json!("failed"), &Value::Null));
    assert_ne!(sent["code"], "");
}

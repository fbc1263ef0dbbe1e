//! Looks that are on record, and what is not looked at for the record.

use super::*;
use base64::Engine;
use punte_engine::vault::{Result as VaultResult, Vault};
use secrecy::SecretString;
use std::sync::Mutex;

/// Tells which secrets were asked for.
struct Watched {
    vault: Arc<dyn Vault>,
    asked: Arc<Mutex<Vec<String>>>,
}

#[async_trait::async_trait]
impl Vault for Watched {
    async fn get(&self, name: &str) -> VaultResult<Option<SecretString>> {
        self.asked.lock().unwrap().push(name.to_owned());
        self.vault.get(name).await
    }

    async fn set(&self, name: &str, secret: SecretString) -> VaultResult<()> {
        self.vault.set(name, secret).await
    }

    async fn delete(&self, name: &str) -> VaultResult<()> {
        self.vault.delete(name).await
    }
}

#[tokio::test]
async fn every_look_at_clients_is_on_record_with_how_much_it_held_and_without_whom() {
    let office = Office::new().await;
    office.take_in_an_order().await;
    for query in ["Ion Pop", "Vasile Nimeni", "Ion Pop"] {
        office.call("clients.find", json!({ "query": query })).await.unwrap();
    }
    let looks = office.entries(json!({ "act": "clients.find" })).await;
    let held: Vec<&Value> = looks.iter().map(|look| &look["facts"]).collect();
    let one = json!({ "clients": 1, "orders": 1, "documents": 0 });
    let none = json!({ "clients": 0, "orders": 0, "documents": 0 });
    assert_eq!(held, [&one, &none, &one], "each, the same again too");
    office.call("clients.export", json!({ "query": "Ion Pop" })).await.unwrap();
    let taken = office.last("clients.export").await;
    assert_eq!((&taken["facts"], &taken["changes"]), (&one, &json!([])));
    assert!(!format!("{looks:?} {taken}").contains("Pop"), "{looks:?} {taken}");

    let file = office.call("audit.export", json!({ "format": "csv", "act": "clients.export" })).await.unwrap();
    let bytes = base64::engine::general_purpose::STANDARD.decode(file["base64"].as_str().unwrap()).unwrap();
    let text = String::from_utf8(bytes).unwrap();
    assert!(text.contains("•••") && text.contains(r#"""orders"":1"#), "what was asked for, and what was held: {text}");
    office.host.shut_down().await;
}

#[tokio::test]
async fn looking_at_another_thing_is_another_look() {
    let office = Office::new().await;
    for _ in 0..3 {
        let note = json!({ "orderId": "ord_1", "id": null, "text": "Ion Popescu called" });
        assert!(office.call("notes.save", note).await.is_err());
    }
    let rows: Vec<Value> =
        office.entries(json!({ "act": "notes.save" })).await.iter().map(|one| one["row"].clone()).collect();
    for row in rows.iter().chain(&rows) {
        office.call("audit.get", json!({ "row": row, "personal": true })).await.unwrap();
    }
    let mut looks = office.entries(json!({ "act": "audit.get" })).await;
    looks.reverse();
    let subjects: Vec<Value> = looks.iter().map(|look| look["subject"]["id"].clone()).collect();
    let wanted: Vec<Value> = rows.iter().map(|row| json!(row.to_string())).collect();
    assert_eq!(subjects, wanted, "each entry once, as a screen reads again by itself");
    office.host.shut_down().await;
}

#[tokio::test]
async fn a_person_is_on_record_as_they_were_added() {
    let office = Office::new().await;
    let person = json!({ "name": " Bogdan ", "role": "admin", "password": "a-long-passw0rd" });
    office.call("people.add", person).await.unwrap();
    let owner = office.host.local_session(HostKind::Terminal);
    let signed_in = office.host.call(&owner, "people.list", json!({})).await.unwrap();
    let id = signed_in["people"][0]["id"].clone();
    let added = office.last("people.add").await;
    assert_eq!(added["subject"], json!({ "kind": "person", "id": id, "label": "Bogdan" }));
    let told = changes(&added);
    assert_eq!(
        (&told["name"].1, &told["role"].1, &told["active"].1),
        (&json!("Bogdan"), &json!("admin"), &json!(true))
    );
    office.host.shut_down().await;
}

#[tokio::test]
async fn a_webhooks_secret_is_asked_for_by_what_sets_it_alone() {
    let home = tempfile::tempdir().unwrap();
    let asked = Arc::new(Mutex::new(Vec::new()));
    let watched = |vault| Arc::new(Watched { vault, asked: asked.clone() }) as Arc<dyn Vault>;
    let office = Office { host: host_with(&home, watched), home };
    office.call("workspace.create", json!({ "name": "Atelier" })).await.unwrap();
    let shop = office.connect("woocommerce", "Magazin").await;
    let hooks = || asked.lock().unwrap().iter().filter(|name| name.contains("/hook/")).count();
    office.call("connections.wake", json!({ "id": shop })).await.unwrap();
    assert_eq!(hooks(), 0, "neither saving it nor a look for orders");
    office.call("connections.set_hook_secret", json!({ "id": shop, "secret": "a-long-hook-s3cret" })).await.unwrap();
    assert!(hooks() > 0);
    assert_eq!(changes(&office.last("connections.set_hook_secret").await)["hasHookSecret"].1, json!(true));
    office.host.shut_down().await;
}

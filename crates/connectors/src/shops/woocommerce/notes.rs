//! Our own notes on an order, kept in its meta data under keys that begin with `punte_`: read before a send, written after
//! one. Everybody else's keys are neither read nor sent.
//!
//! WooCommerce updates a meta row that comes with its id and adds one that comes without, so rows that exist are named by
//! their ids, and only what differs is sent at all.

use super::{PAGE_MEGABYTES, WooCommerce};
use crate::call::{Operation, large_read_limits};
use crate::scalar::text_of;
use crate::transport::Limits;
use bytes::Bytes;
use http::Method;
use punte_domain::{Failure, FailureKind, Phase};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

const PREFIX: &str = "punte_";

/// One row of an order's meta data that is ours.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Note {
    id: Option<u64>,
    key: String,
    value: String,
}

fn notes_in(order: &Value) -> Vec<Note> {
    let rows = order.get("meta_data").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let ours = |row: &Value| {
        let key = row.get("key")?.as_str().filter(|key| key.starts_with(PREFIX))?.to_owned();
        let value = row.get("value").and_then(text_of).unwrap_or_default();
        Some(Note { id: row.get("id").and_then(Value::as_u64), key, value })
    };
    rows.iter().filter_map(ours).collect()
}

/// The rows to send so that every wanted note stands there once: those that differ, by id, and those that are missing.
fn changes(present: &[Note], wanted: &BTreeMap<String, String>) -> Vec<Value> {
    let mut rows = Vec::new();
    for (key, value) in wanted {
        let mut known = present.iter().filter(|note| note.key == *key).peekable();
        if known.peek().is_none() {
            rows.push(json!({ "key": key, "value": value }));
        }
        // a key that stands there twice is put right in both places
        for note in known.filter(|note| note.value != value.trim()) {
            rows.push(match note.id {
                Some(id) => json!({ "id": id, "key": key, "value": value }),
                None => json!({ "key": key, "value": value }),
            });
        }
    }
    rows
}

fn map_of(notes: Vec<Note>) -> BTreeMap<String, String> {
    notes.into_iter().map(|note| (note.key, note.value)).collect()
}

impl WooCommerce {
    async fn notes_of(&self, operation: &Operation, order_id: &str) -> Result<Vec<Note>, Failure> {
        let path = super::order_path(operation, order_id)?;
        // `_fields` would spare most of the answer, but caching proxies tend to drop it from their keys
        let answer = self.get(operation, &path, &[]).await?;
        let order = self.read(operation, &answer)?;
        if order.get("id").and_then(text_of).as_deref() != Some(order_id) {
            return Err(self.unreadable(operation, &answer, "another order than the one asked for"));
        }
        Ok(notes_in(&order))
    }

    pub(super) async fn notes(&self, order_id: &str) -> Result<BTreeMap<String, String>, Failure> {
        let operation = Operation::new("read notes", format!("order {order_id}"));
        self.notes_of(&operation, order_id).await.map(map_of)
    }

    pub(super) async fn note(&self, order_id: &str, wanted: &BTreeMap<String, String>) -> Result<bool, Failure> {
        let operation = Operation::new("write notes", format!("order {order_id}"));
        if let Some(foreign) = wanted.keys().find(|key| !key.starts_with(PREFIX)) {
            let failure = operation.failure(FailureKind::FieldInvalid, Phase::Prepare);
            return Err(failure.with_detail(format!("{foreign}: notes of ours begin with {PREFIX}")));
        }
        let rows = changes(&self.notes_of(&operation, order_id).await?, wanted);
        if rows.is_empty() {
            return Ok(false);
        }
        let mut body = Map::new();
        body.insert("meta_data".to_owned(), rows.into());
        let body = Bytes::from(Value::Object(body).to_string());
        let limits = Limits { fresh_connection: true, ..large_read_limits(PAGE_MEGABYTES) };
        let path = super::order_path(&operation, order_id)?;
        let answer = self.send(&operation, Method::PUT, &path, &[], Some(body), limits).await?;
        let order = self.read(&operation, &answer)?;
        // a plugin may filter what is stored; without the notes the next send would not be warned
        let kept = map_of(notes_in(&order));
        match wanted.iter().find(|(key, value)| kept.get(*key).map(String::as_str) != Some(value.trim())) {
            None => Ok(true),
            Some((key, _)) => Err(self.unreadable(&operation, &answer, &format!("the shop did not keep {key}"))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scripted::{Scripted, json_answer};
    use crate::shops::{Shop, ShopConfig};
    use secrecy::SecretString;
    use std::sync::Arc;

    fn shop(scripted: &Arc<Scripted>) -> WooCommerce {
        let secret = SecretString::from("cs_secret");
        let config = ShopConfig { base_url: "https://cana.ro".into(), key: "ck_1".into(), secret };
        WooCommerce::new(config, scripted.clone())
    }

    fn order(meta: &Value) -> Value {
        json!({"id": 7, "status": "completed", "meta_data": meta})
    }

    fn wanted() -> BTreeMap<String, String> {
        [("punte_invoice", "FCT 0007"), ("punte_reference", "PNT-X"), ("punte_state", "issued")]
            .map(|(key, value)| (key.to_owned(), value.to_owned()))
            .into()
    }

    fn present() -> Value {
        json!([
            {"id": 1, "key": "_billing_cui", "value": "RO1"},
            {"id": 2, "key": "punte_invoice", "value": "FCT 0006"},
            {"id": 3, "key": "punte_reference", "value": "PNT-X"},
        ])
    }

    #[tokio::test]
    async fn only_what_differs_is_sent_and_rows_that_exist_by_their_id() {
        let after = json!([
            {"id": 2, "key": "punte_invoice", "value": "FCT 0007"},
            {"id": 3, "key": "punte_reference", "value": "PNT-X"},
            {"id": 4, "key": "punte_state", "value": "issued"},
        ]);
        let answers = [present(), after.clone(), after].map(|meta| Ok(json_answer(200, &order(&meta), &[])));
        let scripted = Scripted::new(answers.into());
        let shop = shop(&scripted);
        assert!(shop.write_notes("7", &wanted()).await.unwrap());
        assert!(!shop.write_notes("7", &wanted()).await.unwrap(), "repeating it changes nothing");
        assert_eq!(scripted.sent().len(), 3, "and sends nothing but the read");
        let put = &scripted.sent()[1];
        assert_eq!((put.method.as_str(), put.url.as_str()), ("PUT", "https://cana.ro/wp-json/wc/v3/orders/7"));
        let body: Value = serde_json::from_slice(put.body.as_deref().unwrap()).unwrap();
        insta::assert_json_snapshot!(body);
        assert!(scripted.limits()[1].fresh_connection);
    }

    #[tokio::test]
    async fn other_peoples_keys_are_neither_read_nor_written() {
        let scripted = Scripted::new(vec![Ok(json_answer(200, &order(&present()), &[]))]);
        let shop = shop(&scripted);
        let notes = shop.read_notes("7").await.unwrap();
        assert_eq!(notes.keys().map(String::as_str).collect::<Vec<_>>(), ["punte_invoice", "punte_reference"]);
        let foreign = BTreeMap::from([("_billing_cui".to_owned(), "RO2".to_owned())]);
        let failure = shop.write_notes("7", &foreign).await.unwrap_err();
        assert_eq!((failure.kind, failure.phase), (FailureKind::FieldInvalid, Phase::Prepare));
        assert_eq!(scripted.sent().len(), 1);
    }

    #[tokio::test]
    async fn a_shop_that_keeps_nothing_is_noticed() {
        let answers = [present(), json!([])].map(|meta| Ok(json_answer(200, &order(&meta), &[])));
        let failure = shop(&Scripted::new(answers.into())).write_notes("7", &wanted()).await.unwrap_err();
        assert_eq!(failure.kind, FailureKind::UnreadableAnswer);
    }

    #[test]
    fn a_key_that_stands_twice_is_put_right_in_both_places() {
        let note = |id: u64, value: &str| Note { id: Some(id), key: "punte_state".into(), value: value.into() };
        let wanted = BTreeMap::from([("punte_state".to_owned(), "issued".to_owned())]);
        let rows = changes(&[note(1, "held"), note(2, "ready")], &wanted);
        assert_eq!(rows.iter().map(|row| row["id"].as_u64().unwrap()).collect::<Vec<_>>(), [1, 2]);
        assert_eq!(changes(&[note(1, "issued"), note(2, "issued")], &wanted), Vec::<Value>::new());
    }
}

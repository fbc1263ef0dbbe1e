//! Our own notes on an order: metafields of the namespace `punte`, under the keys that every shop's notes have. A list of the
//! order's own fields (`note_attributes`) could only be written whole, over what others write into it meanwhile.

use super::{API, Shopify, order_path};
use crate::call::{Operation, create_limits};
use crate::scalar::text_of;
use crate::shops::rest::Ask;
use bytes::Bytes;
use http::Method;
use punte_domain::{Failure, FailureKind, Phase};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::time::Duration;

const NAMESPACE: &str = "punte";
const PREFIX: &str = "punte_";
const WRITE: Duration = Duration::from_secs(30);

/// Our metafields: their id and value, by key.
type Rows = BTreeMap<String, (String, String)>;

impl Shopify {
    async fn rows(&self, operation: &Operation, order_id: &str) -> Result<Rows, Failure> {
        let path = format!("{}/metafields.json", order_path(operation, order_id)?);
        let query = [("namespace", NAMESPACE.to_owned()), ("limit", "250".to_owned())];
        let answer = self.get(operation, &path, &query).await?;
        let body = self.read(operation, &answer)?;
        let Some(fields) = body.get("metafields").and_then(Value::as_array) else {
            return Err(self.rest.unreadable(operation, &answer, "not a list of metafields"));
        };
        let row = |field: &Value| {
            let text = |key: &str| field.get(key).and_then(text_of);
            let is_ours = text("namespace").as_deref() == Some(NAMESPACE);
            let key = text("key").filter(|key| is_ours && key.starts_with(PREFIX))?;
            Some((key, (text("id")?, text("value").unwrap_or_default())))
        };
        Ok(fields.iter().filter_map(row).collect())
    }

    pub(super) async fn notes(&self, order_id: &str) -> Result<BTreeMap<String, String>, Failure> {
        let operation = Operation::new("read notes", format!("order {order_id}"));
        let rows = self.rows(&operation, order_id).await?;
        Ok(rows.into_iter().map(|(key, (_, value))| (key, value)).collect())
    }

    /// One request for each note that differs: where one breaks, repeating writes only those that are still missing.
    pub(super) async fn note(&self, order_id: &str, wanted: &BTreeMap<String, String>) -> Result<bool, Failure> {
        let operation = Operation::new("write notes", format!("order {order_id}"));
        if let Some(foreign) = wanted.keys().find(|key| !key.starts_with(PREFIX)) {
            let failure = operation.failure(FailureKind::FieldInvalid, Phase::Prepare);
            return Err(failure.with_detail(format!("{foreign}: notes of ours begin with {PREFIX}")));
        }
        let rows = self.rows(&operation, order_id).await?;
        let base = format!("{API}/{}/metafields", order_path(&operation, order_id)?);
        let mut has_written = false;
        for (key, value) in wanted {
            let value = value.trim();
            let (method, path, field) = match rows.get(key) {
                Some((_, known)) if known == value => continue,
                // a metafield cannot be blank
                None if value.is_empty() => continue,
                Some((id, _)) if value.is_empty() => (Method::DELETE, format!("{base}/{id}.json"), None),
                Some((id, _)) => (Method::PUT, format!("{base}/{id}.json"), Some(json!({ "value": value }))),
                None => {
                    let kind = if value.contains('\n') { "multi_line_text_field" } else { "single_line_text_field" };
                    let field = json!({ "namespace": NAMESPACE, "key": key, "type": kind, "value": value });
                    (Method::POST, format!("{base}.json"), Some(field))
                }
            };
            let body = field.map(|field| {
                ("application/json; charset=utf-8", Bytes::from(json!({ "metafield": field }).to_string()))
            });
            let is_kept = body.is_some();
            let ask = Ask { method, path: &path, query: &[], body, limits: create_limits(WRITE) };
            let answer = self.rest.send(&operation, ask).await?;
            let body = self.read(&operation, &answer)?;
            let kept = body.pointer("/metafield/value").and_then(text_of);
            if is_kept && kept.as_deref() != Some(value) {
                return Err(self.rest.unreadable(&operation, &answer, &format!("the shop did not keep {key}")));
            }
            has_written = true;
        }
        Ok(has_written)
    }
}

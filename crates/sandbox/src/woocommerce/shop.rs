//! The shop's orders as they are kept: the JSON that REST answers, beside the few values that lists filter and sort by.

use serde::{Deserialize, Serialize};
use serde_json::value::{RawValue, to_raw_value};
use serde_json::{Map, Value, json};

use crate::clock::{gmt_text, read_shop_date, shop_text};
use crate::error::SandboxError;

#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct StoredOrder {
    pub id: u64,
    pub status: String,
    pub created_ms: i64,
    pub modified_ms: i64,
    pub order: Box<RawValue>,
    pub refunds: Box<RawValue>,
}

#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Shop {
    orders: Vec<StoredOrder>,
    next_id: u64,
    next_meta_id: u64,
    /// How many orders of the endless drip have been made.
    pub drip: u64,
}

const MOST_ORDERS: usize = 200_000;

impl Shop {
    pub fn new(first_id: u64) -> Self {
        Self { orders: Vec::new(), next_id: first_id, next_meta_id: 900_000, drip: 0 }
    }

    pub fn orders(&self) -> &[StoredOrder] {
        &self.orders
    }

    pub fn find(&self, id: u64) -> Option<&StoredOrder> {
        self.orders.iter().find(|order| order.id == id)
    }

    /// Adds an order, or puts a new version in the place of the one with its id. What is missing is filled in as a shop
    /// would; the modification date is always `now_ms`.
    pub fn put(&mut self, order: Value, now_ms: i64) -> Result<u64, SandboxError> {
        let Value::Object(mut order) = order else {
            return Err(SandboxError::Invalid("an order must be a JSON object".into()));
        };
        if self.orders.len() >= MOST_ORDERS {
            return Err(SandboxError::Invalid(format!("the sandbox's shop is full: {MOST_ORDERS} orders")));
        }
        let id = match order.get("id") {
            None | Some(Value::Null) => self.next_id,
            Some(id) => id
                .as_u64()
                .filter(|id| *id > 0)
                .ok_or_else(|| SandboxError::Invalid(format!("an order's id must be a positive number, not {id}")))?,
        };
        let refunds = order.remove("refund_details");
        self.complete(&mut order, id, now_ms);
        let refunds = refunds.unwrap_or_else(|| refunds_from_summary(&order));
        let stored = StoredOrder {
            id,
            status: text(&order, "status"),
            created_ms: read_pair(&order, "date_created").unwrap_or(now_ms),
            modified_ms: now_ms,
            order: raw(&Value::Object(order))?,
            refunds: raw(&refunds)?,
        };
        // an id that was not given out yet is nobody's: a large shop is made without looking through it for each order
        let known = (id < self.next_id).then(|| self.orders.iter_mut().find(|order| order.id == id)).flatten();
        match known {
            Some(old) => *old = stored,
            None => self.orders.push(stored),
        }
        self.next_id = self.next_id.max(id + 1);
        Ok(id)
    }

    fn complete(&mut self, order: &mut Map<String, Value>, id: u64, now_ms: i64) {
        let defaults = json!({
            "parent_id": 0, "number": id.to_string(), "order_key": format!("wc_order_{id:x}sandbox"),
            "created_via": "checkout", "version": "9.4.2", "status": "processing", "currency": "RON",
            "discount_total": "0.00", "discount_tax": "0.00", "shipping_total": "0.00", "shipping_tax": "0.00",
            "prices_include_tax": true, "customer_id": 0, "customer_note": "", "billing": {}, "shipping": {},
            "payment_method": "", "payment_method_title": "", "transaction_id": "", "meta_data": [], "line_items": [],
            "tax_lines": [], "shipping_lines": [], "fee_lines": [], "coupon_lines": [], "refunds": [],
        });
        order.insert("id".into(), id.into());
        if let Value::Object(defaults) = defaults {
            for (key, value) in defaults {
                order.entry(key).or_insert(value);
            }
        }
        let created = read_pair(order, "date_created").unwrap_or(now_ms);
        write_pair(order, "date_created", Some(created));
        write_pair(order, "date_modified", Some(now_ms));
        let status = text(order, "status");
        let on_delivery = text(order, "payment_method") == "cod";
        for (key, due) in [
            ("date_paid", matches!(status.as_str(), "processing" | "completed") && !on_delivery),
            ("date_completed", status == "completed"),
        ] {
            let known = read_pair(order, key);
            let silent = !order.contains_key(key) && !order.contains_key(&format!("{key}_gmt"));
            write_pair(order, key, known.or((silent && due).then_some(now_ms)));
        }
        let mut next = self.next_meta_id;
        for meta in order.get_mut("meta_data").and_then(Value::as_array_mut).into_iter().flatten() {
            if let Some(meta) = meta.as_object_mut()
                && !meta.contains_key("id")
            {
                meta.insert("id".into(), next.into());
                next += 1;
            }
        }
        self.next_meta_id = next;
    }

    /// `PUT /orders/{id}`: merges meta data as WooCommerce does (by id, else by key; null takes away) and sets what else
    /// may be set. `None` when there is no such order.
    pub fn update(
        &mut self,
        id: u64,
        changes: &Map<String, Value>,
        now_ms: i64,
    ) -> Option<Result<Box<RawValue>, SandboxError>> {
        let at = self.orders.iter().position(|order| order.id == id)?;
        let stored = &self.orders[at];
        let mut order: Map<String, Value> = match serde_json::from_str(stored.order.get()) {
            Ok(order) => order,
            Err(why) => return Some(Err(SandboxError::Invalid(why.to_string()))),
        };
        if let Some(status) = changes.get("status").and_then(Value::as_str) {
            order.insert("status".into(), status.into());
            if status == "completed" && read_pair(&order, "date_completed").is_none() {
                write_pair(&mut order, "date_completed", Some(now_ms));
            }
        }
        for key in ["customer_note", "transaction_id"] {
            if let Some(value) = changes.get(key) {
                order.insert(key.into(), value.clone());
            }
        }
        for key in ["billing", "shipping"] {
            if let (Some(Value::Object(new)), Some(Value::Object(old))) = (changes.get(key), order.get_mut(key)) {
                old.extend(new.clone());
            }
        }
        for meta in changes.get("meta_data").and_then(Value::as_array).into_iter().flatten() {
            self.next_meta_id = merge_meta(&mut order, meta, self.next_meta_id);
        }
        write_pair(&mut order, "date_modified", Some(now_ms));
        let status = text(&order, "status");
        let order = match raw(&Value::Object(order)) {
            Ok(order) => order,
            Err(why) => return Some(Err(why)),
        };
        let stored = &mut self.orders[at];
        stored.status = status;
        stored.modified_ms = now_ms;
        stored.order = order.clone();
        Some(Ok(order))
    }

    /// Puts an order into the trash; `None` when there is none.
    pub fn trash(&mut self, id: u64, now_ms: i64) -> Option<Result<Box<RawValue>, SandboxError>> {
        let status = Map::from_iter([("status".to_owned(), Value::from("trash"))]);
        self.update(id, &status, now_ms)
    }

    /// Takes an order away for good; its id is not given out again.
    pub fn remove(&mut self, id: u64) -> Option<Box<RawValue>> {
        let at = self.orders.iter().position(|order| order.id == id)?;
        Some(self.orders.remove(at).order)
    }
}

fn merge_meta(order: &mut Map<String, Value>, meta: &Value, next_id: u64) -> u64 {
    let list = order.entry("meta_data").or_insert_with(|| json!([]));
    let Some(list) = list.as_array_mut() else { return next_id };
    let key = meta.get("key").and_then(Value::as_str).unwrap_or_default();
    let id = meta.get("id").and_then(Value::as_u64).filter(|id| *id > 0);
    let value = meta.get("value").cloned().unwrap_or(Value::Null);
    let at = list.iter().position(|known| match id {
        Some(id) => known["id"].as_u64() == Some(id),
        None => known["key"].as_str() == Some(key),
    });
    match (at, value) {
        (Some(at), Value::Null) => {
            list.remove(at);
            next_id
        }
        (Some(at), value) => {
            list[at]["value"] = value;
            next_id
        }
        (None, Value::Null) => next_id,
        (None, value) => {
            list.push(json!({ "id": next_id, "key": key, "value": value }));
            next_id + 1
        }
    }
}

fn text(order: &Map<String, Value>, key: &str) -> String {
    order.get(key).and_then(Value::as_str).unwrap_or_default().to_owned()
}

fn raw(value: &Value) -> Result<Box<RawValue>, SandboxError> {
    to_raw_value(value).map_err(|why| SandboxError::Invalid(why.to_string()))
}

/// A date of an order: its `_gmt` form first.
fn read_pair(order: &Map<String, Value>, key: &str) -> Option<i64> {
    let gmt = order.get(&format!("{key}_gmt")).and_then(Value::as_str);
    gmt.and_then(|text| read_shop_date(text, true))
        .or_else(|| read_shop_date(order.get(key).and_then(Value::as_str)?, false))
}

fn write_pair(order: &mut Map<String, Value>, key: &str, at_ms: Option<i64>) {
    order.insert(key.into(), at_ms.map_or(Value::Null, |at| shop_text(at).into()));
    order.insert(format!("{key}_gmt"), at_ms.map_or(Value::Null, |at| gmt_text(at).into()));
}

/// The refunds resource of an order that came with the summary only: amounts without lines.
fn refunds_from_summary(order: &Map<String, Value>) -> Value {
    let summary = order.get("refunds").and_then(Value::as_array).cloned().unwrap_or_default();
    let refunds: Vec<Value> = summary
        .iter()
        .map(|refund| {
            let amount = refund["total"].as_str().unwrap_or("0.00").trim_start_matches('-');
            json!({
                "id": refund["id"], "parent_id": order.get("id"), "date_created": order.get("date_modified"),
                "date_created_gmt": order.get("date_modified_gmt"), "amount": amount, "reason": refund["reason"],
                "refunded_by": 1, "refunded_payment": false, "meta_data": [], "line_items": [], "shipping_lines": [],
                "tax_lines": [], "fee_lines": [],
            })
        })
        .collect();
    Value::Array(refunds)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn order(shop: &Shop, id: u64) -> Value {
        serde_json::from_str(shop.find(id).unwrap().order.get()).unwrap()
    }

    #[test]
    fn an_order_without_id_and_dates_gets_them() {
        let mut shop = Shop::new(500);
        let id = shop.put(json!({"status": "completed"}), 1_795_000_000_000).unwrap();
        let order = order(&shop, id);
        assert_eq!((id, &order["number"]), (500, &json!("500")));
        assert_eq!(order["date_completed_gmt"], order["date_modified_gmt"]);
        assert!(shop.put(json!("x"), 0).is_err());
        assert!(shop.put(json!({"id": "5"}), 0).is_err());
    }

    #[test]
    fn meta_data_merges_by_key_and_null_takes_away() {
        let mut shop = Shop::new(1);
        let id = shop.put(json!({"meta_data": [{"key": "a", "value": 1}]}), 1_000).unwrap();
        let put = |shop: &mut Shop, meta: Value| {
            let changes = json!({ "meta_data": [meta] });
            shop.update(id, changes.as_object().unwrap(), 2_000).unwrap().unwrap();
        };
        put(&mut shop, json!({"key": "a", "value": 2}));
        put(&mut shop, json!({"key": "b", "value": "x"}));
        put(&mut shop, json!({"key": "b", "value": "y"}));
        let metas = order(&shop, id)["meta_data"].clone();
        assert_eq!(metas.as_array().unwrap().len(), 2, "a repeated write-back leaves one entry: {metas}");
        assert_eq!((&metas[0]["value"], &metas[1]["value"]), (&json!(2), &json!("y")));
        put(&mut shop, json!({"key": "a", "value": null}));
        assert_eq!(order(&shop, id)["meta_data"].as_array().unwrap().len(), 1);
        assert_eq!(shop.find(id).unwrap().modified_ms, 2_000);
    }
}

//! The Shopify shop as it is kept: the JSON that REST answers, beside the few values that lists filter and sort by.

use serde::{Deserialize, Serialize};
use serde_json::value::{RawValue, to_raw_value};
use serde_json::{Map, Value, json};

use crate::clock::{offset_text, read_shop_date};
use crate::error::SandboxError;

/// Ids have thirteen digits: more than 32 bits, less than a float's 53.
const FIRST_ID: u64 = 5_890_000_010_001;
const FIRST_NUMBER: u64 = 1_001;
const MOST_ORDERS: usize = 200_000;

#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct StoredOrder {
    pub id: u64,
    pub created_ms: i64,
    pub updated_ms: i64,
    pub closed: bool,
    pub cancelled: bool,
    pub financial_status: String,
    /// Empty where nothing was sent yet.
    pub fulfillment_status: String,
    pub order: Box<RawValue>,
}

impl StoredOrder {
    pub fn value(&self) -> Value {
        serde_json::from_str(self.order.get()).unwrap_or_default()
    }

    /// What `refunds/create` tells.
    pub fn last_refund(&self) -> Result<String, SandboxError> {
        match self.value()["refunds"].as_array().and_then(|refunds| refunds.last()) {
            Some(refund) => Ok(refund.to_string()),
            None => Err(SandboxError::Invalid(format!("order {} has no refund", self.id))),
        }
    }
}

#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct ShopifyShop {
    orders: Vec<StoredOrder>,
    next_id: u64,
    next_number: u64,
    metafields: Vec<Metafield>,
    /// How many orders of the endless drip have been made.
    pub drip: u64,
}

#[derive(Clone, Serialize, Deserialize)]
pub(super) struct Metafield {
    pub id: u64,
    pub order: u64,
    pub namespace: String,
    pub key: String,
    pub value: Value,
    pub kind: String,
    pub created_ms: i64,
    pub updated_ms: i64,
}

impl Default for ShopifyShop {
    fn default() -> Self {
        Self { orders: Vec::new(), next_id: FIRST_ID, next_number: FIRST_NUMBER, metafields: Vec::new(), drip: 0 }
    }
}

fn text(order: &Map<String, Value>, key: &str) -> String {
    order.get(key).and_then(Value::as_str).unwrap_or_default().to_owned()
}

fn set(order: &Map<String, Value>, key: &str) -> bool {
    order.get(key).is_some_and(|value| !value.is_null())
}

fn stored(id: u64, order: Map<String, Value>, now_ms: i64) -> Result<StoredOrder, SandboxError> {
    let created = order.get("created_at").and_then(Value::as_str).and_then(|text| read_shop_date(text, false));
    Ok(StoredOrder {
        id,
        created_ms: created.unwrap_or(now_ms),
        updated_ms: now_ms,
        closed: set(&order, "closed_at"),
        cancelled: set(&order, "cancelled_at"),
        financial_status: text(&order, "financial_status"),
        fulfillment_status: text(&order, "fulfillment_status"),
        order: to_raw_value(&order).map_err(|why| SandboxError::Invalid(why.to_string()))?,
    })
}

impl ShopifyShop {
    pub fn orders(&self) -> &[StoredOrder] {
        &self.orders
    }

    pub fn find(&self, id: u64) -> Option<&StoredOrder> {
        self.orders.iter().find(|order| order.id == id)
    }

    /// Id and number of the next order.
    pub fn next(&self) -> (u64, u64) {
        (self.next_id, self.next_number)
    }

    /// Adds an order, or puts a new version in the place of the one with its id. What is missing is filled in; `updated_at`
    /// is always `now_ms`. Returns its id and whether it is new.
    pub fn put(&mut self, order: Value, now_ms: i64) -> Result<(u64, bool), SandboxError> {
        let Value::Object(mut order) = order else {
            return Err(SandboxError::Invalid("an order must be a JSON object".into()));
        };
        if self.orders.len() >= MOST_ORDERS {
            return Err(SandboxError::Invalid(format!("the sandbox's Shopify shop is full: {MOST_ORDERS} orders")));
        }
        let id = match order.get("id") {
            None | Some(Value::Null) => self.next_id,
            Some(id) => id
                .as_u64()
                .filter(|id| *id > 0)
                .ok_or_else(|| SandboxError::Invalid(format!("an order's id must be a positive number, not {id}")))?,
        };
        let at = self.orders.iter().position(|known| known.id == id);
        let number = order.get("order_number").and_then(Value::as_u64);
        let known = at.and_then(|at| self.orders[at].value()["order_number"].as_u64());
        let number = number.or(known).unwrap_or(self.next_number);
        complete(&mut order, id, number, now_ms);
        let stored = stored(id, order, now_ms)?;
        self.next_id = self.next_id.max(id + 1);
        self.next_number = self.next_number.max(number + 1);
        match at {
            Some(at) => self.orders[at] = stored,
            None => self.orders.push(stored),
        }
        Ok((id, at.is_none()))
    }

    /// `PUT /orders/{id}.json`: what is named is set; `note_attributes` replaces the whole list, an address is merged.
    /// `None` when there is no such order.
    pub fn update(
        &mut self,
        id: u64,
        changes: &Map<String, Value>,
        now_ms: i64,
    ) -> Option<Result<Value, SandboxError>> {
        let at = self.orders.iter().position(|order| order.id == id)?;
        let Value::Object(mut order) = self.orders[at].value() else { return None };
        for key in ["note", "note_attributes", "tags", "email", "phone", "buyer_accepts_marketing"] {
            if let Some(value) = changes.get(key) {
                order.insert(key.into(), value.clone());
            }
        }
        if let (Some(Value::Object(new)), Some(Value::Object(old))) =
            (changes.get("shipping_address"), order.get_mut("shipping_address"))
        {
            old.extend(new.clone());
        }
        order.insert("updated_at".into(), offset_text(now_ms).into());
        let answer = Value::Object(order.clone());
        match stored(id, order, now_ms) {
            Ok(stored) => self.orders[at] = stored,
            Err(why) => return Some(Err(why)),
        }
        Some(Ok(answer))
    }

    pub(super) fn metafields(&self, order: u64) -> impl Iterator<Item = &Metafield> {
        self.metafields.iter().filter(move |field| field.order == order)
    }

    /// Sets the order's field of that namespace and key.
    pub(super) fn set_metafield(&mut self, field: Metafield) -> &Metafield {
        let same = |known: &Metafield| {
            (known.order, &known.namespace, &known.key) == (field.order, &field.namespace, &field.key)
        };
        let at = match self.metafields.iter().position(same) {
            Some(at) => {
                let known = &self.metafields[at];
                self.metafields[at] = Metafield { id: known.id, created_ms: known.created_ms, ..field };
                at
            }
            None => {
                let id = FIRST_ID * 4 + self.metafields.len() as u64;
                self.metafields.push(Metafield { id, ..field });
                self.metafields.len() - 1
            }
        };
        &self.metafields[at]
    }
}

fn complete(order: &mut Map<String, Value>, id: u64, number: u64, now_ms: i64) {
    let now = offset_text(now_ms);
    let defaults = json!({
        "admin_graphql_api_id": format!("gid://shopify/Order/{id}"), "name": format!("#{number}"),
        "number": number.saturating_sub(1_000), "order_number": number, "created_at": now, "processed_at": now,
        "closed_at": null, "cancelled_at": null, "cancel_reason": null, "currency": "RON", "presentment_currency": "RON",
        "taxes_included": true, "financial_status": "paid", "fulfillment_status": null, "total_price": "0.00",
        "subtotal_price": "0.00", "total_tax": "0.00", "total_discounts": "0.00", "test": false, "note": null,
        "note_attributes": [], "tags": "", "email": "", "contact_email": null, "phone": null, "line_items": [],
        "shipping_lines": [], "tax_lines": [], "discount_codes": [], "discount_applications": [], "refunds": [],
        "fulfillments": [], "payment_gateway_names": [], "source_name": "web",
    });
    order.insert("id".into(), id.into());
    order.insert("updated_at".into(), now.into());
    if let Value::Object(defaults) = defaults {
        for (key, value) in defaults {
            order.entry(key).or_insert(value);
        }
    }
}

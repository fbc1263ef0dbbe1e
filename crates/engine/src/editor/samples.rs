//! Which order to look at while a mapping is edited: one of the ledger's, the built-in one, or one that somebody pasted.

use super::flows::MappingFlows;
use super::trial::object;
use crate::decide::context_of;
use crate::error::{EngineError, Result};
use crate::workspace::Workspace;
use chrono::NaiveDate;
use punte_connectors::shops::head_of;
use punte_domain::{OrderHead, fiscal_date};
use punte_mapping::Mapping;
use punte_store::ledger::{Document, ListQuery, OrderRow};
use serde_json::Value;

/// Orders that are looked at in search of one that fails.
const SEARCHED: usize = 2000;
const PAGE: u32 = 100;
/// Longest pasted order, in bytes.
const LONGEST: usize = 2 * 1024 * 1024;

/// Which order is wanted.
#[derive(Debug, Clone)]
pub enum Which {
    /// The newest of the mapping's shops.
    Last,
    /// That of the newest held document of the mapping's flows.
    Failed,
    Order(String),
    /// By its printed number.
    Number(String),
    BuiltIn,
    Pasted(String),
    /// The next older one than an order, by its id; `Previous` the next newer.
    Next(String),
    Previous(String),
    /// The next older one than an order (or the newest of all) that would be held by this mapping.
    NextFailing(Option<String>, Box<Mapping>),
}

/// An order to look at.
#[derive(Debug, Clone)]
pub struct Sample {
    /// `None` for one that is not in the ledger.
    pub id: Option<String>,
    pub number: String,
    pub customer: String,
    /// As received.
    pub json: String,
}

impl Workspace {
    /// `is_veiled`: an address of e-mail or a tax id finds none.
    ///
    /// # Errors
    /// [`EngineError::Invalid`] for pasted text that is no JSON object, or a mapping that cannot be used.
    pub async fn find_sample(&self, mapping_id: &str, which: Which, is_veiled: bool) -> Result<Option<Sample>> {
        let flows = self.flows_of_mapping(mapping_id).await?;
        let found = match which {
            Which::BuiltIn => return pasted(punte_mapping::sandbox_order()).map(Some),
            Which::Pasted(text) => return pasted(&text).map(Some),
            Which::Order(id) => self.ledger.find_order(&id).await?,
            Which::Number(number) => self.by_number(&flows, number.trim().trim_start_matches('#'), is_veiled).await?,
            Which::Last => self.next_older(&flows, None).await?,
            Which::Failed => self.newest_held(&flows).await?,
            Which::Next(from) => {
                let from = self.ledger.find_order(&from).await?;
                self.next_older(&flows, from.map(|order| order.row)).await?
            }
            Which::Previous(from) => match self.ledger.find_order(&from).await? {
                Some(from) => self.next_newer(&flows, from.row).await?,
                None => None,
            },
            Which::NextFailing(from, mapping) => {
                let from = match from {
                    Some(id) => self.ledger.find_order(&id).await?.map(|order| order.row),
                    None => None,
                };
                self.next_failing(&flows, from, &mapping).await?
            }
        };
        match found {
            None => Ok(None),
            Some(order) => {
                let json = self.ledger.get_order_json(order.row).await?;
                Ok(Some(Sample { id: Some(order.id), number: order.head.number, customer: order.head.customer, json }))
            }
        }
    }

    /// Orders to choose from: found by a part of a number or name, newest first. `is_veiled`: an address of e-mail or a tax id
    /// finds none.
    pub async fn list_samples(
        &self,
        search: &str,
        only_held: bool,
        limit: u32,
        is_veiled: bool,
    ) -> Result<Vec<OrderRow>> {
        if !only_held {
            let query = ListQuery { search: search.to_owned(), limit, is_veiled, ..ListQuery::default() };
            return Ok(self.ledger.page_orders(query).await?);
        }
        let query = ListQuery { search: search.to_owned(), filter: "held".to_owned(), after: None, limit, is_veiled };
        let mut orders: Vec<OrderRow> = Vec::new();
        for document in self.ledger.page_documents(query).await? {
            if is_own(&document) && !orders.iter().any(|order| order.row == document.order_row) {
                orders.push(self.ledger.get_order_by_row(document.order_row).await?);
            }
        }
        Ok(orders)
    }

    async fn next_older(&self, flows: &MappingFlows, mut after: Option<i64>) -> Result<Option<OrderRow>> {
        for _ in 0..SEARCHED / PAGE as usize {
            let page = self.ledger.page_orders(ListQuery { after, limit: PAGE, ..ListQuery::default() }).await?;
            after = page.last().map(|order| order.row);
            let is_last = page.len() < PAGE as usize;
            let found = page.into_iter().find(|order| flows.takes_from(&order.connection_id));
            if found.is_some() || is_last {
                return Ok(found);
            }
        }
        Ok(None)
    }

    async fn next_newer(&self, flows: &MappingFlows, mut from: i64) -> Result<Option<OrderRow>> {
        for _ in 0..SEARCHED / PAGE as usize {
            let page = self.ledger.list_orders_after(from, PAGE).await?;
            let Some(last) = page.last().map(|order| order.row) else { return Ok(None) };
            from = last;
            if let Some(found) = page.into_iter().find(|order| flows.takes_from(&order.connection_id)) {
                return Ok(Some(found));
            }
        }
        Ok(None)
    }

    async fn newest_held(&self, flows: &MappingFlows) -> Result<Option<OrderRow>> {
        let mut after = None;
        for _ in 0..SEARCHED / PAGE as usize {
            let query = ListQuery { filter: "held".to_owned(), after, limit: PAGE, ..ListQuery::default() };
            let page = self.ledger.page_documents(query).await?;
            let Some(last) = page.last().map(|document| document.row) else { return Ok(None) };
            after = Some(last);
            if let Some(found) = page.iter().find(|document| is_own(document) && flows.has(&document.flow_id)) {
                return Ok(Some(self.ledger.get_order_by_row(found.order_row).await?));
            }
        }
        Ok(None)
    }

    async fn by_number(&self, flows: &MappingFlows, number: &str, is_veiled: bool) -> Result<Option<OrderRow>> {
        if number.is_empty() {
            return Ok(None);
        }
        let query = ListQuery { search: number.to_owned(), limit: PAGE, is_veiled, ..ListQuery::default() };
        let found = self.ledger.page_orders(query).await?;
        let exact = |order: &&OrderRow| order.head.number == number;
        let ours = found.iter().find(|order| exact(order) && flows.takes_from(&order.connection_id));
        Ok(ours.or_else(|| found.iter().find(exact)).or(found.first()).cloned())
    }

    /// Looks at a bounded number of orders that the mapping's flows would invoice.
    async fn next_failing(
        &self,
        flows: &MappingFlows,
        mut after: Option<i64>,
        mapping: &Mapping,
    ) -> Result<Option<OrderRow>> {
        let compiled = super::compiled(mapping)?;
        for _ in 0..SEARCHED / PAGE as usize {
            let page = self.ledger.page_orders(ListQuery { after, limit: PAGE, ..ListQuery::default() }).await?;
            let is_last = page.len() < PAGE as usize;
            after = page.last().map(|order| order.row);
            for order in page {
                if !flows.takes_from(&order.connection_id) {
                    continue;
                }
                let raw = self.raw_of(&order).await?;
                if flows.invoices(&order, &raw)
                    && !compiled.evaluate(&raw, &context_of(&order.head)).problems.is_empty()
                {
                    return Ok(Some(order));
                }
                tokio::task::yield_now().await;
            }
            if is_last {
                break;
            }
        }
        Ok(None)
    }
}

/// A document that is mapped from its order, not one that takes another back.
pub(super) fn is_own(document: &Document) -> bool {
    document.takes_back().is_none()
}

fn pasted(text: &str) -> Result<Sample> {
    let (raw, head) = read_pasted(text)?;
    let (number, customer) = match head {
        Some(head) => (head.number, head.customer),
        None => (number_in(&raw), String::new()),
    };
    Ok(Sample { id: None, number, customer, json: text.to_owned() })
}

/// A pasted order, with its head where it is of a shape that Punte takes in.
pub(super) fn read_pasted(text: &str) -> Result<(Value, Option<OrderHead>)> {
    if text.len() > LONGEST {
        return Err(EngineError::Invalid { field: "json", detail: format!("more than {LONGEST} bytes") });
    }
    let raw = object(text)?;
    let head = head_of(&raw);
    Ok((raw, head))
}

/// What other shops call an order's number.
pub(super) fn number_in(raw: &Value) -> String {
    let found = ["number", "order_number", "name", "id"].iter().find_map(|key| match &raw[*key] {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    });
    found.unwrap_or_default()
}

/// The day of an order whose shop Punte does not know: the first of the usual dates that is there.
pub(super) fn date_in(raw: &Value) -> Option<NaiveDate> {
    const NAMES: [&str; 9] = [
        "date_completed",
        "date_paid",
        "processed_at",
        "paid_at",
        "completed_at",
        "date_created",
        "created_at",
        "date",
        "created",
    ];
    NAMES.iter().find_map(|name| match &raw[*name] {
        Value::String(text) => text.get(..10)?.parse().ok(),
        // Stripe counts seconds
        Value::Number(number) => number.as_i64().and_then(|s| s.checked_mul(1000)).map(fiscal_date),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn the_day_of_a_foreign_order_is_read_from_the_usual_names() {
        let day = |raw: Value| date_in(&raw).map(|day| day.to_string());
        assert_eq!(day(json!({ "created_at": "2026-11-20T10:00:00+02:00" })).as_deref(), Some("2026-11-20"));
        assert_eq!(day(json!({ "created": 1_795_000_000 })).as_deref(), Some("2026-11-18"));
        assert_eq!(day(json!({ "created_at": "soon", "date": "2026-01-02" })).as_deref(), Some("2026-01-02"));
        assert_eq!(day(json!({ "created": "é€" })), None);
    }

    #[test]
    fn what_is_pasted_is_an_object_or_refused() {
        for wrong in ["", "[1]", "7", "{"] {
            assert!(read_pasted(wrong).is_err(), "{wrong}");
        }
        let (_, head) = read_pasted("{\"id\": 7}").unwrap();
        assert!(head.is_none(), "an order of another shop is tried all the same");
        assert!(read_pasted(punte_mapping::sandbox_order()).unwrap().1.is_some());
    }
}

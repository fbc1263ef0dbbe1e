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
use punte_store::ledger::{Document, ListQuery, OrderRow, Placed};
use serde_json::Value;
use tokio_util::sync::CancellationToken;

/// Orders that are looked at in search of one that fails.
const SEARCHED: usize = 2000;
const PAGE: u32 = 100;
/// Longest pasted order, in bytes.
const LONGEST: usize = 2 * 1024 * 1024;

/// Which order is wanted.
#[derive(Debug, Clone)]
pub enum Which {
    /// The one that was placed last at one of the mapping's shops.
    Last,
    /// That of the newest held document of the mapping's flows.
    Failed,
    Order(String),
    /// By its printed number.
    Number(String),
    BuiltIn,
    Pasted(String),
    /// The one that was placed next before an order, by its id; `Previous` next after it.
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
                self.next_older(&flows, from.as_ref().map(Placed::of)).await?
            }
            Which::Previous(from) => match self.ledger.find_order(&from).await? {
                Some(from) => self.next_newer(&flows, Placed::of(&from)).await?,
                None => None,
            },
            Which::NextFailing(from, mapping) => {
                let from = match from {
                    Some(id) => self.ledger.find_order(&id).await?.as_ref().map(Placed::of),
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

    /// Orders to choose from: found by a part of a number or name, the last placed first. `is_veiled`: an address of e-mail or a tax id
    /// finds none.
    pub async fn list_samples(
        &self,
        search: &str,
        only_held: bool,
        limit: u32,
        is_veiled: bool,
    ) -> Result<Vec<OrderRow>> {
        if !only_held && search.trim().is_empty() {
            return Ok(self.ledger.list_orders_placed_before(None, limit).await?);
        }
        if !only_held {
            let query = ListQuery { search: search.to_owned(), limit, is_veiled, ..ListQuery::default() };
            return Ok(newest_first(self.ledger.page_orders(query).await?));
        }
        let query = ListQuery { search: search.to_owned(), filter: "held".to_owned(), after: None, limit, is_veiled };
        let mut orders: Vec<OrderRow> = Vec::new();
        for document in self.ledger.page_documents(query).await? {
            if is_own(&document) && !orders.iter().any(|order| order.row == document.order_row) {
                orders.push(self.ledger.get_order_by_row(document.order_row).await?);
            }
        }
        Ok(newest_first(orders))
    }

    /// Rows of the orders that were placed last at the mapping's shops, in whatever order the shops sent them; `None` where it
    /// was cancelled.
    pub(super) async fn last_placed(
        &self,
        flows: &MappingFlows,
        wanted: usize,
        cancel: &CancellationToken,
    ) -> Result<Option<Vec<i64>>> {
        let (mut orders, mut before) = (Vec::new(), None);
        while orders.len() < wanted {
            if cancel.is_cancelled() {
                return Ok(None);
            }
            let page = self.ledger.list_orders_placed_before(before, PAGE).await?;
            let ours = page.iter().filter(|order| flows.takes_from(&order.connection_id));
            orders.extend(ours.map(|order| order.row));
            if page.len() < PAGE as usize {
                break;
            }
            before = page.last().map(Placed::of);
        }
        orders.truncate(wanted);
        Ok(Some(orders))
    }

    async fn next_older(&self, flows: &MappingFlows, mut before: Option<Placed>) -> Result<Option<OrderRow>> {
        for _ in 0..SEARCHED / PAGE as usize {
            let page = self.ledger.list_orders_placed_before(before, PAGE).await?;
            before = page.last().map(Placed::of);
            let is_last = page.len() < PAGE as usize;
            let found = page.into_iter().find(|order| flows.takes_from(&order.connection_id));
            if found.is_some() || is_last {
                return Ok(found);
            }
        }
        Ok(None)
    }

    async fn next_newer(&self, flows: &MappingFlows, mut from: Placed) -> Result<Option<OrderRow>> {
        for _ in 0..SEARCHED / PAGE as usize {
            let page = self.ledger.list_orders_placed_after(from, PAGE).await?;
            let Some(last) = page.last().map(Placed::of) else { return Ok(None) };
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
        mut before: Option<Placed>,
        mapping: &Mapping,
    ) -> Result<Option<OrderRow>> {
        let compiled = super::compiled(mapping)?;
        for _ in 0..SEARCHED / PAGE as usize {
            let page = self.ledger.list_orders_placed_before(before, PAGE).await?;
            let is_last = page.len() < PAGE as usize;
            before = page.last().map(Placed::of);
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

fn newest_first(mut orders: Vec<OrderRow>) -> Vec<OrderRow> {
    orders.sort_by_key(|order| std::cmp::Reverse(Placed::of(order)));
    orders
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
    use crate::intake::tests::{NOW_MS, TestOrder, shop_order};
    use crate::reads::tests::desk_with;
    use punte_store::ledger::IncomingOrder;
    use serde_json::json;

    #[tokio::test]
    async fn the_newest_order_is_the_one_that_was_placed_last_and_not_the_one_that_came_last() {
        let desk = desk_with(false).await;
        let workspace = &desk.workspace;
        // as a shop sends them that tells its newest first
        let orders = [1003, 1002, 1001].map(|n| {
            let placed = TestOrder { created_ms: NOW_MS + n as i64, modified_ms: NOW_MS, bad: None };
            let head = shop_order(n, &placed).head;
            IncomingOrder {
                id: format!("ord_{n}"),
                shop_identity: "s".into(),
                connection_id: "con_shop".into(),
                head,
                raw: "{}".into(),
                content_hash: n.to_string(),
            }
        });
        workspace.ledger.take_in(orders.into(), None, NOW_MS).await.unwrap();
        let found = async |which| workspace.find_sample("map_1", which, false).await.unwrap().and_then(|one| one.id);
        let id = |n: u64| Some(format!("ord_{n}"));
        assert_eq!(found(Which::Last).await, id(1003));
        assert_eq!(found(Which::Next("ord_1003".into())).await, id(1002));
        assert_eq!(found(Which::Next("ord_1001".into())).await, None);
        assert_eq!(found(Which::Previous("ord_1001".into())).await, id(1002));
        assert_eq!(found(Which::Previous("ord_1003".into())).await, None);
        let flows = workspace.flows_of_mapping("map_1").await.unwrap();
        let last = workspace.last_placed(&flows, 2, &CancellationToken::new()).await.unwrap();
        assert_eq!(last, Some(vec![1, 2]), "a dry run over two tries the two newest");
        for search in ["", "stefan"] {
            let listed = workspace.list_samples(search, false, 50, false).await.unwrap();
            let listed: Vec<i64> = listed.iter().map(|order| order.head.created_ms - NOW_MS).collect();
            assert_eq!(listed, [1003, 1002, 1001], "{search}");
        }
    }

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

//! Shopify over the REST Admin API of 2025-01: pages of orders, one order, a live test, and our own notes as metafields,
//! which are all that is ever written.
//!
//! Source: protocol note on shops, 3.2; shopify.dev, REST Admin API. Pages are reached through the `Link` of the page before,
//! which is kept here while a pass goes on.

use super::address::{identity_of, read_root};
use super::passes::{Passes, Way};
use super::rest::{Ask, Rest};
use super::{OrderPage, OrderQuery, Shop, ShopConfig, ShopOrder, ShopWebhook};
use crate::billing::CheckStep;
use crate::call::{Operation, large_read_limits, read_limits};
use crate::transport::{Header, HttpAnswer, Transport};
use async_trait::async_trait;
use chrono::DateTime;
use punte_domain::correction::RefundLine;
use punte_domain::{Failure, FailureKind, Phase};
use secrecy::ExposeSecret;
use serde_json::Value;
use std::collections::BTreeMap;
use std::sync::Arc;
use url::Url;

mod decisions;
mod notes;
mod read;

pub(super) use read::is_ours;
pub use read::read_order;

const API: &str = "admin/api/2025-01";
const PER_PAGE: usize = 250;
/// What an app sees without `read_all_orders` (shopify.dev, API access scopes).
const SHORT_REACH_DAYS: u32 = 60;
/// A page of orders with their refunds and parcels.
const PAGE_MEGABYTES: usize = 32;
pub(super) struct Shopify {
    rest: Rest,
    identity: String,
    passes: Passes,
}

impl Shopify {
    pub(super) fn new(config: &ShopConfig, transport: Arc<dyn Transport>) -> Self {
        let root = read_root(&full_address(&config.base_url), "/admin");
        let identity = match &root {
            Ok(root) => identity_of(root),
            Err(_) => config.base_url.trim().to_lowercase(),
        };
        let token = config.secret.expose_secret().trim().to_owned();
        let credential = Header { name: "x-shopify-access-token", value: token, secret: true };
        Shopify {
            rest: Rest::new(root, vec![credential], &config.secret, transport),
            identity,
            passes: Passes::default(),
        }
    }

    fn read(&self, operation: &Operation, answer: &HttpAnswer) -> Result<Value, Failure> {
        decisions::read_answer(operation, answer).map_err(|failure| self.rest.masked(failure))
    }

    async fn get(&self, operation: &Operation, path: &str, query: &[(&str, String)]) -> Result<HttpAnswer, Failure> {
        let path = format!("{API}/{path}");
        self.rest.send(operation, Ask::get(&path, query, large_read_limits(PAGE_MEGABYTES))).await
    }

    async fn count(&self, operation: &Operation, filter: &[(&str, String)]) -> Result<u64, Failure> {
        let path = format!("{API}/orders/count.json");
        let answer = self.rest.send(operation, Ask::get(&path, filter, read_limits())).await?;
        let body = self.read(operation, &answer)?;
        let count = body.get("count").and_then(Value::as_u64);
        count.ok_or_else(|| self.rest.unreadable(operation, &answer, "not a count of orders"))
    }

    async fn one_order(&self, operation: &Operation, order_id: &str) -> Result<ShopOrder, Failure> {
        let path = format!("{}.json", order_path(operation, order_id)?);
        let answer = self.get(operation, &path, &[]).await?;
        let body = self.read(operation, &answer).map_err(gone)?;
        let Some(record) = body.get("order") else {
            return Err(self.rest.unreadable(operation, &answer, "not an order"));
        };
        let order = read_order(record).map_err(|problem| {
            operation.failure(FailureKind::OrderUnreadable, Phase::Prepare).with_detail(problem.to_string())
        })?;
        if order.head.order_id != order_id {
            return Err(self.rest.unreadable(operation, &answer, "another order than the one asked for"));
        }
        Ok(order)
    }
}

/// An address with what people leave out of it: the store's name alone, or the address of its admin.
fn full_address(text: &str) -> String {
    let text = text.trim();
    let bare = text.split_once("://").map_or(text, |(_, rest)| rest);
    let name = match bare.strip_prefix("admin.shopify.com/store/") {
        Some(rest) => rest.split(['/', '?', '#']).next().unwrap_or_default(),
        None if !bare.contains(['.', '/', ':']) && bare != "localhost" => bare,
        None => return text.to_owned(),
    };
    if name.is_empty() { text.to_owned() } else { format!("{name}.myshopify.com") }
}

/// Of one order, not found is gone.
fn gone(failure: Failure) -> Failure {
    match failure.kind {
        FailureKind::DocumentNotFound => Failure { kind: FailureKind::OrderGone, ..failure },
        _ => failure,
    }
}

/// An order's route. Ids are numbers: anything else could lead to another route.
fn order_path(operation: &Operation, order_id: &str) -> Result<String, Failure> {
    if order_id.is_empty() || !order_id.bytes().all(|byte| byte.is_ascii_digit()) {
        let failure = operation.failure(FailureKind::DocumentNotFound, Phase::Prepare);
        return Err(failure.with_detail("Shopify order ids are numbers"));
    }
    Ok(format!("orders/{order_id}"))
}

fn filter_of(query: OrderQuery) -> Vec<(&'static str, String)> {
    let at = |at_ms: i64| {
        let at = DateTime::from_timestamp(at_ms.div_euclid(1000), 0).unwrap_or_default();
        at.format("%Y-%m-%dT%H:%M:%SZ").to_string()
    };
    let mut filter = vec![("status", "any".to_owned())];
    match query {
        OrderQuery::ModifiedSince(at_ms) => filter.push(("updated_at_min", at(at_ms))),
        OrderQuery::CreatedSince(at_ms) => filter.push(("created_at_min", at(at_ms))),
        // the upper bound counts itself in
        OrderQuery::CreatedWithin(from_ms, until_ms) => {
            filter.extend([("created_at_min", at(from_ms)), ("created_at_max", at(until_ms - 1))]);
        }
    }
    filter
}

/// The mark of the next page in a `Link` header. Only the mark is taken: the rest of the address stays our own.
fn next_page(answer: &HttpAnswer) -> Option<String> {
    let links = answer.headers.get("link")?.to_str().ok()?;
    let next = links.split(',').find(|link| link.contains("rel=\"next\""))?;
    let (_, rest) = next.split_once('<')?;
    let url = Url::parse(rest.split_once('>')?.0).ok()?;
    url.query_pairs().find(|(name, _)| name == "page_info").map(|(_, value)| value.into_owned())
}

#[async_trait]
impl Shop for Shopify {
    fn identity(&self) -> String {
        self.identity.clone()
    }

    async fn check(&self) -> Vec<CheckStep> {
        let step = |step, found: &str, failure| CheckStep { step, failure, found: found.to_owned() };
        let operation = Operation::new("read shop", self.identity());
        let shop = match self.get(&operation, "shop.json", &[]).await {
            Ok(answer) => self.read(&operation, &answer),
            Err(failure) => Err(failure),
        };
        let shop = match shop {
            Ok(shop) => shop,
            Err(failure) if matches!(failure.kind, FailureKind::CredentialRefused | FailureKind::RightMissing) => {
                return vec![step("address", &self.identity, None), step("credential", "", Some(failure))];
            }
            Err(failure) => return vec![step("address", "", Some(failure))],
        };
        let named = |key: &str| shop.pointer(&format!("/shop/{key}")).and_then(Value::as_str).unwrap_or_default();
        let mut steps = vec![step("address", named("name"), None), step("credential", named("myshopify_domain"), None)];
        let operation = Operation::new("list orders", self.identity());
        steps.push(match self.count(&operation, &[("status", "any".to_owned())]).await {
            Ok(count) => step("orders", &count.to_string(), None),
            Err(failure) => step("orders", "", Some(failure)),
        });
        // new orders are seen either way: that older ones are not is worth a word, not a refusal
        if let Ok(days) = self.reach_days().await {
            steps.push(step("history", &days.map_or_else(|| "all".to_owned(), |days| days.to_string()), None));
        }
        steps
    }

    async fn reach_days(&self) -> Result<Option<u32>, Failure> {
        let operation = Operation::new("read rights", self.identity());
        let ask = Ask::get("admin/oauth/access_scopes.json", &[], read_limits());
        let answer = self.rest.send(&operation, ask).await?;
        let body = self.read(&operation, &answer)?;
        let Some(scopes) = body.get("access_scopes").and_then(Value::as_array) else {
            return Err(self.rest.unreadable(&operation, &answer, "not a list of rights"));
        };
        let has_all = scopes.iter().any(|scope| scope.get("handle").and_then(Value::as_str) == Some("read_all_orders"));
        Ok((!has_all).then_some(SHORT_REACH_DAYS))
    }

    /// Pages of one pass are asked in their order; the total is counted for the first and for the last.
    async fn list_orders(&self, query: OrderQuery, page: u32) -> Result<OrderPage, Failure> {
        let operation = Operation::new("list orders", format!("{} page {page}", self.identity()));
        let filter = filter_of(query);
        let limit = ("limit", PER_PAGE.to_string());
        let (asked, total) = if page <= 1 {
            let total = self.count(&operation, &filter).await?;
            (std::iter::once(limit).chain(filter.clone()).collect(), total)
        } else {
            let way = self.passes.way(&operation, query, page)?;
            (vec![limit, ("page_info", way.mark)], way.total)
        };
        let answer = self.get(&operation, "orders.json", &asked).await?;
        let mut body = self.read(&operation, &answer)?;
        let Some(Value::Array(records)) = body.get_mut("orders").map(Value::take) else {
            return Err(self.rest.unreadable(&operation, &answer, "not a list of orders"));
        };
        let mut listed = OrderPage { total, pages: page.max(1), answered_ms: answer.date_ms(), ..OrderPage::default() };
        match next_page(&answer) {
            Some(mark) => {
                listed.pages += 1;
                self.passes.hold(Way { query, page: listed.pages, mark, total });
            }
            None if page > 1 => listed.total = self.count(&operation, &filter).await?,
            None => {}
        }
        // one after the other is let go: a page is large
        for (index, record) in records.into_iter().enumerate() {
            match read_order(&record) {
                Ok(order) => listed.orders.push(order),
                Err(problem) => listed.rejected.push(problem.rejected(index + 1, &record)),
            }
        }
        Ok(listed)
    }

    async fn get_order(&self, order_id: &str) -> Result<ShopOrder, Failure> {
        self.one_order(&Operation::new("read order", format!("order {order_id}")), order_id).await
    }

    async fn list_refund_lines(&self, order_id: &str, refund_id: &str) -> Result<Vec<RefundLine>, Failure> {
        let operation = Operation::new("read refunds", format!("order {order_id}"));
        let order = self.one_order(&operation, order_id).await?;
        let refunds = order.raw.get("refunds").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
        let refund =
            refunds.iter().find(|one| one.get("id").and_then(crate::scalar::text_of).as_deref() == Some(refund_id));
        // lines that do not make up what was paid back would take another amount off the invoice
        let lines = refund.and_then(|refund| {
            let paid = read::refunded(&order.raw, refund, order.head.currency).ok()?;
            let lines = read::refund_lines(&order.raw, refund).ok()?;
            (lines.iter().map(|line| line.net + line.tax).sum::<rust_decimal::Decimal>() == paid).then_some(lines)
        });
        Ok(lines.unwrap_or_default())
    }

    async fn read_notes(&self, order_id: &str) -> Result<BTreeMap<String, String>, Failure> {
        self.notes(order_id).await
    }

    async fn write_notes(&self, order_id: &str, notes: &BTreeMap<String, String>) -> Result<bool, Failure> {
        self.note(order_id, notes).await
    }

    /// Those that this app made; the ones of the store's settings are not shown to it. Shopify deletes a subscription that
    /// fails, so all that are listed are active.
    async fn list_webhooks(&self) -> Result<Option<Vec<ShopWebhook>>, Failure> {
        let operation = Operation::new("list webhooks", self.identity());
        let answer = self.get(&operation, "webhooks.json", &[("limit", PER_PAGE.to_string())]).await?;
        let body = self.read(&operation, &answer)?;
        let Some(hooks) = body.get("webhooks").and_then(Value::as_array) else {
            return Err(self.rest.unreadable(&operation, &answer, "not a list of webhooks"));
        };
        let hook = |one: &Value| {
            let text = |key: &str| one.get(key).and_then(crate::scalar::text_of).unwrap_or_default();
            ShopWebhook {
                id: text("id"),
                name: String::new(),
                topic: text("topic"),
                status: "active".to_owned(),
                delivery_url: text("address"),
            }
        };
        Ok(Some(hooks.iter().map(hook).collect()))
    }
}

#[cfg(test)]
mod tests;

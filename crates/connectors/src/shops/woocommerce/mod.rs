//! WooCommerce over REST v3: pages of orders, one order, a live test, and our own notes on an order, which are all that is
//! ever written.
//!
//! Source: protocol note on shops, 3.1. Money is asked with six places (`dp=6`): two places are only a formatting of what
//! the shop stores, and line totals formatted apart from their taxes can sum to a cent more than the customer paid.

use super::address::{identity_of, read_root};
use super::{OrderPage, OrderQuery, Shop, ShopConfig, ShopOrder, ShopWebhook};
use crate::billing::CheckStep;
use crate::call::{Operation, basic_authorization, header, large_read_limits};
use crate::mask::Mask;
use crate::transport::{HttpAnswer, HttpRequest, Limits, Transport};
use async_trait::async_trait;
use bytes::Bytes;
use chrono::DateTime;
use http::Method;
use punte_domain::correction::RefundLine;
use punte_domain::{Failure, FailureKind, Phase};
use secrecy::SecretString;
use serde_json::Value;
use std::collections::BTreeMap;
use std::sync::Arc;
use url::Url;

mod access;
mod dates;
mod decisions;
mod notes;
mod read;
mod refunds;
mod webhooks;

pub use read::read_order;

use access::{Access, Way};

const PER_PAGE: usize = 100;
/// Pages that are read of what was put into the trash since a poll: an order is asked for again before an older document
/// of it is sent, whatever was seen here.
const TRASH_PAGES: u32 = 20;
/// A page of a hundred orders with long meta data.
const PAGE_MEGABYTES: usize = 32;

pub struct WooCommerce {
    config: ShopConfig,
    transport: Arc<dyn Transport>,
    /// The site's root without what people paste behind it; `Err` is why it cannot be one.
    root: Result<Url, String>,
    mask: Mask,
    access: Access,
}

impl WooCommerce {
    pub fn new(config: ShopConfig, transport: Arc<dyn Transport>) -> Self {
        let root = read_root(&config.base_url, "/wp-json");
        let mask = Mask::new(&config.key, &config.secret);
        WooCommerce { config, transport, root, mask, access: Access::new() }
    }

    async fn get(&self, operation: &Operation, path: &str, query: &[(&str, String)]) -> Result<HttpAnswer, Failure> {
        self.send(operation, Method::GET, path, query, None, large_read_limits(PAGE_MEGABYTES)).await
    }

    async fn send(
        &self,
        operation: &Operation,
        method: Method,
        path: &str,
        query: &[(&str, String)],
        body: Option<Bytes>,
        limits: Limits,
    ) -> Result<HttpAnswer, Failure> {
        let root = self
            .root
            .as_ref()
            .map_err(|why| operation.failure(FailureKind::FieldInvalid, Phase::Prepare).with_detail(why))?;
        let mut url = root.clone();
        url.set_path(&format!("{}/wp-json/{path}", root.path().trim_end_matches('/')));
        if !query.is_empty() {
            url.query_pairs_mut().extend_pairs(query);
        }
        let way = self.access.way();
        let answer = self.send_by(operation, way, &method, url.clone(), body.clone(), limits).await?;
        let Some(other) = self.access.other(root, &answer) else {
            // the index is everybody's; to be let in is to be shown something of WooCommerce's
            if path.starts_with("wc/") && (200..300).contains(&answer.status) {
                self.access.settle(way);
            }
            return Ok(answer);
        };
        // a refused request changed nothing, so asking once more is no repeat
        let second = self.send_by(operation, other, &method, url, body, limits).await?;
        if second.status == 401 {
            self.access.settle(way);
            return Ok(answer);
        }
        self.access.settle(other);
        Ok(second)
    }

    async fn send_by(
        &self,
        operation: &Operation,
        way: Way,
        method: &Method,
        mut url: Url,
        body: Option<Bytes>,
        limits: Limits,
    ) -> Result<HttpAnswer, Failure> {
        let (key, secret) = (&self.config.key, &self.config.secret);
        let mut headers = vec![header("accept", "application/json")];
        match way {
            Way::Header => headers.push(basic_authorization(key, secret)),
            Way::Query => {
                // a page that quotes the address shows the key beside the secret
                self.mask.learn(&SecretString::from(key.as_str()));
                access::add_pair(&mut url, key, secret);
            }
            Way::Signed(seconds, since) => access::sign(&mut url, method.as_str(), key, secret, (seconds, since)),
        }
        if body.is_some() {
            headers.push(header("content-type", "application/json; charset=utf-8"));
        }
        let request = HttpRequest { method: method.clone(), url: url.into(), headers, body };
        let answer = self.transport.send_as(operation.name(), request, limits).await;
        answer.map_err(|error| self.mask.failure(operation.broken(&error)))
    }

    /// The JSON of a good answer. Every failure that is read out of an answer passes here or through [`Self::unreadable`],
    /// and what it quotes of the request is masked.
    fn read(&self, operation: &Operation, answer: &HttpAnswer) -> Result<Value, Failure> {
        decisions::read_answer(operation, answer).map_err(|failure| self.mask.failure(failure))
    }

    fn unreadable(&self, operation: &Operation, answer: &HttpAnswer, why: &str) -> Failure {
        self.mask.failure(operation.unreadable(answer, why))
    }

    /// One page of the orders in a status.
    async fn page_of(
        &self,
        operation: &Operation,
        query: OrderQuery,
        status: &str,
        page: u32,
    ) -> Result<OrderPage, Failure> {
        let bounds = match query {
            OrderQuery::ModifiedSince(at_ms) => vec![("modified_after", after(at_ms))],
            OrderQuery::CreatedSince(at_ms) => vec![("after", after(at_ms))],
            OrderQuery::CreatedWithin(from_ms, until_ms) => {
                vec![("after", after(from_ms)), ("before", before(until_ms))]
            }
        };
        let mut query = vec![
            ("per_page", PER_PAGE.to_string()),
            ("page", page.max(1).to_string()),
            ("orderby", "id".to_owned()),
            ("order", "asc".to_owned()),
            ("status", status.to_owned()),
            ("dp", "6".to_owned()),
            ("dates_are_gmt", "true".to_owned()),
        ];
        query.extend(bounds);
        let answer = self.get(operation, "wc/v3/orders", &query).await?;
        let Value::Array(records) = self.read(operation, &answer)? else {
            return Err(self.unreadable(operation, &answer, "not a list of orders"));
        };
        let full = records.len() >= PER_PAGE;
        let mut listed = OrderPage {
            total: header_number(&answer, "x-wp-total").unwrap_or(0),
            // a proxy that drops the headers leaves only the page's own length to go by
            pages: header_number(&answer, "x-wp-totalpages").map_or(page + u32::from(full), |pages| pages as u32),
            answered_ms: answer.date_ms(),
            ..OrderPage::default()
        };
        for (index, record) in records.into_iter().enumerate() {
            match read_order(&record) {
                Ok(order) => listed.orders.push(order),
                Err(problem) => listed.rejected.push(problem.rejected(index + 1, &record)),
            }
        }
        Ok(listed)
    }

    /// Adds to a poll's first page what was put into the trash since: `any` leaves that out, and beside it no other status is
    /// listened to. Pages and total stay those of the rest, so that an order that moves over still tells that they shifted.
    async fn add_trashed(
        &self,
        operation: &Operation,
        query: OrderQuery,
        listed: &mut OrderPage,
    ) -> Result<(), Failure> {
        for page in 1..=TRASH_PAGES {
            match self.page_of(operation, query, "trash", page).await {
                Ok(trashed) => {
                    listed.orders.extend(trashed.orders);
                    if page >= trashed.pages {
                        break;
                    }
                }
                // a shop whose plugins know no trash
                Err(failure) if failure.kind == FailureKind::RequestInvalid => break,
                Err(failure) => return Err(failure),
            }
        }
        Ok(())
    }

    async fn check_address(&self) -> Result<String, Failure> {
        let operation = Operation::new("read shop", self.identity());
        let answer = self.get(&operation, "", &[]).await?;
        let index = self.read(&operation, &answer)?;
        let name = index.get("name").and_then(Value::as_str).unwrap_or_default();
        let namespaces = index.get("namespaces").and_then(Value::as_array);
        let Some(namespaces) = namespaces else {
            return Err(self.unreadable(&operation, &answer, "not the index of a WordPress REST API"));
        };
        if !namespaces.iter().any(|namespace| namespace == "wc/v3") {
            let failure = operation.failure(FailureKind::DocumentNotFound, Phase::Refused);
            return Err(failure.with_detail("WordPress answers, but has no wc/v3: WooCommerce is not active"));
        }
        Ok(name.to_owned())
    }
}

/// WordPress compares without the bound itself, to the second; asked one second earlier, "at or after" holds.
fn after(at_ms: i64) -> String {
    let second = at_ms.div_euclid(1000) - 1;
    DateTime::from_timestamp(second, 0).unwrap_or_default().format("%Y-%m-%dT%H:%M:%S").to_string()
}

/// The same from the other end: the second in which an instant lies belongs to what is before it unless it is whole.
fn before(at_ms: i64) -> String {
    let second = (at_ms - 1).div_euclid(1000) + 1;
    DateTime::from_timestamp(second, 0).unwrap_or_default().format("%Y-%m-%dT%H:%M:%S").to_string()
}

/// An order's route. Ids are numbers: anything else could lead to another route.
fn order_path(operation: &Operation, order_id: &str) -> Result<String, Failure> {
    if order_id.is_empty() || !order_id.bytes().all(|byte| byte.is_ascii_digit()) {
        let failure = operation.failure(FailureKind::DocumentNotFound, Phase::Prepare);
        return Err(failure.with_detail("WooCommerce order ids are numbers"));
    }
    Ok(format!("wc/v3/orders/{order_id}"))
}

fn header_number(answer: &HttpAnswer, name: &str) -> Option<u64> {
    answer.headers.get(name)?.to_str().ok()?.trim().parse().ok()
}

#[async_trait]
impl Shop for WooCommerce {
    fn identity(&self) -> String {
        match &self.root {
            Ok(root) => identity_of(root),
            Err(_) => self.config.base_url.trim().to_lowercase(),
        }
    }

    async fn check(&self) -> Vec<CheckStep> {
        let mut steps = Vec::new();
        let step = |step, found, failure| CheckStep { step, failure, found };
        match self.check_address().await {
            Ok(name) => steps.push(step("address", name, None)),
            Err(failure) => {
                steps.push(step("address", String::new(), Some(failure)));
                return steps;
            }
        }
        let operation = Operation::new("list orders", self.identity());
        let one = [("per_page", "1".to_owned()), ("status", "any".to_owned())];
        let listed = match self.get(&operation, "wc/v3/orders", &one).await {
            Ok(answer) => self.read(&operation, &answer).map(|_| header_number(&answer, "x-wp-total")),
            Err(failure) => Err(failure),
        };
        match listed {
            Ok(total) => {
                steps.push(step("credential", self.config.key.chars().take(8).collect::<String>() + "…", None));
                let found = total.map_or_else(|| "?".to_owned(), |total| total.to_string());
                steps.push(step("orders", found, None));
            }
            Err(failure) if failure.kind == FailureKind::RightMissing => {
                steps.push(step("credential", String::new(), None));
                steps.push(step("orders", String::new(), Some(failure)));
            }
            Err(failure) => steps.push(step("credential", String::new(), Some(failure))),
        }
        steps
    }

    async fn list_orders(&self, query: OrderQuery, page: u32) -> Result<OrderPage, Failure> {
        let operation = Operation::new("list orders", format!("{} page {page}", self.identity()));
        let mut listed = self.page_of(&operation, query, "any", page).await?;
        if page <= 1 && matches!(query, OrderQuery::ModifiedSince(_)) {
            self.add_trashed(&operation, query, &mut listed).await?;
        }
        Ok(listed)
    }

    async fn get_order(&self, order_id: &str) -> Result<ShopOrder, Failure> {
        let operation = Operation::new("read order", format!("order {order_id}"));
        let path = order_path(&operation, order_id)?;
        let answer = self.get(&operation, &path, &[("dp", "6".to_owned())]).await?;
        let record = self.read(&operation, &answer)?;
        let order = read_order(&record).map_err(|problem| {
            operation.failure(FailureKind::OrderUnreadable, Phase::Prepare).with_detail(problem.to_string())
        })?;
        if order.head.order_id != order_id {
            return Err(self.unreadable(&operation, &answer, "another order than the one asked for"));
        }
        Ok(order)
    }

    async fn list_refund_lines(&self, order_id: &str, refund_id: &str) -> Result<Vec<RefundLine>, Failure> {
        self.refund_lines(order_id, refund_id).await
    }

    async fn read_notes(&self, order_id: &str) -> Result<BTreeMap<String, String>, Failure> {
        self.notes(order_id).await
    }

    async fn write_notes(&self, order_id: &str, notes: &BTreeMap<String, String>) -> Result<bool, Failure> {
        self.note(order_id, notes).await
    }

    async fn list_webhooks(&self) -> Result<Option<Vec<ShopWebhook>>, Failure> {
        self.webhooks().await.map(Some)
    }

    async fn enable_webhook(&self, webhook_id: &str) -> Result<(), Failure> {
        self.enable(webhook_id).await
    }
}

#[cfg(test)]
mod tests;

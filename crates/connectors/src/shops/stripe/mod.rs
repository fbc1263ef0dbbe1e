//! Stripe: paid Checkout Sessions and paid invoices as orders, a live test, and our own notes in their metadata, which are all
//! that is ever written. One sale is one order: see [`invoice`] for which of the two it is.
//!
//! Source: protocol note on shops, 3.3; docs.stripe.com/api. Sessions have no date of change: what changed is found in the
//! list of events, which Stripe keeps for 30 days, and each session that one names is read again. Stripe counts no listing,
//! so totals are 0. Sessions that nobody finished are not listed.

use self::invoice::{is_invoice, is_not_allowed};
use super::address::read_root;
use super::passes::{Passes, Way};
use super::rest::{Ask, Rest};
use super::{OrderPage, OrderQuery, ReasonCode, RejectedOrder, Shop, ShopConfig, ShopOrder, ShopWebhook};
use crate::billing::CheckStep;
use crate::call::{Operation, create_limits, header, large_read_limits};
use crate::scalar::text_of;
use crate::transport::{Header, HttpAnswer, Transport};
use async_trait::async_trait;
use bytes::Bytes;
use http::Method;
use punte_domain::{Failure, FailureKind, Phase};
use secrecy::ExposeSecret;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;
use url::form_urlencoded;

mod decisions;
mod invoice;
mod read;
mod whole;

pub(super) use read::is_ours;
pub use read::read_order;

const ADDRESS: &str = "https://api.stripe.com";
/// Answers have one shape whatever version the account was made with.
const VERSION: &str = "2025-03-31.basil";
const PER_PAGE: usize = 100;
const PAGE_MEGABYTES: usize = 32;
const WRITE: Duration = Duration::from_secs(30);
const PREFIX: &str = "punte_";

/// Events after which a session may stand otherwise than it did.
const EVENTS: &[&str] = &[
    "checkout.session.completed",
    "checkout.session.async_payment_succeeded",
    "checkout.session.async_payment_failed",
    "charge.refunded",
    "charge.refund.updated",
    "invoice.paid",
];
/// Begins the mark of a page of invoices: they are listed after the last page of sessions.
const INVOICES: &str = "invoices:";

type Query = Vec<(&'static str, String)>;

pub(super) struct Stripe {
    rest: Rest,
    /// The account as the person typed it (`acct_…`); blank where it was left out.
    account: String,
    passes: Passes,
}

impl Stripe {
    pub(super) fn new(config: &ShopConfig, transport: Arc<dyn Transport>) -> Self {
        let address = Some(config.base_url.trim()).filter(|address| !address.is_empty()).unwrap_or(ADDRESS);
        let key = config.secret.expose_secret().trim();
        let credential = Header { name: "authorization", value: format!("Bearer {key}"), secret: true };
        let headers = vec![credential, header("stripe-version", VERSION)];
        let rest = Rest::new(read_root(address, "/v1"), headers, &config.secret, transport);
        Stripe { rest, account: config.key.trim().to_owned(), passes: Passes::default() }
    }

    fn read(&self, operation: &Operation, answer: &HttpAnswer) -> Result<Value, Failure> {
        decisions::read_answer(operation, answer).map_err(|failure| self.rest.masked(failure))
    }

    async fn get(&self, operation: &Operation, path: &str, query: &[(&str, String)]) -> Result<Value, Failure> {
        let answer = self.rest.send(operation, Ask::get(path, query, large_read_limits(PAGE_MEGABYTES))).await?;
        self.read(operation, &answer)
    }

    /// A list's items, and where the next page begins; `None` where there is none.
    async fn list(
        &self,
        operation: &Operation,
        path: &str,
        query: &[(&str, String)],
    ) -> Result<(Vec<Value>, Option<String>), Failure> {
        self.list_dated(operation, path, query).await.map(|(items, next, _)| (items, next))
    }

    /// The same, with the shop's clock.
    async fn list_dated(
        &self,
        operation: &Operation,
        path: &str,
        query: &[(&str, String)],
    ) -> Result<(Vec<Value>, Option<String>, Option<i64>), Failure> {
        let answer = self.rest.send(operation, Ask::get(path, query, large_read_limits(PAGE_MEGABYTES))).await?;
        let mut body = self.read(operation, &answer)?;
        let Some(Value::Array(items)) = body.get_mut("data").map(Value::take) else {
            return Err(self.rest.unreadable(operation, &answer, "not a list"));
        };
        let has_more = body.get("has_more").and_then(Value::as_bool).unwrap_or_default();
        let last = items.last().and_then(|item| item.get("id")).and_then(text_of);
        Ok((items, last.filter(|_| has_more), answer.date_ms()))
    }

    async fn post(
        &self,
        operation: &Operation,
        path: &str,
        form: &[(String, String)],
    ) -> Result<(HttpAnswer, Value), Failure> {
        let form = form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish();
        let body = Some(("application/x-www-form-urlencoded", Bytes::from(form)));
        let ask = Ask { method: Method::POST, path, query: &[], body, limits: create_limits(WRITE) };
        let answer = self.rest.send(operation, ask).await?;
        let body = self.read(operation, &answer)?;
        Ok((answer, body))
    }

    async fn metadata(&self, operation: &Operation, order_id: &str) -> Result<BTreeMap<String, String>, Failure> {
        let session = self.get(operation, &session_path(operation, order_id)?, &[]).await?;
        Ok(notes_in(&session))
    }

    async fn check_account(&self) -> Result<(String, String), Failure> {
        let operation = Operation::new("read account", self.identity());
        let account = self.get(&operation, "v1/account", &[]).await?;
        let text = |path: &str| account.pointer(path).and_then(text_of).filter(|text| !text.is_empty());
        let id = text("/id").unwrap_or_default();
        if self.account.starts_with("acct_") && self.account != id {
            let failure = operation.failure(FailureKind::CredentialRefused, Phase::Refused);
            return Err(failure.with_detail(format!("the key is of {id}, not of {}", self.account)));
        }
        let name = text("/settings/dashboard/display_name").or_else(|| text("/business_profile/name"));
        Ok((id, name.unwrap_or_default()))
    }

    /// Sessions created since, newest first.
    async fn created_since(&self, operation: &Operation, since: Query) -> Result<(OrderPage, Option<String>), Failure> {
        let query: Query = since.into_iter().chain(whole::expansions("data.")).collect();
        let (sessions, next, answered_ms) = self.list_dated(operation, "v1/checkout/sessions", &query).await?;
        let mut listed = OrderPage { answered_ms, ..OrderPage::default() };
        for (index, session) in sessions.into_iter().enumerate() {
            self.take(operation, &mut listed, index + 1, session).await?;
        }
        Ok((listed, next))
    }

    /// Sessions that an event since then was about, each as it stands now.
    async fn changed_since(&self, operation: &Operation, since: Query) -> Result<(OrderPage, Option<String>), Failure> {
        let types = EVENTS.iter().map(|name| ("types[]", (*name).to_owned()));
        let query: Query = since.into_iter().chain(types).collect();
        let (events, next, answered_ms) = self.list_dated(operation, "v1/events", &query).await?;
        let mut listed = OrderPage { answered_ms, ..OrderPage::default() };
        let mut read = BTreeSet::new();
        for (index, event) in events.iter().enumerate() {
            let object = event.pointer("/data/object").unwrap_or(&Value::Null);
            if is_invoice(object) {
                let id = object.get("id").and_then(text_of).filter(|id| read::is_id(id)).unwrap_or_default();
                if !id.is_empty() && read.insert(id.clone()) {
                    match self.invoice(operation, &id).await {
                        Ok(invoice) => self.take_invoice(operation, &mut listed, index + 1, invoice).await?,
                        Err(failure) if is_not_allowed(&failure) => {}
                        Err(failure) => return Err(failure),
                    }
                }
                continue;
            }
            let session = if read::is_session(object) {
                let id = object.get("id").and_then(text_of).unwrap_or_default();
                if !read.insert(id.clone()) {
                    continue;
                }
                match self.session(operation, &id).await {
                    // a session that is gone must not keep the others from being seen
                    Err(failure) if failure.kind == FailureKind::DocumentNotFound => {
                        let (field, reason) = ("id".to_owned(), ReasonCode::SessionGone.into());
                        listed.rejected.push(RejectedOrder { line: index + 1, order: Some(id), field, reason });
                        continue;
                    }
                    session => Some(session?),
                }
            } else {
                let Some(payment) = object.get("payment_intent").and_then(text_of) else { continue };
                if !read.insert(payment.clone()) {
                    continue;
                }
                let session = self.session_of_payment(operation, &payment).await?;
                if session.is_none() {
                    match self.invoice_of_payment(operation, &payment).await {
                        Ok(Some(invoice)) => self.take_invoice(operation, &mut listed, index + 1, invoice).await?,
                        Ok(None) => {}
                        Err(failure) if is_not_allowed(&failure) => {}
                        Err(failure) => return Err(failure),
                    }
                }
                session
            };
            let Some(session) = session else { continue };
            self.take(operation, &mut listed, index + 1, session).await?;
        }
        Ok((listed, next))
    }

    /// Paid invoices created since, newest first.
    async fn invoices_since(
        &self,
        operation: &Operation,
        since: Query,
    ) -> Result<(OrderPage, Option<String>), Failure> {
        let paid = [("status", "paid".to_owned()), ("expand[]", "data.payments".to_owned())];
        let query: Query = since.into_iter().chain(paid).collect();
        let mut listed = OrderPage::default();
        let (invoices, next) = match self.list(operation, "v1/invoices", &query).await {
            Err(failure) if is_not_allowed(&failure) => return Ok((listed, None)),
            found => found?,
        };
        for (index, invoice) in invoices.into_iter().enumerate() {
            self.take_invoice(operation, &mut listed, index + 1, invoice).await?;
        }
        Ok((listed, next))
    }

    /// Completes one invoice and reads it, where it is an order: it is paid, and no session is the order already.
    async fn take_invoice(
        &self,
        operation: &Operation,
        listed: &mut OrderPage,
        line: usize,
        invoice: Value,
    ) -> Result<(), Failure> {
        let is_paid = invoice.get("status").and_then(Value::as_str) == Some("paid");
        if !is_paid || self.is_sessions_own(operation, &invoice).await? {
            return Ok(());
        }
        let invoice = self.whole_invoice(operation, invoice).await?;
        match read_order(&invoice) {
            Ok(order) => listed.orders.push(order),
            Err(problem) => listed.rejected.push(problem.rejected(line, &invoice)),
        }
        Ok(())
    }

    /// Completes one session and reads it, where it is an order: somebody finished it, and it was about money.
    async fn take(
        &self,
        operation: &Operation,
        listed: &mut OrderPage,
        line: usize,
        session: Value,
    ) -> Result<(), Failure> {
        let is = |key: &str, word: &str| session.get(key).and_then(Value::as_str) == Some(word);
        // what a subscription is paid with are its invoices, the first one included
        if is("mode", "setup") || is("mode", "subscription") || is("status", "open") || is("status", "expired") {
            return Ok(());
        }
        let session = self.whole(operation, session).await?;
        match read_order(&session) {
            Ok(order) => listed.orders.push(order),
            Err(problem) => listed.rejected.push(problem.rejected(line, &session)),
        }
        Ok(())
    }
}

/// Of one order, not found is gone.
fn gone(failure: Failure) -> Failure {
    match (failure.kind, failure.phase) {
        (FailureKind::DocumentNotFound, Phase::Refused) => Failure { kind: FailureKind::OrderGone, ..failure },
        _ => failure,
    }
}

fn session_path(operation: &Operation, order_id: &str) -> Result<String, Failure> {
    if read::is_id(order_id) {
        let list = if order_id.starts_with("in_") { "v1/invoices" } else { "v1/checkout/sessions" };
        return Ok(format!("{list}/{order_id}"));
    }
    let failure = operation.failure(FailureKind::DocumentNotFound, Phase::Prepare);
    Err(failure.with_detail("orders are Checkout Sessions and invoices, whose ids begin with cs_ and in_"))
}

fn notes_in(session: &Value) -> BTreeMap<String, String> {
    let metadata = session.get("metadata").and_then(Value::as_object);
    let ours = |(key, value): (&String, &Value)| {
        key.starts_with(PREFIX).then(|| (key.clone(), text_of(value).unwrap_or_default()))
    };
    metadata.into_iter().flatten().filter_map(ours).collect()
}

#[async_trait]
impl Shop for Stripe {
    fn identity(&self) -> String {
        if self.account.is_empty() { "stripe".to_owned() } else { format!("stripe:{}", self.account) }
    }

    async fn check(&self) -> Vec<CheckStep> {
        let step = |step, found: &str, failure| CheckStep { step, failure, found: found.to_owned() };
        let host = self.rest.root().and_then(url::Url::host_str).unwrap_or_default();
        let mut steps = match self.check_account().await {
            Ok((id, name)) => {
                let name = if name.is_empty() { host } else { &name };
                vec![step("address", name, None), step("credential", &id, None)]
            }
            // a restricted key may read sessions and not the account
            Err(failure) if failure.kind == FailureKind::RightMissing && !self.account.is_empty() => {
                vec![step("address", host, None), step("credential", &self.account, None)]
            }
            Err(failure) if matches!(failure.kind, FailureKind::CredentialRefused | FailureKind::RightMissing) => {
                return vec![step("address", host, None), step("credential", "", Some(failure))];
            }
            Err(failure) => return vec![step("address", "", Some(failure))],
        };
        let operation = Operation::new("list orders", self.identity());
        let query = [("limit", PER_PAGE.to_string())];
        steps.push(match self.list(&operation, "v1/checkout/sessions", &query).await {
            Ok((found, None)) => step("orders", &found.len().to_string(), None),
            Ok((found, Some(_))) => step("orders", &format!("{}+", found.len()), None),
            Err(failure) => step("orders", "", Some(failure)),
        });
        steps
    }

    /// Pages of one pass are asked in their order. The total is always 0.
    async fn list_orders(&self, query: OrderQuery, page: u32) -> Result<OrderPage, Failure> {
        let operation = Operation::new("list orders", format!("{} page {page}", self.identity()));
        let seconds = |at_ms: i64| at_ms.div_euclid(1000).max(0).to_string();
        let mut since: Query = vec![("limit", PER_PAGE.to_string())];
        match query {
            OrderQuery::ModifiedSince(at_ms) | OrderQuery::CreatedSince(at_ms) => {
                since.push(("created[gte]", seconds(at_ms)));
            }
            OrderQuery::CreatedWithin(from_ms, until_ms) => {
                since.extend([("created[gte]", seconds(from_ms)), ("created[lte]", seconds(until_ms - 1))]);
            }
        }
        let mark = if page > 1 { Some(self.passes.way(&operation, query, page)?.mark) } else { None };
        let of_invoices = mark.as_deref().and_then(|mark| mark.strip_prefix(INVOICES));
        let after = of_invoices.or(mark.as_deref()).filter(|after| !after.is_empty());
        since.extend(after.map(|after| ("starting_after", after.to_owned())));
        let as_mark = |next: Option<String>| next.map(|next| format!("{INVOICES}{next}"));
        let (mut listed, next) = match query {
            OrderQuery::ModifiedSince(_) => self.changed_since(&operation, since).await?,
            _ if of_invoices.is_some() => {
                let (listed, next) = self.invoices_since(&operation, since).await?;
                (listed, as_mark(next))
            }
            OrderQuery::CreatedSince(_) | OrderQuery::CreatedWithin(..) => {
                let (listed, next) = self.created_since(&operation, since).await?;
                (listed, next.or_else(|| as_mark(Some(String::new()))))
            }
        };
        listed.pages = page.max(1);
        if let Some(mark) = next {
            listed.pages += 1;
            self.passes.hold(Way { query, page: listed.pages, mark, total: 0 });
        }
        Ok(listed)
    }

    async fn get_order(&self, order_id: &str) -> Result<ShopOrder, Failure> {
        let operation = Operation::new("read order", format!("order {order_id}"));
        let session = if order_id.starts_with("in_") && read::is_id(order_id) {
            self.invoice_order(&operation, order_id).await.map_err(gone)?
        } else {
            let session = self.session(&operation, order_id).await.map_err(gone)?;
            self.whole(&operation, session).await?
        };
        let order = read_order(&session).map_err(|problem| {
            operation.failure(FailureKind::OrderUnreadable, Phase::Prepare).with_detail(problem.to_string())
        })?;
        if order.head.order_id != order_id {
            let failure = operation.failure(FailureKind::UnreadableAnswer, Phase::Unknown);
            return Err(failure.with_detail("another order than the one asked for"));
        }
        Ok(order)
    }

    async fn read_notes(&self, order_id: &str) -> Result<BTreeMap<String, String>, Failure> {
        self.metadata(&Operation::new("read notes", format!("order {order_id}")), order_id).await
    }

    async fn write_notes(&self, order_id: &str, notes: &BTreeMap<String, String>) -> Result<bool, Failure> {
        let operation = Operation::new("write notes", format!("order {order_id}"));
        if let Some(foreign) = notes.keys().find(|key| !key.starts_with(PREFIX)) {
            let failure = operation.failure(FailureKind::FieldInvalid, Phase::Prepare);
            return Err(failure.with_detail(format!("{foreign}: notes of ours begin with {PREFIX}")));
        }
        let present = self.metadata(&operation, order_id).await?;
        // a blank value takes its key away, so a missing key and a blank one are the same
        let differs = |kept: &BTreeMap<String, String>, key: &String, value: &String| {
            kept.get(key).map(String::as_str).unwrap_or_default() != value.trim()
        };
        let form: Vec<(String, String)> = notes
            .iter()
            .filter(|(key, value)| differs(&present, key, value))
            .map(|(key, value)| (format!("metadata[{key}]"), value.trim().to_owned()))
            .collect();
        if form.is_empty() {
            return Ok(false);
        }
        let (answer, session) = self.post(&operation, &session_path(&operation, order_id)?, &form).await?;
        let kept = notes_in(&session);
        match notes.iter().find(|(key, value)| differs(&kept, key, value)) {
            None => Ok(true),
            Some((key, _)) => Err(self.rest.unreadable(&operation, &answer, &format!("the shop did not keep {key}"))),
        }
    }

    async fn list_webhooks(&self) -> Result<Option<Vec<ShopWebhook>>, Failure> {
        let operation = Operation::new("list webhooks", self.identity());
        let query = [("limit", PER_PAGE.to_string())];
        let (hooks, _) = self.list(&operation, "v1/webhook_endpoints", &query).await?;
        let hook = |one: &Value| {
            let text = |key: &str| one.get(key).and_then(text_of).unwrap_or_default();
            let events = one.get("enabled_events").and_then(Value::as_array);
            let topics: Vec<String> = events.into_iter().flatten().filter_map(text_of).collect();
            let status = if text("status") == "enabled" { "active" } else { "disabled" };
            ShopWebhook {
                id: text("id"),
                name: text("description"),
                topic: topics.join(", "),
                status: status.to_owned(),
                delivery_url: text("url"),
            }
        };
        Ok(Some(hooks.iter().map(hook).collect()))
    }

    async fn enable_webhook(&self, id: &str) -> Result<(), Failure> {
        let operation = Operation::new("enable webhook", format!("webhook {id}"));
        if !id.starts_with("we_") || !id.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_') {
            return Err(operation.failure(FailureKind::DocumentNotFound, Phase::Prepare));
        }
        let form = [("disabled".to_owned(), "false".to_owned())];
        self.post(&operation, &format!("v1/webhook_endpoints/{id}"), &form).await.map(|_| ())
    }
}

#[cfg(test)]
mod tests;

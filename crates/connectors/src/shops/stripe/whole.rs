//! A session with what belongs to it: all its lines, when it was paid, what was given back.

use super::{Stripe, session_path};
use crate::call::Operation;
use crate::scalar::text_of;
use punte_domain::{Failure, FailureKind, Phase};
use serde_json::{Map, Value, json};

/// Pages of a hundred that are read of one session's lines or refunds.
const MOST_PAGES: usize = 5;

/// What is asked for beside a session's own fields; `at` leads to it (`data.` in a list). No deeper than the four steps that
/// Stripe expands.
pub(super) fn expansions(at: &str) -> [(&'static str, String); 2] {
    ["line_items.data.taxes", "payment_intent.latest_charge"].map(|path| ("expand[]", format!("{at}{path}")))
}

impl Stripe {
    pub(super) async fn session(&self, operation: &Operation, id: &str) -> Result<Value, Failure> {
        self.get(operation, &session_path(operation, id)?, &expansions("")).await
    }

    /// The session that a payment was made through; none where it was made otherwise.
    pub(super) async fn session_of_payment(
        &self,
        operation: &Operation,
        payment: &str,
    ) -> Result<Option<Value>, Failure> {
        let mut query = vec![("limit", "1".to_owned()), ("payment_intent", payment.to_owned())];
        query.extend(expansions("data."));
        let (sessions, _) = self.list(operation, "v1/checkout/sessions", &query).await?;
        Ok(sessions.into_iter().next())
    }

    /// The session as it is kept: its payment by its id again, and beside it when that was made and what came back of it.
    pub(super) async fn whole(&self, operation: &Operation, mut session: Value) -> Result<Value, Failure> {
        self.complete_lines(operation, &mut session).await?;
        let Some(fields) = session.as_object_mut() else { return Ok(session) };
        let Some(payment) = fields.get("payment_intent").filter(|payment| payment.is_object()).cloned() else {
            return Ok(session);
        };
        let id = payment.get("id").and_then(text_of).unwrap_or_default();
        fields.insert("payment_intent".to_owned(), id.clone().into());
        self.set_payment(operation, &mut session, &id, &payment).await?;
        Ok(session)
    }

    /// Sets beside a sale when its payment was made and what came back of it. `payment` has its charge with it.
    pub(super) async fn set_payment(
        &self,
        operation: &Operation,
        sale: &mut Value,
        id: &str,
        payment: &Value,
    ) -> Result<(), Failure> {
        let charge = payment.get("latest_charge").filter(|charge| charge.is_object());
        let (Some(charge), Some(fields)) = (charge, sale.as_object_mut()) else { return Ok(()) };
        let part = |key: &str| charge.get(key).cloned().unwrap_or(Value::Null);
        let refunded = part("amount_refunded");
        let made = json!({ "charge": part("id"), "created": part("created"), "amount_refunded": refunded });
        let is_refunded = refunded.as_i64().is_some_and(|amount| amount > 0) || part("refunded") == true;
        fields.insert("payment".to_owned(), made);
        if is_refunded {
            let refunds = self.refunds(operation, id).await?;
            fields.insert("refunds".to_owned(), refunds.into());
        }
        Ok(())
    }

    /// A session carries its first ten lines; the others are read.
    async fn complete_lines(&self, operation: &Operation, session: &mut Value) -> Result<(), Failure> {
        let has_more = session.pointer("/line_items/has_more").and_then(Value::as_bool).unwrap_or_default();
        let Some(id) = session.get("id").and_then(text_of).filter(|_| has_more) else { return Ok(()) };
        let path = format!("{}/line_items", session_path(operation, &id)?);
        let lines = self.all(operation, &path, ("expand[]", "data.taxes".to_owned())).await?;
        if let Some(items) = session.get_mut("line_items").and_then(Value::as_object_mut) {
            items.insert("data".to_owned(), lines.into());
            items.insert("has_more".to_owned(), false.into());
        }
        Ok(())
    }

    async fn refunds(&self, operation: &Operation, payment: &str) -> Result<Vec<Value>, Failure> {
        let refunds = self.all(operation, "v1/refunds", ("payment_intent", payment.to_owned())).await?;
        // what a refund is said by alone, so that one order reads the same in a list and by itself
        let kept = |refund: &Value| {
            let keys = ["id", "amount", "currency", "status", "created"];
            let parts = keys.map(|key| (key.to_owned(), refund.get(key).cloned().unwrap_or(Value::Null)));
            Value::Object(parts.into_iter().collect::<Map<_, _>>())
        };
        Ok(refunds.iter().map(kept).collect())
    }

    pub(super) async fn all(
        &self,
        operation: &Operation,
        path: &str,
        filter: (&str, String),
    ) -> Result<Vec<Value>, Failure> {
        let mut all = Vec::new();
        let mut after: Option<String> = None;
        for _ in 0..MOST_PAGES {
            let mut query = vec![("limit", "100".to_owned())];
            query.extend(Some(filter.clone()).filter(|(name, _)| *name != "limit"));
            query.extend(after.take().map(|id| ("starting_after", id)));
            let (items, next) = self.list(operation, path, &query).await?;
            all.extend(items);
            after = next;
            if after.is_none() {
                return Ok(all);
            }
        }
        // what is not whole would be invoiced, or taken back, in part
        Err(operation
            .failure(FailureKind::OrderUnreadable, Phase::Prepare)
            .with_detail(format!("{path}: more than 500")))
    }
}

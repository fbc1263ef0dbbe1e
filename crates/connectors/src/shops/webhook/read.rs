//! From an order of docs/order.schema.json to a head: bare, as files bring it, or as the data of a signed message.

use crate::shops::fields::{
    self, FieldProblem, Read, clip, instant, list, minor, money, problem, required_money, text,
};
use crate::shops::{ReasonCode, ShopOrder};
use punte_domain::order::{Place, Refund};
use punte_domain::{Currency, OrderHead, OrderStatus};
use rust_decimal::Decimal;
use serde_json::Value;

const MAX_ID: usize = 100;
const MAX_NUMBER: usize = 60;

/// Whether a record looks like an order of the schema, or like a message that holds one.
pub(in crate::shops) fn is_ours(record: &Value) -> bool {
    let order = data_of(record).unwrap_or(record);
    order.get("lines").is_some_and(Value::is_array) && order.get("number").is_some()
}

/// The order inside a message of type, timestamp and data.
fn data_of(record: &Value) -> Option<&Value> {
    record.get("type")?;
    record.get("timestamp")?;
    record.get("data").filter(|data| data.is_object())
}

/// Reads one order of docs/order.schema.json, bare or as the `data` of a message. What is kept is the bare order, as
/// received.
///
/// # Errors
/// The first field that an invoice hangs on and that cannot be read. A message must say when its version came about
/// (`data.updated`, or `data.sequence`), so that an older one never replaces a newer one. Of two that say the same of that,
/// the message that was made earlier (`timestamp`, signed with the rest) is the older.
pub fn read_order(record: &Value) -> Result<ShopOrder, FieldProblem> {
    match data_of(record) {
        None => read_bare(record, false),
        Some(order) => read_bare(order, true)
            .map(|mut read| {
                // a message that is sent again keeps it, as against the time of its sending
                read.head.place.told_ms = instant(record, "timestamp").ok().flatten();
                read
            })
            .map_err(|problem| FieldProblem { field: format!("data.{}", problem.field), ..problem }),
    }
}

fn read_bare(order: &Value, is_message: bool) -> Read<ShopOrder> {
    if !order.is_object() {
        return problem("", ReasonCode::NotAnObject);
    }
    let number = name(order, "number", MAX_NUMBER)?;
    let Some(number) = number else { return problem("number", ReasonCode::Missing) };
    let order_id = name(order, "id", MAX_ID)?.unwrap_or_else(|| number.clone());
    let currency = fields::currency(order)?;
    let total = amount(order, "total", "total")?;
    let total_minor = minor(currency, total, "total")?;
    let refunds = read_refunds(order, currency)?;
    check_lines(order)?;
    let Some(created_ms) = instant(order, "date")? else { return problem("date", ReasonCode::Missing) };
    let updated_ms = instant(order, "updated")?;
    let sequence = match order.get("sequence") {
        None | Some(Value::Null) => None,
        Some(sequence) => match sequence.as_i64() {
            Some(sequence) => Some(sequence),
            None => return problem("sequence", ReasonCode::NotANumber.with("text", clip(&sequence.to_string()))),
        },
    };
    if is_message && updated_ms.is_none() && sequence.is_none() {
        return problem("updated", ReasonCode::Missing);
    }
    let status_text = match text(order, "status") {
        // a message may tell of a cancellation: what it does not say is not taken for completed
        None if is_message => return problem("status", ReasonCode::Missing),
        status => status.unwrap_or_else(|| "completed".to_owned()),
    };
    let status = status_of(&status_text);
    let (paid_at, completed_at) = (instant(order, "paid_at")?, instant(order, "completed_at")?);
    let is = |wanted| (status == wanted).then_some(created_ms);
    let customer = order.get("customer").unwrap_or(&Value::Null);
    let head = OrderHead {
        order_id,
        number,
        status,
        status_text: clip(&status_text),
        currency,
        total,
        total_minor,
        refunded_minor: refunds.iter().map(|refund| refund.amount_minor).fold(0, i64::saturating_add),
        refunds,
        created_ms,
        modified_ms: updated_ms.unwrap_or(created_ms),
        paid_ms: paid_at.or_else(|| is(OrderStatus::Paid)),
        completed_ms: completed_at.or_else(|| is(OrderStatus::Completed).map(|date| paid_at.unwrap_or(date))),
        customer: text(customer, "company").or_else(|| text(customer, "name")).unwrap_or_default(),
        email: text(customer, "email").unwrap_or_default(),
        tax_id: text(customer, "tax_id").unwrap_or_default(),
        invoiced_elsewhere: text(order, "invoiced_elsewhere"),
        seen_as: Default::default(),
        place: Place { sequence, told_ms: None },
    };
    Ok(ShopOrder { head, raw: order.clone() })
}

/// A word outside the schema's is shown as it came, and its order is not invoiced by itself.
fn status_of(text: &str) -> OrderStatus {
    match text {
        "open" => OrderStatus::Open,
        "paid" => OrderStatus::Paid,
        "completed" => OrderStatus::Completed,
        "cancelled" => OrderStatus::Cancelled,
        "refunded" => OrderStatus::Refunded,
        "failed" => OrderStatus::Failed,
        _ => OrderStatus::Other,
    }
}

/// An id or number: any printable characters, up to `longest`; `None` where it is absent or blank.
fn name(record: &Value, key: &str, longest: usize) -> Read<Option<String>> {
    match text(record, key) {
        Some(name) if name.chars().any(char::is_control) => problem(key, ReasonCode::NotPrintable),
        Some(name) if name.chars().count() > longest => {
            problem(key, ReasonCode::TooLong.with("text", clip(&name)).with("most", longest))
        }
        Some(name) => Ok(Some(name)),
        None if record.get(key).is_some_and(|value| value.is_object() || value.is_array()) => {
            problem(key, ReasonCode::NotScalar)
        }
        None => Ok(None),
    }
}

/// An amount that must be there, and never below zero.
fn amount(record: &Value, key: &str, path: &str) -> Read<Decimal> {
    match required_money(record, key, path)? {
        amount if amount.is_sign_negative() && !amount.is_zero() => {
            problem(path, ReasonCode::BelowZero.with("amount", amount))
        }
        amount => Ok(amount),
    }
}

fn read_refunds(order: &Value, currency: Currency) -> Read<Vec<Refund>> {
    let mut refunds: Vec<Refund> = Vec::new();
    for (at, refund) in list(order, "refunds", true)?.iter().enumerate() {
        let path = |key: &str| format!("refunds[{at}].{key}");
        let id = name(refund, "id", MAX_ID).map_err(|problem| FieldProblem { field: path("id"), ..problem })?;
        let Some(id) = id else { return problem(path("id"), ReasonCode::Missing) };
        if refunds.iter().any(|known| known.id == id) {
            return problem(path("id"), ReasonCode::IdTwice.with("text", clip(&id)));
        }
        let amount_minor = minor(currency, amount(refund, "amount", &path("amount"))?, &path("amount"))?;
        refunds.push(Refund { id, amount_minor });
    }
    Ok(refunds)
}

/// What a mapping computes the invoice from must be readable before it sees it.
fn check_lines(order: &Value) -> Read<()> {
    let lines = list(order, "lines", false)?;
    if lines.is_empty() {
        return problem("lines", ReasonCode::NoLines);
    }
    for (at, line) in lines.iter().enumerate() {
        let path = |key: &str| format!("lines[{at}].{key}");
        required_money(line, "quantity", &path("quantity"))?;
        required_money(line, "unit_price", &path("unit_price"))?;
        money(line, "vat_rate", &path("vat_rate"))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use rust_decimal::dec;
    use serde_json::json;

    fn schema_examples() -> Vec<Value> {
        let schema: Value = serde_json::from_str(include_str!("../../../../../docs/order.schema.json")).unwrap();
        schema["examples"].as_array().unwrap().clone()
    }

    fn order() -> Value {
        schema_examples().remove(1)
    }

    fn with(key: &str, value: Value) -> Value {
        let mut order = order();
        order[key] = value;
        order
    }

    fn ms(text: &str) -> i64 {
        chrono::DateTime::parse_from_rfc3339(text).unwrap().timestamp_millis()
    }

    fn message(data: &Value) -> Value {
        json!({ "type": "order.updated", "timestamp": "2026-11-23T09:02:12Z", "data": data })
    }

    #[test]
    fn an_order_that_was_valid_before_is_completed_on_its_date() {
        let order = schema_examples().remove(0);
        let head = read_order(&order).unwrap().head;
        assert_eq!((head.order_id.as_str(), head.number.as_str()), ("A-1001", "A-1001"));
        assert_eq!((head.status, head.status_text.as_str()), (OrderStatus::Completed, "completed"));
        let date = ms("2026-11-20T23:41:07+02:00");
        assert_eq!((head.created_ms, head.modified_ms, head.became_due_ms()), (date, date, Some(date)));
        assert_eq!((head.total, head.total_minor, head.refunded_minor), (dec!(61.97), 6197, 0));
        assert_eq!((head.customer.as_str(), head.tax_id.as_str()), ("EXEMPLU SRL", "RO12345674"));
    }

    #[test]
    fn what_another_tool_invoiced_is_said_of_the_order() {
        let head = read_order(&with("invoiced_elsewhere", json!("SmartBill FCT 0042"))).unwrap().head;
        assert_eq!(head.invoiced_elsewhere.as_deref(), Some("SmartBill FCT 0042"));
        assert_eq!(read_order(&order()).unwrap().head.invoiced_elsewhere, None);
    }

    #[test]
    fn what_a_message_holds_is_read_and_kept_bare() {
        let read = read_order(&message(&order())).unwrap();
        assert_eq!(read.raw, order(), "mappings read the order, not the message");
        let mut head = read.head;
        assert_eq!(head.place.told_ms, Some(ms("2026-11-23T09:02:12Z")), "when the message was made");
        head.place = Place::default();
        assert_eq!(head, read_order(&order()).unwrap().head);
        assert_eq!((head.order_id.as_str(), head.number.as_str()), ("8d0f3c", "A-1002"));
        assert_eq!(head.modified_ms, ms("2026-11-23T07:02:11Z"));
        assert_eq!(head.paid_ms, Some(ms("2026-11-20T21:42:00Z")));
        assert_eq!(head.completed_ms, Some(ms("2026-11-21T07:02:11Z")));
        assert_eq!(head.refunds, [Refund { id: "r-1".into(), amount_minor: 1000 }]);
        assert_eq!((head.refunded_minor, head.customer.as_str()), (1000, "Ana Ionescu"));
    }

    #[test]
    fn a_message_must_say_when_its_version_came_about_and_a_file_need_not() {
        let undated = with("updated", json!(null));
        assert_eq!(read_order(&undated).unwrap().head.modified_ms, ms("2026-11-20T21:41:07Z"));
        let problem = read_order(&message(&undated)).unwrap_err();
        let mut counted = undated.clone();
        counted["sequence"] = json!(7);
        assert_eq!(
            read_order(&message(&counted)).unwrap().head.place.sequence,
            Some(7),
            "or which of its versions it is"
        );
        counted["sequence"] = json!("x");
        assert_eq!(read_order(&message(&counted)).unwrap_err().field, "data.sequence");
        assert_eq!((problem.field.as_str(), problem.reason), ("data.updated", ReasonCode::Missing.into()));
    }

    #[test]
    fn a_message_must_say_where_the_order_stands_for_it_may_be_cancelled() {
        let mut silent = with("updated", json!("2026-11-23T09:02:11+02:00"));
        silent.as_object_mut().unwrap().remove("status");
        assert_eq!(read_order(&silent).unwrap().head.status, OrderStatus::Completed);
        assert_eq!(read_order(&message(&silent)).unwrap_err().field, "data.status");
    }

    #[test]
    fn a_status_says_what_the_instants_leave_out() {
        let mut bare = order();
        for key in ["paid_at", "completed_at"] {
            bare.as_object_mut().unwrap().remove(key);
        }
        let date = Some(ms("2026-11-20T21:41:07Z"));
        for (status, expected, due) in [
            (json!("open"), OrderStatus::Open, None),
            (json!("paid"), OrderStatus::Paid, date),
            (json!("completed"), OrderStatus::Completed, date),
            (json!(""), OrderStatus::Completed, date),
            (json!("cancelled"), OrderStatus::Cancelled, None),
            (json!("refunded"), OrderStatus::Refunded, None),
            (json!("failed"), OrderStatus::Failed, None),
            (json!("la curier"), OrderStatus::Other, None),
        ] {
            bare["status"] = status.clone();
            let head = read_order(&bare).unwrap().head;
            assert_eq!((head.status, head.became_due_ms()), (expected, due), "{status}");
        }
        bare["status"] = json!("completed");
        bare["paid_at"] = json!("2026-11-22T10:00:00Z");
        let due = read_order(&bare).unwrap().head.became_due_ms();
        assert_eq!(due, Some(ms("2026-11-22T10:00:00Z")), "what was paid later did not become due on the date");
    }

    #[test]
    fn ids_are_any_printable_text() {
        for (id, expected) in [(json!("Ș/1 – a"), "Ș/1 – a"), (json!(77), "77"), (json!(null), "A-1002")] {
            assert_eq!(read_order(&with("id", id)).unwrap().head.order_id, expected);
        }
        let longest = "ă".repeat(100);
        assert_eq!(read_order(&with("id", json!(longest))).unwrap().head.order_id, longest);
        for id in [json!("ă".repeat(101)), json!("a\u{7}b"), json!({})] {
            assert_eq!(read_order(&with("id", id)).unwrap_err().field, "id");
        }
    }

    #[test]
    fn what_an_invoice_hangs_on_is_named_where_it_cannot_be_read() {
        for (key, value, field) in [
            ("number", json!(""), "number"),
            ("currency", json!("XXX"), "currency"),
            ("total", json!("-1"), "total"),
            ("total", json!("abc"), "total"),
            ("date", json!("2026-11-20"), "date"),
            ("date", json!(null), "date"),
            ("paid_at", json!("ieri"), "paid_at"),
            ("lines", json!([]), "lines"),
            ("lines", json!([{ "quantity": "1" }]), "lines[0].unit_price"),
            ("refunds", json!([{ "amount": "1" }]), "refunds[0].id"),
            ("refunds", json!([{ "id": "r", "amount": "-1" }]), "refunds[0].amount"),
            ("refunds", json!([{ "id": "r", "amount": "1" }, { "id": "r", "amount": "1" }]), "refunds[1].id"),
        ] {
            assert_eq!(read_order(&with(key, value.clone())).unwrap_err().field, field, "{value}");
        }
        assert_eq!(read_order(&json!([])).unwrap_err().reason, ReasonCode::NotAnObject.into());
    }

    #[test]
    fn it_is_known_by_its_shape() {
        assert!(is_ours(&order()) && is_ours(&message(&order())));
        assert!(!is_ours(&json!({ "number": "1", "line_items": [] })));
    }
}

//! What an answer leaves out until `expand[]` asks for it.

use serde_json::Value;

/// The fields of a session that are hidden, by where they stand.
const HIDDEN: [&str; 5] = [
    "line_items",
    "line_items.data.taxes",
    "line_items.data.discounts",
    "shipping_cost.taxes",
    "total_details.breakdown",
];

/// Fields that hold an id until they are asked for.
const IDS: [&str; 3] = ["line_items.data.price.product", "payment_intent", CHARGE];

/// The payment's charge, behind the payment.
pub(super) const CHARGE: &str = "payment_intent.latest_charge";

/// Whether `expand[]` may name it, for a session by itself. A product stays as its id all the same.
pub(super) fn can_expand(path: &str) -> bool {
    HIDDEN.contains(&path) || IDS.contains(&path)
}

/// Takes away of a whole session what was not asked for. Asking for what lies within asks for what is around it.
pub(crate) fn hide(session: &mut Value, asked: &[String]) {
    let wanted = |path: &str| asked.iter().any(|asked| asked == path || asked.starts_with(&format!("{path}.")));
    for path in HIDDEN.iter().filter(|path| !wanted(path)) {
        remove(session, &path.split('.').collect::<Vec<&str>>());
    }
}

fn remove(value: &mut Value, steps: &[&str]) {
    match (value, steps) {
        (Value::Array(items), _) => items.iter_mut().for_each(|item| remove(item, steps)),
        (Value::Object(fields), [last]) => {
            fields.remove(*last);
        }
        (Value::Object(fields), [first, rest @ ..]) => {
            if let Some(inner) = fields.get_mut(*first) {
                remove(inner, rest);
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn lines_and_their_taxes_come_only_when_asked_for() {
        let whole = json!({"line_items": {"data": [{"taxes": [1], "price": {"product": "prod_1"}}]}, "id": "cs_1"});
        let seen = |asked: &[&str]| {
            let mut session = whole.clone();
            hide(&mut session, &asked.iter().map(|path| (*path).to_owned()).collect::<Vec<_>>());
            session
        };
        assert_eq!(seen(&[]), json!({"id": "cs_1"}));
        assert_eq!(seen(&["line_items"])["line_items"]["data"][0], json!({"price": {"product": "prod_1"}}));
        assert_eq!(seen(&["line_items.data.taxes"]), whole);
    }
}

//! What a refund gave back, line by line. The order object names only its amount.
//!
//! Source: protocol note on shops, 3.1: quantities and totals of a refund's lines are negative, and the amount wins where
//! the lines do not sum to it.

use super::{PAGE_MEGABYTES, WooCommerce};
use crate::call::Operation;
use crate::scalar::text_of;
use punte_domain::Failure;
use punte_domain::correction::RefundLine;
use punte_domain::money::parse_decimal;
use rust_decimal::Decimal;
use serde_json::Value;

/// Refunds of one order that are looked at.
const MOST_REFUNDS: usize = 100;

impl WooCommerce {
    pub(super) async fn refund_lines(&self, order_id: &str, refund_id: &str) -> Result<Vec<RefundLine>, Failure> {
        let operation = Operation::new("read refunds", format!("order {order_id}"));
        let path = format!("{}/refunds", super::order_path(&operation, order_id)?);
        let query = [("per_page", MOST_REFUNDS.to_string()), ("dp", "6".to_owned())];
        let limits = crate::call::large_read_limits(PAGE_MEGABYTES);
        let answer = self.send(&operation, http::Method::GET, &path, &query, None, limits).await?;
        let Value::Array(refunds) = self.read(&operation, &answer)? else {
            return Err(self.unreadable(&operation, &answer, "not a list of refunds"));
        };
        let refund = refunds.iter().find(|one| one.get("id").and_then(text_of).as_deref() == Some(refund_id));
        // a refund that is gone, or whose lines cannot be read, has its amount all the same
        Ok(refund.and_then(lines_of).unwrap_or_default())
    }
}

fn lines_of(refund: &Value) -> Option<Vec<RefundLine>> {
    let mut lines = Vec::new();
    for key in ["line_items", "shipping_lines", "fee_lines"] {
        for line in refund.get(key).and_then(Value::as_array).into_iter().flatten() {
            lines.push(line_of(line)?);
        }
    }
    Some(lines)
}

fn line_of(line: &Value) -> Option<RefundLine> {
    let text = |key: &str| line.get(key).and_then(text_of).unwrap_or_default();
    let number = |key: &str| match text(key).as_str() {
        "" => Some(Decimal::ZERO),
        text => parse_decimal(text).ok().map(|number| number.abs()),
    };
    let name = Some(text("name")).filter(|name| !name.is_empty()).unwrap_or_else(|| text("method_title"));
    Some(RefundLine {
        name,
        code: text("sku"),
        quantity: number("quantity")?,
        net: number("total")?,
        tax: number("total_tax")?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scripted::{Scripted, json_answer};
    use crate::shops::{Shop, ShopConfig};
    use rust_decimal::dec;
    use secrecy::SecretString;
    use serde_json::json;

    async fn read(refund: Value) -> (Vec<RefundLine>, String) {
        let answer = json!([{ "id": 6, "amount": "1.00" }, refund]);
        let scripted = Scripted::new(vec![Ok(json_answer(200, &answer, &[]))]);
        let secret = SecretString::from("cs_secret");
        let config = ShopConfig { base_url: "https://cana.ro".into(), key: "ck_1".into(), secret };
        let lines = WooCommerce::new(config, scripted.clone()).list_refund_lines("1042", "7").await.unwrap();
        (lines, scripted.sent()[0].url.clone())
    }

    #[tokio::test]
    async fn lines_are_read_positive_whatever_their_sign() {
        let (lines, url) = read(json!({ "id": 7, "amount": "72.60",
            "line_items": [{ "name": "Cană", "sku": "C-1", "quantity": -1, "total": "-50.000000", "total_tax": "-10.500000" }],
            "shipping_lines": [{ "method_title": "Curier", "total": "-10.00", "total_tax": "-2.10" }] }))
        .await;
        assert_eq!(url, "https://cana.ro/wp-json/wc/v3/orders/1042/refunds?per_page=100&dp=6");
        let line = |name: &str, code: &str, quantity, net, tax| RefundLine {
            name: name.into(),
            code: code.into(),
            quantity,
            net,
            tax,
        };
        assert_eq!(
            lines,
            [line("Cană", "C-1", dec!(1), dec!(50), dec!(10.5)), line("Curier", "", dec!(0), dec!(10), dec!(2.1))]
        );
    }

    #[tokio::test]
    async fn a_refund_over_an_amount_and_one_that_cannot_be_read_have_no_lines() {
        assert_eq!(read(json!({ "id": 7, "amount": "20.00", "line_items": [] })).await.0, []);
        assert_eq!(read(json!({ "id": 8, "amount": "20.00", "line_items": [{ "total": "1" }] })).await.0, []);
        assert_eq!(read(json!({ "id": 7, "line_items": [{ "name": "Cană", "total": "x" }] })).await.0, []);
    }
}

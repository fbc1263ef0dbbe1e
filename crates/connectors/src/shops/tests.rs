use super::*;
use punte_domain::erasure::{Known, erase_order};
use serde_json::json;

fn woocommerce() -> Value {
    json!({
        "id": 7, "status": "completed", "currency": "RON", "total": "59.00", "date_created_gmt": "2026-11-20T08:00:00",
        "date_modified": "2026-11-21T08:00:00", "line_items": [],
        "meta_data": [{"key": "punte_state", "value": "issued"}, {"key": "cui", "value": "1"}]
    })
}

fn shopify() -> Value {
    json!({
        "id": 5001, "name": "#1001", "currency": "RON", "total_price": "59.00", "financial_status": "paid",
        "created_at": "2026-11-20T10:00:00+02:00", "updated_at": "2026-11-20T10:05:00+02:00",
        "line_items": [{"price": "59.00", "quantity": 1}]
    })
}

fn stripe() -> Value {
    json!({
        "id": "cs_test_a1", "object": "checkout.session", "currency": "ron", "amount_total": 5900, "created": 1_795_210_867,
        "status": "complete", "payment_status": "paid", "metadata": {"punte_state": "issued", "cui": "1"},
        "line_items": {"data": [{"amount_total": 5900, "quantity": 1}]}
    })
}

fn generic() -> Value {
    json!({
        "number": "A-1", "date": "2026-11-20T10:00:00+02:00", "updated": "2026-11-20T10:05:00+02:00", "currency": "RON",
        "total": "59.00", "customer": {}, "lines": [{"quantity": "1", "unit_price": "59.00", "vat_rate": "21"}]
    })
}

#[test]
fn an_order_as_kept_is_read_by_its_shape_whatever_shop_it_came_from() {
    for (kind, record) in [
        (ShopKind::WooCommerce, woocommerce()),
        (ShopKind::Shopify, shopify()),
        (ShopKind::Stripe, stripe()),
        (ShopKind::Webhook, generic()),
    ] {
        let read = read_order(kind, &record).unwrap();
        assert_eq!(head_of(&read.raw), Some(read.head.clone()), "{kind:?}");
        assert_eq!(read_order(ShopKind::File, &record), Ok(read.clone()), "{kind:?}");
        assert_eq!(read.head.total_minor, 5900);
    }
    assert_eq!(head_of(&json!({ "id": 1 })), None);
}

#[test]
fn an_order_without_its_buyer_is_read_as_before_but_for_them() {
    for mut record in [woocommerce(), shopify(), stripe(), generic()] {
        let buyer =
            json!({ "name": "Ana Pop", "first_name": "Ana", "email": "ana@example.com", "phone": "0740123456" });
        for part in ["billing", "billing_address", "customer", "customer_details"] {
            record[part] = buyer.clone();
        }
        let whole = head_of(&record).unwrap();
        let keep = [whole.number.as_str(), whole.order_id.as_str()];
        erase_order(&mut record, &Known::default(), &keep);
        let read = head_of(&record).unwrap_or_else(|| panic!("{record}"));
        assert!(!record.to_string().contains("Ana") && !record.to_string().contains("0740"), "{record}");
        let (customer, email, tax_id) = (whole.customer.clone(), whole.email.clone(), whole.tax_id.clone());
        assert_eq!(punte_domain::OrderHead { customer, email, tax_id, ..read }, whole);
    }
}

#[test]
fn our_notes_and_the_date_of_change_make_no_other_version_and_all_else_does() {
    for (record, ours, theirs) in [
        (woocommerce(), ["/date_modified", "/meta_data/0/value"], "/meta_data/1/value"),
        (shopify(), ["/updated_at", "/updated_at"], "/total_price"),
        (stripe(), ["/metadata/punte_state", "/metadata/punte_state"], "/metadata/cui"),
        (generic(), ["/updated", "/updated"], "/total"),
    ] {
        let with = |path: &str| {
            let mut other = record.clone();
            *other.pointer_mut(path).unwrap() = json!("2");
            content_of(&other)
        };
        for path in ours {
            assert_eq!(with(path), content_of(&record), "{path}");
        }
        assert_ne!(with(theirs), content_of(&record), "{theirs}");
    }
}

#[test]
fn every_kind_connects_and_sends_nothing_by_itself() {
    for (kind, identity) in [
        (ShopKind::WooCommerce, "cana.ro"),
        (ShopKind::Shopify, "cana.ro"),
        (ShopKind::Stripe, "stripe:acct_1"),
        (ShopKind::Webhook, "webhook:cana.ro"),
        (ShopKind::File, "file:cana.ro"),
    ] {
        let secret = SecretString::from("s3cr3t-of-the-shop");
        let config = ShopConfig { base_url: "https://Cana.ro/".into(), key: "acct_1".into(), secret };
        let shop = connect(kind, config, crate::scripted::Scripted::new(vec![])).unwrap();
        assert_eq!(shop.identity(), identity, "{kind:?}");
    }
}

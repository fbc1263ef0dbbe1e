//! A sale in Shopify's words: amounts are strings that hold the tax, each beside its `_set`; the coupon is spread over
//! the lines as allocations; what the buyer typed for the invoice is in `note_attributes`; there are no fee lines, so the
//! fee for cash on delivery is a line item that is not shipped. Source: protocols/shops-and-fiscal.md, 3.2, and the
//! order resource of Shopify's REST Admin reference, 2025-01.

use rust_decimal::Decimal;
use serde_json::{Map, Value, json};

use crate::clock::offset_text;
use crate::money::{json_number, two_places};
use crate::shop::{Pay, Sale, SaleLine, SaleRefund};

fn money_set(amount: &str, currency: &str) -> Value {
    let money = json!({ "amount": amount, "currency_code": currency });
    json!({ "shop_money": money, "presentment_money": money })
}

struct Teller<'a> {
    sale: &'a Sale,
    id: u64,
}

/// The order with the id and number that the shop gives it.
pub(super) fn order_of(sale: &Sale, id: u64, number: u64) -> Value {
    Teller { sale, id }.order(number)
}

impl Teller<'_> {
    fn tax_lines(&self, tax: Decimal, rate_percent: i64) -> Value {
        let price = two_places(tax);
        json!([{
            "channel_liable": false, "price": price, "price_set": money_set(&price, &self.sale.currency),
            "rate": json_number(Decimal::new(rate_percent, 2)), "title": format!("TVA {rate_percent}%"),
        }])
    }

    fn line_id(&self, at: usize) -> u64 {
        self.id * 2 + 1_000_000_000 + at as u64 * 7
    }

    fn line_item(&self, at: usize, line: &SaleLine) -> Value {
        let currency = &self.sale.currency;
        let price = two_places(line.before / Decimal::from(line.quantity.max(1)));
        let discount = line.before - line.gross;
        let allocations: Vec<Value> = (discount != Decimal::ZERO)
            .then(|| {
                let amount = two_places(discount);
                json!({ "amount": amount, "amount_set": money_set(&amount, currency), "discount_application_index": 0 })
            })
            .into_iter()
            .collect();
        let sent = self.sale.completed_ms.is_some();
        json!({
            "id": self.line_id(at), "admin_graphql_api_id": format!("gid://shopify/LineItem/{}", self.line_id(at)),
            "current_quantity": line.quantity, "fulfillable_quantity": if sent { 0 } else { line.quantity },
            "fulfillment_service": "manual", "fulfillment_status": if sent { json!("fulfilled") } else { Value::Null },
            "gift_card": false, "grams": 350, "name": line.name, "price": price,
            "price_set": money_set(&price, currency), "product_exists": line.ships,
            "product_id": line.ships.then_some(8_100_000_000_000 + line.product_id), "properties": [],
            "quantity": line.quantity, "requires_shipping": line.ships, "sku": line.sku, "taxable": true,
            "title": line.name, "total_discount": "0.00", "total_discount_set": money_set("0.00", currency),
            "variant_id": line.ships.then_some(44_000_000_000_000 + line.product_id), "variant_title": null,
            "vendor": "Atelier Cană", "tax_lines": self.tax_lines(line.tax, line.rate_percent),
            "discount_allocations": allocations, "duties": [],
        })
    }

    fn shipping_line(&self, line: &SaleLine) -> Value {
        let price = two_places(line.gross);
        json!({
            "id": self.id + 500_000_000, "carrier_identifier": null, "code": "Curier", "discounted_price": price,
            "discounted_price_set": money_set(&price, &self.sale.currency), "is_removed": false, "phone": null,
            "price": price, "price_set": money_set(&price, &self.sale.currency), "source": "shopify", "title": line.name,
            "tax_lines": self.tax_lines(line.tax, line.rate_percent), "discount_allocations": [],
        })
    }

    /// By rate, the highest first.
    fn whole_tax_lines(&self) -> Vec<Value> {
        let parts: Vec<&SaleLine> = self.sale.lines.iter().chain(&self.sale.shipping).collect();
        let mut rates: Vec<i64> = parts.iter().map(|line| line.rate_percent).collect();
        rates.sort_unstable_by_key(|rate| -rate);
        rates.dedup();
        let of = |rate: i64| parts.iter().filter(|line| line.rate_percent == rate).map(|line| line.tax).sum();
        rates.into_iter().map(|rate| self.tax_lines(of(rate), rate)[0].take()).collect()
    }

    fn address(&self) -> Value {
        let sale = self.sale;
        let or_null = |text: &str| if text.is_empty() { Value::Null } else { text.into() };
        let country = sale.billed("country");
        json!({
            "first_name": sale.billed("first_name"), "last_name": sale.billed("last_name"), "name": sale.buyer(),
            "company": or_null(sale.billed("company")), "address1": sale.billed("address_1"), "address2": null,
            "city": sale.billed("city"), "zip": or_null(sale.billed("postcode")),
            "province": or_null(province(sale.billed("state"))), "province_code": or_null(sale.billed("state")),
            "country": if country == "RO" { "Romania" } else { "Germany" }, "country_code": country,
            "phone": sale.billed("phone"), "latitude": null, "longitude": null,
        })
    }

    fn financial_status(&self) -> &'static str {
        match self.sale.status.as_str() {
            "refunded" => "refunded",
            "cancelled" | "failed" => "voided",
            _ if !self.sale.refunds.is_empty() => "partially_refunded",
            _ if self.sale.paid_ms.is_some() => "paid",
            // The courier brings the money, and the shop says so by hand when the parcel has arrived.
            _ if self.sale.pay == Pay::OnDelivery && self.sale.completed_ms.is_some() => "paid",
            _ => "pending",
        }
    }

    fn refund(&self, refund: &SaleRefund) -> Value {
        let currency = &self.sale.currency;
        let whole = refund.lines.is_empty();
        let all: Vec<(usize, u32)> = self.sale.lines.iter().map(|line| line.quantity).enumerate().collect();
        let lines = if whole { &all } else { &refund.lines };
        let at_ms = self.sale.completed_ms.unwrap_or(self.sale.created_ms);
        let items: Vec<Value> = lines
            .iter()
            .map(|(at, pieces)| {
                let line = &self.sale.lines[*at];
                let part = |amount: Decimal| two_places(amount * Decimal::from(*pieces) / Decimal::from(line.quantity));
                let (subtotal, tax) = (part(line.gross), part(line.tax));
                json!({
                    "id": refund.id * 1_000 + *at as u64, "line_item_id": self.line_id(*at), "location_id": null,
                    "quantity": pieces, "restock_type": "no_restock", "subtotal": json_text(&subtotal),
                    "subtotal_set": money_set(&subtotal, currency), "total_tax": json_text(&tax),
                    "total_tax_set": money_set(&tax, currency), "line_item": self.line_item(*at, line),
                })
            })
            .collect();
        let amount = two_places(refund.amount);
        let id = 900_000_000_000 + refund.id;
        json!({
            "id": id, "admin_graphql_api_id": format!("gid://shopify/Refund/{id}"), "created_at": offset_text(at_ms),
            "processed_at": offset_text(at_ms), "note": refund.reason, "order_id": self.id, "restock": false,
            "user_id": 1, "order_adjustments": [], "duties": [], "refund_line_items": items,
            "refund_shipping_lines": if whole { self.sale.shipping.iter().map(|line| json!({
                "id": id + 1, "shipping_line": self.shipping_line(line),
                "subtotal_amount_set": money_set(&two_places(line.gross), currency) })).collect() } else { json!([]) },
            "transactions": [{
                "id": id + 2, "amount": amount, "currency": currency, "gateway": gateway(self.sale.pay),
                "kind": "refund", "order_id": self.id, "parent_id": id - 1, "status": "success", "test": false,
                "created_at": offset_text(at_ms), "processed_at": offset_text(at_ms),
            }],
        })
    }

    fn discounts(&self) -> (Value, Value) {
        let Some(code) = &self.sale.coupon else { return (json!([]), json!([])) };
        let amount = two_places(self.sale.discount());
        let application = json!({
            "target_type": "line_item", "type": "discount_code", "value": amount, "value_type": "fixed_amount",
            "allocation_method": "across", "target_selection": "all", "code": code,
        });
        (json!([{ "code": code, "amount": amount, "type": "fixed_amount" }]), json!([application]))
    }

    /// What the buyer typed into the shop's form.
    fn note_attributes(&self) -> Value {
        if self.sale.tax_id.is_empty() {
            return json!([]);
        }
        json!([{ "name": "cui", "value": self.sale.tax_id }, { "name": "reg_com", "value": self.sale.register }])
    }

    fn customer(&self, address: &Value) -> Value {
        let sale = self.sale;
        let id = 7_000_000_000_000 + self.id % 1_000_000;
        let mut home = address.clone();
        home["id"] = (id + 5_000).into();
        home["customer_id"] = id.into();
        home["default"] = true.into();
        json!({
            "id": id, "admin_graphql_api_id": format!("gid://shopify/Customer/{id}"), "email": sale.billed("email"),
            "first_name": sale.billed("first_name"), "last_name": sale.billed("last_name"),
            "phone": sale.billed("phone"), "state": "disabled", "currency": sale.currency, "tags": "",
            "tax_exempt": false, "verified_email": true, "default_address": home,
        })
    }

    /// One parcel with everything in it, once it left.
    fn fulfillments(&self) -> Vec<Value> {
        let parcel = |at_ms: i64| {
            let id = self.id + 100_000_000;
            let items = self.sale.lines.iter().enumerate().map(|(at, line)| self.line_item(at, line));
            json!({
                "id": id, "admin_graphql_api_id": format!("gid://shopify/Fulfillment/{id}"), "order_id": self.id,
                "created_at": offset_text(at_ms), "updated_at": offset_text(at_ms), "name": "#1.1", "status": "success",
                "service": "manual", "shipment_status": null, "tracking_company": "Curier",
                "tracking_number": self.id.to_string(), "tracking_numbers": [self.id.to_string()], "tracking_urls": [],
                "line_items": items.collect::<Vec<_>>(),
            })
        };
        self.sale.completed_ms.map(parcel).into_iter().collect()
    }

    fn order(&self, number: u64) -> Value {
        let sale = self.sale;
        let dead = matches!(sale.status.as_str(), "cancelled" | "failed");
        let at = |ms: Option<i64>| ms.map_or(Value::Null, |ms| offset_text(ms).into());
        let address = self.address();
        let (codes, applications) = self.discounts();
        let subtotal: Decimal = sale.lines.iter().map(|line| line.gross).sum();
        let before: Decimal = sale.lines.iter().map(|line| line.before).sum();
        let back: Decimal = sale.refunds.iter().map(|refund| refund.amount).sum();
        let note = if sale.note.is_empty() { Value::Null } else { sale.note.as_str().into() };
        let mut order = json!({
            "id": self.id, "admin_graphql_api_id": format!("gid://shopify/Order/{}", self.id),
            "name": format!("#{number}"), "number": number.saturating_sub(1_000), "order_number": number,
            "email": sale.billed("email"), "contact_email": sale.billed("email"), "phone": null,
            "created_at": offset_text(sale.created_ms), "processed_at": offset_text(sale.created_ms),
            "closed_at": at(sale.completed_ms), "cancelled_at": at(dead.then_some(sale.created_ms + 300_000)),
            "cancel_reason": if dead { json!("customer") } else { Value::Null }, "confirmed": true,
            "currency": sale.currency, "presentment_currency": sale.currency, "taxes_included": true,
            "tax_exempt": false, "financial_status": self.financial_status(),
            "fulfillment_status": if sale.completed_ms.is_some() { json!("fulfilled") } else { Value::Null },
            "payment_gateway_names": [gateway(sale.pay)], "note": note, "note_attributes": self.note_attributes(),
            "tags": "", "test": false, "source_name": "web", "customer_locale": "ro-RO",
            "token": format!("{:032x}", self.id), "buyer_accepts_marketing": false, "discount_codes": codes,
            "discount_applications": applications, "customer": self.customer(&address),
            "billing_address": address, "shipping_address": address, "tax_lines": self.whole_tax_lines(),
            "line_items": sale.lines.iter().enumerate().map(|(at, line)| self.line_item(at, line)).collect::<Vec<_>>(),
            "shipping_lines": sale.shipping.iter().map(|line| self.shipping_line(line)).collect::<Vec<_>>(),
            "refunds": sale.refunds.iter().map(|refund| self.refund(refund)).collect::<Vec<_>>(), "fulfillments": self.fulfillments(),
        });
        let shipping = two_places(sale.shipping.as_ref().map(|line| line.gross).unwrap_or_default());
        let sums = [
            ("total_price", sale.total),
            ("subtotal_price", subtotal),
            ("total_tax", sale.tax),
            ("total_discounts", sale.discount()),
            ("total_line_items_price", before),
            ("current_total_price", sale.total - back),
        ];
        if let Some(order) = order.as_object_mut() {
            sums.into_iter().for_each(|(key, amount)| put_sum(order, key, amount, &sale.currency));
            order.insert("total_shipping_price_set".into(), money_set(&shipping, &sale.currency));
        }
        order
    }
}

/// An amount as a string and as its set.
fn put_sum(order: &mut Map<String, Value>, key: &str, amount: Decimal, currency: &str) {
    let amount = two_places(amount);
    order.insert(format!("{key}_set"), money_set(&amount, currency));
    order.insert(key.into(), amount.into());
}

/// In a refund's lines Shopify writes numbers.
fn json_text(amount: &str) -> Value {
    crate::money::parse_decimal(amount).map_or(Value::Null, json_number)
}

fn gateway(pay: Pay) -> &'static str {
    match pay {
        Pay::Card => "shopify_payments",
        Pay::Bank => "Bank Deposit",
        Pay::OnDelivery => "Cash on Delivery (COD)",
    }
}

/// The county by its code.
fn province(code: &str) -> &'static str {
    const COUNTIES: [(&str, &str); 42] = [
        ("AB", "Alba"),
        ("AG", "Argeș"),
        ("AR", "Arad"),
        ("B", "București"),
        ("BC", "Bacău"),
        ("BH", "Bihor"),
        ("BN", "Bistrița-Năsăud"),
        ("BR", "Brăila"),
        ("BT", "Botoșani"),
        ("BV", "Brașov"),
        ("BZ", "Buzău"),
        ("CJ", "Cluj"),
        ("CL", "Călărași"),
        ("CS", "Caraș-Severin"),
        ("CT", "Constanța"),
        ("CV", "Covasna"),
        ("DB", "Dâmbovița"),
        ("DJ", "Dolj"),
        ("GJ", "Gorj"),
        ("GL", "Galați"),
        ("GR", "Giurgiu"),
        ("HD", "Hunedoara"),
        ("HR", "Harghita"),
        ("IF", "Ilfov"),
        ("IL", "Ialomița"),
        ("IS", "Iași"),
        ("MH", "Mehedinți"),
        ("MM", "Maramureș"),
        ("MS", "Mureș"),
        ("NT", "Neamț"),
        ("OT", "Olt"),
        ("PH", "Prahova"),
        ("SB", "Sibiu"),
        ("SJ", "Sălaj"),
        ("SM", "Satu Mare"),
        ("SV", "Suceava"),
        ("TL", "Tulcea"),
        ("TM", "Timiș"),
        ("TR", "Teleorman"),
        ("VL", "Vâlcea"),
        ("VN", "Vrancea"),
        ("VS", "Vaslui"),
    ];
    COUNTIES.iter().find(|(known, _)| *known == code).map_or("", |(_, name)| name)
}

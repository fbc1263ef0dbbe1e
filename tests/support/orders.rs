//! Orders as a shop keeps them, just completed.

use serde_json::{Value, json};

/// Who buys: a company's orders go to Oblio, everyone else's to SmartBill.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Buyer {
    Company,
    Person,
}

impl Buyer {
    pub fn provider(self) -> &'static str {
        match self {
            Buyer::Company => "oblio",
            Buyer::Person => "smartbill",
        }
    }
}

/// Two mugs at 50 lei each and 21 % VAT, paid: 121 lei.
pub fn order(id: u64, buyer: Buyer) -> Value {
    let meta = match buyer {
        Buyer::Company => json!([
            { "key": "av_facturare", "value": { "tip_facturare": "pers-jur", "cui": "RO18773424", "nr_reg_com": "J12/1/2006" } },
            { "key": "smartbill_billing_company_name", "value": "RESTAURANT LA VATRĂ SRL" }]),
        Buyer::Person => json!([{ "key": "av_facturare", "value": { "tip_facturare": "pers-fiz" } }]),
    };
    let company = if buyer == Buyer::Company { "RESTAURANT LA VATRĂ SRL" } else { "" };
    json!({
        "id": id, "number": id.to_string(), "status": "completed", "currency": "RON", "prices_include_tax": false,
        "total": "121.00", "total_tax": "21.00", "discount_total": "0.00", "discount_tax": "0.00",
        "shipping_total": "0.00", "shipping_tax": "0.00", "cart_tax": "21.00",
        "payment_method": "stripe", "payment_method_title": "Card", "transaction_id": format!("pi_{id}"),
        "billing": { "first_name": "Ștefania", "last_name": "Țurcanu", "company": company, "address_1": "Str. Morii 4",
            "address_2": "", "city": "Cluj-Napoca", "state": "CJ", "postcode": "400001", "country": "RO",
            "email": "stefania@example.com", "phone": "0740000000" },
        "line_items": [{ "id": 1, "name": "Cană «Ș»", "sku": "CANA-1", "quantity": 2, "tax_class": "",
            "subtotal": "100.00", "subtotal_tax": "21.00", "total": "100.00", "total_tax": "21.00",
            "taxes": [{ "id": 1, "total": "21.00", "subtotal": "21.00" }], "meta_data": [] }],
        "tax_lines": [{ "id": 2, "rate_id": 1, "rate_code": "RO-TVA-21-1", "label": "TVA", "compound": false,
            "rate_percent": 21, "tax_total": "21.00", "shipping_tax_total": "0.00", "meta_data": [] }],
        "shipping_lines": [], "fee_lines": [], "coupon_lines": [], "refunds": [], "meta_data": meta,
    })
}

//! Orders as a shop exports them, from which all others are multiplied, and the people and companies who place them.

use chrono::{DateTime, NaiveDate};
use punte_connectors::shops::{ShopKind, read_order};
use punte_domain::{Draft, DraftProblem, OrderHead};
use punte_mapping::{CompiledMapping, MappingContext};
use serde_json::{Value, json};

/// What stands in a template where each order has its own.
pub(super) const NUMBER: &str = "990000001";
const FIRST: &str = "Xprenume";
const LAST: &str = "Xnume";
const COMPANY: &str = "XFIRMA SRL";
pub(super) const EMAIL: &str = "x@example.com";
const TAX_ID: &str = "RO18773424";
const CREATED: &str = "2001-01-01T08:15:00";
const COMPLETED: &str = "2001-01-01T09:00:00";

const FIRST_NAMES: [&str; 24] = [
    "Ana",
    "Ion",
    "Maria",
    "Andrei",
    "Elena",
    "Mihai",
    "Ioana",
    "Ștefan",
    "Cristina",
    "Alexandru",
    "Raluca",
    "Vlad",
    "Simona",
    "Radu",
    "Gabriela",
    "Țuțu",
    "Irina",
    "Dan",
    "Oana",
    "Șerban",
    "Lavinia",
    "George",
    "Adela",
    "Tiberiu",
];
const STARTS: [&str; 24] = [
    "Al", "Băl", "Căr", "Dob", "Dră", "Făg", "Gav", "Hor", "Iac", "Lăz", "Man", "Mir", "Neg", "Oltea", "Păun", "Rot",
    "San", "Șer", "Tăn", "Țep", "Ungur", "Vlăd", "Zah", "Cost",
];
const MIDDLES: [&str; 20] =
    ["a", "e", "i", "o", "u", "an", "en", "in", "on", "un", "ar", "er", "ir", "or", "ur", "al", "el", "il", "ol", "ul"];
const ENDS: [&str; 12] = ["escu", "eanu", "aru", "oiu", "ache", "icu", "ean", "ariu", "eș", "uță", "ilă", "odan"];
const COMMON: [&str; 10] =
    ["Popescu", "Ionescu", "Popa", "Pop", "Radu", "Stan", "Dumitru", "Stoica", "Gheorghe", "Matei"];
const TRADES: [&str; 16] = [
    "CONSTRUCT",
    "IMPEX",
    "TRANS",
    "AGRO",
    "DESIGN",
    "MEDIA",
    "CERAMIC",
    "COM",
    "SERV",
    "LOGISTIC",
    "SOFT",
    "FOREST",
    "AUTO",
    "GRUP",
    "INVEST",
    "EVENT",
];
const CITIES: [(&str, &str); 6] = [
    ("Cluj-Napoca", "CJ"),
    ("Iași", "IS"),
    ("Timișoara", "TM"),
    ("Brașov", "BV"),
    ("Constanța", "CT"),
    ("Sibiu", "SB"),
];
const GOODS: [&str; 8] = [
    "Cană de ceramică",
    "Farfurie întinsă",
    "Bol de supă",
    "Vază smălțuită",
    "Set de 6 cești",
    "Ulcior",
    "Ghiveci",
    "Platou oval",
];

/// Spreads consecutive numbers.
pub(super) fn mix(n: u64) -> u64 {
    let n = n.wrapping_add(0x9E37_79B9_7F4A_7C15);
    let n = (n ^ (n >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let n = (n ^ (n >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    n ^ (n >> 31)
}

fn pick<'p>(from: &[&'p str], by: u64) -> &'p str {
    from[(by % from.len() as u64) as usize]
}

/// Who places an order.
pub(super) struct Buyer {
    pub first: String,
    pub last: String,
    /// Name and CUI.
    pub company: Option<(String, String)>,
    pub email: String,
}

impl Buyer {
    /// A third bears one of ten common surnames, the others one of several thousand; every third is a company.
    pub(super) fn of(n: u64, is_company: bool) -> Buyer {
        let mixed = mix(n);
        let first = pick(&FIRST_NAMES, mixed).to_owned();
        let last = if mixed % 3 == 1 {
            pick(&COMMON, mixed / 64).to_owned()
        } else {
            format!("{}{}{}", pick(&STARTS, mixed / 64), pick(&MIDDLES, mixed / 4_096), pick(&ENDS, mixed / 262_144))
        };
        let number = mixed / 1_000_003 % 60_000;
        let company = is_company.then(|| {
            let known = mix(number + 17);
            let name = format!("{}{}", pick(&STARTS, known), pick(&MIDDLES, known / 64)).to_uppercase();
            (format!("{name} {} {} SRL", pick(&TRADES, known / 4_096), number % 997), cui(1_000_000 + number * 617))
        });
        let email = format!("client{}@example.com", mixed % 200_000);
        Buyer { first, last, company, email }
    }

    pub(super) fn name(&self) -> String {
        match &self.company {
            Some((name, _)) => name.clone(),
            None => format!("{} {}", self.first, self.last),
        }
    }
}

/// A fiscal code with its check digit.
fn cui(body: u64) -> String {
    const WEIGHTS: [u64; 9] = [2, 3, 5, 7, 1, 2, 3, 5, 7];
    let (mut left, mut sum) = (body, 0);
    for weight in WEIGHTS {
        sum += left % 10 * weight;
        left /= 10;
    }
    format!("RO{body}{}", sum * 10 % 11 % 10)
}

/// An order of which others are made, with what the mapping makes of it.
pub(super) struct Template {
    raw: String,
    head: OrderHead,
    pub draft: Option<Draft>,
    pub problems: Vec<DraftProblem>,
    pub is_company: bool,
}

/// One of them, as placed at an instant.
pub(super) struct Placed {
    pub raw: String,
    pub head: OrderHead,
    pub draft: Option<Draft>,
    pub buyer: Buyer,
}

impl Template {
    /// So many, with the VAT rate that was legal on a day.
    pub(super) fn make(mapping: &CompiledMapping, count: u64, vat: i64, day: NaiveDate) -> Vec<Template> {
        let read = (0..count).filter_map(|n| read_order(ShopKind::File, &order(n, vat)).ok()).enumerate();
        read.map(|(n, order)| {
            let context = MappingContext { tax_point: day, settings: serde_json::Map::new() };
            let made = mapping.evaluate(&order.raw, &context);
            Template {
                raw: order.raw.to_string(),
                head: order.head,
                draft: made.draft,
                problems: made.problems,
                is_company: is_company(n as u64),
            }
        })
        .collect()
    }

    pub(super) fn place(&self, n: u64, number: &str, created_ms: i64) -> Placed {
        let buyer = Buyer::of(n, self.is_company);
        let (company, tax_id) = buyer.company.clone().unwrap_or_default();
        let completed_ms = created_ms + 45 * 60_000;
        let text = |ms: i64| {
            let at = DateTime::from_timestamp_millis(ms).unwrap_or_default();
            at.format("%Y-%m-%dT%H:%M:%S").to_string()
        };
        let raw = self
            .raw
            .replace(NUMBER, number)
            .replace(FIRST, &buyer.first)
            .replace(LAST, &buyer.last)
            .replace(EMAIL, &buyer.email)
            .replace(CREATED, &text(created_ms))
            .replace(COMPLETED, &text(completed_ms));
        let raw = if self.is_company { raw.replace(COMPANY, &company).replace(TAX_ID, &tax_id) } else { raw };
        let mut head = self.head.clone();
        number.clone_into(&mut head.order_id);
        number.clone_into(&mut head.number);
        head.customer = buyer.name();
        head.email = buyer.email.clone();
        head.tax_id = tax_id.clone();
        (head.created_ms, head.modified_ms) = (created_ms, completed_ms);
        (head.paid_ms, head.completed_ms) = (Some(created_ms + 300_000), Some(completed_ms));
        let mut draft = self.draft.clone();
        if let Some(draft) = &mut draft {
            draft.client.name = buyer.name();
            draft.client.email = buyer.email.clone();
            if self.is_company {
                draft.client.tax_id = tax_id;
            }
            draft.tax_point = punte_domain::fiscal_date(created_ms);
            draft.mentions = draft.mentions.replace(NUMBER, number);
            if let Some(payment) = &mut draft.payment {
                payment.document_number = payment.document_number.replace(NUMBER, number);
            }
        }
        Placed { raw, head, draft, buyer }
    }
}

fn is_company(n: u64) -> bool {
    n.is_multiple_of(3)
}

fn order(n: u64, vat: i64) -> Value {
    let mixed = mix(n + 31);
    let (city, county) = CITIES[(mixed % 6) as usize];
    let currency = match n % 40 {
        7 | 27 => "EUR",
        13 => "USD",
        33 => "HUF",
        _ => "RON",
    };
    let mut lines = Vec::new();
    let (mut net, mut tax) = (0, 0);
    for line in 0..=(mixed / 8 % 3) {
        let by = mix(n * 7 + line);
        // most are small, some are not
        let scale = if by.is_multiple_of(29) { 40 } else { 1 };
        let (price, quantity) = ((1_500 + (by % 240) as i64 * 100) * scale, 1 + (by / 512 % 3) as i64);
        let (line_net, line_tax) = (price * quantity, price * quantity * vat / 100);
        (net, tax) = (net + line_net, tax + line_tax);
        lines.push(json!({
            "id": line + 1, "name": pick(&GOODS, by / 4_096), "sku": format!("CER-{}", by % 400),
            "quantity": quantity, "tax_class": "", "subtotal": bani(line_net), "subtotal_tax": bani(line_tax),
            "total": bani(line_net), "total_tax": bani(line_tax),
            "taxes": [{ "id": 1, "total": bani(line_tax), "subtotal": bani(line_tax) }], "meta_data": [],
        }));
    }
    let meta = if is_company(n) {
        json!([
            { "key": "av_facturare", "value": { "tip_facturare": "pers-jur", "cui": TAX_ID, "nr_reg_com": "J12/1/2006" } },
            { "key": "smartbill_billing_company_name", "value": COMPANY }])
    } else {
        json!([{ "key": "av_facturare", "value": { "tip_facturare": "pers-fiz" } }])
    };
    let number: u64 = NUMBER.parse().unwrap_or_default();
    json!({
        "id": number, "number": NUMBER, "status": "completed", "currency": currency, "prices_include_tax": false,
        "date_created_gmt": CREATED, "date_modified_gmt": COMPLETED, "date_paid_gmt": CREATED,
        "date_completed_gmt": COMPLETED,
        "total": bani(net + tax), "total_tax": bani(tax), "discount_total": "0.00", "discount_tax": "0.00",
        "shipping_total": "0.00", "shipping_tax": "0.00", "cart_tax": bani(tax),
        "payment_method": "stripe", "payment_method_title": "Card", "transaction_id": format!("pi_{NUMBER}"),
        "billing": { "first_name": FIRST, "last_name": LAST, "company": if is_company(n) { COMPANY } else { "" },
            "address_1": format!("Str. Morii {}", n % 120), "address_2": "", "city": city, "state": county,
            "postcode": "400001", "country": "RO", "email": EMAIL, "phone": "0740000000" },
        "line_items": lines,
        "tax_lines": [{ "id": 2, "rate_id": 1, "rate_code": format!("RO-TVA-{vat}-1"), "label": "TVA", "compound": false,
            "rate_percent": vat, "tax_total": bani(tax), "shipping_tax_total": "0.00", "meta_data": [] }],
        "shipping_lines": [], "fee_lines": [], "coupon_lines": [], "refunds": [], "meta_data": meta,
    })
}

fn bani(minor: i64) -> String {
    format!("{}.{:02}", minor / 100, minor % 100)
}

#[cfg(test)]
mod tests {
    use super::*;
    use punte_mapping::{compile, preset};

    #[test]
    fn templates_pass_every_check_with_the_rate_of_their_day() {
        let mapping = compile(&preset("woocommerce_ro").unwrap()).unwrap();
        for (vat, day) in [(19, "2025-05-05"), (21, "2026-05-05")] {
            let made = Template::make(&mapping, 40, vat, day.parse().unwrap());
            assert_eq!(made.len(), 40);
            let good = made.iter().filter(|one| one.draft.is_some() && one.problems.is_empty()).count();
            assert_eq!(good, 40, "{:?}", made.iter().find_map(|one| one.problems.first()));
        }
    }

    #[test]
    fn companies_have_codes_that_are_valid() {
        for n in 0..500 {
            let (_, code) = Buyer::of(n, true).company.unwrap();
            assert!(punte_domain::tax_id::parse_cui(&code).is_ok(), "{code}");
        }
    }
}

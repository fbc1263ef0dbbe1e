//! The rows of one order become a record of docs/order.schema.json, which is then read as any other.
//!
//! What is of the order is taken from its first row in which it is not blank. What the file does not say exactly is told,
//! never made up: the field and the reason stand in the report.

use super::cells::{instant, number};
use super::money::{self, Amounts, Extra, LARGEST, Line, LineAmounts};
use super::plan::{MAX_LINES, Plan};
use super::rows::{Kind, Row};
use super::words::{currency_of, is_yes, payment_method, status_of};
use crate::shops::ReasonCode;
use crate::shops::fields::{FieldProblem, Read, clip, invoiced_elsewhere_in, problem, tax_id_in};
use punte_domain::order::GROWING_REFUND;
use punte_domain::{Currency, fiscal};
use rust_decimal::{Decimal, dec};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// A cell's text. Exports put an apostrophe before what a spreadsheet would take for a number or a formula.
pub(super) fn text_in(row: &Row, column: usize) -> &str {
    let text = row.cell(column);
    match text.strip_prefix('\'') {
        Some(rest) if rest.starts_with(|c: char| c.is_ascii_digit() || "=+-@".contains(c)) => rest,
        _ => text,
    }
}

/// The number by which an order's rows are known to be its.
pub(super) fn number_in(plan: &Plan, row: &Row) -> String {
    let text = plan.order.get("number").map_or("", |column| text_in(row, *column));
    // people write #1001; what shows it adds its own sign
    text.trim_start_matches('#').trim().to_owned()
}

struct Cells<'a> {
    plan: &'a Plan,
    rows: &'a [Row],
}

impl<'a> Cells<'a> {
    /// The first cell of a field that is not blank.
    fn find(&self, field: &str) -> Option<(&'a Row, usize)> {
        let column = *self.plan.order.get(field)?;
        self.rows.iter().find(|row| !row.cell(column).is_empty()).map(|row| (row, column))
    }

    fn text(&self, field: &str) -> Read<Option<&'a str>> {
        self.find(field).map(|(row, column)| text_of(field, row, column)).transpose()
    }

    fn amount(&self, field: &str) -> Read<Option<Decimal>> {
        self.find(field).map(|(row, column)| amount_of(self.plan, field, row, column)).transpose()
    }

    /// What is taken off, with or without a sign.
    fn size(&self, field: &str) -> Read<Decimal> {
        Ok(self.amount(field)?.unwrap_or_default().abs())
    }

    fn instant(&self, field: &str) -> Read<Option<String>> {
        let Some((row, column)) = self.find(field) else { return Ok(None) };
        let (way, chosen) = self.plan.dates(column);
        match instant(text_in(row, column), row.kind(column), way, chosen) {
            Ok(at) => Ok(Some(at)),
            Err(reason) => problem(field, reason),
        }
    }

    fn rate(&self, field: &str) -> Read<Option<Decimal>> {
        self.find(field).map(|(row, column)| rate_of(self.plan, field, row, column)).transpose()
    }

    /// Text under a key of a shop's additional data: a column of that name, or a line of the attributes.
    fn key(&self, key: &str) -> Option<String> {
        let in_column = self.plan.key(key).and_then(|column| {
            self.rows.iter().map(|row| text_in(row, column)).find(|text| !text.is_empty()).map(str::to_owned)
        });
        in_column.or_else(|| {
            let (row, column) = self.find("attributes")?;
            row.cell(column).lines().find_map(|line| {
                let (name, value) = line.split_once(':')?;
                (name.trim() == key).then(|| value.trim().to_owned()).filter(|value| !value.is_empty())
            })
        })
    }

    /// All of a shop's additional data: every column that names a key, and the lines of the attributes.
    fn data(&self) -> Vec<(String, Value)> {
        let columns = self.plan.keys().filter_map(|key| Some((key.to_owned(), self.key(key)?.into())));
        // one order reads the same every time
        let columns = columns.collect::<std::collections::BTreeMap<String, Value>>().into_iter();
        let attributes = self.find("attributes").map(|(row, column)| row.cell(column)).unwrap_or_default();
        let named = attributes.lines().filter_map(|line| line.split_once(':'));
        columns.chain(named.map(|(name, value)| (name.trim().to_owned(), value.trim().into()))).collect()
    }

    /// What is of the order and stands differently in a later row: these are not rows of one order.
    fn check_agreement(&self) -> Read<()> {
        for (field, column) in &self.plan.order {
            let mut stated = self.rows.iter().filter(|row| !row.cell(*column).is_empty());
            let Some(first) = stated.next() else { continue };
            if let Some(other) = stated.find(|row| row.cell(*column) != first.cell(*column)) {
                let (one, two) = (clip(first.cell(*column)), clip(other.cell(*column)));
                let reason = ReasonCode::RowsDiffer.with("one", one).with("one_line", first.line);
                return problem(*field, reason.with("other", two).with("other_line", other.line));
            }
        }
        Ok(())
    }
}

fn text_of<'a>(field: &str, row: &'a Row, column: usize) -> Read<&'a str> {
    match row.kind(column) {
        Kind::Bad(why) => problem(field, why.with("text", clip(row.cell(column)))),
        Kind::Date if matches!(field, "number" | "id") => problem(field, ReasonCode::CellIsDate),
        _ => Ok(text_in(row, column)),
    }
}

fn amount_of(plan: &Plan, field: &str, row: &Row, column: usize) -> Read<Decimal> {
    let (way, chosen) = plan.numbers(column);
    match number(text_in(row, column), row.kind(column), way, chosen) {
        Ok(amount) if amount.abs() < LARGEST => Ok(amount),
        Ok(amount) => problem(field, ReasonCode::AmountTooLarge.with("amount", amount)),
        Err(reason) => problem(field, reason),
    }
}

fn rate_of(plan: &Plan, field: &str, row: &Row, column: usize) -> Read<Decimal> {
    match amount_of(plan, field, row, column)?.normalize() {
        rate if rate >= Decimal::ZERO && rate < dec!(100) && rate.scale() <= 2 => Ok(rate),
        rate => problem(field, ReasonCode::NotARate.with("text", rate)),
    }
}

/// The rate in a tax's name: `TVA 21%`.
fn rate_in_name(name: &str) -> Option<Decimal> {
    let before = name.split_once('%')?.0.trim_end();
    let digits = before
        .rfind(|c: char| !(c.is_ascii_digit() || matches!(c, '.' | ',')))
        .map_or(0, |at| at + before[at..].chars().next().map_or(1, char::len_utf8));
    let rate = before[digits..].replace(',', ".").parse::<Decimal>().ok()?.normalize();
    (rate < dec!(100) && rate.scale() <= 2).then_some(rate)
}

/// The record of an order.
///
/// # Errors
/// The first field that cannot be read, or whose amounts do not come to what the file says.
pub(super) fn record(plan: &Plan, rows: &[Row]) -> Read<Value> {
    let cells = Cells { plan, rows };
    cells.check_agreement()?;
    if let Some((row, column)) = cells.find("number") {
        text_of("number", row, column)?;
    }
    let currency_code = cells.text("currency")?.unwrap_or(plan.defaults.currency.trim());
    let currency_code = currency_of(currency_code);
    let currency = Currency::parse(&currency_code).or_else(|error| problem("currency", error))?;
    let Some(total) = cells.amount("total")? else { return problem("total", ReasonCode::Blank) };
    if total != currency.round(total) {
        return problem("total", ReasonCode::PartsOfCent.with("amount", total).with("currency", currency));
    }
    let Some(date) = cells.instant("date")? else { return problem("date", ReasonCode::Blank) };
    let cancelled_at = cells.instant("cancelled_at")?;
    let fulfillment = cells.text("fulfillment")?;
    let stated = cells.text("status")?;
    let status = status_of(stated.unwrap_or(&plan.defaults.status), fulfillment, cancelled_at.is_some());
    let paid_at = cells.instant("paid_at")?;
    let completed_at = match fulfillment {
        // a parcel of several left
        Some(_) if status.word != "completed" => None,
        _ => cells.instant("completed_at")?,
    };
    let updated = match cells.instant("updated")? {
        Some(updated) => Some(updated),
        None => latest([&paid_at, &completed_at, &cancelled_at].into_iter().flatten().chain([&date])),
    };
    let amounts = amounts(&cells, currency, total, &date)?;
    let mut order = Map::new();
    let mut put = |key: &str, value: Option<Value>| {
        if let Some(value) = value {
            order.insert(key.to_owned(), value);
        }
    };
    put("id", cells.text("id")?.map(|id| json!(id)));
    put("number", Some(json!(number_in(plan, &rows[0]))));
    put("status", Some(json!(clip(&status.word))));
    put("date", Some(json!(date)));
    put("updated", updated.map(|at| json!(at)));
    put("paid_at", paid_at.as_ref().map(|at| json!(at)));
    put("completed_at", completed_at.map(|at| json!(at)));
    put("currency", Some(json!(currency.code())));
    put("total", Some(json!(total.to_string())));
    put("customer", Some(customer(&cells)?));
    put("lines", Some(Value::Array(amounts.iter().map(Line::to_json).collect())));
    let refunded = cells.size("refunded")?;
    let growing = || json!([{ "id": GROWING_REFUND, "amount": refunded.to_string() }]);
    put("refunds", (!refunded.is_zero()).then(growing));
    put("payment", payment(&cells, status.is_paid, paid_at.is_some())?);
    let data = cells.data();
    let elsewhere = invoiced_elsewhere_in(data.iter().map(|(key, value)| (key.as_str(), value)));
    put("invoiced_elsewhere", elsewhere.map(|found| json!(found)));
    Ok(Value::Object(order))
}

/// The latest of some instants, as it is written.
fn latest<'a>(instants: impl Iterator<Item = &'a String>) -> Option<String> {
    let ms = |text: &String| chrono::DateTime::parse_from_rfc3339(text).map(|at| at.timestamp_millis()).ok();
    instants.max_by_key(|text| ms(text)).cloned()
}

fn customer(cells: &Cells) -> Read<Value> {
    let mut customer = Map::new();
    let parts = [cells.text("customer.first_name")?, cells.text("customer.last_name")?];
    let full = parts.into_iter().flatten().collect::<Vec<_>>().join(" ");
    let company = cells.text("customer.company")?;
    let name = cells.text("customer.name")?.map(str::to_owned).or(Some(full).filter(|full| !full.is_empty()));
    let street = [cells.text("customer.address")?, cells.text("customer.address_2")?];
    let country = cells.text("customer.country")?.unwrap_or(cells.plan.defaults.country.trim());
    let tax_id = cells.text("customer.tax_id")?.map(str::to_owned).or_else(|| tax_id_in(|key| cells.key(key)));
    for (key, value) in [
        ("name", name.or_else(|| company.map(str::to_owned))),
        ("company", company.map(str::to_owned)),
        ("tax_id", tax_id),
        ("reg_com", cells.text("customer.reg_com")?.map(str::to_owned)),
        ("email", cells.text("customer.email")?.map(str::to_owned)),
        ("phone", cells.text("customer.phone")?.map(str::to_owned)),
        ("address", Some(street.into_iter().flatten().collect::<Vec<_>>().join(", "))),
        ("city", cells.text("customer.city")?.map(str::to_owned)),
        ("county", cells.text("customer.county")?.map(str::to_owned)),
        ("postcode", cells.text("customer.postcode")?.map(str::to_owned)),
        ("country", Some(super::words::country_of(country))),
    ] {
        if let Some(value) = value.filter(|value| !value.is_empty()) {
            customer.insert(key.to_owned(), json!(value));
        }
    }
    Ok(Value::Object(customer))
}

/// How the order is paid. Cash on delivery is paid only where the file says when, or says so.
fn payment(cells: &Cells, status_says_paid: bool, has_paid_at: bool) -> Read<Option<Value>> {
    let Some(method) = cells.text("payment.method")? else { return Ok(None) };
    let method = payment_method(method);
    let stated = match cells.text("payment.paid")? {
        None => None,
        Some(text) => match is_yes(text) {
            Some(stated) => Some(stated),
            None => return problem("payment.paid", ReasonCode::NeitherYesNorNo.with("text", clip(text))),
        },
    };
    let is_paid = stated.unwrap_or(has_paid_at || (status_says_paid && method != "cash_on_delivery"));
    let mut payment = json!({ "method": method, "paid": is_paid });
    if let Some(reference) = cells.text("payment.reference")? {
        payment["reference"] = json!(reference);
    }
    Ok(Some(payment))
}

/// The order's lines with shipping, fee and discount, as amounts with VAT.
fn amounts(cells: &Cells, currency: Currency, total: Decimal, date: &str) -> Read<Vec<Line>> {
    let day = chrono::DateTime::parse_from_rfc3339(date).map(|at| fiscal::fiscal_date(at.timestamp_millis())).map_err(
        |_| FieldProblem { field: "date".to_owned(), reason: ReasonCode::NotADate.with("text", clip(date)) },
    )?;
    let order_rate = match cells.text("tax.name")? {
        Some(name) if cells.text("tax.other")?.is_none() => rate_in_name(name),
        _ => None,
    };
    let is_mixed = cells.text("tax.other")?.is_some();
    let mut lines = Vec::new();
    for row in cells.rows {
        for columns in &cells.plan.lines {
            if columns.values().all(|column| row.cell(*column).is_empty()) {
                continue;
            }
            let at = lines.len();
            if at == MAX_LINES {
                return problem("lines", ReasonCode::TooManyLines.with("most", MAX_LINES));
            }
            let line = LineCells { plan: cells.plan, row, columns, path: format!("lines[{at}]") };
            lines.push(line.read(order_rate, is_mixed)?);
        }
    }
    let extra = |name: &str, kind: &'static str, default: &str| -> Read<Extra> {
        let part = |what: &str| format!("{name}.{what}");
        Ok(Extra {
            kind,
            field: name.to_owned(),
            name: cells.text(&part("name"))?.map_or_else(|| default.to_owned(), str::to_owned),
            amount: if kind == "discount" { cells.size(name)? } else { cells.amount(name)?.unwrap_or_default() },
            tax: if kind == "discount" { None } else { cells.amount(&part("tax"))? },
            rate: cells.rate(&part("vat_rate"))?,
        })
    };
    money::lines(Amounts {
        lines,
        shipping: extra("shipping", "shipping", "Transport")?,
        fee: extra("fee", "fee", "Taxă")?,
        discount: extra("discount", "discount", "Reducere")?,
        subtotal: cells.amount("subtotal")?,
        tax: cells.amount("tax")?,
        total,
        currency,
        with_vat: cells.plan.defaults.prices_include_vat,
        vat_rate: cells.plan.vat_rate,
        day,
    })
}

/// One line's cells in a row.
struct LineCells<'a> {
    plan: &'a Plan,
    row: &'a Row,
    columns: &'a BTreeMap<&'static str, usize>,
    path: String,
}

impl LineCells<'_> {
    fn find(&self, field: &str) -> Option<usize> {
        self.columns.get(field).copied().filter(|column| !self.row.cell(*column).is_empty())
    }

    fn path(&self, field: &str) -> String {
        format!("{}.{}", self.path, field.trim_start_matches("line."))
    }

    fn text(&self, field: &str) -> Read<Option<&str>> {
        self.find(field).map(|column| text_of(&self.path(field), self.row, column)).transpose()
    }

    fn amount(&self, field: &str) -> Read<Option<Decimal>> {
        self.find(field).map(|column| amount_of(self.plan, &self.path(field), self.row, column)).transpose()
    }

    fn read(&self, order_rate: Option<Decimal>, is_mixed: bool) -> Read<LineAmounts> {
        if let Some(packed) = self.text("line.packed")? {
            return self.unpack(packed);
        }
        let rate = match self.find("line.vat_rate") {
            Some(column) => Some(rate_of(self.plan, &self.path("line.vat_rate"), self.row, column)?),
            None => {
                let is_exempt = self.text("line.taxable")?.and_then(is_yes) == Some(false);
                if is_exempt { Some(Decimal::ZERO) } else { order_rate }
            }
        };
        if rate.is_none() && is_mixed {
            return problem(self.path("line.vat_rate"), ReasonCode::WhichRate);
        }
        let Some(name) = self.text("line.name")? else { return problem(self.path("line.name"), ReasonCode::Blank) };
        let Some(quantity) = self.amount("line.quantity")? else {
            return problem(self.path("line.quantity"), ReasonCode::Blank);
        };
        Ok(LineAmounts {
            path: self.path.clone(),
            kind: self.text("line.kind")?.map(str::to_lowercase),
            name: name.to_owned(),
            code: self.text("line.code")?.map(str::to_owned),
            unit: self.text("line.unit")?.map(str::to_owned),
            quantity,
            unit_price: self.amount("line.unit_price")?,
            total: self.amount("line.total")?,
            tax: self.amount("line.tax")?,
            discount: self.amount("line.discount")?.unwrap_or_default().abs(),
            rate,
        })
    }

    /// `name:Cană|product_id:12|sku:CANA-01|quantity:2|total:40.00|sub_total:40.00|tax:8.40`, as WebToffee's export packs a
    /// line: amounts without VAT. It escapes nothing, so the sign that parts its pieces may stand in a name.
    fn unpack(&self, packed: &str) -> Read<LineAmounts> {
        let Some(parts) = packed_parts(packed) else { return problem(self.path.clone(), ReasonCode::PackedUnread) };
        let part = |key: &str| parts.get(key).map(|value| value.trim()).filter(|value| !value.is_empty());
        let amount = |key: &str| -> Read<Option<Decimal>> {
            let Some(text) = part(key) else { return Ok(None) };
            match number(text, Kind::Text, Some(super::cells::Way::First), true) {
                Ok(amount) if amount.abs() < LARGEST => Ok(Some(amount)),
                _ => problem(self.path(key), ReasonCode::NotANumber.with("text", clip(text))),
            }
        };
        let Some(name) = part("name") else { return problem(self.path("name"), ReasonCode::Blank) };
        let (Some(quantity), Some(total)) = (amount("quantity")?, amount("total")?) else {
            return problem(self.path.clone(), ReasonCode::PackedUnread);
        };
        Ok(LineAmounts {
            path: self.path.clone(),
            kind: None,
            name: name.to_owned(),
            code: part("sku").map(str::to_owned),
            unit: None,
            quantity,
            unit_price: None,
            total: Some(total),
            tax: amount("tax")?,
            discount: Decimal::ZERO,
            rate: None,
        })
    }
}

/// Keys of a packed line.
const PACKED: &[&str] =
    &["name", "product_id", "variation_id", "sku", "quantity", "total", "sub_total", "tax", "tax_data", "tax_class"];

/// A packed line's pieces by their keys. What follows a text without a key of its own belongs to it; none where a key is there
/// twice or nothing comes before the first.
fn packed_parts(packed: &str) -> Option<BTreeMap<&str, String>> {
    let mut parts: BTreeMap<&str, String> = BTreeMap::new();
    let mut last = None;
    for piece in packed.split('|') {
        let keyed = piece.split_once(':').map(|(key, value)| (key.trim(), value));
        match (keyed.filter(|(key, _)| PACKED.contains(key)), last) {
            (Some((key, _)), _) if parts.contains_key(key) => return None,
            (Some((key, value)), _) => {
                parts.insert(key, value.to_owned());
                last = Some(key);
            }
            (None, Some(key @ ("name" | "sku"))) => {
                let text = parts.entry(key).or_default();
                text.push('|');
                text.push_str(piece);
            }
            // further pieces of the plugin's, of which nothing is taken
            (None, Some(_)) if keyed.is_some() || piece.trim().is_empty() => {}
            (None, _) => return None,
        }
    }
    Some(parts)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_packed_name_may_hold_the_sign_that_parts_its_pieces() {
        let name = |packed| packed_parts(packed).map(|parts| parts["name"].clone());
        assert_eq!(name("name:Cană | roșie|quantity:1|total:40.00").as_deref(), Some("Cană | roșie"));
        assert_eq!(name("name:Cană|Mărime: XL|sku:C|1|quantity:1|total:4").as_deref(), Some("Cană|Mărime: XL"));
        assert_eq!(packed_parts("name:C|sku:C|1|total:4").unwrap()["sku"], "C|1");
        assert_eq!(name("name:Cană|quantity:1|total:4|custom:a|").as_deref(), Some("Cană"));
        for unread in ["name:Cană|total:5|quantity:1|total:40.00", "Cană|quantity:1", "name:Cană|total:4|0"] {
            assert_eq!(packed_parts(unread), None, "{unread}");
        }
    }

    #[test]
    fn a_rate_is_read_of_a_tax_s_name_where_it_is_a_percentage() {
        for (name, expected) in [
            ("TVA 21%", Some(dec!(21))),
            ("RO TVA (11,0 %)", Some(dec!(11))),
            ("21%", Some(dec!(21))),
            ("ță9.5%", Some(dec!(9.5))),
            ("VAT", None),
            ("TVA 210%", None),
            ("%", None),
        ] {
            assert_eq!(rate_in_name(name), expected, "{name}");
        }
    }
}

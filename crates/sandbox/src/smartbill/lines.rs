//! From a create's `products` to computed lines, with the API's defaults that bite: prices are net unless said otherwise,
//! a discount that does not say how many lines it is for is dropped without a word, and any other discount type changes
//! the total without its VAT.

use rust_decimal::Decimal;
use serde_json::{Map, Value};

use super::books::{Kind, TAXES};
use super::special::{At, admit};
use super::{Refusal, no_document, refuse_create};
use crate::money::{Line, read_decimal, round2};

pub(super) fn unknown_rate(product: &str) -> String {
    format!("Cota tva a produsului {product} nu a fost gasita pe server!")
}

pub(super) fn text<'a>(fields: &'a Map<String, Value>, key: &str) -> Option<&'a str> {
    fields.get(key).and_then(Value::as_str).filter(|text| !text.trim().is_empty())
}

fn decimal(fields: &Map<String, Value>, key: &str) -> Option<Decimal> {
    fields.get(key).and_then(read_decimal)
}

pub(super) fn flag(fields: &Map<String, Value>, key: &str) -> bool {
    match fields.get(key) {
        Some(Value::Bool(flag)) => *flag,
        Some(Value::Number(number)) => number.as_i64() != Some(0),
        Some(Value::String(text)) => matches!(text.as_str(), "true" | "1"),
        _ => false,
    }
}

/// What the document decides about its lines.
pub(super) struct Setting<'a> {
    pub kind: Kind,
    pub currency: &'a str,
    /// A company that does not pay VAT need not name a rate.
    pub vat_payer: bool,
}

pub(super) fn compute(products: &[Value], setting: &Setting<'_>) -> Result<Vec<Line>, Refusal> {
    let mut lines: Vec<Line> = Vec::new();
    for product in products {
        let Value::Object(fields) = product else { continue };
        if flag(fields, "isDiscount") {
            discount(&mut lines, fields)?;
        } else {
            lines.push(product_line(fields, setting)?);
        }
    }
    if lines.iter().all(|line| line.discount) {
        let words =
            "Nu poti sa emiti un document care contine doar un discount. Trebuie sa ai si produse / servicii adaugate.";
        return Err(refuse_create(words));
    }
    Ok(lines)
}

fn required<'a>(fields: &'a Map<String, Value>, key: &str) -> Result<&'a str, Refusal> {
    text(fields, key).ok_or_else(|| refuse_create(format!("{key} trebuie specificat pentru fiecare produs")))
}

fn product_line(fields: &Map<String, Value>, setting: &Setting<'_>) -> Result<Line, Refusal> {
    let name = required(fields, "name")?;
    let unit = required(fields, "measuringUnitName")?;
    admit(At::Product, name, &[("product", name)], &no_document())?;
    if text(fields, "code").is_none() {
        admit(At::ProductWithoutCode, name, &[("product", name)], &no_document())?;
    }
    let number = |key: &str| {
        decimal(fields, key).ok_or_else(|| refuse_create(format!("{key} trebuie specificat pentru fiecare produs")))
    };
    let (quantity, price) = (number("quantity")?, number("price")?);
    if price.is_sign_negative() && !price.is_zero() {
        // UNVERIFIED words: the schema says a price is at least 0.
        return Err(refuse_create("price trebuie specificat pentru fiecare produs"));
    }
    check_currency(fields, setting)?;
    let (vat_name, percent) = match decimal(fields, "taxPercentage") {
        Some(percent) => {
            (tax(text(fields, "taxName"), percent).ok_or_else(|| refuse_create(unknown_rate(name)))?, percent)
        }
        None if !setting.vat_payer => ("", Decimal::ZERO),
        None => return Err(refuse_create(format!("Trebuie sa setezi o cota tva pentru produsul {name}"))),
    };
    let mut line = Line {
        name: name.to_owned(),
        code: text(fields, "code").unwrap_or_default().to_owned(),
        unit: unit.to_owned(),
        quantity,
        price,
        vat_name: vat_name.to_owned(),
        rate_percent: percent,
        net: Decimal::ZERO,
        vat: Decimal::ZERO,
        discount: false,
        vat_included: flag(fields, "isTaxIncluded"),
    };
    let amount = quantity.checked_mul(price);
    line.set_amount(amount.ok_or_else(|| refuse_create("quantity nu este valid"))?, line.vat_included);
    Ok(line)
}

/// A price in another currency needs a rate and an account option that is off here; with a rate, on a document that is
/// not in lei, the words are others.
fn check_currency(fields: &Map<String, Value>, setting: &Setting<'_>) -> Result<(), Refusal> {
    let (ours, theirs) = (setting.currency, text(fields, "currency").unwrap_or("RON"));
    if ours == theirs {
        return Ok(());
    }
    if ours != "RON" && decimal(fields, "exchangeRate").is_some() {
        return Err(refuse_create(format!(
            "Nu puteti emite documente in {ours} cu moneda de referinta a produselor in {theirs} !"
        )));
    }
    let of = if setting.kind == Kind::Estimate { "proformei" } else { "facturii" };
    Err(refuse_create(format!("Aveti produse care au pretul in alta moneda decat cea a {of}.")))
}

/// The pair must be in the account. Without a name the first tax of that percent is taken: at 0 % the reverse charge.
fn tax(name: Option<&str>, percent: Decimal) -> Option<&'static str> {
    TAXES
        .iter()
        .find(|(known, rate)| *rate == percent && name.is_none_or(|name| name == *known))
        .map(|(known, _)| *known)
}

fn discount(lines: &mut Vec<Line>, fields: &Map<String, Value>) -> Result<(), Refusal> {
    let name = required(fields, "name")?;
    let by_percent = decimal(fields, "discountType").is_none_or(|kind| kind == Decimal::TWO);
    let by_value = decimal(fields, "discountType") == Some(Decimal::ONE);
    let size = if by_percent {
        decimal(fields, "discountPercentage")
            .ok_or_else(|| refuse_create("Trebuie sa introduceti valoarea procentului!"))?
    } else {
        decimal(fields, "discountValue")
            .ok_or_else(|| refuse_create("discountValue trebuie specificat pentru fiecare produs de tip discount"))?
    };
    let Some(count) = decimal(fields, "numberOfItems").and_then(|count| usize::try_from(count).ok()) else {
        // Silently without effect.
        return Ok(());
    };
    let above: Vec<&Line> = lines.iter().rev().take(count).collect();
    let included = flag(fields, "isTaxIncluded");
    let base: Decimal = above.iter().map(|line| if included { line.gross() } else { line.net }).sum();
    let rate = match decimal(fields, "taxPercentage") {
        Some(percent) if tax(text(fields, "taxName"), percent).is_some() => percent,
        Some(percent) => {
            return Err(refuse_create(format!("Cota {} nu a fost gasita pe server!", percent.normalize())));
        }
        None => {
            let first = above.first().map_or(Decimal::ZERO, |line| line.rate_percent);
            if above.iter().any(|line| line.rate_percent != first) {
                return Err(refuse_create(
                    "La aplicarea unui discount pentru produse cu cote tva diferite, trebuie sa specifici si cota tva a discountului.",
                ));
            }
            first
        }
    };
    let amount = if by_percent { -(base * size / Decimal::ONE_HUNDRED) } else { size };
    let mut line = Line {
        name: name.to_owned(),
        code: String::new(),
        unit: text(fields, "measuringUnitName").unwrap_or("buc").to_owned(),
        quantity: Decimal::ONE,
        price: round2(amount),
        vat_name: tax(text(fields, "taxName"), rate).unwrap_or_default().to_owned(),
        rate_percent: rate,
        net: Decimal::ZERO,
        vat: Decimal::ZERO,
        discount: true,
        vat_included: included,
    };
    if by_percent || by_value {
        line.set_amount(amount, included);
    } else {
        line.net = round2(amount);
    }
    lines.push(line);
    Ok(())
}

#[cfg(test)]
mod tests {
    use rust_decimal::dec;
    use serde_json::json;

    use super::*;
    use crate::money::total_of;

    const LEI: Setting<'_> = Setting { kind: Kind::Invoice, currency: "RON", vat_payer: true };

    fn with_discount(discount: Value) -> Decimal {
        let product =
            json!({"name": "Cană", "measuringUnitName": "buc", "quantity": 1, "price": 100, "taxPercentage": 21});
        total_of(&compute(&[product, discount], &LEI).unwrap())
    }

    #[test]
    fn discounts_do_what_the_specification_says_they_do() {
        let discount = |more: Value| {
            let mut line = json!({"name": "Reducere", "isDiscount": true, "taxPercentage": 21});
            line.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            with_discount(line)
        };
        assert_eq!(discount(json!({"numberOfItems": 1, "discountType": 1, "discountValue": -10})), dec!(108.9));
        assert_eq!(discount(json!({"numberOfItems": 1, "discountType": 1, "discountValue": 10})), dec!(133.1));
        assert_eq!(discount(json!({"numberOfItems": 1, "discountType": 7, "discountValue": -10})), dec!(111));
        assert_eq!(discount(json!({"numberOfItems": 1, "discountPercentage": 10})), dec!(108.9));
        assert_eq!(discount(json!({"discountType": 1, "discountValue": -10})), dec!(121), "dropped without a word");
    }

    #[test]
    fn the_sample_of_the_notes_comes_to_its_payment() {
        let products = json!([
            {"name": "Cana", "measuringUnitName": "buc", "currency": "RON", "quantity": 2, "price": 60.5, "isTaxIncluded": true, "taxName": "Normala", "taxPercentage": 21},
            {"name": "Discount", "isDiscount": true, "numberOfItems": 1, "discountType": 1, "discountValue": -12.1, "measuringUnitName": "buc", "currency": "RON", "isTaxIncluded": true, "taxName": "Normala", "taxPercentage": 21},
            {"name": "Transport", "measuringUnitName": "buc", "currency": "RON", "quantity": 1, "price": 19.99, "isTaxIncluded": true, "taxName": "Normala", "taxPercentage": 21}
        ]);
        assert_eq!(total_of(&compute(products.as_array().unwrap(), &LEI).unwrap()), dec!(128.89));
    }

    #[test]
    fn a_missing_is_tax_included_means_net() {
        let line =
            json!({"name": "Cană", "measuringUnitName": "buc", "quantity": 1, "price": 121, "taxPercentage": 21});
        assert_eq!(total_of(&compute(&[line], &LEI).unwrap()), dec!(146.41));
    }
}

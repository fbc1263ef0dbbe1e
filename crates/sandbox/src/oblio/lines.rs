//! From a create's `products` to computed lines: VAT pairs against the company's rates, the stored product's VAT when the
//! line names none, discounts on the line above or on all above.

use rust_decimal::Decimal;
use serde_json::{Map, Value};

use super::books::{OblioBooks, Product, VAT_RATES, WAREHOUSE};
use super::{Refusal, flag, missing, refuse, text};
use crate::money::{Line, read_decimal, round2};

pub(super) fn unknown_rate(name: &str, percent: &str) -> String {
    format!("Produsul {name} are cota TVA {percent}%, dar aceasta nu este setata in Oblio")
}

/// A computed line, and the product to store when `save` asks for it.
pub(super) fn compute(books: &OblioBooks, products: &[Value]) -> Result<(Vec<Line>, Vec<Product>), Refusal> {
    let mut lines: Vec<Line> = Vec::new();
    let mut stored = Vec::new();
    for product in products {
        let Value::Object(fields) = product else { return Err(refuse("Produsele nu au forma corecta")) };
        if fields.contains_key("discount") {
            discount(&mut lines, fields)?;
            continue;
        }
        let (line, kind) = product_line(books, fields)?;
        if flag(fields, "save", true) {
            stored.push(Product {
                name: line.name.clone(),
                code: line.code.clone(),
                unit: line.unit.clone(),
                price: line.price,
                vat_name: line.vat_name.clone(),
                vat_percent: line.rate_percent,
                vat_included: line.vat_included,
                kind,
                stock: None,
            });
        }
        lines.push(line);
    }
    Ok((lines, stored))
}

/// Goods that leave the warehouse must lie in it. The words are UNVERIFIED.
pub(super) fn check_stock(books: &OblioBooks, products: &[Value], moves: bool) -> Result<(), Refusal> {
    for fields in products.iter().filter_map(Value::as_object).filter(|_| moves) {
        let (name, code) = (text(fields, "name").unwrap_or_default(), text(fields, "code").unwrap_or_default());
        if let Some(place) = text(fields, "management").filter(|place| place != WAREHOUSE) {
            return Err(refuse(format!("Gestiunea {place} nu exista in Oblio")));
        }
        let stored = books.products.iter().find(|known| !code.is_empty() && known.code == code);
        let wanted = decimal(fields, "quantity").unwrap_or(Decimal::ONE);
        if stored.and_then(|known| known.stock).is_some_and(|stock| wanted > stock) {
            return Err(refuse(format!("Stoc insuficient pentru produsul {name} in gestiunea {WAREHOUSE}")));
        }
    }
    Ok(())
}

/// A product is stored under its name and type once: another code with the same ones collides. What exactly the real
/// service compares is UNVERIFIED.
pub(super) fn check_names(books: &OblioBooks, storing: &[Product]) -> Result<(), Refusal> {
    for (at, product) in storing.iter().enumerate() {
        let collides =
            |known: &Product| known.name == product.name && known.kind == product.kind && known.code != product.code;
        if !product.code.is_empty() && books.products.iter().chain(&storing[..at]).any(collides) {
            return Err(refuse(format!(
                "Produsul {} cu aceeasi Denumire si Tip exista deja in baza de date. Oblio nu permite Denumiri duplicate",
                product.name
            )));
        }
    }
    Ok(())
}

fn decimal(fields: &Map<String, Value>, key: &str) -> Option<Decimal> {
    fields.get(key).and_then(read_decimal)
}

fn product_line(books: &OblioBooks, fields: &Map<String, Value>) -> Result<(Line, String), Refusal> {
    let name = text(fields, "name").ok_or_else(|| missing("name"))?;
    let price = decimal(fields, "price").ok_or_else(|| missing("price"))?;
    let quantity = decimal(fields, "quantity").unwrap_or(Decimal::ONE);
    let code = text(fields, "code").unwrap_or_default();
    let (vat_name, rate_percent) = rate(books, fields, &name, &code)?;
    let vat_included = flag(fields, "vatIncluded", true);
    let mut line = Line {
        name,
        code,
        unit: text(fields, "measuringUnit").unwrap_or_else(|| "buc".into()),
        quantity,
        price,
        vat_name,
        rate_percent,
        net: Decimal::ZERO,
        vat: Decimal::ZERO,
        discount: false,
        vat_included,
    };
    let amount = quantity.checked_mul(price).ok_or_else(|| refuse("Valoarea produsului este prea mare"))?;
    line.set_amount(amount, vat_included);
    Ok((line, text(fields, "productType").unwrap_or_else(|| "Serviciu".into())))
}

/// The pair must be one of the company's. With no `vatName`, a stored product of the same code brings its own VAT over
/// whatever percentage was sent: the trap that cost a shop two months of invoices at 0 %.
fn rate(books: &OblioBooks, fields: &Map<String, Value>, name: &str, code: &str) -> Result<(String, Decimal), Refusal> {
    let vat_name = text(fields, "vatName");
    let percent = decimal(fields, "vatPercentage");
    if vat_name.is_none()
        && !code.is_empty()
        && let Some(known) = books.products.iter().find(|product| product.code == code)
    {
        return Ok((known.vat_name.clone(), known.vat_percent));
    }
    let found = VAT_RATES.iter().find(|(known, rate, default)| match (&vat_name, percent) {
        (Some(name), Some(percent)) => name == known && percent == *rate,
        (Some(name), None) => name == known,
        (None, Some(percent)) => percent == *rate,
        (None, None) => *default,
    });
    match found {
        Some((known, rate, _)) => Ok(((*known).to_owned(), *rate)),
        None => Err(refuse(unknown_rate(name, &percent.unwrap_or_default().normalize().to_string()))),
    }
}

fn discount(lines: &mut Vec<Line>, fields: &Map<String, Value>) -> Result<(), Refusal> {
    let name = text(fields, "name").ok_or_else(|| missing("name"))?;
    let size = decimal(fields, "discount").ok_or_else(|| missing("discount"))?;
    let percentual = text(fields, "discountType").as_deref() == Some("procentual");
    let bases: Vec<Line> = if flag(fields, "discountAllAbove", false) {
        let since = lines.iter().rposition(|line| line.discount).map_or(0, |at| at + 1);
        lines[since..].to_vec()
    } else {
        lines.last().filter(|line| !line.discount).cloned().into_iter().collect()
    };
    if bases.is_empty() {
        return Err(refuse("Discountul trebuie sa urmeze dupa un produs"));
    }
    let amount = |line: &Line| if line.vat_included { line.gross() } else { line.net };
    let whole: Decimal = bases.iter().map(amount).sum();
    let mut left = round2(size);
    for (at, base) in bases.iter().enumerate() {
        let part = if percentual {
            round2(amount(base) * size / Decimal::ONE_HUNDRED)
        } else if at + 1 == bases.len() || whole.is_zero() {
            left
        } else {
            round2(size * amount(base) / whole)
        };
        left -= part;
        let mut line = Line {
            name: name.clone(),
            quantity: Decimal::ONE,
            price: -part,
            discount: true,
            code: String::new(),
            ..base.clone()
        };
        line.set_amount(-part, base.vat_included);
        lines.push(line);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use rust_decimal::dec;
    use serde_json::json;

    use super::*;
    use crate::money::total_of;

    fn total(products: Value) -> Decimal {
        total_of(&compute(&OblioBooks::new(), products.as_array().unwrap()).unwrap().0)
    }

    #[test]
    fn prices_hold_the_vat_unless_said_otherwise() {
        assert_eq!(total(json!([{"name": "Cană", "price": "100", "quantity": 2}])), dec!(200));
        assert_eq!(
            total(json!([{"name": "Cană", "price": 100, "vatName": "Normala", "vatPercentage": 21, "vatIncluded": 0}])),
            dec!(121)
        );
    }

    #[test]
    fn discounts_lower_the_line_above_or_all_above() {
        let cup = json!({"name": "Cană", "price": 50, "vatName": "Normala", "vatPercentage": 21});
        let book = json!({"name": "Carte", "price": 40, "vatName": "Redusa", "vatPercentage": 11});
        let ten = json!({"name": "Reducere", "discount": 10, "discountType": "procentual"});
        assert_eq!(total(json!([cup, book, ten])), dec!(86));
        let all = json!({"name": "Reducere", "discount": 9, "discountAllAbove": 1});
        assert_eq!(total(json!([cup, book, all])), dec!(81));
    }

    #[test]
    fn a_stored_product_replaces_the_vat_of_a_line_that_names_none() {
        let mut books = OblioBooks::new();
        let stored = Product {
            code: "C1".into(),
            vat_name: "Scutita".into(),
            vat_percent: dec!(0),
            ..books.products[0].clone()
        };
        books.store_product(stored);
        let line = json!([{"name": "Cană", "code": "C1", "price": 121, "vatPercentage": 21, "vatIncluded": 1}]);
        let (lines, _) = compute(&books, line.as_array().unwrap()).unwrap();
        assert_eq!(lines[0].rate_percent, dec!(0), "silently at 0 %, as seen at a real shop");
        assert_eq!(lines[0].vat, dec!(0));
    }
}

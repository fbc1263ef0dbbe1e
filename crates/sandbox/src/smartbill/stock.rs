//! Warehouses and what is in them. The stock never moves: an invoice that asks for more than the table holds is refused,
//! one that asks for less takes nothing away. That is enough to meet every refusal, and leaves tests their numbers.

use axum::http::StatusCode;
use axum::response::Response;
use chrono::NaiveDate;
use rust_decimal::{Decimal, dec};
use serde_json::{Map, Value, json};

use super::documents::company_of;
use super::lines::text;
use super::special::{At, admit};
use super::{Refusal, no_document, refuse, refuse_create, success};
use crate::call::{Call, json as answer_json};
use crate::clock::read_fiscal_date;
use crate::money::{json_number, read_decimal};
use crate::shared::Shared;

struct Held {
    warehouse: &'static str,
    name: &'static str,
    code: &'static str,
    quantity: Decimal,
}

const WAREHOUSES: [(&str, &str); 2] = [("Depozit", "en gros"), ("Magazin", "en detail")];

const STOCK: [Held; 3] = [
    Held { warehouse: "Depozit", name: "Cană de depozit", code: "STOC-01", quantity: dec!(100) },
    Held { warehouse: "Depozit", name: "Farfurie de depozit", code: "STOC-02", quantity: dec!(3) },
    Held { warehouse: "Magazin", name: "Cană de depozit", code: "STOC-01", quantity: dec!(7) },
];

/// Checks the lines of an invoice that uses stock. Services take nothing out of a warehouse.
pub(super) fn check(products: &[Value], series: &str, date: NaiveDate) -> Result<(), Refusal> {
    for product in products.iter().filter_map(Value::as_object) {
        let no_goods = ["isService", "isDiscount"].iter().any(|key| super::lines::flag(product, key));
        if !no_goods {
            line(product, series, date)?;
        }
    }
    Ok(())
}

fn line(product: &Map<String, Value>, series: &str, date: NaiveDate) -> Result<(), Refusal> {
    let name = text(product, "name").unwrap_or_default();
    let code = text(product, "code").unwrap_or_default();
    let Some(warehouse) = text(product, "warehouseName") else {
        return Err(refuse_create(format!("Gestiunea predatoare nu este setata pentru produsul {name}.")));
    };
    let unit = text(product, "measuringUnitName").unwrap_or_default();
    let date = date.format("%d/%m/%Y").to_string();
    let fill = [("product", name), ("code", code), ("unit", unit), ("date", date.as_str())];
    admit(At::Warehouse, warehouse, &fill, &no_document())?;
    // Names are case-sensitive.
    if !WAREHOUSES.iter().any(|(known, _)| *known == warehouse) {
        return Err(refuse_create(format!("Gestiunea predatoare {warehouse} a produsului {name} nu a fost gasita.")));
    }
    let here = |held: &&Held| {
        held.warehouse == warehouse && if code.is_empty() { held.name == name } else { held.code == code }
    };
    let Some(held) = STOCK.iter().find(here) else {
        return Err(refuse_create(format!(
            "Nu ai facut nicio achizitie pentru produsul {name}.<br/>Adauga o intrare in gestiunea {warehouse}."
        )));
    };
    let wanted = product.get("quantity").and_then(read_decimal).unwrap_or_default();
    if wanted <= held.quantity {
        return Ok(());
    }
    // Marked up as the real one is; the words around the cause are UNVERIFIED.
    Err(refuse_create(format!(
        "Cantitate stoc insuficienta la <b>Factura {series}</b> din data <b>{date}</b> pentru produsul <b>{name}</b> \
         din gestiunea <b>{warehouse}</b>. Stoc: {}.",
        held.quantity
    )))
}

fn row(held: &Held) -> Value {
    json!({
        "measuringUnit": "buc", "productCode": held.code, "productName": held.name,
        "quantity": json_number(held.quantity),
    })
}

pub(super) fn list(shared: &Shared, call: &Call) -> Result<Response, Refusal> {
    let query = call.query_pairs();
    company_of(&query, shared.config.tolerant)?;
    let given = |key: &str| query.get(key).filter(|text| !text.is_empty());
    let Some(date) = given("date") else {
        return Err(refuse("Data la care vreti sa aflati valoarea stocului trebuie specificata!"));
    };
    if read_fiscal_date(date).is_none() {
        return Err(refuse("Data trebuie sa fie de forma yyyy-MM-dd."));
    }
    let wanted = given("warehouseName");
    known(wanted)?;
    let list: Vec<Value> = WAREHOUSES
        .iter()
        .filter(|(name, _)| wanted.is_none_or(|wanted| wanted == name))
        .filter_map(|(name, kind)| {
            let products: Vec<Value> = STOCK
                .iter()
                .filter(|held| held.warehouse == *name)
                .filter(|held| given("productName").is_none_or(|wanted| wanted == held.name))
                .filter(|held| given("productCode").is_none_or(|wanted| wanted == held.code))
                .map(row)
                .collect();
            let warehouse = json!({ "warehouseName": name, "warehouseType": kind });
            (!products.is_empty()).then(|| json!({ "warehouse": warehouse, "products": products }))
        })
        .collect();
    Ok(success("", json!({ "list": list })))
}

fn known(warehouse: Option<&String>) -> Result<(), Refusal> {
    match warehouse {
        Some(wanted) if !WAREHOUSES.iter().any(|(name, _)| name == wanted) => {
            Err(refuse(format!("Gestiunea {wanted} nu a fost gasita pe server.")))
        }
        _ => Ok(()),
    }
}

/// `GET /stocks/ecom/`, `/company/mu`, `/company/warehouses`: undocumented, called by the official shop plugins. Only
/// the first one's `products` is known; the shape of the others is UNVERIFIED.
pub(super) fn of_plugins(shared: &Shared, call: &Call) -> Result<Response, Refusal> {
    let query = call.query_pairs();
    company_of(&query, shared.config.tolerant)?;
    let body = if call.path.ends_with("/mu") {
        json!({ "mu": ["buc", "set", "kg", "ora"] })
    } else if call.path.ends_with("/warehouses") {
        json!({ "warehouses": WAREHOUSES.map(|(name, _)| name) })
    } else {
        let wanted = query.get("warehouseName").filter(|text| !text.is_empty());
        known(wanted)?;
        let held = STOCK.iter().filter(|held| wanted.is_none_or(|wanted| wanted == held.warehouse));
        json!({ "products": held.map(row).collect::<Vec<_>>() })
    };
    Ok(answer_json(StatusCode::OK, &body))
}

//! `GET /api/nomenclature/…`: what the account has to choose from.

use axum::response::Response;
use serde_json::{Map, Value, json};

use super::books::{DocType, OblioBooks, Product, RECEIPTS, VAT_RATES, WAREHOUSE, WORK_STATION};
use super::{check_company, success, text, unknown_page};
use crate::call::Call;
use crate::config::account;
use crate::money::json_number;
use crate::shared::Shared;

const PAGE: usize = 250;

pub(super) fn answer(shared: &Shared, which: &str, call: &Call) -> Response {
    let input = call.input();
    if which == "companies" {
        let company = json!([
            { "cif": account::COMPANY, "company": account::COMPANY_NAME, "userTypeAccess": "admin" },
        ]);
        return success("Success", &company);
    }
    let known = ["vat_rates", "series", "languages", "clients", "products", "management"];
    if !known.contains(&which) {
        return unknown_page();
    }
    if let Err(refusal) = check_company(&input) {
        return *refusal;
    }
    let data = shared.read(|state| match which {
        "vat_rates" => VAT_RATES
            .iter()
            .map(|(name, percent, default)| json!({ "name": name, "percent": json_number(*percent), "default": default }))
            .collect(),
        "series" => series(&state.oblio),
        "languages" => languages(),
        "clients" => clients(&state.oblio, &input),
        "products" => products(&state.oblio, &input),
        _ => json!([
            { "management": WAREHOUSE, "workStation": WORK_STATION, "managementType": "Cantitativ-valoric" },
        ]),
    });
    success("Success", &data)
}

fn series(books: &OblioBooks) -> Value {
    let mut seen: Vec<DocType> = Vec::new();
    books
        .series
        .iter()
        .map(|series| {
            let default = !seen.contains(&series.kind);
            seen.push(series.kind);
            json!({
                "type": series.kind.romanian(), "name": series.name, "start": "0001",
                "next": format!("{:04}", series.next), "default": default,
            })
        })
        .chain([json!({
            "type": "Chitanta", "name": RECEIPTS, "start": "0001", "next": format!("{:04}", books.receipts_next()),
            "default": true,
        })])
        .collect()
}

fn languages() -> Value {
    [
        ("EN", "Engleza"),
        ("FR", "Franceza"),
        ("IT", "Italiana"),
        ("SP", "Spaniola"),
        ("HU", "Maghiara"),
        ("DE", "Germana"),
    ]
    .iter()
    .map(|(code, name)| json!({ "code": code, "name": name }))
    .collect()
}

fn page(rows: impl Iterator<Item = Value>, input: &Map<String, Value>) -> Value {
    let offset = text(input, "offset").and_then(|offset| offset.parse().ok()).unwrap_or(0);
    rows.skip(offset).take(PAGE).collect()
}

fn holds(value: Option<&str>, wanted: Option<&String>) -> bool {
    wanted.is_none_or(|wanted| value.is_some_and(|value| value.to_lowercase().contains(&wanted.to_lowercase())))
}

fn clients(books: &OblioBooks, input: &Map<String, Value>) -> Value {
    let (name, cif) = (text(input, "name"), text(input, "clientCif"));
    let field = |client: &Map<String, Value>, key: &str| text(client, key).unwrap_or_default();
    let rows = books
        .clients
        .iter()
        .filter(|client| holds(client.get("name").and_then(Value::as_str), name.as_ref()))
        .filter(|client| cif.as_ref().is_none_or(|cif| field(client, "cif") == *cif))
        .map(|client| {
            let mut row = Map::new();
            for key in ["cif", "name", "rc", "code", "address", "state", "city", "country", "iban", "bank", "email"] {
                row.insert(key.into(), field(client, key).into());
            }
            row.insert("phone".into(), field(client, "phone").into());
            row.insert("contact".into(), field(client, "contact").into());
            row.insert("vatPayer".into(), super::flag(client, "vatPayer", false).into());
            Value::Object(row)
        });
    page(rows, input)
}

/// Services carry their price at the top; goods in the list of their stock, unless a warehouse was asked for: then they
/// are listed flat too.
fn products(books: &OblioBooks, input: &Map<String, Value>) -> Value {
    let (name, code) = (text(input, "name"), text(input, "code"));
    let (place, station) = (text(input, "management"), text(input, "workStation"));
    let elsewhere = |wanted: &Option<String>, ours: &str| wanted.as_ref().is_some_and(|wanted| wanted != ours);
    let rows = books
        .products
        .iter()
        .filter(|product| holds(Some(&product.name), name.as_ref()))
        .filter(|product| code.as_ref().is_none_or(|code| product.code == *code))
        .filter(|p| p.stock.is_none() || !(elsewhere(&place, WAREHOUSE) || elsewhere(&station, WORK_STATION)))
        .map(|product| row(product, place.is_some()));
    page(rows, input)
}

fn row(product: &Product, flat: bool) -> Value {
    let mut row = json!({
        "name": product.name, "code": product.code, "description": "", "measuringUnit": product.unit,
        "productType": product.kind,
    });
    let mut price = json!({
        "price": format!("{:.2}", product.price), "currency": "RON", "vatName": product.vat_name,
        "vatPercentage": json_number(product.vat_percent), "vatIncluded": i32::from(product.vat_included),
    });
    if let Some(stock) = product.stock {
        price["workStation"] = WORK_STATION.into();
        price["management"] = WAREHOUSE.into();
        price["quantity"] = json_number(stock);
        if !flat {
            row["stock"] = json!([price]);
            return row;
        }
    }
    if let (Value::Object(row), Value::Object(price)) = (&mut row, price) {
        row.extend(price);
    }
    row
}

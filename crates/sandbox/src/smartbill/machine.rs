//! The fiscal machine, as far as it speaks through the API: what it refuses of a `Bon`, and the text that it would print.

use axum::http::StatusCode;
use axum::response::Response;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value, json};

use super::books::Payment;
use super::lines::text;
use super::special::{At, admit};
use super::{Refusal, pays_vat, refuse};
use crate::call::json as answer_json;
use crate::config::account;
use crate::money::{read_decimal, two_places};

/// Names in the refusal, and fields, of the ways to pay that the machine is not set up for. It takes cash and cards.
const UNKNOWN_WAYS: [(&str, &str); 9] = [
    ("Tichete masa", "receivedTicheteMasa"),
    ("Tichete cadou", "receivedTicheteCadou"),
    ("Ordin de plata", "receivedOrdinDePlata"),
    ("Cec", "receivedCec"),
    ("Credit", "receivedCredit"),
    ("Cupon", "receivedCupon"),
    ("Puncte de fidelitate", "receivedPuncteDeFidelitate"),
    ("Bonuri valoare fixa", "receivedBonuriValoareFixa"),
    ("Moneda alternativa", "receivedMonedaAlternativa"),
];

/// Refuses other money than lei, a user without a machine, an issuer without VAT, rates by other names than Normala, and
/// ways to pay that the machine does not know.
pub(super) fn check(body: &Map<String, Value>, client: &Map<String, Value>, currency: &str) -> Result<(), Refusal> {
    if currency != "RON" {
        return Err(refuse("Bonurile fiscale pot fi emise doar in Lei!"));
    }
    let user = [("user", account::SMARTBILL_USERNAME)];
    admit(At::ReceiptClient, text(client, "name").unwrap_or_default(), &user, &Value::Null)?;
    if text(body, "companyVatCode").is_some_and(|cif| !pays_vat(cif)) {
        return Err(refuse("Configurarea casei de marcat pentru firma neplatitoare de TVA nu a fost facuta."));
    }
    let lines = body.get("products").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_object);
    for line in lines {
        if let Some(rate) = text(line, "taxName").filter(|name| *name != "Normala") {
            let percent = line.get("taxPercentage").and_then(read_decimal).unwrap_or_default();
            return Err(refuse(format!(
                "Cota TVA {rate} ({percent:.2}%) nu a fost configurata pentru casa de marcat selectata"
            )));
        }
    }
    let unknown: Vec<String> = UNKNOWN_WAYS
        .iter()
        .filter_map(|(name, field)| Some((name, body.get(*field).and_then(read_decimal)?)))
        .filter(|(_, value)| !value.is_zero())
        .map(|(name, value)| format!("{name}: {}", value.normalize()))
        .collect();
    if unknown.is_empty() {
        return Ok(());
    }
    Err(refuse(format!(
        "Au fost inregistrate urmatoarele plati partiale cu metode de plata neconfigurate pe casa de marcat: {}",
        unknown.join(", ")
    )))
}

/// Fewer fields than usual: the id as text, and a number that is 0, for the machine gives it when it prints.
pub(super) fn answer(receipt: &Payment, with_text: bool) -> Response {
    let mut body = json!({ "errorText": "", "id": receipt.id.to_string() });
    if with_text {
        body["message"] = STANDARD.encode(printed(receipt)).into();
    }
    body["number"] = "0".into();
    answer_json(StatusCode::OK, &body)
}

/// What goes to the machine. Its commands depend on the machine, so only the facts stand here.
pub(super) fn printed(receipt: &Payment) -> String {
    let (value, text) = (two_places(receipt.value), &receipt.text);
    format!("S,1,______,_,__;{text};{value};1.000;1;1;1;0;0;\nT,1,______,_,__;0;{value};;;;\n")
}

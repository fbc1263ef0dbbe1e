//! Names that bring the refusals which no ordinary input brings, because they hang on how a real account is set up.
//! Whoever sends one of these names means it. The whole list stands in docs/sandbox.md.

use axum::http::StatusCode;

use super::{Refusal, refuse_with};
use serde_json::Value;

/// Where a name is looked for, and at what.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum At {
    /// The series of a document that is issued.
    Series,
    /// The client of a document that is cancelled, restored or deleted.
    ChangedClient,
    /// The client of a proforma that becomes an invoice.
    ConvertedClient,
    /// The client of a payment by fiscal receipt.
    ReceiptClient,
    /// A product's name on a document that is issued.
    Product,
    /// The same, when no code is sent.
    ProductWithoutCode,
    /// A line's warehouse, with `useStock`.
    Warehouse,
    /// The address that a document is mailed to.
    Address,
    Language,
    Currency,
}

const BAD: StatusCode = StatusCode::BAD_REQUEST;
const FORBIDDEN: StatusCode = StatusCode::FORBIDDEN;

/// Place, name, status, words. A missing right is 403 by one table of the specification and 400 by another: both are here.
const SPECIAL: &[(At, &str, StatusCode, &str)] = &[
    (At::Series, "FARA-DREPT", FORBIDDEN, "Nu aveti dreptul de a adauga facturi pe seria selectata"),
    (At::Series, "FARA-DREPTURI", BAD, "Nu aveti dreptul de a adauga facturi"),
    (At::ChangedClient, "Client intangibil", FORBIDDEN, "Nu aveti dreptul de a modifica factura"),
    (At::ConvertedClient, "Client cu proforma goala", BAD, "Proforma nu contine produse!"),
    (At::ReceiptClient, "Client fara casa de marcat", BAD, "Nu s-a gasit casa de marcat pentru userul {user}."),
    (At::Product, "Produs fara cota default", BAD, "Cota default nu a fost gasita pe server!"),
    (
        At::Product,
        "Produs fara cota in cloud",
        BAD,
        "Produsul {product} nu are cota tva setata in cloud. Setati o cota din nomenclatorul de produse.",
    ),
    (At::ProductWithoutCode, "Produs cu cod obligatoriu", BAD, "Produsul {product} nu are codul specificat."),
    (At::Warehouse, "Gestiune invalida", BAD, "Gestiunea predatoare este invalida!"),
    (At::Warehouse, "Gestiune fara modul", BAD, "Modulul stoc nu este activ!"),
    (At::Warehouse, "Gestiune cu cod dublu", BAD, "Exista deja pe stoc un produs cu numele {product} si codul {code}"),
    (
        At::Warehouse,
        "Gestiune fara conversie",
        BAD,
        "Unitatea de masura {unit} a produsului {product} nu are factor de conversie setat.\
         <div id=\"moreErrorDetails\" style=\"display:none\"><p>Seteaza factorul in nomenclator.</p></div>",
    ),
    (
        At::Warehouse,
        "Gestiune importata",
        BAD,
        "Nu poti adauga documente cu tranzactii pe stoc la data anterioara datei importului de stoc initial {date}",
    ),
    (At::Address, "fara-server@example.com", BAD, "Server-ul de email nu a fost configurat."),
    (At::Language, "ZZ", BAD, "Limba nu a fost gasita pe server!"),
    (At::Currency, "XDR", BAD, "Moneda nu a fost gasita pe server!"),
];

/// The words for a special name, if it is one.
pub(super) fn words(at: At, name: &str) -> Option<(StatusCode, &'static str)> {
    SPECIAL
        .iter()
        .find(|(place, known, ..)| *place == at && *known == name)
        .map(|(_, _, status, words)| (*status, *words))
}

/// Refuses a special name, in the shape that `extra` completes.
pub(super) fn admit(at: At, name: &str, fill: &[(&str, &str)], extra: &Value) -> Result<(), Refusal> {
    let Some((status, words)) = words(at, name) else { return Ok(()) };
    let filled = fill.iter().fold(words.to_owned(), |text, (key, value)| text.replace(&format!("{{{key}}}"), value));
    Err(refuse_with(status, filled, extra.clone()))
}

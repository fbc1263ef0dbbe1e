//! The shape of request bodies, checked before anything else, credentials included: an unknown field or a value of the
//! wrong type is a `json_mapping_error` that names where it stands. Strict mode takes JSON types as documented; tolerant
//! mode forgives unknown fields, and numbers and texts in each other's clothes, as older clients send them.

use serde_json::Value;

use crate::money::read_decimal;

pub(super) enum Kind {
    Text,
    Number,
    /// Booleans may be 1 and 0.
    Flag,
    Choice(&'static [&'static str]),
    Object(&'static [Field]),
    List(&'static [Field]),
    /// A list, or one object of what would be in it.
    OneOrMany(&'static [Field]),
    Anything,
}

pub(super) type Field = (&'static str, Kind);

use Kind::{Anything, Choice, Flag, List, Number, Object, OneOrMany, Text};

pub(super) const CURRENCIES: &[&str] = &[
    "RON", "EUR", "USD", "GBP", "CAD", "AUD", "CHF", "TRY", "CZK", "DKK", "HUF", "MDL", "SEK", "NOK", "JPY", "EGP",
    "PLN", "RUB", "AED", "BRL", "CNY", "HRK", "INR", "KRW", "MXN", "NZD", "RSD", "THB", "UAH", "XDR", "ZAR",
];

const CLIENT: &[Field] = &[
    ("name", Text),
    ("vatCode", Text),
    ("isTaxPayer", Flag),
    ("regCom", Text),
    ("address", Text),
    ("city", Text),
    ("county", Text),
    ("country", Text),
    ("email", Text),
    ("phone", Text),
    ("contact", Text),
    ("iban", Text),
    ("bank", Text),
    ("code", Text),
    ("saveToDb", Flag),
];

const PRODUCT: &[Field] = &[
    ("name", Text),
    ("code", Text),
    ("productDescription", Text),
    ("translatedName", Text),
    ("measuringUnitName", Text),
    ("translatedMeasuringUnit", Text),
    ("currency", Choice(CURRENCIES)),
    ("exchangeRate", Number),
    ("quantity", Number),
    ("price", Number),
    ("isTaxIncluded", Flag),
    ("taxName", Text),
    ("taxPercentage", Number),
    ("isDiscount", Flag),
    ("numberOfItems", Number),
    ("discountType", Number),
    ("discountValue", Number),
    ("discountPercentage", Number),
    ("isService", Flag),
    ("saveToDb", Flag),
    ("useSBProductName", Flag),
    ("warehouseName", Text),
];

pub(super) const INVOICE: &[Field] = &[
    ("companyVatCode", Text),
    ("seriesName", Text),
    ("issueDate", Text),
    ("dueDate", Text),
    ("deliveryDate", Text),
    ("paymentDate", Text),
    ("isDraft", Flag),
    ("client", Object(CLIENT)),
    ("products", List(PRODUCT)),
    ("currency", Choice(CURRENCIES)),
    ("exchangeRate", Number),
    ("precision", Number),
    ("useStock", Flag),
    ("payment", Object(&[("value", Number), ("type", Text), ("isCash", Flag), ("paymentSeries", Text)])),
    ("paymentUrl", Text),
    ("sendEmail", Flag),
    ("email", Object(&[("to", Text), ("cc", Text), ("bcc", Text)])),
    ("language", Text),
    ("observations", Text),
    ("mentions", Text),
    ("issuerName", Text),
    ("issuerCnp", Text),
    ("delegateName", Text),
    ("delegateIdentityCard", Text),
    ("delegateAuto", Text),
    ("aviz", Text),
    ("useIntraCif", Flag),
    ("usePaymentTax", Flag),
    ("paymentBase", Number),
    ("colectedTax", Number),
    ("paymentTotal", Number),
    ("useEstimateDetails", Flag),
    ("estimate", Object(&[("seriesName", Text), ("number", Text), ("useStock", Flag), ("paymentUrl", Text)])),
    ("ecommercePluginInfo", Anything),
];

pub(super) const REVERSE: &[Field] =
    &[("companyVatCode", Text), ("seriesName", Text), ("number", Text), ("issueDate", Text)];

/// Fields of an invoice that a proforma does not have.
const NOT_IN_ESTIMATE: [&str; 8] = [
    "payment",
    "useStock",
    "usePaymentTax",
    "paymentBase",
    "colectedTax",
    "paymentTotal",
    "useEstimateDetails",
    "estimate",
];

pub(super) const PAYMENT: &[Field] = &[
    ("companyVatCode", Text),
    ("type", Text),
    ("issueDate", Text),
    ("seriesName", Text),
    ("number", Text),
    ("client", Object(CLIENT)),
    ("value", Number),
    ("currency", Text),
    ("exchangeRate", Number),
    ("precision", Number),
    ("isCash", Flag),
    ("text", Text),
    ("translatedText", Text),
    ("language", Text),
    ("observation", Text),
    ("isDraft", Flag),
    ("useInvoiceDetails", Flag),
    ("invoicesList", OneOrMany(&[("seriesName", Text), ("number", Text)])),
    ("products", List(PRODUCT)),
    ("useStock", Flag),
    ("returnFiscalPrinterText", Flag),
    ("receivedCash", Number),
    ("receivedCard", Number),
    ("receivedTicheteMasa", Number),
    ("receivedTicheteCadou", Number),
    ("receivedOrdinDePlata", Number),
    ("receivedCec", Number),
    ("receivedCredit", Number),
    ("receivedCupon", Number),
    ("receivedPuncteDeFidelitate", Number),
    ("receivedBonuriValoareFixa", Number),
    ("receivedMonedaAlternativa", Number),
];

pub(super) const SEND: &[Field] = &[
    ("companyVatCode", Text),
    ("seriesName", Text),
    ("number", Text),
    ("type", Text),
    ("to", Text),
    ("cc", Text),
    ("bcc", Text),
    ("subject", Text),
    ("bodyText", Text),
];

/// What does not fit: the message, and the path that goes into `param`.
pub(super) struct Misfit {
    pub message: String,
    pub param: String,
}

pub(super) fn check(body: &Value, fields: &[Field], tolerant: bool) -> Result<(), Misfit> {
    object(body, fields, "", tolerant)
}

/// Gives the texts that came as numbers their clothes back, so that nothing behind has to know of tolerance.
pub(super) fn dress(body: &mut Value, fields: &[Field]) {
    let Value::Object(sent) = body else { return };
    for (name, value) in sent.iter_mut() {
        match fields.iter().find(|(known, _)| known == name).map(|(_, kind)| kind) {
            Some(Text) if value.is_number() => *value = Value::String(value.to_string()),
            Some(Object(fields)) => dress(value, fields),
            Some(List(fields) | OneOrMany(fields)) => match value {
                Value::Array(items) => items.iter_mut().for_each(|item| dress(item, fields)),
                one => dress(one, fields),
            },
            _ => {}
        }
    }
}

/// A proforma's body: an invoice's, without what only an invoice has.
pub(super) fn check_estimate(body: &Value, tolerant: bool) -> Result<(), Misfit> {
    check(body, INVOICE, tolerant)?;
    match NOT_IN_ESTIMATE.iter().find(|name| !tolerant && body.get(**name).is_some()) {
        Some(name) => Err(unknown((*name).to_owned())),
        None => Ok(()),
    }
}

fn unknown(path: String) -> Misfit {
    Misfit { message: format!("Unrecognized property: {path}."), param: path }
}

fn unmapped(path: &str) -> Misfit {
    Misfit { message: format!("Could not map property: {path}."), param: path.to_owned() }
}

fn object(value: &Value, fields: &[Field], path: &str, tolerant: bool) -> Result<(), Misfit> {
    let Value::Object(sent) = value else { return Err(unmapped(path)) };
    for (name, value) in sent {
        let here = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
        match fields.iter().find(|(known, _)| known == name) {
            Some((_, kind)) => field(value, kind, &here, tolerant)?,
            None if tolerant => {}
            None => return Err(unknown(here)),
        }
    }
    Ok(())
}

fn field(value: &Value, kind: &Kind, path: &str, tolerant: bool) -> Result<(), Misfit> {
    if value.is_null() {
        return Ok(());
    }
    let fits = match kind {
        Text => value.is_string() || (tolerant && value.is_number()),
        Number => value.is_number() || (tolerant && read_decimal(value).is_some()),
        Flag => {
            value.is_boolean()
                || matches!(value.as_i64(), Some(0 | 1))
                || (tolerant && matches!(value.as_str(), Some("true" | "false" | "0" | "1" | "")))
        }
        Choice(among) => value.as_str().is_some_and(|text| among.contains(&text)),
        Object(fields) => return object(value, fields, path, tolerant),
        OneOrMany(fields) if value.is_object() => return object(value, fields, path, tolerant),
        List(fields) | OneOrMany(fields) => {
            let Value::Array(items) = value else { return Err(unmapped(path)) };
            for (at, item) in items.iter().enumerate() {
                object(item, fields, &format!("{path}[{at}]"), tolerant)?;
            }
            true
        }
        Anything => true,
    };
    if fits { Ok(()) } else { Err(unmapped(path)) }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn misfit(body: Value, tolerant: bool) -> Option<(String, String)> {
        check(&body, INVOICE, tolerant).err().map(|misfit| (misfit.message, misfit.param))
    }

    #[test]
    fn an_unknown_field_is_named_where_it_stands() {
        let found = misfit(json!({"zzz": 1}), false).unwrap();
        assert_eq!(found, ("Unrecognized property: zzz.".into(), "zzz".into()));
        let found = misfit(json!({"products": [{"Name": "x"}]}), false).unwrap();
        assert_eq!(found.1, "products[0].Name");
        assert_eq!(misfit(json!({"zzz": 1}), true), None);
    }

    #[test]
    fn text_where_a_number_belongs_is_refused_unless_tolerant() {
        let body = json!({"products": [{"quantity": "2"}]});
        assert_eq!(misfit(body.clone(), false).unwrap().0, "Could not map property: products[0].quantity.");
        assert_eq!(misfit(body, true), None);
        assert!(misfit(json!({"products": [{"taxPercentage": "21%"}]}), true).is_some());
        assert!(misfit(json!({"currency": "BGN"}), true).is_some());
        assert_eq!(misfit(json!({"isDraft": 0, "client": {"isTaxPayer": true}}), false), None);
    }
}

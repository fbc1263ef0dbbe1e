//! What is done to issued documents, in SmartBill's words and back: pure.

use super::convert::{due_date, invoice, language, paid_at_once, payment_type, printed_text, receipt_series};
use super::wire;
use crate::billing::prepare::{self, Unsendable};
use crate::billing::{
    DocumentKind, EmailRequest, FromProforma, Issued, PaymentRequest, PaymentStatus, StornoRequest, Target, VatRate,
};
use crate::scalar::text_of;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use punte_domain::{CollectKind, FailureKind};
use serde_json::Value;

/// A number as SmartBill finds it: an unpadded one is "not found".
pub(super) fn padded(document: &Issued) -> String {
    printed_text(&document.number).unwrap_or_else(|| document.number.clone())
}

/// An invoice with client and lines of the proforma that it follows from.
///
/// # Errors
/// An amount that JSON cannot carry.
pub(super) fn from_estimate<'a>(
    request: &'a FromProforma,
    number: &'a str,
) -> Result<wire::FromEstimate<'a>, Unsendable> {
    let invoice = &request.invoice;
    let draft = &invoice.draft;
    Ok(wire::FromEstimate {
        company_vat_code: &invoice.company,
        series_name: &invoice.series,
        is_draft: false,
        issue_date: invoice.issue_date.to_string(),
        due_date: due_date(invoice),
        language: language(draft),
        use_stock: false,
        send_email: false,
        mentions: prepare::mentions(invoice),
        use_estimate_details: true,
        estimate: wire::Named { series_name: &request.proforma.series, number },
        payment: paid_at_once(draft)?,
    })
}

/// An invoice that names the proforma that it follows from, with client and lines of its own.
///
/// # Errors
/// As an invoice's.
pub(super) fn after_estimate<'a>(
    request: &'a FromProforma,
    number: &'a str,
    rates: &[VatRate],
) -> Result<wire::Invoice<'a>, Unsendable> {
    Ok(wire::Invoice {
        use_estimate_details: Some(false),
        estimate: Some(wire::Named { series_name: &request.proforma.series, number }),
        ..invoice(&request.invoice, rates)?
    })
}

pub(super) fn reverse<'a>(request: &'a StornoRequest, number: &'a str) -> wire::Reverse<'a> {
    wire::Reverse {
        company_vat_code: &request.company,
        series_name: &request.original.series,
        number,
        issue_date: request.issue_date.to_string(),
    }
}

/// # Errors
/// An amount that is none or that JSON cannot carry.
pub(super) fn payment<'a>(
    target: &'a Target,
    number: &'a str,
    payment: &'a PaymentRequest,
) -> Result<wire::Collected<'a>, Unsendable> {
    prepare::check_amount(payment.value)?;
    Ok(wire::Collected {
        company_vat_code: &target.company,
        issue_date: payment.date.to_string(),
        kind: payment_type(payment.kind),
        series_name: receipt_series(payment.kind, &payment.receipt_series)?,
        value: prepare::number(payment.value, "payment.value")?,
        is_cash: payment.kind == CollectKind::Cash,
        use_invoice_details: true,
        invoices_list: [wire::Named { series_name: &target.document.series, number }],
        observation: payment.document_number.trim(),
    })
}

/// # Errors
/// No address to send to.
pub(super) fn mail<'a>(
    target: &'a Target,
    number: &'a str,
    email: &'a EmailRequest,
) -> Result<wire::Mail<'a>, Unsendable> {
    if email.to.trim().is_empty() {
        return Err(Unsendable::new(FailureKind::FieldMissing, "email.to"));
    }
    Ok(wire::Mail {
        company_vat_code: &target.company,
        series_name: &target.document.series,
        number,
        kind: match target.kind {
            DocumentKind::Invoice => "factura",
            DocumentKind::Proforma => "proforma",
        },
        to: email.to.trim(),
        cc: email.cc.trim(),
        subject: STANDARD.encode(&email.subject),
        body_text: STANDARD.encode(&email.body),
    })
}

/// `None` where the total or what was paid of it is missing.
pub(super) fn payment_status(row: wire::PaymentStatus) -> Option<PaymentStatus> {
    let total = row.total?;
    let paid = row.paid.or_else(|| row.unpaid.map(|unpaid| total - unpaid))?;
    Some(PaymentStatus { total: total.normalize(), paid: paid.normalize() })
}

/// Names of an undocumented list: the first list in the answer, of texts or of objects with a name.
pub(super) fn names(body: &Value) -> Option<Vec<String>> {
    let list = match body {
        Value::Array(items) => items,
        Value::Object(fields) => fields.values().find_map(Value::as_array)?,
        _ => return None,
    };
    const KEYS: [&str; 4] = ["name", "warehouseName", "measuringUnitName", "mu"];
    let name = |item: &Value| text_of(item).or_else(|| KEYS.iter().find_map(|key| item.get(*key).and_then(text_of)));
    Some(list.iter().filter_map(name).filter(|name| !name.is_empty()).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use rust_decimal::dec;
    use serde_json::json;

    #[test]
    fn what_was_paid_is_read_from_either_side() {
        let read = |body: Value| payment_status(serde_json::from_value(body).unwrap());
        let expected = Some(PaymentStatus { total: dec!(71.97), paid: dec!(20) });
        assert_eq!(read(json!({"invoiceTotalAmount": 71.97, "paidAmount": 20.0, "unpaidAmount": 51.97})), expected);
        assert_eq!(read(json!({"invoiceTotalAmount": "71.97", "unpaidAmount": "51.97"})), expected);
        assert_eq!(read(json!({"invoiceTotalAmount": 71.97, "paid": true})), None, "a flag is no amount");
    }

    #[test]
    fn names_come_out_of_every_shape_that_plugins_have_seen() {
        for body in [
            json!({"mu": ["buc", "kg"]}),
            json!(["buc", "kg"]),
            json!({"errorText": "", "list": [{"name": "buc"}, {"measuringUnitName": "kg"}, {"id": 7}, ""]}),
        ] {
            assert_eq!(names(&body).unwrap(), ["buc", "kg"], "{body}");
        }
        assert_eq!(names(&json!({"errorText": ""})), None);
    }
}

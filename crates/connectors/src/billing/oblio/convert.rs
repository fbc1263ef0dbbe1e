//! Draft to wire and wire to what Punte knows: pure.

use super::wire;
use crate::billing::prepare::{self, Unsendable};
use crate::billing::{
    Candidate, Company, EInvoiceState, EInvoiceStatus, FromProforma, IssueRequest, Issued, ListedDocument,
    PaymentRequest, PaymentStatus, ReadBack, ReferenceSeen, Series, StornoRequest, Target, VatRate,
};
use crate::call::{fold, plain_words};
use crate::scalar::text_of;
use chrono::Days;
use punte_domain::{CollectKind, Currency, FailureKind, Payment, Reference};
use rust_decimal::Decimal;
use serde_json::Value;
use url::Url;

/// The create's body.
///
/// # Errors
/// What of the draft Oblio's account cannot take: a rate it does not have, an amount JSON cannot carry.
pub(super) fn invoice<'a>(request: &'a IssueRequest, rates: &[VatRate]) -> Result<wire::Invoice<'a>, Unsendable> {
    let draft = &request.draft;
    let client = &draft.client;
    let due = match draft.due_days {
        None => None,
        Some(days) => request.issue_date.checked_add_days(Days::new(days.into())),
    };
    let products = draft.lines.iter().enumerate().map(|(index, line)| {
        let at = |field: &str| format!("lines[{}].{field}", index + 1);
        let named =
            |problem: Unsendable| Unsendable::new(problem.kind, format!("{}: {}", at("vat_rate"), problem.detail));
        Ok(wire::Product {
            name: &line.name,
            code: &line.code,
            description: &line.description,
            price: prepare::number(line.unit_price, &at("unit_price"))?,
            measuring_unit: &line.unit,
            currency: draft.currency.code(),
            vat_name: prepare::rate_name(rates, line.vat_rate, &line.vat_name).map_err(named)?,
            vat_percentage: prepare::number(line.vat_rate, &at("vat_rate"))?,
            vat_included: 1,
            quantity: prepare::number(line.quantity, &at("quantity"))?,
            management: if line.is_service { "" } else { &draft.warehouse },
            product_type: if line.is_service { "Serviciu" } else { "Marfa" },
            save: 0,
        })
    });
    Ok(wire::Invoice {
        cif: &request.company,
        client: wire::Client {
            cif: &client.tax_id,
            name: &client.name,
            rc: &client.reg_com,
            address: &client.address,
            state: &client.county,
            city: &client.city,
            country: &client.country,
            email: &client.email,
            phone: &client.phone,
            vat_payer: client.vat_payer.into(),
            save: 0,
            autocomplete: 0,
        },
        issue_date: request.issue_date.to_string(),
        due_date: due.map(|date| date.to_string()),
        series_name: &request.series,
        disable_auto_series: 0,
        language: language(&draft.language),
        precision: draft.precision.clamp(2, 4),
        currency: draft.currency.code(),
        products: products.collect::<Result<_, Unsendable>>()?,
        order_number: &request.order_number,
        mentions: prepare::mentions(request),
        use_stock: Some(u8::from(!draft.warehouse.is_empty())),
        send_email: 0,
        idempotency_key: &request.idempotency_key,
        reference_document: None,
        collect: match &draft.payment {
            Some(payment) => Some(collect(payment, &draft.receipt_series, &request.order_number)?),
            None => None,
        },
    })
}

/// A proforma's body: the invoice's, without what only an invoice has.
///
/// # Errors
/// As [`invoice`].
pub(super) fn proforma<'a>(request: &'a IssueRequest, rates: &[VatRate]) -> Result<wire::Invoice<'a>, Unsendable> {
    Ok(wire::Invoice { use_stock: None, collect: None, ..invoice(request, rates)? })
}

/// An invoice that names the proforma that it follows from, with client and lines of its own.
///
/// # Errors
/// As [`invoice`].
pub(super) fn from_proforma<'a>(request: &'a FromProforma, rates: &[VatRate]) -> Result<wire::Invoice<'a>, Unsendable> {
    let source = &request.proforma;
    let reference =
        wire::ReferenceDocument { kind: "Proforma", series_name: &source.series, number: &source.number, refund: None };
    Ok(wire::Invoice { reference_document: Some(reference), ..invoice(&request.invoice, rates)? })
}

pub(super) fn storno(request: &StornoRequest) -> wire::Following<'_> {
    let source = &request.original;
    wire::Following {
        cif: &request.company,
        issue_date: request.issue_date.to_string(),
        series_name: &request.series,
        disable_auto_series: 0,
        reference_document: wire::ReferenceDocument {
            kind: "Factura",
            series_name: &source.series,
            number: &source.number,
            refund: Some(request.refund_payment.into()),
        },
        order_number: &request.order_number,
        mentions: prepare::mentions_of("", &request.order_number, &request.reference),
        use_stock: 0,
        send_email: 0,
        idempotency_key: &request.idempotency_key,
    }
}

pub(super) fn named(target: &Target) -> wire::Named<'_> {
    let document = &target.document;
    wire::Named { cif: &target.company, series_name: &document.series, number: &document.number }
}

/// # Errors
/// An amount that is none or that JSON cannot carry; a payment without its document's number, which Oblio refuses.
pub(super) fn collected<'a>(
    target: &'a Target,
    payment: &'a PaymentRequest,
) -> Result<wire::Collected<'a>, Unsendable> {
    prepare::check_amount(payment.value)?;
    let (series_name, document_number) =
        named_by(payment.kind, &payment.receipt_series, payment.document_number.trim())?;
    let collect = wire::Collect {
        kind: collect_type(payment.kind),
        series_name,
        document_number,
        value: prepare::number(payment.value, "payment.value")?,
        issue_date: Some(payment.date.to_string()),
    };
    Ok(wire::Collected { document: named(target), collect })
}

/// Oblio's codes; Spanish is `SP` there.
fn language(code: &str) -> &str {
    match code {
        "" => "RO",
        "ES" => "SP",
        other => other,
    }
}

fn collect<'a>(
    payment: &'a Payment,
    receipt_series: &'a str,
    order_number: &'a str,
) -> Result<wire::Collect<'a>, Unsendable> {
    let document_number =
        if payment.document_number.trim().is_empty() { order_number } else { &payment.document_number };
    let (series_name, document_number) = named_by(payment.kind, receipt_series, document_number)?;
    let value = prepare::number(payment.value, "payment.value")?;
    Ok(wire::Collect { kind: collect_type(payment.kind), series_name, document_number, value, issue_date: None })
}

/// Series and number of a payment's document: a receipt is numbered by Oblio in its series, everything else has a number.
fn named_by<'a>(kind: CollectKind, receipt_series: &'a str, number: &'a str) -> Result<(&'a str, &'a str), Unsendable> {
    let missing = |field: &str| Err(Unsendable::new(FailureKind::FieldMissing, field));
    match kind {
        CollectKind::Cash if receipt_series.trim().is_empty() => missing("payment.receipt_series"),
        CollectKind::Cash => Ok((receipt_series, "")),
        _ if number.trim().is_empty() => missing("payment.document_number"),
        _ => Ok(("", number)),
    }
}

fn collect_type(kind: CollectKind) -> &'static str {
    match kind {
        CollectKind::Card => "Card",
        CollectKind::BankTransfer => "Ordin de plata",
        CollectKind::CashOnDelivery => "Ramburs",
        CollectKind::Cash => "Chitanta",
        CollectKind::Other => "Alta incasare banca",
    }
}

/// The document's own id, which only the link carries: `…?ic=<company>&id=<document>&it=<hash>`.
pub(super) fn id_of_link(link: &str) -> Option<String> {
    let url = Url::parse(link).ok()?;
    let id = url.query_pairs().find(|(name, _)| name == "id").map(|(_, value)| value.into_owned())?;
    (!id.is_empty()).then_some(id)
}

/// `None` where series or number are missing: then nothing was proven.
pub(super) fn issued(created: wire::Created) -> Option<Issued> {
    let filled = |text: Option<String>| text.filter(|text| !text.is_empty());
    let link = filled(created.link);
    Some(Issued {
        series: filled(created.series)?,
        number: filled(created.number)?,
        provider_id: link.as_deref().and_then(id_of_link),
        link,
    })
}

/// Digits of a fiscal code: Oblio takes and gives it with or without `RO`.
pub(super) fn cif_digits(cif: &str) -> String {
    cif.chars().filter(char::is_ascii_digit).collect()
}

pub(super) fn company(row: wire::Company) -> Option<Company> {
    let cif = row.cif.filter(|cif| !cif.is_empty())?;
    Some(Company { name: row.company.unwrap_or_default(), cif })
}

pub(super) fn series(row: wire::Series) -> Option<Series> {
    let kind = row.kind.unwrap_or_default();
    let document_type = match kind.as_str() {
        "Factura" => "invoice".to_owned(),
        "Proforma" => "proforma".to_owned(),
        "Chitanta" => "receipt".to_owned(),
        _ => kind,
    };
    Some(Series { name: row.name.filter(|name| !name.is_empty())?, document_type, next_number: row.next })
}

pub(super) fn vat_rate(row: wire::VatRate) -> Option<VatRate> {
    Some(VatRate { name: row.name?, percent: row.percent? })
}

fn client_name(client: &Value) -> Option<String> {
    client.get("name").and_then(text_of).filter(|name| !name.is_empty())
}

pub(super) fn candidate(row: wire::Row, ours: &Reference) -> Candidate {
    let found = Reference::find_all(row.mentions.as_deref().unwrap_or_default());
    let reference = if found.contains(ours) {
        ReferenceSeen::Ours
    } else {
        found.first().map_or(ReferenceSeen::None, |other| ReferenceSeen::Another(other.to_string()))
    };
    Candidate {
        total: row.total,
        client: client_name(&row.client),
        cancelled: row.canceled,
        reference,
        document: Issued {
            series: row.series.unwrap_or_default(),
            number: row.number.unwrap_or_default(),
            provider_id: row.id.or_else(|| row.link.as_deref().and_then(id_of_link)),
            link: row.link,
        },
    }
}

pub(super) fn read_back(row: wire::Row, reference: &Reference) -> ReadBack {
    ReadBack {
        total: row.total.map(|total| total.normalize()),
        currency: row.currency.and_then(|code| Currency::parse(&code).ok()),
        client: client_name(&row.client),
        cancelled: row.canceled,
        carries_reference: Some(Reference::find_all(row.mentions.as_deref().unwrap_or_default()).contains(reference)),
    }
}

/// `None` where a total or an amount is missing.
pub(super) fn payment_status(row: &wire::Row, view: &wire::View) -> Option<PaymentStatus> {
    let collects = view.collects.as_deref().unwrap_or_default();
    let paid: Option<Decimal> = collects.iter().map(|collect| collect.value).sum();
    Some(PaymentStatus { total: row.total?.normalize(), paid: paid?.normalize() })
}

/// The code decides: the published sample pairs the text of a sent one with the code of one in processing. Only that the
/// account is not connected is said in words alone.
pub(super) fn einvoice(status: Value) -> Option<EInvoiceStatus> {
    let status: wire::EInvoice = serde_json::from_value(status).ok()?;
    let words = status.text.unwrap_or_default();
    let state = match status.code?.as_str() {
        "-1" if fold(&words).contains("neconfigurat") => EInvoiceState::NotConfigured,
        "-1" => EInvoiceState::NotSent,
        "0" => EInvoiceState::Processing,
        "1" => EInvoiceState::Accepted,
        "2" => EInvoiceState::Rejected,
        _ => return None,
    };
    Some(EInvoiceStatus { state, words: plain_words(&words) })
}

pub(super) fn listed(row: wire::Row) -> ListedDocument {
    ListedDocument {
        issue_date: row.issue_date.as_deref().and_then(|text| text.parse().ok()),
        total: row.total.map(|total| total.normalize()),
        currency: row.currency.unwrap_or_default(),
        client: client_name(&row.client).unwrap_or_default(),
        cancelled: row.canceled,
        is_storno: row.storno,
        references: Reference::find_all(row.mentions.as_deref().unwrap_or_default()),
        einvoice: einvoice(row.einvoice_status),
        document: Issued {
            series: row.series.unwrap_or_default(),
            number: row.number.unwrap_or_default(),
            provider_id: row.id.or_else(|| row.link.as_deref().and_then(id_of_link)),
            link: row.link,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::billing::fixtures::{persons_request, request, vat};
    use rust_decimal::dec;
    use serde_json::json;

    fn rates() -> Vec<VatRate> {
        vec![vat("Normala", 21), vat("Redusa", 11), vat("SFDD", 0)]
    }

    #[test]
    fn goods_leave_the_chosen_warehouse_and_services_do_not() {
        let mut request = request();
        request.draft.warehouse = "Depozit".into();
        request.draft.lines[1].is_service = true;
        let body = serde_json::to_value(invoice(&request, &rates()).unwrap()).unwrap();
        assert_eq!((&body["useStock"], &body["products"][0]["management"]), (&1.into(), &"Depozit".into()));
        assert!(body["products"][1].get("management").is_none());
    }

    #[test]
    fn a_companys_order_with_a_payment() {
        insta::assert_json_snapshot!(invoice(&request(), &rates()).unwrap());
    }

    #[test]
    fn a_persons_order_without_one() {
        insta::assert_json_snapshot!(invoice(&persons_request(), &rates()).unwrap());
    }

    #[test]
    fn a_payment_without_a_document_takes_the_orders_number() {
        let mut request = request();
        let payment = request.draft.payment.as_mut().unwrap();
        payment.document_number = String::new();
        for (kind, expected) in [
            (CollectKind::Card, "Card"),
            (CollectKind::BankTransfer, "Ordin de plata"),
            (CollectKind::CashOnDelivery, "Ramburs"),
            (CollectKind::Other, "Alta incasare banca"),
        ] {
            request.draft.payment.as_mut().unwrap().kind = kind;
            let collect = invoice(&request, &rates()).unwrap().collect.unwrap();
            assert_eq!((collect.kind, collect.document_number), (expected, "1001"));
        }
    }

    #[test]
    fn cash_names_the_series_of_its_receipt_and_no_number() {
        let mut request = request();
        request.draft.payment.as_mut().unwrap().kind = CollectKind::Cash;
        assert_eq!(invoice(&request, &rates()).unwrap_err().detail, "payment.receipt_series");
        request.draft.receipt_series = "CHT".into();
        let body = serde_json::to_value(invoice(&request, &rates()).unwrap()).unwrap();
        assert_eq!(body["collect"], json!({"type": "Chitanta", "seriesName": "CHT", "value": 91.96}));
    }

    #[test]
    fn an_invoice_from_a_proforma_names_it_and_keeps_its_own_lines() {
        let following = crate::billing::fixtures::from_proforma();
        let body = serde_json::to_value(from_proforma(&following, &rates()).unwrap()).unwrap();
        let named = json!({"type": "Proforma", "seriesName": "PRO", "number": "0003"});
        assert_eq!((&body["referenceDocument"], body["products"].as_array().unwrap().len()), (&named, 3));
        assert_eq!(body["collect"]["type"], "Card", "the payment too");
    }

    #[test]
    fn a_rate_that_the_account_lacks_is_named_with_its_line() {
        let problem = invoice(&request(), &[vat("Normala", 21)]).unwrap_err();
        assert_eq!(problem.kind, FailureKind::VatRateUnknown);
        assert_eq!(problem.detail, "lines[2].vat_rate: 11 %; Normala 21 %");
    }

    #[test]
    fn the_id_comes_out_of_the_link() {
        assert_eq!(id_of_link("https://www.oblio.eu/docs/preview/invoice?ic=1&id=42&it=ab").as_deref(), Some("42"));
        assert_eq!(id_of_link("https://www.oblio.eu/docs/preview/invoice?ic=1"), None);
        assert_eq!(id_of_link("nothing"), None);
    }

    #[test]
    fn a_row_is_read_whether_it_writes_numbers_or_text() {
        let reference = request().reference;
        for row in [
            json!({"id": "7", "number": "0053", "seriesName": "FCT", "total": "91.9600", "canceled": "0", "currency": "RON",
                "mentions": format!("Comanda #1001 {reference}"), "client": {"name": "EXEMPLU SRL"}, "link": "x"}),
            json!({"id": 7, "number": "0053", "seriesName": "FCT", "total": 91.96, "canceled": 0, "currency": "RON",
                "mentions": format!("comanda\n{reference}"), "client": {"name": "EXEMPLU SRL"}}),
        ] {
            let read: wire::Row = serde_json::from_value(row.clone()).unwrap();
            let seen = candidate(read, &reference);
            assert_eq!(seen.reference, ReferenceSeen::Ours);
            assert_eq!((seen.total, seen.cancelled), (Some(dec!(91.96)), Some(false)));
            assert_eq!(seen.document.provider_id.as_deref(), Some("7"));
            let back = read_back(serde_json::from_value(row).unwrap(), &reference);
            assert_eq!((back.currency, back.carries_reference), (Some(Currency::RON), Some(true)));
        }
    }

    #[test]
    fn a_row_without_our_reference_is_anothers() {
        let bare: wire::Row = serde_json::from_value(json!({"id": 8, "client": []})).unwrap();
        assert_eq!(candidate(bare, &request().reference).reference, ReferenceSeen::None);
        let other = crate::billing::fixtures::reference("2002");
        let marked: wire::Row = serde_json::from_value(json!({"mentions": other.as_str()})).unwrap();
        let seen = candidate(marked, &request().reference).reference;
        assert_eq!(seen, ReferenceSeen::Another(other.to_string()));
    }
}

//! Draft to wire and wire to what Punte knows: pure.

use super::wire;
use crate::billing::prepare::{self, Unsendable};
use crate::billing::{FindQuery, IssueRequest, Issued, ReferenceSeen, Series, VatRate};
use crate::call::fold;
use chrono::Days;
use punte_domain::{CollectKind, Draft, FailureKind, Reference};

/// What a person without a CNP is written as for e-Factura.
const PERSON: &str = "0000000000000";
/// Printed numbers have at least so many digits; an unpadded one is "not found".
const DIGITS: usize = 4;

/// The create's body. No rates at all means that the company is no VAT payer.
///
/// # Errors
/// What of the draft the account cannot take: a rate it does not have, an amount JSON cannot carry.
pub(super) fn invoice<'a>(request: &'a IssueRequest, rates: &[VatRate]) -> Result<wire::Invoice<'a>, Unsendable> {
    let draft = &request.draft;
    let client = &draft.client;
    let products = draft.lines.iter().enumerate().map(|(index, line)| {
        let at = |field: &str| format!("lines[{}].{field}", index + 1);
        let named =
            |problem: Unsendable| Unsendable::new(problem.kind, format!("{}: {}", at("vat_rate"), problem.detail));
        let tax_name = prepare::rate_name(rates, line.vat_rate, &line.vat_name).map_err(named)?;
        let percentage = prepare::number(line.vat_rate, &at("vat_rate"))?;
        Ok(wire::Product {
            name: &line.name,
            code: &line.code,
            product_description: &line.description,
            is_discount: false,
            measuring_unit_name: &line.unit,
            warehouse_name: if line.is_service { "" } else { &draft.warehouse },
            currency: draft.currency.code(),
            quantity: prepare::number(line.quantity, &at("quantity"))?,
            price: prepare::number(line.unit_price, &at("unit_price"))?,
            is_tax_included: true,
            tax_percentage: tax_name.is_some().then_some(percentage),
            tax_name,
            is_service: line.is_service,
            save_to_db: false,
        })
    });
    Ok(wire::Invoice {
        company_vat_code: &request.company,
        series_name: &request.series,
        is_draft: false,
        issue_date: request.issue_date.to_string(),
        due_date: due_date(request),
        currency: draft.currency.code(),
        language: language(draft),
        precision: draft.precision.clamp(2, 4),
        use_stock: Some(!draft.warehouse.is_empty()),
        send_email: false,
        mentions: prepare::mentions(request),
        client: wire::Client {
            name: &client.name,
            vat_code: if client.tax_id.is_empty() && !client.is_company { PERSON } else { &client.tax_id },
            is_tax_payer: client.vat_payer,
            reg_com: &client.reg_com,
            address: &client.address,
            city: &client.city,
            county: &client.county,
            country: &client.country,
            email: &client.email,
            phone: &client.phone,
            save_to_db: false,
        },
        products: products.collect::<Result<_, Unsendable>>()?,
        use_estimate_details: None,
        estimate: None,
        payment: paid_at_once(draft)?,
    })
}

/// Issue date and due days as a day.
pub(super) fn due_date(request: &IssueRequest) -> Option<String> {
    let due = request.issue_date.checked_add_days(Days::new(request.draft.due_days?.into()))?;
    Some(due.to_string())
}

pub(super) fn language(draft: &Draft) -> &str {
    if draft.language.is_empty() { "RO" } else { &draft.language }
}

/// A proforma's body: the invoice's, without what only an invoice has.
///
/// # Errors
/// As [`invoice`].
pub(super) fn estimate<'a>(request: &'a IssueRequest, rates: &[VatRate]) -> Result<wire::Invoice<'a>, Unsendable> {
    Ok(wire::Invoice { use_stock: None, payment: None, ..invoice(request, rates)? })
}

/// The payment that is recorded with an invoice.
///
/// # Errors
/// An amount that JSON cannot carry; cash without a series of receipts.
pub(super) fn paid_at_once(draft: &Draft) -> Result<Option<wire::Payment<'_>>, Unsendable> {
    let Some(payment) = &draft.payment else { return Ok(None) };
    Ok(Some(wire::Payment {
        value: prepare::number(payment.value, "payment.value")?,
        kind: payment_type(payment.kind),
        payment_series: receipt_series(payment.kind, &draft.receipt_series)?,
        is_cash: payment.kind == CollectKind::Cash,
    }))
}

/// The series that SmartBill numbers a receipt in; empty for what is no cash.
pub(super) fn receipt_series(kind: CollectKind, series: &str) -> Result<&str, Unsendable> {
    match kind {
        CollectKind::Cash if series.trim().is_empty() => {
            Err(Unsendable::new(FailureKind::FieldMissing, "payment.receipt_series"))
        }
        CollectKind::Cash => Ok(series),
        CollectKind::Card | CollectKind::BankTransfer | CollectKind::CashOnDelivery | CollectKind::Other => Ok(""),
    }
}

pub(super) fn payment_type(kind: CollectKind) -> &'static str {
    match kind {
        CollectKind::Card => "Card online",
        CollectKind::BankTransfer => "Ordin plata",
        CollectKind::CashOnDelivery => "Ramburs",
        CollectKind::Cash => "Chitanta",
        CollectKind::Other => "Alta incasare",
    }
}

/// A number as printed.
pub(super) fn printed(number: u64) -> String {
    format!("{number:0DIGITS$}")
}

/// A number as printed, from an integer or padded text; longer padding is kept.
pub(super) fn printed_text(text: &str) -> Option<String> {
    let number: u64 = text.parse().ok()?;
    let padded = printed(number);
    Some(if text.len() > padded.len() { text.to_owned() } else { padded })
}

/// `None` where the number is missing (a draft, a stranger's answer): then nothing was proven.
pub(super) fn issued(created: wire::Created, asked_series: &str) -> Option<Issued> {
    let filled = |text: Option<String>| text.filter(|text| !text.is_empty());
    Some(Issued {
        number: filled(created.number)?,
        series: filled(created.series).unwrap_or_else(|| asked_series.to_owned()),
        provider_id: filled(created.document_id).filter(|id| id != "-1"),
        link: filled(created.document_view_url).or(filled(created.document_url)),
    })
}

pub(super) fn series(row: wire::Series) -> Option<Series> {
    let kind = row.kind.unwrap_or_default();
    let document_type = match kind.as_str() {
        "f" => "invoice".to_owned(),
        "p" => "proforma".to_owned(),
        "c" => "receipt".to_owned(),
        _ => kind,
    };
    Some(Series {
        name: row.name.filter(|name| !name.is_empty())?,
        document_type,
        next_number: row.next_number.as_deref().and_then(printed_text),
    })
}

pub(super) fn vat_rate(row: wire::Tax) -> Option<VatRate> {
    Some(VatRate { name: row.name?, percent: row.percentage? })
}

/// What a document's text says of whose it is. It is another's only if it was certainly read: its own number is in it.
pub(super) fn reference_in(text: &str, number: &str, ours: &Reference) -> ReferenceSeen {
    let found = Reference::find_all(text);
    if found.contains(ours) {
        return ReferenceSeen::Ours;
    }
    if !names_number(text, number) {
        return ReferenceSeen::Unreadable;
    }
    found.first().map_or(ReferenceSeen::None, |other| ReferenceSeen::Another(other.to_string()))
}

/// Whether a document's own number stands in its text: then it was certainly read.
pub(super) fn names_number(text: &str, number: &str) -> bool {
    text.chars().filter(|c| !c.is_whitespace()).collect::<String>().contains(number)
}

/// Whose a document in the gap is. SmartBill's own storno and, perhaps, an invoice made from a proforma carry no reference
/// of ours: the first is known by the original that it names, the second (`is_made`) because SmartBill names it. Another's
/// reference in it weighs more than either.
pub(super) fn whose(text: &str, number: &str, query: &FindQuery, is_made: bool) -> ReferenceSeen {
    let bare = |number: &str| number.trim_start_matches('0').to_owned();
    // the original itself may be looked at, and is not its own storno, whatever its text says of one
    let is_another = |it: &&Issued| it.series != query.series || bare(&it.number) != bare(number);
    let reverses = query.reverses.as_ref().filter(is_another).is_some_and(|it| names_reversed(text, it));
    match reference_in(text, number, &query.reference) {
        ReferenceSeen::None if is_made || reverses => ReferenceSeen::Ours,
        ReferenceSeen::Unreadable if is_made => ReferenceSeen::Ours,
        ReferenceSeen::Another(other)
            if is_made && query.proforma_reference.as_ref().is_some_and(|copied| copied.as_str() == other) =>
        {
            ReferenceSeen::Ours
        }
        // the original's mentions may be copied into its storno, and then its reference stands there
        ReferenceSeen::Another(_) if reverses => ReferenceSeen::Ours,
        seen => seen,
    }
}

/// Whether a document says that it is the storno of another: series and number of the original stand closely after the
/// word. (The word is in the document's own title too, before its own number, which is never the original's.)
pub(super) fn names_reversed(text: &str, original: &Issued) -> bool {
    let compact = |text: &str| fold(text).chars().filter(|c| c.is_alphanumeric()).collect::<String>();
    let names = [
        compact(&format!("{}nr{}", original.series, original.number)),
        compact(&format!("{}{}", original.series, original.number)),
    ];
    let text = compact(text);
    text.match_indices(STORNO).any(|(at, word)| {
        let after = &text[at + word.len()..];
        names.iter().any(|name| {
            after.match_indices(name.as_str()).any(|(at, _)| {
                let is_whole = !after[at + name.len()..].starts_with(|c: char| c.is_ascii_digit());
                at < NAMED_WITHIN && is_whole
            })
        })
    })
}

/// Whether a document calls itself a storno, or anything in it that.
pub(super) fn says_storno(text: &str) -> bool {
    fold(text).contains(STORNO)
}

const STORNO: &str = "storno";
/// Letters and digits between the word and the original's name.
const NAMED_WITHIN: usize = 40;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::billing::fixtures::{persons_request, reference, request, vat};
    use rust_decimal::dec;
    use serde_json::json;

    fn rates() -> Vec<VatRate> {
        vec![vat("Normala", 21), vat("Redusa", 11), vat("Taxare inversa", 0)]
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
    fn goods_leave_the_chosen_warehouse_and_services_do_not() {
        let mut request = request();
        request.draft.warehouse = "Depozit".into();
        request.draft.lines[1].is_service = true;
        let body = serde_json::to_value(invoice(&request, &rates()).unwrap()).unwrap();
        assert_eq!((&body["useStock"], &body["products"][0]["warehouseName"]), (&true.into(), &"Depozit".into()));
        assert!(body["products"][1].get("warehouseName").is_none());
    }

    #[test]
    fn a_company_without_vat_sends_no_tax_at_all() {
        let mut request = request();
        for line in &mut request.draft.lines {
            line.vat_rate = dec!(0);
        }
        let body = serde_json::to_value(invoice(&request, &[]).unwrap()).unwrap();
        assert!(body["products"][0].get("taxName").is_none() && body["products"][0].get("taxPercentage").is_none());
    }

    #[test]
    fn every_payment_has_its_type_and_says_it_is_not_cash() {
        let mut request = request();
        for (kind, expected) in [
            (CollectKind::Card, "Card online"),
            (CollectKind::BankTransfer, "Ordin plata"),
            (CollectKind::CashOnDelivery, "Ramburs"),
            (CollectKind::Other, "Alta incasare"),
        ] {
            request.draft.payment.as_mut().unwrap().kind = kind;
            let sent = invoice(&request, &rates()).unwrap().payment.unwrap();
            assert_eq!((sent.kind, sent.is_cash), (expected, false));
        }
    }

    #[test]
    fn cash_names_the_series_of_its_receipt_and_says_that_it_is_cash() {
        let mut request = request();
        request.draft.payment.as_mut().unwrap().kind = CollectKind::Cash;
        assert_eq!(invoice(&request, &rates()).unwrap_err().detail, "payment.receipt_series");
        request.draft.receipt_series = "CHT".into();
        let body = serde_json::to_value(invoice(&request, &rates()).unwrap()).unwrap();
        let cash = json!({"value": 91.96, "type": "Chitanta", "paymentSeries": "CHT", "isCash": true});
        assert_eq!(body["payment"], cash);
    }

    #[test]
    fn a_rate_that_the_account_lacks_is_named_with_its_line() {
        let problem = invoice(&request(), &[vat("Normala", 21)]).unwrap_err();
        assert_eq!(
            (problem.kind, problem.detail.as_str()),
            (FailureKind::VatRateUnknown, "lines[2].vat_rate: 11 %; Normala 21 %")
        );
    }

    #[test]
    fn numbers_are_padded_to_four_whether_they_come_as_integers_or_text() {
        for (given, expected) in
            [("7", "0007"), ("0117", "0117"), ("3821", "3821"), ("12345", "12345"), ("00007", "00007")]
        {
            assert_eq!(printed_text(given).as_deref(), Some(expected));
        }
        assert_eq!(printed_text("FCT7"), None);
    }

    #[test]
    fn an_answer_without_a_number_proves_nothing() {
        let created: wire::Created =
            serde_json::from_value(json!({"number": "", "series": "FCT", "documentId": 20363})).unwrap();
        assert_eq!(issued(created, "FCT"), None);
        let created: wire::Created = serde_json::from_value(
            json!({"number": "0007", "series": "FCT", "documentId": 20363, "documentUrl": "a", "documentViewUrl": "b"}),
        )
        .unwrap();
        let issued = issued(created, "FCT").unwrap();
        assert_eq!((issued.provider_id.as_deref(), issued.link.as_deref()), (Some("20363"), Some("b")));
    }

    #[test]
    fn a_document_is_anothers_only_when_it_was_certainly_read() {
        let (ours, other) = (reference("1001"), reference("2002"));
        let text = |mentions: &str| format!("FACTURA\nSeria FCT nr. 00 07 din data 23/11/2026 {mentions}");
        assert_eq!(reference_in(&text(ours.as_str()), "0007", &ours), ReferenceSeen::Ours);
        assert_eq!(reference_in(&text(""), "0007", &ours), ReferenceSeen::None);
        assert_eq!(reference_in(&text(other.as_str()), "0007", &ours), ReferenceSeen::Another(other.to_string()));
        assert_eq!(reference_in("\u{1}\u{2}", "0007", &ours), ReferenceSeen::Unreadable);
        assert_eq!(reference_in(ours.as_str(), "0007", &ours), ReferenceSeen::Ours, "our reference alone identifies");
    }
}

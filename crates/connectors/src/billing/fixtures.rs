//! A draft, a request and rates for tests: two lines of a company in Bucharest, as the protocol notes' sample has them.

use super::{
    BillingConfig, DocumentKind, EmailRequest, FromProforma, IssueRequest, Issued, PaymentRequest, StornoRequest,
    Target, VatRate,
};
use crate::pace::Urgency;
use chrono::NaiveDate;
use punte_domain::{
    Client, CollectKind, Currency, Draft, IssueKey, Line, LineKind, Payment, Reference, Role, WorkspaceSeed,
};
use rust_decimal::{Decimal, dec};
use secrecy::SecretString;
use std::sync::Arc;
use std::time::Duration;

pub(crate) fn reference(order_id: &str) -> Reference {
    let key =
        IssueKey { shop_identity: "cana.ro".into(), order_id: order_id.into(), role: Role::Invoice, generation: 1 };
    WorkspaceSeed([7; 32]).reference(&key)
}

pub(crate) fn vat(name: &str, percent: i64) -> VatRate {
    VatRate { name: name.into(), percent: Decimal::from(percent) }
}

pub(crate) fn config(base_url: &str) -> BillingConfig {
    BillingConfig {
        base_url: base_url.into(),
        account: "ana@example.com".into(),
        secret: SecretString::from("0123456789abcdef"),
        paced: false,
        create_limit: Duration::from_secs(120),
        budgets: Arc::default(),
        urgency: Urgency::Live,
        reserve: 0,
        legacy_routes: false,
    }
}

fn line(kind: LineKind, name: &str, quantity: Decimal, unit_price: Decimal, vat_rate: Decimal) -> Line {
    Line {
        kind,
        name: name.into(),
        code: if kind == LineKind::Product { "CANA-01".into() } else { String::new() },
        description: String::new(),
        unit: "buc".into(),
        quantity,
        unit_price,
        vat_rate,
        vat_name: String::new(),
        is_service: kind != LineKind::Product,
    }
}

pub(crate) fn request() -> IssueRequest {
    IssueRequest {
        company: "RO12345674".into(),
        series: "FCT".into(),
        issue_date: NaiveDate::from_ymd_opt(2026, 11, 23).unwrap(),
        draft: Draft {
            client: Client {
                name: "EXEMPLU SRL".into(),
                is_company: true,
                tax_id: "RO14399840".into(),
                vat_payer: true,
                reg_com: "J40/1/2020".into(),
                address: "Str. Lalelei 1".into(),
                city: "Sector 1".into(),
                county: "Bucuresti".into(),
                country: "Romania".into(),
                email: "ana@example.com".into(),
                phone: "0722000000".into(),
            },
            currency: Currency::RON,
            language: "RO".into(),
            precision: 4,
            lines: vec![
                line(LineKind::Product, "Cană ceramică", dec!(3), dec!(8.99), dec!(21)),
                line(LineKind::Product, "Carte", dec!(1), dec!(45), dec!(11)),
                line(LineKind::Shipping, "Transport", dec!(1), dec!(19.99), dec!(21)),
            ],
            payment: Some(Payment { kind: CollectKind::Card, value: dec!(91.96), document_number: "ch_1".into() }),
            tax_point: NaiveDate::from_ymd_opt(2026, 11, 21).unwrap(),
            due_days: Some(15),
            mentions: String::new(),
            order_total: dec!(91.96),
            tolerance: Decimal::ZERO,
            warehouse: String::new(),
            receipt_series: String::new(),
        },
        reference: reference("1001"),
        idempotency_key: "pnt-0123456789abcdefghjkmnp".into(),
        order_number: "1001".into(),
    }
}

/// The same order bought by a person and paid on delivery.
pub(crate) fn persons_request() -> IssueRequest {
    let mut request = request();
    let client = &mut request.draft.client;
    client.name = "Ion Țîru".into();
    client.is_company = false;
    client.tax_id = String::new();
    client.vat_payer = false;
    client.reg_com = String::new();
    request.draft.payment = None;
    request.draft.due_days = None;
    request
}

pub(crate) fn issued(series: &str, number: &str) -> Issued {
    Issued { series: series.into(), number: number.into(), provider_id: None, link: None }
}

/// The invoice FCT 0007 of order 1001.
pub(crate) fn target(kind: DocumentKind) -> Target {
    let request = request();
    let document = issued(if kind == DocumentKind::Invoice { "FCT" } else { "PRO" }, "0007");
    Target { company: request.company, kind, document, issue_date: request.issue_date, reference: request.reference }
}

pub(crate) fn from_proforma() -> FromProforma {
    FromProforma { invoice: request(), proforma: issued("PRO", "0003"), repeats: true }
}

pub(crate) fn storno() -> StornoRequest {
    let request = request();
    StornoRequest {
        company: request.company,
        series: request.series,
        issue_date: request.issue_date,
        original: issued("FCT", "0007"),
        reference: reference("storno of 1001"),
        idempotency_key: request.idempotency_key,
        order_number: request.order_number,
        refund_payment: true,
    }
}

pub(crate) fn payment() -> PaymentRequest {
    PaymentRequest {
        kind: CollectKind::BankTransfer,
        value: dec!(20.50),
        date: request().issue_date,
        document_number: "OP 17".into(),
        receipt_series: String::new(),
    }
}

pub(crate) fn email() -> EmailRequest {
    EmailRequest {
        to: "ana@example.com".into(),
        cc: String::new(),
        subject: "Factura dumneavoastră".into(),
        body: "Mulțumim! 🙂".into(),
    }
}

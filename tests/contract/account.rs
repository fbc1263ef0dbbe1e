//! Logins of the simulators, requests to send, and what to look for afterwards.

use crate::World;
use chrono::NaiveDate;
use punte_connectors::billing::{
    Baseline, BillingConfig, BillingProvider, DocumentKind, EmailRequest, FindQuery, FromProforma, IssueRequest,
    Issued, PaymentRequest, ProviderKind, StornoRequest, Target, connect,
};
use punte_connectors::{HttpTransport, Transport};
use punte_domain::{
    Client, CollectKind, Currency, Draft, IssueKey, Line, LineKind, Payment, Reference, Role, WorkspaceSeed,
};
use punte_sandbox::Provider;
use rust_decimal::{Decimal, dec};
use secrecy::SecretString;
use std::sync::Arc;
use std::time::Duration;

pub const BOTH: [Provider; 2] = [Provider::SmartBill, Provider::Oblio];

/// Login, secret, company and series of a simulator.
pub struct Account {
    pub config: BillingConfig,
    pub company: String,
    pub series: String,
}

pub fn account(world: &World, provider: Provider) -> Account {
    let ends = world.running.endpoints();
    let (url, login, secret, company, series) = match provider {
        Provider::SmartBill => {
            let end = &ends.smartbill;
            (&end.url, &end.username, &end.token, &end.company, &end.series)
        }
        _ => {
            let end = &ends.oblio;
            (&end.url, &end.email, &end.secret, &end.company, &end.series)
        }
    };
    let config = BillingConfig {
        base_url: url.clone(),
        account: login.clone(),
        secret: SecretString::from(secret.clone()),
        paced: false,
        create_limit: Duration::from_secs(2),
        budgets: Arc::default(),
        urgency: Default::default(),
        reserve: 0,
        legacy_routes: false,
    };
    Account { config, company: company.clone(), series: series.clone() }
}

pub fn client_over(
    provider: Provider,
    config: BillingConfig,
    transport: Arc<dyn Transport>,
) -> Arc<dyn BillingProvider> {
    let kind = if provider == Provider::Oblio { ProviderKind::Oblio } else { ProviderKind::SmartBill };
    connect(kind, config, transport)
}

pub fn client_of(provider: Provider, config: BillingConfig) -> Arc<dyn BillingProvider> {
    client_over(provider, config, Arc::new(HttpTransport::new(Default::default())))
}

pub fn today() -> NaiveDate {
    punte_domain::fiscal_date(chrono::Utc::now().timestamp_millis())
}

pub fn reference(order: &str) -> Reference {
    let key = IssueKey { shop_identity: "cana.ro".into(), order_id: order.into(), role: Role::Invoice, generation: 1 };
    WorkspaceSeed([9; 32]).reference(&key)
}

pub fn line(name: &str, quantity: Decimal, unit_price: Decimal, vat_rate: Decimal) -> Line {
    Line {
        kind: LineKind::Product,
        name: name.into(),
        code: String::new(),
        description: "reducere inclusă".into(),
        unit: "buc".into(),
        quantity,
        unit_price,
        vat_rate,
        vat_name: String::new(),
        is_service: false,
    }
}

pub fn request(account: &Account, order: &str) -> IssueRequest {
    IssueRequest {
        company: account.company.clone(),
        series: account.series.clone(),
        issue_date: today(),
        draft: Draft {
            client: Client {
                name: "ȘTRENGARUL & ȚINCUL SRL".into(),
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
            lines: vec![line("Cană «Țărm»", dec!(3), dec!(8.99), dec!(21)), line("Carte", dec!(1), dec!(45), dec!(11))],
            payment: Some(Payment { kind: CollectKind::Card, value: dec!(71.97), document_number: "pi_1".into() }),
            tax_point: today(),
            due_days: None,
            mentions: String::new(),
            order_total: dec!(71.97),
            tolerance: Decimal::ZERO,
            warehouse: String::new(),
            receipt_series: String::new(),
        },
        reference: reference(order),
        idempotency_key: format!("pnt-{order}"),
        order_number: order.into(),
    }
}

/// The same, with nothing paid yet.
pub fn unpaid_request(account: &Account, order: &str) -> IssueRequest {
    let mut request = request(account, order);
    request.draft.payment = None;
    request
}

pub fn query(sent: &IssueRequest, baseline: Baseline) -> FindQuery {
    FindQuery {
        first_date: None,
        company: sent.company.clone(),
        series: sent.series.clone(),
        issue_date: sent.issue_date,
        reference: sent.reference.clone(),
        baseline,
        struck: Vec::new(),
        total: sent.draft.total(),
        kind: DocumentKind::Invoice,
        reverses: None,
        from_proforma: None,
        proforma_reference: None,
        known_last: None,
    }
}

pub fn target(sent: &IssueRequest, kind: DocumentKind, document: Issued) -> Target {
    Target {
        company: sent.company.clone(),
        kind,
        document,
        issue_date: sent.issue_date,
        reference: sent.reference.clone(),
    }
}

pub fn storno(sent: &IssueRequest, original: Issued) -> StornoRequest {
    StornoRequest {
        company: sent.company.clone(),
        series: sent.series.clone(),
        issue_date: sent.issue_date,
        original,
        reference: reference(&format!("{}-storno", sent.order_number)),
        idempotency_key: format!("{}-s", sent.idempotency_key),
        order_number: sent.order_number.clone(),
        refund_payment: true,
    }
}

pub fn from_proforma(sent: &IssueRequest, proforma: Issued) -> FromProforma {
    let invoice = IssueRequest { idempotency_key: format!("{}-i", sent.idempotency_key), ..sent.clone() };
    FromProforma { invoice, proforma, repeats: true }
}

pub fn payment(value: Decimal) -> PaymentRequest {
    PaymentRequest {
        kind: CollectKind::BankTransfer,
        value,
        date: today(),
        document_number: "OP 17".into(),
        receipt_series: String::new(),
    }
}

pub fn email() -> EmailRequest {
    EmailRequest {
        to: "ana@example.com".into(),
        cc: String::new(),
        subject: "Factura dumneavoastră".into(),
        body: "Mulțumim! 🙂".into(),
    }
}

/// The name of the account's series of proformas.
pub async fn proforma_series(client: &dyn BillingProvider, company: &str) -> String {
    let listed = client.list_series(company).await.unwrap();
    listed.into_iter().find(|series| series.document_type == "proforma").unwrap().name
}

/// The same order as a proforma.
pub async fn proforma_request(client: &dyn BillingProvider, account: &Account, order: &str) -> IssueRequest {
    let mut sent = unpaid_request(account, order);
    sent.series = proforma_series(client, &account.company).await;
    sent.idempotency_key = format!("pnt-{order}-p");
    sent.reference = reference(&format!("{order}-proforma"));
    sent
}

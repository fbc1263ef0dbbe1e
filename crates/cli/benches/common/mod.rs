//! What the benchmarks share: where results go, the simulators in a process of their own, orders as a shop exports them, and
//! what the system says of a process.

#![allow(dead_code, reason = "each benchmark uses its part")]

mod outside;

#[allow(unused_imports, reason = "each benchmark uses its part")]
pub use outside::{Results, Running, Simulators, median, out_dir, program, quantile, read_only, rss_mib};

use punte_engine::connectors::Budgets;
use punte_engine::connectors::shops::file;
use punte_engine::connectors::transport::{HttpTransport, HttpTransportConfig};
use punte_engine::setup::{BillingOptions, ConnectionDraft};
use punte_engine::store::ledger::{Connection, Flow};
use punte_engine::vault::Vault;
use punte_engine::{Deps, SystemClock, Timing, Workspace};
use serde_json::{Value, json};
use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;

/// Processor time of this process so far, its threads together, in milliseconds.
pub fn cpu_ms() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap();
    let after_name: Vec<&str> = stat.rsplit(')').next().unwrap().split_whitespace().collect();
    let ticks: f64 = after_name[11].parse::<f64>().unwrap() + after_name[12].parse::<f64>().unwrap();
    ticks * 10.0
}

pub fn deps(folder: &Path, vault: Arc<dyn Vault>, timing: Timing) -> Deps {
    Deps {
        clock: Arc::new(SystemClock::default()),
        vault,
        transport: Arc::new(HttpTransport::new(HttpTransportConfig::default())),
        budgets: Arc::new(Budgets::new()),
        addresses: HashMap::new(),
        timing,
        meters: Arc::default(),
        machine: "bench".to_owned(),
        state: folder.join("state"),
    }
}

/// A connection to one of the simulators.
pub async fn connect_billing(workspace: &Workspace, ports: &Value, kind: &str) -> Connection {
    let at = &ports[kind];
    let text = |field: &str| at[field].as_str().unwrap().to_owned();
    let (account, secret) = match kind {
        "oblio" => (text("email"), text("secret")),
        _ => (text("username"), text("token")),
    };
    connect(workspace, kind, &text("url"), &account, &secret, Some(text("company"))).await
}

pub async fn connect_file(workspace: &Workspace, name: &str) -> Connection {
    let draft = draft("file", name, "", "", "", None);
    workspace.save_connection(draft).await.unwrap()
}

async fn connect(
    workspace: &Workspace,
    kind: &str,
    address: &str,
    account: &str,
    secret: &str,
    company: Option<String>,
) -> Connection {
    workspace.save_connection(draft(kind, kind, address, account, secret, company)).await.unwrap()
}

fn draft(
    kind: &str,
    name: &str,
    address: &str,
    account: &str,
    secret: &str,
    company: Option<String>,
) -> ConnectionDraft {
    ConnectionDraft {
        id: None,
        kind: kind.to_owned(),
        name: name.to_owned(),
        address: address.to_owned(),
        account: account.to_owned(),
        secret: secret.to_owned().into(),
        company,
        series: None,
        options: BillingOptions::default(),
    }
}

/// Takes an export's orders in, as many in a commit as an import does; answers how many are new.
pub async fn take_in(workspace: &Workspace, shop: &Connection, export: &[u8]) -> u64 {
    let read = file::orders_from_json(export.to_vec()).unwrap();
    let orders: Vec<_> = read.map(|order| order.unwrap().1).collect();
    let mut new = 0;
    for together in orders.chunks(500) {
        new += u64::from(workspace.take_orders(shop, together.to_vec()).await.unwrap().new);
    }
    new
}

/// The Romanian preset as a mapping; its id.
pub async fn add_preset(workspace: &Workspace) -> String {
    let start = punte_engine::editor::MappingStart::Preset("woocommerce_ro".to_owned());
    workspace.create_mapping("", start, "bench").await.unwrap().id
}

pub async fn add_flow(workspace: &Workspace, shop: &Connection, billing: &Connection, series: &str, mapping_id: &str) {
    let flow = Flow {
        id: workspace.new_id("flow"),
        name: format!("{} → {series}", shop.name),
        shop_id: shop.id.clone(),
        billing_id: billing.id.clone(),
        company: billing.company.clone().unwrap(),
        series: series.to_owned(),
        condition: String::new(),
        mapping_id: mapping_id.to_owned(),
        enabled: true,
        active_from_ms: 0,
        series_is_ours: true,
        write_back: false,
        full_refund: Default::default(),
        partial_refund: Default::default(),
        rules: Default::default(),
        created_ms: workspace.clock_now_ms(),
    };
    workspace.save_flow(flow).await.unwrap();
}

pub const FIRST: [&str; 16] = [
    "Ștefania",
    "Andrei",
    "Ioana",
    "Mihai",
    "Elena",
    "Vlad",
    "Ana-Maria",
    "Răzvan",
    "Cristina",
    "Țurcan",
    "Ilinca",
    "Sorin",
    "Gabriela",
    "Dănuț",
    "Bianca",
    "Horațiu",
];
pub const LAST: [&str; 20] = [
    "Popescu",
    "Ionescu",
    "Țurcanu",
    "Dumitrescu",
    "Stănescu",
    "Mureșan",
    "Gheorghiu",
    "Radu",
    "Lupu",
    "Băsescu",
    "Nistor",
    "Călinescu",
    "Vasilescu",
    "Moldovan",
    "Sârbu",
    "Ciobanu",
    "Manea",
    "Rusu",
    "Preda",
    "Oprea",
];
const CITIES: [(&str, &str); 4] = [("Cluj-Napoca", "CJ"), ("Iași", "IS"), ("Timișoara", "TM"), ("Brașov", "BV")];

/// Orders as WooCommerce exports them, paid and completed: one to three lines, 21 % VAT, every third for a company.
pub fn export(first: u64, count: u64) -> Vec<u8> {
    let orders: Vec<Value> = (first..first + count).map(order).collect();
    serde_json::to_vec(&orders).unwrap()
}

pub fn order(id: u64) -> Value {
    let n = id as usize;
    let (name, surname, city) = (FIRST[n % FIRST.len()], LAST[(n / 3) % LAST.len()], CITIES[n % CITIES.len()]);
    let is_company = n.is_multiple_of(3);
    let company = if is_company { format!("{} IMPEX {} SRL", surname.to_uppercase(), n % 997) } else { String::new() };
    let mut lines = Vec::new();
    let (mut net, mut tax) = (0, 0);
    for line in 0..=(n % 3) {
        let (price, quantity) = (2_000 + ((n * 37 + line * 911) % 90) as i64 * 100, 1 + ((n + line) % 3) as i64);
        let (line_net, line_tax) = (price * quantity, price * quantity * 21 / 100);
        (net, tax) = (net + line_net, tax + line_tax);
        lines.push(json!({
            "id": line + 1, "name": format!("Cană de ceramică «{surname}» nr. {line}"), "sku": format!("CANA-{}", n % 90),
            "quantity": quantity, "tax_class": "", "subtotal": bani(line_net), "subtotal_tax": bani(line_tax),
            "total": bani(line_net), "total_tax": bani(line_tax),
            "taxes": [{ "id": 1, "total": bani(line_tax), "subtotal": bani(line_tax) }], "meta_data": [],
        }));
    }
    let meta = if is_company {
        json!([
            { "key": "av_facturare", "value": { "tip_facturare": "pers-jur", "cui": "RO18773424", "nr_reg_com": "J12/1/2006" } },
            { "key": "smartbill_billing_company_name", "value": company }])
    } else {
        json!([{ "key": "av_facturare", "value": { "tip_facturare": "pers-fiz" } }])
    };
    json!({
        "id": id, "number": id.to_string(), "status": "completed", "currency": "RON", "prices_include_tax": false,
        "date_created_gmt": "2026-11-20T08:15:00", "date_modified_gmt": "2026-11-20T09:00:00",
        "date_paid_gmt": "2026-11-20T08:20:00", "date_completed_gmt": "2026-11-20T09:00:00",
        "total": bani(net + tax), "total_tax": bani(tax), "discount_total": "0.00", "discount_tax": "0.00",
        "shipping_total": "0.00", "shipping_tax": "0.00", "cart_tax": bani(tax),
        "payment_method": "stripe", "payment_method_title": "Card", "transaction_id": format!("pi_{id}"),
        "billing": { "first_name": name, "last_name": surname, "company": company, "address_1": format!("Str. Morii {}", n % 120),
            "address_2": "", "city": city.0, "state": city.1, "postcode": "400001", "country": "RO",
            "email": format!("client{}@example.com", n % 50_000), "phone": "0740000000" },
        "line_items": lines,
        "tax_lines": [{ "id": 2, "rate_id": 1, "rate_code": "RO-TVA-21-1", "label": "TVA", "compound": false,
            "rate_percent": 21, "tax_total": bani(tax), "shipping_tax_total": "0.00", "meta_data": [] }],
        "shipping_lines": [], "fee_lines": [], "coupon_lines": [], "refunds": [], "meta_data": meta,
    })
}

fn bani(minor: i64) -> String {
    format!("{}.{:02}", minor / 100, minor % 100)
}

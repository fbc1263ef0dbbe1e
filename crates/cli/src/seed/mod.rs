//! A workspace with as many documents as wanted, in a realistic mix: for measuring, and for trying the screens out. Nothing in it
//! was ever sent, and its connections have no credential, so nothing will be.

mod orders;
mod records;

use crate::compose::{Options, compose};
use punte_api::{ApiError, ErrorCode};
use punte_domain::{RefundMode, WorkspaceSeed};
use punte_mapping::{compile, preset};
use punte_store::ledger::{Connection, Flow};
use punte_store::{Ledger, NewWorkspace, StoreError};
use records::{Destination, Plan, Records};
use std::path::{Path, PathBuf};
use std::sync::mpsc::sync_channel;

const DAY_MS: i64 = 24 * 60 * 60 * 1000;
const MAPPING: &str = "map_seed";
/// Id, kind and name.
const SHOPS: [(&str, &str, &str); 3] = [
    ("con_seed_shop_1", "woocommerce", "atelier-cana.ro"),
    ("con_seed_shop_2", "woocommerce", "ceramica-deal.ro"),
    ("con_seed_shop_3", "file", "Marketplace"),
];
/// Id, kind, name and company.
const BILLING: [(&str, &str, &str, &str); 3] = [
    ("con_seed_smartbill", "smartbill", "SmartBill · Atelier Cană", "RO12345674"),
    ("con_seed_oblio", "oblio", "Oblio · Atelier Cană", "RO12345674"),
    ("con_seed_oblio_2", "oblio", "Oblio · Ceramica Deal", "RO18547290"),
];
/// Orders that wait between the thread that makes them and the one that writes them.
const AHEAD: usize = 2_000;

/// Fills a workspace with `count` documents: in the folder given, which may hold a ledger without any, or a new one of the home.
/// Answers the folder. Tells how many orders are in, now and then.
///
/// # Errors
/// The ledger holds orders already, or cannot be written.
pub async fn run(
    home: &Path,
    folder: Option<&Path>,
    count: u64,
    now_ms: i64,
    told: impl FnMut(usize) + Send + 'static,
) -> Result<PathBuf, ApiError> {
    let is_new = folder.is_none();
    let folder = match folder {
        Some(folder) => folder.to_owned(),
        None => home.join("workspaces").join(format!("seed-{now_ms}")),
    };
    let plan = prepare(&folder, count, now_ms).await.map_err(ApiError::from)?;
    let target = folder.clone();
    let filled = tokio::task::spawn_blocking(move || fill(&target, plan, told)).await;
    filled.map_err(|error| ApiError::new(ErrorCode::Internal, error.to_string()))?.map_err(ApiError::from)?;
    if is_new {
        let composition = compose(Options { home: home.to_owned(), no_keyring: true, prepare_sandbox: None }).await?;
        let opened = composition.host.remember_folder(&folder).await;
        composition.shut_down().await;
        opened?;
    }
    Ok(folder)
}

fn fill(folder: &Path, plan: Plan, told: impl FnMut(usize)) -> Result<(), StoreError> {
    std::thread::scope(|scope| {
        let (made, taken) = sync_channel(AHEAD);
        scope.spawn(move || {
            for order in Records::new(plan) {
                if made.send(order).is_err() {
                    return;
                }
            }
        });
        Ledger::fill_folder(folder, taken.into_iter(), told)
    })
}

/// The ledger with its connections, flows and mapping.
async fn prepare(folder: &Path, count: u64, now_ms: i64) -> Result<Plan, StoreError> {
    let ledger = if folder.join("ledger.sqlite").exists() {
        Ledger::open(folder)?
    } else {
        let bytes = [*uuid::Uuid::new_v4().as_bytes(), *uuid::Uuid::new_v4().as_bytes()].concat();
        let mut seed = [0; 32];
        seed.copy_from_slice(&bytes);
        let new = NewWorkspace {
            id: format!("ws_{}", uuid::Uuid::new_v4().simple()),
            name: format!("{count} de facturi"),
            is_sandbox: false,
            seed: WorkspaceSeed(seed),
            now_ms,
        };
        Ledger::create(folder, &new)?
    };
    if ledger.read_counts().await?.get("orders") > 0 {
        return Err(StoreError::Stale(format!("{} holds orders already", folder.display())));
    }
    let started_ms = now_ms - 36 * 30 * DAY_MS;
    for (id, kind, name) in SHOPS {
        ledger.save_connection(connection(id, kind, name, None, started_ms)).await?;
    }
    for (id, kind, name, company) in BILLING {
        ledger.save_connection(connection(id, kind, name, Some(company), started_ms)).await?;
    }
    let document = preset("woocommerce_ro").unwrap_or_else(|| unreachable!("the preset is part of the program"));
    for _ in 0..records::MAPPING_VERSIONS {
        ledger.save_mapping(MAPPING, &document.name, document.to_text(), "ana", started_ms).await?;
    }
    let mut destinations = Vec::new();
    for (id, name, shop, billing, provider, company, series) in [
        ("flow_seed_1", "Persoane → SmartBill", 0, 0, "smartbill", "RO12345674", "FCT"),
        ("flow_seed_2", "Companii → Oblio", 0, 1, "oblio", "RO12345674", "ACO"),
        ("flow_seed_3", "Ceramica Deal → Oblio", 1, 2, "oblio", "RO18547290", "DEAL"),
        ("flow_seed_4", "Marketplace → SmartBill", 2, 0, "smartbill", "RO12345674", "MKT"),
    ] {
        let billing_id = BILLING[billing].0.to_owned();
        let (shop_id, _, shop_name) = SHOPS[shop];
        ledger.save_flow(flow(id, name, shop_id, &billing_id, (company, series), started_ms)).await?;
        destinations.push(Destination {
            flow_id: id,
            shop_id,
            shop_identity: format!("{}:{shop_name}", SHOPS[shop].1),
            billing_id,
            provider,
            company,
            series,
        });
    }
    let compiled = compile(&document).map_err(|errors| StoreError::Stale(format!("{errors:?}")))?;
    let seed = ledger.info().seed.clone();
    Ok(Plan { count, now_ms, started_ms, seed, destinations, mapping_id: MAPPING, compiled })
}

fn connection(id: &str, kind: &str, name: &str, company: Option<&str>, now_ms: i64) -> Connection {
    Connection {
        id: id.to_owned(),
        kind: kind.to_owned(),
        name: name.to_owned(),
        address: if kind == "woocommerce" { format!("https://{name}.invalid") } else { String::new() },
        account: "ana@example.com".to_owned(),
        company: company.map(str::to_owned),
        series: None,
        is_sandbox: false,
        legacy_routes: false,
        reserve: 0,
        warehouse: String::new(),
        vat_names: Default::default(),
        stop: None,
        last_contact_ms: None,
        created_ms: now_ms,
    }
}

fn flow(
    id: &str,
    name: &str,
    shop_id: &str,
    billing_id: &str,
    (company, series): (&str, &str),
    started_ms: i64,
) -> Flow {
    Flow {
        id: id.to_owned(),
        name: name.to_owned(),
        shop_id: shop_id.to_owned(),
        billing_id: billing_id.to_owned(),
        company: company.to_owned(),
        series: series.to_owned(),
        condition: String::new(),
        mapping_id: MAPPING.to_owned(),
        enabled: true,
        active_from_ms: started_ms,
        series_is_ours: true,
        write_back: false,
        full_refund: RefundMode::Off,
        partial_refund: RefundMode::Off,
        rules: Default::default(),
        created_ms: started_ms,
    }
}

//! A simulated world: a shop, SmartBill and Oblio, and a machine on which Punte lives, dies and is started again.

use crate::clock::{LifeClock, Wall};
use crate::gate::Gate;
use crate::hands::Hands;
use crate::wire::{Net, SHOP, SMARTBILL, Wire, changes_something};
use punte_connectors::{Budgets, HttpRequest};
use punte_domain::rules::{DocumentChoice, ProformaRule};
use punte_domain::{FlowRules, Reference, RefundMode, fiscal_date};
use punte_engine::editor::MappingStart;
use punte_engine::setup::ConnectionDraft;
use punte_engine::store::ledger::{Flow, Writing};
use punte_engine::vault::MemoryVault;
use punte_engine::{Deps, Timing, Workspace};
use punte_sandbox::{Limits, RepeatedKey, Sandbox, SandboxConfig, account, next_live_order};
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use rusqlite::OpenFlags;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use tempfile::TempDir;

const FIRST_ORDER: u64 = 7001;
const FIRST_REFUND: u64 = 900_000;
/// A day of thousands of orders, of which each passes some hundred.
const MOST_POINTS_OF_A_DAY: u64 = 5_000_000;
const MINUTE_MS: i64 = 60 * 1000;
const ON_HOLD: &str = "on-hold";

/// What a seed decides about its world before anything happens in it.
#[derive(Debug, Clone, Copy)]
pub struct Settings {
    pub seed: u64,
    /// Every series is declared "written by Punte alone": what is proven absent is sent again without asking.
    pub ours: bool,
    pub write_back: bool,
    /// A second flow that matches every order.
    pub two_flows: bool,
    /// What every flow does about refunds.
    pub refunds: RefundMode,
    /// Every flow makes a proforma of what is not paid yet.
    pub proformas: bool,
    pub origin_ms: i64,
    pub replays: bool,
    pub number_returns: bool,
}

/// Instants of UTC: a working morning, shortly before midnight in Bucharest, and the same on the last day of the year.
const ORIGINS: [i64; 3] = [1_795_161_600_000, 1_795_206_600_000, 1_798_748_400_000];

impl Settings {
    pub fn of(seed: u64) -> Settings {
        let mut dice = StdRng::seed_from_u64(seed ^ 0x5E77);
        Settings {
            seed,
            ours: seed.is_multiple_of(2),
            write_back: dice.random_ratio(1, 4),
            two_flows: dice.random_ratio(1, 4),
            refunds: [RefundMode::Off, RefundMode::Propose, RefundMode::Automatic][dice.random_range(0..3)],
            // drawn apart: what else a seed decides stays what it was
            proformas: StdRng::seed_from_u64(seed ^ 0xF0F).random_ratio(1, 3),
            origin_ms: ORIGINS[dice.random_range(0..ORIGINS.len())],
            replays: dice.random_ratio(1, 2),
            number_returns: dice.random_ratio(1, 2),
        }
    }
}

/// One run of the program between a start and its end.
pub struct Life {
    /// `None` once it is over: its handle on the ledger is gone, and the lock with it.
    workspace: Option<Arc<Workspace>>,
    pub gate: Arc<Gate>,
}

impl Life {
    pub fn workspace(&self) -> &Arc<Workspace> {
        self.workspace.as_ref().expect("a life that is not over")
    }

    /// Ends it where it stands. Answers the points that it passed.
    pub async fn end(&mut self) -> u64 {
        if let Some(workspace) = self.workspace.take() {
            workspace.kill().await;
        }
        self.gate.passed()
    }

    /// Leaves it running, in other hands.
    pub fn leave(&mut self) -> Option<Arc<Workspace>> {
        self.workspace.take()
    }
}

pub struct World {
    pub settings: Settings,
    /// How often somebody looks for alerts; zero: nobody does.
    pub watch: Duration,
    pub wall: Arc<Wall>,
    pub net: Arc<Net>,
    pub sandbox: Sandbox,
    pub folder: TempDir,
    vault: Arc<MemoryVault>,
    lives: u64,
    /// Orders and the ids of their refunds.
    pub refunds: BTreeSet<(u64, String)>,
    backups: u32,
    pub restored: bool,
    /// The shop's orders as they are now.
    pub orders: BTreeMap<u64, Value>,
    /// Of them, those that were placed without being paid, in the order in which they came.
    unpaid: Vec<u64>,
    pub hands: Hands,
}

/// Where ledgers are written: memory, if this machine has a file system in it.
fn folder() -> TempDir {
    let shm = PathBuf::from("/dev/shm");
    let made = if shm.is_dir() { tempfile::tempdir_in(shm) } else { tempfile::tempdir() };
    made.expect("a temporary folder")
}

fn timing() -> Timing {
    Timing {
        poll: Duration::from_secs(300),
        idle: Duration::from_secs(600),
        health: Duration::from_secs(2 * 60 * 60),
        ..Timing::default()
    }
}

impl World {
    pub fn new(settings: Settings) -> World {
        let wall = Wall::new(settings.origin_ms, settings.seed);
        let of_true_time = wall.clone();
        let sandbox = Sandbox::open(SandboxConfig {
            seed_shop: false,
            seed: settings.seed,
            rate_limits: Limits::On,
            repeated_key: if settings.replays { RepeatedKey::Replay } else { RepeatedKey::Refuse },
            deleted_number_returns: settings.number_returns,
            clock: Arc::new(move || of_true_time.true_ms()),
            ..SandboxConfig::default()
        })
        .expect("a sandbox in memory");
        let net = Net::new(sandbox.routers(), &wall, settings.seed);
        World {
            settings,
            watch: Duration::ZERO,
            wall,
            net,
            sandbox,
            folder: folder(),
            vault: Arc::default(),
            lives: 0,
            refunds: BTreeSet::new(),
            backups: 0,
            restored: false,
            orders: BTreeMap::new(),
            unpaid: Vec::new(),
            hands: Hands::default(),
        }
    }

    pub fn ledger_folder(&self) -> PathBuf {
        self.folder.path().join("workspace")
    }

    fn parts(&mut self) -> (Deps, Arc<Gate>, Writing) {
        self.lives += 1;
        let gate = Gate::new(self.settings.seed.wrapping_mul(1000) + self.lives);
        if !self.watch.is_zero() {
            gate.allow(MOST_POINTS_OF_A_DAY);
        }
        let deps = Deps {
            clock: LifeClock::new(&self.wall),
            vault: self.vault.clone(),
            transport: Arc::new(Wire { net: self.net.clone(), gate: gate.clone() }),
            budgets: Arc::new(Budgets::new()),
            addresses: HashMap::new(),
            timing: Timing { alerts: self.watch, ..timing() },
            meters: Arc::default(),
            machine: "one machine".to_owned(),
            state: self.folder.path().join("state"),
        };
        let writing = Writing { steps: Some(gate.clone()), ..Writing::default() };
        (deps, gate, writing)
    }

    /// The first life: the workspace is made and set up as a person would.
    pub async fn set_up(&mut self) -> Life {
        let (deps, gate, writing) = self.parts();
        let workspace =
            Workspace::create_with(&self.ledger_folder(), "Atelier Cană", false, deps, writing).expect("a workspace");
        let start = MappingStart::Preset("woocommerce_ro".to_owned());
        let mapping = workspace.create_mapping("", start, "ana").await.expect("a mapping");
        let shop = workspace
            .save_connection(draft(
                "woocommerce",
                &format!("https://{SHOP}"),
                account::WOOCOMMERCE_KEY,
                account::WOOCOMMERCE_SECRET,
            ))
            .await
            .expect("a shop");
        let stated = "order.meta(\"av_facturare\", \"tip_facturare\") == \"pers-jur\"";
        let mut flows = vec![
            ("oblio", account::OBLIO_EMAIL, account::OBLIO_SECRET, account::OBLIO_SERIES, stated.to_owned()),
            (
                "smartbill",
                account::SMARTBILL_USERNAME,
                account::SMARTBILL_TOKEN,
                account::SMARTBILL_SERIES,
                format!("!({stated})"),
            ),
        ];
        if self.settings.two_flows {
            flows.push(("oblio", account::OBLIO_EMAIL, account::OBLIO_SECRET, account::OBLIO_SERIES, String::new()));
        }
        for (at, (kind, login, secret, series, condition)) in flows.into_iter().enumerate() {
            let known = workspace.ledger().list_connections().await.expect("connections");
            let billing = match known.into_iter().find(|connection| connection.kind == kind) {
                Some(known) => known,
                None => workspace.save_connection(draft(kind, "", login, secret)).await.expect("a connection"),
            };
            let flow = Flow {
                id: workspace.new_id("flow"),
                name: format!("{at} to {kind}"),
                shop_id: shop.id.clone(),
                billing_id: billing.id,
                company: account::COMPANY.to_owned(),
                series: series.to_owned(),
                condition,
                mapping_id: mapping.id.clone(),
                enabled: true,
                active_from_ms: self.settings.origin_ms - MINUTE_MS,
                series_is_ours: self.settings.ours,
                write_back: self.settings.write_back,
                full_refund: self.settings.refunds,
                partial_refund: self.settings.refunds,
                rules: self.rules(kind),
                created_ms: self.settings.origin_ms,
            };
            workspace.save_flow(flow).await.expect("a flow");
        }
        workspace.start().await.expect("a start");
        Life { workspace: Some(workspace), gate }
    }

    fn rules(&self, kind: &str) -> FlowRules {
        if !self.settings.proformas {
            return FlowRules::default();
        }
        let series = if kind == "oblio" { "ACP" } else { "ATP" }.to_owned();
        let proforma = ProformaRule { series, statuses: vec![ON_HOLD.to_owned()], payment_methods: Vec::new() };
        FlowRules { document: DocumentChoice::ProformaThenInvoice, proforma, ..FlowRules::default() }
    }

    /// Starts the program again on the ledger as it lies there.
    pub async fn start(&mut self) -> Result<Life, String> {
        let (deps, gate, writing) = self.parts();
        let workspace =
            Workspace::open_with(&self.ledger_folder(), deps, writing).map_err(|error| error.to_string())?;
        workspace.start().await.map_err(|error| error.to_string())?;
        Ok(Life { workspace: Some(workspace), gate })
    }

    fn backup(&self) -> PathBuf {
        self.folder.path().join(format!("backup-{}.sqlite", self.backups))
    }

    pub fn has_backup(&self) -> bool {
        self.backups > 0
    }

    /// Copies the ledger as a backup program would, while it is in use.
    pub fn back_up(&mut self) {
        self.backups += 1;
        let connection = open_to_read(&self.ledger_folder()).expect("the ledger can be read");
        let copied = connection.execute("VACUUM INTO ?1", [self.backup().to_string_lossy()]);
        copied.expect("the ledger can be copied");
    }

    /// Puts the last backup in the ledger's place. Nobody may have it open.
    pub fn restore(&mut self) {
        let folder = self.ledger_folder();
        for name in ["ledger.sqlite-wal", "ledger.sqlite-shm", "cache.sqlite", "cache.sqlite-wal", "cache.sqlite-shm"] {
            // what is not there need not go
            let _ = std::fs::remove_file(folder.join(name));
        }
        std::fs::copy(self.backup(), folder.join("ledger.sqlite")).expect("the backup can be put back");
        self.restored = true;
    }

    /// A version that the ledger has left behind, as it was received.
    pub fn old_version(&self, pick: u64) -> Option<String> {
        let versions = self.peek(
            "SELECT v.raw FROM order_versions v JOIN orders o ON o.row = v.order_row WHERE v.version < o.version
             ORDER BY v.row",
        );
        let at = pick.checked_rem(versions.len() as u64)?;
        versions.into_iter().nth(at as usize)
    }

    /// The first column of a query, read from the ledger's file beside its owner.
    pub fn peek(&self, sql: &str) -> Vec<String> {
        peek(&self.ledger_folder(), sql).expect("the ledger can be read")
    }

    /// From now on every request that changes something at a provider must find its intent in the ledger's file.
    pub fn watch_intents(&self) {
        let folder = self.ledger_folder();
        self.net.set_witness(Box::new(move |request| has_intent(&folder, request)));
    }

    fn put(&mut self, id: u64, order: Value) {
        self.sandbox.add_orders(order.clone()).expect("the shop takes its order");
        self.orders.insert(id, order);
    }

    fn now_gmt(&self) -> String {
        let at = chrono::DateTime::from_timestamp_millis(self.wall.true_ms()).unwrap_or_default();
        at.format("%Y-%m-%dT%H:%M:%S").to_string()
    }

    /// A customer completes a purchase.
    pub fn order(&mut self, drop: u64) {
        let id = FIRST_ORDER + self.orders.len() as u64;
        let mut order = next_live_order(drop);
        order["id"] = json!(id);
        order["number"] = json!(id.to_string());
        for date in ["date_created_gmt", "date_paid_gmt", "date_completed_gmt"] {
            order[date] = json!(self.now_gmt());
        }
        self.put(id, order);
    }

    /// A customer places an order and is to send the money.
    pub fn order_unpaid(&mut self, drop: u64) {
        self.order(drop);
        let Some((id, order)) = self.orders.last_key_value() else { return };
        let (id, mut order) = (*id, order.clone());
        order["status"] = json!(ON_HOLD);
        for date in ["date_paid", "date_paid_gmt", "date_completed", "date_completed_gmt"] {
            order[date] = Value::Null;
        }
        self.unpaid.push(id);
        self.put(id, order);
    }

    /// The money came, and the order is completed.
    pub fn pay(&mut self, n: usize) {
        let Some(id) = self.unpaid.get(n).copied() else { return };
        let Some(mut order) = self.orders.get(&id).cloned().filter(|order| order["status"] == ON_HOLD) else { return };
        order["status"] = json!("completed");
        for date in ["date_paid_gmt", "date_completed_gmt"] {
            order[date] = json!(self.now_gmt());
        }
        self.put(id, order);
    }

    /// Somebody changes an order in the shop.
    pub fn edit(&mut self, pick: u64, how: &Edit) {
        let Some((id, order)) = self.orders.iter().nth(pick as usize % self.orders.len().max(1)) else { return };
        let (id, mut order) = (*id, order.clone());
        match how {
            Edit::Lines(drop) => {
                let other = next_live_order(*drop);
                let kept = ["billing", "shipping", "meta_data", "status", "order_key"];
                let is_unpaid = order["status"] == ON_HOLD;
                if let Value::Object(fields) = other {
                    for (key, value) in fields.into_iter().filter(|(key, _)| !kept.contains(&key.as_str())) {
                        order[key] = value;
                    }
                }
                for date in ["date_paid", "date_paid_gmt", "date_completed", "date_completed_gmt"] {
                    if is_unpaid {
                        order[date] = Value::Null;
                    }
                }
            }
            Edit::Address(n) => order["billing"]["address_1"] = json!(format!("Str. Nouă {n}")),
            Edit::Status(status) => order["status"] = json!(status),
            Edit::Refund(bani) => {
                let refund = FIRST_REFUND + pick % 1_000_000;
                let mut refunds = order["refunds"].as_array().cloned().unwrap_or_default();
                let total = format!("-{}.{:02}", bani / 100, bani % 100);
                refunds.push(json!({ "id": refund, "reason": "retur", "total": total }));
                order["refunds"] = json!(refunds);
                self.refunds.insert((id, refund.to_string()));
            }
        }
        self.put(id, order);
    }

    pub fn today(&self) -> chrono::NaiveDate {
        fiscal_date(self.wall.true_ms())
    }
}

/// How an order is changed.
#[derive(Debug, Clone)]
pub enum Edit {
    /// The goods of another order: another total.
    Lines(u64),
    Address(u64),
    Status(&'static str),
    /// A part of the money is given back: bani.
    Refund(u64),
}

pub fn draft(kind: &str, address: &str, account: &str, secret: &str) -> ConnectionDraft {
    let is_shop = kind == "woocommerce";
    ConnectionDraft {
        id: None,
        kind: kind.to_owned(),
        name: kind.to_owned(),
        address: address.to_owned(),
        account: account.to_owned(),
        secret: secret.to_owned().into(),
        company: (!is_shop).then(|| account::COMPANY.to_owned()),
        series: None,
        options: Default::default(),
    }
}

fn open_to_read(folder: &Path) -> rusqlite::Result<rusqlite::Connection> {
    rusqlite::Connection::open_with_flags(folder.join("ledger.sqlite"), OpenFlags::SQLITE_OPEN_READ_ONLY)
}

fn peek(folder: &Path, sql: &str) -> rusqlite::Result<Vec<String>> {
    let connection = open_to_read(folder)?;
    let mut query = connection.prepare(sql)?;
    let rows = query.query_map([], |row| row.get(0))?;
    rows.collect()
}

/// Whether a request that changes something at a provider was written down before it left.
fn has_intent(folder: &Path, request: &HttpRequest) -> Result<(), String> {
    if !changes_something(request) {
        return Ok(());
    }
    let body = request.body.as_deref().map(String::from_utf8_lossy).unwrap_or_default();
    let sql = match Reference::find_all(&body).first() {
        Some(reference) => {
            // one that a second owner swept meanwhile was written down all the same
            format!(
                "SELECT 'attempt' FROM attempts WHERE reference = '{reference}' AND (outcome = 'sending'
                   OR outcome = 'unknown' AND json_extract(failure, '$.kind') = 'interrupted')"
            )
        }
        None => "SELECT 'operation' FROM operations WHERE state = 'sending'
                 UNION ALL SELECT 'storno' FROM documents WHERE state = 'sending' AND reverses_row IS NOT NULL"
            .to_owned(),
    };
    match peek(folder, &sql) {
        Ok(found) if !found.is_empty() => has_its_series(folder, request),
        Ok(_) => Err(format!("{} {} left without an intent", request.method, request.url)),
        Err(error) => Err(format!("{} {}: the ledger cannot be read: {error}", request.method, request.url)),
    }
}

/// SmartBill tells what became of a create only by the numbers of its series: nothing else may be on its way in it.
fn has_its_series(folder: &Path, request: &HttpRequest) -> Result<(), String> {
    let body = request.body.as_deref().map(String::from_utf8_lossy).unwrap_or_default();
    let references = Reference::find_all(&body);
    let Some(reference) = references.first().filter(|_| request.url.contains(SMARTBILL)) else { return Ok(()) };
    let sql = format!(
        "SELECT other.id FROM documents one JOIN documents other ON other.row <> one.row AND other.provider = one.provider
           AND (other.company, other.series) = (one.company, one.series)
         WHERE one.reference = '{reference}' AND one.state = 'sending' AND one.provider = 'smartbill'
           AND (other.state = 'sending' OR other.state = 'in_doubt' AND other.parked_reason IS NULL)"
    );
    match peek(folder, &sql) {
        Ok(others) if others.is_empty() => Ok(()),
        Ok(others) => Err(format!("{reference} was sent while {others:?} of its series was on its way")),
        Err(error) => Err(format!("{} {}: the ledger cannot be read: {error}", request.method, request.url)),
    }
}

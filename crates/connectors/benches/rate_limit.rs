//! How much of what the providers allow is used by a thousand makings of documents, and how often they would ban us: the
//! connectors against simulated limits, on a clock that is stopped, so that hours take moments.
//!
//! A simulated provider counts both ways at once, by windows that begin with their first call and by windows that begin
//! anywhere, and bans whoever goes over either. Requests are some milliseconds on their way, not always the same.
//!
//! Writes `target/bench/rate_limit.json`.

#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a benchmark")]

use async_trait::async_trait;
use bytes::Bytes;
use chrono::{DateTime, NaiveDate};
use http::{HeaderMap, HeaderValue};
use punte_connectors::billing::{
    Baseline, BillingConfig, BillingProvider, DocumentKind, FindQuery, IssueRequest, ProviderKind, Target, connect,
};
use punte_connectors::{Budgets, HttpAnswer, HttpRequest, Limits, Transport, TransportError, Urgency};
use punte_domain::{Client, Currency, Draft, IssueKey, Line, LineKind, Reference, Role, WorkspaceSeed};
use rust_decimal::dec;
use secrecy::SecretString;
use serde_json::{Value, json};
use std::collections::VecDeque;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::time::Instant;

const DOCUMENTS: u64 = 1000;
const WORKERS: u64 = 8;
/// 2026-11-24 08:00 UTC.
const START_S: i64 = 1_795_507_200;

/// One of a provider's counters.
struct Counter {
    calls: usize,
    window: Duration,
    fixed: Option<(Instant, usize)>,
    sliding: VecDeque<Instant>,
    first: Option<Instant>,
    last: Option<Instant>,
    counted: usize,
}

impl Counter {
    fn new(calls: usize, window: Duration) -> Self {
        Counter { calls, window, fixed: None, sliding: VecDeque::new(), first: None, last: None, counted: 0 }
    }

    /// Counts a call. `false`: it is one too many, by one way of counting or the other.
    fn count(&mut self, now: Instant) -> bool {
        let (began, held) = match self.fixed {
            Some((began, held)) if now < began + self.window => (began, held + 1),
            _ => (now, 1),
        };
        self.fixed = Some((began, held));
        while self.sliding.front().is_some_and(|first| *first + self.window <= now) {
            self.sliding.pop_front();
        }
        self.sliding.push_back(now);
        self.first.get_or_insert(now);
        self.last = Some(now);
        self.counted += 1;
        held <= self.calls && self.sliding.len() <= self.calls
    }

    /// Of the calls that were allowed between the first and the last one, how many were used.
    fn share(&self) -> f64 {
        let lasted = self.last.unwrap().duration_since(self.first.unwrap()).as_secs_f64();
        (self.counted - 1) as f64 / (lasted / self.window.as_secs_f64() * self.calls as f64)
    }
}

/// A provider that answers everything with what a connector wants to hear.
struct Provider {
    began: Instant,
    documents: Option<Mutex<Counter>>,
    rest: Mutex<Counter>,
    bans: AtomicU64,
    numbers: AtomicU64,
}

impl Provider {
    fn new(documents: Option<Duration>) -> Arc<Self> {
        Arc::new(Provider {
            began: Instant::now(),
            documents: documents.map(|window| Mutex::new(Counter::new(30, window))),
            rest: Mutex::new(Counter::new(30, Duration::from_secs(10))),
            bans: AtomicU64::new(0),
            numbers: AtomicU64::new(0),
        })
    }

    fn unix_s(&self, at: Instant) -> i64 {
        START_S + at.duration_since(self.began).as_secs() as i64
    }

    /// SmartBill's headers; where documents are counted apart (Oblio) there are none.
    fn headers(&self, now: Instant) -> HeaderMap {
        let mut headers = HeaderMap::new();
        if self.documents.is_some() {
            return headers;
        }
        let rest = self.rest.lock().unwrap();
        let (began, held) = rest.fixed.unwrap();
        let date = DateTime::from_timestamp(self.unix_s(now), 0).unwrap();
        headers.insert("x-ratelimit-remaining", HeaderValue::from(rest.calls.saturating_sub(held)));
        headers.insert("x-ratelimit-reset", HeaderValue::from(self.unix_s(began + rest.window) + 1));
        headers.insert("date", date.to_rfc2822().parse().unwrap());
        headers
    }

    fn body(&self, path: &str, is_create: bool) -> Value {
        let number = self.numbers.load(Ordering::SeqCst);
        match path.rsplit('/').next().unwrap() {
            "token" => json!({"access_token": "t".repeat(40), "expires_in": "3600", "token_type": "Bearer"}),
            "vat_rates" => json!({"status": 200, "data": [{"name": "Normala", "percent": 21}]}),
            "list" => json!({"status": 200, "data": []}),
            "tax" => json!({"errorText": "", "taxes": [{"name": "Normala", "percentage": 21}]}),
            "series" => json!({"errorText": "", "list": [{"name": "S", "nextNumber": number + 1, "type": "f"}]}),
            "paymentstatus" => json!({"errorText": "", "invoiceTotalAmount": 10, "paidAmount": 0}),
            _ if is_create => {
                let number = format!("{:04}", self.numbers.fetch_add(1, Ordering::SeqCst) + 1);
                let data = json!({"seriesName": "S", "number": number, "link": "https://x/?id=1"});
                json!({"errorText": "", "series": "S", "number": number, "status": 200, "data": data})
            }
            _ => json!({"errorText": "Factura nu a fost gasita", "status": 400, "statusMessage": "Nu exista"}),
        }
    }
}

#[async_trait]
impl Transport for Provider {
    async fn send(&self, request: HttpRequest, _limits: Limits) -> Result<HttpAnswer, TransportError> {
        let is_create = request.method == http::Method::POST && !request.url.ends_with("/token");
        let sent = self.numbers.load(Ordering::SeqCst);
        tokio::time::sleep(Duration::from_millis(20 + sent * 7919 % 50)).await;
        let now = Instant::now();
        let counter = self.documents.as_ref().filter(|_| is_create).unwrap_or(&self.rest);
        if !counter.lock().unwrap().count(now) {
            self.bans.fetch_add(1, Ordering::SeqCst);
        }
        let path = request.url.split('?').next().unwrap().to_owned();
        let body = Bytes::from(self.body(&path, is_create).to_string());
        let headers = self.headers(now);
        tokio::time::sleep(Duration::from_millis(30)).await;
        Ok(HttpAnswer { status: 200, headers, body })
    }
}

fn request(order: u64) -> IssueRequest {
    let key =
        IssueKey { shop_identity: "bench".into(), order_id: order.to_string(), role: Role::Invoice, generation: 1 };
    let day = NaiveDate::from_ymd_opt(2026, 11, 24).unwrap();
    let line = Line {
        kind: LineKind::Product,
        name: "Cană".into(),
        code: String::new(),
        description: String::new(),
        unit: "buc".into(),
        quantity: dec!(1),
        unit_price: dec!(10),
        vat_rate: dec!(21),
        vat_name: "Normala".into(),
        is_service: false,
    };
    let client = Client {
        name: "Ana".into(),
        is_company: false,
        tax_id: String::new(),
        vat_payer: false,
        reg_com: String::new(),
        address: "Str. Unu 1".into(),
        city: "Cluj-Napoca".into(),
        county: "Cluj".into(),
        country: "Romania".into(),
        email: String::new(),
        phone: String::new(),
    };
    IssueRequest {
        company: "RO41236549".into(),
        series: "S".into(),
        issue_date: day,
        draft: Draft {
            client,
            currency: Currency::RON,
            language: "RO".into(),
            precision: 2,
            lines: vec![line],
            payment: None,
            tax_point: day,
            due_days: None,
            mentions: String::new(),
            order_total: dec!(10),
            tolerance: rust_decimal::Decimal::ZERO,
            warehouse: String::new(),
            receipt_series: String::new(),
        },
        reference: WorkspaceSeed([1; 32]).reference(&key),
        idempotency_key: format!("bench-{order}"),
        order_number: order.to_string(),
    }
}

/// What the making of one document asks of a provider: what is known before, the create, and a look afterwards.
async fn make(client: &dyn BillingProvider, kind: ProviderKind, order: u64) {
    let sent = request(order);
    let baseline: Baseline = client.read_baseline(&sent.company, &sent.series, DocumentKind::Invoice).await.unwrap();
    let issued = client.issue_invoice(&sent).await.outcome.unwrap();
    let reference: &Reference = &sent.reference;
    match kind {
        ProviderKind::SmartBill => {
            let target = Target {
                company: sent.company.clone(),
                kind: DocumentKind::Invoice,
                document: issued,
                issue_date: sent.issue_date,
                reference: reference.clone(),
            };
            client.read_issued(&target).await.unwrap();
        }
        ProviderKind::Oblio => {
            let query = FindQuery {
                first_date: None,
                company: sent.company.clone(),
                series: sent.series.clone(),
                issue_date: sent.issue_date,
                reference: reference.clone(),
                baseline,
                struck: Vec::new(),
                total: dec!(10),
                kind: DocumentKind::Invoice,
                reverses: None,
                from_proforma: None,
                proforma_reference: None,
                known_last: None,
            };
            client.find_by_reference(&query).await.unwrap();
        }
    }
}

/// The share that was used of the limit that binds, and the bans.
async fn run(kind: ProviderKind) -> (f64, u64) {
    let provider = Provider::new((kind == ProviderKind::Oblio).then_some(Duration::from_secs(100)));
    let config = BillingConfig {
        base_url: "https://provider.bench".into(),
        account: "ana@example.com".into(),
        secret: SecretString::from("secret"),
        paced: true,
        create_limit: Duration::from_secs(120),
        budgets: Arc::new(Budgets::new()),
        urgency: Urgency::Live,
        reserve: 0,
        legacy_routes: false,
    };
    let client = connect(kind, config, provider.clone());
    let next = Arc::new(AtomicU64::new(0));
    let workers: Vec<_> = (0..WORKERS)
        .map(|_| {
            let (client, next) = (client.clone(), next.clone());
            tokio::spawn(async move {
                loop {
                    let order = next.fetch_add(1, Ordering::SeqCst);
                    if order >= DOCUMENTS {
                        return;
                    }
                    make(client.as_ref(), kind, order).await;
                }
            })
        })
        .collect();
    for worker in workers {
        worker.await.unwrap();
    }
    let binding = provider.documents.as_ref().unwrap_or(&provider.rest);
    let share = binding.lock().unwrap().share();
    (share, provider.bans.load(Ordering::SeqCst))
}

/// `target/bench`, wherever this program was built.
fn out_dir() -> PathBuf {
    let program = std::env::current_exe().unwrap();
    let target = program.ancestors().find(|dir| dir.ends_with("release") || dir.ends_with("debug")).unwrap();
    target.parent().unwrap().join("bench")
}

fn main() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
    let (mut share, mut bans) = (f64::INFINITY, 0);
    for kind in [ProviderKind::SmartBill, ProviderKind::Oblio] {
        let (used, banned) = runtime.block_on(run(kind));
        println!("{kind:?}: {used:.4} of the allowed calls used, {banned} bans");
        share = share.min(used);
        bans += banned;
    }
    let report = json!([
        {"name": "rate_limit_share", "value": share, "unit": "share", "goal": 0.98},
        {"name": "rate_limit_bans", "value": bans, "unit": "bans", "goal": 0},
    ]);
    let dir = out_dir();
    std::fs::create_dir_all(&dir).unwrap();
    std::fs::write(dir.join("rate_limit.json"), format!("{report:#}\n")).unwrap();
    assert!(bans == 0 && share >= 0.98, "{report}");
}

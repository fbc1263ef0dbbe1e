//! The way out of a simulated machine: real HTTP bytes between hyper's client and hyper's server over a pipe in memory, with
//! time on the way and whatever the campaign ordered to go wrong there.
//!
//! What was sent goes on without its sender: a request that left takes effect although the machine died meanwhile.

use crate::clock::{Wall, lock};
use crate::gate::Gate;
use async_trait::async_trait;
use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper_util::rt::TokioIo;
use hyper_util::service::TowerToHyperService;
use punte_connectors::{HttpAnswer, HttpRequest, Limits, Transport, TransportError};
use punte_sandbox::Routers;
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::sync::oneshot;
use tokio::time::Instant;

pub const SHOP: &str = "shop.example";
pub const SMARTBILL: &str = "ws.smartbill.ro";
pub const OBLIO: &str = "www.oblio.eu";
/// Where alerts are called out to.
pub const HOOK: &str = "alerts.example";

type Answer = Result<HttpAnswer, TransportError>;
/// Looks at each request of the machine as it leaves; a complaint is kept.
pub type Witness = Box<dyn Fn(&HttpRequest) -> Result<(), String> + Send + Sync>;

/// A request that reached a provider.
#[derive(Debug, Clone)]
pub struct Arrival {
    pub at_ms: i64,
    pub body: String,
}

/// The outside world as the machine reaches it, over all its lives.
pub struct Net {
    routers: Routers,
    wall: Arc<Wall>,
    dice: Mutex<StdRng>,
    /// Hosts that cannot be reached until then.
    down: Mutex<BTreeMap<String, Instant>>,
    arrivals: Mutex<Vec<Arrival>>,
    /// Calls that the place for alerts took: its id, and what it said.
    told: Mutex<Vec<(String, Arrival)>>,
    complaints: Mutex<Vec<String>>,
    witness: Mutex<Option<Witness>>,
    trace: Mutex<Trace>,
    /// Prints every exchange.
    tells: bool,
}

/// A running digest of everything that passed, so that two runs of a seed can be compared.
#[derive(Default)]
struct Trace {
    exchanges: u64,
    digest: u64,
}

impl Net {
    pub fn new(routers: Routers, wall: &Arc<Wall>, seed: u64) -> Arc<Net> {
        Arc::new(Net {
            routers,
            wall: wall.clone(),
            dice: Mutex::new(StdRng::seed_from_u64(seed ^ 0x317E)),
            down: Mutex::default(),
            arrivals: Mutex::default(),
            told: Mutex::default(),
            complaints: Mutex::default(),
            witness: Mutex::default(),
            trace: Mutex::default(),
            tells: std::env::var_os("TRACE").is_some(),
        })
    }

    pub fn set_witness(&self, witness: Witness) {
        *lock(&self.witness) = Some(witness);
    }

    pub fn take_down(&self, host: &str, lasts: Duration) {
        lock(&self.down).insert(host.to_owned(), Instant::now() + lasts);
    }

    pub fn bring_up(&self) {
        lock(&self.down).clear();
    }

    pub fn arrivals(&self) -> Vec<Arrival> {
        lock(&self.arrivals).clone()
    }

    pub fn told(&self) -> Vec<(String, Arrival)> {
        lock(&self.told).clone()
    }

    fn take_call(&self, request: &HttpRequest) -> HttpAnswer {
        let id = request.headers.iter().find(|one| one.name == "webhook-id");
        let body = String::from_utf8_lossy(request.body.as_deref().unwrap_or_default()).into_owned();
        let id = id.map(|one| one.value.clone()).unwrap_or_default();
        lock(&self.told).push((id, Arrival { at_ms: self.wall.true_ms(), body }));
        HttpAnswer { status: 204, headers: http::HeaderMap::new(), body: Bytes::new() }
    }

    pub fn complain(&self, complaint: String) {
        lock(&self.complaints).push(complaint);
    }

    pub fn complaints(&self) -> Vec<String> {
        lock(&self.complaints).clone()
    }

    /// Exchanges so far, and a digest of what was asked and answered when.
    pub fn trace(&self) -> (u64, u64) {
        let trace = lock(&self.trace);
        (trace.exchanges, trace.digest)
    }

    fn note(&self, request: &HttpRequest, answer: &Answer) {
        let mut trace = lock(&self.trace);
        trace.exchanges += 1;
        let said = match answer {
            Ok(answer) => format!("{} {}", answer.status, answer.body.len()),
            Err(error) => error.to_string(),
        };
        let line = format!("{}|{}|{}|{said}", self.wall.true_ms(), request.method, request.url);
        if self.tells {
            let body = request.body.as_deref().map(String::from_utf8_lossy).unwrap_or_default();
            let reference = punte_domain::Reference::find_all(&body).into_iter().next();
            let reference = reference.map_or_else(String::new, |one| one.to_string());
            eprintln!("{line} {reference}");
        }
        // FNV-1a: any change of any byte shows
        for byte in line.bytes().chain(request.body.iter().flat_map(|body| body.iter().copied())) {
            trace.digest = (trace.digest ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01B3);
        }
    }

    fn latency(&self) -> Duration {
        Duration::from_millis(lock(&self.dice).random_range(20..600))
    }

    fn is_down(&self, host: &str) -> bool {
        lock(&self.down).get(host).is_some_and(|until| *until > Instant::now())
    }

    /// What another program of another person asks.
    pub async fn exchange_by_hand(&self, request: HttpRequest, most: usize) -> Answer {
        self.exchange(request, most, false).await
    }

    /// One exchange of real bytes with the simulator behind a host.
    async fn exchange(&self, request: HttpRequest, most: usize, is_ours: bool) -> Answer {
        let uri: http::Uri = request.url.parse().map_err(|_| TransportError::Unreachable("bad address".into()))?;
        let host = uri.host().unwrap_or_default().to_owned();
        let router = match host.as_str() {
            SHOP => self.routers.woocommerce.clone(),
            SMARTBILL => self.routers.smartbill.clone(),
            OBLIO => self.routers.oblio.clone(),
            HOOK => return Ok(self.take_call(&request)),
            other => return Err(TransportError::Unreachable(format!("{other}: no such host"))),
        };
        let body = request.body.clone().unwrap_or_default();
        let text = String::from_utf8_lossy(&body).into_owned();
        if is_ours && changes_something(&request) {
            lock(&self.arrivals).push(Arrival { at_ms: self.wall.true_ms(), body: text });
        }
        let (ours, theirs) = tokio::io::duplex(256 * 1024);
        tokio::spawn(async move {
            let served = hyper::server::conn::http1::Builder::new()
                .auto_date_header(false)
                .serve_connection(TokioIo::new(theirs), TowerToHyperService::new(router));
            // a torn answer ends the connection, as it should
            let _ = served.await;
        });
        let lost = |error: hyper::Error| TransportError::Lost(error.to_string());
        let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(ours)).await.map_err(lost)?;
        tokio::spawn(async move {
            let _ = connection.await;
        });
        let path = uri.path_and_query().map_or("/", |path| path.as_str());
        let mut builder = http::Request::builder().method(request.method.clone()).uri(path).header("host", host);
        for header in &request.headers {
            builder = builder.header(header.name, &header.value);
        }
        let built = builder.body(Full::new(body)).map_err(|error| TransportError::Unreachable(error.to_string()))?;
        let answer = sender.send_request(built).await.map_err(lost)?;
        let (parts, body) = answer.into_parts();
        let whole: Bytes = body.collect().await.map_err(lost)?.to_bytes();
        if whole.len() > most {
            return Err(TransportError::TooLarge(most));
        }
        Ok(HttpAnswer { status: parts.status.as_u16(), headers: parts.headers, body: whole })
    }
}

/// One life's transport.
pub struct Wire {
    pub net: Arc<Net>,
    pub gate: Arc<Gate>,
}

#[async_trait]
impl Transport for Wire {
    async fn send(&self, request: HttpRequest, limits: Limits) -> Answer {
        self.gate.point().await;
        let host = request.url.split('/').nth(2).unwrap_or_default().to_owned();
        if self.net.is_down(&host) {
            tokio::time::sleep(self.net.latency()).await;
            return Err(TransportError::Unreachable("refused by the campaign".into()));
        }
        if let Some(Err(complaint)) = lock(&self.net.witness).as_ref().map(|witness| witness(&request)) {
            self.net.complain(complaint);
        }
        let (answered, answer) = oneshot::channel();
        let (net, sent, there, back) = (self.net.clone(), request.clone(), self.net.latency(), self.net.latency());
        tokio::spawn(async move {
            tokio::time::sleep(there).await;
            let answer = net.exchange(sent, limits.body, true).await;
            tokio::time::sleep(back).await;
            // the sender may be gone
            let _ = answered.send(answer);
        });
        let answer = match tokio::time::timeout(limits.total, answer).await {
            Ok(Ok(answer)) => answer,
            Ok(Err(_)) => Err(TransportError::Lost("the exchange ended".into())),
            Err(_) => Err(TransportError::TimedOut),
        };
        self.net.note(&request, &answer);
        if changes_something(&request) {
            self.gate.note_answer();
        }
        self.gate.point().await;
        answer
    }
}

/// Whether a request asks a billing provider to do something.
pub fn changes_something(request: &HttpRequest) -> bool {
    let is_billing = request.url.contains(SMARTBILL) || request.url.contains(OBLIO);
    is_billing && request.method != http::Method::GET && !request.url.contains("/authorize/")
}

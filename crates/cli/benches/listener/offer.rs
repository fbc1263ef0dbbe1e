//! Signed deliveries, and how they are offered.

use crate::outside::http::{Answer, Broken, Line};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use hmac::{Hmac, KeyInit as _, Mac as _};
use hyper::Method;
use serde_json::json;
use sha2::Sha256;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};
use tokio::task::JoinSet;

const KEY: &[u8; 32] = b"a secret of a benchmark, 32 long";

/// The secret as a person enters it.
pub fn secret() -> String {
    format!("whsec_{}", STANDARD.encode(KEY))
}

/// Where deliveries are sent.
#[derive(Clone)]
pub struct Place {
    pub base: String,
    pub path: String,
}

/// One delivery, signed beforehand: signing is the sender's work and is not measured.
pub struct Signed {
    id: String,
    headers: Vec<(&'static str, String)>,
    body: Bytes,
}

/// Deliveries of `count` orders, in Standard Webhooks' envelope.
pub fn sign(name: &str, count: usize) -> Vec<Signed> {
    #[allow(clippy::disallowed_methods, reason = "the instant is part of what is signed")]
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs().to_string();
    let of = |n: usize| {
        let id = format!("msg_{name}_{n}");
        let body = Bytes::from(message(name, n));
        let mut mac = Hmac::<Sha256>::new_from_slice(KEY).unwrap();
        for part in [id.as_bytes(), b".", now.as_bytes(), b".", &body] {
            mac.update(part);
        }
        let headers = vec![
            ("content-type", "application/json".to_owned()),
            ("webhook-id", id.clone()),
            ("webhook-timestamp", now.clone()),
            ("webhook-signature", format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes()))),
        ];
        Signed { id, headers, body }
    };
    (0..count).map(of).collect()
}

fn message(name: &str, n: usize) -> Vec<u8> {
    let customer = json!({ "name": format!("Ana Ionescu {}", n % 5_000), "city": "Cluj-Napoca",
        "address": format!("Str. Morii {}", n % 120), "county": "CJ", "country": "RO", "email": "client@example.com" });
    let order = json!({ "number": format!("{name}-{n}"), "date": "2026-11-20T12:00:00Z", "updated": "2026-11-20T12:00:00Z",
        "status": "completed", "completed_at": "2026-11-20T12:00:00Z", "currency": "RON", "total": "242.00",
        "customer": customer, "lines": [
            { "name": "Abonament", "quantity": "1", "unit_price": "121.00", "vat_rate": "21" },
            { "name": "Cană de ceramică", "quantity": "2", "unit_price": "60.50", "vat_rate": "21" }] });
    json!({ "type": "order.updated", "timestamp": "2026-11-20T12:00:00Z", "data": order }).to_string().into_bytes()
}

/// What became of the deliveries that were offered.
#[derive(Default)]
pub struct Told {
    /// Ids of those that were answered with 2xx.
    pub accepted: Vec<String>,
    /// From when each accepted one was due to its answer, in milliseconds.
    pub ms: Vec<f64>,
    /// Answered 503 with when to come again.
    pub sent_away: usize,
    /// Any other answer, or none.
    pub other: Vec<String>,
}

impl Told {
    fn note(&mut self, id: String, due: Instant, answer: Result<Answer, Broken>) {
        match answer {
            Ok(answer) if (200..300).contains(&answer.status) => {
                self.accepted.push(id);
                self.ms.push(due.elapsed().as_secs_f64() * 1000.0);
            }
            Ok(answer) if answer.status == 503 && answer.has_retry_after => self.sent_away += 1,
            Ok(answer) => self.other.push(format!("{}: {}", answer.status, String::from_utf8_lossy(&answer.body))),
            Err(broken) => self.other.push(format!("{broken:?}")),
        }
    }

    pub fn count(&self) -> usize {
        self.accepted.len() + self.sent_away + self.other.len()
    }
}

/// Offers each at its own instant, so many a second, however long the answers take: what is measured begins when a delivery
/// is due, not when a connection is free.
pub async fn open_loop(place: &Place, deliveries: Vec<Signed>, per_s: u32, connections: usize) -> Told {
    let lines = Arc::new(Mutex::new(Vec::<Line>::new()));
    let opened = Arc::new(tokio::sync::Semaphore::new(connections));
    let told = Arc::new(Mutex::new(Told::default()));
    let mut under_way = JoinSet::new();
    let started = Instant::now();
    let gap = Duration::from_secs(1) / per_s;
    for (n, one) in deliveries.into_iter().enumerate() {
        let due = started + gap * n as u32;
        // the timer counts in milliseconds: what is due within one goes together
        if due > Instant::now() {
            tokio::time::sleep_until(due.into()).await;
        }
        let (lines, opened, told, place) = (lines.clone(), opened.clone(), told.clone(), place.clone());
        under_way.spawn(async move {
            let _one_of = opened.acquire_owned().await.unwrap();
            let idle = lines.lock().unwrap().pop();
            let line = match idle {
                Some(line) => Ok(line),
                None => Line::open(&place.base).await,
            };
            let answer = match line {
                Ok(mut line) => {
                    let answer = line.send(Method::POST, &place.path, &one.headers, one.body).await;
                    if answer.is_ok() {
                        lines.lock().unwrap().push(line);
                    }
                    answer
                }
                Err(broken) => Err(broken),
            };
            told.lock().unwrap().note(one.id, due, answer);
        });
        while under_way.try_join_next().is_some() {}
    }
    while under_way.join_next().await.is_some() {}
    std::mem::take(&mut *told.lock().unwrap())
}

/// So many senders, each of which sends its next one when the last was answered, until all is sent or `until` has passed.
pub async fn closed_loop(place: &Place, deliveries: Arc<Vec<Signed>>, senders: usize, until: Instant) -> Told {
    let next = Arc::new(AtomicUsize::new(0));
    let told = Arc::new(Mutex::new(Told::default()));
    let mut all = JoinSet::new();
    for _ in 0..senders {
        let (next, told, place, deliveries) = (next.clone(), told.clone(), place.clone(), deliveries.clone());
        all.spawn(async move {
            let mut line = None;
            while Instant::now() < until {
                let Some(one) = deliveries.get(next.fetch_add(1, Ordering::Relaxed)) else { return };
                let due = Instant::now();
                let mut own = match line.take() {
                    Some(own) => own,
                    None => match Line::open(&place.base).await {
                        Ok(own) => own,
                        // whoever listened has ended
                        Err(_) => return,
                    },
                };
                let answer = own.send(Method::POST, &place.path, &one.headers, one.body.clone()).await;
                if answer.is_ok() {
                    line = Some(own);
                }
                told.lock().unwrap().note(one.id.clone(), due, answer);
            }
        });
    }
    while all.join_next().await.is_some() {}
    std::mem::take(&mut *told.lock().unwrap())
}

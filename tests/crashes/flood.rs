//! Webhooks from many senders at once, and the owner killed under them: whatever was acknowledged is in the ledger's file.
//! `make bench` does the same for longer, at a rate, and measures.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use punte_tests::{Desk, create_workspace};
use rusqlite::{Connection, OpenFlags};
use serde_json::json;
use sha2::Sha256;
use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

const SENDERS: usize = 32;
const KEY: &[u8; 32] = b"the secret of an application, 32";

/// One signed delivery; answers how it was answered, and whether with when to come again. `None`: nobody listens any more.
async fn send(http: &reqwest::Client, url: &str, id: &str, n: u64) -> Option<(u16, bool)> {
    let order = json!({ "number": id, "date": "2026-11-20T12:00:00Z", "updated": "2026-11-20T12:00:00Z", "status": "completed",
        "completed_at": "2026-11-20T12:00:00Z", "currency": "RON", "total": "121.00",
        "customer": { "name": "Ana Ionescu", "address": format!("Str. Test {n}"), "city": "Dej", "county": "CJ", "country": "RO" },
        "lines": [{ "name": "Abonament", "quantity": "1", "unit_price": "121.00", "vat_rate": "21" }] });
    let body = json!({ "type": "order.updated", "timestamp": "2026-11-20T12:00:00Z", "data": order }).to_string();
    let at = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
    let mut mac = Hmac::<Sha256>::new_from_slice(KEY).unwrap();
    mac.update(format!("{id}.{at}.{body}").as_bytes());
    let request = http
        .post(url)
        .header("content-type", "application/json")
        .header("webhook-id", id)
        .header("webhook-timestamp", at.to_string())
        .header("webhook-signature", format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes())))
        .body(body);
    let answer = request.send().await.ok()?;
    Some((answer.status().as_u16(), answer.headers().contains_key("retry-after")))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_acknowledged_to_a_crowd_of_senders_outlives_a_kill() {
    let home = tempfile::tempdir().unwrap();
    let folder = create_workspace(home.path()).await;
    let desk = Desk::start(home.path(), &folder).await;
    let application = json!({ "id": null, "kind": "webhook", "name": "Aplicația", "address": "https://app.example.ro",
        "account": "app", "secret": "", "company": null, "series": null });
    let id = desk.call("connections.save", application).await["id"].clone();
    desk.call("listener.set", json!({ "enabled": true, "port": 0, "publicAddress": "" })).await;
    let secret = format!("whsec_{}", STANDARD.encode(KEY));
    desk.call("connections.set_hook_secret", json!({ "id": id, "secret": secret })).await;
    let url = desk.call("connections.hook", json!({ "id": id })).await["url"].as_str().unwrap().to_owned();

    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    let next = Arc::new(AtomicU64::new(0));
    let senders: Vec<_> = (0..SENDERS)
        .map(|_| {
            let (http, url, next) = (http.clone(), url.clone(), next.clone());
            tokio::spawn(async move {
                let mut acknowledged = Vec::new();
                loop {
                    let n = next.fetch_add(1, Ordering::Relaxed);
                    let id = format!("msg_{n}");
                    match send(&http, &url, &id, n).await {
                        Some((200, _)) => acknowledged.push(id),
                        Some((503, true)) => {}
                        Some(other) => panic!("{id}: neither taken nor sent away: {other:?}"),
                        None => return acknowledged,
                    }
                }
            })
        })
        .collect();
    tokio::time::sleep(Duration::from_millis(1_500)).await;
    desk.running.kill().await;
    let mut acknowledged = BTreeSet::new();
    for sender in senders {
        acknowledged.extend(sender.await.unwrap());
    }
    assert!(acknowledged.len() > SENDERS, "killed under load, not before: {}", acknowledged.len());

    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let raw = Connection::open_with_flags(folder.join("ledger.sqlite"), flags).unwrap();
    let mut query = raw.prepare("SELECT delivery_id FROM deliveries WHERE verdict = 'accepted'").unwrap();
    let rows: Vec<String> = query.query_map([], |row| row.get(0)).unwrap().collect::<Result<_, _>>().unwrap();
    let recorded: BTreeSet<String> = rows.iter().cloned().collect();
    assert_eq!(recorded.len(), rows.len(), "none is there twice");
    let lost: Vec<&String> = acknowledged.difference(&recorded).collect();
    assert!(lost.is_empty(), "{} of {} were acknowledged and are lost: {lost:?}", lost.len(), acknowledged.len());
}

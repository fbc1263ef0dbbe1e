//! Webhooks over real HTTP: what is signed is on disk before it is answered and leads to one document; what is not is refused,
//! kept with its verdict, and never processed.

use crate::World;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use punte_tests::{Buyer, Desk, order, until};
use serde_json::{Value, json};
use sha2::Sha256;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

const SHOP_SECRET: &str = "wh_secret_of_the_shop";
const APP_SECRET: &str = "whsec_c2VjcmV0LW9mLWFuLWFwcGxpY2F0aW9uLTEyMzQ=";

/// A sender that nobody at Punte wrote against its own reader: HMAC over the bytes that are sent.
struct Sender {
    http: reqwest::Client,
    url: String,
}

fn hmac(key: &[u8], text: &[u8]) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).unwrap();
    mac.update(text);
    STANDARD.encode(mac.finalize().into_bytes())
}

fn now_s() -> i64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs() as i64
}

/// The document of an application's order, as docs/order.schema.json has it.
fn generic(number: &str, total: &str, updated: &str) -> Value {
    json!({
        "number": number, "date": "2026-11-20T12:00:00Z", "updated": updated, "status": "completed",
        "completed_at": updated, "currency": "RON", "total": total,
        "customer": { "name": "Ana Ionescu", "address": "Str. Test 99", "city": "Cluj-Napoca", "county": "CJ",
            "country": "RO", "email": "ana@example.com" },
        "lines": [{ "name": "Abonament", "quantity": "1", "unit_price": total, "vat_rate": "21" }],
    })
}

impl Sender {
    async fn open(desk: &Desk, connection: &str, secret: &str) -> Sender {
        let listening = desk.call("listener.set", json!({ "enabled": true, "port": 0, "publicAddress": "" })).await;
        assert!(listening["address"].is_string(), "{listening}");
        desk.call("connections.set_hook_secret", json!({ "id": connection, "secret": secret })).await;
        let hook = desk.call("connections.hook", json!({ "id": connection })).await;
        assert_eq!(hook["hasSecret"], true);
        let http = reqwest::Client::builder().no_proxy().build().unwrap();
        Sender { http, url: hook["url"].as_str().unwrap().to_owned() }
    }

    async fn send(&self, headers: &[(&str, &str)], body: impl Into<reqwest::Body>) -> u16 {
        let mut request = self.http.post(&self.url).body(body);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        request.send().await.unwrap().status().as_u16()
    }

    async fn woo(&self, id: u64, delivery: &str, secret: &str) -> u16 {
        let body = json!({ "id": id, "status": "completed" }).to_string();
        let signature = hmac(secret.as_bytes(), body.as_bytes());
        let headers = [
            ("content-type", "application/json"),
            ("x-wc-webhook-topic", "order.updated"),
            ("x-wc-webhook-delivery-id", delivery),
            ("x-wc-webhook-signature", &signature),
        ];
        self.send(&headers, body).await
    }

    async fn standard(&self, id: &str, at_s: i64, order: &Value) -> u16 {
        let body = json!({ "type": "order.updated", "timestamp": "2026-11-20T12:00:00Z", "data": order }).to_string();
        let key = STANDARD.decode(APP_SECRET.strip_prefix("whsec_").unwrap()).unwrap();
        let signature = format!("v1,{}", hmac(&key, format!("{id}.{at_s}.{body}").as_bytes()));
        let at = at_s.to_string();
        let headers = [
            ("content-type", "application/json"),
            ("webhook-id", id),
            ("webhook-timestamp", &at),
            ("webhook-signature", &signature),
        ];
        self.send(&headers, body).await
    }
}

async fn shop_of(desk: &Desk) -> String {
    let listed = desk.call("connections.list", json!({})).await;
    listed["shops"][0]["id"].as_str().unwrap().to_owned()
}

async fn verdicts(desk: &Desk) -> Vec<String> {
    let page = desk.call("inbox.list", json!({})).await;
    page["rows"].as_array().unwrap().iter().map(|row| row["verdict"].as_str().unwrap().to_owned()).collect()
}

async fn processed(desk: &Desk, delivery: &str) -> Value {
    until("the delivery is processed", Duration::from_secs(20), async || {
        let page = desk.call("inbox.list", json!({ "text": delivery })).await;
        let rows = page["rows"].as_array().unwrap();
        rows.iter().find(|row| row["state"] == "done").cloned().ok_or(page)
    })
    .await
}

#[tokio::test]
async fn what_a_shop_signed_leads_to_its_order_and_what_it_did_not_is_refused() {
    let world = World::new().await;
    let shop = shop_of(&world.desk).await;
    let sender = Sender::open(&world.desk, &shop, SHOP_SECRET).await;
    world.sandbox.control.order(order(71001, Buyer::Person)).await;

    assert_eq!(sender.woo(71001, "d1", SHOP_SECRET).await, 200);
    let row = processed(&world.desk, "d1").await;
    assert_eq!(row["orderNumber"], "71001");
    assert_eq!(sender.woo(71001, "d1", SHOP_SECRET).await, 200, "a retry of the shop's is no trouble");
    assert_eq!(verdicts(&world.desk).await, ["replayed", "accepted"]);
    world.desk.wait_for(71001, "issued").await;

    assert_eq!(sender.woo(71001, "d2", "another secret").await, 401);
    assert_eq!(sender.send(&[("content-type", "application/json")], "{}").await, 401);
    assert_eq!(
        sender.send(&[("content-type", "application/x-www-form-urlencoded")], "webhook_id=7").await,
        200,
        "ping"
    );
    let body = r#"{"id":71001}"#;
    let signature = hmac(SHOP_SECRET.as_bytes(), body.as_bytes());
    let as_text = [("content-type", "text/plain"), ("x-wc-webhook-signature", signature.as_str())];
    assert_eq!(sender.send(&as_text, body).await, 415);
    assert_eq!(sender.send(&[("content-type", "application/json")], vec![b' '; 3 * 1024 * 1024]).await, 413);
    let elsewhere = format!("{}x", sender.url);
    assert_eq!(sender.http.post(elsewhere).body("{}").send().await.unwrap().status(), 404);
    let told = verdicts(&world.desk).await;
    let newest = ["too_large", "wrong_type", "ping", "no_signature", "bad_signature"];
    assert_eq!(told[..5], newest, "each is kept with its verdict");
    let refused = world.desk.call("inbox.list", json!({ "show": "refused" })).await;
    assert!(refused["rows"].as_array().unwrap().iter().all(|row| row["state"] == "none"), "none is processed");
    let one = refused["rows"][0]["id"].clone();
    let not_so = world.desk.try_call("inbox.replay", json!({ "id": one, "reason": "once more" })).await.unwrap_err();
    assert_eq!((&not_so["code"], &not_so["detail"]), (&json!("not_now"), &json!("not_accepted")));

    // an operator has it processed once more: the order is read again, and its document is known
    let again = world.desk.call("inbox.replay", json!({ "id": row["id"], "reason": "once more" })).await;
    assert_eq!(again["replays"][0]["reason"], "once more");
    let twice = until("processed twice", Duration::from_secs(20), async || {
        let seen = world.desk.call("inbox.get", json!({ "id": row["id"] })).await;
        if seen["row"]["state"] == "done" && seen["row"]["tries"] == 2 { Ok(seen) } else { Err(seen) }
    })
    .await;
    assert_eq!(
        (&twice["isMasked"], twice["headers"]["x-wc-webhook-topic"].as_str()),
        (&json!(true), Some("order.updated"))
    );
    assert_eq!(world.count(71001, Buyer::Person).await, 1, "one document");

    // the secret is changed: the one before it is still good, for the shop may sign with it for a while
    world.desk.call("connections.set_hook_secret", json!({ "id": shop, "secret": "a newer secret" })).await;
    assert_eq!(sender.woo(71001, "d3", SHOP_SECRET).await, 200);
    assert_eq!(sender.woo(71001, "d4", "a newer secret").await, 200);
    // and so is the address
    world.desk.call("connections.renew_hook", json!({ "id": shop })).await;
    assert_eq!(sender.woo(71001, "d5", "a newer secret").await, 404);
}

#[tokio::test]
async fn an_application_that_signs_its_orders_is_invoiced_once_whatever_it_repeats() {
    let world = World::new().await;
    let desk = &world.desk;
    let input = json!({ "id": null, "kind": "webhook", "name": "Aplicația", "address": "https://app.example.ro",
        "account": "app", "secret": "", "company": null, "series": null });
    let app = desk.call("connections.save", input).await["id"].as_str().unwrap().to_owned();
    let mapping = json!({ "name": "Aplicația", "preset": "generic", "copyOf": null, "document": null });
    let mapping = desk.call("mappings.create", mapping).await;
    let listed = desk.call("connections.list", json!({})).await;
    let billing = listed["billing"].as_array().unwrap().iter().find(|one| one["kind"] == "oblio").unwrap();
    let flow = json!({ "id": null, "name": "app to oblio", "shopId": app, "billingId": billing["id"],
        "company": billing["company"], "series": billing["series"], "condition": "", "mappingId": mapping["id"],
        "seriesIsOurs": true, "enabled": true });
    let sender = Sender::open(desk, &app, APP_SECRET).await;
    let in_an_hour = chrono::DateTime::from_timestamp(now_s() + 3600, 0).unwrap().to_rfc3339();
    let later = chrono::DateTime::from_timestamp(now_s() + 7200, 0).unwrap().to_rfc3339();
    desk.call("flows.save", flow).await;

    let first = generic("APP-1", "121.00", &in_an_hour);
    assert_eq!(sender.standard("msg_1", now_s(), &first).await, 200);
    assert_eq!(sender.standard("msg_1", now_s(), &first).await, 200, "the same again");
    assert_eq!(sender.standard("msg_1", now_s(), &generic("APP-1", "999.00", &later)).await, 409, "another body");
    assert_eq!(sender.standard("msg_2", now_s() - 3600, &first).await, 400, "stale");
    assert_eq!(verdicts(desk).await, ["stale", "replayed", "replayed", "accepted"]);
    let issued = desk.wait_for_number("APP-1", "issued").await;
    assert_eq!(issued["total"]["minor"], 12_100, "{issued}");
    let row = processed(desk, "msg_1").await;
    assert_eq!(row["orderNumber"], "APP-1");

    // an older version, late: it is known, and replaces nothing
    assert_eq!(sender.standard("msg_3", now_s(), &generic("APP-1", "50.00", "2026-11-20T12:00:00Z")).await, 200);
    processed(desk, "msg_3").await;
    let record = world.record(&issued).await;
    assert_eq!(record["order"]["total"]["minor"], 12_100, "{}", record["order"]);
    // cancelled, said twice; paid, said in between, comes late: it stays cancelled
    let at = |minutes: i64| chrono::DateTime::from_timestamp(now_s() + minutes * 60, 0).unwrap().to_rfc3339();
    let cancelled = |minutes| {
        let mut order = generic("APP-3", "60.00", &at(minutes));
        order["status"] = json!("cancelled");
        order["completed_at"] = json!(null);
        order
    };
    for (id, order) in
        [("msg_5", cancelled(10)), ("msg_6", cancelled(12)), ("msg_7", generic("APP-3", "60.00", &at(11)))]
    {
        assert_eq!(sender.standard(id, now_s(), &order).await, 200);
        processed(desk, id).await;
    }
    assert!(desk.find_by_number("APP-3").await.is_none(), "an older version replaces nothing");
    // what cannot be read as an order is left to a person, with the field
    assert_eq!(sender.standard("msg_4", now_s(), &json!({ "number": "APP-2", "updated": later })).await, 200);
    let failed = until("given to a person", Duration::from_secs(20), async || {
        let page = desk.call("inbox.list", json!({ "show": "failed" })).await;
        page["rows"].get(0).cloned().ok_or(page)
    })
    .await;
    assert_eq!(failed["failure"]["kind"], "order_unreadable", "{failed}");
    let state = world.sandbox.control.state().await;
    let mentions = |one: &&Value| one.to_string().contains("APP-1");
    assert_eq!(state["oblio"]["documents"].as_array().unwrap().iter().filter(mentions).count(), 1);
}

#[tokio::test]
async fn a_delivery_that_was_answered_outlives_the_owner() {
    let world = World::new().await;
    let shop = shop_of(&world.desk).await;
    let sender = Sender::open(&world.desk, &shop, SHOP_SECRET).await;
    // the shop does not answer: what is accepted waits in the inbox
    for operation in ["list", "get"] {
        let down = json!({ "provider": "woocommerce", "operation": operation, "kind": "status_503" });
        world.sandbox.control.fault(down).await;
    }
    world.sandbox.control.order(order(71002, Buyer::Person)).await;
    assert_eq!(sender.woo(71002, "d1", SHOP_SECRET).await, 200);
    let World { home, folder, sandbox, desk } = world;
    desk.running.kill().await;
    sandbox.control.clear_faults().await;
    let desk = Desk::start(home.path(), &folder).await;
    let row = processed(&desk, "d1").await;
    assert_eq!(row["orderNumber"], "71002");
    desk.wait_for(71002, "issued").await;
    assert_eq!(sandbox.control.documents_of("smartbill", 71002).await.len(), 1);
}

/// The first block of a language in docs/webhooks.md.
fn documented(language: &str) -> String {
    let page = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/webhooks.md")).unwrap();
    let block = page.split(&format!("```{language}")).nth(1).unwrap().split_once('\n').unwrap().1;
    block.split("```").next().unwrap().to_owned()
}

fn nginx() -> std::path::PathBuf {
    let unpacked = concat!(env!("CARGO_MANIFEST_DIR"), "/../target/tools/nginx/usr/sbin/nginx");
    if std::path::Path::new(unpacked).exists() { unpacked.into() } else { "nginx".into() }
}

#[tokio::test]
async fn the_documented_proxy_and_the_documented_sender_work() {
    let world = World::new().await;
    let input = json!({ "id": null, "kind": "webhook", "name": "Aplicația", "address": "https://app.example.ro",
        "account": "app", "secret": "", "company": null, "series": null });
    let app = world.desk.call("connections.save", input).await["id"].as_str().unwrap().to_owned();
    let sender = Sender::open(&world.desk, &app, APP_SECRET).await;
    let (inner, path) = sender.url.split_at(sender.url.find("/hooks/").unwrap());

    let port = std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap().local_addr().unwrap().port();
    let server = documented("nginx").replace("http://127.0.0.1:8766", inner);
    let server = server.replace("listen 443 ssl;", &format!("listen 127.0.0.1:{port};"));
    let folder = world.home.path().join("nginx");
    std::fs::create_dir_all(&folder).unwrap();
    let temporary: String = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
        .map(|name| format!("{name}_temp_path {}/{name};", folder.display()))
        .join("\n");
    let around = format!(
        "daemon off; master_process off; pid {0}/pid; error_log {0}/error.log;\nevents {{}}\nhttp {{ access_log off; {temporary}\n{server} }}",
        folder.display()
    );
    let file = folder.join("nginx.conf");
    std::fs::write(&file, around).unwrap();
    // one process, so that ending it leaves no worker behind that would hold this test's output open
    let mut proxy = tokio::process::Command::new(nginx());
    let mut proxy = proxy
        .arg("-e")
        .arg(folder.join("error.log"))
        .arg("-c")
        .arg(&file)
        .arg("-p")
        .arg(&folder)
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let outer = format!("http://127.0.0.1:{port}");
    until("the proxy answers", Duration::from_secs(10), async || sender.http.get(&outer).send().await).await;
    assert_eq!(
        sender.http.get(format!("{outer}/call/app.get")).send().await.unwrap().status(),
        404,
        "nothing but hooks"
    );

    let script = documented("sh");
    let script = script.replace("http://127.0.0.1:8766/hooks/…", &format!("{outer}{path}"));
    let script = script.replace("whsec_…", APP_SECRET);
    let sent = tokio::process::Command::new("bash").args(["-euc", &script]).output().await.unwrap();
    assert_eq!(String::from_utf8_lossy(&sent.stdout), "ok200\n", "{}", String::from_utf8_lossy(&sent.stderr));
    let page = world.desk.call("inbox.list", json!({})).await;
    assert_eq!((&page["rows"][0]["verdict"], &page["rows"][0]["topic"]), (&json!("accepted"), &json!("order.updated")));
    proxy.kill().await.unwrap();
}

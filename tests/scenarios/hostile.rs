//! A provider or a shop that wants to harm: answers without end, answers that swell, answers that lead elsewhere, certificates of
//! somebody else, files that unpack to a gigabyte. Each is refused in words, in little memory and in time, and what was sent stays
//! what it is: in doubt, looked for, and never sent again blindly.

mod book;
mod certificates;
mod stranger;

use crate::World;
use certificates::Authority;
use punte_tests::{Buyer, Desk, SandboxProgram, create_workspace, order, until};
use serde_json::{Value, json};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};
use stranger::{Armed, GIGABYTE, Stranger, Trick};
use tokio::net::TcpListener;

/// More memory than this, in KiB, nothing of it may take: a fraction of what is sent.
const MOST_KIB: u64 = 160 * 1024;

/// The most memory that a program ever had, in KiB.
fn peak(desk: &Desk) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{}/status", desk.running.id())).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    line.trim().trim_end_matches("kB").trim().parse().unwrap()
}

/// A world in which a stranger stands before one of its systems.
async fn world_behind(kind: &str) -> (World, Stranger) {
    let home = tempfile::tempdir().unwrap();
    let mut sandbox = SandboxProgram::start(home.path()).await;
    let stranger = Stranger::before(sandbox.ports[kind]["url"].as_str().unwrap()).await;
    sandbox.ports[kind]["url"] = json!(stranger.url);
    let folder = create_workspace(home.path()).await;
    let desk = Desk::start(home.path(), &folder).await;
    desk.connect(&sandbox).await;
    (World { home, folder, sandbox, desk }, stranger)
}

/// A listener that nobody should ever come to; counts who does.
async fn trap() -> (String, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let visits = Arc::new(AtomicUsize::new(0));
    let seen = visits.clone();
    tokio::spawn(async move {
        while listener.accept().await.is_ok() {
            seen.fetch_add(1, Ordering::SeqCst);
        }
    });
    (address, visits)
}

/// Every trick with what an operator reads of it: the failure's kind and a part of its detail.
fn tricks(own: &str, trap: &str) -> Vec<(Trick, &'static str, &'static str)> {
    vec![
        (Trick::Gigabyte, "unreadable_answer", "larger than"),
        (Trick::Bomb, "unreadable_answer", "HTTP 200"),
        (Trick::Head, "connection_lost", "the connection broke"),
        // to itself, and so without end if it were followed
        (Trick::Redirect(own.to_owned()), "unreadable_answer", "HTTP 307: redirected to http://"),
        (Trick::Redirect(format!("{trap}/")), "unreadable_answer", "HTTP 307: redirected to http://"),
        (
            Trick::Redirect("http://169.254.169.254/latest/".to_owned()),
            "unreadable_answer",
            "HTTP 307: redirected to http://",
        ),
        (Trick::Redirect("http://192.168.1.1/".to_owned()), "unreadable_answer", "HTTP 307: redirected to http://"),
        (Trick::Drip, "timed_out", "no answer in time"),
    ]
}

/// An invoice whose answer is a trick, one trick after the other.
async fn provider_tricks(buyer: Buyer, request: &'static str, first: u64) {
    let (world, stranger) = world_behind(buyer.provider()).await;
    let (trap, visits) = trap().await;
    // everything that it needs at all is in memory by then
    world.sandbox.control.order(order(first, buyer)).await;
    world.desk.wait_for(first, "issued").await;
    let before = peak(&world.desk);
    for (id, (trick, kind, detail)) in (first + 1..).zip(tricks(&stranger.url, &trap)) {
        let (body, sent) = (format!("#{id}"), stranger.sent());
        stranger.arm(Armed { request, body: body.clone(), trick: trick.clone(), times: Some(1), acts: true });
        world.sandbox.control.order(order(id, buyer)).await;
        let began = Instant::now();
        let doubted = world.desk.wait_for(id, "in_doubt").await;
        let failure = &doubted["failure"];
        assert_eq!((&failure["kind"], &failure["phase"]), (&json!(kind), &json!("unknown")), "{trick:?}: {failure}");
        assert!(failure["detail"].as_str().unwrap().contains(detail), "{trick:?}: {failure}");
        assert!(stranger.sent() - sent < GIGABYTE / 50, "{trick:?}: it was not read to its end");
        let retried = world.desk.call("documents.retry", json!({ "ids": [doubted["id"]] })).await;
        assert_eq!(retried["skipped"][0]["reason"], "in_doubt", "{trick:?}: nobody sends it again by hand");
        let issued = world.desk.wait_for(id, "issued").await;
        assert!(began.elapsed() < Duration::from_secs(40), "{trick:?}");
        assert_eq!(world.count(id, buyer).await, 1, "{trick:?}");
        assert_eq!(stranger.count(request, &body), 1, "{trick:?}: it was sent once");
        assert_eq!(world.record(&issued).await["attempts"].as_array().unwrap().len(), 1, "{trick:?}");
    }
    assert_eq!(visits.load(Ordering::SeqCst), 0, "no address that an answer named was asked");
    let taken = peak(&world.desk) - before;
    assert!(taken < MOST_KIB, "{taken} KiB more at its peak");
}

#[tokio::test]
async fn an_invoice_whose_answer_is_a_trick_at_oblio_is_in_doubt_and_found() {
    provider_tricks(Buyer::Company, "POST /api/docs/invoice", 64100).await;
}

#[tokio::test]
async fn an_invoice_whose_answer_is_a_trick_at_smartbill_is_in_doubt_and_found() {
    provider_tricks(Buyer::Person, "POST /SBORO/api/invoice/v2", 64200).await;
}

/// What stands about the shop.
async fn shop(desk: &Desk) -> Value {
    let overview = desk.call("overview.get", json!({})).await;
    let all = overview["connections"].as_array().unwrap();
    all.iter().find(|one| one["kind"] == "woocommerce").unwrap().clone()
}

/// The shop's list of orders is a trick until it is honest again.
async fn shop_trick(world: &World, stranger: &Stranger, id: u64, trick: (Trick, &str, &str)) {
    let (trick, kind, detail) = trick;
    let (sent, began) = (stranger.sent(), Instant::now());
    let request = "GET /wp-json/wc/v3/orders?";
    stranger.arm(Armed { request, body: String::new(), trick: trick.clone(), times: None, acts: false });
    world.sandbox.control.order(order(id, Buyer::Company)).await;
    let told = until("the shop's trouble is told", Duration::from_secs(100), async || {
        let shop = shop(&world.desk).await;
        let is_told = shop["failure"]["detail"].as_str().is_some_and(|words| words.contains(detail));
        if is_told && shop["failure"]["kind"] == kind { Ok(shop) } else { Err(shop) }
    })
    .await;
    assert_ne!(told["health"], "healthy", "{trick:?}: {told}");
    assert!(began.elapsed() < Duration::from_secs(90), "{trick:?}");
    // each try of it is bounded
    let tries = stranger.count(request, "") as u64;
    assert!(stranger.sent() - sent < tries * GIGABYTE / 10, "{trick:?}");
    assert!(world.desk.find_document(id).await.is_none(), "{trick:?}: nothing was made of it");
    stranger.disarm();
    until("it goes on by itself", Duration::from_secs(100), async || {
        let row = world.desk.find_document(id).await;
        row.clone().filter(|row| row["state"] == "issued").ok_or((row, shop(&world.desk).await))
    })
    .await;
    assert_eq!(world.count(id, Buyer::Company).await, 1, "{trick:?}");
}

#[tokio::test]
async fn a_shop_whose_list_is_a_trick_is_told_of_and_taken_up_again_when_it_is_honest() {
    let (world, stranger) = world_behind("woocommerce").await;
    let (trap, visits) = trap().await;
    world.sandbox.control.order(order(64300, Buyer::Company)).await;
    world.desk.wait_for(64300, "issued").await;
    let before = peak(&world.desk);
    let all = tricks(&stranger.url, &trap).into_iter().filter(|(trick, ..)| !matches!(trick, Trick::Drip));
    for (id, trick) in (64301..).zip(all) {
        shop_trick(&world, &stranger, id, trick).await;
    }
    assert_eq!(visits.load(Ordering::SeqCst), 0, "no address that an answer named was asked");
    let taken = peak(&world.desk) - before;
    assert!(taken < MOST_KIB, "{taken} KiB more at its peak");
}

#[tokio::test]
async fn a_shop_that_drips_holds_up_nobody_else() {
    let (world, stranger) = world_behind("woocommerce").await;
    let files = world.desk.connect_files().await;
    let drip = (Trick::Drip, "timed_out", "no answer in time");
    let rows =
        "number,date,total,customer.name,customer.address,customer.city,line.name,line.quantity,line.unit_price\n";
    let told = shop_trick(&world, &stranger, 64350, drip);
    let beside = async {
        tokio::time::sleep(Duration::from_secs(5)).await;
        let row = "D-1,2026-11-20,121.00,Dan Pop,Str. Lungă 1,Iași,Cană,2,60.50\n";
        let id = world.desk.send_file("orders.csv", format!("{rows}{row}").as_bytes(), Some(&files)).await;
        let began = Instant::now();
        world.desk.call("imports.start", json!({ "id": id, "columns": null })).await;
        world.desk.import_ended(&id).await;
        assert!(began.elapsed() < Duration::from_secs(20), "a file is taken in meanwhile");
    };
    tokio::join!(told, beside);
}

/// What a test of a connection tells, step by step.
async fn tested(desk: &Desk, place: &Value, kind: &str, address: &str) -> Value {
    let first = |names: &[&str]| names.iter().find_map(|name| place[name].as_str()).unwrap_or_default().to_owned();
    let input = json!({ "id": null, "kind": kind, "name": "x", "address": address, "secret": first(&["token", "secret"]),
        "account": first(&["username", "email", "key"]), "company": place["company"], "series": place["series"] });
    desk.call("connections.test", input).await
}

#[tokio::test]
async fn who_shows_a_certificate_that_is_not_its_own_is_told_nothing() {
    let home = tempfile::tempdir().unwrap();
    let sandbox = SandboxProgram::start(home.path()).await;
    let folder = create_workspace(home.path()).await;
    let (authority, other) = (Authority::new(), Authority::new());
    let desk = trusting(home.path(), &folder, &authority).await;
    let shown = [
        ("another name", authority.shows(&["oblio.example.ro"], (2020, 2050))),
        ("expired", authority.shows(&["127.0.0.1"], (2020, 2021))),
        ("not valid yet", authority.shows(&["127.0.0.1"], (2048, 2050))),
        ("nobody's", other.shows(&["127.0.0.1"], (2020, 2050))),
        ("signed by itself", Authority::alone(&["127.0.0.1"])),
    ];
    for kind in ["oblio", "smartbill", "woocommerce"] {
        let place = &sandbox.ports[kind];
        let right = authority.shows(&["127.0.0.1"], (2020, 2050));
        let stranger = Stranger::over_tls(place["url"].as_str().unwrap(), right.clone()).await;
        for (what, acceptor) in &shown {
            stranger.show(acceptor.clone());
            let report = tested(&desk, place, kind, &stranger.url).await;
            let failed = report["steps"].as_array().unwrap().iter().find(|step| !step["failure"].is_null());
            let failed = failed.unwrap_or_else(|| panic!("{kind}, {what}: {report}"));
            let failure = &failed["failure"];
            assert_eq!(
                (&failed["step"], &failure["kind"], &failure["phase"]),
                (&json!("address"), &json!("tls_failed"), &json!("not_sent")),
                "{kind}, {what}: {report}"
            );
            assert!(failure["detail"].as_str().unwrap().contains("certificate"), "{kind}, {what}: {failure}");
            assert_eq!(stranger.count("", ""), 0, "{kind}, {what}: not a byte of a request");
        }
        // the same with a certificate that is right: it was the certificate, and nothing else
        stranger.show(right);
        let report = tested(&desk, place, kind, &stranger.url).await;
        assert_eq!(report["ok"], true, "{kind}: {report}");
        assert!(stranger.count("", "") > 0);
    }
}

/// An owner whose system trusts one authority alone.
async fn trusting(home: &Path, folder: &Path, authority: &Authority) -> Desk {
    let file = home.join("authority.pem");
    std::fs::write(&file, authority.certificate()).unwrap();
    Desk::start_with(home, folder, &[("SSL_CERT_FILE", file.to_str().unwrap())]).await
}

#[tokio::test]
async fn a_provider_whose_certificate_changes_gets_nothing_until_it_is_right_again() {
    let home = tempfile::tempdir().unwrap();
    let mut sandbox = SandboxProgram::start(home.path()).await;
    let folder = create_workspace(home.path()).await;
    let authority = Authority::new();
    let desk = trusting(home.path(), &folder, &authority).await;
    let right = authority.shows(&["127.0.0.1"], (2020, 2050));
    let stranger = Stranger::over_tls(sandbox.ports["oblio"]["url"].as_str().unwrap(), right.clone()).await;
    sandbox.ports["oblio"]["url"] = json!(stranger.url);
    desk.connect(&sandbox).await;
    stranger.show(authority.shows(&["oblio.example.ro"], (2020, 2050)));
    // what is open already is used up by then
    let seen = until("it is told", Duration::from_secs(60), async || {
        sandbox.control.order(order(64400, Buyer::Company)).await;
        let overview = desk.call("overview.get", json!({})).await;
        let all = overview["connections"].as_array().unwrap().clone();
        let oblio = all.into_iter().find(|one| one["kind"] == "oblio").unwrap();
        if oblio["failure"]["kind"] == "tls_failed" { Ok(oblio) } else { Err(oblio) }
    })
    .await;
    assert_eq!(seen["failure"]["phase"], "not_sent", "{seen}");
    let waiting = desk.find_document(64400).await.unwrap();
    assert_eq!(waiting["state"], "ready", "nothing left the machine, so it waits: {waiting}");
    assert_eq!(stranger.count("POST /api/docs/invoice", ""), 0);
    stranger.show(right);
    until("it is issued by itself", Duration::from_secs(100), async || {
        let row = desk.find_document(64400).await;
        row.clone().filter(|row| row["state"] == "issued").ok_or(row)
    })
    .await;
    assert_eq!(stranger.count("POST /api/docs/invoice", ""), 1);
    assert_eq!(sandbox.control.documents_of("oblio", 64400).await.len(), 1);
}

#[tokio::test]
async fn a_workbook_that_unpacks_to_a_gigabyte_is_refused_in_words_and_in_little_memory() {
    let world = World::new().await;
    let files = world.desk.connect_files().await;
    let bomb = book::swelling(GIGABYTE);
    assert!((bomb.len() as u64) < GIGABYTE / 100, "it is small itself: {}", bomb.len());
    let before = peak(&world.desk);
    let began = Instant::now();
    let id = world.desk.send_file("bomb.xlsx", &bomb, Some(&files)).await;
    let refused = world.desk.try_call("imports.start", json!({ "id": id, "columns": null })).await.unwrap_err();
    assert_eq!((&refused["code"], &refused["field"]), (&json!("invalid_input"), &json!("file")), "{refused}");
    // the bound, in MiB: the screens have the words
    assert_eq!(refused["detail"], "workbook_swells: 256", "{refused}");
    assert!(began.elapsed() < Duration::from_secs(180), "{:?}", began.elapsed());
    let taken = peak(&world.desk) - before;
    assert!(taken < MOST_KIB, "{taken} KiB more at its peak");
    let stands = world.desk.call("imports.get", json!({ "id": id })).await;
    assert_eq!((&stands["new"], &stands["read"]), (&json!(0), &json!(0)), "nothing of it was taken: {stands}");
    world.sandbox.control.order(order(64500, Buyer::Company)).await;
    world.desk.wait_for(64500, "issued").await;
}

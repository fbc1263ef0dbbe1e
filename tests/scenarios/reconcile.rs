//! The reconcile pass against both providers: what agrees, what differs, what is missing, what is too many. And the schedule
//! that runs it.

use crate::World;
use punte_tests::{Buyer, run, until};
use serde_json::{Value, json};
use std::slice;
use std::time::Duration;

fn days() -> (String, String) {
    #[allow(clippy::disallowed_methods, reason = "a test's own day")]
    let today = punte_domain::fiscal_date(chrono::Utc::now().timestamp_millis());
    let day = |days: i64| (today + chrono::Duration::days(days)).to_string();
    (day(-20), day(1))
}

/// The day in this country.
pub fn today() -> String {
    punte_domain::fiscal_date(chrono::Utc::now().timestamp_millis()).to_string()
}

/// Kind and closer reason of every finding.
fn kinds(findings: &[Value]) -> Vec<(String, String)> {
    let text = |one: &Value, field: &str| one[field].as_str().unwrap_or_default().to_owned();
    findings.iter().map(|one| (text(one, "kind"), text(one, "why"))).collect()
}

pub fn found(kind: &str, why: &str) -> (String, String) {
    (kind.to_owned(), why.to_owned())
}

impl World {
    /// One pass over a provider's series, to its end, with everything that it saw.
    async fn reconcile(&self, buyer: Buyer) -> (Value, Vec<Value>) {
        let place = &self.sandbox.ports[buyer.provider()];
        let runs = self.desk.call("reconcile.runs", json!({})).await;
        let lane = runs["lanes"].as_array().unwrap().iter().find(|lane| lane["provider"] == buyer.provider()).unwrap();
        let (from, to) = days();
        let request = json!({ "connectionId": lane["connectionId"], "company": place["company"],
            "series": place["series"], "from": from, "to": to });
        let started = self.desk.call("reconcile.run", request).await;
        let run = until("the pass ends", Duration::from_secs(30), async || {
            let runs = self.desk.call("reconcile.runs", json!({})).await;
            let run = runs["runs"].as_array().unwrap().iter().find(|run| run["id"] == started["runId"]).cloned();
            run.clone().filter(|run| run["result"] != "running").ok_or(run)
        })
        .await;
        let request = json!({ "kinds": [], "state": "", "runId": started["runId"], "after": null, "limit": 500 });
        let page = self.desk.call("reconcile.findings", request).await;
        let mut findings = page["rows"].as_array().unwrap().clone();
        findings.reverse();
        (run, findings)
    }

    /// Passes until what was just issued is old enough to be judged, and the findings are as wanted.
    pub async fn reconcile_until(&self, buyer: Buyer, wanted: &[(String, String)]) -> (Value, Vec<Value>) {
        until(&format!("{buyer:?}: {wanted:?}"), Duration::from_secs(40), async || {
            let (run, mut findings) = self.reconcile(buyer).await;
            // a pass within the quiet time sees some of them sooner: in the order that is wanted, whichever was first
            findings.sort_by_key(|one| wanted.iter().position(|kind| kinds(slice::from_ref(one)) == [kind.clone()]));
            if kinds(&findings) == wanted { Ok((run, findings)) } else { Err((run, findings)) }
        })
        .await
    }
}

#[tokio::test]
async fn what_agrees_is_clean_and_what_waits_is_expected() {
    let world = World::new().await;
    for (id, buyer) in [(26001, Buyer::Company), (26011, Buyer::Person)] {
        world.issued(id, buyer).await;
        world.issued(id + 1, buyer).await;
        let (run, _) = world.reconcile_until(buyer, &[]).await;
        assert_eq!(
            (&run["result"], &run["complete"], &run["matched"]),
            (&json!("clean"), &json!(true), &json!(2)),
            "{run}"
        );
        world.order_with(id + 2, buyer, "refuse_vat", json!({})).await;
        world.desk.wait_for(id + 2, "held").await;
        let (run, findings) = world.reconcile_until(buyer, &[found("expected", "held")]).await;
        assert_eq!((&run["result"], &run["found"]["expected"]), (&json!("clean"), &json!(1)), "no alarm: {run}");
        assert_eq!(findings[0]["orderNumber"], (id + 2).to_string());
    }
}

#[tokio::test]
async fn an_invoice_made_by_hand_is_unknown_here_until_it_is_ignored() {
    let world = World::new().await;
    for (id, buyer) in [(26101, Buyer::Company), (26111, Buyer::Person)] {
        world.issued(id, buyer).await;
        world.sandbox.invoice_by_hand(buyer, &today(), "telefonic").await;
        let (run, findings) = world.reconcile_until(buyer, &[found("unknown_here", "elsewhere")]).await;
        assert_eq!((&run["result"], &run["matched"]), (&json!("findings"), &json!(1)));
        let theirs = &findings[0]["theirs"][0];
        assert_eq!(theirs["total"], "77", "{buyer:?}: {theirs}");
        let ignore = json!({ "id": findings[0]["id"], "ignored": true, "reason": "comanda telefonica" });
        world.desk.call("reconcile.ignore", ignore).await;
        let (_, findings) = world.reconcile(buyer).await;
        assert_eq!((&findings[0]["state"], &findings[0]["reason"]), (&json!("ignored"), &json!("comanda telefonica")));
    }
}

#[tokio::test]
async fn a_deleted_number_is_missing_there_and_a_gap() {
    let world = World::new().await;
    world.issued(26211, Buyer::Person).await;
    let gone = world.issued(26212, Buyer::Person).await;
    world.sandbox.delete_by_hand(Buyer::Person, &gone).await;
    world.issued(26213, Buyer::Person).await;
    let wanted = [found("missing_there", "absent"), found("gap", "record_missing")];
    let (run, findings) = world.reconcile_until(Buyer::Person, &wanted).await;
    assert_eq!(run["matched"], 2, "{run}");
    for finding in &findings {
        assert_eq!((&finding["number"], &finding["documentId"]), (&gone["number"], &gone["id"]), "{finding}");
    }
    let row = world.desk.find_document(26212).await.unwrap();
    assert_eq!(row["verification"], "mismatched", "the record says so, too: {row}");
}

#[tokio::test]
async fn a_number_that_another_document_took_is_missing_there_and_names_it() {
    // a deleted number comes back at this provider
    let world = World::new().await;
    world.issued(26201, Buyer::Company).await;
    let gone = world.issued(26202, Buyer::Company).await;
    world.sandbox.delete_by_hand(Buyer::Company, &gone).await;
    let (_, findings) = world.reconcile_until(Buyer::Company, &[found("missing_there", "absent")]).await;
    assert_eq!((&findings[0]["number"], &findings[0]["documentId"]), (&gone["number"], &gone["id"]));
    world.sandbox.invoice_by_hand(Buyer::Company, &today(), "").await;
    let wanted = [found("missing_there", "number_given"), found("unknown_here", "elsewhere")];
    let (_, findings) = world.reconcile_until(Buyer::Company, &wanted).await;
    assert_eq!(findings[0]["theirs"][0]["client"], "Vasile Pop SRL");
    assert_eq!(findings[1]["number"], gone["number"]);
}

#[tokio::test]
async fn one_ban_more_is_a_mismatch_with_both_numbers() {
    let world = World::new().await;
    for (id, buyer) in [(26301, Buyer::Company), (26311, Buyer::Person)] {
        world.order_with(id, buyer, "one_ban_more", json!({})).await;
        world.desk.wait_for(id, "issued").await;
        let (_, findings) = world.reconcile_until(buyer, &[found("mismatched", "")]).await;
        let differs = json!([{ "field": "total", "ours": "121", "theirs": "121.01" }]);
        assert_eq!(findings[0]["differs"], differs, "{buyer:?}");
        assert_eq!(findings[0]["orderNumber"], id.to_string());
    }
}

#[tokio::test]
async fn a_second_invoice_with_our_reference_is_a_duplicate_with_its_storno_proposed() {
    let world = World::new().await;
    for (id, buyer) in [(26401, Buyer::Company), (26411, Buyer::Person)] {
        let document = world.issued(id, buyer).await;
        world
            .sandbox
            .invoice_by_hand(buyer, &today(), &format!("Comanda #{id} {}", document["reference"].as_str().unwrap()))
            .await;
        let (_, findings) = world.reconcile_until(buyer, &[found("duplicate", "linked_elsewhere")]).await;
        let facts = (&findings[0]["proposal"], &findings[0]["documentId"]);
        assert_eq!(facts, (&json!("storno"), &document["id"]), "{buyer:?}");
        let linked = format!("{} {}", document["series"].as_str().unwrap(), document["number"].as_str().unwrap());
        assert_eq!(findings[0]["linked"], linked);
        assert_ne!(findings[0]["number"], document["number"]);
    }
}

#[tokio::test]
async fn a_request_that_lands_after_all_was_settled_is_found_as_a_duplicate() {
    let world = World::new().await;
    world.issued(26501, Buyer::Person).await;
    world.order_with(26502, Buyer::Person, "late", json!({ "delay_ms": 14000 })).await;
    let document = world.desk.wait_for(26502, "issued").await;
    until("the late one landed", Duration::from_secs(30), async || match world.count(26502, Buyer::Person).await {
        2 => Ok(()),
        count => Err(count),
    })
    .await;
    let (_, findings) = world.reconcile_until(Buyer::Person, &[found("duplicate", "linked_elsewhere")]).await;
    assert_eq!((&findings[0]["proposal"], &findings[0]["documentId"]), (&json!("storno"), &document["id"]));
}

#[tokio::test]
async fn the_terminal_tells_what_was_found_and_exits_by_it() {
    let world = World::new().await;
    let (from, to) = days();
    let folder = world.folder.to_str().unwrap().to_owned();
    let tell = async |more: &[&str]| {
        let mut arguments = vec!["reconcile", "--lang", "en", "--workspace", &folder, "--from", &from, "--to", &to];
        arguments.extend(more);
        run("punte-cli", world.home.path(), &arguments).await
    };
    for (id, buyer) in [(26601, Buyer::Company), (26611, Buyer::Person)] {
        world.issued(id, buyer).await;
        world.reconcile_until(buyer, &[]).await;
        let clean = tell(&["--connection", buyer.provider()]).await;
        assert_eq!(clean.code, Some(0), "{clean:?}");
        assert!(clean.stdout.contains("1 matched"), "{clean:?}");
        world.sandbox.invoice_by_hand(buyer, &today(), "").await;
        let found = tell(&["--connection", buyer.provider()]).await;
        assert_eq!(found.code, Some(1), "{found:?}");
        assert!(found.stdout.contains("Unknown here") && found.stdout.contains("made elsewhere"), "{found:?}");
    }
    let unclear = tell(&[]).await;
    assert_eq!(unclear.code, Some(1));
    assert!(unclear.stderr.contains("oblio") && unclear.stderr.contains("smartbill"), "{unclear:?}");
    let unknown = tell(&["--connection", "Oblyo"]).await;
    assert_eq!(unknown.code, Some(1));
    assert!(
        unknown.stderr.contains("“Oblyo” is not here. There are: ") && unknown.stderr.contains("smartbill"),
        "{unknown:?}"
    );
    let backwards = run(
        "punte-cli",
        world.home.path(),
        &["reconcile", "--lang", "en", "--workspace", &folder, "--connection", "oblio", "--from", &to, "--to", &from],
    )
    .await;
    assert!(backwards.code == Some(1) && backwards.stderr.contains("goes forward"), "{backwards:?}");
}

#[tokio::test]
async fn the_schedule_shows_what_runs_and_runs_it_now() {
    let world = World::new().await;
    world.issued(26701, Buyer::Company).await;
    let job = async |id: &str| {
        let schedule = world.desk.call("schedule.list", json!({})).await;
        let jobs = schedule["jobs"].as_array().unwrap();
        jobs.iter().find(|job| job["id"].as_str().unwrap().starts_with(id)).cloned().unwrap()
    };
    let schedule = world.desk.call("schedule.list", json!({})).await;
    let kinds: Vec<&str> = schedule["jobs"].as_array().unwrap().iter().filter_map(|job| job["kind"].as_str()).collect();
    let wanted = [
        "poll",
        "health",
        "health",
        "payments",
        "payments",
        "einvoices",
        "reconcile",
        "reconcile",
        "retention",
        "backup",
    ];
    assert_eq!((kinds, &schedule["retentionMonths"]), (wanted.to_vec(), &json!(24)));
    for id in ["poll:", "health:", "payments:", "einvoices", "reconcile:", "retention", "backup"] {
        let before = job(id).await;
        world.desk.call("schedule.run_now", json!({ "id": before["id"] })).await;
        let ran = until(&format!("{id} ran"), Duration::from_secs(20), async || {
            let now = job(id).await;
            let is_new = now["lastMs"].as_i64() > before["lastMs"].as_i64() && now["running"] == false;
            if is_new { Ok(now) } else { Err(now) }
        })
        .await;
        assert_eq!((&ran["outcome"], &ran["failure"]), (&json!("ok"), &Value::Null), "{ran}");
        assert!(ran["nextMs"].as_i64() > ran["lastMs"].as_i64(), "{ran}");
    }
    let unknown = world.desk.try_call("schedule.run_now", json!({ "id": "nothing" })).await.unwrap_err();
    assert_eq!(unknown["field"], "id");
    let short = world.desk.try_call("schedule.set_retention", json!({ "months": 3 })).await.unwrap_err();
    assert_eq!(short["field"], "months");
}

#[tokio::test]
async fn a_dead_credential_shows_before_the_next_order() {
    let world = World::new().await;
    let fault = json!({ "provider": "smartbill", "operation": "series", "kind": "wrong_credential", "times": 1 });
    world.sandbox.control.fault(fault).await;
    let schedule = world.desk.call("schedule.list", json!({})).await;
    let is_probe = |job: &&Value| job["kind"] == "health" && job["about"] == "smartbill";
    let probe = schedule["jobs"].as_array().unwrap().iter().find(is_probe).unwrap()["id"].clone();
    world.desk.call("schedule.run_now", json!({ "id": probe })).await;
    until("the connection needs its credential", Duration::from_secs(20), async || {
        let overview = world.desk.call("overview.get", json!({})).await;
        let connections = overview["connections"].as_array().unwrap().clone();
        let smartbill = connections.into_iter().find(|one| one["kind"] == "smartbill").unwrap();
        if smartbill["failure"]["kind"] == "credential_refused" { Ok(()) } else { Err(smartbill) }
    })
    .await;
}

//! Three stories of an accountant, from start to finish: an answer that was lost, a refund, and a month that is closed.

use crate::World;
use crate::reconcile::{found, today};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use punte_tests::{Buyer, order, until};
use serde_json::{Value, json};
use std::time::Duration;

impl World {
    /// The present month of a provider's company.
    async fn month(&self, buyer: Buyer) -> Value {
        let books = self.desk.call("month.books", json!({})).await;
        let books = books["books"].as_array().unwrap().iter().find(|one| one["provider"] == buyer.provider()).cloned();
        json!({ "connectionId": books.as_ref().unwrap()["connectionId"], "company": books.unwrap()["company"],
            "month": &today()[..7] })
    }

    /// Compares the present month's series with the provider from its first day on.
    async fn compare_month(&self, month: &Value, series: &Value) {
        let first = format!("{}-01", month["month"].as_str().unwrap());
        let request = json!({ "connectionId": month["connectionId"], "company": month["company"], "series": series,
            "from": first, "to": today() });
        let started = self.desk.call("reconcile.run", request).await;
        until("the pass ends", Duration::from_secs(30), async || {
            let runs = self.desk.call("reconcile.runs", json!({})).await;
            let run = runs["runs"].as_array().unwrap().iter().find(|run| run["id"] == started["runId"]).cloned();
            run.clone().filter(|run| run["result"] != "running").ok_or(run)
        })
        .await;
    }
}

fn codes(obstacles: &Value) -> Vec<&str> {
    obstacles.as_array().unwrap().iter().map(|one| one["code"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn an_invoice_in_doubt_is_found_among_three_candidates_and_linked_by_a_person() {
    let world = World::new().await;
    world.issued(28001, Buyer::Person).await;
    // the invoice comes to be, its answer is lost
    world.order_with(28002, Buyer::Person, "timeout_after", json!({})).await;
    let lost = world.desk.wait_for(28002, "in_doubt").await;
    // meanwhile somebody copies it by hand, reference and all, and makes another one
    let reference = lost["reference"].as_str().unwrap();
    world.sandbox.invoice_by_hand(Buyer::Person, &today(), reference).await;
    world.sandbox.invoice_by_hand(Buyer::Person, &today(), "telefonic").await;
    // two bear the reference: Punte does not choose
    let free = |doubt: &Value| -> Vec<Value> {
        let candidates = doubt["looks"][0]["candidates"].as_array().cloned().unwrap_or_default();
        // the last number before it is looked at, too, and belongs to another record
        candidates.into_iter().filter(|one| one["taken"] == false).collect()
    };
    let doubt = until("left to a person, with three candidates", Duration::from_secs(40), async || {
        let doubts = world.desk.call("doubts.list", json!({})).await;
        let all = doubts["doubts"].as_array().unwrap();
        let doubt = all.iter().find(|one| one["document"]["id"] == lost["id"]).cloned();
        doubt.clone().filter(|one| one["parked"] == true && free(one).len() == 3).ok_or(doubt)
    })
    .await;
    assert_eq!(doubt["absentBlocked"], "found", "what was found cannot be declared away: {doubt}");
    let again = json!({ "id": lost["id"], "reason": "nu apare" });
    assert_eq!(world.desk.try_call("doubts.issue", again).await.unwrap_err()["detail"], "found");
    let candidates = free(&doubt);
    let ours: Vec<&Value> = candidates.iter().filter(|one| one["reference"] == "ours").collect();
    assert_eq!(ours.len(), 2, "{candidates:?}");
    // the evidence: its total, and the paper itself
    let right = ours.iter().find(|one| one["total"].as_str().is_some_and(|total| total.starts_with("121"))).unwrap();
    let paper = json!({ "id": lost["id"], "series": right["series"], "number": right["number"] });
    let file = world.desk.call("doubts.candidate_pdf", paper.clone()).await;
    let bytes = STANDARD.decode(file["base64"].as_str().unwrap()).unwrap();
    assert!(bytes.starts_with(b"%PDF"), "{}", file["name"]);
    let unseen = json!({ "id": lost["id"], "series": right["series"], "number": "9999" });
    assert_eq!(world.desk.try_call("doubts.candidate_pdf", unseen).await.unwrap_err()["code"], "not_found");
    let mut link = paper;
    link["reason"] = "totalul și clientul sunt ale comenzii".into();
    world.desk.call("doubts.link", link).await;
    let linked = world.desk.wait_for(28002, "issued").await;
    assert_eq!(linked["number"], right["number"]);
    // the copy is found as what it is, and so is the other one
    let (_, findings) = world
        .reconcile_until(Buyer::Person, &[found("unknown_here", "elsewhere"), found("duplicate", "linked_elsewhere")])
        .await;
    assert_eq!(findings[1]["documentId"], linked["id"]);
    let report = world.desk.call("month.report", world.month(Buyer::Person).await).await;
    let blocked = codes(&report["blocked"]);
    assert!(blocked.contains(&"duplicates") && blocked.contains(&"unknown_here"), "{blocked:?}");
}

#[tokio::test]
async fn a_refund_is_turned_into_a_storno_and_the_month_counts_both() {
    let world = World::new().await;
    let kept = world.issued(28101, Buyer::Person).await;
    let taken = world.issued(28102, Buyer::Person).await;
    let month = world.month(Buyer::Person).await;
    let before = world.desk.call("month.report", month.clone()).await;
    assert_eq!(before["money"][0]["net"], json!({ "count": 2, "total": { "minor": 24200, "currency": "RON" } }));
    // the shop gives the money back
    let mut refunded = order(28102, Buyer::Person);
    refunded["payment_method"] = "cod".into();
    refunded["payment_method_title"] = "Ramburs".into();
    refunded["status"] = "refunded".into();
    refunded["refunds"] = json!([{ "id": 901, "reason": "retur", "total": "-121.00" }]);
    world.sandbox.control.order(refunded).await;
    let change = until("the refund seen", Duration::from_secs(30), async || {
        let record = world.record(&taken).await;
        let change = record["changes"].as_array().and_then(|all| all.first()).cloned();
        change
            .clone()
            .filter(|one| one["state"] == "open" && !one["preview"].is_null())
            .ok_or(record["changes"].clone())
    })
    .await;
    assert_eq!((&change["proposal"], &change["preview"]["total"]["minor"]), (&json!("storno"), &json!(-12100)));
    // a person accepts what is proposed
    let request = json!({ "id": change["id"], "reason": "retur acceptat", "vatRate": null });
    let storno = world.desk.call("documents.accept_change", request).await;
    let storno = until("the storno issued", Duration::from_secs(40), async || {
        let found = world.record(&storno).await["document"].clone();
        if found["state"] == "issued" { Ok(found) } else { Err(found) }
    })
    .await;
    assert_eq!(world.record(&taken).await["document"]["state"], "reversed");
    assert_eq!(world.record(&kept).await["document"]["state"], "issued");
    let after = world.desk.call("month.report", month).await;
    let money = &after["money"][0];
    assert_eq!(
        (&money["invoices"]["total"]["minor"], &money["stornos"]["total"]["minor"], &money["net"]["total"]["minor"]),
        (&json!(24200), &json!(-12100), &json!(12100)),
        "{money}"
    );
    assert_eq!(after["vat"][0]["vat"]["minor"], 2100, "the storno takes its VAT back: {}", after["vat"]);
    assert_eq!(after["series"][0]["last"], storno["number"]);
}

#[tokio::test]
async fn a_month_is_closed_with_one_gap_explained_and_what_changes_later_is_shown() {
    let world = World::new().await;
    let first = world.issued(28201, Buyer::Person).await;
    // a number is used up by hand, and its document is gone again
    world.sandbox.invoice_by_hand(Buyer::Person, &today(), "").await;
    let number: u64 = first["number"].as_str().unwrap().parse().unwrap();
    let width = first["number"].as_str().unwrap().len();
    let gone = json!({ "series": first["series"], "number": format!("{:0width$}", number + 1) });
    world.sandbox.delete_by_hand(Buyer::Person, &gone).await;
    let last = world.issued(28202, Buyer::Person).await;
    assert_eq!(last["number"].as_str().unwrap().parse::<u64>().unwrap(), number + 2);
    let month = world.month(Buyer::Person).await;
    let close = |accepted: &[&str], note: &str| {
        let mut request = month.clone();
        request["accepted"] = json!(accepted);
        request["note"] = json!(note);
        request
    };

    // nothing said yet what the provider has there
    let report = world.desk.call("month.report", month.clone()).await;
    assert_eq!(codes(&report["blocked"]), ["not_compared"]);
    assert_eq!(report["series"][0]["gaps"][0]["why"], "not_compared");
    let refused = world.desk.try_call("month.close", close(&["running"], "gata")).await.unwrap_err();
    assert_eq!(refused["detail"], "month_blocked");

    let report = until("the gap is found", Duration::from_secs(40), async || {
        world.compare_month(&month, &first["series"]).await;
        let report = world.desk.call("month.report", month.clone()).await;
        if codes(&report["blocked"]) == ["gaps"] { Ok(report) } else { Err(report) }
    })
    .await;
    let gap = &report["series"][0]["gaps"][0];
    assert_eq!((&gap["from"], &gap["explained"]), (&gone["number"], &json!(false)));

    // a person explains it; taken back, it is open again
    let explain = |ignored: bool| json!({ "id": gap["findingId"], "ignored": ignored, "reason": "factura de probă, ștearsă în program" });
    world.desk.call("reconcile.ignore", explain(true)).await;
    world.desk.call("reconcile.ignore", explain(false)).await;
    let open = world.desk.call("month.report", month.clone()).await;
    assert_eq!(codes(&open["blocked"]), ["gaps"]);
    world.desk.call("reconcile.ignore", explain(true)).await;
    let report = world.desk.call("month.report", month.clone()).await;
    assert_eq!(report["blocked"], json!([]));
    let explained = &report["series"][0]["gaps"][0];
    assert_eq!(explained["reason"], "factura de probă, ștearsă în program");
    assert!(
        explained["who"].as_str().is_some_and(|who| !who.is_empty()) && explained["atMs"].is_number(),
        "{explained}"
    );

    // it is closed with what is not as it should be accepted, once
    let unaccepted = world.desk.try_call("month.close", close(&[], "gata")).await.unwrap_err();
    assert_eq!(unaccepted["detail"], "month_warnings", "the month is still running");
    let warnings: Vec<&str> = codes(&report["warnings"]);
    assert!(warnings.contains(&"running"), "{warnings:?}");
    let closed = world.desk.call("month.close", close(&warnings, "verificat cu jurnalul")).await;
    assert_eq!((&closed["closing"]["note"], &closed["since"]), (&json!("verificat cu jurnalul"), &json!([])));
    let twice = world.desk.try_call("month.close", close(&warnings, "încă o dată")).await.unwrap_err();
    assert_eq!(twice["detail"], "month_closed");

    // the report as files, in the words that are given
    for (format, begins) in [("pdf", b"%PDF".as_slice()), ("xlsx", b"PK".as_slice())] {
        let mut request = month.clone();
        request["format"] = json!(format);
        request["words"] = json!({ "title": "Închiderea lunii", "language": "ro" });
        let file = world.desk.call("month.file", request).await;
        let bytes = STANDARD.decode(file["base64"].as_str().unwrap()).unwrap();
        assert!(bytes.starts_with(begins), "{format}");
        assert!(file["name"].as_str().unwrap().starts_with("Închiderea lunii"), "{}", file["name"]);
    }

    // later: one invoice more, and one cancelled
    world.issued(28203, Buyer::Person).await;
    let cancel = json!({ "id": last["id"], "kind": "cancel", "reason": "greșită", "payment": null, "email": null });
    world.desk.call("documents.operate", cancel).await;
    world.newest_operation(&last, "done").await;
    let report = world.desk.call("month.report", month.clone()).await;
    let since: Vec<_> = report["since"].as_array().unwrap().iter().map(|one| (&one["before"], &one["state"])).collect();
    assert_eq!(since, [(&Value::Null, &json!("issued")), (&json!("issued"), &json!("cancelled"))]);

    // reopened with a reason; the record stays
    let reopen = json!({ "id": report["closing"]["id"], "reason": "s-a mai emis o factură" });
    world.desk.call("month.reopen", reopen).await;
    let report = world.desk.call("month.report", month).await;
    assert_eq!((&report["closing"], report["earlier"].as_array().unwrap().len()), (&Value::Null, 1));
    assert_eq!(report["earlier"][0]["reopenedReason"], "s-a mai emis o factură");
}

//! What only time brings: orders that change after their invoice, differences that a pass finds, jobs that ran, and a ledger
//! that is not trusted.

use crate::{LOOKS, set_look, settle};
use punte_tests::window::Window;
use punte_tests::{Buyer, Desk, SandboxProgram, create_workspace, order, until};
use serde_json::{Value, json};
use std::path::Path;
use std::time::Duration;

fn today() -> chrono::NaiveDate {
    punte_domain::fiscal_date(chrono::Utc::now().timestamp_millis())
}

/// Two orders that change after their invoice, one that is mismatched, and one that is deleted at its provider.
async fn issue(sandbox: &SandboxProgram, desk: &Desk) {
    let fault =
        json!({ "provider": "oblio", "operation": "create", "kind": "one_ban_more", "times": 1, "match": "#41003" });
    sandbox.control.fault(fault).await;
    let refuse =
        json!({ "provider": "smartbill", "operation": "create", "kind": "refuse_vat", "times": 1, "match": "#41006" });
    sandbox.control.fault(refuse).await;
    let mut documents = Vec::new();
    for (id, buyer) in [
        (41001, Buyer::Company),
        (41002, Buyer::Person),
        (41003, Buyer::Company),
        (41004, Buyer::Person),
        (41005, Buyer::Company),
    ] {
        sandbox.control.order(order(id, buyer)).await;
        documents.push(desk.wait_for(id, "issued").await);
    }
    sandbox.control.order(order(41006, Buyer::Person)).await;
    desk.wait_for(41006, "held").await;
    let mut moved = order(41001, Buyer::Company);
    moved["billing"]["address_1"] = "Bd. Eroilor 12".into();
    moved["billing"]["city"] = "Turda".into();
    sandbox.control.order(moved).await;
    let mut refunded = order(41002, Buyer::Person);
    refunded["refunds"] = json!([{ "id": 77, "reason": "retur", "total": "-60.50" }]);
    refunded["refund_details"] = json!([{ "id": 77, "amount": "60.50", "reason": "retur", "shipping_lines": [], "fee_lines": [],
        "line_items": [{ "id": 90, "name": "Cană «Ș»", "sku": "CANA-1", "quantity": -1, "total": "-50.00", "total_tax": "-10.50" }] }]);
    sandbox.control.order(refunded).await;
    let day = today().to_string();
    sandbox.delete_by_hand(Buyer::Person, &documents[3]).await;
    sandbox.invoice_by_hand(Buyer::Company, &day, "telefonic").await;
    let mentions = format!("Comanda #41005 {}", documents[4]["reference"].as_str().unwrap());
    sandbox.invoice_by_hand(Buyer::Company, &day, &mentions).await;
    for id in [41001, 41002] {
        until("the change seen", Duration::from_secs(40), async || {
            let row = desk.find_document(id).await.unwrap();
            if row["changes"] == 1 { Ok(()) } else { Err(row) }
        })
        .await;
    }
}

/// A pass over both series, until what was just issued is old enough to be judged; then every job, once.
async fn compare(desk: &Desk) {
    let (from, to) = (today() - chrono::Duration::days(20), today() + chrono::Duration::days(1));
    until("the findings", Duration::from_secs(60), async || {
        let runs = desk.call("reconcile.runs", json!({})).await;
        for lane in runs["lanes"].as_array().unwrap() {
            let request = json!({ "connectionId": lane["connectionId"], "company": lane["company"], "series": lane["series"],
                "from": from.to_string(), "to": to.to_string() });
            // one that runs already is enough
            let _ = desk.try_call("reconcile.run", request).await;
        }
        tokio::time::sleep(Duration::from_secs(1)).await;
        let open = desk.call("reconcile.runs", json!({})).await["open"].clone();
        let found = ["mismatched", "expected", "missing_there", "unknown_here", "duplicate"].iter().all(|kind| open[kind] != 0);
        if found { Ok(()) } else { Err(open) }
    })
    .await;
    for job in desk.call("schedule.list", json!({})).await["jobs"].as_array().unwrap() {
        desk.call("schedule.run_now", json!({ "id": job["id"] })).await;
    }
    until("every job ran", Duration::from_secs(60), async || {
        let schedule = desk.call("schedule.list", json!({})).await;
        let ran = |job: &Value| job["running"] == false && !job["lastMs"].is_null();
        if schedule["jobs"].as_array().unwrap().iter().all(ran) { Ok(()) } else { Err(schedule) }
    })
    .await;
}

const CANCEL: &str = "document.querySelector('.mantine-Modal-content [data-autofocus]').click()";

async fn picture_records(window: &Window, look: &str) {
    window.click("nav-overview").await;
    settle().await;
    window.picture(&format!("{look}-20-overview")).await;
    window.click("nav-invoices").await;
    window.find("row-41006").await;
    settle().await;
    window.picture(&format!("{look}-21-invoices")).await;
    for (row, kind, name) in [("row-41001", "billing", "22-changed"), ("row-41002", "refunded_partly", "23-refunded")] {
        window.click(row).await;
        window.find(&format!("change-{kind}")).await;
        settle().await;
        window.picture(&format!("{look}-{name}")).await;
        window.click("change-accept").await;
        window.find("confirm").await;
        settle().await;
        window.picture(&format!("{look}-{name}-accept")).await;
        window.script(CANCEL).await;
        settle().await;
        window.click("drawer-close").await;
        settle().await;
    }
    window.click("nav-orders").await;
    window.find("row-41006").await;
    settle().await;
    window.picture(&format!("{look}-24-orders")).await;
}

async fn picture_differences(window: &Window, look: &str) {
    window.click("nav-reconcile").await;
    for tab in ["doubts", "mismatched", "expected", "unknown", "missing", "series", "month"] {
        window.click(&format!("reconcile-tab-{tab}")).await;
        settle().await;
        window.picture(&format!("{look}-25-reconcile-{tab}")).await;
    }
    window.click("reconcile-tab-missing").await;
    window.click("finding-ignore").await;
    window.find("confirm").await;
    settle().await;
    window.picture(&format!("{look}-26-ignore")).await;
    window.script(CANCEL).await;
}

async fn picture_settings(window: &Window, look: &str) {
    window.click("nav-connections").await;
    window.find("flow-add").await;
    window.click("flow-ACO").await;
    window.find("flow-form-fullRefund").await;
    settle().await;
    window.picture(&format!("{look}-27-flow")).await;
    window.script("document.querySelector('[data-testid=flow-form-save]').scrollIntoView()").await;
    settle().await;
    window.picture(&format!("{look}-27-flow-refunds")).await;
    window.script("document.querySelector('.mantine-Modal-close').click()").await;
    window.click("nav-settings").await;
    window.click("check-ledger").await;
    window.find("check-result").await;
    settle().await;
    window.picture(&format!("{look}-28-settings")).await;
    window.script("document.querySelector('[data-testid=retention]').scrollIntoView({ block: 'end' })").await;
    settle().await;
    window.picture(&format!("{look}-29-schedule")).await;
}

/// The ledger opened as if on another machine, while a provider cannot be read: nothing is sent, and the window says why.
async fn picture_quarantine(home: &Path, folder: &Path, sandbox: &SandboxProgram) {
    let fault = json!({ "provider": "oblio", "operation": "list", "kind": "status_500" });
    sandbox.control.fault(fault).await;
    let desk = Desk::start_on(home, folder, Some("another machine")).await;
    until("a read failed", Duration::from_secs(40), async || {
        let told = desk.call("app.get", json!({})).await["quarantine"].clone();
        let failed = told["series"].as_array().is_some_and(|all| all.iter().any(|one| !one["failure"].is_null()));
        if failed { Ok(()) } else { Err(told) }
    })
    .await;
    let window = Window::open(home).await;
    for (language, theme) in LOOKS {
        set_look(&window, language, theme).await;
        window.click("nav-overview").await;
        window.find("quarantine").await;
        settle().await;
        window.picture(&format!("{language}-{theme}-30-quarantine")).await;
        window.click("quarantine-lift").await;
        window.find("confirm").await;
        settle().await;
        window.picture(&format!("{language}-{theme}-31-lift")).await;
        window.script(CANCEL).await;
        settle().await;
    }
    window.close().await;
    assert_eq!(desk.running.stop().await, Some(0));
}

#[tokio::test]
async fn pictures_of_what_time_brings() {
    let home = tempfile::tempdir().unwrap();
    let sandbox = SandboxProgram::start(home.path()).await;
    let folder = create_workspace(home.path()).await;
    let desk = Desk::start(home.path(), &folder).await;
    desk.connect(&sandbox).await;
    issue(&sandbox, &desk).await;
    compare(&desk).await;
    assert_eq!(desk.running.stop().await, Some(0));
    let window = Window::open(home.path()).await;
    for (language, theme) in LOOKS {
        set_look(&window, language, theme).await;
        let look = format!("{language}-{theme}");
        picture_records(&window, &look).await;
        picture_differences(&window, &look).await;
        picture_settings(&window, &look).await;
    }
    window.close().await;
    picture_quarantine(home.path(), &folder, &sandbox).await;
}

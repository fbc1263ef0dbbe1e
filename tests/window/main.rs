//! What a person does, in the real window: the first minute with the sandbox, and a process that dies while sending.

#![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "tests")]

use punte_tests::window::Window;
use punte_tests::{Buyer, Desk, SandboxProgram, create_workspace, order, until};
use serde_json::json;
use std::time::Duration;

mod hostile;
mod mapping;
mod notices;
mod stay;

#[tokio::test]
async fn a_newcomer_opens_the_sandbox_corrects_a_rule_retries_and_sees_it_issued() {
    let home = tempfile::tempdir().unwrap();
    let window = Window::open(home.path()).await;
    window.click("lang-en").await;
    window.click("start-sandbox").await;
    // invoices arrive by themselves, the newest on top
    window.click("nav-invoices").await;
    window.find("row-10440").await;
    let held = window.wait_text("nav-count-failures", |text| text == "5").await;
    assert_eq!(held, "5", "five of the forty fail on purpose");
    // a failed one, with its cause and fix
    window.click("nav-failures").await;
    window.click("show-group-address_incomplete").await;
    window.click("row-10417").await;
    window.wait_state("held").await;
    let told = window.text("drawer").await;
    assert!(told.contains("sector") && told.contains("Safe to retry"), "{told}");
    // a retry without a fix says that it is still held
    window.click("drawer-retry").await;
    assert!(window.text("safe-because").await.contains("nothing was sent"));
    window.click("confirm").await;
    window.wait_text("retry-report", |text| text.contains("still held")).await;
    window.click("confirm").await;
    // the rule that the failure names
    window.click("open-rule-drawer").await;
    window.wait_text("expression", |text| text.contains("sector(")).await;
    window.fill("expression", "first_of([sector(order?.billing?.city").await;
    window.wait_text("expression-value", |text| text.contains("Line 1")).await;
    window.picture("rule-unsound").await;
    let sound = "first_of([sector(order?.billing?.city), if is_bucharest(order?.billing?.state, order?.billing?.city) { \
                 \"Sector 1\" } else { order?.billing?.city }])";
    window.fill("expression", sound).await;
    window.wait_text("expression-value", |text| text.contains("Sector 1")).await;
    window.wait_text("result-invoice", |text| text.contains("Sector 1")).await;
    window.click("publish").await;
    assert!(!window.is_enabled("publish-confirm").await, "publishing needs a reason");
    window.click("publish-run").await;
    window.wait_text("dry-run-summary", |text| !text.is_empty()).await;
    window.fill("publish-reason", "comenzile din București fără sector").await;
    window.picture("publish").await;
    window.click("publish-confirm").await;
    window.wait_text("publish-done", |text| text.contains("2")).await;
    // the held one that passes now is retried from there, and issued
    window.click("publish-retry").await;
    window.find("publish-retried").await;
    window.picture("published").await;
    window.script("document.querySelector('.mantine-Modal-close').click()").await;
    window.click("nav-invoices").await;
    window.click("row-10417").await;
    window.wait_state("issued").await;
    window.wait_text("nav-count-failures", |text| text == "4").await;
    window.picture("after-retry").await;
    window.close().await;
}

#[tokio::test]
async fn killed_while_sending_it_is_in_doubt_and_settled_with_one_document() {
    let home = tempfile::tempdir().unwrap();
    let sandbox = SandboxProgram::start(home.path()).await;
    let folder = create_workspace(home.path()).await;
    let desk = Desk::start(home.path(), &folder).await;
    desk.connect(&sandbox).await;
    assert_eq!(desk.running.stop().await, Some(0));
    for (id, buyer) in [(30001, Buyer::Person), (30002, Buyer::Company)] {
        let window = Window::open(home.path()).await;
        window.click("lang-en").await;
        window.find("nav-invoices").await;
        let fault = json!({ "provider": buyer.provider(), "operation": "create", "kind": "timeout_after", "times": 1,
            "match": format!("#{id}") });
        sandbox.control.fault(fault).await;
        sandbox.control.order(order(id, buyer)).await;
        until("the provider acted", Duration::from_secs(30), async || {
            if sandbox.control.documents_of(buyer.provider(), id).await.len() == 1 { Ok(()) } else { Err(()) }
        })
        .await;
        let pid = window.app_pid(home.path()).await;
        let killed = std::process::Command::new("kill").args(["-KILL", &pid.to_string()]).status().unwrap();
        assert!(killed.success());
        window.close().await;

        // the provider cannot be asked yet: what was under way stays in doubt
        let out = json!({ "provider": buyer.provider(), "operation": "any", "kind": "status_503" });
        sandbox.control.fault(out).await;
        let window = Window::open(home.path()).await;
        window.click("nav-reconcile").await;
        let told = window.text(&format!("doubt-{id}")).await;
        assert!(told.contains("stopped while the request was under way"), "{told}");
        assert!(!window.is_enabled("declare-absent").await, "nothing is proven yet");
        window.picture(&format!("in-doubt-{id}")).await;
        sandbox.control.clear_faults().await;
        window.click("nav-invoices").await;
        window.click(&format!("row-{id}")).await;
        window.wait_state("issued").await;
        window.close().await;
        assert_eq!(sandbox.control.documents_of(buyer.provider(), id).await.len(), 1, "one document");
    }
}

#[tokio::test]
async fn a_company_connects_its_shop_and_provider_by_the_wizard_and_its_next_order_is_invoiced() {
    let home = tempfile::tempdir().unwrap();
    let sandbox = SandboxProgram::start(home.path()).await;
    let of = |system: &str, field: &str| sandbox.ports[system][field].as_str().unwrap().to_owned();
    let window = Window::open(home.path()).await;
    window.click("lang-en").await;
    window.click("start-new").await;
    window.fill("start-name", "Atelier Cană SRL").await;
    window.click("start-create").await;
    window.click("nav-connections").await;

    window.click("conn-add-woocommerce").await;
    window.fill("conn-form-address", &of("woocommerce", "url")).await;
    window.fill("conn-form-account", &of("woocommerce", "key")).await;
    window.fill("conn-form-secret", "cs_of_another_shop").await;
    window.click("conn-form-test").await;
    window.wait_text("test-steps", |text| text.contains("The credential was refused")).await;
    assert!(!window.is_enabled("conn-form-save").await, "what was not proven is not saved");
    window.picture("wizard-refused").await;
    window.fill("conn-form-secret", &of("woocommerce", "secret")).await;
    window.click("conn-form-test").await;
    window.find("conn-form-name").await;
    window.click("conn-form-save").await;
    window.find("conn-card-woocommerce").await;

    window.click("conn-add-billing").await;
    window.click("conn-add-oblio").await;
    window.script("document.querySelector('.mantine-Modal-content details').open = true").await;
    window.fill("conn-form-address", &of("oblio", "url")).await;
    window.fill("conn-form-account", &of("oblio", "email")).await;
    window.fill("conn-form-secret", &of("oblio", "secret")).await;
    window.click("conn-form-test").await;
    window.choose("conn-form-company", &of("oblio", "company")).await;
    window.choose("conn-form-series", &of("oblio", "series")).await;
    window.picture("wizard-tested").await;
    window.click("conn-form-save").await;
    window.find("conn-card-oblio").await;

    window.click("flow-add").await;
    window.choose("flow-form-series", &of("oblio", "series")).await;
    window.picture("flow-form").await;
    window.click("flow-form-save").await;
    window.click("nav-orders").await;
    sandbox.control.order(order(31001, Buyer::Person)).await;
    window.click("row-31001").await;
    window.wait_state("issued").await;
    window.picture("first-invoice").await;

    // what can be done to it: the PDF in the app, e-Factura, and a storno with its reason
    window.click("drawer-act-pdf").await;
    window.wait_attribute("pdf-page-1", "data-drawn", "true").await;
    window.picture("pdf").await;
    window.click("drawer-tab-timeline").await;
    window.click("drawer-act-send_einvoice").await;
    window.fill("reason", "cerut de contabil").await;
    window.click("confirm").await;
    window.wait_attribute("operation-send_einvoice", "data-state", "done").await;
    window.wait_attribute("drawer-einvoice", "data-state", "accepted").await;
    window.click("drawer-more").await;
    let told = window.attribute("drawer-act-delete", "aria-disabled").await;
    assert_eq!(told, "true", "what is in e-Factura cannot be deleted");
    window.click("drawer-act-storno").await;
    assert!(!window.is_enabled("confirm").await, "a storno needs a reason");
    window.fill("reason", "retur integral").await;
    window.click("confirm").await;
    window.wait_state("reversed").await;
    window.click("drawer-document-storno").await;
    window.wait_state("issued").await;
    window.picture("storno").await;
    window.close().await;
    let state = sandbox.control.state().await;
    let documents = state["oblio"]["documents"].as_array().unwrap();
    let kinds: Vec<&str> = documents.iter().filter_map(|one| one["kind"].as_str()).collect();
    assert_eq!(kinds, ["invoice", "storno"], "the forty orders from before the flow are left alone");
}

#[tokio::test]
async fn a_window_beside_a_running_owner_asks_it_and_hears_its_changes() {
    let home = tempfile::tempdir().unwrap();
    let sandbox = SandboxProgram::start(home.path()).await;
    let folder = create_workspace(home.path()).await;
    let desk = Desk::start(home.path(), &folder).await;
    desk.connect(&sandbox).await;
    let window = Window::open(home.path()).await;
    let owner = desk.running.id().to_string();
    window.wait_text("status-bar", |text| text.contains(&owner)).await;
    window.click("nav-invoices").await;
    // the owner takes it in and invoices it; the window hears of it by itself
    sandbox.control.order(order(26001, Buyer::Person)).await;
    desk.wait_for(26001, "issued").await;
    window.find("row-26001").await;
    window.close().await;
    let row = desk.find_document(26001).await.unwrap();
    assert_eq!(row["state"], "issued", "closing the window stops nothing");
}

#[tokio::test]
async fn a_window_whose_owner_died_says_so_and_takes_over() {
    let home = tempfile::tempdir().unwrap();
    let sandbox = SandboxProgram::start(home.path()).await;
    let folder = create_workspace(home.path()).await;
    let desk = Desk::start(home.path(), &folder).await;
    desk.connect(&sandbox).await;
    let window = Window::open(home.path()).await;
    window.click("lang-en").await;
    let owner = desk.running.id().to_string();
    window.wait_text("status-bar", |text| text.contains(&owner)).await;
    desk.running.kill().await;
    window.wait_text("error-note", |text| text.contains("takes the work over by itself")).await;
    window.picture("owner-silent").await;
    // paid while nobody worked; invoiced by the window, once
    sandbox.control.order(order(26011, Buyer::Person)).await;
    window.wait_text("status-bar", |text| !text.contains(&owner)).await;
    window.click("nav-invoices").await;
    window.click("row-26011").await;
    window.wait_state("issued").await;
    assert!(!window.is_there("error-note").await, "it is over");
    window.picture("taken-over").await;
    window.close().await;
    assert_eq!(sandbox.control.documents_of("smartbill", 26011).await.len(), 1);
}

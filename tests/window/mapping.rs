//! The mapping editor, from an empty mapping to an issued invoice.

use punte_tests::window::Window;
use punte_tests::{Buyer, Desk, SandboxProgram, create_workspace, order};
use serde_json::json;

/// Chooses a target and types its expression.
async fn write(window: &Window, target: &str, expression: &str) {
    window.click(&format!("target-{target}")).await;
    window.fill("expression", expression).await;
}

#[tokio::test]
async fn a_mapping_made_from_nothing_by_drag_and_typing_is_tried_published_and_issues_a_held_order() {
    let home = tempfile::tempdir().unwrap();
    let sandbox = SandboxProgram::start(home.path()).await;
    let folder = create_workspace(home.path()).await;
    let desk = Desk::start(home.path(), &folder).await;
    desk.connect(&sandbox).await;
    let mut held = order(33001, Buyer::Person);
    for (field, value) in [("city", "București"), ("state", "B"), ("postcode", "")] {
        held["billing"][field] = json!(value);
    }
    sandbox.control.order(held).await;
    desk.wait_for(33001, "held").await;
    assert_eq!(desk.running.stop().await, Some(0));

    let window = Window::open(home.path()).await;
    window.click("lang-en").await;
    window.click("nav-mappings").await;
    window.click("mapping-all").await;
    window.click("mapping-new").await;
    window.fill("new-name", "De la zero").await;
    window.click("new-from-nothing").await;
    window.click("new-create").await;
    window.click("sample").await;
    window.click("sample-failed").await;
    window.wait_text("sample", |text| text.contains("33001")).await;

    window.drag("source-order.billing.last_name", "target-client-name").await;
    window.wait_text("expression", |text| text.contains("order.billing.last_name")).await;
    window.drag("source-order.billing.address_1", "target-client-address").await;
    window.drag("source-order.total", "target-document-total").await;
    window.drag("source-order.currency", "target-document-currency").await;
    window.drag("source-order.line_items", "add-lines").await;
    window.drag("source-order.line_items[0].name", "target-line_items-name").await;
    window.wait_text("expression", |text| text.contains("item.name")).await;
    write(&window, "client-is_company", "false").await;
    write(&window, "client-city", "\"Sector 3\"").await;
    write(&window, "client-country", "country(order.billing.country)").await;
    window.script("document.querySelector('[data-testid=add-target-client]').click()").await;
    window.click("add-target-client-county").await;
    write(&window, "client-county", "county(order.billing.state)").await;
    write(&window, "line_items-unit", "\"buc\"").await;
    write(&window, "line_items-quantity", "item.quantity").await;
    write(&window, "line_items-unit_price", "gross_unit_price(item.total, item.total_tax, item.quantity)").await;
    window.picture("mapping-from-nothing").await;
    write(&window, "line_items-vat_rate", "vat_rate(item, order, tax_point)").await;
    window.wait_text("expression-value", |text| text.contains("21")).await;
    window.wait_text("result-total", |text| text.contains("121.00")).await;
    // taken back and done again
    window.click("undo").await;
    window.click("redo").await;
    window.wait_text("result-total", |text| text.contains("121.00")).await;
    window.picture("mapping-built").await;

    window.click("dry-run").await;
    window.click("dry-run-start").await;
    window.wait_text("dry-run-summary", |text| text.contains("would be issued")).await;
    window.picture("dry-run").await;
    window.script("document.querySelector('.mantine-Modal-close').click()").await;
    window.click("publish").await;
    window.fill("publish-reason", "făcută de la zero").await;
    window.click("publish-confirm").await;
    window.find("publish-done").await;
    window.script("document.querySelector('.mantine-Modal-close').click()").await;
    assert!(sandbox.control.documents_of("smartbill", 33001).await.is_empty(), "publishing sends nothing");

    window.click("nav-connections").await;
    window.click(&format!("flow-{}", sandbox.ports["smartbill"]["series"].as_str().unwrap())).await;
    window.choose("flow-form-mapping", "De la zero").await;
    window.click("flow-form-save").await;
    window.click("nav-invoices").await;
    window.click("row-33001").await;
    window.wait_state("issued").await;
    window.picture("issued-by-own-mapping").await;
    window.close().await;
    assert_eq!(sandbox.control.documents_of("smartbill", 33001).await.len(), 1);
}

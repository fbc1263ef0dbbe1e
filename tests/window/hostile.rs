//! A shop whose every text is an attack: the window shows it as text, and nothing of it runs.

use punte_tests::window::Window;
use punte_tests::{Buyer, Desk, SandboxProgram, create_workspace, order};
use serde_json::{Value, json};

/// Sets a mark in the page if anything of it runs.
fn attack(n: usize) -> String {
    let run = format!("window.ran=(window.ran||'')+'{n} '");
    match n % 4 {
        0 => format!("<img src=x onerror=\"{run}\">"),
        1 => format!("<script>{run}</script>"),
        2 => format!("\"><svg onload=\"{run}\">"),
        _ => format!(
            "<iframe srcdoc=\"<script>parent.{run}</script>\"></iframe>{{{{constructor.constructor('{run}')()}}}}"
        ),
    }
}

/// An order whose every text of a person's or a product's is an attack.
fn hostile(id: u64, buyer: Buyer) -> Value {
    let mut made = order(id, buyer);
    let mut count = 0;
    let mut next = || {
        count += 1;
        json!(attack(count))
    };
    for field in ["first_name", "last_name", "company", "address_1", "address_2", "phone"] {
        made["billing"][field] = next();
    }
    made["line_items"][0]["name"] = next();
    made["line_items"][0]["sku"] = next();
    made["payment_method_title"] = next();
    made["customer_note"] = next();
    made["meta_data"].as_array_mut().unwrap().push(json!({ "key": attack(90), "value": attack(91) }));
    made
}

async fn ran(window: &Window) -> Value {
    window.script("return window.ran ?? ''").await
}

#[tokio::test]
async fn what_a_hostile_shop_writes_is_shown_as_text_and_nothing_of_it_runs() {
    let home = tempfile::tempdir().unwrap();
    let sandbox = SandboxProgram::start(home.path()).await;
    let folder = create_workspace(home.path()).await;
    let desk = Desk::start(home.path(), &folder).await;
    desk.connect(&sandbox).await;
    sandbox.control.order(hostile(62001, Buyer::Person)).await;
    let mut held = hostile(62002, Buyer::Company);
    held["meta_data"][0]["value"]["cui"] = json!(attack(92));
    held["billing"]["city"] = json!(attack(93));
    sandbox.control.order(held).await;
    desk.wait_for(62001, "issued").await;
    desk.wait_for(62002, "held").await;
    assert_eq!(desk.running.stop().await, Some(0));

    let window = Window::open(home.path()).await;
    window.click("lang-en").await;
    for screen in
        ["overview", "connections", "mappings", "orders", "invoices", "failures", "reconcile", "inbox", "settings"]
    {
        window.click(&format!("nav-{screen}")).await;
        assert_eq!(ran(&window).await, "", "{screen}");
    }
    window.click("nav-invoices").await;
    for id in [62001, 62002] {
        window.click(&format!("row-{id}")).await;
        let told = window.text("drawer").await;
        assert!(told.to_lowercase().contains("window"), "its text is shown: {told}");
        for tab in ["order", "draft", "attempts", "notes", "timeline"] {
            window.click(&format!("drawer-tab-{tab}")).await;
            window.text("drawer").await;
            assert_eq!(ran(&window).await, "", "{id} {tab}");
        }
        window.picture(&format!("hostile-{id}")).await;
        let close = "document.body.dispatchEvent(new KeyboardEvent('keydown', { key: 'Escape', bubbles: true }))";
        window.script(close).await;
    }
    let made = "return document.querySelectorAll('img[src=x], iframe, svg[onload], script:not([src])').length";
    assert_eq!(window.script(made).await, 0, "no element came of a text");

    // and if one did, the window's own rules would stop it
    let try_in = "const at = document.createElement('div'); document.body.append(at); \
                  at.innerHTML = '<img src=x onerror=\"window.ran=1\">'; \
                  const script = document.createElement('script'); script.textContent = 'window.ran=2'; at.append(script); \
                  location.href = 'https://example.com/'; location.href = 'javascript:window.ran=3';";
    window.script(try_in).await;
    tokio::time::sleep(std::time::Duration::from_secs(1)).await;
    assert_eq!(ran(&window).await, "", "no inline script runs");
    window.click("nav-overview").await;
    let shown = window.script("return location.host").await;
    assert!(matches!(shown.as_str(), Some("localhost" | "tauri.localhost" | "")), "it went nowhere: {shown}");
    window.close().await;
}

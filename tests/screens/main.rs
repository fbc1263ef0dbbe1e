//! A picture of every screen, in both languages and both themes, into `target/screens`: the sandbox's first minutes, and what
//! only time brings.

#![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "tests")]

mod later;

use punte_tests::window::Window;
use std::time::Duration;

async fn settle() {
    // fonts, transitions and charts come to rest
    tokio::time::sleep(Duration::from_millis(450)).await;
}

async fn set_look(window: &Window, language: &str, theme: &str) {
    window.click(&format!("lang-{language}")).await;
    if window.is_there(&format!("theme-{theme}")).await {
        window.click(&format!("theme-{theme}")).await;
    }
    settle().await;
}

/// What can be done to the issued document whose drawer is open, and its PDF. Nothing is done.
async fn picture_acts(window: &Window, look: &str) {
    window.click("drawer-act-pdf").await;
    window.find("pdf-page-1").await;
    settle().await;
    window.picture(&format!("{look}-08-record-pdf")).await;
    window.click("drawer-more").await;
    window.find("drawer-act-storno").await;
    settle().await;
    window.picture(&format!("{look}-14-acts")).await;
    window.click("drawer-act-storno").await;
    window.find("confirm").await;
    settle().await;
    window.picture(&format!("{look}-15-storno")).await;
    window.script("document.querySelector('.mantine-Modal-content [data-autofocus]').click()").await;
}

/// A billing connection's own lists, and what its provider can do.
async fn picture_lists(window: &Window, look: &str) {
    window.script("document.querySelector('[data-testid=conn-card-smartbill] button').click()").await;
    window.find("ability-storno").await;
    window.script("document.querySelector('[data-testid=conn-lists] details').open = true").await;
    window.script("document.querySelector('[data-testid=conn-lists]').scrollIntoView()").await;
    settle().await;
    window.picture(&format!("{look}-16-lists")).await;
    window.script("document.querySelector('.mantine-Modal-close').click()").await;
}

/// Every language with every theme.
const LOOKS: [(&str, &str); 4] = [("en", "light"), ("en", "dark"), ("ro", "light"), ("ro", "dark")];

/// The mapping editor: a target under edit, what does not work, the request, why, a dry run, publishing, the history.
async fn picture_mappings(window: &Window, look: &str) {
    let take = async |name: &str| {
        settle().await;
        window.picture(&format!("{look}-{name}")).await;
    };
    window.click("nav-mappings").await;
    window.find("result-total").await;
    window.click("target-client-city").await;
    window.wait_text("expression-value", |text| !text.is_empty()).await;
    take("04-mapping").await;
    window.click("result-tab-why").await;
    window.find("result-why").await;
    take("05-mapping-why").await;
    window.click("result-tab-json").await;
    window.find("result-json").await;
    window.click("target-line_items-unit_price").await;
    window.fill("expression", "gross_unit_price(item.totl, item?.total_tax, item.quantity)").await;
    window.wait_text("expression-value", |text| text.contains("totl")).await;
    take("17-mapping-error").await;
    window.click("undo").await;
    window.click("target-client-phone").await;
    window.fill("expression", "phone_ro(order?.billing?.phone)").await;
    window.wait_text("expression-value", |text| text.contains("+40")).await;
    window.click("result-tab-invoice").await;
    window.click("dry-run").await;
    window.click("dry-run-start").await;
    window.find("dry-run-summary").await;
    take("18-dry-run").await;
    window.script("document.querySelector('.mantine-Modal-close').click()").await;
    settle().await;
    window.click("publish").await;
    window.fill("publish-reason", "telefonul în forma internațională").await;
    take("19-publish").await;
    window.script("document.querySelector('.mantine-Modal-close').click()").await;
    settle().await;
    window.click("history").await;
    window.find("history-version-1").await;
    take("32-history").await;
    window.script("document.querySelector('.mantine-Modal-close').click()").await;
    settle().await;
    window.click("mapping-all").await;
    window.find("mapping-list").await;
    take("33-mapping-list").await;
}

#[tokio::test]
async fn pictures_of_every_screen() {
    let home = tempfile::tempdir().unwrap();
    let window = Window::open(home.path()).await;
    for (language, theme) in LOOKS {
        set_look(&window, language, theme).await;
        window.picture(&format!("{language}-{theme}-00-start")).await;
    }
    window.click("start-sandbox").await;
    window.wait_text("nav-count-failures", |text| text == "5").await;
    window.click("nav-settings").await;
    // leave one in doubt for the picture
    window.script("window.__go = (hash) => { window.location.hash = hash; }").await;
    for (language, theme) in LOOKS {
        set_look(&window, language, theme).await;
        let take = async |name: &str| {
            settle().await;
            window.picture(&format!("{language}-{theme}-{name}")).await;
        };
        window.click("nav-overview").await;
        take("01-overview").await;
        window.click("nav-connections").await;
        take("02-connections").await;
        window.click("conn-add-woocommerce").await;
        window.find("conn-form-account").await;
        take("03-wizard").await;
        window.script("document.querySelector('.mantine-Modal-close').click()").await;
        picture_lists(&window, &format!("{language}-{theme}")).await;
        picture_mappings(&window, &format!("{language}-{theme}")).await;
        window.click("nav-orders").await;
        window.find("row-10440").await;
        take("06-orders").await;
        window.click("nav-invoices").await;
        window.find("row-10440").await;
        take("07-invoices").await;
        window.click("row-10439").await;
        // a drawer that still slides in takes the click on another tab
        settle().await;
        for part in ["timeline", "order", "draft", "attempts"] {
            window.click(&format!("drawer-tab-{part}")).await;
            take(&format!("08-record-{part}")).await;
        }
        picture_acts(&window, &format!("{language}-{theme}")).await;
        window.click("drawer-close").await;
        window.click("nav-failures").await;
        window.find("failure-group-tax_id_invalid").await;
        take("09-failures").await;
        window.click("show-group-totals_differ").await;
        window.click("row-10431").await;
        window.find("drawer-retry").await;
        take("10-failed-record").await;
        window.click("drawer-tab-draft").await;
        window.click("edit-draft").await;
        window.find("edit-reason").await;
        take("34-edit-draft").await;
        window.script("document.querySelector('.mantine-Modal-close').click()").await;
        settle().await;
        window.click("drawer-retry").await;
        window.find("safe-because").await;
        take("11-retry").await;
        window.script("document.querySelector('.mantine-Modal-content [data-autofocus]').click()").await;
        window.click("drawer-close").await;
        window.click("nav-settings").await;
        window.find("sandbox-switches").await;
        take("13-settings").await;
        // an answer that is lost, seen while it is in doubt
        window.click("sandbox-arm").await;
        window.find("sandbox-faults").await;
        window.click("sandbox-add").await;
        window.click("nav-reconcile").await;
        window.find("declare-absent").await;
        take("12-reconcile").await;
    }
    window.close().await;
}

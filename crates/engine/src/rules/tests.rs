//! The day that an invoice bears, and the payment of an order that is paid later.

use super::*;
use crate::intake::tests::{Desk, NOW_MS, TestOrder, shop_order};
use crate::reads::tests::{desk_with, flow, issued, ready};
use punte_domain::rules::When;
use punte_domain::{CollectKind, FollowUps, OperationKind};
use punte_store::ledger::{Flow, IncomingOrder, NewClosing};
use rust_decimal::dec;

const DAY: i64 = 24 * 60 * 60 * 1000;

async fn dated_by_completion() -> Desk {
    let desk = desk_with(false).await;
    let rules = FlowRules { issue_date: IssueDate::CompletionDay, ..FlowRules::default() };
    desk.workspace.ledger.save_flow(Flow { rules, ..flow() }).await.unwrap();
    desk
}

/// The order of `ready(n)` or `issued(n)` as it was completed or paid at these instants.
async fn took_place(workspace: &Workspace, n: u64, completed_ms: Option<i64>, paid_ms: Option<i64>) {
    let order = shop_order(n, &TestOrder { created_ms: NOW_MS, modified_ms: NOW_MS + 1, bad: None });
    let incoming = IncomingOrder {
        id: format!("ord_{n}"),
        shop_identity: "cana.ro".into(),
        connection_id: "con_shop".into(),
        head: punte_domain::OrderHead { completed_ms, paid_ms, ..order.head },
        raw: order.raw.to_string(),
        content_hash: format!("{completed_ms:?} {paid_ms:?}"),
    };
    workspace.ledger.take_in(vec![incoming], None, NOW_MS).await.unwrap();
}

async fn day_of(workspace: &Workspace, document: &Document) -> std::result::Result<String, Failure> {
    workspace.issue_day(document).await.unwrap().map(|day| day.to_string())
}

#[tokio::test]
async fn an_invoice_bears_the_day_of_completion_never_a_later_one_than_today() {
    let desk = dated_by_completion().await;
    let workspace = &desk.workspace;
    let document = ready(workspace, 1).await;
    assert_eq!(day_of(workspace, &document).await.unwrap(), "2026-11-18", "an order without a day bears today's");
    took_place(workspace, 1, Some(NOW_MS - 2 * DAY), Some(NOW_MS - 3 * DAY)).await;
    assert_eq!(day_of(workspace, &document).await.unwrap(), "2026-11-16");
    took_place(workspace, 1, Some(NOW_MS + 2 * DAY), None).await;
    assert_eq!(day_of(workspace, &document).await.unwrap(), "2026-11-18", "a shop's clock may be ahead");
    workspace.ledger.save_flow(flow()).await.unwrap();
    took_place(workspace, 1, Some(NOW_MS - DAY), None).await;
    assert_eq!(day_of(workspace, &document).await.unwrap(), "2026-11-18", "the flow does not say so any more");
}

#[tokio::test]
async fn a_day_before_the_last_of_the_series_holds_rather_than_misdates() {
    let desk = dated_by_completion().await;
    let workspace = &desk.workspace;
    issued(workspace, 1).await;
    let document = ready(workspace, 2).await;
    took_place(workspace, 2, Some(NOW_MS - DAY), None).await;
    let held = day_of(workspace, &document).await.unwrap_err();
    assert_eq!(
        (held.kind, held.detail.as_deref()),
        (FailureKind::IssueDateTooEarly, Some("2026-11-17 < FCT 2026-11-18"))
    );
    let mut released = document;
    released.released.insert(held.kind.as_str().to_owned(), released.order_version);
    assert_eq!(day_of(workspace, &released).await.unwrap(), "2026-11-18", "released, it bears today's day");
}

#[tokio::test]
async fn a_day_of_a_closed_month_holds_until_the_month_is_open_again() {
    let desk = dated_by_completion().await;
    let workspace = &desk.workspace;
    let document = ready(workspace, 1).await;
    took_place(workspace, 1, Some(NOW_MS - 20 * DAY), None).await;
    assert_eq!(day_of(workspace, &document).await.unwrap(), "2026-10-29");
    let books = Books { billing_id: "con_bill".into(), provider: "oblio".into(), company: "RO12345674".into() };
    let closing = NewClosing {
        id: "clo_1".into(),
        books,
        month: "2026-10".into(),
        who: "ana".into(),
        note: String::new(),
        accepted: Vec::new(),
        count: 0,
        sum_minor: 0,
    };
    workspace.ledger.close_month(closing, NOW_MS).await.unwrap();
    let held = day_of(workspace, &document).await.unwrap_err();
    assert_eq!(held.detail.as_deref(), Some("2026-10-29 < 2026-11-01"));
    workspace.ledger.reopen_month("clo_1", "one more", "ana", NOW_MS).await.unwrap();
    assert_eq!(day_of(workspace, &document).await.unwrap(), "2026-10-29");
}

#[tokio::test]
async fn a_payment_that_comes_later_is_asked_for_once_when_the_shop_says_that_it_came() {
    let desk = desk_with(true).await;
    let workspace = &desk.workspace;
    let document = issued(workspace, 1).await;
    let collect = Some(CollectKind::CashOnDelivery);
    let waits = FollowUps { collect, ..FollowUps::default() };
    workspace.ledger.keep_follow_ups(document.row, Some(waits), Some(NOW_MS)).await.unwrap();
    let asked = async || {
        workspace.follow_up_due().await.unwrap();
        workspace.ledger.list_operations(document.row).await.unwrap().len()
    };
    assert_eq!(asked().await, 0, "it is not paid yet");
    took_place(workspace, 1, Some(NOW_MS), None).await;
    assert_eq!(asked().await, 0, "completed, and still not paid");
    took_place(workspace, 1, Some(NOW_MS), Some(NOW_MS - DAY)).await;
    // the draft of this document has no lines, and so nothing to pay: what cannot be asked for is noted, once
    assert_eq!(asked().await, 0);
    let noted = workspace.ledger.list_events(document.order_row).await.unwrap();
    let noted: Vec<_> = noted.iter().filter(|event| event.what == "not_followed").collect();
    assert_eq!(noted.len(), 1);
    assert_eq!(noted[0].facts["operation"], OperationKind::RecordPayment.as_str());
    assert_eq!(workspace.get_document(&document.id).await.unwrap().follow_ups, None);
}

#[tokio::test]
async fn rules_are_tried_on_the_newest_orders_with_a_reason_for_each_that_is_not_taken() {
    let desk = desk_with(false).await;
    let workspace = &desk.workspace;
    for n in 1..=7 {
        ready(workspace, n).await;
    }
    let preview = async |when: When, condition: &str| {
        let rules = FlowRules { when, approve_above: Some(dec!(50)), ..FlowRules::default() };
        workspace.preview_rules("con_shop", &rules, condition).await.unwrap()
    };
    let all = preview(When::default(), "").await;
    assert_eq!((all.looked, all.matching, all.to_approve, all.not_taken.len()), (7, 7, 7, 0));
    let none = preview(When { max_total: Some(dec!(10)), ..When::default() }, "").await;
    let orders: Vec<String> = (3..=7).rev().map(|n| n.to_string()).collect();
    assert_eq!(none.not_taken, [RulesSample { reason: "above_maximum", count: 7, orders }]);
    let some = preview(When::default(), "order.id > 5").await;
    assert_eq!((some.matching, some.not_taken[0].reason, some.not_taken[0].count), (2, "condition", 5));
}

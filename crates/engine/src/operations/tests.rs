//! How many operations go at a time.

use super::*;
use crate::reads::tests::{desk_with, issued};

#[tokio::test]
async fn operations_go_a_few_at_a_time_and_one_where_a_connection_is_tried_again() {
    let desk = desk_with(false).await;
    let workspace = &desk.workspace;
    for n in 1..=12 {
        let document = issued(workspace, n).await;
        workspace.operate(&document.id, OperationKind::Cancel, OperationParams::None, "asked", "ana").await.unwrap();
    }
    workspace.operate_due().await.unwrap();
    assert_eq!(lock(&workspace.in_flight).len(), workspace.deps.timing.parallel);
    while !lock(&workspace.in_flight).is_empty() {
        tokio::task::yield_now().await;
    }
    let stop = workspace.ledger.get_connection("con_bill").await.unwrap().stop.unwrap();
    assert_eq!(stop.count, 1, "one outage");
    desk.clock.now_ms.store(stop.until_ms.unwrap(), std::sync::atomic::Ordering::Relaxed);
    workspace.operate_due().await.unwrap();
    assert_eq!(lock(&workspace.in_flight).len(), 1, "one request shows whether it works again");
}

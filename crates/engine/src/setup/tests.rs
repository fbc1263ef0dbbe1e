//! What may be changed of a connection, and when.

use super::*;
use crate::intake::tests::{NOW_MS, TestOrder, shop_order};
use crate::reads::tests::desk_with;
use punte_store::ledger::IncomingOrder;

fn typed(id: Option<&str>, kind: &str, address: &str, account: &str) -> ConnectionDraft {
    ConnectionDraft {
        id: id.map(str::to_owned),
        kind: kind.into(),
        name: "a shop".into(),
        address: address.into(),
        account: account.into(),
        secret: "secret".to_owned().into(),
        company: None,
        series: None,
        options: BillingOptions::default(),
    }
}

async fn take_order(workspace: &Workspace, connection_id: &str, shop_identity: &str) {
    let order = shop_order(1, &TestOrder { created_ms: NOW_MS, modified_ms: NOW_MS, bad: None });
    let incoming = IncomingOrder {
        id: format!("ord_{shop_identity}"),
        shop_identity: shop_identity.into(),
        connection_id: connection_id.into(),
        head: order.head,
        raw: order.raw.to_string(),
        content_hash: "first".into(),
    };
    workspace.ledger.take_in(vec![incoming], None, NOW_MS).await.unwrap();
}

async fn refused(workspace: &Workspace, draft: ConnectionDraft) -> EngineError {
    workspace.save_connection(draft).await.map(|_| ()).unwrap_err()
}

#[tokio::test]
async fn a_shop_with_orders_stays_the_shop_that_it_is() {
    let desk = desk_with(false).await;
    let workspace = &desk.workspace;
    let cases = [
        ("woocommerce", ["https://cana.ro", "https://www.CANA.ro/magazin", "https://cana.com"], "cana.ro"),
        ("shopify", ["cana.myshopify.com", "https://cana2.myshopify.com", "cana.ro"], "cana.myshopify.com"),
        ("webhook", ["https://cana.ro", "https://cana.ro/shop", "https://cana.com"], "webhook:cana.ro"),
    ];
    for (kind, [address, other, another], identity) in cases {
        let save = async |draft| workspace.save_connection(draft).await.unwrap();
        let id = save(typed(None, kind, other, "ck_1")).await.id;
        save(typed(Some(&id), kind, address, "ck_1")).await;
        take_order(workspace, &id, identity).await;
        for elsewhere in [other, another] {
            let error = refused(workspace, typed(Some(&id), kind, elsewhere, "ck_1")).await;
            assert!(matches!(error, EngineError::NotNow("identity_fixed")), "{kind} {elsewhere}: {error}");
            assert_eq!(workspace.ledger.get_connection(&id).await.unwrap().address, address, "nothing was kept");
        }
        // the same shop under another way of writing it, and another key, is the same shop
        let kept = save(typed(Some(&id), kind, &format!("{address}/"), "ck_2")).await;
        assert_eq!(kept.account, "ck_2");
    }
}

#[tokio::test]
async fn a_stripe_account_is_named_as_stripe_names_it_and_stays_the_same() {
    let desk = desk_with(false).await;
    let workspace = &desk.workspace;
    for account in ["Atelier", "acct_", "acct_1 2", "ana@example.com"] {
        let error = refused(workspace, typed(None, "stripe", "", account)).await;
        assert!(matches!(error, EngineError::Invalid { field: "account", .. }), "{account}: {error}");
    }
    let saved = workspace.save_connection(typed(None, "stripe", "", "acct_1A")).await.unwrap();
    take_order(workspace, &saved.id, "stripe:acct_1A").await;
    let error = refused(workspace, typed(Some(&saved.id), "stripe", "", "acct_1B")).await;
    assert!(matches!(error, EngineError::NotNow("identity_fixed")), "{error}");
    // one that was connected under a name of its own goes on under it
    let named = Connection { account: "Atelier".into(), ..saved };
    workspace.ledger.save_connection(named.clone()).await.unwrap();
    take_order(workspace, &named.id, "stripe:Atelier").await;
    workspace.save_connection(typed(Some(&named.id), "stripe", "", "Atelier")).await.unwrap();
}

#[tokio::test]
async fn a_connection_does_not_become_one_of_another_kind() {
    let desk = desk_with(false).await;
    let error = refused(&desk.workspace, typed(Some("con_shop"), "shopify", "cana.myshopify.com", "x")).await;
    assert!(matches!(error, EngineError::Invalid { field: "kind", .. }), "{error}");
}

#[tokio::test]
async fn a_mistyped_company_is_refused_and_one_that_stands_is_left_alone() {
    let desk = desk_with(false).await;
    let workspace = &desk.workspace;
    let of = |id: Option<&str>, company: &str| ConnectionDraft {
        company: Some(company.to_owned()),
        ..typed(id, "oblio", "", "ana@example.com")
    };
    for mistyped in ["RO41236548", "41236548", "RO", "Atelier"] {
        let error = refused(workspace, of(None, mistyped)).await;
        assert!(matches!(error, EngineError::Invalid { field: "company", .. }), "{mistyped}: {error}");
        let untested = workspace.test_connection(&of(None, mistyped)).await.unwrap_err();
        assert!(matches!(untested, EngineError::Invalid { field: "company", .. }), "{mistyped}: {untested}");
    }
    let saved = workspace.save_connection(of(None, " RO41236549 ")).await.unwrap();
    assert_eq!(saved.company.as_deref(), Some("RO41236549"));
    // one of before this was looked at
    let old = Connection { company: Some("RO1".into()), ..saved };
    workspace.ledger.save_connection(old.clone()).await.unwrap();
    workspace.save_connection(of(Some(&old.id), "RO1")).await.unwrap();
    let error = refused(workspace, of(Some(&old.id), "RO2")).await;
    assert!(matches!(error, EngineError::Invalid { field: "company", .. }), "{error}");
}

#[tokio::test]
async fn two_flows_do_not_get_one_name_and_equal_ones_of_before_stay() {
    let desk = desk_with(false).await;
    let workspace = &desk.workspace;
    let preset = crate::editor::MappingStart::Preset("woocommerce_ro".to_owned());
    let mapping_id = workspace.create_mapping("", preset, "ana").await.unwrap().id;
    let flow = |id: &str, name: &str| Flow {
        id: id.into(),
        name: name.into(),
        mapping_id: mapping_id.clone(),
        ..crate::reads::tests::flow()
    };
    let error = workspace.save_flow(flow("flow_2", " Orders to INVOICES")).await.map(|_| ()).unwrap_err();
    assert!(matches!(error, EngineError::Invalid { field: "name", .. }), "{error}");
    workspace.save_flow(flow("flow_2", "others")).await.unwrap();
    workspace.save_flow(flow("flow_1", "orders to invoices")).await.unwrap();
    workspace.ledger.save_flow(flow("flow_2", "orders to invoices")).await.unwrap();
    workspace.save_flow(flow("flow_2", "orders to invoices")).await.unwrap();
}

//! A workspace with a shop, a provider and a flow, and orders that want invoices.

use punte_domain::{
    Client, Currency, Draft, Line, LineKind, OrderHead, OrderStatus, RefundMode, WorkspaceSeed, fiscal_date,
};
use punte_store::ledger::{
    Connection, DecisionRow, Document, DocumentPlan, Flow, IncomingOrder, Intent, NewDocument, Outcome,
};
use punte_store::{Ledger, NewWorkspace};
use rust_decimal::{Decimal, dec};
use tempfile::TempDir;

pub const NOW_MS: i64 = 1_795_000_000_000;

pub struct World {
    pub folder: TempDir,
    pub ledger: Ledger,
}

pub fn connection(id: &str, kind: &str) -> Connection {
    Connection {
        id: id.into(),
        kind: kind.into(),
        name: kind.into(),
        address: String::new(),
        account: "ana@example.com".into(),
        company: Some("RO12345674".into()),
        series: None,
        is_sandbox: false,
        legacy_routes: false,
        reserve: 0,
        warehouse: String::new(),
        vat_names: Default::default(),
        stop: None,
        last_contact_ms: None,
        created_ms: NOW_MS,
    }
}

pub fn new_workspace() -> NewWorkspace {
    NewWorkspace {
        id: "ws_1".into(),
        name: "Atelier Cană".into(),
        is_sandbox: false,
        seed: WorkspaceSeed([3; 32]),
        now_ms: NOW_MS,
    }
}

pub fn flow() -> Flow {
    Flow {
        id: "flow_1".into(),
        name: "orders to invoices".into(),
        shop_id: "con_shop".into(),
        billing_id: "con_bill".into(),
        company: "RO12345674".into(),
        series: "FCT".into(),
        condition: String::new(),
        mapping_id: "map_1".into(),
        enabled: true,
        active_from_ms: 0,
        series_is_ours: true,
        created_ms: NOW_MS,
        write_back: true,
        full_refund: RefundMode::Propose,
        partial_refund: RefundMode::Propose,
        rules: Default::default(),
    }
}

pub async fn world() -> World {
    let folder = tempfile::tempdir().unwrap();
    let ledger = Ledger::create(folder.path(), &new_workspace()).unwrap();
    ledger.save_connection(connection("con_shop", "woocommerce")).await.unwrap();
    ledger.save_connection(connection("con_bill", "oblio")).await.unwrap();
    ledger.save_mapping("map_1", "preset", "{}".into(), "ana", NOW_MS).await.unwrap();
    ledger.save_flow(flow()).await.unwrap();
    World { folder, ledger }
}

pub fn head(n: u64) -> OrderHead {
    OrderHead {
        order_id: n.to_string(),
        number: n.to_string(),
        status: OrderStatus::Completed,
        status_text: "completed".into(),
        currency: Currency::RON,
        total: dec!(59),
        total_minor: 5900,
        refunded_minor: 0,
        refunds: Vec::new(),
        created_ms: NOW_MS,
        modified_ms: NOW_MS,
        paid_ms: Some(NOW_MS),
        completed_ms: Some(NOW_MS),
        customer: "Ștefan Țîru".into(),
        email: "stefan@example.com".into(),
        tax_id: String::new(),
        invoiced_elsewhere: None,
        seen_as: Default::default(),
        place: Default::default(),
    }
}

pub fn incoming(n: u64, content: &str) -> IncomingOrder {
    IncomingOrder {
        id: format!("ord_{n}"),
        shop_identity: "cana.ro".into(),
        connection_id: "con_shop".into(),
        head: head(n),
        raw: format!("{{\"id\":{n},\"note\":\"{content}\"}}"),
        content_hash: content.into(),
    }
}

pub fn draft() -> Draft {
    let line = Line {
        kind: LineKind::Product,
        name: "Cană".into(),
        code: String::new(),
        description: String::new(),
        unit: "buc".into(),
        quantity: Decimal::ONE,
        unit_price: dec!(59),
        vat_rate: dec!(21),
        vat_name: String::new(),
        is_service: false,
    };
    Draft {
        client: Client {
            name: "Ștefan Țîru".into(),
            is_company: false,
            tax_id: String::new(),
            vat_payer: false,
            reg_com: String::new(),
            address: "Str. Morii 1".into(),
            city: "Cluj-Napoca".into(),
            county: "Cluj".into(),
            country: "Romania".into(),
            email: String::new(),
            phone: String::new(),
        },
        currency: Currency::RON,
        language: "RO".into(),
        precision: 4,
        lines: vec![line],
        payment: None,
        tax_point: fiscal_date(NOW_MS),
        due_days: None,
        mentions: String::new(),
        order_total: dec!(59),
        tolerance: Decimal::ZERO,
        warehouse: String::new(),
        receipt_series: String::new(),
    }
}

pub fn plan(n: u64) -> DocumentPlan {
    let document = NewDocument {
        id: format!("doc_{n}"),
        issue_key: format!("cana.ro|{n}|invoice|1"),
        reference: format!("PNT-{n:0>11}"),
        flow_id: "flow_1".into(),
        billing_id: "con_bill".into(),
        provider: "oblio".into(),
        company: "RO12345674".into(),
        series: "FCT".into(),
        role: "invoice".into(),
        generation: 1,
        order_number: n.to_string(),
        order_version: 1,
        mapping_id: "map_1".into(),
        mapping_version: 1,
        edit_revision: 0,
        draft: Some(draft()),
        problems: Vec::new(),
        client: "Ștefan Țîru".into(),
        tax_id: String::new(),
        currency: "RON".into(),
        total_minor: 5900,
        total_text: "59".into(),
        due_ms: NOW_MS,
        delayed: false,
        follow_ups: None,
    };
    DocumentPlan { document, seen: None, failure: None }
}

pub fn decision(plan: DocumentPlan) -> DecisionRow {
    DecisionRow { flow_id: "flow_1".into(), decision: "document", reason: "rule", plan: Some(plan), withdraw: None }
}

impl World {
    /// An order taken in and decided: its document waits to be sent.
    pub async fn ready(&self, n: u64) -> Document {
        self.ledger.take_in(vec![incoming(n, "first")], None, NOW_MS).await.unwrap();
        let order = self.ledger.find_order(&format!("ord_{n}")).await.unwrap().unwrap();
        self.ledger
            .record_decisions(
                order.row,
                (order.version, order.wanted),
                vec![decision(plan(n))],
                ("document", "rule"),
                NOW_MS,
            )
            .await
            .unwrap();
        self.document(n).await
    }

    pub async fn document(&self, n: u64) -> Document {
        self.ledger.find_document(&format!("doc_{n}")).await.unwrap().unwrap()
    }

    /// A document whose intent is written.
    pub async fn sending(&self, n: u64) -> (Document, i64) {
        let ready = self.ready(n).await;
        let attempt = self.ledger.record_intent(ready.row, intent(n), NOW_MS).await.unwrap();
        (self.document(n).await, attempt.row)
    }

    /// A second connection to the file, for looking at it from outside.
    pub fn raw(&self) -> rusqlite::Connection {
        rusqlite::Connection::open(self.folder.path().join("ledger.sqlite")).unwrap()
    }
}

pub fn intent(n: u64) -> Intent {
    Intent {
        billing_id: "con_bill".into(),
        company: "RO12345674".into(),
        series: "FCT".into(),
        attempt_id: format!("att_{n}"),
        trigger: "automatic",
        idempotency_key: format!("pnt-{n}"),
        baseline: "{}".into(),
        issue_date: "2026-11-18".into(),
        proforma_row: None,
    }
}

pub fn issued(number: &str) -> Outcome {
    Outcome::Issued {
        series: "FCT".into(),
        number: number.into(),
        provider_id: None,
        link: None,
        verify_due_ms: NOW_MS,
    }
}

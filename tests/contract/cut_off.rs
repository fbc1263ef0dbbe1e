//! Every operation cut off after acting and before acting: its outcome is unknown both times, and the reads that settle
//! it tell which. Nothing is ever sent a second time to find out.

use crate::World;
use crate::account::{
    Account, account, client_of, email, from_proforma, payment, proforma_request, query, storno, target, unpaid_request,
};
use punte_connectors::billing::{
    Baseline, BillingProvider, DocumentKind, EInvoiceState, FindQuery, IssueRequest, Issued, Presence, Target,
};
use punte_domain::{CollectKind, Failure, Phase};
use punte_sandbox::{FaultKind, Provider};
use rust_decimal::{Decimal, dec};
use std::sync::Arc;
use std::time::Duration;

/// How an answer is lost, and whether the request took effect.
const WAYS: [(FaultKind, bool); 4] = [
    (FaultKind::TimeoutAfter, true),
    (FaultKind::Reset, true),
    (FaultKind::TimeoutBefore, false),
    (FaultKind::Status502, false),
];

/// Everything that is made ready before an operation is cut off.
struct Stage {
    client: Arc<dyn BillingProvider>,
    provider: Provider,
    sent: IssueRequest,
    document: Issued,
    invoice: Target,
    baseline: Baseline,
    proforma_request: IssueRequest,
}

async fn stage(world: &World, provider: Provider, limit: Duration) -> Stage {
    let mut account: Account = account(world, provider);
    account.config.create_limit = limit;
    let client = client_of(provider, account.config.clone());
    let sent = unpaid_request(&account, "7001");
    let document = client.issue_invoice(&sent).await.outcome.unwrap();
    let invoice = target(&sent, DocumentKind::Invoice, document.clone());
    let baseline = client.read_baseline(&account.company, &account.series, DocumentKind::Invoice).await.unwrap();
    let proforma_request = proforma_request(client.as_ref(), &account, "7001").await;
    Stage { client, provider, sent, document, invoice, baseline, proforma_request }
}

impl Stage {
    /// Oblio tells whether a document is cancelled. SmartBill does not, but cancelling again is harmless there.
    async fn is_cancelled(&self) -> bool {
        match self.client.find_document(&self.invoice).await.unwrap() {
            Presence::Present { cancelled: Some(cancelled) } => cancelled,
            told => panic!("{:?}: {told:?}", self.provider),
        }
    }

    async fn is_found(&self, sought: FindQuery) -> bool {
        let evidence = self.client.find_by_reference(&sought).await.unwrap();
        assert!(evidence.complete, "{evidence:?}");
        !evidence.ours().is_empty()
    }

    async fn paid(&self) -> Decimal {
        self.client.read_payment(&self.invoice).await.unwrap().paid
    }
}

fn unknown<T: std::fmt::Debug>(outcome: Result<T, Failure>) {
    let failure = outcome.unwrap_err();
    assert_eq!(failure.phase, Phase::Unknown, "{failure:?}");
}

/// Arms each way in a world of its own, cuts the operation off, and asks whether it happened.
async fn cut_off<F, Fut>(provider: Provider, operation: &'static str, act_and_settle: F)
where
    F: Fn(Stage, Arm) -> Fut,
    Fut: Future<Output = Option<bool>>,
{
    for (kind, acted) in WAYS {
        let world = Arc::new(World::new().await);
        let stage = stage(&world, provider, Duration::from_millis(700)).await;
        let arm = Arm { world, provider, operation, kind };
        let told = act_and_settle(stage, arm).await;
        assert!(told.is_none_or(|told| told == acted), "{provider:?} {operation} {kind:?}: settled as {told:?}");
    }
}

/// A fault that is armed when everything before it is done.
struct Arm {
    world: Arc<World>,
    provider: Provider,
    operation: &'static str,
    kind: FaultKind,
}

impl Arm {
    fn now(&self) {
        self.world.fault(self.provider, self.operation, self.kind);
    }
}

const SMARTBILL: Provider = Provider::SmartBill;
const OBLIO: Provider = Provider::Oblio;

#[tokio::test]
async fn a_cancel_and_a_restore_are_settled_by_the_documents_state() {
    cut_off(OBLIO, "cancel", |stage, arm| async move {
        arm.now();
        unknown(stage.client.cancel(&stage.invoice).await.outcome);
        Some(stage.is_cancelled().await)
    })
    .await;
    cut_off(OBLIO, "restore", |stage, arm| async move {
        stage.client.cancel(&stage.invoice).await.outcome.unwrap();
        arm.now();
        unknown(stage.client.restore(&stage.invoice).await.outcome);
        Some(!stage.is_cancelled().await)
    })
    .await;
}

#[tokio::test]
async fn a_cancel_and_a_restore_at_smartbill_are_settled_by_repeating_them() {
    cut_off(SMARTBILL, "cancel", |stage, arm| async move {
        arm.now();
        unknown(stage.client.cancel(&stage.invoice).await.outcome);
        let present = stage.client.find_document(&stage.invoice).await.unwrap();
        assert_eq!(present, Presence::Present { cancelled: None });
        stage.client.cancel(&stage.invoice).await.outcome.unwrap();
        assert_eq!(arm.world.state(SMARTBILL)["documents"][0]["cancelled"], true);
        None
    })
    .await;
    cut_off(SMARTBILL, "restore", |stage, arm| async move {
        stage.client.cancel(&stage.invoice).await.outcome.unwrap();
        arm.now();
        unknown(stage.client.restore(&stage.invoice).await.outcome);
        stage.client.restore(&stage.invoice).await.outcome.unwrap();
        assert_eq!(arm.world.state(SMARTBILL)["documents"][0]["cancelled"], false);
        None
    })
    .await;
}

async fn a_deletion(provider: Provider) {
    cut_off(provider, "delete", |stage, arm| async move {
        arm.now();
        unknown(stage.client.delete(&stage.invoice, "pnt-d").await.outcome);
        Some(stage.client.find_document(&stage.invoice).await.unwrap() == Presence::Absent)
    })
    .await;
}

async fn a_payment(provider: Provider, operation: &'static str) {
    cut_off(provider, operation, |stage, arm| async move {
        let before = stage.paid().await;
        arm.now();
        unknown(stage.client.record_payment(&stage.invoice, &payment(dec!(20))).await.outcome);
        Some(stage.paid().await - before == dec!(20))
    })
    .await;
}

async fn a_storno(provider: Provider, operation: &'static str) {
    cut_off(provider, operation, |stage, arm| async move {
        let asked = storno(&stage.sent, stage.document.clone());
        arm.now();
        unknown(stage.client.issue_storno(&asked).await.outcome);
        let mut sought = query(&stage.sent, stage.baseline.clone());
        (sought.reference, sought.reverses) = (asked.reference, Some(stage.document.clone()));
        Some(stage.is_found(sought).await)
    })
    .await;
}

async fn a_proforma(provider: Provider, operation: &'static str) {
    cut_off(provider, operation, |stage, arm| async move {
        let sent = stage.proforma_request.clone();
        let baseline = stage.client.read_baseline(&sent.company, &sent.series, DocumentKind::Proforma).await.unwrap();
        arm.now();
        unknown(stage.client.issue_proforma(&sent).await.outcome);
        Some(stage.is_found(FindQuery { kind: DocumentKind::Proforma, ..query(&sent, baseline) }).await)
    })
    .await;
}

async fn a_conversion(provider: Provider) {
    cut_off(provider, "create", |stage, arm| async move {
        let proforma = stage.client.issue_proforma(&stage.proforma_request).await.outcome.unwrap();
        let mut asked = from_proforma(&stage.sent, proforma.clone());
        asked.invoice.reference = crate::account::reference("7001-converted");
        arm.now();
        unknown(stage.client.issue_from_proforma(&asked).await.outcome);
        let sought = query(&stage.sent, stage.baseline.clone());
        Some(
            stage
                .is_found(FindQuery { reference: asked.invoice.reference, from_proforma: Some(proforma), ..sought })
                .await,
        )
    })
    .await;
}

#[tokio::test]
async fn a_deletion_is_settled_by_what_is_there_now() {
    a_deletion(SMARTBILL).await;
    a_deletion(OBLIO).await;
}

#[tokio::test]
async fn a_payment_is_settled_by_what_was_paid_before_and_after() {
    a_payment(SMARTBILL, "payment").await;
    a_payment(OBLIO, "collect").await;
}

#[tokio::test]
async fn a_deleted_payment_is_settled_the_same_way() {
    cut_off(SMARTBILL, "payment_delete", |stage, arm| async move {
        stage.client.record_payment(&stage.invoice, &payment(dec!(20))).await.outcome.unwrap();
        arm.now();
        unknown(stage.client.delete_payment(&stage.invoice, CollectKind::BankTransfer).await.outcome);
        Some(stage.paid().await.is_zero())
    })
    .await;
}

#[tokio::test]
async fn a_storno_is_settled_by_the_original_or_by_our_reference() {
    a_storno(SMARTBILL, "reverse").await;
    a_storno(OBLIO, "create").await;
}

#[tokio::test]
async fn a_proforma_is_settled_as_an_invoice_is() {
    a_proforma(SMARTBILL, "estimate_create").await;
    a_proforma(OBLIO, "create").await;
}

#[tokio::test]
async fn a_conversion_is_settled_by_what_became_of_the_proforma() {
    a_conversion(SMARTBILL).await;
    a_conversion(OBLIO).await;
}

#[tokio::test]
async fn an_e_factura_is_settled_by_its_state() {
    cut_off(OBLIO, "einvoice", |stage, arm| async move {
        arm.now();
        unknown(stage.client.send_einvoice(&stage.invoice).await.outcome);
        Some(stage.client.read_einvoice(&stage.invoice).await.unwrap().state != EInvoiceState::NotSent)
    })
    .await;
}

#[tokio::test]
async fn a_mail_that_was_cut_off_was_perhaps_sent_and_nobody_tells() {
    cut_off(SMARTBILL, "send", |stage, arm| async move {
        arm.now();
        unknown(stage.client.send_email(&stage.invoice, &email()).await.outcome);
        let mails = arm.world.state(SMARTBILL)["emails"].as_array().unwrap().len();
        assert!(mails <= 1, "it was not sent a second time");
        None
    })
    .await;
}

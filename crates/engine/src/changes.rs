//! What becomes of an order after its invoice: each newer version is compared with what was invoiced, and what differs is laid
//! before a person, or, where the flow says so for a refund, answered by a document that takes back.
//!
//! Never a second invoice: all that follows from here takes away.

use crate::connect::{Gate, is_connections_fault};
use crate::decide::context_of;
use crate::error::{EngineError, Result};
use crate::workspace::{Change, Workspace};
use punte_connectors::shops;
use punte_domain::changes::{Invoiced, is_fallen_refund, is_of_growing};
use punte_domain::correction::RefundLine;
use punte_domain::{
    ChangeKind, ChangeState, Draft, Failure, OrderHead, OrderStatus, Proposal, RefundMode, changes_since,
};
use punte_store::StoreError;
use punte_store::ledger::{ChangeRow, Document, Flow, OrderRow, SeenChange};
use rust_decimal::Decimal;
use serde_json::Value;
use std::sync::Arc;
use std::time::Duration;

const BATCH: u32 = 50;
/// Which of the waits between tries is taken where an order or a change cannot be read: minutes.
const UNREADABLE: u32 = 3;
/// What stands in the way of a change passes in a moment, or a person is under way: the longest wait is a minute.
const LONGEST: u32 = 2;

impl Workspace {
    pub(crate) async fn run_changes(self: &Arc<Self>) {
        loop {
            let next = match self.changes_due().await {
                Ok(next) => next,
                Err(error) => {
                    self.note_engine_error(&error, "compare orders with invoices");
                    Duration::from_secs(2)
                }
            };
            if !self.rest(&self.change_wake, next).await {
                return;
            }
        }
    }

    /// Compares what is due, then looks at open changes that Punte itself is to go on with. Answers how long to rest.
    async fn changes_due(&self) -> Result<Duration> {
        if self.trouble().is_some() {
            return Ok(Duration::from_secs(2));
        }
        let unjudged = self.ledger.list_unjudged(self.now_ms(), BATCH).await?;
        let due = self.ledger.list_changes_due(self.now_ms(), BATCH).await?;
        let found = unjudged.len() + due.len();
        let is_full = unjudged.len().max(due.len()) == BATCH as usize;
        if !unjudged.is_empty() {
            let flows = self.ledger.list_flows().await?;
            for document in unjudged {
                if self.stopping.is_cancelled() {
                    return Ok(Duration::ZERO);
                }
                match self.compare(&document, &flows).await {
                    Err(EngineError::Store(error)) if error.is_storage_trouble() => return Err(error.into()),
                    Err(error) => {
                        self.note_engine_error(&error, "compare order with invoice");
                        self.ledger.put_off_judgement(document.row, self.later_ms(UNREADABLE)).await?;
                    }
                    Ok(()) => {}
                }
            }
        }
        for change in due {
            if self.stopping.is_cancelled() {
                return Ok(Duration::ZERO);
            }
            let (row, at) = (change.row, self.later_ms(UNREADABLE));
            match self.go_on(change).await {
                Err(EngineError::Store(error)) if error.is_storage_trouble() => return Err(error.into()),
                Err(error) => {
                    self.note_engine_error(&error, "answer a change");
                    self.ledger.put_off_change(row, Some(at), None, self.now_ms()).await?;
                }
                Ok(()) => {}
            }
        }
        if found > 0 {
            self.changed(Change::Documents);
        }
        // each that was looked at is done or put off: the next batch is another one
        if is_full {
            return Ok(Duration::ZERO);
        }
        Ok(self.until(self.ledger.next_change_due().await?))
    }

    fn later_ms(&self, tries: u32) -> i64 {
        self.now_ms() + self.delay(tries).as_millis() as i64
    }

    /// One issued invoice against its order as it is now. Both versions go through the mapping of today, so that a change of
    /// rules is no change of the order.
    async fn compare(&self, document: &Document, flows: &[Flow]) -> Result<()> {
        let order = self.ledger.get_order_by_row(document.order_row).await?;
        let read = |text: String| serde_json::from_str::<Value>(&text).map_err(StoreError::Json);
        let now = read(self.ledger.get_order_version(order.row, order.version).await?)?;
        let then = read(self.ledger.get_order_version(order.row, document.order_version).await?)?;
        let head_then = shops::head_of(&then).unwrap_or_else(|| unread(&order.head, document.total_minor));
        let flow = flows.iter().find(|flow| flow.id == document.flow_id);
        let (draft_then, draft_now) = match flow {
            Some(flow) => self.map_both(flow, &order, &then, &now).await?,
            None => (None, None),
        };
        let corrections = self.corrections_of(document).await?;
        let corrected: Vec<String> =
            corrections.iter().filter_map(|one| one.role.strip_prefix("correction:").map(str::to_owned)).collect();
        let invoiced = Invoiced {
            total_minor: document.total_minor,
            order: &head_then,
            draft: draft_then.as_ref(),
            taken_back_minor: -corrections.iter().map(|one| one.total_minor).sum::<i64>(),
            corrected: &corrected,
            settled_minor: settled(&self.ledger.list_changes(document.row).await?, &corrections),
        };
        let mut changes = changes_since(&invoiced, &order.head, draft_now.as_ref());
        if document.role == "proforma" {
            // nothing takes one back: what is no more true of it a person is told, until the invoice says otherwise
            let is_invoiced = self.ledger.is_invoiced(order.row).await?;
            changes.retain(|one| !is_invoiced && one.kind != ChangeKind::RefundedPartly);
            changes.iter_mut().for_each(|one| one.proposal = Proposal::Nothing);
        }
        let seen = changes
            .into_iter()
            .map(|change| SeenChange {
                id: self.deps.clock.new_id("chg"),
                mode: flow.map_or(RefundMode::Propose, |flow| mode_of(change.kind, flow)),
                change,
            })
            .collect();
        match self.ledger.record_changes(document.row, order.version, seen, self.now_ms()).await {
            // the order or the invoice moved on: compared again as they are then
            Err(StoreError::Stale(_)) => Ok(()),
            other => Ok(other?),
        }
    }

    async fn map_both(
        &self,
        flow: &Flow,
        order: &OrderRow,
        then: &Value,
        now: &Value,
    ) -> Result<(Option<Draft>, Option<Draft>)> {
        let mapping = match self.active_mapping(&flow.mapping_id).await {
            Ok(mapping) => mapping,
            Err(EngineError::Invalid { .. }) => return Ok((None, None)),
            Err(error) => return Err(error),
        };
        let context = context_of(&order.head);
        Ok((mapping.compiled.evaluate(then, &context).draft, mapping.compiled.evaluate(now, &context).draft))
    }

    /// What Punte does about an open change by itself: asks the shop for a refund's lines, and writes the document down
    /// where the flow says so.
    async fn go_on(&self, change: ChangeRow) -> Result<()> {
        let document = self.ledger.get_document_by_row(change.document_row).await?;
        let change = match self.with_lines(&document, change.clone()).await? {
            Ok(change) => change,
            Err(_) => {
                let due_ms = Some(self.later_ms(change.tries));
                return Ok(self.ledger.put_off_change(change.row, due_ms, None, self.now_ms()).await?);
            }
        };
        // what was to go by itself when it was seen goes so only while the flow still says it
        let flow = self.ledger.find_flow(&document.flow_id).await?;
        let is_automatic = change.mode == RefundMode::Automatic
            && flow.is_some_and(|flow| mode_of(change.kind, &flow) == RefundMode::Automatic);
        if !is_automatic || change.proposal == Proposal::Nothing {
            return Ok(self.ledger.put_off_change(change.row, None, None, self.now_ms()).await?);
        }
        let (due_ms, blocked) = match self.answer_by_itself(&document, &change).await {
            Ok(_) => return Ok(()),
            Err(EngineError::NotNow(why)) if is_persons(why) => (None, why),
            Err(EngineError::NotNow(why)) => (Some(self.later_ms(change.tries.min(LONGEST))), why),
            Err(EngineError::Store(StoreError::Stale(_))) => (Some(self.later_ms(0)), "changed_meanwhile"),
            Err(error) => return Err(error),
        };
        Ok(self.ledger.put_off_change(change.row, due_ms, Some(blocked), self.now_ms()).await?)
    }

    async fn answer_by_itself(&self, document: &Document, change: &ChangeRow) -> Result<Document> {
        if change.kind == ChangeKind::RefundedFully {
            let all = self.ledger.list_changes(document.row).await?;
            // who left a refund alone may have answered it elsewhere: the whole would take that back twice
            if all.iter().any(|one| one.state == ChangeState::Ignored) {
                return Err(EngineError::NotNow("ignored_before"));
            }
        }
        self.answer(document, change, None, "", "").await
    }

    /// The document that a change asks for.
    async fn answer(
        &self,
        document: &Document,
        change: &ChangeRow,
        rate: Option<Decimal>,
        reason: &str,
        who: &str,
    ) -> Result<Document> {
        let order = self.ledger.get_order_by_row(document.order_row).await?;
        if order.version != change.order_version {
            return Err(EngineError::NotNow("changed_meanwhile"));
        }
        if document.role == "proforma" {
            return Err(EngineError::NotNow("proforma"));
        }
        match (change.proposal, change.kind) {
            (Proposal::Nothing, _) if is_fallen_refund(&change.subject) => Err(EngineError::NotNow("less_refunded")),
            (Proposal::Nothing, _) => Err(EngineError::NotNow("more_than_left")),
            (_, ChangeKind::RefundedPartly) => self.take_back_part(document, change, rate, reason, who).await,
            (_, ChangeKind::Cancelled | ChangeKind::RefundedFully | ChangeKind::Total | ChangeKind::Billing) => {
                self.take_back_whole(document, Some(change), reason, who).await
            }
        }
    }

    /// A person accepts what is proposed about a change. `rate` is their choice where nothing tells the VAT rate.
    pub async fn accept_change(&self, id: &str, rate: Option<Decimal>, reason: &str, who: &str) -> Result<Document> {
        let (document, change) = self.open_change(id).await?;
        let reason = crate::operator::required(reason)?;
        let change = self.with_lines(&document, change).await??;
        self.answer(&document, &change, rate, reason, who).await
    }

    /// A person leaves a change as it is.
    pub async fn ignore_change(&self, id: &str, reason: &str, who: &str) -> Result<()> {
        self.open_change(id).await?;
        let reason = crate::operator::required(reason)?;
        self.ledger.ignore_change(id, reason, who, self.now_ms()).await?;
        self.changed(Change::Documents);
        Ok(())
    }

    async fn open_change(&self, id: &str) -> Result<(Document, ChangeRow)> {
        let change = self.ledger.find_change(id).await?.ok_or_else(|| StoreError::NotFound(id.to_owned()))?;
        if change.state != ChangeState::Open {
            return Err(EngineError::NotNow("not_open"));
        }
        Ok((self.ledger.get_document_by_row(change.document_row).await?, change))
    }

    /// The change with its refund's lines, which the shop is asked for once.
    async fn with_lines(
        &self,
        document: &Document,
        change: ChangeRow,
    ) -> Result<std::result::Result<ChangeRow, Failure>> {
        if !change.wants_lines() {
            return Ok(Ok(change));
        }
        Ok(match self.ask_lines(document, &change).await? {
            Ok(lines) => Ok(self.ledger.record_refund_lines(change.row, lines, self.now_ms()).await?),
            Err(failure) => Err(failure),
        })
    }

    async fn ask_lines(
        &self,
        document: &Document,
        change: &ChangeRow,
    ) -> Result<std::result::Result<Vec<RefundLine>, Failure>> {
        let order = self.ledger.get_order_by_row(document.order_row).await?;
        let connection = self.ledger.get_connection(&order.connection_id).await?;
        if connection.kind == "file" {
            return Ok(Ok(Vec::new()));
        }
        if let (Gate::Closed, Some(stop)) = (self.may_call(&connection, self.now_ms()), &connection.stop) {
            return Ok(Err(stop.failure.clone()));
        }
        let asked = match self.shop(&connection).await {
            Ok(shop) => shop.list_refund_lines(&order.head.order_id, &change.subject).await,
            Err(failure) => Err(failure),
        };
        match asked {
            Ok(lines) => {
                self.note_contact(&connection).await?;
                Ok(Ok(lines))
            }
            Err(failure) if is_connections_fault(&failure) => {
                self.note_trouble(&connection, &failure).await?;
                Ok(Err(failure))
            }
            // the shop does not show them: the amount is known all the same
            Err(_) => Ok(Ok(Vec::new())),
        }
    }
}

/// What keeps Punte from acting until a person does something.
fn is_persons(why: &str) -> bool {
    matches!(
        why,
        "which_rate"
            | "more_than_left"
            | "less_refunded"
            | "not_offered"
            | "ignored_before"
            | "has_document"
            | "not_issued"
    )
}

fn mode_of(kind: ChangeKind, flow: &Flow) -> RefundMode {
    match kind {
        ChangeKind::RefundedFully => flow.full_refund,
        ChangeKind::RefundedPartly => flow.partial_refund,
        ChangeKind::Cancelled | ChangeKind::Total | ChangeKind::Billing => RefundMode::Propose,
    }
}

/// What of a growing refund needs no answer any more: it has one, or a person or the flow left it as it is. A correction without
/// its change, found again after a part of the ledger was lost, counts too.
fn settled(changes: &[ChangeRow], corrections: &[Document]) -> i64 {
    let is_settled =
        |one: &&ChangeRow| matches!(one.state, ChangeState::Resolved | ChangeState::Ignored | ChangeState::Noted);
    let answered: Vec<&ChangeRow> =
        changes.iter().filter(|one| is_of_growing(&one.subject)).filter(is_settled).collect();
    let alone = corrections.iter().filter(|one| {
        let subject = one.role.strip_prefix("correction:").unwrap_or_default();
        is_of_growing(subject) && !answered.iter().any(|change| change.subject == subject)
    });
    answered.iter().map(|one| one.amount_minor).sum::<i64>() - alone.map(|one| one.total_minor).sum::<i64>()
}

/// A version that cannot be read any more: taken for the order of today with the total that was invoiced.
fn unread(now: &OrderHead, total_minor: i64) -> OrderHead {
    OrderHead { total_minor, refunded_minor: 0, refunds: Vec::new(), status: OrderStatus::Completed, ..now.clone() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::intake::tests::NOW_MS;
    use crate::reads::tests::{desk_with, flow, issued, issued_over, one_line};
    use punte_domain::order::{GROWING_REFUND, Refund};
    use punte_domain::{Difference, OrderChange};
    use punte_store::ledger::IncomingOrder;

    #[tokio::test]
    async fn a_refund_that_grew_after_its_correction_is_taken_back_by_what_it_grew() {
        let desk = desk_with(false).await;
        let workspace = &desk.workspace;
        let invoice = issued_over(workspace, 1, vec![one_line()]).await;
        // what an export says now was given back in all
        let exported = async |sum: i64| {
            let OrderRow { shop_identity, connection_id, mut head, .. } =
                workspace.ledger.get_order_by_row(invoice.order_row).await.unwrap();
            head.modified_ms += 1;
            head.refunded_minor = sum;
            head.refunds = vec![Refund { id: GROWING_REFUND.into(), amount_minor: sum }];
            let (id, content_hash) = (String::new(), head.modified_ms.to_string());
            let raw = format!("{{\"as_of\": {content_hash}}}");
            let order = IncomingOrder { id, shop_identity, connection_id, head, raw, content_hash };
            workspace.ledger.take_in(vec![order], None, NOW_MS).await.unwrap();
            workspace.changes_due().await.unwrap();
            let mut all = workspace.ledger.list_changes(invoice.row).await.unwrap();
            all.retain(|one| one.state == ChangeState::Open);
            all
        };
        let told = |open: &[ChangeRow]| {
            open.iter().map(|one| (one.subject.clone(), one.amount_minor, one.proposal)).collect::<Vec<_>>()
        };
        let accept = async |change: &ChangeRow| {
            workspace.ledger.record_refund_lines(change.row, Vec::new(), NOW_MS).await.unwrap();
            let made = workspace.accept_change(&change.id, None, "refunded", "ana").await.unwrap();
            (made.role, made.total_minor)
        };
        let open = exported(1000).await;
        assert_eq!(told(&open), [("refunded:0".into(), 1000, Proposal::PartialStorno)]);
        assert_eq!(accept(&open[0]).await, ("correction:refunded:0".into(), -1000));
        assert_eq!(told(&exported(1000).await), [], "the same export again");
        let open = exported(2500).await;
        assert_eq!(told(&open), [("refunded:1000".into(), 1500, Proposal::PartialStorno)]);
        assert_eq!(accept(&open[0]).await, ("correction:refunded:1000".into(), -1500));
        assert_eq!(told(&exported(2500).await), []);
        let open = exported(500).await;
        assert_eq!(told(&open), [("refunded:less".into(), 0, Proposal::Nothing)], "shown, and nothing follows");
        let refused = workspace.accept_change(&open[0].id, None, "refunded", "ana").await.unwrap_err();
        assert!(matches!(refused, EngineError::NotNow("less_refunded")), "{refused}");
        assert_eq!(told(&exported(2500).await), [], "and gone when it is told as before");
    }

    #[tokio::test]
    async fn what_was_answered_or_left_of_a_growing_refund_is_settled_and_what_is_open_is_not() {
        let desk = desk_with(false).await;
        let workspace = &desk.workspace;
        let invoice = issued(workspace, 1).await;
        let see = async |n: u32, subject: &str, amount_minor, mode| {
            let change = OrderChange {
                kind: ChangeKind::RefundedPartly,
                subject: subject.to_owned(),
                facts: Vec::new(),
                proposal: Proposal::PartialStorno,
                amount_minor,
            };
            let seen = SeenChange { id: format!("chg_{n}"), change, mode };
            workspace.ledger.record_changes(invoice.row, 1, vec![seen], NOW_MS).await.unwrap();
        };
        let settled = async || settled(&workspace.ledger.list_changes(invoice.row).await.unwrap(), &[]);
        see(1, "refunded:0", 1000, RefundMode::Propose).await;
        assert_eq!(settled().await, 0, "it waits");
        workspace.ledger.ignore_change("chg_1", "by hand", "ana", NOW_MS).await.unwrap();
        assert_eq!(settled().await, 1000);
        see(2, "refunded:1000", 500, RefundMode::Off).await;
        see(3, "8", 700, RefundMode::Off).await;
        see(4, "refunded:1500", 900, RefundMode::Propose).await;
        assert_eq!(settled().await, 1500);
    }

    #[tokio::test]
    async fn a_refund_is_answered_by_itself_only_while_the_flow_says_so() {
        let desk = desk_with(false).await;
        let workspace = &desk.workspace;
        let says = async |full_refund| workspace.ledger.save_flow(Flow { full_refund, ..flow() }).await.unwrap();
        let documents = async |document: &Document| {
            workspace.ledger.list_documents_of_order(document.order_row).await.unwrap().len()
        };
        let mut invoices = Vec::new();
        for n in 1..=2 {
            let invoice = issued(workspace, n).await;
            let facts = vec![Difference { field: "refunded".into(), before: "0".into(), after: "59".into() }];
            let change = OrderChange {
                kind: ChangeKind::RefundedFully,
                subject: String::new(),
                facts,
                proposal: Proposal::Storno,
                amount_minor: invoice.total_minor,
            };
            let seen = SeenChange { id: format!("chg_{n}"), change, mode: RefundMode::Automatic };
            workspace.ledger.record_changes(invoice.row, 1, vec![seen], NOW_MS).await.unwrap();
            invoices.push(invoice);
        }
        let second = workspace.ledger.list_changes(invoices[1].row).await.unwrap().remove(0);
        workspace.ledger.put_off_change(second.row, Some(NOW_MS + 1), Some("operation_open"), NOW_MS).await.unwrap();
        says(RefundMode::Automatic).await;
        workspace.changes_due().await.unwrap();
        assert_eq!(documents(&invoices[0]).await, 2, "its storno is written down");
        says(RefundMode::Propose).await;
        desk.clock.now_ms.store(NOW_MS + 2, std::sync::atomic::Ordering::Relaxed);
        workspace.changes_due().await.unwrap();
        assert_eq!(documents(&invoices[1]).await, 1, "switched off while it waited");
        let left = workspace.ledger.list_changes(invoices[1].row).await.unwrap().remove(0);
        assert_eq!(left.state, ChangeState::Open, "a person's now");
    }
}

//! What takes an issued invoice back: a storno, whole, which the provider makes; or a correction, a document of negative
//! lines over a refund or over what earlier corrections left. Each is written down, sent and settled as any document is.

use crate::error::{EngineError, Result};
use crate::offers::{Act, Kin, correction_blocked};
use crate::workspace::{Change, Workspace};
use punte_domain::changes::{growing_subject, is_fallen_refund};
use punte_domain::correction::{NoCorrection, Printed, correction, rest};
use punte_domain::order::GROWING_REFUND;
use punte_domain::{ChangeKind, DocumentState, Draft, Failure, FailureKind, IssueKey, Phase, Proposal, Role};
use punte_store::StoreError;
use punte_store::ledger::{ChangeRow, Document, NewDocument, NewTakingBack};
use rust_decimal::Decimal;

/// What stands for a refund in the issue key of whatever takes all that is left back: there is one such document.
pub(crate) const WHOLE: &str = "storno";

/// What a change's proposal would issue.
pub struct ChangePlan {
    pub draft: Option<Draft>,
    /// Why it cannot be issued so.
    pub blocked: Option<&'static str>,
    /// VAT rates that a person may choose for the amount, where nothing tells.
    pub rates: Vec<Decimal>,
}

impl Workspace {
    /// Writes the storno of an issued invoice down; it is sent in the lane of its series.
    pub async fn storno(&self, document_id: &str, reason: &str, who: &str) -> Result<Document> {
        let original = self.get_document(document_id).await?;
        self.check_offer(&original, Act::Storno).await?;
        let reason = crate::operator::required(reason)?;
        self.take_back_whole(&original, None, reason, who).await
    }

    /// Takes an invoice back: by the provider's storno, or, where a part of it was corrected, by the rest in negative lines,
    /// for the provider would take back that part twice.
    pub(crate) async fn take_back_whole(
        &self,
        original: &Document,
        change: Option<&ChangeRow>,
        reason: &str,
        who: &str,
    ) -> Result<Document> {
        self.check_offer(original, Act::Storno).await?;
        let sent = self.sent_draft(original).await?;
        let earlier = self.corrections_of(original).await?;
        let (draft, part_after_minor) = if earlier.is_empty() {
            (reversed(sent), None)
        } else {
            (rest_of(original, &sent, &earlier).map_err(why)?, Some(taken(&earlier)))
        };
        self.write_down(original, (WHOLE, draft), part_after_minor, change, (reason, who)).await
    }

    /// Takes back what one refund gave back, in negative lines.
    pub(crate) async fn take_back_part(
        &self,
        original: &Document,
        change: &ChangeRow,
        rate: Option<Decimal>,
        reason: &str,
        who: &str,
    ) -> Result<Document> {
        if let Some(blocked) = correction_blocked(original, self.kin_of(original).await?) {
            return Err(EngineError::NotNow(blocked));
        }
        let sent = self.sent_draft(original).await?;
        let earlier = self.corrections_of(original).await?;
        let draft = part_of(original, &sent, &earlier, change, rate).map_err(why)?;
        self.write_down(original, (&change.subject, draft), Some(taken(&earlier)), Some(change), (reason, who)).await
    }

    /// What accepting an open change would issue now.
    pub async fn plan_change(&self, original: &Document, change: &ChangeRow) -> Result<ChangePlan> {
        let blocked = |blocked| ChangePlan { draft: None, blocked: Some(blocked), rates: Vec::new() };
        if original.role == "proforma" {
            return Ok(blocked("proforma"));
        }
        if change.proposal == Proposal::Nothing {
            let is_fallen = is_fallen_refund(&change.subject);
            return Ok(blocked(if is_fallen { "less_refunded" } else { "more_than_left" }));
        }
        let sent = match self.sent_draft(original).await {
            Err(EngineError::NotNow(why)) => return Ok(blocked(why)),
            sent => sent?,
        };
        let earlier = self.corrections_of(original).await?;
        let draft = match change.kind {
            ChangeKind::RefundedPartly => part_of(original, &sent, &earlier, change, None),
            _ if earlier.is_empty() => Ok(reversed(sent)),
            _ => rest_of(original, &sent, &earlier),
        };
        let kept = correction_blocked(original, self.kin_of(original).await?);
        Ok(match draft {
            Ok(draft) => ChangePlan { draft: Some(draft), blocked: kept, rates: Vec::new() },
            Err(NoCorrection::WhichRate(rates)) => ChangePlan { draft: None, blocked: kept, rates },
            Err(NoCorrection::MoreThanLeft) => blocked("more_than_left"),
        })
    }

    /// Corrections of an invoice that were not given up, oldest first.
    pub(crate) async fn corrections_of(&self, original: &Document) -> Result<Vec<Document>> {
        let mut all = self.ledger.list_documents_of_order(original.order_row).await?;
        all.retain(|one| one.corrects_row == Some(original.row) && counts(one.state));
        Ok(all)
    }

    async fn sent_draft(&self, original: &Document) -> Result<Draft> {
        let sent = self.ledger.find_last_attempt(original.row).await?.map(|attempt| attempt.draft);
        // one that was found after a part of the ledger was lost has no attempt here
        sent.or_else(|| original.draft.clone()).ok_or(EngineError::NotNow("not_issued"))
    }

    async fn write_down(
        &self,
        original: &Document,
        (subject, draft): (&str, Draft),
        part_after_minor: Option<i64>,
        change: Option<&ChangeRow>,
        (reason, who): (&str, &str),
    ) -> Result<Document> {
        let order = self.ledger.get_order_by_row(original.order_row).await?;
        let key = IssueKey {
            shop_identity: order.shop_identity,
            order_id: order.head.order_id,
            role: Role::Correction(subject.to_owned()),
            generation: original.generation,
        };
        if self.ledger.find_document_by_key(&key.to_string()).await?.is_some() {
            return Err(EngineError::NotNow(if part_after_minor.is_none() { "has_storno" } else { "has_document" }));
        }
        let total = draft.total();
        let document = NewDocument {
            id: self.deps.clock.new_id("doc"),
            issue_key: key.to_string(),
            reference: self.ledger.info().seed.reference(&key).to_string(),
            flow_id: original.flow_id.clone(),
            billing_id: original.billing_id.clone(),
            provider: original.provider.clone(),
            company: original.company.clone(),
            series: original.series.clone(),
            role: key.role.to_string(),
            generation: key.generation,
            order_number: original.order_number.clone(),
            order_version: original.order_version,
            mapping_id: original.mapping_id.clone(),
            mapping_version: original.mapping_version,
            edit_revision: 0,
            client: draft.client.name.clone(),
            tax_id: draft.client.tax_id.clone(),
            currency: draft.currency.code().to_owned(),
            total_minor: draft.currency.to_minor(total).unwrap_or(-original.total_minor),
            total_text: total.normalize().to_string(),
            draft: Some(draft),
            problems: Vec::new(),
            due_ms: self.now_ms(),
            delayed: false,
            follow_ups: None,
        };
        let new = NewTakingBack {
            original_row: original.row,
            document,
            part_after_minor,
            change_row: change.map(|change| change.row),
            reason: reason.to_owned(),
            who: who.to_owned(),
        };
        let made = match self.ledger.request_taking_back(new, self.now_ms()).await {
            Ok(made) => made,
            Err(StoreError::Stale(_)) => return Err(EngineError::NotNow("changed_meanwhile")),
            Err(error) => return Err(error.into()),
        };
        self.changed(Change::Documents);
        self.outbox_wake.notify_one();
        Ok(made)
    }

    /// Whether what a storno or a correction takes back still stands: the invoice itself, and all of it that this ledger
    /// believes to stand. If not, it is held.
    pub(crate) async fn still_takes_back(&self, document: &Document) -> Result<bool> {
        let Some(row) = document.takes_back() else { return Ok(true) };
        let original = self.ledger.get_document_by_row(row).await?;
        let object = format!("{} {}", original.series, original.number.clone().unwrap_or_default());
        let held = |kind, detail: &str| {
            Failure::new(kind, Phase::Prepare, "create invoice", object.clone()).with_detail(detail)
        };
        let failure = if document.corrects_row.is_some() && original.state != DocumentState::Issued {
            Some(held(FailureKind::DocumentCancelled, original.state.as_str()))
        } else {
            let other = self.taken_back_elsewhere(document).await?;
            other.map(|number| held(FailureKind::AlreadyReversed, &number))
        };
        let Some(failure) = failure else { return Ok(true) };
        self.ledger.hold(document.row, failure, self.now_ms()).await?;
        self.changed(Change::Documents);
        Ok(false)
    }

    /// Series and number of another storno or correction of the same invoice that was found at its provider after a part of
    /// the ledger was lost, and has no document here.
    async fn taken_back_elsewhere(&self, document: &Document) -> Result<Option<String>> {
        if !self.has_found() {
            return Ok(None);
        }
        let order = self.ledger.get_order_by_row(document.order_row).await?;
        let here = self.ledger.list_documents_of_order(document.order_row).await?;
        let refunds = order.head.refunds.iter().map(|refund| match refund.id.as_str() {
            // the first that was taken back of it
            GROWING_REFUND => growing_subject(0),
            id => id.to_owned(),
        });
        let subjects = refunds.chain(["storno".to_owned()]);
        let references = subjects
            .map(|subject| IssueKey {
                shop_identity: order.shop_identity.clone(),
                order_id: order.head.order_id.clone(),
                role: Role::Correction(subject),
                generation: document.generation,
            })
            .map(|key| self.ledger.info().seed.reference(&key).to_string())
            .filter(|reference| here.iter().all(|one| one.reference != *reference))
            .collect();
        let found = self.ledger.find_references(references).await?;
        let live = found.iter().find(|one| one.cancelled != Some(true));
        Ok(live.map(|one| format!("{} {}", one.series, one.number)))
    }

    pub(crate) async fn kin_of(&self, document: &Document) -> Result<Kin> {
        let operations = self.ledger.list_operations(document.row).await?;
        let siblings = self.ledger.list_documents_of_order(document.order_row).await?;
        Ok(Kin {
            has_storno: siblings.iter().any(|one| one.reverses_row == Some(document.row)),
            has_correction: siblings.iter().any(|one| one.corrects_row == Some(document.row) && counts(one.state)),
            has_successor: siblings.iter().any(|one| one.role == document.role && one.generation > document.generation),
            is_open: operations.iter().any(|operation| operation.state.is_open()),
            is_invoiced: document.role == "proforma" && self.ledger.has_invoice_of(document.row).await?,
        })
    }
}

/// Whether a document that takes back has done so, or still may.
fn counts(state: DocumentState) -> bool {
    match state {
        DocumentState::Held
        | DocumentState::Ready
        | DocumentState::Sending
        | DocumentState::Issued
        | DocumentState::InDoubt
        | DocumentState::Reversed => true,
        DocumentState::Cancelled | DocumentState::Deleted | DocumentState::Dismissed => false,
    }
}

fn taken(corrections: &[Document]) -> i64 {
    -corrections.iter().map(|one| one.total_minor).sum::<i64>()
}

fn why(no: NoCorrection) -> EngineError {
    EngineError::NotNow(match no {
        NoCorrection::MoreThanLeft => "more_than_left",
        NoCorrection::WhichRate(_) => "which_rate",
    })
}

/// What a correction names its original by. Its reference is not among it: by that the original alone is found.
fn name_of(original: &Document) -> String {
    format!("{} {}", original.series, original.number.as_deref().unwrap_or_default())
}

fn drafts(corrections: &[Document]) -> Vec<Draft> {
    corrections.iter().filter_map(|one| one.draft.clone()).collect()
}

fn part_of(
    original: &Document,
    sent: &Draft,
    earlier: &[Document],
    change: &ChangeRow,
    rate: Option<Decimal>,
) -> std::result::Result<Draft, NoCorrection> {
    let name = name_of(original);
    let line = format!("Rambursare parțială, factura {name}");
    let mentions = format!("Corecție la factura {name}.");
    let printed = Printed { line: &line, mentions: &mentions };
    let lines = change.lines.as_deref().unwrap_or_default();
    correction(sent, &drafts(earlier), sent.currency.from_minor(change.amount_minor), lines, rate, printed)
}

fn rest_of(original: &Document, sent: &Draft, earlier: &[Document]) -> std::result::Result<Draft, NoCorrection> {
    let name = name_of(original);
    let line = format!("Rest din factura {name}");
    let mentions = format!("Corecție la factura {name}, restul.");
    rest(sent, &drafts(earlier), Printed { line: &line, mentions: &mentions })
}

/// The same lines with negative quantities, and no payment: what the provider's storno holds.
fn reversed(mut draft: Draft) -> Draft {
    for line in &mut draft.lines {
        line.quantity = -line.quantity;
    }
    draft.payment = None;
    draft.order_total = -draft.order_total;
    draft
}

//! A storno: a document of its own that takes an issued invoice back, whole. It is written down, sent and settled as any
//! document is.

use crate::error::{EngineError, Result};
use crate::offers::Act;
use crate::workspace::{Change, Workspace};
use punte_domain::{Draft, IssueKey, Role};
use punte_store::StoreError;
use punte_store::ledger::{Document, NewDocument};

/// The refund that a full storno asked for by a person stands for in its issue key.
const BY_PERSON: &str = "storno";

impl Workspace {
    /// Writes the storno of an issued invoice down; it is sent in the lane of its series.
    pub async fn storno(&self, document_id: &str, reason: &str, who: &str) -> Result<Document> {
        let original = self.get_document(document_id).await?;
        self.check_offer(&original, Act::Storno).await?;
        let reason = crate::operator::required(reason)?;
        // one that was found after a part of the ledger was lost has no attempt here
        let sent = self.ledger.find_last_attempt(original.row).await?.map(|attempt| attempt.draft);
        let Some(sent) = sent.or_else(|| original.draft.clone()) else {
            return Err(EngineError::NotNow("not_issued"));
        };
        let order = self.ledger.get_order_by_row(original.order_row).await?;
        let key = IssueKey {
            shop_identity: order.shop_identity,
            order_id: order.head.order_id,
            role: Role::Correction(BY_PERSON.to_owned()),
            generation: original.generation,
        };
        let draft = reversed(sent);
        let total = draft.total();
        let new = NewDocument {
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
            mapping_version: original.mapping_version,
            client: draft.client.name.clone(),
            tax_id: draft.client.tax_id.clone(),
            currency: draft.currency.code().to_owned(),
            total_minor: draft.currency.to_minor(total).unwrap_or(-original.total_minor),
            total_text: total.normalize().to_string(),
            draft: Some(draft),
            problems: Vec::new(),
            due_ms: self.now_ms(),
        };
        let storno = match self.ledger.request_storno(original.row, new, reason, who, self.now_ms()).await {
            Ok(storno) => storno,
            Err(StoreError::Stale(_)) => return Err(EngineError::NotNow("has_storno")),
            Err(error) => return Err(error.into()),
        };
        self.changed(Change::Documents);
        self.outbox_wake.notify_one();
        Ok(storno)
    }
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

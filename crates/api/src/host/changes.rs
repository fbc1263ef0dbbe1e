//! Changes of orders after their invoices: what is shown of them, accepting and ignoring.

use super::{Host, convert};
use crate::commands::Session;
use crate::dto::*;
use crate::error::ApiError;
use punte_domain::money::parse_decimal;
use punte_domain::{ChangeState, RefundMode};
use punte_engine::Workspace;
use punte_engine::store::ledger::{ChangeRow, Document};

impl Host {
    pub(super) async fn documents_accept_change(
        &self,
        session: &Session,
        request: AcceptChange,
    ) -> Result<DocumentRow, ApiError> {
        let rate = match request.vat_rate.as_deref().map(str::trim) {
            None | Some("") => None,
            Some(text) => Some(parse_decimal(text).map_err(|_| ApiError::invalid("vatRate", text))?),
        };
        let workspace = self.workspace().await?;
        let made = workspace.accept_change(&request.id, rate, &request.reason, &session.operator).await?;
        Ok(convert::document(&made))
    }

    pub(super) async fn documents_ignore_change(
        &self,
        session: &Session,
        request: WithReason,
    ) -> Result<Nothing, ApiError> {
        self.workspace().await?.ignore_change(&request.id, &request.reason, &session.operator).await?;
        Ok(Nothing {})
    }
}

/// Every change of a document, newest first.
pub(super) async fn of_document(
    workspace: &Workspace,
    document: &Document,
    siblings: &[Document],
) -> Result<Vec<ChangeInfo>, ApiError> {
    let mut listed = Vec::new();
    for change in workspace.ledger().list_changes(document.row).await?.into_iter().rev() {
        listed.push(info(workspace, document, siblings, change).await?);
    }
    Ok(listed)
}

async fn info(
    workspace: &Workspace,
    document: &Document,
    siblings: &[Document],
    change: ChangeRow,
) -> Result<ChangeInfo, ApiError> {
    let plan = match change.state {
        ChangeState::Open => Some(workspace.plan_change(document, &change).await?),
        ChangeState::Resolved | ChangeState::Ignored | ChangeState::Closed | ChangeState::Noted => None,
    };
    let (preview, blocked, rates) = match plan {
        None => (None, None, Vec::new()),
        Some(plan) => (plan.draft.as_ref().map(convert::draft), plan.blocked, plan.rates),
    };
    let lost_ms = match change.state {
        ChangeState::Open => workspace.may_be_answered_before(document).await?,
        ChangeState::Resolved | ChangeState::Ignored | ChangeState::Closed | ChangeState::Noted => None,
    };
    Ok(ChangeInfo {
        id: change.id,
        document_id: document.id.clone(),
        kind: change.kind.as_str().to_owned(),
        refund: change.subject,
        state: change.state.as_str().to_owned(),
        proposal: change.proposal.as_str().to_owned(),
        amount: Amount { minor: change.amount_minor, currency: document.currency.clone() },
        facts: change
            .facts
            .into_iter()
            .map(|fact| ChangedFieldInfo { field: fact.field, before: fact.before, after: fact.after })
            .collect(),
        preview,
        blocked: blocked.map(str::to_owned),
        rates: rates.into_iter().map(|rate| rate.normalize().to_string()).collect(),
        lost_ms,
        automatic: change.mode == RefundMode::Automatic && change.blocked.is_none(),
        made_id: siblings.iter().find(|one| Some(one.row) == change.made_row).map(|one| one.id.clone()),
        who: change.who,
        reason: change.reason,
        created_ms: change.created_ms,
        changed_ms: change.changed_ms,
    })
}

//! Asking for an operation: what is offered, what is wrong with the input, and taking note of one that is over.

use super::OperationParams;
use crate::error::{EngineError, Result};
use crate::offers::{Act, Offer, offers};
use crate::settle::to_json;
use crate::workspace::{Change, Workspace};
use punte_connectors::billing::Capabilities;
use punte_domain::draft::most_cash;
use punte_domain::planted::{Bug, is_planted};
use punte_domain::{CollectKind, OperationKind, fiscal_date};
use punte_store::StoreError;
use punte_store::ledger::{Connection, Document, NewOperation, Operation};

use super::document_currency;

impl Workspace {
    /// What can be asked of a document at its provider now, and what cannot and why.
    pub async fn offers_of(&self, document: &Document) -> Result<Vec<Offer>> {
        let connection = self.ledger.get_connection(&document.billing_id).await?;
        let abilities = self.capabilities_of(&connection).await.map(|known| known.abilities);
        Ok(offers(document, abilities.as_deref(), self.kin_of(document).await?))
    }

    /// What a connection's provider can do; `None` where its credential is missing.
    pub async fn capabilities_of(&self, connection: &Connection) -> Option<Capabilities> {
        self.billing(connection).await.ok().map(|provider| provider.capabilities())
    }

    /// Writes an operation down; it is sent as soon as its connection allows.
    pub async fn operate(
        &self,
        document_id: &str,
        kind: OperationKind,
        params: OperationParams,
        reason: &str,
        who: &str,
    ) -> Result<Operation> {
        let id = self.deps.clock.new_id("op");
        self.operate_as(id, document_id, kind, params, reason, who).await
    }

    /// The same under an id of the caller's: asked for again under the same id, nothing is written.
    pub(crate) async fn operate_as(
        &self,
        id: String,
        document_id: &str,
        kind: OperationKind,
        params: OperationParams,
        reason: &str,
        who: &str,
    ) -> Result<Operation> {
        let document = self.get_document(document_id).await?;
        self.check_offer(&document, Act::Operation(kind)).await?;
        let reason = reason.trim();
        // what a flow's rules ask for is explained by the rules
        let is_persons = !who.is_empty();
        if is_persons && kind.needs_reason() && reason.is_empty() || reason.chars().count() > 500 {
            return Err(EngineError::Invalid { field: "reason", detail: "1 to 500 characters".into() });
        }
        let params = self.with_receipt_series(&document, params).await?;
        self.check_params(&document, kind, &params)?;
        let new = NewOperation {
            id,
            document_row: document.row,
            kind,
            params: to_json(&params)?,
            reason: reason.to_owned(),
            who: who.to_owned(),
            about: params.about(),
        };
        let operation = match self.ledger.request_operation(new, self.now_ms()).await {
            Ok(operation) => operation,
            // another was asked for between the check and the write
            Err(StoreError::Stale(_)) => return Err(EngineError::NotNow("operation_open")),
            Err(error) => return Err(error.into()),
        };
        self.changed(Change::Documents);
        self.operate_wake.notify_one();
        Ok(operation)
    }

    pub(crate) async fn check_offer(&self, document: &Document, act: Act) -> Result<()> {
        if act == Act::InvoiceAgain && is_planted(Bug::GenerationUnchecked) {
            return Ok(());
        }
        match self.offers_of(document).await?.into_iter().find(|offer| offer.act == act) {
            Some(Offer { blocked: None, .. }) => Ok(()),
            Some(Offer { blocked: Some(why), .. }) => Err(EngineError::NotNow(why)),
            None => Err(EngineError::NotNow("not_offered")),
        }
    }

    /// Cash goes under a receipt in the series of the document's flow, where nobody named another.
    async fn with_receipt_series(&self, document: &Document, params: OperationParams) -> Result<OperationParams> {
        match params {
            OperationParams::Payment(mut payment)
                if payment.kind == CollectKind::Cash && payment.receipt_series.is_empty() =>
            {
                let flow = self.ledger.find_flow(&document.flow_id).await?;
                payment.receipt_series = flow.map(|flow| flow.rules.receipt_series).unwrap_or_default();
                Ok(OperationParams::Payment(payment))
            }
            params => Ok(params),
        }
    }

    fn check_params(&self, document: &Document, kind: OperationKind, params: &OperationParams) -> Result<()> {
        let invalid = |field, detail: String| Err(EngineError::Invalid { field, detail });
        match (kind, params) {
            (OperationKind::RecordPayment, OperationParams::Payment(payment)) => {
                let minor = document_currency(document).and_then(|currency| currency.to_minor(payment.value).ok());
                let left = document.total_minor - document.paid_minor.unwrap_or(0);
                match minor {
                    Some(minor) if minor > 0 && minor <= left => {}
                    _ => return invalid("payment.value", format!("{} of {left}", payment.value)),
                }
                if payment.document_number.trim().is_empty() || payment.document_number.chars().count() > 50 {
                    return invalid("payment.documentNumber", "1 to 50 characters".into());
                }
                if payment.kind == CollectKind::Cash {
                    if payment.receipt_series.is_empty() {
                        return invalid("payment.kind", "receipt_series".into());
                    }
                    let most = document.draft.as_ref().and_then(|draft| most_cash(&draft.client, draft.currency));
                    if let Some(most) = most.filter(|most| payment.value > *most) {
                        return invalid("payment.value", format!("{} > {most}", payment.value));
                    }
                }
                if payment.date > fiscal_date(self.now_ms()) {
                    return invalid("payment.date", payment.date.to_string());
                }
                Ok(())
            }
            (OperationKind::SendEmail, OperationParams::Email(email)) => {
                let addresses = || email.to.split(',').chain(email.cc.split(',').filter(|one| !one.trim().is_empty()));
                match addresses().find(|one| !is_address(one.trim())) {
                    Some(wrong) => invalid("email.to", wrong.trim().to_owned()),
                    None if email.subject.chars().count() > 200 => {
                        invalid("email.subject", "at most 200 characters".into())
                    }
                    None if email.body.chars().count() > 10_000 => {
                        invalid("email.body", "at most 10000 characters".into())
                    }
                    None => Ok(()),
                }
            }
            (OperationKind::RecordPayment, _) => invalid("payment", "missing".into()),
            (OperationKind::SendEmail, _) => invalid("email", "missing".into()),
            (_, OperationParams::None) => Ok(()),
            (_, OperationParams::Payment(_) | OperationParams::Email(_)) => invalid("kind", kind.as_str().into()),
        }
    }

    /// A person takes note of an operation: withdraws what waits, or leaves what nobody can tell as "maybe".
    pub async fn close_operation(&self, id: &str, reason: &str, who: &str) -> Result<()> {
        let reason = crate::operator::required(reason)?;
        self.ledger.close_operation(id, reason, who, self.now_ms()).await?;
        self.changed(Change::Documents);
        Ok(())
    }
}

pub(crate) fn is_address(text: &str) -> bool {
    match text.split_once('@') {
        Some((name, host)) => {
            !name.is_empty() && host.contains('.') && !host.contains('@') && !text.contains(char::is_whitespace)
        }
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_checked_before_anything_is_sent() {
        for good in ["ana@example.com", "a.b+c@x.ro"] {
            assert!(is_address(good), "{good}");
        }
        for bad in ["", "ana", "ana@", "@x.ro", "ana@x", "ana x@y.ro", "a@b@c.ro"] {
            assert!(!is_address(bad), "{bad}");
        }
    }
}

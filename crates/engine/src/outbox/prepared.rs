//! What a send needs, read and checked before its intent: after the intent nothing but the sending itself may fail, or the
//! document would stay `sending` until the next start.

use super::proforma::{Source, check_source};
use crate::error::Result;
use crate::operations::{kind_of, nothing_sent, target_of};
use crate::reads::stops_reads;
use crate::settle::parse_date;
use crate::told;
use crate::workspace::Workspace;
use chrono::NaiveDate;
use punte_connectors::billing::{
    Baseline, BillingProvider, DocumentKind, Exchange, FromProforma, IssueRequest, Issued, Presence, Settling,
    StornoRequest,
};
use punte_domain::{DocumentState, Failure, FailureKind, Phase, Reference, Verification};
use punte_store::StoreError;
use punte_store::ledger::{Attempt, Connection, Document};
use std::sync::Arc;

/// A document with its provider, ready for an intent.
pub(super) struct Prepared {
    pub provider: Arc<dyn BillingProvider>,
    /// What the provider says of the series now; the intent holds it.
    pub baseline: Baseline,
    pub issue_date: NaiveDate,
    reference: Reference,
    /// What a storno takes back.
    original: Option<Issued>,
    /// What an invoice follows from.
    proforma: Option<Source>,
}

impl Prepared {
    /// The proforma that is named.
    pub fn proforma_row(&self) -> Option<i64> {
        self.proforma.as_ref().map(|source| source.row)
    }
}

impl Workspace {
    /// Reads what a send needs. `issue_date` is `YYYY-MM-DD`.
    pub(super) async fn prepare(
        &self,
        document: &Document,
        connection: &Connection,
        issue_date: &str,
        proforma: Option<Source>,
    ) -> Result<std::result::Result<Prepared, Failure>> {
        let broken = |value: &str| {
            let object = format!("order {}", document.order_number);
            Failure::new(FailureKind::FieldInvalid, Phase::Prepare, "create invoice", object).with_detail(value)
        };
        let Some(reference) = Reference::parse(&document.reference) else {
            return Ok(Err(broken(&document.reference)));
        };
        let Some(issue_date) = parse_date(issue_date) else { return Ok(Err(broken(issue_date))) };
        let original = match document.takes_back() {
            Some(row) => Some(self.ledger.get_document_by_row(row).await?),
            None => None,
        };
        let read = async {
            let provider = self.billing(connection).await?;
            let original = match &original {
                Some(original) => {
                    let standing = check_original(original, document, provider.as_ref()).await?;
                    Some(standing).filter(|_| document.reverses_row.is_some())
                }
                None => None,
            };
            let proforma = match proforma {
                Some(source) => match check_source(source, provider.as_ref()).await {
                    // a person has seen that, and wants the invoice all the same: by itself
                    Err(failure) if is_let_pass(document, &failure) => None,
                    checked => checked?,
                },
                None => None,
            };
            let baseline = match provider.capabilities().settling {
                Settling::ByList => Baseline::default(),
                Settling::ByGap => {
                    provider.read_baseline(&document.company, &document.series, kind_of(document)).await?
                }
            };
            Ok(Prepared { provider, baseline, issue_date, reference, original, proforma })
        };
        Ok(read.await)
    }

    /// What a storno takes back, as the provider knows it.
    pub(crate) async fn original_of(&self, document: &Document) -> Result<Option<Issued>> {
        let Some(row) = document.reverses_row else { return Ok(None) };
        let original = self.ledger.get_document_by_row(row).await?;
        let number = original.number.ok_or_else(|| StoreError::NotFound(format!("number of {}", original.id)))?;
        Ok(Some(Issued { series: original.series, number, provider_id: original.provider_id, link: original.link }))
    }

    /// Whether the original of what takes back may be missing only because the provider lists late: no read has found it yet, or given up.
    pub(super) async fn is_not_listed_yet(&self, document: &Document, failure: &Failure) -> Result<bool> {
        let Some(row) = document.takes_back().filter(|_| failure.kind == FailureKind::DocumentNotFound) else {
            return Ok(false);
        };
        Ok(self.ledger.get_document_by_row(row).await?.verification == Verification::Pending)
    }

    /// Sends what the intent says, once.
    pub(super) async fn send(&self, document: &Document, attempt: &Attempt, prepared: Prepared) -> Exchange<Issued> {
        tracing::info!(document = document.id, reference = attempt.reference, trigger = attempt.trigger, "sending");
        let began = self.deps.clock.monotonic();
        let exchange = self.send_once(document, attempt, prepared).await;
        told::tell_answer(exchange.outcome.as_ref().err(), self.deps.clock.monotonic().saturating_sub(began));
        exchange
    }

    async fn send_once(&self, document: &Document, attempt: &Attempt, prepared: Prepared) -> Exchange<Issued> {
        let Prepared { provider, issue_date, reference, original, proforma, .. } = prepared;
        if let Some(original) = original {
            let request = StornoRequest {
                company: document.company.clone(),
                series: document.series.clone(),
                issue_date,
                original,
                reference,
                idempotency_key: attempt.idempotency_key.clone(),
                order_number: document.order_number.clone(),
                refund_payment: true,
            };
            return provider.issue_storno(&request).await;
        }
        let request = IssueRequest {
            company: document.company.clone(),
            series: document.series.clone(),
            issue_date,
            draft: attempt.draft.clone(),
            reference,
            idempotency_key: attempt.idempotency_key.clone(),
            order_number: document.order_number.clone(),
        };
        match (kind_of(document), proforma) {
            (DocumentKind::Proforma, _) => provider.issue_proforma(&request).await,
            (DocumentKind::Invoice, None) => provider.issue_invoice(&request).await,
            (DocumentKind::Invoice, Some(source)) => {
                let repeats = source.is_repeated_by(&request.draft);
                let request = FromProforma { invoice: request, proforma: source.issued, repeats };
                provider.issue_from_proforma(&request).await
            }
        }
    }
}

/// A storno names its original by number, and a number may have been given again after somebody deleted ours by hand: then
/// it would take another's invoice back. A correction would take back what is no more.
async fn check_original(
    original: &Document,
    by: &Document,
    provider: &dyn BillingProvider,
) -> std::result::Result<Issued, Failure> {
    let target = target_of(original)?;
    let gone =
        |kind, why: &str| Err(Failure::new(kind, Phase::Prepare, "create storno", target.name()).with_detail(why));
    if original.state != DocumentState::Issued {
        return gone(FailureKind::DocumentCancelled, original.state.as_str());
    }
    match provider.find_document(&target).await {
        // of a storno the provider says so itself
        Ok(Presence::Present { cancelled: Some(true) }) if by.corrects_row.is_some() => {
            gone(FailureKind::DocumentCancelled, "cancelled")
        }
        Ok(Presence::Absent) => gone(FailureKind::DocumentNotFound, "absent"),
        Ok(Presence::Present { .. } | Presence::CannotTell) => Ok(target.document.clone()),
        Err(failure) if stops_reads(failure.kind) => Err(nothing_sent(failure)),
        // an answer that cannot be read tells nothing, as where the provider cannot tell
        Err(_) => Ok(target.document.clone()),
    }
}

fn is_let_pass(document: &Document, failure: &Failure) -> bool {
    failure.kind == FailureKind::InvoicedElsewhere && document.is_released(failure.kind, document.order_version)
}

#[cfg(test)]
mod tests;

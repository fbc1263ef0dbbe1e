//! The proforma that an invoice follows from: which it is, and whether it still stands at the provider.

use crate::error::Result;
use crate::operations::{nothing_sent, target_of};
use crate::reads::stops_reads;
use crate::workspace::Workspace;
use punte_connectors::billing::{BillingProvider, Issued, Presence};
use punte_domain::{DocumentState, Draft, Failure, FailureKind, Phase, Reference};
use punte_store::ledger::{Document, ProformaStanding};

/// A proforma that is named with the invoice that follows from it.
pub(super) struct Source {
    pub row: i64,
    pub issued: Issued,
    /// What was sent as the proforma; `None` where nobody knows.
    sent: Option<Draft>,
    /// Named already by an earlier send of the same invoice, which a repeat repeats.
    is_repeat: bool,
    document: Document,
}

impl Source {
    /// Whether an invoice says of client and lines what the proforma said.
    pub fn is_repeated_by(&self, invoice: &Draft) -> bool {
        self.sent.as_ref().is_some_and(|sent| invoice.repeats(sent))
    }
}

impl Workspace {
    /// The proforma that an invoice follows from, if one was issued. The outer `None`: nobody knows yet whether one was, and the
    /// invoice waits.
    pub(super) async fn proforma_of(&self, document: &Document) -> Result<Option<Option<Source>>> {
        if document.role != "invoice" {
            return Ok(Some(None));
        }
        Ok(match self.ledger.find_proforma(document).await? {
            ProformaStanding::None => Some(None),
            ProformaStanding::Unsettled => None,
            ProformaStanding::Issued(proforma) => Some(self.source(*proforma, false).await?),
        })
    }

    /// The proforma that the last send of an invoice named.
    pub(super) async fn named_proforma(&self, document: &Document) -> Result<Option<Source>> {
        match document.proforma_row {
            Some(row) => self.source(self.ledger.get_document_by_row(row).await?, true).await,
            None => Ok(None),
        }
    }

    async fn source(&self, document: Document, is_repeat: bool) -> Result<Option<Source>> {
        let Some(issued) = issued_of(&document) else { return Ok(None) };
        let sent = self.ledger.find_last_attempt(document.row).await?.map(|attempt| attempt.draft);
        Ok(Some(Source { row: document.row, issued, sent, is_repeat, document }))
    }

    /// What a look for an invoice goes by beside its own reference: the proforma that was named, and its reference.
    pub(crate) async fn proforma_sought(&self, document: &Document) -> Result<(Option<Issued>, Option<Reference>)> {
        let Some(row) = document.proforma_row else { return Ok((None, None)) };
        let proforma = self.ledger.get_document_by_row(row).await?;
        Ok((issued_of(&proforma), Reference::parse(&proforma.reference)))
    }
}

fn issued_of(document: &Document) -> Option<Issued> {
    Some(Issued {
        series: document.series.clone(),
        number: document.number.clone()?,
        provider_id: document.provider_id.clone(),
        link: document.link.clone(),
    })
}

/// The proforma, where it may be named: what somebody deleted or cancelled at the provider is not, and what somebody invoiced
/// there already must not be invoiced again.
///
/// # Errors
/// It is invoiced, or the provider cannot be asked now.
pub(super) async fn check_source(
    source: Source,
    provider: &dyn BillingProvider,
) -> std::result::Result<Option<Source>, Failure> {
    if source.is_repeat {
        return Ok(Some(source));
    }
    if source.document.state != DocumentState::Issued {
        return Ok(None);
    }
    let target = target_of(&source.document)?;
    match provider.find_document(&target).await {
        Ok(Presence::Absent | Presence::Present { cancelled: Some(true) }) => return Ok(None),
        Ok(Presence::Present { .. } | Presence::CannotTell) => {}
        Err(failure) if stops_reads(failure.kind) => return Err(nothing_sent(failure)),
        // an answer that cannot be read tells nothing, as where the provider cannot tell
        Err(_) => {}
    }
    let made = match provider.list_invoices_of(&target.company, &target.document).await {
        Ok(made) => made.unwrap_or_default(),
        Err(failure) if failure.kind == FailureKind::DocumentNotFound => return Ok(None),
        // whoever invoiced it would be invoiced twice: no answer is none
        Err(failure) => return Err(nothing_sent(failure)),
    };
    if made.is_empty() {
        return Ok(Some(source));
    }
    let numbers: Vec<String> = made.iter().map(|one| format!("{} {}", one.series, one.number)).collect();
    let failure =
        Failure::new(FailureKind::InvoicedElsewhere, Phase::Prepare, "create invoice from proforma", target.name());
    Err(failure.with_detail(numbers.join(", ")))
}

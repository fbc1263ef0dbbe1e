//! What is read of an issued document at its provider beside its total: the PDF, the payment, the e-invoice. Recorded after
//! the fact, for a read changes nothing there.

use crate::connect::{Gate, is_connections_fault};
use crate::error::{EngineError, Result};
use crate::offers::Act;
use crate::operations::{document_currency, target_of};
use crate::schedule::{JobKind, JobResult};
use crate::workspace::{Change, Workspace};
use bytes::Bytes;
use punte_connectors::Urgency;
use punte_connectors::billing::{Ability, Company, EInvoiceState, Series, VatRate};
use punte_domain::FailureKind;
use punte_store::StoreError;
use punte_store::ledger::{Connection, Document};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use std::time::Duration;

/// A file of a document, to be shown or kept.
pub struct DocumentFile {
    pub name: String,
    pub bytes: Bytes,
}

/// What a billing connection's provider offers to choose from, as it said last.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct ConnectionLists {
    /// `None` where the provider does not list companies.
    pub companies: Option<Vec<Company>>,
    pub series: Vec<Series>,
    pub vat_rates: Vec<VatRate>,
    pub warehouses: Vec<String>,
    pub languages: Vec<String>,
    pub units: Vec<String>,
}

/// Whether a read's failure is the connection's own. An answer that cannot be read may be this record's alone: the others
/// go on.
pub(crate) fn stops_reads(kind: FailureKind) -> bool {
    matches!(
        kind,
        FailureKind::CredentialMissing
            | FailureKind::VaultWaiting
            | FailureKind::VaultLocked
            | FailureKind::VaultNotChosen
            | FailureKind::CredentialRefused
            | FailureKind::RightMissing
            | FailureKind::CompanyUnavailable
            | FailureKind::RateLimited
            | FailureKind::PlanQuota
            | FailureKind::Unreachable
            | FailureKind::AddressPrivate
            | FailureKind::TlsFailed
            | FailureKind::TimedOut
            | FailureKind::ConnectionLost
            | FailureKind::ServerError
    )
}

impl Workspace {
    /// The document's PDF, from the provider.
    pub async fn fetch_pdf(&self, document_id: &str) -> Result<DocumentFile> {
        let document = self.get_document(document_id).await?;
        self.check_offer(&document, Act::Pdf).await?;
        let connection = self.ledger.get_connection(&document.billing_id).await?;
        let target = target_of(&document)?;
        let bytes = self.billing(&connection).await?.fetch_pdf(&target).await?;
        Ok(DocumentFile { name: format!("{} {}.pdf", target.document.series, target.document.number), bytes })
    }

    /// The signed archive of an e-invoice that SPV accepted.
    pub async fn fetch_einvoice_archive(&self, document_id: &str) -> Result<DocumentFile> {
        let document = self.get_document(document_id).await?;
        if document.einvoice.as_deref() != Some(EInvoiceState::Accepted.as_str()) {
            return Err(EngineError::NotNow("einvoice_not_accepted"));
        }
        let connection = self.ledger.get_connection(&document.billing_id).await?;
        let target = target_of(&document)?;
        let bytes = self.billing(&connection).await?.fetch_einvoice_archive(&target).await?;
        Ok(DocumentFile { name: format!("{} {}.zip", target.document.series, target.document.number), bytes })
    }

    /// Reads payment and e-invoice now, and has the document verified again.
    pub async fn refresh_document(&self, document_id: &str) -> Result<()> {
        self.refresh_with(document_id, Urgency::Live).await
    }

    pub(crate) async fn refresh_with(&self, document_id: &str, urgency: Urgency) -> Result<()> {
        let document = self.get_document(document_id).await?;
        if document.number.is_none() {
            return Err(EngineError::NotNow("not_issued"));
        }
        let connection = self.ledger.get_connection(&document.billing_id).await?;
        let provider = self.billing_with(&connection, urgency).await?;
        let can = provider.capabilities();
        let target = target_of(&document)?;
        if can.can(Ability::PaymentStatus) {
            let status = provider.read_payment(&target).await?;
            if let Some(paid_minor) =
                document_currency(&document).and_then(|currency| currency.to_minor(status.paid).ok())
            {
                self.ledger.record_payment_read(document.row, paid_minor, self.now_ms()).await?;
            }
        }
        if can.can(Ability::EInvoice) {
            self.read_einvoice(&document, &connection).await?;
        }
        self.ledger.want_verification(document.row, self.now_ms()).await?;
        self.verify_wake.notify_one();
        self.note_contact(&connection).await?;
        self.changed(Change::Documents);
        Ok(())
    }

    async fn read_einvoice(&self, document: &Document, connection: &Connection) -> Result<()> {
        let status = self.billing(connection).await?.read_einvoice(&target_of(document)?).await?;
        let now_ms = self.now_ms();
        let due_ms = (status.state == EInvoiceState::Processing).then(|| now_ms + self.einvoice_wait_ms(connection));
        Ok(self.ledger.record_einvoice_read(document.row, status.state.as_str(), &status.words, due_ms, now_ms).await?)
    }

    /// From one read of an e-invoice to the next.
    fn einvoice_wait_ms(&self, connection: &Connection) -> i64 {
        let wait =
            if connection.is_sandbox { self.deps.timing.einvoice_read } else { self.deps.timing.einvoice_read * 20 };
        wait.as_millis() as i64
    }

    /// Follows e-invoices that are on their way.
    pub(crate) async fn run_einvoices(self: &Arc<Self>) {
        loop {
            let (result, next) = match self.read_einvoices_due().await {
                Ok((read, next)) => (JobResult::ok(&[("read", read)]), next),
                Err(error) => {
                    self.note_engine_error(&error, "read e-invoices");
                    (JobResult::broken(), Duration::from_secs(2))
                }
            };
            self.note_run(JobKind::EInvoices.as_str(), result, next);
            if !self.rest(&self.einvoice_wake, next).await {
                return;
            }
        }
    }

    async fn read_einvoices_due(self: &Arc<Self>) -> Result<(u32, Duration)> {
        let mut read = 0;
        let closed = self.list_closed().await?;
        for document in self.ledger.list_einvoices_due(self.now_ms(), closed, 50).await? {
            let connection = self.ledger.get_connection(&document.billing_id).await?;
            if self.may_call(&connection, self.now_ms()) == Gate::Closed || self.stopping.is_cancelled() {
                continue;
            }
            match self.read_einvoice(&document, &connection).await {
                Ok(()) => {
                    read += 1;
                    self.changed(Change::Documents);
                }
                Err(EngineError::Outside(failure)) if is_connections_fault(&failure) => {
                    // left due, this one record would be the first to try the connection again, every time
                    let due_ms = self.now_ms() + self.einvoice_wait_ms(&connection);
                    self.ledger.put_off_einvoice_read(document.row, due_ms).await?;
                    if stops_reads(failure.kind) {
                        self.note_trouble(&connection, &failure).await?;
                    }
                }
                Err(EngineError::Outside(failure)) => {
                    // it is read again by hand; asking on would only repeat the refusal
                    let words = failure.provider_words.as_deref().unwrap_or(failure.kind.as_str());
                    let state = document.einvoice.as_deref().unwrap_or(EInvoiceState::Processing.as_str());
                    self.ledger.record_einvoice_read(document.row, state, words, None, self.now_ms()).await?;
                }
                Err(error) => return Err(error),
            }
        }
        Ok((read, self.until(self.ledger.read_dues().await?.einvoice_ms)))
    }

    /// The provider's own lists for a connection: from the cache, or read anew. With the instant they were read.
    pub async fn connection_lists(&self, connection_id: &str, refresh: bool) -> Result<(ConnectionLists, i64)> {
        if !refresh
            && let Some((json, read_ms)) = self.cache.find_listing(connection_id, "choices")
            && let Ok(known) = serde_json::from_str(&json)
        {
            return Ok((known, read_ms));
        }
        let connection = self.ledger.get_connection(connection_id).await?;
        let provider = self.billing(&connection).await?;
        let can = provider.capabilities();
        let companies = provider.list_companies().await?;
        let mut lists = ConnectionLists { companies, ..ConnectionLists::default() };
        let company =
            connection.company.clone().or_else(|| lists.companies.as_ref()?.first().map(|company| company.cif.clone()));
        if let Some(company) = company {
            lists.series = provider.list_series(&company).await?;
            lists.vat_rates = provider.list_vat_rates(&company).await?;
            if can.can(Ability::Warehouses) {
                lists.warehouses = provider.list_warehouses(&company).await?;
            }
            if can.can(Ability::Languages) {
                lists.languages = provider.list_languages(&company).await?;
            }
            if can.can(Ability::Units) {
                lists.units = provider.list_units(&company).await?;
            }
        }
        let read_ms = self.now_ms();
        let json = serde_json::to_string(&lists).map_err(StoreError::Json)?;
        self.cache.record_listing(connection_id, "choices", &json, read_ms);
        self.note_contact(&connection).await?;
        Ok((lists, read_ms))
    }
}

#[cfg(test)]
pub(crate) mod tests;

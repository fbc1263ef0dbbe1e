//! What a person looks at and does before an outcome is known: the candidates' own papers, and sending again what was never
//! issued.

use crate::error::{EngineError, Result};
use crate::operations::target_of;
use crate::operator::{RetryReport, required};
use crate::reads::DocumentFile;
use crate::workspace::Workspace;
use punte_connectors::billing::Target;
use punte_domain::DocumentState;
use punte_store::StoreError;
use punte_store::ledger::Document;

impl Workspace {
    /// The PDF of a document that a look saw at the provider while ours was in doubt.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] for a number that no look saw; whatever the provider says.
    pub async fn fetch_candidate_pdf(&self, document_id: &str, series: &str, number: &str) -> Result<DocumentFile> {
        let document = self.get_document(document_id).await?;
        let looked_at = self.evidence_of(&document).await?.into_iter().filter_map(|(_, evidence)| evidence);
        let candidate = looked_at
            .flat_map(|evidence| evidence.looked_at)
            .find(|one| one.document.series == series && one.document.number == number)
            .ok_or_else(|| StoreError::NotFound(format!("{series} {number}")))?;
        let connection = self.ledger.get_connection(&document.billing_id).await?;
        let named = Document { number: Some(number.to_owned()), ..document };
        let target = Target { document: candidate.document, ..target_of(&named)? };
        let bytes = self.billing(&connection).await?.fetch_pdf(&target).await?;
        Ok(DocumentFile { name: format!("{series} {number}.pdf"), bytes })
    }

    /// A named person declares that nothing was issued, and has the document sent again: its own reference, a new attempt.
    ///
    /// # Errors
    /// As [`Workspace::declare_absent`]; what cannot be sent again is held and told in the report.
    pub async fn issue_absent(&self, id: &str, reason: &str, who: &str) -> Result<RetryReport> {
        required(reason)?;
        let document = self.get_document(id).await?;
        if document.state != DocumentState::InDoubt {
            return Err(EngineError::NotNow("not_in_doubt"));
        }
        self.declare_absent(id, reason, who).await?;
        // why it was not issued is no reason to release it: that is asked for by itself
        self.retry(&[id.to_owned()], "", who).await
    }
}

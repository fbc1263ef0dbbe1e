//! What a line of the log is about, for machines to find it by: spans that stay whatever the log's filter leaves out.
//!
//! An order is told by the shop's number, as people know it; everything else by our id.

use punte_domain::Failure;
use punte_store::ledger::{Connection, Document};
use std::time::Duration;
use tracing::Span;
use tracing::field::Empty;

/// A root: the command that opened the workspace is not what its loops are about.
pub(crate) fn of_workspace(id: &str) -> Span {
    tracing::error_span!(parent: None, "workspace", workspace = id)
}

pub(crate) fn of_connection(connection: &Connection) -> Span {
    tracing::error_span!("connection", connection = connection.id)
}

/// What is done to a document at its provider.
pub(crate) fn of_document(document: &Document) -> Span {
    tracing::error_span!(
        "document",
        document = document.id,
        order = document.order_number,
        connection = document.billing_id
    )
}

/// The same before the document was read: [`tell_document`] says later which one it is.
pub(crate) fn of_some_document(connection: &Connection) -> Span {
    tracing::error_span!("document", document = Empty, order = Empty, connection = connection.id)
}

pub(crate) fn tell_document(document: &Document) {
    let span = Span::current();
    span.record("document", document.id.as_str());
    span.record("order", document.order_number.as_str());
}

/// What came of a request, as codes: whatever was said in words stands in the ledger.
pub(crate) fn tell_answer(failure: Option<&Failure>, took: Duration) {
    let elapsed_ms = took.as_millis() as u64;
    match failure {
        None => tracing::info!(elapsed_ms, "answered with yes"),
        Some(failure) => tracing::warn!(
            elapsed_ms,
            kind = failure.kind.as_str(),
            phase = ?failure.phase,
            code = failure.code.as_deref().unwrap_or_default(),
            "answered with no, or not at all"
        ),
    }
}

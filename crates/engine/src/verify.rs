//! Verification: what the provider holds is read again after the issue and compared with what was sent.

use crate::connect::{Gate, is_connections_fault};
use crate::error::Result;
use crate::operations::target_of;
use crate::reads::stops_reads;
use crate::workspace::{Change, Workspace};
use futures_util::future::join_all;
use punte_connectors::Urgency;
use punte_connectors::billing::ReadBack;
use punte_domain::{Draft, Failure, Verification};
use punte_store::ledger::{Connection, Document, Verified};
use serde_json::json;
use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

/// Reads that may tell nothing before a document counts as one that can't be verified.
const TRIES: u32 = 6;
const BATCH: u32 = 128;
/// Reads under way at a time.
const TOGETHER: usize = 8;

impl Workspace {
    pub(crate) async fn run_verify(self: &Arc<Self>) {
        loop {
            let next = match self.verify_due().await {
                Ok(next) => next,
                Err(error) => {
                    self.note_engine_error(&error, "verify");
                    Duration::from_secs(2)
                }
            };
            if !self.rest(&self.verify_wake, next).await {
                return;
            }
        }
    }

    pub(crate) async fn verify_due(self: &Arc<Self>) -> Result<Duration> {
        let closed = self.list_closed().await?;
        let due = self.ledger.list_unverified(self.now_ms(), closed, BATCH).await?;
        let is_full = due.len() == BATCH as usize;
        for together in due.chunks(TOGETHER) {
            if self.stopping.is_cancelled() {
                return Ok(Duration::ZERO);
            }
            self.verify_together(together).await?;
        }
        if is_full {
            return Ok(Duration::ZERO);
        }
        Ok(self.until(self.ledger.read_dues().await?.verify_ms))
    }

    /// Reads some documents at a time. What the reads brought is then judged one after the other, with the connection as it
    /// stands now: one outage stops it once, not once for each document that was due.
    async fn verify_together(&self, documents: &[Document]) -> Result<()> {
        let mut reads = Vec::new();
        let mut probed = BTreeSet::new();
        for document in documents {
            let connection = self.ledger.get_connection(&document.billing_id).await?;
            let may_read = match self.may_call(&connection, self.now_ms()) {
                Gate::Open => true,
                // one request shows whether it works again
                Gate::Probe => probed.insert(connection.id.clone()),
                Gate::Closed => false,
            };
            if may_read {
                reads.push(async move { (document, self.read_back(document, &connection).await) });
            }
        }
        let mut writes = Vec::new();
        for (document, read) in join_all(reads).await {
            let connection = self.ledger.get_connection(&document.billing_id).await?;
            if self.may_call(&connection, self.now_ms()) == Gate::Closed {
                continue;
            }
            let verified = self.verdict_on(document, &connection, read).await?;
            writes.push(self.ledger.record_verification(document.row, verified, self.now_ms()));
        }
        for written in join_all(writes).await {
            written?;
        }
        self.changed(Change::Documents);
        Ok(())
    }

    /// Ids of the connections that may not be called now. What waits for them is left out where due work is listed, or
    /// it would fill every batch while the others starve.
    pub(crate) async fn list_closed(&self) -> Result<Vec<String>> {
        let now_ms = self.now_ms();
        let mut connections = self.ledger.list_connections().await?;
        connections.retain(|connection| self.may_call(connection, now_ms) == Gate::Closed);
        Ok(connections.into_iter().map(|connection| connection.id).collect())
    }

    async fn verdict_on(
        &self,
        document: &Document,
        connection: &Connection,
        read: std::result::Result<Option<(&Draft, ReadBack)>, Failure>,
    ) -> Result<Verified> {
        let now_ms = self.now_ms();
        let later = |seconds: i64| Some(now_ms + seconds * 1000 * (1 + i64::from(document.verify_tries)));
        Ok(match read {
            Ok(Some((draft, mut read))) => {
                // a storno that the provider makes by itself bears no mentions of ours
                if document.reverses_row.is_some() {
                    read.carries_reference = read.carries_reference.filter(|carries| *carries);
                }
                match compare(draft, &read) {
                    Comparison::Same => Verified { verification: Verification::Verified, detail: None, due_ms: None },
                    Comparison::Differs(detail) => {
                        Verified { verification: Verification::Mismatched, detail: Some(detail), due_ms: None }
                    }
                    // of a proforma whose total is told nowhere its print is all there is
                    Comparison::NotTold
                        if document.verify_tries + 1 >= TRIES
                            || document.role == "proforma" && read.carries_reference == Some(true) =>
                    {
                        Verified { verification: Verification::CannotBeVerified, detail: None, due_ms: None }
                    }
                    Comparison::NotTold => {
                        Verified { verification: Verification::Pending, detail: None, due_ms: later(2) }
                    }
                }
            }
            Ok(None) => Verified { verification: Verification::CannotBeVerified, detail: None, due_ms: None },
            Err(failure) => {
                // one document that cannot be read says nothing of the others
                if is_connections_fault(&failure) && stops_reads(failure.kind) {
                    self.note_trouble(connection, &failure).await?;
                }
                let gives_up = !is_connections_fault(&failure) && document.verify_tries + 1 >= TRIES;
                if gives_up {
                    Verified {
                        verification: Verification::Mismatched,
                        detail: Some(
                            json!({ "field": "document", "ours": document.number, "provider": failure.provider_words })
                                .to_string(),
                        ),
                        due_ms: None,
                    }
                } else {
                    Verified { verification: Verification::Pending, detail: None, due_ms: later(5) }
                }
            }
        })
    }

    /// What was sent and what the provider holds; `None` where the record lacks what a read needs.
    async fn read_back<'d>(
        &self,
        document: &'d Document,
        connection: &Connection,
    ) -> std::result::Result<Option<(&'d Draft, ReadBack)>, Failure> {
        let (Some(draft), Ok(target)) = (&document.draft, target_of(document)) else { return Ok(None) };
        let provider = self.billing_with(connection, Urgency::Bulk).await?;
        let read = provider.read_issued(&target).await?;
        Ok(Some((draft, read)))
    }
}

enum Comparison {
    Same,
    /// JSON: the field, our value and the provider's.
    Differs(String),
    NotTold,
}

fn compare(draft: &Draft, read: &ReadBack) -> Comparison {
    let ours = draft.total();
    match read.total {
        Some(total) if total != ours => Comparison::Differs(
            json!({ "field": "total", "ours": ours.to_string(), "provider": total.normalize().to_string() })
                .to_string(),
        ),
        _ if read.cancelled == Some(true) => {
            Comparison::Differs(json!({ "field": "state", "ours": "issued", "provider": "cancelled" }).to_string())
        }
        _ if read.currency.is_some_and(|currency| currency != draft.currency) => Comparison::Differs(
            json!({ "field": "currency", "ours": draft.currency.code(), "provider": read.currency.map(|c| c.code()) })
                .to_string(),
        ),
        _ if read.carries_reference == Some(false) => {
            Comparison::Differs(json!({ "field": "mentions", "ours": "reference", "provider": "" }).to_string())
        }
        Some(_) => Comparison::Same,
        None => Comparison::NotTold,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use punte_domain::{Client, Currency, Line, LineKind};
    use rust_decimal::dec;

    fn draft() -> Draft {
        Draft {
            client: Client {
                name: "Ana".into(),
                is_company: false,
                tax_id: String::new(),
                vat_payer: false,
                reg_com: String::new(),
                address: "Str. 1".into(),
                city: "Cluj-Napoca".into(),
                county: "Cluj".into(),
                country: "Romania".into(),
                email: String::new(),
                phone: String::new(),
            },
            currency: Currency::RON,
            language: "RO".into(),
            precision: 2,
            lines: vec![Line {
                kind: LineKind::Product,
                name: "Cană".into(),
                code: String::new(),
                description: String::new(),
                unit: "buc".into(),
                quantity: dec!(1),
                unit_price: dec!(59),
                vat_rate: dec!(21),
                vat_name: String::new(),
                is_service: false,
            }],
            payment: None,
            tax_point: chrono::NaiveDate::default(),
            due_days: None,
            mentions: String::new(),
            order_total: dec!(59),
            tolerance: rust_decimal::Decimal::ZERO,
            warehouse: String::new(),
            receipt_series: String::new(),
        }
    }

    #[test]
    fn totals_are_compared_as_numbers() {
        let read = ReadBack { total: Some(dec!(59.0000)), ..ReadBack::default() };
        assert!(matches!(compare(&draft(), &read), Comparison::Same));
    }

    #[test]
    fn one_ban_is_a_mismatch_with_the_field_named() {
        let read = ReadBack { total: Some(dec!(59.01)), ..ReadBack::default() };
        let Comparison::Differs(detail) = compare(&draft(), &read) else { panic!("a ban is a ban") };
        assert!(detail.contains("\"total\"") && detail.contains("59.01"), "{detail}");
    }

    #[test]
    fn a_document_cancelled_elsewhere_is_not_verified() {
        let read = ReadBack { total: Some(dec!(59)), cancelled: Some(true), ..ReadBack::default() };
        assert!(matches!(compare(&draft(), &read), Comparison::Differs(_)));
    }

    #[test]
    fn what_the_provider_does_not_tell_is_not_called_the_same() {
        assert!(matches!(compare(&draft(), &ReadBack::default()), Comparison::NotTold));
    }
}

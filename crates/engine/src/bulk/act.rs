//! One item of a job: its act, by the way that the act has for one record, and what came of it.

use super::BulkKind;
use super::plan::address_of;
use crate::connect::is_connections_fault;
use crate::error::{EngineError, Result};
use crate::operations::OperationParams;
use crate::operator::safe_because;
use crate::reads::stops_reads;
use crate::storno::WHOLE;
use crate::workspace::{Change, Workspace, lock};
use punte_connectors::Urgency;
use punte_connectors::billing::EmailRequest;
use punte_domain::{DocumentState, Failure, IssueKey, OperationKind, OperationState, Role};
use punte_store::StoreError;
use punte_store::ledger::{BulkItem, BulkJob, Document, ItemEnd};

fn done() -> ItemEnd {
    ItemEnd { state: "done", why: "", failure: None }
}

fn failed(why: &'static str, failure: Option<Failure>) -> ItemEnd {
    ItemEnd { state: "failed", why, failure }
}

impl Workspace {
    /// Does an item's act. Answers what came of it where that is known at once.
    pub(super) async fn act(&self, kind: BulkKind, job: &BulkJob, item: &BulkItem) -> Result<Option<ItemEnd>> {
        let document = self.ledger.get_document_by_row(item.document_row).await?;
        let ended = match kind {
            BulkKind::Retry => self.act_retry(job, &document).await,
            BulkKind::Dismiss => self.dismiss(&document.id, &job.reason, &job.who).await.map(|()| Some(done())),
            BulkKind::Refresh => self.act_refresh(&document).await,
            BulkKind::Storno => match self.storno(&document.id, &job.reason, &job.who).await {
                Ok(made) => self.ledger.set_bulk_target(item.row, made.row).await.map(|()| None).map_err(Into::into),
                Err(error) => Err(error),
            },
            BulkKind::Email => self.act_email(job, item, &document).await,
        };
        match ended {
            Ok(ended) => {
                lock(&self.bulk_acted).insert(item.row);
                Ok(ended)
            }
            Err(EngineError::NotNow(why)) => Ok(Some(failed(why, None))),
            Err(EngineError::Outside(failure)) => Ok(Some(failed("outside", Some(*failure)))),
            // the record's own trouble, which no repetition mends
            Err(EngineError::Invalid { .. } | EngineError::Store(StoreError::NotFound(_) | StoreError::Json(_))) => {
                Ok(Some(failed("invalid", None)))
            }
            Err(EngineError::Store(StoreError::Stale(_) | StoreError::Illegal(_))) => {
                Ok(Some(failed("changed_meanwhile", None)))
            }
            // the ledger's trouble is not the record's: looked at again
            Err(error) => Err(error),
        }
    }

    async fn act_retry(&self, job: &BulkJob, document: &Document) -> Result<Option<ItemEnd>> {
        if document.state == DocumentState::Held && safe_because(document).is_none() {
            return Ok(Some(failed("not_safe", document.failure.clone())));
        }
        let mut around = self.retry_around().await?;
        let retry = self.plan_retry(document, &mut around).await?;
        let skipped = self.do_retry(document, retry, "", &job.who).await?;
        self.changed(Change::Documents);
        self.outbox_wake.notify_one();
        Ok(skipped.map(|(why, failure)| failed(why, failure)))
    }

    /// What is wrong with the connection stops it once, and fails no record: the read is made when it may be called again.
    async fn act_refresh(&self, document: &Document) -> Result<Option<ItemEnd>> {
        match self.refresh_with(&document.id, Urgency::Bulk).await {
            Ok(()) => Ok(Some(done())),
            Err(EngineError::Outside(failure)) if is_connections_fault(&failure) && stops_reads(failure.kind) => {
                let connection = self.ledger.get_connection(&document.billing_id).await?;
                self.note_trouble(&connection, &failure).await?;
                Ok(None)
            }
            Err(error) => Err(error),
        }
    }

    async fn act_email(&self, job: &BulkJob, item: &BulkItem, document: &Document) -> Result<Option<ItemEnd>> {
        let Some(to) = address_of(document) else { return Ok(Some(failed("no_address", None))) };
        let email = EmailRequest { to, cc: String::new(), subject: String::new(), body: String::new() };
        let id = operation_id(job, item);
        let kind = OperationKind::SendEmail;
        self.operate_as(id, &document.id, kind, OperationParams::Email(email), &job.reason, &job.who).await?;
        Ok(None)
    }

    /// What became of an item that was begun; `None` while that is not known. One whose act a crash cut off before anything
    /// came of it is done again, and only that.
    pub(super) async fn follow_item(&self, kind: BulkKind, job: &BulkJob, item: &BulkItem) -> Result<Option<ItemEnd>> {
        match kind {
            BulkKind::Retry => self.follow_retry(job, item).await,
            BulkKind::Storno => self.follow_storno(job, item).await,
            BulkKind::Email => match self.ledger.find_operation(&operation_id(job, item)).await? {
                None => self.act(kind, job, item).await,
                Some(operation) => Ok(match operation.state {
                    OperationState::Waiting | OperationState::Sending => None,
                    OperationState::Done => Some(done()),
                    OperationState::Refused => Some(failed("refused", operation.failure)),
                    OperationState::InDoubt => Some(doubted(operation.failure)),
                    OperationState::Closed => Some(failed("closed", None)),
                }),
            },
            BulkKind::Dismiss => {
                let document = self.ledger.get_document_by_row(item.document_row).await?;
                if document.state == DocumentState::Dismissed {
                    Ok(Some(done()))
                } else {
                    self.act(kind, job, item).await
                }
            }
            // reads may be repeated
            BulkKind::Refresh if self.is_open(&item.lane).await? => self.act(kind, job, item).await,
            BulkKind::Refresh => Ok(None),
        }
    }

    async fn follow_retry(&self, job: &BulkJob, item: &BulkItem) -> Result<Option<ItemEnd>> {
        let document = self.ledger.get_document_by_row(item.document_row).await?;
        if document.state == DocumentState::Held && !lock(&self.bulk_acted).contains(&item.row) {
            let last = self.ledger.find_last_attempt(document.row).await?.map_or(0, |attempt| attempt.row);
            // nothing was sent since the item began: the retry itself was cut off, or it was held before it was sent
            if last == item.attempt_row {
                return self.act(BulkKind::Retry, job, item).await;
            }
        }
        Ok(standing(document))
    }

    async fn follow_storno(&self, job: &BulkJob, item: &BulkItem) -> Result<Option<ItemEnd>> {
        if let Some(row) = item.target_row {
            return Ok(standing(self.ledger.get_document_by_row(row).await?));
        }
        // written down by this item before a crash, for its issue key was free when the item began
        let original = self.ledger.get_document_by_row(item.document_row).await?;
        let order = self.ledger.get_order_by_row(original.order_row).await?;
        let key = IssueKey {
            shop_identity: order.shop_identity,
            order_id: order.head.order_id,
            role: Role::Correction(WHOLE.to_owned()),
            generation: original.generation,
        };
        match self.ledger.find_document_by_key(&key.to_string()).await? {
            Some(made) => {
                self.ledger.set_bulk_target(item.row, made.row).await?;
                Ok(standing(made))
            }
            None => self.act(BulkKind::Storno, job, item).await,
        }
    }
}

/// What a document's state says of the item that had it sent.
fn standing(document: Document) -> Option<ItemEnd> {
    match document.state {
        DocumentState::Ready | DocumentState::Sending => None,
        DocumentState::InDoubt if document.parked_reason.is_none() => None,
        DocumentState::InDoubt => Some(doubted(document.failure)),
        DocumentState::Issued | DocumentState::Reversed => Some(done()),
        DocumentState::Held => Some(failed("held_again", document.failure)),
        DocumentState::Cancelled | DocumentState::Deleted | DocumentState::Dismissed => {
            Some(failed("changed_meanwhile", None))
        }
    }
}

fn doubted(failure: Option<Failure>) -> ItemEnd {
    ItemEnd { state: "in_doubt", why: "in_doubt", failure }
}

/// The same after a restart, so that what was asked for once is not asked for again.
fn operation_id(job: &BulkJob, item: &BulkItem) -> String {
    format!("op_{}_{}", job.id, item.row)
}

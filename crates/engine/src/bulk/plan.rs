//! A plan: for every record of a selection whether it will be done and why that is safe, or why it is skipped.

use super::{BulkKind, BulkStanding, MOST_RECORDS};
use crate::error::{EngineError, Result};
use crate::offers::Act;
use crate::operations::is_address;
use crate::operator::{Around, Retry, safe_because};
use crate::workspace::{Change, Workspace};
use punte_domain::{DocumentState, Failure, OperationKind};
use punte_store::StoreError;
use punte_store::ledger::{Document, LaneKey, NewBulkItem, NewBulkJob, NewDocument};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

/// Items that are written together.
const TOGETHER: usize = 100;
/// A plan that takes longer is answered while it goes on.
const PATIENCE: Duration = Duration::from_millis(1500);

/// What a plan found, summed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct BulkPlan {
    /// Value of what will be done, minor units by currency.
    pub totals: BTreeMap<String, i64>,
    /// How many at each provider (`smartbill`).
    pub providers: BTreeMap<String, u32>,
    /// Why it is safe, and for how many.
    pub safe: BTreeMap<String, u32>,
    /// Why records are skipped, and how many.
    pub skips: BTreeMap<String, u32>,
}

/// Whether something will be done to a record.
struct Judged {
    is_planned: bool,
    why: &'static str,
    failure: Option<Failure>,
    /// The document as a retry would send it, where its mapping or flow makes it anew.
    anew: Option<Box<NewDocument>>,
}

fn will(why: &'static str) -> Judged {
    Judged { is_planned: true, why, failure: None, anew: None }
}

fn skip(why: &'static str) -> Judged {
    Judged { is_planned: false, why, failure: None, anew: None }
}

impl Workspace {
    /// Begins to plan a job over documents by row; answers with the plan, or while it is still being made where that takes
    /// long. Nothing is done before [`Workspace::confirm_bulk`].
    ///
    /// # Errors
    /// [`EngineError::Invalid`] for an empty selection or one of more than [`MOST_RECORDS`].
    pub async fn plan_bulk(self: &Arc<Self>, kind: BulkKind, rows: Vec<i64>, who: &str) -> Result<BulkStanding> {
        if rows.is_empty() || rows.len() > MOST_RECORDS {
            return Err(EngineError::Invalid { field: "selection", detail: format!("1 to {MOST_RECORDS} records") });
        }
        let id = self.deps.clock.new_id("bulk");
        let new =
            NewBulkJob { id: id.clone(), kind: kind.as_str(), who: who.to_owned(), of_records: rows.len() as u32 };
        let job = self.ledger.insert_bulk_job(new, self.now_ms()).await?;
        self.changed(Change::Bulk);
        let (tell, told) = tokio::sync::oneshot::channel();
        let this = self.clone();
        self.spawn(async move {
            let done = this.plan_items(kind, job.row, rows).await;
            this.changed(Change::Bulk);
            if let Err(error) = &done {
                this.note_engine_error(error, "plan bulk");
                // one that cannot be planned is not left standing as if it would be
                let _ = this.ledger.cancel_bulk_job(&job.id, this.now_ms()).await;
            }
            let _ = tell.send(());
        });
        let _ = tokio::time::timeout(PATIENCE, told).await;
        self.bulk_job(&id).await
    }

    async fn plan_items(&self, kind: BulkKind, job_row: i64, rows: Vec<i64>) -> Result<()> {
        let mut around = self.retry_around().await?;
        let mut plan = BulkPlan::default();
        for together in rows.chunks(TOGETHER) {
            let mut items = Vec::with_capacity(together.len());
            for row in together {
                if self.stopping.is_cancelled() {
                    return Ok(());
                }
                let document = self.ledger.get_document_by_row(*row).await?;
                let judged = match self.judge(kind, &document, &mut around).await {
                    // one whose mapping cannot be used keeps no other from being planned
                    Err(EngineError::Invalid { .. }) => skip("invalid"),
                    judged => judged?,
                };
                plan.add(&document, &judged);
                items.push(NewBulkItem {
                    document_row: *row,
                    is_planned: judged.is_planned,
                    why: judged.why,
                    failure: judged.failure,
                    lane: judged.anew.as_ref().map_or_else(|| lane_of(&document), |new| lane_of_new(new)),
                });
                // mapping takes the processor: others get their turn
                tokio::task::yield_now().await;
            }
            match self.ledger.add_bulk_items(job_row, items).await {
                // cancelled meanwhile
                Err(StoreError::Stale(_)) => return Ok(()),
                done => done?,
            }
            self.changed(Change::Bulk);
        }
        let text = serde_json::to_string(&plan).map_err(StoreError::Json)?;
        match self.ledger.finish_bulk_plan(job_row, text).await {
            Err(StoreError::Stale(_)) => Ok(()),
            done => Ok(done?),
        }
    }

    async fn judge(&self, kind: BulkKind, document: &Document, around: &mut Around) -> Result<Judged> {
        Ok(match kind {
            BulkKind::Retry => match self.plan_retry(document, around).await? {
                Retry::Not(why, failure) => Judged { failure, ..skip(why) },
                // each is released by itself
                Retry::Release(_, failure) => Judged { failure: Some(failure), ..skip("needs_reason") },
                Retry::StillFailing(_, failure) => Judged { failure: Some(failure), ..skip("still_failing") },
                retry => match (safe_because(document), retry) {
                    (Some(why), Retry::Queue(new)) => Judged { anew: Some(new), ..will(why) },
                    (Some(why), _) => will(why),
                    (None, _) => skip("not_safe"),
                },
            },
            BulkKind::Dismiss => match document.state {
                DocumentState::Held => will("nothing_sent_at_all"),
                DocumentState::InDoubt | DocumentState::Sending => skip("in_doubt"),
                _ => skip("not_held"),
            },
            BulkKind::Refresh if document.number.is_none() => skip("not_issued"),
            BulkKind::Refresh => will("reads_only"),
            BulkKind::Storno => match self.blocked_for(document, Act::Storno).await? {
                Some(why) => skip(why),
                None => will("checked_again"),
            },
            BulkKind::Email => match self.blocked_for(document, Act::Operation(OperationKind::SendEmail)).await? {
                Some(why) => skip(why),
                None if address_of(document).is_none() => skip("no_address"),
                None => will("sent_once"),
            },
        })
    }

    async fn blocked_for(&self, document: &Document, act: Act) -> Result<Option<&'static str>> {
        let offer = self.offers_of(document).await?.into_iter().find(|offer| offer.act == act);
        Ok(offer.map_or(Some("not_offered"), |offer| offer.blocked))
    }
}

impl BulkPlan {
    fn add(&mut self, document: &Document, judged: &Judged) {
        if judged.is_planned {
            let (currency, total_minor, provider) = match &judged.anew {
                Some(new) => (&new.currency, new.total_minor, &new.provider),
                None => (&document.currency, document.total_minor, &document.provider),
            };
            *self.totals.entry(currency.clone()).or_default() += total_minor;
            *self.providers.entry(provider.clone()).or_default() += 1;
            *self.safe.entry(judged.why.to_owned()).or_default() += 1;
        } else {
            *self.skips.entry(judged.why.to_owned()).or_default() += 1;
        }
    }
}

fn lane_of_new(new: &NewDocument) -> LaneKey {
    LaneKey { billing_id: new.billing_id.clone(), company: new.company.clone(), series: new.series.clone() }
}

fn lane_of(document: &Document) -> LaneKey {
    LaneKey {
        billing_id: document.billing_id.clone(),
        company: document.company.clone(),
        series: document.series.clone(),
    }
}

/// Where a document is sent: its client's address, where it has a usable one.
pub(super) fn address_of(document: &Document) -> Option<String> {
    let address = document.draft.as_ref()?.client.email.trim().to_owned();
    is_address(&address).then_some(address)
}

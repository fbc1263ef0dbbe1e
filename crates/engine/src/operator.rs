//! What an operator does to records: retry, dismiss, link, declare absent.

use crate::decide::{ActiveMapping, calls_for};
use crate::error::{EngineError, Result};
use crate::judgement::absence_blocked;
use crate::outbox::parse_role;
use crate::workspace::{Change, Workspace, lock};
use punte_connectors::billing::Evidence;
use punte_domain::{DocumentState, Failure, FailureKind, Judged, Phase};
use punte_store::StoreError;
use punte_store::ledger::{Connection, Document, Flow, NewDocument};
use serde_json::Value;
use std::collections::HashMap;
use std::sync::Arc;

/// Why one of the documents was not queued.
#[derive(Debug, Clone)]
pub struct RetrySkip {
    pub id: String,
    pub reason: &'static str,
    pub failure: Option<Failure>,
}

#[derive(Debug, Clone, Default)]
pub struct RetryReport {
    pub queued: Vec<String>,
    pub skipped: Vec<RetrySkip>,
}

/// What retries of many documents share: read once.
pub(crate) struct Around {
    pub connections: Vec<Connection>,
    pub flows: Vec<Flow>,
    /// By id.
    pub mappings: HashMap<String, Arc<ActiveMapping>>,
}

/// What a retry of one document comes to.
pub(crate) enum Retry {
    /// It is not held, or no invoice is due any more.
    Not(&'static str, Option<Failure>),
    /// Due again without being mapped.
    AsItIs,
    /// Mapped anew, and it passes.
    Queue(Box<NewDocument>),
    /// Mapped anew, and it passes but for what a person may let pass, with a reason.
    Release(Box<NewDocument>, Failure),
    /// Mapped anew, and this still keeps it.
    StillFailing(Box<NewDocument>, Failure),
}

/// Why sending a held document again is safe; `None` where it is not offered.
pub fn safe_because(document: &Document) -> Option<&'static str> {
    if document.state != DocumentState::Held {
        return None;
    }
    match document.failure.as_ref() {
        None => Some("nothing_sent"),
        Some(failure) => match (failure.phase, failure.kind) {
            (_, FailureKind::NeverIssued) => Some("proven_absent"),
            (Phase::Prepare | Phase::NotSent, _) => Some("nothing_sent"),
            (Phase::Refused, _) => Some("refused"),
            (Phase::Unknown | Phase::Mismatch, _) => None,
        },
    }
}

impl Workspace {
    pub async fn get_document(&self, id: &str) -> Result<Document> {
        Ok(self.ledger.find_document(id).await?.ok_or_else(|| StoreError::NotFound(id.to_owned()))?)
    }

    /// Maps and checks held documents again; those that pass are due now. What waits for a person's release is let pass with a
    /// reason only; an empty one is none.
    pub async fn retry(&self, ids: &[String], reason: &str, who: &str) -> Result<RetryReport> {
        // one is released at a time, by who has read it
        let reason = if reason.trim().is_empty() || ids.len() > 1 { "" } else { required(reason)? };
        let mut report = RetryReport::default();
        let mut around = self.retry_around().await?;
        for id in ids {
            let skip = |(reason, failure)| RetrySkip { id: id.clone(), reason, failure };
            let Some(document) = self.ledger.find_document(id).await? else {
                report.skipped.push(skip(("not_found", None)));
                continue;
            };
            let retry = self.plan_retry(&document, &mut around).await?;
            match self.do_retry(&document, retry, reason, who).await? {
                None => report.queued.push(id.clone()),
                Some(why) => report.skipped.push(skip(why)),
            }
        }
        self.changed(Change::Documents);
        self.outbox_wake.notify_one();
        Ok(report)
    }

    /// What does not change from one retry to the next.
    pub(crate) async fn retry_around(&self) -> Result<Around> {
        Ok(Around {
            connections: self.ledger.list_connections().await?,
            flows: self.ledger.list_flows().await?,
            mappings: HashMap::new(),
        })
    }

    /// What a retry of a document would come to now. Writes nothing.
    pub(crate) async fn plan_retry(&self, document: &Document, around: &mut Around) -> Result<Retry> {
        match document.state {
            DocumentState::Held => {}
            DocumentState::InDoubt | DocumentState::Sending => {
                return Ok(Retry::Not("in_doubt", document.failure.clone()));
            }
            _ => return Ok(Retry::Not("not_held", None)),
        }
        if document.takes_back().is_some() {
            // it follows from the invoice that it takes back, whatever became of the order
            return Ok(Retry::AsItIs);
        }
        let Some(flow) = around.flows.iter().find(|flow| flow.id == document.flow_id) else {
            return Ok(Retry::Not("flow_gone", None));
        };
        if !flow.enabled {
            // it would wait, and be held once the flow is on: a flow leaves alone what is from before
            return Ok(Retry::Not("flow_off", None));
        }
        let order = self.ledger.get_order_by_row(document.order_row).await?;
        if order.is_erased() {
            // there is nobody to make it out to
            return Ok(Retry::Not("erased", None));
        }
        let raw: Value =
            serde_json::from_str(&self.ledger.get_order_json(order.row).await?).map_err(StoreError::Json)?;
        let flow = &self.flow_for(flow, order.row, &order.head).await?;
        let role = parse_role(&document.role);
        let called_off = match self.judged(&order.head, &raw, flow) {
            Judged::No(reason) | Judged::Waiting(reason) => Some(reason),
            judged if calls_for(judged, &role) => None,
            Judged::Proforma => Some("not_paid"),
            // it needs no proforma any more
            Judged::Invoice { .. } => Some("is_paid"),
        };
        if let Some(reason) = called_off {
            let failure =
                Failure::new(FailureKind::OrderWithdrawn, Phase::Prepare, "decide", order.head.number.clone())
                    .with_detail(reason);
            return Ok(Retry::Not("still_failing", Some(failure)));
        }
        let mapping = match around.mappings.get(&flow.mapping_id) {
            Some(known) => known.clone(),
            None => {
                let active = Arc::new(self.active_mapping(&flow.mapping_id).await?);
                around.mappings.insert(flow.mapping_id.clone(), active.clone());
                active
            }
        };
        let plan = self.plan(&order, flow, &around.connections, &mapping, &raw, role).await?;
        // a refusal is what a retry is for; a draft that cannot be sent is not
        // and what was found only before the send needs a person's word as much as what the draft was planned with
        let found = |failure: &Failure| {
            let is_released = document.is_released(failure.kind, order.version);
            matches!(failure.kind, FailureKind::IssueDateTooEarly | FailureKind::InvoicedElsewhere) && !is_released
        };
        let found_later = || document.failure.clone().filter(found);
        Ok(match plan.failure.filter(|failure| failure.phase == Phase::Prepare).or_else(found_later) {
            // the order moved on since: what would be released is not what a person has seen
            Some(failure) if failure.kind.is_released() && document.order_version != order.version => {
                Retry::Not("still_failing", Some(failure))
            }
            Some(failure) if failure.kind.is_released() => Retry::Release(Box::new(plan.document), failure),
            Some(failure) => Retry::StillFailing(Box::new(plan.document), failure),
            None => Retry::Queue(Box::new(plan.document)),
        })
    }

    /// Does what was planned. Answers why it did not come to be due, if so.
    pub(crate) async fn do_retry(
        &self,
        document: &Document,
        retry: Retry,
        reason: &str,
        who: &str,
    ) -> Result<Option<(&'static str, Option<Failure>)>> {
        let now_ms = self.now_ms();
        let (done, why) = match retry {
            Retry::Not(reason, failure) => return Ok(Some((reason, failure))),
            Retry::AsItIs => (self.ledger.requeue_as_it_is(document.row, who, now_ms).await, None),
            Retry::Queue(plan) => (self.ledger.requeue(document, *plan, None, who, now_ms).await, None),
            Retry::Release(_, failure) if reason.is_empty() => return Ok(Some(("needs_reason", Some(failure)))),
            Retry::Release(plan, failure) => {
                let released = Some((failure.kind, reason.to_owned()));
                (self.ledger.requeue(document, *plan, released, who, now_ms).await, None)
            }
            Retry::StillFailing(plan, failure) => {
                let held = self.ledger.hold_again(document, *plan, failure.clone(), now_ms).await;
                (held, Some(("still_failing", Some(failure))))
            }
        };
        match done {
            Ok(()) => Ok(why),
            // it moved on meanwhile: the others are retried all the same
            Err(StoreError::Stale(_) | StoreError::Illegal(_)) => Ok(Some(("not_held", None))),
            Err(error) => Err(error.into()),
        }
    }

    pub async fn dismiss(&self, id: &str, reason: &str, who: &str) -> Result<()> {
        self.ledger.dismiss(id, required(reason)?, who, self.now_ms()).await?;
        self.changed(Change::Documents);
        Ok(())
    }

    pub async fn reopen(&self, id: &str, reason: &str, who: &str) -> Result<()> {
        match self.ledger.reopen(id, required(reason)?, who, self.now_ms()).await {
            Err(StoreError::NotAllowed(why)) => return Err(EngineError::NotNow(why)),
            done => done?,
        }
        self.changed(Change::Documents);
        Ok(())
    }

    /// A person links a document in doubt to one that a look saw at the provider.
    pub async fn link(&self, id: &str, series: &str, number: &str, reason: &str, who: &str) -> Result<()> {
        let document = self.get_document(id).await?;
        if document.state != DocumentState::InDoubt {
            return Err(EngineError::NotNow("not_in_doubt"));
        }
        let reason = required(reason)?;
        self.in_peace(&document, async {
            let candidate = self
                .evidence_of(&document)
                .await?
                .into_iter()
                .filter_map(|(_, evidence)| evidence)
                .flat_map(|evidence| evidence.looked_at)
                .find(|candidate| candidate.document.series == series && candidate.document.number == number)
                .ok_or_else(|| StoreError::NotFound(format!("{series} {number}")))?;
            self.attach(&document, candidate.document, who, reason, self.now_ms()).await
        })
        .await
    }

    /// A named person declares a document in doubt never issued; refused without a complete, decisive look that found
    /// nothing.
    pub async fn declare_absent(&self, id: &str, reason: &str, who: &str) -> Result<()> {
        let document = self.get_document(id).await?;
        if document.state != DocumentState::InDoubt {
            return Err(EngineError::NotNow("not_in_doubt"));
        }
        let reason = required(reason)?;
        let failure = Failure::new(
            FailureKind::NeverIssued,
            Phase::Refused,
            "create invoice",
            format!("order {}", document.order_number),
        )
        .with_detail(reason);
        self.in_peace(&document, async {
            // asked in peace: what was sent again meanwhile no look has seen yet
            let document = self.get_document(id).await?;
            if let Some(blocked) = self.absence_blocked(&document).await? {
                return Err(EngineError::NotNow(blocked));
            }
            Ok(self.ledger.settle_absent(document.row, failure, who, reason, self.now_ms()).await?)
        })
        .await
    }

    /// Runs a settlement while no look or repeat of the same document is under way.
    async fn in_peace(&self, document: &Document, settle: impl Future<Output = Result<()>>) -> Result<()> {
        if !self.begin(document) {
            return Err(EngineError::NotNow("busy"));
        }
        let outcome = settle.await;
        lock(&self.in_flight).remove(&document.row);
        self.changed(Change::Documents);
        self.outbox_wake.notify_one();
        outcome
    }

    /// Whether a person may declare a document never issued now, and if not why. What the provider named in its answer cannot
    /// be declared away.
    pub async fn absence_blocked(&self, document: &Document) -> Result<Option<&'static str>> {
        if document.failure.as_ref().is_some_and(|failure| failure.kind == FailureKind::NumberTaken) {
            return Ok(Some("found"));
        }
        Ok(absence_blocked(&self.evidence_of(document).await?))
    }

    /// Every look since the last attempt, newest first: whether it was decisive, and what it saw.
    pub async fn evidence_of(&self, document: &Document) -> Result<Vec<(bool, Option<Evidence>)>> {
        let last = self.ledger.find_last_attempt(document.row).await?.map_or(0, |attempt| attempt.row);
        let looks = self.ledger.list_looks(document.row).await?;
        looks
            .into_iter()
            .filter(|look| look.attempt_row == last)
            .map(|look| {
                let evidence =
                    look.evidence.as_deref().map(serde_json::from_str).transpose().map_err(StoreError::Json)?;
                Ok((look.decisive, evidence))
            })
            .collect()
    }
}

pub(crate) fn required(reason: &str) -> Result<&str> {
    let reason = reason.trim();
    if reason.is_empty() || reason.chars().count() > 500 {
        return Err(EngineError::Invalid { field: "reason", detail: "1 to 500 characters".into() });
    }
    Ok(reason)
}

//! The outbox: due documents are claimed by lane, an intent is committed, the request is sent once, its outcome committed.
//!
//! Nothing is sent without a durable intent, and nothing is concluded from silence.

mod prepared;
mod proforma;
mod stands;

pub(crate) use stands::{Asked, is_gone};

use crate::connect::{Gate, is_connections_fault};
use crate::error::Result;
use crate::settle::to_json;
use crate::told;
use crate::workspace::{Change, Workspace, lock};
use punte_connectors::billing::{Issued, Settling};
use punte_domain::planted::{Bug, is_planted};
use punte_domain::{DocumentState, Failure, FailureKind, IssueKey, Next, Phase, Role};
use punte_store::StoreError;
use punte_store::ledger::{Attempt, Connection, Document, Intent, Outcome};
use std::collections::BTreeSet;
use std::collections::hash_map::Entry;
use std::sync::Arc;
use std::time::Duration;

/// Waits between automatic tries of one record, when nothing was sent.
const DELAYS: [Duration; 8] = [
    Duration::from_secs(3),
    Duration::from_secs(15),
    Duration::from_secs(60),
    Duration::from_secs(5 * 60),
    Duration::from_secs(15 * 60),
    Duration::from_secs(60 * 60),
    Duration::from_secs(3 * 60 * 60),
    Duration::from_secs(6 * 60 * 60),
];

/// What must be sent one at a time, or at least together bounded: a company's series at a provider.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Lane {
    provider: String,
    billing_id: String,
    company: String,
    series: String,
}

impl Lane {
    pub(crate) fn of(document: &Document) -> Lane {
        Lane {
            provider: document.provider.clone(),
            billing_id: document.billing_id.clone(),
            company: document.company.clone(),
            series: document.series.clone(),
        }
    }

    /// Whether both are one queue. A provider that takes one writer has one for a series, over however many connections.
    pub(crate) fn is_with(&self, other: &Lane) -> bool {
        self.is(&(other.provider.clone(), other.company.clone(), other.series.clone()))
            && (one_writer(&self.provider) || self.billing_id == other.billing_id)
    }

    fn is(&self, (provider, company, series): &(String, String, String)) -> bool {
        (&self.provider, &self.company, &self.series) == (provider, company, series)
    }
}

impl Workspace {
    pub(crate) async fn run_outbox(self: &Arc<Self>) {
        loop {
            let next = match self.claim_due().await {
                Ok(next) => next,
                Err(error) => {
                    self.note_engine_error(&error, "claim");
                    Duration::from_secs(2)
                }
            };
            if !self.rest(&self.outbox_wake, next).await {
                return;
            }
        }
    }

    /// Starts what each lane may start now. Answers how long until something may be due.
    async fn claim_due(self: &Arc<Self>) -> Result<Duration> {
        if self.trouble().is_some() {
            self.probe_ledger().await;
            return Ok(Duration::from_secs(2));
        }
        if self.is_quarantined() {
            return Ok(Duration::from_secs(30));
        }
        self.attach_found().await?;
        let connections = self.ledger.list_connections().await?;
        let now_ms = self.now_ms();
        let idle_ms = self.deps.timing.idle.as_millis() as i64;
        let mut next_ms = idle_ms;
        let busy: BTreeSet<Lane> = lock(&self.in_flight).values().cloned().collect();
        // read after `busy`: what ended meanwhile has its outcome in the ledger by now
        let doubts = self.ledger.read_doubts().await?;
        // the lanes in which something waits, not those that a flow names now: its series may have changed since
        for (billing_id, company, series, due_ms) in self.ledger.list_lanes().await? {
            let Some(connection) = connections.iter().find(|c| c.id == billing_id) else { continue };
            let lane = Lane { provider: connection.kind.clone(), billing_id, company, series };
            let gate = self.may_call(connection, now_ms);
            if gate == Gate::Closed {
                next_ms = next_ms.min(self.opens_in(connection, now_ms).as_millis() as i64);
                continue;
            }
            if due_ms > now_ms {
                next_ms = next_ms.min((due_ms - now_ms).clamp(250, idle_ms));
                continue;
            }
            let single = one_writer(&connection.kind) && !is_planted(Bug::ManyWriters);
            // a delete in doubt counts, too: the counter that creates are settled by may move back under them
            let is_doubted = || doubts.creates.iter().chain(&doubts.deletes).any(|doubted| lane.is(doubted));
            if single && (busy.iter().any(|other| other.is_with(&lane)) || is_doubted() && !is_planted(Bug::LaneGoesOn))
            {
                continue;
            }
            let room = if single || gate == Gate::Probe { 1 } else { self.deps.timing.parallel };
            self.claim_in(lane, connection, room).await?;
        }
        Ok(Duration::from_millis(next_ms as u64))
    }

    /// Whether a document of the lane is in doubt and not yet left to a person: then nothing else may be sent in it.
    pub(crate) async fn is_doubted(&self, lane: &Lane) -> Result<bool> {
        Ok(self.ledger.read_doubts().await?.creates.iter().any(|doubted| lane.is(doubted)))
    }

    /// Starts due documents of a lane, as long as fewer than `room` are under way in it.
    async fn claim_in(self: &Arc<Self>, lane: Lane, connection: &Connection, room: usize) -> Result<()> {
        let limit = (room * 2) as u32;
        for row in self.ledger.list_due(&lane.billing_id, &lane.company, &lane.series, self.now_ms(), limit).await? {
            {
                let mut in_flight = lock(&self.in_flight);
                if in_flight.values().filter(|other| other.is_with(&lane)).count() >= room {
                    break;
                }
                match in_flight.entry(row) {
                    Entry::Occupied(_) => continue,
                    Entry::Vacant(free) => free.insert(lane.clone()),
                };
            }
            let (this, connection) = (self.clone(), connection.clone());
            self.spawn_about(told::of_some_document(&connection), async move {
                if let Err(error) = this.issue_due(row, &connection).await {
                    this.note_engine_error(&error, "issue");
                    this.not_at_once(row).await;
                }
                lock(&this.in_flight).remove(&row);
                this.outbox_wake.notify_one();
            });
        }
        Ok(())
    }

    async fn issue_due(self: &Arc<Self>, row: i64, connection: &Connection) -> Result<()> {
        let document = self.ledger.get_document_by_row(row).await?;
        told::tell_document(&document);
        // what was sent and settled, or held, since it was listed is not sent again
        if document.state != DocumentState::Ready {
            return Ok(());
        }
        self.issue(document, connection).await
    }

    /// One document from claim to outcome.
    #[tracing::instrument(target = "punte_trace", level = "trace", skip_all, fields(document = document.id, outcome))]
    pub(crate) async fn issue(self: &Arc<Self>, document: Document, connection: &Connection) -> Result<()> {
        let trigger = if document.tries == 0 { "automatic" } else { "retry" };
        // what ran beside this claim may have stopped the connection meanwhile
        let connection = &self.ledger.get_connection(&connection.id).await?;
        if self.may_call(connection, self.now_ms()) == Gate::Closed {
            return Ok(());
        }
        if self.settle_as_found(&document).await? || !self.may_be_sent(&document).await? {
            return Ok(());
        }
        let day = match self.issue_day(&document).await? {
            Ok(day) => day.to_string(),
            Err(failure) => {
                self.ledger.hold(document.row, failure, self.now_ms()).await?;
                self.changed(Change::Documents);
                return Ok(());
            }
        };
        let Some(proforma) = self.proforma_of(&document).await? else {
            return self.postpone(&document).await;
        };
        let prepared = match self.prepare(&document, connection, &day, proforma).await? {
            Ok(prepared) => prepared,
            Err(failure) if is_connections_fault(&failure) => return self.note_trouble(connection, &failure).await,
            Err(failure) if self.is_not_listed_yet(&document, &failure).await? => {
                let due_ms = self.now_ms() + DELAYS[1].as_millis() as i64;
                return Ok(self.ledger.postpone(document.row, due_ms).await?);
            }
            // a series that is not there: this record's matter, with its cause
            Err(failure) => {
                self.ledger.hold(document.row, failure, self.now_ms()).await?;
                self.changed(Change::Documents);
                return Ok(());
            }
        };
        let key = self.issue_key(&document).await?;
        let idempotency_key = self.ledger.info().seed.idempotency_key(&key, document.key_revision);
        // proven absent or declared so, and still perhaps on its way: what the same key answers may be of the first time
        let was_doubted = document.issue_date.is_some()
            && self.ledger.first_doubted_date(document.row, &idempotency_key).await?.is_some();
        // nothing begins once the workspace stops
        if self.stopping.is_cancelled() {
            return Ok(());
        }
        let intent = Intent {
            billing_id: connection.id.clone(),
            company: document.company.clone(),
            series: document.series.clone(),
            attempt_id: self.deps.clock.new_id("att"),
            trigger,
            idempotency_key,
            baseline: to_json(&prepared.baseline)?,
            issue_date: prepared.issue_date.to_string(),
            proforma_row: prepared.proforma_row(),
        };
        let attempt = self.ledger.record_intent(document.row, intent, self.now_ms()).await?;
        self.changed(Change::Documents);
        let settling = prepared.provider.capabilities().settling;
        let exchange = self.send(&document, &attempt, prepared).await;
        let failure = exchange.outcome.as_ref().err().cloned();
        let outcome = match settling {
            Settling::ByList if was_doubted => Outcome::Unknown(unconfirmed(&document, exchange.outcome)),
            Settling::ByList | Settling::ByGap => self.outcome_of(&document, exchange.outcome),
        };
        self.commit_outcome(&document, &attempt, connection, outcome, to_json(&exchange.record)?).await?;
        match failure {
            None => self.note_contact(connection).await?,
            Some(failure) if is_connections_fault(&failure) => self.note_trouble(connection, &failure).await?,
            Some(_) => self.note_contact(connection).await?,
        }
        self.changed(Change::Documents);
        Ok(())
    }

    /// Asks the shop, where its orders bear our notes, whether this one was invoiced by a ledger that is no more: then it is
    /// held. A shop that cannot be asked now makes the document wait.
    async fn may_be_sent(&self, document: &Document) -> Result<bool> {
        if !self.still_takes_back(document).await? {
            return Ok(false);
        }
        if document.role == "proforma" && self.ledger.is_invoiced(document.order_row).await? {
            self.ledger.supersede_proforma(document.row, self.now_ms()).await?;
            self.changed(Change::Documents);
            return Ok(false);
        }
        if !self.still_stands(document).await? {
            return Ok(false);
        }
        let flow = self.ledger.find_flow(&document.flow_id).await?;
        let writes_back = flow.is_some_and(|flow| flow.write_back);
        if !writes_back || document.role != "invoice" {
            return Ok(true);
        }
        let order = self.ledger.get_order_by_row(document.order_row).await?;
        let shop = self.ledger.get_connection(&order.connection_id).await?;
        if shop.kind == "file" {
            return Ok(true);
        }
        if self.may_call(&shop, self.now_ms()) == Gate::Closed {
            self.postpone(document).await?;
            return Ok(false);
        }
        match self.noted_elsewhere(document, &order.head.order_id, &shop).await {
            Ok(None) => Ok(true),
            Ok(Some(failure)) => {
                self.ledger.hold(document.row, failure, self.now_ms()).await?;
                self.changed(Change::Documents);
                Ok(false)
            }
            Err(failure) if is_connections_fault(&failure) => {
                self.note_trouble(&shop, &failure).await?;
                self.postpone(document).await?;
                Ok(false)
            }
            // the order is gone at the shop, say: this record's matter
            Err(failure) => {
                self.ledger.hold(document.row, failure, self.now_ms()).await?;
                self.changed(Change::Documents);
                Ok(false)
            }
        }
    }

    /// What could not be claimed is tried again a little later: its order is being decided anew, say.
    async fn not_at_once(&self, row: i64) {
        let due_ms = self.now_ms() + 1000;
        let done = async {
            self.ledger.postpone(row, due_ms).await?;
            self.ledger.reconsider_if_newer(row).await
        };
        match done.await {
            Ok(true) => self.decide_wake.notify_one(),
            Ok(false) => {}
            Err(error) => self.note_engine_error(&error.into(), "postpone"),
        }
    }

    async fn postpone(&self, document: &Document) -> Result<()> {
        Ok(self.ledger.postpone(document.row, self.now_ms() + DELAYS[0].as_millis() as i64).await?)
    }

    pub(crate) async fn issue_key(&self, document: &Document) -> Result<IssueKey> {
        let order = self.ledger.get_order_by_row(document.order_row).await?;
        Ok(IssueKey {
            shop_identity: order.shop_identity,
            order_id: order.head.order_id,
            role: parse_role(&document.role),
            generation: document.generation,
        })
    }

    fn outcome_of(&self, document: &Document, answer: std::result::Result<Issued, Failure>) -> Outcome {
        let now_ms = self.now_ms();
        match answer {
            Ok(issued) => Outcome::Issued {
                series: issued.series,
                number: issued.number,
                provider_id: issued.provider_id,
                link: issued.link,
                verify_due_ms: now_ms + self.deps.timing.verify_after.as_millis() as i64,
            },
            // somebody, or a request of ours that came late, has reversed it: the storno is there to be found
            Err(mut failure) if failure.kind == FailureKind::AlreadyReversed && document.reverses_row.is_some() => {
                failure.phase = Phase::Unknown;
                Outcome::Unknown(failure)
            }
            Err(failure) => match planted_next(&failure) {
                Next::AskProvider => Outcome::Unknown(failure),
                Next::RetryByItself => {
                    let due_ms = now_ms + self.delay(document.tries).as_millis() as i64;
                    Outcome::Back { failure, due_ms }
                }
                Next::StopConnection => Outcome::Back { failure, due_ms: now_ms },
                Next::FixThenRetry | Next::NeedsPerson => Outcome::Refused(failure),
            },
        }
    }

    /// The wait before the next automatic try, with up to a fifth of jitter.
    pub(crate) fn delay(&self, tries: u32) -> Duration {
        let base = DELAYS[(tries as usize).min(DELAYS.len() - 1)];
        base + base.mul_f64((self.deps.clock.random() % 1000) as f64 / 5000.0)
    }

    /// Commits an outcome. One that can't be written is kept and tried again while the lane stands still; after a crash
    /// meanwhile it is in doubt.
    async fn commit_outcome(
        &self,
        document: &Document,
        attempt: &Attempt,
        connection: &Connection,
        outcome: Outcome,
        record: String,
    ) -> Result<()> {
        let mut outcome = outcome;
        loop {
            let written = self
                .ledger
                .record_outcome(attempt.row, document.row, outcome.clone(), record.clone(), self.now_ms())
                .await;
            match written {
                Ok(()) => {
                    self.note_storage(None);
                    self.tell_outcome(connection, &outcome);
                    match outcome {
                        Outcome::Issued { .. } => {
                            self.verify_wake.notify_one();
                            self.note_wake.notify_one();
                            self.operate_wake.notify_one();
                        }
                        Outcome::Unknown(_) => {
                            self.watch(document.row, self.quiet_time(connection));
                        }
                        Outcome::Refused(_) | Outcome::Back { .. } => {}
                    }
                    return Ok(());
                }
                // the answer names a document that another record holds: which of the two it belongs to is in doubt
                Err(StoreError::AlreadyLinked(number)) => {
                    let failure = Failure::new(
                        FailureKind::NumberTaken,
                        Phase::Unknown,
                        "create invoice",
                        format!("order {}", document.order_number),
                    )
                    .with_detail(number);
                    outcome = Outcome::Unknown(failure);
                }
                Err(error) if is_planted(Bug::OutcomeDropped) => return Err(error.into()),
                Err(error) if self.note_storage(Some(&error)) => {
                    tokio::select! {
                        biased;
                        () = self.stopping.cancelled() => return Err(error.into()),
                        () = tokio::time::sleep(Duration::from_secs(1)) => {}
                    }
                }
                Err(error) => return Err(error.into()),
            }
        }
    }

    /// While writing fails, one harmless write a round finds out when it works again.
    async fn probe_ledger(&self) {
        let probe = self.ledger.probe_write().await;
        self.note_storage(probe.err().as_ref());
    }

    /// The same payload again, after a look proved that it was never issued. Where documents can be listed, any answer is
    /// confirmed by list; where only numbers can be looked at, the answer stands.
    pub(crate) async fn repeat(
        self: &Arc<Self>,
        document: Document,
        sent: &Attempt,
        connection: &Connection,
        quiet: Duration,
    ) -> Result<()> {
        if self.settle_as_found(&document).await? {
            return Ok(());
        }
        let proforma = self.named_proforma(&document).await?;
        let prepared = match self.prepare(&document, connection, &sent.issue_date, proforma).await? {
            Ok(prepared) => prepared,
            Err(failure) if is_connections_fault(&failure) => {
                self.watch(document.row, quiet);
                return self.note_trouble(connection, &failure).await;
            }
            Err(failure) if self.is_not_listed_yet(&document, &failure).await? => {
                self.watch(document.row, quiet);
                return Ok(());
            }
            // the original of a storno is gone, the series is: nothing that goes on by itself
            Err(failure) => {
                tracing::warn!(document = %document.id, kind = failure.kind.as_str(), "cannot be sent again");
                return Ok(self.ledger.park(document.row, "series_moved", self.now_ms()).await?);
            }
        };
        if self.stopping.is_cancelled() {
            return Ok(());
        }
        let settling = prepared.provider.capabilities().settling;
        let intent = Intent {
            billing_id: connection.id.clone(),
            company: document.company.clone(),
            series: document.series.clone(),
            attempt_id: self.deps.clock.new_id("att"),
            trigger: "repeat",
            idempotency_key: if is_planted(Bug::NewKeyEveryTime) {
                self.deps.clock.new_id("key").replace('_', "-")
            } else {
                sent.idempotency_key.clone()
            },
            baseline: to_json(&prepared.baseline)?,
            issue_date: sent.issue_date.clone(),
            proforma_row: prepared.proforma_row(),
        };
        let attempt = self.ledger.record_intent(document.row, intent, self.now_ms()).await?;
        self.changed(Change::Documents);
        let exchange = self.send(&document, &attempt, prepared).await;
        let outcome = match settling {
            Settling::ByGap => self.outcome_of(&document, exchange.outcome),
            Settling::ByList => Outcome::Unknown(unconfirmed(&document, exchange.outcome)),
        };
        self.commit_outcome(&document, &attempt, connection, outcome, to_json(&exchange.record)?).await?;
        self.changed(Change::Documents);
        Ok(())
    }
}

/// What follows from a failure, but for the bugs of a campaign that must find them.
fn planted_next(failure: &Failure) -> Next {
    let kind = failure.kind;
    let not_sent = is_planted(Bug::ServerErrorMeansNotSent) && kind == FailureKind::ServerError
        || is_planted(Bug::TimeoutMeansNotSent) && kind == FailureKind::TimedOut;
    let refused = is_planted(Bug::LostMeansRefused) && kind == FailureKind::ConnectionLost
        || is_planted(Bug::UnreadableMeansRefused) && kind == FailureKind::UnreadableAnswer;
    match (not_sent, refused) {
        (true, _) => Next::RetryByItself,
        (_, true) => Next::FixThenRetry,
        _ => failure.next(),
    }
}

fn unconfirmed(document: &Document, answer: std::result::Result<Issued, Failure>) -> Failure {
    let failure = Failure::new(
        FailureKind::RepeatUnconfirmed,
        Phase::Unknown,
        "create invoice",
        format!("order {}", document.order_number),
    );
    match answer {
        Ok(issued) => failure.with_detail(format!("{} {}", issued.series, issued.number)),
        Err(said) => match said.provider_words {
            Some(words) => failure.with_words(words),
            None => failure.with_detail(said.kind.as_str()),
        },
    }
}

/// Known without a live connector, so that a lane can be judged while its credential is missing.
pub(crate) fn one_writer(kind: &str) -> bool {
    kind == "smartbill"
}

pub(crate) fn parse_role(text: &str) -> Role {
    match text.split_once(':') {
        Some(("correction", refund)) => Role::Correction(refund.to_owned()),
        _ if text == "proforma" => Role::Proforma,
        _ => Role::Invoice,
    }
}

//! Taking a file's orders in: read on a thread of its own, a few batches ahead, and written behind live orders.
//!
//! A batch is in whole or not at all, with how far the file was gone through. Whoever ends in between goes on from there.

use super::pieces::{clear, hash_of};
use super::preview::reject;
use super::{FOLDER, blocking, columns_of, kept};
use crate::error::Result;
use crate::workspace::{Change, Workspace};
use punte_connectors::shops::file::{self, Columns, FileTrouble};
use punte_connectors::shops::{Reason, ReasonCode, RejectedOrder, ShopKind, ShopOrder, shape_of};
use punte_domain::{Failure, FailureKind, Phase};
use punte_store::ledger::{
    BatchEnd, Connection, Import, ImportBatch, ImportReason, ImportReject, IncomingOrder, MOST_REJECTED,
};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc;

/// Orders and rejected rows in one commit, and bytes of them: whichever is reached first.
const BATCH: usize = 500;
const BATCH_BYTES: usize = 8 * 1024 * 1024;
/// Batches read ahead of the ledger.
const AHEAD: usize = 2;
/// A file that nobody asks for any more.
const STALE_MS: i64 = 24 * 60 * 60 * 1000;
/// Before a batch that could not be written is tried again.
const AGAIN: Duration = Duration::from_secs(10);

/// What the reading thread says.
enum Read {
    Batch(ImportBatch),
    End,
    Trouble(FileTrouble),
}

/// What is read, for whom.
struct Reading {
    workspace: Arc<Workspace>,
    path: PathBuf,
    columns: Option<Columns>,
    connection: Connection,
    identity: String,
    /// Orders and rows that are in already.
    skip: u64,
    /// What the file was when it was received; checked where it is gone on with.
    sha256: Option<String>,
    first_flow_ms: Option<i64>,
}

impl Workspace {
    pub(crate) async fn run_imports(self: &Arc<Self>) {
        if let Err(error) = self.clear_imports().await {
            self.note_engine_error(&error, "clear imports");
        }
        loop {
            let rest = match self.import_due().await {
                Ok(true) => continue,
                Ok(false) => self.deps.timing.idle,
                Err(error) => {
                    self.note_engine_error(&error, "take a file in");
                    AGAIN
                }
            };
            if !self.rest(&self.import_wake, rest).await {
                return;
            }
        }
    }

    /// Files without an import, which a crash left behind.
    pub(super) async fn clear_imports(&self) -> Result<()> {
        let kept = self.ledger.list_imports_with_file().await?.into_iter().map(|import| import.id).collect::<Vec<_>>();
        let folder = self.ledger.folder().join(FOLDER);
        blocking(move || clear(&folder, &kept)).await
    }

    /// Discards what nobody asks for any more, and takes the running import in. Answers whether there was one.
    pub(super) async fn import_due(self: &Arc<Self>) -> Result<bool> {
        let now_ms = self.now_ms();
        let mut running = None;
        for import in self.ledger.list_imports_with_file().await? {
            let is_stale = import.touched_ms < now_ms - STALE_MS;
            match import.state.as_str() {
                "running" => running = running.or(Some(import)),
                "done" | "cancelled" => self.discard(&import).await?,
                "failed" if is_stale => self.discard(&import).await?,
                state @ ("receiving" | "received") if is_stale => {
                    let from = if state == "receiving" { "receiving" } else { "received" };
                    if self.ledger.end_import(import.row, (from, "cancelled"), (None, None), now_ms).await? {
                        self.discard(&import).await?;
                        self.changed(Change::Imports);
                    }
                }
                _ => {}
            }
        }
        let Some(import) = running.filter(|_| !self.stopping.is_cancelled()) else { return Ok(false) };
        self.take_file_in(&import).await?;
        Ok(!self.stopping.is_cancelled())
    }

    /// Goes on with an import until it ends, is cancelled, or the workspace stops.
    async fn take_file_in(self: &Arc<Self>, import: &Import) -> Result<()> {
        let connection = self.ledger.get_connection(&import.connection_id).await?;
        let kind = connection.kind.clone();
        let identity = match self.identity_for(&connection).await {
            Ok(identity) => identity,
            Err(failure) => return self.end(import, "failed", (Some(failure), None)).await,
        };
        let flows = self.ledger.list_flows().await?;
        let of_connection = flows.iter().filter(|flow| flow.enabled && flow.shop_id == connection.id);
        let first_flow_ms = of_connection.map(|flow| flow.active_from_ms).min();
        let reading = Reading {
            workspace: self.clone(),
            path: self.import_path(import),
            columns: columns_of(import),
            connection,
            identity,
            skip: import.position,
            sha256: import.sha256.clone(),
            first_flow_ms,
        };
        let (said, mut heard) = mpsc::channel(AHEAD);
        // it ends when nobody hears it any more
        tokio::task::spawn_blocking(move || reading.read(&said));
        let failure = |kind| Failure::new(kind, Phase::Prepare, "read file", import.file_name.clone());
        let unreadable = |reason: Reason| (Some(failure(FailureKind::FileUnreadable)), Some(kept(reason)));
        loop {
            let read = tokio::select! {
                biased;
                () = self.stopping.cancelled() => return Ok(()),
                read = heard.recv() => read,
            };
            match read {
                Some(Read::Batch(batch)) => {
                    let (end, taken) = self.ledger.take_import_batch(import.row, batch, self.now_ms()).await?;
                    self.deps.meters.taken(&self.ledger.info().id, (&import.connection_id, &kind), &taken);
                    match end {
                        BatchEnd::Taken => self.tell_taken(),
                        BatchEnd::TooManyRejected => {
                            self.tell_taken();
                            let failure = failure(FailureKind::TooManyRejected).with_detail(MOST_REJECTED.to_string());
                            return self.end(import, "failed", (Some(failure), None)).await;
                        }
                        BatchEnd::Stopped => return Ok(()),
                    }
                }
                Some(Read::End) => return self.end(import, "done", (None, None)).await,
                Some(Read::Trouble(trouble)) => {
                    return self.end(import, "failed", unreadable(trouble.0)).await;
                }
                None => return self.end(import, "failed", unreadable(ReasonCode::ReadingBroke.into())).await,
            }
        }
    }

    fn tell_taken(&self) {
        self.note_storage(None);
        self.changed(Change::Orders);
        self.changed(Change::Imports);
        self.decide_wake.notify_one();
    }

    async fn end(
        &self,
        import: &Import,
        state: &'static str,
        why: (Option<Failure>, Option<ImportReason>),
    ) -> Result<()> {
        self.ledger.end_import(import.row, ("running", state), why, self.now_ms()).await?;
        self.changed(Change::Imports);
        Ok(())
    }
}

impl Reading {
    fn read(self, said: &mpsc::Sender<Read>) {
        let last = match self.read_on(said) {
            Ok(true) => Read::End,
            Ok(false) => return,
            Err(trouble) => Read::Trouble(trouble),
        };
        // nobody hears it: the workspace stops, or the import does not run any more
        let _ = said.blocking_send(last);
    }

    /// Says every batch from where it goes on. Answers whether somebody heard to the end.
    fn read_on(&self, said: &mpsc::Sender<Read>) -> std::result::Result<bool, FileTrouble> {
        if self.skip > 0 {
            let now = hash_of(&self.path).map_err(|error| ReasonCode::FileNotReadable.with("words", error))?;
            if self.sha256.as_ref().is_some_and(|before| *before != now) {
                return Err(ReasonCode::FileChanged.into());
            }
        }
        let mut orders = file::open(&self.path, self.columns.as_ref())?;
        for _ in 0..self.skip {
            if said.is_closed() {
                return Ok(false);
            }
            if orders.next().is_none() {
                return Ok(true);
            }
        }
        let mut batch = Batch::after(self.skip);
        while let Some(next) = orders.next() {
            batch.add(next.and_then(|(line, order)| self.incoming(line, order)));
            if batch.is_full() {
                let full = std::mem::replace(&mut batch, Batch::after(0));
                batch.after = full.position();
                if said.blocking_send(Read::Batch(full.ended(orders.progress(), self.first_flow_ms))).is_err() {
                    return Ok(false);
                }
            }
        }
        Ok(batch.is_empty() || said.blocking_send(Read::Batch(batch.ended(1000, self.first_flow_ms))).is_ok())
    }

    /// An order as it is taken in: of a shop itself only what that shop wrote.
    fn incoming(&self, line: usize, order: ShopOrder) -> std::result::Result<(u32, IncomingOrder), RejectedOrder> {
        let number = order.head.number.clone();
        let reject = |reason: Reason| RejectedOrder { line, order: Some(number), field: String::new(), reason };
        let kind = ShopKind::parse(&self.connection.kind);
        if kind != Some(ShopKind::File) && kind != Some(shape_of(&order.raw)) {
            return Err(reject(ReasonCode::OtherShop.with("shop", &self.connection.kind)));
        }
        let incoming = self.workspace.incoming(&self.connection, self.identity.clone(), order);
        let incoming = incoming.map_err(|error| reject(ReasonCode::NotKept.with("words", error)))?;
        Ok((u32::try_from(line).unwrap_or(u32::MAX), incoming))
    }
}

struct Batch {
    after: u64,
    orders: Vec<(u32, IncomingOrder)>,
    rejected: Vec<ImportReject>,
    bytes: usize,
}

impl Batch {
    fn after(after: u64) -> Batch {
        Batch { after, orders: Vec::with_capacity(BATCH), rejected: Vec::new(), bytes: 0 }
    }

    fn add(&mut self, one: std::result::Result<(u32, IncomingOrder), RejectedOrder>) {
        match one {
            Ok(order) => {
                self.bytes += order.1.raw.len();
                self.orders.push(order);
            }
            Err(rejected) => self.rejected.push(reject(rejected)),
        }
    }

    fn len(&self) -> usize {
        self.orders.len() + self.rejected.len()
    }

    fn is_empty(&self) -> bool {
        self.len() == 0
    }

    fn is_full(&self) -> bool {
        self.len() >= BATCH || self.bytes >= BATCH_BYTES
    }

    fn position(&self) -> u64 {
        self.after + self.len() as u64
    }

    fn ended(self, progress: u32, first_flow_ms: Option<i64>) -> ImportBatch {
        let position = self.position();
        let Batch { after, orders, rejected, .. } = self;
        ImportBatch { after, position, progress: progress.min(1000), orders, rejected, first_flow_ms }
    }
}

//! One thread writes. It groups waiting writes into one commit, each in a savepoint so that one fails alone, and
//! acknowledges each only after the commit.

use super::steps::{Steps, Writing};
use crate::error::{Result, StoreError};
use punte_domain::planted::{Bug, is_planted};
use rusqlite::Connection;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, OnceLock};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};
use tokio::sync::{Mutex, oneshot};

type Finish = Box<dyn FnOnce(Result<()>) + Send>;
/// Runs inside the group's transaction, or is refused without one; what it returns is called after the commit, with the
/// commit's outcome.
type Work = Box<dyn FnOnce(Option<&Connection>) -> (bool, Finish) + Send>;

/// Runs outside of any transaction, as what rewrites the whole file must.
type Alone = Box<dyn FnOnce(Result<&Connection>) + Send>;

/// What one commit was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Commit {
    /// Writes in it, those that failed alone too.
    pub writes: usize,
    pub took: Duration,
    pub is_durable: bool,
}

/// Told of every commit, on the thread that made it. Nobody until one is named.
pub(crate) type CommitWatch = Arc<OnceLock<Box<dyn Fn(Commit) + Send + Sync>>>;

enum Message {
    Work(Work),
    Alone(Alone),
    Stop,
}

/// Who commits: the writer thread, or whoever writes, one after the other.
pub(crate) enum Writer {
    Thread(Thread),
    Stepped { committer: Mutex<Committer>, steps: Arc<dyn Steps> },
}

/// Handle to the writer thread; dropping it finishes what waits, then closes the file.
pub(crate) struct Thread {
    queue: Sender<Message>,
    thread: Option<JoinHandle<()>>,
}

impl Writer {
    pub(crate) fn start(
        connection: Connection,
        path: &Path,
        epoch: i64,
        writing: Writing,
        watch: CommitWatch,
    ) -> std::io::Result<Writer> {
        let committer =
            Committer { connection: Some(connection), path: path.to_owned(), epoch, most_pages: None, watch };
        if let Some(steps) = writing.steps {
            return Ok(Writer::Stepped { committer: Mutex::new(committer), steps });
        }
        let (queue, waiting) = channel();
        let group = writing.group.max(1);
        let thread = std::thread::Builder::new().name("ledger-writer".into()).spawn({
            let told = tracing::Span::current();
            move || told.in_scope(|| Loop { committer, waiting, group }.run())
        })?;
        Ok(Writer::Thread(Thread { queue, thread: Some(thread) }))
    }

    pub(crate) fn steps(&self) -> Option<&Arc<dyn Steps>> {
        match self {
            Writer::Thread(_) => None,
            Writer::Stepped { steps, .. } => Some(steps),
        }
    }

    /// Runs `work` in a transaction and answers after its commit.
    pub(crate) async fn write<T, F>(&self, work: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnOnce(&Connection) -> Result<T> + Send + 'static,
    {
        let (answer, outcome) = oneshot::channel();
        let job: Work = Box::new(move |connection| {
            let result = connection.map(work);
            let keep = matches!(result, Some(Ok(_)));
            let finish: Finish = Box::new(move |committed| {
                // the asker may have gone; the write stands all the same
                let _ = answer.send(match (committed, result) {
                    (Ok(()), Some(result)) => result,
                    (Err(_), Some(Err(own))) => Err(own),
                    (Err(error), _) => Err(error),
                    (Ok(()), None) => Err(StoreError::Closed),
                });
            });
            (keep, finish)
        });
        match self {
            Writer::Thread(thread) => {
                thread.queue.send(Message::Work(job)).map_err(|_| StoreError::Closed)?;
                outcome.await.map_err(|_| StoreError::Closed)?
            }
            Writer::Stepped { committer, steps } => {
                let mut committer = committer.lock().await;
                let injected = steps.before_commit().await.err();
                committer.most_pages = steps.most_pages();
                let finishes = committer.commit(vec![job], injected);
                steps.after_commit().await;
                finishes.into_iter().for_each(|finish| finish());
                drop(committer);
                outcome.await.map_err(|_| StoreError::Closed)?
            }
        }
    }
}

impl Writer {
    /// Runs `work` on the writing connection outside of any transaction, with nobody else writing.
    pub(crate) async fn alone<T, F>(&self, work: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnOnce(&Connection) -> Result<T> + Send + 'static,
    {
        let (answer, outcome) = oneshot::channel();
        let job: Alone = Box::new(move |connection| {
            let _ = answer.send(connection.and_then(work));
        });
        match self {
            Writer::Thread(thread) => thread.queue.send(Message::Alone(job)).map_err(|_| StoreError::Closed)?,
            Writer::Stepped { committer, .. } => committer.lock().await.run_alone(job),
        }
        outcome.await.map_err(|_| StoreError::Closed)?
    }
}

impl Drop for Thread {
    fn drop(&mut self) {
        let _ = self.queue.send(Message::Stop);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

struct Loop {
    committer: Committer,
    waiting: Receiver<Message>,
    group: usize,
}

impl Loop {
    fn run(mut self) {
        while let Ok(message) = self.waiting.recv() {
            let first = match message {
                Message::Work(first) => first,
                Message::Alone(job) => {
                    self.committer.run_alone(job);
                    continue;
                }
                Message::Stop => break,
            };
            let mut group = vec![first];
            let mut next = None;
            while group.len() < self.group && next.is_none() {
                match self.waiting.try_recv() {
                    Ok(Message::Work(work)) => group.push(work),
                    Ok(other) => next = Some(other),
                    Err(_) => break,
                }
            }
            self.committer.commit(group, None).into_iter().for_each(|acknowledge| acknowledge());
            match next {
                Some(Message::Alone(job)) => self.committer.run_alone(job),
                Some(Message::Stop) => break,
                Some(Message::Work(_)) | None => {}
            }
        }
    }
}

/// Answers one write; called after the commit.
type Acknowledge = Box<dyn FnOnce() + Send>;

/// The one connection that writes.
pub(crate) struct Committer {
    connection: Option<Connection>,
    path: PathBuf,
    epoch: i64,
    /// A bound on the file's pages, set by a simulation.
    most_pages: Option<u32>,
    watch: CommitWatch,
}

impl Committer {
    /// Runs a group in one transaction, and answers what acknowledges it. If the commit fails none is acknowledged as written
    /// and the connection is reopened.
    fn commit(&mut self, group: Vec<Work>, injected: Option<std::io::Error>) -> Vec<Acknowledge> {
        let (writes, began) = (group.len(), Instant::now());
        let mut finishes: Vec<Finish> = Vec::with_capacity(writes);
        let outcome = self.run_group(group, &mut finishes, injected);
        if let Some(told) = self.watch.get() {
            told(Commit { writes, took: began.elapsed(), is_durable: outcome.is_ok() });
        }
        let failed = outcome.err().map(|error| {
            tracing::error!(%error, "a commit failed; nothing in it is acknowledged");
            self.connection = None;
            (error.to_string(), matches!(error, StoreError::NotOwner))
        });
        let answer = |finish: Finish| -> Acknowledge {
            let committed = match &failed {
                None => Ok(()),
                Some((_, true)) => Err(StoreError::NotOwner),
                Some((text, false)) => Err(StoreError::Io(std::io::Error::other(text.clone()))),
            };
            Box::new(move || finish(committed))
        };
        finishes.into_iter().map(answer).collect()
    }

    /// Runs what wants no transaction, while this process owns the ledger.
    fn run_alone(&mut self, job: Alone) {
        let opened = match self.connection.take() {
            Some(connection) => Ok(connection),
            None => super::open_writer(&self.path),
        };
        match opened {
            Ok(connection) => {
                let connection = self.connection.insert(connection);
                job(is_owned(connection, self.epoch).then_some(&*connection).ok_or(StoreError::NotOwner));
            }
            Err(error) => job(Err(error)),
        }
    }

    fn run_group(
        &mut self,
        group: Vec<Work>,
        finishes: &mut Vec<Finish>,
        injected: Option<std::io::Error>,
    ) -> Result<()> {
        let connection = match self.connection.take() {
            Some(connection) => connection,
            None => match super::open_writer(&self.path) {
                Ok(connection) => connection,
                Err(error) => {
                    refuse(group, finishes);
                    return Err(error);
                }
            },
        };
        let connection = self.connection.insert(connection);
        if is_planted(Bug::AcknowledgedEarly) && !connection.is_autocommit() {
            run(connection, "COMMIT")?;
        }
        let bound = match self.most_pages {
            Some(pages) => connection.query_row(&format!("PRAGMA max_page_count = {pages}"), [], |_| Ok(())),
            None => Ok(()),
        };
        if let Err(error) = bound.and_then(|()| run(connection, "BEGIN IMMEDIATE")) {
            refuse(group, finishes);
            return Err(error.into());
        }
        if !is_owned(connection, self.epoch) && !is_planted(Bug::EpochUnchecked) {
            refuse(group, finishes);
            connection.execute_batch("ROLLBACK")?;
            return Err(StoreError::NotOwner);
        }
        for work in group {
            run(connection, "SAVEPOINT one")?;
            let (keep, finish) = work(Some(connection));
            finishes.push(finish);
            if !keep {
                run(connection, "ROLLBACK TO one")?;
            }
            run(connection, "RELEASE one")?;
        }
        if let Some(error) = injected {
            return Err(error.into());
        }
        if is_planted(Bug::AcknowledgedEarly) {
            return Ok(());
        }
        Ok(run(connection, "COMMIT")?)
    }
}

fn is_owned(connection: &Connection, epoch: i64) -> bool {
    let owner: rusqlite::Result<i64> = connection
        .prepare_cached("SELECT epoch FROM workspace")
        .and_then(|mut query| query.query_row([], |row| row.get(0)));
    owner.is_ok_and(|owner| owner == epoch)
}

fn run(connection: &Connection, statement: &str) -> rusqlite::Result<()> {
    connection.prepare_cached(statement)?.execute([]).map(|_| ())
}

/// Work that is not run is answered with the group's error.
fn refuse(group: Vec<Work>, finishes: &mut Vec<Finish>) {
    finishes.extend(group.into_iter().map(|work| work(None).1));
}

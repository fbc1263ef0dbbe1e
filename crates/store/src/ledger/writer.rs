//! One thread writes. It groups waiting writes into one commit, each in a savepoint so that one fails alone, and
//! acknowledges each only after the commit.

use crate::error::{Result, StoreError};
use rusqlite::Connection;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::JoinHandle;
use tokio::sync::oneshot;

/// Writes in one commit at most.
const GROUP: usize = 64;

type Finish = Box<dyn FnOnce(Result<()>) + Send>;
/// Runs inside the group's transaction, or is refused without one; what it returns is called after the commit, with the
/// commit's outcome.
type Work = Box<dyn FnOnce(Option<&Connection>) -> (bool, Finish) + Send>;

enum Message {
    Work(Work),
    Stop,
}

/// Handle to the writer thread; dropping it finishes what waits, then closes the file.
pub(crate) struct Writer {
    queue: Sender<Message>,
    thread: Option<JoinHandle<()>>,
}

impl Writer {
    pub(crate) fn start(connection: Connection, path: &Path, epoch: i64) -> std::io::Result<Writer> {
        let (queue, waiting) = channel();
        let path = path.to_owned();
        let thread = std::thread::Builder::new()
            .name("ledger-writer".into())
            .spawn(move || Loop { connection: Some(connection), path, epoch, waiting }.run())?;
        Ok(Writer { queue, thread: Some(thread) })
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
        self.queue.send(Message::Work(job)).map_err(|_| StoreError::Closed)?;
        outcome.await.map_err(|_| StoreError::Closed)?
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        let _ = self.queue.send(Message::Stop);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

struct Loop {
    connection: Option<Connection>,
    path: PathBuf,
    epoch: i64,
    waiting: Receiver<Message>,
}

impl Loop {
    fn run(mut self) {
        while let Ok(Message::Work(first)) = self.waiting.recv() {
            let mut group = vec![first];
            let mut stop = false;
            while group.len() < GROUP {
                match self.waiting.try_recv() {
                    Ok(Message::Work(work)) => group.push(work),
                    Ok(Message::Stop) => {
                        stop = true;
                        break;
                    }
                    Err(_) => break,
                }
            }
            self.commit(group);
            if stop {
                break;
            }
        }
    }

    /// Runs a group in one transaction. If the commit fails none is acknowledged and the connection is reopened.
    fn commit(&mut self, group: Vec<Work>) {
        let mut finishes: Vec<Finish> = Vec::with_capacity(group.len());
        let outcome = self.run_group(group, &mut finishes);
        match outcome {
            Ok(()) => finishes.into_iter().for_each(|finish| finish(Ok(()))),
            Err(error) => {
                tracing::error!(%error, "a commit failed; nothing in it is acknowledged");
                self.connection = None;
                let text = error.to_string();
                let not_owner = matches!(error, StoreError::NotOwner);
                for finish in finishes {
                    finish(Err(if not_owner {
                        StoreError::NotOwner
                    } else {
                        StoreError::Io(std::io::Error::other(text.clone()))
                    }));
                }
            }
        }
    }

    fn run_group(&mut self, group: Vec<Work>, finishes: &mut Vec<Finish>) -> Result<()> {
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
        if let Err(error) = connection.execute_batch("BEGIN IMMEDIATE") {
            refuse(group, finishes);
            return Err(error.into());
        }
        let owner: i64 = connection.query_row("SELECT epoch FROM workspace", [], |row| row.get(0)).unwrap_or(-1);
        if owner != self.epoch {
            refuse(group, finishes);
            connection.execute_batch("ROLLBACK")?;
            return Err(StoreError::NotOwner);
        }
        for work in group {
            connection.execute_batch("SAVEPOINT one")?;
            let (keep, finish) = work(Some(connection));
            finishes.push(finish);
            connection.execute_batch(if keep { "RELEASE one" } else { "ROLLBACK TO one; RELEASE one" })?;
        }
        connection.execute_batch("COMMIT")?;
        Ok(())
    }
}

/// Work that is not run is answered with the group's error.
fn refuse(group: Vec<Work>, finishes: &mut Vec<Finish>) {
    finishes.extend(group.into_iter().map(|work| work(None).1));
}

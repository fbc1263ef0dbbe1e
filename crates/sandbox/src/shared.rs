//! What the routers, the control endpoint and the in-process methods have in common: the configuration, the state behind
//! one lock, the log of requests and the limiters.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};

use axum::response::Response;
use serde::Serialize;
use serde_json::{Value, json};
use tokio::sync::{Notify, watch};

use crate::call::{Call, decode};
use crate::config::SandboxConfig;
use crate::error::SandboxError;
use crate::faults::{Fault, FaultKind};
use crate::front::broken;
use crate::hooks::Post;
use crate::limits::Limiter;
use crate::simulator::Simulator;
use crate::state::State;
use crate::woocommerce::Nonces;

const LOGGED: usize = 1_000;

pub(crate) struct Shared {
    pub config: SandboxConfig,
    state: Mutex<State>,
    log: Mutex<Log>,
    pub limiter: Mutex<Limiter>,
    pub nonces: Mutex<Nonces>,
    pub post: Post,
    /// Told when something waits to be delivered.
    pub to_deliver: Notify,
    closing: watch::Sender<bool>,
}

#[derive(Default)]
struct Log {
    next: u64,
    entries: VecDeque<Entry>,
    counts: BTreeMap<&'static str, BTreeMap<&'static str, u64>>,
}

#[derive(Clone, Serialize)]
struct Entry {
    n: u64,
    at_ms: i64,
    provider: Simulator,
    operation: &'static str,
    method: String,
    path: String,
    /// `None` while no answer left, and for ever when the caller went away first.
    status: Option<u16>,
    fault: Option<FaultKind>,
}

pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // A panic elsewhere left whole values behind: every change is made by plain assignments.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Shared {
    pub fn new(config: SandboxConfig, state: State) -> Self {
        Self {
            config,
            state: Mutex::new(state),
            log: Mutex::default(),
            limiter: Mutex::default(),
            nonces: Mutex::default(),
            post: Post::default(),
            to_deliver: Notify::new(),
            closing: watch::Sender::new(false),
        }
    }

    pub fn now_ms(&self) -> i64 {
        (self.config.clock)()
    }

    pub fn read<R>(&self, look: impl FnOnce(&State) -> R) -> R {
        look(&lock(&self.state))
    }

    /// Changes the state and has it on disk before returning. A change that refuses must have changed nothing.
    pub fn change<R, E>(&self, change: impl FnOnce(&mut State) -> Result<R, E>) -> Result<Result<R, E>, SandboxError> {
        let mut state = lock(&self.state);
        let outcome = change(&mut state);
        if outcome.is_ok()
            && let Some(path) = &self.config.state_file
        {
            state.save(path)?;
        }
        if outcome.is_ok() && state.hooks.waits() {
            self.to_deliver.notify_one();
        }
        Ok(outcome)
    }

    /// Changes what may be lost in a crash: the next [`Self::change`] writes it.
    pub fn touch<R>(&self, change: impl FnOnce(&mut State) -> R) -> R {
        change(&mut lock(&self.state))
    }

    /// [`Self::change`] for what is answered either way.
    pub fn change_and_answer(&self, change: impl FnOnce(&mut State) -> Result<Response, Box<Response>>) -> Response {
        match self.change(change) {
            Ok(Ok(response)) => response,
            Ok(Err(response)) => *response,
            Err(why) => broken(&why),
        }
    }

    pub fn spend_fault(
        &self,
        provider: Simulator,
        operation: &str,
        call: &Call,
    ) -> Result<Option<Fault>, SandboxError> {
        let mut state = lock(&self.state);
        if state.faults.armed().is_empty() {
            return Ok(None);
        }
        let body = String::from_utf8_lossy(&call.body);
        // A client may escape letters in JSON: the match is on what it means.
        let plain = serde_json::from_slice::<Value>(&call.body).map(|body| body.to_string()).unwrap_or_default();
        let query = decode(&call.query, true);
        let haystacks = [body.as_ref(), plain.as_str(), query.as_str(), call.path.as_str()];
        let Some(at) = state.faults.find(provider, operation, &haystacks) else { return Ok(None) };
        let (fault, changed) = state.faults.spend(at);
        if changed && let Some(path) = &self.config.state_file {
            state.save(path)?;
        }
        Ok(Some(fault))
    }

    pub fn log_request(&self, provider: Simulator, operation: &'static str, call: &Call) -> u64 {
        let mut log = lock(&self.log);
        let n = log.next;
        log.next += 1;
        *log.counts.entry(provider.name()).or_default().entry(operation).or_default() += 1;
        if log.entries.len() == LOGGED {
            log.entries.pop_front();
        }
        // The query stays out: WooCommerce's secret may be in it.
        log.entries.push_back(Entry {
            n,
            at_ms: call.at_ms,
            provider,
            operation,
            method: call.method.to_string(),
            path: call.path.clone(),
            status: None,
            fault: None,
        });
        n
    }

    pub fn log_answer(&self, entry: u64, status: u16) {
        self.amend_log(entry, |entry| entry.status = Some(status));
    }

    pub fn log_fault(&self, entry: u64, kind: FaultKind) {
        self.amend_log(entry, |entry| entry.fault = Some(kind));
    }

    fn amend_log(&self, n: u64, amend: impl FnOnce(&mut Entry)) {
        if let Some(entry) = lock(&self.log).entries.iter_mut().rev().find(|entry| entry.n == n) {
            amend(entry);
        }
    }

    pub fn forget_requests(&self) {
        *lock(&self.log) = Log::default();
        lock(&self.limiter).clear();
    }

    pub fn requests(&self) -> Value {
        json!(lock(&self.log).entries)
    }

    pub fn request_counts(&self) -> Value {
        let log = lock(&self.log);
        let counts = Simulator::ALL.map(|simulator| {
            let counts = log.counts.get(simulator.name()).cloned().unwrap_or_default();
            let count = json!({ "total": counts.values().sum::<u64>(), "by_operation": counts });
            (simulator.name().to_owned(), count)
        });
        Value::Object(counts.into_iter().collect())
    }

    pub fn close(&self) {
        self.closing.send_replace(true);
    }

    pub fn reopen(&self) {
        self.closing.send_replace(false);
    }

    pub async fn closed(&self) {
        // The sender lives as long as we do, so waiting ends only by closing.
        let mut closing = self.closing.subscribe();
        let _ = closing.wait_for(|closing| *closing).await;
    }
}

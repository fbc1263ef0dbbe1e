//! The host of the api: which workspaces run, which one is on screen, and every command's handler.

mod alerts;
mod all;
mod app;
mod audit;
mod backfill;
mod backup;
mod bulk;
mod changes;
mod clients;
mod connections;
mod convert;
mod desk;
mod desktop;
mod editor;
mod einvoices;
mod failures;
mod handlers;
mod imports;
mod inbox;
mod listener;
mod log;
mod metrics;
mod months;
mod network;
mod operations;
#[cfg(test)]
mod parts_of_tests;
mod people;
mod reconcile;
mod records;
mod rules;
mod schedule;
mod settings;
mod setup;
mod support;
mod table;
mod trust;
mod vault;
mod veil;

use crate::commands::{AccessRole, Event, HostKind, Session, Tag};
use crate::dto::*;
use crate::error::{ApiError, ErrorCode};
use punte_engine::connectors::transport::PrivateHosts;
use punte_engine::store::StoreError;
use punte_engine::vault::SwitchVault;
use punte_engine::{Change, Deps, EngineError, Workspace};
use settings::Settings;
use std::collections::{BTreeSet, HashMap};
use std::path::PathBuf;
use std::pin::Pin;
use std::sync::{Arc, OnceLock, Weak};
use std::time::Duration;
use tokio::sync::{Mutex, broadcast};

#[cfg(test)]
pub(crate) use audit::{reads_on_record, subject_kinds};
pub use desktop::{Closing, WindowRequest};
pub use listener::{HookSink, ListenerCounts, ListenerHandle, ListenerStarter};

type BoxFuture<T> = Pin<Box<dyn Future<Output = T> + Send>>;

/// What a host puts together before any workspace is open.
#[derive(Clone)]
pub struct Parts {
    /// Settings and the workspaces' folders live under it.
    pub home: PathBuf,
    pub deps: Deps,
    /// The same vault that the workspaces are handed, with what a person does to it.
    pub vault: Arc<SwitchVault>,
    pub operator: String,
    /// Shared with the transport: hosts of a private network that may be reached.
    pub private_hosts: PrivateHosts,
    pub sandbox: SandboxStarter,
    pub listener: ListenerStarter,
    /// Told of every workspace that this process comes to own.
    pub opened: Arc<dyn Fn(&std::path::Path) + Send + Sync>,
}

/// Starts the simulators for a workspace's folder. The api does not know them.
pub type SandboxStarter = Arc<dyn Fn(PathBuf) -> BoxFuture<Result<SandboxHandle, String>> + Send + Sync>;

/// Running simulators: where they listen, how to log in, and their switches.
#[derive(Clone)]
pub struct SandboxHandle {
    /// By name: `sandbox:woocommerce`, `sandbox:smartbill`, `sandbox:oblio`.
    pub addresses: HashMap<String, String>,
    pub woocommerce: SandboxLogin,
    pub smartbill: SandboxLogin,
    pub oblio: SandboxLogin,
    pub info: Arc<dyn Fn() -> SandboxInfo + Send + Sync>,
    pub set_fault: Arc<dyn Fn(SandboxFault) -> Result<(), String> + Send + Sync>,
    pub clear_faults: Arc<dyn Fn() -> Result<(), String> + Send + Sync>,
    pub add_orders: Arc<dyn Fn(u32) -> Result<(), String> + Send + Sync>,
}

#[derive(Clone)]
pub struct SandboxLogin {
    pub account: String,
    pub secret: String,
    pub company: String,
    pub series: String,
}

struct Running {
    workspace: Arc<Workspace>,
    sandbox: Option<SandboxHandle>,
}

struct State {
    settings: Settings,
    running: HashMap<String, Running>,
    current: Option<String>,
    problem: Option<OpenProblem>,
    /// The webhooks' listener, or why there is none although there should be.
    listener: Option<Result<ListenerHandle, String>>,
    /// The program ends: nothing is taken up any more, or nobody would stop it.
    is_ending: bool,
}

impl State {
    fn goes_on(&self) -> Result<(), ApiError> {
        if self.is_ending { Err(ApiError::new(ErrorCode::NotNow, "ending")) } else { Ok(()) }
    }
}

/// Implements every command over the running workspaces.
pub struct Host {
    parts: Parts,
    state: Mutex<State>,
    seats: people::Seats,
    desktop: desktop::Desktop,
    lately: audit::Lately,
    previewed: support::Previewed,
    /// What whoever started the program named.
    start_language: OnceLock<&'static str>,
    events: broadcast::Sender<Event>,
    /// For what calls back while the host lives.
    me: Weak<Host>,
}

impl Host {
    /// Reads the settings. Opens nothing yet.
    pub fn new(parts: Parts) -> Result<Arc<Host>, ApiError> {
        let settings = Settings::read(&parts.home)?;
        settings.private_hosts.iter().for_each(|host| parts.private_hosts.permit(host));
        let (events, _) = broadcast::channel(256);
        let state =
            State { settings, running: HashMap::new(), current: None, problem: None, listener: None, is_ending: false };
        Ok(Arc::new_cyclic(|me| Host {
            parts,
            state: Mutex::new(state),
            seats: people::Seats::default(),
            desktop: desktop::Desktop::default(),
            lately: audit::Lately::default(),
            previewed: support::Previewed::default(),
            start_language: OnceLock::new(),
            events,
            me: me.clone(),
        }))
    }

    /// The session of whoever sits at this machine: its owner, until operators are set up.
    pub fn local_session(&self, host: HostKind) -> Session {
        self.session_of(host, "local")
    }

    /// The session of one of a host's clients.
    pub fn session_of(&self, host: HostKind, client: &str) -> Session {
        Session {
            operator: self.parts.operator.clone(),
            role: AccessRole::Admin,
            host,
            client: client.to_owned(),
            approved_by: None,
        }
    }

    pub fn subscribe(&self) -> broadcast::Receiver<Event> {
        self.events.subscribe()
    }

    pub async fn call(
        &self,
        session: &Session,
        command: &str,
        payload: serde_json::Value,
    ) -> Result<serde_json::Value, ApiError> {
        self.about_one(session, command, payload).await
    }

    async fn answer(
        &self,
        session: &Session,
        command: &str,
        payload: serde_json::Value,
    ) -> Result<serde_json::Value, ApiError> {
        let outcome = match self.admit(session, command).await {
            Ok(session) => Self::veiled(&session, command, self.carry_out(&session, command, payload).await),
            Err(error) => Err(error),
        };
        match &outcome {
            // whoever looks again and again, as the tray does, is told so again and again
            Err(error) if error.code == ErrorCode::SignInNeeded => tracing::debug!("nobody is signed in"),
            Err(error) => tracing::info!(code = error.code.to_text(), "a command was answered with an error"),
            Ok(_) => {}
        }
        outcome
    }

    /// This machine has another network than before: what could not be reached is tried at once.
    pub async fn network_changed(&self) {
        let running: Vec<Arc<Workspace>> =
            self.state.lock().await.running.values().map(|running| running.workspace.clone()).collect();
        for workspace in running {
            if let Err(error) = workspace.try_again().await {
                tracing::warn!(%error, "what could not be reached is not tried anew");
            }
        }
    }

    /// Stops every running workspace, and opens none after it. What can't be finished in time is in doubt at the next start.
    pub async fn shut_down(&self) {
        let running: Vec<Arc<Workspace>> = {
            let mut state = self.state.lock().await;
            state.is_ending = true;
            state.current = None;
            state.listener = None;
            state.running.drain().map(|(_, running)| running.workspace).collect()
        };
        // at once: each has its own bounded time
        let stopping: Vec<_> =
            running.into_iter().map(|workspace| tokio::spawn(async move { workspace.stop().await })).collect();
        for one in stopping {
            if let Err(error) = one.await {
                tracing::error!(%error, "a workspace did not stop in order");
            }
        }
    }

    /// The workspace that a call names, or the one on screen.
    pub async fn workspace(&self) -> Result<Arc<Workspace>, ApiError> {
        let state = self.state.lock().await;
        let current = self.chosen(state.current.as_ref()).and_then(|id| state.running.get(&id));
        current
            .map(|running| running.workspace.clone())
            .ok_or_else(|| ApiError::new(ErrorCode::NoWorkspace, "no workspace is open"))
    }

    async fn sandbox(&self) -> Result<SandboxHandle, ApiError> {
        let state = self.state.lock().await;
        let current = self.chosen(state.current.as_ref()).and_then(|id| state.running.get(&id));
        current
            .and_then(|running| running.sandbox.clone())
            .ok_or_else(|| ApiError::new(ErrorCode::NotNow, "the open workspace is not a sandbox"))
    }

    pub(crate) fn emit(&self, tags: &[Tag]) {
        // nobody listening is fine
        let _ = self.events.send(Event { tags: tags.to_vec() });
    }

    /// Passes a workspace's changes on, batched.
    fn pump(&self, workspace: &Arc<Workspace>) {
        let mut changes = workspace.subscribe();
        let events = self.events.clone();
        tokio::spawn(async move {
            loop {
                let mut tags = BTreeSet::new();
                match changes.recv().await {
                    Ok(change) => tags.insert(tag_of(change)),
                    Err(broadcast::error::RecvError::Lagged(_)) => {
                        tags.extend(Event::everything().tags);
                        true
                    }
                    Err(broadcast::error::RecvError::Closed) => return,
                };
                tokio::time::sleep(Duration::from_millis(100)).await;
                while let Ok(change) = changes.try_recv() {
                    tags.insert(tag_of(change));
                }
                let _ = events.send(Event { tags: tags.into_iter().collect() });
            }
        });
    }
}

fn tag_of(change: Change) -> Tag {
    match change {
        Change::Connections => Tag::Connections,
        Change::Documents => Tag::Documents,
        Change::Mappings => Tag::Mappings,
        Change::Orders => Tag::Orders,
        Change::Workspace => Tag::App,
        Change::Reconcile => Tag::Reconcile,
        Change::Schedule => Tag::Schedule,
        Change::DryRun => Tag::DryRun,
        Change::Exports => Tag::Exports,
        Change::Bulk => Tag::Bulk,
        Change::Inbox => Tag::Inbox,
        Change::Backfill => Tag::Backfill,
        Change::Imports => Tag::Imports,
        Change::Audit => Tag::Audit,
        Change::Alerts => Tag::Alerts,
    }
}

impl From<EngineError> for ApiError {
    fn from(error: EngineError) -> Self {
        match error {
            EngineError::Store(store) => ApiError::from(store),
            EngineError::Vault(detail) => ApiError::new(ErrorCode::Vault, detail),
            EngineError::Credentials(error) => error.into(),
            EngineError::Outside(failure) => ApiError {
                code: ErrorCode::Outside,
                detail: failure.object.to_string(),
                field: None,
                failure: Some(Box::new(convert::failure(&failure, "", 0))),
            },
            EngineError::Invalid { field, detail } => ApiError::invalid(field, detail),
            EngineError::NotNow(why) => ApiError::new(ErrorCode::NotNow, why),
        }
    }
}

impl From<StoreError> for ApiError {
    fn from(error: StoreError) -> Self {
        let detail = error.to_string();
        let code = match error {
            StoreError::Owned(_) | StoreError::NotOwner => ErrorCode::WorkspaceOwned,
            StoreError::Newer { .. } => ErrorCode::LedgerNewer,
            StoreError::Damaged(_) => ErrorCode::LedgerDamaged,
            StoreError::ReadOnly(_) => ErrorCode::LedgerReadOnly,
            StoreError::Foreign(_) => ErrorCode::InvalidInput,
            StoreError::Missing(_) | StoreError::NotFound(_) => ErrorCode::NotFound,
            StoreError::Stale(_)
            | StoreError::NotAllowed(_)
            | StoreError::Illegal(_)
            | StoreError::PublishedMeanwhile(_)
            | StoreError::Quarantined => ErrorCode::NotNow,
            StoreError::AlreadyLinked(_) => ErrorCode::AlreadyLinked,
            StoreError::Sqlite(_) | StoreError::Io(_) | StoreError::Json(_) | StoreError::Closed => ErrorCode::Internal,
        };
        ApiError::new(code, detail)
    }
}

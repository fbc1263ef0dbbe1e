//! The webhooks' listener of this process: one port for every workspace that runs here.

use super::settings::ListenerSettings;
use super::{BoxFuture, Host};
use crate::commands::{Session, Tag};
use crate::dto::*;
use crate::error::ApiError;
use punte_engine::inbox::{HookAnswer, Knock};
use punte_engine::store::ledger::Connection;
use punte_engine::{EngineError, Workspace};
use std::any::Any;
use std::sync::Arc;

/// `Ok(None)`: the token is nobody's.
type Answering = BoxFuture<Result<Option<HookAnswer>, ()>>;

/// Where knocks go. `Err` of either: not now, come again.
#[derive(Clone)]
pub struct HookSink {
    /// Whether a token is anybody's: asked before anything is read of a body.
    pub knows: Arc<dyn Fn(String) -> BoxFuture<Result<bool, ()>> + Send + Sync>,
    /// Takes a knock at the address of a token. `Ok(None)`: nobody has it.
    pub take: Arc<dyn Fn(String, Knock) -> Answering + Send + Sync>,
}

/// Starts to listen on a port of loopback (0: a free one). The api knows no HTTP.
pub type ListenerStarter = Arc<dyn Fn(HookSink, u16) -> BoxFuture<Result<ListenerHandle, String>> + Send + Sync>;

/// Deliveries since a listener began.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ListenerCounts {
    pub accepted: u64,
    pub refused: u64,
    /// Sent away for want of room.
    pub overloaded: u64,
}

/// Listens until it is dropped.
pub struct ListenerHandle {
    pub port: u16,
    pub counts: Arc<dyn Fn() -> ListenerCounts + Send + Sync>,
    pub guard: Box<dyn Any + Send + Sync>,
}

impl Host {
    /// Listens as the settings say. Called once, where this process owns its workspaces.
    pub(super) async fn take_listener_up(&self) {
        let (enabled, port, is_up) = {
            let state = self.state.lock().await;
            (state.settings.listener.enabled, state.settings.listener.port, state.listener.is_some())
        };
        if enabled && !is_up {
            let started = self.start_listener(port).await;
            self.state.lock().await.listener = Some(started);
        }
    }

    async fn start_listener(&self, port: u16) -> Result<ListenerHandle, String> {
        let (asked, taking) = (self.me.clone(), self.me.clone());
        let sink = HookSink {
            knows: Arc::new(move |token| {
                let me = asked.clone();
                Box::pin(async move {
                    let host = me.upgrade().ok_or(())?;
                    Ok(host.find_hook_of(&token).await?.is_some())
                })
            }),
            take: Arc::new(move |token, knock| {
                let me = taking.clone();
                Box::pin(async move { me.upgrade().ok_or(())?.knocked(&token, knock).await })
            }),
        };
        let started = (self.parts.listener)(sink, port).await;
        match &started {
            Ok(handle) => tracing::info!(port = handle.port, "listening for webhooks"),
            Err(error) => tracing::error!(error, port, "webhooks cannot be listened for"),
        }
        started
    }

    /// The workspace and the connection whose address a token is of.
    async fn find_hook_of(&self, token: &str) -> Result<Option<(Arc<Workspace>, Connection)>, ()> {
        let workspaces: Vec<_> =
            self.state.lock().await.running.values().map(|running| running.workspace.clone()).collect();
        for workspace in workspaces {
            if let Some(connection) = workspace.find_by_token(token).await.map_err(not_now)? {
                return Ok(Some((workspace, connection)));
            }
        }
        Ok(None)
    }

    async fn knocked(&self, token: &str, knock: Knock) -> Result<Option<HookAnswer>, ()> {
        match self.find_hook_of(token).await? {
            Some((workspace, connection)) => workspace.receive(&connection, knock).await.map(Some).map_err(not_now),
            None => Ok(None),
        }
    }

    pub(super) async fn listener_get(&self, _: &Session, _: Nothing) -> Result<ListenerInfo, ApiError> {
        let state = self.state.lock().await;
        let ListenerSettings { enabled, port, public_address } = state.settings.listener.clone();
        let (address, error, counts) = match &state.listener {
            Some(Ok(handle)) => (Some(format!("http://127.0.0.1:{}", handle.port)), None, (handle.counts)()),
            Some(Err(error)) => (None, Some(error.clone()), ListenerCounts::default()),
            None => (None, None, ListenerCounts::default()),
        };
        let ListenerCounts { accepted, refused, overloaded } = counts;
        Ok(ListenerInfo { enabled, port, address, public_address, error, accepted, refused, overloaded })
    }

    pub(super) async fn listener_set(&self, session: &Session, input: ListenerInput) -> Result<ListenerInfo, ApiError> {
        let public_address = input.public_address.trim().trim_end_matches('/').to_owned();
        if !public_address.is_empty() && !public_address.starts_with("https://") || public_address.len() > 300 {
            return Err(ApiError::invalid("publicAddress", "begins with https://, at most 300 characters"));
        }
        if input.port != 0 && input.port < 1024 {
            return Err(ApiError::invalid("port", "0, or 1024 to 65535"));
        }
        {
            let mut state = self.state.lock().await;
            let mut settings = state.settings.clone();
            settings.listener = ListenerSettings { enabled: input.enabled, port: input.port, public_address };
            settings.write(&self.parts.home)?;
            state.settings = settings;
            // the port is free before it is taken again
            state.listener = None;
        }
        self.take_listener_up().await;
        self.emit(&[Tag::Inbox]);
        self.listener_get(session, Nothing {}).await
    }

    /// Where webhooks reach this process: the public address, else its own.
    pub(super) async fn hook_base(&self) -> Option<String> {
        let state = self.state.lock().await;
        let public = &state.settings.listener.public_address;
        let own = || state.listener.as_ref()?.as_ref().ok().map(|handle| format!("http://127.0.0.1:{}", handle.port));
        if public.is_empty() { own() } else { Some(public.clone()) }
    }
}

fn not_now(error: EngineError) {
    tracing::error!(%error, "a delivery could not be written down");
}

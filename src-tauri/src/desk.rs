//! Who answers the window: this process's own host, or the owner of the workspaces that it is attached to.

use punte_api::{ApiError, ErrorCode, Event, Host};
use punte_http::{AttachError, Attached};
use serde_json::Value;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::broadcast::error::RecvError;

/// Between two tries to hear an owner's changes.
const AGAIN: Duration = Duration::from_secs(2);

pub enum Desk {
    Own(Arc<Host>),
    Attached(Attached),
}

impl Desk {
    pub async fn call(&self, command: &str, payload: Value) -> Result<Value, ApiError> {
        let owner = match self {
            Desk::Own(host) => return host.call(&host.local_session(), command, payload).await,
            Desk::Attached(owner) => owner,
        };
        // these choose another workspace: asked about none, and what the answer shows is asked about from here on
        let chooses = matches!(command, "workspace.open" | "workspace.create" | "workspace.open_sandbox");
        let mut answer =
            if chooses { owner.call_about(None, command, payload).await } else { owner.call(command, payload).await }
                .map_err(told)?;
        if chooses {
            owner.turn_to(answer["open"]["id"].as_str().map(str::to_owned));
        }
        if let Some(attached_to) = answer.get_mut("attachedTo") {
            *attached_to = owner.owner_pid().into();
        }
        Ok(answer)
    }

    /// Every change, as long as the window stands. One that fell behind reads everything again.
    pub async fn listen(&self, mut changed: impl FnMut(Event)) {
        let owner = match self {
            Desk::Own(host) => {
                let mut events = host.subscribe();
                loop {
                    match events.recv().await {
                        Ok(event) => changed(event),
                        Err(RecvError::Lagged(_)) => changed(Event::everything()),
                        Err(RecvError::Closed) => return,
                    }
                }
            }
            Desk::Attached(owner) => owner,
        };
        loop {
            if let Err(error) = owner.listen(&mut changed).await {
                tracing::warn!(%error, "the owner's changes are not heard");
            }
            changed(Event::everything());
            tokio::time::sleep(AGAIN).await;
        }
    }
}

fn told(error: AttachError) -> ApiError {
    match error {
        AttachError::Api(error) => error,
        silent => ApiError::new(ErrorCode::WorkspaceOwned, silent.to_string()),
    }
}

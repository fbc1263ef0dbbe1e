//! Who answers the window: this process's own host, or the owner of the workspaces that it is attached to.
//!
//! An owner that ends is waited for a little, for it may be started again; then this process takes over.

use punte_api::{ApiError, ErrorCode, Event, Host, HostKind, Scope, has_scope};
use punte_http::{AttachError, Attached};
use serde_json::{Value, json};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::mpsc;

/// Between two tries to find an owner.
const AGAIN: Duration = Duration::from_secs(2);
/// Tries that an owner has to come back.
const TRIES: u32 = 4;

pub struct Desk {
    host: Arc<Host>,
    /// `None`: this process owns what it shows.
    owner: Mutex<Option<Owner>>,
}

#[derive(Clone)]
struct Owner {
    attached: Arc<Attached>,
    /// Of the workspace on screen.
    folder: PathBuf,
}

impl Desk {
    pub fn own(host: Arc<Host>) -> Desk {
        Desk { host, owner: Mutex::new(None) }
    }

    /// Asks the owner of a folder.
    pub fn attached(host: Arc<Host>, attached: Attached, folder: PathBuf) -> Desk {
        Desk { host, owner: Mutex::new(Some(Owner { attached: Arc::new(attached), folder })) }
    }

    fn owner(&self) -> Option<Owner> {
        self.owner.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn set_owner(&self, owner: Option<Owner>) {
        *self.owner.lock().unwrap_or_else(PoisonError::into_inner) = owner;
    }

    pub async fn call(&self, command: &str, payload: Value) -> Result<Value, ApiError> {
        let owner = self.owner().filter(|_| !has_scope(command, Scope::Here));
        let Some(Owner { attached: owner, .. }) = owner else {
            return self.host.call(&self.host.local_session(HostKind::Window), command, payload).await;
        };
        // these choose another workspace: asked about none, and what the answer shows is asked about from here on
        let chooses = has_scope(command, Scope::Turns);
        let mut answer =
            if chooses { owner.call_about(None, command, payload).await } else { owner.call(command, payload).await }
                .map_err(told)?;
        if chooses {
            owner.turn_to(answer["open"]["id"].as_str().map(str::to_owned));
            if let Some(folder) = answer["open"]["folder"].as_str() {
                self.set_owner(Some(Owner { attached: owner.clone(), folder: folder.into() }));
            }
        }
        if let Some(attached_to) = answer.get_mut("attachedTo") {
            *attached_to = owner.owner_pid().into();
        }
        Ok(answer)
    }

    /// About one workspace, whichever is on screen.
    pub async fn call_about(&self, workspace: &str, command: &str, payload: Value) -> Result<Value, ApiError> {
        match self.owner() {
            Some(Owner { attached, .. }) => {
                attached.call_about(Some(workspace.to_owned()), command, payload).await.map_err(told)
            }
            None => {
                let session = self.host.local_session(HostKind::Window);
                self.host.call_about(workspace.to_owned(), &session, command, payload).await
            }
        }
    }

    /// Puts a workspace on screen, if it is not there.
    pub async fn turn_to(&self, workspace: &str) -> Result<(), ApiError> {
        let app = self.call("app.get", json!({})).await?;
        if app["open"]["id"] != workspace {
            self.call("workspace.open", json!({ "id": workspace })).await?;
        }
        Ok(())
    }

    /// Every change, as long as the window stands. One that fell behind reads everything again.
    pub async fn listen(&self, mut changed: impl FnMut(Event)) {
        let mut own = self.host.subscribe();
        loop {
            if let Some(Owner { attached, .. }) = self.owner() {
                let (told, mut telling) = mpsc::unbounded_channel();
                let mut listening = std::pin::pin!(attached.listen(move |event| {
                    // this loop hears it, or has ended with the window
                    let _ = told.send(event);
                }));
                let ended = loop {
                    tokio::select! {
                        ended = &mut listening => break ended,
                        Some(event) = telling.recv() => changed(event),
                        // what is about this window is this process's own
                        Ok(event) = own.recv() => changed(event),
                    }
                };
                if let Err(error) = ended {
                    tracing::warn!(%error, "the owner's changes are not heard");
                }
                // the screens ask, and are told that nobody answers
                changed(Event::everything());
                self.find_owner().await;
                changed(Event::everything());
                continue;
            }
            match own.recv().await {
                Ok(event) => changed(event),
                Err(RecvError::Lagged(_)) => changed(Event::everything()),
                Err(RecvError::Closed) => return,
            }
        }
    }

    /// Waits until the workspace on screen has an owner that answers: the one before, a new one, or this process.
    async fn find_owner(&self) {
        for tries in 1_u32.. {
            let Some(Owner { folder, .. }) = self.owner() else { return };
            match Attached::to(&folder, HostKind::Window).await {
                Ok(attached) => return self.set_owner(Some(Owner { attached: Arc::new(attached), folder })),
                Err(error) => tracing::debug!(%error, "no owner answers"),
            }
            if tries >= TRIES {
                match self.host.take_over(&folder).await {
                    // somebody owns it, and does not answer yet
                    Err(error) if error.code == ErrorCode::WorkspaceOwned => {}
                    Err(error) => {
                        // the first screen tells what is wrong with it
                        tracing::error!(%error, "the workspace could not be taken over");
                        return self.set_owner(None);
                    }
                    Ok(()) => {
                        tracing::info!(folder = %folder.display(), "taken over from an owner that ended");
                        return self.set_owner(None);
                    }
                }
            }
            tokio::time::sleep(AGAIN).await;
        }
    }
}

/// A workspace that is watched from the tray and whose notices are shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Watched {
    pub id: String,
    pub name: String,
    pub is_on_screen: bool,
}

/// Of what `app.get` answers: the workspace on screen first, then every other that runs; a sandbox only on screen, for in it
/// something always needs somebody.
pub fn watched(app: &Value) -> Vec<Watched> {
    let read = |one: &Value, is_on_screen| {
        Some(Watched { id: one["id"].as_str()?.to_owned(), name: one["name"].as_str()?.to_owned(), is_on_screen })
    };
    let shown = read(&app["open"], true);
    let known = app["workspaces"].as_array().into_iter().flatten();
    let runs = known.filter(|one| one["enabled"] == true && one["isSandbox"] != true && one["id"] != app["open"]["id"]);
    shown.into_iter().chain(runs.filter_map(|one| read(one, false))).collect()
}

fn told(error: AttachError) -> ApiError {
    match error {
        AttachError::Api(error) => error,
        silent => ApiError::new(ErrorCode::OwnerSilent, silent.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_workspace_on_screen_is_watched_and_every_other_that_runs_but_a_sandbox() {
        let one = |id: &str, enabled: bool, is_sandbox: bool| json!({ "id": id, "name": id.to_uppercase(), "enabled": enabled, "isSandbox": is_sandbox });
        let all = json!([one("off", false, false), one("a", true, false), one("s", true, true), one("b", true, false)]);
        let ids = |open: Value| -> Vec<(String, bool)> {
            let told = watched(&json!({ "open": open, "workspaces": all }));
            told.into_iter().map(|one| (one.id, one.is_on_screen)).collect()
        };
        let pairs = |all: &[(&str, bool)]| -> Vec<(String, bool)> {
            all.iter().map(|(id, is_on_screen)| ((*id).to_owned(), *is_on_screen)).collect()
        };
        assert_eq!(ids(all[3].clone()), pairs(&[("b", true), ("a", false)]));
        assert_eq!(ids(all[2].clone()), pairs(&[("s", true), ("a", false), ("b", false)]));
        assert_eq!(ids(Value::Null), pairs(&[("a", false), ("b", false)]));
    }
}

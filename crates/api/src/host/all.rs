//! Every workspace that a process runs, and which one a call is about.

use super::Host;
use super::app::problem_code;
use super::settings::Settings;
use crate::commands::{Scope, Session, Tag, has_scope};
use crate::dto::*;
use crate::error::ApiError;
use punte_engine::Workspace;
use std::path::Path;
use std::pin::Pin;
use std::sync::Arc;
use tracing::Instrument;

type Answer<'a> = Pin<Box<dyn Future<Output = Result<serde_json::Value, ApiError>> + Send + 'a>>;

tokio::task_local! {
    /// The workspace that a call is about, where it is not the one on screen.
    static CHOSEN: String;
}

impl Host {
    /// Answers a command about a workspace of this process, whichever is on screen.
    pub async fn call_about(
        &self,
        workspace: String,
        session: &Session,
        command: &str,
        payload: serde_json::Value,
    ) -> Result<serde_json::Value, ApiError> {
        CHOSEN.scope(workspace, self.call(session, command, payload)).await
    }

    /// Answers a command about one workspace from its beginning to its end: the one that the call names, or the one on screen
    /// now. Another client may turn to another meanwhile, and who may do it was looked up in this one.
    pub(super) async fn about_one(
        &self,
        session: &Session,
        command: &str,
        payload: serde_json::Value,
    ) -> Result<serde_json::Value, ApiError> {
        // for the log: which workspace a line is about
        let span = |workspace: Option<&str>| tracing::error_span!("call", workspace, command);
        let named = CHOSEN.try_with(Clone::clone).ok();
        // boxed: the future of every command in one, and the compiler would write it down three times over
        let answer: Answer<'_> = Box::pin(self.answer(session, command, payload));
        if has_scope(command, Scope::Turns) || named.is_some() {
            return answer.instrument(span(named.as_deref())).await;
        }
        let current = self.state.lock().await.current.clone();
        let span = span(current.as_deref());
        match current {
            Some(current) => CHOSEN.scope(current, answer.instrument(span)).await,
            None => answer.instrument(span).await,
        }
    }

    /// Whether the workspace of the call at hand is settled: it names it, or it was on screen when the call came.
    pub(super) fn is_named(&self) -> bool {
        CHOSEN.try_with(|_| ()).is_ok()
    }

    /// The workspaces that run in this process.
    pub(super) async fn all_running(&self) -> Vec<Arc<Workspace>> {
        self.state.lock().await.running.values().map(|running| running.workspace.clone()).collect()
    }

    /// The workspace that the call at hand is about: the one that it names, or the one on screen.
    pub(super) fn chosen(&self, current: Option<&String>) -> Option<String> {
        CHOSEN.try_with(Clone::clone).ok().or_else(|| current.cloned())
    }

    /// Runs every enabled workspace that does not run here yet; what is on screen stays. One that cannot be opened is
    /// answered, and does not stop the others.
    pub async fn run_enabled(&self) -> Vec<OpenProblem> {
        let problems = self.run_all().await;
        self.take_listener_up().await;
        problems
    }

    async fn run_all(&self) -> Vec<OpenProblem> {
        let mut state = self.state.lock().await;
        let mut problems = Vec::new();
        if state.is_ending {
            return problems;
        }
        let enabled: Vec<WorkspaceInfo> = state.settings.workspaces.iter().filter(|one| one.enabled).cloned().collect();
        for info in enabled {
            if state.running.contains_key(&info.id) {
                continue;
            }
            match self.run(&info).await {
                Ok(running) => {
                    (self.parts.opened)(Path::new(&info.folder));
                    self.pump(&running.workspace);
                    state.current.get_or_insert_with(|| info.id.clone());
                    state.running.insert(info.id.clone(), running);
                }
                Err(error) => {
                    tracing::error!(workspace = info.id, %error, "the workspace does not run");
                    let code = problem_code(&error).to_owned();
                    problems.push(OpenProblem { workspace: info, code, detail: error.detail });
                }
            }
        }
        problems
    }

    /// Goes on where an owner ended: with the settings as it left them, a folder's workspace on screen, and every enabled
    /// workspace running.
    ///
    /// # Errors
    /// [`ErrorCode::WorkspaceOwned`](crate::ErrorCode::WorkspaceOwned) while another process owns the workspace.
    pub async fn take_over(&self, folder: &Path) -> Result<(), ApiError> {
        let settings = Settings::read(&self.parts.home)?;
        self.state.lock().await.settings = settings;
        self.open_folder(folder).await?;
        // what cannot be opened is in the log
        self.run_enabled().await;
        Ok(())
    }

    /// How many workspaces run here.
    pub async fn count_running(&self) -> usize {
        self.state.lock().await.running.len()
    }

    pub(super) async fn workspace_set_enabled(
        &self,
        session: &Session,
        request: EnabledInput,
    ) -> Result<AppInfo, ApiError> {
        {
            let mut state = self.state.lock().await;
            let known = state.settings.workspaces.iter_mut().find(|known| known.id == request.id);
            known.ok_or_else(|| ApiError::not_found(&request.id))?.enabled = request.enabled;
            state.settings.write(&self.parts.home)?;
        }
        self.emit(&[Tag::App]);
        self.app_get(session, Nothing {}).await
    }
}

#[cfg(test)]
mod tests {
    use crate::commands::HostKind;
    use crate::error::ErrorCode;
    use crate::host::Host;
    use crate::host::parts_of_tests::{memory_vault, parts};
    use serde_json::json;

    #[tokio::test]
    async fn what_ends_opens_no_workspace_and_knows_a_new_one_at_the_next_start() {
        let home = tempfile::tempdir().unwrap();
        let host = Host::new(parts(home.path(), memory_vault(home.path()))).unwrap();
        let session = host.local_session(HostKind::Terminal);
        let made = host.call(&session, "workspace.create", json!({ "name": "Atelier" })).await.unwrap();
        let id = made["open"]["id"].clone();
        host.shut_down().await;

        let opened = host.call(&session, "workspace.open", json!({ "id": id })).await.unwrap_err();
        assert_eq!((opened.code, opened.detail.as_str()), (ErrorCode::NotNow, "ending"));
        let created = host.call(&session, "workspace.create", json!({ "name": "Al doilea" })).await.unwrap_err();
        assert_eq!((created.code, created.detail.as_str()), (ErrorCode::NotNow, "ending"));
        assert!(host.run_enabled().await.is_empty());
        assert_eq!(host.count_running().await, 0);

        let next = Host::new(parts(home.path(), memory_vault(home.path()))).unwrap();
        assert!(next.run_enabled().await.is_empty());
        assert_eq!(next.count_running().await, 2, "both, and nobody holds their ledgers");
        next.shut_down().await;
    }
}

//! The window of this process: what closing it does, and what is chosen for it. The api knows no window: whoever has one takes
//! [`Host::take_window`] and does what comes out of it.

use super::Host;
use super::settings::WindowSettings;
use crate::commands::{HostKind, Session, Tag};
use crate::dto::*;
use crate::error::{ApiError, ErrorCode};
use std::sync::{Mutex, PoisonError};
use tokio::sync::{mpsc, oneshot};

/// What the window is to do.
#[derive(Debug)]
pub enum WindowRequest {
    /// Works on unseen.
    Hide,
    Quit,
    /// Has the system start Punte with the session, or no longer; answers why that did not work.
    StartWithSession(bool, oneshot::Sender<Result<(), String>>),
}

/// What closing the window does now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Closing {
    Hide,
    Quit,
    /// The screen asks, and [`WindowRequest`] brings the answer.
    Ask,
}

#[derive(Default)]
pub(super) struct Desktop(Mutex<Standing>);

#[derive(Default)]
struct Standing {
    window: Option<mpsc::UnboundedSender<WindowRequest>>,
    has_tray: bool,
    starts_with_session: bool,
    is_asked: bool,
}

impl Desktop {
    fn with<T>(&self, act: impl FnOnce(&mut Standing) -> T) -> T {
        act(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// A window that is closed where nothing shows that Punte works on is asked about each time.
fn closing(chosen: OnClose, has_tray: bool) -> Closing {
    match (chosen, has_tray) {
        (OnClose::Quit, _) => Closing::Quit,
        (OnClose::Keep, true) => Closing::Hide,
        (OnClose::Keep, false) | (OnClose::Ask, _) => Closing::Ask,
    }
}

impl Host {
    /// For the one window of this process: what it is asked to do.
    pub fn take_window(&self) -> mpsc::UnboundedReceiver<WindowRequest> {
        let (window, requests) = mpsc::unbounded_channel();
        self.desktop.with(|standing| standing.window = Some(window));
        requests
    }

    /// Whether a tray shows the icon now.
    pub fn tell_tray(&self, has_tray: bool) {
        let is_new = self.desktop.with(|standing| std::mem::replace(&mut standing.has_tray, has_tray) != has_tray);
        if is_new {
            self.emit(&[Tag::App]);
        }
    }

    /// Whether the system starts Punte with the session.
    pub fn tell_session_start(&self, is_on: bool) {
        self.desktop.with(|standing| standing.starts_with_session = is_on);
    }

    /// Somebody closes the window. A second time while the question stands, as when the page does not answer, it is hidden:
    /// work that goes on costs nothing.
    pub async fn close_window(&self) -> Closing {
        let chosen = self.on_close();
        let (does, was_asked) = self.desktop.with(|standing| {
            let does = closing(chosen, standing.has_tray);
            (does, std::mem::replace(&mut standing.is_asked, does == Closing::Ask))
        });
        if does == Closing::Ask && was_asked {
            self.answer_close();
            return Closing::Hide;
        }
        self.emit(&[Tag::App]);
        does
    }

    fn answer_close(&self) {
        self.desktop.with(|standing| standing.is_asked = false);
        self.emit(&[Tag::App]);
    }

    /// The window, asked for something; refused where the caller is none.
    fn ask_window(&self, session: &Session, request: WindowRequest) -> Result<(), ApiError> {
        let window = self.desktop.with(|standing| standing.window.clone()).filter(|_| session.host == HostKind::Window);
        let sent = window.is_some_and(|window| window.send(request).is_ok());
        if sent { Ok(()) } else { Err(ApiError::new(ErrorCode::NotNow, "no_window")) }
    }

    pub(super) async fn desktop_get(&self, session: &Session, _: Nothing) -> Result<DesktopInfo, ApiError> {
        let on_close = self.on_close();
        Ok(self.desktop.with(|standing| DesktopInfo {
            is_window: standing.window.is_some() && session.host == HostKind::Window,
            has_tray: standing.has_tray,
            on_close,
            starts_with_session: standing.starts_with_session,
            is_asked: standing.is_asked,
        }))
    }

    pub(super) async fn desktop_set(&self, session: &Session, request: DesktopChoice) -> Result<DesktopInfo, ApiError> {
        if session.host != HostKind::Window {
            return Err(ApiError::new(ErrorCode::NotNow, "no_window"));
        }
        if let Some(is_on) = request.starts_with_session {
            let (answer, answered) = oneshot::channel();
            self.ask_window(session, WindowRequest::StartWithSession(is_on, answer))?;
            let refused = |why: String| ApiError::new(ErrorCode::NotNow, format!("session_start: {why}"));
            answered.await.map_err(|_| refused("no answer".to_owned()))?.map_err(refused)?;
            self.tell_session_start(is_on);
        }
        if let Some(on_close) = request.on_close {
            WindowSettings { on_close }.write(&self.parts.home)?;
        }
        self.emit(&[Tag::App]);
        self.desktop_get(session, Nothing {}).await
    }

    /// What closing the window does, as it was chosen. A file that cannot be read chose nothing: it asks.
    pub(super) fn on_close(&self) -> OnClose {
        let read = WindowSettings::read(&self.parts.home);
        read.inspect_err(|error| tracing::warn!(%error, "what was chosen for the window")).unwrap_or_default().on_close
    }

    pub(super) async fn desktop_leave(&self, session: &Session, request: Leaving) -> Result<Nothing, ApiError> {
        // before the window hears of it: the program may be gone right afterwards
        if request.remember && request.how != OnClose::Ask && session.host == HostKind::Window {
            WindowSettings { on_close: request.how }.write(&self.parts.home)?;
        }
        match request.how {
            OnClose::Ask => {}
            OnClose::Keep => self.ask_window(session, WindowRequest::Hide)?,
            OnClose::Quit => self.ask_window(session, WindowRequest::Quit)?,
        }
        self.answer_close();
        Ok(Nothing {})
    }
}

#[cfg(test)]
mod tests {
    use super::super::parts_of_tests::{memory_vault, parts};
    use super::super::settings::Settings;
    use super::*;
    use serde_json::json;

    #[tokio::test]
    async fn what_a_window_keeps_writes_nothing_over_what_another_process_has_made_and_is_kept_before_it_quits() {
        let home = tempfile::tempdir().unwrap();
        let host = || Host::new(parts(home.path(), memory_vault(home.path()))).unwrap();
        let (owner, window) = (host(), host());
        let mut requests = window.take_window();
        let by = owner.local_session(HostKind::Terminal);
        owner.call(&by, "workspace.create", json!({ "name": "Atelier" })).await.unwrap();

        let leaving = json!({ "how": "quit", "remember": true });
        window.call(&window.local_session(HostKind::Window), "desktop.leave", leaving).await.unwrap();
        assert!(matches!(requests.try_recv(), Ok(WindowRequest::Quit)));
        assert_eq!(Settings::read(home.path()).unwrap().workspaces.len(), 1, "the workspace is still known");
        owner.call(&by, "app.set_preferences", json!({ "language": "ro", "theme": null })).await.unwrap();
        assert_eq!(host().on_close(), OnClose::Quit, "and the choice is");
        owner.shut_down().await;
    }

    #[test]
    fn closing_asks_until_it_is_told_and_each_time_where_no_tray_shows_that_work_goes_on() {
        for (chosen, with_tray, without) in [
            (OnClose::Ask, Closing::Ask, Closing::Ask),
            (OnClose::Keep, Closing::Hide, Closing::Ask),
            (OnClose::Quit, Closing::Quit, Closing::Quit),
        ] {
            assert_eq!((closing(chosen, true), closing(chosen, false)), (with_tray, without), "{chosen:?}");
        }
    }
}

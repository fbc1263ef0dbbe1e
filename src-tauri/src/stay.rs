//! How the window comes and goes while Punte works on: closing it, the tray, starting with the session.

use crate::desk::Desk;
use crate::tray::{Asked, Seen, Tray, language_of};
use punte_api::{Closing, Host, WindowRequest};
use punte_cli::signals::StopSignal;
use punte_cli::words::Words;
use serde_json::json;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tauri::{AppHandle, CloseRequestApi, Emitter, Manager, WebviewWindow};
use tauri_plugin_autostart::ManagerExt;
use tokio::sync::Notify;
use tokio::time::Instant;

/// Said by the session's start: no window.
pub const HIDDEN: &str = "--hidden";
/// Between two drawings of the tray.
const DRAWN_EACH: Duration = Duration::from_secs(2);
/// A session's panel has so long to show the icon of what was started hidden; then the window is shown.
const PANEL_PATIENCE: Duration = Duration::from_secs(20);
/// Says that something may be otherwise in the tray.
static CHANGED: Notify = Notify::const_new();

/// Something changed: the tray is drawn anew.
pub fn changed() {
    CHANGED.notify_one();
}

pub fn show(app: &AppHandle) {
    if let Some(window) = app.get_webview_window("main") {
        let shown = window.unminimize().and_then(|()| window.show()).and_then(|()| window.set_focus());
        if let Err(error) = shown {
            tracing::warn!(%error, "the window could not be brought forward");
        }
    }
}

/// Brings the window forward at a screen (`/failures?q=…`), of the workspace on screen or of another, by its id.
pub fn show_at(app: &AppHandle, workspace: Option<String>, path: &str) {
    show(app);
    let (app, path) = (app.clone(), path.to_owned());
    tauri::async_runtime::spawn(async move {
        if let Some(workspace) = workspace
            && let Err(error) = app.state::<Arc<Desk>>().turn_to(&workspace).await
        {
            // the first screen tells why it does not open
            return tracing::warn!(%error, workspace, "the workspace is not shown");
        }
        if let Err(error) = app.emit("punte://go", path) {
            tracing::warn!(%error, "the window was not led to a screen");
        }
    });
}

fn hide(app: &AppHandle) {
    if let Some(window) = app.get_webview_window("main")
        && let Err(error) = window.hide()
    {
        tracing::warn!(%error, "the window could not be hidden");
    }
}

/// The window's cross: nothing is closed before it is known what is wanted.
pub fn close_asked(app: &AppHandle, api: &CloseRequestApi) {
    api.prevent_close();
    let (app, host) = (app.clone(), app.state::<Arc<Host>>().inner().clone());
    tauri::async_runtime::spawn(async move {
        match host.close_window().await {
            Closing::Hide => hide(&app),
            Closing::Quit => app.exit(0),
            Closing::Ask => show(&app),
        }
    });
}

/// Does what is asked of the window, as long as it stands.
pub async fn serve(app: AppHandle, host: Arc<Host>) {
    let mut requests = host.take_window();
    host.tell_session_start(app.autolaunch().is_enabled().unwrap_or(false));
    while let Some(request) = requests.recv().await {
        match request {
            WindowRequest::Hide => hide(&app),
            WindowRequest::Quit => app.exit(0),
            WindowRequest::StartWithSession(is_on, answer) => {
                let launch = app.autolaunch();
                let done = if is_on { launch.enable() } else { launch.disable() };
                // whoever asked may be gone
                let _ = answer.send(done.map_err(|error| error.to_string()));
            }
        }
    }
}

/// Ends Punte in order when the system asks: what is under way is finished or, where time runs out, in doubt at the next start.
pub async fn end_with_session(app: AppHandle, mut stop: StopSignal) {
    stop.asked().await;
    tracing::info!("asked to stop");
    app.exit(0);
}

/// Puts the icon into the tray and keeps it true.
pub async fn keep_tray(app: AppHandle, host: Arc<Host>, desk: Arc<Desk>, window: WebviewWindow, is_hidden: bool) {
    let shown = Arc::new(Mutex::new(None));
    let Some(tray) = put_up(&app, &host, &desk, &shown).await else {
        host.tell_tray(false);
        if is_hidden {
            show(&app);
        }
        return;
    };
    if is_hidden {
        let (app, shown) = (app.clone(), shown.clone());
        tauri::async_runtime::spawn(async move {
            tokio::time::sleep(PANEL_PATIENCE).await;
            let has_tray = *shown.lock().unwrap_or_else(PoisonError::into_inner) == Some(true);
            if !has_tray && !window.is_visible().unwrap_or(true) {
                tracing::info!("no tray shows that Punte works: the window does");
                show(&app);
            }
        });
    }
    let mut drawn = None;
    loop {
        let seen = Seen::ask(&desk).await;
        let words = entries(&desk).await;
        if drawn.as_ref() != Some(&(seen.clone(), words.clone())) {
            drawn = Some((seen.clone(), words.clone()));
            tray.show(seen, words);
        }
        let earliest = Instant::now() + DRAWN_EACH;
        CHANGED.notified().await;
        tokio::time::sleep_until(earliest).await;
    }
}

/// What opens and what ends, in the language of the screens.
async fn entries(desk: &Desk) -> (String, String) {
    let app = desk.call("app.get", json!({})).await.unwrap_or_default();
    let words = Words::of(language_of(&app));
    (words.say("desktop.tray.open", &[]), words.say("desktop.tray.quit", &[]))
}

async fn put_up(app: &AppHandle, host: &Arc<Host>, desk: &Arc<Desk>, shown: &Arc<Mutex<Option<bool>>>) -> Option<Tray> {
    let icon = app.default_window_icon()?;
    let icon = (icon.rgba().to_vec(), icon.width(), icon.height());
    let ask: Arc<dyn Fn(Asked) + Send + Sync> = {
        let app = app.clone();
        Arc::new(move |asked| match asked {
            Asked::Show => show(&app),
            Asked::Screen(path) => show_at(&app, None, path),
            Asked::Workspace(id) => show_at(&app, Some(id), "/overview"),
            Asked::Quit => app.exit(0),
        })
    };
    let tell: Arc<dyn Fn(bool) + Send + Sync> = {
        let (host, shown) = (Arc::downgrade(host), shown.clone());
        Arc::new(move |has_tray| {
            *shown.lock().unwrap_or_else(PoisonError::into_inner) = Some(has_tray);
            if let Some(host) = host.upgrade() {
                host.tell_tray(has_tray);
            }
        })
    };
    let words = entries(desk).await;
    let seen = Seen::nothing(&Words::of(punte_cli::words::system_language()));
    #[cfg(target_os = "linux")]
    {
        tokio::task::spawn_blocking(move || Tray::put_up(seen, icon, words, ask, tell)).await.ok().flatten()
    }
    #[cfg(not(target_os = "linux"))]
    {
        let put_up = Tray::put_up(app, seen, icon, words, ask).inspect_err(|error| tracing::warn!(%error, "no tray"));
        let tray = put_up.ok()?;
        tell(true);
        Some(tray)
    }
}

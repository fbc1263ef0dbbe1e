//! The window: the same parts as in the terminal, one command, and what changes passed on.
#![cfg_attr(not(debug_assertions), windows_subsystem = "windows")]

mod desk;
mod display;
mod notices;
mod stay;
mod tray;

use clap::Parser;
use desk::Desk;
use punte_api::{ApiError, ErrorCode, Event, HostKind, Tag};
use punte_cli::args::WindowArguments;
use punte_cli::compose::{Composition, Options, compose};
use punte_cli::words::{Words, system_language};
use punte_cli::{home, traces};
use punte_http::Attached;
use punte_logs::traces::Traces;
use serde_json::Value;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use tauri::webview::NewWindowResponse;
use tauri::{AppHandle, Emitter, Manager, RunEvent, State, Url, WebviewUrl, WebviewWindowBuilder, WindowEvent};
use tauri_plugin_window_state::StateFlags;

/// The one command of the window.
#[tauri::command]
async fn call(desk: State<'_, Arc<Desk>>, command: String, payload: Value) -> Result<Value, ApiError> {
    desk.call(&command, payload).await
}

fn main() -> ExitCode {
    let arguments = WindowArguments::parse();
    let words = Words::of(system_language());
    if let Err(missing) = display::check() {
        say(&words.say("terminal.noDisplay", &[("variables", missing)]));
        return ExitCode::from(2);
    }
    let home = home(arguments.home);
    let collector = arguments.watched.otlp.as_deref();
    let traces = collector.map(|address| traces::to(address, tauri::async_runtime::handle().inner())).transpose();
    let traces = match traces {
        Ok(traces) => traces,
        Err(error) => {
            say(&words.say("terminal.noTraces", &[("reason", &error.to_string())]));
            return ExitCode::FAILURE;
        }
    };
    let _log = match punte_logs::init_with(&home.join("logs"), punte_logs::Options::default(), traces.as_ref()) {
        Ok(guard) => Some(guard),
        Err(error) => {
            say(&words.say("terminal.noLog", &[("reason", &error.to_string())]));
            None
        }
    };
    let (mut composition, desk) = match tauri::async_runtime::block_on(start(home, arguments.workspace)) {
        Ok(started) => started,
        Err(error) => {
            say(&error.to_string());
            return ExitCode::FAILURE;
        }
    };
    let port = arguments.watched.metrics_port;
    if let Err(error) = tauri::async_runtime::block_on(composition.serve_metrics(port)) {
        tracing::error!(%error, port, "metrics cannot be served");
    }
    match run(composition, traces, Arc::new(desk), arguments.hidden) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tracing::error!(%error, "the window");
            say(&error.to_string());
            ExitCode::FAILURE
        }
    }
}

#[allow(clippy::print_stderr, reason = "there is no window yet to say it in")]
fn say(text: &str) {
    eprintln!("{text}");
}

/// Puts the parts together, opens what was open last, and runs every enabled workspace. A workspace that cannot be opened is
/// told on the first screen; where another process owns it, that one is asked.
async fn start(home: PathBuf, workspace: Option<PathBuf>) -> Result<(Composition, Desk), ApiError> {
    let mut composition = compose(Options { home, no_keyring: false, prepare_sandbox: None }).await?;
    if let Err(error) = composition.listen().await {
        tracing::warn!(%error, "other processes cannot attach");
    }
    let host = composition.host.clone();
    let opened = match &workspace {
        Some(folder) => host.open_folder(folder).await.map(|_| ()),
        None => host.open_last().await.map(|_| ()),
    };
    match opened {
        Err(error) if error.code == ErrorCode::WorkspaceOwned => {
            let last = host.last_folder().await.map(|last| PathBuf::from(last.folder));
            let folder = workspace.or(last).unwrap_or_default();
            match Attached::to(&folder, HostKind::Window).await {
                Ok(owner) => return Ok((composition, Desk::attached(host, owner, folder))),
                Err(error) => tracing::warn!(%error, "the owner of the workspace does not answer"),
            }
        }
        Err(error) => tracing::info!(%error, "no workspace was opened"),
        Ok(()) => {}
    }
    // what cannot be opened is in the log; the one on screen has been told above
    host.run_enabled().await;
    Ok((composition, Desk::own(host)))
}

fn run(composition: Composition, traces: Option<Traces>, desk: Arc<Desk>, is_hidden: bool) -> tauri::Result<()> {
    let host = composition.host.clone();
    let closed = host.clone();
    // whether it is seen is said by how Punte is started, not by how it was left
    let remembered = StateFlags::all() & !StateFlags::VISIBLE;
    let app = tauri::Builder::default()
        .plugin(tauri_plugin_single_instance::init(|app, arguments, _| {
            if !arguments.iter().any(|argument| argument == stay::HIDDEN) {
                stay::show(app);
            }
        }))
        .plugin(tauri_plugin_window_state::Builder::default().with_state_flags(remembered).build())
        .plugin(tauri_plugin_autostart::Builder::new().arg(stay::HIDDEN).build())
        .on_window_event(move |window, event| {
            if let WindowEvent::CloseRequested { api, .. } = event {
                stay::close_asked(window.app_handle(), api, &closed);
            }
        })
        .manage(desk.clone())
        .invoke_handler(tauri::generate_handler![call])
        .setup(move |app| {
            let icon = app.default_window_icon().cloned();
            let mut window = WebviewWindowBuilder::new(app, "main", WebviewUrl::default())
                .title("Punte")
                .visible(!is_hidden)
                .inner_size(1280.0, 800.0)
                .min_inner_size(1024.0, 640.0)
                .on_navigation(is_own)
                .on_new_window(|address, _| {
                    open_outside(&address);
                    NewWindowResponse::Deny
                })
                // files are dropped on the page, as in a browser: on Windows the window would keep them from it
                .disable_drag_drop_handler();
            if let Some(icon) = icon {
                window = window.icon(icon)?;
            }
            let window = window.build()?;
            let app = app.handle();
            tauri::async_runtime::spawn(pass_changes_on(app.clone(), desk.clone()));
            tauri::async_runtime::spawn(stay::serve(app.clone(), host.clone()));
            tauri::async_runtime::spawn(stay::end_with_session(app.clone()));
            tauri::async_runtime::spawn(stay::keep_tray(app.clone(), host, desk, window, is_hidden));
            Ok(())
        })
        .build(tauri::generate_context!())?;
    app.run(move |_, event| {
        if matches!(event, RunEvent::Exit) {
            tauri::async_runtime::block_on(composition.shut_down());
            traces.iter().for_each(Traces::end);
        }
    });
    Ok(())
}

/// The window shows Punte and nothing else: whatever a text from outside leads to, it does not lead away.
fn is_own(address: &Url) -> bool {
    let is_built = matches!((address.scheme(), address.host_str()), ("tauri", Some("localhost")))
        || matches!((address.scheme(), address.host_str()), ("http" | "https", Some("tauri.localhost")));
    // without the built screens they come from the development server
    let is_dev =
        !cfg!(feature = "custom-protocol") && address.host_str() == Some("localhost") && address.port() == Some(1420);
    // the page lays a PDF out from bytes
    is_built || is_dev || address.scheme() == "blob"
}

/// A document's link is shown by the system's browser: over https, or from a sandbox on this machine.
fn open_outside(address: &Url) {
    let is_here = address.scheme() == "http" && matches!(address.host_str(), Some("127.0.0.1" | "localhost"));
    if address.scheme() != "https" && !is_here {
        tracing::warn!(scheme = address.scheme(), "a link of another kind is not opened");
        return;
    }
    if let Err(error) = tauri_plugin_opener::open_url(address.as_str(), None::<&str>) {
        tracing::warn!(%error, "the system's browser does not open");
    }
}

/// Tells the window, the tray and the desktop what changed.
async fn pass_changes_on(app: AppHandle, desk: Arc<Desk>) {
    let (alerted, mut alerts) = tokio::sync::watch::channel(());
    let (for_notices, of_notices) = (app.clone(), desk.clone());
    tauri::async_runtime::spawn(async move {
        let mut heard = notices::Heard::default();
        let waiting = Arc::new(tokio::sync::Semaphore::new(notices::WAITING));
        loop {
            notices::show_new(&for_notices, &of_notices, &mut heard, &waiting).await;
            if alerts.changed().await.is_err() {
                return;
            }
        }
    });
    desk.listen(|event: Event| {
        stay::changed();
        // another workspace on screen has other notices
        if event.tags.iter().any(|tag| matches!(tag, Tag::Alerts | Tag::App)) {
            alerted.send_replace(());
        }
        if let Err(error) = app.emit("punte://changed", event) {
            tracing::warn!(%error, "the window was not told of a change");
        }
    })
    .await;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_window_does_not_go_anywhere_else() {
        let goes = |address: &str| is_own(&address.parse().unwrap());
        assert!(goes("tauri://localhost/invoices") && goes("http://tauri.localhost/"));
        for elsewhere in [
            "https://example.com/",
            "https://tauri.localhost.example.com/",
            "http://127.0.0.1:1420/",
            "tauri://other/",
            "file:///etc/passwd",
            "data:text/html,<script>1</script>",
            "javascript:alert(1)",
        ] {
            assert!(!goes(elsewhere), "{elsewhere}");
        }
    }
}

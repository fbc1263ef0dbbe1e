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
use punte_cli::signals::StopSignal;
use punte_cli::words::{Words, system_language};
use punte_cli::{home, traces};
use punte_http::Attached;
use punte_logs::LogGuard;
use punte_logs::traces::Traces;
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::{Arc, Mutex, PoisonError};
use tauri::webview::NewWindowResponse;
use tauri::{App, AppHandle, Emitter, Manager, RunEvent, State, Url, WebviewUrl, WebviewWindowBuilder, WindowEvent};
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
    // a session knows nothing of the environment of a terminal
    let given_home = arguments.home.clone().or_else(|| std::env::var_os("PUNTE_HOME").map(PathBuf::from));
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
    let log = match punte_logs::init_with(&home.join("logs"), punte_logs::Options::default(), traces.as_ref()) {
        Ok(guard) => Some(guard),
        Err(error) => {
            say(&words.say("terminal.noLog", &[("reason", &error.to_string())]));
            None
        }
    };
    let wanted = Wanted {
        home,
        session_start: session_start(given_home.as_deref()),
        workspace: arguments.workspace,
        is_hidden: arguments.hidden,
        metrics_port: arguments.watched.metrics_port,
    };
    match run(wanted, traces, log) {
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

/// How the window is started.
struct Wanted {
    home: PathBuf,
    workspace: Option<PathBuf>,
    is_hidden: bool,
    metrics_port: u16,
    /// What the system starts Punte with, with the session.
    session_start: Vec<String>,
}

/// Arguments of a start with the session: in the state folder that this start was given, without a window.
fn session_start(given_home: Option<&Path>) -> Vec<String> {
    let mut arguments = vec![stay::HIDDEN.to_owned()];
    if let Some(home) = given_home.and_then(|home| std::path::absolute(home).ok()) {
        let home = home.display().to_string();
        // written into a command line everywhere but on macOS, which keeps a list
        let is_line = !cfg!(target_os = "macos") && home.contains(' ');
        arguments.extend(["--home".to_owned(), if is_line { format!("\"{home}\"") } else { home }]);
    }
    arguments
}

/// Opens what is to be open and shows the window. Only once the window's framework stands: a second start has ended by then, before
/// it could own a workspace and be cut off while it sends.
fn set_up(app: &App, wanted: &Wanted) -> tauri::Result<Option<Composition>> {
    let stop = tauri::async_runtime::block_on(async { StopSignal::listen() });
    let started = tauri::async_runtime::block_on(start(wanted.home.clone(), wanted.workspace.clone()));
    let (mut composition, desk) = match started {
        Ok(started) => started,
        Err(error) => {
            say(&error.to_string());
            app.handle().exit(1);
            return Ok(None);
        }
    };
    let port = wanted.metrics_port;
    if let Err(error) = tauri::async_runtime::block_on(composition.serve_metrics(port)) {
        tracing::error!(%error, port, "metrics cannot be served");
    }
    let (host, desk) = (composition.host.clone(), Arc::new(desk));
    app.manage(desk.clone());
    app.manage(host.clone());
    let icon = app.default_window_icon().cloned();
    let mut window = WebviewWindowBuilder::new(app, "main", WebviewUrl::default())
        .title("Punte")
        .visible(!wanted.is_hidden)
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
    tauri::async_runtime::spawn(stay::end_with_session(app.clone(), stop));
    tauri::async_runtime::spawn(stay::keep_tray(app.clone(), host, desk, window, wanted.is_hidden));
    Ok(Some(composition))
}

fn run(wanted: Wanted, traces: Option<Traces>, log: Option<LogGuard>) -> tauri::Result<()> {
    let opened = Arc::new(Mutex::new(None));
    let to_close = opened.clone();
    // whether it is seen is said by how Punte is started, not by how it was left
    let remembered = StateFlags::all() & !StateFlags::VISIBLE;
    let app = tauri::Builder::default()
        .plugin(tauri_plugin_single_instance::init(|app, arguments, _| {
            if !arguments.iter().any(|argument| argument == stay::HIDDEN) {
                stay::show(app);
            }
        }))
        .plugin(tauri_plugin_window_state::Builder::default().with_state_flags(remembered).build())
        .plugin(tauri_plugin_autostart::Builder::new().args(wanted.session_start.clone()).build())
        .on_window_event(|window, event| {
            if let WindowEvent::CloseRequested { api, .. } = event {
                stay::close_asked(window.app_handle(), api);
            }
        })
        .invoke_handler(tauri::generate_handler![call])
        .setup(move |app| {
            *opened.lock().unwrap_or_else(PoisonError::into_inner) = set_up(app, &wanted)?;
            Ok(())
        })
        .build(tauri::generate_context!())?;
    let mut log = log;
    app.run(move |_, event| {
        if matches!(event, RunEvent::Exit) {
            let composition = to_close.lock().unwrap_or_else(PoisonError::into_inner).take();
            if let Some(composition) = composition {
                tauri::async_runtime::block_on(composition.shut_down());
            }
            traces.iter().for_each(Traces::end);
            // the process ends without coming back from here: the last lines are written now
            log.take();
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
    fn with_the_session_the_state_is_opened_that_this_start_was_given() {
        assert_eq!(session_start(None), ["--hidden"]);
        let home = std::path::absolute("/data/punte").unwrap().display().to_string();
        assert_eq!(session_start(Some(Path::new("/data/punte"))), ["--hidden", "--home", &home]);
        let spaced = session_start(Some(Path::new("/data/my shop"))).pop().unwrap();
        let home = std::path::absolute("/data/my shop").unwrap().display().to_string();
        assert_eq!(spaced, if cfg!(target_os = "macos") { home } else { format!("\"{home}\"") });
    }

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

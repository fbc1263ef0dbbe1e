//! The window: the same parts as in the terminal, one command, and what changes passed on.
#![cfg_attr(not(debug_assertions), windows_subsystem = "windows")]

mod desk;
mod display;

use clap::Parser;
use desk::Desk;
use punte_api::{ApiError, ErrorCode, Event, HostKind};
use punte_cli::compose::{Composition, Options, compose};
use punte_cli::home;
use punte_cli::words::{Words, system_language};
use punte_http::Attached;
use serde_json::Value;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use tauri::webview::NewWindowResponse;
use tauri::{AppHandle, Emitter, Manager, RunEvent, State, Url, WebviewUrl, WebviewWindowBuilder};

#[derive(Parser)]
#[command(name = "punte", version, about = "Orders become invoices at SmartBill and Oblio: once, correct, on time.")]
struct Arguments {
    /// Folder of the app's state (settings, workspaces, logs). Default: PUNTE_HOME, or the system's place.
    #[arg(long, value_name = "DIR")]
    home: Option<PathBuf>,
    /// A workspace's folder to open. Default: the one that was open last.
    #[arg(long, value_name = "DIR")]
    workspace: Option<PathBuf>,
}

/// The one command of the window.
#[tauri::command]
async fn call(desk: State<'_, Arc<Desk>>, command: String, payload: Value) -> Result<Value, ApiError> {
    desk.call(&command, payload).await
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let words = Words::of(system_language());
    if let Err(missing) = display::check() {
        say(&words.say("terminal.noDisplay", &[("variables", missing)]));
        return ExitCode::from(2);
    }
    let home = home(arguments.home);
    let _log = match punte_logs::init(&home.join("logs"), punte_logs::Options::default()) {
        Ok(guard) => Some(guard),
        Err(error) => {
            say(&words.say("terminal.noLog", &[("reason", &error.to_string())]));
            None
        }
    };
    let (composition, desk) = match tauri::async_runtime::block_on(start(home, arguments.workspace)) {
        Ok(started) => started,
        Err(error) => {
            say(&error.to_string());
            return ExitCode::FAILURE;
        }
    };
    match run(composition, Arc::new(desk)) {
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

fn run(composition: Composition, desk: Arc<Desk>) -> tauri::Result<()> {
    let app = tauri::Builder::default()
        .plugin(tauri_plugin_single_instance::init(|app, _, _| show(app)))
        .plugin(tauri_plugin_window_state::Builder::default().build())
        .manage(desk.clone())
        .invoke_handler(tauri::generate_handler![call])
        .setup(move |app| {
            let icon = app.default_window_icon().cloned();
            let mut window = WebviewWindowBuilder::new(app, "main", WebviewUrl::default())
                .title("Punte")
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
            window.build()?;
            tauri::async_runtime::spawn(pass_changes_on(app.handle().clone(), desk));
            Ok(())
        })
        .build(tauri::generate_context!())?;
    app.run(move |_, event| {
        if matches!(event, RunEvent::Exit) {
            tauri::async_runtime::block_on(composition.shut_down());
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

fn show(app: &AppHandle) {
    if let Some(window) = app.get_webview_window("main") {
        let shown = window.unminimize().and_then(|()| window.show()).and_then(|()| window.set_focus());
        if let Err(error) = shown {
            tracing::warn!(%error, "the window could not be brought forward");
        }
    }
}

/// Tells the window what changed.
async fn pass_changes_on(app: AppHandle, desk: Arc<Desk>) {
    desk.listen(|event: Event| {
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

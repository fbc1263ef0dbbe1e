//! The window: the same parts as in the terminal, one command, and what changes passed on.
#![cfg_attr(not(debug_assertions), windows_subsystem = "windows")]

mod display;

use clap::Parser;
use punte_api::{ApiError, Host};
use punte_cli::compose::{Composition, Options, compose};
use punte_cli::home;
use punte_cli::words::{Words, system_language};
use serde_json::Value;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use tauri::{AppHandle, Emitter, Manager, RunEvent, State, WebviewUrl, WebviewWindowBuilder};
use tokio::sync::broadcast::error::RecvError;

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
async fn call(host: State<'_, Arc<Host>>, command: String, payload: Value) -> Result<Value, ApiError> {
    host.call(&host.local_session(), &command, payload).await
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
    let composition = match tauri::async_runtime::block_on(start(home, arguments.workspace)) {
        Ok(composition) => composition,
        Err(error) => {
            say(&error.to_string());
            return ExitCode::FAILURE;
        }
    };
    match run(composition) {
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

/// Puts the parts together and opens what was open last. A workspace that cannot be opened is told on the first screen.
async fn start(home: PathBuf, workspace: Option<PathBuf>) -> Result<Composition, ApiError> {
    let mut composition = compose(Options { home, no_keyring: false, prepare_sandbox: None }).await?;
    if let Err(error) = composition.listen().await {
        tracing::warn!(%error, "other processes cannot attach");
    }
    let opened = match &workspace {
        Some(folder) => composition.host.open_folder(folder).await.map(|_| ()),
        None => composition.host.open_last().await.map(|_| ()),
    };
    if let Err(error) = opened {
        tracing::info!(%error, "no workspace was opened");
    }
    Ok(composition)
}

fn run(composition: Composition) -> tauri::Result<()> {
    let host = composition.host.clone();
    let app = tauri::Builder::default()
        .plugin(tauri_plugin_single_instance::init(|app, _, _| show(app)))
        .plugin(tauri_plugin_window_state::Builder::default().build())
        .manage(host.clone())
        .invoke_handler(tauri::generate_handler![call])
        .setup(move |app| {
            let icon = app.default_window_icon().cloned();
            let mut window = WebviewWindowBuilder::new(app, "main", WebviewUrl::default())
                .title("Punte")
                .inner_size(1280.0, 800.0)
                .min_inner_size(1024.0, 640.0);
            if let Some(icon) = icon {
                window = window.icon(icon)?;
            }
            window.build()?;
            tauri::async_runtime::spawn(pass_changes_on(app.handle().clone(), host));
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

fn show(app: &AppHandle) {
    if let Some(window) = app.get_webview_window("main") {
        let shown = window.unminimize().and_then(|()| window.show()).and_then(|()| window.set_focus());
        if let Err(error) = shown {
            tracing::warn!(%error, "the window could not be brought forward");
        }
    }
}

/// Tells the window what changed. One that fell behind reads everything again.
async fn pass_changes_on(app: AppHandle, host: Arc<Host>) {
    let mut events = host.subscribe();
    loop {
        let event = match events.recv().await {
            Ok(event) => event,
            Err(RecvError::Lagged(_)) => punte_api::Event::everything(),
            Err(RecvError::Closed) => return,
        };
        if let Err(error) = app.emit("punte://changed", event) {
            tracing::warn!(%error, "the window was not told of a change");
        }
    }
}

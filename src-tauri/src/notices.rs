//! Notices of the desktop: what every watched workspace tells is shown by the system, and a click leads to its screen.

use crate::desk::{Desk, watched};
use notify_rust::{Notification, Timeout};
use punte_cli::words::Words;
use serde_json::{Value, json};
use std::collections::HashMap;
use std::sync::Arc;
use tauri::AppHandle;
use tokio::sync::Semaphore;

/// Notices that wait for a click at a time; further ones are shown, and lead nowhere.
pub const WAITING: usize = 8;

/// What was heard of already: of each workspace, by its id, the newest row.
#[derive(Default)]
pub struct Heard(HashMap<String, i64>);

/// Shows what is new. The first asking of a workspace only says where it stands.
pub async fn show_new(app: &AppHandle, desk: &Desk, heard: &mut Heard, waiting: &Arc<Semaphore>) {
    let info = desk.call("app.get", json!({})).await.unwrap_or_default();
    let words = Words::of(crate::tray::language_of(&info));
    let all = watched(&info);
    heard.0.retain(|id, _| all.iter().any(|one| one.id == *id));
    for one in all {
        let request = json!({ "after": heard.0.get(&one.id) });
        // nobody signed in: the notices wait in the ledger, and other channels have them
        let Ok(told) = desk.call_about(&one.id, "alerts.desktop", request).await else { continue };
        if let Some(last) = told["last"].as_i64() {
            heard.0.insert(one.id.clone(), last);
        }
        for notice in told["rows"].as_array().into_iter().flatten() {
            show(app, notice, &one.id, &words.say("desktop.tray.open", &[]), waiting).await;
        }
    }
}

/// Where a notice leads: the screen of what it is about, or the overview where it is about more than one.
fn path_of(notice: &Value) -> String {
    match notice["items"].as_array().map(Vec::as_slice) {
        Some([one]) => one["path"].as_str().unwrap_or("/overview").to_owned(),
        _ => "/overview".to_owned(),
    }
}

async fn show(app: &AppHandle, notice: &Value, workspace: &str, open: &str, waiting: &Arc<Semaphore>) {
    let text = |field: &str| notice[field].as_str().unwrap_or_default().to_owned();
    let mut shown = Notification::new();
    shown
        .appname("Punte")
        .summary(&text("subject"))
        .body(&plain(&text("text")))
        .icon("punte")
        .timeout(Timeout::Default);
    let (app, workspace, path) = (app.clone(), workspace.to_owned(), path_of(notice));
    #[cfg(target_os = "linux")]
    {
        shown.action("default", open);
        let handle = match shown.show_async().await {
            Ok(handle) => handle,
            Err(error) => return tracing::warn!(%error, "the system shows no notices"),
        };
        let Ok(place) = waiting.clone().try_acquire_owned() else { return };
        // a thread of its own: it waits until the notice is clicked or gone
        std::thread::spawn(move || {
            handle.wait_for_action(|action| {
                if action == "default" {
                    crate::stay::show_at(&app, Some(workspace.clone()), &path);
                }
            });
            drop(place);
        });
    }
    #[cfg(not(target_os = "linux"))]
    {
        // the system brings the program forward by itself; nothing tells which notice it was
        let _ = (app, workspace, path, open, waiting);
        let shown = tokio::task::spawn_blocking(move || shown.show().map(drop)).await;
        if let Ok(Err(error)) = shown {
            tracing::warn!(%error, "the system shows no notices");
        }
    }
}

/// A body may be read as markup: what a shop or a provider wrote is text.
fn plain(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_matter_leads_to_its_screen_and_several_to_the_overview() {
        let one = json!({ "items": [{ "path": "/failures?q=vat" }] });
        assert_eq!(path_of(&one), "/failures?q=vat");
        for several in [json!({ "items": [{ "path": "/a" }, { "path": "/b" }] }), json!({})] {
            assert_eq!(path_of(&several), "/overview");
        }
    }

    #[test]
    fn a_text_from_outside_is_no_markup() {
        assert_eq!(plain("<a href=\"x\">Cană & co</a>"), "&lt;a href=\"x\"&gt;Cană &amp; co&lt;/a&gt;");
    }
}

//! The program's window and its place in the system: closing it, the tray, starting with the session.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// What closing the window does.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum OnClose {
    /// Asks each time.
    #[default]
    Ask,
    /// Punte works on in the tray.
    Keep,
    /// Punte ends.
    Quit,
}

/// What a person is told of the window, and chose for it.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct DesktopInfo {
    /// Not so in a browser and at a terminal: they have no window of ours, and nothing of this is theirs to choose.
    pub is_window: bool,
    /// Somebody shows the tray's icon now. Without one a hidden window is found again only by starting Punte once more.
    pub has_tray: bool,
    pub on_close: OnClose,
    /// Whether the system starts Punte with the session.
    pub starts_with_session: bool,
    /// The window was to be closed, and what follows is not said yet.
    pub is_asked: bool,
}

/// What is chosen; what is absent stays.
#[derive(Debug, Clone, Default, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", default)]
pub struct DesktopChoice {
    pub on_close: Option<OnClose>,
    pub starts_with_session: Option<bool>,
}

/// The answer to what closing the window should do.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Leaving {
    /// `ask` leaves the window as it is.
    pub how: OnClose,
    /// Done so each time from now on.
    pub remember: bool,
}

//! The tray of macOS and Windows: it is always there.

use super::{Asked, Seen, drawn};
use std::sync::Arc;
use tauri::AppHandle;
use tauri::image::Image;
use tauri::menu::{Menu, MenuBuilder, MenuItem};
use tauri::tray::{MouseButton, MouseButtonState, TrayIcon, TrayIconBuilder, TrayIconEvent};

type Ask = Arc<dyn Fn(Asked) + Send + Sync>;

/// The icon in the tray, as long as it is held.
pub struct Tray {
    app: AppHandle,
    icon: TrayIcon,
    base: (Vec<u8>, u32, u32),
    lines: Arc<std::sync::Mutex<Vec<Asked>>>,
}

impl Tray {
    /// # Errors
    /// What the system says of an icon or a menu that it does not take.
    pub fn put_up(
        app: &AppHandle,
        seen: Seen,
        base: (Vec<u8>, u32, u32),
        words: (String, String),
        ask: Ask,
    ) -> tauri::Result<Tray> {
        let lines = Arc::new(std::sync::Mutex::new(Vec::new()));
        let (by_menu, by_icon, known) = (ask.clone(), ask, lines.clone());
        let icon = TrayIconBuilder::with_id("punte")
            .show_menu_on_left_click(false)
            .on_menu_event(move |_, event| {
                let at = event.id().as_ref().parse::<usize>().ok();
                let asked = at.and_then(|at| known.lock().ok()?.get(at).cloned());
                asked.into_iter().for_each(|asked| by_menu(asked));
            })
            .on_tray_icon_event(move |_, event| {
                if let TrayIconEvent::Click { button: MouseButton::Left, button_state: MouseButtonState::Up, .. } =
                    event
                {
                    by_icon(Asked::Show);
                }
            })
            .build(app)?;
        let tray = Tray { app: app.clone(), icon, base, lines };
        tray.draw(&seen, words)?;
        Ok(tray)
    }

    pub fn show(&self, seen: Seen, words: (String, String)) {
        if let Err(error) = self.draw(&seen, words) {
            tracing::warn!(%error, "the tray is not drawn");
        }
    }

    fn draw(&self, seen: &Seen, words: (String, String)) -> tauri::Result<()> {
        let (base, width, height) = &self.base;
        self.icon.set_icon(Some(Image::new_owned(drawn(base, *width, *height, seen.mood), *width, *height)))?;
        self.icon.set_tooltip(Some(format!("Punte · {}", seen.told)))?;
        self.icon.set_menu(Some(self.menu(seen, words)?))
    }

    fn menu(&self, seen: &Seen, (open, quit): (String, String)) -> tauri::Result<Menu<tauri::Wry>> {
        let mut asked = Vec::new();
        let mut item = |label: &str, leads: Asked| {
            asked.push(leads);
            MenuItem::with_id(&self.app, (asked.len() - 1).to_string(), label, true, None::<&str>)
        };
        let told = MenuItem::new(&self.app, &seen.told, false, None::<&str>)?;
        let mut menu = MenuBuilder::new(&self.app).item(&told).item(&item(&open, Asked::Show)?).separator();
        for (label, leads) in &seen.lines {
            menu = menu.item(&item(label, leads.clone())?);
        }
        let menu = menu.separator().item(&item(&quit, Asked::Quit)?).build()?;
        if let Ok(mut known) = self.lines.lock() {
            *known = asked;
        }
        Ok(menu)
    }
}

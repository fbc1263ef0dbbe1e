//! The tray by StatusNotifierItem. A desktop without one (plain GNOME) has nobody who shows it, and says so.

use super::{Asked, Seen, drawn};
use ksni::blocking::{Handle, TrayMethods};
use ksni::menu::{MenuItem, StandardItem};
use std::sync::Arc;

type Ask = Arc<dyn Fn(Asked) + Send + Sync>;
type TellTray = Arc<dyn Fn(bool) + Send + Sync>;

/// The icon in the tray, as long as it is held.
pub struct Tray(Handle<Item>);

struct Item {
    seen: Seen,
    /// RGBA with its width and height.
    icon: (Vec<u8>, u32, u32),
    open: String,
    quit: String,
    ask: Ask,
    tell: TellTray,
}

impl Tray {
    /// Puts the icon up; `None` where there is no bus to say it on. `tell` hears whether anybody shows it, from now on.
    pub fn put_up(
        seen: Seen,
        icon: (Vec<u8>, u32, u32),
        (open, quit): (String, String),
        ask: Ask,
        tell: TellTray,
    ) -> Option<Tray> {
        tell(true);
        let item = Item { seen, icon, open, quit, ask, tell: tell.clone() };
        // a session's panel may come later than what is started with the session
        match item.assume_sni_available(true).spawn() {
            Ok(handle) => Some(Tray(handle)),
            Err(error) => {
                tracing::info!(%error, "there is no tray");
                tell(false);
                None
            }
        }
    }

    pub fn show(&self, seen: Seen, (open, quit): (String, String)) {
        self.0.update(|item| {
            item.seen = seen;
            item.open = open;
            item.quit = quit;
        });
    }
}

fn line(label: String, asked: Asked) -> MenuItem<Item> {
    let activate = Box::new(move |item: &mut Item| (item.ask)(asked.clone()));
    // an underscore would mark the next letter as its key
    StandardItem { label: label.replace('_', "__"), activate, ..StandardItem::default() }.into()
}

impl ksni::Tray for Item {
    fn id(&self) -> String {
        "ro.punte.console".to_owned()
    }

    fn title(&self) -> String {
        format!("Punte · {}", self.seen.told)
    }

    fn tool_tip(&self) -> ksni::ToolTip {
        ksni::ToolTip { title: "Punte".to_owned(), description: self.seen.told.clone(), ..ksni::ToolTip::default() }
    }

    fn icon_pixmap(&self) -> Vec<ksni::Icon> {
        let (base, width, height) = &self.icon;
        let mut data = drawn(base, *width, *height, self.seen.mood);
        // RGBA becomes ARGB
        data.chunks_exact_mut(4).for_each(|pixel| pixel.rotate_right(1));
        vec![ksni::Icon { width: *width as i32, height: *height as i32, data }]
    }

    fn activate(&mut self, _: i32, _: i32) {
        (self.ask)(Asked::Show);
    }

    fn menu(&self) -> Vec<MenuItem<Self>> {
        let told = StandardItem { label: self.seen.told.clone(), enabled: false, ..StandardItem::default() };
        let lines = self.seen.lines.iter().map(|(label, asked)| line(label.clone(), asked.clone()));
        [told.into(), line(self.open.clone(), Asked::Show), MenuItem::Separator]
            .into_iter()
            .chain(lines)
            .chain([MenuItem::Separator, line(self.quit.clone(), Asked::Quit)])
            .collect()
    }

    fn watcher_online(&self) {
        (self.tell)(true);
    }

    fn watcher_offline(&self, reason: ksni::OfflineReason) -> bool {
        tracing::info!(?reason, "nobody shows the tray's icon");
        (self.tell)(false);
        true
    }
}

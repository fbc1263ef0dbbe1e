//! The window comes and goes while Punte works on: closed without a tray and with one, found again, and ended by the system.

use punte_tests::window::Window;
use punte_tests::{Buyer, Desk, SandboxProgram, create_workspace, order, program, until};
use std::collections::HashMap;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use x11rb::connection::Connection as _;
use x11rb::protocol::xproto::{ClientMessageEvent, ConnectionExt as _, EventMask, MapState};
use x11rb::rust_connection::RustConnection;
use zbus::Connection;
use zbus::zvariant::{OwnedValue, Structure, Value};

const PATIENCE: Duration = Duration::from_secs(20);

/// The display, as a window manager sees it.
struct Display(RustConnection, usize);

impl Display {
    fn open() -> Display {
        let (connection, screen) = x11rb::connect(None).unwrap();
        Display(connection, screen)
    }

    fn atom(&self, name: &str) -> u32 {
        self.0.intern_atom(false, name.as_bytes()).unwrap().reply().unwrap().atom
    }

    /// Windows that take the manager's word and have a name.
    fn find(&self, name: &str) -> Option<u32> {
        let root = self.0.setup().roots[self.1].root;
        let windows = self.0.query_tree(root).unwrap().reply().unwrap().children;
        let title = self.atom("_NET_WM_NAME");
        let utf8 = self.atom("UTF8_STRING");
        windows.into_iter().find(|window| {
            let told = self.0.get_property(false, *window, title, utf8, 0, 64).ok().and_then(|one| one.reply().ok());
            told.is_some_and(|told| told.value == name.as_bytes())
        })
    }

    fn is_shown(&self) -> bool {
        let Some(window) = self.find("Punte") else { return false };
        let told = self.0.get_window_attributes(window).ok().and_then(|one| one.reply().ok());
        told.is_some_and(|told| told.map_state == MapState::VIEWABLE)
    }

    /// What the cross in a title bar says.
    fn press_cross(&self) {
        let window = self.find("Punte").expect("its window");
        let (protocols, delete) = (self.atom("WM_PROTOCOLS"), self.atom("WM_DELETE_WINDOW"));
        let event = ClientMessageEvent::new(32, window, protocols, [delete, 0, 0, 0, 0]);
        self.0.send_event(false, window, EventMask::NO_EVENT, event).unwrap();
        self.0.flush().unwrap();
    }

    async fn until_shown(&self, wish: bool) {
        until(&format!("the window shown: {wish}"), PATIENCE, async || {
            if self.is_shown() == wish { Ok(()) } else { Err("not so") }
        })
        .await;
    }
}

/// A desktop's tray, by its protocol.
struct Watcher(Arc<Mutex<Vec<String>>>);

#[zbus::interface(name = "org.kde.StatusNotifierWatcher")]
impl Watcher {
    async fn register_status_notifier_item(&self, service: String) {
        self.0.lock().unwrap().push(service);
    }

    #[zbus(property)]
    async fn is_status_notifier_host_registered(&self) -> bool {
        true
    }

    #[zbus(property)]
    async fn registered_status_notifier_items(&self) -> Vec<String> {
        self.0.lock().unwrap().clone()
    }

    #[zbus(property)]
    async fn protocol_version(&self) -> i32 {
        0
    }
}

struct TrayHost {
    bus: Connection,
    items: Arc<Mutex<Vec<String>>>,
}

impl TrayHost {
    async fn start() -> TrayHost {
        let items = Arc::new(Mutex::new(Vec::new()));
        let builder = zbus::connection::Builder::session().unwrap();
        let builder = builder.serve_at("/StatusNotifierWatcher", Watcher(items.clone())).unwrap();
        let bus = builder.name("org.kde.StatusNotifierWatcher").unwrap().build().await.unwrap();
        TrayHost { bus, items }
    }

    async fn item(&self) -> String {
        until("an icon in the tray", PATIENCE, async || self.items.lock().unwrap().last().cloned().ok_or("none")).await
    }

    async fn property(&self, name: &str) -> OwnedValue {
        let item = self.item().await;
        let of_item = ("org.kde.StatusNotifierItem", name);
        let properties = Some("org.freedesktop.DBus.Properties");
        let told = self.bus.call_method(Some(item), "/StatusNotifierItem", properties, "Get", &of_item).await.unwrap();
        told.body().deserialize::<OwnedValue>().unwrap()
    }

    async fn title(&self) -> String {
        String::try_from(self.property("Title").await).unwrap()
    }

    /// Pixels of the icon as it is drawn now.
    async fn icon(&self) -> String {
        format!("{:?}", self.property("IconPixmap").await)
    }

    async fn activate(&self) {
        let (item, interface) = (self.item().await, Some("org.kde.StatusNotifierItem"));
        self.bus.call_method(Some(item), "/StatusNotifierItem", interface, "Activate", &(0, 0)).await.unwrap();
    }

    /// The menu's lines with their ids.
    async fn menu(&self) -> Vec<(i32, String)> {
        type Layout = (u32, (i32, HashMap<String, OwnedValue>, Vec<OwnedValue>));
        let (item, interface) = (self.item().await, Some("com.canonical.dbusmenu"));
        let all = (0, -1, Vec::<String>::new());
        let told = self.bus.call_method(Some(item), "/MenuBar", interface, "GetLayout", &all).await.unwrap();
        let (_, (_, _, children)) = told.body().deserialize::<Layout>().unwrap();
        children.into_iter().filter_map(line).collect()
    }

    async fn choose(&self, label: &str) {
        let menu = self.menu().await;
        let (id, _) = menu.iter().find(|(_, shown)| shown == label).unwrap_or_else(|| panic!("{label} of {menu:?}"));
        let (item, interface) = (self.item().await, Some("com.canonical.dbusmenu"));
        let clicked = (*id, "clicked", Value::from(0), 0_u32);
        self.bus.call_method(Some(item), "/MenuBar", interface, "Event", &clicked).await.unwrap();
    }
}

fn line(child: OwnedValue) -> Option<(i32, String)> {
    let line = Structure::try_from(child).ok()?;
    let [Value::I32(id), Value::Dict(properties), ..] = line.fields() else { return None };
    let label: Option<String> = properties.get(&"label").ok().flatten();
    Some((*id, label?))
}

fn is_alive(pid: u32) -> bool {
    Path::new(&format!("/proc/{pid}/exe")).exists()
}

async fn until_ended(pid: u32) {
    until("the program ended", PATIENCE, async || if is_alive(pid) { Err("alive") } else { Ok(()) }).await;
}

fn log_of(home: &Path) -> String {
    let files = std::fs::read_dir(home.join("logs")).unwrap().flatten();
    files.map(|file| std::fs::read_to_string(file.path()).unwrap_or_default()).collect()
}

#[tokio::test]
async fn without_a_tray_closing_asks_each_time_and_starting_again_brings_the_window_back() {
    let home = tempfile::tempdir().unwrap();
    let window = Window::open(home.path()).await;
    let display = Display::open();
    window.click("lang-en").await;
    window.click("start-sandbox").await;
    window.find("nav-invoices").await;
    display.press_cross();
    window.wait_text("leave", |text| text.contains("no tray")).await;
    assert!(!window.is_there("leave-remember").await, "nothing to remember where nothing shows that it works");
    window.picture("leave-no-tray").await;
    window.click("leave-stay").await;
    // a second press while the question stands is an answer of its own
    until("the question gone", PATIENCE, async || if window.is_there("leave").await { Err("asked") } else { Ok(()) })
        .await;
    assert!(display.is_shown(), "nothing was chosen");
    for _ in 0..2 {
        display.press_cross();
        window.click("leave-keep").await;
        display.until_shown(false).await;
        // started once more, it is the same program that comes forward
        let started = std::process::Command::new(program("punte")).arg("--home").arg(home.path()).status().unwrap();
        assert!(started.success());
        display.until_shown(true).await;
    }
    // with another state, too; and what it was to open is nobody's afterwards
    let other = tempfile::tempdir().unwrap();
    let folder = punte_tests::create_workspace(other.path()).await;
    let mut second = std::process::Command::new(program("punte"));
    second.arg("--home").arg(other.path()).arg("--workspace").arg(&folder);
    assert!(second.status().unwrap().success());
    assert!(!folder.join("owner.json").exists(), "the second start owned a workspace and was cut off");
    // asked by the system, it ends in order
    let pid = window.app_pid(home.path()).await;
    std::process::Command::new("kill").args(["-TERM", &pid.to_string()]).status().unwrap();
    until_ended(pid).await;
    assert!(log_of(home.path()).contains("asked to stop"));
    window.close().await;
}

#[tokio::test]
async fn in_the_tray_it_works_on_says_how_things_stand_and_ends_from_there() {
    let home = tempfile::tempdir().unwrap();
    let tray = TrayHost::start().await;
    let window = Window::open(home.path()).await;
    let display = Display::open();
    window.click("lang-en").await;
    let well = tray.icon().await;
    window.click("start-sandbox").await;
    window.click("nav-settings").await;
    window.find("desktop-close").await;
    until("the tray's words", PATIENCE, async || {
        let title = tray.title().await;
        if title.contains("5 need you") { Ok(()) } else { Err(title) }
    })
    .await;
    assert_ne!(tray.icon().await, well, "the icon shows it, too");
    display.press_cross();
    window.wait_text("leave", |text| text.contains("stays in the tray")).await;
    window.picture("leave-tray").await;
    window.click("leave-keep").await;
    display.until_shown(false).await;
    tray.activate().await;
    display.until_shown(true).await;
    // it was remembered
    display.press_cross();
    display.until_shown(false).await;
    tray.choose("Failures: 5").await;
    display.until_shown(true).await;
    window.find("show-group-address_incomplete").await;
    let pid = window.app_pid(home.path()).await;
    tray.choose("Quit Punte").await;
    until_ended(pid).await;
    window.close().await;
}

#[tokio::test]
async fn the_tray_tells_of_a_workspace_that_is_not_on_screen_and_leads_to_it() {
    let home = tempfile::tempdir().unwrap();
    let sandbox = SandboxProgram::start(home.path()).await;
    let folder = create_workspace(home.path()).await;
    let desk = Desk::start(home.path(), &folder).await;
    desk.connect(&sandbox).await;
    let mut unfinished = order(28801, Buyer::Person);
    unfinished["billing"]["city"] = "".into();
    sandbox.control.order(unfinished).await;
    desk.wait_for(28801, "held").await;
    assert_eq!(desk.running.stop().await, Some(0));

    let tray = TrayHost::start().await;
    let window = Window::open(home.path()).await;
    window.click("lang-en").await;
    window.click("workspace-menu").await;
    window.click("workspace-sandbox").await;
    let both = until("both in the tray's words", PATIENCE, async || {
        let title = tray.title().await;
        if title.contains(" SRL: 5 need you") && title.contains("Cană: 1 need") { Ok(title) } else { Err(title) }
    })
    .await;
    assert!(both.starts_with("Punte · Atelier Cană SRL: "), "on screen first: {both}");
    let menu = tray.menu().await;
    let (_, other) = menu.iter().find(|(_, label)| label.starts_with("Atelier Cană: ")).unwrap();
    tray.choose(other).await;
    window.wait_text("workspace-menu", |text| text.trim() == "Atelier Cană").await;
    window.wait_attribute("nav-overview", "aria-current", "page").await;
    until("a sandbox that is not on screen is not told", PATIENCE, async || {
        let title = tray.title().await;
        if title.contains("SRL") { Err(title) } else { Ok(()) }
    })
    .await;
    window.close().await;
}

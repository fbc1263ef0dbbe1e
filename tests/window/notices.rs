//! Notices of the desktop, at a notification service of the test's own: what is shown, and where a click leads.

use punte_tests::until;
use punte_tests::window::Window;
use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use zbus::zvariant::OwnedValue;

const PATIENCE: Duration = Duration::from_secs(20);
const PLACE: &str = "/org/freedesktop/Notifications";
const INTERFACE: &str = "org.freedesktop.Notifications";

#[derive(Debug, Clone)]
struct Shown {
    program: String,
    summary: String,
    body: String,
    actions: Vec<String>,
}

/// A desktop's notification service, by its protocol.
struct Notifications(Arc<Mutex<Vec<Shown>>>);

#[zbus::interface(name = "org.freedesktop.Notifications")]
impl Notifications {
    #[allow(clippy::too_many_arguments, reason = "the protocol's own")]
    async fn notify(
        &self,
        program: String,
        _replaces: u32,
        _icon: String,
        summary: String,
        body: String,
        actions: Vec<String>,
        _hints: HashMap<String, OwnedValue>,
        _expires_ms: i32,
    ) -> u32 {
        let mut shown = self.0.lock().unwrap();
        shown.push(Shown { program, summary, body, actions });
        shown.len() as u32
    }

    async fn get_capabilities(&self) -> Vec<String> {
        ["body", "actions"].map(str::to_owned).to_vec()
    }

    async fn get_server_information(&self) -> (String, String, String, String) {
        ("a desktop".into(), "tests".into(), "1".into(), "1.2".into())
    }

    async fn close_notification(&self, _id: u32) {}
}

#[tokio::test]
async fn a_notice_is_shown_by_the_desktop_in_the_chosen_language_and_a_click_leads_to_its_screen() {
    let shown = Arc::new(Mutex::new(Vec::new()));
    let builder = zbus::connection::Builder::session().unwrap();
    let builder = builder.serve_at(PLACE, Notifications(shown.clone())).unwrap();
    let bus = builder.name(INTERFACE).unwrap().build().await.unwrap();

    let home = tempfile::tempdir().unwrap();
    let window = Window::open(home.path()).await;
    window.click("lang-ro").await;
    window.click("start-sandbox").await;
    window.find("nav-invoices").await;
    window.click("nav-settings").await;
    window.click("alert-channel-desktop-test").await;
    let notice: Shown =
        until("a notice on the desktop", PATIENCE, async || shown.lock().unwrap().last().cloned().ok_or("none")).await;
    assert_eq!(
        (notice.program.as_str(), notice.actions.as_slice()),
        ("Punte", &["default".into(), "Deschide Punte".into()][..])
    );
    assert!(notice.summary.ends_with("o probă de la Punte"), "{notice:?}");
    assert!(notice.body.contains("Funcționează"), "{notice:?}");

    window.wait_attribute("nav-settings", "aria-current", "page").await;
    bus.emit_signal(None::<&str>, PLACE, INTERFACE, "ActionInvoked", &(1_u32, "default")).await.unwrap();
    window.wait_attribute("nav-overview", "aria-current", "page").await;
    window.close().await;
}

//! The real app in a real window, driven by WebDriver as a person would: look, click, type.
//!
//! Wants a display: `scripts/headless.sh` gives one.

use crate::{Running, program, until};
use std::path::Path;
use std::time::{Duration, Instant};
use thirtyfour::error::WebDriverErrorInner;
use thirtyfour::extensions::query::ElementQueryable as _;
use thirtyfour::prelude::*;

/// Longest that anything on screen may take to come.
const PATIENCE: Duration = Duration::from_secs(30);
/// What has not moved for so long stands.
const STANDS: Duration = Duration::from_millis(50);
/// The app begins with its session: on a machine that is busy that takes long.
const DRIVER_PATIENCE: Duration = Duration::from_secs(45);
/// A driver has been seen never to answer; what the app does wrong at its start it does every time.
const DRIVERS: u32 = 3;

/// A window with its driver.
pub struct Window {
    /// There until the window is dropped.
    session: Option<WebDriver>,
    tauri_driver: Option<Running>,
}

impl Drop for Window {
    /// A session that is dropped would wait for its end on the thread that would have to bring it: a test that fails would
    /// hang instead. The driver's process is killed, and the app with it.
    fn drop(&mut self) {
        if let Some(session) = self.session.take() {
            let _ = session.leak();
        }
        if let Some(tauri_driver) = &self.tauri_driver {
            Running::end_group(tauri_driver.id());
        }
    }
}

fn repository() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("tests stand in the repository")
}

fn free_port() -> u16 {
    std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap().local_addr().unwrap().port()
}

/// A session, once the driver listens.
async fn session(url: &str, home: &Path, more: &[String]) -> WebDriver {
    let mut capabilities = Capabilities::new();
    capabilities.set("browserName", "wry").unwrap();
    let own = ["--home".to_owned(), home.display().to_string()];
    let arguments = [&own[..], more].concat();
    let application = serde_json::json!({ "application": program("punte"), "args": arguments });
    capabilities.set("tauri:options", application).unwrap();
    // the caller ends it
    until("the driver", DRIVER_PATIENCE * 2, async || WebDriver::new(url, capabilities.clone()).await).await
}

/// What runs, and what each waits for in the kernel: for a driver that does not answer.
async fn processes() -> String {
    let listed = tokio::process::Command::new("ps").args(["-eo", "pid,ppid,stat,wchan:24,etimes,args"]).output().await;
    listed.map(|output| String::from_utf8_lossy(&output.stdout).into_owned()).unwrap_or_default()
}

impl Window {
    /// Starts the app with a home of its own.
    pub async fn open(home: &Path) -> Window {
        Window::open_with(home, &[]).await
    }

    /// With more arguments for the app.
    pub async fn open_with(home: &Path, more: &[String]) -> Window {
        for attempt in 1..=DRIVERS {
            let (port, native) = (free_port(), free_port());
            let arguments: Vec<String> = ["--port", &port.to_string(), "--native-port", &native.to_string()]
                .into_iter()
                .chain(["--native-driver", "/usr/bin/WebKitWebDriver"])
                .map(str::to_owned)
                .collect();
            let program = repository().join("target/tools/bin/tauri-driver");
            let tauri_driver = Running::start_at(&program, home, &arguments);
            let url = format!("http://127.0.0.1:{port}");
            match tokio::time::timeout(DRIVER_PATIENCE, session(&url, home, more)).await {
                Ok(driver) => {
                    let window = Window { session: Some(driver), tauri_driver: Some(tauri_driver) };
                    window.find("app-root").await;
                    return window;
                }
                Err(_) => {
                    eprintln!("driver {attempt}: no session within {DRIVER_PATIENCE:?}\n{}", processes().await);
                    Running::end_group(tauri_driver.id());
                }
            }
        }
        panic!("{DRIVERS} drivers gave no session");
    }

    fn driver(&self) -> &WebDriver {
        self.session.as_ref().expect("only a drop takes it")
    }

    /// The element of a test id, once it is there.
    pub async fn find(&self, id: &str) -> WebElement {
        let started = Instant::now();
        let found = loop {
            let query = self.driver().query(By::Css(format!("[data-testid=\"{id}\"]")));
            let found = query.wait(PATIENCE, Duration::from_millis(60)).first().await;
            // the driver lost it between finding it and telling it: it was drawn anew
            let lost = matches!(&found, Err(error) if matches!(error.as_inner(), WebDriverErrorInner::StaleElementReference(_)));
            if !lost || started.elapsed() > PATIENCE {
                break found;
            }
        };
        match found {
            Ok(found) => found,
            Err(error) => {
                self.picture(&format!("missing-{id}")).await;
                let shown = self.driver().execute("return document.body.textContent", Vec::new()).await;
                let shown = shown.ok().and_then(|text| text.convert::<String>().ok()).unwrap_or_default();
                panic!("{id}: {error}; on screen: {}", shown.chars().take(1500).collect::<String>());
            }
        }
    }

    pub async fn is_there(&self, id: &str) -> bool {
        self.driver().find(By::Css(format!("[data-testid=\"{id}\"]"))).await.is_ok()
    }

    /// Clicks what stands still, as a person does; again where the screen moved away under the pointer.
    pub async fn click(&self, id: &str) {
        until(&format!("a click on {id}"), PATIENCE, async || {
            let part = self.find(id).await;
            part.scroll_into_view().await?;
            // what slides in has left the place of its click when it comes
            let place = |rect: thirtyfour::ElementRect| [rect.x, rect.y].map(f64::round);
            let mut before = place(part.rect().await?);
            loop {
                tokio::time::sleep(STANDS).await;
                let now = place(part.rect().await?);
                if now == before {
                    break;
                }
                before = now;
            }
            part.click().await
        })
        .await;
    }

    /// Opens a choice and takes the option that holds a text.
    pub async fn choose(&self, id: &str, text: &str) {
        self.click(id).await;
        let path = format!("//*[@role=\"option\"][contains(., \"{text}\")]");
        until(&format!("the option {text}"), PATIENCE, async || {
            self.driver().find(By::XPath(&path)).await?.click().await
        })
        .await;
    }

    /// Replaces a field's text.
    pub async fn fill(&self, id: &str, text: &str) {
        self.look(id, async |field| {
            field.scroll_into_view().await?;
            let select_all = self.driver().action_chain().click_element(&field);
            select_all.key_down(Key::Control).send_keys("a").key_up(Key::Control).perform().await?;
            field.send_keys(text).await
        })
        .await;
    }

    /// Drags one part onto another, as a hand with a mouse does.
    pub async fn drag(&self, from: &str, onto: &str) {
        let what = format!("{from} dragged onto {onto}");
        until(&what, PATIENCE, async || {
            let (from, onto) = (self.find(from).await, self.find(onto).await);
            from.scroll_into_view().await?;
            onto.scroll_into_view().await?;
            let hand = self.driver().action_chain();
            let hand = hand.move_to_element_center(&from).click_and_hold().move_by_offset(6, 6);
            hand.move_to_element_center(&onto).release().perform().await
        })
        .await;
    }

    pub async fn text(&self, id: &str) -> String {
        // text() of some parts comes back empty
        self.look(id, async |part| part.prop("textContent").await).await.unwrap_or_default()
    }

    pub async fn attribute(&self, id: &str, name: &str) -> String {
        self.look(id, async |part| part.attr(name).await).await.unwrap_or_default()
    }

    pub async fn is_enabled(&self, id: &str) -> bool {
        self.look(id, async |part| part.is_enabled().await).await
    }

    /// Does something with a part, again where the screen drew the part anew between finding and touching it.
    async fn look<T>(&self, id: &str, read: impl AsyncFn(WebElement) -> WebDriverResult<T>) -> T {
        until(&format!("a look at {id}"), PATIENCE, async || read(self.find(id).await).await).await
    }

    /// Waits until a part's text is as wished.
    pub async fn wait_text(&self, id: &str, wish: impl Fn(&str) -> bool) -> String {
        until(&format!("the text of {id}"), PATIENCE, async || {
            let text = self.text(id).await;
            if wish(&text) { Ok(text) } else { Err(text) }
        })
        .await
    }

    /// Waits until an attribute of a part is as wished.
    pub async fn wait_attribute(&self, id: &str, name: &str, wish: &str) {
        until(&format!("{name} of {id} {wish}"), PATIENCE, async || {
            let shown = self.attribute(id, name).await;
            if shown == wish { Ok(()) } else { Err(shown) }
        })
        .await;
    }

    /// Waits until the open record is in a state.
    pub async fn wait_state(&self, state: &str) {
        until(&format!("the record {state}"), PATIENCE, async || {
            let shown = self.attribute("drawer-state", "data-state").await;
            if shown == state { Ok(()) } else { Err(shown) }
        })
        .await;
    }

    /// A picture of the whole screen, into `target/screens`: the driver's own screenshots never end without a compositor.
    pub async fn picture(&self, name: &str) {
        let folder = repository().join("target/screens");
        std::fs::create_dir_all(&folder).unwrap();
        let path = folder.join(format!("{name}.png"));
        let taken = tokio::process::Command::new("import").args(["-silent", "-window", "root"]).arg(&path).status();
        assert!(taken.await.is_ok_and(|status| status.success()), "{}", path.display());
    }

    /// Runs a script in the page.
    pub async fn script(&self, script: &str) -> serde_json::Value {
        self.driver().execute(script, Vec::new()).await.unwrap().json().clone()
    }

    /// The app's process, found by its home among the command lines.
    pub async fn app_pid(&self, home: &Path) -> u32 {
        let home = home.to_str().unwrap().to_owned();
        until("the app's process", PATIENCE, async || {
            let processes = std::fs::read_dir("/proc").map_err(|error| error.to_string())?;
            for process in processes.flatten() {
                let Ok(pid) = process.file_name().to_string_lossy().parse::<u32>() else { continue };
                let line = std::fs::read(process.path().join("cmdline")).unwrap_or_default();
                let line = String::from_utf8_lossy(&line).replace('\0', " ");
                if line.contains("/punte --home") && line.contains(&home) {
                    return Ok(pid);
                }
            }
            Err("not running".to_owned())
        })
        .await
    }

    /// Closes the window in order, and the driver after it. Of an app that was killed only the driver is left to stop, and
    /// it does not answer any more.
    pub async fn close(mut self) {
        let _ = tokio::time::timeout(Duration::from_secs(5), self.driver().clone().quit()).await;
        if let Some(tauri_driver) = self.tauri_driver.take() {
            let group = tauri_driver.id();
            tauri_driver.stop().await;
            // a busy machine's window may need longer than was waited; one that is left holds its home, and brings itself
            // forward in place of the next
            Running::see_off(group).await;
        }
    }
}

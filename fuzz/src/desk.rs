//! What a client hands a running host: a command with its payload, and a mapping's text. The host owns a workspace without a
//! network: whatever it asks outside is unreachable. A call that is refused changes nothing.

use async_trait::async_trait;
use punte_api::{COMMANDS, ErrorCode, Host, HostKind, Parts};
use punte_engine::connectors::transport::PrivateHosts;
use punte_engine::connectors::{Budgets, HttpAnswer, HttpRequest, Limits, Transport, TransportError};
use punte_engine::mapping::{Mapping, MappingContext, compile, sandbox_order};
use punte_engine::vault::{Cost, Keyring, MemoryVault, Standing, SwitchVault, Vault};
use punte_engine::{Clock, Deps, Timing};
use serde_json::{Map, Value, json};
use std::cell::RefCell;
use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};
use tempfile::TempDir;
use tokio::runtime::Runtime;

/// Calls of one host; then a new one begins, so that what they leave does not grow. A host that ended leaves a megabyte behind.
const CALLS: u32 = 1000;
/// Parts whose commands change who may do what, or what is open: a new host begins after one that went through.
const LASTING: [&str; 5] = ["backup.", "people.", "session.", "vault.", "workspace."];
/// Starts simulators, of which there are none here.
const NEVER: &str = "workspace.open_sandbox";
/// Answers that tell what is kept, and nothing of the time.
const KEPT: [&str; 4] = ["connections.list", "mappings.list", "network.get", "people.list"];

struct Nowhere;

#[async_trait]
impl Transport for Nowhere {
    async fn send(&self, _: HttpRequest, _: Limits) -> Result<HttpAnswer, TransportError> {
        Err(TransportError::Unreachable("there is no network here".to_owned()))
    }
}

struct NoKeyring;

#[async_trait]
impl Keyring for NoKeyring {
    async fn look(&self) -> Standing {
        Standing::Absent("there is none here".to_owned())
    }

    fn vault(&self) -> Arc<dyn Vault> {
        Arc::new(MemoryVault::default())
    }
}

/// Ids and chance in order, so that the same calls mean the same again.
struct Ordered {
    started: Instant,
    next: AtomicU64,
}

impl Clock for Ordered {
    fn now_ms(&self) -> i64 {
        1_795_000_000_000
    }

    fn monotonic(&self) -> Duration {
        self.started.elapsed()
    }

    fn new_id(&self, prefix: &str) -> String {
        format!("{prefix}_{:032x}", self.next.fetch_add(1, Ordering::Relaxed))
    }

    fn random(&self) -> u64 {
        self.next.fetch_add(1, Ordering::Relaxed)
    }

    fn new_seed(&self) -> [u8; 32] {
        [3; 32]
    }
}

/// A host with a workspace in which a few things are kept.
struct Desk {
    runtime: Runtime,
    host: Arc<Host>,
    _home: TempDir,
    calls: u32,
}

thread_local! {
    static DESK: RefCell<Option<Desk>> = const { RefCell::new(None) };
}

impl Desk {
    fn new() -> Desk {
        let home = crate::files::scratch();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        let cost = Cost { memory_kib: 32, passes: 1, lanes: 1 };
        let vault = SwitchVault::new(home.path().join("credentials.vault"), Arc::new(NoKeyring), cost);
        let deps = Deps {
            clock: Arc::new(Ordered { started: Instant::now(), next: AtomicU64::new(1) }),
            vault: vault.clone(),
            transport: Arc::new(Nowhere),
            budgets: Arc::new(Budgets::new()),
            addresses: HashMap::new(),
            timing: Timing::default(),
            meters: Arc::default(),
            machine: "this one".to_owned(),
            state: home.path().to_owned(),
        };
        let host = runtime.block_on(async {
            let parts = Parts {
                home: home.path().to_owned(),
                deps,
                vault: vault.clone(),
                operator: "operator".to_owned(),
                private_hosts: PrivateHosts::default(),
                sandbox: Arc::new(|_| Box::pin(async { Err("there is none here".to_owned()) })),
                listener: Arc::new(|_, _| Box::pin(async { Err("there is none here".to_owned()) })),
                opened: Arc::new(|_| {}),
            };
            let host = Host::new(parts).expect("a new home");
            vault.hold_in_memory("not wanted");
            host.tell_of_vault();
            host
        });
        let desk = Desk { runtime, host, _home: home, calls: 0 };
        desk.set_up("workspace.create", json!({ "name": "Cană" }));
        let file = json!({ "id": null, "kind": "file", "name": "Fișiere", "address": "", "account": "", "secret": "",
            "company": null, "series": null });
        desk.set_up("connections.save", file);
        let mapping = json!({ "name": "M", "preset": "generic", "copyOf": null, "document": null });
        desk.set_up("mappings.create", mapping);
        desk
    }

    fn set_up(&self, command: &str, payload: Value) {
        if let Err(error) = self.ask(command, payload) {
            panic!("{command}: {error}");
        }
    }

    fn ask(&self, command: &str, payload: Value) -> Result<Value, punte_api::ApiError> {
        let session = self.host.local_session(HostKind::Window);
        self.runtime.block_on(self.host.call(&session, command, payload))
    }

    fn kept(&self) -> Vec<Value> {
        KEPT.iter().map(|command| self.ask(command, json!({})).unwrap_or_default()).collect()
    }
}

/// Does something with a host that may be used already, and puts it back unless it is spent.
fn with_desk(work: impl FnOnce(&Desk) -> bool) {
    let mut desk = DESK.take().unwrap_or_else(Desk::new);
    let is_spent = work(&desk);
    desk.calls += 1;
    if is_spent || desk.calls >= CALLS {
        desk.runtime.block_on(desk.host.shut_down());
        desk.runtime.shutdown_background();
    } else {
        DESK.set(Some(desk));
    }
}

/// A line with a command's name, then its payload as a client's body.
pub fn call(data: &[u8]) {
    let end = data.iter().position(|byte| *byte == b'\n').unwrap_or(data.len());
    let (Ok(command), body) = (std::str::from_utf8(&data[..end]), data.get(end + 1..).unwrap_or_default()) else {
        return;
    };
    let payload = if body.is_empty() { Ok(Value::Null) } else { serde_json::from_slice(body) };
    let Ok(payload) = payload else { return };
    if command == NEVER || reaches_out(&payload) {
        return;
    }
    with_desk(|desk| {
        let before = desk.kept();
        let answered = desk.ask(command, payload);
        let is_known = COMMANDS.iter().any(|known| known.name == command);
        match &answered {
            Ok(_) => assert!(is_known, "{command} is no command"),
            Err(error) => {
                assert_ne!(error.code, ErrorCode::Internal, "{command}: {error}");
                assert!(is_known || error.code == ErrorCode::UnknownCommand, "{command}: {error}");
                let is_refused = matches!(error.code, ErrorCode::InvalidInput | ErrorCode::UnknownCommand);
                assert!(!is_refused || desk.kept() == before, "{command} was refused and changed something: {error}");
            }
        }
        answered.is_ok() && LASTING.iter().any(|part| command.starts_with(part))
    });
}

/// Whether it names a place on this machine outside the host's own home: a person may, a fuzzer shall not.
fn reaches_out(value: &Value) -> bool {
    match value {
        Value::String(text) => text.contains("..") || text.trim_start().starts_with(['/', '\\', '~']),
        Value::Array(all) => all.iter().any(reaches_out),
        Value::Object(all) => all.values().any(reaches_out),
        _ => false,
    }
}

/// A mapping's text, as it is taken in from a file.
pub fn mapping(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let read = Mapping::parse(text);
    if let Ok(mapping) = &read {
        let written = mapping.to_text();
        let again = Mapping::parse(&written).expect("what is written is read");
        assert_eq!((&again, again.to_text()), (mapping, written), "and stays what it is");
        if let Ok(compiled) = compile(mapping) {
            let order: Value = serde_json::from_str(sandbox_order()).expect("the sample is JSON");
            let context = MappingContext { tax_point: Default::default(), settings: Map::new() };
            let one = compiled.evaluate(&order, &context);
            let other = compiled.explain(&order, &context);
            assert_eq!(one.problems.len(), other.problems.len(), "explained or not, it is the same");
        }
    }
    with_desk(|desk| {
        let before = desk.kept();
        let given = desk.ask("mappings.read_text", json!({ "fileName": "mapping.json", "content": text }));
        assert_eq!(given.is_ok(), read.is_ok(), "{given:?}");
        assert_eq!(desk.kept(), before, "to read it changes nothing");
        let Ok(document) = given else { return false };
        let made = json!({ "name": "", "preset": null, "copyOf": null, "document": document });
        match desk.ask("mappings.create", made) {
            Ok(made) => {
                let kept = desk.ask("mappings.get", json!({ "id": made["id"] }));
                assert!(kept.is_ok(), "what was made is there: {kept:?}");
            }
            Err(error) => {
                assert_eq!(error.code, ErrorCode::InvalidInput, "{error}");
                assert_eq!(desk.kept(), before, "what is refused changes nothing: {error}");
            }
        }
        false
    });
}

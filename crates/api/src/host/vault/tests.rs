//! A host in a session without a keyring, through its commands.

use crate::commands::{AccessRole, HostKind, Session};
use crate::error::{ApiError, ErrorCode};
use crate::host::Host;
use crate::host::parts_of_tests::parts;
use async_trait::async_trait;
use punte_engine::vault::{Cost, Keyring, MemoryVault, Standing, SwitchVault, Vault};
use serde_json::{Value, json};
use std::path::Path;
use std::sync::Arc;
use tempfile::TempDir;

const PASSPHRASE: &str = "four words put together";
const SECRET: &str = "token-0123456789";

struct NoKeyring;

#[async_trait]
impl Keyring for NoKeyring {
    async fn look(&self) -> Standing {
        Standing::Absent("no bus".into())
    }
    fn vault(&self) -> Arc<dyn Vault> {
        Arc::new(MemoryVault::default())
    }
}

async fn host(home: &Path) -> Arc<Host> {
    let cheap = Cost { memory_kib: 8, passes: 1, lanes: 1 };
    let vault = SwitchVault::new(home.join("credentials.vault"), Arc::new(NoKeyring), cheap);
    let host = Host::new(parts(home, vault)).unwrap();
    host.open_vault().await;
    host
}

struct Office {
    home: TempDir,
    host: Arc<Host>,
}

impl Office {
    async fn new() -> Office {
        let home = tempfile::tempdir().unwrap();
        let office = Office { host: host(home.path()).await, home };
        office.call("workspace.create", json!({ "name": "Atelier" })).await.unwrap();
        office
    }

    /// The same state folder after a restart.
    async fn again(self) -> Office {
        self.host.shut_down().await;
        let host = host(self.home.path()).await;
        host.open_last().await.unwrap();
        Office { host, home: self.home }
    }

    async fn call_as(&self, role: AccessRole, command: &str, payload: Value) -> Result<Value, ApiError> {
        let session = Session { role, ..self.host.local_session(HostKind::Terminal) };
        self.host.call(&session, command, payload).await
    }

    async fn call(&self, command: &str, payload: Value) -> Result<Value, ApiError> {
        self.call_as(AccessRole::Admin, command, payload).await
    }

    async fn connect(&self) -> Result<Value, ApiError> {
        let made = json!({ "id": null, "kind": "smartbill", "name": "SmartBill", "address": "http://127.0.0.1:9",
            "account": "ana@atelier.ro", "secret": SECRET, "company": null, "series": null });
        self.call("connections.save", made).await
    }

    async fn health(&self) -> Value {
        self.call("connections.list", json!({})).await.unwrap()["billing"][0]["health"].clone()
    }

    async fn choose_file(&self) -> Result<Value, ApiError> {
        self.call("vault.choose", json!({ "kind": "file", "passphrase": PASSPHRASE })).await
    }

    async fn stands(&self) -> (Value, Value) {
        let app = self.call("app.get", json!({})).await.unwrap();
        let vault = self.call("vault.get", json!({})).await.unwrap();
        assert_eq!((&app["vault"], &app["vaultState"]), (&vault["kind"], &vault["state"]));
        (app["vault"].clone(), app["vaultState"].clone())
    }
}

#[tokio::test]
async fn until_a_place_is_chosen_saving_a_credential_says_so_and_keeps_nothing() {
    let office = Office::new().await;
    assert_eq!(office.stands().await, (Value::Null, json!("not_chosen")));
    assert_eq!(office.connect().await.unwrap_err().code, ErrorCode::VaultNotChosen);
    assert_eq!(office.call("connections.list", json!({})).await.unwrap()["billing"], json!([]));
    let needs = office.call("overview.get", json!({})).await.unwrap()["needsYou"].clone();
    assert!(needs.as_array().unwrap().iter().any(|need| need["what"] == "vault"), "{needs}");
    let short = office.call("vault.choose", json!({ "kind": "file", "passphrase": "short" })).await.unwrap_err();
    assert_eq!((short.code, short.field.as_deref()), (ErrorCode::InvalidInput, Some("passphrase")));
    let forbidden = office.call_as(AccessRole::Operator, "vault.choose", json!({ "kind": "session_memory" })).await;
    assert_eq!(forbidden.unwrap_err().code, ErrorCode::Forbidden);
    office.call("vault.choose", json!({ "kind": "session_memory" })).await.unwrap();
    assert_eq!(office.stands().await, (json!("session_memory"), json!("ready")));
    office.connect().await.unwrap();
    assert_eq!(office.health().await, "unknown");
    office.host.shut_down().await;
}

#[tokio::test]
async fn a_chosen_file_is_remembered_and_what_waits_for_its_passphrase_says_so() {
    let office = Office::new().await;
    office.choose_file().await.unwrap();
    let saved = office.connect().await.unwrap();
    assert!(saved["secretChangedMs"].is_i64() && saved["secretWorkedMs"].is_null(), "{saved}");
    let office = office.again().await;
    assert_eq!(office.stands().await, (json!("file"), json!("locked")));
    assert_eq!(office.health().await, "waiting_passphrase");
    assert_eq!(office.connect().await.unwrap_err().code, ErrorCode::VaultLocked);
    let unlock = async |passphrase: &str| {
        office.call_as(AccessRole::Viewer, "vault.unlock", json!({ "passphrase": passphrase })).await
    };
    assert_eq!(unlock("another passphrase").await.unwrap_err().code, ErrorCode::WrongPassphrase);
    assert_eq!(unlock(PASSPHRASE).await.unwrap()["state"], "ready");
    assert_eq!(office.health().await, "unknown", "not asked yet, and not waiting any more");
    for entry in [office.home.path().join("settings.json"), office.home.path().join("credentials.vault")] {
        let bytes = std::fs::read(entry).unwrap();
        for word in [PASSPHRASE, SECRET] {
            assert!(!bytes.windows(word.len()).any(|part| part == word.as_bytes()));
        }
    }
    office.host.shut_down().await;
}

#[tokio::test]
async fn after_too_many_guesses_the_instant_of_the_next_one_is_told() {
    let office = Office::new().await;
    office.choose_file().await.unwrap();
    let office = office.again().await;
    let unlock = async |passphrase: &str| office.call("vault.unlock", json!({ "passphrase": passphrase })).await;
    for _ in 0..5 {
        assert_eq!(unlock("a guess").await.unwrap_err().code, ErrorCode::WrongPassphrase);
    }
    let refused = unlock(PASSPHRASE).await.unwrap_err();
    assert_eq!(refused.code, ErrorCode::TryLater);
    assert!(refused.detail.parse::<i64>().is_ok(), "{}", refused.detail);
    assert!(office.call("vault.get", json!({})).await.unwrap()["waitUntilMs"].is_i64());
    office.host.shut_down().await;
}

#[tokio::test]
async fn the_passphrase_is_changed_by_whoever_knows_it() {
    let office = Office::new().await;
    office.choose_file().await.unwrap();
    let change = async |old: &str, new: &str| {
        office.call("vault.change_passphrase", json!({ "old": old, "new": new })).await.map_err(|error| error.code)
    };
    assert_eq!(change("a guess", "another passphrase").await.unwrap_err(), ErrorCode::WrongPassphrase);
    assert_eq!(change(PASSPHRASE, "short").await.unwrap_err(), ErrorCode::InvalidInput);
    change(PASSPHRASE, "another passphrase").await.unwrap();
    let office = office.again().await;
    let unlock = async |passphrase: &str| office.call("vault.unlock", json!({ "passphrase": passphrase })).await;
    assert_eq!(unlock(PASSPHRASE).await.unwrap_err().code, ErrorCode::WrongPassphrase);
    unlock("another passphrase").await.unwrap();
    office.host.shut_down().await;
}

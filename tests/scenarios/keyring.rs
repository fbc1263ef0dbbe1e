//! Keyrings as sessions really have them: locked at first, gone and back, refusing, absent. Each on a bus of its own, the locked one
//! with the system's own gnome-keyring.

use crate::vault::Served;
use punte_tests::{SandboxProgram, until};
use serde_json::{Value, json};
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::process::{Child, Command};

const PASSWORD: &str = "mere și pere";
/// How the session bus of the tests is set up.
const BUS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../scripts/session-bus.conf");

/// A session of somebody who signed in to a desktop: a bus, and a folder for its keyrings.
struct Session {
    folder: TempDir,
    address: String,
    _bus: Child,
}

impl Session {
    async fn begin() -> Session {
        let folder = tempfile::tempdir().unwrap();
        for part in ["run", "data"] {
            std::fs::create_dir(folder.path().join(part)).unwrap();
        }
        private(&folder.path().join("run"));
        let mut command = Command::new("dbus-daemon");
        command.arg("--nofork").arg("--print-address").arg("--config-file").arg(BUS);
        let mut bus = command.stdout(Stdio::piped()).kill_on_drop(true).spawn().unwrap();
        let address = BufReader::new(bus.stdout.take().unwrap()).lines().next_line().await.unwrap().unwrap();
        Session { folder, address, _bus: bus }
    }

    /// Its keyring's daemon: locked as it is after a sign-in that did not bring the password.
    fn keyring(&self) -> Child {
        self.with_keyring(&["--start", "--foreground", "--components=secrets"]).stdin(Stdio::null()).spawn().unwrap()
    }

    fn with_keyring(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new("gnome-keyring-daemon");
        command.args(arguments).stdout(Stdio::null()).stderr(Stdio::null()).kill_on_drop(true);
        for (name, value) in self.variables() {
            command.env(name, value);
        }
        command
    }

    fn variables(&self) -> Vec<(&'static str, String)> {
        let part = |name: &str| self.folder.path().join(name).display().to_string();
        vec![
            ("DBUS_SESSION_BUS_ADDRESS", self.address.clone()),
            ("XDG_RUNTIME_DIR", part("run")),
            ("XDG_DATA_HOME", part("data")),
            ("HOME", part("")),
            ("GNOME_KEYRING_CONTROL", part("run/keyring")),
        ]
    }

    /// Unlocks the keyring, as signing in does; makes it where there is none.
    async fn unlock(&self, arguments: &[&str]) -> Child {
        let mut child = self.with_keyring(arguments).stdin(Stdio::piped()).spawn().unwrap();
        let mut input = child.stdin.take().unwrap();
        input.write_all(PASSWORD.as_bytes()).await.unwrap();
        drop(input);
        child
    }

    /// Unlocks the keyring of the daemon that runs, as whoever types its password into the system's own window does.
    async fn open_keyring(&self) {
        use zbus::zvariant::{ObjectPath, OwnedObjectPath, OwnedValue, Value as Variant};
        let bus = zbus::connection::Builder::address(self.address.as_str()).unwrap().build().await.unwrap();
        let of = async |interface: &'static str| {
            zbus::Proxy::new(&bus, "org.freedesktop.secrets", "/org/freedesktop/secrets", interface).await.unwrap()
        };
        let service = of("org.freedesktop.Secret.Service").await;
        let (_, talk): (OwnedValue, OwnedObjectPath) =
            service.call("OpenSession", &("plain", Variant::from(""))).await.unwrap();
        let login = ObjectPath::try_from("/org/freedesktop/secrets/collection/login").unwrap();
        let secret = (talk, Vec::<u8>::new(), PASSWORD.as_bytes().to_vec(), "text/plain");
        let keyring = of("org.gnome.keyring.InternalUnsupportedGuiltRiddenInterface").await;
        let () = keyring.call("UnlockWithMasterPassword", &(login, secret)).await.unwrap();
    }

    async fn serve(&self, home: &Path) -> Served {
        let variables = self.variables();
        let with: Vec<(&str, &str)> = variables
            .iter()
            .filter(|(name, _)| matches!(*name, "DBUS_SESSION_BUS_ADDRESS" | "XDG_RUNTIME_DIR"))
            .map(|(name, value)| (*name, value.as_str()))
            .collect();
        Served::start_with(home, &with).await
    }
}

fn private(folder: &Path) {
    use std::os::unix::fs::PermissionsExt;
    std::fs::set_permissions(folder, std::fs::Permissions::from_mode(0o700)).unwrap();
}

/// The vault, once it stands so.
async fn stands(served: &Served, state: &str) -> Value {
    until(&format!("the vault {state}"), Duration::from_secs(90), async || {
        let vault = served.call("vault.get", json!({})).await;
        if vault["state"] == state { Ok(vault) } else { Err(vault) }
    })
    .await
}

fn oblio(sandbox: &SandboxProgram) -> Value {
    let place = &sandbox.ports["oblio"];
    json!({ "id": null, "kind": "oblio", "name": "Oblio", "address": place["url"], "account": place["email"],
        "secret": place["secret"], "company": place["company"], "series": place["series"] })
}

#[tokio::test]
async fn a_locked_keyring_is_waited_for_and_unlocked_it_all_goes_on_by_itself() {
    let home = tempfile::tempdir().unwrap();
    let sandbox = SandboxProgram::start(home.path()).await;
    let session = Session::begin().await;
    // one who signed in: the keyring is made and open
    let mut keyring = session.unlock(&["--unlock", "--foreground", "--components=secrets"]).await;
    let served = session.serve(home.path()).await;
    let vault = stands(&served, "ready").await;
    assert_eq!(vault["kind"], "os_keyring", "{vault}");
    served.call("workspace.create", json!({ "name": "Atelier Cană" })).await;
    let input = oblio(&sandbox);
    let saved = served.call("connections.save", input.clone()).await;
    assert!(served.works(&saved, &input).await);
    served.kill().await;
    keyring.kill().await.unwrap();

    // the next sign-in did not bring the password: the keyring is there, and locked
    let mut keyring = session.keyring();
    let served = session.serve(home.path()).await;
    let vault = stands(&served, "waiting").await;
    assert_eq!(vault["kind"], "os_keyring");
    assert!(vault["reason"].as_str().unwrap().contains("locked"), "{vault}");
    assert_eq!(served.health().await, "waiting_keyring", "it is not the connection's fault");
    let asked = served.try_call("vault.unlock", json!({ "passphrase": "" })).await.unwrap_err();
    assert_eq!(asked["code"], "vault_waiting", "nobody is there to type the password");
    tokio::time::sleep(Duration::from_secs(3)).await;
    assert_eq!(served.health().await, "waiting_keyring", "and it stays so");
    let app = served.call("app.get", json!({})).await;
    assert_eq!((&app["vaultState"], &app["quarantine"]), (&json!("waiting"), &Value::Null), "{app}");

    session.open_keyring().await;
    stands(&served, "ready").await;
    assert_ne!(served.health().await, "waiting_keyring");
    assert_ne!(served.health().await, "needs_reconnect");
    assert!(served.works(&saved, &input).await, "with the credential that was kept");

    // it dies under a running Punte: whether what was read holds or it is waited for again, the connection is not to blame
    keyring.kill().await.unwrap();
    for _ in 0..3 {
        let tested = served.test_kept(&saved, &input).await;
        match tested {
            Ok(one) => assert_eq!(one["ok"], true, "{one}"),
            Err(error) => assert!(error["code"].as_str().unwrap().starts_with("vault"), "{error}"),
        }
        assert_ne!(served.health().await, "needs_reconnect");
    }

    // its session starts it again: what is saved now is kept by the new one, whom nobody had asked before
    let mut keyring = session.unlock(&["--unlock", "--foreground", "--components=secrets"]).await;
    let mut other = oblio(&sandbox);
    other["name"] = json!("Oblio, after");
    let later = until("it is kept by the new one", Duration::from_secs(60), async || {
        served.try_call("connections.save", other.clone()).await
    })
    .await;
    assert_eq!(stands(&served, "ready").await["kind"], "os_keyring");
    served.kill().await;
    let served = session.serve(home.path()).await;
    stands(&served, "ready").await;
    assert!(served.works(&saved, &input).await && served.works(&later, &other).await);
    served.kill().await;
    keyring.kill().await.unwrap();
}

const COLLECTION: &str = "/org/freedesktop/secrets/collection/login";

/// A Secret Service that is there and gives nothing: an administrator's choice, or one that is broken.
struct Refusing {
    /// It says nothing at all to who introduces itself.
    is_silent: bool,
}

#[zbus::interface(name = "org.freedesktop.Secret.Service")]
impl Refusing {
    async fn open_session(
        &self,
        _algorithm: String,
        _input: zbus::zvariant::Value<'_>,
    ) -> zbus::fdo::Result<(zbus::zvariant::OwnedValue, zbus::zvariant::OwnedObjectPath)> {
        if self.is_silent {
            std::future::pending::<()>().await;
        }
        Err(zbus::fdo::Error::AccessDenied("switched off by the administrator".to_owned()))
    }

    fn read_alias(&self, _name: String) -> zbus::zvariant::OwnedObjectPath {
        zbus::zvariant::ObjectPath::try_from(COLLECTION).unwrap().into()
    }
}

/// The only keyring of such a service.
struct Login {
    is_locked: bool,
}

#[zbus::interface(name = "org.freedesktop.Secret.Collection")]
impl Login {
    #[zbus(property)]
    fn locked(&self) -> bool {
        self.is_locked
    }
}

impl Session {
    /// A service that gives nothing, until it is dropped: its keyring is locked and it is silent, or it is open and it refuses.
    async fn refusing(&self, is_locked: bool) -> zbus::Connection {
        let builder = zbus::connection::Builder::address(self.address.as_str()).unwrap();
        let builder = builder.name("org.freedesktop.secrets").unwrap();
        let builder = builder.serve_at("/org/freedesktop/secrets", Refusing { is_silent: is_locked }).unwrap();
        builder.serve_at(COLLECTION, Login { is_locked }).unwrap().build().await.unwrap()
    }
}

/// Whoever vanishes while it introduces itself has been seen to end the system's daemon, with everybody's secrets.
#[tokio::test]
async fn whether_a_keyring_is_locked_is_seen_without_a_talk_with_it() {
    let home = tempfile::tempdir().unwrap();
    let session = Session::begin().await;
    let service = session.refusing(true).await;
    let served = session.serve(home.path()).await;
    let vault = served.call("vault.get", json!({})).await;
    assert_eq!(vault["state"], "waiting", "{vault}");
    assert!(vault["reason"].as_str().unwrap().contains("locked"), "{vault}");
    served.kill().await;
    drop(service);
}

#[tokio::test]
async fn a_keyring_that_refuses_is_told_apart_from_none_and_gives_its_reason() {
    let home = tempfile::tempdir().unwrap();
    let sandbox = SandboxProgram::start(home.path()).await;
    let session = Session::begin().await;
    let refusing = session.refusing(false).await;
    let served = session.serve(home.path()).await;
    let vault = stands(&served, "refused").await;
    assert_eq!(vault["kind"], Value::Null);
    assert!(vault["reason"].as_str().unwrap().contains("switched off by the administrator"), "{vault}");
    served.call("workspace.create", json!({ "name": "Atelier Cană" })).await;
    let kept = served.try_call("connections.save", oblio(&sandbox)).await.unwrap_err();
    assert_eq!(kept["code"], "vault_not_chosen", "nothing weaker is taken by itself");
    let asked = served.try_call("vault.unlock", json!({ "passphrase": "" })).await.unwrap_err();
    assert_eq!(asked["code"], "vault_not_chosen");
    let overview = served.call("overview.get", json!({})).await;
    let needed: Vec<&Value> = overview["needsYou"].as_array().unwrap().iter().map(|one| &one["what"]).collect();
    assert!(needed.contains(&&json!("vault")), "{overview}");

    // a person keeps them elsewhere, and works
    let file = json!({ "kind": "file", "passphrase": "four words put together", "replace": false });
    served.call("vault.choose", file).await;
    let input = oblio(&sandbox);
    let saved = served.call("connections.save", input.clone()).await;
    assert!(served.works(&saved, &input).await);
    served.kill().await;
    drop(refusing);
}

#[tokio::test]
async fn a_bus_without_a_keyring_says_so_and_one_that_comes_later_is_taken() {
    let home = tempfile::tempdir().unwrap();
    let session = Session::begin().await;
    let served = session.serve(home.path()).await;
    let vault = stands(&served, "not_chosen").await;
    assert_eq!(vault["kind"], Value::Null);
    assert!(!vault["reason"].as_str().unwrap().is_empty(), "{vault}");
    let mut keyring = session.unlock(&["--unlock", "--foreground", "--components=secrets"]).await;
    assert_eq!(stands(&served, "ready").await["kind"], "os_keyring");
    keyring.kill().await.unwrap();
    served.kill().await;
}

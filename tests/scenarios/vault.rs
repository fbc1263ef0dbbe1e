//! A session without a keyring: the encrypted file is chosen, locked after a restart, unlocked, and works; and no secret stands
//! anywhere in what is kept.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use punte_tests::{SandboxProgram, program, until};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};

const PASSPHRASE: &str = "four words put together";

/// `punte-cli serve` in a session that has no bus, and so no keyring.
pub struct Served {
    process: Child,
    url: String,
    token: String,
    http: reqwest::Client,
}

fn without_keyring(home: &Path) -> Command {
    let mut command = Command::new(program("punte-cli"));
    command
        .env("PUNTE_HOME", home)
        .env("LC_ALL", "C.UTF-8")
        .env("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent/bus")
        .env("XDG_RUNTIME_DIR", home)
        .stdin(Stdio::null())
        .kill_on_drop(true);
    command
}

impl Served {
    async fn start(home: &Path) -> Served {
        Served::start_with(home, &[]).await
    }

    /// The same in a session that its variables name.
    pub async fn start_with(home: &Path, session: &[(&str, &str)]) -> Served {
        let screens = home.join("screens");
        std::fs::create_dir_all(&screens).unwrap();
        std::fs::write(screens.join("index.html"), "<title>Punte</title>").unwrap();
        let mut command = without_keyring(home);
        command.envs(session.iter().copied());
        command.arg("serve").arg("--ui").arg(&screens).stdout(Stdio::piped());
        let mut process = command.spawn().unwrap();
        let mut lines = BufReader::new(process.stdout.take().unwrap()).lines();
        let address = lines.next_line().await.unwrap().unwrap();
        let (url, token) = address.split_once("/#token=").unwrap();
        let http = reqwest::Client::builder().no_proxy().build().unwrap();
        Served { process, url: url.to_owned(), token: token.to_owned(), http }
    }

    pub async fn try_call(&self, command: &str, payload: Value) -> Result<Value, Value> {
        let asked = self.http.post(format!("{}/call/{command}", self.url)).bearer_auth(&self.token);
        let answer = asked.body(payload.to_string()).send().await.unwrap();
        let is_good = answer.status().is_success();
        let body: Value = serde_json::from_str(&answer.text().await.unwrap()).unwrap();
        if is_good { Ok(body) } else { Err(body) }
    }

    pub async fn call(&self, command: &str, payload: Value) -> Value {
        self.try_call(command, payload).await.unwrap_or_else(|error| panic!("{command}: {error}"))
    }

    pub async fn health(&self) -> Value {
        self.call("connections.list", json!({})).await["billing"][0]["health"].clone()
    }

    /// Tests a connection with the credential that is kept.
    pub async fn works(&self, connection: &Value, input: &Value) -> bool {
        let tested = self.test_kept(connection, input).await;
        tested.unwrap_or_else(|error| panic!("connections.test: {error}"))["ok"] == true
    }

    /// Tests a connection with the credential that is kept for it.
    pub async fn test_kept(&self, connection: &Value, input: &Value) -> Result<Value, Value> {
        let mut kept = input.clone();
        (kept["id"], kept["secret"]) = (connection["id"].clone(), json!(""));
        self.try_call("connections.test", kept).await
    }

    /// SIGKILL: no chance to tidy up.
    pub async fn kill(mut self) {
        self.process.kill().await.unwrap();
    }
}

fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
        if entry.is_dir() { files(&entry, found) } else { found.push(entry) }
    }
}

/// Ledger, cache, logs, settings and the file itself hold none of the secrets, in whichever spelling.
fn assert_nowhere(home: &Path, secrets: &[&str]) {
    let mut found = Vec::new();
    files(home, &mut found);
    let named = |end: &str| found.iter().any(|path| path.to_string_lossy().ends_with(end));
    for end in ["ledger.sqlite", "cache.sqlite", "credentials.vault", "settings.json"] {
        assert!(named(end), "{end} is looked into: {found:?}");
    }
    for path in &found {
        // what the simulators keep and tell is theirs
        if path.ends_with("ports.json") || path.ends_with("simulators.json") {
            continue;
        }
        let bytes = std::fs::read(path).unwrap();
        for secret in secrets {
            let hex: String = secret.bytes().map(|byte| format!("{byte:02x}")).collect();
            let base64 = STANDARD.encode(secret);
            for spelling in [(*secret).to_owned(), hex.to_uppercase(), hex, base64.trim_end_matches('=').to_owned()] {
                assert!(memchr::memmem::find(&bytes, spelling.as_bytes()).is_none(), "{}: {spelling}", path.display());
            }
        }
    }
}

#[tokio::test]
async fn a_file_of_credentials_is_chosen_locked_by_a_restart_and_works_once_unlocked() {
    let home = tempfile::tempdir().unwrap();
    let sandbox = SandboxProgram::start(home.path()).await;
    let place = &sandbox.ports["oblio"];
    let secret = place["secret"].as_str().unwrap();
    let served = Served::start(home.path()).await;
    let app = served.call("workspace.create", json!({ "name": "Atelier Cană" })).await;
    assert_eq!((&app["vault"], &app["vaultState"]), (&Value::Null, &json!("not_chosen")), "{app}");
    let input = json!({ "id": null, "kind": "oblio", "name": "Oblio", "address": place["url"],
        "account": place["email"], "secret": secret, "company": place["company"], "series": place["series"] });
    let refused = served.try_call("connections.save", input.clone()).await.unwrap_err();
    assert_eq!(refused["code"], "vault_not_chosen", "{refused}");
    served.call("vault.choose", json!({ "kind": "file", "passphrase": PASSPHRASE })).await;
    let saved = served.call("connections.save", input.clone()).await;
    assert!(served.works(&saved, &input).await);
    served.kill().await;

    let locked = without_keyring(home.path()).args(["run", "--lang", "en"]).output().await.unwrap();
    assert_eq!(locked.status.code(), Some(2), "nobody is there to be asked: {locked:?}");
    assert!(String::from_utf8_lossy(&locked.stderr).contains("locked"), "{locked:?}");

    let served = Served::start(home.path()).await;
    assert_eq!(served.call("vault.get", json!({})).await["state"], "locked");
    assert_eq!(served.health().await, "waiting_passphrase");
    let wrong = served.try_call("vault.unlock", json!({ "passphrase": "another passphrase" })).await.unwrap_err();
    assert_eq!(wrong["code"], "wrong_passphrase");
    assert_eq!(served.health().await, "waiting_passphrase");
    served.call("vault.unlock", json!({ "passphrase": PASSPHRASE })).await;
    assert!(served.works(&saved, &input).await);
    served.kill().await;
    assert_nowhere(home.path(), &[secret, PASSPHRASE]);
}

#[tokio::test]
async fn a_passphrase_that_the_service_manager_hands_over_opens_the_file() {
    let home = tempfile::tempdir().unwrap();
    let given = tempfile::tempdir().unwrap();
    std::fs::write(given.path().join("punte-passphrase"), format!("{PASSPHRASE}\n")).unwrap();
    let served = Served::start(home.path()).await;
    let app = served.call("workspace.create", json!({ "name": "Atelier Cană" })).await;
    served.kill().await;
    let folder = PathBuf::from(app["open"]["folder"].as_str().unwrap());
    for _ in 0..2 {
        // made at the first start, opened at the second
        let mut command = without_keyring(home.path());
        let running = command.arg("run").env("CREDENTIALS_DIRECTORY", given.path()).stdout(Stdio::null()).spawn();
        let mut running = running.unwrap();
        until("the owner's note", Duration::from_secs(20), async || {
            let note = std::fs::read_to_string(folder.join("owner.json")).unwrap_or_default();
            let note: Value = serde_json::from_str(&note).unwrap_or_default();
            if note["pid"].as_u64() == running.id().map(u64::from) { Ok(()) } else { Err(note) }
        })
        .await;
        assert!(running.try_wait().unwrap().is_none(), "it works");
        running.kill().await.unwrap();
        assert!(home.path().join("credentials.vault").is_file());
    }
    assert_nowhere(home.path(), &[PASSPHRASE]);
}

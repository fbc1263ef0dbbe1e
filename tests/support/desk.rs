//! The commands of a running owner, over loopback, as an attached client calls them.

use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::{Running, SandboxProgram, until};

/// Makes a workspace under a home; answers its folder. Nothing runs afterwards.
pub async fn create_workspace(home: &Path) -> PathBuf {
    let options = punte_cli::compose::Options { home: home.to_owned(), no_keyring: true, prepare_sandbox: None };
    let composition = punte_cli::compose::compose(options).await.unwrap();
    let session = composition.host.local_session(punte_api::HostKind::Terminal);
    let app = composition.host.call(&session, "workspace.create", json!({ "name": "Atelier Cană" })).await.unwrap();
    composition.shut_down().await;
    PathBuf::from(app["open"]["folder"].as_str().unwrap())
}

/// `punte-cli run` on a workspace, and a client of it.
pub struct Desk {
    pub running: Running,
    pub folder: PathBuf,
    url: String,
    token: String,
    http: reqwest::Client,
}

impl Desk {
    /// Starts the owner of a workspace.
    pub async fn start(home: &Path, folder: &Path) -> Desk {
        Desk::start_on(home, folder, None).await
    }

    /// The same as if on another machine, where one is named.
    pub async fn start_on(home: &Path, folder: &Path, machine: Option<&str>) -> Desk {
        let machine: Vec<(&str, &str)> = machine.iter().map(|machine| ("PUNTE_MACHINE_ID", *machine)).collect();
        Desk::start_with(home, folder, &machine).await
    }

    /// The same with more in its environment.
    pub async fn start_with(home: &Path, folder: &Path, more: &[(&str, &str)]) -> Desk {
        let arguments = ["run".as_ref(), "--workspace".as_ref(), folder.as_os_str()];
        let running = Running::start_with("punte-cli", home, &arguments, more);
        let pid = running.id();
        let note = until("the owner's note", Duration::from_secs(20), async || {
            let text = std::fs::read_to_string(folder.join("owner.json")).map_err(|error| error.to_string())?;
            let note: Value = serde_json::from_str(&text).map_err(|error| error.to_string())?;
            if note["pid"] == pid { Ok(note) } else { Err(note.to_string()) }
        })
        .await;
        Desk {
            running,
            folder: folder.to_owned(),
            url: format!("http://127.0.0.1:{}", note["port"]),
            token: note["token"].as_str().unwrap().to_owned(),
            http: reqwest::Client::builder().no_proxy().build().unwrap(),
        }
    }

    /// A command's answer, or its error.
    pub async fn try_call(&self, command: &str, payload: Value) -> Result<Value, Value> {
        let answer = self
            .http
            .post(format!("{}/call/{command}", self.url))
            .bearer_auth(&self.token)
            .header("content-type", "application/json")
            .body(payload.to_string())
            .send()
            .await
            .map_err(|error| json!(error.to_string()))?;
        let ok = answer.status().is_success();
        let text = answer.text().await.map_err(|error| json!(error.to_string()))?;
        let body = serde_json::from_str(&text).unwrap_or(Value::String(text));
        if ok { Ok(body) } else { Err(body) }
    }

    pub async fn call(&self, command: &str, payload: Value) -> Value {
        self.try_call(command, payload).await.unwrap_or_else(|error| panic!("{command}: {error}"))
    }

    /// Connects shop and both providers of a sandbox: companies go to Oblio, everyone else to SmartBill.
    pub async fn connect(&self, sandbox: &SandboxProgram) {
        let shop = self.save_connection(sandbox, "woocommerce").await;
        let stated = "order.meta(\"av_facturare\", \"tip_facturare\") == \"pers-jur\"";
        for (kind, condition) in [("oblio", stated.to_owned()), ("smartbill", format!("!({stated})"))] {
            let billing = self.save_connection(sandbox, kind).await;
            let flow = json!({ "id": null, "name": format!("to {kind}"), "shopId": shop, "billingId": billing,
                "company": sandbox.ports[kind]["company"], "series": sandbox.ports[kind]["series"],
                "condition": condition, "seriesIsOurs": true, "enabled": true });
            self.call("flows.save", flow).await;
        }
    }

    /// Connects one simulator; answers the connection's id.
    pub async fn save_connection(&self, sandbox: &SandboxProgram, kind: &str) -> String {
        let place = &sandbox.ports[kind];
        let first = |names: &[&str]| names.iter().find_map(|name| place[name].as_str()).unwrap_or_default().to_owned();
        let input = json!({ "id": null, "kind": kind, "name": kind, "address": place["url"],
            "account": first(&["username", "email", "key"]), "secret": first(&["token", "secret"]),
            "company": place["company"], "series": place["series"] });
        let tested = self.call("connections.test", input.clone()).await;
        assert_eq!(tested["ok"], true, "{kind}: {tested}");
        self.call("connections.save", input).await["id"].as_str().unwrap().to_owned()
    }

    /// The document of an order by its number, once there is one.
    pub async fn find_by_number(&self, number: &str) -> Option<Value> {
        let search = json!({ "search": number, "filter": "", "after": null, "limit": 10 });
        let page = self.call("documents.list", search).await;
        page["rows"].as_array()?.iter().find(|row| row["orderNumber"] == number).cloned()
    }

    pub async fn find_document(&self, order: u64) -> Option<Value> {
        self.find_by_number(&order.to_string()).await
    }

    /// Waits until an order's document is in a state.
    pub async fn wait_for_number(&self, number: &str, state: &str) -> Value {
        until(&format!("order {number} {state}"), Duration::from_secs(40), async || {
            let found = self.find_by_number(number).await;
            found.clone().filter(|row| row["state"] == state).ok_or(found)
        })
        .await
    }

    pub async fn wait_for(&self, order: u64, state: &str) -> Value {
        self.wait_for_number(&order.to_string(), state).await
    }
}

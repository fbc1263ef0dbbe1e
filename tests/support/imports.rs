//! Files of orders, sent to a running owner as the screens and the terminal send them.

use crate::{Desk, until};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use std::time::Duration;

const PIECE: usize = 1024 * 1024;

impl Desk {
    /// A connection for files, with the preset that reads them and a flow to Oblio. Answers the connection's id.
    pub async fn connect_files(&self) -> String {
        let input = json!({ "id": null, "kind": "file", "name": "Fișiere", "address": "", "account": "", "secret": "",
            "company": null, "series": null });
        let files = self.call("connections.save", input).await["id"].as_str().unwrap().to_owned();
        let mapping = json!({ "name": "Fișiere", "preset": "generic", "copyOf": null, "document": null });
        let mapping = self.call("mappings.create", mapping).await;
        let listed = self.call("connections.list", json!({})).await;
        let billing = listed["billing"].as_array().unwrap().iter().find(|one| one["kind"] == "oblio").unwrap();
        let flow = json!({ "id": null, "name": "files to oblio", "shopId": files, "billingId": billing["id"],
            "company": billing["company"], "series": billing["series"], "condition": "", "mappingId": mapping["id"],
            "seriesIsOurs": true, "enabled": true });
        self.call("flows.save", flow).await;
        files
    }

    /// Sends a whole file. Answers the import's id.
    pub async fn send_file(&self, name: &str, content: &[u8], connection: Option<&str>) -> String {
        let begin = json!({ "fileName": name, "bytes": content.len(), "connectionId": connection });
        let id = self.call("imports.begin", begin).await["id"].as_str().unwrap().to_owned();
        for (at, piece) in content.chunks(PIECE).enumerate() {
            let piece = json!({ "id": id, "offset": at * PIECE, "base64": STANDARD.encode(piece) });
            self.call("imports.append", piece).await;
        }
        id
    }

    /// Sends a file and has it taken in as it looks by itself. Answers the import at its end.
    pub async fn import(&self, name: &str, content: &[u8], connection: Option<&str>) -> Value {
        let id = self.send_file(name, content, connection).await;
        self.call("imports.start", json!({ "id": id, "columns": null })).await;
        self.import_ended(&id).await
    }

    pub async fn import_ended(&self, id: &str) -> Value {
        until("the import's end", Duration::from_secs(180), async || {
            let now = self.call("imports.get", json!({ "id": id })).await;
            if now["state"] == "running" { Err(now) } else { Ok(now) }
        })
        .await
    }

    /// Every row of an import that was not taken.
    pub async fn rejected_rows(&self, id: &str) -> Vec<Value> {
        let (mut all, mut after) = (Vec::new(), json!(0));
        loop {
            let page = self.call("imports.rejected", json!({ "id": id, "after": after })).await;
            all.extend(page["rows"].as_array().cloned().unwrap());
            match (all.last(), page["hasMore"] == true) {
                (Some(last), true) => after = last["row"].clone(),
                _ => return all,
            }
        }
    }
}

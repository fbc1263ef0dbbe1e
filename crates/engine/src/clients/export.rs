//! Everything that is kept of a client, as one file.

use super::{known_of, sought};
use crate::error::{EngineError, Result};
use crate::workspace::Workspace;
use chrono::SecondsFormat;
use punte_domain::fiscal_date;
use punte_store::StoreError;
use serde_json::{Value, json};

/// What is sent to a screen stays small enough for it.
const MOST_BYTES: usize = 64 * 1024 * 1024;

/// The file, and how it is to be called.
#[derive(Debug)]
pub struct ClientFile {
    pub name: String,
    pub bytes: Vec<u8>,
}

impl Workspace {
    /// Everything that is kept of a client: their orders as received with all that hangs on them, and what names them elsewhere.
    ///
    /// # Errors
    /// There is nobody such, or too much of them for one file.
    pub async fn export_client(&self, query: &str, only: &[String]) -> Result<ClientFile> {
        let sought = sought(query)?;
        let (found, is_cut) = self.search_client(&sought, only).await?;
        if is_cut {
            return Err(EngineError::NotNow("too_many"));
        }
        let known = known_of(&sought, &found);
        let theirs: Vec<i64> = found.iter().flat_map(|client| &client.orders).map(|order| order.row).collect();
        let elsewhere = self.ledger.export_loose(&known, &theirs).await?;
        let is_nowhere = elsewhere.as_object().is_some_and(|all| all.values().all(|rows| rows == &json!([])));
        if found.is_empty() && is_nowhere {
            return Err(StoreError::NotFound("client".into()).into());
        }
        let mut clients = Vec::with_capacity(found.len());
        let mut bytes = elsewhere.to_string().len();
        for client in found {
            let mut orders: Vec<Value> = Vec::with_capacity(client.orders.len());
            for order in &client.orders {
                let exported = self.ledger.export_client_order(order.row).await?;
                bytes += exported.to_string().len();
                if bytes > MOST_BYTES {
                    return Err(EngineError::NotNow("too_many"));
                }
                orders.push(exported);
            }
            clients.push(json!({
                "name": client.name, "email": client.email, "taxId": client.tax_id, "phone": client.phone, "orders": orders,
            }));
        }
        let made = chrono::DateTime::from_timestamp_millis(self.now_ms()).unwrap_or_default();
        let all = json!({
            "format": "punte-client-1",
            "workspace": self.ledger.info().name,
            "made": made.to_rfc3339_opts(SecondsFormat::Secs, true),
            "clients": clients,
            "elsewhere": elsewhere,
        });
        let bytes = serde_json::to_vec_pretty(&all).map_err(StoreError::Json)?;
        Ok(ClientFile { name: format!("client-{}.json", fiscal_date(self.now_ms())), bytes })
    }
}

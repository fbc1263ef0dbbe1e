//! How much an answer about a client held: never whom it told of.

use base64::Engine;
use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::{Value, json};

#[derive(Deserialize)]
struct File {
    clients: Vec<Client>,
}

#[derive(Deserialize)]
struct Client {
    orders: Vec<Order>,
}

#[derive(Deserialize)]
struct Order {
    documents: Vec<IgnoredAny>,
}

/// Counts of what was shown or taken away of clients; `None` of any other command.
pub(super) fn held_by(command: &str, answer: &Value) -> Option<Value> {
    let (clients, orders, documents) = match command {
        "clients.find" => {
            let clients = answer["clients"].as_array()?;
            let sum = |field: &str| clients.iter().filter_map(|client| client[field].as_u64()).sum::<u64>();
            (clients.len() as u64, sum("orders"), sum("documentCount"))
        }
        "clients.export" => {
            let bytes = base64::engine::general_purpose::STANDARD.decode(answer["base64"].as_str()?).ok()?;
            let file: File = serde_json::from_slice(&bytes).ok()?;
            let orders = || file.clients.iter().flat_map(|client| &client.orders);
            let documents = orders().map(|order| order.documents.len() as u64).sum();
            (file.clients.len() as u64, orders().count() as u64, documents)
        }
        _ => return None,
    };
    Some(json!({ "clients": clients, "orders": orders, "documents": documents }))
}

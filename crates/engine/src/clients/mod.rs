//! One client: found, taken away as a file, erased as far as the law leaves it.
//!
//! What was issued stays, here and at the provider. What is still to be done is done first: an order with open work is left alone
//! and named. Everything else loses what tells the client, order by order, each whole or not at all, so that whoever asks again
//! after a crash finishes what was begun.

mod erase;
mod export;
#[cfg(test)]
mod tests;

pub use erase::Erasure;
pub use export::ClientFile;

use crate::error::{EngineError, Result};
use crate::workspace::Workspace;
use chrono::{Datelike, NaiveDate};
use punte_domain::erasure::{Known, folded, phone_end};
use punte_domain::personal::MASK;
use punte_store::ledger::{ClientOrder, LooseErased, Sought};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;

/// Orders of one answer. Whoever has more is no person.
const MOST_ORDERS: u32 = 5000;
const SHORTEST: usize = 3;
const LONGEST: usize = 200;
/// Years for which an invoice is kept, from 1 July of the year after its business year (Legea contabilității 82/1991, art. 25, as
/// changed by Legea 36/2023).
const YEARS_KEPT: i32 = 5;

/// Orders that were placed under the same name, e-mail and code.
#[derive(Debug, Clone)]
pub struct Client {
    /// Tells it from the others of an answer, and says nothing of them.
    pub key: String,
    pub name: String,
    pub email: String,
    pub tax_id: String,
    pub phone: String,
    /// Oldest first.
    pub orders: Vec<ClientOrder>,
}

/// What is kept of whoever was looked for.
#[derive(Debug, Clone)]
pub struct Found {
    pub clients: Vec<Client>,
    /// What names them and hangs on none of their orders.
    pub loose: LooseErased,
    /// Files of orders that wait or run; nobody looked into them.
    pub waiting_files: u32,
    /// There are more orders than were read.
    pub is_cut: bool,
}

/// The last day on which a document that was issued on a day is to be kept, where the business year is the calendar's.
pub fn kept_until(issued: NaiveDate) -> Option<NaiveDate> {
    NaiveDate::from_ymd_opt(issued.year() + 1 + YEARS_KEPT, 6, 30)
}

/// By what somebody is looked for, from how it is written.
fn sought(query: &str) -> Result<Sought> {
    let query = query.trim();
    let invalid = |detail: &str| EngineError::Invalid { field: "query", detail: detail.to_owned() };
    if query.chars().count() < SHORTEST || query.chars().count() > LONGEST || query.contains(MASK) {
        return Err(invalid("an e-mail, a telephone number, a code, or a whole name"));
    }
    if query.contains('@') {
        return Ok(Sought::Email(query.to_lowercase()));
    }
    let compact: String = query.chars().filter(|sign| !sign.is_whitespace()).collect::<String>().to_uppercase();
    let code = compact.strip_prefix("RO").unwrap_or(&compact);
    let is_code = code.bytes().all(|byte| byte.is_ascii_digit()) && !code.starts_with('0');
    match phone_end(query) {
        _ if is_code && matches!(code.len(), 2..=10 | 13) => Ok(Sought::TaxId(code.to_owned())),
        Some(end) => Ok(Sought::Phone(end)),
        None => Ok(Sought::Name(query.to_owned())),
    }
}

fn key_of(order: &ClientOrder) -> String {
    let code = order.tax_id.trim().to_uppercase();
    let code = code.trim_start_matches("RO").trim();
    let text = format!("{}\n{}\n{code}", folded(order.name.trim()), order.email.trim().to_lowercase());
    Sha256::digest(text.as_bytes()).iter().take(6).map(|byte| format!("{byte:02x}")).collect()
}

impl Workspace {
    /// Who was meant, with what is kept of them: by e-mail, telephone number, code or name, each whole. `only`: of several, these.
    ///
    /// # Errors
    /// What is looked for is too short to be anybody's.
    pub async fn find_client(&self, query: &str, only: &[String]) -> Result<Found> {
        let sought = sought(query)?;
        let (clients, is_cut) = self.search_client(&sought, only).await?;
        let loose = self.ledger.count_loose(&known_of(&sought, &clients)).await?;
        let waiting_files = self.ledger.list_imports_with_file().await?.len() as u32;
        Ok(Found { clients, loose, waiting_files, is_cut })
    }

    /// The clients alone, and whether there are more orders than were read.
    async fn search_client(&self, sought: &Sought, only: &[String]) -> Result<(Vec<Client>, bool)> {
        let rows = self.ledger.find_client_orders(sought, MOST_ORDERS).await?;
        let is_cut = rows.len() == MOST_ORDERS as usize;
        let mut by_key: BTreeMap<String, Client> = BTreeMap::new();
        for row in rows {
            let order = self.ledger.read_client_order(row).await?;
            let key = key_of(&order);
            if !only.is_empty() && !only.contains(&key) {
                continue;
            }
            let client = by_key.entry(key.clone()).or_insert_with(|| Client {
                key,
                name: order.name.clone(),
                email: order.email.clone(),
                tax_id: order.tax_id.clone(),
                phone: String::new(),
                orders: Vec::new(),
            });
            if !order.phone.is_empty() {
                client.phone.clone_from(&order.phone);
            }
            client.orders.push(order);
        }
        let mut clients: Vec<Client> = by_key.into_values().collect();
        clients.sort_by_key(|client| std::cmp::Reverse(client.orders.len()));
        Ok((clients, is_cut))
    }
}

/// What was looked for, and what the orders that were found know.
fn known_of(sought: &Sought, clients: &[Client]) -> Known {
    let mut asked = Known::default();
    match sought {
        Sought::Email(text) | Sought::TaxId(text) => asked.add(text),
        Sought::Name(name) => asked.add_name(name),
        Sought::Phone(end) => asked.add_phone(end),
    }
    let mut known = Known::default();
    known.learn(&asked);
    clients.iter().flat_map(|client| &client.orders).for_each(|order| known.learn(&order.known));
    known
}

//! One client in the ledger: which orders are theirs, what is kept of them, and taking what tells them out of it.
//!
//! What hangs on a key is masked and not deleted: orders and their identity, versions' hashes, issue keys and documents stay as
//! they are, so that nothing is issued twice for having forgotten for whom it was.

mod erase;
mod export;
mod loose;

pub(super) use erase::{Buyer, buyer_of_next, check_buyer, erase_again, settle_again, without_buyer};
pub use loose::LooseErased;

use super::Ledger;
use crate::error::Result;
use punte_domain::erasure::{Known, folded, phone_end, phones_in};
use rusqlite::{Connection as Sqlite, OptionalExtension, params};
use serde_json::Value;
use std::collections::BTreeSet;

/// Versions of orders that are read at once where no index helps.
const PAGE: u32 = 500;
/// Pages of the search's index that are merged in one commit, and how often at most.
const MERGED: i64 = 500;
const MOST_MERGES: u32 = 10_000;

/// Orders whose buyer was erased are known by what their documents hold that were issued, and stay.
pub(super) const ERASED_BY_EMAIL: &str = "SELECT o.row FROM orders o CROSS JOIN documents d ON d.order_row = o.row
  WHERE o.erased_version IS NOT NULL AND d.number IS NOT NULL
    AND lower(trim(json_extract(d.draft, '$.client.email'))) = lower(?1) LIMIT ?2";
const ERASED_PHONES: &str = "SELECT o.row, json_extract(d.draft, '$.client.phone') AS phone
  FROM orders o CROSS JOIN documents d ON d.order_row = o.row
  WHERE o.erased_version IS NOT NULL AND d.number IS NOT NULL AND phone <> ''";

/// By what a client's orders are looked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sought {
    Email(String),
    /// The digits that a telephone number ends with: every order is read.
    Phone(String),
    /// A company's or a person's code without `RO`.
    TaxId(String),
    Name(String),
}

/// What keeps an order from being erased, and the document that it is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenWork {
    /// `document`, `operation`, `change`, `bulk`, `undecided`, `mapping`.
    pub why: &'static str,
    pub document_id: Option<String>,
}

/// A document that stays: it was issued.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptDocument {
    pub id: String,
    pub provider: String,
    pub series: String,
    pub number: String,
    pub role: String,
    pub state: String,
    pub issue_date: Option<String>,
    pub total: String,
    pub currency: String,
}

/// An order of a client.
#[derive(Debug, Clone)]
pub struct ClientOrder {
    pub row: i64,
    pub id: String,
    pub number: String,
    /// Of an erased order, as its documents have it.
    pub name: String,
    pub email: String,
    pub tax_id: String,
    pub phone: String,
    pub created_ms: i64,
    pub modified_ms: i64,
    pub is_erased: bool,
    pub open: Option<OpenWork>,
    pub documents: Vec<KeptDocument>,
    pub deliveries: u32,
    /// What is known of whoever placed it.
    pub known: Known,
}

/// What came of erasing one order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Erased {
    Done,
    /// It was before, and no version came since.
    Already,
    Open(OpenWork),
}

impl Ledger {
    /// Rows of the orders that a client is sought by, oldest first, at most so many.
    pub async fn find_client_orders(&self, sought: &Sought, most: u32) -> Result<Vec<i64>> {
        let by = sought.clone();
        let found = self.read(move |c| {
            let mut rows: BTreeSet<i64> = BTreeSet::new();
            let mut add = |sql: &str, key: &str| -> Result<()> {
                let mut query = c.prepare_cached(sql)?;
                for row in query.query_map(params![key, most], |row| row.get(0))? {
                    rows.insert(row?);
                }
                Ok(())
            };
            match &by {
                Sought::Email(email) => {
                    add("SELECT row FROM orders WHERE email_key = lower(?1) ORDER BY row LIMIT ?2", email)?;
                    add(ERASED_BY_EMAIL, email)?;
                }
                Sought::Name(name) => {
                    let name = folded(name);
                    add("SELECT row FROM orders WHERE customer_key = ?1 ORDER BY row LIMIT ?2", &name)?;
                    add("SELECT order_row FROM documents WHERE client_key = ?1 ORDER BY row LIMIT ?2", &name)?;
                }
                Sought::TaxId(code) => {
                    for code in [code.clone(), format!("RO{code}"), format!("RO {code}"), format!("ro{code}")] {
                        add("SELECT row FROM orders WHERE tax_id = ?1 ORDER BY row LIMIT ?2", &code)?;
                        add("SELECT order_row FROM documents WHERE tax_id = ?1 ORDER BY row LIMIT ?2", &code)?;
                    }
                }
                Sought::Phone(end) => {
                    let mut query = c.prepare_cached(ERASED_PHONES)?;
                    let mut found = query.query([])?;
                    while let Some(row) = found.next()? {
                        if phone_end(&row.get::<_, String>(1)?).as_ref() == Some(end) {
                            rows.insert(row.get(0)?);
                        }
                    }
                }
            }
            Ok(rows)
        });
        let mut rows = found.await?;
        let is_read = match &sought {
            Sought::Phone(_) => true,
            // a person's code may stand in a field that only the shop knows
            Sought::TaxId(code) => code.len() == 13,
            Sought::Email(_) | Sought::Name(_) => false,
        };
        if is_read {
            self.read_for(sought, most, &mut rows).await?;
        }
        Ok(rows.into_iter().take(most as usize).collect())
    }

    /// Looks for a telephone number or a code in every version of every order, as received, a page at a time: nothing is kept open
    /// meanwhile.
    async fn read_for(&self, sought: &Sought, most: u32, rows: &mut BTreeSet<i64>) -> Result<()> {
        let mut after = 0_i64;
        loop {
            let sought = sought.clone();
            let (last, found) = self.read(move |c| read_page(c, &sought, after)).await?;
            rows.extend(found);
            match last {
                Some(last) if rows.len() < most as usize => after = last,
                _ => return Ok(()),
            }
        }
    }

    /// An order with what is known of its client.
    pub async fn read_client_order(&self, order_row: i64) -> Result<ClientOrder> {
        self.read(move |c| client_order(c, order_row)).await
    }

    /// Merges the words of the search, in small commits: until then those of what was taken out stay in its index.
    pub async fn merge_search(&self) -> Result<()> {
        for table in ["orders_search", "documents_search"] {
            // below nothing all of it is to be merged, then step by step
            let mut pages = -MERGED;
            for _ in 0..MOST_MERGES {
                let done = self.write(move |c| {
                    let before = c.total_changes();
                    c.prepare_cached(&format!("INSERT INTO {table} ({table}, rank) VALUES ('merge', ?1)"))?
                        .execute([pages])?;
                    // the command itself counts as one
                    Ok(c.total_changes() - before < 2)
                });
                if done.await? {
                    break;
                }
                pages = MERGED;
            }
        }
        Ok(())
    }

    /// Writes the file anew, so that nothing of what was taken out is left in its free space, where it has at most so many bytes,
    /// and cuts its log off. Answers whether both came to be.
    pub async fn compact(&self, most_bytes: u64) -> Result<bool> {
        let path = super::ledger_path(self.folder());
        self.inner
            .writer
            .alone(move |c| {
                let is_small = std::fs::metadata(&path)?.len() <= most_bytes;
                let written = if is_small { c.execute_batch("VACUUM") } else { Ok(()) };
                // what the log still holds is overwritten by nothing but its end, whether the file was written anew or not
                let busy: i64 = c.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get(0))?;
                written?;
                // somebody still reads what was: the log keeps it until they are done
                Ok(is_small && busy == 0)
            })
            .await
    }
}

/// The orders of a page of versions that a client's number or code stands in, and after which version the next page begins.
fn read_page(c: &Sqlite, sought: &Sought, after: i64) -> Result<(Option<i64>, Vec<i64>)> {
    let mut query =
        c.prepare_cached("SELECT row, order_row, raw FROM order_versions WHERE row > ?1 ORDER BY row LIMIT ?2")?;
    let mut page = query.query(params![after, PAGE])?;
    let (mut last, mut count, mut found) = (after, 0, Vec::new());
    while let Some(row) = page.next()? {
        (last, count) = (row.get(0)?, count + 1);
        let raw: String = row.get(2)?;
        let is_theirs = match sought {
            Sought::Phone(end) => {
                let raw: Value = serde_json::from_str(&raw)?;
                phones_in(&raw).iter().any(|phone| phone_end(phone).as_ref() == Some(end))
            }
            Sought::TaxId(code) => raw.contains(code.as_str()),
            Sought::Email(_) | Sought::Name(_) => false,
        };
        if is_theirs {
            found.push(row.get(1)?);
        }
    }
    Ok(((count == PAGE).then_some(last), found))
}

fn client_order(c: &Sqlite, order_row: i64) -> Result<ClientOrder> {
    let known = known_of(c, order_row)?;
    let phone = newest_phone(c, order_row)?;
    let mut order = c
        .prepare_cached(
            "SELECT id, number, customer, email, tax_id, created_ms, modified_ms, coalesce(erased_version = version, 0),
               (SELECT count(*) FROM deliveries WHERE order_row = orders.row AND length(body) > 0)
             FROM orders WHERE row = ?1",
        )?
        .query_row([order_row], |row| {
            Ok(ClientOrder {
                row: order_row,
                id: row.get(0)?,
                number: row.get(1)?,
                name: row.get(2)?,
                email: row.get(3)?,
                tax_id: row.get(4)?,
                phone,
                created_ms: row.get(5)?,
                modified_ms: row.get(6)?,
                is_erased: row.get(7)?,
                open: None,
                documents: Vec::new(),
                deliveries: row.get(8)?,
                known,
            })
        })?;
    order.open = erase::open_work(c, order_row)?;
    let mut query = c.prepare_cached(
        "SELECT id, provider, series, number, role, state, issue_date, total_text, currency, client, tax_id,
           coalesce(json_extract(draft, '$.client.email'), ''), coalesce(json_extract(draft, '$.client.phone'), '')
         FROM documents WHERE order_row = ?1 AND number IS NOT NULL ORDER BY row",
    )?;
    let mut rows = query.query([order_row])?;
    while let Some(row) = rows.next()? {
        order.documents.push(KeptDocument {
            id: row.get(0)?,
            provider: row.get(1)?,
            series: row.get(2)?,
            number: row.get(3)?,
            role: row.get(4)?,
            state: row.get(5)?,
            issue_date: row.get(6)?,
            total: row.get(7)?,
            currency: row.get(8)?,
        });
        if order.is_erased {
            (order.name, order.tax_id) = (row.get(9)?, row.get(10)?);
            (order.email, order.phone) = (row.get(11)?, row.get(12)?);
        }
    }
    Ok(order)
}

fn newest_phone(c: &Sqlite, order_row: i64) -> Result<String> {
    let raw: Option<String> = c
        .prepare_cached("SELECT raw FROM order_versions WHERE order_row = ?1 ORDER BY version DESC LIMIT 1")?
        .query_row([order_row], |row| row.get(0))
        .optional()?;
    let raw: Value = raw.map_or(Ok(Value::Null), |raw| serde_json::from_str(&raw))?;
    Ok(phones_in(&raw).into_iter().next().unwrap_or_default())
}

/// What every version of an order and every draft made of it know of whoever placed it.
fn known_of(c: &Sqlite, order_row: i64) -> Result<Known> {
    let mut known = Known::default();
    let (customer, email, tax_id): (String, String, String) = c
        .prepare_cached("SELECT customer, email, tax_id FROM orders WHERE row = ?1")?
        .query_row([order_row], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
    known.add_name(&customer);
    known.add(&email);
    known.add(&tax_id);
    let mut versions = c.prepare_cached("SELECT raw FROM order_versions WHERE order_row = ?1")?;
    let mut rows = versions.query([order_row])?;
    while let Some(row) = rows.next()? {
        let raw: Value = serde_json::from_str(&row.get::<_, String>(0)?)?;
        phones_in(&raw).iter().for_each(|phone| known.add_phone(phone));
        for part in ["/billing", "/shipping", "/billing_address", "/shipping_address", "/customer", "/customer_details"]
        {
            if let Some(part) = raw.pointer(part) {
                add_person(&mut known, part);
            }
        }
    }
    let mut drafts = c.prepare_cached("SELECT draft FROM documents WHERE order_row = ?1 AND draft IS NOT NULL")?;
    let mut rows = drafts.query([order_row])?;
    while let Some(row) = rows.next()? {
        let draft: Value = serde_json::from_str(&row.get::<_, String>(0)?)?;
        add_person(&mut known, &draft["client"]);
    }
    Ok(known)
}

/// Name, e-mail, code and telephone of a part of an order or of a draft.
fn add_person(known: &mut Known, part: &Value) {
    let text = |field: &str| part[field].as_str().unwrap_or_default();
    known.add_name(text("name"));
    known.add_name(&format!("{} {}", text("first_name"), text("last_name")));
    known.add_name(text("company"));
    for field in ["email", "tax_id", "cnp", "cui"] {
        known.add(text(field));
    }
    known.add_phone(text("phone"));
}

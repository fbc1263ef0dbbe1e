//! Orders that came by two ways and seem to be one sale, and orders of two shops that came under one id.

use super::Ledger;
use super::orders::IncomingOrder;
use crate::error::Result;
use punte_domain::{FailureKind, OrderHead, fiscal_date};
use rusqlite::{Connection as Sqlite, OptionalExtension, params};
use std::collections::BTreeMap;

const DAY_MS: i64 = 24 * 60 * 60 * 1000;

/// The identities of orders from files begin so.
pub const FILE_IDENTITY: &str = "file:";

/// Another order that seems to be the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeemingSame {
    pub order_id: String,
    pub number: String,
    pub connection_id: String,
}

/// An order that is known under the id of one that comes, and is another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OtherOrder {
    /// What they differ in: `day`, `currency`, `client`.
    pub differs: &'static str,
    pub known: String,
    pub comes: String,
}

/// An order's number without what people and exports add to it: a `#` before it, spaces, capitals. As `orders.number_bare`.
fn bare(number: &str) -> String {
    number.trim_matches(' ').trim_start_matches('#').replace(' ', "").to_ascii_lowercase()
}

fn is_file(identity: &str) -> bool {
    identity.starts_with(FILE_IDENTITY)
}

impl Ledger {
    /// An order that has the number, the currency and, but for a day, the time of this one, and came by another way: from
    /// another shop, or from a file under another id. Numbers of two shops are alike by chance, so where neither is from a file
    /// the total and the client must be, too.
    ///
    /// One of the two goes on: a shop's own before a file's, else the one that was first (`row` is this one's, none before it
    /// is kept), and in any case the one that has a document that is more than held for this.
    pub async fn find_seeming_same(
        &self,
        shop_identity: &str,
        head: &OrderHead,
        row: Option<i64>,
    ) -> Result<Option<SeemingSame>> {
        let (identity, head) = (shop_identity.to_owned(), head.clone());
        let (row, is_ours_file) = (row.unwrap_or(i64::MAX), is_file(shop_identity));
        self.read_at_once(move |c| {
            let mut query = c.prepare_cached(
                "SELECT o.row, o.order_id, o.number, o.connection_id, o.shop_identity, o.total_minor, o.email, o.tax_id,
                   EXISTS (SELECT 1 FROM documents d WHERE d.order_row = o.row AND d.role = 'invoice'
                     AND d.state NOT IN ('dismissed', 'cancelled', 'reversed')
                     AND NOT (d.state = 'held' AND d.failure_key = ?7)),
                   o.erased_version IS NOT NULL
                 FROM orders o
                 WHERE o.number_bare = ?1 AND o.currency = ?2 AND o.created_ms BETWEEN ?3 AND ?4
                   AND NOT (o.shop_identity = ?5 AND o.order_id = ?6)
                 ORDER BY o.row",
            )?;
            let mut rows = query.query(params![
                bare(&head.number),
                head.currency.code(),
                head.created_ms - DAY_MS,
                head.created_ms + DAY_MS,
                identity,
                head.order_id,
                FailureKind::MaybeDoubled.as_str()
            ])?;
            while let Some(other) = rows.next()? {
                let theirs: String = other.get(4)?;
                let is_theirs_file = is_file(&theirs);
                let may_be_one = match (is_ours_file, is_theirs_file) {
                    (false, false) => {
                        theirs != identity
                            && other.get::<_, i64>(5)? == head.total_minor
                            // whose it was is not known any more: a person says
                            && (other.get::<_, bool>(9)?
                                || is_one_client(&head, &other.get::<_, String>(6)?, &other.get::<_, String>(7)?))
                    }
                    _ => true,
                };
                let goes_first = match (is_ours_file, is_theirs_file) {
                    (true, false) => true,
                    (false, true) => false,
                    _ => other.get::<_, i64>(0)? < row,
                };
                if may_be_one && (goes_first || other.get(8)?) {
                    return Ok(Some(SeemingSame {
                        order_id: other.get(1)?,
                        number: other.get(2)?,
                        connection_id: other.get(3)?,
                    }));
                }
            }
            Ok(None)
        })
        .await
    }

    /// Of orders of files that would be taken in: those whose id is known of another order. Others are of shops that give an id
    /// once.
    pub async fn find_other_orders(
        &self,
        shop_identity: &str,
        heads: Vec<OrderHead>,
    ) -> Result<BTreeMap<String, OtherOrder>> {
        let identity = shop_identity.to_owned();
        self.read_at_once(move |c| {
            let mut found = BTreeMap::new();
            for head in &heads {
                if let Some(other) = other_order(c, &identity, head, "")? {
                    found.insert(head.order_id.clone(), other);
                }
            }
            Ok(found)
        })
        .await
    }
}

fn same_text(one: &str, other: &str) -> bool {
    let words = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase();
    !one.trim().is_empty() && words(one) == words(other)
}

fn is_one_client(head: &OrderHead, email: &str, tax_id: &str) -> bool {
    let bare = |id: &str| id.trim().to_uppercase().trim_start_matches("RO").trim().to_owned();
    same_text(&head.email, email) || same_text(&bare(&head.tax_id), &bare(tax_id))
}

/// The order that a file's order would become a version of, where it is plainly another: of another day or currency, or with
/// another total for another client.
fn other_order(c: &Sqlite, identity: &str, head: &OrderHead, content_hash: &str) -> Result<Option<OtherOrder>> {
    if !is_file(identity) {
        return Ok(None);
    }
    let known: Option<String> = c
        .prepare_cached("SELECT head FROM orders WHERE shop_identity = ?1 AND order_id = ?2 AND content_hash <> ?3")?
        .query_row(params![identity, head.order_id, content_hash], |row| row.get(0))
        .optional()?;
    let Some(known) = known else { return Ok(None) };
    let known: OrderHead = serde_json::from_str(&known)?;
    let (day_known, day_comes) = (fiscal_date(known.created_ms), fiscal_date(head.created_ms));
    let other = |differs, known: String, comes: String| Some(OtherOrder { differs, known, comes });
    Ok(if day_known != day_comes {
        other("day", day_known.to_string(), day_comes.to_string())
    } else if known.currency != head.currency {
        other("currency", known.currency.code().to_owned(), head.currency.code().to_owned())
    } else if known.total_minor != head.total_minor
        && !is_one_client(head, &known.email, &known.tax_id)
        && !same_text(&known.customer, &head.customer)
    {
        other("client", known.customer, head.customer.clone())
    } else {
        None
    })
}

/// The order that is known under the id of one that comes, where it is another.
pub(super) fn known_other(c: &Sqlite, order: &IncomingOrder) -> Result<Option<OtherOrder>> {
    other_order(c, &order.shop_identity, &order.head, &order.content_hash)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_the_same_however_it_is_written() {
        for number in ["1001", "#1001", " 1001", "# 1001", "##1001", "10 01"] {
            assert_eq!(bare(number), "1001", "{number}");
        }
        assert_eq!(bare("#A-1 b"), "a-1b");
    }
}

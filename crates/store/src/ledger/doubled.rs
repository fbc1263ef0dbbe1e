//! Orders that a shop and a file both seem to have.

use super::Ledger;
use super::table::number_key;
use crate::error::Result;
use punte_domain::{FailureKind, OrderHead};
use rusqlite::{OptionalExtension, params};

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

impl Ledger {
    /// An order of another shop that has the number, the total and, but for a day, the time of this one, where one of the
    /// two is from a file. For a shop's own order the other counts once it has a document that is more than held for this.
    pub async fn find_seeming_same(&self, shop_identity: &str, head: &OrderHead) -> Result<Option<SeemingSame>> {
        let is_file = shop_identity.starts_with(FILE_IDENTITY);
        let bare = head.number.trim().trim_start_matches('#');
        let keys = [number_key(bare), number_key(&format!("#{bare}"))];
        let (identity, head) = (shop_identity.to_owned(), head.clone());
        self.read_at_once(move |c| {
            Ok(c.prepare_cached(
                "SELECT o.id, o.number, o.connection_id FROM orders o
                 WHERE o.number_key IN (?1, ?2) AND o.total_minor = ?3 AND o.currency = ?4 AND o.shop_identity <> ?5
                   AND o.created_ms BETWEEN ?6 AND ?7
                   AND (?8 OR (o.shop_identity GLOB 'file:*' AND EXISTS (SELECT 1 FROM documents d
                     WHERE d.order_row = o.row AND d.role = 'invoice'
                       AND d.state NOT IN ('dismissed', 'cancelled', 'reversed')
                       AND NOT (d.state = 'held' AND d.failure_key = ?9))))
                 ORDER BY o.row LIMIT 1",
            )?
            .query_row(
                params![
                    keys[0],
                    keys[1],
                    head.total_minor,
                    head.currency.code(),
                    identity,
                    head.created_ms - DAY_MS,
                    head.created_ms + DAY_MS,
                    is_file,
                    FailureKind::MaybeDoubled.as_str()
                ],
                |row| Ok(SeemingSame { order_id: row.get(0)?, number: row.get(1)?, connection_id: row.get(2)? }),
            )
            .optional()?)
        })
        .await
    }
}

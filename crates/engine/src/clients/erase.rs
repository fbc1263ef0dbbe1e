//! Erasing a client. First what hangs on no order, while their orders still tell who they are; then order by order.

use super::{Client, known_of, sought};
use crate::error::{EngineError, Result};
use crate::workspace::{Change, Workspace};
use punte_store::StoreError;
use punte_store::ledger::{AuditActor, ClientOrder, Erased, LooseErased, NewAuditRow, OpenWork};
use serde_json::json;

/// A ledger up to this size is written anew afterwards, so that nothing is left in its free space. A larger one would keep everybody
/// waiting for minutes.
const COMPACTED: u64 = 512 * 1024 * 1024;

/// What came of it.
#[derive(Debug, Clone, Default)]
pub struct Erasure {
    /// Orders that told the client and do no more.
    pub orders: u32,
    /// Documents of theirs that stay, for they were issued.
    pub documents: u32,
    pub loose: LooseErased,
    /// Orders that were left alone, and why.
    pub left: Vec<(ClientOrder, OpenWork)>,
    /// The file was written anew.
    pub compacted: bool,
}

impl Workspace {
    /// Erases a client as far as the law leaves it. Asked again, it finishes what was begun.
    ///
    /// # Errors
    /// There is nobody such, or more orders than can be one person's.
    pub async fn erase_client(&self, query: &str, only: &[String], reason: &str, who: &str) -> Result<Erasure> {
        crate::operator::required(reason)?;
        let sought = sought(query)?;
        let (clients, is_cut) = self.search_client(&sought, only).await?;
        if is_cut {
            return Err(EngineError::NotNow("too_many"));
        }
        let known = known_of(&sought, &clients);
        let mut done = Erasure { loose: self.ledger.erase_loose(&known).await?, ..Erasure::default() };
        if clients.is_empty() && done.loose.sum() == 0 {
            return Err(StoreError::NotFound("client".into()).into());
        }
        self.forget_unreadable(&known).await?;
        for order in clients.into_iter().flat_map(|Client { orders, .. }| orders) {
            match self.ledger.erase_order(order.row, who, self.now_ms()).await? {
                Erased::Done => done.orders += 1,
                Erased::Already => {}
                Erased::Open(open) => {
                    done.left.push((order, open));
                    continue;
                }
            }
            done.documents += order.documents.len() as u32;
        }
        self.ledger.merge_search().await?;
        done.compacted = match self.ledger.compact(COMPACTED).await {
            Ok(compacted) => compacted,
            // what was erased is; only the file's free space is as it was
            Err(error) => {
                tracing::warn!(%error, "the ledger could not be written anew after an erasure");
                false
            }
        };
        self.put_on_record(NewAuditRow {
            actor: AuditActor { who: who.to_owned(), host: "engine".to_owned(), ..AuditActor::default() },
            act: "clients.erased".to_owned(),
            outcome: "noted",
            facts: json!({
                "orders": done.orders, "left": done.left.len(), "documents": done.documents,
                "deliveries": done.loose.deliveries, "rejects": done.loose.rejects, "audit": done.loose.audit,
                "texts": done.loose.texts, "compacted": done.compacted,
            }),
            ..NewAuditRow::default()
        })
        .await?;
        for change in [Change::Orders, Change::Documents, Change::Inbox, Change::Imports, Change::Audit] {
            self.changed(change);
        }
        Ok(done)
    }
}

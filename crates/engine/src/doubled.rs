//! An order that came from a shop and from a file: two identities, and one sale. It is invoiced once, or a person says that it
//! is two.

use crate::error::Result;
use crate::workspace::Workspace;
use punte_connectors::shops::ShopKind;
use punte_domain::{Failure, FailureKind, Phase};
use punte_store::ledger::{Connection, Document, OrderRow};

impl Workspace {
    /// What keeps an order that seems to be the same as another's: number, total and, but for a day, time. A person who has
    /// looked lets it pass, once for each version of it.
    pub(crate) async fn seems_doubled(
        &self,
        order: &OrderRow,
        connections: &[Connection],
        known: Option<&Document>,
    ) -> Result<Option<Failure>> {
        let is_released = known.is_some_and(|known| known.is_released(FailureKind::MaybeDoubled, order.version));
        if is_released || !connections.iter().any(|one| one.kind == ShopKind::File.as_str()) {
            return Ok(None);
        }
        let Some(other) = self.ledger.find_seeming_same(&order.shop_identity, &order.head).await? else {
            return Ok(None);
        };
        let name = connections.iter().find(|one| one.id == other.connection_id).map_or("", |one| one.name.as_str());
        let object = format!("order {}", order.head.number);
        let failure = Failure::new(FailureKind::MaybeDoubled, Phase::Prepare, "decide", object);
        Ok(Some(failure.with_detail(format!("{} · {name}", other.number))))
    }
}

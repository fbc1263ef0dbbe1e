//! An order that came by two ways: from a shop and from a file, from two files, or through two connections. Two orders here, and
//! one sale: it is invoiced once, or a person says that it is two.

use crate::error::Result;
use crate::workspace::Workspace;
use punte_connectors::shops::ShopKind;
use punte_domain::{Failure, FailureKind, Phase};
use punte_store::ledger::{Connection, Document, OrderRow};

impl Workspace {
    /// What keeps an order that seems to be the same as another: by number, currency and, but for a day, time, and between shops
    /// by total and client too. A person who has looked lets it pass, once for each version of it.
    pub(crate) async fn seems_doubled(
        &self,
        order: &OrderRow,
        connections: &[Connection],
        known: Option<&Document>,
    ) -> Result<Option<Failure>> {
        let is_released = known.is_some_and(|known| known.is_released(FailureKind::MaybeDoubled, order.version));
        let mut shops = connections.iter().filter_map(|one| ShopKind::parse(&one.kind));
        let is_one_way = !shops.clone().any(|kind| kind == ShopKind::File) && shops.nth(1).is_none();
        if is_released || is_one_way {
            return Ok(None);
        }
        let row = Some(order.row);
        let Some(other) = self.ledger.find_seeming_same(&order.shop_identity, &order.head, row).await? else {
            return Ok(None);
        };
        let name = connections.iter().find(|one| one.id == other.connection_id).map_or("", |one| one.name.as_str());
        let object = format!("order {}", order.head.number);
        let failure = Failure::new(FailureKind::MaybeDoubled, Phase::Prepare, "decide", object);
        Ok(Some(failure.with_detail(format!("{} · {name}", other.number))))
    }
}

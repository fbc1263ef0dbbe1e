//! Which mapping fits a shop's orders, by what its expressions read.

use super::{MappingStart, parsed};
use crate::error::Result;
use crate::workspace::Workspace;
use punte_mapping::{order_kind, orders_read, preset_for};
use punte_store::ledger::Connection;

/// Which mapping a flow from a shop gets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fitting {
    /// Whose orders the shop has.
    pub orders: String,
    /// The id of one that fits; `None`: the preset is made.
    pub mapping: Option<String>,
    /// The preset of the shop's orders, where no mapping reads these yet.
    pub preset: Option<&'static str>,
}

impl Workspace {
    /// Whose orders a shop has, as mappings are told apart. An application and a file have those of our own shape, unless the
    /// newest one is another shop's.
    async fn orders_of_shop(&self, shop: &Connection) -> Result<String> {
        if shop.kind != "webhook" && shop.kind != "file" {
            return Ok(shop.kind.clone());
        }
        let newest = self.ledger.list_newest_orders(&shop.id, 1).await?;
        let told = newest.first().and_then(|(_, raw)| order_kind(&serde_json::from_str(raw).ok()?));
        Ok(told.unwrap_or("generic").to_owned())
    }

    /// Whose orders each mapping reads as it is published, by the mapping's id; `None` where its expressions do not tell. What is
    /// not published is left out.
    pub async fn orders_of_mappings(&self) -> Result<Vec<(String, Option<&'static str>)>> {
        let mut all = Vec::new();
        for row in self.ledger.list_mappings().await?.into_iter().filter(|row| row.version > 0) {
            let text = self.ledger.get_mapping_version(&row.id, row.version).await?;
            all.push((row.id, parsed(&text).ok().as_ref().and_then(orders_read)));
        }
        Ok(all)
    }

    /// What a flow from a shop gets for which no mapping is named: that of the shop's other flows, else the first that reads orders
    /// of the shop's kind, else the preset of that kind. `read` as [`Self::orders_of_mappings`] tells it.
    ///
    /// # Errors
    /// A ledger that cannot be read.
    pub async fn fitting_for(&self, shop: &Connection, read: &[(String, Option<&'static str>)]) -> Result<Fitting> {
        let orders = self.orders_of_shop(shop).await?;
        let flows = self.ledger.list_flows().await?;
        let is_used = |id: &str| flows.iter().any(|flow| flow.shop_id == shop.id && flow.mapping_id == id);
        // one that tells nothing may be of these orders as well: somebody chose it for them
        let of_before = read.iter().find(|(id, of)| is_used(id) && of.is_none_or(|of| of == orders));
        let of_kind = read.iter().find(|(_, of)| *of == Some(orders.as_str()));
        let preset = of_kind.is_none().then(|| preset_for(&orders).unwrap_or("generic"));
        Ok(Fitting { mapping: of_before.or(of_kind).map(|(id, _)| id.clone()), orders, preset })
    }

    /// The mapping of a flow for which none was named. Where none fits, the preset is made and published.
    ///
    /// # Errors
    /// [`punte_store::StoreError::NotFound`] for a shop that is not there.
    pub async fn fitting_mapping(&self, shop_id: &str, author: &str) -> Result<String> {
        let shop = self.ledger.get_connection(shop_id).await?;
        let fitting = self.fitting_for(&shop, &self.orders_of_mappings().await?).await?;
        match fitting.mapping {
            Some(id) => Ok(id),
            None => {
                let preset = fitting.preset.unwrap_or("generic").to_owned();
                Ok(self.create_mapping("", MappingStart::Preset(preset), author).await?.id)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::intake::tests::{NOW_MS, TestOrder, shop_order};
    use crate::reads::tests::{desk_with, flow};
    use punte_store::ledger::{Flow, IncomingOrder};

    async fn shop(workspace: &Workspace, kind: &str) -> String {
        let known = workspace.ledger.get_connection("con_shop").await.unwrap();
        let id = format!("con_{kind}");
        let made = Connection { id: id.clone(), kind: kind.to_owned(), ..known };
        workspace.ledger.save_connection(made).await.unwrap();
        id
    }

    async fn read_by(workspace: &Workspace, mapping: &str) -> Option<&'static str> {
        let all = workspace.orders_of_mappings().await.unwrap();
        all.into_iter().find(|(id, _)| id == mapping).expect("it is published").1
    }

    #[tokio::test]
    async fn every_kind_of_shop_gets_a_mapping_of_its_orders_made_once() {
        let desk = desk_with(false).await;
        let workspace = &desk.workspace;
        let before = workspace.ledger.list_mappings().await.unwrap().len();
        let kinds = [("stripe", "stripe"), ("shopify", "shopify"), ("webhook", "generic"), ("file", "generic")];
        for (kind, orders) in kinds {
            let id = shop(workspace, kind).await;
            let made = workspace.fitting_mapping(&id, "ana").await.unwrap();
            assert_eq!(read_by(workspace, &made).await, Some(orders), "{kind}");
            assert_eq!(
                workspace.fitting_mapping(&id, "ana").await.unwrap(),
                made,
                "{kind}: the same for the next flow"
            );
        }
        let after = workspace.ledger.list_mappings().await.unwrap().len();
        assert_eq!(after - before, 3, "an application's and a file's orders share one");
        assert!(workspace.fitting_mapping("con_none", "ana").await.is_err());
    }

    #[tokio::test]
    async fn a_file_of_another_shops_orders_gets_the_mapping_of_these() {
        let desk = desk_with(false).await;
        let workspace = &desk.workspace;
        let id = shop(workspace, "file").await;
        let order = shop_order(1, &TestOrder { created_ms: NOW_MS, modified_ms: NOW_MS, bad: None });
        let incoming = IncomingOrder {
            id: "ord_1".into(),
            shop_identity: "file".into(),
            connection_id: id.clone(),
            head: order.head,
            raw: punte_mapping::sandbox_order().to_owned(),
            content_hash: "first".into(),
        };
        workspace.ledger.take_in(vec![incoming], None, NOW_MS).await.unwrap();
        let made = workspace.fitting_mapping(&id, "ana").await.unwrap();
        assert_eq!(read_by(workspace, &made).await, Some("woocommerce"));
    }

    #[tokio::test]
    async fn a_shops_next_flow_takes_the_mapping_of_the_one_before_unless_it_is_of_another_kind() {
        let desk = desk_with(false).await;
        let workspace = &desk.workspace;
        let shop_id = shop(workspace, "webhook").await;
        let make = async |start| workspace.create_mapping("", start, "ana").await.unwrap().id;
        let generic = make(MappingStart::Preset("generic".to_owned())).await;
        let foreign = make(MappingStart::Preset("stripe".to_owned())).await;
        let text = punte_mapping::preset("generic").unwrap().to_text();
        let wrapped = text.replace("order?.", "order.").replace("order.", "order?.data?.");
        let own = make(MappingStart::Document(punte_mapping::Mapping::parse(&wrapped).unwrap())).await;
        assert_eq!(read_by(workspace, &own).await, None, "a shape of the application's own");
        let blank = workspace.create_mapping("Goală", MappingStart::Nothing, "ana").await.unwrap().id;
        let published = workspace.orders_of_mappings().await.unwrap();
        assert!(published.iter().all(|(id, _)| *id != blank), "nothing of it is published");
        for (mapping, taken) in [(&own, &own), (&foreign, &generic)] {
            let (id, shop_id, mapping_id) = ("flow_app".to_owned(), shop_id.clone(), mapping.clone());
            workspace.ledger.save_flow(Flow { id, shop_id, mapping_id, ..flow() }).await.unwrap();
            assert_eq!(&workspace.fitting_mapping("con_webhook", "ana").await.unwrap(), taken);
        }
    }
}

//! The webhooks that a shop itself has: read, and switched on again where it gave them up.

use crate::error::Result;
use crate::workspace::Workspace;
use punte_connectors::shops::{Shop, ShopWebhook};
use std::sync::Arc;

impl Workspace {
    /// `None`: this shop does not tell.
    pub async fn list_shop_webhooks(&self, connection_id: &str) -> Result<Option<Vec<ShopWebhook>>> {
        let shop = self.shop_of(connection_id).await?;
        Ok(shop.list_webhooks().await?)
    }

    /// Switches a webhook on again; answers all of them as they stand then.
    pub async fn enable_shop_webhook(&self, connection_id: &str, webhook: &str) -> Result<Option<Vec<ShopWebhook>>> {
        let shop = self.shop_of(connection_id).await?;
        shop.enable_webhook(webhook).await?;
        Ok(shop.list_webhooks().await?)
    }

    async fn shop_of(&self, connection_id: &str) -> Result<Arc<dyn Shop>> {
        let connection = self.ledger.get_connection(connection_id).await?;
        Ok(self.shop(&connection).await?)
    }
}

//! A sender of signed orders, or a heap of files: orders come by themselves, and nothing can be asked or written back.

use super::{OrderPage, OrderQuery, Shop, ShopConfig, ShopKind, ShopOrder};
use crate::billing::CheckStep;
use async_trait::async_trait;
use punte_domain::{Failure, FailureKind, Phase};
use std::collections::BTreeMap;

mod read;

pub(super) use read::is_ours;
pub use read::read_order;

/// A shop that is only listened to. Its identity is the address the person typed for it, or the account.
pub(super) struct Listened {
    kind: ShopKind,
    identity: String,
}

impl Listened {
    pub(super) fn new(kind: ShopKind, config: &ShopConfig) -> Self {
        Listened { kind, identity: identity_of(kind, &config.base_url, &config.key) }
    }

    fn not_offered(&self, operation: &'static str, object: String) -> Failure {
        Failure::new(FailureKind::NotOffered, Phase::Prepare, operation, object)
            .with_detail(format!("{}: orders come by themselves, and nothing can be asked", self.kind.as_str()))
    }
}

/// The address without scheme, query and trailing slash, in lower case; where none was typed, the account.
fn identity_of(kind: ShopKind, address: &str, account: &str) -> String {
    let address = address.trim().to_lowercase();
    let address = address.split_once("://").map_or(address.as_str(), |(_, rest)| rest);
    let address = address.split(['?', '#']).next().unwrap_or_default().trim_end_matches('/');
    let name = if address.is_empty() { account.trim().to_lowercase() } else { address.to_owned() };
    // a shop at the same address has orders of its own
    if name.is_empty() { name } else { format!("{}:{name}", kind.as_str()) }
}

#[async_trait]
impl Shop for Listened {
    fn identity(&self) -> String {
        self.identity.clone()
    }

    /// There is nobody to ask: the only step tells under which name the orders will be known.
    async fn check(&self) -> Vec<CheckStep> {
        let operation = "connect";
        let failure = self.identity.is_empty().then(|| {
            Failure::new(FailureKind::FieldMissing, Phase::Prepare, operation, self.kind.as_str())
                .with_detail("address: a name for the sender is needed")
        });
        vec![CheckStep { step: "address", found: self.identity.clone(), failure }]
    }

    async fn list_orders(&self, _query: OrderQuery, page: u32) -> Result<OrderPage, Failure> {
        Ok(OrderPage { pages: page, ..OrderPage::default() })
    }

    async fn get_order(&self, order_id: &str) -> Result<ShopOrder, Failure> {
        Err(self.not_offered("read order", format!("order {order_id}")))
    }

    async fn read_notes(&self, _order_id: &str) -> Result<BTreeMap<String, String>, Failure> {
        Ok(BTreeMap::new())
    }

    async fn write_notes(&self, _order_id: &str, _notes: &BTreeMap<String, String>) -> Result<bool, Failure> {
        Ok(false)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use secrecy::SecretString;

    fn shop(address: &str, account: &str) -> Listened {
        let config = ShopConfig { base_url: address.into(), key: account.into(), secret: SecretString::from("") };
        Listened::new(ShopKind::Webhook, &config)
    }

    #[test]
    fn one_sender_has_one_identity_however_its_address_is_written() {
        for address in ["https://Comenzi.ro/", "comenzi.ro", "http://comenzi.ro?x=1"] {
            assert_eq!(shop(address, "x").identity(), "webhook:comenzi.ro", "{address}");
        }
        assert_eq!(shop(" ", "Magazin A").identity(), "webhook:magazin a");
    }

    #[tokio::test]
    async fn what_cannot_be_asked_is_said_and_listing_brings_nothing() {
        let shop = shop("comenzi.ro", "");
        assert_eq!(shop.check().await[0].found, "webhook:comenzi.ro");
        let page = shop.list_orders(OrderQuery::ModifiedSince(0), 1).await.unwrap();
        assert_eq!((page.orders.len(), page.pages, page.total), (0, 1, 0));
        let failure = shop.get_order("A-1").await.unwrap_err();
        assert_eq!((failure.kind, failure.phase), (FailureKind::NotOffered, Phase::Prepare));
        assert!(
            self::shop("", "").check().await[0].failure.is_some(),
            "orders without a shop's name could be anybody's"
        );
    }
}

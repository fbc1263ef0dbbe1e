//! The kinds of shops there are.

/// Where orders come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ShopKind {
    WooCommerce,
    Shopify,
    Stripe,
    /// Any sender of signed orders of our own schema: nothing can be asked of it.
    Webhook,
    /// Orders that a person brings as files.
    File,
}

impl ShopKind {
    pub const ALL: [ShopKind; 5] =
        [ShopKind::WooCommerce, ShopKind::Shopify, ShopKind::Stripe, ShopKind::Webhook, ShopKind::File];

    /// The word that a connection of this kind is stored and shown under.
    pub fn as_str(self) -> &'static str {
        match self {
            ShopKind::WooCommerce => "woocommerce",
            ShopKind::Shopify => "shopify",
            ShopKind::Stripe => "stripe",
            ShopKind::Webhook => "webhook",
            ShopKind::File => "file",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text)
    }

    /// Whether it can be asked for its orders.
    pub fn polls(self) -> bool {
        matches!(self, ShopKind::WooCommerce | ShopKind::Shopify | ShopKind::Stripe)
    }

    /// Whether it sends orders by itself.
    pub fn receives(self) -> bool {
        self != ShopKind::File
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_is_found_by_its_word() {
        for kind in ShopKind::ALL {
            assert_eq!(ShopKind::parse(kind.as_str()), Some(kind));
        }
        assert_eq!(ShopKind::parse("prestashop"), None);
    }

    #[test]
    fn shops_are_asked_and_tell_an_application_only_tells_and_a_file_does_neither() {
        let ways = ShopKind::ALL.map(|kind| (kind.as_str(), kind.polls(), kind.receives()));
        let expected = [
            ("woocommerce", true, true),
            ("shopify", true, true),
            ("stripe", true, true),
            ("webhook", false, true),
            ("file", false, false),
        ];
        assert_eq!(ways, expected);
    }
}

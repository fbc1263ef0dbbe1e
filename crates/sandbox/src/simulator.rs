//! The systems that are simulated, by the names that faults, logs and counts use.

use serde::{Deserialize, Serialize};

/// The systems of the demonstration: its shop, and the two that may be asked for its invoices.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Provider {
    WooCommerce,
    SmartBill,
    Oblio,
}

impl Provider {
    /// What a fault may name as its operation, beside `any`.
    pub fn operations(self) -> &'static [&'static str] {
        Simulator::from(self).operations()
    }
}

/// Everything that has a door of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Simulator {
    WooCommerce,
    Shopify,
    Stripe,
    SmartBill,
    Oblio,
}

impl From<Provider> for Simulator {
    fn from(provider: Provider) -> Self {
        match provider {
            Provider::WooCommerce => Self::WooCommerce,
            Provider::SmartBill => Self::SmartBill,
            Provider::Oblio => Self::Oblio,
        }
    }
}

impl PartialEq<Provider> for Simulator {
    fn eq(&self, other: &Provider) -> bool {
        *self == Self::from(*other)
    }
}

impl Simulator {
    pub(crate) const ALL: [Self; 5] = [Self::SmartBill, Self::Oblio, Self::WooCommerce, Self::Shopify, Self::Stripe];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::WooCommerce => "woocommerce",
            Self::Shopify => "shopify",
            Self::Stripe => "stripe",
            Self::SmartBill => "smartbill",
            Self::Oblio => "oblio",
        }
    }

    /// What a fault may name as its operation, beside `any`.
    pub fn operations(self) -> &'static [&'static str] {
        match self {
            Self::WooCommerce => &["list", "get", "update", "delete", "refunds", "info", "webhooks", "other"],
            Self::Shopify => &["list", "count", "get", "update", "refunds", "metafields", "info", "other"],
            Self::Stripe => &["list", "get", "update", "line_items", "invoices", "refunds", "events", "info", "other"],
            Self::SmartBill => &[
                "create",
                "series",
                "tax",
                "paymentstatus",
                "pdf",
                "cancel",
                "restore",
                "delete",
                "reverse",
                "estimate_create",
                "estimate_pdf",
                "estimate_cancel",
                "estimate_restore",
                "estimate_delete",
                "estimate_invoices",
                "payment",
                "payment_delete",
                "payment_text",
                "send",
                "stocks",
                "other",
            ],
            Self::Oblio => &[
                "token",
                "create",
                "edit",
                "view",
                "list",
                "cancel",
                "restore",
                "delete",
                "collect",
                "einvoice",
                "archive",
                "nomenclature",
                "other",
            ],
        }
    }
}

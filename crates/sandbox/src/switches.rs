//! What can be turned while the sandbox runs, beside faults: how the outside world is set up, not what goes wrong in it.

use serde::{Deserialize, Serialize};

/// `POST /switches`: what is named is turned, the rest stays.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Switches {
    /// The WooCommerce shop's host takes the `Authorization` header away, as some do: only the pair in the query, or
    /// OAuth 1.0a there, is let in.
    pub drop_authorization: bool,
    /// How many calls Shopify takes at once. 40 is a small shop's, 400 a large one's.
    pub shopify_bucket: u32,
    /// How many more each second: 2, or 20.
    pub shopify_leak_per_s: u32,
    /// The app has `read_all_orders`: without it Shopify shows it the orders of the last 60 days.
    pub shopify_all_orders: bool,
}

impl Default for Switches {
    fn default() -> Self {
        Self { drop_authorization: false, shopify_bucket: 400, shopify_leak_per_s: 20, shopify_all_orders: true }
    }
}

//! What can be chosen about a sandbox before it opens. Defaults are what a stranger's client should meet: strict on the
//! wire, rate limits on, a shop with orders in it.

use std::path::PathBuf;

use axum::http::StatusCode;

use crate::clock::{Clock, system_clock};

/// Whether the providers count calls and refuse those over the limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Limits {
    Off,
    On,
}

/// What Oblio answers to a create whose `idempotencyKey` it has seen. Nobody has published the real answer, so both can
/// be met.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RepeatedKey {
    /// 200 with the document of the first time.
    Replay,
    /// 400 with words.
    Refuse,
}

/// How a sandbox is opened.
#[derive(Clone)]
pub struct SandboxConfig {
    /// The file that holds everything. `None` keeps it in memory only.
    pub state_file: Option<PathBuf>,
    /// Whether a new state starts with the shop's forty orders.
    pub seed_shop: bool,
    /// What the shop's people, amounts and hours are drawn from.
    pub seed: u64,
    /// Forgives what older SmartBill clients do: `seriesName` in queries, `POST /invoice` and `/estimate`, no series at all,
    /// unknown fields, numbers as text and texts as numbers, `POST /estimate/pdf`.
    pub tolerant: bool,
    pub rate_limits: Limits,
    /// How long SmartBill refuses a token that went over the limit.
    pub ban_ms: i64,
    /// 429 by the specification of 2026, 403 by the one of 2021.
    pub ban_status: StatusCode,
    pub repeated_key: RepeatedKey,
    /// How many documents each provider's plan allows in the life of a state. `None` is without end.
    pub document_quota: Option<u32>,
    /// Whether SmartBill gives a deleted last number away again. Sources contradict each other.
    pub deleted_number_returns: bool,
    /// The longest that a withheld answer is withheld.
    pub longest_hold_ms: u64,
    /// Invoice series that a new state has at SmartBill beside the usual ones: `S01`, `S02` and so on.
    pub more_series: u32,
    /// The WooCommerce shop's host takes the `Authorization` header away, whatever the switch of that name says.
    pub drop_authorization: bool,
    pub clock: Clock,
}

impl Default for SandboxConfig {
    fn default() -> Self {
        Self {
            state_file: None,
            seed_shop: true,
            seed: 1,
            tolerant: false,
            rate_limits: Limits::On,
            ban_ms: 600_000,
            ban_status: StatusCode::TOO_MANY_REQUESTS,
            repeated_key: RepeatedKey::Replay,
            document_quota: None,
            deleted_number_returns: false,
            longest_hold_ms: 180_000,
            more_series: 0,
            drop_authorization: false,
            clock: system_clock(),
        }
    }
}

/// The names under which the sandbox's one company is known at both providers. Not secrets: they open nothing but
/// simulators on this machine.
pub mod account {
    pub const COMPANY: &str = "RO41236549";
    pub const COMPANY_NAME: &str = "ATELIER CANĂ SRL";
    pub const SMARTBILL_USERNAME: &str = "contabil@atelier-cana.example";
    pub const SMARTBILL_TOKEN: &str = "002|sandbox5f1c9e7ab3d24860";
    pub const SMARTBILL_SERIES: &str = "ATC";
    pub const OBLIO_EMAIL: &str = "contabil@atelier-cana.example";
    pub const OBLIO_SECRET: &str = "sandbox0b1109e7ab3d248605f1c9e7ab3d24860";
    pub const OBLIO_SERIES: &str = "ACO";
    pub const WOOCOMMERCE_KEY: &str = "ck_sandbox00000000000000000000000000000001";
    pub const WOOCOMMERCE_SECRET: &str = "cs_sandbox00000000000000000000000000000002";
    pub const SHOPIFY_DOMAIN: &str = "atelier-cana.myshopify.com";
    pub const SHOPIFY_TOKEN: &str = "shpat_sandbox0000000000000000000000003";
    pub const SHOPIFY_VERSION: &str = "2025-01";
    pub const STRIPE_KEY: &str = "sk_test_sandbox0000000000000000000000000000000000004";
    pub const STRIPE_ACCOUNT: &str = "acct_1SandboxAtelier04";
    /// A company that exists at SmartBill, to which the account has no right.
    pub const FOREIGN_COMPANY: &str = "RO14399840";
    /// A company of the account that does not pay VAT.
    pub const NON_VAT_COMPANY: &str = "18547290";
}

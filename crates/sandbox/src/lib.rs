//! The outside world of Punte, simulated: a WooCommerce and a Shopify shop, a Stripe account, SmartBill and Oblio, with
//! switches for trouble, and the webhooks that the shops send.
//!
//! It owns the wire: paths, headers, bodies, errors and traps as the protocol notes tell them, so that a client which
//! works here has a chance out there. It shares no type with any other crate of ours, because a simulator that reads
//! with the client's own types proves nothing. What it remembers is kept in one file, written before each answer.
//!
//! The same simulators are had three ways: as in-process [`Routers`], over real HTTP on loopback
//! ([`Sandbox::serve_loopback`]), and steered by the methods of [`Sandbox`] or the control endpoint, which mean the same.

mod call;
mod clock;
mod config;
mod control;
mod dice;
mod error;
mod faults;
mod front;
mod hooks;
mod kept;
mod limits;
mod money;
mod oblio;
mod pdf;
mod sandbox;
mod serve;
mod shared;
mod shop;
mod shopify;
mod simulator;
mod smartbill;
mod state;
mod stripe;
mod switches;
mod woocommerce;
mod zip;

pub use clock::{Clock, system_clock};
pub use config::{Limits, RepeatedKey, SandboxConfig, account};
pub use error::SandboxError;
pub use faults::{Fault, FaultKind};
pub use hooks::{Delivered, Delivery, Hook, Source, Tamper};
pub use sandbox::{Routers, Sandbox};
pub use serve::{
    ControlEndpoint, Endpoints, OblioEndpoint, RunningSandbox, ShopifyEndpoint, SmartBillEndpoint, StripeEndpoint,
    WooCommerceEndpoint, write_port_file,
};
pub use shop::{DemoOrder, Outcome, demo_expectations, next_live_order};
pub use simulator::{Provider, Simulator};
pub use switches::Switches;

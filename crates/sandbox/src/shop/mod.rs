//! The sandbox's shop, "Atelier Cană": cups and books, forty orders of the last days, and an endless drip of new ones.
//!
//! The rule by which two flows share the shop: an order in RON whose buyer stated to be a company (meta `av_facturare`,
//! `tip_facturare` = `pers-jur`) goes to Oblio; everything else goes to SmartBill.

mod catalogue;
mod demo;
mod drip;
mod generic;
mod order;
mod sale;
mod table;

pub use demo::{DemoOrder, Outcome, demo_expectations};
pub use drip::next_live_order;

pub(crate) use demo::{FIRST_ORDER, demo_orders};
pub(crate) use drip::live_order;
pub(crate) use generic::order_of as generic_order;
pub(crate) use sale::{Pay, Sale, SaleLine, SaleRefund};

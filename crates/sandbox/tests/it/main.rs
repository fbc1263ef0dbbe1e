//! The sandbox from outside: what a client of each system meets, without sockets where that is enough and over real HTTP
//! where it matters.

#![allow(clippy::unwrap_used, reason = "a test may stop where an answer is not what it must be")]

mod control;
mod estimates;
mod faults;
mod hooks;
mod oblio;
mod oblio_acts;
mod payments;
mod shop;
mod shopify;
mod smartbill;
mod state;
mod stripe;
mod support;
mod webhooks;
mod wire;
mod woocommerce;

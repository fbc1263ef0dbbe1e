//! The sandbox as one thing: opening it, its routers, and in-process methods for all that the control endpoint does.

use std::sync::Arc;

use axum::Router;
use axum::extract::Request;
use serde_json::{Value, json};

use crate::config::SandboxConfig;
use crate::error::SandboxError;
use crate::faults::{Fault, FaultKind};
use crate::front::handle;
use crate::hooks::Source;
use crate::shared::Shared;
use crate::shop::Sale;
use crate::simulator::{Provider, Simulator};
use crate::state::State;
use crate::switches::Switches;
use crate::woocommerce::shop::Shop;
use crate::{control, shop, shopify, stripe, woocommerce};

/// A handle; clones share one sandbox.
#[derive(Clone)]
pub struct Sandbox {
    pub(crate) shared: Arc<Shared>,
}

/// The simulators without sockets. Paths are those of the wire: `/SBORO/api/…`, `/api/…`, `/wp-json/…`,
/// `/admin/api/…`, `/v1/…`.
pub struct Routers {
    pub smartbill: Router,
    pub oblio: Router,
    pub woocommerce: Router,
    pub shopify: Router,
    pub stripe: Router,
    pub control: Router,
}

/// At most so many orders are made in one go.
const MOST_RANDOM: u64 = 20_000;

impl Sandbox {
    /// Opens the state file, or begins a new state (with the shop's orders, if asked) and writes it.
    ///
    /// # Errors
    /// When the state can't be read or written, is damaged, or was written by a newer program.
    pub fn open(config: SandboxConfig) -> Result<Self, SandboxError> {
        let known = match &config.state_file {
            Some(path) => State::load(path)?,
            None => None,
        };
        let state = match known {
            Some(state) => state,
            None => {
                let state = fresh(&config)?;
                if let Some(path) = &config.state_file {
                    state.save(path)?;
                }
                state
            }
        };
        Ok(Self { shared: Arc::new(Shared::new(config, state)) })
    }

    pub fn routers(&self) -> Routers {
        let front = |provider| {
            let shared = Arc::clone(&self.shared);
            Router::new().fallback(move |request: Request| handle(Arc::clone(&shared), provider, request))
        };
        Routers {
            smartbill: front(Simulator::SmartBill),
            oblio: front(Simulator::Oblio),
            woocommerce: front(Simulator::WooCommerce),
            shopify: front(Simulator::Shopify),
            stripe: front(Simulator::Stripe),
            control: control::router(self.clone()),
        }
    }

    /// Arms a fault.
    ///
    /// # Errors
    /// When it names an operation that its provider does not have, or can't ever hit.
    pub fn set_fault(&self, fault: Fault) -> Result<(), SandboxError> {
        self.shared.change(|state| state.faults.arm(fault))?
    }

    /// # Errors
    /// When the state can't be written.
    pub fn clear_faults(&self) -> Result<(), SandboxError> {
        self.change(|state| state.faults.clear())
    }

    pub fn faults(&self) -> Vec<Fault> {
        self.shared.read(|state| state.faults.armed().to_vec())
    }

    /// The demonstration's trouble: at SmartBill one invoice is issued and its answer lost; at Oblio one create is
    /// answered by 500 after it acted, and one by 429 before. Armed once in the life of a state, however often called.
    ///
    /// # Errors
    /// When the state can't be written.
    pub fn arm_demo_faults(&self) -> Result<(), SandboxError> {
        self.shared.change(|state| {
            if state.faults.demo_armed {
                return Ok(());
            }
            state.faults.demo_armed = true;
            for order in shop::demo_expectations() {
                let text = format!("#{}", order.number);
                let create = |provider, kind| Fault::new(provider, "create", kind).times(1).matching(&text);
                match order.trouble {
                    None => {}
                    Some("timeout_after") => {
                        state.faults.arm(create(Provider::SmartBill, FaultKind::TimeoutAfter))?;
                    }
                    Some("status_500") => {
                        state.faults.arm(create(Provider::Oblio, FaultKind::Status500).acting(true))?;
                    }
                    Some(_) => state.faults.arm(create(Provider::Oblio, FaultKind::Status429).delay_ms(2_000))?,
                }
            }
            Ok::<(), SandboxError>(())
        })?
    }

    /// Adds one order or an array of them to the WooCommerce shop; an order whose id is known is a new version of it.
    /// Returns the ids.
    ///
    /// # Errors
    /// When something in it is not an order; nothing is added then.
    pub fn add_orders(&self, orders: Value) -> Result<Vec<u64>, SandboxError> {
        Ok(numbers(self.add_orders_to(Source::WooCommerce, orders)?))
    }

    /// Adds the next `count` orders of the endless drip to the WooCommerce shop, completed now. Returns their ids.
    ///
    /// # Errors
    /// When they are too many for one call, or the state can't be written.
    pub fn add_random_orders(&self, count: u64) -> Result<Vec<u64>, SandboxError> {
        Ok(numbers(self.add_random_orders_to(Source::WooCommerce, count)?))
    }

    /// The same for any shop, in its own words: an order of Shopify's REST, a checkout session of Stripe (with its lines,
    /// and `refunds` beside its own fields), an order of docs/order.schema.json. The ids are numbers, at Stripe and for the
    /// last texts.
    ///
    /// # Errors
    /// When something in it is not an order; nothing is added then.
    pub fn add_orders_to(&self, shop: Source, orders: Value) -> Result<Vec<Value>, SandboxError> {
        let orders = match orders {
            Value::Array(orders) => orders,
            one => vec![one],
        };
        if let Some(at) = orders.iter().position(|order| !order.is_object()) {
            return Err(SandboxError::Invalid(format!("order {} is not a JSON object", at + 1)));
        }
        let now_ms = self.shared.now_ms();
        self.shared.change(|state| state.put_orders(shop, orders, now_ms))?
    }

    /// The drip for any shop: paid, sent, and made now.
    ///
    /// # Errors
    /// When they are too many for one call, or the state can't be written.
    pub fn add_random_orders_to(&self, shop: Source, count: u64) -> Result<Vec<Value>, SandboxError> {
        if count > MOST_RANDOM {
            return Err(SandboxError::Invalid(format!("at most {MOST_RANDOM} random orders at a time")));
        }
        let now_ms = self.shared.now_ms();
        self.shared.change(|state| {
            (0..count)
                .map(|_| {
                    let drop = next_of_drip(state, shop, now_ms);
                    state.put_order(shop, drop, now_ms)
                })
                .collect()
        })?
    }

    /// Turns what is named in the JSON object; the rest stays. Returns how all of them stand.
    ///
    /// # Errors
    /// When there is no such switch, or the state can't be written.
    pub fn set_switches(&self, change: &Value) -> Result<Switches, SandboxError> {
        let wrong = |why: serde_json::Error| SandboxError::Invalid(format!("not switches: {why}"));
        self.shared.change(|state| {
            let mut all = json!(state.switches);
            if let (Some(all), Some(change)) = (all.as_object_mut(), change.as_object()) {
                all.extend(change.clone());
            }
            state.switches = serde_json::from_value(all).map_err(wrong)?;
            Ok(state.switches.clone())
        })?
    }

    pub fn switches(&self) -> Switches {
        self.shared.read(|state| state.switches.clone())
    }

    /// What the providers hold, what is armed, and how many requests came.
    pub fn state(&self) -> Value {
        let mut whole = self.shared.read(|state| {
            json!({
                "smartbill": state.smartbill.summary(),
                "oblio": state.oblio.summary(),
                "woocommerce": woocommerce::summary(state.woocommerce.orders()),
                "shopify": shopify::summary(state.shopify.orders()),
                "stripe": stripe::summary(&state.stripe),
                "webhook": { "orders": state.hooks.order_count() },
                "faults": state.faults.armed(),
            })
        });
        whole["requests"] = self.shared.request_counts();
        whole
    }

    /// The last thousand requests, oldest first.
    pub fn requests(&self) -> Value {
        self.shared.requests()
    }

    /// Back to the beginning: the seed's orders, no documents, no faults, no hooks, no log.
    ///
    /// # Errors
    /// When the state can't be written.
    pub fn reset(&self) -> Result<(), SandboxError> {
        let mut fresh = fresh(&self.shared.config)?;
        self.change(|state| {
            fresh.ports.clone_from(&state.ports);
            fresh.hooks.go_on_after(&state.hooks);
            *state = fresh;
        })?;
        self.shared.forget_requests();
        Ok(())
    }

    pub(crate) fn change<R>(&self, change: impl FnOnce(&mut State) -> R) -> Result<R, SandboxError> {
        match self.shared.change(|state| Ok::<R, std::convert::Infallible>(change(state)))? {
            Ok(done) => Ok(done),
            Err(never) => match never {},
        }
    }
}

fn numbers(ids: Vec<Value>) -> Vec<u64> {
    ids.iter().filter_map(Value::as_u64).collect()
}

fn next_of_drip(state: &mut State, source: Source, now_ms: i64) -> Value {
    let seed = state.seed;
    match source {
        Source::WooCommerce => {
            let n = state.woocommerce.drip;
            state.woocommerce.drip += 1;
            shop::live_order(seed, n)
        }
        Source::Shopify => shopify::next_of_drip(&mut state.shopify, seed, now_ms),
        Source::Stripe => stripe::next_of_drip(&mut state.stripe, seed, now_ms),
        Source::Webhook => {
            let n = state.hooks.drip;
            state.hooks.drip += 1;
            let sale = Sale::read(&shop::live_order(seed ^ 0x0E7E, n), now_ms);
            shop::generic_order(&sale, &format!("W-{}", 1_001 + n))
        }
    }
}

fn fresh(config: &SandboxConfig) -> Result<State, SandboxError> {
    let mut state = State::new(config.seed, Shop::new(shop::FIRST_ORDER));
    if config.seed_shop {
        let orders = shop::demo_orders(config.seed, (config.clock)());
        shopify::seed(&mut state.shopify, &orders)?;
        stripe::seed(&mut state.stripe, &orders)?;
        for (order, modified_ms) in orders {
            state.woocommerce.put(order, modified_ms)?;
        }
    }
    state.smartbill.add_series(config.more_series);
    Ok(state)
}

//! What an evaluation has around it on its thread: the order and the mapping's tables for functions that take no order, and,
//! where values are to be explained, what was read.

use crate::language;
use crate::node::{Node, shown};
use rhai::Dynamic;
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Lookup tables by name.
pub(crate) type Tables = Arc<BTreeMap<String, BTreeMap<String, String>>>;

/// A value that was read of the order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Input {
    /// `order.billing.city`, `order.line_items[0].total`.
    pub path: String,
    pub value: String,
}

/// Inputs that are noted for one value; beyond that they explain nothing.
const MAX_INPUTS: usize = 40;

#[derive(Clone)]
struct Scene {
    order: Dynamic,
    tables: Tables,
}

thread_local! {
    static SCENE: RefCell<Option<Scene>> = const { RefCell::new(None) };
    static INPUTS: RefCell<Option<Vec<Input>>> = const { RefCell::new(None) };
}

/// Sets the scene until it is dropped.
pub(crate) struct Set(());

impl Set {
    pub(crate) fn new(order: Dynamic, tables: Tables) -> Set {
        SCENE.set(Some(Scene { order, tables }));
        language::begin();
        Set(())
    }
}

impl Drop for Set {
    fn drop(&mut self) {
        SCENE.set(None);
        INPUTS.set(None);
    }
}

/// The order at hand.
pub(crate) fn order() -> Option<Node> {
    SCENE.with_borrow(|scene| scene.as_ref()?.order.clone().try_cast::<Node>())
}

pub(crate) fn tables() -> Tables {
    SCENE.with_borrow(|scene| scene.as_ref().map(|scene| scene.tables.clone())).unwrap_or_default()
}

/// Begins to note what is read.
pub(crate) fn listen() {
    INPUTS.set(Some(Vec::new()));
}

/// What was read since.
pub(crate) fn heard() -> Vec<Input> {
    INPUTS.take().unwrap_or_default()
}

/// Notes a read, where somebody listens.
pub(crate) fn note(path: impl FnOnce() -> String, value: &Dynamic) {
    INPUTS.with_borrow_mut(|inputs| {
        let Some(inputs) = inputs.as_mut() else { return };
        let path = path();
        if inputs.len() < MAX_INPUTS && !inputs.iter().any(|known| known.path == path) {
            inputs.push(Input { path, value: shown(value).chars().take(200).collect() });
        }
    });
}

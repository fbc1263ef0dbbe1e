//! A mapping and an order in, an invoice draft out, with every value explained.
//!
//! A mapping is a document: for each field of the invoice an expression in a bounded language (Rhai with exact decimals,
//! expressions only). Refuses I/O, the clock and loops: an expression can be wrong, but it can't hang, grow or reach out.

mod build;
mod compile;
mod diff;
mod document;
mod evaluate;
mod functions;
mod kinds;
mod language;
mod node;
mod parse;
mod presets;
mod problem;
mod romania;
mod scene;
mod vat;

pub use compile::{CompiledMapping, compile};
pub use diff::{MappingChange, diff};
pub use document::{
    Checks, Fields, LineBlock, MAX_DIFFERENCE, Mapping, RoundingLine, Rule, TARGETS, Target, TargetKind, WhenEmpty,
    targets_of,
};
pub use evaluate::{Evaluation, MappingContext, Origin, RuleValue};
pub use functions::{FunctionDoc, functions};
pub use kinds::{order_kind, orders_read, preset_for};
pub use parse::DocumentError;
pub use presets::{preset, presets, sandbox_order};
pub use problem::{Problem, ProblemCode, RuleError};
pub use scene::Input;

use chrono::NaiveDate;
use language::language;
use serde_json::{Map, Value};

/// Whether a flow's condition holds for an order.
///
/// # Errors
/// When the expression is wrong, fails, or gives neither true nor false.
pub fn evaluate_condition(condition: &str, order: &Value, settings: &Map<String, Value>) -> Result<bool, Problem> {
    let compiled = language().compile(condition)?;
    let context = MappingContext { tax_point: NaiveDate::default(), settings: settings.clone() };
    let mut scope = evaluate::scope_of(order, &context);
    let root = scope.get("order").cloned().unwrap_or_default();
    let _set = scene::Set::new(root, scene::Tables::default());
    let value = language().evaluate(&compiled, &mut scope)?;
    value.as_bool().map_err(|_| Problem::new(ProblemCode::NotAFlag, node::shown(&value)))
}

/// Whether a condition is well-formed.
///
/// # Errors
/// The place and reason where it is not.
pub fn check_condition(condition: &str) -> Result<(), Problem> {
    language().compile(condition).map(|_| ())
}

//! Rules and an order in, an invoice draft out, with the value of every rule explained.
//!
//! Rules are data: a target of a closed list and an expression in a bounded language (Rhai with exact decimals, expressions
//! only). Refuses I/O, the clock and loops: an expression can be wrong, but it can't hang, grow or reach out.

mod build;
mod functions;
mod json;
mod language;
mod romania;
mod rules;
mod vat;

pub use functions::{FunctionDoc, functions};
pub use rules::{LINE_TARGETS, LineBlock, MappingRules, Rule, TOP_TARGETS, preset_romanian_woocommerce};

use chrono::NaiveDate;
use language::{Compiled, language};
use punte_domain::{Draft, DraftProblem, FailureKind, LineKind};
use rhai::{Dynamic, Scope};
use serde_json::{Map, Value};

/// Lines that a mapping may make; the draft's own check names the provider's limit.
const MAX_ITEMS: usize = 2000;

/// What an evaluation needs beside the order.
#[derive(Debug, Clone)]
pub struct MappingContext {
    /// Decides which VAT rates are legal.
    pub tax_point: NaiveDate,
    /// The flow's own settings, seen by expressions as `settings`.
    pub settings: Map<String, Value>,
}

/// An expression that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{target}: {message}")]
pub struct RuleError {
    pub target: String,
    pub expression: String,
    /// Line and column, from 1.
    pub position: Option<(usize, usize)>,
    pub message: String,
}

/// One rule's value for one order, or for one of its lines.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleValue {
    pub target: String,
    /// Name of the line block; `None` outside.
    pub block: Option<String>,
    /// Position in the block, from 0.
    pub item: Option<usize>,
    pub expression: String,
    pub value: Option<String>,
    pub error: Option<String>,
}

/// What a mapping made of an order.
#[derive(Debug, Clone)]
pub struct Evaluation {
    /// There when every required value could be read; it may still have problems.
    pub draft: Option<Draft>,
    pub values: Vec<RuleValue>,
    /// What keeps it from being sent: failed rules first, then the draft's own checks.
    pub problems: Vec<DraftProblem>,
}

struct CompiledRule {
    target: String,
    expression: String,
    compiled: Compiled,
}

struct CompiledBlock {
    source: String,
    kind: LineKind,
    items: Compiled,
    items_expression: String,
    when: Option<Compiled>,
    fields: Vec<CompiledRule>,
}

/// Rules, checked and ready to be evaluated many times, from any thread.
pub struct CompiledMapping {
    rules: Vec<CompiledRule>,
    blocks: Vec<CompiledBlock>,
}

/// Checks rules: every target known, none twice, the required ones there, every expression well-formed.
///
/// # Errors
/// Every rule that is wrong, by name.
pub fn compile(rules: &MappingRules) -> Result<CompiledMapping, Vec<RuleError>> {
    let mut errors = rules.check();
    let mut compile_one = |target: &str, expression: &str| match language().compile(expression) {
        Ok(compiled) => Some(compiled),
        Err((position, message)) => {
            errors.push(RuleError { target: target.into(), expression: expression.into(), position, message });
            None
        }
    };
    let mut top = Vec::new();
    for rule in &rules.rules {
        if let Some(compiled) = compile_one(&rule.target, &rule.expression) {
            top.push(CompiledRule { target: rule.target.clone(), expression: rule.expression.clone(), compiled });
        }
    }
    let mut blocks = Vec::new();
    for block in &rules.lines {
        let items = compile_one(&format!("{}.items", block.source), &block.items);
        let when = match block.when.trim() {
            "" => None,
            condition => compile_one(&format!("{}.when", block.source), condition),
        };
        let mut fields = Vec::new();
        for rule in &block.fields {
            let target = format!("{}.{}", block.source, rule.target);
            if let Some(compiled) = compile_one(&target, &rule.expression) {
                fields.push(CompiledRule {
                    target: rule.target.clone(),
                    expression: rule.expression.clone(),
                    compiled,
                });
            }
        }
        if let (Some(items), Some(kind)) = (items, rules::line_kind(&block.kind)) {
            let source = block.source.clone();
            blocks.push(CompiledBlock { source, kind, items, items_expression: block.items.clone(), when, fields });
        }
    }
    if errors.is_empty() { Ok(CompiledMapping { rules: top, blocks }) } else { Err(errors) }
}

impl CompiledMapping {
    /// Evaluates every rule for an order and builds the draft.
    pub fn evaluate(&self, order: &Value, context: &MappingContext) -> Evaluation {
        let mut scope = scope_of(order, context);
        let mut run = Run::default();
        for rule in &self.rules {
            run.rule(rule, None, None, &mut scope);
        }
        for block in &self.blocks {
            run.block(block, &mut scope);
        }
        run.finish(context)
    }
}

/// An evaluation under way.
#[derive(Default)]
struct Run {
    parts: build::Parts,
    values: Vec<RuleValue>,
    problems: Vec<DraftProblem>,
}

impl Run {
    /// Evaluates one rule, notes its value or its problem, and answers the value.
    fn rule(
        &mut self,
        rule: &CompiledRule,
        block: Option<&str>,
        item: Option<usize>,
        scope: &mut Scope<'_>,
    ) -> Option<Dynamic> {
        let outcome = language().evaluate(&rule.compiled, scope);
        let (value, error) = match &outcome {
            Ok(value) => (Some(json::shown(value)), None),
            Err(error) => (None, Some(error.message.clone())),
        };
        self.values.push(RuleValue {
            target: rule.target.clone(),
            block: block.map(str::to_owned),
            item,
            expression: rule.expression.clone(),
            value,
            error,
        });
        match outcome {
            Ok(value) => {
                if block.is_none() {
                    self.parts.top.insert(rule.target.clone(), value.clone());
                }
                Some(value)
            }
            Err(error) => {
                let field = match (block, item) {
                    (Some(block), Some(item)) => format!("{block}[{}].{}", item + 1, rule.target),
                    _ => rule.target.clone(),
                };
                self.problems.push(DraftProblem { field, kind: error.kind, detail: error.message });
                None
            }
        }
    }

    fn block(&mut self, block: &CompiledBlock, scope: &mut Scope<'_>) {
        let items = match language().evaluate(&block.items, scope) {
            Ok(value) if value.is_unit() => return,
            Ok(value) => match value.into_array() {
                Ok(items) if items.len() <= MAX_ITEMS => items,
                Ok(items) => return self.problem(block, FailureKind::TooManyLines, items.len().to_string()),
                Err(found) => {
                    return self.problem(
                        block,
                        FailureKind::MappingError,
                        format!("{}: {found}", block.items_expression),
                    );
                }
            },
            Err(error) => return self.problem(block, error.kind, error.message),
        };
        for (index, item) in items.into_iter().enumerate() {
            let bare = scope.len();
            scope.push_dynamic("item", item);
            match block.when.as_ref().map(|when| language().evaluate(when, scope)) {
                Some(Ok(value)) if value.as_bool() == Ok(false) => {}
                Some(Err(error)) => self.problem(block, error.kind, error.message),
                Some(Ok(value)) if value.as_bool().is_err() => {
                    self.problem(block, FailureKind::MappingError, "when: true or false".to_owned());
                }
                _ => self.line(block, index, scope),
            }
            scope.rewind(bare);
        }
    }

    fn line(&mut self, block: &CompiledBlock, index: usize, scope: &mut Scope<'_>) {
        let mut line = build::LineParts {
            kind: block.kind,
            at: format!("{}[{}]", block.source, index + 1),
            fields: Default::default(),
        };
        for field in &block.fields {
            if let Some(value) = self.rule(field, Some(&block.source), Some(index), scope) {
                line.fields.insert(field.target.clone(), value);
            }
        }
        self.parts.lines.push(line);
    }

    fn problem(&mut self, block: &CompiledBlock, kind: FailureKind, detail: String) {
        self.problems.push(DraftProblem { field: block.source.clone(), kind, detail });
    }

    fn finish(mut self, context: &MappingContext) -> Evaluation {
        let draft = if self.problems.is_empty() {
            match self.parts.draft(context.tax_point) {
                Ok(draft) => {
                    self.problems.extend(draft.problems());
                    Some(draft)
                }
                Err(problems) => {
                    self.problems.extend(problems);
                    None
                }
            }
        } else {
            None
        };
        Evaluation { draft, values: self.values, problems: self.problems }
    }
}

fn scope_of(order: &Value, context: &MappingContext) -> Scope<'static> {
    let mut scope = Scope::new();
    scope.push_constant_dynamic("order", json::to_dynamic(order));
    scope.push_constant_dynamic("settings", json::to_dynamic(&Value::Object(context.settings.clone())));
    scope.push_constant_dynamic("tax_point", context.tax_point.to_string().into());
    scope
}

/// Whether a flow's condition holds for an order.
///
/// # Errors
/// When the expression is wrong, fails, or gives neither true nor false.
pub fn evaluate_condition(condition: &str, order: &Value, settings: &Map<String, Value>) -> Result<bool, RuleError> {
    let failed =
        |position, message| RuleError { target: "condition".into(), expression: condition.into(), position, message };
    let compiled = language().compile(condition).map_err(|(position, message)| failed(position, message))?;
    let context = MappingContext { tax_point: NaiveDate::default(), settings: settings.clone() };
    let value = language()
        .evaluate(&compiled, &mut scope_of(order, &context))
        .map_err(|error| failed(error.position, error.message))?;
    value.as_bool().map_err(|found| failed(None, format!("true or false was expected, not {found}")))
}

/// Whether a condition is well-formed.
///
/// # Errors
/// The place and reason where it is not.
pub fn check_condition(condition: &str) -> Result<(), RuleError> {
    language().compile(condition).map(|_| ()).map_err(|(position, message)| RuleError {
        target: "condition".into(),
        expression: condition.into(),
        position,
        message,
    })
}

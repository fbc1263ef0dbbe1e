//! A compiled mapping over one order: the draft, or what keeps it from being one; and, where asked, every value explained.

use crate::build::{LineParts, Parts};
use crate::compile::{CompiledBlock, CompiledMapping, CompiledRule, How};
use crate::document::{TARGETS, TargetKind, WhenEmpty};
use crate::language::language;
use crate::node::{Items, is_blank, is_single, shown, to_dynamic};
use crate::problem::{Problem, ProblemCode};
use crate::scene::{self, Input};
use chrono::NaiveDate;
use punte_domain::{Draft, DraftProblem, FailureKind};
use rhai::{Dynamic, Scope};
use rust_decimal::Decimal;
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

/// Where a value is from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    Expression,
    Default,
    /// Nothing came of the expression, and nothing is sent for it.
    LeftOut,
    /// Nothing came of the expression, and the rule holds the record then.
    Held,
    Error,
}

impl Origin {
    pub fn as_str(self) -> &'static str {
        match self {
            Origin::Expression => "expression",
            Origin::Default => "default",
            Origin::LeftOut => "left_out",
            Origin::Held => "held",
            Origin::Error => "error",
        }
    }
}

/// One rule's value for one order, or for one of its lines.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleValue {
    /// `client.name`; in a block the field alone, or `items`, `when`.
    pub target: String,
    /// Name of the line block; `None` outside.
    pub block: Option<String>,
    /// Position in the block's list, from 0.
    pub item: Option<usize>,
    pub value: Option<String>,
    pub origin: Origin,
    pub problem: Option<Problem>,
    /// What the expression read of the order.
    pub inputs: Vec<Input>,
}

/// What a mapping made of an order.
#[derive(Debug, Clone)]
pub struct Evaluation {
    /// There when every required value could be read; it may still have problems.
    pub draft: Option<Draft>,
    /// Empty where nobody asked for them.
    pub values: Vec<RuleValue>,
    /// What keeps it from being sent: failed rules first, then the draft's own checks.
    pub problems: Vec<DraftProblem>,
    /// VAT as the order states it, where the mapping reads it.
    pub order_vat: Option<Decimal>,
}

impl CompiledMapping {
    /// Evaluates every rule for an order and builds the draft.
    pub fn evaluate(&self, order: &Value, context: &MappingContext) -> Evaluation {
        self.run(order, context, false)
    }

    /// The same, with every value explained: slower.
    pub fn explain(&self, order: &Value, context: &MappingContext) -> Evaluation {
        self.run(order, context, true)
    }

    fn run(&self, order: &Value, context: &MappingContext, explains: bool) -> Evaluation {
        let mut scope = scope_of(order, context);
        let root = scope.get("order").cloned().unwrap_or(Dynamic::UNIT);
        let _set = scene::Set::new(root, self.tables.clone());
        let mut run =
            Run { explains, is_exhausted: false, parts: Parts::default(), values: Vec::new(), problems: Vec::new() };
        for rule in &self.rules {
            if let Some(value) = run.rule(rule, None, &mut scope) {
                run.parts.top[rule.target] = Some(value);
            }
        }
        for block in &self.blocks {
            run.block(block, &mut scope);
        }
        run.finish(self, context)
    }
}

/// The names that expressions may use.
pub(crate) fn scope_of(order: &Value, context: &MappingContext) -> Scope<'static> {
    let mut scope = Scope::new();
    scope.push_dynamic("order", to_dynamic(order, "order"));
    scope.push_dynamic("settings", to_dynamic(&Value::Object(context.settings.clone()), "settings"));
    scope.push_dynamic("tax_point", context.tax_point.to_string().into());
    scope.push_dynamic("item", Dynamic::UNIT);
    scope
}

/// An entry of a block that a rule is evaluated for.
#[derive(Clone, Copy)]
struct At<'b> {
    block: &'b str,
    item: usize,
}

/// An evaluation under way.
struct Run {
    explains: bool,
    /// No operations are left: whatever comes would only say so again.
    is_exhausted: bool,
    parts: Parts,
    values: Vec<RuleValue>,
    problems: Vec<DraftProblem>,
}

impl Run {
    /// Evaluates one rule, notes what came of it, and answers the value.
    fn rule(&mut self, rule: &CompiledRule, at: Option<At<'_>>, scope: &mut Scope<'_>) -> Option<Dynamic> {
        if self.explains {
            scene::listen();
        }
        let target = &TARGETS[rule.target];
        let outcome = match &rule.how {
            None => Ok(Dynamic::UNIT),
            Some(How::Constant(value)) => Ok(value.clone()),
            Some(How::Expression(compiled)) => {
                language().evaluate(compiled, scope).and_then(|value| fitting(value, target.kind))
            }
        };
        let (value, origin, problem) = match outcome {
            Err(problem) => (None, Origin::Error, Some(problem)),
            Ok(value) if !is_blank(&value) => (Some(value), Origin::Expression, None),
            Ok(_) => match (rule.when_empty, &rule.default) {
                (WhenEmpty::Hold, _) => (None, Origin::Held, None),
                (WhenEmpty::Default, Some(default)) => (Some(default.clone()), Origin::Default, None),
                (_, Some(default)) if rule.how.is_none() => (Some(default.clone()), Origin::Default, None),
                _ => (None, Origin::LeftOut, None),
            },
        };
        match (&problem, origin) {
            (Some(problem), _) => self.problem(field_of(target.section, target.name, at), problem),
            (None, Origin::Held) => {
                let field = field_of(target.section, target.name, at);
                self.problems.push(DraftProblem { field, kind: FailureKind::FieldMissing, detail: String::new() });
            }
            _ => {}
        }
        if self.explains {
            let name =
                if at.is_some() { target.name.to_owned() } else { format!("{}.{}", target.section, target.name) };
            self.value(name, at, value.as_ref(), origin, problem);
        }
        value
    }

    fn value(
        &mut self,
        target: String,
        at: Option<At<'_>>,
        value: Option<&Dynamic>,
        origin: Origin,
        problem: Option<Problem>,
    ) {
        self.values.push(RuleValue {
            target,
            block: at.map(|at| at.block.to_owned()),
            item: at.map(|at| at.item),
            value: value.map(shown),
            origin,
            problem,
            inputs: scene::heard(),
        });
    }

    fn problem(&mut self, field: String, problem: &Problem) {
        self.is_exhausted |= problem.code == ProblemCode::TooManyOperations;
        self.problems.push(DraftProblem { field, kind: problem.kind(), detail: problem.facts() });
    }

    /// The entries of a block's list; none, with what is wrong noted, where it is no list.
    fn items(&mut self, block: &CompiledBlock, scope: &mut Scope<'_>) -> Vec<Dynamic> {
        if self.explains {
            scene::listen();
        }
        let list = language().evaluate(&block.items, scope).and_then(|value| {
            let shown = shown(&value);
            let items = if value.is_unit() {
                Vec::new()
            } else if let Some(items) = value.clone().try_cast::<Items>() {
                items.into_values()
            } else {
                value.into_array().map_err(|_| Problem::new(ProblemCode::NotAList, shown))?
            };
            if items.len() > MAX_ITEMS {
                return Err(Problem::new(ProblemCode::TooManyItems, items.len().to_string()));
            }
            Ok(items)
        });
        let (items, problem) = match list {
            Ok(items) => (items, None),
            Err(problem) => (Vec::new(), Some(problem)),
        };
        if let Some(problem) = &problem {
            self.problem(block.name.clone(), problem);
        }
        if self.explains {
            self.values.push(RuleValue {
                target: "items".to_owned(),
                block: Some(block.name.clone()),
                item: None,
                value: problem.is_none().then(|| format!("[{}]", items.len())),
                origin: if problem.is_some() { Origin::Error } else { Origin::Expression },
                problem,
                inputs: scene::heard(),
            });
        }
        items
    }

    fn block(&mut self, block: &CompiledBlock, scope: &mut Scope<'_>) {
        for (index, item) in self.items(block, scope).into_iter().enumerate() {
            if self.is_exhausted {
                break;
            }
            scope.set_value("item", item);
            match is_wanted(block, scope) {
                Ok(true) => self.line(block, index, scope),
                Ok(false) => {}
                Err(problem) => {
                    self.problem(format!("{}[{}].when", block.name, index + 1), &problem);
                    if self.explains {
                        let at = At { block: &block.name, item: index };
                        self.value("when".to_owned(), Some(at), None, Origin::Error, Some(problem));
                    }
                }
            }
        }
        scope.set_value("item", ());
    }

    fn line(&mut self, block: &CompiledBlock, index: usize, scope: &mut Scope<'_>) {
        let at = At { block: &block.name, item: index };
        let mut line = LineParts::new(block.kind, &block.name, index);
        for rule in &block.fields {
            line.values[rule.target] = self.rule(rule, Some(at), scope);
        }
        self.parts.lines.push(line);
    }

    fn finish(mut self, mapping: &CompiledMapping, context: &MappingContext) -> Evaluation {
        let mut draft = None;
        let mut order_vat = None;
        if self.problems.is_empty() {
            match self.parts.draft(context.tax_point, &mapping.checks) {
                Ok(built) => {
                    order_vat = built.order_vat;
                    self.problems.extend(built.draft.problems());
                    self.problems.extend(built.vat_problem());
                    draft = Some(built.draft);
                }
                Err(problems) => self.problems.extend(problems),
            }
        }
        Evaluation { draft, values: self.values, problems: self.problems, order_vat }
    }
}

/// Whether an entry is taken.
fn is_wanted(block: &CompiledBlock, scope: &mut Scope<'_>) -> Result<bool, Problem> {
    let Some(when) = &block.when else { return Ok(true) };
    let value = language().evaluate(when, scope)?;
    value.as_bool().map_err(|_| Problem::new(ProblemCode::NotAFlag, shown(&value)))
}

/// A value of its target's kind: an amount as a decimal, a flag as one, a text not made of fields or lists.
fn fitting(value: Dynamic, kind: TargetKind) -> Result<Dynamic, Problem> {
    if is_blank(&value) {
        return Ok(Dynamic::UNIT);
    }
    match kind {
        TargetKind::Amount => Ok(crate::node::decimal_of(&value)?.map_or(Dynamic::UNIT, Dynamic::from)),
        TargetKind::Flag => match value.as_bool() {
            Ok(flag) => Ok(flag.into()),
            Err(_) => Err(Problem::new(ProblemCode::NotAFlag, shown(&value))),
        },
        TargetKind::Text if is_single(&value) => Ok(value),
        TargetKind::Text => Err(Problem::new(ProblemCode::WrongType, shown(&value))),
    }
}

fn field_of(section: &str, name: &str, at: Option<At<'_>>) -> String {
    match at {
        Some(at) => format!("{}[{}].{name}", at.block, at.item + 1),
        None => format!("{section}.{name}"),
    }
}

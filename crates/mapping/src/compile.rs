//! From a mapping's document to one that is ready to run: every target known, the required ones there, every expression
//! well-formed, every default of its target's kind. Compiled once, run many times, from any thread.

use crate::document::{Checks, Fields, LineBlock, MAX_DIFFERENCE, Mapping, Rule, TARGETS, TargetKind, WhenEmpty};
use crate::language::{Compiled, language};
use crate::problem::{Problem, ProblemCode, RuleError, nearest};
use crate::scene::Tables;
use punte_domain::LineKind;
use punte_domain::money::parse_decimal;
use rhai::Dynamic;
use rust_decimal::Decimal;
use std::sync::Arc;

/// Blocks of one mapping.
const MAX_BLOCKS: usize = 20;

pub(crate) struct CompiledRule {
    /// Position in [`TARGETS`].
    pub target: usize,
    /// Nothing: only the default.
    pub how: Option<How>,
    pub default: Option<Dynamic>,
    pub when_empty: WhenEmpty,
}

pub(crate) enum How {
    /// The same for every order.
    Constant(Dynamic),
    Expression(Compiled),
}

pub(crate) struct CompiledBlock {
    pub name: String,
    pub kind: LineKind,
    pub items: Compiled,
    pub when: Option<Compiled>,
    pub fields: Vec<CompiledRule>,
}

/// A mapping, checked and ready to be evaluated.
pub struct CompiledMapping {
    pub(crate) rules: Vec<CompiledRule>,
    pub(crate) blocks: Vec<CompiledBlock>,
    pub(crate) tables: Tables,
    pub(crate) checks: Checks,
}

/// Checks a mapping and makes it ready.
///
/// # Errors
/// Everything that is wrong, by target.
pub fn compile(mapping: &Mapping) -> Result<CompiledMapping, Vec<RuleError>> {
    let mut check = Check { errors: Vec::new() };
    check.settings(&mapping.checks);
    let mut rules = Vec::new();
    for section in ["client", "document", "payment"] {
        let fields = mapping.section(section).expect("one of the three");
        rules.extend(check.fields(fields, section, None));
    }
    if mapping.lines.is_empty() {
        check.wrong("lines", None, "", Problem::new(ProblemCode::NoLines, ""));
    }
    if mapping.lines.len() > MAX_BLOCKS {
        check.wrong("lines", None, "", Problem::new(ProblemCode::TooManyItems, format!("> {MAX_BLOCKS}")));
    }
    let mut blocks = Vec::new();
    for (index, block) in mapping.lines.iter().enumerate() {
        let is_taken = mapping.lines[..index].iter().any(|earlier| earlier.name == block.name);
        blocks.extend(check.block(block, is_taken));
    }
    if check.errors.is_empty() {
        let tables = Arc::new(mapping.tables.clone());
        Ok(CompiledMapping { rules, blocks, tables, checks: mapping.checks.clone() })
    } else {
        Err(check.errors)
    }
}

struct Check {
    errors: Vec<RuleError>,
}

impl Check {
    fn wrong(&mut self, target: &str, block: Option<&str>, expression: &str, problem: Problem) {
        let (target, block) = (target.to_owned(), block.map(str::to_owned));
        self.errors.push(RuleError { target, block, expression: expression.to_owned(), problem });
    }

    fn settings(&mut self, checks: &Checks) {
        let in_bounds = |amount: Decimal| (Decimal::ZERO..=MAX_DIFFERENCE).contains(&amount);
        if !in_bounds(checks.tolerance) {
            let detail = format!("tolerance {}: 0 … {MAX_DIFFERENCE}", checks.tolerance);
            self.wrong("checks.tolerance", None, "", Problem::new(ProblemCode::Settings, detail));
        }
        if let Some(rounding) = &checks.rounding {
            if !in_bounds(rounding.cap) {
                let detail = format!("rounding {}: 0 … {MAX_DIFFERENCE}", rounding.cap);
                self.wrong("checks.rounding", None, "", Problem::new(ProblemCode::Settings, detail));
            }
            if rounding.name.trim().is_empty() {
                self.wrong("checks.rounding", None, "", Problem::new(ProblemCode::Settings, "rounding: name"));
            }
        }
    }

    fn expression(&mut self, target: &str, block: Option<&str>, expression: &str) -> Option<Compiled> {
        match language().compile(expression) {
            Ok(compiled) => Some(compiled),
            Err(problem) => {
                self.wrong(target, block, expression, problem);
                None
            }
        }
    }

    /// The rules of a section or block, in the order of the targets.
    fn fields(&mut self, fields: &Fields, section: &str, block: Option<&str>) -> Vec<CompiledRule> {
        let shown = |name: &str| if block.is_some() { name.to_owned() } else { format!("{section}.{name}") };
        let names = || TARGETS.iter().filter(|target| target.section == section);
        for (name, rule) in fields {
            if !names().any(|target| target.name == name) {
                let near = nearest(name, names().map(|target| target.name));
                let problem = Problem { near, ..Problem::new(ProblemCode::UnknownTarget, name) };
                self.wrong(&shown(name), block, &rule.expression, problem);
            }
        }
        let mut compiled = Vec::new();
        for (index, target) in TARGETS.iter().enumerate().filter(|(_, target)| target.section == section) {
            match fields.get(target.name) {
                Some(rule) => compiled.extend(self.rule(rule, index, &shown(target.name), block)),
                None if target.required => {
                    let problem = Problem::new(ProblemCode::TargetMissing, target.name);
                    self.wrong(&shown(target.name), block, "", problem);
                }
                None => {}
            }
        }
        compiled
    }

    fn rule(&mut self, rule: &Rule, target: usize, shown: &str, block: Option<&str>) -> Option<CompiledRule> {
        let has_default = rule.default.as_ref().is_some_and(|text| !text.trim().is_empty());
        let needs_default = rule.expression.trim().is_empty() || rule.when_empty == WhenEmpty::Default;
        if needs_default && !has_default {
            self.wrong(shown, block, &rule.expression, Problem::new(ProblemCode::EmptyExpression, ""));
            return None;
        }
        let default = match rule.default.as_deref().filter(|_| has_default) {
            None => None,
            Some(text) => match constant(text, TARGETS[target].kind) {
                Some(value) => Some(value),
                None => {
                    self.wrong(shown, block, &rule.expression, Problem::new(ProblemCode::BadDefault, text));
                    return None;
                }
            },
        };
        let how = if rule.expression.trim().is_empty() {
            None
        } else {
            let compiled = self.expression(shown, block, &rule.expression)?;
            Some(compiled.constant().map_or_else(|| How::Expression(compiled), How::Constant))
        };
        Some(CompiledRule { target, how, default, when_empty: rule.when_empty })
    }

    fn block(&mut self, block: &LineBlock, is_taken: bool) -> Option<CompiledBlock> {
        let name = block.name.as_str();
        let is_word =
            !name.is_empty() && name.len() <= 60 && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
        if !is_word || is_taken {
            self.wrong("name", Some(name), "", Problem::new(ProblemCode::BlockName, name));
        }
        if block.kind == LineKind::Rounding {
            self.wrong("kind", Some(name), "", Problem::new(ProblemCode::Settings, "rounding"));
        }
        let items = self.expression("items", Some(name), &block.items);
        let when = match block.when.trim() {
            "" => None,
            condition => self.expression("when", Some(name), condition),
        };
        let fields = self.fields(&block.fields, "line", Some(name));
        Some(CompiledBlock { name: name.to_owned(), kind: block.kind, items: items?, when, fields })
    }
}

/// A default's text as a value of its target's kind.
fn constant(text: &str, kind: TargetKind) -> Option<Dynamic> {
    match kind {
        TargetKind::Text => Some(text.into()),
        TargetKind::Amount => parse_decimal(text).ok().map(Dynamic::from),
        TargetKind::Flag => text.trim().parse::<bool>().ok().map(Dynamic::from),
    }
}

//! The expression language: Rhai, expressions only, with every resource bounded.
//!
//! `a.b` wants the field to be there; `a?.b` lets it be absent. Rhai's own `?.` asks whether `a` is nothing, which would let
//! a mistyped name pass: here the name after `?.` is marked while it is read, and the order's values know the mark.

use crate::functions;
use crate::node::{self, Items, Node, OPTIONAL};
use crate::problem::{Problem, ProblemCode, nearest, of_evaluation, of_parsing};
use rhai::packages::{
    ArithmeticPackage, BasicArrayPackage, BasicMathPackage, BasicStringPackage, LogicPackage, MoreStringPackage,
    Package,
};
use rhai::{
    AST, ASTNode, Caches, Dynamic, Engine, Expr, GlobalRuntimeState, ImmutableString, OptimizationLevel, Scope, Stmt,
    Token,
};
use std::cell::{Cell, RefCell};
use std::collections::BTreeSet;
use std::sync::OnceLock;

/// Longest expression, in bytes.
pub(crate) const MAX_EXPRESSION: usize = 4000;

/// An expression, parsed.
pub(crate) struct Compiled(AST);

pub(crate) struct Language {
    engine: Engine,
    /// Names of all functions, ours and the packages'.
    functions: BTreeSet<String>,
}

/// Names that expressions may use.
pub(crate) const NAMES: &[&str] = &["order", "item", "settings", "tax_point"];

/// The one engine: it holds no state, and compiled expressions run on it from any thread.
pub(crate) fn language() -> &'static Language {
    static LANGUAGE: OnceLock<Language> = OnceLock::new();
    LANGUAGE.get_or_init(|| {
        let mut engine = Engine::new_raw();
        // not the core package: it sleeps
        ArithmeticPackage::new().register_into_engine(&mut engine);
        LogicPackage::new().register_into_engine(&mut engine);
        BasicStringPackage::new().register_into_engine(&mut engine);
        MoreStringPackage::new().register_into_engine(&mut engine);
        BasicArrayPackage::new().register_into_engine(&mut engine);
        BasicMathPackage::new().register_into_engine(&mut engine);
        bound(&mut engine);
        mark_optional_names(&mut engine);
        engine
            .register_type_with_name::<Node>("fields")
            .register_type_with_name::<Items>("list")
            .register_indexer_get(|node: &mut Node, name: &str| node.field(name))
            .register_indexer_get(Items::at)
            .register_indexer_get(Items::property)
            .register_fn("len", Items::len)
            .register_indexer_get(node::of_nothing);
        functions::register(&mut engine);
        let functions = engine.gen_fn_signatures(true).iter().filter_map(|signature| name_of(signature)).collect();
        Language { engine, functions }
    })
}

fn bound(engine: &mut Engine) {
    // of all expressions over one order: one of 400 lines takes some 60,000
    engine.set_max_operations(200_000);
    engine.set_max_expr_depths(64, 64);
    engine.set_max_call_levels(16);
    engine.set_max_string_size(64 * 1024);
    engine.set_max_array_size(4 * 1024);
    engine.set_max_map_size(256);
    engine.set_max_variables(16);
    engine.set_strict_variables(true);
    engine.set_optimization_level(OptimizationLevel::Simple);
    for symbol in ["eval", "Fn", "call", "curry", "is_def_fn", "is_def_var", "is_shared", "print", "debug"] {
        engine.disable_symbol(symbol);
    }
}

thread_local! {
    /// The token before was `?.`.
    static AFTER_QUESTION: Cell<bool> = const { Cell::new(false) };
}

fn mark_optional_names(engine: &mut Engine) {
    #[allow(
        deprecated,
        reason = "not deprecated: marked so because it may change; the version is fixed by the lock file"
    )]
    engine.on_parse_token(|token, _, _| match token {
        Token::Elvis => {
            AFTER_QUESTION.set(true);
            Token::Period
        }
        Token::Identifier(name) if AFTER_QUESTION.replace(false) => {
            Token::Identifier(Box::new(format!("{name}{OPTIONAL}").into()))
        }
        other => {
            AFTER_QUESTION.set(false);
            other
        }
    });
}

/// A function's name out of its signature; operators have none.
fn name_of(signature: &str) -> Option<String> {
    let name = signature.split('(').next()?.trim().rsplit(' ').next()?;
    name.starts_with(|c: char| c.is_ascii_alphabetic()).then(|| name.to_owned())
}

impl Language {
    /// Parses one expression.
    ///
    /// # Errors
    /// Where and why it is not one.
    pub(crate) fn compile(&self, expression: &str) -> Result<Compiled, Problem> {
        if expression.trim().is_empty() {
            return Err(Problem::new(ProblemCode::EmptyExpression, ""));
        }
        if expression.len() > MAX_EXPRESSION {
            return Err(Problem::new(ProblemCode::TooLarge, format!("{} > {MAX_EXPRESSION}", expression.len())));
        }
        AFTER_QUESTION.set(false);
        let mut names = Scope::new();
        for name in NAMES {
            names.push_dynamic(*name, Dynamic::UNIT);
        }
        let compiled = self.engine.compile_expression_with_scope(&names, expression);
        let known = NAMES.iter().copied().chain(self.functions.iter().map(String::as_str));
        let ast = compiled.map_err(|error| of_parsing(&error, known))?;
        match self.unknown_function(&ast) {
            Some(problem) => Err(problem),
            None => Ok(Compiled(ast)),
        }
    }

    /// A call of a function that there is not, also where this order would not come by.
    fn unknown_function(&self, ast: &AST) -> Option<Problem> {
        let mut found = None;
        ast.walk(&mut |path| {
            let (call, position) = match path.last() {
                Some(ASTNode::Expr(Expr::FnCall(call, position) | Expr::MethodCall(call, position)))
                | Some(ASTNode::Stmt(Stmt::FnCall(call, position))) => (call, position),
                _ => return true,
            };
            let name = call.name.trim_end_matches(OPTIONAL);
            if name.starts_with(|c: char| c.is_ascii_alphabetic()) && !self.functions.contains(name) {
                found = Some(Problem {
                    code: ProblemCode::UnknownFunction,
                    detail: name.to_owned(),
                    position: position.line().zip(position.position()),
                    near: nearest(name, self.functions.iter().map(String::as_str)),
                });
            }
            found.is_none()
        });
        found
    }

    /// Evaluates with what this thread has left of operations; see [`begin`].
    pub(crate) fn evaluate(&self, compiled: &Compiled, scope: &mut Scope<'_>) -> Result<Dynamic, Problem> {
        let bare = scope.len();
        let outcome = RUNTIME.with_borrow_mut(|runtime| {
            let (global, caches) =
                runtime.get_or_insert_with(|| (self.engine.new_global_runtime_state(), Caches::new()));
            #[allow(
                deprecated,
                reason = "the one way to keep resolved functions: twice as fast; fixed by the lock file"
            )]
            self.engine.eval_statements_raw(global, caches, scope, compiled.0.statements())
        });
        scope.rewind(bare);
        outcome.map_err(|error| of_evaluation(&error, |name| self.functions.contains(name)))
    }
}

/// Orders after which what a call resolves to is forgotten: names that nobody uses any more must not pile up.
const KEPT_FOR: u32 = 1000;

thread_local! {
    /// Counted operations, and which function a call resolves to, kept from one expression to the next.
    static RUNTIME: RefCell<Option<(GlobalRuntimeState, Caches)>> = const { RefCell::new(None) };
    static ORDERS: Cell<u32> = const { Cell::new(0) };
}

/// Begins an order on this thread: its expressions share one budget of operations.
pub(crate) fn begin() {
    let orders = ORDERS.get().wrapping_add(1);
    ORDERS.set(orders);
    RUNTIME.with_borrow_mut(|runtime| match runtime {
        Some(_) if orders.is_multiple_of(KEPT_FOR) => *runtime = None,
        Some((global, _)) => global.num_operations = Default::default(),
        None => {}
    });
}

impl Compiled {
    /// The value of an expression that is a plain constant.
    pub(crate) fn constant(&self) -> Option<Dynamic> {
        let mut statements = self.0.statements().iter();
        match (statements.next(), statements.next()) {
            (Some(Stmt::Expr(expression)), None) => match &**expression {
                Expr::BoolConstant(flag, _) => Some((*flag).into()),
                Expr::IntegerConstant(whole, _) => Some((*whole).into()),
                Expr::StringConstant(text, _) => Some(ImmutableString::clone(text).into()),
                _ => None,
            },
            _ => None,
        }
    }
}

//! The expression language: Rhai, expressions only, with every resource bounded.

use crate::functions;
use punte_domain::FailureKind;
use rhai::{AST, Dynamic, Engine, EvalAltResult, Position, Scope};
use std::sync::OnceLock;

/// An expression, parsed.
pub(crate) struct Compiled(AST);

/// Why an evaluation failed.
#[derive(Debug, Clone)]
pub(crate) struct Failed {
    pub kind: FailureKind,
    pub message: String,
    pub position: Option<(usize, usize)>,
}

pub(crate) struct Language(Engine);

/// The one engine: it holds no state, and compiled expressions run on it from any thread.
pub(crate) fn language() -> &'static Language {
    static LANGUAGE: OnceLock<Language> = OnceLock::new();
    LANGUAGE.get_or_init(|| {
        let mut engine = Engine::new();
        engine.set_max_operations(100_000);
        engine.set_max_expr_depths(64, 64);
        engine.set_max_call_levels(16);
        engine.set_max_string_size(64 * 1024);
        engine.set_max_array_size(4 * 1024);
        engine.set_max_map_size(4 * 1024);
        engine.set_max_variables(32);
        engine.set_strict_variables(false);
        engine.disable_symbol("eval");
        engine.on_print(|_| {});
        engine.on_debug(|_, _, _| {});
        functions::register(&mut engine);
        Language(engine)
    })
}

fn place(position: Position) -> Option<(usize, usize)> {
    Some((position.line()?, position.position()?))
}

/// A failure with a kind of its own, raised by one of our functions.
pub(crate) fn raise(kind: FailureKind, detail: String) -> Box<EvalAltResult> {
    EvalAltResult::ErrorRuntime(format!("{}\u{1f}{detail}", kind.as_str()).into(), Position::NONE).into()
}

impl Language {
    /// Parses one expression.
    ///
    /// # Errors
    /// Where (line, column) and why it is not one.
    pub(crate) fn compile(&self, expression: &str) -> Result<Compiled, (Option<(usize, usize)>, String)> {
        if expression.trim().is_empty() {
            return Err((None, "the expression is empty".to_owned()));
        }
        self.0
            .compile_expression(expression)
            .map(Compiled)
            .map_err(|error| (place(error.position()), error.err_type().to_string()))
    }

    pub(crate) fn evaluate(&self, compiled: &Compiled, scope: &mut Scope<'_>) -> Result<Dynamic, Failed> {
        let bare = scope.len();
        let outcome = self.0.eval_ast_with_scope::<Dynamic>(scope, &compiled.0);
        scope.rewind(bare);
        outcome.map_err(|error| failed(&error))
    }
}

fn failed(error: &EvalAltResult) -> Failed {
    let position = place(error.position());
    let raised = match error.unwrap_inner() {
        EvalAltResult::ErrorRuntime(value, _) => value.clone().into_string().ok(),
        _ => None,
    };
    if let Some((kind, detail)) = raised.as_deref().and_then(|text| text.split_once('\u{1f}'))
        && let Some(kind) = FailureKind::parse(kind)
    {
        return Failed { kind, message: detail.to_owned(), position };
    }
    Failed { kind: FailureKind::MappingError, message: error.unwrap_inner().to_string(), position }
}

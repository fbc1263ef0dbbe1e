//! What can be wrong with a mapping or with a value: a code whose words and fix are in the catalogues, and facts.

use punte_domain::FailureKind;
use rhai::{EvalAltResult, LexError, ParseError, ParseErrorType, Position};
use std::fmt;

macro_rules! codes {
    ($($variant:ident => $code:literal),+ $(,)?) => {
        /// Everything that can be wrong.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum ProblemCode { $($variant),+ }

        impl ProblemCode {
            pub const ALL: &'static [ProblemCode] = &[$(ProblemCode::$variant),+];

            /// Catalogue key.
            pub fn as_str(self) -> &'static str {
                match self { $(ProblemCode::$variant => $code),+ }
            }
        }
    };
}

codes! {
    // of an expression
    Syntax => "syntax",
    EmptyExpression => "empty_expression",
    UnknownName => "unknown_name",
    UnknownFunction => "unknown_function",
    TooLarge => "too_large",
    TooDeep => "too_deep",
    // of its value
    NotThere => "not_there",
    NotAFieldOf => "not_a_field_of",
    WrongType => "wrong_type",
    NotAnAmount => "not_an_amount",
    NotAFlag => "not_a_flag",
    NotPositive => "not_positive",
    NotAList => "not_a_list",
    NotADate => "not_a_date",
    NoTable => "no_table",
    NoRate => "no_rate",
    Totals => "totals",
    TooManyOperations => "too_many_operations",
    TooManyItems => "too_many_items",
    Other => "other",
    // of the document
    UnknownTarget => "unknown_target",
    TargetMissing => "target_missing",
    TargetTwice => "target_twice",
    BadDefault => "bad_default",
    BlockName => "block_name",
    NoLines => "no_lines",
    Settings => "settings",
}

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    pub code: ProblemCode,
    /// Facts: the name, the path, the amounts.
    pub detail: String,
    /// Line and column in the expression, from 1.
    pub position: Option<(usize, usize)>,
    /// What may have been meant: a field or function of a like name.
    pub near: Option<String>,
}

impl Problem {
    pub(crate) fn new(code: ProblemCode, detail: impl Into<String>) -> Self {
        Problem { code, detail: detail.into(), position: None, near: None }
    }

    /// The failure that a record is held with.
    pub(crate) fn kind(&self) -> FailureKind {
        match self.code {
            ProblemCode::NoRate => FailureKind::VatRateNotLegal,
            ProblemCode::Totals => FailureKind::TotalsDiffer,
            ProblemCode::NotPositive => FailureKind::FieldInvalid,
            ProblemCode::TooManyItems => FailureKind::TooManyLines,
            _ => FailureKind::MappingError,
        }
    }

    /// The facts as a record keeps them.
    pub(crate) fn facts(&self) -> String {
        match self.kind() {
            FailureKind::MappingError => self.to_string(),
            _ => self.detail.clone(),
        }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.detail.is_empty() {
            f.write_str(self.code.as_str())
        } else {
            write!(f, "{}: {}", self.code.as_str(), self.detail)
        }
    }
}

/// A rule that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{target}: {problem}")]
pub struct RuleError {
    /// `client.name`; in a block the field alone, or `items`, `when`.
    pub target: String,
    pub block: Option<String>,
    pub expression: String,
    pub problem: Problem,
}

/// A problem as one of our functions raises it.
pub(crate) fn raise(code: ProblemCode, detail: impl Into<String>) -> Box<EvalAltResult> {
    raise_problem(Problem::new(code, detail))
}

pub(crate) fn raise_problem(problem: Problem) -> Box<EvalAltResult> {
    EvalAltResult::ErrorRuntime(rhai::Dynamic::from(problem), Position::NONE).into()
}

/// The likest of some names, if any is like enough.
pub(crate) fn nearest<'n>(wanted: &str, names: impl Iterator<Item = &'n str>) -> Option<String> {
    names
        .map(|name| (strsim::jaro_winkler(wanted, name), name))
        .filter(|(likeness, _)| *likeness > 0.75)
        .max_by(|(one, _), (other, _)| one.total_cmp(other))
        .map(|(_, name)| name.to_owned())
}

fn place(position: Position) -> Option<(usize, usize)> {
    Some((position.line()?, position.position()?))
}

/// What the parser says, in our codes.
pub(crate) fn of_parsing<'n>(error: &ParseError, names: impl Iterator<Item = &'n str>) -> Problem {
    let (code, detail) = match error.err_type() {
        ParseErrorType::VariableUndefined(name) | ParseErrorType::ForbiddenVariable(name) => {
            (ProblemCode::UnknownName, name.clone())
        }
        ParseErrorType::ExprTooDeep => (ProblemCode::TooDeep, String::new()),
        ParseErrorType::LiteralTooLarge(what, _) => (ProblemCode::TooLarge, what.clone()),
        ParseErrorType::BadInput(LexError::StringTooLong(_)) => (ProblemCode::TooLarge, String::new()),
        other => (ProblemCode::Syntax, other.to_string().trim_end_matches('?').to_owned()),
    };
    let near = if code == ProblemCode::UnknownName { nearest(&detail, names) } else { None };
    Problem { code, detail, position: place(error.position()), near }
}

/// What an evaluation failed with, in our codes. `is_function` tells whether a name is one of a function.
pub(crate) fn of_evaluation(error: &EvalAltResult, is_function: impl Fn(&str) -> bool) -> Problem {
    let inner = error.unwrap_inner();
    let position = place(error.position());
    if let EvalAltResult::ErrorRuntime(value, _) = inner
        && let Some(raised) = value.clone().try_cast::<Problem>()
    {
        return Problem { position: raised.position.or(position), ..raised };
    }
    let (code, detail) = match inner {
        EvalAltResult::ErrorVariableNotFound(name, _) => (ProblemCode::UnknownName, name.clone()),
        EvalAltResult::ErrorFunctionNotFound(signature, _) => {
            let name = signature.split('(').next().unwrap_or_default().trim();
            let known = is_function(name) || !name.starts_with(|c: char| c.is_ascii_alphabetic());
            (if known { ProblemCode::WrongType } else { ProblemCode::UnknownFunction }, signature.clone())
        }
        EvalAltResult::ErrorMismatchDataType(wanted, found, _)
        | EvalAltResult::ErrorMismatchOutputType(wanted, found, _) => {
            (ProblemCode::WrongType, format!("{wanted} / {found}"))
        }
        EvalAltResult::ErrorIndexingType(what, _) | EvalAltResult::ErrorDotExpr(what, _) => {
            (ProblemCode::NotAFieldOf, what.clone())
        }
        EvalAltResult::ErrorPropertyNotFound(what, _) => (ProblemCode::NotThere, what.clone()),
        EvalAltResult::ErrorArrayBounds(_, index, _) | EvalAltResult::ErrorStringBounds(_, index, _) => {
            (ProblemCode::NotThere, format!("[{index}]"))
        }
        EvalAltResult::ErrorTooManyOperations(_) | EvalAltResult::ErrorTerminated(..) => {
            (ProblemCode::TooManyOperations, String::new())
        }
        EvalAltResult::ErrorDataTooLarge(what, _) => (ProblemCode::TooLarge, what.clone()),
        EvalAltResult::ErrorStackOverflow(_) => (ProblemCode::TooDeep, String::new()),
        other => (ProblemCode::Other, other.to_string()),
    };
    Problem { code, detail, position, near: None }
}

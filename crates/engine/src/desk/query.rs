//! What a person types into the search box, as a typed filter: words, and `field:value`.
//!
//! `-` before a field negates it, a comma means any of, quotes hold spaces, `>` and `<` compare, `..` is a range. Whatever is not
//! understood is named with its place and left out of the filter: a half-typed search still answers.

use super::dates;
use super::fields::{Choice, FieldKind, FieldSpec, Known, choices, find, is_currency};
use punte_store::ledger::SEARCHED_CHARS;
use punte_store::ledger::table::{Clause, Field, Filter, ListName, Test};
use rust_decimal::prelude::ToPrimitive;
use rust_decimal::{Decimal, dec};

/// Something in a search that was not understood, by the places of its characters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueryProblem {
    pub from: usize,
    pub to: usize,
    /// `unknown_field`, `bad_value`, `bad_amount`, `bad_date`, `unclosed_quote`.
    pub code: &'static str,
    /// What stands there.
    pub text: String,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Parsed {
    pub filter: Filter,
    pub problems: Vec<QueryProblem>,
}

/// Longest search that is read.
const MOST_CHARS: usize = 2_000;

/// Reads a search. `now_ms` is what `today` is counted from.
pub fn parse(list: ListName, text: &str, known: &Known, now_ms: i64) -> Parsed {
    let chars: Vec<char> = text.chars().take(MOST_CHARS).collect();
    let mut parsed = Parsed::default();
    let mut words: Vec<String> = Vec::new();
    for piece in pieces(&chars) {
        if piece.is_unclosed {
            parsed.problems.push(problem(&chars, piece.from, piece.to, "unclosed_quote"));
        }
        let Some(term) = Term::of(&chars, &piece) else {
            words.push(chars[piece.from..piece.to].iter().filter(|c| **c != '"').collect());
            continue;
        };
        let Some(spec) = find(list, &term.name) else {
            parsed.problems.push(problem(&chars, piece.from, piece.to, "unknown_field"));
            continue;
        };
        if term.value_from >= piece.to {
            // nothing typed after the colon yet: no filter, and no error either
            continue;
        }
        match test(list, spec, &chars, &piece, &term, known, now_ms) {
            Ok(test) => parsed.filter.clauses.push(Clause { field: spec.field, negated: term.negated, test }),
            Err((code, from, to)) => parsed.problems.push(problem(&chars, from, to, code)),
        }
    }
    parsed.filter.words = words.join(" ").trim().to_owned();
    if !parsed.filter.words.is_empty() && !is_searchable(&parsed.filter.words) {
        parsed.problems.push(problem(&chars, 0, chars.len(), "bad_value"));
    }
    parsed
}

/// Whether the search can tell rows by a text: one without a letter or a digit would be met by every row, and one that is cut by
/// more rows than it names.
fn is_searchable(text: &str) -> bool {
    text.chars().count() <= SEARCHED_CHARS && text.chars().any(char::is_alphanumeric)
}

fn problem(chars: &[char], from: usize, to: usize, code: &'static str) -> QueryProblem {
    QueryProblem { from, to, code, text: chars[from..to].iter().collect() }
}

/// A stretch without spaces outside quotes.
struct Piece {
    from: usize,
    to: usize,
    is_unclosed: bool,
}

fn pieces(chars: &[char]) -> Vec<Piece> {
    let mut found = Vec::new();
    let mut at = 0;
    while at < chars.len() {
        if chars[at].is_whitespace() {
            at += 1;
            continue;
        }
        let from = at;
        let mut quoted = false;
        while at < chars.len() && (quoted || !chars[at].is_whitespace()) {
            quoted ^= chars[at] == '"';
            at += 1;
        }
        found.push(Piece { from, to: at, is_unclosed: quoted });
    }
    found
}

/// `field:value`, or `field>value`.
struct Term {
    name: String,
    negated: bool,
    value_from: usize,
}

impl Term {
    fn of(chars: &[char], piece: &Piece) -> Option<Term> {
        let negated = chars[piece.from] == '-';
        let from = piece.from + usize::from(negated);
        let end = (from..piece.to).find(|at| !(chars[*at].is_alphabetic() || chars[*at] == '_'))?;
        if end == from || !matches!(chars[end], ':' | '>' | '<' | '=') {
            return None;
        }
        let value_from = if matches!(chars[end], ':' | '=') { end + 1 } else { end };
        Some(Term { name: chars[from..end].iter().collect(), negated, value_from })
    }
}

type Misread = (&'static str, usize, usize);

/// The parts of a value between commas, without their quotes, each with its place.
fn parts(chars: &[char], from: usize, to: usize) -> Vec<(String, usize, usize)> {
    let mut found = Vec::new();
    let (mut text, mut start, mut quoted) = (String::new(), from, false);
    for (at, c) in chars.iter().enumerate().take(to).skip(from) {
        match *c {
            '"' => quoted = !quoted,
            ',' if !quoted => {
                found.push((std::mem::take(&mut text), start, at));
                start = at + 1;
            }
            c => text.push(c),
        }
    }
    found.push((text, start, to));
    found.retain(|(text, _, _)| !text.trim().is_empty());
    found
}

fn test(
    list: ListName,
    spec: &FieldSpec,
    chars: &[char],
    piece: &Piece,
    term: &Term,
    known: &Known,
    now_ms: i64,
) -> Result<Test, Misread> {
    let parts = parts(chars, term.value_from, piece.to);
    let Some((first, from, to)) = parts.first().cloned() else {
        return Err(("bad_value", piece.from, piece.to));
    };
    match spec.kind {
        FieldKind::Amount => {
            // a decimal comma, as people write it here
            let text: String = chars[term.value_from..piece.to].iter().collect();
            let (from, to) = amounts(&text).ok_or(("bad_amount", term.value_from, piece.to))?;
            Ok(Test::Between(from, to))
        }
        FieldKind::Date => match parts.as_slice() {
            [_] => dates::range(&first, now_ms).map(|(from, to)| Test::Between(from, to)).ok_or(("bad_date", from, to)),
            _ => Err(("bad_date", term.value_from, piece.to)),
        },
        FieldKind::Choice => {
            let choices = choices(list, spec.field, known);
            let mut values = Vec::new();
            for (text, from, to) in parts {
                values.push(choose(spec.field, &choices, &text).ok_or(("bad_value", from, to))?);
            }
            Ok(Test::AnyOf(values))
        }
        FieldKind::Text => {
            let searched = matches!(spec.field, Field::Client | Field::Email);
            if let Some((_, from, to)) = parts.iter().find(|(text, _, _)| searched && !is_searchable(text)) {
                return Err(("bad_value", *from, *to));
            }
            Ok(texts(spec.field, parts.into_iter().map(|(text, _, _)| text.trim().to_owned()).collect()))
        }
    }
}

fn choose(field: Field, choices: &[Choice], text: &str) -> Option<String> {
    let wanted = text.trim().to_lowercase();
    let code = wanted.replace([' ', '-'], "_");
    let is_named = |choice: &&Choice| {
        let label = choice.label.as_ref().map(|label| label.to_lowercase());
        choice.value.to_lowercase() == code
            || choice.value.to_lowercase() == wanted
            || label.is_some_and(|l| l == wanted)
    };
    if let Some(found) = choices.iter().find(is_named) {
        return Some(found.value.clone());
    }
    // a connection by a part of its name, where only one has it
    let mut partly =
        choices.iter().filter(|one| one.label.as_ref().is_some_and(|l| l.to_lowercase().contains(&wanted)));
    if let (Some(one), None) = (partly.next(), partly.next()) {
        return Some(one.value.clone());
    }
    (field == Field::Currency && is_currency(text)).then(|| text.trim().to_uppercase())
}

fn texts(field: Field, values: Vec<String>) -> Test {
    match field {
        Field::Client | Field::Email => Test::Words(values),
        Field::Order => Test::AnyOf(values.into_iter().map(|value| value.trim_start_matches('#').to_owned()).collect()),
        Field::Invoice => Test::Numbers(values.iter().map(|value| number(value)).collect()),
        // with and without the country, however the source has it
        Field::TaxId => Test::AnyOf(
            values
                .into_iter()
                .flat_map(|value| {
                    let upper: String = value.to_uppercase().split_whitespace().collect();
                    let bare = upper.strip_prefix("RO").map(str::to_owned).unwrap_or_else(|| upper.clone());
                    [format!("RO{bare}"), bare]
                })
                .collect(),
        ),
        Field::Reference => Test::AnyOf(
            values
                .into_iter()
                .map(|value| value.to_uppercase())
                .map(|value| if value.starts_with("PNT-") { value } else { format!("PNT-{value}") })
                .collect(),
        ),
        _ => Test::AnyOf(values),
    }
}

/// `FCT0007`, `FCT 7` or `7`: series and number.
fn number(text: &str) -> (Option<String>, String) {
    let digits = text.chars().rev().take_while(char::is_ascii_digit).count();
    let (series, number) = text.split_at(text.len() - digits);
    let series = series.trim_matches(|c: char| c.is_whitespace() || c == '-').to_owned();
    if digits == 0 { (None, series) } else { (Some(series).filter(|series| !series.is_empty()), number.to_owned()) }
}

type Bounds = (Option<i64>, Option<i64>);

/// `>500`, `>=500`, `<500`, `<=500`, `100..200`, `500`: minor units from the first on, and before the second.
fn amounts(text: &str) -> Option<Bounds> {
    let text = text.trim();
    if let Some((from, to)) = text.split_once("..") {
        let bound = |text: &str| if text.trim().is_empty() { Some(None) } else { minor(text).map(Some) };
        let (from, to) = (bound(from)?, bound(to)?);
        let behind = match to {
            Some(to) => Some(to.checked_add(1)?),
            None => None,
        };
        return (from.is_some() || to.is_some()).then_some((from, behind));
    }
    if let Some(rest) = text.strip_prefix(">=") {
        return Some((Some(minor(rest)?), None));
    }
    if let Some(rest) = text.strip_prefix("<=") {
        return Some((None, Some(minor(rest)?.checked_add(1)?)));
    }
    if let Some(rest) = text.strip_prefix('>') {
        return Some((Some(minor(rest)?.checked_add(1)?), None));
    }
    if let Some(rest) = text.strip_prefix('<') {
        return Some((None, Some(minor(rest)?)));
    }
    let exact = minor(text)?;
    Some((Some(exact), Some(exact.checked_add(1)?)))
}

fn minor(text: &str) -> Option<i64> {
    let text = text.trim();
    // 1.204,50 and 1204,50 and 1204.50
    let text = if text.contains(',') { text.replace('.', "").replace(',', ".") } else { text.to_owned() };
    let amount: Decimal = text.parse().ok()?;
    (amount.checked_mul(dec!(100))?).round().to_i64()
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: i64 = 1_795_600_000_000;

    fn known() -> Known {
        let one = |value: &str, label: &str| Choice { value: value.into(), label: Some(label.into()) };
        Known {
            connections: vec![one("con_1", "Oblio · Atelier"), one("con_2", "SmartBill · Atelier")],
            currencies: vec!["RON".into()],
            reasons: vec!["no_flow".into()],
        }
    }

    fn read(text: &str) -> Parsed {
        parse(ListName::Documents, text, &known(), NOW)
    }

    fn only(text: &str) -> Clause {
        let parsed = read(text);
        assert_eq!(parsed.problems, [], "{text}");
        assert_eq!(parsed.filter.clauses.len(), 1, "{text}");
        parsed.filter.clauses[0].clone()
    }

    #[test]
    fn words_and_fields_stand_side_by_side() {
        let parsed = read("popescu status:held,in_doubt  cluj");
        assert_eq!(parsed.filter.words, "popescu cluj");
        assert_eq!(parsed.filter.clauses[0].test, Test::AnyOf(vec!["held".into(), "in_doubt".into()]));
        assert_eq!(read("\"ana maria\" 12:30").filter.words, "ana maria 12:30");
    }

    #[test]
    fn amounts_compare_and_span() {
        for (text, bounds) in [
            ("total:>500", (Some(50_001), None)),
            ("total:>=500", (Some(50_000), None)),
            ("amount>500", (Some(50_001), None)),
            ("amount<=10.5", (None, Some(1_051))),
            ("total:<10,50", (None, Some(1_050))),
            ("total:100..200", (Some(10_000), Some(20_001))),
            ("total:..200", (None, Some(20_001))),
            ("total:1.204,50", (Some(120_450), Some(120_451))),
            ("total:>-5", (Some(-499), None)),
        ] {
            assert_eq!(only(text).test, Test::Between(bounds.0, bounds.1), "{text}");
        }
    }

    #[test]
    fn values_are_known_by_code_and_by_name() {
        assert_eq!(only("is:\"in doubt\"").test, Test::AnyOf(vec!["in_doubt".into()]));
        assert_eq!(only("-connection:oblio").test, Test::AnyOf(vec!["con_1".into()]));
        assert!(only("-connection:oblio").negated);
        assert_eq!(only("currency:eur").test, Test::AnyOf(vec!["EUR".into()]));
        assert_eq!(read("connection:atelier").problems[0].code, "bad_value", "two have it");
    }

    #[test]
    fn numbers_are_found_however_they_are_written() {
        for text in ["invoice:FCT0007", "invoice:\"FCT 0007\"", "number:FCT-0007"] {
            assert_eq!(only(text).test, Test::Numbers(vec![(Some("FCT".into()), "0007".into())]), "{text}");
        }
        assert_eq!(only("invoice:7").test, Test::Numbers(vec![(None, "7".into())]));
        assert_eq!(only("cui:12345674").test, Test::AnyOf(vec!["RO12345674".into(), "12345674".into()]));
        assert_eq!(only("order:#1042").test, Test::AnyOf(vec!["1042".into()]));
    }

    #[test]
    fn what_is_not_understood_is_named_with_its_place_and_left_out() {
        let parsed = read("ana șters:x status:nope total:abc issued:2026-13 client:\"ana");
        let told: Vec<_> = parsed.problems.iter().map(|p| (p.code, p.from, p.to, p.text.as_str())).collect();
        assert_eq!(
            told,
            [
                ("unknown_field", 4, 11, "șters:x"),
                ("bad_value", 19, 23, "nope"),
                ("bad_amount", 30, 33, "abc"),
                ("bad_date", 41, 48, "2026-13"),
                ("unclosed_quote", 49, 60, "client:\"ana"),
            ]
        );
        assert_eq!(parsed.filter.words, "ana");
        assert_eq!(parsed.filter.clauses.len(), 1, "the open quote is read to the end");
        assert_eq!(read("status:").problems, [], "nothing typed yet");
        for text in ["client:\"--\"", "***", "-client:.", &"ana ".repeat(60)] {
            assert_eq!(read(text).problems[0].code, "bad_value", "{text}: it would tell no rows from others");
        }
        for text in ["total:92233720368547758.07", "total:>92233720368547758.07", "total:<=92233720368547758.07"] {
            assert_eq!(read(text).problems[0].code, "bad_amount", "{text}");
        }
    }
}

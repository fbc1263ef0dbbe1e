//! A record's edits put into what its mapping makes: after the mapping, before the checks.

use crate::decide::ActiveMapping;
use punte_domain::{Draft, DraftEdit, DraftProblem, apply_edits};
use punte_mapping::{Evaluation, Mapping, MappingContext, Rule, TARGETS, WhenEmpty};
use serde_json::Value;

/// What is checked against, and so never set by hand.
const NOT_EDITED: [&str; 2] = ["document.total", "document.vat_total"];

/// Fields outside lines that a record's edits may set, in the order of the document.
pub(super) fn editable_targets() -> impl Iterator<Item = String> {
    TARGETS
        .iter()
        .filter(|target| target.section != "line")
        .map(|target| format!("{}.{}", target.section, target.name))
        .filter(|field| !NOT_EDITED.contains(&field.as_str()))
}

/// An evaluation with a record's edits. What an edit cannot set is a problem of the draft, which keeps it from being sent.
pub(crate) fn with_edits(
    made: Evaluation,
    edits: &[DraftEdit],
    mapping: &ActiveMapping,
    raw: &Value,
    context: &MappingContext,
) -> Evaluation {
    if edits.is_empty() {
        return made;
    }
    let mut made = match made.draft {
        Some(_) => made,
        None => in_place(&mapping.document, edits, raw, context).unwrap_or(made),
    };
    let Some(draft) = &mut made.draft else { return made };
    let own = draft.problems();
    let mut further: Vec<DraftProblem> = made.problems.drain(..).filter(|problem| !own.contains(problem)).collect();
    match apply_edits(draft, edits) {
        Ok(()) => {
            // who sets amounts or rates by hand answers for a sum of VAT that is another than the shop's
            if edits.iter().any(|edit| sets_amounts(&edit.field)) {
                further.clear();
            }
        }
        Err(problems) => further.splice(0..0, problems).for_each(drop),
    }
    made.problems = draft.problems();
    made.problems.splice(0..0, further);
    made
}

fn sets_amounts(field: &str) -> bool {
    field == "document.currency"
        || [".quantity", ".unit_price", ".vat_rate"]
            .iter()
            .any(|name| field.starts_with("lines[") && field.ends_with(name))
}

/// Where the mapping makes no draft because of a field that is set by hand, the mapping with that field set: its rule does
/// not matter then.
fn in_place(mapping: &Mapping, edits: &[DraftEdit], raw: &Value, context: &MappingContext) -> Option<Evaluation> {
    let mut mapping = mapping.clone();
    let mut is_set = false;
    for edit in edits {
        let Some((section, name)) = edit.field.split_once('.') else { continue };
        if !editable_targets().any(|field| field == edit.field) {
            continue;
        }
        let fields = match section {
            "client" => &mut mapping.client,
            "document" => &mut mapping.document,
            _ => &mut mapping.payment,
        };
        let value = edit.value.trim();
        let rule = Rule {
            // without a value the field is left out, as the draft's own checks allow or not
            expression: if value.is_empty() { "\"\"".to_owned() } else { String::new() },
            default: Some(value.to_owned()).filter(|value| !value.is_empty()),
            when_empty: if value.is_empty() { WhenEmpty::LeaveOut } else { WhenEmpty::Default },
            note: String::new(),
        };
        fields.insert(name.to_owned(), rule);
        is_set = true;
    }
    let compiled = if is_set { punte_mapping::compile(&mapping).ok() } else { None };
    compiled.map(|compiled| compiled.evaluate(raw, context)).filter(|made| made.draft.is_some())
}

/// What a record's edits make of a draft, for comparing; the draft itself where they cannot be made.
pub(super) fn edited(draft: &Draft, edits: &[DraftEdit]) -> Draft {
    let mut edited = draft.clone();
    // a draft that cannot be edited is left as it is, and its problems say why
    let _ = apply_edits(&mut edited, edits);
    edited
}

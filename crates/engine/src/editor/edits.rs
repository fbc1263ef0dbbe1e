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

/// An evaluation with what the flow's rules say of a draft, and a record's edits. What an edit cannot set is a problem of the
/// draft, which keeps it from being sent. A proforma has no payment, whoever sets one.
pub(crate) fn with_edits(
    made: Evaluation,
    edits: &[DraftEdit],
    mapping: &ActiveMapping,
    raw: &Value,
    context: &MappingContext,
    (ruled, is_proforma): (impl Fn(&mut Draft), bool),
) -> Evaluation {
    let mut made = match made.draft {
        None if !edits.is_empty() => in_place(&mapping.document, edits, raw, context).unwrap_or(made),
        _ => made,
    };
    let Some(draft) = &mut made.draft else { return made };
    let own = draft.problems();
    // the flow's rules before the person's hand, which has the last word
    ruled(draft);
    let pays_all = draft.payment.as_ref().is_some_and(|payment| payment.value == draft.total());
    let mut further: Vec<DraftProblem> = made.problems.iter().filter(|one| !own.contains(one)).cloned().collect();
    match apply_edits(draft, edits) {
        Ok(()) => {
            // who sets amounts or rates by hand answers for a sum of VAT that is another than the shop's
            if edits.iter().any(|edit| sets_amounts(&edit.field)) {
                further.clear();
            }
        }
        Err(problems) => further.splice(0..0, problems).for_each(drop),
    }
    let total = draft.total();
    let sets_value = edits.iter().any(|edit| edit.field == "payment.value");
    if let Some(payment) = draft.payment.as_mut().filter(|_| pays_all && !sets_value) {
        // the whole is paid, whatever it comes to now
        payment.value = total;
    }
    if is_proforma {
        draft.payment = None;
    }
    let problems = draft.problems();
    if !edits.is_empty() || problems != own {
        made.problems = problems;
        made.problems.splice(0..0, further);
    }
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

#[cfg(test)]
mod tests {
    use super::*;
    use punte_domain::rules::{CollectRule, CollectWhen};
    use punte_domain::{CollectKind, Facts, FailureKind, FlowRules};
    use rust_decimal::{Decimal, dec};
    use serde_json::json;

    /// Payment and problems of an order over 121 lei whose line comes to 100, collected now as `kind`, with these edits.
    fn planned(edits: &[(&str, &str)], kind: CollectKind, is_proforma: bool) -> (Option<Decimal>, Vec<FailureKind>) {
        let document = punte_mapping::preset("generic").unwrap();
        let compiled = punte_mapping::compile(&document).unwrap();
        let mapping = ActiveMapping { id: "map_1".into(), version: 1, document, compiled };
        let raw = json!({ "number": "1", "date": "2026-11-18T10:00:00+02:00", "currency": "RON", "total": "121.00",
            "customer": { "name": "Ana Pop", "address": "Str. Morii 1", "city": "Cluj-Napoca", "county": "CJ", "country": "RO" },
            "lines": [{ "kind": "product", "name": "Cană", "unit": "buc", "quantity": "2", "unit_price": "50.00", "vat_rate": "21" }] });
        let rules = FlowRules {
            collect: vec![CollectRule { method: String::new(), when: CollectWhen::Now, kind }],
            receipt_series: "CHT".into(),
            ..FlowRules::default()
        };
        let edit = |(field, value): &(&str, &str)| DraftEdit {
            field: (*field).to_owned(),
            value: (*value).to_owned(),
            line: None,
        };
        let edits: Vec<DraftEdit> = edits.iter().map(edit).collect();
        let context = MappingContext { tax_point: "2026-11-18".parse().unwrap(), settings: serde_json::Map::new() };
        let made = mapping.compiled.evaluate(&raw, &context);
        let ruled = |draft: &mut Draft| rules.apply(draft, &Facts::default(), "1");
        let planned = with_edits(made, &edits, &mapping, &raw, &context, (ruled, is_proforma));
        let payment = planned.draft.unwrap().payment.map(|payment| payment.value);
        (payment, planned.problems.into_iter().map(|problem| problem.kind).collect())
    }

    #[test]
    fn a_payment_over_the_whole_follows_lines_that_are_mended_by_hand() {
        assert_eq!(planned(&[], CollectKind::Card, false), (Some(dec!(100)), vec![FailureKind::TotalsDiffer]));
        let mended = [("lines[1].unit_price", "60.5")];
        assert_eq!(planned(&mended, CollectKind::Card, false), (Some(dec!(121)), vec![]));
        let said = [("lines[1].unit_price", "60.5"), ("payment.value", "20")];
        assert_eq!(planned(&said, CollectKind::Card, false), (Some(dec!(20)), vec![]), "a person's word is the last");
    }

    #[test]
    fn more_cash_than_the_law_allows_keeps_a_draft_and_what_it_allows_does_not() {
        let much = [("lines[1].unit_price", "5500")];
        let (value, problems) = planned(&much, CollectKind::Cash, false);
        assert_eq!(value, Some(dec!(11000)));
        assert!(problems.contains(&FailureKind::CashLimit), "{problems:?}");
        let mended = [("lines[1].unit_price", "60.5")];
        assert_eq!(planned(&mended, CollectKind::Cash, false), (Some(dec!(121)), vec![]));
    }

    #[test]
    fn a_proforma_has_no_payment_whoever_sets_one() {
        let set = [("lines[1].unit_price", "60.5"), ("payment.kind", "card"), ("payment.value", "121")];
        assert_eq!(planned(&set, CollectKind::Card, true), (None, vec![]));
    }
}

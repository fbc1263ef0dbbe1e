//! One record's draft changed by hand: its fields by name, edits of them, and what differs between two drafts.
//!
//! Owns the names by which a draft's fields are edited, and how their text is read. Refuses to touch what the draft is checked
//! against (the order's total, the tax point) or where a line came from, so that an edit can mend a draft and can't make the
//! checks pass by moving what they compare with.

use crate::draft::{CollectKind, Draft, DraftProblem, Line, Payment};
use crate::failure::FailureKind;
use crate::money::{Currency, parse_decimal};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Decimals of a unit price on a document.
const PRICE_DECIMALS: u32 = 4;

/// One field of a record's draft, set by hand.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DraftEdit {
    /// `client.city`, `lines[2].vat_rate` (lines from 1), `document.mentions`.
    pub field: String,
    /// As text: decimals with a point, flags `true` or `false`; blank for nothing.
    pub value: String,
    /// Of a line's field the line's name as the mapping made it when this was set; `None`: not asked for. The edit is not made
    /// to another line that took its place.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line: Option<String>,
}

/// A field in which two drafts differ.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldChange {
    /// As in [`DraftEdit`]; or `total`, the sum of the lines.
    pub field: String,
    /// `None` where the field was not there: its line was added.
    pub before: Option<String>,
    /// `None` where the field is gone with its line.
    pub after: Option<String>,
}

impl CollectKind {
    pub const ALL: [CollectKind; 5] = [
        CollectKind::Card,
        CollectKind::BankTransfer,
        CollectKind::CashOnDelivery,
        CollectKind::Cash,
        CollectKind::Other,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            CollectKind::Card => "card",
            CollectKind::BankTransfer => "bank_transfer",
            CollectKind::CashOnDelivery => "cash_on_delivery",
            CollectKind::Cash => "cash",
            CollectKind::Other => "other",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        CollectKind::ALL.into_iter().find(|kind| kind.as_str() == text)
    }
}

/// Every field that can be edited, by name, in the order of the document, with its value as text.
pub fn fields(draft: &Draft) -> Vec<(String, String)> {
    let client = &draft.client;
    let mut fields: Vec<(String, String)> = [
        ("client.name", client.name.clone()),
        ("client.is_company", client.is_company.to_string()),
        ("client.tax_id", client.tax_id.clone()),
        ("client.vat_payer", client.vat_payer.to_string()),
        ("client.reg_com", client.reg_com.clone()),
        ("client.address", client.address.clone()),
        ("client.city", client.city.clone()),
        ("client.county", client.county.clone()),
        ("client.country", client.country.clone()),
        ("client.email", client.email.clone()),
        ("client.phone", client.phone.clone()),
        ("document.currency", draft.currency.code().to_owned()),
        ("document.language", draft.language.clone()),
        ("document.due_days", draft.due_days.map_or_else(String::new, |days| days.to_string())),
        ("document.mentions", draft.mentions.clone()),
    ]
    .map(|(field, value)| (field.to_owned(), value))
    .into();
    for (index, line) in draft.lines.iter().enumerate() {
        let line = line_fields(line).map(|(name, value)| (format!("lines[{}].{name}", index + 1), value));
        fields.extend(line);
    }
    let payment = PaymentText::of(draft.payment.as_ref());
    fields.extend(payment.fields().map(|(name, value)| (format!("payment.{name}"), value.to_owned())));
    fields
}

fn line_fields(line: &Line) -> [(&'static str, String); 8] {
    [
        ("name", line.name.clone()),
        ("code", line.code.clone()),
        ("description", line.description.clone()),
        ("unit", line.unit.clone()),
        ("quantity", text_of(line.quantity)),
        ("unit_price", text_of(line.unit_price)),
        ("vat_rate", text_of(line.vat_rate)),
        ("is_service", line.is_service.to_string()),
    ]
}

fn text_of(number: Decimal) -> String {
    number.normalize().to_string()
}

/// The edits with the names of the lines that they are meant for.
pub fn anchored(draft: &Draft, edits: Vec<DraftEdit>) -> Vec<DraftEdit> {
    let named = |edit: DraftEdit| DraftEdit { line: line_of(draft, &edit.field).map(|line| line.name.clone()), ..edit };
    edits.into_iter().map(named).collect()
}

/// The line that a field is of.
fn line_of<'d>(draft: &'d Draft, field: &str) -> Option<&'d Line> {
    draft.lines.get(line_index(field.split_once('.')?.0)?)
}

/// `line` is `lines[n]`, n from 1.
fn line_index(line: &str) -> Option<usize> {
    let position = line.strip_prefix("lines[").and_then(|rest| rest.strip_suffix(']'))?;
    position.parse::<usize>().ok()?.checked_sub(1)
}

/// Sets fields of a draft; of two edits of one field the later holds. Of the draft's own checks only the sizes of its numbers
/// are made here.
///
/// # Errors
/// Every edit that cannot be made, by its field: an unknown field, a line that is not there or is another by now, a text that
/// is no such value, a number beyond reckoning. The draft is left as it was then.
pub fn apply_edits(draft: &mut Draft, edits: &[DraftEdit]) -> Result<(), Vec<DraftProblem>> {
    let mut edited = draft.clone();
    let mut payment = PaymentText::of(draft.payment.as_ref());
    let mut problems = Vec::new();
    let mut touches_payment = false;
    for edit in edits {
        if let (Some(meant), Some(line)) = (&edit.line, line_of(draft, &edit.field))
            && *meant != line.name
        {
            problems.push(Wrong::Moved(format!("{meant} != {}", line.name)).problem(edit));
            continue;
        }
        let set = match edit.field.split_once('.') {
            Some(("client", name)) => set_client(&mut edited, name, &edit.value),
            Some(("document", name)) => set_document(&mut edited, name, &edit.value),
            Some(("payment", name)) => {
                touches_payment = true;
                payment.set(name, &edit.value)
            }
            Some((line, name)) => set_line(&mut edited.lines, line, name, &edit.value),
            None => Err(Wrong::Field),
        };
        if let Err(wrong) = set {
            problems.push(wrong.problem(edit));
        }
    }
    if touches_payment && problems.is_empty() {
        match payment.read() {
            Ok(payment) => edited.payment = payment,
            Err(problem) => problems.push(problem),
        }
    }
    if !problems.is_empty() {
        return Err(problems);
    }
    edited.check_sizes()?;
    *draft = edited;
    Ok(())
}

/// What differs between two drafts: fields by name, lines by their place, and the total.
pub fn diff_drafts(before: &Draft, after: &Draft) -> Vec<FieldChange> {
    let (old, new) = (fields(before), fields(after));
    let by_name = |fields: &[(String, String)]| fields.iter().cloned().collect::<BTreeMap<String, String>>();
    let (old_values, new_values) = (by_name(&old), by_name(&new));
    let gone = old.iter().filter(|(field, _)| !new_values.contains_key(field));
    let mut changes: Vec<FieldChange> = new
        .iter()
        .chain(gone)
        .map(|(field, _)| FieldChange {
            field: field.clone(),
            before: old_values.get(field).cloned(),
            after: new_values.get(field).cloned(),
        })
        .filter(|change| change.before != change.after)
        .collect();
    let totals = (text_of(before.total()), text_of(after.total()));
    if totals.0 != totals.1 {
        changes.push(FieldChange { field: "total".to_owned(), before: Some(totals.0), after: Some(totals.1) });
    }
    changes
}

/// Why an edit cannot be made.
enum Wrong {
    /// There is no such field.
    Field,
    /// The text is no such value.
    Value,
    /// The line is another by now: what was meant, and what stands there.
    Moved(String),
}

impl Wrong {
    fn problem(self, edit: &DraftEdit) -> DraftProblem {
        let detail = match self {
            Wrong::Field => String::new(),
            Wrong::Value => edit.value.chars().take(60).collect(),
            Wrong::Moved(names) => names,
        };
        DraftProblem { field: edit.field.clone(), kind: FailureKind::FieldInvalid, detail }
    }
}

fn flag(value: &str) -> Result<bool, Wrong> {
    value.trim().parse().map_err(|_| Wrong::Value)
}

fn number(value: &str) -> Result<Decimal, Wrong> {
    parse_decimal(value).map_err(|_| Wrong::Value)
}

fn set_client(draft: &mut Draft, name: &str, value: &str) -> Result<(), Wrong> {
    let client = &mut draft.client;
    let text = match name {
        "is_company" => {
            client.is_company = flag(value)?;
            return Ok(());
        }
        "vat_payer" => {
            client.vat_payer = flag(value)?;
            return Ok(());
        }
        "name" => &mut client.name,
        "tax_id" => &mut client.tax_id,
        "reg_com" => &mut client.reg_com,
        "address" => &mut client.address,
        "city" => &mut client.city,
        "county" => &mut client.county,
        "country" => &mut client.country,
        "email" => &mut client.email,
        "phone" => &mut client.phone,
        _ => return Err(Wrong::Field),
    };
    *text = value.trim().to_owned();
    Ok(())
}

fn set_document(draft: &mut Draft, name: &str, value: &str) -> Result<(), Wrong> {
    let value = value.trim();
    match name {
        "currency" => draft.currency = Currency::parse(value).map_err(|_| Wrong::Value)?,
        "language" => draft.language = value.to_owned(),
        "due_days" if value.is_empty() => draft.due_days = None,
        "due_days" => draft.due_days = Some(value.parse().map_err(|_| Wrong::Value)?),
        "mentions" => draft.mentions = value.to_owned(),
        _ => return Err(Wrong::Field),
    }
    Ok(())
}

fn set_line(lines: &mut [Line], line: &str, name: &str, value: &str) -> Result<(), Wrong> {
    let line = line_index(line).and_then(|index| lines.get_mut(index)).ok_or(Wrong::Field)?;
    match name {
        "name" => line.name = value.trim().to_owned(),
        "code" => line.code = value.trim().to_owned(),
        "description" => line.description = value.trim().to_owned(),
        "unit" => line.unit = value.trim().to_owned(),
        "quantity" => line.quantity = number(value)?,
        "unit_price" => {
            let price = number(value)?;
            if price.normalize().scale() > PRICE_DECIMALS {
                return Err(Wrong::Value);
            }
            line.unit_price = price;
        }
        "vat_rate" => {
            line.vat_rate = number(value)?;
            // a name belongs to the rate that it was chosen for
            line.vat_name = String::new();
        }
        "is_service" => line.is_service = flag(value)?,
        _ => return Err(Wrong::Field),
    }
    Ok(())
}

/// A payment while it is edited: it may come to be, or go, by several edits together.
struct PaymentText {
    kind: String,
    value: String,
    document_number: String,
    was_there: bool,
}

impl PaymentText {
    fn of(payment: Option<&Payment>) -> Self {
        PaymentText {
            kind: payment.map_or_else(String::new, |payment| payment.kind.as_str().to_owned()),
            value: payment.map_or_else(String::new, |payment| text_of(payment.value)),
            document_number: payment.map_or_else(String::new, |payment| payment.document_number.clone()),
            was_there: payment.is_some(),
        }
    }

    fn fields(&self) -> [(&'static str, &str); 3] {
        [("kind", &self.kind), ("value", &self.value), ("document_number", &self.document_number)]
    }

    fn set(&mut self, name: &str, value: &str) -> Result<(), Wrong> {
        let value = value.trim().to_owned();
        match name {
            "kind" => self.kind = value,
            "value" => self.value = value,
            "document_number" => self.document_number = value,
            _ => return Err(Wrong::Field),
        }
        Ok(())
    }

    /// A payment goes with its kind; one that was not there needs a kind to come.
    fn read(&self) -> Result<Option<Payment>, DraftProblem> {
        let wrong = |name: &str, value: &str| {
            Wrong::Value.problem(&DraftEdit { field: format!("payment.{name}"), value: value.to_owned(), line: None })
        };
        if self.kind.is_empty() {
            let is_blank = self.value.is_empty() && self.document_number.is_empty();
            let is_asked_for = !self.was_there && !is_blank;
            return if is_asked_for { Err(wrong("kind", "")) } else { Ok(None) };
        }
        let kind = CollectKind::parse(&self.kind).ok_or_else(|| wrong("kind", &self.kind))?;
        let value = parse_decimal(&self.value).map_err(|_| wrong("value", &self.value))?;
        if value <= Decimal::ZERO {
            return Err(wrong("value", &self.value));
        }
        Ok(Some(Payment { kind, value, document_number: self.document_number.clone() }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::draft::tests::draft;
    use rust_decimal::dec;

    fn edit(field: &str, value: &str) -> DraftEdit {
        DraftEdit { field: field.into(), value: value.into(), line: None }
    }

    fn value_of(draft: &Draft, field: &str) -> String {
        fields(draft).into_iter().find(|(name, _)| name == field).unwrap_or_else(|| panic!("{field}")).1
    }

    #[test]
    fn every_field_that_is_listed_can_be_set_to_its_own_value_and_nothing_changes() {
        let mut paid = draft();
        paid.payment = Some(Payment { kind: CollectKind::Card, value: dec!(71.97), document_number: "ch_1".into() });
        paid.due_days = Some(15);
        for before in [draft(), paid] {
            let edits: Vec<DraftEdit> = fields(&before).iter().map(|(field, value)| edit(field, value)).collect();
            let mut after = before.clone();
            apply_edits(&mut after, &edits).unwrap();
            assert_eq!(after, before);
            assert_eq!(diff_drafts(&before, &after), []);
        }
    }

    #[test]
    fn an_edit_sets_its_field_and_the_diff_names_it_with_both_values() {
        let (before, mut after) = (draft(), draft());
        let edits =
            [edit("client.city", " Sector 3 "), edit("lines[2].vat_rate", "21"), edit("document.due_days", "30")];
        apply_edits(&mut after, &edits).unwrap();
        assert_eq!(
            (after.client.city.as_str(), after.lines[1].vat_rate, after.due_days),
            ("Sector 3", dec!(21), Some(30))
        );
        let changes = diff_drafts(&before, &after);
        let named: Vec<_> =
            changes.iter().map(|c| (c.field.as_str(), c.before.as_deref(), c.after.as_deref())).collect();
        assert_eq!(
            named,
            [
                ("client.city", Some("Sector 1"), Some("Sector 3")),
                ("document.due_days", Some(""), Some("30")),
                ("lines[2].vat_rate", Some("11"), Some("21")),
            ]
        );
    }

    #[test]
    fn an_edit_of_a_line_is_not_made_to_another_that_took_its_place() {
        let edits = anchored(&draft(), vec![edit("lines[2].name", "Atlas"), edit("lines[2].vat_rate", "21")]);
        let mut same = draft();
        apply_edits(&mut same, &edits).unwrap();
        assert_eq!((same.lines[1].name.as_str(), same.lines[1].vat_rate), ("Atlas", dec!(21)));
        let mut turned = draft();
        turned.lines.reverse();
        let problems = apply_edits(&mut turned, &edits).unwrap_err();
        assert_eq!(problems[1].field, "lines[2].vat_rate");
        assert_eq!(problems[1].detail, "Carte != Cană ceramică");
        assert_eq!(turned.lines[1].vat_rate, dec!(21), "as it was");
    }

    #[test]
    fn a_number_beyond_reckoning_is_refused() {
        let mut huge = draft();
        let edits = [edit("lines[1].unit_price", "9999999999999999999999999999")];
        assert_eq!(apply_edits(&mut huge, &edits).unwrap_err()[0].field, "lines[1].unit_price");
        assert_eq!(huge, draft());
    }

    #[test]
    fn what_cannot_be_set_is_named_all_of_it_and_the_draft_stays_as_it_was() {
        let mut edited = draft();
        let edits = [
            edit("client.city", "Cluj-Napoca"),
            edit("client.colour", "red"),
            edit("lines[3].name", "x"),
            edit("lines[0].name", "x"),
            edit("lines[1].quantity", "two"),
            edit("lines[1].unit_price", "1.23456"),
            edit("document.order_total", "1"),
            edit("document.total", "1"),
            edit("order_total", "1"),
            edit("document.tax_point", "2020-01-01"),
            edit("document.currency", "BGN"),
            edit("client.is_company", "yes"),
        ];
        let problems = apply_edits(&mut edited, &edits).unwrap_err();
        let named: Vec<&str> = problems.iter().map(|problem| problem.field.as_str()).collect();
        let wrong: Vec<&str> = edits[1..].iter().map(|edit| edit.field.as_str()).collect();
        assert_eq!(named, wrong, "every one but the first");
        assert!(problems.iter().all(|problem| problem.kind == FailureKind::FieldInvalid));
        assert_eq!(edited, draft());
    }

    #[test]
    fn a_payment_comes_with_its_kind_and_value_and_goes_with_its_kind() {
        let mut paid = draft();
        let problems = apply_edits(&mut paid, &[edit("payment.kind", "card")]).unwrap_err();
        assert_eq!(problems[0].field, "payment.value", "how much, nobody said");
        let problems = apply_edits(&mut paid, &[edit("payment.value", "71.97")]).unwrap_err();
        assert_eq!(problems[0].field, "payment.kind");
        apply_edits(&mut paid, &[edit("payment.kind", "card"), edit("payment.value", "71.97")]).unwrap();
        assert_eq!(value_of(&paid, "payment.kind"), "card");
        assert!(apply_edits(&mut paid, &[edit("payment.value", "-1")]).is_err());
        assert!(apply_edits(&mut paid, &[edit("payment.kind", "gold")]).is_err());
        apply_edits(&mut paid, &[edit("payment.kind", "")]).unwrap();
        assert_eq!(paid.payment, None);
    }

    #[test]
    fn an_edit_can_mend_a_draft_and_never_moves_what_it_is_checked_against() {
        let mut edited = draft();
        apply_edits(&mut edited, &[edit("lines[1].quantity", "2")]).unwrap();
        assert_eq!(edited.problems()[0].kind, FailureKind::TotalsDiffer);
        apply_edits(&mut edited, &[edit("lines[1].unit_price", "13.485")]).unwrap();
        assert_eq!(edited.problems(), []);
        assert_eq!((edited.order_total, edited.tax_point), (draft().order_total, draft().tax_point));
    }

    #[test]
    fn another_rate_loses_the_name_that_was_chosen_for_the_old_one() {
        let mut named = draft();
        named.lines[1].vat_name = "Redusa".into();
        apply_edits(&mut named, &[edit("lines[2].vat_rate", "21")]).unwrap();
        assert_eq!(named.lines[1].vat_name, "");
    }

    #[test]
    fn lines_that_came_or_went_and_the_total_are_in_the_diff() {
        let (long, mut short) = (draft(), draft());
        short.lines.pop();
        let gone = diff_drafts(&long, &short);
        let of = |changes: &[FieldChange], field: &str| {
            changes.iter().find(|c| c.field == field).map(|c| (c.before.clone(), c.after.clone())).unwrap()
        };
        assert_eq!(of(&gone, "lines[2].name"), (Some("Carte".into()), None));
        assert_eq!(of(&gone, "total"), (Some("71.97".into()), Some("26.97".into())));
        assert_eq!(of(&diff_drafts(&short, &long), "lines[2].name"), (None, Some("Carte".into())));
    }
}

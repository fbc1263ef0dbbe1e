//! From evaluated values to a draft. What is missing is named by its target. A difference to the order's total is made up by
//! one visible line, where the mapping allows one and it is small enough.

use crate::document::{Checks, TARGETS};
use crate::node::{decimal_of, text_of};
use chrono::NaiveDate;
use punte_domain::{Client, CollectKind, Currency, Draft, DraftProblem, FailureKind, Line, LineKind, Payment};
use rhai::Dynamic;
use rust_decimal::{Decimal, dec, prelude::ToPrimitive};

/// A value for each of [`TARGETS`].
type Values = Vec<Option<Dynamic>>;

pub(crate) struct Parts {
    pub top: Values,
    pub lines: Vec<LineParts>,
}

impl Default for Parts {
    fn default() -> Self {
        Parts { top: vec![None; TARGETS.len()], lines: Vec::new() }
    }
}

pub(crate) struct LineParts {
    kind: LineKind,
    block: String,
    /// Position in the block's list, from 0.
    item: usize,
    pub values: Values,
}

impl LineParts {
    pub(crate) fn new(kind: LineKind, block: &str, item: usize) -> Self {
        LineParts { kind, block: block.to_owned(), item, values: vec![None; TARGETS.len()] }
    }

    /// `line_items[2]`, for naming.
    fn at(&self) -> String {
        format!("{}[{}]", self.block, self.item + 1)
    }
}

pub(crate) struct Built {
    pub draft: Draft,
    pub order_vat: Option<Decimal>,
}

impl Built {
    /// VAT that differs from the order's by more than rounding can explain: a cent for each line, and one for the sum.
    pub(crate) fn vat_problem(&self) -> Option<DraftProblem> {
        let stated = self.order_vat?;
        let ours: Decimal = self.draft.vat_shares().iter().map(|share| share.vat).sum();
        let lines = self.draft.lines.len() + 1;
        let cent = Decimal::new(1, self.draft.currency.exponent());
        if (ours - stated).abs() <= cent * Decimal::from(lines) {
            return None;
        }
        let detail = format!("{ours} != {}", stated.normalize());
        Some(DraftProblem { field: "document.vat_total".to_owned(), kind: FailureKind::TotalsDiffer, detail })
    }
}

fn index_of(section: &str, name: &str) -> usize {
    let found = TARGETS.iter().position(|target| target.section == section && target.name == name);
    found.expect("only known targets are read")
}

/// Reads values and collects what is wrong with them.
struct Reader {
    problems: Vec<DraftProblem>,
}

impl Reader {
    fn wrong(&mut self, field: &str, kind: FailureKind, detail: String) {
        self.problems.push(DraftProblem { field: field.to_owned(), kind, detail });
    }

    fn required(&mut self, value: Option<Decimal>, field: impl FnOnce() -> String) -> Decimal {
        value.unwrap_or_else(|| {
            self.wrong(&field(), FailureKind::FieldMissing, String::new());
            Decimal::ZERO
        })
    }
}

/// One section's values by name.
struct Section<'v> {
    name: &'static str,
    values: &'v Values,
}

impl Section<'_> {
    fn value(&self, name: &str) -> Option<&Dynamic> {
        self.values[index_of(self.name, name)].as_ref()
    }

    fn text(&self, name: &str) -> String {
        self.value(name).map(text_of).unwrap_or_default()
    }

    fn flag(&self, name: &str) -> bool {
        self.value(name).and_then(|value| value.as_bool().ok()).unwrap_or_default()
    }

    fn amount(&self, name: &str) -> Option<Decimal> {
        self.value(name).and_then(|value| decimal_of(value).ok().flatten())
    }
}

impl Parts {
    fn section(&self, name: &'static str) -> Section<'_> {
        Section { name, values: &self.top }
    }

    /// The draft, or what keeps it from being one.
    pub(crate) fn draft(&self, tax_point: NaiveDate, checks: &Checks) -> Result<Built, Vec<DraftProblem>> {
        let mut read = Reader { problems: Vec::new() };
        let document = self.section("document");
        let client = client_of(&self.section("client"));
        let currency = Currency::parse(&document.text("currency")).unwrap_or_else(|error| {
            read.wrong("document.currency", FailureKind::CurrencyUnknown, error.to_string());
            Currency::RON
        });
        let order_total = read.required(document.amount("total"), || "document.total".to_owned());
        let language = document.text("language");
        let payment = payment_of(&self.section("payment"), &mut read);
        let lines = self.lines.iter().map(|line| line_of(line, &mut read)).collect();
        if !read.problems.is_empty() {
            return Err(read.problems);
        }
        let mut draft = Draft {
            client,
            currency,
            language: if language.is_empty() { "RO".to_owned() } else { language },
            precision: 4,
            lines,
            payment,
            tax_point,
            due_days: document.amount("due_days").and_then(|days| days.to_u32()),
            mentions: document.text("mentions"),
            order_total,
            tolerance: checks.tolerance,
            warehouse: String::new(),
            receipt_series: String::new(),
        };
        draft.check_sizes()?;
        make_up(&mut draft, checks);
        Ok(Built { draft, order_vat: document.amount("vat_total") })
    }
}

/// Adds the visible line that takes up a small difference, at the rate of the largest share.
fn make_up(draft: &mut Draft, checks: &Checks) {
    let Some(rounding) = &checks.rounding else { return };
    let difference = draft.currency.round(draft.order_total) - draft.total();
    if difference.is_zero() || difference.abs() > rounding.cap {
        return;
    }
    let largest = draft.vat_shares().into_iter().max_by_key(|share| (share.net + share.vat).abs());
    draft.lines.push(Line {
        kind: LineKind::Rounding,
        name: rounding.name.clone(),
        code: String::new(),
        description: String::new(),
        unit: "buc".to_owned(),
        quantity: if difference.is_sign_negative() { dec!(-1) } else { dec!(1) },
        unit_price: difference.abs(),
        vat_rate: largest.map(|share| share.rate).unwrap_or_default(),
        vat_name: String::new(),
        is_service: true,
    });
}

fn client_of(client: &Section<'_>) -> Client {
    Client {
        name: client.text("name"),
        is_company: client.flag("is_company"),
        tax_id: client.text("tax_id"),
        vat_payer: client.flag("vat_payer"),
        reg_com: client.text("reg_com"),
        address: client.text("address"),
        city: client.text("city"),
        county: client.text("county"),
        country: client.text("country"),
        email: client.text("email"),
        phone: client.text("phone"),
    }
}

fn payment_of(payment: &Section<'_>, read: &mut Reader) -> Option<Payment> {
    let kind = match payment.text("kind").as_str() {
        "" => return None,
        named => match CollectKind::parse(named) {
            Some(kind) => kind,
            None => {
                read.wrong("payment.kind", FailureKind::FieldInvalid, named.to_owned());
                return None;
            }
        },
    };
    let value = read.required(payment.amount("value"), || "payment.value".to_owned());
    Some(Payment { kind, value, document_number: payment.text("document_number") })
}

fn line_of(line: &LineParts, read: &mut Reader) -> Line {
    let section = Section { name: "line", values: &line.values };
    let mut required = |name: &str| read.required(section.amount(name), || format!("{}.{name}", line.at()));
    Line {
        kind: line.kind,
        quantity: required("quantity"),
        unit_price: required("unit_price"),
        vat_rate: required("vat_rate"),
        name: section.text("name"),
        code: section.text("code"),
        description: section.text("description"),
        unit: section.text("unit"),
        vat_name: String::new(),
        is_service: section.flag("is_service"),
    }
}

//! From evaluated values to a draft. What is missing or of the wrong kind is named by its target.

use crate::json::{decimal_of, text_of};
use chrono::NaiveDate;
use punte_domain::{Client, CollectKind, Currency, Draft, DraftProblem, FailureKind, Line, LineKind, Payment};
use rhai::Dynamic;
use rust_decimal::{Decimal, prelude::ToPrimitive};
use std::collections::HashMap;

#[derive(Default)]
pub(crate) struct Parts {
    pub top: HashMap<String, Dynamic>,
    pub lines: Vec<LineParts>,
}

pub(crate) struct LineParts {
    pub kind: LineKind,
    /// `line_items[2]`, for naming.
    pub at: String,
    pub fields: HashMap<String, Dynamic>,
}

/// Reads values and collects what is wrong with them.
struct Reader {
    problems: Vec<DraftProblem>,
}

impl Reader {
    fn wrong(&mut self, field: &str, kind: FailureKind, detail: String) {
        self.problems.push(DraftProblem { field: field.to_owned(), kind, detail });
    }

    fn text(&mut self, values: &HashMap<String, Dynamic>, target: &str) -> String {
        values.get(target).map(text_of).unwrap_or_default()
    }

    fn flag(&mut self, values: &HashMap<String, Dynamic>, target: &str, field: &str) -> bool {
        match values.get(target) {
            None => false,
            Some(value) if value.is_unit() => false,
            Some(value) => value.as_bool().unwrap_or_else(|found| {
                self.wrong(field, FailureKind::MappingError, format!("true or false was expected, not {found}"));
                false
            }),
        }
    }

    fn number(&mut self, values: &HashMap<String, Dynamic>, target: &str, field: &str) -> Option<Decimal> {
        match values.get(target).map(decimal_of) {
            None => None,
            Some(Ok(number)) => number,
            Some(Err(detail)) => {
                self.wrong(field, FailureKind::MappingError, detail);
                None
            }
        }
    }

    fn required(&mut self, values: &HashMap<String, Dynamic>, target: &str, field: &str) -> Decimal {
        let before = self.problems.len();
        let number = self.number(values, target, field);
        if number.is_none() && self.problems.len() == before {
            self.wrong(field, FailureKind::FieldMissing, String::new());
        }
        number.unwrap_or_default()
    }
}

impl Parts {
    /// The draft, or what keeps it from being one.
    pub(crate) fn draft(&self, tax_point: NaiveDate) -> Result<Draft, Vec<DraftProblem>> {
        let mut read = Reader { problems: Vec::new() };
        let top = &self.top;
        let client = self.client(&mut read);
        let code = read.text(top, "document.currency");
        let currency = Currency::parse(&code).unwrap_or_else(|error| {
            read.wrong("document.currency", FailureKind::CurrencyUnknown, error.to_string());
            Currency::RON
        });
        let order_total = read.required(top, "document.total", "document.total");
        let language = read.text(top, "document.language");
        let due_days = read.number(top, "document.due_days", "document.due_days").and_then(|days| days.to_u32());
        let payment = self.payment(&mut read);
        let lines = self.lines.iter().map(|line| line_of(line, &mut read)).collect();
        let mentions = read.text(top, "document.mentions");
        if !read.problems.is_empty() {
            return Err(read.problems);
        }
        Ok(Draft {
            client,
            currency,
            language: if language.is_empty() { "RO".to_owned() } else { language },
            precision: 4,
            lines,
            payment,
            tax_point,
            due_days,
            mentions,
            order_total,
            warehouse: String::new(),
        })
    }

    fn client(&self, read: &mut Reader) -> Client {
        let top = &self.top;
        Client {
            name: read.text(top, "client.name"),
            is_company: read.flag(top, "client.is_company", "client.is_company"),
            tax_id: read.text(top, "client.tax_id"),
            vat_payer: read.flag(top, "client.vat_payer", "client.vat_payer"),
            reg_com: read.text(top, "client.reg_com"),
            address: read.text(top, "client.address"),
            city: read.text(top, "client.city"),
            county: read.text(top, "client.county"),
            country: read.text(top, "client.country"),
            email: read.text(top, "client.email"),
            phone: read.text(top, "client.phone"),
        }
    }

    fn payment(&self, read: &mut Reader) -> Option<Payment> {
        let kind = match read.text(&self.top, "payment.kind").as_str() {
            "" => return None,
            "card" => CollectKind::Card,
            "bank_transfer" => CollectKind::BankTransfer,
            "cash_on_delivery" => CollectKind::CashOnDelivery,
            "other" => CollectKind::Other,
            unknown => {
                read.wrong("payment.kind", FailureKind::FieldInvalid, unknown.to_owned());
                return None;
            }
        };
        let value = read.required(&self.top, "payment.value", "payment.value");
        let document_number = read.text(&self.top, "payment.document_number");
        Some(Payment { kind, value, document_number })
    }
}

fn line_of(line: &LineParts, read: &mut Reader) -> Line {
    let fields = &line.fields;
    let at = |name: &str| format!("{}.{name}", line.at);
    Line {
        kind: line.kind,
        name: read.text(fields, "name"),
        code: read.text(fields, "code"),
        description: read.text(fields, "description"),
        unit: read.text(fields, "unit"),
        quantity: read.required(fields, "quantity", &at("quantity")),
        unit_price: read.required(fields, "unit_price", &at("unit_price")),
        vat_rate: read.required(fields, "vat_rate", &at("vat_rate")),
        vat_name: String::new(),
        is_service: read.flag(fields, "is_service", &at("is_service")),
    }
}

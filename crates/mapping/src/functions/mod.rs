//! The functions that expressions may call: each small, each with an example that a test runs. Their words for people are in
//! the catalogues, under their names.

mod amounts;
mod meta;
mod people;
mod text;

use rhai::Engine;

/// What a person may call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FunctionDoc {
    pub name: &'static str,
    pub signature: &'static str,
    /// An expression over the built-in sample order.
    pub example: &'static str,
    /// What the example gives.
    pub result: &'static str,
}

const fn doc(name: &'static str, signature: &'static str, example: &'static str, result: &'static str) -> FunctionDoc {
    FunctionDoc { name, signature, example, result }
}

/// Every function, for completion and help.
pub fn functions() -> &'static [FunctionDoc] {
    const ALL: &[FunctionDoc] = &[
        doc("money", "money(x)", "money(\"101.95\") + 1", "102.95"),
        doc("round2", "round2(x)", "round2(money(\"2.345\"))", "2.35"),
        doc("round", "round(x, places)", "round(\"2.34567\", 3)", "2.346"),
        doc("gross", "gross(net, rate)", "gross(\"100.00\", 21)", "121"),
        doc("net", "net(gross, rate)", "net(\"121.00\", 21)", "100"),
        doc("minor", "minor(amount, currency)", "minor(10195, \"ron\")", "101.95"),
        doc("sum", "sum(list, field)", "sum(order.line_items, \"total\")", "62.83"),
        doc(
            "gross_unit_price",
            "gross_unit_price(net, tax, quantity)",
            "gross_unit_price(\"22.29\", \"4.68\", 3)",
            "8.99",
        ),
        doc("vat_rate", "vat_rate(net, tax, date)", "vat_rate(\"22.29\", \"4.68\", \"2026-11-21\")", "21"),
        doc("meta", "meta(key, …)", "meta(\"av_facturare.cui\", \"_billing_cui\")", "RO12345674"),
        doc("is_company", "is_company(order)", "is_company(order)", "true"),
        doc("company_meta", "company_meta(order, what)", "company_meta(order, \"reg_com\")", "J40/1/2020"),
        doc("cui", "cui(text)", "cui(\" ro 1234 5674\")", "RO12345674"),
        doc("is_cui", "is_cui(text)", "is_cui(\"RO12345674\")", "true"),
        doc("is_cnp", "is_cnp(text)", "is_cnp(\"1980101123452\")", "true"),
        doc("sector", "sector(city, postcode)", "sector(\"București\", \"010001\")", "Sector 1"),
        doc("is_bucharest", "is_bucharest(state, city)", "is_bucharest(\"B\", \"\")", "true"),
        doc("county", "county(text)", "county(\"CJ\")", "Cluj"),
        doc("country", "country(code)", "country(\"FR\")", "Franta"),
        doc("collect_kind", "collect_kind(method, date_paid)", "collect_kind(\"stripe\", \"2026-11-21\")", "card"),
        doc(
            "discount_note",
            "discount_note(item, order)",
            "discount_note(order.line_items[0], order)",
            "Reducere 3 vara10",
        ),
        doc("lookup", "lookup(table, key)", "lookup(\"unități\", \"kg\")", "kilogram"),
        doc("first_of", "first_of([a, b, …])", "first_of([\"\", \"b\"])", "b"),
        doc("first_in", "first_in(list, field)", "first_in(order.shipping_lines, \"method_title\")", "Curier"),
        doc("join_words", "join_words([a, b, …])", "join_words([\"Ana\", \"\", \"Pop\"])", "Ana Pop"),
        doc("starts_with", "starts_with(text, start)", "starts_with(\"RO123\", \"RO\")", "true"),
        doc("upper", "upper(text)", "upper(\"cană\")", "CANĂ"),
        doc("title", "title(text)", "title(\"ION POPESCU-ȘERBAN\")", "Ion Popescu-Șerban"),
        doc("ascii", "ascii(text)", "ascii(\"Iași\")", "Iasi"),
        doc("digits", "digits(text)", "digits(\"RO 123-4\")", "1234"),
        doc("phone_ro", "phone_ro(text)", "phone_ro(\"0722 123 456\")", "+40722123456"),
        doc("plain_text", "plain_text(text)", "plain_text(\"Tom &amp; <b>Jerry</b>\")", "Tom & Jerry"),
        doc("date_bucharest", "date_bucharest(instant)", "date_bucharest(\"2026-11-20T22:30:00Z\")", "2026-11-21"),
    ];
    ALL
}

pub(crate) fn register(engine: &mut Engine) {
    amounts::register(engine);
    meta::register(engine);
    people::register(engine);
    text::register(engine);
}

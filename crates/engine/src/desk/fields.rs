//! The fields that a search names, with what may be said of each.

use punte_connectors::billing::EInvoiceState;
use punte_domain::{Currency, DocumentState, FailureKind};
use punte_store::ledger::table::{Field, ListName};

/// What is said of a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FieldKind {
    Text,
    /// One of a few values.
    Choice,
    Amount,
    Date,
}

impl FieldKind {
    pub fn as_str(self) -> &'static str {
        match self {
            FieldKind::Text => "text",
            FieldKind::Choice => "choice",
            FieldKind::Amount => "amount",
            FieldKind::Date => "date",
        }
    }
}

/// A field of a list, as it is typed.
#[derive(Debug)]
pub struct FieldSpec {
    pub name: &'static str,
    pub aliases: &'static [&'static str],
    pub kind: FieldKind,
    pub(super) field: Field,
}

const fn spec(name: &'static str, aliases: &'static [&'static str], kind: FieldKind, field: Field) -> FieldSpec {
    FieldSpec { name, aliases, kind, field }
}

static DOCUMENTS: [FieldSpec; 16] = [
    spec("order", &["comanda"], FieldKind::Text, Field::Order),
    spec("invoice", &["number", "factura"], FieldKind::Text, Field::Invoice),
    spec("series", &["serie"], FieldKind::Text, Field::Series),
    spec("client", &["customer"], FieldKind::Text, Field::Client),
    spec("cui", &["taxid", "cif"], FieldKind::Text, Field::TaxId),
    spec("total", &["amount", "suma"], FieldKind::Amount, Field::Total),
    spec("currency", &["moneda"], FieldKind::Choice, Field::Currency),
    spec("status", &["state", "is", "stare"], FieldKind::Choice, Field::State),
    spec("kind", &["role", "tip"], FieldKind::Choice, Field::Kind),
    spec("provider", &["furnizor"], FieldKind::Choice, Field::Provider),
    spec("connection", &["conexiune"], FieldKind::Choice, Field::Connection),
    spec("issued", &["emisa"], FieldKind::Date, Field::Issued),
    spec("created", &["creata"], FieldKind::Date, Field::Created),
    spec("einvoice", &["efactura"], FieldKind::Choice, Field::EInvoice),
    spec("reference", &["ref", "referinta"], FieldKind::Text, Field::Reference),
    spec("failure", &["eroare"], FieldKind::Choice, Field::Failure),
];

static ORDERS: [FieldSpec; 10] = [
    spec("order", &["comanda"], FieldKind::Text, Field::Order),
    spec("client", &["customer"], FieldKind::Text, Field::Client),
    spec("cui", &["taxid", "cif"], FieldKind::Text, Field::TaxId),
    spec("email", &[], FieldKind::Text, Field::Email),
    spec("total", &["amount", "suma"], FieldKind::Amount, Field::Total),
    spec("currency", &["moneda"], FieldKind::Choice, Field::Currency),
    spec("decision", &["status", "state", "is"], FieldKind::Choice, Field::State),
    spec("reason", &["motiv"], FieldKind::Choice, Field::Reason),
    spec("connection", &["shop", "conexiune"], FieldKind::Choice, Field::Connection),
    spec("created", &["creata"], FieldKind::Date, Field::Created),
];

static SHOP_STATUS: FieldSpec = spec("shopstatus", &["shop_status"], FieldKind::Choice, Field::ShopStatus);

/// The fields of a list, in the order in which they are offered.
pub fn fields(list: ListName) -> impl Iterator<Item = &'static FieldSpec> {
    let (own, more): (&'static [FieldSpec], Option<&'static FieldSpec>) = match list {
        ListName::Documents => (&DOCUMENTS, None),
        ListName::Orders => (&ORDERS, Some(&SHOP_STATUS)),
    };
    own.iter().chain(more)
}

/// A field by its name or another name for it, in any case.
pub(super) fn find(list: ListName, name: &str) -> Option<&'static FieldSpec> {
    let name = name.to_lowercase();
    fields(list).find(|spec| spec.name == name || spec.aliases.contains(&name.as_str()))
}

/// A value that a choice may have, and what people call it where that is a name of their own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    pub value: String,
    pub label: Option<String>,
}

/// What a field with choices may be; connections and reasons as the ledger has them.
pub(super) fn choices(list: ListName, field: Field, known: &Known) -> Vec<Choice> {
    let plain = |values: &mut dyn Iterator<Item = &str>| -> Vec<Choice> {
        values.map(|value| Choice { value: value.to_owned(), label: None }).collect()
    };
    match field {
        Field::State if list == ListName::Documents => {
            let states = DocumentState::ALL.iter().map(|state| state.as_str());
            plain(&mut states.chain(["mismatched", "changed"]))
        }
        Field::State => plain(&mut ["document", "waiting", "not_invoiced"].into_iter()),
        Field::Kind => plain(&mut ["invoice", "proforma", "storno", "correction"].into_iter()),
        Field::Provider => plain(&mut ["smartbill", "oblio"].into_iter()),
        Field::EInvoice => plain(&mut EINVOICE.iter().map(|state| state.as_str())),
        Field::Failure => plain(&mut FailureKind::ALL.iter().map(|kind| kind.as_str())),
        Field::ShopStatus => {
            plain(&mut ["open", "paid", "completed", "cancelled", "refunded", "failed", "other"].into_iter())
        }
        Field::Currency => plain(&mut known.currencies.iter().map(String::as_str)),
        Field::Reason => plain(&mut known.reasons.iter().map(String::as_str)),
        Field::Connection => known.connections.clone(),
        _ => Vec::new(),
    }
}

const EINVOICE: [EInvoiceState; 5] = [
    EInvoiceState::NotSent,
    EInvoiceState::Processing,
    EInvoiceState::Accepted,
    EInvoiceState::Rejected,
    EInvoiceState::NotConfigured,
];

/// Whether a text is a currency that may be asked for although no record has it.
pub(super) fn is_currency(text: &str) -> bool {
    Currency::parse(text).is_ok()
}

/// What the ledger has of the choices that are not fixed.
#[derive(Debug, Clone, Default)]
pub struct Known {
    pub connections: Vec<Choice>,
    pub currencies: Vec<String>,
    pub reasons: Vec<String>,
}

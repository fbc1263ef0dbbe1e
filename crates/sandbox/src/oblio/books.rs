//! What Oblio remembers of its one company: series, documents, the token in use, idempotency keys, stored products and
//! clients.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use rust_decimal::{Decimal, dec};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::config::account;
use crate::dice::Dice;
use crate::kept::Kept;
use crate::money::Line;

/// How long a token lives. While it does, the same one is handed out again.
const TOKEN_MS: i64 = 3_600_000;

/// Name, percent, default. 19, 9 and 5 are gone since August 2025.
pub(crate) const VAT_RATES: [(&str, Decimal, bool); 7] = [
    ("Normala", dec!(21), true),
    ("Redusa", dec!(11), false),
    ("Scutita", dec!(0), false),
    ("SFDD", dec!(0), false),
    ("SDD", dec!(0), false),
    ("TVA Inclus", dec!(0), false),
    ("Taxare inversa", dec!(0), false),
];

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum DocType {
    Invoice,
    Proforma,
    Notice,
}

impl DocType {
    pub fn from_path(name: &str) -> Option<Self> {
        match name {
            "invoice" => Some(Self::Invoice),
            "proforma" => Some(Self::Proforma),
            "notice" => Some(Self::Notice),
            _ => None,
        }
    }

    pub fn path_name(self) -> &'static str {
        match self {
            Self::Invoice => "invoice",
            Self::Proforma => "proforma",
            Self::Notice => "notice",
        }
    }

    /// The name in answers and references.
    pub fn romanian(self) -> &'static str {
        match self {
            Self::Invoice => "Factura",
            Self::Proforma => "Proforma",
            Self::Notice => "Aviz",
        }
    }

    pub fn from_romanian(name: &str) -> Option<Self> {
        [Self::Invoice, Self::Proforma, Self::Notice].into_iter().find(|kind| kind.romanian() == name)
    }
}

#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Series {
    pub kind: DocType,
    pub name: String,
    pub next: u64,
}

#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Collect {
    pub kind: String,
    pub number: String,
    pub issue_date: NaiveDate,
    pub value: Decimal,
}

/// An invoice's way into the authority's system.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct EInvoice {
    pub sent_ms: i64,
    /// Why it will be refused there.
    pub trouble: Option<String>,
}

#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Email {
    pub document: String,
    pub series: String,
    pub number: String,
    pub to: String,
    pub sent_ms: i64,
}

#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Document {
    pub id: u64,
    pub kind: DocType,
    pub series: String,
    pub number: u64,
    pub hash: String,
    pub issue_date: NaiveDate,
    pub due_date: Option<NaiveDate>,
    pub currency: String,
    pub precision: u32,
    pub client: Map<String, Value>,
    pub lines: Vec<Line>,
    pub total: Decimal,
    pub mentions: String,
    /// Other text fields, as sent: internalNote, noticeNumber, orderNumber and so on.
    pub notes: Map<String, Value>,
    pub cancelled: bool,
    /// The invoice that this one reverses.
    pub reverses: Option<u64>,
    /// The proforma or notice that it was made from.
    #[serde(default)]
    pub from: Option<u64>,
    pub collects: Vec<Collect>,
    #[serde(default)]
    pub einvoice: Option<EInvoice>,
    pub created_ms: i64,
}

impl Document {
    pub fn padded_number(&self) -> String {
        format!("{:04}", self.number)
    }

    pub fn link(&self, base: &str) -> String {
        format!("{base}/docs/preview/{}?ic=30112&id={}&it={}", self.kind.path_name(), self.id, self.hash)
    }

    pub fn collected(&self) -> Decimal {
        self.collects.iter().map(|collect| collect.value).sum()
    }

    pub fn is_collected(&self) -> bool {
        !self.collects.is_empty() && self.collected() >= self.total
    }
}

#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Product {
    pub name: String,
    pub code: String,
    pub unit: String,
    pub price: Decimal,
    pub vat_name: String,
    pub vat_percent: Decimal,
    pub vat_included: bool,
    pub kind: String,
    /// How much of it lies in [`WAREHOUSE`]; `None` for what is not stocked. It never moves.
    #[serde(default)]
    pub stock: Option<Decimal>,
}

/// The company's one warehouse, of its one work station.
pub(crate) const WAREHOUSE: &str = "Depozit";
pub(crate) const WORK_STATION: &str = "Sediu";
/// The series of receipts.
pub(crate) const RECEIPTS: &str = "ACH";

#[derive(Clone, Serialize, Deserialize)]
struct Token {
    text: String,
    issued_ms: i64,
}

#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct OblioBooks {
    token: Option<Token>,
    tokens_made: u64,
    pub series: Vec<Series>,
    documents: Vec<Kept<Document>>,
    next_id: u64,
    /// Idempotency key to document id. Scope: the company, shared between document types.
    pub keys: BTreeMap<String, u64>,
    pub products: Vec<Product>,
    pub clients: Vec<Map<String, Value>>,
    #[serde(default)]
    receipts: u64,
    /// What was paid for documents that were deleted without their payments.
    #[serde(default)]
    pub loose_collects: Vec<Collect>,
    #[serde(default)]
    pub emails: Vec<Email>,
    /// Everything ever issued, for the plan's quota.
    #[serde(default)]
    pub issued: u32,
    #[serde(default)]
    pub deleted: u32,
}

pub(crate) enum TokenState {
    Good,
    Expired,
    Unknown,
}

const MOST_STORED: usize = 5_000;

impl OblioBooks {
    pub fn new() -> Self {
        let series = |kind, name: &str| Series { kind, name: name.into(), next: 1 };
        Self {
            token: None,
            tokens_made: 0,
            series: vec![
                series(DocType::Invoice, account::OBLIO_SERIES),
                series(DocType::Invoice, "MAG"),
                series(DocType::Proforma, "ACP"),
                series(DocType::Notice, "ACA"),
            ],
            documents: Vec::new(),
            next_id: 71_000_001,
            keys: BTreeMap::new(),
            products: vec![
                Product {
                    name: "Transport curier".into(),
                    code: "TRANSPORT".into(),
                    unit: "buc".into(),
                    price: dec!(19.99),
                    vat_name: "Normala".into(),
                    vat_percent: dec!(21),
                    vat_included: true,
                    kind: "Serviciu".into(),
                    stock: None,
                },
                Product {
                    name: "Cană de depozit".into(),
                    code: "STOC-01".into(),
                    unit: "buc".into(),
                    price: dec!(49.90),
                    vat_name: "Normala".into(),
                    vat_percent: dec!(21),
                    vat_included: true,
                    kind: "Marfa".into(),
                    stock: Some(dec!(100)),
                },
            ],
            receipts: 0,
            loose_collects: Vec::new(),
            emails: Vec::new(),
            issued: 0,
            deleted: 0,
            clients: Vec::new(),
        }
    }

    /// The token in use if it still lives, else a new one. True when it is new.
    pub fn issue_token(&mut self, now_ms: i64) -> (String, bool) {
        if let Some(token) = &self.token
            && now_ms < token.issued_ms + TOKEN_MS
        {
            return (token.text.clone(), false);
        }
        self.tokens_made += 1;
        let text = Dice::new(now_ms.unsigned_abs(), self.tokens_made).hex(40);
        self.token = Some(Token { text: text.clone(), issued_ms: now_ms });
        (text, true)
    }

    pub fn check_token(&self, text: &str, now_ms: i64) -> TokenState {
        match &self.token {
            Some(token) if token.text == text && now_ms < token.issued_ms + TOKEN_MS => TokenState::Good,
            Some(token) if token.text == text => TokenState::Expired,
            _ => TokenState::Unknown,
        }
    }

    pub fn documents(&self) -> &[Kept<Document>] {
        &self.documents
    }

    pub fn by_id(&self, id: u64) -> Option<&Kept<Document>> {
        // Ids are given in order, so the list is sorted by them.
        self.documents.binary_search_by_key(&id, |document| document.id).ok().map(|at| &self.documents[at])
    }

    pub fn by_id_mut(&mut self, id: u64) -> Option<&mut Kept<Document>> {
        self.documents.binary_search_by_key(&id, |document| document.id).ok().map(|at| &mut self.documents[at])
    }

    pub fn find(&self, kind: DocType, series: &str, number: u64) -> Option<&Kept<Document>> {
        self.documents.iter().rev().find(|d| d.kind == kind && d.number == number && d.series == series)
    }

    /// Makes the newest document's total larger (a fault).
    pub fn raise_newest(&mut self, by: Decimal) {
        if let Some(newest) = self.documents.last_mut() {
            newest.change(|document| document.total += by);
        }
    }

    /// Files a finished document under a new id.
    pub fn file(&mut self, mut document: Document) -> u64 {
        let id = self.next_id;
        self.next_id += 1;
        document.id = id;
        document.hash = Dice::new(id, 77).hex(32);
        self.documents.push(Kept::new(document));
        self.issued = self.issued.saturating_add(1);
        id
    }

    /// The number under which a receipt is filed, with its series. Its form is UNVERIFIED.
    pub fn next_receipt(&mut self) -> String {
        self.receipts += 1;
        format!("{RECEIPTS} {:04}", self.receipts)
    }

    pub fn receipts_next(&self) -> u64 {
        self.receipts + 1
    }

    /// The storno that takes an invoice back whole, unless it was cancelled.
    pub fn reversal_of(&self, id: u64) -> Option<&Kept<Document>> {
        self.documents.iter().find(|d| d.reverses == Some(id) && !d.cancelled)
    }

    /// Takes a document out for good; its number may be given again, and its keys are free.
    pub fn remove(&mut self, id: u64) {
        self.documents.retain(|document| document.id != id);
        self.keys.retain(|_, keyed| *keyed != id);
        self.deleted = self.deleted.saturating_add(1);
    }

    pub fn store_product(&mut self, product: Product) {
        let same = |known: &Product| {
            if product.code.is_empty() { known.name == product.name } else { known.code == product.code }
        };
        match self.products.iter().position(&same) {
            Some(at) => {
                let stock = self.products[at].stock;
                self.products[at] = Product { stock, ..product };
            }
            None if self.products.len() < MOST_STORED => self.products.push(product),
            None => {}
        }
    }

    pub fn store_client(&mut self, client: &Map<String, Value>) {
        let id = |client: &Map<String, Value>| {
            let text = |key| client.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
            (text("cif"), if text("cif").is_empty() { text("name") } else { String::new() })
        };
        match self.clients.iter().position(|known| id(known) == id(client)) {
            Some(at) => self.clients[at].extend(client.clone()),
            None if self.clients.len() < MOST_STORED => self.clients.push(client.clone()),
            None => {}
        }
    }
}

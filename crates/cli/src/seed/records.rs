//! What became of each order: its documents with their states, failures, answers and timelines.

use super::orders::{Placed, Template, mix};
use punte_domain::{
    DocumentState, DraftProblem, Failure, FailureKind, IssueKey, OrderStatus, Phase, Role, Verification, WorkspaceSeed,
    fiscal_date,
};
use punte_mapping::CompiledMapping;
use punte_store::ledger::{FilledAttempt, FilledDocument, FilledOrder};
use serde_json::json;
use std::collections::HashMap;

pub(super) const MAPPING_VERSIONS: u32 = 4;
/// Templates of each VAT rate.
const TEMPLATES: u64 = 400;
/// The first day with the rate of 21 %.
const NEW_RATE_MS: i64 = 1_754_000_000_000;
const FIRST_NUMBER: u64 = 100_000;
const DAY_MS: i64 = 24 * 60 * 60 * 1000;

/// Where the documents of a flow go.
pub(super) struct Destination {
    pub flow_id: &'static str,
    pub shop_id: &'static str,
    pub shop_identity: String,
    pub billing_id: String,
    pub provider: &'static str,
    pub company: &'static str,
    pub series: &'static str,
}

pub(super) struct Plan {
    /// Documents.
    pub count: u64,
    pub now_ms: i64,
    pub started_ms: i64,
    pub seed: WorkspaceSeed,
    /// Persons, companies, the second shop, the third.
    pub destinations: Vec<Destination>,
    pub mapping_id: &'static str,
    pub compiled: CompiledMapping,
}

/// What keeps documents held: kind, phase, field, fact, and the provider's words.
const HELD: [(FailureKind, Phase, &str, &str, &str); 12] = [
    (
        FailureKind::VatRateUnknown,
        Phase::Refused,
        "",
        "21",
        "Cota tva a produsului Cană de ceramică nu a fost gasita pe server!",
    ),
    (FailureKind::AddressIncomplete, Phase::Prepare, "client.city", "", ""),
    (FailureKind::TaxIdInvalid, Phase::Prepare, "client.tax_id", "RO12345", ""),
    (FailureKind::TotalsDiffer, Phase::Prepare, "total", "101.95 / 101.94", ""),
    (FailureKind::VatRateNotLegal, Phase::Prepare, "lines.1.vat_rate", "20", ""),
    (FailureKind::FieldMissing, Phase::Prepare, "client.county", "", ""),
    (FailureKind::SeriesUnknown, Phase::Refused, "", "FCT", "Seria FCT nu este definita in cont."),
    (FailureKind::ClientInvalid, Phase::Refused, "", "", "Clientul nu are completat codul fiscal."),
    (FailureKind::PeriodClosed, Phase::Refused, "", "", "Perioada contabila este inchisa pentru data emiterii."),
    (FailureKind::RefusedOther, Phase::Refused, "", "", "A aparut o eroare la salvarea documentului."),
    (FailureKind::ProductInvalid, Phase::Refused, "", "", "Produsul nu are unitate de masura."),
    (FailureKind::NeverIssued, Phase::Unknown, "", "", ""),
];
/// Why orders have no document: status, decision, reason.
const WITHOUT: [(OrderStatus, &str, &str, &str); 6] = [
    (OrderStatus::Cancelled, "cancelled", "not_invoiced", "cancelled"),
    (OrderStatus::Refunded, "refunded", "not_invoiced", "refunded"),
    (OrderStatus::Failed, "failed", "not_invoiced", "failed_at_shop"),
    (OrderStatus::Completed, "completed", "not_invoiced", "condition"),
    (OrderStatus::Completed, "completed", "not_invoiced", "total_zero"),
    (OrderStatus::Completed, "completed", "not_invoiced", "invoiced_elsewhere"),
];

/// All orders, oldest first, until there are as many documents as wanted.
pub(super) struct Records {
    plan: Plan,
    old: Vec<Template>,
    new: Vec<Template>,
    order: u64,
    documents: u64,
    numbers: HashMap<&'static str, u64>,
}

impl Records {
    pub(super) fn new(plan: Plan) -> Records {
        let made = |vat, ms| Template::make(&plan.compiled, TEMPLATES, vat, fiscal_date(ms));
        let (old, new) = (made(19, NEW_RATE_MS - 30 * DAY_MS), made(21, NEW_RATE_MS + 30 * DAY_MS));
        Records { plan, old, new, order: 0, documents: 0, numbers: HashMap::new() }
    }

    /// Even over three years: the last one a few minutes ago.
    fn created_ms(&self) -> i64 {
        let span = (self.plan.now_ms - self.plan.started_ms - 20 * 60_000) as f64;
        let share = self.documents as f64 / self.plan.count as f64;
        self.plan.started_ms + (span * share) as i64 + (mix(self.order) % 1000) as i64
    }

    fn state(&self, by: u64) -> DocumentState {
        let left = self.plan.count - self.documents;
        let is_recent = left <= self.plan.count / 10;
        match by % 10_000 {
            _ if left <= 25.min(self.plan.count / 40) => DocumentState::Ready,
            0..=249 if is_recent => DocumentState::Held,
            250..=252 if is_recent => DocumentState::InDoubt,
            250..=269 => DocumentState::Held,
            270..=299 => DocumentState::Cancelled,
            300..=301 => DocumentState::Deleted,
            302..=316 => DocumentState::Dismissed,
            317..=396 if left > 1 => DocumentState::Reversed,
            _ => DocumentState::Issued,
        }
    }

    fn next_number(&mut self, series: &'static str) -> String {
        let number = self.numbers.entry(series).or_default();
        *number += 1;
        format!("{number:04}")
    }
}

impl Iterator for Records {
    type Item = FilledOrder;

    fn next(&mut self) -> Option<FilledOrder> {
        if self.documents >= self.plan.count {
            return None;
        }
        self.order += 1;
        let by = mix(self.order ^ 0xABCD);
        let created_ms = self.created_ms();
        let templates = if created_ms < NEW_RATE_MS { &self.old } else { &self.new };
        let template = &templates[(by % templates.len() as u64) as usize];
        let (is_company, problems) = (template.is_company, template.problems.clone());
        let number = (FIRST_NUMBER + self.order).to_string();
        let mut placed = template.place(self.order, &number, created_ms);
        let to = match by / 7 % 10 {
            0..=5 => usize::from(is_company),
            6..=8 => 2,
            _ => 3,
        };
        let (decision, reason, documents) = if by / 97 % 13 == 5 {
            let (status, text, decision, reason) = WITHOUT[(by / 1_300 % 6) as usize];
            (placed.head.status, placed.head.status_text) = (status, text.to_owned());
            (decision, reason, Vec::new())
        } else {
            let documents = self.documents_of(&placed, problems, to, by / 1_300);
            ("document", "taken", documents)
        };
        self.documents += documents.len() as u64;
        let destination = &self.plan.destinations[to];
        Some(FilledOrder {
            id: id("ord", created_ms, self.order),
            shop_identity: destination.shop_identity.clone(),
            connection_id: destination.shop_id.to_owned(),
            head: placed.head,
            raw: placed.raw,
            decision,
            reason,
            received_ms: created_ms + 46 * 60_000,
            documents,
        })
    }
}

/// An id that is ordered by time, as all of ours.
fn id(kind: &str, ms: i64, n: u64) -> String {
    format!("{kind}_{ms:012x}7{n:019x}")
}

impl Records {
    fn documents_of(
        &mut self,
        placed: &Placed,
        problems: Vec<DraftProblem>,
        to: usize,
        by: u64,
    ) -> Vec<FilledDocument> {
        let state = self.state(by);
        let mut invoice = self.blank(placed, Role::Invoice, to);
        invoice.problems = problems;
        invoice.state = state;
        match state {
            DocumentState::Held | DocumentState::Dismissed => self.hold(&mut invoice, placed, by / 10_000),
            DocumentState::Ready => invoice.due_ms = Some(self.plan.now_ms),
            DocumentState::InDoubt => self.doubt(&mut invoice, placed, by / 10_000),
            _ => self.issue(&mut invoice, by / 10_000),
        }
        if state == DocumentState::Dismissed {
            invoice.events.push(("dismissed", json!({ "reason": "comandă de probă" }), invoice.created_ms + DAY_MS));
        }
        let is_part = state == DocumentState::Issued && by / 77 % 250 == 3 && self.plan.count - self.documents > 1;
        if state != DocumentState::Reversed && !is_part {
            return vec![invoice];
        }
        let storno = self.take_back(placed, &invoice, to, is_part);
        vec![invoice, storno]
    }

    fn blank(&self, placed: &Placed, role: Role, to: usize) -> FilledDocument {
        let destination = &self.plan.destinations[to];
        let key = IssueKey {
            shop_identity: destination.shop_identity.clone(),
            order_id: placed.head.order_id.clone(),
            role: role.clone(),
            generation: 1,
        };
        let created_ms = placed.head.modified_ms + 90_000;
        let share = (created_ms - self.plan.started_ms) * i64::from(MAPPING_VERSIONS)
            / (self.plan.now_ms - self.plan.started_ms + 1);
        let total = placed.draft.as_ref().map_or(placed.head.total, |draft| draft.total());
        FilledDocument {
            id: id("doc", created_ms, self.order * 2 + u64::from(role != Role::Invoice)),
            issue_key: key.to_string(),
            reference: self.plan.seed.reference(&key).to_string(),
            flow_id: destination.flow_id.to_owned(),
            billing_id: destination.billing_id.clone(),
            provider: destination.provider,
            company: destination.company.to_owned(),
            series: destination.series.to_owned(),
            role: role.to_string(),
            state: DocumentState::Issued,
            verification: Verification::Pending,
            mismatch: None,
            mapping_id: self.plan.mapping_id.to_owned(),
            mapping_version: (share as u32).min(MAPPING_VERSIONS - 1) + 1,
            draft: placed.draft.clone(),
            problems: Vec::new(),
            failure: None,
            client: placed.buyer.name(),
            tax_id: placed.head.tax_id.clone(),
            currency: placed.head.currency.code().to_owned(),
            total_minor: placed.head.currency.to_minor(total).unwrap_or(placed.head.total_minor),
            total_text: total.normalize().to_string(),
            due_ms: None,
            issue_date: None,
            number: None,
            created_ms,
            issued_ms: None,
            paid_minor: None,
            einvoice: None,
            einvoice_words: None,
            reverses: None,
            corrects: None,
            attempt: None,
            events: vec![("queued", json!({ "total": total.normalize().to_string() }), created_ms)],
        }
    }

    fn issue(&mut self, document: &mut FilledDocument, by: u64) {
        let series =
            self.plan.destinations.iter().find(|one| one.flow_id == document.flow_id).map_or("", |one| one.series);
        let number = self.next_number(series);
        let issued_ms = document.created_ms + 4_000 + (by % 9_000) as i64;
        let facts = json!({ "series": series, "number": number });
        document.events.push(("issued", facts, issued_ms));
        (document.number, document.issued_ms) = (Some(number), Some(issued_ms));
        document.issue_date = Some(fiscal_date(issued_ms).to_string());
        document.verification = Verification::Verified;
        if document.state == DocumentState::Issued && by % 2_000 == 7 {
            document.verification = Verification::Mismatched;
            let ours = document.total_text.clone();
            document.mismatch =
                Some(json!([{ "field": "total", "ours": ours, "provider": format!("{ours}1") }]).to_string());
        }
        document.paid_minor = match by % 100 {
            0..=84 => Some(document.total_minor),
            85..=88 => Some(document.total_minor / 2),
            89..=93 => Some(0),
            _ => None,
        };
        let is_fresh = issued_ms > self.plan.now_ms - 3 * DAY_MS;
        if document.provider == "oblio" {
            (document.einvoice, document.einvoice_words) = match by / 100 % 1_000 {
                _ if is_fresh => (Some("processing"), None),
                0..=5 => (Some("rejected"), Some("BR-RO-100: codul județului lipsește".to_owned())),
                6..=12 => (Some("not_sent"), None),
                _ => (Some("accepted"), None),
            };
        }
    }

    fn hold(&self, document: &mut FilledDocument, placed: &Placed, by: u64) {
        let (kind, phase, field, fact, words) = HELD[(by % HELD.len() as u64) as usize];
        let operation = if phase == Phase::Prepare { "map" } else { "create invoice" };
        let mut failure = Failure::new(kind, phase, operation, format!("order {}", placed.head.number));
        if phase == Phase::Prepare {
            failure = failure.with_detail(if fact.is_empty() { field.to_owned() } else { format!("{field}: {fact}") });
            let (field, detail) = (field.to_owned(), fact.to_owned());
            document.problems.push(DraftProblem { field, kind, detail });
        } else if !fact.is_empty() {
            failure = failure.with_detail(fact);
        }
        if !words.is_empty() {
            failure = failure.with_words(words);
        }
        let at_ms = document.created_ms + 5_000;
        if phase != Phase::Prepare {
            let answer = json!({ "errorText": words }).to_string();
            document.attempt = Some(self.attempt(document, placed, ("refused", Some(400), answer), at_ms));
        }
        document.failure = Some(failure);
        document.events.push(("held", json!({}), at_ms));
    }

    fn doubt(&self, document: &mut FilledDocument, placed: &Placed, by: u64) {
        let kind = [FailureKind::TimedOut, FailureKind::ConnectionLost, FailureKind::ServerError][(by % 3) as usize];
        document.failure =
            Some(Failure::new(kind, Phase::Unknown, "create invoice", format!("order {}", placed.head.number)));
        let at_ms = document.created_ms + 5_000;
        document.issue_date = Some(fiscal_date(at_ms).to_string());
        document.attempt = Some(self.attempt(document, placed, ("unknown", None, String::new()), at_ms));
        document.events.push(("claimed", json!({}), at_ms));
        document.events.push(("in_doubt", json!({}), at_ms + 30_000));
    }

    fn attempt(
        &self,
        document: &FilledDocument,
        placed: &Placed,
        (outcome, status, answer): (&'static str, Option<u16>, String),
        started_ms: i64,
    ) -> FilledAttempt {
        let key = IssueKey {
            shop_identity: String::new(),
            order_id: placed.head.order_id.clone(),
            role: Role::Invoice,
            generation: 1,
        };
        let next = self.numbers.values().max().map(|number| format!("{:04}", number + 1));
        FilledAttempt {
            id: id("att", started_ms, self.order),
            idempotency_key: self.plan.seed.idempotency_key(&key, 1),
            baseline: json!({ "next_number": next }).to_string(),
            outcome,
            record: json!({ "method": "POST", "url": format!("https://{}.invalid/invoice", document.provider),
                "request_body": json!({ "client": document.client, "mentions": document.reference }).to_string(),
                "status": status, "answer_body": answer })
            .to_string(),
            started_ms,
            finished_ms: started_ms + 1_200,
        }
    }

    /// The storno of an invoice, or a correction over a part of it.
    fn take_back(&mut self, placed: &Placed, invoice: &FilledDocument, to: usize, is_part: bool) -> FilledDocument {
        let role = Role::Correction(if is_part { "1" } else { "storno" }.to_owned());
        let mut storno = self.blank(placed, role, to);
        storno.draft = None;
        storno.created_ms = (invoice.created_ms + 2 * DAY_MS).min(self.plan.now_ms - 60_000);
        storno.events[0].2 = storno.created_ms;
        storno.total_minor = if is_part { -(invoice.total_minor / 3) } else { -invoice.total_minor };
        storno.total_text = format!("{:.2}", storno.total_minor as f64 / 100.0);
        (storno.reverses, storno.corrects) = if is_part { (None, Some(0)) } else { (Some(0), None) };
        self.issue(&mut storno, 95);
        storno
    }
}

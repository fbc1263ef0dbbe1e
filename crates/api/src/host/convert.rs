//! From the engine's types to what screens see. Facts and codes only.

use crate::dto::*;
use chrono::{Datelike, Days};
use punte_domain::{Draft, DraftProblem, Failure, Next, Phase, fiscal_date, fiscal_day_start};
use punte_engine::connectors::billing::{Company, Evidence, ReferenceSeen, Series, VatRate, WireRecord};
use punte_engine::reconcile::FindingKind;
use punte_engine::store::ledger::{Attempt, Counts as LedgerCounts, Document, Event, Look, OrderRow as StoredOrder};
use std::collections::HashSet;

pub(super) fn failure(failure: &Failure, source: &str, at_ms: i64) -> FailureInfo {
    FailureInfo {
        kind: failure.kind.as_str().to_owned(),
        phase: phase(failure.phase).to_owned(),
        next: next(failure.next()).to_owned(),
        source: source.to_owned(),
        operation: failure.operation.to_string(),
        object: failure.object.to_string(),
        provider_words: failure.provider_words.clone(),
        code: failure.code.as_deref().map(str::to_owned),
        detail: failure.detail.clone(),
        retry_at_ms: failure.retry_after_ms.map(|after| at_ms + after),
    }
}

fn phase(phase: Phase) -> &'static str {
    match phase {
        Phase::Prepare => "prepare",
        Phase::NotSent => "not_sent",
        Phase::Unknown => "unknown",
        Phase::Refused => "refused",
        Phase::Mismatch => "mismatch",
    }
}

fn next(next: Next) -> &'static str {
    match next {
        Next::RetryByItself => "retry_by_itself",
        Next::FixThenRetry => "fix_then_retry",
        Next::AskProvider => "ask_provider",
        Next::NeedsPerson => "needs_person",
        Next::StopConnection => "stop_connection",
    }
}

/// Starts of the last `days` Romanian days, oldest first, the last one today's.
pub(super) fn day_starts(now_ms: i64, days: u64) -> Vec<i64> {
    let today = fiscal_date(now_ms);
    (0..days).rev().map(|back| fiscal_day_start(today.checked_sub_days(Days::new(back)).unwrap_or(today))).collect()
}

pub(super) fn day_start(now_ms: i64) -> i64 {
    fiscal_day_start(fiscal_date(now_ms))
}

pub(super) fn month_start(now_ms: i64) -> i64 {
    let today = fiscal_date(now_ms);
    fiscal_day_start(today.with_day(1).unwrap_or(today))
}

pub(super) fn day_text(at_ms: i64) -> String {
    fiscal_date(at_ms).to_string()
}

/// Findings that ask for a person. What is mismatched or missing there is counted by its documents, and in a series that others
/// write in, too, documents that are unknown here are no alarm.
const TO_LOOK_AT: [FindingKind; 3] = [FindingKind::Duplicate, FindingKind::Gap, FindingKind::Repeat];

pub(super) fn counts(counts: &LedgerCounts) -> Counts {
    Counts {
        held: counts.get("document:held"),
        ready: counts.get("document:ready"),
        sending: counts.get("document:sending"),
        issued: counts.get("document:issued"),
        in_doubt: counts.get("document:in_doubt"),
        mismatched: counts.get("mismatched"),
        changed: counts.get("changed"),
        findings: TO_LOOK_AT.iter().map(|kind| counts.get(&format!("finding:{}:open", kind.as_str()))).sum(),
        cancelled: counts.get("document:cancelled"),
        reversed: counts.get("document:reversed"),
        dismissed: counts.get("document:dismissed"),
        orders: counts.get("orders"),
        orders_not_invoiced: counts.get("order:not_invoiced"),
        orders_waiting: counts.get("order:waiting"),
    }
}

pub(super) fn document(document: &Document) -> DocumentRow {
    DocumentRow {
        id: document.id.clone(),
        order_id: String::new(),
        order_number: document.order_number.clone(),
        role: match (document.reverses_row, document.corrects_row) {
            (Some(_), _) => "storno".to_owned(),
            (None, Some(_)) => "correction".to_owned(),
            (None, None) => document.role.clone(),
        },
        state: document.state.as_str().to_owned(),
        verification: document.verification.as_str().to_owned(),
        series: document.series.clone(),
        number: document.number.clone(),
        link: document.link.clone(),
        client: document.client.clone(),
        tax_id: document.tax_id.clone(),
        total: Amount { minor: document.total_minor, currency: document.currency.clone() },
        provider: document.provider.clone(),
        reference: document.reference.clone(),
        created_ms: document.created_ms,
        issued_ms: document.issued_ms,
        failure: document.failure.as_ref().map(|f| failure(f, source_of(f, document), document.created_ms)),
        due_ms: document.due_ms,
        mismatch: document.verification_detail.clone(),
        changes: document.open_changes,
        connection_id: document.billing_id.clone(),
        mapping_version: document.mapping_version,
        paid: document.paid_minor.map(|minor| Amount { minor, currency: document.currency.clone() }),
        einvoice: document
            .einvoice
            .clone()
            .map(|state| EInvoiceInfo { state, words: document.einvoice_words.clone().unwrap_or_default() }),
    }
}

pub(super) fn company(company: Company) -> CompanyChoice {
    CompanyChoice { cif: company.cif, name: company.name }
}

pub(super) fn series(series: Series) -> SeriesChoice {
    SeriesChoice { name: series.name, document_type: series.document_type, next_number: series.next_number }
}

pub(super) fn vat_rate(rate: VatRate) -> VatChoice {
    VatChoice { name: rate.name, percent: rate.percent.normalize().to_string() }
}

/// Who a failure's words are from: nobody was asked while preparing.
pub(super) fn source_of<'d>(failure: &Failure, document: &'d Document) -> &'d str {
    if failure.phase == Phase::Prepare && failure.provider_words.is_none() { "" } else { &document.provider }
}

pub(super) fn order(order: &StoredOrder, document: Option<&Document>) -> OrderRow {
    let head = &order.head;
    OrderRow {
        id: order.id.clone(),
        number: head.number.clone(),
        customer: head.customer.clone(),
        tax_id: head.tax_id.clone(),
        email: head.email.clone(),
        total: Amount { minor: head.total_minor, currency: head.currency.code().to_owned() },
        status: head.status.as_str().to_owned(),
        status_text: head.status_text.clone(),
        created_ms: head.created_ms,
        modified_ms: head.modified_ms,
        decision: order.decision.clone(),
        reason: order.reason.clone(),
        document_id: document.map(|d| d.id.clone()),
        document_state: document.map(|d| d.state.as_str().to_owned()),
        document_role: document.map(|d| d.role.clone()),
        document_number: document.and_then(|d| d.number.as_ref().map(|number| format!("{} {number}", d.series))),
    }
}

pub(super) fn draft(draft: &Draft) -> DraftInfo {
    let currency = draft.currency;
    // an amount that does not fit was refused long before it came here
    let amount =
        |value| Amount { minor: currency.to_minor(value).unwrap_or_default(), currency: currency.code().to_owned() };
    let client = &draft.client;
    DraftInfo {
        client_name: client.name.clone(),
        is_company: client.is_company,
        tax_id: client.tax_id.clone(),
        vat_payer: client.vat_payer,
        reg_com: client.reg_com.clone(),
        address: client.address.clone(),
        city: client.city.clone(),
        county: client.county.clone(),
        country: client.country.clone(),
        email: client.email.clone(),
        phone: client.phone.clone(),
        lines: draft
            .lines
            .iter()
            .map(|line| DraftLineInfo {
                kind: line.kind.as_str().to_owned(),
                name: line.name.clone(),
                code: line.code.clone(),
                description: line.description.clone(),
                unit: line.unit.clone(),
                quantity: line.quantity.normalize().to_string(),
                unit_price: line.unit_price.normalize().to_string(),
                vat_rate: line.vat_rate.normalize().to_string(),
                gross: amount(line.gross(currency)),
            })
            .collect(),
        vat: draft
            .vat_shares()
            .into_iter()
            .map(|share| VatShareInfo {
                rate: share.rate.normalize().to_string(),
                net: amount(share.net),
                vat: amount(share.vat),
            })
            .collect(),
        total: amount(draft.total()),
        order_total: amount(draft.order_total),
        payment_kind: draft.payment.as_ref().map(|payment| payment.kind.as_str().to_owned()),
        payment: draft.payment.as_ref().map(|payment| amount(payment.value)),
        mentions: draft.mentions.clone(),
    }
}

pub(super) fn problems(problems: &[DraftProblem]) -> Vec<ProblemInfo> {
    problems
        .iter()
        .map(|problem| ProblemInfo {
            field: problem.field.clone(),
            kind: problem.kind.as_str().to_owned(),
            detail: problem.detail.clone(),
        })
        .collect()
}

pub(super) fn attempt(attempt: &Attempt, provider: &str) -> AttemptInfo {
    let record: WireRecord = serde_json::from_str(&attempt.record).unwrap_or_default();
    AttemptInfo {
        id: attempt.id.clone(),
        trigger: attempt.trigger.clone(),
        started_ms: attempt.started_ms,
        finished_ms: attempt.finished_ms,
        outcome: attempt.outcome.clone(),
        failure: attempt.failure.as_ref().map(|f| failure(f, provider, attempt.started_ms)),
        method: record.method,
        url: record.url,
        request_body: record.request_body,
        status: record.status,
        answer_body: record.answer_body,
    }
}

pub(super) fn event(event: Event, provider: &str) -> TimelineEntry {
    TimelineEntry {
        at_ms: event.at_ms,
        what: event.what,
        facts: event.facts.as_object().cloned().unwrap_or_default(),
        who: event.who,
        failure: event.failure.as_ref().map(|f| failure(f, provider, event.at_ms)),
    }
}

/// A look as evidence; `taken` holds the numbers that belong to other records of ours.
pub(super) fn look(look: &Look, baseline_number: Option<String>, taken: &HashSet<String>, provider: &str) -> LookInfo {
    let evidence: Option<Evidence> = look.evidence.as_deref().and_then(|text| serde_json::from_str(text).ok());
    LookInfo {
        at_ms: look.at_ms,
        decisive: look.decisive,
        complete: evidence.as_ref().is_some_and(|evidence| evidence.complete),
        baseline_number,
        next_number: evidence.as_ref().and_then(|evidence| evidence.next_number.clone()),
        candidates: evidence
            .map(|evidence| evidence.looked_at)
            .unwrap_or_default()
            .into_iter()
            .map(|candidate| CandidateInfo {
                taken: taken.contains(&candidate.document.number),
                series: candidate.document.series,
                number: candidate.document.number,
                total: candidate.total.map(|total| total.normalize().to_string()),
                client: candidate.client,
                cancelled: candidate.cancelled,
                reference: match candidate.reference {
                    ReferenceSeen::Ours => "ours",
                    ReferenceSeen::Another(_) => "another",
                    ReferenceSeen::None => "none",
                    ReferenceSeen::Unreadable => "unreadable",
                }
                .to_owned(),
                link: candidate.document.link,
            })
            .collect(),
        failure: look.failure.as_ref().map(|f| failure(f, provider, look.at_ms)),
    }
}

//! From the ledger's rows and the provider's to what is compared, and from findings to what is noted on documents.

use super::findings::{Finding, FindingKind, Ours, Theirs};
use crate::settle::parse_date;
use chrono::NaiveDate;
use punte_connectors::billing::ListedDocument;
use punte_domain::{Currency, fiscal_date};
use punte_store::ledger::SeriesDocument;
use rust_decimal::Decimal;
use serde_json::json;

/// Midnight in UTC.
pub(super) fn instant_of(day: NaiveDate) -> i64 {
    day.and_time(chrono::NaiveTime::MIN).and_utc().timestamp_millis()
}

/// What is noted on the documents themselves, as a verification notes it: one field and both values.
pub(super) fn mismatches(findings: &[Finding]) -> Vec<(i64, String)> {
    let detail = |finding: &Finding| match finding.kind {
        FindingKind::Mismatched => finding.facts.differs.first().map(|first| {
            let field = if first.field == "reference" { "mentions" } else { &first.field };
            json!({ "field": field, "ours": first.ours, "provider": first.theirs }).to_string()
        }),
        FindingKind::MissingThere => {
            let theirs = finding.facts.theirs.first().map(|one| one.references.join(", ")).unwrap_or_default();
            Some(json!({ "field": "document", "ours": finding.number, "provider": theirs }).to_string())
        }
        FindingKind::Expected
        | FindingKind::UnknownHere
        | FindingKind::Duplicate
        | FindingKind::Gap
        | FindingKind::Repeat => None,
    };
    findings.iter().filter_map(|finding| Some((finding.document_row?, detail(finding)?))).collect()
}

pub(super) fn ours_of(row: SeriesDocument, recent_ms: i64) -> Ours {
    let total = Currency::parse(&row.currency)
        .map_or_else(|_| Decimal::new(row.total_minor, 2), |currency| currency.from_minor(row.total_minor));
    let planned = fiscal_date(row.created_ms);
    Ours {
        row: row.row,
        id: row.id,
        order_row: row.order_row,
        reference: row.reference,
        state: row.state,
        is_storno: row.reverses.is_some(),
        reverses: row.reverses,
        series: row.series,
        number: row.number,
        provider_id: row.provider_id,
        day: Some(row.issue_date.as_deref().and_then(parse_date).unwrap_or(planned)),
        total,
        currency: row.currency,
        client: row.client,
        is_recent: row.issued_ms.is_some_and(|issued_ms| issued_ms > recent_ms),
    }
}

pub(super) fn theirs_of(row: ListedDocument) -> Theirs {
    Theirs {
        series: row.document.series,
        number: row.document.number,
        provider_id: row.document.provider_id,
        day: row.issue_date,
        total: row.total,
        currency: row.currency,
        client: row.client,
        cancelled: row.cancelled,
        is_storno: row.is_storno,
        references: row.references.iter().map(ToString::to_string).collect(),
        is_read: true,
    }
}

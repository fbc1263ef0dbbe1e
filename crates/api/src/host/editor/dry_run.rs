//! Dry runs: begun, followed, stopped.

use super::super::{Host, convert, rules};
use super::{document, record};
use crate::commands::Session;
use crate::dto::*;
use crate::error::ApiError;
use punte_engine::editor::{DryRunQuery, DryRunReport};

impl Host {
    pub(in super::super) async fn dry_run_start(
        &self,
        _: &Session,
        request: DryRunRequest,
    ) -> Result<DryRunInfo, ApiError> {
        let mapping = document::read(request.document)?;
        let query = DryRunQuery { last: request.last, only: request.only, search: request.search };
        Ok(shown(self.workspace().await?.start_dry_run(&request.mapping_id, mapping, query).await?))
    }

    pub(in super::super) async fn dry_run_get(&self, _: &Session, request: ById) -> Result<DryRunAnswer, ApiError> {
        Ok(DryRunAnswer { run: self.workspace().await?.dry_run(&request.id).map(shown) })
    }

    pub(in super::super) async fn dry_run_cancel(&self, _: &Session, request: ById) -> Result<Nothing, ApiError> {
        self.workspace().await?.cancel_dry_run(&request.id);
        Ok(Nothing {})
    }
}

fn outcome(issues: bool) -> String {
    if issues { "issue" } else { "hold" }.to_owned()
}

fn shown(report: DryRunReport) -> DryRunInfo {
    let mut fields: Vec<FieldCount> =
        report.fields.into_iter().map(|(field, count)| FieldCount { field, count }).collect();
    fields.sort_by(|one, other| other.count.cmp(&one.count).then_with(|| one.field.cmp(&other.field)));
    DryRunInfo {
        id: report.id,
        mapping_id: report.mapping_id,
        state: report.state.as_str().to_owned(),
        detail: report.detail,
        total: report.total,
        done: report.done,
        issue: report.issue,
        hold: report.hold,
        issue_issued: report.issue_issued,
        hold_issued: report.hold_issued,
        changed: report.changed,
        mended: report.mended,
        broken: report.broken,
        left_out: report.left_out,
        not_taken: report.not_taken.into_iter().map(rules::not_taken).collect(),
        started_ms: report.started_ms,
        finished_ms: report.finished_ms,
        fields,
        rows: report
            .rows
            .into_iter()
            .map(|row| DryRunRow {
                order_id: row.order_id,
                number: row.number,
                customer: row.customer,
                before: outcome(row.issues_before),
                after: outcome(row.issues_after),
                changes: row.changes.into_iter().map(record::change).collect(),
                problems: convert::problems(&row.problems),
                is_issued: row.is_issued,
            })
            .collect(),
        truncated: report.truncated,
    }
}

//! TypeScript for the screens, made from the command list; committed, and checked by a test to be current.

use crate::commands::{AccessRole, Event, Tag, typescript_commands};
use crate::dto::*;
use crate::error::{ApiError, ErrorCode};
use ts_rs::TS;

macro_rules! declarations {
    ($config:expr; $($type:ty),+ $(,)?) => {
        [$(format!("export {}", <$type as TS>::decl($config))),+].join("\n\n")
    };
}

/// The whole generated file (`ui/src/api/generated/api.ts`).
pub fn typescript() -> String {
    let config = ts_rs::Config::default();
    let types = declarations!(
        &config;
        Amount, Nothing, ById, FailureInfo, WorkspaceInfo, OpenProblem, AppInfo, QuarantineInfo, SeriesReadInfo,
        LiftRequest, EnabledInput, CheckReport, CheckFinding, Preferences, NewWorkspace, NeedsYou,
        DayCount, PeriodSum, Counts, FailureCount, Overview, SandboxFault, SandboxInfo, SandboxOrders, ConnectionInfo,
        FlowInfo, Connections, ConnectionInput, SecretInput, TestStep, CompanyChoice, SeriesChoice, VatChoice, TestResult,
        FlowInput, ListRequest, OrderRow, OrderPage, DocumentRow, DocumentPage, FailureGroup, Failures, RetryRequest,
        Skipped, RetryResult, WithReason, ChangedFieldInfo, ChangeInfo, AcceptChange, OfferInfo, PaymentInput,
        EmailInput, OperateRequest, OperationInfo, FileContent, EInvoiceInfo, ListsRequest, AbilityInfo,
        ConnectionListsInfo, CandidateInfo, LookInfo, Doubt, Doubts, LinkRequest, RecordRequest,
        DraftLineInfo, VatShareInfo, DraftInfo, AttemptInfo, TimelineEntry, RecordInfo, ProblemInfo, ImportRequest,
        ImportProblem, ImportReport, MappingRequest, RuleValueInfo, RuleInfo, MappingName, SampleOrder, MappingInfo,
        RuleChange, RulePreview, RuleSaved, ReconcileRequest, ReconcileStarted, ReconcileRunInfo, LaneChoice,
        ReconcileRuns, FindingsRequest, DifferenceInfo, SeenInfo, FindingInfo, FindingPage, IgnoreRequest, JobInfo,
        ScheduleInfo, RetentionRequest, AccessRole, Tag, Event, ErrorCode, ApiError,
    );
    format!(
        "// Made from the command list in crates/api by `make bindings`; do not edit.\n\n{types}\n\n{}",
        typescript_commands(&config)
    )
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    #[test]
    fn the_committed_typescript_is_current() {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../ui/src/api/generated/api.ts");
        let current = super::typescript();
        if std::env::var_os("PUNTE_WRITE_BINDINGS").is_some() {
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(&path, &current).unwrap();
        }
        let committed = std::fs::read_to_string(&path).unwrap_or_default();
        assert!(committed == current, "the command list changed: run `make bindings` and commit the result");
    }
}

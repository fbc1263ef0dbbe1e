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
        PeriodSum, Counts, FailureCount, Overview, SandboxFault, SandboxInfo, SandboxOrders, ConnectionInfo,
        FlowInfo, Connections, ConnectionInput, SecretInput, VaultInfo, VaultChoice, PassphraseInput, PassphraseChange, TestStep, CompanyChoice, SeriesChoice, VatChoice, TestResult,
        RuleChoice, RuleWhen, RuleSeries, RuleProforma, RuleCollect, RulesInfo, RulesPreviewRequest, RulesNotTaken, RulesPreview,
        ListenerInfo, ListenerInput, HookInfo, ShopHookInfo, ShopHooks, ShopHookRef, InboxRequest, DeliveryRow, InboxPage,
        InboxCounts, DeliveryRequest, DeliveryInfo, ReplayInfo, BackfillRequest, BackfillGroupInfo, BackfillInfo, Backfills,
        BackupRequest, BackupInfo, BackupFile, BackupSettingsInput, BackupRun, BackupRef, BackupVerified, RestoreRequest,
        ImportBegin, ImportPiece, ImportId, ImportColumns, ImportChoice, ImportField, ImportSample, ImportReason, ImportRejected,
        ImportPreview, ImportInfo, Imports, ImportRejectedRequest, ImportRejectedPage,
        FlowInput, ListRequest, OrderRow, OrderPage, DocumentRow, DocumentPage, FailureGroup, Failures, RetryRequest,
        Skipped, RetryResult, WithReason, ChangedFieldInfo, ChangeInfo, AcceptChange, OfferInfo, PaymentInput,
        EmailInput, OperateRequest, OperationInfo, FileContent, EInvoiceInfo, ListsRequest, AbilityInfo,
        ConnectionListsInfo, CandidateInfo, LookInfo, Doubt, Doubts, LinkRequest, RecordRequest, OrderVersion, OrderVersionRequest, OrderAsReceived,
        DraftLineInfo, VatShareInfo, DraftInfo, AttemptInfo, TimelineEntry, MadeBy, RecordInfo, ProblemInfo,
        RuleEntry, BlockEntry, TableRow, TableEntry, RoundingEntry, MappingDocument, TargetInfo, FunctionInfo, MappingSummary, ShopMapping, Mappings, MappingCreate, KeptDraft, MappingInfo, MappingFlow, SampleRequest, SampleInfo, SampleAnswer, SamplesRequest, SampleOrder, Samples, TryRequest, RuleProblem, RuleErrorInfo, InputInfo, RuleValueInfo, PayloadInfo, MappingTrial, DraftSave, DraftSaved, PublishRequest, Published, MappingVersionInfo, MappingHistory, VersionRequest, DiffRequest, MappingChangeInfo, MappingDiff, MappingText, DryRunRequest, FieldChangeInfo, DryRunRow, FieldCount, DryRunInfo, DryRunAnswer, DraftEditEntry, DraftEditRequest, DraftEditSave, EditPreview, DraftEdits, DraftFields, ReconcileRequest, ReconcileStarted, ReconcileRunInfo, LaneChoice,
        ReconcileRuns, FindingsRequest, DifferenceInfo, SeenInfo, FindingInfo, FindingPage, IgnoreRequest, JobInfo,
        ScheduleInfo, RetentionRequest, RetentionShare, RetentionPreview, ClientQuery, ClientErase, ClientDocument, ClientOpenOrder, ClientInfo, ClientLoose, ClientsFound, ClientErased, ListName, SortBy, TableQuery, RowsRequest, DocumentRows, OrderRows, QueryProblem,
        TableSummary, ListRef, FieldValue, FieldInfo, ColumnInfo, TableVocabulary, ColumnState, TableLayout, SavedView,
        SavedViews, ExportColumn, ExportRequest, ExportInfo, ExportAnswer,
        CauseRecordsRequest, CauseRecord, CauseRecords, AssignCause, SnoozeCause, NoteInfo,
        RecordDesk, NoteInput, AssignRecord, TagsInput, SnoozeRecord, BulkSelection, BulkRequest, BulkConfirm, BulkCount,
        BulkJob, BulkJobs, BulkReportRequest, BulkItem, BulkItems, BulkCsvRequest,
        AuditRequest, AuditSubject, AuditChange, AuditEntry, AuditPage, AuditGet, AuditAside, AuditDetail, AuditVerify,
        AuditBreak, AuditLoss, AuditReport, AuditAnchors, AuditExport,
        SetupText, SetupInput, SetupRename, SetupPlan, SetupItem, SetupFlow, SetupProblem,
        LogRequest, LogLine, LogPage, LogRecordRequest, SupportRequest, SupportPart, SupportPreview,
        AlertRuleInput, AlertRuleInfo, QuietHoursInfo, DigestInfo, AlertMail, AlertChannelInfo, AlertChannelInput, AlertChannelSaved,
        AlertInfo, AlertsInfo, AlertsInput, NoticeSendInfo, NoticeItemInfo, NoticeInfo, NoticesRequest, NoticePage,
        DesktopNoticesRequest, DesktopNotices,
        BooksInfo, BooksList, MonthRequest, CountedAmount, MonthMoney, MonthVat, GapInfo,
        MonthSeries, LeftOutInfo, MonthEInvoices, ObstacleInfo, ClosingInfo, SinceClosingInfo, MonthReport, MonthClose,
        MonthFileRequest, EInvoicesRequest, EInvoiceKey, EInvoiceEntry, EInvoices, ExpectedDocuments, ExpectedOrders,
        Expected, CandidateRequest, TrendRequest, TrendDay, Trend, OnClose, DesktopInfo, DesktopChoice, Leaving, NetworkInfo, NetworkHost, SessionInfo, SignInRequest, PersonInfo, GuardsInfo, People,
        NewPerson, PersonChange, PersonPassword, OwnPassword, ApprovalInfo, Approvals, ApprovalDecision, AccessRole, Tag, Event, ErrorCode, ApiError,
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

    /// Every reason for which something of a file is not taken has words in both languages, which name its facts alone.
    #[test]
    fn every_reason_of_an_import_has_words() {
        use punte_engine::connectors::shops::ReasonCode;
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../ui/src/shared/i18n/");
        for language in ["en", "ro"] {
            let text = std::fs::read_to_string(format!("{path}{language}/imports.json")).unwrap();
            let words: serde_json::Value = serde_json::from_str(&text).unwrap();
            let words = words["imports"]["reason"].as_object().unwrap();
            for code in ReasonCode::ALL {
                let told = words.get(code.as_str()).and_then(serde_json::Value::as_str).unwrap_or_default();
                assert!(!told.is_empty(), "{language}: {}", code.as_str());
                let mut named: Vec<&str> =
                    told.split("{{").skip(1).filter_map(|rest| rest.split("}}").next()).collect();
                named.sort_unstable();
                let mut facts = code.facts().to_vec();
                facts.sort_unstable();
                assert_eq!(named, facts, "{language}: {}", code.as_str());
            }
            // and nothing is explained that nobody says
            for told in words.keys() {
                assert!(ReasonCode::ALL.iter().any(|code| code.as_str() == told), "{language}: {told}");
            }
        }
    }

    /// Why a notice did not arrive, and what is watched, has words in both languages.
    #[test]
    fn every_rule_of_alerts_and_every_reason_that_a_notice_was_not_taken_has_words() {
        use punte_engine::alerts::Rule;
        use punte_engine::connectors::alerts::AlertCode;
        // of the engine, before a channel is asked
        let own = ["settings_invalid", "secret_missing", "secret_unreadable", "channel_off", "channel_removed"];
        let codes: Vec<&str> = AlertCode::ALL.iter().map(|code| code.as_str()).chain(own).collect();
        for language in ["en", "ro"] {
            let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../ui/src/shared/i18n/");
            let text = std::fs::read_to_string(format!("{path}{language}/alerts.json")).unwrap();
            let words: serde_json::Value = serde_json::from_str(&text).unwrap();
            let words = &words["alerts"];
            for code in &codes {
                assert!(words["failed"][code].is_string(), "{language}: alerts.failed.{code}");
            }
            // and nothing is explained that nobody says
            for told in words["failed"].as_object().unwrap().keys() {
                assert!(codes.contains(&told.as_str()), "{language}: {told}");
            }
            for rule in Rule::ALL {
                let name = rule.as_str();
                assert!(words["rule"]["name"][name].is_string(), "{language}: alerts.rule.name.{name}");
                assert!(words["rule"]["about"][name].is_string(), "{language}: alerts.rule.about.{name}");
                let unit = rule.unit();
                assert!(
                    unit.is_empty() || words["rule"]["unit"][unit].is_string(),
                    "{language}: alerts.rule.unit.{unit}"
                );
            }
        }
    }

    /// What is put on record is told in words on the screen of the audit log.
    #[test]
    fn every_act_on_record_and_every_subject_has_words() {
        use crate::commands::{COMMANDS, CommandKind};
        for language in ["en", "ro"] {
            let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../ui/src/shared/i18n/");
            let text = std::fs::read_to_string(format!("{path}{language}/activity.json")).unwrap();
            let words: serde_json::Value = serde_json::from_str(&text).unwrap();
            let words = &words["activity"];
            let acts = COMMANDS.iter().filter(|info| info.kind == CommandKind::Act).map(|info| info.name);
            let noted = [punte_engine::store::ledger::LOST];
            for act in acts.chain(crate::host::reads_on_record()).chain(noted) {
                let (group, name) = act.split_once('.').unwrap();
                assert!(words["did"][group][name].is_string(), "{language}: activity.did.{act}");
            }
            for kind in crate::host::subject_kinds() {
                assert!(words["subjectKind"][kind].is_string(), "{language}: activity.subjectKind.{kind}");
            }
        }
    }

    /// The words of the mapping editor's codes, of both languages.
    #[test]
    fn every_problem_of_a_mapping_and_every_function_has_words() {
        use punte_engine::mapping::{ProblemCode, functions, presets};
        for language in ["en", "ro"] {
            let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../ui/src/shared/i18n/");
            let text = std::fs::read_to_string(format!("{path}{language}/editor.json")).unwrap();
            let words: serde_json::Value = serde_json::from_str(&text).unwrap();
            let words = &words["editor"];
            for code in ProblemCode::ALL {
                let told = &words["problem"][code.as_str()];
                assert!(told["what"].is_string() && told["fix"].is_string(), "{language}: {}", code.as_str());
            }
            for function in functions() {
                assert!(words["function"][function.name].is_string(), "{language}: {}", function.name);
            }
            for id in presets() {
                assert!(words["preset"][id]["name"].is_string(), "{language}: {id}");
            }
        }
    }

    /// Every reason that a record is not invoiced for, and every known answer of a provider, is explained in both languages.
    #[test]
    fn every_failure_and_every_known_answer_has_words() {
        use punte_domain::FailureKind;
        use punte_engine::connectors::billing::literal_codes;
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../ui/src/shared/i18n/");
        let read = |language: &str, file: &str| -> serde_json::Value {
            serde_json::from_str(&std::fs::read_to_string(format!("{path}{language}/{file}.json")).unwrap()).unwrap()
        };
        let codes = literal_codes();
        assert!(codes.len() > 90, "{}", codes.len());
        for language in ["en", "ro"] {
            let (kinds, literals) = (read(language, "words"), read(language, "literals"));
            let is_told =
                |told: &serde_json::Value, what: &str| told[what].as_str().is_some_and(|text| !text.is_empty());
            for kind in FailureKind::ALL {
                let told = &kinds["failure"][kind.as_str()];
                assert!(["title", "cause", "fix"].iter().all(|what| is_told(told, what)), "{language}: {kind:?}");
            }
            for code in &codes {
                let (system, code) = code.split_once('.').unwrap();
                let told = &literals["literal"][system][code];
                assert!(["cause", "fix"].iter().all(|what| is_told(told, what)), "{language}: {system}.{code}");
            }
            // and nothing is explained that no provider says
            for (system, told) in literals["literal"].as_object().unwrap() {
                for code in told.as_object().unwrap().keys() {
                    assert!(codes.contains(&format!("{system}.{code}")), "{language}: {system}.{code}");
                }
            }
        }
    }
}

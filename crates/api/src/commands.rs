//! The one list of commands: name, request, response, needed role, and the tags whose change makes an answer stale.
//!
//! Everything else follows from it: the handler trait (a host that misses a command does not compile), the dispatch, the
//! role check, and the TypeScript that the screens are checked against.

use crate::dto::*;
use crate::error::{ApiError, ErrorCode};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// What an operator may do, each including the ones before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum AccessRole {
    Viewer,
    Operator,
    Integrator,
    Owner,
}

/// Who calls. Every call has one, whatever the host.
#[derive(Debug, Clone)]
pub struct Session {
    pub operator: String,
    pub role: AccessRole,
}

/// Parts of the ledger that changed; an answer that declares the tag is read again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Tag {
    App,
    Backfill,
    Bulk,
    Connections,
    Desk,
    Documents,
    DryRun,
    Exports,
    Imports,
    Inbox,
    Mappings,
    Orders,
    Reconcile,
    Sandbox,
    Schedule,
    Views,
}

/// A batched note that something changed.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct Event {
    pub tags: Vec<Tag>,
}

impl Event {
    /// For a listener that fell behind: all may have changed.
    pub fn everything() -> Event {
        Event {
            tags: vec![
                Tag::App,
                Tag::Backfill,
                Tag::Bulk,
                Tag::Connections,
                Tag::Desk,
                Tag::Documents,
                Tag::DryRun,
                Tag::Exports,
                Tag::Imports,
                Tag::Inbox,
                Tag::Mappings,
                Tag::Orders,
                Tag::Reconcile,
                Tag::Sandbox,
                Tag::Schedule,
                Tag::Views,
            ],
        }
    }
}

/// One command, as data.
#[derive(Debug, Clone, Copy)]
pub struct CommandInfo {
    pub name: &'static str,
    pub role: AccessRole,
    /// Empty for commands that change something.
    pub stale_by: &'static [Tag],
}

macro_rules! commands {
    ($($(#[$doc:meta])* $name:literal => $method:ident($request:ty) -> $response:ty, $role:ident, [$($tag:ident),*];)+) => {
        /// Every command, in one place.
        pub const COMMANDS: &[CommandInfo] = &[
            $(CommandInfo { name: $name, role: AccessRole::$role, stale_by: &[$(Tag::$tag),*] }),+
        ];

        /// A host implements every command.
        #[async_trait::async_trait]
        pub trait Commands: Send + Sync {
            $($(#[$doc])* async fn $method(&self, session: &Session, request: $request) -> Result<$response, ApiError>;)+
        }

        /// Checks the role, reads the request, calls the handler, writes the response.
        pub async fn dispatch<H: Commands + ?Sized>(
            host: &H,
            session: &Session,
            command: &str,
            payload: serde_json::Value,
        ) -> Result<serde_json::Value, ApiError> {
            let Some(info) = COMMANDS.iter().find(|info| info.name == command) else {
                return Err(ApiError::new(ErrorCode::UnknownCommand, command.chars().take(60).collect::<String>()));
            };
            if session.role < info.role {
                return Err(ApiError::new(ErrorCode::Forbidden, format!("{command} needs {:?}", info.role)));
            }
            match command {
                $($name => {
                    let payload = if payload.is_null() { serde_json::json!({}) } else { payload };
                    let request: $request = serde_json::from_value(payload)
                        .map_err(|error| ApiError::new(ErrorCode::InvalidInput, error.to_string()))?;
                    let response = host.$method(session, request).await?;
                    serde_json::to_value(response)
                        .map_err(|error| ApiError::new(ErrorCode::Internal, error.to_string()))
                })+
                _ => Err(ApiError::new(ErrorCode::UnknownCommand, command)),
            }
        }

        /// The map of commands for TypeScript: request and response of each, and what makes it stale.
        pub(crate) fn typescript_commands(config: &ts_rs::Config) -> String {
            let mut text = String::from("export interface Commands {\n");
            $(text.push_str(&format!(
                "  \"{}\": {{ request: {}; response: {} }};\n",
                $name,
                <$request as TS>::name(config),
                <$response as TS>::name(config),
            ));)+
            text.push_str("}\n\nexport const staleBy: Record<keyof Commands, Tag[]> = {\n");
            for info in COMMANDS {
                let tags: Vec<String> = info
                    .stale_by
                    .iter()
                    .map(|tag| serde_json::to_string(tag).expect("a tag is a plain word"))
                    .collect();
                text.push_str(&format!("  \"{}\": [{}],\n", info.name, tags.join(", ")));
            }
            text.push_str("};\n");
            text
        }
    };
}

commands! {
    "app.get" => app_get(Nothing) -> AppInfo, Viewer, [App];
    "app.set_preferences" => app_set_preferences(Preferences) -> AppInfo, Viewer, [];
    "workspace.create" => workspace_create(NewWorkspace) -> AppInfo, Owner, [];
    "workspace.open" => workspace_open(ById) -> AppInfo, Viewer, [];
    /// Lets everything be sent again although not every series could be read; the reason is kept with who gave it.
    "workspace.lift_quarantine" => workspace_lift_quarantine(LiftRequest) -> AppInfo, Owner, [];
    /// Whether a workspace runs whenever Punte does, on screen or not; from the next start on.
    "workspace.set_enabled" => workspace_set_enabled(EnabledInput) -> AppInfo, Owner, [];
    /// Checks the whole ledger; changes nothing.
    "workspace.check" => workspace_check(Nothing) -> CheckReport, Operator, [];
    "workspace.open_sandbox" => workspace_open_sandbox(Nothing) -> AppInfo, Viewer, [];

    "overview.get" => overview_get(Nothing) -> Overview, Viewer, [App, Connections, Documents, Orders, Reconcile];
    "counts.get" => counts_get(Nothing) -> Counts, Viewer, [Documents, Orders, Reconcile];

    "connections.list" => connections_list(Nothing) -> Connections, Viewer, [Connections, Documents];
    /// Tests a credential live without storing anything; with an id and no secret, the stored credential.
    "connections.test" => connections_test(ConnectionInput) -> TestResult, Integrator, [];
    "connections.save" => connections_save(ConnectionInput) -> ConnectionInfo, Integrator, [];
    "connections.set_secret" => connections_set_secret(SecretInput) -> ConnectionInfo, Integrator, [];
    /// Looks at the shop now instead of at the next poll; wakes a stopped billing connection.
    "connections.wake" => connections_wake(ById) -> Nothing, Operator, [];
    /// What the provider has to choose from, as it said last or asked anew.
    "connections.lists" => connections_lists(ListsRequest) -> ConnectionListsInfo, Viewer, [Connections];
    /// Where a shop's webhooks are to be sent.
    "connections.hook" => connections_hook(ById) -> HookInfo, Integrator, [Connections, Inbox];
    /// Keeps the secret that webhooks are signed with; the one before it is accepted for another day.
    "connections.set_hook_secret" => connections_set_hook_secret(SecretInput) -> HookInfo, Integrator, [];
    /// Another address for the webhooks; the one before it is answered no more.
    "connections.renew_hook" => connections_renew_hook(ById) -> HookInfo, Integrator, [];
    /// The webhooks that the shop itself has, with their state.
    "connections.shop_hooks" => connections_shop_hooks(ById) -> ShopHooks, Operator, [];
    /// Switches a webhook that the shop has disabled on again.
    "connections.enable_shop_hook" => connections_enable_shop_hook(ShopHookRef) -> ShopHooks, Operator, [];
    /// Reads and plans what a flow would make of orders from before it; issues nothing.
    "backfill.plan" => backfill_plan(BackfillRequest) -> BackfillInfo, Integrator, [];
    /// Has a plan carried out, behind live orders.
    "backfill.confirm" => backfill_confirm(ById) -> BackfillInfo, Integrator, [];
    /// Stops before the next order; what was given to the flow stays with it.
    "backfill.cancel" => backfill_cancel(ById) -> BackfillInfo, Operator, [];
    "backfill.list" => backfill_list(Nothing) -> Backfills, Viewer, [Backfill];
    "listener.get" => listener_get(Nothing) -> ListenerInfo, Viewer, [Inbox];
    /// Listens for webhooks on loopback, or stops.
    "listener.set" => listener_set(ListenerInput) -> ListenerInfo, Owner, [];
    "inbox.list" => inbox_list(InboxRequest) -> InboxPage, Viewer, [Inbox];
    "inbox.get" => inbox_get(DeliveryRequest) -> DeliveryInfo, Operator, [Inbox];
    /// Processes an accepted delivery once more.
    "inbox.replay" => inbox_replay(WithReason) -> DeliveryInfo, Operator, [];
    "flows.save" => flows_save(FlowInput) -> FlowInfo, Integrator, [];
    /// How many of a shop's newest orders rules would take, and why not the others; keeps nothing.
    "flows.preview_rules" => flows_preview_rules(RulesPreviewRequest) -> RulesPreview, Viewer, [Orders];

    "orders.list" => orders_list(ListRequest) -> OrderPage, Viewer, [Orders, Documents];
    /// Announces a file of orders; its pieces follow.
    "imports.begin" => imports_begin(ImportBegin) -> ImportInfo, Operator, [];
    "imports.append" => imports_append(ImportPiece) -> ImportInfo, Operator, [];
    /// What the file looks like and what its first orders would be; keeps no order.
    "imports.preview" => imports_preview(ImportChoice) -> ImportPreview, Operator, [];
    /// Takes the file's orders in, in the background.
    "imports.start" => imports_start(ImportChoice) -> ImportInfo, Operator, [];
    /// Stops before the next orders and discards the file; what is in stays in.
    "imports.cancel" => imports_cancel(ImportId) -> ImportInfo, Operator, [];
    "imports.get" => imports_get(ImportId) -> ImportInfo, Viewer, [Imports];
    "imports.list" => imports_list(Nothing) -> Imports, Viewer, [Imports];
    "imports.rejected" => imports_rejected(ImportRejectedRequest) -> ImportRejectedPage, Viewer, [Imports];
    "documents.list" => documents_list(ListRequest) -> DocumentPage, Viewer, [Documents];
    "record.get" => record_get(RecordRequest) -> RecordInfo, Viewer, [Orders, Documents, Mappings];
    /// A version of an order, as received.
    "record.order_version" => record_order_version(OrderVersionRequest) -> OrderAsReceived, Viewer, [];

    "failures.list" => failures_list(Nothing) -> Failures, Viewer, [Documents, Desk];
    "failures.records" => failures_records(CauseRecordsRequest) -> CauseRecords, Viewer, [Documents, Desk];
    "failures.assign" => failures_assign(AssignCause) -> Nothing, Operator, [];
    /// Leaves a cause for later: it is back at the instant, or when another record joins it.
    "failures.snooze" => failures_snooze(SnoozeCause) -> Nothing, Operator, [];

    /// Notes, owner and tags of an order's record.
    "record.desk" => record_desk(ById) -> RecordDesk, Viewer, [Desk];
    "record.assign" => record_assign(AssignRecord) -> Nothing, Operator, [];
    "record.tag" => record_tag(TagsInput) -> Nothing, Operator, [];
    "record.snooze" => record_snooze(SnoozeRecord) -> Nothing, Operator, [];
    "notes.save" => notes_save(NoteInput) -> Nothing, Operator, [];
    "notes.delete" => notes_delete(ById) -> Nothing, Operator, [];
    "notes.restore" => notes_restore(ById) -> Nothing, Operator, [];

    /// Plans something for many records: what will be done, and what is skipped and why. Does nothing yet.
    "bulk.plan" => bulk_plan(BulkRequest) -> BulkJob, Operator, [];
    /// Runs a plan in the background, behind live orders.
    "bulk.confirm" => bulk_confirm(BulkConfirm) -> BulkJob, Operator, [];
    /// Stops a job before its next record.
    "bulk.cancel" => bulk_cancel(ById) -> BulkJob, Operator, [];
    "bulk.get" => bulk_get(ById) -> BulkJob, Viewer, [Bulk];
    "bulk.list" => bulk_list(Nothing) -> BulkJobs, Viewer, [Bulk];
    "bulk.report" => bulk_report(BulkReportRequest) -> BulkItems, Viewer, [Bulk];
    "bulk.csv" => bulk_csv(BulkCsvRequest) -> FileContent, Viewer, [];

    /// Maps and checks held documents again and queues those that pass. Never touches one in doubt.
    "documents.retry" => documents_retry(RetryRequest) -> RetryResult, Operator, [];
    "documents.dismiss" => documents_dismiss(WithReason) -> Nothing, Operator, [];
    "documents.reopen" => documents_reopen(WithReason) -> Nothing, Operator, [];

    /// Asks for something to be done at the provider to an issued document: written down, sent once, settled by a read.
    "documents.operate" => documents_operate(OperateRequest) -> OperationInfo, Operator, [];
    /// Issues the full storno of an invoice, as a document of its own.
    "documents.storno" => documents_storno(WithReason) -> DocumentRow, Operator, [];
    /// Invoices an order anew after its invoice was cancelled, reversed or deleted: a new generation, with a reason.
    "documents.invoice_again" => documents_invoice_again(WithReason) -> DocumentRow, Operator, [];
    /// Issues what is proposed about a change of the order since its invoice: a storno, or negative lines over a part.
    "documents.accept_change" => documents_accept_change(AcceptChange) -> DocumentRow, Operator, [];
    /// Leaves such a change as it is.
    "documents.ignore_change" => documents_ignore_change(WithReason) -> Nothing, Operator, [];
    "documents.pdf" => documents_pdf(ById) -> FileContent, Viewer, [];
    "documents.einvoice_archive" => documents_einvoice_archive(ById) -> FileContent, Viewer, [];
    /// Reads payment, e-invoice and total at the provider now.
    "documents.refresh" => documents_refresh(ById) -> Nothing, Operator, [];
    /// A person takes note of an operation that waits or that nobody can tell of.
    "operations.close" => operations_close(WithReason) -> Nothing, Operator, [];

    "doubts.list" => doubts_list(Nothing) -> Doubts, Viewer, [Documents];
    /// Looks once at the provider now. Before the quiet time is over it can find, but proves no absence.
    "doubts.look" => doubts_look(ById) -> LookInfo, Operator, [];
    "doubts.link" => doubts_link(LinkRequest) -> Nothing, Operator, [];
    /// A named person declares that nothing was issued; only with a complete, decisive look that found nothing.
    "doubts.declare_absent" => doubts_declare_absent(WithReason) -> Nothing, Operator, [];

    /// Compares a series with its provider for a period; answers at once, and is followed by `reconcile.runs`.
    "reconcile.run" => reconcile_run(ReconcileRequest) -> ReconcileStarted, Operator, [];
    "reconcile.runs" => reconcile_runs(Nothing) -> ReconcileRuns, Viewer, [Reconcile, Connections];
    "reconcile.findings" => reconcile_findings(FindingsRequest) -> FindingPage, Viewer, [Reconcile];
    "reconcile.ignore" => reconcile_ignore(IgnoreRequest) -> Nothing, Operator, [];

    /// What is not there yet and is no alarm: to be verified, on its way to e-Factura, not decided on.
    "reconcile.expected" => reconcile_expected(Nothing) -> Expected, Viewer, [Documents, Orders];
    /// The paper of a document that a look saw at the provider.
    "doubts.candidate_pdf" => doubts_candidate_pdf(CandidateRequest) -> FileContent, Viewer, [];
    /// A named person declares that nothing was issued, and has it sent again under the same reference.
    "doubts.issue" => doubts_issue(WithReason) -> RetryResult, Operator, [];
    /// A company's month: what was issued, what is missing, what keeps it open.
    "month.books" => month_books(Nothing) -> BooksList, Viewer, [Connections];
    "month.report" => month_report(MonthRequest) -> MonthReport, Viewer, [Documents, Orders, Reconcile];
    /// Closes a month, with a note, accepting what is not as it should be; nothing is sent by it.
    "month.close" => month_close(MonthClose) -> MonthReport, Operator, [];
    "month.reopen" => month_reopen(WithReason) -> Nothing, Operator, [];
    /// The report as a file, in the words that the screen gives.
    "month.file" => month_file(MonthFileRequest) -> FileContent, Viewer, [];
    /// Issued documents that are not known to be in e-Factura, late first.
    "einvoices.list" => einvoices_list(EInvoicesRequest) -> EInvoices, Viewer, [Documents, Connections];
    /// What was issued and what did not go, by day.
    "overview.trend" => overview_trend(TrendRequest) -> Trend, Viewer, [Documents];

    "schedule.list" => schedule_list(Nothing) -> ScheduleInfo, Viewer, [Schedule, Connections];
    /// Runs a job now instead of when it is due.
    "schedule.run_now" => schedule_run_now(ById) -> Nothing, Operator, [];
    "schedule.set_retention" => schedule_set_retention(RetentionRequest) -> Nothing, Owner, [];

    "mappings.list" => mappings_list(Nothing) -> Mappings, Viewer, [Mappings, Connections];
    "mappings.get" => mappings_get(ById) -> MappingInfo, Viewer, [Mappings, Connections];
    "mappings.create" => mappings_create(MappingCreate) -> MappingSummary, Integrator, [];
    "mappings.samples" => mappings_samples(SamplesRequest) -> Samples, Viewer, [Orders, Documents];
    "mappings.sample" => mappings_sample(SampleRequest) -> SampleAnswer, Viewer, [];
    /// What a mapping makes of an order; keeps and sends nothing.
    "mappings.try" => mappings_try(TryRequest) -> MappingTrial, Viewer, [];
    "mappings.save_draft" => mappings_save_draft(DraftSave) -> DraftSaved, Integrator, [];
    "mappings.discard_draft" => mappings_discard_draft(ById) -> Nothing, Integrator, [];
    "mappings.publish" => mappings_publish(PublishRequest) -> Published, Integrator, [];
    /// Retries the held documents of a mapping that would pass now.
    "mappings.retry_held" => mappings_retry_held(ById) -> RetryResult, Operator, [];
    "mappings.history" => mappings_history(ById) -> MappingHistory, Viewer, [Mappings, Documents];
    "mappings.version" => mappings_version(VersionRequest) -> MappingDocument, Viewer, [Mappings];
    "mappings.diff" => mappings_diff(DiffRequest) -> MappingDiff, Viewer, [];
    /// A mapping as a file's text, in a stable order.
    "mappings.write_text" => mappings_write_text(MappingDocument) -> MappingText, Viewer, [];
    "mappings.read_text" => mappings_read_text(MappingText) -> MappingDocument, Viewer, [];
    /// Tries a changed mapping on many orders in the background; nothing is sent.
    "dry_run.start" => dry_run_start(DryRunRequest) -> DryRunInfo, Operator, [];
    /// The run of a mapping that is under way or was last.
    "dry_run.get" => dry_run_get(ById) -> DryRunAnswer, Viewer, [DryRun];
    /// Stops the run of a mapping.
    "dry_run.cancel" => dry_run_cancel(ById) -> Nothing, Operator, [];

    /// Rows of the invoices from an ordinal on, under any filter and order.
    "table.documents" => table_documents(RowsRequest) -> DocumentRows, Viewer, [Documents];
    "table.orders" => table_orders(RowsRequest) -> OrderRows, Viewer, [Orders, Documents];
    /// Count and totals of a filter, as far as they are known.
    "table.summary" => table_summary(TableQuery) -> TableSummary, Viewer, [Documents, Orders];
    /// What a list can be filtered and sorted by.
    "table.vocabulary" => table_vocabulary(ListRef) -> TableVocabulary, Viewer, [Connections];
    /// The operator's own named filters of a list.
    "views.list" => views_list(ListRef) -> SavedViews, Viewer, [Views];
    "views.save" => views_save(SavedView) -> SavedView, Viewer, [];
    "views.delete" => views_delete(ById) -> Nothing, Viewer, [];
    "layout.get" => layout_get(ListRef) -> TableLayout, Viewer, [Views];
    "layout.save" => layout_save(TableLayout) -> Nothing, Viewer, [];
    /// Writes a whole filter into a file in the background; answers at once.
    "export.start" => export_start(ExportRequest) -> ExportInfo, Viewer, [];
    "export.get" => export_get(Nothing) -> ExportAnswer, Viewer, [Exports];
    /// Stops an export; its file is removed.
    "export.cancel" => export_cancel(ById) -> Nothing, Viewer, [];

    "drafts.fields" => drafts_fields(ById) -> DraftFields, Viewer, [Documents, Mappings];
    "drafts.preview" => drafts_preview(DraftEditRequest) -> EditPreview, Viewer, [];
    /// Keeps edits of one record's draft, by hand, with author and reason; nothing is sent by it.
    "drafts.save" => drafts_save(DraftEditSave) -> DraftFields, Operator, [];
    /// Takes a record's edits back: its draft is what the mapping makes.
    "drafts.undo" => drafts_undo(WithReason) -> DraftFields, Operator, [];

    "sandbox.get" => sandbox_get(Nothing) -> SandboxInfo, Viewer, [Sandbox, Documents, Orders];
    "sandbox.set_fault" => sandbox_set_fault(SandboxFault) -> SandboxInfo, Operator, [];
    "sandbox.clear_faults" => sandbox_clear_faults(Nothing) -> SandboxInfo, Operator, [];
    "sandbox.add_orders" => sandbox_add_orders(SandboxOrders) -> SandboxInfo, Operator, [];
}

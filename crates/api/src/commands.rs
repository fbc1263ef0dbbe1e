//! The one list of commands: name, request, response, needed role, and the tags whose change makes an answer stale.
//!
//! Everything else follows from it: the handler trait (a host that misses a command does not compile), the dispatch, the
//! role check, and the TypeScript that the screens are checked against.

use crate::dto::*;
use crate::error::{ApiError, ErrorCode};
pub use crate::session::{AccessRole, HostKind, Session};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Parts of the ledger that changed; an answer that declares the tag is read again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Tag {
    Alerts,
    App,
    Audit,
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
    People,
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
                Tag::Alerts,
                Tag::App,
                Tag::Audit,
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
                Tag::People,
                Tag::Reconcile,
                Tag::Sandbox,
                Tag::Schedule,
                Tag::Views,
            ],
        }
    }
}

/// Whether a command only looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CommandKind {
    Read,
    /// Changes something, reaches out, or touches a secret: it is on record.
    Act,
    /// Changes what nobody needs on record: a person's own screen, what is kept while they type, pieces of a file.
    Quiet,
}

/// What a command is about beside the workspace that is on screen, and when it may be asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// About this machine: decided in the running workspaces that have people, whichever is on screen.
    Machine,
    /// Asked for before anybody is signed in.
    Door,
    /// Turns to another workspace by itself.
    Turns,
    /// About the window of whoever asks: answered by its own process, also where another one owns the workspace.
    Here,
}

/// One command, as data.
#[derive(Debug, Clone, Copy)]
pub struct CommandInfo {
    pub name: &'static str,
    pub role: AccessRole,
    pub kind: CommandKind,
    /// Empty for commands that change something.
    pub stale_by: &'static [Tag],
    pub scopes: &'static [Scope],
}

impl CommandInfo {
    pub fn is(&self, scope: Scope) -> bool {
        self.scopes.contains(&scope)
    }
}

/// Whether a command of that name has the scope.
pub fn has_scope(command: &str, scope: Scope) -> bool {
    COMMANDS.iter().any(|info| info.name == command && info.is(scope))
}

macro_rules! commands {
    (@read) => { CommandKind::Read };
    (@act) => { CommandKind::Act };
    (@quiet) => { CommandKind::Quiet };
    ($($(#[$doc:meta])* $name:literal => $method:ident($request:ty) -> $response:ty, $role:ident, $kind:ident, [$($tag:ident),*] $(, $scope:ident)*;)+) => {
        /// Every command, in one place.
        pub const COMMANDS: &[CommandInfo] = &[
            $(CommandInfo { name: $name, role: AccessRole::$role, kind: commands!(@$kind), stale_by: &[$(Tag::$tag),*], scopes: &[$(Scope::$scope),*] }),+
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

        /// The map of commands for TypeScript: request and response of each, what makes it stale, and the role that it needs.
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
            text.push_str("};\n\nexport const neededRole: Record<keyof Commands, AccessRole> = {\n");
            for info in COMMANDS {
                let role = serde_json::to_string(&info.role).expect("a role is a plain word");
                text.push_str(&format!("  \"{}\": {role},\n", info.name));
            }
            text.push_str("};\n");
            text
        }
    };
}

commands! {
    "app.get" => app_get(Nothing) -> AppInfo, Viewer, read, [App], Door;
    "app.set_preferences" => app_set_preferences(Preferences) -> AppInfo, Viewer, quiet, [], Door;
    "workspace.create" => workspace_create(NewWorkspace) -> AppInfo, Admin, act, [], Machine, Turns;
    "workspace.open" => workspace_open(ById) -> AppInfo, Viewer, read, [], Door, Turns;
    /// Lets everything be sent again although not every series could be read; the reason is kept with who gave it.
    "workspace.lift_quarantine" => workspace_lift_quarantine(LiftRequest) -> AppInfo, Admin, act, [];
    /// Whether a workspace runs whenever Punte does, on screen or not; from the next start on.
    "workspace.set_enabled" => workspace_set_enabled(EnabledInput) -> AppInfo, Admin, act, [], Machine;
    /// Checks the whole ledger; changes nothing.
    "workspace.check" => workspace_check(Nothing) -> CheckReport, Operator, read, [];
    "workspace.open_sandbox" => workspace_open_sandbox(Nothing) -> AppInfo, Viewer, act, [], Turns;
    /// What was done, by whom and from where, newest first.
    "audit.list" => audit_list(AuditRequest) -> AuditPage, Operator, read, [Audit];
    "audit.get" => audit_get(AuditGet) -> AuditDetail, Operator, read, [];
    /// Reads the whole log and says whether it is whole, or where it breaks.
    "audit.verify" => audit_verify(AuditVerify) -> AuditReport, Operator, read, [];
    /// Lines to keep elsewhere: whoever has one can tell later whether the log was changed up to it.
    "audit.anchor" => audit_anchor(Nothing) -> AuditAnchors, Operator, read, [];
    "audit.export" => audit_export(AuditExport) -> FileContent, Operator, read, [];
    /// Lines of the program's log, newest first: the last ones, older ones, or what came since.
    "log.tail" => log_tail(LogRequest) -> LogPage, Operator, read, [];
    "log.record" => log_record(LogRecordRequest) -> LogPage, Operator, read, [];
    /// What a bundle for whoever helps would hold, whole. Writes nothing.
    "support.preview" => support_preview(SupportRequest) -> SupportPreview, Admin, read, [];
    /// The bundle as it was previewed.
    "support.save" => support_save(ById) -> FileContent, Admin, act, [];

    /// The window of whoever asks, and what is chosen for it.
    "desktop.get" => desktop_get(Nothing) -> DesktopInfo, Viewer, read, [App], Door, Here;
    "desktop.set" => desktop_set(DesktopChoice) -> DesktopInfo, Viewer, quiet, [], Door, Here;
    /// What closing the window does, once it was asked.
    "desktop.leave" => desktop_leave(Leaving) -> Nothing, Viewer, quiet, [], Door, Here;
    /// Hosts of a private network that may be reached.
    "network.get" => network_get(Nothing) -> NetworkInfo, Viewer, read, [App];
    "network.permit" => network_permit(NetworkHost) -> NetworkInfo, Admin, act, [], Machine;
    "network.forbid" => network_forbid(NetworkHost) -> NetworkInfo, Admin, act, [], Machine;
    /// Who is at this client, in the workspace on screen.
    "session.get" => session_get(Nothing) -> SessionInfo, Viewer, read, [App, People], Door;
    "session.sign_in" => session_sign_in(SignInRequest) -> SessionInfo, Viewer, act, [], Door;
    /// Signs out at this client: the window is locked.
    "session.lock" => session_lock(Nothing) -> Nothing, Viewer, act, [], Door;
    /// A hand was on the client: it is not locked for being left alone.
    "session.touch" => session_touch(Nothing) -> Nothing, Viewer, read, [], Door;
    "session.change_password" => session_change_password(OwnPassword) -> Nothing, Viewer, act, [];
    "people.list" => people_list(Nothing) -> People, Admin, read, [People];
    /// Lets somebody in. From the first one on, whoever works in this workspace signs in.
    "people.add" => people_add(NewPerson) -> People, Admin, act, [];
    "people.change" => people_change(PersonChange) -> People, Admin, act, [];
    "people.set_password" => people_set_password(PersonPassword) -> Nothing, Admin, act, [];
    /// When the window locks itself, and which acts need a second person.
    "people.set_guards" => people_set_guards(GuardsInfo) -> People, Admin, act, [];
    /// Acts that wait for a second person, and the newest that were decided.
    "approvals.list" => approvals_list(Nothing) -> Approvals, Viewer, read, [People];
    /// Approves or refuses what another person asked for.
    "approvals.decide" => approvals_decide(ApprovalDecision) -> Approvals, Operator, act, [];
    "approvals.withdraw" => approvals_withdraw(ById) -> Approvals, Operator, act, [];

    "vault.get" => vault_get(Nothing) -> VaultInfo, Viewer, read, [App], Door;
    /// Where credentials are kept from now on; without a keyring a person chooses.
    "vault.choose" => vault_choose(VaultChoice) -> VaultInfo, Admin, act, [], Machine;
    /// Opens the encrypted file, or asks a keyring that waits once more.
    "vault.unlock" => vault_unlock(PassphraseInput) -> VaultInfo, Viewer, act, [], Door;
    "vault.change_passphrase" => vault_change_passphrase(PassphraseChange) -> VaultInfo, Admin, act, [], Machine;

    "overview.get" => overview_get(Nothing) -> Overview, Viewer, read, [App, Connections, Documents, Orders, Reconcile];
    "counts.get" => counts_get(Nothing) -> Counts, Viewer, read, [Documents, Orders, Reconcile];

    "connections.list" => connections_list(Nothing) -> Connections, Viewer, read, [Connections, Documents];
    /// Tests a credential live without storing anything; with an id and no secret, the stored credential.
    "connections.test" => connections_test(ConnectionInput) -> TestResult, Admin, act, [];
    "connections.save" => connections_save(ConnectionInput) -> ConnectionInfo, Admin, act, [];
    "connections.set_secret" => connections_set_secret(SecretInput) -> ConnectionInfo, Admin, act, [];
    /// Looks at the shop now instead of at the next poll; wakes a stopped billing connection.
    "connections.wake" => connections_wake(ById) -> Nothing, Operator, act, [];
    /// What the provider has to choose from, as it said last or asked anew.
    "connections.lists" => connections_lists(ListsRequest) -> ConnectionListsInfo, Viewer, read, [Connections];
    /// Where a shop's webhooks are to be sent.
    "connections.hook" => connections_hook(ById) -> HookInfo, Admin, read, [Connections, Inbox];
    /// Keeps the secret that webhooks are signed with; the one before it is accepted for another day.
    "connections.set_hook_secret" => connections_set_hook_secret(SecretInput) -> HookInfo, Admin, act, [];
    /// Another address for the webhooks; the one before it is answered no more.
    "connections.renew_hook" => connections_renew_hook(ById) -> HookInfo, Admin, act, [];
    /// The webhooks that the shop itself has, with their state.
    "connections.shop_hooks" => connections_shop_hooks(ById) -> ShopHooks, Operator, act, [];
    /// Switches a webhook that the shop has disabled on again.
    "connections.enable_shop_hook" => connections_enable_shop_hook(ShopHookRef) -> ShopHooks, Operator, act, [];
    /// Reads and plans what a flow would make of orders from before it; issues nothing.
    "backfill.plan" => backfill_plan(BackfillRequest) -> BackfillInfo, Admin, act, [];
    /// Has a plan carried out, behind live orders.
    "backfill.confirm" => backfill_confirm(ById) -> BackfillInfo, Admin, act, [];
    /// Stops before the next order; what was given to the flow stays with it.
    "backfill.cancel" => backfill_cancel(ById) -> BackfillInfo, Operator, act, [];
    "backfill.list" => backfill_list(Nothing) -> Backfills, Viewer, read, [Backfill];
    "listener.get" => listener_get(Nothing) -> ListenerInfo, Viewer, read, [Inbox];
    /// Listens for webhooks on loopback, or stops.
    "listener.set" => listener_set(ListenerInput) -> ListenerInfo, Admin, act, [], Machine;
    "inbox.list" => inbox_list(InboxRequest) -> InboxPage, Viewer, read, [Inbox];
    "inbox.get" => inbox_get(DeliveryRequest) -> DeliveryInfo, Operator, read, [Inbox];
    /// Processes an accepted delivery once more.
    "inbox.replay" => inbox_replay(WithReason) -> DeliveryInfo, Operator, act, [];
    "flows.save" => flows_save(FlowInput) -> FlowInfo, Admin, act, [];
    /// How many of a shop's newest orders rules would take, and why not the others; keeps nothing.
    "flows.preview_rules" => flows_preview_rules(RulesPreviewRequest) -> RulesPreview, Viewer, read, [Orders];

    "orders.list" => orders_list(ListRequest) -> OrderPage, Viewer, read, [Orders, Documents];
    /// Announces a file of orders; its pieces follow.
    "imports.begin" => imports_begin(ImportBegin) -> ImportInfo, Operator, act, [];
    "imports.append" => imports_append(ImportPiece) -> ImportInfo, Operator, quiet, [];
    /// What the file looks like and what its first orders would be; keeps no order.
    "imports.preview" => imports_preview(ImportChoice) -> ImportPreview, Operator, read, [];
    /// Takes the file's orders in, in the background.
    "imports.start" => imports_start(ImportChoice) -> ImportInfo, Operator, act, [];
    /// Stops before the next orders and discards the file; what is in stays in.
    "imports.cancel" => imports_cancel(ImportId) -> ImportInfo, Operator, act, [];
    "imports.get" => imports_get(ImportId) -> ImportInfo, Viewer, read, [Imports];
    "imports.list" => imports_list(Nothing) -> Imports, Viewer, read, [Imports];
    "imports.rejected" => imports_rejected(ImportRejectedRequest) -> ImportRejectedPage, Viewer, read, [Imports];
    "documents.list" => documents_list(ListRequest) -> DocumentPage, Viewer, read, [Documents];
    "record.get" => record_get(RecordRequest) -> RecordInfo, Viewer, read, [Orders, Documents, Mappings];
    /// A version of an order, as received.
    "record.order_version" => record_order_version(OrderVersionRequest) -> OrderAsReceived, Viewer, read, [];

    "failures.list" => failures_list(Nothing) -> Failures, Viewer, read, [Documents, Desk];
    "failures.records" => failures_records(CauseRecordsRequest) -> CauseRecords, Viewer, read, [Documents, Desk];
    "failures.assign" => failures_assign(AssignCause) -> Nothing, Operator, act, [];
    /// Leaves a cause for later: it is back at the instant, or when another record joins it.
    "failures.snooze" => failures_snooze(SnoozeCause) -> Nothing, Operator, act, [];

    /// Notes, owner and tags of an order's record.
    "record.desk" => record_desk(ById) -> RecordDesk, Viewer, read, [Desk];
    "record.assign" => record_assign(AssignRecord) -> Nothing, Operator, act, [];
    "record.tag" => record_tag(TagsInput) -> Nothing, Operator, act, [];
    "record.snooze" => record_snooze(SnoozeRecord) -> Nothing, Operator, act, [];
    "notes.save" => notes_save(NoteInput) -> Nothing, Operator, act, [];
    "notes.delete" => notes_delete(ById) -> Nothing, Operator, act, [];
    "notes.restore" => notes_restore(ById) -> Nothing, Operator, act, [];

    /// Plans something for many records: what will be done, and what is skipped and why. Does nothing yet.
    "bulk.plan" => bulk_plan(BulkRequest) -> BulkJob, Operator, act, [];
    /// Runs a plan in the background, behind live orders.
    "bulk.confirm" => bulk_confirm(BulkConfirm) -> BulkJob, Operator, act, [];
    /// Stops a job before its next record.
    "bulk.cancel" => bulk_cancel(ById) -> BulkJob, Operator, act, [];
    "bulk.get" => bulk_get(ById) -> BulkJob, Viewer, read, [Bulk];
    "bulk.list" => bulk_list(Nothing) -> BulkJobs, Viewer, read, [Bulk];
    "bulk.report" => bulk_report(BulkReportRequest) -> BulkItems, Viewer, read, [Bulk];
    "bulk.csv" => bulk_csv(BulkCsvRequest) -> FileContent, Viewer, read, [];

    /// Maps and checks held documents again and queues those that pass. Never touches one in doubt.
    "documents.retry" => documents_retry(RetryRequest) -> RetryResult, Operator, act, [];
    "documents.dismiss" => documents_dismiss(WithReason) -> Nothing, Operator, act, [];
    "documents.reopen" => documents_reopen(WithReason) -> Nothing, Operator, act, [];

    /// Asks for something to be done at the provider to an issued document: written down, sent once, settled by a read.
    "documents.operate" => documents_operate(OperateRequest) -> OperationInfo, Operator, act, [];
    /// Issues the full storno of an invoice, as a document of its own.
    "documents.storno" => documents_storno(WithReason) -> DocumentRow, Operator, act, [];
    /// Invoices an order anew after its invoice was cancelled, reversed or deleted: a new generation, with a reason.
    "documents.invoice_again" => documents_invoice_again(WithReason) -> DocumentRow, Operator, act, [];
    /// Issues what is proposed about a change of the order since its invoice: a storno, or negative lines over a part.
    "documents.accept_change" => documents_accept_change(AcceptChange) -> DocumentRow, Operator, act, [];
    /// Leaves such a change as it is.
    "documents.ignore_change" => documents_ignore_change(WithReason) -> Nothing, Operator, act, [];
    "documents.pdf" => documents_pdf(ById) -> FileContent, Viewer, read, [];
    "documents.einvoice_archive" => documents_einvoice_archive(ById) -> FileContent, Viewer, read, [];
    /// Reads payment, e-invoice and total at the provider now.
    "documents.refresh" => documents_refresh(ById) -> Nothing, Operator, act, [];
    /// A person takes note of an operation that waits or that nobody can tell of.
    "operations.close" => operations_close(WithReason) -> Nothing, Operator, act, [];

    "doubts.list" => doubts_list(Nothing) -> Doubts, Viewer, read, [Documents];
    /// Looks once at the provider now. Before the quiet time is over it can find, but proves no absence.
    "doubts.look" => doubts_look(ById) -> LookInfo, Operator, act, [];
    "doubts.link" => doubts_link(LinkRequest) -> Nothing, Operator, act, [];
    /// A named person declares that nothing was issued; only with a complete, decisive look that found nothing.
    "doubts.declare_absent" => doubts_declare_absent(WithReason) -> Nothing, Operator, act, [];

    /// Compares a series with its provider for a period; answers at once, and is followed by `reconcile.runs`.
    "reconcile.run" => reconcile_run(ReconcileRequest) -> ReconcileStarted, Operator, act, [];
    "reconcile.runs" => reconcile_runs(Nothing) -> ReconcileRuns, Viewer, read, [Reconcile, Connections];
    "reconcile.findings" => reconcile_findings(FindingsRequest) -> FindingPage, Viewer, read, [Reconcile];
    "reconcile.ignore" => reconcile_ignore(IgnoreRequest) -> Nothing, Operator, act, [];

    /// What is not there yet and is no alarm: to be verified, on its way to e-Factura, not decided on.
    "reconcile.expected" => reconcile_expected(Nothing) -> Expected, Viewer, read, [Documents, Orders];
    /// The paper of a document that a look saw at the provider.
    "doubts.candidate_pdf" => doubts_candidate_pdf(CandidateRequest) -> FileContent, Viewer, read, [];
    /// A named person declares that nothing was issued, and has it sent again under the same reference.
    "doubts.issue" => doubts_issue(WithReason) -> RetryResult, Operator, act, [];
    /// A company's month: what was issued, what is missing, what keeps it open.
    "month.books" => month_books(Nothing) -> BooksList, Viewer, read, [Connections];
    "month.report" => month_report(MonthRequest) -> MonthReport, Viewer, read, [Documents, Orders, Reconcile];
    /// Closes a month, with a note, accepting what is not as it should be; nothing is sent by it.
    "month.close" => month_close(MonthClose) -> MonthReport, Operator, act, [];
    "month.reopen" => month_reopen(WithReason) -> Nothing, Operator, act, [];
    /// The report as a file, in the words that the screen gives.
    "month.file" => month_file(MonthFileRequest) -> FileContent, Viewer, read, [];
    /// Issued documents that are not known to be in e-Factura, late first.
    "einvoices.list" => einvoices_list(EInvoicesRequest) -> EInvoices, Viewer, read, [Documents, Connections];
    /// What was issued and what did not go, by day.
    "overview.trend" => overview_trend(TrendRequest) -> Trend, Viewer, read, [Documents];

    "schedule.list" => schedule_list(Nothing) -> ScheduleInfo, Viewer, read, [Schedule, Connections];
    /// Runs a job now instead of when it is due.
    "schedule.run_now" => schedule_run_now(ById) -> Nothing, Operator, act, [];
    "schedule.set_retention" => schedule_set_retention(RetentionRequest) -> Nothing, Admin, act, [];
    /// What the next runs would take away under a period; takes nothing away.
    "retention.preview" => retention_preview(RetentionRequest) -> RetentionPreview, Admin, read, [Schedule];

    /// What is kept of a client, and what erasing them would leave.
    "clients.find" => clients_find(ClientQuery) -> ClientsFound, Admin, read, [];
    /// Everything that is kept of a client, as one JSON file.
    "clients.export" => clients_export(ClientQuery) -> FileContent, Admin, act, [];
    /// Erases a client as far as fiscal law leaves it: what was issued stays, and so do orders with open work.
    "clients.erase" => clients_erase(ClientErase) -> ClientErased, Admin, act, [];

    /// Connections without their secrets, mappings and flows as one TOML file.
    "setup.export" => setup_export(Nothing) -> SetupText, Admin, read, [Connections, Mappings];
    /// What such a file would add, and everything that is wrong with it. Writes nothing.
    "setup.preview" => setup_preview(SetupInput) -> SetupPlan, Admin, read, [Connections, Mappings];
    /// Takes a file in: all of it, or nothing. Its flows come in switched off.
    "setup.import" => setup_import(SetupInput) -> SetupPlan, Admin, act, [];

    /// What is set about backups, and those that there are.
    "backup.get" => backup_get(BackupRequest) -> BackupInfo, Viewer, read, [Schedule, App];
    "backup.set" => backup_set(BackupSettingsInput) -> BackupInfo, Admin, act, [];
    /// Makes one now, in the background.
    "backup.run" => backup_run(BackupRun) -> Nothing, Operator, act, [];
    /// Opens one and says what it holds.
    "backup.verify" => backup_verify(BackupRef) -> BackupVerified, Operator, act, [];
    /// Puts one in the place of the ledger: the workspace on screen is stopped for it, or one that could not be opened.
    "backup.restore" => backup_restore(RestoreRequest) -> AppInfo, Admin, act, [];

    /// Rules, channels without their secrets, quiet hours, digest, and what stands now.
    "alerts.get" => alerts_get(Nothing) -> AlertsInfo, Viewer, read, [Alerts];
    "alerts.set" => alerts_set(AlertsInput) -> AlertsInfo, Admin, act, [];
    /// Keeps a channel, or takes it away.
    "alerts.set_channel" => alerts_set_channel(AlertChannelInput) -> AlertChannelSaved, Admin, act, [];
    /// Sends one notice to one channel now, and says what became of it.
    "alerts.test" => alerts_test(ById) -> NoticeSendInfo, Admin, act, [];
    /// What was told, newest first, with what came of it at each channel.
    "alerts.list" => alerts_list(NoticesRequest) -> NoticePage, Viewer, read, [Alerts];
    /// What the window is to show as a notification since a row.
    "alerts.desktop" => alerts_desktop(DesktopNoticesRequest) -> DesktopNotices, Viewer, read, [Alerts];

    "mappings.list" => mappings_list(Nothing) -> Mappings, Viewer, read, [Mappings, Connections];
    "mappings.get" => mappings_get(ById) -> MappingInfo, Viewer, read, [Mappings, Connections];
    "mappings.create" => mappings_create(MappingCreate) -> MappingSummary, Admin, act, [];
    "mappings.samples" => mappings_samples(SamplesRequest) -> Samples, Viewer, read, [Orders, Documents];
    "mappings.sample" => mappings_sample(SampleRequest) -> SampleAnswer, Viewer, read, [];
    /// What a mapping makes of an order; keeps and sends nothing.
    "mappings.try" => mappings_try(TryRequest) -> MappingTrial, Viewer, read, [];
    "mappings.save_draft" => mappings_save_draft(DraftSave) -> DraftSaved, Admin, quiet, [];
    "mappings.discard_draft" => mappings_discard_draft(ById) -> Nothing, Admin, act, [];
    "mappings.publish" => mappings_publish(PublishRequest) -> Published, Admin, act, [];
    /// Retries the held documents of a mapping that would pass now.
    "mappings.retry_held" => mappings_retry_held(ById) -> RetryResult, Operator, act, [];
    "mappings.history" => mappings_history(ById) -> MappingHistory, Viewer, read, [Mappings, Documents];
    "mappings.version" => mappings_version(VersionRequest) -> MappingDocument, Viewer, read, [Mappings];
    "mappings.diff" => mappings_diff(DiffRequest) -> MappingDiff, Viewer, read, [];
    /// A mapping as a file's text, in a stable order.
    "mappings.write_text" => mappings_write_text(MappingDocument) -> MappingText, Viewer, read, [];
    "mappings.read_text" => mappings_read_text(MappingText) -> MappingDocument, Viewer, read, [];
    /// Tries a changed mapping on many orders in the background; nothing is sent.
    "dry_run.start" => dry_run_start(DryRunRequest) -> DryRunInfo, Operator, act, [];
    /// The run of a mapping that is under way or was last.
    "dry_run.get" => dry_run_get(ById) -> DryRunAnswer, Viewer, read, [DryRun];
    /// Stops the run of a mapping.
    "dry_run.cancel" => dry_run_cancel(ById) -> Nothing, Operator, act, [];

    /// Rows of the invoices from an ordinal on, under any filter and order.
    "table.documents" => table_documents(RowsRequest) -> DocumentRows, Viewer, read, [Documents];
    "table.orders" => table_orders(RowsRequest) -> OrderRows, Viewer, read, [Orders, Documents];
    /// Count and totals of a filter, as far as they are known.
    "table.summary" => table_summary(TableQuery) -> TableSummary, Viewer, read, [Documents, Orders];
    /// What a list can be filtered and sorted by.
    "table.vocabulary" => table_vocabulary(ListRef) -> TableVocabulary, Viewer, read, [Connections];
    /// The operator's own named filters of a list.
    "views.list" => views_list(ListRef) -> SavedViews, Viewer, read, [Views];
    "views.save" => views_save(SavedView) -> SavedView, Viewer, quiet, [];
    "views.delete" => views_delete(ById) -> Nothing, Viewer, quiet, [];
    "layout.get" => layout_get(ListRef) -> TableLayout, Viewer, read, [Views];
    "layout.save" => layout_save(TableLayout) -> Nothing, Viewer, quiet, [];
    /// Writes a whole filter into a file in the background; answers at once.
    "export.start" => export_start(ExportRequest) -> ExportInfo, Viewer, act, [];
    "export.get" => export_get(Nothing) -> ExportAnswer, Viewer, read, [Exports];
    /// Stops an export; its file is removed.
    "export.cancel" => export_cancel(ById) -> Nothing, Viewer, act, [];

    "drafts.fields" => drafts_fields(ById) -> DraftFields, Viewer, read, [Documents, Mappings];
    "drafts.preview" => drafts_preview(DraftEditRequest) -> EditPreview, Viewer, read, [];
    /// Keeps edits of one record's draft, by hand, with author and reason; nothing is sent by it.
    "drafts.save" => drafts_save(DraftEditSave) -> DraftFields, Operator, act, [];
    /// Takes a record's edits back: its draft is what the mapping makes.
    "drafts.undo" => drafts_undo(WithReason) -> DraftFields, Operator, act, [];

    "sandbox.get" => sandbox_get(Nothing) -> SandboxInfo, Viewer, read, [Sandbox, Documents, Orders];
    "sandbox.set_fault" => sandbox_set_fault(SandboxFault) -> SandboxInfo, Operator, act, [];
    "sandbox.clear_faults" => sandbox_clear_faults(Nothing) -> SandboxInfo, Operator, act, [];
    "sandbox.add_orders" => sandbox_add_orders(SandboxOrders) -> SandboxInfo, Operator, act, [];
}

//! The host of the api: which workspaces run, which one is on screen, and every command's handler.

mod all;
mod app;
mod audit;
mod backfill;
mod backup;
mod bulk;
mod changes;
mod clients;
mod connections;
mod convert;
mod desk;
mod editor;
mod einvoices;
mod failures;
mod imports;
mod inbox;
mod listener;
mod months;
mod network;
mod operations;
mod people;
mod reconcile;
mod records;
mod rules;
mod schedule;
mod settings;
mod table;
mod trust;
mod vault;
mod veil;

use crate::commands::{AccessRole, Commands, Event, HostKind, Session, Tag};
use crate::dto::*;
use crate::error::{ApiError, ErrorCode};
use punte_engine::connectors::transport::PrivateHosts;
use punte_engine::store::StoreError;
use punte_engine::vault::SwitchVault;
use punte_engine::{Change, Deps, EngineError, Workspace};
use settings::Settings;
use std::collections::{BTreeSet, HashMap};
use std::path::PathBuf;
use std::pin::Pin;
use std::sync::{Arc, Weak};
use std::time::Duration;
use tokio::sync::{Mutex, broadcast};

#[cfg(test)]
pub(crate) use audit::{reads_on_record, subject_kinds};
pub use listener::{HookSink, ListenerCounts, ListenerHandle, ListenerStarter};

type BoxFuture<T> = Pin<Box<dyn Future<Output = T> + Send>>;

/// What a host puts together before any workspace is open.
#[derive(Clone)]
pub struct Parts {
    /// Settings and the workspaces' folders live under it.
    pub home: PathBuf,
    pub deps: Deps,
    /// The same vault that the workspaces are handed, with what a person does to it.
    pub vault: Arc<SwitchVault>,
    pub operator: String,
    /// Shared with the transport: hosts of a private network that may be reached.
    pub private_hosts: PrivateHosts,
    pub sandbox: SandboxStarter,
    pub listener: ListenerStarter,
    /// Told of every workspace that this process comes to own.
    pub opened: Arc<dyn Fn(&std::path::Path) + Send + Sync>,
}

/// Starts the simulators for a workspace's folder. The api does not know them.
pub type SandboxStarter = Arc<dyn Fn(PathBuf) -> BoxFuture<Result<SandboxHandle, String>> + Send + Sync>;

/// Running simulators: where they listen, how to log in, and their switches.
#[derive(Clone)]
pub struct SandboxHandle {
    /// By name: `sandbox:woocommerce`, `sandbox:smartbill`, `sandbox:oblio`.
    pub addresses: HashMap<String, String>,
    pub woocommerce: SandboxLogin,
    pub smartbill: SandboxLogin,
    pub oblio: SandboxLogin,
    pub info: Arc<dyn Fn() -> SandboxInfo + Send + Sync>,
    pub set_fault: Arc<dyn Fn(SandboxFault) -> Result<(), String> + Send + Sync>,
    pub clear_faults: Arc<dyn Fn() -> Result<(), String> + Send + Sync>,
    pub add_orders: Arc<dyn Fn(u32) -> Result<(), String> + Send + Sync>,
}

#[derive(Clone)]
pub struct SandboxLogin {
    pub account: String,
    pub secret: String,
    pub company: String,
    pub series: String,
}

struct Running {
    workspace: Arc<Workspace>,
    sandbox: Option<SandboxHandle>,
}

struct State {
    settings: Settings,
    running: HashMap<String, Running>,
    current: Option<String>,
    problem: Option<OpenProblem>,
    /// The webhooks' listener, or why there is none although there should be.
    listener: Option<Result<ListenerHandle, String>>,
}

/// Implements every command over the running workspaces.
pub struct Host {
    parts: Parts,
    state: Mutex<State>,
    seats: people::Seats,
    lately: audit::Lately,
    events: broadcast::Sender<Event>,
    /// For what calls back while the host lives.
    me: Weak<Host>,
}

impl Host {
    /// Reads the settings. Opens nothing yet.
    pub fn new(parts: Parts) -> Result<Arc<Host>, ApiError> {
        let settings = Settings::read(&parts.home)?;
        settings.private_hosts.iter().for_each(|host| parts.private_hosts.permit(host));
        let (events, _) = broadcast::channel(256);
        let state = State { settings, running: HashMap::new(), current: None, problem: None, listener: None };
        Ok(Arc::new_cyclic(|me| Host {
            parts,
            state: Mutex::new(state),
            seats: people::Seats::default(),
            lately: audit::Lately::default(),
            events,
            me: me.clone(),
        }))
    }

    /// The session of whoever sits at this machine: its owner, until operators are set up.
    pub fn local_session(&self, host: HostKind) -> Session {
        self.session_of(host, "local")
    }

    /// The session of one of a host's clients.
    pub fn session_of(&self, host: HostKind, client: &str) -> Session {
        Session {
            operator: self.parts.operator.clone(),
            role: AccessRole::Admin,
            host,
            client: client.to_owned(),
            approved_by: None,
        }
    }

    pub fn subscribe(&self) -> broadcast::Receiver<Event> {
        self.events.subscribe()
    }

    pub async fn call(
        &self,
        session: &Session,
        command: &str,
        payload: serde_json::Value,
    ) -> Result<serde_json::Value, ApiError> {
        let outcome = self.about_one(session, command, payload).await;
        if let Err(error) = &outcome {
            tracing::info!(command, code = ?error.code, "a command was answered with an error");
        }
        outcome
    }

    async fn answer(
        &self,
        session: &Session,
        command: &str,
        payload: serde_json::Value,
    ) -> Result<serde_json::Value, ApiError> {
        let session = self.admit(session, command).await?;
        Self::veiled(&session, command, self.carry_out(&session, command, payload).await)
    }

    /// Stops every running workspace. What can't be finished in time is in doubt at the next start.
    pub async fn shut_down(&self) {
        let running: Vec<Arc<Workspace>> = {
            let mut state = self.state.lock().await;
            state.current = None;
            state.listener = None;
            state.running.drain().map(|(_, running)| running.workspace).collect()
        };
        // at once: each has its own bounded time
        let stopping: Vec<_> =
            running.into_iter().map(|workspace| tokio::spawn(async move { workspace.stop().await })).collect();
        for one in stopping {
            if let Err(error) = one.await {
                tracing::error!(%error, "a workspace did not stop in order");
            }
        }
    }

    /// The workspace that a call names, or the one on screen.
    pub async fn workspace(&self) -> Result<Arc<Workspace>, ApiError> {
        let state = self.state.lock().await;
        let current = self.chosen(state.current.as_ref()).and_then(|id| state.running.get(&id));
        current
            .map(|running| running.workspace.clone())
            .ok_or_else(|| ApiError::new(ErrorCode::NoWorkspace, "no workspace is open"))
    }

    async fn sandbox(&self) -> Result<SandboxHandle, ApiError> {
        let state = self.state.lock().await;
        let current = self.chosen(state.current.as_ref()).and_then(|id| state.running.get(&id));
        current
            .and_then(|running| running.sandbox.clone())
            .ok_or_else(|| ApiError::new(ErrorCode::NotNow, "the open workspace is not a sandbox"))
    }

    pub(crate) fn emit(&self, tags: &[Tag]) {
        // nobody listening is fine
        let _ = self.events.send(Event { tags: tags.to_vec() });
    }

    /// Passes a workspace's changes on, batched.
    fn pump(&self, workspace: &Arc<Workspace>) {
        let mut changes = workspace.subscribe();
        let events = self.events.clone();
        tokio::spawn(async move {
            loop {
                let mut tags = BTreeSet::new();
                match changes.recv().await {
                    Ok(change) => tags.insert(tag_of(change)),
                    Err(broadcast::error::RecvError::Lagged(_)) => {
                        tags.extend(Event::everything().tags);
                        true
                    }
                    Err(broadcast::error::RecvError::Closed) => return,
                };
                tokio::time::sleep(Duration::from_millis(100)).await;
                while let Ok(change) = changes.try_recv() {
                    tags.insert(tag_of(change));
                }
                let _ = events.send(Event { tags: tags.into_iter().collect() });
            }
        });
    }
}

fn tag_of(change: Change) -> Tag {
    match change {
        Change::Connections => Tag::Connections,
        Change::Documents => Tag::Documents,
        Change::Mappings => Tag::Mappings,
        Change::Orders => Tag::Orders,
        Change::Workspace => Tag::App,
        Change::Reconcile => Tag::Reconcile,
        Change::Schedule => Tag::Schedule,
        Change::DryRun => Tag::DryRun,
        Change::Exports => Tag::Exports,
        Change::Bulk => Tag::Bulk,
        Change::Inbox => Tag::Inbox,
        Change::Backfill => Tag::Backfill,
        Change::Imports => Tag::Imports,
        Change::Audit => Tag::Audit,
    }
}

impl From<EngineError> for ApiError {
    fn from(error: EngineError) -> Self {
        match error {
            EngineError::Store(store) => ApiError::from(store),
            EngineError::Vault(detail) => ApiError::new(ErrorCode::Vault, detail),
            EngineError::Credentials(error) => error.into(),
            EngineError::Outside(failure) => ApiError {
                code: ErrorCode::Outside,
                detail: failure.object.to_string(),
                field: None,
                failure: Some(Box::new(convert::failure(&failure, "", 0))),
            },
            EngineError::Invalid { field, detail } => ApiError::invalid(field, detail),
            EngineError::NotNow(why) => ApiError::new(ErrorCode::NotNow, why),
        }
    }
}

impl From<StoreError> for ApiError {
    fn from(error: StoreError) -> Self {
        let detail = error.to_string();
        let code = match error {
            StoreError::Owned(_) | StoreError::NotOwner => ErrorCode::WorkspaceOwned,
            StoreError::Newer { .. } => ErrorCode::LedgerNewer,
            StoreError::Damaged(_) => ErrorCode::LedgerDamaged,
            StoreError::ReadOnly(_) => ErrorCode::LedgerReadOnly,
            StoreError::Foreign(_) => ErrorCode::InvalidInput,
            StoreError::Missing(_) | StoreError::NotFound(_) => ErrorCode::NotFound,
            StoreError::Stale(_)
            | StoreError::NotAllowed(_)
            | StoreError::Illegal(_)
            | StoreError::PublishedMeanwhile(_)
            | StoreError::Quarantined => ErrorCode::NotNow,
            StoreError::AlreadyLinked(_) => ErrorCode::AlreadyLinked,
            StoreError::Sqlite(_) | StoreError::Io(_) | StoreError::Json(_) | StoreError::Closed => ErrorCode::Internal,
        };
        ApiError::new(code, detail)
    }
}

macro_rules! handlers {
    ($($method:ident($request:ty) -> $response:ty;)+) => {
        /// Each command's handler stands in the module of its subject.
        #[async_trait::async_trait]
        impl Commands for Host {
            $(async fn $method(&self, session: &Session, request: $request) -> Result<$response, ApiError> {
                self.$method(session, request).await
            })+
        }
    };
}

handlers! {
    app_get(Nothing) -> AppInfo;
    app_set_preferences(Preferences) -> AppInfo;
    workspace_create(NewWorkspace) -> AppInfo;
    workspace_open(ById) -> AppInfo;
    workspace_lift_quarantine(LiftRequest) -> AppInfo;
    workspace_set_enabled(EnabledInput) -> AppInfo;
    workspace_check(Nothing) -> CheckReport;
    audit_list(AuditRequest) -> AuditPage;
    audit_get(AuditGet) -> AuditDetail;
    audit_verify(AuditVerify) -> AuditReport;
    audit_anchor(Nothing) -> AuditAnchors;
    audit_export(AuditExport) -> FileContent;
    workspace_open_sandbox(Nothing) -> AppInfo;
    network_get(Nothing) -> NetworkInfo;
    network_permit(NetworkHost) -> NetworkInfo;
    network_forbid(NetworkHost) -> NetworkInfo;
    session_get(Nothing) -> SessionInfo;
    session_sign_in(SignInRequest) -> SessionInfo;
    session_lock(Nothing) -> Nothing;
    session_touch(Nothing) -> Nothing;
    session_change_password(OwnPassword) -> Nothing;
    people_list(Nothing) -> People;
    people_add(NewPerson) -> People;
    people_change(PersonChange) -> People;
    people_set_password(PersonPassword) -> Nothing;
    people_set_guards(GuardsInfo) -> People;
    approvals_list(Nothing) -> Approvals;
    approvals_decide(ApprovalDecision) -> Approvals;
    approvals_withdraw(ById) -> Approvals;
    vault_get(Nothing) -> VaultInfo;
    vault_choose(VaultChoice) -> VaultInfo;
    vault_unlock(PassphraseInput) -> VaultInfo;
    vault_change_passphrase(PassphraseChange) -> VaultInfo;
    overview_get(Nothing) -> Overview;
    counts_get(Nothing) -> Counts;
    connections_list(Nothing) -> Connections;
    connections_test(ConnectionInput) -> TestResult;
    connections_save(ConnectionInput) -> ConnectionInfo;
    connections_set_secret(SecretInput) -> ConnectionInfo;
    connections_wake(ById) -> Nothing;
    connections_lists(ListsRequest) -> ConnectionListsInfo;
    connections_hook(ById) -> HookInfo;
    connections_set_hook_secret(SecretInput) -> HookInfo;
    connections_renew_hook(ById) -> HookInfo;
    connections_shop_hooks(ById) -> ShopHooks;
    connections_enable_shop_hook(ShopHookRef) -> ShopHooks;
    backfill_plan(BackfillRequest) -> BackfillInfo;
    backfill_confirm(ById) -> BackfillInfo;
    backfill_cancel(ById) -> BackfillInfo;
    backfill_list(Nothing) -> Backfills;
    listener_get(Nothing) -> ListenerInfo;
    listener_set(ListenerInput) -> ListenerInfo;
    inbox_list(InboxRequest) -> InboxPage;
    inbox_get(DeliveryRequest) -> DeliveryInfo;
    inbox_replay(WithReason) -> DeliveryInfo;
    flows_save(FlowInput) -> FlowInfo;
    flows_preview_rules(RulesPreviewRequest) -> RulesPreview;
    orders_list(ListRequest) -> OrderPage;
    imports_begin(ImportBegin) -> ImportInfo;
    imports_append(ImportPiece) -> ImportInfo;
    imports_preview(ImportChoice) -> ImportPreview;
    imports_start(ImportChoice) -> ImportInfo;
    imports_cancel(ImportId) -> ImportInfo;
    imports_get(ImportId) -> ImportInfo;
    imports_list(Nothing) -> Imports;
    imports_rejected(ImportRejectedRequest) -> ImportRejectedPage;
    documents_list(ListRequest) -> DocumentPage;
    record_get(RecordRequest) -> RecordInfo;
    record_order_version(OrderVersionRequest) -> OrderAsReceived;
    failures_list(Nothing) -> Failures;
    failures_records(CauseRecordsRequest) -> CauseRecords;
    failures_assign(AssignCause) -> Nothing;
    failures_snooze(SnoozeCause) -> Nothing;
    record_desk(ById) -> RecordDesk;
    record_assign(AssignRecord) -> Nothing;
    record_tag(TagsInput) -> Nothing;
    record_snooze(SnoozeRecord) -> Nothing;
    notes_save(NoteInput) -> Nothing;
    notes_delete(ById) -> Nothing;
    notes_restore(ById) -> Nothing;
    bulk_plan(BulkRequest) -> BulkJob;
    bulk_confirm(BulkConfirm) -> BulkJob;
    bulk_cancel(ById) -> BulkJob;
    bulk_get(ById) -> BulkJob;
    bulk_list(Nothing) -> BulkJobs;
    bulk_report(BulkReportRequest) -> BulkItems;
    bulk_csv(BulkCsvRequest) -> FileContent;
    documents_retry(RetryRequest) -> RetryResult;
    documents_dismiss(WithReason) -> Nothing;
    documents_reopen(WithReason) -> Nothing;
    documents_operate(OperateRequest) -> OperationInfo;
    documents_storno(WithReason) -> DocumentRow;
    documents_invoice_again(WithReason) -> DocumentRow;
    documents_accept_change(AcceptChange) -> DocumentRow;
    documents_ignore_change(WithReason) -> Nothing;
    documents_pdf(ById) -> FileContent;
    documents_einvoice_archive(ById) -> FileContent;
    documents_refresh(ById) -> Nothing;
    operations_close(WithReason) -> Nothing;
    doubts_list(Nothing) -> Doubts;
    doubts_look(ById) -> LookInfo;
    doubts_link(LinkRequest) -> Nothing;
    doubts_declare_absent(WithReason) -> Nothing;
    reconcile_run(ReconcileRequest) -> ReconcileStarted;
    reconcile_runs(Nothing) -> ReconcileRuns;
    reconcile_findings(FindingsRequest) -> FindingPage;
    reconcile_ignore(IgnoreRequest) -> Nothing;
    reconcile_expected(Nothing) -> Expected;
    doubts_candidate_pdf(CandidateRequest) -> FileContent;
    doubts_issue(WithReason) -> RetryResult;
    month_books(Nothing) -> BooksList;
    month_report(MonthRequest) -> MonthReport;
    month_close(MonthClose) -> MonthReport;
    month_reopen(WithReason) -> Nothing;
    month_file(MonthFileRequest) -> FileContent;
    einvoices_list(EInvoicesRequest) -> EInvoices;
    overview_trend(TrendRequest) -> Trend;
    schedule_list(Nothing) -> ScheduleInfo;
    schedule_run_now(ById) -> Nothing;
    schedule_set_retention(RetentionRequest) -> Nothing;
    retention_preview(RetentionRequest) -> RetentionPreview;
    clients_find(ClientQuery) -> ClientsFound;
    clients_export(ClientQuery) -> FileContent;
    clients_erase(ClientErase) -> ClientErased;
    backup_get(BackupRequest) -> BackupInfo;
    backup_set(BackupSettingsInput) -> BackupInfo;
    backup_run(BackupRun) -> Nothing;
    backup_verify(BackupRef) -> BackupVerified;
    backup_restore(RestoreRequest) -> AppInfo;
    mappings_list(Nothing) -> Mappings;
    mappings_get(ById) -> MappingInfo;
    mappings_create(MappingCreate) -> MappingSummary;
    mappings_samples(SamplesRequest) -> Samples;
    mappings_sample(SampleRequest) -> SampleAnswer;
    mappings_try(TryRequest) -> MappingTrial;
    mappings_save_draft(DraftSave) -> DraftSaved;
    mappings_discard_draft(ById) -> Nothing;
    mappings_publish(PublishRequest) -> Published;
    mappings_retry_held(ById) -> RetryResult;
    mappings_history(ById) -> MappingHistory;
    mappings_version(VersionRequest) -> MappingDocument;
    mappings_diff(DiffRequest) -> MappingDiff;
    mappings_write_text(MappingDocument) -> MappingText;
    mappings_read_text(MappingText) -> MappingDocument;
    dry_run_start(DryRunRequest) -> DryRunInfo;
    dry_run_get(ById) -> DryRunAnswer;
    dry_run_cancel(ById) -> Nothing;
    table_documents(RowsRequest) -> DocumentRows;
    table_orders(RowsRequest) -> OrderRows;
    table_summary(TableQuery) -> TableSummary;
    table_vocabulary(ListRef) -> TableVocabulary;
    views_list(ListRef) -> SavedViews;
    views_save(SavedView) -> SavedView;
    views_delete(ById) -> Nothing;
    layout_get(ListRef) -> TableLayout;
    layout_save(TableLayout) -> Nothing;
    export_start(ExportRequest) -> ExportInfo;
    export_get(Nothing) -> ExportAnswer;
    export_cancel(ById) -> Nothing;
    drafts_fields(ById) -> DraftFields;
    drafts_preview(DraftEditRequest) -> EditPreview;
    drafts_save(DraftEditSave) -> DraftFields;
    drafts_undo(WithReason) -> DraftFields;
    sandbox_get(Nothing) -> SandboxInfo;
    sandbox_set_fault(SandboxFault) -> SandboxInfo;
    sandbox_clear_faults(Nothing) -> SandboxInfo;
    sandbox_add_orders(SandboxOrders) -> SandboxInfo;
}

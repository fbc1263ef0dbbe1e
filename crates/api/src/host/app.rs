//! The app itself: workspaces opened and made, preferences, the overview, the sandbox's switches.

use super::{Host, Running, SandboxHandle, SandboxLogin, State, convert};
use crate::commands::{Event, Session, Tag};
use crate::dto::*;
use crate::error::{ApiError, ErrorCode};
use punte_engine::editor::MappingStart;
use punte_engine::setup::ConnectionDraft;
use punte_engine::store::StoreError;
use punte_engine::store::ledger::Flow;
use punte_engine::vault::VaultState;
use punte_engine::{EngineError, Workspace};
use std::path::{Path, PathBuf};
use std::sync::Arc;

const DAY_MS: i64 = 24 * 60 * 60 * 1000;
/// The sandbox's orders lie in the last weeks; its flows reach back over them.
const SANDBOX_REACH_DAYS: i64 = 30;

impl Host {
    /// The language (`ro`, `en`) of the screens of whoever chose none. The first one named stays.
    pub fn speak(&self, language: &'static str) {
        let _ = self.start_language.set(language);
    }

    pub(super) async fn app_get(&self, _: &Session, _: Nothing) -> Result<AppInfo, ApiError> {
        let mut info = self.app_info(&*self.state.lock().await);
        info.quarantine = self.quarantine().await?;
        Ok(info)
    }

    fn app_info(&self, state: &State) -> AppInfo {
        let chosen = self.chosen(state.current.as_ref());
        let open = chosen.and_then(|id| state.settings.workspaces.iter().find(|w| w.id == id)).cloned();
        let vault = self.vault_status();
        AppInfo {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            language: state.settings.language.clone(),
            start_language: self.start_language.get().map(|language| (*language).to_owned()),
            theme: state.settings.theme.clone().unwrap_or_else(|| "system".to_owned()),
            workspaces: state.settings.workspaces.clone(),
            open,
            problem: state.problem.clone(),
            vault: vault.kind.map(|kind| kind.as_str().to_owned()),
            vault_state: vault.state.as_str().to_owned(),
            vault_reason: vault.reason,
            operator: self.parts.operator.clone(),
            role: "admin".to_owned(),
            attached_to: None,
            quarantine: None,
        }
    }

    pub(super) async fn app_set_preferences(
        &self,
        session: &Session,
        request: Preferences,
    ) -> Result<AppInfo, ApiError> {
        if let Some(language) = &request.language
            && !matches!(language.as_str(), "ro" | "en")
        {
            return Err(ApiError::invalid("language", language.clone()));
        }
        if let Some(theme) = &request.theme
            && !matches!(theme.as_str(), "light" | "dark" | "system")
        {
            return Err(ApiError::invalid("theme", theme.clone()));
        }
        let mut state = self.state.lock().await;
        state.settings.language = request.language.or(state.settings.language.take());
        state.settings.theme = request.theme.or(state.settings.theme.take());
        state.settings.write(&self.parts.home)?;
        drop(state);
        self.emit(&[Tag::App]);
        self.app_get(session, Nothing {}).await
    }

    /// Opens the workspace of the last time. Answers its folder. A problem is kept for the screen to show.
    ///
    /// # Errors
    /// [`ErrorCode::NoWorkspace`] when none was opened yet.
    pub async fn open_last(&self) -> Result<PathBuf, ApiError> {
        let last =
            self.last_folder().await.ok_or_else(|| ApiError::new(ErrorCode::NoWorkspace, "none was opened yet"))?;
        self.open(&last.id).await?;
        Ok(PathBuf::from(last.folder))
    }

    /// The workspace that was on screen last.
    pub async fn last_folder(&self) -> Option<WorkspaceInfo> {
        let state = self.state.lock().await;
        let last = state.settings.last.as_ref()?;
        state.settings.workspaces.iter().find(|known| known.id == *last).cloned()
    }

    /// Opens a workspace in a folder, wherever it lies, and remembers it.
    pub async fn open_folder(&self, folder: &Path) -> Result<PathBuf, ApiError> {
        let id = self.know_folder(folder).await?;
        self.open(&id).await?;
        Ok(folder.to_owned())
    }

    /// Remembers a workspace in a folder as the one to open next, without opening it.
    pub async fn remember_folder(&self, folder: &Path) -> Result<(), ApiError> {
        let id = self.know_folder(folder).await?;
        let mut state = self.state.lock().await;
        state.settings.last = Some(id);
        state.settings.write(&self.parts.home)
    }

    async fn know_folder(&self, folder: &Path) -> Result<String, ApiError> {
        let (id, name, is_sandbox) = punte_engine::store::Ledger::peek(folder)?;
        {
            let mut state = self.state.lock().await;
            let folder = folder.display().to_string();
            match state.settings.workspaces.iter_mut().find(|known| known.id == id) {
                Some(known) => known.folder = folder,
                None => {
                    let known = WorkspaceInfo { id: id.clone(), name, is_sandbox, folder, enabled: true };
                    state.settings.workspaces.push(known);
                }
            }
        }
        Ok(id)
    }

    pub(super) async fn workspace_open(&self, session: &Session, request: ById) -> Result<AppInfo, ApiError> {
        self.open(&request.id).await?;
        self.app_get(session, Nothing {}).await
    }

    /// Runs a workspace (if it does not run yet) and puts it on screen.
    async fn open(&self, id: &str) -> Result<(), ApiError> {
        let mut state = self.state.lock().await;
        state.goes_on()?;
        let info = state
            .settings
            .workspaces
            .iter()
            .find(|known| known.id == id)
            .cloned()
            .ok_or_else(|| ApiError::not_found(id))?;
        if !state.running.contains_key(id) {
            match self.run(&info).await {
                Ok(running) => {
                    (self.parts.opened)(Path::new(&info.folder));
                    self.pump(&running.workspace);
                    state.running.insert(id.to_owned(), running);
                }
                Err(error) => return Err(self.stand_before(&mut state, info, error)),
            }
        }
        self.show(&mut state, id)
    }

    /// Keeps why a workspace could not be opened, for the screen to show.
    pub(super) fn stand_before(&self, state: &mut State, workspace: WorkspaceInfo, error: ApiError) -> ApiError {
        let (code, detail) = (problem_code(&error).to_owned(), error.detail.clone());
        state.problem = Some(OpenProblem { workspace, code, detail });
        state.current = None;
        self.emit(&[Tag::App]);
        error
    }

    pub(super) fn show(&self, state: &mut State, id: &str) -> Result<(), ApiError> {
        state.current = Some(id.to_owned());
        state.problem = None;
        state.settings.last = Some(id.to_owned());
        state.settings.write(&self.parts.home)?;
        self.emit(&Event::everything().tags);
        Ok(())
    }

    pub(super) async fn run(&self, info: &WorkspaceInfo) -> Result<Running, ApiError> {
        self.run_with(info, None).await
    }

    /// The same with simulators that run already.
    pub(super) async fn run_with(
        &self,
        info: &WorkspaceInfo,
        mut sandbox: Option<SandboxHandle>,
    ) -> Result<Running, ApiError> {
        let folder = PathBuf::from(&info.folder);
        let mut deps = self.parts.deps.clone();
        if info.is_sandbox && sandbox.is_none() {
            // owning comes first: two sets of simulators must not share a state file
            drop(punte_engine::store::Ledger::open(&folder)?);
            let handle = (self.parts.sandbox)(folder.clone())
                .await
                .map_err(|error| ApiError::new(ErrorCode::Internal, error))?;
            sandbox = Some(handle);
        }
        if let Some(handle) = &sandbox {
            deps.addresses = handle.addresses.clone();
        }
        let workspace = Workspace::open(&folder, deps)?;
        workspace.keep_teller(self.teller());
        if let Some(handle) = &sandbox {
            refresh_logins(&workspace, handle).await?;
        }
        workspace.start().await?;
        Ok(Running { workspace, sandbox })
    }

    pub(super) async fn workspace_create(&self, session: &Session, request: NewWorkspace) -> Result<AppInfo, ApiError> {
        let name = request.name.trim();
        if name.is_empty() || name.chars().count() > 100 {
            return Err(ApiError::invalid("name", "1 to 100 characters"));
        }
        let folder = self.parts.home.join("workspaces").join(self.parts.deps.clock.new_id("ws"));
        let workspace = Workspace::create(&folder, name, false, self.parts.deps.clone())?;
        workspace.keep_teller(self.teller());
        add_preset(&workspace, &session.operator).await?;
        workspace.start().await?;
        self.adopt(workspace, None, &folder).await?;
        self.app_get(session, Nothing {}).await
    }

    async fn adopt(
        &self,
        workspace: Arc<Workspace>,
        sandbox: Option<SandboxHandle>,
        folder: &Path,
    ) -> Result<(), ApiError> {
        let info = workspace.ledger().info();
        let known = WorkspaceInfo {
            id: info.id.clone(),
            name: info.name.clone(),
            is_sandbox: info.is_sandbox,
            folder: folder.display().to_string(),
            enabled: true,
        };
        let id = known.id.clone();
        let mut state = self.state.lock().await;
        state.settings.workspaces.push(known);
        if let Err(ending) = state.goes_on() {
            // it is there at the next start
            state.settings.write(&self.parts.home)?;
            drop(state);
            workspace.stop().await;
            return Err(ending);
        }
        (self.parts.opened)(folder);
        self.pump(&workspace);
        state.running.insert(id.clone(), Running { workspace, sandbox });
        self.show(&mut state, &id)
    }

    pub(super) async fn workspace_open_sandbox(&self, session: &Session, _: Nothing) -> Result<AppInfo, ApiError> {
        let known = {
            let state = self.state.lock().await;
            state
                .settings
                .workspaces
                .iter()
                .find(|w| w.is_sandbox && Path::new(&w.folder).is_dir())
                .map(|w| w.id.clone())
        };
        match known {
            Some(id) => self.open(&id).await?,
            None => self.create_sandbox(&self.parts.home.join("workspaces").join("sandbox"), session).await?,
        }
        self.app_get(session, Nothing {}).await
    }

    /// Makes a sandbox workspace in a folder: simulators, three connections, two flows, the preset mapping.
    pub async fn create_sandbox(&self, folder: &Path, session: &Session) -> Result<(), ApiError> {
        std::fs::create_dir_all(folder).map_err(StoreError::Io)?;
        let handle =
            (self.parts.sandbox)(folder.to_owned()).await.map_err(|error| ApiError::new(ErrorCode::Internal, error))?;
        let mut deps = self.parts.deps.clone();
        deps.addresses = handle.addresses.clone();
        let workspace = Workspace::create(folder, "Atelier Cană SRL", true, deps)?;
        workspace.keep_teller(self.teller());
        wire_sandbox(&workspace, &handle, &session.operator).await?;
        workspace.start().await?;
        self.adopt(workspace, Some(handle), folder).await
    }

    pub(super) async fn overview_get(&self, session: &Session, _: Nothing) -> Result<Overview, ApiError> {
        let workspace = self.workspace().await?;
        let ledger = workspace.ledger();
        let now_ms = workspace.clock_now_ms();
        let counts = convert::counts(&ledger.read_counts().await?);
        let mut groups = self.failure_groups(&workspace).await?;
        groups.retain(|group| group.state == "open");
        let connections = self.connections_list(session, Nothing {}).await?;
        let mut needs_you = Vec::new();
        let mut need = |what: &str, count: u32, subject: &str| {
            if count > 0 {
                needs_you.push(NeedsYou { what: what.to_owned(), count, subject: subject.to_owned() });
            }
        };
        need("quarantine", u32::from(workspace.quarantine().is_some()), "");
        for group in &groups {
            need("failures", group.count - group.snoozed, &group.failure.kind);
        }
        let doubts = self.doubts_list(session, Nothing {}).await?;
        need("doubts", doubts.doubts.iter().filter(|doubt| doubt.parked).count() as u32, "");
        need("mismatched", counts.mismatched, "");
        need("findings", counts.findings, "");
        need("changed", counts.changed, "");
        need("vault", u32::from(self.vault_status().state != VaultState::Ready), "");
        let all = connections.shops.into_iter().chain(connections.billing).collect::<Vec<_>>();
        for connection in &all {
            match connection.health.as_str() {
                "credential_missing" => need("credential", 1, &connection.id),
                "needs_reconnect" => need("connection", 1, &connection.id),
                _ => {}
            }
        }
        Ok(Overview {
            counts,
            issued_today: self.period(&workspace, convert::day_start(now_ms)).await?,
            issued_this_month: self.period(&workspace, convert::month_start(now_ms)).await?,
            open_failures: groups
                .iter()
                .map(|group| FailureCount { kind: group.failure.kind.clone(), count: group.count })
                .collect(),
            needs_you,
            connections: all,
            ledger_trouble: workspace.trouble().map(|failure| convert::failure(&failure, "", now_ms)),
        })
    }

    async fn period(&self, workspace: &Workspace, from_ms: i64) -> Result<PeriodSum, ApiError> {
        let sums = workspace.ledger().sum_issued(from_ms).await?;
        Ok(PeriodSum {
            count: sums.iter().map(|sum| sum.count).sum(),
            totals: sums.into_iter().map(|sum| Amount { minor: sum.total_minor, currency: sum.currency }).collect(),
        })
    }

    pub(super) async fn counts_get(&self, _: &Session, _: Nothing) -> Result<Counts, ApiError> {
        Ok(convert::counts(&self.workspace().await?.ledger().read_counts().await?))
    }

    pub(super) async fn sandbox_get(&self, _: &Session, _: Nothing) -> Result<SandboxInfo, ApiError> {
        Ok((self.sandbox().await?.info)())
    }

    pub(super) async fn sandbox_set_fault(&self, _: &Session, fault: SandboxFault) -> Result<SandboxInfo, ApiError> {
        let handle = self.sandbox().await?;
        (handle.set_fault)(fault).map_err(|error| ApiError::invalid("kind", error))?;
        self.emit(&[Tag::Sandbox]);
        Ok((handle.info)())
    }

    pub(super) async fn sandbox_clear_faults(&self, _: &Session, _: Nothing) -> Result<SandboxInfo, ApiError> {
        let handle = self.sandbox().await?;
        (handle.clear_faults)().map_err(|error| ApiError::new(ErrorCode::Internal, error))?;
        self.emit(&[Tag::Sandbox]);
        Ok((handle.info)())
    }

    pub(super) async fn sandbox_add_orders(
        &self,
        _: &Session,
        request: SandboxOrders,
    ) -> Result<SandboxInfo, ApiError> {
        if request.count == 0 || request.count > 1000 {
            return Err(ApiError::invalid("count", "1 to 1000"));
        }
        let handle = self.sandbox().await?;
        (handle.add_orders)(request.count).map_err(|error| ApiError::new(ErrorCode::Internal, error))?;
        self.emit(&[Tag::Sandbox]);
        Ok((handle.info)())
    }
}

pub(super) fn problem_code(error: &ApiError) -> &'static str {
    match error.code {
        ErrorCode::WorkspaceOwned => "owned_by_other",
        ErrorCode::LedgerNewer => "ledger_newer",
        ErrorCode::LedgerDamaged => "ledger_damaged",
        ErrorCode::LedgerReadOnly => "ledger_read_only",
        ErrorCode::NotFound => "folder_missing",
        _ => "other",
    }
}

async fn add_preset(workspace: &Workspace, author: &str) -> Result<String, EngineError> {
    let made = workspace.create_mapping("", MappingStart::Preset("woocommerce_ro".to_owned()), author).await?;
    Ok(made.id)
}

fn login_draft(kind: &str, name: &str, login: &SandboxLogin, id: Option<String>) -> ConnectionDraft {
    ConnectionDraft {
        id,
        kind: kind.to_owned(),
        name: name.to_owned(),
        address: format!("sandbox:{kind}"),
        account: login.account.clone(),
        secret: login.secret.clone().into(),
        company: Some(login.company.clone()).filter(|text| !text.is_empty()),
        series: Some(login.series.clone()).filter(|text| !text.is_empty()),
        options: Default::default(),
    }
}

/// The sandbox's credentials are no secret: they are given again at every start, so that no keyring is needed for it.
async fn refresh_logins(workspace: &Workspace, handle: &SandboxHandle) -> Result<(), ApiError> {
    for connection in workspace.ledger().list_connections().await? {
        let login = match connection.address.as_str() {
            "sandbox:woocommerce" => &handle.woocommerce,
            "sandbox:smartbill" => &handle.smartbill,
            "sandbox:oblio" => &handle.oblio,
            _ => continue,
        };
        workspace.lend_secret(&connection.id, login.secret.clone().into());
    }
    Ok(())
}

async fn wire_sandbox(workspace: &Workspace, handle: &SandboxHandle, author: &str) -> Result<(), ApiError> {
    let mapping_id = add_preset(workspace, author).await?;
    let shop = workspace
        .save_connection(login_draft("woocommerce", "WooCommerce · Atelier Cană", &handle.woocommerce, None))
        .await?;
    let now_ms = workspace.clock_now_ms();
    let stated = "order.meta(\"av_facturare\", \"tip_facturare\") == \"pers-jur\"";
    let flows = [
        ("oblio", "Oblio", &handle.oblio, "Companii → Oblio", stated.to_owned()),
        ("smartbill", "SmartBill", &handle.smartbill, "Persoane → SmartBill", format!("!({stated})")),
    ];
    for (kind, name, login, flow_name, condition) in flows {
        let billing = workspace.save_connection(login_draft(kind, name, login, None)).await?;
        let flow = Flow {
            id: workspace.new_id("flow"),
            name: flow_name.to_owned(),
            shop_id: shop.id.clone(),
            billing_id: billing.id,
            company: login.company.clone(),
            series: login.series.clone(),
            condition,
            mapping_id: mapping_id.clone(),
            enabled: true,
            active_from_ms: now_ms - SANDBOX_REACH_DAYS * DAY_MS,
            series_is_ours: true,
            write_back: true,
            full_refund: Default::default(),
            partial_refund: Default::default(),
            rules: Default::default(),
            created_ms: now_ms,
        };
        workspace.save_flow(flow).await?;
    }
    Ok(())
}

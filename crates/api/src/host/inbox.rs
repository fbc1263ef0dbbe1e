//! The webhook inbox, and what a shop needs to be told to deliver here.

use super::{Host, convert};
use crate::commands::Session;
use crate::dto::*;
use crate::error::ApiError;
use punte_engine::Workspace;
use punte_engine::connectors::shops::ShopWebhook;
use punte_engine::inbox;
use punte_engine::store::ledger::{Connection, Delivery, DeliveryQuery};

const PAGE: u32 = 50;
const WEEK_MS: i64 = 7 * 24 * 60 * 60 * 1000;

impl Host {
    pub(super) async fn connections_hook(&self, _: &Session, request: ById) -> Result<HookInfo, ApiError> {
        let workspace = self.workspace().await?;
        self.hook_info(&workspace, &request.id).await
    }

    pub(super) async fn connections_set_hook_secret(
        &self,
        _: &Session,
        input: SecretInput,
    ) -> Result<HookInfo, ApiError> {
        let workspace = self.workspace().await?;
        workspace.set_hook_secret(&input.id, input.secret.into()).await?;
        self.hook_info(&workspace, &input.id).await
    }

    pub(super) async fn connections_renew_hook(&self, _: &Session, request: ById) -> Result<HookInfo, ApiError> {
        let workspace = self.workspace().await?;
        workspace.renew_hook(&request.id).await?;
        self.hook_info(&workspace, &request.id).await
    }

    pub(super) async fn connections_shop_hooks(&self, _: &Session, request: ById) -> Result<ShopHooks, ApiError> {
        let workspace = self.workspace().await?;
        let hooks = workspace.list_shop_webhooks(&request.id).await?;
        self.shop_hooks(&workspace, &request.id, hooks).await
    }

    pub(super) async fn connections_enable_shop_hook(
        &self,
        _: &Session,
        request: ShopHookRef,
    ) -> Result<ShopHooks, ApiError> {
        let workspace = self.workspace().await?;
        let hooks = workspace.enable_shop_webhook(&request.connection, &request.hook).await?;
        self.shop_hooks(&workspace, &request.connection, hooks).await
    }

    async fn shop_hooks(
        &self,
        workspace: &Workspace,
        id: &str,
        hooks: Option<Vec<ShopWebhook>>,
    ) -> Result<ShopHooks, ApiError> {
        let path = workspace.find_hook(id).await?.path;
        let info = |hook: ShopWebhook| ShopHookInfo {
            is_ours: hook.delivery_url.ends_with(&path),
            id: hook.id,
            name: hook.name,
            topic: hook.topic,
            status: hook.status,
            delivery_url: hook.delivery_url,
        };
        Ok(ShopHooks { hooks: hooks.map(|hooks| hooks.into_iter().map(info).collect()) })
    }

    async fn hook_info(&self, workspace: &Workspace, id: &str) -> Result<HookInfo, ApiError> {
        let hook = workspace.find_hook(id).await?;
        let kind = workspace.ledger().get_connection(id).await?.kind;
        Ok(HookInfo {
            connection_id: id.to_owned(),
            topics: inbox::topics(&kind).iter().map(|&topic| topic.to_owned()).collect(),
            kind,
            url: self.hook_base().await.map(|base| format!("{base}{}", hook.path)),
            path: hook.path,
            has_secret: hook.has_secret,
            old_secret_until_ms: hook.old_secret_until_ms,
            last_accepted_ms: hook.last.accepted_ms,
            last_refused_ms: hook.last.refused_ms,
        })
    }

    pub(super) async fn inbox_list(&self, _: &Session, request: InboxRequest) -> Result<InboxPage, ApiError> {
        let workspace = self.workspace().await?;
        let query = DeliveryQuery {
            connection_id: request.connection,
            show: request.show.filter(|show| !show.is_empty()),
            text: request.text.trim().to_owned(),
            before_row: request.before,
            limit: PAGE,
        };
        let found = workspace.ledger().list_deliveries(query).await?;
        let connections = workspace.ledger().list_connections().await?;
        let now_ms = workspace.clock_now_ms();
        let [waiting, done, failed, refused] = workspace.ledger().count_deliveries(now_ms - WEEK_MS).await?;
        Ok(InboxPage {
            before: (found.len() == PAGE as usize).then(|| found.last().map(|last| last.row)).flatten(),
            rows: found.into_iter().map(|one| delivery_row(one, &connections, now_ms)).collect(),
            counts: InboxCounts { waiting, done, failed, refused },
        })
    }

    pub(super) async fn inbox_get(&self, _: &Session, request: DeliveryRequest) -> Result<DeliveryInfo, ApiError> {
        let workspace = self.workspace().await?;
        delivery_info(&workspace, &request.id, request.personal).await
    }

    pub(super) async fn inbox_replay(&self, session: &Session, request: WithReason) -> Result<DeliveryInfo, ApiError> {
        let workspace = self.workspace().await?;
        workspace.replay_delivery(&request.id, &session.operator, &request.reason).await?;
        delivery_info(&workspace, &request.id, false).await
    }
}

async fn delivery_info(workspace: &Workspace, id: &str, personal: bool) -> Result<DeliveryInfo, ApiError> {
    let delivery = workspace.ledger().find_delivery(id).await?;
    let kept = workspace.ledger().read_delivery_body(delivery.row).await?;
    let connections = workspace.ledger().list_connections().await?;
    Ok(DeliveryInfo {
        event_id: delivery.event_id.clone(),
        sent_ms: delivery.sent_ms,
        headers: kept.headers,
        is_masked: !personal && !kept.body.is_empty(),
        is_cut: (kept.body.len() as i64) < delivery.size,
        body: inbox::shown(&kept.body, personal),
        replays: kept.replays.into_iter().map(|(who, at_ms, reason)| ReplayInfo { who, at_ms, reason }).collect(),
        row: delivery_row(delivery, &connections, workspace.clock_now_ms()),
    })
}

fn delivery_row(delivery: Delivery, connections: &[Connection], now_ms: i64) -> DeliveryRow {
    let connection = connections.iter().find(|one| one.id == delivery.connection_id);
    let kind = connection.map(|one| one.kind.clone()).unwrap_or_default();
    let (order_id, order_number) = delivery.order.unzip();
    DeliveryRow {
        id: delivery.id,
        connection_name: connection.map(|one| one.name.clone()).unwrap_or_default(),
        connection_id: delivery.connection_id,
        received_ms: delivery.received_ms,
        topic: delivery.topic,
        delivery_id: delivery.delivery_id,
        verdict: delivery.verdict,
        status: delivery.status,
        state: delivery.state,
        tries: delivery.tries,
        order_id,
        order_number,
        failure: delivery.failure.map(|failure| convert::failure(&failure, &kind, now_ms)),
        kind,
        size: delivery.size,
    }
}

//! Connections and flows: lists with their health, live tests, saving.

use super::rules::{info_of, rules_of};
use super::vault::{secret_dates, waiting_health};
use super::{Host, convert};
use crate::commands::{Session, Tag};
use crate::dto::*;
use crate::error::ApiError;
use punte_domain::{FailureKind, Phase, RefundMode};
use punte_engine::Workspace;
use punte_engine::connectors::shops::ShopKind;
use punte_engine::setup::{BillingOptions, ConnectionDraft};
use punte_engine::store::ledger::{Connection, Counts, Flow};
use std::collections::BTreeSet;

/// What the other workspaces of this process invoice: a name, and the keys of its shops.
type Elsewhere = Vec<(String, BTreeSet<String>)>;

impl Host {
    pub(super) async fn connections_list(&self, _: &Session, _: Nothing) -> Result<Connections, ApiError> {
        let workspace = self.workspace().await?;
        let counts = workspace.ledger().read_counts().await?;
        let mut listed = Connections { shops: Vec::new(), billing: Vec::new(), flows: Vec::new() };
        let elsewhere = self.invoiced_elsewhere(&workspace).await;
        for connection in workspace.ledger().list_connections().await? {
            let info = connection_info(&workspace, &connection, &elsewhere).await?;
            if is_shop(&connection.kind) { listed.shops.push(info) } else { listed.billing.push(info) }
        }
        for flow in workspace.ledger().list_flows().await? {
            listed.flows.push(flow_info(&flow, &counts));
        }
        Ok(listed)
    }

    pub(super) async fn connections_test(&self, _: &Session, input: ConnectionInput) -> Result<TestResult, ApiError> {
        let workspace = self.workspace().await?;
        let source = input.kind.clone();
        let report = workspace.test_connection(&draft_of(input)).await?;
        let now_ms = workspace.clock_now_ms();
        Ok(TestResult {
            ok: report.steps.iter().all(|step| step.failure.is_none()),
            steps: report
                .steps
                .into_iter()
                .map(|step| TestStep {
                    step: step.step.to_owned(),
                    failure: step.failure.map(|failure| convert::failure(&failure, &source, now_ms)),
                    found: step.found,
                })
                .collect(),
            companies: report.companies.map(|companies| companies.into_iter().map(convert::company).collect()),
            series: report.series.into_iter().map(convert::series).collect(),
            vat_rates: report.vat_rates.into_iter().map(convert::vat_rate).collect(),
        })
    }

    pub(super) async fn connections_save(
        &self,
        _: &Session,
        input: ConnectionInput,
    ) -> Result<ConnectionInfo, ApiError> {
        let workspace = self.workspace().await?;
        let saved = workspace.save_connection(draft_of(input)).await?;
        connection_info(&workspace, &saved, &self.invoiced_elsewhere(&workspace).await).await
    }

    pub(super) async fn connections_set_secret(
        &self,
        _: &Session,
        input: SecretInput,
    ) -> Result<ConnectionInfo, ApiError> {
        let workspace = self.workspace().await?;
        let saved = workspace.set_secret(&input.id, input.secret.into()).await?;
        connection_info(&workspace, &saved, &self.invoiced_elsewhere(&workspace).await).await
    }

    async fn invoiced_elsewhere(&self, workspace: &Workspace) -> Elsewhere {
        let others: Vec<_> = {
            let state = self.state.lock().await;
            let known = state.settings.workspaces.iter().filter(|one| one.id != workspace.ledger().info().id);
            known.filter_map(|one| Some((one.name.clone(), state.running.get(&one.id)?.workspace.clone()))).collect()
        };
        let mut elsewhere = Elsewhere::new();
        for (name, other) in others {
            match other.list_invoiced_shops().await {
                Ok(shops) => elsewhere.push((name, shops)),
                // its trouble is told where it is; it is none of this workspace's
                Err(error) => tracing::warn!(%error, other = name, "which shops a workspace invoices cannot be read"),
            }
        }
        elsewhere
    }

    pub(super) async fn connections_wake(&self, _: &Session, request: ById) -> Result<Nothing, ApiError> {
        self.workspace().await?.wake(&request.id).await?;
        Ok(Nothing {})
    }

    pub(super) async fn flows_save(&self, session: &Session, input: FlowInput) -> Result<FlowInfo, ApiError> {
        let workspace = self.workspace().await?;
        let flows = workspace.ledger().list_flows().await?;
        let known = match &input.id {
            Some(id) => Some(flows.into_iter().find(|flow| flow.id == *id).ok_or_else(|| ApiError::not_found(id))?),
            None => None,
        };
        let now_ms = workspace.clock_now_ms();
        // with another shop the mapping that it had may be of other orders
        let kept = known.as_ref().filter(|flow| flow.shop_id == input.shop_id).map(|flow| flow.mapping_id.clone());
        // a flow switched on again acts from then on, like a new one; shops tell whole seconds, and an order of this very
        // second must not count as an older one
        let active_from_ms = match &known {
            Some(flow) if flow.enabled || !input.enabled => flow.active_from_ms,
            _ => now_ms - now_ms.rem_euclid(1000),
        };
        let mut flow = Flow {
            id: known.as_ref().map_or_else(|| workspace.new_id("flow"), |flow| flow.id.clone()),
            name: input.name.trim().to_owned(),
            shop_id: input.shop_id,
            billing_id: input.billing_id,
            company: input.company.trim().to_owned(),
            series: input.series.trim().to_owned(),
            condition: input.condition.trim().to_owned(),
            mapping_id: input.mapping_id.or(kept).unwrap_or_default(),
            enabled: input.enabled,
            active_from_ms,
            series_is_ours: input.series_is_ours,
            write_back: input.write_back,
            full_refund: refund_mode("fullRefund", input.full_refund, known.as_ref().map(|flow| flow.full_refund))?,
            partial_refund: refund_mode(
                "partialRefund",
                input.partial_refund,
                known.as_ref().map(|flow| flow.partial_refund),
            )?,
            rules: match (input.rules, &known) {
                (Some(rules), _) => rules_of(rules)?,
                (None, Some(flow)) => flow.rules.clone(),
                (None, None) => Default::default(),
            },
            created_ms: known.map_or(now_ms, |flow| flow.created_ms),
        };
        if flow.mapping_id.is_empty() {
            // nothing is made for a flow that is refused
            workspace.check_flow(&flow).await?;
            flow.mapping_id = workspace.fitting_mapping(&flow.shop_id, &session.operator).await?;
        }
        let saved = workspace.save_flow(flow).await?;
        self.emit(&[Tag::Connections]);
        Ok(flow_info(&saved, &workspace.ledger().read_counts().await?))
    }
}

fn refund_mode(field: &'static str, wished: Option<String>, known: Option<RefundMode>) -> Result<RefundMode, ApiError> {
    match wished {
        None => Ok(known.unwrap_or_default()),
        Some(text) => RefundMode::parse(&text).ok_or_else(|| ApiError::invalid(field, text)),
    }
}

pub(super) fn is_shop(kind: &str) -> bool {
    ShopKind::parse(kind).is_some()
}

fn draft_of(input: ConnectionInput) -> ConnectionDraft {
    ConnectionDraft {
        id: input.id,
        kind: input.kind,
        name: input.name,
        address: input.address,
        account: input.account,
        secret: input.secret.into(),
        company: input.company,
        series: input.series,
        options: BillingOptions {
            legacy_routes: input.legacy_routes,
            reserve: input.reserve,
            warehouse: input.warehouse,
            vat_names: input.vat_names,
        },
    }
}

async fn connection_info(
    workspace: &Workspace,
    connection: &Connection,
    elsewhere: &Elsewhere,
) -> Result<ConnectionInfo, ApiError> {
    let now_ms = workspace.clock_now_ms();
    let unreadable = workspace.unreadable_orders(connection);
    let waits = workspace.vault_wait(connection);
    let stopped = connection.stop.as_ref().map(|stop| &stop.failure);
    let waiting = waits.as_ref().or(stopped).and_then(|failure| waiting_health(failure.kind));
    let (health, limited_until_ms) = match &connection.stop {
        _ if waiting.is_some() => (waiting.unwrap_or_default(), None),
        Some(stop) => match stop.failure.kind {
            FailureKind::CredentialMissing => ("credential_missing", None),
            FailureKind::CredentialRefused => ("needs_reconnect", None),
            FailureKind::RateLimited => ("limited", stop.until_ms),
            _ => ("degraded", stop.until_ms),
        },
        None if unreadable.is_some() => ("degraded", None),
        None if connection.last_contact_ms.is_none() => ("unknown", None),
        None => ("healthy", None),
    };
    let failure = waits.as_ref().or(stopped).or(unreadable.as_ref());
    let (secret_changed_ms, secret_worked_ms) = secret_dates(workspace, connection).await?;
    let key = workspace.shop_key(connection);
    let invoices = |(_, shops): &&(String, BTreeSet<String>)| key.as_ref().is_some_and(|key| shops.contains(key));
    Ok(ConnectionInfo {
        id: connection.id.clone(),
        kind: connection.kind.clone(),
        name: connection.name.clone(),
        address: connection.address.clone(),
        account: connection.account.clone(),
        company: connection.company.clone(),
        series: connection.series.clone(),
        is_sandbox: connection.is_sandbox,
        legacy_routes: connection.legacy_routes,
        reserve: connection.reserve,
        warehouse: connection.warehouse.clone(),
        vat_names: connection.vat_names.clone(),
        health: health.to_owned(),
        failure: failure.map(|failure| {
            let source = if failure.phase == Phase::Prepare { "" } else { &connection.kind };
            convert::failure(failure, source, now_ms)
        }),
        limited_until_ms,
        last_contact_ms: connection.last_contact_ms,
        secret_changed_ms,
        secret_worked_ms,
        has_orders: workspace.ledger().find_shop_identity(&connection.id).await?.is_some(),
        invoiced_in: elsewhere.iter().filter(invoices).map(|(name, _)| name.clone()).collect(),
        today: workspace.ledger().count_today(&connection.id, convert::day_start(now_ms)).await?,
    })
}

pub(super) fn flow_info(flow: &Flow, counts: &Counts) -> FlowInfo {
    let count = |state: &str| counts.get(&format!("flow:{}:{state}", flow.id));
    FlowInfo {
        id: flow.id.clone(),
        name: flow.name.clone(),
        shop_id: flow.shop_id.clone(),
        billing_id: flow.billing_id.clone(),
        company: flow.company.clone(),
        series: flow.series.clone(),
        condition: flow.condition.clone(),
        mapping_id: flow.mapping_id.clone(),
        enabled: flow.enabled,
        active_from_ms: flow.active_from_ms,
        series_is_ours: flow.series_is_ours,
        write_back: flow.write_back,
        full_refund: flow.full_refund.as_str().to_owned(),
        partial_refund: flow.partial_refund.as_str().to_owned(),
        rules: info_of(&flow.rules),
        issued: count("issued").saturating_sub(count("proformas")),
        proformas: count("proformas"),
        held: count("held"),
        in_doubt: count("in_doubt"),
        waiting: count("ready") + count("sending"),
    }
}

#[cfg(test)]
mod tests {
    use crate::commands::HostKind;
    use crate::host::Host;
    use crate::host::parts_of_tests::{memory_vault, parts};
    use serde_json::{Value, json};

    fn connection(kind: &str, name: &str, address: &str) -> Value {
        json!({ "id": null, "kind": kind, "name": name, "address": address, "account": "app", "secret": "a-s3cret-of-app",
            "company": null, "series": null })
    }

    #[tokio::test]
    async fn a_shop_that_another_workspace_invoices_says_so() {
        let home = tempfile::tempdir().unwrap();
        let host = Host::new(parts(home.path(), memory_vault(home.path()))).unwrap();
        let session = host.local_session(HostKind::Terminal);
        let call = |command: &'static str, payload: Value| {
            let (host, session) = (&host, &session);
            async move { host.call(session, command, payload).await.unwrap() }
        };
        let shop = connection("webhook", "App", "https://app.example.ro");
        call("workspace.create", json!({ "name": "Atelier" })).await;
        let first = call("connections.save", shop.clone()).await;
        assert_eq!(first["invoicedIn"], json!([]));
        let billing = call("connections.save", connection("oblio", "Oblio", "")).await;
        let flow = json!({ "id": null, "name": "App", "shopId": first["id"], "billingId": billing["id"], "company": "RO12345674",
            "series": "FCT", "condition": "", "seriesIsOurs": true, "enabled": true });
        let flow = call("flows.save", flow).await;

        call("workspace.create", json!({ "name": "Al doilea" })).await;
        let other = connection("webhook", "Other", "https://other.example.ro");
        assert_eq!(call("connections.save", other).await["invoicedIn"], json!([]), "another shop");
        // written otherwise, and named otherwise
        let again = connection("webhook", "Same", "https://APP.example.ro/");
        assert_eq!(call("connections.save", again).await["invoicedIn"], json!(["Atelier"]));
        let listed = call("connections.list", json!({})).await;
        let told: Vec<_> = listed["shops"].as_array().unwrap().iter().map(|one| one["invoicedIn"].clone()).collect();
        assert!(told.contains(&json!(["Atelier"])) && told.contains(&json!([])), "{told:?}");

        let app = call("app.get", json!({})).await;
        let atelier = app["workspaces"].as_array().unwrap().iter().find(|one| one["name"] == "Atelier").unwrap();
        call("workspace.open", json!({ "id": atelier["id"] })).await;
        let listed = call("connections.list", json!({})).await;
        assert_eq!(
            listed["shops"][0]["invoicedIn"],
            json!([]),
            "the other one has the shop, and invoices nothing of it"
        );
        let mut off = flow;
        off["enabled"] = json!(false);
        call("flows.save", off).await;
        let al_doilea = app["workspaces"].as_array().unwrap().iter().find(|one| one["name"] == "Al doilea").unwrap();
        call("workspace.open", json!({ "id": al_doilea["id"] })).await;
        let listed = call("connections.list", json!({})).await;
        let is_alone = |one: &Value| one["invoicedIn"] == json!([]);
        assert!(listed["shops"].as_array().unwrap().iter().all(is_alone), "its flow is off: {listed}");
        host.shut_down().await;
    }
}

//! A workspace's set-up as one file, out and in.

use super::Host;
use crate::commands::Session;
use crate::dto::*;
use crate::error::ApiError;
use punte_engine::Workspace;
use punte_engine::backup::slug;
use punte_engine::carry::{PlannedFlow, PlannedItem, Renames, SetupPlan as Plan};
use serde_json::{Map, Value, json};

/// Problems that are told with a refusal; all of them are in the preview.
const TOLD: usize = 20;

impl Host {
    pub(super) async fn setup_export(&self, _: &Session, _: Nothing) -> Result<SetupText, ApiError> {
        let workspace = self.workspace().await?;
        let content = workspace.export_setup(env!("CARGO_PKG_VERSION")).await?;
        Ok(SetupText { file_name: file_name(&workspace.ledger().info().name), content })
    }

    pub(super) async fn setup_preview(&self, _: &Session, input: SetupInput) -> Result<SetupPlan, ApiError> {
        let (content, renames) = parts_of(input);
        Ok(shown(self.workspace().await?.preview_setup(&content, &renames).await?))
    }

    /// Refused whole while anything is wrong with the file.
    pub(super) async fn setup_import(&self, session: &Session, input: SetupInput) -> Result<SetupPlan, ApiError> {
        let (content, renames) = parts_of(input);
        let plan = self.workspace().await?.import_setup(&content, &renames, &session.operator).await?;
        if plan.problems.is_empty() {
            return Ok(shown(plan));
        }
        let told = plan.problems.iter().take(TOLD).map(|one| format!("{}: {}", one.at, one.code.as_str()));
        Err(ApiError::invalid("content", told.collect::<Vec<_>>().join("; ")))
    }
}

/// Everything that an import may add, each under a name of its own, so that what it added is what differs after it.
pub(super) async fn snapshot(workspace: &Workspace) -> Result<Value, ApiError> {
    let ledger = workspace.ledger();
    let mut all = Map::new();
    for one in ledger.list_connections().await? {
        all.insert(format!("connection {}", one.id), json!(one.name));
    }
    for one in ledger.list_mappings().await? {
        all.insert(format!("mapping {}", one.id), json!(one.name));
    }
    for one in ledger.list_flows().await? {
        all.insert(format!("flow {}", one.id), json!(one.name));
    }
    Ok(Value::Object(all))
}

fn parts_of(input: SetupInput) -> (String, Renames) {
    let pairs = |renames: Vec<SetupRename>| renames.into_iter().map(|one| (one.from, one.to)).collect();
    let renames =
        Renames { companies: pairs(input.companies), series: pairs(input.series), accounts: pairs(input.accounts) };
    (input.content, renames)
}

fn shown(plan: Plan) -> SetupPlan {
    let problem = |one: punte_engine::carry::SetupProblem| SetupProblem {
        code: one.code.as_str().to_owned(),
        at: one.at,
        name: one.name,
        given: one.given,
    };
    SetupPlan {
        workspace: plan.workspace,
        made_at_ms: plan.made_at_ms,
        version: plan.version,
        companies: plan.companies,
        series: plan.series,
        accounts: plan.accounts,
        connections: plan.connections.into_iter().map(item).collect(),
        mappings: plan.mappings.into_iter().map(item).collect(),
        flows: plan.flows.into_iter().map(flow).collect(),
        problems: plan.problems.into_iter().map(problem).collect(),
    }
}

fn fate(is_new: bool) -> String {
    if is_new { "new" } else { "kept" }.to_owned()
}

fn item(one: PlannedItem) -> SetupItem {
    SetupItem { name: one.name, kind: one.kind, detail: one.detail, fate: fate(one.is_new) }
}

fn flow(one: PlannedFlow) -> SetupFlow {
    SetupFlow {
        name: one.name,
        shop: one.shop,
        billing: one.billing,
        mapping: one.mapping,
        company: one.company,
        series: one.series,
        fate: fate(one.is_new),
    }
}

/// `punte-atelier-cana.setup.toml` for `Atelier Cană`.
fn file_name(workspace: &str) -> String {
    format!("punte-{}.setup.toml", slug(workspace))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_files_name_is_plain_on_every_system() {
        assert_eq!(file_name("Atelier Cană"), "punte-atelier-cana.setup.toml");
        assert_eq!(file_name("S.C. Țesături & Șaluri / 2 S.R.L."), "punte-s-c-tesaturi-saluri-2-s-r-l.setup.toml");
        assert_eq!(file_name("../…"), "punte-workspace.setup.toml");
        assert!(file_name(&"a b ".repeat(100)).len() < 90);
    }
}

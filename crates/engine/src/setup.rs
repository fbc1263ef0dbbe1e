//! Setting up: connections with a live test, and flows.

use crate::connect::{Connected, is_connections_fault};
use crate::error::{EngineError, Result};
use crate::outbox::one_writer;
use crate::workspace::{Change, Workspace};
use punte_connectors::Urgency;
use punte_connectors::billing::{CheckStep, Company, Series, VatRate};
use punte_domain::tax_id::check_issuer;
use punte_store::StoreError;
use punte_store::ledger::{Connection, Flow};
use secrecy::SecretString;
use std::collections::BTreeMap;

/// A connection as a person typed it. An empty secret keeps the stored one.
#[derive(Clone)]
pub struct ConnectionDraft {
    pub id: Option<String>,
    pub kind: String,
    pub name: String,
    pub address: String,
    pub account: String,
    pub secret: SecretString,
    pub company: Option<String>,
    pub series: Option<String>,
    pub options: BillingOptions,
}

/// Choices about a billing connection that most never need.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct BillingOptions {
    /// SmartBill's older routes, for an account where the newer ones do not answer.
    pub legacy_routes: bool,
    /// Calls of every window that are left to other programs with the same credential, at most 25.
    pub reserve: u32,
    /// The provider's warehouse that goods leave; empty: its stock is not touched.
    pub warehouse: String,
    /// Percentage (`0`, `21`) to the rate's name at the provider, where it has several of that percentage.
    pub vat_names: BTreeMap<String, String>,
}

impl BillingOptions {
    pub(crate) fn of(connection: &Connection) -> Self {
        BillingOptions {
            legacy_routes: connection.legacy_routes,
            reserve: connection.reserve,
            warehouse: connection.warehouse.clone(),
            vat_names: connection.vat_names.clone(),
        }
    }
}

/// What a live test found.
#[derive(Debug)]
pub struct TestReport {
    pub steps: Vec<CheckStep>,
    pub companies: Option<Vec<Company>>,
    pub series: Vec<Series>,
    pub vat_rates: Vec<VatRate>,
}

/// Of thirty calls in a window some must stay ours.
pub(crate) const MOST_RESERVED: u32 = 25;

pub(crate) fn required<'t>(field: &'static str, text: &'t str) -> Result<&'t str> {
    let text = text.trim();
    if text.is_empty() || text.len() > 300 {
        return Err(EngineError::Invalid { field, detail: "1 to 300 characters".into() });
    }
    Ok(text)
}

impl Workspace {
    /// Tests a credential live, with the provider's lists for the choices that follow. Stores nothing.
    ///
    /// # Errors
    /// [`EngineError::Invalid`] with the field that is wrong: then nobody was asked.
    pub async fn test_connection(&self, draft: &ConnectionDraft) -> Result<TestReport> {
        check_company(draft, self.known(draft).await?.as_ref())?;
        let secret = if draft.kind == "webhook" { String::new().into() } else { self.secret_of(draft).await? };
        let connected = self.connect_with(
            &draft.kind,
            &draft.address,
            draft.account.trim(),
            secret,
            Urgency::Live,
            &draft.options,
        )?;
        let mut report = TestReport { steps: Vec::new(), companies: None, series: Vec::new(), vat_rates: Vec::new() };
        match connected {
            Connected::Shop(shop) => report.steps = shop.check().await,
            Connected::Billing(provider) => {
                let company = draft.company.as_deref().map(str::trim).filter(|text| !text.is_empty());
                let series = draft.series.as_deref().map(str::trim).filter(|text| !text.is_empty());
                report.steps = provider.check(company, series).await;
                let credential_works =
                    report.steps.iter().any(|step| step.step == "credential" && step.failure.is_none());
                if credential_works {
                    report.companies = provider.list_companies().await.ok().flatten();
                    let company = company
                        .map(str::to_owned)
                        .or_else(|| report.companies.as_ref()?.first().map(|company| company.cif.clone()));
                    if let Some(company) = company {
                        report.series = provider.list_series(&company).await.unwrap_or_default();
                        report.vat_rates = provider.list_vat_rates(&company).await.unwrap_or_default();
                    }
                }
            }
        }
        Ok(report)
    }

    /// The connection that a draft changes; `None` for a new one.
    async fn known(&self, draft: &ConnectionDraft) -> Result<Option<Connection>> {
        Ok(match &draft.id {
            Some(id) => Some(self.ledger.get_connection(id).await?),
            None => None,
        })
    }

    async fn secret_of(&self, draft: &ConnectionDraft) -> Result<SecretString> {
        use secrecy::ExposeSecret;
        if !draft.secret.expose_secret().trim().is_empty() {
            return Ok(draft.secret.expose_secret().trim().to_owned().into());
        }
        let Some(id) = &draft.id else {
            return Err(EngineError::Invalid { field: "secret", detail: "empty".into() });
        };
        let stored = self.stored_secret(id, &draft.address).await?;
        stored.ok_or(EngineError::Invalid { field: "secret", detail: "none is stored".into() })
    }

    /// Stores a connection; its secret goes to the vault first, so that no connection stands without one.
    pub async fn save_connection(&self, draft: ConnectionDraft) -> Result<Connection> {
        use secrecy::ExposeSecret;
        let name = required("name", &draft.name)?.to_owned();
        if draft.options.reserve > MOST_RESERVED {
            return Err(EngineError::Invalid { field: "reserve", detail: format!("0 to {MOST_RESERVED}") });
        }
        let is_file = draft.kind == "file";
        // whoever only tells by itself is asked nothing, and needs no credential
        let has_secret = !is_file && draft.kind != "webhook";
        let is_sandbox = if is_file {
            false
        } else {
            required("account", &draft.account)?;
            self.resolve_address(&draft.kind, &draft.address)?.is_sandbox
        };
        let known = self.known(&draft).await?;
        check_company(&draft, known.as_ref())?;
        self.check_identity(&draft, known.as_ref()).await?;
        let id = draft.id.clone().unwrap_or_else(|| self.deps.clock.new_id("con"));
        let mut secret_changed = None;
        if has_secret {
            let secret = self.secret_of(&draft).await?;
            let stored = match &known {
                Some(known) => self.stored_secret(&known.id, &known.address).await?,
                None => None,
            };
            let is_new = stored.is_none_or(|stored| stored.expose_secret() != secret.expose_secret());
            // one that stands may work still: another replaces it only once it works, too
            if is_new && known.is_some() {
                self.prove(&draft).await?;
            }
            if is_new {
                self.keep_secret(&id, &draft.address, secret).await?;
                secret_changed = Some(self.now_ms());
            }
        }
        let connection = Connection {
            id: id.clone(),
            kind: draft.kind,
            name,
            address: draft.address.trim().trim_end_matches('/').to_owned(),
            account: draft.account.trim().to_owned(),
            company: draft.company.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty()),
            series: draft.series.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty()),
            is_sandbox,
            legacy_routes: draft.options.legacy_routes,
            reserve: draft.options.reserve,
            warehouse: draft.options.warehouse.trim().to_owned(),
            vat_names: draft.options.vat_names,
            stop: None,
            last_contact_ms: None,
            created_ms: known.map_or_else(|| self.now_ms(), |known| known.created_ms),
        };
        self.ledger.save_connection(connection).await?;
        if let Some(now_ms) = secret_changed {
            self.ledger.record_secret_change(&id, now_ms).await?;
        }
        self.wake_changed(&id).await?;
        Ok(self.ledger.get_connection(&id).await?)
    }

    /// Issue keys hang on a shop's identity: with another one every order would be new, and invoiced again.
    ///
    /// # Errors
    /// [`EngineError::NotNow`] where the connection has orders of another shop than the draft's.
    async fn check_identity(&self, draft: &ConnectionDraft, known: Option<&Connection>) -> Result<()> {
        if known.is_some_and(|known| known.kind != draft.kind) {
            return Err(EngineError::Invalid { field: "kind", detail: draft.kind.clone() });
        }
        if draft.kind == "file" {
            return Ok(());
        }
        let account = draft.account.trim();
        let is_kept = known.is_some_and(|known| known.account == account);
        if draft.kind == "stripe" && !is_kept && !is_stripe_account(account) {
            return Err(EngineError::Invalid { field: "account", detail: format!("{account:?} is not acct_…") });
        }
        let (kind, none) = (draft.kind.as_str(), SecretString::from(String::new()));
        let connected = self.connect_with(kind, &draft.address, account, none, Urgency::Live, &draft.options)?;
        let (Some(known), Connected::Shop(shop)) = (known, connected) else { return Ok(()) };
        match self.ledger.find_shop_identity(&known.id).await? {
            Some(identity) if identity != shop.identity() => Err(EngineError::NotNow("identity_fixed")),
            _ => Ok(()),
        }
    }

    /// A new secret for a connection, once it works, and another try with it.
    ///
    /// # Errors
    /// [`EngineError::Outside`] where the other side refuses it or cannot be asked: the one before stays.
    pub async fn set_secret(&self, id: &str, secret: SecretString) -> Result<Connection> {
        use secrecy::ExposeSecret;
        let secret: SecretString = required("secret", secret.expose_secret())?.to_owned().into();
        let known = self.ledger.get_connection(id).await?;
        let draft = ConnectionDraft {
            id: Some(known.id.clone()),
            kind: known.kind.clone(),
            name: known.name.clone(),
            address: known.address.clone(),
            account: known.account.clone(),
            secret: secret.clone(),
            company: known.company.clone(),
            series: known.series.clone(),
            options: BillingOptions::of(&known),
        };
        self.prove(&draft).await?;
        self.keep_secret(id, &known.address, secret).await?;
        self.ledger.record_secret_change(id, self.now_ms()).await?;
        self.wake_changed(id).await?;
        Ok(self.ledger.get_connection(id).await?)
    }

    async fn wake_changed(&self, id: &str) -> Result<()> {
        self.forget_connector(id);
        self.ledger.release_connection(id).await?;
        self.changed(Change::Connections);
        self.poll_wake.notify_one();
        self.outbox_wake.notify_one();
        self.settle_wake.notify_one();
        Ok(())
    }

    /// Stores a flow. A new one acts from now on; what became due earlier is left alone.
    pub async fn save_flow(&self, flow: Flow) -> Result<Flow> {
        self.check_flow(&flow).await?;
        // one of which nothing is published would leave its orders undecided
        self.active_mapping(&flow.mapping_id).await.map_err(|error| match error {
            EngineError::Store(StoreError::NotFound(id)) => EngineError::Invalid { field: "mappingId", detail: id },
            error => error,
        })?;
        self.ledger.save_flow(flow.clone()).await?;
        self.changed(Change::Connections);
        self.changed(Change::Orders);
        self.decide_wake.notify_one();
        Ok(flow)
    }

    /// Whether a flow could be stored, whatever its mapping is.
    ///
    /// # Errors
    /// [`EngineError::Invalid`] with the field that is wrong.
    pub async fn check_flow(&self, flow: &Flow) -> Result<()> {
        required("name", &flow.name)?;
        required("company", &flow.company)?;
        required("series", &flow.series)?;
        self.ledger.get_connection(&flow.shop_id).await?;
        self.ledger.get_connection(&flow.billing_id).await?;
        if !flow.condition.trim().is_empty() {
            punte_mapping::check_condition(&flow.condition)
                .map_err(|error| EngineError::Invalid { field: "condition", detail: error.to_string() })?;
        }
        flow.rules.check().map_err(|problem| EngineError::Invalid { field: problem.field, detail: problem.detail })?;
        let others = self.ledger.list_flows().await?;
        let is_named = |one: &Flow| one.name.trim().to_lowercase() == flow.name.trim().to_lowercase();
        // names that were equal before may stay so
        let is_kept = others.iter().any(|one| one.id == flow.id && is_named(one));
        if !is_kept && others.iter().any(is_named) {
            return Err(EngineError::Invalid { field: "name", detail: "another flow has this name".into() });
        }
        let connections = self.ledger.list_connections().await?;
        if is_disputed(flow, others.iter(), &connections) {
            return Err(EngineError::Invalid {
                field: "seriesIsOurs",
                detail: "another flow says otherwise of the same series".into(),
            });
        }
        Ok(())
    }

    pub fn new_id(&self, prefix: &str) -> String {
        self.deps.clock.new_id(prefix)
    }

    pub fn clock_now_ms(&self) -> i64 {
        self.now_ms()
    }

    /// Whether anything on a connection keeps it from being called, for a card's word.
    pub fn is_connection_trouble(failure: &punte_domain::Failure) -> bool {
        is_connections_fault(failure)
    }
}

/// A mistyped company is refused before anything hangs on it. What a connection has already stays as it is.
fn check_company(draft: &ConnectionDraft, known: Option<&Connection>) -> Result<()> {
    let Some(company) = draft.company.as_deref().map(str::trim).filter(|text| !text.is_empty()) else { return Ok(()) };
    if known.is_some_and(|known| known.company.as_deref() == Some(company)) {
        return Ok(());
    }
    check_issuer(company).map_err(|error| EngineError::Invalid { field: "company", detail: error.to_string() })
}

/// Whether text is an account's id as Stripe gives it. A name of one's own would make the same account another shop.
pub(crate) fn is_stripe_account(text: &str) -> bool {
    let id = text.strip_prefix("acct_").unwrap_or_default();
    !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

/// Whether another flow says otherwise of who writes in a flow's series. Of a provider that takes one writer a series is one, over
/// however many connections.
pub(crate) fn is_disputed<'f>(
    flow: &Flow,
    mut others: impl Iterator<Item = &'f Flow>,
    connections: &[Connection],
) -> bool {
    let kind_of = |id: &str| connections.iter().find(|one| one.id == id).map_or("", |one| one.kind.as_str());
    let kind = kind_of(&flow.billing_id);
    others.any(|other| {
        other.id != flow.id
            && (other.billing_id == flow.billing_id || one_writer(kind) && kind_of(&other.billing_id) == kind)
            && other.company == flow.company
            && shares_series(other, flow)
            && other.series_is_ours != flow.series_is_ours
    })
}

/// Whether two flows write in a series of one name, by themselves or by a rule.
fn shares_series(one: &Flow, other: &Flow) -> bool {
    let names = |flow: &Flow, series: &str| flow.series == series || flow.rules.names_series(series);
    let proformas = |flow: &Flow| flow.rules.makes_proformas().then(|| flow.rules.proforma.series.clone());
    let shares_proformas = proformas(one).is_some_and(|series| proformas(other) == Some(series));
    shares_proformas
        || names(one, &other.series)
        || other.rules.series_rules.iter().any(|rule| names(one, &rule.series))
}

#[cfg(test)]
mod tests;

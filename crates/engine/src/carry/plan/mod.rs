//! What a file would add here: everything checked as the forms check it, and what is here already found again.

mod connections;
mod flows;
mod mappings;
#[cfg(test)]
mod tests;

use super::file::{CarriedConnection, CarriedFlow};
use super::read::{Entry, Found, Problems, read};
use super::same::company_key;
use super::{Renames, SetupCode, SetupPlan};
use crate::error::Result;
use crate::setup::required;
use crate::workspace::Workspace;
use chrono::DateTime;
use punte_connectors::shops::ShopKind;
use punte_domain::FlowRules;
use punte_domain::tax_id::check_issuer;
use punte_store::ledger::NewSetup;
use std::collections::BTreeMap;

/// A thing that flows name, as it is here.
#[derive(Clone)]
struct Here {
    id: String,
    name: String,
    kind: String,
}

/// By the name in the file; nothing where what has the name cannot be taken in, which is told there.
type Named = BTreeMap<String, Option<Here>>;

/// A plan as it grows.
struct Planning<'w> {
    workspace: &'w Workspace,
    renames: &'w Renames,
    who: &'w str,
    plan: SetupPlan,
    new: NewSetup,
    problems: Problems,
}

impl Workspace {
    pub(in crate::carry) async fn plan_setup(
        &self,
        text: &str,
        renames: &Renames,
        who: &str,
    ) -> Result<(SetupPlan, NewSetup)> {
        let Found { head, connections, mappings, flows, problems } = read(text);
        let places: Vec<(String, String)> = connections
            .iter()
            .map(Entry::place)
            .chain(mappings.iter().map(Entry::place))
            .chain(flows.iter().map(Entry::place))
            .collect();
        let (plan, new) = (SetupPlan::default(), NewSetup::default());
        let mut planning = Planning { workspace: self, renames, who, plan, new, problems };
        if let Some(head) = head {
            let made_at = head.made_at.and_then(|at| DateTime::parse_from_rfc3339(&at.to_string()).ok());
            planning.plan.made_at_ms = made_at.map(|at| at.timestamp_millis());
            planning.plan.workspace = head.workspace;
            planning.plan.version = head.version;
        }
        planning.collect_names(&connections, &flows);
        // of a file that is not read whole, not all names are known
        if planning.problems.0.is_empty() {
            planning.check_renames();
        }
        let here = self.ledger.list_connections().await?;
        let connections = planning.connections(connections, &here);
        let mappings = planning.mappings(mappings, &self.ledger.list_mappings().await?).await?;
        planning.flows(flows, (&connections, &mappings), &here, self.ledger.list_flows().await?);
        planning.problems.name(places.iter().map(|(at, name)| (at.as_str(), name.as_str())));
        planning.plan.problems = planning.problems.0;
        if !planning.plan.problems.is_empty() {
            planning.new = NewSetup::default();
        }
        Ok((planning.plan, planning.new))
    }
}

impl Planning<'_> {
    /// Tax ids, series and Stripe's accounts as they stand in the file.
    fn collect_names(&mut self, connections: &[Entry<CarriedConnection>], flows: &[Entry<CarriedFlow>]) {
        let add = |list: &mut Vec<String>, text: &str| {
            let text = text.trim().to_owned();
            if !text.is_empty() && !list.contains(&text) {
                list.push(text);
            }
        };
        for one in connections.iter().filter_map(|entry| entry.read.as_ref()) {
            one.company.iter().for_each(|company| add(&mut self.plan.companies, company));
            one.series.iter().for_each(|series| add(&mut self.plan.series, series));
            if one.kind == ShopKind::Stripe.as_str() {
                add(&mut self.plan.accounts, &one.account);
            }
        }
        for one in flows.iter().filter_map(|entry| entry.read.as_ref()) {
            add(&mut self.plan.companies, &one.company);
            add(&mut self.plan.series, &one.series);
            let mut rules = one.rules.clone();
            each_series(&mut rules, |series| add(&mut self.plan.series, series));
        }
    }

    /// A name that is to be put in another's place is one of the file, and is named once.
    fn check_renames(&mut self) {
        let stands =
            |list: &[String], from: &str, key: fn(&str) -> String| list.iter().any(|one| key(one) == key(from));
        let kinds = [
            ("companies", &self.renames.companies, &self.plan.companies, company_key as fn(&str) -> String),
            ("series", &self.renames.series, &self.plan.series, trimmed as fn(&str) -> String),
            ("accounts", &self.renames.accounts, &self.plan.accounts, trimmed as fn(&str) -> String),
        ];
        for (what, renames, known, key) in kinds {
            for (at, (from, to)) in renames.iter().enumerate() {
                let place = format!("{what}[{}]", at + 1);
                if !stands(known, from, key) {
                    self.problems.tell(SetupCode::NamesNothing, place, from);
                } else if to.trim().is_empty() {
                    self.problems.tell(SetupCode::MissingField, place, from);
                } else if renames[..at].iter().any(|(other, _)| key(other) == key(from)) {
                    self.problems.tell(SetupCode::Doubled, place, from);
                }
            }
        }
    }

    fn company(&mut self, given: &str, at: &str) -> String {
        let renamed = self.renames.companies.iter().find(|(from, _)| company_key(from) == company_key(given));
        let company = renamed.map_or(given, |(_, to)| to).trim().to_owned();
        if check_issuer(&company).is_err() {
            self.problems.tell(SetupCode::TaxIdWrong, format!("{at}.company"), &company);
        }
        company
    }

    fn series(&self, given: &str) -> String {
        let renamed = self.renames.series.iter().find(|(from, _)| from.trim() == given.trim());
        renamed.map_or(given, |(_, to)| to).trim().to_owned()
    }

    fn account(&self, given: &str) -> String {
        let renamed = self.renames.accounts.iter().find(|(from, _)| from.trim() == given.trim());
        renamed.map_or(given, |(_, to)| to).trim().to_owned()
    }

    /// Whether a text is there and no longer than the forms take it.
    fn is_text(&mut self, text: &str, field: &'static str, at: &str) -> bool {
        if required(field, text).is_ok() {
            return true;
        }
        let code = if text.trim().is_empty() { SetupCode::MissingField } else { SetupCode::TooLong };
        self.problems.tell(code, format!("{at}.{field}"), "");
        false
    }

    /// Whether an entry's name is there and its own in the list.
    fn is_own_name(&mut self, name: &str, at: &str, named: &Named) -> bool {
        let is_new = !named.contains_key(name);
        if !is_new {
            self.problems.tell(SetupCode::Doubled, format!("{at}.name"), name);
        }
        self.is_text(name, "name", at) && is_new
    }
}

fn trimmed(text: &str) -> String {
    text.trim().to_owned()
}

/// Every series that rules name.
fn each_series(rules: &mut FlowRules, mut each: impl FnMut(&mut String)) {
    let own = [&mut rules.proforma.series, &mut rules.receipt_series];
    let all = rules.series_rules.iter_mut().map(|rule| &mut rule.series).chain(own);
    all.filter(|series| !series.is_empty()).for_each(&mut each);
}

//! Flows of a file.

use super::super::file::CarriedFlow;
use super::super::read::Entry;
use super::super::same::company_key;
use super::super::{PlannedFlow, SetupCode};
use super::{Here, Named, Planning, each_series};
use crate::setup::is_disputed;
use punte_connectors::shops::ShopKind;
use punte_store::ledger::{Connection, Flow};
use std::collections::BTreeSet;

impl Planning<'_> {
    pub(super) fn flows(
        &mut self,
        entries: Vec<Entry<CarriedFlow>>,
        named: (&Named, &Named),
        here: &[Connection],
        known: Vec<Flow>,
    ) {
        let all: Vec<Connection> = here.iter().chain(&self.new.connections).cloned().collect();
        // each that is here is one of the file's once
        let mut unmatched: Vec<&Flow> = known.iter().collect();
        let mut names = BTreeSet::new();
        for Entry { at, read, name } in entries {
            let before = self.problems.0.len();
            if !names.insert(name.clone()) && !name.is_empty() {
                self.problems.tell(SetupCode::Doubled, format!("{at}.name"), name);
            }
            let Some(carried) = read else { continue };
            let shop = self.find(named.0, &carried.shop, (&at, "shop"), |kind| ShopKind::parse(kind).is_some());
            let billing =
                self.find(named.0, &carried.billing, (&at, "billing"), |kind| ShopKind::parse(kind).is_none());
            let mapping = self.find(named.1, &carried.mapping, (&at, "mapping"), |_| true);
            let mut flow = self.flow(carried, &at);
            let (Some(shop), Some(billing), Some(mapping)) = (shop, billing, mapping) else { continue };
            (flow.shop_id, flow.billing_id, flow.mapping_id) = (shop.id, billing.id, mapping.id);
            // one series has one name for its company: documents of both ways to write it would be of two
            let own = all.iter().find(|one| one.id == flow.billing_id).and_then(|one| one.company.as_deref());
            if let Some(own) = own.filter(|own| company_key(own) == company_key(&flow.company)) {
                flow.company = own.to_owned();
            }
            if self.problems.0.len() > before {
                continue;
            }
            let same = |other: &&&Flow| is_same_flow(other, &flow);
            let by_name = unmatched.iter().filter(same).find(|other| other.name.trim() == flow.name);
            let kept = by_name.or_else(|| unmatched.iter().find(same)).map(|kept| kept.id.clone());
            match &kept {
                Some(id) => unmatched.retain(|other| other.id != *id),
                None => {
                    flow.series_is_ours = is_ours(&flow, &known, &all);
                    self.new.flows.push(flow.clone());
                }
            }
            self.plan.flows.push(PlannedFlow {
                name: flow.name,
                shop: shop.name,
                billing: billing.name,
                mapping: mapping.name,
                company: flow.company,
                series: flow.series,
                is_new: kept.is_none(),
            });
        }
    }

    fn find(&mut self, named: &Named, name: &str, (at, field): (&str, &str), is_fit: fn(&str) -> bool) -> Option<Here> {
        let name = name.trim();
        match named.get(name) {
            None => self.problems.tell(SetupCode::NamesNothing, format!("{at}.{field}"), name),
            Some(Some(here)) if !is_fit(&here.kind) => {
                self.problems.tell(SetupCode::WrongValue, format!("{at}.{field}"), name);
            }
            Some(found) => return found.clone(),
        }
        None
    }

    /// A flow as it would be here, without what it names, checked as the form checks one. It is switched off.
    fn flow(&mut self, carried: CarriedFlow, at: &str) -> Flow {
        self.is_text(&carried.name, "name", at);
        if !carried.condition.trim().is_empty()
            && let Err(error) = punte_mapping::check_condition(&carried.condition)
        {
            self.problems.tell(SetupCode::ConditionWrong, format!("{at}.condition"), error.to_string());
        }
        let mut rules = carried.rules;
        each_series(&mut rules, |series| *series = self.series(series));
        if let Err(problem) = rules.check() {
            let field = problem.field.strip_prefix("rules.").unwrap_or(problem.field);
            let given = format!("{}: {}", snake(field), problem.detail);
            self.problems.tell(SetupCode::WrongValue, format!("{at}.rules"), given);
        }
        let company = if self.is_text(&carried.company, "company", at) {
            self.company(&carried.company, at)
        } else {
            String::new()
        };
        let series = self.series(&carried.series);
        self.is_text(&series, "series", at);
        let now_ms = self.workspace.now_ms();
        Flow {
            id: self.workspace.new_id("flow"),
            name: carried.name.trim().to_owned(),
            shop_id: String::new(),
            billing_id: String::new(),
            mapping_id: String::new(),
            company,
            series,
            condition: carried.condition.trim().to_owned(),
            enabled: false,
            active_from_ms: now_ms - now_ms.rem_euclid(1000),
            series_is_ours: false,
            created_ms: now_ms,
            write_back: carried.write_back,
            full_refund: carried.full_refund,
            partial_refund: carried.partial_refund,
            rules,
        }
    }
}

/// Whether flows here say of every series of a flow that nobody but Punte writes in it. A file says nothing of it: it may be another
/// company's series by now, or another workspace may write in it.
fn is_ours(flow: &Flow, known: &[Flow], all: &[Connection]) -> bool {
    let mut named = vec![flow.series.clone()];
    each_series(&mut flow.rules.clone(), |series| named.push(series.clone()));
    named.into_iter().filter(|series| !series.is_empty()).all(|series| {
        let not_said = Flow { series, rules: Default::default(), series_is_ours: false, ..flow.clone() };
        is_disputed(&not_said, known.iter(), all)
    })
}

fn is_same_flow(one: &Flow, other: &Flow) -> bool {
    one.shop_id == other.shop_id
        && one.billing_id == other.billing_id
        && company_key(&one.company) == company_key(&other.company)
        && one.series.trim() == other.series
        && one.condition.trim() == other.condition
}

/// The file's word for a field of the api: `approveAbove` is `approve_above`.
fn snake(field: &str) -> String {
    let mut words = String::new();
    for letter in field.chars() {
        if letter.is_ascii_uppercase() {
            words.push('_');
        }
        words.push(letter.to_ascii_lowercase());
    }
    words
}

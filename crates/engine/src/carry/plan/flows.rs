//! Flows of a file.

use super::super::file::CarriedFlow;
use super::super::read::Entry;
use super::super::same::company_key;
use super::super::{PlannedFlow, SetupCode};
use super::{Here, Named, Planning, each_series};
use crate::setup::is_disputed;
use punte_connectors::shops::ShopKind;
use punte_store::ledger::{Connection, Flow};

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
        for Entry { at, read, .. } in entries {
            let Some(carried) = read else { continue };
            let before = self.problems.0.len();
            let shop = self.find(named.0, &carried.shop, (&at, "shop"), |kind| ShopKind::parse(kind).is_some());
            let billing =
                self.find(named.0, &carried.billing, (&at, "billing"), |kind| ShopKind::parse(kind).is_none());
            let mapping = self.find(named.1, &carried.mapping, (&at, "mapping"), |_| true);
            let (mut flow, is_another) = self.flow(carried, &at);
            let (Some(shop), Some(billing), Some(mapping)) = (shop, billing, mapping) else { continue };
            (flow.shop_id, flow.billing_id, flow.mapping_id) = (shop.id, billing.id, mapping.id);
            if self.problems.0.len() > before {
                continue;
            }
            let same = |other: &&&Flow| is_same_flow(other, &flow);
            let by_name = unmatched.iter().filter(same).find(|other| other.name.trim() == flow.name);
            let kept = by_name.or_else(|| unmatched.iter().find(same)).map(|kept| kept.id.clone());
            match &kept {
                Some(id) => unmatched.retain(|other| other.id != *id),
                None => {
                    self.settle_series((&mut flow, is_another), &known, &all, &at);
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

    /// A flow as it would be here, without what it names, checked as the form checks one, and whether it writes in another series
    /// than in the file. It is switched off.
    fn flow(&mut self, carried: CarriedFlow, at: &str) -> (Flow, bool) {
        self.is_text(&carried.name, "name", at);
        if !carried.condition.trim().is_empty()
            && let Err(error) = punte_mapping::check_condition(&carried.condition)
        {
            self.problems.tell(SetupCode::ConditionWrong, format!("{at}.condition"), error.to_string());
        }
        let mut rules = carried.rules;
        let before = rules.clone();
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
        let is_another = company != carried.company.trim() || series != carried.series.trim() || rules != before;
        let now_ms = self.workspace.now_ms();
        let flow = Flow {
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
            // who writes in a series was said of another one
            series_is_ours: carried.series_is_ours && !is_another,
            created_ms: now_ms,
            write_back: carried.write_back,
            full_refund: carried.full_refund,
            partial_refund: carried.partial_refund,
            rules,
        };
        (flow, is_another)
    }

    /// Of one series all flows say the same. Of a flow whose series is another than in the file, nothing was said: it says what
    /// the others say.
    fn settle_series(&mut self, (flow, is_another): (&mut Flow, bool), known: &[Flow], all: &[Connection], at: &str) {
        let others = || known.iter().chain(&self.new.flows);
        if !is_disputed(flow, others(), all) {
            return;
        }
        if is_another {
            let agreeing = Flow { series_is_ours: true, ..flow.clone() };
            if !is_disputed(&agreeing, others(), all) {
                *flow = agreeing;
                return;
            }
        }
        self.problems.tell(SetupCode::SeriesDisputed, format!("{at}.series_is_ours"), flow.series.clone());
    }
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

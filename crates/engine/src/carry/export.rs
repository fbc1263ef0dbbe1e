//! From the ledger to the file.

use super::file::{Carried, CarriedConnection, CarriedFlow, CarriedHead, FORMAT};
use super::same::{free_name, without_login};
use super::write::text_of;
use crate::connect::is_loopback;
use crate::error::{EngineError, Result};
use crate::setup::is_stripe_account;
use crate::workspace::Workspace;
use chrono::{DateTime, SecondsFormat};
use punte_connectors::shops::ShopKind;
use punte_mapping::Mapping;
use punte_store::ledger::{Connection, Flow};
use std::collections::BTreeMap;

impl Workspace {
    pub(super) async fn write_setup(&self, version: &str) -> Result<String> {
        let made_at =
            DateTime::from_timestamp_millis(self.now_ms()).map(|at| at.to_rfc3339_opts(SecondsFormat::Secs, true));
        let punte = CarriedHead {
            setup: FORMAT,
            version: version.to_owned(),
            workspace: self.ledger.info().name.clone(),
            made_at: made_at.and_then(|at| at.parse().ok()),
        };
        let mut carried = Carried { punte, connections: Vec::new(), mappings: Vec::new(), flows: Vec::new() };
        // what is named in flows has a name of its own in the file
        let (mut names, mut taken, mut is_here) = (BTreeMap::new(), Vec::new(), Vec::new());
        for one in self.ledger.list_connections().await? {
            let name = free_name(one.name.trim(), &mut taken);
            names.insert(one.id.clone(), name.clone());
            is_here.push(one.kind != ShopKind::File.as_str() && is_of_this_machine(&one.address));
            carried.connections.push(connection(one, name));
        }
        taken.clear();
        for row in self.ledger.list_mappings().await?.into_iter().filter(|row| row.version > 0) {
            let name = free_name(row.name.trim(), &mut taken);
            names.insert(row.id.clone(), name.clone());
            let published = self.get_mapping_version(&row.id, row.version).await?;
            carried.mappings.push(Mapping { name, ..published });
        }
        taken.clear();
        for one in self.ledger.list_flows().await? {
            let name = free_name(one.name.trim(), &mut taken);
            carried.flows.push(flow(Flow { name, ..one }, &names));
        }
        text_of(&carried, &is_here).map_err(|error| EngineError::Invalid { field: "setup", detail: error.to_string() })
    }
}

/// An address that means nothing elsewhere: of a simulator, or of this computer.
fn is_of_this_machine(address: &str) -> bool {
    address.trim().starts_with("sandbox:") || is_loopback(address.trim())
}

fn connection(one: Connection, name: String) -> CarriedConnection {
    let shop = ShopKind::parse(&one.kind);
    let has_address = shop != Some(ShopKind::File) && !is_of_this_machine(&one.address);
    let mut carried = CarriedConnection {
        name,
        address: if has_address { without_login(&one.address) } else { String::new() },
        account: if shop == Some(ShopKind::Stripe) && is_stripe_account(&one.account) {
            one.account
        } else {
            String::new()
        },
        kind: one.kind,
        company: None,
        series: None,
        legacy_routes: false,
        reserve: 0,
        warehouse: String::new(),
        vat_names: BTreeMap::new(),
    };
    if shop.is_none() {
        carried.company = one.company;
        carried.series = one.series;
        carried.legacy_routes = one.legacy_routes;
        carried.reserve = one.reserve;
        carried.warehouse = one.warehouse;
        carried.vat_names = one.vat_names;
    }
    carried
}

fn flow(one: Flow, names: &BTreeMap<String, String>) -> CarriedFlow {
    let named = |id: &str| names.get(id).cloned().unwrap_or_default();
    CarriedFlow {
        shop: named(&one.shop_id),
        billing: named(&one.billing_id),
        mapping: named(&one.mapping_id),
        name: one.name,
        company: one.company,
        series: one.series,
        condition: one.condition,
        write_back: one.write_back,
        full_refund: one.full_refund,
        partial_refund: one.partial_refund,
        rules: one.rules,
    }
}

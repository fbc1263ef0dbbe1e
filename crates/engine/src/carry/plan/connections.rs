//! Connections of a file.

use super::super::file::CarriedConnection;
use super::super::read::Entry;
use super::super::same::{Key, free_name, is_numbered, without_login};
use super::super::{PlannedItem, SetupCode};
use super::{Here, Named, Planning};
use crate::setup::{MOST_RESERVED, is_stripe_account};
use punte_connectors::shops::ShopKind;
use punte_domain::{Failure, FailureKind, Phase};
use punte_store::ledger::{Connection, Stop};

impl Planning<'_> {
    pub(super) fn connections(&mut self, entries: Vec<Entry<CarriedConnection>>, here: &[Connection]) -> Named {
        let keys: Vec<Option<Key>> = here.iter().map(|one| self.workspace.key_of(one)).collect();
        let mut taken: Vec<String> = here.iter().map(|one| one.name.trim().to_lowercase()).collect();
        let (mut named, mut shops) = (Named::new(), Vec::new());
        for Entry { at, name, read } in entries {
            let Some(carried) = read else {
                named.entry(name).or_default();
                continue;
            };
            let before = self.problems.0.len();
            let is_own = self.is_own_name(&name, &at, &named);
            let mut one = self.connection(carried, &at);
            if self.problems.0.len() > before {
                if is_own {
                    named.insert(name, None);
                }
                continue;
            }
            let key = self.workspace.key_of(&one);
            if let Some(key @ Key::Shop(_, identity)) = &key {
                // its orders would come twice
                if shops.contains(key) {
                    self.problems.tell(SetupCode::Doubled, format!("{at}.address"), identity);
                }
                shops.push(key.clone());
            }
            let same: Vec<&Connection> = here
                .iter()
                .zip(&keys)
                .filter(|(_, known)| is_same_key(key.as_ref(), known.as_ref()))
                .map(|(known, _)| known)
                .collect();
            let by_name = same.iter().find(|known| known.name.trim().to_lowercase() == one.name.to_lowercase());
            let kept = by_name.or(same.first()).copied();
            if let Some(known) = kept {
                (one.id, one.name) = (known.id.clone(), known.name.clone());
            } else {
                one.name = free_name(&one.name, &mut taken);
                self.new.connections.push(one.clone());
            }
            let detail = match ShopKind::parse(&one.kind) {
                Some(ShopKind::Stripe) => one.account,
                Some(_) => one.address,
                None => one.company.unwrap_or_default(),
            };
            let item = PlannedItem { name: one.name.clone(), kind: one.kind.clone(), detail, is_new: kept.is_none() };
            self.plan.connections.push(item);
            named.insert(name, Some(Here { id: one.id, name: one.name, kind: one.kind }));
        }
        named
    }

    /// A connection as it would be here, checked as the form checks one.
    fn connection(&mut self, carried: CarriedConnection, at: &str) -> Connection {
        let shop = ShopKind::parse(&carried.kind);
        let is_billing = matches!(carried.kind.as_str(), "smartbill" | "oblio");
        let account = self.account(&carried.account);
        let account = account.as_str();
        let mut wrong = |code, field: &str, given: &str| self.problems.tell(code, format!("{at}.{field}"), given);
        if shop.is_none() && !is_billing {
            wrong(SetupCode::WrongValue, "kind", &carried.kind);
        }
        if let Some(field) = carried.of_billing().filter(|_| shop.is_some()) {
            wrong(SetupCode::UnknownField, field, &carried.kind);
        }
        match shop {
            Some(ShopKind::Stripe) if account.is_empty() => wrong(SetupCode::MissingField, "account", ""),
            Some(ShopKind::Stripe) if !is_stripe_account(account) => wrong(SetupCode::WrongValue, "account", account),
            Some(ShopKind::Stripe) => {}
            _ if !account.is_empty() => wrong(SetupCode::UnknownField, "account", &carried.kind),
            _ => {}
        }
        if carried.reserve > MOST_RESERVED {
            wrong(SetupCode::WrongValue, "reserve", &carried.reserve.to_string());
        }
        let is_sandbox = self.address(&carried, shop, at);
        let company = carried.company.filter(|text| !text.trim().is_empty()).map(|text| self.company(&text, at));
        let name = carried.name.trim().to_owned();
        let mut one = Connection {
            id: self.workspace.new_id("con"),
            account: match shop {
                // nobody logs in: it is known by its name
                Some(ShopKind::Webhook) => name.clone(),
                _ => account.to_owned(),
            },
            kind: carried.kind,
            address: carried.address.trim().trim_end_matches('/').to_owned(),
            company,
            series: carried.series.filter(|text| !text.trim().is_empty()).map(|text| self.series(&text)),
            is_sandbox,
            legacy_routes: carried.legacy_routes,
            reserve: carried.reserve,
            warehouse: carried.warehouse.trim().to_owned(),
            vat_names: carried.vat_names,
            stop: None,
            last_contact_ms: None,
            created_ms: self.workspace.now_ms(),
            name,
        };
        if is_billing || shop.is_some_and(ShopKind::polls) {
            // it waits, and says for what
            let failure =
                Failure::new(FailureKind::CredentialMissing, Phase::Prepare, "read credential", one.name.clone());
            one.stop = Some(Stop { failure, until_ms: None, count: 1 });
        }
        one
    }

    /// Whether an address is of this machine; what is wrong with it is told.
    fn address(&mut self, carried: &CarriedConnection, shop: Option<ShopKind>, at: &str) -> bool {
        let (address, place) = (carried.address.trim(), format!("{at}.address"));
        let is_needed = matches!(shop, Some(ShopKind::WooCommerce | ShopKind::Shopify | ShopKind::Webhook));
        let code = match (shop, address) {
            (Some(ShopKind::File), "") => return false,
            (Some(ShopKind::File), _) => SetupCode::UnknownField,
            (_, "") if is_needed => SetupCode::MissingField,
            (_, given) if given.len() > 300 => SetupCode::TooLong,
            (_, given) => {
                let bare = without_login(given);
                if bare == given.trim_end_matches('/') {
                    match self.workspace.resolve_address(&carried.kind, given) {
                        Ok(address) => return address.is_sandbox,
                        // a kind that there is not is told already
                        Err(_) if shop.is_none() && !matches!(carried.kind.as_str(), "smartbill" | "oblio") => {
                            return false;
                        }
                        Err(_) => SetupCode::AddressWrong,
                    }
                } else {
                    // whose login stands there is not told on
                    self.problems.tell(SetupCode::SecretInside, place, bare);
                    return false;
                }
            }
        };
        self.problems.tell(code, place, without_login(address));
        false
    }
}

fn is_same_key(one: Option<&Key>, here: Option<&Key>) -> bool {
    match (one, here) {
        (Some(Key::Files(name)), Some(Key::Files(here))) => is_numbered(here, name),
        (Some(one), Some(here)) => one == here,
        _ => false,
    }
}

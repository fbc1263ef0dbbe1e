//! What makes two things the same one: of a shop the identity that its orders hang on, of a billing account provider, address
//! and company.

use crate::connect::Connected;
use crate::error::Result;
use crate::setup::BillingOptions;
use crate::workspace::Workspace;
use punte_connectors::Urgency;
use punte_connectors::shops::ShopKind;
use punte_domain::tax_id::parse_cui;
use punte_store::ledger::Connection;
use std::collections::BTreeSet;

/// What a connection is known by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Key {
    /// Files have no place: they are told apart by the name that a person gave them.
    Files(String),
    Shop(String, String),
    Billing {
        kind: String,
        url: String,
        company: String,
    },
}

impl Workspace {
    /// Nothing for an address that leads nowhere now.
    pub(super) fn key_of(&self, connection: &Connection) -> Option<Key> {
        let kind = connection.kind.as_str();
        if kind == ShopKind::File.as_str() {
            return Some(Key::Files(connection.name.trim().to_lowercase()));
        }
        let address = without_login(&connection.address);
        if ShopKind::parse(kind).is_none() {
            let url = self.resolve_address(kind, &address).ok()?.url.to_lowercase();
            let company = company_key(connection.company.as_deref().unwrap_or_default());
            return Some(Key::Billing { kind: kind.to_owned(), url, company });
        }
        let (none, options) = (String::new().into(), BillingOptions::default());
        match self.connect_with(kind, &address, connection.account.trim(), none, Urgency::Live, &options) {
            Ok(Connected::Shop(shop)) => Some(Key::Shop(kind.to_owned(), shop.identity())),
            _ => None,
        }
    }

    /// What a real shop is known by in every workspace: kind and the identity that its orders hang on. `None` for files, which a
    /// person tells apart, for a sandbox, and for whoever is no shop.
    pub fn shop_key(&self, connection: &Connection) -> Option<String> {
        match self.key_of(connection)? {
            Key::Shop(kind, identity) if !connection.is_sandbox => Some(format!("{kind} {identity}")),
            _ => None,
        }
    }

    /// Keys of the shops whose orders are invoiced here, that is those with a flow that is on. Issue keys are a workspace's own: a
    /// shop that another workspace has too is invoiced twice.
    pub async fn list_invoiced_shops(&self) -> Result<BTreeSet<String>> {
        let flows = self.ledger.list_flows().await?;
        let connections = self.ledger.list_connections().await?;
        let invoiced = |shop: &&Connection| flows.iter().any(|flow| flow.enabled && flow.shop_id == shop.id);
        Ok(connections.iter().filter(invoiced).filter_map(|shop| self.shop_key(shop)).collect())
    }
}

/// A tax id however it is written.
pub(super) fn company_key(text: &str) -> String {
    parse_cui(text).map_or_else(|_| text.trim().to_uppercase(), |cui| cui.digits)
}

/// An address without user and password, and without what is pasted behind it.
pub(super) fn without_login(address: &str) -> String {
    let bare = address.trim().split(['?', '#']).next().unwrap_or_default();
    let (scheme, rest) = bare.split_once("://").map_or(("", bare), |(scheme, rest)| (scheme, rest));
    let (place, path) = rest.split_once('/').map_or((rest, None), |(place, path)| (place, Some(path)));
    let place = place.rsplit_once('@').map_or(place, |(_, place)| place);
    let scheme = if scheme.is_empty() { String::new() } else { format!("{scheme}://") };
    let path = path.map_or_else(String::new, |path| format!("/{path}"));
    format!("{scheme}{place}{path}").trim_end_matches('/').to_owned()
}

/// Whether a name is `base`, or `base` with a number behind it that told it apart.
pub(super) fn is_numbered(name: &str, base: &str) -> bool {
    let (name, base) = (name.trim().to_lowercase(), base.trim().to_lowercase());
    let Some(rest) = name.strip_prefix(&base) else { return false };
    let number = rest.strip_prefix(" (").and_then(|rest| rest.strip_suffix(')'));
    rest.is_empty() || number.is_some_and(|number| number.parse::<u32>().is_ok())
}

/// `base`, or with the first number behind it that makes it a name that nothing has. It is taken then.
pub(super) fn free_name(base: &str, taken: &mut Vec<String>) -> String {
    let is_taken = |name: &String| taken.contains(&name.to_lowercase());
    let numbered = (2u32..).map(|number| format!("{base} ({number})"));
    let free = std::iter::once(base.to_owned()).chain(numbered).find(|name| !is_taken(name)).unwrap_or_default();
    taken.push(free.to_lowercase());
    free
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_login_and_what_is_pasted_behind_an_address_are_cut() {
        for (given, bare) in [
            ("https://ana:s3cret@cana.ro/magazin/", "https://cana.ro/magazin"),
            ("https://cana.ro/?consumer_key=ck_1&consumer_secret=cs_1", "https://cana.ro"),
            ("ana@cana.ro#top", "cana.ro"),
            ("https://cana.ro/@ana", "https://cana.ro/@ana"),
            ("https://a:b@c@cana.ro", "https://cana.ro"),
            ("", ""),
        ] {
            assert_eq!(without_login(given), bare);
        }
    }

    #[test]
    fn a_taken_name_gets_the_first_free_number() {
        let mut taken = vec!["shop".to_owned(), "shop (2)".to_owned()];
        assert_eq!(free_name("Shop", &mut taken), "Shop (3)");
        assert_eq!(free_name("Other", &mut taken), "Other");
        assert!(is_numbered("Shop (3)", "shop") && is_numbered("Shop", "Shop"));
        assert!(!is_numbered("Shop (b)", "Shop") && !is_numbered("Shopping", "Shop"));
    }

    #[test]
    fn a_tax_id_is_the_same_with_and_without_its_mark() {
        assert_eq!(company_key("RO12345674"), company_key(" 12345674"));
        assert_ne!(company_key("RO12345674"), company_key("RO14399840"));
    }
}

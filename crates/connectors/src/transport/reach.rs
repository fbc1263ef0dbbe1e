//! Which addresses may be reached: the public internet, this machine for a sandbox, and of a private network only hosts that
//! a person has permitted by name.
//!
//! An address typed by hand, or a name that somebody else's server points elsewhere, must not lead a request with a
//! credential to a router or a neighbour. It is judged at every connection, by what the name leads to then.

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use std::collections::BTreeSet;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::{Arc, PoisonError, RwLock};
use url::{Host, Url};

/// Hosts of the operator's own network that may be reached. Shared: a permit counts from the next connection on.
#[derive(Debug, Clone, Default)]
pub struct PrivateHosts(Arc<RwLock<BTreeSet<String>>>);

impl PrivateHosts {
    pub fn new(hosts: impl IntoIterator<Item = String>) -> Self {
        let all = PrivateHosts::default();
        hosts.into_iter().for_each(|host| all.permit(&host));
        all
    }

    pub fn permit(&self, host: &str) {
        self.0.write().unwrap_or_else(PoisonError::into_inner).insert(plain(host));
    }

    pub fn forbid(&self, host: &str) {
        self.0.write().unwrap_or_else(PoisonError::into_inner).remove(&plain(host));
    }

    pub fn list(&self) -> Vec<String> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).iter().cloned().collect()
    }

    fn is_permitted(&self, host: &str) -> bool {
        self.0.read().unwrap_or_else(PoisonError::into_inner).contains(&plain(host))
    }
}

fn plain(host: &str) -> String {
    host.trim().trim_end_matches('.').trim_start_matches('[').trim_end_matches(']').to_lowercase()
}

/// A name led to nothing but addresses that may not be reached.
#[derive(Debug, thiserror::Error)]
#[error("{0} is in a private network")]
pub(super) struct NotReached(pub String);

/// A name led nowhere, or could not be looked up.
#[derive(Debug, thiserror::Error)]
#[error("{0} was not found")]
pub(super) struct NotFound(pub String);

/// Looks names up, and leaves out what may not be reached.
pub(super) struct Guard(pub PrivateHosts);

impl Resolve for Guard {
    fn resolve(&self, name: Name) -> Resolving {
        let hosts = self.0.clone();
        Box::pin(async move {
            let host = name.as_str().to_owned();
            let found = tokio::net::lookup_host((host.as_str(), 0)).await;
            let found: Vec<SocketAddr> = found.map_err(|_| NotFound(host.clone()))?.collect();
            let may_all = hosts.is_permitted(&host);
            let is_here = is_this_machine(&host);
            let reached: Vec<SocketAddr> = found
                .into_iter()
                .filter(|address| may_all || if is_here { address.ip().is_loopback() } else { is_public(address.ip()) })
                .collect();
            if reached.is_empty() {
                return Err(NotReached(host).into());
            }
            Ok(Box::new(reached.into_iter()) as Addrs)
        })
    }
}

fn is_this_machine(name: &str) -> bool {
    plain(name) == "localhost"
}

/// A host that is written as an address is never looked up: it is judged here.
pub(super) fn judge(url: &Url, hosts: &PrivateHosts) -> Result<(), NotReached> {
    let address: IpAddr = match url.host() {
        Some(Host::Ipv4(address)) => address.into(),
        Some(Host::Ipv6(address)) => address.into(),
        Some(Host::Domain(_)) | None => return Ok(()),
    };
    let host = url.host_str().unwrap_or_default();
    let may = address.is_loopback() || is_public(address) || hosts.is_permitted(host);
    if may { Ok(()) } else { Err(NotReached(host.to_owned())) }
}

/// Whether an address belongs to the public internet. Source: the IANA special-purpose address registries.
fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => is_public_v6(address),
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    let is_special = address.is_private()
        || address.is_loopback()
        || address.is_link_local()
        || address.is_multicast()
        || address.is_broadcast()
        || address.is_documentation()
        || a == 0
        // shared by a carrier's customers
        || (a == 100 && (64..128).contains(&b))
        || (a == 192 && b == 0 && c == 0)
        // benchmarks
        || (a == 198 && (b == 18 || b == 19))
        || a >= 240;
    !is_special
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    if let Some(within) = address.to_ipv4_mapped() {
        return is_public_v4(within);
    }
    let [a, b, _, _, _, _, high, low] = address.segments();
    let within = || Ipv4Addr::from((u32::from(high) << 16) | u32::from(low));
    match (a, b) {
        // NAT64 leads to an address of the other kind
        (0x64, 0xff9b) => is_public_v4(within()),
        // documentation
        (0x2001, 0xdb8) => false,
        // 6to4 carries an address of the other kind
        (0x2002, _) => is_public_v4(Ipv4Addr::from((u32::from(b) << 16) | u32::from(address.segments()[2]))),
        // what is given out today: 2000::/3
        _ => a & 0xe000 == 0x2000,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn private_addresses_are_told_from_public_ones() {
        for private in [
            "0.0.0.0",
            "10.0.0.1",
            "100.64.0.1",
            "127.0.0.1",
            "169.254.169.254",
            "172.16.0.1",
            "172.31.255.255",
            "192.0.0.8",
            "192.168.1.1",
            "198.18.0.1",
            "203.0.113.7",
            "224.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::ffff:10.0.0.1",
            "64:ff9b::192.168.1.1",
            "2001:db8::1",
            "2002:c0a8:101::",
            "fc00::1",
            "fd12:3456::1",
            "fe80::1",
            "ff02::1",
        ] {
            assert!(!is_public(private.parse().unwrap()), "{private}");
        }
        for public in
            ["1.1.1.1", "100.63.0.1", "100.128.0.1", "172.32.0.1", "193.0.0.1", "::ffff:1.1.1.1", "2a00:1450::1"]
        {
            assert!(is_public(public.parse().unwrap()), "{public}");
        }
    }

    #[test]
    fn an_address_in_an_address_is_judged_without_a_look_up() {
        let hosts = PrivateHosts::default();
        let may = |text: &str| judge(&text.parse().unwrap(), &hosts).is_ok();
        assert!(!may("https://192.168.1.1/wp-json") && !may("https://[fd00::1]/") && !may("https://169.254.169.254/"));
        // the same address, written otherwise
        assert!(!may("https://0xc0a80101/") && !may("https://3232235777/") && !may("https://[::ffff:192.168.1.1]/"));
        assert!(may("http://127.0.0.1:8080/") && may("https://1.1.1.1/") && may("https://cana.ro/"));
        hosts.permit("192.168.1.1");
        hosts.permit("[FD00::1]");
        assert!(may("https://192.168.1.1/wp-json") && may("https://[fd00::1]/") && !may("https://192.168.1.2/"));
        hosts.forbid("192.168.1.1");
        assert!(!may("https://192.168.1.1/wp-json"));
    }

    #[tokio::test]
    async fn a_name_that_leads_into_this_machine_is_not_followed_unless_it_is_this_machines() {
        let resolve = async |hosts: &PrivateHosts, name: &str| {
            Guard(hosts.clone()).resolve(name.parse().unwrap()).await.map(Iterator::count)
        };
        let hosts = PrivateHosts::default();
        assert!(resolve(&hosts, "localhost").await.is_ok());
        // a name that is this machine's own, and looks like any other
        let own = "ip6-localhost";
        if tokio::net::lookup_host((own, 0)).await.is_ok() {
            assert!(resolve(&hosts, own).await.unwrap_err().is::<NotReached>());
            hosts.permit(own);
            assert!(resolve(&hosts, own).await.is_ok());
        }
    }
}

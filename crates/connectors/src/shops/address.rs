//! A shop's address as people type and paste it, and what makes it the same shop however it was written.

use crate::transport::is_loopback;
use url::Url;

/// Reads an address: `cana.ro`, `https://cana.ro/magazin/`, with or without what is pasted behind it. The path ends where
/// `cut` (`/wp-json`, `/admin`) begins.
///
/// # Errors
/// Why it cannot be one: plain http beyond this machine would show the key to anyone on the way.
pub(super) fn read_root(text: &str, cut: &str) -> Result<Url, String> {
    let text = text.trim();
    let full = if text.contains("://") { text.to_owned() } else { format!("https://{text}") };
    let mut url = Url::parse(&full).map_err(|error| format!("base_url: {error}"))?;
    match url.scheme() {
        "https" => {}
        "http" if is_loopback(&url) => {}
        other => return Err(format!("base_url: {other} would show the key to anyone on the way; https is needed")),
    }
    if url.host_str().is_none_or(str::is_empty) {
        return Err("base_url: no host".to_owned());
    }
    let path = url.path().split(cut).next().unwrap_or_default().trim_end_matches('/').to_owned();
    url.set_path(&path);
    url.set_query(None);
    url.set_fragment(None);
    Ok(url)
}

/// Host and path, without scheme and trailing slash: http and https are one shop. On this machine the port is left out:
/// a sandbox gets another one at every start, and its orders must stay the same orders.
pub(super) fn identity_of(root: &Url) -> String {
    let host = root.host_str().unwrap_or_default().to_ascii_lowercase();
    let port = match root.port() {
        Some(port) if !is_loopback(root) => format!(":{port}"),
        _ => String::new(),
    };
    let host = if is_loopback(root) { "localhost" } else { host.as_str() };
    format!("{host}{port}{}", root.path().trim_end_matches('/').to_lowercase())
}

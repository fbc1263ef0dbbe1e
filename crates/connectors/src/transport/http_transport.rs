//! Real HTTP over reqwest: HTTP/1.1, rustls, no redirects, no proxies from the environment, no retries of its own.
//!
//! What an error means for "did it reach the other side" is judged here from the error's own chain, never from its text.

use super::reach::{Guard, NotFound, NotReached, PrivateHosts, judge};
use super::{HttpAnswer, HttpRequest, Limits, Transport, TransportError};
use async_trait::async_trait;
use reqwest::{Client, redirect};
use std::collections::HashMap;
use std::error::Error as StdError;
use std::io;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;
use url::{Host, Url};

/// Connect limits are a property of a client, so one is kept for each limit in use; more than this many are not kept.
const MAX_CLIENTS: usize = 16;
const IDLE: Duration = Duration::from_secs(30);

#[derive(Debug, Clone, Default)]
pub struct HttpTransportConfig {
    /// Plain http beyond this machine. Off: credentials travel in headers, and a plain connection shows them to anyone.
    pub plain_http_anywhere: bool,
    /// Hosts of a private network that may be reached.
    pub private_hosts: PrivateHosts,
}

/// The transport of the running app. Cheap to share; connections of reads are pooled, creates always open their own.
pub struct HttpTransport {
    config: HttpTransportConfig,
    clients: Mutex<HashMap<(Duration, bool), Client>>,
}

impl HttpTransport {
    pub fn new(config: HttpTransportConfig) -> Self {
        HttpTransport { config, clients: Mutex::new(HashMap::new()) }
    }

    fn client(&self, connect: Duration, fresh: bool) -> Result<Client, TransportError> {
        let mut clients = self.clients.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(client) = clients.get(&(connect, fresh)) {
            return Ok(client.clone());
        }
        // a machine without any root certificate still reaches a sandbox on loopback; https then fails as TLS
        let hosts = &self.config.private_hosts;
        let client = build(connect, fresh, true, hosts)
            .or_else(|_| build(connect, fresh, false, hosts))
            .map_err(|error| TransportError::Tls(chain(&error)))?;
        if clients.len() >= MAX_CLIENTS {
            clients.clear();
        }
        clients.insert((connect, fresh), client.clone());
        Ok(client)
    }

    fn judge_url(&self, text: &str) -> Result<Url, TransportError> {
        let url = Url::parse(text).map_err(|error| TransportError::Unreachable(format!("not an address: {error}")))?;
        match url.scheme() {
            "https" => {}
            "http" if self.config.plain_http_anywhere || is_loopback(&url) => {}
            "http" => {
                return Err(TransportError::Tls(format!(
                    "plain http is used on this machine only, and {} is not on it",
                    url.host_str().unwrap_or_default()
                )));
            }
            other => return Err(TransportError::Unreachable(format!("{other} is not http"))),
        }
        judge(&url, &self.config.private_hosts).map_err(|NotReached(host)| TransportError::Private(host))?;
        Ok(url)
    }
}

fn build(connect: Duration, fresh: bool, platform_roots: bool, hosts: &PrivateHosts) -> reqwest::Result<Client> {
    let mut builder = Client::builder()
        .user_agent(concat!("Punte/", env!("CARGO_PKG_VERSION")))
        .redirect(redirect::Policy::none())
        .retry(reqwest::retry::never())
        .referer(false)
        .no_proxy()
        .dns_resolver(Guard(hosts.clone()))
        .http1_only()
        .connect_timeout(connect)
        .pool_idle_timeout(IDLE);
    if fresh {
        builder = builder.pool_max_idle_per_host(0);
    }
    if !platform_roots {
        builder = builder.tls_certs_only([]);
    }
    builder.build()
}

/// Whether a URL's host is this machine.
pub(crate) fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name.eq_ignore_ascii_case("localhost"),
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

#[async_trait]
impl Transport for HttpTransport {
    async fn send(&self, request: HttpRequest, limits: Limits) -> Result<HttpAnswer, TransportError> {
        let url = self.judge_url(&request.url)?;
        let client = self.client(limits.connect.min(limits.total), limits.fresh_connection)?;
        let mut builder = client.request(request.method, url);
        for header in request.headers {
            let mut value = http::HeaderValue::try_from(header.value)
                .map_err(|_| TransportError::Unreachable(format!("header {} cannot be sent", header.name)))?;
            value.set_sensitive(header.secret);
            builder = builder.header(header.name, value);
        }
        if let Some(body) = request.body {
            builder = builder.body(body);
        }
        tokio::time::timeout(limits.total, exchange(builder, limits.body))
            .await
            .unwrap_or(Err(TransportError::TimedOut))
    }
}

async fn exchange(builder: reqwest::RequestBuilder, max_body: usize) -> Result<HttpAnswer, TransportError> {
    let mut response = builder.send().await.map_err(|error| classify(&error))?;
    let status = response.status().as_u16();
    let headers = response.headers().clone();
    let too_long = |length: u64| length > max_body as u64;
    if response.content_length().is_some_and(too_long) {
        return Err(TransportError::TooLarge(max_body));
    }
    let mut body = bytes::BytesMut::new();
    while let Some(chunk) = response.chunk().await.map_err(|error| classify(&error))? {
        if too_long((body.len() + chunk.len()) as u64) {
            return Err(TransportError::TooLarge(max_body));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(HttpAnswer { status, headers, body: body.freeze() })
}

/// What an error proves. Everything that is not certainly before the first byte of the request counts as lost.
fn classify(error: &reqwest::Error) -> TransportError {
    if error.is_builder() {
        return TransportError::Unreachable(chain(error));
    }
    if let Some(NotReached(host)) = cause_of::<NotReached>(error) {
        return TransportError::Private(host.clone());
    }
    if let Some(NotFound(host)) = cause_of::<NotFound>(error) {
        return TransportError::HostNotFound(host.clone());
    }
    if error.is_connect() {
        let is_refused = cause_of(error).is_some_and(|io: &io::Error| io.kind() == io::ErrorKind::ConnectionRefused);
        return match is_tls(error) {
            true => TransportError::Tls(chain(error)),
            false if is_refused => TransportError::Refused(chain(error)),
            false => TransportError::Unreachable(chain(error)),
        };
    }
    if error.is_timeout() { TransportError::TimedOut } else { TransportError::Lost(chain(error)) }
}

/// The first of a kind among an error's causes.
fn cause_of<E: StdError + 'static>(error: &reqwest::Error) -> Option<&E> {
    let mut cause: Option<&(dyn StdError + 'static)> = error.source();
    while let Some(one) = cause {
        if let Some(found) = one.downcast_ref::<E>() {
            return Some(found);
        }
        cause = one.source();
    }
    None
}

fn is_tls(error: &reqwest::Error) -> bool {
    let mut cause: Option<&(dyn StdError + 'static)> = error.source();
    while let Some(one) = cause {
        if one.is::<rustls::Error>() || one.downcast_ref::<io::Error>().is_some_and(is_tls_io) {
            return true;
        }
        cause = one.source();
    }
    false
}

/// rustls errors arrive wrapped in I/O errors, sometimes twice; a peer that closes during the handshake is an end of
/// file, which a plain connect never is.
fn is_tls_io(error: &io::Error) -> bool {
    if error.kind() == io::ErrorKind::UnexpectedEof {
        return true;
    }
    match error.get_ref() {
        None => false,
        Some(inner) => inner.is::<rustls::Error>() || inner.downcast_ref::<io::Error>().is_some_and(is_tls_io),
    }
}

/// An error's causes in one line, without the URL (it may hold a company's code).
fn chain(error: &reqwest::Error) -> String {
    let mut parts: Vec<String> = Vec::new();
    let mut cause: Option<&(dyn StdError + 'static)> = error.source();
    while let Some(one) = cause {
        let text = one.to_string();
        if parts.last() != Some(&text) {
            parts.push(text);
        }
        cause = one.source();
    }
    if parts.is_empty() { "the connection failed".to_owned() } else { parts.join(": ") }
}

#[cfg(test)]
mod tests;

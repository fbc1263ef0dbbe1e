//! The way of the traces to their collector: over the same transport as everything else, so that there is one HTTP client and one TLS.

use async_trait::async_trait;
use punte_connectors::transport::{HttpTransport, HttpTransportConfig, PrivateHosts};
use punte_connectors::{Header, HttpRequest, Limits, Transport};
use punte_logs::traces::{Bytes, HttpClient, HttpError, Request, Response, Traces, TracesError};
use std::time::Duration;
use tokio::runtime::Handle;

const LIMITS: Limits = Limits {
    connect: Duration::from_secs(5),
    total: Duration::from_secs(10),
    body: 64 * 1024,
    fresh_connection: false,
};
/// Headers that go along: what it is, and whoever sends it where the collector wants to know (`OTEL_EXPORTER_OTLP_HEADERS`).
const HEADERS: [&str; 3] = ["content-type", "content-encoding", "authorization"];

/// Traces to the collector at an address. The operator named it: it may be in their own network, and spoken to plainly.
///
/// # Errors
/// The address is none.
pub fn to(address: &str, runtime: &Handle) -> Result<Traces, TracesError> {
    let private_hosts = PrivateHosts::default();
    let uri: Option<Request<()>> = Request::get(address.trim()).body(()).ok();
    if let Some(host) = uri.as_ref().and_then(|request| request.uri().host()) {
        private_hosts.permit(host);
    }
    let transport = HttpTransport::new(HttpTransportConfig { plain_http_anywhere: true, private_hosts });
    Traces::to(address, Carrier { transport: transport.into(), runtime: runtime.clone() })
}

struct Carrier {
    transport: std::sync::Arc<HttpTransport>,
    /// Spans are sent off from a thread of their own, which has none.
    runtime: Handle,
}

impl std::fmt::Debug for Carrier {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Carrier")
    }
}

#[async_trait]
impl HttpClient for Carrier {
    async fn send_bytes(&self, request: Request<Bytes>) -> Result<Response<Bytes>, HttpError> {
        let (head, body) = request.into_parts();
        let header = |name: &'static str| {
            let value = head.headers.get(name)?.to_str().ok()?.to_owned();
            Some(Header { name, value, secret: name == "authorization" })
        };
        let headers = HEADERS.into_iter().filter_map(header).collect();
        let request = HttpRequest { method: head.method, url: head.uri.to_string(), headers, body: Some(body) };
        let transport = self.transport.clone();
        let answer = self.runtime.spawn(async move { transport.send(request, LIMITS).await }).await??;
        let mut response = Response::new(answer.body);
        *response.status_mut() = answer.status.try_into()?;
        *response.headers_mut() = answer.headers;
        Ok(response)
    }
}

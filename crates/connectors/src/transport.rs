//! One way out: a request as data in, an answer as bytes or a failure with its phase out.
//!
//! Two transports exist: real HTTP ([`HttpTransport`]) and, for simulation, in-process bytes. Time limits, answer size,
//! redirects and retries are decided here, once, for every connector.

use async_trait::async_trait;
use bytes::Bytes;
use std::time::Duration;

mod http_transport;
mod reach;

pub(crate) use http_transport::is_loopback;
pub use http_transport::{HttpTransport, HttpTransportConfig};
pub use reach::PrivateHosts;

/// A request as data. Header values that carry credentials are marked, so that no record keeps them.
#[derive(Clone)]
pub struct HttpRequest {
    pub method: http::Method,
    pub url: String,
    pub headers: Vec<Header>,
    pub body: Option<Bytes>,
}

#[derive(Clone)]
pub struct Header {
    pub name: &'static str,
    pub value: String,
    pub secret: bool,
}

#[derive(Debug, Clone)]
pub struct HttpAnswer {
    pub status: u16,
    pub headers: http::HeaderMap,
    pub body: Bytes,
}

impl HttpAnswer {
    /// When it was given, on the answering side's clock, in UTC milliseconds; `None` where that is not said.
    pub fn date_ms(&self) -> Option<i64> {
        let date = self.headers.get("date")?.to_str().ok()?;
        Some(chrono::DateTime::parse_from_rfc2822(date).ok()?.timestamp_millis())
    }
}

/// Bounds of one request.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    pub connect: Duration,
    pub total: Duration,
    /// Bytes of the answer's body; a longer one is [`TransportError::TooLarge`].
    pub body: usize,
    /// A create must not ride on an idle connection that the other side may have closed meanwhile.
    pub fresh_connection: bool,
}

/// How far a request came. Only those before `TimedOut` prove that nothing reached the other side.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TransportError {
    #[error("no connection: {0}")]
    Unreachable(String),
    /// Its name leads nowhere, or nobody could be asked; the host.
    #[error("no connection: {0} was not found")]
    HostNotFound(String),
    /// Nobody listens there.
    #[error("no connection: {0}")]
    Refused(String),
    /// Of a private network, without a permit; the host.
    #[error("{0} is in a private network")]
    Private(String),
    #[error("no secure connection: {0}")]
    Tls(String),
    #[error("no answer in time")]
    TimedOut,
    #[error("the connection broke: {0}")]
    Lost(String),
    #[error("the answer is larger than {0} bytes")]
    TooLarge(usize),
}

#[async_trait]
pub trait Transport: Send + Sync {
    async fn send(&self, request: HttpRequest, limits: Limits) -> Result<HttpAnswer, TransportError>;

    /// The same with a name for what it is for, out of a fixed set (`create invoice`): for a transport that measures.
    async fn send_as(
        &self,
        _operation: &'static str,
        request: HttpRequest,
        limits: Limits,
    ) -> Result<HttpAnswer, TransportError> {
        self.send(request, limits).await
    }
}

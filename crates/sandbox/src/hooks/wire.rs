//! HTTP out of the sandbox: one POST, with what came back. Plain HTTP only, for the receivers are on this machine.

use std::time::Duration;

use axum::http::{Request, Uri};
use bytes::Bytes;
use http_body_util::{BodyExt as _, Full, Limited};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use tokio::time::Instant;

use super::send::DeliveryLog;
use super::sign::Headers;
use crate::error::SandboxError;

const LARGEST_ANSWER: usize = 64 << 10;

/// What the receiver answered, or why nothing came.
pub(super) struct Reply {
    pub outcome: Result<(u16, String), String>,
    pub ms: u64,
}

pub(crate) struct Post {
    client: Client<HttpConnector, Full<Bytes>>,
    pub(super) log: DeliveryLog,
}

impl Default for Post {
    fn default() -> Self {
        Self { client: Client::builder(TokioExecutor::new()).build_http(), log: DeliveryLog::default() }
    }
}

pub(super) fn check_url(url: &str) -> Result<(), SandboxError> {
    let uri: Option<Uri> = url.parse().ok();
    let fits = uri.is_some_and(|uri| uri.scheme_str() == Some("http") && uri.authority().is_some());
    fits.then_some(())
        .ok_or_else(|| SandboxError::Invalid(format!("a hook's url must begin with http://, not {url:?}")))
}

impl Post {
    /// Redirects are not followed.
    pub(super) async fn send(&self, url: &str, headers: Headers, body: Vec<u8>, patience_ms: u64) -> Reply {
        let started = Instant::now();
        let exchange = tokio::time::timeout(Duration::from_millis(patience_ms), self.exchange(url, headers, body));
        let outcome = match exchange.await {
            Ok(outcome) => outcome,
            Err(_) => Err(format!("no answer within {patience_ms} ms")),
        };
        Reply { outcome, ms: u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX) }
    }

    async fn exchange(&self, url: &str, headers: Headers, body: Vec<u8>) -> Result<(u16, String), String> {
        let mut request = Request::post(url);
        for (name, value) in headers {
            request = request.header(name, value);
        }
        let request = request.body(Full::new(Bytes::from(body))).map_err(|why| why.to_string())?;
        let response = self.client.request(request).await.map_err(|why| whole(&why))?;
        let status = response.status().as_u16();
        let body = Limited::new(response.into_body(), LARGEST_ANSWER).collect().await.map_err(|why| why.to_string())?;
        Ok((status, String::from_utf8_lossy(&body.to_bytes()).into_owned()))
    }
}

/// An error with its causes: hyper's own words alone say nothing.
fn whole(why: &dyn std::error::Error) -> String {
    let mut words = why.to_string();
    let mut cause = why.source();
    while let Some(why) = cause {
        words.push_str(&format!(": {why}"));
        cause = why.source();
    }
    words
}

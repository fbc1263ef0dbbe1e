//! One request to a shop's REST interface: where it goes, as whom, and nothing of the secret in what is told of it.

use crate::call::{Operation, header};
use crate::mask::Mask;
use crate::transport::{Header, HttpAnswer, HttpRequest, Limits, Transport};
use bytes::Bytes;
use http::Method;
use punte_domain::{Failure, FailureKind, Phase};
use secrecy::SecretString;
use std::sync::Arc;
use url::Url;

/// What is sent. `path` begins without a slash, behind the root's own path.
pub(super) struct Ask<'a> {
    pub(super) method: Method,
    pub(super) path: &'a str,
    pub(super) query: &'a [(&'a str, String)],
    /// The body and its type.
    pub(super) body: Option<(&'static str, Bytes)>,
    pub(super) limits: Limits,
}

impl<'a> Ask<'a> {
    pub(super) fn get(path: &'a str, query: &'a [(&'a str, String)], limits: Limits) -> Self {
        Ask { method: Method::GET, path, query, body: None, limits }
    }
}

pub(super) struct Rest {
    transport: Arc<dyn Transport>,
    /// `Err` is why the address cannot be one.
    root: Result<Url, String>,
    headers: Vec<Header>,
    mask: Mask,
}

impl Rest {
    /// `headers` go with every request, the credential among them.
    pub(super) fn new(
        root: Result<Url, String>,
        headers: Vec<Header>,
        secret: &SecretString,
        transport: Arc<dyn Transport>,
    ) -> Self {
        Rest { transport, root, headers, mask: Mask::new("", secret) }
    }

    pub(super) fn root(&self) -> Option<&Url> {
        self.root.as_ref().ok()
    }

    pub(super) async fn send(&self, operation: &Operation, ask: Ask<'_>) -> Result<HttpAnswer, Failure> {
        let root = self
            .root
            .as_ref()
            .map_err(|why| operation.failure(FailureKind::FieldInvalid, Phase::Prepare).with_detail(why))?;
        let mut url = root.clone();
        url.set_path(&format!("{}/{}", root.path().trim_end_matches('/'), ask.path));
        if !ask.query.is_empty() {
            url.query_pairs_mut().extend_pairs(ask.query);
        }
        let mut headers = self.headers.clone();
        headers.push(header("accept", "application/json"));
        let body = ask.body.map(|(kind, body)| {
            headers.push(header("content-type", kind));
            body
        });
        let request = HttpRequest { method: ask.method, url: url.into(), headers, body };
        let answer = self.transport.send_as(operation.name(), request, ask.limits).await;
        answer.map_err(|error| self.masked(operation.broken(&error)))
    }

    pub(super) fn masked(&self, failure: Failure) -> Failure {
        self.mask.failure(failure)
    }

    pub(super) fn unreadable(&self, operation: &Operation, answer: &HttpAnswer, why: &str) -> Failure {
        self.masked(operation.unreadable(answer, why))
    }
}

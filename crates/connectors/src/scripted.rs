//! A transport for tests: answers in the order given, and what was sent kept for inspection.

use crate::transport::{HttpAnswer, HttpRequest, Limits, Transport, TransportError};
use async_trait::async_trait;
use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue};
use serde_json::Value;
use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

pub(crate) struct Scripted {
    answers: Mutex<VecDeque<Result<HttpAnswer, TransportError>>>,
    sent: Mutex<Vec<(HttpRequest, Limits)>>,
}

impl Scripted {
    pub(crate) fn new(answers: Vec<Result<HttpAnswer, TransportError>>) -> Arc<Self> {
        Arc::new(Scripted { answers: Mutex::new(answers.into()), sent: Mutex::new(Vec::new()) })
    }

    pub(crate) fn sent(&self) -> Vec<HttpRequest> {
        self.sent.lock().unwrap().iter().map(|(request, _)| request.clone()).collect()
    }

    pub(crate) fn limits(&self) -> Vec<Limits> {
        self.sent.lock().unwrap().iter().map(|(_, limits)| *limits).collect()
    }

    /// Method and path with query, without the host: `GET /series?cif=RO1`.
    pub(crate) fn lines(&self) -> Vec<String> {
        let line = |request: &HttpRequest| {
            let url = url::Url::parse(&request.url).unwrap();
            let query = url.query().map(|query| format!("?{query}")).unwrap_or_default();
            format!("{} {}{query}", request.method, url.path())
        };
        self.sent().iter().map(line).collect()
    }

    /// What was sent, for a snapshot: line and body, without headers.
    pub(crate) fn requests(&self) -> Value {
        let body = |request: &HttpRequest| {
            request.body.as_deref().map(|body| {
                serde_json::from_slice(body).unwrap_or_else(|_| Value::from(String::from_utf8_lossy(body).into_owned()))
            })
        };
        let sent = self.sent();
        let lines = self.lines();
        sent.iter()
            .zip(lines)
            .map(|(request, line)| serde_json::json!({ "line": line, "body": body(request) }))
            .collect()
    }
}

#[async_trait]
impl Transport for Scripted {
    async fn send(&self, request: HttpRequest, limits: Limits) -> Result<HttpAnswer, TransportError> {
        self.sent.lock().unwrap().push((request, limits));
        self.answers.lock().unwrap().pop_front().expect("an answer was scripted for every request")
    }
}

pub(crate) fn json_answer(status: u16, body: &Value, headers: &[(&'static str, &str)]) -> HttpAnswer {
    let headers: HeaderMap = headers
        .iter()
        .map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_str(value).unwrap()))
        .collect();
    HttpAnswer { status, headers, body: Bytes::from(serde_json::to_vec(body).unwrap()) }
}

pub(crate) fn page_answer(status: u16, body: &str) -> HttpAnswer {
    HttpAnswer { status, headers: HeaderMap::new(), body: Bytes::copy_from_slice(body.as_bytes()) }
}

//! The record of an exchange: bounded, and without anything secret in it.

use super::WireRecord;
use crate::call::excerpt;
use crate::transport::{HttpAnswer, HttpRequest};
use secrecy::{ExposeSecret, SecretString};

/// Bytes kept of a body.
const MAX_BODY: usize = 32 * 1024;
const MASK: &str = "•••";

impl WireRecord {
    /// What goes out. Headers are never kept: what is secret travels there.
    pub(crate) fn of_request(request: &HttpRequest, secrets: &[&SecretString]) -> Self {
        let body = request.body.as_deref().map(|body| excerpt(body, MAX_BODY)).unwrap_or_default();
        WireRecord {
            method: request.method.to_string(),
            url: masked(request.url.clone(), secrets),
            request_body: masked(body, secrets),
            status: None,
            answer_body: String::new(),
        }
    }

    pub(crate) fn note_answer(&mut self, answer: &HttpAnswer, secrets: &[&SecretString]) {
        self.status = Some(answer.status);
        self.answer_body = masked(excerpt(&answer.body, MAX_BODY), secrets);
    }
}

fn masked(mut text: String, secrets: &[&SecretString]) -> String {
    for secret in secrets {
        let secret = secret.expose_secret();
        // shorter ones would mask ordinary words
        if secret.len() >= 6 && text.contains(secret) {
            text = text.replace(secret, MASK);
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::transport::Header;
    use bytes::Bytes;

    fn request(body: &str) -> HttpRequest {
        HttpRequest {
            method: http::Method::POST,
            url: "https://x.ro/docs?token=verysecret".into(),
            headers: vec![Header { name: "authorization", value: "Bearer verysecret".into(), secret: true }],
            body: Some(Bytes::copy_from_slice(body.as_bytes())),
        }
    }

    #[test]
    fn no_secret_stays_in_a_record() {
        let secret = SecretString::from("verysecret");
        let mut record = WireRecord::of_request(&request(r#"{"key":"verysecret"}"#), &[&secret]);
        let body = Bytes::from_static(b"echo: verysecret");
        record.note_answer(&HttpAnswer { status: 200, headers: http::HeaderMap::new(), body }, &[&secret]);
        let text = serde_json::to_string(&record).unwrap();
        assert!(!text.contains("verysecret") && !text.contains("Bearer"), "{text}");
    }

    #[test]
    fn a_long_body_is_cut_and_says_so() {
        let record = WireRecord::of_request(&request(&"x".repeat(100_000)), &[]);
        assert!(record.request_body.len() < MAX_BODY + 40 && record.request_body.ends_with("(100000 bytes)"));
    }
}

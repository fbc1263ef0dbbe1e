//! The record of an exchange: bounded, and without anything secret in it.

use super::WireRecord;
use crate::call::start_of;
use crate::mask::Mask;
use crate::transport::{HttpAnswer, HttpRequest};
use punte_domain::planted::{Bug, is_planted};

/// Bytes kept of a body.
const MAX_BODY: usize = 32 * 1024;

impl WireRecord {
    /// What goes out. Headers are never kept: what is secret travels there.
    pub(crate) fn of_request(request: &HttpRequest, mask: &Mask) -> Self {
        WireRecord {
            method: request.method.to_string(),
            url: mask.text(request.url.clone()),
            request_body: match request.headers.iter().find(|header| header.secret) {
                Some(header) if is_planted(Bug::SecretRecorded) => header.value.clone(),
                _ => request.body.as_deref().map(|body| kept(body, mask)).unwrap_or_default(),
            },
            status: None,
            answer_body: String::new(),
        }
    }

    pub(crate) fn note_answer(&mut self, answer: &HttpAnswer, mask: &Mask) {
        self.status = Some(answer.status);
        self.answer_body = kept(&answer.body, mask);
    }
}

/// The start of a body, and how long it was if that is not all. It is cut before it is masked: a secret may lie on the cut.
fn kept(body: &[u8], mask: &Mask) -> String {
    let start = start_of(body, MAX_BODY);
    let mut text = mask.text(String::from_utf8_lossy(start).into_owned());
    if start.len() < body.len() {
        text.push_str(&format!("… ({} bytes)", body.len()));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::transport::Header;
    use bytes::Bytes;
    use secrecy::SecretString;

    fn request(body: &str) -> HttpRequest {
        HttpRequest {
            method: http::Method::POST,
            url: "https://x.ro/docs?token=verysecret".into(),
            headers: vec![Header { name: "authorization", value: "Bearer verysecret".into(), secret: true }],
            body: Some(Bytes::copy_from_slice(body.as_bytes())),
        }
    }

    fn mask() -> Mask {
        Mask::new("ana@x.ro", &SecretString::from("verysecret"))
    }

    fn answer(body: &str) -> HttpAnswer {
        HttpAnswer { status: 200, headers: http::HeaderMap::new(), body: Bytes::copy_from_slice(body.as_bytes()) }
    }

    #[test]
    fn no_secret_stays_in_a_record() {
        let mut record = WireRecord::of_request(&request(r#"{"key":"verysecret"}"#), &mask());
        record.note_answer(&answer("echo: verysecret, Basic YW5hQHgucm86dmVyeXNlY3JldA=="), &mask());
        let text = serde_json::to_string(&record).unwrap();
        assert!(!text.contains("verysecret") && !text.contains("Bearer") && !text.contains("YW5h"), "{text}");
    }

    #[test]
    fn a_long_body_is_cut_and_says_so() {
        let record = WireRecord::of_request(&request(&"x".repeat(100_000)), &mask());
        assert!(record.request_body.len() < MAX_BODY + 40 && record.request_body.ends_with("(100000 bytes)"));
        let mut record = record;
        record.note_answer(&answer(&format!("{}verysecret", "x".repeat(MAX_BODY - 8))), &mask());
        assert!(record.answer_body.ends_with("x•••… (32770 bytes)"), "a secret on the cut");
    }
}

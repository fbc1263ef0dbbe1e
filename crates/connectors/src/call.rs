//! What every connector does with a call: name it, bound it, and turn a broken one into a failure with its phase.

use crate::transport::{Header, HttpAnswer, Limits, TransportError};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::DateTime;
use punte_domain::{Failure, FailureKind, Phase};
use secrecy::{ExposeSecret, SecretString};
use std::time::Duration;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// Time to open a connection, TLS included.
const CONNECT: Duration = Duration::from_secs(10);
/// Time limit of a read.
const READ: Duration = Duration::from_secs(30);
const MEGABYTE: usize = 1024 * 1024;

/// Bounds of a read whose answer is a list or a status.
pub(crate) fn read_limits() -> Limits {
    Limits { connect: CONNECT, total: READ, body: 4 * MEGABYTE, fresh_connection: false }
}

/// Bounds of a read with a large answer: a page of orders, a PDF.
pub(crate) fn large_read_limits(megabytes: usize) -> Limits {
    Limits { total: 2 * READ, body: megabytes * MEGABYTE, ..read_limits() }
}

/// Bounds of a request that changes something.
pub(crate) fn create_limits(total: Duration) -> Limits {
    Limits { connect: CONNECT, total, body: MEGABYTE, fresh_connection: true }
}

/// What is being done, and to what: both stand in every failure.
#[derive(Debug, Clone)]
pub(crate) struct Operation {
    name: &'static str,
    object: String,
}

impl Operation {
    pub(crate) fn new(name: &'static str, object: impl Into<String>) -> Self {
        Operation { name, object: object.into() }
    }

    pub(crate) fn name(&self) -> &'static str {
        self.name
    }

    pub(crate) fn failure(&self, kind: FailureKind, phase: Phase) -> Failure {
        Failure::new(kind, phase, self.name, self.object.clone())
    }

    /// A request that brought no whole answer.
    pub(crate) fn broken(&self, error: &TransportError) -> Failure {
        let (kind, phase) = match error {
            TransportError::Unreachable(_) | TransportError::HostNotFound(_) | TransportError::Refused(_) => {
                (FailureKind::Unreachable, Phase::NotSent)
            }
            TransportError::Private(_) => (FailureKind::AddressPrivate, Phase::NotSent),
            TransportError::Tls(_) => (FailureKind::TlsFailed, Phase::NotSent),
            TransportError::TimedOut => (FailureKind::TimedOut, Phase::Unknown),
            TransportError::Lost(_) => (FailureKind::ConnectionLost, Phase::Unknown),
            TransportError::TooLarge(_) => (FailureKind::UnreadableAnswer, Phase::Unknown),
        };
        self.failure(kind, phase).with_detail(error.to_string())
    }

    /// An answer that is no answer: a page instead of JSON, a body cut short, a server's own trouble.
    pub(crate) fn unreadable(&self, answer: &HttpAnswer, why: &str) -> Failure {
        let kind = if answer.status >= 500 { FailureKind::ServerError } else { FailureKind::UnreadableAnswer };
        let why = redirected(answer).unwrap_or_else(|| why.to_owned());
        let mut failure = self.failure(kind, Phase::Unknown).with_detail(format!("HTTP {}: {why}", answer.status));
        let words = plain_words(&String::from_utf8_lossy(&answer.body[..answer.body.len().min(8_000)]));
        if !words.is_empty() {
            failure = failure.with_words(words.chars().take(300).collect::<String>());
        }
        failure
    }

    /// Over the limit: how long to stay away is in the answer, or the caller's own default.
    pub(crate) fn limited(&self, answer: &HttpAnswer, default_ms: i64) -> Failure {
        let mut failure = self.failure(FailureKind::RateLimited, Phase::Refused);
        failure.retry_after_ms = Some(retry_after_ms(answer).unwrap_or(default_ms));
        failure.with_detail(format!("HTTP {}", answer.status))
    }
}

/// Where an answer leads, if it is a redirect: none is followed, and it may tell of an address that is not the right one.
fn redirected(answer: &HttpAnswer) -> Option<String> {
    let target = (300..400).contains(&answer.status).then(|| answer.headers.get("location"))??;
    Some(format!("redirected to {}", plain_words(target.to_str().unwrap_or("?"))))
}

/// A read that was to prepare a create failed: nothing of the create has left, so the doubt about the read is none.
pub(crate) fn before_sending(mut failure: Failure) -> Failure {
    if failure.phase == Phase::Unknown {
        failure.phase = Phase::NotSent;
    }
    failure
}

pub(crate) fn basic_authorization(user: &str, secret: &SecretString) -> Header {
    let pair = format!("{user}:{}", secret.expose_secret());
    Header { name: "authorization", value: format!("Basic {}", STANDARD.encode(pair)), secret: true }
}

pub(crate) fn header(name: &'static str, value: impl Into<String>) -> Header {
    Header { name, value: value.into(), secret: false }
}

/// `Retry-After` in milliseconds: seconds, or a date counted from the answer's own `Date`.
fn retry_after_ms(answer: &HttpAnswer) -> Option<i64> {
    let text = answer.headers.get("retry-after")?.to_str().ok()?.trim();
    // whole seconds by the standard; some write them with a point (2.0)
    if let Ok(seconds) = text.parse::<f64>() {
        return (seconds >= 0.0 && seconds.is_finite()).then_some((seconds * 1000.0).ceil() as i64);
    }
    let until = DateTime::parse_from_rfc2822(text).ok()?;
    let sent = DateTime::parse_from_rfc2822(answer.headers.get("date")?.to_str().ok()?).ok()?;
    Some((until - sent).num_milliseconds().max(0))
}

/// Text without markup, white space collapsed.
pub(crate) fn plain_words(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut in_tag = false;
    for c in text.chars() {
        match c {
            '<' => in_tag = true,
            '>' if in_tag => {
                in_tag = false;
                plain.push(' ');
            }
            _ if !in_tag => plain.push(c),
            _ => {}
        }
    }
    plain.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Lower case, without diacritics, white space collapsed: how other systems' words are compared with ours.
pub(crate) fn fold(text: &str) -> String {
    let plain: String = text.nfd().filter(|c| !is_combining_mark(*c)).flat_map(char::to_lowercase).collect();
    plain.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The start of a body, cut at a character's border.
pub(crate) fn start_of(body: &[u8], max: usize) -> &[u8] {
    if body.len() <= max {
        return body;
    }
    let mut end = max;
    while end > 0 && body[end] & 0b1100_0000 == 0b1000_0000 {
        end -= 1;
    }
    &body[..end]
}

#[cfg(test)]
mod tests {
    use super::*;
    use bytes::Bytes;
    use http::HeaderMap;
    use punte_domain::Next;

    fn operation() -> Operation {
        Operation::new("create invoice", "order #1")
    }

    fn answer(headers: &[(&'static str, &str)]) -> HttpAnswer {
        let headers: HeaderMap = headers
            .iter()
            .map(|(name, value)| (http::HeaderName::from_static(name), http::HeaderValue::from_str(value).unwrap()))
            .collect();
        HttpAnswer { status: 429, headers, body: Bytes::new() }
    }

    #[test]
    fn only_what_never_connected_may_be_sent_again_by_itself() {
        for (error, next) in [
            (TransportError::Unreachable("x".into()), Next::RetryByItself),
            (TransportError::HostNotFound("x".into()), Next::RetryByItself),
            (TransportError::Refused("x".into()), Next::RetryByItself),
            (TransportError::Tls("x".into()), Next::RetryByItself),
            (TransportError::TimedOut, Next::AskProvider),
            (TransportError::Lost("x".into()), Next::AskProvider),
            (TransportError::TooLarge(1), Next::AskProvider),
        ] {
            assert_eq!(operation().broken(&error).next(), next, "{error:?}");
        }
    }

    #[test]
    fn retry_after_is_read_as_seconds_and_as_a_date() {
        assert_eq!(operation().limited(&answer(&[("retry-after", "7")]), 1).retry_after_ms, Some(7000));
        let dated =
            answer(&[("retry-after", "Mon, 23 Nov 2026 10:10:00 GMT"), ("date", "Mon, 23 Nov 2026 10:00:00 GMT")]);
        assert_eq!(operation().limited(&dated, 1).retry_after_ms, Some(600_000));
        assert_eq!(operation().limited(&answer(&[("retry-after", "soon")]), 5).retry_after_ms, Some(5));
    }

    #[test]
    fn a_redirect_is_told_with_its_target_and_only_a_redirect() {
        let told = |status: u16| {
            let answer = HttpAnswer { status, ..answer(&[("location", "https://www.cana.ro/<b>x</b>")]) };
            operation().unreadable(&answer, "not JSON").detail
        };
        assert_eq!(told(301).as_deref(), Some("HTTP 301: redirected to https://www.cana.ro/ x"));
        assert_eq!(told(201).as_deref(), Some("HTTP 201: not JSON"));
        assert_eq!(told(500).as_deref(), Some("HTTP 500: not JSON"));
    }

    #[test]
    fn diacritics_case_and_white_space_do_not_part_words() {
        assert_eq!(fold("Parametrul  documentNumber LIPSEȘTE"), "parametrul documentnumber lipseste");
        assert_eq!(fold("şţăâî ȘȚĂÂÎ"), "staai staai");
    }

    #[test]
    fn markup_is_no_word() {
        assert_eq!(plain_words("<html><b>502</b> Bad\n Gateway</html>"), "502 Bad Gateway");
    }

    #[test]
    fn a_cut_never_splits_a_character() {
        assert_eq!(start_of("ă".repeat(10).as_bytes(), 5), "ăă".as_bytes());
    }

    #[test]
    fn a_doubt_about_a_preparing_read_is_no_doubt_about_the_create() {
        let failure = before_sending(operation().broken(&TransportError::TimedOut));
        assert_eq!(failure.next(), Next::RetryByItself);
    }
}

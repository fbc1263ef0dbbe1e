//! What an answer of a WordPress shop means. Errors are JSON with `code`, `message`, `data.status`; hosts, caches and
//! security plugins put pages in front of them.

use crate::call::{Operation, plain_words};
use crate::transport::HttpAnswer;
use punte_domain::{Failure, FailureKind, Phase};
use serde_json::Value;

/// How long to stay away when a host limits without saying until when.
const STAY_AWAY_MS: i64 = 60_000;

/// WordPress's and WooCommerce's own error codes, the more telling ones first. A code decides before a status.
pub(super) const CODES: &[(&str, FailureKind)] = &[
    ("woocommerce_rest_authentication_error", FailureKind::CredentialRefused),
    ("woocommerce_rest_cannot_view", FailureKind::RightMissing),
    ("woocommerce_rest_cannot_edit", FailureKind::RightMissing),
    ("woocommerce_rest_shop_order_invalid_id", FailureKind::OrderGone),
    ("woocommerce_rest_invalid_order_id", FailureKind::OrderGone),
    ("rest_no_route", FailureKind::DocumentNotFound),
    ("rest_forbidden", FailureKind::RightMissing),
    ("rest_not_logged_in", FailureKind::CredentialRefused),
    ("rest_invalid_param", FailureKind::RequestInvalid),
    ("rest_missing_callback_param", FailureKind::RequestInvalid),
];

/// The JSON of a good answer, or why it is none.
pub(super) fn read_answer(operation: &Operation, answer: &HttpAnswer) -> Result<Value, Failure> {
    let body = answer.body.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(&answer.body);
    let parsed: Option<Value> = serde_json::from_slice(body).ok();
    if answer.status == 429 {
        return Err(operation.limited(answer, STAY_AWAY_MS));
    }
    if answer.status >= 500 {
        return Err(operation.unreadable(answer, "the shop is in trouble"));
    }
    match parsed {
        Some(value) if (200..300).contains(&answer.status) => match value.get("code").and_then(Value::as_str) {
            // a proxy that turns every status into 200 leaves the error's shape
            Some(code) if value.get("message").is_some() && value.get("id").is_none() => {
                Err(refusal(operation, answer.status, code, &value))
            }
            _ => Ok(value),
        },
        Some(value) if (400..500).contains(&answer.status) => match value.get("code").and_then(Value::as_str) {
            Some(code) => Err(refusal(operation, answer.status, code, &value)),
            None => Err(operation.unreadable(answer, "an error without a code")),
        },
        _ => Err(operation.unreadable(answer, "not JSON")),
    }
}

fn refusal(operation: &Operation, status: u16, code: &str, body: &Value) -> Failure {
    let known = CODES.iter().find(|(literal, _)| *literal == code).map(|(_, kind)| *kind);
    let kind = known.unwrap_or(match status {
        401 => FailureKind::CredentialRefused,
        403 => FailureKind::RightMissing,
        404 => FailureKind::DocumentNotFound,
        _ => FailureKind::RefusedOther,
    });
    let message = body.get("message").and_then(Value::as_str).unwrap_or_default();
    operation
        .failure(kind, Phase::Refused)
        .with_words(plain_words(message))
        .with_detail(format!("HTTP {status} {code}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use bytes::Bytes;
    use http::HeaderMap;

    fn read(status: u16, body: &str) -> Result<Value, Failure> {
        let answer = HttpAnswer { status, headers: HeaderMap::new(), body: Bytes::copy_from_slice(body.as_bytes()) };
        read_answer(&Operation::new("list orders", "cana.ro"), &answer)
    }

    fn kind(status: u16, body: &str) -> (FailureKind, Phase) {
        let failure = read(status, body).unwrap_err();
        (failure.kind, failure.phase)
    }

    #[test]
    fn every_known_code_decides_whatever_the_status() {
        for (code, expected) in CODES {
            let body = format!(r#"{{"code":"{code}","message":"Nu.","data":{{"status":401}}}}"#);
            for status in [200, 400, 401, 403, 404] {
                assert_eq!(kind(status, &body), (*expected, Phase::Refused), "{code} {status}");
            }
        }
    }

    #[test]
    fn an_unknown_code_goes_by_its_status() {
        let body = r#"{"code":"some_plugin_error","message":"<b>Nu</b>","data":null}"#;
        assert_eq!(kind(401, body), (FailureKind::CredentialRefused, Phase::Refused));
        assert_eq!(kind(403, body), (FailureKind::RightMissing, Phase::Refused));
        assert_eq!(kind(404, body), (FailureKind::DocumentNotFound, Phase::Refused));
        assert_eq!(kind(409, body), (FailureKind::RefusedOther, Phase::Refused));
        assert_eq!(read(403, body).unwrap_err().provider_words.as_deref(), Some("Nu"));
    }

    #[test]
    fn pages_and_troubles_are_no_answers() {
        assert_eq!(kind(200, "<html>Log in</html>"), (FailureKind::UnreadableAnswer, Phase::Unknown));
        assert_eq!(kind(401, "<html>Forbidden</html>"), (FailureKind::UnreadableAnswer, Phase::Unknown));
        assert_eq!(kind(502, "<html>Bad gateway</html>"), (FailureKind::ServerError, Phase::Unknown));
        assert_eq!(
            kind(500, r#"{"code":"internal_server_error","message":""}"#),
            (FailureKind::ServerError, Phase::Unknown)
        );
        assert_eq!(kind(301, ""), (FailureKind::UnreadableAnswer, Phase::Unknown));
        assert_eq!(kind(200, r#"[{"id":1"#), (FailureKind::UnreadableAnswer, Phase::Unknown));
        assert_eq!(kind(429, ""), (FailureKind::RateLimited, Phase::Refused));
    }

    #[test]
    fn a_mark_before_the_json_is_tolerated() {
        assert!(read(200, "\u{feff}[]").is_ok());
    }
}

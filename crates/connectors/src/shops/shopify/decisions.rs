//! What an answer of Shopify's Admin API means. Errors are JSON with `errors`: a text, or texts by field.

use crate::call::{Operation, plain_words};
use crate::transport::HttpAnswer;
use punte_domain::{Failure, FailureKind, Phase};
use serde_json::Value;

/// How long to stay away when the limit does not say until when: its bucket leaks two requests a second.
const STAY_AWAY_MS: i64 = 2_000;

/// The JSON of a good answer, or why it is none.
pub(super) fn read_answer(operation: &Operation, answer: &HttpAnswer) -> Result<Value, Failure> {
    let parsed: Option<Value> = serde_json::from_slice(&answer.body).ok();
    match (answer.status, parsed) {
        (429, _) => Err(operation.limited(answer, STAY_AWAY_MS)),
        (500.., _) => Err(operation.unreadable(answer, "the shop is in trouble")),
        (200..300, Some(value)) if value.is_object() => Ok(value),
        (status @ 400..500, Some(value)) if value.get("errors").is_some() => Err(refusal(operation, status, &value)),
        (_, Some(_)) => Err(operation.unreadable(answer, "not an answer of the Admin API")),
        (_, None) => Err(operation.unreadable(answer, "not JSON")),
    }
}

fn refusal(operation: &Operation, status: u16, body: &Value) -> Failure {
    let kind = match status {
        401 => FailureKind::CredentialRefused,
        // frozen for unpaid bills, or locked
        402 | 423 => FailureKind::CompanyUnavailable,
        403 => FailureKind::RightMissing,
        404 => FailureKind::DocumentNotFound,
        400 | 406 | 422 => FailureKind::RequestInvalid,
        _ => FailureKind::RefusedOther,
    };
    let words = match body.get("errors") {
        Some(Value::String(text)) => text.clone(),
        Some(other) => other.to_string(),
        None => String::new(),
    };
    operation.failure(kind, Phase::Refused).with_words(plain_words(&words)).with_detail(format!("HTTP {status}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scripted::{json_answer, page_answer};
    use serde_json::json;

    fn kind(answer: &HttpAnswer) -> (FailureKind, Phase) {
        let failure = read_answer(&Operation::new("list orders", "cana.myshopify.com"), answer).unwrap_err();
        (failure.kind, failure.phase)
    }

    #[test]
    fn a_no_goes_by_its_status_and_a_page_is_no_answer() {
        let error = json!({ "errors": "[API] Invalid API key or access token" });
        for (status, expected) in [
            (400, FailureKind::RequestInvalid),
            (401, FailureKind::CredentialRefused),
            (402, FailureKind::CompanyUnavailable),
            (403, FailureKind::RightMissing),
            (404, FailureKind::DocumentNotFound),
            (409, FailureKind::RefusedOther),
            (422, FailureKind::RequestInvalid),
            (423, FailureKind::CompanyUnavailable),
        ] {
            assert_eq!(kind(&json_answer(status, &error, &[])), (expected, Phase::Refused), "{status}");
        }
        for (answer, expected) in [
            (page_answer(200, "<html>"), FailureKind::UnreadableAnswer),
            (page_answer(401, "<html>"), FailureKind::UnreadableAnswer),
            (json_answer(200, &json!([]), &[]), FailureKind::UnreadableAnswer),
            (json_answer(301, &json!({}), &[("location", "https://x")]), FailureKind::UnreadableAnswer),
            (json_answer(503, &error, &[]), FailureKind::ServerError),
        ] {
            assert_eq!(kind(&answer), (expected, Phase::Unknown));
        }
    }

    #[test]
    fn a_limit_tells_how_long_in_seconds_with_a_point() {
        let limited = |headers: &[(&'static str, &str)]| {
            let answer = json_answer(429, &json!({ "errors": "Exceeded 2 calls per second" }), headers);
            read_answer(&Operation::new("list orders", "x"), &answer).unwrap_err().retry_after_ms
        };
        assert_eq!(limited(&[("retry-after", "2.5")]), Some(2_500));
        assert_eq!(limited(&[]), Some(STAY_AWAY_MS));
    }
}

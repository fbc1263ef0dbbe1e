//! What an answer of Stripe means. Errors are JSON: `error: {type, code, message}`.

use crate::call::{Operation, plain_words};
use crate::transport::HttpAnswer;
use punte_domain::{Failure, FailureKind, Phase};
use serde_json::Value;

/// How long to stay away when the limit does not say until when.
const STAY_AWAY_MS: i64 = 2_000;

/// The JSON of a good answer, or why it is none.
pub(super) fn read_answer(operation: &Operation, answer: &HttpAnswer) -> Result<Value, Failure> {
    let parsed: Option<Value> = serde_json::from_slice(&answer.body).ok();
    match (answer.status, parsed) {
        (429, _) => Err(operation.limited(answer, STAY_AWAY_MS)),
        (500.., _) => Err(operation.unreadable(answer, "Stripe is in trouble")),
        (200..300, Some(value)) if value.is_object() && value.get("error").is_none() => Ok(value),
        (status @ 400..500, Some(value)) if value.get("error").is_some_and(Value::is_object) => {
            Err(refusal(operation, status, &value["error"]))
        }
        (_, Some(_)) => Err(operation.unreadable(answer, "not an answer of Stripe")),
        (_, None) => Err(operation.unreadable(answer, "not JSON")),
    }
}

fn refusal(operation: &Operation, status: u16, error: &Value) -> Failure {
    let text = |key: &str| error.get(key).and_then(Value::as_str).unwrap_or_default();
    let kind = match status {
        401 => FailureKind::CredentialRefused,
        403 => FailureKind::RightMissing,
        404 => FailureKind::DocumentNotFound,
        400 if text("code") == "resource_missing" => FailureKind::DocumentNotFound,
        400 => FailureKind::RequestInvalid,
        _ => FailureKind::RefusedOther,
    };
    let detail = format!("HTTP {status} {} {}", text("type"), text("code"));
    operation.failure(kind, Phase::Refused).with_words(plain_words(text("message"))).with_detail(detail.trim_end())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scripted::{json_answer, page_answer};
    use serde_json::json;

    #[test]
    fn a_no_goes_by_its_status_and_a_page_is_no_answer() {
        let error = json!({ "error": { "type": "invalid_request_error", "code": "x", "message": "No." } });
        let missing = json!({ "error": { "type": "invalid_request_error", "code": "resource_missing" } });
        for (answer, kind, phase) in [
            (json_answer(400, &error, &[]), FailureKind::RequestInvalid, Phase::Refused),
            (json_answer(400, &missing, &[]), FailureKind::DocumentNotFound, Phase::Refused),
            (json_answer(401, &error, &[]), FailureKind::CredentialRefused, Phase::Refused),
            (json_answer(402, &error, &[]), FailureKind::RefusedOther, Phase::Refused),
            (json_answer(403, &error, &[]), FailureKind::RightMissing, Phase::Refused),
            (json_answer(404, &missing, &[]), FailureKind::DocumentNotFound, Phase::Refused),
            (json_answer(429, &error, &[]), FailureKind::RateLimited, Phase::Refused),
            (json_answer(500, &error, &[]), FailureKind::ServerError, Phase::Unknown),
            (json_answer(200, &json!([]), &[]), FailureKind::UnreadableAnswer, Phase::Unknown),
            (page_answer(200, "<html>"), FailureKind::UnreadableAnswer, Phase::Unknown),
            (page_answer(403, "<html>"), FailureKind::UnreadableAnswer, Phase::Unknown),
        ] {
            let failure = read_answer(&Operation::new("list orders", "acct_1"), &answer).unwrap_err();
            assert_eq!((failure.kind, failure.phase), (kind, phase), "{}", answer.status);
        }
    }
}

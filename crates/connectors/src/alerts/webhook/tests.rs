//! What is sent, checked with a vector worked out by hand and with the crate's own reader, and what each answer means.

use super::*;
use crate::alerts::NoticeItem;
use crate::shops::{ShopKind, hook};
use async_trait::async_trait;
use std::sync::Mutex;

const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const NOW_MS: i64 = 1_764_000_030_500;

/// A transport that answers once, as it is told, and keeps what was asked.
struct Other(Mutex<Option<Result<HttpAnswer, TransportError>>>, Mutex<Vec<HttpRequest>>);

impl Other {
    fn answers(answer: Result<HttpAnswer, TransportError>) -> Other {
        Other(Mutex::new(Some(answer)), Mutex::default())
    }

    fn asked(&self) -> HttpRequest {
        self.1.lock().unwrap().remove(0)
    }
}

#[async_trait]
impl Transport for Other {
    async fn send(&self, request: HttpRequest, _: Limits) -> Result<HttpAnswer, TransportError> {
        self.1.lock().unwrap().push(request);
        self.0.lock().unwrap().take().expect("called once")
    }
}

fn answer(status: u16, kind: &str, body: &str) -> HttpAnswer {
    let headers = [("content-type", kind)]
        .into_iter()
        .map(|(name, value)| (http::HeaderName::from_static(name), value.parse().unwrap()))
        .collect();
    HttpAnswer { status, headers, body: Bytes::from(body.to_owned()) }
}

fn hook() -> Webhook {
    Webhook { url: "https://alerts.example.ro/punte?team=1".into(), secret: SECRET.into() }
}

fn notice() -> Notice {
    Notice {
        id: "notice_1".into(),
        kind: NoticeKind::Recovered,
        at_ms: 1_764_000_000_000,
        workspace: "Atelier Cană SRL".into(),
        subject: "Conexiunea merge din nou".into(),
        text: "WooCommerce răspunde.".into(),
        items: vec![NoticeItem {
            rule: "connection".into(),
            cause: "connection:7".into(),
            state: "recovered".into(),
            title: "WooCommerce".into(),
            path: "/connections".into(),
            since_ms: 1_763_999_000_000,
        }],
    }
}

fn sent_header(request: &HttpRequest, name: &str) -> String {
    request.headers.iter().find(|header| header.name == name).unwrap().value.clone()
}

#[tokio::test]
async fn a_call_tells_what_happened_and_is_believed_by_a_reader_of_standard_webhooks() {
    let other = Other::answers(Ok(answer(204, "text/plain", "")));
    send_webhook(&other, &hook(), &notice(), NOW_MS).await.unwrap();
    let asked = other.asked();
    assert_eq!((asked.method.as_str(), asked.url.as_str()), ("POST", "https://alerts.example.ro/punte?team=1"));
    let body = asked.body.clone().unwrap();
    let told: Value = serde_json::from_slice(&body).unwrap();
    assert_eq!(
        told,
        json!({
            "type": "alert.recovered",
            "timestamp": "2025-11-24T16:00:00.000Z",
            "data": {
                "workspace": "Atelier Cană SRL",
                "subject": "Conexiunea merge din nou",
                "text": "WooCommerce răspunde.",
                "more": 0,
                "items": [{
                    "rule": "connection",
                    "cause": "connection:7",
                    "state": "recovered",
                    "title": "WooCommerce",
                    "path": "/connections",
                    "since": "2025-11-24T15:43:20.000Z",
                }],
            },
        })
    );
    assert_eq!(sent_header(&asked, "webhook-id"), "notice_1");
    assert_eq!(sent_header(&asked, "webhook-timestamp"), "1764000030", "of this try: receivers refuse old ones");

    let headers: http::HeaderMap = asked
        .headers
        .iter()
        .map(|header| (http::HeaderName::from_static(header.name), header.value.parse().unwrap()))
        .collect();
    let believed =
        |secret: &str, body: &[u8]| hook::check(ShopKind::Webhook, &[secret.into()], &headers, body, NOW_MS).verdict;
    // an alert is no order: rightly signed, and of no use to a shop
    assert_ne!(believed(SECRET, &body), hook::Verdict::BadSignature);
    assert_eq!(believed(SECRET, &[&body[..], b" "].concat()), hook::Verdict::BadSignature);
    assert_eq!(believed("whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", &body), hook::Verdict::BadSignature);
}

/// The example of the specification's own libraries: this secret, id, time and body have this signature.
#[test]
fn the_vector_of_the_specification_holds() {
    let key = key_of(&SECRET.into()).unwrap();
    let content = "msg_p5jXN8AQM9LWM0D4loKWxJek.1614265330.{\"test\": 2432232314}";
    assert_eq!(sign(&key, content), "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
}

#[tokio::test]
async fn each_answer_is_told_for_what_it_is() {
    let lost = || TransportError::Lost("connection reset".into());
    for (given, code, again, said) in [
        (Ok(answer(500, "text/plain", "out of\n memory")), AlertCode::Answered, true, "500 out of memory"),
        (Ok(answer(500, "text/html; charset=utf-8", "<html>…")), AlertCode::Answered, true, "500"),
        (Ok(answer(429, "text/plain", "")), AlertCode::Answered, true, "429"),
        (Ok(answer(404, "application/json", "{}")), AlertCode::Answered, false, "404 {}"),
        (Ok(answer(302, "text/plain", "")), AlertCode::Redirected, false, "302"),
        (Ok(answer(410, "text/plain", "unsubscribed")), AlertCode::Gone, false, "410 unsubscribed"),
        (Err(TransportError::HostNotFound("a.ro".into())), AlertCode::HostNotFound, true, "a.ro"),
        (Err(TransportError::Refused("os".into())), AlertCode::Refused, true, "alerts.example.ro"),
        (Err(TransportError::Unreachable("no route".into())), AlertCode::Unreachable, true, "no route"),
        (Err(TransportError::Private("router".into())), AlertCode::PrivateHost, false, "router"),
        (Err(TransportError::Tls("expired".into())), AlertCode::Tls, true, "expired"),
        (Err(TransportError::TimedOut), AlertCode::TimedOut, true, "alerts.example.ro"),
        (Err(lost()), AlertCode::CutOff, true, "connection reset"),
        (Err(TransportError::TooLarge(9)), AlertCode::Unreadable, true, "alerts.example.ro: > 9 B"),
    ] {
        let error = send_webhook(&Other::answers(given), &hook(), &notice(), NOW_MS).await.unwrap_err();
        assert_eq!((error.code, error.again, error.said.as_str()), (code, again, said));
    }
}

#[test]
fn only_what_nobody_on_the_way_can_read_or_forge_is_called() {
    let url = |url: &str| check_webhook(&Webhook { url: url.into(), ..hook() });
    for right in ["https://a.ro/x", " https://a.ro ", "http://127.0.0.1:8080/x", "http://localhost/"] {
        url(right).unwrap();
    }
    let long = format!("https://a.ro/{}", "x".repeat(2048));
    for wrong in
        ["http://a.ro/x", "ftp://a.ro", "a.ro", "", "https://", "https://user:pass@a.ro/", "javascript:x", &long]
    {
        assert_eq!(url(wrong).unwrap_err().code, AlertCode::UrlInvalid, "{wrong}");
    }
    let secret = |secret: &str| check_webhook(&Webhook { secret: secret.into(), ..hook() });
    secret(&format!("whsec_{}", STANDARD.encode([7; 64]))).unwrap();
    for wrong in ["", "whsec_", "whsec_c2hvcnQ=", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_not base64"] {
        assert_eq!(secret(wrong).unwrap_err().code, AlertCode::SecretInvalid, "{wrong}");
    }
    assert_eq!(secret(&format!("whsec_{}", STANDARD.encode([7; 65]))).unwrap_err().code, AlertCode::SecretInvalid);
}

#[test]
fn a_call_is_bounded_however_much_there_is_to_tell() {
    let item = NoticeItem { title: "ă".repeat(100_000), ..notice().items.remove(0) };
    let much = Notice { text: "ă".repeat(1_000_000), items: vec![item; 250], ..notice() };
    let told = body(&much);
    assert_eq!((told["data"]["items"].as_array().unwrap().len(), &told["data"]["more"]), (100, &json!(150)));
    assert!(told.to_string().len() < 2_000_000);
    let dotted = request(Route::of(&hook()).unwrap(), &Notice { id: "a.b\r\n".into(), ..notice() }, NOW_MS);
    let id = sent_header(&dotted, "webhook-id");
    assert!(id.len() == 64 && id.bytes().all(|byte| byte.is_ascii_hexdigit()), "{id}");
}

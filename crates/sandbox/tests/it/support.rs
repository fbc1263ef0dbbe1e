//! A sandbox with a clock that only tests move, and a client of few words.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Method, Request, StatusCode, header};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use punte_sandbox::{Limits, Sandbox, SandboxConfig, account};
use serde_json::{Value, json};
use tower::ServiceExt as _;

/// 2026-11-23 10:00 in Bucharest.
pub const NOW_MS: i64 = 1_795_420_800_000;

pub struct World {
    pub sandbox: Sandbox,
    now_ms: Arc<AtomicI64>,
}

pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub bytes: Vec<u8>,
}

impl Answer {
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.bytes).unwrap_or_else(|why| panic!("not JSON ({why}): {}", self.text()))
    }

    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.bytes).into_owned()
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }
}

pub fn world() -> World {
    world_with(|_| {})
}

pub fn world_with(change: impl FnOnce(&mut SandboxConfig)) -> World {
    let now_ms = Arc::new(AtomicI64::new(NOW_MS));
    let clock = Arc::clone(&now_ms);
    let mut config = SandboxConfig {
        rate_limits: Limits::Off,
        clock: Arc::new(move || clock.load(Ordering::SeqCst)),
        ..SandboxConfig::default()
    };
    change(&mut config);
    World { sandbox: Sandbox::open(config).unwrap(), now_ms }
}

pub async fn send(router: Router, request: Request<Body>) -> Answer {
    let response = router.oneshot(request).await.unwrap();
    let (parts, body) = response.into_parts();
    let bytes = to_bytes(body, usize::MAX).await.map(|bytes| bytes.to_vec()).unwrap_or_default();
    Answer { status: parts.status, headers: parts.headers, bytes }
}

fn basic(user: &str, password: &str) -> String {
    format!("Basic {}", STANDARD.encode(format!("{user}:{password}")))
}

pub fn smartbill_credential() -> String {
    basic(account::SMARTBILL_USERNAME, account::SMARTBILL_TOKEN)
}

pub fn request(method: Method, path: &str, authorization: &str, body: Option<&Value>) -> Request<Body> {
    let mut request = Request::builder().method(method).uri(path);
    if !authorization.is_empty() {
        request = request.header(header::AUTHORIZATION, authorization);
    }
    match body {
        None => request.body(Body::empty()).unwrap(),
        Some(body) => {
            request.header(header::CONTENT_TYPE, "application/json").body(Body::from(body.to_string())).unwrap()
        }
    }
}

impl World {
    pub fn advance(&self, ms: i64) {
        self.now_ms.fetch_add(ms, Ordering::SeqCst);
    }

    pub async fn woo(&self, method: Method, path: &str, body: Option<Value>) -> Answer {
        let authorization = basic(account::WOOCOMMERCE_KEY, account::WOOCOMMERCE_SECRET);
        let path = format!("/wp-json/wc/v3/{path}");
        send(self.sandbox.routers().woocommerce, request(method, &path, &authorization, body.as_ref())).await
    }

    pub async fn woo_get(&self, path: &str) -> Answer {
        self.woo(Method::GET, path, None).await
    }

    pub async fn smartbill(&self, method: Method, path: &str, body: Option<Value>) -> Answer {
        let authorization = smartbill_credential();
        let path = format!("/SBORO/api{path}");
        send(self.sandbox.routers().smartbill, request(method, &path, &authorization, body.as_ref())).await
    }

    /// A call about one of the sandbox's own invoices.
    pub async fn smartbill_invoice(&self, method: Method, action: &str, number: &str) -> Answer {
        let (cif, series) = (account::COMPANY, account::SMARTBILL_SERIES);
        self.smartbill(method, &format!("/invoice{action}?cif={cif}&seriesname={series}&number={number}"), None).await
    }

    pub async fn token(&self) -> String {
        let body = json!({"client_id": account::OBLIO_EMAIL, "client_secret": account::OBLIO_SECRET});
        let answer =
            send(self.sandbox.routers().oblio, request(Method::POST, "/api/authorize/token", "", Some(&body))).await;
        answer.json()["access_token"].as_str().unwrap().to_owned()
    }

    pub async fn oblio(&self, method: Method, path: &str, body: Option<Value>) -> Answer {
        let authorization = format!("Bearer {}", self.token().await);
        let path = format!("/api{path}");
        send(self.sandbox.routers().oblio, request(method, &path, &authorization, body.as_ref())).await
    }

    pub async fn oblio_list(&self, more: &str) -> Vec<Value> {
        let answer = self.oblio(Method::GET, &format!("/docs/invoice/list?cif={}{more}", account::COMPANY), None).await;
        answer.json()["data"].as_array().unwrap_or_else(|| panic!("{}", answer.text())).clone()
    }

    pub async fn shopify(&self, method: Method, path: &str, body: Option<Value>) -> Answer {
        let path = match path.strip_prefix("../../") {
            Some(unversioned) => format!("/admin/{unversioned}"),
            None => format!("/admin/api/2025-01/{path}"),
        };
        let mut call = request(method, &path, "", body.as_ref());
        call.headers_mut().insert("x-shopify-access-token", account::SHOPIFY_TOKEN.parse().unwrap());
        send(self.sandbox.routers().shopify, call).await
    }

    pub async fn shopify_get(&self, path: &str) -> Answer {
        self.shopify(Method::GET, path, None).await
    }

    pub async fn stripe(&self, method: Method, path: &str, form: &str) -> Answer {
        let mut call = request(method, &format!("/v1/{path}"), &format!("Bearer {}", account::STRIPE_KEY), None);
        if !form.is_empty() {
            call.headers_mut().insert(header::CONTENT_TYPE, "application/x-www-form-urlencoded".parse().unwrap());
            *call.body_mut() = Body::from(form.to_owned());
        }
        send(self.sandbox.routers().stripe, call).await
    }

    pub async fn stripe_get(&self, path: &str) -> Answer {
        self.stripe(Method::GET, path, "").await
    }

    pub async fn control(&self, method: Method, path: &str, body: Option<Value>) -> Answer {
        send(self.sandbox.routers().control, request(method, path, "", body.as_ref())).await
    }

    /// The documents that a provider holds, by the sandbox's own count.
    pub fn documents(&self, provider: &str) -> Vec<Value> {
        self.sandbox.state()[provider]["documents"].as_array().unwrap().clone()
    }
}

pub fn smartbill_invoice(mentions: &str) -> Value {
    json!({
        "companyVatCode": account::COMPANY, "seriesName": account::SMARTBILL_SERIES, "issueDate": "2026-11-23",
        "currency": "RON", "mentions": mentions,
        "client": {"name": "Ioana Țăranu", "vatCode": "0000000000000", "country": "Romania", "saveToDb": false},
        "products": [{"name": "Cană ceramică", "measuringUnitName": "buc", "currency": "RON", "quantity": 2,
            "price": 49.9, "isTaxIncluded": true, "taxName": "Normala", "taxPercentage": 21, "saveToDb": false}],
    })
}

pub fn oblio_invoice(mentions: &str) -> Value {
    json!({
        "cif": account::COMPANY, "seriesName": account::OBLIO_SERIES, "issueDate": "2026-11-23",
        "client": {"cif": "RO12345674", "name": "CLIENT ȘI FIUL SRL", "country": "Romania"},
        "products": [{"name": "Cană ceramică", "price": "49.90", "vatName": "Normala", "vatPercentage": 21,
            "vatIncluded": 1, "quantity": 2, "save": 0}],
        "mentions": mentions, "collect": {}, "referenceDocument": [],
    })
}

//! The simulators' control endpoint.

use serde_json::{Value, json};

pub struct Control {
    url: String,
    http: reqwest::Client,
}

impl Control {
    pub fn at(url: &str) -> Control {
        Control { url: url.to_owned(), http: reqwest::Client::builder().no_proxy().build().unwrap() }
    }

    async fn post(&self, path: &str, body: Value) -> Value {
        let answer = self.http.post(format!("{}{path}", self.url)).body(body.to_string()).send().await.unwrap();
        let status = answer.status();
        let text = answer.text().await.unwrap();
        assert!(status.is_success(), "{path}: {status} {text}");
        serde_json::from_str(&text).unwrap()
    }

    pub async fn state(&self) -> Value {
        let answer = self.http.get(format!("{}/state", self.url)).send().await.unwrap();
        serde_json::from_str(&answer.text().await.unwrap()).unwrap()
    }

    pub async fn fault(&self, fault: Value) {
        self.post("/faults", fault).await;
    }

    pub async fn clear_faults(&self) {
        self.http.delete(format!("{}/faults", self.url)).send().await.unwrap();
    }

    /// Adds an order as the shop keeps it; answers its id.
    pub async fn order(&self, order: Value) -> u64 {
        self.post("/orders", order).await["added"][0].as_u64().unwrap()
    }

    pub async fn random_orders(&self, count: u64) -> Vec<u64> {
        let added = self.post("/orders", json!({ "random": count })).await;
        added["added"].as_array().unwrap().iter().filter_map(Value::as_u64).collect()
    }

    /// Adds random orders at one of the shops; answers their ids.
    pub async fn random_orders_at(&self, shop: &str, count: u64) -> Vec<String> {
        let added = self.post(&format!("/orders/{shop}"), json!({ "random": count })).await;
        let id = |one: &Value| one.as_str().map_or_else(|| one.to_string(), str::to_owned);
        added["added"].as_array().unwrap().iter().map(id).collect()
    }

    /// Where a shop sends its webhooks, and what it signs them with.
    pub async fn hook(&self, shop: &str, url: &str, secret: &str) {
        self.post("/hooks", json!({ "shop": shop, "url": url, "secret": secret })).await;
    }

    /// Has a shop deliver now; answers what each delivery was answered.
    pub async fn deliver(&self, what: Value) -> Vec<Value> {
        self.post("/deliver", what).await["deliveries"].as_array().unwrap().clone()
    }

    /// Live documents at a provider that mention an order's number.
    pub async fn documents_of(&self, provider: &str, order: u64) -> Vec<Value> {
        let state = self.state().await;
        let named = format!("#{order} ");
        let mentions =
            |document: &Value| document["mentions"].as_str().is_some_and(|text| format!("{text} ").contains(&named));
        let documents = state[provider]["documents"].as_array().cloned().unwrap_or_default();
        documents.into_iter().filter(|one| one["cancelled"] != true && mentions(one)).collect()
    }
}

//! The webhooks that a shop keeps: which there are, and switching one on again that it gave up after failures.

use super::WooCommerce;
use crate::call::{Operation, create_limits};
use crate::scalar::text_of;
use crate::shops::{Shop, ShopWebhook};
use bytes::Bytes;
use http::Method;
use punte_domain::{Failure, FailureKind, Phase};
use serde_json::{Value, json};
use std::time::Duration;

const WRITE: Duration = Duration::from_secs(30);

impl WooCommerce {
    pub(super) async fn webhooks(&self) -> Result<Vec<ShopWebhook>, Failure> {
        let operation = Operation::new("list webhooks", self.identity());
        let query = [("per_page", "100".to_owned()), ("status", "all".to_owned())];
        let answer = self.get(&operation, "wc/v3/webhooks", &query).await?;
        let Value::Array(hooks) = self.read(&operation, &answer)? else {
            return Err(self.unreadable(&operation, &answer, "not a list of webhooks"));
        };
        Ok(hooks.iter().map(webhook_of).collect())
    }

    pub(super) async fn enable(&self, id: &str) -> Result<(), Failure> {
        let operation = Operation::new("enable webhook", format!("webhook {id}"));
        if id.is_empty() || !id.bytes().all(|byte| byte.is_ascii_digit()) {
            let failure = operation.failure(FailureKind::DocumentNotFound, Phase::Prepare);
            return Err(failure.with_detail("WooCommerce webhook ids are numbers"));
        }
        let body = Bytes::from(json!({ "status": "active" }).to_string());
        let path = format!("wc/v3/webhooks/{id}");
        let answer = self.send(&operation, Method::PUT, &path, &[], Some(body), create_limits(WRITE)).await?;
        let hook = webhook_of(&self.read(&operation, &answer)?);
        if hook.id != id || hook.status != "active" {
            return Err(self.unreadable(&operation, &answer, "the webhook was not switched on"));
        }
        Ok(())
    }
}

fn webhook_of(hook: &Value) -> ShopWebhook {
    let text = |key: &str| hook.get(key).and_then(text_of).unwrap_or_default();
    ShopWebhook {
        id: text("id"),
        name: text("name"),
        topic: text("topic"),
        status: text("status"),
        delivery_url: text("delivery_url"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scripted::{Scripted, json_answer};
    use crate::shops::ShopConfig;
    use secrecy::SecretString;
    use std::sync::Arc;

    fn shop(scripted: &Arc<Scripted>) -> WooCommerce {
        let secret = SecretString::from("cs_secret");
        let config = ShopConfig { base_url: "https://cana.ro".into(), key: "ck_1".into(), secret };
        WooCommerce::new(config, scripted.clone())
    }

    fn hook(status: &str) -> Value {
        json!({"id": 17, "name": "Punte", "status": status, "topic": "order.updated", "delivery_url": "https://in.example/x"})
    }

    #[tokio::test]
    async fn a_webhook_that_the_shop_gave_up_is_seen_and_switched_on_again() {
        let scripted = Scripted::new(vec![
            Ok(json_answer(200, &json!([hook("disabled")]), &[])),
            Ok(json_answer(200, &hook("active"), &[])),
            Ok(json_answer(200, &hook("disabled"), &[])),
        ]);
        let shop = shop(&scripted);
        let listed = shop.list_webhooks().await.unwrap().unwrap();
        assert_eq!((listed[0].id.as_str(), listed[0].status.as_str()), ("17", "disabled"));
        assert_eq!(
            (listed[0].topic.as_str(), listed[0].delivery_url.as_str()),
            ("order.updated", "https://in.example/x")
        );
        shop.enable_webhook("17").await.unwrap();
        assert_eq!(scripted.lines()[1], "PUT /wp-json/wc/v3/webhooks/17");
        assert_eq!(scripted.requests()[1]["body"], json!({ "status": "active" }));
        assert_eq!(shop.enable_webhook("17").await.unwrap_err().kind, FailureKind::UnreadableAnswer, "it stayed off");
        assert_eq!(shop.enable_webhook("../x").await.unwrap_err().phase, Phase::Prepare);
        assert_eq!(scripted.sent().len(), 3);
    }
}

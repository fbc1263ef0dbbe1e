//! What each sender puts into its headers, the signature above all.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ed25519_dalek::{Signer as _, SigningKey};
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::{Digest as _, Sha256};

use crate::config::account;
use crate::dice::Dice;
use crate::error::SandboxError;

pub(crate) type Headers = Vec<(&'static str, String)>;

/// One thing to send, before it is signed.
pub(super) struct Parcel {
    /// The delivery's number here: ids are made from it.
    pub n: u64,
    pub topic: String,
    pub body: Vec<u8>,
    pub happened_ms: i64,
    /// When it is signed.
    pub at_ms: i64,
    /// WooCommerce's webhook, and the site that it is of.
    pub webhook: u64,
    pub site: String,
}

fn hmac(secret: &[u8], parts: &[&[u8]]) -> Vec<u8> {
    // HMAC takes keys of any length.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(secret) else { return Vec::new() };
    parts.iter().for_each(|part| mac.update(part));
    mac.finalize().into_bytes().to_vec()
}

pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

impl Parcel {
    /// A text of hex digits that is this delivery's own.
    fn hex_id(&self, digits: usize) -> String {
        Dice::new(0xDE11, self.n).hex(digits)
    }

    fn uuid(&self, stream: u64) -> String {
        let hex = Dice::new(stream, self.n).hex(32);
        let (a, b, c, d, e) = (&hex[..8], &hex[8..12], &hex[13..16], &hex[17..20], &hex[20..]);
        format!("{a}-{b}-4{c}-8{d}-{e}")
    }

    /// WooCommerce's delivery id hangs on the webhook and the second alone: two orders within one second share it.
    pub fn woocommerce_id(&self) -> String {
        hex(&Sha256::digest(format!("{}{}", self.webhook, self.at_ms.div_euclid(1_000))))[..32].to_owned()
    }

    pub fn shopify_id(&self) -> String {
        self.uuid(0x5807)
    }

    pub fn message_id(&self) -> String {
        format!("msg_{}", self.hex_id(27))
    }

    /// The signature is Base64 over the raw body. No time is signed.
    pub fn woocommerce(&self, secret: &str) -> Headers {
        let (resource, event) = self.topic.split_once('.').unwrap_or((&self.topic, ""));
        vec![
            ("content-type", "application/json".into()),
            ("user-agent", "WooCommerce/9.4.2 Hookshot (WordPress/6.7)".into()),
            ("x-wc-webhook-source", format!("{}/", self.site)),
            ("x-wc-webhook-topic", self.topic.clone()),
            ("x-wc-webhook-resource", resource.into()),
            ("x-wc-webhook-event", event.into()),
            ("x-wc-webhook-signature", STANDARD.encode(hmac(secret.as_bytes(), &[&self.body]))),
            ("x-wc-webhook-id", self.webhook.to_string()),
            ("x-wc-webhook-delivery-id", self.woocommerce_id()),
        ]
    }

    /// What WooCommerce asks a new address with: a form, unsigned.
    pub fn ping() -> Headers {
        vec![
            ("content-type", "application/x-www-form-urlencoded".into()),
            ("user-agent", "WooCommerce/9.4.2 Hookshot (WordPress/6.7)".into()),
        ]
    }

    pub fn shopify(&self, secret: &str) -> Headers {
        vec![
            ("content-type", "application/json".into()),
            ("user-agent", "Shopify-Captain-Hook".into()),
            ("x-shopify-topic", self.topic.clone()),
            ("x-shopify-hmac-sha256", STANDARD.encode(hmac(secret.as_bytes(), &[&self.body]))),
            ("x-shopify-shop-domain", account::SHOPIFY_DOMAIN.into()),
            ("x-shopify-api-version", account::SHOPIFY_VERSION.into()),
            ("x-shopify-webhook-id", self.shopify_id()),
            ("x-shopify-event-id", self.uuid(0x0E7E)),
            ("x-shopify-triggered-at", crate::clock::zulu_text(self.happened_ms)),
        ]
    }

    /// `t` and the body with a point between them are signed; the secret is used as the text it is.
    pub fn stripe(&self, secret: &str) -> Headers {
        let at = self.at_ms.div_euclid(1_000).to_string();
        let signature = hex(&hmac(secret.as_bytes(), &[at.as_bytes(), b".", &self.body]));
        vec![
            ("content-type", "application/json; charset=utf-8".into()),
            ("user-agent", "Stripe/1.0 (+https://stripe.com/docs/webhooks)".into()),
            ("stripe-signature", format!("t={at},v1={signature}")),
        ]
    }

    /// `v1` with a `whsec_` secret, `v1a` with a `whsk_` key.
    pub fn standard(&self, secret: &str) -> Result<Headers, SandboxError> {
        let (id, at) = (self.message_id(), self.at_ms.div_euclid(1_000).to_string());
        let signature = match StandardKey::read(secret)? {
            StandardKey::Shared(key) => {
                let signed = hmac(&key, &[id.as_bytes(), b".", at.as_bytes(), b".", &self.body]);
                format!("v1,{}", STANDARD.encode(signed))
            }
            StandardKey::Pair(key) => {
                let content = [id.as_bytes(), b".", at.as_bytes(), b".", &self.body].concat();
                format!("v1a,{}", STANDARD.encode(key.sign(&content).to_bytes()))
            }
        };
        Ok(vec![
            ("content-type", "application/json".into()),
            ("user-agent", "Sandbox-Webhooks/1.0".into()),
            ("webhook-id", id),
            ("webhook-timestamp", at),
            ("webhook-signature", signature),
        ])
    }
}

pub(super) enum StandardKey {
    Shared(Vec<u8>),
    Pair(Box<SigningKey>),
}

impl StandardKey {
    pub fn read(secret: &str) -> Result<Self, SandboxError> {
        let wrong = |why: &str| SandboxError::Invalid(format!("not a secret of Standard Webhooks: {why}"));
        let decode = |text: &str| STANDARD.decode(text).map_err(|_| wrong("what follows the prefix is not Base64"));
        if let Some(text) = secret.strip_prefix("whsec_") {
            return decode(text).map(Self::Shared);
        }
        let text = secret.strip_prefix("whsk_").ok_or_else(|| wrong("it begins with neither whsec_ nor whsk_"))?;
        let bytes = decode(text)?;
        let seed = bytes.first_chunk::<32>().filter(|_| matches!(bytes.len(), 32 | 64));
        let seed = seed.ok_or_else(|| wrong("an ed25519 key has 32 or 64 bytes"))?;
        Ok(Self::Pair(Box::new(SigningKey::from_bytes(seed))))
    }
}

/// WordPress escapes slashes and all letters beyond ASCII in its JSON. Both occur only inside strings.
pub(super) fn php_json(json: &str) -> Vec<u8> {
    let mut out = String::with_capacity(json.len() + 64);
    let mut units = [0_u16; 2];
    for letter in json.chars() {
        match letter {
            '/' => out.push_str("\\/"),
            letter if letter.is_ascii() => out.push(letter),
            letter => letter.encode_utf16(&mut units).iter().for_each(|unit| out.push_str(&format!("\\u{unit:04x}"))),
        }
    }
    out.into_bytes()
}

#[cfg(test)]
mod tests {
    use ed25519_dalek::{Signature, Verifier as _};

    use super::*;

    fn parcel(body: &str) -> Parcel {
        Parcel {
            n: 7,
            topic: "order.updated".into(),
            body: body.into(),
            happened_ms: 1_614_265_330_000,
            at_ms: 1_614_265_330_000,
            webhook: 1,
            site: "http://shop.example".into(),
        }
    }

    fn header(headers: &Headers, name: &str) -> String {
        headers.iter().find(|(known, _)| *known == name).unwrap().1.clone()
    }

    #[test]
    fn hmac_is_that_of_rfc_4231() {
        assert_eq!(
            hex(&hmac(b"Jefe", &[b"what do ya want ", b"for nothing?"])),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
        );
    }

    #[test]
    fn two_orders_within_one_second_share_woocommerces_delivery_id() {
        let (one, other) = (parcel("{}"), Parcel { n: 8, ..parcel("{\"id\":2}") });
        assert_eq!(one.woocommerce_id(), other.woocommerce_id());
        assert_ne!(one.shopify_id(), other.shopify_id());
        assert_ne!(one.message_id(), other.message_id());
        assert!(!one.message_id().contains('.'));
    }

    #[test]
    fn a_key_pair_signs_what_its_public_half_verifies() {
        let key = format!("whsk_{}", STANDARD.encode([5_u8; 32]));
        let sent = parcel("{\"type\":\"order.created\"}");
        let headers = sent.standard(&key).unwrap();
        let signature = header(&headers, "webhook-signature");
        let bytes = STANDARD.decode(signature.strip_prefix("v1a,").unwrap()).unwrap();
        let content = format!("{}.1614265330.{{\"type\":\"order.created\"}}", header(&headers, "webhook-id"));
        let public = SigningKey::from_bytes(&[5; 32]).verifying_key();
        public.verify(content.as_bytes(), &Signature::from_slice(&bytes).unwrap()).unwrap();
        for wrong in ["whsec_%", "whsk_AAAA", "secret"] {
            assert!(sent.standard(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn wordpress_escapes_what_is_not_ascii() {
        assert_eq!(php_json("{\"a\":\"ă/😀\"}"), b"{\"a\":\"\\u0103\\/\\ud83d\\ude00\"}");
    }
}

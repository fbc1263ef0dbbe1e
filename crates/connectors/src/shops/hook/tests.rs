use super::*;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ed25519_dalek::{Signer, SigningKey};
use hmac::{Hmac, KeyInit, Mac};
use http::{HeaderName, HeaderValue};
use sha2::Sha256;

const NOW_MS: i64 = 1_795_210_867_000;

fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
    let pair =
        |(name, value): &(&'static str, &str)| (HeaderName::from_static(name), HeaderValue::from_str(value).unwrap());
    pairs.iter().map(pair).collect()
}

fn secrets(texts: &[&str]) -> Vec<SecretString> {
    texts.iter().map(|text| SecretString::from(*text)).collect()
}

fn mac(key: &[u8], content: &[u8]) -> Vec<u8> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).unwrap();
    mac.update(content);
    mac.finalize().into_bytes().to_vec()
}

fn base64_mac(key: &str, content: &[u8]) -> String {
    STANDARD.encode(mac(key.as_bytes(), content))
}

fn hex_mac(key: &str, content: &[u8]) -> String {
    mac(key.as_bytes(), content).iter().map(|byte| format!("{byte:02x}")).collect()
}

#[test]
fn words_of_verdicts_are_read_back() {
    for verdict in Verdict::ALL {
        assert_eq!(Verdict::parse(verdict.as_str()), Some(verdict));
    }
    assert_eq!(Verdict::parse("fine"), None);
}

mod woocommerce {
    use super::*;

    const BODY: &[u8] = br#"{"id":10452,"status":"completed"}"#;

    fn judge(secret: &[&str], signature: Option<&str>, topic: &str, body: &[u8]) -> Checked {
        let mut pairs = vec![("x-wc-webhook-topic", topic), ("x-wc-webhook-delivery-id", "d1")];
        pairs.extend(signature.map(|signature| ("x-wc-webhook-signature", signature)));
        check(ShopKind::WooCommerce, &secrets(secret), &headers(&pairs), body, NOW_MS)
    }

    #[test]
    fn an_order_signed_by_any_secret_in_force_is_to_be_read_again() {
        let signature = base64_mac("new", BODY);
        for held in [&["new"][..], &["old", "new"], &["new", "old"], &["", " new\n"]] {
            let checked = judge(held, Some(&signature), "order.updated", BODY);
            assert_eq!(
                (checked.verdict, checked.subject),
                (Verdict::Accepted, Subject::Order("10452".into())),
                "{held:?}"
            );
            assert_eq!((checked.delivery_id.as_deref(), checked.topic.as_str()), (Some("d1"), "order.updated"));
        }
    }

    #[test]
    fn a_secret_kept_with_its_entities_is_the_same_secret() {
        // computed apart: HMAC-SHA256 of the body under a&amp;b
        let signature = "+DagxsJqrzVMQ+bzWptEM+va9BAR985YU8RWE3RbeTA=";
        for held in ["a&amp;b", "a&b"] {
            assert_eq!(judge(&[held], Some(signature), "order.updated", BODY).verdict, Verdict::Accepted, "{held}");
        }
        let decoded = base64_mac("a&b", BODY);
        assert_eq!(judge(&["a&amp;b"], Some(&decoded), "order.updated", BODY).verdict, Verdict::Accepted);
        assert_eq!(judge(&["a&c"], Some(signature), "order.updated", BODY).verdict, Verdict::BadSignature);
    }

    #[test]
    fn what_is_not_rightly_signed_names_no_order() {
        let good = base64_mac("s", BODY);
        let mut other = BODY.to_vec();
        other[6] = b'2';
        for (held, signature, body, verdict) in [
            (&["s"][..], None, BODY, Verdict::NoSignature),
            (&[], Some(good.as_str()), BODY, Verdict::NoSecret),
            (&["", " "], Some(&good), BODY, Verdict::NoSecret),
            (&["t"], Some(&good), BODY, Verdict::BadSignature),
            (&["s"], Some("%%%"), BODY, Verdict::BadSignature),
            (&["s"], Some(&good), &other, Verdict::BadSignature),
        ] {
            let checked = judge(held, signature, "order.updated", body);
            assert_eq!((checked.verdict, checked.subject), (verdict, Subject::Nothing), "{held:?}");
        }
        // an empty key is one that anybody could sign with
        assert_eq!(judge(&[""], Some(&base64_mac("", BODY)), "order.updated", BODY).verdict, Verdict::NoSecret);
    }

    #[test]
    fn the_greeting_needs_no_signature_and_a_signed_non_order_asks_for_nothing() {
        assert_eq!(judge(&[], None, "", b"webhook_id=17").verdict, Verdict::Ping);
        for (topic, body, subject) in [
            ("order.deleted", &br#"{"id":7}"#[..], Subject::Order("7".into())),
            ("product.updated", br#"{"id":7}"#, Subject::Nothing),
            ("action.woocommerce_payment_complete", br#"{"action":"x","arg":7}"#, Subject::Poll),
            ("order.updated", br#"{"id":"../7"}"#, Subject::Poll),
        ] {
            let checked = judge(&["s"], Some(&base64_mac("s", body)), topic, body);
            assert_eq!((checked.verdict, checked.subject), (Verdict::Accepted, subject), "{topic}");
        }
        let page = b"<html>";
        let checked = judge(&["s"], Some(&base64_mac("s", page)), "order.updated", page);
        assert_eq!(checked.verdict, Verdict::Unreadable);
    }
}

#[test]
fn shopify_tells_delivery_happening_and_time() {
    let body = br#"{"id":5001,"name":"1001"}"#;
    let signature = base64_mac("shpss", body);
    let sent = headers(&[
        ("x-shopify-topic", "orders/paid"),
        ("x-shopify-hmac-sha256", &signature),
        ("x-shopify-webhook-id", "w-1"),
        ("x-shopify-event-id", "e-1"),
        ("x-shopify-triggered-at", "2026-11-20T21:41:07.5Z"),
    ]);
    let checked = check(ShopKind::Shopify, &secrets(&["other", "shpss"]), &sent, body, 0);
    let expected = Checked {
        verdict: Verdict::Accepted,
        delivery_id: Some("w-1".into()),
        event_id: Some("e-1".into()),
        topic: "orders/paid".into(),
        sent_ms: Some(NOW_MS + 500),
        subject: Subject::Order("5001".into()),
    };
    assert_eq!(checked, expected, "a repeat hours later carries the first time and is no less true");
    let verdict = |held: &[&str], sent: &HeaderMap, body: &[u8]| {
        check(ShopKind::Shopify, &secrets(held), sent, body, NOW_MS).verdict
    };
    assert_eq!(verdict(&["shpss"], &sent, b"{}"), Verdict::BadSignature);
    assert_eq!(verdict(&["x"], &sent, body), Verdict::BadSignature);
    assert_eq!(verdict(&[], &sent, body), Verdict::NoSecret);
    assert_eq!(verdict(&["shpss"], &HeaderMap::new(), body), Verdict::NoSignature);
}

mod stripe {
    use super::*;

    const BODY: &[u8] = br#"{"id":"evt_1","type":"checkout.session.completed","data":{"object":{"id":"cs_test_a1"}}}"#;

    fn judge(signature: &str, body: &[u8], now_ms: i64) -> Checked {
        check(
            ShopKind::Stripe,
            &secrets(&["whsec_old", "whsec_test"]),
            &headers(&[("stripe-signature", signature)]),
            body,
            now_ms,
        )
    }

    fn signed(seconds: i64, body: &[u8]) -> String {
        let content = [format!("{seconds}.").as_bytes(), body].concat();
        format!("t={seconds},v1={},v1={}", "0".repeat(64), hex_mac("whsec_test", &content))
    }

    #[test]
    fn a_vector_computed_apart_is_accepted_with_the_secret_as_written() {
        let signature = "t=1795210867,v1=ae1db8632efcb8584fdcc449c63c8127e92f29f283fa1a14a376ff6398a27099";
        let checked = judge(signature, BODY, NOW_MS);
        assert_eq!((checked.verdict, checked.subject), (Verdict::Accepted, Subject::Order("cs_test_a1".into())));
        assert_eq!((checked.delivery_id.as_deref(), checked.event_id.as_deref()), (Some("evt_1"), Some("evt_1")));
        assert_eq!((checked.topic.as_str(), checked.sent_ms), ("checkout.session.completed", Some(NOW_MS)));
    }

    #[test]
    fn the_time_is_signed_and_kept_within_five_minutes_either_way() {
        for (seconds_off, verdict) in [
            (0, Verdict::Accepted),
            (-300, Verdict::Accepted),
            (300, Verdict::Accepted),
            (-301, Verdict::Stale),
            (301, Verdict::Stale),
        ] {
            let checked = judge(&signed(NOW_MS / 1000 + seconds_off, BODY), BODY, NOW_MS);
            assert_eq!(checked.verdict, verdict, "{seconds_off}");
            assert_eq!(checked.subject == Subject::Nothing, verdict == Verdict::Stale);
        }
        let moved = signed(NOW_MS / 1000 - 900, BODY).replacen("t=1795209967", "t=1795210867", 1);
        assert_eq!(judge(&moved, BODY, NOW_MS).verdict, Verdict::BadSignature);
    }

    #[test]
    fn nothing_of_a_body_that_is_not_signed_is_kept() {
        for signature in ["", "t=1795210867", "v1=00", "t=x,v1=00", "t=9223372036854775807,v1=00"] {
            let checked = judge(signature, BODY, NOW_MS);
            assert_eq!(
                (checked.verdict, checked.delivery_id, checked.topic.as_str()),
                (Verdict::BadSignature, None, "")
            );
        }
        assert_eq!(
            check(ShopKind::Stripe, &[], &headers(&[("stripe-signature", "t=1,v1=00")]), BODY, 0).verdict,
            Verdict::NoSecret
        );
    }

    #[test]
    fn events_lead_to_a_session_to_a_look_or_to_nothing() {
        for (topic, object, subject) in [
            ("checkout.session.async_payment_succeeded", r#"{"id":"cs_live_b"}"#, Subject::Order("cs_live_b".into())),
            ("checkout.session.completed", r#"{"id":"../x"}"#, Subject::Poll),
            ("charge.refunded", r#"{"id":"ch_1"}"#, Subject::Poll),
            ("refund.created", r#"{"id":"re_1"}"#, Subject::Poll),
            ("customer.created", r#"{"id":"cus_1"}"#, Subject::Nothing),
        ] {
            let body = format!(r#"{{"id":"evt_2","type":"{topic}","data":{{"object":{object}}}}}"#);
            let checked = judge(&signed(NOW_MS / 1000, body.as_bytes()), body.as_bytes(), NOW_MS);
            assert_eq!((checked.verdict, checked.subject), (Verdict::Accepted, subject), "{topic}");
        }
        for body in ["[]", "{\"id\":\"evt_1\"}", "<html>"] {
            let checked = judge(&signed(NOW_MS / 1000, body.as_bytes()), body.as_bytes(), NOW_MS);
            assert_eq!(checked.verdict, Verdict::Unreadable, "{body}");
        }
    }
}

mod standard {
    use super::*;

    const BODY: &[u8] = br#"{"type":"order.created","timestamp":"2026-11-20T21:41:07Z","data":{"number":"A-1"}}"#;
    const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

    fn judge(held: &[&str], id: &str, signature: &str, body: &[u8], now_ms: i64) -> Checked {
        let sent =
            headers(&[("webhook-id", id), ("webhook-timestamp", "1795210867"), ("webhook-signature", signature)]);
        check(ShopKind::Webhook, &secrets(held), &sent, body, now_ms)
    }

    fn signed(id: &str, body: &[u8]) -> String {
        let key = STANDARD.decode(SECRET.strip_prefix("whsec_").unwrap()).unwrap();
        let content = [format!("{id}.1795210867.").as_bytes(), body].concat();
        format!("v1,{}", STANDARD.encode(mac(&key, &content)))
    }

    #[test]
    fn the_published_vector_is_rightly_signed() {
        let sent = headers(&[
            ("webhook-id", "msg_p5jXN8AQM9LWM0D4loKWxJek"),
            ("webhook-timestamp", "1614265330"),
            ("webhook-signature", "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="),
        ]);
        let body = br#"{"test": 2432232314}"#;
        let checked = check(ShopKind::Webhook, &secrets(&[SECRET]), &sent, body, 1_614_265_330_000);
        assert_eq!(checked.verdict, Verdict::Unreadable, "signed, but not a message of type and data");
        let later = check(ShopKind::Webhook, &secrets(&[SECRET]), &sent, body, 1_614_265_330_000 + 300_001);
        assert_eq!(later.verdict, Verdict::Stale);
    }

    #[test]
    fn the_body_is_the_version_under_any_signature_and_any_secret() {
        let good = signed("msg_1", BODY);
        for (held, signature) in [
            (vec![SECRET], good.clone()),
            (vec!["whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", SECRET], good.clone()),
            (vec![SECRET.trim_start_matches("whsec_")], good.clone()),
            (vec![SECRET], format!("v1,AAAA v2,x v1a,AAAA {good}")),
        ] {
            let checked = judge(&held, "msg_1", &signature, BODY, NOW_MS + 300_000);
            assert_eq!((checked.verdict, checked.subject), (Verdict::Accepted, Subject::Payload), "{signature}");
            assert_eq!((checked.delivery_id.as_deref(), checked.topic.as_str()), (Some("msg_1"), "order.created"));
            assert_eq!(checked.sent_ms, Some(NOW_MS));
        }
        let other = br#"{"type":"product.created","timestamp":"x","data":{}}"#;
        let checked = judge(&[SECRET], "msg_1", &signed("msg_1", other), other, NOW_MS);
        assert_eq!((checked.verdict, checked.subject), (Verdict::Accepted, Subject::Nothing));
    }

    #[test]
    fn a_sender_with_its_own_key_is_known_by_its_public_half() {
        let own = SigningKey::from_bytes(&[7; 32]);
        let public = format!("whpk_{}", STANDARD.encode(own.verifying_key().as_bytes()));
        let content = [b"msg_1.1795210867.".as_slice(), BODY].concat();
        let signature = format!("v1a,{}", STANDARD.encode(own.sign(&content).to_bytes()));
        assert_eq!(judge(&[SECRET, &public], "msg_1", &signature, BODY, NOW_MS).verdict, Verdict::Accepted);
        assert_eq!(judge(&[&public], "msg_2", &signature, BODY, NOW_MS).verdict, Verdict::BadSignature);
        let as_shared = signature.replacen("v1a", "v1", 1);
        assert_eq!(judge(&[&public], "msg_1", &as_shared, BODY, NOW_MS).verdict, Verdict::BadSignature);
    }

    #[test]
    fn an_id_with_a_dot_or_without_end_is_refused_and_a_weak_secret_is_none() {
        let moved = signed("msg", BODY);
        assert_eq!(judge(&[SECRET], "msg.1795210867", &moved, BODY, NOW_MS).verdict, Verdict::BadSignature);
        let dotted = signed("a.b", BODY);
        assert_eq!(judge(&[SECRET], "a.b", &dotted, BODY, NOW_MS).verdict, Verdict::BadSignature);
        let long = "m".repeat(257);
        assert_eq!(judge(&[SECRET], &long, &signed(&long, BODY), BODY, NOW_MS).verdict, Verdict::BadSignature);
        for weak in ["", "whsec_", "whsec_c2hvcnQ=", "not base64 at all", "whpk_AAAA", "whsk_AAAA"] {
            assert!(!is_usable(ShopKind::Webhook, &SecretString::from(weak)), "{weak}");
            assert_eq!(judge(&[weak], "msg_1", &moved, BODY, NOW_MS).verdict, Verdict::NoSecret, "{weak}");
        }
        let unsigned = headers(&[("webhook-id", "msg_1"), ("webhook-timestamp", "1795210867")]);
        assert_eq!(
            check(ShopKind::Webhook, &secrets(&[SECRET]), &unsigned, BODY, NOW_MS).verdict,
            Verdict::NoSignature
        );
    }

    #[test]
    fn what_the_type_data_and_time_lack_is_unreadable() {
        for body in [
            r#"{"type":"order.created","timestamp":"x"}"#,
            r#"{"type":"order.created","data":{}}"#,
            r#"{"type":"","timestamp":"x","data":{}}"#,
            r#"{"type":"order.created","timestamp":"x","data":[]}"#,
            r#"{"number":"A-1"}"#,
        ] {
            let checked = judge(&[SECRET], "msg_1", &signed("msg_1", body.as_bytes()), body.as_bytes(), NOW_MS);
            assert_eq!((checked.verdict, checked.subject), (Verdict::Unreadable, Subject::Nothing), "{body}");
        }
    }
}

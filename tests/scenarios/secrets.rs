//! What a whole run leaves behind holds none of the secrets that it used, in whatever spelling.

use crate::World;
use base64::Engine;
use base64::prelude::{BASE64_STANDARD, BASE64_STANDARD_NO_PAD, BASE64_URL_SAFE_NO_PAD};
use punte_tests::{Buyer, order, run};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};

const PASSWORD: &str = "brânză cu smântână 7";
const HOOK_SECRET: &str = "whsec_Zm9hcnRlIGRpbiBncmlqYSDigJQgdW4gc2VjcmV0";

fn files_under(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { files_under(&path, found) } else { found.push(path) }
    }
}

fn url_encoded(text: &str, keeps: fn(char) -> bool) -> String {
    let mut buffer = [0; 4];
    text.chars()
        .map(|c| {
            if c.is_ascii_alphanumeric() || keeps(c) {
                return c.to_string();
            }
            c.encode_utf8(&mut buffer).bytes().map(|byte| format!("%{byte:02X}")).collect()
        })
        .collect()
}

/// As it is, in base64 (alone, and behind whatever stands before it in a pair), in hex, in JSON and in an address.
fn spellings(secret: &str) -> Vec<Vec<u8>> {
    let hex: String = secret.bytes().map(|byte| format!("{byte:02x}")).collect();
    let mut all = vec![
        secret.to_owned(),
        hex.to_uppercase(),
        hex,
        url_encoded(secret, |_| false),
        url_encoded(secret, |c| matches!(c, '-' | '_' | '.' | '~')),
        secret.escape_unicode().to_string().replace("\\u{", "\\u00").replace('}', ""),
    ];
    for before in 0..3 {
        let padded = format!("{}{secret}", "x".repeat(before));
        for engine in [BASE64_STANDARD, BASE64_STANDARD_NO_PAD, BASE64_URL_SAFE_NO_PAD] {
            // the characters at both ends also tell of what stands beside the secret
            let text = engine.encode(&padded);
            let inner = text.trim_end_matches('=');
            all.push(inner[(before * 4).div_ceil(3) + usize::from(before > 0)..inner.len() - 2].to_owned());
        }
    }
    all.sort();
    all.dedup();
    all.into_iter().map(String::into_bytes).collect()
}

fn assert_no_secret(home: &Path, ours: &[PathBuf], secrets: &[(String, String)]) {
    let mut files = Vec::new();
    files_under(home, &mut files);
    let mut looked = 0;
    for file in files.iter().filter(|file| !ours.iter().any(|own| file.starts_with(own))) {
        let bytes = std::fs::read(file).unwrap();
        looked += 1;
        for (name, secret) in secrets {
            for spelling in spellings(secret) {
                let found = memchr::memmem::find(&bytes, &spelling).is_some();
                assert!(!found, "{name} stands in {} as {}", file.display(), String::from_utf8_lossy(&spelling));
            }
        }
    }
    assert!(looked >= 4, "ledger, cache, log and settings at least: {files:?}");
}

#[test]
fn the_search_finds_a_secret_however_it_is_spelt() {
    let secret = "a+b/ș c-7";
    let basic = BASE64_STANDARD.encode(format!("user:{secret}"));
    let hex = secret.bytes().map(|byte| format!("{byte:02X}")).collect::<String>();
    for text in [
        format!("x{secret}x"),
        basic,
        hex,
        "k=a%2Bb%2F%C8%99%20c%2D7&x".to_owned(),
        "k=a%2Bb%2F%C8%99%20c-7&x".to_owned(),
    ] {
        let found = spellings(secret).iter().any(|one| memchr::memmem::find(text.as_bytes(), one).is_some());
        assert!(found, "{text}");
    }
}

#[tokio::test]
async fn a_whole_run_leaves_no_secret_in_any_file() {
    let world = World::new().await;
    let ports = &world.sandbox.ports;
    let text = |pointer: &str| ports.pointer(pointer).and_then(Value::as_str).unwrap().to_owned();
    let mut secrets: Vec<(String, String)> = [
        ("smartbill token", text("/smartbill/token")),
        ("oblio secret", text("/oblio/secret")),
        ("woocommerce secret", text("/woocommerce/secret")),
        ("hook secret", HOOK_SECRET.trim_start_matches("whsec_").to_owned()),
        ("password", PASSWORD.to_owned()),
    ]
    .map(|(name, secret)| (name.to_owned(), secret))
    .to_vec();

    // good and bad days
    world.sandbox.control.order(order(61001, Buyer::Person)).await;
    world.sandbox.control.order(order(61002, Buyer::Company)).await;
    world.desk.wait_for(61001, "issued").await;
    world.desk.wait_for(61002, "issued").await;
    for (id, buyer, kind) in
        [(61003, Buyer::Person, "html"), (61004, Buyer::Company, "status_500"), (61005, Buyer::Company, "reset")]
    {
        world.order_with(id, buyer, kind, json!({})).await;
        world.desk.wait_for(id, "in_doubt").await;
    }
    world
        .sandbox
        .control
        .fault(json!({ "provider": "oblio", "operation": "any", "kind": "wrong_credential", "times": 2 }))
        .await;
    world.sandbox.control.order(order(61006, Buyer::Company)).await;

    // a secret is changed, refused, typed where it does not belong, and signs
    let connections = world.desk.call("connections.list", json!({})).await;
    let of = |kind: &str| {
        let all = ["shops", "billing"].into_iter().flat_map(|side| connections[side].as_array().unwrap());
        all.into_iter().find(|one| one["kind"] == kind).unwrap()["id"].clone()
    };
    let refused = "nu-acesta-este-tokenul-9137";
    let tried =
        world.desk.try_call("connections.set_secret", json!({ "id": of("smartbill"), "secret": refused })).await;
    assert!(tried.is_err(), "a credential that does not work replaces none: {tried:?}");
    secrets.push(("refused token".to_owned(), refused.to_owned()));
    let kept = json!({ "id": of("woocommerce"), "secret": HOOK_SECRET });
    world.desk.call("connections.set_hook_secret", kept).await;
    let odd = json!({ "id": of("smartbill"), "secret": { "token": secrets[0].1 } });
    assert!(world.desk.try_call("connections.set_secret", odd).await.is_err());
    let odd = json!({ "command": secrets[1].1, "secret": secrets[1].1 });
    assert!(world.desk.try_call("connections.save", odd).await.is_err());

    // people, an export, and the programs' own words
    for role in ["admin", "operator"] {
        let person = json!({ "name": role, "role": role, "password": PASSWORD });
        if role == "operator" {
            let admin = json!({ "name": "admin", "password": PASSWORD });
            world.desk.call("session.sign_in", admin).await;
        }
        world.desk.call("people.add", person).await;
    }
    let wrong = json!({ "name": "admin", "password": format!("{PASSWORD} not") });
    assert!(world.desk.try_call("session.sign_in", wrong).await.is_err());
    let World { home, folder, desk, sandbox } = world;
    assert_eq!(desk.running.stop().await, Some(0));
    let said = run("punte-cli", home.path(), &["status", "--json", "--workspace", folder.to_str().unwrap()]).await;
    let said = format!("{}{}", said.stdout, said.stderr);
    for (name, secret) in &secrets {
        for spelling in spellings(secret) {
            assert!(memchr::memmem::find(said.as_bytes(), &spelling).is_none(), "{name} is said: {said}");
        }
    }
    // the simulators are the outside world: what they keep is theirs
    drop(sandbox);
    let theirs: Vec<PathBuf> = ["simulators.json", "ports.json"].iter().map(|name| home.path().join(name)).collect();
    assert_no_secret(home.path(), &theirs, &secrets);
}

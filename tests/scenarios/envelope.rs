//! Whatever a client sends as a command: an answer with a code, nothing half done, and the next call is answered.

use crate::roles::Office;
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use punte_api::{COMMANDS, HostKind};
use serde_json::{Map, Value, json};

/// JSON of any shape, with the names and words that requests use among it.
fn any_json() -> impl Strategy<Value = Value> {
    let text = prop_oneof![
        any::<String>(),
        "[a-z_]{1,12}",
        Just("con_01a21da7ba0473cd872924c8dec3d5a9".to_owned()),
        Just("\u{0}\u{202e}<script>".to_owned()),
        Just("9".repeat(400)),
    ];
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        text.clone().prop_map(Value::from),
    ];
    let name = prop_oneof![
        Just("id".to_owned()),
        Just("name".to_owned()),
        Just("kind".to_owned()),
        Just("reason".to_owned()),
        Just("list".to_owned()),
        Just("query".to_owned()),
        Just("text".to_owned()),
        Just("limit".to_owned()),
        Just("selection".to_owned()),
        Just("document".to_owned()),
        "[a-zA-Z]{1,10}",
    ];
    leaf.prop_recursive(5, 64, 8, move |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..8).prop_map(Value::from),
            proptest::collection::vec((name.clone(), inner), 0..8)
                .prop_map(|pairs| Value::Object(pairs.into_iter().collect::<Map<String, Value>>())),
        ]
    })
}

fn nested(depth: usize) -> String {
    format!("{}1{}", "{\"id\":[".repeat(depth), "]}".repeat(depth))
}

#[tokio::test]
async fn every_command_answers_to_any_json_with_a_code() {
    let office = Office::new().await;
    let admin = office.local(HostKind::Window, "admin's");
    let sign_in = json!({ "name": "admin", "password": crate::roles::PASSWORD });
    office.call(&admin, "session.sign_in", sign_in.clone()).await.unwrap();
    let mut runner = TestRunner::deterministic();
    let made = any_json();
    let before = office.call(&admin, "people.list", json!({})).await.unwrap();
    // these end the session, or leave the workspace, whatever they are given
    let leave = ["session.lock", "workspace.open_sandbox", "workspace.create", "session.sign_in"];
    for command in COMMANDS.iter().filter(|one| !leave.contains(&one.name)) {
        for _ in 0..12 {
            let value = made.new_tree(&mut runner).unwrap().current();
            if let Err(error) = office.call(&admin, command.name, value.clone()).await {
                assert!(error["code"].is_string(), "{} with {value}: {error}", command.name);
                assert_ne!(error["code"], "internal", "{} with {value}: {error}", command.name);
            }
        }
    }
    let after = office.call(&admin, "people.list", json!({})).await.unwrap();
    assert_eq!(before["people"], after["people"], "nobody came, went or changed");
    office.composition.shut_down().await;
}

#[tokio::test]
async fn what_is_no_json_or_no_command_is_refused_over_loopback() {
    let office = Office::new().await;
    let garbage: [Vec<u8>; 6] = [
        b"{".to_vec(),
        b"\xff\xfe\x00".to_vec(),
        b"{\"id\":1}{}".to_vec(),
        nested(5_000).into_bytes(),
        vec![b' '; 1_000_000],
        b"NaN".to_vec(),
    ];
    for body in garbage {
        let (status, answer) = office.send("counts.get", body).await;
        assert!(matches!(status, 400 | 403), "{status}: {answer}");
    }
    for name in ["nothing.here", "%2e%2e%2fsettings.json", &"x".repeat(4000)] {
        let (status, answer) = office.send(name, b"{}".to_vec()).await;
        assert!((400..500).contains(&status), "{name}: {status} {answer}");
    }
    let (status, _) = office.send("app.get", Vec::new()).await;
    assert_eq!(status, 200, "and the next is answered");
    office.composition.shut_down().await;
}

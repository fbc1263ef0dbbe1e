//! A seeded workspace is sound, and its screens and lists are served to a browser that has the address, and to nobody else.

use punte_tests::{program, run, until};
use serde_json::{Value, json};
use std::process::Stdio;
use std::time::Duration;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::Command;

#[tokio::test]
async fn a_seeded_workspace_is_sound_and_served() {
    let home = tempfile::tempdir().unwrap();
    let seeded = run("punte-cli", home.path(), &["seed", "--documents", "1500", "--json"]).await;
    assert_eq!(seeded.code, Some(0), "{seeded:?}");
    let folder = seeded.json()["folder"].as_str().unwrap().to_owned();
    let checked = run("punte-cli", home.path(), &["check", "--workspace", &folder]).await;
    assert_eq!(checked.code, Some(0), "{checked:?}");
    let again = run("punte-cli", home.path(), &["seed", "--documents", "5", "--workspace", &folder]).await;
    assert_eq!(again.code, Some(1), "a ledger that holds documents is refused: {again:?}");

    let screens = home.path().join("screens");
    std::fs::create_dir(&screens).unwrap();
    std::fs::write(screens.join("index.html"), "<title>Punte</title>").unwrap();
    let mut served = Command::new(program("punte-cli"))
        .args(["--lang", "ro", "serve", "--no-keyring", "--ui"])
        .arg(&screens)
        .env("PUNTE_HOME", home.path())
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(served.stdout.take().unwrap()).lines();
    let address = lines.next_line().await.unwrap().unwrap();
    let (url, token) = address.split_once("/#token=").unwrap();
    let http = reqwest::Client::builder().no_proxy().build().unwrap();

    let page = http.get(url).send().await.unwrap();
    let policy = page.headers()["content-security-policy"].to_str().unwrap().to_owned();
    assert!(policy.contains("default-src 'self'") && !policy.contains("script-src"), "{policy}");
    assert!(page.text().await.unwrap().contains("Punte"));
    let outside = http.get(format!("{url}/..%2fsettings.json")).send().await.unwrap();
    assert_eq!(outside.status(), 404, "nothing but the screens");
    let foreign = http.get(url).header("host", "punte.example").send().await.unwrap();
    assert_eq!(foreign.status(), 403);

    let call = async |command: &str, payload: Value, token: &str| {
        let asked = http.post(format!("{url}/call/{command}")).bearer_auth(token).body(payload.to_string());
        let answer = asked.send().await.unwrap();
        let status = answer.status().as_u16();
        (status, serde_json::from_str::<Value>(&answer.text().await.unwrap()).unwrap())
    };
    assert_eq!(call("app.get", json!({}), "guessed").await.0, 401);
    let (_, app) = call("app.get", json!({}), token).await;
    assert_eq!((&app["language"], &app["startLanguage"]), (&json!(null), &json!("ro")), "the screens follow it: {app}");
    let query = json!({ "list": "documents", "text": "", "sort": { "column": "total", "descending": true } });
    let summary = until("the whole list", Duration::from_secs(20), async || {
        let (status, summary) = call("table.summary", query.clone(), token).await;
        if status == 200 && summary["complete"] == true { Ok(summary) } else { Err(summary) }
    })
    .await;
    assert_eq!(summary["count"], 1500);
    let (status, last) = call("table.documents", json!({ "query": query, "from": 1499, "limit": 10 }), token).await;
    assert_eq!((status, last["rows"].as_array().unwrap().len()), (200, 1), "{last}");
    let held = json!({ "list": "documents", "text": "status:held,in_doubt", "sort": null });
    let (_, rows) = call("table.documents", json!({ "query": held, "from": 0, "limit": 500 }), token).await;
    let rows = rows["rows"].as_array().unwrap();
    assert!(!rows.is_empty() && rows.iter().all(|row| row["state"] == "held" || row["state"] == "in_doubt"));
    assert!(rows.iter().all(|row| row["failure"]["kind"].is_string()));
}

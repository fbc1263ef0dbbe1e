//! A set-up that leaves one company's workspace as a file and comes into another's: nothing secret goes along, and nothing is issued.

use crate::World;
use punte_tests::{Desk, Ended, create_workspace, run};
use serde_json::{Value, json};
use std::path::Path;

const OTHER_COMPANY: &str = "RO14399840";

async fn setup(home: &Path, folder: &Path, act: &[&str]) -> Ended {
    let arguments = [&["setup"], act, &["--lang", "en", "--workspace", folder.to_str().unwrap()]].concat();
    run("punte-cli", home, &arguments).await
}

fn fates(plan: &Value) -> Vec<&str> {
    let lists = ["connections", "mappings", "flows"].map(|list| plan[list].as_array().unwrap());
    lists.into_iter().flatten().map(|item| item["fate"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn a_second_company_starts_from_the_first_ones_set_up() {
    let world = World::new().await;
    let home = world.home.path();
    let file = home.join("atelier.setup.toml");
    let path = file.to_str().unwrap();

    let exported = setup(home, &world.folder, &["export", path]).await;
    assert_eq!((exported.code, exported.stdout.contains(path)), (Some(0), true), "{exported:?}");
    let again = setup(home, &world.folder, &["export", path]).await;
    assert_eq!(again.code, Some(1), "what is there is left as it is: {again:?}");
    let text = std::fs::read_to_string(&file).unwrap();
    let printed = setup(home, &world.folder, &["export"]).await;
    assert!(printed.stdout.starts_with("# Set-up of a Punte workspace"), "{printed:?}");
    let ports = &world.sandbox.ports;
    let logins = ["woocommerce", "smartbill", "oblio"].into_iter().flat_map(|kind| {
        ["username", "email", "key", "token", "secret", "url"].map(|field| ports[kind][field].as_str())
    });
    for login in logins.flatten() {
        assert!(!text.contains(login), "{login} in {text}");
    }

    let second = create_workspace(home).await;
    let checked = setup(home, &second, &["check", path]).await;
    assert_eq!(checked.code, Some(1), "{checked:?}");
    assert!(checked.stdout.contains("connections[1].address"), "a simulator's address is left out: {checked:?}");
    let shop = "kind = \"woocommerce\"\n";
    assert!(text.contains(shop), "{text}");
    std::fs::write(&file, text.replace(shop, &format!("{shop}address = \"https://a-doua.example.ro\"\n"))).unwrap();

    let of = |kind: &str, field: &str| ports[kind][field].as_str().unwrap().to_owned();
    let mut companies = vec![of("smartbill", "company"), of("oblio", "company")];
    companies.dedup();
    let series = [of("smartbill", "series"), of("oblio", "series")];
    let mut act: Vec<String> = vec!["import".into(), path.into()];
    act.extend(companies.iter().flat_map(|one| ["--company".to_owned(), format!("{one}={OTHER_COMPANY}")]));
    act.extend(["--series".to_owned(), format!("{}=DOI", series[0])]);
    if series[1] != series[0] {
        act.extend(["--series".to_owned(), format!("{}=TREI", series[1])]);
    }
    let act: Vec<&str> = act.iter().map(String::as_str).collect();
    let imported = setup(home, &second, &act).await;
    assert_eq!(imported.code, Some(0), "{imported:?}");
    assert!(imported.stdout.contains("switched off") && imported.stdout.contains(OTHER_COMPANY), "{imported:?}");

    let desk = Desk::start(home, &second).await;
    let connections = desk.call("connections.list", Value::Null).await;
    let all = ["shops", "billing"].map(|list| connections[list].as_array().unwrap().clone()).concat();
    assert_eq!(all.len(), 3, "{connections}");
    for one in &all {
        assert_eq!((&one["health"], &one["account"]), (&json!("credential_missing"), &json!("")), "{one}");
    }
    let flows = connections["flows"].as_array().unwrap();
    assert_eq!(flows.len(), 2, "{connections}");
    for flow in flows {
        assert_eq!((&flow["enabled"], &flow["seriesIsOurs"]), (&json!(false), &json!(false)), "{flow}");
        assert_eq!(flow["company"], OTHER_COMPANY, "{flow}");
        assert!(["DOI", "TREI"].contains(&flow["series"].as_str().unwrap()), "{flow}");
    }
    let act = [&act[..], &["--json"]].concat();
    let twice = setup(home, &second, &act).await;
    assert!(fates(&twice.json()).iter().all(|fate| *fate == "kept"), "through its owner, too: {twice:?}");
    assert_eq!(desk.call("connections.list", Value::Null).await["flows"].as_array().unwrap().len(), 2);

    let record = desk.call("audit.list", json!({ "act": "setup.import" })).await;
    let record = record["rows"].as_array().unwrap();
    assert_eq!(record.len(), 2, "both imports are on record: {record:?}");
    assert!(!json!(record).to_string().contains("[[flows]]"), "{record:?}");
}

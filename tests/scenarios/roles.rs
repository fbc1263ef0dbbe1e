//! Who may do what: every command as every role over every host, from the command list itself.

use punte_api::dto::*;
use punte_api::{AccessRole, COMMANDS, HostKind, Scope, Session};
use punte_cli::compose::{Composition, Options, compose};
use serde_json::{Value, json};
use std::time::Duration;

pub const PASSWORD: &str = "mere și pere";
const ROLES: [(AccessRole, &str); 3] =
    [(AccessRole::Viewer, "viewer"), (AccessRole::Operator, "operator"), (AccessRole::Admin, "admin")];
/// What a client may ask for before anybody is signed in.
const BEFORE: [&str; 12] = [
    "app.get",
    "app.set_preferences",
    "desktop.get",
    "desktop.leave",
    "desktop.set",
    "session.get",
    "session.lock",
    "session.sign_in",
    "session.touch",
    "vault.get",
    "vault.unlock",
    "workspace.open",
];

/// A workspace with people, in this process and served.
pub struct Office {
    pub composition: Composition,
    http: reqwest::Client,
    home: tempfile::TempDir,
}

impl Office {
    /// A workspace with a person of each role, served.
    pub async fn new() -> Office {
        let home = tempfile::tempdir().unwrap();
        let options = Options { home: home.path().to_owned(), no_keyring: true, prepare_sandbox: None };
        let mut composition = compose(options).await.unwrap();
        composition.listen().await.unwrap();
        let office = Office { composition, http: reqwest::Client::builder().no_proxy().build().unwrap(), home };
        let setting_up = office.local(HostKind::Window, "first");
        office.call(&setting_up, "workspace.create", json!({ "name": "Atelier Cană" })).await.unwrap();
        for (_, role) in ROLES.into_iter().rev() {
            let person = json!({ "name": role, "role": role, "password": PASSWORD });
            let listed = office.call(&setting_up, "people.add", person).await.unwrap();
            let own = listed["people"].as_array().unwrap().iter().find(|one| one["name"] == role).unwrap();
            assert_eq!(own["signedInMs"].is_number(), role == "admin", "the first one is signed in by that: {listed}");
        }
        office
    }

    pub fn local(&self, host: HostKind, client: &str) -> Session {
        self.composition.host.session_of(host, client)
    }

    pub async fn call(&self, session: &Session, command: &str, payload: Value) -> Result<Value, Value> {
        let answer = self.composition.host.call(session, command, payload).await;
        answer.map_err(|error| serde_json::to_value(error).unwrap())
    }

    /// The same over loopback, as a browser or an attached client asks.
    async fn ask(&self, host: Option<&str>, client: &str, command: &str, payload: Value) -> Result<Value, Value> {
        let address = self.composition.address().unwrap();
        let (base, token) = address.split_once("/#token=").unwrap();
        let mut request = self.http.post(format!("{base}/call/{command}")).bearer_auth(token).json(&payload);
        request = request.header("x-punte-client", client);
        if let Some(host) = host {
            request = request.header("x-punte-host", host);
        }
        let answer = request.send().await.unwrap();
        let is_good = answer.status().is_success();
        let body: Value = answer.json().await.unwrap();
        if is_good { Ok(body) } else { Err(body) }
    }

    async fn call_about(&self, id: &Value, session: &Session, command: &str, payload: Value) -> Result<Value, Value> {
        let id = id.as_str().unwrap().to_owned();
        let answer = self.composition.host.call_about(id, session, command, payload).await;
        answer.map_err(|error| serde_json::to_value(error).unwrap())
    }

    /// Any bytes as a command's payload; answers the status and what came.
    pub async fn send(&self, command: &str, body: Vec<u8>) -> (u16, String) {
        let address = self.composition.address().unwrap();
        let (base, token) = address.split_once("/#token=").unwrap();
        let asked = self.http.post(format!("{base}/call/{command}")).bearer_auth(token).body(body);
        let answer = asked.send().await.unwrap();
        (answer.status().as_u16(), answer.text().await.unwrap())
    }
}

fn code(answer: &Result<Value, Value>) -> &str {
    answer.as_ref().err().and_then(|error| error["code"].as_str()).unwrap_or("done")
}

/// What no command takes: it is refused for its role, or for its shape, and nothing is done.
fn nonsense() -> Value {
    json!("nonsense")
}

fn judge(command: &punte_api::CommandInfo, role: Option<AccessRole>, answered: &str, host: &str) {
    let expected = match role {
        None if BEFORE.contains(&command.name) => None,
        None => Some("sign_in_needed"),
        Some(role) if role < command.role => Some("forbidden"),
        Some(_) => None,
    };
    match expected {
        Some(code) => assert_eq!(answered, code, "{} over {host} as {role:?}", command.name),
        None => assert!(
            !matches!(answered, "forbidden" | "sign_in_needed"),
            "{} over {host} as {role:?}: {answered}",
            command.name
        ),
    }
}

#[tokio::test]
async fn every_command_is_answered_by_role_over_every_host() {
    let office = Office::new().await;
    for host in [HostKind::Window, HostKind::Terminal] {
        let nobody = office.local(host, "nobody");
        for command in COMMANDS {
            judge(command, None, code(&office.call(&nobody, command.name, nonsense()).await), host.as_str());
        }
        for (role, name) in ROLES {
            let session = office.local(host, name);
            let signed = office.call(&session, "session.sign_in", json!({ "name": name, "password": PASSWORD })).await;
            assert_eq!(signed.unwrap()["role"], name);
            for command in COMMANDS {
                judge(command, Some(role), code(&office.call(&session, command.name, nonsense()).await), host.as_str());
            }
        }
    }
    for host in [None, Some("window"), Some("terminal")] {
        let told = host.unwrap_or("browser");
        for command in COMMANDS {
            judge(command, None, code(&office.ask(host, "nobody here", command.name, nonsense()).await), told);
        }
        for (role, name) in ROLES {
            let client = format!("http {name}");
            let person = json!({ "name": name, "password": PASSWORD });
            assert_eq!(office.ask(host, &client, "session.sign_in", person).await.unwrap()["role"], name);
            for command in COMMANDS {
                judge(command, Some(role), code(&office.ask(host, &client, command.name, nonsense()).await), told);
            }
        }
    }
    office.composition.shut_down().await;
}

#[tokio::test]
async fn a_workspace_without_people_on_screen_opens_neither_the_machine_nor_one_that_has_people() {
    let office = Office::new().await;
    let [nobody, viewer, admin] = ["nobody", "viewer", "admin"].map(|one| office.local(HostKind::Window, one));
    for (session, name) in [(&viewer, "viewer"), (&admin, "admin")] {
        office.call(session, "session.sign_in", json!({ "name": name, "password": PASSWORD })).await.unwrap();
    }
    let guarded = office.call(&admin, "app.get", json!({})).await.unwrap()["open"]["id"].clone();
    office.call(&admin, "workspace.create", json!({ "name": "Fără persoane" })).await.unwrap();
    let open = office.call(&nobody, "app.get", json!({})).await.unwrap()["open"]["id"].clone();
    assert_ne!(open, guarded);
    assert_eq!(code(&office.call(&nobody, "counts.get", json!({})).await), "done", "nobody guards this one");
    let of_machine: Vec<&str> = COMMANDS.iter().filter(|one| one.is(Scope::Machine)).map(|one| one.name).collect();
    assert!(of_machine.contains(&"vault.choose") && of_machine.contains(&"network.permit"), "{of_machine:?}");
    for command in &of_machine {
        assert_eq!(code(&office.call(&nobody, command, nonsense()).await), "sign_in_needed", "{command}");
        assert_eq!(code(&office.call(&viewer, command, nonsense()).await), "forbidden", "{command}");
        assert_eq!(code(&office.call(&admin, command, nonsense()).await), "invalid_input", "{command}");
    }
    // nor does it become theirs by whoever makes themselves its administrator
    let first = json!({ "name": "eu", "role": "admin", "password": PASSWORD });
    assert_eq!(code(&office.call(&nobody, "people.add", first.clone()).await), "sign_in_needed");
    assert_eq!(code(&office.call(&viewer, "people.add", first).await), "forbidden");
    for command in COMMANDS {
        let about = json!("ws_that_is_not_there");
        let answered = office.call_about(&about, &nobody, command.name, nonsense()).await;
        let expected: &[&str] = match command.name {
            name if of_machine.contains(&name) => &["sign_in_needed"],
            name if BEFORE.contains(&name) => &["done", "invalid_input", "no_workspace"],
            _ => &["no_workspace"],
        };
        assert!(expected.contains(&code(&answered)), "{}: {answered:?}", command.name);
    }
    // an administrator of the machine lets the first person in here, too
    let first = json!({ "name": "admin", "role": "admin", "password": PASSWORD });
    assert_eq!(code(&office.call_about(&open, &admin, "people.add", first).await), "done");
    // locked is locked everywhere, whichever is on screen
    assert_eq!(code(&office.call_about(&guarded, &admin, "counts.get", json!({})).await), "done");
    office.call(&admin, "session.lock", json!({})).await.unwrap();
    assert_eq!(code(&office.call_about(&guarded, &admin, "counts.get", json!({})).await), "sign_in_needed");
    office.composition.shut_down().await;
}

#[tokio::test]
async fn an_act_is_done_in_the_workspace_in_which_its_role_was_looked_up() {
    let office = Office::new().await;
    let [nobody, admin] = ["nobody", "admin"].map(|one| office.local(HostKind::Window, one));
    office.call(&admin, "session.sign_in", json!({ "name": "admin", "password": PASSWORD })).await.unwrap();
    let guarded = office.call(&admin, "app.get", json!({})).await.unwrap()["open"]["id"].clone();
    office.call(&admin, "workspace.create", json!({ "name": "Fără persoane" })).await.unwrap();
    let open = office.call(&admin, "app.get", json!({})).await.unwrap()["open"]["id"].clone();
    // each stays for another while, so that the acts begin and end at every point of a turn
    let turning = async {
        for n in 0_u64.. {
            let id = if n % 2 == 0 { &guarded } else { &open };
            office.call(&nobody, "workspace.open", json!({ "id": id })).await.unwrap();
            tokio::time::sleep(Duration::from_millis(n % 5)).await;
        }
    };
    let acting = async {
        let (mut done, mut refused) = (0, 0);
        while done + refused < 150 || done < 20 || refused < 20 {
            let answered = office.call(&nobody, "schedule.set_retention", json!({ "months": 36 })).await;
            match code(&answered) {
                "done" => done += 1,
                "sign_in_needed" => refused += 1,
                other => panic!("{other}"),
            }
        }
    };
    tokio::select! {
        () = turning => unreachable!("it turns without end"),
        acted = tokio::time::timeout(Duration::from_secs(60), acting) => acted.expect("acts fall into either workspace"),
    }
    let kept = office.call_about(&guarded, &admin, "schedule.list", json!({})).await.unwrap();
    assert_eq!(kept["retentionMonths"], 24, "and none of them into the other");
    office.composition.shut_down().await;
}

#[tokio::test]
async fn whoever_signs_in_is_nobody_at_another_client_and_locked_out_everywhere_by_a_new_password() {
    let office = Office::new().await;
    let (one, other) = (office.local(HostKind::Window, "one"), office.local(HostKind::Window, "other"));
    let person = json!({ "name": "OPERATOR", "password": PASSWORD });
    office.call(&one, "session.sign_in", person).await.unwrap();
    assert_eq!(office.call(&one, "session.get", json!({})).await.unwrap()["operator"], "operator");
    assert_eq!(code(&office.call(&other, "counts.get", json!({})).await), "sign_in_needed");
    assert_eq!(
        code(&office.ask(Some("window"), "one", "counts.get", json!({})).await),
        "done",
        "the same window, attached"
    );
    assert_eq!(code(&office.ask(None, "one", "counts.get", json!({})).await), "sign_in_needed", "a browser is another");

    let admin = office.local(HostKind::Window, "admin's");
    office.call(&admin, "session.sign_in", json!({ "name": "admin", "password": PASSWORD })).await.unwrap();
    let people = office.call(&admin, "people.list", json!({})).await.unwrap();
    let id_of = |name: &str| {
        let people = people["people"].as_array().unwrap();
        people.iter().find(|one| one["name"] == name).unwrap()["id"].clone()
    };
    let new = json!({ "id": id_of("operator"), "password": "struguri și prune" });
    office.call(&admin, "people.set_password", new).await.unwrap();
    assert_eq!(code(&office.call(&one, "counts.get", json!({})).await), "sign_in_needed");
    let old = office.call(&one, "session.sign_in", json!({ "name": "operator", "password": PASSWORD })).await;
    assert_eq!(code(&old), "wrong_password");

    // the last administrator stays one
    let last = json!({ "id": id_of("admin"), "name": "admin", "role": "operator", "active": true });
    let kept = office.call(&admin, "people.change", last).await;
    let kept = kept.unwrap_err();
    assert_eq!((&kept["code"], &kept["detail"]), (&json!("invalid_input"), &json!("no_admin_left")));
    // and somebody who is let go is out at once
    let gone = json!({ "id": id_of("viewer"), "name": "viewer", "role": "viewer", "active": false });
    let viewer = office.local(HostKind::Window, "viewer's");
    office.call(&viewer, "session.sign_in", json!({ "name": "viewer", "password": PASSWORD })).await.unwrap();
    office.call(&admin, "people.change", gone).await.unwrap();
    assert_eq!(code(&office.call(&viewer, "counts.get", json!({})).await), "sign_in_needed");
    office.composition.shut_down().await;
}

#[tokio::test]
async fn wrong_passwords_are_waited_for_ever_longer_even_with_the_right_one() {
    let office = Office::new().await;
    let session = office.local(HostKind::Window, "guessing");
    let wrong = json!({ "name": "admin", "password": "not this one" });
    for _ in 0..4 {
        assert_eq!(code(&office.call(&session, "session.sign_in", wrong.clone()).await), "wrong_password");
    }
    let right = json!({ "name": "admin", "password": PASSWORD });
    let wait = office.call(&session, "session.sign_in", right.clone()).await;
    assert_eq!(code(&wait), "try_later");
    assert!(wait.unwrap_err()["detail"].as_str().unwrap().parse::<i64>().is_ok());
    let nobody = json!({ "name": "nobody", "password": PASSWORD });
    assert_eq!(code(&office.call(&session, "session.sign_in", nobody).await), "wrong_password");
    tokio::time::sleep(std::time::Duration::from_millis(1100)).await;
    assert_eq!(code(&office.call(&session, "session.sign_in", right).await), "done");
    office.composition.shut_down().await;
}

#[tokio::test]
async fn what_needs_a_second_person_waits_for_one_who_did_not_ask() {
    let office = Office::new().await;
    let admin = office.local(HostKind::Window, "admin's");
    office.call(&admin, "session.sign_in", json!({ "name": "admin", "password": PASSWORD })).await.unwrap();
    let guards = GuardsInfo { lock_after_min: 15, storno: true, delete: true, bulk_over: Some(20), limits: false };
    let guards = serde_json::to_value(guards).unwrap();
    office.call(&admin, "people.set_guards", guards.clone()).await.unwrap();
    let operator = office.local(HostKind::Window, "operator's");
    office.call(&operator, "session.sign_in", json!({ "name": "operator", "password": PASSWORD })).await.unwrap();

    let storno = json!({ "id": "doc_that_is_not_there", "reason": "returned" });
    let asked = office.call(&operator, "documents.storno", storno).await;
    assert_eq!(code(&asked), "needs_approval");
    let id = asked.unwrap_err()["detail"].clone();
    let own = office.call(&operator, "approvals.decide", json!({ "id": id, "approve": true, "note": "" })).await;
    assert_eq!(code(&own), "forbidden", "not by the one who asked");
    let listed = office.call(&admin, "approvals.list", json!({})).await.unwrap();
    let waiting = &listed["approvals"][0];
    assert_eq!(
        (&waiting["reason"], &waiting["askedBy"], &waiting["mayDecide"]),
        (&json!("returned"), &json!("operator"), &json!(true))
    );
    // approved, it is done, and what comes of it is told: here, that there is no such document
    let approved = office.call(&admin, "approvals.decide", json!({ "id": id, "approve": true, "note": "" })).await;
    assert_eq!(code(&approved), "not_found");
    let listed = office.call(&admin, "approvals.list", json!({})).await.unwrap();
    assert_eq!(
        (&listed["approvals"][0]["state"], &listed["approvals"][0]["decidedBy"]),
        (&json!("failed"), &json!("admin"))
    );
    let again = office.call(&admin, "approvals.decide", json!({ "id": id, "approve": true, "note": "" })).await;
    assert_eq!(code(&again), "not_now", "once");

    // approved, but whoever asked was let go meanwhile: nothing is done, and it says so
    let storno = json!({ "id": "doc_that_is_not_there", "reason": "returned again" });
    let id = office.call(&operator, "documents.storno", storno).await.unwrap_err()["detail"].clone();
    let people = office.call(&admin, "people.list", json!({})).await.unwrap();
    let people = people["people"].as_array().unwrap();
    let gone = people.iter().find(|one| one["name"] == "operator").unwrap()["id"].clone();
    let gone = json!({ "id": gone, "name": "operator", "role": "operator", "active": false });
    office.call(&admin, "people.change", gone).await.unwrap();
    let approved = office.call(&admin, "approvals.decide", json!({ "id": id, "approve": true, "note": "seen" })).await;
    assert_eq!(code(&approved), "forbidden");
    let listed = office.call(&admin, "approvals.list", json!({})).await.unwrap();
    let last = &listed["approvals"][0];
    assert_eq!((&last["state"], &last["code"], &last["note"]), (&json!("failed"), &json!("forbidden"), &json!("seen")));

    // the only administrator may loosen the guards alone; with a second one, not
    let second = json!({ "name": "second", "role": "admin", "password": PASSWORD });
    office.call(&admin, "people.add", second).await.unwrap();
    let mut weaker = guards.clone();
    weaker["storno"] = json!(false);
    assert_eq!(code(&office.call(&admin, "people.set_guards", weaker).await), "needs_approval");
    let listed = office.call(&admin, "approvals.list", json!({})).await.unwrap();
    assert_eq!(listed["approvals"][0]["facts"]["guards"], "storno", "what it loosens is told");
    office.composition.shut_down().await;
}

#[tokio::test]
async fn what_was_changed_since_it_was_asked_for_is_not_done() {
    let office = Office::new().await;
    let [admin, second] = ["admin", "second"].map(|one| office.local(HostKind::Window, one));
    office.call(&admin, "session.sign_in", json!({ "name": "admin", "password": PASSWORD })).await.unwrap();
    office.call(&admin, "workspace.open_sandbox", json!({})).await.unwrap();
    for name in ["admin", "second"] {
        let person = json!({ "name": name, "role": "admin", "password": PASSWORD });
        office.call(&admin, "people.add", person).await.unwrap();
    }
    office.call(&second, "session.sign_in", json!({ "name": "second", "password": PASSWORD })).await.unwrap();
    let flows = office.call(&admin, "connections.list", json!({})).await.unwrap()["flows"].clone();
    let with = |series: &str, limit: &str| {
        let mut flow = flows[0].clone();
        (flow["series"], flow["rules"]["approveAbove"]) = (json!(series), json!(limit));
        flow
    };
    let series = flows[0]["series"].as_str().unwrap();
    office.call(&admin, "flows.save", with(series, "5000")).await.unwrap();
    let guards = GuardsInfo { lock_after_min: 15, storno: true, delete: true, bulk_over: None, limits: true };
    office.call(&admin, "people.set_guards", serde_json::to_value(guards).unwrap()).await.unwrap();

    let ask = async || office.call(&admin, "flows.save", with(series, "9000")).await.unwrap_err()["detail"].clone();
    let decide = async |id: Value| {
        office.call(&second, "approvals.decide", json!({ "id": id, "approve": true, "note": "" })).await
    };
    let id = ask().await;
    // somebody edits it meanwhile, within its limits
    office.call(&second, "flows.save", with("ALTA", "5000")).await.unwrap();
    let refused = decide(id).await.unwrap_err();
    assert_eq!((&refused["code"], &refused["detail"]), (&json!("not_now"), &json!("changed_since_asked")));
    let kept = office.call(&admin, "connections.list", json!({})).await.unwrap()["flows"][0].clone();
    assert_eq!((&kept["series"], &kept["rules"]["approveAbove"]), (&json!("ALTA"), &json!("5000")), "nothing of it");
    let shown = office.call(&admin, "approvals.list", json!({})).await.unwrap();
    assert_eq!(shown["approvals"][0]["facts"]["asItWas"], Value::Null, "that is for nobody's eyes");
    assert_eq!(code(&decide(ask().await).await), "done", "asked for as it is now");

    office.composition.shut_down().await;
}

#[tokio::test]
async fn while_no_workspace_is_on_screen_the_people_of_those_that_run_decide() {
    let mut office = Office::new().await;
    let [nobody, admin] = ["nobody", "admin"].map(|one| office.local(HostKind::Window, one));
    office.call(&admin, "session.sign_in", json!({ "name": "admin", "password": PASSWORD })).await.unwrap();
    let guarded = office.call(&admin, "app.get", json!({})).await.unwrap()["open"]["id"].clone();
    let lost = office.call(&admin, "workspace.create", json!({ "name": "Pierdut" })).await.unwrap()["open"].clone();
    office.composition.shut_down().await;
    std::fs::remove_dir_all(lost["folder"].as_str().unwrap()).unwrap();
    let options = Options { home: office.home.path().to_owned(), no_keyring: true, prepare_sandbox: None };
    office.composition = compose(options).await.unwrap();
    office.call(&nobody, "workspace.open", json!({ "id": guarded })).await.unwrap();
    office.call(&nobody, "workspace.open", json!({ "id": lost["id"] })).await.unwrap_err();
    assert_eq!(office.call(&nobody, "app.get", json!({})).await.unwrap()["open"], Value::Null);
    let restore = json!({ "workspace": lost["id"], "file": "old.sqlite" });
    assert_eq!(code(&office.call(&nobody, "backup.restore", restore.clone()).await), "sign_in_needed");
    // whoever signed in at one that runs may
    office.call(&admin, "workspace.open", json!({ "id": guarded })).await.unwrap();
    office.call(&admin, "session.sign_in", json!({ "name": "admin", "password": PASSWORD })).await.unwrap();
    office.call(&admin, "workspace.open", json!({ "id": lost["id"] })).await.unwrap_err();
    assert_eq!(code(&office.call(&admin, "backup.restore", restore).await), "not_found", "there is no such file");
    office.composition.shut_down().await;
}

//! Clients that nobody here wrote, against `punte-cli sandbox` in a process of its own: if they are satisfied, the
//! simulators are not merely what our own clients believe. And senders against the listener, signing with the libraries that
//! real ones use. They are installed by `scripts/install.sh test` into
//! target/outside; without them these tests fail, for a skipped proof proves nothing.

#![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "tests")]

use punte_tests::{Desk, SandboxProgram, create_workspace};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::time::Duration;

const LIMIT: Duration = Duration::from_secs(120);

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

fn installed(path: &str) -> PathBuf {
    let path = root().join("target/outside").join(path);
    assert!(path.exists(), "{} is not installed: scripts/install.sh test", path.display());
    path
}

/// Runs a script to its end; what it prints is JSON.
async fn run(interpreter: &Path, script: &str, arguments: &[&Path]) -> Value {
    let mut command = tokio::process::Command::new(interpreter);
    command.arg(root().join("tests/outside").join(script)).args(arguments).kill_on_drop(true);
    // No proxy of the machine may stand between two programs of it.
    for name in ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"] {
        command.env_remove(name).env_remove(name.to_lowercase());
    }
    let output = tokio::time::timeout(LIMIT, command.output()).await.expect("the script ends in time").unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{script}: {said}{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_str(&said).unwrap_or_else(|why| panic!("{script}: {why}: {said}"))
}

async fn oblio(ports: &Path) -> Value {
    let clients = installed("npm/node_modules/@obliosoftware/oblioapi").ancestors().nth(3).unwrap().to_owned();
    run(Path::new("node"), "oblio.mjs", &[ports, &clients]).await
}

/// A script that uses several of the clients, and is told where they are.
async fn with_clients(script: &str, ports: &Path) -> Value {
    let clients = installed("npm/node_modules/stripe").ancestors().nth(2).unwrap().to_owned();
    run(Path::new("node"), script, &[ports, &clients]).await
}

async fn smartbill(ports: &Path) -> Value {
    run(&installed("venv/bin/python"), "smartbill.py", &[ports]).await
}

/// Series, number and kind of what a provider holds.
fn held(state: &Value, provider: &str) -> Vec<(String, String, String)> {
    let text = |one: &Value, key: &str| one[key].as_str().unwrap().to_owned();
    let documents = state[provider]["documents"].as_array().unwrap();
    documents.iter().map(|one| (text(one, "series"), text(one, "number"), text(one, "kind"))).collect()
}

fn named(found: &[(&str, &str, &str)]) -> Vec<(String, String, String)> {
    found.iter().map(|(series, number, kind)| ((*series).into(), (*number).into(), (*kind).into())).collect()
}

#[tokio::test]
async fn oblios_official_client_goes_from_token_to_deletion() {
    let folder = tempfile::tempdir().unwrap();
    let sandbox = SandboxProgram::start(folder.path()).await;
    let seen = oblio(&folder.path().join("ports.json")).await;

    assert_eq!(seen["wrongSecret"]["message"], "Request failed with status code 400");
    assert_eq!(seen["companies"][0]["cif"], sandbox.ports["oblio"]["company"]);
    assert_eq!(seen["vat_rates"][0], json!({"name": "Normala", "percent": 21, "default": true}));
    assert_eq!(seen["series"][0]["next"], "0001");
    assert_eq!(seen["languages"][0]["code"], "EN");
    assert_eq!(seen["management"][0]["workStation"], "Sediu");
    assert_eq!(seen["products"][0]["price"], "19.99");
    assert_eq!((&seen["created"]["seriesName"], &seen["created"]["number"]), (&json!("ACO"), &json!("0001")));
    assert_eq!(seen["pdf"], json!({"type": "application/pdf", "start": "%PDF"}));
    let row = &seen["listed"][0];
    assert_eq!((&row["total"], &row["mentions"]), (&json!("180.0000"), &json!("Comanda #1 din afară")));
    assert_eq!(row["products"][0]["name"], "Abonament");
    assert_eq!(seen["got"]["documentType"], "Factura");
    assert_eq!(seen["cancelled"], "Documentul a fost anulat.");
    assert_eq!(seen["restored"], "Documentul a fost restaurat.");
    assert_eq!(seen["collectRefused"], json!({"code": 400, "message": "Parametrul documentNumber lipsește"}));
    assert_eq!(seen["collected"]["collects"][0]["value"], 180);
    assert_eq!(seen["refused"]["message"], "Produsul Abonament are cota TVA 19%, dar aceasta nu este setata in Oblio");
    assert_eq!(seen["storno"]["number"], "0002");
    assert_eq!(seen["secondStorno"]["code"], 400);
    assert_eq!((&seen["proforma"]["seriesName"], &seen["notice"]["seriesName"]), (&json!("ACP"), &json!("ACA")));
    assert_eq!(seen["fromProforma"]["number"], "0003");
    assert_eq!(seen["notLast"]["code"], 400);
    assert_eq!(seen["deleted"], "Documentul a fost sters.");
    assert_eq!(seen["gone"]["message"], "Nu exista document cu seria ACO si numarul 3");
    assert_eq!(seen["tokens"], 1);

    let state = sandbox.control.state().await;
    assert_eq!(
        held(&state, "oblio"),
        named(&[
            ("ACO", "0001", "invoice"),
            ("ACO", "0002", "storno"),
            ("ACP", "0001", "proforma"),
            ("ACA", "0001", "notice")
        ])
    );
    assert_eq!(state["oblio"]["documents"][0]["collected"], "0.00", "the storno took the payment back");
    assert_eq!(state["oblio"]["deleted"], 1);
}

#[tokio::test]
async fn a_published_client_of_smartbill_is_satisfied_by_the_tolerant_mode() {
    let folder = tempfile::tempdir().unwrap();
    let sandbox = SandboxProgram::start_with(folder.path(), &["--tolerant", "--deleted-number-returns"]).await;
    let seen = smartbill(&folder.path().join("ports.json")).await;

    assert_eq!(seen["wrong_token"]["kind"], "SmartBillAuthError");
    let names: Vec<&str> =
        seen["series"]["list"].as_array().unwrap().iter().map(|one| one["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["ATC", "MAG", "ATP", "CHT"]);
    assert_eq!(seen["taxes"]["taxes"][0]["percentage"], 21.0);
    assert_eq!((&seen["created"]["series"], &seen["created"]["number"]), (&json!("ATC"), &json!("0001")));
    assert_eq!(seen["pdf"]["start"], "%PDF");
    assert_eq!((&seen["unpaid"]["unpaidAmount"], &seen["unpaid"]["paid"]), (&json!(99.8), &json!(false)));
    assert_eq!(seen["payment"]["errorText"], "");
    assert_eq!((&seen["paid"]["paidAmount"], &seen["paid"]["paid"]), (&json!(99.8), &json!(true)));
    assert_eq!(seen["payment_deleted"]["errorText"], "");
    assert_eq!(seen["mailed"]["status"]["code"], 0);
    assert_eq!(seen["storno"]["number"], "0002");
    assert_eq!(seen["second_storno"]["refused"], "[400] Factura este deja stornata.");
    assert_eq!(seen["other"]["number"], "0003");
    assert_eq!(seen["cancelled"]["message"], "Factura cu seria si numarul ATC0003 a fost anulata cu succes.");
    assert_eq!(seen["restored"]["message"], "Factura cu seria si numarul ATC0003 a fost restaurata cu succes.");
    assert_eq!(seen["not_last"]["kind"], "SmartBillRateLimitError", "it takes every 403 for a ban");
    assert_eq!(seen["deleted"]["message"], "Factura cu seria si numarul ATC0003 a fost stearsa cu succes.");
    assert_eq!(seen["wrong_rate"]["refused"], "[400] Cota tva a produsului Cană ceramică nu a fost gasita pe server!");
    assert_eq!((&seen["proforma"]["series"], &seen["proforma_pdf"]["start"]), (&json!("ATP"), &json!("%PDF")));
    assert_eq!(seen["not_invoiced"]["status"], 200, "200 with an errorText");
    assert_eq!(seen["converted"]["number"], "0003", "the number of the deleted one");
    assert_eq!(seen["invoiced"]["areInvoicesCreated"], true);
    assert_eq!(seen["invoiced"]["invoices"][0]["number"], "0003");
    assert_eq!(seen["stocks"]["list"][0]["products"][0]["productCode"], "STOC-01");

    let state = sandbox.control.state().await;
    assert_eq!(
        held(&state, "smartbill"),
        named(&[
            ("ATC", "0001", "invoice"),
            ("ATC", "0002", "storno"),
            ("ATP", "0001", "proforma"),
            ("ATC", "0003", "invoice")
        ])
    );
    assert_eq!(state["smartbill"]["documents"][0]["reversed_by"], "0002");
    assert_eq!(state["smartbill"]["emails"].as_array().unwrap().len(), 1);
    assert_eq!(state["smartbill"]["payments"].as_array().unwrap().len(), 1, "the receipt outlives its invoice");
}

#[tokio::test]
async fn the_same_client_is_refused_by_the_strict_mode_where_it_is_of_2021() {
    let folder = tempfile::tempdir().unwrap();
    let sandbox = SandboxProgram::start(folder.path()).await;
    let seen = smartbill(&folder.path().join("ports.json")).await;

    assert_eq!(seen["taxes"]["errorText"], "", "what is alike in both is answered");
    assert_eq!((&seen["created"]["status"], &seen["proforma"]["status"]), (&json!(405), &json!(405)), "no /v2");
    assert_eq!(
        seen["cancelled"]["refused"],
        "[400] Seria facturii trebuie specificata in url in parametrul 'seriesname'!"
    );
    assert_eq!(seen["pdf"]["status"], 502);
    assert_eq!(held(&sandbox.control.state().await, "smartbill"), [], "nothing was issued by a refused call");
}

#[tokio::test]
async fn the_clients_of_woocommerce_and_stripe_read_and_write_back() {
    let folder = tempfile::tempdir().unwrap();
    let sandbox = SandboxProgram::start(folder.path()).await;
    let seen = with_clients("shops.mjs", &folder.path().join("ports.json")).await;

    assert_eq!(seen["wooSearch"]["status"], 200, "blanks, brackets and letters beyond ASCII are signed alike");
    assert_eq!((&seen["wooPage"]["pages"], &seen["wooPage"]["ids"][0]), (&json!("2"), &json!(10_421)));
    let mismatch = "Invalid signature - provided signature does not match.";
    assert_eq!(seen["wooWrong"], json!({"code": 401, "message": mismatch}));
    assert_eq!(seen["wooWebhook"]["status"], "active");
    assert_eq!(seen["wooWebhooks"][0]["id"], seen["wooWebhook"]["id"]);
    assert_eq!(seen["wooWebhooks"][0]["status"], "paused");
    assert_eq!((&seen["wooNote"]["key"], &seen["wooNote"]["value"]), (&json!("punte"), &json!("ATC0001")));

    assert_eq!(seen["account"], sandbox.ports["stripe"]["account"]);
    assert_eq!((&seen["hasMore"], &seen["session"]["currency"]), (&json!(true), &json!("ron")));
    let line = &seen["session"]["line_items"]["data"][0];
    assert_eq!(line["taxes"][0]["amount"], line["amount_tax"]);
    assert_eq!(seen["lines"], json!(seen["session"]["line_items"]["data"].as_array().unwrap().len()));
    assert_eq!(seen["written"]["punte_number"], "ATC0001");
    assert_eq!((&seen["event"], &seen["refund"]), (&json!("charge.refunded"), &json!("succeeded")));
    assert_eq!(seen["stripeMissing"]["type"], "StripeInvalidRequestError");
    assert_eq!(seen["stripeMissing"]["message"], "No such checkout.session: 'cs_test_none'");
    assert_eq!(seen["stripeWrong"]["type"], "StripeAuthenticationError");
    let state = sandbox.control.state().await;
    assert_eq!(seen["all"], state["stripe"]["orders"]);
}

#[tokio::test]
async fn the_libraries_of_others_verify_what_the_shops_sign_and_nothing_that_was_spoilt() {
    let folder = tempfile::tempdir().unwrap();
    let _sandbox = SandboxProgram::start(folder.path()).await;
    let seen = with_clients("receiver.mjs", &folder.path().join("ports.json")).await;

    for (sender, topic) in [
        ("woocommerce", "order.updated"),
        ("shopify", "orders/updated"),
        ("stripe", "checkout.session.completed"),
        ("shared", "order.updated"),
        ("pair", "order.updated"),
    ] {
        let told = &seen[sender];
        assert_eq!(told["none"], json!({"topic": topic, "id": told["order"]}), "{sender}");
        for spoilt in ["body", "signature"] {
            assert_eq!(told[spoilt], json!({"status": 401}), "{sender}: {spoilt}");
        }
    }
    for sender in ["stripe", "shared"] {
        assert_eq!(seen[sender]["stale"], json!({"status": 401}), "{sender} signs the time");
    }
    let own = ["shopify orders/create", "webhook order.created", "woocommerce order.created", "woocommerce ping"];
    assert_eq!(seen["byThemselves"], json!(own));
}

#[tokio::test]
async fn what_the_libraries_of_others_sign_is_believed_and_nothing_that_was_altered() {
    let home = tempfile::tempdir().unwrap();
    let _sandbox = SandboxProgram::start(home.path()).await;
    let folder = create_workspace(home.path()).await;
    let desk = Desk::start(home.path(), &folder).await;
    // here is no keyring, or one that nobody unlocks
    desk.call("vault.choose", json!({ "kind": "session_memory" })).await;
    let clients = installed("npm/node_modules/standardwebhooks").ancestors().nth(2).unwrap().to_owned();
    let (ports, note) = (home.path().join("ports.json"), folder.join("owner.json"));
    let seen = run(Path::new("node"), "signers.mjs", &[&ports, &note, &clients]).await;

    for sender in ["woocommerce", "shopify", "stripe", "shared", "pair"] {
        let told = &seen[sender];
        let is = |way: &str, status: u16, words: &str, verdict: &str| {
            assert_eq!(told[way], json!({ "status": status, "words": words, "verdict": verdict }), "{sender}: {way}");
        };
        is("good", 200, "ok", "accepted");
        is("replay", 200, "ok", "replayed");
        is("body", 401, "bad_signature", "bad_signature");
        is("secret", 401, "bad_signature", "bad_signature");
        is("unsigned", 401, "no_signature", "no_signature");
        if !["woocommerce", "shopify"].contains(&sender) {
            is("old", 400, "stale", "stale");
            is("ahead", 400, "stale", "stale");
            is("timestamp", 401, "bad_signature", "bad_signature");
            // Stripe writes an event anew when it sends it again, and its order is read there in any case
            let known = if sender == "stripe" { (200, "ok") } else { (409, "replayed") };
            is("forged", known.0, known.1, "replayed");
        }
        assert_eq!(
            told["accepted"],
            json!([{ "state": "done", "hasOrder": true }]),
            "{sender}: one, and it was taken in"
        );
    }
}

/// A certificate for localhost of an authority of its own, and one that vouches for itself; each with its key, as files.
fn certificates(folder: &Path) -> (PathBuf, [PathBuf; 4]) {
    use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
    let mut made = CertificateParams::new(Vec::<String>::new()).unwrap();
    made.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let authority = CertifiedIssuer::self_signed(made, KeyPair::generate().unwrap()).unwrap();
    let params = || CertificateParams::new(vec!["localhost".to_owned()]).unwrap();
    let (key, strange) = (KeyPair::generate().unwrap(), KeyPair::generate().unwrap());
    let write = |name: &str, text: String| {
        let path = folder.join(name);
        std::fs::write(&path, text).unwrap();
        path
    };
    let files = [
        write("right.pem", params().signed_by(&key, &authority).unwrap().pem()),
        write("right.key", key.serialize_pem()),
        write("strange.pem", params().self_signed(&strange).unwrap().pem()),
        write("strange.key", strange.serialize_pem()),
    ];
    (write("authority.pem", authority.pem()), files)
}

#[tokio::test]
async fn a_mail_server_and_a_receiver_of_others_take_alerts_and_what_they_refuse_is_told() {
    let home = tempfile::tempdir().unwrap();
    let folder = create_workspace(home.path()).await;
    let (authority, files) = certificates(home.path());
    let desk = Desk::start_with(home.path(), &folder, &[("SSL_CERT_FILE", authority.to_str().unwrap())]).await;
    desk.call("vault.choose", json!({ "kind": "session_memory" })).await;
    let clients = installed("npm/node_modules/smtp-server").ancestors().nth(2).unwrap().to_owned();
    let note = folder.join("owner.json");
    let arguments: Vec<&Path> = [&note, &clients].into_iter().chain(&files).map(PathBuf::as_path).collect();
    let seen = run(Path::new("node"), "mail.mjs", &arguments).await;

    for (way, secure, user) in [
        ("tls", true, json!("alerte")),
        ("starttls", true, json!("alerte")),
        ("login", true, json!("alerte")),
        ("plain", false, json!(null)),
    ] {
        let told = &seen[way];
        assert_eq!((&told["state"], &told["code"]), (&json!("sent"), &json!("")), "{way}: {told}");
        let letter = &told["letter"];
        assert_eq!((&letter["secure"], &letter["user"]), (&json!(secure), &user), "{way}");
        assert_eq!(
            (&letter["from"], &letter["to"]),
            (&json!("alerte@atelier-cana.ro"), &json!(["ana@atelier-cana.ro"]))
        );
        let text = letter["text"].as_str().unwrap();
        assert!(
            text.contains("Auto-Submitted: auto-generated") && text.contains("multipart/alternative"),
            "{way}: {text}"
        );
    }
    for (way, code, said) in [
        ("wrongPassword", "login_refused", "535 Wrong user or password"),
        ("noMailbox", "recipient_refused", "nimeni@atelier-cana.ro: 550 No such mailbox"),
        ("noStartTls", "starttls_missing", "localhost"),
    ] {
        let told = &seen[way];
        assert_eq!(
            (&told["state"], &told["code"], &told["said"]),
            (&json!("failed"), &json!(code), &json!(said)),
            "{way}"
        );
        assert_eq!(told["letter"], json!(null), "{way}");
    }
    let partly = &seen["oneOfTwo"];
    assert_eq!((&partly["state"], &partly["code"]), (&json!("failed"), &json!("recipient_refused")));
    assert_eq!(partly["letter"]["to"], json!(["ana@atelier-cana.ro"]), "the other address has it");
    for way in ["strangeTls", "strangeStartTls"] {
        assert_eq!((&seen[way]["code"], &seen[way]["letter"]), (&json!("tls"), &json!(null)), "{way}: {}", seen[way]);
    }

    for (way, state, code, said) in
        [("hook", "sent", "", ""), ("broken", "failed", "answered", "500 told"), ("gone", "failed", "gone", "410 told")]
    {
        let told = &seen[way];
        assert_eq!(
            (&told["state"], &told["code"], &told["said"]),
            (&json!(state), &json!(code), &json!(said)),
            "{way}"
        );
        assert_eq!((&told["message"]["type"], &told["altered"]), (&json!("alert.test"), &json!("refused")), "{way}");
    }
}

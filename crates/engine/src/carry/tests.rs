//! A set-up out of one workspace and into another.

use super::*;
use crate::intake::tests::{Desk, NOW_MS, TestOrder, connection, desk, shop_order};
use crate::reads::tests::flow;
use async_trait::async_trait;
use punte_connectors::{HttpAnswer, HttpRequest, Limits, Transport, TransportError};
use punte_domain::rules::{Choice, CollectRule, CollectWhen, DocumentChoice, ProformaRule, SeriesRule, When};
use punte_domain::{CollectKind, FlowRules, RefundMode};
use punte_store::ledger::{Connection, Flow, IncomingOrder, MappingDraft};
use rust_decimal::dec;
use std::sync::Arc;

/// An import reaches nobody.
struct Nobody;

#[async_trait]
impl Transport for Nobody {
    async fn send(&self, request: HttpRequest, _: Limits) -> std::result::Result<HttpAnswer, TransportError> {
        panic!("asked {}", request.url)
    }
}

pub(super) fn empty() -> Desk {
    desk(Arc::new(Nobody))
}

fn shop() -> Connection {
    Connection {
        name: "Magazin".into(),
        address: "https://ana:pl4nted-pw@cana.ro/magazin?consumer_secret=cs_pl4nted".into(),
        account: "ck_pl4nted".into(),
        is_sandbox: false,
        ..connection("con_pl4nted_shop", "woocommerce")
    }
}

fn billing() -> Connection {
    Connection {
        name: "SmartBill".into(),
        address: String::new(),
        account: "ana.pl4nted@example.ro".into(),
        company: Some("RO12345674".into()),
        series: Some("FCT".into()),
        is_sandbox: false,
        reserve: 5,
        warehouse: "Depozit".into(),
        vat_names: [("21".to_owned(), "Normala".to_owned())].into(),
        ..connection("con_pl4nted_bill", "smartbill")
    }
}

/// Rules with something in each field.
fn all_rules() -> FlowRules {
    FlowRules {
        when: When {
            statuses: vec!["completed".into()],
            payment_methods: Choice { include: vec!["cod".into()], exclude: vec!["bacs".into()] },
            countries: Choice { include: Vec::new(), exclude: vec!["HU".into()] },
            min_total: Some(dec!(10.50)),
            ..When::default()
        },
        document: DocumentChoice::ProformaThenInvoice,
        proforma: ProformaRule { series: "PRO".into(), statuses: vec!["on-hold".into()], payment_methods: Vec::new() },
        delay_minutes: 30,
        approve_above: Some(dec!(5000)),
        series_rules: vec![SeriesRule {
            when: When { countries: Choice { include: vec!["DE".into()], exclude: vec![] }, ..When::default() },
            series: "EXT".into(),
        }],
        due_days: Some(15),
        collect: vec![CollectRule {
            method: "cod".into(),
            when: CollectWhen::Later,
            kind: CollectKind::CashOnDelivery,
        }],
        receipt_series: "CHT".into(),
        language: "EN".into(),
        email_client: true,
        send_einvoice: true,
        ..FlowRules::default()
    }
}

/// A workspace with a shop, a billing account, a mapping and two flows, with planted things that nobody else may know.
pub(super) async fn furnished() -> Desk {
    let desk = empty();
    let workspace = &desk.workspace;
    let (shop, billing) = (shop(), billing());
    workspace.ledger.save_connection(shop.clone()).await.unwrap();
    workspace.ledger.save_connection(billing.clone()).await.unwrap();
    for id in [&shop.id, &billing.id] {
        workspace.keep_secret(id, "https://cana.ro", "s3cret-pl4nted".to_owned().into()).await.unwrap();
    }
    let mut mapping = punte_mapping::preset("woocommerce_ro").unwrap();
    mapping.name = "Maparea mea".into();
    mapping.tables.insert("token".into(), [("a".to_owned(), "b\n\"c\"".to_owned())].into());
    let (name, document) = (mapping.name.clone(), mapping.to_text());
    workspace.ledger.save_mapping("map_pl4nted", &name, document.clone(), "Ana Pl4nted", NOW_MS).await.unwrap();
    let author = "Ana Pl4nted".to_owned();
    let draft = document.replace("Maparea mea", "draft pl4nted");
    let draft = MappingDraft { document: draft, base_version: 1, author, saved_ms: NOW_MS };
    workspace.ledger.save_mapping_draft("map_pl4nted", draft).await.unwrap();
    let of = |id: &str, name: &str| Flow {
        id: id.into(),
        name: name.into(),
        shop_id: shop.id.clone(),
        billing_id: billing.id.clone(),
        mapping_id: "map_pl4nted".into(),
        ..flow()
    };
    let plain = of("flow_pl4nted_1", "toate");
    let condition = "order.meta(\"tip\") == \"pf\"".to_owned();
    let mut ruled = of("flow_pl4nted_2", "cu reguli");
    ruled = Flow { condition, rules: all_rules(), write_back: true, full_refund: RefundMode::Automatic, ..ruled };
    workspace.ledger.save_flow(plain).await.unwrap();
    workspace.ledger.save_flow(ruled).await.unwrap();
    let order = shop_order(1, &TestOrder { created_ms: NOW_MS, modified_ms: NOW_MS, bad: None });
    let incoming = IncomingOrder {
        id: "ord_1".into(),
        connection_id: shop.id.clone(),
        shop_identity: "cana.ro/magazin".into(),
        head: order.head,
        raw: order.raw.to_string(),
        content_hash: "1".into(),
    };
    workspace.ledger.take_in(vec![incoming], None, NOW_MS).await.unwrap();
    desk
}

async fn import(desk: &Desk, text: &str) -> SetupPlan {
    let plan = desk.workspace.import_setup(text, &Renames::default(), "Dan").await.unwrap();
    assert_eq!(plan.problems, [], "{text}");
    plan
}

fn news(plan: &SetupPlan) -> (usize, usize, usize) {
    let new = |items: &[PlannedItem]| items.iter().filter(|item| item.is_new).count();
    (new(&plan.connections), new(&plan.mappings), plan.flows.iter().filter(|flow| flow.is_new).count())
}

/// Without its comments and `[punte]`.
fn body(text: &str) -> &str {
    &text[text.find("[[").unwrap()..]
}

#[tokio::test]
async fn nothing_secret_personal_or_of_this_machine_goes_out() {
    let text = furnished().await.workspace.export_setup("1.2.3").await.unwrap();
    for planted in ["pl4nted", "s3cret", "ck_", "example.ro", "Ștefan", "con_", "map_", "flow_", "orders to", "sample"]
    {
        assert!(!text.to_lowercase().contains(planted), "{planted}: {text}");
    }
    for told in ["https://cana.ro/magazin\"", "setup = 1", "Atelier Cană", "RO12345674", "Normala", "made_at = 20"] {
        assert!(text.contains(told), "{told}: {text}");
    }
}

#[tokio::test]
async fn what_goes_out_comes_in_and_goes_out_the_same() {
    let (from, to) = (furnished().await, empty());
    let text = from.workspace.export_setup("1.2.3").await.unwrap();
    let plan = import(&to, &text).await;
    assert_eq!(news(&plan), (2, 1, 2));
    assert_eq!((plan.workspace.as_str(), plan.version.as_str()), ("Atelier Cană", "1.2.3"));
    assert!(plan.made_at_ms > Some(0));
    assert_eq!(plan.series, ["FCT", "EXT", "PRO", "CHT"]);
    let again = to.workspace.export_setup("9").await.unwrap();
    assert_eq!(body(&again), body(&text));
    let flows = to.workspace.ledger.list_flows().await.unwrap();
    assert_eq!(flows[1].rules, all_rules());
    assert!(
        flows[1].write_back && flows.iter().all(|flow| !flow.series_is_ours),
        "who else writes here nobody said yet"
    );
    let known = from.workspace.ledger.list_connections().await.unwrap();
    let made = to.workspace.ledger.list_connections().await.unwrap();
    assert_eq!(made[1].vat_names, known[1].vat_names);
    assert_eq!((made[1].reserve, made[1].account.as_str()), (5, ""), "a login is typed with its credential");
}

#[tokio::test]
async fn by_an_import_alone_nothing_is_issued() {
    let (from, to) = (furnished().await, empty());
    import(&to, &from.workspace.export_setup("1").await.unwrap()).await;
    let ledger = &to.workspace.ledger;
    assert!(ledger.list_flows().await.unwrap().iter().all(|flow| !flow.enabled), "switched off, whatever they were");
    for one in ledger.list_connections().await.unwrap() {
        assert!(to.workspace.stored_secret(&one.id, &one.address).await.unwrap().is_none());
        let kind = one.stop.as_ref().map(|stop| stop.failure.kind);
        assert_eq!(kind, Some(punte_domain::FailureKind::CredentialMissing), "{}", one.name);
    }
}

#[tokio::test]
async fn the_same_file_twice_adds_nothing_here_and_where_it_is_from() {
    let (from, to) = (furnished().await, empty());
    let text = from.workspace.export_setup("1").await.unwrap();
    import(&to, &text).await;
    let before = to.workspace.ledger.read_setup_state().await.unwrap();
    assert_eq!(news(&import(&to, &text).await), (0, 0, 0));
    assert_eq!(to.workspace.ledger.read_setup_state().await.unwrap(), before);
    let own = from.workspace.ledger.read_setup_state().await.unwrap();
    assert_eq!(news(&import(&from, &text).await), (0, 0, 0));
    assert_eq!(from.workspace.ledger.read_setup_state().await.unwrap(), own);
    assert!(from.workspace.ledger.list_flows().await.unwrap().iter().all(|flow| flow.enabled), "as they were");
}

#[tokio::test]
async fn a_shop_and_a_company_that_are_here_are_used_however_they_are_written() {
    let (from, to) = (furnished().await, empty());
    let text = from.workspace.export_setup("1").await.unwrap();
    let ledger = &to.workspace.ledger;
    let mine = Connection { name: "Al meu".into(), address: "CANA.ro/magazin/".into(), ..shop() };
    ledger.save_connection(mine).await.unwrap();
    let theirs = Connection { name: "SB".into(), company: Some("12345674".into()), ..billing() };
    ledger.save_connection(theirs).await.unwrap();
    let plan = import(&to, &text).await;
    assert_eq!(news(&plan), (0, 1, 2));
    assert_eq!((plan.flows[0].shop.as_str(), plan.flows[0].billing.as_str()), ("Al meu", "SB"));
    let flows = ledger.list_flows().await.unwrap();
    assert_eq!(flows[0].shop_id, "con_pl4nted_shop");
    assert!(
        flows.iter().all(|flow| flow.company == "12345674"),
        "one series is not two by two ways to write its company"
    );
    // of another company the account is another connection
    let renames = Renames { companies: vec![("RO12345674".into(), "RO14399840".into())], ..Renames::default() };
    let other = to.workspace.preview_setup(&text, &renames).await.unwrap();
    assert_eq!((other.problems.len(), news(&other)), (0, (1, 0, 2)));
    assert_eq!(other.connections[1].name, "SmartBill");
}

#[tokio::test]
async fn a_mapping_of_the_same_name_is_used_where_it_says_the_same_and_else_told_apart() {
    let (from, to) = (furnished().await, empty());
    let text = from.workspace.export_setup("1").await.unwrap();
    let other = punte_mapping::Mapping { name: "Maparea mea".into(), ..punte_mapping::preset("generic").unwrap() };
    to.workspace.ledger.save_mapping("map_1", "Maparea mea", other.to_text(), "Ana", NOW_MS).await.unwrap();
    let plan = import(&to, &text).await;
    assert_eq!((plan.mappings[0].name.as_str(), plan.mappings[0].is_new), ("Maparea mea (2)", true));
    assert_eq!(plan.flows[0].mapping, "Maparea mea (2)");
    assert_eq!(news(&import(&to, &text).await), (0, 0, 0), "the one with a number is the same one");
    let rows = to.workspace.ledger.list_mappings().await.unwrap();
    let versions = to.workspace.ledger.list_mapping_versions(&rows[1].id).await.unwrap();
    assert_eq!((rows.len(), versions[0].author.as_str()), (2, "Dan"));
}

#[tokio::test]
async fn another_companys_tax_id_and_series_are_put_in_place_and_nobody_said_whose_that_series_is() {
    let (from, to) = (furnished().await, empty());
    let text = from.workspace.export_setup("1").await.unwrap();
    let pair = |from: &str, to: &str| (from.to_owned(), to.to_owned());
    let renames = Renames {
        companies: vec![pair("12345674", "RO14399840")],
        series: vec![pair("FCT", "AB"), pair("EXT", "ABX")],
        ..Renames::default()
    };
    let plan = to.workspace.import_setup(&text, &renames, "Dan").await.unwrap();
    assert_eq!((plan.problems.len(), plan.companies.as_slice()), (0, ["RO12345674".to_owned()].as_slice()));
    let flows = to.workspace.ledger.list_flows().await.unwrap();
    assert!(flows.iter().all(|flow| flow.company == "RO14399840" && flow.series == "AB" && !flow.series_is_ours));
    assert_eq!(flows[1].rules.series_rules[0].series, "ABX");
    let made = to.workspace.ledger.list_connections().await.unwrap();
    assert_eq!((made[1].company.as_deref(), made[1].series.as_deref()), (Some("RO14399840"), Some("AB")));
    let wrong = Renames {
        companies: vec![pair("RO1", "RO14399840"), pair("RO12345674", "RO14399841")],
        series: vec![pair("FCT", " "), pair("NIX", "A")],
        ..Renames::default()
    };
    let plan = empty().workspace.preview_setup(&text, &wrong).await.unwrap();
    let told = told(&plan);
    for expected in [
        "names_nothing companies[1]",
        "missing_field series[1]",
        "names_nothing series[2]",
        "tax_id_wrong connections[2].company",
        "tax_id_wrong flows[1].company",
        "missing_field flows[1].series",
    ] {
        assert!(told.contains(&expected.to_owned()), "{expected}: {told:?}");
    }
}

#[tokio::test]
async fn a_series_is_only_puntes_own_where_flows_here_say_so_of_all_that_a_flow_writes_in() {
    let (from, to) = (furnished().await, empty());
    let text = from.workspace.export_setup("1").await.unwrap();
    import(&to, &text).await;
    let ledger = &to.workspace.ledger;
    let is_plain = |flow: &Flow| flow.rules.series_rules.is_empty();
    let plain = ledger.list_flows().await.unwrap().into_iter().find(is_plain).unwrap();
    ledger.save_flow(Flow { series_is_ours: true, ..plain }).await.unwrap();
    import(&to, &text.replace("condition = ", "condition = 'false' # ")).await;
    let is_ours = async |condition: &str| -> Vec<(bool, bool)> {
        let new = ledger.list_flows().await.unwrap().into_iter().filter(|flow| flow.condition == condition);
        new.map(|flow| (is_plain(&flow), flow.series_is_ours)).collect()
    };
    assert_eq!(is_ours("false").await, [(false, false)], "it writes in others, too, of which nobody said anything");
    let plain = &text[..text.rfind("[[flows]]").unwrap()];
    import(&to, &plain.replace("[[flows]]", "[[flows]]\ncondition = 'true'")).await;
    assert_eq!(is_ours("true").await, [(true, true)], "it writes where a flow here says that nobody else does");
}

#[tokio::test]
async fn an_address_of_this_machine_is_left_out_and_asked_for() {
    let from = furnished().await;
    let here = Connection { address: "http://127.0.0.1:8431".into(), ..shop() };
    from.workspace.ledger.save_connection(here).await.unwrap();
    let billed = Connection { address: "sandbox:smartbill".into(), ..billing() };
    from.workspace.ledger.save_connection(billed).await.unwrap();
    let text = from.workspace.export_setup("1").await.unwrap();
    assert!(!text.contains("127.0.0.1") && !text.contains("sandbox:"), "{text}");
    assert_eq!(text.matches("was on the computer").count(), 2);
    let to = empty();
    let plan = to.workspace.import_setup(&text, &Renames::default(), "Dan").await.unwrap();
    assert_eq!(told(&plan), ["missing_field connections[1].address"]);
    let mended = text.replace("kind = \"woocommerce\"", "kind = \"woocommerce\"\naddress = \"cana.ro\"");
    import(&to, &mended).await;
}

#[tokio::test]
async fn what_somebody_changed_meanwhile_is_looked_at_again() {
    let (from, to) = (furnished().await, empty());
    let text = from.workspace.export_setup("1").await.unwrap();
    let seen = to.workspace.ledger.read_setup_state().await.unwrap();
    let (_, new) = to.workspace.plan_setup(&text, &Renames::default(), "Dan").await.unwrap();
    to.workspace.ledger.save_connection(shop()).await.unwrap();
    let refused = to.workspace.add_setup(new, seen).await.unwrap_err();
    assert!(matches!(refused, EngineError::NotNow("setup_changed")), "{refused}");
    assert_eq!(to.workspace.ledger.list_connections().await.unwrap().len(), 1, "nothing of it is there");
    assert!(to.workspace.ledger.list_mappings().await.unwrap().is_empty());
}

#[tokio::test]
async fn where_the_last_of_it_cannot_be_written_nothing_of_it_is() {
    let (from, to) = (furnished().await, empty());
    let text = from.workspace.export_setup("1").await.unwrap();
    let seen = to.workspace.ledger.read_setup_state().await.unwrap();
    let (_, mut new) = to.workspace.plan_setup(&text, &Renames::default(), "Dan").await.unwrap();
    new.flows[1].shop_id = "con_that_is_not_there".into();
    to.workspace.add_setup(new, seen.clone()).await.unwrap_err();
    assert_eq!(to.workspace.ledger.read_setup_state().await.unwrap(), seen);
}

pub(super) fn told(plan: &SetupPlan) -> Vec<String> {
    plan.problems.iter().map(|problem| format!("{} {}", problem.code.as_str(), problem.at)).collect()
}

async fn told_of(text: &str) -> Vec<String> {
    let desk = empty();
    let before = desk.workspace.ledger.read_setup_state().await.unwrap();
    let plan = desk.workspace.import_setup(text, &Renames::default(), "Dan").await.unwrap();
    assert_eq!(desk.workspace.ledger.read_setup_state().await.unwrap(), before, "all or nothing");
    told(&plan)
}

#[tokio::test]
async fn what_is_no_file_of_ours_is_refused_by_its_line_or_its_format() {
    assert_eq!(told_of("a = 1\nb = \n").await, ["not_toml line 2"]);
    assert_eq!(told_of("a = 1\na = 2\n").await, ["not_toml line 2"]);
    assert_eq!(told_of("").await, ["not_a_setup punte.setup"]);
    assert_eq!(told_of("[punte]\nsetup = \"1\"\n").await, ["not_a_setup punte.setup"]);
    assert_eq!(told_of("[punte]\nsetup = 2\n").await, ["too_new punte.setup"]);
    assert_eq!(told_of(&"#".repeat(MOST_BYTES + 1)).await, ["too_long "]);
    let many = "[[connections]]\nname = \"a\"\nkind = \"file\"\n".repeat(MOST_CONNECTIONS + 1);
    assert_eq!(told_of(&format!("[punte]\nsetup = 1\n{many}")).await, ["too_many connections"]);
    assert_eq!(told_of("[punte]\nsetup = 1\n").await, Vec::<String>::new(), "nothing in it is no fault");
}

#[tokio::test]
async fn everything_wrong_is_told_by_its_place_and_not_only_the_first() {
    let text = r#"
[punte]
setup = 1
made_at = "yesterday"
[secrets]
x = 1
[[connections]]
name = "Magazin"
kind = "woocommerce"
address = "https://ana:pw@cana.ro"
apiKey = "k"
reserve = "many"
colour = "red"
[[connections]]
name = "Magazin"
kind = "shopify"
address = "http://plain.ro"
[[connections]]
name = "Doi"
kind = "woocommerce"
address = "https://ana:pw@cana.ro"
series = "FCT"
[[connections]]
name = "S"
kind = "stripe"
account = "Ana"
[[connections]]
name = "B"
kind = "oblio"
company = "RO12345675"
[[connections]]
kind = "ebay"
[[mappings]]
name = "M"
format = 2
[mappings.client]
name = { expression = "nix(", when_empty = "guess" }
[[mappings]]
name = "N"
format = 2
[mappings.client.nonsense]
expression = "1"
[[flows]]
name = "F"
shop = "Nix"
billing = "Magazin"
mapping = "N"
company = "RO12345674"
condition = "nix("
[[flows]]
name = "G"
shop = "Magazin"
billing = "B"
mapping = "M"
company = "RO12345674"
series = "FCT"
[flows.rules]
delay_minutes = 30
due_weeks = 2
[flows.rules.when]
paid = "perhaps"
[[flows]]
name = "H"
shop = "Magazin"
billing = "B"
mapping = "M"
company = "nobody"
series = "FCT"
condition = "nix("
[flows.rules]
due_days = 1000
[[flows]]
name = "I"
shop = "Magazin"
billing = "B"
mapping = "M"
company = "RO12345674"
series = "FCT"
[flows.rules]
api_token = "t"
[flows.rules.when]
colour = "red"
"#;
    let told = told_of(text).await;
    let expected = [
        "wrong_value punte.made_at",
        "secret_inside connections[1].apiKey",
        "wrong_value connections[1].reserve",
        "unknown_field connections[1].colour",
        "missing_field connections[6].name",
        "wrong_value mappings[1].client.name.when_empty",
        "missing_field flows[1].series",
        "wrong_value flows[2].rules.when.paid",
        "secret_inside flows[4].rules.api_token",
        "unknown_field flows[4].rules.when.colour",
        "secret_inside secrets",
        "doubled connections[2].name",
        "address_wrong connections[2].address",
        "unknown_field connections[3].series",
        "secret_inside connections[3].address",
        "wrong_value connections[4].account",
        "tax_id_wrong connections[5].company",
        "mapping_wrong mappings[2].client.nonsense",
        "condition_wrong flows[3].condition",
        "wrong_value flows[3].rules",
        "tax_id_wrong flows[3].company",
    ];
    for one in expected {
        assert!(told.contains(&one.to_owned()), "{one}: {told:#?}");
    }
    assert!(!told.iter().any(|one| one.contains("flows[3].shop")), "what is broken is told where it is: {told:#?}");
    let plan = empty().workspace.preview_setup(text, &Renames::default()).await.unwrap();
    let given: Vec<&str> = plan.problems.iter().map(|problem| problem.given.as_str()).collect();
    assert!(!given.iter().any(|given| given.contains("pw@") || *given == "k" || *given == "t"), "{given:?}");
}

#[tokio::test]
async fn names_that_nothing_has_and_things_that_are_twice_are_told() {
    let text = r#"
[punte]
setup = 1
[[connections]]
name = "Unu"
kind = "woocommerce"
address = "https://cana.ro/"
[[connections]]
name = "Doi"
kind = "woocommerce"
address = "CANA.ro"
[[connections]]
name = "B"
kind = "oblio"
[[flows]]
name = "F"
shop = "Nix"
billing = "Unu"
mapping = "M"
company = "RO12345674"
series = "FCT"
"#;
    let expected = [
        "doubled connections[2].address",
        "names_nothing flows[1].shop",
        "wrong_value flows[1].billing",
        "names_nothing flows[1].mapping",
    ];
    assert_eq!(told_of(text).await, expected);
}

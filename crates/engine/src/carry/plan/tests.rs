//! What a plan says of a file beside what it adds: whose Stripe account it names, where a problem is, and when it was written.

use crate::carry::Renames;
use crate::carry::tests::{empty, furnished, told};
use punte_store::ledger::Flow;

const STRIPE: &str = r#"
[punte]
setup = 1
[[connections]]
name = "Card"
kind = "stripe"
account = "acct_1FirstCompany"
"#;

#[tokio::test]
async fn whose_stripe_account_a_file_names_is_shown_and_another_takes_its_place() {
    let desk = empty();
    let plan = desk.workspace.preview_setup(STRIPE, &Renames::default()).await.unwrap();
    assert_eq!(plan.accounts, ["acct_1FirstCompany"]);
    assert_eq!(plan.connections[0].detail, "acct_1FirstCompany", "shown where an address would be");
    let to =
        |account: &str| Renames { accounts: vec![("acct_1FirstCompany".into(), account.into())], ..Renames::default() };
    let wrong = desk.workspace.preview_setup(STRIPE, &to("RO12345674")).await.unwrap();
    assert_eq!(told(&wrong), ["wrong_value connections[1].account"]);
    let unknown = Renames { accounts: vec![("acct_nix".into(), "acct_1Second".into())], ..Renames::default() };
    let unknown = desk.workspace.preview_setup(STRIPE, &unknown).await.unwrap();
    assert_eq!(told(&unknown), ["names_nothing accounts[1]"]);
    let plan = desk.workspace.import_setup(STRIPE, &to(" acct_1SecondCompany "), "Dan").await.unwrap();
    assert_eq!(plan.problems, []);
    let made = desk.workspace.ledger.list_connections().await.unwrap();
    assert_eq!(made[0].account, "acct_1SecondCompany");
    // of the first company's account it is another shop
    let other = desk.workspace.preview_setup(STRIPE, &Renames::default()).await.unwrap();
    assert!(other.connections[0].is_new);
}

#[tokio::test]
async fn a_problem_names_the_entry_that_it_is_in_and_a_file_need_not_say_when_it_was_written() {
    let text = r#"
[punte]
setup = 1
[[connections]]
name = "Magazin"
kind = "woocommerce"
[[connections]]
kind = "file"
"#;
    let plan = empty().workspace.preview_setup(text, &Renames::default()).await.unwrap();
    let named: Vec<_> = plan.problems.iter().map(|one| (one.at.as_str(), one.name.as_str())).collect();
    assert!(named.contains(&("connections[1].address", "Magazin")), "{named:?}");
    assert!(named.contains(&("connections[2].name", "")), "{named:?}");
    assert_eq!(plan.made_at_ms, None);
}

#[tokio::test]
async fn two_flows_of_one_name_in_a_file_are_told_and_none_that_goes_out_has_another_ones() {
    let (from, to) = (furnished().await, empty());
    let text = from.workspace.export_setup("1").await.unwrap().replace("\"cu reguli\"", "\"toate\"");
    let plan = to.workspace.import_setup(&text, &Renames::default(), "Dan").await.unwrap();
    assert_eq!(told(&plan), ["doubled flows[2].name"]);
    assert_eq!(to.workspace.ledger.list_flows().await.unwrap().len(), 0, "nothing is taken in");
    // older versions let two flows have one name
    for flow in from.workspace.ledger.list_flows().await.unwrap() {
        from.workspace.ledger.save_flow(Flow { name: "F".into(), ..flow }).await.unwrap();
    }
    let out = from.workspace.export_setup("1").await.unwrap();
    assert!(out.contains("name = \"F\"") && out.contains("name = \"F (2)\""), "{out}");
    let again = from.workspace.preview_setup(&out, &Renames::default()).await.unwrap();
    assert_eq!(told(&again), Vec::<String>::new());
    assert!(again.flows.iter().all(|flow| !flow.is_new));
}

//! The demo in the terminal, as a newcomer without a display meets it.

use punte_sandbox::{Outcome, demo_expectations};
use punte_tests::run;

#[tokio::test]
async fn the_demo_issues_every_issuable_order_and_says_so_in_its_last_line() {
    let home = tempfile::tempdir().unwrap();
    let said = run("punte-cli", home.path(), &["demo", "--lang", "en"]).await;
    assert_eq!(said.code, Some(0), "{said:?}");
    let of = |outcome| demo_expectations().iter().filter(|one| one.outcome == outcome).count();
    let (issued, held) = (of(Outcome::Issued), of(Outcome::Held));
    assert!(issued > 20 && held > 3, "the shop is worth a demo: {issued} and {held}");
    let last = said.stdout.trim_end().lines().last().unwrap();
    assert!(last.starts_with(&format!("{issued} issued, {held} held, ")), "{last}");
    assert!(last.ends_with(" settled, 0 duplicated") && !last.contains(" 0 settled"), "{last}");
    for words in ["The tax id is not valid", "→ Ask the customer for the right CUI", "Safe to retry"] {
        assert!(said.stdout.contains(words), "{words}: cause and fix are told");
    }
    let json = run("punte-cli", home.path(), &["demo", "--json"]).await.json();
    assert_eq!((&json["issued"], &json["at_providers"], &json["waiting"]), (&issued.into(), &issued.into(), &0.into()));
}

//! Words of notices, from the catalogues that the screens use, and the screen that shows what a notice is about.

use crate::system_language;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use punte_engine::alerts::{NoticeKind, Told, Untold, UntoldItem, local_day, local_time};
use serde_json::Value;
use std::sync::LazyLock;

static RO: LazyLock<[Value; 2]> = LazyLock::new(|| {
    [
        read(include_str!("../../../../../ui/src/shared/i18n/ro/notices.json")),
        read(include_str!("../../../../../ui/src/shared/i18n/ro/words.json")),
    ]
});
static EN: LazyLock<[Value; 2]> = LazyLock::new(|| {
    [
        read(include_str!("../../../../../ui/src/shared/i18n/en/notices.json")),
        read(include_str!("../../../../../ui/src/shared/i18n/en/words.json")),
    ]
});

/// Causes that a notice's text names; the others are counted.
const NAMED: usize = 30;

fn read(text: &str) -> Value {
    serde_json::from_str(text).expect("the catalogues are JSON, checked by their test")
}

/// The words of one language.
pub(super) struct Words(&'static [Value; 2]);

impl Words {
    /// In the language that was chosen, or the system's.
    pub(super) fn of(language: Option<&str>) -> Words {
        let is_english = language.map_or_else(|| system_language() == "en", |chosen| chosen == "en");
        Words(if is_english { &EN } else { &RO })
    }

    /// A text by its dotted key, with `{{name}}` replaced; a key that is missing is shown as itself.
    fn say(&self, key: &str, facts: &[(&str, &str)]) -> String {
        let found = |catalogue| key.split('.').try_fold(catalogue, |value: &'static Value, part| value.get(part));
        let text = self.0.iter().find_map(found).and_then(Value::as_str).unwrap_or(key);
        facts.iter().fold(text.to_owned(), |text, (name, value)| text.replace(&format!("{{{{{name}}}}}"), value))
    }

    fn title(&self, item: &UntoldItem) -> String {
        let fact = |name: &str| match &item.facts[name] {
            Value::String(text) => text.clone(),
            Value::Number(number) => number.to_string(),
            _ => String::new(),
        };
        let time = |name: &str| item.facts[name].as_i64().map(local_time);
        let failure = self.say(&format!("failure.{}.title", fact("failure")), &[]);
        let facts = [
            ("name", fact("name")),
            ("minutes", fact("minutes")),
            ("first", fact("first")),
            ("more", fact("more")),
            ("series", fact("series")),
            ("plan", fact("plan")),
            ("failure", failure),
            ("deadline", local_day(&fact("deadline"))),
            ("newest", time("newestMs").unwrap_or_default()),
            ("last", time("lastMs").unwrap_or_default()),
        ];
        let case = match item.rule.as_str() {
            "connection_reconnect" if item.facts["credentials"] == true => match item.is_over {
                true => "recoveredCredentials",
                false => "raisedCredentials",
            },
            _ if item.is_over => "recovered",
            "einvoice_deadline" if item.facts["more"].as_u64().unwrap_or(0) > 0 => "raisedMore",
            "plan_quota" if item.facts["full"] == true => "raisedFull",
            "backup_overdue" if time("lastMs").is_none() => "raisedNever",
            _ => "raised",
        };
        let facts: Vec<(&str, &str)> = facts.iter().map(|(name, value)| (*name, value.as_str())).collect();
        self.say(&format!("notices.rule.{}.{case}", item.rule), &facts)
    }

    /// A notice in words.
    pub(super) fn tell(&self, untold: &Untold) -> Told {
        let workspace = ("workspace", untold.workspace.as_str());
        if untold.kind == NoticeKind::Test {
            let subject = self.say("notices.subject.test", &[workspace]);
            return Told { subject, text: self.say("notices.test", &[workspace]), items: Vec::new() };
        }
        let items: Vec<(String, String)> =
            untold.items.iter().map(|item| (self.title(item), path_of(item).to_owned())).collect();
        let count = items.len().to_string();
        let subject = match (items.as_slice(), untold.kind) {
            ([(title, _)], _) => self.say("notices.subject.one", &[workspace, ("title", title)]),
            (_, kind) => self.say(&format!("notices.subject.{}", kind.as_str()), &[workspace, ("count", &count)]),
        };
        let line = |(item, (title, _)): (&UntoldItem, &(String, String))| {
            let since = local_time(item.since_ms);
            let key = if item.is_over { "notices.line.recovered" } else { "notices.line.raised" };
            self.say(key, &[("title", title.as_str()), ("since", &since)])
        };
        let mut lines: Vec<String> = untold.items.iter().zip(&items).take(NAMED).map(line).collect();
        if items.len() > NAMED {
            lines.push(self.say("notices.more", &[("count", &(items.len() - NAMED).to_string())]));
        }
        lines.push(String::new());
        lines.push(self.say("notices.open", &[]));
        Told { subject, text: lines.join("\n"), items }
    }
}

/// The screen that shows what an alert is about, as the window's router has it.
pub(super) fn path_of(item: &UntoldItem) -> String {
    match item.rule.as_str() {
        "failure_group" => format!("/failures?target={}", utf8_percent_encode(&item.cause, NON_ALPHANUMERIC)),
        "in_doubt" => "/reconcile?filter=doubts".to_owned(),
        "series_gap" => "/reconcile?filter=series".to_owned(),
        "silent_shop" => "/orders?sort=-created".to_owned(),
        "einvoice_deadline" => "/einvoice".to_owned(),
        "connection_reconnect" if item.facts["credentials"] == true => "/settings?section=vault".to_owned(),
        "backup_overdue" => "/settings?section=backup".to_owned(),
        _ => "/connections".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use punte_engine::alerts::Rule;
    use serde_json::json;

    fn item(rule: &str, facts: Value, is_over: bool) -> UntoldItem {
        UntoldItem { rule: rule.into(), cause: "c".into(), facts, is_over, since_ms: 1_795_690_800_000 }
    }

    fn untold(kind: NoticeKind, items: Vec<UntoldItem>) -> Untold {
        Untold { kind, workspace: "Atelier Cană".into(), items }
    }

    #[test]
    fn every_rule_has_words_in_both_languages_and_no_fact_is_left_open() {
        let facts = json!({ "name": "Oblio", "minutes": 60, "first": "FCT 7", "more": 2, "series": "FCT", "plan": 500,
            "failure": "vat_rate_unknown", "deadline": "2026-11-30", "newestMs": 1, "lastMs": 1, "full": false });
        for language in ["ro", "en"] {
            for rule in Rule::ALL {
                for is_over in [false, true] {
                    let title = Words::of(Some(language)).title(&item(rule.as_str(), facts.clone(), is_over));
                    assert!(!title.contains("{{") && !title.contains("notices."), "{language} {rule:?}: {title}");
                }
            }
        }
    }

    #[test]
    fn one_cause_is_the_subject_and_several_are_counted() {
        let words = Words::of(Some("en"));
        let down = || item("connection_down", json!({ "name": "Oblio" }), false);
        let one = words.tell(&untold(NoticeKind::Raised, vec![down()]));
        assert_eq!(one.subject, "Atelier Cană: Oblio does not answer as it should; what is to be sent waits");
        let over = item("silent_shop", json!({ "name": "Woo" }), true);
        let two = words.tell(&untold(NoticeKind::Raised, vec![down(), over]));
        assert_eq!(two.subject, "Atelier Cană: 2 matters");
        assert_eq!(
            two.text,
            "- Oblio does not answer as it should; what is to be sent waits (since 26.11.2026 13:00)\n\
             - over: Orders come from Woo again\n\nOpen Punte to see more."
        );
        assert_eq!(two.items[0].1, "/connections");
        assert_eq!(punte_domain::personal::mask(&two.text), two.text, "a viewer reads it whole");
    }

    #[test]
    fn of_hundreds_the_text_names_the_first() {
        let many = (0..200).map(|_| item("failure_group", json!({ "failure": "field_missing" }), false)).collect();
        let told = Words::of(None).tell(&untold(NoticeKind::Digest, many));
        assert_eq!(told.items.len(), 200);
        assert_eq!(told.text.lines().count(), NAMED + 3);
        assert!(told.text.contains("170"));
    }

    #[test]
    fn closed_credentials_are_not_told_as_a_connection_and_a_group_is_led_to_by_its_key() {
        let of = |is_over: bool| {
            let item = item("connection_reconnect", json!({ "credentials": true }), is_over);
            (Words::of(Some("en")).title(&item), path_of(&item))
        };
        assert!(of(false).0.starts_with("The credentials cannot be read") && of(true).0.ends_with("read again"));
        assert_eq!(of(false).1, "/settings?section=vault");
        let group = UntoldItem { cause: "vat_rate_unknown|19|ș".into(), ..item("failure_group", json!({}), false) };
        assert_eq!(path_of(&group), "/failures?target=vat%5Frate%5Funknown%7C19%7C%C8%99");
    }

    #[test]
    fn a_plan_that_is_full_is_told_apart_from_one_that_is_nearly() {
        let of = |full: bool| {
            Words::of(None).title(&item("plan_quota", json!({ "name": "Oblio", "full": full, "plan": 9 }), false))
        };
        assert_ne!(of(true), of(false));
    }
}

//! Words for the terminal, from the same catalogues that the window uses.

use punte_api::{ApiError, ErrorCode};
use serde_json::Value;
use std::sync::OnceLock;

static RO: &str = include_str!("../../../ui/src/shared/i18n/ro/words.json");
static EN: &str = include_str!("../../../ui/src/shared/i18n/en/words.json");
static ACTIVITY_RO: &str = include_str!("../../../ui/src/shared/i18n/ro/activity.json");
static ACTIVITY_EN: &str = include_str!("../../../ui/src/shared/i18n/en/activity.json");
static BACKUP_RO: &str = include_str!("../../../ui/src/shared/i18n/ro/backup.json");
static BACKUP_EN: &str = include_str!("../../../ui/src/shared/i18n/en/backup.json");
static PERSONAL_RO: &str = include_str!("../../../ui/src/shared/i18n/ro/personal.json");
static PERSONAL_EN: &str = include_str!("../../../ui/src/shared/i18n/en/personal.json");
static DESKTOP_RO: &str = include_str!("../../../ui/src/shared/i18n/ro/desktop.json");
static DESKTOP_EN: &str = include_str!("../../../ui/src/shared/i18n/en/desktop.json");
static LOG_RO: &str = include_str!("../../../ui/src/shared/i18n/ro/log.json");
static LOG_EN: &str = include_str!("../../../ui/src/shared/i18n/en/log.json");
static SETUP_RO: &str = include_str!("../../../ui/src/shared/i18n/ro/setup.json");
static SETUP_EN: &str = include_str!("../../../ui/src/shared/i18n/en/setup.json");
static IMPORTS_RO: &str = include_str!("../../../ui/src/shared/i18n/ro/imports.json");
static IMPORTS_EN: &str = include_str!("../../../ui/src/shared/i18n/en/imports.json");

/// The languages that exist.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Language {
    Ro,
    En,
}

impl Language {
    /// As the api names it.
    pub fn code(self) -> &'static str {
        match self {
            Language::Ro => "ro",
            Language::En => "en",
        }
    }
}

/// The words of one language.
pub struct Words(&'static Value);

impl Words {
    pub fn of(language: Language) -> Words {
        static CATALOGUES: OnceLock<(Value, Value)> = OnceLock::new();
        let (ro, en) = CATALOGUES.get_or_init(|| {
            let read = |text: &str| -> Value {
                serde_json::from_str(text).expect("the catalogues are JSON, checked by their test")
            };
            let with_more = |words: &str, more: [(&str, &str); 8]| {
                let mut all = read(words);
                for (name, text) in more {
                    all[name] = read(text)[name].take();
                }
                all
            };
            let names = ["imports", "activity", "backup", "personal", "desktop", "log", "support", "setup"];
            let named = |texts: [&'static str; 8]| std::array::from_fn(|at| (names[at], texts[at]));
            (
                with_more(
                    RO,
                    named([IMPORTS_RO, ACTIVITY_RO, BACKUP_RO, PERSONAL_RO, DESKTOP_RO, LOG_RO, LOG_RO, SETUP_RO]),
                ),
                with_more(
                    EN,
                    named([IMPORTS_EN, ACTIVITY_EN, BACKUP_EN, PERSONAL_EN, DESKTOP_EN, LOG_EN, LOG_EN, SETUP_EN]),
                ),
            )
        });
        Words(match language {
            Language::Ro => ro,
            Language::En => en,
        })
    }

    /// A text by its dotted key, with `{{name}}` replaced. A key that is missing is shown as itself.
    pub fn say(&self, key: &str, facts: &[(&str, &str)]) -> String {
        let found = key.split('.').try_fold(self.0, |value, part| value.get(part)).and_then(Value::as_str);
        let mut text = found.unwrap_or(key).to_owned();
        for (name, value) in facts {
            text = text.replace(&format!("{{{{{name}}}}}"), value);
        }
        text
    }

    /// An error, with its facts where these tell more than the words do.
    pub fn say_error(&self, error: &ApiError) -> String {
        let said = self.say(&format!("error.{}", error.code.to_text()), &[("detail", &error.detail)]);
        let is_all = matches!(error.code, ErrorCode::WrongPassphrase | ErrorCode::WrongPassword);
        if is_all || error.detail.is_empty() { said } else { format!("{said} ({})", error.detail) }
    }
}

/// The system's language.
pub fn system_language() -> Language {
    if punte_api::system_language() == "ro" { Language::Ro } else { Language::En }
}

#[cfg(test)]
mod tests {
    use super::*;
    use punte_domain::FailureKind;

    #[test]
    fn every_failure_has_title_cause_and_fix_in_both_languages() {
        for language in [Language::Ro, Language::En] {
            let words = Words::of(language);
            for kind in FailureKind::ALL {
                for part in ["title", "cause", "fix"] {
                    let key = format!("failure.{}.{part}", kind.as_str());
                    assert_ne!(words.say(&key, &[]), key, "{language:?}");
                }
            }
        }
    }

    #[test]
    fn reasons_of_an_import_are_told_in_both_languages() {
        let facts = [("text", "mult")];
        let told = |language| Words::of(language).say("imports.reason.not_a_number", &facts);
        assert_eq!(told(Language::En), "“mult” is not a number");
        assert_eq!(told(Language::Ro), "„mult” nu este un număr");
    }

    #[test]
    fn a_wrong_passphrase_is_told_in_one_language_only() {
        let words = Words::of(Language::Ro);
        let wrong = words.say_error(&ApiError::new(ErrorCode::WrongPassphrase, "the passphrase is wrong"));
        assert_eq!(wrong, words.say("error.wrong_passphrase", &[]));
        assert!(words.say_error(&ApiError::new(ErrorCode::NotFound, "ws_1")).ends_with(" (ws_1)"));
        assert!(!words.say_error(&ApiError::new(ErrorCode::WrongPassword, "")).contains('('));
    }

    #[test]
    fn facts_are_put_in() {
        let words = Words(Box::leak(Box::new(serde_json::json!({ "a": { "b": "{{n}} of {{m}}" } }))));
        assert_eq!(words.say("a.b", &[("n", "1"), ("m", "2")]), "1 of 2");
    }
}

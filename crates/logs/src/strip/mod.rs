//! A line without anything that tells a person, a company or a machine: what may leave for somebody else's eyes.
//!
//! What stays is named, and not what goes. Of a text only words that stand in a list stay (those of SQLite's, the system's and our
//! own errors, codes and names of tables), with short numbers and our own ids: a name has no shape to be known by, so nothing stays
//! that is not known to be none. Names made of such words alone, as far as they are known, go too.

use crate::line::Line;
use punte_domain::personal::MASK;
use serde_json::{Map, Value};
use std::collections::HashSet;
use std::sync::LazyLock;

/// Words that stay. No first name or surname that people here bear is among them.
static WORDS: LazyLock<HashSet<&str>> = LazyLock::new(|| include_str!("words.txt").split_whitespace().collect());
/// Longer numbers may be telephones, amounts or codes.
const DIGITS: usize = 4;
/// A known name that is shorter would take half of every text along.
const SHORTEST_NAME: usize = 4;
/// Of a UUID, as our ids have it behind their prefix.
const ID_DIGITS: usize = 32;
const LONGEST_PREFIX: usize = 6;

/// Takes out what may not leave.
pub struct Stripper {
    /// In small letters.
    names: Vec<String>,
}

impl Stripper {
    /// With names that are known, of companies, connections, people and hosts: they go even where they are made of common words.
    pub fn new(names: impl IntoIterator<Item = String>) -> Stripper {
        let mut names: Vec<String> = names.into_iter().map(|name| name.trim().to_lowercase()).collect();
        names.retain(|name| name.chars().count() >= SHORTEST_NAME);
        // the longest first: a part of it would leave the rest
        names.sort_by_key(|name| std::cmp::Reverse(name.len()));
        names.dedup();
        Stripper { names }
    }

    /// A line as JSON, with what stays of it. Of what is no event of the log only that it was there.
    pub fn line(&self, line: &Line) -> Value {
        let mut kept = Map::new();
        let Some(level) = line.level else {
            kept.insert("unreadable".to_owned(), line.message.len().into());
            return Value::Object(kept);
        };
        let at = line.at_ms.and_then(chrono::DateTime::from_timestamp_millis);
        let at = at.map(|at| at.to_rfc3339_opts(chrono::SecondsFormat::Millis, true)).unwrap_or_default();
        kept.insert("timestamp".to_owned(), at.into());
        kept.insert("level".to_owned(), level.as_str().into());
        let is_ours = line.target.split("::").next().is_some_and(|part| part == "punte" || part.starts_with("punte_"));
        kept.insert("target".to_owned(), if is_ours { line.target.clone() } else { self.text(&line.target) }.into());
        // our own messages are words of the program, and of nobody else
        kept.insert("message".to_owned(), if is_ours { line.message.clone() } else { self.text(&line.message) }.into());
        let about = [("connection", &line.connection), ("order", &line.order), ("document", &line.document)];
        for (name, id) in about {
            if let Some(id) = id {
                kept.insert(name.to_owned(), self.text(id).into());
            }
        }
        for (name, value) in &line.fields {
            let value = match value {
                Value::String(trace) if name == "trace" => self.trace(trace).into(),
                value => self.value(value),
            };
            // so are the names of our fields
            kept.insert(if is_ours { name.clone() } else { self.text(name) }, value);
        }
        Value::Object(kept)
    }

    fn value(&self, value: &Value) -> Value {
        match value {
            Value::String(text) => self.text(text).into(),
            Value::Number(number) if number.to_string().len() > DIGITS => self.text(&number.to_string()).into(),
            Value::Array(items) => items.iter().map(|item| self.value(item)).collect(),
            Value::Object(fields) => {
                Value::Object(fields.iter().map(|(name, inner)| (self.text(name), self.value(inner))).collect())
            }
            plain => plain.clone(),
        }
    }

    /// The functions that a panic came through, without the places of files.
    fn trace(&self, trace: &str) -> String {
        let is_function = |line: &&str| {
            let rest = line.trim_start().trim_start_matches(|sign: char| sign.is_ascii_digit());
            rest.len() < line.trim_start().len() && rest.starts_with(": ")
        };
        trace.lines().filter(is_function).collect::<Vec<_>>().join("\n")
    }

    /// A text with what stays of it; `•••` stands for all that does not.
    pub fn text(&self, text: &str) -> String {
        let text = self.without_names(text);
        let mut kept = String::with_capacity(text.len());
        let mut rest = text.as_str();
        while let Some(sign) = rest.chars().next() {
            let end = rest.find(|sign: char| !sign.is_alphanumeric() && sign != '_').unwrap_or(rest.len());
            let (word, behind) = rest.split_at(end.max(sign.len_utf8()));
            if end == 0 || stays(word) {
                kept.push_str(word);
            } else if !kept.ends_with(MASK) {
                kept.push_str(MASK);
            }
            rest = behind;
        }
        kept
    }

    fn without_names(&self, text: &str) -> String {
        let mut text = text.to_owned();
        for name in &self.names {
            let small = text.to_lowercase();
            if !small.contains(name.as_str()) {
                continue;
            }
            // where a letter has another length in small, the places do not agree, and all of the text goes
            if small.len() != text.len() {
                return MASK.to_owned();
            }
            let mut anew = String::with_capacity(text.len());
            let mut from = 0;
            for (at, found) in small.match_indices(name.as_str()) {
                anew.push_str(text.get(from..at).unwrap_or_default());
                anew.push_str(MASK);
                from = at + found.len();
            }
            anew.push_str(text.get(from..).unwrap_or_default());
            text = anew;
        }
        text
    }
}

/// A word, or several with `_` between them, of which each is known; a short number; an id of ours.
fn stays(word: &str) -> bool {
    let is_known = |part: &str| {
        let is_number = part.len() <= DIGITS && part.bytes().all(|byte| byte.is_ascii_digit());
        is_number || WORDS.contains(part.to_ascii_lowercase().as_str())
    };
    is_id(word) || word.split('_').all(is_known)
}

fn is_id(word: &str) -> bool {
    let Some((prefix, digits)) = word.split_once('_') else { return false };
    let is_prefix =
        !prefix.is_empty() && prefix.len() <= LONGEST_PREFIX && prefix.bytes().all(|b| b.is_ascii_lowercase());
    is_prefix && digits.len() == ID_DIGITS && digits.bytes().all(|byte| byte.is_ascii_hexdigit())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain(text: &str) -> String {
        Stripper::new([]).text(text)
    }

    #[test]
    fn what_the_system_and_the_ledger_say_stays_readable() {
        for text in [
            "database is locked",
            "UNIQUE constraint failed: documents.issue_key",
            "No space left on device (os error 28)",
            "Connection refused (os error 111)",
            "vat_rate_unknown",
            "documents.retry",
            "con_0199a1b2c3d47e8f9a0b1c2d3e4f5061",
        ] {
            assert_eq!(plain(text), text);
        }
    }

    #[test]
    fn whatever_may_be_a_name_an_address_or_a_number_goes() {
        for (text, kept) in [
            ("client Ana Ionescu not found", "client ••• ••• not found"),
            ("ana ionescu", "••• •••"),
            ("https://atelier-cana.ro/wp-json?key=ck_12", "https://•••-•••.ro/•••-•••?key=•••"),
            ("/home/ana/.local/share/punte", "/•••/•••/.•••/•••/punte"),
            ("0740123456 or 10401", "••• or •••"),
            ("PNT-7K3QM4X2ZPV", "•••-•••"),
            ("Ștefănescu_error", "•••"),
            ("ana_0199a1b2", "•••"),
        ] {
            assert_eq!(plain(text), kept);
        }
    }

    #[test]
    fn a_name_made_of_common_words_goes_where_it_is_known() {
        let stripper = Stripper::new(["Document Store SRL".to_owned(), "Shop".to_owned(), "x".to_owned()]);
        assert_eq!(stripper.text("DOCUMENT STORE SRL has no series"), "••• has no series");
        assert_eq!(stripper.text("the shop is down; Shop İ"), "•••", "no place is guessed");
        assert_eq!(stripper.text("the shop is down"), "the ••• is down");
    }

    #[test]
    fn every_word_of_the_list_is_one_and_none_is_a_name() {
        for word in WORDS.iter() {
            assert!(word.bytes().all(|byte| byte.is_ascii_lowercase()), "{word}");
        }
        for name in ["ana", "dan", "ion", "maria", "popescu", "rose", "will", "may", "mihai", "radu", "grant", "ro"] {
            assert!(!WORDS.contains(name) || name == "ro", "{name}");
        }
    }

    #[test]
    fn a_line_keeps_what_it_is_about_and_loses_what_it_quotes() {
        let text = r#"{"timestamp":"2026-11-27T10:00:00.25Z","level":"ERROR","error":"no client Ana Pop","count":3,"total":10195,"client":{"name":"Ana"},"trace":"   0: punte_engine::decide::run\n             at /home/ana/punte/decide.rs:3:1\n   1: core::ops","message":"held","target":"punte_engine::decide","spans":[{"name":"w","workspace":"ws_1","order":"ord_0199a1b2c3d47e8f9a0b1c2d3e4f5061"}]}"#;
        let line = crate::Line::read(text, &"2026-11-27:0".parse().unwrap()).remove(0);
        let kept = Stripper::new([]).line(&line);
        assert_eq!(kept["order"], "ord_0199a1b2c3d47e8f9a0b1c2d3e4f5061");
        assert_eq!(kept["error"], "no client ••• •••");
        assert_eq!((&kept["count"], &kept["total"]), (&Value::from(3), &Value::from(MASK)));
        assert_eq!(kept["trace"], "   0: punte_engine::decide::run\n   1: core::ops");
        assert!(!kept.to_string().contains("Ana") && !kept.to_string().contains("ana/"), "{kept}");
        let other = crate::Line::read("Ana said", &"2026-11-27:0".parse().unwrap()).remove(0);
        assert_eq!(Stripper::new([]).line(&other).to_string(), r#"{"unreadable":8}"#);
    }

    #[test]
    fn what_another_library_says_is_no_message_of_ours() {
        let text = r#"{"timestamp":"2026-11-27T10:00:00Z","level":"WARN","message":"connect to atelier.ro failed","target":"hyper::client"}"#;
        let line = crate::Line::read(text, &"2026-11-27:0".parse().unwrap()).remove(0);
        let kept = Stripper::new([]).line(&line);
        assert_eq!(kept["message"], "connect to •••.ro failed");
        assert_eq!(kept["target"], "hyper::client");
    }
}

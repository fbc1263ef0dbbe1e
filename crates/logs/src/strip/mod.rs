//! A line without anything that tells a person, a company or a machine: what may leave for somebody else's eyes.
//!
//! What stays is named, and not what goes. Of a text only words that stand in a list stay (those of SQLite's, the system's and our
//! own errors, codes and names of tables), with short numbers and our own ids: a name has no shape to be known by, so nothing stays
//! that is not known to be none. Names made of such words alone, as far as they are known, go too. A number is judged whole, however
//! it is written in groups. The shop's number of an order goes; the document beside it tells which one it was.

use crate::line::Line;
use punte_domain::personal::MASK;
use serde_json::{Map, Value};
use std::collections::HashSet;
use std::sync::LazyLock;

/// Words that stay. No first name is among them, and no surname that many bear.
static WORDS: LazyLock<HashSet<&str>> = LazyLock::new(|| include_str!("words.txt").split_whitespace().collect());
/// Longer numbers may be telephones, amounts or codes.
const DIGITS: usize = 4;
/// So many groups are an address of the network, however short: `8.8.8.8`.
const GROUPS: usize = 3;
/// Groups of a number stand so close: `4111 1111`, `(0740) 123`.
const GAP: usize = 2;
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
                kept.insert(name.to_owned(), if is_id(id) { id } else { MASK }.into());
            }
        }
        let order = line.order.as_deref();
        for (name, value) in &line.fields {
            let value = match value {
                Value::String(trace) if name == "trace" => self.trace(trace).into(),
                Value::String(place) if name == "place" && is_ours => self.place(place).into(),
                value => self.value(value, order),
            };
            // so are the names of our fields
            kept.insert(if is_ours { name.clone() } else { self.text(name) }, value);
        }
        Value::Object(kept)
    }

    fn value(&self, value: &Value, order: Option<&str>) -> Value {
        match value {
            Value::String(text) => self.text_about(text, order).into(),
            Value::Number(number) if number.to_string().len() > DIGITS => self.text(&number.to_string()).into(),
            Value::Array(items) => items.iter().map(|item| self.value(item, order)).collect(),
            Value::Object(fields) => {
                let kept = |(name, inner): (&String, &Value)| (self.text_about(name, order), self.value(inner, order));
                Value::Object(fields.iter().map(kept).collect())
            }
            plain => plain.clone(),
        }
    }

    /// A place in our sources, of which the line and the column are nobody's numbers.
    fn place(&self, place: &str) -> String {
        let mut parts = place.rsplitn(3, ':');
        let (column, line, file) = (parts.next(), parts.next(), parts.next());
        match (file, line, column) {
            (Some(file), Some(line), Some(column))
                if file.ends_with(".rs") && is_short_number(line) && is_short_number(column) =>
            {
                format!("{}:{line}:{column}", self.text(file))
            }
            _ => self.text(place),
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
        self.text_about(text, None)
    }

    /// The same in a line about an order, whose number goes wherever it stands.
    fn text_about(&self, text: &str, order: Option<&str>) -> String {
        let text = self.without_names(text);
        let mut of_order = order.map(pieces).unwrap_or_default();
        of_order.retain(|piece| piece.contains(char::is_numeric));
        let all = pieces(&text);
        let mut kept = String::with_capacity(text.len());
        let mut rest = all.as_slice();
        while let Some(first) = rest.first() {
            let (number, behind) = rest.split_at(number_at(rest).max(1));
            let is_of_order = number.iter().any(|piece| of_order.contains(piece));
            if !is_of_word(first) || (number_stays(number) && !is_of_order) {
                number.iter().for_each(|piece| kept.push_str(piece));
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

fn is_of_word(piece: &str) -> bool {
    piece.starts_with(|sign: char| sign.is_alphanumeric() || sign == '_')
}

/// Words and what stands between them, in turn.
fn pieces(text: &str) -> Vec<&str> {
    let is_of_word = |sign: char| sign.is_alphanumeric() || sign == '_';
    let mut pieces = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let end = rest.find(|sign| is_of_word(sign) != is_of_word(first)).unwrap_or(rest.len());
        let (piece, behind) = rest.split_at(end);
        pieces.push(piece);
        rest = behind;
    }
    pieces
}

/// How many pieces the number is that these begin with: its groups, and what stands between them.
fn number_at(pieces: &[&str]) -> usize {
    let is_group = |piece: &&str| is_of_word(piece) && !is_id(piece) && piece.contains(char::is_numeric);
    let is_gap = |piece: &&str| !is_of_word(piece) && piece.chars().count() <= GAP;
    if !pieces.first().is_some_and(is_group) {
        return 0;
    }
    let mut end = 1;
    while pieces.get(end).is_some_and(is_gap) && pieces.get(end + 1).is_some_and(is_group) {
        end += 2;
    }
    end
}

/// A word that is known, an id, or a short number, in all its groups.
fn number_stays(pieces: &[&str]) -> bool {
    let words = || pieces.iter().filter(|piece| is_of_word(piece));
    let digits = || words().filter(|word| !is_id(word)).flat_map(|word| word.chars()).filter(|sign| sign.is_numeric());
    words().count() <= GROUPS && digits().count() <= DIGITS && words().all(|word| stays(word))
}

/// A word, or several with `_` between them, of which each is known; a short number; an id of ours.
fn stays(word: &str) -> bool {
    let is_known = |part: &str| is_short_number(part) || WORDS.contains(part.to_ascii_lowercase().as_str());
    is_id(word) || word.split('_').all(is_known)
}

fn is_short_number(part: &str) -> bool {
    part.len() <= DIGITS && part.bytes().all(|byte| byte.is_ascii_digit())
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
            "doc_0199a1b2c3d47e8f9a0b1c2d3e4f5061: 3 of 12",
            "sqlite 3.50.4",
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
    fn a_number_in_groups_is_one_number() {
        for (text, kept) in [
            ("Client host [86.123.45.67] blocked", "client host [•••] •••"),
            ("4111 1111 1111 1111", "•••"),
            ("4111-1111-1111-1111 not valid", "••• not valid"),
            ("4111_1111_1111_1111", "•••"),
            ("1234.56", "•••"),
            ("total 1.234,56 RON", "total ••• •••"),
            ("IBAN RO49 AAAA 1B31 0075 9384 0000", "••• ••• ••• •••"),
            ("IBAN RO49 BTRL RONC RT02 0123 45XX", "••• ••• ••• ••• •••"),
            ("(0740) 123 456", "(•••"),
            ("8.8.8.8 refused", "••• refused"),
            ("1980-01-02", "•••"),
            ("4111\u{a0}1111", "•••"),
            ("[4111, 1111]", "[•••]"),
        ] {
            assert_eq!(plain(text).to_lowercase(), kept, "{text}");
        }
    }

    #[test]
    fn an_orders_number_goes_wherever_its_line_names_it_and_an_id_stays() {
        let text = r#"{"timestamp":"2026-11-27T10:00:00Z","level":"ERROR","error":"no order 1042 of 7","who":{"1042":["1042"]},"message":"held","target":"punte_engine::decide","spans":[{"name":"w","order":"1042","document":"doc_0199a1b2c3d47e8f9a0b1c2d3e4f5061"}]}"#;
        let line = crate::Line::read(text, &"2026-11-27:0".parse().unwrap()).remove(0);
        let kept = Stripper::new([]).line(&line);
        assert!(!kept.to_string().contains("1042"), "{kept}");
        assert_eq!((&kept["order"], &kept["error"]), (&Value::from(MASK), &Value::from("no order ••• of 7")));
        assert_eq!(kept["document"], "doc_0199a1b2c3d47e8f9a0b1c2d3e4f5061");
        assert_eq!(Stripper::new([]).text_about("order A-12 of 12", Some("A-12")), "order A-••• of •••");
    }

    #[test]
    fn the_place_of_a_panic_keeps_its_line() {
        let stripper = Stripper::new([]);
        assert_eq!(stripper.place("/home/ana/ledger/run.rs:1329:13"), "/•••/•••/ledger/run.•••:1329:13");
        assert_eq!(stripper.place("ana:4111:1111"), "•••:•••");
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
        let names = include_str!("names.txt").split_whitespace();
        assert!(names.clone().count() > 400, "first names and surnames, Romanian and English");
        assert_eq!(names.filter(|name| WORDS.contains(name)).collect::<Vec<_>>(), Vec::<&str>::new());
        assert_eq!(plain("Mark Page"), "•••".to_owned() + " •••");
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

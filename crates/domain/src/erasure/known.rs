//! What is known of a client, and finding it in what people, shops and providers wrote.
//!
//! A name, an address or a code is found only where it stands by itself: a part of a longer word is somebody else's.

use crate::personal::{self, MASK};
use serde_json::Value;

/// A shorter text is found in too much that has nothing to do with the client.
const SHORTEST: usize = 5;
/// The end of a telephone number, which is the same with and without its country.
const PHONE_END: usize = 9;
/// A shorter number is as well an amount or a key.
const SHORTEST_NUMBER: usize = 8;
/// Of a value whose fields have their names, these hold a name and nothing else.
const OF_NAMES: [&str; 5] = ["name", "nume", "client", "customer", "company"];

/// What is known of a client, to find it in what people and providers wrote.
#[derive(Debug, Clone, Default)]
pub struct Known {
    /// In small letters.
    texts: Vec<String>,
    /// Names of one word, which many bear: they are the client's only where a field of their order is a name.
    names: Vec<String>,
    /// The ends of telephone numbers.
    phones: Vec<String>,
}

impl Known {
    /// An address of e-mail, a code. Too short a one says nothing, nor does one digit over and over, which forms are filled with.
    pub fn add(&mut self, text: &str) {
        let text = text.trim().to_lowercase();
        let code = text.strip_prefix("ro").unwrap_or(&text).trim();
        if is_digits(code) {
            if !is_one_digit(code) {
                self.push(code.to_owned());
                self.push(format!("ro{code}"));
            }
        } else {
            self.push(text);
        }
    }

    /// Both ways in which a person's name is written. One of a single word is looked for in their order only.
    pub fn add_name(&mut self, name: &str) {
        if name.contains(MASK) {
            return;
        }
        let words: Vec<&str> = name.split_whitespace().collect();
        match words[..] {
            [] => {}
            [only] => {
                let only = only.to_lowercase();
                if !self.names.contains(&only) {
                    self.names.push(only);
                }
            }
            [first, .., last] => {
                self.push(words.join(" ").to_lowercase());
                self.push(format!("{last} {}", words[..words.len() - 1].join(" ")).to_lowercase());
                self.push(format!("{first} {last}").to_lowercase());
            }
        }
    }

    fn push(&mut self, text: String) {
        let is_long = text.chars().count() >= SHORTEST && text.trim_start_matches("ro").chars().count() >= SHORTEST;
        if is_long && text != MASK && !self.texts.contains(&text) {
            self.texts.push(text);
            // the longest first: a part of it that went before would leave the rest
            self.texts.sort_by_key(|text| std::cmp::Reverse(text.len()));
        }
    }

    pub fn add_phone(&mut self, phone: &str) {
        if let Some(end) = phone_end(phone)
            && !is_one_digit(&end)
            && !self.phones.contains(&end)
        {
            self.phones.push(end);
        }
    }

    /// What another one knows, too, but for names of one word: beside their order they are anybody's.
    pub fn learn(&mut self, other: &Known) {
        other.texts.iter().for_each(|text| self.push(text.clone()));
        let new = other.phones.iter().filter(|phone| !self.phones.contains(phone));
        let new: Vec<String> = new.cloned().collect();
        self.phones.extend(new);
    }

    pub fn is_empty(&self) -> bool {
        self.texts.is_empty() && self.names.is_empty() && self.phones.is_empty()
    }

    /// Whether a text names the client.
    pub fn is_in(&self, text: &str) -> bool {
        self.scrubbed(text).is_some()
    }

    /// The text without the client; `None` where they are not in it.
    pub fn scrubbed(&self, text: &str) -> Option<String> {
        let mut scrubbed = text.to_owned();
        for known in &self.texts {
            if let Some(rest) = without(&scrubbed, known) {
                scrubbed = rest;
            }
        }
        let numbers: Vec<_> = personal::find(&scrubbed)
            .into_iter()
            .filter(|(range, _)| phone_end(&scrubbed[range.clone()]).is_some_and(|end| self.phones.contains(&end)))
            .collect();
        for (range, _) in numbers.into_iter().rev() {
            scrubbed.replace_range(range, MASK);
        }
        if phone_end(&scrubbed).is_some_and(|end| self.phones.contains(&end)) {
            MASK.clone_into(&mut scrubbed);
        }
        (scrubbed != text).then_some(scrubbed)
    }

    /// Takes the client out of every text and number in a value of which nothing is known. Answers whether they were in it.
    pub fn scrub(&self, value: &mut Value) -> bool {
        self.scrub_but(value, &|_| false)
    }

    /// The same, leaving what is to be kept.
    pub(super) fn scrub_but(&self, value: &mut Value, keeps: &dyn Fn(&str) -> bool) -> bool {
        match value {
            Value::String(text) => match self.scrubbed(text).filter(|_| !keeps(text)) {
                Some(scrubbed) => {
                    *text = scrubbed;
                    true
                }
                None => false,
            },
            Value::Number(number) => {
                let text = number.to_string();
                let is_theirs = text.len() >= SHORTEST_NUMBER && is_digits(&text) && self.is_in(&text) && !keeps(&text);
                if is_theirs {
                    *value = MASK.into();
                }
                is_theirs
            }
            Value::Array(items) => items.iter_mut().fold(false, |found, item| self.scrub_but(item, keeps) | found),
            Value::Object(fields) => {
                fields.values_mut().fold(false, |found, field| self.scrub_but(field, keeps) | found)
            }
            Value::Bool(_) | Value::Null => false,
        }
    }

    /// Takes the client out of a value that is read again by its fields: numbers stay, also those that are written as texts.
    /// Answers whether they were in it.
    pub fn scrub_typed(&self, value: &mut Value) -> bool {
        self.scrub_field(value, "")
    }

    fn scrub_field(&self, value: &mut Value, field: &str) -> bool {
        match value {
            Value::String(text) if is_number(text) => false,
            Value::String(text) => {
                let is_name = OF_NAMES.iter().any(|part| field.contains(part))
                    && self.names.contains(&text.trim().to_lowercase());
                let scrubbed = if is_name { Some(MASK.to_owned()) } else { self.scrubbed(text) };
                let is_theirs = scrubbed.is_some();
                if let Some(scrubbed) = scrubbed {
                    *text = scrubbed;
                }
                is_theirs
            }
            Value::Array(items) => items.iter_mut().fold(false, |found, item| self.scrub_field(item, field) | found),
            Value::Object(fields) => {
                fields.iter_mut().fold(false, |found, (name, inner)| self.scrub_field(inner, name) | found)
            }
            Value::Number(_) | Value::Bool(_) | Value::Null => false,
        }
    }
}

/// A text without every place where another, in small letters, stands by itself in it; `None` where it does not.
fn without(text: &str, known: &str) -> Option<String> {
    if !text.to_lowercase().contains(known) {
        return None;
    }
    // small letters, each with where the sign that it is of begins: some are longer than their capitals
    let signs: Vec<(char, usize)> =
        text.char_indices().flat_map(|(at, sign)| sign.to_lowercase().map(move |small| (small, at))).collect();
    let sought: Vec<char> = known.chars().collect();
    let (mut rest, mut from, mut at) = (String::new(), 0, 0);
    while at + sought.len() <= signs.len() {
        let end = at + sought.len();
        let is_here = signs[at..end].iter().map(|(sign, _)| sign).eq(&sought) && is_apart(&signs, at, end, known);
        if !is_here {
            at += 1;
            continue;
        }
        rest.push_str(&text[from..signs[at].1]);
        rest.push_str(MASK);
        from = signs.get(end).map_or(text.len(), |(_, start)| *start);
        at = end;
    }
    if rest.is_empty() {
        return None;
    }
    rest.push_str(&text[from..]);
    Some(rest)
}

/// Whether what stands between two places is no part of a longer word, address or number.
fn is_apart(signs: &[(char, usize)], at: usize, end: usize, known: &str) -> bool {
    let sign = |place: Option<usize>| place.and_then(|place| signs.get(place)).map(|(sign, _)| *sign);
    let (before, after) = (sign(at.checked_sub(1)), sign(Some(end)));
    let is_of_word = |sign: Option<char>| sign.is_some_and(|sign| sign.is_alphanumeric() || sign == '_');
    let is_digit = |sign: Option<char>| sign.is_some_and(|sign| sign.is_ascii_digit());
    let is_point = |sign: Option<char>| matches!(sign, Some('.' | ','));
    let (earlier, later) = (sign(at.checked_sub(2)), sign(Some(end + 1)));
    // "\n" and "%3D" end no word
    let is_escaped = earlier == Some('\\') && matches!(before, Some('n' | 'r' | 't'))
        || sign(at.checked_sub(3)) == Some('%')
            && [earlier, before].iter().all(|sign| sign.is_some_and(|sign| sign.is_ascii_hexdigit()));
    if is_of_word(before) && !is_escaped || is_of_word(after) {
        return false;
    }
    if known.contains('@') {
        let is_longer = matches!(before, Some('.' | '+' | '-' | '%'));
        let goes_on = matches!(after, Some('.' | '-')) && is_of_word(later);
        return !(is_longer || goes_on);
    }
    // "12345.67" is another number than "12345"
    !(is_digits(known) && (is_point(before) && is_digit(earlier) || is_point(after) && is_digit(later)))
}

/// The digits that a telephone number ends with; `None` for what is too short, or no number.
pub fn phone_end(text: &str) -> Option<String> {
    let is_sign = |sign: char| sign.is_ascii_digit() || " .-/()+".contains(sign);
    if !text.trim().chars().all(is_sign) {
        return None;
    }
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    ((PHONE_END..=15).contains(&digits.len())).then(|| digits[digits.len() - PHONE_END..].to_owned())
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn is_one_digit(digits: &str) -> bool {
    digits.bytes().next().is_some_and(|first| digits.bytes().all(|byte| byte == first))
}

/// An amount or a key as a text. What begins as a telephone number does is none.
fn is_number(text: &str) -> bool {
    let bytes = text.as_bytes();
    let is_amount = bytes.len() <= 12 && bytes.iter().all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b'-'));
    let is_dialled = bytes.len() >= PHONE_END && bytes.starts_with(b"0") && is_digits(text);
    is_amount && !is_dialled
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use serde_json::json;

    pub fn ana() -> Known {
        let mut known = Known::default();
        known.add_name("Ana Maria Popescu");
        known.add("ana@example.com");
        known.add("1980101123452");
        known.add_phone("0740 123 456");
        known
    }

    #[test]
    fn a_client_is_found_in_what_people_wrote_however_they_are_written() {
        let known = ana();
        for (text, scrubbed) in [
            ("ANA@EXAMPLE.COM a scris", "••• a scris"),
            ("popescu ana maria, 0740.123.456", "•••, •••"),
            ("Ana Popescu", MASK),
            ("+40 740 123 456", MASK),
            ("CNP 1980101123452.", "CNP •••."),
            ("İ: Ana Popescu, și ANA POPESCU.", "İ: •••, și •••."),
            (r"said:\nana@example.com, q%3Dana@example.com", r"said:\n•••, q%3D•••"),
        ] {
            assert_eq!(known.scrubbed(text).as_deref(), Some(scrubbed), "{text}");
        }
        for text in ["Banana 0741 123 456", "ana@example.org", "Maria Popescu", ""] {
            assert_eq!(known.scrubbed(text), None, "{text}");
        }
    }

    #[test]
    fn a_part_of_a_longer_word_address_or_number_is_somebody_elses() {
        let mut known = ana();
        known.add("RO12345674");
        for text in [
            "Ana Popescuț",
            "Oana Popescu",
            "Ana Popescu2",
            "oana@example.com",
            "ion.ana@example.com",
            "ana@example.com.ro",
            "ana@example.community",
            "11980101123452",
            "12345674.50",
            "0,12345674",
        ] {
            assert_eq!(known.scrubbed(text), None, "{text}");
        }
        for text in ["RO12345674", "ro 12345674", "CUI 12345674, str. Morii"] {
            assert!(known.is_in(text), "{text}");
        }
    }

    #[test]
    fn a_name_of_one_word_is_a_clients_only_where_a_field_of_their_order_is_a_name() {
        let mut known = Known::default();
        known.add_name("Maria");
        assert_eq!(known.scrubbed("Strada Sfânta Maria 4"), None);
        assert_eq!(known.scrubbed("Maria"), None);
        let mut facts = json!({ "customer": "MARIA", "seen": "maria", "lines": [{ "code": "Maria 2" }] });
        assert!(known.scrub_typed(&mut facts));
        assert_eq!(facts, json!({ "customer": MASK, "seen": "maria", "lines": [{ "code": "Maria 2" }] }));
        let mut elsewhere = Known::default();
        elsewhere.learn(&known);
        assert!(elsewhere.is_empty());
    }

    #[test]
    fn what_forms_are_filled_with_and_what_is_too_short_is_not_looked_for() {
        let mut known = Known::default();
        known.add("Ana");
        known.add(MASK);
        known.add_name(MASK);
        known.add("0000000000000");
        known.add("RO 1111111111");
        known.add("RO123");
        known.add_phone("112");
        known.add_phone("0000000000");
        assert!(known.is_empty(), "{known:?}");
    }

    #[test]
    fn of_what_is_read_again_by_its_fields_no_number_goes() {
        let mut known = ana();
        known.add("12345674");
        let typed =
            json!({ "price": "12345674", "quantity": 12345674, "total": "12345674.5", "at": 1980101123452_i64 });
        let mut value = typed.clone();
        assert!(!known.scrub_typed(&mut value));
        assert_eq!(value, typed);
        let mut told = json!({ "reason": "1980101123452", "why": "0740123456", "words": "CUI 12345674" });
        assert!(known.scrub_typed(&mut told));
        assert_eq!(told, json!({ "reason": MASK, "why": MASK, "words": "CUI •••" }));
        let mut body = json!({ "phone": 740123456, "total": 1234 });
        assert!(known.scrub(&mut body), "of a body as it came nothing is known");
        assert_eq!(body, json!({ "phone": MASK, "total": 1234 }));
    }
}

//! What tells a person for certain, wherever it stands in a text: an e-mail address, a telephone number, a personal code (CNP).
//!
//! One finder for the log, the audit log, the webhook inbox and what a viewer sees, so that none of them knows a spelling that the
//! others miss. Names and street addresses have no shape of their own: whoever masks those goes by the names of fields ([`names`]).

pub mod names;

use crate::tax_id::cnp_is_consistent;
use std::borrow::Cow;
use std::ops::Range;

/// Stands for what is not shown.
pub const MASK: &str = "•••";

/// How an `@` may be written: as itself, in an address, in JSON.
const AT: [&str; 4] = ["@", "%40", "\\u0040", "&#64;"];
const LONGEST_WHO: usize = 64;
const LONGEST_HOST: usize = 253;
/// Of a number that is written with its country.
const PHONE_DIGITS: std::ops::RangeInclusive<usize> = 9..=15;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tells {
    Mail,
    Phone,
    Code,
}

/// Where a text tells a person, from its start to its end.
pub fn find(text: &str) -> Vec<(Range<usize>, Tells)> {
    let addresses = find_mails(text);
    let mut mails = addresses.iter().cloned().peekable();
    let mut found = Vec::new();
    let bytes = text.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        if mails.peek().is_some_and(|mail| mail.contains(&at)) {
            at = mails.next().map_or(at + 1, |mail| mail.end);
            continue;
        }
        let is_begun = bytes[at].is_ascii_digit() || bytes[at] == b'+';
        let hit = if is_begun && begins(bytes, at) { number_at(bytes, at) } else { None };
        match hit {
            Some((end, tells)) => {
                found.push((at..end, tells));
                at = end;
            }
            // the rest of a run of digits begins no number
            None if bytes[at].is_ascii_digit() => at += digits_at(bytes, at),
            None => at += 1,
        }
    }
    found.extend(addresses.into_iter().map(|range| (range, Tells::Mail)));
    found.sort_by_key(|(range, _)| range.start);
    found
}

/// The text with what tells a person masked: of an address its first letter and its host stay, of a number nothing.
pub fn mask(text: &str) -> Cow<'_, str> {
    mask_only(text, &[Tells::Mail, Tells::Phone, Tells::Code])
}

/// The same for some of it.
pub fn mask_only<'t>(text: &'t str, which: &[Tells]) -> Cow<'t, str> {
    let found: Vec<_> = find(text).into_iter().filter(|(_, tells)| which.contains(tells)).collect();
    if found.is_empty() {
        return Cow::Borrowed(text);
    }
    let mut masked = String::with_capacity(text.len());
    let mut from = 0;
    for (range, tells) in found {
        masked.push_str(&text[from..range.start]);
        match tells {
            Tells::Mail => masked.push_str(&mask_mail(&text[range.clone()])),
            Tells::Phone | Tells::Code => masked.push_str(MASK),
        }
        from = range.end;
    }
    masked.push_str(&text[from..]);
    Cow::Owned(masked)
}

/// Whether a text is a personal code: its digits, a month, and the right control digit.
pub fn is_code(text: &str) -> bool {
    let month = text.get(3..5).and_then(|month| month.parse::<u8>().ok());
    !text.starts_with('0') && month.is_some_and(|month| (1..=12).contains(&month)) && cnp_is_consistent(text)
}

fn mask_mail(mail: &str) -> String {
    let at = AT.iter().find_map(|at| mail.find(at));
    let (who, host) = mail.split_at(at.unwrap_or(mail.len()));
    format!("{}{MASK}{host}", who.chars().next().map(String::from).unwrap_or_default())
}

fn find_mails(text: &str) -> Vec<Range<usize>> {
    let mut found: Vec<Range<usize>> = Vec::new();
    let mut signs = Signs::new(text);
    let mut from = 0;
    while let Some((at, sign)) = signs.next_from(from) {
        let end = at + sign.len();
        let low = found.last().map_or(0, |range| range.end);
        let who = who_before(&text[low..at]);
        let host = host_after(&text[end..]);
        if who > 0 && host > 0 {
            found.push(at - who..end + host);
            from = end + host;
        } else {
            from = end;
        }
    }
    found
}

/// Where a text has an `@`. The next place of each spelling is kept until it is passed, so that a text full of one of them is not
/// gone through to its end for the others each time.
struct Signs<'t> {
    text: &'t str,
    next: [Option<usize>; AT.len()],
    /// Bytes that were searched, for the test.
    #[cfg(test)]
    searched: usize,
}

impl<'t> Signs<'t> {
    fn new(text: &'t str) -> Self {
        let mut signs = Signs {
            text,
            next: [Some(0); AT.len()],
            #[cfg(test)]
            searched: 0,
        };
        (0..AT.len()).for_each(|of| signs.search(of, 0));
        signs
    }

    fn search(&mut self, of: usize, from: usize) {
        self.next[of] = self.text[from..].find(AT[of]).map(|at| at + from);
        #[cfg(test)]
        {
            self.searched += self.next[of].unwrap_or(self.text.len()) - from;
        }
    }

    /// The first one at a place or behind it. Places only grow from call to call.
    fn next_from(&mut self, from: usize) -> Option<(usize, &'static str)> {
        for of in 0..AT.len() {
            if self.next[of].is_some_and(|at| at < from) {
                self.search(of, from);
            }
        }
        self.next.iter().zip(AT).filter_map(|(at, sign)| Some(((*at)?, sign))).min_by_key(|(at, _)| *at)
    }
}

/// Bytes of a mailbox's name that ends where the text does.
fn who_before(text: &str) -> usize {
    let is_part = |sign: char| sign.is_alphanumeric() || "._%+-!#$*^~".contains(sign);
    let signs = text.chars().rev().take(LONGEST_WHO).take_while(|sign| is_part(*sign));
    let who: usize = signs.map(char::len_utf8).sum();
    // a sentence's point before it is not its own, and an escape of JSON is no letter
    let part = &text[text.len() - who..];
    who - (part.len() - part.trim_start_matches(['.', '-', '%', '#', '*', '!']).len())
}

/// Bytes of a host's name that begins where the text does: labels, the last of them letters.
fn host_after(text: &str) -> usize {
    let is_part = |sign: char| sign.is_alphanumeric() || matches!(sign, '.' | '-');
    let long: usize = text.chars().take(LONGEST_HOST).take_while(|sign| is_part(*sign)).map(char::len_utf8).sum();
    let host = text[..long].trim_end_matches(['.', '-']);
    let last = host.rsplit_once('.').filter(|(before, _)| !before.is_empty()).map(|(_, last)| last);
    let is_host = last.is_some_and(|last| last.chars().count() >= 2 && last.chars().all(char::is_alphabetic));
    if is_host { host.len() } else { 0 }
}

/// Whether something may begin here: not in the middle of a word, of an amount, or of another number.
fn begins(bytes: &[u8], at: usize) -> bool {
    let Some(before) = at.checked_sub(1).map(|before| bytes[before]) else { return true };
    let is_in_amount = matches!(before, b'.' | b',') && at >= 2 && bytes[at - 2].is_ascii_digit();
    // of `\n0740…` in JSON the letter belongs to the sign
    let is_escape = matches!(before, b'n' | b't' | b'r') && at >= 2 && bytes[at - 2] == b'\\';
    is_escape || !(before.is_ascii_alphanumeric() || before == b'_' || before == b'+' || before >= 0x80 || is_in_amount)
}

fn digits_at(bytes: &[u8], at: usize) -> usize {
    bytes[at..].iter().take_while(|byte| byte.is_ascii_digit()).count()
}

/// A telephone number or a personal code that begins here, and where it ends.
fn number_at(bytes: &[u8], at: usize) -> Option<(usize, Tells)> {
    let run = digits_at(bytes, at);
    if run == 13 && ends(bytes, at + run) {
        let code = std::str::from_utf8(&bytes[at..at + run]).is_ok_and(is_code);
        if code {
            return Some((at + run, Tells::Code));
        }
    }
    let phone = |end: usize| Some((end, Tells::Phone));
    if bytes[at] == b'+' {
        let is_romanian = bytes[at..].starts_with(b"+40") || bytes[at..].starts_with(b"+4 0");
        let longest = if is_romanian { 11 } else { *PHONE_DIGITS.end() };
        let (count, end) = grouped(bytes, at + 1, longest, 1)?;
        return if PHONE_DIGITS.contains(&count) { phone(end) } else { None };
    }
    let rest = &bytes[at..];
    let whole = if rest.starts_with(b"0040") {
        13
    } else if matches!(rest, [b'0', b'2' | b'3' | b'7', ..]) {
        10
    } else if rest.starts_with(b"407") && run == 11 {
        11
    } else {
        return None;
    };
    let (count, end) = grouped(bytes, at, whole, 3)?;
    if count == whole { phone(end) } else { None }
}

/// Digits in groups, at most so many: how many there are, and where they end. The first group is at least so long, so that a
/// date is none.
fn grouped(bytes: &[u8], from: usize, longest: usize, first: usize) -> Option<(usize, usize)> {
    let (mut at, mut end, mut count) = (from, from, 0);
    while count < longest {
        let run = digits_at(bytes, at);
        if run == 0 || count == 0 && run < first {
            break;
        }
        count += run;
        (at, end) = (at + run, at + run);
        // one sign between groups, or the two around brackets
        let signs = bytes[at..].iter().take(2).take_while(|byte| b" .-/()".contains(byte)).count();
        if signs == 0 {
            break;
        }
        at += signs;
    }
    (count <= longest && ends(bytes, end)).then_some((count, end))
}

/// Whether a number may end here.
fn ends(bytes: &[u8], at: usize) -> bool {
    !bytes.get(at).is_some_and(|next| next.is_ascii_alphanumeric() || *next == b'_')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_keeps_its_first_letter_and_its_host() {
        for (text, masked) in [
            ("ana.pop@shop.ro", "a•••@shop.ro"),
            ("scrie la <ana.pop+1@shop.co.uk>, te rog", "scrie la <a•••@shop.co.uk>, te rog"),
            ("a@b.ro,c@d.ro", "a•••@b.ro,c•••@d.ro"),
            ("?to=ana%40shop.ro&x=1", "?to=a•••%40shop.ro&x=1"),
            (r#"{"email":"ana\u0040shop.ro"}"#, r#"{"email":"a•••\u0040shop.ro"}"#),
            ("Mulțumesc.ana@shop.ro.", "M•••@shop.ro."),
            ("țuțu@poștă.ro", "ț•••@poștă.ro"),
        ] {
            assert_eq!(mask(text), masked);
        }
    }

    #[test]
    fn a_text_full_of_signs_is_searched_once_for_each_spelling() {
        let text = "@".repeat(1_000_000);
        let mut signs = Signs::new(&text);
        let mut from = 0;
        while let Some((at, sign)) = signs.next_from(from) {
            from = at + sign.len();
        }
        assert!(from == text.len() && signs.searched <= AT.len() * text.len(), "{}", signs.searched);
        assert!(find(&text).is_empty());
        let mixed = "ana%40shop.ro @@ ion@shop.ro \\u0040 ana&#64;shop.ro @".repeat(2);
        assert_eq!(find(&mixed).len(), 6);
    }

    #[test]
    fn what_has_an_at_and_is_no_address_stays() {
        for text in ["@ana", "ana@", "ana@localhost", "punte@0.1.0", "2 @ 5.00 lei", "x@1.2", "@@", "ana @ shop.ro"] {
            assert_eq!(mask(text), text);
        }
    }

    #[test]
    fn a_telephone_number_is_found_however_it_is_grouped() {
        for number in [
            "0740123456",
            "0740 123 456",
            "0740.12.34.56",
            "0740-123-456",
            "021 123 45 67",
            "0264/123456",
            "+40740123456",
            "+40 740 123 456",
            "+40 (740) 123-456",
            "0040 740 123 456",
            "40740123456",
            "+49 30 901820",
            "+1 202 555 0125",
        ] {
            assert_eq!(mask(&format!("tel: {number}, seara")), "tel: •••, seara", "{number}");
            assert_eq!(mask(number), MASK);
        }
        assert_eq!(mask(r#"{"note":"sunați\n0740123456"}"#), r#"{"note":"sunați\n•••"}"#);
    }

    #[test]
    fn other_numbers_stay() {
        for text in [
            "2026-11-27 10:30:00",
            "07.11.2026 10:30",
            "02.03.2026",
            "total 1020.30 lei",
            "FCT 0007",
            "#10401",
            "RO12345674",
            "1795527395000",
            "5941234567890",
            "RO49AAAA1B31007593840000",
            "ord_0740123456",
            "9f86d081-0740-4123-8456-0740123456ab",
            "gid://shopify/Order/5123456789012",
            "1.0740123456",
            "12345678901",
            "+12",
            "07401234567",
        ] {
            assert_eq!(mask(text), text);
        }
    }

    #[test]
    fn a_personal_code_is_found_by_its_control_digit() {
        assert_eq!(mask("CNP 1980101123452."), "CNP •••.");
        assert_eq!(mask("1980101123453"), "1980101123453");
        assert!(is_code("1980101123452") && !is_code("0980101123452") && !is_code("198010112345"));
    }

    #[test]
    fn only_what_is_asked_for_is_masked() {
        let text = "ana@shop.ro 0740123456 1980101123452";
        assert_eq!(mask_only(text, &[Tells::Mail, Tells::Code]), "a•••@shop.ro 0740123456 •••");
        assert_eq!(find(text).len(), 3);
        assert!(matches!(mask("nimic"), Cow::Borrowed(_)));
    }
}

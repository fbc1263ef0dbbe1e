//! What the text of a cell says: numbers and instants as spreadsheets and shops write them.
//!
//! `1,234` is a thousand or one and a bit. Which, the other cells of its column tell, or the person who chose; where nobody
//! does, it is nothing: an amount is never guessed.

use super::rows::Kind;
use crate::shops::{Reason, ReasonCode};
use chrono::{DateTime, FixedOffset, NaiveDate, NaiveDateTime, NaiveTime, TimeZone};
use chrono_tz::Europe::Bucharest;
use punte_domain::money::parse_decimal;
use rust_decimal::Decimal;
use std::borrow::Cow;

/// How a column writes what could be read in two ways.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    /// A decimal point; or the day first.
    First,
    /// A decimal comma; or the month first.
    Second,
}

/// What the cells of a column said so far.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Witnesses {
    first: bool,
    second: bool,
}

impl Witnesses {
    pub(super) fn hear(&mut self, way: Option<Way>) {
        match way {
            Some(Way::First) => self.first = true,
            Some(Way::Second) => self.second = true,
            None => {}
        }
    }

    /// The way they agree on.
    pub(super) fn verdict(self) -> Option<Way> {
        match (self.first, self.second) {
            (true, false) => Some(Way::First),
            (false, true) => Some(Way::Second),
            _ => None,
        }
    }
}

const SIGNS: &[&str] = &["lei", "ron", "eur", "usd", "gbp", "huf", "€", "$", "£", "%"];

/// Digits and separators, without currency, percent and spaces; whether it is below zero.
fn bare(text: &str) -> Option<(bool, Cow<'_, str>)> {
    let is_plain = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b','));
    let has_digit = |text: &str| text.bytes().any(|byte| byte.is_ascii_digit());
    if is_plain(text) {
        return has_digit(text).then_some((false, Cow::Borrowed(text)));
    }
    let folded: String = text.chars().filter(|c| !c.is_whitespace()).flat_map(char::to_lowercase).collect();
    let mut rest = folded.as_str();
    let mut is_negative = false;
    loop {
        let before = rest.len();
        for sign in SIGNS {
            rest = rest.strip_prefix(sign).unwrap_or(rest);
            rest = rest.strip_suffix(sign).unwrap_or(rest);
        }
        if let Some(positive) = rest.strip_prefix(['-', '\u{2212}'])
            && !is_negative
        {
            is_negative = true;
            rest = positive;
        }
        if rest.len() == before {
            break;
        }
    }
    // Swiss thousands
    let rest: String = rest.chars().filter(|c| !matches!(c, '\'' | '\u{2019}')).collect();
    (is_plain(&rest) && has_digit(&rest)).then_some((is_negative, Cow::Owned(rest)))
}

fn is_grouped(whole: &str, separator: char) -> bool {
    let mut groups = whole.split(separator);
    let first = groups.next().unwrap_or_default();
    (1..=3).contains(&first.len()) && !first.starts_with('0') && groups.all(|group| group.len() == 3)
}

fn separators(way: Way) -> (char, char) {
    match way {
        Way::First => ('.', ','),
        Way::Second => (',', '.'),
    }
}

/// The way in which a number is written, where it tells by itself.
pub(super) fn number_way(text: &str) -> Option<Way> {
    let (_, digits) = bare(text)?;
    let (points, commas) = (digits.matches('.').count(), digits.matches(',').count());
    match (points, commas) {
        (0, 0) => None,
        (1, 0) | (0, 1) => {
            let (mark, way) = if points == 1 { ('.', Way::First) } else { (',', Way::Second) };
            let (whole, part) = digits.split_once(mark)?;
            let could_be_thousands = part.len() == 3 && is_grouped(whole, mark);
            (!could_be_thousands).then_some(way)
        }
        (_, 0) => Some(Way::Second),
        (0, _) => Some(Way::First),
        _ if digits.rfind('.') > digits.rfind(',') => Some(Way::First),
        _ => Some(Way::Second),
    }
}

/// A number, written in the column's way; `chosen` where a person said which, and then no other way is read.
pub(super) fn number(text: &str, kind: Kind, way: Option<Way>, chosen: bool) -> Result<Decimal, Reason> {
    let quoted = || text.chars().take(40).collect::<String>();
    match kind {
        Kind::Number => return Ok(parse_decimal(text)?),
        Kind::Date => return Err(ReasonCode::DateForNumber.with("text", quoted())),
        Kind::Bad(why) => return Err(why.with("text", quoted())),
        Kind::Text => {}
    }
    let Some((is_negative, digits)) = bare(text) else { return Err(ReasonCode::NotANumber.with("text", quoted())) };
    let own = number_way(text);
    let way = match (chosen, own, way) {
        (true, _, way) => way,
        (false, Some(own), _) => Some(own),
        (false, None, way) => way,
    };
    let (mark, group) = match way {
        Some(way) => separators(way),
        None if digits.contains(['.', ',']) => {
            let one = digits.replace(',', ".");
            let other: String = digits.chars().filter(char::is_ascii_digit).collect();
            return Err(ReasonCode::TwoNumbers.with("text", quoted()).with("one", one).with("other", other));
        }
        None => ('.', ','),
    };
    let (whole, part) = match digits.split_once(mark) {
        Some((whole, part)) => (whole, Some(part)),
        None => (&*digits, None),
    };
    let is_sound = part.is_none_or(|part| part.chars().all(|c| c.is_ascii_digit()) && !part.is_empty())
        && (!whole.contains(group) || is_grouped(whole, group))
        && !whole.contains(mark);
    if !is_sound {
        return Err(ReasonCode::OtherDecimals.with("text", quoted()).with("mark", mark));
    }
    let whole: String = whole.chars().filter(char::is_ascii_digit).collect();
    let plain = format!("{}.{}", if whole.is_empty() { "0" } else { &whole }, part.unwrap_or("0"));
    let value = parse_decimal(&plain)?.normalize();
    Ok(if is_negative { -value } else { value })
}

/// The date and what follows it: three numbers with one separator, then maybe a time.
fn split_date(text: &str) -> Option<([u32; 3], char, bool, &str)> {
    let end = text.find(|c: char| !(c.is_ascii_digit() || matches!(c, '-' | '.' | '/'))).unwrap_or(text.len());
    let (date, rest) = text.split_at(end);
    let separator = date.chars().find(|c| !c.is_ascii_digit())?;
    let parts: Vec<&str> = date.trim_end_matches('.').split(separator).collect();
    let [a, b, c] = parts.as_slice() else { return None };
    let is_year_first = a.len() == 4;
    let sizes_fit = match is_year_first {
        true => b.len() <= 2 && c.len() <= 2,
        false => a.len() <= 2 && b.len() <= 2 && c.len() == 4,
    };
    let number = |part: &str| part.parse::<u32>().ok();
    sizes_fit.then_some(())?;
    Some(([number(a)?, number(b)?, number(c)?], separator, is_year_first, rest))
}

/// The order of day and month, where a date tells it by itself.
pub(super) fn date_way(text: &str) -> Option<Way> {
    let ([a, b, _], separator, is_year_first, _) = split_date(text.trim())?;
    match (is_year_first, separator) {
        (true, _) | (_, '.') => None,
        _ if a > 12 => Some(Way::First),
        _ if b > 12 => Some(Way::Second),
        _ => None,
    }
}

fn time_of(text: &str) -> Option<NaiveTime> {
    if text.is_empty() {
        return Some(NaiveTime::MIN);
    }
    let upper = text.to_ascii_uppercase();
    ["%H:%M:%S%.f", "%H:%M", "%I:%M:%S %p", "%I:%M %p", "%I:%M:%S%p", "%I:%M%p"]
        .iter()
        .find_map(|format| NaiveTime::parse_from_str(&upper, format).ok())
}

/// The offset at the end of a time, and the time without it.
fn split_offset(rest: &str) -> Option<(&str, Option<FixedOffset>)> {
    let zero = FixedOffset::east_opt(0);
    for utc in ["Z", "UTC", "GMT"] {
        if let Some(time) = rest.strip_suffix(utc) {
            return Some((time.trim_end(), zero));
        }
    }
    let Some(at) = rest.rfind(['+', '-']) else { return Some((rest, None)) };
    let digits: String = rest[at + 1..].chars().filter(|c| *c != ':').collect();
    let (hours, minutes) = (digits.get(..2)?.parse::<i32>().ok()?, digits.get(2..).filter(|m| !m.is_empty()));
    let minutes = minutes.map_or(Some(0), |minutes| minutes.parse::<i32>().ok().filter(|m| *m < 60))?;
    let east = (hours * 60 + minutes) * if rest[at..].starts_with('-') { -60 } else { 60 };
    Some((rest[..at].trim_end(), Some(FixedOffset::east_opt(east)?)))
}

/// A Romanian wall clock's time. Of the hour that comes twice in October it is the first; the hour that March leaves out is
/// read as if the clocks had not been moved.
fn romanian(at: NaiveDateTime) -> DateTime<FixedOffset> {
    match Bucharest.from_local_datetime(&at).earliest() {
        Some(at) => at.fixed_offset(),
        None => {
            let winter = FixedOffset::east_opt(2 * 3600).expect("two hours");
            let utc = at - chrono::Duration::hours(2);
            winter.from_utc_datetime(&utc)
        }
    }
}

/// An instant, as ISO 8601 with its offset; `chosen` where a person said how dates are written.
pub(super) fn instant(text: &str, kind: Kind, way: Option<Way>, chosen: bool) -> Result<String, Reason> {
    let quoted = || text.chars().take(40).collect::<String>();
    match kind {
        Kind::Number => return Err(ReasonCode::NumberForDate.with("text", quoted())),
        Kind::Bad(why) => return Err(why.with("text", quoted())),
        Kind::Date | Kind::Text => {}
    }
    let unread = || ReasonCode::NotADate.with("text", quoted());
    let ([a, b, c], separator, is_year_first, rest) = split_date(text.trim()).ok_or_else(unread)?;
    let (year, month, day) = match (is_year_first, separator, if chosen { way } else { date_way(text).or(way) }) {
        (true, ..) => (a, b, c),
        (_, '.', _) | (_, _, Some(Way::First)) => (c, b, a),
        (_, _, Some(Way::Second)) => (c, a, b),
        (_, _, None) if a == b => (c, b, a),
        (_, _, None) => return Err(ReasonCode::DayOrMonth.with("text", quoted())),
    };
    let date = NaiveDate::from_ymd_opt(year as i32, month, day).ok_or_else(unread)?;
    if !(1990..=2200).contains(&year) {
        return Err(ReasonCode::BadYear.with("text", quoted()));
    }
    let rest = rest.trim_start_matches(['T', 't', ' ', ',', '\u{a0}']).trim();
    let (time, offset) = split_offset(rest).ok_or_else(unread)?;
    let at = date.and_time(time_of(time).ok_or_else(unread)?);
    let at = match offset {
        Some(offset) => offset.from_local_datetime(&at).single().ok_or_else(unread)?,
        None => romanian(at),
    };
    Ok(at.to_rfc3339_opts(chrono::SecondsFormat::Secs, true))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(text: &str, way: Option<Way>) -> Option<String> {
        number(text, Kind::Text, way, false).ok().map(|number| number.to_string())
    }

    #[test]
    fn a_number_that_tells_its_own_way_is_read_whatever_the_column_says() {
        for (text, expected) in [
            ("1.234,50 lei", "1234.5"),
            ("1,234.50", "1234.5"),
            ("€ 12,5", "12.5"),
            ("12.5 EUR", "12.5"),
            ("1.234.567", "1234567"),
            ("1 234,5", "1234.5"),
            ("1\u{a0}234", "1234"),
            ("1'234.50", "1234.5"),
            ("-3,00", "-3"),
            ("RON -3", "-3"),
            ("21%", "21"),
            ("0,125", "0.125"),
            ("1234,567", "1234.567"),
            ("7", "7"),
        ] {
            assert_eq!(read(text, None).as_deref(), Some(expected), "{text}");
        }
        for text in ["", "lei", "cinci", "1e3", "1,23,4", "12,3.4,5", "1.2.3", "--1", "1.", "#N/A"] {
            assert_eq!(read(text, None), None, "{text}");
        }
    }

    #[test]
    fn a_thousand_or_one_and_a_bit_is_told_by_the_column_or_by_nobody() {
        assert_eq!(read("1,234", Some(Way::First)).as_deref(), Some("1234"));
        assert_eq!(read("1,234", Some(Way::Second)).as_deref(), Some("1.234"));
        let untold = number("1.234", Kind::Text, None, false).unwrap_err();
        assert_eq!(untold, ReasonCode::TwoNumbers.with("text", "1.234").with("one", "1.234").with("other", "1234"));
        let mut witnesses = Witnesses::default();
        for text in ["1,234", "5", "12,50"] {
            witnesses.hear(number_way(text));
        }
        assert_eq!(witnesses.verdict(), Some(Way::Second));
        witnesses.hear(number_way("12.50"));
        assert_eq!(witnesses.verdict(), None, "they do not agree");
    }

    #[test]
    fn what_a_person_chose_is_the_only_way_to_read() {
        assert_eq!(number("12,50", Kind::Text, Some(Way::First), true).ok(), None, "no thousands of two digits");
        assert_eq!(number("1,234", Kind::Text, Some(Way::First), true).unwrap().to_string(), "1234");
    }

    #[test]
    fn dates_are_read_as_they_are_written_and_romanian_where_they_do_not_say() {
        for (text, way, expected) in [
            ("2026-11-20T23:41:07+02:00", None, "2026-11-20T23:41:07+02:00"),
            ("2026-11-20T21:41:07.123Z", None, "2026-11-20T21:41:07Z"),
            ("2026-11-20 23:41:07 +0200", None, "2026-11-20T23:41:07+02:00"),
            ("2026-11-20 23:41:07 UTC", None, "2026-11-20T23:41:07Z"),
            ("2026-11-20", None, "2026-11-20T00:00:00+02:00"),
            ("2026/07/01 8:05", None, "2026-07-01T08:05:00+03:00"),
            ("20.11.2026 23:41", None, "2026-11-20T23:41:00+02:00"),
            ("1.2.2026", Some(Way::Second), "2026-02-01T00:00:00+02:00"),
            ("11/20/2026", None, "2026-11-20T00:00:00+02:00"),
            ("20/11/2026, 11:41 pm", None, "2026-11-20T23:41:00+02:00"),
            ("05/06/2026", Some(Way::First), "2026-06-05T00:00:00+03:00"),
            ("05/06/2026", Some(Way::Second), "2026-05-06T00:00:00+03:00"),
            ("05-05-2026", None, "2026-05-05T00:00:00+03:00"),
        ] {
            assert_eq!(instant(text, Kind::Text, way, false).as_deref(), Ok(expected), "{text}");
        }
        assert!(instant("05/06/2026", Kind::Text, None, false).unwrap_err().code == ReasonCode::DayOrMonth);
        for text in
            ["", "ieri", "2026-02-30", "2026-11", "20.11.26", "46346.98", "2026-11-20 25:00", "2026-11-20 +99:00"]
        {
            assert!(instant(text, Kind::Text, None, false).is_err(), "{text}");
        }
        assert!(instant("46346.5", Kind::Number, None, false).unwrap_err().code == ReasonCode::NumberForDate);
    }

    #[test]
    fn the_hours_at_which_clocks_move_have_an_instant_too() {
        let read = |text| instant(text, Kind::Text, None, false).unwrap();
        assert_eq!(read("2026-10-25 03:30"), "2026-10-25T03:30:00+03:00", "it comes twice: the first");
        assert_eq!(read("2026-03-29 03:30"), "2026-03-29T03:30:00+02:00", "it does not come at all");
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused(text in "\\PC{0,30}") {
            for way in [None, Some(Way::First), Some(Way::Second)] {
                let _ = number(&text, Kind::Text, way, false);
                let _ = number(&text, Kind::Text, way, true);
                let _ = instant(&text, Kind::Text, way, way.is_some());
            }
        }

        #[test]
        fn an_amount_reads_back_equal_in_both_ways(minor in 0_i64..10_000_000_000) {
            let value = Decimal::new(minor, 2);
            let plain = format!("{value:.2}");
            let (whole, part) = plain.split_once('.').unwrap();
            let grouped = |by: char| {
                let mut out = String::new();
                for (at, digit) in whole.chars().enumerate() {
                    if at > 0 && (whole.len() - at).is_multiple_of(3) {
                        out.push(by);
                    }
                    out.push(digit);
                }
                out
            };
            for text in [plain.clone(), format!("{},{part} lei", grouped('.')), format!("{}.{part}", grouped(','))] {
                prop_assert_eq!(number(&text, Kind::Text, None, false).unwrap(), value.normalize(), "{}", text);
            }
        }
    }
}

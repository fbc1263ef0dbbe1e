//! Romanian public holidays, and the day by which an invoice must be in e-Factura.
//!
//! Sources: Labour Code art. 139 (6 and 7 January since 2024), OUG 89/2025: five working days from 1 January 2026 on, counted
//! as Regulation 1182/71 has it (the day of issue is not counted), five calendar days before that.

use chrono::{Datelike, Days, NaiveDate, Weekday};

/// Days that an invoice has, the day of its issue not counted.
const EINVOICE_DAYS: u32 = 5;

/// Orthodox Easter Sunday in the civil calendar.
///
/// # Panics
/// Never: years outside 1583 to 9999 fall back to Easter of the nearest one.
pub fn orthodox_easter(year: i32) -> NaiveDate {
    let year = year.clamp(1583, 9999);
    let easter = computus::julian(year).expect("a year that was brought into range");
    let day = NaiveDate::from_ymd_opt(easter.year, easter.month, easter.day).expect("March or April has the day");
    // from the Julian calendar to the civil one: 13 days from 1900 to 2099
    let century = year / 100;
    let behind = century - century / 4 - 2;
    day + Days::new(behind.unsigned_abs().into())
}

/// Whether nobody has to work in Romania on a day, Saturdays and Sundays aside.
pub fn is_public_holiday(day: NaiveDate) -> bool {
    let fixed = match (day.month(), day.day()) {
        (1, 1 | 2 | 24) | (5, 1) | (6, 1) | (8, 15) | (11, 30) | (12, 1 | 25 | 26) => true,
        (1, 6 | 7) => day.year() >= 2024,
        _ => false,
    };
    let from_easter = (day - orthodox_easter(day.year())).num_days();
    // Good Friday, Easter and its Monday, Pentecost and its Monday
    fixed || matches!(from_easter, -2 | 0 | 1 | 49 | 50)
}

pub fn is_working_day(day: NaiveDate) -> bool {
    !matches!(day.weekday(), Weekday::Sat | Weekday::Sun) && !is_public_holiday(day)
}

/// The last day on which an invoice issued on a day may reach e-Factura.
pub fn einvoice_deadline(issued: NaiveDate) -> NaiveDate {
    let counted_in_working_days = NaiveDate::from_ymd_opt(2026, 1, 1).expect("a calendar date");
    if issued < counted_in_working_days {
        return issued + Days::new(EINVOICE_DAYS.into());
    }
    let after = issued.iter_days().skip(1).filter(|day| is_working_day(*day));
    after.take(EINVOICE_DAYS as usize).last().unwrap_or(issued)
}

/// Whether what was issued on a day, and did not reach e-Factura, is late on another.
pub fn is_late(issued: NaiveDate, today: NaiveDate) -> bool {
    einvoice_deadline(issued) < today
}

/// The first day of issue whose deadline is not before a day: what was issued earlier is late on that day.
pub fn first_in_time(today: NaiveDate) -> NaiveDate {
    let far = today - Days::new(60);
    far.iter_days().find(|issued| !is_late(*issued, today)).unwrap_or(today)
}

/// Working days from a day (not counted) to a deadline (counted): 0 on the deadline itself, negative once it is over.
pub fn working_days_left(today: NaiveDate, deadline: NaiveDate) -> i32 {
    let between = |from: NaiveDate, to: NaiveDate| {
        from.iter_days().skip(1).take_while(|day| *day <= to).filter(|day| is_working_day(*day)).count() as i32
    };
    if today <= deadline { between(today, deadline) } else { -between(deadline, today).max(1) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn easter_is_the_orthodox_one() {
        let told =
            [(2025, "04-20"), (2026, "04-12"), (2027, "05-02"), (2028, "04-16"), (2029, "04-08"), (2030, "04-28")];
        for (year, text) in told {
            assert_eq!(orthodox_easter(year), day(&format!("{year}-{text}")));
        }
    }

    /// As published for these years, without those that fall on a Saturday or Sunday.
    #[test]
    fn the_holidays_of_each_year_are_the_published_ones() {
        let told = [
            (2025, "01-01 01-02 01-06 01-07 01-24 04-18 04-21 05-01 06-09 08-15 12-01 12-25 12-26"),
            (2026, "01-01 01-02 01-06 01-07 04-10 04-13 05-01 06-01 11-30 12-01 12-25"),
            (2027, "01-01 01-06 01-07 04-30 05-03 06-01 06-21 11-30 12-01"),
            (2028, "01-06 01-07 01-24 04-14 04-17 05-01 06-01 06-05 08-15 11-30 12-01 12-25 12-26"),
            (2029, "01-01 01-02 01-24 04-06 04-09 05-01 05-28 06-01 08-15 11-30 12-25 12-26"),
            (2030, "01-01 01-02 01-07 01-24 04-26 04-29 05-01 06-17 08-15 12-25 12-26"),
        ];
        for (year, text) in told {
            let all = NaiveDate::from_ymd_opt(year, 1, 1).unwrap().iter_days().take_while(|day| day.year() == year);
            let on_weekdays = all.filter(|day| day.weekday().num_days_from_monday() < 5 && is_public_holiday(*day));
            let found: Vec<String> = on_weekdays.map(|day| day.format("%m-%d").to_string()).collect();
            assert_eq!(found.join(" "), text, "{year}");
        }
    }

    #[test]
    fn the_two_days_of_january_are_holidays_since_2024() {
        assert!(is_working_day(day("2023-01-06")));
        assert!(!is_working_day(day("2025-01-06")));
    }

    #[test]
    fn five_working_days_pass_over_weekends_and_holidays() {
        for (issued, until) in [
            // Monday to Monday
            ("2026-11-02", "2026-11-09"),
            // 30 November and 1 December are holidays
            ("2026-11-26", "2026-12-07"),
            // Good Friday to Easter Monday
            ("2026-04-08", "2026-04-17"),
            // on a Saturday
            ("2026-11-07", "2026-11-13"),
            ("2026-12-24", "2027-01-04"),
        ] {
            assert_eq!(einvoice_deadline(day(issued)), day(until), "{issued}");
        }
    }

    #[test]
    fn until_2025_they_were_calendar_days() {
        assert_eq!(einvoice_deadline(day("2025-12-31")), day("2026-01-05"));
        assert_eq!(einvoice_deadline(day("2026-01-01")), day("2026-01-13"));
    }

    #[test]
    fn what_is_left_counts_down_to_zero_and_below() {
        let deadline = day("2026-11-09");
        let told = [("2026-11-02", 5), ("2026-11-06", 1), ("2026-11-08", 1), ("2026-11-09", 0), ("2026-11-10", -1)];
        for (today, left) in told {
            assert_eq!(working_days_left(day(today), deadline), left, "{today}");
        }
        assert_eq!(working_days_left(day("2026-11-14"), day("2026-11-13")), -1, "late on a Saturday, too");
        assert_eq!(working_days_left(day("2026-11-17"), day("2026-11-13")), -2);
    }

    #[test]
    fn whatever_was_issued_before_the_first_in_time_is_late() {
        for today in day("2025-12-20").iter_days().take(700) {
            let first = first_in_time(today);
            assert!(einvoice_deadline(first) >= today, "{today}");
            assert!(einvoice_deadline(first - Days::new(1)) < today, "{today}");
        }
    }
}

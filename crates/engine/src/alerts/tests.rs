use super::channels::end_of;
use super::machine::{Finding, steps};
use super::settings::{AlertSettings, Digest, QuietHours, Rule, RuleSetting};
use super::telling::{Due, due};
use super::usual::Usual;
use super::watch::stops;
use chrono::DateTime;
use punte_connectors::alerts::NoticeKind;
use punte_domain::{Failure, FailureKind, Phase};
use punte_store::ledger::{Alert, AlertChannel, AlertStep, Connection, OrderHours, SendEnd, Stop, Telling};
use serde_json::json;
use std::collections::BTreeMap;

const MINUTE: i64 = 60_000;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

/// A Romanian winter instant.
fn at(text: &str) -> i64 {
    DateTime::parse_from_rfc3339(&format!("{text}:00+02:00")).unwrap().timestamp_millis()
}

fn found(cause: &str) -> Finding {
    Finding { rule: Rule::SilentShop, cause: cause.into(), facts: json!({ "name": cause }), raises: true, hold_ms: 0 }
}

/// What stands, as the ledger keeps it, over looks of a minute each.
#[derive(Default)]
struct Book {
    now_ms: i64,
    standing: Vec<Alert>,
    ended: Vec<Alert>,
    rows: i64,
}

impl Book {
    fn look(&mut self, findings: Vec<Finding>) {
        self.now_ms += MINUTE;
        let mut ended: BTreeMap<(String, String), u32> = BTreeMap::new();
        for one in self.ended.iter().filter(|one| one.recovered_ms.is_some_and(|at| at > self.now_ms - DAY)) {
            *ended.entry((one.rule.clone(), one.cause.clone())).or_default() += 1;
        }
        let ids = self.rows;
        for step in steps(&self.standing, findings, &ended, self.now_ms, || format!("al_{ids}")) {
            self.take(step);
        }
    }

    fn take(&mut self, step: AlertStep) {
        let now_ms = self.now_ms;
        let mut of = |row: i64, change: &dyn Fn(&mut Alert)| {
            self.standing.iter_mut().filter(|one| one.row == row).for_each(change)
        };
        match step {
            AlertStep::See { id, rule, cause, facts, raised } => {
                self.rows += 1;
                let raised_ms = raised.then_some(now_ms);
                self.standing.push(Alert {
                    row: self.rows,
                    id,
                    rule,
                    cause,
                    facts,
                    seen_ms: now_ms,
                    raised_ms,
                    notified_ms: None,
                    clear_ms: None,
                    recovered_ms: None,
                });
            }
            AlertStep::Raise(row) => of(row, &|one| one.raised_ms = Some(now_ms)),
            AlertStep::Facts(row, facts) => of(row, &|one| one.facts = facts.clone()),
            AlertStep::Clear(row) => of(row, &|one| one.clear_ms = Some(now_ms)),
            AlertStep::Again(row) => of(row, &|one| one.clear_ms = None),
            AlertStep::Recover(row) => {
                of(row, &|one| one.recovered_ms = Some(now_ms));
                self.ended.extend(self.standing.extract_if(.., |one| one.row == row));
            }
            AlertStep::Forget(row) => self.standing.retain(|one| one.row != row),
        }
    }
}

#[test]
fn a_cause_is_raised_once_and_anew_only_after_it_was_over() {
    let mut book = Book::default();
    for _ in 0..60 {
        book.look(vec![found("con_1")]);
    }
    assert_eq!((book.standing.len(), book.rows), (1, 1), "an hour of it is one alert");
    for _ in 0..6 {
        book.look(vec![]);
    }
    assert_eq!((book.standing.len(), book.ended.len()), (0, 1), "five minutes gone: it is over");
    book.look(vec![found("con_1")]);
    assert_eq!(book.rows, 2);
}

#[test]
fn what_comes_and_goes_every_other_minute_is_one_alert() {
    let mut book = Book::default();
    for minute in 0..600 {
        book.look(if minute % 2 == 0 { vec![found("con_1")] } else { vec![] });
    }
    assert_eq!((book.rows, book.ended.len()), (1, 0));
}

#[test]
fn what_ends_again_and_again_must_be_gone_for_longer_each_time() {
    let mut book = Book::default();
    // down for two minutes, back for eight, for ten hours
    for minute in 0..600 {
        book.look(if minute % 10 < 2 { vec![found("con_1")] } else { vec![] });
    }
    assert_eq!(book.rows, 2, "the second one's calm is longer than eight minutes");
    for _ in 0..70 {
        book.look(vec![]);
    }
    assert!(book.standing.is_empty(), "and it ends at last");
}

#[test]
fn what_must_stand_for_a_while_is_raised_then_and_forgotten_if_it_goes_before() {
    let slow = || vec![Finding { hold_ms: 15 * MINUTE, ..found("con_1") }];
    let mut book = Book::default();
    for _ in 0..15 {
        book.look(slow());
    }
    assert!(book.standing[0].raised_ms.is_none());
    book.look(vec![]);
    assert!(book.standing.is_empty() && book.ended.is_empty(), "nobody is told of it");
    for _ in 0..16 {
        book.look(slow());
    }
    assert_eq!(book.standing[0].raised_ms, Some(book.now_ms));
}

#[test]
fn a_clock_that_went_back_raises_nothing_early_and_lets_nothing_stand_for_ever() {
    let slow = || vec![Finding { hold_ms: 15 * MINUTE, ..found("con_1") }];
    let mut book = Book { now_ms: DAY, ..Book::default() };
    book.look(slow());
    book.now_ms -= 2 * HOUR;
    book.look(slow());
    assert!(book.standing.is_empty());
    let mut book = Book { now_ms: DAY, ..Book::default() };
    book.look(vec![found("con_1")]);
    book.look(vec![]);
    book.now_ms -= 2 * HOUR;
    book.look(vec![]);
    assert!(book.standing.is_empty(), "gone since the future is gone");
}

#[test]
fn what_is_not_enough_to_be_raised_keeps_what_was_raised() {
    let few = || vec![Finding { raises: false, ..found("con_1") }];
    let mut book = Book::default();
    book.look(few());
    assert!(book.standing.is_empty());
    book.look(vec![found("con_1")]);
    for _ in 0..100 {
        book.look(few());
    }
    assert_eq!((book.standing.len(), book.ended.len()), (1, 0));
}

fn channel(id: &str) -> AlertChannel {
    AlertChannel {
        id: id.into(),
        kind: "webhook".into(),
        name: id.into(),
        enabled: true,
        settings: json!({}),
        has_secret: true,
        created_ms: 0,
    }
}

fn alert(row: i64, rule: Rule, raised_ms: i64) -> Alert {
    Alert {
        row,
        id: format!("al_{row}"),
        rule: rule.as_str().into(),
        cause: format!("cause {row}"),
        facts: json!({}),
        seen_ms: raised_ms,
        raised_ms: Some(raised_ms),
        notified_ms: None,
        clear_ms: None,
        recovered_ms: None,
    }
}

fn told(alert: &Alert, channel: &str, send: &str) -> Telling {
    Telling { alert: alert.clone(), channel_id: channel.into(), send: send.into() }
}

/// A notice's kind, its alerts and whether each is over, and how many channels it goes to.
type Row = (NoticeKind, Vec<(i64, bool)>, usize);

fn rows(due: &Due) -> Vec<Row> {
    let of = |items: &[(Alert, bool)]| items.iter().map(|(one, over)| (one.row, *over)).collect();
    due.notices.iter().map(|one| (one.kind, of(&one.items), one.channels.len())).collect()
}

#[test]
fn what_comes_up_within_a_minute_is_one_notice_for_all_who_hear_the_same() {
    let set = AlertSettings::default();
    let now = at("2026-11-24T12:00");
    let standing = [alert(1, Rule::SilentShop, now), alert(2, Rule::InDoubt, now + 40_000)];
    let channels = [channel("ch_1"), channel("ch_2")];
    assert!(due(&set, &channels, &standing, &[], now + 50_000).notices.is_empty(), "another may come");
    let due = due(&set, &channels, &standing, &[], now + MINUTE);
    assert_eq!(rows(&due), [(NoticeKind::Raised, vec![(1, false), (2, false)], 2)]);
}

#[test]
fn a_channel_is_told_only_by_the_rules_that_name_it_and_only_once() {
    let mut set = AlertSettings::default();
    let only = RuleSetting { channels: Some(vec!["ch_2".into()]), ..RuleSetting::usual(Rule::InDoubt) };
    set.rules.insert(Rule::InDoubt, only);
    set.rules.insert(Rule::SeriesGap, RuleSetting { on: false, ..RuleSetting::usual(Rule::SeriesGap) });
    let now = at("2026-11-24T12:00");
    let standing = [alert(1, Rule::SilentShop, now), alert(2, Rule::InDoubt, now), alert(3, Rule::SeriesGap, now)];
    let off = AlertChannel { enabled: false, ..channel("ch_3") };
    let channels = [channel("ch_1"), channel("ch_2"), off];
    let tellings = [told(&standing[0], "ch_1", "sent")];
    let due = due(&set, &channels, &standing, &tellings, now + HOUR);
    assert_eq!(rows(&due), [(NoticeKind::Raised, vec![(1, false), (2, false)], 1)]);
    assert_eq!(due.notices[0].channels[0].id, "ch_2");
}

#[test]
fn the_end_is_told_to_whoever_heard_of_it_and_to_nobody_else() {
    let set = AlertSettings::default();
    let now = at("2026-11-24T12:00");
    let over = Alert { recovered_ms: Some(now), ..alert(1, Rule::SilentShop, now - HOUR) };
    let channels = [channel("heard"), channel("waits"), channel("failed"), channel("never")];
    let tellings = [told(&over, "heard", "sent"), told(&over, "waits", "waiting"), told(&over, "failed", "failed")];
    let due = due(&set, &channels, &[], &tellings, now + MINUTE);
    assert_eq!(rows(&due), [(NoticeKind::Recovered, vec![(1, true)], 1)]);
    assert_eq!(due.notices[0].channels[0].id, "heard");
    assert_eq!(due.dropped, [(1, "failed".to_owned())], "what may still arrive is not dropped");
}

#[test]
fn what_went_before_anybody_was_told_is_not_told() {
    let set = AlertSettings::default();
    let now = at("2026-11-24T12:00");
    let going = Alert { clear_ms: Some(now), ..alert(1, Rule::SilentShop, now) };
    assert_eq!(due(&set, &[channel("ch_1")], &[going], &[], now + HOUR), Due::default());
}

#[test]
fn quiet_hours_keep_back_what_does_not_pass_until_they_end() {
    let quiet = QuietHours { on: true, ..QuietHours::default() };
    let set = AlertSettings { quiet, ..AlertSettings::default() };
    let night = at("2026-11-24T23:30");
    let standing = [alert(1, Rule::SilentShop, night), alert(2, Rule::ConnectionReconnect, night)];
    let channels = [channel("ch_1")];
    let first = due(&set, &channels, &standing, &[], night + MINUTE);
    assert_eq!(rows(&first), [(NoticeKind::Raised, vec![(2, false)], 1)], "a dead credential passes");
    let tellings = [told(&standing[1], "ch_1", "sent")];
    let before = at("2026-11-25T06:59");
    assert!(due(&set, &channels, &standing, &tellings, before).notices.is_empty());
    let morning = due(&set, &channels, &standing, &tellings, at("2026-11-25T07:00"));
    assert_eq!(rows(&morning), [(NoticeKind::Digest, vec![(1, false)], 1)]);
    // what was over by the morning was heard of by nobody
    let went = due(&set, &channels, &standing[1..], &tellings, at("2026-11-25T07:00"));
    assert!(went.notices.is_empty());
    // the end of what was told by day waits for the morning, too
    let over = Alert { recovered_ms: Some(night), ..alert(3, Rule::SilentShop, night - 3 * HOUR) };
    let tellings = [told(&over, "ch_1", "sent")];
    assert!(due(&set, &channels, &[], &tellings, before).notices.is_empty());
    let morning = due(&set, &channels, &[], &tellings, at("2026-11-25T07:00"));
    assert_eq!(rows(&morning), [(NoticeKind::Digest, vec![(3, true)], 1)]);
}

#[test]
fn a_digest_is_one_notice_a_day_at_its_hour() {
    let digest = Digest { on: true, at_minute: 8 * 60 };
    let mut set = AlertSettings { digest, ..AlertSettings::default() };
    set.rules.insert(Rule::FailureGroup, RuleSetting { in_digest: true, ..RuleSetting::usual(Rule::FailureGroup) });
    let standing = [
        alert(1, Rule::FailureGroup, at("2026-11-24T09:00")),
        alert(2, Rule::FailureGroup, at("2026-11-24T17:00")),
        alert(3, Rule::SilentShop, at("2026-11-24T17:00")),
    ];
    let channels = [channel("ch_1")];
    let day = due(&set, &channels, &standing, &[], at("2026-11-24T17:30"));
    assert_eq!(rows(&day), [(NoticeKind::Raised, vec![(3, false)], 1)]);
    let tellings = [told(&standing[2], "ch_1", "sent")];
    assert!(due(&set, &channels, &standing, &tellings, at("2026-11-25T07:59")).notices.is_empty());
    let morning = due(&set, &channels, &standing, &tellings, at("2026-11-25T08:00"));
    assert_eq!(rows(&morning), [(NoticeKind::Digest, vec![(1, false), (2, false)], 1)]);
    // a digest that falls into quiet hours comes at their end
    set.quiet = QuietHours { on: true, from_minute: 20 * 60, until_minute: 9 * 60 };
    assert!(due(&set, &channels, &standing, &tellings, at("2026-11-25T08:30")).notices.is_empty());
    assert_eq!(due(&set, &channels, &standing, &tellings, at("2026-11-25T09:00")).notices.len(), 1);
}

#[test]
fn settings_that_make_no_sense_are_refused_by_their_field() {
    let with = |set: RuleSetting| AlertSettings { rules: [(Rule::InDoubt, set)].into(), ..AlertSettings::default() };
    let usual = RuleSetting::usual(Rule::InDoubt);
    assert!(with(usual.clone()).check(&[]).is_ok());
    assert!(
        with(RuleSetting { threshold: 5, ..usual.clone() }).check(&[]).is_err(),
        "sooner than it is settled by itself"
    );
    assert!(with(RuleSetting { channels: Some(vec!["gone".into()]), ..usual }).check(&["ch_1".into()]).is_err());
    let quiet = QuietHours { on: true, from_minute: 60, until_minute: 60 };
    assert!(AlertSettings { quiet, ..AlertSettings::default() }.check(&[]).is_err());
    for rule in Rule::ALL {
        assert_eq!(Rule::parse(rule.as_str()), Some(*rule));
        assert_eq!(serde_json::to_value(rule).unwrap(), rule.as_str(), "one spelling everywhere");
        let (usual, least, most) = rule.threshold();
        assert!((least..=most).contains(&usual));
    }
}

#[test]
fn an_unset_rule_is_as_usual_and_what_is_set_reads_back() {
    let read: AlertSettings = serde_json::from_value(json!({})).unwrap();
    assert_eq!(read, AlertSettings::default());
    assert_eq!(read.rule(Rule::ConnectionDown).threshold, 15);
    let mut set = AlertSettings::default();
    set.rules.insert(Rule::PlanQuota, RuleSetting { threshold: 500, ..RuleSetting::usual(Rule::PlanQuota) });
    let kept = serde_json::to_value(&set).unwrap();
    assert_eq!(serde_json::from_value::<AlertSettings>(kept).unwrap(), set);
}

/// Eight weeks of a shop that sells so much in each of its hours, from nine to nine, ending at an instant.
fn weeks(until_ms: i64, an_hour: u32) -> OrderHours {
    let first = (until_ms - 56 * DAY) / HOUR;
    let is_open = |hour: &i64| (9..21).contains(&((hour * HOUR + 2 * HOUR) / HOUR % 24));
    let hours: Vec<(i64, u32)> = (first..until_ms / HOUR).filter(is_open).map(|hour| (hour, an_hour)).collect();
    OrderHours { newest_ms: hours.last().map(|(hour, _)| hour * HOUR + 50 * MINUTE), hours }
}

#[test]
fn a_shop_that_falls_silent_by_day_is_noticed_and_a_closed_night_is_not() {
    let evening = at("2026-11-24T21:00");
    let usual = Usual::learn(&weeks(evening, 4), evening).unwrap();
    let newest = evening - 10 * MINUTE;
    for hours in 0..12 {
        let (is_silent, _) = usual.is_silent(newest, evening + hours * HOUR, 2 * HOUR);
        assert!(!is_silent, "{hours} hours into the night");
    }
    let (early, _) = usual.is_silent(newest, at("2026-11-25T10:00"), 2 * HOUR);
    assert!(!early, "an hour of the morning is nothing yet");
    assert_eq!(usual.is_silent(newest, at("2026-11-25T11:00"), 2 * HOUR), (true, true));
    let (is_silent, is_time) = usual.is_silent(newest, at("2026-11-26T02:00"), 2 * HOUR);
    assert!(is_silent && !is_time, "it stays unusual, and at night nobody is told");
}

#[test]
fn the_floor_holds_even_for_a_shop_that_sells_every_minute() {
    let evening = at("2026-11-24T21:00");
    let usual = Usual::learn(&weeks(evening, 60), evening).unwrap();
    let newest = at("2026-11-25T12:00");
    assert!(!usual.is_silent(newest, newest + HOUR, 2 * HOUR).0);
    assert!(usual.is_silent(newest, newest + 2 * HOUR, 2 * HOUR).0);
}

#[test]
fn a_shop_that_rarely_sells_or_is_new_is_not_judged() {
    let evening = at("2026-11-24T21:00");
    let rare = OrderHours {
        hours: (0..20).map(|n| ((evening - 56 * DAY) / HOUR + n * 60, 1)).collect(),
        newest_ms: Some(evening - 40 * DAY),
    };
    assert_eq!(Usual::learn(&rare, evening), None);
    let young = weeks(evening, 4);
    let from = (evening - 10 * DAY) / HOUR;
    let young = OrderHours { hours: young.hours.into_iter().filter(|(hour, _)| *hour >= from).collect(), ..young };
    assert_eq!(Usual::learn(&young, evening), None, "known for ten days");
    assert_eq!(Usual::learn(&OrderHours::default(), evening), None);
}

#[test]
fn a_shop_that_has_been_silent_for_days_before_may_be_so_again() {
    let evening = at("2026-11-24T21:00");
    let mut orders = weeks(evening, 1);
    // four closed weeks' ends: of these the longest three say nothing, the fourth does
    for n in 1..=4 {
        let from = (at("2026-11-21T00:00") - n * 7 * DAY) / HOUR;
        orders.hours.retain(|(hour, _)| !(from..from + 48).contains(hour));
    }
    let usual = Usual::learn(&orders, evening).unwrap();
    let newest = at("2026-11-26T20:50");
    assert!(!usual.is_silent(newest, at("2026-11-27T19:00"), 2 * HOUR).0, "ten orders are missing, as often before");
    assert!(usual.is_silent(newest, at("2026-11-30T12:00"), 2 * HOUR).0);
}

fn stopped(id: &str, kind: &str, failure: FailureKind) -> Connection {
    Connection {
        id: id.into(),
        kind: kind.into(),
        name: id.into(),
        address: String::new(),
        account: String::new(),
        company: None,
        series: None,
        is_sandbox: false,
        legacy_routes: false,
        reserve: 0,
        warehouse: String::new(),
        vat_names: BTreeMap::new(),
        stop: Some(Stop {
            failure: Failure::new(failure, Phase::Unknown, "create invoice", "x"),
            until_ms: None,
            count: 1,
        }),
        last_contact_ms: None,
        created_ms: 0,
    }
}

#[test]
fn an_outage_of_a_provider_is_one_cause_however_many_connections_run_into_it() {
    let connections = [
        stopped("one", "oblio", FailureKind::TimedOut),
        stopped("two", "oblio", FailureKind::Unreachable),
        stopped("three", "smartbill", FailureKind::CredentialRefused),
        stopped("four", "smartbill", FailureKind::PlanQuota),
    ];
    let found = stops(&connections, 15);
    let causes: Vec<(&str, &str)> = found.iter().map(|one| (one.rule.as_str(), one.cause.as_str())).collect();
    assert_eq!(causes, [("connection_reconnect", "three"), ("connection_down", "oblio:")]);
    assert_eq!(found[1].facts["name"], "one, two");
    assert_eq!(found[1].hold_ms, 15 * MINUTE);
}

#[test]
fn a_send_is_tried_again_with_longer_and_longer_delays_and_not_for_ever() {
    let refused = |again: bool| Err(("timed_out".to_owned(), String::new(), again));
    let again = |tries| match end_of(refused(true), tries, 0) {
        SendEnd::Refused { again_ms, .. } => again_ms,
        SendEnd::Taken => None,
    };
    let delays: Vec<i64> = (0..).map_while(again).collect();
    assert!(delays.is_sorted() && delays.len() == 6, "{delays:?}");
    let for_good = end_of(refused(false), 0, 0);
    assert!(matches!(for_good, SendEnd::Refused { again_ms: None, .. }), "what will not do is not tried again");
    assert_eq!(end_of(Ok(()), 3, 0), SendEnd::Taken);
}

use super::jobs::{deliveries_before, purge_before};
use super::*;

const DAY: Duration = Duration::from_secs(24 * 60 * 60);
const DAY_MS: i64 = 24 * 60 * 60 * 1000;
const NOW_MS: i64 = 1_795_000_000_000;

fn last(finished_ms: i64) -> Last {
    Last { finished_ms, result: JobResult::ok(&[]), cursor: 0 }
}

/// A schedule that knows of one run of a job.
fn after(finished_ms: i64) -> Schedule {
    let mut schedule = Schedule::default();
    schedule.jobs.entry("job".into()).or_default().last = Some(last(finished_ms));
    schedule
}

#[test]
fn at_a_start_only_the_rest_of_the_interval_is_waited() {
    assert_eq!(first_wait(DAY, Some(NOW_MS - DAY_MS / 4), NOW_MS), DAY * 3 / 4);
    assert_eq!(first_wait(DAY, Some(NOW_MS - 3 * DAY_MS), NOW_MS), Duration::ZERO, "it is overdue");
    assert_eq!(first_wait(DAY, None, NOW_MS), FIRST, "it never ran");
    assert_eq!(first_wait(Duration::from_secs(3), None, NOW_MS), Duration::from_secs(3));
}

#[test]
fn what_failed_before_a_start_is_tried_soon_after_it() {
    let mut schedule = after(NOW_MS);
    let failed = Last { result: JobResult::broken(), ..last(NOW_MS) };
    schedule.jobs.entry("job".into()).or_default().last = Some(failed);
    assert_eq!(schedule.due("job", DAY, Duration::ZERO, NOW_MS), FIRST);
}

#[test]
fn a_clock_that_jumped_makes_a_job_early_and_never_late() {
    for jump_ms in [-4000 * DAY_MS, -DAY_MS, -1, 0, 1, DAY_MS, 4000 * DAY_MS] {
        let wait = first_wait(DAY, Some(NOW_MS), NOW_MS + jump_ms);
        assert!(wait <= DAY, "{jump_ms}: {wait:?}");
    }
    assert_eq!(first_wait(DAY, Some(i64::MAX), i64::MIN), Duration::ZERO);
    assert_eq!(first_wait(DAY, Some(i64::MIN), i64::MAX), Duration::ZERO);
}

#[test]
fn while_it_runs_only_monotonic_time_decides() {
    let mut schedule = after(NOW_MS);
    let hour = Duration::from_secs(3600);
    let due = schedule.due("job", DAY, hour, NOW_MS);
    assert_eq!(due, hour + DAY);
    for now_ms in [NOW_MS - 4000 * DAY_MS, NOW_MS + 4000 * DAY_MS] {
        assert_eq!(schedule.due("job", DAY, hour * 2, now_ms), due, "whatever the wall clock says");
    }
    schedule.end("job", last(NOW_MS), hour * 25 + DAY);
    assert_eq!(schedule.due("job", DAY, hour * 25, 0), hour * 25 + DAY);
}

#[test]
fn an_interval_that_became_shorter_counts_at_once() {
    let mut schedule = after(NOW_MS);
    schedule.due("job", DAY, Duration::ZERO, NOW_MS);
    let due = schedule.due("job", Duration::from_secs(3600), Duration::ZERO, NOW_MS);
    assert_eq!(due, Duration::from_secs(3600));
}

#[test]
fn what_is_asked_for_now_is_due_now_and_runs_once() {
    let mut schedule = after(NOW_MS);
    schedule.due("job", DAY, Duration::ZERO, NOW_MS);
    schedule.want_now("job", Duration::from_secs(5));
    assert_eq!(schedule.due("job", DAY, Duration::from_secs(6), NOW_MS), Duration::from_secs(5));
    assert!(schedule.begin("job"));
    assert!(!schedule.begin("job"), "it is running");
    schedule.end("job", Last { cursor: 7, ..last(NOW_MS) }, DAY);
    assert!(schedule.begin("job"));
    assert_eq!(schedule.cursor("job"), 7);
}

#[test]
fn a_clock_that_jumped_ahead_takes_nothing_away_early() {
    let month = 31 * DAY_MS;
    assert_eq!(purge_before(24, NOW_MS, Some(NOW_MS)), Some(NOW_MS - 24 * month));
    assert_eq!(purge_before(24, NOW_MS + 1000 * month, Some(NOW_MS)), Some(NOW_MS - 23 * month));
    assert_eq!(purge_before(24, NOW_MS - 1000 * month, Some(NOW_MS)), Some(NOW_MS - 1024 * month));
    assert_eq!(purge_before(0, NOW_MS, Some(NOW_MS)), None, "everything is kept");
    assert_eq!(purge_before(24, NOW_MS, None), None);
    let day = month / 31;
    assert_eq!(deliveries_before(24, NOW_MS, Some(NOW_MS)), Some(NOW_MS - 90 * day));
    assert_eq!(deliveries_before(0, NOW_MS, Some(NOW_MS)), Some(NOW_MS - 365 * day), "not even these for ever");
    assert_eq!(deliveries_before(24, NOW_MS + 1000 * month, Some(NOW_MS)), Some(NOW_MS + month - 90 * day));
}

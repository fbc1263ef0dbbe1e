use super::*;
use std::sync::Arc;

const LIMIT: Limit = Limit {
    documents: Some(Rate { calls: 30, window: Duration::from_secs(100) }),
    rest: Rate { calls: 30, window: Duration::from_secs(10) },
};

async fn instants(budget: &Budget, lane: Lane, urgency: Urgency, reserve: u32, count: usize) -> Vec<Duration> {
    let start = Instant::now();
    let mut at = Vec::new();
    for _ in 0..count {
        budget.turn(lane, urgency, reserve).await.unwrap();
        at.push(start.elapsed());
    }
    at
}

/// The most calls that any closed window holds.
fn most_in(at: &[Duration], window: Duration) -> usize {
    let held = |first: &Duration| at.iter().filter(|one| *one >= first && **one <= *first + window).count();
    at.iter().map(held).max().unwrap_or_default()
}

fn told(remaining: u32, reset_s: i64, left_s: u64) -> Told {
    Told { remaining, reset_s, left_s: Some(left_s) }
}

#[tokio::test(start_paused = true)]
async fn no_window_ever_holds_more_than_the_limit_and_hardly_less() {
    for (lane, window) in [(Lane::Rest, 10), (Lane::Documents, 100)] {
        let at = instants(&Budget::new(LIMIT), lane, Urgency::Live, 0, 300).await;
        assert_eq!(most_in(&at, Duration::from_secs(window)), 30);
        let used = 300.0 / (at[299].as_secs_f64() / window as f64 * 30.0);
        assert!(used > 0.98, "only {used} of the allowed calls were used");
    }
}

#[tokio::test(start_paused = true)]
async fn what_is_reserved_for_others_is_left_to_them() {
    for (reserve, most) in [(10, 20), (29, 1), (500, 1)] {
        let at = instants(&Budget::new(LIMIT), Lane::Rest, Urgency::Live, reserve, 40).await;
        assert_eq!(most_in(&at, Duration::from_secs(10)), most, "reserve {reserve}");
    }
}

#[tokio::test(start_paused = true)]
async fn documents_do_not_wait_for_the_rest() {
    let budget = Budget::new(LIMIT);
    instants(&budget, Lane::Rest, Urgency::Live, 0, 10).await;
    assert!(instants(&budget, Lane::Documents, Urgency::Live, 0, 1).await[0] < Duration::from_millis(1));
}

#[tokio::test(start_paused = true)]
async fn a_bulk_job_alone_takes_about_half_of_the_rate() {
    let at = instants(&Budget::new(LIMIT), Lane::Rest, Urgency::Bulk, 0, 60).await;
    let most = most_in(&at, Duration::from_secs(10));
    assert!((14..=15).contains(&most), "{most}");
}

#[tokio::test(start_paused = true)]
async fn live_callers_go_before_bulk_ones_that_came_earlier() {
    let budget = Arc::new(Budget::new(LIMIT));
    budget.turn(Lane::Rest, Urgency::Live, 0).await.unwrap();
    let order = Arc::new(Mutex::new(Vec::new()));
    let mut callers = Vec::new();
    for (urgency, count) in [(Urgency::Bulk, 3), (Urgency::Live, 4)] {
        for _ in 0..count {
            let (budget, order) = (budget.clone(), order.clone());
            callers.push(tokio::spawn(async move {
                budget.turn(Lane::Rest, urgency, 0).await.unwrap();
                lock(&order).push(urgency);
            }));
        }
        tokio::task::yield_now().await;
    }
    for caller in callers {
        caller.await.unwrap();
    }
    let order = lock(&order).clone();
    assert_eq!(order[..4], [Urgency::Live; 4], "{order:?}");
    assert_eq!(order.len(), 7, "and the bulk job is served after them");
}

#[tokio::test(start_paused = true)]
async fn a_live_caller_that_gives_up_does_not_hold_the_bulk_job() {
    let budget = Arc::new(Budget::new(LIMIT));
    budget.turn(Lane::Rest, Urgency::Live, 0).await.unwrap();
    let short = tokio::time::timeout(Duration::from_millis(10), budget.turn(Lane::Rest, Urgency::Live, 0));
    let waiting = tokio::spawn({
        let budget = budget.clone();
        async move { budget.turn(Lane::Rest, Urgency::Bulk, 0).await }
    });
    assert!(short.await.is_err());
    assert_eq!(tokio::time::timeout(Duration::from_secs(2), waiting).await.unwrap().unwrap(), Ok(()));
}

#[tokio::test(start_paused = true)]
async fn a_known_ban_is_waited_out_without_a_call() {
    let budget = Budget::new(LIMIT);
    budget.ban(Duration::from_secs(600));
    let turn = || budget.turn(Lane::Rest, Urgency::Live, 0);
    assert_eq!(turn().await, Err(Duration::from_secs(600)));
    budget.ban(Duration::from_secs(10));
    tokio::time::advance(Duration::from_secs(599)).await;
    assert_eq!(turn().await, Err(Duration::from_secs(1)), "a shorter ban does not end a longer one");
    tokio::time::advance(Duration::from_secs(1)).await;
    assert_eq!(turn().await, Ok(()));
}

#[tokio::test(start_paused = true)]
async fn with_nothing_left_the_next_window_is_waited_for() {
    let budget = Budget::new(LIMIT);
    let start = Instant::now();
    budget.turn(Lane::Rest, Urgency::Live, 0).await.unwrap();
    budget.note(Lane::Rest, told(3, 1000, 7), 5);
    budget.turn(Lane::Rest, Urgency::Live, 5).await.unwrap();
    assert_eq!(start.elapsed().as_secs(), 7, "fewer are left than are reserved");
    budget.note(Lane::Rest, told(29, 1010, 10), 5);
    budget.note(Lane::Rest, told(0, 1000, 0), 5);
    budget.turn(Lane::Rest, Urgency::Live, 5).await.unwrap();
    assert_eq!(start.elapsed().as_secs(), 7, "an answer of the window before comes late and holds nothing");
}

#[tokio::test(start_paused = true)]
async fn a_window_ends_no_later_than_its_length_after_its_first_answer() {
    let budget = Budget::new(LIMIT);
    let start = Instant::now();
    for left in (0..30).rev() {
        budget.turn(Lane::Rest, Urgency::Live, 0).await.unwrap();
        // without a date, and with a reset rounded up: what was seen here is finer
        budget.note(Lane::Rest, Told { remaining: left, reset_s: 1011, left_s: None }, 0);
    }
    budget.turn(Lane::Rest, Urgency::Live, 0).await.unwrap();
    let waited = start.elapsed();
    assert!(waited >= Duration::from_secs(10) && waited < Duration::from_millis(10_250), "{waited:?}");
}

#[tokio::test(start_paused = true)]
async fn connectors_of_one_account_share_a_budget() {
    let budgets = Budgets::new();
    let one = budgets.of("https://pace.test/", "Ana@x.ro", LIMIT);
    let same = budgets.of("https://pace.test", "ana@x.ro", LIMIT);
    let other = budgets.of("https://pace.test", "ion@x.ro", LIMIT);
    assert!(Arc::ptr_eq(&one, &same) && !Arc::ptr_eq(&one, &other));
}

async fn first_call(budget: &Budget, lane: Lane) -> u64 {
    let start = Instant::now();
    budget.turn(lane, Urgency::Live, 0).await.unwrap();
    start.elapsed().as_secs()
}

#[tokio::test(start_paused = true)]
async fn without_a_stored_budget_a_full_window_is_waited_first() {
    let budgets = Budgets::new();
    let budget = budgets.of("https://pace.test", "ana@x.ro", LIMIT);
    assert_eq!(first_call(&budget, Lane::Rest).await, 10);
    assert_eq!(first_call(&budget, Lane::Documents).await, 90, "counted from the start of the host");
    let later = budgets.of("https://pace.test", "ion@x.ro", LIMIT);
    assert_eq!(first_call(&later, Lane::Documents).await, 0, "since then every call of ours is known");
}

#[tokio::test(start_paused = true)]
async fn a_stored_budget_goes_on_where_it_stood() {
    let budgets = Budgets::new();
    let budget = budgets.of("https://pace.test", "ana@x.ro", LIMIT);
    first_call(&budget, Lane::Documents).await;
    budget.ban(Duration::from_secs(600));
    let taken = budgets.snapshot(1_000_000);
    assert_eq!(taken.len(), 1);
    assert_eq!(taken[0].banned_until_ms, Some(1_600_000));
    let again: Vec<StoredBudget> = serde_json::from_str(&serde_json::to_string(&taken).unwrap()).unwrap();

    let next = Budgets::new();
    next.restore(again.clone(), 1_599_000);
    assert_eq!(next.snapshot(1_599_000)[0].banned_until_ms, Some(1_600_000), "kept though nobody used it");
    let budget = next.of("https://pace.test", "ana@x.ro", LIMIT);
    assert_eq!(budget.turn(Lane::Rest, Urgency::Live, 0).await, Err(Duration::from_secs(1)));
    tokio::time::advance(Duration::from_secs(1)).await;
    assert_eq!(first_call(&budget, Lane::Rest).await, 0);

    let soon = Budgets::new();
    let mut without_ban = again;
    without_ban[0].banned_until_ms = None;
    soon.restore(without_ban, 1_000_000);
    let at = instants(&soon.of("https://pace.test", "ana@x.ro", LIMIT), Lane::Documents, Urgency::Live, 0, 1).await;
    assert!(at[0] > Duration::from_secs(3) && at[0] < Duration::from_secs(4), "one spacing after the last: {at:?}");
}

#[tokio::test(start_paused = true)]
async fn a_wall_clock_that_went_back_means_a_full_window() {
    let stored = StoredBudget {
        address: "https://pace.test".into(),
        account: "ana@x.ro".into(),
        taken_ms: 2_000_000,
        documents_free_ms: Some(2_001_000),
        rest_free_ms: 2_001_000,
        banned_until_ms: None,
    };
    let budgets = Budgets::new();
    budgets.restore(vec![stored.clone()], 1_999_999);
    assert_eq!(first_call(&budgets.of("https://pace.test", "ana@x.ro", LIMIT), Lane::Rest).await, 10);
    let banned = Budgets::new();
    banned.restore(vec![StoredBudget { banned_until_ms: Some(2_030_000), ..stored }], 1_000);
    let turn = banned.of("https://pace.test", "ana@x.ro", LIMIT).turn(Lane::Rest, Urgency::Live, 0).await;
    assert_eq!(turn, Err(Duration::from_secs(30)), "its ban begins anew");
}

#[tokio::test(start_paused = true)]
async fn a_budget_tells_who_waits_what_is_left_and_until_when_nothing_leaves() {
    let budgets = Arc::new(Budgets::new());
    assert!(budgets.standing("https://pace.test", "ana@x.ro").is_empty(), "nobody called yet");
    tokio::time::advance(Duration::from_secs(100)).await;
    let budget = budgets.of("https://pace.test", "ana@x.ro", LIMIT);
    let rest = || budgets.standing("https://pace.test/", "Ana@x.ro")[1];
    assert_eq!((rest().lane, rest().waiting, rest().left, rest().free_in), ("rest", 0, None, Duration::ZERO));
    let waiters: Vec<_> = [Urgency::Live, Urgency::Live, Urgency::Live, Urgency::Bulk]
        .into_iter()
        .map(|urgency| {
            let budget = budget.clone();
            tokio::spawn(async move { budget.turn(Lane::Rest, urgency, 0).await })
        })
        .collect();
    tokio::task::yield_now().await;
    assert_eq!(rest().waiting, 3, "the first one went at once");
    for waiter in waiters {
        waiter.await.unwrap().unwrap();
    }
    assert_eq!(rest().waiting, 0);
    budget.note(Lane::Rest, told(7, 1_000, 4), 0);
    assert_eq!((rest().left, rest().limited_for), (Some(7), Duration::ZERO));
    budget.note(Lane::Rest, told(0, 1_000, 4), 0);
    assert_eq!((rest().left, rest().limited_for), (Some(0), Duration::from_secs(4)));
    tokio::time::advance(Duration::from_secs(5)).await;
    assert_eq!((rest().left, rest().limited_for), (None, Duration::ZERO), "another window began");
    budget.ban(Duration::from_secs(60));
    let all = budgets.standing("https://pace.test", "ana@x.ro");
    assert!(all.iter().all(|lane| lane.limited_for == Duration::from_secs(60)), "{all:?}");
    assert!(all.iter().all(|lane| lane.free_in == Duration::from_secs(60)), "{all:?}");
}

/// A provider's fixed window, shared with another program.
struct Window {
    began: Instant,
    calls: u32,
    number: i64,
}

impl Window {
    fn count(&mut self) -> u32 {
        if self.began.elapsed() >= Duration::from_secs(10) {
            (self.began, self.calls, self.number) = (Instant::now(), 0, self.number + 10);
        }
        self.calls += 1;
        self.calls
    }

    fn told(&self) -> Told {
        let left = Duration::from_secs(10).saturating_sub(self.began.elapsed());
        told(30u32.saturating_sub(self.calls), self.number, left.as_secs() + 1)
    }
}

#[tokio::test(start_paused = true)]
async fn beside_another_spender_the_reserve_keeps_both_below_the_limit() {
    let budget = Budget::new(LIMIT);
    let mut window = Window { began: Instant::now(), calls: 0, number: 1_000 };
    let (mut most, mut ours, start) = (0, 0, Instant::now());
    let mut others_at = Instant::now();
    while start.elapsed() < Duration::from_secs(600) {
        budget.turn(Lane::Rest, Urgency::Live, 10).await.unwrap();
        // the other one calls eight times at once, every nine seconds, whatever we do
        if Instant::now() >= others_at {
            (0..8).for_each(|_| most = most.max(window.count()));
            others_at += Duration::from_secs(9);
        }
        most = most.max(window.count());
        ours += 1;
        budget.note(Lane::Rest, window.told(), 10);
    }
    assert!(most <= 30, "{most} calls in a window");
    assert!(ours > 600, "and {ours} of the 1200 that are not reserved were ours");
}

//! The providers' limits on calls: so many in a window, counted per credential. SmartBill bans who goes over; what Oblio
//! answers is not published, so it refuses until the window ends. Kept in memory: a restart is a new day for a limiter.

use std::collections::HashMap;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Allowance {
    pub calls: u32,
    pub window_ms: i64,
    /// 0: refused only until the window ends.
    pub ban_ms: i64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Verdict {
    pub allowed: bool,
    pub remaining: u32,
    /// When the next window starts, or the ban ends.
    pub reset_ms: i64,
}

#[derive(Default)]
struct Window {
    started_ms: i64,
    calls: u32,
    banned_until_ms: i64,
}

/// A bucket that leaks all the time, and what is in it.
#[derive(Default)]
struct Bucket {
    filled: f64,
    at_ms: i64,
}

#[derive(Default)]
pub(crate) struct Limiter {
    windows: HashMap<(&'static str, String), Window>,
    buckets: HashMap<String, Bucket>,
}

const MOST_KEYS: usize = 1_000;

impl Limiter {
    pub fn count(&mut self, class: &'static str, key: &str, allowance: Allowance, now_ms: i64) -> Verdict {
        if self.windows.len() >= MOST_KEYS {
            self.windows.clear();
        }
        let window = self.windows.entry((class, key.to_owned())).or_default();
        if now_ms < window.banned_until_ms {
            return Verdict { allowed: false, remaining: 0, reset_ms: window.banned_until_ms };
        }
        if window.calls == 0 || now_ms >= window.started_ms + allowance.window_ms {
            *window = Window { started_ms: now_ms, ..Window::default() };
        }
        let reset_ms = window.started_ms + allowance.window_ms;
        if window.calls >= allowance.calls {
            window.banned_until_ms = if allowance.ban_ms > 0 { now_ms + allowance.ban_ms } else { reset_ms };
            return Verdict { allowed: false, remaining: 0, reset_ms: window.banned_until_ms };
        }
        window.calls += 1;
        Verdict { allowed: true, remaining: allowance.calls - window.calls, reset_ms }
    }

    /// Pours one call into the key's bucket. Whether it had room, and how many calls are in it now.
    pub fn pour(&mut self, key: &str, size: u32, leak_per_s: u32, now_ms: i64) -> (bool, u32) {
        if self.buckets.len() >= MOST_KEYS {
            self.buckets.clear();
        }
        let bucket = self.buckets.entry(key.to_owned()).or_default();
        let seconds = (now_ms - bucket.at_ms).clamp(0, 86_400_000) as f64 / 1_000.0;
        bucket.filled = (bucket.filled - seconds * f64::from(leak_per_s)).max(0.0);
        bucket.at_ms = now_ms;
        let fits = bucket.filled + 1.0 <= f64::from(size);
        if fits {
            bucket.filled += 1.0;
        }
        (fits, bucket.filled.ceil() as u32)
    }

    pub fn clear(&mut self) {
        self.windows.clear();
        self.buckets.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SMARTBILL: Allowance = Allowance { calls: 30, window_ms: 10_000, ban_ms: 600_000 };

    #[test]
    fn the_thirty_first_call_in_ten_seconds_is_banned_for_ten_minutes() {
        let mut limiter = Limiter::default();
        for left in (0..30).rev() {
            assert_eq!(limiter.count("all", "t", SMARTBILL, 1_000).remaining, left);
        }
        assert!(!limiter.count("all", "t", SMARTBILL, 10_999).allowed);
        assert!(!limiter.count("all", "t", SMARTBILL, 600_000).allowed, "a new window does not lift the ban");
        assert!(limiter.count("all", "other", SMARTBILL, 600_000).allowed, "another token is not touched");
        assert!(limiter.count("all", "t", SMARTBILL, 610_999).allowed);
    }

    #[test]
    fn thirty_calls_in_every_window_are_never_refused() {
        let mut limiter = Limiter::default();
        for second in (0..100).step_by(10) {
            for _ in 0..30 {
                assert!(limiter.count("all", "t", SMARTBILL, second * 1_000).allowed);
            }
        }
    }
    #[test]
    fn a_bucket_of_forty_takes_two_more_a_second() {
        let mut limiter = Limiter::default();
        for filled in 1..=40 {
            assert_eq!(limiter.pour("shop", 40, 2, 1_000), (true, filled));
        }
        assert_eq!(limiter.pour("shop", 40, 2, 1_000), (false, 40));
        assert_eq!(limiter.pour("shop", 40, 2, 1_500), (true, 40));
        assert!(!limiter.pour("shop", 40, 2, 1_500).0);
        assert!(limiter.pour("other", 40, 2, 1_500).0, "another shop is not touched");
    }
}

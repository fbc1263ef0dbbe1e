//! What a provider's headers tell of its window: `X-RateLimit-Remaining` calls left until `X-RateLimit-Reset`.
//!
//! The machine's clock is not asked: the answer's own `Date` says how far away the reset is, to the second. Finer than
//! that is what was seen here: all answers of one window name the same reset, and a window cannot end later than its own
//! length after the first of them.

use super::Rate;
use crate::transport::HttpAnswer;
use chrono::DateTime;
use std::time::Duration;
use tokio::time::Instant;

/// The headers of one answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Told {
    pub remaining: u32,
    /// Unix seconds: when the next window begins. Names the window.
    pub reset_s: i64,
    /// Seconds from the answer to the reset, where the answer is dated.
    pub left_s: Option<u64>,
}

impl Told {
    pub(crate) fn of(answer: &HttpAnswer) -> Option<Told> {
        let number = |name: &str| answer.headers.get(name)?.to_str().ok()?.trim().parse::<i64>().ok();
        let remaining = u32::try_from(number("x-ratelimit-remaining")?).unwrap_or_default();
        let reset_s = number("x-ratelimit-reset")?;
        let date = answer.headers.get("date").and_then(|date| date.to_str().ok());
        let sent = date.and_then(|date| DateTime::parse_from_rfc2822(date).ok());
        let left_s = sent.map(|sent| reset_s.saturating_sub(sent.timestamp()).max(0).unsigned_abs());
        Some(Told { remaining, reset_s, left_s })
    }
}

/// The window that the provider is in, as far as it told.
#[derive(Debug, Default)]
pub(super) struct Seen {
    reset_s: Option<i64>,
    first_seen: Option<Instant>,
    held_until: Option<Instant>,
    /// Calls left when it was told last, and until when that says anything.
    left: Option<(u32, Instant)>,
}

impl Seen {
    pub(super) fn held_until(&self) -> Option<Instant> {
        self.held_until
    }

    /// Calls that the provider said are left in the window that it is in.
    pub(super) fn left(&self, now: Instant) -> Option<u32> {
        self.left.filter(|(_, until)| *until > now).map(|(left, _)| left)
    }

    /// With no more left than is reserved for others, nothing leaves until the next window.
    pub(super) fn note(&mut self, told: Told, reserve: u32, rate: Rate, now: Instant) {
        let is_late = self.reset_s.is_some_and(|known| told.reset_s < known);
        if is_late {
            return;
        }
        if self.reset_s != Some(told.reset_s) {
            // an answer of the window before may come late, but none of the one after it early
            self.reset_s = Some(told.reset_s);
            self.first_seen = Some(now);
            self.held_until = None;
        }
        let told_end =
            now + told.left_s.map_or(rate.window, Duration::from_secs).min(rate.window + Duration::from_secs(1));
        let seen_end = self.first_seen.map_or(told_end, |first| first + rate.window);
        let end = told_end.min(seen_end);
        self.left = Some((told.remaining, end));
        if told.remaining <= reserve.min(rate.calls.saturating_sub(1)) {
            self.held_until = Some(end);
        }
    }
}

//! Wrong passphrases one after another: after a few, none is looked at for a while, longer each time.

use std::time::Duration;
use tokio::time::Instant;

/// So many may be mistyped at once.
const FREE: u32 = 5;
const FIRST: Duration = Duration::from_secs(2);
const LONGEST: Duration = Duration::from_secs(5 * 60);

#[derive(Default)]
pub(super) struct Throttle {
    wrong: u32,
    until: Option<Instant>,
}

impl Throttle {
    /// How long none is looked at yet.
    pub fn wait(&self) -> Option<Duration> {
        self.until.map(|until| until.saturating_duration_since(Instant::now())).filter(|left| !left.is_zero())
    }

    pub fn note_wrong(&mut self) {
        self.wrong = self.wrong.saturating_add(1);
        if let Some(over) = self.wrong.checked_sub(FREE) {
            self.until = Some(Instant::now() + (FIRST * 2_u32.pow(over.min(10))).min(LONGEST));
        }
    }

    pub fn note_right(&mut self) {
        *self = Throttle::default();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_few_are_free_then_each_waits_longer_up_to_a_bound() {
        let mut throttle = Throttle::default();
        for _ in 1..FREE {
            throttle.note_wrong();
            assert_eq!(throttle.wait(), None);
        }
        let mut last = Duration::ZERO;
        for _ in 0..40 {
            throttle.note_wrong();
            let wait = throttle.wait().unwrap();
            assert!(wait > last || wait == LONGEST, "{wait:?} after {last:?}");
            last = wait;
        }
        tokio::time::advance(LONGEST).await;
        assert_eq!(throttle.wait(), None);
        throttle.note_wrong();
        assert_eq!(throttle.wait(), Some(LONGEST), "the count stands until the right one");
        throttle.note_right();
        assert_eq!(throttle.wait(), None);
    }
}

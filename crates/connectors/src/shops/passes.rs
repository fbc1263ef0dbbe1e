//! Where the next page of a listing begins, for shops whose pages are reached only through the page before.

use super::OrderQuery;
use crate::call::Operation;
use punte_domain::{Failure, FailureKind, Phase};
use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

/// Pages whose way is remembered: of a few passes at once.
const MOST_HELD: usize = 8;

/// The way to one page.
#[derive(Clone)]
pub(super) struct Way {
    pub(super) query: OrderQuery,
    pub(super) page: u32,
    /// The shop's own mark of where the page begins.
    pub(super) mark: String,
    /// Orders of the whole listing, as counted for its first page.
    pub(super) total: u64,
}

#[derive(Default)]
pub(super) struct Passes(Mutex<VecDeque<Way>>);

impl Passes {
    pub(super) fn hold(&self, new: Way) {
        let mut held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        held.retain(|one| (one.query, one.page) != (new.query, new.page));
        held.push_back(new);
        while held.len() > MOST_HELD {
            held.pop_front();
        }
    }

    /// The way to a page after the first.
    ///
    /// # Errors
    /// The page before it was not read, or too long ago.
    pub(super) fn way(&self, operation: &Operation, query: OrderQuery, page: u32) -> Result<Way, Failure> {
        let held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        held.iter().find(|one| one.query == query && one.page == page).cloned().ok_or_else(|| {
            let failure = operation.failure(FailureKind::RequestInvalid, Phase::Prepare);
            failure.with_detail("pages are read one after the other, from the first")
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_few_passes_at_once_keep_their_ways_and_the_oldest_are_forgotten() {
        let passes = Passes::default();
        let operation = Operation::new("list orders", "x");
        for since in 0..10 {
            let query = OrderQuery::ModifiedSince(since);
            passes.hold(Way { query, page: 2, mark: format!("m{since}"), total: 1 });
            passes.hold(Way { query, page: 2, mark: format!("n{since}"), total: 2 });
        }
        let found = |since, page| passes.way(&operation, OrderQuery::ModifiedSince(since), page).map(|way| way.mark);
        assert_eq!(found(9, 2).as_deref(), Ok("n9"));
        assert_eq!(found(2, 2).as_deref(), Ok("n2"));
        assert!(found(1, 2).is_err() && found(9, 3).is_err());
        assert!(passes.way(&operation, OrderQuery::CreatedSince(9), 2).is_err());
    }
}

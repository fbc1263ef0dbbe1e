//! What a flow's rules say of an order, before any mapping.

use super::{Facts, FlowRules, When};
use crate::order::{OrderHead, OrderStatus};

/// What follows for an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Judged {
    /// An invoice is due.
    Invoice {
        /// When the order became due, on the shop's clock.
        due_ms: i64,
        /// A delay runs until then.
        not_before_ms: Option<i64>,
    },
    /// A proforma is due: the order is not paid yet.
    Proforma,
    /// What is missing may still come.
    Waiting(&'static str),
    No(&'static str),
}

/// Judges an order: its status, whether it became due after the flow was switched on, then the rules' conditions. Codes are
/// keys of the catalogues.
pub fn judge(head: &OrderHead, facts: &Facts, rules: &FlowRules, active_from_ms: i64, now_ms: i64) -> Judged {
    let when = &rules.when;
    match head.status {
        OrderStatus::Cancelled => return Judged::No("cancelled"),
        OrderStatus::Refunded => return Judged::No("refunded"),
        OrderStatus::Failed => return Judged::No("failed_at_shop"),
        _ if rules.wants_proforma(head, facts) => return judge_unpaid(head, facts, when, active_from_ms),
        _ if !when.statuses.is_empty() => {
            if !when.has_status(head) && !has_passed(head, when) {
                // nothing follows completion
                let is_over = head.status == OrderStatus::Completed;
                return if is_over { Judged::No("wrong_status") } else { Judged::Waiting("wrong_status") };
            }
        }
        OrderStatus::Open | OrderStatus::Other => return Judged::Waiting("not_completed"),
        // cash on delivery is in preparation without being paid: it waits for completion
        OrderStatus::Paid if head.paid_ms.is_none() => return Judged::Waiting("not_completed"),
        OrderStatus::Paid | OrderStatus::Completed => {}
    }
    // an order that is taken before it is due is as old as it is, however lately it was edited
    let undated_ms = if when.statuses.is_empty() { head.modified_ms } else { head.created_ms };
    let due_ms = head.became_due_ms().unwrap_or(undated_ms);
    if due_ms < active_from_ms {
        return Judged::No("before_flow");
    }
    if head.total_minor == 0 {
        return Judged::No("total_zero");
    }
    match when.missed(head, facts) {
        Some(reason @ "not_paid") => return Judged::Waiting(reason),
        Some(reason) => return Judged::No(reason),
        None => {}
    }
    Judged::Invoice { due_ms, not_before_ms: not_before(head, rules, due_ms, now_ms) }
}

/// Of an order that is to be announced by a proforma: it is as old as it is, however lately it was edited.
fn judge_unpaid(head: &OrderHead, facts: &Facts, when: &When, active_from_ms: i64) -> Judged {
    if head.created_ms < active_from_ms {
        return Judged::No("before_flow");
    }
    if head.total_minor == 0 {
        return Judged::No("total_zero");
    }
    when.missed_but_payment(head, facts).map_or(Judged::Proforma, Judged::No)
}

/// Whether an order that went on to be paid or completed was taken on its way: what is completed was paid, and what was seen in
/// a status had it. It is not lost by moving on while its invoice waits.
fn has_passed(head: &OrderHead, when: &When) -> bool {
    let is_completed = head.status == OrderStatus::Completed;
    let was = |word: &str| head.seen_as.keys().any(|seen| super::is_same(seen, word));
    (is_completed || head.status == OrderStatus::Paid)
        && when
            .statuses
            .iter()
            .any(|word| was(word) || is_completed && super::is_same(word, OrderStatus::Paid.as_str()))
}

/// The end of a delay that still runs. A shop's clock that is ahead makes it no longer than it is.
fn not_before(head: &OrderHead, rules: &FlowRules, due_ms: i64, now_ms: i64) -> Option<i64> {
    let delay_ms = i64::from(rules.delay_minutes.min(super::MOST_DELAY_MINUTES)) * 60_000;
    let end_ms = began_ms(head, rules).unwrap_or(due_ms).saturating_add(delay_ms).min(now_ms.saturating_add(delay_ms));
    (end_ms > now_ms).then_some(end_ms)
}

/// When an order came to the first of the statuses that are taken: by the shop's dates, and where it has none for a status, by
/// the first version that was received in it.
fn began_ms(head: &OrderHead, rules: &FlowRules) -> Option<i64> {
    let takes = |status: OrderStatus| {
        let all = &rules.when.statuses;
        all.is_empty() || all.iter().any(|one| super::is_same(one, status.as_str()))
    };
    let paid = head.paid_ms.filter(|_| takes(OrderStatus::Paid));
    let completed = head.completed_ms.filter(|_| takes(OrderStatus::Completed));
    let open = Some(head.created_ms).filter(|_| !rules.when.statuses.is_empty() && takes(OrderStatus::Open));
    let is_own = |word: &str| rules.when.statuses.iter().any(|one| super::is_same(one, word));
    let seen = head.seen_as.iter().filter(|(word, _)| is_own(word)).map(|(_, first_ms)| *first_ms);
    [paid, completed, open].into_iter().flatten().chain(seen).min()
}

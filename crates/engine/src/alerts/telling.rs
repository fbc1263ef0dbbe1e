//! Who is told what now: pure, out of what stands, what was told, and the hour.
//!
//! A channel is told once that a cause came up, and once that it is over if it took the first. What comes up within a minute is
//! one notice. In quiet hours only what passes is told; the rest waits for their end and is then one notice, without what was over
//! by then.

use super::settings::{AlertSettings, Rule, RuleSetting};
use punte_connectors::alerts::NoticeKind;
use punte_store::ledger::{Alert, AlertChannel, Telling};
use std::collections::HashSet;

/// What comes up within so long is told together.
pub(super) const GATHER_MS: i64 = 60 * 1000;
/// Causes in one notice; the others are in the next.
const MOST: usize = 200;

/// A notice to be made, and whom it is for.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Wanted {
    pub kind: NoticeKind,
    /// Each with whether it is over.
    pub items: Vec<(Alert, bool)>,
    pub channels: Vec<AlertChannel>,
}

/// What is to be told now.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Due {
    pub notices: Vec<Wanted>,
    /// Tellings whose end is told nobody: (alert's row, channel's id).
    pub dropped: Vec<(i64, String)>,
}

/// When something that happened at an instant is told, and whether that is later than at once.
enum When {
    Now {
        late: bool,
    },
    /// Within the minute in which others may join it.
    Soon,
    Later,
}

fn when(settings: &AlertSettings, set: &RuleSetting, at_ms: i64, now_ms: i64) -> When {
    if !set.passes_quiet && settings.quiet.covers(now_ms) {
        return When::Later;
    }
    if settings.digest.on && set.in_digest {
        return if settings.digest.after(at_ms) <= now_ms { When::Now { late: true } } else { When::Later };
    }
    // a clock that went back since makes nothing wait
    if (0..GATHER_MS).contains(&(now_ms - at_ms)) {
        return When::Soon;
    }
    When::Now { late: !set.passes_quiet && settings.quiet.covers(at_ms) }
}

pub(super) fn due(
    settings: &AlertSettings,
    channels: &[AlertChannel],
    standing: &[Alert],
    tellings: &[Telling],
    now_ms: i64,
) -> Due {
    let mut due = Due::default();
    let of_rule = |alert: &Alert| Rule::parse(&alert.rule).map(|rule| settings.rule(rule)).filter(|set| set.on);
    for channel in channels.iter().filter(|channel| channel.enabled) {
        let own: Vec<&Telling> = tellings.iter().filter(|one| one.channel_id == channel.id).collect();
        let told: HashSet<i64> = own.iter().map(|one| one.alert.row).collect();
        let mut items: Vec<(Alert, bool)> = Vec::new();
        let mut soon: Vec<(Alert, bool)> = Vec::new();
        let (mut is_due, mut is_late) = (false, false);
        let mut take = |alert: &Alert, is_end: bool, at: When| match at {
            When::Now { late } => {
                items.push((alert.clone(), is_end));
                is_due = true;
                is_late |= late;
            }
            When::Soon => soon.push((alert.clone(), is_end)),
            When::Later => {}
        };
        for alert in standing.iter().filter(|one| one.clear_ms.is_none() && !told.contains(&one.row)) {
            let (Some(set), Some(raised_ms)) = (of_rule(alert), alert.raised_ms) else { continue };
            if set.tells(&channel.id) {
                take(alert, false, when(settings, &set, raised_ms, now_ms));
            }
        }
        for telling in &own {
            let Some(over_ms) = telling.alert.recovered_ms else { continue };
            match (telling.send.as_str(), of_rule(&telling.alert)) {
                ("sent", Some(set)) => take(&telling.alert, true, when(settings, &set, over_ms, now_ms)),
                // it may still arrive
                ("waiting", Some(_)) => {}
                // nobody heard of it there, or nobody wants to any more
                _ => due.dropped.push((telling.alert.row, channel.id.clone())),
            }
        }
        if !is_due {
            continue;
        }
        items.extend(soon);
        items.truncate(MOST);
        let is_over = items.iter().all(|(_, is_end)| *is_end);
        let kind = match (is_late, is_over) {
            (true, _) => NoticeKind::Digest,
            (false, true) => NoticeKind::Recovered,
            (false, false) => NoticeKind::Raised,
        };
        // whoever hears the same hears it by one notice
        match due.notices.iter_mut().find(|one| one.kind == kind && one.items == items) {
            Some(same) => same.channels.push(channel.clone()),
            None => due.notices.push(Wanted { kind, items, channels: vec![channel.clone()] }),
        }
    }
    let is_off = |one: &&Telling| !channels.iter().any(|channel| channel.enabled && channel.id == one.channel_id);
    let over = tellings.iter().filter(|one| one.alert.recovered_ms.is_some()).filter(is_off);
    due.dropped.extend(over.map(|one| (one.alert.row, one.channel_id.clone())));
    due
}

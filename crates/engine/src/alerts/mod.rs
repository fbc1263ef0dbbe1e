//! Alerts: what needs a person comes to where they are, once a cause.
//!
//! Once a minute the rules look at the ledger ([`watch`]); out of what they find and what stands it follows what is raised and what
//! is over ([`machine`]), and out of that who is told what now ([`telling`]). A notice is a row before it leaves, is tried again
//! until its channel took it or the delays are used up, and is not sent to a channel that took it. All of it stands in the ledger: a
//! start goes on where the program ended. Words are not made here: whoever hosts the workspace makes them out of facts.

mod channels;
#[cfg(test)]
mod desk_tests;
mod machine;
mod settings;
mod telling;
#[cfg(test)]
mod tests;
mod usual;
mod watch;

pub use channels::{CHANNEL_KINDS, ChannelDraft, MailSettings, WebhookSettings};
pub use punte_connectors::alerts::{NoticeItem, NoticeKind};
pub use settings::{AlertSettings, Digest, QuietHours, Rule, RuleSetting, local_day, local_time};

use crate::error::Result;
use crate::workspace::{Change, Workspace};
use machine::FLAPS_MS;
use punte_store::StoreError;
use punte_store::ledger::{Alert, AlertStep, NewNotice};
use serde_json::Value;
use std::sync::Arc;
use std::time::Duration;
use telling::Wanted;
use watch::Learned;

/// After a start, and after the machine slept, what is under way is given so long to settle.
const EARLY: Duration = Duration::from_secs(25 * 60);
/// The wall clock went so much further than the loop: the machine slept.
const SLEPT: Duration = Duration::from_secs(5 * 60);
/// Notices and alerts that ended stay so long.
const KEPT_MS: i64 = 90 * 24 * 60 * 60 * 1000;
const PURGE: u32 = 500;
const PURGE_EVERY: Duration = Duration::from_secs(60 * 60);

/// What is to be told, as facts.
#[derive(Debug, Clone, PartialEq)]
pub struct Untold {
    pub kind: NoticeKind,
    pub workspace: String,
    pub items: Vec<UntoldItem>,
}

#[derive(Debug, Clone, PartialEq)]
pub struct UntoldItem {
    pub rule: String,
    pub cause: String,
    pub facts: Value,
    /// It is over.
    pub is_over: bool,
    pub since_ms: i64,
}

/// The same in words.
#[derive(Debug, Clone, PartialEq)]
pub struct Told {
    pub subject: String,
    pub text: String,
    /// Of each item its title, and the screen that shows it.
    pub items: Vec<(String, String)>,
}

/// Makes words out of facts, in the workspace's language.
pub type Teller = Arc<dyn Fn(&Untold) -> Told + Send + Sync>;

/// Without a host nobody makes words: codes stand for them.
fn bare(untold: &Untold) -> Told {
    let title = |item: &UntoldItem| format!("{} {}", item.rule, item.cause);
    let items: Vec<(String, String)> = untold.items.iter().map(|item| (title(item), "/overview".to_owned())).collect();
    let text = items.iter().map(|(title, _)| title.as_str()).collect::<Vec<_>>().join("\n");
    Told { subject: format!("{}: {}", untold.workspace, untold.kind.as_str()), text, items }
}

impl Workspace {
    /// Names who makes words of notices. The first one named stays.
    pub fn keep_teller(&self, teller: Teller) {
        let _ = self.teller.set(teller);
    }

    pub(crate) fn tell(&self, untold: &Untold) -> Told {
        self.teller.get().map_or_else(|| bare(untold), |teller| teller(untold))
    }

    /// # Errors
    /// What is set cannot be read.
    pub async fn alert_settings(&self) -> Result<AlertSettings> {
        let kept = self.ledger.read_alert_settings().await?;
        Ok(serde_json::from_value(kept).map_err(StoreError::Json)?)
    }

    /// # Errors
    /// [`crate::EngineError::Invalid`] with the field.
    pub async fn set_alerts(&self, settings: AlertSettings) -> Result<()> {
        let channels = self.ledger.list_alert_channels().await?;
        settings.check(&channels.into_iter().map(|one| one.id).collect::<Vec<_>>())?;
        self.ledger.set_alert_settings(serde_json::to_value(&settings).map_err(StoreError::Json)?).await?;
        self.changed(Change::Alerts);
        self.alert_wake.notify_one();
        Ok(())
    }

    /// What is raised now, oldest first.
    pub async fn list_raised_alerts(&self) -> Result<Vec<Alert>> {
        let mut standing = self.ledger.list_standing_alerts().await?;
        standing.retain(|one| one.raised_ms.is_some());
        Ok(standing)
    }

    /// Title and screen of each of some alerts that stand, as a notice of them would have them.
    pub fn words_of_alerts(&self, alerts: &[Alert]) -> Vec<(String, String)> {
        let items = alerts.iter().map(|alert| untold_item(alert, false)).collect();
        self.tell(&Untold { kind: NoticeKind::Raised, workspace: self.ledger.info().name.clone(), items }).items
    }

    pub(crate) async fn run_alerts(&self) {
        let mut learned = Learned::default();
        let mut early_until = self.deps.clock.monotonic() + EARLY;
        let mut last: Option<(Duration, i64)> = None;
        let mut purge_at = self.deps.clock.monotonic() + EARLY;
        loop {
            let (now, now_ms) = (self.deps.clock.monotonic(), self.now_ms());
            let slept = last.is_none_or(|(at, at_ms)| {
                let passed_ms = now.saturating_sub(at).as_millis() as i64;
                now_ms - at_ms - passed_ms > SLEPT.as_millis() as i64
            });
            if slept {
                early_until = now + EARLY;
            }
            last = Some((now, now_ms));
            if let Err(error) = self.watch_once(&mut learned, now < early_until, slept).await {
                self.note_engine_error(&error, "alerts");
            }
            if now >= purge_at {
                purge_at = now + PURGE_EVERY;
                if let Err(error) = self.ledger.purge_alerts(now_ms - KEPT_MS, PURGE).await {
                    self.note_engine_error(&error.into(), "purge alerts");
                }
            }
            if !self.rest(&self.alert_wake, self.deps.timing.alerts).await {
                return;
            }
        }
    }

    async fn watch_once(&self, learned: &mut Learned, is_early: bool, slept: bool) -> Result<()> {
        let now_ms = self.now_ms();
        let settings = self.alert_settings().await?;
        let mut standing = self.ledger.list_standing_alerts().await?;
        let mut steps = Vec::new();
        if slept {
            // how long it stood while nobody looked is not known
            let unraised = standing.extract_if(.., |one| one.raised_ms.is_none());
            steps.extend(unraised.map(|one| AlertStep::Forget(one.row)));
        }
        let looked = self.look_for_alerts(&settings, learned, is_early).await?;
        standing.retain(|one| !looked.blind.iter().any(|rule| rule.as_str() == one.rule));
        let ended = self.ledger.count_recovered_since(now_ms - FLAPS_MS).await?;
        steps.extend(machine::steps(&standing, looked.found, &ended, now_ms, || self.new_id("alt")));
        if !steps.is_empty() {
            self.ledger.step_alerts(steps, now_ms).await?;
            self.changed(Change::Alerts);
        }
        self.write_notices(&settings, now_ms).await
    }

    /// Writes down what is to be told now; the other loop sends it.
    async fn write_notices(&self, settings: &AlertSettings, now_ms: i64) -> Result<()> {
        let channels = self.ledger.list_alert_channels().await?;
        let standing = self.ledger.list_standing_alerts().await?;
        let tellings = self.ledger.list_open_tellings().await?;
        let due = telling::due(settings, &channels, &standing, &tellings, now_ms);
        if !due.dropped.is_empty() {
            self.ledger.drop_tellings(due.dropped).await?;
        }
        if due.notices.is_empty() {
            return Ok(());
        }
        let new = due.notices.into_iter().map(|wanted| self.notice(wanted)).collect::<Result<Vec<_>>>()?;
        tracing::info!(notices = new.len(), "alerts are told");
        self.ledger.record_notices(new, now_ms).await?;
        self.notice_wake.notify_one();
        self.changed(Change::Alerts);
        Ok(())
    }

    fn notice(&self, wanted: Wanted) -> Result<NewNotice> {
        let items = wanted.items.iter().map(|(alert, is_over)| untold_item(alert, *is_over)).collect();
        let untold = Untold { kind: wanted.kind, workspace: self.ledger.info().name.clone(), items };
        let told = self.tell(&untold);
        let kept = untold.items.iter().zip(told.items).map(|(item, (title, path))| NoticeItem {
            rule: item.rule.clone(),
            cause: item.cause.clone(),
            state: if item.is_over { "recovered" } else { "raised" }.to_owned(),
            title,
            path,
            since_ms: item.since_ms,
        });
        Ok(NewNotice {
            id: self.new_id("ntc"),
            kind: wanted.kind.as_str().to_owned(),
            subject: told.subject,
            text: told.text,
            items: serde_json::to_value(kept.collect::<Vec<_>>()).map_err(StoreError::Json)?,
            tells: wanted.items.iter().map(|(alert, is_over)| (alert.row, *is_over)).collect(),
            channels: wanted
                .channels
                .into_iter()
                .map(|channel| {
                    let is_shown = channel.kind == "desktop";
                    (channel, is_shown)
                })
                .collect(),
        })
    }
}

fn untold_item(alert: &Alert, is_over: bool) -> UntoldItem {
    UntoldItem {
        rule: alert.rule.clone(),
        cause: alert.cause.clone(),
        facts: alert.facts.clone(),
        is_over,
        since_ms: alert.raised_ms.unwrap_or(alert.seen_ms),
    }
}

//! Channels: kept, taken away, tried, and sent to. Secrets stand in the vault, under the channel's id.

use super::{Told, Untold};
use crate::error::{EngineError, Result};
use crate::workspace::{Change, Workspace};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use punte_connectors::alerts::{
    AlertCode, AlertError, MailSecurity, MailServer, Notice, NoticeItem, NoticeKind, Webhook, check_mail,
    check_webhook, send_mail, send_webhook,
};
use punte_store::StoreError;
use punte_store::ledger::{self, AlertChannel, NewNotice, NoticeSend, SendEnd};
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use std::time::Duration;

const MINUTE_MS: i64 = 60 * 1000;
/// After each try that did not work, by how many there were. After the last one nothing is tried any more.
const DELAYS_MS: [i64; 6] =
    [MINUTE_MS, 5 * MINUTE_MS, 15 * MINUTE_MS, 60 * MINUTE_MS, 3 * 60 * MINUTE_MS, 6 * 60 * MINUTE_MS];
/// Longer than any delay: what is due still later was written while the clock stood wrong.
const BEYOND_MS: i64 = 12 * 60 * MINUTE_MS;
/// A try that ended with the program is made again after so long.
const CUT_OFF_MS: i64 = 10 * MINUTE_MS;
/// Whatever a channel's own limits are, a try is over then.
const LONGEST_TRY: Duration = Duration::from_secs(120);
const AT_ONCE: u32 = 20;
const LONGEST_NAME: usize = 100;

/// The kinds of channel there are.
pub const CHANNEL_KINDS: [&str; 3] = ["desktop", "mail", "webhook"];

/// A mail server, without its password.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MailSettings {
    pub host: String,
    pub port: u16,
    /// `tls`, `starttls`, `plain` (this machine only).
    pub security: String,
    /// Empty: the server asks for no login.
    pub user: String,
    pub from: String,
    pub to: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WebhookSettings {
    pub url: String,
}

/// A channel as it is to be.
pub struct ChannelDraft {
    /// `None`: a new one.
    pub id: Option<String>,
    pub kind: String,
    pub name: String,
    pub enabled: bool,
    pub mail: Option<MailSettings>,
    pub webhook: Option<WebhookSettings>,
    /// Empty keeps the one there is; a new webhook without one is given one.
    pub secret: SecretString,
}

fn invalid(field: &'static str, detail: impl Into<String>) -> EngineError {
    EngineError::Invalid { field, detail: detail.into() }
}

/// The field of the screen that an error of a channel's settings is about.
fn refused(error: &AlertError) -> EngineError {
    let field = match error.code.as_str() {
        "host_invalid" => "host",
        "url_invalid" => "url",
        "secret_invalid" => "secret",
        "login_incomplete" => "user",
        "plain_not_here" => "security",
        "sender_invalid" => "from",
        _ => "to",
    };
    invalid(field, error.code.as_str())
}

fn mail_of(settings: &MailSettings, password: Option<SecretString>) -> Result<MailServer> {
    let security = MailSecurity::parse(&settings.security).ok_or_else(|| invalid("security", &settings.security))?;
    // whoever needs no login has no password
    let password = password.filter(|_| !settings.user.is_empty());
    Ok(MailServer {
        host: settings.host.clone(),
        port: settings.port,
        security,
        user: settings.user.clone(),
        password,
        from: settings.from.clone(),
        to: settings.to.clone(),
    })
}

/// What a settled try is written down as: after a failed one, when the next is.
pub(super) fn end_of(outcome: std::result::Result<(), (String, String, bool)>, tries: u32, now_ms: i64) -> SendEnd {
    match outcome {
        Ok(()) => SendEnd::Taken,
        Err((code, said, again)) => {
            let delay = DELAYS_MS.get(tries as usize).filter(|_| again);
            SendEnd::Refused { code, said, again_ms: delay.map(|delay| now_ms + delay) }
        }
    }
}

type Outcome = std::result::Result<(), (String, String, bool)>;

impl Workspace {
    fn channel_secret_name(&self, id: &str) -> String {
        format!("{}/alerts/{id}", self.ledger.info().id)
    }

    /// Keeps a channel. Answers it, and the secret that was made for a new webhook: it is shown once.
    ///
    /// # Errors
    /// [`EngineError::Invalid`] with the field; what the credential store says.
    pub async fn save_alert_channel(&self, draft: ChannelDraft) -> Result<(AlertChannel, Option<SecretString>)> {
        use secrecy::ExposeSecret;
        let channels = self.ledger.list_alert_channels().await?;
        let known = match &draft.id {
            Some(id) => {
                let known = channels.into_iter().find(|one| one.id == *id);
                Some(known.ok_or_else(|| EngineError::Store(StoreError::NotFound(id.clone())))?)
            }
            None => None,
        };
        let kind = known.as_ref().map_or(draft.kind.as_str(), |known| known.kind.as_str()).to_owned();
        if !CHANNEL_KINDS.contains(&kind.as_str()) || kind == "desktop" && known.is_none() {
            return Err(invalid("kind", kind));
        }
        let name = draft.name.trim().to_owned();
        if name.chars().count() > LONGEST_NAME || name.is_empty() && kind != "desktop" {
            return Err(invalid("name", "1 to 100 characters"));
        }
        let id = known.as_ref().map_or_else(|| self.new_id("ach"), |known| known.id.clone());
        let had_secret = known.as_ref().is_some_and(|known| known.has_secret);
        let given = Some(draft.secret).filter(|secret| !secret.expose_secret().trim().is_empty());
        let made = (kind == "webhook" && given.is_none() && !had_secret).then(|| self.new_hook_secret());
        let secret = given.or_else(|| made.clone());
        let kept = async || self.deps.vault.get(&self.channel_secret_name(&id)).await.ok().flatten();
        let settings = match (kind.as_str(), draft.mail, draft.webhook) {
            ("desktop", ..) => serde_json::json!({}),
            ("mail", Some(mail), _) => {
                let password = if secret.is_none() && had_secret { kept().await } else { secret.clone() };
                check_mail(&mail_of(&mail, password)?).map_err(|error| refused(&error))?;
                serde_json::to_value(mail).map_err(StoreError::Json)?
            }
            ("webhook", _, Some(webhook)) => {
                if let Some(secret) = &secret {
                    let hook = Webhook { url: webhook.url.clone(), secret: secret.clone() };
                    check_webhook(&hook).map_err(|error| refused(&error))?;
                }
                serde_json::to_value(webhook).map_err(StoreError::Json)?
            }
            (kind, ..) => return Err(invalid("kind", format!("nothing is said of {kind}"))),
        };
        if let Some(secret) = &secret {
            self.deps.vault.set(&self.channel_secret_name(&id), secret.clone()).await?;
        }
        let channel = AlertChannel {
            id,
            kind,
            name,
            enabled: draft.enabled,
            settings,
            has_secret: had_secret || secret.is_some(),
            created_ms: known.map_or_else(|| self.now_ms(), |known| known.created_ms),
        };
        self.ledger.save_alert_channel(channel.clone()).await?;
        self.changed(Change::Alerts);
        self.alert_wake.notify_one();
        Ok((channel, made))
    }

    /// A secret as Standard Webhooks have it.
    fn new_hook_secret(&self) -> SecretString {
        format!("whsec_{}", STANDARD.encode(self.deps.clock.new_seed())).into()
    }

    /// Takes a channel away with its secret, and out of the rules that named it. The desktop stays, and can be switched off.
    pub async fn remove_alert_channel(&self, id: &str) -> Result<()> {
        if id == "desktop" {
            return Err(EngineError::NotNow("channel_stays"));
        }
        self.ledger.remove_alert_channel(id, self.now_ms()).await?;
        let mut settings = self.alert_settings().await?;
        let before = settings.clone();
        settings
            .rules
            .values_mut()
            .filter_map(|set| set.channels.as_mut())
            .for_each(|named| named.retain(|one| one != id));
        if settings != before {
            self.ledger.set_alert_settings(serde_json::to_value(&settings).map_err(StoreError::Json)?).await?;
        }
        if let Err(error) = self.deps.vault.delete(&self.channel_secret_name(id)).await {
            tracing::warn!(%error, "the secret of a channel that was taken away is still in the credential store");
        }
        self.changed(Change::Alerts);
        Ok(())
    }

    /// Sends one notice that says so to one channel, now. Answers what became of it.
    pub async fn test_alert_channel(&self, id: &str) -> Result<NoticeSend> {
        let channels = self.ledger.list_alert_channels().await?;
        let channel = channels.into_iter().find(|one| one.id == id);
        let channel = channel.ok_or_else(|| EngineError::Store(StoreError::NotFound(id.to_owned())))?;
        let is_shown = channel.kind == "desktop";
        let now_ms = self.now_ms();
        let untold = Untold { kind: NoticeKind::Test, workspace: self.ledger.info().name.clone(), items: Vec::new() };
        let Told { subject, text, .. } = self.tell(&untold);
        let new = NewNotice {
            id: self.new_id("ntc"),
            kind: NoticeKind::Test.as_str().to_owned(),
            subject,
            text,
            items: serde_json::json!([]),
            tells: Vec::new(),
            channels: vec![(channel.clone(), is_shown)],
        };
        self.ledger.record_notices(vec![new.clone()], now_ms).await?;
        let send = self.ledger.find_last_send(id).await?;
        let send = send.ok_or_else(|| EngineError::Store(StoreError::NotFound(id.to_owned())))?;
        if !is_shown {
            self.ledger.begin_send(send.row, now_ms + CUT_OFF_MS).await?;
            let outcome = self.send_to(&channel, &notice_of(&new.id, now_ms, &self.ledger.info().name, &new)).await;
            // whoever tests waits for the answer: nothing is tried later
            let outcome = outcome.map_err(|(code, said, _)| (code, said, false));
            self.ledger.end_send(send.row, end_of(outcome, 0, self.now_ms()), self.now_ms()).await?;
        }
        self.changed(Change::Alerts);
        let ended = self.ledger.find_last_send(id).await?;
        Ok(ended.filter(|ended| ended.row == send.row).unwrap_or(send))
    }

    async fn send_to(&self, channel: &AlertChannel, notice: &Notice) -> Outcome {
        let sent = tokio::time::timeout(LONGEST_TRY, self.try_sending(channel, notice)).await;
        sent.unwrap_or_else(|_| Err(("timed_out".to_owned(), String::new(), true)))
    }

    async fn try_sending(&self, channel: &AlertChannel, notice: &Notice) -> Outcome {
        let secret = match channel.has_secret {
            true => match self.deps.vault.get(&self.channel_secret_name(&channel.id)).await {
                Ok(Some(secret)) => Some(secret),
                Ok(None) => return Err(("secret_missing".to_owned(), String::new(), false)),
                // it may be opened yet
                Err(error) => return Err(("secret_unreadable".to_owned(), error.to_string(), true)),
            },
            false => None,
        };
        let broken = |detail: String| ("settings_invalid".to_owned(), detail, false);
        let of_channel = |error: AlertError| (error.code.as_str().to_owned(), error.said, error.again);
        match channel.kind.as_str() {
            "mail" => {
                let settings: MailSettings =
                    serde_json::from_value(channel.settings.clone()).map_err(|error| broken(error.to_string()))?;
                let server = mail_of(&settings, secret).map_err(|error| broken(error.to_string()))?;
                send_mail(&server, notice).await.map_err(of_channel)
            }
            "webhook" => {
                let settings: WebhookSettings =
                    serde_json::from_value(channel.settings.clone()).map_err(|error| broken(error.to_string()))?;
                let secret = secret.ok_or_else(|| ("secret_missing".to_owned(), String::new(), false))?;
                let hook = Webhook { url: settings.url, secret };
                send_webhook(self.deps.transport.as_ref(), &hook, notice, self.now_ms()).await.map_err(of_channel)
            }
            _ => Ok(()),
        }
    }

    /// Sends what is due, until the workspace stops. One channel that does not answer keeps no other waiting.
    pub(crate) async fn run_notices(&self) {
        loop {
            let next = match self.send_due().await {
                Ok(()) => self.ledger.find_next_send_ms().await.map_err(EngineError::from),
                Err(error) => Err(error),
            };
            let next = next.unwrap_or_else(|error| {
                self.note_engine_error(&error, "send notices");
                None
            });
            if !self.rest(&self.notice_wake, self.until(next)).await {
                return;
            }
        }
    }

    pub(super) async fn send_due(&self) -> Result<()> {
        let now_ms = self.now_ms();
        let due = self.ledger.list_due_sends(now_ms, now_ms + BEYOND_MS, AT_ONCE).await?;
        let tries = due.into_iter().map(|(send, notice, channel)| self.try_one(send, notice, channel));
        let ended = futures_util::future::join_all(tries).await;
        let has_sent = !ended.is_empty();
        ended.into_iter().collect::<Result<Vec<()>>>()?;
        if has_sent {
            self.changed(Change::Alerts);
        }
        Ok(())
    }

    async fn try_one(&self, send: NoticeSend, notice: ledger::Notice, channel: Option<AlertChannel>) -> Result<()> {
        self.ledger.begin_send(send.row, self.now_ms() + CUT_OFF_MS).await?;
        let outcome = match channel {
            Some(ref channel) if channel.enabled => {
                let items: Vec<NoticeItem> = serde_json::from_value(notice.items).map_err(StoreError::Json)?;
                let notice = Notice {
                    id: notice.id,
                    kind: NoticeKind::parse(&notice.kind).unwrap_or(NoticeKind::Raised),
                    at_ms: notice.at_ms,
                    workspace: self.ledger.info().name.clone(),
                    subject: notice.subject,
                    text: notice.text,
                    items,
                };
                self.send_to(channel, &notice).await
            }
            Some(_) => Err(("channel_off".to_owned(), String::new(), false)),
            None => Err(("channel_removed".to_owned(), String::new(), false)),
        };
        if let Err((code, said, _)) = &outcome {
            tracing::warn!(channel = %send.channel_name, kind = %send.channel_kind, code, said, "a notice was not taken");
        }
        // its receiver asked that nothing be sent there any more (Standard Webhooks)
        if let (Some(channel), Err((code, ..))) = (channel, &outcome)
            && code == AlertCode::Gone.as_str()
        {
            self.switch_off(channel).await?;
        }
        let now_ms = self.now_ms();
        Ok(self.ledger.end_send(send.row, end_of(outcome, send.tries, now_ms), now_ms).await?)
    }

    /// Unless somebody has given it another place meanwhile.
    pub(super) async fn switch_off(&self, channel: AlertChannel) -> Result<()> {
        let now = self.ledger.list_alert_channels().await?;
        if now.into_iter().any(|one| one == channel) {
            self.ledger.save_alert_channel(AlertChannel { enabled: false, ..channel }).await?;
        }
        Ok(())
    }
}

fn notice_of(id: &str, at_ms: i64, workspace: &str, new: &NewNotice) -> Notice {
    Notice {
        id: id.to_owned(),
        kind: NoticeKind::Test,
        at_ms,
        workspace: workspace.to_owned(),
        subject: new.subject.clone(),
        text: new.text.clone(),
        items: Vec::new(),
    }
}

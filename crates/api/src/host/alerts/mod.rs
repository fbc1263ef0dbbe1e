//! Alerts: what is set, what stands, what was told, and the words of notices.

#[cfg(test)]
mod tests;
mod words;

use super::Host;
use super::settings::Settings;
use crate::commands::Session;
use crate::dto::*;
use crate::error::ApiError;
use punte_engine::Workspace;
use punte_engine::alerts::{
    AlertSettings, ChannelDraft, Digest, MailSettings, NoticeItem, QuietHours, Rule, RuleSetting, Teller, Untold,
    WebhookSettings,
};
use punte_engine::store::ledger::{AlertChannel, Notice, NoticeSend};
use secrecy::ExposeSecret;
use serde_json::{Value, json};
use std::sync::Arc;
use words::Words;

/// Notices of one answer for the desktop; a window that slept for longer is told the newest ones by the screen.
const SHOWN: u32 = 50;

impl Host {
    /// Who makes words of a workspace's notices: in the language that is set when they are made.
    pub(super) fn teller(&self) -> Teller {
        let home = self.parts.home.clone();
        Arc::new(move |untold: &Untold| {
            let language = Settings::read(&home).ok().and_then(|settings| settings.language);
            Words::of(language.as_deref()).tell(untold)
        })
    }

    pub(super) async fn alerts_get(&self, _: &Session, _: Nothing) -> Result<AlertsInfo, ApiError> {
        info(&*self.workspace().await?).await
    }

    pub(super) async fn alerts_set(&self, _: &Session, request: AlertsInput) -> Result<AlertsInfo, ApiError> {
        let workspace = self.workspace().await?;
        let mut settings = workspace.alert_settings().await?;
        for one in request.rules {
            let rule = Rule::parse(&one.rule).ok_or_else(|| ApiError::invalid("rule", one.rule.clone()))?;
            let set = RuleSetting {
                on: one.on,
                threshold: one.threshold,
                channels: one.channels,
                passes_quiet: one.passes_quiet,
                in_digest: one.in_digest,
            };
            settings.rules.insert(rule, set);
        }
        let (quiet, digest) = (request.quiet, request.digest);
        settings.quiet = QuietHours { on: quiet.on, from_minute: quiet.from_minute, until_minute: quiet.until_minute };
        settings.digest = Digest { on: digest.on, at_minute: digest.at_minute };
        workspace.set_alerts(settings).await?;
        info(&workspace).await
    }

    pub(super) async fn alerts_set_channel(
        &self,
        _: &Session,
        request: AlertChannelInput,
    ) -> Result<AlertChannelSaved, ApiError> {
        let workspace = self.workspace().await?;
        if request.remove {
            let id = request.id.ok_or_else(|| ApiError::invalid("id", "missing"))?;
            workspace.remove_alert_channel(&id).await?;
            return Ok(AlertChannelSaved { id, secret: None });
        }
        let draft = ChannelDraft {
            id: request.id,
            kind: request.kind,
            name: request.name,
            enabled: request.enabled,
            mail: request.mail.map(mail_settings),
            webhook: request.url.map(|url| WebhookSettings { url: url.trim().to_owned() }),
            secret: request.secret.into(),
        };
        let (saved, secret) = workspace.save_alert_channel(draft).await?;
        Ok(AlertChannelSaved { id: saved.id, secret: secret.map(|secret| secret.expose_secret().to_owned()) })
    }

    pub(super) async fn alerts_test(&self, _: &Session, request: ById) -> Result<NoticeSendInfo, ApiError> {
        Ok(send_info(self.workspace().await?.test_alert_channel(&request.id).await?))
    }

    pub(super) async fn alerts_list(&self, _: &Session, request: NoticesRequest) -> Result<NoticePage, ApiError> {
        let workspace = self.workspace().await?;
        let limit = if request.limit == 0 { 50 } else { request.limit.min(200) };
        let page = workspace.ledger().page_notices(request.before, limit).await?;
        let is_full = page.len() == limit as usize;
        let next = page.last().filter(|_| is_full).map(|(notice, _)| notice.row);
        let rows = page.into_iter().map(|(notice, sends)| notice_info(notice, sends)).collect::<Result<_, _>>()?;
        Ok(NoticePage { rows, next })
    }

    pub(super) async fn alerts_desktop(
        &self,
        _: &Session,
        request: DesktopNoticesRequest,
    ) -> Result<DesktopNotices, ApiError> {
        let workspace = self.workspace().await?;
        let ledger = workspace.ledger();
        let newest = ledger.find_newest_notice().await?;
        // a ledger that was put back has fewer than whoever asks has heard of
        let Some(after) = request.after.filter(|after| *after <= newest) else {
            return Ok(DesktopNotices { rows: Vec::new(), last: newest });
        };
        let notices = ledger.list_notices_after("desktop", after, SHOWN).await?;
        let last = if notices.len() < SHOWN as usize { newest } else { notices.last().map_or(newest, |one| one.row) };
        let rows = notices.into_iter().map(|notice| notice_info(notice, Vec::new())).collect::<Result<_, _>>()?;
        Ok(DesktopNotices { rows, last })
    }
}

/// What is set of the rules and the hours, and of one channel, for the record of who changed it.
pub(super) async fn snapshot(workspace: &Workspace) -> Result<Value, ApiError> {
    let set = workspace.alert_settings().await?;
    let mut found = json!({ "quiet": set.quiet, "digest": set.digest });
    for rule in Rule::ALL {
        found[rule.as_str()] = serde_json::to_value(set.rule(*rule)).unwrap_or_default();
    }
    Ok(found)
}

pub(super) async fn channel_snapshot(workspace: &Workspace, id: &str) -> Result<Option<Value>, ApiError> {
    let channels = workspace.ledger().list_alert_channels().await?;
    Ok(channels.into_iter().find(|one| one.id == id).map(|one| {
        json!({
            "kind": one.kind, "name": one.name, "enabled": one.enabled, "settings": one.settings,
            "hasSecret": one.has_secret,
        })
    }))
}

async fn info(workspace: &Workspace) -> Result<AlertsInfo, ApiError> {
    let set = workspace.alert_settings().await?;
    let mut channels = Vec::new();
    for channel in workspace.ledger().list_alert_channels().await? {
        let last = workspace.ledger().find_last_send(&channel.id).await?;
        channels.push(channel_info(channel, last)?);
    }
    let open = workspace.list_raised_alerts().await?;
    let titles = workspace.words_of_alerts(&open);
    let open = open.into_iter().zip(titles).map(|(one, (title, path))| AlertInfo {
        since_ms: one.raised_ms.unwrap_or(one.seen_ms),
        id: one.id,
        rule: one.rule,
        cause: one.cause,
        title,
        path,
        told_ms: one.notified_ms,
        clear_ms: one.clear_ms,
    });
    Ok(AlertsInfo {
        rules: Rule::ALL.iter().map(|rule| rule_info(*rule, &set)).collect(),
        channels,
        quiet: QuietHoursInfo {
            on: set.quiet.on,
            from_minute: set.quiet.from_minute,
            until_minute: set.quiet.until_minute,
        },
        digest: DigestInfo { on: set.digest.on, at_minute: set.digest.at_minute },
        open: open.collect(),
    })
}

fn rule_info(rule: Rule, settings: &AlertSettings) -> AlertRuleInfo {
    let set = settings.rule(rule);
    let (usual, least, most) = rule.threshold();
    AlertRuleInfo {
        set: AlertRuleInput {
            rule: rule.as_str().to_owned(),
            on: set.on,
            threshold: set.threshold,
            channels: set.channels,
            passes_quiet: set.passes_quiet,
            in_digest: set.in_digest,
        },
        unit: rule.unit().to_owned(),
        usual,
        least,
        most,
    }
}

fn broken(error: &serde_json::Error) -> ApiError {
    ApiError::new(crate::error::ErrorCode::Internal, error.to_string())
}

fn channel_info(channel: AlertChannel, last: Option<NoticeSend>) -> Result<AlertChannelInfo, ApiError> {
    let (mut mail, mut url) = (None, None);
    match channel.kind.as_str() {
        "mail" => {
            let set: MailSettings = serde_json::from_value(channel.settings).map_err(|error| broken(&error))?;
            mail = Some(AlertMail {
                host: set.host,
                port: set.port,
                security: set.security,
                user: set.user,
                from: set.from,
                to: set.to,
            });
        }
        "webhook" => {
            let set: WebhookSettings = serde_json::from_value(channel.settings).map_err(|error| broken(&error))?;
            url = Some(set.url);
        }
        _ => {}
    }
    Ok(AlertChannelInfo {
        id: channel.id,
        kind: channel.kind,
        name: channel.name,
        enabled: channel.enabled,
        mail,
        url,
        has_secret: channel.has_secret,
        last: last.map(send_info),
    })
}

fn mail_settings(mail: AlertMail) -> MailSettings {
    let to = mail.to.iter().map(|one| one.trim().to_owned()).filter(|one| !one.is_empty()).collect();
    MailSettings {
        host: mail.host.trim().to_owned(),
        port: mail.port,
        security: mail.security,
        user: mail.user.trim().to_owned(),
        from: mail.from.trim().to_owned(),
        to,
    }
}

fn send_info(send: NoticeSend) -> NoticeSendInfo {
    NoticeSendInfo {
        next_ms: (send.state == "waiting").then_some(send.due_ms),
        channel_id: send.channel_id,
        kind: send.channel_kind,
        name: send.channel_name,
        state: send.state,
        tries: send.tries,
        ended_ms: send.ended_ms,
        code: send.code,
        said: send.said,
    }
}

fn notice_info(notice: Notice, sends: Vec<NoticeSend>) -> Result<NoticeInfo, ApiError> {
    let items: Vec<NoticeItem> = serde_json::from_value(notice.items).map_err(|error| broken(&error))?;
    let item = |one: NoticeItem| NoticeItemInfo {
        rule: one.rule,
        cause: one.cause,
        state: one.state,
        title: one.title,
        path: one.path,
        since_ms: one.since_ms,
    };
    Ok(NoticeInfo {
        row: notice.row,
        id: notice.id,
        kind: notice.kind,
        at_ms: notice.at_ms,
        subject: notice.subject,
        text: notice.text,
        items: items.into_iter().map(item).collect(),
        sends: sends.into_iter().map(send_info).collect(),
    })
}

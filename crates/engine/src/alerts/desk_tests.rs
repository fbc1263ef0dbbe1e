//! Looks over a whole workspace, at a desk whose clock, credential store and network do as the test says.

use super::*;
use crate::backup::BackupSettings;
use crate::credentials::tests::DoorVault;
use crate::intake::tests::{connection, desk, desk_in};
use async_trait::async_trait;
use punte_connectors::{HttpAnswer, HttpRequest, Limits, Transport, TransportError};
use punte_domain::{Failure, FailureKind, Phase};
use punte_vault::VaultState;
use std::sync::atomic::Ordering;

const MINUTE: i64 = 60 * 1000;
const DAY: i64 = 24 * 60 * MINUTE;

async fn raised(workspace: &Workspace) -> Vec<String> {
    workspace.list_raised_alerts().await.unwrap().into_iter().map(|one| one.cause).collect()
}

/// Every address answers that it is gone for good.
struct Gone;

#[async_trait]
impl Transport for Gone {
    async fn send(&self, _: HttpRequest, _: Limits) -> std::result::Result<HttpAnswer, TransportError> {
        Ok(HttpAnswer { status: 410, headers: Default::default(), body: Default::default() })
    }
}

#[tokio::test]
async fn credentials_that_stay_closed_are_one_cause_that_ends_when_they_are_opened() {
    let vault = DoorVault::shut(VaultState::Locked);
    let desk = desk_in(Arc::new(Gone), vault.clone());
    let workspace = &desk.workspace;
    for id in ["con_one", "con_two"] {
        workspace.ledger.save_connection(connection(id, "oblio")).await.unwrap();
    }
    let mut learned = Learned::default();
    let mut look = async |later_ms: i64| {
        desk.clock.now_ms.fetch_add(later_ms, Ordering::Relaxed);
        workspace.watch_once(&mut learned, false, false).await.unwrap();
        raised(workspace).await
    };
    assert_eq!(look(0).await, Vec::<String>::new(), "somebody may be typing the passphrase");
    assert_eq!(look(11 * MINUTE).await, ["credentials"]);
    assert_eq!(look(DAY).await, ["credentials"]);
    vault.turn(VaultState::Ready);
    look(MINUTE).await;
    assert_eq!(look(30 * MINUTE).await, Vec::<String>::new());
}

#[tokio::test]
async fn a_webhook_whose_receiver_is_gone_for_good_is_switched_off_unless_it_has_moved() {
    let desk = desk(Arc::new(Gone));
    let workspace = &desk.workspace;
    let hook = |id: Option<String>, url: &str| ChannelDraft {
        id,
        kind: "webhook".into(),
        name: "Ops".into(),
        enabled: true,
        mail: None,
        webhook: Some(WebhookSettings { url: url.into() }),
        secret: String::new().into(),
    };
    let (channel, _) = workspace.save_alert_channel(hook(None, "https://hooks.example.com/a")).await.unwrap();
    let is_on = async || {
        workspace
            .ledger
            .list_alert_channels()
            .await
            .unwrap()
            .into_iter()
            .any(|one| one.enabled && one.kind == "webhook")
    };
    workspace.save_alert_channel(hook(Some(channel.id.clone()), "https://hooks.example.com/b")).await.unwrap();
    workspace.switch_off(channel.clone()).await.unwrap();
    assert!(is_on().await, "the new address said nothing yet");

    workspace.ledger.save_connection(connection("con_bill", "oblio")).await.unwrap();
    let refused = Failure::new(FailureKind::CredentialRefused, Phase::Refused, "create invoice", "x");
    let now_ms = workspace.now_ms();
    workspace.ledger.stop_connection("con_bill", refused, None, (now_ms, now_ms)).await.unwrap();
    for _ in 0..2 {
        workspace.watch_once(&mut Learned::default(), false, false).await.unwrap();
        // what comes up within a minute is told together
        desk.clock.now_ms.fetch_add(MINUTE, Ordering::Relaxed);
    }
    workspace.send_due().await.unwrap();
    let send = workspace.ledger.find_last_send(&channel.id).await.unwrap().unwrap();
    assert_eq!(send.code, "gone");
    assert!(!is_on().await);
}

#[tokio::test]
async fn a_rule_that_cannot_look_keeps_no_other_from_it_and_what_it_raised_stands() {
    let desk = crate::reads::tests::desk_with(true).await;
    let workspace = &desk.workspace;
    let mut learned = Learned::default();
    let place = workspace.backup_place();
    let settings = place.settings().unwrap();
    desk.clock.now_ms.fetch_add(10 * DAY, Ordering::Relaxed);
    place.set(BackupSettings { every_hours: 24, ..settings }).unwrap();
    workspace.watch_once(&mut learned, false, false).await.unwrap();
    assert_eq!(raised(workspace).await, ["backup"]);

    let file = std::fs::read_dir(place.state()).unwrap().next().unwrap().unwrap().path();
    std::fs::write(&file, "{").unwrap();
    place.settings().unwrap_err();
    let refused = Failure::new(FailureKind::CredentialRefused, Phase::Refused, "create invoice", "x");
    let now_ms = workspace.now_ms();
    workspace.ledger.stop_connection("con_bill", refused, None, (now_ms, now_ms)).await.unwrap();
    // longer than what is gone takes to be over
    for _ in 0..3 {
        workspace.watch_once(&mut learned, false, false).await.unwrap();
    }
    assert_eq!(raised(workspace).await, ["backup", "con_bill"]);
    let standing = workspace.ledger.list_standing_alerts().await.unwrap();
    assert!(standing.iter().all(|one| one.clear_ms.is_none()), "nothing says that a backup was made");
}

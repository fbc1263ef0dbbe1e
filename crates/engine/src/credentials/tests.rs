//! A vault that opens and shuts as the test says, and a provider that knows one secret.

use super::*;
use crate::connect::Gate;
use crate::intake::tests::{Desk, NOW_MS, connection, desk_in};
use async_trait::async_trait;
use bytes::Bytes;
use punte_connectors::{HttpAnswer, HttpRequest, Limits, Transport, TransportError};
use punte_vault::{MemoryVault, Vault};
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};
use std::time::Duration;
use tokio::sync::watch;

/// Keeps in memory what it holds, behind a door.
pub(crate) struct DoorVault {
    pub kept: MemoryVault,
    door: watch::Sender<VaultState>,
    /// It says that it can be asked, and answers nothing.
    pub refuses: AtomicBool,
    pub openings: AtomicU64,
}

impl DoorVault {
    pub fn shut(state: VaultState) -> Arc<DoorVault> {
        let (kept, door) = (MemoryVault::default(), watch::Sender::new(state));
        Arc::new(DoorVault { kept, door, refuses: AtomicBool::default(), openings: AtomicU64::default() })
    }

    pub fn turn(&self, state: VaultState) {
        self.door.send_replace(state);
    }

    fn pass(&self) -> punte_vault::Result<()> {
        match self.state() {
            VaultState::Ready if self.refuses.load(Ordering::Relaxed) => Err(VaultError::Refused("busy".into())),
            VaultState::Ready => Ok(()),
            VaultState::Locked => Err(VaultError::Locked),
            VaultState::Waiting => Err(VaultError::Waiting),
            VaultState::NotChosen | VaultState::Refused => Err(VaultError::NotChosen),
        }
    }
}

#[async_trait]
impl Vault for DoorVault {
    async fn get(&self, name: &str) -> punte_vault::Result<Option<SecretString>> {
        self.pass()?;
        self.kept.get(name).await
    }
    async fn set(&self, name: &str, secret: SecretString) -> punte_vault::Result<()> {
        self.pass()?;
        self.kept.set(name, secret).await
    }
    async fn delete(&self, name: &str) -> punte_vault::Result<()> {
        self.pass()?;
        self.kept.delete(name).await
    }
    fn state(&self) -> VaultState {
        *self.door.borrow()
    }
    fn opening(&self) -> u64 {
        self.openings.load(Ordering::Relaxed)
    }
    async fn leaves(&self, state: VaultState) {
        let _ = self.door.subscribe().wait_for(|now| *now != state).await;
    }
}

/// Oblio, to which `right` is the secret.
#[derive(Default)]
struct Provider {
    asked: AtomicU32,
}

#[async_trait]
impl Transport for Provider {
    async fn send(&self, request: HttpRequest, _: Limits) -> std::result::Result<HttpAnswer, TransportError> {
        self.asked.fetch_add(1, Ordering::Relaxed);
        let said = String::from_utf8_lossy(request.body.as_deref().unwrap_or_default()).into_owned();
        let answer = |status, body: &'static str| {
            Ok(HttpAnswer { status, headers: Default::default(), body: Bytes::from_static(body.as_bytes()) })
        };
        if !request.url.contains("token") {
            answer(200, r#"{ "status": 200, "statusMessage": "Success", "data": [] }"#)
        } else if said.contains("client_secret=right") {
            answer(200, r#"{ "access_token": "t", "expires_in": "3600", "token_type": "Bearer" }"#)
        } else {
            answer(401, r#"{ "status": 401, "statusMessage": "The access token provided is invalid" }"#)
        }
    }
}

struct World {
    desk: Desk,
    vault: Arc<DoorVault>,
    provider: Arc<Provider>,
}

impl World {
    /// A workspace with Oblio, whose secret is in a vault that stands so.
    async fn new(state: VaultState) -> World {
        let (vault, provider) = (DoorVault::shut(state), Arc::new(Provider::default()));
        let desk = desk_in(provider.clone(), vault.clone());
        desk.workspace.ledger.save_connection(connection("con_bill", "oblio")).await.unwrap();
        let world = World { desk, vault, provider };
        world.vault.kept.set(&world.name(), "right".into()).await.unwrap();
        world
    }

    fn name(&self) -> String {
        secret_name(&self.desk.workspace.ledger.info().id, "con_bill")
    }

    async fn billing(&self) -> Connection {
        self.desk.workspace.ledger.get_connection("con_bill").await.unwrap()
    }

    async fn kept(&self) -> String {
        self.vault.kept.get(&self.name()).await.unwrap().unwrap().expose_secret().to_owned()
    }

    fn asked(&self) -> u32 {
        self.provider.asked.load(Ordering::Relaxed)
    }
}

#[tokio::test]
async fn while_the_vault_cannot_be_asked_nothing_passes_and_the_connection_is_not_to_blame() {
    let states = [
        (VaultState::Locked, FailureKind::VaultLocked),
        (VaultState::Waiting, FailureKind::VaultWaiting),
        (VaultState::NotChosen, FailureKind::VaultNotChosen),
    ];
    for (state, kind) in states {
        let world = World::new(state).await;
        let workspace = &world.desk.workspace;
        let billing = world.billing().await;
        assert_eq!(workspace.vault_wait(&billing).map(|failure| failure.kind), Some(kind));
        assert_eq!(workspace.may_call(&billing, NOW_MS), Gate::Closed);
        assert_eq!(workspace.why_closed(&billing).map(|failure| failure.kind), Some(kind));
        let refused = workspace.billing(&billing).await.err().unwrap();
        assert_eq!((refused.kind, refused.phase), (kind, Phase::Prepare));
        assert_eq!(world.asked(), 0, "nothing was sent");
        assert!(world.billing().await.stop.is_none());
        world.vault.turn(VaultState::Ready);
        assert_eq!(workspace.may_call(&billing, NOW_MS), Gate::Open);
        assert!(workspace.billing(&billing).await.is_ok());
    }
}

#[tokio::test]
async fn what_was_read_before_goes_on_while_the_vault_is_shut() {
    let world = World::new(VaultState::Ready).await;
    let (workspace, billing) = (&world.desk.workspace, world.billing().await);
    workspace.billing(&billing).await.unwrap();
    world.vault.turn(VaultState::Waiting);
    assert_eq!(workspace.may_call(&billing, NOW_MS), Gate::Open);
    assert!(workspace.billing(&billing).await.is_ok());
}

#[tokio::test]
async fn a_file_of_orders_and_a_simulator_need_no_vault() {
    let world = World::new(VaultState::NotChosen).await;
    let workspace = &world.desk.workspace;
    let practice = Connection { address: "sandbox:oblio".into(), ..connection("con_sandbox", "oblio") };
    for one in [&practice, &connection("con_file", "file")] {
        assert!(workspace.vault_wait(one).is_none(), "{}", one.kind);
    }
    workspace.keep_secret("con_sandbox", "sandbox:oblio", "practice".into()).await.unwrap();
    assert_eq!(workspace.read_secret(&practice).await.unwrap().expose_secret(), "practice");
    let refused = workspace.keep_secret("con_bill", "", "real".into()).await;
    assert!(matches!(refused, Err(EngineError::Credentials(VaultError::NotChosen))), "{refused:?}");
    assert!(world.vault.kept.all().iter().all(|(_, secret)| secret.expose_secret() != "practice"), "only lent");
}

#[tokio::test]
async fn once_the_vault_is_open_what_waited_for_it_goes_on_by_itself() {
    let world = World::new(VaultState::Waiting).await;
    let (workspace, billing) = (&world.desk.workspace, world.billing().await);
    // it fell silent between the look and the question
    let failure = workspace.billing(&billing).await.err().unwrap();
    workspace.note_trouble(&billing, &failure).await.unwrap();
    assert!(world.billing().await.stop.is_some());
    let watching = workspace.clone();
    workspace.spawn(async move { watching.run_vault().await });
    let mut changes = workspace.subscribe();
    world.vault.turn(VaultState::Ready);
    let released = tokio::time::timeout(Duration::from_secs(10), async {
        while world.billing().await.stop.is_some() {
            changes.recv().await.unwrap();
        }
    });
    released.await.expect("no person is needed");
    let woken = tokio::time::timeout(Duration::from_secs(10), workspace.outbox_wake.notified()).await;
    assert!(woken.is_ok(), "what waits is sent at once");
}

#[tokio::test]
async fn a_new_secret_is_tried_before_it_replaces_the_one_that_stands() {
    let world = World::new(VaultState::Ready).await;
    let workspace = &world.desk.workspace;
    let refused = workspace.set_secret("con_bill", "wrong".into()).await;
    let is_refused = |error: &EngineError| matches!(error, EngineError::Outside(failure) if failure.kind == FailureKind::CredentialRefused);
    assert!(refused.as_ref().is_err_and(is_refused), "{refused:?}");
    assert_eq!(world.kept().await, "right", "the one before stays");
    assert_eq!(workspace.ledger.find_secret_change("con_bill").await.unwrap(), None);
    workspace.set_secret("con_bill", " right-2 ".into()).await.unwrap();
    assert_eq!(world.kept().await, "right-2");
    assert_eq!(workspace.ledger.find_secret_change("con_bill").await.unwrap(), Some(NOW_MS));
}

#[tokio::test]
async fn the_form_replaces_a_secret_only_by_one_that_works_too() {
    let world = World::new(VaultState::Ready).await;
    let workspace = &world.desk.workspace;
    let draft = |secret: &str| ConnectionDraft {
        id: Some("con_bill".into()),
        kind: "oblio".into(),
        name: "Oblio".into(),
        address: "http://127.0.0.1:9".into(),
        account: "ana@atelier.ro".into(),
        secret: secret.to_owned().into(),
        company: None,
        series: None,
        options: Default::default(),
    };
    assert!(workspace.save_connection(draft("wrong")).await.is_err());
    assert_eq!(world.kept().await, "right");
    let asked = world.asked();
    workspace.save_connection(draft("")).await.unwrap();
    assert_eq!((world.kept().await.as_str(), world.asked()), ("right", asked), "kept as it is, without a question");
    assert_eq!(workspace.ledger.find_secret_change("con_bill").await.unwrap(), None);
    workspace.save_connection(draft("right-3")).await.unwrap();
    assert_eq!(world.kept().await, "right-3");
    assert_eq!(workspace.ledger.find_secret_change("con_bill").await.unwrap(), Some(NOW_MS));
}

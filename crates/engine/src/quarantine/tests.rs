//! A ledger put back from a copy, against a provider's list in memory.

use super::*;
use crate::clock::{Clock, SystemClock};
use crate::connect::secret_name;
use crate::credentials::tests::DoorVault;
use crate::intake::tests::{NOW_MS, connection};
use crate::mark::Mark;
use crate::reads::tests::{flow, issued, ready};
use crate::workspace::{Deps, Timing};
use async_trait::async_trait;
use bytes::Bytes;
use punte_connectors::{Budgets, HttpAnswer, HttpRequest, Limits, Transport, TransportError};
use punte_domain::{DocumentState, Role};
use punte_store::ledger::{IncomingOrder, OrderRow};
use punte_vault::{MemoryVault, Vault, VaultState};
use secrecy::ExposeSecret;
use serde_json::{Value, json};
use std::collections::HashMap;
use std::path::{Path, PathBuf};

/// The provider: its list, and whether it can be read. Whatever else it is asked is a create.
#[derive(Default)]
struct Books {
    rows: Mutex<Vec<Value>>,
    is_unreadable: AtomicBool,
    sent: Mutex<Vec<String>>,
}

#[async_trait]
impl Transport for Books {
    async fn send(&self, request: HttpRequest, _: Limits) -> std::result::Result<HttpAnswer, TransportError> {
        let body = if request.url.contains("token") {
            json!({ "access_token": "t", "expires_in": "3600", "token_type": "Bearer" })
        } else if request.url.contains("/list") {
            let mut rows = lock(&self.rows).clone();
            if self.is_unreadable.load(Ordering::Relaxed) {
                rows.push(json!({ "mentions": [] }));
            }
            json!({ "status": 200, "statusMessage": "Success", "data": rows })
        } else if request.url.contains("/wp-json/") {
            return Err(TransportError::Unreachable("no shop".into()));
        } else {
            lock(&self.sent).push(request.url);
            return Err(TransportError::Unreachable("nothing is to be sent".into()));
        };
        Ok(HttpAnswer { status: 200, headers: Default::default(), body: Bytes::from(body.to_string()) })
    }
}

/// A clock on which `quiet` passes at once when it is told to.
struct Given {
    passed: Mutex<Duration>,
    rest: SystemClock,
}

impl Clock for Given {
    fn now_ms(&self) -> i64 {
        NOW_MS
    }
    fn monotonic(&self) -> Duration {
        *lock(&self.passed)
    }
    fn new_id(&self, prefix: &str) -> String {
        self.rest.new_id(prefix)
    }
    fn random(&self) -> u64 {
        self.rest.random()
    }
    fn new_seed(&self) -> [u8; 32] {
        self.rest.new_seed()
    }
}

struct World {
    folder: PathBuf,
    books: Arc<Books>,
    clock: Arc<Given>,
    deps: Deps,
}

impl Drop for World {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

impl World {
    /// A machine, and a workspace on it with one issued invoice (number 1) that was closed in good order.
    async fn new() -> World {
        let clock = Arc::new(Given { passed: Mutex::default(), rest: SystemClock::default() });
        let folder = std::env::temp_dir().join(clock.new_id("punte-restored"));
        let books = Arc::new(Books::default());
        let deps = Deps {
            clock: clock.clone(),
            vault: Arc::new(MemoryVault::default()),
            transport: books.clone(),
            budgets: Arc::new(Budgets::new()),
            addresses: HashMap::new(),
            timing: Timing::default(),
            meters: Arc::default(),
            machine: "this one".into(),
            state: folder.join("state"),
        };
        let world = World { folder, books, clock, deps };
        let workspace = Workspace::create(&world.ledger(), "Atelier Cană", true, world.deps.clone()).unwrap();
        let ledger = workspace.ledger();
        ledger.save_connection(connection("con_shop", "woocommerce")).await.unwrap();
        ledger.save_connection(connection("con_bill", "oblio")).await.unwrap();
        let name = secret_name(&ledger.info().id, "con_bill");
        world.deps.vault.set(&name, "secret".into()).await.unwrap();
        ledger.save_mapping("map_1", "preset", "{}".into(), "ana", NOW_MS).await.unwrap();
        ledger.save_flow(flow()).await.unwrap();
        workspace.take_up().await.unwrap();
        issued(&workspace, 1).await;
        workspace.stop().await;
        world
    }

    fn ledger(&self) -> PathBuf {
        self.folder.join("ledger")
    }

    /// The ledger's folder as it is now, closed, under another name.
    fn copy(&self, name: &str) -> PathBuf {
        let to = self.folder.join(name);
        copy_folder(&self.ledger(), &to);
        to
    }

    fn put_back(&self, copy: &Path) {
        std::fs::remove_dir_all(self.ledger()).unwrap();
        copy_folder(copy, &self.ledger());
    }

    /// Opened and taken up; the loops are stepped by the test.
    async fn open(&self) -> Arc<Workspace> {
        let workspace = Workspace::open(&self.ledger(), self.deps.clone()).unwrap();
        workspace.take_up().await.unwrap();
        workspace
    }

    fn pass(&self, time: Duration) {
        *lock(&self.clock.passed) += time;
    }

    /// The document of an order stands at the provider under a number.
    fn at_provider(&self, workspace: &Workspace, order: u64, generation: u32, number: &str, cancelled: bool) {
        let key =
            IssueKey { shop_identity: "cana.ro".into(), order_id: order.to_string(), role: Role::Invoice, generation };
        let reference = workspace.ledger.info().seed.reference(&key);
        lock(&self.books.rows).push(json!({ "id": format!("id{number}"), "seriesName": "FCT", "number": number,
            "total": "0", "canceled": if cancelled { "1" } else { "0" }, "issueDate": fiscal_date(NOW_MS).to_string(),
            "mentions": format!("Comanda #{order} {reference}") }));
    }

    /// Reads until the quarantine is over, at most so often.
    async fn read_out(&self, workspace: &Arc<Workspace>) -> bool {
        let mut waits = BTreeMap::new();
        for _ in 0..6 {
            match workspace.read_lost(&mut waits).await.unwrap() {
                None => return true,
                Some(wait) => self.pass(wait),
            }
        }
        false
    }
}

fn copy_folder(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        std::fs::copy(entry.path(), to.join(entry.file_name())).unwrap();
    }
}

fn reason(workspace: &Workspace) -> Option<String> {
    workspace.quarantine().map(|quarantine| quarantine.reason)
}

#[tokio::test]
async fn a_ledger_that_goes_on_is_trusted_after_a_stop_and_after_a_crash() {
    let world = World::new().await;
    let workspace = world.open().await;
    assert_eq!(reason(&workspace), None);
    issued(&workspace, 2).await;
    // no stop: the credential store knows nothing of the second invoice
    drop(workspace);
    assert_eq!(reason(&*world.open().await), None);
}

#[tokio::test]
async fn a_copy_of_the_same_epoch_is_told_even_after_a_crash() {
    let world = World::new().await;
    let workspace = world.open().await;
    issued(&workspace, 2).await;
    let copy = world.copy("copy");
    issued(&workspace, 3).await;
    drop(workspace);
    world.put_back(&copy);
    assert_eq!(reason(&*world.open().await).as_deref(), Some("behind"));
}

#[tokio::test]
async fn where_the_state_folder_was_put_back_too_the_credential_store_tells() {
    let world = World::new().await;
    let copy = world.copy("copy");
    copy_folder(&world.folder.join("state").join("marks"), &world.folder.join("old-marks"));
    let workspace = world.open().await;
    issued(&workspace, 2).await;
    workspace.stop().await;
    drop(workspace);
    world.put_back(&copy);
    copy_folder(&world.folder.join("old-marks"), &world.folder.join("state").join("marks"));
    assert_eq!(reason(&*world.open().await).as_deref(), Some("behind"));
}

/// The same as above behind a keyring that was locked at login.
#[tokio::test]
async fn a_credential_store_that_is_opened_only_later_tells_before_any_secret_is_read() {
    let mut world = World::new().await;
    let vault = DoorVault::shut(VaultState::Ready);
    world.deps.vault = vault.clone();
    let copy = world.copy("copy");
    copy_folder(&world.folder.join("state").join("marks"), &world.folder.join("old-marks"));
    let workspace = world.open().await;
    let name = secret_name(&workspace.ledger.info().id, "con_bill");
    vault.kept.set(&name, "secret".into()).await.unwrap();
    issued(&workspace, 2).await;
    workspace.stop().await;
    drop(workspace);
    world.put_back(&copy);
    copy_folder(&world.folder.join("old-marks"), &world.folder.join("state").join("marks"));
    vault.turn(VaultState::Waiting);
    let workspace = world.open().await;
    assert_eq!(reason(&workspace), None, "nothing tells otherwise yet");
    vault.turn(VaultState::Ready);
    let billing = workspace.ledger.get_connection("con_bill").await.unwrap();
    assert!(workspace.billing(&billing).await.is_err(), "no secret before it was asked what it remembers");
    workspace.leave_mark().await;
    workspace.compare_late().await.unwrap();
    assert_eq!(reason(&workspace).as_deref(), Some("behind"), "and nothing was written over what it remembers");
    assert!(workspace.billing(&billing).await.is_ok());
    workspace.kill().await;
}

#[tokio::test]
async fn a_credential_store_that_is_opened_only_later_and_knows_no_more_changes_nothing() {
    let mut world = World::new().await;
    let vault = DoorVault::shut(VaultState::Locked);
    world.deps.vault = vault.clone();
    let workspace = world.open().await;
    issued(&workspace, 2).await;
    vault.turn(VaultState::Ready);
    workspace.compare_late().await.unwrap();
    assert_eq!(reason(&workspace), None);
    workspace.leave_mark().await;
    let name = format!("{}/mark", workspace.ledger.info().id);
    assert!(vault.kept.get(&name).await.unwrap().is_some(), "it remembers from here on");
}

fn mark_name(workspace: &Workspace) -> String {
    format!("{}/mark", workspace.ledger.info().id)
}

/// What the store remembers of a workspace.
async fn remembered(vault: &DoorVault, workspace: &Workspace) -> Option<Mark> {
    let json = vault.kept.get(&mark_name(workspace)).await.unwrap()?;
    Some(serde_json::from_str(json.expose_secret()).unwrap())
}

async fn remember(vault: &DoorVault, workspace: &Workspace, mark: &Mark) {
    vault.kept.set(&mark_name(workspace), serde_json::to_string(mark).unwrap().into()).await.unwrap();
}

#[tokio::test]
async fn what_a_store_that_refuses_at_start_remembers_is_compared_before_it_is_written_over() {
    let mut world = World::new().await;
    let vault = DoorVault::shut(VaultState::Ready);
    world.deps.vault = vault.clone();
    let workspace = world.open().await;
    let mine = remembered(&vault, &workspace).await.unwrap();
    drop(workspace);
    vault.refuses.store(true, Ordering::Relaxed);
    let workspace = world.open().await;
    let more = Mark { sequence: mine.sequence + 5, ..mine };
    remember(&vault, &workspace, &more).await;
    workspace.compare_late().await.unwrap();
    assert!(workspace.is_mark_open(), "it still does not say");
    vault.refuses.store(false, Ordering::Relaxed);
    workspace.leave_mark().await;
    assert_eq!(remembered(&vault, &workspace).await, Some(more), "nothing is written over it");
    assert_eq!(reason(&workspace), None);
    workspace.compare_late().await.unwrap();
    assert_eq!(reason(&workspace).as_deref(), Some("behind"));
    workspace.kill().await;
}

#[tokio::test]
async fn another_store_is_compared_and_what_this_run_carried_there_is_no_loss() {
    let mut world = World::new().await;
    let vault = DoorVault::shut(VaultState::Ready);
    world.deps.vault = vault.clone();
    let workspace = world.open().await;
    issued(&workspace, 2).await;
    workspace.leave_mark().await;
    let carried = remembered(&vault, &workspace).await.unwrap();
    issued(&workspace, 3).await;
    let another = || vault.openings.fetch_add(1, Ordering::Relaxed);
    another();
    assert!(workspace.is_mark_open());
    workspace.compare_late().await.unwrap();
    assert_eq!((workspace.is_mark_open(), reason(&workspace)), (false, None), "it is this run's own");
    workspace.leave_mark().await;
    assert!(remembered(&vault, &workspace).await.unwrap().sequence > carried.sequence);
    another();
    let more = Mark { epoch: carried.epoch + 1, run: "another".into(), ..carried };
    remember(&vault, &workspace, &more).await;
    workspace.leave_mark().await;
    assert_eq!(remembered(&vault, &workspace).await, Some(more));
    workspace.compare_late().await.unwrap();
    assert_eq!(reason(&workspace).as_deref(), Some("behind"));
    workspace.kill().await;
}

#[tokio::test]
async fn two_who_compare_at_once_compare_once() {
    let mut world = World::new().await;
    let vault = DoorVault::shut(VaultState::Ready);
    world.deps.vault = vault.clone();
    let workspace = world.open().await;
    let mine = remembered(&vault, &workspace).await.unwrap();
    let before = workspace.ledger.read_audit_head().await.unwrap().sequence;
    let head = punte_store::ledger::AuditHead { sequence: before + 40, hash: [7; 32] };
    let more = Mark { audit_head: head.to_string(), run: "another".into(), ..mine };
    remember(&vault, &workspace, &more).await;
    vault.openings.fetch_add(1, Ordering::Relaxed);
    let (one, other) = tokio::join!(workspace.compare_late(), workspace.compare_late());
    one.and(other).unwrap();
    assert_eq!(workspace.ledger.read_audit_head().await.unwrap().sequence, before + 1, "on record once");
    workspace.kill().await;
}

#[tokio::test]
async fn a_folder_moved_to_another_machine_is_told() {
    let mut world = World::new().await;
    (world.deps.machine, world.deps.state) = ("another".into(), world.folder.join("its-state"));
    world.deps.vault = Arc::new(MemoryVault::default());
    assert_eq!(reason(&*world.open().await).as_deref(), Some("other_machine"));
    assert_eq!(reason(&*world.open().await).as_deref(), Some("other_machine"), "and stays so until it was read");
    world.deps.machine = "this one".into();
    world.deps.state = world.folder.join("state");
    let back = world.open().await;
    assert_eq!(reason(&back).as_deref(), Some("other_machine"), "what the other one did is not known here");
}

#[tokio::test]
async fn a_machine_that_forgot_everything_does_not_trust_its_ledger() {
    let mut world = World::new().await;
    world.deps.state = world.folder.join("new-state");
    world.deps.vault = Arc::new(MemoryVault::default());
    assert_eq!(reason(&*world.open().await).as_deref(), Some("not_remembered"));
}

/// Invoices of two orders are issued after the copy was made; then the copy is put back.
async fn restored() -> (World, Arc<Workspace>) {
    let world = World::new().await;
    let copy = world.copy("copy");
    let workspace = world.open().await;
    issued(&workspace, 2).await;
    issued(&workspace, 3).await;
    for n in 1..=3 {
        world.at_provider(&workspace, n, 1, &format!("000{n}"), false);
    }
    workspace.stop().await;
    drop(workspace);
    world.put_back(&copy);
    let workspace = world.open().await;
    (world, workspace)
}

#[tokio::test]
async fn the_series_is_read_after_the_quiet_time_and_what_was_lost_is_attached() {
    let (world, workspace) = restored().await;
    let second = ready(&workspace, 2).await;
    let mut waits = BTreeMap::new();
    let wait = workspace.read_lost(&mut waits).await.unwrap().unwrap();
    assert_eq!(wait, world.deps.timing.quiet_sandbox, "what the last owner sent may still take effect");
    let standing = workspace.quarantine_standing().await.unwrap().unwrap();
    assert_eq!((standing.series[0].read, standing.quiet_left_ms), (0, Some(wait.as_millis() as i64)));
    assert!(world.read_out(&workspace).await);
    assert_eq!(workspace.quarantine_standing().await.unwrap().map(|one| one.reason), None);
    let second = workspace.ledger.get_document_by_row(second.row).await.unwrap();
    assert_eq!((second.state, second.number.as_deref()), (DocumentState::Issued, Some("0002")));
    // the third is polled only now: looked up when it is to be sent
    let third = ready(&workspace, 3).await;
    let connection = workspace.ledger.get_connection("con_bill").await.unwrap();
    workspace.issue(third.clone(), &connection).await.unwrap();
    let third = workspace.ledger.get_document_by_row(third.row).await.unwrap();
    assert_eq!((third.state, third.number.as_deref()), (DocumentState::Issued, Some("0003")));
    assert!(lock(&world.books.sent).is_empty(), "nothing was sent");
}

#[tokio::test]
async fn what_is_held_because_of_something_else_is_attached_too_once_it_was_polled() {
    let (world, workspace) = restored().await;
    assert!(world.read_out(&workspace).await);
    let third = ready(&workspace, 3).await;
    let failure = Failure::new(FailureKind::InvoicedElsewhere, Phase::Prepare, "read notes", "order 3");
    workspace.ledger.hold(third.row, failure, NOW_MS).await.unwrap();
    workspace.attach_found().await.unwrap();
    assert_eq!(workspace.ledger.get_document_by_row(third.row).await.unwrap().state, DocumentState::Issued);
}

#[tokio::test]
async fn a_later_generation_stands_for_the_order() {
    let (world, workspace) = restored().await;
    world.at_provider(&workspace, 4, 1, "0004", true);
    world.at_provider(&workspace, 4, 3, "0006", false);
    let fourth = ready(&workspace, 4).await;
    assert!(world.read_out(&workspace).await);
    let fourth = workspace.ledger.get_document_by_row(fourth.row).await.unwrap();
    assert_eq!((fourth.state, fourth.generation, fourth.number.as_deref()), (DocumentState::Issued, 3, Some("0006")));
}

#[tokio::test]
async fn a_read_that_is_not_whole_keeps_the_quarantine_and_is_made_again() {
    let (world, workspace) = restored().await;
    world.books.is_unreadable.store(true, Ordering::Relaxed);
    let waiting = ready(&workspace, 5).await;
    assert!(!world.read_out(&workspace).await);
    let standing = workspace.quarantine_standing().await.unwrap().unwrap();
    assert!(standing.series[0].tries > 0 && standing.series[0].failure.is_some(), "{standing:?}");
    workspace.ledger.release_connection("con_bill").await.unwrap();
    let connection = workspace.ledger.get_connection("con_bill").await.unwrap();
    assert!(workspace.issue(waiting, &connection).await.is_err(), "no intent is committed");
    world.books.is_unreadable.store(false, Ordering::Relaxed);
    world.pass(LONGEST_WAIT);
    assert!(world.read_out(&workspace).await);
    assert!(lock(&world.books.sent).is_empty(), "nothing was sent");
}

#[tokio::test]
async fn a_person_may_lift_it_with_a_reason() {
    let (_world, workspace) = restored().await;
    assert!(workspace.lift_quarantine("  ", "ana").await.is_err(), "a reason is needed");
    workspace.lift_quarantine("compared by hand", "ana").await.unwrap();
    assert_eq!(reason(&workspace), None);
    let again = workspace.lift_quarantine("compared by hand", "ana").await;
    assert!(matches!(again, Err(EngineError::NotNow("not_quarantined"))), "{again:?}");
}

#[tokio::test]
async fn an_order_that_is_as_it_was_before_a_part_was_lost_may_have_been_answered_there() {
    let world = World::new().await;
    let workspace = world.open().await;
    let invoice = issued(&workspace, 2).await;
    assert_eq!(workspace.may_be_answered_before(&invoice).await.unwrap(), None, "nothing was lost");
    let copy = world.copy("copy");
    issued(&workspace, 3).await;
    drop(workspace);
    world.put_back(&copy);
    let workspace = world.open().await;
    assert!(workspace.is_quarantined());
    let order = workspace.ledger.get_order_by_row(invoice.order_row).await.unwrap();
    assert_eq!(workspace.may_be_answered_before(&invoice).await.unwrap(), Some(NOW_MS));
    let OrderRow { shop_identity, connection_id, mut head, .. } = order;
    head.modified_ms = NOW_MS + 1;
    let (id, raw, content_hash) = (String::new(), "{}".into(), "newer".into());
    let newer = IncomingOrder { id, shop_identity, connection_id, head, raw, content_hash };
    workspace.ledger.take_in(vec![newer], None, NOW_MS).await.unwrap();
    assert_eq!(workspace.may_be_answered_before(&invoice).await.unwrap(), None, "it changed since");
}

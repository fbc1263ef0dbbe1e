//! One seed from beginning to end: its events happen, its faults heal, and the world is asked whether all is well.

use crate::check::{Verdict, check};
use crate::hands::series_of;
use crate::plan::{Event, TROUBLED, plan};
use crate::world::{Life, Settings, World};
use punte_connectors::billing::{DocumentKind, EmailRequest, Issued, PaymentRequest, Target};
use punte_connectors::shops::{ShopKind, read_order};
use punte_domain::{ChangeState, CollectKind, DocumentState, OperationKind, OperationState, Reference};
use punte_engine::OperationParams;
use punte_engine::store::ledger::{Document, ListQuery, ProformaStanding};
use punte_sandbox::{Fault, FaultKind, Provider, account};
use rust_decimal::Decimal;
use serde_json::Value;
use std::collections::BTreeMap;
use std::time::Duration;
use tokio::time::Instant;

/// How long the world may take to come to rest once its faults have healed.
const HEALING: Duration = Duration::from_secs(30 * 60 * 60);
const STEP: Duration = Duration::from_secs(10 * 60);
/// A life whose owner was replaced goes on for so long.
const OVERLAP: Duration = Duration::from_secs(5 * 60);

/// What waits to be sent, and what its order is by now.
const STUCK: &str = "SELECT d.id || ' ' || d.role || ' generation ' || d.generation || ' of order ' || d.order_number
     || ' for version ' || d.order_version || ' of ' || o.version || ', decisions wanted ' || o.wanted || ': ' || o.reason
   FROM documents d JOIN orders o ON o.row = d.order_row WHERE d.state = 'ready'";

/// What a seed came to.
#[derive(Debug)]
pub struct Outcome {
    pub seed: u64,
    pub verdict: Verdict,
    /// Events by kind.
    pub events: BTreeMap<String, u32>,
    /// Exchanges and their digest: the same seed gives the same.
    pub trace: (u64, u64),
    pub points: u64,
}

/// Runs a seed on a runtime of its own, whose time is the world's.
pub fn run(seed: u64) -> Outcome {
    let settings = Settings::of(seed);
    let runtime =
        tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().expect("a runtime");
    runtime.block_on(async move {
        let mut run = Run::begin(settings).await;
        for (at, event) in plan(&settings) {
            run.live_until(run.began + at).await;
            *run.events.entry(event.kind()).or_default() += 1;
            if std::env::var_os("TRACE").is_some() {
                eprintln!("{} {event:?}", run.world.wall.true_ms());
            }
            run.happen(event).await;
        }
        run.live_until(run.began + TROUBLED).await;
        run.heal().await;
        if std::env::var_os("TRACE").is_some() {
            run.tell().await;
        }
        let verdict = check(&run.world, &run.life).await;
        let points = run.points + run.life.end().await;
        Outcome { seed, verdict, events: run.events, trace: run.world.net.trace(), points }
    })
}

struct Run {
    world: World,
    life: Life,
    began: Instant,
    events: BTreeMap<String, u32>,
    points: u64,
    /// How long the machine stays off when it dies next.
    away: Duration,
    /// Faults that end by themselves, and the connection that a person then opens again.
    ending: Vec<(Instant, Ending)>,
}

enum Ending {
    DiskFull,
    Revoked(Provider),
}

impl Run {
    /// Prints every record with its timeline.
    async fn tell(&self) {
        let ledger = self.life.workspace().ledger();
        for document in self.documents().await {
            eprintln!(
                "{} order {} {} gen {} {} {:?} {} {:?} parked {:?}",
                document.id,
                document.order_number,
                document.role,
                document.generation,
                document.state.as_str(),
                document.number,
                document.reference,
                document.failure.as_ref().map(|failure| (failure.kind, &failure.detail)),
                document.parked_reason,
            );
            for event in ledger.list_events(document.order_row).await.unwrap_or_default() {
                eprintln!("    {} {} {} {:?}", event.at_ms, event.what, event.facts, event.failure.map(|one| one.kind));
            }
        }
        eprintln!("{:#}", self.world.sandbox.state()["smartbill"]["documents"]);
        eprintln!("{:#}", self.world.sandbox.state()["oblio"]["documents"]);
    }

    async fn begin(settings: Settings) -> Run {
        let mut world = World::new(settings);
        let life = world.set_up().await;
        world.watch_intents();
        Run {
            world,
            life,
            began: Instant::now(),
            events: BTreeMap::new(),
            points: 0,
            away: Duration::from_secs(60),
            ending: Vec::new(),
        }
    }

    /// Lets time pass; a machine that dies meanwhile is started again, and what was to end ends.
    async fn live_until(&mut self, moment: Instant) {
        loop {
            let next = self.ending.iter().map(|(at, _)| *at).min().map_or(moment, |at| at.min(moment));
            let gate = self.life.gate.clone();
            tokio::select! {
                biased;
                () = gate.ended() => self.start_again().await,
                () = tokio::time::sleep_until(next) => {
                    assert!(
                        !gate.ran_in_circles(),
                        "seed {}: it runs in circles, with {:?}",
                        self.world.settings.seed,
                        self.world.peek(STUCK)
                    );
                    self.end_what_is_over().await;
                    if Instant::now() >= moment {
                        return;
                    }
                }
            }
        }
    }

    async fn end_what_is_over(&mut self) {
        let now = Instant::now();
        let (over, rest) = std::mem::take(&mut self.ending).into_iter().partition(|(at, _)| *at <= now);
        self.ending = rest;
        let over: Vec<(Instant, Ending)> = over;
        for (_, ending) in over {
            match ending {
                Ending::DiskFull => self.life.gate.fill_disk(false),
                Ending::Revoked(provider) => {
                    let faults = self.world.sandbox.faults();
                    self.world.sandbox.clear_faults().expect("faults can be cleared");
                    let is_this =
                        |fault: &Fault| fault.kind == FaultKind::WrongCredential && fault.provider == provider;
                    for fault in faults.into_iter().filter(|fault| !is_this(fault)) {
                        self.world.sandbox.set_fault(fault).expect("it was armed before");
                    }
                    self.reopen_connections().await;
                }
            }
        }
    }

    /// A person opens every connection that waits for one, unless the machine dies meanwhile.
    async fn reopen_connections(&self) {
        tokio::select! {
            biased;
            () = self.life.gate.ended() => {}
            () = self.open_connections() => {}
        }
    }

    async fn open_connections(&self) {
        let Ok(connections) = self.life.workspace().ledger().list_connections().await else { return };
        for connection in connections.iter().filter(|connection| connection.stop.is_some()) {
            let _ = self.life.workspace().wake(&connection.id).await;
        }
    }

    /// The machine is dead; it comes back after a while.
    async fn start_again(&mut self) {
        self.points += self.life.end().await;
        tokio::time::sleep(self.away).await;
        self.live_again().await;
    }

    async fn live_again(&mut self) {
        match self.world.start().await {
            Ok(life) => self.life = life,
            Err(error) => panic!("seed {}: the program does not start again: {error}", self.world.settings.seed),
        }
    }

    async fn happen(&mut self, event: Event) {
        let sandbox = self.world.sandbox.clone();
        match event {
            Event::Order(drop) => self.world.order(drop),
            Event::Unpaid(drop) => self.world.order_unpaid(drop),
            Event::Pay(n) => self.world.pay(n),
            Event::Edit(pick, edit) => self.world.edit(pick, &edit),
            Event::Fault(fault) => sandbox.set_fault(fault).expect("a fault that can hit"),
            Event::Down(host, lasts) => self.world.net.take_down(host, lasts),
            Event::Crash { points, away } => {
                self.away = away;
                self.life.gate.end_after(points);
            }
            Event::Restart(away) => {
                let gate = self.life.gate.clone();
                tokio::select! {
                    biased;
                    () = gate.ended() => {}
                    () = self.life.workspace().stop() => {}
                }
                // what did not end in time is gone with the process
                self.points += self.life.end().await;
                tokio::time::sleep(away).await;
                self.live_again().await;
            }
            Event::ClockStep(by_ms) => self.world.wall.step(by_ms),
            Event::CommitsFail(count) => self.life.gate.fail_commits(count),
            Event::OutcomesFail(count) => self.life.gate.fail_commits_behind(count),
            Event::DiskFull(lasts) => {
                self.life.gate.fill_disk(true);
                self.ending.push((Instant::now() + lasts, Ending::DiskFull));
            }
            Event::Revoked(provider, lasts) => {
                let fault = Fault::new(provider, "any", FaultKind::WrongCredential);
                sandbox.set_fault(fault).expect("a fault that can hit");
                self.ending.push((Instant::now() + lasts, Ending::Revoked(provider)));
            }
            Event::SecondOwner => self.be_replaced().await,
            Event::Backup => self.world.back_up(),
            Event::Restore(away) => self.restore(away).await,
            by_people => {
                // a machine that dies while a person asks something of it answers nobody
                let gate = self.life.gate.clone();
                tokio::select! {
                    biased;
                    () = gate.ended() => {}
                    () = self.by_people(by_people) => {}
                }
            }
        }
    }

    async fn by_people(&self, event: Event) {
        match event {
            Event::HandMade(provider, pick) => self.by_hand(provider, pick, false).await,
            Event::HandCopy(provider, pick) => self.by_hand(provider, pick, true).await,
            Event::HandDelete(provider) => self.delete_by_hand(provider).await,
            Event::Operate(kind, pick) => self.operate(kind, pick).await,
            Event::Storno(pick) => {
                if let Some(one) = self.pick(pick, &[DocumentState::Issued]).await {
                    let _ = self.life.workspace().storno(&one.id, "the customer sent it back", "ana").await;
                }
            }
            Event::InvoiceAgain(pick) => {
                // where its invoice stands the answer must be no
                let over =
                    [DocumentState::Reversed, DocumentState::Cancelled, DocumentState::Deleted, DocumentState::Issued];
                if let Some(one) = self.pick(pick, &over).await {
                    let _ = self.life.workspace().invoice_again(&one.id, "to another name", "ana").await;
                }
            }
            Event::Retry(pick) => {
                if let Some(one) = self.pick(pick, &[DocumentState::Held]).await {
                    let _ = self.life.workspace().retry(&[one.id], "", "ana").await;
                }
            }
            Event::Answer(pick) => self.answer(pick).await,
            Event::OldVersion(pick) => self.deliver_old_version(pick).await,
            _ => {}
        }
    }

    async fn documents(&self) -> Vec<Document> {
        let query = ListQuery { limit: 500, ..ListQuery::default() };
        self.life.workspace().ledger().page_documents(query).await.unwrap_or_default()
    }

    async fn pick(&self, pick: u64, states: &[DocumentState]) -> Option<Document> {
        let mut documents = self.documents().await;
        documents.retain(|document| states.contains(&document.state));
        let at = pick.checked_rem(documents.len() as u64)?;
        Some(documents.swap_remove(at as usize))
    }

    async fn by_hand(&self, provider: Provider, pick: u64, copied: bool) {
        let mut sent = self.documents().await;
        sent.retain(|one| one.provider == provider_name(provider) && one.role == "invoice" && one.draft.is_some());
        sent.retain(|one| !matches!(one.state, DocumentState::Held | DocumentState::Ready));
        let Some(at) = pick.checked_rem(sent.len() as u64) else { return };
        let one = &sent[at as usize];
        let Some(draft) = one.draft.clone() else { return };
        let reference = copied.then(|| Reference::parse(&one.reference)).flatten();
        self.world.write_by_hand(provider, draft, reference).await;
    }

    async fn delete_by_hand(&self, provider: Provider) {
        let state = self.world.sandbox.state();
        let documents = state[provider_name(provider)]["documents"].as_array().cloned().unwrap_or_default();
        let number = |one: &Value| one["number"].as_str().and_then(|text| text.parse::<u64>().ok()).unwrap_or(0);
        let in_series = |one: &&Value| one["series"] == series_of(provider) && one["kind"] != "proforma";
        let Some(last) = documents.iter().filter(in_series).max_by_key(|one| number(one)) else { return };
        let text = |field: &str| last[field].as_str().unwrap_or_default().to_owned();
        let own = Reference::find_all(&text("mentions")).into_iter().next();
        let Some(reference) = own.or_else(|| Reference::parse("PNT-00000000000")) else { return };
        let target = Target {
            company: account::COMPANY.to_owned(),
            kind: DocumentKind::Invoice,
            document: Issued { series: text("series"), number: text("number"), provider_id: None, link: None },
            issue_date: self.world.today(),
            reference,
        };
        self.world.delete_by_hand(provider, &target, "").await;
    }

    async fn operate(&self, kind: OperationKind, pick: u64) {
        let wanted = match kind {
            OperationKind::Restore => DocumentState::Cancelled,
            _ => DocumentState::Issued,
        };
        let Some(one) = self.pick(pick, &[wanted]).await else { return };
        let params = match kind {
            OperationKind::RecordPayment => OperationParams::Payment(PaymentRequest {
                kind: CollectKind::BankTransfer,
                // all of it, or a part: of a part a second one would not be too much
                value: Decimal::new(if pick.is_multiple_of(2) { one.total_minor / 2 } else { one.total_minor }, 2),
                date: self.world.today(),
                document_number: "OP 17".into(),
                receipt_series: String::new(),
            }),
            OperationKind::SendEmail => OperationParams::Email(EmailRequest {
                to: "client@example.com".into(),
                cc: String::new(),
                subject: String::new(),
                body: String::new(),
            }),
            _ => OperationParams::None,
        };
        let _ = self.life.workspace().operate(&one.id, kind, params, "asked by the customer", "ana").await;
    }

    /// Accepts what is proposed about a change, or ignores it.
    async fn answer(&self, pick: u64) {
        let workspace = self.life.workspace();
        for document in self.documents().await {
            for change in workspace.ledger().list_changes(document.row).await.unwrap_or_default() {
                if change.state != ChangeState::Open {
                    continue;
                }
                if pick.is_multiple_of(3) {
                    let _ = workspace.ignore_change(&change.id, "agreed on the phone", "ana").await;
                } else {
                    let _ = workspace.accept_change(&change.id, None, "as proposed", "ana").await;
                }
            }
        }
    }

    /// An export made earlier is taken in now: versions that the ledger has left behind.
    async fn deliver_old_version(&self, pick: u64) {
        let Some(old) = self.world.old_version(pick) else { return };
        let Ok(connections) = self.life.workspace().ledger().list_connections().await else { return };
        let Some(shop) = connections.iter().find(|connection| connection.kind == "woocommerce") else { return };
        let order = read_order(ShopKind::WooCommerce, &serde_json::from_str(&old).unwrap()).unwrap();
        for _ in 0..2 {
            let _ = self.life.workspace().take_orders(shop, vec![order.clone()]).await;
        }
    }

    /// The disk is lost, and with it all that the ledger learned since the backup.
    async fn restore(&mut self, away: Duration) {
        if !self.world.has_backup() {
            return;
        }
        self.points += self.life.end().await;
        tokio::time::sleep(away).await;
        self.world.restore();
        self.live_again().await;
    }

    /// Somebody removes the lock and starts a second process: from its epoch on the first one may write nothing.
    async fn be_replaced(&mut self) {
        let lock_file = self.world.ledger_folder().join("owner.lock");
        std::fs::remove_file(lock_file).expect("the lock can be removed");
        let gate = self.life.gate.clone();
        self.points += gate.passed();
        let old = self.life.leave();
        self.live_again().await;
        let moment = Instant::now() + OVERLAP;
        self.live_until(moment).await;
        let Some(old) = old else { return };
        let wrote = tokio::select! {
            biased;
            () = gate.ended() => false,
            written = old.ledger().probe_write() => written.is_ok(),
        };
        if wrote {
            self.world.net.complain("an owner that was replaced goes on writing".to_owned());
        }
        old.kill().await;
    }

    /// Everything works again; a person does what a person is for.
    async fn heal(&mut self) {
        self.world.sandbox.clear_faults().expect("faults can be cleared");
        self.world.net.bring_up();
        self.world.wall.set_right();
        self.ending.clear();
        self.life.gate.stop_failing();
        self.life.gate.never_end();
        // a machine that died at this very moment is started first
        self.live_until(Instant::now()).await;
        let over = Instant::now() + HEALING;
        let mut rounds = 0;
        loop {
            self.reopen_connections().await;
            if rounds % 6 == 0 {
                self.retry_all().await;
            }
            rounds += 1;
            let moment = Instant::now() + STEP;
            self.live_until(moment).await;
            if self.is_at_rest().await && rounds > 6 || Instant::now() > over {
                return;
            }
        }
    }

    /// What is held although nothing keeps it from being sent any more is tried again.
    async fn retry_all(&self) {
        let held = self.life.workspace().ledger().list_in_state(DocumentState::Held, 500).await.unwrap_or_default();
        let ids: Vec<String> = held.into_iter().map(|document| document.id).collect();
        let _ = self.life.workspace().retry(&ids, "", "ana").await;
    }

    async fn nothing_waits(&self) -> bool {
        let ready = self.life.workspace().ledger().list_in_state(DocumentState::Ready, 50).await.unwrap_or_default();
        for document in &ready {
            if !waits_for_person(&self.life, document).await {
                return false;
            }
        }
        true
    }

    async fn is_at_rest(&self) -> bool {
        let ledger = self.life.workspace().ledger();
        let open = |state| async move { ledger.list_in_state(state, 10).await.unwrap_or_default() };
        let doubted = open(DocumentState::InDoubt).await;
        let waiting = ledger.list_operations_in(OperationState::Waiting, 10).await.unwrap_or_default();
        self.life.workspace().quarantine().is_none()
            && self.nothing_waits().await
            && open(DocumentState::Sending).await.is_empty()
            && doubted.iter().all(|document| document.parked_reason.is_some())
            && waiting.is_empty()
            && ledger.list_undecided(10).await.unwrap_or_default().is_empty()
            && ledger.list_unverified(i64::MAX, Vec::new(), 10).await.unwrap_or_default().is_empty()
    }
}

/// Whether an invoice waits for a proforma that only a person can settle.
pub async fn waits_for_person(life: &Life, document: &Document) -> bool {
    let ledger = life.workspace().ledger();
    if !matches!(ledger.find_proforma(document).await, Ok(ProformaStanding::Unsettled)) {
        return false;
    }
    let all = ledger.list_documents_of_order(document.order_row).await.unwrap_or_default();
    all.iter().any(|one| one.role == "proforma" && one.parked_reason.is_some())
}

pub fn provider_name(provider: Provider) -> &'static str {
    match provider {
        Provider::Oblio => "oblio",
        Provider::SmartBill => "smartbill",
        Provider::WooCommerce => "woocommerce",
    }
}

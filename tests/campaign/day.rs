//! A day in the life of a machine that nobody looks at: what went wrong was told, once each, and that it was over, too.

use crate::wire::{HOOK, SMARTBILL};
use crate::world::{Life, Settings, World};
use punte_domain::{OperationKind, RefundMode, fiscal_day_start};
use punte_engine::OperationParams;
use punte_engine::alerts::{ChannelDraft, NoticeItem, WebhookSettings};
use punte_engine::store::ledger::{Connection, ListQuery};
use punte_sandbox::{Fault, FaultKind, Provider, next_live_order};
use std::time::{Duration, Instant};

const ORDERS: u64 = 2_000;
const MINUTE: Duration = Duration::from_secs(60);
const MINUTE_MS: i64 = 60_000;
/// A Wednesday morning in Bucharest: what is issued then must be in e-Factura by Wednesday of the next week.
const SET_UP_MS: i64 = 1_794_988_800_000;
/// The day that is told: the Tuesday before that.
const DAY: &str = "2026-11-24";
/// Orders come from seven in the morning to eleven at night.
const OPEN_MINUTE: i64 = 7 * 60;
const OPEN_MINUTES: i64 = 16 * 60;

/// What a channel was told, and when: rule, `raised` or `recovered`, minute of the day.
type Heard = (String, String, i64);

struct Day {
    world: World,
    life: Life,
    began_ms: i64,
}

impl Day {
    /// Lets time pass up to a minute of the day.
    async fn until(&self, minute: i64) {
        self.until_ms(self.began_ms + minute * MINUTE_MS).await;
    }

    async fn until_ms(&self, at_ms: i64) {
        let left_ms = u64::try_from(at_ms - self.world.wall.true_ms()).unwrap_or(0);
        tokio::time::sleep(Duration::from_millis(left_ms)).await;
    }

    async fn stop(&mut self) {
        self.life.workspace().stop().await;
        self.life.end().await;
    }

    async fn start(&mut self) {
        self.life = self.world.start().await.unwrap();
    }

    async fn connection(&self, kind: &str) -> Connection {
        let connections = self.life.workspace().ledger().list_connections().await.unwrap();
        connections.into_iter().find(|one| one.kind == kind).unwrap()
    }

    /// Everything that was told, in its order, and the ids of the notices that a channel took.
    async fn heard(&self, channel: &str) -> (Vec<Heard>, Vec<String>) {
        let mut notices = self.life.workspace().ledger().page_notices(None, 200).await.unwrap();
        notices.reverse();
        let (mut heard, mut ids) = (Vec::new(), Vec::new());
        for (notice, sends) in notices {
            let Some(send) = sends.iter().find(|send| send.channel_kind == channel) else { continue };
            assert_eq!(send.state, "sent", "{channel}: {notice:?} {send:?}");
            let minute = (send.ended_ms.unwrap() - self.began_ms).div_euclid(MINUTE_MS);
            let items: Vec<NoticeItem> = serde_json::from_value(notice.items).unwrap();
            heard.extend(items.into_iter().map(|item| (item.rule, item.state, minute)));
            ids.push(notice.id);
        }
        (heard, ids)
    }
}

/// An order of a company, which Oblio invoices.
fn of_a_company() -> u64 {
    (0..).find(|n| next_live_order(*n)["meta_data"].to_string().contains("pers-jur")).unwrap()
}

/// The machine is set up a week before, issues one invoice, and is switched off; on the day it is on from midnight.
async fn begin() -> Day {
    let settings = Settings {
        ours: true,
        write_back: false,
        two_flows: false,
        proformas: false,
        refunds: RefundMode::Off,
        origin_ms: SET_UP_MS,
        ..Settings::of(2)
    };
    let mut world = World::new(settings);
    world.watch = MINUTE;
    let life = world.set_up().await;
    let draft = ChannelDraft {
        id: None,
        kind: "webhook".into(),
        name: "on call".into(),
        enabled: true,
        mail: None,
        webhook: Some(WebhookSettings { url: format!("https://{HOOK}/punte") }),
        secret: String::new().into(),
    };
    life.workspace().save_alert_channel(draft).await.unwrap();
    world.order(of_a_company());
    tokio::time::sleep(30 * MINUTE).await;
    let mut day = Day { world, life, began_ms: fiscal_day_start(DAY.parse().unwrap()) };
    day.stop().await;
    day.until(0).await;
    day.start().await;
    day
}

#[test]
fn in_a_day_of_two_thousand_orders_the_right_alerts_go_out_once_each_and_nothing_else() {
    let began = Instant::now();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
    runtime.block_on(async {
        let mut day = begin().await;
        // the machine was off for days: the night's backup is overdue, until it is made
        day.until(2 * 60).await;
        day.life.workspace().begin_backup(None).await.unwrap();

        let at = |minute: i64| ((minute - OPEN_MINUTE) * ORDERS as i64 / OPEN_MINUTES) as u64;
        for n in 0..ORDERS {
            day.until_ms(day.began_ms + OPEN_MINUTE * MINUTE_MS + n as i64 * OPEN_MINUTES * MINUTE_MS / ORDERS as i64)
                .await;
            if n == at(10 * 60) {
                // somebody read the notice, and sends the invoice to e-Factura
                let ledger = day.life.workspace().ledger();
                let all = ledger.page_documents(ListQuery { limit: 500, ..ListQuery::default() }).await.unwrap();
                let first = all.into_iter().min_by_key(|one| one.row).unwrap();
                let (kind, none) = (OperationKind::SendEinvoice, OperationParams::None);
                day.life.workspace().operate(&first.id, kind, none, "its deadline is near", "ana").await.unwrap();
            }
            if n == at(12 * 60) {
                day.world.net.take_down(SMARTBILL, 40 * MINUTE);
            }
            if n == at(15 * 60) {
                let dead = Fault::new(Provider::Oblio, "any", FaultKind::WrongCredential);
                day.world.sandbox.set_fault(dead).unwrap();
                // and whoever is to hear of it does not answer at first, either
                day.world.net.take_down(HOOK, 10 * MINUTE);
            }
            if n == at(15 * 60 + 45) {
                day.world.sandbox.clear_faults().unwrap();
                let oblio = day.connection("oblio").await;
                day.life.workspace().wake(&oblio.id).await.unwrap();
            }
            if n == at(18 * 60) {
                // an update: the program is started anew
                day.stop().await;
                day.start().await;
            }
            day.world.order(n);
        }
        day.until(23 * 60 + 59).await;

        let (heard, ids) = day.heard("webhook").await;
        eprintln!("a day of {ORDERS} orders in {:.0?}: {heard:?}", began.elapsed());
        // rule, what, not before, not after: minutes of the day
        let expected = [
            ("einvoice_deadline", "raised", 0, 3),
            ("backup_overdue", "raised", 25, 30),
            ("backup_overdue", "recovered", 2 * 60 + 5, 2 * 60 + 9),
            ("einvoice_deadline", "recovered", 10 * 60 + 5, 10 * 60 + 10),
            ("connection_down", "raised", 12 * 60 + 15, 12 * 60 + 20),
            ("connection_down", "recovered", 12 * 60 + 45, 13 * 60),
            ("connection_reconnect", "raised", 15 * 60 + 10, 15 * 60 + 30),
            ("connection_reconnect", "recovered", 15 * 60 + 50, 15 * 60 + 55),
        ];
        let told: Vec<(&str, &str)> = heard.iter().map(|(rule, state, _)| (rule.as_str(), state.as_str())).collect();
        let wanted: Vec<(&str, &str)> = expected.iter().map(|(rule, state, ..)| (*rule, *state)).collect();
        assert_eq!(told, wanted, "{heard:?}");
        for ((rule, state, minute), (_, _, from, until)) in heard.iter().zip(expected) {
            assert!((from..=until).contains(minute), "{rule} {state} at minute {minute}, not from {from} to {until}");
        }
        let arrived: Vec<String> = day.world.net.told().into_iter().map(|(id, _)| id).collect();
        assert_eq!(arrived, ids, "each notice arrived once, whatever it took");
        let (shown, _) = day.heard("desktop").await;
        let shown: Vec<(&str, &str)> = shown.iter().map(|(rule, state, _)| (rule.as_str(), state.as_str())).collect();
        assert_eq!(shown, wanted, "the desktop was told the same");
        assert!(day.life.workspace().list_raised_alerts().await.unwrap().is_empty(), "nothing stands any more");

        let counts = day.world.peek("SELECT state || ' ' || count(*) FROM documents GROUP BY state");
        assert_eq!(counts, [format!("issued {}", ORDERS + 1)], "and every order was invoiced");
        day.life.end().await;
    });
}

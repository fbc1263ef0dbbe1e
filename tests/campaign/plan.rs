//! What happens in a world and when: drawn from the seed before anything happens.

use crate::wire::{OBLIO, SHOP, SMARTBILL};
use crate::world::{Edit, Settings};
use punte_domain::OperationKind;
use punte_sandbox::{Fault, FaultKind, Provider};
use rand::rngs::StdRng;
use rand::seq::IndexedRandom;
use rand::{Rng, SeedableRng};
use std::time::Duration;

/// The troubled part of a run; afterwards the faults heal.
pub const TROUBLED: Duration = Duration::from_secs(5 * 60 * 60);

#[derive(Debug, Clone)]
pub enum Event {
    Order(u64),
    /// An order that is to be paid by bank transfer.
    Unpaid(u64),
    /// The n-th of those is paid and completed.
    Pay(usize),
    Edit(u64, Edit),
    Fault(Fault),
    /// A host cannot be reached for that long.
    Down(&'static str, Duration),
    /// The machine dies at the n-th commit or exchange from then, and is started again after a while.
    Crash {
        points: u64,
        away: Duration,
    },
    /// An orderly stop, and a start.
    Restart(Duration),
    /// Somebody sets the machine's clock.
    ClockStep(i64),
    CommitsFail(u32),
    /// As many commits fail, from the answer to the next request that changes something.
    OutcomesFail(u32),
    /// The disk takes no more for so long.
    DiskFull(Duration),
    /// A credential works no more for so long; then a person gives it again.
    Revoked(Provider, Duration),
    /// Somebody writes an invoice by hand into our series, for the total of one of ours.
    HandMade(Provider, u64),
    /// Somebody deletes the last number of the series by hand.
    HandDelete(Provider),
    /// Somebody copies an invoice of ours by hand, reference and all.
    HandCopy(Provider, u64),
    /// A person asks for something to be done to an issued document.
    Operate(OperationKind, u64),
    Storno(u64),
    InvoiceAgain(u64),
    Retry(u64),
    /// A person answers what changed since an invoice as Punte proposes, or ignores it.
    Answer(u64),
    /// An older version of an order is delivered after a newer one, and once more.
    OldVersion(u64),
    /// The ledger's file is copied while it is in use.
    Backup,
    /// The copy is put in the ledger's place.
    Restore(Duration),
    /// A second process takes the workspace over although the first still runs.
    SecondOwner,
}

impl Event {
    /// The word under which it is counted.
    pub fn kind(&self) -> String {
        match self {
            Event::Order(_) => "order".into(),
            Event::Unpaid(_) => "order not paid yet".into(),
            Event::Pay(_) => "order paid".into(),
            Event::Edit(_, Edit::Lines(_)) => "order edited: goods".into(),
            Event::Edit(_, Edit::Address(_)) => "order edited: address".into(),
            Event::Edit(_, Edit::Refund(_)) => "order refunded in part".into(),
            Event::Edit(_, Edit::Status(status)) => format!("order edited: {status}"),
            Event::Fault(fault) => {
                let kind = format!("{:?}", fault.kind);
                match fault.acts {
                    Some(true) => format!("{kind}, acting"),
                    Some(false) => format!("{kind}, not acting"),
                    None => kind,
                }
            }
            Event::Down(..) => "host down".into(),
            Event::Crash { .. } => "crash".into(),
            Event::Restart(_) => "restart".into(),
            Event::ClockStep(by) => if *by > 0 { "clock set forward" } else { "clock set back" }.into(),
            Event::CommitsFail(_) => "commits fail".into(),
            Event::OutcomesFail(_) => "outcomes cannot be written".into(),
            Event::DiskFull(_) => "disk full".into(),
            Event::Revoked(..) => "credential revoked".into(),
            Event::HandMade(..) => "invoice made by hand".into(),
            Event::HandDelete(_) => "number deleted by hand".into(),
            Event::HandCopy(..) => "reference copied by hand".into(),
            Event::Operate(kind, _) => format!("operation: {}", kind.as_str()),
            Event::Storno(_) => "storno asked".into(),
            Event::InvoiceAgain(_) => "invoiced again".into(),
            Event::Retry(_) => "retried by hand".into(),
            Event::Answer(_) => "change answered".into(),
            Event::OldVersion(_) => "old version delivered late".into(),
            Event::Backup => "backup".into(),
            Event::Restore(_) => "old ledger restored".into(),
            Event::SecondOwner => "second owner".into(),
        }
    }
}

const MINUTE: u64 = 60;

/// Events in order of time.
pub fn plan(settings: &Settings) -> Vec<(Duration, Event)> {
    let mut dice = StdRng::seed_from_u64(settings.seed ^ 0x91A7);
    let mut events: Vec<(Duration, Event)> = Vec::new();
    let troubled = TROUBLED.as_secs();
    let at = |dice: &mut StdRng| Duration::from_millis(dice.random_range(60_000..troubled * 1000));
    for _ in 0..dice.random_range(4..14) {
        let moment = at(&mut dice).mul_f64(0.8);
        events.push((moment, Event::Order(dice.random_range(0..100_000))));
        // now and then it is edited right behind
        if dice.random_ratio(1, 5) {
            let soon = moment + Duration::from_millis(dice.random_range(0..600_000));
            let edit = edit(&mut dice);
            events.push((soon, Event::Edit(dice.random(), edit)));
        }
    }
    // and long after
    for _ in 0..dice.random_range(0..4) {
        let moment = at(&mut dice);
        let edit = edit(&mut dice);
        events.push((moment, Event::Edit(dice.random(), edit)));
    }
    for _ in 0..dice.random_range(3..12) {
        let moment = at(&mut dice);
        let event = trouble(&mut dice, settings);
        events.push((moment, event));
    }
    for _ in 0..dice.random_range(0..5) {
        let moment = at(&mut dice);
        let event = by_a_person(&mut dice);
        events.push((moment, event));
    }
    if dice.random_ratio(1, 6) {
        let (one, other) = (at(&mut dice), at(&mut dice));
        events.push((one.min(other), Event::Backup));
        events.push((one.max(other), Event::Restore(Duration::from_secs(dice.random_range(1..60 * MINUTE)))));
    }
    // drawn apart, so that seeds without these (the kept ones are) stay what they were
    rare(&mut StdRng::seed_from_u64(settings.seed ^ 0xC), settings, &mut events);
    if settings.proformas {
        unpaid(&mut StdRng::seed_from_u64(settings.seed ^ 0xB), &mut events);
    }
    // the sort is stable: what falls on one instant happens in the order in which it was drawn
    events.sort_by_key(|(moment, _)| *moment);
    events
}

/// What chance would bring about too seldom: several things that must fall together.
fn rare(dice: &mut StdRng, settings: &Settings, events: &mut Vec<(Duration, Event)>) {
    let at = |dice: &mut StdRng| Duration::from_millis(dice.random_range(60_000..TROUBLED.as_millis() as u64 * 4 / 5));
    let create = |provider, kind| Fault::new(provider, "create", kind).times(1);
    // the clock is set while a request is on its way
    if dice.random_ratio(1, 8) {
        let moment = at(dice);
        let late = create(Provider::SmartBill, FaultKind::Late)
            .delay_ms(dice.random_range(14 * MINUTE * 1000..18 * MINUTE * 1000));
        let step = Duration::from_secs(dice.random_range(7 * MINUTE..9 * MINUTE));
        events.push((moment, Event::Fault(late)));
        events.push((moment, Event::Order(dice.random_range(0..100_000))));
        events.push((moment + step, Event::ClockStep(dice.random_range(30 * 60 * 1000..26 * 60 * 60 * 1000))));
    }
    // the answer to a create breaks off, where a fault of any request would hit a read before it
    if dice.random_ratio(1, 10) {
        let provider = if dice.random() { Provider::Oblio } else { Provider::SmartBill };
        let moment = at(dice);
        let broken = create(provider, FaultKind::Reset).acting(dice.random());
        events.push((moment, Event::Fault(broken)));
    }
    // a full disk would hit the intent, and nothing be sent
    if dice.random_ratio(1, 10) {
        events.push((at(dice), Event::OutcomesFail(dice.random_range(1..12))));
    }
    // the answer about a payment is lost
    if dice.random_ratio(1, 10) {
        let moment = at(dice) + Duration::from_secs(30 * MINUTE);
        for (provider, records) in [(Provider::Oblio, "collect"), (Provider::SmartBill, "payment")] {
            let lost = Fault::new(provider, records, FaultKind::TimeoutAfter).times(1);
            events.push((moment, Event::Fault(lost)));
        }
        events.push((moment, Event::Operate(OperationKind::RecordPayment, dice.random())));
    }
    // a declaration that a series is ours alone may be wrong
    if settings.ours && dice.random_ratio(1, 10) {
        let moment = at(dice);
        let soon = Duration::from_secs(dice.random_range(8 * MINUTE..15 * MINUTE));
        events.push((moment, Event::Fault(create(Provider::SmartBill, FaultKind::TimeoutBefore))));
        events.push((moment, Event::Order(dice.random_range(0..100_000))));
        events.push((moment + soon, Event::HandMade(Provider::SmartBill, dice.random())));
    }
}

/// Orders that get a proforma, most of which are paid some time later, and what goes wrong with the proformas. At Oblio the
/// faults of any create hit them, too.
fn unpaid(dice: &mut StdRng, events: &mut Vec<(Duration, Event)>) {
    let troubled = TROUBLED.as_millis() as u64;
    let count = dice.random_range(1..6);
    for n in 0..count {
        let moment = Duration::from_millis(dice.random_range(60_000..troubled * 3 / 5));
        events.push((moment, Event::Unpaid(dice.random_range(0..100_000))));
        if dice.random_ratio(1, 3) {
            let kinds = [FaultKind::TimeoutAfter, FaultKind::TimeoutBefore, FaultKind::Late, FaultKind::Html];
            let kind = kinds.choose(dice).copied().unwrap_or(FaultKind::TimeoutAfter);
            let mut lost = Fault::new(Provider::SmartBill, "estimate_create", kind).times(1);
            if kind == FaultKind::Late {
                lost = lost.delay_ms(dice.random_range(120_000..18 * MINUTE * 1000));
            }
            events.push((moment, Event::Fault(lost)));
        }
        if dice.random_ratio(1, 4) {
            let soon = moment + Duration::from_millis(dice.random_range(0..40 * MINUTE * 1000));
            events.push((soon, Event::Edit(dice.random(), edit(dice))));
        }
        if dice.random_ratio(5, 6) {
            let later = moment + Duration::from_millis(dice.random_range(1000..troubled / 3));
            events.push((later, Event::Pay(n)));
        }
    }
}

fn edit(dice: &mut StdRng) -> Edit {
    match dice.random_range(0..8) {
        0 | 1 => Edit::Lines(dice.random_range(0..100_000)),
        2 | 3 => Edit::Address(dice.random_range(0..1000)),
        4 | 5 => Edit::Refund(dice.random_range(100..4000)),
        6 => Edit::Status("cancelled"),
        _ => Edit::Status("refunded"),
    }
}

fn trouble(dice: &mut StdRng, settings: &Settings) -> Event {
    let provider = if dice.random_ratio(1, 2) { Provider::Oblio } else { Provider::SmartBill };
    match dice.random_range(0..24) {
        0..=10 => Event::Fault(fault(dice, provider)),
        11 | 12 => {
            let host = [SHOP, SMARTBILL, OBLIO].choose(dice).copied().unwrap_or(SHOP);
            Event::Down(host, Duration::from_secs(dice.random_range(MINUTE..60 * MINUTE)))
        }
        13..=16 => Event::Crash {
            points: dice.random_range(1..60),
            away: Duration::from_secs(dice.random_range(1..40 * MINUTE)),
        },
        17 => Event::Restart(Duration::from_secs(dice.random_range(1..30 * MINUTE))),
        18 => {
            let by = dice.random_range(-26 * 60 * 60 * 1000..26 * 60 * 60 * 1000);
            Event::ClockStep(by)
        }
        19 => Event::CommitsFail(dice.random_range(1..12)),
        20 => match dice.random_range(0..3) {
            0 => Event::SecondOwner,
            1 => Event::DiskFull(Duration::from_secs(dice.random_range(10..10 * MINUTE))),
            _ => Event::OldVersion(dice.random()),
        },
        21 => Event::Revoked(provider, Duration::from_secs(dice.random_range(MINUTE..60 * MINUTE))),
        _ => by_others(dice, settings, provider),
    }
}

/// What other people do in the same series. A SmartBill series that is declared ours alone is mostly left alone.
fn by_others(dice: &mut StdRng, settings: &Settings, provider: Provider) -> Event {
    let provider = if settings.ours { Provider::Oblio } else { provider };
    match dice.random_range(0..6) {
        0..=2 => Event::HandMade(provider, dice.random()),
        3 => Event::HandDelete(provider),
        _ => Event::HandCopy(provider, dice.random()),
    }
}

fn fault(dice: &mut StdRng, provider: Provider) -> Fault {
    use FaultKind as K;
    let lag_ms = |dice: &mut StdRng| dice.random_range(10_000..15 * MINUTE * 1000);
    let times = |dice: &mut StdRng| dice.random_range(1..4);
    if dice.random_ratio(1, 5) {
        let kind = [K::Status500, K::Status503, K::Html, K::Truncated, K::TimeoutBefore, K::Reset].choose(dice);
        return Fault::new(Provider::WooCommerce, "list", kind.copied().unwrap_or(K::Html)).times(times(dice));
    }
    let create = "create";
    match dice.random_range(0..16) {
        0 | 1 => Fault::new(provider, create, K::TimeoutAfter).times(times(dice)),
        2 => Fault::new(provider, create, K::TimeoutBefore).times(times(dice)),
        // takes effect while the quiet time runs; now and then after it
        3 | 4 => {
            let late_ms = if dice.random_ratio(1, 6) {
                dice.random_range(25 * MINUTE * 1000..60 * MINUTE * 1000)
            } else {
                dice.random_range(120_000..18 * MINUTE * 1000)
            };
            Fault::new(provider, create, K::Late).times(times(dice)).delay_ms(late_ms)
        }
        5 => Fault::new(provider, "any", K::Reset).times(times(dice)),
        6 => Fault::new(provider, create, K::Truncated).times(times(dice)),
        7 => Fault::new(provider, create, K::Html).times(times(dice)).acting(dice.random()),
        8 => Fault::new(provider, "any", K::Status500).times(times(dice)).acting(dice.random()),
        9 => Fault::new(provider, create, K::Status502).times(times(dice)).acting(dice.random()),
        10 => Fault::new(provider, "any", K::Status503).times(times(dice)),
        11 => Fault::new(provider, "any", K::Status429).times(times(dice)).delay_ms(lag_ms(dice)),
        12 => {
            let look = match provider {
                Provider::Oblio => "list",
                _ => ["series", "pdf"].choose(dice).copied().unwrap_or("pdf"),
            };
            Fault::new(provider, look, K::ListingLag).times(dice.random_range(1..8)).delay_ms(lag_ms(dice))
        }
        13 => Fault::new(provider, create, K::Slow).times(times(dice)).delay_ms(dice.random_range(100_000..300_000)),
        14 => Fault::new(provider, create, K::OneBanMore).times(1),
        _ => {
            let kind = if provider == Provider::SmartBill { K::Error200 } else { K::RefuseSeries };
            Fault::new(provider, create, kind).times(times(dice))
        }
    }
}

fn by_a_person(dice: &mut StdRng) -> Event {
    match dice.random_range(0..10) {
        8.. => Event::Answer(dice.random()),
        0..=2 => {
            let kind = OperationKind::ALL.choose(dice).copied().unwrap_or(OperationKind::Cancel);
            Event::Operate(kind, dice.random())
        }
        3 | 4 => Event::Storno(dice.random()),
        5 | 6 => Event::InvoiceAgain(dice.random()),
        _ => Event::Retry(dice.random()),
    }
}

//! What is measured, how it is told, and what is too much.

use punte_tests::{Desk, Scraped};
use std::fmt;
use std::path::Path;
use std::time::Duration;

const MIB: f64 = 1024.0 * 1024.0;
/// Memory may grow by so much from the middle third to the last one: what is kept of sizes that come up once, and a margin of what
/// an allocator keeps.
const MEMORY_SHARE: f64 = 0.05;
const MEMORY_MIB: f64 = 6.0;
/// Handles likewise: connections that happen to be open.
const HANDLES: f64 = 8.0;
/// The write-ahead log is merged into the ledger again and again.
const WAL_MIB: f64 = 64.0;
/// An order takes so much more room late than early, at most: the trees of a database grow in whole pages.
const ROOM_SHARE: f64 = 1.25;

/// What one look saw.
#[derive(Debug, Clone, Copy)]
pub struct Sample {
    /// Simulated.
    hours: f64,
    resident_mib: f64,
    /// Of it, what is not the program's own file.
    own_mib: f64,
    handles: f64,
    ledger_mib: f64,
    wal_mib: f64,
    orders: f64,
    issued: f64,
    due: f64,
    in_doubt: f64,
}

impl Sample {
    pub const HEADINGS: &str =
        "  hour  memory MiB  of it own  handles  ledger MiB  wal MiB  orders  issued  due  in doubt";
}

impl fmt::Display for Sample {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{:6.2}  {:10.1}  {:9.1}  {:7}  {:10.2}  {:7.2}  {:6}  {:6}  {:3}  {:8}",
            self.hours,
            self.resident_mib,
            self.own_mib,
            self.handles,
            self.ledger_mib,
            self.wal_mib,
            self.orders,
            self.issued,
            self.due,
            self.in_doubt
        )
    }
}

/// The process as the system sees it, and its work as it tells it. What it tells of itself must be what the system sees.
pub fn sample(desk: &Desk, scraped: &Scraped, hours: f64) -> Sample {
    let process = Path::new("/proc").join(desk.running.id().to_string());
    let status = std::fs::read_to_string(process.join("status")).unwrap();
    let mib = |name: &str| {
        let told = status.lines().find_map(|line| line.strip_prefix(name)).unwrap();
        told.trim().trim_end_matches(" kB").parse::<f64>().unwrap() / 1024.0
    };
    let resident_mib = mib("VmRSS:");
    let handles = std::fs::read_dir(process.join("fd")).unwrap().count() as f64;
    let size = |file: &str| std::fs::metadata(desk.folder.join(file)).map_or(0.0, |file| file.len() as f64 / MIB);
    let told_mib = scraped.sum("process_resident_memory_bytes", &[]) / MIB;
    assert!((told_mib - resident_mib).abs() < 0.2 * resident_mib, "{told_mib} is told, {resident_mib} is seen");
    let told = scraped.sum("process_open_fds", &[]);
    assert!((told - handles).abs() <= 20.0, "{told} handles are told, {handles} are seen");
    Sample {
        hours,
        resident_mib,
        own_mib: mib("RssAnon:"),
        handles,
        ledger_mib: size("ledger.sqlite"),
        wal_mib: size("ledger.sqlite-wal"),
        orders: scraped.sum("punte_orders", &[]),
        issued: scraped.sum("punte_documents", &[("state", "issued")])
            + scraped.sum("punte_documents", &[("state", "reversed")]),
        due: scraped.sum("punte_queue_due", &[]),
        in_doubt: scraped.sum("punte_documents", &[("state", "in_doubt")]),
    }
}

fn thirds(samples: &[Sample]) -> [&[Sample]; 3] {
    let third = samples.len() / 3;
    [&samples[..third], &samples[third..2 * third], &samples[2 * third..]]
}

fn mean(samples: &[Sample], of: impl Fn(&Sample) -> f64) -> f64 {
    samples.iter().map(of).sum::<f64>() / samples.len() as f64
}

/// By how much something grows in a simulated hour: the straight line that fits best.
fn slope(samples: &[Sample], of: impl Fn(&Sample) -> f64) -> f64 {
    let (x, y) = (mean(samples, |one| one.hours), mean(samples, &of));
    let spread: f64 = samples.iter().map(|one| (one.hours - x).powi(2)).sum();
    samples.iter().map(|one| (one.hours - x) * (of(one) - y)).sum::<f64>() / spread
}

/// KiB of the ledger and what is not merged into it for each document issued meanwhile.
fn room_for_each(samples: &[Sample]) -> f64 {
    let (first, last) = (samples.first().unwrap(), samples.last().unwrap());
    let grown_kib = (last.ledger_mib - first.ledger_mib) * 1024.0;
    grown_kib / (last.issued - first.issued).max(1.0)
}

pub fn print_table(samples: &[Sample], lasted: Duration) {
    println!("\n{} real minutes, {} looks", lasted.as_secs() / 60, samples.len());
    println!(
        "third    memory MiB  a simulated hour  of it own  handles  a simulated hour  KiB of ledger a document  issued"
    );
    for (name, third) in ["first", "middle", "last"].into_iter().zip(thirds(samples)) {
        println!(
            "{name:<7}  {:10.1}  {:>+16.2}  {:9.1}  {:7.1}  {:>+16.2}  {:24.2}  {:6}",
            mean(third, |one| one.resident_mib),
            slope(third, |one| one.resident_mib),
            mean(third, |one| one.own_mib),
            mean(third, |one| one.handles),
            slope(third, |one| one.handles),
            room_for_each(third),
            third.last().unwrap().issued - third.first().unwrap().issued,
        );
    }
}

/// What grows without end.
pub fn judge(samples: &[Sample]) -> Vec<String> {
    assert!(samples.len() >= 9, "too short to tell: {} looks", samples.len());
    let [first, middle, last] = thirds(samples);
    let mut wrong = Vec::new();
    let memory = |third| mean(third, |one: &Sample| one.resident_mib);
    let grown_mib = memory(last) - memory(middle);
    if grown_mib > MEMORY_MIB.max(memory(middle) * MEMORY_SHARE) {
        wrong.push(format!("memory grew by {grown_mib:.1} MiB from the middle third to the last"));
    }
    let most = |third: &[Sample]| third.iter().map(|one| one.handles).fold(0.0, f64::max);
    if most(last) > most(middle).max(most(first)) + HANDLES {
        wrong.push(format!("handles grew from {} to {}", most(middle), most(last)));
    }
    let wal = samples.iter().map(|one| one.wal_mib).fold(0.0, f64::max);
    if wal > WAL_MIB {
        wrong.push(format!("the write-ahead log reached {wal:.1} MiB"));
    }
    if room_for_each(last) > room_for_each(first) * ROOM_SHARE + 1.0 {
        let (late, early) = (room_for_each(last), room_for_each(first));
        wrong.push(format!("a document took {late:.1} KiB of the ledger late and {early:.1} early"));
    }
    if last.last().unwrap().issued <= last.first().unwrap().issued {
        wrong.push("nothing was issued in the last third".to_owned());
    }
    wrong
}

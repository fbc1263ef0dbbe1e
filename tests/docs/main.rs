//! The commands in the documents are run: every line of a block that is marked `sh`, in a home of its own with the sandbox.
//!
//! What they name stands in the home beforehand: orders in files, a backup, one invoice that was refused, a client. A program that goes
//! on until it is stopped is started, heard, and stopped. `make` is asked whether it has the target. A block that cannot be run
//! says why behind `no-test:`; `tests/tidy` sees to that.

#![allow(clippy::unwrap_used, clippy::disallowed_methods, clippy::print_stderr, reason = "tests")]

mod home;
mod lines;

use home::Home;
use lines::{Line, lines};
use punte_tests::Ended;

/// Not words of a command but of the reader: what stands for them in the home.
const MEANT: &[(&str, &str)] = &[
    // a million documents take minutes
    ("1000000", "1000"),
    // a port that others may have
    ("--port 8770", "--port 0"),
];

#[tokio::test]
async fn every_command_in_the_documents_runs() {
    let lines = lines();
    assert!(lines.len() > 25, "only {} commands were found", lines.len());
    let home = Home::new().await;
    let mut wrong = Vec::new();
    for Line { page, command } in &lines {
        let mut meant = command.clone();
        for (written, stands_for) in MEANT.iter().map(|(a, b)| (*a, (*b).to_owned())).chain(home.meant()) {
            meant = meant.replace(written, &stands_for);
        }
        let started = std::time::Instant::now();
        let outcome = home.run(&meant).await;
        eprintln!("{:>6} ms  {page}: {command}", started.elapsed().as_millis());
        match outcome {
            Ok(ended) if ended.code == Some(0) || says_no(command, &ended) => {}
            Ok(ended) => wrong.push(format!("{page}: {command}\n  as {meant}\n  {ended:?}")),
            Err(why) => wrong.push(format!("{page}: {command}\n  as {meant}\n  {why}")),
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// A comparison that found a difference: an answer, not a failure.
fn says_no(command: &str, ended: &Ended) -> bool {
    command.starts_with("punte-cli reconcile") && ended.code == Some(1) && ended.stderr.is_empty()
}

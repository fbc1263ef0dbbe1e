//! The inputs that fuzzing kept of what strangers send (fuzz/corpus), once more through the same entries, with the usual compiler.

#![allow(clippy::unwrap_used, reason = "tests")]

#[path = "../../../fuzz/src/strangers.rs"]
mod entries;

use std::path::Path;

fn replay(target: &str, entry: fn(&[u8])) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/corpus").join(target);
    let mut count = 0;
    for file in std::fs::read_dir(&folder).unwrap() {
        let path = file.unwrap().path();
        let data = std::fs::read(&path).unwrap();
        if std::panic::catch_unwind(|| entry(&data)).is_err() {
            panic!("{} breaks it", path.display());
        }
        count += 1;
    }
    assert!(count > 20, "{} holds too little: {count}", folder.display());
}

#[test]
fn kept_deliveries_are_judged_without_belief_in_strangers() {
    replay("signature", entries::signature);
}

#[test]
fn kept_orders_are_read_or_refused() {
    replay("order", entries::order);
}

#[test]
fn kept_files_are_read_or_refused() {
    replay("file", entries::file);
}

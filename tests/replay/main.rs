//! The inputs that fuzzing kept of what is our own or a client's (fuzz/corpus), once more through the same entries, with the usual
//! compiler.

#![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "tests")]

#[path = "../../fuzz/src/desk.rs"]
mod desk;
#[path = "../../fuzz/src/files.rs"]
mod files;

use std::path::Path;

fn replay(target: &str, entry: fn(&[u8])) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fuzz/corpus").join(target);
    let (mut count, mut broken) = (0, Vec::new());
    for file in std::fs::read_dir(&folder).unwrap() {
        let path = file.unwrap().path();
        let data = std::fs::read(&path).unwrap();
        if std::panic::catch_unwind(|| entry(&data)).is_err() {
            broken.push(path);
        }
        count += 1;
    }
    assert!(broken.is_empty(), "these break it: {broken:#?}");
    assert!(count > 20, "{} holds too little: {count}", folder.display());
}

#[test]
fn kept_files_of_credentials_are_opened_or_refused_and_stay_as_they_are() {
    replay("vault", files::vault);
}

#[test]
fn kept_backups_are_put_back_or_refused_and_the_books_stand() {
    replay("backup", files::backup);
}

/// What SQLite does with a damaged file leaves no trace that a fuzzer could follow, so that it goes by places here.
#[test]
fn a_backup_with_a_byte_changed_anywhere_is_put_back_or_refused_and_the_books_stand() {
    for at in (0..100_u32).chain((100..400_000).step_by(4099)) {
        for byte in [0, 0xff] {
            let [_, high, middle, low] = at.to_be_bytes();
            // a sound backup with one change
            files::backup(&[3, high, middle, low, byte]);
        }
    }
}

#[test]
fn kept_mappings_are_taken_in_or_refused_whole() {
    replay("mapping", desk::mapping);
}

#[test]
fn kept_calls_are_answered_with_a_code_and_what_is_refused_changes_nothing() {
    replay("call", desk::call);
}

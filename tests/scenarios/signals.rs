//! How `punte-cli run` ends when it is signalled, and when it does not.

use punte_tests::{Running, create_workspace, program, until};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Whatever started the tests may itself be to outlive its terminal.
const DEFAULT: &str = "exec env --default-signal=HUP";

async fn start(home: &Path, folder: &Path, before: &str) -> (Running, PathBuf) {
    let line = format!("{before} '{}' run --workspace '{}'", program("punte-cli").display(), folder.display());
    let running = Running::start_at(Path::new("/bin/sh"), home, &["-c".to_owned(), line]);
    let note = folder.join("owner.json");
    until("the owner's note", Duration::from_secs(20), async || note.exists().then_some(()).ok_or("none")).await;
    (running, note)
}

#[tokio::test]
async fn it_ends_in_order_with_its_terminal_unless_it_is_to_outlive_it() {
    let home = tempfile::tempdir().unwrap();
    let folder = create_workspace(home.path()).await;
    let (running, note) = start(home.path(), &folder, DEFAULT).await;
    running.signal("HUP").await;
    assert_eq!(running.ended().await, Some(0));
    assert!(!note.exists(), "it ended in order");

    // as `nohup` starts it
    let (running, note) = start(home.path(), &folder, "trap '' HUP; exec").await;
    running.signal("HUP").await;
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert!(note.exists(), "it works on");
    assert_eq!(running.stop().await, Some(0));
    assert!(!note.exists());
}

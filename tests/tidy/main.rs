//! Who may know whom: read from manifests and sources, because a wall that nobody checks is a drawing.

#![allow(clippy::unwrap_used, reason = "tests")]

mod docs;
mod log;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Crates of ours that each part may use.
const MAY_USE: &[(&str, &[&str])] = &[
    ("domain", &[]),
    ("mapping", &["domain"]),
    ("connectors", &["domain"]),
    ("store", &["domain"]),
    ("vault", &[]),
    ("logs", &["domain"]),
    ("engine", &["domain", "mapping", "connectors", "store", "vault"]),
    ("api", &["engine", "domain", "logs"]),
    ("http", &["api"]),
    ("sandbox", &[]),
    ("cli", &["domain", "mapping", "connectors", "store", "vault", "logs", "engine", "api", "http", "sandbox"]),
    ("app", &["cli", "api", "http", "logs"]),
];

/// Libraries that stay behind one wall. `tests` stands outside the house.
const ONLY_IN: &[(&str, &[&str])] = &[
    ("reqwest", &["connectors"]),
    ("rusqlite", &["store"]),
    ("rusqlite_migration", &["store"]),
    ("axum", &["http", "sandbox"]),
    ("tauri", &["app"]),
    ("keyring", &["vault"]),
    ("rhai", &["mapping"]),
];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

/// Every part's manifest, by its short name.
fn manifests() -> BTreeMap<String, toml::Table> {
    let crates = std::fs::read_dir(root().join("crates")).unwrap();
    let mut folders: BTreeMap<String, PathBuf> =
        crates.map(|entry| entry.unwrap()).map(|e| (e.file_name().into_string().unwrap(), e.path())).collect();
    folders.insert("app".into(), root().join("src-tauri"));
    folders
        .into_iter()
        .map(|(name, folder)| {
            let text = std::fs::read_to_string(folder.join("Cargo.toml")).unwrap();
            (name, text.parse().unwrap())
        })
        .collect()
}

fn dependencies(manifest: &toml::Table, kinds: &[&str]) -> Vec<String> {
    let tables = kinds.iter().filter_map(|kind| manifest.get(*kind)?.as_table());
    tables.flat_map(|table| table.keys().cloned()).collect()
}

#[test]
fn each_part_knows_only_whom_it_may() {
    let manifests = manifests();
    let known: Vec<&str> = MAY_USE.iter().map(|(part, _)| *part).collect();
    assert_eq!(manifests.keys().map(String::as_str).collect::<Vec<_>>(), sorted(&known), "a part without a rule");
    for (part, may_use) in MAY_USE {
        let kinds: &[&str] = if *part == "sandbox" { &["dependencies", "dev-dependencies"] } else { &["dependencies"] };
        for used in dependencies(&manifests[*part], kinds) {
            if let Some(ours) = used.strip_prefix("punte-") {
                assert!(may_use.contains(&ours), "{part} must not know {ours}");
            }
        }
    }
}

fn sorted<'a>(names: &[&'a str]) -> Vec<&'a str> {
    let mut names = names.to_vec();
    names.sort_unstable();
    names
}

#[test]
fn a_library_behind_a_wall_stays_there() {
    for (part, manifest) in manifests() {
        for used in dependencies(&manifest, &["dependencies", "build-dependencies"]) {
            if let Some((_, allowed)) = ONLY_IN.iter().find(|(library, _)| *library == used) {
                assert!(allowed.contains(&part.as_str()), "{part} uses {used}");
            }
        }
    }
}

/// Source files under a folder, with their text.
fn sources(folder: &Path, endings: &[&str]) -> Vec<(PathBuf, String)> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap()) {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
            } else if endings.iter().any(|ending| path.to_string_lossy().ends_with(ending)) {
                let text = std::fs::read_to_string(&path).unwrap();
                found.push((path, text));
            }
        }
    }
    assert!(!found.is_empty(), "{} holds nothing to check", folder.display());
    found
}

/// What a file of TypeScript imports.
fn imports(text: &str) -> impl Iterator<Item = &str> {
    let after_from = |line: &'_ str| line.split_once(" from \"").map(|(_, rest)| rest.len());
    text.lines().filter_map(move |line| {
        let line = line.trim_end();
        let length = after_from(line).or_else(|| line.strip_prefix("import \"").map(str::len))?;
        line[line.len() - length..].split('"').next()
    })
}

#[test]
fn screens_know_neither_each_other_nor_tauri() {
    let ui = root().join("ui/src");
    for (path, text) in sources(&ui, &[".ts", ".tsx"]) {
        let inside = path.strip_prefix(&ui).unwrap();
        let feature = inside.strip_prefix("features").ok().and_then(|rest| rest.iter().next());
        for import in imports(&text) {
            if import.starts_with("@tauri-apps/") {
                assert_eq!(inside, Path::new("api/tauri.ts"), "only one file knows Tauri");
            }
            let Some(feature) = feature else { continue };
            let target = normal(&inside.parent().unwrap().join(import));
            let Ok(rest) = target.strip_prefix("features") else { continue };
            if import.starts_with('.') {
                assert_eq!(rest.iter().next(), Some(feature), "{}: imports another feature", inside.display());
            }
        }
    }
}

fn normal(path: &Path) -> PathBuf {
    let mut parts = PathBuf::new();
    for part in path.components() {
        match part {
            std::path::Component::ParentDir => {
                parts.pop();
            }
            std::path::Component::CurDir => {}
            other => parts.push(other),
        }
    }
    parts
}

#[test]
fn files_stay_readable() {
    let mut folders = vec![root().join("src-tauri/src"), root().join("tests")];
    folders.extend(std::fs::read_dir(root().join("crates")).unwrap().map(|entry| entry.unwrap().path().join("src")));
    for (path, text) in folders.iter().flat_map(|folder| sources(folder, &[".rs"])) {
        assert!(text.lines().count() <= 520, "{} has {} lines", path.display(), text.lines().count());
    }
}

#[test]
fn the_pure_parts_do_no_input_or_output() {
    for part in ["domain", "mapping"] {
        for (path, text) in sources(&root().join("crates").join(part).join("src"), &[".rs"]) {
            let code = text.split("#[cfg(test)]").next().unwrap();
            for word in ["std::fs", "std::net", "tokio", "async fn", "SystemTime::now", "Instant::now", "rand::"] {
                assert!(!code.contains(word), "{} contains {word}", path.display());
            }
        }
    }
}

#[test]
fn no_manifest_or_lock_names_a_place_of_one_machine() {
    let lock = std::fs::read_to_string(root().join("Cargo.lock")).unwrap();
    for line in lock.lines().filter(|line| line.starts_with("source = ")) {
        assert_eq!(line, "source = \"registry+https://github.com/rust-lang/crates.io-index\"");
    }
    for lock in ["ui/package-lock.json", "tests/outside/package-lock.json", "tests/browser/package-lock.json"] {
        let text = std::fs::read_to_string(root().join(lock)).unwrap();
        assert!(!text.contains("\"resolved\": \"http"), "{lock} names a registry");
    }
}

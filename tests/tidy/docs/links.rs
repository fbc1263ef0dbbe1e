//! No link leads nowhere: files and anchors are looked up, what leads out of the tree is looked at for its form only.

use super::{exists, pages};
use std::collections::BTreeMap;
use std::path::PathBuf;

#[test]
fn no_link_of_the_documents_is_dead() {
    let pages = pages();
    let told: BTreeMap<PathBuf, _> = pages.iter().map(|page| (page.path.clone(), page.told())).collect();
    let mut dead = Vec::new();
    let mut followed = 0;
    for page in &pages {
        for link in &told[&page.path].links {
            followed += 1;
            let wrong = if link.contains("://") || link.starts_with("mailto:") {
                outside(link)
            } else {
                let (file, anchor) = link.split_once('#').map_or((link.as_str(), None), |(file, at)| (file, Some(at)));
                let target = match file {
                    "" => page.path.clone(),
                    file => crate::normal(&page.path.parent().unwrap().join(file)),
                };
                match (anchor, told.get(&target)) {
                    _ if !exists(&target) => Some("no such file"),
                    (None, _) => None,
                    (Some(anchor), Some(there)) if there.anchors.iter().any(|one| one == anchor) => None,
                    (Some(_), _) => Some("no such heading"),
                }
            };
            dead.extend(wrong.map(|why| format!("{}: {link}: {why}", page.name())));
        }
    }
    assert!(followed > 150, "only {followed} links were found");
    assert!(dead.is_empty(), "{}", dead.join("\n"));
}

/// What is wrong with a link that leads out of the tree, as far as that can be told without following it.
fn outside(link: &str) -> Option<&'static str> {
    let host = link.strip_prefix("https://").map(|rest| rest.split(['/', '#', '?']).next().unwrap_or_default());
    match host {
        None if link.starts_with("mailto:") && link.contains('@') => None,
        None => Some("not https"),
        Some(host) if host.contains('.') && !host.contains([' ', '@']) => None,
        Some(_) => Some("no host"),
    }
}

/// What the rest of the tree calls by a path in `docs` is there.
#[test]
fn no_page_that_the_sources_name_is_missing() {
    let root = crate::root();
    let endings = [".rs", ".ts", ".tsx", ".sh", ".md", ".json"];
    let mut named = 0;
    for folder in ["crates", "src-tauri/src", "ui/src", "tests", "scripts"] {
        for (path, text) in crate::sources(&root.join(folder), &endings) {
            if path.components().any(|part| part.as_os_str() == "node_modules") {
                continue;
            }
            for (at, _) in text.match_indices("docs/") {
                // `GET /api/docs/invoice` is Oblio's
                if at > 0 && text[..at].ends_with(['/', '.']) && !text[..at].ends_with("../") {
                    continue;
                }
                let end = text[at..].find(|sign: char| !sign.is_ascii_alphanumeric() && !"-_./".contains(sign));
                let page = text[at..at + end.unwrap_or(0)].trim_end_matches('.');
                if page.ends_with(".md") || page.ends_with(".schema.json") {
                    named += 1;
                    assert!(super::exists(page.as_ref()), "{} names {page}", path.display());
                }
            }
        }
    }
    assert!(named > 10, "only {named} were found");
}

//! The books name every page, the operator's part is there in both languages, and what is no command says why it is not run.

use super::{exists, pages};
use std::path::{Path, PathBuf};

/// The largest that a picture may be, and all of them.
const PICTURE: u64 = 120 * 1024;
const PICTURES: u64 = 1536 * 1024;

/// Pages of a book by the parts of its summary, with a first part that has no heading.
fn parts(book: &str) -> Vec<(String, Vec<String>)> {
    let text = std::fs::read_to_string(crate::root().join(book).join("SUMMARY.md")).unwrap();
    let mut parts = vec![(String::new(), Vec::new())];
    for line in text.lines().skip(1) {
        if let Some(name) = line.strip_prefix("# ") {
            parts.push((name.to_owned(), Vec::new()));
        } else if let Some((_, rest)) = line.split_once("](") {
            parts.last_mut().unwrap().1.push(rest.trim_end_matches(')').to_owned());
        }
    }
    parts
}

fn chapters(book: &str) -> Vec<String> {
    parts(book).into_iter().flat_map(|(_, pages)| pages).collect()
}

#[test]
fn every_page_is_a_chapter_of_its_book_once() {
    for (book, others) in [("docs", Some("docs/ro")), ("docs/ro", None)] {
        let mut named: Vec<PathBuf> = chapters(book).iter().map(|page| Path::new(book).join(page)).collect();
        let mut there: Vec<PathBuf> = pages()
            .into_iter()
            .map(|page| page.path)
            .filter(|path| path.starts_with(book) && others.is_none_or(|other| !path.starts_with(other)))
            .filter(|path| !path.ends_with("SUMMARY.md"))
            .collect();
        named.sort();
        there.sort();
        assert_eq!(named, there, "{book}/SUMMARY.md against its pages");
    }
}

#[test]
fn the_operators_part_is_there_in_both_languages_chapter_by_chapter() {
    let english: Vec<String> = parts("docs").into_iter().take(2).flat_map(|(_, pages)| pages).collect();
    let romanian = chapters("docs/ro");
    assert!(english.len() > 20, "{english:?}");
    assert_eq!(english, romanian, "the same chapters under the same names, in the same order");
    for page in pages().iter().filter(|page| !page.path.ends_with("SUMMARY.md")) {
        assert!(page.told().title.is_some(), "{} has no title", page.name());
    }
}

/// Figures, tables and programs of a page are facts: a translation that lacks one is not the same page.
#[test]
fn a_chapter_has_as_many_tables_and_commands_in_both_languages() {
    let shape = |path: PathBuf| {
        let text = std::fs::read_to_string(crate::root().join(&path)).unwrap();
        let page = super::Page { path, text };
        let rows = page.text.lines().filter(|line| line.trim_start().starts_with('|')).count();
        let told = page.told();
        let commands: Vec<String> = told
            .code
            .into_iter()
            .filter(|(info, _)| info.starts_with("sh"))
            .flat_map(|(_, block)| block.lines().map(command_of).filter(|line| !line.is_empty()).collect::<Vec<_>>())
            .collect();
        let headings = told.anchors.len();
        (headings, rows, commands)
    };
    for page in chapters("docs/ro") {
        let (english, romanian) = (shape(Path::new("docs").join(&page)), shape(Path::new("docs/ro").join(&page)));
        assert_eq!(english, romanian, "{page}: headings, rows of tables, commands; English against Romanian");
    }
}

/// A line of a block without its comment.
fn command_of(line: &str) -> String {
    if line.trim_start().starts_with('#') {
        String::new()
    } else {
        line.split(" #").next().unwrap_or_default().trim().to_owned()
    }
}

#[test]
fn a_command_that_no_test_runs_says_why() {
    let mut run = 0;
    for page in pages() {
        for (info, block) in page.told().code {
            let mut words = info.splitn(3, ' ');
            let (language, marker, reason) = (words.next().unwrap_or_default(), words.next(), words.next());
            if language != "sh" {
                assert!(!["bash", "shell", "console"].contains(&language), "{}: {info} is called sh here", page.name());
                continue;
            }
            match (marker, reason) {
                (None, None) => run += 1,
                (Some("no-test:"), Some(reason)) => assert!(reason.len() > 5, "{}: {block}", page.name()),
                _ => panic!("{}: ```{info}: neither `sh` nor `sh no-test: a reason`", page.name()),
            }
        }
    }
    assert!(run > 15, "only {run} blocks are run");
}

#[test]
fn pictures_are_small_and_each_is_shown() {
    let shown: Vec<PathBuf> = pages()
        .iter()
        .flat_map(|page| {
            let folder = page.path.parent().unwrap().to_owned();
            page.told().links.into_iter().filter(|link| link.ends_with(".png")).map(move |link| folder.join(link))
        })
        .collect();
    let mut all = 0;
    for folder in ["docs", "docs/pictures", "docs/ro/pictures"] {
        for entry in std::fs::read_dir(crate::root().join(folder)).unwrap().map(|entry| entry.unwrap()) {
            let path = Path::new(folder).join(entry.file_name());
            if path.extension().is_some_and(|ending| ending == "png") {
                let size = entry.metadata().unwrap().len();
                assert!(size <= PICTURE, "{} has {size} bytes", path.display());
                assert!(shown.contains(&path), "{} is shown nowhere", path.display());
                all += size;
            }
        }
    }
    assert!(all <= PICTURES, "all pictures have {all} bytes");
    assert!(exists("docs/order.schema.json".as_ref()));
}

//! The documents: that their links lead somewhere, that both languages tell the same, and that what is generated is current.

mod chapters;
mod generated;
mod links;
mod reference;

use pulldown_cmark::{CodeBlockKind, Event, HeadingLevel, Options, Parser, Tag, TagEnd};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// A page of the documents, or one that leads to them, by its path in the tree.
struct Page {
    path: PathBuf,
    text: String,
}

/// Every page: both books, and what stands beside the sources.
fn pages() -> Vec<Page> {
    let root = crate::root();
    let mut paths: Vec<PathBuf> = ["README.md", "SECURITY.md"].iter().map(|name| root.join(name)).collect();
    paths.extend(crate::sources(&root.join("docs"), &[".md"]).into_iter().map(|(path, _)| path));
    paths.sort();
    let read = |path: PathBuf| Page {
        text: std::fs::read_to_string(&path).unwrap(),
        path: path.strip_prefix(&root).unwrap().to_owned(),
    };
    paths.into_iter().map(read).collect()
}

/// What is looked at in a page.
#[derive(Default)]
struct Told {
    /// Where links and pictures lead.
    links: Vec<String>,
    /// The anchors of headings, as the book makes them and GitHub does.
    anchors: Vec<String>,
    /// Blocks of code: what stands behind the three marks, and the text.
    code: Vec<(String, String)>,
    title: Option<String>,
}

impl Page {
    fn told(&self) -> Told {
        let mut told = Told::default();
        let (mut heading, mut code): (Option<String>, Option<(String, String)>) = (None, None);
        let mut seen: BTreeMap<String, usize> = BTreeMap::new();
        for event in Parser::new_ext(&self.text, Options::ENABLE_TABLES) {
            match event {
                Event::Start(Tag::Heading { .. }) => heading = Some(String::new()),
                Event::End(TagEnd::Heading(level)) => {
                    let text = heading.take().unwrap_or_default();
                    if level == HeadingLevel::H1 && told.title.is_none() {
                        told.title = Some(text.clone());
                    }
                    let anchor = anchor_of(&text);
                    let before = *seen.entry(anchor.clone()).and_modify(|times| *times += 1).or_insert(0);
                    told.anchors.push(if before == 0 { anchor } else { format!("{anchor}-{before}") });
                }
                Event::Start(Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. }) => {
                    told.links.push(dest_url.into())
                }
                Event::Start(Tag::CodeBlock(kind)) => {
                    let info = if let CodeBlockKind::Fenced(info) = kind { info.to_string() } else { String::new() };
                    code = Some((info, String::new()));
                }
                Event::End(TagEnd::CodeBlock) => told.code.extend(code.take()),
                Event::Text(text) | Event::Code(text) => match (&mut heading, &mut code) {
                    (Some(heading), _) => heading.push_str(&text),
                    (None, Some((_, block))) => block.push_str(&text),
                    (None, None) => {}
                },
                _ => {}
            }
        }
        told
    }

    fn name(&self) -> String {
        self.path.display().to_string()
    }
}

/// A heading's anchor: small letters, blanks as hyphens, without signs.
fn anchor_of(heading: &str) -> String {
    let small = heading.trim().to_lowercase();
    let kept = small.chars().filter(|sign| sign.is_alphanumeric() || sign.is_whitespace() || "-_".contains(*sign));
    kept.map(|sign| if sign.is_whitespace() { '-' } else { sign }).collect()
}

/// A file of the tree, whichever page names it.
fn exists(path: &Path) -> bool {
    crate::root().join(path).exists()
}

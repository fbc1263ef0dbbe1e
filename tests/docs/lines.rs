//! The commands of the documents, each once.

use pulldown_cmark::{CodeBlockKind, Event, Parser, Tag, TagEnd};
use std::path::{Path, PathBuf};

pub struct Line {
    pub page: String,
    pub command: String,
}

pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

/// Pages with commands, the English ones first: what a Romanian one repeats is run once.
fn pages() -> Vec<PathBuf> {
    let mut pages = vec![root().join("README.md")];
    for folder in ["docs", "docs/ro"] {
        let mut there: Vec<PathBuf> = std::fs::read_dir(root().join(folder))
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .filter(|path| path.extension().is_some_and(|ending| ending == "md"))
            .collect();
        there.sort();
        pages.extend(there);
    }
    pages
}

/// The first block of a page in a language.
pub fn block(page: &str, language: &str) -> String {
    let text = std::fs::read_to_string(root().join(page)).unwrap();
    blocks(&text).into_iter().find(|(info, _)| info == language).unwrap().1
}

fn blocks(text: &str) -> Vec<(String, String)> {
    let mut blocks = Vec::new();
    let mut open: Option<(String, String)> = None;
    for event in Parser::new(text) {
        match event {
            Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(info))) => open = Some((info.to_string(), String::new())),
            Event::Text(text) => {
                if let Some((_, block)) = &mut open {
                    block.push_str(&text);
                }
            }
            Event::End(TagEnd::CodeBlock) => blocks.extend(open.take()),
            _ => {}
        }
    }
    blocks
}

/// Every line that is run. One that ends in a backslash goes on in the next.
pub fn lines() -> Vec<Line> {
    let mut found: Vec<Line> = Vec::new();
    for path in pages() {
        let text = std::fs::read_to_string(&path).unwrap();
        let page = path.strip_prefix(root()).unwrap().display().to_string();
        for (_, block) in blocks(&text).into_iter().filter(|(info, _)| info == "sh") {
            for line in block.replace("\\\n", " ").lines() {
                let command = line.split(" #").next().unwrap_or_default().trim();
                if !command.is_empty() && !command.starts_with('#') && found.iter().all(|one| one.command != command) {
                    found.push(Line { page: page.clone(), command: command.to_owned() });
                }
            }
        }
    }
    found
}

//! What a line of the log says in words stays the program's own: a value goes into a field, where it is looked at before it leaves.

use super::{root, sources};

const MACROS: [&str; 5] = ["error", "warn", "info", "debug", "trace"];

/// The text behind an opening bracket, to the bracket that closes it; what stands in quotes is passed.
fn in_brackets(text: &str) -> &str {
    let (mut depth, mut is_quoted, mut is_escaped) = (1, false, false);
    for (at, sign) in text.char_indices() {
        match sign {
            _ if is_escaped => is_escaped = false,
            '\\' if is_quoted => is_escaped = true,
            '"' => is_quoted = !is_quoted,
            '(' if !is_quoted => depth += 1,
            ')' if !is_quoted => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return &text[..at];
        }
    }
    text
}

/// What stands in quotes.
fn quoted(text: &str) -> impl Iterator<Item = &str> {
    text.split('"').skip(1).step_by(2)
}

#[test]
fn a_message_of_the_log_holds_no_value() {
    let mut found = 0;
    for folder in ["crates", "src-tauri/src"] {
        for (path, text) in sources(&root().join(folder), &[".rs"]) {
            for name in MACROS {
                for (at, start) in text.match_indices(&format!("tracing::{name}!(")) {
                    found += 1;
                    let event = in_brackets(&text[at + start.len()..]);
                    let message = quoted(event).last().unwrap_or_default();
                    assert!(!message.is_empty() && !message.contains('{'), "{}: {event}", path.display());
                }
            }
        }
    }
    assert!(found > 60, "only {found} were looked at");
}

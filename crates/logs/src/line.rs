//! One line of the log, as it stands in a file: an event with its fields, and with those of the spans around it.

use crate::read::Cursor;
use crate::redact;
use crate::redact::redact_line;
use serde_json::{Map, Value};

/// A field or a message is handed out so long; the rest of a longer one is in the file.
const LONGEST_TEXT: usize = 8 * 1024;
/// Every event begins so; what stands before it in a line was cut off by the end of a process.
const BEGINNING: &str = "{\"timestamp\":\"";

/// How much an event matters, the most important first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    Error,
    Warn,
    Info,
    Debug,
    Trace,
}

impl Level {
    pub const ALL: [Level; 5] = [Level::Error, Level::Warn, Level::Info, Level::Debug, Level::Trace];

    pub fn as_str(self) -> &'static str {
        match self {
            Level::Error => "error",
            Level::Warn => "warn",
            Level::Info => "info",
            Level::Debug => "debug",
            Level::Trace => "trace",
        }
    }

    pub fn parse(text: &str) -> Option<Level> {
        Self::ALL.into_iter().find(|level| level.as_str().eq_ignore_ascii_case(text))
    }
}

/// A line that was read.
#[derive(Debug, Clone, PartialEq)]
pub struct Line {
    /// Where it begins.
    pub at: Cursor,
    /// When it was written; nothing where that cannot be read.
    pub at_ms: Option<i64>,
    /// Nothing where the line is no event of the log.
    pub level: Option<Level>,
    /// The part of the program.
    pub target: String,
    /// What happened; of a line that is no event all of it.
    pub message: String,
    /// What it is about, as ids.
    pub workspace: Option<String>,
    pub connection: Option<String>,
    pub order: Option<String>,
    pub document: Option<String>,
    /// All else that it says, the outermost span's first; a field of the event itself stands before a span's of the same name.
    pub fields: Map<String, Value>,
}

impl Line {
    /// Reads what stands in one line of a file. Two, where a process ended in the middle of one and the next went on in it.
    pub(crate) fn read(text: &str, at: &Cursor) -> Vec<Line> {
        if let Some(line) = Line::of_event(text, at) {
            return vec![line];
        }
        let rest = text.rfind(BEGINNING).filter(|from| *from > 0);
        let whole = rest.and_then(|from| Some((from, Line::of_event(&text[from..], at)?)));
        match whole {
            Some((from, event)) => vec![Line::of_text(&text[..from], at), event],
            None => vec![Line::of_text(text, at)],
        }
    }

    fn of_event(text: &str, at: &Cursor) -> Option<Line> {
        // a log of an older version masked less
        let masked = redact_line(text);
        let Ok(Value::Object(mut event)) = serde_json::from_str(&masked) else { return None };
        let mut fields = Map::new();
        let spans = event.remove("spans");
        for span in spans.iter().filter_map(Value::as_array).flatten().filter_map(Value::as_object) {
            fields.extend(
                span.iter().filter(|(name, _)| *name != "name").map(|(name, value)| (name.clone(), value.clone())),
            );
        }
        event.remove("span");
        fields.extend(event);
        let when = take_text(&mut fields, "timestamp")?;
        let mut line = Line {
            at: at.clone(),
            at_ms: chrono::DateTime::parse_from_rfc3339(&when).ok().map(|at| at.timestamp_millis()),
            level: Some(Level::parse(&take_text(&mut fields, "level")?)?),
            target: take_text(&mut fields, "target").unwrap_or_default(),
            message: shortened(take_text(&mut fields, "message").unwrap_or_default()),
            workspace: take_text(&mut fields, "workspace"),
            connection: take_text(&mut fields, "connection"),
            order: take_text(&mut fields, "order"),
            document: take_text(&mut fields, "document"),
            fields,
        };
        for value in line.fields.values_mut() {
            if let Value::String(text) = value {
                *text = shortened(std::mem::take(text));
            }
        }
        Some(line)
    }

    fn of_text(text: &str, at: &Cursor) -> Line {
        Line {
            at: at.clone(),
            at_ms: None,
            level: None,
            target: String::new(),
            message: shortened(redact(text).into_owned()),
            workspace: None,
            connection: None,
            order: None,
            document: None,
            fields: Map::new(),
        }
    }
}

fn take_text(fields: &mut Map<String, Value>, name: &str) -> Option<String> {
    // an object that keeps its order closes the gap
    match fields.shift_remove(name)? {
        Value::String(text) => Some(text),
        other => Some(other.to_string()),
    }
}

fn shortened(mut text: String) -> String {
    if text.len() > LONGEST_TEXT {
        let end = (0..=LONGEST_TEXT).rev().find(|end| text.is_char_boundary(*end)).unwrap_or_default();
        text.truncate(end);
        text.push('…');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Vec<Line> {
        Line::read(text, &"2026-11-27:0".parse().unwrap())
    }

    #[test]
    fn what_a_line_is_about_is_taken_from_its_event_before_its_spans() {
        let text = r#"{"timestamp":"2026-11-27T10:00:00.250000Z","level":"WARN","kind":"vat","order":"ord_2","message":"held","target":"punte_engine::decide","spans":[{"name":"workspace","workspace":"ws_1"},{"name":"record","order":"ord_1","document":"doc_1","trigger":"poll"}]}"#;
        let line = read(text).remove(0);
        assert_eq!((line.at_ms, line.level), (Some(1_795_773_600_250), Some(Level::Warn)));
        assert_eq!((line.message.as_str(), line.target.as_str()), ("held", "punte_engine::decide"));
        assert_eq!(line.workspace.as_deref(), Some("ws_1"));
        assert_eq!((line.order.as_deref(), line.document.as_deref()), (Some("ord_2"), Some("doc_1")));
        assert_eq!(line.connection, None);
        assert_eq!(Value::Object(line.fields).to_string(), r#"{"trigger":"poll","kind":"vat"}"#);
    }

    #[test]
    fn a_line_that_a_crash_cut_off_and_the_next_process_went_on_in_is_two() {
        let text = r#"{"timestamp":"2026-11-27T10:00:00Z","lev{"timestamp":"2026-11-27T10:00:05Z","level":"INFO","message":"again","target":"punte"}"#;
        let lines = read(text);
        assert_eq!(lines.len(), 2);
        assert_eq!((lines[0].level, lines[0].message.as_str()), (None, r#"{"timestamp":"2026-11-27T10:00:00Z","lev"#));
        assert_eq!((lines[1].level, lines[1].message.as_str()), (Some(Level::Info), "again"));
    }

    #[test]
    fn what_is_no_event_is_shown_as_it_stands_and_masked() {
        for text in ["thread panicked at ana@shop.ro", "[1,2]", "{}", r#"{"timestamp":"x","level":"LOUD"}"#] {
            let line = read(text).remove(0);
            assert_eq!((line.level, line.at_ms), (None, None), "{text}");
        }
        assert_eq!(read("write to ana@shop.ro")[0].message, "write to a•••@shop.ro");
    }

    #[test]
    fn a_long_text_is_cut_between_its_letters() {
        let text = "ș".repeat(LONGEST_TEXT);
        let line = read(&text).remove(0);
        assert!(line.message.len() <= LONGEST_TEXT + '…'.len_utf8() && line.message.ends_with("ș…"));
    }
}

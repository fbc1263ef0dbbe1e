//! A mapping's text: read with every bound checked, written in a stable order. The first format, a flat list of rules, is
//! read too: ledgers hold it.

use crate::document::{Checks, Fields, LineBlock, Mapping, Rule};
use punte_domain::LineKind;
use serde::Deserialize;
use serde_json::Value;
use std::collections::BTreeMap;

/// The format that is written.
pub(crate) const FORMAT: u32 = 2;
/// Largest text of a mapping, in bytes.
const MAX_TEXT: usize = 512 * 1024;

/// Why a text is no mapping.
#[derive(Debug, thiserror::Error)]
pub enum DocumentError {
    #[error("{0} bytes; at most {MAX_TEXT}")]
    TooLarge(usize),
    #[error("{0}")]
    NotAMapping(#[from] serde_json::Error),
    #[error("format {0}; this program reads 1 and {FORMAT}")]
    Format(u64),
}

#[derive(Deserialize)]
struct FirstFormat {
    name: String,
    rules: Vec<FirstRule>,
    lines: Vec<FirstBlock>,
}

#[derive(Deserialize)]
struct FirstRule {
    target: String,
    expression: String,
}

#[derive(Deserialize)]
struct FirstBlock {
    source: String,
    kind: LineKind,
    items: String,
    #[serde(default)]
    when: String,
    fields: Vec<FirstRule>,
}

impl Mapping {
    /// A mapping without any rule.
    pub fn empty(name: &str) -> Mapping {
        Mapping {
            format: FORMAT,
            name: name.to_owned(),
            checks: Checks::default(),
            client: Fields::new(),
            document: Fields::new(),
            lines: Vec::new(),
            payment: Fields::new(),
            tables: BTreeMap::new(),
        }
    }

    /// Reads a mapping's text.
    ///
    /// # Errors
    /// Where it is no JSON, or not a mapping's; the place is named.
    pub fn parse(text: &str) -> Result<Mapping, DocumentError> {
        if text.len() > MAX_TEXT {
            return Err(DocumentError::TooLarge(text.len()));
        }
        let value: Value = serde_json::from_str(text)?;
        match value.get("format").map(Value::as_u64) {
            None if value.get("rules").is_some() => Ok(serde_json::from_value::<FirstFormat>(value)?.into()),
            Some(Some(format)) if format != u64::from(FORMAT) => Err(DocumentError::Format(format)),
            // read from the text, so that an error names line and column
            _ => Ok(serde_json::from_str(text)?),
        }
    }

    /// The mapping's text: pretty JSON in a stable order.
    pub fn to_text(&self) -> String {
        let mut text = serde_json::to_string_pretty(self).expect("names and texts are always JSON");
        text.push('\n');
        text
    }

    /// A section's rules: `client`, `document`, `payment`.
    pub fn section(&self, name: &str) -> Option<&Fields> {
        match name {
            "client" => Some(&self.client),
            "document" => Some(&self.document),
            "payment" => Some(&self.payment),
            _ => None,
        }
    }
}

impl From<FirstFormat> for Mapping {
    fn from(first: FirstFormat) -> Mapping {
        let mut mapping = Mapping::empty(&first.name);
        for rule in first.rules {
            let (section, target) = rule.target.split_once('.').unwrap_or(("document", &rule.target));
            let fields = match section {
                "client" => &mut mapping.client,
                "payment" => &mut mapping.payment,
                _ => &mut mapping.document,
            };
            fields.insert(target.to_owned(), rule_of(rule.expression));
        }
        mapping.lines = first
            .lines
            .into_iter()
            .map(|block| LineBlock {
                name: block.source,
                kind: block.kind,
                items: block.items,
                when: block.when,
                fields: block.fields.into_iter().map(|rule| (rule.target, rule_of(rule.expression))).collect(),
            })
            .collect();
        mapping
    }
}

fn rule_of(expression: String) -> Rule {
    Rule { expression, ..Rule::default() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{preset, presets};

    #[test]
    fn what_is_written_is_read_and_written_the_same() {
        for id in presets() {
            let text = preset(id).unwrap().to_text();
            assert_eq!(Mapping::parse(&text).unwrap().to_text(), text, "{id}");
        }
    }

    #[test]
    fn the_first_format_is_read() {
        let text = r#"{"name":"Vechi","rules":[{"target":"client.name","expression":"order.name"},
            {"target":"document.total","expression":"money(order.total)"}],
            "lines":[{"source":"line_items","kind":"product","items":"order.line_items","when":"",
            "fields":[{"target":"name","expression":"item.name"}]}]}"#;
        let mapping = Mapping::parse(text).unwrap();
        assert_eq!(mapping.client["name"].expression, "order.name");
        assert_eq!(mapping.document["total"].expression, "money(order.total)");
        assert_eq!(mapping.lines[0].fields["name"].expression, "item.name");
        assert_eq!(mapping.format, FORMAT);
    }

    #[test]
    fn what_is_no_mapping_is_refused_with_the_place() {
        let unknown = Mapping::parse("{\n\"format\": 2, \"name\": \"x\",\n\"clients\": {}}").unwrap_err().to_string();
        assert!(unknown.contains("clients") && unknown.contains("line 3"), "{unknown}");
        assert!(matches!(Mapping::parse(r#"{"format": 3, "name": "x"}"#), Err(DocumentError::Format(3))));
        assert!(Mapping::parse("").is_err());
        assert!(matches!(Mapping::parse(&"x".repeat(MAX_TEXT + 1)), Err(DocumentError::TooLarge(_))));
    }
}

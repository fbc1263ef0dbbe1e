//! Orders from a file: a JSON list as WooCommerce's REST API writes it, the same wrapped in an object, or one order a line.
//!
//! A bad record costs itself alone: it is reported with its line, its field and why, and the others go through.

use super::woocommerce::read::read_order;
use super::{RejectedOrder, ShopOrder};
use crate::scalar::text_of;
use serde_json::Value;
use serde_json::value::RawValue;

/// Most rejected records that are reported one by one.
const REJECTED_SHOWN: usize = 1000;

/// What a file held.
#[derive(Debug, Clone, Default)]
pub struct ImportFile {
    /// Each order, and the line on which it starts (from 1).
    pub orders: Vec<(usize, ShopOrder)>,
    pub rejected: Vec<RejectedOrder>,
}

/// Reads an export. Where the JSON itself breaks off, what stands before is read and the break is reported.
pub fn read_export(bytes: &[u8]) -> ImportFile {
    let mut file = ImportFile::default();
    let body = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let lines = Lines::new(body);
    let mut at = skip(body, 0, b"");
    if at == body.len() {
        file.reject(1, None, "", "the file is empty");
        return file;
    }
    match wrapped_list(body, at) {
        Ok(Some(list)) => at = list,
        Ok(None) => {}
        Err(error) => {
            file.reject(lines.of(at), None, "", &error);
            return file;
        }
    }
    let in_list = body[at] == b'[';
    if in_list {
        at += 1;
    }
    loop {
        at = skip(body, at, if in_list { b"," } else { b"" });
        let Some(first) = body.get(at) else {
            if in_list {
                file.reject(lines.of(body.len()), None, "", "the list is not closed: the file may be cut off");
            }
            return file;
        };
        if in_list && *first == b']' {
            return file;
        }
        let mut values = serde_json::Deserializer::from_slice(&body[at..]).into_iter::<&RawValue>();
        match values.next() {
            Some(Ok(raw)) => {
                let line = lines.of(at);
                at += values.byte_offset();
                file.take(line, raw);
            }
            Some(Err(error)) => {
                let line = lines.of(at) + error.line().saturating_sub(1);
                file.reject(line, None, "", &format!("not JSON ({error}); nothing after it could be read"));
                return file;
            }
            None => return file,
        }
    }
}

impl ImportFile {
    fn take(&mut self, line: usize, raw: &RawValue) {
        let record: Value = match serde_json::from_str(raw.get()) {
            Ok(record) => record,
            Err(error) => return self.reject(line, None, "", &error.to_string()),
        };
        match read_order(&record) {
            Ok(order) => self.orders.push((line, order)),
            Err(problem) => {
                let named = ["number", "id"].iter().find_map(|key| record.get(key).and_then(text_of));
                self.reject(line, named, &problem.field, &problem.reason);
            }
        }
    }

    fn reject(&mut self, line: usize, order: Option<String>, field: &str, reason: &str) {
        if self.rejected.len() < REJECTED_SHOWN {
            let order = order.filter(|order| !order.is_empty()).map(|order| order.chars().take(60).collect());
            self.rejected.push(RejectedOrder { line, order, field: field.to_owned(), reason: reason.to_owned() });
        }
    }
}

/// Where the list starts in `{"orders": […]}` or `{"data": […]}`; none when the file starts otherwise.
fn wrapped_list(body: &[u8], at: usize) -> Result<Option<usize>, String> {
    #[derive(serde::Deserialize)]
    struct Wrapped<'a> {
        #[serde(borrow, alias = "data")]
        orders: Option<&'a RawValue>,
    }
    if body[at] != b'{' {
        return if body[at] == b'[' { Ok(None) } else { Err("neither a list nor an order".to_owned()) };
    }
    let Some(Ok(wrapped)) = serde_json::Deserializer::from_slice(&body[at..]).into_iter::<Wrapped>().next() else {
        return Ok(None);
    };
    let Some(list) = wrapped.orders.filter(|list| list.get().starts_with('[')) else { return Ok(None) };
    // the raw value is a part of `body`
    Ok(Some(list.get().as_ptr().addr() - body.as_ptr().addr()))
}

fn skip(body: &[u8], from: usize, more: &[u8]) -> usize {
    body[from..]
        .iter()
        .position(|byte| !byte.is_ascii_whitespace() && !more.contains(byte))
        .map_or(body.len(), |found| from + found)
}

/// Line numbers of offsets.
struct Lines(Vec<usize>);

impl Lines {
    fn new(body: &[u8]) -> Self {
        Lines(body.iter().enumerate().filter(|(_, byte)| **byte == b'\n').map(|(at, _)| at).collect())
    }

    fn of(&self, at: usize) -> usize {
        self.0.partition_point(|newline| *newline < at) + 1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn order(id: &str, more: &str) -> String {
        format!(
            r#"{{"id": {id}, "status": "completed", "currency": "RON", "total": "59.00",
  "line_items": [], "date_created_gmt": "2026-10-01T10:00:00"{more}}}"#
        )
    }

    fn numbers(file: &ImportFile) -> Vec<(usize, String)> {
        file.orders.iter().map(|(line, order)| (*line, order.head.order_id.clone())).collect()
    }

    #[test]
    fn a_list_a_wrapped_list_and_orders_line_by_line_read_alike() {
        let (one, two) = (order("1", ""), order("2", ""));
        let one_line = |text: &str| text.replace('\n', " ");
        for text in [
            format!("[\n{one},\n{two}\n]"),
            format!("\u{feff}{{\"orders\":\n [{one},\n{two}], \"total\": 2}}"),
            format!("{{ \"data\": [{one}, {two}]}}"),
            format!("{}\n{}\n", one_line(&one), one_line(&two)),
        ] {
            let file = read_export(text.as_bytes());
            assert_eq!(file.rejected, [], "{text}");
            assert_eq!(file.orders.len(), 2, "{text}");
        }
    }

    #[test]
    fn each_bad_record_is_named_by_line_field_and_reason_and_the_others_go_through() {
        let text = format!(
            "[\n{},\n{},\n{},\n{}\n]",
            order("1", ""),
            order("2", "").replace("59.00", "cincizeci"),
            order("\"x\"", ""),
            order("4", "")
        );
        let file = read_export(text.as_bytes());
        assert_eq!(numbers(&file), [(2, "1".to_owned()), (8, "4".to_owned())]);
        let told: Vec<_> = file.rejected.iter().map(|one| (one.line, one.order.as_deref(), &*one.field)).collect();
        assert_eq!(told, [(4, Some("2"), "total"), (6, Some("x"), "id")]);
        assert!(file.rejected[0].reason.contains("cincizeci"), "{}", file.rejected[0].reason);
    }

    #[test]
    fn a_file_that_breaks_off_gives_what_stands_before_and_says_where() {
        let whole = format!("[\n{},\n{}\n]", order("1", ""), order("2", ""));
        let file = read_export(&whole.as_bytes()[..whole.len() - 20]);
        assert_eq!(numbers(&file), [(2, "1".to_owned())]);
        assert_eq!(file.rejected.len(), 1);
        assert_eq!(file.rejected[0].line, 5, "{}", file.rejected[0].reason);
        let unclosed = format!("[{}", order("1", ""));
        assert!(read_export(unclosed.as_bytes()).rejected[0].reason.contains("cut off"));
    }

    #[test]
    fn what_is_no_orders_export_is_one_clear_problem() {
        for text in ["", "  \n", "<html>", "id,status,total\n1,completed,5", "\u{0}\u{1}"] {
            let file = read_export(text.as_bytes());
            assert_eq!((file.orders.len(), file.rejected.len()), (0, 1), "{text:?}");
        }
        let latin: Vec<u8> = order("1", ", \"customer_note\": \"\u{e3}\"").replace('\u{e3}', "@").into_bytes();
        let latin: Vec<u8> = latin.into_iter().map(|byte| if byte == b'@' { 0xe3 } else { byte }).collect();
        assert_eq!(read_export(&latin).rejected.len(), 1, "not UTF-8");
    }
}

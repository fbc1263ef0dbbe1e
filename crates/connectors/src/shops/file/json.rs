//! Orders of a JSON file: a list, a list wrapped in an object, or one order after the other.
//!
//! Where every line is an order, lines are read one by one, however many there are. Anything else is held in memory whole,
//! up to [`MAX_WHOLE`].

use super::{FileTrouble, RejectedOrder, ShopKind, ShopOrder, read_order};
use crate::scalar::text_of;
use crate::shops::{Reason, ReasonCode};
use serde_json::Value;
use serde_json::value::RawValue;
use std::io::{BufRead, Read};

pub(super) const MAX_WHOLE: u64 = 64 * 1024 * 1024;
/// The longest line that is read as one order.
const MAX_LINE: usize = 4 * 1024 * 1024;

pub(super) type OrderRead = Result<(usize, ShopOrder), RejectedOrder>;

/// Whether a file's first line is an order by itself, and not the beginning or the whole of a list.
pub(super) fn is_lined(first: &[u8]) -> bool {
    let first = first.strip_prefix(b"\xef\xbb\xbf").unwrap_or(first);
    let Ok(record) = serde_json::from_slice::<Value>(first) else { return false };
    record.is_object() && !["orders", "data"].iter().any(|key| record.get(key).is_some_and(Value::is_array))
}

/// The first line of a file, up to the longest that can be an order.
pub(super) fn first_line(source: impl Read) -> std::io::Result<Vec<u8>> {
    let mut reader = std::io::BufReader::new(source.take(MAX_LINE as u64));
    let mut line = Vec::new();
    while reader.read_until(b'\n', &mut line)? > 0 && line.trim_ascii().is_empty() {
        line.clear();
    }
    Ok(line)
}

fn take(line: usize, raw: &str) -> OrderRead {
    let rejected = |order: Option<String>, field: String, reason: Reason| {
        let order = order.filter(|order| !order.is_empty()).map(|order| order.chars().take(60).collect());
        Err(RejectedOrder { line, order, field, reason })
    };
    let record: Value = match serde_json::from_str(raw) {
        Ok(record) => record,
        Err(error) => return rejected(None, String::new(), ReasonCode::NotJson.with("words", error)),
    };
    match read_order(ShopKind::File, &record) {
        Ok(order) => Ok((line, order)),
        Err(problem) => {
            let named = ["number", "id"].iter().find_map(|key| record.get(key).and_then(text_of));
            rejected(named, problem.field, problem.reason)
        }
    }
}

fn broken(line: usize, reason: impl Into<Reason>) -> OrderRead {
    Err(RejectedOrder { line, order: None, field: String::new(), reason: reason.into() })
}

/// Orders that stand one on each line.
pub(super) struct Lined<R> {
    source: R,
    line: usize,
    buffer: Vec<u8>,
    is_over: bool,
}

impl<R: BufRead> Lined<R> {
    pub(super) fn new(source: R) -> Self {
        Lined { source, line: 0, buffer: Vec::new(), is_over: false }
    }

    /// The next line into the buffer, cut where it is too long; whether there was one.
    fn read_line(&mut self) -> std::io::Result<bool> {
        self.buffer.clear();
        if (&mut self.source).take(MAX_LINE as u64 + 1).read_until(b'\n', &mut self.buffer)? == 0 {
            return Ok(false);
        }
        self.line += 1;
        if self.buffer.len() > MAX_LINE && !self.buffer.ends_with(b"\n") {
            self.source.skip_until(b'\n')?;
        }
        Ok(true)
    }
}

impl<R: BufRead> Iterator for Lined<R> {
    type Item = OrderRead;

    fn next(&mut self) -> Option<OrderRead> {
        while !self.is_over {
            match self.read_line() {
                Ok(true) => {}
                Ok(false) => {
                    self.is_over = true;
                    break;
                }
                Err(error) => {
                    self.is_over = true;
                    return Some(broken(self.line + 1, ReasonCode::BrokenOff.with("words", error)));
                }
            }
            if self.buffer.len() > MAX_LINE {
                return Some(broken(self.line, ReasonCode::LineTooLong.with("most", MAX_LINE >> 20)));
            }
            let text = self.buffer.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&self.buffer).trim_ascii();
            if text.is_empty() {
                continue;
            }
            return Some(match std::str::from_utf8(text) {
                Ok(text) => take(self.line, text),
                Err(_) => broken(self.line, ReasonCode::NotUtf8),
            });
        }
        None
    }
}

/// Orders of a text that is held whole.
pub(super) struct Whole {
    body: Vec<u8>,
    at: usize,
    /// The line of `counted`, from 1.
    line: usize,
    counted: usize,
    is_list: bool,
    is_over: bool,
}

impl Whole {
    /// # Errors
    /// Where the text is no JSON of orders at all.
    pub(super) fn new(body: Vec<u8>) -> Result<Self, FileTrouble> {
        let start = if body.starts_with(b"\xef\xbb\xbf") { 3 } else { 0 };
        let mut whole = Whole { body, at: start, line: 1, counted: start, is_list: false, is_over: false };
        whole.pass_over(b"");
        if whole.at == whole.body.len() {
            return Err(ReasonCode::FileEmpty.into());
        }
        if let Some(list) = wrapped_list(&whole.body, whole.at) {
            whole.at = list;
        }
        whole.is_list = whole.body[whole.at] == b'[';
        if whole.is_list {
            whole.at += 1;
        } else if whole.body[whole.at] != b'{' {
            return Err(ReasonCode::NoList.into());
        }
        Ok(whole)
    }

    /// How much was read, and of how much.
    pub(super) fn place(&self) -> (u64, u64) {
        (self.at as u64, self.body.len() as u64)
    }

    fn pass_over(&mut self, more: &[u8]) {
        let rest = &self.body[self.at..];
        let stop = rest.iter().position(|byte| !byte.is_ascii_whitespace() && !more.contains(byte));
        self.at += stop.unwrap_or(rest.len());
    }

    fn line_of(&mut self, at: usize) -> usize {
        let passed = &self.body[self.counted..at];
        let feeds = passed.iter().filter(|byte| **byte == b'\n').count();
        // a carriage return alone ends a line, too
        let follows = self.body[self.counted..].iter().skip(1);
        let returns = passed.iter().zip(follows).filter(|(byte, next)| **byte == b'\r' && **next != b'\n').count();
        self.line += feeds + returns;
        self.counted = at;
        self.line
    }
}

impl Iterator for Whole {
    type Item = OrderRead;

    /// Where the JSON itself breaks off, what stands before was read, and the break is told.
    fn next(&mut self) -> Option<OrderRead> {
        if self.is_over {
            return None;
        }
        self.pass_over(if self.is_list { b"," } else { b"" });
        let line = self.line_of(self.at);
        match self.body.get(self.at) {
            None => {
                self.is_over = true;
                return self.is_list.then(|| broken(line, ReasonCode::ListNotClosed));
            }
            Some(b']') if self.is_list => {
                self.is_over = true;
                return None;
            }
            Some(_) => {}
        }
        let mut values = serde_json::Deserializer::from_slice(&self.body[self.at..]).into_iter::<&RawValue>();
        match values.next() {
            Some(Ok(raw)) => {
                let read = take(line, raw.get());
                self.at += values.byte_offset();
                Some(read)
            }
            Some(Err(error)) => {
                self.is_over = true;
                let line = line + error.line().saturating_sub(1);
                Some(broken(line, ReasonCode::BrokenOff.with("words", error)))
            }
            None => None,
        }
    }
}

/// Where the list starts in `{"orders": […]}` or `{"data": […]}`; none where the text starts otherwise.
fn wrapped_list(body: &[u8], at: usize) -> Option<usize> {
    #[derive(serde::Deserialize)]
    struct Wrapped<'a> {
        #[serde(borrow, alias = "data")]
        orders: Option<&'a RawValue>,
    }
    if body[at] != b'{' {
        return None;
    }
    let wrapped = serde_json::Deserializer::from_slice(&body[at..]).into_iter::<Wrapped>().next()?.ok()?;
    let list = wrapped.orders.filter(|list| list.get().starts_with('['))?;
    // the raw value is a part of `body`
    Some(list.get().as_ptr().addr() - body.as_ptr().addr())
}

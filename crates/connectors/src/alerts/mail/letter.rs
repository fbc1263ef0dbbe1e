//! A notice as a letter: plain text with an HTML twin, in ASCII whatever it says.

use super::super::error::{AlertCode, AlertError};
use super::super::{Notice, clip, wire_id};
use lettre::Address;
use lettre::message::header::{HeaderName, HeaderValue};
use lettre::message::{Mailbox, Message, MultiPart};
use std::time::{Duration, SystemTime};

/// Characters of a subject.
const MAX_SUBJECT: usize = 200;
/// Bytes of the text.
const MAX_TEXT: usize = 64 * 1024;

/// The whole letter, head and body.
pub(super) fn write(from: &Mailbox, to: &[Address], notice: &Notice) -> Result<Vec<u8>, AlertError> {
    let id = format!("<{}@{}>", wire_id(&notice.id), from.email.domain());
    let at = SystemTime::UNIX_EPOCH + Duration::from_millis(u64::try_from(notice.at_ms).unwrap_or(0));
    // an out-of-office note must not answer, nor a list take it for a person's (RFC 3834)
    let automatic = [("Auto-Submitted", "auto-generated"), ("X-Auto-Response-Suppress", "All"), ("Precedence", "bulk")];
    let mut builder =
        Message::builder().from(from.clone()).subject(subject(&notice.subject)).message_id(Some(id)).date(at);
    for address in to {
        builder = builder.to(Mailbox::new(None, address.clone()));
    }
    for (name, value) in automatic {
        builder = builder.raw_header(HeaderValue::new(HeaderName::new_from_ascii_str(name), value.to_owned()));
    }
    let text = clip(&notice.text, MAX_TEXT);
    let body = MultiPart::alternative_plain_html(text.clone(), html(&notice.subject, &text));
    // of addresses that were checked one by one
    let letter =
        builder.multipart(body).map_err(|error| AlertError::new(AlertCode::AddressInvalid, error.to_string()))?;
    Ok(letter.formatted())
}

/// One line: a line break in it would begin a header of somebody else's making.
fn subject(text: &str) -> String {
    let line: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(MAX_SUBJECT).collect();
    line.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn html(subject: &str, text: &str) -> String {
    let mut body = String::new();
    for paragraph in text.split("\n\n").map(str::trim).filter(|paragraph| !paragraph.is_empty()) {
        let lines: Vec<_> = paragraph.lines().map(|line| html_escape::encode_text(line.trim_end())).collect();
        body.push_str(&format!("<p>{}</p>\n", lines.join("<br>\n")));
    }
    format!(
        "<!doctype html>\n<html><head><meta charset=\"utf-8\"></head>\n\
         <body style=\"font-family: sans-serif; font-size: 15px; line-height: 1.45; max-width: 640px\">\n\
         <h1 style=\"font-size: 18px\">{}</h1>\n{body}</body></html>\n",
        html_escape::encode_text(&self::subject(subject))
    )
}

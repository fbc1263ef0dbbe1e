//! One request as the simulators see it, read whole, and the small words of HTTP that all three need.

use std::collections::HashMap;

use axum::body::Body;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::Response;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use serde::Serialize;
use serde_json::{Map, Value};

pub(crate) struct Call {
    pub method: Method,
    /// Decoded.
    pub path: String,
    /// As sent.
    pub query: String,
    pub headers: HeaderMap,
    pub body: Bytes,
    pub at_ms: i64,
    /// What is younger than this does not show yet (a fault).
    pub lag_ms: i64,
}

impl Call {
    pub fn header(&self, name: header::HeaderName) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    /// Where the client found us, for the links in answers.
    pub fn base_url(&self, otherwise: &str) -> String {
        self.header(header::HOST).map_or_else(|| otherwise.to_owned(), |host| format!("http://{host}"))
    }

    /// `Some(None)` is an Authorization header that is not a readable Basic one.
    pub fn basic(&self) -> Option<Option<(String, String)>> {
        let value = self.header(header::AUTHORIZATION)?;
        let read = || {
            let (scheme, coded) = value.split_once(' ')?;
            if !scheme.eq_ignore_ascii_case("basic") {
                return None;
            }
            let text = String::from_utf8(STANDARD.decode(coded.trim()).ok()?).ok()?;
            let (user, password) = text.split_once(':')?;
            Some((user.to_owned(), password.to_owned()))
        };
        Some(read())
    }

    pub fn bearer(&self) -> Option<&str> {
        let (scheme, token) = self.header(header::AUTHORIZATION)?.split_once(' ')?;
        scheme.eq_ignore_ascii_case("bearer").then_some(token.trim())
    }

    /// Query parameters as they stand: names are exact, the last of a repeated one wins.
    pub fn query_pairs(&self) -> HashMap<String, String> {
        pairs(&self.query).into_iter().collect()
    }

    pub fn is_json(&self) -> bool {
        self.header(header::CONTENT_TYPE).is_some_and(|kind| {
            kind.split(';').next().is_some_and(|kind| kind.trim().eq_ignore_ascii_case("application/json"))
        })
    }
}

/// Name and value pairs of a query or a form, decoded.
pub(crate) fn pairs(text: &str) -> Vec<(String, String)> {
    text.split('&')
        .filter(|part| !part.is_empty())
        .map(|part| {
            let (name, value) = part.split_once('=').unwrap_or((part, ""));
            (decode(name, true), decode(value, true))
        })
        .collect()
}

/// Percent-decoding; `+` is a space in forms and queries.
pub(crate) fn decode(text: &str, plus_is_space: bool) -> String {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let escaped = (bytes[at] == b'%')
            .then(|| bytes.get(at + 1..at + 3))
            .flatten()
            .and_then(|hex| std::str::from_utf8(hex).ok())
            .and_then(|hex| u8::from_str_radix(hex, 16).ok());
        match escaped {
            Some(byte) => {
                out.push(byte);
                at += 2;
            }
            None if bytes[at] == b'+' && plus_is_space => out.push(b' '),
            None => out.push(bytes[at]),
        }
        at += 1;
    }
    String::from_utf8_lossy(&out).into_owned()
}

/// PHP's reading of a form or query: `collect[type]=Card` nests, `status[]=x` makes a list.
pub(crate) fn nested(text: &str) -> Map<String, Value> {
    let mut root = Map::new();
    for (name, value) in pairs(text) {
        let (first, rest) = name.split_once('[').unwrap_or((&name, ""));
        let mut path = vec![first.to_owned()];
        path.extend(rest.split('[').filter(|_| !rest.is_empty()).map(|key| key.trim_end_matches(']').to_owned()));
        path.truncate(8);
        put(&mut root, &path, value);
    }
    root
}

fn put(into: &mut Map<String, Value>, path: &[String], value: String) {
    let Some((key, rest)) = path.split_first() else { return };
    let key = if key.is_empty() { into.len().to_string() } else { key.clone() };
    if rest.is_empty() {
        into.insert(key, Value::String(value));
        return;
    }
    let slot = into.entry(key).or_insert_with(|| Value::Object(Map::new()));
    if !slot.is_object() {
        *slot = Value::Object(Map::new());
    }
    if let Value::Object(inner) = slot {
        put(inner, rest, value);
    }
}

pub(crate) fn json(status: StatusCode, body: &impl Serialize) -> Response {
    match serde_json::to_vec(body) {
        Ok(bytes) => with_type(status, "application/json; charset=utf-8", bytes),
        Err(why) => with_type(StatusCode::INTERNAL_SERVER_ERROR, "text/plain", why.to_string().into_bytes()),
    }
}

pub(crate) fn html(status: StatusCode, page: &str) -> Response {
    with_type(status, "text/html; charset=UTF-8", page.as_bytes().to_vec())
}

pub(crate) fn with_type(status: StatusCode, kind: &str, body: Vec<u8>) -> Response {
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = status;
    if let Ok(kind) = HeaderValue::from_str(kind) {
        response.headers_mut().insert(header::CONTENT_TYPE, kind);
    }
    response
}

/// What nginx says when the server behind it does not answer.
pub(crate) fn nginx(status: StatusCode) -> Response {
    let words = format!("{} {}", status.as_u16(), status.canonical_reason().unwrap_or("Error"));
    html(
        status,
        &format!(
            "<html>\r\n<head><title>{words}</title></head>\r\n<body>\r\n<center><h1>{words}</h1></center>\r\n\
             <hr><center>nginx</center>\r\n</body>\r\n</html>\r\n"
        ),
    )
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn brackets_nest_as_php_reads_them() {
        let read = nested("cif=RO1&collect[type]=Card&collect%5Bvalue%5D=10&status[]=a&status[]=b&x=a+b%21");
        assert_eq!(
            Value::Object(read),
            json!({"cif":"RO1","collect":{"type":"Card","value":"10"},"status":{"0":"a","1":"b"},"x":"a b!"})
        );
    }

    #[test]
    fn broken_escapes_are_kept_as_they_are() {
        assert_eq!(decode("100%", true), "100%");
        assert_eq!(decode("%zz%C4%83", true), "%zză");
    }
}

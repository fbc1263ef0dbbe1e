//! One connection over HTTP/1.1 to a program of this machine. Thin, so that whoever measures takes little of the processor.

use bytes::Bytes;
use http_body_util::{BodyExt as _, Full};
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper::header::{HOST, RETRY_AFTER};
use hyper::{Method, Request};
use hyper_util::rt::TokioIo;
use serde_json::Value;
use tokio::net::TcpStream;

/// A connection that stays open between requests.
pub struct Line {
    sender: SendRequest<Full<Bytes>>,
    host: String,
}

/// What came back.
pub struct Answer {
    pub status: u16,
    pub has_retry_after: bool,
    pub body: Bytes,
}

/// Why nothing came back: the connection could not be made, or broke.
#[derive(Debug)]
pub struct Broken(#[allow(dead_code, reason = "told by Debug")] String);

fn broken(error: impl std::fmt::Display) -> Broken {
    Broken(error.to_string())
}

impl Line {
    /// Opens one to `http://host:port`.
    pub async fn open(base: &str) -> Result<Line, Broken> {
        let host = base.trim_start_matches("http://").to_owned();
        let stream = TcpStream::connect(&host).await.map_err(broken)?;
        stream.set_nodelay(true).map_err(broken)?;
        let (sender, connection) = handshake(TokioIo::new(stream)).await.map_err(broken)?;
        tokio::spawn(connection);
        Ok(Line { sender, host })
    }

    pub async fn send(
        &mut self,
        method: Method,
        path: &str,
        headers: &[(&'static str, String)],
        body: Bytes,
    ) -> Result<Answer, Broken> {
        let mut request = Request::builder().method(method).uri(path).header(HOST, &self.host);
        for (name, value) in headers {
            request = request.header(*name, value);
        }
        let request = request.body(Full::new(body)).map_err(broken)?;
        self.sender.ready().await.map_err(broken)?;
        let answer = self.sender.send_request(request).await.map_err(broken)?;
        let (status, has_retry_after) = (answer.status().as_u16(), answer.headers().contains_key(RETRY_AFTER));
        let body = answer.into_body().collect().await.map_err(broken)?.to_bytes();
        Ok(Answer { status, has_retry_after, body })
    }
}

/// JSON there and back, over a connection of its own. Fails loudly.
pub async fn ask(base: &str, path: &str, token: Option<&str>, body: &Value) -> Value {
    let mut line = Line::open(base).await.unwrap();
    let mut headers = vec![("content-type", "application/json".to_owned())];
    headers.extend(token.map(|token| ("authorization", format!("Bearer {token}"))));
    let answer = line.send(Method::POST, path, &headers, body.to_string().into()).await.unwrap();
    let text = String::from_utf8_lossy(&answer.body);
    assert!((200..300).contains(&answer.status), "{path}: {} {text}", answer.status);
    serde_json::from_str(&text).unwrap()
}

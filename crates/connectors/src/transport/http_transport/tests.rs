//! Real sockets on loopback: each trouble of a network, and what it proves.

use super::*;
use crate::transport::Header;
use bytes::Bytes;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

fn limits() -> Limits {
    Limits { connect: Duration::from_secs(2), total: Duration::from_secs(5), body: 1000, fresh_connection: true }
}

fn get(url: String) -> HttpRequest {
    HttpRequest { method: http::Method::GET, url, headers: Vec::new(), body: None }
}

async fn send(url: String, limits: Limits) -> Result<HttpAnswer, TransportError> {
    HttpTransport::new(HttpTransportConfig::default()).send(get(url), limits).await
}

/// Reads a request's head and returns it.
async fn head(stream: &mut TcpStream) -> String {
    let mut seen = Vec::new();
    let mut buffer = [0_u8; 1024];
    while !seen.windows(4).any(|w| w == b"\r\n\r\n") {
        let read = stream.read(&mut buffer).await.unwrap();
        if read == 0 {
            break;
        }
        seen.extend_from_slice(&buffer[..read]);
    }
    String::from_utf8_lossy(&seen).into_owned()
}

/// A listener whose every connection is answered with these bytes and then closed; counts connections.
async fn answering(answer: &'static [u8]) -> (SocketAddr, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let count = Arc::new(AtomicUsize::new(0));
    let seen = count.clone();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            seen.fetch_add(1, Ordering::SeqCst);
            head(&mut stream).await;
            stream.write_all(answer).await.unwrap();
            let _ = stream.shutdown().await;
        }
    });
    (address, count)
}

#[tokio::test]
async fn a_closed_port_proves_that_nothing_was_sent() {
    let address = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let error = send(format!("http://{address}/"), limits()).await.unwrap_err();
    assert!(matches!(error, TransportError::Refused(_)), "{error:?}");
}

#[tokio::test]
async fn a_name_that_does_not_resolve_is_named() {
    let error = send("https://no-such-host.invalid/".into(), limits()).await.unwrap_err();
    assert_eq!(error, TransportError::HostNotFound("no-such-host.invalid".into()));
}

#[tokio::test]
async fn an_accepted_request_without_an_answer_times_out_and_proves_nothing() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let hanging = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        head(&mut stream).await;
        std::future::pending::<()>().await;
        drop(stream);
    });
    let short = Limits { total: Duration::from_millis(200), ..limits() };
    assert_eq!(send(format!("http://{address}/"), short).await.unwrap_err(), TransportError::TimedOut);
    hanging.abort();
}

#[tokio::test]
async fn a_body_that_never_ends_is_cut_by_the_total_limit() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let dripping = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        head(&mut stream).await;
        stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n").await.unwrap();
        loop {
            if stream.write_all(b"x").await.is_err() {
                return;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    });
    let short = Limits { total: Duration::from_millis(300), ..limits() };
    assert_eq!(send(format!("http://{address}/"), short).await.unwrap_err(), TransportError::TimedOut);
    dripping.abort();
}

#[tokio::test]
async fn a_connection_cut_in_the_body_is_lost() {
    let (address, _) = answering(b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\nhalf of it").await;
    let error = send(format!("http://{address}/"), limits()).await.unwrap_err();
    assert!(matches!(error, TransportError::Lost(_)), "{error:?}");
}

#[tokio::test]
async fn a_connection_reset_before_the_answer_is_lost_and_not_sent_again() {
    let (address, count) = answering(b"").await;
    let error = send(format!("http://{address}/"), limits()).await.unwrap_err();
    assert!(matches!(error, TransportError::Lost(_)), "{error:?}");
    assert_eq!(count.load(Ordering::SeqCst), 1, "the transport has no retries of its own");
}

#[tokio::test]
async fn a_body_over_the_bound_is_refused_with_and_without_a_length() {
    let (announced, _) = answering(b"HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n").await;
    assert_eq!(send(format!("http://{announced}/"), limits()).await.unwrap_err(), TransportError::TooLarge(1000));
    static LONG: [u8; 3000] = [b'x'; 3000];
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        head(&mut stream).await;
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n").await;
        let _ = stream.write_all(&LONG).await;
    });
    assert_eq!(send(format!("http://{address}/"), limits()).await.unwrap_err(), TransportError::TooLarge(1000));
}

#[tokio::test]
async fn a_redirect_is_an_answer_and_is_not_followed() {
    let (target, visits) = answering(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n").await;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        head(&mut stream).await;
        let answer = format!("HTTP/1.1 302 Found\r\nLocation: http://{target}/\r\nContent-Length: 0\r\n\r\n");
        stream.write_all(answer.as_bytes()).await.unwrap();
    });
    let answer = send(format!("http://{address}/"), limits()).await.unwrap();
    assert_eq!(answer.status, 302);
    assert_eq!(visits.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn a_peer_that_does_not_speak_tls_is_a_tls_failure() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let plain = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").await.unwrap();
        stream
    });
    let error = send(format!("https://{address}/"), limits()).await.unwrap_err();
    drop(plain.await);
    assert!(matches!(error, TransportError::Tls(_)), "{error:?}");
}

#[tokio::test]
async fn a_handshake_that_hangs_ends_at_the_connect_limit_and_proves_that_nothing_was_sent() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let hanging = tokio::spawn(async move {
        let held = listener.accept().await.unwrap();
        std::future::pending::<()>().await;
        drop(held);
    });
    let short = Limits { connect: Duration::from_millis(200), ..limits() };
    let error = send(format!("https://{address}/"), short).await.unwrap_err();
    assert!(matches!(error, TransportError::Unreachable(_)), "{error:?}");
    hanging.abort();
}

#[tokio::test]
async fn plain_http_stays_on_this_machine() {
    for url in ["http://192.0.2.1/", "http://localhost.example.ro/"] {
        let error = send(url.into(), limits()).await.unwrap_err();
        assert!(matches!(error, TransportError::Tls(_)), "{url}: {error:?}");
    }
}

#[tokio::test]
async fn every_create_opens_its_own_connection_and_reads_share_one() {
    async fn serve(listener: TcpListener, connections: Arc<AtomicUsize>) {
        while let Ok((mut stream, _)) = listener.accept().await {
            connections.fetch_add(1, Ordering::SeqCst);
            tokio::spawn(async move {
                while !head(&mut stream).await.is_empty() {
                    stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok").await.unwrap();
                }
            });
        }
    }
    for (fresh_connection, expected) in [(true, 3), (false, 1)] {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let connections = Arc::new(AtomicUsize::new(0));
        tokio::spawn(serve(listener, connections.clone()));
        let transport = HttpTransport::new(HttpTransportConfig::default());
        for _ in 0..3 {
            let bounds = Limits { fresh_connection, ..limits() };
            let answer = transport.send(get(format!("http://{address}/")), bounds).await.unwrap();
            assert_eq!(answer.body, Bytes::from_static(b"ok"));
        }
        assert_eq!(connections.load(Ordering::SeqCst), expected, "fresh: {fresh_connection}");
    }
}

#[tokio::test]
async fn headers_and_body_arrive_and_the_agent_is_named() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let seen = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let head = head(&mut stream).await;
        stream.write_all(b"HTTP/1.1 204 No Content\r\n\r\n").await.unwrap();
        head.to_ascii_lowercase()
    });
    let request = HttpRequest {
        method: http::Method::POST,
        url: format!("http://{address}/docs?cif=RO1"),
        headers: vec![Header { name: "authorization", value: "Basic eA==".into(), secret: true }],
        body: Some(Bytes::from_static(b"{}")),
    };
    let answer = HttpTransport::new(HttpTransportConfig::default()).send(request, limits()).await.unwrap();
    assert_eq!(answer.status, 204);
    let head = seen.await.unwrap();
    assert!(head.starts_with("post /docs?cif=ro1 http/1.1"), "{head}");
    assert!(head.contains("authorization: basic ea==") && head.contains("user-agent: punte/"), "{head}");
    assert!(head.contains("content-length: 2"), "{head}");
}

#[tokio::test]
async fn an_address_in_a_private_network_is_not_reached_without_a_permit() {
    let hosts = PrivateHosts::default();
    let config = HttpTransportConfig { private_hosts: hosts.clone(), ..HttpTransportConfig::default() };
    let transport = HttpTransport::new(config);
    // nobody is there
    let url = "https://192.168.255.254/wp-json".to_owned();
    let refused = transport.send(get(url.clone()), limits()).await.unwrap_err();
    assert_eq!(refused, TransportError::Private("192.168.255.254".to_owned()));
    hosts.permit("192.168.255.254");
    let tried = transport.send(get(url), limits()).await.unwrap_err();
    assert!(!matches!(tried, TransportError::Private(_)), "{tried:?}");
}

//! A listener without anything behind it, and senders that write bytes.

use super::*;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::sync::Notify;

const KNOWN: &str = "known";

/// One address, whose deliveries are all answered with 200; told each time that it was asked for one.
fn sink_telling(asked: Arc<Notify>) -> HookSink {
    HookSink {
        knows: Arc::new(move |token| {
            asked.notify_one();
            Box::pin(async move { Ok(token == KNOWN) })
        }),
        take: Arc::new(|_, knock| {
            let body = knock.body.len().to_string();
            Box::pin(async move { Ok(Some(punte_api::HookAnswer { status: 200, body })) })
        }),
    }
}

fn sink() -> HookSink {
    sink_telling(Arc::default())
}

async fn connect(port: u16) -> TcpStream {
    TcpStream::connect(("127.0.0.1", port)).await.unwrap()
}

fn head(token: &str, length: usize) -> String {
    format!("POST /hooks/{token} HTTP/1.1\r\nhost: x\r\ncontent-length: {length}\r\n\r\n")
}

/// What is answered, up to a pause.
async fn answered(stream: &mut TcpStream) -> String {
    let mut told = vec![0; 1024];
    let length = tokio::time::timeout(Duration::from_secs(5), stream.read(&mut told)).await.unwrap().unwrap_or(0);
    String::from_utf8_lossy(&told[..length]).into_owned()
}

/// Whether the other side closes the connection without a word more.
async fn is_closed(stream: &mut TcpStream) -> bool {
    answered(stream).await.is_empty()
}

async fn is_refused(port: u16) -> bool {
    for _ in 0..100 {
        if TcpStream::connect(("127.0.0.1", port)).await.is_err() {
            return true;
        }
        tokio::task::yield_now().await;
    }
    false
}

#[tokio::test]
async fn switched_off_it_ends_at_once_though_every_place_is_taken() {
    let listening = listen_for_hooks(sink(), 0).await.unwrap();
    let port = listening.port;
    let mut silent = Vec::new();
    for _ in 0..CONNECTIONS {
        silent.push(connect(port).await);
    }
    // the last of them was taken, and no more will be
    let mut last = silent.pop().unwrap();
    last.write_all(head(KNOWN, 2).as_bytes()).await.unwrap();
    last.write_all(b"{}").await.unwrap();
    assert!(answered(&mut last).await.starts_with("HTTP/1.1 200"));
    drop(listening);
    assert!(is_refused(port).await, "nobody listens any more");
}

#[tokio::test]
async fn a_connection_that_is_kept_is_not_served_once_it_is_off() {
    let asked = Arc::new(Notify::new());
    let listening = listen_for_hooks(sink_telling(asked.clone()), 0).await.unwrap();
    let mut kept = connect(listening.port).await;
    let mut under_way = connect(listening.port).await;
    kept.write_all(format!("{}{{}}", head(KNOWN, 2)).as_bytes()).await.unwrap();
    assert!(answered(&mut kept).await.contains("200 OK"));
    asked.notified().await;
    under_way.write_all(format!("{}{{", head(KNOWN, 2)).as_bytes()).await.unwrap();
    // its head was read: the listener waits for the rest of its body
    asked.notified().await;
    drop(listening);
    let _ = kept.write_all(format!("{}{{}}", head(KNOWN, 2)).as_bytes()).await;
    assert!(is_closed(&mut kept).await);
    under_way.write_all(b"}").await.unwrap();
    assert!(answered(&mut under_way).await.contains("200 OK"), "what was being read is answered");
    assert!(is_closed(&mut under_way).await);
}

#[tokio::test]
async fn a_stranger_is_told_so_before_the_body_is_read() {
    let listening = listen_for_hooks(sink(), 0).await.unwrap();
    let mut stranger = connect(listening.port).await;
    stranger.write_all(head("guessed", 1_000_000).as_bytes()).await.unwrap();
    assert!(answered(&mut stranger).await.starts_with("HTTP/1.1 404"));
}

#[tokio::test]
async fn bodies_are_bounded_together() {
    let room = Semaphore::new(10);
    let Read::Whole(first, held) = read(Body::from("123456"), &room).await else { panic!("there is room") };
    assert_eq!((first.len(), room.available_permits()), (6, 4));
    assert!(matches!(read(Body::from("12345"), &room).await, Read::NoRoom));
    drop(held);
    assert!(matches!(read(Body::from("12345"), &room).await, Read::Whole(..)));
    assert_eq!(room.available_permits(), 10, "what was answered makes room");
}

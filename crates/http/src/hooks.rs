//! The webhooks' listener: one path, on loopback. What comes is bounded in size, time and number, and answered only after it
//! is on disk. Who may reach it from outside is a reverse proxy's or a tunnel's business.

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{Path, Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use http_body_util::BodyExt as _;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use punte_api::{HookSink, Knock, ListenerCounts, ListenerHandle};
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::{Semaphore, SemaphorePermit, watch};

/// The largest delivery, in bytes. Senders keep far below it; the largest orders seen are some hundred kilobytes.
const BODY: usize = 2 * 1024 * 1024;
/// Bytes of all bodies that are read or written down at a time; more are told to come again.
const BODIES: usize = 64 * 1024 * 1024;
/// From the first byte of a body to the answer.
const PATIENCE: Duration = Duration::from_secs(10);
/// For the head of a request, so that nobody holds a connection by saying little.
const HEAD_PATIENCE: Duration = Duration::from_secs(10);
/// Deliveries that are read and written down at a time; more are told to come again.
const AT_ONCE: usize = 256;
/// Open connections; more wait in the system's queue.
const CONNECTIONS: usize = 1024;
/// When to come again, in seconds: after a crowd, and while the ledger cannot be written.
const AFTER_CROWD: HeaderValue = HeaderValue::from_static("1");
const AFTER_TROUBLE: HeaderValue = HeaderValue::from_static("60");

#[derive(Clone)]
struct Shared {
    sink: HookSink,
    room: Arc<Semaphore>,
    /// One permit a byte.
    bytes: Arc<Semaphore>,
    /// Ends when the listener was switched off.
    on: watch::Receiver<()>,
    counts: Arc<Counts>,
}

#[derive(Default)]
struct Counts {
    accepted: AtomicU64,
    refused: AtomicU64,
    overloaded: AtomicU64,
}

/// Listens for webhooks on loopback until the handle is dropped; 0 takes a free port.
///
/// # Errors
/// The port is taken, or may not be listened on.
pub async fn listen_for_hooks(sink: HookSink, port: u16) -> Result<ListenerHandle, String> {
    let at = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    let listener = TcpListener::bind(at).await.map_err(|error| format!("{at}: {error}"))?;
    let port = listener.local_addr().map_err(|error| error.to_string())?.port();
    let counts = Arc::new(Counts::default());
    let (stop, on) = watch::channel(());
    let shared = Shared {
        sink,
        room: Arc::new(Semaphore::new(AT_ONCE)),
        bytes: Arc::new(Semaphore::new(BODIES)),
        on: on.clone(),
        counts: counts.clone(),
    };
    let router = Router::new()
        .route("/hooks/{token}", get(knock).post(knock))
        .route("/hooks/{token}/{topic}", get(knock).post(knock))
        .with_state(shared);
    tokio::spawn(accept(listener, router, on));
    let counts = Arc::new(move || ListenerCounts {
        accepted: counts.accepted.load(Ordering::Relaxed),
        refused: counts.refused.load(Ordering::Relaxed),
        overloaded: counts.overloaded.load(Ordering::Relaxed),
    });
    Ok(ListenerHandle { port, counts, guard: Box::new(stop) })
}

/// Returns when the listener was switched off: its handle is gone.
async fn is_off(on: &mut watch::Receiver<()>) {
    while on.changed().await.is_ok() {}
}

/// Takes connections until switched off. What is being read then is answered to its end; nothing that comes later over a
/// connection that is still open.
async fn accept(listener: TcpListener, router: Router, mut on: watch::Receiver<()>) {
    let connections = Arc::new(Semaphore::new(CONNECTIONS));
    let mut server = hyper::server::conn::http1::Builder::new();
    server.timer(TokioTimer::new()).header_read_timeout(HEAD_PATIENCE);
    loop {
        // while every place is taken, too
        let place = tokio::select! {
            () = is_off(&mut on) => return,
            place = connections.clone().acquire_owned() => place,
        };
        let Ok(place) = place else { return };
        let accepted = tokio::select! {
            () = is_off(&mut on) => return,
            accepted = listener.accept() => accepted,
        };
        let stream = match accepted {
            Ok((stream, _)) => stream,
            Err(error) => {
                // out of file handles, most likely: not at once again
                tracing::warn!(%error, "a connection for a webhook could not be taken");
                tokio::time::sleep(Duration::from_millis(200)).await;
                continue;
            }
        };
        let served = server.serve_connection(TokioIo::new(stream), TowerToHyperService::new(router.clone()));
        let mut on = on.clone();
        tokio::spawn(async move {
            let mut served = std::pin::pin!(served);
            // a sender that hangs up is no trouble of ours
            tokio::select! {
                _ = served.as_mut() => {}
                () = is_off(&mut on) => {
                    served.as_mut().graceful_shutdown();
                    let _ = served.await;
                }
            }
            drop(place);
        });
    }
}

#[derive(serde::Deserialize)]
struct Address {
    token: String,
    topic: Option<String>,
}

async fn knock(State(shared): State<Shared>, Path(address): Path<Address>, request: Request) -> Response {
    // its first request came when the listener was off already
    if shared.on.has_changed().is_err() {
        return plain(StatusCode::NOT_FOUND, "switched off");
    }
    let Ok(_place) = shared.room.try_acquire() else {
        shared.counts.overloaded.fetch_add(1, Ordering::Relaxed);
        return later(AFTER_CROWD);
    };
    let (head, body) = request.into_parts();
    let taken = tokio::time::timeout(PATIENCE, async {
        // whoever has no address sends no body that is kept anywhere
        match (shared.sink.knows)(address.token.clone()).await {
            Ok(true) => {}
            Ok(false) => return plain(StatusCode::NOT_FOUND, "no such address"),
            Err(()) => return later(AFTER_TROUBLE),
        }
        let (body, is_too_large, _held) = match read(body, &shared.bytes).await {
            Read::Whole(body, held) => (body, false, held),
            Read::TooLarge(body, held) => (body, true, held),
            Read::CutOff => return plain(StatusCode::BAD_REQUEST, "cut off"),
            Read::NoRoom => {
                shared.counts.overloaded.fetch_add(1, Ordering::Relaxed);
                return later(AFTER_CROWD);
            }
        };
        let knock = Knock { topic: address.topic, headers: head.headers, body, is_too_large };
        match (shared.sink.take)(address.token, knock).await {
            Ok(Some(answer)) => {
                let status = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
                plain(status, answer.body)
            }
            Ok(None) => plain(StatusCode::NOT_FOUND, "no such address"),
            Err(()) => later(AFTER_TROUBLE),
        }
    });
    let answer = taken.await.unwrap_or_else(|_| plain(StatusCode::REQUEST_TIMEOUT, "too slow"));
    let count = if answer.status().is_success() { &shared.counts.accepted } else { &shared.counts.refused };
    count.fetch_add(1, Ordering::Relaxed);
    answer
}

/// What came of reading a body, with the room that it takes.
enum Read<'a> {
    Whole(Vec<u8>, Option<SemaphorePermit<'a>>),
    /// Its beginning.
    TooLarge(Vec<u8>, Option<SemaphorePermit<'a>>),
    /// The sender hung up within it.
    CutOff,
    /// All bodies together would be too large.
    NoRoom,
}

async fn read(mut body: Body, room: &Semaphore) -> Read<'_> {
    let mut read = Vec::new();
    let mut held: Option<SemaphorePermit<'_>> = None;
    while let Some(frame) = body.frame().await {
        let Ok(frame) = frame else { return Read::CutOff };
        let data: Bytes = frame.into_data().unwrap_or_default();
        if read.len() + data.len() > BODY {
            return Read::TooLarge(read, held);
        }
        let Ok(more) = room.try_acquire_many(data.len() as u32) else { return Read::NoRoom };
        match &mut held {
            Some(held) => held.merge(more),
            None => held = Some(more),
        }
        read.extend_from_slice(&data);
    }
    Read::Whole(read, held)
}

fn plain(status: StatusCode, text: impl Into<String>) -> Response {
    (status, text.into()).into_response()
}

fn later(seconds: HeaderValue) -> Response {
    (StatusCode::SERVICE_UNAVAILABLE, [(header::RETRY_AFTER, seconds)], "come again").into_response()
}

#[cfg(test)]
mod tests;

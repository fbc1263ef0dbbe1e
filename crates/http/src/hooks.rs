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
use tokio::sync::{Semaphore, oneshot};

/// The largest delivery, in bytes. Senders keep far below it; the largest orders seen are some hundred kilobytes.
const BODY: usize = 2 * 1024 * 1024;
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
    let shared = Shared { sink, room: Arc::new(Semaphore::new(AT_ONCE)), counts: counts.clone() };
    let router = Router::new()
        .route("/hooks/{token}", get(knock).post(knock))
        .route("/hooks/{token}/{topic}", get(knock).post(knock))
        .with_state(shared);
    let (stop, stopped) = oneshot::channel::<()>();
    tokio::spawn(accept(listener, router, stopped));
    let counts = Arc::new(move || ListenerCounts {
        accepted: counts.accepted.load(Ordering::Relaxed),
        refused: counts.refused.load(Ordering::Relaxed),
        overloaded: counts.overloaded.load(Ordering::Relaxed),
    });
    Ok(ListenerHandle { port, counts, guard: Box::new(stop) })
}

/// Takes connections until told to stop; those that are open then are answered to their end.
async fn accept(listener: TcpListener, router: Router, mut stopped: oneshot::Receiver<()>) {
    let connections = Arc::new(Semaphore::new(CONNECTIONS));
    let mut server = hyper::server::conn::http1::Builder::new();
    server.timer(TokioTimer::new()).header_read_timeout(HEAD_PATIENCE);
    loop {
        let Ok(place) = connections.clone().acquire_owned().await else { return };
        let accepted = tokio::select! {
            _ = &mut stopped => return,
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
        tokio::spawn(async move {
            // a sender that hangs up is no trouble of ours
            let _ = served.await;
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
    let Ok(_place) = shared.room.try_acquire() else {
        shared.counts.overloaded.fetch_add(1, Ordering::Relaxed);
        return later(AFTER_CROWD);
    };
    let (head, body) = request.into_parts();
    let taken = tokio::time::timeout(PATIENCE, async {
        let Some((body, is_too_large)) = read(body).await else { return plain(StatusCode::BAD_REQUEST, "cut off") };
        let knock = Knock { topic: address.topic, headers: head.headers, body, is_too_large };
        match (shared.sink)(address.token, knock).await {
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

/// A body, or its beginning where it is too large. `None`: the sender hung up within it.
async fn read(mut body: Body) -> Option<(Vec<u8>, bool)> {
    let mut read = Vec::new();
    while let Some(frame) = body.frame().await {
        let data: Bytes = frame.ok()?.into_data().unwrap_or_default();
        if read.len() + data.len() > BODY {
            return Some((read, true));
        }
        read.extend_from_slice(&data);
    }
    Some((read, false))
}

fn plain(status: StatusCode, text: impl Into<String>) -> Response {
    (status, text.into()).into_response()
}

fn later(seconds: HeaderValue) -> Response {
    (StatusCode::SERVICE_UNAVAILABLE, [(header::RETRY_AFTER, seconds)], "come again").into_response()
}

//! Commands in, results out, changes as server-sent events.

use axum::extract::{DefaultBodyLimit, Path, Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::sse::{Event as SseEvent, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use futures_util::Stream;
use punte_api::{ApiError, ErrorCode, Host, HostKind};
use std::convert::Infallible;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;
use subtle::ConstantTimeEq;
use tokio::net::TcpListener;
use tokio::sync::{broadcast, oneshot};
use tower_http::services::ServeDir;
use tower_http::set_header::SetResponseHeaderLayer;

/// The largest request: an orders file, as JSON text.
const BODY: usize = 130 * 1024 * 1024;

#[derive(Clone)]
struct Shared {
    host: Arc<Host>,
    token: Arc<str>,
}

/// A listener, until it is dropped.
pub struct Listening {
    pub port: u16,
    pub token: String,
    _stop: oneshot::Sender<()>,
}

/// Where the api is served, and with what beside it.
#[derive(Debug, Clone, Default)]
pub struct Place {
    /// On loopback; 0 takes a free one.
    pub port: u16,
    /// The built screens, for a browser. They are no secret: only what they ask for needs the token.
    pub screens: Option<PathBuf>,
}

/// What a page served here may load: itself, and what the window may.
const POLICY: &str = "default-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; \
     font-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// Serves the host's commands on loopback to whoever has the token.
///
/// # Errors
/// The port is taken, or may not be listened on.
pub async fn serve(host: Arc<Host>, token: String, place: Place) -> std::io::Result<Listening> {
    let listener = TcpListener::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, place.port))).await?;
    let port = listener.local_addr()?.port();
    let shared = Shared { host, token: token.clone().into() };
    let api = Router::new()
        .route("/call/{command}", post(call))
        .route("/events", get(events))
        .layer(from_fn_with_state(shared.clone(), guard))
        .layer(DefaultBodyLimit::max(BODY))
        .with_state(shared);
    let router = match place.screens {
        Some(folder) => api.merge(screens(folder)),
        None => api,
    };
    let router = router.layer(from_fn(loopback_only));
    Ok(Listening { port, token, _stop: serve_until_dropped(listener, router) })
}

/// Answers until what it gives back is dropped.
pub(crate) fn serve_until_dropped(listener: TcpListener, router: Router) -> oneshot::Sender<()> {
    let (stop, stopped) = oneshot::channel::<()>();
    tokio::spawn(async move {
        let ended = axum::serve(listener, router)
            .with_graceful_shutdown(async {
                // an error only says that the handle was dropped, which is the signal
                let _ = stopped.await;
            })
            .await;
        if let Err(error) = ended {
            tracing::error!(%error, "a listener ended");
        }
    });
    stop
}

/// The built screens as files. Their addresses lie behind the fragment, so that there is one page.
fn screens(folder: PathBuf) -> Router {
    let header = |name: HeaderName, value: &'static str| {
        SetResponseHeaderLayer::overriding(name, HeaderValue::from_static(value))
    };
    Router::new()
        .fallback_service(ServeDir::new(folder))
        .layer(header(header::CONTENT_SECURITY_POLICY, POLICY))
        .layer(header(header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .layer(header(header::REFERRER_POLICY, "no-referrer"))
        // another build may be served from the same address next
        .layer(header(header::CACHE_CONTROL, "no-cache"))
}

/// Requests that name another host get nothing.
pub(crate) async fn loopback_only(request: Request, next: Next) -> Response {
    if !names_loopback(request.headers()) {
        return refused(StatusCode::FORBIDDEN, "this listener answers to loopback names only");
    }
    next.run(request).await
}

/// The right token, or nothing.
async fn guard(State(shared): State<Shared>, request: Request, next: Next) -> Response {
    let given = request
        .headers()
        .get(header::AUTHORIZATION)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.strip_prefix("Bearer "))
        .unwrap_or_default();
    if !bool::from(given.as_bytes().ct_eq(shared.token.as_bytes())) {
        return refused(StatusCode::UNAUTHORIZED, "the token is missing or wrong");
    }
    next.run(request).await
}

/// A page on the web whose name was pointed at this machine must not get in.
fn names_loopback(headers: &HeaderMap) -> bool {
    let host = headers.get(header::HOST).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let name = host.rsplit_once(':').map_or(host, |(name, _)| name);
    matches!(name, "127.0.0.1" | "localhost")
}

fn refused(status: StatusCode, detail: &str) -> Response {
    (status, Json(ApiError::new(ErrorCode::Forbidden, detail))).into_response()
}

async fn call(
    State(shared): State<Shared>,
    Path(command): Path<String>,
    headers: HeaderMap,
    body: axum::body::Bytes,
) -> Response {
    let payload = if body.is_empty() { Ok(serde_json::Value::Null) } else { serde_json::from_slice(&body) };
    let payload = match payload {
        Ok(payload) => payload,
        Err(error) => {
            let error = ApiError::new(ErrorCode::InvalidInput, error.to_string());
            return (StatusCode::BAD_REQUEST, Json(error)).into_response();
        }
    };
    let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let kind = header(crate::HOST).and_then(HostKind::parse).unwrap_or(HostKind::Browser);
    let session = shared.host.session_of(kind, header(crate::CLIENT).unwrap_or_default());
    let answered = match header(crate::ABOUT) {
        Some(workspace) => shared.host.call_about(workspace.to_owned(), &session, &command, payload).await,
        None => shared.host.call(&session, &command, payload).await,
    };
    match answered {
        Ok(value) => Json(value).into_response(),
        Err(error) => (status_of(error.code), Json(error)).into_response(),
    }
}

fn status_of(code: ErrorCode) -> StatusCode {
    match code {
        ErrorCode::InvalidInput => StatusCode::BAD_REQUEST,
        ErrorCode::Forbidden | ErrorCode::SignInNeeded | ErrorCode::WrongPassword | ErrorCode::WrongPassphrase => {
            StatusCode::FORBIDDEN
        }
        ErrorCode::TryLater => StatusCode::TOO_MANY_REQUESTS,
        ErrorCode::UnknownCommand | ErrorCode::NotFound | ErrorCode::NoWorkspace => StatusCode::NOT_FOUND,
        ErrorCode::NeedsApproval
        | ErrorCode::NotNow
        | ErrorCode::AlreadyLinked
        | ErrorCode::WorkspaceOwned
        | ErrorCode::OwnerSilent => StatusCode::CONFLICT,
        ErrorCode::Outside => StatusCode::BAD_GATEWAY,
        ErrorCode::LedgerNewer
        | ErrorCode::LedgerDamaged
        | ErrorCode::LedgerReadOnly
        | ErrorCode::Vault
        | ErrorCode::VaultWaiting
        | ErrorCode::VaultLocked
        | ErrorCode::VaultNotChosen
        | ErrorCode::NotOnRecord
        | ErrorCode::Internal => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

async fn events(State(shared): State<Shared>) -> Sse<impl Stream<Item = Result<SseEvent, Infallible>>> {
    let stream = futures_util::stream::unfold(shared.host.subscribe(), |mut changes| async move {
        loop {
            let event = match changes.recv().await {
                Ok(event) => event,
                Err(broadcast::error::RecvError::Lagged(_)) => punte_api::Event::everything(),
                Err(broadcast::error::RecvError::Closed) => return None,
            };
            match SseEvent::default().json_data(&event) {
                Ok(event) => return Some((Ok(event), changes)),
                Err(error) => tracing::error!(%error, "an event that cannot be written"),
            }
        }
    });
    Sse::new(stream).keep_alive(KeepAlive::default())
}

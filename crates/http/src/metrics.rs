//! Metrics for whoever watches: OpenMetrics text on loopback, at a port of its own that stays the same from start to start.
//!
//! It asks for no token, because a scraper keeps none and what it tells is none's: ids and numbers, nothing of a client and no
//! secret. Any account of this machine may read it.

use crate::server::{loopback_only, serve_until_dropped};
use axum::Router;
use axum::extract::State;
use axum::http::header;
use axum::middleware::from_fn;
use axum::response::IntoResponse;
use axum::routing::get;
use punte_api::Host;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use tokio::net::TcpListener;
use tokio::sync::oneshot;

const OPENMETRICS: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// A listener, until it is dropped.
pub struct MetricsListening {
    pub port: u16,
    _stop: oneshot::Sender<()>,
}

/// Serves `GET /metrics` on loopback; port 0 takes a free one.
///
/// # Errors
/// The port is taken, or may not be listened on.
pub async fn serve_metrics(host: Arc<Host>, port: u16) -> std::io::Result<MetricsListening> {
    let listener = TcpListener::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, port))).await?;
    let port = listener.local_addr()?.port();
    let router = Router::new().route("/metrics", get(metrics)).layer(from_fn(loopback_only)).with_state(host);
    Ok(MetricsListening { port, _stop: serve_until_dropped(listener, router) })
}

async fn metrics(State(host): State<Arc<Host>>) -> impl IntoResponse {
    ([(header::CONTENT_TYPE, OPENMETRICS)], host.metrics().await)
}

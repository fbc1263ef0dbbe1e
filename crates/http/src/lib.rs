//! The api over loopback HTTP: for attached clients (the terminal beside a window, a second window) and for browser tests.
//!
//! Serves the built screens beside it, where it is asked to. Owns the token, the note that tells others where the
//! owner listens, and nothing of what a command means. Listens on loopback only and refuses requests that name another host.
//!
//! Apart from that, each on a port of its own, the webhooks' listener and the metrics.

/// Header of a call that is about another workspace than the owner's own screen shows: the workspace's id.
pub(crate) const ABOUT: &str = "x-punte-workspace";
/// Header that tells a client from the others of this listener: who signed in there is nobody elsewhere.
pub(crate) const CLIENT: &str = "x-punte-client";
/// Header of what a client is: `window` or `terminal`; a browser does not say.
pub(crate) const HOST: &str = "x-punte-host";

mod client;
mod hooks;
mod metrics;
mod note;
mod server;

pub use client::{AttachError, Attached};
pub use hooks::listen_for_hooks;
pub use metrics::{MetricsListening, serve_metrics};
pub use note::OwnerNote;
pub use server::{Listening, Place, serve};

//! The one contract between the engine and every host: commands, their types, needed roles, error codes and events.
//!
//! Owns what may be asked and by whom. Refuses SQL, HTTP and Tauri: handlers call the engine, hosts carry bytes.

pub mod bindings;
pub mod commands;
pub mod dto;
pub mod error;
mod files;
pub mod host;
mod language;
mod session;

pub use commands::{
    AccessRole, COMMANDS, CommandInfo, CommandKind, Commands, Event, HostKind, Scope, Session, Tag, dispatch, has_scope,
};
pub use error::{ApiError, ErrorCode};
pub use host::{
    Closing, HookSink, Host, ListenerCounts, ListenerHandle, ListenerStarter, Parts, SandboxHandle, SandboxLogin,
    SandboxStarter, WindowRequest,
};
pub use language::system_language;
pub use punte_engine::inbox::{HookAnswer, Knock};

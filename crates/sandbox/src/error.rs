//! Why a sandbox could not be opened, kept or served.

use std::path::PathBuf;

#[derive(Debug, thiserror::Error)]
pub enum SandboxError {
    #[error("the sandbox's state in {path} can't be read: {why}")]
    Unreadable { path: PathBuf, why: std::io::Error },
    #[error("the sandbox's state in {path} is damaged ({why}); move the file away to start afresh")]
    Damaged { path: PathBuf, why: String },
    #[error("the sandbox's state in {path} is of version {found}, newer than {known} which this program knows")]
    Newer { path: PathBuf, found: u64, known: u64 },
    #[error("the sandbox's state could not be written to {path}: {why}")]
    Unwritable { path: PathBuf, why: std::io::Error },
    #[error("the sandbox could not listen on loopback: {0}")]
    Listen(std::io::Error),
    #[error("the port file {path} could not be written: {why}")]
    PortFile { path: PathBuf, why: std::io::Error },
    #[error("{0}")]
    Invalid(String),
}

//! Everything the simulators remember, as one JSON file. The file is replaced whole (written beside, then renamed) before
//! the answer to the request that changed it leaves, so a process that is killed has lost nothing that it answered. It is
//! not synced to the disk: it stands for other people's servers during a test, not for somebody's books.

use std::io::{BufWriter, Write as _};
use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::error::SandboxError;
use crate::faults::FaultBook;
use crate::oblio::books::OblioBooks;
use crate::smartbill::books::SmartBillBooks;
use crate::woocommerce::shop::Shop;

const VERSION: u64 = 1;

#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct State {
    version: u64,
    pub seed: u64,
    /// Where it listened last: SmartBill, Oblio, WooCommerce, control. Tried again first, so that the links in documents
    /// live on.
    #[serde(default)]
    pub ports: [u16; 4],
    pub woocommerce: Shop,
    pub smartbill: SmartBillBooks,
    pub oblio: OblioBooks,
    pub faults: FaultBook,
}

#[derive(Deserialize)]
struct Envelope {
    version: u64,
}

impl State {
    pub fn new(seed: u64, woocommerce: Shop) -> Self {
        Self {
            version: VERSION,
            seed,
            ports: [0; 4],
            woocommerce,
            smartbill: SmartBillBooks::new(),
            oblio: OblioBooks::new(),
            faults: FaultBook::default(),
        }
    }

    /// `None` when there is no file yet.
    pub fn load(path: &Path) -> Result<Option<Self>, SandboxError> {
        let bytes = match std::fs::read(path) {
            Ok(bytes) => bytes,
            Err(why) if why.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(why) => return Err(SandboxError::Unreadable { path: path.into(), why }),
        };
        let damaged = |why: serde_json::Error| SandboxError::Damaged { path: path.into(), why: why.to_string() };
        let envelope: Envelope = serde_json::from_slice(&bytes).map_err(damaged)?;
        if envelope.version > VERSION {
            return Err(SandboxError::Newer { path: path.into(), found: envelope.version, known: VERSION });
        }
        serde_json::from_slice(&bytes).map(Some).map_err(damaged)
    }

    pub fn save(&self, path: &Path) -> Result<(), SandboxError> {
        replace_file(path, |out| serde_json::to_writer(out, self).map_err(std::io::Error::from))
            .map_err(|why| SandboxError::Unwritable { path: path.into(), why })
    }
}

/// Writes a file whole: beside it first, then in its place, so that a reader sees the old one or the new one.
pub(crate) fn replace_file(
    path: &Path,
    write: impl FnOnce(&mut BufWriter<std::fs::File>) -> std::io::Result<()>,
) -> std::io::Result<()> {
    let mut beside = path.as_os_str().to_owned();
    beside.push(".new");
    let mut out = BufWriter::with_capacity(1 << 16, std::fs::File::create(&beside)?);
    write(&mut out)?;
    out.flush()?;
    drop(out);
    std::fs::rename(&beside, path)
}

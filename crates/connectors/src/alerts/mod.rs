//! Ways out for alerts: a message by SMTP, and a signed call to an address of the operator's choice.
//!
//! Owns the wire of both and what an answer means. Refuses to decide what is worth an alert, to whom it goes and when it is
//! tried again: that is the engine's, which hands a whole [`Notice`] over, words included.

use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

mod error;
mod mail;
mod webhook;

pub use error::{AlertCode, AlertError};
pub use mail::{check_mail, send_mail};
pub use webhook::{check_webhook, send_webhook};

/// Bytes of an id that is sent as it is.
const MAX_ID: usize = 128;

/// One thing to tell, whole: the channels add nothing but their envelope.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// Unique, and the same over repeats: what receivers know a repeat by.
    pub id: String,
    pub kind: NoticeKind,
    pub at_ms: i64,
    pub workspace: String,
    /// One line, in the workspace's language.
    pub subject: String,
    /// Plain text, lines apart by `\n`, in the workspace's language.
    pub text: String,
    pub items: Vec<NoticeItem>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum NoticeKind {
    Raised,
    Recovered,
    Digest,
    Test,
}

impl NoticeKind {
    pub const ALL: [NoticeKind; 4] = [NoticeKind::Raised, NoticeKind::Recovered, NoticeKind::Digest, NoticeKind::Test];

    pub fn as_str(self) -> &'static str {
        match self {
            NoticeKind::Raised => "raised",
            NoticeKind::Recovered => "recovered",
            NoticeKind::Digest => "digest",
            NoticeKind::Test => "test",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text)
    }
}

/// One cause among those a notice tells of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NoticeItem {
    pub rule: String,
    pub cause: String,
    /// `raised` or `recovered`.
    pub state: String,
    pub title: String,
    /// The screen that shows it: `/failures?…`.
    pub path: String,
    pub since_ms: i64,
}

/// How the way to a mail server is kept from being read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum MailSecurity {
    /// TLS from the first byte (port 465).
    Tls,
    /// Plain until the server agrees to TLS (port 587); a server that does not is not written to.
    StartTls,
    /// Never beyond this machine.
    Plain,
}

impl MailSecurity {
    pub const ALL: [MailSecurity; 3] = [MailSecurity::Tls, MailSecurity::StartTls, MailSecurity::Plain];

    pub fn as_str(self) -> &'static str {
        match self {
            MailSecurity::Tls => "tls",
            MailSecurity::StartTls => "starttls",
            MailSecurity::Plain => "plain",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|security| security.as_str() == text)
    }
}

#[derive(Debug, Clone)]
pub struct MailServer {
    pub host: String,
    pub port: u16,
    pub security: MailSecurity,
    /// Empty: the server asks for no login.
    pub user: String,
    pub password: Option<SecretString>,
    /// `punte@firma.ro`, or with a name: `Punte <punte@firma.ro>`.
    pub from: String,
    pub to: Vec<String>,
}

#[derive(Debug, Clone)]
pub struct Webhook {
    pub url: String,
    /// `whsec_` and 24 to 64 bytes in base64.
    pub secret: SecretString,
}

/// An id as every receiver takes it: letters, digits, `-` and `_` as they are, anything else by its digest. A dot would let one
/// signed content be read as another, and a line break would begin a header.
fn wire_id(id: &str) -> String {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    if (1..=MAX_ID).contains(&id.len()) && id.bytes().all(is_plain) {
        return id.to_owned();
    }
    Sha256::digest(id.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A text, cut where it is longer than `most` bytes.
fn clip(text: &str, most: usize) -> String {
    if text.len() <= most {
        return text.to_owned();
    }
    format!("{}…", &text[..text.floor_char_boundary(most - '…'.len_utf8())])
}

//! What kept a notice from arriving: a code whose words are in the catalogues (`alerts.failed`), and the other side's words.

use std::fmt;

/// Bytes of the other side's words that are kept.
const MAX_SAID: usize = 500;

macro_rules! codes {
    ($($(#[$doc:meta])* $variant:ident => $code:literal),+ $(,)?) => {
        /// Everything that keeps a notice from arriving.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum AlertCode { $($(#[$doc])* $variant),+ }

        impl AlertCode {
            pub const ALL: &'static [AlertCode] = &[$(AlertCode::$variant),+];

            /// The word stored in the ledger and sent over the api, and the catalogues' key.
            pub fn as_str(self) -> &'static str {
                match self { $(AlertCode::$variant => $code),+ }
            }

            pub fn parse(text: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|code| code.as_str() == text)
            }
        }
    };
}

impl AlertCode {
    /// Whether it may be otherwise the next time, though nobody changed anything here.
    fn is_of_the_way(self) -> bool {
        use AlertCode::{CutOff, HostNotFound, Refused, TimedOut, Tls, Unreachable, Unreadable};
        matches!(self, HostNotFound | Refused | Unreachable | Tls | TimedOut | CutOff | Unreadable)
    }
}

codes! {
    // of the settings: nothing was sent
    /// No name of a machine, or a port 0.
    HostInvalid => "host_invalid",
    /// Not an address to send from.
    SenderInvalid => "sender_invalid",
    /// Not an e-mail address.
    AddressInvalid => "address_invalid",
    /// Nobody to send to.
    NoRecipient => "no_recipient",
    TooManyRecipients => "too_many_recipients",
    /// A password without a user, or the other way round.
    LoginIncomplete => "login_incomplete",
    /// A plain connection beyond this machine.
    PlainNotHere => "plain_not_here",
    /// Not an https address.
    UrlInvalid => "url_invalid",
    /// Not `whsec_` and 24 to 64 bytes in base64.
    SecretInvalid => "secret_invalid",

    // of the way
    HostNotFound => "host_not_found",
    Refused => "refused",
    Unreachable => "unreachable",
    /// Of a private network, without a permit.
    PrivateHost => "private_host",
    Tls => "tls",
    /// TLS was to be agreed on, and the server offers none.
    StartTlsMissing => "starttls_missing",
    TimedOut => "timed_out",
    CutOff => "cut_off",
    /// Not the protocol that was expected, or more of it than is read.
    Unreadable => "unreadable",

    // of the other side
    /// The mail server turned us away before anything was asked of it.
    NotServed => "not_served",
    /// The mail server knows no way of logging in that Punte knows.
    LoginMissing => "login_missing",
    LoginRefused => "login_refused",
    SenderRefused => "sender_refused",
    RecipientRefused => "recipient_refused",
    MessageRefused => "message_refused",
    /// The webhook's answer was none of success.
    Answered => "answered",
    /// The webhook's answer leads elsewhere, and is not followed.
    Redirected => "redirected",
    /// The webhook is no longer wanted (410): the channel is to be switched off.
    Gone => "gone",
}

/// What did not work.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AlertError {
    pub code: AlertCode,
    /// The other side's or the network's words, in one line; an address, a host or a status where nobody said anything.
    pub said: String,
    /// Whether another try, with nothing changed, may do.
    pub again: bool,
}

impl AlertError {
    pub(super) fn new(code: AlertCode, said: impl AsRef<str>) -> Self {
        AlertError { code, said: one_line(said.as_ref()), again: code.is_of_the_way() }
    }
}

/// Words as they can be shown and kept: one line of printable characters, bounded.
fn one_line(text: &str) -> String {
    let words = text.split(|c: char| c.is_whitespace() || c.is_control()).filter(|word| !word.is_empty());
    let mut line = words.collect::<Vec<_>>().join(" ");
    if line.len() > MAX_SAID {
        line.truncate(line.floor_char_boundary(MAX_SAID - '…'.len_utf8()));
        line.push('…');
    }
    line
}

impl fmt::Display for AlertError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.code.as_str(), self.said)
    }
}

impl std::error::Error for AlertError {}

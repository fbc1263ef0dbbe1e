//! Notices by SMTP. What a mail server's settings may be is judged here; the letter and the conversation are apart.

use super::error::{AlertCode, AlertError};
use super::{MailSecurity, MailServer, Notice};
use lettre::Address;
use lettre::message::Mailbox;
use lettre::transport::smtp::authentication::Credentials;
use secrecy::{ExposeSecret, SecretString};
use std::net::IpAddr;
use std::time::Duration;
use url::Host;

mod letter;
mod lines;
mod smtp;
mod tls;

use smtp::Bounds;
use tls::Trust;

/// Addresses one notice goes to.
const MAX_RECIPIENTS: usize = 20;
/// Characters of an address: the limit of SMTP (RFC 5321, 4.5.3.1).
const MAX_ADDRESS: usize = 254;
/// Bytes of a user or a password.
const MAX_LOGIN: usize = 500;

const BOUNDS: Bounds = Bounds {
    connect: Duration::from_secs(10),
    // some servers let a caller wait half a minute before they greet
    total: Duration::from_secs(60),
    // the client reads a long answer over again at each of its lines
    read: 32 * 1024,
};

/// Settings that were checked.
struct Route {
    host: String,
    port: u16,
    security: MailSecurity,
    login: Option<(String, SecretString)>,
    from: Mailbox,
    to: Vec<Address>,
}

impl Route {
    fn of(server: &MailServer) -> Result<Route, AlertError> {
        let host = host_of(&server.host)
            .filter(|_| server.port != 0)
            .ok_or_else(|| AlertError::new(AlertCode::HostInvalid, format!("{}:{}", server.host, server.port)))?;
        if server.security == MailSecurity::Plain && !is_loopback(&host) {
            return Err(AlertError::new(AlertCode::PlainNotHere, host));
        }
        let from = mailbox_of(&server.from)?;
        if server.to.is_empty() {
            return Err(AlertError::new(AlertCode::NoRecipient, ""));
        }
        if server.to.len() > MAX_RECIPIENTS {
            return Err(AlertError::new(AlertCode::TooManyRecipients, MAX_RECIPIENTS.to_string()));
        }
        let to = server.to.iter().map(|text| address_of(text)).collect::<Result<_, _>>()?;
        let login = login_of(&server.user, server.password.as_ref())?;
        Ok(Route { host, port: server.port, security: server.security, login, from, to })
    }

    fn credentials(&self) -> Option<Credentials> {
        self.login.as_ref().map(|(user, password)| Credentials::new(user.clone(), password.expose_secret().to_owned()))
    }
}

/// A machine's name in ASCII, or its address.
fn host_of(text: &str) -> Option<String> {
    let text = text.trim();
    if let Ok(address) = text.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>() {
        return Some(address.to_string());
    }
    match Host::parse(text).ok()? {
        Host::Domain(name) if !name.is_empty() && name.len() <= 253 => Some(name),
        _ => None,
    }
}

fn is_loopback(host: &str) -> bool {
    host == "localhost" || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

/// An address that every server takes: ASCII before the `@`, and a name in the DNS's own letters behind it.
fn address_of(text: &str) -> Result<Address, AlertError> {
    let refused = || AlertError::new(AlertCode::AddressInvalid, text);
    let text = text.trim();
    let (user, domain) = text.rsplit_once('@').ok_or_else(refused)?;
    let Ok(Host::Domain(domain)) = Host::parse(domain) else { return Err(refused()) };
    let is_plain = user.bytes().all(|byte| byte.is_ascii_graphic() && !b"\"<>()[],;:\\".contains(&byte));
    let address = Address::new(user, domain).map_err(|_| refused())?;
    if is_plain && AsRef::<str>::as_ref(&address).len() <= MAX_ADDRESS { Ok(address) } else { Err(refused()) }
}

/// `name@domain`, or `A name <name@domain>`.
fn mailbox_of(text: &str) -> Result<Mailbox, AlertError> {
    let text = text.trim();
    let refused = || AlertError::new(AlertCode::SenderInvalid, text);
    let (name, address) = match text.split_once('<') {
        None => ("", text),
        Some((name, rest)) => (name, rest.strip_suffix('>').ok_or_else(refused)?),
    };
    let address = address_of(address).map_err(|_| refused())?;
    let name = name.trim().trim_matches('"');
    if name.chars().any(char::is_control) || name.chars().count() > MAX_ADDRESS {
        return Err(refused());
    }
    Ok(Mailbox::new((!name.is_empty()).then(|| name.to_owned()), address))
}

fn login_of(user: &str, password: Option<&SecretString>) -> Result<Option<(String, SecretString)>, AlertError> {
    let password = password.filter(|password| !password.expose_secret().is_empty());
    let refused = || AlertError::new(AlertCode::LoginIncomplete, user);
    let is_sent_whole = |text: &str| text.len() <= MAX_LOGIN && !text.chars().any(char::is_control);
    match (user.trim(), password) {
        ("", None) => Ok(None),
        ("", Some(_)) | (_, None) => Err(refused()),
        (user, Some(password)) if is_sent_whole(user) && is_sent_whole(password.expose_secret()) => {
            Ok(Some((user.to_owned(), password.clone())))
        }
        _ => Err(refused()),
    }
}

/// Whether a mail server's settings can be used at all: before they are kept, and before anything is sent.
///
/// # Errors
/// The first that cannot.
pub fn check_mail(server: &MailServer) -> Result<(), AlertError> {
    Route::of(server).map(|_| ())
}

/// Hands a notice to a mail server. Repeated, it has the same Message-ID.
///
/// # Errors
/// What kept the server from taking it for every address. [`AlertCode::RecipientRefused`] that is not to be tried again may
/// have gone to the other addresses.
pub async fn send_mail(server: &MailServer, notice: &Notice) -> Result<(), AlertError> {
    send(server, notice, &Trust::System, BOUNDS).await
}

async fn send(server: &MailServer, notice: &Notice, trust: &Trust, bounds: Bounds) -> Result<(), AlertError> {
    let route = Route::of(server)?;
    let letter = letter::write(&route.from, &route.to, notice)?;
    let sent = tokio::time::timeout(bounds.total, smtp::converse(&route, &letter, trust, bounds)).await;
    sent.unwrap_or_else(|_| Err(AlertError::new(AlertCode::TimedOut, &route.host)))
}

#[cfg(test)]
mod tests;

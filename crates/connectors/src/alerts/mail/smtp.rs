//! The conversation with a mail server, a step at a time, so that each refusal is known for what it refuses.

use super::super::MailSecurity;
use super::super::error::{AlertCode, AlertError};
use super::lines::{Ended, Lines, Secured};
use super::tls::Trust;
use super::{Route, is_loopback};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use lettre::transport::smtp::Error;
use lettre::transport::smtp::authentication::Mechanism;
use lettre::transport::smtp::client::{AsyncSmtpConnection, AsyncTokioStream};
use lettre::transport::smtp::commands::{Data, Mail, Rcpt};
use lettre::transport::smtp::extension::ClientId;
use rustls::pki_types::ServerName;
use secrecy::ExposeSecret;
use std::error::Error as StdError;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;
use tokio::net::TcpStream;

/// How we log in: both send the password as it is, under TLS or on this machine.
const MECHANISMS: &[Mechanism] = &[Mechanism::Plain, Mechanism::Login];
/// How long a server is waited for that is only told goodbye.
const GOODBYE: Duration = Duration::from_secs(2);

/// Bounds of one conversation.
#[derive(Debug, Clone, Copy)]
pub(super) struct Bounds {
    pub connect: Duration,
    pub total: Duration,
    /// Bytes that are read in all.
    pub read: usize,
}

/// From the first connection to the server's word that it has the letter.
pub(super) async fn converse(route: &Route, letter: &[u8], trust: &Trust, bounds: Bounds) -> Result<(), AlertError> {
    let ended = Ended::default();
    let tcp = reach(route, bounds.connect).await?;
    let lines = Lines::new(tcp, bounds.read, ended.clone());
    let talk = Talk { route, ended };
    let mut connection = talk.greet(lines, trust).await?;
    let told = talk.hand_over(&mut connection, letter).await;
    // its answer changes nothing any more
    let _ = tokio::time::timeout(GOODBYE, connection.abort()).await;
    told
}

/// A connection to the first of the host's addresses that takes one.
async fn reach(route: &Route, limit: Duration) -> Result<TcpStream, AlertError> {
    let host = route.host.as_str();
    let found: Vec<SocketAddr> = match host.parse::<IpAddr>() {
        Ok(address) => vec![SocketAddr::new(address, route.port)],
        Err(_) => tokio::net::lookup_host((host, route.port))
            .await
            .map_err(|_| AlertError::new(AlertCode::HostNotFound, host))?
            .collect(),
    };
    // whatever `localhost` leads to, a plain connection stays here
    let here = |address: &SocketAddr| route.security != MailSecurity::Plain || address.ip().is_loopback();
    let mut last =
        AlertError::new(if is_loopback(host) { AlertCode::PlainNotHere } else { AlertCode::HostNotFound }, host);
    for address in found.into_iter().filter(here) {
        let error = match tokio::time::timeout(limit, TcpStream::connect(address)).await {
            Ok(Ok(tcp)) => return Ok(tcp),
            Ok(Err(error)) => error,
            Err(_) => io::ErrorKind::TimedOut.into(),
        };
        let code = match error.kind() {
            io::ErrorKind::ConnectionRefused => AlertCode::Refused,
            io::ErrorKind::TimedOut => AlertCode::TimedOut,
            _ => AlertCode::Unreachable,
        };
        last = AlertError::new(code, format!("{host}:{}", route.port));
    }
    Err(last)
}

struct Talk<'a> {
    route: &'a Route,
    ended: Ended,
}

impl Talk<'_> {
    /// Up to where a login may be shown: greeted, and under TLS where that was chosen.
    async fn greet(&self, lines: Lines, trust: &Trust) -> Result<AsyncSmtpConnection, AlertError> {
        let host = self.route.host.as_str();
        let stream: Box<dyn AsyncTokioStream> = match self.route.security {
            MailSecurity::Tls => {
                let name =
                    ServerName::try_from(host.to_owned()).map_err(|_| AlertError::new(AlertCode::HostInvalid, host))?;
                let connector = trust.connector().map_err(|error| insecure(&error))?;
                let secured = connector.connect(name, lines).await.map_err(|error| insecure(&error))?;
                Box::new(Secured(secured))
            }
            MailSecurity::StartTls | MailSecurity::Plain => Box::new(lines),
        };
        let hello = ClientId::default();
        let mut connection = AsyncSmtpConnection::connect_with_transport(stream, &hello)
            .await
            .map_err(|error| self.judged(&error, AlertCode::NotServed))?;
        if self.route.security == MailSecurity::StartTls {
            if !connection.can_starttls() {
                return Err(AlertError::new(AlertCode::StartTlsMissing, host));
            }
            let parameters = trust.parameters(host).map_err(|error| insecure(&error))?;
            if let Err(error) = connection.starttls(parameters, &hello).await {
                let is_answer = error.status().is_some() || error.is_response();
                return Err(match connection.is_encrypted() {
                    true => self.judged(&error, AlertCode::NotServed),
                    false if is_answer => self.judged(&error, AlertCode::StartTlsMissing),
                    false => insecure(&error),
                });
            }
        }
        Ok(connection)
    }

    async fn hand_over(&self, connection: &mut AsyncSmtpConnection, letter: &[u8]) -> Result<(), AlertError> {
        if let Some(credentials) = self.route.credentials() {
            if connection.server_info().get_auth_mechanism(MECHANISMS).is_none() {
                return Err(AlertError::new(AlertCode::LoginMissing, &self.route.host));
            }
            let login = connection.auth(MECHANISMS, &credentials).await;
            login.map_err(|error| self.judged(&error, AlertCode::LoginRefused))?;
        }
        let from = Mail::new(Some(self.route.from.email.clone()), Vec::new());
        let answer = connection.command(from).await;
        answer.map_err(|error| self.judged(&error, AlertCode::SenderRefused))?;

        let mut refused: Option<AlertError> = None;
        let mut taken = 0;
        for address in &self.route.to {
            match connection.command(Rcpt::new(address.clone(), Vec::new())).await {
                Ok(_) => taken += 1,
                Err(error) => {
                    let judged = self.judged(&error, AlertCode::RecipientRefused);
                    if judged.code != AlertCode::RecipientRefused {
                        return Err(judged);
                    }
                    let said = format!("{address}: {}", judged.said);
                    refused.get_or_insert(AlertError { said, ..judged });
                }
            }
        }
        if let (Some(refused), 0) = (&refused, taken) {
            return Err(refused.clone());
        }
        let answer = connection.command(Data).await;
        answer.map_err(|error| self.judged(&error, AlertCode::MessageRefused))?;
        let answer = connection.message(letter).await;
        answer.map_err(|error| self.judged(&error, AlertCode::MessageRefused))?;
        // tried again, it would come twice to those that have it
        refused.map_or(Ok(()), |refused| Err(AlertError { again: false, ..refused }))
    }

    /// What a step's trouble means; `refused` where the server answered, and did not agree.
    fn judged(&self, error: &Error, refused: AlertCode) -> AlertError {
        let Some(status) = error.status() else {
            let code = if self.ended.is() { AlertCode::CutOff } else { AlertCode::Unreadable };
            return AlertError::new(if error.is_timeout() { AlertCode::TimedOut } else { code }, chain(error));
        };
        let words = error.source().map(ToString::to_string).unwrap_or_default();
        AlertError {
            again: error.is_transient(),
            ..AlertError::new(refused, self.without_login(&format!("{status} {words}")))
        }
    }

    /// A server's words without what we logged in with: some say back what they were told.
    fn without_login(&self, words: &str) -> String {
        let Some((user, password)) = &self.route.login else { return words.to_owned() };
        let password = password.expose_secret();
        let plain = STANDARD.encode(format!("\0{user}\0{password}"));
        [plain, STANDARD.encode(password), password.to_owned()]
            .iter()
            .fold(words.to_owned(), |words, secret| words.replace(secret.as_str(), "…"))
    }
}

fn insecure(error: &dyn StdError) -> AlertError {
    AlertError::new(AlertCode::Tls, chain(error))
}

/// An error's causes in one line; each says what the one before it said, or more.
fn chain(error: &dyn StdError) -> String {
    let mut deepest = error;
    while let Some(cause) = deepest.source() {
        deepest = cause;
    }
    deepest.to_string()
}

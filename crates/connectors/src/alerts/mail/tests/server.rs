//! A mail server that answers as a test wants: SMTP over real sockets on loopback, with TLS from an authority of its own.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use rustls::ServerConfig;
use rustls::crypto::aws_lc_rs::default_provider;
use rustls::pki_types::PrivatePkcs8KeyDer;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncWrite, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;

/// How it behaves. A step is known by how its line begins; the first, before any line, is `hello`.
#[derive(Clone, Default)]
pub struct Rules {
    pub tls_from_start: bool,
    pub starttls: bool,
    /// What it says it can, after STARTTLS; `AUTH PLAIN LOGIN`.
    pub offers: &'static str,
    pub login: Option<(&'static str, &'static str)>,
    /// Instead of the usual answer to a step.
    pub says: Vec<(&'static str, String)>,
    pub hangs_at: Option<&'static str>,
    pub hangs_up_at: Option<&'static str>,
    /// What somebody on the way appends to the answer to STARTTLS.
    pub appended: &'static str,
}

#[derive(Debug, Default, Clone)]
pub struct Seen {
    /// Lines that came before TLS, and those under it.
    pub plain: Vec<String>,
    pub secured: Vec<String>,
    pub letters: Vec<String>,
}

pub struct Server {
    pub address: SocketAddr,
    /// What to trust, in DER.
    pub authority: Vec<u8>,
    seen: Arc<Mutex<Seen>>,
}

impl Server {
    pub async fn start(rules: Rules) -> Server {
        let (authority, acceptor) = certificates();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let seen = Arc::new(Mutex::new(Seen::default()));
        let shared = seen.clone();
        tokio::spawn(async move {
            while let Ok((tcp, _)) = listener.accept().await {
                tokio::spawn(serve(tcp, rules.clone(), acceptor.clone(), shared.clone()));
            }
        });
        Server { address, authority, seen }
    }

    pub fn seen(&self) -> Seen {
        self.seen.lock().unwrap().clone()
    }
}

fn certificates() -> (Vec<u8>, TlsAcceptor) {
    let mut made = CertificateParams::new(Vec::<String>::new()).unwrap();
    made.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let authority = CertifiedIssuer::self_signed(made, KeyPair::generate().unwrap()).unwrap();
    let key = KeyPair::generate().unwrap();
    let own = CertificateParams::new(vec!["localhost".to_owned()]).unwrap().signed_by(&key, &authority).unwrap();
    let config = ServerConfig::builder_with_provider(Arc::new(default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![own.der().clone()], PrivatePkcs8KeyDer::from(key.serialize_der()).into())
        .unwrap();
    (authority.der().to_vec(), TlsAcceptor::from(Arc::new(config)))
}

async fn serve(tcp: TcpStream, rules: Rules, acceptor: TlsAcceptor, seen: Arc<Mutex<Seen>>) {
    if rules.tls_from_start {
        if let Ok(stream) = acceptor.accept(tcp).await {
            talk(stream, &rules, &seen, true, true).await;
        }
        return;
    }
    if let Some(tcp) = talk(tcp, &rules, &seen, false, true).await
        && let Ok(stream) = acceptor.accept(tcp).await
    {
        talk(stream, &rules, &seen, true, false).await;
    }
}

/// To the end of the conversation, or to where TLS was asked for.
async fn talk<S>(stream: S, rules: &Rules, seen: &Arc<Mutex<Seen>>, secured: bool, greets: bool) -> Option<S>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let mut stream = BufReader::new(stream);
    if greets {
        say(&mut stream, rules, "hello", "220 here.test ESMTP").await?;
    }
    loop {
        let line = line(&mut stream).await?;
        {
            let mut seen = seen.lock().unwrap();
            if secured { &mut seen.secured } else { &mut seen.plain }.push(line.clone());
        }
        let verb = line.split(' ').next().unwrap_or_default();
        match verb {
            "EHLO" => {
                let mut answer = "250-here.test".to_owned();
                if rules.starttls && !secured {
                    answer.push_str("\r\n250-STARTTLS");
                } else if !rules.offers.is_empty() {
                    answer.push_str(&format!("\r\n250-{}", rules.offers));
                }
                answer.push_str("\r\n250 8BITMIME");
                say(&mut stream, rules, "EHLO", &answer).await?;
            }
            "STARTTLS" => {
                let agreed = say(&mut stream, rules, "STARTTLS", &format!("220 go{}", rules.appended)).await?;
                if agreed {
                    assert!(stream.buffer().is_empty(), "a client waits for the answer");
                    return Some(stream.into_inner());
                }
            }
            "AUTH" => {
                let is_right = log_in(&mut stream, rules, &line).await?;
                let answer = if is_right { "235 2.7.0 in" } else { "535 5.7.8 Error: authentication failed" };
                say(&mut stream, rules, "AUTH", answer).await?;
            }
            "DATA" => {
                if !say(&mut stream, rules, "DATA", "354 go on").await? {
                    continue;
                }
                let letter = letter(&mut stream).await?;
                if say(&mut stream, rules, "letter", "250 2.0.0 queued").await? {
                    seen.lock().unwrap().letters.push(letter);
                }
            }
            "QUIT" => {
                say(&mut stream, rules, "QUIT", "221 bye").await?;
                return None;
            }
            // one of several recipients is refused by its whole line
            _ if rules.says.iter().any(|(step, _)| *step == line) => {
                say(&mut stream, rules, &line, "").await?;
            }
            _ => {
                say(&mut stream, rules, verb, "250 2.1.0 Ok").await?;
            }
        }
    }
}

/// Answers a step; whether it agreed. `None` once there is nobody to talk to.
async fn say<S>(stream: &mut BufReader<S>, rules: &Rules, step: &str, usual: &str) -> Option<bool>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    if rules.hangs_at == Some(step) {
        std::future::pending::<()>().await;
    }
    if rules.hangs_up_at == Some(step) {
        return None;
    }
    let instead = rules.says.iter().find(|(at, _)| *at == step).map(|(_, answer)| answer.as_str());
    let answer = instead.unwrap_or(usual);
    stream.write_all(format!("{answer}\r\n").as_bytes()).await.ok()?;
    stream.flush().await.ok()?;
    Some(instead.is_none() || answer.starts_with(['2', '3']))
}

async fn line<S: AsyncRead + AsyncWrite + Unpin>(stream: &mut BufReader<S>) -> Option<String> {
    let mut line = String::new();
    (stream.read_line(&mut line).await.ok()? > 0).then(|| line.trim_end().to_owned())
}

async fn log_in<S: AsyncRead + AsyncWrite + Unpin>(
    stream: &mut BufReader<S>,
    rules: &Rules,
    asked: &str,
) -> Option<bool> {
    let decoded = |text: &str| String::from_utf8(STANDARD.decode(text).unwrap()).unwrap();
    let (user, password) = rules.login.unwrap();
    if let Some(plain) = asked.strip_prefix("AUTH PLAIN ") {
        return Some(decoded(plain) == format!("\0{user}\0{password}"));
    }
    assert_eq!(asked, "AUTH LOGIN");
    let mut told = Vec::new();
    for question in ["Username:", "Password:"] {
        stream.write_all(format!("334 {}\r\n", STANDARD.encode(question)).as_bytes()).await.ok()?;
        stream.flush().await.ok()?;
        told.push(decoded(&line(stream).await?));
    }
    Some(told == [user, password])
}

/// What is sent up to the lone dot, with the doubled dots single again (RFC 5321, 4.5.2).
async fn letter<S: AsyncRead + AsyncWrite + Unpin>(stream: &mut BufReader<S>) -> Option<String> {
    let mut letter = String::new();
    loop {
        let line = line(stream).await?;
        if line == "." {
            return Some(letter);
        }
        letter.push_str(line.strip_prefix('.').unwrap_or(&line));
        letter.push('\n');
    }
}

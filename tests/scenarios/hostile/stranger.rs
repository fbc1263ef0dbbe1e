//! A stranger between the program and a simulator: passes requests on, and answers some as no honest server would.

use flate2::write::GzEncoder;
use std::io::Write as _;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;

/// What one would send who wants the program to run full.
pub const GIGABYTE: u64 = 1_000_000_000;

#[derive(Debug, Clone)]
pub enum Trick {
    /// A gigabyte of JSON, in chunks, without a word of how much comes.
    Gigabyte,
    /// A gigabyte packed into less than a megabyte.
    Bomb,
    /// To this address.
    Redirect(String),
    /// One byte a second.
    Drip,
    /// A head that never ends.
    Head,
}

/// Which requests are answered so.
#[derive(Debug, Clone)]
pub struct Armed {
    /// The beginning of its first line: `POST /api/docs/invoice`.
    pub request: &'static str,
    /// What stands in its body; empty takes any.
    pub body: String,
    pub trick: Trick,
    /// How often; none: until it is disarmed.
    pub times: Option<u32>,
    /// Whether the simulator does what is asked before its answer is withheld.
    pub acts: bool,
}

/// A listener on loopback before a simulator.
pub struct Stranger {
    pub url: String,
    shared: Arc<Shared>,
}

struct Shared {
    /// `127.0.0.1:PORT` of the simulator.
    behind: String,
    armed: Mutex<Vec<Armed>>,
    /// First line and body of every request.
    seen: Mutex<Vec<(String, String)>>,
    /// Bytes of tricks that were taken from us.
    sent: AtomicU64,
    tls: Option<Mutex<TlsAcceptor>>,
}

trait Wire: AsyncRead + AsyncWrite + Unpin + Send {}
impl<T: AsyncRead + AsyncWrite + Unpin + Send> Wire for T {}

impl Stranger {
    pub async fn before(address: &str) -> Stranger {
        Stranger::open(address, None).await
    }

    /// Over TLS, as this one shows itself.
    pub async fn over_tls(address: &str, acceptor: TlsAcceptor) -> Stranger {
        Stranger::open(address, Some(acceptor)).await
    }

    async fn open(address: &str, tls: Option<TlsAcceptor>) -> Stranger {
        let rest = address.strip_prefix("http://").unwrap();
        let (behind, path) = rest.split_once('/').map_or((rest, String::new()), |(at, path)| (at, format!("/{path}")));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let scheme = if tls.is_some() { "https" } else { "http" };
        let shared = Arc::new(Shared {
            behind: behind.to_owned(),
            armed: Mutex::default(),
            seen: Mutex::default(),
            sent: AtomicU64::new(0),
            tls: tls.map(Mutex::new),
        });
        let held = shared.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let shared = held.clone();
                tokio::spawn(async move {
                    let acceptor = shared.tls.as_ref().map(|tls| tls.lock().unwrap().clone());
                    match acceptor {
                        // whoever does not trust it hangs up
                        Some(acceptor) => match acceptor.accept(stream).await {
                            Ok(stream) => shared.serve(Box::new(stream)).await,
                            Err(_) => None,
                        },
                        None => shared.serve(Box::new(stream)).await,
                    }
                });
            }
        });
        Stranger { url: format!("{scheme}://127.0.0.1:{port}{path}"), shared }
    }

    pub fn arm(&self, armed: Armed) {
        self.shared.armed.lock().unwrap().push(armed);
    }

    pub fn disarm(&self) {
        self.shared.armed.lock().unwrap().clear();
    }

    /// Shows itself otherwise from the next connection on.
    pub fn show(&self, acceptor: TlsAcceptor) {
        *self.shared.tls.as_ref().unwrap().lock().unwrap() = acceptor;
    }

    /// Requests so far that begin like this and hold that.
    pub fn count(&self, request: &str, body: &str) -> usize {
        let seen = self.shared.seen.lock().unwrap();
        seen.iter().filter(|(line, held)| line.starts_with(request) && held.contains(body)).count()
    }

    /// Bytes of tricks that were taken so far.
    pub fn sent(&self) -> u64 {
        self.shared.sent.load(Ordering::SeqCst)
    }
}

impl Shared {
    /// One request and its answer. `None`: whoever asked is gone.
    async fn serve(&self, mut stream: Box<dyn Wire>) -> Option<()> {
        let (head, body) = read_request(&mut stream).await?;
        let text = String::from_utf8_lossy(&body).into_owned();
        let line = head.lines().next().unwrap_or_default().to_owned();
        self.seen.lock().unwrap().push((line.clone(), text.clone()));
        let Some(armed) = self.take(&line, &text) else {
            let answer = self.pass_on(&head, &body).await?;
            stream.write_all(&answer).await.ok()?;
            return stream.shutdown().await.ok();
        };
        if armed.acts {
            self.pass_on(&head, &body).await?;
        }
        self.play(&armed.trick, &mut stream).await
    }

    fn take(&self, line: &str, body: &str) -> Option<Armed> {
        let mut all = self.armed.lock().unwrap();
        let found = all
            .iter_mut()
            .find(|one| one.times != Some(0) && line.starts_with(one.request) && body.contains(&one.body))?;
        found.times = found.times.map(|times| times - 1);
        Some(found.clone())
    }

    async fn pass_on(&self, head: &str, body: &[u8]) -> Option<Vec<u8>> {
        let mut stream = TcpStream::connect(&self.behind).await.ok()?;
        let lines = head.trim_end().lines().filter(|line| !line.to_ascii_lowercase().starts_with("connection:"));
        let head = lines.chain(["connection: close", "", ""]).collect::<Vec<_>>().join("\r\n");
        stream.write_all(head.as_bytes()).await.ok()?;
        stream.write_all(body).await.ok()?;
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).await.ok()?;
        Some(answer)
    }

    async fn play(&self, trick: &Trick, stream: &mut Box<dyn Wire>) -> Option<()> {
        const JSON: &str = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n";
        match trick {
            Trick::Gigabyte => {
                self.send(stream, format!("{JSON}transfer-encoding: chunked\r\n\r\n8\r\n[{{\"id\":\"\r\n").as_bytes())
                    .await?;
                let chunk = [b"10000\r\n".as_slice(), &[b'a'; 0x10000], b"\r\n"].concat();
                self.send_much(stream, &chunk).await
            }
            Trick::Bomb => {
                let body = packed();
                let head = format!("{JSON}content-encoding: gzip\r\ncontent-length: {}\r\n\r\n", body.len());
                self.send(stream, head.as_bytes()).await?;
                self.send(stream, &body).await
            }
            Trick::Redirect(to) => {
                let head = format!("HTTP/1.1 307 Temporary Redirect\r\nlocation: {to}\r\ncontent-length: 0\r\n\r\n");
                self.send(stream, head.as_bytes()).await
            }
            Trick::Drip => {
                self.send(stream, format!("{JSON}content-length: 100000\r\n\r\n").as_bytes()).await?;
                loop {
                    self.send(stream, b" ").await?;
                    tokio::time::sleep(Duration::from_secs(1)).await;
                }
            }
            Trick::Head => {
                let many: String = (0..50).map(|n| format!("x-{n}: {}\r\n", "b".repeat(500))).collect();
                self.send(stream, format!("{JSON}{many}x-last: ").as_bytes()).await?;
                self.send_much(stream, &[b'c'; 0x10000]).await
            }
        }
    }

    async fn send(&self, stream: &mut Box<dyn Wire>, bytes: &[u8]) -> Option<()> {
        stream.write_all(bytes).await.ok()?;
        stream.flush().await.ok()?;
        self.sent.fetch_add(bytes.len() as u64, Ordering::SeqCst);
        Some(())
    }

    async fn send_much(&self, stream: &mut Box<dyn Wire>, piece: &[u8]) -> Option<()> {
        for _ in 0..GIGABYTE / piece.len() as u64 {
            self.send(stream, piece).await?;
        }
        Some(())
    }
}

/// A request's head and body.
async fn read_request(stream: &mut Box<dyn Wire>) -> Option<(String, Vec<u8>)> {
    let mut read = Vec::new();
    let mut piece = [0_u8; 8192];
    let end = loop {
        if let Some(at) = read.windows(4).position(|window| window == b"\r\n\r\n") {
            break at + 4;
        }
        let count = stream.read(&mut piece).await.ok().filter(|count| *count > 0)?;
        read.extend_from_slice(&piece[..count]);
    };
    let mut body = read.split_off(end);
    let head = String::from_utf8(read).ok()?;
    let length =
        head.lines().find_map(|line| line.to_ascii_lowercase().strip_prefix("content-length:")?.trim().parse().ok());
    while body.len() < length.unwrap_or(0) {
        let count = stream.read(&mut piece).await.ok().filter(|count| *count > 0)?;
        body.extend_from_slice(&piece[..count]);
    }
    Some((head, body))
}

/// A gigabyte of blanks in gzip: a hundred parts of ten megabytes, as the format allows.
fn packed() -> Vec<u8> {
    let mut part = GzEncoder::new(Vec::new(), flate2::Compression::best());
    let blanks = vec![b' '; 1_000_000];
    (0..10).for_each(|_| part.write_all(&blanks).unwrap());
    let all = part.finish().unwrap().repeat(100);
    assert!(all.len() < 1024 * 1024, "it is small itself: {}", all.len());
    all
}

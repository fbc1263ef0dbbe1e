//! A connection of which no more is read than a line at a time, and than so much in all.
//!
//! What stands behind a line is left to the network until it is asked for: words that somebody on the way appends to the
//! answer to STARTTLS then come before the handshake, which they break, and are not taken for the server's own under TLS.

use lettre::transport::smtp::client::AsyncTokioStream;
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, ready};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio_rustls::client::TlsStream;

/// Whether the other side has hung up, seen from outside the client that holds the connection.
#[derive(Debug, Clone, Default)]
pub(super) struct Ended(Arc<AtomicBool>);

impl Ended {
    pub(super) fn is(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

#[derive(Debug)]
pub(super) struct Lines {
    tcp: TcpStream,
    left: usize,
    ended: Ended,
}

impl Lines {
    /// Up to `most` bytes are read, what TLS adds included.
    pub(super) fn new(tcp: TcpStream, most: usize, ended: Ended) -> Lines {
        Lines { tcp, left: most, ended }
    }
}

impl AsyncRead for Lines {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, into: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        if into.remaining() == 0 {
            return Poll::Ready(Ok(()));
        }
        if this.left == 0 {
            return Poll::Ready(Err(io::Error::new(io::ErrorKind::FileTooLarge, "more was answered than is read")));
        }
        let mut bytes = [0_u8; 1024];
        let most = into.remaining().min(this.left).min(bytes.len());
        let mut ahead = ReadBuf::new(&mut bytes[..most]);
        let read = match ready!(this.tcp.poll_peek(cx, &mut ahead)) {
            Ok(_) => {
                let seen = ahead.filled();
                let line = seen.iter().position(|byte| *byte == b'\n').map_or(seen.len(), |at| at + 1);
                let mut taken = ReadBuf::new(&mut bytes[..line]);
                let read =
                    if line == 0 { Poll::Ready(Ok(())) } else { Pin::new(&mut this.tcp).poll_read(cx, &mut taken) };
                ready!(read).map(|()| taken.filled().len())
            }
            Err(error) => Err(error),
        };
        match read {
            Ok(length) => {
                into.put_slice(&bytes[..length]);
                this.left -= length;
                if length == 0 {
                    this.ended.0.store(true, Ordering::Relaxed);
                }
                Poll::Ready(Ok(()))
            }
            Err(error) => {
                this.ended.0.store(true, Ordering::Relaxed);
                Poll::Ready(Err(error))
            }
        }
    }
}

impl AsyncWrite for Lines {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        let written = ready!(Pin::new(&mut this.tcp).poll_write(cx, bytes));
        if written.is_err() {
            this.ended.0.store(true, Ordering::Relaxed);
        }
        Poll::Ready(written)
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().tcp).poll_flush(cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().tcp).poll_shutdown(cx)
    }
}

impl AsyncTokioStream for Lines {
    fn peer_addr(&self) -> io::Result<SocketAddr> {
        self.tcp.peer_addr()
    }
}

/// The same under TLS from the first byte.
#[derive(Debug)]
pub(super) struct Secured(pub(super) TlsStream<Lines>);

impl AsyncRead for Secured {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, into: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().0).poll_read(cx, into)
    }
}

impl AsyncWrite for Secured {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.get_mut().0).poll_write(cx, bytes)
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().0).poll_flush(cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().0).poll_shutdown(cx)
    }
}

impl AsyncTokioStream for Secured {
    fn peer_addr(&self) -> io::Result<SocketAddr> {
        self.0.get_ref().0.peer_addr()
    }
}

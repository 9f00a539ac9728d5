//! Misbehaviour as a list of acts: what a server does with a connection, one after the other.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use rustls::ServerConfig;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_rustls::TlsAcceptor;

/// One thing that a server does. After the last it closes in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Act {
    /// Reads to the blank line that ends a request's head.
    ReadHead,
    /// Reads at least so many bytes.
    Read(usize),
    /// Sends these bytes at once.
    Say(Vec<u8>),
    /// Sends these bytes one by one, so long apart, over and over.
    Drip(Vec<u8>, Duration),
    /// Sends these bytes over and over, as fast as the peer takes them.
    Forever(Vec<u8>),
    /// Stays silent until the peer goes away.
    Hold,
    /// Stays silent and reads nothing more, so that the peer's sending comes to a stop.
    Stall,
    /// Ends the connection with a reset.
    Reset,
}

impl Act {
    /// Sends this text.
    #[must_use]
    pub fn say(text: &str) -> Self {
        Self::Say(text.as_bytes().to_vec())
    }
}

pub(super) async fn play_plain(script: Arc<[Act]>, mut stream: TcpStream) {
    if play(&script, &mut stream).await == End::Reset {
        reset(stream);
    }
}

pub(super) async fn play_tls(script: Arc<[Act]>, config: Arc<ServerConfig>, stream: TcpStream) {
    let Ok(mut stream) = TlsAcceptor::from(config).accept(stream).await else { return };
    if play(&script, &mut stream).await == End::Reset {
        reset(stream.into_inner().0);
    }
}

/// A close without lingering is a reset.
fn reset(stream: TcpStream) {
    let _ = rustix::net::sockopt::set_socket_linger(&stream, Some(Duration::ZERO));
    drop(stream);
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    Closed,
    Reset,
}

async fn play<S: AsyncRead + AsyncWrite + Unpin>(script: &[Act], stream: &mut S) -> End {
    for act in script {
        if *act == Act::Reset {
            return End::Reset;
        }
        // A peer that has gone ends the play.
        if perform(act, stream).await.is_err() {
            return End::Closed;
        }
    }
    // What the peer still sends is read, because closing over unread bytes would be a reset.
    let _ = stream.shutdown().await;
    let _ = tokio::io::copy(stream, &mut tokio::io::sink()).await;
    End::Closed
}

async fn perform<S: AsyncRead + AsyncWrite + Unpin>(act: &Act, stream: &mut S) -> io::Result<()> {
    match act {
        Act::ReadHead => read_until(stream, |bytes| bytes.windows(4).any(|four| four == b"\r\n\r\n")).await,
        Act::Read(count) => read_until(stream, |bytes| bytes.len() >= *count).await,
        Act::Say(bytes) => say(stream, bytes).await,
        Act::Drip(bytes, apart) => drip(stream, bytes, *apart).await,
        Act::Forever(bytes) => loop {
            say(stream, bytes).await?;
        },
        Act::Hold => tokio::io::copy(stream, &mut tokio::io::sink()).await.map(drop),
        Act::Stall => std::future::pending().await,
        Act::Reset => Ok(()),
    }
}

async fn say<S: AsyncWrite + Unpin>(stream: &mut S, bytes: &[u8]) -> io::Result<()> {
    stream.write_all(bytes).await?;
    stream.flush().await
}

async fn drip<S: AsyncWrite + Unpin>(stream: &mut S, bytes: &[u8], apart: Duration) -> io::Result<()> {
    let mut clock = tokio::time::interval(apart);
    for byte in bytes.iter().cycle() {
        clock.tick().await;
        say(stream, &[*byte]).await?;
    }
    Ok(())
}

async fn read_until<S: AsyncRead + Unpin>(stream: &mut S, enough: impl Fn(&[u8]) -> bool) -> io::Result<()> {
    let mut bytes = Vec::new();
    while !enough(&bytes) {
        if stream.read_buf(&mut bytes).await? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
    }
    Ok(())
}

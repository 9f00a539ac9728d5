//! One question over HTTP. Asked as HTTP/1.0 asks: the answer comes whole and its end is that of the connection.

use std::io;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use rustls::pki_types::ServerName;
use rustls::{ClientConfig, RootCertStore};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

/// A program on this host answers within a second; over a slow line within a few.
const WITHIN: Duration = Duration::from_secs(5);

/// All pairs of a thousand nodes are less.
const SIZE_LIMIT: u64 = 512 * 1024 * 1024;

/// Where to ask.
#[derive(Debug)]
pub(super) struct Place {
    pub(super) is_tls: bool,
    /// A name, or an address without brackets.
    pub(super) host: String,
    pub(super) port: u16,
}

/// What came.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) body: Vec<u8>,
}

/// Asks for a path.
///
/// # Errors
/// Why there was no answer, in a few words.
pub(super) async fn ask(place: &Place, path: &str, token: Option<&str>) -> Result<Answer, String> {
    let asking = async {
        // The system resolves a name here, unlike for targets: nothing is measured, and it is cut off with all else.
        let line = TcpStream::connect((place.host.as_str(), place.port)).await.map_err(|error| said(&error))?;
        let question = question(place, path, token);
        if place.is_tls { exchange(secured(place, line).await?, &question).await } else { exchange(line, &question).await }
    };
    tokio::time::timeout(WITHIN, asking).await.unwrap_or_else(|_| Err(format!("silence for {} s", WITHIN.as_secs())))
}

fn question(place: &Place, path: &str, token: Option<&str>) -> String {
    let host = if place.host.contains(':') { format!("[{}]", place.host) } else { place.host.clone() };
    let authorization = token.map(|token| format!("Authorization: Bearer {token}\r\n")).unwrap_or_default();
    let agent = concat!("allswell/", env!("CARGO_PKG_VERSION"));
    format!("GET {path} HTTP/1.0\r\nHost: {host}:{}\r\nUser-Agent: {agent}\r\nAccept: application/json\r\n{authorization}\r\n", place.port)
}

async fn exchange(mut line: impl AsyncRead + AsyncWrite + Unpin, question: &str) -> Result<Answer, String> {
    line.write_all(question.as_bytes()).await.map_err(|error| said(&error))?;
    let mut came = Vec::new();
    match line.take(SIZE_LIMIT).read_to_end(&mut came).await {
        // A peer that ends TLS without saying so has said all; what is cut off is no JSON.
        Err(error) if error.kind() != io::ErrorKind::UnexpectedEof => Err(said(&error)),
        _ => answer(&came).ok_or_else(|| "that is not HTTP".to_owned()),
    }
}

/// Head and body.
pub(super) fn answer(came: &[u8]) -> Option<Answer> {
    let end = came.windows(4).position(|four| four == b"\r\n\r\n")?;
    let head = std::str::from_utf8(came.get(..end)?).ok()?;
    let mut words = head.lines().next()?.split(' ');
    words.next().filter(|version| version.starts_with("HTTP/1."))?;
    Some(Answer { status: words.next()?.parse().ok()?, body: came.get(end + 4..)?.to_vec() })
}

async fn secured(place: &Place, line: TcpStream) -> Result<impl AsyncRead + AsyncWrite + Unpin, String> {
    let name = match place.host.parse::<IpAddr>() {
        Ok(address) => ServerName::IpAddress(address.into()),
        Err(_) => ServerName::try_from(place.host.clone()).map_err(|_| "no certificate can be made out for that name".to_owned())?,
    };
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let versions = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
    let config = versions.map_err(|error| error.to_string())?.with_root_certificates(roots).with_no_client_auth();
    TlsConnector::from(Arc::new(config)).connect(name, line).await.map_err(|error| said(&error))
}

fn said(error: &io::Error) -> String {
    error.to_string()
}

#[cfg(test)]
mod tests;

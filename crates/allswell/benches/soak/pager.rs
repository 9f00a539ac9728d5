//! The other side of the channel: of three messages it takes one, refuses one, and lets one hang.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use crate::Trouble;

/// The channel's own deadline is shorter.
const HANGS_FOR: Duration = Duration::from_secs(60);

pub(crate) struct Pager {
    address: SocketAddr,
    heard: Arc<AtomicU64>,
    taken: Arc<AtomicU64>,
}

impl Pager {
    /// Within a runtime, which serves it.
    pub(crate) fn open() -> Result<Self, Trouble> {
        let listener = std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        listener.set_nonblocking(true)?;
        let address = listener.local_addr()?;
        let (heard, taken) = (Arc::new(AtomicU64::new(0)), Arc::new(AtomicU64::new(0)));
        tokio::spawn(serve(TcpListener::from_std(listener)?, Arc::clone(&heard), Arc::clone(&taken)));
        Ok(Self { address, heard, taken })
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}/oncall", self.address)
    }

    /// How many messages came, and how many were taken.
    pub(crate) fn counted(&self) -> (u64, u64) {
        (self.heard.load(Ordering::Relaxed), self.taken.load(Ordering::Relaxed))
    }
}

async fn serve(listener: TcpListener, heard: Arc<AtomicU64>, taken: Arc<AtomicU64>) {
    loop {
        let Ok((stream, _)) = listener.accept().await else { continue };
        tokio::spawn(answer(stream, heard.fetch_add(1, Ordering::Relaxed), Arc::clone(&taken)));
    }
}

async fn answer(mut stream: TcpStream, number: u64, taken: Arc<AtomicU64>) {
    if number % 3 == 2 {
        return tokio::time::sleep(HANGS_FOR).await;
    }
    let mut request = Vec::new();
    while !whole(&request) {
        match stream.read_buf(&mut request).await {
            Ok(0) | Err(_) => return,
            Ok(_) => {}
        }
    }
    let takes = number.is_multiple_of(3);
    let status = if takes { "200 OK" } else { "503 Service Unavailable" };
    let reply = format!("HTTP/1.1 {status}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
    if stream.write_all(reply.as_bytes()).await.is_ok() && takes {
        taken.fetch_add(1, Ordering::Relaxed);
    }
}

/// Whether head and body are there.
fn whole(request: &[u8]) -> bool {
    let text = String::from_utf8_lossy(request);
    let Some((head, body)) = text.split_once("\r\n\r\n") else { return false };
    let length = head.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("content-length").then(|| value.trim().parse::<usize>().ok())?
    });
    body.len() >= length.unwrap_or(0)
}

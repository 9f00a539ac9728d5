//! What is watched: twenty ports on a hundred addresses of loopback, each port with a mood of its own that changes.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::time::Duration;

use socket2::{Domain, SockRef, Socket, Type};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use crate::Trouble;
use crate::noise::Noise;

pub(crate) const PORTS: usize = 20;
pub(crate) const ADDRESSES: u8 = 100;

/// A hanging connection is let go after this long; the prober has given up long before.
const HANGS_FOR: Duration = Duration::from_secs(5);

/// A slow answer is still in time.
const SLOW_FOR: Duration = Duration::from_millis(300);

/// So many connections wait in the kernel while nobody accepts.
const BACKLOG: i32 = 1024;

/// How a port answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mood {
    Well,
    Slow,
    Failing,
    Hanging,
    Resetting,
    Babbling,
    Closing,
}

const MOODS: [Mood; 7] = [Mood::Well, Mood::Slow, Mood::Failing, Mood::Hanging, Mood::Resetting, Mood::Babbling, Mood::Closing];

/// Of ten ports seven are well.
const WELL_OF_TEN: u64 = 7;

pub(crate) struct Posts {
    ports: Vec<(u16, Arc<AtomicU8>)>,
}

impl Posts {
    /// Within a runtime, which serves them.
    pub(crate) fn open() -> Result<Self, Trouble> {
        let mut ports = Vec::new();
        for _ in 0..PORTS {
            let listener = listen()?;
            let mood = Arc::new(AtomicU8::new(0));
            ports.push((listener.local_addr()?.port(), Arc::clone(&mood)));
            tokio::spawn(serve(TcpListener::from_std(listener)?, mood));
        }
        Ok(Self { ports })
    }

    pub(crate) fn ports(&self) -> impl Iterator<Item = u16> {
        self.ports.iter().map(|(port, _)| *port)
    }

    /// One port in five thinks again.
    pub(crate) fn change_moods(&self, noise: &mut Noise) {
        for (_, mood) in &self.ports {
            if noise.below(5) == 0 {
                let well = noise.below(10) < WELL_OF_TEN;
                let next = if well { 0 } else { noise.below(MOODS.len() as u64) };
                mood.store(u8::try_from(next).unwrap_or(0), Ordering::Relaxed);
            }
        }
    }
}

/// All of 127.0.0.0/8 and nothing else: the wildcard address, bound to the loopback interface.
fn listen() -> io::Result<std::net::TcpListener> {
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None)?;
    socket.bind_device(Some(b"lo"))?;
    socket.bind(&SocketAddr::from((Ipv4Addr::UNSPECIFIED, 0)).into())?;
    socket.listen(BACKLOG)?;
    socket.set_nonblocking(true)?;
    Ok(socket.into())
}

async fn serve(listener: TcpListener, mood: Arc<AtomicU8>) {
    loop {
        let Ok((stream, _)) = listener.accept().await else { continue };
        let mood = MOODS.get(usize::from(mood.load(Ordering::Relaxed))).copied().unwrap_or(Mood::Well);
        tokio::spawn(answer(stream, mood));
    }
}

/// How the client goes away is its own affair.
async fn answer(mut stream: TcpStream, mood: Mood) {
    let mut request = [0; 1024];
    let read = stream.read(&mut request);
    let asked = tokio::time::timeout(HANGS_FOR, read).await.is_ok_and(|read| read.is_ok_and(|length| length > 0));
    let reply: &[u8] = match mood {
        Mood::Well => b"HTTP/1.1 200 OK\r\ncontent-length: 3\r\n\r\nok\n",
        Mood::Slow => {
            tokio::time::sleep(SLOW_FOR).await;
            b"HTTP/1.1 200 OK\r\ncontent-length: 3\r\n\r\nok\n"
        }
        Mood::Failing => b"HTTP/1.1 503 Service Unavailable\r\ncontent-length: 0\r\n\r\n",
        Mood::Babbling => b"220 this is quite another protocol\r\n",
        Mood::Hanging => return tokio::time::sleep(HANGS_FOR).await,
        Mood::Resetting => {
            let _ = SockRef::from(&stream).set_linger(Some(Duration::ZERO));
            return;
        }
        Mood::Closing => return,
    };
    if asked {
        let _ = stream.write_all(reply).await;
    }
}

//! The peer of every contender, in a process of its own so that its processor time counts for nobody.

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::os::fd::AsFd;

use rustix::event::epoll::{self, CreateFlags, EventData, EventFlags};
use socket2::{Domain, Socket, Type};

use crate::figures::{Figures, Trouble};
use crate::{child, say};

/// As many as Linux allows by default: a burst of connections is not to meet a full queue.
const BACKLOG: i32 = 4096;

/// Contenders spread their connections over 127.0.0.1 to 127.0.0.100, as targets would be spread.
const ADDRESSES: u8 = 100;

/// Where a server listens.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Peers {
    pub(crate) port: u16,
}

impl Peers {
    pub(crate) fn peer(self, index: usize) -> SocketAddr {
        let last = u8::try_from(index % usize::from(ADDRESSES)).unwrap_or(0) + 1;
        SocketAddr::from((Ipv4Addr::new(127, 0, 0, last), self.port))
    }
}

/// What a server does with a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Manner {
    /// Accepts and closes.
    Tcp,
    /// Reads a request, answers `200 OK`, closes.
    Http,
}

impl Manner {
    pub(crate) fn of(word: &str) -> Self {
        if word == "http" { Self::Http } else { Self::Tcp }
    }
}

const REPLY: &[u8] = b"HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\ncontent-length: 3\r\nconnection: close\r\n\r\nok\n";

/// The role: serves until the bench ends.
pub(crate) fn serve(manner: Manner) -> Result<(), Trouble> {
    child::end_with_parent();
    let listener = listen()?;
    say(&Figures::default().with("port", f64::from(listener.local_addr()?.port())).to_string());
    Server { epoll: epoll::create(CreateFlags::CLOEXEC)?, connections: BTreeMap::new(), next: 1, manner }.run(&listener)
}

/// All of 127.0.0.0/8 and nothing else: the wildcard address, bound to the loopback interface.
fn listen() -> Result<TcpListener, Trouble> {
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None)?;
    socket.bind_device(Some(b"lo"))?;
    socket.bind(&SocketAddr::from((Ipv4Addr::UNSPECIFIED, 0)).into())?;
    socket.listen(BACKLOG)?;
    socket.set_nonblocking(true)?;
    Ok(socket.into())
}

struct Server {
    epoll: std::os::fd::OwnedFd,
    connections: BTreeMap<u64, TcpStream>,
    next: u64,
    manner: Manner,
}

const LISTENER: u64 = 0;

impl Server {
    fn run(mut self, listener: &TcpListener) -> Result<(), Trouble> {
        epoll::add(&self.epoll, listener.as_fd(), EventData::new_u64(LISTENER), EventFlags::IN)?;
        let mut events = Vec::with_capacity(256);
        loop {
            events.clear();
            epoll::wait(&self.epoll, rustix::buffer::spare_capacity(&mut events), None)?;
            for event in &events {
                match event.data.u64() {
                    LISTENER => self.accept(listener)?,
                    number => self.answer(number),
                }
            }
        }
    }

    fn accept(&mut self, listener: &TcpListener) -> Result<(), Trouble> {
        // A peer that is gone again, or nobody there: the next event tells.
        while let Ok((stream, _)) = listener.accept() {
            if self.manner == Manner::Http {
                epoll::add(&self.epoll, stream.as_fd(), EventData::new_u64(self.next), EventFlags::IN)?;
                self.connections.insert(self.next, stream);
                self.next += 1;
            }
        }
        Ok(())
    }

    /// The contenders' requests are short and come in one piece.
    fn answer(&mut self, number: u64) {
        let Some(mut stream) = self.connections.remove(&number) else { return };
        let mut request = [0; 4096];
        if stream.read(&mut request).is_ok_and(|length| length > 0) {
            // A peer that went away is not waited for.
            let _ = stream.write_all(REPLY);
        }
    }
}

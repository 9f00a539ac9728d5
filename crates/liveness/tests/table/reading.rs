//! What the kernel says of one socket, raw, in the two orders in which one may ask.

use std::net::TcpStream;
use std::os::fd::{AsFd, OwnedFd};
use std::time::Duration;

use allswell_os::error_queue::{self, QueuedError, Said};
use allswell_os::events::Events;
use allswell_os::socket::take_error;
use allswell_os::tcp_info::{self, TcpState};
use rustix::event::epoll;
use rustix::io::Errno;
use rustix::net::{RecvFlags, SendFlags, getpeername, recv, send};

use crate::{errno, wait};

/// Order A, without the sends.
#[derive(Debug)]
pub(crate) struct ErrorFirst {
    pub(crate) epoll: String,
    pub(crate) state: String,
    pub(crate) peername: String,
    pub(crate) so_error: String,
    pub(crate) peek: String,
    pub(crate) epoll_after: String,
    pub(crate) error_queue: String,
}

impl ErrorFirst {
    pub(crate) fn read(socket: &TcpStream) -> Self {
        let epoll = Epoll::of(socket);
        Self {
            epoll: epoll.mask(),
            state: state(socket).to_owned(),
            peername: getpeername(socket).map_or_else(errno::of, |_| "ok".to_owned()),
            so_error: format!("{}→{}", so_error(socket), so_error(socket)),
            peek: received(socket, RecvFlags::PEEK),
            epoll_after: {
                received(socket, RecvFlags::empty());
                epoll.mask()
            },
            error_queue: queued(socket),
        }
    }
}

/// Order B: the first peek, and what is then left of SO_ERROR.
pub(crate) fn peek_first(socket: &TcpStream) -> String {
    let peeked = received(socket, RecvFlags::PEEK);
    let asked = format!("{peeked} / {}", so_error(socket));
    received(socket, RecvFlags::PEEK);
    received(socket, RecvFlags::empty());
    asked
}

/// Two sends of one byte, 50 ms apart, on each of the sockets.
pub(crate) fn sends(sockets: [&TcpStream; 2]) -> [String; 2] {
    let sent = |socket: &&TcpStream| match send(socket, b"x", SendFlags::NOSIGNAL | SendFlags::DONTWAIT) {
        Ok(length) => format!("sent{length}"),
        Err(error) => errno::of(error),
    };
    let first = sockets.each_ref().map(sent);
    wait::pause(Duration::from_millis(50));
    let second = sockets.each_ref().map(sent);
    [0, 1].map(|at| format!("{},{}", first[at], second[at]))
}

/// Level-triggered, so that it says what is so and not what has changed.
struct Epoll(OwnedFd);

impl Epoll {
    fn of(socket: &TcpStream) -> Self {
        let epoll = epoll::create(epoll::CreateFlags::CLOEXEC).unwrap();
        let asked = epoll::EventFlags::IN | epoll::EventFlags::OUT | epoll::EventFlags::PRI | epoll::EventFlags::RDHUP;
        epoll::add(&epoll, socket, epoll::EventData::new_u64(0), asked).unwrap();
        Self(epoll)
    }

    fn mask(&self) -> String {
        let mut events = Vec::with_capacity(1);
        epoll::wait(&self.0, rustix::buffer::spare_capacity(&mut events), Some(&rustix::event::Timespec::default())).unwrap();
        events.first().map_or_else(|| "-".to_owned(), |event| Events::from_bits({ event.flags }.bits()).to_string())
    }
}

fn state(socket: &TcpStream) -> &'static str {
    match tcp_info::read(socket).unwrap().state {
        TcpState::Established => "ESTAB",
        TcpState::SynSent => "SYN_SENT",
        TcpState::SynReceived => "SYN_RECV",
        TcpState::FinWait1 => "FIN_WAIT1",
        TcpState::FinWait2 => "FIN_WAIT2",
        TcpState::TimeWait => "TIME_WAIT",
        TcpState::Close => "CLOSE",
        TcpState::CloseWait => "CLOSE_WAIT",
        TcpState::LastAck => "LAST_ACK",
        TcpState::Listen => "LISTEN",
        TcpState::Closing => "CLOSING",
        TcpState::Other(_) => "?",
    }
}

fn so_error(socket: &TcpStream) -> String {
    take_error(socket).unwrap().map_or_else(|| "OK".to_owned(), errno::name)
}

fn received(socket: impl AsFd, flags: RecvFlags) -> String {
    match recv(socket, &mut [0; 64][..], flags | RecvFlags::DONTWAIT) {
        Ok((0, _)) => "EOF(0)".to_owned(),
        Ok((length, _)) => format!("{length}B"),
        Err(error) => errno::of(error),
    }
}

/// What waits in the error queue, each kind of entry once: a router may have said it several times.
fn queued(socket: &TcpStream) -> String {
    let mut entries: Vec<String> = error_queue::drain(socket).unwrap().iter().map(shown).collect();
    entries.dedup();
    if entries.is_empty() { "-".to_owned() } else { entries.join(", ") }
}

fn shown(entry: &QueuedError) -> String {
    let who = entry.offender.map_or_else(|| "nobody".to_owned(), |address| address.to_string());
    let said = match entry.said {
        Said::Icmp => "ICMP",
        Said::Icmp6 => "ICMP6",
        Said::Local => "local",
        Said::Other(_) => "other",
    };
    format!("{said} {}/{} {} by {who}", entry.kind, entry.code, errno::of(Errno::from_raw_os_error(entry.errno)))
}

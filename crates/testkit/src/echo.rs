//! A host that answers echo requests as a test wants it: late, twice, from elsewhere, with something else, or not at all.

#![expect(clippy::unwrap_used, reason = "a fixture that cannot be made fails its test")]

use std::io::PipeWriter;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::os::fd::OwnedFd;
use std::thread::{self, JoinHandle};

use rustix::event::{PollFd, PollFlags, poll};
use rustix::net::{AddressFamily, RecvFlags, SendFlags, SocketFlags, SocketType, bind, ipproto, recv, recvfrom, sendto, socket_with};

use crate::impair::packet;
use crate::namespace::space::Space;

/// An echo request that came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// Who asks.
    pub from: IpAddr,
    /// Its identifier and its sequence number.
    pub numbers: u32,
    /// Its payload.
    pub payload: Vec<u8>,
}

/// An ICMP message in answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The address that it comes from; the kernel chooses when absent.
    pub from: Option<IpAddr>,
    /// All of it.
    pub message: Vec<u8>,
}

impl Request {
    /// The reply that a host gives.
    #[must_use]
    pub fn reply(&self) -> Answer {
        self.reply_with(&self.payload, self.numbers)
    }

    /// A reply with another payload, or other numbers.
    #[must_use]
    pub fn reply_with(&self, payload: &[u8], numbers: u32) -> Answer {
        let kind = if self.from.is_ipv4() { 0 } else { 129 };
        Answer { from: None, message: packet::icmp(payload, [kind, 0], numbers) }
    }

    /// An ICMP error that quotes the request, with so many bytes of its payload, as sent to `to`.
    #[must_use]
    pub fn error(&self, to: IpAddr, [kind, code]: [u8; 2], payload: usize) -> Answer {
        let request = if self.from.is_ipv4() { 8 } else { 128 };
        let quoted = packet::icmp(&self.payload, [request, 0], self.numbers);
        let mut about = header(self.from, to);
        about.extend(quoted.iter().take(8 + payload));
        Answer { from: None, message: packet::icmp(&about, [kind, code], 0) }
    }
}

impl Answer {
    /// The same from another address.
    #[must_use]
    pub fn from(self, address: IpAddr) -> Self {
        Self { from: Some(address), ..self }
    }
}

/// A bare IP header, as far as anybody reads a quoted one.
fn header(from: IpAddr, to: IpAddr) -> Vec<u8> {
    match (from, to) {
        (IpAddr::V4(from), IpAddr::V4(to)) => {
            let start = [0x45, 0, 0, 84, 0, 0, 0, 0, 64, 1, 0, 0];
            [start.as_slice(), &from.octets(), &to.octets()].concat()
        }
        (from, to) => {
            let octets = |address: IpAddr| match address {
                IpAddr::V4(four) => four.to_ipv6_mapped().octets(),
                IpAddr::V6(six) => six.octets(),
            };
            let start = [0x60, 0, 0, 0, 0, 64, 58, 64];
            [start.as_slice(), &octets(from), &octets(to)].concat()
        }
    }
}

/// Answers in the kernel's place until it is dropped.
#[derive(Debug)]
pub struct Responder {
    stop: Option<PipeWriter>,
    thread: Option<JoinHandle<()>>,
}

impl Responder {
    /// Lets a host answer as `answer` says, for both families. Its kernel stays silent from now on.
    ///
    /// # Panics
    /// When the host may not open raw sockets.
    #[must_use]
    pub fn start(host: &Space, mut answer: impl FnMut(&Request) -> Vec<Answer> + Send + 'static) -> Self {
        host.sysctl("net.ipv4.icmp_echo_ignore_all", "1");
        host.sysctl("net.ipv6.icmp.echo_ignore_all", "1");
        let sockets = host.run(|| [open(true), open(false)]);
        let (stopped, stop) = std::io::pipe().unwrap();
        let entered = host.clone();
        let thread = thread::spawn(move || {
            entered.enter();
            serve(&sockets, &OwnedFd::from(stopped), &mut answer);
        });
        Self { stop: Some(stop), thread: Some(thread) }
    }
}

impl Drop for Responder {
    fn drop(&mut self) {
        drop(self.stop.take());
        // Its panic has been printed; a second one here would abort the test.
        let _ = self.thread.take().map(JoinHandle::join);
    }
}

fn open(four: bool) -> OwnedFd {
    let (family, protocol) = if four { (AddressFamily::INET, ipproto::ICMP) } else { (AddressFamily::INET6, ipproto::ICMPV6) };
    socket_with(family, SocketType::RAW, SocketFlags::CLOEXEC, Some(protocol)).unwrap()
}

/// The largest IP packet.
const LARGEST: usize = 65_536;

fn serve([four, six]: &[OwnedFd; 2], stopped: &OwnedFd, answer: &mut dyn FnMut(&Request) -> Vec<Answer>) {
    let mut buffer = vec![0; LARGEST];
    loop {
        let mut fds = [four, six, stopped].map(|fd| PollFd::new(fd, PollFlags::IN));
        poll(&mut fds, None).unwrap();
        let [four_ready, six_ready, ended] = fds.map(|fd| !fd.revents().is_empty());
        if ended {
            return;
        }
        let asked4 = four_ready.then(|| receive4(four, &mut buffer)).flatten().map(|request| (four, request));
        let asked6 = six_ready.then(|| receive6(six, &mut buffer)).flatten().map(|request| (six, request));
        for (socket, request) in asked4.into_iter().chain(asked6) {
            for Answer { from, message } in answer(&request) {
                let other = from.map(bound);
                // A client that has gone meanwhile is not the host's trouble.
                let _ = sendto(other.as_ref().unwrap_or(socket), &message, SendFlags::empty(), &SocketAddr::new(request.from, 0));
            }
        }
    }
}

fn bound(from: IpAddr) -> OwnedFd {
    let socket = open(from.is_ipv4());
    bind(&socket, &SocketAddr::new(from, 0)).unwrap();
    socket
}

/// The packet begins with its IP header.
fn receive4(socket: &OwnedFd, bytes: &mut [u8]) -> Option<Request> {
    let (length, _) = recv(socket, &mut *bytes, RecvFlags::empty()).unwrap();
    let packet = bytes.get(..length)?;
    let from = Ipv4Addr::from(*packet.get(12..)?.first_chunk()?);
    request(from.into(), 8, packet.get(usize::from(packet.first()? & 15) * 4..)?)
}

/// The kernel has taken the IP header away.
fn receive6(socket: &OwnedFd, bytes: &mut [u8]) -> Option<Request> {
    let (length, _, from) = recvfrom(socket, &mut *bytes, RecvFlags::empty()).unwrap();
    let from: Ipv6Addr = match SocketAddr::try_from(from?).ok()? {
        SocketAddr::V6(from) => *from.ip(),
        SocketAddr::V4(_) => return None,
    };
    request(from.into(), 128, bytes.get(..length)?)
}

fn request(from: IpAddr, kind: u8, message: &[u8]) -> Option<Request> {
    let numbers = u32::from_be_bytes(*message.get(4..)?.first_chunk()?);
    (*message.first()? == kind).then(|| Request { from, numbers, payload: message.get(8..).unwrap_or_default().to_vec() })
}

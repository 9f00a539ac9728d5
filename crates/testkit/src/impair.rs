//! What a network does to packets: an ICMP error of any kind, some time after the packet; or nothing at all.

#![expect(clippy::unwrap_used, reason = "a fixture that cannot be made fails its test")]

pub mod hole;
pub mod packet;

use std::collections::{BTreeMap, VecDeque};
use std::io::PipeWriter;
use std::net::SocketAddr;
use std::os::fd::{AsFd, OwnedFd};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::net::{AddressFamily, Protocol, RecvFlags, SendFlags, SocketFlags, SocketType, eth, ipproto, recv, sendto, socket_with};

use crate::namespace::space::Space;
use packet::Segment;

/// How a router answers the segments to one port.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Answer {
    /// The segment's destination port.
    pub port: u16,
    /// The ICMP type; ICMPv6 when the segment was IPv6.
    pub kind: u8,
    /// The ICMP code.
    pub code: u8,
    /// The second word of the message: the MTU of "too big", the pointer of "parameter problem".
    pub word: u32,
}

/// Which segments are answered; all of them are swallowed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Which {
    Openings,
    Every,
}

/// How many answers were sent to whom.
type Tally = Arc<Mutex<BTreeMap<SocketAddr, usize>>>;

/// A router that swallows segments and answers them with ICMP errors, from its own address. Forwards again when dropped.
#[derive(Debug)]
pub struct Injector {
    router: Space,
    table: String,
    tally: Tally,
    stop: Option<PipeWriter>,
    thread: Option<JoinHandle<()>>,
}

impl Injector {
    /// Lets `router` answer the SYNs to these ports, each so long `after` it came. Ports that are not named are forwarded.
    ///
    /// # Panics
    /// When the router may not capture packets.
    #[must_use]
    pub fn start(router: &Space, answers: &[Answer], after: Duration) -> Self {
        Self::begin(router, answers, after, Which::Openings)
    }

    /// As [`Injector::start`], and answers every segment of a connection: data, keepalive probes, FINs.
    ///
    /// # Panics
    /// When the router may not capture packets.
    #[must_use]
    pub fn on_every_segment(router: &Space, answers: &[Answer], after: Duration) -> Self {
        Self::begin(router, answers, after, Which::Every)
    }

    /// How many answers this sender of segments has been sent.
    #[must_use]
    pub fn answered(&self, sender: SocketAddr) -> usize {
        self.tally.lock().unwrap_or_else(PoisonError::into_inner).get(&sender).copied().unwrap_or_default()
    }

    fn begin(router: &Space, answers: &[Answer], after: Duration, which: Which) -> Self {
        let ports: Vec<String> = answers.iter().map(|answer| answer.port.to_string()).collect();
        // One router may have several injectors.
        let table = format!("inet injector{}", ports.join("_"));
        let ports = ports.join(", ");
        router.nft(&format!("table {table} {{ chain forward {{ type filter hook forward priority 0; tcp dport {{ {ports} }} drop; }}; }}"));
        let (stopped, stop) = std::io::pipe().unwrap();
        let sockets = router.run(Sockets::open);
        let (answers, tally) = (answers.to_vec(), Tally::default());
        let desk = Desk { answers, after, which, tally: Arc::clone(&tally) };
        let thread = thread::spawn(move || sockets.serve(&desk, &OwnedFd::from(stopped)));
        Self { router: router.clone(), table, tally, stop: Some(stop), thread: Some(thread) }
    }
}

impl Drop for Injector {
    fn drop(&mut self) {
        drop(self.stop.take());
        // Its panic has been printed; a second one here would abort the test.
        let _ = self.thread.take().map(JoinHandle::join);
        if !thread::panicking() {
            self.router.nft(&format!("delete table {}", self.table));
        }
    }
}

/// What is answered, when, and to whom it was.
struct Desk {
    answers: Vec<Answer>,
    after: Duration,
    which: Which,
    tally: Tally,
}

impl Desk {
    fn respond(&self, packet: &[u8]) -> Option<Due> {
        let segment = Segment::parse(packet).filter(|segment| segment.opens || self.which == Which::Every)?;
        let answer = self.answers.iter().find(|answer| answer.port == segment.to_port)?;
        let message = packet::icmp(packet, [answer.kind, answer.code], answer.word);
        Some(Due { at: Instant::now() + self.after, to: segment.from, message })
    }

    fn count(&self, sender: SocketAddr) {
        *self.tally.lock().unwrap_or_else(PoisonError::into_inner).entry(sender).or_default() += 1;
    }
}

struct Sockets {
    packets: [OwnedFd; 2],
    icmp: OwnedFd,
    icmp6: OwnedFd,
}

/// A message that waits for its time.
struct Due {
    at: Instant,
    /// Who sent the segment.
    to: SocketAddr,
    message: Vec<u8>,
}

impl Sockets {
    fn open() -> Self {
        let open = |family, kind, protocol: Protocol| socket_with(family, kind, SocketFlags::CLOEXEC, Some(protocol)).unwrap();
        Self {
            packets: [eth::IP, eth::IPV6].map(|protocol| open(AddressFamily::PACKET, SocketType::DGRAM, protocol)),
            icmp: open(AddressFamily::INET, SocketType::RAW, ipproto::ICMP),
            icmp6: open(AddressFamily::INET6, SocketType::RAW, ipproto::ICMPV6),
        }
    }

    fn serve(&self, desk: &Desk, stopped: &OwnedFd) {
        let mut due: VecDeque<Due> = VecDeque::new();
        loop {
            let wait = due.front().map(|first| first.at.saturating_duration_since(Instant::now()));
            let wait = wait.map(|wait| Timespec::try_from(wait).unwrap());
            let [four, six] = &self.packets;
            let mut fds = [four.as_fd(), six.as_fd(), stopped.as_fd()].map(|fd| PollFd::from_borrowed_fd(fd, PollFlags::IN));
            poll(&mut fds, wait.as_ref()).unwrap();
            let [four_ready, six_ready, ended] = fds.map(|fd| !fd.revents().is_empty());
            if ended {
                return;
            }
            let captured = [(four, four_ready), (six, six_ready)].into_iter().filter(|(_, ready)| *ready);
            due.extend(captured.filter_map(|(socket, _)| desk.respond(&capture(socket))));
            while let Some(first) = due.pop_front_if(|first| first.at <= Instant::now()) {
                self.send(&first);
                desk.count(first.to);
            }
        }
    }

    fn send(&self, due: &Due) {
        let socket = if due.to.is_ipv4() { &self.icmp } else { &self.icmp6 };
        // A client that has gone meanwhile is not the router's trouble.
        let _ = sendto(socket, &due.message, SendFlags::empty(), &SocketAddr::new(due.to.ip(), 0));
    }
}

fn capture(socket: &OwnedFd) -> Vec<u8> {
    let mut bytes = vec![0; 2048];
    let (length, _) = recv(socket, bytes.as_mut_slice(), RecvFlags::empty()).unwrap();
    bytes.truncate(length);
    bytes
}

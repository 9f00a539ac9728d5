//! What a network does to packets: an ICMP error of any kind, some time after the packet.

#![expect(clippy::unwrap_used, reason = "a fixture that cannot be made fails its test")]

pub mod packet;

use std::collections::VecDeque;
use std::io::PipeWriter;
use std::net::SocketAddr;
use std::os::fd::{AsFd, OwnedFd};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::net::{AddressFamily, Protocol, RecvFlags, SendFlags, SocketFlags, SocketType, eth, ipproto, recv, sendto, socket_with};

use crate::namespace::space::Space;
use packet::Syn;

/// How a router answers the SYNs to one port.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Answer {
    /// The SYN's destination port.
    pub port: u16,
    /// The ICMP type; ICMPv6 when the SYN was IPv6.
    pub kind: u8,
    /// The ICMP code.
    pub code: u8,
    /// The second word of the message: the MTU of "too big", the pointer of "parameter problem".
    pub word: u32,
}

/// A router that swallows SYNs and answers them with ICMP errors, from its own address. Ends when dropped.
#[derive(Debug)]
pub struct Injector {
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
        let ports: Vec<String> = answers.iter().map(|answer| answer.port.to_string()).collect();
        router.nft(&format!(
            "table inet injector {{ chain forward {{ type filter hook forward priority 0; tcp dport {{ {} }} drop; }}; }}",
            ports.join(", ")
        ));
        let (stopped, stop) = std::io::pipe().unwrap();
        let sockets = router.run(Sockets::open);
        let answers = answers.to_vec();
        let thread = thread::spawn(move || sockets.serve(&answers, after, &OwnedFd::from(stopped)));
        Self { stop: Some(stop), thread: Some(thread) }
    }
}

impl Drop for Injector {
    fn drop(&mut self) {
        drop(self.stop.take());
        // Its panic has been printed; a second one here would abort the test.
        let _ = self.thread.take().map(JoinHandle::join);
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

    fn serve(&self, answers: &[Answer], after: Duration, stopped: &OwnedFd) {
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
            due.extend(captured.filter_map(|(socket, _)| respond(&capture(socket), answers, Instant::now() + after)));
            while due.front().is_some_and(|first| first.at <= Instant::now()) {
                due.pop_front().iter().for_each(|first| self.send(first));
            }
        }
    }

    fn send(&self, due: &Due) {
        let socket = if due.to.is_ipv4() { &self.icmp } else { &self.icmp6 };
        // A client that has gone meanwhile is not the router's trouble.
        let _ = sendto(socket, &due.message, SendFlags::empty(), &due.to);
    }
}

fn capture(socket: &OwnedFd) -> Vec<u8> {
    let mut bytes = vec![0; 2048];
    let (length, _) = recv(socket, bytes.as_mut_slice(), RecvFlags::empty()).unwrap();
    bytes.truncate(length);
    bytes
}

fn respond(packet: &[u8], answers: &[Answer], at: Instant) -> Option<Due> {
    let syn = Syn::parse(packet)?;
    let answer = answers.iter().find(|answer| answer.port == syn.to_port)?;
    let message = packet::icmp(packet, [answer.kind, answer.code], answer.word);
    Some(Due { at, to: SocketAddr::new(syn.from, 0), message })
}

//! Drives the heartbeat of one connection on real sockets and the real clock, with the lines `PING n` and `PONG n`.

use std::io::{self, ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};

use allswell_liveness::heartbeat::{Beat, Beats, Condition, Inquiry, Settings};
use allswell_liveness::{TcpInfo, tcp_info};
use rustix::event::{PollFd, PollFlags, Timespec, poll};

/// Longer than any condition of these tests takes.
const AT_MOST: Duration = Duration::from_secs(30);

/// A beat that is about the peer and no ping, and what the figures said of it.
#[derive(Debug, PartialEq)]
pub(crate) struct Said {
    pub(crate) beat: Beat,
    pub(crate) why: Option<Condition>,
}

#[derive(Debug)]
pub(crate) struct Watcher {
    stream: TcpStream,
    beats: Beats<()>,
    inquiry: Inquiry,
    outbox: Vec<u8>,
    inbox: Vec<u8>,
    /// Writes as much as the socket takes.
    pub(crate) flood: bool,
    /// Writes nothing.
    pub(crate) mute: bool,
    pub(crate) answered: u32,
    pub(crate) slowest: Duration,
    pub(crate) said: Vec<Said>,
    pub(crate) ended: Option<io::Result<()>>,
}

impl Watcher {
    /// It answers within half a second, or misses.
    pub(crate) fn connect(address: SocketAddr) -> Self {
        Self::patient(address, Duration::from_millis(500))
    }

    pub(crate) fn patient(address: SocketAddr, timeout: Duration) -> Self {
        let stream = TcpStream::connect_timeout(&address, AT_MOST).unwrap();
        stream.set_nonblocking(true).unwrap();
        let interval = Duration::from_millis(100);
        let mut beats = Beats::new(Settings { interval, timeout, jitter: 0.1, misses_allowed: 3 }.check().unwrap(), 1);
        beats.add((), Instant::now());
        let (outbox, inbox, said) = (Vec::new(), Vec::new(), Vec::new());
        let slowest = Duration::ZERO;
        Self {
            stream,
            beats,
            inquiry: Inquiry::default(),
            outbox,
            inbox,
            flood: false,
            mute: false,
            answered: 0,
            slowest,
            said,
            ended: None,
        }
    }

    /// Drives it until something is so.
    pub(crate) fn run(&mut self, until: impl Fn(&Self) -> bool) {
        let deadline = Instant::now() + AT_MOST;
        while !until(self) {
            assert!(Instant::now() < deadline, "this never came to be: {self:#?} {:#?}", self.figures());
            self.wait();
            self.read();
            self.poll();
            self.write();
        }
    }

    pub(crate) fn figures(&self) -> TcpInfo {
        tcp_info(&self.stream).unwrap()
    }

    pub(crate) fn is_at_rest(&self) -> bool {
        self.beats.next_due().is_none()
    }

    /// Probes of the kernel each second.
    pub(crate) fn keepalive(&self) {
        let often = socket2::TcpKeepalive::new().with_time(Duration::from_secs(1)).with_interval(Duration::from_secs(1));
        socket2::SockRef::from(&self.stream).set_tcp_keepalive(&often).unwrap();
    }

    /// Until something can be read or is due; at most a moment, since what a test waits for may be a figure.
    fn wait(&self) {
        let due = self.beats.next_due().map_or(Duration::MAX, |due| due.saturating_duration_since(Instant::now()));
        let wait = due.min(Duration::from_millis(20)) + Duration::from_micros(100);
        let timeout = Timespec { tv_sec: 0, tv_nsec: wait.subsec_nanos().into() };
        poll(&mut [PollFd::new(&self.stream, PollFlags::IN)], Some(&timeout)).unwrap();
    }

    fn read(&mut self) {
        let mut bytes = [0; 4096];
        let read = self.stream.read(&mut bytes);
        let now = Instant::now();
        match read {
            Ok(0) => self.end(Ok(())),
            Ok(count) => self.inbox.extend(&bytes[..count]),
            Err(error) if error.kind() == ErrorKind::WouldBlock => {}
            Err(error) => self.end(Err(error)),
        }
        while let Some(end) = self.inbox.iter().position(|byte| *byte == b'\n') {
            let line: Vec<u8> = self.inbox.drain(..=end).collect();
            let number = String::from_utf8(line).unwrap().trim().trim_start_matches("PONG ").parse().unwrap();
            let took = self.beats.pong(&(), number, now);
            self.answered += u32::from(took.is_some());
            self.slowest = self.slowest.max(took.unwrap_or_default());
        }
    }

    fn end(&mut self, how: io::Result<()>) {
        self.beats.remove(&());
        self.ended = Some(how);
    }

    fn poll(&mut self) {
        while let Some(((), beat)) = self.beats.poll(Instant::now()) {
            let why = match beat {
                Beat::Ping(number) => {
                    self.outbox.extend(format!("PING {number}\n").bytes());
                    continue;
                }
                Beat::Missed(miss) | Beat::Lost(miss) => Some(self.inquiry.look(&miss, &self.figures(), Instant::now())),
                Beat::Late(_) | Beat::Back(_) => None,
            };
            println!("{beat}: {}", why.map(|why| why.to_string()).unwrap_or_default());
            // On a busy machine we are late at times, which says nothing of the peer.
            if !matches!(beat, Beat::Late(_)) {
                self.said.push(Said { beat, why });
            }
        }
    }

    fn write(&mut self) {
        while !self.mute && self.ended.is_none() {
            if self.outbox.is_empty() && self.flood {
                self.outbox.extend([b'x'; 16_383].into_iter().chain([b'\n']));
            }
            match self.stream.write(&self.outbox) {
                Ok(0) => break,
                Ok(count) => drop(self.outbox.drain(..count)),
                Err(error) if error.kind() == ErrorKind::WouldBlock => break,
                Err(error) => self.end(Err(error)),
            }
        }
    }
}

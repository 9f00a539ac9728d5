//! The floor: the least that a probe can cost, by hand, one thread and one epoll, nothing scheduled, judged or kept.

use std::collections::VecDeque;
use std::os::fd::OwnedFd;
use std::time::{Duration, Instant};

use allswell_os::limits;
use rustix::event::Timespec;
use rustix::event::epoll::{self, CreateFlags, EventData, EventFlags};
use rustix::io::Errno;
use rustix::net::{AddressFamily, SocketFlags, SocketType};

use crate::figures::{Figures, Trouble};
use crate::server::{Manner, Peers};

/// Connections at once; enough that the loop never waits for the server.
pub(crate) const AT_ONCE: usize = 64;

pub(crate) const REQUEST: &[u8] = b"GET / HTTP/1.1\r\nhost: 127.0.0.1\r\nuser-agent: floor\r\naccept: */*\r\nconnection: close\r\n\r\n";

/// What is to be done.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Work {
    pub(crate) manner: Manner,
    pub(crate) peers: Peers,
    pub(crate) probes: u64,
    /// Zero: as fast as it goes; else so many a second, evenly.
    pub(crate) rate: u64,
}

impl Work {
    /// When the next probe is due, after so many.
    pub(crate) fn due(&self, begun: Instant, started: u64) -> Instant {
        begun + Duration::from_nanos((started * 1_000_000_000).checked_div(self.rate).unwrap_or(0))
    }
}

/// The role: probes so often, and tells the processor time of one.
pub(crate) fn run(work: Work) -> Result<Figures, Trouble> {
    let mut floor = Floor { epoll: epoll::create(CreateFlags::CLOEXEC)?, flights: Vec::new(), free: VecDeque::new(), work, failed: 0 };
    let cpu = limits::cpu_time();
    let begun = Instant::now();
    floor.run(begun)?;
    let cpu = limits::cpu_time().saturating_sub(cpu);
    if floor.failed > 0 {
        return Err(format!("{} of the floor's probes failed", floor.failed).into());
    }
    Ok(per_probe(cpu, work.probes, begun.elapsed()))
}

pub(crate) fn per_probe(cpu: Duration, probes: u64, took: Duration) -> Figures {
    #[expect(clippy::cast_precision_loss, reason = "a count of probes")]
    let probes = probes as f64;
    Figures::default().with("cpu_us", cpu.as_secs_f64() * 1e6 / probes).with("rate", probes / took.as_secs_f64())
}

struct Flight {
    socket: OwnedFd,
    sent: bool,
}

struct Floor {
    epoll: OwnedFd,
    flights: Vec<Option<Flight>>,
    free: VecDeque<usize>,
    work: Work,
    failed: u64,
}

impl Floor {
    fn run(&mut self, begun: Instant) -> Result<(), Trouble> {
        self.flights.resize_with(AT_ONCE, || None);
        self.free.extend(0..AT_ONCE);
        let (mut started, mut ended) = (0, 0);
        let mut events = Vec::with_capacity(AT_ONCE);
        while ended < self.work.probes {
            while started < self.work.probes && Instant::now() >= self.work.due(begun, started) {
                let Some(slot) = self.free.pop_front() else { break };
                self.start(slot, started)?;
                started += 1;
            }
            let wait = self.patience(begun, started);
            events.clear();
            epoll::wait(&self.epoll, rustix::buffer::spare_capacity(&mut events), wait.as_ref())?;
            for event in &events {
                ended += self.step(usize::try_from(event.data.u64())?)?;
            }
        }
        Ok(())
    }

    /// Until the next probe is due, when there is one and a place for it.
    fn patience(&self, begun: Instant, started: u64) -> Option<Timespec> {
        if self.work.rate == 0 || started >= self.work.probes || self.free.is_empty() {
            return None;
        }
        let wait = self.work.due(begun, started).saturating_duration_since(Instant::now());
        Some(Timespec { tv_sec: i64::try_from(wait.as_secs()).ok()?, tv_nsec: i64::from(wait.subsec_nanos()) })
    }

    fn start(&mut self, slot: usize, number: u64) -> Result<(), Trouble> {
        let peer = self.work.peers.peer(usize::try_from(number)?);
        let socket = rustix::net::socket_with(AddressFamily::INET, SocketType::STREAM, SocketFlags::NONBLOCK | SocketFlags::CLOEXEC, None)?;
        match rustix::net::connect(&socket, &peer) {
            Ok(()) | Err(Errno::INPROGRESS) => {}
            Err(error) => return Err(error.into()),
        }
        epoll::add(&self.epoll, &socket, EventData::new_u64(slot as u64), EventFlags::OUT)?;
        if let Some(flight) = self.flights.get_mut(slot) {
            *flight = Some(Flight { socket, sent: false });
        }
        Ok(())
    }

    /// Goes on with one connection; returns how many probes ended by it.
    fn step(&mut self, slot: usize) -> Result<u64, Trouble> {
        let Some(place) = self.flights.get_mut(slot) else { return Ok(0) };
        let Some(flight) = place else { return Ok(0) };
        let good = if flight.sent {
            let mut reply = [0; 4096];
            rustix::io::read(&flight.socket, &mut reply).is_ok_and(|length| reply.get(..length.min(12)) == Some(b"HTTP/1.1 200"))
        } else {
            rustix::net::sockopt::socket_error(&flight.socket)?.is_ok()
        };
        if good && !flight.sent && self.work.manner == Manner::Http {
            rustix::io::write(&flight.socket, REQUEST)?;
            epoll::modify(&self.epoll, &flight.socket, EventData::new_u64(slot as u64), EventFlags::IN)?;
            flight.sent = true;
            return Ok(0);
        }
        self.failed += u64::from(!good);
        *place = None;
        self.free.push_back(slot);
        Ok(1)
    }
}

//! The near end: one heartbeat a second over each of ten thousand connections, and a check before every beat. It works as an event loop
//! does; what it notices of each connection it prints, with the time.

use std::fmt::Display;
use std::io::{ErrorKind, Read, Write};
use std::net::TcpStream;
use std::os::fd::AsFd;
use std::time::{Duration, Instant};

use allswell_liveness::heartbeat::{Beat, Beats, Heartbeat, Inquiry, Settings};
use allswell_liveness::{Handle, Live, tcp_info};
use rustix::event::Timespec;
use rustix::event::epoll::{CreateFlags, Event, EventData, EventFlags, add, create, wait};
use rustix::net::sockopt::socket_error;

use crate::child::raise_descriptors;
use crate::hosts::FAR;
use crate::report::{monotonic_nanos, wall_seconds};

/// How long before the window, so that every connection has had its first beats.
const WARM_UP: Duration = Duration::from_secs(3);

/// The window: as long as all the faults, and the time-outs that follow, may take.
pub(crate) const WINDOW: Duration = Duration::from_secs(10);

/// One beat a second, and an answer within two.
pub(crate) fn heartbeat() -> Heartbeat {
    Settings { interval: Duration::from_secs(1), timeout: Duration::from_secs(2), jitter: 0.0, misses_allowed: 0 }.check().unwrap()
}

/// How a connection is held, and so how it is checked.
enum Held {
    /// As std has it; before every beat SO_ERROR is asked.
    Plain(TcpStream),
    /// Watched; before every beat its handle is asked.
    Live(Box<Live<TcpStream>>, Handle),
}

struct Connection {
    held: Held,
    port: u16,
    to_port: u16,
    noticed: bool,
}

pub(crate) fn run(check: &str, ports: &[&str]) {
    raise_descriptors();
    let mut connections: Vec<Connection> = ports.iter().flat_map(|asked| connect(check, asked)).collect();
    let epoll = create(CreateFlags::CLOEXEC).unwrap();
    let mut beats = Beats::new(heartbeat(), 7);
    for (index, connection) in connections.iter().enumerate() {
        add(&epoll, connection.stream(), EventData::new_u64(index as u64), EventFlags::IN | EventFlags::ET).unwrap();
        beats.add(index, Instant::now());
    }
    let mut seen = Seen::default();
    let started = Instant::now();
    let (mut from, mut wall) = (None, 0.0);
    let mut events: Vec<Event> = Vec::with_capacity(1024);
    while started.elapsed() < WARM_UP + WINDOW {
        if from.is_none() && started.elapsed() >= WARM_UP {
            (from, wall) = (Some(Instant::now()), wall_seconds());
            seen = Seen { notices: std::mem::take(&mut seen.notices), ..Seen::default() };
            println!("ready");
        }
        let due = beats.next_due().unwrap_or_else(Instant::now).saturating_duration_since(Instant::now());
        events.clear();
        let _ = wait(&epoll, rustix::buffer::spare_capacity(&mut events), Some(&Timespec::try_from(due).unwrap()));
        for event in &events {
            let data = event.data;
            let index = usize::try_from(data.u64()).unwrap();
            hear(&mut connections, index, &mut beats, &mut seen);
        }
        while let Some((index, beat)) = beats.poll(Instant::now()) {
            fire(&mut connections, index, beat, &mut beats, &mut seen);
        }
    }
    seen.print(wall);
}

/// `count:port` at the far host.
fn connect(check: &str, asked: &str) -> Vec<Connection> {
    let (count, port) = asked.split_once(':').unwrap();
    let to_port: u16 = port.parse().unwrap();
    (0..count.parse().unwrap())
        .map(|_| {
            let stream = TcpStream::connect((FAR, to_port)).unwrap();
            stream.set_nodelay(true).unwrap();
            stream.set_nonblocking(true).unwrap();
            let port = stream.local_addr().unwrap().port();
            let held = if check == "events" {
                let live = Live::new(stream).unwrap();
                let handle = live.handle();
                Held::Live(Box::new(live), handle)
            } else {
                Held::Plain(stream)
            };
            Connection { held, port, to_port, noticed: false }
        })
        .collect()
}

impl Connection {
    fn stream(&self) -> &TcpStream {
        match &self.held {
            Held::Plain(stream) => stream,
            Held::Live(live, _) => live.get_ref(),
        }
    }

    fn read(&mut self, bytes: &mut [u8]) -> std::io::Result<usize> {
        match &mut self.held {
            Held::Plain(stream) => stream.read(bytes),
            Held::Live(live, _) => live.read(bytes),
        }
    }

    /// What a check before the beat says.
    fn check(&self) -> Option<String> {
        match &self.held {
            Held::Plain(stream) => socket_error(stream).unwrap().err().map(|errno| errno.to_string()),
            Held::Live(_, handle) => handle.trouble().map(|state| state.to_string()),
        }
    }
}

/// What happened, and what it took.
#[derive(Default)]
struct Seen {
    notices: Vec<String>,
    beats: u64,
    checks: Duration,
    /// The same clock read twice around nothing.
    clock: Duration,
}

impl Seen {
    fn notice(&mut self, connection: &mut Connection, what: impl Display) {
        if !std::mem::replace(&mut connection.noticed, true) {
            self.notices.push(format!("notice {} {} {} {what}", connection.port, connection.to_port, monotonic_nanos()));
        }
    }

    fn print(&self, wall: f64) {
        println!("window {wall} {}", wall_seconds());
        println!("checks {} {}", self.beats, self.checks.saturating_sub(self.clock).as_nanos());
        self.notices.iter().for_each(|notice| println!("{notice}"));
        println!("end");
    }
}

/// Reads what came, an answer of eight bytes at a time.
fn hear(connections: &mut [Connection], index: usize, beats: &mut Beats<usize>, seen: &mut Seen) {
    let connection = connections.get_mut(index).unwrap();
    let mut bytes = [0; 64];
    loop {
        let told = match connection.read(&mut bytes) {
            Ok(0) => "end of stream".to_owned(),
            Ok(length) => {
                // The far end writes what it read, whole numbers; nothing else is ever under way.
                for number in bytes.get(..length).unwrap().chunks_exact(8) {
                    beats.pong(&index, u64::from_be_bytes(number.try_into().unwrap()), Instant::now());
                }
                continue;
            }
            Err(error) if error.kind() == ErrorKind::WouldBlock => return,
            Err(error) => error.to_string(),
        };
        beats.remove(&index);
        return seen.notice(connection, told);
    }
}

fn fire(connections: &mut [Connection], index: usize, beat: Beat, beats: &mut Beats<usize>, seen: &mut Seen) {
    let connection = connections.get_mut(index).unwrap();
    match beat {
        Beat::Ping(number) => {
            // The beat needs the connection and its stream anyhow; what it costs to fetch them from memory is not the check's.
            let _ = std::hint::black_box((connection.noticed, connection.stream().as_fd()));
            let start = Instant::now();
            let between = Instant::now();
            let trouble = connection.check();
            seen.checks += between.elapsed();
            seen.clock += between - start;
            seen.beats += 1;
            if let Some(trouble) = trouble {
                beats.remove(&index);
                return seen.notice(connection, trouble);
            }
            // Eight bytes find room; what does not is a trouble that the heartbeat itself will tell.
            let mut stream = connection.stream();
            let _ = stream.write(&number.to_be_bytes());
        }
        Beat::Lost(miss) | Beat::Missed(miss) => {
            let condition = Inquiry::default().look(&miss, &tcp_info(connection.stream()).unwrap(), Instant::now());
            beats.remove(&index);
            seen.notice(connection, format!("{condition:?}"));
        }
        Beat::Late(_) | Beat::Back(_) => {}
    }
}

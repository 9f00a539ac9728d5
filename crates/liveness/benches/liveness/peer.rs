//! The far end: sends back what it gets, and on the word `go` resets and closes the connections of two of its ports, one after the other.

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::time::{Duration, Instant};

use rustix::event::Timespec;
use rustix::event::epoll::{CreateFlags, Event, EventData, EventFlags, add, create, wait};

use crate::child::raise_descriptors;
use crate::report::monotonic_nanos;

/// Ports: those that stay, those that are reset, closed, and black-holed by somebody else.
const PORTS: usize = 4;
const RESET: usize = 1;
const CLOSED: usize = 2;

/// From one act to the next.
const PACE: Duration = Duration::from_millis(40);

/// The token of standard input.
const TOLD: u64 = u64::MAX;

pub(crate) fn run() {
    raise_descriptors();
    let listeners: Vec<TcpListener> = (0..PORTS).map(|_| TcpListener::bind("0.0.0.0:0").unwrap()).collect();
    let ports: Vec<String> = listeners.iter().map(|listener| listener.local_addr().unwrap().port().to_string()).collect();
    println!("{}", ports.join(" "));
    let epoll = create(CreateFlags::CLOEXEC).unwrap();
    add(&epoll, std::io::stdin(), EventData::new_u64(TOLD), EventFlags::IN).unwrap();
    for (token, listener) in listeners.iter().enumerate() {
        rustix::net::listen(listener, 16_384).unwrap();
        listener.set_nonblocking(true).unwrap();
        add(&epoll, listener, EventData::new_u64(token as u64), EventFlags::IN).unwrap();
    }
    let mut streams: BTreeMap<u64, (usize, TcpStream)> = BTreeMap::new();
    let mut next = PORTS as u64;
    let mut due: Option<Instant> = None;
    let mut done = Vec::new();
    let mut events: Vec<Event> = Vec::with_capacity(1024);
    loop {
        if due.is_some_and(|due| due <= Instant::now()) {
            due = act(&mut streams, &mut done).then(|| Instant::now() + PACE);
            if due.is_none() {
                done.drain(..).for_each(|line| println!("{line}"));
                println!("end");
            }
        }
        let timeout = due.map(|due| Timespec::try_from(due.saturating_duration_since(Instant::now())).unwrap());
        events.clear();
        match wait(&epoll, rustix::buffer::spare_capacity(&mut events), timeout.as_ref()) {
            Ok(_) | Err(rustix::io::Errno::INTR) => {}
            Err(errno) => panic!("{errno}"),
        }
        for event in &events {
            let data = event.data;
            match data.u64() {
                TOLD => match std::io::stdin().read(&mut [0; 64]).unwrap() {
                    0 => return,
                    _ => due = Some(Instant::now()),
                },
                token if token < PORTS as u64 => {
                    let port = usize::try_from(token).unwrap();
                    while let Ok((stream, _)) = listeners.get(port).unwrap().accept() {
                        stream.set_nonblocking(true).unwrap();
                        stream.set_nodelay(true).unwrap();
                        add(&epoll, &stream, EventData::new_u64(next), EventFlags::IN).unwrap();
                        streams.insert(next, (port, stream));
                        next += 1;
                    }
                }
                token => {
                    if streams.get_mut(&token).is_some_and(|(_, stream)| !echo(stream)) {
                        streams.remove(&token);
                    }
                }
            }
        }
    }
}

/// Sends back what came; says whether the connection goes on.
fn echo(stream: &mut TcpStream) -> bool {
    let mut bytes = [0; 512];
    match stream.read(&mut bytes) {
        Ok(0) => false,
        Ok(length) => stream.write_all(bytes.get(..length).unwrap()).is_ok(),
        Err(error) => error.kind() == std::io::ErrorKind::WouldBlock,
    }
}

/// Resets or closes the next one, in turns, and notes when. Says whether there was one.
fn act(streams: &mut BTreeMap<u64, (usize, TcpStream)>, done: &mut Vec<String>) -> bool {
    let wanted = if done.len().is_multiple_of(2) { RESET } else { CLOSED };
    let of = |wanted| streams.iter().find(|(_, (port, _))| *port == wanted).map(|(token, _)| *token);
    let Some(token) = of(wanted).or_else(|| of(RESET)).or_else(|| of(CLOSED)) else { return false };
    let Some((port, stream)) = streams.remove(&token) else { return false };
    let (client, own) = (stream.peer_addr().unwrap().port(), stream.local_addr().unwrap().port());
    let (word, at) = if port == RESET {
        socket2::SockRef::from(&stream).set_linger(Some(Duration::ZERO)).unwrap();
        let at = monotonic_nanos();
        drop(stream);
        ("reset", at)
    } else {
        let at = monotonic_nanos();
        stream.shutdown(Shutdown::Both).unwrap();
        ("closed", at)
    };
    done.push(format!("{word} {client} {own} {at}"));
    true
}

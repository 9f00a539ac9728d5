//! Many nodes in one process, so that one mesh has many peers: `role crowd TARGET_NAME TARGET_ADDRESS COUNT EVERY_MS MULTIPLIER`. Each has an
//! endpoint and a port of its own.

use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use allswell_link::endpoint::{Arrival, Endpoint, Identity};
use allswell_link::key::{Key, KeyRing, node_of};
use allswell_link::machine::Event;
use allswell_link::terms::Terms;
use allswell_link::time::{Moment, Stamp};
use allswell_os::clock::both_nanos;
use allswell_os::datagram::{Batch, Options, Socket};
use allswell_os::wait::Waiter;

use crate::node::SECRET;

/// The first port of the crowd.
pub(crate) const PORT: u16 = 20_000;

struct Member {
    endpoint: Endpoint,
    socket: Socket,
}

pub(crate) fn run(words: &[&str]) {
    let [name, address, count, every, multiplier] = words else { panic!("{words:?}") };
    let target: SocketAddr = address.parse().unwrap();
    let terms = Terms::every(Duration::from_millis(every.parse().unwrap()), multiplier.parse().unwrap());
    let waiter = Waiter::new().unwrap();
    let mut members: Vec<Member> = (0..count.parse::<u16>().unwrap()).map(|index| member(index, (name, target), terms, &waiter)).collect();
    println!("ready");
    std::thread::spawn(|| {
        // It ends when whoever started it does.
        let _ = std::io::copy(&mut std::io::stdin(), &mut std::io::sink());
        std::process::exit(0);
    });
    let mut batch = Batch::new();
    loop {
        let due = members.iter().filter_map(|member| member.endpoint.next_due()).min();
        let mut ready = Vec::new();
        waiter.wait(due.map(|due| due.since(now())), &mut |token, _| ready.push(token)).unwrap();
        for token in ready {
            let Member { endpoint, socket } = &mut members[usize::try_from(token).unwrap()];
            while socket.receive(&mut batch).is_ok() {
                for packet in batch.packets() {
                    let arrival = Arrival { from: packet.from, at: now(), stamp: Stamp(packet.stamp_ns) };
                    let _ = endpoint.receive(&arrival, packet.bytes);
                }
            }
        }
        members.iter_mut().for_each(step);
    }
}

fn now() -> Moment {
    Moment(both_nanos().1)
}

fn member(index: u16, target: (&str, SocketAddr), terms: Terms, waiter: &Waiter) -> Member {
    let endpoint = asking(&format!("crowd-{index}"), target, terms, Key::new(1, SECRET));
    let local = SocketAddr::from((Ipv4Addr::UNSPECIFIED, PORT + index));
    let socket = Socket::bind(local, &Options::default()).unwrap();
    waiter.add(&socket, index.into()).unwrap();
    Member { endpoint, socket }
}

/// A node that begins to ask its only peer for a session.
pub(crate) fn asking(own: &str, (name, address): (&str, SocketAddr), terms: Terms, key: Key) -> Endpoint {
    let mut seed = [0; 32];
    allswell_os::random::fill(&mut seed).unwrap();
    let identity = Identity { node: node_of(own), boot: both_nanos().0, seed };
    let mut endpoint = Endpoint::new(identity, KeyRing::new(vec![key]));
    endpoint.may_ask(false);
    endpoint.add(node_of(name), address, terms);
    endpoint.tell(now(), node_of(name), Event::LinkUp);
    endpoint
}

/// What it asks with.
pub(crate) fn syn(asking: &mut Endpoint) -> Vec<u8> {
    asking.transmit().unwrap().bytes.to_vec()
}

fn step(member: &mut Member) {
    let Member { endpoint, socket } = member;
    let moment = now();
    endpoint.run(moment, moment, Duration::from_millis(1));
    while let Some(packet) = endpoint.transmit() {
        let _ = socket.send(packet.to, &packet.bytes);
    }
    while endpoint.heard().is_some() {}
    while endpoint.happening().is_some() {}
}

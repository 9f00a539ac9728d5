//! How soon a cut is told: nodes that fall silent, and note by their kernel's stamps when the farewell comes that says so.
//! `role cuts TARGET_NAME TARGET_ADDRESS COUNT EVERY_MS MULTIPLIER ROUNDS` prints `cut NS` (from the last packet to the farewell), `up NS`
//! (from the first packet of an attempt to the session that stands), `gap NS` (from one probe to the next), and `end`.

use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use allswell_link::endpoint::{Arrival, Endpoint};
use allswell_link::happening::{Death, Happening};
use allswell_link::key::Key;
use allswell_link::terms::Terms;
use allswell_link::time::{Moment, Stamp};
use allswell_link::wire::{Header, Kind};
use allswell_os::clock::both_nanos;
use allswell_os::datagram::{Batch, Options, Packet, Socket, Told};
use allswell_os::wait::{Waiter, be_punctual};

use crate::crowd::{self, PORT};
use crate::node::SECRET;

/// What a member does.
enum Phase {
    /// Asks for a session since then, by the wall clock.
    Asking(u64),
    /// Speaks until then.
    Speaking(Moment),
    /// Says nothing since its last packet, by the kernel's stamp.
    Silent(u64),
}

struct Member {
    name: String,
    endpoint: Endpoint,
    socket: Socket,
    phase: Phase,
    last_sent: u64,
    /// When the last probe of this session came, by the kernel's stamp.
    heard: Option<u64>,
}

struct Cuts<'a> {
    target: (&'a str, SocketAddr),
    terms: Terms,
    left: u64,
    chance: u64,
    /// In nanoseconds.
    patience: u64,
}

pub(crate) fn run(words: &[&str]) {
    let [name, address, count, every, multiplier, rounds] = words else { panic!("{words:?}") };
    let terms = Terms::every(Duration::from_millis(every.parse().unwrap()), multiplier.parse().unwrap());
    let patience = u64::try_from(terms.interval.as_nanos()).unwrap() * u64::from(terms.multiplier) * 10;
    let mut cuts = Cuts { target: (name, address.parse().unwrap()), terms, left: rounds.parse().unwrap(), chance: 1, patience };
    be_punctual().unwrap();
    let waiter = Waiter::new().unwrap();
    let mut members: Vec<Member> = (0..count.parse::<u16>().unwrap()).map(|index| cuts.member(index, &waiter)).collect();
    let mut batch = Batch::new();
    while cuts.left > 0 {
        let due = members.iter().filter_map(Member::due).min();
        waiter.wait(due.map(|due| due.since(now())), &mut |_, _| {}).unwrap();
        for member in &mut members {
            member.hear(&mut batch, &mut cuts);
            member.act(&mut cuts);
        }
    }
    println!("end");
}

fn now() -> Moment {
    Moment(both_nanos().1)
}

impl Cuts<'_> {
    fn member(&mut self, index: u16, waiter: &Waiter) -> Member {
        let name = format!("crowd-{index}");
        let local = SocketAddr::from((Ipv4Addr::UNSPECIFIED, PORT + index));
        let socket = Socket::bind(local, &Options { stamps_sent: true, ..Options::default() }).unwrap();
        waiter.add(&socket, index.into()).unwrap();
        let (phase, endpoint) = (Phase::Asking(both_nanos().0), self.asking(&name));
        let mut member = Member { endpoint, name, socket, phase, last_sent: 0, heard: None };
        member.send();
        member
    }

    fn asking(&self, name: &str) -> Endpoint {
        crowd::asking(name, self.target, self.terms, Key::new(1, SECRET))
    }

    /// Up to so much, by chance.
    fn up_to(&mut self, most: Duration) -> Duration {
        self.chance = self.chance.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        most * u32::try_from(self.chance >> 40).unwrap() / (1 << 24)
    }
}

impl Member {
    fn due(&self) -> Option<Moment> {
        match self.phase {
            Phase::Asking(_) => self.endpoint.next_due(),
            Phase::Speaking(until) => self.endpoint.next_due().map(|due| due.min(until)),
            Phase::Silent(_) => Some(now() + Duration::from_secs(1)),
        }
    }

    fn ask(&mut self, cuts: &mut Cuts<'_>) {
        self.phase = Phase::Asking(both_nanos().0);
        self.endpoint = cuts.asking(&self.name);
        self.heard = None;
        self.send();
    }

    fn send(&mut self) {
        while let Some(packet) = self.endpoint.transmit() {
            let _ = self.socket.send(packet.to, &packet.bytes);
        }
        let last = &mut self.last_sent;
        self.socket
            .told(&mut |told| {
                if let Told::Sent { stamp_ns, .. } = told {
                    *last = stamp_ns.max(*last);
                }
            })
            .unwrap();
    }

    fn hear(&mut self, batch: &mut Batch, cuts: &mut Cuts<'_>) {
        while self.socket.receive(batch).is_ok() {
            for packet in batch.packets() {
                let arrival = Arrival { from: packet.from, at: now(), stamp: Stamp(packet.stamp_ns) };
                let _ = self.endpoint.receive(&arrival, packet.bytes);
                if let Phase::Speaking(_) = self.phase {
                    self.note_gap(&packet);
                }
                while let Some((_, happening)) = self.endpoint.happening() {
                    match (happening, &self.phase) {
                        (Happening::Ended { death: Death::HearsNothing, .. }, Phase::Silent(since)) => {
                            println!("cut {}", packet.stamp_ns.cast_signed() - since.cast_signed());
                            cuts.left = cuts.left.saturating_sub(1);
                            self.phase = Phase::Silent(u64::MAX);
                        }
                        (Happening::Ended { .. }, _) => {
                            println!("other {happening:?}");
                            self.phase = Phase::Silent(u64::MAX);
                        }
                        (Happening::Up { .. }, Phase::Asking(since)) => {
                            println!("up {}", packet.stamp_ns.cast_signed() - since.cast_signed());
                            let speaks = cuts.terms.interval * 5 + cuts.up_to(cuts.terms.interval * 5);
                            self.phase = Phase::Speaking(now() + speaks);
                        }
                        _ => {}
                    }
                }
            }
        }
        while self.endpoint.heard().is_some() {}
    }

    /// How long after the last probe this one came.
    fn note_gap(&mut self, packet: &Packet<'_>) {
        let is_probe = Header::read(packet.bytes).is_ok_and(|header| header.kind == Kind::Probe);
        if is_probe && let Some(last) = self.heard.replace(packet.stamp_ns) {
            println!("gap {}", packet.stamp_ns.cast_signed() - last.cast_signed());
        }
    }

    fn act(&mut self, cuts: &mut Cuts<'_>) {
        let moment = now();
        match self.phase {
            Phase::Silent(u64::MAX) => self.ask(cuts),
            // The farewell was lost, or the session had ended already.
            Phase::Silent(since) if both_nanos().0.saturating_sub(since) > cuts.patience => {
                println!("other: no farewell came");
                self.ask(cuts);
            }
            Phase::Silent(_) => while self.endpoint.transmit().is_some() {},
            Phase::Speaking(until) if until <= moment => {
                self.send();
                self.phase = Phase::Silent(self.last_sent);
            }
            Phase::Speaking(_) | Phase::Asking(_) => {
                self.endpoint.run(moment, moment, Duration::ZERO);
                self.send();
            }
        }
    }
}

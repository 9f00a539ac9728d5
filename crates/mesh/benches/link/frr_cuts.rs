//! How soon FRR tells a cut: speakers of BFD that fall silent, and note by their kernel's stamps when FRR says that it gave them up.
//! `role frr-cuts COUNT EVERY_MS MULTIPLIER ROUNDS` prints `cut NS` and `up NS` as `role cuts` does, and `end`.

use std::net::{IpAddr, SocketAddr};
use std::num::{NonZeroU8, NonZeroU32};
use std::time::Duration;

use allswell_link::bfd::pace::Pace;
use allswell_link::bfd::packet::{HOP_LIMIT, PORT, Packet};
use allswell_link::bfd::session::Session;
use allswell_link::bfd::state::State;
use allswell_link::time::Moment;
use allswell_os::clock::both_nanos;
use allswell_os::datagram::{Batch, Options, Socket, Told};
use allswell_os::wait::{Waiter, be_punctual};

use crate::hosts::NEAR;

/// The first source port (RFC 5881, 4).
const SOURCE: u16 = 50_000;

/// What a speaker does.
enum Phase {
    /// Has been opening a session since then, by the wall clock.
    Opening(u64),
    /// Speaks until then.
    Speaking(Moment),
    /// Says nothing since its last packet, by the kernel's stamp.
    Silent(u64),
}

struct Speaker {
    session: Session,
    ear: Socket,
    mouth: Socket,
    phase: Phase,
    last_sent: u64,
}

struct Cuts {
    pace: Pace,
    left: u64,
    /// Discriminators, seeds and pauses are made from it.
    count: u32,
}

/// The address of a speaker.
pub(crate) fn address(index: u16) -> IpAddr {
    format!("10.79.30.{}", index + 1).parse().unwrap()
}

pub(crate) fn run(words: &[&str]) {
    let [count, every, multiplier, rounds] = words else { panic!("{words:?}") };
    let every = Duration::from_millis(every.parse().unwrap());
    let pace = Pace { sends: every, hears: every, multiplier: multiplier.parse::<NonZeroU8>().unwrap() };
    let mut cuts = Cuts { pace, left: rounds.parse().unwrap(), count: 0 };
    be_punctual().unwrap();
    let waiter = Waiter::new().unwrap();
    let mut speakers: Vec<Speaker> = (0..count.parse::<u16>().unwrap()).map(|index| cuts.speaker(index, &waiter)).collect();
    let mut batch = Batch::new();
    while cuts.left > 0 {
        let due = speakers.iter().filter_map(Speaker::due).min();
        waiter.wait(due.map(|due| due.since(now())), &mut |_, _| {}).unwrap();
        for speaker in &mut speakers {
            speaker.hear(&mut batch, &mut cuts);
            speaker.act();
        }
    }
    println!("end");
}

fn now() -> Moment {
    Moment(both_nanos().1)
}

impl Cuts {
    fn session(&mut self) -> Session {
        self.count += 1;
        Session::new(NonZeroU32::new(self.count).unwrap(), self.pace, self.count.into(), now())
    }

    fn speaker(&mut self, index: u16, waiter: &Waiter) -> Speaker {
        let bind = |port, stamps_sent| {
            let options = Options { hop_limit: Some(HOP_LIMIT), stamps_sent, tells_way: true, ..Options::default() };
            Socket::bind(SocketAddr::new(address(index), port), &options).unwrap()
        };
        let (ear, mouth) = (bind(PORT, false), bind(SOURCE + index, true));
        waiter.add(&ear, 0).unwrap();
        Speaker { session: self.session(), ear, mouth, phase: Phase::Opening(both_nanos().0), last_sent: 0 }
    }
}

impl Speaker {
    fn due(&self) -> Option<Moment> {
        match self.phase {
            Phase::Opening(_) => self.session.next_timeout(),
            Phase::Speaking(until) => self.session.next_timeout().map(|due| due.min(until)),
            Phase::Silent(_) => None,
        }
    }

    fn hear(&mut self, batch: &mut Batch, cuts: &mut Cuts) {
        while self.ear.receive(batch).is_ok() {
            for packet in batch.packets() {
                let Ok(said) = Packet::read(packet.bytes) else { continue };
                if let Phase::Silent(since) = self.phase {
                    if said.state == State::Down && since != u64::MAX {
                        println!("cut {}", packet.stamp_ns.cast_signed() - since.cast_signed());
                        cuts.left = cuts.left.saturating_sub(1);
                        self.session = cuts.session();
                        self.phase = Phase::Opening(both_nanos().0);
                    }
                    continue;
                }
                let _ = self.session.handle_packet(now(), &said, packet.hop_limit.unwrap_or(0));
                if let Phase::Opening(since) = self.phase
                    && self.session.state() == State::Up
                    && said.state == State::Up
                {
                    println!("up {}", packet.stamp_ns.cast_signed() - since.cast_signed());
                    // Both ends have agreed on the faster pace by then.
                    let speaks = Duration::from_millis(1_500) + cuts.pace.sends * (cuts.count % 8) / 8;
                    self.phase = Phase::Speaking(now() + speaks);
                }
            }
        }
    }

    fn act(&mut self) {
        let moment = now();
        match self.phase {
            Phase::Silent(_) => {}
            Phase::Speaking(until) if until <= moment => self.phase = Phase::Silent(self.last_sent),
            Phase::Speaking(_) | Phase::Opening(_) => {
                self.session.handle_timeout(moment);
                while let Some(bytes) = self.session.poll_transmit(moment) {
                    let _ = self.mouth.send(target(), &bytes);
                }
                let last = &mut self.last_sent;
                let keep = &mut |told| {
                    if let Told::Sent { stamp_ns, .. } = told {
                        *last = stamp_ns.max(*last);
                    }
                };
                self.mouth.told(keep).unwrap();
            }
        }
        while self.session.poll_happening().is_some() {}
    }
}

/// Where FRR is.
fn target() -> SocketAddr {
    SocketAddr::new(NEAR.parse().unwrap(), PORT)
}

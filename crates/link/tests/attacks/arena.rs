//! Two ends, and between them an attacker who sees every packet, holds back what it likes, and sends what it likes from any address.

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::time::Duration;

use allswell_link::dropped::Dropped;
use allswell_link::endpoint::{Arrival, Endpoint, Identity};
use allswell_link::happening::Happening;
use allswell_link::ids::{Node, Pair};
use allswell_link::key::{Key, KeyRing, node_of};
use allswell_link::machine::Event;
use allswell_link::outbox::Heard;
use allswell_link::terms::Terms;
use allswell_link::time::{Moment, Stamp};

use crate::forge::{KIND, SECRET};

/// From one end to the other, if nothing else is said.
pub(crate) const DELAY: Duration = Duration::from_micros(100);

/// How long each end waits for the other: three intervals of 50 ms.
pub(crate) const DETECTION: Duration = Duration::from_millis(150);

pub(crate) fn pace() -> Terms {
    Terms::every(Duration::from_millis(50), 3)
}

/// An end, and what it told.
pub(crate) struct End {
    pub(crate) endpoint: Endpoint,
    pub(crate) told: Vec<(Moment, Happening)>,
    pub(crate) heard: Vec<Heard>,
    /// Packets that it sent: when, and bytes.
    pub(crate) sent: Vec<(Moment, Vec<u8>)>,
    /// Its process does not run.
    pub(crate) stopped: bool,
    /// Its kernel answers.
    pub(crate) answers: bool,
}

/// What became of a packet that the attacker sent.
#[derive(Debug)]
pub(crate) struct Hit {
    pub(crate) verdict: Result<(), Dropped>,
    /// What was sent because of it. The attacker keeps it.
    pub(crate) answers: Vec<(SocketAddr, Vec<u8>)>,
}

/// Which packets the attacker takes away: from that end, with those bytes.
pub(crate) type Takes = fn(usize, &[u8]) -> bool;

pub(crate) struct Arena {
    pub(crate) now: Moment,
    pub(crate) ends: [End; 2],
    under: BTreeMap<(Moment, u64), (usize, Vec<u8>)>,
    count: u64,
    pub(crate) delay: Duration,
    pub(crate) takes: Takes,
    /// What it took: from that end.
    pub(crate) held: Vec<(usize, Vec<u8>)>,
    seed: u64,
    boots: u64,
}

pub(crate) fn address(end: usize) -> SocketAddr {
    SocketAddr::new(IpAddr::V4(Ipv4Addr::new(10, 0, 0, u8::try_from(end + 1).unwrap())), 8421)
}

/// Where no node lives.
pub(crate) fn elsewhere() -> SocketAddr {
    SocketAddr::new(IpAddr::V4(Ipv4Addr::new(203, 0, 113, 9)), 4444)
}

/// The nodes, the lower number first: the first goes before when both ask.
pub(crate) fn node(end: usize) -> Node {
    let mut both = [node_of("left"), node_of("right")];
    both.sort();
    both[end]
}

fn new_end(end: usize, seed: u64, boot: u64) -> End {
    let mut bytes = [u8::try_from(end).unwrap(); 32];
    bytes[..8].copy_from_slice(&seed.to_be_bytes());
    bytes[8..16].copy_from_slice(&boot.to_be_bytes());
    let ring = KeyRing::new(vec![Key::new(1, SECRET)]);
    let mut endpoint = Endpoint::new(Identity { node: node(end), boot, seed: bytes }, ring);
    endpoint.add(node(1 - end), address(1 - end), pace());
    End { endpoint, told: Vec::new(), heard: Vec::new(), sent: Vec::new(), stopped: false, answers: true }
}

impl Arena {
    /// Both ends, switched off.
    pub(crate) fn new(seed: u64) -> Self {
        Self {
            now: Moment(1_000_000_000_000),
            ends: [new_end(0, seed, 1), new_end(1, seed, 1)],
            under: BTreeMap::new(),
            count: 0,
            delay: DELAY,
            takes: |_, _| false,
            held: Vec::new(),
            seed,
            boots: 1,
        }
    }

    /// Both ends, in a session that `asks` asked for and that has stood for a second. The other had asked before, when nobody listened.
    pub(crate) fn standing(seed: u64, asks: usize) -> Self {
        let mut arena = Self::new(seed);
        arena.switch_on(1 - asks);
        arena.pass(Duration::from_millis(20));
        arena.switch_on(asks);
        arena.pass(Duration::from_secs(1));
        assert!(arena.agree());
        arena
    }

    pub(crate) fn switch_on(&mut self, end: usize) {
        self.tell(end, Event::LinkUp);
    }

    pub(crate) fn tell(&mut self, end: usize, event: Event) {
        let now = self.now;
        self.ends[end].endpoint.tell(now, node(1 - end), event);
        self.collect(end);
    }

    /// The process of one end begins anew.
    pub(crate) fn restart(&mut self, end: usize) {
        self.boots += 1;
        self.ends[end] = new_end(end, self.seed, self.boots);
        self.switch_on(end);
    }

    /// One end dies with its host. What it sent is under way.
    pub(crate) fn kill(&mut self, end: usize) {
        self.ends[end].stopped = true;
        self.ends[end].answers = false;
    }

    /// Sends a report, if a session stands.
    pub(crate) fn report(&mut self, end: usize, content: &[u8]) {
        let bytes = self.ends[end].endpoint.report(node(1 - end), content).unwrap().1.to_vec();
        self.post(end, bytes);
    }

    fn post(&mut self, end: usize, bytes: Vec<u8>) {
        self.ends[end].sent.push((self.now, bytes.clone()));
        if (self.takes)(end, &bytes) {
            return self.held.push((end, bytes));
        }
        self.count += 1;
        self.under.insert((self.now + self.delay, self.count), (1 - end, bytes));
    }

    /// What an end wants to send goes under way; what it has to tell is written down.
    fn collect(&mut self, end: usize) {
        for (to, bytes) in self.drain(end) {
            if to == address(1 - end) {
                self.post(end, bytes);
            }
        }
    }

    fn drain(&mut self, end: usize) -> Vec<(SocketAddr, Vec<u8>)> {
        let now = self.now;
        let (this, kernel_lives) = {
            let [left, right] = &mut self.ends;
            if end == 0 { (left, right.answers) } else { (right, left.answers) }
        };
        let mut packets = Vec::new();
        while let Some(packet) = this.endpoint.transmit() {
            if let Some(probe) = packet.probe {
                this.endpoint.sent(&probe, Stamp(now.0));
            }
            packets.push((packet.to, packet.bytes.to_vec()));
        }
        while let Some((peer, _)) = this.endpoint.question() {
            if kernel_lives {
                this.endpoint.tell(now, peer, Event::KernelAnswered);
            }
        }
        while let Some(heard) = this.endpoint.heard() {
            this.heard.push(heard);
        }
        while let Some((_, happening)) = this.endpoint.happening() {
            this.told.push((now, happening));
        }
        packets
    }

    /// Lets so much time pass.
    pub(crate) fn pass(&mut self, time: Duration) {
        let until = self.now + time;
        loop {
            let arrival = self.under.first_key_value().map(|((at, _), _)| *at);
            let due = self.ends.iter().filter(|end| !end.stopped).filter_map(|end| end.endpoint.next_due()).min();
            let Some(next) = arrival.into_iter().chain(due).min().filter(|next| *next <= until) else { break };
            self.now = self.now.max(next);
            if arrival == Some(next) {
                let (_, (end, bytes)) = self.under.pop_first().unwrap();
                if !self.ends[end].stopped {
                    let _ = self.hand(end, address(1 - end), &bytes);
                    self.collect(end);
                }
                continue;
            }
            for end in 0..2 {
                let now = self.now;
                if !self.ends[end].stopped && self.ends[end].endpoint.next_due().is_some_and(|due| due <= now) {
                    self.ends[end].endpoint.run(now, now, Duration::ZERO);
                    self.collect(end);
                }
            }
        }
        self.now = until;
    }

    fn hand(&mut self, end: usize, from: SocketAddr, bytes: &[u8]) -> Result<(), Dropped> {
        let arrival = Arrival { from, at: self.now, stamp: Stamp(self.now.0) };
        self.ends[end].endpoint.receive(&arrival, bytes).map(|_| ())
    }

    /// The attacker sends a packet, and keeps what comes back.
    pub(crate) fn inject(&mut self, end: usize, from: SocketAddr, bytes: &[u8]) -> Hit {
        let verdict = self.hand(end, from, bytes);
        Hit { verdict, answers: self.drain(end) }
    }

    /// The attacker sends a packet, and what comes back goes its way.
    pub(crate) fn pass_on(&mut self, end: usize, from: SocketAddr, bytes: &[u8]) -> Result<(), Dropped> {
        let verdict = self.hand(end, from, bytes);
        self.collect(end);
        verdict
    }

    /// The attacker sends a packet that has to be dropped for this reason: counted, answered by nothing, told to nobody, and everything as
    /// it was.
    pub(crate) fn is_dropped(&mut self, end: usize, from: SocketAddr, bytes: &[u8], why: Dropped) {
        let before = (self.portrait(end), self.ends[end].told.len(), self.ends[end].heard.len());
        let drops: Vec<_> = self.ends[end].endpoint.drops().iter().collect();
        let hit = self.inject(end, from, bytes);
        assert_eq!(hit.verdict, Err(why), "{bytes:02x?}");
        assert!(hit.answers.is_empty(), "{why:?} was answered: {hit:02x?}");
        assert_eq!((self.portrait(end), self.ends[end].told.len(), self.ends[end].heard.len()), before, "{why:?} changed something");
        for ((reason, now), (_, earlier)) in self.ends[end].endpoint.drops().iter().zip(drops) {
            assert_eq!(now - earlier, u64::from(reason == why), "{why:?} was counted as {reason:?}");
        }
    }

    /// All that an end knows of its link, timers included, but how many packets it refused.
    pub(crate) fn portrait(&self, end: usize) -> String {
        let endpoint = &self.ends[end].endpoint;
        let link = format!("{:?} {:?}", endpoint.link(node(1 - end)), endpoint.next_due());
        let mut words = Vec::new();
        let mut skip = false;
        for word in link.split(' ') {
            if !std::mem::replace(&mut skip, matches!(word, "duplicates:" | "stale:")) {
                words.push(word);
            }
        }
        words.join(" ")
    }

    pub(crate) fn session(&self, end: usize) -> Option<Pair> {
        Some(self.ends[end].endpoint.link(node(1 - end))?.session()?.pair)
    }

    /// Whether both ends are in the same session.
    pub(crate) fn agree(&self) -> bool {
        let turned = self.session(1).map(|pair| Pair { ours: pair.theirs, theirs: pair.ours });
        self.session(0).is_some() && self.session(0) == turned
    }

    /// That the session that stood still does, that nobody said anything, and that probes go on at their pace.
    pub(crate) fn is_unharmed(&mut self, since: &Before) {
        assert_eq!([self.session(0), self.session(1)], since.sessions, "another session");
        for end in 0..2 {
            assert_eq!(self.ends[end].told.len(), since.told[end], "end {end}: {:?}", self.ends[end].told);
            let mut probes = self.ends[end].sent.iter().filter(|(at, bytes)| *at >= since.at && bytes[KIND] == crate::forge::PROBE);
            let mut last = since.at;
            assert!(probes.all(|(at, _)| at.since(std::mem::replace(&mut last, *at)) <= pace().interval), "end {end} sent late");
            assert!(self.now.since(last) <= pace().interval, "end {end} has stopped");
        }
    }

    pub(crate) fn before(&self) -> Before {
        Before { at: self.now, sessions: [self.session(0), self.session(1)], told: [self.ends[0].told.len(), self.ends[1].told.len()] }
    }

    /// What an end told since.
    pub(crate) fn told_since(&self, end: usize, since: &Before) -> Vec<Happening> {
        self.ends[end].told[since.told[end]..].iter().map(|(_, happening)| *happening).collect()
    }

    /// The last packet of that kind which an end sent.
    pub(crate) fn last_sent(&self, end: usize, kind: u8) -> Vec<u8> {
        self.ends[end].sent.iter().rev().find(|(_, bytes)| bytes[KIND] == kind).unwrap().1.clone()
    }
}

/// What [`Arena::is_unharmed`] compares with.
pub(crate) struct Before {
    pub(crate) at: Moment,
    sessions: [Option<Pair>; 2],
    told: [usize; 2],
}

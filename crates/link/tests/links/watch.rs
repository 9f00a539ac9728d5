//! What must be true of every world at every step, whatever happens in it. Whoever breaks it panics where it breaks.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::time::Duration;

use allswell_link::endpoint::Endpoint;
use allswell_link::happening::{Death, Happening};
use allswell_link::ids::Pair;
use allswell_link::machine::State;
use allswell_link::outbox::{Heard, SentProbe};
use allswell_link::terms::Terms;
use allswell_link::time::Moment;
use allswell_link::timer::Timer;

/// What is remembered for it.
#[derive(Debug)]
pub(crate) struct Watch {
    /// The shortest and the longest detection time that can be agreed on in this world.
    pub(crate) detection: (Duration, Duration),
    /// For how long a process may have been stopped, and so have read late what came in time.
    pub(crate) reads_late: Duration,
    /// Which probes were counted, by host.
    counted: HashSet<(usize, Pair, u64)>,
    /// Sessions that ended at a host: when, of what, and until when it may still hear them.
    ended: HashMap<(usize, Pair), (Death, Moment)>,
    /// The session that each host is in, by what it told: it never tells of two at once.
    stands: HashSet<(usize, Pair)>,
}

impl Watch {
    pub(crate) fn new(terms: &Terms) -> Self {
        let detection = terms.interval.max(terms.hears) * u32::from(terms.multiplier);
        Self {
            detection: (detection, detection),
            reads_late: Duration::ZERO,
            counted: HashSet::new(),
            ended: HashMap::new(),
            stands: HashSet::new(),
        }
    }

    /// Nothing is ever sent in a session that has ended.
    pub(crate) fn sends(&mut self, host: usize, probe: &SentProbe) {
        let ended = self.ended.get(&(host, probe.pair));
        assert!(ended.is_none(), "host {host} speaks in {:?}, which ended: {ended:?}", probe.pair);
    }

    /// A probe is counted once, in the session in which it was sent, and not later than that may be.
    pub(crate) fn hears(&mut self, host: usize, heard: &Heard, sent: &BTreeMap<Pair, u64>) {
        let (pair, sequence) = (heard.pair, heard.probe.sequence);
        let turned = Pair { ours: pair.theirs, theirs: pair.ours };
        let sent = sent.get(&turned).copied().unwrap_or(0);
        assert!(sequence < sent, "host {host} counts probe {sequence} in {pair:?}, in which {sent} were sent");
        assert!(self.counted.insert((host, pair, sequence)), "host {host} counts probe {sequence} in {pair:?} twice");
        if let Some((death, until)) = self.ended.get(&(host, pair)) {
            assert_eq!(*death, Death::Replaced, "host {host} hears {pair:?}, which is dead");
            assert!(heard.at <= *until, "host {host} hears {pair:?} at {:?}, which was replaced, and drained at {until:?}", heard.at);
        }
    }

    /// The node wakes up for the earliest timer of any of its links, and for no other; each link has at most one of each kind and session.
    pub(crate) fn is_due(&self, endpoint: &Endpoint) {
        let first = endpoint.links().filter_map(|link| Some(link.timers().first(|_| true)?.at)).min();
        assert_eq!(endpoint.next_due(), first);
        for link in endpoint.links() {
            let armed = Timer::ALL.into_iter().filter(|timer| link.timers().at(*timer).is_some()).count();
            let most = match link.state() {
                State::Closed => 0,
                State::Opening(_) | State::Down(..) => 1,
                State::Up(standing) => 3 + usize::from(standing.draining.is_some()),
            };
            assert!(armed <= most, "{armed} timers in {:?}", link.state());
        }
    }

    /// Each session begins once and ends once, and the one ends before the other begins.
    pub(crate) fn is_told(&mut self, host: usize, (now, happening): (Moment, Happening)) {
        match happening {
            Happening::Up { pair, .. } => {
                assert!(!self.ended.contains_key(&(host, pair)), "host {host}: {pair:?} rises from the dead");
                assert!(self.stands.insert((host, pair)), "host {host}: {pair:?} begins twice");
            }
            Happening::Ended { pair, death, silent } => {
                assert!(self.stands.remove(&(host, pair)), "host {host}: {pair:?} ends without having begun, or twice");
                let silence = matches!(death, Death::Silent | Death::SilentUnasked);
                assert!(!silence || silent >= self.detection.0, "host {host}: {pair:?} ends of a silence of {silent:?}");
                self.ended.insert((host, pair), (death, now + self.detection.1 + self.reads_late));
            }
            Happening::PeerStalled { .. } | Happening::PeerBack { .. } | Happening::SelfStalled { .. } => {}
        }
    }
}

#[cfg(test)]
mod tests {
    //! The watch itself sees what it is there to see.

    use std::time::Duration;

    use super::Watch;
    use crate::world::World;
    use allswell_link::happening::{Death, Happening};
    use allswell_link::outbox::{Heard, SentProbe};
    use allswell_link::terms::Terms;

    fn lived_a_while() -> (World, Heard) {
        let mut world = World::new(2, 1, Terms::every(Duration::from_millis(50), 3));
        world.switch_on(0);
        world.switch_on(1);
        world.pass(Duration::from_secs(1));
        let heard = *world.hosts[0].heard.last().unwrap();
        (world, heard)
    }

    #[test]
    #[should_panic(expected = "twice")]
    fn a_probe_that_is_counted_twice() {
        let (mut world, heard) = lived_a_while();
        world.watch.hears(0, &heard, &world.hosts[1].sent);
    }

    #[test]
    #[should_panic(expected = "were sent")]
    fn a_probe_that_nobody_sent() {
        let (mut world, mut heard) = lived_a_while();
        heard.probe.sequence += 1_000;
        world.watch.hears(0, &heard, &world.hosts[1].sent);
    }

    #[test]
    #[should_panic(expected = "were sent")]
    fn a_probe_of_another_session() {
        let (mut world, mut heard) = lived_a_while();
        heard.pair.ours.0 ^= 1;
        world.watch.hears(0, &heard, &world.hosts[1].sent);
    }

    #[test]
    #[should_panic(expected = "which ended")]
    fn a_word_in_a_session_that_ended() {
        let (mut world, heard) = lived_a_while();
        let ended = Happening::Ended { pair: heard.pair, death: Death::Left, silent: Duration::ZERO };
        world.watch.is_told(0, (world.now, ended));
        world.watch.sends(0, &SentProbe { peer: heard.peer, pair: heard.pair, sequence: 99 });
    }

    #[test]
    #[should_panic(expected = "ends of a silence")]
    fn a_silence_that_was_none() {
        let (mut world, heard) = lived_a_while();
        let silent = Duration::from_millis(149);
        world.watch.is_told(0, (world.now, Happening::Ended { pair: heard.pair, death: Death::Silent, silent }));
    }

    #[test]
    #[should_panic(expected = "begins twice")]
    fn a_session_that_begins_twice() {
        let mut watch = Watch::new(&Terms::every(Duration::from_millis(50), 3));
        let (world, heard) = lived_a_while();
        let up = Happening::Up { pair: heard.pair, initiated: true, took: Duration::ZERO, restarted: false };
        watch.is_told(0, (world.now, up));
        watch.is_told(0, (world.now, up));
    }
}

//! What must be true of every world at every step, whatever happens in it. Whoever breaks it panics where it breaks.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::time::Duration;

use allswell_link::happening::{Death, Happening};
use allswell_link::ids::Pair;
use allswell_link::outbox::{Heard, SentProbe};
use allswell_link::terms::Terms;
use allswell_link::time::Moment;

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

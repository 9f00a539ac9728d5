//! One direction of a relay: what a test may set, see, keep and put in while it runs.

use std::collections::VecDeque;
use std::net::{SocketAddr, UdpSocket};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::counters::{Counters, Done};
use crate::impairment::{Arrived, Channel, Impairment, Transit};

/// As many datagrams are recorded; of more, the first are forgotten.
const RECORDED_AT_MOST: usize = 65_536;

/// One direction; all of its methods may be called at any time, from any thread.
#[derive(Debug)]
pub struct Direction {
    /// The relay's socket on the side of the end that this direction leads to.
    out: Arc<UdpSocket>,
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Debug)]
struct State {
    transit: Transit,
    /// Whether [`Direction::aim`] named the other end, or it named itself by sending.
    aimed: bool,
    to: Option<SocketAddr>,
    /// What came, when a test wants it.
    record: Option<VecDeque<Vec<u8>>>,
    /// What came and waits for a test's decision, when it wants that.
    held: Option<Vec<Vec<u8>>>,
    done: Done,
}

impl Direction {
    pub(crate) fn new(out: Arc<UdpSocket>, seed: u64) -> Self {
        let transit = Transit::new(Channel::new(seed));
        let state = State { transit, aimed: false, to: None, record: None, held: None, done: Done::default() };
        Self { out, state: Mutex::new(state), changed: Condvar::new() }
    }

    /// What it does to the datagrams that come from now on. Those under way keep their time.
    pub fn set(&self, impairment: Impairment) {
        self.state().transit.channel.set(impairment);
    }

    /// What it does to datagrams now.
    #[must_use]
    pub fn impairment(&self) -> Impairment {
        self.state().transit.channel.impairment()
    }

    /// Nothing that comes from now on passes; all else stays as it is set.
    pub fn cut(&self) {
        self.state().set_cut(true);
    }

    /// Ends a cut.
    pub fn mend(&self) {
        self.state().set_cut(false);
    }

    /// Names the end that this direction leads to. From then on what others send to the relay in that end's place is not relayed.
    pub fn aim(&self, end: SocketAddr) {
        let mut state = self.state();
        (state.aimed, state.to) = (true, Some(end));
    }

    /// The end that this direction leads to, once it was named or has sent something.
    #[must_use]
    pub fn aims_at(&self) -> Option<SocketAddr> {
        self.state().to
    }

    /// What truly happened so far.
    #[must_use]
    pub fn counters(&self) -> Counters {
        self.state().counters()
    }

    /// Waits until the counters are as wanted, and returns them.
    ///
    /// # Panics
    /// When they are not within this time.
    pub fn await_counters(&self, within: Duration, wanted: impl Fn(&Counters) -> bool) -> Counters {
        let waited = self.changed.wait_timeout_while(self.state(), within, |state| !wanted(&state.counters()));
        let counters = waited.unwrap_or_else(PoisonError::into_inner).0.counters();
        assert!(wanted(&counters), "not as wanted within {within:?}: {counters:?}");
        counters
    }

    /// Records whatever comes from now on, before anything is done to it.
    pub fn record(&self) {
        self.state().record = Some(VecDeque::new());
    }

    /// What came since [`Direction::record`], the oldest first, 65,536 at most; nothing when nothing is recorded.
    #[must_use]
    pub fn recorded(&self) -> Vec<Vec<u8>> {
        self.state().record.iter().flatten().cloned().collect()
    }

    /// Keeps whatever comes from now on, for the test to decide on.
    pub fn hold(&self) {
        self.state().held.get_or_insert_default();
    }

    /// What is held, the oldest first; it is the caller's now, and what comes is held further.
    #[must_use]
    pub fn take_held(&self) -> Vec<Vec<u8>> {
        self.state().held.as_mut().map(std::mem::take).unwrap_or_default()
    }

    /// Sends what is held to the end, unimpaired and in order, and holds nothing any more.
    ///
    /// # Panics
    /// When nobody knows the end yet, or the kernel refuses.
    pub fn release(&self) {
        let mut state = self.state();
        for packet in state.held.take().unwrap_or_default() {
            state.inject(&self.out, &packet);
        }
        drop(state);
        self.changed.notify_all();
    }

    /// Sends a datagram of the test's own, or one that was recorded, to the end at once and unimpaired: the end sees the relay's address,
    /// as in all that comes from the other end.
    ///
    /// # Panics
    /// When nobody knows the end yet, or the kernel refuses.
    pub fn inject(&self, packet: &[u8]) {
        self.state().inject(&self.out, packet);
        self.changed.notify_all();
    }

    pub(crate) fn sends_from(&self) -> SocketAddr {
        #[expect(clippy::unwrap_used, reason = "a bound socket has an address")]
        self.out.local_addr().unwrap()
    }

    /// Whether what comes from there is from the end that this direction leads to; one that was not named is learned.
    pub(crate) fn admits(&self, from: SocketAddr) -> bool {
        let mut state = self.state();
        if !state.aimed {
            state.to = Some(from);
        }
        state.to == Some(from)
    }

    /// Takes in a datagram that is to go this way.
    pub(crate) fn take_in(&self, now_ns: u64, packet: &[u8]) {
        self.state().take_in(now_ns, packet);
        self.changed.notify_all();
    }

    /// Counts a datagram that would go this way, had it come from the end.
    pub(crate) fn refuse(&self) {
        self.state().done.strange += 1;
        self.changed.notify_all();
    }

    /// When the next datagram is due.
    pub(crate) fn next_ns(&self) -> Option<u64> {
        self.state().transit.next_ns()
    }

    /// Sends one datagram that is due; whether there was one.
    pub(crate) fn send_due(&self, now_ns: u64) -> bool {
        let mut state = self.state();
        let Some(arrived) = state.transit.arrived(now_ns) else { return false };
        state.forward(&self.out, &arrived, now_ns);
        drop(state);
        self.changed.notify_all();
        true
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn set_cut(&mut self, cut: bool) {
        let channel = &mut self.transit.channel;
        channel.set(Impairment { cut, ..channel.impairment() });
    }

    fn counters(&self) -> Counters {
        Counters::of(self.transit.channel.tally(), self.done, self.transit.under_way())
    }

    fn take_in(&mut self, now_ns: u64, packet: &[u8]) {
        if let Some(record) = &mut self.record {
            record.drain(..(record.len() + 1).saturating_sub(RECORDED_AT_MOST));
            record.push_back(packet.to_vec());
        }
        let Some(held) = &mut self.held else { return self.transit.send(now_ns, packet) };
        held.push(packet.to_vec());
        self.done.withheld += 1;
    }

    fn forward(&mut self, out: &UdpSocket, arrived: &Arrived, now_ns: u64) {
        self.done.late_ns = self.done.late_ns.max(now_ns.saturating_sub(arrived.at_ns));
        let sent = self.send(out, &arrived.packet);
        self.done.forwarded += u64::from(sent);
        self.done.unsent += u64::from(!sent);
    }

    fn inject(&mut self, out: &UdpSocket, packet: &[u8]) {
        assert!(self.send(out, packet), "a datagram cannot be sent to {:?}", self.to);
        self.done.injected += 1;
    }

    fn send(&self, out: &UdpSocket, packet: &[u8]) -> bool {
        self.to.is_some_and(|to| out.send_to(packet, to).is_ok())
    }
}

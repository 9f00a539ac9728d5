//! Our side: a thread that waits, calls and writes down what it saw, and does nothing else.

use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Condvar, Mutex};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use allswell_link::bfd::happening::Happening;
use allswell_link::bfd::refused::{Refusals, Refused};
use allswell_link::time::Moment;
use allswell_mesh::BfdPeer;
use allswell_mesh::bfd::{Bfd, BfdEvent};
use allswell_model::link::{LinkState, OwnLink};
use allswell_model::{NodeId, Timestamp};
use allswell_os::clock;
use allswell_os::wait::{Waiter, Waker, be_punctual};
use allswell_testkit::namespace::space::Space;

use crate::frr::{PATIENCE, THEIRS};

/// What it is asked to do.
enum Order {
    Watch(Vec<BfdPeer>),
    Pause(bool),
    /// Does nothing at all until that comes: as a process that is stopped.
    Stall(Receiver<()>),
    Stop,
}

/// What it saw.
#[derive(Default)]
struct Seen {
    links: Vec<OwnLink>,
    events: Vec<(Instant, BfdEvent)>,
    refusals: Refusals,
    /// Orders that were carried out.
    orders: usize,
}

/// All our sessions.
pub(crate) struct Ours {
    orders: Sender<Order>,
    given: usize,
    waker: Waker,
    seen: Arc<(Mutex<Seen>, Condvar)>,
    thread: Option<JoinHandle<()>>,
}

/// FRR by one of its addresses, at so many milliseconds.
pub(crate) fn peer(family: usize, every_ms: u64, multiplier: u8) -> BfdPeer {
    let address = THEIRS[family].parse().unwrap();
    BfdPeer { name: name(family), address, every: Duration::from_millis(every_ms), multiplier }
}

fn name(family: usize) -> NodeId {
    NodeId::new(["frr", "frr-6"][family]).unwrap()
}

fn now() -> Moment {
    Moment(clock::both_nanos().1)
}

fn is_down(event: &BfdEvent) -> bool {
    matches!(event.happening, Happening::Down { .. })
}

impl Seen {
    fn link(&self, family: usize) -> Option<&OwnLink> {
        self.links.iter().find(|link| link.peer == name(family))
    }
}

fn drive(waiter: &Waiter, orders: &Receiver<Order>, (shared, changed): &(Mutex<Seen>, Condvar)) {
    let mut bfd = Bfd::default();
    loop {
        let timeout = bfd.next_timeout().map(|due| due.since(now()));
        let mut readable = false;
        waiter.wait(timeout, &mut |_, ready| readable |= ready.input).unwrap();
        let mut done = 0;
        for order in orders.try_iter() {
            done += 1;
            match order {
                Order::Watch(peers) => bfd.watch((waiter, 0), &peers, now()).unwrap(),
                Order::Pause(pauses) => bfd.pause(&name(0), pauses, now()),
                // It ends when the other half is dropped.
                Order::Stall(wait) => drop(wait.recv()),
                Order::Stop => return bfd.leave(now()),
            }
        }
        if readable {
            bfd.on_readable(now());
        }
        bfd.on_timeout(now());
        let time = (Timestamp(clock::wall_micros()), now());
        let mut seen = shared.lock().unwrap();
        seen.orders += done;
        seen.events.extend(std::iter::from_fn(|| bfd.poll_event(time)).map(|event| (Instant::now(), event)));
        seen.links = bfd.shown(time);
        seen.refusals = bfd.refusals().clone();
        changed.notify_all();
    }
}

impl Ours {
    pub(crate) fn start(peers: Vec<BfdPeer>) -> Self {
        Self::start_in(&Space::own(), peers)
    }

    /// On another host.
    pub(crate) fn start_in(space: &Space, peers: Vec<BfdPeer>) -> Self {
        let (orders, taken) = channel();
        let waiter = Waiter::new().unwrap();
        let (waker, seen) = (waiter.waker(), Arc::new((Mutex::new(Seen::default()), Condvar::new())));
        let (shared, space) = (Arc::clone(&seen), space.clone());
        let thread = std::thread::spawn(move || {
            space.enter();
            be_punctual().unwrap();
            drive(&waiter, &taken, &shared);
        });
        let mut ours = Self { orders, given: 0, waker, seen, thread: Some(thread) };
        ours.watch(peers);
        ours
    }

    /// Other peers, or the same with other wishes; returns when they are watched.
    pub(crate) fn watch(&mut self, peers: Vec<BfdPeer>) {
        self.order(Order::Watch(peers));
    }

    /// Holds the first session down, or lets it go.
    pub(crate) fn pause(&mut self, pauses: bool) {
        self.order(Order::Pause(pauses));
    }

    fn order(&mut self, order: Order) {
        self.give(order);
        let given = self.given;
        self.until("an order is carried out", |seen| seen.orders >= given);
    }

    fn give(&mut self, order: Order) {
        self.orders.send(order).unwrap();
        self.waker.wake();
        self.given += 1;
    }

    /// From now on its thread does nothing, until what this returns is dropped.
    pub(crate) fn stall(&mut self) -> Sender<()> {
        let (go, wait) = channel();
        self.give(Order::Stall(wait));
        go
    }

    /// Waits until what was seen is so.
    fn until(&self, what: &str, so: impl Fn(&Seen) -> bool) {
        let (seen, changed) = &*self.seen;
        let (_seen, late) = changed.wait_timeout_while(seen.lock().unwrap(), PATIENCE, |seen| !so(seen)).unwrap();
        assert!(!late.timed_out(), "not in time: {what}");
    }

    /// The session with FRR, as it would be shown now.
    pub(crate) fn link(&self, family: usize) -> OwnLink {
        self.seen.0.lock().unwrap().link(family).unwrap().clone()
    }

    /// Waits until a session is so.
    pub(crate) fn await_link(&self, family: usize, what: &str, so: impl Fn(&OwnLink) -> bool) {
        self.until(what, |seen| seen.link(family).is_some_and(&so));
    }

    /// Waits until a session is in that state.
    pub(crate) fn await_state(&self, family: usize, state: LinkState) {
        self.await_link(family, state.word(), |link| link.state == state);
    }

    /// Waits until it has heard so many packets more.
    pub(crate) fn hear(&self, family: usize, more: u64) {
        let heard = self.link(family).counts.received;
        self.await_link(family, "packets are heard", |link| link.counts.received >= heard + more);
    }

    /// Waits until so many sessions have ended.
    pub(crate) fn await_downs(&self, count: usize) {
        self.until("a session ends", |seen| seen.events.iter().filter(|(_, event)| is_down(event)).count() >= count);
    }

    /// Waits until so many packets were refused for that.
    pub(crate) fn await_refused(&self, why: Refused, count: u64) {
        self.until(why.word(), |seen| seen.refusals.of(why) == count);
    }

    /// All that happened so far.
    pub(crate) fn happened(&self) -> Vec<(Instant, BfdEvent)> {
        self.seen.0.lock().unwrap().events.clone()
    }

    /// The sessions that ended so far: when, and how.
    pub(crate) fn downs(&self) -> Vec<(Instant, BfdEvent)> {
        let mut events = self.happened();
        events.retain(|(_, event)| is_down(event));
        events
    }

    pub(crate) fn refusals(&self) -> Refusals {
        self.seen.0.lock().unwrap().refusals.clone()
    }
}

impl Drop for Ours {
    fn drop(&mut self) {
        let _ = self.orders.send(Order::Stop);
        self.waker.wake();
        // One that panicked has said so already.
        let _ = self.thread.take().map(JoinHandle::join);
    }
}

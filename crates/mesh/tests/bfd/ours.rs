//! Our side: a thread that waits, calls and writes down what it saw, and does nothing else.

use std::sync::mpsc::{Sender, channel};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use allswell_link::bfd::happening::Happening;
use allswell_link::bfd::refused::Refusals;
use allswell_link::time::Moment;
use allswell_mesh::BfdPeer;
use allswell_mesh::bfd::{Bfd, BfdEvent};
use allswell_model::link::{LinkState, OwnLink};
use allswell_model::{NodeId, Timestamp};
use allswell_os::clock;
use allswell_os::wait::{Waiter, Waker, be_punctual};

use crate::frr::{THEIRS, until};

/// What it is asked to do.
enum Order {
    Watch(Vec<BfdPeer>),
    Pause(bool),
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
    seen: Arc<Mutex<Seen>>,
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

impl Ours {
    pub(crate) fn start(peers: Vec<BfdPeer>) -> Self {
        let (orders, taken) = channel();
        let waiter = Waiter::new().unwrap();
        let (waker, seen) = (waiter.waker(), Arc::new(Mutex::new(Seen::default())));
        let shared = Arc::clone(&seen);
        let thread = std::thread::spawn(move || {
            be_punctual().unwrap();
            let mut bfd = Bfd::default();
            loop {
                let timeout = bfd.next_timeout().map(|due| due.since(now()));
                let mut readable = false;
                waiter.wait(timeout, &mut |_, ready| readable |= ready.input).unwrap();
                let mut done = 0;
                for order in taken.try_iter() {
                    done += 1;
                    match order {
                        Order::Watch(peers) => bfd.watch((&waiter, 0), &peers, now()).unwrap(),
                        Order::Pause(pauses) => bfd.pause(&name(0), pauses, now()),
                        Order::Stop => return bfd.leave(now()),
                    }
                }
                if readable {
                    bfd.on_readable(now());
                }
                bfd.on_timeout(now());
                let time = Timestamp(clock::wall_micros());
                let mut seen = shared.lock().unwrap();
                seen.orders += done;
                seen.events.extend(std::iter::from_fn(|| bfd.poll_event(time)).map(|event| (Instant::now(), event)));
                seen.links = bfd.shown((time, now()));
                seen.refusals = bfd.refusals().clone();
            }
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
        self.orders.send(order).unwrap();
        self.waker.wake();
        self.given += 1;
        until("an order is carried out", || self.seen.lock().unwrap().orders >= self.given);
    }

    /// The session with FRR, as it would be shown now.
    pub(crate) fn link(&self, family: usize) -> OwnLink {
        self.seen.lock().unwrap().links.iter().find(|link| link.peer == name(family)).unwrap().clone()
    }

    /// Waits until a session is so.
    pub(crate) fn await_state(&self, family: usize, state: LinkState) {
        until(&format!("session {family} is {}", state.word()), || self.link(family).state == state);
    }

    /// Waits until it has heard so many packets more.
    pub(crate) fn hear(&self, family: usize, more: u64) {
        let heard = self.link(family).counts.received;
        until("packets are heard", || self.link(family).counts.received >= heard + more);
    }

    /// All that happened so far.
    pub(crate) fn happened(&self) -> Vec<(Instant, BfdEvent)> {
        self.seen.lock().unwrap().events.clone()
    }

    /// The sessions that ended so far: when, and how.
    pub(crate) fn downs(&self) -> Vec<(Instant, BfdEvent)> {
        let mut events = self.happened();
        events.retain(|(_, event)| matches!(event.happening, Happening::Down { .. }));
        events
    }

    pub(crate) fn refusals(&self) -> Refusals {
        self.seen.lock().unwrap().refusals.clone()
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

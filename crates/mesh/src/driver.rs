//! The one thread that all links of a node run on: it waits for packets, stamps, answers, moments and orders, and does nothing else.
//!
//! In each round the sockets are read until they are empty before anything that is due is judged, so that no packet that has come
//! counts as missing.

mod members;
mod telling;
mod traffic;

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use allswell_link::endpoint::{Endpoint, Identity};
use allswell_link::ids::Node;
use allswell_link::key::{self, KeyRing};
use allswell_link::time::Moment;
use allswell_os::clock;
use allswell_os::datagram::Batch;
use allswell_os::wait::{Waiter, be_punctual};

use crate::bfd::Bfd;
use crate::board::Board;
use crate::kernel::Kernels;
use crate::orders::Orders;
use crate::plan::Plan;
use crate::settings::Settings;
use crate::sockets::Sockets;
use crate::stalls::Stalls;
use telling::Tells;

/// Probes that are due within this share of the interval are sent along with those that are due now: to wake up costs more than to send,
/// and what is sent so little too early is hardly more.
const TOGETHER: u32 = 25;

/// But no less than this, and no more: whoever asks for a session waits for it when there are very many packets.
const TOGETHER_WITHIN: [Duration; 2] = [Duration::from_micros(500), Duration::from_millis(2)];

/// With more packets than this in a second, those that came within that time are read at once: to be woken costs more than to read. When
/// they came is told by their stamps all the same.
const MANY: u64 = 2_000;

/// We are up so long before a peer is to be called silent: to wake up takes most of that, and to have run lately makes the rest quick.
const AHEAD: Duration = Duration::from_micros(100);

/// Which descriptors have something.
mod token {
    pub(super) const SOCKET: u64 = 0;
    pub(super) const KERNEL: u64 = 1;
    pub(super) const BFD: u64 = 2;
}

/// What is to be read in a round.
#[derive(Debug, Clone, Copy, Default)]
struct Ready {
    packets: bool,
    news: bool,
    answers: bool,
    bfd: bool,
}

/// All that the thread owns.
#[derive(Debug)]
pub(crate) struct Driver {
    waiter: Waiter,
    endpoint: Endpoint,
    sockets: Sockets,
    batch: Batch,
    kernels: Kernels,
    board: Board,
    bfd: Bfd,
    stalls: Stalls,
    orders: Arc<Orders>,
    settings: Settings,
    by_address: BTreeMap<SocketAddr, Node>,
    plan: Plan,
    measured: BTreeSet<Node>,
    /// Those that the plan names at every moment.
    always: BTreeSet<Node>,
    tells: Tells,
    /// Packets read since the figures were last made.
    packets: u64,
    is_busy: bool,
}

/// Our clock, as the links count.
pub(crate) fn now() -> Moment {
    Moment(clock::both_nanos().1)
}

impl Driver {
    /// With sockets that were opened by whoever can still say that it failed. `seed` comes from the system's source of chance.
    pub(crate) fn new((waiter, sockets): (Waiter, Sockets), orders: Arc<Orders>, board: Board, seed: [u8; 32]) -> io::Result<Self> {
        let settings = Settings { node: board.node().clone(), ..Settings::default() };
        let boot = clock::both_nanos().0;
        let chance = seed.first_chunk().map_or(0, |eight| u64::from_ne_bytes(*eight));
        let kernels = Kernels::open(chance ^ boot);
        for descriptor in sockets.descriptors() {
            waiter.add(descriptor, token::SOCKET)?;
        }
        for descriptor in kernels.descriptors() {
            waiter.add(descriptor, token::KERNEL)?;
        }
        let identity = Identity { node: key::node_of(settings.node.as_str()), boot, seed };
        let mut endpoint = Endpoint::new(identity, KeyRing::default());
        endpoint.may_ask(kernels.may_ask());
        Ok(Self {
            waiter,
            endpoint,
            sockets,
            batch: Batch::new(),
            kernels,
            board,
            bfd: Bfd::default(),
            stalls: Stalls::default(),
            orders,
            settings,
            by_address: BTreeMap::new(),
            plan: Plan::of(&[], 0, 0),
            measured: BTreeSet::new(),
            always: BTreeSet::new(),
            tells: Tells::beginning(now()),
            packets: 0,
            is_busy: false,
        })
    }

    /// Runs until it is told to end.
    pub(crate) fn drive(mut self) {
        if let Err(error) = be_punctual() {
            tracing::warn!(%error, "the kernel may wake the links' thread 50 us late");
        }
        loop {
            let due = self.next_due();
            let ready = match self.wait(due) {
                Ok(ready) => ready,
                Err(error) => {
                    tracing::error!(%error, "the links' thread cannot wait any more");
                    break;
                }
            };
            let wishes = self.orders.take();
            if wishes.stop {
                break;
            }
            if let Some(settings) = wishes.settings {
                self.apply(settings);
            }
            if let Some(tells) = wishes.tells {
                self.board.tells(tells);
            }
            self.round(due, ready);
        }
        self.leave();
    }

    fn next_due(&self) -> Moment {
        self.endpoint.next_due().into_iter().chain(self.bfd.next_timeout()).fold(self.next_telling(), Moment::min)
    }

    /// What is due within so long is done at once.
    fn together(&self) -> Duration {
        let [least, most] = TOGETHER_WITHIN;
        (self.settings.every / TOGETHER).clamp(least, most)
    }

    /// Waits until something is due or has come.
    fn wait(&self, due: Moment) -> io::Result<Ready> {
        let ahead = self.endpoint.next_judgement().filter(|at| *at <= due).map_or(Duration::ZERO, |_| AHEAD);
        let mut left = due.since(now()).saturating_sub(ahead);
        if self.is_busy && !left.is_zero() {
            self.waiter.nap(left.min(self.together()))?;
            left = Duration::ZERO;
        }
        let mut ready = Ready::default();
        self.waiter.wait(Some(left), &mut |token, state| {
            ready.packets |= token == token::SOCKET && state.input;
            ready.news |= token == token::SOCKET && state.error;
            ready.answers |= token == token::KERNEL;
            ready.bfd |= token == token::BFD;
        })?;
        Ok(ready)
    }

    /// Where a peer is to be called silent in a moment, sees what has come and waits for that moment without sleeping.
    fn await_judgement(&mut self) -> Moment {
        let mut time = now();
        let soon = |at: &Moment| *at > time && at.since(time) <= AHEAD;
        if self.endpoint.next_judgement().filter(soon).is_some() {
            self.read(Ready { packets: true, news: true, answers: true, bfd: false });
            // What has come may have put it off.
            while self.endpoint.next_judgement().is_some_and(|at| at > time && at.since(time) <= AHEAD) {
                std::hint::spin_loop();
                time = now();
            }
        }
        time
    }

    /// What has come, and then what is due.
    fn round(&mut self, due: Moment, ready: Ready) {
        let begun = self.await_judgement();
        self.stalls.ran(begun, due);
        if begun.since(due) >= self.settings.every * u32::from(self.settings.multiplier) {
            self.board.we_stalled(begun, begun.since(due));
        }
        // Before anything is called silent all is read, whether or not it was told of when the waiting ended.
        let judges = self.endpoint.next_alarm().is_some_and(|at| at <= begun);
        let all = Ready { packets: true, news: true, answers: true, bfd: ready.bfd };
        let known = self.read(if judges { all } else { ready });
        let moment = if judges || ready.packets { now() } else { begun };
        // What comes while we read is read in the next round, and judged there.
        self.endpoint.run(moment, known.min(begun), self.together());
        self.flush();
        self.round_of_bfd(moment, ready.bfd);
        self.tell();
    }

    /// The same for the sessions of the other protocol.
    fn round_of_bfd(&mut self, moment: Moment, readable: bool) {
        if readable {
            self.bfd.on_readable(moment);
        }
        if self.bfd.next_timeout().is_some_and(|due| due <= moment) {
            self.bfd.on_timeout(moment);
        }
        let mut changed = false;
        while let Some(event) = self.bfd.poll_event((self.board.utc(), moment)) {
            tracing::info!(peer = %event.peer, "{}", event.sentence);
            changed = true;
        }
        if changed {
            let shown = self.bfd.shown((self.board.utc(), moment));
            self.board.bfd((shown, &self.bfd.own_faults()), true);
        }
    }
}

//! One run: some packets to one target, sent and waited for. Dropping it forgets them.

use std::future::poll_fn;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::task::Poll;
use std::time::{Duration, Instant};

use allswell_os::errno;
use allswell_os::icmp::{Family, Kind, Request, Socket, Way};
use tokio::time::{sleep_until, timeout_at};

use crate::echo::engine::Engine;
use crate::echo::lane::Lane;
use crate::echo::table::{Token, Wanted, sequence};
use crate::echo::tally::Tally;

/// When every socket's buffer is full, it is tried again after this long.
const ROOM_AGAIN_AFTER: Duration = Duration::from_millis(2);

/// Once something has come, what is missing is waited for this long, and no less than three times what the slowest reply took.
const LINGER: Duration = Duration::from_secs(1);

/// What is to be sent.
#[derive(Debug, Clone)]
pub(crate) struct Order {
    pub(crate) to: SocketAddr,
    pub(crate) way: Way,
    pub(crate) count: usize,
    pub(crate) gap: Duration,
    pub(crate) size: usize,
    pub(crate) hop_limit: Option<u8>,
    /// Nothing is waited for beyond this.
    pub(crate) until: Instant,
}

/// Why a packet was not sent.
#[derive(Debug)]
pub(crate) enum Trouble {
    /// Too many runs are under way.
    TableFull,
    /// The sockets' buffers had no room until the end.
    NoRoom,
    /// What the kernel said.
    System(io::Error),
}

/// A run that is under way.
#[derive(Debug)]
pub(crate) struct Run {
    engine: Arc<Engine>,
    order: Order,
    slot: u32,
    token: Token,
    lane: Arc<Lane>,
    dropped_before: u32,
    sent: usize,
}

impl Run {
    /// Takes a place among the outstanding.
    ///
    /// # Errors
    /// [`Trouble::TableFull`].
    pub(crate) fn begin(engine: Arc<Engine>, order: Order) -> Result<Self, Trouble> {
        let lane = engine.lane_after(None).ok_or(Trouble::NoRoom)?;
        let (slot, token) = engine.with(|table| table.begin(order.to.ip(), order.count)).ok_or(Trouble::TableFull)?;
        let dropped_before = lane.dropped_before();
        Ok(Self { engine, order, slot, token, lane, dropped_before, sent: 0 })
    }

    /// Sends the next packet; waits only where no buffer has room for it.
    ///
    /// # Errors
    /// Why it was not sent.
    pub(crate) async fn send(&mut self) -> Result<(), Trouble> {
        loop {
            let sequence = sequence(self.slot, self.sent);
            let Order { to, ref way, hop_limit, size, .. } = self.order;
            let request = Request { to, way, hop_limit, id: 0, sequence, payload: &self.token, size };
            match self.engine.send(&self.lane, self.slot, &request) {
                Ok(()) => break,
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => self.find_room().await?,
                // Our own interface's queue is full, or the table of neighbours: another socket would not help.
                Err(error) if error.raw_os_error() == Some(errno::ENOBUFS) => {
                    self.wait_a_moment().await.map_err(|_| Trouble::System(error))?;
                }
                Err(error) => return Err(Trouble::System(error)),
            }
        }
        self.sent += 1;
        Ok(())
    }

    async fn find_room(&mut self) -> Result<(), Trouble> {
        if let Some(lane) = self.engine.lane_after(Some(&self.lane)) {
            self.change_to(lane);
            return Ok(());
        }
        self.wait_a_moment().await?;
        self.change_to(self.engine.lane_after(None).ok_or(Trouble::NoRoom)?);
        Ok(())
    }

    async fn wait_a_moment(&self) -> Result<(), Trouble> {
        let again = Instant::now() + ROOM_AGAIN_AFTER;
        if again >= self.order.until {
            return Err(Trouble::NoRoom);
        }
        sleep_until(again.into()).await;
        Ok(())
    }

    fn change_to(&mut self, lane: Arc<Lane>) {
        self.dropped_before = lane.dropped_before();
        self.lane = lane;
    }

    /// Sends the packets after the first, and waits for all of them: until each is answered or refused, until nothing more has come for
    /// a while after something had, or until the end. A packet that cannot be sent ends the sending.
    pub(crate) async fn finish(&mut self) {
        while self.sent < self.order.count {
            let next = Instant::now() + self.order.gap;
            if next >= self.order.until {
                break;
            }
            if !self.order.gap.is_zero() {
                sleep_until(next.into()).await;
            }
            if self.send().await.is_err() {
                break;
            }
        }
        if self.sent < self.order.count {
            self.engine.with(|table| table.no_more(self.slot));
        }
        let sent = Instant::now();
        if !self.come(Wanted::Anything, self.order.until).await {
            return;
        }
        let slowest = self.engine.with(|table| table.slowest(self.slot));
        let until = (sent + LINGER.max(slowest * 3)).min(self.order.until);
        self.come(Wanted::Everything, until).await;
    }

    /// Waits until it has come, or until then.
    async fn come(&self, wanted: Wanted, until: Instant) -> bool {
        let come = poll_fn(|context| {
            let come = self.engine.with(|table| table.has_come(self.slot, wanted, context.waker()));
            if come { Poll::Ready(()) } else { Poll::Pending }
        });
        if timeout_at(until.into(), come).await.is_ok() {
            return true;
        }
        // It may have come while this process had no turn; then it lies in the socket.
        self.lane.hear_now();
        self.engine.with(|table| table.has_come(self.slot, wanted, std::task::Waker::noop()))
    }

    /// Whether the way passes only smaller packets, which the kernel has learnt by now: the next ones leave in fragments.
    pub(crate) fn was_too_large(&self) -> bool {
        self.engine.with(|table| table.was_too_large(self.slot))
    }

    /// Whether something is still to come for a packet.
    pub(crate) fn has_missing(&self) -> bool {
        self.engine.with(|table| !table.has_come(self.slot, Wanted::Everything, std::task::Waker::noop()))
    }

    /// Whether the kernel threw packets away unread while this run was under way: a missing reply may be one of them.
    pub(crate) fn may_have_missed(&self) -> bool {
        self.lane.dropped() != self.dropped_before
    }

    /// Whether such a request leaves this host. IPv6 datagram sockets alone do not tell; where nothing can be found out, it does.
    pub(crate) fn departs(&self) -> bool {
        let socket = self.lane.socket();
        if socket.kind() == Kind::Raw || socket.family() == Family::V4 {
            return true;
        }
        let Order { to, ref way, hop_limit, size, .. } = self.order;
        Socket::departs(&Request { to, way, hop_limit, id: 0, sequence: 0, payload: &[], size }).unwrap_or(true)
    }

    /// Whether firewall marks are permitted.
    pub(crate) fn may_mark(&self) -> bool {
        self.lane.socket().may_mark()
    }

    /// Ends it, and says what came of it.
    pub(crate) fn end(&self) -> Tally {
        self.engine.with(|table| table.end(self.slot, &self.token)).unwrap_or_default()
    }
}

impl Drop for Run {
    fn drop(&mut self) {
        self.engine.with(|table| table.end(self.slot, &self.token));
    }
}

//! Sends the echoes of one family for all targets, by one socket; by more only while its buffer is full.
//!
//! Packets to neighbours that have not answered yet stay in a socket's buffer for seconds. A thousand dead neighbours would fill it,
//! and no other target could be probed: then another socket is opened.

use std::io;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use allswell_os::errno;
use allswell_os::icmp::{Family, Kind, Request};

use crate::echo::lane::{Lane, Shared, forget_error};
use crate::echo::table::{OUTSTANDING_LIMIT, Table, id_offset};

/// More sockets than this are not opened: then packets wait for room.
const LANES_LIMIT: usize = 8;

/// A send may fail with errors about earlier packets, one each time.
const SEND_TRIES: usize = 8;

/// All echoes of one family.
#[derive(Debug)]
pub(crate) struct Engine {
    family: Family,
    kind: Kind,
    whole: bool,
    heeds_ways: bool,
    table: Shared,
    lanes: Mutex<Vec<Arc<Lane>>>,
}

impl Engine {
    /// Opens the first socket, in the runtime that calls.
    ///
    /// # Errors
    /// What the system said.
    pub(crate) fn open(family: Family, kind: Kind, whole: bool) -> io::Result<Self> {
        let table: Shared = Arc::new(Mutex::new(Table::new(OUTSTANDING_LIMIT)));
        let lane = Arc::new(Lane::open(family, kind, whole, &table)?);
        let heeds_ways = lane.socket().heeds_ways();
        Ok(Self { family, kind, whole, heeds_ways, table, lanes: Mutex::new(vec![lane]) })
    }

    /// Whether its sockets are still read.
    pub(crate) fn listens(&self) -> bool {
        self.lanes().iter().all(|lane| lane.listens())
    }

    /// Whether a packet may leave by another way than the kernel's choice.
    pub(crate) fn heeds_ways(&self) -> bool {
        self.heeds_ways
    }

    /// Does something with the table, which must not be kept for long.
    pub(crate) fn with<R>(&self, act: impl FnOnce(&mut Table) -> R) -> R {
        act(&mut self.table.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// The socket after this one; the first without one, and `None` when all were tried.
    pub(crate) fn lane_after(&self, lane: Option<&Arc<Lane>>) -> Option<Arc<Lane>> {
        let mut lanes = self.lanes();
        let next = lane.map_or(0, |lane| lanes.iter().position(|known| Arc::ptr_eq(known, lane)).map_or(0, |at| at + 1));
        if next == lanes.len() && next < LANES_LIMIT {
            lanes.push(Arc::new(Lane::open(self.family, self.kind, self.whole, &self.table).ok()?));
        }
        lanes.get(next).map(Arc::clone)
    }

    fn lanes(&self) -> std::sync::MutexGuard<'_, Vec<Arc<Lane>>> {
        self.lanes.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Sends one packet of a run, noting the time just before.
    ///
    /// # Errors
    /// What the kernel said of this packet.
    pub(crate) fn send(&self, lane: &Lane, slot: u32, request: &Request<'_>) -> io::Result<()> {
        let offset = request.payload.first_chunk().map_or(0, id_offset);
        let request = Request { id: lane.socket().id().wrapping_add(offset), ..*request };
        let mut sent = self.send_once(lane, slot, &request);
        for _ in 1..SEND_TRIES {
            match &sent {
                Err(error) if self.kind == Kind::Datagram && may_be_anothers(error) => {
                    forget_error(lane);
                    sent = self.send_once(lane, slot, &request);
                }
                _ => break,
            }
        }
        sent
    }

    fn send_once(&self, lane: &Lane, slot: u32, request: &Request<'_>) -> io::Result<()> {
        self.with(|table| table.sending(slot, Instant::now()));
        lane.socket().send(request).inspect_err(|_| self.with(|table| table.not_sent(slot)))
    }
}

/// The kernel says so of an earlier packet too, to whoever sends next.
fn may_be_anothers(error: &io::Error) -> bool {
    let never = [errno::EPERM, errno::ENOBUFS, errno::ENOMEM, errno::ENODEV];
    error.kind() != io::ErrorKind::WouldBlock && error.raw_os_error().is_none_or(|code| !never.contains(&code))
}

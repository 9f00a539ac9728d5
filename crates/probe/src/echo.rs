//! ICMP echoes: one socket per family for all targets of an environment, opened by the first probe that needs it.
//!
//! An environment stays in the network namespace of the thread that first probes. The unprivileged socket is tried first, the raw one
//! next, the system's `ping` last; what nothing permitted is tried again some time later.

mod arrival;
mod engine;
mod lane;
mod nonce;
pub(crate) mod program;
mod run;
mod table;
pub(crate) mod tally;

use std::io;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use allswell_os::errno;
use allswell_os::icmp::{Family, Kind};

pub(crate) use engine::Engine;
pub(crate) use run::{Order, Run, Trouble};

/// What was not permitted is tried again after this long: somebody may have followed the advice meanwhile.
const AGAIN_AFTER: Duration = Duration::from_secs(10);

/// The kinds of sockets in the order in which they are tried.
const LADDER: [Kind; 2] = [Kind::Datagram, Kind::Raw];

/// The echo sockets of an environment.
#[derive(Debug, Default)]
pub(crate) struct Echoes {
    /// By family, and by whether packets may be fragmented, which is a property of the socket.
    doors: [Mutex<Door>; 4],
}

/// What has come of opening one.
#[derive(Debug, Default)]
struct Door {
    engine: Option<Arc<Engine>>,
    /// When sockets were last refused.
    refused: Option<Instant>,
    /// When the program was last found not to work.
    program_failed: Option<Instant>,
}

impl Door {
    fn means(&self, engine: Option<&Arc<Engine>>, own_way: bool) -> Means {
        match engine.filter(|engine| engine.heeds_ways() || !own_way) {
            Some(engine) => Means::Socket(Arc::clone(engine)),
            None if recent(self.program_failed) => Means::None,
            None => Means::Program,
        }
    }
}

/// By what echoes can be sent.
pub(crate) enum Means {
    /// A socket of our own.
    Socket(Arc<Engine>),
    /// The system's `ping`.
    Program,
    /// Nothing is permitted.
    None,
}

impl Echoes {
    /// The best there are. With `own_way`, packets must be able to leave by another way than the kernel's choice.
    ///
    /// # Errors
    /// What the system said for another reason than permission: no descriptors, no such family.
    pub(crate) fn means(&self, family: Family, whole: bool, own_way: bool) -> io::Result<Means> {
        let mut door = self.door(family, whole).lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(engine) = door.engine.as_ref().filter(|engine| engine.listens()) {
            return Ok(door.means(Some(engine), own_way));
        }
        door.engine = None;
        if !recent(door.refused) {
            door.engine = climb(family, whole)?;
            door.refused = door.engine.is_none().then(Instant::now);
        }
        Ok(door.means(door.engine.as_ref(), own_way))
    }

    /// The system's `ping` does not work either.
    pub(crate) fn program_failed(&self, family: Family, whole: bool) {
        self.door(family, whole).lock().unwrap_or_else(PoisonError::into_inner).program_failed = Some(Instant::now());
    }

    fn door(&self, family: Family, whole: bool) -> &Mutex<Door> {
        let [four, four_whole, six, six_whole] = &self.doors;
        match (family, whole) {
            (Family::V4, false) => four,
            (Family::V4, true) => four_whole,
            (Family::V6, false) => six,
            (Family::V6, true) => six_whole,
        }
    }
}

fn recent(at: Option<Instant>) -> bool {
    at.is_some_and(|at| at.elapsed() < AGAIN_AFTER)
}

/// The first kind of socket that is permitted.
fn climb(family: Family, whole: bool) -> io::Result<Option<Arc<Engine>>> {
    for kind in LADDER {
        match Engine::open(family, kind, whole) {
            Ok(engine) => return Ok(Some(Arc::new(engine))),
            Err(error) if is_refusal(&error) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(None)
}

fn is_refusal(error: &io::Error) -> bool {
    matches!(error.raw_os_error(), Some(errno::EACCES | errno::EPERM | errno::EPROTONOSUPPORT))
}

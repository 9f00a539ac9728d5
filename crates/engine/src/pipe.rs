//! The way into the pipeline: what enters it, how much may wait, and the door for results from elsewhere.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use allswell_model::{Attempted, EventBody, Full, Inlet, ProbeResult, Target, TargetId, Telling, Timestamp};
use tokio::sync::mpsc;

use crate::counters::count;
use crate::runner::{MOST_IN_FLIGHT, Shared};

/// Results that wait to be judged. At 10,000 a second this is six seconds of a disk that hangs; then turns are not run.
pub(crate) const WAITING_AT_MOST: usize = 65_536;

/// Each probe under way has its place in the pipe already, beside the results that wait.
pub(crate) const PIPE_DEPTH: usize = WAITING_AT_MOST + MOST_IN_FLIGHT as usize;

/// How many results wait to be judged: the places taken, but for those that probes under way have.
pub(crate) fn waiting(pipe: &mpsc::Sender<Input>, in_flight: u64) -> usize {
    let taken = pipe.max_capacity() - pipe.capacity();
    taken.saturating_sub(usize::try_from(in_flight).unwrap_or(usize::MAX))
}

/// What enters the pipe.
pub(crate) enum Input {
    /// What a probe found.
    Result(ProbeResult),
    /// How people are told of a target's troubles.
    Telling(TargetId, Telling),
    /// Something happened to the program itself.
    Event(EventBody, Timestamp),
    /// Exactly these are watched from now on.
    Watch(Watch),
    /// An alert was tried to be sent.
    Attempted(Attempted),
}

/// What is watched: each target once.
pub(crate) struct Watch {
    /// Those that we probe.
    pub(crate) probed: Vec<Arc<Target>>,
    /// Those whose results come through the door.
    pub(crate) guests: Vec<Arc<Target>>,
}

/// The pipe's other end, for results from elsewhere. It does not keep the pipeline alive.
#[derive(Debug, Clone)]
pub(crate) struct Door {
    pub(crate) pipe: mpsc::WeakSender<Input>,
    pub(crate) shared: Arc<Shared>,
}

impl Door {
    /// A place in the pipe, beside those that probes under way have.
    fn place(&self) -> Option<mpsc::OwnedPermit<Input>> {
        let in_flight = self.shared.counters.in_flight.load(Ordering::Relaxed);
        let pipe = self.pipe.upgrade().filter(|pipe| waiting(pipe, in_flight) < WAITING_AT_MOST);
        pipe.and_then(|pipe| pipe.try_reserve_owned().ok())
    }
}

impl Inlet for Door {
    fn offer(&self, result: ProbeResult) -> Result<(), Full> {
        let Some(place) = self.place() else {
            count(&self.shared.counters.refused);
            return Err(Full(Box::new(result)));
        };
        place.send(Input::Result(result));
        Ok(())
    }

    fn telling(&self, target: TargetId, telling: Telling) -> bool {
        self.place().map(|place| place.send(Input::Telling(target, telling))).is_some()
    }
}

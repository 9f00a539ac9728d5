//! The probes' thread: pops what is due, runs each probe in its own task, and hands its result to the pipeline.
//!
//! It owns the schedule and every task; when it ends, none of them is left.

use std::any::Any;
use std::panic::AssertUnwindSafe;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use allswell_model::{DownCause, EventBody, Outcome, ProbeResult, Stage, TargetId, Timestamp, UnknownCause};
use allswell_probe::Environment;
use futures_util::FutureExt;
use futures_util::future::{AbortHandle, abortable};
use tokio::sync::{Notify, mpsc};

use crate::clock::Clock;
use crate::counters::{Counters, count};
use crate::lag::{Lag, STALL};
use crate::pipe::{self, Input, WAITING_AT_MOST};
use crate::plan::Plan;
use crate::schedule::{Moment, Place, Popped, Schedule, Turn};
use crate::trip::{run_once, unprobed};

/// Probes under way at once. Each costs a few kilobytes; beyond this the turn is answered with unknown `overloaded`, never delayed.
pub(crate) const MOST_IN_FLIGHT: u64 = 200_000;

/// While probes are under way our own lateness is measured at least this often.
const PULSE: Duration = Duration::from_millis(250);

/// The wall clock is compared with the monotonic one at least this often while anything is watched.
const COMPARE_CLOCKS: Duration = Duration::from_secs(1);

/// A stall this long is an event of its own: what was due meanwhile was not probed.
const STALL_EVENT: Duration = Duration::from_secs(1);

/// What the two threads share.
#[derive(Debug)]
pub(crate) struct Shared {
    pub(crate) clock: Clock,
    pub(crate) counters: Counters,
    pub(crate) wall: fn() -> Timestamp,
    /// Early turns that the judge asked for: the latest wish of each target, so at most one for each.
    pub(crate) rechecks: Mutex<std::collections::BTreeMap<TargetId, Moment>>,
    pub(crate) recheck_asked: Notify,
    lag: Mutex<Lag>,
}

impl Shared {
    pub(crate) fn new(clock: Clock, wall: fn() -> Timestamp) -> Self {
        Self { clock, counters: Counters::default(), wall, rechecks: Mutex::default(), recheck_asked: Notify::new(), lag: Mutex::default() }
    }
}

/// A lock that a panic elsewhere does not take from us: what it guards is valid between any two statements.
pub(crate) fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What the probes' thread is told.
pub(crate) enum Command {
    /// Watch exactly these from now on.
    Watch(Vec<Arc<Plan>>),
}

pub(crate) struct Runner {
    shared: Arc<Shared>,
    environment: Arc<Environment>,
    pipe: mpsc::Sender<Input>,
    schedule: Arc<Mutex<Schedule>>,
    slots: Vec<Option<Watched>>,
    compared: Instant,
}

struct Watched {
    plan: Arc<Plan>,
    /// Cancels the last probe, if it still runs. Of a task it would keep the whole memory; this is two words.
    running: Option<AbortHandle>,
}

impl Runner {
    pub(crate) fn new(shared: Arc<Shared>, environment: Arc<Environment>, pipe: mpsc::Sender<Input>) -> Self {
        Self { shared, environment, pipe, schedule: Arc::default(), slots: Vec::new(), compared: Instant::now() }
    }

    /// Runs until the commands end.
    pub(crate) async fn drive(mut self, mut commands: mpsc::Receiver<Command>) {
        let shared = Arc::clone(&self.shared);
        loop {
            let wake = self.next_wake();
            tokio::select! {
                biased;
                command = commands.recv() => match command {
                    Some(Command::Watch(plans)) => self.watch(plans),
                    None => break,
                },
                () = shared.recheck_asked.notified() => self.hasten(),
                () = sleep_until(wake) => self.turn(wake),
            }
        }
        self.slots.into_iter().flatten().for_each(Watched::cancel);
    }

    /// When there is something to do: a turn, or a look at our own lateness.
    fn next_wake(&self) -> Option<Instant> {
        let (due, empty) = {
            let schedule = locked(&self.schedule);
            (schedule.next_due(), schedule.is_empty())
        };
        if empty {
            return None;
        }
        let in_flight = self.shared.counters.in_flight.load(Ordering::Relaxed) > 0;
        let look = Instant::now() + if in_flight { PULSE } else { COMPARE_CLOCKS };
        Some(due.map_or(look, |due| self.shared.clock.instant(due).min(look)))
    }

    fn turn(&mut self, wake: Option<Instant>) {
        let now = Instant::now();
        self.compare_clocks(now);
        if let Some(wake) = wake {
            self.note_lag(wake, now);
        }
        let moment = self.shared.clock.moment(now);
        loop {
            let popped = locked(&self.schedule).pop(moment);
            match popped {
                None => break,
                Some(Popped::Skipped(turn)) => {
                    count(&self.shared.counters.skipped);
                    self.collapsed(&turn);
                }
                Some(Popped::Run(turn)) => {
                    self.collapsed(&turn);
                    self.launch(turn, now);
                }
            }
        }
    }

    fn collapsed(&self, turn: &Turn) {
        self.shared.counters.collapsed.fetch_add(turn.collapsed, Ordering::Relaxed);
    }

    fn compare_clocks(&mut self, now: Instant) {
        if now.duration_since(self.compared) < COMPARE_CLOCKS {
            return;
        }
        self.compared = now;
        if let Some(by_ms) = self.shared.clock.compare(now, (self.shared.wall)()) {
            self.tell(EventBody::ClockJumped { by_ms }, now);
        }
    }

    fn note_lag(&self, due: Instant, now: Instant) {
        let clock = &self.shared.clock;
        let stall = locked(&self.shared.lag).note(clock.moment(due), clock.moment(now));
        if let Some(stall) = stall.filter(|stall| *stall >= STALL_EVENT) {
            let for_ms = u64::try_from(stall.as_millis()).unwrap_or(u64::MAX);
            self.tell(EventBody::Stalled { for_ms }, now);
        }
    }

    /// Events of our own are few; one that finds the pipe full is counted as not kept.
    fn tell(&self, body: EventBody, now: Instant) {
        if self.pipe.try_send(Input::Event(body, self.shared.clock.utc(now))).is_err() {
            count(&self.shared.counters.not_kept);
        }
    }

    fn hasten(&mut self) {
        let asked = std::mem::take(&mut *locked(&self.shared.rechecks));
        let mut schedule = locked(&self.schedule);
        for (id, at) in asked {
            if let Some(place) = schedule.place(&id) {
                schedule.hasten(place, at);
            }
        }
    }

    /// Watches exactly these: what is the same goes on untouched, what is gone is cancelled.
    fn watch(&mut self, plans: Vec<Arc<Plan>>) {
        let now = self.shared.clock.moment(Instant::now());
        let wanted: std::collections::BTreeSet<&TargetId> = plans.iter().map(|plan| &plan.target.id).collect();
        let gone: Vec<TargetId> =
            self.slots.iter().flatten().map(|watched| &watched.plan.target.id).filter(|id| !wanted.contains(id)).cloned().collect();
        for id in gone {
            let removed = locked(&self.schedule).remove(&id);
            if let Some(watched) = removed.and_then(|place| self.slots.get_mut(place.slot())).and_then(Option::take) {
                watched.cancel();
            }
        }
        for plan in plans {
            let place = locked(&self.schedule).insert(&plan.target.id, plan.target.policy.every, now);
            if self.slots.len() <= place.slot() {
                self.slots.resize_with(place.slot() + 1, || None);
            }
            let Some(slot) = self.slots.get_mut(place.slot()) else { continue };
            match slot {
                Some(watched) => watched.plan = plan,
                None => *slot = Some(Watched { plan, running: None }),
            }
        }
        self.shared.counters.targets.store(locked(&self.schedule).len() as u64, Ordering::Relaxed);
    }

    fn launch(&mut self, turn: Turn, now: Instant) {
        let Some(watched) = self.slots.get_mut(turn.place.slot()).and_then(Option::as_mut) else { return };
        let counters = &self.shared.counters;
        let running = Running { shared: Arc::clone(&self.shared), schedule: Arc::clone(&self.schedule), place: turn.place };
        let in_flight = counters.in_flight.fetch_add(1, Ordering::Relaxed);
        // A place for the result comes first: what cannot be heard is not probed.
        let has_place = pipe::waiting(&self.pipe, in_flight) < WAITING_AT_MOST;
        let Some(permit) = has_place.then(|| self.pipe.clone().try_reserve_owned().ok()).flatten() else {
            count(&counters.no_place);
            return;
        };
        counters.started(self.shared.clock.moment(now).since(turn.due));
        let started = self.shared.clock.utc(now);
        let plan = Arc::clone(&watched.plan);
        if in_flight >= MOST_IN_FLIGHT {
            count(&counters.overloaded);
            permit.send(Input::Result(overloaded(&plan.target.id, started, in_flight)));
            return;
        }
        let environment = Arc::clone(&self.environment);
        let (task, handle) = abortable(async move {
            let result = probed(&running.shared, &plan, &environment, started).await;
            drop(running);
            permit.send(Input::Result(result));
        });
        tokio::spawn(task);
        watched.running = Some(handle);
    }
}

impl Watched {
    fn cancel(self) {
        if let Some(running) = self.running {
            running.abort();
        }
    }
}

/// A probe under way; however it ends, its target may run again afterwards.
struct Running {
    shared: Arc<Shared>,
    schedule: Arc<Mutex<Schedule>>,
    place: Place,
}

impl Drop for Running {
    fn drop(&mut self) {
        self.shared.counters.in_flight.fetch_sub(1, Ordering::Relaxed);
        locked(&self.schedule).finished(self.place);
    }
}

async fn sleep_until(wake: Option<Instant>) {
    match wake {
        Some(wake) => tokio::time::sleep_until(wake.into()).await,
        None => std::future::pending().await,
    }
}

/// One probe, isolated: a panic is this probe's unknown `bug`, and silence while we ourselves were stalled is no verdict.
async fn probed(shared: &Shared, plan: &Plan, environment: &Arc<Environment>, started: Timestamp) -> ProbeResult {
    let begun = Instant::now();
    let timeout = plan.target.policy.timeout;
    let run = run_once(plan, environment, started, timeout);
    match isolated(&shared.counters, &plan.target.id, started, run).await {
        Ok(result) => unless_stalled(shared, result, begun, timeout),
        Err(bug) => bug,
    }
}

/// The result of a run that panicked comes back as the error.
async fn isolated(
    counters: &Counters,
    target: &TargetId,
    started: Timestamp,
    run: impl Future<Output = ProbeResult>,
) -> Result<ProbeResult, ProbeResult> {
    AssertUnwindSafe(run).catch_unwind().await.map_err(|panic| {
        count(&counters.bugs);
        bug(target, started, panic.as_ref())
    })
}

fn unless_stalled(shared: &Shared, mut result: ProbeResult, begun: Instant, timeout: Duration) -> ProbeResult {
    let stage = match &result.outcome {
        Outcome::Down { stage, cause } if *cause == DownCause::TIMED_OUT => stage.clone(),
        _ => return result,
    };
    let (from, now) = (shared.clock.moment(begun), shared.clock.moment(Instant::now()));
    let mut lag = locked(&shared.lag);
    lag.note(from.after(timeout), now);
    let stalled = lag.since(from, now);
    if stalled < STALL || stalled * 4 < timeout {
        return result;
    }
    result.reason =
        format!("Not judged: our own process did not run for {} of the {} ms; {}", stalled.as_millis(), timeout.as_millis(), result.reason);
    result.outcome = Outcome::Unknown { stage, cause: UnknownCause::OVERLOADED };
    result
}

fn overloaded(target: &TargetId, started: Timestamp, in_flight: u64) -> ProbeResult {
    let outcome = Outcome::Unknown { stage: Stage::PREPARE, cause: UnknownCause::OVERLOADED };
    unprobed(target, started, outcome, format!("Not probed: {in_flight} probes are already under way, and that is the limit."))
}

fn bug(target: &TargetId, started: Timestamp, panic: &(dyn Any + Send)) -> ProbeResult {
    let message = panic.downcast_ref::<&str>().map(|text| (*text).to_owned()).or_else(|| panic.downcast_ref::<String>().cloned());
    let message = message.unwrap_or_else(|| "no message".into());
    tracing::error!(%target, %message, "a probe panicked; its result is unknown");
    let outcome = Outcome::Unknown { stage: Stage::PREPARE, cause: UnknownCause::BUG };
    unprobed(target, started, outcome, format!("Not judged: a bug of Allswell's own in this probe ({message}); please report it."))
}

#[cfg(test)]
mod tests;

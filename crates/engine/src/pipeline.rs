//! The single writer: each result goes to the judge and, with its consequences, to the store in one batch.
//!
//! It runs on a thread of its own, so that a slow disk delays no probe; when it falls behind, the pipe fills and
//! turns are counted as not run rather than held in memory without end.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use allswell_judge::{Heard, Incidents, Judge, Standing};
use allswell_model::{Attempted, EventBody, Origin, ProbeResult, Target, TargetId, Telling, Timestamp, Transition};
use allswell_store::{Batch, Reader, Writer};
use futures_util::FutureExt;
use tokio::sync::mpsc;

use crate::counters::count;
use crate::pipe::{Input, Watch};
use crate::runner::{Shared, locked};

/// A batch is committed this long after its first result, so that a page shows it well within a second.
const COMMIT_WITHIN: Duration = Duration::from_millis(100);

/// So many are taken from the pipe at once.
const BATCH_AT_MOST: usize = 8_192;

/// Roll-ups and retention get a turn this often.
const MAINTAIN_EVERY: Duration = Duration::from_secs(5);

pub(crate) struct Pipeline {
    shared: Arc<Shared>,
    pub(crate) judge: Judge,
    pub(crate) incidents: Incidents,
    writer: Writer,
    pub(crate) reader: Reader,
    watched: BTreeMap<TargetId, Source>,
    /// Whose results show that the watch makes progress: while we probe anything ourselves, those of probes alone.
    expects: Option<Source>,
    pub(crate) batch: Batched,
    maintained: Instant,
    /// How much was lost since the store began to refuse; `None` while it takes what comes.
    refused: Option<u64>,
    upkeep_fails: bool,
}

/// Where a target's results come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Source {
    /// From our own probes.
    Probes,
    /// From elsewhere, through the door.
    Guest,
}

/// What the next commit will hold.
#[derive(Default)]
pub(crate) struct Batched {
    results: Vec<Arc<ProbeResult>>,
    events: Vec<(Timestamp, EventBody)>,
    standings: Vec<allswell_store::Standing>,
    pub(crate) attempts: Vec<Attempted>,
    /// Some result in it is one of those that [`Pipeline::expects`] names.
    shows_progress: bool,
    since: Option<Instant>,
}

impl Watch {
    /// All targets, and where the results of each come from. Of two with the same id the one that we probe counts.
    fn into_targets(self) -> (Vec<Arc<Target>>, BTreeMap<TargetId, Source>) {
        let mut sources: BTreeMap<_, _> = self.probed.iter().map(|target| (target.id.clone(), Source::Probes)).collect();
        let mut targets = self.probed;
        for guest in self.guests {
            sources.entry(guest.id.clone()).or_insert_with(|| {
                targets.push(Arc::clone(&guest));
                Source::Guest
            });
        }
        (targets, sources)
    }
}

impl Batched {
    pub(crate) fn touch(&mut self) {
        self.since.get_or_insert_with(Instant::now);
    }
}

impl Pipeline {
    pub(crate) fn new(shared: Arc<Shared>, writer: Writer, reader: Reader, incidents: Incidents) -> Self {
        Self {
            shared,
            judge: Judge::new(),
            incidents,
            writer,
            reader,
            watched: BTreeMap::new(),
            expects: None,
            batch: Batched::default(),
            maintained: Instant::now(),
            refused: None,
            upkeep_fails: false,
        }
    }

    /// Runs until every sender is gone and all that they sent is committed.
    pub(crate) async fn drive(mut self, mut inputs: mpsc::Receiver<Input>) {
        let mut received = Vec::new();
        let mut open = true;
        while open {
            let wake = self.next_wake();
            open = !matches!(tokio::time::timeout_at(wake.into(), inputs.recv_many(&mut received, BATCH_AT_MOST)).await, Ok(0));
            self.take_all(&mut received);
            if let Some(since) = self.batch.since.filter(|_| open) {
                // What comes meanwhile waits in the pipe and wakes nobody: to be woken for each result costs more than to judge it.
                tokio::time::sleep_until((since + COMMIT_WITHIN).into()).await;
                let _ = inputs.recv_many(&mut received, BATCH_AT_MOST).now_or_never();
                self.take_all(&mut received);
            }
            self.judge_silence();
            self.commit();
            self.maintain();
        }
        self.close();
    }

    fn take_all(&mut self, received: &mut Vec<Input>) {
        for input in received.drain(..) {
            self.take(input);
        }
    }

    fn now(&self) -> Timestamp {
        self.shared.clock.utc(Instant::now())
    }

    fn next_wake(&self) -> Instant {
        let now = Instant::now();
        let maintenance = self.maintained + MAINTAIN_EVERY;
        let commit = self.batch.since.map_or(maintenance, |since| since + COMMIT_WITHIN);
        let utc = self.shared.clock.utc(now);
        let deadlines = self.judge.next_deadline().into_iter().chain(self.incidents.next_deadline());
        let judged = deadlines.min().map_or(maintenance, |at| now + at.since(utc));
        maintenance.min(commit).min(judged)
    }

    fn take(&mut self, input: Input) {
        match input {
            Input::Result(result) => self.hear(result),
            Input::Telling(target, telling) => self.tell(&target, telling),
            Input::Event(body, at) => {
                if let EventBody::ClockJumped { by_ms } = body {
                    self.judge.clock_jumped(by_ms);
                    self.incidents.clock_jumped(by_ms);
                }
                self.note(at, body);
            }
            Input::Watch(watch) => self.watch(watch),
            Input::Attempted(attempted) => self.tried(attempted),
        }
    }

    pub(crate) fn note(&mut self, at: Timestamp, body: EventBody) {
        self.batch.touch();
        self.batch.events.push((at, body));
    }

    /// A result of a target that was removed meanwhile is nobody's.
    fn hear(&mut self, result: ProbeResult) {
        let Some(source) = self.watched.get(&result.target).copied() else { return };
        let now = self.now();
        let heard = self.judge.hear(&result, now);
        count(&self.shared.counters.judged);
        // A guest's results come when they come; nobody here could hasten them.
        if let Some(after) = heard.recheck.filter(|_| source == Source::Probes) {
            self.ask_recheck(&result.target, after);
        }
        if heard.cause_changed {
            self.incidents.cause_changed(&result);
        }
        self.conclude(&result.target, heard, now);
        self.batch.touch();
        self.batch.shows_progress |= self.expects == Some(source);
        self.batch.results.push(Arc::new(result));
    }

    fn tell(&mut self, target: &TargetId, telling: Telling) {
        let now = self.now();
        self.incidents.telling(target, telling, now);
        // Whoever is to be told by us now is told with the next commit.
        self.batch.touch();
    }

    fn ask_recheck(&self, target: &TargetId, after: Duration) {
        let at = self.shared.clock.moment(Instant::now()).after(after);
        locked(&self.shared.rechecks).insert(target.clone(), at);
        self.shared.recheck_asked.notify_one();
    }

    fn conclude(&mut self, target: &TargetId, heard: Heard, now: Timestamp) {
        let changed = heard.marks_changed || heard.transition.is_some();
        if let Some(transition) = heard.transition {
            self.turn(now, transition);
        }
        if changed {
            self.stand(target);
        }
    }

    fn turn(&mut self, now: Timestamp, transition: Transition) {
        self.incidents.turned(&transition, now);
        self.note(now, EventBody::Transition(transition));
    }

    pub(crate) fn stand(&mut self, target: &TargetId) {
        let Some(standing) = self.judge.standing(target) else { return };
        self.batch.standings.push(allswell_store::Standing {
            target: target.clone(),
            status: standing.status,
            since: standing.since,
            marks: standing.marks.clone(),
            incident: self.incidents.of(target),
        });
        self.batch.touch();
    }

    fn judge_silence(&mut self) {
        let now = self.now();
        if self.judge.next_deadline().is_none_or(|at| at > now) {
            return;
        }
        for transition in self.judge.tick(now) {
            let target = transition.target.clone();
            self.turn(now, transition);
            self.stand(&target);
        }
        self.stand_marked();
    }

    fn stand_marked(&mut self) {
        for target in self.judge.take_marked() {
            self.stand(&target);
        }
    }

    /// Takes over a new set of targets. The store notes each arrival and departure as an event.
    fn watch(&mut self, watch: Watch) {
        // What was heard before belongs before it in the log.
        self.commit();
        let now = self.now();
        let (targets, wanted) = watch.into_targets();
        let before = std::mem::replace(&mut self.watched, wanted);
        for gone in before.keys().filter(|id| !self.watched.contains_key(*id)) {
            self.judge.forget(gone);
            self.incidents.forget(gone, now);
        }
        let mut turned = BTreeMap::new();
        for target in &targets {
            let recovered = if before.contains_key(&target.id) { None } else { self.recovered(target) };
            let discovered = target.origin == Origin::Discovered;
            if let Some(transition) = self.judge.watch(target.id.clone(), target.policy, discovered, recovered, now) {
                self.note(now, EventBody::Transition(transition.clone()));
                turned.insert(target.id.clone(), transition);
            }
        }
        if let Err(error) = self.writer.targets(&targets, now) {
            tracing::error!(%error, "the store did not take the set of targets");
        }
        self.expect(&targets, now);
        self.watch_for_incidents(&targets, &turned, now);
        targets.iter().for_each(|target| self.stand(&target.id));
        self.stand_marked();
        self.commit();
    }

    /// Some target's result is due within so much. While we probe anything, guests do not count: a link that reports every second must
    /// not hide that no probe runs any more, and one that is silent for a good reason must not make a sound watch look stuck.
    fn expect(&mut self, targets: &[Arc<Target>], now: Timestamp) {
        self.expects = [Source::Probes, Source::Guest].into_iter().find(|source| self.watched.values().any(|one| one == source));
        let counts = |target: &&Arc<Target>| self.watched.get(&target.id).copied() == self.expects;
        let soonest = targets.iter().filter(counts).map(|target| target.policy.every + target.policy.timeout).min().unwrap_or_default();
        let counters = &self.shared.counters;
        counters.expected_us.store(u64::try_from(soonest.as_micros()).unwrap_or(u64::MAX), Ordering::Relaxed);
        counters.judged_us.store(now.0, Ordering::Relaxed);
    }

    /// How a target stood when the program last ran.
    fn recovered(&self, target: &Target) -> Option<Standing> {
        let read = self.reader.standing(&target.id).inspect_err(|error| {
            tracing::warn!(%error, target = %target.id, "how the target stood is not known; it is judged anew");
        });
        let recovered = read.ok().flatten()?;
        let standing = Standing::recovered(recovered.status, recovered.since, recovered.marks);
        Some(standing.with_tail(&target.policy, recovered.tail.iter().rev().map(AsRef::as_ref)))
    }

    fn commit(&mut self) {
        let now = self.now();
        let (incidents, alerts) = self.settle(now);
        let Batched { results, events, standings, attempts, shows_progress, .. } = std::mem::take(&mut self.batch);
        let decided = !incidents.is_empty() || !alerts.is_empty() || !attempts.is_empty();
        if results.is_empty() && events.is_empty() && standings.is_empty() && !decided {
            return;
        }
        if shows_progress {
            self.shared.counters.judged_us.store(now.0, Ordering::Relaxed);
        }
        let lost = (results.len() + events.len()) as u64;
        let batch = Batch {
            results: &results,
            events: &events,
            standings: &standings,
            incidents: &incidents,
            alerts: &alerts,
            attempts: &attempts,
        };
        match self.writer.append(batch, now) {
            Ok(_) => {
                count(&self.shared.counters.commits);
                if let Some(lost) = self.refused.take() {
                    tracing::warn!(lost, "the store takes what comes again");
                }
            }
            Err(error) => {
                self.shared.counters.not_kept.fetch_add(lost, Ordering::Relaxed);
                // Said once: a full disk needs no line a second.
                if self.refused.is_none() {
                    tracing::warn!(%error, "the store did not take a batch; probing and alerting go on, and what is lost is counted");
                }
                *self.refused.get_or_insert(0) += lost;
            }
        }
    }

    fn maintain(&mut self) {
        if self.maintained.elapsed() < MAINTAIN_EVERY {
            return;
        }
        self.maintained = Instant::now();
        match self.writer.maintain(self.now()) {
            Ok(()) => self.upkeep_fails = false,
            Err(error) if !std::mem::replace(&mut self.upkeep_fails, true) => {
                tracing::warn!(%error, "the store's upkeep failed; it is tried again every few seconds");
            }
            Err(_) => {}
        }
    }

    fn close(mut self) {
        self.commit();
        let now = self.now();
        if let Err(error) = self.writer.close(now) {
            tracing::warn!(%error, "the store did not close in order");
        }
    }
}

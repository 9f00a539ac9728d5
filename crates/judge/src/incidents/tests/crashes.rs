//! Judge, incidents and outbox from results to alerts, with crashes at every step: all memory is gone then, and what
//! goes on is rebuilt from a store that knows nothing but whole transactions.

mod program;
mod receiver;
mod store;

use std::collections::BTreeMap;

use allswell_model::{Target, TargetId};
use proptest::prelude::*;
use proptest::test_runner::{TestError, TestRunner};

use self::program::Program;
use self::receiver::Receiver;
use self::store::Store;
use super::{alerting, at, id, target};

const NAMES: [&str; 4] = ["a", "b", "c", "d"];

const POLICIES: [&str; 6] =
    ["oncall", "oncall,mail", "oncall down,unknown,degraded 600", "mail down,degraded", "oncall unknown,down 600", "-"];

/// What is done wrong on purpose, to show that it would be noticed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fault {
    None,
    /// The alerts go into a transaction of their own, after the one of what they tell.
    StoredLater,
    /// The alerts are sent when they are decided, before anything is stored.
    SentEarly,
    /// That an alert was delivered is noted before it is.
    NotedEarly,
    /// Each start of the program gives the same alert another key.
    KeyOfStart,
    /// A standing is stored without its incident.
    PlaceForgotten,
}

/// Why a step was not done.
#[derive(Debug)]
enum Stop {
    /// The program died before the next thing that it would have done.
    Crashed,
    /// Something is not as it must be.
    Wrong(String),
}

type Done<T = ()> = Result<T, Stop>;

fn wrong<T>(what: impl Into<String>) -> Done<T> {
    Err(Stop::Wrong(what.into()))
}

#[derive(Debug, Clone)]
enum Step {
    /// So many results in a row: c clean, w warned, d refused, t timed out, n no gateway.
    Probe(usize, char, usize),
    /// Nothing is heard for so many seconds.
    Pass(i64),
    /// The clock is set forward.
    Jump(i64),
    Commit,
    /// The nth of those that wait is sent, and it is taken or not.
    Send(usize, bool),
    /// The configuration changes: the target has this policy, or is gone.
    Reload(usize, Option<usize>),
    /// The program dies, and is started again so many seconds later.
    Crash(i64),
}

/// Each step, and how many things the program does of it before it dies, where it does.
fn steps() -> impl Strategy<Value = Vec<(Step, Option<usize>)>> {
    let target = 0..NAMES.len();
    let letter = prop_oneof![3 => Just('c'), 4 => Just('d'), 1 => Just('t'), 2 => Just('n'), 1 => Just('w')];
    let seconds = prop_oneof![3 => 1..20_i64, 2 => 20..130_i64, 1 => 130..700_i64];
    let step = prop_oneof![
        8 => (target.clone(), letter, 1..4_usize).prop_map(|(target, letter, times)| Step::Probe(target, letter, times)),
        3 => seconds.prop_map(Step::Pass),
        1 => (1..5000_i64).prop_map(Step::Jump),
        6 => Just(Step::Commit),
        6 => (0..4_usize, prop::bool::weighted(0.8)).prop_map(|(nth, taken)| Step::Send(nth, taken)),
        1 => (target, prop::option::weighted(0.7, 0..POLICIES.len())).prop_map(|(target, policy)| Step::Reload(target, policy)),
        1 => (0..600_i64).prop_map(Step::Crash),
    ];
    prop::collection::vec((step, prop::option::weighted(0.15, 0..12_usize)), 1..60)
}

/// All there is: what a crash leaves alone, and the program.
struct World {
    fault: Fault,
    now: i64,
    /// The file that the operator writes.
    config: BTreeMap<TargetId, Target>,
    store: Store,
    receiver: Receiver,
    program: Program,
    starts: usize,
}

impl World {
    fn new(fault: Fault) -> Done<Self> {
        let config = NAMES[..3].iter().map(|name| (id(name), target(name, alerting("oncall")))).collect();
        let program = Program::new(fault, 0, &[]);
        let mut world = Self { fault, now: 0, config, store: Store::default(), receiver: Receiver::default(), program, starts: 0 };
        world.start()?;
        Ok(world)
    }

    fn start(&mut self) -> Done {
        self.starts += 1;
        // What is begun may be cut off too.
        let dies_after = self.program.dies_after;
        self.program = Program::new(self.fault, self.starts, &self.store.open());
        self.program.dies_after = dies_after;
        self.program.watch(&self.config, &mut self.store, at(self.now))?;
        self.program.commit(&mut self.store, &mut self.receiver, at(self.now))
    }

    fn step(&mut self, (step, dies_after): &(Step, Option<usize>)) -> Done {
        self.program.dies_after = *dies_after;
        match self.act(step) {
            Err(Stop::Crashed) => {
                self.program.dies_after = None;
                self.restart(3)
            }
            done => {
                self.program.dies_after = None;
                done
            }
        }
    }

    fn restart(&mut self, after: i64) -> Done {
        self.now += after;
        self.start()
    }

    fn act(&mut self, step: &Step) -> Done {
        match step {
            Step::Probe(target, letter, times) => (0..*times).try_for_each(|_| self.probe(NAMES[*target], *letter)),
            Step::Pass(seconds) => {
                self.now += seconds;
                Ok(())
            }
            Step::Jump(seconds) => {
                self.now += seconds;
                self.program.clock_jumped(seconds * 1000)
            }
            Step::Commit => self.commit(),
            Step::Send(nth, taken) => self.program.send(*nth, *taken, &self.store, &mut self.receiver),
            Step::Reload(target, policy) => self.reload(NAMES[*target], policy.map(|policy| POLICIES[policy])),
            Step::Crash(seconds) => self.restart(*seconds),
        }
    }

    fn probe(&mut self, name: &str, letter: char) -> Done {
        self.now += 1;
        self.program.hear(&id(name), letter, at(self.now))
    }

    fn commit(&mut self) -> Done {
        self.program.commit(&mut self.store, &mut self.receiver, at(self.now))
    }

    fn reload(&mut self, name: &str, policy: Option<&str>) -> Done {
        match policy {
            Some(policy) => self.config.insert(id(name), target(name, alerting(policy))),
            None => self.config.remove(&id(name)),
        };
        self.commit()?;
        self.program.watch(&self.config, &mut self.store, at(self.now))?;
        self.commit()
    }

    /// The crashes are over: everything answers, or nothing does, and what waits is delivered.
    fn end(&mut self, well: bool) -> Done {
        let names: Vec<String> = self.config.keys().map(ToString::to_string).collect();
        let letter = if well { 'c' } else { 'd' };
        (0..3).try_for_each(|_| names.iter().try_for_each(|name| self.probe(name, letter)))?;
        self.commit()?;
        // Long enough for an update to fall due; meanwhile nothing goes stale.
        for _ in 0..6 {
            self.now += 11;
            names.iter().try_for_each(|name| self.probe(name, letter))?;
        }
        self.commit()?;
        while self.program.waiting(&self.store) > 0 {
            self.program.send(0, true, &self.store, &mut self.receiver)?;
        }
        self.commit()?;
        self.receiver.has_all(&self.store)?;
        if well { self.nothing_is_open() } else { self.everybody_knows() }
    }

    fn nothing_is_open(&self) -> Done {
        match &self.store.open()[..] {
            [] => Ok(()),
            open => wrong(format!("all is well, but {open:?} is open")),
        }
    }

    /// Everything is down: whoever asks for that was told of it.
    fn everybody_knows(&self) -> Done {
        for target in self.config.values() {
            let asks = &target.alerting;
            let due = !asks.channels.is_empty() && asks.on.contains(&allswell_model::Status::Down);
            let incident = self.store.incident_of(&target.id);
            match incident.filter(|incident| incident.is_open() && incident.channels == asks.channels) {
                None if due => return wrong(format!("{} is down, and in no incident of its channels: {incident:?}", target.id)),
                None => {}
                Some(incident) if incident.targets > incident.told_targets => {
                    return wrong(format!("{incident:?} grew, and nobody knows"));
                }
                Some(incident) => self.receiver.knows(incident)?,
            }
        }
        Ok(())
    }
}

fn night(fault: Fault, steps: &[(Step, Option<usize>)], well: bool) -> Result<(), TestCaseError> {
    let told = |stop| match stop {
        Stop::Wrong(what) => TestCaseError::fail(what),
        Stop::Crashed => TestCaseError::fail("nobody asked for a crash"),
    };
    let mut world = World::new(fault).map_err(told)?;
    steps.iter().try_for_each(|step| world.step(step)).map_err(told)?;
    world.end(well).map_err(told)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, ..ProptestConfig::default() })]

    #[test]
    fn no_crash_loses_doubles_or_forestalls_an_alert(steps in steps(), well in any::<bool>()) {
        night(Fault::None, &steps, well)?;
    }
}

/// What the same nights find when this is done wrong.
fn noticed(fault: Fault) -> String {
    let config = ProptestConfig { cases: 5000, max_shrink_iters: 0, failure_persistence: None, ..ProptestConfig::default() };
    let nights = (steps(), any::<bool>());
    match TestRunner::new(config).run(&nights, |(steps, well)| night(fault, &steps, well)) {
        Err(TestError::Fail(reason, _)) => reason.message().to_owned(),
        other => panic!("{fault:?} went unnoticed: {other:?}"),
    }
}

#[test]
fn what_is_done_wrong_is_noticed() {
    let table = [
        (Fault::StoredLater, "was never told"),
        (Fault::SentEarly, "is not stored"),
        (Fault::NotedEarly, "was lost"),
        (Fault::KeyOfStart, "under another key"),
        (Fault::PlaceForgotten, "without a member"),
    ];
    for (fault, words) in table {
        let reason = noticed(fault);
        assert!(reason.contains(words), "{fault:?}: {reason}");
    }
}

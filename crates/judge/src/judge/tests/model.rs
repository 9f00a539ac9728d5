//! Random operations beside a reference model that keeps every result and counts anew each time.

use proptest::prelude::*;

use super::*;

const NAMES: [&str; 3] = ["a", "b", "c"];

#[derive(Debug, Clone)]
enum Operation {
    Watch {
        target: usize,
        down_after: u32,
        up_after: u32,
    },
    Forget {
        target: usize,
    },
    Hear {
        target: usize,
        letter: char,
        late: bool,
    },
    /// Waits for so many seconds, then lets fall due what is due.
    Tick {
        seconds: i64,
    },
    /// Ends the program and starts it anew, from clones or from the stored results.
    Restart {
        from_store: bool,
    },
}

fn operations() -> impl Strategy<Value = Vec<Operation>> {
    let target = 0..NAMES.len();
    let letter = proptest::sample::select(vec!['c', 'c', 'w', 'd', 't', 'n']);
    let one = prop_oneof![
        3 => (target.clone(), 1..4_u32, 1..4_u32).prop_map(|(target, down_after, up_after)| Operation::Watch { target, down_after, up_after }),
        1 => target.clone().prop_map(|target| Operation::Forget { target }),
        24 => (target, letter, prop::bool::weighted(0.05)).prop_map(|(target, letter, late)| Operation::Hear { target, letter, late }),
        4 => (1..80_i64).prop_map(|seconds| Operation::Tick { seconds }),
        2 => any::<bool>().prop_map(|from_store| Operation::Restart { from_store }),
    ];
    proptest::collection::vec(one, 1..120)
}

/// What the model knows of a target: its status, and the results since the last silence.
#[derive(Debug, Clone)]
struct Known {
    policy: Policy,
    status: Status,
    heard: Option<i64>,
    due: Option<i64>,
    results: Vec<Told>,
}

#[derive(Debug, Clone)]
struct Told {
    letter: char,
    started: i64,
    /// One without a statement too many in a row: nothing before it counts.
    breaks: bool,
}

impl Known {
    fn new(policy: Policy, now: i64) -> Self {
        Self { policy, status: Status::Unknown, heard: None, due: Some(now + 50), results: Vec::new() }
    }

    /// The results at the end that are of these letters, the oldest last; ones without a statement are passed over.
    fn row(&self, letters: &str) -> Vec<i64> {
        let counts = |told: &&Told| letters.contains(told.letter) || (letters != "n" && told.letter == 'n' && !told.breaks);
        let row = self.results.iter().rev().take_while(counts);
        row.filter(|told| letters.contains(told.letter)).map(|told| told.started).collect()
    }

    /// Gives the status that it had.
    fn go_stale(&mut self) -> Status {
        self.due = None;
        self.results.clear();
        std::mem::replace(&mut self.status, Status::Unknown)
    }

    fn push(&mut self, letter: char, now: i64) {
        if self.heard.is_some_and(|heard| now - heard >= 50) {
            self.results.clear();
        }
        self.heard = Some(now);
        let nothing = self.results.iter().rev().take_while(|told| told.letter == 'n').count();
        let breaks = letter == 'n' && nothing + 1 >= self.policy.down_after as usize;
        self.results.push(Told { letter, started: now, breaks });
    }

    fn hear(&mut self, letter: char, now: i64) -> Option<(Status, i64)> {
        self.push(letter, now);
        self.due = Some(now + 50);
        let (down_after, up_after) = (self.policy.down_after as usize, self.policy.up_after as usize);
        let full = |letters: &str, count: usize| self.row(letters).get(count - 1..).and_then(<[_]>::last).copied();
        let good = self.row("cw");
        let warned = self.row("w");
        let back = if warned.len() == good.len() || warned.len() >= down_after { Status::Degraded } else { Status::Up };
        let rules: &[(&str, usize, Status)] = match self.status {
            Status::Up => &[("dt", down_after, Status::Down), ("n", down_after, Status::Unknown), ("w", down_after, Status::Degraded)],
            Status::Degraded => &[("dt", down_after, Status::Down), ("n", down_after, Status::Unknown), ("c", up_after, Status::Up)],
            Status::Down => &[("n", down_after, Status::Unknown), ("cw", up_after, back)],
            _ => &[("dt", down_after, Status::Down), ("cw", 1, back)],
        };
        let turned = rules.iter().find_map(|(letters, count, to)| full(letters, *count).map(|since| (*to, since)));
        self.status = turned.map_or(self.status, |(to, _)| to);
        turned
    }
}

fn letter(result: &ProbeResult) -> char {
    result.reason.chars().last().unwrap()
}

/// The judge and the model, side by side.
struct Both {
    judge: Judge,
    known: Vec<Option<Known>>,
    /// All that was ever heard, as a store would have it.
    stored: Vec<Vec<ProbeResult>>,
    now: i64,
}

impl Both {
    fn apply(&mut self, operation: &Operation) {
        self.now += 1;
        match *operation {
            Operation::Watch { target, down_after, up_after } => self.watch(target, Policy { down_after, up_after, ..policy() }),
            Operation::Forget { target } => {
                self.judge.forget(&id(NAMES[target]));
                self.known[target] = None;
                self.stored[target].clear();
            }
            Operation::Hear { target, letter, late } => self.hear(target, letter, late),
            Operation::Tick { seconds } => self.tick(seconds),
            Operation::Restart { from_store } => self.restart(from_store),
        }
        self.compare();
    }

    fn watch(&mut self, target: usize, policy: Policy) {
        assert_eq!(self.judge.watch(id(NAMES[target]), policy, false, None, at(self.now)), None);
        let now = self.now;
        let known = self.known[target].get_or_insert_with(|| Known::new(policy, now));
        if known.policy != policy {
            known.policy = policy;
            known.due = known.due.map(|_| now + 50);
        }
    }

    fn hear(&mut self, target: usize, letter: char, late: bool) {
        let started = if late { at(self.now - 1000) } else { at(self.now) };
        let late = late && self.known[target].as_ref().is_some_and(|known| known.heard.is_some());
        let result = result(NAMES[target], letter, if late { started } else { at(self.now) });
        let heard = self.judge.hear(&result, at(self.now));
        let Some(known) = self.known[target].as_mut().filter(|_| !late) else {
            assert_eq!(heard, Heard::default());
            return;
        };
        let before = known.status;
        let turned = known.hear(letter, self.now);
        self.stored[target].push(result);
        let transition = heard.transition.map(|t| (t.from, t.to, t.since));
        assert_eq!(transition, turned.map(|(to, since)| (before, to, at(since))));
        let expected = match letter {
            'c' => Status::Up,
            'w' => Status::Degraded,
            'n' => Status::Unknown,
            _ => Status::Down,
        };
        assert_eq!(heard.recheck.is_some(), known.status != expected);
    }

    fn tick(&mut self, seconds: i64) {
        self.now += seconds;
        let mut expected: Vec<TargetId> = Vec::new();
        for (known, name) in self.known.iter_mut().zip(NAMES) {
            let Some(known) = known.as_mut().filter(|known| known.due.is_some_and(|due| due <= self.now)) else { continue };
            if known.go_stale() != Status::Unknown {
                expected.push(id(name));
            }
        }
        let mut turned: Vec<TargetId> = self.judge.tick(at(self.now)).into_iter().map(|t| t.target).collect();
        turned.sort();
        assert_eq!(turned, expected);
        assert!(self.judge.next_deadline().is_none_or(|due| due > at(self.now)));
    }

    /// Ticks first, so that what fell due meanwhile is the same with and without the restart.
    fn restart(&mut self, from_store: bool) {
        self.tick(0);
        let old = std::mem::take(&mut self.judge);
        for (target, known) in self.known.iter_mut().enumerate() {
            let Some(known) = known else { continue };
            let cloned = old.standing(&id(NAMES[target])).unwrap().clone();
            let standing = if from_store {
                known.results.clear();
                known.heard = None;
                let stored = &self.stored[target];
                stored.iter().for_each(|told| known.push(letter(told), (told.started.0 - at(0).0) / SECOND));
                Standing::recovered(cloned.status, cloned.since, cloned.marks).with_tail(&known.policy, stored)
            } else {
                cloned
            };
            // The store does not know of a policy that was changed since the last result.
            if from_store && known.due.is_some() {
                known.due = Some(known.heard.unwrap_or(self.now) + 50);
            }
            let stale = known.due.is_some_and(|due| due <= self.now);
            let turned = self.judge.watch(id(NAMES[target]), known.policy, false, Some(standing), at(self.now));
            assert_eq!(turned.is_some(), stale && known.status != Status::Unknown);
            if stale {
                known.go_stale();
            }
        }
    }

    fn compare(&self) {
        let armed = self.known.iter().flatten().filter(|known| known.due.is_some()).count();
        assert_eq!(self.judge.timers.len(), armed, "at most one timer for each target");
        let next = self.known.iter().flatten().filter_map(|known| known.due).min();
        assert_eq!(self.judge.next_deadline(), next.map(at));
        for (known, name) in self.known.iter().zip(NAMES) {
            let status = self.judge.standing(&id(name)).map(|standing| standing.status);
            assert_eq!(status, known.as_ref().map(|known| known.status));
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_judge_and_the_model_agree(operations in operations()) {
        let mut both = Both { judge: Judge::new(), known: vec![None; 3], stored: vec![Vec::new(); 3], now: 0 };
        operations.iter().for_each(|operation| both.apply(operation));
    }

    /// Stopping and recovering at any point gives the same statuses as not stopping.
    #[test]
    fn a_sequence_can_be_split_anywhere(letters in "[cwdtn]{1,40}", split in 0..40_usize, from_store in any::<bool>()) {
        let mut whole = One::new(false);
        let mut parted = One::new(false);
        let mut stored = Vec::new();
        for (index, letter) in letters.chars().enumerate() {
            if index == split {
                let cloned = parted.standing().clone();
                let standing = if from_store {
                    Standing::recovered(cloned.status, cloned.since, cloned.marks).with_tail(&policy(), &stored)
                } else {
                    cloned
                };
                parted.judge = Judge::new();
                prop_assert_eq!(parted.judge.watch(id("a"), policy(), false, Some(standing), at(parted.clock)), None);
            }
            prop_assert_eq!(whole.hear(letter), parted.hear(letter));
            stored.push(result("a", letter, at(whole.clock)));
            prop_assert_eq!(whole.standing(), parted.standing());
        }
    }
}

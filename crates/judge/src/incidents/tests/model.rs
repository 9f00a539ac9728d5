//! Random nights beside a reference of ten lines.

use allswell_model::AlertKind;
use proptest::prelude::*;

use super::order::Order;
use super::*;
use crate::incidents::running::UPDATE_EVERY;

const NAMES: [&str; 5] = ["a", "b", "c", "d", "e"];

const POLICIES: [&str; 11] = [
    "oncall",
    "oncall",
    "oncall,mail",
    "-",
    "mail down",
    "oncall down,unknown,degraded 90",
    "oncall down,unknown,degraded",
    "oncall degraded 30",
    "oncall unknown",
    "oncall down,unknown - 20",
    "oncall down,unknown,degraded 90 150",
];

#[derive(Debug, Clone)]
enum Step {
    Turn(usize, Status, &'static str),
    Watch(usize, usize),
    Forget(usize),
    ToldBy(usize, bool),
    Pass(i64),
    Jump(i64),
    Settle,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let target = 0..NAMES.len();
    let status = prop_oneof![Just(Status::Up), Just(Status::Down), Just(Status::Unknown), Just(Status::Degraded), Just(Status::Paused)];
    let cause = prop_oneof![4 => Just("refused"), 1 => Just("timed_out")];
    let step = prop_oneof![
        8 => (target.clone(), status, cause).prop_map(|(target, status, cause)| Step::Turn(target, status, cause)),
        2 => (target.clone(), 0..POLICIES.len()).prop_map(|(target, policy)| Step::Watch(target, policy)),
        2 => (target.clone(), any::<bool>()).prop_map(|(target, other)| Step::ToldBy(target, other)),
        1 => target.prop_map(Step::Forget),
        4 => prop_oneof![0..10_i64, 10..100_i64, 100..400_i64].prop_map(Step::Pass),
        1 => (-4000..4000_i64).prop_map(Step::Jump),
        8 => Just(Step::Settle),
    ];
    prop::collection::vec(step, 1..80)
}

/// The reference: what one target is, and the status of the incident that it must be in.
struct Expected {
    asks: Alerting,
    status: Status,
    /// An unknown wakes nobody before.
    wakes: i64,
    turned: i64,
    /// Since when it was in trouble on and off.
    trouble: i64,
    /// Since when it is in none.
    well: Option<i64>,
    told_by_another: bool,
    left_to_us: i64,
    within: Option<Status>,
}

impl Expected {
    /// The whole rule once more, in other words.
    fn settle(&mut self, now: i64) {
        let asked = |status| self.asks.on.contains(&status);
        let after = self.asks.after.as_secs().cast_signed();
        let tells = !self.told_by_another && now >= self.trouble.max(self.left_to_us) + after;
        let before = self.within;
        self.within = match (self.status, self.within) {
            _ if self.asks.channels.is_empty() => None,
            (Status::Up | Status::Paused, _) => None,
            (Status::Unknown, None) => (asked(Status::Unknown) && now >= self.wakes.max(self.left_to_us + after) && !self.told_by_another)
                .then_some(Status::Unknown),
            (Status::Unknown, before) => before,
            (status, _) if !asked(status) => None,
            (Status::Degraded, before) => before.or(tells.then_some(Status::Degraded)),
            (Status::Down, before) => {
                if tells {
                    Some(Status::Down)
                } else {
                    before
                }
            }
        };
        if before.is_some() && self.within.is_none() {
            self.well = Some(i64::MIN / 2);
        }
    }

    fn turn(&mut self, to: Status, now: i64) {
        if self.status != to {
            (self.status, self.turned, self.wakes) = (to, now, self.wakes.max(now + 120));
        }
        self.count(now);
    }

    fn count(&mut self, now: i64) {
        match self.status {
            Status::Unknown => {}
            Status::Down | Status::Degraded if self.asks.on.contains(&self.status) => {
                if self.well.take().is_some_and(|well| now - well >= 60) {
                    self.trouble = now;
                }
            }
            _ => self.well = self.well.or(Some(now)),
        }
    }
}

struct Random {
    night: Night,
    /// Seconds that passed, whatever the clock says.
    passed: i64,
    expected: BTreeMap<TargetId, Expected>,
    order: Order,
    /// How many were in an incident at most.
    most: BTreeMap<IncidentId, u64>,
    /// Where those went who left it and did not get well.
    went_to: BTreeMap<IncidentId, BTreeSet<IncidentId>>,
    /// When it was last told.
    told: BTreeMap<IncidentId, i64>,
}

impl Random {
    fn new() -> Self {
        let (most, went_to, told) = (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
        Self { night: Night::new(), passed: 0, expected: BTreeMap::new(), order: Order::default(), most, went_to, told }
    }

    fn step(&mut self, step: &Step) {
        match step {
            Step::Turn(target, to, cause) => self.turn(NAMES[*target], *to, cause),
            Step::Watch(target, policy) => self.watch(NAMES[*target], POLICIES[*policy]),
            Step::Forget(target) => {
                self.night.happens(&format!("forget {}", NAMES[*target]));
                self.expected.remove(&id(NAMES[*target]));
            }
            Step::ToldBy(target, other) => {
                let name = NAMES[*target];
                self.night.told_by(name, other.then_some("ams-1"));
                if let Some(expected) = self.expected.get_mut(&id(name)) {
                    let changes = std::mem::replace(&mut expected.told_by_another, *other) != *other;
                    if changes {
                        expected.left_to_us = self.passed;
                        expected.settle(self.passed);
                    }
                }
            }
            Step::Pass(seconds) => {
                self.passed += seconds;
                self.night.now += seconds;
            }
            Step::Jump(seconds) => {
                self.night.now += seconds;
                self.night.incidents.clock_jumped(seconds * 1000);
            }
            Step::Settle => self.settle(),
        }
        self.compare();
    }

    fn turn(&mut self, name: &str, to: Status, cause: &str) {
        let Some(expected) = self.expected.get_mut(&id(name)) else { return };
        expected.turn(to, self.passed);
        expected.settle(self.passed);
        let before = self.night.incidents.of(&id(name));
        self.night.turn(name, to, (to != Status::Up).then_some(cause));
        let after = self.night.incidents.of(&id(name));
        if to == Status::Unknown && before.is_some() {
            assert_eq!(before, after, "unknown is no end");
        }
        self.note_move(before, after);
    }

    fn watch(&mut self, name: &str, policy: &str) {
        let wakes = self.passed + 50;
        let never = Some(i64::MIN / 2);
        let fresh = Expected {
            asks: alerting(policy),
            status: Status::Up,
            wakes,
            turned: self.passed,
            trouble: 0,
            well: never,
            told_by_another: false,
            left_to_us: i64::MIN / 2,
            within: None,
        };
        let expected = self.expected.entry(id(name)).or_insert(fresh);
        expected.asks = alerting(policy);
        expected.count(expected.turned);
        expected.settle(self.passed);
        let before = self.night.incidents.of(&id(name));
        self.night.watch(name, policy);
        self.note_move(before, self.night.incidents.of(&id(name)));
    }

    fn note_move(&mut self, before: Option<IncidentId>, after: Option<IncidentId>) {
        if let (Some(before), Some(after)) = (before, after)
            && before != after
        {
            self.went_to.entry(before).or_default().insert(after);
        }
    }

    fn settle(&mut self) {
        if self.expected.is_empty() && self.night.targets.is_empty() && self.order.incidents.is_empty() {
            return;
        }
        let decided = self.night.settle();
        self.order.hear(&decided);
        self.expected.values_mut().for_each(|expected| expected.settle(self.passed));
        self.compare();
        let over: Vec<_> = decided.incidents.iter().filter(|incident| !incident.is_open()).map(|incident| incident.id).collect();
        for alert in &decided.alerts {
            let since = self.told.get(&alert.incident).filter(|told| **told != self.passed).map(|told| self.passed - told);
            match alert.kind {
                AlertKind::Update => assert!(since.is_none_or(|since| since >= 60) || !over.is_empty(), "{alert:?} after {since:?} s"),
                AlertKind::Reminder => {
                    let remind = self.order.incidents[&alert.incident].remind.unwrap();
                    assert!(since.is_none_or(|since| since >= remind.as_secs().cast_signed()), "{alert:?} after {since:?} s");
                }
                AlertKind::Firing | AlertKind::Resolved => {}
            }
            self.told.insert(alert.incident, self.passed);
        }
        for incident in &decided.incidents {
            assert_eq!(incident.most, self.most[&incident.id], "{incident:?}");
        }
        self.nothing_is_owed();
        let told = |id: &IncidentId| self.order.incidents.get(id).is_none_or(|to| !to.is_open() || to.targets <= to.told_targets);
        for id in over {
            assert!(self.went_to.get(&id).is_none_or(|to| to.iter().all(told)), "{id} ended before it was told where its targets went");
        }
    }

    /// After a settling everybody knows what he is to know by now, and every count is true.
    fn nothing_is_owed(&self) {
        for incident in self.order.incidents.values().filter(|incident| incident.is_open()) {
            let members = self.expected.keys().filter(|id| self.night.incidents.of(id) == Some(incident.id)).count() as u64;
            assert_eq!(incident.targets, members, "{incident:?}");
            assert!(members > 0, "{incident:?} is open without a member");
            let since = self.passed - self.told[&incident.id];
            assert!(
                incident.targets <= incident.told_targets || since < UPDATE_EVERY.as_secs().cast_signed(),
                "{incident:?} owes an update"
            );
            assert!(incident.remind.is_none_or(|remind| since < remind.as_secs().cast_signed()), "{incident:?} owes a reminder");
            assert!(self.night.incidents.next_deadline().is_some() || (incident.remind.is_none() && members <= incident.told_targets));
        }
    }

    fn compare(&mut self) {
        let mut counts: BTreeMap<IncidentId, u64> = BTreeMap::new();
        for (id, expected) in &self.expected {
            let of = self.night.incidents.of(id);
            assert_eq!(of.is_some(), expected.within.is_some(), "{id} is {}", expected.status);
            let Some(of) = of else { continue };
            *counts.entry(of).or_default() += 1;
            let status = self.night.incidents.book.get(of).map(|running| running.incident.status);
            assert_eq!(status, expected.within, "{id}");
        }
        for (id, count) in counts {
            let most = self.most.entry(id).or_default();
            *most = count.max(*most);
        }
        audit(&self.night.incidents);
    }
}

/// What is known twice is known alike.
pub(super) fn audit(incidents: &Incidents) {
    let placed = incidents.targets.iter().filter_map(|(id, watched)| Some((id, watched, watched.place?)));
    let mut eased: BTreeMap<IncidentId, u64> = BTreeMap::new();
    let mut members = 0;
    for (id, watched, place) in placed {
        let running = incidents.book.get(place.incident).unwrap();
        assert_eq!(running.members.get(&place.order), Some(id));
        assert_eq!(place.eased, watched.status != running.incident.status);
        *eased.entry(place.incident).or_default() += u64::from(place.eased);
        members += 1;
    }
    let running = || incidents.book.iter();
    assert_eq!(running().map(|running| running.members.len()).sum::<usize>(), members);
    running().for_each(|running| assert_eq!(running.eased, eased.get(&running.incident.id).copied().unwrap_or(0)));
    assert!(incidents.book.newest().all(|(sort, running)| running.is_some_and(|running| running.sort() == *sort)));
    let holds = incidents.targets.iter().filter(|(_, watched)| watched.hold.is_some()).count();
    assert_eq!(incidents.timers.len(), holds + running().filter(|running| running.armed.is_some()).count());
    for (_, watched) in incidents.targets.iter().filter(|(_, watched)| watched.hold.is_some()) {
        let is_new = watched.status == Status::Unknown && watched.place.is_none();
        let waits = is_new || watched.asks.on.contains(&watched.status) && !watched.asks.after.is_zero();
        assert!(waits && !watched.is_told_by_another());
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1000, ..ProptestConfig::default() })]

    #[test]
    fn any_night_is_told_in_order_and_counted_right(steps in steps()) {
        let mut random = Random::new();
        NAMES[..3].iter().for_each(|name| random.watch(name, "oncall"));
        steps.iter().for_each(|step| random.step(step));
        random.settle();
    }
}

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;

fn id(n: usize) -> TargetId {
    TargetId::new(&format!("t{n}")).unwrap()
}

/// Runs the schedule until `end`, each probe taking no time, and gives every start.
fn starts(schedule: &mut Schedule, end: u64) -> BTreeMap<TargetId, Vec<u64>> {
    let mut starts: BTreeMap<TargetId, Vec<u64>> = BTreeMap::new();
    while let Some(due) = schedule.next_due().filter(|due| due.0 <= end) {
        while let Some(popped) = schedule.pop(due) {
            let Popped::Run(turn) = popped else { panic!("nothing runs, so nothing is skipped") };
            starts.entry(schedule.id(turn.place).unwrap().clone()).or_default().push(turn.due.0);
            schedule.finished(turn.place);
        }
    }
    starts
}

#[test]
fn a_target_keeps_its_grid_and_never_drifts() {
    let mut schedule = Schedule::default();
    schedule.insert(&id(1), Duration::from_secs(1), Moment(0));
    let starts = starts(&mut schedule, 100_000_000);
    let starts = &starts[&id(1)];
    assert_eq!(starts.len(), 100);
    assert!(starts.windows(2).all(|pair| pair[1] - pair[0] == 1_000_000));
}

#[test]
fn first_turns_come_soon_and_spread() {
    let mut schedule = Schedule::default();
    for n in 0..1000 {
        schedule.insert(&id(n), Duration::from_secs(60), Moment(0));
    }
    let starts = starts(&mut schedule, 2_000_000);
    assert_eq!(starts.len(), 1000, "each was started within two seconds");
    let mut tenths = [0; 20];
    for first in starts.values() {
        tenths[usize::try_from(first[0] / 100_000).unwrap()] += 1;
    }
    assert!(tenths.iter().all(|n| (25..=85).contains(n)), "{tenths:?}");
}

#[test]
fn ten_thousand_targets_spread_over_their_second() {
    let mut schedule = Schedule::default();
    for n in 0..10_000 {
        schedule.insert(&id(n), Duration::from_secs(1), Moment(0));
    }
    let starts = starts(&mut schedule, 999_999);
    let mut milliseconds = vec![0_u32; 1000];
    for first in starts.values() {
        milliseconds[usize::try_from(first[0] / 1000).unwrap()] += 1;
    }
    assert!(milliseconds.iter().max() < Some(&30), "10 a millisecond on average, none in a heap");
}

#[test]
fn a_running_target_is_skipped_not_doubled() {
    let mut schedule = Schedule::default();
    schedule.insert(&id(1), Duration::from_secs(1), Moment(0));
    let due = schedule.next_due().unwrap();
    let Some(Popped::Run(turn)) = schedule.pop(due) else { panic!() };
    let next = due.after(Duration::from_secs(1));
    assert!(matches!(schedule.pop(next), Some(Popped::Skipped(_))));
    schedule.finished(turn.place);
    assert!(matches!(schedule.pop(next.after(Duration::from_secs(1))), Some(Popped::Run(_))));
}

#[test]
fn overdue_turns_collapse_into_one_and_are_counted() {
    let mut schedule = Schedule::default();
    schedule.insert(&id(1), Duration::from_secs(1), Moment(0));
    let due = schedule.next_due().unwrap();
    let late = due.after(Duration::from_millis(5_500));
    let Some(Popped::Run(turn)) = schedule.pop(late) else { panic!() };
    assert_eq!((turn.due, turn.collapsed), (due, 5));
    assert_eq!(schedule.pop(late), None);
    assert_eq!(schedule.next_due(), Some(due.after(Duration::from_secs(6))), "back on the grid");
}

#[test]
fn an_early_turn_does_not_move_the_grid() {
    let mut schedule = Schedule::default();
    let place = schedule.insert(&id(1), Duration::from_secs(1), Moment(0));
    let grid = schedule.next_due().unwrap();
    let Some(Popped::Run(turn)) = schedule.pop(grid) else { panic!() };
    schedule.finished(turn.place);
    schedule.hasten(place, grid.after(Duration::from_millis(200)));
    let Some(Popped::Run(early)) = schedule.pop(grid.after(Duration::from_millis(200))) else { panic!() };
    schedule.finished(early.place);
    assert_eq!(schedule.next_due(), Some(grid.after(Duration::from_secs(1))));
}

#[test]
fn a_removed_target_is_never_popped_even_when_its_slot_is_used_again() {
    let mut schedule = Schedule::default();
    let old = schedule.insert(&id(1), Duration::from_secs(1), Moment(0));
    schedule.remove(&id(1));
    let new = schedule.insert(&id(2), Duration::from_secs(1), Moment(0));
    assert_eq!(old.slot(), new.slot());
    let starts = starts(&mut schedule, 5_000_000);
    assert_eq!(starts.keys().collect::<Vec<_>>(), [&id(2)]);
    schedule.finished(old);
}

#[derive(Debug, Clone)]
enum Step {
    Insert(usize, u64),
    Remove(usize),
    Hasten(usize, u64),
    Advance(u64),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        (0..8_usize, 1..5_u64).prop_map(|(n, every)| Step::Insert(n, every * 700_000)),
        (0..8_usize).prop_map(Step::Remove),
        (0..8_usize, 0..3_000_000_u64).prop_map(|(n, after)| Step::Hasten(n, after)),
        (0..3_000_000_u64).prop_map(Step::Advance),
    ]
}

proptest! {
    /// Whatever is done to it: no target starves, none is popped before it is due, none after its removal.
    #[test]
    fn nobody_starves(steps in proptest::collection::vec(step(), 1..80)) {
        let mut schedule = Schedule::default();
        let mut now = Moment(0);
        let mut watched: BTreeMap<TargetId, (u64, u64)> = BTreeMap::new();
        for step in steps {
            match step {
                Step::Insert(n, every) => {
                    schedule.insert(&id(n), Duration::from_micros(every), now);
                    let entry = watched.entry(id(n)).or_insert((every, now.0));
                    if entry.0 != every { *entry = (every, now.0); }
                }
                Step::Remove(n) => { schedule.remove(&id(n)); watched.remove(&id(n)); }
                Step::Hasten(n, after) => if let Some(place) = schedule.place(&id(n)) {
                    schedule.hasten(place, now.after(Duration::from_micros(after)));
                },
                Step::Advance(by) => now = now.after(Duration::from_micros(by)),
            }
            while let Some(popped) = schedule.pop(now) {
                let Popped::Run(turn) = popped else { panic!("each probe ended at once") };
                prop_assert!(turn.due <= now);
                let owner = schedule.id(turn.place).unwrap().clone();
                schedule.finished(turn.place);
                watched.get_mut(&owner).expect("only watched targets are popped").1 = now.0;
            }
            for (id, (every, last)) in &watched {
                let longest = (*every).max(u64::try_from(FIRST_TURN_WITHIN.as_micros()).unwrap() + every / 2 + every);
                prop_assert!(now.0 - last <= longest, "{id} starves");
            }
        }
    }
}

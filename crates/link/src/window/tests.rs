use proptest::prelude::*;

use super::*;

fn new(reordered: Option<u64>) -> Verdict {
    Verdict::New { reordered }
}

#[test]
fn in_order_nothing_is_reordered_or_lost() {
    let mut window = Window::new();
    for sequence in 0..10_000 {
        assert_eq!(window.accept(sequence), new(None));
    }
    assert_eq!(window.counts(), Counts { expected: 10_000, received: 10_000, ..Counts::default() });
    assert_eq!(window.counts().lost(), 0);
}

#[test]
fn what_the_session_began_with_is_missing_when_it_was_not_heard() {
    let mut window = Window::new();
    assert_eq!(window.accept(5), new(None));
    assert_eq!(window.counts().lost(), 5);
    assert_eq!(window.accept(3), new(Some(1)));
    assert_eq!(window.counts().lost(), 4);
}

/// The example of RFC 4737, 4.2.3 and 7.2: 1 2 3 4 5 ... with one of them late by several.
#[test]
fn the_extent_is_how_many_arrivals_ago_the_first_later_one_came() {
    let mut window = Window::new();
    let verdicts = [0, 1, 4, 5, 2, 6, 3, 2].map(|sequence| window.accept(sequence));
    let (late, later) = (new(Some(2)), new(Some(4)));
    assert_eq!(verdicts, [new(None), new(None), new(None), new(None), late, new(None), later, Verdict::Duplicate]);
    assert_eq!(window.counts(), Counts { expected: 7, received: 7, duplicates: 1, reordered: 2, extent: 4, stale: 0 });
}

#[test]
fn what_is_too_old_to_know_counts_as_stale_and_as_nothing_else() {
    let mut window = Window::new();
    window.accept(SPAN + 10);
    assert_eq!(window.accept(10), Verdict::Stale);
    assert_eq!(window.accept(11), new(Some(1)));
    assert_eq!(window.accept(11), Verdict::Duplicate);
    let counts = window.counts();
    assert_eq!((counts.received, counts.duplicates, counts.stale), (2, 1, 1));
}

#[test]
fn the_last_number_of_all_is_one_like_others() {
    let mut window = Window::new();
    assert_eq!(window.accept(u64::MAX), new(None));
    assert_eq!(window.accept(u64::MAX), Verdict::Duplicate);
    assert_eq!(window.accept(u64::MAX - 1), new(Some(1)));
    assert_eq!(window.accept(0), Verdict::Stale);
    assert_eq!(window.counts().expected, u64::MAX);
}

/// Every arrival in a list, and everything by its definition.
#[derive(Default)]
struct Naive {
    arrived: Vec<u64>,
    counts: Counts,
}

impl Naive {
    fn accept(&mut self, sequence: u64) -> Verdict {
        let highest = self.arrived.iter().max().copied();
        if highest.is_some_and(|highest| highest >= SPAN && sequence <= highest - SPAN) {
            self.counts.stale += 1;
            return Verdict::Stale;
        }
        if self.arrived.contains(&sequence) {
            self.counts.duplicates += 1;
            return Verdict::Duplicate;
        }
        let first_later = self.arrived.iter().position(|earlier| *earlier > sequence);
        let extent = first_later.map(|j| ((self.arrived.len() - j) as u64).min(LARGEST_EXTENT));
        self.arrived.push(sequence);
        self.counts.received += 1;
        self.counts.expected = highest.unwrap_or(0).max(sequence).saturating_add(1);
        self.counts.reordered += u64::from(extent.is_some());
        self.counts.extent = self.counts.extent.max(extent.unwrap_or(0));
        new(extent)
    }
}

/// Mostly small steps on and back, seldom a leap, from somewhere that may be the end of all numbers.
fn walks() -> impl Strategy<Value = Vec<u64>> {
    let step = prop_oneof![12 => -6_i64..9, 2 => -150_i64..200, 1 => -2_100_i64..2_100, 1 => -5_000_i64..50_000];
    let start = prop_oneof![3 => 0_u64..3_000, 1 => u64::MAX - 3_000..=u64::MAX];
    (start, prop::collection::vec(step, 1..700)).prop_map(|(mut at, steps)| {
        let walk = steps.into_iter().map(|step| {
            at = at.saturating_add_signed(step);
            at
        });
        walk.collect()
    })
}

proptest! {
    #[test]
    fn it_says_what_a_list_of_all_arrivals_says(walk in walks()) {
        let (mut window, mut naive) = (Window::new(), Naive::default());
        for sequence in walk {
            prop_assert_eq!(window.accept(sequence), naive.accept(sequence), "{}", sequence);
            prop_assert_eq!(window.counts(), naive.counts);
            prop_assert_eq!(window.highest(), naive.arrived.iter().max().copied());
        }
    }

    /// A session of few gaps with one late by far: the extent is exact up to its bound, and is the bound beyond.
    #[test]
    fn extents_beyond_the_bound_are_told_as_the_bound(late_by in 1_u64..400) {
        let mut window = Window::new();
        for sequence in (0..500).filter(|sequence| *sequence != 99) {
            let _ = window.accept(sequence);
            if sequence == 99 + late_by {
                prop_assert_eq!(window.accept(99), new(Some(late_by.min(LARGEST_EXTENT))));
            }
        }
    }

    #[test]
    fn it_takes_any_number(sequences in prop::collection::vec(any::<u64>(), 0..200)) {
        let mut window = Window::new();
        for sequence in sequences {
            let _ = window.accept(sequence);
            let counts = window.counts();
            prop_assert!(counts.received <= counts.expected);
        }
    }
}

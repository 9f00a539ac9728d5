use std::sync::Arc;

use allswell_model::{DownCause, ProbeResult, Timestamp};

use super::*;
use crate::Batch;
use crate::samples::{Sample, as_kept, at, degraded, down, id, target, tcp_up, transition};

/// A store whose target `a` had these results, one a second, and these transitions.
struct Told {
    store: Sample,
    results: Vec<ProbeResult>,
}

impl Told {
    fn new() -> Self {
        let mut store = Sample::new();
        store.writer.targets(&[target("a")], at(0)).unwrap();
        Self { store, results: Vec::new() }
    }

    fn hear(&mut self, letters: &str) -> &mut Self {
        for letter in letters.chars() {
            let started = at(self.results.len() as u64 + 1);
            let result = match letter {
                'u' => tcp_up("a", started, 300 + self.results.len() as u64),
                'g' => degraded("a", started),
                'r' => down("a", started, DownCause::REFUSED),
                _ => down("a", started, DownCause::TIMED_OUT),
            };
            self.store.results(std::slice::from_ref(&result), started);
            self.results.push(result);
        }
        self
    }

    /// Turns, for as many results as decided it; none: nothing was heard.
    fn turn(&mut self, from: Status, to: Status, decided_by: usize) -> &mut Self {
        let decided = self.results.len().checked_sub(decided_by).and_then(|first| self.results.get(first));
        let since = decided.map_or(at(self.results.len() as u64 + 1), |result| result.started);
        let (_, mut event) = transition("a", since, from, to);
        if let EventBody::Transition(transition) = &mut event {
            transition.cause = decided.and_then(|result| result.outcome.cause()).map(str::to_owned);
        }
        let now = at(self.results.len() as u64 + 1);
        self.store.writer.append(Batch { events: &[(now, event)], ..Batch::default() }, now).unwrap();
        self
    }

    /// The numbers of the last good and the first bad result, from 0.
    fn change(&self) -> (Option<usize>, Option<usize>) {
        let change = self.store.reader.last_change(&id("a")).unwrap();
        let place = |kept: &Option<Kept>| {
            let kept = kept.as_ref()?;
            let place = self.results.iter().position(|result| result.started == kept.result.started)?;
            assert_eq!(kept.result, as_kept(&self.results[place], kept));
            assert!(kept.whole || kept.result.outcome.is_up());
            Some(place)
        };
        (place(&change.last_good), place(&change.first_bad))
    }
}

use Status::{Degraded, Down, Unknown, Up};

#[test]
fn the_good_and_the_bad_stand_on_both_sides_of_the_newest_trouble() {
    let mut told = Told::new();
    told.hear("uu").turn(Unknown, Up, 2).hear("u");
    assert_eq!(told.change(), (None, None));
    // One failure that turned nothing, then a trouble.
    told.hear("ru").hear("rr").turn(Up, Down, 2);
    assert_eq!(told.change(), (Some(4), Some(5)));
    told.hear("tttt");
    assert_eq!(told.change(), (Some(4), Some(5)));
    told.hear("uu").turn(Down, Up, 2).hear("uuuu");
    assert_eq!(told.change(), (Some(4), Some(5)), "it tells of the latest until there is a newer one");
    told.hear("tt").turn(Up, Down, 2);
    assert_eq!(told.change(), (Some(16), Some(17)));
    let Told { store, results } = told;
    let told = Told { store: store.reopened(at(1000)), results };
    assert_eq!(told.change(), (Some(16), Some(17)));
}

#[test]
fn a_warning_is_bad_beside_good_and_good_beside_a_failure() {
    let mut told = Told::new();
    told.hear("uu").turn(Unknown, Up, 2).hear("gg").turn(Up, Degraded, 2);
    assert_eq!(told.change(), (Some(1), Some(2)));
    told.hear("rr").turn(Degraded, Down, 2);
    assert_eq!(told.change(), (Some(3), Some(4)));
    told.hear("gg").turn(Down, Degraded, 2);
    assert_eq!(told.change(), (Some(3), Some(4)));
}

#[test]
fn silence_has_a_last_good_result_while_it_lasts_and_is_nothing_to_show_later() {
    let mut told = Told::new();
    told.hear("uu").turn(Unknown, Up, 2).hear("rr").turn(Up, Down, 2).hear("uu").turn(Down, Up, 2).turn(Up, Unknown, 0);
    let change = told.store.reader.last_change(&id("a")).unwrap();
    assert_eq!((change.last_good.map(|kept| kept.result.started), change.first_bad), (Some(at(6)), None));
    told.hear("uu").turn(Unknown, Up, 2);
    assert_eq!(told.change(), (Some(1), Some(2)));
    // Silence that turns into a failure is one trouble.
    told.turn(Up, Unknown, 0).hear("rr").turn(Unknown, Down, 2);
    assert_eq!(told.change(), (Some(7), Some(8)));
}

#[test]
fn what_was_never_good_has_a_first_bad_result_only() {
    let mut told = Told::new();
    told.hear("rr").turn(Unknown, Down, 2);
    assert_eq!(told.change(), (None, Some(0)));
    assert_eq!(told.store.reader.last_change(&id("nobody")).unwrap(), Change::default());
}

#[test]
fn a_target_that_was_watched_anew_has_its_troubles_from_then_on() {
    let mut told = Told::new();
    told.hear("u").turn(Unknown, Up, 1).hear("rr").turn(Up, Down, 2);
    let now = Timestamp(at(100).0);
    told.store.writer.targets(&[], now).unwrap();
    told.store.writer.targets(&[target("a")], now).unwrap();
    told.hear("uu").turn(Unknown, Up, 2);
    assert_eq!(told.change(), (Some(0), Some(1)));
    let batch = Batch { results: &[Arc::new(tcp_up("a", at(200), 1))], ..Batch::default() };
    told.store.writer.append(batch, at(200)).unwrap();
    assert_eq!(told.change(), (Some(0), Some(1)));
}

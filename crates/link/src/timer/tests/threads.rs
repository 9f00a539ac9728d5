//! Threads as lists of atomic steps, and all orders in which they can go.

/// A program of several threads at one point of its run.
pub(super) trait Program: Clone {
    /// Lets one thread make its next step.
    fn step(&mut self, thread: usize) -> Went;
    /// How many threads there are by now; it may grow.
    fn threads(&self) -> usize;
    /// What is wrong here, if anything; `at_rest` when no thread can go on.
    fn complaint(&self, at_rest: bool) -> Option<&'static str>;
}

/// What became of a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Went {
    /// It was made.
    On,
    /// It waits for another thread; nothing was changed.
    Waits,
    /// It has nothing left to do; nothing was changed.
    Ended,
}

/// What was found in all orders together.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Found {
    /// How many orders there are.
    pub(super) orders: usize,
    /// In how many of them something was wrong, and what was wrong first.
    pub(super) wrong: usize,
    pub(super) first: Option<&'static str>,
    /// In how many of them some threads wait for ever.
    pub(super) deadlocks: usize,
}

/// Tries all orders.
pub(super) fn explore<P: Program>(program: &P) -> Found {
    let mut found = Found::default();
    go_on(program, &mut found);
    found
}

fn go_on<P: Program>(program: &P, found: &mut Found) {
    if let Some(complaint) = program.complaint(false) {
        return found.note(complaint);
    }
    let (mut moved, mut waits) = (false, false);
    for thread in 0..program.threads() {
        let mut next = program.clone();
        match next.step(thread) {
            Went::On => {
                moved = true;
                go_on(&next, found);
            }
            Went::Waits => waits = true,
            Went::Ended => {}
        }
    }
    if moved {
        return;
    }
    found.deadlocks += usize::from(waits);
    match program.complaint(true) {
        Some(complaint) => found.note(complaint),
        None => found.orders += 1,
    }
}

impl Found {
    fn note(&mut self, complaint: &'static str) {
        self.orders += 1;
        self.wrong += 1;
        self.first.get_or_insert(complaint);
    }
}

/// Two threads of two steps each, on one counter that each reads and then writes.
#[derive(Clone)]
struct Counter {
    value: u32,
    read: [Option<u32>; 2],
    at: [u8; 2],
}

impl Program for Counter {
    fn step(&mut self, thread: usize) -> Went {
        match self.at[thread] {
            0 => self.read[thread] = Some(self.value),
            1 => self.value = self.read[thread].unwrap_or(0) + 1,
            _ => return Went::Ended,
        }
        self.at[thread] += 1;
        Went::On
    }

    fn threads(&self) -> usize {
        2
    }

    fn complaint(&self, at_rest: bool) -> Option<&'static str> {
        (at_rest && self.value != 2).then_some("an addition was lost")
    }
}

#[test]
fn all_orders_are_tried() {
    let found = explore(&Counter { value: 0, read: [None; 2], at: [0; 2] });
    // Six orders of two and two steps; in two of them one thread goes before the other.
    assert_eq!(found, Found { orders: 6, wrong: 4, first: Some("an addition was lost"), deadlocks: 0 });
}

//! All orders of few events: timers in two hands, packets, a link that goes down and comes back.

use super::held::{Driver, Held, Move};

const MOVES: [Move; 13] = [
    Move::Hold(0),
    Move::Hold(1),
    Move::Fire(0),
    Move::Fire(1),
    Move::LinkUp,
    Move::LinkDown,
    Move::SynAck,
    Move::Ack,
    Move::Probe,
    Move::Leaving,
    Move::Draining,
    Move::KernelAnswered,
    Move::Refused,
];

#[derive(Debug, Default)]
struct Found {
    orders: u64,
    fired: u64,
    spared: u64,
    complaint: Option<(&'static str, Vec<Move>)>,
}

/// Tries all that can follow, so many moves deep.
fn explore(held: &Held, depth: u32, path: &mut Vec<Move>, found: &mut Found) {
    if depth == 0 {
        found.orders += 1;
        found.fired += held.fired;
        found.spared += held.spared;
        return;
    }
    for step in MOVES {
        let mut next = held.clone();
        path.push(step);
        match next.go(step) {
            Ok(true) => explore(&next, depth - 1, path, found),
            // Nothing came of it: what follows was tried one move higher already.
            Ok(false) => {}
            Err(complaint) => {
                found.complaint.get_or_insert_with(|| (complaint, path.clone()));
            }
        }
        path.pop();
    }
}

fn orders(driver: Driver, first: &[Move], depth: u32) -> Found {
    let mut held = Held::new(driver);
    for step in first {
        held.go(*step).unwrap();
    }
    let mut found = Found::default();
    explore(&held, depth, &mut first.to_vec(), &mut found);
    found
}

/// Whence the orders begin, and how deep they are tried.
const BEGINNINGS: [(&[Move], u32); 5] = [
    (&[Move::LinkUp], 7),
    (&[Move::LinkUp, Move::SynAck], 7),
    (&[Move::LinkUp, Move::SynAck, Move::Probe, Move::Ack], 7),
    // The peer's process is silent, and its kernel answers.
    (&[Move::LinkUp, Move::Ack, Move::Hold(0), Move::Fire(0), Move::Wait, Move::KernelAnswered, Move::Wait], 7),
    (&[Move::LinkUp, Move::Ack, Move::Leaving], 7),
];

/// LINK-32.
#[test]
fn no_order_delivers_a_timer_after_its_cancel() {
    let (mut orders_tried, mut spared) = (0, 0);
    for (first, depth) in BEGINNINGS {
        let found = orders(Driver::Ours, first, depth);
        assert!(found.complaint.is_none() && found.fired > 0 && found.spared > 0, "{found:?}");
        orders_tried += found.orders;
        spared += found.spared;
    }
    eprintln!("{orders_tried} orders, {spared} held timers that were spared");
    assert!(orders_tried > 5_000_000 && spared > 1_000_000, "{orders_tried} {spared}");
}

#[test]
fn a_driver_that_looks_timers_up_by_kind_is_found_out() {
    for (first, _) in BEGINNINGS {
        let found = orders(Driver::ByKind, first, 4);
        let (complaint, path) = found.complaint.unwrap();
        assert_eq!(complaint, "a timer fired after its cancel", "{path:?}");
    }
}

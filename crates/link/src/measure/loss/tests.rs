use proptest::prelude::*;

use super::*;
use crate::window::Window;

fn sent(count: u64) -> Forward {
    let mut forward = Forward::default();
    (0..count).for_each(|sequence| forward.sent(sequence));
    forward
}

/// LINK-24.
#[test]
fn what_is_under_way_is_not_lost() {
    let mut forward = sent(100);
    forward.told(0, 60, 60);
    assert_eq!(forward.total(), Tally { expected: 60, received: 60 });
    assert_eq!(forward.total().since(Tally::default()).ratio(), Some(0.0));
}

#[test]
fn what_comes_late_repairs_what_was_counted() {
    let mut forward = sent(100);
    forward.told(0, 10, 9);
    let earlier = forward.total();
    assert_eq!(earlier.lost(), 1);
    forward.told(1, 11, 11);
    assert_eq!(forward.total().lost(), 0);
    assert_eq!(forward.total().since(earlier), Loss { expected: 1, lost: 0 });
}

#[test]
fn lies_change_nothing_and_are_counted() {
    let mut forward = sent(50);
    forward.told(0, 30, 29);
    let true_total = forward.total();
    for (lie, (up_to, received)) in [(51, 50), (31, 28), (29, 29), (40, 41), (u64::MAX, u64::MAX)].into_iter().enumerate() {
        forward.told(1 + lie as u64, up_to, received);
        assert_eq!(forward.total(), true_total, "{up_to} {received}");
    }
    assert_eq!(forward.refused(), 5);
    forward.told(10, 50, 48);
    assert_eq!(forward.total().lost(), 2);
}

#[test]
fn what_was_overtaken_is_no_lie() {
    let mut forward = sent(50);
    forward.told(3, 30, 30);
    forward.told(2, 29, 29);
    assert_eq!((forward.total().expected, forward.refused()), (30, 0));
}

#[test]
fn totals_go_on_over_sessions() {
    let mut forward = sent(20);
    forward.told(5, 20, 18);
    forward.begin_session();
    assert_eq!(forward.total().lost(), 2);
    forward.sent(0);
    forward.told(0, 1, 1);
    assert_eq!(forward.total(), Tally { expected: 21, received: 19 });
}

#[test]
fn where_nothing_could_be_heard_there_is_no_share() {
    assert_eq!(Loss::default().ratio(), None);
}

proptest! {
    /// An honest peer's window at the far end: we know of each probe whether it arrived, whatever overtook what, on either way.
    #[test]
    fn an_honest_peer_is_believed_and_repetition_and_order_are_no_loss(
        fates in prop::collection::vec((prop::bool::weighted(0.1), 0_u64..20, any::<bool>(), 0_u64..20), 40..300),
    ) {
        let mut arrivals: Vec<(u64, u64)> = Vec::new();
        for (sequence, (_, delay, twice, _)) in fates.iter().enumerate().filter(|(_, (lost, ..))| !lost) {
            let sequence = sequence as u64;
            arrivals.push((sequence * 4 + delay, sequence));
            arrivals.extend(twice.then_some((sequence * 4 + delay + 7, sequence)));
        }
        arrivals.sort_unstable();
        let (mut theirs, mut forward) = (Window::new(), sent(fates.len() as u64));
        let mut reports: Vec<(u64, u64, u64, u64)> = Vec::new();
        for (number, (_, sequence)) in arrivals.iter().enumerate() {
            let _ = theirs.accept(*sequence);
            let number = number as u64;
            let counts = theirs.counts();
            reports.push((number * 4 + fates[number as usize % fates.len()].3, number, counts.expected, counts.received));
        }
        let last = reports.last().copied();
        reports.sort_unstable();
        for (_, number, up_to, received) in reports {
            forward.told(number, up_to, received);
        }
        prop_assert_eq!(forward.refused(), 0);
        if let Some((_, _, up_to, _)) = last {
            let lost = fates.iter().take(up_to as usize).filter(|(lost, ..)| *lost).count();
            prop_assert_eq!(forward.total().lost(), lost as u64);
        }
    }

    #[test]
    fn it_takes_anything(told in prop::collection::vec((any::<u64>(), any::<u64>(), any::<u64>()), 0..50)) {
        let mut forward = Forward::default();
        for (sequence, up_to, received) in told {
            forward.sent(sequence / 2);
            forward.told(sequence, up_to, received);
            prop_assert!(forward.total().received <= forward.total().expected);
        }
    }
}

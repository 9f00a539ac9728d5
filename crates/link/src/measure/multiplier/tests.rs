use proptest::prelude::*;

use super::*;

const T: Duration = Duration::from_millis(50);

fn at(seconds: u64) -> Moment {
    Moment(seconds * 1_000_000_000)
}

fn rate(loss: f64, multiplier: i32) -> f64 {
    loss.powi(multiplier) * (1.0 - loss) / (0.875 * T.as_secs_f64())
}

#[test]
fn the_table() {
    let table = [(0.0, 1), (0.0001, 3), (0.0005, 3), (0.001, 4), (0.005, 5), (0.01, 5), (0.05, 8), (0.1, 10), (0.5, 32), (1.0, 255)];
    for (loss, multiplier) in table {
        assert_eq!(needed(loss, T, ONCE_IN_TEN_YEARS), multiplier, "{loss}");
    }
    // A target that one packet alone keeps.
    assert_eq!(needed(0.01, Duration::from_secs(60), 1.0), 1);
}

#[test]
fn one_loss_of_few_does_not_send_it_to_the_cap() {
    for (expected, most) in [(1, 5), (20, 5), (200, 5), (2_400, 4)] {
        let loss = cautious(Loss { expected, lost: 1 });
        assert!(needed(loss, T, ONCE_IN_TEN_YEARS) <= most, "{expected}: {loss}");
    }
    assert_eq!(cautious(Loss { expected: 2_400, lost: 0 }), 0.0);
    assert_eq!(cautious(Loss { expected: 300, lost: 300 }), 1.0);
}

#[test]
fn it_rises_at_once_and_falls_by_one_a_minute() {
    let mut multiplier = Multiplier::new(3);
    assert_eq!(multiplier.update(at(0), 0.0, T), 3);
    assert_eq!(multiplier.update(at(1), 0.05, T), 8);
    assert_eq!(multiplier.update(at(2), 0.9, T), CAP);
    let falls: Vec<u8> = (3..=363).step_by(60).map(|second| multiplier.update(at(second), 0.01, T)).collect();
    assert_eq!(falls, [10, 9, 8, 7, 6, 5, 5]);
    assert_eq!(multiplier.update(at(364), 0.02, T), 6);
    assert_eq!(multiplier.update(at(365), 0.0, T), 6);
    assert_eq!(multiplier.update(at(424), 0.0, T), 6);
    assert_eq!(multiplier.update(at(425), 0.0, T), 5);
}

#[test]
fn what_was_configured_is_the_least_even_above_the_cap() {
    assert_eq!(Multiplier::new(20).update(at(1), 0.9, T), 20);
}

proptest! {
    #[test]
    fn it_is_the_smallest_that_keeps_the_target(loss in 0.0001_f64..0.5) {
        let m = i32::from(needed(loss, T, ONCE_IN_TEN_YEARS));
        prop_assert!(rate(loss, m) <= ONCE_IN_TEN_YEARS * 1.000_001);
        prop_assert!(rate(loss, m - 1) > ONCE_IN_TEN_YEARS * 0.999_999);
    }

    #[test]
    fn it_takes_any_loss_and_never_leaves_its_bounds(losses in prop::collection::vec(any::<f64>(), 0..100)) {
        let mut multiplier = Multiplier::new(3);
        for (second, loss) in losses.into_iter().enumerate() {
            let used = multiplier.update(at(second as u64 * 31), loss, T);
            prop_assert!((3..=CAP).contains(&used));
        }
    }
}

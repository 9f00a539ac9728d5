use proptest::prelude::*;

use super::*;

const SECOND: i64 = 1_000_000;

fn glance(look: Look, at: i64, rtt_us: Option<i64>) -> Glance {
    Glance::new(look, Timestamp(at), rtt_us)
}

#[test]
fn what_was_pushed_comes_back_to_the_millisecond() {
    let mut recent = Recent::default();
    let start = 1_700_000_000 * SECOND + 123_456;
    let pushed = [
        glance(Look::Up, start, Some(0)),
        glance(Look::Degraded, start + 1_500, Some(1_073_741_822)),
        glance(Look::Down, start + 15 * SECOND, None),
        glance(Look::Unknown, start + 30 * SECOND, Some(2_000_000_000)),
    ];
    pushed.iter().for_each(|glance| recent.push(*glance));
    let told: Vec<_> = recent.iter().map(|glance| (glance.look, glance.at.0 - start, glance.rtt().map(|rtt| rtt.as_micros()))).collect();
    let most = 1_073_741_822;
    let expected = [
        (Look::Up, 0, Some(0)),
        (Look::Degraded, 1_000, Some(most)),
        (Look::Down, 15 * SECOND, None),
        (Look::Unknown, 30 * SECOND, Some(most)),
    ];
    assert_eq!(told, expected);
}

#[test]
fn a_clock_that_went_back_and_a_long_silence_are_borne() {
    let mut recent = Recent::default();
    let (start, years) = (1_700_000_000 * SECOND, 3 * 365 * 86_400 * SECOND);
    for at in [start, start - 3600 * SECOND, start + SECOND] {
        recent.push(glance(Look::Up, at, None));
    }
    assert_eq!(recent.iter().map(|glance| glance.at.0).collect::<Vec<_>>(), [start, start - 3600 * SECOND, start + SECOND]);
    recent.push(glance(Look::Down, start + years, None));
    let told: Vec<_> = recent.iter().collect();
    assert_eq!(told.last().map(|glance| (glance.look, glance.at.0)), Some((Look::Down, start + years)), "the newest is right");
    assert!(told.iter().take(3).all(|glance| glance.at.0 >= start + years - 50 * 86_400 * SECOND), "the old ones stand as far as they can");
}

proptest! {
    /// Beside a list that keeps everything.
    #[test]
    fn the_ring_is_the_end_of_the_list(steps in prop::collection::vec((0_i64..100_000, 0_usize..4, prop::option::of(0_i64..1_000_000)), 0..200)) {
        let (mut recent, mut list, mut at) = (Recent::default(), Vec::new(), 1_700_000_000 * SECOND);
        for (step_ms, look, rtt) in steps {
            at += step_ms * 1000;
            let glance = glance(Look::ALL[look], at, rtt);
            recent.push(glance);
            list.push(glance);
        }
        let kept = list.len().saturating_sub(RECENT);
        prop_assert_eq!(recent.iter().collect::<Vec<_>>(), list.split_off(kept));
    }
}

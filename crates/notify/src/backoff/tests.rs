use std::sync::Arc;
use std::time::Duration;

use allswell_model::{AlertKey, Pending, Timestamp};

use super::{FAIR_ATTEMPTS, GIVE_UP_AFTER, LONGEST_WAIT, next};
use crate::channel::Refusal;
use crate::sample;

const NOW: Timestamp = Timestamp(1_795_199_400_000_000);

/// Decided so long before now, and tried so often.
fn pending(key: &str, age: Duration, attempts: u32) -> Pending {
    let mut alert = (*sample::letters().unwrap().remove(0).alert).clone();
    alert.key = AlertKey::new(key).unwrap();
    alert.decided = NOW - age;
    Pending { alert: Arc::new(alert), attempts, due: NOW }
}

fn wait(attempts: u32, refusal: &Refusal) -> f64 {
    next(&pending("k", Duration::ZERO, attempts), refusal, NOW).unwrap().since(NOW).as_secs_f64()
}

#[test]
fn it_doubles_from_a_second_to_five_minutes_give_or_take_a_fifth() {
    let passing = Refusal::passing("");
    for (attempts, wanted) in [1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0, 256.0, 300.0, 300.0].into_iter().enumerate() {
        let wait = wait(attempts as u32, &passing);
        assert!((wanted * 0.8..=wanted * 1.2).contains(&wait), "attempt {attempts}: {wait} s");
    }
    assert!(wait(u32::MAX, &passing) <= 360.0);
}

#[test]
fn a_permanent_refusal_is_tried_again_more_slowly() {
    let permanent = Refusal::permanent("");
    for (attempts, wanted) in [30.0, 60.0, 120.0, 240.0, 480.0, 900.0, 900.0].into_iter().enumerate() {
        let wait = wait(attempts as u32, &permanent);
        assert!((wanted * 0.8..=wanted * 1.2).contains(&wait), "attempt {attempts}: {wait} s");
    }
}

#[test]
fn jitter_is_the_same_for_the_same_attempt_and_spreads_the_others() {
    let passing = Refusal::passing("");
    let waits: Vec<_> = (0..500).map(|n| next(&pending(&format!("n-17-{n}-oncall"), Duration::ZERO, 8), &passing, NOW).unwrap()).collect();
    let again: Vec<_> = (0..500).map(|n| next(&pending(&format!("n-17-{n}-oncall"), Duration::ZERO, 8), &passing, NOW).unwrap()).collect();
    assert_eq!(waits, again);
    let seconds: Vec<f64> = waits.iter().map(|at| at.since(NOW).as_secs_f64()).collect();
    let (low, high) = (seconds.iter().filter(|s| **s < 240.0).count(), seconds.iter().filter(|s| **s > 272.0).count());
    assert!((90..260).contains(&low) && (90..260).contains(&high), "{low} short, {high} long of 500");
}

#[test]
fn retry_after_is_heeded_up_to_an_hour_and_never_shortens() {
    let asked = |seconds| Refusal { retry_after: Some(Duration::from_secs(seconds)), ..Refusal::passing("") };
    assert_eq!(wait(0, &asked(90)), 90.0);
    assert_eq!(wait(0, &asked(u64::MAX / 2)), LONGEST_WAIT.as_secs_f64());
    assert!(wait(8, &asked(1)) > 200.0);
}

#[test]
fn after_a_day_it_is_given_up_but_only_after_fair_attempts() {
    let passing = Refusal::passing("");
    let given_up = |age, attempts| next(&pending("k", age, attempts), &passing, NOW).is_none();
    assert!(!given_up(GIVE_UP_AFTER - Duration::from_secs(1), 300));
    assert!(given_up(GIVE_UP_AFTER, 300));
    assert!(!given_up(GIVE_UP_AFTER * 3, 0));
    assert!(!given_up(GIVE_UP_AFTER * 3, FAIR_ATTEMPTS - 2));
    assert!(given_up(GIVE_UP_AFTER * 3, FAIR_ATTEMPTS - 1));
}

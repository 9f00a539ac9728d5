use super::*;

fn target() -> TargetId {
    TargetId::new("t").unwrap()
}

fn shared() -> Shared {
    Shared::new(Clock::anchored(Instant::now(), Timestamp(0)), || Timestamp(0))
}

#[tokio::test]
async fn a_panic_is_this_probes_unknown_bug() {
    let shared = shared();
    let run = async { panic!("an index out of bounds, say") };
    let result = isolated(&shared.counters, &target(), Timestamp(7), run).await.unwrap_err();
    assert_eq!(result.outcome, Outcome::Unknown { stage: Stage::PREPARE, cause: UnknownCause::BUG });
    assert!(result.reason.contains("an index out of bounds, say"), "{}", result.reason);
    assert_eq!(shared.counters.bugs.load(Ordering::Relaxed), 1);
}

fn timed_out() -> ProbeResult {
    let outcome = Outcome::Down { stage: Stage::CONNECT, cause: DownCause::TIMED_OUT };
    unprobed(&target(), Timestamp(0), outcome, "No answer.".into())
}

#[test]
fn silence_while_we_were_stalled_is_no_verdict() {
    let shared = shared();
    let now = Instant::now();
    let timeout = Duration::from_secs(1);
    let begun = now.checked_sub(Duration::from_secs(4)).unwrap();
    let shared = Shared { clock: Clock::anchored(begun, Timestamp(0)), ..shared };
    let judged = unless_stalled(&shared, timed_out(), begun, timeout);
    assert_eq!(judged.outcome.cause(), Some("overloaded"), "the deadline was seen three seconds late");
}

#[test]
fn silence_that_was_waited_for_is_the_targets() {
    let begun = Instant::now().checked_sub(Duration::from_secs(1)).unwrap();
    let shared = Shared { clock: Clock::anchored(begun, Timestamp(0)), ..shared() };
    let judged = unless_stalled(&shared, timed_out(), begun, Duration::from_secs(1));
    assert_eq!(judged.outcome.cause(), Some("timed_out"));
}

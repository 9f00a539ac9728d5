use std::time::Duration;

use allswell_link::bfd::happening::{Cause, Happening};
use allswell_link::bfd::state::Diagnostic;

use super::{ms, of_happening};

const INTERVAL: Duration = Duration::from_millis(50);

#[test]
fn times_are_short() {
    for (micros, said) in [(0, "0 ms"), (150_000, "150 ms"), (150_099, "150 ms"), (3_300, "3.3 ms"), (10_950, "10.9 ms")] {
        assert_eq!(ms(Duration::from_micros(micros)), said);
    }
}

#[test]
fn what_happened_is_one_sentence_and_our_own_part_in_it() {
    let said = |happening, late: Option<u64>| of_happening(&happening, INTERVAL, late.map(Duration::from_millis));
    let silent = Happening::Down { cause: Cause::Silent, silent: Duration::from_millis(151) };
    assert_eq!(said(silent, None), "The peer was silent for 151 ms; a packet was due every 50 ms.");
    let told = Happening::Down { cause: Cause::PeerDown(Diagnostic::DetectionTimeExpired), silent: Duration::ZERO };
    assert_eq!(said(told, None), "The peer says that the session is down: it heard nothing for its detection time.");
    assert_eq!(
        said(told, Some(900)),
        "The peer says that the session is down: it heard nothing for its detection time. We ourselves were 900 ms late to send."
    );
    let held = Happening::Down { cause: Cause::PeerAdminDown, silent: Duration::ZERO };
    assert_eq!(said(held, Some(900)), "The peer's operator holds the session down.");
    assert_eq!(said(Happening::Up { took: Duration::from_millis(2) }, None), "BFD is up after 2 ms: both ends hear each other.");
    let late = Happening::SelfStalled { late: Duration::from_millis(80) };
    assert_eq!(said(late, None), "We were 80 ms late to look ourselves, so the peer has another 50 ms.");
}

use allswell_model::{DownCause, UnknownCause};

use super::*;

fn said(outcome: &Outcome, address: Option<&str>, rtt_us: Option<u64>) -> String {
    say_anew(outcome, address, rtt_us.map(Duration::from_micros))
}

#[test]
fn a_failure_without_its_sentence_is_told_from_what_was_kept() {
    let down = Outcome::Down { stage: Stage::EXPECT, cause: DownCause::STATUS };
    assert_eq!(said(&down, Some("127.0.0.1:19100"), Some(300)), "127.0.0.1:19100 was down (status, at expect); the sentence was not kept.");
    let timed_out = Outcome::Down { stage: Stage::CONNECT, cause: DownCause::TIMED_OUT };
    assert_eq!(said(&timed_out, None, None), "The target was down (timed out, at connect); the sentence was not kept.");
    let unknown = Outcome::Unknown { stage: Stage::CONNECT, cause: UnknownCause::NO_ROUTE };
    assert_eq!(
        said(&unknown, Some("10.0.0.5:443"), None),
        "10.0.0.5:443 could not be judged (no route, at connect); the sentence was not kept."
    );
}

#[test]
fn an_answer_has_its_time_in_three_digits_where_it_is_known() {
    for (rtt_us, shown) in [
        (7, "0.007 ms"),
        (42, "0.042 ms"),
        (427, "0.43 ms"),
        (4_218, "4.22 ms"),
        (31_000, "31 ms"),
        (31_440, "31.4 ms"),
        (314_159, "314 ms"),
        (4_970_000, "4.97 s"),
    ] {
        assert_eq!(said(&Outcome::Up, Some("10.0.0.5:443"), Some(rtt_us)), format!("10.0.0.5:443 answered in {shown}."));
    }
    assert_eq!(said(&Outcome::Up, Some("10.0.0.5:443"), None), "10.0.0.5:443 answered.");
    assert_eq!(said(&Outcome::Up, Some("10.0.0.5:443"), Some(0)), "10.0.0.5:443 answered.");
    assert_eq!(said(&Outcome::Up, None, None), "The target answered.");
}

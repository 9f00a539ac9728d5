use std::time::Duration;

use allswell_model::link::LinkState;

use super::{Cause, Figures, of_end, of_state, percent};

const FIGURES: Figures<'static> = Figures {
    peer: "fra-2",
    address: "10.0.0.2:8421",
    silence: Some(Duration::from_millis(152)),
    interval: Duration::from_millis(50),
    multiplier: 3,
    rtt: Some(Duration::from_micros(210)),
    normal: Some(Duration::from_micros(200)),
    loss_forward: Some(0.0),
    loss_reverse: Some(0.0),
    window: Duration::from_secs(10),
    kernel: Some(Duration::from_micros(200)),
    late: Duration::from_millis(240),
    elsewhere: None,
};

const UNKNOWN: Figures<'static> =
    Figures { silence: None, rtt: None, normal: None, loss_forward: None, loss_reverse: None, kernel: None, ..FIGURES };

#[test]
fn each_end_of_a_session_has_its_sentence() {
    let sentences = Cause::ALL.map(|cause| format!("{}: {}", cause.word(), of_end(cause, &FIGURES)));
    assert_eq!(
        sentences,
        [
            "silent: No packet from fra-2 for 152 ms (3 x 50 ms), and its kernel does not answer either: host off, or the path is cut.",
            "silent_kernel_unasked: No packet from fra-2 for 152 ms (3 x 50 ms); its kernel could not be asked, as we may not send ICMP.",
            "refused: fra-2 refuses at 10.0.0.2:8421 (ICMP port unreachable in 0.2 ms): its process does not run.",
            "wrong_key: Packets come from fra-2 at 10.0.0.2:8421 and are signed with a key that we do not have: compare `links.keys` at both ends.",
            "peer_hears_nothing: fra-2 at 10.0.0.2:8421 hears nothing from us, as its own packets say: those come, and ours do not arrive.",
            "peer_left: fra-2 said that it leaves.",
            "peer_restarted: fra-2 at 10.0.0.2:8421 began anew: its process or its host was restarted.",
            "link_down: Our own interface towards fra-2 at 10.0.0.2:8421 is down.",
            "unconfirmed: fra-2 at 10.0.0.2:8421 takes the session that we ask for, and is not heard in it: it may send to another address of ours, or a firewall drops its packets.",
            "replaced: A newer session with fra-2 took the place of this one.",
            "removed: fra-2 was taken out of the configuration.",
            "self_stalled: We were 240 ms late ourselves, so nothing is said of fra-2.",
        ]
    );
}

#[test]
fn a_peer_that_speaks_from_elsewhere_is_told_with_both_addresses() {
    let elsewhere = Some("10.0.0.9:8421".parse().unwrap());
    let said = of_end(Cause::PeerHearsNothing, &Figures { elsewhere, ..FIGURES });
    let expected = "fra-2 hears nothing of what we send to 10.0.0.2:8421, and its packets come from 10.0.0.9:8421: compare its address in `links.peers`.";
    assert_eq!(said, expected);
}

#[test]
fn each_state_has_its_sentence() {
    let stalled = Figures { silence: Some(Duration::from_millis(1200)), ..FIGURES };
    let sentences = LinkState::ALL.map(|state| format!("{}: {}", state.word(), of_state(state, Some(Cause::Silent), &stalled)));
    assert_eq!(
        sentences,
        [
            "up: fra-2 at 10.0.0.2:8421 is up: 0.21 ms, no loss in 10 s.",
            "degraded: fra-2 at 10.0.0.2:8421 is reached, but not as well as it was.",
            "peer_stalled: fra-2's kernel answers in 0.2 ms but its process has been silent for 1.2 s: it is stopped or starved of CPU, or a firewall drops its packets.",
            "self_stalled: We were 240 ms late ourselves, so nothing is said of fra-2.",
            "opening: fra-2 at 10.0.0.2:8421 was asked for a session and has not answered yet.",
            "left: fra-2 said that it leaves.",
            "down: No packet from fra-2 for 1.2 s (3 x 50 ms), and its kernel does not answer either: host off, or the path is cut.",
            "unmeasured: fra-2 is not among those that this node measures just now.",
        ]
    );
}

#[test]
fn what_is_not_known_is_left_out() {
    let say = |state, cause| of_state(state, cause, &UNKNOWN);
    assert_eq!(say(LinkState::Up, None), "fra-2 at 10.0.0.2:8421 is up.");
    assert_eq!(say(LinkState::Down, None), "fra-2 at 10.0.0.2:8421 does not answer.");
    assert_eq!(
        say(LinkState::Down, Some(Cause::Silent)),
        "No packet ever came from fra-2 at 10.0.0.2:8421, and its kernel does not answer either: host off, or the path is cut."
    );
    assert_eq!(
        say(LinkState::PeerStalled, None),
        "fra-2's kernel answers but its process has never been heard: it is stopped or starved of CPU, or a firewall drops its packets."
    );
    assert_eq!(
        say(LinkState::Down, Some(Cause::Refused)),
        "fra-2 refuses at 10.0.0.2:8421 (ICMP port unreachable): its process does not run."
    );
}

#[test]
fn a_degraded_link_says_by_how_much_and_which_way() {
    let say = |f: Figures<'_>| of_state(LinkState::Degraded, None, &f);
    let lossy = Figures { loss_forward: Some(0.02), loss_reverse: Some(0.001), ..FIGURES };
    let slow = Figures { rtt: Some(Duration::from_millis(31)), ..FIGURES };
    assert_eq!(say(lossy), "The link to fra-2 at 10.0.0.2:8421 loses 2 % there and 0.1 % back in 10 s.");
    assert_eq!(say(slow), "The link to fra-2 at 10.0.0.2:8421 takes 31 ms instead of 0.2 ms.");
    let both = Figures { loss_reverse: Some(0.125), loss_forward: None, ..slow };
    assert_eq!(say(both), "The link to fra-2 at 10.0.0.2:8421 takes 31 ms instead of 0.2 ms and loses 12.5 % back in 10 s.");
    let up = of_state(LinkState::Up, None, &Figures { loss_forward: Some(0.00001), ..FIGURES });
    assert_eq!(up, "fra-2 at 10.0.0.2:8421 is up: 0.21 ms, lost under 0.01 % there in 10 s.");
}

#[test]
fn each_is_one_sentence() {
    for f in [FIGURES, UNKNOWN] {
        let states = LinkState::ALL.into_iter().flat_map(|s| Cause::ALL.map(|cause| of_state(s, Some(cause), &f)));
        for sentence in states.chain(Cause::ALL.map(|cause| of_end(cause, &f))) {
            assert!(sentence.ends_with('.') && !sentence.contains(". ") && !sentence.contains("  "), "{sentence}");
        }
    }
}

#[test]
fn a_share_has_two_digits_or_three() {
    let shown = [1.0, 0.125, 0.0213, 0.0094, 0.001, 0.0].map(percent);
    assert_eq!(shown, ["100 %", "12.5 %", "2.1 %", "0.94 %", "0.1 %", "under 0.01 %"]);
}

//! The predictions against what was measured, and the promises of the figures that are chosen.

use std::net::{TcpListener, TcpStream, UdpSocket};

use proptest::prelude::*;

use super::*;

const SECOND: Duration = Duration::from_secs(1);

fn s(seconds: f64) -> Duration {
    Duration::from_secs_f64(seconds)
}

fn off(user_timeout: Option<Duration>) -> InForce {
    InForce { on: false, idle: Some(7200 * SECOND), interval: Some(75 * SECOND), count: Some(9), user_timeout }
}

fn on(idle: f64, interval: f64, count: u32, user_timeout: Option<f64>) -> InForce {
    Keepalive::new(s(idle), s(interval), count, user_timeout.map(s)).unwrap().into()
}

fn retries(retries: u8) -> Conditions {
    Conditions { retries: Some(retries), ..Conditions::default() }
}

/// In which situation the peer vanished.
#[derive(Debug, Clone, Copy)]
enum Was {
    Idle,
    InFlight,
    AliveWindowShut,
}

/// How long it took, if it ended at all.
const NEVER: Option<f64> = None;

/// Measured on Linux 6.18, two hosts with a router that began to drop everything, a round trip of some 50 µs.
#[test]
fn every_measured_row() {
    let usual = Conditions::default();
    for (in_force, conditions, was, measured_s) in [
        (on(2.0, 1.0, 3, None), usual, Was::Idle, Some(5.12)),
        (on(2.0, 1.0, 3, Some(10.0)), usual, Was::Idle, Some(10.21)),
        (on(2.0, 1.0, 10, Some(4.0)), usual, Was::Idle, Some(4.06)),
        (on(2.0, 1.0, 10, Some(0.5)), usual, Was::Idle, Some(3.02)),
        (on(1.0, 5.0, 10, Some(3.0)), usual, Was::Idle, Some(6.27)),
        (on(2.0, 1.0, 5, Some(6.999)), usual, Was::Idle, Some(7.14)),
        (off(Some(s(2.0))), usual, Was::InFlight, Some(2.42)),
        (off(Some(s(1.0))), usual, Was::Idle, NEVER),
        (off(None), usual, Was::Idle, NEVER),
        (off(None), usual, Was::AliveWindowShut, NEVER),
        (off(Some(s(4.0))), usual, Was::AliveWindowShut, Some(4.3)),
        (off(None), retries(3), Was::InFlight, Some(6.65)),
        (off(None), retries(5), Was::InFlight, Some(13.40)),
        (off(None), usual, Was::InFlight, Some(924.6)),
    ] {
        let noticed = in_force.noticed(&conditions);
        let predicted = match was {
            Was::Idle => noticed.idle,
            Was::InFlight => noticed.in_flight,
            Was::AliveWindowShut => noticed.not_reading.alive,
        };
        match (predicted, measured_s) {
            (When::Never, None) => {}
            (When::After(after), Some(measured_s)) => {
                let off_by = (after.as_secs_f64() - measured_s).abs() / measured_s;
                assert!(off_by <= 0.1, "{in_force:?} {was:?}: {after:?} predicted, {measured_s} s measured");
            }
            other => panic!("{in_force:?} {was:?}: {other:?}"),
        }
    }
    // Probes twice a second apart and data in flight: after ten seconds it still lived, for it waits for the retransmissions.
    let probes_alone = on(1.0, 1.0, 2, None).noticed(&usual);
    assert_eq!(probes_alone.in_flight, off(None).noticed(&usual).in_flight);
}

#[test]
fn what_nobody_expects_is_said() {
    let usual = Conditions::default();
    let warnings = |in_force: InForce| in_force.noticed(&usual).warnings;
    let slow = |seconds| Warning::EndsSlowReader { after: s(seconds) };
    let no_time_out = Warning::NoUserTimeout { in_flight: When::After(s(924.8)) };
    for (in_force, said) in [
        (on(2.0, 1.0, 3, Some(5.0)), vec![slow(5.2)]),
        (on(2.0, 1.0, 3, Some(4.5)), vec![slow(4.7)]),
        (on(2.0, 1.0, 3, Some(10.0)), vec![Warning::OverridesCount { count: 3, probes: 8 }, slow(10.2)]),
        (on(2.0, 1.0, 10, Some(4.0)), vec![Warning::OverridesCount { count: 10, probes: 2 }, slow(4.2)]),
        (on(2.0, 1.0, 10, Some(0.5)), vec![Warning::OverridesCount { count: 10, probes: 1 }, Warning::OneProbe, slow(0.7)]),
        (on(1.0, 1.0, 1, None), vec![Warning::OneProbe, no_time_out]),
        (on(1.0, 1.0, 2, None), vec![no_time_out]),
        (off(Some(s(1.0))), vec![Warning::Off, slow(1.2)]),
        (off(None), vec![Warning::Off, no_time_out]),
    ] {
        assert_eq!(warnings(in_force), said, "{in_force:?}");
    }
}

#[test]
fn what_is_not_told_is_not_guessed() {
    let untold = InForce { on: true, idle: None, interval: None, count: Some(10), user_timeout: None };
    let noticed = untold.noticed(&Conditions { retries: None, ..Conditions::default() });
    assert_eq!((noticed.idle, noticed.in_flight), (When::Unknown, When::Unknown));
    assert_eq!(noticed.not_reading, NotReading { alive: When::Never, dead: When::Unknown });
    assert_eq!(When::Unknown.latest(), None);
    let text = noticed.to_string();
    assert!(text.starts_with("Nobody knows how soon a dead peer is noticed while idle."), "{text}");
}

#[test]
fn the_sentences() {
    let conditions = Conditions { rto: Duration::from_millis(204), ..Conditions::default() };
    assert_eq!(
        Keepalive::detect_within(10 * SECOND).unwrap().noticed(&conditions).to_string(),
        "A dead peer is noticed after 8 s while idle. A dead peer is noticed after 8.408 s with data in flight. \
         A peer that does not read, dead or alive, is dropped after 8.204 s. \
         Warning: a peer that lives but reads nothing for 8.204 s is taken for dead."
    );
    assert_eq!(
        off(None).noticed(&Conditions::default()).to_string(),
        "A dead peer is never noticed while idle. A dead peer is noticed after 15 min 24 s with data in flight. \
         A peer that lives but does not read is kept for ever; when it dies meanwhile, that is noticed after 15 min 24 s to 32 min. \
         Warning: keepalive is off, so nothing is noticed while idle. \
         Warning: without a user time-out no probe helps while data is in flight."
    );
    let late = on(2.0, 1.0, 3, Some(10.0)).noticed(&Conditions::default()).to_string();
    assert!(late.contains("ends an idle connection only after 8 probes, not 3"), "{late}");
    let lacks = vec![Lack::Missing(Knob::UserTimeout), Lack::Untold(Knob::Interval)];
    let text = Noticed { lacks, warnings: Vec::new(), ..off(None).noticed(&Conditions::default()) }.to_string();
    assert!(text.ends_with(
        "Not to be had: this system has no TCP_USER_TIMEOUT. Not to be had: this system does not tell TCP_KEEPINTVL after it was set."
    ));
}

#[test]
fn each_figure_has_its_range() {
    let most = Duration::from_secs(32_767);
    let millis = Duration::from_millis;
    Keepalive::new(most, most, 127, Some(millis(0x7fff_ffff))).unwrap();
    for (idle, interval, count, user_timeout, knob, said) in [
        (millis(500), SECOND, 1, None, Knob::Idle, "TCP_KEEPIDLE cannot be 500 ms: the least is 1 s"),
        (most + SECOND, SECOND, 1, None, Knob::Idle, "TCP_KEEPIDLE cannot be 9 h 6 min: the most is 32767s"),
        (millis(1500), SECOND, 1, None, Knob::Idle, "TCP_KEEPIDLE cannot be 1.5s: it must be a multiple of 1s"),
        (SECOND, Duration::ZERO, 1, None, Knob::Interval, "TCP_KEEPINTVL cannot be 0 ms: the least is 1 s"),
        (SECOND, SECOND, 0, None, Knob::Count, "TCP_KEEPCNT cannot be 0: the least is 1"),
        (SECOND, SECOND, 128, None, Knob::Count, "TCP_KEEPCNT cannot be 128: the most is 127"),
        (SECOND, SECOND, 1, Some(Duration::ZERO), Knob::UserTimeout, "TCP_USER_TIMEOUT cannot be 0 ms: the least is 1 ms"),
        (SECOND, SECOND, 1, Some(s(1.0005)), Knob::UserTimeout, "TCP_USER_TIMEOUT cannot be 1.0005s: it must be a multiple of 1ms"),
        (SECOND, SECOND, 1, Some(Duration::MAX), Knob::UserTimeout, "the most is 2147483.647s"),
    ] {
        let unfit = Keepalive::new(idle, interval, count, user_timeout).unwrap_err();
        assert_eq!(unfit.knob, knob);
        assert!(unfit.to_string().ends_with(said), "{unfit}");
    }
}

#[test]
fn the_smallest_time_is_told() {
    let too_soon = Keepalive::detect_within(SECOND).unwrap_err();
    // Two seconds, by 71/63, and what is left over for rounding.
    assert_eq!(too_soon, Unachievable { asked: SECOND, smallest: Duration::from_millis(2255) });
    assert_eq!(too_soon.to_string(), "the kernel cannot notice a dead peer within 1 s; the least is 2.255 s");
    // A satellite link: data in flight is what takes longest.
    let far = Conditions { rto: 3 * SECOND, ..Conditions::default() };
    let too_soon = Keepalive::detect_within_given(5 * SECOND, &far).unwrap_err();
    assert!(too_soon.smallest > 6 * SECOND, "{too_soon}");
    Keepalive::detect_within_given(too_soon.smallest, &far).unwrap();
}

#[test]
fn figures_that_people_would_choose() {
    for (within, idle, interval, count) in [(4, 1, 1, 2), (10, 5, 1, 3), (30, 14, 4, 3), (60, 29, 8, 3), (600, 268, 88, 3)] {
        let chosen = Keepalive::detect_within(Duration::from_secs(within)).unwrap();
        let seconds = (chosen.idle().as_secs(), chosen.interval().as_secs(), chosen.count());
        assert_eq!(seconds, (idle, interval, count), "within {within} s");
    }
}

#[test]
fn a_slow_reader_is_left_alone_and_what_that_costs_is_told() {
    let usual = Conditions::default();
    let strict = Keepalive::detect_within(10 * SECOND).unwrap();
    // What is patient enough stays as it is.
    assert_eq!(strict.tolerate_slow_reader(5 * SECOND), strict);
    let patient = strict.tolerate_slow_reader(30 * SECOND);
    assert_eq!(patient.user_timeout(), Some(30 * SECOND));
    let noticed = patient.noticed(&usual);
    assert_eq!((noticed.idle, noticed.in_flight), (When::After(30 * SECOND), When::After(s(30.4))));
    assert!(noticed.warnings.contains(&Warning::OverridesCount { count: 3, probes: 25 }), "{:?}", noticed.warnings);
    let endless = strict.tolerate_slow_reader(Duration::MAX);
    assert_eq!(endless.user_timeout(), None);
    let noticed = endless.noticed(&usual);
    assert_eq!((noticed.idle, noticed.not_reading.alive), (When::After(8 * SECOND), When::Never));
    assert!(noticed.in_flight.latest().is_some_and(|latest| latest > 900 * SECOND));
    // Without a user time-out everybody is tolerated already.
    assert_eq!(endless.tolerate_slow_reader(SECOND), endless);
}

#[test]
fn a_socket_tells_what_it_has() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let near = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
    let untouched = Keepalive::read(&near).unwrap();
    assert!(!untouched.on && untouched.user_timeout.is_none());
    let wanted = Keepalive::new(15 * SECOND, 5 * SECOND, 3, Some(30 * SECOND)).unwrap();
    let noticed = wanted.apply(&near).unwrap();
    assert_eq!(Keepalive::read(&near).unwrap(), InForce::from(wanted));
    assert_eq!(noticed.idle, When::After(30 * SECOND));
    assert_eq!(noticed, wanted.noticed(&Conditions::of(&near).unwrap()));
    // A user time-out of before goes when none is wanted.
    Keepalive::new(SECOND, SECOND, 3, None).unwrap().apply(&near).unwrap();
    assert_eq!(Keepalive::read(&near).unwrap().user_timeout, None);
    let no_tcp = UdpSocket::bind("127.0.0.1:0").unwrap();
    wanted.apply(&no_tcp).unwrap_err();
    Keepalive::read(&no_tcp).unwrap_err();
}

prop_compose! {
    fn any_conditions()(rto_ms in 1_u64..10_000, longest_s in 1_u64..=120, retries in proptest::option::of(0_u8..))  -> Conditions {
        Conditions { rto: Duration::from_millis(rto_ms), longest_rto: Duration::from_secs(longest_s), retries }
    }
}

proptest! {
    #[test]
    fn what_is_chosen_is_in_time_and_fits(within_ms in 0_u64..100_000_000_000, conditions in any_conditions()) {
        let within = Duration::from_millis(within_ms);
        match Keepalive::detect_within_given(within, &conditions) {
            Ok(chosen) => {
                let noticed = chosen.noticed(&conditions);
                for when in [noticed.idle, noticed.in_flight, noticed.not_reading.alive, noticed.not_reading.dead] {
                    prop_assert!(when.latest().is_some_and(|latest| latest <= within), "{:?} within {:?}", chosen, within);
                }
                let overrides = noticed.warnings.iter().any(|warning| matches!(warning, Warning::OverridesCount { probes, count } if probes > count));
                prop_assert!(!overrides, "{:?}", chosen);
                prop_assert_eq!(Keepalive::new(chosen.idle(), chosen.interval(), chosen.count(), chosen.user_timeout()), Ok(chosen));
            }
            Err(too_soon) => {
                prop_assert_eq!(too_soon.asked, within);
                prop_assert!(too_soon.smallest > within);
                prop_assert!(Keepalive::detect_within_given(too_soon.smallest, &conditions).is_ok());
            }
        }
    }

    #[test]
    fn a_slow_reader_is_tolerated(within_s in 3_u64..10_000, at_least_ms in 1_u64..10_000_000, conditions in any_conditions()) {
        let chosen = Keepalive::detect_within(Duration::from_secs(within_s)).unwrap();
        let at_least = Duration::from_millis(at_least_ms);
        let patient = chosen.tolerate_slow_reader(at_least);
        prop_assert!(patient.user_timeout().is_none_or(|limit| limit >= at_least));
        match patient.noticed(&conditions).not_reading.alive {
            When::After(after) => prop_assert!(after >= at_least),
            other => prop_assert_eq!(other, When::Never),
        }
        prop_assert_eq!(Keepalive::new(patient.idle(), patient.interval(), patient.count(), patient.user_timeout()), Ok(patient));
    }

    #[test]
    fn nothing_panics(idle_s in 1_u64..=32_767, interval_s in 1_u64..=32_767, count in 1_u32..=127, limit in proptest::option::of(1_u64..=0x7fff_ffff), conditions in any_conditions()) {
        let figures = Keepalive::new(Duration::from_secs(idle_s), Duration::from_secs(interval_s), count, limit.map(Duration::from_millis)).unwrap();
        prop_assert!(!figures.noticed(&conditions).to_string().is_empty());
    }
}

//! A peer that is silent: whose fault it is, and when that is said, to the nanosecond.

use std::time::Duration;

use super::end::{BEGIN, End, MS, terms};
use super::peer;
use crate::chance::Chance;
use crate::happening::{Death, Happening};
use crate::ids::Node;
use crate::machine::Event;
use crate::session::Session;
use crate::time::Moment;
use crate::timer::Timer;
use crate::wire::Farewell;

const DETECTION: Duration = Duration::from_millis(150);

/// A session whose peer was last heard now.
fn up() -> (End, Moment) {
    let mut end = End::new(Node(1), Node(2), 1);
    end.handle(BEGIN, Event::LinkUp).unwrap();
    peer::stand(&mut end, BEGIN).unwrap();
    end.told();
    (end, BEGIN)
}

/// The same, after four probes of a peer that hears us.
fn up_for_a_while() -> (End, Moment) {
    let (mut end, mut now) = up();
    for sequence in 1..5 {
        now = now + 40 * MS;
        pass(&mut end, now, Kernel::Answers);
        end.handle(now, peer::probe_now(&end, now, sequence, Farewell::None)).unwrap();
    }
    (end, now)
}

/// What the peer's kernel does when it is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kernel {
    Answers,
    IsSilent,
    Refuses,
    CannotBeAsked,
}

/// Lets timers fire, each when it is due, up to this moment; says when what was told.
fn pass(end: &mut End, until: Moment, kernel: Kernel) -> Vec<(Moment, Happening)> {
    let mut told = Vec::new();
    while let Some(armed) = end.first().filter(|armed| armed.at <= until) {
        end.handle(armed.at, Event::Timeout(armed)).unwrap();
        end.packets();
        for _ in 0..end.out.questions.drain(..).count() {
            match kernel {
                Kernel::Answers => end.handle(armed.at, Event::KernelAnswered).unwrap(),
                Kernel::Refuses => end.handle(armed.at, Event::Refused).unwrap(),
                Kernel::CannotBeAsked => end.handle(armed.at, Event::KernelUnasked).unwrap(),
                Kernel::IsSilent => {}
            }
        }
        told.extend(end.told().into_iter().map(|happening| (armed.at, happening)));
    }
    told
}

fn death(told: &[(Moment, Happening)]) -> Option<(Moment, Death)> {
    told.iter().find_map(|(at, told)| if let Happening::Ended { death, .. } = told { Some((*at, *death)) } else { None })
}

/// LINK-25.
#[test]
fn a_silent_kernel_is_down_at_the_detection_time_and_not_a_nanosecond_before() {
    for (kernel, of) in [(Kernel::IsSilent, Death::Silent), (Kernel::Refuses, Death::Refused)] {
        let (mut end, heard) = up();
        let just_before = Moment((heard + DETECTION).0 - 1);
        assert_eq!(pass(&mut end, just_before, kernel), []);
        assert_eq!(death(&pass(&mut end, heard + DETECTION, kernel)), Some((heard + DETECTION, of)));
    }
    let (mut end, heard) = up();
    end.may_ask = false;
    assert_eq!(death(&pass(&mut end, heard + DETECTION * 2, Kernel::IsSilent)), Some((heard + DETECTION, Death::SilentUnasked)));
}

/// LINK-27: a question that did not leave has no answer, and that says nothing.
#[test]
fn a_kernel_that_was_not_asked_after_all_is_not_called_silent() {
    let (mut end, heard) = up();
    assert_eq!(death(&pass(&mut end, heard + DETECTION, Kernel::CannotBeAsked)), Some((heard + DETECTION, Death::SilentUnasked)));
    // One that could be asked at first, and is stalled.
    let (mut end, heard) = up();
    assert_eq!(death(&pass(&mut end, heard + DETECTION, Kernel::Answers)), None);
    let told = pass(&mut end, heard + DETECTION * 4, Kernel::CannotBeAsked);
    assert_eq!(death(&told).map(|(_, death)| death), Some(Death::SilentUnasked));
}

/// The peer began long after us. How long it had been away is no round trip, and no reason to be patient with it.
#[test]
fn who_waited_long_for_an_answer_is_down_no_later() {
    let mut end = End::new(Node(1), Node(2), 1);
    end.handle(BEGIN, Event::LinkUp).unwrap();
    let now = BEGIN + Duration::from_secs(9);
    assert_eq!(pass(&mut end, now, Kernel::IsSilent), []);
    peer::stand(&mut end, now).unwrap();
    end.told();
    assert_eq!(death(&pass(&mut end, now + DETECTION, Kernel::IsSilent)), Some((now + DETECTION, Death::Silent)));
}

#[test]
fn a_far_kernel_has_twice_its_round_trip() {
    // The handshake took 70 ms each time; the peer's kernel is asked at 62.5 ms, and its answer comes before 203.5 ms.
    let mut end = End::new(Node(1), Node(2), 1);
    end.handle(BEGIN, Event::LinkUp).unwrap();
    let stands = BEGIN + 70 * MS;
    end.handle(stands, peer::syn_ack(&end, 21)).unwrap();
    let heard = stands + 70 * MS;
    pass(&mut end, heard, Kernel::IsSilent);
    end.handle(heard, peer::probe_now(&end, heard, 0, Farewell::None)).unwrap();
    let (at, _) = death(&pass(&mut end, heard + Duration::from_secs(1), Kernel::IsSilent)).unwrap();
    assert_eq!(at.since(heard), Duration::from_micros(62_500) + 141 * MS);
}

#[test]
fn a_kernel_that_answers_tells_of_a_process_that_is_stalled() {
    let (mut end, heard) = up();
    let told = pass(&mut end, heard + Duration::from_mins(1), Kernel::Answers);
    assert_eq!(told, [(heard + DETECTION, Happening::PeerStalled { silent: DETECTION })], "and nothing else, for a minute");
    // Then its kernel falls silent, too: that shows within two detection times.
    let from = heard + Duration::from_mins(1);
    let (at, of) = death(&pass(&mut end, from + Duration::from_secs(1), Kernel::IsSilent)).unwrap();
    assert!(of == Death::Silent && at.since(from) <= DETECTION * 2, "{of:?} after {:?}", at.since(from));
}

/// LINK-28.
#[test]
fn who_was_late_himself_says_so_and_waits_once_more_and_not_twice() {
    for late in [26 * MS, 100 * MS, Duration::from_secs(10)] {
        let (mut end, heard) = up();
        let armed = end.link.timers.armed(Timer::Detect).unwrap();
        let now = heard + DETECTION + late;
        end.handle(now, Event::Timeout(armed)).unwrap();
        assert_eq!(end.told(), [Happening::SelfStalled { late }]);
        let again = end.link.timers.armed(Timer::Detect).unwrap();
        assert_eq!(again.at, now + 50 * MS, "one interval more");
        end.handle(again.at + late, Event::Timeout(again)).unwrap();
        assert_eq!(end.deaths(), [Death::Silent], "late again, and no excuse is left");
    }
}

#[test]
fn a_little_late_is_on_time() {
    let (mut end, heard) = up();
    let armed = end.link.timers.armed(Timer::Detect).unwrap();
    let miss = end.link.timers.armed(Timer::Miss).unwrap();
    end.handle(miss.at, Event::Timeout(miss)).unwrap();
    end.handle(heard + DETECTION + 25 * MS, Event::Timeout(armed)).unwrap();
    assert_eq!(end.deaths(), [Death::Silent]);
}

#[test]
fn an_excuse_is_good_for_one_silence_and_each_has_its_own() {
    let (mut end, mut now) = up();
    for round in 1..=3 {
        let armed = end.link.timers.armed(Timer::Detect).unwrap();
        now = armed.at + 100 * MS;
        end.handle(now, Event::Timeout(armed)).unwrap();
        assert_eq!(end.told(), [Happening::SelfStalled { late: 100 * MS }], "silence {round}");
        end.handle(now, peer::probe_now(&end, now, round, Farewell::None)).unwrap();
    }
    assert_eq!(end.link.timers.at(Timer::Detect), Some(now + DETECTION));
}

#[test]
fn no_jitter_is_a_silence() {
    let mut chance = Chance::new(1);
    for _ in 0..200 {
        let (mut end, mut now) = up();
        for sequence in 1..200 {
            let gap = Duration::from_nanos(chance.next() % u64::try_from(DETECTION.as_nanos()).unwrap());
            assert_eq!(pass(&mut end, now + gap, Kernel::IsSilent), []);
            now = now + gap;
            end.handle(now, peer::probe_now(&end, now, sequence, Farewell::None)).unwrap();
        }
        assert_eq!(death(&pass(&mut end, now + DETECTION, Kernel::IsSilent)), Some((now + DETECTION, Death::Silent)));
    }
}

/// LINK-34.
#[test]
fn who_is_heard_and_does_not_hear_us_is_known_after_two_detection_times() {
    let (mut end, mut now) = up_for_a_while();
    let pair = end.pair().unwrap();
    let mut deaths = Vec::new();
    let mut first = None;
    let heard = end.link.session().map_or(0, Session::sent);
    for sequence in 5..30 {
        now = now + 40 * MS;
        assert_eq!(death(&pass(&mut end, now, Kernel::Answers)), None, "it is heard all the time");
        let sent = end.link.session().map_or(0, Session::sent);
        if sent > heard {
            first.get_or_insert(now);
        }
        // It goes on to say that it has heard no more.
        let Event::Probe { at, mut probe, .. } = peer::probe(pair, now, sequence, Farewell::None) else { unreachable!() };
        probe.heard_up_to = heard;
        if end.handle(now, Event::Probe { pair, at, probe }).is_err() {
            break;
        }
        deaths.extend(end.deaths().into_iter().map(|death| (now, death)));
    }
    let [(at, Death::HearsNothing)] = deaths[..] else { panic!("{deaths:?}") };
    let waited = at.since(first.unwrap());
    assert!((DETECTION * 2 - 40 * MS..=DETECTION * 2 + 80 * MS).contains(&waited), "{waited:?}");
}

/// LINK-34: what it says first may have been made before it was stopped.
#[test]
fn who_was_stopped_and_tells_at_first_of_nothing_new_is_not_deaf() {
    let (mut end, mut now) = up_for_a_while();
    let pair = end.pair().unwrap();
    let heard = end.link.session().map_or(0, Session::sent);
    now = now + 900 * MS;
    assert_eq!(death(&pass(&mut end, now, Kernel::Answers)), None);
    let Event::Probe { at, mut probe, .. } = peer::probe(pair, now, 5, Farewell::None) else { unreachable!() };
    probe.heard_up_to = heard;
    end.handle(now, Event::Probe { pair, at, probe }).unwrap();
    assert!(matches!(end.told()[..], [Happening::PeerBack { .. }]), "it is back, and hears us as far as anybody knows");
}

/// LINK-34: however long the way back has become, as long as it tells of some.
#[test]
fn who_tells_late_of_what_it_heard_hears_us() {
    let (mut end, mut now) = up();
    let pair = end.pair().unwrap();
    let mut sent = std::collections::VecDeque::new();
    for sequence in 1..400_u64 {
        now = now + 40 * MS;
        pass(&mut end, now, Kernel::Answers);
        sent.push_back(end.link.session().map_or(0, Session::sent));
        // The way there grows by 2 ms with each probe, to 0.8 s.
        let behind = usize::try_from(sequence / 20).unwrap();
        let heard = sent.iter().rev().nth(behind).copied().unwrap_or(0);
        let Event::Probe { at, mut probe, .. } = peer::probe(pair, now, sequence, Farewell::None) else { unreachable!() };
        probe.heard_up_to = heard;
        end.handle(now, Event::Probe { pair, at, probe }).unwrap();
        assert_eq!(end.deaths(), [], "probe {sequence}");
    }
}

/// LINK-19, LINK-25: unless a probe overtook it.
#[test]
fn a_report_is_a_sign_of_life() {
    let (mut end, heard) = up();
    let pair = end.pair().unwrap();
    // Sent after the second probe, of which only the first was heard.
    let report = |number: u64, at| Event::Report { pair, at, number: 2 << 16 | number };
    let now = heard + 140 * MS;
    assert_eq!(pass(&mut end, now, Kernel::Answers), []);
    end.handle(now, report(1, now)).unwrap();
    assert_eq!(end.link.timers.at(Timer::Detect), Some(now + DETECTION));
    // Not if it was heard before, whoever sends it again.
    end.handle(now + MS, report(1, now + MS)).unwrap_err();
    assert_eq!(end.link.timers.at(Timer::Detect), Some(now + DETECTION));
    assert_eq!(pass(&mut end, now + DETECTION, Kernel::Answers), [(now + DETECTION, Happening::PeerStalled { silent: DETECTION })]);
    let back = now + DETECTION * 2;
    end.handle(back, report(2, back)).unwrap();
    assert_eq!(end.told(), [Happening::PeerBack { silent: DETECTION * 2 }]);
    assert_eq!(end.is(), "up");
    assert_eq!(terms().interval * 3, DETECTION);
}

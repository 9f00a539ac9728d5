use super::super::settings::Settings;
use super::*;

mod model;

const MS: Duration = Duration::from_millis(1);

/// Every 1000 ms, 200 ms to answer, two misses borne.
fn settings() -> Settings {
    Settings { interval: MS * 1000, timeout: MS * 200, jitter: 0.0, misses_allowed: 2 }
}

fn beats(settings: Settings) -> Beats<u32> {
    Beats::new(settings.check().unwrap(), 42)
}

/// One connection, and its first ping.
fn asked(start: Instant) -> (Beats<u32>, u64, Instant) {
    let mut beats = beats(settings());
    beats.add(1, start);
    let at = beats.next_due().unwrap();
    let Some((1, Beat::Ping(number))) = beats.poll(at) else { panic!("its turn came") };
    assert_eq!(beats.poll(at), None);
    (beats, number, at)
}

/// All beats until `end`, each at the moment it is due.
fn until(beats: &mut Beats<u32>, end: Instant) -> Vec<(Instant, u32, Beat)> {
    let mut said = Vec::new();
    while let Some(due) = beats.next_due().filter(|due| *due <= end) {
        while let Some((key, beat)) = beats.poll(due) {
            said.push((due, key, beat));
        }
    }
    said
}

fn miss(number: u64, missed: u32, waited: Duration, silent: Duration) -> Miss {
    Miss { number, missed, allowed: 2, waited, silent }
}

#[test]
fn a_silence_is_missed_asked_again_and_lost_once() {
    let start = Instant::now();
    let (mut beats, number, at) = asked(start);
    let said = until(&mut beats, at + MS * 60_000);
    let before = at - start;
    assert_eq!(
        said,
        [
            (at + MS * 200, 1, Beat::Missed(miss(number, 1, MS * 200, before + MS * 200))),
            (at + MS * 200, 1, Beat::Ping(number)),
            (at + MS * 400, 1, Beat::Missed(miss(number, 2, MS * 400, before + MS * 400))),
            (at + MS * 400, 1, Beat::Ping(number)),
            (at + MS * 600, 1, Beat::Lost(miss(number, 3, MS * 600, before + MS * 600))),
        ]
    );
    assert_eq!(beats.next_due(), None, "who is lost is left alone");
    assert_eq!(beats.missed(&1), Some(3));
}

#[test]
fn a_pong_counts_once_and_only_for_its_own_question() {
    let (mut beats, number, at) = asked(Instant::now());
    assert_eq!(beats.pong(&1, number ^ 1, at), None, "invented");
    assert_eq!(beats.pong(&2, number, at), None, "of nobody");
    assert_eq!(beats.pong(&1, number, at + MS * 30), Some(MS * 30));
    assert_eq!(beats.pong(&1, number, at + MS * 31), None, "twice");
    let said = until(&mut beats, at + MS * 1000);
    let [(_, 1, Beat::Ping(second))] = said[..] else { panic!("{said:?}") };
    assert_ne!(second, number);
    assert_eq!(beats.pong(&1, number, at + MS * 1001), None, "stale");
    assert_eq!(beats.pong(&1, second, at + MS * 1002), Some(MS * 2));
}

#[test]
fn another_frame_answers_too_and_the_pong_may_still_tell_its_time() {
    let (mut beats, number, at) = asked(Instant::now());
    beats.heard(&1, at + MS * 150);
    assert_eq!(until(&mut beats, at + MS * 999), []);
    assert_eq!(beats.pong(&1, number, at + MS * 300), Some(MS * 300));
}

#[test]
fn a_late_answer_brings_a_lost_one_back_to_its_grid() {
    let start = Instant::now();
    let (mut beats, number, at) = asked(start);
    until(&mut beats, at + MS * 5000);
    assert_eq!(beats.pong(&1, number, at + MS * 5300), Some(MS * 5300));
    let said = until(&mut beats, at + MS * 6000);
    assert_eq!(said[0], (at + MS * 5300, 1, Beat::Back(Back { missed: 3, silent: at + MS * 5300 - start })));
    assert!(matches!(said[1..], [(turn, 1, Beat::Ping(_))] if turn == at + MS * 6000), "{said:?}");
}

#[test]
fn our_own_stall_is_no_miss_of_the_peer() {
    let (mut beats, number, at) = asked(Instant::now());
    let woken = at + MS * 5000;
    assert_eq!(beats.poll(woken), Some((1, Beat::Late(MS * 4800))));
    assert_eq!(beats.poll(woken), None);
    assert_eq!(beats.next_due(), Some(woken + MS * 200), "it has another timeout");
    assert_eq!(beats.missed(&1), Some(0));
    assert_eq!(beats.pong(&1, number, woken + MS), Some(MS * 5001));
}

#[test]
fn a_little_late_is_late_enough_for_a_miss() {
    let (mut beats, _, at) = asked(Instant::now());
    assert!(matches!(beats.poll(at + MS * 250), Some((1, Beat::Missed(_)))));
}

#[test]
fn an_answer_that_was_read_before_polling_is_in_time_however_late_we_are() {
    let (mut beats, number, at) = asked(Instant::now());
    beats.pong(&1, number, at + MS * 5000);
    assert!(until(&mut beats, at + MS * 5000).is_empty());
}

#[test]
fn turns_that_went_by_are_made_up_for_by_one() {
    let mut beats = beats(settings());
    let start = Instant::now();
    beats.add(1, start);
    let late = start + MS * 10_500;
    let Some((1, Beat::Ping(number))) = beats.poll(late) else { panic!("due") };
    assert_eq!(beats.poll(late), None);
    beats.pong(&1, number, late);
    assert!(beats.next_due().unwrap() - late <= MS * 1000);
}

#[test]
fn an_answered_peer_keeps_its_grid_whatever_the_jitter() {
    let mut beats = beats(Settings { jitter: 0.5, ..settings() });
    beats.add(1, Instant::now());
    let first = beats.next_due().unwrap();
    let mut lags = Vec::new();
    for turn in 0..1000 {
        let due = beats.next_due().unwrap();
        let Some((1, Beat::Ping(number))) = beats.poll(due) else { panic!("its turn came") };
        lags.push(due - (first + MS * 1000 * turn));
        beats.pong(&1, number, due + MS * 3);
    }
    assert!(lags.iter().all(|lag| *lag < MS * 500), "{lags:?}");
    let mean = lags.iter().sum::<Duration>() / 1000;
    assert!(MS * 230 < mean && mean < MS * 270, "jitter is spread evenly: {mean:?}");
}

#[test]
fn first_turns_are_spread_over_the_interval_by_the_seed_alone() {
    let start = Instant::now();
    let dues = |seed| {
        let mut beats = Beats::new(settings().check().unwrap(), seed);
        (0..1000_u32).for_each(|key| beats.add(key, start));
        std::iter::from_fn(|| beats.poll(start + MS * 1000)).map(|(key, _)| key).collect::<Vec<_>>()
    };
    assert_eq!(dues(1), dues(1), "no hasher's seed has a say");
    assert_ne!(dues(1), dues(2));
    let mut beats = beats(settings());
    (0..1000).for_each(|key| beats.add(key, start));
    let mut tenths = [0; 10];
    while let Some(due) = beats.next_due() {
        let (key, _) = beats.poll(due).unwrap();
        beats.remove(&key);
        tenths[usize::try_from((due - start).as_millis() / 100).unwrap()] += 1;
    }
    assert!(tenths.iter().all(|n| (60..=140).contains(n)), "{tenths:?}");
}

#[test]
fn nothing_of_a_removed_one_is_said_nor_counts_for_its_successor() {
    let (mut beats, number, at) = asked(Instant::now());
    assert!(beats.remove(&1));
    assert!(!beats.remove(&1));
    assert_eq!((beats.len(), beats.next_due()), (0, None));
    beats.add(1, at);
    assert_eq!(beats.pong(&1, number, at + MS), None, "of another life");
    assert!(beats.next_due().unwrap() > at);
    beats.add(1, at + MS);
    assert_eq!(beats.len(), 1, "adding again begins anew");
    beats.heard(&7, at);
    assert!(beats.missed(&7).is_none());
}

#[test]
fn nothing_grows_beat_by_beat_nor_by_coming_and_going() {
    let mut beats = beats(settings());
    let start = Instant::now();
    for round in 0..1000 {
        let now = start + MS * round;
        for key in 0..10 {
            beats.add(key, now);
            beats.heard(&key, now);
        }
    }
    assert_eq!((beats.len(), beats.slots.len(), beats.free.len()), (10, 10, 0));
}

#[test]
fn a_beat_says_what_it_is() {
    let miss = miss(1, 2, MS * 400, MS * 1400);
    for (beat, sentence) in [
        (Beat::Ping(1), "Ping 0000000000000001 is due."),
        (Beat::Missed(miss), "No answer for 400 ms (miss 2, 2 allowed), last heard 1.4 s ago."),
        (Beat::Lost(miss), "No answer for 400 ms (miss 2, 2 allowed), last heard 1.4 s ago: lost."),
        (Beat::Late(MS * 4800), "Our own process looked 4.8 s late, so this silence says nothing of the peer."),
        (Beat::Back(Back { missed: 3, silent: MS * 6500 }), "Heard again after 6.5 s and 3 misses."),
    ] {
        assert_eq!(beat.to_string(), sentence);
    }
}

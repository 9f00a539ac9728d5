//! The same seed decides the same; rates are those that were asked for; each setting does what its name says and nothing else.

use super::*;
use crate::impairment::{Corrupt, Duplicate, Gilbert, Loss, Probability, Reorder};

const MS: u64 = 1_000_000;
const PACKETS: u64 = 100_000;

/// The arrivals of so many packets, one each millisecond.
fn arrivals(seed: u64, packets: u64, impairment: Impairment) -> (Vec<Vec<u64>>, Tally) {
    let mut channel = Channel::with(seed, impairment);
    let arrivals = (0..packets).map(|n| channel.pass(n * MS).map(|delivery| delivery.at_ns).collect()).collect();
    (arrivals, channel.tally())
}

/// Whether a count is within five standard deviations of what independent packets make of it: with another seed, once in two million.
fn as_expected(count: u64, of: u64, share: f64) -> bool {
    let (mean, deviation) = (of as f64 * share, (of as f64 * share * (1.0 - share)).sqrt());
    (count as f64 - mean).abs() < 5.0 * deviation
}

fn everything() -> Impairment {
    let share = Probability::of(0.1);
    Impairment {
        cut: false,
        loss: Loss::Bursts(Gilbert::bursts(share, 3.0)),
        delay: Duration::from_millis(5),
        jitter: Jitter::Normal(Duration::from_millis(1)),
        reorder: Reorder { share, held: Duration::from_millis(10) },
        duplicate: Duplicate { share, after: Duration::from_millis(2) },
        corrupt: Corrupt { share, bits: 3 },
    }
}

#[test]
fn the_same_seed_decides_the_same() {
    let damaged = |seed| {
        let mut channel = Channel::with(seed, everything());
        let mut packets = Vec::new();
        for n in 0..1_000 {
            for delivery in channel.pass(n * MS) {
                let mut packet = n.to_be_bytes();
                delivery.damage(&mut packet);
                packets.push((delivery.at_ns, packet));
            }
        }
        packets
    };
    assert_eq!(damaged(7), damaged(7));
    assert_ne!(damaged(7), damaged(8));
}

#[test]
fn nothing_is_done_by_default() {
    let (arrivals, tally) = arrivals(1, 1_000, Impairment::default());
    assert!(arrivals.iter().zip(0..).all(|(at, n)| *at == [n * MS]));
    assert_eq!(tally, Tally { received: 1_000, ..Tally::default() });
}

#[test]
fn packets_are_lost_at_random_as_often_as_asked_for() {
    for share in [0.001, 0.01, 0.3] {
        let (arrivals, tally) = arrivals(11, PACKETS, Impairment::lossy(Loss::Random(Probability::of(share))));
        assert!(as_expected(tally.dropped, PACKETS, share), "{share}: {tally:?}");
        assert_eq!(arrivals.iter().filter(|at| at.is_empty()).count() as u64, tally.dropped);
        // Two in a row no more often than chance has it.
        let pairs = arrivals.windows(2).filter(|pair| pair.iter().all(Vec::is_empty)).count() as u64;
        assert!(as_expected(pairs, PACKETS, share * share), "{share}: {pairs}");
    }
}

#[test]
fn every_nth_is_lost() {
    let (arrivals, _) = arrivals(1, 9, Impairment::lossy(Loss::EveryNth(3)));
    let lost: Vec<usize> = (0..9).filter(|&n| arrivals[n].is_empty()).collect();
    assert_eq!(lost, [2, 5, 8]);
    assert_eq!(super::tests::arrivals(1, 9, Impairment::lossy(Loss::EveryNth(0))).1.dropped, 0);
}

#[test]
fn bursts_have_the_share_and_the_length_asked_for() {
    let link = Gilbert::bursts(Probability::percent(5.0), 4.0);
    let (arrivals, tally) = arrivals(3, PACKETS, Impairment::lossy(Loss::Bursts(link)));
    let bursts = arrivals.chunk_by(|a, b| a.is_empty() == b.is_empty()).filter(|run| run[0].is_empty()).count();
    let length = tally.dropped as f64 / bursts as f64;
    // 1,250 bursts with a deviation of 3.5 packets each: 0.1 is one deviation of the mean length, 0.004 hardly one and a half of the share.
    assert!((length - 4.0).abs() < 0.4, "{length}");
    assert!((tally.dropped as f64 / PACKETS as f64 - 0.05).abs() < 0.008, "{tally:?}");
}

#[test]
fn a_burst_may_leave_some_and_the_gap_may_lose_some() {
    let [in_good, in_bad] = [0.01, 0.5].map(Probability::of);
    let link = Gilbert { begin: Probability::of(0.02), end: Probability::of(0.08), in_good, in_bad };
    let (_, tally) = arrivals(5, PACKETS, Impairment::lossy(Loss::Bursts(link)));
    // It is bad for 0.02 of 0.10: 0.8 * 0.01 + 0.2 * 0.5.
    assert!((tally.dropped as f64 / PACKETS as f64 - 0.108).abs() < 0.01, "{tally:?}");
}

#[test]
fn a_new_loss_begins_anew_and_other_settings_leave_it_alone() {
    let mut channel = Channel::with(1, Impairment::lossy(Loss::EveryNth(3)));
    let mut lost = |impairment| {
        channel.set(impairment);
        channel.pass(0).next().is_none()
    };
    let third = Impairment::lossy(Loss::EveryNth(3));
    let late = Impairment { delay: Duration::from_secs(1), ..third };
    assert_eq!([third, late, third].map(&mut lost), [false, false, true]);
    assert_eq!([third, Impairment::default(), third, third, third].map(&mut lost), [false, false, false, false, true]);
}

#[test]
fn what_else_is_set_does_not_change_which_packets_are_lost() {
    let lost = |impairment| arrivals(9, 1_000, impairment).0.iter().map(Vec::is_empty).collect::<Vec<bool>>();
    let loss = everything().loss;
    assert_eq!(lost(Impairment::lossy(loss)), lost(everything()));
}

#[test]
fn a_cut_lets_nothing_pass_and_leaves_the_luck_of_later_packets() {
    let mut cut = Channel::with(4, Impairment::cut());
    let mut whole = Channel::with(4, Impairment::lossy(Loss::Random(Probability::of(0.5))));
    assert!((0..100).all(|n| cut.pass(n).next().is_none()));
    (0..100).for_each(|n| drop(whole.pass(n)));
    cut.set(whole.impairment());
    assert!((100..200).all(|n| cut.pass(n).eq(whole.pass(n))));
    assert!(cut.tally().dropped > 100);
}

#[test]
fn a_delay_is_exact() {
    let (arrivals, tally) = arrivals(1, 100, Impairment::delayed(Duration::from_millis(5)));
    assert!(arrivals.iter().zip(0..).all(|(at, n)| *at == [(n + 5) * MS]));
    assert_eq!(tally.delayed, 100);
}

/// How much later than the delay packets come that are far enough apart to be independent: the mean, the deviation, the least and the most.
fn spread(jitter: Jitter) -> [f64; 4] {
    let impairment = Impairment { delay: Duration::from_millis(50), jitter, ..Impairment::default() };
    let mut channel = Channel::with(21, impairment);
    let late: Vec<f64> =
        (0..PACKETS).flat_map(|n| channel.pass(n * 1_000 * MS).map(move |to| (to.at_ns - n * 1_000 * MS) as f64)).collect();
    let late: Vec<f64> = late.into_iter().map(|ns| ns / MS as f64 - 50.0).collect();
    let mean = late.iter().sum::<f64>() / PACKETS as f64;
    let variance = late.iter().map(|ms| (ms - mean).powi(2)).sum::<f64>() / PACKETS as f64;
    [mean, variance.sqrt(), late.iter().copied().fold(f64::MAX, f64::min), late.iter().copied().fold(f64::MIN, f64::max)]
}

#[test]
fn jitter_has_the_shape_asked_for() {
    let [mean, deviation, least, most] = spread(Jitter::Uniform(Duration::from_millis(12)));
    assert!((mean - 6.0).abs() < 0.06 && (deviation - 3.464).abs() < 0.03, "{mean} {deviation}");
    assert!((0.0..0.01).contains(&least) && (11.99..=12.0).contains(&most), "{least} {most}");
    let [mean, deviation, least, most] = spread(Jitter::Normal(Duration::from_millis(2)));
    assert!(mean.abs() < 0.03 && (deviation - 2.0).abs() < 0.03, "{mean} {deviation}");
    assert!((-12.0..-7.0).contains(&least) && (7.0..12.0).contains(&most), "{least} {most}");
}

#[test]
fn a_normal_delay_is_never_below_zero() {
    let impairment = Impairment { jitter: Jitter::Normal(Duration::from_secs(1)), ..Impairment::default() };
    let mut channel = Channel::with(1, impairment);
    let early = (0..1_000).filter(|n| channel.pass(n * 60_000 * MS).all(|to| to.at_ns == n * 60_000 * MS)).count();
    assert!(as_expected(early as u64, 1_000, 0.5), "{early}");
}

#[test]
fn jitter_alone_never_reorders() {
    let jitter = Jitter::Uniform(Duration::from_millis(20));
    let (arrivals, tally) = arrivals(2, PACKETS, Impairment { jitter, ..Impairment::default() });
    assert!(arrivals.is_sorted());
    assert_eq!(tally.reordered, 0);
}

#[test]
fn packets_held_back_are_overtaken_by_as_many_as_fit_in() {
    let share = Probability::of(0.01);
    let reorder = Reorder { share, held: Duration::from_micros(3_500) };
    let impairment = Impairment { delay: Duration::from_millis(2), reorder, ..Impairment::default() };
    let (arrivals, tally) = arrivals(6, PACKETS, impairment);
    let mut order: Vec<(u64, usize)> = arrivals.iter().enumerate().map(|(n, at)| (at[0], n)).collect();
    order.sort_unstable();
    let mut highest = 0;
    // RFC 4737: what comes after one that was sent later.
    let late = order.iter().filter(|(_, n)| {
        let overtaken = *n < highest;
        highest = highest.max(*n);
        overtaken
    });
    let late: Vec<usize> = late.map(|(_, n)| *n).collect();
    assert!(as_expected(tally.reordered, PACKETS, 0.01), "{tally:?}");
    let held: Vec<usize> = (0..arrivals.len()).filter(|&n| arrivals[n][0] > (n as u64 + 2) * MS).collect();
    assert_eq!(held.len() as u64, tally.reordered);
    // Only one at the very end, or one whose three followers are held too, is not overtaken.
    assert!(late.len() + 2 >= held.len() && late.iter().all(|n| held.contains(n)), "{} of {}", late.len(), held.len());
}

#[test]
fn duplicates_come_as_often_and_as_late_as_asked_for() {
    let duplicate = Duplicate { share: Probability::percent(2.0), after: Duration::from_millis(3) };
    let (arrivals, tally) = arrivals(8, PACKETS, Impairment { duplicate, ..Impairment::default() });
    assert!(as_expected(tally.duplicated, PACKETS, 0.02), "{tally:?}");
    let twice = arrivals.iter().zip(0..).filter(|(at, n)| **at == [n * MS, (n + 3) * MS]).count();
    assert_eq!(twice as u64, tally.duplicated);
    assert!(arrivals.iter().all(|at| (1..=2).contains(&at.len())));
}

#[test]
fn damage_flips_as_many_bits_as_asked_for() {
    let corrupt = Corrupt { share: Probability::percent(10.0), bits: 3 };
    let mut channel = Channel::with(12, Impairment { corrupt, ..Impairment::default() });
    let mut flipped = [0_u64; 4];
    let mut places = [0_u8; 16];
    for n in 0..PACKETS {
        let mut packet = [0; 16];
        channel.pass(n).for_each(|delivery| delivery.damage(&mut packet));
        flipped[packet.iter().map(|byte| byte.count_ones() as usize).sum::<usize>()] += 1;
        places.iter_mut().zip(packet).for_each(|(place, byte)| *place |= byte);
    }
    assert_eq!(flipped, [PACKETS - channel.tally().corrupted, 0, 0, channel.tally().corrupted]);
    assert!(as_expected(channel.tally().corrupted, PACKETS, 0.1), "{flipped:?}");
    assert_eq!(places, [0xff; 16], "every bit has its turn");
}

#[test]
fn damage_of_short_packets_ends() {
    let corrupt = Corrupt { share: Probability::ALWAYS, bits: 100 };
    let delivery = Channel::with(1, Impairment { corrupt, ..Impairment::default() }).pass(0).next().unwrap();
    let mut byte = [0x0f];
    delivery.damage(&mut byte);
    assert_eq!(byte, [0xf0]);
    delivery.damage(&mut []);
}

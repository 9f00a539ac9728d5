//! Figures from round trips.

use super::*;

fn ms(n: u64) -> Duration {
    Duration::from_millis(n)
}

fn times(rtts: &[u64]) -> Times {
    let mut times = Times::default();
    rtts.iter().for_each(|rtt| times.add(ms(*rtt)));
    times
}

#[test]
fn least_mean_most_and_jitter() {
    let times = times(&[10, 14, 12, 12]);
    assert_eq!((times.least(), times.mean(), times.most()), (ms(10), ms(12), ms(14)));
    assert_eq!(times.jitter(), Some(ms(2)));
}

#[test]
fn one_reply_has_no_jitter_and_none_has_no_mean() {
    assert_eq!(times(&[7]).jitter(), None);
    assert_eq!((times(&[]).mean(), times(&[]).jitter()), (Duration::ZERO, None));
}

#[test]
fn loss_is_the_share_of_what_was_sent() {
    let tally = |sent, rtts| Tally { sent, times: times(rtts), ..Tally::default() };
    let losses = [tally(4, &[1]), tally(4, &[]), tally(2, &[1, 1]), tally(0, &[])].map(|tally| (tally.loss() * 100.0).round());
    assert!(losses.iter().eq(&[75.0, 100.0, 0.0, 0.0]), "{losses:?}");
}

#[test]
fn packets_are_found_by_their_number() {
    let mut packets = Packets::default();
    packets.pop();
    let now = Instant::now();
    for n in 0..3 {
        packets.push(Packet { sent: now + ms(n), fate: Fate::Waiting });
    }
    assert_eq!(packets.get_mut(2).unwrap().sent, now + ms(2));
    packets.pop();
    assert_eq!((packets.len(), packets.get_mut(2)), (2, None));
    assert_eq!(packets.iter().count(), 2);
}

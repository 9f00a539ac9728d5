use super::*;
use crate::measure::recent::{KEPT, Recent, quantile, spread};

const MS: u64 = 1_000_000;
const SECOND: u64 = 1_000 * MS;

/// Chance from a seed (splitmix64): a share from 0 to 1.
struct Seeded(u64);

impl Seeded {
    fn share(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) as f64 / 2.0_f64.powi(64)
    }
}

/// What chance adds to a round trip, in nanoseconds.
#[derive(Debug, Clone, Copy)]
enum Noise {
    /// So much up or down of the middle; a round trip has a least, and this is on top of it.
    Uniform(f64),
    /// So much on average, with a long tail.
    Exponential(f64),
    /// Little, and once in a hundred so much.
    Spikes(f64),
}

impl Noise {
    fn of(self, chance: &mut Seeded) -> f64 {
        match self {
            Self::Uniform(most) => chance.share() * 2.0 * most,
            Self::Exponential(mean) => -mean * (1.0 - chance.share()).ln(),
            Self::Spikes(most) if chance.share() < 0.01 => chance.share() * most,
            Self::Spikes(_) => chance.share() * 50_000.0,
        }
    }
}

/// A link that is measured every `interval`, a second after the other.
struct Link {
    watch: Watch,
    recent: Recent,
    ends: Vec<u64>,
    chance: Seeded,
    noise: Noise,
    interval: u64,
}

impl Link {
    fn new(seed: u64, noise: Noise, interval_ms: u64) -> Self {
        let recent = Recent::default();
        Self { watch: Watch::default(), recent, ends: vec![0], chance: Seeded(seed), noise, interval: interval_ms * MS }
    }

    /// Runs for so many seconds and returns what moved, and after how many of them.
    fn run(&mut self, seconds: u64, rtt: u64) -> Vec<(u64, Shift)> {
        (1..=seconds).filter_map(|second| Some((second, self.second(rtt)?))).collect()
    }

    fn second(&mut self, rtt: u64) -> Option<Shift> {
        for _ in 0..(SECOND / self.interval).max(1) {
            let noise = self.noise.of(&mut self.chance);
            self.recent.push((rtt as f64 + noise) as u64);
        }
        let number = self.ends.len();
        let from = self.ends[number.saturating_sub(RECENT_SECONDS as usize)];
        self.ends.push(self.recent.pushed());
        let from = from.min(self.recent.pushed().saturating_sub(FEWEST as u64));
        let mut scratch = [0.0; KEPT];
        let samples = self.recent.since(from, &mut scratch);
        let median = quantile(samples, 0.5)?;
        let count = samples.len();
        let spread = spread(samples, median)?;
        self.watch.observe(Moment(number as u64 * SECOND), Recently { median, spread, samples: count })
    }
}

const NOISES: [Noise; 6] = [
    Noise::Uniform(2e6),
    Noise::Uniform(20e3),
    Noise::Exponential(2e6),
    Noise::Exponential(300e3),
    Noise::Spikes(300e6),
    Noise::Spikes(2e6),
];

const ROUND_TRIPS: [u64; 5] = [MS / 10, MS, 5 * MS, 30 * MS, 100 * MS];

#[test]
fn an_hour_of_chance_is_no_move() {
    for (number, noise) in NOISES.into_iter().enumerate() {
        for (other, rtt) in ROUND_TRIPS.into_iter().enumerate() {
            for interval in [50, 1_000] {
                let mut link = Link::new(number as u64 * 97 + other as u64, noise, interval);
                assert_eq!(link.run(3_600, rtt), [], "{noise:?}, {rtt} ns, {interval} ms");
                assert_eq!(link.watch.lasting(), None);
            }
        }
    }
}

#[test]
fn five_milliseconds_are_seen_within_ten_seconds_once_and_so_is_their_end() {
    for noise in NOISES {
        for rtt in ROUND_TRIPS {
            for seed in 0..12 {
                let mut link = Link::new(seed, noise, 50);
                assert_eq!(link.run(60 + seed * 7, rtt), []);
                let rise = link.run(100, rtt + 5 * MS);
                let [(after, shift)] = rise[..] else { panic!("{noise:?}, {rtt} ns, seed {seed}: {rise:?}") };
                assert!(after < 10 && shift.is_rise(), "{after} s");
                let by = (shift.to - shift.from).as_nanos() as i128;
                assert!((by - 5_000_000).abs() < 1_500_000, "{noise:?}, {rtt} ns: {shift:?}");
                assert_eq!(link.watch.lasting().map(|lasting| lasting.since), Some(shift.since));

                let fall = link.run(100, rtt);
                let [(after, shift)] = fall[..] else { panic!("{noise:?}, {rtt} ns, seed {seed}: {fall:?}") };
                assert!(after < 10 && !shift.is_rise(), "{after} s");
                assert_eq!(link.watch.lasting(), None);
            }
        }
    }
}

#[test]
fn it_says_since_when() {
    let mut link = Link::new(1, Noise::Uniform(100e3), 50);
    link.run(60, 20 * MS);
    let rise = link.run(30, 30 * MS);
    let began = rise[0].1.since.0 / SECOND;
    assert!((61..=64).contains(&began), "{began}");
}

#[test]
fn a_shorter_way_is_a_fall() {
    let mut link = Link::new(1, Noise::Uniform(500e3), 50);
    link.run(60, 20 * MS);
    let fall = link.run(20, 10 * MS);
    assert!(fall.len() == 1 && !fall[0].1.is_rise(), "{fall:?}");
    assert!(link.watch.lasting().is_some_and(|lasting| !lasting.is_rise()));
}

#[test]
fn what_lasts_becomes_normal_and_the_end_of_it_a_move() {
    let mut link = Link::new(1, Noise::Uniform(1e6), 50);
    link.run(600, 20 * MS);
    assert_eq!(link.run(250, 30 * MS).len(), 1);
    assert!(link.watch.lasting().is_some());
    assert_eq!(link.run(100, 30 * MS), []);
    assert_eq!(link.watch.lasting(), None);
    assert!(link.watch.normal().is_some_and(|normal| normal.abs_diff(Duration::from_millis(30)) < Duration::from_millis(1)));
    assert_eq!(link.run(20, 20 * MS).len(), 1);
    assert!(link.watch.lasting().is_some_and(|lasting| !lasting.is_rise()));
}

#[test]
fn short_bursts_are_no_move() {
    let mut link = Link::new(1, Noise::Uniform(1e6), 50);
    link.run(60, 20 * MS);
    for _ in 0..60 {
        assert_eq!(link.run(2, 120 * MS), []);
        assert_eq!(link.run(20, 20 * MS), []);
    }
}

#[test]
fn too_few_samples_say_nothing() {
    let mut watch = Watch::default();
    for second in 0..1_000 {
        let median = if second > 500 { 90e6 } else { 1e6 };
        assert_eq!(watch.observe(Moment(second * SECOND), Recently { median, spread: 0.0, samples: FEWEST - 1 }), None);
    }
    assert_eq!(watch.normal(), None);
}

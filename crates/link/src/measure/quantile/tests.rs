use proptest::prelude::*;

use super::*;

fn of(times: &[u64]) -> Quantiles {
    let mut quantiles = Quantiles::new();
    times.iter().for_each(|time| quantiles.add(*time));
    quantiles
}

#[test]
fn without_times_there_is_nothing_to_say() {
    let none = Quantiles::new();
    assert_eq!((none.quantile(0.5), none.min(), none.max(), none.count()), (None, None, None, 0));
}

#[test]
fn one_time_is_every_quantile_of_itself() {
    for nanos in [0, 1, 63, 64, 99, 100, 1_000_003, HIGHEST, HIGHEST + 1, u64::MAX] {
        let one = of(&[nanos]);
        assert_eq!([0.0, 0.5, 1.0].map(|q| one.quantile(q)), [Some(Duration::from_nanos(nanos)); 3]);
    }
}

#[test]
fn every_bucket_is_the_bucket_of_its_middle_and_they_are_in_order() {
    for bucket in 0..BUCKETS {
        assert_eq!(bucket_of(middle_of(bucket)), bucket);
    }
    assert_eq!((bucket_of(0), bucket_of(u64::MAX)), (0, BUCKETS - 1));
}

#[test]
fn cleared_is_as_new() {
    let mut cleared = of(&[5, 5_000, 5_000_000]);
    cleared.clear();
    assert_eq!(cleared, Quantiles::new());
}

/// Round trips of several kinds: on one switch, across a country, with a long tail, anything between 100 ns and 100 s.
fn times() -> impl Strategy<Value = Vec<u64>> {
    let one = prop_oneof![
        prop::collection::vec(20_000_u64..60_000, 1..600),
        prop::collection::vec(79_000_000_u64..81_000_000, 1..600),
        prop::collection::vec((0.0_f64..1.0).prop_map(|u| 1_000_000 + (-200_000.0 * (1.0 - u).ln()) as u64), 1..600),
        prop::collection::vec((0.0_f64..9.0).prop_map(|tens| 10.0_f64.powf(2.0 + tens) as u64), 1..600),
    ];
    prop_oneof![4 => one.clone(), 1 => (one.clone(), one).prop_map(|(a, b)| [a, b].concat())]
}

proptest! {
    #[test]
    fn quantiles_are_within_one_percent(times in times(), q in 0.0_f64..=1.0) {
        let quantiles = of(&times);
        let mut sorted = times;
        sorted.sort_unstable();
        for q in [q, 0.5, 0.9, 0.99] {
            let exact = sorted[((q * sorted.len() as f64).ceil() as usize).max(1) - 1] as f64;
            let told = quantiles.quantile(q).unwrap().as_nanos() as f64;
            prop_assert!((told - exact).abs() <= exact * 0.008, "{q}: {told} for {exact}");
        }
        prop_assert_eq!(quantiles.min(), sorted.first().map(|nanos| Duration::from_nanos(*nanos)));
        prop_assert_eq!(quantiles.max(), sorted.last().map(|nanos| Duration::from_nanos(*nanos)));
    }

    #[test]
    fn the_sum_of_two_is_that_of_all(a in times(), b in times()) {
        let mut sum = of(&a);
        sum.merge(&of(&b));
        prop_assert_eq!(sum, of(&[a, b].concat()));
    }

    #[test]
    fn it_takes_any_time(times in prop::collection::vec(any::<u64>(), 1..100), q in any::<f64>()) {
        let quantiles = of(&times);
        let told = quantiles.quantile(q).unwrap();
        prop_assert!(quantiles.min().unwrap() <= told && told <= quantiles.max().unwrap());
        prop_assert_eq!(quantiles.count(), times.len() as u64);
    }
}

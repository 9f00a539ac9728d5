use proptest::prelude::*;

use super::*;

#[test]
fn a_median_is_the_lower_of_the_middle_ones() {
    assert_eq!(quantile(&mut [], 0.5), None);
    assert_eq!(quantile(&mut [4.0, 1.0, 3.0, 2.0], 0.5), Some(2.0));
    assert_eq!(quantile(&mut [4.0, 1.0, 3.0, 2.0], 1.0), Some(4.0));
    assert_eq!(spread(&mut [10.0, 11.0, 12.0, 99.0, 9.0], 11.0), Some(1.0));
}

proptest! {
    #[test]
    fn it_keeps_the_last_ones(count in 0_u64..6_000, from in 0_u64..7_000) {
        let mut recent = Recent::default();
        (0..count).for_each(|nanos| recent.push(nanos));
        let mut scratch = [0.0; KEPT];
        let kept: Vec<u64> = recent.since(from, &mut scratch).iter().map(|nanos| *nanos as u64).collect();
        let expected: Vec<u64> = (from.max(count.saturating_sub(KEPT as u64))..count).collect();
        prop_assert_eq!(kept, expected);
    }

    #[test]
    fn quantiles_are_those_of_the_sorted(mut samples in prop::collection::vec(0.0_f32..1e9, 1..500), q in 0.0_f64..=1.0) {
        let told = quantile(&mut samples, q).unwrap();
        samples.sort_by(f32::total_cmp);
        prop_assert_eq!(told, samples[((q * samples.len() as f64).ceil() as usize).max(1) - 1]);
    }
}

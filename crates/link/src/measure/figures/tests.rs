use super::*;

#[test]
fn a_summary_of_a_hundred() {
    let mut samples: Vec<f32> = (1..=100).rev().map(|number| number as f32 * 1e6).collect();
    let ms = Duration::from_millis;
    let expected = Summary { count: 100, min: ms(1), p50: ms(50), p90: ms(90), p99: ms(99), max: ms(100) };
    assert_eq!(Summary::of_samples(&mut samples), Some(expected));

    let mut all = Quantiles::new();
    samples.iter().for_each(|nanos| all.add(*nanos as u64));
    let told = Summary::of_quantiles(&all).unwrap();
    assert_eq!((told.count, told.min, told.max), (100, ms(1), ms(100)));
    for (near, exact) in [(told.p50, ms(50)), (told.p90, ms(90)), (told.p99, ms(99))] {
        assert!(near.abs_diff(exact) < exact / 100, "{near:?} for {exact:?}");
    }
}

#[test]
fn of_nothing_there_is_no_summary() {
    assert_eq!((Summary::of_samples(&mut []), Summary::of_quantiles(&Quantiles::new())), (None, None));
}

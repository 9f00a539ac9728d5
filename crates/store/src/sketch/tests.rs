use proptest::prelude::*;

use super::*;

fn of(values: &[u64]) -> Sketch {
    let mut sketch = Sketch::default();
    values.iter().for_each(|micros| sketch.add_micros(*micros));
    sketch
}

fn values() -> impl Strategy<Value = Vec<u64>> {
    prop::collection::vec(prop_oneof![1u64..100, 1u64..10_000_000, 1u64..1 << 50], 1..200)
}

#[test]
fn nothing_has_no_median() {
    assert_eq!(Sketch::default().quantile(0.5), None);
}

#[test]
fn the_ends_of_the_scale_are_counted() {
    let sketch = of(&[0, 1, u64::MAX]);
    assert_eq!(sketch.count(), 3);
    assert!(sketch.quantile(0.0).unwrap() <= Duration::from_micros(1));
}

proptest! {
    #[test]
    fn a_quantile_is_within_one_percent(mut values in values(), share in 0.0f64..=1.0) {
        let sketch = of(&values);
        values.sort_unstable();
        let rank = (share * (values.len() - 1) as f64).round() as usize;
        let (exact, found) = (values[rank] as f64, sketch.quantile(share).unwrap().as_secs_f64() * 1e6);
        prop_assert!((found - exact).abs() <= exact * RELATIVE_ERROR + 0.001, "{found} for {exact}");
    }

    #[test]
    fn merged_is_the_sketch_of_all(first in values(), second in values()) {
        let mut merged = of(&first);
        merged.merge(&of(&second));
        prop_assert_eq!(merged, of(&[first, second].concat()));
    }

    #[test]
    fn a_sketch_returns(values in values()) {
        let sketch = of(&values);
        let mut out = Vec::new();
        sketch.write(&mut out);
        prop_assert_eq!(Sketch::read(&mut Bytes::new(&out)), Ok(sketch));
    }

    #[test]
    fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..60)) {
        if let Ok(sketch) = Sketch::read(&mut Bytes::new(&bytes)) {
            let _ = (sketch.count(), sketch.quantile(0.9));
        }
    }
}

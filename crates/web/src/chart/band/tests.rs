use super::*;

const EVEN: Option<Point> = Some(Point { low: 10.0, middle: 20.0, high: 30.0, top: 40.0 });

#[test]
fn runs_are_drawn_apart_and_a_single_bucket_is_seen() {
    let points = [EVEN, EVEN, None, EVEN];
    let band = draw(&points, Some(&Scale::Linear { step: 10.0, lines: 4 }), 4);
    assert_eq!(band.median, "M0 100L90 100L270 100L360 100M540 100L630 100L720 100");
    assert_eq!(band.inner, "M0 50L90 50L270 50L360 50L360 150L270 150L90 150L0 150zM540 50L630 50L720 50L720 150L630 150L540 150z");
    assert!(band.outer.starts_with("M0 0L90 0") && band.outer.contains("L360 50L270 50"), "{}", band.outer);
}

#[test]
fn where_nothing_answered_nothing_is_drawn() {
    assert_eq!(draw(&[None, None], None, 2), Band::default());
}

#[test]
fn the_quantiles_come_from_the_sketch() {
    let mut sketch = Sketch::default();
    (1..=100).for_each(|ms| sketch.add(Duration::from_millis(ms)));
    let point = Point::of(&sketch).unwrap();
    for (told, true_ms) in [(point.low, 11.0), (point.middle, 50.5), (point.high, 90.0), (point.top, 99.0)] {
        assert!((told / 1_000.0 - true_ms).abs() < 0.03 * true_ms, "{told} is not about {true_ms} ms");
    }
    assert_eq!(Point::of(&Sketch::default()), None);
}

use super::*;

fn point(low: f64, top: f64) -> Option<Point> {
    Some(Point { low, middle: low, high: top, top })
}

#[test]
fn it_is_linear_from_nothing_to_a_round_figure() {
    for (top, step, lines) in [(31_000.0, 10_000.0, 4), (48_000.0, 20_000.0, 3), (100.0, 50.0, 2), (1.0, 1.0, 1), (4_000_000.0, 1e6, 4)] {
        let scale = Scale::over(&[point(top / 2.0, top)]).unwrap();
        assert_eq!(scale, Scale::Linear { step, lines }, "{top}");
        assert!(scale.height(0.0).abs() < 1e-9 && scale.height(top) <= 1.0);
        assert_eq!(scale.lines().len(), lines as usize + 1);
    }
}

#[test]
fn where_a_few_would_flatten_all_others_it_goes_by_powers_of_ten() {
    let scale = Scale::over(&[point(900.0, 1_200.0), None, point(900.0, 4_900_000.0)]).unwrap();
    assert_eq!(scale, Scale::Logarithmic { from: 2, to: 7 });
    assert_eq!(scale.lines(), [1e2, 1e3, 1e4, 1e5, 1e6, 1e7]);
    assert!((scale.height(1e4) - 0.4).abs() < 1e-9);
    assert!(scale.height(0.0).abs() < 1e-9 && scale.height(1e9) <= 1.0, "what lies outside stays inside");
}

#[test]
fn without_points_there_is_none() {
    assert_eq!(Scale::over(&[None, None]), None);
}

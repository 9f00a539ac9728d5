use super::*;

#[test]
fn it_says_nothing_before_it_knows_enough() {
    let mut normal = Normal::default();
    normal.learn(5.0, 1.0);
    normal.learn(6.0, 2.0);
    assert_eq!(normal.median(), None);
    normal.learn(7.0, 3.0);
    assert_eq!((normal.median(), normal.spread()), (Some(6.0), 2.0));
}

#[test]
fn an_hour_later_the_past_is_forgotten() {
    let mut normal = Normal::default();
    (0..KEPT).for_each(|_| normal.learn(5.0, 1.0));
    (0..=KEPT / 2).for_each(|_| normal.learn(9.0, 4.0));
    assert_eq!((normal.median(), normal.spread()), (Some(9.0), 4.0));
}

#[test]
fn what_replaces_it_is_all_there_is() {
    let mut normal = Normal::default();
    (0..100).for_each(|_| normal.learn(5.0, 1.0));
    normal.replace(&[(7.0, 2.0), (8.0, 2.0), (9.0, 2.0)]);
    assert_eq!((normal.median(), normal.spread()), (Some(8.0), 2.0));
}

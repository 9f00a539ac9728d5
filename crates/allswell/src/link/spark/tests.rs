use super::*;

#[test]
fn the_largest_is_the_highest_and_little_is_more_than_nothing() {
    assert_eq!(line([Some(0.0), Some(1.0), Some(4.0), Some(8.0), None].into_iter(), 0.0), "▁▂▅█·");
    assert_eq!(line([Some(0.001), Some(1.0)].into_iter(), 0.0), "▂█");
}

#[test]
fn a_little_loss_does_not_look_like_a_large_one() {
    assert_eq!(line([Some(0.0), Some(0.01)].into_iter(), 0.1), "▁▂");
    assert_eq!(line([Some(0.0), Some(0.0)].into_iter(), 0.0), "▁▁");
}

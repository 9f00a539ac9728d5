use super::*;

#[test]
fn a_problem_bears_its_number_and_all_well_a_tick() {
    assert!(draw(Look::Down, 3).contains(">3</text>"));
    assert!(draw(Look::Unknown, 4_000).contains(">99+</text>"));
    assert!(!draw(Look::Up, 9_992).contains("<text"));
    assert_ne!(draw(Look::Down, 3).split("fill").nth(1), draw(Look::Degraded, 3).split("fill").nth(1));
}

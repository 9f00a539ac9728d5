use std::collections::BTreeSet;

use super::*;

#[test]
fn every_state_has_a_look_and_down_says_which_way_still_works() {
    for state in LinkState::ALL {
        let look = LinkLook::of(state, None, None);
        assert_eq!(
            look.is_trouble(),
            matches!(look, LinkLook::Down | LinkLook::Degraded | LinkLook::PeerStalled | LinkLook::SelfStalled),
            "{state:?}"
        );
    }
    let down = |there, back| LinkLook::of(LinkState::Down, there, back);
    assert_eq!(down(Some(1.0), Some(1.0)), LinkLook::Down);
    assert_eq!(down(None, None), LinkLook::Down);
    assert_eq!(down(Some(1.0), Some(0.1)), LinkLook::OnlyBack);
    assert_eq!(down(Some(0.0), None), LinkLook::OnlyThere);
    assert_eq!(LinkLook::of(LinkState::Up, Some(1.0), Some(0.0)), LinkLook::Up, "what is up is not judged anew");
}

#[test]
fn all_are_there_once_the_worst_first_each_with_a_shape_of_its_own() {
    assert!(LinkLook::ALL.is_sorted_by(|a, b| a > b));
    let shapes: BTreeSet<_> = LinkLook::ALL.iter().map(|look| look.code()).collect();
    assert_eq!(shapes.len(), LinkLook::ALL.len());
}

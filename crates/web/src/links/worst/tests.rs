use super::*;
use crate::sample::NOW;
use crate::sample::mesh::{many, mesh};

#[test]
fn the_worst_come_first_and_none_that_is_well_with_them() {
    let worst = Worst::of(&mesh("rack_down", NOW), NOW);
    assert!(worst.troubled && worst.lines.len() > 10);
    let looks: Vec<LinkLook> = worst.lines.iter().map(|line| line.look).collect();
    assert!(
        looks.is_sorted_by(|a, b| a >= b)
            && looks.first() == Some(&LinkLook::Down)
            && looks.contains(&LinkLook::Degraded) == (worst.more == 0)
    );
    assert!(worst.lines.iter().all(|line| line.look.is_trouble()));
}

#[test]
fn when_none_is_troubled_a_few_show_how_far_they_are() {
    let worst = Worst::of(&mesh("well", NOW), NOW);
    assert_eq!((worst.troubled, worst.lines.len(), worst.more), (false, CALM, 0));
    assert!(worst.lines[0].said.contains("(normal "), "{}", worst.lines[0].said);
}

#[test]
fn the_list_is_bounded() {
    let worst = Worst::of(&many(40, "podset_down", NOW), NOW);
    assert_eq!(worst.lines.len(), MOST);
    assert!(worst.more > 100);
}

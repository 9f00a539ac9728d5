use super::*;

#[test]
fn a_discovered_target_that_never_answered_is_not_unknown() {
    let marks = BTreeSet::from([Mark::NeverAnswered]);
    assert_eq!(Look::of(Status::Unknown, &marks), Look::NotWatched);
    assert_eq!(Look::of(Status::Unknown, &BTreeSet::new()), Look::Unknown);
    assert_eq!(Look::of(Status::Up, &marks), Look::Up);
}

#[test]
fn the_worst_is_the_most_urgent() {
    let mut counts = Counts::default();
    assert_eq!(counts.worst(), Look::NotWatched);
    for look in [Look::Up, Look::Up, Look::Unknown, Look::Degraded] {
        counts.add(look);
    }
    assert_eq!(counts.worst(), Look::Unknown);
    assert_eq!(counts.total(), 4);
    let told: Vec<_> = counts.present().collect();
    assert_eq!(told, [(Look::Degraded, 1), (Look::Unknown, 1), (Look::Up, 2)]);
}

#[test]
fn every_code_is_found_again() {
    for look in Look::ALL {
        assert_eq!(Look::from_code(look.code()), Some(look));
    }
    assert_eq!(Look::from_code("dwon"), None);
}

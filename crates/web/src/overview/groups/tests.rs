use super::*;

fn counts(parts: &[(Look, usize)]) -> Counts {
    let mut counts = Counts::default();
    for (look, n) in parts {
        (0..*n).for_each(|_| counts.add(*look));
    }
    counts
}

#[test]
fn one_of_ten_thousand_is_still_seen() {
    let shares = shares(&counts(&[(Look::Up, 9_999), (Look::Down, 1)]));
    assert_eq!(shares, [Share { look: Look::Down, from: 0, width: 2 }, Share { look: Look::Up, from: 2, width: 98 }]);
}

#[test]
fn the_bar_is_always_whole() {
    for parts in [&[(Look::Up, 1), (Look::Down, 1), (Look::Degraded, 1)][..], &[(Look::Paused, 7)], &[(Look::Up, 500), (Look::Unknown, 3)]]
    {
        let shares = shares(&counts(parts));
        assert_eq!(shares.iter().map(|share| share.width).sum::<usize>(), 100, "{parts:?}");
    }
}

#[test]
fn those_without_a_group_have_a_line_and_an_address() {
    let group = Group::closed("", &counts(&[(Look::Up, 2), (Look::Unknown, 1)]));
    assert_eq!((group.name.as_str(), group.href.as_str(), group.open_href.as_str()), ("no group", "/?group=%2F", "/?open=%2F"));
    assert_eq!((group.worst, group.total.as_str()), (Look::Unknown, "3"));
    assert_eq!(group.counts, [(Look::Unknown, "1".to_owned()), (Look::Up, "2".to_owned())]);
}

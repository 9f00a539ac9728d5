//! Against a map of the same, under random operations.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;

proptest! {
    #[test]
    fn it_is_a_map_from_links_to_moments(
        steps in proptest::collection::vec((0_usize..12, proptest::option::of(0_u64..50)), 0..60),
        after in 0_usize..14,
        by in 0_u64..60,
    ) {
        let (mut agenda, mut model) = (Agenda::default(), BTreeMap::new());
        for (link, at) in steps {
            agenda.set(link, at.map(Moment));
            match at {
                Some(at) => model.insert(link, at),
                None => model.remove(&link),
            };
        }
        prop_assert_eq!(agenda.first(), model.values().min().copied().map(Moment));
        let first = model.iter().min_by_key(|(_, at)| **at).map(|(link, _)| *link);
        prop_assert_eq!(agenda.first_link(), first);
        let due = model.range(after..).find(|(_, at)| **at <= by).map(|(link, _)| *link);
        prop_assert_eq!(agenda.due(after, Moment(by)), due);
    }
}

#[test]
fn what_is_not_armed_is_never_due() {
    let mut agenda = Agenda::default();
    assert_eq!((agenda.first(), agenda.due(0, NEVER)), (None, None));
    agenda.set(3, None);
    agenda.set(2, Some(Moment(7)));
    agenda.set(2, None);
    assert_eq!((agenda.first(), agenda.due(0, NEVER)), (None, None));
}

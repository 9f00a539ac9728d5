use std::collections::BTreeMap;
use std::time::Duration;

use proptest::prelude::*;

use super::*;

proptest! {
    #[test]
    fn it_gives_what_a_map_would(steps in prop::collection::vec((0_usize..12, prop::option::of(0_u64..40)), 1..200)) {
        let base = Instant::now();
        let mut queue = Queue::default();
        let mut model: BTreeMap<usize, Instant> = BTreeMap::new();
        for (slot, at) in steps {
            match at.map(|at| base + Duration::from_millis(at)) {
                Some(at) => {
                    queue.set(slot, at);
                    model.insert(slot, at);
                }
                None => {
                    queue.unset(slot);
                    model.remove(&slot);
                }
            }
            prop_assert_eq!(queue.first(), model.iter().map(|(slot, at)| (*at, *slot)).min());
            prop_assert_eq!(queue.heap.len(), model.len());
        }
        while let Some((at, slot)) = queue.first() {
            prop_assert_eq!(model.remove(&slot), Some(at));
            prop_assert!(model.values().all(|later| *later >= at));
            queue.unset(slot);
        }
        prop_assert!(model.is_empty());
    }
}

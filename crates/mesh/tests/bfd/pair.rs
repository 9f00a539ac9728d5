//! Two of ours: peers that come, are renamed, go, and come again.

use allswell_mesh::BfdPeer;
use allswell_model::NodeId;
use allswell_model::link::LinkState;
use allswell_testkit::namespace::inside;

use crate::frr::{OURS, PATIENT, cable};
use crate::ours::{Ours, peer};

/// The other end's peer: us.
fn back(family: usize, every_ms: u64) -> BfdPeer {
    BfdPeer { address: OURS[family].parse().unwrap(), ..peer(family, every_ms, PATIENT) }
}

#[test]
fn a_session_outlives_what_does_not_concern_it() {
    inside(|| {
        let other = Ours::start_in(&cable(), vec![back(0, 20), back(1, 20)]);
        let mut ours = Ours::start(vec![peer(0, 20, PATIENT)]);
        ours.await_state(0, LinkState::Up);
        ours.watch(vec![peer(1, 20, PATIENT), peer(0, 20, PATIENT)]);
        ours.await_state(1, LinkState::Up);
        ours.watch(vec![BfdPeer { name: NodeId::new("another").unwrap(), ..peer(1, 20, PATIENT) }, peer(0, 20, PATIENT)]);
        other.hear(1, 20);
        assert_eq!((ours.downs(), other.downs()), (vec![], vec![]));
        assert_eq!(ours.link(0).sessions.len(), 1);
    });
}

#[test]
fn a_peer_that_goes_has_left_and_may_come_again_at_once() {
    inside(|| {
        let other = Ours::start_in(&cable(), vec![back(0, 20)]);
        let mut ours = Ours::start(vec![peer(0, 20, PATIENT)]);
        for round in 0..3 {
            ours.await_state(0, LinkState::Up);
            other.await_state(0, LinkState::Up);
            ours.watch(Vec::new());
            other.await_state(0, LinkState::Left);
            assert_eq!((other.downs().len(), other.link(0).sessions[0].cause), (round + 1, Some("left")));
            ours.watch(vec![peer(0, 20, PATIENT)]);
        }
        drop(ours);
        other.await_state(0, LinkState::Left);
    });
}

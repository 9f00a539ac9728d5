use std::sync::Arc;
use std::time::Duration;

use allswell_model::NodeId;

use super::*;

fn nodes(places: impl IntoIterator<Item = String>) -> Vec<MeshNode> {
    let node = |(n, place): (usize, String)| MeshNode {
        name: NodeId::new(&format!("n{n:04}")).unwrap(),
        location: Arc::from(place),
        heard: None,
        stalls: 0,
        longest_stall: Duration::ZERO,
    };
    places.into_iter().enumerate().map(node).collect()
}

fn keys(nodes: &[MeshNode]) -> Vec<String> {
    zones(&nodes.iter().collect::<Vec<_>>()).into_iter().map(|zone| zone.key).collect()
}

#[test]
fn racks_are_zones_and_podsets_where_racks_are_many() {
    assert_eq!(
        keys(&nodes((0..80).map(|n| format!("pod-{}/rack-{}", n / 40, n / 20)))),
        ["pod-0/rack-0", "pod-0/rack-1", "pod-1/rack-2", "pod-1/rack-3"]
    );
    assert_eq!(keys(&nodes((0..100).map(|n| format!("pod-{}/rack-{n}", n / 50)))), ["pod-0", "pod-1"]);
}

#[test]
fn nodes_of_one_place_are_parted_by_name() {
    let all = nodes((0..90).map(|_| "eu".to_owned()));
    assert_eq!(keys(&all), ["eu (1 of 3)", "eu (2 of 3)", "eu (3 of 3)"]);
    let nowhere = nodes((0..41).map(|_| String::new()));
    assert_eq!(keys(&nowhere), ["/ (1 of 2)", "/ (2 of 2)"]);
}

#[test]
fn every_zone_opens_into_its_own_nodes() {
    let places = (0..300).map(|n| match n % 3 {
        0 => String::new(),
        1 => "eu".to_owned(),
        _ => format!("pod-{}/rack-{n}", n % 2),
    });
    let all = nodes(places);
    let all: Vec<&MeshNode> = all.iter().collect();
    let mut waiting = zones(&all);
    let mut leaves = Vec::new();
    while let Some(zone) = waiting.pop() {
        let found = members(&all, &zone.key);
        assert_eq!(found.len(), zone.members.len(), "{}", zone.key);
        if found.len() <= MOST {
            leaves.extend(found.iter().map(|node| node.name.to_string()));
        } else {
            waiting.extend(zones(&found));
        }
    }
    leaves.sort();
    assert_eq!(leaves, all.iter().map(|node| node.name.to_string()).collect::<Vec<_>>());
}

#[test]
fn what_is_no_zone_has_no_members() {
    let all = nodes(["pod-a/rack-1".to_owned(), "pod-a/rack-10".to_owned()]);
    let all: Vec<&MeshNode> = all.iter().collect();
    assert_eq!(members(&all, "pod-a/rack-1").len(), 1, "not rack-10");
    assert_eq!(["", "/", "pod", "eu (1 of 1)"].map(|key| members(&all, key).len()), [0; 4]);
}

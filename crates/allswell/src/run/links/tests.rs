use super::*;
use allswell_mesh::Peer;

/// How many of so many links tell of being unknown.
fn tell_of_unknown(nodes: u8) -> usize {
    let peer = |n: u8| {
        let name = NodeId::new(&format!("node-{n}")).unwrap();
        Peer { name, location: Arc::from(""), address: SocketAddr::from(([10, 0, 0, n], 8421)) }
    };
    let settings = Settings { peers: (1..nodes).map(peer).collect(), ..Settings::default() };
    let origin = Origin::File { path: "allswell.yaml".to_owned(), line: 1 };
    let targets = targets(&settings, (&Alerting::default(), &origin));
    assert!(targets.iter().all(|target| target.alerting.on.contains(&Status::Down)));
    targets.iter().filter(|target| target.alerting.on.contains(&Status::Unknown)).count()
}

#[test]
fn links_that_take_turns_wake_nobody_while_they_rest() {
    assert_eq!(tell_of_unknown(32), 31, "all pairs are measured");
    // Two strides of the eight neighbours stay.
    assert_eq!(tell_of_unknown(100), 4, "most rest");
}

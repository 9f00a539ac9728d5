use super::*;

fn names(conf: &str, name: &str) -> Vec<String> {
    Conf::read(conf.as_bytes()).candidates(name).iter().map(Name::to_ascii).collect()
}

#[test]
fn servers_stand_in_order_and_take_turns_where_asked() {
    let conf = Conf::read(
        b"nameserver 10.0.0.2\nnameserver fd00::2\nnonsense\nnameserver not-an-address\noptions timeout:3 attempts:4 unknown:7\n",
    );
    let servers: Vec<String> = conf.servers(53, 1).iter().map(ToString::to_string).collect();
    assert_eq!(servers, ["10.0.0.2:53", "[fd00::2]:53"]);
    assert_eq!((conf.timeout, conf.attempts), (Duration::from_secs(3), 4));
    let conf = Conf::read(b"nameserver 10.0.0.2\nnameserver 10.0.0.3\noptions rotate\n");
    assert_eq!(conf.servers(53, 1).first().unwrap().to_string(), "10.0.0.3:53");
}

#[test]
fn without_a_file_this_host_itself_is_asked() {
    let conf = Conf::read(b"");
    assert_eq!(conf.servers(53, 0), [SocketAddr::from(([127, 0, 0, 1], 53))]);
    assert_eq!((conf.timeout, conf.attempts), (Duration::from_secs(5), 2));
    assert_eq!(conf.candidates("db").iter().map(Name::to_ascii).collect::<Vec<_>>(), ["db."]);
}

#[test]
fn silly_patience_is_cut() {
    let conf = Conf::read(b"options timeout:0 attempts:900 ndots:900\n");
    assert_eq!((conf.timeout, conf.attempts, conf.ndots), (Duration::from_secs(1), 5, 15));
}

#[test]
fn the_search_list_goes_first_for_a_name_with_few_dots() {
    const CLUSTER: &str = "search prod.svc.cluster.local svc.cluster.local\noptions ndots:2\n";
    assert_eq!(names(CLUSTER, "db"), ["db.prod.svc.cluster.local.", "db.svc.cluster.local.", "db."]);
    assert_eq!(names(CLUSTER, "Db.Other").last().unwrap(), "db.other.");
    assert_eq!(names(CLUSTER, "a.b.c").first().unwrap(), "a.b.c.");
    assert_eq!(names(CLUSTER, "a.b.c").len(), 3);
    assert_eq!(names(CLUSTER, "db."), ["db."], "a name with its root is looked for as it is");
}

#[test]
fn a_name_that_dns_cannot_hold_has_no_candidates() {
    assert!(names("search example.com\n", &"x".repeat(64)).is_empty());
}

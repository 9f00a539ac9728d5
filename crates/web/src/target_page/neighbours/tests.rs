use std::collections::BTreeSet;

use allswell_model::{DownCause, ProbeResult};

use super::*;
use crate::sample::{NOW, down, target, up};

const NO_MARKS: &BTreeSet<allswell_model::Mark> = &BTreeSet::new();

fn facts<'a>(target: &'a Target, look: Look, last: Option<&'a ProbeResult>) -> Facts<'a> {
    Facts { target, look, since: NOW, marks: NO_MARKS, incident: None, decided: None, last, recent: None }
}

#[test]
fn hosts_and_ports_are_found_in_urls_of_every_kind() {
    for (url, host, port) in [
        ("tcp://10.0.0.5:5432", "10.0.0.5", Some("5432")),
        ("https://user:secret@api.example.com/health?x=1:2", "api.example.com", None),
        ("tcp://[fd00::7]:5432", "fd00::7", Some("5432")),
        ("icmp://fd00::7", "fd00::7", None),
        ("dns://10.0.0.2/api.example.com?type=A", "10.0.0.2", None),
        ("nonsense", "nonsense", None),
        ("", "", None),
    ] {
        assert_eq!(split(authority(url)), (host, port), "{url}");
    }
}

#[test]
fn those_of_one_host_find_each_other_by_name_and_by_address() {
    let (db, ping, ssh, far) = (
        target("prod", "db", "tcp://db1.example.com:5432"),
        target("prod", "ping", "icmp://10.0.0.5"),
        target("prod", "ssh", "tcp://DB1.example.com:22"),
        target("prod", "far", "tcp://10.0.0.50:5432"),
    );
    let last = down(&db.id, DownCause::REFUSED, "refused");
    let elsewhere = ProbeResult { address: Some("10.0.0.50:5432".to_owned()), ..up(&far.id) };
    let own = facts(&db, Look::Down, Some(&last));
    let rows = [own, facts(&ping, Look::Up, None), facts(&ssh, Look::Up, None), facts(&far, Look::Up, Some(&elsewhere))];
    let found = Neighbours::of(&own, rows.into_iter()).unwrap();
    let whats: Vec<_> = found.others.iter().map(|other| (other.what.as_str(), other.name.as_str())).collect();
    assert_eq!(whats, [("tcp", "ping"), (":22", "ssh")], "the protocol of a sample is tcp");
    assert_eq!(found.verdict.as_deref(), Some("The host itself answers: it is this service."));
    assert_eq!(found.host, "db1.example.com");
}

#[test]
fn what_follows_depends_on_all_of_them() {
    let (own, a, b) = (target("", "own", "tcp://h:1"), target("", "a", "tcp://h:2"), target("", "b", "tcp://h:3"));
    for (looks, verdict) in [
        ([Look::Down, Look::Up, Look::Down], Some("Part of what it serves still answers: the host is there.")),
        ([Look::Down, Look::Down, Look::Down], Some("Nothing on this host answers: it is the host, or the way to it.")),
        ([Look::Down, Look::Unknown, Look::Unknown], None),
        ([Look::Up, Look::Down, Look::Up], None),
    ] {
        let rows = [&own, &a, &b].into_iter().zip(looks).map(|(target, look)| facts(target, look, None));
        let found = Neighbours::of(&facts(&own, looks[0], None), rows).unwrap();
        assert_eq!(found.verdict.as_deref(), verdict, "{looks:?}");
    }
    assert_eq!(Neighbours::of(&facts(&own, Look::Up, None), std::iter::empty()), None);
}

#[test]
fn of_many_the_worst_are_named() {
    let targets: Vec<Target> = (0..20).map(|n| target("", &format!("t{n:02}"), &format!("tcp://h:{n}"))).collect();
    let rows = targets.iter().map(|target| facts(target, if &*target.name.name == "t19" { Look::Down } else { Look::Up }, None));
    let found = Neighbours::of(&facts(&targets[0], Look::Up, None), rows).unwrap();
    assert_eq!((found.others.len(), found.others[0].name.as_str()), (12, "t19"));
    assert_eq!(found.more, Some(("7".to_owned(), "/?q=h".to_owned())));
}

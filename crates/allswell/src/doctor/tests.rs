//! Findings from figures that no test host has, and control groups from files of both layouts.

use std::fs;
use std::io;
use std::path::Path;
use std::time::Duration;

use allswell_os::capability::Held;
use allswell_os::clock::{Discipline, Reading};
use allswell_os::file_system::{FileSystem, Kind};
use allswell_os::icmp::Trial;
use allswell_os::limits::Descriptors;
use allswell_store::{OpenError, Survey};

use super::cgroup::{Allowed, Groups, say_memory, say_processors};
use super::finding::{Finding, Level, Where};
use super::icmp::Tried;
use super::*;

fn line(finding: &Finding) -> String {
    lines::text(finding, Paint::Plain)
}

fn refused() -> Trial {
    Trial::Refused(io::Error::from_raw_os_error(allswell_os::errno::EACCES))
}

#[test]
fn echoes_are_told_by_the_ways_that_work() {
    let tried = |datagram, raw, program| Tried { datagram, raw, program };
    let say = |tried: Tried| {
        let finding = icmp::say(&["IPv4"], &tried, Some("1 0"));
        (finding.level, finding.says)
    };
    let all = say(tried(Trial::Answered, Trial::Answered, true));
    assert_eq!(all, (Level::Ok, "IPv4 echoes work by datagram sockets, raw sockets and the system's ping.".to_owned()));
    let one = say(tried(Trial::Answered, refused(), false));
    assert_eq!((one.0, one.1.contains("by datagram sockets (not by raw sockets and the system's ping)")), (Level::Ok, true), "{}", one.1);
    assert_eq!(say(tried(refused(), refused(), true)).0, Level::Note);
    let none = icmp::say(&["IPv4", "IPv6"], &tried(refused(), refused(), false), Some("1 0"));
    assert_eq!(none.level, Level::Trouble);
    let why = "IPv4 and IPv6 echoes are not permitted by any way (net.ipv4.ping_group_range is \"1 0\"; raw sockets need CAP_NET_RAW: Permission denied";
    assert!(none.says.starts_with(why), "{}", none.says);
    let down = || Trial::Refused(io::Error::from_raw_os_error(allswell_os::errno::ENETUNREACH));
    let lo = icmp::say(&["IPv4"], &tried(down(), down(), false), Some("1 0"));
    assert_eq!((lo.level, lo.remedies[0].text.as_str()), (Level::Trouble, "ip link set lo up"), "{}", lo.says);
    let places: Vec<Where> = none.remedies.iter().map(|remedy| remedy.place).collect();
    assert_eq!(places, [Where::Root, Where::Root, Where::Systemd, Where::Kubernetes, Where::Kubernetes]);
    let silent = icmp::say(&["IPv4"], &tried(Trial::Silent, Trial::Silent, false), None);
    assert!(silent.says.contains("a firewall on this host"), "{}", silent.says);
}

#[test]
fn descriptors_are_told_by_what_they_carry() {
    let found = |soft, hard| Descriptors { soft, hard, open: 7 };
    let say = |found, targets| descriptors::say(found, targets);
    let many = say(found(1024, 1_048_576), Some(10_000));
    assert_eq!(
        (many.level, many.says.as_str()),
        (
            Level::Ok,
            "They carry about 1,048,476 targets, should all be under way at once: soft 1,024, hard 1,048,576, 7 open now (allswell raises the soft limit to the hard one itself)."
        )
    );
    let few = say(found(1024, 1024), Some(10_000));
    assert_eq!((few.level, few.remedies[0].text.as_str()), (Level::Trouble, "LimitNOFILE=65536"));
    assert_eq!([say(found(256, 256), None).level, say(found(64, 64), None).level], [Level::Note, Level::Trouble]);
    assert_eq!(say(found(96, 96), Some(1)).level, Level::Trouble, "the program itself has some open");
    assert_eq!(say(found(u64::MAX, u64::MAX), None).says, "No limit: soft unlimited, hard unlimited, 7 open now.");
}

#[test]
fn ports_are_told_by_their_number() {
    assert_eq!(
        descriptors::say_ports(32_768, 60_999).says,
        "28,232 local ports (32768 to 60999): about 470 connections a second to one address and port."
    );
    assert_eq!(
        [(1, 500), (1, 5_000), (1, 50_000)].map(|(a, z)| descriptors::say_ports(a, z).level),
        [Level::Trouble, Level::Note, Level::Ok]
    );
}

#[test]
fn capabilities_are_told_with_what_their_absence_means() {
    let all = capabilities::say(Held { net_raw: true, net_admin: true, net_bind_service: true });
    assert_eq!(all.len(), 1);
    assert_eq!(all[0].says, "In effect: CAP_NET_RAW, CAP_NET_ADMIN and CAP_NET_BIND_SERVICE.");
    let none = capabilities::say(Held { net_raw: false, net_admin: false, net_bind_service: false });
    assert_eq!((none[0].level, none[1].level), (Level::Ok, Level::Note));
    assert!(none[1].says.contains("`mark`"));
}

#[test]
fn resolvers_are_told_with_their_pitfalls() {
    let say = |text: &str, local| resolvers::say(Some(text.as_bytes()), local);
    let empty = say("", false);
    assert_eq!((empty.len(), empty[0].level), (1, Level::Trouble));
    assert_eq!(say("", true)[0].level, Level::Ok);
    assert_eq!(resolvers::say(None, true)[0].level, Level::Trouble);
    let two = say("nameserver 10.0.0.1\nnameserver 10.0.0.2\n", false);
    assert_eq!((two.len(), two[0].says.as_str()), (1, "10.0.0.1 and 10.0.0.2 are asked, in this order."));
    let cluster = say("nameserver 10.96.0.10\nsearch a.svc.cluster.local svc.cluster.local cluster.local\noptions ndots:5\n", false);
    assert_eq!(cluster[1].level, Level::Note);
    assert!(cluster[1].says.contains("fewer than 5 dots") && cluster[1].says.contains("4 questions instead of 1"), "{}", cluster[1].says);
    assert_eq!(say("nameserver 10.0.0.1\nsearch a.example\n", false).len(), 1, "one dot is the usual");
    assert!(say("nameserver 10.0.0.1\nnonsense here\n", false)[1].says.starts_with("1 line is of /etc/resolv.conf not"));
}

#[test]
fn the_clock_is_told_by_who_keeps_it() {
    const NOW: i64 = 1_795_193_657_000_000;
    let told = |synchronised, maximal_error, correction_ppm| Discipline {
        synchronised,
        estimated_error: Duration::from_micros(250),
        maximal_error: Duration::from_millis(maximal_error),
        correction_ppm,
    };
    let level = |told, now| clock::kept(told, now).level;
    assert_eq!(level(told(true, 12, 3.0), NOW), Level::Ok);
    assert_eq!(level(told(true, 1500, 3.0), NOW), Level::Note);
    assert_eq!(level(told(true, 12, -480.0), NOW), Level::Note);
    assert_eq!(level(told(false, 16_000, 0.0), NOW), Level::Note);
    assert_eq!(level(told(true, 12, 3.0), 0), Level::Trouble);
    assert!(clock::kept(told(true, 12, 3.0), 0).says.contains("1970-01-01"));
    let reading = |wall_micros, ms, asleep| Reading {
        wall_micros,
        monotonic: Duration::from_millis(ms),
        boottime: Duration::from_millis(ms) + Duration::from_secs(asleep),
    };
    assert_eq!(clock::even(&reading(NOW, 1000, 0), &reading(NOW + 500_000, 1500, 0)).says, "Wall clock and monotonic clock run alike.");
    let slept = clock::even(&reading(NOW, 1000, 90), &reading(NOW + 500_000, 1500, 90));
    assert!(slept.says.ends_with("This host slept for 90 s since it started."), "{}", slept.says);
    let set = clock::even(&reading(NOW, 1000, 0), &reading(NOW - 2_500_000, 1500, 0));
    assert_eq!((set.level, set.says.contains("set by -3.000 s")), (Level::Note, true), "{}", set.says);
    assert_eq!([clock::say_source("tsc").level, clock::say_source("acpi_pm").level], [Level::Ok, Level::Note]);
}

#[test]
fn room_is_held_against_retention() {
    let found = |free| FileSystem { kind: Kind::Local("ext4"), free, size: 1 << 40, read_only: false };
    let level = |free, at_most| store::room(Path::new("/nowhere/x.db"), &found(free), at_most).level;
    assert_eq!(level(5_000_000_000, Some(2_000_000_000)), Level::Ok);
    assert_eq!(level(1_000_000_000, Some(2_000_000_000)), Level::Note);
    assert_eq!(level(1_000_000, Some(2_000_000_000)), Level::Trouble);
    assert_eq!(level(5_000_000_000, None), Level::Ok);
    let note = store::room(Path::new("/nowhere/x.db"), &found(1_000_000_000), Some(2_000_000_000));
    assert_eq!(note.remedies[0].text, "retention: { at_most: 800MB }");
}

#[test]
fn a_store_is_told_by_its_layout_and_its_holder() {
    let path = Path::new("/s.db");
    let say = |layout, held_by| store::surveyed(path, Ok(Survey { layout, known: 2, held_by }));
    assert_eq!(say(2, None).says, "It has layout 2, which this program knows; nobody holds it.");
    assert_eq!((say(1, None).level, say(3, None).level, say(2, Some(77)).level), (Level::Ok, Level::Trouble, Level::Note));
    assert!(say(2, Some(77)).says.contains("process 77 holds it"));
    let damaged = store::surveyed(path, Err(OpenError::NotAStore { path: path.to_owned() }));
    assert_eq!((damaged.level, damaged.says.starts_with("/s.db is not a store")), (Level::Trouble, true));
}

#[test]
fn the_page_is_told_by_who_reaches_it() {
    let say = |listen: &str, tried, contained| page::say(listen.parse().unwrap(), tried, contained);
    let error = |kind: io::ErrorKind| Err(io::Error::from(kind));
    let inside = say("127.0.0.1:8420", Ok(()), false);
    assert_eq!(
        (inside.level, inside.remedies[0].text.as_str()),
        (Level::Ok, "ssh -L 8420:127.0.0.1:8420 THIS_HOST  # then http://127.0.0.1:8420/")
    );
    assert_eq!(say("127.0.0.1:8420", Ok(()), true).level, Level::Note);
    assert_eq!(say("0.0.0.0:8420", Ok(()), true).level, Level::Ok);
    assert_eq!(say("0.0.0.0:8420", error(io::ErrorKind::AddrInUse), false).level, Level::Note);
    assert_eq!(say("192.0.2.1:8420", error(io::ErrorKind::AddrNotAvailable), false).remedies[0].text, "listen: 0.0.0.0:8420");
    assert_eq!(say("0.0.0.0:80", error(io::ErrorKind::PermissionDenied), false).level, Level::Trouble);
}

#[test]
fn the_table_of_connections_is_told_by_how_full_it_is() {
    let level = |count| network::say_conntrack(count, 1000).map(|finding| finding.level);
    assert_eq!([level(10), level(700), level(950)], [Some(Level::Ok), Some(Level::Note), Some(Level::Trouble)]);
    assert_eq!(network::say_conntrack(0, 0), None);
}

#[test]
fn kernels_are_told_by_what_they_lack() {
    let level = |release| kernel::say(release).level;
    assert_eq!(
        ["6.12.48-1-amd64", "5.18.0", "5.15.0-91-generic", "4.19.0", "next"].map(level),
        [Level::Ok, Level::Ok, Level::Note, Level::Note, Level::Note]
    );
    assert_eq!(kernel::randomness(false).level, Level::Trouble);
    assert_eq!(
        [trust::say(140, &[]).level, trust::say(0, &[]).level, trust::say(3, &["x".to_owned()]).level],
        [Level::Ok, Level::Note, Level::Note]
    );
}

#[test]
fn limits_of_another_process_are_read() {
    let text = "Limit                     Soft Limit           Hard Limit           Units     \nMax open files            1024                 unlimited            files     \n";
    assert_eq!(running::limit(text), Some((1024, u64::MAX)));
    assert_eq!(running::limit("Max cpu time 1 2 seconds"), None);
    let own = running::findings(std::process::id(), Some(1));
    assert_eq!(own.len(), 4);
    assert!(own.iter().all(|finding| finding.topic == "running" && finding.says.starts_with("Of process ")), "{own:?}");
}

fn file(folder: &Path, name: &str, text: &str) {
    let path = folder.join(name);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

#[test]
fn control_groups_of_the_second_layout_count_by_the_narrowest() {
    let folder = tempfile::tempdir().unwrap();
    file(folder.path(), "cgroup.controllers", "cpu memory");
    file(folder.path(), "a/memory.max", "500000000\n");
    file(folder.path(), "a/b/memory.max", "max\n");
    file(folder.path(), "a/b/memory.events", "low 0\nhigh 0\nmax 9\noom 2\noom_kill 3\n");
    file(folder.path(), "a/cpu.max", "50000 100000\n");
    file(folder.path(), "a/b/cpu.max", "max 100000\n");
    file(folder.path(), "a/b/cpu.stat", "usage_usec 5\nnr_periods 9\nnr_throttled 4\nthrottled_usec 2500000\n");
    let groups = Groups { mount: folder.path().to_owned(), own: "0::/a/b\n".to_owned() };
    let allowed = groups.allowed();
    assert_eq!(allowed, Allowed { memory: Some(500_000_000), processors: Some(0.5), throttled: 4, throttled_us: 2_500_000, killed: 3 });
    let says = say_processors(&allowed).says;
    assert!(says.contains("stopped 4 times for 2.5 s") && says.contains("allows 0.50"), "{says}");
    assert_eq!(say_memory(&allowed, None, Some(100)).level, Level::Note, "something was killed");
    assert_eq!(say_memory(&allowed, Some(10_000_000), Some(100)).level, Level::Trouble);
    assert_eq!(say_memory(&Allowed::default(), Some(1 << 32), Some(10_000)).level, Level::Ok);
    let large = say_memory(&Allowed { memory: Some(100_000_000), ..Allowed::default() }, None, Some(10_000));
    assert_eq!((large.level, large.remedies[0].text.as_str()), (Level::Trouble, "MemoryMax=240M"));
}

#[test]
fn control_groups_of_the_first_layout_are_read_by_controller() {
    let folder = tempfile::tempdir().unwrap();
    file(folder.path(), "memory/m/memory.limit_in_bytes", "300000000\n");
    file(folder.path(), "memory/memory.limit_in_bytes", "9223372036854771712\n");
    file(folder.path(), "memory/m/memory.oom_control", "oom_kill_disable 0\nunder_oom 0\noom_kill 1\n");
    file(folder.path(), "cpu/c/cpu.cfs_quota_us", "-1\n");
    file(folder.path(), "cpu/cpu.cfs_quota_us", "200000\n");
    file(folder.path(), "cpu/cpu.cfs_period_us", "100000\n");
    file(folder.path(), "cpu/c/cpu.stat", "nr_periods 1\nnr_throttled 2\nthrottled_time 7000\n");
    let own = "4:memory:/m\n1:cpu,cpuacct:/c\n0::/\n".to_owned();
    let allowed = Groups { mount: folder.path().to_owned(), own }.allowed();
    assert_eq!(allowed, Allowed { memory: Some(300_000_000), processors: Some(2.0), throttled: 2, throttled_us: 7, killed: 1 });
    let nothing = Groups { mount: folder.path().join("none"), own: String::new() }.allowed();
    assert_eq!(nothing, Allowed::default());
}

#[test]
fn lines_carry_word_topic_sentence_and_remedies() {
    let finding =
        Finding::trouble("store", "It \u{1b}[2J fails.").remedy(Where::Systemd, "StateDirectory=allswell").figure("free_bytes", 7);
    assert_eq!(
        line(&finding),
        "trouble  store          It \\u{1b}[2J fails.\n                        systemd:       StateDirectory=allswell\n"
    );
    let json = r#"{"topic":"store","level":"trouble","says":"It \u001b[2J fails.","remedies":[{"where":"systemd","do":"StateDirectory=allswell"}],"figures":{"free_bytes":7}}"#;
    assert_eq!(lines::json(&finding), format!("{json}\n"));
    let findings = [finding, Finding::note("x", "y")];
    assert_eq!(lines::summary(&findings, Paint::Plain), "1 trouble is in the way (1 note)\n");
    assert_eq!(lines::summary(&[], Paint::Plain), "Nothing is in the way (nothing to note)\n");
}

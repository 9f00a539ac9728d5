//! `allswell doctor` on hosts that the tests make worse.

use std::fs;
use std::net::{TcpListener, UdpSocket};
use std::path::Path;
use std::process::{Command, Output};
use std::time::Duration;

use allswell_testkit::namespace::inside;
use allswell_testkit::namespace::space::Space;
use rustix::mount::mount_bind;
use serde_json::Value;

use crate::{allswell, stderr, stdout};

/// One finding.
struct Found(Value);

impl Found {
    fn topic(&self) -> &str {
        self.0["topic"].as_str().unwrap()
    }

    fn level(&self) -> &str {
        self.0["level"].as_str().unwrap()
    }

    fn says(&self) -> &str {
        self.0["says"].as_str().unwrap()
    }

    fn remedies(&self) -> String {
        self.0["remedies"].to_string()
    }
}

fn found(output: &Output) -> Vec<Found> {
    assert!(output.stderr.is_empty(), "{}", stderr(output));
    let lines: Vec<Found> = stdout(output).lines().map(|line| Found(serde_json::from_str(line).unwrap())).collect();
    assert!(lines.len() > 10, "{}", stdout(output));
    let troubled = lines.iter().any(|found| found.level() == "trouble");
    assert_eq!(output.status.code(), Some(i32::from(troubled)), "{}", stdout(output));
    lines
}

fn examined(folder: &Path, more: &[&str]) -> Vec<Found> {
    found(&allswell(folder).args(["doctor", "--json"]).args(more).output().unwrap())
}

fn about<'a>(lines: &'a [Found], topic: &str) -> Vec<&'a Found> {
    lines.iter().filter(|found| found.topic() == topic).collect()
}

/// A host that resolves by a server of its own, as the tests' namespaces have no other.
fn resolve_by(folder: &Path, text: &str) {
    let file = folder.join("resolv.conf");
    fs::write(&file, text).unwrap();
    mount_bind(&file, "/etc/resolv.conf").unwrap();
}

/// Runs it under `setpriv(1)` without these capabilities, which root would get back otherwise.
fn without(folder: &Path, capabilities: &str) -> Vec<Found> {
    let mut command = Command::new("setpriv");
    command.args([&format!("--bounding-set={capabilities}"), "--", env!("CARGO_BIN_EXE_allswell"), "doctor", "--json"]);
    found(&command.current_dir(folder).env("HOME", folder).output().unwrap())
}

#[test]
fn echoes_are_found_by_trying() {
    inside(|| {
        let folder = tempfile::tempdir().unwrap();
        resolve_by(folder.path(), "nameserver 127.0.0.53\n");
        // In a new network namespace no group may.
        let privileged = examined(folder.path(), &[]);
        let four = about(&privileged, "icmp")[0];
        assert!(
            four.level() == "ok" && four.says().contains("raw sockets") && four.says().contains("(not by datagram sockets)"),
            "{}",
            four.says()
        );

        let bare = without(folder.path(), "-all");
        for four in about(&bare, "icmp") {
            assert_eq!(four.level(), "trouble", "{}", four.says());
            assert!(four.says().contains("net.ipv4.ping_group_range is \""), "{}", four.says());
            for remedy in ["sysctl -w net.ipv4.ping_group_range", "setcap cap_net_raw+ep", "AmbientCapabilities=CAP_NET_RAW", "NET_RAW"] {
                assert!(four.remedies().contains(remedy), "{remedy}: {}", four.remedies());
            }
        }
        let held = about(&bare, "capabilities");
        assert!(held[0].says().starts_with("None is in effect") && held[1].says().contains("`mark`"), "{}", held[0].says());

        Space::own().sysctl("net.ipv4.ping_group_range", "0 0");
        let permitted = without(folder.path(), "-all");
        for family in about(&permitted, "icmp") {
            assert!(family.level() == "ok" && family.says().contains("work by datagram sockets"), "{}", family.says());
        }
    });
}

#[test]
fn a_firewall_that_drops_echoes_is_told_from_a_lack_of_permission() {
    inside(|| {
        let folder = tempfile::tempdir().unwrap();
        Space::own().sysctl("net.ipv4.ping_group_range", "0 0");
        Space::own()
            .nft("add table ip t\nadd chain ip t i { type filter hook input priority 0; }\nadd rule ip t i ip protocol icmp drop\n");
        let lines = examined(folder.path(), &[]);
        let four = about(&lines, "icmp")[0];
        assert!(four.level() == "trouble" && four.says().contains("a firewall on this host drops them"), "{}", four.says());
    });
}

#[test]
fn few_descriptors_are_held_against_the_targets() {
    let folder = tempfile::tempdir().unwrap();
    let targets: String = (1..=1000).map(|n| format!("  - {{ name: t{n}, url: 'tcp://127.0.0.1:{n}' }}\n")).collect();
    fs::write(folder.path().join("allswell.yaml"), format!("listen: 127.0.0.1:0\nstore: h\ntargets:\n{targets}")).unwrap();
    for (limit, level) in [(1024, "trouble"), (4096, "ok")] {
        let script = format!("ulimit -n {limit}; exec \"$0\" doctor --json");
        let lines =
            found(&Command::new("sh").args(["-c", &script, env!("CARGO_BIN_EXE_allswell")]).current_dir(folder.path()).output().unwrap());
        let descriptors = about(&lines, "descriptors")[0];
        assert_eq!(descriptors.level(), level, "{}", descriptors.says());
        assert_eq!(descriptors.0["figures"]["hard"], limit);
        assert_eq!(descriptors.remedies().contains("LimitNOFILE=65536"), level == "trouble");
    }
}

#[test]
fn a_folder_that_cannot_be_written_is_told_with_why() {
    inside(|| {
        let folder = tempfile::tempdir().unwrap();
        let state = folder.path().join("state");
        fs::create_dir(&state).unwrap();
        let mounted = Command::new("mount").args(["-t", "tmpfs", "-o", "ro", "none"]).arg(&state).status().unwrap();
        assert!(mounted.success());
        let store = state.join("allswell.db");
        let lines = examined(folder.path(), &["--store", store.to_str().unwrap()]);
        let written = about(&lines, "store")[0];
        assert!(written.level() == "trouble" && written.says().contains("Read-only file system"), "{}", written.says());
        assert!(written.remedies().contains("StateDirectory=allswell"), "{}", written.remedies());
        assert!(about(&lines, "store")[1].says().contains("tmpfs: the history is gone when this host restarts"));
    });
}

#[test]
fn resolvers_are_told_and_asked_only_when_wanted() {
    inside(|| {
        let folder = tempfile::tempdir().unwrap();
        let resolver = UdpSocket::bind("127.0.0.53:53").unwrap();
        resolver.set_nonblocking(true).unwrap();
        resolve_by(folder.path(), "");
        let nobody = examined(folder.path(), &[]);
        assert_eq!(about(&nobody, "resolvers")[0].level(), "trouble", "{}", about(&nobody, "resolvers")[0].says());
        resolve_by(folder.path(), "nameserver 127.0.0.53\nsearch a.example b.example\noptions ndots:5\n");
        let told = examined(folder.path(), &[]);
        let [who, detours] = about(&told, "resolvers")[..] else { panic!() };
        assert_eq!((who.level(), who.says()), ("ok", "127.0.0.53 alone is asked: names hang on it."));
        assert!(detours.level() == "note" && detours.says().contains("3 questions instead of 1"), "{}", detours.says());
        let unasked = resolver.recv_from(&mut [0; 512]).unwrap_err();
        assert_eq!(unasked.kind(), std::io::ErrorKind::WouldBlock, "nothing is sent unasked");

        // It hears the question and says nothing.
        let asked = examined(folder.path(), &["--ask"]);
        let answer = about(&asked, "resolvers")[2];
        assert!(answer.level() == "trouble" && answer.says().starts_with("127.0.0.53:53 does not answer"), "{}", answer.says());
        resolver.set_nonblocking(false).unwrap();
        resolver.set_read_timeout(Some(Duration::from_secs(5))).unwrap();
        let mut question = [0; 512];
        let (length, _) = resolver.recv_from(&mut question).unwrap();
        assert_eq!(question[12..length].first(), Some(&0), "the root's name, and no other");
    });
}

#[test]
fn what_is_sent_stays_on_this_host() {
    inside(|| {
        let folder = tempfile::tempdir().unwrap();
        // Whatever would leave goes through here and is counted.
        Space::own().ip("link add out0 type veth peer name in0\nlink set out0 up\nlink set in0 up\naddr add 192.0.2.1/24 dev out0\nroute add default via 192.0.2.254\n");
        resolve_by(folder.path(), "nameserver 192.0.2.53\n");
        Space::own().nft("add table ip t\nadd counter ip t away\nadd chain ip t o { type filter hook output priority 0; }\nadd rule ip t o oifname != \"lo\" counter name away\n");
        let counted = || stdout(&Command::new("nft").args(["list", "counter", "ip", "t", "away"]).output().unwrap());
        examined(folder.path(), &[]);
        assert!(counted().contains("packets 0 "), "{}", counted());
        UdpSocket::bind("192.0.2.1:0").unwrap().send_to(b"x", "192.0.2.53:53").unwrap();
        assert!(counted().contains("packets 1 "), "it counts: {}", counted());
    });
}

#[test]
fn the_page_and_the_mistakes_of_the_configuration_are_told() {
    inside(|| {
        let folder = tempfile::tempdir().unwrap();
        let taken = TcpListener::bind("127.0.0.1:0").unwrap();
        let write = |text: String| fs::write(folder.path().join("allswell.yaml"), text).unwrap();
        write(format!("listen: {}\ntargets:\n  - url: 'tcp://127.0.0.1:1'\n", taken.local_addr().unwrap()));
        let lines = examined(folder.path(), &[]);
        assert!(about(&lines, "configuration")[0].says().contains("allswell.yaml has no mistakes: 1 target"));
        assert!(about(&lines, "page")[0].says().contains("is taken"), "{}", about(&lines, "page")[0].says());

        write("listen: 192.0.2.9:8420\n".into());
        assert!(about(&examined(folder.path(), &[]), "page")[0].says().contains("is no address of this host"));

        write("listen: 0.0.0.0:0\n".into());
        let open = examined(folder.path(), &[]);
        let said: Vec<&str> = about(&open, "page").iter().map(|found| found.says()).collect();
        assert!(
            said.len() == 3 && said[1].contains("served in the clear") && said[2].contains("Nobody is named under `access`"),
            "{said:?}"
        );

        write("lissen: 1\ntargets:\n  - url: 'tcp://127.0.0.1:70000'\n".into());
        let wrong = about(&examined(folder.path(), &[]), "configuration")[0].0.clone();
        assert_eq!((wrong["level"].as_str(), &wrong["figures"]["mistakes"]), (Some("trouble"), &2.into()), "{wrong}");
    });
}

#[test]
fn ports_and_ipv6_are_told() {
    inside(|| {
        let folder = tempfile::tempdir().unwrap();
        Space::own().sysctl("net.ipv4.ip_local_port_range", "40000 40499");
        let lines = examined(folder.path(), &[]);
        assert_eq!((about(&lines, "ports")[0].level(), &about(&lines, "ports")[0].0["figures"]["first"]), ("trouble", &40_000.into()));
        assert!(about(&lines, "ipv6")[0].says().starts_with("Only the loopback"), "{}", about(&lines, "ipv6")[0].says());
        assert_eq!(about(&lines, "icmp")[0].0["figures"]["families"], serde_json::json!(["IPv4", "IPv6"]), "they do not differ");
        Space::own().sysctl("net.ipv6.conf.all.disable_ipv6", "1");
        let lines = examined(folder.path(), &[]);
        assert!(about(&lines, "ipv6")[0].says().contains("switched off"), "{}", about(&lines, "ipv6")[0].says());
        assert_eq!(about(&lines, "icmp")[0].0["figures"]["families"], serde_json::json!(["IPv4"]), "what is not there is not tried");
    });
}

#[test]
fn people_read_lines_and_a_count() {
    let folder = tempfile::tempdir().unwrap();
    let output = allswell(folder.path()).arg("doctor").output().unwrap();
    let text = stdout(&output);
    assert!(text.starts_with("ok       configuration  There is no ./allswell.yaml"), "{text}");
    assert!(text.lines().last().unwrap().contains(" in the way ("), "{text}");
    let words = ["ok       ", "note     ", "trouble  ", "         "];
    assert!(text.lines().rev().skip(1).all(|line| words.iter().any(|word| line.starts_with(word))), "{text}");
}

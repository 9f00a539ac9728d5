//! By which ways echoes can be sent, each tried on this host's own loopback.

use std::io;
use std::process::{Command, Stdio};

use allswell_os::errno;
use allswell_os::icmp::{Family, Kind, Trial, try_loopback};

use super::finding::{Finding, Where};
use super::proc;

const TOPIC: &str = "icmp";

/// Whose sockets `net.ipv4.ping_group_range` allows; it holds for both families.
const RANGE: &str = "/proc/sys/net/ipv4/ping_group_range";

/// What was tried of one family.
#[derive(Debug)]
pub(crate) struct Tried {
    pub(crate) datagram: Trial,
    pub(crate) raw: Trial,
    pub(crate) program: bool,
}

/// Tries all ways of a family; sends to nobody but the loopback.
fn attempt(family: Family) -> Tried {
    Tried { datagram: try_loopback(family, Kind::Datagram), raw: try_loopback(family, Kind::Raw), program: program_answers(family) }
}

/// The system's `ping` may have a permission that we lack. It waits one second at most.
fn program_answers(family: Family) -> bool {
    let (option, to) = match family {
        Family::V4 => ("-4", "127.0.0.1"),
        Family::V6 => ("-6", "::1"),
    };
    let mut ping = Command::new("ping");
    ping.args(["-n", option, "-c", "1", "-W", "1", "-q", "--", to]);
    ping.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok_and(|status| status.success())
}

/// What to say of both families, together where they do not differ. Without IPv6 on this host nothing is said of it here.
pub(crate) fn findings(ipv6: bool) -> Vec<Finding> {
    let range = proc::text(RANGE).map(|range| range.split_ascii_whitespace().collect::<Vec<_>>().join(" "));
    let range = range.as_deref();
    let four = attempt(Family::V4);
    let six = ipv6.then(|| attempt(Family::V6));
    match six {
        None => vec![say(&["IPv4"], &four, range)],
        Some(six) if say(&[], &six, range) == say(&[], &four, range) => vec![say(&["IPv4", "IPv6"], &four, range)],
        Some(six) => vec![say(&["IPv4"], &four, range), say(&["IPv6"], &six, range)],
    }
}

/// The best way that works, and which others do; of the families that it was tried with.
pub(crate) fn say(families: &[&str], tried: &Tried, range: Option<&str>) -> Finding {
    let ways = [
        ("datagram sockets", matches!(tried.datagram, Trial::Answered)),
        ("raw sockets", matches!(tried.raw, Trial::Answered)),
        ("the system's ping", tried.program),
    ];
    let works: Vec<&str> = ways.iter().filter(|(_, works)| *works).map(|(way, _)| *way).collect();
    let not: Vec<&str> = ways.iter().filter(|(_, works)| !*works).map(|(way, _)| *way).collect();
    let name = list(families);
    let finding = match (works.as_slice(), not.as_slice()) {
        ([], _) => nothing_works(&name, tried, range),
        (["the system's ping"], _) => {
            let why = refused(tried, range);
            let says = format!("{name} echoes work by starting the system's ping only ({why}), which is slow beyond some tens of targets.");
            permit(Finding::note(TOPIC, says))
        }
        (works, []) => Finding::ok(TOPIC, format!("{name} echoes work by {}.", list(works))),
        (works, not) => Finding::ok(TOPIC, format!("{name} echoes work by {} (not by {}).", list(works), list(not))),
    };
    finding.figure("families", families.to_vec()).figure("works", works)
}

/// Not permitted, or permitted and in vain.
fn nothing_works(name: &str, tried: &Tried, range: Option<&str>) -> Finding {
    let trials = [&tried.datagram, &tried.raw];
    if trials.iter().any(|trial| matches!(trial, Trial::Silent)) {
        let says = format!("{name} echoes leave and no reply comes back, not even from the loopback: a firewall on this host drops them.");
        return Finding::trouble(TOPIC, says).remedy(Where::Root, "nft list ruleset | grep -i icmp");
    }
    let hindered = trials.iter().find_map(|trial| match trial {
        Trial::Refused(error) if !is_permission(error) => Some(error),
        _ => None,
    });
    if let Some(error) = hindered {
        let says = format!("{name} echoes are permitted and cannot be sent to the loopback ({error}): icmp:// targets may stay unknown.");
        return Finding::trouble(TOPIC, says).remedy(Where::Root, "ip link set lo up");
    }
    let why = refused(tried, range);
    permit(Finding::trouble(TOPIC, format!("{name} echoes are not permitted by any way ({why}): icmp:// targets stay unknown.")))
}

fn is_permission(error: &io::Error) -> bool {
    matches!(error.raw_os_error(), Some(errno::EACCES | errno::EPERM | errno::EPROTONOSUPPORT))
}

/// Why there are no sockets.
fn refused(tried: &Tried, range: Option<&str>) -> String {
    let range = range.map(|range| format!("net.ipv4.ping_group_range is \"{range}\""));
    let raw = match &tried.raw {
        Trial::Refused(error) => Some(format!("raw sockets need CAP_NET_RAW: {error}")),
        Trial::Answered | Trial::Silent => None,
    };
    range.into_iter().chain(raw).collect::<Vec<_>>().join("; ")
}

/// Each of these is enough.
fn permit(finding: Finding) -> Finding {
    let program = std::env::current_exe().map_or_else(|_| "/usr/local/bin/allswell".to_owned(), |path| path.display().to_string());
    finding
        .remedy(Where::Root, "sysctl -w net.ipv4.ping_group_range=\"0 2147483647\"")
        .remedy(Where::Root, format!("setcap cap_net_raw+ep {program}"))
        .remedy(Where::Systemd, "AmbientCapabilities=CAP_NET_RAW")
        .remedy(
            Where::Kubernetes,
            "securityContext: { sysctls: [{ name: net.ipv4.ping_group_range, value: \"0 2147483647\" }] }  # of the pod",
        )
        .remedy(Where::Kubernetes, "securityContext: { runAsUser: 0, capabilities: { drop: [ALL], add: [NET_RAW] } }")
}

/// `a`, `a and b`, `a, b and c`.
pub(crate) fn list(words: &[&str]) -> String {
    match words {
        [] => "nothing".to_owned(),
        [one] => (*one).to_owned(),
        [most @ .., last] => format!("{} and {last}", most.join(", ")),
    }
}

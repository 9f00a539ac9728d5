//! By which ways echoes can be sent, each tried on this host's own loopback.

use std::process::{Command, Stdio};

use allswell_os::icmp::{Family, Kind, Trial, try_loopback};

use super::finding::{Finding, Where};
use super::proc;

const TOPIC: &str = "icmp";

/// Whose sockets `net.ipv4.ping_group_range` allows; it holds for both families.
const RANGE: &str = "/proc/sys/net/ipv4/ping_group_range";

/// What was tried of one family.
#[derive(Debug)]
pub(crate) struct Tried {
    pub(crate) family: Family,
    pub(crate) datagram: Trial,
    pub(crate) raw: Trial,
    pub(crate) program: bool,
}

/// Tries all ways of a family; sends to nobody but the loopback.
pub(crate) fn attempt(family: Family) -> Tried {
    Tried { family, datagram: try_loopback(family, Kind::Datagram), raw: try_loopback(family, Kind::Raw), program: program_answers(family) }
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

/// What to say of both families. Without IPv6 on this host nothing is said of it here.
pub(crate) fn findings(ipv6: bool) -> Vec<Finding> {
    let range = proc::text(RANGE).map(|range| range.split_ascii_whitespace().collect::<Vec<_>>().join(" "));
    let families = if ipv6 { vec![Family::V4, Family::V6] } else { vec![Family::V4] };
    families.into_iter().map(|family| say(&attempt(family), range.as_deref())).collect()
}

/// The best way that works, and which others do.
pub(crate) fn say(tried: &Tried, range: Option<&str>) -> Finding {
    let ways = [
        ("datagram sockets", matches!(tried.datagram, Trial::Answered)),
        ("raw sockets", matches!(tried.raw, Trial::Answered)),
        ("the system's ping", tried.program),
    ];
    let works: Vec<&str> = ways.iter().filter(|(_, works)| *works).map(|(way, _)| *way).collect();
    let not: Vec<&str> = ways.iter().filter(|(_, works)| !*works).map(|(way, _)| *way).collect();
    let name = match tried.family {
        Family::V4 => "IPv4",
        Family::V6 => "IPv6",
    };
    let range = range.map(|range| format!("net.ipv4.ping_group_range is \"{range}\"")).unwrap_or_default();
    let finding = match (works.as_slice(), not.as_slice()) {
        ([], _) if silent(tried) => {
            let says =
                format!("{name} echoes leave and no reply comes back, not even from the loopback: a firewall on this host drops them.");
            return Finding::trouble(TOPIC, says).remedy(Where::Root, "nft list ruleset | grep -i icmp").figure("family", name);
        }
        ([], _) => Finding::trouble(
            TOPIC,
            format!("{name} echoes are not permitted by any way ({range}; no CAP_NET_RAW): icmp:// targets stay unknown."),
        ),
        (["the system's ping"], _) => {
            let says = format!(
                "{name} echoes work by starting the system's ping only ({range}; no CAP_NET_RAW), which is slow beyond some tens of targets."
            );
            Finding::note(TOPIC, says)
        }
        (works, []) => return Finding::ok(TOPIC, format!("{name} echoes work by {}.", list(works))).figure("family", name),
        (works, not) => {
            let says = format!("{name} echoes work by {} (not by {}).", list(works), list(not));
            return Finding::ok(TOPIC, says).figure("family", name);
        }
    };
    permit(finding).figure("family", name)
}

fn silent(tried: &Tried) -> bool {
    matches!(tried.datagram, Trial::Silent) || matches!(tried.raw, Trial::Silent)
}

/// Each of these is enough.
fn permit(finding: Finding) -> Finding {
    let program = std::env::current_exe().map_or_else(|_| "/usr/local/bin/allswell".to_owned(), |path| path.display().to_string());
    finding
        .remedy(Where::Root, "sysctl -w net.ipv4.ping_group_range=\"0 2147483647\"")
        .remedy(Where::Root, format!("setcap cap_net_raw+ep {program}"))
        .remedy(Where::Systemd, "AmbientCapabilities=CAP_NET_RAW")
        .remedy(Where::Kubernetes, "securityContext: { capabilities: { add: [NET_RAW] } }")
        .remedy(
            Where::Kubernetes,
            "securityContext: { sysctls: [{ name: net.ipv4.ping_group_range, value: \"0 2147483647\" }] }  # of the pod",
        )
}

/// `a`, `a and b`, `a, b and c`.
pub(crate) fn list(words: &[&str]) -> String {
    match words {
        [] => "nothing".to_owned(),
        [one] => (*one).to_owned(),
        [most @ .., last] => format!("{} and {last}", most.join(", ")),
    }
}

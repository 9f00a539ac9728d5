//! The kernel, whether this is a container, and randomness.

use std::path::Path;

use allswell_os::random;

use super::finding::{Finding, Where};
use super::proc;

const TOPIC: &str = "kernel";

pub(crate) fn findings(contained: Option<&str>) -> Vec<Finding> {
    let release = proc::text("/proc/sys/kernel/osrelease").unwrap_or_default();
    let mut findings = vec![say(&release)];
    findings.extend(
        contained.map(|by| {
            Finding::ok("container", format!("This is inside one ({by}): limits and addresses here are its own.")).figure("by", by)
        }),
    );
    findings.push(randomness(random::is_seeded()));
    findings
}

/// Since 5.18 a datagram socket for ICMPv6 heeds the source, interface and hop limit of one packet.
const WAYS_OF_ICMPV6: (u64, u64) = (5, 18);
/// The oldest that upstream still keeps up at the time of writing, and that the tests of others run on.
const OLDEST: (u64, u64) = (5, 4);

pub(crate) fn say(release: &str) -> Finding {
    let finding = match version(release) {
        None if release.is_empty() => Finding::note(TOPIC, "It does not tell its version: is /proc mounted?"),
        None => Finding::note(TOPIC, format!("Its version is not understood: {release:?}.")),
        Some(version) if version < OLDEST => Finding::note(TOPIC, format!("Linux {release} is older than what this program is tried on."))
            .remedy(Where::Root, "apt full-upgrade  # or what your distribution calls it"),
        Some(version) if version < WAYS_OF_ICMPV6 => Finding::note(
            TOPIC,
            format!("Linux {release}: without CAP_NET_RAW, IPv6 echoes cannot leave by a chosen source or interface (5.18 can)."),
        )
        .remedy(Where::Systemd, "AmbientCapabilities=CAP_NET_RAW"),
        Some(_) => Finding::ok(TOPIC, format!("Linux {release} has all that is used.")),
    };
    finding.figure("release", release)
}

fn version(release: &str) -> Option<(u64, u64)> {
    let mut parts = release.split(|c: char| !c.is_ascii_digit());
    Some((parts.next()?.parse().ok()?, parts.next()?.parse().ok()?))
}

pub(crate) fn randomness(seeded: bool) -> Finding {
    if seeded {
        return Finding::ok("randomness", "The system's source is seeded.");
    }
    Finding::trouble("randomness", "The system's source is not seeded yet: TLS and tokens wait for it.")
        .remedy(Where::Root, "apt install rng-tools5  # or give the guest a virtio-rng device")
}

/// By what this is a container, if it is one.
pub(crate) fn container() -> Option<String> {
    if std::env::var_os("KUBERNETES_SERVICE_HOST").is_some() {
        return Some("Kubernetes".to_owned());
    }
    if let Some(name) = std::env::var("container").ok().filter(|name| !name.is_empty()) {
        return Some(name);
    }
    let marks = [("/.dockerenv", "Docker"), ("/run/.containerenv", "Podman")];
    if let Some((_, name)) = marks.iter().find(|(path, _)| Path::new(path).exists()) {
        return Some((*name).to_owned());
    }
    let groups = proc::text("/proc/1/cgroup").unwrap_or_default();
    let words = [("kubepods", "Kubernetes"), ("docker", "Docker"), ("libpod", "Podman"), ("lxc", "LXC"), ("containerd", "containerd")];
    words.iter().find(|(word, _)| groups.contains(word)).map(|(_, name)| (*name).to_owned())
}

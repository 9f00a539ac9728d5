//! The privileges of this process, as far as anything here has a use for them.

use allswell_os::capability::{self, Held};

use super::finding::{Finding, Where};
use super::icmp::list;

const TOPIC: &str = "capabilities";

pub(crate) fn findings() -> Vec<Finding> {
    match capability::held() {
        Ok(held) => say(held),
        Err(error) => vec![Finding::note(TOPIC, format!("The kernel does not tell which are held ({error})."))],
    }
}

/// What is held, and what the absence of the others means. ICMP has findings of its own.
pub(crate) fn say(held: Held) -> Vec<Finding> {
    let all = [("CAP_NET_RAW", held.net_raw), ("CAP_NET_ADMIN", held.net_admin), ("CAP_NET_BIND_SERVICE", held.net_bind_service)];
    let names: Vec<&str> = all.iter().filter(|(_, held)| *held).map(|(name, _)| *name).collect();
    let says = match names.as_slice() {
        [] => "None is in effect: nothing beyond what every user may do.".to_owned(),
        names => format!("In effect: {}.", list(names)),
    };
    let mut findings = vec![Finding::ok(TOPIC, says).figure("held", names)];
    if !held.net_admin {
        let says = "Without CAP_NET_ADMIN the network setting `mark` cannot be used; nothing else needs it.";
        let finding = Finding::note(TOPIC, says)
            .remedy(Where::Systemd, "AmbientCapabilities=CAP_NET_ADMIN")
            .remedy(Where::Kubernetes, "securityContext: { capabilities: { add: [NET_ADMIN] } }");
        findings.push(finding);
    }
    findings
}

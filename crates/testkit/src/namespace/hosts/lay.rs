//! The commands that lay cables between a hub and its hosts.

use crate::namespace::space::Space;

/// What stands between the hosts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Hub {
    /// A bridge: it has no address, and passes frames on.
    Switch,
    /// A router: it passes packets on.
    Router,
}

/// A router that forwards, and that answers every packet: its limits on ICMP would make a test's outcome a matter of luck. For IPv4 no type
/// is limited, rather than all with a limit of zero: that one keeps the sender's allowance at nothing, which answers to packets without a
/// route are taken from too (`ip_error` in the kernel's net/ipv4/route.c: five at once and one a second, which no namespace can change).
const ROUTING: [(&str, &str); 4] = [
    ("net.ipv4.ip_forward", "1"),
    ("net.ipv6.conf.all.forwarding", "1"),
    ("net.ipv4.icmp_ratemask", "0"),
    ("net.ipv6.icmp.ratelimit", "0"),
];

/// A hub without hosts.
pub(crate) fn hub(kind: Hub) -> Space {
    let hub = Space::new("hub");
    match kind {
        // It passes all frames at once: no spanning tree, and no wait for who wants to hear which multicast group.
        Hub::Switch => hub.ip("link add br0 type bridge stp_state 0 mcast_snooping 0\nlink set br0 addrgenmode none up\n"),
        Hub::Router => ROUTING.iter().for_each(|(key, value)| hub.sysctl(key, value)),
    }
    hub
}

/// A host of this number with a cable to the hub.
pub(crate) fn host(kind: Hub, hub: &Space, node: u8) -> Space {
    let host = Space::new(&format!("n{node}"));
    hub.ip(&format!("link add p{node} type veth peer name e0 netns n{node}\n"));
    // First the far end, so that the port has its carrier when routes are made.
    host.ip(&far_end(kind, node));
    hub.ip(&port(kind, node));
    host
}

/// The hub's end of a cable, new or put in again: the routes of an interface are gone when it was down.
pub(crate) fn port(kind: Hub, node: u8) -> String {
    match kind {
        Hub::Switch => format!("link set p{node} addrgenmode none master br0 up\n"),
        Hub::Router => format!(
            "link set p{node} up\naddr replace 10.78.0.254/32 dev p{node}\naddr replace fd78::fe/128 dev p{node} nodad\n\
             route replace 10.78.0.{node}/32 dev p{node}\nroute replace fd78::{node}/128 dev p{node}\n"
        ),
    }
}

/// Waits until both ends of a cable carry packets.
pub(crate) fn await_cable(hub: &Space, host: &Space, node: u8) {
    hub.await_link(&format!("p{node}"));
    host.await_link("e0");
}

fn far_end(kind: Hub, node: u8) -> String {
    match kind {
        Hub::Switch => format!("addr add 10.78.0.{node}/24 dev e0\naddr add fd78::{node}/64 dev e0 nodad\nlink set e0 up\n"),
        Hub::Router => format!(
            "addr add 10.78.0.{node}/32 dev e0\naddr add fd78::{node}/128 dev e0 nodad\nlink set e0 up\n\
             route add 10.78.0.254/32 dev e0\nroute add default via 10.78.0.254 dev e0\n\
             route add fd78::fe/128 dev e0\nroute add default via fd78::fe dev e0\n"
        ),
    }
}

//! A path of three hosts: the test's own namespace is the client, behind a router stands a server.
//!
//! ```text
//! client 10.77.1.2 ---- 10.77.1.1 router 10.77.2.1 ---- 10.77.2.2 server
//!   c0   fd77:1::2      fd77:1::1  r0 r1 fd77:2::1      fd77:2::2   s0
//! ```

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use crate::namespace::space::Space;

/// The three hosts.
#[derive(Debug)]
pub struct Path {
    /// The test's own namespace.
    pub client: Space,
    /// What stands between.
    pub router: Space,
    /// The far end.
    pub server: Space,
}

impl Path {
    /// The client's address.
    pub const CLIENT: IpAddr = IpAddr::V4(Ipv4Addr::new(10, 77, 1, 2));
    /// The client's other address.
    pub const CLIENT6: IpAddr = IpAddr::V6(Ipv6Addr::new(0xfd77, 1, 0, 0, 0, 0, 0, 2));
    /// The router's address on the client's side: the client's default gateway.
    pub const ROUTER: IpAddr = IpAddr::V4(Ipv4Addr::new(10, 77, 1, 1));
    /// The router's other address on the client's side.
    pub const ROUTER6: IpAddr = IpAddr::V6(Ipv6Addr::new(0xfd77, 1, 0, 0, 0, 0, 0, 1));
    /// The server's address.
    pub const SERVER: IpAddr = IpAddr::V4(Ipv4Addr::new(10, 77, 2, 2));
    /// The server's other address.
    pub const SERVER6: IpAddr = IpAddr::V6(Ipv6Addr::new(0xfd77, 2, 0, 0, 0, 0, 0, 2));

    /// Lays the path; both families work when it returns.
    ///
    /// # Panics
    /// When it cannot be laid, or was laid already.
    #[must_use]
    pub fn new() -> Self {
        let path = Self { client: Space::own(), router: Space::new("router"), server: Space::new("server") };
        path.client.ip("link add c0 type veth peer name r0 netns router\n");
        path.router.ip("link add r1 type veth peer name s0 netns server\n");
        // First the far ends, so that every link has its carrier when the routes are made.
        path.server.ip(&near_end("s0", "2", "2", "1"));
        for (key, value) in ROUTING {
            path.router.sysctl(key, value);
        }
        path.router.ip(concat!(
            "addr add 10.77.1.1/24 dev r0\naddr add fd77:1::1/64 dev r0 nodad\nlink set r0 up\n",
            "addr add 10.77.2.1/24 dev r1\naddr add fd77:2::1/64 dev r1 nodad\nlink set r1 up\n",
        ));
        path.client.ip(&near_end("c0", "1", "2", "1"));
        for (space, interface) in [(&path.client, "c0"), (&path.router, "r0"), (&path.router, "r1"), (&path.server, "s0")] {
            space.await_link(interface);
        }
        path
    }
}

impl Default for Path {
    fn default() -> Self {
        Self::new()
    }
}

/// A router that forwards, and that answers every packet: its limits on ICMP would make a test's outcome a matter of luck.
const ROUTING: [(&str, &str); 4] = [
    ("net.ipv4.ip_forward", "1"),
    ("net.ipv6.conf.all.forwarding", "1"),
    ("net.ipv4.icmp_ratelimit", "0"),
    ("net.ipv6.icmp.ratelimit", "0"),
];

/// A host with one interface and a default gateway.
fn near_end(interface: &str, net: &str, host: &str, gateway: &str) -> String {
    format!(
        "addr add 10.77.{net}.{host}/24 dev {interface}\naddr add fd77:{net}::{host}/64 dev {interface} nodad\n\
         link set {interface} up\nroute add default via 10.77.{net}.{gateway}\nroute add default via fd77:{net}::{gateway} dev {interface}\n"
    )
}

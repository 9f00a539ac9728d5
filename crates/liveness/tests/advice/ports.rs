//! EADDRNOTAVAIL, and when ephemeral ports are used up.

use std::net::{IpAddr, SocketAddr, TcpListener, TcpStream};

use allswell_os::socket::{Via, begin_connect};
use allswell_testkit::namespace::inside;
use allswell_testkit::namespace::path::Path;
use rustix::io::Errno;
use rustix::net::{bind, connect};

use crate::lab::{SERVER, listen, socket};

/// Four connections, and no further port to come from.
fn used_up(path: &Path) -> (TcpListener, Vec<TcpStream>) {
    path.client.sysctl("net.ipv4.ip_local_port_range", "50000 50003");
    let listener = listen(path, SERVER);
    (listener, (0..4).map(|_| TcpStream::connect(SERVER).unwrap()).collect())
}

/// A port can be shared by connections to different peers, so it is one destination that is used up.
#[test]
fn eaddrnotavail_of_connect_means_no_port_is_left_for_this_destination() {
    inside(|| {
        let path = Path::new();
        let _held = used_up(&path);
        let other = SocketAddr::new(Path::SERVER, 81);
        assert_eq!(connect(socket(Path::SERVER), &SERVER), Err(Errno::ADDRNOTAVAIL));
        assert_eq!(connect(socket(Path::SERVER), &other), Err(Errno::INPROGRESS));
    });
}

/// Who binds an address first must have a port that nobody has; unless the kernel may choose it later (IP_BIND_ADDRESS_NO_PORT).
#[test]
fn binding_without_a_port_says_eaddrinuse_instead() {
    inside(|| {
        let path = Path::new();
        let _held = used_up(&path);
        let bound = |ip: IpAddr| bind(socket(ip), &SocketAddr::new(ip, 0));
        assert_eq!(bound(Path::CLIENT), Err(Errno::ADDRINUSE));
        let via = Via { source: Some(Path::CLIENT), ..Via::default() };
        assert!(begin_connect(SocketAddr::new(Path::SERVER, 81), &via).is_ok());
    });
}

#[test]
fn eaddrnotavail_of_bind_means_the_address_is_not_ours() {
    inside(|| {
        let _path = Path::new();
        assert_eq!(bind(socket(Path::SERVER), &SocketAddr::new(Path::SERVER, 0)), Err(Errno::ADDRNOTAVAIL));
    });
}

/// A host that has nothing but its loopback.
#[test]
fn a_host_without_an_ipv6_address_says_enetunreach() {
    inside(|| {
        let afar: IpAddr = "2001:db8::1".parse().unwrap();
        assert_eq!(connect(socket(afar), &SocketAddr::new(afar, 80)), Err(Errno::NETUNREACH));
    });
}

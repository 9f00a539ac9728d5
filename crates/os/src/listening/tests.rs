//! Our own listeners in the real tables, and lines and units written by hand.

use std::net::TcpListener;

use super::*;

#[test]
fn finds_our_own_listeners() {
    for address in ["127.0.0.1:0", "[::1]:0", "0.0.0.0:0"] {
        let listener = TcpListener::bind(address).unwrap();
        let address = listener.local_addr().unwrap();
        assert!(tcp_services().unwrap().contains(&Service { address, socket_activated: false }), "{address}");
    }
}

#[test]
fn reads_a_line_of_each_table() {
    let four =
        "   0: 0100007F:1538 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 4711 1 0000000000000000 100 0 0 10 0";
    assert_eq!(listener(four), Some(Listener { address: "127.0.0.1:5432".parse().unwrap(), inode: 4711 }));
    let six = "   1: 00000000000000000000000001000000:0050 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 12 1 0 100 0 0 10 0";
    assert_eq!(listener(six), Some(Listener { address: "[::1]:80".parse().unwrap(), inode: 12 }));
}

#[test]
fn other_states_and_garbage_are_left_out() {
    let established = "   2: 0100007F:1538 0100007F:C000 01 00000000:00000000 00:00000000 00000000  1000        0 4711 1 0 100 0 0 10 0";
    let heading = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode";
    for line in [established, heading, "", "0: x y 0A", "0: 0100007F:zz 0:0 0A 0:0 0:0 0 0 0 1"] {
        assert_eq!(listener(line), None, "{line}");
    }
}

#[test]
fn the_ports_of_a_socket_unit() {
    let unit = "[Socket]\nListenStream=22\n ListenStream = [::1]:9090\nListenStream=127.0.0.53:53\nListenStream=/run/x.sock\n#ListenStream=1\nListenStream=\nListenDatagram=69\n";
    assert_eq!(ports(unit).collect::<Vec<_>>(), [22, 9090, 53]);
}

#[test]
fn a_socket_is_known_by_its_inode_or_its_port() {
    let one = Listener { address: "0.0.0.0:631".parse().unwrap(), inode: 7 };
    assert!(Held::Inodes([7].into()).holds(&one));
    assert!(!Held::Inodes([8].into()).holds(&one));
    assert!(Held::Ports([631].into()).holds(&one));
    assert!(!Held::Nothing.holds(&one));
    assert_eq!(socket_inode(Path::new("socket:[7]")), Some(7));
    assert_eq!(socket_inode(Path::new("pipe:[7]")), None);
}

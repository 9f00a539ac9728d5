use super::*;
use allswell_testkit::namespace::{inside, path::Path};
use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::time::{Duration, Instant};

const STAMPED: Options = Options { hop_limit: Some(255), class: None, stamps_sent: true, tells_way: true };

fn socket(address: IpAddr) -> Socket {
    Socket::bind(SocketAddr::new(address, 0), &STAMPED).unwrap()
}

fn loopbacks() -> [IpAddr; 2] {
    [Ipv4Addr::LOCALHOST.into(), Ipv6Addr::LOCALHOST.into()]
}

/// Takes what comes until `enough` says so.
fn until(mut enough: impl FnMut() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(10);
    while !enough() {
        assert!(Instant::now() < deadline, "nothing came");
        std::thread::yield_now();
    }
}

fn stamps(socket: &Socket, into: &mut BTreeMap<u32, u64>) -> Vec<Told> {
    let mut others = Vec::new();
    socket
        .told(&mut |told| match told {
            Told::Sent { number, stamp_ns } => drop(into.insert(number, stamp_ns)),
            other => others.push(other),
        })
        .unwrap();
    others
}

/// The kernel begins to stamp packets that come some time after the first socket of the host asked for it.
fn await_stamping(socket: &Socket) {
    let mut batch = Batch::new();
    until(|| {
        socket.send(socket.local().unwrap(), b"x").unwrap();
        socket.receive(&mut batch).is_ok() && batch.packets().all(|packet| packet.stamp_ns > 0)
    });
}

#[test]
fn a_thousand_packets_are_stamped_on_both_ends() {
    for address in loopbacks() {
        // Kept, for the kernel ends it with the last socket that asked.
        let asking = socket(address);
        await_stamping(&asking);
        let (one, other) = (socket(address), socket(address));
        let to = other.local().unwrap();
        let (mut left, mut came, mut batch) = (BTreeMap::new(), Vec::new(), Batch::new());
        for index in 0_u32..1000 {
            assert_eq!(one.send(to, &index.to_be_bytes()).unwrap(), index);
            stamps(&one, &mut left);
            until(|| {
                if other.receive(&mut batch).is_ok() {
                    for packet in batch.packets() {
                        assert_eq!((packet.from, packet.to), (one.local().unwrap(), Some(address)));
                        assert_eq!((packet.hop_limit, packet.truncated), (Some(255), false));
                        came.push((u32::from_be_bytes(packet.bytes.try_into().unwrap()), packet.stamp_ns));
                    }
                }
                came.len() > index as usize
            });
        }
        until(|| {
            stamps(&one, &mut left);
            left.len() == 1000
        });
        for (index, stamp) in came {
            assert!(left[&index] > 0 && stamp >= left[&index], "{index}: sent {}, received {stamp}", left[&index]);
            assert!(stamp - left[&index] < 1_000_000_000, "{index}");
        }
    }
}

#[test]
fn a_refusal_is_told_and_harms_nobody_else() {
    inside(|| {
        for address in loopbacks() {
            let (one, other) = (socket(address), socket(address));
            let closed = {
                let gone = socket(address);
                gone.local().unwrap()
            };
            one.send(closed, b"x").unwrap();
            let (mut left, mut against) = (BTreeMap::new(), Vec::new());
            until(|| {
                against.extend(stamps(&one, &mut left));
                !against.is_empty()
            });
            assert_eq!(against[0].refused(), Some(closed), "{against:?}");
            one.send(closed, b"x").unwrap();
            one.send(other.local().unwrap(), b"y").unwrap();
            let mut batch = Batch::new();
            until(|| other.receive(&mut batch).is_ok());
        }
    });
}

#[test]
fn refused_packets_do_not_shift_the_numbers() {
    inside(|| {
        let path = Path::new();
        path.client.nft("add table inet t\nadd chain inet t o { type filter hook output priority 0; }\nadd rule inet t o udp dport 9 drop");
        let to = SocketAddr::new(Path::SERVER, 7);
        // Numbered as this kernel does it, and as one before Linux 6.13 would.
        for tells_numbers in [takes_numbers(), false] {
            let one = Socket { tells_numbers, ..socket(Ipv4Addr::UNSPECIFIED.into()) };
            let mut left = BTreeMap::new();
            assert!(one.send(SocketAddr::new(Path::SERVER, 9), b"dropped by our own firewall").is_err());
            assert!(one.send(SocketAddr::new("203.0.113.1".parse().unwrap(), 0), b"no port").is_err());
            assert!(one.send(to, &[0; 70_000]).is_err(), "too long");
            stamps(&one, &mut left);
            for _ in 0..10 {
                let number = one.send(to, b"x").unwrap();
                until(|| {
                    stamps(&one, &mut left);
                    left.contains_key(&number)
                });
                assert_eq!(left.keys().last(), Some(&number));
            }
        }
    });
}

#[test]
fn what_finds_no_room_is_counted() {
    let (one, other) = (socket(Ipv4Addr::LOCALHOST.into()), socket(Ipv4Addr::LOCALHOST.into()));
    option::set(other.as_fd(), libc::SOL_SOCKET, libc::SO_RCVBUF, 4096).unwrap();
    let to = other.local().unwrap();
    assert_eq!(other.dropped().unwrap(), 0);
    until(|| {
        let _ = one.send(to, &[0; 1000]);
        other.dropped().unwrap() > 0
    });
}

#[test]
fn a_longer_packet_is_cut_and_said_so() {
    let (one, other) = (socket(Ipv6Addr::LOCALHOST.into()), socket(Ipv6Addr::LOCALHOST.into()));
    one.send(other.local().unwrap(), &[7; LONGEST + 1]).unwrap();
    let mut batch = Batch::new();
    until(|| other.receive(&mut batch).is_ok());
    let packet = batch.packets().next().unwrap();
    assert_eq!((packet.bytes.len(), packet.truncated), (LONGEST, true));
}

#[test]
fn a_closed_port_takes_no_stamps_from_others() {
    for address in loopbacks() {
        let (one, other) = (socket(address), socket(address));
        if !one.tells_numbers {
            println!("skipped, because before Linux 6.13 nobody knows whose stamps these are");
            return;
        }
        let closed = socket(address).local().unwrap();
        let (mut left, mut windows) = (BTreeMap::new(), BTreeMap::new());
        for _ in 0..5 {
            for to in [closed, other.local().unwrap()] {
                let before = crate::clock::both_nanos().0;
                let number = one.send(to, b"x").unwrap();
                windows.insert(number, before..=crate::clock::both_nanos().0);
            }
        }
        until(|| {
            stamps(&one, &mut left);
            left.len() == windows.len()
        });
        for (number, stamp) in left {
            assert!(windows[&number].contains(&stamp), "packet {number}");
        }
    }
}

//! How soon a cut is told while SYNs flood in: half of them forged, half recordings of one that a live peer sent.
//! `role flood NAME ADDRESS` sends them until its standard input ends, and says how many went in each second.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use allswell_link::key::Key;
use allswell_link::terms::Terms;
use allswell_os::datagram::{Options, Socket};

use crate::child::Running;
use crate::crowd::{asking, syn};
use crate::detection;
use crate::hosts::{NEAR, ON_FAR, deaf_to_echo};
use crate::node::SECRET;

/// So many every millisecond: 10^5 in five seconds.
const A_TICK: u32 = 20;
const TICK: Duration = Duration::from_millis(1);

/// As the first of those that are cut.
const PEER: &str = "crowd-0";

/// The pace of the links, how many fall silent side by side, and how many cuts in all.
const PACE: (u64, u16, u32) = (10, 2, 300);

pub(crate) fn beside() {
    deaf_to_echo(true);
    let mut flood = Running::role(&ON_FAR, &["flood", "near", &format!("{NEAR}:{}", detection::PORT)]);
    detection::told("ours, in a flood", PACE.0, detection::ours(PACE));
    flood.tell("enough");
    println!("the flood: {} SYNs a second", flood.line());
    deaf_to_echo(false);
}

pub(crate) fn run(words: &[&str]) {
    let [name, address] = words else { panic!("{words:?}") };
    let to: SocketAddr = address.parse().unwrap();
    let terms = Terms::every(Duration::from_millis(PACE.0), 3);
    let [recorded, forged] = [SECRET, b"a guess"].map(|secret| syn(&mut asking(PEER, (name, to), terms, Key::new(1, secret))));
    let socket = Socket::bind((Ipv4Addr::UNSPECIFIED, 0).into(), &Options::default()).unwrap();
    let enough = Arc::new(AtomicBool::new(false));
    let told = Arc::clone(&enough);
    std::thread::spawn(move || {
        let _ = std::io::stdin().read_line(&mut String::new());
        told.store(true, Ordering::Relaxed);
    });
    let (begun, mut sent) = (Instant::now(), 0_u32);
    while !enough.load(Ordering::Relaxed) {
        for _ in 0..A_TICK / 2 {
            // Where nobody has bound the port yet, the kernel says so with the next packet.
            let _ = socket.send(to, &recorded);
            let _ = socket.send(to, &forged);
            sent += 2;
        }
        std::thread::park_timeout((begun + TICK * (sent / A_TICK)).saturating_duration_since(Instant::now()));
    }
    println!("{:.0}", f64::from(sent) / begun.elapsed().as_secs_f64());
}

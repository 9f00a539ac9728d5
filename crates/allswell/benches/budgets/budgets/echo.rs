//! Processor time of one echo, with a hundred thousand others outstanding.

use std::time::Duration;

use crate::blackbox::Blackbox;
use crate::budgets::trip::rows;
use crate::child::run_role;
use crate::engine_load::{Load, Protocol};
use crate::figures::Trouble;
use crate::mode::Mode;
use crate::rounds::{Turn, interleaved};
use crate::server::Peers;
use crate::table::{Budget, Row};
use crate::{fping, space};

/// Live targets, each asked once a second.
const LIVE: usize = 5_000;

/// Echoes that wait for an answer that never comes: each target in the hole always has one under way.
const OUTSTANDING: usize = 100_000;

pub(crate) fn icmp(mode: Mode) -> Result<Vec<Row>, Trouble> {
    space::needs_hole()?;
    let outstanding = mode.pick(10_000, OUTSTANDING);
    let wait = mode.seconds(4.0, 20.0);
    let live = Load::live(Protocol::Icmp, 0, LIVE, mode.seconds(1.0, 5.0));
    // All of the first echoes are out when the measurement begins.
    let full = Load { dead: outstanding, dead_every: wait, warm_up: wait + Duration::from_secs(1), ..live };
    let (live, full) = (live.told(), full.told());
    let peers = Peers { port: 0 };
    let addresses: Vec<String> = (0..100).map(|index| peers.peer(index).ip().to_string()).collect();
    let mut blackbox = Blackbox::start()?;
    let engine = |load: String| -> Turn<'static> { Box::new(move || run_role(&["engine", "icmp", &load]).map(Some)) };
    let mut contenders: Vec<(&str, Turn<'_>)> = vec![
        ("engine, all outstanding", engine(full)),
        ("fping", Box::new(|| fping::run(&addresses, mode.pick(25, 200)))),
        ("engine, none outstanding", engine(live)),
        ("blackbox_exporter", Box::new(|| blackbox.as_mut().map(|it| it.probe("icmp", &addresses, mode.pick(300, 1_000))).transpose())),
    ];
    let medians = interleaved(&mut contenders, mode.pick(1, 3))?;
    let names: Vec<&str> = contenders.iter().map(|(name, _)| *name).collect();
    rows(&format!("icmp echo, the same trip, {outstanding} outstanding"), &names, &medians, Budget(20.0))
}

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

/// Echoes that wait for an answer that never comes.
const OUTSTANDING: usize = 100_000;

pub(crate) fn icmp(mode: Mode) -> Result<Vec<Row>, Trouble> {
    space::needs_hole()?;
    let outstanding = mode.pick(10_000, OUTSTANDING);
    let wait = mode.seconds(1.5, 10.0);
    let live = Load { measure: mode.seconds(1.0, 5.0), ..Load::live(mode, Protocol::Icmp, 0, LIVE) };
    // All of the first echoes are out when the measurement begins.
    // A target in the hole has one under way for nine tenths of its interval. The first turns come sooner than the grid's, so that
    // some of the second are missed: the third is as all others will be.
    let full = Load { dead: outstanding * 10 / 9, dead_every: wait, warm_up: wait * 2 + Duration::from_secs(2), ..live };
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
    let medians = interleaved(&mut contenders, mode.pick(1, 2))?;
    let names: Vec<&str> = contenders.iter().map(|(name, _)| *name).collect();
    let in_flight = medians.first().and_then(Option::as_ref).map_or(Ok(0.0), |ours| ours.of("in_flight"))?;
    rows(&format!("icmp echo, the same trip, {in_flight:.0} outstanding"), &names, &medians, Budget(20.0))
}

//! Processor time of one probe, from its timer until it is stored and judged: the whole engine beside floors and a rival.

use crate::blackbox::Blackbox;
use crate::child::{Running, run_role};
use crate::engine_load::{Load, Protocol};
use crate::figures::{Figures, Trouble};
use crate::mode::Mode;
use crate::rounds::{Turn, interleaved};
use crate::server::Peers;
use crate::table::{Budget, Row};

/// Probes a second of the engine, and of the floors that keep its pace.
const PACE: u32 = 5_000;

pub(crate) fn tcp(mode: Mode) -> Result<Vec<Row>, Trouble> {
    compare(mode, Protocol::Tcp, Budget(45.0))
}

pub(crate) fn http(mode: Mode) -> Result<Vec<Row>, Trouble> {
    compare(mode, Protocol::Http, Budget(120.0))
}

fn compare(mode: Mode, protocol: Protocol, budget: Budget) -> Result<Vec<Row>, Trouble> {
    let word = protocol.word();
    let mut server = Running::role(&["serve", word])?;
    let peers = Peers { port: server.port()? };
    let mut blackbox = Blackbox::start()?;
    let probes = mode.pick(2_500, 10_000);
    let floor = |kind: &'static str, rate: u32| -> Turn<'static> {
        let told = format!("port={} probes={probes} rate={rate}", peers.port);
        Box::new(move || run_role(&[kind, word, &told]).map(Some))
    };
    let load = Load::live(mode, protocol, peers.port, PACE as usize).told();
    let targets: Vec<String> = (0..100).map(|index| exporter_target(protocol, peers, index)).collect();
    let mut contenders: Vec<(&str, Turn<'_>)> = vec![
        ("engine", Box::new(|| run_role(&["engine", word, &load]).map(Some))),
        ("epoll by hand, same pace", floor("epoll", PACE)),
        ("bare tokio, same pace", floor("tokio", PACE)),
        ("epoll by hand, flat out", floor("epoll", 0)),
        ("bare tokio, flat out", floor("tokio", 0)),
        ("blackbox_exporter", Box::new(|| blackbox.as_mut().map(|it| it.probe(word, &targets, mode.pick(300, 1_000))).transpose())),
    ];
    let medians = interleaved(&mut contenders, mode.rounds())?;
    let names: Vec<&str> = contenders.iter().map(|(name, _)| *name).collect();
    rows(&format!("{word} probe, timer to stored and judged"), &names, &medians, budget)
}

/// The first contender is ours, the second what it is measured against: for the floors, the one that does the same at the same moments.
pub(crate) fn rows(what: &str, names: &[&str], medians: &[Option<Figures>], budget: Budget) -> Result<Vec<Row>, Trouble> {
    let [Some(ours), others @ ..] = medians else { return Err("the engine was not measured".into()) };
    let cost = ours.of("cpu_us")?;
    let mut first = Row::new(what, cost, "us").budget(budget).note(format!("at {:.0}/s", ours.of("rate")?));
    if let (Some(Some(floor)), Some(whose)) = (others.first(), names.get(1)) {
        first = first.against(floor.of("cpu_us")?, whose);
    }
    let mut rows = vec![first];
    for (name, figures) in names.iter().skip(1).zip(others) {
        let name = format!("  {name}");
        rows.push(match figures {
            Some(figures) => Row::new(&name, figures.of("cpu_us")?, "us").against(cost, "ours"),
            None => Row::missing(&name, "not installed here"),
        });
    }
    Ok(rows)
}

fn exporter_target(protocol: Protocol, peers: Peers, index: usize) -> String {
    let peer = peers.peer(index);
    if protocol == Protocol::Http { format!("http://{peer}/") } else { peer.to_string() }
}

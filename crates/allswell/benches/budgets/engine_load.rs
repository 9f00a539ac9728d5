//! The contender itself: a whole engine with a real store in a folder of its own, under a load for some time.

use std::net::IpAddr;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use allswell_engine::{Engine, EngineSettings, Plan, Wanted};
use allswell_model::{NodeId, Origin, Policy, Status, Target, TargetName, Timestamp};
use allswell_os::limits;
use allswell_probe::Environment;
use allswell_store::{Reader, Retention, Settings, Writer};
use tempfile::TempDir;

use crate::figures::{Figures, Trouble, median};
use crate::mode::Mode;
use crate::server::Peers;
use crate::{pause, space};

/// The protocol of a load.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Protocol {
    Tcp,
    Http,
    Icmp,
}

impl Protocol {
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Tcp => "tcp",
            Self::Http => "http",
            Self::Icmp => "icmp",
        }
    }

    pub(crate) fn of(word: &str) -> Result<Self, Trouble> {
        [Self::Tcp, Self::Http, Self::Icmp]
            .into_iter()
            .find(|known| known.word() == word)
            .ok_or_else(|| format!("no load of {word}").into())
    }

    pub(crate) fn url(self, at: IpAddr, port: u16) -> String {
        match self {
            Self::Icmp => format!("icmp://{at}"),
            Self::Tcp | Self::Http => format!("{}://{at}:{port}", self.word()),
        }
    }
}

/// Targets that answer, targets that are silent, and for how long.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Load {
    pub(crate) protocol: Protocol,
    pub(crate) port: u16,
    pub(crate) live: usize,
    pub(crate) every: Duration,
    pub(crate) dead: usize,
    pub(crate) dead_every: Duration,
    pub(crate) warm_up: Duration,
    pub(crate) measure: Duration,
}

impl Load {
    /// Live targets alone, each probed once a second.
    pub(crate) fn live(mode: Mode, protocol: Protocol, port: u16, live: usize) -> Self {
        let second = Duration::from_secs(1);
        let (warm_up, measure) = (second * mode.pick(1, 2), second * mode.pick(1, 3));
        Self { protocol, port, live, every: second, dead: 0, dead_every: second, warm_up, measure }
    }

    /// The words for another process; [`Load::heard`] reads them.
    pub(crate) fn told(&self) -> String {
        #[expect(clippy::cast_precision_loss, reason = "counts of targets")]
        let (live, dead) = (self.live as f64, self.dead as f64);
        Figures::default()
            .with("port", f64::from(self.port))
            .with("live", live)
            .with("every_s", self.every.as_secs_f64())
            .with("dead", dead)
            .with("dead_every_s", self.dead_every.as_secs_f64())
            .with("warm_up_s", self.warm_up.as_secs_f64())
            .with("measure_s", self.measure.as_secs_f64())
            .to_string()
    }

    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "counts and a port, as `told` wrote them")]
    pub(crate) fn heard(protocol: Protocol, told: &Figures) -> Result<Self, Trouble> {
        let seconds = |name| -> Result<Duration, Trouble> { Ok(Duration::try_from_secs_f64(told.of(name)?)?) };
        Ok(Self {
            protocol,
            port: told.of("port")? as u16,
            live: told.of("live")? as usize,
            every: seconds("every_s")?,
            dead: told.of("dead")? as usize,
            dead_every: seconds("dead_every_s")?,
            warm_up: seconds("warm_up_s")?,
            measure: seconds("measure_s")?,
        })
    }

    fn plans(&self) -> Result<Vec<Arc<Plan>>, Trouble> {
        let peers = Peers { port: self.port };
        let live = (0..self.live).map(|index| plan("live", index, self.protocol.url(peers.peer(index).ip(), self.port), self.every));
        // Silent targets are reached at a port where nobody would answer either.
        let dead = (0..self.dead).map(|index| plan("dead", index, self.protocol.url(space::dead(index).into(), 9), self.dead_every));
        live.chain(dead).collect()
    }
}

/// A timeout near the interval keeps a silent target's probe nearly always under way; one as long would make it miss every other turn.
/// A single failure is believed, for the probes that suspicion asks for would come on top of the load.
pub(crate) fn plan(group: &str, index: usize, url: String, every: Duration) -> Result<Arc<Plan>, Trouble> {
    let name = TargetName::new(group, &format!("{index:06}"))?;
    let target = Target {
        id: name.id()?,
        name,
        url: url.clone(),
        protocol: "",
        repeat: String::new(),
        labels: std::collections::BTreeMap::new(),
        policy: Policy { every, timeout: every * 9 / 10, recheck: every, down_after: 1, ..Policy::default() },
        alerting: allswell_model::Alerting::default(),
        runbook: None,
        origin: Origin::Argument,
    };
    let plan = Plan::new(target, Wanted { url, ..Wanted::default() });
    plan.map_err(|mistakes| mistakes.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ").into())
}

/// An engine with its store, in a folder that goes with it.
struct Running {
    engine: Engine,
    reader: Reader,
    _folder: TempDir,
}

fn start(plans: Vec<Arc<Plan>>) -> Result<Running, Trouble> {
    let folder = TempDir::new()?;
    let (writer, reader) = store(folder.path(), wall())?;
    let (environment, version) = (Environment::new(), "bench".to_owned());
    let (node, location) = (NodeId::new("bench")?, "".into());
    let settings = EngineSettings { writer, reader: reader.clone(), environment, wall, node, location, version };
    let engine = allswell_engine::start(settings)?;
    engine.watch(plans, Vec::new());
    Ok(Running { engine, reader, _folder: folder })
}

/// A store with the settings of the reference configuration.
pub(crate) fn store(folder: &Path, now: Timestamp) -> Result<(Writer, Reader), Trouble> {
    let path = folder.join("allswell.db");
    let settings = Settings { path, node: NodeId::new("bench")?, location: "".into(), retention: Retention::default() };
    Ok(allswell_store::open(&settings, now)?)
}

pub(crate) fn wall() -> Timestamp {
    Timestamp(allswell_os::clock::wall_micros())
}

/// The role: starts, warms up, measures, and ends in order.
pub(crate) fn run(load: &Load) -> Result<Figures, Trouble> {
    let running = start(load.plans()?)?;
    pause(load.warm_up);
    let counters = running.engine.counters();
    let judged = || counters.judged.load(Ordering::Relaxed);
    let (cpu, before, begun) = (limits::cpu_time(), judged(), Instant::now());
    pause(load.measure);
    let (cpu, results, took) = (limits::cpu_time().saturating_sub(cpu), judged() - before, begun.elapsed());
    let up = live_and_up(&running.reader);
    if up < load.live {
        return Err(format!("only {up} of {} live targets are up", load.live).into());
    }
    #[expect(clippy::cast_precision_loss, reason = "counts of probes")]
    let of = |counter: &std::sync::atomic::AtomicU64| counter.load(Ordering::Relaxed) as f64;
    #[expect(clippy::cast_precision_loss, reason = "a count of results, and bytes")]
    let (results, resident) = (results as f64, limits::memory_resident()? as f64);
    let figures = Figures::default()
        .with("cpu_us", cpu.as_secs_f64() * 1e6 / results)
        .with("rate", results / took.as_secs_f64())
        .with("share", cpu.as_secs_f64() / took.as_secs_f64())
        .with("resident_mb", resident / 1e6)
        .with("lag_p99_ms", counters.lag_quantile(0.99).as_secs_f64() * 1e3)
        .with("late", of(&counters.late))
        .with("skipped", of(&counters.skipped))
        .with("not_run", of(&counters.no_place) + of(&counters.overloaded) + of(&counters.collapsed))
        .with("not_kept", of(&counters.not_kept))
        .with("in_flight", of(&counters.in_flight))
        .with("rtt_p50_us", live_rtt(&running.reader));
    running.engine.stop().map_err(|_| "the engine panicked")?;
    Ok(figures)
}

fn live_and_up(reader: &Reader) -> usize {
    reader.board(|board| board.rows().filter(|row| &*row.target.name.group == "live" && row.status == Status::Up).count())
}

/// The median over the last results of all live targets.
fn live_rtt(reader: &Reader) -> f64 {
    let rtts: Vec<f64> = reader.board(|board| {
        let live = board.rows().filter(|row| &*row.target.name.group == "live");
        live.flat_map(|row| row.recent.iter()).filter_map(|glance| glance.rtt()).map(|rtt| rtt.as_secs_f64() * 1e6).collect()
    });
    median(rtts.into_iter())
}

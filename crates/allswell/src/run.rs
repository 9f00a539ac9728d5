//! `allswell run`: opens the store, starts the engine and the pages, and supervises them until it is told to end.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::time::Duration;

use allswell_engine::{Engine, EngineSettings, Plan};
use allswell_model::{Origin, TargetId};
use allswell_probe::Environment;
use allswell_web::{AccessList, Tls};

mod alarm;
mod asked;
mod banner;
mod checks;
mod clock;
mod control;
mod links;
mod pages;
pub(crate) mod place;
mod source;
mod trouble;

use crate::config;
use crate::exit::Exit;
use crate::out;
use alarm::Alarm;
use asked::Asked;
use checks::{Checks, Terms};
use control::Controlled;
use links::Linked;
use pages::Pages;
use source::{Read, Source};
use trouble::Trouble;

/// Watch targets and show how they are.
///
/// Without a configuration and without URLs it watches what it finds on this host: default gateways, resolvers in use,
/// services that listen here. Nothing else is ever probed unasked. `./allswell.yaml` is picked up when it appears.
#[derive(Debug, Clone, Default, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Arguments {
    /// The configuration; unset: ./allswell.yaml where it exists
    #[arg(short, long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Where the page is served; unset: the configuration's, else 127.0.0.1:8420
    #[arg(long, value_name = "ADDRESS[:PORT]", value_parser = crate::listen::read)]
    listen: Option<SocketAddr>,
    /// The file or folder of the history; unset: the configuration's, $STATE_DIRECTORY, or the user's state folder
    #[arg(long, value_name = "PATH")]
    store: Option<PathBuf>,
    /// Targets to watch instead of a configuration
    #[arg(value_name = "URL")]
    urls: Vec<String>,
}

const EXAMPLES: &str = "\
Examples:
  allswell run
  allswell run https://api.example.com/health tcp://db1:5432
  allswell run --config /etc/allswell.yaml --store /var/lib/allswell

It ends on SIGTERM and SIGINT, reads its configuration again on SIGHUP and when the file changes, and writes its
own log to stderr (ALLSWELL_LOG=info tells more).";

/// What the supervisor is asked to do.
pub(crate) enum Wish {
    /// End in order.
    Stop,
    /// Read the configuration again, and say what was wrong with it where somebody waits for that.
    Reload(Option<Answer<()>>),
    /// Watch this target, with the keys as JSON; say whether it is new.
    Put(TargetId, String, Answer<bool>),
    /// End the watch of this target, which came over the API; say whether there was one.
    Remove(TargetId, Answer<bool>),
}

/// Where somebody waits for what came of a wish.
type Answer<T> = Sender<Result<T, Vec<String>>>;

/// How often the configuration file is looked at.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// Runs until SIGTERM or SIGINT.
pub(crate) fn run(arguments: &Arguments) -> Exit {
    crate::log::begin();
    match start(arguments) {
        Ok(running) => running.supervise(),
        Err(trouble) => {
            out::complain(&format!("{trouble}\n"));
            trouble.exit()
        }
    }
}

struct Running {
    engine: Engine,
    alarm: Alarm,
    links: Linked,
    pages: Pages,
    access: AccessList,
    tls: Option<Tls>,
    source: Source,
    asked: Asked,
    checks: Checks,
    /// What was read at the start, of which not all can change later.
    first: Read,
    plans: Vec<Arc<Plan>>,
    wishes: Receiver<Wish>,
}

fn start(options: &Arguments) -> Result<Running, Trouble> {
    // More descriptors than probes need at once is the one limit that we can lift ourselves; where we may not, probes say so.
    let _ = allswell_os::limits::raise_descriptors();
    // Channels start programs; where we cannot keep ours from them they get what we inherited, as with any other program.
    let _ = allswell_os::limits::keep_descriptors();
    let mut source = Source::of(options)?;
    let first = source.read()?;
    let tls = first.tls.as_ref().map(|tls| Tls::read(&tls.certificate, &tls.key)).transpose().map_err(Trouble::Tls)?;
    let listen = options.listen.unwrap_or(first.listen);
    let listener = pages::listen(listen)?;
    let address = listener.local_addr().map_err(|error| Trouble::Listen(listen, error))?;
    let settings = place::settings(options.store.clone().or(first.store.clone()), &first)?;
    let asked = Asked::open(&settings.path).map_err(Trouble::Asked)?;
    let terms = Terms::of(&first);
    let plans = together(source.plans(&first, address)?, &asked, &terms);
    let (writer, reader) = allswell_store::open(&settings, clock::wall()).map_err(Trouble::Store)?;
    let (wish, wishes) = channel();
    let version = env!("CARGO_PKG_VERSION").to_owned();
    let (node, location) = (settings.node.clone(), Arc::clone(&settings.location));
    let environment = Environment::new();
    let whoami = (node.clone(), Arc::clone(&location));
    let engine = EngineSettings { writer, reader: reader.clone(), environment, wall: clock::wall, node, location, version };
    let engine = allswell_engine::start(engine).map_err(Trouble::Engine)?;
    let links = Linked::start(&engine, whoami, first.links.as_ref())?;
    let page = first.public_url.clone().unwrap_or_else(|| pages::link(address, tls.is_some()));
    let alarm = Alarm::start(&engine, page)?;
    alarm.heed(first.channels.clone(), first.heartbeat.clone());
    let (access, checks) = (AccessList::new(first.access.clone()), Checks::new(terms));
    let token = pages::token_for(address, !first.access.is_empty())?;
    let control = Controlled { reader, counted: engine.counters(), told: alarm.told(), links: links.shown(), checks: checks.clone(), wish };
    let title = settings.node.to_string();
    let allowed_hosts = first.allowed_hosts.clone();
    let plan = pages::Plan { address, title, allowed_hosts, token, access: access.clone(), tls: tls.clone() };
    let pages = Pages::start(listener, control, plan)?;
    engine.watch(plans.clone(), links.targets());
    banner::print(&source, &plans, (&settings.path, &links), &pages);
    allswell_os::memory::give_back();
    let first = first.without_targets();
    Ok(Running { engine, alarm, links, pages, access, tls, source, asked, checks, first, plans, wishes })
}

/// The configuration's targets, and those of the API beside them. One of the API whose name or id the configuration has meanwhile, or
/// that no longer fits it, is left out and said; it stays kept.
fn together(mut plans: Vec<Arc<Plan>>, asked: &Asked, terms: &Terms) -> Vec<Arc<Plan>> {
    for (id, keys) in asked.targets() {
        match terms.read(id, keys, &plans) {
            Ok(plan) => plans.push(plan),
            Err(mistakes) => out::complain(&format!("The target {id} of the API is not watched: {}\n", mistakes.join(" "))),
        }
    }
    plans
}

impl Running {
    fn supervise(mut self) -> Exit {
        let code = loop {
            self.links.tell(|channel| self.alarm.fails(channel));
            match self.wishes.recv_timeout(LOOK_EVERY) {
                Ok(Wish::Stop) | Err(RecvTimeoutError::Disconnected) => break Exit::Fine,
                Ok(wish) => self.grant(wish),
                Err(RecvTimeoutError::Timeout) if self.source.changed() => {
                    let _ = self.reload();
                }
                Err(RecvTimeoutError::Timeout) => {}
            }
            if !self.engine.is_running() || !self.alarm.is_alive() || !self.links.is_alive() {
                out::complain("A thread of the watch ended by a bug; rather than watch half, the program ends.\n");
                break Exit::Bug;
            }
        };
        self.pages.stop();
        // The last results of links are judged before the engine ends.
        self.links.stop();
        // What was sent is noted before the store closes.
        self.alarm.stop();
        match self.engine.stop() {
            Ok(()) => code,
            Err(_) => Exit::Bug,
        }
    }

    /// Whoever asked may have gone meanwhile.
    fn grant(&mut self, wish: Wish) {
        match wish {
            Wish::Stop => {}
            Wish::Reload(answer) => {
                let done = self.reload();
                answer.map(|answer| answer.send(done));
            }
            Wish::Put(id, keys, answer) => {
                let _ = answer.send(self.put(&id, &keys));
            }
            Wish::Remove(id, answer) => {
                let _ = answer.send(self.remove(&id));
            }
        }
    }

    /// Reads and checks all of it first; a mistake changes nothing.
    fn reload(&mut self) -> Result<(), Vec<String>> {
        match self.source.read().and_then(|read| Ok((self.source.plans(&read, self.pages.address())?, read))) {
            Ok((plans, read)) => {
                self.heed(&read);
                let plans = together(plans, &self.asked, &self.checks.terms());
                let changes = config::difference(&self.plans, &plans);
                let mut unheeded = read.unheeded(&self.first);
                if self.links.listens_elsewhere(read.links.as_ref()) {
                    unheeded.push("links.listen");
                }
                if let Err(trouble) = self.links.heed(read.links.as_ref()) {
                    out::complain(&format!("{trouble}\nThe rest of the configuration holds.\n"));
                }
                if !unheeded.is_empty() {
                    out::complain(&format!("Read again; what changed in {} takes effect at the next start.\n", unheeded.join(", ")));
                }
                tracing::info!("the configuration was read again: {changes}");
                let plans = config::settled(&self.plans, plans);
                drop(read);
                self.watch(plans);
                // The trees of a large configuration are gone by now.
                allswell_os::memory::give_back();
                Ok(())
            }
            Err(trouble) => {
                out::complain(&format!("{trouble}\nNothing was changed; what was watched before is watched still.\n"));
                Err(trouble.sentences())
            }
        }
    }

    /// What can change while the program runs, besides the targets.
    fn heed(&mut self, read: &Read) {
        self.checks.renew(Terms::of(read));
        self.alarm.heed(read.channels.clone(), read.heartbeat.clone());
        self.access.replace(read.access.clone());
        if let Some(Err(error)) = self.tls.as_ref().map(Tls::renew) {
            out::complain(&format!("{error}\nThe page goes on with the certificate that it has.\n"));
        }
    }

    fn watch(&mut self, plans: Vec<Arc<Plan>>) {
        self.engine.watch(plans.clone(), self.links.targets());
        self.plans = plans;
    }

    fn put(&mut self, id: &TargetId, keys: &str) -> Result<bool, Vec<String>> {
        let mut plans = self.plans.clone();
        plans.retain(|plan| plan.target.id != *id || plan.target.origin != Origin::Api);
        let plan = self.checks.terms().read(id, keys, &plans)?;
        let is_new = self.asked.put(id, keys).map_err(|why| vec![why])?;
        plans.push(plan);
        self.watch(plans);
        Ok(is_new)
    }

    fn remove(&mut self, id: &TargetId) -> Result<bool, Vec<String>> {
        if self.plans.iter().any(|plan| plan.target.id == *id && plan.target.origin != Origin::Api) {
            return Err(vec![format!("{id} did not come over the API: take it out of where it stands.")]);
        }
        let was_there = self.asked.remove(id).map_err(|why| vec![why])?;
        let mut plans = self.plans.clone();
        plans.retain(|plan| plan.target.id != *id);
        self.watch(plans);
        Ok(was_there)
    }
}

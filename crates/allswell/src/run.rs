//! `allswell run`: opens the store, starts the engine and the pages, and supervises them until it is told to end.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::time::Duration;

use allswell_engine::{Engine, EngineSettings};
use allswell_probe::Environment;

mod banner;
mod clock;
mod pages;
mod place;
mod source;
mod trouble;

use crate::exit::Exit;
use crate::out;
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
    Reload(Option<Sender<Result<(), Vec<String>>>>),
}

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
    pages: Pages,
    source: Source,
    /// What was read at the start, of which not all can change later.
    first: Read,
    wishes: Receiver<Wish>,
}

fn start(options: &Arguments) -> Result<Running, Trouble> {
    // More descriptors than probes need at once is the one limit that we can lift ourselves; where we may not, probes say so.
    let _ = allswell_os::limits::raise_descriptors();
    let mut source = Source::of(options)?;
    let first = source.read()?;
    let listen = options.listen.unwrap_or(first.listen);
    let listener = pages::listen(listen)?;
    let address = listener.local_addr().map_err(|error| Trouble::Listen(listen, error))?;
    let plans = source.plans(&first, address)?;
    let settings = place::settings(options.store.clone().or(first.store.clone()), &first)?;
    let (writer, reader) = allswell_store::open(&settings, clock::wall()).map_err(Trouble::Store)?;
    let (wish, wishes) = channel();
    let version = env!("CARGO_PKG_VERSION").to_owned();
    let environment = Environment::new();
    let engine = EngineSettings { writer, reader: reader.clone(), environment, wall: clock::wall, version };
    let engine = allswell_engine::start(engine).map_err(Trouble::Engine)?;
    let token = pages::token_for(address)?;
    let plan = pages::Plan { address, title: settings.node.to_string(), allowed_hosts: first.allowed_hosts.clone(), token };
    let pages = Pages::start(listener, reader, engine.counters(), plan, wish)?;
    engine.watch(plans.clone());
    banner::print(&source, &plans, &settings.path, &pages);
    Ok(Running { engine, pages, source, first, wishes })
}

impl Running {
    fn supervise(mut self) -> Exit {
        let code = loop {
            match self.wishes.recv_timeout(LOOK_EVERY) {
                Ok(Wish::Stop) | Err(RecvTimeoutError::Disconnected) => break Exit::Fine,
                Ok(Wish::Reload(answer)) => {
                    let done = self.reload();
                    if let Some(answer) = answer {
                        // Whoever asked may have gone meanwhile.
                        let _ = answer.send(done);
                    }
                }
                Err(RecvTimeoutError::Timeout) if self.source.changed() => {
                    let _ = self.reload();
                }
                Err(RecvTimeoutError::Timeout) => {}
            }
            if !self.engine.is_running() {
                out::complain("The pipeline ended by a bug; nothing is watched any more, so the program ends.\n");
                break Exit::Bug;
            }
        };
        self.pages.stop();
        match self.engine.stop() {
            Ok(()) => code,
            Err(_) => Exit::Bug,
        }
    }

    /// Reads and checks all of it first; a mistake changes nothing.
    fn reload(&mut self) -> Result<(), Vec<String>> {
        let read = self.source.read();
        let unheeded = read.as_ref().map(|read| read.unheeded(&self.first)).unwrap_or_default();
        let plans = read.and_then(|read| self.source.plans(&read, self.pages.address()));
        match plans {
            Ok(plans) => {
                if !unheeded.is_empty() {
                    out::complain(&format!("Read again; what changed in {} takes effect at the next start.\n", unheeded.join(", ")));
                }
                tracing::info!(targets = plans.len(), "the configuration was read again");
                self.engine.watch(plans);
                Ok(())
            }
            Err(trouble) => {
                out::complain(&format!("{trouble}\nNothing was changed; what was watched before is watched still.\n"));
                Err(trouble.sentences())
            }
        }
    }
}

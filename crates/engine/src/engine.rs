//! The engine's two threads, their start and their end.

use std::fmt;
use std::io;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use allswell_judge::Incidents;
use allswell_model::{EventBody, Inlet, NodeId, Outbox, Target, Timestamp};
use allswell_probe::Environment;
use allswell_store::{ReadError, Reader, Writer};
use tokio::sync::mpsc;

use crate::clock::Clock;
use crate::counters::Counters;
use crate::outbox::Post;
use crate::pipe::{self, Door, Input, PIPE_DEPTH, Watch};
use crate::pipeline::Pipeline;
use crate::plan::Plan;
use crate::runner::{Command, Runner, Shared};

/// What an engine is started with.
pub struct EngineSettings {
    /// The store's one writer.
    pub writer: Writer,
    /// For what the last run left behind.
    pub reader: Reader,
    /// Shared by all probes.
    pub environment: Arc<Environment>,
    /// Reads the wall clock.
    pub wall: fn() -> Timestamp,
    /// Who says what alerts say.
    pub node: NodeId,
    /// The node's label for where it stands; may be empty.
    pub location: Arc<str>,
    /// The program's version, for the event that says it started.
    pub version: String,
}

/// Why the engine did not start.
#[derive(Debug)]
pub enum StartError {
    /// The system gives no thread or no event queue.
    Threads(io::Error),
    /// Which incidents last cannot be read: whoever was told of one would not be told of its end.
    Incidents(ReadError),
}

impl fmt::Display for StartError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Threads(_) => f.write_str("the engine's threads could not be started"),
            Self::Incidents(_) => f.write_str("which incidents last could not be read from the history"),
        }
    }
}

impl std::error::Error for StartError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Threads(error) => Some(error),
            Self::Incidents(error) => Some(error),
        }
    }
}

/// A running engine. Dropping it ends it, too; [`Engine::stop`] waits for the end.
pub struct Engine {
    shared: Arc<Shared>,
    commands: Option<mpsc::Sender<Command>>,
    pipe: Option<mpsc::Sender<Input>>,
    reader: Reader,
    threads: Vec<JoinHandle<()>>,
}

/// Reloads that wait to be carried out; each is complete in itself.
const COMMANDS: usize = 4;

/// A probe that is cancelled has this long to close what it opened.
const CANCEL_WITHIN: Duration = Duration::from_millis(500);

/// A watch that is this late is not well: a slow commit or a stall of the machine is shorter.
const LATE_AT_MOST: Duration = Duration::from_secs(10);

/// Starts both threads; nothing is watched yet.
///
/// # Errors
/// When the system gives no thread or no event queue, or the history cannot be read.
pub fn start(settings: EngineSettings) -> Result<Engine, StartError> {
    let clock = Clock::anchored(Instant::now(), (settings.wall)());
    let shared = Arc::new(Shared::new(clock, settings.wall));
    let (pipe, inputs) = mpsc::channel(PIPE_DEPTH);
    let (commands, orders) = mpsc::channel(COMMANDS);
    let runner = Runner::new(Arc::clone(&shared), settings.environment, pipe.clone());
    let open = settings.reader.open_incidents().map_err(StartError::Incidents)?;
    let incidents = Incidents::new(settings.node, settings.location, open);
    let pipeline = Pipeline::new(Arc::clone(&shared), settings.writer, settings.reader.clone(), incidents);
    let probes = runtime().map_err(StartError::Threads)?;
    let judging = tokio::runtime::Builder::new_current_thread().enable_time().build().map_err(StartError::Threads)?;
    let first = thread("probes", move || {
        probes.block_on(runner.drive(orders));
        probes.shutdown_timeout(CANCEL_WITHIN);
    });
    let second = thread("pipeline", move || judging.block_on(pipeline.drive(inputs)));
    let threads = vec![first.map_err(StartError::Threads)?, second.map_err(StartError::Threads)?];
    let engine = Engine { shared, commands: Some(commands), pipe: Some(pipe), reader: settings.reader, threads };
    engine.tell(EventBody::Started { version: settings.version });
    Ok(engine)
}

fn runtime() -> io::Result<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_current_thread().enable_all().event_interval(61).build()
}

fn thread(name: &str, body: impl FnOnce() + Send + 'static) -> io::Result<JoinHandle<()>> {
    std::thread::Builder::new().name(name.into()).spawn(body)
}

impl Engine {
    /// Watches exactly these from now on. Targets that were watched already keep their clock, status and history.
    ///
    /// Guests are targets that nothing here probes: their results come through [`Engine::inlet`], and are judged, kept and told of like
    /// any other. Their `policy` says how often such a result is to be expected. A guest with the id of a plan is left out.
    pub fn watch(&self, plans: Vec<Arc<Plan>>, guests: Vec<Arc<Target>>) {
        // The pipeline hears of a target before its first result can come.
        if let Some(pipe) = &self.pipe {
            let probed = plans.iter().map(|plan| Arc::clone(&plan.target)).collect();
            let _ = pipe.blocking_send(Input::Watch(Watch { probed, guests }));
        }
        if let Some(commands) = &self.commands {
            let _ = commands.blocking_send(Command::Watch(plans));
        }
    }

    /// What it counts of itself.
    #[must_use]
    pub fn counters(&self) -> Counted {
        let pipe = self.pipe.as_ref().map(mpsc::Sender::downgrade);
        Counted { shared: Arc::clone(&self.shared), pipe }
    }

    /// The door for results from elsewhere.
    #[must_use]
    pub fn inlet(&self) -> Option<Arc<dyn Inlet>> {
        let pipe = self.pipe.as_ref()?.downgrade();
        Some(Arc::new(Door { pipe, shared: Arc::clone(&self.shared) }))
    }

    /// Where alerts wait for whoever sends them.
    #[must_use]
    pub fn outbox(&self) -> Option<Arc<dyn Outbox>> {
        let pipe = self.pipe.as_ref()?.downgrade();
        Some(Arc::new(Post::new(self.reader.clone(), pipe)))
    }

    /// Whether both threads still run; one that ended is a bug in the pipeline, and the process must end.
    #[must_use]
    pub fn is_running(&self) -> bool {
        self.threads.iter().all(|thread| !thread.is_finished())
    }

    fn tell(&self, body: EventBody) {
        let at = self.shared.clock.utc(Instant::now());
        if let Some(pipe) = &self.pipe {
            let _ = pipe.try_send(Input::Event(body, at));
        }
    }

    /// Cancels what runs, commits what was found, and waits for both threads.
    ///
    /// # Errors
    /// A thread that panicked.
    pub fn stop(mut self) -> std::thread::Result<()> {
        self.tell(EventBody::Stopped);
        self.commands = None;
        self.pipe = None;
        self.threads.drain(..).try_for_each(JoinHandle::join)
    }
}

/// The engine's counters, for as long as somebody reads them.
#[derive(Debug, Clone)]
pub struct Counted {
    shared: Arc<Shared>,
    pipe: Option<mpsc::WeakSender<Input>>,
}

impl Counted {
    /// The time by the engine's clock.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.shared.clock.utc(Instant::now())
    }

    /// Whether results come and are judged as often as they should: a watch that hears nothing of anybody is none.
    #[must_use]
    pub fn makes_progress(&self) -> bool {
        let expected = Duration::from_micros(self.shared.counters.expected_us.load(Ordering::Relaxed));
        let judged = Timestamp(self.shared.counters.judged_us.load(Ordering::Relaxed));
        expected.is_zero() || self.now().since(judged) < expected * 2 + LATE_AT_MOST
    }

    /// Results that wait to be judged; none once the engine has ended.
    #[must_use]
    pub fn queue_depth(&self) -> usize {
        let in_flight = self.shared.counters.in_flight.load(Ordering::Relaxed);
        self.pipe.as_ref().and_then(mpsc::WeakSender::upgrade).map_or(0, |pipe| pipe::waiting(&pipe, in_flight))
    }
}

impl std::ops::Deref for Counted {
    type Target = Counters;
    fn deref(&self) -> &Counters {
        &self.shared.counters
    }
}

#[cfg(test)]
mod tests;

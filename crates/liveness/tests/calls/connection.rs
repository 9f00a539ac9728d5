//! A real connection, whose script is played and whose every answer is compared with the model's.

use std::future::Future;
use std::io::{self, ErrorKind, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::os::fd::{AsFd, BorrowedFd};
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, Waker};
use std::thread;
use std::time::{Duration, Instant};

use allswell_liveness::{Handle, Live, Retry, State, TcpState, Verdict, tcp_info};
use allswell_os::{errno, socket};
use socket2::SockRef;

use crate::model::{Model, Peer};
use crate::script::{Act, Call, Question, Step};

/// What happens on loopback has happened when the call returns, almost always.
const DEADLINE: Duration = Duration::from_secs(5);

/// How the stream is read: as the library does, or as a broken one would.
pub(crate) type Reading = fn(&mut Live<Stream>, &mut [u8]) -> io::Result<usize>;

/// A stream to which a router's word against it can be handed in, as the kernel hands it to calls on a socket with `IP_RECVERR`.
#[derive(Debug)]
pub(crate) struct Stream {
    pub(crate) tcp: TcpStream,
    unreachable: Arc<AtomicBool>,
}

impl Stream {
    /// The kernel forgets such a word as soon as there is something worse to say.
    pub(crate) fn word(&self) -> io::Result<()> {
        let said = self.unreachable.swap(false, Ordering::Relaxed) && tcp_info(&self.tcp)?.state != TcpState::Close;
        if said { Err(io::Error::from_raw_os_error(errno::EHOSTUNREACH)) } else { Ok(()) }
    }
}

impl Read for &Stream {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.word()?;
        (&self.tcp).read(buffer)
    }
}

impl Write for &Stream {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.word()?;
        (&self.tcp).write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        (&self.tcp).flush()
    }
}

impl AsFd for Stream {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.tcp.as_fd()
    }
}

/// How much of the end was told already: it can only become more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Told {
    Nothing,
    Finished,
    End,
}

impl Told {
    fn of(state: State) -> Self {
        match state {
            State::HalfClosedByPeer | State::Closing => Self::Finished,
            state if state.is_end() => Self::End,
            _ => Self::Nothing,
        }
    }
}

/// An answer of a handle.
#[derive(Debug)]
enum Answer {
    Verdict(Verdict),
    Trouble(Option<State>),
    Reusable(Result<(), Verdict>),
    Died(Poll<Verdict>),
    Spent(Poll<Verdict>),
    /// What no event has told in time.
    Unheard,
}

/// Both ends, and what has to be told of it.
pub(crate) struct Connection {
    live: Live<Stream>,
    handles: Vec<Handle>,
    far: Option<TcpStream>,
    unreachable: Arc<AtomicBool>,
    reading: Reading,
    model: Model,
    told: Told,
    /// How many of the peer's bytes were sent, and how many were read: their values follow from their place.
    sent: usize,
    read: usize,
}

impl Connection {
    /// The library's side is the one that accepts, or the one that connects.
    pub(crate) fn new(listener: &TcpListener, accepts: bool, reading: Reading) -> Self {
        let connecting = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
        let (accepted, _) = listener.accept().unwrap();
        let (near, far) = if accepts { (accepted, connecting) } else { (connecting, accepted) };
        near.set_nonblocking(true).unwrap();
        far.set_nonblocking(true).unwrap();
        let unreachable = Arc::new(AtomicBool::new(false));
        let live = Live::new(Stream { tcp: near, unreachable: Arc::clone(&unreachable) }).unwrap();
        let handles = vec![live.handle()];
        let (far, model) = (Some(far), Model::NEW);
        Self { live, handles, far, unreachable, reading, model, told: Told::Nothing, sent: 0, read: 0 }
    }

    /// The first step that was answered wrongly, and how.
    pub(crate) fn play(&mut self, script: &[Step]) -> Result<(), String> {
        for (at, step) in script.iter().enumerate() {
            self.step(*step).map_err(|wrong| format!("step {at}, {step:?}: {wrong}\n{:?}", self.model))?;
        }
        Ok(())
    }

    fn step(&mut self, step: Step) -> Result<(), String> {
        let before = self.model;
        match step {
            Step::Peer(act) if self.model.permits(act) => self.act(act),
            Step::Peer(_) => {}
            Step::Ours(Call::Ask(question, handle)) => {
                let answer = ask(&self.handles[handle % self.handles.len()], question, &before);
                self.check(&answer, &[before])?;
            }
            Step::Ours(call) => self.call(call)?,
            Step::Together(call, question, handle) => {
                let handle = self.handles[handle % self.handles.len()].clone();
                let told = self.told;
                let (called, answer) = thread::scope(|scope| {
                    let asked = scope.spawn(|| ask(&handle, question, &before));
                    (self.call(call), asked.join().unwrap())
                });
                called?;
                let after = std::mem::replace(&mut self.told, told);
                self.check(&answer, &[before, self.model])?;
                self.told = self.told.max(after);
            }
        }
        self.settle()
    }

    fn act(&mut self, act: Act) {
        self.model.acted(act);
        match act {
            Act::Unreachable => self.unreachable.store(true, Ordering::Relaxed),
            Act::Sends(bytes) => {
                let bytes: Vec<u8> = (self.sent..self.sent + bytes).map(value).collect();
                self.far().write_all(&bytes).unwrap();
                self.sent += bytes.len();
            }
            Act::Reads => while self.far().read(&mut [0; 8192]).is_ok_and(|bytes| bytes > 0) {},
            Act::Finishes => self.far().shutdown(Shutdown::Write).unwrap(),
            Act::Closes => self.far = None,
            Act::Resets => {
                SockRef::from(&*self.far()).set_linger(Some(Duration::ZERO)).unwrap();
                self.far = None;
            }
        }
    }

    fn far(&mut self) -> &mut TcpStream {
        self.far.as_mut().unwrap()
    }

    fn call(&mut self, call: Call) -> Result<(), String> {
        let tcp = &self.live.get_ref().tcp;
        let bytes = match call {
            Call::Read(asked) => self.read(asked)?,
            Call::Write(bytes) => self.write(bytes)?,
            Call::Flush => self.live.flush().map_or_else(|error| Err(format!("flush: {error}")), |()| Ok(0))?,
            // What is over already cannot be shut.
            Call::ShutReading => tcp.shutdown(Shutdown::Read).map_or(0, |()| 0),
            Call::ShutWriting => tcp.shutdown(Shutdown::Write).map_or(0, |()| 0),
            Call::ShutBoth => tcp.shutdown(Shutdown::Both).map_or(0, |()| 0),
            Call::Ask(question, handle) => {
                let answer = ask(&self.handles[handle % self.handles.len()], question, &self.model);
                self.check(&answer, &[self.model])?;
                0
            }
            Call::CloneHandle(handle) => {
                self.handles.push(self.handles[handle % self.handles.len()].clone());
                0
            }
            Call::DropHandle(handle) => {
                if self.handles.len() > 1 {
                    self.handles.remove(handle % self.handles.len());
                }
                0
            }
        };
        self.model.called(call, bytes);
        Ok(())
    }

    fn read(&mut self, asked: usize) -> Result<usize, String> {
        let mut buffer = vec![0; asked];
        let brought = (self.reading)(&mut self.live, &mut buffer);
        let model = &self.model;
        let (broke, ends) = (model.peer == Peer::Broke, model.peer != Peer::Sends || model.shut_reading);
        match brought {
            Ok(0) if asked == 0 => return Ok(0),
            Ok(bytes) if bytes > 0 && bytes <= model.unread => {
                let right = buffer.iter().take(bytes).enumerate().all(|(at, byte)| *byte == value(self.read + at));
                self.read += bytes;
                return if right { Ok(bytes) } else { Err("other bytes than were sent".into()) };
            }
            Err(error) if error.kind() == ErrorKind::WouldBlock && model.unread == 0 && !broke && !ends => return Ok(0),
            Ok(0) if model.unread == 0 && !broke && ends => {}
            Err(error) if model.unread == 0 && broke => self.check_error(&error, ErrorKind::ConnectionReset)?,
            other => return Err(format!("read gave {other:?}")),
        }
        self.heard();
        Ok(0)
    }

    fn write(&mut self, bytes: usize) -> Result<usize, String> {
        let written = self.live.write(&vec![0; bytes]);
        let model = &self.model;
        match (written, model.peer) {
            (Ok(written), Peer::Sends | Peer::Finished) if written == bytes && !model.shut_writing => return Ok(bytes),
            (Err(error), Peer::Broke) => self.check_error(&error, ErrorKind::ConnectionReset)?,
            (Err(error), Peer::FinishedThenBroke) => self.check_error(&error, ErrorKind::BrokenPipe)?,
            (Err(error), _) if model.shut_writing && error.kind() == ErrorKind::BrokenPipe && error.get_ref().is_none() => {}
            (other, _) => return Err(format!("write gave {other:?}")),
        }
        self.heard();
        Ok(0)
    }

    fn check_error(&self, error: &io::Error, kind: ErrorKind) -> Result<(), String> {
        let verdict = error.get_ref().and_then(|within| within.downcast_ref::<Verdict>());
        match verdict {
            Some(verdict) if error.kind() == kind => check_verdict(verdict, &[self.model]),
            _ => Err(format!("{error:?} instead of {kind}")),
        }
    }

    /// Whoever calls and is told an end has told it to all.
    fn heard(&mut self) {
        self.told = self.told.max(self.model.state().map_or(Told::Nothing, Told::of));
    }

    fn check(&mut self, answer: &Answer, models: &[Model]) -> Result<(), String> {
        let stands = models.iter().any(|model| model.state().is_none() && model.unread == 0);
        let may_be = |state: State| models.iter().any(|model| model.state() == Some(state));
        let finished = models.iter().any(|model| matches!(model.peer, Peer::Finished | Peer::FinishedThenBroke));
        let told = match answer {
            Answer::Died(Poll::Ready(verdict)) if Told::of(verdict.state) < Told::End => return Err(format!("it lives: {verdict:?}")),
            Answer::Spent(Poll::Ready(verdict)) if Told::of(verdict.state) < Told::Finished => {
                return Err(format!("it serves: {verdict:?}"));
            }
            Answer::Verdict(verdict)
            | Answer::Reusable(Err(verdict))
            | Answer::Died(Poll::Ready(verdict))
            | Answer::Spent(Poll::Ready(verdict)) => {
                check_verdict(verdict, models)?;
                Told::of(verdict.state)
            }
            Answer::Reusable(Ok(())) if stands => Told::Nothing,
            // The peer's FIN was heard, and the end not yet.
            Answer::Trouble(Some(State::HalfClosedByPeer)) if finished && self.told < Told::End => Told::Finished,
            Answer::Trouble(Some(state)) if may_be(*state) => Told::of(*state),
            Answer::Trouble(None) if self.told == Told::Nothing => Told::Nothing,
            Answer::Died(Poll::Pending) if self.told < Told::End => Told::Nothing,
            Answer::Spent(Poll::Pending) if self.told < Told::Finished => Told::Nothing,
            other => return Err(format!("{other:?} after {:?} was told", self.told)),
        };
        if matches!(answer, Answer::Reusable(Err(_))) && models.iter().all(|model| model.state().is_none() && model.unread == 0) {
            return Err(format!("{answer:?} although it stands"));
        }
        if told < self.told && matches!(answer, Answer::Verdict(_)) {
            return Err(format!("{answer:?} after {:?} was told", self.told));
        }
        self.told = self.told.max(told);
        Ok(())
    }

    /// Waits until what was done has arrived, by questions that take nothing.
    fn settle(&self) -> Result<(), String> {
        let near = &self.live.get_ref().tcp;
        let arrived = |model: &Model| {
            let state = tcp_info(near).unwrap().state;
            let right = match model.peer {
                _ if model.is_over() => state == TcpState::Close,
                Peer::Finished => state == TcpState::CloseWait,
                // The peer's kernel may put its acknowledgement off.
                _ if model.shut_writing => matches!(state, TcpState::FinWait1 | TcpState::FinWait2),
                _ => state == TcpState::Established,
            };
            let far = model.is_over() || self.far.as_ref().is_none_or(|far| socket::unread(far).unwrap() == model.theirs as u64);
            right && far && socket::unread(near).unwrap() == model.unread as u64
        };
        let deadline = Instant::now() + DEADLINE;
        while !arrived(&self.model) {
            if Instant::now() > deadline {
                return Err(format!("the kernel does otherwise: {:?}, {:?}", tcp_info(near).unwrap().state, socket::unread(near)));
            }
            thread::yield_now();
        }
        Ok(())
    }
}

/// The byte at a place of the peer's stream.
fn value(place: usize) -> u8 {
    (place % 251) as u8
}

fn ask(handle: &Handle, question: Question, model: &Model) -> Answer {
    match question {
        Question::Verdict => Answer::Verdict(handle.verdict()),
        Question::Trouble => Answer::Trouble(handle.trouble()),
        Question::Reusable => Answer::Reusable(handle.reusable()),
        Question::Died => Answer::Died(once(handle.died())),
        Question::Spent => Answer::Spent(once(handle.spent())),
        Question::Hear => {
            // Meanwhile another thread may end what was about to be told as finished.
            let expected = model.state().filter(|state| Told::of(*state) != Told::Nothing);
            let deadline = Instant::now() + DEADLINE;
            loop {
                let trouble = handle.trouble();
                if expected.is_none() || trouble == expected || trouble.is_some_and(|trouble| trouble.is_end()) {
                    return Answer::Trouble(trouble);
                }
                if Instant::now() > deadline {
                    return Answer::Unheard;
                }
                thread::yield_now();
            }
        }
    }
}

fn once(future: impl Future<Output = Verdict>) -> Poll<Verdict> {
    pin!(future).poll(&mut Context::from_waker(Waker::noop()))
}

fn check_verdict(verdict: &Verdict, models: &[Model]) -> Result<(), String> {
    let mut wrong = String::new();
    for model in models {
        let expected = model.state();
        let retry = match expected {
            None | Some(State::HalfClosedByUs { .. }) => Retry::NotYet,
            _ if model.wrote => Retry::OnlyIfIdempotent,
            _ => Retry::Safe,
        };
        // One that asks while another shuts may see our last word on its way.
        let closing = models.len() > 1 && expected == Some(State::ClosedInOrder) && verdict.state == State::Closing;
        let state = closing || expected.map_or_else(|| verdict.state.takes_requests(), |state| state == verdict.state);
        let fails = matches!(model.peer, Peer::Broke | Peer::FinishedThenBroke);
        let right = state && verdict.retry == retry && verdict.to_io_error().is_some() == fails;
        // One that asks while another reads may see a part of it read.
        if right && (verdict.evidence.unread == model.unread as u64 || models.len() > 1) && verdict.evidence.peer.is_some() {
            return Ok(());
        }
        wrong = format!("expected {expected:?}, {retry}, {} unread", model.unread);
    }
    Err(format!("{wrong}, but: {verdict:?}"))
}

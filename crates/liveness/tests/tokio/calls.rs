//! In whatever order tokio's calls are made, and whatever the peer does meanwhile: no error is lost, and none is invented.
//! `tests/calls` does the same, and more, for the blocking calls.

use std::io::{ErrorKind, Write as _};
use std::time::{Duration, Instant};

use allswell_liveness::{Handle, Live, State, TcpState, tcp_info};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestCaseError, TestRunner};
use socket2::SockRef;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::timeout;

const DEADLINE: Duration = Duration::from_secs(5);

#[derive(Debug, Clone, Copy)]
enum Step {
    Sends(usize),
    Finishes,
    Resets,
    Read(usize),
    Write(usize),
    Verdict,
    Trouble,
    Died,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        3 => (1..3000_usize).prop_map(Step::Sends),
        1 => Just(Step::Finishes),
        1 => Just(Step::Resets),
        6 => (1..4000_usize).prop_map(Step::Read),
        2 => (1..100_usize).prop_map(Step::Write),
        1 => Just(Step::Verdict),
        1 => Just(Step::Trouble),
        1 => Just(Step::Died),
    ]
}

/// What the peer has done for good.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Peer {
    Open,
    Finished,
    Reset { finished: bool },
}

struct Connection {
    live: Live<TcpStream>,
    handle: Handle,
    far: Option<std::net::TcpStream>,
    peer: Peer,
    /// The peer's bytes; each is the low byte of its place.
    sent: usize,
    read: usize,
}

impl Connection {
    async fn new() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let near = TcpStream::connect(listener.local_addr().unwrap()).await.unwrap();
        let far = listener.accept().await.unwrap().0.into_std().unwrap();
        far.set_nonblocking(false).unwrap();
        let live = Live::new(near).unwrap();
        let handle = live.handle();
        Self { live, handle, far: Some(far), peer: Peer::Open, sent: 0, read: 0 }
    }

    async fn step(&mut self, step: Step) -> Result<(), String> {
        match step {
            Step::Sends(bytes) if self.peer == Peer::Open => self.send(bytes),
            Step::Finishes if self.peer == Peer::Open => {
                self.far.as_ref().unwrap().shutdown(std::net::Shutdown::Write).unwrap();
                self.becomes(Peer::Finished, TcpState::CloseWait);
            }
            Step::Resets if let Some(far) = self.far.take() => {
                SockRef::from(&far).set_linger(Some(Duration::ZERO)).unwrap();
                drop(far);
                self.becomes(Peer::Reset { finished: self.peer == Peer::Finished }, TcpState::Close);
            }
            Step::Sends(_) | Step::Finishes | Step::Resets => {}
            Step::Read(room) => self.read(room).await?,
            Step::Write(bytes) => self.write(bytes).await?,
            Step::Verdict => {
                let state = self.handle.verdict().state;
                self.is_true(state)?;
            }
            // The watching thread may not have told of it yet; what it has told is true.
            Step::Trouble => self.handle.trouble().map_or(Ok(()), |state| self.is_true(state))?,
            Step::Died => self.died().await?,
        }
        Ok(())
    }

    fn send(&mut self, bytes: usize) {
        let text: Vec<u8> = (self.sent..self.sent + bytes).map(|place| place as u8).collect();
        self.far.as_ref().unwrap().write_all(&text).unwrap();
        self.sent += bytes;
        let came = self.sent as u64;
        self.until(|tcp| tcp.bytes_received >= Some(came));
    }

    fn becomes(&mut self, peer: Peer, state: TcpState) {
        self.peer = peer;
        self.until(|tcp| tcp.state == state);
    }

    fn until(&self, is_so: impl Fn(&allswell_liveness::TcpInfo) -> bool) {
        let deadline = Instant::now() + DEADLINE;
        while !is_so(&tcp_info(&self.live).unwrap()) {
            assert!(Instant::now() < deadline, "it did not come");
            std::thread::yield_now();
        }
    }

    async fn read(&mut self, room: usize) -> Result<(), String> {
        let mut buffer = vec![0; room];
        let waits = self.peer == Peer::Open && self.read == self.sent;
        let patience = if waits { Duration::from_millis(1) } else { DEADLINE };
        let answer = timeout(patience, self.live.read(&mut buffer)).await;
        let left = self.sent - self.read;
        match (answer, self.peer) {
            (Err(_), _) if waits => Ok(()),
            (Ok(Ok(length)), _) if (1..=left).contains(&length) => {
                let places = self.read..self.read + length;
                self.read += length;
                let right = buffer.iter().zip(places).all(|(byte, place)| *byte == place as u8);
                right.then_some(()).ok_or_else(|| "other bytes than were sent".to_owned())
            }
            (Ok(Ok(0)), Peer::Finished | Peer::Reset { finished: true }) if left == 0 => Ok(()),
            (Ok(Err(error)), Peer::Reset { finished: false }) if left == 0 && error.kind() == ErrorKind::ConnectionReset => Ok(()),
            (answer, peer) => Err(format!("{peer:?}, {left} left to read: {answer:?}")),
        }
    }

    async fn write(&mut self, bytes: usize) -> Result<(), String> {
        let answer = timeout(DEADLINE, self.live.write(&vec![0; bytes])).await.map_err(|_| "a write hung")?;
        match (answer.map_err(|error| error.kind()), self.peer) {
            (Ok(_), Peer::Open | Peer::Finished) => Ok(()),
            (Err(ErrorKind::ConnectionReset), Peer::Reset { finished: false }) => Ok(()),
            (Err(ErrorKind::BrokenPipe), Peer::Reset { finished: true }) => Ok(()),
            (answer, peer) => Err(format!("a write met {peer:?}: {answer:?}")),
        }
    }

    fn is_true(&self, state: State) -> Result<(), String> {
        let is_true = match self.peer {
            Peer::Open => matches!(state, State::Alive | State::Idle),
            Peer::Finished => state == State::HalfClosedByPeer,
            // Who has heard of the FIN alone is told of the rest by the next event.
            Peer::Reset { finished: true } => matches!(state, State::ResetAfterFin | State::HalfClosedByPeer),
            Peer::Reset { finished: false } => state == State::Reset,
        };
        is_true.then_some(()).ok_or_else(|| format!("{:?} is called {state}", self.peer))
    }

    async fn died(&self) -> Result<(), String> {
        match (timeout(Duration::from_millis(1), self.handle.died()).await, self.peer) {
            (Err(_), Peer::Open | Peer::Finished) => Ok(()),
            (Ok(verdict), _) if verdict.state.is_end() => self.is_true(verdict.state),
            // It is told soon, and then for certain.
            (Err(_), _) => {
                let verdict = timeout(DEADLINE, self.handle.died()).await.map_err(|_| "nobody was told of the end")?;
                self.is_true(verdict.state)
            }
            (Ok(verdict), peer) => Err(format!("{peer:?} died: {verdict}")),
        }
    }
}

#[test]
fn no_error_is_lost_and_none_is_invented() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let config = Config { cases: 1000, failure_persistence: None, ..Config::default() };
    let played = TestRunner::new(config).run(&prop::collection::vec(step(), 1..14), |script| {
        runtime.block_on(async {
            let mut connection = Connection::new().await;
            for (at, step) in script.iter().enumerate() {
                let wrong = |why| TestCaseError::fail(format!("step {at}, {step:?}: {why}"));
                connection.step(*step).await.map_err(wrong)?;
            }
            Ok(())
        })
    });
    assert!(played.is_ok(), "{}", played.unwrap_err());
}

//! The truth about one connection at one moment.

use std::error::Error;
use std::fmt;
use std::io;
use std::os::fd::AsFd;

use allswell_os::descriptor;
use allswell_os::events::{self, Events};
use allswell_os::socket;
use allswell_os::tcp_info::{self, TcpState};

use crate::admit::admit;
use crate::decide;
use crate::evidence::Evidence;
use crate::patience::Patience;
use crate::proof::Proof;
use crate::retry::Retry;
use crate::state::State;
use crate::who::Who;
use crate::witness::Witness;

mod sentence;

/// What a connection is, what proves it, whether a request may be repeated, and what all that rests on.
///
/// Written out (`Display`) it is one sentence that an operator can act on.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Verdict {
    /// What it is.
    pub state: State,
    /// The last sign of life of the other end; `None` when there never was one.
    pub proof: Option<Proof>,
    /// Whether what was asked on it may be asked again elsewhere.
    pub retry: Retry,
    /// What this rests on.
    pub evidence: Box<Evidence>,
}

impl Verdict {
    /// Of a socket that is ours. This takes the pending error, which the next question does not find any more: whoever asks more than
    /// once keeps a [`Witness`] or a [`Live`](crate::Live). Bytes that wait to be read stay.
    ///
    /// ```
    /// # use std::net::{TcpListener, TcpStream};
    /// use allswell_liveness::{State, Verdict};
    /// # let listener = TcpListener::bind("127.0.0.1:0")?;
    /// let stream = TcpStream::connect(listener.local_addr()?)?;
    /// let verdict = Verdict::of(&stream)?;
    /// assert_eq!(verdict.state, State::Alive);
    /// println!("{verdict}"); // 127.0.0.1:40123 is alive: acknowledged 0 µs ago.
    /// # std::io::Result::Ok(())
    /// ```
    ///
    /// # Errors
    /// When it is not a TCP socket.
    pub fn of(fd: impl AsFd) -> io::Result<Self> {
        Witness::default().verdict(fd)
    }

    /// Of a socket that is somebody else's: a duplicate, one of another process. Nothing is taken and nothing changed, so why it ended
    /// is not told while its owner has not asked ([`State::Ended`]).
    ///
    /// # Errors
    /// When it is not a TCP socket.
    pub fn of_borrowed(fd: impl AsFd) -> io::Result<Self> {
        let fd = fd.as_fd();
        admit(fd)?;
        let mut events = events::now(fd)?;
        let tcp = tcp_info::read(fd)?;
        if tcp.state == TcpState::Close && !events.contains(Events::HUP) {
            events = events::now(fd)?;
        }
        let peer = socket::peer(fd);
        let state = match decide::borrowed(events, &tcp, &Patience::default()) {
            _ if tcp.state == TcpState::Established && peer.is_some() && peer == socket::local(fd) => State::Refused { who: Who::OurHost },
            state => state,
        };
        let connected = !matches!(tcp.state, TcpState::Listen | TcpState::SynSent | TcpState::SynReceived);
        let established = connected && (tcp.state != TcpState::Close || !tcp.rtt.is_zero());
        let unread = if events.contains(Events::IN) && connected { socket::unread(fd).unwrap_or(0) } else { 0 };
        let proof = established.then(|| Proof::of(&tcp));
        let evidence = Evidence { peer, events, tcp: Some(tcp), error: None, said: None, unread, established };
        Ok(Self { state, proof, retry: Retry::of(state, &evidence), evidence: Box::new(evidence) })
    }

    /// [`Verdict::of_borrowed`], of a descriptor of another process (Linux 5.6; asks the permission that a debugger needs).
    ///
    /// # Errors
    /// When there is no such process or descriptor, we may not look into it, or it is not a TCP socket.
    pub fn of_process(process: u32, descriptor: i32) -> io::Result<Self> {
        Self::of_borrowed(descriptor::of_process(process, descriptor)?)
    }

    /// The verdict within an error of a [`Live`](crate::Live) stream.
    ///
    /// ```
    /// # use allswell_liveness::Verdict;
    /// # let may_repeat = |error: &std::io::Error|
    /// Verdict::within(error).is_some_and(|verdict| verdict.retry == allswell_liveness::Retry::Safe)
    /// # ;
    /// # assert!(!may_repeat(&std::io::ErrorKind::Other.into()));
    /// ```
    #[must_use]
    pub fn within(error: &io::Error) -> Option<&Self> {
        error.get_ref()?.downcast_ref()
    }

    /// The error that reads and writes of this connection end with; `None` while it stands, and where it ended in order.
    #[must_use]
    pub fn to_io_error(&self) -> Option<io::Error> {
        let errno = self.evidence.error.filter(|_| self.state.is_end())?;
        let kind = io::Error::from_raw_os_error(errno).kind();
        Some(io::Error::new(kind, self.clone()))
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        sentence::write(self, f)
    }
}

impl Error for Verdict {}

#[cfg(test)]
mod tests;

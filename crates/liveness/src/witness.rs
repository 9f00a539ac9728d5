//! The memory beside one socket: an error can be taken from the kernel only once, so somebody must keep it.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::os::fd::{AsFd, BorrowedFd};
use std::time::Instant;

use allswell_os::errno::{ECONNABORTED, ECONNRESET, EPIPE, ETIMEDOUT};
use allswell_os::error_queue::{self, QueuedError, Said};
use allswell_os::events::{self, Events};
use allswell_os::socket;
use allswell_os::tcp_info::{self, TcpInfo, TcpState};

use crate::admit::admit;
use crate::decide::{self, Reason};
use crate::evidence::Evidence;
use crate::patience::Patience;
use crate::proof::{By, Proof};
use crate::retry::Retry;
use crate::state::State;
use crate::verdict::Verdict;
use crate::who::{Soft, Who};

/// Looks at one socket again and again, and forgets nothing that can be heard only once.
///
/// It is for the socket's owner: a look takes the pending error. Whoever reads and writes beside it hands in what those calls took
/// ([`Witness::took`]); [`Live`](crate::Live) does so by itself.
///
/// ```
/// # use std::net::{TcpListener, TcpStream};
/// use allswell_liveness::{State, Witness};
/// # let listener = TcpListener::bind("127.0.0.1:0")?;
/// let stream = TcpStream::connect(listener.local_addr()?)?;
/// let mut witness = Witness::of(&stream)?;
/// assert_eq!(witness.verdict(&stream)?.state, State::Alive);
/// # std::io::Result::Ok(())
/// ```
#[derive(Debug, Clone, Default)]
pub struct Witness {
    admitted: bool,
    /// Whether an urgent byte was seen to wait.
    urgent: bool,
    peer: Option<SocketAddr>,
    local: Option<IpAddr>,
    /// Whether both names were learnt from a standing connection.
    met: bool,
    established: bool,
    keeps_who: bool,
    to_itself: bool,
    /// How many of the acknowledged bytes were our SYN.
    syn: Option<u64>,
    /// Taken by a read or a write, not yet judged.
    taken: Option<i32>,
    said: Option<QueuedError>,
    soft: Option<(Soft, Instant)>,
    pong: Option<Instant>,
    patience: Patience,
    end: Option<Verdict>,
}

impl Witness {
    /// Meets a socket. The address of its peer is learnt now or never: a connection that has ended does not tell.
    ///
    /// # Errors
    /// When it is not a TCP socket.
    pub fn of(fd: impl AsFd) -> io::Result<Self> {
        let mut witness = Self::default();
        witness.admit(fd.as_fd())?;
        let tcp = tcp_info::read(fd.as_fd())?;
        witness.meet(fd.as_fd(), &tcp);
        Ok(witness)
    }

    /// The peer, for a connection that is still being made: until it stands the kernel does not tell.
    #[must_use]
    pub fn towards(mut self, peer: SocketAddr) -> Self {
        self.peer = Some(peer);
        self
    }

    /// Other limits between alive, idle and stalled.
    #[must_use]
    pub fn with_patience(mut self, patience: Patience) -> Self {
        self.patience = patience;
        self
    }

    pub(crate) fn met_urgent(&self) -> bool {
        self.urgent
    }

    pub(crate) fn patience(&self) -> &Patience {
        &self.patience
    }

    /// The other end, if it was ever known.
    #[must_use]
    pub fn peer(&self) -> Option<SocketAddr> {
        self.peer
    }

    /// An error that a call upon the socket has returned, and thereby taken from it. Errors that are about the call and not about the
    /// connection are left out.
    pub fn took(&mut self, errno: i32) {
        // Who asked while the call was on its way found an end without a reason; this is the reason. EPIPE is none: it is also what
        // every write meets after an end.
        if errno != EPIPE && decide::is_of_the_connection(errno) && self.end.as_ref().is_some_and(|end| end.evidence.error.is_none()) {
            (self.end, self.taken) = (None, None);
        }
        self.taken = self.taken.or(Some(errno)).filter(|errno| decide::is_of_the_connection(*errno));
    }

    /// The application at the other end has answered: a proof that the kernel cannot give.
    pub fn answered(&mut self, now: Instant) {
        self.pong = Some(now);
    }

    /// What is so now. An end is kept, and told to everybody who asks later.
    ///
    /// # Errors
    /// When it is not a TCP socket.
    pub fn verdict(&mut self, fd: impl AsFd) -> io::Result<Verdict> {
        let fd = fd.as_fd();
        Ok(match self.verdict_unless(fd, &|| false)? {
            Some(verdict) => verdict,
            None => self.kept(fd)?,
        })
    }

    /// The same; `None`, and nothing is kept, when it is over for a reason that is not to be found while `in_call` says that somebody
    /// may hold it in his hands.
    pub(crate) fn verdict_unless(&mut self, fd: BorrowedFd<'_>, in_call: &dyn Fn() -> bool) -> io::Result<Option<Verdict>> {
        match &self.end {
            Some(_) => self.kept(fd).map(Some),
            None => self.look(fd, in_call),
        }
    }

    /// It did not end in order, whatever it looked like: the peer's FIN is missing.
    pub(crate) fn ended_for_a_reason(&mut self) {
        if let Some(end) = self.end.as_mut().filter(|end| end.evidence.error.is_none()) {
            end.state = State::Ended { pending: false };
            end.retry = Retry::of(end.state, &end.evidence);
        }
    }

    /// Whether the other end was met, and is another than we are.
    pub(crate) fn met_another(&self) -> bool {
        self.met && !self.to_itself
    }

    /// The end, if it was seen already.
    pub(crate) fn end(&self) -> Option<&Verdict> {
        self.end.as_ref()
    }

    /// Whether the error's number alone tells the end: who said so is kept by the kernel only while a connection is being made, or
    /// when it was asked to.
    pub(crate) fn number_tells(&self) -> bool {
        self.established && !self.keeps_who
    }

    /// Ends by an event that tells all but the number, which is taken now; `None` where the number does not tell all.
    ///
    /// # Errors
    /// When it is not a socket.
    pub(crate) fn ended(&mut self, fd: BorrowedFd<'_>, events: Events) -> io::Result<Option<State>> {
        let Some(errno) = socket::take_error(fd)?.filter(|_| self.end.is_none()) else { return Ok(None) };
        // What a router says may be said against a connection that goes on, also when our own `shutdown` has raised the event.
        if !matches!(errno, ECONNRESET | EPIPE | ETIMEDOUT | ECONNABORTED) {
            self.taken = Some(errno);
            return Ok(None);
        }
        let state = decide::end(errno, &self.reason(Some(errno)));
        Ok(Some(self.keep(state, Seen { events, tcp: None, error: Some(errno), unread: 0 })))
    }

    /// Ends by an error that a read has taken and that ends every connection; `None` when it takes a look to tell.
    ///
    /// # Errors
    /// When it is not a TCP socket.
    pub(crate) fn ended_by(&mut self, errno: i32, fd: BorrowedFd<'_>, told: Events) -> io::Result<Option<Verdict>> {
        if !self.number_tells() || self.end.is_some() || !matches!(errno, ECONNRESET | ETIMEDOUT | ECONNABORTED) {
            return Ok(None);
        }
        let state = decide::end(errno, &self.reason(Some(errno)));
        self.keep(state, Seen { events: told, tcp: Some(tcp_info::read(fd)?), error: Some(errno), unread: 0 });
        Ok(self.end.clone())
    }

    fn look(&mut self, fd: BorrowedFd<'_>, in_call: &dyn Fn() -> bool) -> io::Result<Option<Verdict>> {
        self.admit(fd)?;
        let mut events = events::now(fd)?;
        let mut tcp = tcp_info::read(fd)?;
        self.meet(fd, &tcp);
        self.urgent |= events.contains(Events::PRI);
        // First the number, then who said so: to take an entry of the queue would replace a RST by what a router had said before.
        let mut error = socket::take_error(fd)?.or_else(|| self.taken(&tcp));
        if events.contains(Events::ERR) || error.is_some() || tcp.state == TcpState::Close {
            let heard = self.hear(fd)?;
            error = error.or(heard);
            // It may have ended between two questions. An error would then look soft, and an end like a socket never connected.
            let stood = tcp.state != TcpState::Close;
            tcp = tcp_info::read(fd)?;
            events = events | events::now(fd)?;
            if stood && tcp.state == TcpState::Close {
                error = socket::take_error(fd)?.or(error);
            }
            if tcp.state != TcpState::Close {
                self.soft = self.reason(error).soft().map(|soft| (soft, Instant::now()));
            }
        }
        // What was said before the last acknowledgement has not come true; the kernel forgets it in the same way (`tcp_ack`).
        self.soft = self.soft.filter(|(_, at)| tcp.last_ack_received >= at.elapsed());
        let state = match decide::state(events, &tcp, &self.reason(error), &self.patience) {
            _ if self.to_itself && tcp.state == TcpState::Established => State::Refused { who: Who::OurHost },
            state => state,
        };
        let unread = if events.contains(Events::IN) && state != State::Listening { socket::unread(fd).unwrap_or(0) } else { 0 };
        let seen = Seen { events, tcp: Some(tcp), error, unread };
        if state.is_end() {
            if error.is_none() && in_call() {
                return Ok(None);
            }
            self.keep(state, seen);
            return self.kept(fd).map(Some);
        }
        if state == State::NotConnected {
            self.taken = error;
        }
        Ok(Some(self.verdict_of(state, seen)))
    }

    /// What a call has taken. EPIPE is also what a call gets after an orderly end, and after our own `shutdown`.
    fn taken(&mut self, tcp: &TcpInfo) -> Option<i32> {
        let broken = tcp.state == TcpState::Close && !decide::our_fin_was_acknowledged(tcp, self.syn);
        self.taken.take().filter(|errno| *errno != EPIPE || broken)
    }

    /// The entries that ICMP left in the error queue; the first is why it failed, later ones repeat it. Returns its number.
    fn hear(&mut self, fd: BorrowedFd<'_>) -> io::Result<Option<i32>> {
        let entries = error_queue::drain(fd)?;
        let said = entries.into_iter().find(|entry| !matches!(entry.said, Said::Other(_)));
        let errno = said.as_ref().map(|entry| entry.errno);
        self.said = said.or(self.said.take());
        Ok(errno)
    }

    /// Once: a socket that is none of TCP does not become one.
    fn admit(&mut self, fd: BorrowedFd<'_>) -> io::Result<()> {
        if !self.admitted {
            admit(fd)?;
            self.admitted = true;
        }
        Ok(())
    }

    /// Learns what only a standing connection tells.
    fn meet(&mut self, fd: BorrowedFd<'_>, tcp: &TcpInfo) {
        let stands = !matches!(tcp.state, TcpState::Close | TcpState::Listen | TcpState::SynSent | TcpState::SynReceived);
        self.established |= stands || !tcp.rtt.is_zero() || tcp.bytes_acked.is_some_and(|bytes| bytes > 0);
        // Until our FIN is sent, all that was acknowledged is data and perhaps our SYN; what is under way would hide it.
        if self.syn.is_none() && matches!(tcp.state, TcpState::Established | TcpState::CloseWait) && tcp.unacked == 0 {
            self.syn = decide::beyond_data(tcp);
        }
        if self.met {
            return;
        }
        self.met = stands;
        let (peer, local) = (socket::peer(fd), socket::local(fd));
        self.peer = peer.or(self.peer);
        self.to_itself = stands && peer.is_some() && peer == local;
        self.keeps_who = match local {
            _ if stands => false,
            Some(SocketAddr::V6(local)) if local.ip().to_ipv4_mapped().is_none() => socket::keeps_who_said_so(fd),
            _ => true,
        };
        // Until it leaves by some interface a socket has no address.
        self.local = local.map(|local| local.ip().to_canonical()).filter(|ip| !ip.is_unspecified());
    }

    fn reason(&self, error: Option<i32>) -> Reason<'_> {
        Reason {
            error,
            said: self.said.as_ref(),
            local: self.local,
            established: self.established,
            keeps_who: self.keeps_who,
            soft: self.soft.map(|(soft, _)| soft),
            syn: self.syn,
        }
    }

    fn keep(&mut self, state: State, seen: Seen) -> State {
        self.end = Some(self.verdict_of(state, seen));
        state
    }

    /// The kept end, with what can still change: how much is left to read.
    fn kept(&mut self, fd: BorrowedFd<'_>) -> io::Result<Verdict> {
        // An event alone had told the end; its figures are as they were then.
        if self.end.as_ref().is_some_and(|end| end.evidence.tcp.is_none()) {
            let tcp = tcp_info::read(fd)?;
            let proof = self.proof(Some(&tcp));
            if let Some(end) = &mut self.end {
                (end.proof, end.evidence.tcp) = (proof, Some(tcp));
                end.retry = Retry::of(end.state, &end.evidence);
            }
        }
        let end = self.end.as_mut().ok_or(io::ErrorKind::NotConnected)?;
        end.evidence.unread = socket::unread(fd).unwrap_or(0);
        Ok(end.clone())
    }

    fn verdict_of(&self, state: State, seen: Seen) -> Verdict {
        let Seen { events, tcp, error, unread } = seen;
        let proof = self.proof(tcp.as_ref());
        let said = self.said.clone();
        let evidence = Box::new(Evidence { peer: self.peer, events, tcp, error, said, unread, established: self.established });
        Verdict { state, proof, retry: Retry::of(state, &evidence), evidence }
    }

    fn proof(&self, tcp: Option<&TcpInfo>) -> Option<Proof> {
        let by_kernel = tcp.filter(|_| self.established).map(Proof::of);
        let by_pong = self.pong.map(|at| Proof { age: at.elapsed(), by: By::Pong });
        [by_pong, by_kernel].into_iter().flatten().min_by_key(|proof| proof.age)
    }
}

/// What one look has found.
struct Seen {
    events: Events,
    tcp: Option<TcpInfo>,
    error: Option<i32>,
    unread: u64,
}

#[cfg(test)]
mod tests;

//! How soon the kernel notices that a peer is gone, and how to choose it.
//!
//! TCP says nothing while nothing is sent. A peer whose power failed, or a firewall that forgot the connection, leaves a
//! socket that looks well for ever. Four figures decide when the kernel notices, and they get in each other's way:
//!
//! | figure | what it does | what it does not do |
//! |---|---|---|
//! | idle | nothing came for so long: the first probe is sent | |
//! | interval | the pause between two probes | |
//! | count | after so many unanswered probes the connection ends | nothing, once there is a user time-out |
//! | user time-out | bounds how long data may stay unacknowledged, and how long a peer may refuse to read | nothing while idle, unless probes are on |
//!
//! Linux sends no probe while anything is unacknowledged. So probes alone leave a request that is under way to the
//! retransmissions, which give up after a quarter of an hour; and a user time-out alone never notices a dead peer that
//! nobody writes to. Both are needed, and [`Keepalive::detect_within`] sets both:
//!
//! ```
//! use std::net::{TcpListener, TcpStream};
//! use std::time::Duration;
//! use allswell_liveness::keepalive::Keepalive;
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let listener = TcpListener::bind("127.0.0.1:0")?;
//! # let address = listener.local_addr()?;
//! let stream = TcpStream::connect(address)?;
//! let noticed = Keepalive::detect_within(Duration::from_secs(10))?.apply(&stream)?;
//! println!("{noticed}");
//! # Ok(())
//! # }
//! ```
//!
//! On Linux this says, of a connection whose retransmission time-out is 204 ms: *A dead peer is noticed after 8 s while idle. A dead
//! peer is noticed after 8.408 s with data in flight. A peer that does not read, dead or alive, is dropped after 8.204 s. Warning: a
//! peer that lives but reads nothing for 8.204 s is taken for dead.*
//!
//! # How to choose
//!
//! 1. How long may a request hang on a dead peer? That is the time for `detect_within`. Below five seconds one or two
//!    lost probes end a healthy connection; ten to thirty seconds suit most services. Each idle connection costs a packet in each direction
//!    every `idle` seconds.
//! 2. Does the peer sometimes stop reading: a paused consumer, a debugger, a client that writes to a slow disk? The user time-out
//!    ends such a connection, though everybody lives. [`Keepalive::tolerate_slow_reader`] lengthens it, and
//!    [`Keepalive::noticed`] tells what that costs: it also takes the place of the count, so a dead peer is noticed later as well.
//! 3. Is there a firewall or a load balancer on the way that forgets idle connections? Keep `idle` below its limit.
//! 4. Does the connection carry something that answers by itself, like the PING of HTTP/2? Probes are answered by the peer's
//!    kernel, also for a process that hangs. Only an answer of the process proves the process.
//!
//! A user time-out that is set before connecting also bounds the connecting.
//!
//! # What the figures are worth
//!
//! The rules are those of `net/ipv4/tcp_timer.c`, and were measured on Linux 6.18. All times are nominal: a timer of Linux fires later,
//! by up to an eighth of its length, never earlier; [`When::latest`] includes that, and `detect_within` leaves room for it.
//! Where a system does not tell what is needed, the answer is [`When::Unknown`], and [`Noticed::lacks`] names what is missing.
//! macOS, FreeBSD and Windows have no user time-out, so there only the idle peer is bounded.

mod conditions;
mod in_force;
mod lack;
mod noticed;
mod plan;
mod span;
mod timers;
mod unachievable;
mod unfit;
mod warning;
mod when;

use std::io;
use std::time::Duration;

pub use allswell_os::handle::AsSocket;
use allswell_os::keepalive as os;
pub use allswell_os::keepalive::Knob;

pub use conditions::Conditions;
pub use in_force::InForce;
pub use lack::Lack;
pub use noticed::{NotReading, Noticed};
pub use unachievable::Unachievable;
pub use unfit::{Fault, Unfit};
pub use warning::Warning;
pub use when::When;

/// Figures that every kernel takes: probes that are on, and perhaps a user time-out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Keepalive {
    idle: Duration,
    interval: Duration,
    count: u32,
    user_timeout: Option<Duration>,
}

impl Keepalive {
    /// These figures, when the kernel takes them: `idle` and `interval` in whole seconds from 1 to 32,767, `count` from 1 to 127,
    /// `user_timeout` in whole milliseconds from 1 to 2,147,483,647.
    ///
    /// ```
    /// use std::time::Duration;
    /// use allswell_liveness::keepalive::{Keepalive, Knob};
    ///
    /// let second = Duration::from_secs(1);
    /// assert!(Keepalive::new(15 * second, 5 * second, 3, Some(30 * second)).is_ok());
    ///
    /// let unfit = Keepalive::new(15 * second, 5 * second, 200, None).unwrap_err();
    /// assert_eq!(unfit.knob, Knob::Count);
    /// assert_eq!(unfit.to_string(), "TCP_KEEPCNT cannot be 200: the most is 127");
    /// ```
    ///
    /// # Errors
    /// [`Unfit`] says which figure, and what it may be.
    pub fn new(idle: Duration, interval: Duration, count: u32, user_timeout: Option<Duration>) -> Result<Self, Unfit> {
        unfit::check_seconds(Knob::Idle, idle, &os::IDLE_SECONDS)?;
        unfit::check_seconds(Knob::Interval, interval, &os::INTERVAL_SECONDS)?;
        unfit::check_number(Knob::Count, count, &os::COUNT)?;
        if let Some(user_timeout) = user_timeout {
            unfit::check_millis(Knob::UserTimeout, user_timeout, &os::USER_TIMEOUT_MS)?;
        }
        Ok(Self { idle, interval, count, user_timeout })
    }

    /// Figures by which a dead peer is noticed within this time, both while idle and with data in flight, late timers included. For the
    /// connection it assumes [`Conditions::default`]: a round trip of few milliseconds.
    ///
    /// ```
    /// use std::time::Duration;
    /// use allswell_liveness::keepalive::{Conditions, Keepalive};
    ///
    /// let within = Duration::from_secs(30);
    /// let noticed = Keepalive::detect_within(within)?.noticed(&Conditions::default());
    /// assert!(noticed.idle.latest().is_some_and(|latest| latest <= within));
    /// assert!(noticed.in_flight.latest().is_some_and(|latest| latest <= within));
    ///
    /// let too_soon = Keepalive::detect_within(Duration::from_secs(1)).unwrap_err();
    /// assert!(Keepalive::detect_within(too_soon.smallest).is_ok());
    /// # Ok::<(), allswell_liveness::keepalive::Unachievable>(())
    /// ```
    ///
    /// # Errors
    /// [`Unachievable`] says the smallest time that can be had: the probes of the kernel know only whole seconds.
    pub fn detect_within(within: Duration) -> Result<Self, Unachievable> {
        Self::detect_within_given(within, &Conditions::default())
    }

    /// [`Keepalive::detect_within`] for a connection whose conditions are known.
    ///
    /// # Errors
    /// As [`Keepalive::detect_within`].
    pub fn detect_within_given(within: Duration, conditions: &Conditions) -> Result<Self, Unachievable> {
        let plan = plan::within(within, conditions)?;
        Ok(Self { idle: plan.idle, interval: plan.interval, count: plan.count, user_timeout: Some(plan.user_timeout) })
    }

    /// Leaves a peer that lives alone for at least this long while it reads nothing: lengthens the user time-out, or takes it away when
    /// the retransmissions of Linux would give up as early by themselves.
    ///
    /// What that costs is told by [`Keepalive::noticed`]: a dead peer is noticed later, while idle too, because the user time-out takes
    /// the place of the count. A peer that may pause for long and must still be noticed soon while idle needs [`Keepalive::new`]
    /// without a user time-out, and a time-out of its own on every request.
    ///
    /// ```
    /// use std::time::Duration;
    /// use allswell_liveness::keepalive::{Conditions, Keepalive, When};
    ///
    /// let patient = Keepalive::detect_within(Duration::from_secs(10))?.tolerate_slow_reader(Duration::from_secs(60));
    /// assert_eq!(patient.user_timeout(), Some(Duration::from_secs(60)));
    /// assert_eq!(patient.noticed(&Conditions::default()).idle, When::After(Duration::from_secs(60)));
    /// # Ok::<(), allswell_liveness::keepalive::Unachievable>(())
    /// ```
    #[must_use]
    pub fn tolerate_slow_reader(self, at_least: Duration) -> Self {
        Self { user_timeout: self.user_timeout.and_then(|now| plan::patient(now, at_least)), ..self }
    }

    /// How long nothing may come before the first probe.
    #[must_use]
    pub fn idle(&self) -> Duration {
        self.idle
    }

    /// How long between two probes.
    #[must_use]
    pub fn interval(&self) -> Duration {
        self.interval
    }

    /// How many probes may stay unanswered when there is no user time-out.
    #[must_use]
    pub fn count(&self) -> u32 {
        self.count
    }

    /// How long data may stay unacknowledged, or a peer not read.
    #[must_use]
    pub fn user_timeout(&self) -> Option<Duration> {
        self.user_timeout
    }

    /// What these figures would mean for a connection under these conditions. Pure: no socket is asked.
    #[must_use]
    pub fn noticed(&self, conditions: &Conditions) -> Noticed {
        InForce::from(*self).noticed(conditions)
    }

    /// Gives a socket these figures, reads back what it has now, and says what that means under its [`Conditions`] of this moment. What
    /// the system does not have is not set, and is named by [`Noticed::lacks`].
    ///
    /// # Errors
    /// When it is no TCP socket. Figures that were set until then stay.
    pub fn apply(&self, socket: &impl AsSocket) -> io::Result<Noticed> {
        if !os::MISSING.contains(&Knob::UserTimeout) {
            os::set_user_timeout(socket, self.user_timeout.unwrap_or_default())?;
        }
        os::set_probes(socket, self.idle, self.interval, self.count)?;
        Ok(Self::read(socket)?.noticed(&Conditions::of(socket)?))
    }

    /// What a socket has now, whoever set it; the probes may also be off.
    ///
    /// ```
    /// use std::net::{TcpListener, TcpStream};
    /// use allswell_liveness::keepalive::{Conditions, Keepalive, When};
    ///
    /// # fn main() -> std::io::Result<()> {
    /// # let listener = TcpListener::bind("127.0.0.1:0")?;
    /// # let address = listener.local_addr()?;
    /// let stream = TcpStream::connect(address)?;
    /// let in_force = Keepalive::read(&stream)?;
    /// assert!(!in_force.on, "std leaves the probes off");
    /// assert_eq!(in_force.noticed(&Conditions::of(&stream)?).idle, When::Never);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// When it is no TCP socket.
    pub fn read(socket: &impl AsSocket) -> io::Result<InForce> {
        Ok(os::read(socket)?.into())
    }
}

impl From<Keepalive> for InForce {
    /// As if a socket of this system had them.
    fn from(wanted: Keepalive) -> Self {
        let Keepalive { idle, interval, count, user_timeout } = wanted;
        let user_timeout = user_timeout.filter(|_| !os::MISSING.contains(&Knob::UserTimeout));
        Self { on: true, idle: Some(idle), interval: Some(interval), count: Some(count), user_timeout }
    }
}

#[cfg(test)]
mod tests;

//! The truth about one TCP connection: is it alive, and if not, why and who said so.
//!
//! A socket tells little of what its kernel knows, and some of that only once, to whoever asks first. So programs find out that a
//! peer is gone when a request hangs on it, and read "connection reset by peer" where the kernel could have said who reset it, when
//! something last came, and whether the request may be asked again. This crate asks the kernel in an order in which nothing is lost,
//! keeps what can be heard only once, and says it in one sentence.
//!
//! # In twenty lines
//!
//! ```
//! use std::io::{Read, Write};
//! use std::net::TcpStream;
//! use std::time::Duration;
//!
//! use allswell_liveness::{Keepalive, Live, Retry};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let listener = std::net::TcpListener::bind("127.0.0.1:0")?;
//! # let address = listener.local_addr()?;
//! # std::thread::spawn(move || drop(listener.accept()));
//! let stream = TcpStream::connect(address)?;
//! // Says what it will notice and when, with warnings.
//! println!("{}", Keepalive::detect_within(Duration::from_secs(20))?.apply(&stream)?);
//!
//! let mut live = Live::new(stream)?; // reads and writes as before
//! let handle = live.handle(); // may go elsewhere: to a pool, to a metric
//!
//! live.write_all(b"a request")?;
//! if live.read_exact(&mut [0; 8]).is_err() {
//!     let verdict = handle.verdict();
//!     println!("{verdict}"); // 10.0.0.5:5432 broke the connection off (RST): it crashed, ...
//!     match verdict.retry {
//!         Retry::Safe => println!("not a byte had left: ask again"),
//!         Retry::OnlyIfIdempotent => println!("it may have been acted upon"),
//!         Retry::NotYet | Retry::Pointless => println!("nothing to repeat"),
//!     }
//! }
//! # Ok(())
//! # }
//! ```
//!
//! # What is here
//!
//! | you have | you want | take |
//! |---|---|---|
//! | a stream of your own | to read and write it, and to know how it ended | [`Live`] |
//! | a `Live` stream that somebody else reads | to ask it, or to wait for its end | its [`Handle`] |
//! | a pool | to hand out only what stands, to throw out what is spent | [`Handle::reusable`], [`Handle::spent`] |
//! | a socket, and you ask once | what it is | [`Verdict::of`] |
//! | a socket, and you ask again and again | the same, with memory | [`Witness`] |
//! | a socket of somebody else's | what can be said without taking anything | [`Verdict::of_borrowed`], [`Verdict::of_process`] |
//! | a client that hides its connections | the same of all of them to one peer | [`mine()`] |
//! | a new connection | a dead peer noticed in time | [`Keepalive`] |
//! | a protocol that can ask and answer | a hung application noticed, and told from a dead path | [`heartbeat`] |
//! | two readings of [`TcpInfo`] | losses, and who holds the connection back | [`Figures`] |
//! | a verdict | what it means and what to do | [its page](manual::verdicts) |
//!
//! A [`Verdict`] is a [`State`], the last [`Proof`] of life, whether to [`Retry`], and the [`Evidence`] for all that. From when on
//! a connection counts as idle or stalled is [`Patience`].
//!
//! The [manual] has a page for every verdict, tells how to [choose the figures](manual::numbers), and holds
//! [common advice](manual::advice) against a real kernel.
//!
//! # Features
//!
//! None is on by itself; without them the crate stands on the standard library and system calls.
//!
//! | feature | what it adds |
//! |---|---|
//! | `tokio` | `Live` is tokio's `AsyncRead` and `AsyncWrite` where its stream is |
//! | `hyper` | `Live` is a connection of hyper's client, and every response carries its [`Handle`] in its extensions |
//! | `tower` | `Connector`, around any connector: for hyper's client, and for tonic |
//!
//! # What it costs
//!
//! A `Live` stream needs no descriptor of its own, and the process one thread, which sleeps until a connection ends. A verdict is three questions
//! to the kernel, 1.5 µs; [`Handle::reusable`] is two; [`Handle::trouble`] asks nobody while nothing has happened. Reads and writes ask nothing
//! more unless they fail or end. The bench `liveness` measures each beside its floor.
//!
//! # Platforms
//!
//! | system | what there is |
//! |---|---|
//! | Linux | all of it. Before 4.19 the kernel does not count what was sent: [`Retry::Safe`] is then never said after the handshake |
//! | macOS, FreeBSD, Windows | [`keepalive`] without a user time-out ([`keepalive::Noticed::lacks`] says what is missing), and [`heartbeat`] without the reason for a silence |
//!
//! # What it does not do
//!
//! * It closes, reconnects and retries nothing: it says what is so, and its caller acts.
//! * It does not know protocols. That an HTTP/2 connection has its flow control used up looks alive from here.
//! * It cannot prove that an idle peer lives; nobody can without asking it. That is what [idle](manual::verdicts::idle) says.
//! * It cannot tell a process that closed from one that was killed while idle: both say FIN.
//! * It says nothing of MPTCP sockets, and refuses them: the kernel would tell of their first path alone.
//! * It takes an urgent byte (`MSG_OOB`) that came and was never seen by a verdict for a FIN, when it says whether a stream is whole.
//! * It does not say who sent a RST: TCP carries no name for that.

#[cfg(target_os = "linux")]
mod admit;
#[cfg(target_os = "linux")]
mod amount;
#[cfg(target_os = "linux")]
mod decide;
#[cfg(target_os = "linux")]
mod evidence;
#[cfg(target_os = "linux")]
mod figures;
#[cfg(target_os = "linux")]
mod handle;
pub mod heartbeat;
#[cfg(all(target_os = "linux", feature = "hyper"))]
mod hyper;
pub mod keepalive;
#[cfg(target_os = "linux")]
mod live;
#[cfg(target_os = "linux")]
pub mod manual;
#[cfg(target_os = "linux")]
mod mine;
#[cfg(target_os = "linux")]
mod patience;
#[cfg(target_os = "linux")]
mod proof;
#[cfg(test)]
#[cfg(target_os = "linux")]
mod quiet;
#[cfg(target_os = "linux")]
mod received;
#[cfg(target_os = "linux")]
mod retry;
#[cfg(target_os = "linux")]
mod shared;
mod spell;
#[cfg(target_os = "linux")]
mod state;
#[cfg(all(target_os = "linux", feature = "tokio"))]
mod tokio;
#[cfg(target_os = "linux")]
mod told;
#[cfg(all(target_os = "linux", feature = "tower"))]
mod tower;
#[cfg(target_os = "linux")]
mod verdict;
#[cfg(target_os = "linux")]
mod waiting;
#[cfg(target_os = "linux")]
mod watch;
#[cfg(target_os = "linux")]
mod who;
#[cfg(target_os = "linux")]
mod witness;

pub use keepalive::Keepalive;

#[cfg(target_os = "linux")]
pub use {
    allswell_os::error_queue::{QueuedError, Said},
    allswell_os::events::Events,
    allswell_os::tcp_info::{TcpInfo, TcpState, read as tcp_info},
    evidence::Evidence,
    figures::{Figures, Limit},
    handle::Handle,
    live::Live,
    mine::{Mine, mine},
    patience::Patience,
    proof::{By, Proof},
    retry::Retry,
    state::{Side, State},
    verdict::Verdict,
    who::{Soft, Who},
    witness::Witness,
};

#[cfg(all(target_os = "linux", feature = "tower"))]
pub use tower::Connector;

/// Compiles the code of the README.
#[cfg(all(doctest, target_os = "linux"))]
#[doc = include_str!("../README.md")]
struct Readme;

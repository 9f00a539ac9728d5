//! Application PING and PONG over any framed stream: is somebody at home, and if not, who is missing?
//!
//! A stopped process answers keepalives: its kernel does. Only an answer of the application proves the application. When none comes,
//! the figures of the kernel (`TCP_INFO`) tell apart an application that is silent behind a live kernel, a host or path that is dead, a reader
//! that is merely slow, and a fault of our own. Nothing here reads a clock or a socket: any runtime or loop can drive it.
//!
//! * [`Settings`] become a [`Heartbeat`] once they make sense.
//! * [`Beats`] is one timer for many connections. It says [`Beat`]s; a beat costs no system call besides the ping and the pong.
//! * An [`Inquiry`] turns [`TcpInfo`](crate::TcpInfo), read when an answer is missed and at no other time, into a [`Condition`] (Linux).
//!
//! A line protocol over a plain [`TcpStream`](std::net::TcpStream), with the peer on a thread:
//!
//! ```
//! use allswell_liveness::heartbeat::{Beat, Beats, Inquiry, Settings};
//! use allswell_liveness::tcp_info;
//! use std::io::{BufRead, BufReader, ErrorKind, Write};
//! use std::net::{TcpListener, TcpStream};
//! use std::time::{Duration, Instant};
//!
//! # let listener = TcpListener::bind("127.0.0.1:0")?;
//! # let address = listener.local_addr()?;
//! # let peer = std::thread::spawn(move || -> std::io::Result<()> {
//! #     let (stream, _) = listener.accept()?;
//! #     for line in BufReader::new(&stream).lines() {
//! #         (&stream).write_all(line?.replace("PING", "PONG").as_bytes())?;
//! #         (&stream).write_all(b"\n")?;
//! #     }
//! #     Ok(())
//! # });
//! let stream = TcpStream::connect(address)?;
//! let mut lines = BufReader::new(stream.try_clone()?);
//! let settings = Settings { interval: Duration::from_millis(20), timeout: Duration::from_secs(5), ..Settings::default() };
//! let mut beats = Beats::new(settings.check()?, 42);
//! beats.add("the peer", Instant::now());
//! let mut inquiry = Inquiry::default();
//!
//! let mut line = String::new();
//! let mut answered = 0;
//! while answered < 3 {
//!     // Wait for a line, no longer than until something is due; first read, then poll.
//!     let wait = beats.next_due().map(|due| due.saturating_duration_since(Instant::now()).max(Duration::from_millis(1)));
//!     stream.set_read_timeout(wait)?;
//!     match lines.read_line(&mut line) {
//!         Ok(0) => break,
//!         Ok(_) => {
//!             match line.trim().strip_prefix("PONG ").and_then(|number| number.parse().ok()) {
//!                 Some(number) => answered += u32::from(beats.pong(&"the peer", number, Instant::now()).is_some()),
//!                 None => beats.heard(&"the peer", Instant::now()),
//!             }
//!             line.clear();
//!         }
//!         Err(error) if error.kind() == ErrorKind::WouldBlock => {}
//!         Err(error) => return Err(error.into()),
//!     }
//!     while let Some((_, beat)) = beats.poll(Instant::now()) {
//!         match beat {
//!             Beat::Ping(number) => writeln!(&stream, "PING {number}")?,
//!             Beat::Missed(miss) | Beat::Lost(miss) => {
//!                 let why = inquiry.look(&miss, &tcp_info(&stream)?, Instant::now());
//!                 eprintln!("{address}: {beat} {why}");
//!             }
//!             Beat::Late(_) | Beat::Back(_) => eprintln!("{address}: {beat}"),
//!         }
//!     }
//! }
//! # drop((stream, lines));
//! # peer.join().unwrap()?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod beat;
mod beats;
#[cfg(target_os = "linux")]
mod condition;
mod queue;
#[cfg(target_os = "linux")]
mod sentence;
mod settings;
mod spread;

pub use beat::{Back, Beat, Miss};
pub use beats::Beats;
#[cfg(target_os = "linux")]
pub use condition::{Condition, Inquiry};
pub use settings::{Heartbeat, Mistake, Settings};

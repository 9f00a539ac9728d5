//! The truth table: every situation of a TCP connection that was measured, on a real kernel, in namespaces of its own.
//! `rows.txt` says what the kernel answers, and what the library has to make of it. No packet leaves the machine.

#![cfg(target_os = "linux")]
#![expect(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test fails by panicking")]

mod check;
mod complete;
mod errno;
mod lab;
mod reading;
mod row;
mod verdict;
mod wait;

mod c_answers;
mod c_at_once;
mod c_silence;
mod d;
mod e_icmp;
mod e_ours;
mod e_peer;
mod e_silence;
mod e_timers;
mod e_window;
mod f;

//! What is commonly said of TCP sockets, and what a real kernel makes of it. Each test is named after what is so.

#![cfg(target_os = "linux")]
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

#[path = "../table/lab.rs"]
#[expect(dead_code, reason = "the truth table needs more of it")]
mod lab;
#[path = "../table/wait.rs"]
mod wait;

mod calls;
mod errors;
mod events;
mod ports;
mod timers;

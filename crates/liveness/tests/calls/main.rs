//! In whatever order a stream and its handles are called, and whatever the peer does meanwhile: no error is lost, and none is invented.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails by panicking")]

use std::io::{self, ErrorKind, Read};
use std::net::TcpListener;

use allswell_liveness::Live;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestCaseError, TestError, TestRunner};

use connection::{Connection, Reading, Stream};
use script::Step;

mod connection;
mod model;
mod racing;
mod script;
mod whole;

fn play(cases: u32, reading: Reading) -> Result<(), TestError<(bool, Vec<Step>)>> {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let config = Config { cases, failure_persistence: None, ..Config::default() };
    TestRunner::new(config).run(&(any::<bool>(), script::scripts()), |(accepts, script)| {
        Connection::new(&listener, accepts, reading).play(&script).map_err(TestCaseError::fail)
    })
}

#[test]
fn no_error_is_lost_and_none_is_invented() {
    let played = play(3000, |live, buffer| live.read(buffer));
    assert!(played.is_ok(), "{}", played.unwrap_err());
}

/// A test that finds nothing proves something only if it finds what is there.
#[test]
fn a_broken_library_is_found_out() {
    let broken: [(&str, Reading); 3] =
        [("forgets the error", forgets), ("takes a broken connection for an end", takes_for_an_end), ("ends for a word", ends_for_a_word)];
    for (how, reading) in broken {
        match play(3000, reading) {
            Err(TestError::Fail(why, (_, script))) => {
                println!("it {how}: {script:?}\n{why}\n");
                assert!(script.len() <= 4, "{script:?} could be shorter");
            }
            other => panic!("it {how}, and nobody noticed: {other:?}"),
        }
    }
}

/// What was told once is left to the kernel.
fn forgets(live: &mut Live<Stream>, buffer: &mut [u8]) -> io::Result<usize> {
    if live.handle().verdict().state.is_end() { live.get_ref().read(buffer) } else { live.read(buffer) }
}

/// The kernel says "end" after a RST that somebody has heard of.
fn takes_for_an_end(live: &mut Live<Stream>, buffer: &mut [u8]) -> io::Result<usize> {
    match live.read(buffer) {
        Err(error) if error.kind() == ErrorKind::ConnectionReset => Ok(0),
        read => read,
    }
}

/// A router's word against a connection that goes on ends the reading.
fn ends_for_a_word(live: &mut Live<Stream>, buffer: &mut [u8]) -> io::Result<usize> {
    live.get_ref().word()?;
    live.read(buffer)
}

//! An urgent byte (out of band): the kernel counts it among what came, and no ordinary read brings it.

use std::io::{ErrorKind, Read};
use std::time::Instant;

use allswell_liveness::{Events, State};
use rustix::net::{SendFlags, send};

use crate::executor::{DEADLINE, block_on};
use crate::pair;

#[test]
fn it_waits_to_be_read_and_makes_no_torn_stream_whole() {
    let (mut live, far) = pair::live();
    let handle = live.handle();
    send(&far, b"data", SendFlags::empty()).unwrap();
    assert_eq!(live.read(&mut [0; 8]).unwrap(), 4);
    send(&far, b"!", SendFlags::OOB).unwrap();
    let deadline = Instant::now() + DEADLINE;
    while !handle.verdict().evidence.events.contains(Events::PRI) {
        assert!(Instant::now() < deadline, "it did not come");
    }
    assert!(handle.reusable().is_err(), "something waits that nobody asked for");
    pair::reset(far);
    assert_eq!(block_on(handle.died()).state, State::Reset);
    assert_eq!(live.read(&mut [0; 8]).unwrap_err().kind(), ErrorKind::ConnectionReset);
}

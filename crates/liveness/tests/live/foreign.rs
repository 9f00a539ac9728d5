//! What callbacks and wakers of other people do must not harm anybody else.

use std::net::Shutdown;
use std::sync::mpsc;

use allswell_liveness::State;

use crate::executor::DEADLINE;
use crate::pair;

#[test]
fn a_callback_that_panics_disturbs_nobody() {
    let (first, far) = pair::live();
    let (second, other) = pair::live();
    let (spent, told) = mpsc::channel();
    first.handle().on_spent(|_| panic!("a callback that panics"));
    for (name, live) in [("the same stream", &first), ("another stream", &second)] {
        let spent = spent.clone();
        live.handle().on_spent(move |verdict| spent.send((name, verdict.state)).unwrap());
    }
    far.shutdown(Shutdown::Write).unwrap();
    assert_eq!(told.recv_timeout(DEADLINE), Ok(("the same stream", State::HalfClosedByPeer)));
    other.shutdown(Shutdown::Write).unwrap();
    assert_eq!(told.recv_timeout(DEADLINE), Ok(("another stream", State::HalfClosedByPeer)));
    // Also in the hands of whoever lets go.
    let (third, _far) = pair::live();
    third.handle().on_spent(|_| panic!("another one"));
    third.handle().on_spent(move |verdict| spent.send(("the last", verdict.state)).unwrap());
    drop(third);
    assert_eq!(told.recv_timeout(DEADLINE), Ok(("the last", State::LetGo)));
}

//! What callbacks and wakers of other people do must not harm anybody else.

use std::future::Future;
use std::net::Shutdown;
use std::pin::Pin;
use std::sync::{Arc, Mutex, mpsc};
use std::task::{Context, Wake, Waker};
use std::thread;

use allswell_liveness::{State, Verdict};

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

/// A task that lives as long as there is somebody who could wake it.
struct Task {
    _waits: Mutex<Waits>,
}

type Waits = Pin<Box<dyn Future<Output = Verdict> + Send>>;

impl Wake for Task {
    fn wake(self: Arc<Self>) {}
}

#[test]
fn a_task_that_ends_with_its_last_waker_may_wait_for_the_same_stream() {
    let (live, _far) = pair::live();
    let handle = live.handle();
    let (done, ended) = mpsc::channel();
    for moved in [true, false] {
        let mut within: Waits = Box::pin(handle.died());
        assert!(within.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
        let mut waits: Waits = Box::pin(handle.died());
        let waker = Waker::from(Arc::new(Task { _waits: Mutex::new(within) }));
        assert!(waits.as_mut().poll(&mut Context::from_waker(&waker)).is_pending());
        drop(waker);
        let done = done.clone();
        // Whether it goes to another task or is dropped, the stream has the last waker, and so the task.
        thread::spawn(move || {
            if moved {
                assert!(waits.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
            }
            drop(waits);
            done.send(moved).unwrap();
        });
        assert_eq!(ended.recv_timeout(DEADLINE), Ok(moved), "it waits for itself");
    }
}

//! What a process keeps for its streams: one thread and two descriptors while there is one, and nothing afterwards.

use std::fs;
use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::time::Instant;

use allswell_liveness::{Handle, Live, State};
use allswell_testkit::namespace::limit_descriptors;

use crate::alone::alone;
use crate::executor::until;
use crate::pair;

/// Descriptors and threads of this process.
fn count() -> (usize, usize) {
    let entries = |path| fs::read_dir(path).unwrap().count();
    (entries("/proc/self/fd"), entries("/proc/self/task"))
}

/// The `status` of the watching thread, for what it says of context switches.
fn switches() -> Vec<String> {
    let tasks = fs::read_dir("/proc/self/task").unwrap().map(|task| task.unwrap().path());
    let watching = tasks.filter(|task| fs::read_to_string(task.join("comm")).is_ok_and(|name| name.trim() == "liveness"));
    let statuses: Vec<_> = watching.map(|task| fs::read_to_string(task.join("status")).unwrap()).collect();
    assert_eq!(statuses.len(), 1, "one thread watches");
    statuses[0].lines().filter(|line| line.contains("ctxt_switches")).map(str::to_owned).collect()
}

#[test]
fn nothing_is_left_of_many_streams() {
    alone("kept::nothing_is_left_of_many_streams", || {
        let before = count();
        let mut pairs: Vec<_> = (0..200).map(|_| pair::live()).collect();
        // Two ends for each, the thread, and its two descriptors.
        assert_eq!(count(), (before.0 + 402, before.1 + 1));
        let handles: Vec<Handle> = pairs.iter().map(|(live, _)| live.handle()).collect();
        for (_, far) in pairs.drain(..100) {
            pair::reset(far);
        }
        drop(pairs);
        until("as before", || count() == before);
        assert!(handles.iter().all(|handle| handle.verdict().state.is_end()), "handles keep nothing open");
    });
}

#[test]
fn a_stream_can_be_watched_and_let_go_ten_thousand_times() {
    alone("kept::a_stream_can_be_watched_and_let_go_ten_thousand_times", || {
        let before = count();
        let (mut near, far) = pair::streams();
        for (how, other) in [("alone", false), ("beside another", true)] {
            let other = other.then(pair::live);
            let (began, mut most) = (Instant::now(), (0, 0));
            for turn in 0..10_000 {
                let live = Live::new(near).unwrap();
                assert!(turn % 1000 > 0 || live.handle().reusable().is_ok());
                near = live.into_inner();
                if turn % 100 == 0 {
                    let now = count();
                    most = (most.0.max(now.0), most.1.max(now.1));
                }
            }
            // Who comes while the thread of the last one ends takes it over; one that has decided to end may need a moment to be gone.
            assert!(most.1 <= before.1 + 5, "{how}: {most:?}");
            println!("{how}: {:?} each, at most {most:?} descriptors and threads", began.elapsed() / 10_000);
            drop(other);
        }
        // It can be read from as if nobody had ever watched it.
        (&far).write_all(b"whole").unwrap();
        near.read_exact(&mut [0; 5]).unwrap();
        drop((near, far));
        until("as before", || count() == before);
    });
}

#[test]
fn data_does_not_wake_the_watching_thread() {
    alone("kept::data_does_not_wake_the_watching_thread", || {
        let (mut live, mut far) = pair::live();
        // What it does when it is started, and for one stream that ends, is over when that was told.
        let (ending, end) = pair::live();
        pair::reset(end);
        until("an end is told", || ending.handle().trouble() == Some(State::Reset));
        let mut before = switches();
        until("it sleeps", || std::mem::replace(&mut before, switches()) == before);
        for message in 0..10_000_u32 {
            let message = message.to_ne_bytes();
            far.write_all(&message).unwrap();
            let mut read = [0; 4];
            live.read_exact(&mut read).unwrap();
            live.write_all(&read).unwrap();
            far.read_exact(&mut read).unwrap();
            assert_eq!(read, message);
        }
        assert_eq!(switches(), before);
    });
}

/// The first stream needs descriptors for the watching, the others none.
#[test]
fn descriptors_that_are_used_up_are_an_error_for_the_first_alone() {
    alone("kept::descriptors_that_are_used_up_are_an_error_for_the_first_alone", || {
        let pairs = [pair::streams(), pair::streams(), pair::streams()];
        limit_descriptors(u64::try_from(count().0).unwrap() + 2);
        let fill = || std::iter::from_fn(|| fs::File::open("/dev/null").ok()).collect::<Vec<_>>();
        let full = fill();
        let [first, second, third] = pairs;
        let failed: io::Error = Live::new(first.0).map(|_| ()).unwrap_err();
        assert_eq!(failed.raw_os_error(), Some(libc::EMFILE), "{failed}");
        drop(full);
        let second = (Live::new(second.0).unwrap(), second.1);
        let _full = fill();
        let third = (Live::new(third.0).unwrap(), third.1);
        for (live, far) in [second, third] {
            pair::reset(far);
            until("it is told", || live.handle().trouble() == Some(State::Reset));
        }
    });
}

#[test]
fn they_can_be_sent_and_shared() {
    fn can<T: Send + Sync + Unpin + 'static>() {}
    can::<Handle>();
    can::<Live<TcpStream>>();
    can::<Live<tokio::net::TcpStream>>();
    fn waits<T: Send + 'static>(_: &T) {}
    let (live, _far) = pair::live();
    waits(&live.handle().died());
    waits(&live.handle().spent());
}

//! Waiting for what a socket shows without side effects: poll's bits and TCP_INFO. Nothing here takes an error.

use std::net::TcpStream;
use std::time::{Duration, Instant};

use allswell_os::events::{self, Events};
use allswell_os::tcp_info::{self, TcpInfo, TcpState};
use rustix::event::{PollFd, PollFlags, Timespec, poll};

/// Longer than anything takes that happens at once, on a machine that is busy.
pub(crate) const SOON: Duration = Duration::from_secs(5);

/// How exact an end is seen.
const TICK: Duration = Duration::from_millis(1);

/// Waits on nothing.
pub(crate) fn pause(time: Duration) {
    poll(&mut [], Some(&Timespec::try_from(time).unwrap())).unwrap();
}

/// Waits until `done` says so.
pub(crate) fn until(what: &str, mut done: impl FnMut() -> bool) {
    let deadline = Instant::now() + SOON;
    while !done() {
        assert!(Instant::now() < deadline, "not within {SOON:?}: {what}");
        pause(TICK);
    }
}

/// Waits until poll says all of `wanted` of each socket.
pub(crate) fn events(sockets: &[TcpStream], wanted: Events) {
    until(&wanted.to_string(), || sockets.iter().all(|socket| events::now(socket).unwrap().contains(wanted)));
}

/// Waits until each socket is in this state.
pub(crate) fn state(sockets: &[TcpStream], wanted: TcpState) {
    figures(sockets, |info| info.state == wanted);
}

/// Waits until the figures of each socket are as wanted.
pub(crate) fn figures(sockets: &[TcpStream], wanted: impl Fn(&TcpInfo) -> bool) {
    let unlike = || sockets.iter().map(|socket| tcp_info::read(socket).unwrap()).find(|info| !wanted(info));
    let deadline = Instant::now() + SOON;
    while let Some(info) = unlike() {
        assert!(Instant::now() < deadline, "not within {SOON:?}: {info:?}");
        pause(TICK);
    }
}

/// Waits for the end of each socket, and says when after `begun` it came.
pub(crate) fn ends(sockets: &[TcpStream], begun: Instant, at_most: Duration) -> Vec<Duration> {
    let mut ended: Vec<Option<Duration>> = vec![None; sockets.len()];
    while ended.contains(&None) {
        assert!(begun.elapsed() < at_most, "not ended within {at_most:?}: {ended:?}");
        for (socket, ended) in sockets.iter().zip(&mut ended) {
            if ended.is_none() && events::now(socket).unwrap().contains(Events::HUP) {
                *ended = Some(begun.elapsed());
            }
        }
        pause(TICK);
    }
    ended.into_iter().flatten().collect()
}

/// Waits until so long after `begun`, in which no socket may show an error or an end.
pub(crate) fn quiet(sockets: &[TcpStream], begun: Instant, time: Duration) {
    let mut asked: Vec<_> = sockets.iter().map(|socket| PollFd::new(socket, PollFlags::RDHUP)).collect();
    let rest = time.saturating_sub(begun.elapsed());
    let happened = poll(&mut asked, Some(&Timespec::try_from(rest).unwrap())).unwrap();
    assert_eq!(happened, 0, "after {:?}: {asked:?}", begun.elapsed());
}

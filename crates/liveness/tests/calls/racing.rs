//! An end that is met by two threads at the same moment: one reads or writes, the other asks. Both are told the same.

use std::io::{self, ErrorKind, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::thread;
use std::time::{Duration, Instant};

use allswell_liveness::{Handle, Live, State, Verdict};
use socket2::SockRef;

const DEADLINE: Duration = Duration::from_secs(10);

/// How often: the moment in which it matters lasts a microsecond.
const TIMES: usize = 1500;

fn pair(listener: &TcpListener) -> (Live<TcpStream>, TcpStream) {
    let near = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
    near.set_nonblocking(true).unwrap();
    (Live::new(near).unwrap(), listener.accept().unwrap().0)
}

fn reset(far: TcpStream) {
    SockRef::from(&far).set_linger(Some(Duration::ZERO)).unwrap();
    drop(far);
}

/// The first answer that is one.
fn until<T>(mut asked: impl FnMut() -> Option<T>) -> T {
    let deadline = Instant::now() + DEADLINE;
    loop {
        if let Some(answer) = asked() {
            return answer;
        }
        assert!(Instant::now() < deadline, "nothing was heard");
    }
}

fn answered<T>(called: io::Result<T>) -> Option<io::Result<T>> {
    (!called.as_ref().is_err_and(|error| error.kind() == ErrorKind::WouldBlock)).then_some(called)
}

/// An end as a verdict, as trouble, or by waiting.
fn ends(handle: &Handle, turn: usize) -> Option<State> {
    match turn % 2 {
        0 => Some(handle.verdict().state).filter(State::is_end),
        _ => handle.trouble().filter(State::is_end),
    }
}

fn state_in(error: &io::Error) -> Option<State> {
    Some(error.get_ref()?.downcast_ref::<Verdict>()?.state)
}

/// One thread calls, one asks, and this one breaks off; then everybody is asked again.
fn race(
    live: &mut Live<TcpStream>,
    far: TcpStream,
    turn: usize,
    call: fn(&mut Live<TcpStream>) -> Option<io::Result<usize>>,
) -> [Option<State>; 3] {
    let handle = live.handle();
    let (told, called) = thread::scope(|scope| {
        let asks = scope.spawn(|| until(|| ends(&handle, turn)));
        let calls = scope.spawn(|| until(|| call(live)));
        reset(far);
        (asks.join().unwrap(), calls.join().unwrap())
    });
    [Some(told), called.err().as_ref().and_then(state_in), Some(handle.verdict().state)]
}

#[test]
fn a_reader_and_an_asker_hear_of_the_same_reset() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    for turn in 0..TIMES {
        let (mut live, far) = pair(&listener);
        // One who has finished himself is not thereby one whose connection ended in order.
        if turn % 4 > 1 {
            live.get_ref().shutdown(Shutdown::Write).unwrap();
        }
        let told = race(&mut live, far, turn, |live| answered(live.read(&mut [0; 8])));
        assert_eq!(told, [Some(State::Reset); 3], "turn {turn}");
        assert_eq!(live.read(&mut [0; 8]).unwrap_err().kind(), ErrorKind::ConnectionReset);
    }
}

#[test]
fn a_writer_and_an_asker_hear_that_it_broke_off_after_its_end() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    for turn in 0..TIMES {
        let (mut live, far) = pair(&listener);
        far.shutdown(Shutdown::Write).unwrap();
        until(|| (live.handle().verdict().state == State::HalfClosedByPeer).then_some(()));
        let told = race(&mut live, far, turn, |live| live.write(b"x").err().map(Err));
        assert_eq!(told, [Some(State::ResetAfterFin); 3], "turn {turn}");
        assert_eq!(live.read(&mut [0; 8]).unwrap(), 0, "its end was one");
    }
}

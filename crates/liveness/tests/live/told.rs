//! Each kind of end resolves what waits for it.

use std::future::Future;
use std::io::Write;
use std::net::{Shutdown, TcpStream};
use std::pin::pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Barrier, mpsc};
use std::task::{Context, Poll, Wake, Waker};
use std::thread;
use std::time::{Duration, Instant};

use allswell_liveness::{Handle, Live, State, Verdict};

use crate::executor::{block_on, until};
use crate::pair;

/// What ends a stream; it gets both ends, and the stream may outlive it.
type End = fn(Live<TcpStream>, TcpStream) -> Option<Live<TcpStream>>;

const ENDS: [(&str, End, State); 8] = [
    ("a RST", |live, far| (pair::reset(far), Some(live)).1, State::Reset),
    ("a RST after data", |live, mut far| (far.write_all(b"data").unwrap(), pair::reset(far), Some(live)).2, State::Reset),
    ("a close with data unread", unread, State::Reset),
    ("a FIN from both", |live, far| (live.get_ref().shutdown(Shutdown::Write).unwrap(), drop(far), Some(live)).2, State::ClosedInOrder),
    ("a RST after the FIN", after_fin, State::ResetAfterFin),
    ("the stream was dropped", |live, _| (drop(live), None).1, State::LetGo),
    ("the stream was taken out", |live, _| (drop(live.into_inner()), None).1, State::LetGo),
    ("both were dropped", |live, far| (drop(far), drop(live), None).2, State::LetGo),
];

fn unread(mut live: Live<TcpStream>, far: TcpStream) -> Option<Live<TcpStream>> {
    live.write_all(b"data").unwrap();
    until("the data came", || far.peek(&mut [0; 8]).is_ok_and(|bytes| bytes == 4));
    drop(far);
    Some(live)
}

fn after_fin(mut live: Live<TcpStream>, far: TcpStream) -> Option<Live<TcpStream>> {
    drop(far);
    let handle = live.handle();
    until("its FIN came", || handle.trouble() == Some(State::HalfClosedByPeer));
    live.write_all(b"data").unwrap();
    Some(live)
}

fn by_tokio<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build()
        .unwrap()
        .block_on(async { tokio::time::timeout(crate::executor::DEADLINE, future).await.unwrap() })
}

#[test]
fn each_end_resolves_on_any_executor_before_and_after() {
    for (what, end, expected) in ENDS {
        for wait in [block_on::<Verdict>, by_tokio::<Verdict>] as [fn(Pinned) -> Verdict; 2] {
            let (live, far) = pair::live();
            let handle = live.handle();
            let (died, spent) = (handle.died(), handle.spent());
            let waiting = thread::spawn(move || (wait(Box::pin(died)), wait(Box::pin(spent))));
            let live = end(live, far);
            let (died, spent) = waiting.join().unwrap();
            assert_eq!((died.state, spent.state.is_end() || spent.state == State::HalfClosedByPeer), (expected, true), "{what}");
            assert_eq!(wait(Box::pin(handle.died())).state, expected, "{what}, afterwards");
            assert_eq!((handle.trouble().unwrap_or(expected), handle.verdict().state), (expected, expected), "{what}");
            drop(live);
            let kept = handle.verdict();
            assert_eq!((kept.state, kept.evidence.peer.is_some()), (expected, true), "{what}, after the stream");
        }
    }
}

type Pinned = std::pin::Pin<Box<dyn Future<Output = Verdict> + Send>>;

#[test]
fn a_fin_alone_spends_and_does_not_kill() {
    let (live, far) = pair::live();
    let handle = live.handle();
    let died = AtomicBool::new(false);
    thread::scope(|scope| {
        let killed = scope.spawn(|| (block_on(handle.died()), died.store(true, Ordering::SeqCst)).0);
        far.shutdown(Shutdown::Write).unwrap();
        assert_eq!(block_on(handle.spent()).state, State::HalfClosedByPeer);
        assert!(!died.load(Ordering::SeqCst), "it still writes");
        live.get_ref().shutdown(Shutdown::Write).unwrap();
        assert_eq!(killed.join().unwrap().state, State::ClosedInOrder);
    });
}

#[test]
fn many_that_wait_are_all_told() {
    let (live, far) = pair::live();
    let (ready, handle) = (Barrier::new(65), live.handle());
    thread::scope(|scope| {
        let wait = |turn: usize| {
            let handle = handle.clone();
            ready.wait();
            if turn.is_multiple_of(2) { block_on(handle.died()) } else { block_on(handle.spent()) }
        };
        let waiting: Vec<_> = (0..64).map(|turn| scope.spawn(move || wait(turn))).collect();
        ready.wait();
        pair::reset(far);
        for told in waiting {
            assert_eq!(told.join().unwrap().state, State::Reset);
        }
    });
}

struct Counts;

impl Wake for Counts {
    fn wake(self: Arc<Self>) {}
}

#[test]
fn a_dropped_future_leaves_no_waker_behind() {
    let (live, far) = pair::live();
    let handle = live.handle();
    let (first, second) = (Arc::new(Counts), Arc::new(Counts));
    for _ in 0..100 {
        let mut died = pin!(handle.died());
        for waker in [&first, &first, &second] {
            let waker = Waker::from(Arc::clone(waker));
            assert!(died.as_mut().poll(&mut Context::from_waker(&waker)).is_pending());
        }
        assert_eq!((Arc::strong_count(&first), Arc::strong_count(&second)), (1, 2), "it moved to another task");
    }
    assert_eq!((Arc::strong_count(&first), Arc::strong_count(&second)), (1, 1));
    // One that was told and is kept: not after the stream.
    let mut kept = Box::pin(handle.died());
    assert!(kept.as_mut().poll(&mut Context::from_waker(&Waker::from(Arc::clone(&first)))).is_pending());
    pair::reset(far);
    drop(live);
    assert_eq!(Arc::strong_count(&first), 1);
    assert!(matches!(kept.as_mut().poll(&mut Context::from_waker(Waker::noop())), Poll::Ready(_)));
}

/// Passes time that nobody can measure: some hundred nanoseconds to some ten microseconds.
struct Jitter(u64);

impl Jitter {
    fn pass(&mut self) {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (0..self.0 % 4096).for_each(|_| std::hint::spin_loop());
    }
}

/// Another thread asks for trouble all the while: what it takes is not missed by who waits.
#[test]
fn no_wake_up_is_lost() {
    let mut jitter = (Jitter(0x9E37_79B9_7F4A_7C15), Jitter(0xD1B5_4A32_D192_ED03));
    for turn in 0..1000 {
        let (live, far) = pair::live();
        let (handle, over) = (live.handle(), AtomicBool::new(false));
        let told = thread::scope(|scope| {
            scope.spawn(|| {
                while !over.load(Ordering::Relaxed) && handle.trouble().is_none() {
                    std::hint::spin_loop();
                }
            });
            let waiting = scope.spawn(|| {
                jitter.0.pass();
                let told = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| block_on(handle.died())));
                over.store(true, Ordering::Relaxed);
                told
            });
            jitter.1.pass();
            pair::reset(far);
            waiting.join().unwrap()
        });
        assert_eq!(told.unwrap_or_else(|_| panic!("turn {turn}")).state, State::Reset);
        drop(live);
    }
}

/// The stream is dropped while somebody begins to wait.
#[test]
fn no_wake_up_is_lost_when_the_stream_is_dropped() {
    let mut jitter = (Jitter(0x2545_F491_4F6C_DD1D), Jitter(0x9E37_79B9_7F4A_7C15));
    for _ in 0..1000 {
        let (live, far) = pair::live();
        let handle = live.handle();
        let told = thread::scope(|scope| {
            let waiting = scope.spawn(|| {
                jitter.0.pass();
                block_on(handle.died())
            });
            jitter.1.pass();
            drop(live);
            waiting.join().unwrap()
        });
        assert_eq!(told.state, State::LetGo);
        drop(far);
    }
}

#[test]
fn how_long_it_takes_to_be_told() {
    let (sender, receiver) = mpsc::channel::<(Handle, mpsc::Sender<()>)>();
    let waits = thread::spawn(move || {
        let told = receiver.into_iter().map(|(handle, ready)| {
            let died = handle.died();
            ready.send(()).unwrap();
            block_on(died);
            Instant::now()
        });
        told.collect::<Vec<_>>()
    });
    let mut broke = Vec::new();
    for _ in 0..500 {
        let (live, far) = pair::live();
        let (ready, is_ready) = mpsc::channel();
        sender.send((live.handle(), ready)).unwrap();
        is_ready.recv().unwrap();
        let handle = live.handle();
        broke.push(Instant::now());
        pair::reset(far);
        block_on(handle.died());
    }
    drop(sender);
    let mut took: Vec<Duration> = waits.join().unwrap().into_iter().zip(broke).map(|(told, broke)| told.duration_since(broke)).collect();
    took.sort_unstable();
    let (half, most) = (took[took.len() / 2], took[took.len() * 99 / 100]);
    println!("from the RST to the waiting thread: half within {half:?}, 99 of 100 within {most:?}");
    assert!(most < Duration::from_secs(5), "{most:?}");
}

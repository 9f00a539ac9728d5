//! One question to one quiet connection, beside the bare system calls that it cannot do without.

use std::hint::black_box;
use std::net::{TcpListener, TcpStream};
use std::time::{Duration, Instant};

use allswell_liveness::{Handle, Live, Verdict, tcp_info};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::net::sockopt::socket_error;

/// How often each is asked in a round, and how many rounds there are; the contenders take turns, and the median round counts.
const ASKED: u32 = 20_000;
const ROUNDS: usize = 21;

type Contender<'a> = (&'a str, Box<dyn FnMut() + 'a>);

pub(crate) fn run() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let stream = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
    let live = Live::new(stream.try_clone().unwrap()).unwrap();
    let handle: Handle = live.handle();
    let mut contenders: Vec<Contender<'_>> = vec![
        ("poll(2)", Box::new(|| _ = black_box(asked(&stream)))),
        ("TCP_INFO", Box::new(|| _ = black_box(tcp_info(&stream).unwrap()))),
        ("SO_ERROR", Box::new(|| _ = black_box(socket_error(&stream).unwrap()))),
        ("Handle::trouble", Box::new(|| _ = black_box(handle.trouble()))),
        ("Handle::reusable", Box::new(|| _ = black_box(handle.reusable().is_ok()))),
        ("Handle::verdict", Box::new(|| _ = black_box(handle.verdict()))),
        ("Verdict::of", Box::new(|| _ = black_box(Verdict::of(&stream).unwrap()))),
        ("Verdict::of_borrowed", Box::new(|| _ = black_box(Verdict::of_borrowed(&stream).unwrap()))),
    ];
    let mut rounds = vec![Vec::new(); contenders.len()];
    for _ in 0..ROUNDS {
        for ((_, ask), took) in contenders.iter_mut().zip(&mut rounds) {
            let started = Instant::now();
            (0..ASKED).for_each(|_| ask());
            took.push(started.elapsed() / ASKED);
        }
    }
    let medians: Vec<Duration> = rounds.iter_mut().map(|rounds| median(rounds)).collect();
    let floor: Duration = medians.iter().take(3).sum();
    println!("one question to a quiet connection           figure    x (poll + TCP_INFO + SO_ERROR)");
    for ((name, _), took) in contenders.iter().zip(&medians) {
        println!("  {name:<40} {:>8} ns {:>6.2}", took.as_nanos(), took.as_secs_f64() / floor.as_secs_f64());
    }
    println!("  {:<40} {:>8} ns", "floor: the first three together", floor.as_nanos());
}

fn asked(stream: &TcpStream) -> PollFlags {
    let mut fds = [PollFd::new(stream, PollFlags::IN | PollFlags::OUT | PollFlags::RDHUP)];
    poll(&mut fds, Some(&Timespec::default())).unwrap();
    let [asked] = fds;
    asked.revents()
}

fn median(rounds: &mut [Duration]) -> Duration {
    rounds.sort_unstable();
    rounds.get(ROUNDS / 2).copied().unwrap_or_default()
}

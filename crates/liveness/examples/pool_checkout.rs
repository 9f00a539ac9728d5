//! A small blocking pool that asks before it hands a connection out, throws out what is spent, and repeats by what the verdict says;
//! beside the same pool that does none of that.
//!
//! `cargo run -p allswell-liveness --example pool_checkout`
//!
//! The race: a server closes connections that were idle for a while, and a pool that has not heard of it hands one out. Whoever asks on
//! it gets an error, though the server is well. Everything runs on the loopback, in a few seconds.

#![expect(clippy::print_stdout, reason = "an example shows what it does")]

use std::collections::BTreeMap;
use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use allswell_liveness::{Handle, Live, Retry};

/// Requests on each pool.
const REQUESTS: usize = 300;
/// The server closes what was idle for so long.
const SERVER_IDLE: Duration = Duration::from_millis(5);
/// The longest pause of the client between two requests: some are shorter than the server's, some longer.
const LONGEST_PAUSE_MS: u64 = 10;

/// One request in so many is broken off instead of answered: no question beforehand can prevent that.
const BREAKS_OFF_EVERY: usize = 60;
/// How often one request is tried.
const TRIES: usize = 3;

fn main() -> io::Result<()> {
    println!("A server that closes what is idle for {SERVER_IDLE:?}, and breaks off one request in {BREAKS_OFF_EVERY}.");
    println!("{REQUESTS} requests on each pool, with pauses of 0 to {LONGEST_PAUSE_MS} ms.");
    let blind = Pool::new(serve()?);
    show("A pool that does not ask", &ask_often(|| blind.request_blindly()), &blind.count);
    let pool = Pool::new(serve()?);
    show("A pool that asks", &ask_often(|| pool.request()), &pool.count);
    Ok(())
}

/// Asks again and again; what failed, by its words and how often.
fn ask_often(request: impl Fn() -> io::Result<()>) -> BTreeMap<String, usize> {
    let mut failed = BTreeMap::new();
    for number in 0..REQUESTS as u64 {
        pause(Duration::from_millis(number * 7 % (LONGEST_PAUSE_MS + 1)));
        if let Err(error) = request() {
            *failed.entry(without_ports(&error.to_string())).or_default() += 1;
        }
    }
    failed
}

fn show(name: &str, failed: &BTreeMap<String, usize>, count: &Count) {
    println!("\n{name}: {} of {REQUESTS} requests failed", failed.values().sum::<usize>());
    for (why, times) in failed {
        println!("  {times:>4} x {why}");
    }
    for (what, counter) in [
        ("connections made", &count.made),
        ("thrown out when they were spent (`on_spent`)", &count.evicted),
        ("refused at checkout (`reusable`)", &count.refused),
        ("requests repeated (`Retry`)", &count.repeated),
    ] {
        println!("  {:>4} {what}", counter.load(Ordering::Relaxed));
    }
}

/// Connections that lie idle, and what became of them.
struct Pool {
    server: SocketAddr,
    idle: Idle,
    /// Takes the number of a connection that is spent.
    spent: mpsc::Sender<usize>,
    count: Arc<Count>,
}

/// By number.
type Idle = Arc<Mutex<BTreeMap<usize, Live<TcpStream>>>>;

#[derive(Default)]
struct Count {
    made: AtomicUsize,
    evicted: AtomicUsize,
    refused: AtomicUsize,
    repeated: AtomicUsize,
}

impl Pool {
    fn new(server: SocketAddr) -> Self {
        let (idle, count): (Idle, Arc<Count>) = Default::default();
        let (spent, to_throw_out) = mpsc::channel();
        let (entries, counted) = (Arc::downgrade(&idle), Arc::clone(&count));
        thread::spawn(move || {
            for number in to_throw_out {
                let Some(entries) = entries.upgrade() else { return };
                // One that is in use is not here; whoever uses it hears of the end himself.
                if lock(&entries).remove(&number).is_some() {
                    counted.evicted.fetch_add(1, Ordering::Relaxed);
                }
            }
        });
        Self { server, idle, spent, count }
    }

    /// As many pools do it: whatever lies idle is taken, and an error is an error.
    fn request_blindly(&self) -> io::Result<()> {
        let taken = lock(&self.idle).pop_last();
        let (number, mut stream) = match taken {
            Some(entry) => entry,
            None => self.connect()?,
        };
        exchange(&mut stream)?;
        lock(&self.idle).insert(number, stream);
        Ok(())
    }

    /// Asks the connection before it is handed out, and the verdict when it failed all the same.
    fn request(&self) -> io::Result<()> {
        let mut tries = 0;
        loop {
            tries += 1;
            let (number, mut stream) = self.checkout()?;
            match exchange(&mut stream) {
                Ok(()) => {
                    lock(&self.idle).insert(number, stream);
                    return Ok(());
                }
                Err(_) if tries < TRIES && may_repeat(&stream.handle()) => self.count.repeated.fetch_add(1, Ordering::Relaxed),
                Err(error) => return Err(error),
            };
        }
    }

    fn checkout(&self) -> io::Result<(usize, Live<TcpStream>)> {
        loop {
            let taken = lock(&self.idle).pop_last();
            let Some((number, stream)) = taken else { return self.connect_watched() };
            if stream.handle().reusable().is_ok() {
                return Ok((number, stream));
            }
            // Here it is dropped, and thereby closed.
            self.count.refused.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// As soon as it is spent it is thrown out, if it lies idle then: its descriptor does not wait for the next checkout.
    fn connect_watched(&self) -> io::Result<(usize, Live<TcpStream>)> {
        let (number, stream) = self.connect()?;
        let spent = self.spent.clone();
        stream.handle().on_spent(move |_| _ = spent.send(number));
        Ok((number, stream))
    }

    fn connect(&self) -> io::Result<(usize, Live<TcpStream>)> {
        let number = self.count.made.fetch_add(1, Ordering::Relaxed);
        Ok((number, Live::new(TcpStream::connect(self.server)?)?))
    }
}

/// What asks here may be asked twice. For a payment only [`Retry::Safe`] would do.
fn may_repeat(handle: &Handle) -> bool {
    match handle.verdict().retry {
        Retry::Safe | Retry::OnlyIfIdempotent => true,
        Retry::NotYet | Retry::Pointless => false,
    }
}

fn exchange(stream: &mut Live<TcpStream>) -> io::Result<()> {
    stream.write_all(b"?")?;
    stream.read_exact(&mut [0; 1])
}

/// Answers each byte with a byte, closes what is idle, and breaks off now and then, like a server that is deployed anew.
fn serve() -> io::Result<SocketAddr> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let address = listener.local_addr()?;
    let requests = Arc::new(AtomicUsize::new(0));
    thread::spawn(move || {
        for stream in listener.incoming().map_while(Result::ok) {
            let requests = Arc::clone(&requests);
            thread::spawn(move || answer(&stream, &requests));
        }
    });
    Ok(address)
}

fn answer(mut stream: &TcpStream, requests: &AtomicUsize) -> io::Result<()> {
    stream.set_read_timeout(Some(SERVER_IDLE))?;
    while stream.read(&mut [0; 1])? > 0 {
        if requests.fetch_add(1, Ordering::Relaxed) % BREAKS_OFF_EVERY == BREAKS_OFF_EVERY - 1 {
            return socket2::SockRef::from(stream).set_linger(Some(Duration::ZERO));
        }
        stream.write_all(b"!")?;
    }
    Ok(())
}

fn pause(time: Duration) {
    let (_kept, never) = mpsc::channel::<()>();
    // Nothing is ever sent; it ends when the time is up.
    let _ = never.recv_timeout(time);
}

/// The same words for the same failure.
fn without_ports(words: &str) -> String {
    words.split(' ').map(|word| word.split_once("127.0.0.1:").map_or(word, |_| "127.0.0.1")).collect::<Vec<_>>().join(" ")
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

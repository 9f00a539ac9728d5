//! The server: it answers each line with the same line, and says what it sees of its connections. It never closes one of itself.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{IpAddr, Ipv4Addr, Shutdown, TcpListener, TcpStream};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use allswell_liveness::{Handle, Live};

use crate::care::Care;
use crate::record::LAST;
use crate::stage::TICK;
use crate::track::Track;

/// Commands, one a line on its standard input; its end ends the server.
pub(crate) const FINISH: &str = "finish";
pub(crate) const LOOK: &str = "look";
/// Among the arguments: connections are forgotten without a word when the process ends, as when the power fails.
pub(crate) const FORGET: &str = "forget";

/// One connection.
struct Kept {
    care: Care,
    handle: Handle,
    track: Track,
    /// To say that we have finished, while a thread waits for requests.
    stream: TcpStream,
    /// Whoever answers requests; when it is done the connection still stands, for it is in here.
    _answering: JoinHandle<Live<TcpStream>>,
}

/// Arguments: the port of each [`Care`], 0 for any, and perhaps [`FORGET`].
pub(crate) fn serve(arguments: &[&str]) -> io::Result<()> {
    let forgets = arguments.contains(&FORGET);
    let (accepted, connections) = mpsc::channel();
    for (care, port) in Care::ALL.into_iter().zip(arguments) {
        let port: u16 = port.parse().map_err(io::Error::other)?;
        let listener = TcpListener::bind((IpAddr::V4(Ipv4Addr::UNSPECIFIED), port))?;
        say(&format!("{care}\tport\t{}", listener.local_addr()?.port()))?;
        let accepted = accepted.clone();
        thread::spawn(move || {
            listener
                .incoming()
                .map_while(Result::ok)
                .all(|stream| keep(care, stream, forgets).is_ok_and(|kept| accepted.send(kept).is_ok()))
        });
    }
    watch(&connections, &commands())
}

fn keep(care: Care, stream: TcpStream, forgets: bool) -> io::Result<Kept> {
    care.apply(&stream)?;
    if forgets {
        socket2::SockRef::from(&stream).set_linger(Some(Duration::ZERO))?;
    }
    let mut live = Live::new(stream.try_clone()?)?;
    let handle = live.handle();
    let answering = thread::spawn(move || {
        let mut bytes = [0; 64];
        while let Ok(count @ 1..) = live.read(&mut bytes) {
            // Its failure is seen by whoever watches.
            let _ = live.write_all(bytes.get(..count).unwrap_or_default());
        }
        live
    });
    Ok(Kept { care, handle, track: Track::default(), stream, _answering: answering })
}

fn watch(connections: &Receiver<Kept>, commands: &Receiver<String>) -> io::Result<()> {
    let mut kept: Vec<Kept> = Vec::new();
    loop {
        match commands.recv_timeout(TICK).as_deref() {
            Ok(FINISH) => kept.iter().try_for_each(|one| one.stream.shutdown(Shutdown::Write))?,
            Ok(LOOK) => kept.iter().try_for_each(|one| say(&format!("{}\t{LAST}\t{}", one.care, one.handle.verdict())))?,
            Ok(_) | Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => return Ok(()),
        }
        kept.extend(connections.try_iter());
        for one in &mut kept {
            if let Some((state, sentence)) = one.track.look(&one.handle.verdict()) {
                say(&format!("{}\t{state}\t{sentence}", one.care))?;
            }
        }
    }
}

fn commands() -> Receiver<String> {
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || BufReader::new(io::stdin()).lines().map_while(Result::ok).all(|line| sender.send(line).is_ok()));
    receiver
}

fn say(line: &str) -> io::Result<()> {
    let mut out = io::stdout().lock();
    writeln!(out, "{line}")?;
    out.flush()
}

//! A peer that is a process of its own, so that it can be stopped: this test's binary, started again on the server.

use std::env;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::process::{Child, ChildStdout, Command, Stdio};

use allswell_testkit::namespace::path::Path;
use rustix::process::{Pid, Signal, kill_process, set_parent_process_death_signal};
use socket2::SockRef;

/// Names what the process is to do.
const MARK: &str = "ALLSWELL_TEST_PEER";

/// The running process; it ends with this.
#[derive(Debug)]
pub(crate) struct Peer {
    child: Child,
    said: BufReader<ChildStdout>,
    pub(crate) address: SocketAddr,
}

impl Peer {
    /// Starts one that answers every ping (`echo`), or that reads only what it is told to (`told`).
    pub(crate) fn start(path: &Path, mode: &str) -> Self {
        let exe = env::current_exe().unwrap();
        let mut command = Command::new("ip");
        command.args(["netns", "exec", path.server.name()]).arg(exe).args(["peer", "--exact", "--nocapture", "--test-threads=1"]);
        let mut child = command.env(MARK, mode).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let said = BufReader::new(child.stdout.take().unwrap());
        let mut peer = Self { child, said, address: (Path::SERVER, 0).into() };
        let port = peer.hear("port ").parse().unwrap();
        peer.address.set_port(port);
        peer
    }

    /// Sends the process a signal; it is the child itself, since `ip netns exec` becomes what it starts.
    pub(crate) fn signal(&self, signal: Signal) {
        kill_process(Pid::from_child(&self.child), signal).unwrap();
    }

    /// Has it read so many bytes, as they come.
    pub(crate) fn read(&mut self, bytes: usize) {
        writeln!(self.child.stdin.as_mut().unwrap(), "{bytes}").unwrap();
    }

    fn hear(&mut self, prefix: &str) -> String {
        let mut line = String::new();
        loop {
            line.clear();
            assert!(self.said.read_line(&mut line).unwrap() > 0, "the peer ended");
            // The first line stands behind what libtest says of a test that begins.
            if let Some((_, rest)) = line.split_once(prefix) {
                return rest.trim().to_owned();
            }
        }
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The peer's side: does what the environment asks for; an ordinary run of the tests asks for nothing.
pub(crate) fn serve_if_asked() {
    let Ok(mode) = env::var(MARK) else { return };
    // A test that is ended from outside must not leave its peer behind, least of all a stopped one.
    set_parent_process_death_signal(Some(Signal::KILL)).unwrap();
    let listener = TcpListener::bind((Path::SERVER, 0)).unwrap();
    // Else the kernel answers the first read with megabytes of room.
    SockRef::from(&listener).set_recv_buffer_size(64 * 1024).unwrap();
    println!("port {}", listener.local_addr().unwrap().port());
    let (stream, _) = listener.accept().unwrap();
    // The other side may end at any time, which ends this one.
    let _ = if mode == "echo" { echo(&stream) } else { read_as_told(&stream) };
}

fn echo(stream: &TcpStream) -> io::Result<()> {
    for line in BufReader::new(stream).lines() {
        let line = line?;
        if line.starts_with("PING ") {
            (&mut &*stream).write_all(format!("{}\n", line.replace("PING", "PONG")).as_bytes())?;
        }
    }
    Ok(())
}

fn read_as_told(mut stream: &TcpStream) -> io::Result<()> {
    for line in io::stdin().lines() {
        let bytes = line?.parse().map_err(io::Error::other)?;
        stream.read_exact(&mut vec![0; bytes])?;
    }
    Ok(())
}

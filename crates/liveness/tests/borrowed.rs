//! A verdict on a socket of somebody else's takes nothing from it: its owner still hears how it ended.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::env;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::os::fd::{AsFd, AsRawFd};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use allswell_liveness::{Retry, State, TcpState, Verdict, mine, tcp_info};
use allswell_os::errno::{ECONNREFUSED, ECONNRESET, EPIPE, ETIMEDOUT};
use allswell_os::socket::{Via, begin_connect};
use http_body_util::Empty;
use hyper_util::client::legacy::{Client, connect::HttpConnector};
use hyper_util::rt::TokioExecutor;
use socket2::{Domain, SockRef, Socket, Type};

const DEADLINE: Duration = Duration::from_secs(20);

/// How often somebody looks before the owner does.
const LOOKS: usize = 50;

/// Asks until it is so, by questions that take nothing.
fn until(what: &str, mut so: impl FnMut() -> bool) {
    let began = Instant::now();
    while !so() {
        assert!(began.elapsed() < DEADLINE, "not in time: {what}");
        thread::yield_now();
    }
}

fn streams() -> (TcpStream, TcpStream) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let near = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
    (near, listener.accept().unwrap().0)
}

fn reset(far: TcpStream) {
    SockRef::from(&far).set_linger(Some(Duration::ZERO)).unwrap();
    drop(far);
}

/// A stream that has ended in one way or another, and what its owner has to hear first.
fn ended() -> Vec<(&'static str, TcpStream, i32)> {
    let (broken, far) = streams();
    reset(far);
    let (after_data, mut far) = streams();
    far.write_all(b"data").unwrap();
    reset(far);
    let (mut after_fin, far) = streams();
    drop(far);
    until("the FIN", || tcp_info(&after_fin).unwrap().state == TcpState::CloseWait);
    after_fin.write_all(b"anybody?").unwrap();
    let nobody = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let refused = begin_connect(nobody, &Via::default()).unwrap();
    vec![
        ("a RST", broken, ECONNRESET),
        ("data, then a RST", after_data, ECONNRESET),
        ("a FIN, then a RST because we wrote", after_fin, EPIPE),
        ("refused", refused, ECONNREFUSED),
        ("timed out while connecting", timed_out(), ETIMEDOUT),
    ]
}

/// Towards a listener whose queue is full: it lets the SYN fall.
fn timed_out() -> TcpStream {
    let full = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
    full.bind(&SocketAddr::from(([127, 0, 0, 1], 0)).into()).unwrap();
    full.listen(0).unwrap();
    let address = full.local_addr().unwrap().as_socket().unwrap();
    let _first = TcpStream::connect(address).unwrap();
    let patient = begin_connect(address, &Via::default()).unwrap();
    SockRef::from(&patient).set_tcp_user_timeout(Some(Duration::from_millis(200))).unwrap();
    until("our kernel gives up", || tcp_info(&patient).unwrap().state == TcpState::Close);
    patient
}

#[test]
fn the_owner_still_hears_it_whoever_has_looked() {
    for (what, owned, errno) in ended() {
        until(what, || tcp_info(&owned).unwrap().state == TcpState::Close);
        let copy = owned.as_fd().try_clone_to_owned().unwrap();
        for _ in 0..LOOKS {
            let verdict = Verdict::of_borrowed(&copy).unwrap();
            assert_eq!((verdict.state, verdict.to_io_error().is_none()), (State::Ended { pending: true }, true), "{what}");
        }
        // What came before the end is read before it.
        let mut read = [0; 8];
        if errno == ECONNRESET && Verdict::of_borrowed(&owned).unwrap().evidence.unread > 0 {
            assert_eq!((&owned).read(&mut read).unwrap(), 4, "{what}");
        }
        // After a FIN a read is told that; the error waits for a write.
        let told = if errno == EPIPE { (&owned).write(b"x") } else { (&owned).read(&mut read) };
        assert_eq!(told.unwrap_err().raw_os_error(), Some(errno), "{what}");
        assert_eq!(Verdict::of_borrowed(&copy).unwrap().state, State::Ended { pending: false }, "{what}");
    }
}

/// Why there are two questions.
#[test]
fn a_verdict_of_the_owners_kind_would_take_it_from_him() {
    let (owned, far) = streams();
    reset(far);
    until("the RST", || tcp_info(&owned).unwrap().state == TcpState::Close);
    let copy = owned.as_fd().try_clone_to_owned().unwrap();
    assert_eq!(Verdict::of(&copy).unwrap().state, State::Reset);
    assert_eq!((&owned).read(&mut [0; 8]).unwrap(), 0, "a torn answer looks whole");
}

#[test]
fn what_stands_is_told_as_to_the_owner() {
    let (near, mut far) = streams();
    let told = |near: &TcpStream| Verdict::of_borrowed(near).unwrap();
    assert_eq!((told(&near).state, told(&near).retry), (State::Alive, Retry::NotYet));
    far.write_all(b"data").unwrap();
    until("the data", || told(&near).evidence.unread == 4);
    far.shutdown(Shutdown::Write).unwrap();
    until("the FIN", || told(&near).state == State::HalfClosedByPeer);
    near.shutdown(Shutdown::Write).unwrap();
    until("both", || told(&near).state == State::ClosedInOrder);
    assert_eq!(told(&near).evidence.unread, 4);
}

/// Another process: it connects, says by which descriptor, and reads when it is asked to.
struct Owner {
    process: Child,
    asks: Option<ChildStdin>,
    says: BufReader<ChildStdout>,
}

const TARGET: &str = "ALLSWELL_BORROWED_TARGET";

impl Owner {
    fn connected_to(address: SocketAddr) -> Self {
        let mut program = Command::new(env::current_exe().unwrap());
        program.args(["owner", "--exact", "--ignored", "--nocapture", "--test-threads=1"]).env(TARGET, address.to_string());
        let mut process = program.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let (asks, says) = (process.stdin.take(), BufReader::new(process.stdout.take().unwrap()));
        Self { process, asks, says }
    }

    fn ask(&mut self) {
        self.asks.as_mut().unwrap().write_all(b"\n").unwrap();
    }

    /// What it says next.
    fn word(&mut self) -> String {
        let said = (&mut self.says).lines().map(Result::unwrap);
        said.filter_map(|line| Some(line.split_once("owner: ")?.1.to_owned())).next().unwrap()
    }
}

impl Drop for Owner {
    fn drop(&mut self) {
        // It ends when nobody asks any more; should it not, by its id.
        drop(self.asks.take());
        let began = Instant::now();
        while matches!(self.process.try_wait(), Ok(None)) {
            if began.elapsed() > DEADLINE {
                let _ = self.process.kill();
            }
            thread::yield_now();
        }
    }
}

#[test]
#[ignore = "it is the other process of another test"]
fn owner() {
    let Ok(address) = env::var(TARGET) else { return };
    let mut stream = TcpStream::connect(address).unwrap();
    println!("owner: {}", stream.as_raw_fd());
    for line in io::stdin().lines() {
        line.unwrap();
        match stream.read(&mut [0; 8]) {
            Ok(bytes) => println!("owner: {bytes} bytes"),
            Err(error) => println!("owner: {:?}", error.kind()),
        }
    }
}

#[test]
fn another_process_still_hears_how_its_connection_ended() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let mut owner = Owner::connected_to(listener.local_addr().unwrap());
    let (mut far, from) = listener.accept().unwrap();
    let descriptor: i32 = owner.word().parse().unwrap();
    let process = owner.process.id();
    let look = || match Verdict::of_process(process, descriptor) {
        Ok(verdict) => Some(verdict),
        Err(error) if error.kind() == io::ErrorKind::PermissionDenied => None,
        Err(error) => panic!("{error}"),
    };
    let Some(verdict) = look() else {
        println!("skipped, because this machine forbids to look into another process");
        return;
    };
    assert_eq!((verdict.state, verdict.evidence.peer), (State::Alive, Some(listener.local_addr().unwrap())));
    assert_eq!(mine(from).unwrap().len(), 1, "the other end is ours");
    far.write_all(b"data").unwrap();
    until("the data", || look().is_some_and(|verdict| verdict.evidence.unread == 4));
    reset(far);
    until("the RST", || look().is_some_and(|verdict| verdict.state == State::Ended { pending: true }));
    for _ in 0..LOOKS {
        assert_eq!(look().unwrap().state, State::Ended { pending: true });
    }
    for expected in ["4 bytes", "ConnectionReset", "0 bytes"] {
        owner.ask();
        assert_eq!(owner.word(), expected);
    }
    assert_eq!(look().unwrap().state, State::Ended { pending: false });
    let nothing = Verdict::of_process(process, 999).unwrap_err();
    assert_eq!(nothing.raw_os_error(), Some(libc::EBADF), "{nothing}");
}

#[test]
fn a_connection_within_a_task_is_found_by_its_peer() {
    let (listener, other) = (TcpListener::bind("127.0.0.1:0").unwrap(), TcpListener::bind("127.0.0.1:0").unwrap());
    let address = listener.local_addr().unwrap();
    assert!(mine(address).unwrap().is_empty());
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let task = runtime.spawn(async move {
        // The RST may come before the task has seen that it is connected; then this is told.
        let stream = tokio::net::TcpStream::connect(address).await?;
        stream.readable().await?;
        stream.try_read(&mut [0; 8])
    });
    // Only a thread that runs the task lets it connect.
    let runs = thread::spawn(move || runtime.block_on(task).unwrap());
    let (far, _) = listener.accept().unwrap();
    until("it is found", || mine(address).unwrap().len() == 1);
    assert!(mine(other.local_addr().unwrap()).unwrap().is_empty(), "it is no connection to another");
    let found = mine(address).unwrap();
    assert_eq!(found.first().unwrap().verdict().unwrap().state, State::Alive);
    reset(far);
    assert_eq!(runs.join().unwrap().unwrap_err().kind(), io::ErrorKind::ConnectionReset, "nobody has taken it");
    drop(found);
    assert!(mine(address).unwrap().is_empty(), "nothing is kept open");
}

#[test]
fn a_connection_that_a_client_hides_is_found_by_its_peer() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let client: Client<_, Empty<bytes::Bytes>> = Client::builder(TokioExecutor::new()).build(HttpConnector::new());
    let asked = thread::spawn(move || runtime.block_on(client.get(format!("http://{address}/").parse().unwrap())).map(|_| ()));
    let (mut far, _) = listener.accept().unwrap();
    let mut request = [0; 16];
    far.read_exact(&mut request).unwrap();
    assert!(request.starts_with(b"GET / HTTP/1.1"));
    let found = mine(address).unwrap();
    assert_eq!(found.len(), 1);
    assert_eq!(found.first().unwrap().verdict().unwrap().state, State::Alive);
    reset(far);
    until("the end", || found.first().unwrap().verdict().unwrap().state.is_end());
    assert!(asked.join().unwrap().is_err());
}

/// Its FIN is not in the figures of its first path: a peer that had closed would read as alive, or as one that we read no more.
#[test]
fn mptcp_is_refused() {
    // Where the kernel lacks MPTCP there is no such socket, and nothing to refuse.
    let Ok(socket) = Socket::new(Domain::IPV4, Type::STREAM, Some(socket2::Protocol::MPTCP)) else { return };
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    socket.connect(&listener.local_addr().unwrap().into()).unwrap();
    let unsupported = Some(std::io::ErrorKind::Unsupported);
    assert_eq!(Verdict::of(&socket).err().map(|error| error.kind()), unsupported);
    assert_eq!(Verdict::of_borrowed(&socket).err().map(|error| error.kind()), unsupported);
    assert_eq!(allswell_liveness::Live::new(socket).err().map(|error| error.kind()), unsupported);
}

//! Plays one situation: lays the hosts, starts the server, is the client, does what the scene says, and tells what is seen.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpStream};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::{Duration, Instant};

use allswell_liveness::{Handle, Live};
use allswell_testkit::namespace::path::Path;
use allswell_testkit::namespace::space::Space;
use rustix::process::{Pid, Signal, kill_process};

use crate::care::Care;
use crate::heart::Heart;
use crate::record::{DEED, LAST, Record, Who};
use crate::scene::{Deed, END_MS, SCENES, Scene};
use crate::server::{FINISH, FORGET, LOOK};
use crate::track::Track;

/// How often both ends look.
pub(crate) const TICK: Duration = Duration::from_millis(20);
/// For what takes no time unless something is broken.
const PATIENCE: Duration = Duration::from_secs(5);
/// What the client asks.
const QUESTION: &[u8] = b"there?\n";
/// Between the last answer and the fault.
const BEFORE: Duration = Duration::from_millis(600);

/// Plays the scene of this name, on hosts of its own or on the loopback, and prints its records.
pub(crate) fn play(name: &str, hosts: bool) -> io::Result<()> {
    let scene = SCENES.iter().find(|scene| scene.name == name).ok_or_else(|| io::Error::other("there is no such scene"))?;
    let path = hosts.then(lay);
    let mut server = Server::start(scene, path.as_ref(), &["0"; Care::ALL.len()])?;
    let host = if hosts { Path::SERVER } else { IpAddr::V4(Ipv4Addr::LOCALHOST) };
    let clients = server.ports.iter().zip(Care::ALL).map(|(port, care)| Client::new((host, *port).into(), care));
    let mut clients = clients.collect::<io::Result<Vec<_>>>()?;
    let mut stage = Stage { scene, path, zero: Instant::now() + BEFORE };
    stage.run(&mut clients, &mut server)
}

/// Becomes true when whoever started this process has ended, by Ctrl-C for instance: nobody would see the rest.
fn left_alone() -> Arc<AtomicBool> {
    let ended = Arc::new(AtomicBool::new(false));
    let noted = Arc::clone(&ended);
    thread::spawn(move || {
        let _ = io::stdin().read(&mut [0]);
        noted.store(true, Ordering::Relaxed);
    });
    ended
}

/// Three hosts. What the router sends into a cable that was pulled is lost, as in a switch; it must not answer in the host's place.
fn lay() -> Path {
    let path = Path::new();
    path.router.ip("route add blackhole 10.77.1.0/24 metric 4000\nroute add blackhole 10.77.2.0/24 metric 4000\n");
    path
}

struct Stage {
    scene: &'static Scene,
    path: Option<Path>,
    /// The moment of the fault.
    zero: Instant,
}

impl Stage {
    fn run(&mut self, clients: &mut [Client], server: &mut Server) -> io::Result<()> {
        let mut deeds = self.scene.deeds.iter().peekable();
        let left_alone = left_alone();
        while self.now_ms() < END_MS && !left_alone.load(Ordering::Relaxed) {
            while let Some((_, deed)) = deeds.next_if(|(at_ms, _)| *at_ms <= self.now_ms()) {
                self.tell(None, Who::Scene, DEED, deed.words());
                self.act(*deed, clients, server)?;
            }
            for client in clients.iter_mut().filter(|_| self.scene.client_sees) {
                for (word, sentence) in client.look()? {
                    self.tell(Some(client.care), Who::Client, word, &sentence);
                }
            }
            let next = deeds.peek().map_or(Duration::MAX, |(at_ms, _)| Duration::from_millis((at_ms - self.now_ms()).unsigned_abs()));
            self.pass(server, Instant::now() + TICK.min(next));
        }
        for client in clients.iter().filter(|_| self.scene.client_sees) {
            self.tell(Some(client.care), Who::Client, LAST, &client.handle.verdict().to_string());
        }
        if server.answers {
            server.command(LOOK)?;
            self.pass(server, Instant::now() + 10 * TICK);
        }
        Ok(())
    }

    /// Lets the time pass until then, and passes on what the server says meanwhile.
    fn pass(&self, server: &Server, until: Instant) {
        while let Ok(line) = server.lines.recv_timeout(until.saturating_duration_since(Instant::now())) {
            let mut fields = line.splitn(3, '\t');
            if let (Some(care), Some(kind), Some(text)) = (fields.next(), fields.next(), fields.next()) {
                self.tell(Care::of(care), Who::Server, kind, text);
            }
        }
        // A server that is gone says nothing more, and says so at once.
        let (_kept, never) = mpsc::channel::<()>();
        let _ = never.recv_timeout(until.saturating_duration_since(Instant::now()));
    }

    fn act(&self, deed: Deed, clients: &mut [Client], server: &mut Server) -> io::Result<()> {
        match deed {
            Deed::ServerFinishes => server.command(FINISH),
            Deed::ClientFinishes => clients.iter().try_for_each(|client| client.stream.get_ref().shutdown(std::net::Shutdown::Write)),
            Deed::StopServer => server.signal(Signal::STOP),
            Deed::KillServer => server.end(),
            Deed::UnplugServer => self.ip(|path| &path.router, "link set r1 down"),
            Deed::UnplugClient => self.ip(|path| &path.router, "link set r0 down"),
            Deed::PowerOff => self.ip(|path| &path.server, "link set s0 down").and_then(|()| server.end()),
            Deed::PowerOn => self.ip(|path| &path.server, "link set s0 up\nroute add default via 10.77.2.1"),
            Deed::StartServer => {
                let ports: Vec<String> = server.ports.iter().map(u16::to_string).collect();
                let ports: Vec<&str> = ports.iter().map(String::as_str).collect();
                *server = Server::start(self.scene, self.path.as_ref(), &ports)?;
                Ok(())
            }
            Deed::ClientAsks => {
                for client in clients {
                    let said = client.ask();
                    self.tell(Some(client.care), Who::Client, DEED, &said);
                }
                Ok(())
            }
        }
    }

    fn ip(&self, host: fn(&Path) -> &Space, commands: &str) -> io::Result<()> {
        let path = self.path.as_ref().ok_or_else(|| io::Error::other("there is no cable on a loopback"))?;
        host(path).ip(commands);
        Ok(())
    }

    fn now_ms(&self) -> i64 {
        let since = Instant::now().saturating_duration_since(self.zero).as_millis();
        let until = self.zero.saturating_duration_since(Instant::now()).as_millis();
        i64::try_from(since).unwrap_or(i64::MAX) - i64::try_from(until).unwrap_or_default()
    }

    #[expect(clippy::print_stdout, reason = "whoever started this process reads the records here")]
    fn tell(&self, care: Option<Care>, who: Who, kind: &str, text: &str) {
        println!("{}", Record { at_ms: self.now_ms(), care, who, kind: kind.to_owned(), text: text.to_owned() }.to_line());
    }
}

/// One connection, seen from the client. It reads nothing while it waits, like a connection in a pool.
struct Client {
    care: Care,
    stream: Live<TcpStream>,
    handle: Handle,
    track: Track,
    heart: Option<Heart>,
}

impl Client {
    fn new(server: SocketAddr, care: Care) -> io::Result<Self> {
        let stream = TcpStream::connect_timeout(&server, PATIENCE)?;
        care.apply(&stream)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        let mut stream = Live::new(stream)?;
        stream.write_all(QUESTION)?;
        stream.read_exact(&mut [0; QUESTION.len()])?;
        let handle = stream.handle();
        let heart = (care == Care::Heartbeat).then(|| Heart::new(stream.get_ref())).transpose()?;
        Ok(Self { care, stream, handle, track: Track::default(), heart })
    }

    /// What is new: of the connection, and of the heartbeat as long as it stands.
    fn look(&mut self) -> io::Result<Vec<(&'static str, String)>> {
        let mut told: Vec<_> = self.track.look(&self.handle.verdict()).into_iter().collect();
        if let (Some(heart), None) = (&mut self.heart, self.handle.trouble()) {
            told.extend(heart.beat(&mut self.stream)?);
        }
        Ok(told)
    }

    /// A request is written; what the application is told of that.
    fn ask(&mut self) -> String {
        match self.stream.write_all(QUESTION) {
            Ok(()) => "asks: its 7 bytes are taken without an error".into(),
            Err(error) => format!("asks, and is told: {error}"),
        }
    }
}

/// The server's process.
struct Server {
    process: Child,
    lines: Receiver<String>,
    ports: Vec<u16>,
    /// It was neither stopped nor killed.
    answers: bool,
}

impl Server {
    fn start(scene: &Scene, path: Option<&Path>, ports: &[&str]) -> io::Result<Self> {
        let mut command = Command::new(std::env::current_exe()?);
        command.arg("server").args(ports).args(scene.forgets.then_some(FORGET)).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut process = match path {
            Some(path) => path.server.run(|| command.spawn()),
            None => command.spawn(),
        }?;
        let said = process.stdout.take().map(BufReader::new).ok_or_else(|| io::Error::other("the server has no output"))?;
        let (sender, lines) = mpsc::channel();
        thread::spawn(move || said.lines().map_while(Result::ok).all(|line| sender.send(line).is_ok()));
        let mut server = Self { process, lines, ports: Vec::new(), answers: true };
        for _ in Care::ALL {
            let line = server.lines.recv_timeout(PATIENCE).map_err(io::Error::other)?;
            let port = line.rsplit('\t').next().and_then(|port| port.parse().ok());
            server.ports.push(port.ok_or_else(|| io::Error::other(line))?);
        }
        Ok(server)
    }

    fn command(&mut self, word: &str) -> io::Result<()> {
        self.process.stdin.as_mut().map_or(Ok(()), |stdin| writeln!(stdin, "{word}"))
    }

    fn signal(&mut self, signal: Signal) -> io::Result<()> {
        self.answers = false;
        kill_process(Pid::from_child(&self.process), signal).map_err(Into::into)
    }

    fn end(&mut self) -> io::Result<()> {
        self.answers = false;
        self.process.kill()?;
        self.process.wait().map(drop)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.end();
    }
}

//! A little DNS server on a loopback address, UDP and TCP on one port, that does what it is told: also lie, cut, stay silent.

#![expect(clippy::unwrap_used, reason = "a fixture that cannot be made fails its test")]

mod act;
mod serve;

use std::collections::HashMap;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};

use hickory_proto::op::ResponseCode;
use hickory_proto::rr::RecordType;
use rustls::ServerConfig;
use tokio::net::{TcpListener, UdpSocket};
use tokio::sync::watch;
use tokio::task::JoinHandle;

pub use act::{Act, Answer, a, aaaa, cname, soa, txt};

/// By which way a question came.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Transport {
    /// A datagram.
    Udp,
    /// A stream, under TLS or not.
    Tcp,
}

/// A question that came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// The name, in lower case, with its root: `www.example.com.`
    pub name: String,
    /// The type.
    pub kind: RecordType,
    /// The way it came.
    pub transport: Transport,
    /// The port that it came from.
    pub from: SocketAddr,
    /// Its id.
    pub id: u16,
    /// Whether recursion was desired.
    pub recursion: bool,
    /// The payload size that EDNS offered.
    pub payload: Option<u16>,
}

/// The server. It ends when dropped.
#[derive(Debug)]
pub struct DnsServer {
    address: SocketAddr,
    script: Arc<Script>,
    tasks: Vec<JoinHandle<()>>,
}

/// What the server does, and what it has seen.
#[derive(Debug)]
pub(crate) struct Script {
    acts: Mutex<HashMap<(String, Option<RecordType>), Act>>,
    otherwise: Mutex<Act>,
    asked: Mutex<Vec<Asked>>,
    gate: watch::Sender<bool>,
}

impl Default for Script {
    fn default() -> Self {
        Self {
            acts: Mutex::default(),
            otherwise: Mutex::new(Answer::code(ResponseCode::NXDomain).into()),
            asked: Mutex::default(),
            gate: watch::Sender::new(false),
        }
    }
}

impl DnsServer {
    /// On a free port of 127.0.0.1. It answers NXDOMAIN until it is told otherwise.
    pub async fn start() -> Self {
        loop {
            if let Some(server) = Self::try_at((Ipv4Addr::LOCALHOST, 0).into()).await {
                return server;
            }
        }
    }

    /// At this address, such as another one of the loopback with the port of another server.
    pub async fn start_at(address: SocketAddr) -> Self {
        Self::try_at(address).await.unwrap()
    }

    /// On a free port of 127.0.0.1, by TLS alone.
    pub async fn start_tls(config: Arc<ServerConfig>) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let address = listener.local_addr().unwrap();
        let script = Arc::new(Script::default());
        let tasks = vec![tokio::spawn(serve::secured(listener, config.into(), Arc::clone(&script)))];
        Self { address, script, tasks }
    }

    /// A port that is free for TCP may be taken for UDP: then there is no server.
    async fn try_at(address: SocketAddr) -> Option<Self> {
        let listener = TcpListener::bind(address).await.ok()?;
        let address = listener.local_addr().ok()?;
        let socket = UdpSocket::bind(address).await.ok()?;
        let script = Arc::new(Script::default());
        let tasks = vec![
            tokio::spawn(serve::datagrams(Arc::new(socket), Arc::clone(&script))),
            tokio::spawn(serve::streams(listener, Arc::clone(&script))),
        ];
        Some(Self { address, script, tasks })
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Where it listens, without the port.
    #[must_use]
    pub fn ip(&self) -> IpAddr {
        self.address.ip()
    }

    /// What it does when asked for this name (`www.example.com`) and type.
    pub fn on(&self, name: &str, kind: RecordType, act: impl Into<Act>) -> &Self {
        self.script.acts().insert((rooted(name), Some(kind)), act.into());
        self
    }

    /// What it does when asked for any type of this name, unless the type has an act of its own.
    pub fn on_any(&self, name: &str, act: impl Into<Act>) -> &Self {
        self.script.acts().insert((rooted(name), None), act.into());
        self
    }

    /// What it does when asked for any other name.
    pub fn otherwise(&self, act: impl Into<Act>) -> &Self {
        *self.script.otherwise.lock().unwrap_or_else(PoisonError::into_inner) = act.into();
        self
    }

    /// Lets go of all that [`Act::Held`] holds, now and from now on.
    pub fn release(&self) {
        self.script.gate.send_replace(true);
    }

    /// Every question that came, in order.
    #[must_use]
    pub fn asked(&self) -> Vec<Asked> {
        self.script.asked().clone()
    }

    /// How often it was asked for this name and type.
    #[must_use]
    pub fn count(&self, name: &str, kind: RecordType) -> usize {
        let name = rooted(name);
        self.script.asked().iter().filter(|asked| asked.name == name && asked.kind == kind).count()
    }
}

impl Drop for DnsServer {
    fn drop(&mut self) {
        self.tasks.iter().for_each(JoinHandle::abort);
    }
}

impl Script {
    fn acts(&self) -> std::sync::MutexGuard<'_, HashMap<(String, Option<RecordType>), Act>> {
        self.acts.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn asked(&self) -> std::sync::MutexGuard<'_, Vec<Asked>> {
        self.asked.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes a question and says what to do about it.
    pub(crate) fn act(&self, asked: &Asked) -> Act {
        self.asked().push(asked.clone());
        let mut acts = self.acts();
        for kind in [Some(asked.kind), None] {
            if let Some(act) = acts.get_mut(&(asked.name.clone(), kind)) {
                return act.next();
            }
        }
        self.otherwise.lock().unwrap_or_else(PoisonError::into_inner).next()
    }

    /// Waits until the server is told to let go.
    pub(crate) async fn released(&self) {
        let _ = self.gate.subscribe().wait_for(|open| *open).await;
    }
}

fn rooted(name: &str) -> String {
    format!("{}.", name.trim_end_matches('.').to_ascii_lowercase())
}

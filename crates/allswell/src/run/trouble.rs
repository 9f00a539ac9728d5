//! Why the program cannot start, or cannot take a new configuration: one sentence each, with the remedy.

use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;

use crate::exit::Exit;

/// What went wrong before anything was watched.
#[derive(Debug)]
pub(crate) enum Trouble {
    /// The operator's mistakes, each ready to be shown.
    Mistakes(Vec<String>),
    /// The page's address cannot be listened on.
    Listen(SocketAddr, io::Error),
    /// There is nowhere to keep the store.
    NoPlace,
    /// The store's folder cannot be made.
    Folder(PathBuf, io::Error),
    /// The store cannot be opened.
    Store(allswell_store::OpenError),
    /// The engine's threads cannot be started.
    Engine(allswell_engine::StartError),
    /// Nobody could be woken: the thread that sends alerts cannot be started.
    Alarm(String),
    /// The page's certificate cannot be used.
    Tls(allswell_web::TlsError),
    /// What was asked for over the API cannot be read.
    Asked(String),
    /// Links cannot be measured.
    Links(allswell_mesh::StartError),
    /// The pages' thread cannot be started.
    Pages(io::Error),
}

impl Trouble {
    /// The program's exit code.
    pub(crate) fn exit(&self) -> Exit {
        match self {
            Self::Mistakes(_) => Exit::Misuse,
            _ => Exit::Unavailable,
        }
    }

    /// One text for each mistake.
    pub(crate) fn sentences(&self) -> Vec<String> {
        match self {
            Self::Mistakes(mistakes) => mistakes.clone(),
            other => vec![other.to_string()],
        }
    }
}

impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Mistakes(mistakes) => f.write_str(&mistakes.join("\n")),
            Self::Listen(address, error) if error.kind() == io::ErrorKind::AddrInUse => {
                write!(
                    f,
                    "Port {} on {} is in use by another program; say --listen {}:{}.",
                    address.port(),
                    address.ip(),
                    address.ip(),
                    address.port() + 1
                )
            }
            Self::Listen(address, error) => {
                write!(f, "The page cannot be served at {address} ({error}); say --listen with another address.")
            }
            Self::NoPlace => f.write_str("There is nowhere to keep the history: set STATE_DIRECTORY or HOME, or say --store FILE."),
            Self::Folder(folder, error) => {
                write!(f, "The folder {} for the history cannot be made ({error}); say --store FILE.", folder.display())
            }
            Self::Store(error) => write!(f, "{error}"),
            Self::Engine(error) => write!(f, "The watch cannot be started: {error}."),
            Self::Alarm(why) => write!(f, "Nobody could be woken: {why}."),
            Self::Tls(error) => write!(f, "{error}"),
            Self::Asked(why) => f.write_str(why),
            Self::Links(error) => {
                write!(f, "No links can be measured: {error}; say another `listen` under `links`, or leave `links` out.")
            }
            Self::Pages(error) => write!(f, "The pages cannot be served ({error})."),
        }
    }
}

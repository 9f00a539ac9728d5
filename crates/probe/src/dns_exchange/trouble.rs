//! Why there is no answer.

use std::fmt;
use std::io;

use allswell_os::error_queue::QueuedError;
use allswell_os::socket::StartError;

/// What ended an exchange early. Silence is not among it: only who has a deadline knows of it.
#[derive(Debug)]
pub(crate) enum Trouble {
    /// Nothing was sent.
    NotStarted(StartError),
    /// An ICMP error, or an error of our own kernel that says so.
    Said(QueuedError),
    /// An error of the system that names nobody.
    System(io::Error),
    /// A stream ended after this many bytes of the answer.
    Closed(usize),
    /// An answer of its own, but not in DNS.
    NotDns(String),
}

impl fmt::Display for Trouble {
    /// Without a subject and without a full stop, for the middle of a sentence.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotStarted(start) => write!(f, "{start}"),
            Self::Said(said) => write!(f, "ICMP {}/{}", said.kind, said.code),
            Self::System(error) => write!(f, "{error}"),
            Self::Closed(0) => f.write_str("it closed the connection without an answer"),
            Self::Closed(n) => write!(f, "it closed the connection after {n} bytes of an answer"),
            Self::NotDns(why) => write!(f, "its answer cannot be read ({why})"),
        }
    }
}

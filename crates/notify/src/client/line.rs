//! A connection, and the sentences for its troubles.

use std::error::Error;
use std::io;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::time::timeout_at;

use crate::channel::OUT_OF_DESCRIPTORS;

/// What HTTP can be spoken over.
pub(crate) trait Line: AsyncRead + AsyncWrite + Unpin + Send {}
impl<T: AsyncRead + AsyncWrite + Unpin + Send> Line for T {}

/// The share of an address that is not the last one: whoever is dead must leave time for the next.
const FIRST_SHARE: Duration = Duration::from_secs(2);

/// Connects to the first address that answers.
///
/// # Errors
/// One sentence, on the last of them.
pub(crate) async fn open(addresses: &[SocketAddr], shown: &str, until: Instant) -> Result<TcpStream, String> {
    let mut why = format!("{shown} has no address.");
    for (index, address) in addresses.iter().enumerate() {
        let now = Instant::now();
        let is_last = index + 1 == addresses.len();
        let share = if is_last { until } else { until.min(now + FIRST_SHARE) };
        match timeout_at(share.into(), TcpStream::connect(address)).await {
            Ok(Ok(stream)) => {
                // A request is several small writes; none may wait for the acknowledgement of another.
                let _ = stream.set_nodelay(true);
                return Ok(stream);
            }
            Ok(Err(error)) => why = refused(shown, *address, &error),
            Err(_) => why = format!("{shown} ({}) does not answer to connections.", address.ip()),
        }
        if Instant::now() >= until {
            break;
        }
    }
    Err(why)
}

fn refused(shown: &str, address: SocketAddr, error: &io::Error) -> String {
    use rustix::io::Errno;
    let at = address.ip();
    match Errno::from_io_error(error) {
        Some(Errno::MFILE | Errno::NFILE) => OUT_OF_DESCRIPTORS.into(),
        Some(Errno::ADDRNOTAVAIL) => "Not sent: our ports are used up, or we have no address of this kind.".into(),
        Some(Errno::CONNREFUSED) => format!("{shown} ({at}) refuses connections."),
        Some(Errno::NETUNREACH | Errno::HOSTUNREACH) => format!("{shown} ({at}) is unreachable."),
        _ => format!("No connection to {shown} ({at}): {error}."),
    }
}

/// The sentence for a connection that broke, or was answered by what is no HTTP. Nothing that the other side said is in it.
pub(crate) fn lost(shown: &str, error: &hyper::Error) -> String {
    // A request that never left is cancelled because of what befell the connection, which says more.
    if let Some(because) = error.source().and_then(|source| source.downcast_ref::<hyper::Error>()) {
        return lost(shown, because);
    }
    let io = error.source().and_then(|source| source.downcast_ref::<io::Error>());
    match io {
        Some(io) if io.kind() == io::ErrorKind::ConnectionReset => format!("{shown} reset the connection before it replied."),
        Some(io) => format!("The connection to {shown} broke before it replied ({}).", io.kind()),
        None if error.is_incomplete_message() || error.is_canceled() => format!("{shown} closed the connection before it replied."),
        None => format!("{shown} answered with something that is not HTTP/1.1."),
    }
}

//! Of which sockets anything is said at all.

use std::io;
use std::os::fd::BorrowedFd;

use allswell_os::socket;
use allswell_os::tcp_info;

/// Refuses what is no TCP socket, MPTCP included: its figures are those of one path, and its FIN and its end are not in them.
pub(crate) fn admit(fd: BorrowedFd<'_>) -> io::Result<()> {
    if socket::is_tcp(fd) {
        return Ok(());
    }
    // The kernel's own words, where it has some.
    tcp_info::read(fd)?;
    Err(io::Error::new(io::ErrorKind::Unsupported, "not a TCP socket: of MPTCP the kernel tells the first path alone"))
}

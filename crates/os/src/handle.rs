//! The trait by which a socket is lent to us, under one name on every system.

/// A socket that can be lent: `AsFd` here, `AsSocket` on Windows. Streams of std and of tokio are such.
#[cfg(unix)]
pub use std::os::fd::AsFd as AsSocket;
/// A socket that can be lent: `AsSocket` here, `AsFd` on Unix. Streams of std and of tokio are such.
#[cfg(windows)]
pub use std::os::windows::io::AsSocket;

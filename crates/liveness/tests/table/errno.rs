//! Error numbers by name, as the rows write them.

/// Those that a TCP socket answers with; another one is written as its number.
const NAMES: [(i32, &str); 18] = [
    (libc::EACCES, "EACCES"),
    (libc::EAGAIN, "EAGAIN"),
    (libc::ECONNABORTED, "ECONNABORTED"),
    (libc::ECONNREFUSED, "ECONNREFUSED"),
    (libc::ECONNRESET, "ECONNRESET"),
    (libc::EHOSTUNREACH, "EHOSTUNREACH"),
    (libc::EINPROGRESS, "EINPROGRESS"),
    (libc::EINVAL, "EINVAL"),
    (libc::EMSGSIZE, "EMSGSIZE"),
    (libc::ENETDOWN, "ENETDOWN"),
    (libc::ENETUNREACH, "ENETUNREACH"),
    (libc::ENOPROTOOPT, "ENOPROTOOPT"),
    (libc::ENOTCONN, "ENOTCONN"),
    (libc::ENOTSUP, "ENOTSUP"),
    (libc::EPIPE, "EPIPE"),
    (libc::EPROTO, "EPROTO"),
    (libc::ETIMEDOUT, "ETIMEDOUT"),
    (libc::EADDRNOTAVAIL, "EADDRNOTAVAIL"),
];

pub(crate) fn name(number: i32) -> String {
    NAMES.iter().find(|(known, _)| *known == number).map_or_else(|| format!("errno {number}"), |(_, name)| (*name).to_owned())
}

/// The name of what a call was refused with.
pub(crate) fn of(error: rustix::io::Errno) -> String {
    name(error.raw_os_error())
}

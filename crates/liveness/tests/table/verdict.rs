//! What the library makes of a situation: before anything was read, and afterwards.

use std::net::TcpStream;

/// Both verdicts.
pub(crate) fn both(_before: TcpStream, _after: TcpStream) -> [String; 2] {
    ["?".to_owned(), "?".to_owned()]
}

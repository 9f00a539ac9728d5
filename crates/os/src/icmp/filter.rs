//! The kernel's filters of a raw socket: it hears echo replies with our identifiers and the errors that quote our requests,
//! and is not woken for anybody else's.

use std::io;
use std::os::fd::{AsRawFd, BorrowedFd};

use crate::icmp::RAW_IDS;
use crate::icmp::kind::Family;
use crate::option;

/// Attaches both filters: the one by type, which spares the kernel a copy, and the one by identifier.
pub(crate) fn attach(fd: BorrowedFd<'_>, family: Family, id: u16) -> io::Result<()> {
    attach_program(fd, &program(family, id))?;
    match family {
        Family::V4 => {
            let [word, ..] = blocked_but(&ERRORS4, 0);
            option::set_bytes(fd, libc::SOL_RAW, ICMP_FILTER, &word.to_ne_bytes())
        }
        Family::V6 => {
            let bytes: Vec<u8> = blocked_but(&ERRORS6, 129).iter().flat_map(|word| word.to_ne_bytes()).collect();
            option::set_bytes(fd, libc::SOL_ICMPV6, ICMP6_FILTER, &bytes)
        }
    }
}

/// `include/uapi/linux/icmp.h` and `icmpv6.h`: both filters have this number at their level.
const ICMP_FILTER: libc::c_int = 1;
const ICMP6_FILTER: libc::c_int = 1;

/// Destination unreachable, time exceeded, parameter problem.
const ERRORS4: [u8; 3] = [3, 11, 12];
/// Destination unreachable, packet too big, time exceeded, parameter problem.
const ERRORS6: [u8; 4] = [1, 2, 3, 4];

/// A bit for each type, set for those that are blocked. IPv4's filter is the first word alone.
fn blocked_but(errors: &[u8], reply: u8) -> [u32; 8] {
    let mut words = [u32::MAX; 8];
    for kind in errors.iter().chain([&reply]) {
        if let Some(word) = words.get_mut(usize::from(kind / 32)) {
            *word &= !(1 << (kind % 32));
        }
    }
    words
}

const LOAD_BYTE: u16 = 0x30; // BPF_LD | BPF_B | BPF_ABS
const LOAD_BYTE_AT_X: u16 = 0x50; // BPF_LD | BPF_B | BPF_IND
const LOAD_HALF: u16 = 0x28; // BPF_LD | BPF_H | BPF_ABS
const LOAD_HALF_AT_X: u16 = 0x48; // BPF_LD | BPF_H | BPF_IND
const HEADER_LENGTH_TO_X: u16 = 0xb1; // BPF_LDX | BPF_B | BPF_MSH
const JUMP_IF_EQUAL: u16 = 0x15; // BPF_JMP | BPF_JEQ | BPF_K
const AND: u16 = 0x54; // BPF_ALU | BPF_AND | BPF_K
const SHIFT_LEFT: u16 = 0x64; // BPF_ALU | BPF_LSH | BPF_K
const ADD_X: u16 = 0x0c; // BPF_ALU | BPF_ADD | BPF_X
const MOVE_TO_X: u16 = 0x07; // BPF_MISC | BPF_TAX
const RETURN: u16 = 0x06; // BPF_RET | BPF_K

/// A line of a filter program of classic BPF.
#[derive(Clone, Copy)]
enum Line {
    /// A place to jump to.
    Label(&'static str),
    /// An instruction and its operand.
    Do(u16, u32),
    /// Whether what was loaded equals a number: where to go on then, and where otherwise. An empty name is the next line.
    Is(u32, &'static str, &'static str),
}
use Line::{Do, Is, Label};

/// A load beyond the packet's end drops it, so that no length needs checking.
fn program(family: Family, id: u16) -> Vec<libc::sock_filter> {
    let mask = u32::from(!(RAW_IDS - 1));
    let ours = u32::from(id) & mask;
    let both = [Label("drop"), Do(RETURN, 0), Label("accept"), Do(RETURN, u32::MAX)];
    let mut lines: Vec<Line> = match family {
        Family::V4 => program4(mask, ours).into(),
        Family::V6 => program6(mask, ours).into(),
    };
    lines.extend(both);
    assemble(&lines)
}

/// The packet begins with its IP header, whose length comes to X.
fn program4(mask: u32, ours: u32) -> [Line; 23] {
    [
        Do(HEADER_LENGTH_TO_X, 0),
        Do(LOAD_BYTE_AT_X, 0),
        Is(0, "reply", ""),
        Is(3, "error", ""),
        Is(11, "error", ""),
        Is(12, "error", "drop"),
        Label("error"),
        // Eight bytes of ICMP, then the quoted packet: its protocol, and its header's length, by which X goes on.
        Do(LOAD_BYTE_AT_X, 17),
        Is(1, "", "drop"),
        Do(LOAD_BYTE_AT_X, 8),
        Do(AND, 0x0f),
        Do(SHIFT_LEFT, 2),
        Do(ADD_X, 0),
        Do(MOVE_TO_X, 0),
        Do(LOAD_BYTE_AT_X, 8),
        Is(8, "", "drop"),
        Do(LOAD_HALF_AT_X, 12),
        Do(AND, mask),
        Is(ours, "accept", "drop"),
        Label("reply"),
        Do(LOAD_HALF_AT_X, 4),
        Do(AND, mask),
        Is(ours, "accept", "drop"),
    ]
}

/// The packet begins with its ICMPv6 header; the quoted packet's IPv6 header follows at 8.
fn program6(mask: u32, ours: u32) -> [Line; 25] {
    [
        Do(LOAD_BYTE, 0),
        Is(129, "reply", ""),
        Is(1, "error", ""),
        Is(2, "error", ""),
        Is(3, "error", ""),
        Is(4, "error", "drop"),
        Label("error"),
        Do(LOAD_BYTE, 14),
        Is(44, "fragment", ""),
        Is(58, "", "drop"),
        Do(LOAD_BYTE, 48),
        Is(128, "", "drop"),
        Do(LOAD_HALF, 52),
        Do(AND, mask),
        Is(ours, "accept", "drop"),
        // A large request leaves in fragments, with eight bytes more before its ICMPv6 header.
        Label("fragment"),
        Do(LOAD_BYTE, 56),
        Is(128, "", "drop"),
        Do(LOAD_HALF, 60),
        Do(AND, mask),
        Is(ours, "accept", "drop"),
        Label("reply"),
        Do(LOAD_HALF, 4),
        Do(AND, mask),
        Is(ours, "accept", "drop"),
    ]
}

/// Labels become distances.
fn assemble(lines: &[Line]) -> Vec<libc::sock_filter> {
    let instructions = |lines: &[Line]| lines.iter().filter(|line| !matches!(line, Label(_))).count();
    let place = |name: &str| {
        let at = lines.iter().position(|line| matches!(line, Label(label) if *label == name));
        at.and_then(|at| lines.get(..at)).map_or(0, instructions)
    };
    let mut program: Vec<libc::sock_filter> = Vec::with_capacity(lines.len());
    for line in lines {
        let next = program.len() + 1;
        let distance = |name: &str| if name.is_empty() { 0 } else { u8::try_from(place(name).saturating_sub(next)).unwrap_or(0) };
        match *line {
            Label(_) => {}
            Do(code, k) => program.push(libc::sock_filter { code, jt: 0, jf: 0, k }),
            Is(k, yes, no) => program.push(libc::sock_filter { code: JUMP_IF_EQUAL, jt: distance(yes), jf: distance(no), k }),
        }
    }
    program
}

/// `SO_ATTACH_FILTER`.
fn attach_program(fd: BorrowedFd<'_>, program: &[libc::sock_filter]) -> io::Result<()> {
    let mut instructions = program.to_vec();
    let length = u16::try_from(instructions.len()).map_err(|_| io::ErrorKind::InvalidInput)?;
    let header = libc::sock_fprog { len: length, filter: instructions.as_mut_ptr() };
    let size = libc::socklen_t::try_from(size_of_val(&header)).map_err(|_| io::ErrorKind::InvalidInput)?;
    // SAFETY: `header` is readable for `size` bytes and points to `len` instructions that live until after the call;
    // the kernel copies and checks them.
    let answer = unsafe { libc::setsockopt(fd.as_raw_fd(), libc::SOL_SOCKET, libc::SO_ATTACH_FILTER, (&raw const header).cast(), size) };
    if answer == 0 { Ok(()) } else { Err(io::Error::last_os_error()) }
}

#[cfg(test)]
mod tests;

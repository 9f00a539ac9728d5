//! The kernel's filters of a raw socket: it hears echo replies with our identifiers and the errors that quote our requests,
//! and is not woken for anybody else's.

use std::io;
use std::os::fd::BorrowedFd;

use crate::icmp::RAW_IDS;
use crate::icmp::kind::Family;
use crate::option;

/// Attaches both filters: the one by type, which spares the kernel a copy, and the one by identifier.
pub(crate) fn attach(fd: BorrowedFd<'_>, family: Family, id: u16) -> io::Result<()> {
    attach_program(fd, &program(family, id))?;
    match family {
        Family::V4 => option::set_bytes(fd, libc::SOL_RAW, ICMP_FILTER, &blocked_but(&ERRORS4, 0)[..4]),
        Family::V6 => option::set_bytes(fd, libc::SOL_ICMPV6, ICMP6_FILTER, &blocked_but(&ERRORS6, 129)),
    }
}

/// `include/uapi/linux/icmp.h` and `icmpv6.h`: both filters have this number at their level.
const ICMP_FILTER: libc::c_int = 1;
const ICMP6_FILTER: libc::c_int = 1;

/// Destination unreachable, time exceeded, parameter problem.
const ERRORS4: [u8; 3] = [3, 11, 12];
/// Destination unreachable, packet too big, time exceeded, parameter problem.
const ERRORS6: [u8; 4] = [1, 2, 3, 4];

/// A bit for each type, set for those that are blocked. ICMP filters the first 32 types and lets no other pass that matters here.
fn blocked_but(errors: &[u8], reply: u8) -> [u8; 32] {
    let mut words = [u32::MAX; 8];
    for kind in errors.iter().chain([&reply]) {
        if let Some(word) = words.get_mut(usize::from(kind / 32)) {
            *word &= !(1 << (kind % 32));
        }
    }
    let mut bytes = [0; 32];
    for (chunk, word) in bytes.chunks_exact_mut(4).zip(words) {
        chunk.copy_from_slice(&word.to_ne_bytes());
    }
    bytes
}

/// One instruction of classic BPF.
type Instruction = libc::sock_filter;

const LOAD_BYTE: u16 = 0x30; // BPF_LD | BPF_B | BPF_ABS
const LOAD_BYTE_AT_X: u16 = 0x50; // BPF_LD | BPF_B | BPF_IND
const LOAD_HALF: u16 = 0x28; // BPF_LD | BPF_H | BPF_ABS
const LOAD_HALF_AT_X: u16 = 0x48; // BPF_LD | BPF_H | BPF_IND
const HEADER_LENGTH: u16 = 0xb1; // BPF_LDX | BPF_B | BPF_MSH
const JUMP_IF_EQUAL: u16 = 0x15; // BPF_JMP | BPF_JEQ | BPF_K
const AND: u16 = 0x54; // BPF_ALU | BPF_AND | BPF_K
const SHIFT_LEFT: u16 = 0x64; // BPF_ALU | BPF_LSH | BPF_K
const ADD_X: u16 = 0x0c; // BPF_ALU | BPF_ADD | BPF_X
const MOVE_TO_X: u16 = 0x07; // BPF_MISC | BPF_TAX
const RETURN: u16 = 0x06; // BPF_RET | BPF_K

const fn step(code: u16, k: u32) -> Instruction {
    Instruction { code, jt: 0, jf: 0, k }
}

/// Goes on to the next instruction when equal, else skips so many.
const fn unless(k: u32, skip: u8) -> Instruction {
    Instruction { code: JUMP_IF_EQUAL, jt: 0, jf: skip, k }
}

/// Skips so many when equal.
const fn when(k: u32, skip: u8) -> Instruction {
    Instruction { code: JUMP_IF_EQUAL, jt: skip, jf: 0, k }
}

/// A load beyond the packet's end drops it, so that no length needs checking.
fn program(family: Family, id: u16) -> Vec<Instruction> {
    let mask = u32::from(!(RAW_IDS - 1));
    let id = u32::from(id) & mask;
    match family {
        // The packet begins with its IP header.
        Family::V4 => vec![
            step(HEADER_LENGTH, 0),
            step(LOAD_BYTE_AT_X, 0), // ICMP type
            when(0, 15),             // echo reply: its identifier
            when(3, 2),
            when(11, 1),
            unless(12, 15),           // any other: drop
            step(LOAD_BYTE_AT_X, 17), // quoted protocol
            unless(1, 13),
            step(LOAD_BYTE_AT_X, 8), // quoted header's length
            step(AND, 0x0f),
            step(SHIFT_LEFT, 2),
            step(ADD_X, 0),
            step(MOVE_TO_X, 0),
            step(LOAD_BYTE_AT_X, 8), // quoted ICMP type
            unless(8, 6),
            step(LOAD_HALF_AT_X, 12), // quoted identifier
            step(AND, mask),
            Instruction { code: JUMP_IF_EQUAL, jt: 4, jf: 3, k: id },
            step(LOAD_HALF_AT_X, 4), // the reply's identifier
            step(AND, mask),
            unless(id, 0), // falls through to the drop below, or past it
            step(RETURN, 0),
            step(RETURN, u32::MAX),
        ],
        // The packet begins with its ICMPv6 header.
        Family::V6 => vec![
            step(LOAD_BYTE, 0), // ICMPv6 type
            when(129, 15),      // echo reply: its identifier
            when(1, 3),
            when(2, 2),
            when(3, 1),
            unless(4, 14),       // any other: drop
            step(LOAD_BYTE, 14), // quoted next header
            when(44, 4),         // a fragment: eight bytes more
            unless(58, 11),
            step(LOAD_BYTE, 48), // quoted ICMPv6 type
            unless(128, 9),
            Instruction { code: 0x05, jt: 0, jf: 0, k: 3 }, // jump to the load of the identifier
            step(LOAD_BYTE, 56),
            unless(128, 6),
            Instruction { code: 0x05, jt: 0, jf: 0, k: 0 },
            step(LOAD_HALF, 52),
            step(AND, mask),
            Instruction { code: JUMP_IF_EQUAL, jt: 3, jf: 2, k: id },
            step(LOAD_HALF, 4),
            step(AND, mask),
            step(RETURN, 0),
            step(RETURN, u32::MAX),
        ],
    }
}

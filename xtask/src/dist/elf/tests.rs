//! Headers written by hand, and those of the test itself.

use super::*;

/// A file with these program headers (type, file offset, file size) behind one another, and a table of `tags` at 0x200.
fn file(headers: &[(u32, u64, u64)], tags: &[u64]) -> Vec<u8> {
    let mut bytes = vec![0; 0x300];
    bytes[..6].copy_from_slice(b"\x7fELF\x02\x01");
    bytes[0x20] = 0x40;
    bytes[0x36] = 0x38;
    bytes[0x38] = u8::try_from(headers.len()).unwrap();
    for (place, (kind, offset, size)) in headers.iter().enumerate() {
        let at = 0x40 + place * 0x38;
        bytes[at..at + 4].copy_from_slice(&kind.to_le_bytes());
        bytes[at + 0x08..at + 0x10].copy_from_slice(&offset.to_le_bytes());
        bytes[at + 0x20..at + 0x28].copy_from_slice(&size.to_le_bytes());
    }
    for (place, tag) in tags.iter().enumerate() {
        bytes[0x200 + place * 16..][..8].copy_from_slice(&tag.to_le_bytes());
    }
    bytes
}

#[test]
fn a_static_file_needs_nothing() {
    let found = linkage(&file(&[(1, 0, 0x300), (2, 0x200, 32)], &[12, 0])).unwrap();
    assert_eq!(found, Linkage { interpreter: false, libraries: 0 });
    assert_eq!(found.proven_static(), Ok(()));
}

#[test]
fn a_loader_and_libraries_are_found() {
    let found = linkage(&file(&[(3, 0x100, 16), (2, 0x200, 48)], &[1, 1, 12])).unwrap();
    assert_eq!(found, Linkage { interpreter: true, libraries: 2 });
    assert!(found.proven_static().unwrap_err().contains("a dynamic loader and 2 shared libraries"));
}

#[test]
fn this_test_is_linked_dynamically() {
    let found = linkage(&std::fs::read(std::env::current_exe().unwrap()).unwrap()).unwrap();
    assert!(found.interpreter && found.libraries > 0, "{found:?}");
}

#[test]
fn what_is_cut_short_is_no_file_and_no_crash() {
    let whole = file(&[(2, 0x200, 32)], &[12]);
    for length in 0..whole.len() {
        let _ = linkage(&whole[..length]);
    }
    assert_eq!(linkage(&whole[..0x50]), None);
    assert_eq!(linkage(b"#!/bin/sh\n"), None);
    assert_eq!(linkage(&file(&[(2, u64::MAX, 32)], &[])), None);
}

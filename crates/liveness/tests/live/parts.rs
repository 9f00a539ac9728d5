//! Several parts in one call, as std's stream takes them.

use std::io::{IoSlice, IoSliceMut, Read, Write};

use crate::pair;

#[test]
fn parts_are_read_and_written_in_one_call() {
    let (mut live, mut far) = pair::live();
    assert_eq!(live.write_vectored(&[IoSlice::new(b"head"), IoSlice::new(b"body")]).unwrap(), 8);
    far.read_exact(&mut [0; 8]).unwrap();
    far.write_all(b"an answer").unwrap();
    let (mut first, mut second) = ([0; 3], [0; 6]);
    assert_eq!(live.read_vectored(&mut [IoSliceMut::new(&mut first), IoSliceMut::new(&mut second)]).unwrap(), 9);
    assert_eq!((&first, &second), (b"an ", b"answer"));
    drop(far);
    assert_eq!(live.read_vectored(&mut [IoSliceMut::new(&mut first)]).unwrap(), 0);
}

//! What is written is read again, and garbage ends the reading.

use super::*;

#[test]
fn written_messages_are_read_again() {
    let mut control = Control::new();
    control.push(1, 2, &[3, 4, 5]);
    control.push(6, 7, &[]);
    control.push(8, 9, &[1; 20]);
    let read: Vec<(i32, i32, Vec<u8>)> = control.messages().map(|(level, kind, data)| (level, kind, data.to_vec())).collect();
    assert_eq!(read, [(1, 2, vec![3, 4, 5]), (6, 7, vec![]), (8, 9, vec![1; 20])]);
}

#[test]
fn what_finds_no_room_is_left_out() {
    let mut control = Control::new();
    control.push(1, 2, &[0; ROOM]);
    assert_eq!(control.messages().count(), 0);
}

#[test]
fn garbage_ends_the_reading() {
    for garbage in [0_u8, 1, 7, 255] {
        let control = Control { bytes: [garbage; ROOM], length: ROOM };
        assert!(control.messages().count() <= ROOM);
    }
}

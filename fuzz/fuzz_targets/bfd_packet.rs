//! BFD control packets, to a session that sees them one after the other.

#![no_main]

use std::num::{NonZeroU8, NonZeroU32};
use std::time::Duration;

use allswell_link::bfd::pace::Pace;
use allswell_link::bfd::packet::Packet;
use allswell_link::bfd::session::Session;
use allswell_link::time::Moment;
use libfuzzer_sys::fuzz_target;

const OURS: NonZeroU32 = NonZeroU32::new(0x0102_0304).unwrap();

fuzz_target!(|data: &[u8]| {
    let every = Duration::from_millis(50);
    let pace = Pace { sends: every, hears: every, multiplier: NonZeroU8::new(3).unwrap() };
    let mut now = Moment(1_000_000_000_000);
    let mut session = Session::new(OURS, pace, 7, now);
    let mut rest = data;
    // Pieces: how long it is, what time passes after it, the hop limit that it came with, and its bytes.
    while let [length, wait, hops, more @ ..] = rest {
        let (piece, after) = more.split_at(usize::from(length % 64).min(more.len()));
        rest = after;
        let mut bytes = piece.to_vec();
        if wait & 1 == 0 && bytes.len() >= 24 {
            // For our session, so that more than its first words are looked at.
            bytes[0] = 0x20 | (bytes[0] & 0x1f);
            bytes[8..12].copy_from_slice(&OURS.get().to_be_bytes());
        }
        if let Ok(packet) = Packet::read(&bytes) {
            if packet.authentication.is_none() {
                assert_eq!(Packet::read(&packet.write()).as_ref(), Ok(&packet));
            }
            let _ = session.handle_packet(now, &packet, if hops & 1 == 0 { 255 } else { *hops });
        }
        // One packet is answered by two at most: a final one, and one that tells of a change.
        let answers = std::iter::from_fn(|| session.poll_transmit(now)).take(4).count();
        assert!(answers <= 3, "{answers}");
        while session.poll_happening().is_some() {}
        now = now + Duration::from_millis(u64::from(wait >> 1) * 4);
        for _ in 0..4 {
            if session.next_timeout().is_some_and(|due| due <= now) {
                session.handle_timeout(now);
            }
        }
    }
});

use super::*;

fn ring(ids: &[u8]) -> KeyRing {
    KeyRing::new(ids.iter().map(|id| Key::new(*id, &[*id; 32])).collect())
}

const A: Node = Node(1);
const B: Node = Node(2);

/// LINK-5.
#[test]
fn what_one_end_seals_the_other_opens_and_nobody_else() {
    let (a, b, c) = (ring(&[7]).between(A, B), ring(&[7]).between(B, A), ring(&[7]).between(Node(3), A));
    let mac = a.seal(b"packet");
    assert_eq!(b.open(7, b"packet", &mac), Some(true));
    assert_eq!(b.open(7, b"packes", &mac), Some(false));
    assert_eq!(a.open(7, b"packet", &mac), Some(false), "our own packet, sent back to us, is nobody's");
    assert_eq!(c.open(7, b"packet", &mac), Some(false));
    assert_eq!(b.open(8, b"packet", &mac), None);
    assert_eq!(b.open(7, b"packet", &mac[..15]), Some(false), "a shorter MAC is none");
    assert_eq!(b.open(7, b"packet", b""), Some(false));
}

/// LINK-6.
#[test]
fn a_key_is_changed_while_both_are_known() {
    // Spread the new key, then sign with it, then forget the old one: at no step does an end refuse the other.
    let steps: [&[u8]; 4] = [&[1], &[1, 2], &[2, 1], &[2]];
    for (before, after) in steps.iter().zip(steps.iter().skip(1)) {
        for (one, other) in [(before, after), (after, before), (after, after)] {
            let (a, b) = (ring(one).between(A, B), ring(other).between(B, A));
            let id = a.signing().unwrap();
            assert_eq!(b.open(id, b"x", &a.seal(b"x")), Some(true), "{one:?} to {other:?}");
        }
    }
    let (old, new) = (ring(&[1]).between(A, B), ring(&[2]).between(B, A));
    assert_eq!(new.open(1, b"x", &old.seal(b"x")), None, "a key that was taken out is unknown");
}

/// Ours is the library's, with a block done before.
#[test]
fn a_mac_is_the_keyed_blake2s_of_all_lengths() {
    let bytes: Vec<u8> = (0..=255).cycle().take(1_300).collect();
    for length in 1..bytes.len() {
        let key = [u8::try_from(length % 251).unwrap(); 32];
        let library: [u8; MAC_LENGTH] = Blake2sMac::<U16>::new(&key.into()).chain_update(&bytes[..length]).finalize().into_bytes().into();
        assert_eq!(Sealer::of(&key).mac(&bytes[..length]), library, "{length} bytes");
        assert!(Sealer::of(&key).is_of(&bytes[..length], &library));
    }
}

#[test]
fn nothing_shows_the_secret() {
    let shown = format!("{:?}", ring(&[65]));
    assert!(!shown.contains("65, 65") && !shown.contains("root"), "{shown}");
}

#[test]
fn names_become_numbers_that_stay() {
    // On the wire since version 1: a change here ends every mesh of mixed versions.
    assert_eq!(node_of("fra-1"), Node(FRA_1));
    assert_ne!(node_of("fra-1"), node_of("fra-2"));
}

const FRA_1: u64 = 0x483b_a2db_8a89_c20f;

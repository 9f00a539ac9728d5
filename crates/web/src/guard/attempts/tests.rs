use std::net::{IpAddr, Ipv4Addr};

use super::*;

fn from(n: u32) -> Whence {
    Whence::of(IpAddr::V4(Ipv4Addr::from(n)))
}

/// Tries as often as it may, and says how often that was.
fn tries(attempts: &mut Attempts, whence: Whence, name: &str, now: Instant) -> u32 {
    let mut made = 0;
    while attempts.wait(whence, name, now).is_none() {
        attempts.begin(whence, name, now);
        made += 1;
    }
    made
}

#[test]
fn a_name_may_be_tried_five_times_then_once_in_ten_seconds() {
    let (mut attempts, now) = (Attempts::default(), Instant::now());
    assert_eq!(tries(&mut attempts, from(1), "ann", now), 5);
    assert_eq!(attempts.wait(from(1), "ann", now), Some(Duration::from_secs(10)));
    assert_eq!(tries(&mut attempts, from(1), "ann", now + Duration::from_secs(11)), 1);
    assert_eq!(tries(&mut attempts, from(1), "ann", now + Duration::from_secs(3600)), 5);
}

#[test]
fn neither_other_names_nor_other_addresses_suffer_until_the_address_has_tried_twenty() {
    let (mut attempts, now) = (Attempts::default(), Instant::now());
    assert_eq!(tries(&mut attempts, from(1), "ann", now), 5);
    assert_eq!(tries(&mut attempts, from(1), "bob", now), 5);
    assert_eq!(tries(&mut attempts, from(2), "ann", now), 5);
    let names: u32 = (0..50).map(|n| tries(&mut attempts, from(1), &n.to_string(), now)).sum();
    assert_eq!(names, 10);
    assert_eq!(attempts.wait(from(1), "new", now), Some(Duration::from_secs(3)));
    assert_eq!(attempts.wait(from(2), "new", now), None);
}

#[test]
fn what_was_right_does_not_count() {
    let (mut attempts, now) = (Attempts::default(), Instant::now());
    for _ in 0..100 {
        assert_eq!(attempts.wait(from(1), "ann", now), None);
        attempts.begin(from(1), "ann", now);
        attempts.forgive(from(1), "ann");
    }
    assert_eq!(tries(&mut attempts, from(1), "ann", now), 5);
}

#[test]
fn however_many_addresses_try_the_memory_is_bounded_and_keeps_the_guiltiest() {
    let (mut attempts, now) = (Attempts::default(), Instant::now());
    tries(&mut attempts, from(1), "ann", now);
    for n in 2..3_000 {
        attempts.begin(from(n), "ann", now);
        assert!(attempts.guilty_until.len() <= MOST);
    }
    assert!(attempts.wait(from(1), "ann", now).is_some());
    // What is forgiven goes all at once.
    attempts.begin(from(1_000_000), "ann", now + Duration::from_secs(3600));
    assert!(attempts.guilty_until.len() <= 2);
}

use super::*;

fn whence(address: &str) -> Whence {
    Whence::of(address.parse().unwrap())
}

#[test]
fn one_caller_gets_no_more_than_its_share_and_others_the_rest() {
    let places = Places::new(4, 3);
    let mut greedy: Vec<_> = (0..9).filter_map(|_| places.take(whence("192.0.2.1"))).collect();
    assert_eq!(greedy.len(), 3);
    let other = places.take(whence("192.0.2.2"));
    assert!(other.is_some() && places.take(whence("192.0.2.3")).is_none());
    greedy.pop();
    assert!(places.take(whence("192.0.2.3")).is_some());
    drop((greedy, other));
    assert!(places.held().is_empty());
    assert_eq!(places.free.available_permits(), 4);
}

#[test]
fn a_network_of_ipv6_is_one_caller_and_a_mapped_address_is_itself() {
    assert_eq!(whence("2001:db8::1"), whence("2001:db8:0:0:ffff::2"));
    assert_ne!(whence("2001:db8::1"), whence("2001:db8:0:1::1"));
    assert_eq!(whence("::ffff:192.0.2.1"), whence("192.0.2.1"));
    assert_ne!(whence("192.0.2.1"), whence("192.0.2.2"));
}

use super::*;
use crate::access::{Role, Secret};
use crate::secret::hash_token;

/// What the secret is does not matter here.
fn access(name: &str, role: Role) -> Access {
    Access { name: name.to_owned(), role, secret: Secret::token(&hash_token(name)).unwrap() }
}

#[test]
fn it_is_known_for_ten_minutes_and_only_as_it_was() {
    let (remembered, now) = (Remembered::new(), Instant::now());
    let ann = access("ann", Role::Viewer);
    let tag = remembered.tag("ann", "secret");
    assert_eq!(remembered.who(tag, std::slice::from_ref(&ann), now), None);
    remembered.remember(tag, &ann, now);
    let later = now + FOR - Duration::from_secs(1);
    assert_eq!(remembered.who(tag, std::slice::from_ref(&ann), later), Some(ann.clone()));
    assert_eq!(remembered.who(tag, std::slice::from_ref(&ann), now + FOR), None);
    assert_eq!(remembered.who(tag, &[access("ann", Role::Operator)], now), None, "the role was changed");
    assert_eq!(remembered.who(tag, &[], now), None, "she may no longer call");
    for (name, password) in [("ann", "secreT"), ("an", "nsecret"), ("anns", "ecret"), ("", "annsecret")] {
        assert_eq!(remembered.who(remembered.tag(name, password), std::slice::from_ref(&ann), now), None, "{name}, {password}");
    }
}

#[test]
fn it_is_bounded_and_the_oldest_goes() {
    let (remembered, now) = (Remembered::new(), Instant::now());
    let ann = access("ann", Role::Viewer);
    let tags: Vec<_> = (0..=MOST).map(|n| remembered.tag("ann", &n.to_string())).collect();
    for (n, tag) in (0..).zip(&tags) {
        remembered.remember(*tag, &ann, now + Duration::from_millis(n));
    }
    assert_eq!(remembered.known().len(), MOST);
    let now = now + Duration::from_secs(1);
    assert_eq!(remembered.who(tags[0], std::slice::from_ref(&ann), now), None);
    assert!(tags[1..].iter().all(|tag| remembered.who(*tag, std::slice::from_ref(&ann), now).is_some()));
}

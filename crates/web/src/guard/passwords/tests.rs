use std::net::{IpAddr, Ipv4Addr};

use super::*;
use crate::access::Role;

/// Cheap to verify, so that the test is quick: argon2id with 64 KiB and one pass.
fn ann() -> Access {
    let horse = "$argon2id$v=19$m=64,t=1,p=1$c29tZXNhbHRzb21lc2FsdA$GqjJ5rQEZWQgWu4DBUhlC8ftvd9mWPzwom6zzSX8qus";
    Access { name: "ann".to_owned(), role: Role::Operator, secret: Secret::password(horse).unwrap() }
}

fn typed<'t>(name: &'t str, password: &'t str, from: u32) -> Typed<'t> {
    Typed { name, password, whence: Whence::of(IpAddr::V4(Ipv4Addr::from(from))) }
}

fn counts(passwords: &Passwords) -> (u64, u64, u64) {
    let Verified { right, wrong, refused } = passwords.verified();
    (right.load(Relaxed), wrong.load(Relaxed), refused.load(Relaxed))
}

#[tokio::test]
async fn the_right_password_is_verified_once_and_known_from_then_on() {
    let (passwords, may_call) = (Passwords::new(), [ann()]);
    for _ in 0..50 {
        assert_eq!(passwords.who(&may_call, typed("ann", "horse", 1)).await, Ok(Some(ann())));
    }
    assert_eq!(counts(&passwords), (1, 0, 0));
    assert_eq!(passwords.who(&[], typed("ann", "horse", 1)).await, Ok(None));
}

#[tokio::test]
async fn those_who_ask_at_once_are_verified_once() {
    let (passwords, may_call) = (Passwords::new(), [ann()]);
    let asked = (0..WAITING_OF_ONE).map(|_| passwords.who(&may_call, typed("ann", "horse", 1)));
    let answers = futures_util::future::join_all(asked).await;
    assert!(answers.iter().all(|answer| *answer == Ok(Some(ann()))), "{answers:?}");
    assert_eq!(counts(&passwords), (1, 0, 0));
}

#[tokio::test]
async fn a_name_that_does_not_exist_costs_a_verification_as_well() {
    let (passwords, may_call) = (Passwords::new(), [ann()]);
    assert_eq!(passwords.who(&may_call, typed("nobody", "horse", 1)).await, Ok(None));
    assert_eq!(passwords.who(&may_call, typed("ann", "wrong", 1)).await, Ok(None));
    assert_eq!(counts(&passwords), (0, 2, 0));
}

#[tokio::test]
async fn who_tried_too_often_waits_and_nobody_else_does() {
    let (passwords, may_call) = (Passwords::new(), [ann()]);
    for _ in 0..5 {
        assert_eq!(passwords.who(&may_call, typed("ann", "wrong", 1)).await, Ok(None));
    }
    assert!(matches!(passwords.who(&may_call, typed("ann", "horse", 1)).await, Err(Unverified::TooMany(_))));
    assert_eq!(passwords.who(&may_call, typed("ann", "horse", 2)).await, Ok(Some(ann())));
    // Whoever is known is let in, whatever others at the same address try.
    assert_eq!(passwords.who(&may_call, typed("ann", "horse", 1)).await, Ok(Some(ann())));
    assert_eq!(counts(&passwords), (1, 5, 1));
}

#[tokio::test]
async fn an_absurd_password_is_wrong_without_work() {
    let (passwords, may_call) = (Passwords::new(), [ann()]);
    assert_eq!(passwords.who(&may_call, typed("ann", &"x".repeat(LONGEST + 1), 1)).await, Ok(None));
    assert_eq!(counts(&passwords), (0, 0, 0));
}

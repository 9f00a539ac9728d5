use super::*;
use crate::secret::hash_token;

fn somebody(token: &str) -> Access {
    Access { name: "ann".to_owned(), role: Role::Viewer, secret: Secret::token(&hash_token(token)).unwrap() }
}

#[test]
fn clones_are_one_list() {
    let list = AccessList::new(vec![somebody("a")]);
    let other = list.clone();
    other.replace(vec![somebody("b"), somebody("c")]);
    assert_eq!(*list.now(), [somebody("b"), somebody("c")]);
}

#[test]
fn no_secret_is_printed() {
    let printed = format!("{:?}", AccessList::new(vec![somebody("a")]));
    assert!(printed.contains("ann") && printed.contains("Token(hidden)"), "{printed}");
    assert!(!printed.contains(&hash_token("a")["sha256:".len()..]), "{printed}");
}

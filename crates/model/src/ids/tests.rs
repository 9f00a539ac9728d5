use super::*;

#[test]
fn names_with_control_characters_are_refused() {
    assert_eq!(TargetId::new("a\nb"), Err(IdError::Control('\n')));
    assert_eq!(TargetId::new("a\u{202e}b"), Err(IdError::Control('\u{202e}')), "a right-to-left override hides what follows");
    assert_eq!(TargetId::new(""), Err(IdError::Empty));
    assert_eq!(TargetId::new(&"x".repeat(513)), Err(IdError::TooLong(513)));
    assert_eq!(TargetId::new(".."), Err(IdError::Dots), "its page would have the address of its parent");
    assert!(TargetId::new("<script>").is_ok(), "escaped where it is shown, not refused");
}

#[test]
fn a_name_is_written_with_its_group() {
    assert_eq!(TargetName::new("prod/db", "db1").unwrap().to_string(), "prod/db/db1");
    assert_eq!(TargetName::new("", "db1").unwrap().to_string(), "db1");
}

#[test]
fn a_name_from_json_is_checked() {
    assert!(serde_json::from_str::<TargetId>("\"a\\u0000b\"").is_err());
    assert_eq!(serde_json::from_str::<TargetId>("\"a b\"").unwrap().as_str(), "a b");
}

use super::*;

#[test]
fn values_are_few_words() {
    assert_eq!(said(&Value::from("a")), "a");
    assert_eq!(said(&Value::texts(["a", "b"])), "a, b");
    assert_eq!(said(&Value::Integer(200)), "200");
    let long = said(&Value::Text("é".repeat(300)));
    assert_eq!((long.chars().count(), long.ends_with('…')), (201, true));
    assert_eq!(called("hop_limit"), "hop limit");
}

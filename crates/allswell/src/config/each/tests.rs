use super::*;

#[test]
fn names_in_braces_are_found() {
    assert_eq!(names("tcp://{host}:{port}/${NOT}{}{a b}").collect::<Vec<_>>(), ["host", "port"]);
}

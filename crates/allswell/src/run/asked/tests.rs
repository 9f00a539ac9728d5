use super::*;

fn id(text: &str) -> TargetId {
    TargetId::new(text).unwrap()
}

fn listed(asked: &Asked) -> Vec<(String, String)> {
    asked.targets().map(|(id, keys)| (id.to_string(), keys.to_owned())).collect()
}

#[test]
fn what_was_asked_for_outlives_the_program() {
    let folder = tempfile::tempdir().unwrap();
    let store = folder.path().join("allswell.db");
    let mut asked = Asked::open(&store).unwrap();
    assert_eq!(asked.put(&id("b"), r#"{"url":"tcp://192.0.2.7:1"}"#), Ok(true));
    assert_eq!(asked.put(&id("a"), r#"{"url":"tcp://192.0.2.7:2"}"#), Ok(true));
    assert_eq!(asked.put(&id("b"), r#"{"url":"tcp://192.0.2.7:3"}"#), Ok(false));
    assert_eq!(asked.remove(&id("nobody")), Ok(false));
    let again = Asked::open(&store).unwrap();
    assert_eq!(listed(&again), listed(&asked));
    assert_eq!(
        listed(&again),
        [("a".into(), r#"{"url":"tcp://192.0.2.7:2"}"#.into()), ("b".into(), r#"{"url":"tcp://192.0.2.7:3"}"#.into())]
    );
    assert_eq!(asked.remove(&id("a")), Ok(true));
    assert_eq!(listed(&Asked::open(&store).unwrap()).len(), 1);
}

#[test]
fn a_disk_that_refuses_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let mut asked = Asked::open(&folder.path().join("gone/allswell.db")).unwrap();
    let why = asked.put(&id("a"), "{}").unwrap_err();
    assert!(why.contains("cannot be written (No such file"), "{why}");
    assert_eq!(listed(&asked), []);
}

#[test]
fn another_program_s_file_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let store = folder.path().join("allswell.db");
    for (text, why) in
        [("", "EOF"), (r#"{"version":2,"targets":{}}"#, "another version"), (r#"{"version":1,"targets":{},"x":1}"#, "unknown field")]
    {
        fs::write(folder.path().join("allswell.targets.json"), text).unwrap();
        let said = Asked::open(&store).unwrap_err();
        assert!(said.contains("allswell.targets.json cannot be read") && said.contains(why), "{said}");
    }
}

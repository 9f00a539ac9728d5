use super::*;

fn folder(set: &[(&str, &str)]) -> Option<String> {
    let variable = |name: &str| set.iter().find(|(known, _)| *known == name).map(|(_, value)| OsString::from(value));
    state_folder(&variable).map(|path| path.display().to_string())
}

#[test]
fn the_units_folder_comes_before_the_users() {
    assert_eq!(folder(&[("STATE_DIRECTORY", "/var/lib/allswell"), ("HOME", "/h")]).as_deref(), Some("/var/lib/allswell"));
    assert_eq!(folder(&[("XDG_STATE_HOME", "/s"), ("HOME", "/h")]).as_deref(), Some("/s/allswell"));
    assert_eq!(folder(&[("XDG_STATE_HOME", ""), ("HOME", "/h")]).as_deref(), Some("/h/.local/state/allswell"));
    assert_eq!(folder(&[]), None);
}

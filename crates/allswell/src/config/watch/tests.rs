use std::fs;

use super::*;

/// A time so late that whatever was written just now is old.
fn later() -> SystemTime {
    SystemTime::now() + Duration::from_secs(60)
}

#[test]
fn nothing_changed_is_seen_as_that() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("a.yaml");
    fs::write(&file, "a").unwrap();
    let mut watched = Watched::of(&file);
    assert_eq!(watched.folder(folder.path()).unwrap(), ["a.yaml"]);
    for now in [SystemTime::now(), later(), later()] {
        assert!(!watched.changed(now));
    }
}

#[test]
fn a_file_that_is_written_is_left_alone_until_it_is_finished() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("a.yaml");
    fs::write(&file, "a").unwrap();
    let mut watched = Watched::of(&file);
    fs::write(&file, "ab").unwrap();
    let just_now = fs::metadata(&file).unwrap().modified().unwrap();
    assert!(!watched.changed(just_now), "it may be half written");
    fs::write(&file, "abc").unwrap();
    let just_now = fs::metadata(&file).unwrap().modified().unwrap();
    assert!(!watched.changed(just_now), "it is another than at the last look");
    assert!(watched.changed(just_now), "it is the same as at the last look");
    assert!(Watched::of(&file).changed(later()) != watched.changed(later()), "read again, it is what it was read as");
}

#[test]
fn an_old_change_is_seen_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("a.yaml");
    fs::write(&file, "a").unwrap();
    let mut watched = Watched::of(&file);
    fs::write(&file, "ab").unwrap();
    assert!(watched.changed(later()));
}

#[test]
fn a_file_that_comes_and_one_that_goes_are_changes() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("a.yaml");
    let mut missing = Watched::of(&file);
    assert!(!missing.changed(later()));
    fs::write(&file, "a").unwrap();
    assert!(missing.changed(later()));
    let mut there = Watched::of(&file);
    fs::remove_file(&file).unwrap();
    assert!(!there.changed(later()), "an editor may be putting another in its place");
    assert!(there.changed(later()));
}

#[test]
fn of_a_folder_only_yaml_counts() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    for name in ["b.yml", "a.yaml", ".hidden.yaml", "a.yaml~", "notes.txt"] {
        fs::write(at(name), "").unwrap();
    }
    fs::create_dir(at("folder.yaml")).unwrap();
    let mut watched = Watched::default();
    assert_eq!(watched.folder(folder.path()).unwrap(), ["a.yaml", "b.yml"]);
    fs::write(at(".a.yaml.swp"), "").unwrap();
    assert!(!watched.changed(later()), "an editor's own file");
    fs::write(at("c.yaml"), "").unwrap();
    assert!(!watched.changed(SystemTime::now()) || watched.changed(later()));
    assert!(watched.changed(later()));
    let mut again = Watched::default();
    again.folder(folder.path()).unwrap();
    fs::remove_file(at("c.yaml")).unwrap();
    assert!(again.changed(later()) || again.changed(later()));
}

#[test]
fn two_writes_within_one_tick_of_the_clock_are_two() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("a.yaml");
    fs::write(&file, "a").unwrap();
    let mut watched = Watched::of(&file);
    let seen = watched.files.get_mut(&file).unwrap();
    assert!(seen.digest.is_some(), "it is young");
    // As if the stamp had not moved.
    fs::write(&file, "b").unwrap();
    seen.stamp = Stamp::of(&file);
    assert!(watched.changed(later()));
}

#[test]
fn a_time_in_the_future_does_not_keep_a_file_young() {
    let stamp = Stamp { device_and_inode: (0, 0), length: 0, modified: (i64::MAX / 2, 0), changed: (0, 0) };
    assert!(!stamp.is_young(SystemTime::UNIX_EPOCH + Duration::from_secs(1)));
}

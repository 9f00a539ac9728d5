use super::*;

fn length(bytes: &[u8]) -> usize {
    bytes.len()
}

#[test]
fn a_changed_file_is_read_again_but_not_within_a_second() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("resolv.conf");
    let watched = Watched::new(&path, length);
    let start = Instant::now();
    assert_eq!(watched.current(start), (Arc::new(0), 0), "a missing file is like an empty one");
    fs::write(&path, "1234").unwrap();
    assert_eq!(watched.current(start + LOOK_EVERY / 2), (Arc::new(0), 0));
    assert_eq!(watched.current(start + LOOK_EVERY), (Arc::new(4), 1));
    assert_eq!(watched.current(start + LOOK_EVERY * 3), (Arc::new(4), 1), "an unchanged file keeps its number");
    fs::write(folder.path().join("new"), "4321").unwrap();
    fs::rename(folder.path().join("new"), &path).unwrap();
    assert_eq!(watched.current(start + LOOK_EVERY * 5).1, 2, "a replaced file is another one, whatever its length");
    fs::remove_file(&path).unwrap();
    assert_eq!(watched.current(start + LOOK_EVERY * 7), (Arc::new(0), 3));
}

use allswell_model::Status;

use super::*;
use crate::samples::{Sample, alert, at, id, incident, settings, target, tcp_up, transition};
use crate::{Batch, Cursor, open};
use std::sync::Arc;

fn lived() -> Sample {
    let mut store = Sample::new();
    store.writer.targets(&[target("a")], at(0)).unwrap();
    for n in 0..700 {
        store.results(&[tcp_up("a", at(n * 10), 300 + n)], at(n * 10));
    }
    store.events(&[transition("a", at(1), Status::Unknown, Status::Up)]);
    let trouble = incident(at(2), "a");
    store
        .writer
        .append(Batch { incidents: std::slice::from_ref(&trouble), alerts: &[alert(&trouble, 0)], ..Batch::default() }, at(2))
        .unwrap();
    store.writer.maintain(at(7000)).unwrap();
    store
}

fn files(folder: &Path) -> Vec<String> {
    let mut names: Vec<_> = fs::read_dir(folder).unwrap().map(|one| one.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[test]
fn a_copy_of_a_store_in_use_opens_with_all_that_was_committed() {
    let mut store = lived();
    let folder = tempfile::tempdir().unwrap();
    let to = folder.path().join("store");
    let bytes = store.reader.backup(&to).unwrap();
    assert_eq!(files(folder.path()), ["store"]);
    assert_eq!(fs::metadata(&to).unwrap().len(), bytes);
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode();
    assert_eq!(mode(&to), mode(&store.folder.path().join("store")));
    // What comes later is not in it.
    store.results(&[tcp_up("a", at(9000), 1)], at(9000));
    let (mut writer, reader) = open(&settings(folder.path()), at(9000)).unwrap();
    assert_eq!(reader.results(&id("a"), None, 10_000).unwrap().results.len(), 700);
    assert_eq!(reader.events(Cursor::START, 10).unwrap().events, store.reader.events(Cursor::START, 10).unwrap().events);
    assert_eq!((reader.waiting(), reader.open_incidents().unwrap().len()), (store.reader.waiting(), 1));
    let hours = |reader: &Reader| reader.rollups(&id("a"), crate::Span::Hour, at(0), at(3000)).unwrap();
    assert_eq!(hours(&reader), hours(&store.reader));
    writer.append(Batch { results: &[Arc::new(tcp_up("a", at(9000), 1))], ..Batch::default() }, at(9000)).unwrap();
}

#[test]
fn a_file_that_is_there_is_kept_unless_it_may_be_replaced() {
    let store = lived();
    let folder = tempfile::tempdir().unwrap();
    let to = folder.path().join("it's a copy?");
    fs::write(&to, "mine").unwrap();
    assert_eq!(store.reader.backup(&to), Err(BackupError::Exists { path: to.clone() }));
    assert_eq!(fs::read(&to).unwrap(), b"mine");
    store.reader.backup_over(&to).unwrap();
    assert_eq!(files(folder.path()), ["it's a copy?"]);
    assert!(fs::read(&to).unwrap().starts_with(b"SQLite format 3"));
    let own = store.folder.path().join("store");
    assert_eq!(store.reader.backup_over(&own), Err(BackupError::Exists { path: own }));
    assert_eq!(store.reader.backup_over(folder.path()), Err(BackupError::Exists { path: folder.path().to_owned() }));
    let missing = folder.path().join("no/copy");
    assert_eq!(store.reader.backup(&missing), Err(BackupError::MissingFolder { folder: folder.path().join("no") }));
}

#[test]
fn a_copy_that_finds_no_room_leaves_nothing_behind() {
    allswell_testkit::namespace::inside(|| {
        let store = lived();
        let folder = tempfile::tempdir().unwrap();
        let mount = std::process::Command::new("mount").args(["-t", "tmpfs", "-o", "size=16k", "none"]).arg(folder.path()).status();
        assert!(mount.unwrap().success());
        let to = folder.path().join("copy");
        assert_eq!(store.reader.backup(&to), Err(BackupError::Full { path: to.clone() }));
        assert!(files(folder.path()).is_empty());
        assert_eq!(store.reader.results(&id("a"), None, 1).unwrap().results.len(), 1);
    });
}

#[test]
fn each_error_is_a_sentence_with_a_remedy() {
    let path = PathBuf::from("/x/copy");
    for error in [
        BackupError::Exists { path: path.clone() },
        BackupError::MissingFolder { folder: path.clone() },
        BackupError::ReadOnly { path: path.clone() },
        BackupError::Full { path: path.clone() },
        BackupError::Corrupt("page 4".to_owned()),
        BackupError::Io { path, detail: "it smokes".to_owned() },
    ] {
        let text = error.to_string();
        assert!(text.contains("; ") && !text.contains('\n'), "{text}");
    }
}

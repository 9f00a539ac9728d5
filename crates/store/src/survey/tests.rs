//! A store that is held, one that is not, and files that are none.

use std::sync::Arc;

use allswell_model::{NodeId, Timestamp};

use super::*;
use crate::settings::{Retention, Settings};

#[test]
fn it_tells_the_layout_and_the_holder() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("s.db");
    let settings =
        Settings { path: path.clone(), node: NodeId::new("n").unwrap(), location: Arc::from(""), retention: Retention::default() };
    let opened = crate::open(&settings, Timestamp(1)).unwrap();
    let found = survey(&path).unwrap();
    assert_eq!(found, Survey { layout: schema::VERSION, known: schema::VERSION, held_by: Some(std::process::id()) });
    drop(opened);
    assert_eq!(survey(&path).unwrap().held_by, None);
}

#[test]
fn what_is_no_store_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("s.db");
    assert!(matches!(survey(&path), Err(OpenError::Io { .. })), "missing");
    fs::write(&path, [b'x'; 4096]).unwrap();
    assert!(matches!(survey(&path), Err(OpenError::NotAStore { .. })), "{:?}", survey(&path));
    assert!(!folder.path().join("s.db.lock").exists(), "nothing was made");
}

#[test]
fn the_line_of_the_file_is_found_among_others() {
    let file = tempfile::NamedTempFile::new().unwrap();
    let found = file.as_file().metadata().unwrap();
    let line = |kind: &str, device: &str, number: u64| {
        format!("1: POSIX  ADVISORY  READ 1 00:00:1 0 EOF\n2: {kind}  ADVISORY  WRITE 77 {device}:{number} 0 EOF\n")
    };
    let own = device(found.dev());
    assert_eq!(held(&line("FLOCK", &own, found.ino()), &found, None), Some(77));
    assert_eq!(held(&line("FLOCK", "ff:ff", found.ino()), &found, Some(77)), Some(77), "the signature tells");
    assert_eq!(held(&line("FLOCK", "ff:ff", found.ino()), &found, Some(78)), None);
    assert_eq!(held(&line("FLOCK", &own, found.ino() + 1), &found, Some(77)), None);
    assert_eq!(held(&line("POSIX", &own, found.ino()), &found, Some(77)), None);
}

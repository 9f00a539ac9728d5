//! `allswell backup`, beside a running program.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use allswell_testkit::namespace::inside;
use rustix::process::Signal;

use crate::page::Page;
use crate::program::Program;
use crate::watched::{self, Watched};
use crate::{allswell, stderr, stdout};

fn backup(folder: &Path, arguments: &[&str]) -> Output {
    allswell(folder).arg("backup").args(arguments).output().unwrap()
}

/// What stands in a folder, but for the store's own.
fn files(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[test]
fn a_copy_holds_what_was_shown_and_opens_in_a_second_program() {
    let folder = tempfile::tempdir().unwrap();
    let watched = Watched::start(folder.path());
    watched.until(10);
    let shown = watched.results("=gone");
    let output = backup(folder.path(), &["copy.db"]);
    assert_eq!((output.status.code(), stderr(&output).as_str()), (Some(0), ""));
    let bytes = fs::metadata(folder.path().join("copy.db")).unwrap().len();
    let said = stdout(&output);
    assert!(said.starts_with(&format!("copy.db: {bytes} bytes, 2 targets, newest entry of 20")) && said.ends_with("Z\n"), "{said}");
    assert_eq!(files(folder.path()), ["allswell.yaml", "copy.db", "h"], "nothing else is left");

    let other = tempfile::tempdir().unwrap();
    fs::rename(folder.path().join("copy.db"), other.path().join("copy.db")).unwrap();
    fs::write(
        other.path().join("allswell.yaml"),
        "listen: 127.0.0.1:0\ntargets:\n  - { name: '=gone', url: 'tcp://127.0.0.1:1', every: 1h }\n",
    )
    .unwrap();
    let mut second = Program::start(other.path(), &["run", "--store", "copy.db"]);
    let page = Page::of(&second);
    page.until("/api/v1/targets", "the target", |text| text.contains("=gone"));
    let kept = watched::results(&page, "=gone");
    assert_eq!(kept.get(..shown.len()), Some(shown.as_slice()), "the history of the first");
    second.end(Signal::TERM);
    watched.end();
}

#[test]
fn nothing_is_overwritten_unless_asked() {
    let folder = tempfile::tempdir().unwrap();
    let watched = Watched::start(folder.path());
    watched.until(3);
    let refused = |arguments: &[&str], code, what: &str| {
        let output = backup(folder.path(), arguments);
        assert_eq!((output.status.code(), stdout(&output).as_str()), (Some(code), ""), "{arguments:?}");
        assert!(stderr(&output).contains(what), "{arguments:?}: {}", stderr(&output));
    };
    fs::write(folder.path().join("there.db"), "precious").unwrap();
    refused(&["there.db"], 64, "there.db is there already: name another file, or say --force");
    assert_eq!(fs::read_to_string(folder.path().join("there.db")).unwrap(), "precious");
    refused(&["-"], 64, "cannot go to a pipe");
    refused(&["h"], 64, "h is a folder: name a file in it");
    refused(&["nowhere/copy.db"], 74, "nowhere");
    // Nor where it is replaced on demand: the live store stays the file that it is.
    let live = || std::os::unix::fs::MetadataExt::ino(&fs::metadata(folder.path().join("h/allswell.db")).unwrap());
    let before = live();
    std::os::unix::fs::symlink("h/allswell.db", folder.path().join("link.db")).unwrap();
    for arguments in [["--force", "h/allswell.db"], ["--store=h", "h/allswell.db"], ["--force", "h/../link.db"], ["--store=h", "link.db"]] {
        refused(&arguments, 64, "is the store itself: name another file\n");
    }
    for part in ["h/allswell.db-wal", "h/allswell.db-shm"] {
        refused(&["--force", part], 64, "is a part of a store: name another file\n");
    }
    assert_eq!(live(), before);
    refused(&["copy.db", "--store", "elsewhere.db"], 69, "there is no store at elsewhere.db");
    assert_eq!(backup(folder.path(), &["there.db", "--force"]).status.code(), Some(0));
    assert!(fs::metadata(folder.path().join("there.db")).unwrap().len() > 8);
    watched.end();
}

#[test]
fn a_full_disk_leaves_no_half_a_copy() {
    inside(|| {
        let folder = tempfile::tempdir().unwrap();
        let watched = Watched::start(folder.path());
        watched.until(3);
        let small = folder.path().join("small");
        fs::create_dir(&small).unwrap();
        let mounted = Command::new("mount").args(["-t", "tmpfs", "-o", "size=16k", "none"]).arg(&small).status().unwrap();
        assert!(mounted.success());
        let output = backup(folder.path(), &["small/copy.db"]);
        assert_eq!(output.status.code(), Some(74), "{}", stderr(&output));
        assert!(stderr(&output).contains("no room"), "{}", stderr(&output));
        assert_eq!(files(&small), Vec::<String>::new());
        watched.end();
    });
}

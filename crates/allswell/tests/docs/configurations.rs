//! Every configuration of the documentation is one that the program takes.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use allswell_testkit::certificate::Leaf;

use crate::PAGES;
use crate::blocks::{Block, of};

const MAIN: &str = "allswell.yaml";

/// What the examples take from the environment.
const VARIABLES: &[(&str, &str)] = &[
    ("ONCALL_URL", "https://127.0.0.1/oncall"),
    ("CHAT_URL", "https://127.0.0.1/chat"),
    ("DEADMAN_URL", "https://127.0.0.1/alive"),
    ("API_TOKEN", "a token"),
    ("PAGER_TOKEN", "a token"),
    ("LINK_KEY_1", "a secret of the first key"),
    ("LINK_KEY_2", "a secret of the second key"),
];

/// The program in a folder that has what the examples speak of, and nothing of ours besides.
pub(crate) fn allswell(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_allswell"));
    command.current_dir(folder).env_clear().env("PATH", "/usr/bin:/bin").env("HOME", folder).envs(VARIABLES.iter().copied());
    command
}

/// Writes what the examples speak of.
pub(crate) fn furnish(folder: &Path) {
    let identity = Leaf::of(&["localhost"]).self_signed();
    for (name, text) in [("password", "a password\n"), ("page.pem", identity.pem()), ("page-key.pem", identity.key_pem())] {
        fs::write(folder.join(name), text).unwrap();
    }
}

pub(crate) fn put(folder: &Path, block: &Block) {
    let path = folder.join(block.file());
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, &block.text).unwrap();
}

fn said(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

#[test]
fn every_configuration_is_taken() {
    let mut checked = 0;
    for page in PAGES {
        let blocks: Vec<Block> = of(page).into_iter().filter(|block| block.kind == "yaml").collect();
        for (place, block) in blocks.iter().enumerate().filter(|(_, block)| block.file() == MAIN) {
            let folder = tempfile::tempdir().unwrap();
            furnish(folder.path());
            put(folder.path(), block);
            // What it includes stands below it.
            blocks[place + 1..].iter().take_while(|part| part.file() != MAIN).for_each(|part| put(folder.path(), part));
            let output = allswell(folder.path()).args(["config", "check"]).output().unwrap();
            assert!(output.status.success(), "{}: {}", block.place(), said(&output));
            checked += 1;
        }
        assert!(blocks.first().is_none_or(|first| first.file() == MAIN), "{page}: a part without its whole");
    }
    assert!(checked > 10, "only {checked} configurations were found");
}

#[test]
fn every_wrong_configuration_is_refused() {
    for block in PAGES.iter().flat_map(|page| of(page)).filter(|block| block.kind == "yaml invalid") {
        let folder = tempfile::tempdir().unwrap();
        put(folder.path(), &block);
        let output = allswell(folder.path()).args(["config", "check", &block.file()]).output().unwrap();
        assert_eq!(output.status.code(), Some(64), "{}: {}", block.place(), said(&output));
    }
}

#[test]
fn no_block_is_of_a_kind_that_nobody_tries() {
    for block in PAGES.iter().flat_map(|page| of(page)) {
        // Configurations of other programs are not ours to try.
        let known = ["yaml", "yaml invalid", "console", "sh", "ini", "nginx"];
        assert!(known.contains(&block.kind.as_str()), "{}: ```{}", block.place(), block.kind);
    }
}

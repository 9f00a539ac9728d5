//! Commands whose output is not shown: the program knows them, and the files that they name are there.

use std::path::Path;

use crate::blocks::of;
use crate::configurations::allswell;
use crate::{PAGES, repository};

/// The lines of all `sh` blocks, continued ones joined, comments cut.
fn lines() -> Vec<(String, String)> {
    let mut lines = Vec::new();
    for block in PAGES.iter().flat_map(|page| of(page)).filter(|block| block.kind == "sh") {
        for line in block.text.replace("\\\n", " ").lines() {
            let line = line.split_once(" #").map_or(line, |(line, _)| line).trim();
            lines.extend(line.split(" && ").map(|line| (block.place(), line.to_owned())));
        }
    }
    lines
}

#[test]
fn the_program_knows_every_command_and_option() {
    let mut tried = 0;
    for (place, line) in lines() {
        let Some(rest) = line.strip_prefix("allswell ") else { continue };
        let words = rest.split('>').next().unwrap().split_whitespace().map(|word| word.trim_matches(['\'', '"']));
        // With `--help` it says what it would take and does nothing, but it stumbles over what it does not know before.
        let output = allswell(Path::new("/")).args(words).arg("--help").output().unwrap();
        assert!(output.status.success(), "{place}: {line}: {}", String::from_utf8_lossy(&output.stderr));
        tried += 1;
    }
    assert!(tried > 5, "only {tried} commands were found");
}

#[test]
fn the_upkeep_that_is_spoken_of_is_there() {
    for (place, line) in lines().iter().filter(|(_, line)| line.starts_with("cargo xtask ")) {
        let word = line.split(' ').nth(2).unwrap();
        assert!(["dist", "bench", "tidy"].contains(&word), "{place}: {line}");
    }
}

#[test]
fn the_packaged_files_that_are_spoken_of_are_there() {
    for (place, line) in lines() {
        for file in line.split([' ', '=']).filter(|word| word.starts_with("packaging/")) {
            assert!(repository(file).is_file(), "{place}: {file}");
        }
    }
}

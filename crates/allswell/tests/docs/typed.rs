//! What a reader types in a `console` block prints what stands there: figures may differ, words may not.

use std::path::Path;
use std::process::Stdio;

use allswell_testkit::namespace::inside;

use crate::PAGES;
use crate::blocks::of;
use crate::configurations::{allswell, furnish, put};

/// A command, and what it is said to print.
struct Typed {
    command: String,
    printed: Vec<String>,
}

fn typed(text: &str) -> Vec<Typed> {
    let mut all: Vec<Typed> = Vec::new();
    for line in text.lines() {
        match (line.strip_prefix("$ "), all.last_mut()) {
            (Some(command), _) => all.push(Typed { command: command.to_owned(), printed: Vec::new() }),
            (None, Some(typed)) => typed.printed.push(line.to_owned()),
            (None, None) => panic!("a console begins with what is typed, not with {line:?}"),
        }
    }
    all
}

/// Each number becomes one sign: a round trip, a port, a count.
fn without_figures(line: &str) -> String {
    let mut shown = String::new();
    for c in line.trim_end().chars() {
        let part = c.is_ascii_digit() || (c == '.' && shown.ends_with('#'));
        match part {
            true if shown.ends_with('#') => {}
            true => shown.push('#'),
            false => shown.push(c),
        }
    }
    shown
}

/// Whether the lines are as they are said to be; `...` stands for any lines.
fn fits(said: &[String], printed: &[String]) -> bool {
    match said.split_first() {
        None => printed.is_empty(),
        Some((dots, rest)) if dots == "..." => (0..=printed.len()).any(|skipped| fits(rest, &printed[skipped..])),
        Some((first, rest)) => printed.split_first().is_some_and(|(line, others)| first == line && fits(rest, others)),
    }
}

fn print(folder: &Path, command: &str) -> String {
    let words: Vec<&str> = command.strip_prefix("allswell ").unwrap_or_else(|| panic!("{command:?} is not ours")).split(' ').collect();
    let output = allswell(folder).args(words).stdin(Stdio::null()).output().unwrap();
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

#[test]
fn what_is_typed_prints_what_stands_there() {
    inside(|| {
        let mut tried = 0;
        for page in PAGES {
            let folder = tempfile::tempdir().unwrap();
            furnish(folder.path());
            for block in of(page) {
                if block.kind.starts_with("yaml") {
                    put(folder.path(), &block);
                }
                for one in if block.kind == "console" { typed(&block.text) } else { Vec::new() } {
                    let printed = print(folder.path(), &one.command);
                    let lines: Vec<String> = printed.lines().map(without_figures).collect();
                    let said: Vec<String> = one.printed.iter().map(|line| without_figures(line)).collect();
                    assert!(fits(&said, &lines), "{}: $ {} prints\n{printed}", block.place(), one.command);
                    tried += 1;
                }
            }
        }
        assert!(tried > 2, "only {tried} commands were found");
    });
}

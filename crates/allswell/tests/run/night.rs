//! A bad night: targets that come and go, a channel that fails half of the time, and a program that is killed again and again.
//! Whatever was shown must be there afterwards, whatever was due must have been told, and nothing before it was on disk.

mod log;
mod pager;
mod posts;

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use rustix::process::Signal;

use crate::page::Page;
use crate::program::Program;
use log::Log;
use pager::Pager;
use posts::Posts;

const ROUNDS: u64 = 200;

/// The page is there within so much of the start, the store's opening included.
const OPENS_WITHIN: Duration = Duration::from_secs(1);

/// After the last round everything that is due has to arrive within so much.
const CALM_WITHIN: Duration = Duration::from_secs(60);

fn configuration(folder: &Path, posts: &Posts, pager: &Pager) {
    let targets: String = posts.urls().map(|(name, url)| format!("  - {{ name: {name}, url: '{url}' }}\n")).collect();
    let text = format!(
        "listen: 127.0.0.1:0\nchannels:\n  oncall: {{ type: webhook, url: '{}' }}\n\
         defaults: {{ every: 50ms, timeout: 2s, recheck: 10ms, down_after: 1, up_after: 1, alert: oncall }}\ntargets:\n{targets}",
        pager.url(),
    );
    fs::write(folder.join("allswell.yaml"), text).unwrap();
}

#[test]
fn killed_two_hundred_times_it_loses_nothing_that_was_shown_and_owes_no_alert() {
    let folder = tempfile::tempdir().unwrap();
    let pager = Pager::new();
    let posts = Posts::new();
    configuration(folder.path(), &posts, &pager);
    let mut log = Log::default();
    let mut starts = Vec::new();
    for round in 0..ROUNDS {
        let begun = Instant::now();
        let mut program = Program::start(folder.path(), &["run", "--store", "h"]);
        let page = Page::of(&program);
        page.get("/healthz");
        starts.push(begun.elapsed());
        log.compare(&page, &pager.told(), round);
        posts.shuffle(round);
        let until = Instant::now() + Duration::from_millis(20 + (round * 7919) % 300);
        while Instant::now() < until {
            log.watch(&page);
        }
        program.end(Signal::KILL);
    }
    starts.sort_unstable();
    let (half, most) = (starts[starts.len() / 2], starts[starts.len() - 1]);
    println!("{ROUNDS} starts after a kill: half within {half:?}, all within {most:?}; {} events", log.len());
    assert!(starts[starts.len() * 9 / 10] < OPENS_WITHIN, "9 of 10 starts took up to {:?}", starts[starts.len() * 9 / 10]);

    posts.all_well();
    pager.behave();
    let mut program = Program::start(folder.path(), &["run", "--store", "h"]);
    let page = Page::of(&program);
    log.compare(&page, &pager.told(), ROUNDS);
    let deadline = Instant::now() + CALM_WITHIN;
    while let Some(owed) = log.owed(&page, &pager.told()) {
        assert!(Instant::now() < deadline, "{owed}\n{}", program.output());
        std::thread::park_timeout(Duration::from_millis(100));
    }
    program.end(Signal::TERM);
    assert!(log.incidents() > 20, "only {} incidents: the test tried nothing", log.incidents());
}

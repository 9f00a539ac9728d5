//! A thousand reloads under load, every kind of edit: afterwards nothing has leaked, and nobody was disturbed.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::time::{Duration, Instant};

use rustix::process::Signal;

use crate::events_of;
use crate::page::Page;
use crate::program::{Program, until};
use crate::world::{Dice, STEADY_EVERY_MS, World};

const RELOADS: usize = 1000;

/// The file is looked at once a second, so only these are left for it to see.
const BY_FILE_EVERY: usize = 100;

/// A counter never falls.
struct Counters(BTreeMap<String, f64>);

impl Counters {
    /// Those of the engine, the store and the targets that are never edited.
    fn look(&mut self, metrics: &BTreeMap<String, f64>) {
        let counters = metrics.iter().filter(|(series, _)| {
            let name = series.split('{').next().unwrap();
            name.ends_with("_total") && (!series.contains("target=") || series.contains("target=\"steady"))
        });
        for (series, value) in counters {
            let before = self.0.insert(series.clone(), *value).unwrap_or_default();
            assert!(*value >= before || series.contains("channel="), "{series} fell from {before} to {value}");
        }
    }
}

fn reload(number: usize, dice: &mut Dice, (program, page): (&Program, &Page), broken: bool) {
    let before = program.reloads();
    if number.is_multiple_of(BY_FILE_EVERY) {
        // Nobody asks: the program sees by itself.
    } else if dice.roll(3) == 0 {
        program.signal(Signal::HUP);
    } else {
        let (status, said) = page.reload();
        assert_eq!(status == 200, !broken, "{number}: {status} {said}");
    }
    until("the reload", || (program.reloads() > before).then_some(()).ok_or_else(|| program.said()));
}

/// What a fresh start of the same configuration has, too: names and labels, but for what tells how it went.
fn series(metrics: &BTreeMap<String, f64>) -> BTreeSet<String> {
    let label = |series: &str, name: &str| {
        let (_, value) = series.split_once(&format!("{name}=\""))?;
        Some(value.split('"').next()?.to_owned())
    };
    let told = |series: &String| {
        let name = series.split('{').next().unwrap();
        let labels = ["target", "group", "protocol", "channel"].map(|name| label(series, name));
        format!("{name} {labels:?}")
    };
    metrics.keys().map(told).collect()
}

fn all_probed(page: &Page, world: &World) {
    let ids = world.ids();
    until("every target's result", || {
        let metrics = page.metrics();
        let probed = |id: &&String| {
            metrics.keys().any(|series| series.starts_with("allswell_target_last_duration") && series.contains(&format!("\"{id}\"")))
        };
        let missing: Vec<&String> = ids.iter().filter(|id| !probed(id)).collect();
        if missing.is_empty() { Ok(()) } else { Err(format!("{missing:?}")) }
    });
}

#[test]
fn a_thousand_reloads_leave_nothing_behind() {
    let folder = tempfile::tempdir().unwrap();
    let (mut world, mut dice) = (World::new(), Dice::new(0x0a11_5011));
    world.write(folder.path());
    let program = Program::start(folder.path());
    let page = Page::of(&program);
    let mut counters = Counters(BTreeMap::new());
    all_probed(&page, &world);
    let (mut threads, mut descriptors, mut kb) = (0, BTreeMap::new(), 0);
    let (mut begun, mut connected) = (Instant::now(), 0);
    for number in 1..=RELOADS {
        world.edit(&mut dice);
        world.write(folder.path());
        reload(number, &mut dice, (&program, &page), world.is_broken());
        if number.is_multiple_of(20) {
            counters.look(&page.metrics());
        }
        if number == RELOADS / 10 {
            // By now whatever is made once was made.
            (threads, descriptors, kb) = (program.threads(), program.descriptors(), program.resident_kb());
            (begun, connected) = (Instant::now(), world.steady().iter().map(crate::Post::connected).sum());
        }
    }
    let (took, counted) = (begun.elapsed(), world.steady().iter().map(crate::Post::connected).sum::<u64>() - connected);
    world.mend();
    world.write(folder.path());
    assert_eq!(page.reload().0, 200);
    until("the rows, none left of what is gone", || (page.ids() == world.ids()).then_some(()).ok_or_else(|| format!("{:?}", page.ids())));
    all_probed(&page, &world);
    until("the threads", || (program.threads() <= threads).then_some(()).ok_or_else(|| format!("{} of {threads}", program.threads())));
    let metrics = page.metrics();
    counters.look(&metrics);
    assert_eq!(program.descriptors(), descriptors, "descriptors now, and after the first reloads");
    not_disturbed(&page, &world, (took, counted));
    eprintln!(
        "{:?}\n{RELOADS} reloads; the last 900 in {took:?}; {threads} threads, {} descriptors, {kb} kB then {} kB",
        world.done,
        descriptors.values().sum::<usize>(),
        program.resident_kb()
    );
    like_a_fresh_start(&world, &metrics);
    program.end();
}

/// Targets that are never edited were probed at every turn, but for those turns that are counted.
fn not_disturbed(page: &Page, world: &World, (took, counted): (Duration, u64)) {
    let steady = world.steady().len();
    let metrics = page.metrics();
    let missed: f64 = ["allswell_turns_skipped_total", "allswell_turns_collapsed_total"].map(|name| metrics[name]).iter().sum();
    let turns = took.as_millis() as f64 / STEADY_EVERY_MS as f64 * steady as f64;
    assert!(
        counted as f64 + missed + 2.0 * steady as f64 >= turns,
        "{counted} connections of {turns} turns, {missed} are counted as missed"
    );
    let events = page.events();
    for index in 0..steady {
        assert_eq!(events_of(&events, &format!("steady{index}")), ["target_added", "transition"], "it was up all the time");
    }
}

fn like_a_fresh_start(world: &World, metrics: &BTreeMap<String, f64>) {
    let folder = tempfile::tempdir().unwrap();
    world.write(Path::new(folder.path()));
    let program = Program::start(folder.path());
    let page = Page::of(&program);
    all_probed(&page, world);
    let (fresh, old) = (series(&page.metrics()), series(metrics));
    assert!(fresh == old, "only then: {:#?}\nonly fresh: {:#?}", old.difference(&fresh), fresh.difference(&old));
    program.end();
}

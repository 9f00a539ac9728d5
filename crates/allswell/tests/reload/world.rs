//! A configuration that is edited at random, as people and programs edit theirs.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use crate::post::Post;

/// Seeded, so that a failure comes again.
pub(crate) struct Dice(u64);

impl Dice {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// A number below `sides` (xorshift64*, Vigna 2014).
    pub(crate) fn roll(&mut self, sides: u64) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33) % sides
    }
}

/// More are not added.
const TARGETS: usize = 30;

/// Where a target stands: in the first file, or in one that is included.
const FILES: [&str; 3] = ["allswell.yaml", "conf.d/a.yaml", "conf.d/b.yaml"];

#[derive(Clone)]
struct Target {
    id: Option<String>,
    name: String,
    url: String,
    every_ms: u64,
    expect: Option<&'static str>,
    label: u64,
    group: Option<u64>,
    alert: Option<u64>,
    file: usize,
}

/// The whole, as it is to be on disk.
pub(crate) struct World {
    targets: BTreeMap<u64, Target>,
    channels: BTreeSet<u64>,
    steady: Vec<Post>,
    posts: Vec<Post>,
    next: u64,
    broken: Option<&'static str>,
    /// Which kinds of edits there were.
    pub(crate) done: BTreeMap<&'static str, usize>,
}

/// Targets that are never edited are probed this often.
pub(crate) const STEADY_EVERY_MS: u64 = 100;

impl World {
    pub(crate) fn new() -> Self {
        let posts = |count| (0..count).map(|_| Post::new()).collect();
        Self {
            targets: BTreeMap::new(),
            channels: BTreeSet::new(),
            steady: posts(4),
            posts: posts(4),
            next: 0,
            broken: None,
            done: BTreeMap::new(),
        }
    }

    pub(crate) fn steady(&self) -> &[Post] {
        &self.steady
    }

    pub(crate) fn is_broken(&self) -> bool {
        self.broken.is_some()
    }

    /// The ids of all targets that there are to be.
    pub(crate) fn ids(&self) -> BTreeSet<String> {
        let edited = self.targets.values().map(|target| {
            let group = target.group.map(|group| format!("g{group}/")).unwrap_or_default();
            target.id.clone().unwrap_or_else(|| format!("{group}{}", target.name))
        });
        edited.chain((0..self.steady.len()).map(|index| format!("steady{index}"))).collect()
    }

    /// One edit.
    pub(crate) fn edit(&mut self, dice: &mut Dice) {
        // What was broken is mended by the next who edits.
        self.broken = None;
        let one = self.targets.keys().nth(usize::try_from(dice.roll(self.targets.len().max(1) as u64)).unwrap()).copied();
        let kind = match (dice.roll(11), one) {
            (0 | 1, _) | (_, None) if self.targets.len() < TARGETS => self.add(dice),
            (2, Some(one)) => self.remove(one),
            (3, Some(one)) => self.change(one, "renamed with id", |target, next| {
                target.id.get_or_insert_with(|| format!("id{next}"));
                target.name = format!("renamed{next}");
            }),
            (4, Some(one)) => self.change(one, "interval", |target, next| target.every_ms = 50 + next % 3 * 25),
            (5, Some(one)) => self.change(one, "expectation", |target, next| {
                target.expect = [None, Some("rtt_ms < 60000"), Some("rtt_ms < 0.000001")][usize::try_from(next % 3).unwrap()];
            }),
            (6, Some(one)) => self.change(one, "labels", |target, next| target.label = next),
            (7, Some(one)) => self.change(one, "group", |target, next| target.group = [None, Some(next % 3)][usize::from(next % 4 > 0)]),
            (8, Some(one)) => self.change(one, "moved to another file", |target, next| target.file = usize::try_from(next % 3).unwrap()),
            (9, _) => self.channel(dice),
            _ => self.break_it(dice),
        };
        *self.done.entry(kind).or_default() += 1;
    }

    fn add(&mut self, dice: &mut Dice) -> &'static str {
        self.next += 1;
        let next = self.next;
        let post = &self.posts[usize::try_from(dice.roll(self.posts.len() as u64)).unwrap()];
        // Nobody listens on port 1.
        let url = if dice.roll(4) == 0 { "tcp://127.0.0.1:1".to_owned() } else { format!("tcp://{}", post.address) };
        let target = Target {
            id: (dice.roll(2) == 0).then(|| format!("id{next}")),
            name: format!("target{next}"),
            url,
            every_ms: 50 + dice.roll(3) * 25,
            expect: None,
            label: 0,
            group: Some(dice.roll(4)).filter(|group| *group < 3),
            alert: self.channels.first().copied(),
            file: usize::try_from(dice.roll(3)).unwrap(),
        };
        self.targets.insert(next, target);
        "added"
    }

    fn remove(&mut self, one: u64) -> &'static str {
        self.targets.remove(&one);
        "removed"
    }

    fn change(&mut self, one: u64, kind: &'static str, change: impl FnOnce(&mut Target, u64)) -> &'static str {
        self.next += 1;
        change(self.targets.get_mut(&one).unwrap(), self.next);
        kind
    }

    fn channel(&mut self, dice: &mut Dice) -> &'static str {
        let channel = dice.roll(3);
        if self.channels.remove(&channel) {
            let gone = self.targets.values_mut().filter(|target| target.alert == Some(channel));
            gone.for_each(|target| target.alert = None);
        } else {
            self.channels.insert(channel);
            self.targets.values_mut().step_by(3).for_each(|target| target.alert = Some(channel));
        }
        "channels"
    }

    fn break_it(&mut self, dice: &mut Dice) -> &'static str {
        let wrong = ["lisen: x\n", "targets2: [\n", "include: [nowhere.yaml]\n", "\tx\n"];
        self.broken = Some(wrong[usize::try_from(dice.roll(4)).unwrap()]);
        "broken"
    }

    /// Whatever was wrong is mended.
    pub(crate) fn mend(&mut self) {
        self.broken = None;
    }

    /// Writes the files, the first one last. One that would be empty is taken away.
    pub(crate) fn write(&self, folder: &Path) {
        fs::create_dir_all(folder.join("conf.d")).unwrap();
        for (number, name) in FILES.iter().enumerate().rev() {
            let text = self.text(number);
            let path = folder.join(name);
            if text.is_empty() {
                // It may never have been there.
                let _ = fs::remove_file(&path);
            } else {
                let written = folder.join("written");
                fs::write(&written, text).unwrap();
                fs::rename(&written, &path).unwrap();
            }
        }
    }

    fn text(&self, file: usize) -> String {
        let mut text = String::new();
        if file == 0 {
            text.push_str(
                "listen: 127.0.0.1:0\nstore: history\nnode: { name: n }\ndefaults: { every: 100ms, timeout: 80ms, recheck: 50ms }\n",
            );
            // Broken in the middle, so that what follows could be read.
            text.push_str(self.broken.unwrap_or("include: conf.d\n"));
            text.push_str("groups: { g0: {}, g1: { labels: { of: g1 } }, g2: { up_after: 3 } }\n");
            let channels: Vec<String> = self
                .channels
                .iter()
                .map(|channel| format!("c{channel}: {{ type: webhook, url: 'http://127.0.0.1:1/{channel}' }}"))
                .collect();
            writeln!(text, "channels: {{ {} }}", channels.join(", ")).unwrap();
            text.push_str("targets:\n");
            for (index, post) in self.steady.iter().enumerate() {
                writeln!(text, "  - {{ name: steady{index}, url: 'tcp://{}', every: {STEADY_EVERY_MS}ms }}", post.address).unwrap();
            }
        }
        let targets: String = self.targets.values().filter(|target| target.file == file).map(Target::yaml).collect();
        if file > 0 && !targets.is_empty() {
            text.push_str("targets:\n");
        }
        text + &targets
    }
}

impl Target {
    fn yaml(&self) -> String {
        let mut text = format!("  - name: {}\n    url: {}\n    every: {}ms\n", self.name, self.url, self.every_ms);
        let mut key = |key: &str, value: Option<String>| {
            if let Some(value) = value {
                writeln!(text, "    {key}: {value}").unwrap();
            }
        };
        key("id", self.id.clone());
        key("expect", self.expect.map(str::to_owned));
        key("labels", Some(format!("{{ l: '{}' }}", self.label)));
        key("group", self.group.map(|group| format!("g{group}")));
        key("alert", self.alert.map(|channel| format!("c{channel}")));
        text
    }
}

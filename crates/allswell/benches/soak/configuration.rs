//! What is asked of the program, edited every minute as people edit.

use std::fs;
use std::path::Path;

use crate::Trouble;
use crate::noise::Noise;
use crate::pager::Pager;
use crate::posts::{ADDRESSES, Posts};

/// So many targets change with each edit.
const EDITS: usize = 20;

#[derive(Debug, Clone)]
struct Target {
    id: usize,
    url: String,
    group: usize,
    name: String,
    every_ms: u64,
    there: bool,
}

pub(crate) struct Configuration {
    channel: String,
    targets: Vec<Target>,
    edits: u64,
}

const GROUPS: usize = 20;

impl Configuration {
    pub(crate) fn new(posts: &Posts, pager: &Pager) -> Self {
        let places = posts.ports().enumerate().flat_map(|(port, number)| (1..=ADDRESSES).map(move |address| (port, number, address)));
        let target = |(id, (port, number, address)): (usize, (usize, u16, u8))| {
            let scheme = if port % 2 == 0 { "http" } else { "tcp" };
            let url = format!("{scheme}://127.0.0.{address}:{number}");
            Target { id, url, group: id % GROUPS, name: format!("post-{id}"), every_ms: 2_000, there: true }
        };
        Self { channel: pager.url(), targets: places.enumerate().map(target).collect(), edits: 0 }
    }

    /// Somebody works on the file: targets go and come back, are renamed, moved, or asked at another pace.
    pub(crate) fn edit(&mut self, noise: &mut Noise) {
        self.edits += 1;
        for _ in 0..EDITS {
            let place = usize::try_from(noise.below(self.targets.len() as u64)).unwrap_or(0);
            let Some(target) = self.targets.get_mut(place) else { continue };
            match noise.below(4) {
                0 => target.there = !target.there,
                1 => target.name = format!("post-{}-{}", target.id, self.edits),
                2 => target.group = (target.group + 1) % GROUPS,
                _ => target.every_ms = 1_500 + noise.below(1_000),
            }
        }
    }

    /// Those that never went away must have a history without a hole.
    pub(crate) fn there(&self) -> usize {
        self.targets.iter().filter(|target| target.there).count()
    }

    /// As people's editors do it: the new file takes the old one's place.
    pub(crate) fn write(&self, folder: &Path) -> Result<(), Trouble> {
        let mut text = format!(
            "listen: 127.0.0.1:0\nchannels:\n  oncall: {{ type: webhook, url: '{}' }}\n\
             defaults: {{ timeout: 1s, recheck: 500ms, alert: oncall, remind: 5m }}\ngroups:\n",
            self.channel
        );
        (0..GROUPS).for_each(|group| text.push_str(&format!("  group-{group}: {{ labels: {{ team: t{} }} }}\n", group % 3)));
        text.push_str("targets:\n");
        for Target { id, url, group, name, every_ms, .. } in self.targets.iter().filter(|target| target.there) {
            text.push_str(&format!("  - {{ id: soak-{id}, name: {name}, group: group-{group}, url: '{url}', every: {every_ms}ms }}\n"));
        }
        let unfinished = folder.join("allswell.yaml.new");
        fs::write(&unfinished, text)?;
        Ok(fs::rename(unfinished, folder.join("allswell.yaml"))?)
    }
}

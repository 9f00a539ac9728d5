//! The picture of all links: what we tell others of ours, what they tell of theirs, and what all of it amounts to.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use allswell_link::endpoint::Endpoint;
use allswell_link::ids::Node;
use allswell_link::key::node_of;
use allswell_link::time::Moment;
use allswell_model::link::{Cell, LinkState, Links, MeshNode, OwnLink};
use allswell_model::{NodeId, Telling, Timestamp};

use super::Board;
use crate::gossip::{Entry, Loss, Row};
use crate::record::{Brief, Now, Record};
use crate::targets;
use crate::teller;
use crate::verdict::{self, OwnStall, Said, Verdict, View};

/// Whoever was not heard for so long may be gone, and tell nobody: rows that come over others are told every 5 s.
const TELLS_FOR: Duration = Duration::from_secs(12);

impl Board {
    /// What we say of our links from now on.
    pub(super) fn update_row(&mut self, moment: Moment) {
        let now = self.now();
        let entries = self.records.iter().map(|(node, record)| entry(*node, &record.brief(moment), now)).collect();
        let stalls = u32::try_from(self.stalls.count).unwrap_or(u32::MAX);
        self.gossip.update_own(moment, Row { stalls, longest_stall: self.stalls.longest, tells: self.tells, entries });
    }

    /// Publishes what is known.
    pub(crate) fn show(&mut self, moment: Moment, endpoint: &Endpoint) {
        self.retold = false;
        let now = self.now();
        let own = self.records.iter_mut().filter_map(|(node, record)| Some(record.shown((now, moment), endpoint.link(*node)?)));
        let mut own: Vec<OwnLink> = own.chain(self.bfd.iter().cloned()).collect();
        own.sort_by(|a, b| (&a.peer, a.protocol).cmp(&(&b.peer, b.protocol)));
        let dropped = endpoint.drops().iter().map(|(why, count)| (why.word(), count)).collect();
        let (nodes, said) = (self.nodes((now, moment)), self.said((now, moment)));
        let verdict = self.verdict((now, moment), &nodes, &said);
        self.say_how_to_tell(moment, &said, (&nodes, &verdict));
        let Verdict { findings, lost } = verdict;
        let mut cells: Vec<Cell> = said.into_iter().map(|said| said.cell).filter(|cell| !lost.contains(&cell.from)).collect();
        cells.sort_by(|a, b| (&a.from, &a.to).cmp(&(&b.from, &b.to)));
        self.shown.show(Links { node: self.node.clone(), at: now, nodes, cells, findings, own, dropped });
    }

    /// Says how people are told of our links' troubles: by whom, and what all nodes together make of them.
    fn say_how_to_tell(&mut self, moment: Moment, said: &[Said], (nodes, verdict): (&[MeshNode], &Verdict)) {
        let rows = self.gossip.rows(moment).filter(|(_, row, age)| row.tells && *age <= TELLS_FOR);
        let names = rows.filter_map(|(node, ..)| self.names.get(&node)).map(|(name, _)| name);
        let left: BTreeSet<&NodeId> = said.iter().filter(|said| said.cell.state == LinkState::Left).map(|said| &said.cell.to).collect();
        let tellers: BTreeSet<NodeId> = names.filter(|name| !verdict.lost.contains(*name) && !left.contains(name)).cloned().collect();
        for (node, record) in &self.records {
            let ours = self::said(&self.node, record, moment);
            let by = teller::of(&ours, said, &tellers);
            let telling = Telling { by, reason: teller::reason(&ours.cell, nodes, &verdict.findings).map(str::to_owned) };
            let is_new = self.tellings.get(node) != Some(&telling);
            // Where the pipe is full, the next second tries again.
            if is_new && targets::id("link", record.name()).is_some_and(|id| self.surroundings.inlet.telling(id, telling.clone())) {
                self.tellings.insert(*node, telling);
            }
        }
    }

    fn nodes(&self, (now, moment): Now) -> Vec<MeshNode> {
        let us = node_of(self.node.as_str());
        let rows: BTreeMap<Node, (&Row, Duration)> = self.gossip.rows(moment).map(|(node, row, age)| (node, (row, age))).collect();
        let node = |(node, (name, location)): (&Node, &(NodeId, Arc<str>))| {
            let row = rows.get(node);
            let heard = if *node == us { Some(now) } else { row.map(|(_, age)| now - *age) };
            let (stalls, longest_stall) = row.map_or((0, Duration::ZERO), |(row, _)| (row.stalls.into(), row.longest_stall));
            MeshNode { name: name.clone(), location: Arc::clone(location), heard, stalls, longest_stall }
        };
        let mut nodes: Vec<MeshNode> = self.names.iter().map(node).collect();
        nodes.sort_by(|a, b| (&a.location, &a.name).cmp(&(&b.location, &b.name)));
        nodes
    }

    /// Our own view of our links, and that of the others of theirs.
    fn said(&self, (now, moment): Now) -> Vec<Said> {
        let us = node_of(self.node.as_str());
        let names: BTreeMap<Node, NodeId> = self.names.iter().map(|(node, (name, _))| (*node, name.clone())).collect();
        let own = self.records.values().map(|record| said(&self.node, record, moment));
        let rows = self.gossip.rows(moment).filter(|(node, ..)| *node != us);
        let theirs = rows.filter_map(|(node, row, age)| Some(verdict::said_in(row, names.get(&node)?, now - age, &names)));
        own.chain(theirs.flatten()).collect()
    }

    /// What all of it amounts to.
    fn verdict(&self, (now, moment): Now, nodes: &[MeshNode], said: &[Said]) -> Verdict {
        let late = self.records.values().filter_map(|record| record.late(moment)).max();
        let own_stall = late.map(|late| OwnStall { since: now - late, late });
        verdict::of(&View { own: &self.node, nodes, said, now, own_stall })
    }
}

/// What others are told of a link of ours.
fn entry(peer: Node, brief: &Brief, now: Timestamp) -> Entry {
    Entry {
        peer,
        state: brief.state,
        detail: brief.detail,
        since: now.since(brief.since),
        rtt: brief.rtt,
        normal: brief.normal,
        loss_forward: Loss::of(brief.loss_forward),
        loss_reverse: Loss::of(brief.loss_reverse),
    }
}

/// What we see of a link of ours.
fn said(us: &NodeId, record: &Record, moment: Moment) -> Said {
    let Brief { state, detail, since, rtt, normal, loss_forward, loss_reverse } = record.brief(moment);
    let cell = Cell { from: us.clone(), to: record.peer(), state, since, rtt, normal, loss_forward, loss_reverse };
    Said { cell, detail }
}

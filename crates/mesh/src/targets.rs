//! Links as targets: how the pipeline, the judge and the store know them.

use std::collections::BTreeMap;
use std::time::Duration;

use allswell_model::{Alerting, NodeId, Origin, Policy, Target, TargetId, TargetName};

use crate::settings::Settings;

/// Under this group all links stand.
pub const GROUP: &str = "links";

/// The links' own machine has judged already: what it says counts at once. It says something each second.
const POLICY: Policy =
    Policy { every: Duration::from_secs(1), timeout: Duration::from_secs(1), down_after: 1, up_after: 1, recheck: Duration::from_secs(1) };

/// The id of a link's target.
pub(crate) fn id(protocol: &str, peer: &NodeId) -> Option<TargetId> {
    TargetId::new(&format!("{protocol}/{peer}")).ok()
}

/// One target for each link that the settings name; nobody is told of them yet. A name that is too long to be part of another has none.
#[must_use]
pub fn targets(settings: &Settings) -> Vec<Target> {
    let links = settings.peers.iter().map(|peer| ("link", &peer.name));
    let bfd = settings.bfd.iter().map(|peer| ("bfd", &peer.name));
    links.chain(bfd).filter_map(|(protocol, peer)| target(protocol, peer)).collect()
}

fn target(protocol: &'static str, peer: &NodeId) -> Option<Target> {
    Some(Target {
        id: id(protocol, peer)?,
        name: TargetName::new(GROUP, peer.as_str()).ok()?,
        url: format!("{protocol}://{peer}"),
        protocol,
        repeat: format!("allswell link watch {peer}"),
        labels: BTreeMap::new(),
        policy: POLICY,
        alerting: Alerting::default(),
        runbook: None,
        origin: Origin::File { path: String::new(), line: 0 },
    })
}

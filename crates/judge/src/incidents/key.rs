//! What an alert is known by to whoever receives it.

use allswell_model::{AlertKey, AlertKind, ChannelName, IncidentId, NAME_LIMIT, NodeId};

/// Of a name that is too long so much is kept, so that a person still knows it.
const KEPT: usize = 160;

/// The alert of an incident: its number and what it is about.
pub(crate) type Which = (u32, AlertKind);

/// `node-incident-number-kind-channel`. With the kind in it the end of an incident never looks like a repetition of anything else, not even
/// where a full disk and a crash together made us forget that a number was given. Where that is too long, both names are cut and a hash of the whole is added: the
/// same alert has the same key for ever, on every machine.
pub(crate) fn key(node: &NodeId, incident: IncidentId, which: Which, channel: &ChannelName) -> AlertKey {
    let (number, kind) = (which.0, which.1.word());
    let whole = format!("{node}-{incident}-{number}-{kind}-{channel}");
    let key = if whole.len() <= NAME_LIMIT { whole } else { shortened(&whole, node, (incident, which), channel) };
    #[expect(
        clippy::expect_used,
        reason = "two names without control characters, two numbers and dashes, at most 2 x 160 + 61 bytes or the limit"
    )]
    AlertKey::new(&key).expect("a name")
}

fn shortened(whole: &str, node: &NodeId, (incident, (number, kind)): (IncidentId, Which), channel: &ChannelName) -> String {
    format!("{}-{incident}-{number}-{}-{}-{:016x}", cut(node.as_str()), kind.word(), cut(channel.as_str()), hash(whole))
}

fn cut(name: &str) -> &str {
    name.get(..name.floor_char_boundary(KEPT)).unwrap_or(name)
}

/// FNV-1a with 64 bits: std's hashers promise nothing from one version to the next.
fn hash(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

#[cfg(test)]
mod tests;

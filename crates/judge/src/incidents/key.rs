//! What an alert is known by to whoever receives it.

use allswell_model::{AlertKey, ChannelName, IncidentId, NAME_LIMIT, NodeId};

/// Of a name that is too long so much is kept, so that a person still knows it.
const KEPT: usize = 160;

/// `node-incident-number-channel`. Where that is too long, both names are cut and a hash of the whole is added: the
/// same alert has the same key for ever, on every machine.
pub(crate) fn key(node: &NodeId, incident: IncidentId, number: u32, channel: &ChannelName) -> AlertKey {
    let whole = format!("{node}-{incident}-{number}-{channel}");
    let key = if whole.len() <= NAME_LIMIT { whole } else { shortened(&whole, node, (incident, number), channel) };
    #[expect(
        clippy::expect_used,
        reason = "two names without control characters, two numbers and dashes, at most 2 x 160 + 52 bytes or the limit"
    )]
    AlertKey::new(&key).expect("a name")
}

fn shortened(whole: &str, node: &NodeId, (incident, number): (IncidentId, u32), channel: &ChannelName) -> String {
    format!("{}-{incident}-{number}-{}-{:016x}", cut(node.as_str()), cut(channel.as_str()), hash(whole))
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

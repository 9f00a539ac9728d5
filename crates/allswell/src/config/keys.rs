//! Every key of the configuration, in tables: the reader and the reference page are loops over them.
//! The settings of a protocol are not here: they stand where the protocol declares them.

use std::time::Duration;

use allswell_notify::HEARTBEAT_SETTINGS;
use allswell_probe::{Declaration, NETWORK_SETTINGS, PROTOCOLS, SettingKind, SettingSpec};

/// One key.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Key {
    /// snake case
    pub(crate) name: &'static str,
    /// What may stand there.
    pub(crate) takes: Takes,
    /// As it would be typed; `None` when unset means something of its own, which `doc` says.
    pub(crate) default: Option<&'static str>,
    /// One line of reference.
    pub(crate) doc: &'static str,
}

/// What a key takes.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Takes {
    /// One value, a map of texts, or what else a protocol's setting can be.
    Value(SettingKind),
    /// One text, or several.
    Texts,
    /// One of these words, or several.
    Words(&'static [&'static str]),
    /// One expectation in CEL, or several.
    Expectations,
    /// Lists of texts by name.
    TextLists,
    /// A map with these keys.
    Section(&'static [Key]),
    /// A map with settings that another crate declares.
    Declared(&'static [SettingSpec]),
    /// A list of maps with these keys.
    Sections(&'static [Key]),
    /// Ways to send alerts, by a name of the operator's choice: their settings stand where the kinds of channels declare them.
    Channels,
    /// Everything that a target, a group or `defaults` may hold in common.
    Layer,
    /// [`Takes::Layer`], by the group's name.
    Layers,
    /// The targets.
    Targets,
}

const fn key(name: &'static str, takes: Takes, default: Option<&'static str>, doc: &'static str) -> Key {
    Key { name, takes, default, doc }
}

const TEXT: Takes = Takes::Value(SettingKind::Text);
const DAY: Duration = Duration::from_secs(86_400);

const fn duration(least: Duration, most: Duration) -> Takes {
    Takes::Value(SettingKind::Duration(least, most))
}

/// Kept at least an hour, at most a century.
const KEPT: Takes = duration(Duration::from_secs(3600), Duration::from_secs(86_400 * 36_525));

/// The whole file.
pub(crate) static FILE: &[Key] = &[
    key("listen", TEXT, Some("127.0.0.1:8420"), "address and port of the page, the API and the metrics; without a port: 8420"),
    key(
        "allowed_hosts",
        Takes::Texts,
        None,
        "further host names under which browsers may call the page, such as a proxy's; unset: only addresses listened on, `localhost` and the node's name",
    ),
    key("public_url", TEXT, None, "where people find the page, for links in alerts; unset: the address listened on"),
    key("node", Takes::Section(NODE), None, "what this machine is called"),
    key("store", TEXT, None, "the folder of the history; unset: `$STATE_DIRECTORY`, else the user's state folder"),
    key("retention", Takes::Section(RETENTION), None, "how long the history is kept, by its grain"),
    key("tls", Takes::Section(TLS), None, "serves the page by HTTPS; unset: by HTTP"),
    key(
        "access",
        Takes::Sections(ACCESS),
        None,
        "who may look, and who may change something; unset: on loopback everybody, elsewhere whoever knows the token that is printed at the start",
    ),
    key(
        "deny",
        Takes::Texts,
        None,
        "ranges of addresses, such as 10.0.0.0/8, that targets of the API may not reach; unset: this host itself, link-local, multicast",
    ),
    key("links", Takes::Section(LINKS), None, "measures the links between this node and others; unset: none"),
    key("heartbeat", Takes::Declared(HEARTBEAT_SETTINGS), None, "a URL that is called while the watch itself lives"),
    key(
        "include",
        Takes::Texts,
        None,
        "further files, and folders whose *.yaml and *.yml are read in the order of their names; they may hold the keys from here on",
    ),
    key("channels", Takes::Channels, None, "ways to send alerts, by a name of one's own; every file sees those of all files"),
    key("defaults", Takes::Layer, None, "keys for every target of this file and of those that it includes; the nearest file's win"),
    key("groups", Takes::Layers, None, "keys for the targets of a group, by the group's name; every file sees those of all files"),
    key("targets", Takes::Targets, None, "what is probed"),
];

/// What an included file may hold; the other keys of [`FILE`] belong to the first file alone.
pub(crate) static PART: &[&str] = &["include", "channels", "defaults", "groups", "targets"];

/// `tls`
pub(crate) static TLS: &[Key] = &[
    key("certificate", TEXT, None, "the file with the certificate and its chain, in PEM; it must be given"),
    key("key", TEXT, None, "the file with the private key, in PEM; it must be given"),
];

/// One of `access`
pub(crate) static ACCESS: &[Key] = &[
    key("name", TEXT, None, "who it is; it must be given"),
    key(
        "role",
        Takes::Value(SettingKind::Choice(&["viewer", "operator"])),
        Some("viewer"),
        "`viewer` may look, `operator` may also change: read the configuration again, probe, add and remove targets",
    ),
    key("password", Takes::Value(SettingKind::Secret), None, "hashed by `allswell hash password`; or a `token`"),
    key("token", Takes::Value(SettingKind::Secret), None, "hashed by `allswell hash token`; or a `password`"),
];

/// `node`
pub(crate) static NODE: &[Key] = &[
    key("name", TEXT, None, "the name of this node; unset: the host's"),
    key("location", TEXT, None, "a label for where it stands, such as `eu`; unset: none"),
];

/// `retention`
pub(crate) static RETENTION: &[Key] = &[
    key("raw", KEPT, Some("7d"), "single results"),
    key("minutes", KEPT, Some("30d"), "figures of each minute"),
    key("hours", KEPT, Some("400d"), "figures of each hour"),
    key("days", KEPT, Some("1825d"), "figures of each day"),
    key(
        "at_most",
        Takes::Value(SettingKind::Size),
        Some("2GB"),
        "the size of all of it, at least 10MB; the oldest single results go first",
    ),
];

/// Shorter than that is noise of the scheduler; longer is an ordinary probe.
const LINK_EVERY: Takes = duration(Duration::from_millis(10), Duration::from_secs(10));

/// One lost packet is no end, and 50 are.
const LINK_MULTIPLIER: Takes = Takes::Value(SettingKind::Integer(2, 50));

/// `links`
pub(crate) static LINKS: &[Key] = &[
    key(
        "listen",
        Takes::Texts,
        None,
        "where nodes are heard, and packets leave from: at most one address of each family, without a port: 8421; unset: 0.0.0.0:8421 and [::]:8421",
    ),
    key("every", LINK_EVERY, Some("50ms"), "from one packet of a link to the next one"),
    key("multiplier", LINK_MULTIPLIER, Some("3"), "silence for so many intervals ends a session"),
    key("keys", Takes::Sections(LINK_KEYS), None, "secrets that all nodes share; the first signs, all verify"),
    key(
        "full_mesh_up_to",
        Takes::Value(SettingKind::Integer(2, 1_000)),
        Some("32"),
        "up to so many nodes, this one included, each pair has its link",
    ),
    key("neighbours", Takes::Value(SettingKind::Integer(1, 64)), Some("8"), "beyond that each node measures so many others at a time"),
    key("alert", Takes::Texts, None, "the channels that are told of links; unset: none"),
    key(
        "alert_after",
        duration(Duration::ZERO, Duration::from_secs(3600)),
        Some("5s"),
        "a link that is down for less wakes nobody, unless it was down in the minute before as well",
    ),
    key(
        "peers",
        Takes::Sections(LINK_PEERS),
        None,
        "the nodes; the list may be the same on all of them, for each knows its own entry by its name",
    ),
    key("bfd", Takes::Sections(LINK_BFD), None, "routers and others that speak BFD (RFC 5880, single hop)"),
];

/// One of `keys` of `links`
pub(crate) static LINK_KEYS: &[Key] = &[
    key("id", Takes::Value(SettingKind::Integer(0, 255)), None, "its number, which stands in each packet; it must be given"),
    key("secret", Takes::Value(SettingKind::Secret), None, "at least 16 bytes; it must be given"),
];

/// One of `peers` of `links`
pub(crate) static LINK_PEERS: &[Key] = &[
    key("name", TEXT, None, "its `node.name`; it must be given"),
    key("address", TEXT, None, "where it listens, as an address and no name; without a port: 8421; it must be given"),
    key("location", TEXT, None, "where it stands: `podset/rack`, or one word; unset: nowhere"),
];

/// One of `bfd` of `links`
pub(crate) static LINK_BFD: &[Key] = &[
    key("name", TEXT, None, "what it is called here; it must be given"),
    key("address", TEXT, None, "where it is, as an address without a port; it must be given"),
    key("every", LINK_EVERY, Some("300ms"), "from one packet to the next: what we wish to send at and can hear"),
    key("multiplier", LINK_MULTIPLIER, Some("3"), "it is down after so many of its intervals of silence"),
];

/// What only a target may hold.
pub(crate) static TARGET: &[Key] = &[
    key("url", TEXT, None, "what is probed; it must be given, and its scheme says how"),
    key("name", TEXT, None, "what people call it, unique within its group; unset: the URL"),
    key("id", TEXT, None, "what its history is kept under, whatever it is called later; unset: `group/name`"),
    key("group", TEXT, None, "the group it belongs to, one of `groups`"),
    key(
        "each",
        Takes::TextLists,
        None,
        "values by name: one target for each (for each combination, with several names), `{name}` replaced in its keys",
    ),
];

/// What a target, a group and `defaults` may hold, besides the settings of network and protocols. The nearest wins.
pub(crate) static SHARED: &[Key] = &[
    key("every", duration(Duration::from_millis(10), DAY), Some("15s"), "from one probe's start to the next one's"),
    key(
        "timeout",
        duration(Duration::from_millis(1), Duration::from_secs(600)),
        Some("5s"),
        "one deadline over a whole probe, from resolving to the last byte",
    ),
    key("down_after", Takes::Value(SettingKind::Integer(1, 1000)), Some("2"), "failures in a row before the status turns"),
    key("up_after", Takes::Value(SettingKind::Integer(1, 1000)), Some("2"), "successes in a row before it turns back"),
    key(
        "recheck",
        duration(Duration::from_millis(10), DAY),
        Some("2s"),
        "the interval while the last result disagrees with the status; never longer than `every`",
    ),
    key("expect", Takes::Expectations, None, "CEL over the result's fields: all must hold, else the target is down"),
    key("warn", Takes::Expectations, None, "CEL over the result's fields: all must hold, else the target is degraded"),
    key(
        "labels",
        Takes::Value(SettingKind::Map),
        None,
        "labels to tell targets apart, such as `team: web`; those of `defaults`, the group and the target add up",
    ),
    key("runbook", TEXT, None, "a URL, http or https, that says what to do when it is down"),
    key("alert", Takes::Texts, None, "the channels to tell of its troubles, of `channels`; `[]` for nobody; unset: nobody"),
    key(
        "alert_on",
        Takes::Words(ALERT_ON),
        None,
        "the statuses that are troubles to tell of: down, degraded, unknown; unset: down and unknown",
    ),
    key("remind", duration(Duration::from_secs(60), REMIND_AT_MOST), None, "tell again after so long while it lasts; unset: once"),
];

/// What `alert_on` takes.
pub(crate) static ALERT_ON: &[&str] = &["down", "degraded", "unknown"];

/// A month: who wants to be reminded more seldom will not remember.
const REMIND_AT_MOST: Duration = Duration::from_secs(86_400 * 30);

/// A key that a target, a group or `defaults` may hold.
#[derive(Debug, Clone, Copy)]
pub(crate) enum LayerKey {
    /// One of the tables above.
    Own(&'static Key),
    /// One of every protocol's.
    Network(&'static SettingSpec),
    /// The settings of one protocol.
    Protocol(&'static Declaration),
}

impl LayerKey {
    fn name(self) -> &'static str {
        match self {
            Self::Own(key) => key.name,
            Self::Network(spec) => spec.name,
            Self::Protocol(declaration) => declaration.name,
        }
    }
}

/// All keys that a group or `defaults` may hold.
pub(crate) fn shared_keys() -> impl Iterator<Item = LayerKey> {
    let protocols = PROTOCOLS.iter().map(|protocol| LayerKey::Protocol(protocol.declaration()));
    SHARED.iter().map(LayerKey::Own).chain(NETWORK_SETTINGS.iter().map(LayerKey::Network)).chain(protocols)
}

/// All keys that a target may hold.
pub(crate) fn target_keys() -> impl Iterator<Item = LayerKey> {
    TARGET.iter().map(LayerKey::Own).chain(shared_keys())
}

/// A key by its name.
pub(crate) fn find(mut keys: impl Iterator<Item = LayerKey>, name: &str) -> Option<LayerKey> {
    keys.find(|key| key.name() == name)
}

/// The names of keys.
pub(crate) fn names(keys: impl Iterator<Item = LayerKey>) -> Vec<&'static str> {
    keys.map(LayerKey::name).collect()
}

#[cfg(test)]
mod tests;

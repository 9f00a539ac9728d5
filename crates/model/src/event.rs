//! What the store keeps, in one order.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::alert::AlertKind;
use crate::ids::{AlertKey, BootEpoch, ChannelName, IncidentId, NodeId, Seq, TargetId};
use crate::status::{Status, Transition};
use crate::time::Timestamp;

/// Whence and when: carried by every stored result and event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stamp {
    /// Who stored it.
    pub node: NodeId,
    /// The node's label for where it stands; may be empty.
    pub location: Arc<str>,
    /// Which start of the node's store.
    pub boot: BootEpoch,
    /// Its place in the node's one order.
    pub seq: Seq,
    /// When it happened.
    #[serde(rename = "at_us")]
    pub at: Timestamp,
}

/// One entry of the log.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Event {
    /// Whence and when.
    #[serde(flatten)]
    pub stamp: Stamp,
    /// What.
    #[serde(flatten)]
    pub body: EventBody,
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum EventBody {
    /// The program began to watch.
    Started {
        /// Its version.
        version: String,
    },
    /// The program ended in order.
    Stopped,
    /// A target is watched from now on.
    TargetAdded {
        /// Which.
        target: TargetId,
    },
    /// A target is no longer watched.
    TargetRemoved {
        /// Which.
        target: TargetId,
    },
    /// A target's status changed.
    Transition(Transition),
    /// Targets began to be in trouble for one cause.
    IncidentBegan {
        /// Which.
        incident: IncidentId,
        /// The first of its targets.
        target: TargetId,
        /// What its targets have in common.
        status: Status,
        /// The first target's sentence.
        reason: String,
    },
    /// No target is in trouble for this cause any more.
    IncidentEnded {
        /// Which.
        incident: IncidentId,
        /// The first of its targets.
        target: TargetId,
        /// How long it lasted.
        for_ms: u64,
        /// How many targets were in it at most.
        targets: u64,
    },
    /// An alert was taken by the other side, or it was given up.
    AlertEnded {
        /// Which.
        key: AlertKey,
        /// The incident that it tells of.
        incident: IncidentId,
        /// The first target of that.
        target: TargetId,
        /// The way it was sent.
        channel: ChannelName,
        /// What it is about.
        kind: AlertKind,
        /// Whether it was taken.
        delivered: bool,
        /// How often it was tried.
        attempts: u32,
        /// What the other side said, or why it failed last.
        detail: String,
    },
    /// The wall clock was set; times before and after it do not compare.
    ClockJumped {
        /// How far, forward positive.
        by_ms: i64,
    },
    /// The process itself did not run for a while; what would have been probed then was not.
    Stalled {
        /// How long.
        for_ms: u64,
    },
}

impl EventBody {
    /// The target that it is about.
    #[must_use]
    pub fn target(&self) -> Option<&TargetId> {
        match self {
            Self::TargetAdded { target }
            | Self::TargetRemoved { target }
            | Self::IncidentBegan { target, .. }
            | Self::IncidentEnded { target, .. }
            | Self::AlertEnded { target, .. } => Some(target),
            Self::Transition(transition) => Some(&transition.target),
            Self::Started { .. } | Self::Stopped | Self::ClockJumped { .. } | Self::Stalled { .. } => None,
        }
    }
}

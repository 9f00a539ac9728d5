//! What groups transitions by cause: it has a beginning and an end, and somebody is told of it.

use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::ids::{ChannelName, IncidentId, TargetId};
use crate::status::Status;
use crate::time::Timestamp;

/// An incident as it stands; which targets are in it stands with the targets.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Incident {
    /// Known by this for ever.
    pub id: IncidentId,
    /// When the first target's trouble was judged.
    #[serde(rename = "began_us")]
    pub began: Timestamp,
    /// When the last target left it; `None` while it lasts.
    #[serde(rename = "ended_us")]
    pub ended: Option<Timestamp>,
    /// When the last target came to it.
    #[serde(rename = "grew_us")]
    pub grew: Timestamp,
    /// What its targets have in common.
    pub status: Status,
    /// The stage at which they fail, where they do.
    pub stage: Option<String>,
    /// Why.
    pub cause: Option<String>,
    /// Who said so, where that is not the target itself.
    pub said_by: Option<String>,
    /// The sentence of the first.
    pub reason: String,
    /// Whom to tell.
    pub channels: Arc<[ChannelName]>,
    /// Again after so long while it lasts.
    #[serde(rename = "remind_us", with = "micros")]
    pub remind: Option<Duration>,
    /// The first target.
    pub first: TargetId,
    /// How many targets are in it now.
    pub targets: u64,
    /// How many were in it at most.
    pub most: u64,
    /// How many targets the last alert told of.
    pub told_targets: u64,
    /// When the last alert was decided; `None`: nobody was told.
    #[serde(rename = "told_us")]
    pub told: Option<Timestamp>,
    /// How many alerts were decided: the next one's number.
    pub alerts: u32,
}

impl Incident {
    /// Whether it still lasts.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.ended.is_none()
    }
}

/// Durations as whole microseconds.
mod micros {
    use std::time::Duration;

    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    #[expect(clippy::ref_option, reason = "serde's shape")]
    pub(super) fn serialize<S: Serializer>(duration: &Option<Duration>, to: S) -> Result<S::Ok, S::Error> {
        duration.map(|duration| u64::try_from(duration.as_micros()).unwrap_or(u64::MAX)).serialize(to)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Duration>, D::Error> {
        Ok(Option::<u64>::deserialize(from)?.map(Duration::from_micros))
    }
}

//! A link as a result that enters the pipeline like any other.

use std::borrow::Cow;
use std::time::Duration;

use allswell_link::machine::Link;
use allswell_link::time::Moment;
use allswell_model::link::{LinkState, OwnLink};
use allswell_model::{Degradation, DownCause, Measurements, Outcome, ProbeResult, Stage, StageTimes, Timestamp, UnknownCause, Value};

use super::{Now, Record};
use crate::own::Own;
use crate::targets;
use crate::verdict::Detail;

/// The peer says that it hears nothing of us, or we hear nothing of it: packets go one way only.
const ONE_WAY: DownCause = DownCause::new("one_way");

/// A process that is silent for so long is no longer merely busy, and whatever stopped it should be looked at.
const STALLED_IS_DOWN: Duration = Duration::from_secs(5);

/// The peer's kernel answers, and its process has not for long.
const PEER_STALLED: DownCause = DownCause::new("peer_stalled");

/// The peer signs with a key that we do not have.
const WRONG_KEY: UnknownCause = UnknownCause::new("wrong_key");

/// The peer said that it leaves.
const LEFT: UnknownCause = UnknownCause::new("left");

/// The plan has others measure it.
const UNMEASURED: UnknownCause = UnknownCause::new("unmeasured");

impl Record {
    /// What is told of it now; nothing while it is being opened.
    pub(crate) fn result(&self, now: Now, link: &Link) -> Option<ProbeResult> {
        let outcome = self.outcome(now.1)?;
        let reason = self.reason(now.1, link);
        let degraded = matches!(self.state, LinkState::Degraded | LinkState::PeerStalled) && outcome.is_up();
        let degraded = degraded.then(|| Degradation { reason: reason.clone() });
        let rtt = self.figures.as_ref().and_then(|figures| figures.rtt).map(|rtt| rtt.p50);
        Some(ProbeResult {
            target: targets::id("link", &self.name)?,
            started: now.0,
            duration: Duration::ZERO,
            rtt: rtt.filter(|_| outcome.is_up()),
            outcome,
            reason,
            address: Some(self.address.to_string()),
            said_by: None,
            stages: StageTimes::default(),
            measurements: self.measurements(link),
            degraded,
            sub_results: Vec::new(),
        })
    }

    fn outcome(&self, now: Moment) -> Option<Outcome> {
        Some(match self.state {
            LinkState::PeerStalled if self.deaf && self.has_stalled_for_long(now) => unknown(UnknownCause::LOCAL_POLICY),
            LinkState::PeerStalled if self.has_stalled_for_long(now) => Outcome::Down { stage: Stage::REPLY, cause: PEER_STALLED },
            LinkState::Up | LinkState::Degraded | LinkState::PeerStalled => Outcome::Up,
            LinkState::Opening => return None,
            LinkState::SelfStalled => unknown(UnknownCause::OVERLOADED),
            LinkState::Left => unknown(LEFT),
            LinkState::Unmeasured => unknown(UNMEASURED),
            // One of the two ends has the wrong configuration, and nobody knows which.
            LinkState::Down if self.has_wrong_key(now) => unknown(WRONG_KEY),
            LinkState::Down => match self.cause(now).and_then(crate::sentence::Cause::detail) {
                _ if self.own().is_some() => unknown(self.own().map_or(UnknownCause::NO_GATEWAY, Own::cause)),
                Some(Detail::Refused) => Outcome::Down { stage: Stage::REPLY, cause: DownCause::REFUSED },
                Some(Detail::OneWayIn | Detail::OneWayOut) => Outcome::Down { stage: Stage::REPLY, cause: ONE_WAY },
                _ => Outcome::Down { stage: Stage::REPLY, cause: DownCause::TIMED_OUT },
            },
        })
    }

    fn has_stalled_for_long(&self, now: Moment) -> bool {
        self.heard.is_none_or(|heard| now.since(heard) >= STALLED_IS_DOWN)
    }

    fn measurements(&self, link: &Link) -> Measurements {
        let mut measured: Measurements = Vec::new();
        let mut put = |name: &'static str, value: Option<Value>| measured.extend(value.map(|value| (Cow::Borrowed(name), value)));
        let figures = self.figures.as_ref();
        let rtt = figures.and_then(|figures| figures.rtt);
        let (_, detection) = link.pace();
        put("state", Some(Value::Text(self.state.word().to_owned())));
        put("rtt_p50_ms", rtt.map(|rtt| millis(rtt.p50)));
        put("rtt_p90_ms", rtt.map(|rtt| millis(rtt.p90)));
        put("rtt_p99_ms", rtt.map(|rtt| millis(rtt.p99)));
        put("jitter_ms", figures.and_then(|figures| figures.jitter).map(millis));
        put("loss_forward", figures.and_then(|figures| figures.loss_forward).map(Value::Number));
        put("loss_reverse", figures.and_then(|figures| figures.loss_reverse).map(Value::Number));
        put("reordered", figures.map(|figures| whole(figures.counts.reordered)));
        put("duplicates", figures.map(|figures| whole(figures.counts.duplicates)));
        put("session", Some(whole(self.count)));
        put("detection_ms", Some(millis(detection)));
        measured
    }
}

/// The same of a session that tells nothing but whether it stands, and of what of ours keeps it from that.
pub(crate) fn of_session(link: &OwnLink, own: Option<&UnknownCause>, now: Timestamp) -> Option<ProbeResult> {
    let outcome = match link.state {
        LinkState::Up | LinkState::Degraded | LinkState::PeerStalled => Outcome::Up,
        LinkState::Opening => return None,
        LinkState::SelfStalled => unknown(UnknownCause::OVERLOADED),
        LinkState::Left => unknown(LEFT),
        LinkState::Unmeasured => unknown(UNMEASURED),
        LinkState::Down => own.map_or(Outcome::Down { stage: Stage::REPLY, cause: DownCause::TIMED_OUT }, |own| unknown(own.clone())),
    };
    let measurements = vec![
        (Cow::Borrowed("state"), Value::Text(link.state.word().to_owned())),
        (Cow::Borrowed("session"), whole(link.sessions.len() as u64)),
        (Cow::Borrowed("detection_ms"), millis(link.detection)),
    ];
    Some(ProbeResult {
        target: targets::id(link.protocol, &link.peer)?,
        started: now,
        duration: Duration::ZERO,
        outcome,
        reason: link.reason.clone(),
        address: Some(link.address.clone()),
        said_by: None,
        rtt: None,
        stages: StageTimes::default(),
        measurements,
        degraded: None,
        sub_results: Vec::new(),
    })
}

fn unknown(cause: UnknownCause) -> Outcome {
    Outcome::Unknown { stage: Stage::REPLY, cause }
}

fn millis(d: Duration) -> Value {
    Value::Number(d.as_secs_f64() * 1000.0)
}

fn whole(count: u64) -> Value {
    Value::Integer(i64::try_from(count).unwrap_or(i64::MAX))
}

//! The town's last thirty days: results, and the episodes in which a target failed, as the judge would have written them.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use allswell_model::{EventBody, Mark, Policy, Status, Target, Timestamp, Transition};
use allswell_store::{Batch, Standing, Writer};

use crate::Trouble;
use crate::town::{House, Mood};
use crate::weather;

/// A time in which a target was not as it should be.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Episode {
    from: Timestamp,
    to: Timestamp,
    mood: Mood,
}

const MINUTE: Duration = Duration::from_secs(60);
const HOUR: Duration = Duration::from_secs(3_600);
const DAY: Duration = Duration::from_secs(86_400);

/// Nobody watched then, so long before now and for so long.
const AWAY: [(Duration, Duration); 2] =
    [(Duration::from_secs(9 * 86_400), Duration::from_secs(9 * 3_600)), (Duration::from_secs(26 * 60), Duration::from_secs(4 * 60))];

/// When the history begins.
pub(crate) fn begin(now: Timestamp, days: u32) -> Timestamp {
    if days == 0 { now - MINUTE * 15 } else { now - DAY * days }
}

impl Episode {
    /// All of a target's, the oldest first; the last one is its mood of today.
    fn all(house: &House, now: Timestamp) -> Vec<Self> {
        let seed = house.target.id.as_str().bytes().fold(11_u64, |sum, byte| sum.wrapping_mul(131).wrapping_add(u64::from(byte)));
        let mut episodes: Vec<Self> = (0..4_u64)
            .map(|n| {
                let mixed = (seed ^ n.wrapping_mul(0x9e37_79b9)).wrapping_mul(0xbf58_476d_1ce4_e5b9) >> 33;
                let from = now - HOUR * u32::try_from(30 + mixed % 640).unwrap_or(30);
                let mood = if mixed % 5 == 0 { Mood::Unresolved } else { Mood::Refused };
                Self { from, to: from + MINUTE * u32::try_from(4 + mixed % 70).unwrap_or(4), mood }
            })
            .collect();
        episodes.sort_by_key(|episode| episode.from);
        episodes.extend(Self::today(house, now));
        episodes
    }

    fn today(house: &House, now: Timestamp) -> Option<Self> {
        let (_, minutes) = house.mood.status();
        let well = matches!(house.mood, Mood::Well | Mood::Flaky);
        (!well).then(|| Self { from: now - MINUTE * u32::try_from(minutes).unwrap_or(1), to: Timestamp(i64::MAX), mood: house.mood })
    }

    /// The mood that a target has at this time.
    pub(crate) fn lasting(house: &House, at: Timestamp, now: Timestamp) -> Option<Mood> {
        Self::all(house, now).into_iter().rev().find(|episode| (episode.from..episode.to).contains(&at)).map(|episode| episode.mood)
    }
}

/// Writes it: by the target's own interval for the last hour, more seldom before, unless it shall be dense.
pub(crate) fn write(writer: &mut Writer, town: &[House], (now, days): (Timestamp, u32), dense: bool) -> Result<(), Trouble> {
    let first = begin(now, days);
    let targets: Vec<Arc<Target>> = town.iter().map(|house| Arc::new(house.target.clone())).collect();
    writer.targets(&targets, first)?;
    let episodes: Vec<Vec<Episode>> = town.iter().map(|house| Episode::all(house, now)).collect();
    let mut judged = Judged(vec![None; town.len()]);
    let every = Policy::default().every;
    let (mut at, mut maintained) = (first, first);
    while at < now {
        if !AWAY.into_iter().any(|(ago, length)| days > 0 && (now - ago..now - ago + length).contains(&at)) {
            let mood = |episodes: &Vec<Episode>| {
                episodes.iter().rev().find(|episode| (episode.from..episode.to).contains(&at)).map(|episode| episode.mood)
            };
            let moods: Vec<Option<Mood>> = episodes.iter().map(mood).collect();
            let results: Vec<_> = town.iter().zip(&moods).map(|(house, mood)| Arc::new(weather::result(house, at, *mood))).collect();
            let (events, standings) = judged.hear(town, &moods, at);
            writer.append(Batch { results: &results, events: &events, standings: &standings, ..Batch::default() }, at)?;
        }
        let ago = now.since(at);
        at = at
            + if dense || ago <= HOUR {
                every
            } else if ago <= DAY {
                MINUTE
            } else {
                MINUTE * 5
            };
        if at.since(maintained) > HOUR {
            maintained = at;
            writer.maintain(at)?;
        }
    }
    Ok(())
}

/// What each target was seen to be so far.
struct Judged(Vec<Option<Status>>);

impl Judged {
    /// Notes what the results of one moment change.
    fn hear(&mut self, town: &[House], moods: &[Option<Mood>], at: Timestamp) -> (Vec<(Timestamp, EventBody)>, Vec<Standing>) {
        let (mut events, mut standings) = (Vec::new(), Vec::new());
        for ((house, mood), known) in town.iter().zip(moods).zip(&mut self.0) {
            let never = house.mood == Mood::NeverAnswered;
            let status = match mood {
                None => Status::Up,
                Some(Mood::Slow) => Status::Degraded,
                Some(Mood::Unresolved | Mood::NeverAnswered) => Status::Unknown,
                Some(_) => Status::Down,
            };
            if *known == Some(status) {
                continue;
            }
            let mark = if never { Some(Mark::NeverAnswered) } else { (house.mood == Mood::Flaky).then_some(Mark::Suspect) };
            standings.push(standing(house, status, at, mark));
            if !never {
                events.push(turned(house, (known.unwrap_or(Status::Unknown), status), at, *mood));
            }
            *known = Some(status);
        }
        (events, standings)
    }
}

fn standing(house: &House, status: Status, since: Timestamp, mark: Option<Mark>) -> Standing {
    Standing { target: house.target.id.clone(), status, since, marks: mark.into_iter().collect(), incident: None }
}

fn turned(house: &House, (from, to): (Status, Status), at: Timestamp, mood: Option<Mood>) -> (Timestamp, EventBody) {
    let deciding = weather::result(house, at, mood);
    let transition = Transition {
        target: house.target.id.clone(),
        at,
        since: at,
        from,
        to,
        marks: BTreeSet::new(),
        stage: None,
        cause: None,
        reason: deciding.degraded.map_or(deciding.reason, |warned| warned.reason),
        said_by: deciding.said_by,
    };
    (at, EventBody::Transition(transition.because(&deciding.outcome)))
}

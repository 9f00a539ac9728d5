//! What breaks, what each node has to say of it, and how soon.

use std::collections::BTreeSet;

use allswell_model::link::{FindingKind, LinkState};
use rustix::process::Signal;

use crate::picture::Picture;
use crate::role::name;
use crate::world::{Sessions, World, millis, now_us, stands, until};

/// Twice three intervals of 50 ms.
const TWO_DETECTIONS_MS: f64 = 300.0;

/// What a busy machine of two processors may add: the rules of a cut are loaded by a process of its own, which counts too, and so do
/// turns of other builds.
const ALLOWANCE_MS: f64 = 700.0;

/// For so long a node that was too late itself says nothing of a peer whose process is silent. On a busy machine that happens, and what
/// it says then is self stalled.
const LATE_ITSELF_MS: f64 = 2_000.0;

/// A stopped process is watched for ten detection times: it must not be called down in any of them.
const STOPPED_FOR_US: i64 = 1_500_000;

/// And when it runs again, its own word of the others is waited for.
const AWAKE_FOR_US: i64 = 1_000_000;

/// What breaks. Where one node suffers, it is the last one; where a pair does, it is the first two.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Trouble {
    CutCable,
    CutOneWay,
    CutPair,
    StoppedProcess,
    KilledProcess,
    KilledNode,
}

/// What one node has to say of its link to another.
struct Expected {
    pair: (u8, u8),
    state: LinkState,
    /// Of what the last session died.
    cause: Option<&'static str>,
}

impl Trouble {
    pub(crate) const ALL: [Self; 6] =
        [Self::CutCable, Self::CutOneWay, Self::CutPair, Self::StoppedProcess, Self::KilledProcess, Self::KilledNode];

    fn make(self, world: &mut World) {
        let last = world.count;
        match self {
            Self::CutCable => world.hosts.cut(last),
            Self::CutOneWay => world.hosts.cut_one_way(1, 2),
            Self::CutPair => world.hosts.cut_pair(1, 2),
            Self::StoppedProcess => world.node(last).signal(Signal::STOP),
            Self::KilledProcess => world.end(last),
            Self::KilledNode => world.hosts.kill(last),
        }
    }

    fn mend(self, world: &mut World) {
        let last = world.count;
        match self {
            Self::CutCable | Self::CutOneWay | Self::CutPair => world.hosts.restore_all(),
            Self::StoppedProcess => world.node(last).signal(Signal::CONT),
            Self::KilledProcess => world.begin(last),
            Self::KilledNode => world.hosts.revive(last),
        }
    }

    /// All that is to be said; of pairs that are not named, nothing is.
    fn expected(self, count: u8) -> Vec<Expected> {
        let down = |pair, cause| Expected { pair, state: LinkState::Down, cause: Some(cause) };
        let others = 1..count;
        match self {
            Self::CutCable | Self::KilledNode => {
                // A host whose cable is out knows that it is its own.
                let own = if self == Self::KilledNode { "link_down" } else { "silent" };
                others.flat_map(|other| [down((other, count), "silent"), down((count, other), own)]).collect()
            }
            Self::CutOneWay => vec![down((1, 2), "hears_nothing"), down((2, 1), "silent")],
            Self::CutPair => vec![down((1, 2), "silent"), down((2, 1), "silent")],
            Self::StoppedProcess => {
                others.map(|other| Expected { pair: (other, count), state: LinkState::PeerStalled, cause: None }).collect()
            }
            Self::KilledProcess => others.map(|other| down((other, count), "refused")).collect(),
        }
    }

    /// What a node is to find: the kind and of whom, as one line. `None` is of those who cannot know.
    fn finding(self, count: u8, observer: u8) -> Option<Option<String>> {
        let last = name(count);
        let (kind, of) = match self {
            Self::CutCable | Self::KilledNode if observer == count => (FindingKind::OwnNic, last),
            Self::CutCable | Self::KilledNode => (FindingKind::NodeDown, last),
            // Packets still go from the second to the first.
            Self::CutOneWay => (FindingKind::OneWay, format!("{} {}", name(2), name(1))),
            Self::CutPair => (FindingKind::LinkDown, format!("{} {}", name(1), name(2))),
            Self::StoppedProcess | Self::KilledProcess if observer == count => return None,
            Self::StoppedProcess | Self::KilledProcess => (FindingKind::PeerStalled, last),
        };
        Some(Some(format!("{kind:?} {of}")))
    }

    /// Who hears no others while it lasts, and is heard by none.
    fn alone(self, count: u8) -> Option<u8> {
        (!matches!(self, Self::CutOneWay | Self::CutPair)).then_some(count)
    }
}

/// Breaks, looks, mends, looks.
pub(crate) fn pass(world: &mut World, trouble: Trouble) {
    let before = world.until_all_up();
    let expected = trouble.expected(world.count);
    let begun = now_us();
    trouble.make(world);
    let broken = now_us();
    let mut late = BTreeSet::new();
    until(&format!("{trouble:?} at its observers"), || {
        let pairs = expected.iter().map(|expected| expected.pair);
        late.extend(pairs.filter(|pair| world.own(*pair).is_some_and(|own| own.state == LinkState::SelfStalled)));
        expected.iter().find_map(|expected| missing(world, expected))
    });
    let after = |expected: &Expected| world.own(expected.pair).map_or(f64::INFINITY, |own| millis(begun, own.since_us));
    let told: Vec<((u8, u8), f64)> = expected.iter().map(|expected| (expected.pair, after(expected))).collect();
    let first = told.iter().map(|(_, took)| *took).fold(f64::INFINITY, f64::min);
    let last = told.iter().map(|(_, took)| *took).fold(0.0, f64::max);
    until(&format!("{trouble:?} in what the others tell"), || cells_missing(world, trouble, &expected));
    let agreed = now_us();
    until(&format!("the finding of {trouble:?}"), || finding_missing(world, |number| trouble.finding(world.count, number)));
    let found = now_us();
    if trouble == Trouble::StoppedProcess {
        until("looks at a stopped process", || world.not_looked_since(1..world.count, begun + STOPPED_FOR_US));
        assert_eq!(expected.iter().find_map(|expected| missing(world, expected)), None, "{trouble:?} lasts");
    }
    let kept = undisturbed(world, trouble, &before);
    let mended = now_us();
    trouble.mend(world);
    let _ = world.until_all_up();
    let up = now_us();
    until(&format!("the end of {trouble:?} in all findings"), || finding_missing(world, |_| Some(None)));
    println!(
        "{} nodes, {trouble:?}: made in {:.0} ms, told after {first:.0} to {last:.0} ms by {} ends ({} were late themselves), everywhere by \
         gossip within {:.0} ms, found everywhere within {:.0} ms; {kept} ends kept their session; mended, all was up after {:.0} ms, and \
         nothing found any more after {:.0} ms",
        world.count,
        millis(begun, broken),
        expected.len(),
        late.len(),
        millis(begun, agreed),
        millis(begun, found),
        millis(mended, up),
        millis(mended, now_us()),
    );
    for (pair, took) in told {
        let excused = if late.contains(&pair) { LATE_ITSELF_MS } else { 0.0 };
        assert!(took <= TWO_DETECTIONS_MS + ALLOWANCE_MS + excused, "{trouble:?} was told of {pair:?} after {took} ms");
    }
    if trouble == Trouble::StoppedProcess {
        // It draws its first pictures after it was stopped, too.
        until("looks of all", || world.not_looked_since(world.numbers(), mended + AWAKE_FOR_US));
        let after = world.until_all_up();
        assert_eq!(before, after, "a session ended though its process was merely stopped");
    }
}

fn missing(world: &World, expected: &Expected) -> Option<String> {
    let own = world.own(expected.pair);
    let is =
        own.as_ref().is_some_and(|own| own.state == expected.state && own.session.as_ref().err().map(String::as_str) == expected.cause);
    (!is).then(|| format!("{:?} is {own:?}, not {:?} by {:?}", expected.pair, expected.state, expected.cause))
}

/// What those who hear each other do not know yet.
fn cells_missing(world: &World, trouble: Trouble, expected: &[Expected]) -> Option<String> {
    let alone = trouble.alone(world.count);
    let heard = |(from, _): &(u8, u8)| Some(*from) != alone;
    let named = |pair: (u8, u8)| expected.iter().find(|expected| expected.pair == pair).map(|expected| expected.state);
    world.numbers().filter(|number| Some(*number) != alone).find_map(|observer| {
        let picture = world.picture(observer)?;
        let wrong = world.pairs().filter(heard).find(|pair| {
            let state = cell(&picture, *pair);
            named(*pair).map_or_else(|| !state.is_some_and(stands), |wanted| state != Some(wanted))
        });
        wrong.map(|pair| format!("{observer} knows of {pair:?}: {:?}", cell(&picture, pair)))
    })
}

/// Who has not found what it is to find, and nothing else. What a busy machine adds is not looked at: links that are slower than they
/// were, and nodes that were late.
fn finding_missing(world: &World, wanted: impl Fn(u8) -> Option<Option<String>>) -> Option<String> {
    let minor = [FindingKind::LinkDegraded, FindingKind::SelfStalled].map(|kind| format!("{kind:?} "));
    world.numbers().find_map(|number| {
        let wanted: Vec<String> = wanted(number)?.into_iter().collect();
        let found: Vec<String> = world.picture(number)?.findings;
        let is_minor = |finding: &str| minor.iter().any(|minor| finding.starts_with(minor));
        let major: Vec<&String> = found.iter().filter(|finding| !is_minor(finding)).collect();
        (!major.iter().copied().eq(&wanted)).then(|| format!("{number} found {found:?}, not {wanted:?}"))
    })
}

fn cell(picture: &Picture, (from, to): (u8, u8)) -> Option<LinkState> {
    picture.cells.get(&(name(from), name(to))).copied()
}

/// How many ends still have the session that they had, which all have to that were not cut off from the other end.
fn undisturbed(world: &World, trouble: Trouble, before: &Sessions) -> usize {
    let expected = trouble.expected(world.count);
    let is_gone = |pair: (u8, u8)| expected.iter().any(|expected| expected.pair == pair && expected.cause.is_some());
    let is_mute = |number: u8| matches!(trouble, Trouble::KilledProcess | Trouble::StoppedProcess) && number == world.count;
    let kept = before.iter().filter(|(pair, _)| !is_gone(**pair)).filter(|(pair, _)| !is_mute(pair.0));
    let checked = kept.map(|(pair, id)| {
        let own = world.own(*pair).unwrap();
        assert_eq!(own.session.as_ref(), Ok(id), "{trouble:?} ended the session of {pair:?}, which is {own:?}");
    });
    checked.count()
}

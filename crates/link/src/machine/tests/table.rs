//! Every state times every event, written out whole in `table.txt`: what an end is afterwards, which timers are armed and for when, what
//! it sent and told, and why it dropped what it dropped.

use std::fmt::Write;
use std::time::Duration;

use super::end::{BEGIN, End, MS};
use super::peer::{self, BOOT};
use crate::dropped::Dropped;
use crate::happening::Happening;
use crate::ids::{Node, Pair, SessionId};
use crate::machine::Event;
use crate::time::Moment;
use crate::timer::Timer;
use crate::wire::{Farewell, Header, Kind, Probe};

const TABLE: &str = include_str!("table.txt");

const STATES: [&str; 7] = ["closed", "opening", "up-unconfirmed", "up", "up-stalled", "up-draining", "down"];

/// An end in this state, and the moment.
fn end_in(state: &str, us: u64) -> (End, Moment) {
    let (mut end, mut now) = (End::new(Node(us), Node(3 - us), 1), BEGIN);
    if state != "closed" {
        end.handle(now, Event::LinkUp).unwrap();
        now = now + MS;
    }
    match state {
        "up-unconfirmed" => end.handle(now, peer::syn_ack(&end, 21)).unwrap(),
        "up" | "up-stalled" | "up-draining" | "down" => peer::stand(&mut end, now).unwrap(),
        _ => {}
    }
    match state {
        "up-stalled" => now = fire(&mut end, now, &["miss", "answer", "detect"]),
        "down" => now = fire(&mut end, now, &["miss", "detect"]),
        "up-draining" => {
            now = now + 10 * MS;
            end.handle(now, peer::ack(&end, now, (41, BOOT + 1))).unwrap();
        }
        _ => {}
    }
    end.out = Default::default();
    (end, now + MS)
}

/// Lets timers fire when they are due, with words from the kernel between.
fn fire(end: &mut End, mut now: Moment, what: &[&str]) -> Moment {
    for word in what {
        let timer = Timer::ALL.into_iter().find(|timer| format!("{timer:?}").to_lowercase() == *word);
        match (timer, *word) {
            (Some(timer), _) => match end.link.timers.armed(timer) {
                Some(armed) => {
                    // A probe has jitter: it is sent a little late here, so that the table has no chance in it.
                    now = now.max(if timer == Timer::Probe { now + 49 * MS } else { armed.at });
                    assert!(armed.at <= now);
                    end.handle(now, Event::Timeout(armed)).unwrap();
                }
                // Somebody held it, and meanwhile it was cancelled.
                None => end.handle(now, Event::Timeout(cancelled(timer))).unwrap(),
            },
            (None, "answer") => end.handle(now, Event::KernelAnswered).unwrap(),
            (None, "unasked") => end.handle(now, Event::KernelUnasked).unwrap(),
            (None, "refused") => end.handle(now, Event::Refused).unwrap(),
            (None, "late") => now = now + 200 * MS,
            (None, other) => unreachable!("{other}"),
        }
    }
    now
}

fn cancelled(timer: Timer) -> crate::timer::Armed {
    let mut timers = crate::timer::Timers::default();
    timers.arm(timer, BEGIN);
    timers.armed(timer).unwrap()
}

/// When an event was given in the end, and what came of it.
type Given = (Moment, Result<(), Dropped>);

/// An event's name, and how it is given to an end.
type Row = (&'static str, fn(&mut End, Moment) -> Given);

/// All events.
fn events() -> Vec<Row> {
    fn give(end: &mut End, now: Moment, event: Event) -> Given {
        (now, end.handle(now, event))
    }
    fn fires(end: &mut End, now: Moment, what: &[&str]) -> Given {
        (fire(end, now, what), Ok(()))
    }
    fn old(end: &End) -> Pair {
        end.link.pairs()[1].unwrap_or(Pair { ours: SessionId(8), theirs: SessionId(8) })
    }
    vec![
        ("LinkUp", |end, now| give(end, now, Event::LinkUp)),
        ("LinkDown", |end, now| give(end, now, Event::LinkDown)),
        ("Leave", |end, now| give(end, now, Event::Leave)),
        ("Syn, crossing ours", |end, now| give(end, now, peer::syn(end, 31))),
        ("Syn, 100 ms later", |end, now| give(end, now + 100 * MS, peer::syn(end, 31))),
        ("SynAck of ours", |end, now| give(end, now, peer::syn_ack(end, 31))),
        ("SynAck of ours, twice, Miss between", |end, now| {
            let _ = end.handle(now, peer::syn_ack(end, 31));
            let now = fire(end, now, &["answer", "miss"]);
            end.out = Default::default();
            give(end, now, peer::syn_ack(end, 32))
        }),
        ("SynAck of another", |end, now| give(end, now, peer::syn_ack_of_another(end))),
        ("Ack", |end, now| give(end, now, peer::ack(end, now, (31, BOOT)))),
        ("Ack, peer restarted", |end, now| give(end, now, peer::ack(end, now, (31, BOOT + 9)))),
        ("Ack, cookie forged", |end, now| give(end, now, peer::forged_ack(end, now))),
        ("Ack of what stands", |end, now| {
            let pair = end.pair().unwrap_or(old(end));
            give(end, now, peer::ack_of(end, pair))
        }),
        ("Ack of what drains", |end, now| give(end, now, peer::ack_of(end, old(end)))),
        ("Probe", |end, now| give(end, now, peer::probe_now(end, now, 5, Farewell::None))),
        ("Probe, again", |end, now| {
            let _ = end.handle(now, peer::probe_now(end, now, 5, Farewell::None));
            end.out = Default::default();
            give(end, now, peer::probe_now(end, now, 5, Farewell::None))
        }),
        ("Probe, leaving", |end, now| give(end, now, peer::probe_now(end, now, 5, Farewell::Leaving))),
        ("Probe, hears nothing", |end, now| give(end, now, peer::probe_now(end, now, 5, Farewell::HearsNothing))),
        ("Probe of what drains", |end, now| give(end, now, peer::probe(old(end), now, 5, Farewell::None))),
        ("Probe of what drains, leaving", |end, now| give(end, now, peer::probe(old(end), now, 5, Farewell::Leaving))),
        ("Probe of another", |end, now| {
            let pair = Pair { ours: SessionId(8), theirs: SessionId(9) };
            give(end, now, peer::probe(pair, now, 5, Farewell::None))
        }),
        ("Syn timer", |end, now| fires(end, now, &["syn"])),
        ("Probe timer", |end, now| fires(end, now, &["probe"])),
        ("Miss timer", |end, now| fires(end, now, &["miss"])),
        ("Detect timer, kernel never asked", |end, now| fires(end, now, &["detect"])),
        ("Detect timer, kernel silent", |end, now| fires(end, now, &["miss", "detect"])),
        ("Detect timer, kernel answered", |end, now| fires(end, now, &["miss", "answer", "detect"])),
        ("Detect timer, kernel not asked after all", |end, now| fires(end, now, &["miss", "unasked", "detect"])),
        ("Detect timer, port refused", |end, now| fires(end, now, &["refused", "detect"])),
        ("Detect timer, we were late", |end, now| fires(end, now, &["late", "detect"])),
        ("Detect timer, kernels cannot be asked", |end, now| {
            end.may_ask = false;
            fires(end, now, &["miss", "detect"])
        }),
        ("Drain timer", |end, now| fires(end, now, &["drain"])),
        ("KernelAnswered", |end, now| give(end, now, Event::KernelAnswered)),
        ("KernelUnasked", |end, now| give(end, now, Event::KernelUnasked)),
        ("Refused", |end, now| give(end, now, Event::Refused)),
    ]
}

fn armed(end: &End, now: Moment) -> String {
    let until = |timer: Timer, at: Moment| match timer {
        // With jitter.
        Timer::Syn | Timer::Probe => format!("{timer:?}"),
        _ => format!("{timer:?}+{}", Duration::from_nanos(at.0.saturating_sub(now.0)).as_micros() as f64 / 1e3),
    };
    let armed: Vec<_> = Timer::ALL.into_iter().filter_map(|timer| Some(until(timer, end.link.timers.at(timer)?))).collect();
    armed.join(" ")
}

fn sent(end: &mut End) -> String {
    let mut sent: Vec<String> = Vec::new();
    for bytes in end.packets() {
        let header = Header::read(&bytes).unwrap();
        let farewell = Probe::read(&bytes, &header).map_or(Farewell::None, |probe| probe.farewell);
        sent.push(match (header.kind, farewell) {
            (Kind::Probe, Farewell::Leaving) => "Probe(leaving)".into(),
            (Kind::Probe, Farewell::HearsNothing) => "Probe(hears-nothing)".into(),
            (kind, _) => format!("{kind:?}"),
        });
    }
    sent.extend(end.out.questions.drain(..).map(|_| "Question".into()));
    sent.join(" ")
}

fn told(end: &mut End) -> String {
    let heard = end.out.heard.drain(..).count();
    let say = |happening| match happening {
        Happening::Up { initiated, restarted, .. } => {
            format!("Up({}{})", if initiated { "asked" } else { "granted" }, if restarted { ",restarted" } else { "" })
        }
        Happening::Ended { death, .. } => format!("Ended({})", death.word()),
        Happening::PeerStalled { .. } => "PeerStalled".into(),
        Happening::PeerBack { .. } => "PeerBack".into(),
        Happening::SelfStalled { .. } => "SelfStalled".into(),
    };
    let mut told: Vec<String> = end.told().into_iter().map(say).collect();
    if heard > 0 {
        told.insert(0, "heard".into());
    }
    told.join(" ")
}

fn row(state: &str, (name, give): Row, us: u64) -> String {
    let (mut end, now) = end_in(state, us);
    let (now, outcome) = give(&mut end, now);
    let dropped = outcome.err().map_or(String::new(), |why| format!("dropped: {}", why.word()));
    let (is, armed, sent, told) = (end.is(), armed(&end, now), sent(&mut end), told(&mut end));
    format!("{name:<38}| {is:<20}| {armed:<42}| {sent:<38}| {told:<38}| {dropped}").trim_end().to_owned()
}

fn table() -> String {
    let mut table = String::new();
    writeln!(table, "{:<38}| {:<20}| {:<42}| {:<38}| {:<38}|", "event", "then it is", "armed, ms from now", "sent", "told").unwrap();
    for state in STATES {
        writeln!(table, "\n--- {state}").unwrap();
        for event in events() {
            let (lower, higher) = (row(state, event, 1), row(state, event, 2));
            match lower == higher {
                true => writeln!(table, "{lower}").unwrap(),
                false => writeln!(table, "{lower}\n(our number is the higher one)\n{higher}").unwrap(),
            }
        }
    }
    table
}

/// LINK-8, LINK-16, LINK-17, LINK-22 and LINK-30 are rows of it.
#[test]
fn every_state_and_every_event() {
    let actual = table();
    assert!(actual == TABLE, "the table is, or has become:\n{actual}");
    assert!(STATES.iter().all(|state| *state == "down" || end_in(state, 1).0.is() == *state));
}

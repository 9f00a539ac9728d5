//! How late a cut is told beyond the agreed time, at three paces, over a thousand cuts each.

use std::time::Duration;

use crate::child::Running;
use crate::crowd;
use crate::frr::{Frr, Peering, is_installed};
use crate::frr_cuts;
use crate::hosts::{FAR, NEAR, ON_FAR, deaf_to_echo};

/// Interval in milliseconds, how many fall silent side by side, and how many cuts in all.
const PACES: [(u64, u16, u32); 3] = [(10, 2, 1000), (50, 8, 1000), (300, 25, 1000)];

const MULTIPLIER: u64 = 3;

/// FRR takes a second and more to stand again after each cut, so it is cut less often, by more speakers side by side.
const FRR_SPEAKERS: u16 = 10;
const FRR_CUTS: u32 = 200;

/// Where ours listens.
pub(crate) const PORT: u16 = 8421;

/// In nanoseconds: how much later than agreed each cut was told, how soon each session stood, and how much later than agreed each probe came.
#[derive(Default)]
pub(crate) struct Seen {
    cuts: Vec<i64>,
    ups: Vec<i64>,
    gaps: Vec<i64>,
}

pub(crate) fn run() {
    deaf_to_echo(true);
    for pace in PACES {
        told("ours", pace.0, ours(pace));
        if is_installed() {
            told("FRR", pace.0, frr(pace.0));
        }
    }
    deaf_to_echo(false);
}

pub(crate) fn told(who: &str, every: u64, mut seen: Seen) {
    println!("{who}, {every} ms x 3, beyond the agreed time: {}", shown(&mut seen.cuts));
    println!("{who}, up after start: {}", shown(&mut seen.ups));
    if !seen.gaps.is_empty() {
        println!("{who}, probes beyond the interval: {}", shown(&mut seen.gaps));
    }
}

fn frr(every: u64) -> Seen {
    let addresses: Vec<String> = (0..FRR_SPEAKERS).map(|index| frr_cuts::address(index).to_string()).collect();
    let lines: String = addresses.iter().map(|address| format!("address replace {address}/16 dev far0\n")).collect();
    crate::many::batch(&ON_FAR, &lines);
    let peerings: Vec<Peering> = addresses.into_iter().map(|address| (address, None)).collect();
    let _frr = Frr::start(&[], "frr-near", &peerings, every);
    let [count, rounds] = [FRR_SPEAKERS.to_string(), FRR_CUTS.to_string()];
    let [interval, multiplier] = [every, MULTIPLIER].map(|number| number.to_string());
    let far = Running::role(&ON_FAR, &["frr-cuts", &count, &interval, &multiplier, &rounds]);
    heard(far, every)
}

pub(crate) fn ours((every, count, rounds): (u64, u16, u32)) -> Seen {
    let address = format!("{NEAR}:{PORT}");
    let (interval, multiplier) = (every.to_string(), MULTIPLIER.to_string());
    let peers: Vec<String> = (0..count).map(|index| format!("crowd-{index}={FAR}:{}", crowd::PORT + index)).collect();
    let mut words = vec!["node", "near", &address, &interval, &multiplier];
    words.extend(peers.iter().map(String::as_str));
    let mut node = Running::role(&[], &words);
    node.tell("count");
    node.line();
    let (count, rounds) = (count.to_string(), rounds.to_string());
    let far = Running::role(&ON_FAR, &["cuts", "near", &address, &count, &interval, &multiplier, &rounds]);
    heard(far, every)
}

/// What those who fall silent print.
fn heard(mut far: Running, every: u64) -> Seen {
    let mut seen = Seen::default();
    let interval = i64::try_from(Duration::from_millis(every).as_nanos()).unwrap();
    let detection = interval * i64::try_from(MULTIPLIER).unwrap();
    for line in far.lines_until_end() {
        let Some((what, Ok(nanos))) = line.split_once(' ').map(|(what, nanos)| (what, nanos.parse::<i64>())) else {
            println!("  {line}");
            continue;
        };
        match what {
            "cut" => seen.cuts.push(nanos - detection),
            "up" => seen.ups.push(nanos),
            "gap" => seen.gaps.push(nanos - interval),
            _ => panic!("{line}"),
        }
    }
    seen
}

/// Count, least, median, 99 of 100, most; in milliseconds.
fn shown(nanos: &mut [i64]) -> String {
    nanos.sort_unstable();
    let at = |share: usize| {
        #[expect(clippy::cast_precision_loss, reason = "shown with few digits")]
        let ms = nanos[(nanos.len() - 1) * share / 100] as f64 / 1e6;
        ms
    };
    format!("n {}, min {:.3}, p50 {:.3}, p99 {:.3}, max {:.3} ms", nanos.len(), at(0), at(50), at(99), at(100))
}

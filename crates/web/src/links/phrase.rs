//! The figures and sentences of one pair, as short as a cell needs them.

use std::time::Duration;

use allswell_model::Timestamp;
use allswell_model::link::Cell;

use super::look::LinkLook;
use crate::text;

/// Round trips up to so many times the normal one are normal.
const NORMAL: f64 = 1.25;
/// Up to here they are raised,
const RAISED: f64 = 1.6;
/// and up to here they are high; beyond, very high.
const HIGH: f64 = 2.5;

/// So much more than the normal one is normal, too, however short that is: a processor that was asleep adds it.
const NOTHING: Duration = Duration::from_micros(50);

/// How far a round trip is from the pair's own normal, from 0 (normal) to 3 (very high); `None` where one of both is not known.
pub(crate) fn heat(rtt: Option<Duration>, normal: Option<Duration>) -> Option<u8> {
    let longer = rtt?.saturating_sub(normal?);
    Some(match ratio(rtt, normal)? {
        _ if longer <= NOTHING => 0,
        normal if normal <= NORMAL => 0,
        raised if raised <= RAISED => 1,
        high if high <= HIGH => 2,
        _ => 3,
    })
}

/// A round trip in terms of the normal one.
pub(crate) fn ratio(rtt: Option<Duration>, normal: Option<Duration>) -> Option<f64> {
    let (rtt, normal) = (rtt?.as_secs_f64(), normal?.as_secs_f64());
    (normal > 0.0).then(|| rtt / normal)
}

/// How much is lost, from 0 (nothing) to 3 (a tenth or more).
pub(crate) fn loss_level(share: Option<f64>) -> u8 {
    match share {
        Some(some) if some >= 0.1 => 3,
        Some(some) if some >= 0.01 => 2,
        Some(some) if some > 0.0 => 1,
        _ => 0,
    }
}

/// A round trip in milliseconds, in at most four characters where it can be: `0.21`, `4.2`, `31`, `870`, `1.2s`.
pub(crate) fn figure(span: Duration) -> String {
    let micros = span.as_micros();
    match micros {
        0..10 => format!("0.00{micros}"),
        10..1_000 => format!("0.{:02}", micros / 10),
        1_000..10_000 => format!("{}.{}", micros / 1_000, micros % 1_000 / 100),
        10_000..1_000_000 => (micros / 1_000).to_string(),
        1_000_000..10_000_000 => format!("{}.{}s", micros / 1_000_000, micros % 1_000_000 / 100_000),
        _ => format!("{}s", span.as_secs()),
    }
}

/// A round trip with its unit: as [`figure`], or as long ones are said everywhere.
pub(crate) fn took(span: Duration) -> String {
    if span < Duration::from_secs(1) { format!("{} ms", figure(span)) } else { text::took(span) }
}

/// The share that a cell shows below its figure: of the worse way, rounded.
pub(crate) fn loss_figure(cell: &Cell) -> Option<String> {
    let worse = cell.loss_forward.into_iter().chain(cell.loss_reverse).fold(0.0, f64::max);
    (worse > 0.0).then(|| if worse < 0.01 { "<1%".to_owned() } else { format!("{:.0}%", worse * 100.0) })
}

/// All that a cell says, in words: `fra-1 to fra-2: up, 0.21 ms (normal 0.20 ms), no loss`.
pub(crate) fn sentence(cell: &Cell, now: Timestamp) -> String {
    let look = LinkLook::of_cell(cell);
    let (from, to) = (&cell.from, &cell.to);
    match look {
        LinkLook::Up | LinkLook::Degraded => format!("{from} to {to}: {}, {}, {}", look.word(), round_trip(cell), losses(cell)),
        LinkLook::OnlyBack => format!("{from} to {to}: {}, none arrives there,{}", look.word(), lasting(cell, now)),
        LinkLook::OnlyThere => format!("{from} to {to}: {}, none comes back,{}", look.word(), lasting(cell, now)),
        _ => format!("{from} to {to}: {}{}", look.word(), lasting(cell, now)),
    }
}

fn lasting(cell: &Cell, now: Timestamp) -> String {
    format!(" for {}", text::age(now.since(cell.since)))
}

/// `0.21 ms (normal 0.20 ms)`, `0.31 ms, 3.9 times its normal 0.08 ms`
pub(crate) fn round_trip(cell: &Cell) -> String {
    let Some(rtt) = cell.rtt else { return "no round trip yet".to_owned() };
    let said = took(rtt);
    match (cell.normal.map(took), ratio(cell.rtt, cell.normal)) {
        (Some(normal), Some(times)) if times > NORMAL => format!("{said}, {times:.1} times its normal {normal}"),
        (Some(normal), _) => format!("{said} (normal {normal})"),
        (None, _) => format!("{said} (no normal yet)"),
    }
}

/// `no loss`, `2.1% lost there`, `2.1% lost there, 0.4% back`
pub(crate) fn losses(cell: &Cell) -> String {
    let lost = |share: Option<f64>| share.filter(|share| *share > 0.0).map(text::percent);
    match (lost(cell.loss_forward), lost(cell.loss_reverse)) {
        (None, None) if cell.loss_forward.is_none() && cell.loss_reverse.is_none() => "loss not known".to_owned(),
        (None, None) => "no loss".to_owned(),
        (Some(there), None) => format!("{there} lost there"),
        (None, Some(back)) => format!("{back} lost on the way back"),
        (Some(there), Some(back)) => format!("{there} lost there, {back} back"),
    }
}

#[cfg(test)]
mod tests;

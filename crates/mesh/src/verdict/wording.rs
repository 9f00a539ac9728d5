//! How findings name who says so, and how many.

use std::time::Duration;

use allswell_model::link::Cell;
use allswell_model::quantity::spoken;

use crate::sentence::percent;

/// Up to so many names are read; of more, the number says more.
const NAMES: usize = 3;

/// Less is nothing that anybody would call slow.
const SLOWER_BY: Duration = Duration::from_micros(50);

/// `a`, `a and b`, `a, b and c`, `5 nodes`.
pub(super) fn and(names: &[String]) -> String {
    match names {
        [] => "nobody".into(),
        [one] => one.clone(),
        [rest @ .., last] if names.len() <= NAMES => format!("{} and {last}", rest.join(", ")),
        _ => format!("{} nodes", names.len()),
    }
}

/// `1 of 1 node (a)`, `2 of 2 nodes (a, b)`, `4 of 4 nodes`: all those who speak of it.
pub(super) fn nodes_who(names: &[String]) -> String {
    let n = names.len();
    let named = if n <= NAMES { format!(" ({})", names.join(", ")) } else { String::new() };
    format!("{n} of {n} {}{named}", plural(n, "node"))
}

pub(super) fn plural(n: usize, word: &str) -> String {
    if n == 1 { word.into() } else { format!("{word}s") }
}

/// `loses 2 % there and 1 % back`, `takes 31 ms instead of 0.2 ms`, from the side of whoever says so.
pub(super) fn worse(cell: &Cell) -> String {
    let lost = [(cell.loss_forward, &cell.from, &cell.to), (cell.loss_reverse, &cell.to, &cell.from)];
    let lost: Vec<String> = lost
        .into_iter()
        .filter_map(|(share, from, to)| share.filter(|share| *share > 0.0).map(|share| format!("{} from {from} to {to}", percent(share))))
        .collect();
    let slow = cell.rtt.zip(cell.normal).filter(|(rtt, normal)| *rtt > *normal + SLOWER_BY);
    let slow = slow.map(|(rtt, normal)| format!("takes {} instead of {}", spoken(rtt), spoken(normal)));
    let lost = (!lost.is_empty()).then(|| format!("loses {}", lost.join(" and ")));
    let parts: Vec<String> = lost.into_iter().chain(slow).collect();
    if parts.is_empty() { "is worse than it was".into() } else { parts.join(" and ") }
}

//! One cell of the matrix, ready to be shown.

use allswell_model::Timestamp;
use allswell_model::link::{Cell, MeshNode};

use super::look::LinkLook;
use super::phrase;
use crate::percent;
use crate::text;

/// One cell: the colour is its class, the shape its figure's or its state's, and the words are the title.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Shown {
    /// Colour, losses and outline.
    pub(crate) class: String,
    /// All of it in words.
    pub(crate) title: String,
    /// The state's shape and word, where that is not plain up.
    pub(crate) state: Option<(&'static str, String)>,
    /// The round trip, or a count.
    pub(crate) figure: Option<String>,
    /// What is lost, or how many are troubled.
    pub(crate) small: Option<String>,
    /// Where more is told.
    pub(crate) href: Option<String>,
}

impl Shown {
    /// The cell of a pair that is measured.
    pub(crate) fn of(cell: &Cell, is_own: bool, now: Timestamp) -> Self {
        let look = LinkLook::of_cell(cell);
        let passes = matches!(look, LinkLook::Up | LinkLook::Degraded);
        Self {
            class: if passes { passing(cell, look) } else { look.code().to_owned() },
            title: phrase::sentence(cell, now),
            state: (look != LinkLook::Up).then(|| (look.code(), look.word().to_owned())),
            figure: cell.rtt.filter(|_| passes).map(phrase::figure),
            small: phrase::loss_figure(cell).filter(|_| passes),
            href: is_own.then(|| percent::link_path(cell.to.as_str())),
        }
    }

    /// The cell of a pair of which nothing is known.
    pub(crate) fn unmeasured(from: &MeshNode, to: &MeshNode) -> Self {
        Self {
            class: LinkLook::Unmeasured.code().to_owned(),
            title: format!("{} to {}: not measured", from.name, to.name),
            ..Self::default()
        }
    }

    /// The cell of a node with itself: how often its own process was too late.
    pub(crate) fn itself(node: &MeshNode) -> Self {
        let name = &node.name;
        if node.stalls == 0 {
            return Self { class: "itself".to_owned(), title: format!("{name}: its own process was never too late"), ..Self::default() };
        }
        let (count, longest) = (counted(node.stalls), text::took(node.longest_stall));
        let times = if node.stalls == 1 { "once".to_owned() } else { format!("{count} times") };
        Self {
            class: "itself stalls".to_owned(),
            title: format!("{name}: its own process was too late {times}, at most by {longest}"),
            state: Some(("late", "own stalls".to_owned())),
            figure: Some(count),
            ..Self::default()
        }
    }
}

/// The class of a cell with a figure.
fn passing(cell: &Cell, look: LinkLook) -> String {
    let mut class = match (look, phrase::heat(cell.rtt, cell.normal)) {
        (LinkLook::Degraded, heat) => format!("degraded h{}", heat.unwrap_or(0)),
        (_, Some(heat)) => format!("h{heat}"),
        (_, None) => "hx".to_owned(),
    };
    for (way, share) in [('f', cell.loss_forward), ('r', cell.loss_reverse)] {
        let level = phrase::loss_level(share);
        if level > 0 {
            class.push_str(&format!(" {way}{level}"));
        }
    }
    class
}

/// A count in few characters.
fn counted(n: u64) -> String {
    match n {
        0..1_000 => n.to_string(),
        1_000..1_000_000 => format!("{}k", n / 1_000),
        _ => format!("{}M", n / 1_000_000),
    }
}

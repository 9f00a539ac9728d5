use allswell_model::NodeId;
use allswell_model::link::LinkState;

use super::*;
use crate::sample::NOW;

fn cell() -> Cell {
    Cell {
        from: NodeId::new("fra-1").unwrap(),
        to: NodeId::new("fra-2").unwrap(),
        state: LinkState::Up,
        since: NOW - Duration::from_secs(192),
        rtt: Some(Duration::from_micros(210)),
        normal: Some(Duration::from_micros(200)),
        loss_forward: Some(0.0),
        loss_reverse: Some(0.0),
    }
}

#[test]
fn a_cell_is_told_in_one_sentence() {
    let said = |cell: Cell| sentence(&cell, NOW);
    assert_eq!(said(cell()), "fra-1 to fra-2: up, 0.21 ms (normal 0.20 ms), no loss");
    let slow = Cell {
        state: LinkState::Degraded,
        rtt: Some(Duration::from_micros(780)),
        loss_forward: Some(0.021),
        loss_reverse: Some(0.004),
        ..cell()
    };
    assert_eq!(said(slow), "fra-1 to fra-2: degraded, 0.78 ms, 3.9 times its normal 0.20 ms, 2.1% lost there, 0.4% back");
    assert_eq!(
        said(Cell { state: LinkState::Down, rtt: None, ..Cell { loss_forward: None, ..cell() } }),
        "fra-1 to fra-2: one way, none arrives there, for 3 min"
    );
    assert_eq!(said(Cell { state: LinkState::Down, loss_forward: None, loss_reverse: None, ..cell() }), "fra-1 to fra-2: down for 3 min");
    assert_eq!(
        said(Cell { rtt: None, normal: None, loss_forward: None, loss_reverse: None, ..cell() }),
        "fra-1 to fra-2: up, no round trip yet, loss not known"
    );
}

#[test]
fn figures_are_short() {
    for (micros, said) in [
        (4, "0.004"),
        (82, "0.08"),
        (210, "0.21"),
        (4_250, "4.2"),
        (31_900, "31"),
        (870_000, "870"),
        (1_230_000, "1.2s"),
        (31_000_000, "31s"),
    ] {
        assert_eq!(figure(Duration::from_micros(micros)), said);
    }
}

#[test]
fn colour_is_the_distance_from_the_pairs_own_normal() {
    let heat = |rtt: u64, normal: u64| heat(Some(Duration::from_micros(rtt)), Some(Duration::from_micros(normal)));
    assert_eq!(
        [heat(100, 200), heat(250, 200), heat(300, 200), heat(500, 200), heat(501, 200)],
        [Some(0), Some(0), Some(1), Some(2), Some(3)]
    );
    assert_eq!([heat(60, 10), heat(61, 10)], [Some(0), Some(3)], "some microseconds are no distance");
    assert_eq!((heat(100, 0), super::heat(None, Some(Duration::from_secs(1)))), (None, None));
}

#[test]
fn losses_have_three_sizes_and_a_figure_of_the_worse_way() {
    assert_eq!([None, Some(0.0), Some(0.001), Some(0.01), Some(0.1), Some(1.0)].map(loss_level), [0, 0, 1, 2, 3, 3]);
    let of = |there, back| loss_figure(&Cell { loss_forward: there, loss_reverse: back, ..cell() });
    assert_eq!(
        (of(None, Some(0.0)), of(Some(0.004), None), of(Some(0.02), Some(0.21))),
        (None, Some("<1%".to_owned()), Some("21%".to_owned()))
    );
}

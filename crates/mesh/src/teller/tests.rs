use allswell_model::Timestamp;

use super::*;

fn id(name: &str) -> NodeId {
    NodeId::new(name).unwrap()
}

/// `+` up, `~` degraded, `l` left, `s` stalled, `x` down, `k` down by another key, `o` down by our own fault, `i` still opening.
fn state(letter: char) -> LinkState {
    match letter {
        '+' => LinkState::Up,
        '~' => LinkState::Degraded,
        'l' => LinkState::Left,
        's' => LinkState::PeerStalled,
        'x' | 'k' | 'o' => LinkState::Down,
        'i' => LinkState::Opening,
        _ => panic!("no state {letter}"),
    }
}

fn cell(words: &str) -> Cell {
    let [from, letter, to] = words.split(' ').collect::<Vec<_>>()[..] else { panic!("{words}") };
    let state = state(letter.chars().next().unwrap());
    let (since, none) = (Timestamp(0), None);
    Cell { from: id(from), to: id(to), state, since, rtt: none, normal: none, loss_forward: None, loss_reverse: None }
}

fn said(words: &str) -> Said {
    let detail = words.split(' ').nth(1).and_then(|letter| match letter {
        "x" => Some(Detail::Silent),
        "k" => Some(Detail::OtherKeys),
        "o" => Some(Detail::Own),
        _ => None,
    });
    Said { cell: cell(words), detail }
}

/// Who tells of `ours`, where others say this; `us` when we do.
fn teller(ours: &str, others: &[&str], tellers: &[&str]) -> String {
    let others: Vec<Said> = others.iter().map(|words| said(words)).collect();
    let tellers = tellers.iter().map(|name| id(name)).collect();
    of(&said(ours), &others, &tellers).map_or("us".into(), |node| node.to_string())
}

#[test]
fn of_a_dead_node_the_first_that_lost_it_tells() {
    let others = ["b x d", "a x d", "a + c", "b + c"];
    assert_eq!(teller("c x d", &others, &["a", "b"]), "a");
    assert_eq!(teller("c x d", &others, &["b"]), "b", "a cannot tell, or is gone itself");
    assert_eq!(teller("c x d", &others, &[]), "us");
    assert_eq!(teller("b x d", &["a + d", "c x d"], &["a", "c"]), "us", "whoever comes after us waits for us");
}

#[test]
fn of_a_pair_the_first_end_tells() {
    assert_eq!(teller("b x a", &["a x b"], &["a"]), "a");
    assert_eq!(teller("a x b", &["b x a"], &["b"]), "us");
    assert_eq!(teller("b x a", &["a + b"], &["a"]), "us", "it does not know of it");
    assert_eq!(teller("b x a", &["a x c"], &["a"]), "us", "that is another pair");
}

#[test]
fn whoever_sees_less_does_not_tell_of_it() {
    for (ours, theirs, expected) in [
        ("x", "~", "us"),
        ("x", "l", "us"),
        ("x", "i", "us"),
        ("x", "s", "a"),
        ("s", "x", "a"),
        ("l", "x", "a"),
        ("l", "~", "us"),
        ("~", "~", "a"),
        ("+", "x", "us"),
        ("i", "x", "us"),
        // It cannot judge it.
        ("x", "k", "us"),
        ("x", "o", "us"),
        ("k", "k", "a"),
        ("k", "x", "a"),
        ("o", "x", "a"),
    ] {
        assert_eq!(teller(&format!("b {ours} c"), &[&format!("a {theirs} c")], &["a"]), expected, "{ours} {theirs}");
    }
}

fn node(name: &str, location: &str) -> MeshNode {
    MeshNode { name: id(name), location: location.into(), heard: None, stalls: 0, longest_stall: std::time::Duration::ZERO }
}

#[test]
fn of_the_findings_the_largest_that_the_link_is_part_of_is_told() {
    let nodes = [node("a", "x/1"), node("b", "x/1"), node("c", "x/2"), node("d", "x/2"), node("e", "y/1"), node("f", "")];
    // In the order in which findings come, each with the links that it explains, of all those between a, b, c, d, e and f.
    let table: [(FindingKind, &[&str], &[&str]); 9] = [
        (FindingKind::PodsetDown, &["y"], &["a e", "e f"]),
        (FindingKind::RackDown, &["x/2"], &["a c", "a d", "c e", "d f"]),
        (FindingKind::RackToRack, &["x/1", "x/2"], &["a c", "d b"]),
        (FindingKind::NodeDown, &["d"], &["a d", "c d", "f d"]),
        (FindingKind::OwnNic, &["a"], &["a b", "a f"]),
        (FindingKind::OneWay, &["a", "b"], &["a b", "b a"]),
        (FindingKind::LinkDown, &["a", "b"], &["a b", "b a"]),
        (FindingKind::PeerStalled, &["d"], &["a d", "f d"]),
        (FindingKind::LinkDegraded, &["a", "f"], &["a f", "f a"]),
    ];
    let others = ["a b", "a c", "c d", "e f", "f e"];
    for (kind, of, explained) in table {
        let of = of.iter().map(|of| (*of).to_owned()).collect();
        let finding = [Finding { kind, of, sentence: "So it is.".into(), since: Timestamp(0) }];
        let is_told = |ends: &str| reason(&cell(&ends.replace(' ', " x ")), &nodes, &finding).is_some();
        for ends in explained {
            assert!(is_told(ends), "{kind:?} {ends}");
        }
        let told: Vec<&str> = others.into_iter().filter(|ends| is_told(ends) && !explained.contains(ends)).collect();
        let more: &[&str] = match kind {
            FindingKind::PodsetDown => &["f e"],
            FindingKind::OwnNic => &["a c"],
            FindingKind::NodeDown | FindingKind::PeerStalled => &["c d"],
            _ => &[],
        };
        assert!(told.iter().all(|ends| more.contains(ends)), "{kind:?} {told:?}");
    }
    let finding = |kind, of: &str| Finding { kind, of: vec![of.into()], sentence: format!("{kind:?}."), since: Timestamp(0) };
    let both = [finding(FindingKind::RackDown, "x/2"), finding(FindingKind::NodeDown, "d")];
    assert_eq!(reason(&cell("a x d"), &nodes, &both), Some("RackDown."));
    assert_eq!(reason(&cell("c x d"), &nodes, &both), Some("NodeDown."));
    assert_eq!(reason(&cell("a + d"), &nodes, &both), None, "nothing is wrong with it");
}

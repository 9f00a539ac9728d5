use std::collections::BTreeSet;
use std::path::Path;

use allswell_model::link::{FindingKind, LinkState};
use proptest::prelude::*;

use super::*;

const NOW: Timestamp = Timestamp(1_000_000_000);

fn ago(ms: u64) -> Timestamp {
    NOW - Duration::from_millis(ms)
}

/// A picture of a mesh: who stands where, and who says what of whom.
#[derive(Debug, Clone)]
struct Picture {
    own: NodeId,
    nodes: Vec<MeshNode>,
    said: Vec<Said>,
    stall: Option<OwnStall>,
}

impl Picture {
    fn verdict(&self) -> Verdict {
        of(&View { own: &self.own, nodes: &self.nodes, said: &self.said, now: NOW, own_stall: self.stall })
    }

    fn findings(&self) -> Vec<Finding> {
        self.verdict().findings
    }

    fn lines(&self) -> Vec<String> {
        self.findings().iter().map(|f| format!("{:?} {}: {}", f.kind, f.of.join(" "), f.sentence)).collect()
    }
}

fn id(name: &str) -> NodeId {
    NodeId::new(name).unwrap()
}

fn mesh_node(name: &str, location: &str, heard: Option<Timestamp>) -> MeshNode {
    MeshNode { name: id(name), location: location.into(), heard, stalls: 0, longest_stall: Duration::ZERO }
}

/// What a letter of a picture says; `None` where it says nothing.
fn said(from: &str, to: &str, letter: char) -> Option<Said> {
    let (state, detail) = match letter {
        '+' => (LinkState::Up, None),
        '~' | '%' => (LinkState::Degraded, None),
        'x' => (LinkState::Down, Some(Detail::Silent)),
        'u' => (LinkState::Down, Some(Detail::Unasked)),
        'r' => (LinkState::Down, Some(Detail::Refused)),
        'o' => (LinkState::Down, Some(Detail::OneWayOut)),
        'i' => (LinkState::Down, Some(Detail::OneWayIn)),
        'O' => (LinkState::Down, Some(Detail::Own)),
        'k' => (LinkState::Down, Some(Detail::OtherKeys)),
        's' => (LinkState::PeerStalled, None),
        'l' => (LinkState::Left, None),
        '-' => (LinkState::Unmeasured, None),
        _ => return None,
    };
    let ms = |n: u64| Some(Duration::from_millis(n));
    let cell = Cell {
        from: id(from),
        to: id(to),
        state,
        since: ago(10_000),
        rtt: ms(if letter == '~' { 31 } else { 1 }),
        normal: ms(1),
        loss_forward: Some(if letter == '%' { 0.02 } else { 0.0 }),
        loss_reverse: Some(0.0),
    };
    Some(Said { cell, detail })
}

/// A scenario file: `node location` lines, a line `---`, a row for each node (`?` when none came from it), `---`, what is found.
fn read(text: &str) -> (Picture, Vec<String>) {
    let mut parts = text.split("---\n").map(|part| part.lines().filter(|line| !line.starts_with('#') && !line.is_empty()));
    let names: Vec<(&str, &str)> = parts.next().unwrap().map(|line| line.split_once(' ').unwrap_or((line, ""))).collect();
    let rows: Vec<Vec<char>> = parts.next().unwrap().map(|line| line.chars().filter(|c| !c.is_whitespace()).collect()).collect();
    let expected = parts.next().unwrap().map(String::from).collect();
    assert!(rows.len() == names.len() && rows.iter().all(|row| row.len() == names.len()), "a square of {}: {text}", names.len());
    // The node with the star is ours.
    let own = names.iter().find_map(|(name, _)| name.strip_suffix('*')).expect("one is ours");
    let names: Vec<(&str, &str)> = names.iter().map(|(name, place)| (name.trim_end_matches('*'), *place)).collect();
    let mut picture = Picture { own: id(own), nodes: Vec::new(), said: Vec::new(), stall: None };
    for ((name, place), row) in names.iter().zip(&rows) {
        picture.nodes.push(mesh_node(name, place, (!row.contains(&'?')).then_some(ago(500))));
        let cells = names.iter().zip(row).filter_map(|((to, _), letter)| said(name, to, *letter));
        picture.said.extend(cells);
    }
    (picture, expected)
}

#[test]
fn each_picture_gives_what_stands_below_it() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/verdict/scenarios");
    let mut files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    assert!(files.len() >= 30, "{} scenarios", files.len());
    let mut wrong = String::new();
    for file in &files {
        let (picture, expected) = read(&std::fs::read_to_string(file).unwrap());
        let found = picture.lines();
        if found != expected {
            wrong += &format!("{}\n expected {expected:#?}\n found {found:#?}\n", file.file_name().unwrap().display());
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

#[test]
fn a_row_made_before_its_node_was_lost_speaks_for_nobody() {
    // c and d went down 2 s ago; what they said of each other and of us came just before.
    let text = "a* r1\nb r1\nc r2\nd r2\n---\n. + x x\n+ . x x\n+ + . +\n+ + + .\n---\n";
    let (mut picture, _) = read(text);
    for said in &mut picture.said {
        said.cell.since = ago(if said.cell.state == LinkState::Down { 2_000 } else { 60_000 });
    }
    for node in picture.nodes.iter_mut().filter(|node| *node.location == *"r2") {
        node.heard = Some(ago(2_100));
    }
    let found = picture.findings();
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!((found[0].kind, found[0].of.as_slice(), found[0].since), (FindingKind::RackDown, ["r2".to_owned()].as_slice(), ago(2_000)));
    assert_eq!(picture.verdict().lost, BTreeSet::from([id("c"), id("d")]), "what they said is no picture of how they are");
}

#[test]
fn a_row_that_knows_of_the_loss_was_made_after_it() {
    // b no longer hears a and said so to it; by the ages of their rows a's was made a moment earlier.
    let (mut picture, _) = read("a r1\nb r2\nc* r3\n---\n. o +\nx . +\n+ + .\n---\n");
    for said in picture.said.iter_mut().filter(|said| said.cell.state == LinkState::Down) {
        said.cell.since = ago(100);
    }
    picture.nodes[0].heard = Some(ago(102));
    let found: Vec<FindingKind> = picture.findings().iter().map(|found| found.kind).collect();
    assert_eq!(found, [FindingKind::OneWay]);
    // One that does not know of it says nothing of how things are.
    picture.said.retain(|said| (said.cell.from.as_str(), said.cell.to.as_str()) != ("a", "b"));
    picture.said.push(said("a", "b", '+').unwrap());
    let found: Vec<FindingKind> = picture.findings().iter().map(|found| found.kind).collect();
    assert_eq!(found, [FindingKind::LinkDown], "until the next row of a tells more");
}

#[test]
fn a_process_that_ended_is_not_believed_any_more() {
    // c said that it had lost b, and was killed: its kernel answers, and nobody hears it.
    for ended in ["s", "r"] {
        let (mut picture, _) = read(&format!("a* r1\nb r2\nc r3\n---\n. + {ended}\n+ . {ended}\n+ x .\n---\n"));
        for said in picture.said.iter_mut().filter(|said| said.cell.to == id("c")) {
            said.cell.since = ago(2_000);
        }
        picture.nodes[2].heard = Some(ago(2_100));
        let found: Vec<FindingKind> = picture.findings().iter().map(|found| found.kind).collect();
        assert_eq!(found, [FindingKind::PeerStalled], "{ended}");
        assert_eq!(picture.verdict().lost, BTreeSet::from([id("c")]));
        // One end that cannot speak with it is no proof that it is gone.
        picture.said.retain(|said| said.cell.from != id("b"));
        picture.said.push(said("b", "c", '+').unwrap());
        assert_eq!(picture.verdict().lost, BTreeSet::new());
    }
}

#[test]
fn a_word_from_before_does_not_contradict_and_one_that_may_be_renewed_is_waited_for() {
    let (mut picture, _) = read("a*\nb\nc\nd\n---\n. + + x\n+ . + x\n+ + . +\n? ? ? ?\n---\n");
    let down = |picture: &Picture| picture.findings().iter().map(|f| f.kind).collect::<Vec<_>>();
    picture.said.iter_mut().filter(|s| s.cell.state == LinkState::Down).for_each(|s| s.cell.since = ago(1_000));
    // c said half a second after the others lost d that it reaches it: it may have been too early, and d is not accused.
    assert_eq!(down(&picture), [FindingKind::LinkDown; 2]);
    // Its row is too old to say anything, while it is heard: it is waited for.
    picture.nodes[2].heard = Some(ago(20_001));
    assert_eq!(down(&picture), [FindingKind::LinkDown; 2]);
    // It loses d as well.
    picture.nodes[2].heard = Some(ago(0));
    picture.said.iter_mut().filter(|s| s.cell.to == id("d")).for_each(|s| s.cell.state = LinkState::Down);
    assert_eq!(down(&picture), [FindingKind::NodeDown]);
}

#[test]
fn we_say_when_we_were_late_ourselves() {
    let (mut picture, _) = read("a*\nb\n---\n. -\n? ?\n---\n");
    picture.stall = Some(OwnStall { since: ago(100), late: Duration::from_millis(240) });
    assert_eq!(picture.lines(), ["SelfStalled a: We were 240 ms late ourselves, so our own links say nothing."]);
}

#[test]
fn what_is_said_of_strangers_or_of_oneself_is_not_heard() {
    let (mut picture, _) = read("a*\nb\n---\n. +\n+ .\n---\n");
    picture.said.extend([said("a", "z", 'x'), said("z", "a", 'x'), said("a", "a", 'x')].into_iter().flatten());
    assert_eq!(picture.lines(), [] as [&str; 0]);
}

#[test]
fn a_row_becomes_words_with_times_of_our_clock() {
    let entry = |peer| crate::gossip::Entry {
        peer: Node(peer),
        state: LinkState::Down,
        detail: Some(Detail::Silent),
        since: Duration::from_secs(3),
        rtt: Some(Duration::from_millis(1)),
        normal: None,
        loss_forward: crate::gossip::Loss::of(Some(1.0)),
        loss_reverse: crate::gossip::Loss::UNKNOWN,
    };
    let row = Row { entries: vec![entry(2), entry(9)], ..Row::default() };
    let names = BTreeMap::from([(Node(1), id("a")), (Node(2), id("b"))]);
    let said = said_in(&row, &id("a"), ago(500), &names);
    assert_eq!(said.len(), 1, "9 has no name");
    let Said { cell, detail } = &said[0];
    assert_eq!((&cell.from, &cell.to, cell.since, *detail), (&id("a"), &id("b"), ago(3_500), Some(Detail::Silent)));
    assert_eq!((cell.loss_forward, cell.loss_reverse), (Some(1.0), None));
}

/// How a mesh really is, and what is seen of it.
#[derive(Debug, Clone)]
struct Truth {
    /// The rack of each node; 0 is none.
    racks: Vec<u8>,
    hidden: Vec<bool>,
    /// Pairs that the plan leaves out: `unmeasured[a][b]` with `a < b`.
    unmeasured: Vec<Vec<bool>>,
}

fn truth(partial: f64) -> impl Strategy<Value = Truth> {
    (3_usize..=8).prop_flat_map(move |n| {
        let plan = prop::collection::vec(prop::collection::vec(prop::bool::weighted(partial), n), n);
        let racks = prop::collection::vec(0_u8..=3, n);
        (racks, prop::collection::vec(any::<bool>(), n), plan).prop_map(|(racks, hidden, unmeasured)| Truth { racks, hidden, unmeasured })
    })
}

impl Truth {
    /// What is said where `word(a, b)` is how `a` sees `b`. The first node is ours, and always speaks.
    fn seen(&self, word: impl Fn(usize, usize) -> char) -> Picture {
        let name = |i: usize| format!("n{i}");
        let mut picture = Picture { own: id("n0"), nodes: Vec::new(), said: Vec::new(), stall: None };
        for (a, rack) in self.racks.iter().enumerate() {
            let location = if *rack == 0 { String::new() } else { format!("r{rack}") };
            let speaks = a == 0 || !self.hidden[a];
            picture.nodes.push(mesh_node(&name(a), &location, speaks.then_some(ago(500))));
            let others = (0..self.racks.len()).filter(|b| *b != a && !self.unmeasured[a.min(*b)][a.max(*b)]);
            picture.said.extend(others.filter(|_| speaks).filter_map(|b| said(&name(a), &name(b), word(a, b))));
        }
        picture
    }

    fn rack(&self, of: &str) -> Vec<String> {
        let inside = self.racks.iter().enumerate().filter(|(_, rack)| format!("r{rack}") == of);
        inside.map(|(i, _)| format!("n{i}")).collect()
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(600))]

    #[test]
    fn one_cut_link_accuses_nobody_however_little_is_known(mut truth in truth(0.3), ends: (prop::sample::Index, prop::sample::Index)) {
        let n = truth.racks.len();
        let x = ends.0.index(n);
        let y = (x + 1 + ends.1.index(n - 1)) % n;
        // No plan leaves a node a single link: that one cut, it is as good as gone.
        let others = |a: usize| (0..n).filter(|b| *b != a && !truth.unmeasured[a.min(*b)][a.max(*b)]).count();
        if others(x) < 2 || others(y) < 2 {
            truth.unmeasured = vec![vec![false; n]; n];
        }
        let picture = truth.seen(|a, b| if (a.min(b), a.max(b)) == (x.min(y), x.max(y)) { 'x' } else { '+' });
        let both = vec![format!("n{}", x.min(y)), format!("n{}", x.max(y))];
        for found in picture.findings() {
            prop_assert_eq!(found.kind, FindingKind::LinkDown, "{}", found.sentence);
            prop_assert_eq!(&found.of, &both);
        }
    }

    #[test]
    fn only_the_dead_are_said_to_be_down(truth in truth(0.0), dead: u8, old_rows: bool) {
        let n = truth.racks.len();
        // We are alive, and at least one other.
        let is_dead = |i: usize| i > 1 && dead & (1 << i) != 0;
        let mut picture = truth.seen(|a, b| if !is_dead(a) && is_dead(b) { 'x' } else { '+' });
        for (i, node) in picture.nodes.iter_mut().enumerate().filter(|(i, _)| is_dead(*i)) {
            node.heard = (old_rows && !truth.hidden[i]).then_some(ago(10_001));
        }
        let all_speak = (1..n).all(|i| is_dead(i) || !truth.hidden[i]);
        let dead: BTreeSet<String> = (0..n).filter(|i| is_dead(*i)).map(|i| format!("n{i}")).collect();
        let mut named = BTreeSet::new();
        for found in picture.findings() {
            let of: Vec<String> = match found.kind {
                FindingKind::NodeDown => found.of.clone(),
                // All who live stand in one rack: that it is cut off is as true, and simpler.
                FindingKind::RackDown if found.sentence.contains("cut off: its") => {
                    let inside = truth.rack(&found.of[0]);
                    (0..n).map(|i| format!("n{i}")).filter(|node| !inside.contains(node)).collect()
                }
                FindingKind::RackDown => truth.rack(&found.of[0]),
                // Weaker words for what is not known well enough: one of the two is dead indeed.
                FindingKind::LinkDown => found.of.iter().filter(|end| dead.contains(*end)).cloned().collect(),
                FindingKind::RackToRack => {
                    let sides = found.of.iter().map(|rack| truth.rack(rack));
                    sides.filter(|side| side.iter().all(|node| dead.contains(node))).flatten().collect()
                }
                kind => return Err(TestCaseError::fail(format!("{kind:?}: {}", found.sentence))),
            };
            prop_assert!(!of.is_empty() && of.iter().all(|node| dead.contains(node)), "{}", found.sentence);
            prop_assert!(!all_speak || matches!(found.kind, FindingKind::NodeDown | FindingKind::RackDown), "{}", found.sentence);
            named.extend(of);
        }
        prop_assert_eq!(named, dead, "each that is dead is named");
    }

    #[test]
    fn where_all_is_well_nothing_is_found(truth in truth(0.5)) {
        prop_assert_eq!(truth.seen(|_, _| '+').lines(), [] as [&str; 0]);
    }

    #[test]
    fn the_order_of_words_is_nothing(truth in truth(0.3), letters in prop::collection::vec("[+x~%suroi-]", 64), seed: u64) {
        let picture = truth.seen(|a, b| letters[a * 8 + b].chars().next().unwrap());
        let mut shuffled = picture.clone();
        let mix = |i: usize| (i as u64 + 1).wrapping_mul(seed | 1).rotate_left(17);
        let mut order: Vec<usize> = (0..picture.said.len()).collect();
        order.sort_by_key(|i| mix(*i));
        shuffled.said = order.iter().map(|i| picture.said[*i].clone()).collect();
        let mut order: Vec<usize> = (0..picture.nodes.len()).collect();
        order.sort_by_key(|i| mix(*i));
        shuffled.nodes = order.iter().map(|i| picture.nodes[*i].clone()).collect();
        prop_assert_eq!(picture.findings(), shuffled.findings());
        // Whoever hears the same words finds the same, but for what is about itself.
        shuffled.own = id("n1");
        let about_others = |picture: &Picture| {
            let all = picture.findings().into_iter().filter(|f| !f.of.iter().any(|name| name == "n0" || name == "n1"));
            all.map(|f| (f.kind, f.of, f.sentence)).collect::<Vec<_>>()
        };
        prop_assert_eq!(about_others(&picture), about_others(&shuffled));
        for found in picture.findings() {
            let one = found.sentence.ends_with('.') && !found.sentence.contains(". ") && !found.sentence.contains("  ");
            prop_assert!(one, "{}", found.sentence);
        }
    }
}

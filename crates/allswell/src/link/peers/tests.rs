use super::super::told::tests::told;
use super::*;

#[test]
fn findings_stand_above_the_table() {
    insta::assert_snapshot!(report(&told(), Paint::Plain));
}

#[test]
fn a_node_without_links_says_so() {
    let alone = Told { findings: Vec::new(), own: Vec::new(), ..told() };
    assert_eq!(report(&alone, Paint::Plain), "fra-1 measures no links just now.\n");
    assert_eq!(exit(&alone), Exit::Fine);
}

#[test]
fn the_worst_state_is_the_exit_code() {
    let with = |states: &[&str]| {
        let mut told = told();
        let link = told.own.remove(0);
        told.own = states.iter().map(|state| Own { state: (*state).into(), ..link.clone() }).collect();
        exit(&told)
    };
    assert_eq!(with(&["up", "degraded", "left", "peer_stalled"]), Exit::Fine);
    assert_eq!(with(&["up", "opening"]), Exit::Unknown);
    assert_eq!(with(&["self_stalled", "down"]), Exit::Down);
}

#[test]
fn a_peer_that_is_not_there_is_misuse() {
    let told = told();
    assert_eq!(find(&told, "fra-2").unwrap().peer, "fra-2");
    for (peer, hint) in [("fra2", "did you mean `fra-2`?"), ("x", "its links go to fra-2, fra-3")] {
        let Err(Refused::Misuse(mistakes)) = find(&told, peer) else { panic!("{peer} was found") };
        assert_eq!(mistakes, [format!("no link of fra-1 goes to `{peer}`: {hint}")]);
    }
}

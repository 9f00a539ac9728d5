use super::*;
use crate::sample::NOW;
use crate::sample::mesh::mesh;

#[test]
fn each_says_how_long_it_stood_and_of_what_it_died() {
    let links = mesh("node_down", NOW);
    let own = links.own.iter().find(|own| own.peer.as_str() == "db-1").unwrap();
    let told = of(&own.sessions, NOW);
    let words: Vec<_> = told.iter().map(|one| (one.word.as_str(), one.look)).collect();
    assert_eq!(words, [("silence", Look::Down), ("peer restarted", Look::Down), ("path down", Look::Down)]);
    assert_eq!(told[0].sentence.as_deref(), Some("Nothing heard for 150 ms (3 × 50 ms)."));
    assert_eq!(told[0].opened, "asked for by us, stood after 0.62 ms");
    let peaceful = SessionRecord { cause: Some("left"), ..own.sessions[0].clone() };
    let standing = SessionRecord { ended: None, cause: None, ..own.sessions[0].clone() };
    let looks: Vec<_> = of(&[peaceful, standing], NOW).into_iter().map(|one| (one.look, one.lasted.is_some())).collect();
    assert_eq!(looks, [(Look::Paused, true), (Look::Up, false)]);
}

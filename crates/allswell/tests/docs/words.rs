//! The page for 3 am knows every word that the program can say.

use allswell_model::{DownCause, Mark, Stage, Status, UnknownCause};
use allswell_probe::PROTOCOLS;

use crate::read;

const PAGE: &str = "docs/reading-a-page-at-3am.md";

#[test]
fn every_stage_and_cause_has_its_line() {
    let page = read(PAGE);
    let own = PROTOCOLS.iter().flat_map(|protocol| protocol.declaration().words).map(|word| word.0.to_string());
    let stages = Stage::SHARED.iter().map(ToString::to_string);
    let down = DownCause::SHARED.iter().map(ToString::to_string);
    let unknown = UnknownCause::SHARED.iter().map(ToString::to_string);
    for word in stages.chain(down).chain(unknown).chain(own) {
        assert!(page.lines().any(|line| line.starts_with(&format!("| `{word}` |"))), "{PAGE} does not explain `{word}`");
    }
}

#[test]
fn no_word_is_explained_that_the_program_never_says() {
    let page = read(PAGE);
    let known: Vec<String> = [
        Stage::SHARED.iter().map(ToString::to_string).collect::<Vec<_>>(),
        DownCause::SHARED.iter().map(ToString::to_string).collect(),
        UnknownCause::SHARED.iter().map(ToString::to_string).collect(),
        PROTOCOLS.iter().flat_map(|protocol| protocol.declaration().words).map(|word| word.0.to_string()).collect(),
    ]
    .concat();
    for word in page.lines().filter_map(|line| line.strip_prefix("| `")?.split_once("` |")).map(|(word, _)| word) {
        assert!(known.iter().any(|known| known == word), "{PAGE} explains `{word}`, which is no stage and no cause");
    }
}

#[test]
fn every_status_and_mark_is_explained() {
    let page = read(PAGE);
    for status in Status::ALL {
        assert!(page.contains(&format!("| {status} |")), "{status}");
    }
    for mark in [Mark::Suspect, Mark::Stale, Mark::NeverAnswered] {
        let word = serde_json::to_value(mark).unwrap().as_str().unwrap().replace('_', " ");
        assert!(page.contains(&format!("*{word}*")), "{word}");
    }
}

#[test]
fn every_state_of_a_link_is_explained() {
    let page = read("docs/links.md");
    for state in allswell_model::link::LinkState::ALL {
        assert!(page.lines().any(|line| line.starts_with(&format!("| `{}` |", state.word()))), "{state:?}");
    }
}

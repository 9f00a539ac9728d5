use std::collections::BTreeSet;

use super::VARIABLES;
use crate::{document, sample};

#[test]
fn each_key_of_the_document_is_told_and_no_other() {
    let document = document::of(&sample::letters().unwrap()[0]);
    let keys: BTreeSet<_> = document.as_object().unwrap().keys().map(String::as_str).collect();
    let told: BTreeSet<_> = VARIABLES.iter().map(|(name, _)| *name).collect();
    assert_eq!(keys, told);
    let (_, targets) = VARIABLES.last().unwrap();
    for key in document["targets"][0].as_object().unwrap().keys() {
        assert!(targets.contains(&format!("`{key}`")), "{key}");
    }
}

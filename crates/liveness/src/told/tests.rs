//! No two streams share a word, and none is kept for nobody.

use std::collections::BTreeSet;

use super::*;

#[test]
fn each_has_a_word_of_its_own_that_says_nothing() {
    let told: Vec<Told> = (0..2 * WORDS + 7).map(|_| Told::new()).collect();
    let places: BTreeSet<*const AtomicU32> = told.iter().map(|told| &raw const **told).collect();
    assert_eq!(places.len(), told.len());
    assert!(told.iter().all(|told| told.load(Ordering::Acquire) == 0));
}

#[test]
fn a_word_that_comes_again_says_nothing() {
    // Other tests take words meanwhile, so a certain one is waited for among many.
    let first = Told::new();
    first.store(7, Ordering::Release);
    let place = &raw const *first;
    let word = first.word();
    assert_eq!(word.load(Ordering::Acquire), 7);
    drop(first);
    let again: Vec<Told> = (0..2 * WORDS).map(|_| Told::new()).collect();
    assert!(again.iter().all(|told| told.load(Ordering::Acquire) == 0));
    assert!(again.iter().any(|told| std::ptr::eq(&raw const **told, place)) || word.load(Ordering::Acquire) == 0);
}

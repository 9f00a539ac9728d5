use super::Terms;
use crate::bfd::packet::Micros;

fn holds(terms: &Terms) -> (u32, u32) {
    (terms.sends.0, terms.hears.0)
}

fn terms() -> Terms {
    Terms::new(Micros(50), Micros(50))
}

#[test]
fn what_costs_nobody_patience_holds_at_once() {
    let mut terms = terms();
    assert!(terms.tell(Micros(20), Micros(80), true));
    assert_eq!(holds(&terms), (20, 80));
    assert!(terms.ask(), "and is told all the same");
}

#[test]
fn what_does_holds_once_it_was_answered() {
    let mut terms = terms();
    assert!(terms.tell(Micros(80), Micros(20), true));
    for _ in 0..3 {
        assert_eq!(holds(&terms), (50, 50));
        assert!(terms.ask());
    }
    terms.answered();
    assert_eq!(holds(&terms), (80, 20));
    assert!(!terms.ask());
}

#[test]
fn an_answer_to_an_older_question_is_none_to_a_newer_one() {
    let mut terms = terms();
    terms.tell(Micros(80), Micros(50), true);
    assert!(terms.ask());
    terms.tell(Micros(90), Micros(50), true);
    assert!(terms.ask());
    terms.answered();
    assert_eq!(holds(&terms), (50, 50), "it may have been to the first");
    assert!(!terms.ask(), "one packet asks nothing");
    terms.answered();
    assert!(terms.ask(), "and what comes before the new question does not answer it");
    assert_eq!(holds(&terms), (50, 50));
    terms.answered();
    assert_eq!(holds(&terms), (90, 50));
    assert!(!terms.is_polling());
}

#[test]
fn taken_back_before_it_was_answered() {
    let mut terms = terms();
    terms.tell(Micros(80), Micros(50), true);
    terms.tell(Micros(40), Micros(50), true);
    assert_eq!(holds(&terms), (40, 50));
}

#[test]
fn the_same_again_is_nothing_new() {
    let mut terms = terms();
    assert!(!terms.tell(Micros(50), Micros(50), true));
    assert!(!terms.is_polling());
}

#[test]
fn what_is_not_up_has_no_patience_to_lose() {
    let mut terms = terms();
    terms.tell(Micros(80), Micros(20), true);
    assert!(terms.tell(Micros(1000), Micros(20), false));
    assert_eq!((holds(&terms), terms.is_polling()), ((1000, 20), false));
}

#[test]
fn an_answer_that_nobody_asked_for_changes_nothing() {
    let mut terms = terms();
    terms.answered();
    assert_eq!((holds(&terms), terms.is_polling()), ((50, 50), false));
    terms.tell(Micros(80), Micros(50), true);
    terms.answered();
    assert_eq!((holds(&terms), terms.is_polling()), ((50, 50), true), "nothing was asked yet");
}

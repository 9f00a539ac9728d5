//! The whole table: every status, every row that can be under way with `down_after` and `up_after` of 2, every result.

use allswell_model::{Policy, Status, Timestamp};

use super::*;

/// Before: the results since the last one that the status agreed with. c clean, w warned, d down, n nothing.
/// After each of the four next results: the status (u up, g degraded, n unknown, d down), and `?` where it is suspect.
const TABLE: &str = "
    status    before | c   w   d   n
    up        -      | u   u?  u?  u?
    up        w      | u   g   u?  u?
    up        d      | u   u?  d   u?
    up        n      | u   u?  u?  n
    up        w n    | u   g   u?  n
    up        d n    | u   u?  d   n
    up        w d    | u   u?  d   u?
    up        d w    | u   g   u?  u?
    degraded  -      | g?  g   g?  g?
    degraded  c      | u   g   g?  g?
    degraded  d      | g?  g   d   g?
    degraded  n      | g?  g   g?  n
    degraded  c n    | u   g   g?  n
    degraded  d n    | g?  g   d   n
    degraded  c d    | g?  g   d   g?
    degraded  d c    | u   g   g?  g?
    down      -      | d?  d?  d   d?
    down      c      | u   u?  d   d?
    down      w      | u   g   d   d?
    down      n      | d?  d?  d   n
    down      c n    | u   u?  d   n
    down      w n    | u   g   d   n
    unknown   -      | u   g   n?  n
    unknown   d      | u   g   d   n
    unknown   n      | u   g   n?  n
    unknown   d n    | u   g   d   n
    unknown   n n    | u   g   n?  n
";

fn says(letter: &str) -> Says {
    match letter {
        "c" => Says::Clean,
        "w" => Says::Warned,
        "d" => Says::Down,
        "n" => Says::Nothing,
        other => panic!("no result {other}"),
    }
}

fn status(word: &str) -> Status {
    match word {
        "u" | "up" => Status::Up,
        "g" | "degraded" => Status::Degraded,
        "n" | "unknown" => Status::Unknown,
        "d" | "down" => Status::Down,
        other => panic!("no status {other}"),
    }
}

/// The rows after a result that the status agrees with, and then these.
fn rows(settled: Status, before: &[&str]) -> Rows {
    let mut rows = Rows::default();
    let agreeing = match settled {
        Status::Up => "c",
        Status::Degraded => "w",
        Status::Down => "d",
        _ => "n",
    };
    // As many as decided the status, at times that the rows under way cannot be mistaken for.
    (0..2).for_each(|at| rows.add(says(agreeing), Timestamp(at), 2));
    before.iter().zip(10..).for_each(|(letter, at)| rows.add(says(letter), Timestamp(at), 2));
    rows
}

#[test]
fn the_whole_table() {
    let policy = Policy { down_after: 2, up_after: 2, ..Policy::default() };
    let mut checked = 0;
    for line in TABLE.lines().filter(|line| line.contains('|')).skip(1) {
        let (left, right) = line.split_once('|').unwrap();
        let left: Vec<&str> = left.split_whitespace().filter(|word| *word != "-").collect();
        let (from, before) = left.split_first().unwrap();
        for (letter, cell) in ["c", "w", "d", "n"].iter().zip(right.split_whitespace()) {
            let mut rows = rows(status(from), before);
            rows.add(says(letter), Timestamp(99), policy.down_after);
            let to = next(status(from), &rows, &policy).map_or(status(from), |(to, _)| to);
            let shown = format!("{}{}", &cell[..1], if agrees(to, says(letter)) { "" } else { "?" });
            assert_eq!((to, shown.as_str()), (status(&cell[..1]), cell), "{line}, then {letter}");
            checked += 1;
        }
    }
    assert_eq!(checked, 27 * 4);
}

#[test]
fn since_is_the_start_of_the_first_result_that_decided() {
    let policy = Policy { down_after: 3, up_after: 2, ..Policy::default() };
    let decided = |from: Status, letters: &str| {
        let mut rows = Rows::default();
        letters.split_whitespace().zip(1..).for_each(|(letter, at)| rows.add(says(letter), Timestamp(at), policy.down_after));
        next(from, &rows, &policy)
    };
    for (from, letters, expected) in [
        (Status::Up, "c d d d", Some((Status::Down, 2))),
        (Status::Up, "c d d", None),
        (Status::Up, "d c d d d", Some((Status::Down, 3))),
        (Status::Up, "c d n d n d", Some((Status::Down, 2))),
        (Status::Up, "c d d n n n", Some((Status::Unknown, 4))),
        (Status::Up, "c d d n n n d", None),
        (Status::Up, "c w w w", Some((Status::Degraded, 2))),
        (Status::Up, "w w c w w", None),
        (Status::Degraded, "w c c", Some((Status::Up, 2))),
        (Status::Down, "d c c", Some((Status::Up, 2))),
        (Status::Down, "d w c", Some((Status::Up, 2))),
        (Status::Down, "d w w", Some((Status::Degraded, 2))),
        (Status::Down, "d c n c", Some((Status::Up, 2))),
        (Status::Unknown, "n c", Some((Status::Up, 2))),
        (Status::Unknown, "n w", Some((Status::Degraded, 2))),
        (Status::Unknown, "d d d", Some((Status::Down, 1))),
        (Status::Paused, "c", Some((Status::Up, 1))),
    ] {
        assert_eq!(decided(from, letters), expected.map(|(to, at)| (to, Timestamp(at))), "{from}: {letters}");
    }
}

#[test]
fn zero_is_taken_as_one() {
    let policy = Policy { down_after: 0, up_after: 0, ..Policy::default() };
    assert_eq!(next(Status::Up, &Rows::default(), &policy), None);
    let mut rows = Rows::default();
    rows.add(Says::Down, Timestamp(7), 0);
    assert_eq!(next(Status::Up, &rows, &policy), Some((Status::Down, Timestamp(7))));
    rows.add(Says::Nothing, Timestamp(8), 0);
    assert_eq!(next(Status::Down, &rows, &policy), Some((Status::Unknown, Timestamp(8))));
}

use std::sync::Arc;

use allswell_model::DownCause;
use proptest::prelude::*;

use super::*;
use crate::samples::{T0, any_result, at, down, id, tcp_up};

fn entry(encoder: &mut Encoder, result: &ProbeResult, kept: &Kept) -> Vec<u8> {
    let mut out = Vec::new();
    encoder.encode(result, kept, &mut Work::default(), &mut out);
    out
}

#[test]
fn what_repeats_costs_little() {
    let mut encoder = Encoder::default();
    let sizes: Vec<usize> = (0..10).map(|n| entry(&mut encoder, &tcp_up("t", at(n), 300 + n), &Kept::default()).len()).collect();
    assert!(sizes[0] < 80 && sizes[9] < 10, "{sizes:?}");
}

#[test]
fn an_amendment_makes_the_row_before_whole_and_no_other() {
    let (mut encoder, mut chunk) = (Encoder::default(), Chunk::default());
    let failures = [down("t", at(0), DownCause::REFUSED), down("t", at(1), DownCause::REFUSED)];
    for (seq, failure) in (1..).zip(&failures) {
        chunk.push(seq, &entry(&mut encoder, failure, &Kept::default()), T0);
    }
    let amends = Kept { whole: false, amends: Some(Arc::new(failures[1].clone())) };
    chunk.push(3, &entry(&mut encoder, &tcp_up("t", at(2), 300), &amends), T0);
    chunk.push(4, &entry(&mut encoder, &tcp_up("t", at(3), 300), &Kept::default()), T0);
    let rows = chunk.rows().unwrap();
    let whole: Vec<bool> = rows.iter().map(|row| row.shape.is_whole()).collect();
    assert_eq!(whole, [false, true, false, false]);
    assert_eq!(rows.result(&id("t"), rows.row(1).unwrap()).unwrap(), failures[1]);
    assert_eq!(rows.result(&id("t"), rows.row(3).unwrap()).unwrap().rtt, tcp_up("t", at(3), 300).rtt);
}

#[test]
fn an_entry_without_the_one_it_follows_is_malformed() {
    let mut encoder = Encoder::default();
    entry(&mut encoder, &tcp_up("t", at(0), 300), &Kept::default());
    let mut chunk = Chunk::default();
    chunk.push(2, &entry(&mut encoder, &tcp_up("t", at(1), 300), &Kept::default()), T0);
    assert!(chunk.rows().is_err());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn a_changed_chunk_is_read_or_refused(results in prop::collection::vec(any_result(), 1..6), changes in prop::collection::vec((any::<usize>(), any::<u8>()), 0..4), cut in any::<usize>()) {
        let (mut encoder, mut chunk) = (Encoder::default(), Chunk::default());
        for (seq, result) in (1..).zip(&results) {
            chunk.push(seq, &entry(&mut encoder, result, &Kept { whole: seq % 2 == 0, amends: None }), T0);
        }
        let mut bytes = chunk.bytes.clone();
        for (place, to) in changes {
            let place = place % bytes.len();
            bytes[place] = to;
        }
        bytes.truncate(cut % bytes.len() + 1);
        if let Ok(rows) = decode(&bytes) {
            rows.iter().for_each(|row| drop(rows.result(&id("t"), row)));
        }
    }
}

use std::sync::Arc;

use proptest::prelude::*;

use super::*;
use crate::chunk::{Chunk, Encoder, Work};
use crate::samples::{T0, any_result, as_kept, at, id, tcp_up};
use crate::{Kept, ReadError, keep};
use allswell_model::ProbeResult;

/// The rows of these results, every `whole`th kept whole, every `reset`th standing alone.
fn rows(results: &[ProbeResult], whole: usize, reset: usize) -> Rows {
    let (mut chunk, mut encoder, mut work) = (Chunk::default(), Encoder::default(), Work::default());
    for (n, result) in results.iter().enumerate() {
        if n % reset == 0 {
            encoder.reset();
        }
        let mut entry = Vec::new();
        encoder.encode(result, &keep::Kept { whole: n % whole == 0, amends: None }, &mut work, &mut entry);
        chunk.push(n as u64 * 3 + 1, &entry, T0);
    }
    chunk.rows().unwrap()
}

fn kept(rows: &Rows) -> Result<Vec<Kept>, ReadError> {
    let stamp = |seq| allswell_model::Stamp {
        node: allswell_model::NodeId::new("n").unwrap(),
        location: Arc::from(""),
        boot: allswell_model::BootEpoch(1),
        seq: allswell_model::Seq(seq),
        at: T0,
    };
    rows.iter().map(|row| Ok(Kept { stamp: stamp(row.seq), result: rows.result(&id("t"), row)?, whole: row.shape.is_whole() })).collect()
}

fn assert_same(rows: &Rows, results: &[ProbeResult]) {
    let kept = kept(rows).unwrap();
    assert_eq!(kept.len(), results.len());
    for (n, (kept, result)) in kept.iter().zip(results).enumerate() {
        assert_eq!(kept.result, as_kept(result, kept));
        assert_eq!(kept.stamp.seq.0, n as u64 * 3 + 1);
    }
}

#[test]
fn a_block_of_calm_results_is_small() {
    let results: Vec<_> = (0..240).map(|n| tcp_up("t", at(n), 300 + (n * 7919) % 64)).collect();
    let size = encode(&rows(&results, 1000, 1000)).len();
    assert!(size < 240 * 5 / 2, "{size} bytes");
}

#[test]
fn an_empty_block_returns() {
    assert_eq!(decode(&encode(&Rows::default())).unwrap().len(), 0);
}

#[test]
fn a_later_version_is_refused() {
    let mut block = vec![2];
    varint::seal(&mut block);
    assert_eq!(decode(&block).err(), Some(Malformed("block: its version is not known")));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_results_return(results in prop::collection::vec(any_result(), 1..30), whole in 1usize..4, reset in 1usize..10) {
        let rows = rows(&results, whole, reset);
        assert_same(&rows, &results);
        assert_same(&decode(&encode(&rows)).unwrap(), &results);
    }

    #[test]
    fn blocks_join(first in prop::collection::vec(any_result(), 1..20), second in prop::collection::vec(any_result(), 1..20)) {
        let mut joined = decode(&encode(&rows(&first, 2, 5))).unwrap();
        joined.extend(&rows(&second, 2, 3)).unwrap();
        let joined = decode(&encode(&joined)).unwrap();
        let kept = kept(&joined).unwrap();
        for (kept, result) in kept.iter().zip(first.iter().chain(&second)) {
            prop_assert_eq!(&kept.result, &as_kept(result, kept));
        }
        prop_assert_eq!(kept.len(), first.len() + second.len());
    }

    #[test]
    fn a_shortened_or_changed_block_is_an_error(results in prop::collection::vec(any_result(), 1..10), cut in any::<usize>(), bit in any::<usize>()) {
        let block = encode(&rows(&results, 2, 5));
        prop_assert!(decode(&block[..cut % block.len()]).is_err());
        let mut changed = block.clone();
        changed[bit / 8 % block.len()] ^= 1 << (bit % 8);
        prop_assert!(decode(&changed).is_err());
    }

    /// The checksum keeps such blocks out; what is behind it must stand all the same.
    #[test]
    fn a_changed_block_with_a_right_checksum_does_not_panic(results in prop::collection::vec(any_result(), 1..10), changes in prop::collection::vec((any::<usize>(), any::<u8>()), 1..5)) {
        let mut block = encode(&rows(&results, 2, 5));
        block.truncate(block.len() - 4);
        for (at, to) in changes {
            let at = at % block.len();
            block[at] = to;
        }
        varint::seal(&mut block);
        if let Ok(rows) = decode(&block) {
            let _ = kept(&rows);
        }
    }

    #[test]
    fn any_bytes_are_read_or_refused(mut bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = decode(&bytes);
        bytes.insert(0, VERSION);
        varint::seal(&mut bytes);
        let _ = decode(&bytes).map(|rows| kept(&rows));
    }
}

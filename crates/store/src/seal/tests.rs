use allswell_model::DownCause;
use rusqlite::Connection;

use super::*;
use crate::samples::{Sample, as_kept, at, down, id, tcp_up};

fn count(store: &Sample, what: &str) -> i64 {
    store.writer.connection.query_row(&format!("SELECT count(*) FROM {what}"), [], |row| row.get(0)).unwrap()
}

fn seqs(store: &Sample) -> Vec<u64> {
    store.reader.results(&id("a"), None, 10_000).unwrap().results.iter().rev().map(|kept| kept.stamp.seq.0).collect()
}

#[test]
fn chunks_become_blocks_and_the_tail_stays_short() {
    let mut store = Sample::new();
    for n in 0..1000 {
        store.results(&[tcp_up("a", at(n), 300 + n)], at(n));
    }
    assert!((3..7).contains(&count(&store, "blocks")), "{}", count(&store, "blocks"));
    assert!(count(&store, "tail") <= 301);
    assert_eq!(seqs(&store), (1..=1000).collect::<Vec<_>>());
    let store = store.reopened(at(1000));
    assert_eq!(seqs(&store), (1..=1000).collect::<Vec<_>>());
    let page = store.reader.results(&id("a"), None, 1000).unwrap();
    for (n, kept) in page.results.iter().rev().enumerate() {
        assert_eq!(kept.result, as_kept(&tcp_up("a", at(n as u64), 300 + n as u64), kept));
    }
}

#[test]
fn pages_go_through_chunk_and_blocks() {
    let mut store = Sample::new();
    for n in 0..700 {
        store.results(&[tcp_up("a", at(n), 300)], at(n));
    }
    let (mut before, mut seen) = (None, Vec::new());
    loop {
        let page = store.reader.results(&id("a"), before, 33).unwrap();
        seen.extend(page.results.iter().map(|kept| kept.stamp.seq.0));
        let Some(next) = page.next else { break };
        before = Some(next);
    }
    assert_eq!(seen, (1..=700).rev().collect::<Vec<_>>());
}

#[test]
fn a_slow_target_keeps_the_tail_short_and_joins_its_blocks() {
    let mut store = Sample::new();
    for n in 0..300 {
        store.results(&[tcp_up("a", at(n * 60), 300)], at(n * 60));
    }
    assert!(count(&store, "tail") <= 8, "{}", count(&store, "tail"));
    assert!(count(&store, "blocks") <= 3, "{}", count(&store, "blocks"));
    assert_eq!(seqs(&store), (1..=300).collect::<Vec<_>>());
}

#[test]
fn the_last_of_a_failure_is_whole_even_where_a_block_ends() {
    let mut store = Sample::new();
    for n in 0..240 {
        store.results(&[down("a", at(n), DownCause::REFUSED)], at(n));
    }
    store.results(&[tcp_up("a", at(240), 300)], at(240));
    let page = store.reader.results(&id("a"), None, 1000).unwrap();
    let whole: Vec<_> = page.results.iter().rev().enumerate().filter(|(_, kept)| kept.whole).map(|(n, _)| n).collect();
    assert_eq!((whole.first(), whole.last()), (Some(&0), Some(&239)));
    assert!(count(&store, "blocks") >= 1 && whole.len() <= 7, "{whole:?}");
}

#[test]
fn blocks_of_any_density_fill_their_pages() {
    assert_eq!(
        [1.0, 2.5, 4.0, 6.0, 8.0, 17.0, 40.0].map(|density: f64| next_full(200, (200.0 * density) as usize)),
        [300, 176, 231, 154, 236, 224, 95]
    );
}

#[test]
fn a_file_of_blocks_has_little_air() {
    let mut store = Sample::new();
    for n in 0..300 {
        let results: Vec<_> = (0..100).map(|m| tcp_up("a", at(n * 100 + m), (n * 104_729 + m * 7919) % 100_000)).collect();
        store.results(&results, at(n * 100));
    }
    let connection: &Connection = &store.writer.connection;
    let pages = "SELECT count(*), sum(unused) FROM dbstat WHERE name = 'blocks' AND pagetype = 'leaf'";
    let (pages, air): (i64, i64) = connection.query_row(pages, [], |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
    assert!(pages > 10 && air < pages * 4096 / 6, "{air} bytes in {pages} pages");
}

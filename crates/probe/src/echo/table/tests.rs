//! What is ours, and what is not.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::Wake;

use allswell_os::error_queue::{QueuedError, Said};

use super::*;

const TARGET: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(10, 0, 0, 5));
const OTHER: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(10, 0, 0, 6));

#[derive(Default)]
struct Woken(AtomicUsize);

impl Wake for Woken {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}

/// A table with one run of so many packets, all sent.
fn sent(packets: usize) -> (Table, u32, Token, Instant) {
    let mut table = Table::new(100);
    let (slot, token) = table.begin(TARGET, packets).unwrap();
    let now = Instant::now();
    for _ in 0..packets {
        table.sending(slot, now);
    }
    (table, slot, token, now)
}

fn reply(token: &Token, sequence: u16) -> Reply<'_> {
    Reply { from: TARGET, id: 1, sequence, payload: token, hop_limit: Some(60), received: None }
}

fn complaint(payload: &[u8], sequence: u16, to: IpAddr) -> Complaint<'_> {
    let said = QueuedError { errno: 0, said: Said::Icmp, kind: 3, code: 13, offender: Some(OTHER) };
    Complaint { said, mtu: 0, to, id: 1, sequence, payload }
}

fn after(begun: Instant, ms: u64) -> Instant {
    begun + Duration::from_millis(ms)
}

#[test]
fn a_reply_is_counted_once_and_then_as_a_duplicate() {
    let (mut table, slot, token, begun) = sent(2);
    table.reply(&reply(&token, sequence(slot, 1)), after(begun, 7));
    table.reply(&reply(&token, sequence(slot, 0)), after(begun, 9));
    table.reply(&reply(&token, sequence(slot, 1)), after(begun, 11));
    let tally = table.end(slot, &token).unwrap();
    assert_eq!((tally.sent, tally.received(), tally.duplicates, tally.hop_limit), (2, 2, 1, Some(60)));
    assert_eq!((tally.times.least(), tally.times.most()), (Duration::from_millis(7), Duration::from_millis(9)));
}

#[test]
fn nothing_but_the_whole_token_makes_a_reply_ours() {
    let (mut table, slot, token, begun) = sent(1);
    for at in 0..TOKEN {
        let mut forged = token;
        forged[at] ^= 1;
        table.reply(&reply(&forged, sequence(slot, 0)), begun);
    }
    for wrong in [sequence(slot, 1), sequence(slot + 1, 0), 0xffff] {
        table.reply(&reply(&token, wrong), begun);
    }
    let short = Reply { payload: &token[..TOKEN - 1], ..reply(&token, sequence(slot, 0)) };
    table.reply(&short, begun);
    assert_eq!(table.end(slot, &token).unwrap().received(), 0);
}

#[test]
fn a_reply_from_elsewhere_is_said_and_not_counted() {
    let (mut table, slot, token, begun) = sent(1);
    table.reply(&Reply { from: OTHER, ..reply(&token, sequence(slot, 0)) }, begun);
    let tally = table.end(slot, &token).unwrap();
    assert_eq!((tally.received(), tally.impostor), (0, Some(OTHER)));
}

#[test]
fn a_reply_to_a_run_that_ended_is_nobodys() {
    let (mut table, slot, token, begun) = sent(1);
    table.end(slot, &token).unwrap();
    let (again, other) = table.begin(TARGET, 1).unwrap();
    table.sending(again, begun);
    assert_eq!(again, slot, "slots are used again");
    table.reply(&reply(&token, sequence(slot, 0)), begun);
    assert_eq!(table.end(slot, &token), None, "and cannot be ended by who had them before");
    assert_eq!(table.end(again, &other).unwrap().received(), 0);
}

#[test]
fn an_error_needs_the_token_as_far_as_it_quotes_it() {
    for quoted in [TOKEN, TOKEN - 3, 4, 2, 0] {
        let (mut table, slot, token, _) = sent(1);
        let mut forged = token;
        *forged.iter_mut().take(quoted).next_back().unwrap_or(&mut 0) ^= 1;
        if quoted >= 4 {
            table.complaint(&complaint(&forged[..quoted], sequence(slot, 0), TARGET));
            assert!(!table.has_come(slot, Wanted::Anything, Waker::noop()), "{quoted}");
        }
        if quoted < TOKEN {
            table.complaint(&complaint(&token[..quoted], sequence(slot, 0), OTHER));
            assert!(!table.has_come(slot, Wanted::Anything, Waker::noop()), "{quoted}: about another target");
        }
        table.complaint(&complaint(&token[..quoted], sequence(slot, 0), TARGET));
        assert_eq!(table.end(slot, &token).unwrap().objection.map(|it| it.said.code), Some(13), "{quoted}");
    }
}

#[test]
fn a_short_quote_finds_its_run_among_those_with_the_same_number() {
    let mut table = Table::new(10_000);
    let runs: Vec<(u32, Token)> = (0..5_000).map(|_| table.begin(OTHER, 1).unwrap()).collect();
    let (slot, token) = table.begin(TARGET, 1).unwrap();
    for (slot, _) in runs.iter().chain([&(slot, token)]) {
        table.sending(*slot, Instant::now());
    }
    table.complaint(&complaint(&[], sequence(slot, 0), TARGET));
    assert!(table.end(slot, &token).unwrap().objection.is_some());
    assert!(runs.iter().all(|(slot, token)| table.end(*slot, token).unwrap().objection.is_none()));
}

#[test]
fn who_waits_is_woken_by_what_it_waits_for() {
    let (mut table, slot, token, begun) = sent(2);
    let woken = Arc::new(Woken::default());
    let waker = Waker::from(Arc::clone(&woken));
    assert!(!table.has_come(slot, Wanted::Anything, &waker));
    table.reply(&reply(&token, sequence(slot, 0)), begun).unwrap().wake();
    assert!(table.has_come(slot, Wanted::Anything, &waker));
    assert!(!table.has_come(slot, Wanted::Everything, &waker));
    assert!(table.reply(&reply(&token, sequence(slot, 0)), begun).is_none(), "a duplicate wakes nobody");
    table.complaint(&complaint(&token, sequence(slot, 1), TARGET)).unwrap().wake();
    assert!(table.has_come(slot, Wanted::Everything, &waker));
    assert_eq!(woken.0.load(Ordering::Relaxed), 2);
}

#[test]
fn what_was_not_sent_is_not_waited_for() {
    let (mut table, slot, token, begun) = sent(3);
    table.not_sent(slot);
    table.reply(&reply(&token, sequence(slot, 0)), begun);
    table.reply(&reply(&token, sequence(slot, 1)), begun);
    assert!(!table.has_come(slot, Wanted::Everything, Waker::noop()), "the third is still to be sent");
    table.no_more(slot);
    assert!(table.has_come(slot, Wanted::Everything, Waker::noop()));
    assert_eq!(table.end(slot, &token).unwrap().sent, 2);
}

#[test]
fn a_full_table_refuses_and_has_room_again() {
    let mut table = Table::new(2);
    let (slot, token) = table.begin(TARGET, 1).unwrap();
    table.begin(TARGET, 1).unwrap();
    assert_eq!(table.begin(TARGET, 1), None);
    table.end(slot, &token).unwrap();
    assert!(table.begin(TARGET, 1).is_some());
    assert_eq!(table.len(), 2);
}

#[test]
fn more_than_65535_are_told_apart() {
    let mut table = Table::new(100_000);
    let now = Instant::now();
    let runs: Vec<(u32, Token)> = (0..100_000).map(|_| table.begin(TARGET, 1).unwrap()).collect();
    for (slot, _) in &runs {
        table.sending(*slot, now);
    }
    for (slot, token) in runs.iter().step_by(2) {
        table.reply(&reply(token, sequence(*slot, 0)), now);
    }
    let received = |n: usize, (slot, token): &(u32, Token), table: &mut Table| {
        assert_eq!(table.end(*slot, token).unwrap().received(), u32::from(n.is_multiple_of(2)));
    };
    runs.iter().enumerate().for_each(|(n, run)| received(n, run, &mut table));
    assert_eq!(table.len(), 0);
}

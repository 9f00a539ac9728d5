//! The four sockets of a situation, held against its row.

use std::time::{Duration, Instant};

use allswell_liveness::{Events, Verdict};

use crate::lab::Four;
use crate::reading::{self, ErrorFirst};
use crate::row::Row;
use crate::{verdict, wait};

/// Reads the four sockets and compares with the row.
pub(crate) fn check(key: &str, sockets: Four) {
    compare(key, sockets, &[]);
}

/// Waits for errors or ends that come at once; then as [`check`].
pub(crate) fn check_after(key: &str, sockets: Four, events: Events) {
    wait::events(&sockets, events);
    compare(key, sockets, &[]);
}

/// Waits for the end of each socket, counted from `begun`; then as [`check`].
pub(crate) fn check_ends(key: &str, sockets: Four, begun: Instant) {
    let waited = wait::ends(&sockets, begun, Duration::from_secs(20));
    compare(key, sockets, &waited);
}

/// Lets nothing happen for as long as the row says, counted from `begun`; then as [`check`].
pub(crate) fn check_quiet(key: &str, sockets: Four, begun: Instant) {
    let seconds = Row::of(key).cell("waited").parse().unwrap();
    wait::quiet(&sockets, begun, Duration::from_secs_f64(seconds));
    compare(key, sockets, &[begun.elapsed()]);
}

/// Tells all columns that differ at once.
#[expect(clippy::print_stdout, reason = "what was measured is shown when a row differs, and by --nocapture")]
fn compare(key: &str, four: Four, waited: &[Duration]) {
    let row = Row::of(key);
    assert!(std::env::args().any(|test| test.contains(&format!("::{}", row.prefix()))), "{key} is the row of another test");
    let Four { sockets: [a, b, asked, _], live } = four;
    // A verdict on somebody else's socket takes nothing: what is read of it afterwards is as if nobody had asked.
    let borrowed = Verdict::of_borrowed(&a).unwrap();
    let (before, after) = (verdict::before_reading(&asked), verdict::after_reading(live));
    let first = ErrorFirst::read(&a);
    let order_b = reading::peek_first(&b);
    let [sent_a, sent_b] = reading::sends([&a, &b]);
    let columns = [
        ("epoll", &first.epoll),
        ("state", &first.state),
        ("peername", &first.peername),
        ("SO_ERROR", &first.so_error),
        ("peek", &first.peek),
        ("order B", &order_b),
        ("epoll after", &first.epoll_after),
        ("sends", &sent_a),
        ("sends", &sent_b),
        ("error queue", &first.error_queue),
        ("verdict", &before),
        ("verdict", &after),
    ];
    let mut differ: Vec<String> = columns.iter().filter_map(|(column, read)| row.differs(column, read)).collect();
    differ.extend(row.differs_in_time(waited));
    differ.extend(verdict::differs_when_borrowed(&row, borrowed.state));
    println!("{}: waited {waited:?}, {before}: {}", row.name, borrowed);
    assert!(differ.is_empty(), "{}\n  {}", row.name, differ.join("\n  "));
}

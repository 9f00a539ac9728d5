//! Within an incident alerts arrive in the order in which they were decided, whatever fails.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};

use allswell_testkit::server::Server;
use allswell_testkit::server::site::Answer;

use crate::memory::alert;
use crate::watch::{Watch, hooks, until};

#[test]
fn resolved_never_overtakes_its_firing() {
    // Every third request fails at first sight.
    let count = AtomicUsize::new(0);
    let server =
        Server::http(move |_| if count.fetch_add(1, Ordering::SeqCst).is_multiple_of(3) { Answer::status(500) } else { Answer::ok("") });
    let watch = Watch::new(hooks(&[("a", &server.url("http"))]));
    for number in 0..4 {
        watch.outbox.put((0..6).map(|incident| alert("a", incident, number)));
    }
    until("all are delivered", || {
        watch.forward(std::time::Duration::from_millis(50));
        watch.outbox.delivered().len() == 24
    });
    let mut next: BTreeMap<String, u32> = BTreeMap::new();
    for key in watch.outbox.delivered() {
        let parts: Vec<&str> = key.split('-').collect();
        let number: u32 = parts[2].parse().unwrap();
        let expected = next.entry(parts[1].to_owned()).or_default();
        assert_eq!(number, *expected, "{key}");
        *expected += 1;
    }
}

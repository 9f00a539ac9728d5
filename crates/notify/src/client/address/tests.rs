use std::time::{Duration, Instant};

use super::Lookup;
use crate::client::place::Place;

fn run<F: Future>(future: F) -> F::Output {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(future)
}

fn soon() -> Instant {
    Instant::now() + Duration::from_secs(10)
}

#[test]
fn an_address_is_not_looked_up_and_the_hosts_file_is() {
    let lookup = Lookup::of(&Place::read("http://127.0.0.9:81/").unwrap());
    assert_eq!(run(lookup.addresses(soon())), Ok(vec!["127.0.0.9:81".parse().unwrap()]));
    let lookup = Lookup::of(&Place::read("http://localhost:81/").unwrap());
    let found = run(lookup.addresses(soon())).unwrap();
    assert!(found.iter().all(|address| address.ip().is_loopback() && address.port() == 81) && !found.is_empty(), "{found:?}");
}

#[test]
fn what_was_told_last_stands_in_for_a_dead_resolver() {
    let lookup = Lookup::of(&Place::read("http://localhost:81/").unwrap());
    let known = vec!["127.0.0.7".parse().unwrap()];
    let (tell, asking) = tokio::sync::watch::channel(None);
    {
        let mut shared = super::lock(&lookup.shared);
        shared.known.clone_from(&known);
        shared.asking = Some(asking);
    }
    tell.send_replace(Some(Err("The name localhost cannot be resolved.".into())));
    assert_eq!(run(lookup.addresses(soon())), Ok(vec!["127.0.0.7:81".parse().unwrap()]));
    super::lock(&lookup.shared).known.clear();
    assert_eq!(run(lookup.addresses(soon())), Err("The name localhost cannot be resolved.".into()));
}

#[test]
fn a_lookup_that_hangs_is_not_waited_for_beyond_the_deadline_nor_doubled() {
    let lookup = Lookup::of(&Place::read("http://localhost:81/").unwrap());
    let (tell, asking) = tokio::sync::watch::channel(None);
    super::lock(&lookup.shared).asking = Some(asking);
    let begun = Instant::now();
    let told = run(lookup.addresses(begun + Duration::from_millis(100)));
    assert_eq!(told, Err("The name localhost was not resolved in time.".into()));
    assert!(begun.elapsed() < Duration::from_secs(5));
    assert!(super::lock(&lookup.shared).asking.is_some(), "still the same one is waited for");
    drop(tell);
}

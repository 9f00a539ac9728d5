use std::sync::atomic::{AtomicUsize, Ordering};

use futures_util::future::join_all;
use tokio::sync::Notify;

use super::*;

type Under = Flights<&'static str, usize, ()>;

fn begin(begun: &Arc<AtomicUsize>, gate: &Arc<Notify>) -> BoxFuture<'static, usize> {
    let (begun, gate) = (Arc::clone(begun), Arc::clone(gate));
    async move {
        let number = begun.fetch_add(1, Ordering::SeqCst) + 1;
        gate.notified().await;
        number
    }
    .boxed()
}

#[tokio::test]
async fn many_share_one_wait() {
    let (flights, begun, gate) = (Under::default(), Arc::default(), Arc::default());
    let waits: Vec<_> = (0..100).map(|_| flights.join(&"name", (), || begin(&begun, &gate)).0).collect();
    gate.notify_one();
    assert!(join_all(waits).await.iter().all(|number| *number == 1));
    assert_eq!((begun.load(Ordering::SeqCst), flights.count()), (1, 0));
}

#[tokio::test]
async fn who_leaves_does_not_end_it_for_the_others() {
    let (flights, begun, gate) = (Under::default(), Arc::default(), Arc::default());
    let (mut first, ()) = flights.join(&"name", (), || begin(&begun, &gate));
    assert!(futures_util::poll!(&mut first).is_pending());
    let (second, ()) = flights.join(&"name", (), || begin(&begun, &gate));
    drop(first);
    gate.notify_one();
    assert_eq!(second.await, 1);
}

#[tokio::test]
async fn a_wait_that_all_have_left_is_gone() {
    let (flights, begun, gate) = (Under::default(), Arc::<AtomicUsize>::default(), Arc::default());
    let (mut wait, ()) = flights.join(&"name", (), || begin(&begun, &gate));
    assert!(futures_util::poll!(&mut wait).is_pending());
    assert_eq!(Arc::strong_count(&begun), 2);
    drop(wait);
    assert_eq!((Arc::strong_count(&begun), flights.count()), (1, 0), "nothing of it is left");
}

use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt, duplex};
use tokio::time::interval;

use super::*;

const LIMIT: Duration = Duration::from_secs(1);

/// Whether a write of 100 kB is given up on a peer that takes so many bytes at each beat of 20 ms.
async fn is_dropped(sip: usize) -> bool {
    let (near, mut far) = duplex(8 * 1024);
    let sipping = tokio::spawn(async move {
        let (mut cup, mut beat) = (vec![0; sip], interval(Duration::from_millis(20)));
        while far.read(&mut cup).await.is_ok_and(|read| read > 0) {
            beat.tick().await;
        }
    });
    let written = Patient::new(near, LIMIT).write_all(&[7; 100_000]).await;
    sipping.await.unwrap();
    written.is_err()
}

#[tokio::test]
async fn who_sips_is_dropped_and_who_drinks_slowly_is_not() {
    // A step in the limit takes 320 bytes at a beat.
    assert!(is_dropped(10).await);
    assert!(!is_dropped(4 * 1024).await);
}

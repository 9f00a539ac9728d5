//! What is taken at once, and what comes back with time.

use super::*;

fn taken(bucket: &mut Bucket, now: Moment, tries: u32) -> u64 {
    (0..tries).map(|_| u64::from(bucket.take(now))).sum()
}

#[test]
fn a_full_bucket_gives_ten_and_then_one_each_50_ms() {
    let (mut bucket, begin) = (Bucket::default(), Moment(1_000_000_000));
    assert_eq!(taken(&mut bucket, begin, 1_000), AT_ONCE);
    assert_eq!(taken(&mut bucket, begin + ONE_EACH - Duration::from_nanos(1), 1_000), 0);
    assert_eq!(taken(&mut bucket, begin + ONE_EACH, 1_000), 1);
    assert_eq!(taken(&mut bucket, begin + ONE_EACH * 4, 1_000), 3);
}

#[test]
fn rest_fills_it_up_and_no_further() {
    let (mut bucket, begin) = (Bucket::default(), Moment(0));
    assert_eq!(taken(&mut bucket, begin, 1_000), AT_ONCE);
    assert_eq!(taken(&mut bucket, begin + Duration::from_hours(1), 1_000), AT_ONCE);
}

/// LINK-14.
#[test]
fn a_flood_gets_the_same_as_a_patient_peer() {
    let (mut bucket, mut given) = (Bucket::default(), 0);
    for ms in 0..10_000 {
        given += taken(&mut bucket, Moment(0) + Duration::from_millis(ms), 5);
    }
    assert_eq!(given, AT_ONCE + 9_999 / 50);
}

use proptest::prelude::*;

use super::*;

fn any_rollup() -> impl Strategy<Value = Rollup> {
    (prop::array::uniform4(0u64..1000), prop::array::uniform5(0u64..100_000), prop::collection::vec(0u64..1 << 40, 0..50)).prop_map(
        |([up, degraded, down, unknown], [up_ms, degraded_ms, down_ms, unknown_ms, paused_ms], rtts)| {
            let mut rtt = Sketch::default();
            rtts.into_iter().for_each(|micros| rtt.add_micros(micros));
            Rollup {
                counts: Counts { up, degraded, down, unknown },
                time: Times { up_ms, degraded_ms, down_ms, unknown_ms, paused_ms },
                rtt,
            }
        },
    )
}

#[test]
fn uptime_is_of_what_was_observed() {
    let time = Times { up_ms: 90, degraded_ms: 5, down_ms: 5, unknown_ms: 100, paused_ms: 0 };
    assert_eq!((time.uptime(), time.coverage()), (Some(0.95), 0.5));
    assert_eq!((Times::default().uptime(), Times::default().coverage()), (None, 0.0));
}

proptest! {
    #[test]
    fn rollups_return(rollups in prop::collection::vec((0u32..60, any_rollup()), 0..10)) {
        prop_assert_eq!(decode(&encode(&rollups)), Ok(rollups));
    }

    #[test]
    fn any_bytes_are_read_or_refused(mut bytes in prop::collection::vec(any::<u8>(), 0..80)) {
        prop_assert!(decode(&bytes).is_err());
        bytes.insert(0, VERSION);
        varint::seal(&mut bytes);
        let _ = decode(&bytes).map(|all| all.iter().fold(Rollup::default(), |mut sum, (_, one)| { sum.merge(one); sum }));
    }
}

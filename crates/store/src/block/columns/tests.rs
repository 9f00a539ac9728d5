use proptest::prelude::*;

use super::*;

fn written(column: &[i64], before: &[Vec<i64>]) -> Vec<u8> {
    let mut out = Vec::new();
    Columns::default().write(column, before, &mut out);
    out
}

fn hostile() -> impl Strategy<Value = i64> {
    prop_oneof![4 => -1000i64..1000, 1 => any::<i64>(), 1 => Just(i64::MIN), 1 => Just(i64::MAX)]
}

#[test]
fn a_grid_in_time_with_jitter_costs_little_more_than_its_jitter() {
    let column: Vec<i64> = (0..240).map(|n| 1_790_000_000_000_000 + n * 1_000_000 + (n * 7919) % 256).collect();
    let size = written(&column, &[]).len();
    assert!(size < 240 * 10 / 8 + 20, "{size}");
}

#[test]
fn a_duration_near_the_sum_of_its_stages_costs_little() {
    let stages: Vec<Vec<i64>> = (1..4).map(|s| (0..240).map(|n| (n * 7919 * s) % 100_000).collect()).collect();
    let column: Vec<i64> = (0..240).map(|row| stages.iter().skip(1).map(|s| s[row]).sum::<i64>() + 20 + row as i64 % 2).collect();
    assert!(written(&column, &stages).len() < 240 * 2 / 8 + 10);
}

proptest! {
    #[test]
    fn any_numbers_return(rows in 0usize..40, seed in prop::collection::vec(hostile(), 160)) {
        let columns: Vec<Vec<i64>> = seed.chunks(40).map(|column| column[..rows].to_vec()).collect();
        for (place, column) in columns.iter().enumerate() {
            let out = written(column, &columns[..place]);
            let mut bytes = Bytes::new(&out);
            prop_assert_eq!(&read(&mut bytes, rows, &columns[..place]).unwrap(), column);
            prop_assert!(bytes.is_empty());
        }
    }

    #[test]
    fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..60), rows in 0usize..100) {
        let before = [vec![1; rows], vec![2; rows], vec![3; rows]];
        let _ = read(&mut Bytes::new(&bytes), rows, &before);
    }
}

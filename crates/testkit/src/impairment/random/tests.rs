//! The numbers are those that the generator's authors get.

use super::*;

#[test]
fn the_sequence_of_a_known_seed() {
    let mut random = Random::new(1_234_567);
    let drawn: Vec<u64> = (0..5).map(|_| random.draw()).collect();
    let known = [
        6_457_827_717_110_365_317,
        3_203_168_211_198_807_973,
        9_817_491_932_198_370_423,
        4_593_380_528_125_082_431,
        16_408_922_859_458_223_821,
    ];
    assert_eq!(drawn, known);
}

#[test]
fn below_an_end_every_number_comes_up() {
    let mut random = Random::new(1);
    let mut seen = [0_u32; 6];
    for _ in 0..6_000 {
        seen[usize::try_from(random.below(6).unwrap()).unwrap()] += 1;
    }
    // Binomial: a standard deviation of 28.9, and five of them.
    assert!(seen.iter().all(|&times| (855..=1_145).contains(&times)), "{seen:?}");
    assert_eq!(random.below(0), None);
    assert_eq!(random.below(1), Some(0));
}

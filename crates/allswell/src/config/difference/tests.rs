use super::grouped;

#[test]
fn digits_stand_in_groups_of_three() {
    for (number, text) in [(0, "0"), (999, "999"), (1000, "1,000"), (9996, "9,996"), (123_456, "123,456"), (1_234_567, "1,234,567")] {
        assert_eq!(grouped(number), text);
    }
}

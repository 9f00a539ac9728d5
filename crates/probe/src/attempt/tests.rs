use super::*;

#[test]
fn a_measurement_has_no_digits_that_nobody_measured() {
    assert_eq!(rounded(Value::Number(0.416_778_000_000_000_04)), Value::Number(0.416_778));
    assert_eq!(rounded(Value::Number(-0.120_115_740_740_740_75)), Value::Number(-0.120_116));
    assert_eq!(rounded(Value::Integer(7)), Value::Integer(7));
}

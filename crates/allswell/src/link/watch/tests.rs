use super::super::told::tests::told;
use super::*;

#[test]
fn a_link_is_drawn_in_lines_that_do_not_wrap() {
    let told = told();
    for link in &told.own {
        let lines = drawing(link, told.at_us, Paint::Plain);
        assert!(lines.iter().all(|line| line.chars().count() <= WIDTH), "{lines:#?}");
    }
    insta::assert_snapshot!(drawing(&told.own[0], told.at_us, Paint::Plain).join("\n"));
    insta::assert_snapshot!(drawing(&told.own[1], told.at_us, Paint::Plain).join("\n"));
}

#[test]
fn elsewhere_a_second_is_a_line() {
    let told = told();
    assert_eq!(second(&told.own[0], told.at_us), "2027-01-15T07:59:59.000000Z up rtt 0.230 ms lost there 5.0 % back 0 %");
    assert_eq!(second(&told.own[1], told.at_us), "2027-01-15T07:59:59.000000Z down rtt - lost there 5.0 % back -");
}

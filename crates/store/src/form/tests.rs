use super::*;

#[test]
fn a_number_takes_the_narrowest_form_that_gives_it_back() {
    let spans = (1_253_000..).map(|nanos| Duration::from_nanos(nanos).as_secs_f64() * 1000.0);
    let took = spans.map(|ms| (ms, Form::Micro.number(Form::Micro.whole(ms)))).find(|(ms, micro)| ms != micro).unwrap().0;
    let table = [
        (0.0, Form::Milli),
        (12.345, Form::Milli),
        (-0.5, Form::Milli),
        (12.345_678, Form::Micro),
        (7_603_201.0 / 86_400.0, Form::Days),
        (took, Form::Span),
        (std::f64::consts::PI, Form::Bits),
        (f64::NAN, Form::Bits),
        (f64::NEG_INFINITY, Form::Bits),
        (-0.0, Form::Bits),
        (1e300, Form::Bits),
    ];
    for (number, form) in table {
        let (found, whole) = decimal(number, None);
        assert_eq!((found, found.number(whole).to_bits()), (form, number.to_bits()), "{number}");
    }
}

#[test]
fn a_number_keeps_the_form_of_the_row_before() {
    assert_eq!(decimal(12.5, Some(Form::Micro)), (Form::Micro, 12_500_000));
    assert_eq!(decimal(88.0, Some(Form::Days)), (Form::Days, 88 * 86_400));
    assert_eq!(decimal(0.5, Some(Form::Text)), (Form::Milli, 500));
    assert_eq!(decimal(0.5, Some(Form::Bits)).0, Form::Bits);
}

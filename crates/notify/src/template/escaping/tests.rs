use super::{Escaping, inside, placed};

#[test]
fn the_content_type_decides() {
    for (text, wanted) in [
        ("application/json", Escaping::Json),
        ("Application/JSON; charset=utf-8", Escaping::Json),
        ("application/vnd.api+json", Escaping::Json),
        ("application/x-www-form-urlencoded", Escaping::Form),
        ("text/html; charset=utf-8", Escaping::Markup),
        ("application/soap+xml", Escaping::Markup),
        ("text/plain", Escaping::Plain),
        ("application/jsonlines", Escaping::Plain),
    ] {
        assert_eq!(Escaping::of(text), wanted, "{text}");
    }
}

#[test]
fn a_value_is_placed_by_where_it_stands() {
    for (raw, wanted) in [
        ("{\"a\": \u{1}\"x\"\u{2}}", r#"{"a": "x"}"#),
        ("{\"a\": \"\u{1}\"x\\\"\"\u{2}\"}", r#"{"a": "x\""}"#),
        ("\"\\\"\u{1}1\u{2}\\\\\" \u{1}\"y\"\u{2}", r#""\"1\\" "y""#),
        ("\u{1}null\u{2}\"\u{1}null\u{2}\"", r#"null"""#),
        ("\"\u{1}[\"a\"]\u{2}\"", r#""[\"a\"]""#),
        ("none", "none"),
    ] {
        assert_eq!(placed(raw), wanted, "{raw:?}");
    }
    assert_eq!(inside(r#"{"a":1}"#), r#"{\"a\":1}"#);
}

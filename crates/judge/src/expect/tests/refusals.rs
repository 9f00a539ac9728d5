//! What is refused when it is read, with the place and the hint.

use allswell_model::{Field, Kind, Unit};

use super::{FIELDS, compile, scope};
use crate::expect::{Expectation, Refused, Scope};

fn refused(source: &str) -> Refused {
    compile(source).err().unwrap_or_else(|| panic!("{source} was accepted"))
}

/// (source, column, part of the message, part of the hint; empty for none)
type Row = (&'static str, usize, &'static str, &'static str);

fn all_refused(rows: &[Row]) {
    for (source, column, message, hint) in rows {
        let Refused { message: said, hint: hinted, column: at } = refused(source);
        assert!(said.contains(message), "{source}: {said}");
        let hinted = hinted.unwrap_or_default();
        assert!(hinted.contains(hint) && hint.is_empty() == hinted.is_empty(), "{source}: {said}: hint {hinted:?}");
        assert_eq!(at.unwrap_or(0), *column, "{source}: {said}");
    }
}

#[test]
fn unknown_names() {
    all_refused(&[
        ("statsu == 200", 1, "no field `statsu`", "did you mean `status`?"),
        ("status == 200 && rtt_sm < 3", 18, "no field `rtt_sm`", "did you mean `rtt_ms`?"),
        ("'ü' == body && answer == 3", 16, "no field `answer`", "did you mean `answers`?"),
        ("zzzzzz == 1", 1, "no field `zzzzzz`", "there are address, answers, body,"),
        ("measurements.status == 200", 1, "no field `measurements`", "status, not measurements.status"),
        (".status == 200", 2, "no field `.status`", "did you mean `status`?"),
        ("answers.all(item, itm == 'x')", 19, "no field `itm`", "did you mean `item`?"),
        ("answers.all(a, a == 'x') && a == 'x'", 29, "no field `a`", "there are"),
        ("size(answers) == sizze(answers)", 18, "no function `sizze`", "did you mean x.size()?"),
        ("body.startswith('x')", 6, "no function `startswith`", "x.startsWith(\"...\")"),
        ("body.starts_with('x')", 6, "no function `starts_with`", "x.startsWith(\"...\")"),
        ("len(body) > 1", 1, "no function `len`", "x.size()"),
        ("body.frobnicate() > 1", 6, "no function `frobnicate`", "there are size,"),
        ("contains(body, 'x')", 1, "`contains` is not called like this", "x.contains("),
        ("body.contains('x', 'y')", 6, "`contains` is not called like this", "x.contains("),
        ("answers.all('x')", 9, "`all` is not called like this", "x.all(i, ...)"),
    ]);
}

#[test]
fn wrong_types() {
    all_refused(&[
        ("status == \"200\"", 8, "`status` is an integer, `\"200\"` is text: they are never equal", "write 200 without quotes"),
        ("rtt_ms < \"x\"", 8, "never in order", ""),
        ("rtt_ms < \"300\"", 8, "never in order", "write 300 without quotes"),
        ("answers == \"x\"", 9, "`answers` is a list of text", "write `\"x\" in answers`"),
        ("answers == [1]", 9, "`[1]` is a list of integers", ""),
        ("headers.server == 5", 16, "never equal", "write \"5\" in quotes"),
        ("headers == 'x'", 9, "a map of text", ""),
        ("truncated == 'true'", 11, "never equal", "write true without quotes"),
        ("truncated < true", 11, "never in order", ""),
        ("status == null", 8, "never equal", "`status` is never null"),
        ("status == true", 8, "never equal", ""),
        ("status in ['200']", 8, "never in a list of text", ""),
        ("'x' in body", 5, "not into text", "write `body.contains(\"x\")`"),
        ("5 in status", 3, "holds no items", ""),
        ("status.code == 1", 7, "`status` is an integer, which has no members", ""),
        ("status[0] == 1", 7, "which has no items", ""),
        ("body[0] == 'x'", 5, "which has no items", ""),
        ("answers['x'] == 'x'", 8, "its index is an integer, not text", ""),
        ("headers[1] == 'x'", 8, "its index is text, not an integer", ""),
        ("json[1.5] == 'x'", 5, "an index is an integer or text, not a number", ""),
        ("status.startsWith('2')", 18, "where text is wanted", "string(status)"),
        ("answers.contains('x')", 17, "where text is wanted", "\"...\" in answers"),
        ("status && truncated", 1, "`status` is an integer, where true or false is wanted", ""),
        ("!status", 2, "where true or false is wanted", ""),
        ("status", 0, "an expectation is true or false; `status` is an integer", "compare it"),
        ("body", 0, "`body` is text", "compare it"),
        ("answers.map(a, a)", 0, "`answers.map(…)` is a list of text", ""),
        ("size(status) == 1", 1, "which has no size", ""),
        ("status + body == 1", 8, "`+` has no meaning between an integer and text", ""),
        ("body - body == 1", 6, "`-` has no meaning", ""),
        ("rtt_ms % 2 == 1", 8, "`%` has no meaning", ""),
        ("-body == 'x'", 1, "no negative", ""),
        ("(truncated ? status : body) == 1", 12, "both must be of one type", ""),
        ("[1, 'x'] == json", 1, "of one type", ""),
        ("status.all(i, i > 1)", 11, "which has no items", ""),
        ("answers.all(i, size(i))", 20, "where true or false is wanted", ""),
        ("answers.all(1, true)", 13, "the name that stands for each item", "as in"),
        ("has(status)", 1, "has() asks for a member", "has(json.x)"),
        ("has(status.x)", 11, "which has no members", ""),
        ("int(truncated) == 1", 1, "of which int() makes nothing", ""),
        ("body == b'x'", 9, "holds bytes", "without the b"),
        ("status == 18446744073709551615u", 11, "no figure is as large", ""),
        ("status == 1 / 0", 13, "divides by zero", ""),
        ("json == Foo{a: 1}", 12, "no use here", ""),
        ("json == {1: 'x'}", 9, "constants by text", ""),
        ("json == {'x': status}", 9, "constants by text", ""),
    ]);
}

#[test]
fn patterns() {
    all_refused(&[
        ("body.matches('(')", 14, "no regular expression: unclosed group", ""),
        ("body.matches(body)", 14, "a pattern is written out", ""),
        (r"body.matches('\\w{1000}{100}')", 14, "it is too large", ""),
        ("body.matches(5)", 14, "where text is wanted", "string(5)"),
    ]);
}

#[test]
fn text_that_is_no_cel() {
    all_refused(&[
        ("", 0, "must not be empty", ""),
        (" \n ", 0, "must not be empty", ""),
        ("status = 200", 8, "`=` is not expected here", "write == to compare"),
        ("status === 200", 10, "`=` is not expected here", "write == to compare"),
        ("status == 200 and truncated", 15, "`and` is not expected here", "write &&"),
        ("status == 200 or truncated", 15, "`or` is not expected here", "write ||"),
        ("not truncated", 5, "`truncated` is not expected here", "write ! for not"),
        ("status == 200 & truncated", 15, "`&` is not expected", "write && for and"),
        ("status <> 200", 9, "`>` is not expected here", "write != for unequal"),
        ("body =~ 'x'", 6, "`=` is not expected here", ".matches("),
        ("status ==", 10, "it ends too early", ""),
        ("(status == 200", 15, "it ends too early: a `)` is missing", ""),
        ("status == 200)", 14, "`)` is not expected here", ""),
        ("body == \"abc", 9, "a text is not closed", "r\"\\d+\""),
        ("body.matches('\\d')", 14, "a text is not closed, or holds a `\\`", "r\"\\d+\""),
        ("status == 99999999999999999999", 11, "`99999999999999999999` is no number", ""),
        ("if == 1", 1, "`if` is a reserved word", ""),
        ("status == 200\n&& = 1", 18, "`=` is not expected here", "write == to compare"),
        ("\"UP\" json.state", 6, "`json.state` is not expected here", ""),
        ("a.`b-c` == 1", 2, "not expected here", ""),
        ("stätus == 200", 3, "`ätus` is not expected here", ""),
    ]);
}

#[test]
fn what_says_nothing_about_the_target() {
    for source in ["true", "1 == 1", "1 < 2", "[1, 2].all(x, x > 0)", "'a' in ['a']", "size('abc') == 3"] {
        assert!(refused(source).message.contains("names no field"), "{source}: {}", refused(source));
    }
}

#[test]
fn what_cannot_fail() {
    for source in [
        "status == status",
        "json.a.b == json.a.b",
        "status <= status",
        "!(status != status)",
        "status == 200 || true",
        "truncated || !truncated",
        "!false || status == 200",
        "status == 200 || !(status == 200)",
        "status == 200 || status != 200",
        "status != 200 || status != 404",
        "!(status == 200 && status == 404)",
        "status < 500 || status >= 500",
        "status < 500 || status > 100",
        "status > 499 || status < 500",
        "size(answers) >= 0",
        "size(answers) > -1",
        "0 <= size(answers)",
        "answers.size() != -1",
        "size(json.items) >= 0",
        "rtt_ms >= 0",
        "stages_ms.connect >= 0",
        "loss <= 1",
        "loss >= 0.0 && loss <= 1.0",
        "body_bytes >= 0",
        "body.contains('')",
        "body.startsWith(\"\")",
        "body.matches('.*')",
        "body == 'x' || body != 'x'",
        "body < 'm' || body >= 'm'",
        "body >= ''",
        "answers.all(a, true)",
        "answers.all(a, a == a)",
        "truncated ? true : true",
        "truncated ? status == status : true",
        "status in [status]",
        "status in [200] || status != 200",
        "rtt_ms < duration_ms || rtt_ms >= duration_ms",
        "rtt_ms < duration_ms || duration_ms <= rtt_ms",
        "status == 200 && truncated || !(status == 200) || !truncated",
        "1 == 1 || status == 200",
    ] {
        assert!(refused(source).message.contains("cannot fail"), "{source}: {}", refused(source));
    }
    assert_eq!(refused("status != 200 || status != 404").hint.as_deref(), Some("did you mean && instead of ||?"));
}

#[test]
fn what_can_never_hold() {
    for source in [
        "status != status",
        "status == 200 && false",
        "status == 200 && status == 404",
        "status > 500 && status < 400",
        "status > 1 && status < 2",
        "status == 200.5",
        "rtt_ms < 0",
        "loss > 1",
        "size(answers) < 0",
        "status in []",
        "answers.exists(a, a != a)",
        "truncated && !truncated",
        "body == 'a' && body == 'b'",
    ] {
        assert!(refused(source).message.contains("never hold"), "{source}: {}", refused(source));
    }
}

#[test]
fn what_can_fail_is_accepted() {
    for source in [
        "status == 200 || status == 204",
        "status != 200 && status != 404",
        "status < 400 || status > 499",
        "rtt_ms > 0",
        "loss < 1",
        "size(answers) > 0",
        "size(answers) != 0",
        "certificate_days >= 0",
        "status >= 0",
        "rtt_ms > 1 && rtt_ms < 2",
        "body.matches('^$')",
        "json.a == json.b",
        "json.a < 5 || json.a >= 5",
        "json.ok || !json.ok",
        "json == 9007199254740993",
        "status == 9007199254740993",
        "answers == [] || answers == ['x']",
        "headers != {'a': 'b'}",
        "json.a == null || json.a != 5",
        "truncated ? status == 200 : status == 404",
        "body > 'a' && body < 'b'",
        "rtt_ms < duration_ms",
        "(status == 1 || status == 2) && (rtt_ms < 1 || rtt_ms > 5) && (loss < 0.5 || truncated) && body == 'x' && json.a == 1 && json.b == 2 && json.c == 3",
    ] {
        assert!(compile(source).is_ok(), "{source}: {}", refused(source));
    }
}

#[test]
fn the_common_fields_are_there_without_being_declared() {
    let scope = crate::expect::Scope::new([]);
    assert!(crate::expect::Expectation::compile("rtt_ms < 3 && duration_ms < 3 && address != 'x' && stages_ms.tls < 3", &scope).is_ok());
    assert!(crate::expect::Expectation::compile("status == 3", &scope).is_err());
    assert!(format!("{}", refused("statsu == 1")).ends_with("(did you mean `status`?)"));
    assert_eq!(self::scope().names().count(), super::FIELDS.len() + allswell_model::COMMON_FIELDS.len());
}

#[test]
fn a_list_of_names_says_that_it_is_cut() {
    let many: Vec<_> = ["a1", "a2", "a3", "a4", "a5", "a6", "a7", "a8", "a9"]
        .map(|name| Field::measurement(name, Kind::Integer, Unit::None, ""))
        .into_iter()
        .chain(FIELDS.iter().copied())
        .collect();
    let hint = Expectation::compile("zzzzzz == 1", &Scope::new(&many)).err().and_then(|refused| refused.hint).unwrap_or_default();
    assert!(hint.ends_with(", and 7 more"), "{hint}");
    assert!(!refused("zzzzzz == 1").hint.unwrap_or_default().contains(" more"), "all are named");
}

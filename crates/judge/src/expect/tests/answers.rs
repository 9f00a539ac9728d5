//! What holds, and the sentence for what does not.

use super::{Value, compile, failure, map};

#[test]
fn these_hold() {
    for source in [
        "status == 404",
        "404 == status",
        "status != 200",
        "status in [200, 404]",
        "!(status in [200, 301])",
        "status >= 400 && status < 500",
        "status == 404.0",
        "status == 404u",
        "rtt_ms < 300",
        "rtt_ms < 31.6",
        "300 > rtt_ms",
        "rtt_ms < duration_ms",
        "rtt_ms * 2 > duration_ms + 1",
        "status / 100 == 4",
        "status % 2 == 0",
        "-status == -404",
        "status - 4 == 20 * 20",
        "truncated",
        "truncated == true",
        "!!truncated",
        "answers == [\"10.0.0.1\", \"192.0.2.7\"]",
        "answers != []",
        "\"192.0.2.7\" in answers",
        "size(answers) == 2",
        "answers.size() == 2",
        "answers[0] == '10.0.0.1'",
        "answers + ['x'] == ['10.0.0.1', '192.0.2.7', 'x']",
        "answers.all(a, a.contains(\".\"))",
        "answers.exists(a, a.startsWith(\"10.\"))",
        "answers.exists_one(a, a.endsWith(\".7\"))",
        "answers.existsOne(a, a.endsWith(\".7\"))",
        "answers.filter(a, a != '10.0.0.1') == ['192.0.2.7']",
        "answers.map(a, size(a)) == [8, 9]",
        "answers.map(a, a.startsWith('1'), a + '!') == ['10.0.0.1!', '192.0.2.7!']",
        "headers[\"content-type\"].startsWith(\"application/\")",
        "headers.server == 'nginx'",
        "'server' in headers",
        "has(headers.server)",
        "!has(headers.location)",
        "headers.all(h, size(headers[h]) > 0)",
        "size(headers) == 2",
        "stages_ms.connect < 1",
        "stages_ms['tls'] > 12",
        "body.matches(\"^line \\\\w+\")",
        "matches(body, r'two\"$')",
        "size(body) == 18",
        "address.endsWith(':443')",
        "json.queue > 4000",
        "json.queue == 4312.0",
        "json.ratio == 0.5",
        "json.state in ['UP', 'DEGRADED']",
        "json.nothing == null",
        "json.state != null",
        "json.maintenance",
        "json.items[1].n == 2",
        "json['items'][0]['ok']",
        "json.items.exists(i, i.n == 2 && !i.ok)",
        "json.items.filter(i, i.ok).size() == 1",
        "json.items.map(i, i.n) == [1, 2]",
        "json.items.all(i, json.items.exists(j, j.n == i.n))",
        "json.items[0] == {'n': 1, 'ok': true}",
        "has(json.queue) && !has(json.quux)",
        "int(json.none) == 0",
        "double(json.none) < 0.5",
        "int(rtt_ms) == 31",
        "string(status) == '404'",
        "string(status).startsWith('4')",
        "status == 404 ? rtt_ms < 100 : rtt_ms < 10",
        // As in CEL, what decides does so even beside what cannot be answered.
        "json.quux == 1 || status == 404",
        "status == 404 || json.quux == 1",
        "json.empty.all(i, i > 1)",
        "json.items.exists(i, i.quux == 1 || i.n == 2)",
        "answers.all(status, status.startsWith('1'))",
        "status == 404 // and a comment",
    ] {
        assert_eq!(failure(source), None, "{source}");
    }
}

#[test]
fn these_fail_with_a_sentence() {
    for (source, why) in [
        ("json.queue < 1000", "it was 4312"),
        ("1000 > json.queue", "it was 4312"),
        ("status == 200", "it was 404"),
        ("rtt_ms < 30", "it was 31.5"),
        ("status in [200, 204]", "it was 404"),
        ("status == 200 || status == 204", "it was 404"),
        ("status == 200 || rtt_ms < 1", "status was 404, rtt_ms was 31.5"),
        ("duration_ms < rtt_ms", "duration_ms was 40, rtt_ms was 31.5"),
        ("rtt_ms * 2 < duration_ms", "rtt_ms * 2 was 63, duration_ms was 40"),
        ("!json.maintenance", "it was true"),
        ("!truncated", "it was true"),
        ("!(status == 404)", "it was 404"),
        ("json.state == \"UP\"", "it was \"DEGRADED\""),
        ("headers[\"content-type\"].startsWith(\"text/\")", "it was \"application/json\""),
        ("body.contains('three')", "it was \"line one\\nand \\\"two\\\"\""),
        ("body.matches('three')", "it was \"line one\\nand \\\"two\\\"\""),
        ("'10.0.0.9' in answers", "it was [\"10.0.0.1\", \"192.0.2.7\"]"),
        ("answers == ['192.0.2.7']", "it was [\"10.0.0.1\", \"192.0.2.7\"]"),
        ("size(answers) > 2", "it was 2"),
        ("answers.all(a, a.startsWith('10.'))", "item 2 of 2 was \"192.0.2.7\""),
        ("answers.exists(a, a == 'x')", "none of 2 items does"),
        ("answers.exists_one(a, a.startsWith('1'))", "2 of 2 items do, not one"),
        ("json.empty.exists(i, i == 1)", "json.empty was empty"),
        ("json.items.all(i, i.ok)", "item 2 of 2 was {\"n\": 2, \"ok\": false}"),
        ("has(json.quux)", "it was {\"empty\": [], \"items\": [{\"n\": 1, \"ok\": true}, {\"n\": 2, \"ok\": false}], \"maintena…"),
        ("json.nothing != null", "it was null"),
        ("status == 404 ? rtt_ms < 1 : rtt_ms < 10", "status was 404, rtt_ms was 31.5"),
        ("json.nothing", "it was null, not true or false"),
        ("json.queue", "it was 4312, not true or false"),
        // What cannot be answered.
        ("json.quux < 1000", "json has no `quux`"),
        ("json.items[0].x == 1", "json.items[0] has no `x`"),
        ("headers['Content-Type'] == 'x'", "headers has no `Content-Type`; it has `content-type`"),
        ("headers.location == 'x'", "headers has no `location`"),
        ("stages_ms.transfer < 1", "stages_ms has no `transfer`"),
        ("certificate_days > 14", "this result has no `certificate_days`"),
        ("json.items[5].n == 1", "json.items has 2 items, none at [5]"),
        ("json.items[-1].n == 1", "json.items has 2 items, none at [-1]"),
        ("json.empty[0] == 1", "json.empty is empty, without an item [0]"),
        ("json.queue.deeper == 1", "json.queue was 4312, not an object"),
        ("json.nothing.deeper == 1", "json.nothing was null, not an object"),
        ("json.queue.startsWith('4')", "json.queue was 4312, not text"),
        ("json.queue.all(i, i > 1)", "json.queue was 4312, not a list or an object"),
        ("json.items['a'] == 1", "\"a\" was \"a\", not an integer"),
        ("json.state < 5", "it was \"DEGRADED\", which is not in order with 5"),
        ("json.state - 1 == 5", "json.state was \"DEGRADED\", not a number"),
        ("int(json.state) == 5", "json.state was \"DEGRADED\", not an integer"),
        ("status / (status - 404) == 1", "it divides by zero"),
        ("status * 9223372036854775807 == 1", "a figure is too large"),
        ("json.quux == 1 || status == 200", "json has no `quux`"),
    ] {
        assert_eq!(failure(source).as_deref(), Some(format!("`{source}` failed: {why}").as_str()), "{source}");
    }
}

#[test]
fn of_several_parts_the_first_that_failed_is_quoted() {
    for (source, sentence) in [
        ("status == 404 && rtt_ms < 1", "`rtt_ms < 1` failed: it was 31.5"),
        ("(status == 404 && (rtt_ms < 1)) && truncated", "`rtt_ms < 1` failed: it was 31.5"),
        ("truncated && (status == 200 || rtt_ms < 1) && true", "`status == 200 || rtt_ms < 1` failed: status was 404, rtt_ms was 31.5"),
        ("body.contains(\"a && (b\") && truncated", "`body.contains(\"a && (b\")` failed: it was \"line one\\nand \\\"two\\\"\""),
        ("body == r'\\' && truncated", "`body == r'\\'` failed: it was \"line one\\nand \\\"two\\\"\""),
        (
            "truncated && body == '''it's && that''' && truncated",
            "`body == '''it's && that'''` failed: it was \"line one\\nand \\\"two\\\"\"",
        ),
        ("truncated\n  &&   status  ==\n 200", "`status == 200` failed: it was 404"),
        (
            "status == 200 && truncated || status == 201 && truncated",
            "`status == 200 && truncated || status == 201 && truncated` failed: status was 404, truncated was true",
        ),
        ("truncated && certificate_days > 14 && status == 200", "`certificate_days > 14` failed: this result has no `certificate_days`"),
    ] {
        assert_eq!(failure(source).as_deref(), Some(sentence));
    }
}

#[test]
fn values_are_escaped_and_cut() {
    let expectation = compile("json == 1").unwrap();
    for (value, shown) in [
        (Value::from("\u{1b}[31m\u{202e}\u{0}"), r#""\u{1b}[31m\u{202e}\0""#.to_owned()),
        (Value::from("x".repeat(200)), format!("\"{}…", "x".repeat(78))),
        (Value::from("x".repeat(77)), format!("\"{}\"", "x".repeat(77))),
        (Value::from("ä".repeat(200)), format!("\"{}…", "ä".repeat(78))),
        (Value::from(1e300), "1e300".to_owned()),
        (Value::from(0.1 + 0.2), "0.30000000000000004".to_owned()),
        (map([("a\nb", Value::List(vec![Value::Null, true.into()]))]), r#"{"a\nb": [null, true]}"#.to_owned()),
    ] {
        let failed = expectation.check(&|_| Some(value.clone())).unwrap_err();
        assert_eq!(failed.sentence, format!("`json == 1` failed: it was {shown}"));
    }
    let long = format!("json == '{}'", "y".repeat(300));
    let failed = compile(&long).unwrap().check(&|_| Some(1.into())).unwrap_err();
    assert_eq!(failed.sentence, format!("`json == '{}…` failed: it was 1", "y".repeat(110)));
}

#[test]
fn numbers_are_compared_exactly() {
    let holds = |source: &str, value: Value| compile(source).unwrap().check(&|_| Some(value.clone())).is_ok();
    assert!(!holds("json == 9007199254740993", 9_007_199_254_740_992.0.into()));
    assert!(holds("json == 9007199254740993", 9_007_199_254_740_993_i64.into()));
    assert!(holds("json < 9223372036854775807", (-1e300).into()));
    assert!(holds("json > 9223372036854775807", 1e300.into()));
    assert!(holds("json > 9223372036854775807", 9_223_372_036_854_775_808.0.into()));
    assert!(holds("json < -5", (-5.5).into()));
    assert!(!holds("json < 5", f64::NAN.into()));
    assert!(!holds("json >= 5", f64::NAN.into()));
}

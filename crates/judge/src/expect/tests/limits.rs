//! Nothing that an operator writes, and nothing that a target answers, stalls or breaks the checker.

use proptest::prelude::*;

use super::{Value, compile, map, value};
use crate::expect::parse::LENGTH_LIMIT;

/// As small as the stack of a thread usually is.
fn on_a_small_stack(run: impl FnOnce() + Send + 'static) {
    std::thread::Builder::new().stack_size(2 << 20).spawn(run).unwrap().join().unwrap();
}

#[test]
fn long_deep_and_wide_sources_are_refused_and_break_nothing() {
    on_a_small_stack(|| {
        let long = format!("status == 200 {}", " ".repeat(LENGTH_LIMIT));
        assert!(compile(&long).unwrap_err().message.contains("at most 1000 bytes"));
        for (open, close) in [("(", ")"), ("[", "]"), ("size(", ")"), ("!(", ")"), ("json.all(i, ", ")"), ("json[", "]")] {
            let deep = format!("{}status{}", open.repeat(70), close.repeat(70));
            assert!(compile(&deep).is_err(), "{deep}");
        }
        assert!(compile(&format!("{}status == 200{}", "(".repeat(60), ")".repeat(60))).unwrap_err().message.contains("more than 8 deep"));
        for part in [
            "1+",
            "json.",
            "status==",
            "!",
            "-",
            "json[1].",
            "json?1:",
            "(",
            "f(",
            "[",
            "1 ",
            "\"",
            "a.b(c).",
            "status==1&&",
            "status==1||",
        ] {
            let mut source = part.repeat(LENGTH_LIMIT / part.len() - 1);
            source.push_str("status");
            let _ = compile(&source);
        }
        // The deepest that is parsed, of whatever kind of bracket.
        for (open, close) in [
            ("(", ")"),
            ("[", "]"),
            ("size(", ")"),
            ("!(", ")"),
            ("json.all(i, ", ")"),
            ("json[", "]"),
            ("{'a':", "}"),
            ("1?(", "):1"),
            ("1+f(x,", ")"),
        ] {
            for (more, less) in [("[", "]"), ("x?1:(", ")"), ("a.b({'c':", "})"), ("", "")] {
                let deep = format!("{}status{}", open.repeat(8).replacen(open, more, 3), close.repeat(8).replacen(close, less, 3));
                let _ = compile(&deep);
                let _ = compile(&format!("{}status", open.repeat(8)));
            }
        }
        assert!(compile("((((((((status == 200))))))))").is_ok());
        let members = format!("json{} == 1", ".a".repeat(60));
        assert!(compile(&members).unwrap_err().message.contains("so many parts"));
    });
}

#[test]
fn a_chain_of_many_parts_is_accepted() {
    let source = vec!["status!=1"; 80].join("&&");
    assert!(compile(&source).unwrap().check(&value).is_ok());
}

#[test]
fn going_through_a_large_answer_ends_at_the_step_limit() {
    let numbers = Value::List((0..2000).map(Value::from).collect());
    let answer = map([("items", numbers)]);
    let check = |source: &str| compile(source).unwrap().check(&|_| Some(answer.clone()));
    assert_eq!(check("json.items.all(i, i >= 0)"), Ok(()));
    for source in [
        "json.items.all(i, json.items.exists(j, i + j == 1999))",
        "json.items.all(i, json.items == json.items.map(j, j))",
        "json.items.all(i, !(-1 in json.items))",
        "json.items.all(i, size(json.items + json.items) == 4000)",
    ] {
        let failed = check(source).unwrap_err();
        assert!(failed.sentence.ends_with("it takes more than 1000000 steps over this answer"), "{failed}");
    }
    let text = Value::from("x".repeat(1 << 20));
    let check = |source: &str| compile(source).unwrap().check(&|name| Some(if name == "body" { text.clone() } else { answer.clone() }));
    assert_eq!(check("!body.matches('y$') && size(body) == 1048576 && !body.contains('y')"), Ok(()));
    for source in
        ["json.items.all(i, !body.contains('y'))", "json.items.all(i, !body.matches('y'))", "json.items.all(i, size(body + body) > 1)"]
    {
        let failed = check(source).unwrap_err();
        assert!(failed.sentence.ends_with("steps over this answer"), "{failed}");
    }
}

const WORDS: &[&str] = &[
    "status",
    "json",
    "answers",
    "headers",
    "body",
    "rtt_ms",
    "truncated",
    "x",
    ".a",
    ".size()",
    ".all(x,",
    ".exists(x,",
    ".map(x,",
    ".filter(x,",
    ".contains(",
    ".matches(",
    "has(",
    "size(",
    "int(",
    "string(",
    "(",
    ")",
    "[",
    "]",
    "{",
    "}",
    ",",
    ":",
    "?",
    "&&",
    "||",
    "!",
    "-",
    "+",
    "*",
    "/",
    "%",
    "==",
    "!=",
    "<",
    "<=",
    ">",
    ">=",
    " in ",
    "1",
    "0",
    "200",
    "1.5",
    "'a'",
    "\"b\"",
    "r'c'",
    "true",
    "false",
    "null",
    "=",
    "&",
    "'",
    "\"",
    "\\",
    "ü",
    "\n",
    "//",
    "`",
    "@",
    "#",
    ".",
];

fn parts() -> impl Strategy<Value = String> {
    proptest::collection::vec(proptest::sample::select(WORDS), 1..20).prop_map(|words| words.concat())
}

/// Well-formed formulas, so that what is checked and run is not only refusals.
fn formulas() -> impl Strategy<Value = String> {
    let atoms = proptest::sample::select(
        &[
            "status == 404",
            "status < 300",
            "rtt_ms > 31",
            "truncated",
            "json.queue > 5",
            "json.quux == 1",
            "json.maintenance",
            "size(answers) == 2",
            "body.contains('two')",
            "'10.0.0.1' in answers",
            "json.items.exists(i, i.ok)",
            "status in [200, 404]",
            "rtt_ms < duration_ms",
        ][..],
    );
    atoms.prop_map(str::to_owned).prop_recursive(4, 24, 3, |inner| {
        prop_oneof![
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("({a} && {b})")),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("{a} || {b}")),
            inner.clone().prop_map(|a| format!("!({a})")),
            (inner.clone(), inner.clone(), inner).prop_map(|(a, b, c)| format!("({a} ? {b} : {c})")),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_is_accepted_or_refused(source in parts()) {
        match compile(&source) {
            Ok(expectation) => drop(expectation.check(&value)),
            Err(refused) => {
                let length = source.chars().count();
                prop_assert!(refused.column.is_none_or(|column| (1..=length + 1).contains(&column)), "{refused:?}");
                prop_assert!(!refused.message.is_empty());
            }
        }
    }

    /// Where the crate's own interpreter has an answer, ours has the same.
    #[test]
    fn formulas_mean_what_the_crate_says_they_mean(source in formulas()) {
        prop_assume!(compile(&source).is_ok());
        let ours = compile(&source).unwrap().check(&value).is_ok();
        prop_assert_eq!(ours, reference(&source), "{}", source);
    }
}

/// The crate's interpreter; an error is a failure.
fn reference(source: &str) -> bool {
    let mut context = cel::Context::default();
    for name in ["status", "rtt_ms", "duration_ms", "truncated", "answers", "body", "json"] {
        context.add_variable_from_value(name, converted(&value(name).unwrap()));
    }
    let program = cel::Program::compile(source).unwrap();
    matches!(program.execute(&context), Ok(cel::Value::Bool(true)))
}

fn converted(value: &Value) -> cel::Value {
    match value {
        Value::Null => cel::Value::Null,
        Value::Bool(v) => (*v).into(),
        Value::Integer(v) => (*v).into(),
        Value::Number(v) => (*v).into(),
        Value::Text(v) => v.as_str().into(),
        Value::List(v) => v.iter().map(converted).collect::<Vec<_>>().into(),
        Value::Map(v) => v.iter().map(|(k, v)| (k.clone(), converted(v))).collect::<std::collections::HashMap<_, _>>().into(),
    }
}

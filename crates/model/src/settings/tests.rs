use super::*;

const SPECS: &[SettingSpec] = &[
    SettingSpec { name: "hold", kind: SettingKind::Duration(Duration::ZERO, Duration::from_secs(60)), default: Some("0s"), doc: "" },
    SettingSpec { name: "redirects", kind: SettingKind::Integer(0, 20), default: Some("5"), doc: "" },
    SettingSpec { name: "body", kind: SettingKind::Choice(&["read", "ignore"]), default: Some("read"), doc: "" },
    SettingSpec { name: "headers", kind: SettingKind::Map, default: None, doc: "" },
];

fn scalar(name: &str, text: &str) -> (String, Raw) {
    (name.into(), Raw::Scalar(text.into()))
}

#[test]
fn defaults_stand_where_nothing_is_typed() {
    let settings = Settings::read(SPECS, &[scalar("hold", "50ms")]).unwrap();
    assert_eq!(settings.duration("hold"), Some(Duration::from_millis(50)));
    assert_eq!(settings.integer("redirects"), Some(5));
    assert!(settings.map("headers").is_empty());
}

#[test]
fn all_mistakes_are_told_at_once() {
    let mistakes = Settings::read(
        SPECS,
        &[
            scalar("holt", "1s"),
            scalar("redirects", "99"),
            scalar("body", "ignor"),
            ("headers".into(), Raw::List(vec![])),
            scalar("redirects", "1"),
        ],
    )
    .unwrap_err();
    let told: Vec<String> = mistakes.iter().map(ToString::to_string).collect();
    assert_eq!(
        told,
        [
            "`holt` is not a setting here: did you mean `hold`?",
            "`redirects` takes a whole number from 0 to 20, not `99`",
            "`body` takes one of read, ignore, not `ignor`: did you mean `ignore`?",
            "`headers` takes a map of names to text, not a list",
            "`redirects` is given twice",
        ]
    );
}

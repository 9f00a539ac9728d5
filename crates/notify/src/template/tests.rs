use std::sync::Arc;

use serde_json::{Value, json};

use super::Template;
use crate::channel::Letter;
use crate::sample;

fn mistake(source: &str) -> String {
    Template::read(source, "application/json").err().map(|mistake| mistake.to_string()).unwrap_or_default()
}

fn rendered(source: &str, content_type: &str) -> String {
    Template::read(source, content_type).unwrap().rendered(&hostile()).unwrap()
}

/// The alert whose every text tries to break out.
fn hostile() -> Letter {
    sample::letters().unwrap().remove(2)
}

fn json_of(source: &str) -> Value {
    serde_json::from_str(&rendered(source, "application/json")).unwrap()
}

#[test]
fn a_value_stands_alone_or_within_a_string_and_never_breaks_out() {
    let said = hostile().alert.summary.clone();
    let body =
        json_of(r#"{ "a": {{ summary }}, "b": "x {{ summary }} y", "c": "\"{{ summary }}\"", "n": {{ total }}, "s": "{{ total }}" }"#);
    assert_eq!(body, json!({ "a": said, "b": format!("x {said} y"), "c": format!("\"{said}\""), "n": 25, "s": "25" }));
}

#[test]
fn whatever_a_template_does_with_it_a_value_stays_a_value() {
    let said = hostile().alert.summary.clone();
    for source in [
        r#"{ "a": "{{ summary|safe }}" }"#,
        r#"{ "a": {{ summary|tojson }} }"#,
        r#"{ "a": "{{ summary|e }}" }"#,
        r#"{ "a": {{ ("" ~ summary)|escape|safe }} }"#,
        r#"{% autoescape false %}{ "a": "{{ summary }}" }{% endautoescape %}"#,
        r#"{% autoescape "html" %}{ "a": "{{ summary }}" }{% endautoescape %}"#,
        r#"{% set x %}{{ summary }}{% endset %}{ "a": "{{ x }}" }"#,
        r#"{% set x %}"{{ summary }}"{% endset %}{ "a": {{ x }} }"#,
        r#"{ "a": "{% if true %}{{ [summary]|join }}{% endif %}" }"#,
        r#"{ "a": "{% for t in targets[:1] %}{{ t.reason }}{% else %}{{ summary }}{% endfor %}" }"#,
    ] {
        let Ok(template) = Template::read(source, "application/json") else { panic!("{source}: {}", mistake(source)) };
        let body: Value = serde_json::from_str(&template.rendered(&hostile()).unwrap()).unwrap();
        assert_eq!(body, json!({ "a": said }), "{source}");
    }
}

#[test]
fn null_is_null_or_nothing_and_a_list_is_a_list_or_its_text() {
    let template =
        Template::read(r#"{ "a": {{ stage }}, "b": "[{{ stage }}]", "c": {{ targets }}, "d": "{{ targets }}" }"#, "application/json");
    let letters = sample::letters().unwrap();
    let body: Value = serde_json::from_str(&template.unwrap().rendered(&letters[1]).unwrap()).unwrap();
    assert_eq!(body, json!({ "a": null, "b": "[]", "c": [], "d": "[]" }));
}

#[test]
fn mistakes_are_found_when_the_configuration_is_read() {
    assert_eq!(mistake("{{ sumary }}"), "`body` names `sumary`, which no alert has: did you mean `summary`?");
    assert!(mistake("{{ foobar }}").starts_with("`body` names `foobar`, which no alert has: known are version, key, "));
    assert_eq!(mistake("{}\n{{ summary "), "`body` line 2: unexpected end of input, expected end of variable block");
    assert_eq!(
        mistake(r#"[{% for t in targets %}"{{ t.nme }}",{% endfor %}0]"#),
        "`body` cannot be used for an alert of kind firing: line 1: it names something that is not there"
    );
    assert_eq!(
        mistake("Alert: {{ summary }}"),
        "`body` cannot be used for an alert of kind firing: its content type is JSON, which this is not (line 1 of what it renders to)"
    );
    assert_eq!(
        mistake("[{% for t in targets %}1,{% endfor %}]"),
        "`body` cannot be used for an alert of kind firing: its content type is JSON, which this is not (line 1 of what it renders to)"
    );
    assert_eq!(
        mistake("[{% for a in range(9999) %}{% for b in range(9999) %}{{ b }}{% endfor %}{% endfor %}]"),
        "`body` cannot be used for an alert of kind firing: line 1: it takes too many steps"
    );
    assert_eq!(mistake("{ \"a\": \"\u{1}\" }"), "`body` holds control characters");
    assert!(mistake(r#"{{ summary|nofilter }}"#).contains("nofilter"));
}

#[test]
fn a_body_has_an_end() {
    let long = "x".repeat(300_000);
    assert_eq!(mistake(&format!("\"{long}\"")), "`body` cannot be used for an alert of kind firing: it has more than 262144 bytes");
}

#[test]
fn other_content_types_have_their_own_escaping() {
    let form = rendered("text={{ summary }}&n={{ total }}&x={{ stage }}", "application/x-www-form-urlencoded; charset=utf-8");
    assert!(form.ends_with("&n=25&x=connect"), "{form}");
    assert_eq!(form.matches('&').count(), 2);
    assert!(!form.contains(['"', '\n', '<', ' ']), "{form}");
    let markup = rendered("<a>{{ summary|safe }}</a>", "text/html");
    assert!(markup.starts_with("<a>it said &quot;}],\\ &lt;/script&gt;") && markup.ends_with("&#39;</a>"), "{markup}");
    let plain = rendered("{{ status }}: {{ summary }}", "text/plain");
    assert_eq!(plain, format!("down: {}", hostile().alert.summary));
}

#[test]
fn an_alert_unlike_the_samples_may_fail_and_says_why_without_its_text() {
    let template = Template::read(r#"{ "a": {{ 1 if total != 77 else nothing }} }"#, "application/json");
    // What is only named in a branch is found before it is needed.
    assert!(template.is_err());
    let template = Template::read(r#"{ "a": {{ 1 if total != 77 else targets[5].name }} }"#, "application/json").unwrap();
    let mut alert = (*sample::letters().unwrap().remove(0).alert).clone();
    (alert.total, alert.summary) = (77, "CANARY".into());
    let why = template.rendered(&Letter { alert: Arc::new(alert), page: None }).unwrap_err();
    assert_eq!(why, "line 1: it names something that is not there");
}

use crate::registry::CHANNELS;
use crate::set::Channels;
use crate::{Example, Shown};
use allswell_model::ChannelName;

fn examples() -> impl Iterator<Item = (&'static str, &'static Example)> {
    CHANNELS.iter().map(|kind| kind.declaration()).flat_map(|kind| kind.examples.iter().map(|example| (kind.name, example)))
}

/// What a configuration's reader would put in the place of `${NAME}`.
fn typed(example: &Example) -> Vec<(String, allswell_model::settings::Raw)> {
    use allswell_model::settings::Raw;
    fn filled(raw: Raw) -> Raw {
        match raw {
            Raw::Scalar(text) => {
                Raw::Scalar(text.replace("${SLACK_URL}", "https://hooks.slack.example/services/T0/B0/x").replace("${PAGERDUTY_KEY}", "k"))
            }
            Raw::List(items) => Raw::List(items.into_iter().map(filled).collect()),
            Raw::Map(items) => Raw::Map(items.into_iter().map(|(name, raw)| (name, filled(raw))).collect()),
        }
    }
    example.typed().into_iter().map(|(name, raw)| (name, filled(raw))).collect()
}

#[test]
fn every_example_is_a_channel_without_mistakes() {
    let mut channels = Channels::new();
    for (kind, example) in examples() {
        let name = ChannelName::new(example.channel).unwrap();
        assert_eq!(channels.insert(name, kind, &typed(example)), Ok(()), "{}", example.title);
    }
    assert_eq!(channels.len(), 6);
}

#[test]
fn an_example_is_shown_as_yaml() {
    let settings = &[
        ("url", Shown::Text("https://a.example/")),
        ("body", Shown::Text("{\n  \"a\": 1\n}")),
        ("command", Shown::List(&["/bin/x", "-c", "a \"b\""])),
        ("env", Shown::Map(&[("A", "${B}")])),
    ];
    let example = Example { title: "T", channel: "oncall", settings };
    let wanted = r#"channels:
  oncall:
    type: webhook
    url: https://a.example/
    body: |
      {
        "a": 1
      }
    command: [/bin/x, "-c", "a \"b\""]
    env: { A: "${B}" }
"#;
    assert_eq!(example.yaml("webhook"), wanted);
}

#[test]
fn what_is_secret_is_a_setting() {
    for kind in CHANNELS.iter().map(|kind| kind.declaration()) {
        for secret in kind.secret {
            assert!(kind.settings.iter().any(|setting| setting.name == *secret), "{}.{secret}", kind.name);
        }
    }
}

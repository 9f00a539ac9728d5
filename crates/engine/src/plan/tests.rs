use allswell_model::{Origin, Policy, TargetId, TargetName};

use super::*;

fn target() -> Target {
    let name = TargetName::new("", "t").unwrap();
    Target {
        id: TargetId::new("t").unwrap(),
        name,
        url: String::new(),
        protocol: "",
        repeat: String::new(),
        labels: std::collections::BTreeMap::new(),
        policy: Policy::default(),
        alerting: allswell_model::Alerting::default(),
        runbook: None,
        origin: Origin::Argument,
    }
}

#[test]
fn all_mistakes_of_a_target_are_told_with_their_places() {
    let wanted = Wanted {
        url: "tcp://127.0.0.1:1".into(),
        settings: vec![("holt".into(), Raw::Scalar("1s".into()))],
        network: vec![("family".into(), Raw::Scalar("ipv5".into()))],
        expect: vec!["status == 200".into()],
        warn: vec!["true".into()],
        ..Wanted::default()
    };
    let mistakes = Plan::new(target(), wanted).unwrap_err();
    let places: Vec<&Place> = mistakes.iter().map(|mistake| &mistake.place).collect();
    assert!(matches!(places.as_slice(), [Place::Expect(0, _), Place::Warn(0, _), Place::Network(_), Place::Setting(_)]), "{mistakes:?}");
}

#[test]
fn a_plan_knows_its_protocol_and_hides_the_password() {
    let wanted = Wanted { url: "http://me:secret@127.0.0.1/x".into(), ..Wanted::default() };
    let plan = Plan::new(target(), wanted).unwrap();
    assert_eq!((plan.target.protocol, plan.target.url.as_str()), ("http", "http://me:***@127.0.0.1/x"));
}

#[test]
fn a_secret_is_not_printed_for_debugging() {
    let bearer = vec![("bearer".to_owned(), Raw::Scalar("hunter2".to_owned()))];
    for (url, settings) in [("http://me:hunter2@127.0.0.1/", Vec::new()), ("http://127.0.0.1/", bearer)] {
        let plan = Plan::new(target(), Wanted { url: url.into(), settings, ..Wanted::default() }).unwrap();
        assert!(!format!("{plan:?}").contains("hunter2"), "{plan:?}");
    }
}

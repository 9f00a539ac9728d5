use std::sync::Arc;

use allswell_model::ChannelName;
use allswell_model::settings::{Mistake, Raw};

use super::Channels;

fn name(text: &str) -> ChannelName {
    ChannelName::new(text).unwrap()
}

fn hook(settings: &[(&str, &str)]) -> Channels {
    let mut channels = Channels::new();
    channels.insert(name("a"), "webhook", &typed(settings)).unwrap();
    channels
}

fn typed(settings: &[(&str, &str)]) -> Vec<(String, Raw)> {
    settings.iter().map(|(name, value)| ((*name).to_owned(), Raw::Scalar((*value).to_owned()))).collect()
}

fn mistakes(kind: &str, settings: &[(&str, &str)]) -> Vec<String> {
    let said = |mistake: Mistake| format!("{}: {mistake}", mistake.key.clone().unwrap_or_default());
    Channels::new().insert(name("a"), kind, &typed(settings)).unwrap_err().into_iter().map(said).collect()
}

#[test]
fn mistakes_are_told_all_at_once_with_their_keys() {
    assert_eq!(mistakes("webhok", &[]), ["type: `webhok` is no type of channel: did you mean `webhook`?"]);
    assert_eq!(mistakes("mail", &[]), ["type: `mail` is no type of channel: known are webhook, exec"]);
    assert_eq!(mistakes("webhook", &[]), ["url: `url` is missing: say where to send, as in https://..."]);
    let many = mistakes("webhook", &[("url", "ftp://x/CANARY"), ("body", "{{ sumary }}"), ("headers", "Host name: x"), ("timeout", "10s")]);
    assert_eq!(
        many,
        [
            "url: `url` is neither https nor http",
            "headers: the header `Host name` has a name that HTTP cannot carry",
            "body: `body` names `sumary`, which no alert has: did you mean `summary`?",
        ]
    );
    assert_eq!(
        mistakes("webhook", &[("url", "http://a/"), ("content_type", "text/plain"), ("ca", "/x.pem")]),
        [
            "ca: `ca` is of no use over http: write https:// in `url`",
            "content_type: `content_type` needs a `body`: without one, the alert's JSON document is sent",
        ]
    );
    let ca = mistakes("webhook", &[("url", "https://a/"), ("ca", "/nowhere/x.pem")]);
    assert_eq!(ca, ["ca: `ca` /nowhere/x.pem cannot be read (No such file or directory (os error 2))"]);
    assert_eq!(mistakes("exec", &[]), ["command: `command` is missing: name a program, as in [/usr/local/bin/page, --now]"]);
    assert_eq!(
        mistakes("exec", &[("command", "/nowhere/x")]),
        ["command: the program `/nowhere/x` cannot be run (No such file or directory (os error 2))"]
    );
    assert_eq!(
        mistakes("exec", &[("command", "page --now")]),
        ["command: the program `page --now` is not in PATH: no shell reads it: write a list, as in [/usr/local/bin/page, --now]"]
    );
    assert_eq!(mistakes("exec", &[("command", "/etc/passwd")]), ["command: the program `/etc/passwd` is not executable"]);
    assert_eq!(mistakes("exec", &[("command", "no-such-program-0")]), ["command: the program `no-such-program-0` is not in PATH"]);
}

#[test]
fn a_mistake_in_a_url_does_not_repeat_it() {
    for url in ["CANARY", "ftp://CANARY/CANARY", "https://u:CANARY@[::g]/"] {
        for said in mistakes("webhook", &[("url", url)]) {
            assert!(!said.contains("CANARY"), "{said}");
        }
    }
}

#[test]
fn nothing_of_a_channel_is_in_debug_but_its_name_and_kind() {
    let channels = hook(&[("url", "https://u:CANARY@hooks.example/CANARY?CANARY"), ("headers", "Authorization: CANARY")]);
    assert_eq!(format!("{channels:?}"), r#"{"a": "webhook"}"#);
}

#[test]
fn what_did_not_change_stays_what_it_was() {
    let old = hook(&[("url", "https://a.example/1")]);
    let (same, changed) = hook(&[("url", "https://a.example/1")]).after(&old);
    assert!(changed.is_empty());
    assert!(Arc::ptr_eq(same.find(&name("a")).unwrap().channel(), old.find(&name("a")).unwrap().channel()));
    assert_eq!(same, old);
    let (other, changed) = hook(&[("url", "https://a.example/2")]).after(&old);
    assert_eq!(changed, [name("a")]);
    assert_ne!(other, old);
    let (gone, changed) = Channels::new().after(&old);
    assert_eq!((gone.len(), changed.len()), (0, 0));
}

#[test]
fn another_content_of_the_same_file_is_a_change() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ca.pem");
    let made = || {
        std::fs::write(&path, allswell_testkit::certificate::Authority::root("one").pem()).unwrap();
        hook(&[("url", "https://a.example/"), ("ca", path.to_str().unwrap())])
    };
    let one = made();
    assert_eq!(one, one.clone());
    assert_ne!(made(), one);
}

#[test]
fn a_name_given_twice_is_a_mistake() {
    let mut channels = hook(&[("url", "https://a.example/")]);
    let twice = channels.insert(name("a"), "webhook", &typed(&[("url", "https://a.example/")])).unwrap_err();
    assert_eq!(twice, [Mistake::whole("the channel `a` is given twice")]);
}

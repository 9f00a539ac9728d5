//! Channels, alerts, heartbeat, access, TLS and denied ranges.

use allswell_model::{Alerting, Status};
use allswell_testkit::certificate::Leaf;
use allswell_web::Role;

use super::*;

#[test]
fn channels_and_heartbeat_are_checked_all_at_once() {
    let found = mistakes(
        "heartbeat: { every: 1m }
channels:
  oncall: { type: webhok, url: 'https://x' }
  other: {}
  third: { type: exec, comand: [true] }
defaults: { alert: oncal }
targets: [{ url: 'tcp://x:1', group: dbb, alert: [oncall, nobody, oncall] }]
groups: { db: {} }
",
    );
    for start in [
        "1:1 `url` of `heartbeat` is missing",
        "3:19 `webhok` is no type of channel | did you mean `webhook`?",
        "4:3 channel `other` has no `type` | one of webhook, exec",
        "5:24 `comand` is not a key of channel `third` | did you mean `command`?",
        "6:20 `channels` has no `oncal` | did you mean `oncall`?",
        "7:38 `groups` has no `dbb` | did you mean `db`?",
        "7:59 `channels` has no `nobody` | known are oncall, other, third",
        "7:67 `oncall` stands here twice",
    ] {
        assert!(found.iter().any(|one| one.starts_with(start)), "{start}: {found:#?}");
    }
}

#[test]
fn a_secret_of_a_channel_is_shown_nowhere() {
    let text = "heartbeat: { url: 'https://x/${TOKEN}' }\nchannels: { a: { type: webhook, url: 'https://x/hunter2' } }\n";
    let read = good(text);
    assert_eq!((read.channels.len(), read.warnings.len()), (1, 0));
    assert!(!format!("{read:?}").contains("s3cr3t") && !format!("{read:?}").contains("hunter2"), "{read:?}");
    let report = super::read(&format!("{text}lisen: x\nchannel: {{ a: 1 }}\n")).unwrap_err().to_string();
    assert!(!report.contains("hunter2") && !report.contains("s3cr3t"), "{report}");
    let report = super::read("heartbeat: { url: 'ftp://hunter2', evry: 1s }\n").unwrap_err().to_string();
    assert!(!report.contains("hunter2"), "{report}");
}

#[test]
fn whom_to_tell_comes_from_the_nearest() {
    let read = good(
        "channels: { a: { type: webhook, url: 'https://x' }, b: { type: webhook, url: 'https://x' } }
defaults: { alert: a, remind: 4h }
groups: { g: { alert: [b, a], alert_on: degraded } }
targets:
  - url: tcp://127.0.0.1:1
  - { url: 'tcp://127.0.0.1:2', group: g }
  - { url: 'tcp://127.0.0.1:3', group: g, alert: [], alert_on: [unknown, down] }
",
    );
    let alerting = |index: usize| {
        let Alerting { channels, on, remind, .. } = read.targets[index].target.alerting.clone();
        (channels.iter().map(|name| name.as_str().to_owned()).collect::<Vec<_>>(), on.to_vec(), remind)
    };
    let four = Some(Duration::from_secs(4 * 3600));
    assert_eq!(alerting(0), (vec!["a".to_owned()], vec![Status::Down, Status::Unknown], four));
    assert_eq!(alerting(1), (vec!["b".to_owned(), "a".to_owned()], vec![Status::Degraded], four));
    assert_eq!(alerting(2), (vec![], vec![Status::Down, Status::Unknown], four));
    assert_eq!(good("targets: [{ url: 'tcp://127.0.0.1:1' }]").targets[0].target.alerting, Alerting::default());
    assert_eq!(
        in_target("alert_on: [dwn]"),
        ["3:16 `alert_on` takes one or several of down, degraded, unknown, not `dwn` | did you mean `down`?"]
    );
    assert_eq!(in_target("alert_on: []"), ["3:15 `alert_on` takes one or several of down, degraded, unknown, not none of them"]);
    assert_eq!(in_target("remind: 1s"), ["3:13 `remind` takes a duration from 1m to 30d, not `1s`"]);
}

#[test]
fn those_who_may_call_are_named_once_each_with_one_secret() {
    let hash = allswell_web::hash_password("sesame").unwrap();
    let token = allswell_web::hash_token("open");
    let read = good(&format!("access:\n  - {{ name: ann, password: '{hash}' }}\n  - {{ name: bot, role: operator, token: '{token}' }}\n"));
    let who: Vec<(&str, Role)> = read.access.iter().map(|access| (access.name.as_str(), access.role)).collect();
    assert_eq!(who, [("ann", Role::Viewer), ("bot", Role::Operator)]);
    let text = format!(
        "access:
  - {{ name: ann, password: opensesame }}
  - {{ name: ann, role: admin, token: '{token}' }}
  - {{ role: viewer }}
  - {{ name: 'a:b', token: '{token}', password: '{hash}' }}
  - nobody
"
    );
    let found = mistakes(&text);
    for start in [
        "2:28 ",
        "3:13 `ann` stands here twice; first in line 2",
        "3:24 `role` takes one of viewer, operator, not `admin`",
        "4:5 this entry of `access` has neither `password` nor `token`",
        "4:5 this entry of `access` has no `name`",
        "5:13 a name holds neither `:` nor control characters",
        "6:5 an entry of `access` takes keys with values",
    ] {
        assert!(found.iter().any(|one| one.starts_with(start)), "{start}: {found:#?}");
    }
    assert!(found.iter().any(|one| one.contains("has a `password` or a `token`, not both")), "{found:#?}");
    let report = super::read(&text).unwrap_err().to_string();
    assert!(!report.contains("opensesame") && !report.contains(&token) && !report.contains(&hash), "{report}");
    assert!(!mistakes("access: { name: ann }").is_empty());
}

#[test]
fn ranges_are_denied_by_default_and_by_choice() {
    let by = |read: &Configuration, address: &str| read.deny.by(address.parse().unwrap()).is_some();
    let unset = good("");
    assert!(by(&unset, "127.0.0.1") && by(&unset, "169.254.169.254") && !by(&unset, "10.0.0.1"));
    let set = good("deny: [10.0.0.0/8, 'fd00::/8']");
    assert!(!by(&set, "127.0.0.1") && by(&set, "10.1.2.3") && by(&set, "fd00::1"));
    assert!(!by(&good("deny: []"), "127.0.0.1"));
    assert_eq!(mistakes("deny: [10.0.0.1/8, x]").len(), 2);
}

#[test]
fn tls_wants_two_files_that_belong_together() {
    let found = mistakes("tls: { certificate: nowhere.pem }");
    let missing_file = "1:21 nowhere.pem cannot be read: No such file or directory (os error 2)";
    assert_eq!(found, ["1:6 `tls` has no `key`", missing_file]);
    let found = mistakes("tls: { certificate: /nonexistent/a.pem, key: /nonexistent/b.pem }");
    let missing =
        |place: &str, path: &str| format!("{place} /nonexistent/{path}.pem cannot be read: No such file or directory (os error 2)");
    assert_eq!(found, [missing("1:21", "a"), missing("1:46", "b")]);
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    let (one, other) = (Leaf::of(&["x"]).self_signed(), Leaf::of(&["x"]).self_signed());
    std::fs::write(path("certificate"), one.pem()).unwrap();
    std::fs::write(path("key"), one.key_pem()).unwrap();
    std::fs::write(path("other"), other.key_pem()).unwrap();
    let text = |key: &str| format!("tls: {{ certificate: {}, key: {} }}", path("certificate").display(), path(key).display());
    assert_eq!(good(&text("key")).tls, Some(TlsFiles { certificate: path("certificate"), key: path("key") }));
    assert_eq!(mistakes(&text("other")).len(), 1, "a key of another certificate");
    let swapped = mistakes(&format!("tls: {{ certificate: {}, key: {} }}", path("certificate").display(), path("certificate").display()));
    assert!(swapped.len() == 1 && !swapped[0].starts_with("1:1 "), "placed at the file that is none: {swapped:?}");
}

#[test]
fn where_people_find_the_page_is_an_address_for_browsers() {
    assert_eq!(good("public_url: https://watch.example.com").public_url.as_deref(), Some("https://watch.example.com"));
    assert_eq!(good("listen: 127.0.0.1:1").public_url, None);
    for wrong in ["watch.example.com", "ftp://watch.example.com", "https://", "'https://a b'"] {
        let said = mistakes(&format!("public_url: {wrong}")).join("\n");
        assert!(said.contains("`public_url` takes an address for browsers") && said.contains("https://watch.example.com"), "{said}");
    }
}

/// What is wrong with one key of an entry does not hide what is wrong with its others, nor with other entries.
#[test]
fn no_mistake_hides_another() {
    let found = mistakes(
        r#"heartbeat: { url: "icmp://x", every: 0s }
access: [{ name: a, token: plain, password: plain }]
channels:
  w: { type: webhook, url: "ftp://h/x", body: "{{ nope }", method: GET }
  e: { type: exec, command: "no-such-program-of-ours -rf", timeout: 0 }
  "": { type: exec, command: "no-such-program-of-ours" }
  content: { type: webhook, url: "https://h/", content_type: [a], body: plain }
  unset: { type: webhook, url: [a] }
defaults: { alert: [w, nobody], alert_on: [up], runbook: "javascript:alert(1)" }
targets:
  - { name: "", id: "a\u0007", url: http://127.0.0.1/, expect: "statsu == 200", http: { method: 7, bogus: 1 } }
  - { name: "b\u0007" }
"#,
    );
    let told = found.join("\n");
    let each = [
        "`url` of `heartbeat` is neither https nor http",
        "`every` takes",
        "hash",
        "hash",
        "`url` of channel `w` is neither",
        "`body` of channel `w` line 1",
        "`method` takes",
        "no-such-program-of-ours",
        "`timeout` takes a duration from 1s to 5m, but 0 has no unit",
        "no-such-program-of-ours",
        "`content_type` takes",
        "`url` takes",
        "`channels` has no `nobody`",
        "`alert_on` takes",
        "`runbook` takes a URL of http or https",
        "11:13 a name must not be empty",
        "11:21 ",
        "statsu",
        "`bogus` is not",
        "12:5 this target has no `url`",
        "12:13 ",
    ];
    for what in each {
        assert!(found.iter().any(|one| one.contains(what)), "{what}\n{told}");
    }
    assert!(
        !told.contains("is missing") && !told.contains("body` of channel `content`"),
        "what depends on a spoiled value is left out:\n{told}"
    );
    assert_eq!(found.len(), 23, "{told}");
}

//! Random configurations through the real reader: what changes from one to another, and what is shown of each.

use std::collections::BTreeMap;

use proptest::prelude::*;
use proptest::sample::{select, subsequence};

use super::*;

/// One target, written down.
fn target() -> impl Strategy<Value = (usize, String)> {
    let keys = vec![
        "every: 7s",
        "timeout: 1500ms",
        "down_after: 4",
        "recheck: 9s",
        "labels: { a: b, c: 'd e' }",
        "expect: rtt_ms < 3",
        "expect: ['rtt_ms < 3', 'address != \"it''s # odd\"']",
        "warn: [rtt_ms < 1]",
        "runbook: https://wiki.example.com/a?b=c#d",
        "alert: [one, two]",
        "alert: []",
        "alert_on: [unknown, degraded]",
        "remind: 2h",
        "tcp: { hold: 50ms }",
        "addresses: any",
        "family: any",
        "group: g",
        "group: 'h/ä'",
        "name: 'a \"name\": # of its own'",
    ];
    let count = keys.len();
    let url = select(vec!["tcp://127.0.0.1:1", "tcp://[::1]:2", "tcp://${HOST}:3"]);
    (0..6_usize, url, subsequence(keys, 0..=count)).prop_map(|(id, url, keys)| {
        let mut seen = std::collections::BTreeSet::new();
        let keys: String = keys.into_iter().filter(|key| seen.insert(key.split(':').next())).map(|key| format!("    {key}\n")).collect();
        (id, format!("  - url: {url}\n    id: id-{id}\n{keys}"))
    })
}

/// A configuration whose targets are known by ids; names may meet, so names are made different.
fn configuration() -> impl Strategy<Value = String> {
    let defaults =
        subsequence(vec!["every: 20s", "labels: { z: y }", "alert: one", "expect: rtt_ms < 9", "tcp: { hold: 1ms }", "timeout: 2s"], 0..=6);
    (proptest::collection::vec(target(), 0..6), defaults, any::<bool>()).prop_map(|(targets, defaults, node)| {
        let by_id: BTreeMap<usize, String> = targets.into_iter().collect();
        let targets: String = by_id
            .iter()
            .map(|(id, text)| match text.contains("    name:") {
                true => text.replace("of its own", &format!("of its own {id}")),
                false => format!("{text}    name: n{id}\n"),
            })
            .collect();
        let targets = if targets.is_empty() { targets } else { format!("targets:\n{targets}") };
        let defaults: String = defaults.iter().map(|key| format!("  {key}\n")).collect();
        let defaults = if defaults.is_empty() { defaults } else { format!("defaults:\n{defaults}") };
        let node = if node { "node: { name: 'x y', location: eu }\nretention: { raw: 3d }\nallowed_hosts: [a.b, c]\n" } else { "" };
        let channels = "channels:\n  one: { type: webhook, url: 'https://${HOST}/a' }\n  two: { type: webhook, url: 'https://${HOST}/b', timeout: 3s }\n";
        format!("{node}{channels}{defaults}groups:\n  g: {{ up_after: 7, tcp: {{ hold: 3ms }} }}\n  'h/ä': {{ labels: {{ a: h }} }}\n{targets}")
    })
}

fn applied(old: &[Arc<Plan>], changes: &Changes) -> BTreeMap<String, Arc<Plan>> {
    let mut plans: BTreeMap<String, Arc<Plan>> = old.iter().map(|plan| (plan.target.id.to_string(), Arc::clone(plan))).collect();
    for gone in &changes.removed {
        assert!(plans.remove(gone.as_str()).is_some(), "what is gone was there");
    }
    for plan in &changes.changed {
        assert!(plans.insert(plan.target.id.to_string(), Arc::clone(plan)).is_some(), "what changed was there");
    }
    for plan in &changes.added {
        assert!(plans.insert(plan.target.id.to_string(), Arc::clone(plan)).is_none(), "what is new was not there");
    }
    plans
}

fn same(left: &[Arc<Plan>], right: &[Arc<Plan>]) -> bool {
    left.len() == right.len() && left.iter().zip(right).all(|(left, right)| left.asks_the_same(right))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn what_changed_applied_to_the_old_gives_the_new(old in configuration(), new in configuration()) {
        let (old, new) = (good(&old).targets, good(&new).targets);
        let changes = difference(&old, &new);
        let applied = applied(&old, &changes);
        let mut expected: Vec<Arc<Plan>> = new.clone();
        expected.sort_by(|a, b| a.target.id.cmp(&b.target.id));
        prop_assert!(same(&applied.into_values().collect::<Vec<_>>(), &expected));
        prop_assert_eq!(changes.as_before + changes.added.len() + changes.changed.len(), new.len());
        prop_assert_eq!(changes.as_before + changes.removed.len() + changes.changed.len(), old.len());
        for plan in &changes.changed {
            let before = old.iter().find(|one| one.target.id == plan.target.id).unwrap();
            prop_assert!(!before.asks_the_same(plan), "what is told as changed is other than before");
        }
    }

    #[test]
    fn what_is_the_same_stays_in_use_and_all_else_is_new(old in configuration(), new in configuration()) {
        let (old, new) = (good(&old).targets, good(&new).targets);
        let settled = settled(&old, new.clone());
        prop_assert_eq!(settled.len(), new.len());
        for (settled, new) in settled.iter().zip(&new) {
            prop_assert!(settled.asks_the_same(new) && settled.target == new.target);
            let before = old.iter().find(|plan| plan.asks_the_same(new) && plan.target == new.target);
            prop_assert!(Arc::ptr_eq(settled, before.unwrap_or(new)));
        }
    }

    #[test]
    fn the_same_in_other_places_is_no_change(text in configuration()) {
        let moved = format!("# a line more\n\n{text}");
        let changes = difference(&good(&text).targets, &good(&moved).targets);
        prop_assert!(changes.is_empty(), "{}", changes);
    }

    #[test]
    fn what_is_shown_reads_back_to_the_same(text in configuration()) {
        let (read, explained) = explain_text("allswell.yaml", &text, &surroundings()).unwrap_or_else(|report| panic!("{report}"));
        let shown = yaml_of_all(&explained);
        let again = super::read(&shown).unwrap_or_else(|report| panic!("{report}\n{text}\n{shown}"));
        for (before, after) in read.targets.iter().zip(&again.targets) {
            prop_assert!(before.asks_the_same(after), "{:#?}\n{:#?}\n{text}\n{shown}", before.target, after.target);
        }
        prop_assert_eq!(read.targets.len(), again.targets.len());
        prop_assert!(!explained.hides);
        prop_assert_eq!((read.listen, read.node, read.location, read.retention), (again.listen, again.node, again.location, again.retention));
        prop_assert_eq!((read.allowed_hosts, read.store, read.deny), (again.allowed_hosts, again.store, again.deny));
        prop_assert!(read.channels == again.channels && read.access == again.access);
        let (_, twice) = explain_text("allswell.yaml", &shown, &surroundings()).unwrap();
        let bare = |text: &str| text.lines().map(|line| line.split(" # ").next().unwrap().trim_end().to_owned()).collect::<Vec<_>>();
        prop_assert_eq!(bare(&yaml_of_all(&twice)), bare(&shown));
    }
}

#[test]
fn counts_are_told_in_a_line() {
    let old = good("targets: [{ url: 'tcp://127.0.0.1:1' }, { url: 'tcp://127.0.0.1:2' }, { url: 'tcp://127.0.0.1:3' }]");
    let new = good("targets: [{ url: 'tcp://127.0.0.1:2', every: 1s }, { url: 'tcp://127.0.0.1:3' }, { url: 'tcp://127.0.0.1:4' }]");
    assert_eq!(difference(&old.targets, &new.targets).to_string(), "1 added, 1 changed, 1 removed, 1 as before");
    assert_eq!(difference(&old.targets, &old.targets).to_string(), "3 as before");
    assert_eq!(difference(&[], &[]).to_string(), "no targets");
}

#[test]
fn secrets_are_hidden_from_what_is_shown() {
    let text = "access: [{ name: ann, token: 'sha256:0000000000000000000000000000000000000000000000000000000000000001' }]
heartbeat: { url: 'https://x/sesame' }
channels:
  a: { type: webhook, url: 'https://y/sesame', headers: { X-Any: sesame } }
  b: { type: exec, command: [/bin/sh, '--with=sesame'], env: { ANY: sesame } }
targets:
  - url: http://me:sesame@127.0.0.1:1/
  - { name: a, url: 'http://127.0.0.1:1/', http: { headers: { Authorization: sesame, X-Other: shown } } }
  - { name: b, url: 'http://127.0.0.1:1/', http: { bearer: '${TOKEN}' } }
  - { name: c, url: 'http://127.0.0.1:1/', http: { bearer: sesame } }
";
    let (_, explained) = explain_text("allswell.yaml", text, &surroundings()).unwrap_or_else(|report| panic!("{report}"));
    let shown = format!("{}{}", yaml_of_all(&explained), json_of_all(&explained));
    assert!(!shown.contains("sesame") && !shown.contains("0001") && !shown.contains("s3cr3t"), "{shown}");
    assert!(shown.contains("shown") && shown.contains("${TOKEN}") && explained.hides, "{shown}");
}

#[test]
fn keys_that_mean_something_else_are_named() {
    let changed = |old: &str, new: &str| changed_keys(&good(old), &good(new));
    assert_eq!(changed("", ""), [""; 0]);
    assert_eq!(changed("listen: 127.0.0.1", "listen: 127.0.0.1:8420"), [""; 0], "the same in other words");
    let all = "listen: 127.0.0.1:1
allowed_hosts: a
node: { location: eu }
store: s
retention: { raw: 3d }
access: [{ name: ann, token: 'sha256:0000000000000000000000000000000000000000000000000000000000000001' }]
deny: []
heartbeat: { url: 'https://x/' }
channels: { a: { type: webhook, url: 'https://x/' } }
";
    let names = ["listen", "allowed_hosts", "node", "store", "retention", "access", "deny", "heartbeat", "channels"];
    assert_eq!(changed(all, ""), names);
    assert_eq!(changed(all, all), [""; 0]);
}

#[test]
fn a_target_that_names_a_file_is_always_new() {
    let certificate = allswell_testkit::certificate::Authority::root("of a test").pem();
    let folder = tempfile::tempdir().unwrap();
    let ca = folder.path().join("ca.pem");
    std::fs::write(&ca, certificate).unwrap();
    let text = format!("targets: [{{ url: 'tls://127.0.0.1:1', tls: {{ ca: '{}' }} }}]", ca.display());
    let (old, new) = (good(&text).targets, good(&text).targets);
    assert!(Arc::ptr_eq(&settled(&old, new.clone())[0], &new[0]), "the file may hold another certificate by now");
}

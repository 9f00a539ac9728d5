use super::*;

mod files;
mod keys_of_the_file;
mod links;
mod random;
mod reference;

pub(super) fn surroundings<'a>() -> Surroundings<'a> {
    let variable = |name: &str| match name {
        "TOKEN" => Some("s3cr3t".to_owned()),
        "HOST" => Some("Db.Internal".to_owned()),
        _ => None,
    };
    Surroundings { variable: Box::leak(Box::new(variable)), folder: PathBuf::new() }
}

pub(super) fn read(text: &str) -> Result<Configuration, Report> {
    read_text("allswell.yaml", text, &surroundings())
}

pub(super) fn good(text: &str) -> Configuration {
    read(text).unwrap_or_else(|report| panic!("{report}"))
}

/// The mistakes, a line each: `line:column message | hint`.
pub(super) fn mistakes(text: &str) -> Vec<String> {
    let report = read(text).err().map(|report| report.mistakes().to_vec()).unwrap_or_default();
    let one = |mistake: &Mistake| {
        let hint = mistake.hint.as_ref().map(|hint| format!(" | {hint}")).unwrap_or_default();
        format!("{}:{} {}{hint}", mistake.at.line, mistake.at.column, mistake.message)
    };
    report.iter().map(one).collect()
}

/// The only mistake of a target with these lines below a URL.
pub(super) fn in_target(lines: &str) -> Vec<String> {
    mistakes(&format!("targets:\n  - url: tcp://127.0.0.1:80\n    {lines}\n"))
}

#[test]
fn an_empty_file_is_all_defaults() {
    for text in ["", "# nothing yet\n", "---\n"] {
        let read = good(text);
        assert_eq!((read.listen.to_string().as_str(), read.targets.len()), ("127.0.0.1:8420", 0));
        assert_eq!(read.retention, Retention::default());
    }
}

#[test]
fn unset_keys_have_the_figures_of_the_model() {
    let read = good("targets: [{ url: 'tcp://127.0.0.1:80' }]");
    assert_eq!(read.targets[0].target.policy, allswell_model::Policy::default());
}

#[test]
fn allowed_hosts_are_names_alone() {
    assert_eq!(good("").allowed_hosts, [""; 0]);
    assert_eq!(good("allowed_hosts: watch.example.com").allowed_hosts, ["watch.example.com"]);
    assert_eq!(good("allowed_hosts: [watch, '[fd00::7]', 10.0.0.1, a.b.]").allowed_hosts, ["watch", "[fd00::7]", "10.0.0.1", "a.b."]);
    let hint = "a name alone, such as watch.example.com: no scheme, no port, no `*`";
    for wrong in ["https://watch.example.com", "watch:8420", "'*.example.com'", "a..b", "'.'"] {
        let shown = wrong.trim_matches('\'');
        assert_eq!(
            mistakes(&format!("allowed_hosts: [{wrong}]")),
            [format!("1:17 `allowed_hosts` takes host names, not `{shown}` | {hint}")]
        );
    }
    assert_eq!(mistakes("allowed_hosts: [{ a: b }]"), ["1:17 `allowed_hosts` takes host names, not a map"]);
}

#[test]
fn the_nearest_wins() {
    let read = good(
        "defaults: { every: 30s, timeout: 3s, labels: { team: all, site: fra } }
groups:
  db: { every: 5s, labels: { team: data }, tcp: { hold: 50ms } }
targets:
  - url: tcp://127.0.0.1:1
  - { url: 'tcp://127.0.0.1:1', group: db }
  - { url: 'tcp://127.0.0.1:2', group: db, every: 1s, labels: { site: ams }, runbook: 'https://wiki/x', id: fixed }
",
    );
    let facts: Vec<String> = read
        .targets
        .iter()
        .map(|plan| {
            let target = &plan.target;
            format!("{} {} {:?} {:?} {:?}", target.id, target.name, target.policy.every, target.policy.recheck, target.labels)
        })
        .collect();
    assert_eq!(
        facts,
        [
            r#"tcp://127.0.0.1:1 tcp://127.0.0.1:1 30s 2s {"site": "fra", "team": "all"}"#,
            r#"db/tcp://127.0.0.1:1 db/tcp://127.0.0.1:1 5s 2s {"site": "fra", "team": "data"}"#,
            r#"fixed db/tcp://127.0.0.1:2 1s 1s {"site": "ams", "team": "data"}"#,
        ]
    );
    assert_eq!(read.targets[2].target.runbook.as_deref(), Some("https://wiki/x"));
    assert_eq!(read.targets[2].target.origin, allswell_model::Origin::File { path: "allswell.yaml".into(), line: 7 });
}

#[test]
fn each_makes_every_combination() {
    let read = good(
        "targets:
  - name: '{host} {port}'
    url: tcp://{host}:{port}
    each: { host: [db1, '[fd00::7]'], port: [1, 2] }
",
    );
    let names: Vec<&str> = read.targets.iter().map(|plan| &*plan.target.name.name).collect();
    assert_eq!(names, ["db1 1", "db1 2", "[fd00::7] 1", "[fd00::7] 2"]);
    assert_eq!(read.targets[3].target.url, "tcp://[fd00::7]:2");
}

#[test]
fn what_is_filled_in_is_not_shown() {
    let read = good("targets: [{ url: 'tcp://${HOST}:80' }]");
    assert_eq!(read.targets[0].target.url, "tcp://${HOST}:80");
    assert_eq!(read.targets[0].target.id.as_str(), "tcp://${HOST}:80");
    assert_eq!(mistakes("targets: [{ url: 'tcp://${HOST}:70000' }]"), ["1:18 tcp://${HOST}:70000 has a port outside 1 to 65535"]);
    assert_eq!(
        in_target("every: '${TOKEN}'"),
        ["3:12 `every` takes a duration from 10ms to 1d, but ${TOKEN} is not a duration such as 250ms, 15s, 1h30m"]
    );
    assert_eq!(in_target("every: '${NONE}'"), ["3:12 the environment has no `NONE` | set it: NONE=... allswell run"]);
}

#[test]
fn a_misspelt_key_is_told_with_the_nearest() {
    assert_eq!(mistakes("lisen: 127.0.0.1:1"), ["1:1 `lisen` is not a key of the configuration | did you mean `listen`?"]);
    assert_eq!(in_target("evry: 1s"), ["3:5 `evry` is not a key of a target | did you mean `every`?"]);
    assert_eq!(in_target("tcp: { hodl: 1s }"), ["3:12 `hodl` is not a key of `tcp` | did you mean `hold`?"]);
    assert_eq!(in_target("hold: 1s"), ["3:5 `hold` is not a key of a target, but a setting of tcp | write tcp: { hold: ... }"]);
    assert_eq!(mistakes("retention: { row: 7d }"), ["1:14 `row` is not a key of `retention` | did you mean `raw`?"]);
    assert_eq!(mistakes("groups: { db: { url: x } }"), ["1:17 `url` belongs to a target, not to group `db` | move it to `targets`"]);
}

#[test]
fn a_wrong_type_is_told_where_it_stands() {
    assert_eq!(in_target("every: [1s]"), ["3:12 `every` takes a duration from 10ms to 1d, not a list"]);
    assert_eq!(in_target("down_after: two"), ["3:17 `down_after` takes a whole number from 1 to 1000, not `two`"]);
    assert_eq!(in_target("labels: web"), ["3:13 `labels` takes a map of names to text, not `web`"]);
    assert_eq!(in_target("tcp: 50ms"), ["3:10 `tcp` takes keys with values, not a single value"]);
    assert_eq!(in_target("addresses: every"), ["3:16 `addresses` takes one of first, any, all, not `every`"]);
    assert_eq!(in_target("every:"), ["3:5 `every` has no value | give one, or leave the key out"]);
    assert_eq!(mistakes("targets: tcp://x:1"), ["1:10 `targets` takes a list, not a single value | each target begins with `- `"]);
    assert_eq!(mistakes("- a"), ["1:1 the configuration takes keys with values, not a list"]);
    assert_eq!(
        mistakes("listen: localhost:80"),
        [
            "1:9 `listen` takes an address, with or without a port, not `localhost:80` | 127.0.0.1:80 for this host alone, 0.0.0.0:80 or [::]:80 for all"
        ]
    );
}

#[test]
fn figures_out_of_bounds_are_refused() {
    assert_eq!(in_target("every: 0s"), ["3:12 `every` takes a duration from 10ms to 1d, not `0s`"]);
    assert_eq!(in_target("timeout: -1s"), ["3:14 `timeout` takes a duration from 1ms to 10m, but -1s is negative"]);
    assert_eq!(in_target("timeout: 5"), ["3:14 `timeout` takes a duration from 1ms to 10m, but 5 has no unit; did you mean 5s?"]);
    assert_eq!(in_target("down_after: 0"), ["3:17 `down_after` takes a whole number from 1 to 1000, not `0`"]);
}

#[test]
fn names_and_ids_are_unique() {
    assert_eq!(
        mistakes("targets:\n  - { name: a, url: 'tcp://x:1' }\n  - { name: a, url: 'tcp://x:2' }\n"),
        ["3:13 two targets are called `a`; the first is in line 2 | rename one of them, or put it into another group"]
    );
    assert_eq!(
        mistakes("targets:\n  - url: tcp://x:1\n  - url: tcp://x:1\n"),
        ["3:10 two targets are called `tcp://x:1`; the first is in line 2 | give one of them a `name`"]
    );
    assert_eq!(
        mistakes("targets:\n  - { id: a, url: 'tcp://x:1' }\n  - { id: a, url: 'tcp://x:2' }\n"),
        ["3:11 two targets have the id `a`; the first is in line 2"]
    );
    assert_eq!(
        mistakes(
            "groups: { a: {}, a/b: {} }\ntargets:\n  - { group: a, name: b/c, url: 'tcp://x:1' }\n  - { group: a/b, name: c, url: 'tcp://x:2' }\n"
        ),
        ["4:25 two targets have the id `a/b/c`; the first is in line 3"]
    );
    assert_eq!(
        mistakes("targets:\n  - { name: db, url: 'tcp://{h}:1', each: { h: [a, b] } }\n"),
        ["2:13 two targets are called `db`; the first is in line 2 | put a name of `each`, such as {host}, into it"]
    );
    assert_eq!(
        mistakes("targets: [{ name: \"a\\nb\", url: 'tcp://x:1' }]"),
        ["1:19 a name holds no control characters; this one has \\u{a}"]
    );
}

#[test]
fn a_url_that_is_none_is_told_with_a_hint() {
    let url = |url: &str| mistakes(&format!("targets:\n  - url: {url}\n"));
    assert_eq!(url("tpc://x:1"), ["2:10 no protocol is called `tpc` | did you mean `tcp`?"]);
    assert_eq!(url("tcp://x:70000"), ["2:10 tcp://x:70000 has a port outside 1 to 65535"]);
    assert_eq!(url("tcp://x"), ["2:10 tcp://x has no port | such as tcp://x:443"]);
    assert_eq!(
        url("example.com"),
        ["2:10 `example.com` has no scheme | did you mean https://example.com, icmp://example.com or tcp://example.com:443?"]
    );
    assert_eq!(url("tcp://{hst}:1"), ["2:10 `{hst}` has no values | give its values: each: { hst: [a, b] }"]);
    assert_eq!(mistakes("targets: [{ name: x }]"), ["1:11 this target has no `url` | such as url: https://example.com/health"]);
}

#[test]
fn a_target_with_a_bad_url_is_checked_all_the_same() {
    let found = mistakes("targets:\n  - url: tcp://x:70000\n    expect: rtt_sm < 3\n    tcp: { hold: x }\n");
    assert_eq!(found.len(), 3, "{found:?}");
}

#[test]
fn an_expectation_is_checked_against_its_protocol() {
    for (lines, place) in [
        ("expect: status == 200", "3:13 "),
        ("expect: rtt_ms == \"fast\"", "3:"),
        ("expect: [rtt_ms]", "3:14 "),
        ("expect: 1 < 2", "3:13 "),
        ("expect: rtt_ms >= 0", "3:13 "),
        ("warn: 'rtt_ms <'", "3:"),
        ("expect: address == '${HOST}'", "3:13 "),
        ("expect: [{ a: b }]", "3:14 "),
        ("expect:", "3:5 "),
    ] {
        let found = in_target(lines);
        assert_eq!(found.len(), 1, "{lines}: {found:?}");
        assert!(found[0].starts_with(place), "{lines}: {found:?}");
    }
}

#[test]
fn a_mistake_in_defaults_is_told_once() {
    let found = mistakes("defaults:\n  expect: status == 200\ntargets:\n  - url: tcp://x:1\n  - url: tcp://x:2\n");
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found[0].starts_with("2:11 ") && found[0].contains("(so for target `tcp://x:1`)"), "{found:?}");
}

#[test]
fn expectations_that_yaml_ate_are_to_be_quoted() {
    let found = mistakes(
        "targets:
  - url: tcp://x:1
    expect:
      - !json.maintenance
      - \"a\" == address
      - address.contains(\" #1\")
      - address == 'a' ? true : false
      - &address == 'a'
      - [address] == ['a', 'b'] && true
      - address != 'b'   # a comment is no mistake
    evry: 1s
",
    );
    assert_eq!(
        found.iter().filter(|line| line.contains("quote this")).cloned().collect::<Vec<_>>(),
        [
            "4:9 YAML takes `!json.maintenance` for a tag | quote this: '!json.maintenance'",
            "5:9 YAML takes the `\"` that this expectation begins with for its own | quote this: '\"a\" == address'",
            "6:9 YAML takes the rest of this expectation, from ` #` on, for a comment | quote this: 'address.contains(\" #1\")'",
            "7:9 an expectation is text; YAML takes what holds `: ` for a map | quote this: 'address == ''a'' ? true : false'",
            "8:9 YAML takes the `&` that this expectation begins with for its own | quote this: '&address == ''a'''",
            "9:9 YAML takes the `[` that this expectation begins with for its own | quote this: '[address] == [''a'', ''b''] && true'",
        ]
    );
    assert!(found.iter().any(|line| line.starts_with("11:5 `evry`")), "what follows is read too: {found:?}");
    assert!(!found.iter().any(|line| line.starts_with("10:")), "{found:?}");
}

#[test]
fn what_yaml_allows_but_a_configuration_does_not() {
    assert_eq!(mistakes("store: a\nstore: b\n"), ["2:1 `store` stands here twice; first in line 1"]);
    assert_eq!(mistakes("store: a\n---\nstore: b\n"), ["2:1 a second document begins here: one file is one document"]);
    assert_eq!(mistakes("node:\n\tname: a\n"), ["2:1 a tab indents this line | indent with spaces"]);
    assert_eq!(mistakes("? [a]\n: b\n"), ["1:3 a key is text, not a list | quote text that begins with `{` or `[`"]);
    let merged = mistakes("defaults: &d { every: 1s }\ntargets: [{ url: 'tcp://x:1', <<: *d }]\n");
    assert_eq!(merged, ["2:31 `<<` (merging maps) is not read | keys that several targets share belong to `groups` or `defaults`"]);
    assert_eq!(mistakes("node: &n { name: *n }"), ["1:18 an alias stands within what it is an alias of"]);
    assert!(mistakes(&"[".repeat(200)).iter().any(|line| line.contains("nested more than")));
    let bomb: String = (1..40).map(|n| format!("k{n}: &a{n} [*a{0}, *a{0}, *a{0}]\n", n - 1)).collect();
    assert!(mistakes(&format!("k0: &a0 [x]\n{bomb}")).iter().any(|line| line.contains("aliases add more than")));
}

#[test]
fn an_alias_is_read() {
    let read = good("targets:\n  - { url: 'tcp://x:1', every: &often 1s }\n  - { url: 'tcp://x:2', every: *often }\n");
    assert_eq!(read.targets[1].target.policy.every, Duration::from_secs(1));
}

#[test]
fn relative_paths_begin_at_the_folder_of_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("allswell.yaml");
    std::fs::write(folder.path().join("url"), "tcp://127.0.0.1:9\n").unwrap();
    std::fs::write(&path, "store: history\ntargets: [{ url: '${file:url}' }]\n").unwrap();
    let read = read_file(&path).unwrap_or_else(|report| panic!("{report}"));
    assert_eq!(read.store, Some(folder.path().join("history")));
    assert_eq!((read.targets.len(), read.targets[0].target.url.as_str()), (1, "${file:url}"));
}

#[test]
fn a_secret_in_the_file_is_not_shown() {
    let report = read("targets:\n  - url: http://x\n    http: { bearer: secret, redirects: many }\n").unwrap_err().to_string();
    assert!(report.contains("{ bearer: ******, redirects: many }") && !report.contains("secret"), "{report}");
    let report = read("targets:\n  - url: 'http://me:secret@x:70000/a'\n").unwrap_err().to_string();
    assert!(report.contains("- url: 'http://me:******@x:70000/a'") && !report.contains("secret"), "{report}");
}

#[test]
fn the_report_shows_lines_and_carets() {
    let report = read("node: { nme: a }\ntargets:\n  - url: tcp://x\u{7f}:1\n    every: 0s\n").unwrap_err();
    insta::assert_snapshot!(report.to_string());
}

#[test]
fn a_file_that_is_not_there_is_a_mistake() {
    let report = read_file(Path::new("/nonexistent/allswell.yaml")).unwrap_err();
    assert_eq!(
        report.to_string(),
        "/nonexistent/allswell.yaml: the file cannot be read (No such file or directory (os error 2))\n\n1 mistake in /nonexistent/allswell.yaml\n"
    );
}

#[test]
fn timeouts_and_lists_of_the_command_line() {
    assert_eq!(timeout("250ms"), Ok(Duration::from_millis(250)));
    assert_eq!(timeout("-1s").unwrap_err(), "`timeout` takes a duration from 1ms to 10m, but -1s is negative");
    assert_eq!(
        inline("[a, {b: c}]"),
        Some(Raw::List(vec![Raw::Scalar("a".into()), Raw::Map(vec![("b".into(), Raw::Scalar("c".into()))])]))
    );
    assert_eq!(inline("[a"), None);
}

/// Pieces of which configurations, and what looks like them, are made.
const PIECES: &[&str] = &[
    "targets:",
    "\n",
    "\n  ",
    "\n    ",
    "- ",
    "url: ",
    "tcp://x:1",
    "tcp://{h}:1",
    "each: ",
    "{h: [a, b]}",
    "expect: ",
    "!x",
    "\"",
    "'",
    " #",
    "&a ",
    "*a",
    "${TOKEN}",
    "${",
    "}",
    "{",
    "[",
    "]",
    ": ",
    "\t",
    "defaults:",
    "groups:",
    "|\n",
    ">",
    "---",
    "é",
    "\u{0}",
    "\u{feff}",
    "? ",
    "<<: ",
    "every: 0s",
    "rtt_ms < 3",
    "%",
    "@",
    "...",
];

proptest::proptest! {
    #[test]
    fn any_text_is_answered(text in ".*") {
        let _ = read(&text).map_err(|report| report.to_string());
    }

    #[test]
    fn anything_made_of_yaml_is_answered(indices in proptest::collection::vec(0..PIECES.len(), 0..40)) {
        let text: String = indices.iter().map(|index| PIECES[*index]).collect();
        let _ = read(&text).map_err(|report| report.to_string());
    }
}

#[test]
fn the_command_that_repeats_a_probe_has_no_secret() {
    let read = good(
        "targets: [{ url: 'http://me:${TOKEN}@${HOST}/x', http: { request_body: 'a ${TOKEN}', headers: { X-One: '${TOKEN}', X-Two: b } } }]",
    );
    let expected = "allswell check --set headers='X-One: ${TOKEN}' --set headers='X-Two: b' --set request_body='a ${TOKEN}' \
                    'http://me:${TOKEN}@${HOST}/x'";
    assert_eq!(read.targets[0].target.repeat, expected);
}

#[test]
fn a_quoted_expectation_leaves_the_comment_behind_it_out() {
    let quoted = |expectation: &str| {
        let found = in_target(&format!("expect:\n      - {expectation}"));
        found.iter().filter_map(|line| line.split_once("quote this: ")).map(|(_, hint)| hint.to_owned()).collect::<String>()
    };
    assert_eq!(quoted("address == \"a # b\" # c"), "'address == \"a # b\"'");
    assert_eq!(quoted("address == 'a' ? x : y # c"), "'address == ''a'' ? x : y'");
    assert_eq!(quoted("&address == 'a' # c"), "'&address == ''a'''");
    assert_eq!(quoted("!address [a] # c"), "'!address [a]'");
    assert_eq!(quoted("!address # c"), "'!address'");
}

#[test]
fn an_address_without_a_port_has_the_usual_one() {
    assert_eq!(good("listen: 0.0.0.0").listen.to_string(), "0.0.0.0:8420");
    assert_eq!(good("listen: '[::1]'").listen.to_string(), "[::1]:8420");
}

#[test]
fn a_store_of_nothing_is_a_mistake() {
    let expected = "1:23 `at_most` is too little to keep a history in | at least 10MB; left out, it is 2GB";
    assert_eq!(mistakes("retention: { at_most: 1kB }"), [expected]);
    assert_eq!(good("retention: { at_most: 10MB }").retention.at_most, Some(10_000_000));
}

#[test]
fn only_a_regular_file_is_read() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    let said = |path: &Path| read_file(path).unwrap_err().mistakes()[0].message.clone();
    let owner = rustix::fs::Mode::RUSR;
    rustix::fs::mknodat(rustix::fs::CWD, at("pipe"), rustix::fs::FileType::Fifo, owner, 0).unwrap();
    std::os::unix::fs::symlink("/dev/null", at("null")).unwrap();
    assert_eq!(said(&at("pipe")), "only a regular file is read, and this is a pipe");
    assert_eq!(said(&at("null")), "only a regular file is read, and this is a device");
    assert_eq!(said(folder.path()), "only a regular file is read, and this is a folder");
    std::fs::write(at("file"), "listen: 127.0.0.1:1").unwrap();
    std::os::unix::fs::symlink(at("file"), at("link")).unwrap();
    assert_eq!(read_file(&at("link")).unwrap().listen.port(), 1);
}

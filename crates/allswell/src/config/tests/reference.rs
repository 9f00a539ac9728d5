//! The configuration by which the whole is described has neither a mistake nor a note.

use super::*;

/// As it was promised, word for word.
const PROMISED: &str = r#"# allswell.yaml: saved, checked, diffed, applied
listen: 127.0.0.1:8420
node: { name: fra-1, location: eu }
store: /var/lib/allswell
retention: { raw: 7d, minutes: 30d, hours: 400d, days: 1825d, at_most: 2GB }
heartbeat: { url: "${DEADMAN_URL}", every: 1m }   # proves that the watch itself lives
channels:
  oncall: { type: webhook, url: "${ONCALL_URL}" }
defaults:              # any key of a target; the nearest wins: target, group, defaults
  every: 15s
  timeout: 5s
  down_after: 2        # failures in a row; re-checked every 2 s meanwhile
  up_after: 2
  alert: oncall
groups:
  edge:    { labels: { team: web } }
  prod/db: { labels: { team: data }, every: 5s }
targets:
  - name: gateway
    url: icmp://10.0.0.1
  - url: https://api.example.com/health    # no name: the URL is the name
    group: edge
    runbook: https://wiki.example.com/api
    expect:            # all must hold, else down
      - status == 200
      - json.state == "UP"
      - '!json.maintenance'
    warn:              # all must hold, else degraded
      - rtt_ms < 300
      - certificate_days > 14
    http: { redirects: 0, bearer: "${API_TOKEN}" }
  - url: tcp://{host}:5432
    each: { host: [db1, db2, "[fd00::7]"] }
    group: prod/db
    addresses: all     # first | any | all
    tcp: { hold: 50ms }
  - url: dns://10.0.0.2/api.example.com?type=A
    expect: answers == ["192.0.2.7"]       # answers come sorted
"#;

fn variable(name: &str) -> Option<String> {
    let value = match name {
        "DEADMAN_URL" => "https://deadman.example.com/x",
        "ONCALL_URL" => "https://oncall.example.com/y",
        "API_TOKEN" => "token",
        _ => return None,
    };
    Some(value.to_owned())
}

#[test]
fn it_reads_as_it_says() {
    let surroundings = Surroundings { variable: &variable, folder: PathBuf::new() };
    let read = read_text("allswell.yaml", PROMISED, &surroundings).unwrap_or_else(|report| panic!("{report}"));
    assert_eq!(read.warnings, [""; 0]);
    let facts: Vec<String> = read
        .targets
        .iter()
        .map(|plan| {
            let target = &plan.target;
            let told = target.alerting.channels.iter().map(|channel| channel.as_str()).collect::<Vec<_>>().join(",");
            format!("{} {:?} {:?} {told}", target.id, target.policy.every, target.labels.values().collect::<Vec<_>>())
        })
        .collect();
    assert_eq!(
        facts,
        [
            "gateway 15s [] oncall",
            r#"edge/https://api.example.com/health 15s ["web"] oncall"#,
            r#"prod/db/tcp://db1:5432 5s ["data"] oncall"#,
            r#"prod/db/tcp://db2:5432 5s ["data"] oncall"#,
            r#"prod/db/tcp://[fd00::7]:5432 5s ["data"] oncall"#,
            "dns://10.0.0.2/api.example.com?type=A 15s [] oncall",
        ]
    );
    assert_eq!((read.groups(), read.channels.len(), read.heartbeat.is_some()), (2, 1, true));
}

#[test]
fn it_shows_where_each_key_comes_from() {
    let surroundings = Surroundings { variable: &variable, folder: PathBuf::new() };
    let (_, explained) = explain_text("allswell.yaml", PROMISED, &surroundings).unwrap_or_else(|report| panic!("{report}"));
    let shown = yaml_of_all(&explained);
    assert!(!shown.contains("deadman.example.com") && !shown.contains("oncall.example.com"), "{shown}");
    insta::assert_snapshot!(shown);
}

//! A real Prometheus beside a real watch: what rules and board ask for is there.

use std::collections::BTreeSet;
use std::fs;
use std::net::SocketAddr;
use std::path::Path;
use std::process::Command;

use allswell_testkit::certificate::{Authority, Leaf};
use allswell_testkit::namespace::inside;
use allswell_testkit::server::Server;
use allswell_testkit::server::site::Answer;
use serde_json::Value;

use crate::http::Site;
use crate::started::Started;
use crate::{grafana, prometheus, read};

/// Where the scrape configuration expects the watch; free, since the network is the test's own.
const WATCH: &str = "127.0.0.1:8420";
const PROMETHEUS: &str = "127.0.0.1:9090";

#[test]
fn a_real_prometheus_finds_every_metric_that_rules_and_board_ask_for() {
    inside(|| {
        let folder = tempfile::tempdir().unwrap();
        let authority = Authority::root("the test's");
        let secure = Server::https(&authority.issue(&Leaf::of(&["localhost"])).server(&["http/1.1"]), |_| Answer::ok("fine"));
        // One channel takes what it gets, the other one refuses for good.
        let takes = Server::http(|_| Answer::ok(""));
        let refuses = Server::http(|_| Answer::status(500));
        fs::write(folder.path().join("authority.pem"), authority.pem()).unwrap();
        let configuration = configuration(&secure, &takes, &refuses);
        fs::write(folder.path().join("allswell.yaml"), configuration).unwrap();
        let mut watch = watch(folder.path());
        watch.until_it_says("History:");
        let mut scraper = scraper(folder.path());
        let asked = Site { address: PROMETHEUS.parse().unwrap(), token: None };

        let wakes = "ALERTS{alertname=\"AllswellTargetDown\",alertstate=\"firing\",target=\"gone\"}";
        for (title, question) in [("target up", "up{job=\"allswell\"} == 1".to_owned()), ("the rule wakes", wakes.to_owned())] {
            asked.until(&query(&question), title, |text| !rows(text).is_empty());
        }
        let names = asked.until("/api/v1/label/__name__/values", "the names", |text| text.contains("allswell_heartbeat"));
        let known: BTreeSet<String> = prometheus::metrics(&names);
        for (place, question) in prometheus::rules().into_iter().chain(grafana::questions()) {
            for metric in prometheus::metrics(&question) {
                assert!(known.contains(&metric), "{place}: nobody exports {metric}; there are {known:?}");
            }
            assert_eq!(asked.get(&query(&question)).0, 200, "{place}: Prometheus does not understand {question}");
        }
        for (panel, question) in grafana::questions() {
            asked.until(&query(&question), &format!("{panel:?}: {question}"), |text| !rows(text).is_empty());
        }
        scraper.end();
        watch.end();
    });
}

fn configuration(secure: &Server, takes: &Server, refuses: &Server) -> String {
    format!(
        "listen: {WATCH}
node: {{ name: test }}
channels:
  takes: {{ type: webhook, url: '{}' }}
  refuses: {{ type: webhook, url: '{}' }}
heartbeat: {{ url: '{}', every: 1s }}
defaults: {{ every: 500ms, timeout: 400ms }}
groups: {{ edge: {{}} }}
targets:
  - name: secure
    url: https://localhost:{}/
    group: edge
    warn: rtt_ms > 100000
    http: {{ ca: authority.pem }}
  - {{ name: gone, url: 'tcp://127.0.0.1:1', alert: [takes, refuses] }}
",
        takes.url("http"),
        refuses.url("http"),
        takes.url("http"),
        secure.address().port(),
    )
}

fn watch(folder: &Path) -> Started {
    let mut command = Command::new(env!("CARGO_BIN_EXE_allswell"));
    Started::new(command.args(["run", "--config", "allswell.yaml", "--store", "history"]).current_dir(folder))
}

/// With the packaged files, but for the interval: nobody waits a quarter of a minute here.
fn scraper(folder: &Path) -> Started {
    let packaged = read("prometheus/prometheus.yaml");
    let hurried = packaged.replace("15s", "1s");
    assert_ne!(packaged, hurried);
    fs::write(folder.join("prometheus.yaml"), hurried).unwrap();
    fs::write(folder.join("rules.yaml"), read("prometheus/rules.yaml")).unwrap();
    let mut command = Command::new("prometheus");
    let listen = format!("--web.listen-address={PROMETHEUS}");
    let arguments = ["--config.file=prometheus.yaml", "--storage.tsdb.path=prometheus", "--web.enable-lifecycle", &listen];
    let started = Started::new(command.args(arguments).current_dir(folder));
    let ready = Site { address: PROMETHEUS.parse::<SocketAddr>().unwrap(), token: None };
    ready.until("/-/ready", "Prometheus is ready", |_| true);
    started
}

fn query(expression: &str) -> String {
    let encoded: String = expression.bytes().map(|byte| format!("%{byte:02x}")).collect();
    format!("/api/v1/query?query={encoded}")
}

fn rows(answer: &str) -> Vec<Value> {
    let answer: Value = serde_json::from_str(answer).unwrap();
    answer["data"]["result"].as_array().unwrap().clone()
}

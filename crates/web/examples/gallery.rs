//! Serves the pages over made-up targets, to be looked at: `cargo run -p allswell-web --example gallery -- [few|many]`.
#![expect(clippy::print_stdout, reason = "it says where to look")]

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::error::Error;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use allswell_model::{
    Degradation, DownCause, EventBody, Mark, NodeId, Origin, Outcome, Policy, ProbeResult, Stage, Status, Target, TargetName, Timestamp,
    Transition, UnknownCause, Value,
};
use allswell_store::{Batch, Retention, Standing, Writer, open};
use allswell_web::{Control, Counters, Health, Settings, router, serve};

/// How a made-up target behaves.
#[derive(Clone, Copy)]
enum Mood {
    Well,
    Slow,
    Refused,
    Silent,
    Expired,
    Unresolved,
    Flaky,
    NeverAnswered,
}

struct Program;

impl Control for Program {
    fn now(&self) -> Timestamp {
        now()
    }
    fn version(&self) -> String {
        env!("CARGO_PKG_VERSION").to_owned()
    }
    fn counters(&self) -> Counters {
        Counters { due: 1_000, started: 990, in_flight: 3, lag_p99: Duration::from_micros(800), ..Counters::default() }
    }
    fn health(&self) -> Health {
        Health::Ok
    }
    fn reload(&self) -> Result<(), Vec<String>> {
        Err(vec!["allswell.yaml:3:5: `tragets` is no key here; did you mean `targets`?".to_owned()])
    }
}

fn now() -> Timestamp {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    Timestamp(0) + since
}

fn target(group: &str, name: &str, url: &str) -> Result<Target, Box<dyn Error>> {
    let name = TargetName::new(group, name)?;
    let protocol = ["https", "icmp", "dns"].into_iter().find(|scheme| url.starts_with(scheme)).unwrap_or("tcp");
    Ok(Target {
        id: name.id()?,
        name,
        url: url.to_owned(),
        protocol,
        repeat: format!("allswell check {url}"),
        labels: [("team".to_owned(), "web".to_owned())].into(),
        policy: Policy::default(),
        alerting: allswell_model::Alerting::default(),
        runbook: Some("https://wiki.example.com/runbooks/api".to_owned()),
        origin: Origin::File { path: "allswell.yaml".to_owned(), line: 24 },
    })
}

fn few() -> Result<Vec<(Target, Mood)>, Box<dyn Error>> {
    use Mood::{Expired, Flaky, NeverAnswered, Refused, Silent, Slow, Unresolved, Well};
    let rows = [
        ("", "gateway", "icmp://10.0.0.1", Well),
        ("", "resolver 10.0.0.2", "dns://10.0.0.2/.?type=NS", Silent),
        ("", "10.0.0.7:9100", "tcp://10.0.0.7:9100", NeverAnswered),
        ("edge", "https://api.example.com/health", "https://api.example.com/health", Slow),
        ("edge", "https://www.example.com/", "https://www.example.com/", Well),
        ("edge", "https://old.example.com/", "https://old.example.com/", Expired),
        ("edge", "https://login.example.com/.well-known/openid-configuration", "https://login.example.com/", Unresolved),
        ("edge", "https://shop.example.com/", "https://shop.example.com/", Unresolved),
        ("prod/db", "db1", "tcp://10.0.0.5:5432", Refused),
        ("prod/db", "db2", "tcp://10.0.0.6:5432", Well),
        ("prod/db", "db3", "tcp://[fd00::7]:5432", Flaky),
        ("prod/web", "<script>alert(1)</script>", "https://10.0.1.1/", Well),
        ("prod/web", "web-2", "https://10.0.1.2/", Well),
    ];
    rows.into_iter().map(|(group, name, url, mood)| Ok((target(group, name, url)?, mood))).collect()
}

fn many() -> Result<Vec<(Target, Mood)>, Box<dyn Error>> {
    use Mood::{Expired, NeverAnswered, Refused, Silent, Slow, Unresolved, Well};
    let odd = [
        (17, Refused),
        (4_200, Silent),
        (9_001, Expired),
        (555, Slow),
        (700, Unresolved),
        (701, Unresolved),
        (702, Unresolved),
        (703, Unresolved),
        (9_999, NeverAnswered),
    ];
    let groups = ["edge/eu", "edge/us", "prod/db", "prod/web", "prod/queue", "staging", "office", "backup"];
    (0..10_000)
        .map(|n: usize| {
            let group = format!("{}/{:02}", groups.get(n / 200 % groups.len()).copied().unwrap_or_default(), n / 1_600);
            let (name, url) = (format!("host-{n:05}"), format!("tcp://10.{}.{}.{}:443", n / 65_536, n / 256 % 256, n % 256));
            let mood = odd.into_iter().find(|(odd, _)| *odd == n).map_or(Well, |(_, mood)| mood);
            Ok((target(&group, &name, &url)?, mood))
        })
        .collect()
}

fn result(target: &Target, mood: Mood, turn: u64, at: Timestamp) -> ProbeResult {
    let bytes = target.id.as_str().bytes().fold(7_u64, |sum, byte| sum.wrapping_mul(31).wrapping_add(u64::from(byte)));
    let noise = (bytes.wrapping_mul(turn + 7).wrapping_mul(0x9e37_79b9_7f4a_7c15)) >> 56;
    let rtt = Duration::from_micros(2_000 + bytes % 30_000 + noise * 60);
    let mut result = ProbeResult {
        target: target.id.clone(),
        started: at,
        duration: rtt + Duration::from_micros(300),
        outcome: Outcome::Up,
        reason: format!("{} answered in {} ms.", target.url, rtt.as_millis()),
        address: Some("10.0.0.5:5432".to_owned()),
        said_by: None,
        rtt: Some(rtt),
        stages: [(Stage::RESOLVE, Duration::from_micros(400)), (Stage::CONNECT, rtt)].into_iter().collect(),
        measurements: vec![(Cow::Borrowed("status"), Value::Integer(200)), (Cow::Borrowed("tls_version"), Value::from("TLSv1.3"))],
        degraded: None,
        sub_results: Vec::new(),
    };
    let fails = |stage: Stage, cause: DownCause| Outcome::Down { stage, cause };
    let (outcome, reason) = match mood {
        Mood::Well => return result,
        Mood::Flaky if turn % 7 < 5 => return result,
        Mood::Slow => {
            let reason = format!("`rtt_ms < 300` failed: it was {} (HTTP 200, {} ms).", 300 + noise, 300 + noise);
            result.degraded = Some(Degradation { reason });
            return result;
        }
        Mood::Refused | Mood::Flaky => {
            (fails(Stage::CONNECT, DownCause::REFUSED), "10.0.0.5:5432 refused (RST in 0.4 ms): nothing listens, or a firewall rejects.")
        }
        Mood::Silent => (
            fails(Stage::new("reply"), DownCause::TIMED_OUT),
            "No answer to 3 queries to 10.0.0.2:53 in 5 s: host off, filtered, or overloaded.",
        ),
        Mood::Expired => (
            fails(Stage::TLS, DownCause::CERTIFICATE_EXPIRED),
            "Certificate of old.example.com at 192.0.2.7 expired 3 h ago (serial 04:ab).",
        ),
        Mood::Unresolved | Mood::NeverAnswered => (
            Outcome::Unknown { stage: Stage::RESOLVE, cause: UnknownCause::RESOLVER_TIMED_OUT },
            "Not judged: resolver 10.0.0.2 silent for 5 s; 41 targets affected.",
        ),
    };
    let recently = turn < 45 && !matches!(mood, Mood::NeverAnswered | Mood::Flaky);
    if recently {
        return result;
    }
    let said_by = matches!(mood, Mood::Unresolved).then(|| "10.0.0.2".to_owned());
    ProbeResult { outcome, reason: reason.to_owned(), rtt: None, said_by, ..result }
}

fn standing(target: &Target, mood: Mood, now: Timestamp) -> Standing {
    let (status, minutes, mark) = match mood {
        Mood::Well => (Status::Up, 4_000, None),
        Mood::Flaky => (Status::Up, 300, Some(Mark::Suspect)),
        Mood::Slow => (Status::Degraded, 45, None),
        Mood::Refused => (Status::Down, 3, None),
        Mood::Silent => (Status::Down, 12, None),
        Mood::Expired => (Status::Down, 180, None),
        Mood::Unresolved => (Status::Unknown, 11, None),
        Mood::NeverAnswered => (Status::Unknown, 60, Some(Mark::NeverAnswered)),
    };
    let marks: BTreeSet<Mark> = mark.into_iter().collect();
    Standing { target: target.id.clone(), status, since: now - Duration::from_secs(minutes * 60), marks }
}

fn turn(writer: &mut Writer, targets: &[(Target, Mood)], turn: u64, at: Timestamp) -> Result<(), Box<dyn Error>> {
    let results: Vec<_> = targets.iter().map(|(target, mood)| Arc::new(result(target, *mood, turn, at))).collect();
    writer.append(Batch { results: &results, ..Batch::default() }, at)?;
    Ok(())
}

fn change(target: &Target, from: Status, to: Status) -> (Timestamp, EventBody) {
    let (at, target) = (now(), target.id.clone());
    let reason = "10.0.0.6:5432 refused (RST in 0.4 ms): nothing listens, or a firewall rejects.".to_owned();
    let transition =
        Transition { target, at, since: at, from, to, marks: BTreeSet::new(), stage: None, cause: None, reason, said_by: None };
    (at, EventBody::Transition(transition))
}

#[tokio::main(flavor = "multi_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let folder = tempfile::tempdir()?;
    let settings = allswell_store::Settings {
        path: folder.path().join("store"),
        node: NodeId::new("fra-1")?,
        location: "eu".into(),
        retention: Retention::default(),
    };
    let start = now();
    let (mut writer, reader) = open(&settings, start)?;
    let mut targets = if std::env::args().any(|arg| arg == "many") { many()? } else { few()? };
    writer.targets(&targets.iter().map(|(target, _)| target.clone()).collect::<Vec<_>>(), start)?;
    let every = Policy::default().every;
    for n in 0..60_u32 {
        turn(&mut writer, &targets, u64::from(n), start - every * (60 - n))?;
    }
    let standings: Vec<_> = targets.iter().map(|(target, mood)| standing(target, *mood, start)).collect();
    writer.append(Batch { standings: &standings, ..Batch::default() }, start)?;

    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    let listen = listener.local_addr()?;
    println!("http://{listen}/");
    let settings = Settings { listen, allowed_hosts: Vec::new(), title: "fra-1".to_owned(), token: None };
    let pages = tokio::spawn(serve(listener, router(reader, Arc::new(Program), settings), std::future::pending()));
    let mut ticks = tokio::time::interval(every);
    for n in 60.. {
        ticks.tick().await;
        if pages.is_finished() {
            break;
        }
        turn(&mut writer, &targets, n, now())?;
        // One target goes down and comes back, so that something happens.
        if let Some((target, mood)) = targets.iter_mut().find(|(target, _)| &*target.name.name == "db2") {
            let (from, to) = if matches!(mood, Mood::Well) { (Status::Up, Status::Down) } else { (Status::Down, Status::Up) };
            *mood = if matches!(mood, Mood::Well) { Mood::Refused } else { Mood::Well };
            let standing = Standing { target: target.id.clone(), status: to, since: now(), marks: BTreeSet::new() };
            writer.append(Batch { events: &[change(target, from, to)], standings: &[standing], ..Batch::default() }, now())?;
        }
    }
    Ok(())
}

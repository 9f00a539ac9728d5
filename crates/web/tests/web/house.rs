//! A store in a folder of its own, with the pages over it on a port of their own, and a client for them.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use allswell_model::{
    DownCause, EventBody, Mark, NodeId, Origin, Outcome, Policy, ProbeResult, Stage, Status, Target, TargetName, Timestamp, Transition,
    Value,
};
use allswell_store::{Batch, Retention, Standing, Writer, open};
use allswell_web::{Control, Counters, Health, Limits, Settings, Token, router, serve_with};
use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::{HeaderMap, Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

/// Friday, 2026-11-20 16:54:17 UTC.
pub(crate) const NOW: Timestamp = Timestamp(1_795_193_657_000_000);
/// Nothing here takes longer, unless it is broken.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);

/// The program, as a test wants it.
pub(crate) struct Program {
    pub(crate) now: Mutex<Timestamp>,
    pub(crate) health: Mutex<Health>,
    pub(crate) reload: Mutex<Result<(), Vec<String>>>,
}

impl Control for Program {
    fn now(&self) -> Timestamp {
        *self.now.lock().unwrap()
    }
    fn version(&self) -> String {
        "1.2.3".to_owned()
    }
    fn counters(&self) -> Counters {
        Counters { due: 12, started: 11, late: 1, in_flight: 2, lag_p99: Duration::from_millis(3), ..Counters::default() }
    }
    fn health(&self) -> Health {
        self.health.lock().unwrap().clone()
    }
    fn reload(&self) -> Result<(), Vec<String>> {
        self.reload.lock().unwrap().clone()
    }
}

/// How the pages of a test are served.
#[derive(Default)]
pub(crate) struct Plan {
    pub(crate) token: Option<&'static str>,
    pub(crate) limits: Limits,
}

/// Everything that a test needs.
pub(crate) struct House {
    pub(crate) writer: Writer,
    pub(crate) program: Arc<Program>,
    pub(crate) address: SocketAddr,
    stop: Option<oneshot::Sender<()>>,
    pub(crate) server: JoinHandle<std::io::Result<()>>,
    pub(crate) folder: tempfile::TempDir,
}

impl House {
    pub(crate) async fn new() -> Self {
        Self::with(Plan::default()).await
    }

    pub(crate) async fn with(plan: Plan) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let settings = allswell_store::Settings {
            path: folder.path().join("store"),
            node: NodeId::new("fra-1").unwrap(),
            location: "eu".into(),
            retention: Retention::default(),
        };
        let (writer, reader) = open(&settings, NOW).unwrap();
        let program = Arc::new(Program { now: Mutex::new(NOW), health: Mutex::new(Health::Ok), reload: Mutex::new(Ok(())) });
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let settings = Settings {
            listen: address,
            allowed_hosts: vec!["watch.example".to_owned()],
            title: "fra-1".to_owned(),
            token: plan.token.map(Token::new),
        };
        let control: Arc<dyn Control> = Arc::clone(&program) as Arc<dyn Control>;
        let (stop, stopped) = oneshot::channel();
        let routes = router(reader, control, settings);
        let server = tokio::spawn(serve_with(listener, routes, plan.limits, async { drop(stopped.await) }));
        Self { writer, program, address, stop: Some(stop), server, folder }
    }

    /// Asks the server to end.
    pub(crate) fn stop(&mut self) {
        drop(self.stop.take());
    }

    /// Watches these and no others.
    pub(crate) fn watch(&mut self, targets: &[Target]) {
        self.writer.targets(targets, NOW).unwrap();
    }

    pub(crate) fn hear(&mut self, results: impl IntoIterator<Item = ProbeResult>) {
        let results: Vec<_> = results.into_iter().map(Arc::new).collect();
        self.writer.append(Batch { results: &results, ..Batch::default() }, NOW).unwrap();
    }

    /// The store's file goes, and these results with it.
    pub(crate) fn lose(&mut self, results: impl IntoIterator<Item = ProbeResult>) {
        std::fs::remove_file(self.folder.path().join("store")).unwrap();
        self.writer.maintain(NOW).unwrap_err();
        let results: Vec<_> = results.into_iter().map(Arc::new).collect();
        self.writer.append(Batch { results: &results, ..Batch::default() }, NOW).unwrap_err();
    }

    pub(crate) fn judge(&mut self, target: &Target, status: Status, ago_s: u64, marks: &[Mark]) {
        let marks: BTreeSet<Mark> = marks.iter().copied().collect();
        let standing = Standing { target: target.id.clone(), status, since: NOW - Duration::from_secs(ago_s), marks };
        self.writer.append(Batch { standings: &[standing], ..Batch::default() }, NOW).unwrap();
    }

    /// A target changed its status.
    pub(crate) fn change(&mut self, target: &Target, to: Status, reason: &str) {
        self.writer.append(Batch { events: &[(NOW, transition(target, to, reason))], ..Batch::default() }, NOW).unwrap();
    }

    /// The same, and its status with it, as the engine writes them.
    pub(crate) fn turn(&mut self, target: &Target, to: Status, reason: &str) {
        let standing = Standing { target: target.id.clone(), status: to, since: NOW - Duration::from_secs(4), marks: BTreeSet::new() };
        let events = [(NOW, transition(target, to, reason))];
        self.writer.append(Batch { events: &events, standings: &[standing], ..Batch::default() }, NOW).unwrap();
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.ask(Request::get(path)).await
    }

    pub(crate) async fn json(&self, path: &str) -> serde_json::Value {
        let answer = self.get(path).await;
        assert_eq!(answer.status, 200, "{path}: {}", answer.text);
        answer.json()
    }

    pub(crate) async fn post(&self, path: &str, kind: &str, body: impl Into<Bytes>) -> Answer {
        let request = Request::post(path).header("content-type", kind).header("host", self.address.to_string());
        read(send(self.address, request.body(Full::new(body.into())).unwrap()).await).await
    }

    /// Asks, under the address as host unless the request names one.
    pub(crate) async fn ask(&self, request: hyper::http::request::Builder) -> Answer {
        read(self.open(request).await).await
    }

    /// Asks and leaves the body unread.
    pub(crate) async fn open(&self, mut request: hyper::http::request::Builder) -> Response<Incoming> {
        let named = request.headers_ref().is_some_and(|headers| headers.contains_key("host"));
        if !named {
            request = request.header("host", self.address.to_string());
        }
        send(self.address, request.body(Full::default()).unwrap()).await
    }
}

/// An answer, read to its end.
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) text: String,
}

impl Answer {
    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.text).unwrap()
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }
}

async fn send(address: SocketAddr, request: Request<Full<Bytes>>) -> Response<Incoming> {
    let stream = TcpStream::connect(address).await.unwrap();
    let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream)).await.unwrap();
    tokio::spawn(connection);
    tokio::time::timeout(PATIENCE, sender.send_request(request)).await.unwrap().unwrap()
}

async fn read(response: Response<Incoming>) -> Answer {
    let (head, body) = response.into_parts();
    let body = tokio::time::timeout(PATIENCE, body.collect()).await.unwrap().unwrap().to_bytes();
    Answer { status: head.status, headers: head.headers, text: String::from_utf8(body.to_vec()).unwrap() }
}

pub(crate) fn target(group: &str, name: &str) -> Target {
    let name = TargetName::new(group, name).unwrap();
    Target {
        id: name.id().unwrap(),
        url: format!("tcp://{}:5432", name.name),
        name,
        protocol: "tcp",
        repeat: "allswell check --set method=POST https://db1/".to_owned(),
        labels: [("team".to_owned(), "data".to_owned())].into(),
        policy: Policy::default(),
        alerting: allswell_model::Alerting::default(),
        runbook: Some("https://wiki.example.com/db".to_owned()),
        origin: Origin::File { path: "allswell.yaml".to_owned(), line: 7 },
    }
}

/// It answered in 31 ms, so long ago.
pub(crate) fn up(target: &Target, ago_s: u64) -> ProbeResult {
    ProbeResult {
        target: target.id.clone(),
        started: NOW - Duration::from_secs(ago_s),
        duration: Duration::from_micros(31_400),
        outcome: Outcome::Up,
        reason: "10.0.0.5:5432 accepted and stayed open.".to_owned(),
        address: Some("10.0.0.5:5432".to_owned()),
        said_by: None,
        rtt: Some(Duration::from_micros(31_000)),
        stages: [(Stage::CONNECT, Duration::from_micros(31_000))].into_iter().collect(),
        measurements: vec![(Cow::Borrowed("hop_limit"), Value::Integer(64))],
        degraded: None,
        sub_results: Vec::new(),
    }
}

pub(crate) fn refused(target: &Target, ago_s: u64) -> ProbeResult {
    ProbeResult {
        outcome: Outcome::Down { stage: Stage::CONNECT, cause: DownCause::REFUSED },
        reason: "10.0.0.5:5432 refused (RST in 0.4 ms): nothing listens, or a firewall rejects.".to_owned(),
        said_by: Some("10.0.0.5".to_owned()),
        rtt: None,
        ..up(target, ago_s)
    }
}

pub(crate) fn transition(target: &Target, to: Status, reason: &str) -> EventBody {
    EventBody::Transition(Transition {
        target: target.id.clone(),
        at: NOW,
        since: NOW - Duration::from_secs(4),
        from: Status::Up,
        to,
        marks: BTreeSet::new(),
        stage: Some("connect".to_owned()),
        cause: Some("refused".to_owned()),
        reason: reason.to_owned(),
        said_by: None,
    })
}

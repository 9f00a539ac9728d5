//! A store in a folder of its own, with the pages over it on a port of their own, and a client for them.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use allswell_model::link::Links;
use allswell_model::{
    Affected, Alert, AlertKey, AlertKind, ChannelName, DownCause, EventBody, Incident, IncidentId, Mark, NodeId, Origin, Outcome, Policy,
    ProbeResult, Stage, Status, Target, TargetId, TargetName, Timestamp, Transition, Value,
};
use allswell_store::{Batch, Retention, Standing, Writer, open};
use allswell_web::{
    Access, AccessList, Alerts, Control, Counters, Health, Limits, Role, Secret, Serving, Settings, Tls, Token, hash_token, router,
    serve_with,
};
use base64::Engine as _;
use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::{HeaderMap, Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWriteExt as _};
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
    /// What a check finds.
    pub(crate) check: Mutex<Result<String, Vec<String>>>,
    /// What comes of putting or removing a target.
    pub(crate) change: Mutex<Result<bool, Vec<String>>>,
    pub(crate) alerts: Mutex<Alerts>,
    /// What is known of links.
    pub(crate) links: Mutex<Option<Arc<Links>>>,
    /// What it was asked to do.
    pub(crate) done: Mutex<Vec<String>>,
}

impl Program {
    fn new() -> Self {
        Self {
            now: Mutex::new(NOW),
            health: Mutex::new(Health::Ok),
            reload: Mutex::new(Ok(())),
            check: Mutex::new(Ok("{}".to_owned())),
            change: Mutex::new(Ok(true)),
            alerts: Mutex::new(Alerts::default()),
            links: Mutex::new(None),
            done: Mutex::new(Vec::new()),
        }
    }
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
        self.done.lock().unwrap().push("reload".to_owned());
        self.reload.lock().unwrap().clone()
    }
    fn check(&self, target: &str) -> Result<String, Vec<String>> {
        self.done.lock().unwrap().push(format!("check {target}"));
        self.check.lock().unwrap().clone()
    }
    fn put_target(&self, id: &TargetId, target: &str) -> Result<bool, Vec<String>> {
        self.done.lock().unwrap().push(format!("put {id} {target}"));
        self.change.lock().unwrap().clone()
    }
    fn remove_target(&self, id: &TargetId) -> Result<bool, Vec<String>> {
        self.done.lock().unwrap().push(format!("remove {id}"));
        self.change.lock().unwrap().clone()
    }
    fn alerts(&self) -> Alerts {
        self.alerts.lock().unwrap().clone()
    }
    fn links(&self) -> Option<Arc<Links>> {
        self.links.lock().unwrap().clone()
    }
}

/// How the pages of a test are served.
#[derive(Default)]
pub(crate) struct Plan {
    pub(crate) token: Option<&'static str>,
    pub(crate) access: Vec<Access>,
    pub(crate) tls: Option<Tls>,
    /// What the settings say is listened on, where that is not the truth.
    pub(crate) listen: Option<&'static str>,
    pub(crate) limits: Limits,
}

/// Everything that a test needs.
pub(crate) struct House {
    pub(crate) writer: Writer,
    pub(crate) program: Arc<Program>,
    pub(crate) access: AccessList,
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
        let program = Arc::new(Program::new());
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let access = AccessList::new(plan.access);
        let settings = Settings {
            listen: plan.listen.map_or(address, |listen| SocketAddr::new(listen.parse().unwrap(), address.port())),
            allowed_hosts: vec!["watch.example".to_owned()],
            title: "fra-1".to_owned(),
            token: plan.token.map(Token::new),
            access: access.clone(),
        };
        let serving = Serving { limits: plan.limits, tls: plan.tls };
        let control: Arc<dyn Control> = Arc::clone(&program) as Arc<dyn Control>;
        let (stop, stopped) = oneshot::channel();
        let routes = router(reader, control, settings);
        let server = tokio::spawn(serve_with(listener, routes, serving, async { drop(stopped.await) }));
        Self { writer, program, access, address, stop: Some(stop), server, folder }
    }

    /// What it was asked to do since the last time.
    pub(crate) fn done(&self) -> Vec<String> {
        std::mem::take(&mut self.program.done.lock().unwrap())
    }

    /// Sends these bytes on a line of their own and reads all that comes until the server ends it.
    pub(crate) async fn say(&self, bytes: impl AsRef<[u8]>) -> String {
        let mut stream = TcpStream::connect(self.address).await.unwrap();
        // The server may refuse before it has all of it.
        let _ = stream.write_all(bytes.as_ref()).await;
        rest(&mut stream).await
    }

    /// This is known of links from now on.
    pub(crate) fn link(&self, links: Links) {
        *self.program.links.lock().unwrap() = Some(Arc::new(links));
    }

    /// Asks the server to end.
    pub(crate) fn stop(&mut self) {
        drop(self.stop.take());
    }

    /// Watches these and no others.
    pub(crate) fn watch(&mut self, targets: &[Target]) {
        let targets: Vec<Arc<Target>> = targets.iter().cloned().map(Arc::new).collect();
        self.writer.targets(&targets, NOW).unwrap();
    }

    pub(crate) fn hear(&mut self, results: impl IntoIterator<Item = ProbeResult>) {
        let results: Vec<_> = results.into_iter().map(Arc::new).collect();
        self.writer.append(Batch { results: &results, ..Batch::default() }, NOW).unwrap();
    }

    pub(crate) fn append(&mut self, batch: Batch<'_>) {
        self.writer.append(batch, NOW).unwrap();
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
        let standing = Standing { target: target.id.clone(), status, since: NOW - Duration::from_secs(ago_s), marks, incident: None };
        self.writer.append(Batch { standings: &[standing], ..Batch::default() }, NOW).unwrap();
    }

    /// A target changed its status.
    pub(crate) fn change(&mut self, target: &Target, to: Status, reason: &str) {
        self.writer.append(Batch { events: &[(NOW, transition(target, to, reason))], ..Batch::default() }, NOW).unwrap();
    }

    /// The same, and its status with it, as the engine writes them.
    pub(crate) fn turn(&mut self, target: &Target, to: Status, reason: &str) {
        let standing =
            Standing { target: target.id.clone(), status: to, since: NOW - Duration::from_secs(4), marks: BTreeSet::new(), incident: None };
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

    /// Sends a JSON body.
    pub(crate) async fn send(&self, method: &str, path: &str, body: &str) -> Answer {
        let request = Request::builder().method(method).uri(path).header("content-type", "application/json");
        let request = request.header("host", self.address.to_string());
        read(send(self.address, request.body(Full::new(body.to_owned().into())).unwrap()).await).await
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

/// What comes until the server closes.
pub(crate) async fn rest(stream: &mut (impl AsyncRead + Unpin)) -> String {
    let mut read = Vec::new();
    // A reset is an end as well.
    let _ = tokio::time::timeout(PATIENCE, stream.read_to_end(&mut read)).await.unwrap();
    String::from_utf8_lossy(&read).into_owned()
}

/// Those who may call in these tests: `ann` looks and `bob` operates, each by password and by token. The hashes are cheap to
/// verify, so that the tests are quick: argon2id with 64 KiB and one pass.
pub(crate) fn ann_and_bob() -> Vec<Access> {
    let one = |name: &str, role: Role, phc: &str, token: &str| {
        let secrets = [Secret::password(phc).unwrap(), Secret::token(&hash_token(token)).unwrap()];
        secrets.map(|secret| Access { name: name.to_owned(), role, secret })
    };
    let of_viewer = "$argon2id$v=19$m=64,t=1,p=1$c29tZXNhbHRzb21lc2FsdA$LxkrQUkAwO5uzMD1EfqkkgE20ajFdfxRvORis2ArpkM";
    let of_horse = "$argon2id$v=19$m=64,t=1,p=1$c29tZXNhbHRzb21lc2FsdA$GqjJ5rQEZWQgWu4DBUhlC8ftvd9mWPzwom6zzSX8qus";
    [one("ann", Role::Viewer, of_viewer, "ann's token"), one("bob", Role::Operator, of_horse, "bob's token")].concat()
}

/// How a name and a password are shown.
pub(crate) fn basic(name: &str, password: &str) -> String {
    format!("Basic {}", base64::engine::general_purpose::STANDARD.encode(format!("{name}:{password}")))
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

/// An incident of this target that began a minute ago.
pub(crate) fn incident(target: &Target, id: i64, ended: Option<Timestamp>) -> Incident {
    let began = NOW - Duration::from_secs(60);
    Incident {
        id: IncidentId(id),
        began,
        ended,
        grew: began,
        status: Status::Down,
        stage: Some("connect".to_owned()),
        cause: Some("refused".to_owned()),
        said_by: None,
        reason: "10.0.0.5:5432 refused (RST in 0.4 ms): nothing listens, or a firewall rejects.".to_owned(),
        channels: Arc::new([ChannelName::new("oncall").unwrap()]),
        remind: None,
        first: target.id.clone(),
        targets: u64::from(ended.is_none()),
        most: 1,
        told_targets: 1,
        told: Some(began),
        alerts: 1,
    }
}

/// The alert of that.
pub(crate) fn alert(incident: &Incident, target: &Target, number: u32) -> Alert {
    Alert {
        key: AlertKey::new(&format!("fra-1-{}-{number}-oncall", incident.id)).unwrap(),
        channel: ChannelName::new("oncall").unwrap(),
        kind: AlertKind::Firing,
        incident: incident.id,
        number,
        decided: NOW,
        first: target.id.clone(),
        began: incident.began,
        ended: incident.ended,
        node: NodeId::new("fra-1").unwrap(),
        location: "eu".into(),
        status: Status::Down,
        stage: incident.stage.clone(),
        cause: incident.cause.clone(),
        summary: format!("{} is down: {}", target.name, incident.reason),
        total: 1,
        targets: vec![Affected::of(target, Status::Down, incident.began, &incident.reason)],
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

//! The first page with ten thousand targets: the server's time until its last byte, and how many bytes there are.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::sync::Arc;
use std::time::{Duration, Instant};

use allswell_model::{Target, TargetId, Timestamp};
use allswell_store::{Batch, Reader, Standing, Writer};
use allswell_web::{AccessList, Alerts, Control, Counters, Health, Settings};
use tokio::sync::oneshot;

use crate::blackbox::connected;
use crate::engine_load::{Protocol, plan, store, wall};
use crate::figures::{Trouble, median};
use crate::mode::Mode;
use crate::sample::Samples;
use crate::table::{Budget, Row};

const TARGETS: usize = 10_000;

/// In so many groups.
const GROUPS: usize = 50;

/// Results of each target: a whole sparkline.
const RESULTS: u64 = 60;

pub(crate) fn first(mode: Mode) -> Result<Vec<Row>, Trouble> {
    let folder = tempfile::tempdir()?;
    let (mut writer, reader) = store(folder.path(), wall())?;
    fill(&mut writer)?;
    let pages = Pages::start(reader)?;
    let mut times = Vec::new();
    let mut bytes = 0;
    for _ in 0..mode.pick(5, 30) {
        let begun = Instant::now();
        bytes = get(pages.address)?;
        times.push(begun.elapsed().as_secs_f64() * 1e3);
    }
    pages.stop()?;
    #[expect(clippy::cast_precision_loss, reason = "bytes of a page")]
    let kilobytes = bytes as f64 / 1e3;
    Ok(vec![
        Row::new(&format!("first page with {TARGETS} targets: server's time"), median(times.into_iter()), "ms").budget(Budget(200.0)),
        Row::new(&format!("first page with {TARGETS} targets: size"), kilobytes, "kB").budget(Budget(300.0)),
    ])
}

fn fill(writer: &mut Writer) -> Result<(), Trouble> {
    let mut samples = Samples::take(Protocol::Tcp)?;
    let targets: Vec<Arc<Target>> = (0..TARGETS).map(target).collect::<Result<_, _>>()?;
    let now = wall();
    writer.targets(&targets, now)?;
    for second in 0..RESULTS {
        let started = now - Duration::from_secs(RESULTS - second);
        let results = targets.iter().map(|target| samples.next(&target.id, started)).collect::<Result<Vec<_>, _>>()?;
        writer.append(Batch { results: &results, ..Batch::default() }, started)?;
    }
    let standings: Vec<Standing> = targets.iter().enumerate().map(|(index, target)| standing(index, target, now)).collect();
    writer.append(Batch { standings: &standings, ..Batch::default() }, now)?;
    Ok(())
}

fn target(index: usize) -> Result<Arc<Target>, Trouble> {
    let url = Protocol::Tcp.url(std::net::IpAddr::from([127, 0, 0, 1]), 80);
    Ok(Arc::clone(&plan(&format!("group-{:02}", index % GROUPS), index, url, Duration::from_secs(1))?.target))
}

/// One in a hundred is down: a bad day, with a long list of problems.
fn standing(index: usize, target: &Target, now: Timestamp) -> Standing {
    let status = if index % 100 == 7 { allswell_model::Status::Down } else { allswell_model::Status::Up };
    Standing { target: target.id.clone(), status, since: now, marks: std::collections::BTreeSet::new(), incident: None }
}

/// The pages' server, on a thread of its own until it is stopped.
struct Pages {
    address: SocketAddr,
    stop: oneshot::Sender<()>,
    thread: std::thread::JoinHandle<std::io::Result<()>>,
}

impl Pages {
    fn start(reader: Reader) -> Result<Self, Trouble> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        listener.set_nonblocking(true)?;
        let address = listener.local_addr()?;
        let settings =
            Settings { listen: address, allowed_hosts: Vec::new(), title: "bench".to_owned(), token: None, access: AccessList::default() };
        let router = allswell_web::router(reader, Arc::new(Program), settings);
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let (stop, stopped) = oneshot::channel();
        let thread = std::thread::spawn(move || {
            runtime.block_on(async {
                let stopped = async {
                    // An end without a word is an end, too.
                    let _ = stopped.await;
                };
                allswell_web::serve(tokio::net::TcpListener::from_std(listener)?, router, stopped).await
            })
        });
        Ok(Self { address, stop, thread })
    }

    fn stop(self) -> Result<(), Trouble> {
        drop(self.stop);
        Ok(self.thread.join().map_err(|_| "the pages' server panicked")??)
    }
}

fn get(address: SocketAddr) -> Result<usize, Trouble> {
    let mut connection = connected(address)?;
    write!(connection, "GET / HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n\r\n")?;
    let mut answer = Vec::new();
    connection.read_to_end(&mut answer)?;
    if answer.starts_with(b"HTTP/1.1 200") { Ok(answer.len()) } else { Err("the page was not served".into()) }
}

struct Program;

impl Control for Program {
    fn now(&self) -> Timestamp {
        wall()
    }

    fn version(&self) -> String {
        "bench".to_owned()
    }

    fn counters(&self) -> Counters {
        Counters::default()
    }

    fn health(&self) -> Health {
        Health::Ok
    }

    fn reload(&self) -> Result<(), Vec<String>> {
        Ok(())
    }
    fn check(&self, _: &str) -> Result<String, Vec<String>> {
        Err(vec!["Nothing is configured here.".to_owned()])
    }
    fn put_target(&self, _: &TargetId, _: &str) -> Result<bool, Vec<String>> {
        Err(vec!["Nothing is configured here.".to_owned()])
    }
    fn remove_target(&self, _: &TargetId) -> Result<bool, Vec<String>> {
        Err(vec!["Nothing is configured here.".to_owned()])
    }
    fn alerts(&self) -> Alerts {
        Alerts::default()
    }
}

//! The system's `ping` (iputils), for a process that may not open an echo socket itself: the program may have the permission.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::process::Stdio;
use std::time::Duration;

use allswell_os::error_queue::{QueuedError, Said};
use allswell_os::socket::Via;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, BufReader};
use tokio::process::{Child, Command};
use tokio::time::{Instant, timeout_at};

use crate::echo::run::Order;
use crate::echo::tally::{Objection, Tally};

/// Without privilege the program sends no faster.
const LEAST_GAP: Duration = Duration::from_millis(200);

/// What it complains of fits in here.
const COMPLAINT_LIMIT: u64 = 4096;

/// What became of running it.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Told {
    /// It sent, and this came of it.
    Tally(Tally),
    /// There is no such program, or it is not permitted either.
    Useless,
    /// It sent nothing, for this reason.
    Complaint(String),
}

/// Runs it until it ends or the order's time is over.
///
/// # Errors
/// When it cannot be started for another reason than that there is none.
pub(crate) async fn run(order: &Order, via: &Via, whole: bool) -> io::Result<Told> {
    let mut child = match command(order, via, whole).spawn() {
        Ok(child) => child,
        Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::PermissionDenied) => return Ok(Told::Useless),
        Err(error) => return Err(error),
    };
    let begun = Instant::now();
    let mut report = Report::default();
    let until = Instant::from_std(order.until);
    // At the end what was said so far counts; dropping the child kills it.
    let ended = timeout_at(until, listen(&mut child, &mut report)).await;
    Ok(report.told(sent_within(order, begun.elapsed()), &ended.unwrap_or_default()))
}

/// How many it has sent after this long, which only its last words would tell exactly.
fn sent_within(order: &Order, time: Duration) -> u32 {
    let gaps = time.as_nanos() / gap(order).as_nanos().max(1);
    let count = u32::try_from(order.count).unwrap_or(1);
    u32::try_from(gaps + 1).map_or(count, |sent| sent.min(count))
}

fn gap(order: &Order) -> Duration {
    order.gap.max(LEAST_GAP)
}

fn command(order: &Order, via: &Via, whole: bool) -> Command {
    let mut ping = Command::new("ping");
    ping.env("LC_ALL", "C").stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
    ping.arg("-n").arg(if order.to.is_ipv4() { "-4" } else { "-6" });
    let gap = format!("{:.3}", gap(order).as_secs_f64());
    // How long it waits after its last request when nothing has come. Its `-w` would make it send more than was asked.
    let seconds = order.until.saturating_duration_since(std::time::Instant::now()).as_secs().max(1);
    let pairs = [("-c", order.count.to_string()), ("-i", gap), ("-s", order.size.to_string()), ("-W", seconds.to_string())];
    let chosen = [
        ("-t", order.hop_limit.map(|hops| hops.to_string())),
        ("-I", via.source.map(|source| source.to_string())),
        ("-I", via.interface.clone()),
        ("-m", via.mark.map(|mark| mark.to_string())),
        ("-M", whole.then(|| "do".to_owned())),
    ];
    let chosen = chosen.into_iter().filter_map(|(name, value)| Some((name, value?)));
    for (name, value) in pairs.into_iter().chain(chosen) {
        ping.arg(name).arg(value);
    }
    ping.arg("--").arg(address(order.to));
    ping
}

/// With the scope, where it has one.
fn address(to: SocketAddr) -> String {
    match to {
        SocketAddr::V6(to) if to.scope_id() != 0 => format!("{}%{}", to.ip(), to.scope_id()),
        to => to.ip().to_string(),
    }
}

/// Reads what it says until it ends; returns what it complained of.
async fn listen(child: &mut Child, report: &mut Report) -> String {
    let mut complaint = String::new();
    if let Some(output) = child.stdout.take() {
        let mut lines = BufReader::new(output).lines();
        while let Ok(Some(line)) = lines.next_line().await {
            report.line(&line);
        }
    }
    if let Some(errors) = child.stderr.take() {
        // A program killed in between has said nothing that matters.
        let _ = errors.take(COMPLAINT_LIMIT).read_to_string(&mut complaint).await;
    }
    let _ = child.wait().await;
    complaint
}

/// What its lines have said so far.
#[derive(Debug, Default)]
struct Report {
    tally: Tally,
    /// From its last line, when it came to that.
    sent: Option<u32>,
}

impl Report {
    fn line(&mut self, line: &str) {
        let after = |words: &str| line.split_once(words).map(|(_, rest)| rest.split([' ', ':', ',', '=']).next().unwrap_or(rest));
        if line.contains(" packets transmitted") {
            self.sent = line.split(' ').next().and_then(|number| number.parse().ok());
        } else if line.contains("(DUP!)") {
            self.tally.duplicates += 1;
        } else if let (Some(_), Some(time)) = (after(" bytes from "), after(" time=")) {
            let rtt = time.parse().ok().and_then(|ms: f64| Duration::try_from_secs_f64(ms / 1000.0).ok());
            self.tally.times.add(rtt.unwrap_or_default());
            self.tally.hop_limit = after(" ttl=").and_then(|hops| hops.parse().ok());
        } else if let Some(objection) = objection(line) {
            self.tally.objection = Some(objection);
        }
    }

    fn told(mut self, sent: u32, complaint: &str) -> Told {
        let heard = self.tally.received() > 0 || self.tally.objection.is_some();
        if complaint.contains("Operation not permitted") && complaint.contains("socket") || complaint.contains("cap_net_raw") {
            return Told::Useless;
        }
        if !heard && self.sent.is_none_or(|sent| sent == 0) && !complaint.trim().is_empty() {
            return Told::Complaint(complaint.lines().next().unwrap_or_default().trim().to_owned());
        }
        self.tally.sent = self.sent.unwrap_or(sent).max(self.tally.received());
        Told::Tally(self.tally)
    }
}

/// `From 10.0.0.1 icmp_seq=1 Destination Host Unreachable`
fn objection(line: &str) -> Option<Objection> {
    let (who, rest) = line.strip_prefix("From ")?.split_once(' ')?;
    let offender: IpAddr = who.trim_end_matches(':').split('%').next()?.parse().ok()?;
    let (said, kinds) = if offender.is_ipv4() { (Said::Icmp, KINDS4) } else { (Said::Icmp6, KINDS6) };
    let (_, kind, code) = kinds.iter().find(|(words, ..)| rest.contains(words))?;
    let mtu = rest.split_once("mtu").map(|(_, rest)| rest.trim_start_matches([' ', '=']).trim_end_matches(')'));
    Some(Objection {
        said: QueuedError { errno: 0, said, kind: *kind, code: *code, offender: Some(offender) },
        mtu: mtu.and_then(|mtu| mtu.parse().ok()).unwrap_or(0),
    })
}

/// The program's words for ICMP's types and codes.
const KINDS4: &[(&str, u8, u8)] = &[
    ("Destination Net Unreachable", 3, 0),
    ("Destination Host Unreachable", 3, 1),
    ("Destination Protocol Unreachable", 3, 2),
    ("Destination Port Unreachable", 3, 3),
    ("Frag needed", 3, 4),
    ("Source Route Failed", 3, 5),
    ("Destination Net Unknown", 3, 6),
    ("Destination Host Unknown", 3, 7),
    ("Destination Net Prohibited", 3, 9),
    ("Destination Host Prohibited", 3, 10),
    ("Packet filtered", 3, 13),
    ("Time to live exceeded", 11, 0),
    ("Parameter problem", 12, 0),
];
const KINDS6: &[(&str, u8, u8)] = &[
    ("Destination unreachable: No route", 1, 0),
    ("Destination unreachable: Administratively prohibited", 1, 1),
    ("Destination unreachable: Beyond scope", 1, 2),
    ("Destination unreachable: Address unreachable", 1, 3),
    ("Destination unreachable: Port unreachable", 1, 4),
    ("Destination unreachable: Source address failed", 1, 5),
    ("Destination unreachable: Reject route", 1, 6),
    ("Packet too big", 2, 0),
    ("Time exceeded: Hop limit", 3, 0),
    ("Parameter problem", 4, 0),
];

#[cfg(test)]
mod tests;

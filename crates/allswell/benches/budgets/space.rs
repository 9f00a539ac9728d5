//! Namespaces of the bench's own: a loopback, and a hole that swallows 10.64.0.0/10.

use std::ffi::OsString;
use std::io;
use std::net::Ipv4Addr;
use std::process::{Command, ExitStatus, Stdio};

use crate::figures::Trouble;
use crate::note;

/// Set in the process that runs inside.
const MARK: &str = "ALLSWELL_BENCH_INSIDE";

/// What makes the hole. The far end of the pair is nobody: the kernel drops what comes there, without a word.
/// Without ARP no neighbour is asked for, so that nothing is ever unreachable.
const SHAPE: &str = "\
ip link set lo up && \
ip link add hole type veth peer name nobody && \
ip link set hole arp off && ip link set nobody arp off && \
ip address add 10.64.0.1/10 dev hole && ip link set hole up && ip link set nobody up && \
echo '0 0' > /proc/sys/net/ipv4/ping_group_range && exec \"$0\" \"$@\"";

const UNSHARE: [&str; 6] = ["--user", "--map-root-user", "--net", "--mount", "sh", "-c"];

/// Runs the bench inside, to its end; `None` when this is the inside already, or the machine permits none.
pub(crate) fn enter(words: &[&str]) -> Option<io::Result<ExitStatus>> {
    if is_inside() {
        return None;
    }
    let trial = Command::new("unshare").args(UNSHARE).args([SHAPE, "true"]).stdin(Stdio::null()).output();
    match trial {
        Ok(trial) if trial.status.success() => {}
        Ok(trial) => return skip(&String::from_utf8_lossy(&trial.stderr)),
        Err(error) => return skip(&error.to_string()),
    }
    let itself: OsString = std::env::current_exe().ok()?.into();
    Some(Command::new("unshare").args(UNSHARE).arg(SHAPE).arg(itself).args(words).env(MARK, "1").status())
}

fn skip(why: &str) -> Option<io::Result<ExitStatus>> {
    note(&format!("no namespaces here ({}): what needs a black hole is not measured", why.trim()));
    None
}

fn is_inside() -> bool {
    std::env::var_os(MARK).is_some()
}

/// # Errors
/// When there is no hole here.
pub(crate) fn needs_hole() -> Result<(), Trouble> {
    if is_inside() { Ok(()) } else { Err("it needs namespaces, which this machine does not permit".into()) }
}

/// An address in the hole.
pub(crate) fn dead(index: usize) -> Ipv4Addr {
    let base = u32::from(Ipv4Addr::new(10, 65, 0, 1));
    Ipv4Addr::from(base + u32::try_from(index).unwrap_or(0))
}

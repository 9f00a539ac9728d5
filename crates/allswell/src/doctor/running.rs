//! The program that holds the store, where one does: its own limits, which may be others than those here.

use allswell_os::limits::Descriptors;

use super::capabilities;
use super::cgroup::{self, Groups};
use super::descriptors;
use super::finding::Finding;
use super::proc;

/// The bits of `CapEff` (`linux/capability.h`).
const BIND_SERVICE: u64 = 1 << 10;
const ADMIN: u64 = 1 << 12;
const RAW: u64 = 1 << 13;

/// What is to be said of it; what may not be looked at is left out.
pub(crate) fn findings(process: u32, targets: Option<usize>) -> Vec<Finding> {
    let groups = Groups::of(&process.to_string()).allowed();
    let descriptors = descriptors_of(process).map(|found| descriptors::say(found, targets));
    let capabilities = capabilities_of(process);
    let all =
        descriptors.into_iter().chain(capabilities).chain([cgroup::say_memory(&groups, None, targets), cgroup::say_processors(&groups)]);
    all.map(|finding| of(process, finding)).collect()
}

/// The same sentence, of another process.
fn of(process: u32, finding: Finding) -> Finding {
    let says = format!("Of process {process}, {}: {}", finding.topic, finding.says);
    Finding { topic: "running", says, ..finding }.figure("process", process)
}

fn descriptors_of(process: u32) -> Option<Descriptors> {
    let limits = proc::text(format!("/proc/{process}/limits"))?;
    let open = std::fs::read_dir(format!("/proc/{process}/fd")).ok()?.count() as u64;
    let (soft, hard) = limit(&limits)?;
    Some(Descriptors { soft, hard, open })
}

/// `Max open files            1024                 1048576              files`
pub(crate) fn limit(limits: &str) -> Option<(u64, u64)> {
    let line = limits.lines().find_map(|line| line.strip_prefix("Max open files"))?;
    let mut figures = line.split_ascii_whitespace().map(|word| if word == "unlimited" { Some(u64::MAX) } else { word.parse().ok() });
    Some((figures.next()??, figures.next()??))
}

fn capabilities_of(process: u32) -> Option<Finding> {
    let status = proc::text(format!("/proc/{process}/status"))?;
    let effective = status.lines().find_map(|line| line.strip_prefix("CapEff:"))?;
    let bits = u64::from_str_radix(effective.trim(), 16).ok()?;
    let held = allswell_os::capability::Held {
        net_raw: bits & RAW != 0,
        net_admin: bits & ADMIN != 0,
        net_bind_service: bits & BIND_SERVICE != 0,
    };
    capabilities::say(held).into_iter().next()
}

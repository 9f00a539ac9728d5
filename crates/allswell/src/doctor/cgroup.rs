//! What the control groups of a process allow it: memory and processor time, in both layouts of the kernel.

use std::path::{Path, PathBuf};

use super::finding::{Finding, Where};
use super::proc;
use super::subject::{bytes, grouped};

/// Where the groups are mounted, and what this process is.
#[derive(Debug, Clone)]
pub(crate) struct Groups {
    /// `/sys/fs/cgroup`
    pub(crate) mount: PathBuf,
    /// The text of `/proc/self/cgroup`.
    pub(crate) own: String,
}

/// What was found. Absent where there is no limit, or none is shown.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(crate) struct Allowed {
    pub(crate) memory: Option<u64>,
    /// Whole processors.
    pub(crate) processors: Option<f64>,
    /// How often it was stopped for having used its share up.
    pub(crate) throttled: u64,
    pub(crate) throttled_us: u64,
    /// How often something in it was killed for want of memory.
    pub(crate) killed: u64,
}

/// A limit of version 1 above this is none: it is written as the largest number of pages.
const NO_LIMIT: u64 = 1 << 60;

impl Groups {
    /// Those of a process by its number, or of `self`.
    pub(crate) fn of(process: &str) -> Self {
        Self { mount: "/sys/fs/cgroup".into(), own: proc::text(format!("/proc/{process}/cgroup")).unwrap_or_default() }
    }

    pub(crate) fn allowed(&self) -> Allowed {
        if self.mount.join("cgroup.controllers").exists() { self.second() } else { self.first() }
    }

    /// Version 2: one tree; the narrowest limit on the way to the root counts.
    fn second(&self) -> Allowed {
        let path = self.own.lines().find_map(|line| line.strip_prefix("0::")).unwrap_or("/");
        let folders = ancestors(&self.mount, path);
        let memory = folders.iter().filter_map(|folder| proc::number(folder.join("memory.max"))).min();
        let shares =
            folders.iter().filter_map(|folder| proc::pair(folder.join("cpu.max"))).filter_map(|(quota, period)| share(quota, period));
        let stat = |file: &str, label: &str| {
            let texts = folders.iter().filter_map(|folder| proc::text(folder.join(file)));
            texts.filter_map(|text| proc::labelled(&text, label)).max().unwrap_or(0)
        };
        Allowed {
            memory,
            processors: shares.min_by(f64::total_cmp),
            throttled: stat("cpu.stat", "nr_throttled"),
            throttled_us: stat("cpu.stat", "throttled_usec"),
            killed: stat("memory.events", "oom_kill"),
        }
    }

    /// Version 1: a tree for each controller.
    fn first(&self) -> Allowed {
        let folders = |controller: &str| {
            let line = self.own.lines().find_map(|line| {
                let (controllers, path) = line.split_once(':')?.1.split_once(':')?;
                controllers.split(',').any(|one| one == controller).then_some(path)
            });
            ancestors(&self.mount.join(controller), line.unwrap_or("/"))
        };
        let (memory, cpu) = (folders("memory"), folders("cpu"));
        let limits = memory.iter().filter_map(|folder| proc::number(folder.join("memory.limit_in_bytes")));
        let shares = cpu.iter().filter_map(|folder| {
            let quota = proc::number(folder.join("cpu.cfs_quota_us"))?;
            share(quota, proc::number(folder.join("cpu.cfs_period_us"))?)
        });
        let stat = |label: &str| {
            let texts = cpu.iter().filter_map(|folder| proc::text(folder.join("cpu.stat")));
            texts.filter_map(|text| proc::labelled(&text, label)).max().unwrap_or(0)
        };
        let kills = memory.iter().filter_map(|folder| proc::text(folder.join("memory.oom_control")));
        Allowed {
            memory: limits.filter(|limit| *limit < NO_LIMIT).min(),
            processors: shares.min_by(f64::total_cmp),
            throttled: stat("nr_throttled"),
            throttled_us: stat("throttled_time") / 1000,
            killed: kills.filter_map(|text| proc::labelled(&text, "oom_kill")).max().unwrap_or(0),
        }
    }
}

/// The folder of a group and those above it. In a container the path may be the host's; then the mount itself is the group.
fn ancestors(mount: &Path, path: &str) -> Vec<PathBuf> {
    let folder = mount.join(path.trim_start_matches('/'));
    folder.ancestors().take_while(|folder| folder.starts_with(mount)).map(Path::to_path_buf).filter(|folder| folder.exists()).collect()
}

#[expect(clippy::cast_precision_loss, reason = "microseconds of a period")]
fn share(quota: u64, period: u64) -> Option<f64> {
    (period > 0).then(|| quota as f64 / period as f64)
}

/// What the program needs at rest, and for each target on top (its budget: 120 MB for 10,000).
const AT_REST: u64 = 20_000_000;
const FOR_EACH: u64 = 10_000;

/// What to say of memory; `available` is what the host as a whole has left.
pub(crate) fn say_memory(allowed: &Allowed, available: Option<u64>, targets: Option<usize>) -> Finding {
    const TOPIC: &str = "memory";
    let needs = AT_REST + FOR_EACH * targets.unwrap_or(10) as u64;
    let room = allowed.memory.into_iter().chain(available).min();
    let of = match (allowed.memory, available) {
        (Some(limit), _) => format!("the control group allows {}", bytes(limit)),
        (None, Some(available)) => format!("no limit by a control group; {} are available", bytes(available)),
        (None, None) => "no limit by a control group".to_owned(),
    };
    let finding = match room {
        Some(room) if room < needs => Finding::trouble(TOPIC, format!("Too little for about {}, which are needed: {of}.", bytes(needs))),
        _ if allowed.killed > 0 => {
            Finding::note(TOPIC, format!("Something in this control group was killed for want of memory, {} times: {of}.", allowed.killed))
        }
        _ => {
            return memory_figures(
                Finding::ok(TOPIC, format!("Enough for about {}, which are needed: {of}.", bytes(needs))),
                allowed,
                needs,
            );
        }
    };
    let megabytes = (needs * 2).div_ceil(1_000_000);
    let finding = finding
        .remedy(Where::Systemd, format!("MemoryMax={megabytes}M"))
        .remedy(Where::Kubernetes, format!("resources: {{ limits: {{ memory: {megabytes}M }} }}"));
    memory_figures(finding, allowed, needs)
}

fn memory_figures(finding: Finding, allowed: &Allowed, needs: u64) -> Finding {
    finding.figure("limit_bytes", allowed.memory).figure("needs_bytes", needs).figure("killed", allowed.killed)
}

/// What to say of processor time.
pub(crate) fn say_processors(allowed: &Allowed) -> Finding {
    const TOPIC: &str = "processors";
    let of =
        allowed.processors.map_or("no limit by a control group".to_owned(), |share| format!("the control group allows {share:.2} of them"));
    let finding = if allowed.throttled > 0 {
        let says = format!(
            "This control group was stopped {} times for {:.1} s in all, its share used up: probes ran late, and what ran out of time then is told as unknown; {of}.",
            grouped(allowed.throttled),
            allowed.throttled_us as f64 / 1e6
        );
        Finding::note(TOPIC, says)
            .remedy(Where::Systemd, "CPUQuota=  # empty: no limit; CPUWeight= shares without stopping")
            .remedy(Where::Kubernetes, "resources: { requests: { cpu: 200m } }  # and no limits.cpu")
    } else {
        Finding::ok(TOPIC, format!("Never stopped for having used its share up; {of}."))
    };
    finding.figure("share", allowed.processors).figure("throttled", allowed.throttled).figure("throttled_us", allowed.throttled_us)
}

/// Bytes that the host can hand out without swapping.
pub(crate) fn available() -> Option<u64> {
    proc::labelled(&proc::text("/proc/meminfo")?, "MemAvailable").map(|kilobytes| kilobytes * 1024)
}
